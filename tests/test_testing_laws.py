"""A law holds for what the library did, and names what is wrong in anything else."""

from __future__ import annotations

import datetime as dt
import pickle
import subprocess
import sys

import attrs
import pytest
from hypothesis.vendor.pretty import pretty

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    MoveBillingDay,
    Plan,
    Price,
    RemoveAddOn,
    RemoveSeats,
    Reprice,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Timing,
    change,
    credit_note,
    subscribe,
)
from seatbill.errors import MissingExtraError, NoChangeError
from seatbill.rebilling import rebill
from seatbill.rules import Direction
from seatbill.subscriptions import CreditedCharge, RecordCreditNote
from seatbill.testing import (
    _laws_of_dates,
    _laws_of_notes,
    _laws_of_order,
    _laws_of_roads,
    laws,
)
from seatbill.testing.histories import History, Readings
from seatbill.testing.laws import LawError

SEAT = Plan("basic", "Basic", 1, (Price(unit_amount="31.00", currency="USD"),))
MORE = Plan("pro", "Pro", 2, (Price(unit_amount="62.00", currency="USD"),))
AT_ONCE = BillingRules(
    seats_removed=Timing.IMMEDIATE, downgrade=Timing.IMMEDIATE, max_freeze_days=0
)
VAT = TaxRate("vat", "0.20")
JANUARY, MIDDLE, END = (
    dt.date(2026, 1, 1),
    dt.date(2026, 1, 17),
    dt.date(2026, 2, 1),
)


def opening(plan=SEAT, rules=AT_ONCE, **more):
    """Two seats from 1 January, at 1.00 a day each in January."""
    asked = {
        "id": "sub",
        "interval": MONTHLY,
        "seats": 2,
        "on": JANUARY,
        "rules": rules,
        "tax_rates": (VAT,),
    }
    return subscribe(plan, **(asked | more))


def lived(*asked, until=END, measured=None, **more):
    """Return the history of *asked*, pairs of a day and changes."""
    return History.of(opening(**more), asked, until=until, measured=measured)


def with_invoice(history, at, **fields):
    """Return *history* with other fields on an invoice of the outcome *at*."""
    outcome = history.outcomes[at]
    invoice = attrs.evolve(outcome.invoices[0], **fields)
    return with_outcome(history, at, invoices=(invoice,))


def with_outcome(history, at, **fields):
    """Return *history* with other fields on the outcome *at*."""
    outcomes = list(history.outcomes)
    outcomes[at] = attrs.evolve(outcomes[at], **fields)
    return attrs.evolve(history, outcomes=tuple(outcomes))


ADDED = lived((MIDDLE, AddSeats(1)))
BACK = lived((MIDDLE, RemoveSeats(1)))
WAITS = lived((MIDDLE, Cancel()), until=MIDDLE)


def test_what_the_library_did_breaks_no_law():
    for history in (ADDED, BACK, WAITS):
        laws.check(history)


def test_of_a_note_that_is_not_there_nothing_is_told():
    """It took 31.00 of 62.00, and nobody knows on which document."""
    half = [CreditedCharge("1:plan:basic:seat", Money("31.00", "USD"))]
    laws.check(lived((MIDDLE, RecordCreditNote("sub:1/credit-1", half))))


def test_what_would_come_after_an_end_need_not_take_effect():
    """The free plan waits for 1 February; a plan asked for too late, for 1 March."""
    free, other = Plan("free", "Free", 0), attrs.evolve(SEAT, id="other")
    rules = BillingRules(notice_days=7, free_plan=free, upgrade=Timing.PERIOD_END)
    asked = ((MIDDLE, SwitchPlan(free)), (dt.date(2026, 1, 28), SwitchPlan(other)))
    history = lived(*asked, rules=rules, until=END)
    waits = history.outcomes[1].subscription.pending_updates
    assert [update.applies_on.month for update in waits] == [2, 3]
    laws.check(history)


def test_a_law_that_is_broken_tells_which_when_where_and_what():
    # Half of January, 15 of 31 days at 1.00: 15.00, and here a cent more.
    line = ADDED.outcomes[0].invoices[0].lines[0]
    wrong = attrs.evolve(line, amount_minor=1501)
    with pytest.raises(LawError) as broken:
        laws.every_line_proves_itself(with_invoice(ADDED, 0, lines=(wrong,)))
    error = broken.value
    assert isinstance(error, AssertionError)
    assert (error.code, error.law) == ("law_broken", "every line proves itself")
    assert (error.day, error.found, error.wanted) == (MIDDLE, 1501, 1500)
    assert error.place == "line 0 of sub:2, basic: the amount"
    assert str(error) == (
        "every line proves itself, 2026-01-17: "
        "line 0 of sub:2, basic: the amount is 1501, not 1500."
    )
    assert pickle.loads(pickle.dumps(error)).as_dict() == error.as_dict()


def _more(sub, **fields):
    return attrs.evolve(sub, **fields)


SUB = ADDED.outcomes[0].subscription
CREDIT = BACK.outcomes[0].invoices[0]

BROKEN = [
    (
        laws.asking_twice_is_answered_alike,
        with_outcome(ADDED, 0, effective_on=END),
        "the outcome of the same call",
    ),
    (
        laws.every_line_proves_itself,
        with_invoice(ADDED, 0, total_minor=1),
        "verify(sub:2)",
    ),
    (
        laws.taxes_and_totals_are_sums_of_rounded_lines,
        with_invoice(ADDED, 0, taxes=()),
        "a rate without a tax on sub:2",
    ),
    (
        laws.taxes_and_totals_are_sums_of_rounded_lines,
        with_invoice(ADDED, 0, subtotal_minor=1),
        "subtotal and total of sub:2",
    ),
    (
        laws.credits_name_their_charge_and_never_exceed_it,
        with_outcome(BACK, 0, invoices=(CREDIT,) * 5),
        "charge 1:plan:basic:seat: given back too much",
    ),
    (
        laws.all_that_goes_back_is_never_more_than_was_charged,
        with_outcome(BACK, 0, invoices=(CREDIT,) * 5),
        "what is left of charge 1:plan:basic:seat",
    ),
    (
        laws.money_is_conserved,
        with_outcome(ADDED, 0, subscription=_more(SUB, credit_balance_minor=1)),
        "the credit balance",
    ),
    (
        laws.credit_is_used_before_anything_is_due,
        with_outcome(ADDED, 0, subscription=_more(SUB, credit_balance_minor=1)),
        "credit left beside an amount due",
    ),
    (
        laws.a_bill_is_its_steps,
        attrs.evolve(ADDED, outcomes=ADDED.outcomes[:1]),
        "the subscription billed",
    ),
    (
        laws.a_history_cut_in_two_comes_to_the_same,
        with_invoice(ADDED, 0, total_minor=1),
        "the invoices of both parts, cut after entry 0",
    ),
    (
        laws.a_change_renews_first_what_is_due,
        with_outcome(ADDED, 0, effective_on=END),
        "when it takes effect",
    ),
    (
        laws.values_travel,
        with_invoice(ADDED, 0, total_minor=1),
        "the invoices after a pickle",
    ),
    (
        laws.the_world_around_does_not_matter,
        with_outcome(ADDED, 0, effective_on=END),
        "the outcomes",
    ),
    (
        laws.a_refusal_leaves_everything_as_it_was,
        attrs.evolve(ADDED, refused=((0, MIDDLE, (AddSeats(1),)),)),
        "(AddSeats(seats=1, unit='seat'),): refused again",
    ),
    (
        laws.where_nothing_is_due_nothing_happens,
        attrs.evolve(ADDED, until=dt.date(2026, 3, 1)),
        "the version",
    ),
    (
        laws.versions_grow_and_invoices_come_in_order,
        with_outcome(ADDED, 0, previous_version=7),
        "the previous version",
    ),
    (
        laws.versions_grow_and_invoices_come_in_order,
        with_outcome(ADDED, 0, invoices=ADDED.opening.invoices),
        "the versions of the invoices",
    ),
    (
        laws.what_waits_takes_effect_on_the_day_that_it_says,
        with_outcome(WAITS, 0, effective_on=JANUARY),
        "the day of effect is one of those that wait",
    ),
    (
        laws.a_subscription_stays_small,
        with_outcome(ADDED, 0, subscription=_more(SUB, charges=SUB.charges * 2)),
        "what is kept twice",
    ),
    (
        laws.after_the_end_nothing_runs_or_waits,
        with_outcome(ADDED, 0, subscription=_more(SUB, ended_on=MIDDLE)),
        "what runs or waits after the end",
    ),
    (
        laws.nothing_is_charged_for_days_given_or_paused,
        with_outcome(ADDED, 0, subscription=_more(SUB, paid_until=MIDDLE)),
        "the start of 1:plan:basic:seat, before it",
    ),
]


@pytest.mark.parametrize(
    ("law", "history", "place"), BROKEN, ids=[law.__name__ for law, _, _ in BROKEN]
)
def test_each_law_can_be_broken(law, history, place):
    with pytest.raises(LawError) as broken:
        law(history)
    assert broken.value.law == law.__name__.replace("_", " ")
    assert broken.value.place.startswith(place)  # or within it


@pytest.mark.parametrize(
    ("room", "name", "other", "law"),
    [
        pytest.param(
            _laws_of_roads,
            "preview_invoice",
            lambda sub, measured=None: ADDED.opening.invoices[0],
            laws.a_preview_is_the_invoice_of_the_next_renewal,
            id="another preview",
        ),
        pytest.param(
            _laws_of_notes,
            "rebill",
            lambda opening, issued, _, **more: rebill(
                opening,
                issued,
                _,
                **more | {"previous": ()},
            ),
            laws.all_that_goes_back_is_never_more_than_was_charged,
            id="a correction that knows no notes",
        ),
        pytest.param(
            _laws_of_dates,
            "end_of",
            lambda anchor, start, interval: start,
            laws.periods_tile,
            id="another calendar",
        ),
        pytest.param(
            _laws_of_dates,
            "change",
            lambda sub, there, back, on: change(sub, AddSeats(1), on=on),
            laws.dates_moved_there_and_back_cost_nothing,
            id="another seat for a date",
        ),
        pytest.param(
            _laws_of_roads,
            "adopted",
            lambda sub: attrs.evolve(sub, version=99),
            laws.a_subscription_is_adopted_by_its_own_fields,
            id="another version",
        ),
        pytest.param(
            _laws_of_roads,
            "LONG",
            dt.timedelta(0),
            None,
            id="no time at all",
        ),
    ],
)
def test_a_law_asks_the_library_and_not_itself(monkeypatch, room, name, other, law):
    monkeypatch.setattr(room, name, other)
    if law is None:  # nothing goes by, so nothing can differ
        laws.a_long_absence_is_many_short_ones(ADDED)
        return
    with pytest.raises(LawError):
        law(ADDED)


def test_a_long_absence_that_is_billed_otherwise_is_found(monkeypatch):
    seen = []

    def twice(history, subscription, on):
        seen.append(on)
        outcomes = renewed(history, subscription, on)
        return outcomes if len(seen) == 1 else (*outcomes, *outcomes)

    renewed = History.renewed
    monkeypatch.setattr(History, "renewed", twice)
    with pytest.raises(LawError) as broken:
        laws.a_long_absence_is_many_short_ones(ADDED)
    assert broken.value.place == "the invoices[1].version"  # of February, once more


def test_a_renewal_that_is_refused_is_found(monkeypatch):
    def refuses(history, subscription, on):
        raise NoChangeError("plan", "basic")

    monkeypatch.setattr(History, "renewed", refuses)
    with pytest.raises(LawError) as broken:
        laws.no_renewal_is_ever_refused(ADDED)
    assert (broken.value.found, broken.value.wanted) == ("no_change", None)


def pack(id, rank):
    """Return a package of disk space."""
    price = Price(unit=id, unit_amount="3.00", currency="USD")
    return AddOn(id, id, (price,), family="disk", rank=rank)


SMALL, LARGE = pack("small", 1), pack("large", 2)
LATER = {way.value: Timing.PERIOD_END for way in Direction}
LAST = dt.date(2026, 1, 31)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("plan", SwitchPlan(MORE)),
        ("interval", SwitchInterval(QUARTERLY)),
        ("seats", RemoveSeats(1)),
        ("add_on", RemoveAddOn(SMALL)),
        ("package", SwitchPackage(SMALL, LARGE)),
        ("cancellation", Cancel()),
        ("price", Reprice(attrs.evolve(SEAT, prices=MORE.prices), END)),
    ],
)
@pytest.mark.parametrize("day", [MIDDLE, LAST])
def test_what_waits_is_compared_by_its_kind(kind, asked, day):
    rules = BillingRules(**LATER)
    history = lived((day, asked), rules=rules, add_ons=(SMALL,), until=day)
    laws.check(history)
    (update,) = history.subscription.pending_updates
    found, wanted = _laws_of_order._effect(update, history.subscription)
    assert (update.kind, update.applies_on, found == wanted) == (kind, END, False)


def test_of_two_prices_for_one_renewal_the_later_is_waited_for():
    dearer = attrs.evolve(SEAT, prices=MORE.prices)
    asked = Reprice(dearer, END), Reprice(SEAT, dt.date(2026, 1, 20))
    history = lived((MIDDLE, asked), until=MIDDLE)
    found = [update.applies_on for update in history.subscription.pending_updates]
    assert found == [END, END]
    laws.check(history)


def test_a_frozen_subscription_is_looked_at_after_it_has_thawed():
    frozen = lived(
        (MIDDLE, Freeze()), rules=BillingRules(max_freeze_days=10), until=MIDDLE
    )
    assert frozen.subscription.frozen_on == MIDDLE
    laws.check(frozen)


# There and back.


def test_a_change_and_its_reversal_sum_to_zero():
    sub = opening().subscription
    laws.sum_to_zero(sub, AddSeats(3), RemoveSeats(3), on=MIDDLE)
    laws.sum_to_zero(sub, SwitchPlan(MORE), SwitchPlan(SEAT), on=MIDDLE)


def test_a_reversal_that_gives_nothing_back_is_found():
    sub = opening(rules=BillingRules()).subscription
    with pytest.raises(LawError) as broken:
        laws.sum_to_zero(sub, AddSeats(3), RemoveSeats(3), on=MIDDLE)
    # 3 seats for 15 of 31 days, and 20 % on top.
    assert (broken.value.place, broken.value.found) == ("the sum of both", 5400)


def test_a_reversal_that_leaves_something_running_is_found():
    free = Plan("basic", "Basic", 1, (Price(unit_amount="0", currency="USD"),))
    sub = opening(plan=free).subscription
    with pytest.raises(LawError) as broken:
        laws.sum_to_zero(sub, AddSeats(3), RemoveSeats(2), on=MIDDLE)
    assert broken.value.place == "what runs"


# Histories.


def test_a_history_keeps_what_was_refused_and_what_came_of_the_rest():
    history = lived((MIDDLE, AddSeats(1)), (MIDDLE, SwitchPlan(SEAT)))
    assert history.entries == ((MIDDLE, (AddSeats(1),)),)
    assert history.refused == ((1, MIDDLE, (SwitchPlan(SEAT),)),)
    # The change, and the renewal on the last day.
    assert [o.on for o in history.outcomes] == [MIDDLE, END]
    assert [o.subscription.version for o in history.outcomes] == [2, 3]
    assert [s.version for s, _ in history.steps] == [1, 2]
    assert [i.key for i in history.invoices] == ["sub:1", "sub:2", "sub:3"]
    assert history.subscription.quantity() == 3


def test_what_was_refused_for_its_timing_is_refused_again():
    """By the rules it would not be: an end by hand cannot start a new period."""
    history = lived((MIDDLE, Cancel(), Timing.RESTART))
    assert history.refused == ((0, MIDDLE, (Cancel(),), Timing.RESTART),)
    laws.check(history)


def test_a_history_is_made_of_the_outcomes_that_a_host_has_kept():
    first = opening()
    second = change(first.subscription, AddSeats(1), on=MIDDLE)
    kept = History(opening=first, outcomes=(second,), until=MIDDLE)
    laws.check(kept)
    assert repr(kept).startswith("History.of(Outcome(subscription=")
    with pytest.raises(TypeError):
        History(opening=second.subscription, until=MIDDLE)


def test_a_timing_by_hand_is_billed_by_hand():
    first = opening(rules=BillingRules())
    goodwill = Timing.IMMEDIATE
    second = change(first.subscription, RemoveSeats(1), on=MIDDLE, timing=goodwill)
    kept = History(opening=first, outcomes=(second,), until=MIDDLE)
    assert kept.entries == ((MIDDLE, (RemoveSeats(1),), goodwill),)
    laws.check(kept)
    other = attrs.evolve(kept, outcomes=(attrs.evolve(second, timing=None),))
    with pytest.raises(LawError):
        laws.asking_twice_is_answered_alike(other)


def test_a_history_is_written_as_code():
    arguments = {"plan": SEAT, "id": "sub"}
    asked = [(MIDDLE, [AddSeats(1)])]
    measured = Readings(("team",), (3,))
    history = History.of(
        opening(), asked, until=END, measured=measured, arguments=arguments
    )
    said = repr(history)
    assert said.startswith("History.of(subscribe(plan=Plan(id='basic'")
    assert "id='sub'), [(datetime.date(2026, 1, 17), (AddSeats(seats=1" in said
    assert said.endswith(
        "until=datetime.date(2026, 2, 1), "
        "measured=Readings(units=('team',), numbers=(3,)))"
    )
    assert pretty(history) == said  # as Hypothesis shows a counterexample


def test_measured_quantities_are_handed_to_the_renewals():
    team = Price(unit="team", unit_amount="10.00", currency="USD", measured=True)
    plan = Plan("teams", "Teams", 1, (team,))
    measured = Readings(("team",), (3, 5))
    history = History.of(
        opening(plan=plan, seats={"team": 4}),
        [(dt.date(2026, 2, 10), GrantCredit(Money("1.00", "USD"), "a gift"))],
        until=dt.date(2026, 4, 1),
        measured=measured,
    )
    # Days 739 648, 739 676 and 739 707 of the calendar: even, even and odd.
    assert [o.subscription.quantity("team") for o in history.outcomes] == [3, 3, 3, 5]
    laws.check(history)
    early = History.of(
        history.opening,
        [(dt.date(2025, 1, 1), AddSeats(1, "team"))],
        until=JANUARY,
        measured=measured,
    )
    assert early.outcomes == ()
    assert len(early.refused) == 1


def test_readings_need_a_number():
    with pytest.raises(ValueError, match="numbers"):
        Readings(("team",), ())


# Without Hypothesis.


def test_without_hypothesis_the_extra_is_named_and_the_laws_stay():
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from seatbill.errors import MissingExtraError\n"
        "from seatbill.testing import laws\n"
        "for room in ('strategies', 'machine'):\n"
        "    try:\n        __import__('seatbill.testing.' + room)\n"
        "    except MissingExtraError as error:\n        print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    said = (
        "The package hypothesis is not installed: "
        "install it with pip install 'seatbill[testing]'."
    )
    assert run.stdout.splitlines() == [said, said]


def test_the_refusal_without_hypothesis_is_typed(monkeypatch):
    import importlib

    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "seatbill.testing._hypothesis", raising=False)
    with pytest.raises(MissingExtraError) as refused:
        importlib.import_module("seatbill.testing._hypothesis")
    assert (refused.value.package, refused.value.extra) == ("hypothesis", "testing")


@pytest.mark.parametrize("interval", [MONTHLY, ANNUAL])
@pytest.mark.parametrize("day", [3, 20, 31])
def test_periods_tile_where_the_billing_day_is_moved(interval, day):
    sold = Price(unit_amount="31.00", currency="USD", interval=interval)
    history = lived(
        (dt.date(2026, 2, 10), MoveBillingDay(day)),
        until=dt.date(2028, 3, 1),
        plan=Plan("moved", "Moved", 1, (sold,)),
        interval=interval,
    )
    assert history.subscription.billing_cycle_anchor.day == day
    laws.periods_tile(history)


def test_periods_of_days_tile_in_a_plan_by_the_day():
    """The weeks of a plan by the fortnight: 8 to 15 January follows 1 to 8 January."""
    week, fortnight = Interval(days=7), Interval(days=14)
    sms = Price(unit="sms", unit_amount="7.00", currency="USD", interval=week)
    sold = Price(unit_amount="14.00", currency="USD", interval=fortnight)
    history = lived(
        (dt.date(2026, 1, 9), AddSeats(1)),
        until=dt.date(2026, 1, 20),
        plan=Plan("days", "Days", 1, (sold,)),
        interval=fortnight,
        add_ons=[AddOn("sms", "Sms", [sms], interval=week)],
    )
    days = [o.period.start.day for s in history.subscriptions for o in s.add_ons]
    assert days == [1, 8, 15]
    laws.periods_tile(history)


def test_a_recorded_note_counts_as_given_back():
    """62.00 for two seats: all of it may be noted, and not a cent more."""
    (invoice,) = opening().invoices
    note = credit_note(invoice, lines=[0], reason="goodwill", issued_on=MIDDLE)
    record = note.to_record()
    history = lived((MIDDLE, record))
    law = laws.credits_name_their_charge_and_never_exceed_it
    law(history)
    (taken,) = record.charges
    more = attrs.evolve(taken, amount=Money("62.01", "USD"))
    record = attrs.evolve(record, charges=[more])
    with pytest.raises(LawError) as broken:
        law(with_outcome(history, 0, changes=(record,)))
    assert (broken.value.found, broken.value.wanted) == (-1, 0)


def test_credit_that_was_asked_for_as_money_is_plain_money():
    """10.00 pay some of 62.00; of 11.00 that were asked for, 1.00 would be missing."""
    ten = Money("10.00", "USD")
    opened = opening(credit=ten)
    history = History.of(opened, (), until=END, arguments={"credit": ten})
    laws.money_is_conserved(history)
    other = attrs.evolve(history, asked={"credit": Money("11.00", "USD")})
    with pytest.raises(LawError) as broken:
        laws.money_is_conserved(other)
    assert (broken.value.found, broken.value.wanted) == (0, 100)
