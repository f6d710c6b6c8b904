"""A freeze stops time: nothing is charged or renewed, and the paid days are kept.

Ten seats at 1.00 a day each: April, of 30 days, costs 300.00.  A freeze from the 11th
leaves 20 paid days; one to the 21st moves the period by 10 days, to 11 May.
"""

from __future__ import annotations

import calendar
import datetime as dt
import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Convention,
    Discount,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    Party,
    Plan,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    Service,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Timing,
    Unfreeze,
    WithdrawPending,
    adopt,
    bill,
    change,
    renew,
    subscribe,
    verify,
)
from seatbill.access import (
    Action,
    Permission,
    allowed_roles,
    is_usable,
    may,
    require_role,
    usable_until,
)
from seatbill.errors import (
    FrozenError,
    OutOfOrderError,
    PermissionRefusedError,
    RulesError,
    SeatbillError,
    SubscriptionEndedError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Status
from seatbill.views import billing_view
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, at, bills, digits, sum_of, when

RULES = BillingRules(max_freeze_days=60)
FREE = Plan("free", "Free", 0)
ARREARS = priced("arrears", usd("30.00", in_arrears=True))
HELP = AddOn("help", "Help", (usd("3.00"),), family="help", rank=1)
MORE_HELP = AddOn("more-help", "More help", (usd("6.00"),), family="help", rank=2)
SETUP = Service("setup", "Set-up", Money("99.00", "USD"))


def ten(*, plan=SMALL, on="2026-04-01", rules=RULES, seats=10, **more) -> Story:
    """Return the story of ten seats."""
    return Story(plan, on, seats=seats, rules=rules, **more)


def frozen(on="2026-04-11", **more) -> Story:
    """Return a story that is frozen on the 11th, with 20 paid days left."""
    story = ten(**more)
    story.change(on, Freeze())
    return story


# ------------------------------------------------------------------- the paid days


def test_a_freeze_moves_the_period_and_its_end_is_the_anchor():
    story = ten()
    stopped = story.change("2026-04-11", Freeze())
    assert (stopped.invoices, stopped.effective_on) == ((), at("2026-04-11"))
    assert story.subscription.status is Status.FROZEN
    assert story.subscription.frozen_on == at("2026-04-11")
    assert story.period == ("2026-04-01", "2026-05-01")
    thawed = story.change("2026-04-21", Unfreeze())
    assert (thawed.invoices, thawed.effective_on) == ((), at("2026-04-21"))
    assert story.subscription.status is Status.ACTIVE
    assert story.subscription.frozen_on is None
    assert story.period == ("2026-04-11", "2026-05-11")
    assert story.anchor == "2026-05-11"


def test_the_paid_days_are_all_there_after_the_thaw():
    """10 days before and 20 after: 21 April to 10 May."""
    story = frozen()
    story.change("2026-04-21", Unfreeze())
    assert bills(story.renew("2026-05-10")) == []
    assert bills(story.renew("2026-05-11")) == ["2026-05-11: +300.00 = 300.00"]
    assert story.period == ("2026-05-11", "2026-06-11")
    assert bills(story.renew("2026-07-11")) == [
        "2026-06-11: +300.00 = 300.00",
        "2026-07-11: +300.00 = 300.00",
    ]


def test_several_freezes_of_one_period_add_up():
    """3, 0 and 7 frozen days: 1 May becomes 11 May."""
    story = ten()
    for first, last in (
        ("2026-04-03", "2026-04-06"),
        ("2026-04-10", "2026-04-10"),
        ("2026-04-20", "2026-04-27"),
    ):
        story.change(first, Freeze())
        story.change(last, Unfreeze())
    assert story.period == ("2026-04-11", "2026-05-11")


def test_a_freeze_and_a_thaw_on_one_day_change_nothing_but_the_version():
    story = ten()
    before = story.subscription
    story.change("2026-04-11", Freeze(), Unfreeze())
    moved = {"version": before.version + 2, "changed_on": at("2026-04-11")}
    assert story.subscription == attrs.evolve(before, **moved)


@pytest.mark.parametrize(
    ("interval", "end"),
    [
        pytest.param(MONTHLY, "2026-05-11", id="month"),
        pytest.param(QUARTERLY, "2026-07-11", id="quarter"),
        pytest.param(ANNUAL, "2027-04-11", id="year"),
        pytest.param(Interval(days=30), "2026-05-11", id="30 days"),
        pytest.param(Interval(days=365), "2027-04-11", id="365 days"),
    ],
)
def test_every_interval_moves_by_the_frozen_days(interval, end):
    story = frozen(
        plan=priced("any", usd("30.00", interval=interval)), interval=interval
    )
    story.change("2026-04-21", Unfreeze())
    assert story.period == ("2026-04-11", end)


def test_a_month_end_may_become_another_day_of_the_month():
    """From 31 January to 28 February; 2 days later it renews on the 2nd, then so on."""
    story = ten(on="2026-01-31")
    story.change("2026-02-10", Freeze())
    story.change("2026-02-12", Unfreeze())
    assert story.period == ("2026-02-02", "2026-03-02")
    story.renew("2026-05-01")
    assert story.period == ("2026-04-02", "2026-05-02")


def test_a_stub_moves_as_a_whole_period_does():
    """Service starts on 16 April on a grid of the 1st: 15 of 30 days, 150.00."""
    story = ten(on="2026-04-16", anchor="2026-05-01")
    assert bills(story.opening) == ["2026-04-16: +150.00 = 150.00"]
    story.change("2026-04-20", Freeze())
    story.change("2026-04-25", Unfreeze())
    assert story.period == ("2026-04-06", "2026-05-06")
    assert bills(story.renew("2026-05-06")) == ["2026-05-06: +300.00 = 300.00"]


# ------------------------------------------------------------------- it thaws by itself


@pytest.mark.parametrize(
    ("longest", "thaws_on", "ends_on"),
    [
        pytest.param(1, "2026-04-12", "2026-05-02", id="one day"),
        pytest.param(30, "2026-05-11", "2026-05-31", id="30 days"),
        pytest.param(60, "2026-06-10", "2026-06-30", id="60 days"),
        pytest.param(365, "2027-04-11", "2027-05-01", id="a year"),
    ],
)
def test_the_longest_freeze_thaws_by_itself(longest, thaws_on, ends_on):
    story = frozen(rules=BillingRules(max_freeze_days=longest))
    day_before = at(thaws_on) - dt.timedelta(1)
    waiting_still = renew(story.subscription, on=day_before)
    assert waiting_still.subscription is story.subscription
    thawed = story.renew(thaws_on)
    assert (thawed.invoices, story.subscription.status) == ((), Status.ACTIVE)
    assert story.period[1] == story.anchor == ends_on
    assert bills(story.renew(ends_on)) == [f"{ends_on}: +300.00 = 300.00"]


def test_a_thaw_by_itself_and_one_by_hand_on_its_day_come_to_the_same():
    by_itself, by_hand = frozen(), frozen()
    by_itself.renew("2026-06-10")
    with pytest.raises(FrozenError) as refused:  # it thawed first thing that day
        by_hand.change("2026-06-10", Unfreeze())
    assert refused.value.problem == "not_frozen"
    by_hand.change("2026-06-09", Unfreeze())
    assert by_itself.period == ("2026-05-31", "2026-06-30")
    assert by_hand.period == ("2026-05-30", "2026-06-29")


def test_a_change_after_the_longest_freeze_thaws_and_renews_first():
    """It thaws on 10 June, ends on 30 June; 5 July has 25 of 30 days left."""
    story = frozen()
    added = story.change("2026-07-05", AddSeats(1))
    assert bills(added) == [
        "2026-06-30: +300.00 = 300.00",
        "2026-07-05: +25.00 = 25.00",
    ]
    assert story.period == ("2026-06-30", "2026-07-30")
    assert added.subscription.version == added.previous_version + 3


def test_a_change_on_the_day_of_the_thaw_is_prorated_on_the_moved_period():
    story = frozen()
    assert bills(story.change("2026-06-10", AddSeats(1))) == [
        "2026-06-10: +20.00 = 20.00"  # 20 of 30 days are left, as on 11 April
    ]


def test_instants_thaw_to_the_second():
    story = ten(on="2026-04-01T00:00:00+00:00")
    story.change("2026-04-11T06:00:00+00:00", Freeze())
    story.renew("2026-06-10T05:59:59.999999+00:00")
    assert story.subscription.status is Status.FROZEN
    story.renew("2026-06-10T06:00:00+00:00")
    assert story.subscription.status is Status.ACTIVE
    assert story.period == ("2026-05-31T00:00:00Z", "2026-06-30T00:00:00Z")


def test_instants_move_by_exact_time():
    """12.5 hours: on 16 April, 12:30 half of the moved period is left."""
    story = ten(on="2026-04-01T00:00:00+00:00")
    story.change("2026-04-11T06:00:00+00:00", Freeze())
    story.change("2026-04-11T18:30:00+00:00", Unfreeze())
    assert story.period == ("2026-04-01T12:30:00Z", "2026-05-01T12:30:00Z")
    assert bills(story.change("2026-04-16T12:30:00+00:00", SwitchPlan(LARGE))) == [
        "2026-04-16T12:30:00Z: -150.00 +300.00 = 150.00"
    ]
    assert bills(story.renew("2026-05-01T12:29:59+00:00")) == []
    assert bills(story.renew("2026-05-01T12:30:00+00:00")) == [
        "2026-05-01T12:30:00Z: +600.00 = 600.00"
    ]


# -------------------------------------------------------- a renewal waits for the thaw


def test_a_renewal_inside_a_freeze_waits():
    """12 paid days are left on 19 April; thawed on 30 May they last to 10 June."""
    story = frozen("2026-04-19")
    assert bills(story.renew("2026-05-29")) == []
    assert story.subscription.status is Status.FROZEN
    assert bills(story.change("2026-05-30", Unfreeze())) == []
    assert story.period == ("2026-05-12", "2026-06-11")
    assert bills(story.renew("2026-06-11")) == ["2026-06-11: +300.00 = 300.00"]


def test_a_freeze_on_the_day_of_a_renewal_comes_after_it():
    story = ten()
    assert bills(story.change("2026-05-01", Freeze())) == [
        "2026-05-01: +300.00 = 300.00"
    ]
    assert bills(story.renew("2026-06-30")) == []  # thawed with all 31 days of May left
    assert story.period == ("2026-06-30", "2026-07-31")


def test_nothing_is_due_twice_however_often_it_is_renewed():
    story = frozen()
    same = story.subscription
    for day in ("2026-04-11", "2026-05-01", "2026-05-02", "2026-06-09"):
        assert story.renew(day).subscription is same


def test_a_preview_of_a_frozen_one_lets_it_thaw_by_itself():
    invoice = frozen().preview()
    assert (when(invoice.issued_on), sum_of(invoice)) == (
        "2026-06-30",
        "+300.00 = 300.00",
    )


@pytest.mark.parametrize(
    ("settlement", "told_on_thaw", "on_renewal"),
    [
        (Settlement.ON_RENEWAL, [], ["2026-05-11: +25.00 +330.00 = 355.00"]),
        (Settlement.NOW, [], ["2026-05-11: +330.00 = 330.00"]),
    ],
)
def test_lines_that_wait_are_billed_after_the_thaw(
    settlement, told_on_thaw, on_renewal
):
    """A seat from 6 April: 30.00 × 25/30 = 25.00."""
    story = ten(rules=BillingRules(max_freeze_days=60, settlement=settlement))
    story.change("2026-04-06", AddSeats(1))
    story.change("2026-04-11", Freeze())
    assert bills(story.change("2026-04-21", Unfreeze())) == told_on_thaw
    assert bills(story.renew("2026-05-11")) == on_renewal


def test_lines_that_wait_for_a_month_are_not_billed_in_a_freeze():
    """A seat from 10 January, 90.00 a quarter: 81 of 90 days."""
    story = ten(
        on="2026-01-01",
        interval=QUARTERLY,
        rules=BillingRules(max_freeze_days=60, settlement=Settlement.MONTHLY),
    )
    story.change("2026-01-10", AddSeats(1))
    story.change("2026-01-20", Freeze())
    assert bills(story.renew("2026-02-19")) == []  # 1 February passed
    story.change("2026-02-20", Unfreeze())
    assert story.period == ("2026-02-01", "2026-05-02")
    billed = [*bills(story.renew("2026-03-02")), *bills(story.renew("2026-05-01"))]
    assert [line.partition(": ")[2] for line in billed] == ["+81.00 = 81.00"]


# ----------------------------------------------------------- what changes after a thaw


@pytest.mark.parametrize(
    ("asked", "sums"),
    [  # on 26 April, with 15 of the 30 days left
        (AddSeats(1), ["2026-04-26: +15.00 = 15.00"]),
        (SwitchPlan(LARGE), ["2026-04-26: -150.00 +300.00 = 150.00"]),
        (AddAddOn(HELP, 2), ["2026-04-26: +3.00 = 3.00"]),
    ],
)
def test_after_a_thaw_days_are_counted_on_the_moved_period(asked, sums):
    story = frozen()
    story.change("2026-04-21", Unfreeze())
    assert bills(story.change("2026-04-26", asked)) == sums


def test_a_thaw_and_a_purchase_fit_into_one_call():
    story = frozen()
    both = story.change("2026-04-21", Unfreeze(), AddSeats(1))
    assert bills(both) == ["2026-04-21: +20.00 = 20.00"]
    assert both.subscription.version == both.previous_version + 2


def test_a_purchase_comes_before_a_freeze_in_one_call():
    story = ten()
    both = story.change("2026-04-11", AddSeats(1), Freeze())
    assert bills(both) == ["2026-04-11: +20.00 = 20.00"]
    assert story.subscription.status is Status.FROZEN


@pytest.mark.parametrize(
    ("convention", "sums"),
    [
        (Convention.ACTUAL, ["2026-04-26: +15.00 = 15.00"]),
        (Convention.ACTUAL_30, ["2026-04-26: +15.00 = 15.00"]),
        (Convention.FULL, ["2026-04-26: +30.00 = 30.00"]),
    ],
)
def test_the_conventions_that_can_freeze(convention, sums):
    rules = BillingRules(max_freeze_days=60, convention=convention)
    story = frozen(rules=rules)
    story.change("2026-04-21", Unfreeze())
    assert bills(story.change("2026-04-26", AddSeats(1))) == sums


def test_years_of_360_days_cannot_freeze():
    with pytest.raises(RulesError) as refused:
        BillingRules(max_freeze_days=60, convention=Convention.THIRTY_360)
    assert refused.value.code == "invalid_rules"
    assert (refused.value.field, refused.value.value) == ("max_freeze_days", 60)
    with pytest.raises(RulesError):
        attrs.evolve(RULES, convention=Convention.THIRTY_360)
    story = ten(rules=BillingRules(convention=Convention.THIRTY_360))
    with pytest.raises(FrozenError) as refused:
        story.change("2026-04-11", Freeze())
    assert refused.value.problem == "not_offered"


# ------------------------------------------------------------- what waits and what ends


def test_what_waits_for_the_end_moves_with_it():
    story = ten(plan=LARGE)
    story.change("2026-04-05", SwitchPlan(SMALL))
    story.change("2026-04-06", RemoveSeats(2))
    story.change("2026-04-11", Freeze())
    story.change("2026-04-21", Unfreeze())
    assert waiting(story.subscription) == [
        "plan: small on 2026-05-11",
        "seats seat: 8 on 2026-05-11",
    ]
    assert bills(story.renew("2026-05-10")) == []
    assert bills(story.renew("2026-05-11")) == ["2026-05-11: +240.00 = 240.00"]


def test_what_waits_is_kept_through_a_thaw_by_itself():
    story = ten(rules=attrs.evolve(RULES, longer_interval=Timing.PERIOD_END))
    story.change("2026-04-05", SwitchInterval(ANNUAL))
    story.change("2026-04-11", Freeze())
    assert bills(story.renew("2026-06-30")) == ["2026-06-30: +3600.00 = 3600.00"]
    assert story.period == ("2026-06-30", "2027-06-30")


def test_a_new_price_of_a_later_day_finds_its_renewal_again():
    """From 5 May: due on 1 June without a freeze, on 11 May after ten frozen days."""
    dearer = priced("small", usd("40.00"))
    story = ten()
    story.change("2026-04-02", Reprice(dearer, at("2026-05-05")))
    assert waiting(story.subscription) == ["price small: small on 2026-06-01"]
    story.change("2026-04-11", Freeze())
    story.change("2026-04-21", Unfreeze())
    assert waiting(story.subscription) == ["price small: small on 2026-05-11"]
    assert bills(story.renew("2026-05-11")) == ["2026-05-11: +400.00 = 400.00"]


def test_a_new_price_in_a_freeze_is_dated_as_if_it_thawed_by_itself():
    """From 5 May, which lies before the end on 30 June."""
    story = ten()
    story.change("2026-04-02", Reprice(priced("small", usd("40.00")), at("2026-05-05")))
    story.change("2026-04-11", Freeze())
    assert waiting(story.subscription) == ["price small: small on 2026-06-30"]
    assert bills(story.renew("2026-06-30")) == ["2026-06-30: +400.00 = 400.00"]


def test_a_waiting_cancellation_ends_with_the_last_paid_day():
    story = ten()
    story.change("2026-04-05", Cancel())
    story.change("2026-04-11", Freeze())
    story.change("2026-04-21", Unfreeze())
    ended = story.renew("2026-05-11")
    assert (ended.invoices, story.subscription.ended_on) == ((), at("2026-05-11"))


@pytest.mark.parametrize(
    "changes", [(Cancel("too quiet"),), (Cancel(), Resume(), Cancel("too quiet"))]
)
def test_a_cancellation_can_be_asked_for_in_a_freeze(changes):
    story = frozen()
    story.change("2026-04-15", *changes)
    assert story.subscription.cancel_at_period_end
    assert story.subscription.status is Status.FROZEN
    story.change("2026-04-21", Unfreeze())
    assert waiting(story.subscription) == ["cancellation: too quiet on 2026-05-11"]


@pytest.mark.parametrize("on", ["2026-04-11", "2026-04-21", "2026-06-09"])
def test_a_cancellation_at_once_in_a_freeze_gives_back_the_paid_days(on):
    """20 paid days were left when it froze, and still are: 10 × 20 × 1.00."""
    story = frozen()
    ended = story.change(on, Cancel(), timing=Timing.IMMEDIATE)
    assert bills(ended) == [f"{on}: -200.00 = -200.00 due 0.00"]
    assert digits(ended.refund_due) == "200.00"
    assert story.subscription.status is Status.CANCELED
    assert story.subscription.frozen_on is None


def test_a_forfeited_end_in_a_freeze_gives_nothing_back():
    story = frozen()
    ended = story.change("2026-04-21", Cancel(), timing=Timing.FORFEIT)
    assert (ended.invoices, digits(ended.refund_due)) == ((), "0.00")
    assert story.subscription.status is Status.CANCELED
    with pytest.raises(SubscriptionEndedError):
        story.change("2026-04-22", Freeze())


def test_a_cancellation_in_a_freeze_says_when_it_takes_effect():
    """It will thaw on 10 June, with 20 paid days: until 30 June."""
    canceled = frozen().change("2026-05-15", Cancel())
    assert canceled.effective_on == at("2026-06-30")


def test_notice_in_a_freeze_is_counted_to_the_end_that_is_latest():
    """It ends on 30 June at the latest: 20 April is in time for 15 days' notice."""
    story = frozen(rules=BillingRules(max_freeze_days=60, notice_days=15))
    canceled = story.change("2026-04-20", Cancel())
    assert told(canceled) == ["end_without_bill"]
    story.change("2026-04-21", Unfreeze())
    assert waiting(story.subscription) == ["cancellation: None on 2026-05-11"]


# ---------------------------------------------------------------------- what is refused

IN_A_FREEZE = [
    AddSeats(1),
    RemoveSeats(1),
    SetSeats(5),
    SwitchPlan(LARGE),
    SwitchInterval(ANNUAL),
    AddAddOn(HELP),
    RemoveAddOn(HELP),
    SwitchPackage(HELP, MORE_HELP),
    BuyService(SETUP),
    Freeze(),
]


@pytest.mark.parametrize("asked", IN_A_FREEZE, ids=lambda c: type(c).__name__)
def test_nothing_is_bought_or_given_up_in_a_freeze(asked):
    story = frozen(add_ons=[HELP])
    before = story.subscription
    with pytest.raises(FrozenError) as refused:
        story.change("2026-04-12", asked)
    error = refused.value
    assert (error.code, error.id, error.problem) == ("frozen", "story", "is_frozen")
    assert error.change == type(asked).__name__
    assert "Unfreeze()" in str(error)
    assert story.subscription is before
    with pytest.raises(SeatbillError):  # nor after a freeze in the same call
        ten(add_ons=[HELP]).change("2026-04-11", Freeze(), asked)


def test_a_price_rise_reaches_a_frozen_one():
    """It charges nothing in the freeze: 400.00 from the renewal on."""
    story = frozen()
    story.change("2026-04-12", Reprice(priced("small", usd("40.00")), at("2026-05-01")))
    story.change("2026-04-21", Unfreeze())
    assert bills(story.renew("2026-05-11")) == ["2026-05-11: +400.00 = 400.00"]


def test_what_charges_nothing_can_be_changed_in_a_freeze():
    vat = TaxRate("vat", "0.19")
    client = Party(name="Harbour Studio")
    story = frozen()
    done = story.change(
        "2026-04-15",
        SetTaxRates([vat]),
        SetRecipient(client),
        GrantCredit(Money("50.00", "USD"), "an apology"),
    )
    assert done.invoices == ()
    story.change("2026-04-21", Unfreeze())
    renewed = story.renew("2026-05-11")
    assert bills(renewed) == ["2026-05-11: +300.00 tax +57.00 = 357.00 due 307.00"]
    assert renewed.invoice.recipient == client


def test_what_waits_can_be_withdrawn_in_a_freeze():
    story = ten()
    story.change("2026-04-05", RemoveSeats(2))
    story.change("2026-04-11", Freeze())
    story.change("2026-04-12", WithdrawPending(ChangeKind.SEATS))
    assert story.subscription.pending_updates == ()
    assert bills(story.renew("2026-06-30")) == ["2026-06-30: +300.00 = 300.00"]


def test_a_discount_granted_in_a_freeze_reprices_nothing_that_is_open():
    """It counts from the renewal on: 10 × 30.00 × 0.95."""
    story = ten(discounts=[Discount.percent("10", id="old", periods=0)])
    story.change("2026-04-11", Freeze())
    new = ApplyDiscount(Discount.percent("5", id="new"))
    other = ApplyDiscount(Discount.percent("7", id="other"))
    done = story.change("2026-04-12", new, other, RemoveDiscount("other"))
    assert done.invoices == ()
    story.change("2026-04-21", Unfreeze())
    assert bills(story.renew("2026-05-11")) == ["2026-05-11: +285.00 = 285.00"]


def test_what_is_not_frozen_is_not_thawed():
    with pytest.raises(FrozenError) as refused:
        ten().change("2026-04-12", Unfreeze())
    assert refused.value.problem == "not_frozen"


def test_rules_without_a_freeze_offer_none():
    with pytest.raises(FrozenError) as refused:
        ten(rules=BillingRules()).change("2026-04-12", Freeze())
    assert refused.value.problem == "not_offered"


def test_what_is_not_paid_for_is_not_frozen():
    trial = ten(trial_end="2026-04-15")
    with pytest.raises(FrozenError) as refused:
        trial.change("2026-04-05", Freeze())
    assert refused.value.problem == "not_charged"
    trial.change("2026-04-15", Freeze())  # the first paid day
    assert trial.subscription.status is Status.FROZEN
    free = Story(
        FREE,
        "2026-04-01",
        seats=0,
        currency="USD",
        rules=attrs.evolve(RULES, free_plan=FREE),
    )
    with pytest.raises(FrozenError):
        free.change("2026-04-05", Freeze())


def test_time_does_not_run_backwards_in_a_freeze():
    story = frozen()
    with pytest.raises(OutOfOrderError):
        story.change("2026-04-10", Unfreeze())


# --------------------------------------------------------------- arrears and discounts


def test_in_arrears_the_days_that_ran_are_billed_at_the_moved_end():
    """10 from 1 April, 15 from 8 April: 7/30 × 300.00 and 23/30 × 450.00."""
    story = ten(plan=ARREARS)
    story.change("2026-04-08", AddSeats(5))
    story.change("2026-04-11", Freeze())
    assert bills(story.change("2026-04-21", Unfreeze())) == []
    assert bills(story.renew("2026-05-11")) == ["2026-05-11: +70.00 +345.00 = 415.00"]
    assert bills(story.renew("2026-06-11")) == ["2026-06-11: +450.00 = 450.00"]


def test_in_arrears_an_end_in_a_freeze_bills_what_ran():
    """10 days of 30 until it froze."""
    story = frozen(plan=ARREARS)
    ended = story.change("2026-04-21", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(ended) == ["2026-04-21: +100.00 = 100.00"]


def test_a_frozen_month_does_not_use_up_a_discount():
    """30.00 off for two periods: April, and the one from 11 May."""
    story = ten(discounts=[Discount.fixed("30.00", "USD", id="off", periods=2)])
    assert bills(story.opening) == ["2026-04-01: +300.00 -30.00 = 270.00"]
    story.change("2026-04-11", Freeze())
    story.change("2026-04-21", Unfreeze())
    assert bills(story.renew("2026-06-11")) == [
        "2026-05-11: +300.00 -30.00 = 270.00",
        "2026-06-11: +300.00 = 300.00",
    ]


def test_a_percentage_stays_inside_the_credit_after_a_thaw():
    """Half of 270.00 comes back, half of 540.00 is charged."""
    story = ten(discounts=[Discount.percent("10", id="off")])
    story.change("2026-04-11", Freeze())
    story.change("2026-04-21", Unfreeze())
    assert bills(story.change("2026-04-26", SwitchPlan(LARGE))) == [
        "2026-04-26: -135.00 +270.00 = 135.00"
    ]


# ------------------------------------------------------------------------------- values


@pytest.mark.parametrize("on", ["2026-04-11", "2026-04-15", "2026-05-20"])
def test_a_frozen_customer_of_another_system_goes_on_here(on):
    ours = frozen().subscription
    theirs = adopt(
        SMALL,
        id="story",
        interval=MONTHLY,
        seats=10,
        current_period=ours.current_period,
        charged=ours.charges,
        rules=RULES,
        frozen_on=ours.frozen_on,
        on=at(on),
        version=ours.version,
    )
    assert theirs == attrs.evolve(ours, changed_on=at(on))
    same = [renew(sub, on=at("2026-07-01")).invoices for sub in (ours, theirs)]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    ("frozen_on", "on", "rules"),
    [
        pytest.param("2026-03-31", "2026-04-05", RULES, id="before the period"),
        pytest.param("2026-04-20", "2026-04-05", RULES, id="later than the last event"),
        pytest.param("2026-05-10", "2026-05-10", RULES, id="after the period"),
        pytest.param("2026-04-10", "2026-04-10", BillingRules(), id="no freeze"),
    ],
)
def test_a_freeze_that_cannot_be_is_not_adopted(frozen_on, on, rules):
    with pytest.raises(SeatbillError):
        adopt(
            SMALL,
            id="story",
            interval=MONTHLY,
            seats=10,
            current_period=ten().subscription.current_period,
            charged=Money("300.00", "USD"),
            rules=rules,
            frozen_on=at(frozen_on),
            on=at(on),
        )


def test_a_frozen_subscription_travels():
    sub = frozen().subscription
    assert pickle.loads(pickle.dumps(sub)) == sub
    assert Freeze() == Freeze()
    assert hash(Unfreeze()) == hash(Unfreeze())
    assert repr(Freeze()) == "Freeze()"


# ------------------------------------------------------------------------------- access


def test_nothing_can_be_used_in_a_freeze():
    """Frozen from 11 April, thawed by itself on 10 June."""
    sub = frozen().subscription
    usable = {
        day: is_usable(sub, at(day))
        for day in ("2026-04-10", "2026-04-11", "2026-06-09", "2026-06-10")
    }
    assert list(usable.values()) == [True, False, False, True]
    assert usable_until(sub) is None


def test_what_is_paid_for_can_be_used_after_the_thaw():
    story = frozen()
    story.change("2026-04-12", Cancel())
    assert usable_until(story.subscription) == at("2026-06-30")  # as late as it may
    assert is_usable(story.subscription, at("2026-06-29"))
    assert not is_usable(story.subscription, at("2026-06-30"))
    story.change("2026-04-21", Unfreeze())
    assert usable_until(story.subscription) == at("2026-05-11")


def test_a_page_shows_no_renewal_of_what_ends_after_the_thaw():
    story = frozen()
    page = billing_view(story.subscription, on=at("2026-04-12"))
    assert (page.renews_on, page.ends_on) == (at("2026-06-30"), None)
    story.change("2026-04-12", Cancel())
    page = billing_view(story.subscription, on=at("2026-04-12"))
    assert (page.renews_on, page.ends_on) == (None, at("2026-06-30"))


@pytest.mark.parametrize(
    ("asked", "end"), [((), "2026-07-30"), ((SwitchInterval(ANNUAL),), "2027-06-30")]
)
def test_a_late_end_comes_a_period_after_the_thaw(asked, end):
    """Canceled on 20 April, too late for 1 May; frozen the day after."""
    rules = BillingRules(
        max_freeze_days=60, notice_days=15, longer_interval=Timing.PERIOD_END
    )
    story = ten(rules=rules)
    for change_of_interval in asked:
        story.change("2026-04-10", change_of_interval)
    story.change("2026-04-20", Cancel())
    story.change("2026-04-21", Freeze())
    assert usable_until(story.subscription) == at(end)
    ended = story.renew(end).subscription
    assert ended.ended_on == at(end)


BY_SUPPORT = Permission(
    Action.DOWNLOAD, roles=("support",), statuses=(Status.FROZEN, Status.CANCELED)
)


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (None, ("owner",)),
        (Status.ACTIVE, ("owner",)),
        (Status.FROZEN, ("support",)),
        (Status.CANCELED, ("support",)),
    ],
)
def test_a_permission_may_hold_in_one_state_alone(status, allowed):
    rules = BillingRules(billing_roles=("owner",))
    asked = {"rules": rules, "status": status, "permissions": [BY_SUPPORT]}
    assert allowed_roles(Action.DOWNLOAD, **asked) == allowed
    assert may("owner", Action.DOWNLOAD, **asked) is (allowed == ("owner",))
    assert may("owner", Action.VIEW, **asked)
    with pytest.raises(PermissionRefusedError) as refused:
        require_role("guest", Action.DOWNLOAD, **asked)
    assert refused.value.allowed == allowed


def test_a_state_is_a_member_of_its_enumeration():
    for wrong, error in (
        ("froze", UnknownWordError),
        (1, WrongTypeError),
        (Timing.FORFEIT, WrongTypeError),
    ):
        with pytest.raises(error):
            may("owner", Action.VIEW, rules=RULES, status=wrong)
        with pytest.raises(error):
            Permission(Action.VIEW, roles=("owner",), statuses=(wrong,))
    with pytest.raises(WrongTypeError):
        Permission(Action.VIEW, roles=("owner",), statuses=Status.FROZEN)
    with pytest.raises(WrongTypeError):
        require_role(None, Action.VIEW, rules=RULES)
    assert pickle.loads(pickle.dumps(BY_SUPPORT)) == BY_SUPPORT


# --------------------------------------------------------------------------------- laws

APRIL = dt.date(2026, 4, 1)
GAPS = st.lists(st.integers(0, 25), max_size=12)


class Calendar:
    """One day after the other: what runs, and what is left of twenty idle days."""

    def __init__(self):
        self.day, self.stopped, self.idle, self.left = APRIL, False, set(), 20
        self.anchor, self.months = APRIL, 1
        self.end = months_on(self.anchor, self.months)

    def live(self, until):
        """Live through the days before *until*."""
        while self.day < until:
            if self.stopped:
                self.idle.add(self.day)
                self.left -= 1
                self.end += dt.timedelta(1)
                self.anchor, self.months = self.end, 0
            self.day += dt.timedelta(1)
            self.stopped = self.stopped and self.left > 0
            if self.day == self.end:
                self.months += 1
                self.end = months_on(self.anchor, self.months)
                self.left = 20


def months_on(day, months):
    """Return *day* so many months later, a month's end if it must."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, min(day.day, last))


@st.composite
def freezes(draw):
    """Return a history of freezes and thaws, some thawing by themselves."""
    on, days, history = APRIL, Calendar(), []
    for gap in draw(GAPS):
        on += dt.timedelta(gap)
        days.live(on)
        if not days.stopped and not days.left:
            continue  # refused
        history.append((on, Unfreeze() if days.stopped else Freeze()))
        days.stopped = not days.stopped
    return tuple(history)


def frozen_days(history, until):
    """Return the days of a history on which nothing ran, one by one."""
    days = Calendar()
    for on, asked in history:
        days.live(on)
        days.stopped = isinstance(asked, Freeze)
    days.live(until)
    return days.idle


def opened():
    return subscribe(
        SMALL,
        id="law",
        interval=MONTHLY,
        seats=10,
        on=APRIL,
        rules=BillingRules(max_freeze_days=20),
    )


@given(freezes(), st.integers(0, 400))
def test_every_paid_period_serves_as_many_days_as_it_has(history, days):
    """Counted day by day: what was paid for is neither cut short nor stretched."""
    last = history[-1][0] if history else APRIL
    until = max(last, APRIL + dt.timedelta(days))
    statement = bill(opened(), history, until=until)
    idle = frozen_days(history, until + dt.timedelta(1))
    starts = [invoice.issued_on for invoice in statement.invoices]
    for invoice, start, end in zip(
        statement.invoices, starts, [*starts[1:], None], strict=True
    ):
        assert verify(invoice) == ()
        (line,) = invoice.lines
        assert digits(line.amount) == "300.00"
        if end is not None:
            span = [start + dt.timedelta(n) for n in range((end - start).days)]
            assert sum(day not in idle for day in span) == line.whole.days


@given(freezes(), st.integers(0, 120))
def test_a_history_of_freezes_can_be_split_anywhere(history, days):
    until = (history[-1][0] if history else APRIL) + dt.timedelta(days)
    statement = bill(opened(), history, until=until)
    outcome, found = opened(), []
    found += outcome.invoices
    for day, asked in history:
        for between in (renew, change):
            more = () if between is renew else (asked,)
            outcome = between(outcome.subscription, *more, on=day)
            found += outcome.invoices
    outcome = renew(outcome.subscription, on=until)
    found += outcome.invoices
    assert (tuple(found), outcome.subscription) == (
        statement.invoices,
        statement.subscription,
    )
    again = [outcome.subscription for outcome in statement.outcomes]
    assert (again or [statement.subscription])[-1] == statement.subscription


@given(freezes())
def test_a_freeze_charges_nothing_by_itself(history):
    sub = opened().subscription
    for day, asked in history:
        renewed = renew(sub, on=day).subscription
        outcome = change(renewed, asked, on=day)
        assert (outcome.invoices, outcome.refund_due) == ((), Money.zero("USD"))
        sub = outcome.subscription
