"""A whole history, a preview, what a call returns: the same walk read in other ways."""

from __future__ import annotations

import datetime as dt
import pickle
from zoneinfo import ZoneInfo

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    Freeze,
    GrantCredit,
    Money,
    Outcome,
    RemoveSeats,
    SetRecipient,
    Settlement,
    Statement,
    Subscription,
    SwitchInterval,
    SwitchPlan,
    Timing,
    Unfreeze,
    bill,
    change,
    next_renewal,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.errors import (
    CurrencyMismatchError,
    DateRangeError,
    MixedTimeError,
    NaiveDatetimeError,
    NoChangeError,
    NotUtcError,
    OutOfOrderError,
    SeatsOccupiedError,
    SeveralInvoicesError,
    UnknownWordError,
    WrongTypeError,
)
from shop import LARGE, SMALL, told
from stories import DEFAULT, Story, bills, digits, plan

MIDDLE = "2026-04-16"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


def ten(plan=SMALL, on="2026-04-01", **more) -> Story:
    """Ten seats, at 1.00 a day each in April unless *plan* says otherwise."""
    return Story(plan, on, **{"seats": 10, **more})


HISTORY = [
    (day("2026-04-11"), AddSeats(2)),
    (day("2026-04-16"), (SwitchPlan(LARGE), AddSeats(1))),
    (day("2026-05-10"), [RemoveSeats(3), GrantCredit(Money("5", "USD"), "sorry")]),
    (day("2026-05-10"), SwitchPlan(SMALL)),
    (day("2026-07-20"), SwitchInterval(ANNUAL)),
]


# ---------------------------------------------------------------------- a whole history


def test_a_history_is_billed_in_one_go():
    statement = bill(ten().opening, HISTORY, until=day("2026-07-31"))
    assert [f"{i.issued_on}: {digits(i.total)}" for i in statement.invoices] == [
        "2026-04-01: 300.00",
        "2026-04-11: 40.00",
        "2026-04-16: 210.00",  # -180 + 360 + 30
        "2026-05-01: 780.00",
        "2026-06-01: 300.00",
        "2026-07-01: 300.00",
        "2026-07-20: 3483.87",  # 12 of 31 days of 300 against a year
    ]
    assert statement.subscription.interval == ANNUAL
    assert all(verify(invoice) == () for invoice in statement.invoices)


@pytest.mark.parametrize("settlement", Settlement)
def test_a_history_is_its_steps(settlement):
    rules = BillingRules(settlement=settlement)
    story = ten(rules=rules)
    statement = bill(story.opening, HISTORY, until=day("2026-09-30"))
    invoices = list(story.opening.invoices)
    for on, changes in HISTORY:
        asked = changes if isinstance(changes, list | tuple) else [changes]
        invoices += story.change(on.isoformat(), *asked).invoices
    invoices += story.renew("2026-09-30").invoices
    assert list(statement.invoices) == invoices
    assert statement.subscription == story.subscription


def test_a_history_may_be_split_at_any_day():
    whole = bill(ten().opening, HISTORY, until=day("2026-08-31"))
    for n in range(len(HISTORY) + 1):
        until = HISTORY[n - 1][0] if n else day("2026-04-01")
        first = bill(ten().opening, HISTORY[:n], until=until)
        second = bill(first.subscription, HISTORY[n:], until=day("2026-08-31"))
        assert (*first.invoices, *second.invoices) == whole.invoices
        assert second.subscription == whole.subscription


def test_a_statement_holds_what_it_was_made_of():
    opening = ten().opening
    statement = bill(opening, iter(HISTORY), until=day("2026-08-31"))
    assert statement.opening == opening.subscription
    assert statement.until == day("2026-08-31")
    assert [on for on, _ in statement.history] == [on for on, _ in HISTORY]
    assert hash(statement.history) == hash(
        bill(opening, HISTORY, until=day("2026-08-31")).history
    )
    assert statement.measurements == ()


def test_the_outcomes_of_a_statement_are_those_of_each_change():
    statement = bill(ten().opening, HISTORY, until=day("2026-08-31"))
    outcomes = statement.outcomes
    assert len(outcomes) == len(HISTORY)
    assert [outcome.on for outcome in outcomes] == [on for on, _ in HISTORY]
    made = [invoice for outcome in outcomes for invoice in outcome.invoices]
    assert tuple(made) == statement.invoices[1:]
    assert outcomes[-1].subscription == statement.subscription
    later = bill(ten().opening, [], until=day("2026-06-15"))
    (renewal,) = later.outcomes
    days = [invoice.issued_on for invoice in renewal.invoices]
    assert days == [day("2026-05-01"), day("2026-06-01")]
    assert bill(ten().opening, [], until=day("2026-04-02")).outcomes == ()


def test_a_history_is_billed_through_its_last_day():
    opening = ten().opening
    assert len(bill(opening, [], until=day("2026-04-30")).invoices) == 1
    assert len(bill(opening, [], until=day("2026-05-01")).invoices) == 2
    assert len(bill(opening.subscription, [], until=day("2026-05-01")).invoices) == 1


def test_monthly_lines_are_billed_on_their_days_in_a_history():
    rules = BillingRules(settlement=Settlement.MONTHLY)
    story = ten(rules=rules, interval=ANNUAL)
    history = [(day("2026-04-11"), AddSeats(1)), (day("2026-05-20"), AddSeats(1))]
    statement = bill(story.opening, history, until=day("2026-06-30"))
    days = [invoice.issued_on.isoformat() for invoice in statement.invoices]
    assert days == ["2026-04-01", "2026-05-01", "2026-06-01"]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        pytest.param((day("2026-04-10"), AddSeats(1)), OutOfOrderError, id="before"),
        pytest.param(
            (day("2026-05-01"), RemoveSeats(99)), SeatsOccupiedError, id="many"
        ),
        pytest.param((day("2026-05-01"), "more"), WrongTypeError, id="a text"),
        pytest.param((day("2026-05-01"), ()), WrongTypeError, id="no change"),
        pytest.param((day("2026-05-01"), []), WrongTypeError, id="an empty list"),
        pytest.param((day("2026-05-01"),), WrongTypeError, id="half a pair"),
        pytest.param([day("2026-05-01"), AddSeats(1)], WrongTypeError, id="a list"),
        pytest.param(AddSeats(1), WrongTypeError, id="no day"),
        pytest.param(("2026-05-01", AddSeats(1)), WrongTypeError, id="a day as text"),
        pytest.param((utc(2026, 5, 1), AddSeats(1)), MixedTimeError, id="an instant"),
    ],
)
def test_a_refusal_in_a_history_names_the_entry(entry, error):
    opening = ten().opening
    with pytest.raises(error) as refused:
        bill(
            opening, [(day("2026-04-11"), AddSeats(2)), entry], until=day("2026-06-01")
        )
    (note,) = refused.value.__notes__
    assert note.startswith("in history[1]")
    assert opening == ten().opening


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"opening": None}, WrongTypeError),
        ({"opening": "sub"}, WrongTypeError),
        ({"history": 5}, WrongTypeError),
        ({"history": "april"}, WrongTypeError),
        ({"until": day("2026-03-31")}, OutOfOrderError),
        ({"until": utc(2026, 5, 1)}, MixedTimeError),
        ({"until": "2026-05-01"}, WrongTypeError),
        ({"measured": 5}, WrongTypeError),
        ({"measured": {"team": 3}}, WrongTypeError),
        ({"measured": lambda at: "three"}, WrongTypeError),
    ],
)
def test_a_history_is_billed_from_values(arguments, error):
    given = {"opening": ten().opening, "history": [], "until": day("2026-05-01")}
    given |= arguments
    with pytest.raises(error):
        bill(given.pop("opening"), given.pop("history"), **given)


# ---------------------------------------------------------------------------- a preview


def test_showing_an_outcome_is_a_preview_and_keeping_it_the_change():
    story = ten()
    before = story.subscription
    shown = change(before, SwitchPlan(LARGE), on=day(MIDDLE))
    assert before == ten().subscription
    kept = story.change(MIDDLE, SwitchPlan(LARGE))
    assert kept == shown


def test_a_preview_is_the_invoice_of_the_renewal():
    story = ten()
    story.change("2026-04-10", RemoveSeats(2), SwitchPlan(LARGE))
    assert story.preview() == story.renew("2026-05-01").invoice
    assert story.preview().key == "story:5"


def test_a_preview_changes_nothing():
    story = ten()
    before = story.subscription
    preview_invoice(before)
    assert before == ten().subscription
    assert preview_invoice(before) == preview_invoice(before)


# --------------------------------------------------------------------------- an outcome


def test_an_outcome_says_who_when_why_and_what():
    story = ten()
    timing = Timing.IMMEDIATE
    outcome = story.change(
        MIDDLE, RemoveSeats(2), by="ann", timing=timing, reason="goodwill"
    )
    assert (outcome.on, outcome.effective_on) == (day(MIDDLE), day(MIDDLE))
    assert (outcome.by, outcome.reason) == ("ann", "goodwill")
    assert outcome.changes == (RemoveSeats(2),)
    assert (outcome.previous_version, outcome.subscription.version) == (1, 2)
    assert outcome.invoice is outcome.invoices[0]
    assert outcome.replaced == outcome.notices == ()
    assert outcome.refund_due == Money.zero("USD")


def test_there_may_be_no_invoice_or_several():
    assert ten().change(MIDDLE, RemoveSeats(1)).invoice is None
    renewed = ten().renew("2026-06-01")
    with pytest.raises(SeveralInvoicesError) as refused:
        _ = renewed.invoice
    assert refused.value.code == "several_invoices"
    assert refused.value.count == 2


def test_the_version_grows_with_each_boundary_and_each_change():
    story = ten()
    story.change("2026-04-10", AddSeats(1), AddSeats(1))
    assert story.subscription.version == 3
    story.renew("2026-06-01")
    assert story.subscription.version == 5
    up = story.change("2026-07-15", SwitchPlan(LARGE))
    assert [invoice.key for invoice in up.invoices] == ["story:6", "story:7"]
    assert up.previous_version == 5


def test_an_invoice_has_the_same_key_however_calls_are_split():
    apart, together = ten(), ten()
    keys = [
        invoice.key
        for on in ("2026-05-01", "2026-06-01", "2026-06-20")
        for invoice in apart.renew(on).invoices
    ]
    keys += [i.key for i in apart.change("2026-06-20", SwitchPlan(LARGE)).invoices]
    assert keys == [
        i.key for i in together.change("2026-06-20", SwitchPlan(LARGE)).invoices
    ]


def test_a_renewal_of_nothing_returns_the_same_subscription():
    story = ten()
    before = story.subscription
    renewed = renew(before, on=day("2026-04-30"))
    assert renewed.subscription is before
    assert renewed.invoices == ()
    assert renewed.on == day("2026-04-30")
    story.renew("2026-05-01")
    again = renew(story.subscription, on=day("2026-05-01"))
    assert (again.subscription, again.invoices) == (story.subscription, ())


def test_outcomes_and_statements_travel():
    opening = ten().opening
    assert pickle.loads(pickle.dumps(opening)) == opening
    statement = bill(opening, HISTORY, until=day("2026-08-31"))
    again = pickle.loads(pickle.dumps(statement))
    assert again == statement
    assert again.outcomes == statement.outcomes
    assert hash(again.subscription) == hash(statement.subscription)


def test_outcomes_and_statements_are_checked_at_the_door():
    opening = ten().opening
    assert attrs.evolve(opening, by="ann").by == "ann"
    statement = bill(opening, HISTORY, until=day("2026-08-31"))
    assert attrs.evolve(statement) == statement
    for fields in (
        {"subscription": None},
        {"invoices": None},
        {"invoices": ["one"]},
        {"on": "2026-04-01"},
        {"refund_due": "0.00"},
    ):
        with pytest.raises(WrongTypeError):
            attrs.evolve(opening, **fields)
    euro = Story(plan("1.00", "EUR"), "2026-04-01").opening.invoice
    with pytest.raises(CurrencyMismatchError):
        attrs.evolve(opening, invoices=(euro,))
    for fields in ({"subscription": None}, {"opening": None}, {"until": "later"}):
        with pytest.raises(WrongTypeError):
            attrs.evolve(statement, **fields)
    assert isinstance(opening, Outcome)
    assert isinstance(statement, Statement)
    assert isinstance(opening.subscription, Subscription)


# -------------------------------------------------------------------- the order of time


def test_a_day_before_what_has_happened_is_refused():
    story = ten()
    story.change(MIDDLE, AddSeats(1))
    for refusing in (
        lambda: story.change("2026-04-15", AddSeats(1)),
        lambda: story.renew("2026-04-15"),
    ):
        with pytest.raises(OutOfOrderError) as refused:
            refusing()
        assert refused.value.code == "out_of_order"
        assert refused.value.as_dict()["values"] == {
            "value": day("2026-04-15"),
            "earliest": day(MIDDLE),
        }
    assert bills(story.change(MIDDLE, AddSeats(1))) == ["2026-04-16: +15.00 = 15.00"]


def test_a_day_before_the_first_is_refused():
    with pytest.raises(OutOfOrderError) as refused:
        ten().change("2026-03-31", AddSeats(1))
    assert refused.value.earliest == day("2026-04-01")
    stub = ten(on=MIDDLE, anchor="2026-04-01")
    with pytest.raises(OutOfOrderError) as refused:
        stub.change("2026-04-10", AddSeats(1))
    assert refused.value.earliest == day(MIDDLE)


@pytest.mark.parametrize(
    ("on", "error"),
    [
        (utc(2026, 4, 16), MixedTimeError),
        (dt.datetime(2026, 4, 16), NaiveDatetimeError),
        (dt.datetime(2026, 4, 16, tzinfo=ZoneInfo("Europe/Paris")), NotUtcError),
        ("2026-04-16", WrongTypeError),
        (None, WrongTypeError),
    ],
)
def test_a_day_is_a_date_where_dates_are_counted(on, error):
    sub = ten().subscription
    for refusing in (
        lambda: change(sub, AddSeats(1), on=on),
        lambda: renew(sub, on=on),
        lambda: bill(sub, [], until=on),
    ):
        with pytest.raises(error):
            refusing()


def test_an_instant_is_an_instant_in_utc_however_its_zone_is_called():
    sub = ten(on="2026-04-01T00:00:00Z").subscription
    noon = dt.datetime(2026, 4, 16, tzinfo=ZoneInfo("UTC"))
    assert change(sub, AddSeats(1), on=noon) == change(
        sub, AddSeats(1), on=utc(2026, 4, 16)
    )
    with pytest.raises(MixedTimeError) as refused:
        change(sub, AddSeats(1), on=day(MIDDLE))
    assert refused.value.wanted == "datetimes in UTC"
    with pytest.raises(NaiveDatetimeError):
        change(sub, AddSeats(1), on=dt.datetime(2026, 4, 16))
    started = subscribe(
        SMALL,
        id="story",
        interval=MONTHLY,
        seats=10,
        on=dt.datetime(2026, 4, 1, tzinfo=ZoneInfo("UTC")),
        rules=DEFAULT,
    )
    assert repr(started.subscription) == repr(sub)


# --------------------------------------------------------------------- what is a change


@pytest.mark.parametrize("asked", ["more", None, AddSeats, (AddSeats(1),), 5])
def test_a_change_is_one_of_the_changes(asked):
    with pytest.raises(WrongTypeError) as refused:
        change(ten().subscription, asked, on=day(MIDDLE))
    assert refused.value.name == "change"
    assert refused.value.value is asked


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"by": 5}, "by"),
        ({"reason": 5}, "reason"),
        ({"timing": "at once"}, "timing"),
        ({"timing": Settlement.NOW}, "timing"),
    ],
)
def test_each_part_of_a_call_is_checked(arguments, name):
    with pytest.raises((WrongTypeError, UnknownWordError)) as refused:
        change(ten().subscription, AddSeats(1), on=day(MIDDLE), **arguments)
    assert refused.value.name == name


def test_a_call_without_a_change_is_refused():
    with pytest.raises(WrongTypeError) as refused:
        change(ten().subscription, on=day(MIDDLE))
    assert refused.value.name == "changes"


@pytest.mark.parametrize("wrong", [None, "sub", ten().opening])
def test_a_subscription_is_a_subscription(wrong):
    for refusing in (
        lambda: change(wrong, AddSeats(1), on=day(MIDDLE)),
        lambda: renew(wrong, on=day(MIDDLE)),
        lambda: preview_invoice(wrong),
    ):
        with pytest.raises(WrongTypeError) as refused:
            refusing()
        assert refused.value.name == "subscription"


def test_a_refusal_leaves_the_old_values_as_they_were():
    story = ten()
    before = pickle.dumps(story.subscription)
    for asked in (
        (RemoveSeats(11),),
        (AddSeats(1), RemoveSeats(99)),
        (SwitchPlan(LARGE), SwitchPlan(LARGE)),
        (SetRecipient(None), SwitchPlan(SMALL)),
        (Cancel(), SwitchInterval(ANNUAL)),
    ):
        with pytest.raises((SeatsOccupiedError, NoChangeError, ValueError)):
            story.change(MIDDLE, *asked)
        assert pickle.dumps(story.subscription) == before
    assert told(story.change(MIDDLE, AddSeats(1))) == []


# A timing that was given by hand.


def test_a_timing_by_hand_stands_third_in_an_entry():
    """Goodwill in April: half of 5 × 30.00 comes back, whatever the rules say."""
    opening = Story(SMALL, "2026-04-01", seats=10).opening
    removal = RemoveSeats(5, occupied=5)
    by_hand = (day(MIDDLE), removal, Timing.IMMEDIATE)
    statement = bill(opening, [by_hand], until=day("2026-05-01"))
    totals = [digits(invoice.total) for invoice in statement.invoices]
    assert totals == ["300.00", "-75.00", "150.00"]
    asked = change(
        opening.subscription, removal, on=day(MIDDLE), timing=Timing.IMMEDIATE
    )
    assert statement.outcomes[0] == asked
    assert statement.history == (by_hand,)


def test_an_entry_without_a_timing_is_a_pair():
    opening = Story(SMALL, "2026-04-01", seats=10).opening
    entry = (day(MIDDLE), AddSeats(1))
    statement = bill(opening, [(*entry, None)], until=day("2026-05-01"))
    assert statement == bill(opening, [entry], until=day("2026-05-01"))


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ((dt.date(2026, 4, 16), AddSeats(1), "at once"), "timing"),
        ((dt.date(2026, 4, 16), AddSeats(1), None, None), "history"),
        ((dt.date(2026, 4, 16),), "history"),
    ],
)
def test_an_entry_of_another_shape_is_refused(entry, name):
    opening = Story(SMALL, "2026-04-01", seats=10).opening
    with pytest.raises((WrongTypeError, UnknownWordError)) as refused:
        bill(opening, [entry], until=day("2026-05-01"))
    assert refused.value.name == name


# When there is something to do.


def test_the_next_renewal_is_the_end_of_the_running_period():
    story = Story(SMALL, "2026-01-31", seats=10)
    assert next_renewal(story.subscription) == day("2026-02-28")
    story.renew("2026-02-28")
    assert next_renewal(story.subscription) == day("2026-03-31")
    trial = Story(SMALL, "2026-01-31", seats=10, trial_end="2026-02-14")
    assert next_renewal(trial.subscription) == day("2026-02-14")


def test_inside_a_year_lines_that_wait_are_invoiced_each_month():
    rules = BillingRules(settlement=Settlement.MONTHLY)
    story = Story(SMALL, "2026-01-15", interval=ANNUAL, seats=10, rules=rules)
    assert next_renewal(story.subscription) == day("2027-01-15")
    story.change("2026-03-20", AddSeats(1))
    assert next_renewal(story.subscription) == day("2026-04-15")
    assert renew(story.subscription, on=day("2026-04-14")).invoices == ()
    assert renew(story.subscription, on=day("2026-04-15")).invoices != ()


def test_a_freeze_ends_by_itself_and_an_end_is_the_end():
    story = Story(SMALL, "2026-04-01", rules=BillingRules(max_freeze_days=60))
    story.change("2026-04-10", Freeze())
    assert next_renewal(story.subscription) == day("2026-06-09")  # 20 and 31 and 9 days
    story.change("2026-04-12", Unfreeze(), Cancel(), timing=Timing.IMMEDIATE)
    assert next_renewal(story.subscription) is None


def test_a_freeze_that_would_outlast_the_calendar_is_refused_by_name():
    rules = BillingRules(max_freeze_days=3650)
    story = Story(SMALL, "9999-11-01", rules=rules)
    frozen = story.change("9999-11-20", Freeze()).subscription
    with pytest.raises(DateRangeError):
        next_renewal(frozen)
