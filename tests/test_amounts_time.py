"""What waits, what stands still and where the calendar ends: amounts and their days.

A seat costs 30.00 a month, 1.00 a day in April, and 365.00 a year, 1.00 a day in 2026.
"""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting import is_monthly
from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Catalog,
    Discount,
    Freeze,
    Interval,
    Money,
    Period,
    RemoveAddOn,
    RemoveSeats,
    Reprice,
    Service,
    SetSeats,
    Settlement,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Timing,
    Unfreeze,
    WithdrawPending,
    adopt,
    bill,
    change,
    explain,
    next_renewal,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.access import is_usable, usable_until
from seatbill.converters import dump, load
from seatbill.documents._drawing.spans import chronicle_of
from seatbill.errors import (
    DateRangeError,
    FrozenError,
    LateNoticeError,
    NoChangeError,
    OutOfBoundsError,
    OutOfOrderError,
    RequirementError,
    SeatsOccupiedError,
    TooFewSeatsError,
)
from seatbill.lifecycle.previews import renewal_day
from seatbill.revenue import recognize
from seatbill.rules import ChangeKind, Direction, LateNotice
from seatbill.subscriptions import Status
from seatbill.views import billing_view, plan_options
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, at, bills, digits, sum_of

IMMEDIATE, PERIOD_END = Timing.IMMEDIATE, Timing.PERIOD_END
RESTART, FORFEIT = Timing.RESTART, Timing.FORFEIT
NOTICE = BillingRules(notice_days=15)
LATER = BillingRules(notice_days=15, seats_added=PERIOD_END)


def ten(plan=SMALL, *, rules=NOTICE, **more) -> Story:
    """Return ten seats from April on; the last day in time for May is 16 April."""
    return Story(plan, "2026-04-01", seats=10, rules=rules, **more)


def asked(story: Story, *steps):
    """Ask for each change on its day of April 2026; return the last outcome."""
    for day, what, *timing in steps:
        found = story.change(
            f"2026-04-{day}", what, timing=timing[0] if timing else None
        )
    return found


# --------------------------------------------------- the number asked for is the number


def test_the_number_asked_for_last_is_the_number_of_every_period():
    """Ten, eight in time for May, five too late for it, and eight again."""
    story = ten()
    last = asked(story, (10, SetSeats(8)), (20, SetSeats(5)), (21, SetSeats(8)))
    assert waiting(story.subscription) == ["seats seat: 8 on 2026-05-01"]
    assert [(update.value, update.periods_left) for update in last.replaced] == [(5, 1)]
    assert told(last) == ["removals_undone"]
    assert last.notices[0].value("count") == 3  # of the five that were to leave
    assert bills(story.renew("2026-06-01")) == [
        "2026-05-01: +240.00 = 240.00",
        "2026-06-01: +240.00 = 240.00",
    ]


@pytest.mark.parametrize(
    ("rules", "steps", "owned", "waits"),
    [
        pytest.param(NOTICE, [(21, 9)], 10, {5: 9}, id="more than either"),
        pytest.param(NOTICE, [(21, 6)], 10, {5: 8, 6: 6}, id="between them, late"),
        pytest.param(NOTICE, [(21, 5)], 10, {5: 8, 6: 5}, id="the later once more"),
        pytest.param(NOTICE, [(21, 4)], 10, {5: 8, 6: 4}, id="fewer than either"),
        pytest.param(NOTICE, [(21, 10)], 10, {}, id="what there is"),
        pytest.param(NOTICE, [(21, 12)], 12, {}, id="more than there is"),
        pytest.param(LATER, [(21, 12)], 10, {6: 12}, id="more, also too late"),
        pytest.param(NOTICE, [(21, 9), (22, 6)], 10, {5: 9, 6: 6}, id="up and down"),
    ],
)
def test_two_numbers_wait_and_another_is_asked_for(rules, steps, owned, waits):
    """Eight wait for May, five for June; what comes late reaches May as far as it may.

    Never is there anything in May that lies outside of what was there and was asked.
    """
    story = ten(rules=rules)
    asked(story, (10, SetSeats(8)), (20, SetSeats(5)))
    asked(story, *((day, SetSeats(n)) for day, n in steps))
    assert story.subscription.quantity() == owned
    assert {
        update.applies_on.month: update.value
        for update in story.subscription.pending_updates
    } == waits


@pytest.mark.parametrize(
    ("steps", "waits"),
    [
        pytest.param([(10, 12), (20, 15)], {5: 12, 6: 15}, id="more and still more"),
        pytest.param([(10, 12), (20, 15), (21, 13)], {5: 12, 6: 13}, id="some of it"),
        pytest.param([(10, 12), (20, 15), (21, 11)], {5: 11}, id="less than either"),
        pytest.param([(10, 12), (20, 15), (21, 8)], {6: 8}, id="fewer, too late"),
        pytest.param([(10, 12), (20, 8)], {6: 8}, id="more in time, fewer too late"),
        pytest.param([(10, 8), (20, 12)], {6: 12}, id="fewer in time, more too late"),
        pytest.param([(10, 8), (20, 12), (21, 9)], {6: 9}, id="and fewer again"),
        pytest.param([(10, 12), (20, 8), (21, 11)], {6: 11}, id="and more again"),
        pytest.param([(10, 12), (11, 8)], {5: 8}, id="fewer, both in time"),
    ],
)
def test_numbers_above_and_below_wait_together(steps, waits):
    story = ten(rules=LATER)
    asked(story, *((day, SetSeats(n)) for day, n in steps))
    assert story.subscription.quantity() == 10
    assert {
        update.applies_on.month: update.value
        for update in story.subscription.pending_updates
    } == waits


def test_a_number_at_once_takes_the_place_of_both_that_wait():
    """Six seats go on 21 April, with 10 of 30 days left: 6 × 10.00."""
    story = ten()
    asked(story, (10, SetSeats(8)), (20, SetSeats(5)))
    last = asked(story, (21, SetSeats(4), IMMEDIATE))
    assert bills(last) == ["2026-04-21: -60.00 = -60.00 due 0.00"]
    assert waiting(story.subscription) == []
    assert [update.value for update in last.replaced] == [8, 5]


def test_a_number_that_waits_already_is_asked_for_again_without_effect():
    story = ten()
    asked(story, (10, SetSeats(8)), (20, SetSeats(5)))
    before = story.subscription
    last = asked(story, (22, SetSeats(5)))
    assert story.subscription.pending_updates == before.pending_updates
    assert (last.replaced, last.notices) == ((), ())
    assert asked(story, (23, SetSeats(10))).replaced == before.pending_updates
    with pytest.raises(NoChangeError):
        asked(story, (23, SetSeats(10)))


def test_where_late_is_refused_what_needs_no_notice_is_not():
    story = ten(rules=BillingRules(notice_days=15, late_notice=LateNotice.REFUSE))
    asked(story, (10, SetSeats(7)))
    assert waiting(asked(story, (20, SetSeats(8))).subscription) == [
        "seats seat: 8 on 2026-05-01"
    ]
    with pytest.raises(LateNoticeError):
        asked(story, (20, SetSeats(7)))
    asked(story, (20, SetSeats(8)))  # it waits already


def test_each_kind_of_seat_has_numbers_of_its_own():
    team = priced("team", usd("30.00"), usd("15.00", unit="limited"))
    story = Story(team, "2026-04-01", seats={"seat": 10, "limited": 6}, rules=NOTICE)
    asked(
        story,
        (10, SetSeats(8)),
        (11, SetSeats(4, unit="limited")),
        (20, SetSeats(5)),
        (21, SetSeats(2, unit="limited")),
        (22, SetSeats(8)),
    )
    assert waiting(story.subscription) == [
        "seats seat: 8 on 2026-05-01",
        "seats limited: 4 on 2026-05-01",
        "seats limited: 2 on 2026-06-01",
    ]
    withdrawn = asked(story, (23, WithdrawPending(ChangeKind.SEATS)))
    assert [update.value for update in withdrawn.replaced] == [8, 4, 2]


def test_a_number_covers_who_sits_whatever_waits():
    story = ten()
    asked(story, (10, SetSeats(5)))
    with pytest.raises(TooFewSeatsError) as refused:
        asked(story, (20, SetSeats(8, occupied=9)))
    assert refused.value.missing == 1
    with pytest.raises(SeatsOccupiedError) as occupied:
        asked(story, (20, SetSeats(4, occupied=5)))
    assert (occupied.value.asked, occupied.value.removable) == (1, 0)


def test_what_would_leave_is_kept_before_any_is_bought():
    """Two leave in May, and four more than now come in June."""
    story = ten(rules=LATER)
    asked(story, (10, RemoveSeats(2)))
    six = asked(story, (20, AddSeats(6)))
    assert waiting(story.subscription) == ["seats seat: 14 on 2026-06-01"]
    assert told(six) == ["late_notice", "removals_undone"]
    asked(story, (21, RemoveSeats(6)))
    assert waiting(story.subscription) == ["seats seat: 8 on 2026-06-01"]
    asked(story, (21, AddSeats(3), IMMEDIATE))  # two are kept, one is bought
    assert story.subscription.quantity() == 11
    assert waiting(story.subscription) == []


def test_what_is_to_come_moves_with_what_is_bought_today():
    """Eight in May and ten in June: three more keep two of them and buy one."""
    rules = BillingRules(
        notice_days=15,
        seats_added=PERIOD_END,
        notice_exempt=[Direction.SEATS_REMOVED],
    )
    story = ten(rules=rules)
    asked(story, (20, AddSeats(2)), (21, RemoveSeats(2)))
    assert waiting(story.subscription) == [
        "seats seat: 10 on 2026-06-01",
        "seats seat: 8 on 2026-05-01",
    ]
    asked(story, (22, AddSeats(3), IMMEDIATE))
    assert story.subscription.quantity() == 11
    assert waiting(story.subscription) == ["seats seat: 13 on 2026-06-01"]


def test_a_restart_is_for_what_is_bought_today():
    story = ten(rules=LATER)
    asked(story, (10, SetSeats(12)))
    kept = asked(story, (11, SetSeats(11), RESTART))
    assert (bills(kept), story.period[0]) == ([], "2026-04-01")
    bought = asked(story, (16, SetSeats(13), RESTART))  # 13 × 30.00 − 10 × 15.00
    assert bills(bought) == ["2026-04-16: -150.00 +390.00 = 240.00"]
    assert story.period == ("2026-04-16", "2026-05-16")


def test_no_number_is_too_large_to_be_counted():
    story = ten(rules=BillingRules(seats_added=PERIOD_END))
    with pytest.raises(OutOfBoundsError):
        asked(story, (10, AddSeats(10**12 - 10)), (11, AddSeats(1)))


@st.composite
def numbers(draw):
    """Return days, some in time and some late, and the number asked for on each."""
    on, found = dt.date(2026, 4, 1), []
    for gap, n in draw(
        st.lists(st.tuples(st.integers(0, 12), st.integers(1, 20)), max_size=8)
    ):
        on += dt.timedelta(gap)
        found.append((on, n))
    return found


def months_between(start, end):
    """Return how many first days of a month come after *start*, through *end*."""
    return 12 * (end.year - start.year) + end.month - start.month


@given(numbers(), st.sampled_from((IMMEDIATE, PERIOD_END)))
def test_numbers_in_time_and_late_come_to_the_model(history, added):
    """A model: the number of now, of the next month and of the one after it.

    In time it is the number from the next month on, late from the one after it; late,
    the next month has the middle one of what is, was to be and is asked for.
    """
    story = ten(rules=BillingRules(notice_days=15, seats_added=added))
    levels, today = [10, 10, 10], dt.date(2026, 4, 1)
    for day, n in history:
        for _ in range(months_between(today, day)):
            levels = [levels[1], levels[2], levels[2]]
        today = day
        first = (day.replace(day=1) + dt.timedelta(31)).replace(day=1)
        now, soon, _ = levels
        if n > now and added is IMMEDIATE:
            levels = [max(now, now + n - max(levels)), n, n]
        elif (first - day).days < 15 and not min(now, soon) <= n <= max(now, soon):
            levels = [now, sorted((now, soon, n))[1], n]
        else:
            levels = [now, n, n]
        try:
            story.change(day.isoformat(), SetSeats(n))
        except NoChangeError:
            assert levels == [n] * 3
    sub = renew(story.subscription, on=today).subscription
    found = [sub.quantity()]
    for _ in range(2):
        sub = renew(sub, on=sub.current_period.end).subscription
        found.append(sub.quantity())
    assert found == levels


# --------------------------------------------- the like for plans, packages and the end

GOLD, SILVER, BRONZE = (
    priced(id, usd(amount), rank=rank)
    for id, amount, rank in (
        ("gold", "90.00", 3),
        ("silver", "60.00", 2),
        ("bronze", "30.00", 1),
    )
)


def test_a_plan_in_time_is_asked_for_again_instead_of_a_late_one():
    story = ten(GOLD)
    last = asked(
        story,
        (10, SwitchPlan(SILVER)),
        (20, SwitchPlan(BRONZE)),
        (21, SwitchPlan(SILVER)),
    )
    assert waiting(story.subscription) == ["plan: silver on 2026-05-01"]
    assert [update.value.id for update in last.replaced] == ["bronze"]
    assert (told(last), last.effective_on) == (["plan_scheduled"], dt.date(2026, 5, 1))
    again = asked(story, (22, SwitchPlan(SILVER)))
    assert (told(again), again.replaced) == (["plan_scheduled"], ())


def test_an_interval_in_time_is_asked_for_again_instead_of_a_late_one():
    year = [usd(f"{n}.00", interval=Interval(months=n)) for n in (1, 3, 12)]
    story = ten(priced("long", *year), interval=ANNUAL)
    story.change("2027-03-01", SwitchInterval(Interval(months=3)))
    story.change("2027-03-20", SwitchInterval(MONTHLY))
    story.change("2027-03-21", SwitchInterval(Interval(months=3)))
    assert waiting(story.subscription) == ["interval: 3 months on 2027-04-01"]


def test_what_is_asked_for_in_time_takes_the_place_of_what_would_come_later():
    """An upgrade needs no notice here, and is asked for after a late downgrade."""
    rules = BillingRules(
        notice_days=15, upgrade=PERIOD_END, notice_exempt=[Direction.UPGRADE]
    )
    story = ten(SILVER, rules=rules)
    last = asked(story, (20, SwitchPlan(BRONZE)), (21, SwitchPlan(GOLD)))
    assert waiting(story.subscription) == ["plan: gold on 2026-05-01"]
    assert [update.value.id for update in last.replaced] == ["bronze"]


def test_a_package_in_time_is_asked_for_again_instead_of_a_late_one():
    large, middle, small = (
        AddOn(id, id, (usd(amount),), family="help", rank=rank)
        for id, amount, rank in (("l", "9.00", 3), ("m", "6.00", 2), ("s", "3.00", 1))
    )
    story = ten(add_ons=[large])
    last = asked(
        story,
        (10, SwitchPackage(large, middle)),
        (20, SwitchPackage(large, small)),
        (21, SwitchPackage(large, middle)),
    )
    assert waiting(story.subscription) == ["package help: m on 2026-05-01"]
    assert [update.value.id for update in last.replaced] == ["s"]


def test_an_end_in_time_takes_the_place_of_a_late_one():
    """A freeze of up to 60 days makes the end of April the end of June."""
    story = ten(rules=BillingRules(notice_days=15, max_freeze_days=60))
    asked(story, (20, Cancel()), (21, Freeze()))
    assert waiting(story.subscription) == ["cancellation: None on 2026-07-30"]
    in_time = story.change("2026-05-01", Cancel())
    assert waiting(story.subscription) == ["cancellation: None on 2026-06-30"]
    assert [update.periods_left for update in in_time.replaced] == [1]
    story.change("2026-06-16", Unfreeze())  # after 56 days: 1 May has become 26 June
    with pytest.raises(NoChangeError) as late:
        story.change("2026-06-20", Cancel())
    assert late.value.value == dt.date(2026, 6, 26)


# ------------------------------------------------------- seats that are still to come

DEFERRED = BillingRules(seats_added=PERIOD_END, add_on_added=PERIOD_END)
HELP = AddOn("help", "Help", (usd("3.00"),))
MORE = AddOn("more", "More", (usd("2.00"),), requires_add_ons=["help"])


@pytest.mark.parametrize(
    ("change_now", "owned", "waits", "sums"),
    [
        # 15 of 30 days are left: a seat is 15.00
        pytest.param(AddSeats(2), 12, 17, "+30.00 = 30.00", id="two more"),
        pytest.param(RemoveSeats(3), 7, 12, "-45.00 = -45.00", id="three fewer"),
    ],
)
def test_seats_to_come_shift_with_a_change_at_once(change_now, owned, waits, sums):
    """Five more were asked for, and five more there will be."""
    story = ten(rules=DEFERRED)
    last = asked(story, (10, AddSeats(5)), (16, change_now, IMMEDIATE))
    assert bills(last)[0].startswith(f"2026-04-16: {sums}")
    assert story.subscription.quantity() == owned
    assert waiting(story.subscription) == [f"seats seat: {waits} on 2026-05-01"]
    assert digits(story.preview().total) == f"{30 * waits}.00"


@pytest.mark.parametrize("timing", [IMMEDIATE, FORFEIT])
def test_seats_to_come_are_left_by_a_change_of_plan(timing):
    story = ten(rules=DEFERRED)
    asked(story, (10, AddSeats(5)), (16, SwitchPlan(LARGE), timing))
    assert waiting(story.subscription) == ["seats seat: 15 on 2026-05-01"]


def test_a_removal_beyond_what_is_owned_lowers_what_is_to_come():
    story = ten(rules=DEFERRED)
    asked(story, (10, AddSeats(5)), (16, RemoveSeats(12)))
    assert story.subscription.quantity() == 10
    assert waiting(story.subscription) == ["seats seat: 3 on 2026-05-01"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +90.00 = 90.00"]


def test_a_removal_at_once_beyond_what_is_owned_lowers_what_is_to_come():
    """All ten go, with 15 of 30 days left, and two of the five to come: 10 × 15.00."""
    story = ten(rules=DEFERRED)
    last = asked(story, (10, AddSeats(5)), (16, RemoveSeats(12), IMMEDIATE))
    assert last.invoice.total == Money("-150.00", "USD")
    assert story.subscription.quantity() == 0
    assert waiting(story.subscription) == ["seats seat: 3 on 2026-05-01"]
    more = asked(story, (17, RemoveSeats(2), IMMEDIATE))  # nothing is owned any more
    assert bills(more) == []
    assert waiting(story.subscription) == ["seats seat: 1 on 2026-05-01"]


def test_no_more_leave_than_there_will_be():
    story = ten(rules=DEFERRED)
    asked(story, (10, AddSeats(5)))
    with pytest.raises(SeatsOccupiedError) as refused:
        asked(story, (16, RemoveSeats(16)))
    assert refused.value.removable == 15
    with pytest.raises(SeatsOccupiedError) as occupied:
        asked(story, (16, RemoveSeats(8, occupied=8)))
    assert occupied.value.removable == 7
    with pytest.raises(SeatsOccupiedError) as at_once:  # those who sit are here today
        asked(story, (16, RemoveSeats(3, occupied=8), IMMEDIATE))
    assert at_once.value.removable == 2
    asked(story, (16, RemoveSeats(7, occupied=8)))
    assert waiting(story.subscription) == ["seats seat: 8 on 2026-05-01"]


def test_an_add_on_that_is_to_come_can_be_removed():
    story = ten(rules=DEFERRED)
    asked(story, (10, AddAddOn(HELP, 3)), (16, RemoveAddOn(HELP, 2)))
    assert story.subscription.add_ons == ()
    assert waiting(story.subscription) == ["add_on help: 1 help on 2026-05-01"]
    last = asked(story, (17, RemoveAddOn(HELP)))
    assert waiting(story.subscription) == []
    assert [update.value.quantity for update in last.replaced] == [1]


def test_what_another_add_on_needs_is_not_removed_before_more_of_it_comes():
    """Two are owned and three more are to come: two at once would leave a gap."""
    story = ten(rules=DEFERRED, add_ons=[(HELP, 2), MORE])
    asked(story, (10, AddAddOn(HELP, 3)))
    with pytest.raises(RequirementError):
        asked(story, (16, RemoveAddOn(HELP, 3), IMMEDIATE))
    asked(story, (16, RemoveAddOn(HELP, 3)))
    assert waiting(story.subscription) == []  # two in May, as many as now
    with pytest.raises(RequirementError):
        asked(story, (17, RemoveAddOn(HELP, 2)))


# ----------------------------------------------------- a freeze over a monthly boundary

YEAR = priced(
    "year",
    usd("365.00", interval=ANNUAL),
    usd("30.00"),
)
DEAR = priced("dear", usd("730.00", interval=ANNUAL), rank=2)
FREEZING = BillingRules(settlement=Settlement.MONTHLY, max_freeze_days=60)


def a_year(rules=FREEZING, **more) -> Story:
    """Return ten seats of a year, one more on 11 January, frozen from the 21st on.

    The added seat costs 1.00 a day for 355 days, due on 1 February.
    """
    story = Story(YEAR, "2026-01-01", seats=10, interval=ANNUAL, rules=rules, **more)
    story.change("2026-01-11", AddSeats(1))
    story.change("2026-01-21", Freeze())
    return story


def thawed(on="2026-02-10", **more) -> Story:
    """Return it thawed after 20 days: the year ends on 21 January."""
    story = a_year(**more)
    assert bills(story.change(on, Unfreeze())) == []
    return story


def test_what_waits_is_invoiced_on_the_next_month_of_the_grid_that_the_thaw_made():
    story = thawed()
    assert story.period == ("2026-01-21", "2027-01-21")
    assert next_renewal(story.subscription) == dt.date(2026, 2, 21)
    assert bills(story.renew("2026-02-20")) == []
    assert bills(story.renew("2026-02-21")) == ["2026-02-21: +355.00 = 355.00"]
    assert bills(story.renew("2027-01-21")) == ["2027-01-21: +4015.00 = 4015.00"]


def test_a_change_and_a_bill_and_a_preview_go_the_same_road():
    """On 26 February: 329 days are left of a seat, due on 21 March."""
    story = thawed()
    assert sum_of(story.preview()) == "+4015.00 = 4015.00"  # that of the year's end
    assert bills(story.change("2026-02-26", AddSeats(1))) == [
        "2026-02-21: +355.00 = 355.00"
    ]
    assert next_renewal(story.subscription) == dt.date(2026, 3, 21)
    opening = Story(YEAR, "2026-01-01", seats=10, interval=ANNUAL, rules=FREEZING)
    history = [
        (dt.date(2026, 1, 11), AddSeats(1)),
        (dt.date(2026, 1, 21), Freeze()),
        (dt.date(2026, 2, 10), Unfreeze()),
        (dt.date(2026, 2, 26), AddSeats(1)),
    ]
    statement = bill(opening.opening, history, until=dt.date(2026, 3, 21))
    assert [(str(i.issued_on), digits(i.total)) for i in statement.invoices] == [
        ("2026-01-01", "3650.00"),
        ("2026-02-21", "355.00"),
        ("2026-03-21", "329.00"),
    ]
    assert (
        statement.subscription
        == renew(story.subscription, on=dt.date(2026, 3, 21)).subscription
    )


def test_what_is_bought_after_the_thaw_stands_on_the_same_invoice():
    """On 15 February 340 days are left until 21 January."""
    story = thawed()
    assert bills(story.change("2026-02-15", AddSeats(1))) == []
    assert bills(story.renew("2026-03-01")) == ["2026-02-21: +355.00 +340.00 = 695.00"]


def test_a_thaw_by_itself_makes_the_same_grid():
    rules = BillingRules(settlement=Settlement.MONTHLY, max_freeze_days=20)
    story = a_year(rules)
    assert next_renewal(story.subscription) == dt.date(2026, 2, 10)
    assert bills(story.renew("2026-02-10")) == []
    assert story.subscription.status is Status.ACTIVE
    assert bills(story.renew("2026-03-31")) == ["2026-02-21: +355.00 = 355.00"]
    assert bills(a_year(rules).renew("2026-03-31")) == ["2026-02-21: +355.00 = 355.00"]


def test_a_thaw_on_a_month_of_the_grid_it_makes_waits_for_the_next():
    """From 31 January 28 days: the year ends on 29 January, months on the 29th.

    February has its 28th for it, and that day began in the freeze.
    """
    story = Story(YEAR, "2026-01-01", seats=10, interval=ANNUAL, rules=FREEZING)
    story.change("2026-01-11", AddSeats(1))
    story.change("2026-01-31", Freeze())
    assert bills(story.change("2026-02-28", Unfreeze())) == []
    assert story.anchor == "2027-01-29"
    assert bills(story.renew("2026-03-28")) == []
    assert bills(story.renew("2026-03-29")) == ["2026-03-29: +355.00 = 355.00"]


def test_a_freeze_of_several_months_and_another_one():
    """20 days from 21 January and 30 from 15 February: the year ends on 20 February."""
    story = thawed()
    story.change("2026-02-15", Freeze())
    assert bills(story.change("2026-03-17", Unfreeze())) == []
    assert story.anchor == "2027-02-20"
    assert bills(story.renew("2026-12-31")) == ["2026-03-20: +355.00 = 355.00"]


def test_a_restart_after_the_thaw_invoices_what_waits():
    """On 15 February 340 of 365 days are left of eleven seats: 3740.00 come back."""
    story = thawed()
    restarted = story.change("2026-02-15", SwitchPlan(DEAR), timing=RESTART)
    assert bills(restarted) == ["2026-02-15: +355.00 -3740.00 +8030.00 = 4645.00"]
    assert next_renewal(story.subscription) == dt.date(2027, 2, 15)


def test_an_end_at_once_in_the_freeze_invoices_what_waits():
    """345 of 365 days were paid and not used: 3795.00 of 4015.00."""
    ended = a_year().change("2026-02-05", Cancel(), timing=IMMEDIATE)
    assert [digits(line.amount) for line in ended.invoice.lines] == [
        "355.00",
        "-3795.00",
    ]
    assert ended.refund_due == Money("3440.00", "USD")


def test_an_end_that_waits_in_the_freeze_leaves_what_waits_its_month():
    story = a_year()
    story.change("2026-02-05", Cancel())
    story.change("2026-02-10", Unfreeze())
    assert bills(story.renew("2027-12-31")) == ["2026-02-21: +355.00 = 355.00"]
    assert story.subscription.ended_on == dt.date(2027, 1, 21)


@pytest.mark.parametrize(
    ("settlement", "billed"),
    [
        (Settlement.NOW, ["2026-01-11"]),
        (Settlement.MONTHLY, ["2026-02-21"]),
        (Settlement.ON_RENEWAL, ["2027-01-21"]),
    ],
)
def test_a_settlement_moves_an_invoice_and_no_amount(settlement, billed):
    rules = BillingRules(settlement=settlement, max_freeze_days=60)
    story = Story(YEAR, "2026-01-01", seats=10, interval=ANNUAL, rules=rules)
    found = [*story.change("2026-01-11", AddSeats(1)).invoices]
    story.change("2026-01-21", Freeze())
    found += story.change("2026-02-10", Unfreeze()).invoices
    found += story.renew("2027-01-21").invoices
    added = [i for i in found for line in i.lines if digits(line.amount) == "355.00"]
    assert [str(invoice.issued_on) for invoice in added] == billed


FROZEN_STEPS = st.lists(
    st.tuples(st.integers(0, 45), st.sampled_from(("seat", "freeze"))), max_size=10
)


def lived(settlement, steps):
    """Return opening and history: seats are added, freezes begin and end."""
    rules = BillingRules(settlement=settlement, max_freeze_days=40)
    opening = subscribe(
        YEAR,
        id="law",
        interval=ANNUAL,
        seats=10,
        on=dt.date(2026, 1, 31),
        rules=rules,
    )
    sub, on, history = opening.subscription, dt.date(2026, 1, 31), []
    for gap, what in steps:
        on += dt.timedelta(gap)
        sub = renew(sub, on=on).subscription
        is_frozen = sub.status is Status.FROZEN
        asked_for = AddSeats(1)
        if is_frozen:
            asked_for = Unfreeze()
        elif what == "freeze":
            asked_for = Freeze()
        try:
            sub = change(sub, asked_for, on=on).subscription
        except FrozenError:  # nothing is left of the forty days
            continue
        history.append((on, asked_for))
    return opening, history


@given(FROZEN_STEPS)
def test_whatever_freezes_a_settlement_is_about_days_alone(steps):
    """The same lines, on the grid of the day; and each road to them is the same."""
    lines = []
    for settlement in Settlement:
        opening, history = lived(settlement, steps)
        until = dt.date(2030, 1, 1)
        statement = bill(opening, history, until=until)
        rows = [
            (line.start, line.end, line.quantity, line.amount)
            for invoice in statement.invoices
            for line in invoice.lines
        ]
        lines.append(sorted(rows, key=str))
        sub, found, days = opening.subscription, [*opening.invoices], [*history]
        while (due := next_renewal(sub)) is not None or days:
            if days and (due is None or days[0][0] < due):
                day, asked_for = days.pop(0)
                sub = change(sub, asked_for, on=day).subscription
                continue
            if due > until:
                break
            anchor = sub.billing_cycle_anchor
            if sub.status is not Status.FROZEN and due < sub.current_period.end:
                assert settlement is Settlement.MONTHLY
                assert is_monthly(anchor, due)
            assert renew(sub, on=due - dt.timedelta(1)).subscription is sub
            outcome = renew(sub, on=due)
            found += outcome.invoices
            sub = outcome.subscription
        if settlement is not Settlement.NOW:
            assert tuple(found) == statement.invoices
        assert sub == statement.subscription
    assert lines[0] == lines[1] == lines[2]


# --------------------------------------------------------- one date while it is frozen


@pytest.mark.parametrize(
    ("on", "late"),
    [
        pytest.param("2026-06-05", False, id="25 days before 30 June"),
        pytest.param("2026-06-06", True, id="24 days before"),
    ],
)
def test_lateness_and_effect_in_a_freeze_are_judged_by_the_latest_thaw(on, late):
    """Frozen on 11 April for sixty days at most: April ends on 30 June by then."""
    story = ten(rules=BillingRules(max_freeze_days=60, notice_days=25))
    asked(story, (11, Freeze()))
    canceled = story.change(on, Cancel())
    end = "2026-07-30" if late else "2026-06-30"
    assert waiting(story.subscription) == [f"cancellation: None on {end}"]
    assert canceled.effective_on == usable_until(story.subscription) == at(end)
    assert told(canceled) == ["late_cancellation" if late else "end_without_bill"]
    if late:
        (notice,) = canceled.notices
        assert notice.value("boundary") == dt.date(2026, 6, 30)
        assert notice.value("cost") == Money("300.00", "USD")
        view = billing_view(story.subscription, on=at(on))
        assert view.notices[0].value("boundary") == dt.date(2026, 6, 30)


def test_a_refusal_in_a_freeze_names_the_latest_end():
    rules = BillingRules(
        max_freeze_days=60, notice_days=25, late_notice=LateNotice.REFUSE
    )
    story = ten(rules=rules)
    asked(story, (11, Freeze()))
    with pytest.raises(LateNoticeError) as refused:
        story.change("2026-06-06", Cancel())
    assert refused.value.boundary == dt.date(2026, 6, 30)
    assert refused.value.last_day == dt.date(2026, 6, 5)


def test_a_late_end_in_a_freeze_costs_what_the_next_period_costs_then():
    """From 1 June a seat is 45.00, and the next period starts on 30 June."""
    story = ten(rules=BillingRules(max_freeze_days=60, notice_days=25))
    asked(story, (11, Freeze()))
    dearer = priced("small", usd("45.00"))
    story.change("2026-05-01", Reprice(dearer, at("2026-06-01")))
    canceled = story.change("2026-06-06", Cancel())
    assert canceled.notices[0].value("cost") == Money("450.00", "USD")


# ----------------------------------------------- freezes of one period share their days


def frozen_twice(**more) -> Story:
    """Return ten seats frozen for 40 days, and again from 25 May on."""
    story = ten(rules=BillingRules(max_freeze_days=60, **more))
    story.change("2026-04-11", Freeze())
    story.change("2026-05-21", Unfreeze())
    story.change("2026-05-25", Freeze())
    return story


def test_all_freezes_of_a_period_are_bounded_together():
    """40 of 60 days are used: it thaws on 14 June, and 1 May has become 30 June."""
    story = frozen_twice()
    sub = story.subscription
    assert sub.thaws_on == next_renewal(sub) == dt.date(2026, 6, 14)
    assert sub.latest_end == renewal_day(sub) == dt.date(2026, 6, 30)
    assert not is_usable(sub, dt.date(2026, 6, 13))
    assert is_usable(sub, dt.date(2026, 6, 14))
    assert bills(story.renew("2026-06-29")) == []
    assert story.period == ("2026-05-31", "2026-06-30")
    assert story.subscription.moved_from == dt.date(2026, 4, 1)
    assert story.subscription.thaws_on is None
    with pytest.raises(FrozenError) as refused:
        story.change("2026-06-20", Freeze())
    assert refused.value.problem == "used_up"
    assert bills(story.renew("2026-06-30")) == ["2026-06-30: +300.00 = 300.00"]
    assert story.subscription.moved_from is None
    story.change("2026-06-30", Freeze())
    assert story.subscription.thaws_on == dt.date(2026, 8, 29)


def test_what_is_frozen_twice_travels_and_is_adopted():
    sub = frozen_twice().subscription
    assert load(dump(sub)) == sub
    assert dump(sub)["value"]["moved_from"] == "2026-04-01"
    again = adopt(
        sub.plan,
        id=sub.id,
        interval=sub.interval,
        seats=sub.seats,
        current_period=sub.current_period,
        charged=sub.charges,
        rules=sub.rules,
        anchor=sub.billing_cycle_anchor,
        on=sub.changed_on,
        frozen_on=sub.frozen_on,
        moved_from=sub.moved_from,
        version=sub.version,
    )
    assert again == sub
    for field, value in (
        ("moved_from", dt.date(2026, 5, 12)),  # after the start of the period
        ("changed_on", dt.date(2026, 6, 14)),  # it thawed first thing that day
    ):
        with pytest.raises(OutOfOrderError):
            attrs.evolve(sub, **{field: value})


def test_a_restart_is_a_new_period_for_freezes_and_another_interval_is_not():
    thawed_again = frozen_twice()
    thawed_again.change("2026-06-04", Unfreeze())  # 50 of 60 days are used
    sub = thawed_again.subscription
    for timing, left in ((RESTART, 60), (IMMEDIATE, 10)):
        seats = [usd("30.00"), usd("90.00", interval=Interval(months=3))]
        other = attrs.evolve(sub, plan=priced("small", *seats))
        switched = change(
            other,
            SwitchInterval(Interval(months=3)),
            Freeze(),
            on=dt.date(2026, 6, 5),
            timing=timing,
        ).subscription
        assert switched.thaws_on == dt.date(2026, 6, 5) + dt.timedelta(left)


def test_instants_share_the_days_of_a_freeze_to_the_second():
    """12.5 hours are used of a day: 11.5 are left, from noon to half past eleven."""
    story = Story(
        SMALL, "2026-04-01T00:00:00+00:00", rules=BillingRules(max_freeze_days=1)
    )
    story.change("2026-04-11T06:00:00+00:00", Freeze())
    story.change("2026-04-11T18:30:00+00:00", Unfreeze())
    story.change("2026-04-12T12:00:00+00:00", Freeze())
    assert story.subscription.thaws_on == at("2026-04-12T23:30:00+00:00")


def test_a_picture_of_freezes_ends_the_second_one_where_it_thaws():
    opening = ten(rules=BillingRules(max_freeze_days=60)).opening
    history = [
        (dt.date(2026, 4, 11), Freeze()),
        (dt.date(2026, 5, 21), Unfreeze()),
        (dt.date(2026, 5, 25), Freeze()),
        (dt.date(2026, 7, 1), AddSeats(1)),
    ]
    statement = bill(opening, history, until=dt.date(2026, 7, 2))
    freezes = chronicle_of(
        statement.opening, statement.invoices, statement.outcomes, statement.until
    ).freezes
    assert [(str(start), str(end)) for start, end in freezes] == [
        ("2026-04-11", "2026-05-21"),
        ("2026-05-25", "2026-06-14"),
    ]


# ----------------------------------------------------------------- a freeze of no days


@pytest.mark.parametrize("settlement", Settlement)
@pytest.mark.parametrize("apart", [True, False], ids=["two calls", "one call"])
def test_a_freeze_of_no_days_changes_nothing(settlement, apart):
    """Neither lines that wait, nor what runs in arrears, nor the grid, nor its days."""
    rules = BillingRules(
        settlement=settlement, max_freeze_days=60, seats_added=IMMEDIATE
    )
    mixed = priced("mixed", usd("30.00"), usd("9.00", unit="after", in_arrears=True))
    story = Story(mixed, "2026-04-01", seats={"seat": 10, "after": 2}, rules=rules)
    story.change("2026-04-06", AddSeats(1), RemoveSeats(1, unit="after"))
    story.change("2026-04-16", BuyService(Service("s", "S", Money("5.00", "USD"))))
    before = story.subscription
    if apart:
        story.change("2026-04-16", Freeze())
        last = story.change("2026-04-16", Unfreeze())
    else:
        last = story.change("2026-04-16", Freeze(), Unfreeze())
    assert last.invoices == ()
    same = attrs.evolve(story.subscription, version=before.version)
    assert same == before
    assert story.subscription.version == before.version + 2


def test_a_freeze_of_no_days_leaves_the_grid_of_the_31st():
    story = Story(SMALL, "2026-01-31", rules=BillingRules(max_freeze_days=60))
    story.change("2026-02-28", Freeze(), Unfreeze())
    assert (story.anchor, story.period[1]) == ("2026-01-31", "2026-03-31")


# ------------------------------------------------------------------ an end in a trial


@pytest.mark.parametrize("notice", [0, 15])
def test_an_end_for_the_period_waits_for_the_end_of_a_trial(notice):
    story = ten(trial_end="2026-04-15", rules=BillingRules(notice_days=notice))
    canceled = asked(story, ("05", Cancel()))
    assert canceled.effective_on == dt.date(2026, 4, 15)
    assert story.subscription.status is Status.TRIALING
    assert usable_until(story.subscription) == dt.date(2026, 4, 15)
    assert bills(story.renew("2026-04-15")) == []
    assert story.subscription.ended_on == dt.date(2026, 4, 15)


# ------------------------------------------------------------------------- in arrears


def test_in_arrears_a_change_cuts_what_it_changes_and_nothing_else():
    """A limited seat joins on 11 April: 15.00 × 10/30, then 30.00 × 20/30; 60.00."""
    mixed = priced(
        "mixed",
        usd("30.00", in_arrears=True),
        usd("15.00", unit="limited", in_arrears=True),
    )
    story = Story(mixed, "2026-04-01", seats={"seat": 2, "limited": 1})
    asked(story, (11, AddSeats(1, unit="limited")))
    assert [
        (line.unit, digits(line.amount)) for line in story.subscription.accrued_lines
    ] == [("limited", "5.00")]
    asked(story, (12, ApplyDiscount(Discount.percent("50", id="half"))))
    assert len(story.subscription.accrued_lines) == 1
    (invoice,) = story.renew("2026-05-01").invoices
    assert sum_of(invoice) == "+5.00 +60.00 +20.00 = 85.00"


# ----------------------------------------------------------------- a flat price at zero

FLAT = priced("flat", usd("30.00"), usd("20.00", unit="base", flat=True))
HIGHER = priced("higher", usd("30.00"), usd("50.00", unit="base", flat=True), rank=2)


def test_a_flat_price_is_charged_at_none_of_its_unit_while_its_plan_is_owned():
    """On 16 April half of the month is left: −10.00 and 25.00."""
    story = Story(FLAT, "2026-04-01", seats=0)
    assert sum_of(story.opening.invoice) == "+20.00 = 20.00"
    assert bills(asked(story, ("05", AddSeats(3, unit="base")))) == []
    assert bills(asked(story, ("06", RemoveSeats(3, unit="base"), IMMEDIATE))) == []
    assert bills(asked(story, (16, SwitchPlan(HIGHER)))) == [
        "2026-04-16: -10.00 +25.00 = 15.00"
    ]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +50.00 = 50.00"]


def test_a_flat_price_in_arrears_is_charged_at_none_of_its_unit():
    after = priced("after", usd("20.00", flat=True, in_arrears=True))
    story = Story(after, "2026-04-01", seats=0)
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +20.00 = 20.00"]


def test_a_flat_add_on_is_charged_once_as_long_as_any_is_owned():
    """Three are owned, then one: 8.00 each month; then none."""
    base = AddOn("base", "Base", (usd("8.00", flat=True),))
    story = ten(add_ons=[(base, 3)], rules=BillingRules())
    assert sum_of(story.opening.invoice) == "+300.00 +8.00 = 308.00"
    asked(story, ("05", RemoveAddOn(base, 2)))
    assert sum_of(story.preview()) == "+300.00 +8.00 = 308.00"
    asked(story, ("06", RemoveAddOn(base)))
    assert sum_of(story.preview()) == "+300.00 = 300.00"


# ------------------------------------------------------------ where the calendar ends

THIRTY = Interval(days=30)
LAST = priced(
    "last", usd("30.00"), usd("30.00", interval=THIRTY), usd("300.00", interval=ANNUAL)
)


def december(settlement=Settlement.NOW, **more) -> Story:
    """Return a seat for 30 days from 1 December 9999: to the last day there is."""
    rules = BillingRules(settlement=settlement, **more)
    return Story(LAST, "9999-12-01", interval=THIRTY, rules=rules)


def test_revenue_of_the_last_month_is_earned_in_it():
    """From 20 November 9999, 30 days at 30.00: 11 of them in November."""
    story = Story(LAST, "9999-11-20", interval=THIRTY)
    parts = recognize(story.opening.invoice).totals
    assert [digits(part.amount) for part in parts] == ["11.00", "19.00"]
    assert parts[1].period == Period(dt.date(9999, 12, 1), dt.date(9999, 12, 31))
    days = recognize(december().opening.invoice, by="day").totals
    assert [digits(part.amount) for part in days] == ["1.00"] * 30
    assert days[-1].period.start == dt.date(9999, 12, 30)


def test_revenue_of_instants_on_the_last_day_is_earned_in_the_last_month():
    """From 1 December, 10:00, 30 days: the last ten hours are on the 31st."""
    story = Story(LAST, "9999-12-01T10:00:00+00:00", interval=THIRTY)
    (part,) = recognize(story.opening.invoice).totals
    assert digits(part.amount) == "30.00"
    with pytest.raises(DateRangeError) as refused:  # a day of its own has no end
        recognize(story.opening.invoice, by="day")
    assert refused.value.anchor == dt.date(9999, 12, 31)


@pytest.mark.parametrize("settlement", Settlement)
def test_the_last_period_of_the_calendar_is_billed_and_shown(settlement):
    """A seat more on 16 December: 15 of 30 days."""
    story = december(settlement)
    added = story.change("9999-12-16", AddSeats(1))
    assert (bills(added) == ["9999-12-16: +15.00 = 15.00"]) is (
        settlement is Settlement.NOW
    )
    assert next_renewal(story.subscription) == dt.date(9999, 12, 31)
    view = billing_view(story.subscription, on=dt.date(9999, 12, 20))
    assert (view.next_invoice, view.renews_on) == (None, dt.date(9999, 12, 31))
    line = story.opening.invoice.lines[0]
    assert "Dec 1\u2009–\u200930, 9999" in explain(line)
    assert line.period.last_day == dt.date(9999, 12, 30)
    with pytest.raises(DateRangeError) as refused:
        preview_invoice(story.subscription)
    assert (refused.value.anchor, refused.value.count) == (dt.date(9999, 12, 1), 60)
    story.change("9999-12-30", Cancel())
    ended = story.renew("9999-12-31")
    assert story.subscription.ended_on == dt.date(9999, 12, 31)
    total = Money.total([i.total for i in ended.invoices], "USD")
    assert digits(total) == ("0.00" if settlement is Settlement.NOW else "15.00")


def test_a_choice_in_the_last_period_is_shown_without_a_next_price():
    sub = december().subscription
    (option,) = [
        option
        for option in plan_options(sub, Catalog([LAST, HIGH]), on=dt.date(9999, 12, 16))
        if option.plan == HIGH
    ]
    assert option.comparison.preview.price_now == Money("15.00", "USD")
    assert option.comparison.preview.price_next is None


HIGH = priced("high", usd("60.00", interval=THIRTY), rank=2)


@pytest.mark.parametrize(
    ("on", "what"),
    [
        pytest.param(
            "9999-12-20", SwitchPlan(SMALL), id="of the period after the next"
        ),
        pytest.param("9999-12-20", SwitchInterval(ANNUAL), id="a year from then"),
        pytest.param("9999-12-31", AddSeats(1), id="after the last period"),
    ],
)
def test_what_would_be_after_the_calendar_is_refused_by_name(on, what):
    story = december(notice_days=15)
    with pytest.raises(DateRangeError):
        story.change(on, what)


def test_a_service_on_the_last_day_has_no_day_of_its_own():
    story = Story(LAST, "9999-12-01T10:00:00+00:00", interval=THIRTY)
    setup = BuyService(Service("s", "S", Money("5.00", "USD")))
    story.change("9999-12-30T23:00:00+00:00", setup)
    with pytest.raises(DateRangeError) as refused:
        story.change("9999-12-31T09:00:00+00:00", setup)
    assert (refused.value.count, refused.value.unit) == (1, "day")


@pytest.mark.parametrize(
    ("start", "frozen_on", "thawed_on", "days"),
    [
        pytest.param("9999-12-01", "9999-12-10", "9999-12-11", 1, id="a day"),
        pytest.param(
            "9999-12-01T10:00:00+00:00",
            "9999-12-10T00:00:00+00:00",
            "9999-12-10T18:00:00+00:00",
            1,
            id="a part of a day",
        ),
    ],
)
def test_paid_days_that_would_be_after_the_calendar_are_not_promised(
    start, frozen_on, thawed_on, days
):
    rules = BillingRules(max_freeze_days=20)
    story = Story(LAST, start, interval=THIRTY, rules=rules)
    story.change(frozen_on, Freeze())
    with pytest.raises(DateRangeError) as refused:
        story.change(thawed_on, Unfreeze())
    assert (refused.value.count, refused.value.unit) == (days, "day")
    with pytest.raises(DateRangeError):
        renewal_day(story.subscription)
    story.change(frozen_on, Unfreeze())
    assert verify(story.opening.invoice) == ()


def test_a_number_asked_for_at_once_is_there_at_once_whatever_waits():
    """Ten at 30.00, three from May on; seven by hand on the 16th: three come back."""
    story = Story(priced("plain", usd("30.00")), "2026-04-01", seats=10)
    story.change("2026-04-10", RemoveSeats(7))
    fewer = story.change("2026-04-16", SetSeats(7), timing=Timing.IMMEDIATE)
    assert bills(fewer) == ["2026-04-16: -45.00 = -45.00 due 0.00"]  # 90.00 × 15/30
    assert story.subscription.quantity() == 7
    assert not story.subscription.pending_updates
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +210.00 = 210.00 due 165.00"
    ]
