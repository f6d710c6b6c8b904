"""What a host does around the library: who joins, what is due, what is mailed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    DEACTIVATED,
    INVITED,
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    GrantCredit,
    Member,
    Money,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    SeatbillError,
    Settlement,
    Term,
    Timing,
    change,
    credit_note,
    renew,
    subscribe,
)
from seatbill.converters import dump, load
from seatbill.corrections import NumberSeries
from seatbill.errors import (
    EmptyPeriodError,
    LateNoticeError,
    MixedTimeError,
    NoSeatLeftError,
    OutOfBoundsError,
    OutOfOrderError,
    RenewFirstError,
    SubscriptionEndedError,
    UnknownItemError,
    UnknownUnitError,
    WrongTypeError,
)
from seatbill.hosting import Reminder, due, join, leave, reminders
from seatbill.lifecycle.deadlines import notice_deadline
from seatbill.payments import Card, PayPal
from seatbill.rules import Direction, LateNotice, NoticeScope
from seatbill.testing.strategies import histories
from stories import at, plan

PLAN = plan("6.00", id="pro")
APRIL, MAY, DAY = at("2026-04-01"), at("2026-05-01"), at("2026-04-16")


def opened(seats=2, sold=PLAN, **more):
    given = {"rules": BillingRules(), "on": APRIL, "interval": MONTHLY} | more
    return subscribe(sold, id="ada", seats=seats, **given).subscription


SUB = opened()
ANN, BOB = Member("ann", joined_on=APRIL), Member("bob", joined_on=APRIL)


# ------------------------------------------------------------- what an outcome comes to


def test_what_is_due_is_the_sum_of_the_invoices_after_credit():
    """May and June at 2 × 6.00; of the gift of 5.00 nothing is left for June."""
    gift = Money("5.00", "USD")
    rich = change(SUB, GrantCredit(gift, "sorry"), on=DAY).subscription
    outcome = renew(rich, on=at("2026-06-03"))
    assert [str(i.amount_due) for i in outcome.invoices] == ["7.00 USD", "12.00 USD"]
    assert str(outcome.amount_due) == "19.00 USD"


def test_what_is_payable_is_rounded_on_each_invoice():
    """6.02 is paid as 6.00, twice: 12.00 and not the 12.05 of one sum."""
    rules = BillingRules(payable_rounding={"USD": "0.05"})
    sub = opened(1, plan("6.02"), rules=rules)
    assert str(renew(sub, on=at("2026-06-01")).amount_due) == "12.00 USD"


def test_what_waits_is_not_due():
    outcome = change(SUB, RemoveSeats(1), on=DAY)
    assert (str(outcome.amount_due), outcome.is_empty) == ("0.00 USD", False)


def test_an_outcome_is_empty_where_there_is_nothing_to_keep():
    assert renew(SUB, on=DAY).is_empty
    assert not renew(SUB, on=MAY).is_empty
    free = subscribe(
        plan("0.00"), id="a", interval=MONTHLY, seats=1, on=APRIL, rules=BillingRules()
    )
    assert not free.is_empty


# ------------------------------------------------------------------------ what is due


def test_a_year_that_is_settled_by_the_month_is_due_before_it_ends():
    rules = BillingRules(settlement=Settlement.MONTHLY)
    sub = opened(interval=ANNUAL, rules=rules)
    more = change(sub, AddSeats(1), on=DAY).subscription
    assert not due(sub, on=MAY)
    assert not due(more, on=at("2026-04-30"))
    assert due(more, on=MAY)


def test_what_has_ended_is_never_due():
    ended = change(SUB, Cancel(), on=DAY, timing=Timing.FORFEIT).subscription
    assert not due(ended, on=at("2036-01-01"))


def test_days_and_instants_do_not_meet():
    noon = at("2026-05-01T12:00:00+00:00")
    with pytest.raises(MixedTimeError):
        due(SUB, on=noon)
    with pytest.raises(MixedTimeError):
        reminders(SUB, on=APRIL, until=noon)


@given(histories(longest=4), st.integers(0, 400))
@settings(max_examples=15, deadline=None)
def test_where_nothing_is_due_a_renewal_is_empty(history, days):
    for sub in history.subscriptions:
        day = sub.changed_on + dt.timedelta(days)
        if not due(sub, on=day):
            assert renew(sub, on=day).is_empty


# ----------------------------------------------------------------- who joins and leaves


def test_a_vacant_seat_is_taken_and_a_retry_changes_nothing():
    people, outcome = join(SUB, [ANN], Member("bob"), on=DAY)
    assert outcome.is_empty
    assert people == (ANN, Member("bob", joined_on=DAY))
    assert join(SUB, people, Member("bob"), on=DAY)[0] == people


def test_a_seat_is_bought_only_where_that_is_wanted():
    """15 of 30 days: 6.00 / 2."""
    full = [ANN, BOB]
    with pytest.raises(NoSeatLeftError):
        join(SUB, full, Member("cleo"), on=DAY)
    people, outcome = join(SUB, full, Member("cleo"), on=DAY, buy=True)
    assert outcome == change(SUB, AddSeats(1), on=DAY)
    assert (len(people), str(outcome.amount_due)) == (3, "3.00 USD")


def test_a_seat_that_was_to_leave_stays():
    leaving = change(SUB, RemoveSeats(1, occupied=1), on=DAY).subscription
    _, outcome = join(leaving, [ANN], Member("bob"), on=DAY)
    assert outcome.subscription.scheduled_removals == {}
    assert outcome.invoices == ()


def test_of_packs_whole_ones_are_bought_kept_and_released():
    packs = Plan("p", "P", 1, [Price(unit_amount="2.00", currency="USD", batch=5)])
    sub = opened(5, packs)
    five = tuple(Member(str(n), joined_on=APRIL) for n in range(5))
    people, outcome = join(sub, five, Member("x"), on=DAY, buy=True)
    assert outcome.subscription.quantity() == 10
    assert str(outcome.amount_due) == "5.00 USD"  # 5 × 2.00 × 15/30
    ten = outcome.subscription
    assert leave(ten, people[1:], "x", on=DAY)[1].is_empty
    people, outcome = leave(ten, people, "x", on=DAY, release=True)
    assert outcome.subscription.scheduled_removals == {"seat": 5}
    _, outcome = join(outcome.subscription, people, Member("y"), on=DAY)
    assert outcome.subscription.scheduled_removals == {}


def test_whoever_was_invited_takes_no_second_seat():
    since = at("2026-04-10")
    guest = Member("bob", state=INVITED, joined_on=since, expires_on=MAY)
    people, outcome = join(SUB, [ANN, guest], Member("bob"), on=DAY)
    assert outcome.is_empty
    assert people == (ANN, Member("bob", joined_on=since))
    always = Member("bob", state=INVITED)
    assert join(SUB, [always], Member("bob"), on=DAY)[0] == (Member("bob"),)


def test_whoever_comes_back_keeps_the_days_of_before():
    gone = Member("bob", joined_on=APRIL, left_on=at("2026-04-05"))
    people, _ = join(SUB, [gone], Member("bob"), on=DAY)
    assert people == (gone, Member("bob", joined_on=DAY))


def test_what_is_due_is_renewed_and_its_seats_count():
    """One of two seats left on 1 May: the second person finds none."""
    leaving = change(SUB, RemoveSeats(1, occupied=1), on=DAY).subscription
    with pytest.raises(NoSeatLeftError):
        join(leaving, [ANN], Member("bob"), on=MAY)
    _, outcome = join(leaving, [ANN], Member("bob"), on=MAY, buy=True)
    assert [str(i.total) for i in outcome.invoices] == ["6.00 USD", "6.00 USD"]


def test_where_seats_are_measured_or_flat_nobody_needs_one():
    used = Plan(
        "u",
        "U",
        1,
        [Price(unit_amount="1.00", currency="USD", measured=True, in_arrears=True)],
    )
    flat = Plan("f", "F", 1, [Price(unit_amount="9.00", currency="USD", flat=True)])
    for sold, seats in ((used, {}), (flat, 1)):
        assert join(opened(seats, sold), [ANN], Member("x"), on=DAY)[1].is_empty
    with pytest.raises(RenewFirstError):
        join(opened({}, used), [ANN], Member("x"), on=MAY)


def test_the_free_plan_holds_as_many_as_it_says():
    free = Plan(
        "free", "Free", 0, [Price(currency="USD", unit_amount="0", max_quantity=1)]
    )
    rules = BillingRules(free_plan=free)
    sub = opened(1, free, rules=rules)
    people, outcome = join(sub, [], Member("ann"), on=DAY)
    assert outcome.is_empty
    with pytest.raises(NoSeatLeftError):
        join(sub, people, Member("bob"), on=DAY)
    with pytest.raises(UnknownUnitError):
        join(sub, people, Member("bob", "desk"), on=DAY)
    bare = Plan("free", "Free", 0, [])
    open_to_all = opened({}, bare, rules=BillingRules(free_plan=bare), currency="USD")
    assert join(open_to_all, people, Member("bob"), on=DAY)[1].is_empty
    assert leave(open_to_all, people, "ann", on=DAY, release=True)[1].is_empty


@pytest.mark.parametrize(
    ("person", "error"),
    [
        (Member("x", state=DEACTIVATED), WrongTypeError),
        (Member("x", joined_on=MAY), OutOfOrderError),
        (Member("x", left_on=DAY), EmptyPeriodError),
        (Member("x", state=INVITED, expires_on=DAY), EmptyPeriodError),
        (Member("x", "desk"), UnknownUnitError),
        ("x", WrongTypeError),
    ],
)
def test_who_cannot_sit_then_is_refused(person, error):
    with pytest.raises(error):
        join(SUB, [], person, on=DAY)


def test_nobody_joins_what_has_ended():
    ended = change(SUB, Cancel(), on=DAY, timing=Timing.FORFEIT).subscription
    with pytest.raises(SubscriptionEndedError):
        join(ended, [], Member("x"), on=DAY)
    assert leave(ended, [ANN], "ann", on=DAY)[1].is_empty


def test_a_seat_is_kept_unless_it_is_released():
    people, outcome = leave(SUB, [ANN, BOB], "bob", on=DAY)
    assert outcome.is_empty
    assert people == (ANN, Member("bob", joined_on=APRIL, left_on=DAY))
    people, outcome = leave(SUB, [ANN, BOB], "bob", on=DAY, release=True)
    assert outcome == change(SUB, RemoveSeats(1, occupied=1), on=DAY)
    assert outcome.subscription.scheduled_removals == {"seat": 1}
    again = leave(outcome.subscription, people, "bob", on=DAY, release=True)
    assert (again[0], again[1].is_empty) == (people, True)


def test_a_second_seat_is_released_beside_the_first():
    cleo = Member("cleo", joined_on=APRIL)
    sub = opened(3)
    people, first = leave(sub, [ANN, BOB, cleo], "bob", on=DAY, release=True)
    _, second = leave(first.subscription, people, "cleo", on=DAY, release=True)
    assert second.subscription.scheduled_removals == {"seat": 2}


def test_where_more_sit_than_are_owned_no_seat_is_released():
    over = [ANN, BOB, Member("cleo")]
    assert leave(SUB, over, "ann", on=DAY, release=True)[1].is_empty
    desks = [Member("ann", "desk")]
    assert leave(SUB, desks, "ann", unit="desk", on=DAY, release=True)[1].is_empty


def test_whoever_leaves_comes_on_no_later_day():
    later = Member("bob", joined_on=MAY)
    people, _ = leave(SUB, [BOB, later, Member("ann")], "bob", on=DAY)
    assert people == (Member("bob", joined_on=APRIL, left_on=DAY), Member("ann"))


def test_who_was_never_there_is_named():
    with pytest.raises(UnknownItemError) as told:
        leave(SUB, [ANN, BOB], "cleo", on=DAY)
    assert told.value.offered == ("ann", "bob")


# ----------------------------------------------------------------------- what is mailed


def told(sub, until="2026-06-30", on=APRIL, **more):
    found = reminders(sub, on=on, until=at(until), **more)
    return [(r.notice.code, str(r.on)) for r in found]


def test_the_renewal_is_told_with_its_amount():
    (found,) = reminders(SUB, on=APRIL, until=MAY)
    assert found.key == "ada:renewal_near:2026-05-01"
    assert str(found.notice) == (
        "pro renews on 2026-05-01, and the bill of that day is 12.00 USD."
    )
    assert reminders(SUB, on=APRIL, until=at("2026-04-30")) == ()
    assert told(SUB, on=at("2026-05-02")) == [("renewal_near", "2026-06-01")]


def test_an_amount_that_is_not_known_yet_is_left_out():
    used = Plan(
        "u",
        "U",
        1,
        [Price(unit_amount="1.00", currency="USD", measured=True, in_arrears=True)],
    )
    (found,) = reminders(opened({}, used), on=APRIL, until=MAY)
    assert str(found.notice) == "U renews on 2026-05-01."


def test_new_prices_are_told_and_what_ends_is_not_renewed():
    dearer = plan("7.00", id="pro")
    rises = change(SUB, Reprice(dearer, at("2026-05-15")), on=DAY).subscription
    assert told(rises, on=DAY) == [
        ("renewal_near", "2026-05-01"),
        ("price_change", "2026-06-01"),
    ]
    assert told(change(SUB, Cancel(), on=DAY).subscription, on=DAY) == []


def test_the_last_day_of_notice_is_told():
    """Fifteen days before 1 May is 16 April."""
    sub = opened(rules=BillingRules(notice_days=15))
    (first, _) = reminders(sub, on=APRIL, until=MAY)
    assert (first.notice.code, first.on) == ("notice_deadline", DAY)
    assert change(sub, Cancel(), on=DAY).effective_on == MAY
    assert change(sub, Cancel(), on=at("2026-04-17")).effective_on > MAY


@pytest.mark.parametrize(
    "rules",
    [
        BillingRules(),
        BillingRules(notice_days=15, cancellation=Timing.IMMEDIATE),
        BillingRules(notice_days=15, notice_exempt=[Direction.CANCELLATION]),
    ],
)
def test_where_no_notice_is_needed_there_is_no_last_day(rules):
    assert notice_deadline(opened(rules=rules)) is None


def test_nobody_who_goes_already_has_to_give_notice():
    rules = BillingRules(notice_days=15)
    sub = opened(rules=rules)
    assert notice_deadline(change(sub, Cancel(), on=DAY).subscription) is None
    ended = change(sub, Cancel(), on=DAY, timing=Timing.FORFEIT).subscription
    assert notice_deadline(ended) is None
    assert notice_deadline(opened(rules=rules, trial_end=MAY)) is None


def test_what_acts_at_once_needs_notice_where_every_change_does():
    rules = BillingRules(
        notice_days=15,
        cancellation=Timing.IMMEDIATE,
        notice_scope=NoticeScope.EVERY_CHANGE,
    )
    assert notice_deadline(opened(rules=rules)) == (DAY, MAY)


def test_a_term_is_told_with_the_notice_that_it_needs():
    """A year from 1 April ends on 1 April; thirty days before it is 2 March."""
    rules = BillingRules(notice_days=30)
    end = at("2027-04-01")
    for term, said in (
        (Term(), "The term ends on 2027-04-01, and a new one begins."),
        (Term(renews=False), "The term ends on 2027-04-01, and none follows."),
    ):
        sub = opened(rules=rules, term=term)
        found = {r.notice.code: r for r in reminders(sub, on=APRIL, until=end)}
        assert found["notice_deadline"].on == at("2027-03-02")
        assert str(found["term_ending"].notice) == said
    assert str(found["notice_deadline"].notice) == (
        "To end on 2027-04-01, a cancellation has to be asked for by 2027-03-02."
    )


@given(histories(longest=4))
@settings(max_examples=25, deadline=None)
def test_the_last_day_of_notice_is_that_of_the_engine(history):
    """In time on it; on the next day later, or refused."""
    for sub in history.subscriptions:
        found = notice_deadline(sub)
        if found is None or found[0] < sub.changed_on or sub.frozen_on:
            continue
        by, end = found
        how = {"timing": Timing.PERIOD_END} if sub.term else {}
        try:
            if due(sub, on=by):
                continue
            assert change(sub, Cancel(), on=by, **how).effective_on <= end
            late = by + dt.timedelta(1)
            if not due(sub, on=late):
                assert change(sub, Cancel(), on=late, **how).effective_on > end
        except SeatbillError as refusal:
            if refusal.code not in {"late_notice", "frozen", "renew_first"}:
                raise


def test_late_notice_that_is_refused_is_refused_from_the_day_after():
    rules = BillingRules(notice_days=15, late_notice=LateNotice.REFUSE)
    sub = opened(rules=rules)
    assert notice_deadline(sub) == (DAY, MAY)
    with pytest.raises(LateNoticeError):
        change(sub, Cancel(), on=at("2026-04-17"))


def test_full_seats_are_told_once_for_as_long_as_they_are_that_many():
    def found(on, seats=2):
        sub = opened(seats)
        return reminders(sub, on=on, until=on, members=[ANN, BOB])

    (today,), (later,) = found(DAY), found(at("2026-04-20"))
    assert today.key == later.key == "ada:seats_full:seat+2"
    assert str(today.notice) == "2 seats are owned, and all are taken."
    assert found(DAY, 3) == ()


def test_a_card_that_runs_out_is_told():
    card = Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=4)
    last = reminders(SUB, on=DAY, until=at("2026-04-30"), payment=card)
    assert [r.key for r in last] == ["ada:payment_method_expiring:2026-04-30"]
    (gone,) = reminders(SUB, on=at("2026-05-05"), until=at("2026-05-05"), payment=card)
    assert (gone.notice.code, gone.notice.value("days")) == (
        "payment_method_expired",
        5,
    )
    paypal = PayPal("FR")
    assert reminders(SUB, on=DAY, until=DAY, payment=paypal) == ()


def test_reminders_need_days_in_their_order_and_a_payment_method():
    with pytest.raises(OutOfOrderError):
        reminders(SUB, on=MAY, until=APRIL)
    with pytest.raises(WrongTypeError) as told_of:
        reminders(SUB, on=APRIL, until=MAY, payment="4242 4242 4242 4242")
    assert "4242" not in str(told_of.value)


def test_a_reminder_comes_back_from_json():
    (found,) = reminders(SUB, on=APRIL, until=MAY)
    assert load(dump(found), Reminder) == found


# -------------------------------------------------------------------- the next number


def test_numbers_follow_each_other_and_start_again_with_the_year():
    sub = opened(on=at("2026-11-01"))
    invoices = renew(sub, on=at("2027-02-01")).invoices
    series, given = NumberSeries(prefix="{year}-", digits=3, last=8, year=2026), []
    for invoice in invoices:
        numbered, series = series.take(invoice)
        given.append(numbered.number)
    assert given == ["2026-009", "2027-001", "2027-002"]
    assert series == NumberSeries(prefix="{year}-", digits=3, last=2, year=2027)
    with pytest.raises(OutOfOrderError):
        series.take(invoices[0])
    late, _ = series.take(
        invoices[0], issued_on=at("2027-02-01"), due_on=at("2027-03-01")
    )
    assert (late.number, str(late.due_on)) == ("2027-003", "2027-03-01")


def test_a_series_without_a_year_goes_on():
    """A note among the invoices leaves no gap; it grows beyond its digits."""
    invoice = renew(SUB, on=MAY).invoices[0]
    note = credit_note(invoice, reason="goodwill", issued_on=MAY)
    series = NumberSeries(last=8)
    first, series = series.take(invoice)
    second, series = series.take(note)
    assert (first.number, second.number, series.last) == ("9", "10", 10)
    assert series.next_in(2026) == "11"
    assert load(dump(series), NumberSeries) == series


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"prefix": 1}, WrongTypeError),
        ({"digits": 0}, OutOfBoundsError),
        ({"last": -1}, OutOfBoundsError),
        ({"year": 2026}, WrongTypeError),
        ({"prefix": "{year}-", "last": 3}, WrongTypeError),
        ({"prefix": "{year}-", "last": 3, "year": 0}, OutOfBoundsError),
    ],
)
def test_a_series_that_says_something_wrong_is_refused(given, error):
    with pytest.raises(error):
        NumberSeries(**given)
