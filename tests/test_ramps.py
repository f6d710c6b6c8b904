"""Ramps: prices and quantities agreed for several days, and fees in a trial.

Amounts are worked out in the docstrings, for months from the first unless said.
"""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddSeats,
    BillingRules,
    BuyService,
    Cancel,
    ChargeFee,
    Discount,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    Money,
    MoveBillingDay,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    Service,
    SetSeats,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    WithdrawPending,
    adopt,
    bill,
    change,
    occupancy,
    preview_invoice,
    renew,
    subscribe,
)
from seatbill.converters import dump, load
from seatbill.errors import (
    LateNoticeError,
    MixedTimeError,
    NothingPendingError,
    RulesError,
    ScheduledChangeError,
    SeatsOccupiedError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownItemError,
    UnknownUnitError,
)
from seatbill.rules import ChangeKind, LateNotice, Settlement
from seatbill.subscriptions import PendingUpdate, Subscription


def at(day):
    return dt.date.fromisoformat(day)


def price(amount, unit="seat", currency="EUR", **more):
    return Price(unit=unit, unit_amount=amount, currency=currency, **more)


def plan(amount, id="pro", rank=1, **more):
    return Plan(id, id.title(), rank, (price(amount, **more),))


RULES = BillingRules()


def opened(amount="10.00", seats=1, on="2026-01-01", rules=RULES, **more):
    """Return what a month of *seats* is opened with."""
    sold = amount if isinstance(amount, Plan) else plan(amount)
    asked = {"id": "ada", "interval": MONTHLY, "seats": seats, "on": at(on)}
    return subscribe(sold, rules=rules, **(asked | more))


def step(amount, day, **more):
    return Reprice(plan(amount, **more), at(day))


def then(before, *asked, on, **more):
    sub = before if isinstance(before, Subscription) else before.subscription
    return change(sub, *asked, on=at(on), **more)


def billed(before, until, history=()):
    """Return the days and totals of the invoices through *until*, after the opening."""
    found = bill(before.subscription, history, until=at(until))
    return [f"{i.issued_on:%d.%m.%y} {i.total.amount}" for i in found.invoices]


def months(before, until, history=()):
    return [line.split()[1] for line in billed(before, until, history)]


def waits(before):
    sub = before if isinstance(before, Subscription) else before.subscription
    return [f"{u.kind} {u.applies_on}" for u in sub.pending_updates]


MARCH, MAY = step("12.00", "2026-03-01"), step("15.00", "2026-05-01")

# Prices.


@pytest.mark.source("recurly-client-dotnet#722; Chargebee ramps")
@pytest.mark.parametrize("asked", [(MARCH, MAY), (MAY, MARCH)])
def test_prices_agreed_at_the_start_come_each_on_its_day(asked):
    """10.00, from 1 March 12.00, from 1 May 15.00: 10, 10, 12, 12, 15 from January on.

    Sold on 1 February it is 10, 12, 12, 15.
    """
    agreed = then(opened(), *asked, on="2026-01-01")
    assert months(agreed, "2026-06-01") == ["10.00", "12.00", "12.00", "15.00", "15.00"]
    later = opened(on="2026-02-01")
    agreed = then(later, *asked, on="2026-02-01")
    assert str(later.invoice.total.amount) == "10.00"
    assert months(agreed, "2026-05-01") == ["12.00", "12.00", "15.00"]
    assert not agreed.replaced
    told = [(n.code, n.value("on")) for n in agreed.notices]
    days = [change.from_day for change in asked]
    assert told == [("price_change", day) for day in days]


def test_each_outcome_takes_effect_on_the_day_of_its_own_step():
    first = then(opened(), MAY, on="2026-01-02")
    second = then(first, MARCH, on="2026-01-03")
    assert (first.effective_on, second.effective_on) == (
        at("2026-05-01"),
        MARCH.from_day,
    )


def test_a_step_for_the_same_day_takes_the_place_of_the_one_before():
    """13.00 instead of 12.00 in March; May stays."""
    agreed = then(opened(), MARCH, MAY, on="2026-01-01")
    again = then(agreed, step("13.00", "2026-03-01"), on="2026-02-10")
    assert [update.value for update in again.replaced] == [MARCH.plan]
    assert months(again, "2026-05-01") == ["13.00", "13.00", "15.00"]


def test_one_step_is_withdrawn_by_its_day_and_all_by_their_kind():
    agreed = then(opened(), MARCH, MAY, on="2026-01-01")
    one = then(
        agreed, WithdrawPending(ChangeKind.PRICE, MARCH.from_day), on="2026-01-05"
    )
    assert [update.from_day for update in one.replaced] == [MARCH.from_day]
    assert months(one, "2026-05-01") == ["10.00", "10.00", "10.00", "15.00"]
    both = then(agreed, WithdrawPending(ChangeKind.PRICE), on="2026-01-05")
    assert [update.from_day.month for update in both.replaced] == [3, 5]
    assert months(both, "2026-05-01") == ["10.00"] * 4
    for asked in (
        WithdrawPending(ChangeKind.PRICE, at("2026-04-01")),
        WithdrawPending(ChangeKind.SEATS, MARCH.from_day),
    ):
        with pytest.raises(NothingPendingError):
            then(agreed, asked, on="2026-01-05")


def test_a_year_passes_over_a_step_and_the_later_one_counts():
    """A year at 120.00; on 1 January 2027 twelve times 15.00: 180.00."""
    agreed = then(opened(interval=ANNUAL), MARCH, MAY, on="2026-01-01")
    assert waits(agreed) == ["price 2027-01-01"] * 2
    renewed = renew(agreed.subscription, on=at("2027-01-01"))
    assert str(renewed.invoice.total) == "180.00 EUR"
    assert [update.value for update in renewed.replaced] == [MARCH.plan]
    assert waits(renewed) == []


def test_another_interval_counts_the_steps_on_its_own_boundaries():
    """By the quarter from 1 February: 3 × 10.00; 1 May 3 × 15.00, past 12.00."""
    agreed = then(opened(), MARCH, MAY, on="2026-01-01")
    moved = then(
        agreed, SwitchInterval(QUARTERLY), on="2026-01-20", timing=Timing.PERIOD_END
    )
    assert billed(moved, "2026-05-01") == ["01.02.26 30.00", "01.05.26 45.00"]


def test_a_restart_leaves_the_steps_to_its_own_periods():
    """A year from 16 January, 120.00 less 16/31 of 10.00 (5.16); then 180.00."""
    agreed = then(opened(), MARCH, MAY, on="2026-01-01")
    again = then(agreed, SwitchInterval(ANNUAL), on="2026-01-16")
    assert str(again.invoice.total.amount) == "114.84"
    assert billed(again, "2027-01-16") == ["16.01.27 180.00"]


def test_a_restart_on_or_after_a_day_takes_its_step():
    """Seats added restart: on 10 March a full month of 2 at 12.00, less 22/31 of 10."""
    rules = BillingRules(seats_added=Timing.RESTART)
    asked = step("12.00", "2026-03-05"), MAY
    agreed = then(opened(rules=rules), *asked, on="2026-01-01")
    again = then(agreed, AddSeats(1), on="2026-03-10")
    assert [str(i.total.amount) for i in again.invoices] == ["10.00", "10.00", "16.90"]
    assert waits(again) == ["price 2026-05-10"]


def test_a_trial_a_billing_day_and_given_days_move_the_boundary_not_the_day():
    """The first renewal on or after 1 March: 15 March, 1 March, and 8 March."""
    trial = then(opened(trial_end=at("2026-03-15")), MARCH, on="2026-01-01")
    assert billed(trial, "2026-04-15") == ["15.03.26 12.00", "15.04.26 12.00"]
    ended = then(trial, EndTrial(), on="2026-02-10")  # before the day
    assert str(ended.invoice.total.amount) == "10.00"
    assert billed(ended, "2026-03-10") == ["10.03.26 12.00"]
    moved = then(opened(), MoveBillingDay(15), MARCH, on="2026-01-02")
    # A stub of 14/31, then from 15 February 10.00, and from 15 March 12.00.
    assert months(moved, "2026-03-15") == ["4.52", "10.00", "12.00"]
    given = then(opened(on="2026-02-01"), MARCH, Extend(7), on="2026-02-10")
    assert billed(given, "2026-04-08") == ["08.03.26 12.00", "08.04.26 12.00"]


def test_a_leap_day_and_the_ends_of_months_are_days_like_others():
    """Anchored on the 31st: from 29 February 2028 on, the renewal is that day."""
    agreed = then(
        opened(on="2028-01-31"),
        step("12.00", "2028-02-29"),
        step("15.00", "2028-03-01"),
        on="2028-01-31",
    )
    assert billed(agreed, "2028-03-31") == ["29.02.28 12.00", "31.03.28 15.00"]


def test_a_freeze_takes_the_steps_along():
    rules = BillingRules(max_freeze_days=20)
    agreed = then(opened(on="2026-02-01", rules=rules), MARCH, on="2026-02-01")
    frozen = then(agreed, Freeze(), on="2026-02-11")
    assert waits(frozen) == ["price 2026-03-21"]
    again = then(frozen, MAY, on="2026-02-12")  # prices may be agreed meanwhile
    assert billed(again, "2026-05-21") == [
        "21.03.26 12.00",
        "21.04.26 12.00",
        "21.05.26 15.00",
    ]


TEAM = plan("20.00", "team", 2)


def test_steps_of_a_plan_that_is_left_are_told_and_gone():
    """On 17 January, 15 of 31 days: −4.84 + 9.68; then 20.00 whatever was agreed."""
    agreed = then(opened(), MARCH, MAY, on="2026-01-01")
    left = then(agreed, SwitchPlan(TEAM), on="2026-01-17")
    assert [update.from_day.month for update in left.replaced] == [3, 5]
    assert str(left.invoice.total.amount) == "4.84"
    assert months(left, "2026-05-01") == ["20.00"] * 4


def test_steps_of_a_plan_that_is_left_at_a_boundary_go_there():
    agreed = then(
        opened(TEAM),
        step("22.00", "2026-02-01", id="team", rank=2),
        step("25.00", "2026-04-01", id="team", rank=2),
        on="2026-01-01",
    )
    down = then(agreed, SwitchPlan(plan("10.00")), on="2026-01-17")
    assert not down.replaced  # the plan may be withdrawn yet
    kept = then(down, SwitchPlan(TEAM), on="2026-01-18")
    assert months(kept, "2026-04-01") == ["22.00", "22.00", "25.00"]
    renewed = renew(down.subscription, on=at("2026-02-01"))
    assert [u.from_day.month for u in renewed.replaced] == [4, 2]
    assert (str(renewed.invoice.total.amount), waits(renewed)) == ("10.00", [])


def test_steps_of_a_plan_that_waits_come_with_it_and_go_with_it():
    """Team comes on 1 February at 20.00; agreed for it: 24.00 from 1 March."""
    rules = BillingRules(upgrade=Timing.PERIOD_END)
    up = then(opened(rules=rules), SwitchPlan(TEAM), on="2026-01-10")
    with pytest.raises(UnknownItemError):
        then(up, step("24.00", "2026-03-01", id="other"), on="2026-01-11")
    asked = step("24.00", "2026-03-01", id="team", rank=2), MARCH
    agreed = then(up, *asked, on="2026-01-11")
    assert months(agreed, "2026-03-01") == ["20.00", "24.00"]
    stays = then(agreed, WithdrawPending(ChangeKind.PLAN), on="2026-01-12")
    assert [u.value.id for u in stays.replaced] == ["team", "team"]
    assert months(stays, "2026-03-01") == ["10.00", "12.00"]


def test_steps_of_a_plan_that_comes_late_wait_for_it():
    """Asked for on 25 January, in notice: Team on 1 March, at its price of then."""
    rules = BillingRules(upgrade=Timing.PERIOD_END, notice_days=15)
    late = then(
        opened(rules=rules),
        SwitchPlan(TEAM),
        step("24.00", "2026-02-01", id="team", rank=2),
        on="2026-01-25",
    )
    assert waits(late) == ["plan 2026-03-01", "price 2026-03-01"]
    assert billed(late, "2026-03-01") == ["01.02.26 10.00", "01.03.26 24.00"]


def test_a_step_of_what_was_adopted_counts_like_any_other():
    agreed = then(opened(), MARCH, MAY, on="2026-01-01").subscription
    undated = attrs.evolve(
        agreed.pending_updates[0], from_day=None, value=plan("11.00")
    )
    taken = adopt(
        agreed.plan,
        id="bob",
        interval=MONTHLY,
        seats=1,
        current_period=agreed.current_period,
        charged=Money("10.00", "EUR"),
        rules=agreed.rules,
        pending_updates=(*agreed.pending_updates, undated),
        on=at("2026-01-10"),
    )
    found = bill(taken, (), until=at("2026-05-01"))
    assert [str(i.total.amount) for i in found.invoices] == [
        "11.00", "12.00", "12.00", "15.00",
    ]  # fmt: skip


def test_tiers_discounts_and_taxes_are_those_of_the_step():
    """10 seats: 5 × 10 + 5 × 8 = 90 from March, less 10 %, with 20 %: 97.20."""
    tiers = (Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8"))
    stepped = Plan("pro", "Pro", 1, (Price(currency="EUR", tiers=tiers),))
    agreed = then(
        opened(
            seats=10,
            discounts=[Discount.percent("10", id="tenth")],
            tax_rates=[TaxRate("vat", "0.20")],
        ),
        Reprice(stepped, at("2026-03-01")),
        on="2026-01-01",
    )
    assert months(agreed, "2026-03-01") == ["108.00", "97.20"]


@pytest.mark.parametrize(
    ("currency", "amounts"),
    [("JPY", ["1000", "1200", "1500"]), ("KWD", ["1.000", "1.200", "1.505"])],
)
def test_currencies_without_and_with_three_digits(currency, amounts):
    first, second, third = (plan(amount, currency=currency) for amount in amounts)
    agreed = then(
        opened(first),
        Reprice(second, at("2026-02-01")),
        Reprice(third, at("2026-03-01")),
        on="2026-01-01",
    )
    assert months(agreed, "2026-03-01") == amounts[1:]


def test_the_next_invoice_and_the_announcements_know_the_steps():
    agreed = then(opened(on="2026-02-01"), MARCH, MAY, on="2026-02-02")
    assert str(preview_invoice(agreed.subscription).total.amount) == "12.00"
    canceled = then(agreed, Cancel(), on="2026-02-03")
    ended = renew(canceled.subscription, on=at("2026-03-01"))
    assert [update.from_day.month for update in ended.replaced] == [3, 5]


def test_bounds_are_judged_at_each_boundary_with_the_list_of_its_day():
    """From March at most 3: a fourth seat is refused, but not one that has left."""
    tight = Reprice(plan("12.00", max_quantity=3), at("2026-03-01"))
    wide = Reprice(plan("15.00"), at("2026-05-01"))
    agreed = then(opened(seats=3), tight, wide, on="2026-01-01")
    with pytest.raises(ScheduledChangeError) as refused:
        then(agreed, AddSeats(1), on="2026-01-10")
    assert (refused.value.kind, refused.value.applies_on) == ("price", tight.from_day)
    soon = then(
        agreed, AddSeats(1), SetSeats(3, from_day=at("2026-02-01")), on="2026-01-10"
    )
    assert months(soon, "2026-03-01") == ["30.00", "36.00"]
    with pytest.raises(ScheduledChangeError):
        then(agreed, SetSeats(4, from_day=at("2026-04-01")), on="2026-01-10")
    more = then(agreed, SetSeats(4, from_day=at("2026-05-01")), on="2026-01-10")
    assert months(more, "2026-05-01")[-1] == "60.00"


# Quantities.


def seats(n, day, **more):
    return SetSeats(n, from_day=at(day), **more)


@pytest.mark.source("Chargebee ramps; own figures")
def test_quantities_agreed_for_several_days_come_each_on_its_day():
    """10 at 10.00, 15 from 1 March, 12 from 1 May."""
    agreed = then(
        opened(seats=10),
        seats(15, "2026-03-01"),
        seats(12, "2026-05-01"),
        on="2026-01-01",
    )
    assert waits(agreed) == ["seats 2026-03-01", "seats 2026-05-01"]
    assert (agreed.invoice, agreed.effective_on) == (None, at("2026-05-01"))
    assert months(agreed, "2026-05-01") == ["100.00", "150.00", "150.00", "120.00"]
    assert agreed.subscription.scheduled_removals == {}


def test_a_number_counts_on_its_day_whatever_is_bought_before():
    """2 more on 17 January, 15/31 of 20.00 = 9.68; 12 in February, 15 from March."""
    agreed = then(opened(seats=10), seats(15, "2026-03-01"), on="2026-01-01")
    more = then(agreed, AddSeats(2), on="2026-01-17")
    assert str(more.invoice.total.amount) == "9.68"
    assert months(more, "2026-03-01") == ["120.00", "150.00"]


def test_a_removal_beside_it_leaves_as_ever():
    """2 of 10 leave on 1 February; 15 from March; 1 needed again costs nothing."""
    agreed = then(opened(seats=10), seats(15, "2026-03-01"), on="2026-01-01")
    fewer = then(agreed, RemoveSeats(2, occupied=8), on="2026-01-10")
    sub = fewer.subscription
    assert sub.scheduled_removals == {"seat": 2}
    count = occupancy([], owned=sub.seats, scheduled_removal=sub.scheduled_removals)
    assert count.scheduled_removal == 2
    assert months(fewer, "2026-03-01") == ["80.00", "150.00"]
    again = then(fewer, AddSeats(1), on="2026-01-11")
    assert (again.invoice, months(again, "2026-03-01")) == (None, ["90.00", "150.00"])
    asked = then(again, SetSeats(7), on="2026-01-12")
    assert months(asked, "2026-03-01") == ["70.00", "150.00"]


def test_of_a_removal_and_a_number_for_one_renewal_the_number_counts():
    agreed = then(opened(seats=10), seats(15, "2026-02-01"), on="2026-01-01")
    fewer = then(agreed, RemoveSeats(2), on="2026-01-10")
    renewed = renew(fewer.subscription, on=at("2026-02-01"))
    assert (str(renewed.invoice.total.amount), renewed.replaced[0].value) == (
        "150.00",
        8,
    )


def test_a_year_passes_over_a_number_too():
    agreed = then(
        opened(seats=10, interval=ANNUAL),
        seats(15, "2026-03-01"),
        seats(12, "2026-05-01"),
        on="2026-01-01",
    )
    assert billed(agreed, "2027-01-01") == ["01.01.27 1440.00"]


def test_a_number_is_withdrawn_and_replaced_by_its_day():
    agreed = then(
        opened(seats=10),
        seats(15, "2026-03-01"),
        seats(12, "2026-05-01"),
        on="2026-01-01",
    )
    other = then(agreed, seats(20, "2026-03-01"), on="2026-01-02")
    assert [update.value for update in other.replaced] == [15]
    one = then(
        other, WithdrawPending(ChangeKind.SEATS, at("2026-03-01")), on="2026-01-03"
    )
    assert months(one, "2026-05-01") == ["100.00", "100.00", "100.00", "120.00"]
    both = then(other, WithdrawPending(ChangeKind.SEATS), on="2026-01-03")
    assert waits(both) == []


def test_who_sits_keeps_a_seat():
    """Fewer than sit now is refused; of those who came since, a renewal is told."""
    with pytest.raises(SeatsOccupiedError) as refused:
        then(opened(seats=10), seats(6, "2026-03-01", occupied=8), on="2026-01-02")
    assert (refused.value.asked, refused.value.removable) == (4, 2)
    with pytest.raises(TooFewSeatsError):
        then(opened(seats=10), seats(11, "2026-03-01", occupied=12), on="2026-01-02")
    agreed = then(opened(seats=10), seats(6, "2026-02-01", occupied=5), on="2026-01-02")
    renewed = renew(agreed.subscription, on=at("2026-02-01"), occupied={"seat": 8})
    assert str(renewed.invoice.total.amount) == "80.00"
    assert [notice.code for notice in renewed.notices] == ["removal_cut"]


def test_fewer_need_their_notice_for_the_next_renewal_alone():
    """15 days before 1 February is 17 January: on the 18th it is late."""
    rules = BillingRules(notice_days=15)
    asked = seats(8, "2026-02-01")
    in_time = then(opened(seats=10, rules=rules), asked, on="2026-01-17")
    assert months(in_time, "2026-02-01") == ["80.00"]
    late = then(opened(seats=10, rules=rules), asked, on="2026-01-18")
    assert [notice.code for notice in late.notices] == ["late_notice"]
    assert (waits(late), late.effective_on) == (["seats 2026-03-01"], at("2026-03-01"))
    assert months(late, "2026-03-01") == ["100.00", "80.00"]
    again = then(late, asked, on="2026-01-20")
    assert (len(again.replaced), waits(again)) == (1, ["seats 2026-03-01"])
    later = then(opened(seats=10, rules=rules), seats(8, "2026-02-02"), on="2026-01-18")
    assert (waits(later), later.notices) == (["seats 2026-03-01"], ())
    strict = BillingRules(notice_days=15, late_notice=LateNotice.REFUSE)
    with pytest.raises(LateNoticeError):
        then(opened(seats=10, rules=strict), asked, on="2026-01-18")


@pytest.mark.parametrize("late_notice", [*LateNotice])
def test_more_need_no_notice(late_notice):
    """Asked for on 18 January, too late for fewer: 12 from 1 February."""
    rules = BillingRules(notice_days=15, late_notice=late_notice)
    agreed = then(
        opened(seats=10, rules=rules), seats(12, "2026-02-01"), on="2026-01-18"
    )
    assert (waits(agreed), agreed.notices) == (["seats 2026-02-01"], ())
    assert months(agreed, "2026-02-01") == ["120.00"]


def test_a_timing_by_hand_decides_nothing_of_it():
    agreed = then(
        opened(seats=10),
        seats(12, "2026-02-01"),
        on="2026-01-02",
        timing=Timing.IMMEDIATE,
    )
    assert (agreed.invoice, agreed.notices[0].code) == (None, "timing_unused")


def test_what_cannot_be_owned_is_refused_when_it_is_asked_for():
    story = opened(plan("10.00", max_quantity=12), seats=10)
    with pytest.raises(TooManySeatsError):
        then(story, seats(13, "2026-03-01"), on="2026-01-02")
    agreed = then(story, seats(12, "2026-03-01"), on="2026-01-02")
    solo = SwitchPlan(plan("30.00", "solo", 2, max_quantity=10))
    with pytest.raises(TooManySeatsError):
        then(agreed, solo, on="2026-01-10")
    with pytest.raises(UnknownUnitError):
        then(story, seats(1, "2026-03-01", unit="editor"), on="2026-01-02")
    with pytest.raises(MixedTimeError):
        then(
            story,
            SetSeats(1, from_day=dt.datetime(2026, 3, 1, tzinfo=dt.UTC)),
            on="2026-01-02",
        )
    free = Plan("free", "Free", 0, (price("0"),))
    kept = subscribe(
        free,
        id="ada",
        interval=MONTHLY,
        seats=1,
        on=at("2026-01-01"),
        rules=BillingRules(free_plan=free),
    )
    with pytest.raises(RulesError):
        then(kept, seats(2, "2026-03-01"), on="2026-01-02")


def test_a_number_of_a_unit_goes_with_the_plan_that_sells_it():
    both = Plan("both", "Both", 1, (price("20.00", "editor"), price("5.00", "viewer")))
    story = opened(both, seats={"editor": 3, "viewer": 2})
    agreed = then(
        story,
        seats(4, "2026-03-01", unit="editor"),
        seats(9, "2026-03-01", unit="viewer"),
        on="2026-01-01",
    )
    only = Plan("one", "One", 2, (price("30.00", "editor"),))
    up = then(agreed, SwitchPlan(only), on="2026-01-01")
    assert [(u.key, u.value) for u in up.replaced] == [("viewer", 9)]
    assert months(up, "2026-03-01") == ["90.00", "120.00"]
    named = then(agreed, SwitchPlan(only, seats={"editor": 6}), on="2026-01-01")
    assert months(named, "2026-03-01") == ["180.00", "120.00"]


@pytest.mark.parametrize("number", [8, 15])
@pytest.mark.parametrize("day", ["2026-02-20", "2026-03-01"])
def test_a_number_for_a_day_is_the_same_set_on_its_boundary(number, day):
    """10 seats; on 1 March 8 or 15 of them, agreed ahead or set the day before."""
    ahead = then(opened(seats=10), seats(number, day), on="2026-01-01")
    in_time = [(at("2026-02-28"), SetSeats(number), Timing.PERIOD_END)]
    wanted = billed(opened(seats=10), "2026-04-01", in_time)
    assert billed(ahead, "2026-04-01") == wanted


def test_in_a_trial_a_number_waits_for_the_first_paid_period_from_its_day():
    trial = opened(seats=10, trial_end=at("2026-01-15"))
    agreed = then(
        trial, seats(12, "2026-01-10"), seats(15, "2026-02-01"), on="2026-01-02"
    )
    assert billed(agreed, "2026-02-15") == ["15.01.26 120.00", "15.02.26 150.00"]


def test_many_steps_are_kept_one_by_one():
    """20 months, a seat more in each: 2, 3, … 21 seats at 1.00."""
    days = [at(f"{2026 + n // 12}-{n % 12 + 1:02}-01") for n in range(1, 21)]
    asked = [SetSeats(n + 2, from_day=day) for n, day in enumerate(days)]
    agreed = then(opened("1.00"), *asked, on="2026-01-01")
    assert months(agreed, "2027-09-01") == [f"{n}.00" for n in range(2, 22)]
    again = then(agreed, asked[3], AddSeats(1), on="2026-01-01")
    assert len(again.replaced) == 1
    assert months(again, "2027-09-01") == [f"{n}.00" for n in range(2, 22)]


def test_what_is_agreed_is_stored_and_read():
    agreed = then(opened(seats=10), MARCH, seats(12, "2026-03-01"), on="2026-01-01")
    assert load(dump(agreed.subscription)) == agreed.subscription
    for asked in (
        seats(12, "2026-03-01"),
        SetSeats(3),
        WithdrawPending(ChangeKind.SEATS, at("2026-03-01")),
        WithdrawPending(ChangeKind.PLAN),
    ):
        data = dump(asked)
        assert load(data) == asked
        assert ("from_day" in data["value"]) is (asked.from_day is not None)
    assert PendingUpdate in {type(u) for u in agreed.subscription.pending_updates}


# What is bought once, in a trial.

SET_UP = Service("set-up", "Set-up", Money("600.00", "EUR"))
TENTH = TaxRate("vat", "0.10")


@pytest.mark.source("woocommerce-services#1250; lago-api#4895")
@pytest.mark.parametrize("settlement", [*Settlement])
@pytest.mark.parametrize(
    "asked", [BuyService(SET_UP), ChargeFee("set-up", SET_UP.price)]
)
def test_a_set_up_fee_in_a_trial_is_due_at_once(settlement, asked):
    """600.00 with a free first month at 17.00, tax 10 %: 660.00 and 18.70."""
    trial = opened(
        "17.00",
        trial_end=at("2026-02-01"),
        tax_rates=[TENTH],
        rules=BillingRules(settlement=settlement),
    )
    bought = then(trial, asked, on="2026-01-01")
    assert (str(bought.invoice.total.amount), bought.invoice.issued_on) == (
        "660.00", at("2026-01-01"),
    )  # fmt: skip
    assert bought.subscription.waiting_lines == ()
    assert billed(bought, "2026-02-01") == ["01.02.26 18.70"]


def test_a_discount_and_credit_beside_a_fee_in_a_trial():
    """The balance pays 100.00 of it; the discounts wait for the plan: 17 − 5 = 12."""
    once = [
        Discount.fixed("5.00", "EUR", id="once", periods=0),
        Discount.percent("50", id="half", periods=0),
    ]
    for discount, month in zip(once, ("12.00", "8.50"), strict=True):
        trial = opened("17.00", trial_end=at("2026-02-01"), discounts=[discount])
        bought = then(
            trial,
            AddSeats(1),
            GrantCredit(Money("100.00", "EUR"), "gift"),
            BuyService(SET_UP),
            RemoveSeats(1),
            on="2026-01-10",
        )
        invoice = bought.invoice
        assert (str(invoice.total.amount), str(invoice.amount_due.amount)) == (
            "600.00", "500.00",
        )  # fmt: skip
        assert billed(bought, "2026-03-01") == [f"01.02.26 {month}", "01.03.26 17.00"]


@pytest.mark.parametrize("settlement", [*Settlement])
def test_a_fee_and_the_end_of_the_trial_in_one_call_are_one_invoice(settlement):
    """617.00 whichever comes first, and whatever the settlement."""
    rules = BillingRules(settlement=settlement)
    for asked in ((EndTrial(), BuyService(SET_UP)), (BuyService(SET_UP), EndTrial())):
        trial = opened("17.00", trial_end=at("2026-02-01"), rules=rules)
        both = then(trial, *asked, on="2026-01-10")
        assert str(both.invoice.total.amount) == "617.00"
        assert billed(both, "2026-02-10") == ["10.02.26 17.00"]
