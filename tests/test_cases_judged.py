"""What a call may lead to: judged by what is owned after it, at each boundary.

Where another engine went wrong with the same story, its report is the source.  Periods
are months of 2026; on 16 April, 15 of 30 days are left.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Discount,
    GrantCredit,
    Money,
    RemoveAddOn,
    RemoveSeats,
    Reprice,
    SetSeats,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Timing,
    WithdrawPending,
)
from seatbill.errors import (
    RequirementError,
    ScheduledChangeError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownUnitError,
)
from seatbill.rules import ChangeKind
from shop import priced, told, usd, waiting
from stories import Story, bills, digits, plan

FIRST, MIDDLE, MAY = "2026-04-01", "2026-04-16", "2026-05-01"
SOLO = priced("solo", usd("5.00", max_quantity=5), rank=0)
SMALL = priced("small", usd("10.00", max_quantity=5), rank=1)
LARGE = priced("large", usd("20.00", min_quantity=10), rank=2)
TEAM = priced("team", usd("10.00", max_quantity=10), rank=1)
BOTH_WAYS = "clerk/javascript#8165, zulip#33062, mattermost#22916"


def orders(*changes):
    """Return *changes* in their order, and in the other."""
    return [changes, changes[::-1]]


@pytest.mark.source(BOTH_WAYS)
@pytest.mark.parametrize("changes", orders(SwitchPlan(LARGE), AddSeats(5)))
def test_a_larger_plan_and_the_seats_that_it_needs_come_in_one_call(changes):
    """5 × 10.00 and 10 × 20.00 for 15 of 30 days: −25.00 and +100.00.

    The seats first: 5 × 10.00 × ½ = 25.00 more, which come back in one line of 50.00.
    """
    story = Story(SMALL, FIRST, seats=5)
    (invoice,) = story.change(MIDDLE, *changes).invoices
    assert digits(invoice.total) == "75.00"
    assert story.subscription.quantity() == 10
    assert bills(story.renew(MAY)) == ["2026-05-01: +200.00 = 200.00"]


@pytest.mark.source(BOTH_WAYS)
@pytest.mark.parametrize(
    ("day", "plan_first", "seats_first"),
    [
        pytest.param(FIRST, "150.00", "150.00", id="on the first day"),
        # −1.67 + 3.33 + 3.33 and +1.67 − 3.33 + 6.67: a cent of rounding each
        pytest.param("2026-04-30", "4.99", "5.01", id="on the last, 1 of 30"),
        pytest.param(MAY, "150.00", "150.00", id="on the boundary, after its renewal"),
    ],
)
def test_both_orders_come_to_the_same_on_every_day(day, plan_first, seats_first):
    for changes, total in zip(
        orders(SwitchPlan(LARGE), AddSeats(5)), (plan_first, seats_first), strict=True
    ):
        outcome = Story(SMALL, FIRST, seats=5).change(day, *changes)
        assert digits(outcome.invoices[-1].total) == total


@pytest.mark.source(BOTH_WAYS)
@pytest.mark.parametrize(
    ("changes", "subtotal", "total", "due"),
    [
        ((SwitchPlan(LARGE), AddSeats(5)), "2.58", "3.10", "1.10"),
        ((AddSeats(5), SwitchPlan(LARGE)), "2.59", "3.11", "1.11"),
    ],
)
def test_both_orders_on_a_leap_day_with_tax_discount_and_balance(
    changes, subtotal, total, due
):
    """On 29 February 2028 1 of 29 days is left; a seat is 5.00 and 10.00 at half price.

    −0.86 + 1.72 + 1.72 = 2.58, or +0.86 − 1.72 + 3.45 = 2.59; 20 % of either is 0.52,
    and 2.00 are on the balance.
    """
    story = Story(
        SMALL,
        "2028-02-01",
        seats=5,
        discounts=[Discount.percent("50", id="half")],
        tax_rates=[TaxRate("vat", Fraction(1, 5))],
    )
    story.change("2028-02-10", GrantCredit(Money("2.00", "USD"), "a gift"))
    (invoice,) = story.change("2028-02-29", *changes).invoices
    assert (digits(invoice.subtotal), digits(invoice.total)) == (subtotal, total)
    assert digits(invoice.amount_due) == due


@pytest.mark.source(BOTH_WAYS)
@pytest.mark.parametrize(
    ("currency", "total"), [("EUR", "75.00"), ("JPY", "75"), ("KWD", "75.000")]
)
def test_both_orders_in_three_currencies(currency, total):
    small = plan("10", currency, id="small", rank=1, max_quantity=5)
    large = plan("20", currency, id="large", rank=2, min_quantity=10)
    for changes in orders(SwitchPlan(large), AddSeats(5)):
        (invoice,) = Story(small, FIRST, seats=5).change(MIDDLE, *changes).invoices
        assert digits(invoice.total) == total


@pytest.mark.source(BOTH_WAYS)
@pytest.mark.parametrize(
    "changes",
    [
        *orders(SwitchPlan(SMALL), RemoveSeats(5)),
        *orders(SwitchPlan(SMALL), SetSeats(5)),
    ],
)
def test_the_way_back_waits_in_either_order(changes):
    """Seats and the lower plan wait for May: 5 × 10.00."""
    story = Story(LARGE, FIRST, seats=10)
    assert bills(story.change(MIDDLE, *changes)) == []
    assert bills(story.renew(MAY)) == ["2026-05-01: +50.00 = 50.00"]


@pytest.mark.source(BOTH_WAYS)
def test_a_call_that_leads_out_of_the_bounds_is_refused_in_either_order():
    for changes in orders(SwitchPlan(LARGE), AddSeats(4)):
        with pytest.raises(TooFewSeatsError) as refused:
            Story(SMALL, FIRST, seats=5).change(MIDDLE, *changes)
        assert (refused.value.asked, refused.value.missing) == (9, 1)


@pytest.mark.source(BOTH_WAYS)
def test_what_ends_in_the_same_call_is_judged_no_more():
    """9 seats are no Large; there are none left. 10 × 20.00 × ½ come back."""
    rules = BillingRules(cancellation=Timing.IMMEDIATE, seats_removed=Timing.IMMEDIATE)
    story = Story(LARGE, FIRST, seats=10, rules=rules)
    ended = story.change(MIDDLE, RemoveSeats(1), Cancel())
    assert digits(ended.refund_due) == "100.00"


@pytest.mark.source(BOTH_WAYS)
def test_a_unit_that_another_plan_drops_is_judged_no_more():
    """One guest too many is bought and goes with the plan that sells guests."""
    guests = usd("1.00", unit="guest", max_quantity=1)
    old = priced("old", usd("10.00"), guests)
    story = Story(old, FIRST, seats={"seat": 1, "guest": 1})
    new = plan("20.00", id="new", rank=2)
    changed = story.change(MIDDLE, AddSeats(1, unit="guest"), SwitchPlan(new))
    assert "unit_dropped" in told(changed)
    again = Story(old, FIRST, seats={"seat": 1, "guest": 1})
    with pytest.raises(TooManySeatsError):
        again.change(MIDDLE, AddSeats(1, unit="guest"))


# What is scheduled.


@pytest.mark.source("flowglad#1577")
def test_a_seat_that_a_scheduled_plan_cannot_hold_names_that_plan():
    """8 seats; 5 of them and Solo wait for May. A sixth is needed again today."""
    story = Story(TEAM, FIRST, seats=8)
    story.change("2026-04-10", SetSeats(5), SwitchPlan(SOLO))
    with pytest.raises(ScheduledChangeError) as refused:
        story.change(MIDDLE, AddSeats(1))
    known = refused.value
    assert known.code == "scheduled_change"
    assert known.kind is ChangeKind.PLAN
    assert known.applies_on == dt.date(2026, 5, 1)
    assert (known.unit, known.asked, known.bound) == ("seat", 6, 5)
    assert "WithdrawPending(ChangeKind.PLAN)" in known.as_dict()["remedy"]
    kept = story.change(MIDDLE, WithdrawPending(ChangeKind.PLAN), AddSeats(1))
    assert bills(kept) == []  # free until the period's end
    assert bills(story.renew(MAY)) == ["2026-05-01: +60.00 = 60.00"]


@pytest.mark.source("flowglad#1577")
def test_one_of_the_leaving_seats_stays_where_the_scheduled_plan_holds_it():
    """8 seats; 4 of them and Solo wait. A fifth stays: nothing today, 5 × 5.00 then."""
    story = Story(TEAM, FIRST, seats=8)
    story.change("2026-04-10", SetSeats(4), SwitchPlan(SOLO))
    assert bills(story.change(MIDDLE, AddSeats(1))) == []
    assert bills(story.renew(MAY)) == ["2026-05-01: +25.00 = 25.00"]


@pytest.mark.source("flowglad#1577")
def test_seats_that_are_to_come_are_named_where_a_plan_cannot_hold_them():
    """5 seats, 2 more wait for May: Solo holds 5."""
    story = Story(TEAM, FIRST, seats=5)
    story.change("2026-04-10", AddSeats(2), timing=Timing.PERIOD_END)
    with pytest.raises(ScheduledChangeError) as refused:
        story.change(MIDDLE, SwitchPlan(SOLO))
    assert (refused.value.kind, refused.value.asked) == (ChangeKind.SEATS, 7)
    story.change(MIDDLE, WithdrawPending(ChangeKind.SEATS), SwitchPlan(SOLO))
    assert bills(story.renew(MAY)) == ["2026-05-01: +25.00 = 25.00"]


@pytest.mark.source("flowglad#1577")
def test_a_scheduled_interval_with_a_larger_least_number_is_named():
    """By the year it is sold from 5 seats on, and 3 of 6 are to go."""
    yearly = usd("100.00", interval=ANNUAL, min_quantity=5)
    both = priced("both", usd("10.00"), yearly)
    rules = BillingRules(longer_interval=Timing.PERIOD_END)
    story = Story(both, FIRST, seats=6, rules=rules)
    story.change("2026-04-10", SwitchInterval(ANNUAL))
    with pytest.raises(ScheduledChangeError) as refused:
        story.change(MIDDLE, RemoveSeats(3))
    assert refused.value.kind is ChangeKind.INTERVAL
    assert (refused.value.asked, refused.value.bound) == (3, 5)


# A new list.


@pytest.mark.source("newspack-workspace#1011")
def test_a_list_with_fewer_seats_takes_away_none_that_are_owned():
    """6 seats; the new list says at most 5, at 12.00: 6 × 12.00 = 72.00 on 1 May.

    A seventh is refused, today (for May) and after it; one fewer may be taken back.
    """
    story = Story(plan("10.00", id="team", max_quantity=10), FIRST, seats=6)
    tight = plan("12.00", id="team", max_quantity=5)
    story.change(MIDDLE, Reprice(tight, dt.date(2026, 5, 1)))
    with pytest.raises(ScheduledChangeError) as refused:
        story.change(MIDDLE, AddSeats(1))
    assert refused.value.kind is ChangeKind.PRICE
    assert bills(story.renew(MAY)) == ["2026-05-01: +72.00 = 72.00"]
    with pytest.raises(TooManySeatsError) as more:
        story.change("2026-05-10", AddSeats(1))
    assert (more.value.asked, more.value.maximum, more.value.excess) == (7, 5, 1)
    story.change("2026-05-10", RemoveSeats(1))
    assert bills(story.renew("2026-06-01")) == ["2026-06-01: +60.00 = 60.00"]


@pytest.mark.source("newspack-workspace#1011")
def test_seats_that_leave_may_stay_under_a_list_that_holds_fewer():
    """6 owned, 2 to leave, the list falls to 5: both are needed again, for nothing."""
    story = Story(plan("10.00", id="team", max_quantity=10), FIRST, seats=6)
    story.change("2026-04-10", RemoveSeats(2))
    tight = plan("12.00", id="team", max_quantity=5)
    story.change("2026-04-10", Reprice(tight, dt.date(2026, 5, 1)))
    assert bills(story.change(MIDDLE, AddSeats(2))) == []
    assert bills(story.renew(MAY)) == ["2026-05-01: +72.00 = 72.00"]


@pytest.mark.source("newspack-workspace#1011")
def test_a_list_with_more_seats_at_least_takes_nobody_away_either():
    """3 seats; the new list says at least 5, at 12.00: 36.00, and no fewer than 3."""
    story = Story(plan("10.00", id="team"), FIRST, seats=3)
    story.change(
        MIDDLE,
        Reprice(priced("team", usd("12.00", min_quantity=5)), dt.date(2026, 5, 1)),
    )
    assert bills(story.renew(MAY)) == ["2026-05-01: +36.00 = 36.00"]
    assert digits(story.change(MAY, AddSeats(1)).invoice.total) == "12.00"
    with pytest.raises(TooFewSeatsError) as refused:
        story.change("2026-05-02", RemoveSeats(2))
    assert (refused.value.minimum, refused.value.missing) == (5, 2)


@pytest.mark.source("newspack-workspace#1011")
@pytest.mark.parametrize("interval", [MONTHLY, ANNUAL])
def test_a_later_call_that_leaves_the_seats_alone_is_not_refused(interval):
    """Under the list of 5, the 6 that are owned go on to another interval."""
    first = plan("10.00", id="team")
    story = Story(first, FIRST, seats=6)
    tight = plan("10.00", id="team", max_quantity=5)
    story.change(MIDDLE, Reprice(tight, dt.date(2026, 5, 1)))
    story.renew(MAY)
    if interval is ANNUAL:
        assert (
            digits(story.change(MAY, SwitchInterval(ANNUAL)).invoice.total) == "660.00"
        )
    else:
        story.change(MAY, SwitchPlan(plan("11.00", id="team", max_quantity=4)))
        assert story.subscription.quantity() == 6
    with pytest.raises(TooManySeatsError):
        story.change(MAY, SwitchPlan(SOLO))
    assert waiting(story.subscription) == []


# What one part of a call needs of another.

PRO = plan("20.00", id="pro", rank=2)
BASIC = plan("10.00", id="basic", rank=1)
MODULE = AddOn("module", "M", (usd("4.00"),), requires_plans=["pro"])
EXTRA = AddOn("extra", "E", (usd("2.00"),), requires_add_ons=["module"])


@pytest.mark.source(BOTH_WAYS)
@pytest.mark.parametrize(
    "changes",
    [
        *orders(SwitchPlan(PRO), AddAddOn(MODULE)),
        (AddAddOn(EXTRA), AddAddOn(MODULE), SwitchPlan(PRO)),
    ],
)
def test_an_add_on_and_what_it_needs_come_in_one_call(changes):
    """−5.00 + 10.00 for the plan, 2.00 for the module and 1.00 for the extra."""
    (invoice,) = Story(BASIC, FIRST).change(MIDDLE, *changes).invoices
    assert digits(invoice.total) == ("8.00" if len(changes) == 3 else "7.00")


@pytest.mark.source(BOTH_WAYS)
def test_an_add_on_without_what_it_needs_is_refused_in_every_order():
    for changes in orders(SwitchPlan(PRO), AddAddOn(EXTRA)):
        with pytest.raises(RequirementError) as refused:
            Story(BASIC, FIRST).change(MIDDLE, *changes)
        assert (refused.value.item, refused.value.missing) == ("extra", "module")
    with pytest.raises(RequirementError):
        Story(BASIC, FIRST).change(MIDDLE, AddAddOn(MODULE))


@pytest.mark.source(BOTH_WAYS)
@pytest.mark.parametrize("changes", orders(RemoveAddOn(MODULE), RemoveAddOn(EXTRA)))
def test_an_add_on_and_what_needs_it_leave_in_one_call(changes):
    """Both wait for May, which costs 20.00; alone, the module cannot leave."""
    story = Story(PRO, FIRST, add_ons=[MODULE, EXTRA])
    with pytest.raises(RequirementError):
        story.change(MIDDLE, RemoveAddOn(MODULE))
    story.change(MIDDLE, *changes)
    assert bills(story.renew(MAY)) == ["2026-05-01: +20.00 = 20.00"]


@pytest.mark.source(BOTH_WAYS)
def test_an_add_on_that_is_taken_back_in_the_same_call_needs_nothing():
    """Added and removed at once, 0.00; and a removal that is undone leaves it there."""
    rules = BillingRules(add_on_removed=Timing.IMMEDIATE)
    story = Story(BASIC, FIRST, rules=rules)
    both = story.change(MIDDLE, AddAddOn(MODULE), RemoveAddOn(MODULE))
    assert digits(both.invoice.total) == "0.00"
    kept = Story(PRO, FIRST, add_ons=[MODULE, EXTRA])
    undone = kept.change(MIDDLE, RemoveAddOn(MODULE), AddAddOn(MODULE))
    assert bills(undone) == []


def test_a_unit_that_a_restart_drops_cannot_be_bought_by_it():
    """The plan that waits, and takes effect with the restart, sells no guests."""
    both = priced("both", usd("30.00"), usd("1.00", unit="guest"), rank=1)
    story = Story(both, FIRST, seats={"seat": 1, "guest": 1})
    story.change("2026-04-10", SwitchPlan(SOLO))
    with pytest.raises(UnknownUnitError):
        story.change(MIDDLE, AddSeats(1, unit="guest"), timing=Timing.RESTART)
