"""The quantities that a plan change carries: of the plan that it leads to.

April 2026 has 30 days; on the 16th 15 are left.  Sources: polar#13749, dust#26532 (a
plan change takes the quantities of the plan it leads to), CL-10 (from a free plan).
"""

from __future__ import annotations

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    Money,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    SetSeats,
    SwitchInterval,
    SwitchPlan,
    Timing,
    WithdrawPending,
    change,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.errors import (
    NoChangeError,
    RulesError,
    SeatbillError,
    SeatsOccupiedError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownUnitError,
    WrongTypeError,
)
from seatbill.rules import ChangeKind
from stories import at

FREE = Plan("free", "Free", 0, (Price(unit_amount="0", currency="USD"),))


def usd(amount, unit="seat", **more):
    return Price(unit=unit, unit_amount=amount, currency="USD", **more)


SMALL = Plan("small", "Small", 1, (usd("10"),))
LARGE = Plan("large", "Large", 2, (usd("20"),))
SHARED = Plan(
    "shared", "Shared", 3, (usd("20", "editor", min_quantity=1), usd("5", "viewer"))
)
TEAMS = Plan("teams", "Teams", 4, (usd("60", "team", measured=True),))
THREE_AND_TWO = {"editor": 3, "viewer": 2}
RULES = BillingRules(free_plan=FREE)


def bought(plan=SMALL, seats=5, rules=RULES, on="2026-04-01", **more):
    """Return a subscription from 1 April, by the month."""
    return subscribe(
        plan,
        id="s",
        interval=more.pop("interval", MONTHLY),
        seats=seats,
        on=at(on),
        rules=rules,
        **more,
    ).subscription


def then(sub, *changes, on="2026-04-16", **more):
    """Return what *changes* come to; every line proves itself."""
    outcome = change(sub, *changes, on=at(on), **more)
    for invoice in outcome.invoices:
        assert verify(invoice) == ()
    return outcome


def amounts(outcome):
    return [
        f"{line.amount.amount:f}" for bill in outcome.invoices for line in bill.lines
    ]


def scheduled(sub):
    """Return what is scheduled, by kind and key."""
    return {(u.kind.value, u.key): u.value for u in sub.pending_updates}


# ------------------------------------------------------------------- on the day itself


def test_a_plan_takes_the_quantities_that_it_leads_to():
    """−5 × 10.00 × 1/2, 3 × 20.00 × 1/2 and 2 × 5.00 × 1/2."""
    found = then(bought(), SwitchPlan(SHARED, seats=THREE_AND_TWO))
    assert amounts(found) == ["-25.00", "30.00", "5.00"]
    assert found.subscription.seats == THREE_AND_TWO
    assert preview_invoice(found.subscription).total == Money("70.00", "USD")
    assert then(bought(), SwitchPlan(SHARED, seats=dict(THREE_AND_TWO))) == found


def test_and_without_them_it_is_refused_with_the_number_that_is_needed():
    with pytest.raises(TooFewSeatsError) as refused:
        then(bought(), SwitchPlan(SHARED))
    assert (refused.value.unit, refused.value.minimum) == ("editor", 1)


@pytest.mark.parametrize("n", [3, 5, 8])
@pytest.mark.parametrize("removed", [Timing.IMMEDIATE, Timing.PERIOD_END])
def test_a_unit_that_both_plans_sell_is_a_change_of_quantity_like_any_other(n, removed):
    rules = attrs.evolve(RULES, seats_removed=removed)
    one = then(bought(rules=rules), SwitchPlan(LARGE, seats=n))
    asked = (SwitchPlan(LARGE), *([] if n == 5 else [SetSeats(n)]))
    two = then(bought(rules=rules), *asked)
    assert amounts(one) == amounts(two)
    assert one.subscription.seats == two.subscription.seats
    assert scheduled(one.subscription) == scheduled(two.subscription)


def test_a_unit_that_is_not_named_keeps_what_is_owned_of_it():
    both = Plan("both", "Both", 1, (usd("10"), usd("1", "limited")))
    more = Plan("more", "More", 2, (usd("20"), usd("2", "limited")))
    sub = bought(both, {"seat": 5, "limited": 4})
    found = then(sub, SwitchPlan(more, seats=6))
    assert found.subscription.seats == {"seat": 6, "limited": 4}


def test_the_plan_that_is_there_with_another_number_is_a_change_of_quantity():
    found = then(bought(), SwitchPlan(SMALL, seats=7))
    assert amounts(found) == ["10.00"]  # 2 × 10.00 × 1/2
    with pytest.raises(NoChangeError):
        then(bought(), SwitchPlan(SMALL, seats=5))


def test_plan_interval_and_seats_restart_together():
    """−25.00, and 12 × 20.00 × 7."""
    found = then(bought(), SwitchPlan(LARGE, ANNUAL, seats=7))
    assert amounts(found) == ["-25.00", "1680.00"]
    assert found.subscription.quantity() == 7
    fewer = then(bought(), SwitchPlan(LARGE, ANNUAL, seats=2))
    assert amounts(fewer) == ["-25.00", "480.00"]  # a new period: nothing stays


@pytest.mark.parametrize(("n", "year"), [(3, "360.00"), (7, "840.00")])
def test_the_plan_that_is_there_by_the_year_starts_with_the_number_that_is_named(
    n, year
):
    found = then(bought(), SwitchPlan(SMALL, ANNUAL, seats=n))
    assert amounts(found) == ["-25.00", year]  # n × 120.00
    assert found.subscription.quantity() == n


def test_plan_and_interval_on_the_same_grid_take_the_quantities_too():
    rules = attrs.evolve(RULES, longer_interval=Timing.IMMEDIATE)
    found = then(bought(rules=rules), SwitchPlan(SHARED, ANNUAL, seats=THREE_AND_TWO))
    assert found.subscription.seats == THREE_AND_TWO
    assert amounts(found)[0] == "-25.00"


def test_a_restart_of_the_plan_drops_what_was_to_leave():
    rules = attrs.evolve(RULES, upgrade=Timing.RESTART)
    start = then(bought(rules=rules), RemoveSeats(2)).subscription
    found = then(start, SwitchPlan(LARGE, seats=4))
    assert found.subscription.quantity() == 4
    assert found.subscription.pending_updates == ()
    assert amounts(found) == ["-25.00", "80.00"]


def test_in_a_trial_nothing_is_charged_and_the_quantities_are_there_at_once():
    sub = bought(trial_end=at("2026-05-01"))
    found = then(sub, SwitchPlan(SHARED, seats=THREE_AND_TWO))
    assert (found.invoices, found.subscription.seats) == ((), THREE_AND_TWO)
    assert then(sub, SwitchPlan(SMALL, seats=6)).subscription.quantity() == 6


def test_between_plans_of_one_rank_the_price_of_what_is_named_decides():
    """5 × 10.00 against 3 × 20.00 + 2 × 5.00: higher, so at once."""
    twin = attrs.evolve(SHARED, rank=SMALL.rank)
    found = then(bought(), SwitchPlan(twin, seats=THREE_AND_TWO))
    assert found.effective_on == at("2026-04-16")
    lower = then(bought(), SwitchPlan(twin, seats={"editor": 1}))
    assert lower.effective_on == at("2026-05-01")


# --------------------------------------------------------------------- from a later day


def test_from_the_next_period_they_come_with_the_plan():
    rules = attrs.evolve(RULES, upgrade=Timing.PERIOD_END)
    asked = then(bought(rules=rules), SwitchPlan(SHARED, seats=THREE_AND_TWO))
    assert (asked.invoices, asked.subscription.seats) == ((), {"seat": 5})
    assert scheduled(asked.subscription) == {
        ("plan", ""): SHARED,
        ("seats", "editor"): 3,
        ("seats", "viewer"): 2,
    }
    renewed = renew(asked.subscription, on=at("2026-05-01"))
    assert amounts(renewed) == ["60.00", "10.00"]
    assert renewed.subscription.seats == THREE_AND_TWO


@pytest.mark.parametrize(("n", "total"), [(3, "30.00"), (5, "50.00"), (9, "90.00")])
def test_a_lower_plan_comes_with_more_seats_or_fewer_and_nothing_is_due_now(n, total):
    start = then(bought(LARGE), RemoveSeats(1), on="2026-04-10").subscription
    asked = then(start, SwitchPlan(SMALL, seats=n))
    assert (asked.invoices, asked.subscription.quantity()) == ((), 5)
    renewed = renew(asked.subscription, on=at("2026-05-01"))
    assert amounts(renewed) == [total]


def test_too_late_they_wait_with_the_plan_and_leave_what_was_in_time():
    rules = attrs.evolve(RULES, notice_days=15)
    start = then(bought(LARGE, rules=rules), RemoveSeats(1), on="2026-04-10")
    late = then(start.subscription, SwitchPlan(SMALL, seats=3), on="2026-04-17")
    first = renew(late.subscription, on=at("2026-05-01"))
    second = renew(first.subscription, on=at("2026-06-01"))
    assert [amounts(first), amounts(second)] == [["80.00"], ["30.00"]]
    same = then(start.subscription, SwitchPlan(SMALL, seats=4), on="2026-04-17")
    assert [(u.kind.value, u.value) for u in same.subscription.pending_updates] == [
        ("seats", 4),
        ("plan", SMALL),
    ]


@pytest.mark.parametrize(
    "back", [WithdrawPending(ChangeKind.PLAN), SwitchPlan(SMALL), SwitchPlan(LARGE)]
)
def test_quantities_of_a_plan_that_does_not_come_go_with_it(back):
    rules = attrs.evolve(RULES, upgrade=Timing.PERIOD_END)
    asked = then(bought(rules=rules), SwitchPlan(SHARED, seats=THREE_AND_TWO))
    found = then(asked.subscription, back)
    assert [key for key in scheduled(found.subscription) if key[0] == "seats"] == []
    assert {u.key for u in found.replaced if u.kind is ChangeKind.SEATS} == {
        "editor",
        "viewer",
    }


def test_new_prices_before_it_leave_what_comes_with_a_late_plan():
    """The list changes on 1 May, the plan comes on 1 June."""
    rules = attrs.evolve(RULES, upgrade=Timing.PERIOD_END, notice_days=15)
    dearer = attrs.evolve(SMALL, prices=(usd("12"),))
    late = then(
        bought(rules=rules),
        SwitchPlan(SHARED, seats=THREE_AND_TWO),
        Reprice(dearer, at("2026-05-01")),
        on="2026-04-20",
    )
    first = renew(late.subscription, on=at("2026-05-01"))
    second = renew(first.subscription, on=at("2026-06-01"))
    assert [amounts(first), amounts(second)] == [["60.00"], ["60.00", "10.00"]]


# ------------------------------------------------------------------ from the free plan


def test_from_the_free_plan_a_full_period_starts_with_them():
    paid = then(bought(FREE, 0), SwitchPlan(SHARED, seats=THREE_AND_TWO))
    assert amounts(paid) == ["60.00", "10.00"]
    assert paid.subscription.current_period.end == at("2026-05-16")


@pytest.mark.parametrize(
    ("owned", "change_", "found"),
    [
        (0, SwitchPlan(SMALL, occupied=7), (0, 7, 7)),
        (3, SwitchPlan(SMALL, occupied=4), (3, 4, 1)),
        (3, SwitchPlan(SMALL, seats=2, occupied={"seat": 4}), (2, 4, 2)),
    ],
)
def test_people_decide_how_many_are_needed(owned, change_, found):
    with pytest.raises(TooFewSeatsError) as refused:
        then(bought(FREE, owned), change_)
    error = refused.value
    assert (error.asked, error.minimum, error.missing) == found


def test_people_who_have_a_seat_are_no_hindrance():
    assert amounts(then(bought(FREE, 4), SwitchPlan(SMALL, occupied=4))) == ["40.00"]
    paid = then(bought(seats=5), SwitchPlan(LARGE, occupied=5))
    assert amounts(paid) == ["-25.00", "50.00"]


def test_people_who_sit_are_not_taken_a_seat():
    rules = attrs.evolve(RULES, seats_removed=Timing.IMMEDIATE)
    sub = bought(rules=rules)
    with pytest.raises(TooFewSeatsError):
        then(sub, SwitchPlan(LARGE, seats=3, occupied=4))
    assert then(sub, SwitchPlan(LARGE, seats=4, occupied=4)).subscription.seats == {
        "seat": 4
    }
    with pytest.raises(SeatsOccupiedError):
        then(then(sub, SwitchPlan(LARGE, seats=4)).subscription, RemoveSeats(2, 3))


# ------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (SwitchPlan(SHARED, seats=3), UnknownUnitError),
        (SwitchPlan(LARGE, occupied={"editor": 1}), UnknownUnitError),
        (SwitchPlan(TEAMS, seats={"team": 3}), RulesError),
        (SwitchPlan(FREE, seats=3), RulesError),
        (SwitchPlan(attrs.evolve(LARGE, prices=(usd("20", max_quantity=6),)), seats=7),
         TooManySeatsError),
        (SwitchPlan(attrs.evolve(LARGE, prices=(usd("20", min_quantity=6),)), seats=3),
         TooFewSeatsError),
    ],
)  # fmt: skip
def test_what_the_plan_does_not_sell_or_hold_is_refused(asked, error):
    with pytest.raises(error) as refused:
        then(bought(), asked)
    assert refused.value.as_dict()["remedy"]


@pytest.mark.parametrize("wrong", [-1, "3", 2.5, True, {"seat": -1}, [3]], ids=repr)
@pytest.mark.parametrize("name", ["seats", "occupied"])
def test_what_is_no_quantity_is_refused_at_the_door(name, wrong):
    with pytest.raises(SeatbillError):
        SwitchPlan(SMALL, **{name: wrong})


def test_falling_to_the_free_plan_is_never_refused_for_people():
    found = then(bought(), SwitchPlan(FREE, occupied=9))
    assert found.effective_on == at("2026-05-01")


def test_a_change_with_seats_is_a_value():
    asked = SwitchPlan(SHARED, None, THREE_AND_TWO)
    assert asked == SwitchPlan(SHARED, seats=dict(THREE_AND_TWO))
    assert hash(asked) == hash(SwitchPlan(SHARED, seats=THREE_AND_TWO))
    assert SwitchPlan(SMALL, seats=5).seats == {"seat": 5}
    assert (SwitchPlan(SMALL).seats, SwitchPlan(SMALL).occupied) == (None, None)
    with pytest.raises(WrongTypeError):
        SwitchPlan(SMALL, seats=object())


def test_a_cancellation_that_is_scheduled_does_not_hinder_the_quantities():
    start = then(bought(), Cancel(), on="2026-04-10").subscription
    found = then(start, SwitchPlan(LARGE, seats=6))
    assert amounts(found) == ["-25.00", "50.00", "10.00"]
    ended = renew(found.subscription, on=at("2026-05-01"))
    assert ended.invoices == ()


def test_seats_can_be_added_while_quantities_wait_for_a_plan():
    start = then(bought(LARGE), SwitchPlan(SMALL, seats=8), on="2026-04-10")
    added = then(start.subscription, AddSeats(1))
    assert amounts(added) == ["10.00"]  # 20.00 × 1/2
    renewed = renew(added.subscription, on=at("2026-05-01"))
    assert amounts(renewed) == ["90.00"]
    interval = then(start.subscription, SwitchInterval(ANNUAL))
    assert interval.subscription.quantity() == 8  # a restart takes what waits along
