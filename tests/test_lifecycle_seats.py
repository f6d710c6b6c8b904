"""Seats on and off: at once or later, priced by what is added, never below who sits."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    Discount,
    RemoveSeats,
    Rounding,
    SetSeats,
    SwitchPlan,
    Tier,
    Timing,
    WithdrawPending,
    renew,
)
from seatbill.errors import (
    LateNoticeError,
    NoChangeError,
    OutOfBoundsError,
    RulesError,
    ScheduledChangeError,
    SeatsOccupiedError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownUnitError,
)
from seatbill.rules import ChangeKind, Direction, LateNotice
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, bills, digits, plan

IMMEDIATE, RESTART, PERIOD_END, FORFEIT = Timing


def ten(plan=SMALL, **more) -> Story:
    """Ten seats from 1 April, at 1.00 a day each unless *plan* says otherwise."""
    return Story(plan, "2026-04-01", **{"seats": 10, **more})


# --------------------------------------------------------------------------- more seats


@pytest.mark.parametrize(
    ("timing", "sums", "owned", "next_bill"),
    [
        pytest.param(IMMEDIATE, ["2026-04-16: +45.00 = 45.00"], 13, "390.00", id="now"),
        pytest.param(
            RESTART,
            ["2026-04-16: -150.00 +390.00 = 240.00"],
            13,
            "390.00",
            id="restart",
        ),
        pytest.param(PERIOD_END, [], 10, "390.00", id="from the next period"),
        pytest.param(FORFEIT, [], 13, "390.00", id="free of charge until then"),
    ],
)
def test_three_seats_more_in_the_middle_of_april(timing, sums, owned, next_bill):
    story = ten()
    added = story.change("2026-04-16", AddSeats(3), timing=timing)
    assert bills(added) == sums
    assert story.subscription.quantity() == owned
    assert digits(story.preview().total) == next_bill


@pytest.mark.parametrize(
    ("day", "sums"),
    [
        pytest.param(
            "2026-04-01", ["2026-04-01: +60.00 = 60.00"], id="on the first day"
        ),
        pytest.param("2026-04-02", ["2026-04-02: +58.00 = 58.00"], id="the day after"),
        pytest.param("2026-04-30", ["2026-04-30: +2.00 = 2.00"], id="on the last day"),
        pytest.param(
            "2026-05-01",
            ["2026-05-01: +300.00 = 300.00", "2026-05-01: +60.00 = 60.00"],
            id="on the day of renewal, which comes first",
        ),
        pytest.param(
            "2026-07-16",
            [
                "2026-05-01: +300.00 = 300.00",
                "2026-06-01: +300.00 = 300.00",
                "2026-07-01: +300.00 = 300.00",
                "2026-07-16: +30.97 = 30.97",
            ],
            id="16 of 31 days: 30.967, after three renewals that were due",
        ),
    ],
)
def test_only_the_added_seats_are_priced(day, sums):
    assert bills(ten().change(day, AddSeats(2))) == sums


@pytest.mark.source("api-discuss C7yM2sNZhjU: all seats were priced anew")
def test_the_seats_already_paid_keep_what_they_cost():
    story = ten()
    charge = story.subscription.charges[0]
    story.change("2026-04-16", AddSeats(1))
    (after,) = story.subscription.charges
    assert (charge.quantity, digits(charge.charged)) == (10, "300.00")
    assert (after.quantity, digits(after.charged)) == (11, "315.00")
    assert after.charge_id == charge.charge_id


def test_seats_from_the_next_period_wait_together():
    rules = BillingRules(seats_added=PERIOD_END)
    story = ten(rules=rules)
    story.change("2026-04-10", AddSeats(2))
    story.change("2026-04-20", AddSeats(3))
    assert waiting(story.subscription) == ["seats seat: 15 on 2026-05-01"]
    story.change("2026-04-21", AddSeats(1), timing=IMMEDIATE)
    assert story.subscription.quantity() == 11
    assert waiting(story.subscription) == ["seats seat: 16 on 2026-05-01"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +480.00 = 480.00"]


def test_seats_that_are_free_of_charge_bring_nothing_back():
    story = ten()
    story.change("2026-04-16", AddSeats(5), timing=FORFEIT)
    back = story.change("2026-04-16", RemoveSeats(5), timing=IMMEDIATE)
    assert bills(back) == []
    assert story.subscription.quantity() == 10


def test_of_paid_seats_beside_free_ones_those_opened_last_go_first():
    story = ten()
    story.change("2026-04-16", AddSeats(5), timing=FORFEIT)
    story.change("2026-04-16", AddSeats(2))
    back = story.change("2026-04-16", RemoveSeats(2), timing=IMMEDIATE)
    assert bills(back) == []  # two of the five for which nothing was paid
    later = story.change("2026-04-16", RemoveSeats(5), timing=IMMEDIATE)
    assert bills(later) == ["2026-04-16: -30.00 = -30.00 due 0.00"]
    end = story.change("2026-04-16", Cancel(), timing=IMMEDIATE)
    assert bills(end) == ["2026-04-16: -150.00 = -150.00 due 0.00"]


def test_each_kind_of_seat_is_bought_by_name():
    kiosk = priced("kiosk", usd("30.00"), usd("6.00", unit="limited"))
    story = ten(kiosk, seats={"seat": 10, "limited": 5})
    added = story.change("2026-04-16", AddSeats(2, unit="limited"), AddSeats(1))
    assert bills(added) == ["2026-04-16: +6.00 +15.00 = 21.00"]
    assert story.subscription.seats == {"seat": 11, "limited": 7}


def test_the_first_seats_of_a_kind_open_a_charge():
    kiosk = priced("kiosk", usd("30.00"), usd("6.00", unit="limited"))
    story = ten(kiosk)
    assert story.subscription.quantity("limited") == 0
    added = story.change("2026-04-16", AddSeats(2, unit="limited"))
    assert bills(added) == ["2026-04-16: +6.00 = 6.00"]
    assert [charge.unit for charge in story.subscription.charges] == ["seat", "limited"]


@pytest.mark.parametrize(
    "change",
    [AddSeats(1, unit="bike"), RemoveSeats(1, unit="bike"), SetSeats(0, unit="bike")],
)
def test_what_the_plan_does_not_sell_cannot_be_changed(change):
    with pytest.raises(UnknownUnitError) as refused:
        ten().change("2026-04-16", change)
    assert refused.value.as_dict()["values"] == {
        "item": "small",
        "unit": "bike",
        "offered": ("seat",),
    }


# -------------------------------------------------------------------------- fewer seats


@pytest.mark.parametrize(
    ("timing", "sums", "owned", "next_bill"),
    [
        pytest.param(PERIOD_END, [], 10, "240.00", id="at the end: paid seats stay"),
        pytest.param(
            IMMEDIATE,
            ["2026-04-16: -30.00 = -30.00 due 0.00"],
            8,
            "240.00",
            id="at once, 15 days come back",
        ),
        pytest.param(FORFEIT, [], 8, "240.00", id="at once, nothing comes back"),
        pytest.param(
            RESTART, ["2026-04-16: -150.00 +240.00 = 90.00"], 8, "240.00", id="restart"
        ),
    ],
)
def test_two_seats_fewer_in_the_middle_of_april(timing, sums, owned, next_bill):
    story = ten()
    removed = story.change("2026-04-16", RemoveSeats(2), timing=timing)
    assert bills(removed) == sums
    assert story.subscription.quantity() == owned
    assert digits(story.preview().total) == next_bill


def test_what_came_back_pays_the_next_invoice():
    story = ten()
    story.change("2026-04-16", RemoveSeats(2), timing=IMMEDIATE)
    assert story.balance == "30.00"
    renewed = story.renew("2026-05-01")
    assert bills(renewed) == ["2026-05-01: +240.00 = 240.00 due 210.00"]
    assert digits(renewed.invoice.credit_applied) == "30.00"
    assert story.balance == "0.00"


def test_all_seats_may_go():
    story = ten()
    story.change("2026-04-16", RemoveSeats(10))
    assert bills(story.renew("2026-06-01")) == []
    assert story.subscription.quantity() == 0
    assert story.period == ("2026-06-01", "2026-07-01")
    assert bills(story.change("2026-06-16", AddSeats(1))) == [
        "2026-06-16: +15.00 = 15.00"
    ]


def test_all_seats_may_go_at_once():
    story = ten()
    gone = story.change("2026-04-16", RemoveSeats(10), timing=IMMEDIATE)
    assert bills(gone) == ["2026-04-16: -150.00 = -150.00 due 0.00"]
    assert story.subscription.charges == ()


@pytest.mark.parametrize(
    ("occupied", "n", "removable"),
    [
        pytest.param(8, 3, 2, id="two are vacant"),
        pytest.param(10, 1, 0, id="none is vacant"),
        pytest.param(12, 1, 0, id="more people than seats"),
        pytest.param(None, 11, 10, id="more than there are"),
    ],
)
@pytest.mark.parametrize("timing", Timing)
def test_only_vacant_seats_are_removed(occupied, n, removable, timing):
    with pytest.raises(SeatsOccupiedError) as refused:
        ten().change("2026-04-16", RemoveSeats(n, occupied), timing=timing)
    assert refused.value.as_dict()["values"] == {
        "unit": "seat",
        "asked": n,
        "removable": removable,
        "occupied": occupied or 0,
    }


def test_seats_that_wait_for_removal_count_as_gone():
    story = ten()
    story.change("2026-04-16", RemoveSeats(2, occupied=7))
    story.change("2026-04-17", RemoveSeats(1, occupied=7))
    assert waiting(story.subscription) == ["seats seat: 7 on 2026-05-01"]
    with pytest.raises(SeatsOccupiedError) as refused:
        story.change("2026-04-18", RemoveSeats(1, occupied=7))
    assert refused.value.removable == 0


def test_seats_removed_at_once_lower_what_waits_too():
    story = ten()
    story.change("2026-04-16", RemoveSeats(2))
    story.change("2026-04-16", RemoveSeats(3), timing=IMMEDIATE)
    assert story.subscription.quantity() == 7
    assert waiting(story.subscription) == ["seats seat: 5 on 2026-05-01"]
    assert story.subscription.scheduled_removals == {"seat": 2}


@pytest.mark.source("Clockify, ambiguity 5: a seat taken again costs nothing")
def test_seats_added_again_undo_a_removal_first_and_for_nothing():
    story = ten()
    story.change("2026-04-10", RemoveSeats(3))
    one = story.change("2026-04-16", AddSeats(1))
    assert bills(one) == []
    assert told(one) == ["removals_undone"]
    assert one.notices[0].value("count") == 1
    assert waiting(story.subscription) == ["seats seat: 8 on 2026-05-01"]
    four = story.change("2026-04-16", AddSeats(4))
    assert bills(four) == ["2026-04-16: +30.00 = 30.00"]
    assert waiting(story.subscription) == []
    assert story.subscription.quantity() == 12
    assert [update.value for update in four.replaced] == [8]


def test_a_removal_is_undone_before_a_period_restarts_for_what_is_bought():
    story = ten()
    story.change("2026-04-10", RemoveSeats(3))
    undone = story.change("2026-04-16", AddSeats(3), timing=RESTART)
    assert bills(undone) == []
    assert story.period == ("2026-04-01", "2026-05-01")


@pytest.mark.parametrize(
    ("occupied", "owned", "removed", "odd"),
    [
        pytest.param(8, 8, None, [], id="all that were asked for are vacant"),
        pytest.param(9, 9, 1, [], id="one is taken"),
        pytest.param({"seat": 10}, 10, 0, [], id="all are taken"),
        pytest.param(15, 10, 0, ["more_people"], id="more sit than is owned"),
        pytest.param({"limited": 5}, 8, None, ["people_unused"], id="of another kind"),
        pytest.param(None, 8, None, [], id="nobody was asked"),
    ],
)
def test_a_renewal_told_who_is_there_removes_only_what_is_vacant(
    occupied, owned, removed, odd
):
    story = ten()
    story.change("2026-04-16", RemoveSeats(2, occupied=8))
    renewed = renew(story.subscription, on=dt.date(2026, 5, 1), occupied=occupied)
    assert renewed.subscription.quantity() == owned
    assert renewed.invoice.total.minor_units == owned * 3000
    if removed is None:
        assert told(renewed) == odd
    else:
        assert told(renewed) == ["removal_cut", *odd]
        assert dict(renewed.notices[0].values) == {
            "unit": "seat",
            "asked": 2,
            "removed": removed,
        }


def test_what_waits_to_be_added_is_not_cut_by_who_is_there():
    story = ten(rules=BillingRules(seats_added=PERIOD_END))
    story.change("2026-04-16", AddSeats(2))
    renewed = renew(story.subscription, on=dt.date(2026, 5, 1), occupied=11)
    assert renewed.subscription.quantity() == 12
    assert told(renewed) == []


# -------------------------------------------------------------------- a number of seats


def test_a_number_of_seats_can_be_asked_for_again_without_buying_twice():
    story = ten()
    assert bills(story.change("2026-04-16", SetSeats(13))) == [
        "2026-04-16: +45.00 = 45.00"
    ]
    with pytest.raises(NoChangeError) as refused:
        story.change("2026-04-16", SetSeats(13))
    assert refused.value.code == "no_change"
    assert refused.value.as_dict()["values"] == {
        "kind": "seats",
        "value": 13,
        "detail": "seat",
    }


def test_a_lower_number_of_seats_waits_and_may_be_asked_for_again():
    story = ten()
    story.change("2026-04-16", SetSeats(8, occupied=8))
    again = story.change("2026-04-17", SetSeats(8, occupied=8))
    assert bills(again) == []
    assert again.replaced == ()
    assert waiting(story.subscription) == ["seats seat: 8 on 2026-05-01"]


def test_the_present_number_of_seats_withdraws_what_waits():
    story = ten()
    story.change("2026-04-16", SetSeats(8))
    back = story.change("2026-04-17", SetSeats(10))
    assert bills(back) == []
    assert waiting(story.subscription) == []
    assert [update.value for update in back.replaced] == [8]


def test_a_higher_number_of_seats_undoes_what_waits_and_buys_the_rest():
    story = ten()
    story.change("2026-04-10", SetSeats(8))
    more = story.change("2026-04-16", SetSeats(12))
    assert bills(more) == ["2026-04-16: +30.00 = 30.00"]
    assert told(more) == ["removals_undone"]
    assert waiting(story.subscription) == []


@pytest.mark.parametrize(
    ("seats", "owned", "waits"),
    [
        pytest.param(11, 10, ["seats seat: 11 on 2026-05-01"], id="one fewer is added"),
        pytest.param(10, 10, [], id="none is added"),
        pytest.param(15, 10, ["seats seat: 15 on 2026-05-01"], id="three more"),
        pytest.param(9, 10, ["seats seat: 9 on 2026-05-01"], id="one fewer than now"),
    ],
)
def test_a_number_of_seats_stands_for_what_waits_to_be_added(seats, owned, waits):
    story = ten(rules=BillingRules(seats_added=PERIOD_END))
    story.change("2026-04-10", AddSeats(2))
    asked = story.change("2026-04-16", SetSeats(seats))
    assert bills(asked) == []
    assert story.subscription.quantity() == owned
    assert waiting(story.subscription) == waits


def test_part_of_what_waits_can_be_withdrawn_where_removals_act_at_once():
    rules = BillingRules(seats_added=PERIOD_END, seats_removed=IMMEDIATE)
    story = ten(rules=rules)
    story.change("2026-04-10", AddSeats(2))
    assert bills(story.change("2026-04-16", SetSeats(11))) == []
    assert story.subscription.quantity() == 10
    assert waiting(story.subscription) == ["seats seat: 11 on 2026-05-01"]


@pytest.mark.parametrize(
    ("seats", "occupied", "error", "values"),
    [
        pytest.param(
            12,
            13,
            TooFewSeatsError,
            {"unit": "seat", "asked": 12, "minimum": 13, "missing": 1},
            id="more, and still too few",
        ),
        pytest.param(
            6,
            8,
            SeatsOccupiedError,
            {"unit": "seat", "asked": 4, "removable": 2, "occupied": 8},
            id="fewer than sit",
        ),
    ],
)
def test_a_number_of_seats_covers_who_sits(seats, occupied, error, values):
    with pytest.raises(error) as refused:
        ten().change("2026-04-16", SetSeats(seats, occupied))
    assert refused.value.as_dict()["values"] == values


def test_a_number_of_seats_that_waits_covers_who_sits():
    story = ten(rules=BillingRules(seats_added=PERIOD_END))
    story.change("2026-04-10", AddSeats(5))
    with pytest.raises(TooFewSeatsError) as refused:
        story.change("2026-04-16", SetSeats(11, occupied=12))
    assert refused.value.missing == 1


# ------------------------------------------------------------------------------- bounds

BOUNDED = priced("bounded", usd("30.00", min_quantity=3, max_quantity=12))


@pytest.mark.parametrize(
    ("seats", "error", "values"),
    [
        pytest.param(
            2,
            TooFewSeatsError,
            {"unit": "seat", "asked": 2, "minimum": 3, "missing": 1},
            id="below the minimum",
        ),
        pytest.param(
            15,
            TooManySeatsError,
            {
                "unit": "seat",
                "item": "bounded",
                "asked": 15,
                "maximum": 12,
                "excess": 3,
            },
            id="above the maximum",
        ),
    ],
)
def test_a_plan_is_bought_within_its_bounds(seats, error, values):
    with pytest.raises(error) as refused:
        ten(BOUNDED, seats=seats)
    assert refused.value.as_dict()["values"] == values


@pytest.mark.parametrize("seats", [3, 12])
def test_the_bounds_are_included(seats):
    assert ten(BOUNDED, seats=seats).subscription.quantity() == seats


@pytest.mark.parametrize("timing", [IMMEDIATE, PERIOD_END, FORFEIT, RESTART])
def test_a_change_stays_within_the_bounds_now_and_later(timing):
    with pytest.raises(TooManySeatsError) as many:
        ten(BOUNDED).change("2026-04-16", AddSeats(3), timing=timing)
    assert (many.value.asked, many.value.excess) == (13, 1)
    with pytest.raises(TooFewSeatsError) as few:
        ten(BOUNDED).change("2026-04-16", RemoveSeats(8), timing=timing)
    assert (few.value.asked, few.value.missing) == (2, 1)


def test_a_plan_that_waits_bounds_the_seats_of_today():
    tiny = priced("tiny", usd("10.00", max_quantity=5), rank=0)
    story = ten()
    with pytest.raises(TooManySeatsError) as refused:
        story.change("2026-04-16", SwitchPlan(tiny))
    assert (refused.value.item, refused.value.excess) == ("tiny", 5)
    story.change("2026-04-16", RemoveSeats(5), SwitchPlan(tiny))
    with pytest.raises(ScheduledChangeError) as refused:
        story.change("2026-04-17", AddSeats(1))
    assert (refused.value.bound, refused.value.asked) == (5, 6)
    with pytest.raises(ScheduledChangeError):
        story.change("2026-04-17", WithdrawPending(ChangeKind.SEATS))
    both = story.change("2026-04-17", WithdrawPending(ChangeKind.PLAN), AddSeats(1))
    assert waiting(both.subscription) == ["seats seat: 6 on 2026-05-01"]


# ------------------------------------------------------------------------------- notice

NOTICE = BillingRules(notice_days=15)


@pytest.mark.parametrize(
    ("day", "applies_on", "notices"),
    [
        pytest.param("2026-04-16", "2026-05-01", [], id="15 days before: in time"),
        pytest.param("2026-04-17", "2026-06-01", ["late_notice"], id="14 days: late"),
    ],
)
@pytest.mark.parametrize("n", [-2, 2])
def test_a_deferred_change_is_asked_for_with_notice(day, applies_on, notices, n):
    rules = BillingRules(notice_days=15, seats_added=PERIOD_END)
    story = ten(rules=rules)
    asked = story.change(day, AddSeats(n) if n > 0 else RemoveSeats(-n))
    assert told(asked) == notices
    assert waiting(story.subscription) == [f"seats seat: {10 + n} on {applies_on}"]
    assert asked.effective_on == dt.date.fromisoformat(applies_on)
    renewed = story.renew("2026-06-01")
    totals = [digits(invoice.total) for invoice in renewed.invoices]
    later = digits(SMALL_PRICE * (10 + n))
    assert totals == ([later, later] if not notices else ["300.00", later])


SMALL_PRICE = Story(SMALL, "2026-04-01").opening.invoice.total


def test_a_late_notice_names_both_days():
    asked = ten(rules=NOTICE).change("2026-04-20", RemoveSeats(2))
    assert dict(asked.notices[0].values) == {
        "boundary": dt.date(2026, 5, 1),
        "on": dt.date(2026, 6, 1),
    }


def test_a_late_removal_is_not_yet_a_scheduled_removal():
    story = ten(rules=NOTICE)
    story.change("2026-04-20", RemoveSeats(2))
    assert story.subscription.scheduled_removals == {}
    story.renew("2026-05-01")
    assert story.subscription.scheduled_removals == {"seat": 2}


def test_a_late_removal_leaves_the_one_in_time_alone():
    story = ten(rules=NOTICE)
    story.change("2026-04-10", RemoveSeats(2))
    story.change("2026-04-20", RemoveSeats(3))
    assert waiting(story.subscription) == [
        "seats seat: 8 on 2026-05-01",
        "seats seat: 5 on 2026-06-01",
    ]
    renewed = story.renew("2026-06-01")
    assert [digits(invoice.total) for invoice in renewed.invoices] == [
        "240.00",
        "150.00",
    ]


def test_seats_added_again_raise_both_levels_that_wait():
    story = ten(rules=NOTICE)
    story.change("2026-04-10", RemoveSeats(2))
    story.change("2026-04-20", RemoveSeats(3))
    back = story.change("2026-04-21", AddSeats(4))
    assert bills(back) == []
    assert waiting(story.subscription) == ["seats seat: 9 on 2026-06-01"]
    story.change("2026-04-21", AddSeats(1))
    assert waiting(story.subscription) == []


def test_a_removal_in_time_lowers_the_later_level_too():
    story = ten(rules=NOTICE)
    story.change("2026-04-20", RemoveSeats(2))
    story.change("2026-05-01", RemoveSeats(1))
    assert waiting(story.subscription) == ["seats seat: 7 on 2026-06-01"]


def test_a_number_of_seats_is_counted_from_the_last_level_that_waits():
    story = ten(rules=NOTICE)
    story.change("2026-04-10", SetSeats(8))
    story.change("2026-04-20", SetSeats(5))
    assert waiting(story.subscription) == [
        "seats seat: 8 on 2026-05-01",
        "seats seat: 5 on 2026-06-01",
    ]
    story.change("2026-04-21", SetSeats(10))
    assert waiting(story.subscription) == []


def test_a_direction_can_be_exempt_from_notice():
    rules = BillingRules(notice_days=15, notice_exempt=[Direction.SEATS_REMOVED])
    story = ten(rules=rules)
    assert told(story.change("2026-04-30", RemoveSeats(2))) == []
    assert waiting(story.subscription) == ["seats seat: 8 on 2026-05-01"]


def test_late_notice_can_be_refused():
    rules = BillingRules(notice_days=15, late_notice=LateNotice.REFUSE)
    story = ten(rules=rules)
    with pytest.raises(LateNoticeError) as refused:
        story.change("2026-04-17", RemoveSeats(2))
    assert refused.value.code == "late_notice"
    assert refused.value.as_dict()["values"] == {
        "day": dt.date(2026, 4, 17),
        "boundary": dt.date(2026, 5, 1),
        "last_day": dt.date(2026, 4, 16),
        "notice_days": 15,
    }
    story.change("2026-04-16", RemoveSeats(2))
    assert waiting(story.subscription) == ["seats seat: 8 on 2026-05-01"]


# ----------------------------------------------------------------------- flat and tiers


def test_a_flat_price_is_charged_once_whatever_the_quantity():
    fee = priced("fee", usd("20.00", unit="base", flat=True), usd("30.00"))
    story = ten(fee)
    assert bills(story.opening) == ["2026-04-01: +20.00 +300.00 = 320.00"]
    assert bills(story.change("2026-04-16", AddSeats(1))) == [
        "2026-04-16: +15.00 = 15.00"
    ]
    assert bills(story.change("2026-04-16", AddSeats(4, unit="base"))) == []
    assert story.subscription.quantity("base") == 4
    removed = story.change("2026-04-16", RemoveSeats(4, unit="base"), timing=IMMEDIATE)
    assert bills(removed) == []
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +20.00 +330.00 = 350.00"]


def test_a_flat_plan_needs_no_seats():
    sized = priced("sized", usd("99.00", unit="workspace", flat=True))
    story = ten(sized, seats={})
    assert bills(story.opening) == ["2026-04-01: +99.00 = 99.00"]
    line = story.opening.invoice.lines[0]
    assert (line.quantity, line.unit_amount) == (1, 99)


GRADUATED = priced(
    "graduated",
    usd(tiers=[Tier(up_to=5, unit_amount="30"), Tier(up_to=None, unit_amount="12")]),
)
VOLUME = priced(
    "volume",
    usd(
        tiers=[Tier(up_to=5, unit_amount="30"), Tier(up_to=None, unit_amount="12")],
        tiers_mode="volume",
    ),
)


@pytest.mark.parametrize(
    ("plan", "seats", "change", "sums"),
    [
        pytest.param(
            GRADUATED,
            4,
            AddSeats(3),
            ["2026-04-16: +27.00 = 27.00"],
            id="graduated: half of 30 + 12 + 12",
        ),
        pytest.param(
            GRADUATED,
            7,
            RemoveSeats(3),
            ["2026-04-16: -27.00 = -27.00 due 0.00"],
            id="graduated: and back",
        ),
        pytest.param(
            VOLUME,
            4,
            AddSeats(1),
            ["2026-04-16: +15.00 = 15.00"],
            id="volume: within a tier",
        ),
        pytest.param(
            VOLUME,
            5,
            AddSeats(1),
            ["2026-04-16: -39.00 = -39.00 due 0.00"],
            id="volume: half of 6 x 12 - 5 x 30, a credit for a seat more",
        ),
        pytest.param(
            VOLUME,
            6,
            RemoveSeats(1),
            ["2026-04-16: +39.00 = 39.00"],
            id="volume: a charge for a seat fewer",
        ),
        pytest.param(
            VOLUME,
            5,
            AddSeats(10),
            ["2026-04-16: +15.00 = 15.00"],
            id="volume: half of 15 x 12 - 5 x 30",
        ),
    ],
)
def test_under_tiers_a_change_is_one_line_for_the_difference(plan, seats, change, sums):
    story = ten(plan, seats=seats)
    changed = story.change("2026-04-16", change, timing=IMMEDIATE)
    assert bills(changed) == sums
    (line,) = changed.invoice.lines
    assert line.unit_amount is None
    (charge,) = story.subscription.charges
    assert charge.quantity == story.subscription.quantity()


def test_a_charge_for_a_seat_fewer_is_rounded_by_the_rules():
    """Half of 6.01 x 5 - 6 x 0.01 = 29.99, which is 14.995."""
    tiers = [Tier(up_to=5, unit_amount="6.01"), Tier(up_to=None, unit_amount="0.01")]
    volume = priced("volume", usd(tiers=tiers, tiers_mode="volume"))
    for rounding, amount in ((Rounding.DOWN, "14.99"), (Rounding.HALF_UP, "15.00")):
        story = ten(volume, seats=6, rules=BillingRules(rounding=rounding))
        removed = story.change("2026-04-16", RemoveSeats(1), timing=IMMEDIATE)
        assert bills(removed) == [f"2026-04-16: +{amount} = {amount}"]


def test_a_volume_price_that_was_free_of_charge_gives_nothing_back_when_it_falls():
    story = ten(seats=5)
    story.change("2026-04-16", SwitchPlan(VOLUME), timing=FORFEIT)
    assert bills(story.change("2026-04-16", AddSeats(1))) == []
    assert story.subscription.quantity() == 6
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +72.00 = 72.00"]


@pytest.mark.parametrize("off", ["50", "100"])
def test_a_volume_price_falls_on_what_runs_whatever_is_off_since(off):
    """Found by the machine: with all of it off, the fall was taken for none."""
    story = ten(VOLUME, seats=5)
    story.change("2026-04-16", ApplyDiscount(Discount.percent(off, id="half or more")))
    assert bills(story.change("2026-04-16", AddSeats(1))) == [
        "2026-04-16: -39.00 = -39.00 due 0.00"
    ]


def test_a_volume_price_that_falls_and_rises_again_leaves_nothing():
    story = ten(VOLUME, seats=5)
    changed = story.change("2026-04-16", AddSeats(1), RemoveSeats(1), timing=IMMEDIATE)
    assert bills(changed) == ["2026-04-16: -39.00 +39.00 = 0.00"]


def test_a_tiered_seat_removed_at_the_end_costs_the_lower_total():
    story = ten(GRADUATED, seats=7)
    assert bills(story.opening) == ["2026-04-01: +174.00 = 174.00"]
    story.change("2026-04-16", RemoveSeats(4))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +90.00 = 90.00"]


def test_what_a_volume_price_gives_back_is_capped_by_what_was_charged():
    """Started on the last day: 5.00 was charged, so half of 78.00 cannot come back."""
    story = Story(VOLUME, "2026-04-16", seats=5, anchor="2026-04-01")
    assert bills(story.opening) == ["2026-04-16: +75.00 = 75.00"]
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == ["2026-04-16: -39.00 = -39.00 due 0.00"]
    gone = story.change("2026-04-16", Cancel(), timing=IMMEDIATE)
    assert bills(gone) == ["2026-04-16: -36.00 = -36.00 due 0.00"]


# -------------------------------------------------------------------------- other pairs


def test_a_measured_unit_is_not_bought():
    measured = priced("measured", usd("30.00", unit="team", measured=True))
    story = ten(measured, seats={"team": 2})
    for change in (
        AddSeats(1, unit="team"),
        RemoveSeats(1, unit="team"),
        SetSeats(2, unit="team"),
    ):
        with pytest.raises(RulesError) as refused:
            story.change("2026-04-16", change)
        assert (refused.value.field, refused.value.value) == ("team", "measured")


def test_a_purchase_says_until_when_it_serves_where_an_end_waits():
    story = ten()
    story.change("2026-04-10", Cancel())
    added = story.change("2026-04-16", AddSeats(1))
    assert bills(added) == ["2026-04-16: +15.00 = 15.00"]
    assert told(added) == ["serves_until"]
    assert added.notices[0].value("on") == dt.date(2026, 5, 1)
    removed = story.change("2026-04-17", RemoveSeats(1))
    assert told(removed) == []


def test_an_upgrade_and_more_seats_come_in_the_order_given():
    first = ten().change("2026-04-16", SwitchPlan(LARGE), AddSeats(1))
    assert bills(first) == ["2026-04-16: -150.00 +300.00 +30.00 = 180.00"]
    second = ten().change("2026-04-16", AddSeats(1), SwitchPlan(LARGE))
    assert bills(second) == ["2026-04-16: +15.00 -165.00 +330.00 = 180.00"]


def test_a_cent_lost_in_parts_is_capped_where_it_comes_back():
    """A day of 0.01 a month: a seat costs 0.005, rounded up to a cent each time."""
    cent = plan("0.01", id="cent")
    story = ten(cent, seats=1)
    for _ in range(3):
        story.change("2026-04-16", AddSeats(1))
    assert digits(story.subscription.charges[0].charged) == "0.04"
    back = story.change("2026-04-16", RemoveSeats(4), timing=IMMEDIATE)
    assert bills(back) == ["2026-04-16: -0.02 = -0.02 due 0.00"]


def test_nobody_owns_more_seats_than_can_be_counted():
    cheap = priced("cheap", usd("0.01"), rank=1)
    story = Story(cheap, "2026-04-01", seats=10**12 - 1)
    story.change("2026-04-10", AddSeats(1))
    with pytest.raises(OutOfBoundsError) as refused:
        story.change("2026-04-10", AddSeats(1))
    assert (refused.value.name, refused.value.value) == ("seats", 10**12 + 1)
