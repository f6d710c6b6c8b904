"""Every time field and every time argument: of one kind, in UTC, refused at the door.

`FIELDS` names every field of a public value that is a time or holds one, found by
walking their annotations, so that a new one cannot be forgotten.  Each value is made
twice, of days and of instants; then each field in turn is given the same time of the
other kind.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import attrs
import public_names
import pytest

import test_bad_input
import test_bad_input_systems
from seatbill import (
    MONTHLY,
    AddOn,
    AddSeats,
    BillingRules,
    Discount,
    GrantCredit,
    Member,
    Money,
    Period,
    Reprice,
    Resume,
    Settlement,
    Statement,
    SwitchPlan,
    Team,
    bill,
    change,
    correct_recipient,
    credit_note,
    rebill,
    subscribe,
)
from seatbill._values.base import Quantities
from seatbill.allowances import AllowancePeriod
from seatbill.combining import combine
from seatbill.converters import (
    BillRequest,
    ChangeRequest,
    DatedChanges,
    InvalidDataError,
    from_data,
    to_data,
)
from seatbill.converters._vocabulary import KINDS
from seatbill.corrections import CreditNote, NumberedInvoice, number
from seatbill.credit import CreditKind, CreditLot
from seatbill.documents import timeline_svg, to_html
from seatbill.errors import (
    EmptyPeriodError,
    MixedTimeError,
    NaiveDatetimeError,
    NotUtcError,
    OutOfOrderError,
    UnknownItemError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.invoices import Invoice, InvoiceLine, LineKind
from seatbill.licences import (
    Enrollment,
    LicenceUnit,
    LicenceVariant,
    TeamHistory,
    Workspace,
    meter,
)
from seatbill.parties import Party
from seatbill.payments import AuthorizationHold
from seatbill.quotes import quote
from seatbill.rebilling import origins
from seatbill.revenue import RevenuePart
from seatbill.reviews import Activity, ConfigurationChange, reconcile
from seatbill.rules import ChangeKind
from seatbill.seats import DEACTIVATED, occupancy
from seatbill.subscriptions import (
    AppliedDiscount,
    Outcome,
    PendingUpdate,
    SubscribedAddOn,
)
from seatbill.terms import Term
from seatbill.testing.histories import History
from seatbill.testing.services import Stored
from seatbill.views import add_on_options, billing_view, plan_options
from seatbill.wallets import Pack, Purchase, Wallet, WalletPolicy, decide
from shop import LARGE, SMALL
from test_bad_input import CATALOG

Time = Callable[[str], Any]


def a_day(text: str) -> dt.date:
    """Return a day."""
    return dt.date.fromisoformat(text)


def an_instant(text: str) -> dt.datetime:
    """Return the first instant of a day."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


INSTANT = an_instant("2026-04-16")


def credit_line() -> InvoiceLine:
    """Return a line that gives something back."""
    (invoice,) = [i for i in DAYS[Statement].invoices if len(i.lines) > 1][:1]
    return next(line for line in invoice.lines if line.kind is LineKind.CREDIT)


def world(t: Time) -> dict[type, Any]:
    """Return a value of each class that has a time, counting in days or instants."""
    rules = BillingRules(settlement=Settlement.ON_RENEWAL)
    opening = subscribe(
        SMALL,
        id="s",
        interval=MONTHLY,
        seats=10,
        on=t("2026-04-01"),
        rules=BillingRules(),
        recipient=Party(name="Ada"),
    )
    history = [
        (t("2026-04-16"), AddSeats(1)),
        (t("2026-04-17"), SwitchPlan(LARGE)),
        (t("2026-04-18"), Reprice(LARGE, t("2026-06-01"))),
    ]
    statement = bill(opening, history, until=t("2026-05-02"))
    invoice = statement.invoices[0]
    line = invoice.lines[0]
    note = credit_note(invoice, reason="goodwill", issued_on=t("2026-04-05"))
    waiting = subscribe(
        SMALL, id="w", interval=MONTHLY, seats=10, on=t("2026-04-01"), rules=rules
    )
    waiting = change(waiting.subscription, AddSeats(1), on=t("2026-04-02"))
    waiting = change(waiting.subscription, SwitchPlan(LARGE), on=t("2026-04-03"))
    lot = CreditLot(Money("1", "USD"), CreditKind.GIFT, t("2026-05-01"))
    update = PendingUpdate(
        kind=ChangeKind.PRICE,
        value=SMALL,
        applies_on=t("2026-05-01"),
        requested_on=t("2026-04-03"),
        from_day=t("2026-05-01"),
    )
    sub = attrs.evolve(
        waiting.subscription,
        pending_updates=[update],
        charges=[attrs.evolve(waiting.subscription.charges[0], since=t("2026-04-01"))],
        accrued_lines=waiting.subscription.waiting_lines[:1],
        credit_lots=[lot],
    )
    off = Discount.percent("10", id="d", until=t("2026-09-01"))
    monthly = AddOn("sms", "SMS", interval=MONTHLY, anchored_on="purchase")
    month = Period(t("2026-04-01"), t("2026-05-01"))
    held = SubscribedAddOn(monthly, 1, month, t("2026-04-01"))
    member = Member("ann", joined_on=t("2026-01-01"), left_on=t("2027-01-01"))
    team = TeamHistory(
        "ops",
        [Enrollment("ann", t("2026-01-01"), t("2026-06-01"))],
        [(t("2026-01-01"), None)],
    )
    wallet = Wallet(
        WalletPolicy(unit="credit", currency="USD", purposes=["sms"]),
        pending=[
            Purchase(
                number=1,
                pack=Pack(id="p", units="10", price=Money("9", "USD")),
                quantity=1,
                ordered_on=a_day("2026-04-01"),
            )
        ],
        purchase_count=1,
        top_up_month=a_day("2026-04-01"),
    )
    wrong = attrs.evolve(invoice, subtotal_minor=1)
    options = plan_options(sub, CATALOG, on=t("2026-04-05"))
    extras = add_on_options(sub, CATALOG, on=t("2026-04-05"))
    asked = DatedChanges(on=t("2026-04-16"), changes=(AddSeats(1),))
    made = [
        combine([invoice], key="all"),
        quote(statement.outcomes[-1], number="Q-1", until=t("2026-05-02")),
        Reprice(LARGE, t("2026-06-01")),
        note,
        note.lines[0],
        number(invoice, "F-1", due_on=t("2026-05-01")),
        attrs.evolve(options[0], waits_for=t("2026-05-01")),
        options[0].comparison,
        options[-1].comparison.preview,
        attrs.evolve(extras[0], removal=extras[0].preview, waits_for=t("2026-05-01")),
        correct_recipient(invoice, Party(name="Bob"), use_from_now_on=False).accept(
            on=t("2026-04-03")
        ),
        Activity(line.whole, 1),
        reconcile(wrong, statement),
        reconcile(wrong, statement).lines[0],
        ConfigurationChange(
            on=t("2026-04-16"), what="seats", key="seat", before=10, after=11
        ),
        LicenceVariant(LicenceUnit.TEAM, from_day=t("2026-01-01")),
        BillingRules(
            licence_variants=[
                LicenceVariant(LicenceUnit.TEAM, from_day=t("2026-01-01")),
                LicenceVariant(LicenceUnit.TEAM, from_day=t("2026-02-01")),
            ]
        ),
        team.enrollments[0],
        team,
        Workspace([team], [member]),
        BillRequest(
            plan=SMALL,
            interval=MONTHLY,
            seats=Quantities({"seat": 10}),
            on=t("2026-04-01"),
            until=t("2026-05-01"),
            changes=(asked,),
            rules=BillingRules(),
            anchor=t("2026-04-01"),
            trial_end=t("2026-04-10"),
            measured=((t("2026-05-01"), Quantities({"team": 3})),),
            members=(member,),
            credit=(lot,),
        ),
        ChangeRequest(
            subscription=sub,
            on=t("2026-04-16"),
            measured=((t("2026-05-01"), Quantities({"team": 3})),),
        ),
        asked,
        lot,
        GrantCredit(lot.amount, "gift", lot.kind, lot.expires_on),
        AllowancePeriod(start=t("2026-04-01"), end=t("2026-05-01")),
        attrs.evolve(invoice, credit_lots=[lot]),
        line,
        attrs.evolve(
            statement, measurements=((t("2026-05-01"), Quantities({"team": 3})),)
        ),
        AuthorizationHold(Money("1", "USD"), t("2026-04-01"), t("2026-04-02")),
        Period(t("2026-04-01"), t("2026-05-01")),
        attrs.evolve(
            rebill(opening, [invoice], [], until=t("2026-04-30")),
            credit_notes=[note],
            invoice=invoice,
        ),
        member,
        Team("ops", ["ann"], archived_on=t("2026-04-01")),
        sub.charges[0],
        attrs.evolve(
            waiting,
            replaced=(update,),
            invoices=(invoice,),
            changes=(Reprice(LARGE, t("2026-06-01")),),
        ),
        update,
        attrs.evolve(
            sub,
            trial_end=t("2026-03-01"),
            frozen_on=None,
            add_ons=[held],
            discounts=[AppliedDiscount(off)],
            term=Term().begun(t("2026-04-01")),
        ),
        held,
        History(opening=opening, outcomes=statement.outcomes, until=t("2026-05-02")),
        attrs.evolve(
            billing_view(sub, on=t("2026-04-05"), wallet=wallet),
            renews_on=t("2026-05-01"),
            ends_on=t("2026-05-01"),
            next_invoice=invoice,
        ),
        wallet,
        wallet.pending[0],
        decide(wallet, on=t("2026-04-02")),
    ]
    stored = Stored(sub, (invoice,))
    return {type(value): value for value in [*made, stored]}


# What is done with each field.

MET = "of the kind of the rest"
ALONE = "its kind is seen where it meets another"
DATE = "by the calendar: a date always"
APART = "of its own kind: it is compared with nothing here"
ANSWER = "made by the library, and read by nobody here"

FIELDS = {
    "Activity.period": ALONE,
    "AddOnOption.preview": ALONE,
    "AddOnOption.removal": MET,
    "AddOnOption.waits_for": MET,
    "AllowancePeriod.end": MET,
    "AllowancePeriod.start": MET,
    "AppliedDiscount.discount": ALONE,
    "AppliedDiscount.ends_on": ALONE,
    "ApplyDiscount.discount": ALONE,
    "AuthorizationHold.placed_on": MET,
    "AuthorizationHold.released_on": MET,
    "BillAnswer.until": ANSWER,
    "BillingRules.licence_variants": ALONE,
    "BillingView.ends_on": MET,
    "BillingView.next_invoice": MET,
    "BillingView.renews_on": MET,
    "BillingView.subscription": MET,
    "BillingView.wallet": DATE,
    "BillRequest.add_ons": APART,
    "BillRequest.anchor": MET,
    "BillRequest.changes": MET,
    "BillRequest.credit": MET,
    "BillRequest.discounts": APART,
    "BillRequest.measured": MET,
    "BillRequest.members": MET,
    "BillRequest.on": MET,
    "BillRequest.rules": APART,
    "BillRequest.trial_end": MET,
    "BillRequest.until": MET,
    "ChangeAnswer.effective_on": ANSWER,
    "ChangeAnswer.replaced": ANSWER,
    "ChangeRequest.changes": "told by ``change_request``, with its place",
    "ChangeRequest.measured": MET,
    "ChangeRequest.on": MET,
    "ChangeRequest.rulebook": APART,
    "ChangeRequest.subscription": MET,
    "Charge.since": ALONE,
    "Charge.terms": APART,
    "CombinedInvoice.invoices": MET,
    "CombinedInvoice.issued_on": MET,
    "ConfigurationChange.on": ALONE,
    "Correction.credit_notes": MET,
    "Correction.invoice": MET,
    "Correction.statement": MET,
    "Correction.subscription": MET,
    "CorrectiveInvoice.decided_on": MET,
    "CorrectiveInvoice.original": MET,
    "CreditLot.expires_on": ALONE,
    "CreditNote.issued_on": MET,
    "CreditNote.lines": MET,
    "CreditNoteLine.line": ALONE,
    "CreditSplit.lots": APART,
    "DatedChanges.changes": "told by ``bill_request``, with its place",
    "DatedChanges.on": ALONE,
    "Decision.purchase": DATE,
    "Decision.wallet": DATE,
    "Discount.until": ALONE,
    "Enrollment.end": MET,
    "Enrollment.start": MET,
    "Fact.day": ANSWER,
    "Fact.period": ANSWER,
    "GrantCredit.expires_on": ALONE,
    "History.opening": MET,
    "History.outcomes": MET,
    "History.until": MET,
    "Invoice.credit_lots": MET,
    "Invoice.issued_on": MET,
    "Invoice.lines": MET,
    "InvoiceLine.end": MET,
    "InvoiceLine.start": MET,
    "InvoiceLine.terms": APART,
    "InvoiceLine.whole": MET,
    "LicenceVariant.from_day": ALONE,
    "Line.source": ANSWER,
    "Line.time": ANSWER,
    "LineReview.active": MET,
    "LineReview.line": MET,
    "LineSchedule.line": "recognized by the days of its calendar",
    "LineSchedule.parts": DATE,
    "LineTerms.discounts": APART,
    "Lines.lines": ANSWER,
    "Market.discounts": APART,
    "Market.rules": APART,
    "Market.time": "the kind itself",
    "Member.expires_on": MET,
    "Member.joined_on": MET,
    "Member.left_on": MET,
    "NumberedInvoice.document": MET,
    "NumberedInvoice.due_on": MET,
    "NumberedInvoice.issued_on": MET,
    "Outcome.changes": MET,
    "Outcome.effective_on": MET,
    "Outcome.invoices": MET,
    "Outcome.on": MET,
    "Outcome.replaced": MET,
    "Outcome.subscription": MET,
    "Particulars.preceding": APART,
    "PendingUpdate.applies_on": MET,
    "PendingUpdate.from_day": MET,
    "PendingUpdate.requested_on": MET,
    "Period.end": MET,
    "Period.start": MET,
    "PlanComparison.preview": ALONE,
    "PlanOption.comparison": ALONE,
    "PlanOption.waits_for": MET,
    "PrecedingInvoice.issued_on": APART,
    "Preview.outcome": ALONE,
    "Purchase.ordered_on": DATE,
    "Quote.outcome": ALONE,
    "Quote.until": MET,
    "Reconciliation.events": MET,
    "Reconciliation.expected": MET,
    "Reconciliation.invoice": MET,
    "Reconciliation.lines": MET,
    "Reprice.from_day": ALONE,
    "Reminder.on": ALONE,
    "RevenuePart.period": DATE,
    "RevenueSchedule.lines": DATE,
    "RunningTerm.period": ALONE,
    "SetSeats.from_day": ALONE,
    "Sheet.blocks": ANSWER,
    "Sheet.day": ANSWER,
    "Statement.history": MET,
    "Statement.invoices": MET,
    "Statement.measurements": MET,
    "Statement.opening": MET,
    "Statement.subscription": MET,
    "Statement.until": MET,
    "Stored.invoices": MET,
    "Stored.subscription": MET,
    "SubscribedAddOn.anchor": MET,
    "SubscribedAddOn.period": MET,
    "Subscription.accrued_lines": MET,
    "Subscription.add_ons": MET,
    "Subscription.billing_cycle_anchor": MET,
    "Subscription.changed_on": MET,
    "Subscription.charges": MET,
    "Subscription.credit_lots": MET,
    "Subscription.current_period": MET,
    "Subscription.discounts": MET,
    "Subscription.ended_on": MET,
    "Subscription.frozen_on": MET,
    "Subscription.moved_from": MET,
    "Subscription.paid_until": MET,
    "Subscription.pending_updates": MET,
    "Subscription.rules": APART,
    "Subscription.term": MET,
    "Subscription.trial_end": MET,
    "Subscription.waiting_lines": MET,
    "Team.archived_on": ALONE,
    "TeamHistory.active": MET,
    "TeamHistory.enrollments": MET,
    "UnitLot.expires_on": DATE,
    "Wallet.lots": DATE,
    "Wallet.pending": DATE,
    "Wallet.top_up_month": DATE,
    "WithdrawPending.from_day": ALONE,
    "Workspace.members": MET,
    "Workspace.teams": MET,
}
# Annotated with anything: rows of a history, and what is kept of one.
UNSAID = {"Statement.history"}


def public_values() -> dict[str, type]:
    """Return every public value class by its name."""
    found = {}
    for door in public_names.doors():
        module = import_module(door)
        for name in module.__all__:
            kind = getattr(module, name)
            if inspect.isclass(kind) and attrs.has(kind):
                found[kind.__name__] = kind
    return found


def parts_of(hint: Any) -> Iterator[Any]:
    """Yield an annotation and all that it is made of."""
    if isinstance(hint, list):
        return
    yield hint
    for part in get_args(hint):
        yield from parts_of(part)


VALUES = public_values()
HINTS = {name: get_type_hints(kind) for name, kind in VALUES.items()}


def timed() -> set[Any]:
    """Return the classes that have a time, or hold a value that has one."""
    found: set[Any] = {dt.date, dt.datetime}
    while True:
        more = {
            kind
            for name, kind in VALUES.items()
            if kind not in found
            and any(part in found for f in fields_of(name) for part in f[1])
        }
        if not more:
            return found
        found |= more


def fields_of(name: str) -> list[tuple[str, list[Any]]]:
    """Return each field of a class and what its annotation is made of."""
    return [
        (f.name, [*parts_of(HINTS[name][f.name])]) for f in attrs.fields(VALUES[name])
    ]


def test_every_time_field_of_every_public_value_stands_in_the_table():
    known = timed()
    found = {
        f"{name}.{field}"
        for name in VALUES
        for field, parts in fields_of(name)
        if any(part in known for part in parts)
    }
    assert found | UNSAID == FIELDS.keys()


DAYS, INSTANTS = world(a_day), world(an_instant)
BY_NAME = {kind.__name__: kind for kind in DAYS}
CASES = [
    pytest.param(field, here, there, t, id=f"{field}, {wanted}")
    for field, rule in FIELDS.items()
    if rule is MET
    for here, there, t, wanted in (
        (DAYS, INSTANTS, an_instant, "of days"),
        (INSTANTS, DAYS, a_day, "of instants"),
    )
]


def is_time(value: Any) -> bool:
    """Tell whether *value* is a day or an instant."""
    return isinstance(value, dt.date)


@pytest.mark.parametrize(("field", "here", "there", "t"), CASES)
def test_each_field_refuses_the_other_kind(field, here, there, t):
    kind_name, name = field.split(".")
    kind = BY_NAME[kind_name]
    wrong = getattr(there[kind], name)
    if wrong is None or wrong == ():
        wrong = t("2026-04-01")  # as the field is empty in what is sound
    with pytest.raises(MixedTimeError) as refused:
        attrs.evolve(here[kind], **{name: wrong})
    told = refused.value
    assert told.as_dict()["code"] == "mixed_time"
    assert told.wanted in ("dates", "datetimes in UTC")
    kinds = {"dates": dt.date, "datetimes in UTC": dt.datetime}
    assert type(told.value) is not kinds[told.wanted]
    assert type(told.value) in (dt.date, dt.datetime)


SINGLE = [
    pytest.param(kind, name, id=f"{kind.__name__}.{name}")
    for kind in DAYS
    for name, parts in fields_of(kind.__name__)
    if dt.date in parts
    and name not in ("active", "measured", "measurements")  # of several
]
NAIVE = dt.datetime(2026, 4, 1)
TOKYO = dt.datetime(2026, 4, 1, tzinfo=ZoneInfo("Asia/Tokyo"))
# Summer time is over, and the zone is an hour off all the same.
LONDON = dt.datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(("kind", "name"), SINGLE)
def test_each_field_refuses_a_naive_time_and_another_zone(kind, name):
    for sound in (DAYS[kind], INSTANTS[kind]):
        with pytest.raises(NaiveDatetimeError) as refused:
            attrs.evolve(sound, **{name: NAIVE})
        assert (refused.value.name, refused.value.value) == (name, NAIVE)
        for zoned in (TOKYO, LONDON):
            with pytest.raises(NotUtcError) as refused:
                attrs.evolve(sound, **{name: zoned})
            assert (refused.value.name, refused.value.value) == (name, zoned)


@pytest.mark.parametrize(("kind", "name"), SINGLE)
def test_each_field_keeps_an_instant_as_it_is_written_here(kind, name):
    """UTC by another name is UTC; no hour comes twice in it."""
    sound = INSTANTS[kind]
    at = getattr(sound, name)
    if type(at) is not dt.datetime:
        return  # empty, or a date by the calendar
    same = at.replace(tzinfo=ZoneInfo("UTC"), fold=1)
    kept = getattr(attrs.evolve(sound, **{name: same}), name)
    assert kept == at
    assert (kept.tzinfo, kept.fold) == (dt.UTC, 0)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        pytest.param(DAYS[Purchase], "ordered_on", id="a purchase"),
        pytest.param(DAYS[Wallet], "top_up_month", id="a wallet"),
    ],
)
def test_what_goes_by_the_calendar_is_a_date(value, name):
    with pytest.raises(MixedTimeError) as refused:
        attrs.evolve(value, **{name: an_instant("2026-04-01")})
    assert (refused.value.name, refused.value.wanted) == (name, "dates")


def test_a_part_of_a_revenue_is_a_period_of_days():
    zero = Money("0", "USD")
    instants = Period(an_instant("2026-04-01"), an_instant("2026-05-01"))
    with pytest.raises(MixedTimeError) as refused:
        RevenuePart(instants, zero, zero)
    assert refused.value.wanted == "dates"


@pytest.mark.parametrize("before", [None, "2026-01-01"])
def test_a_table_of_licences_counts_in_one_kind(before):
    days = (before and a_day(before), a_day("2026-02-01"), an_instant("2026-03-01"))
    rows = [LicenceVariant(LicenceUnit.TEAM, from_day=day) for day in days]
    with pytest.raises(MixedTimeError) as refused:
        BillingRules(licence_variants=rows)
    assert refused.value.name == "licence_variants[2].from_day"


# Through JSON.

WRITTEN = [
    pytest.param(field, here, there, id=f"{field}, {wanted}")
    for field, rule in FIELDS.items()
    if rule is MET and BY_NAME[field.split(".")[0]] in KINDS.values()
    for here, there, wanted in (
        (DAYS, INSTANTS, "of days"),
        (INSTANTS, DAYS, "of instants"),
    )
]


LATER = {
    "Subscription.moved_from",
    "Subscription.paid_until",
}  # written where it says something only


@pytest.mark.parametrize(("field", "here", "there"), WRITTEN)
def test_each_field_is_told_with_its_place_in_data(field, here, there):
    kind_name, name = field.split(".")
    kind = BY_NAME[kind_name]
    data, other = to_data(here[kind]), to_data(there[kind])
    assert name in data or field in LATER
    if other.get(name) in (None, []):
        other[name] = to_data(there[Member].joined_on)
    with pytest.raises(InvalidDataError) as refused:
        from_data({**data, name: other[name]}, kind)
    told = {problem.code: problem.where for problem in refused.value.problems}
    assert told.keys() == {"mixed_time"}
    assert told["mixed_time"].startswith("$.")


def test_the_place_of_what_is_held_is_that_of_its_own_time():
    for held, path in (
        ("charges", "$.charges[0].since"),
        ("pending_updates", "$.pending_updates[0].applies_on"),
        ("waiting_lines", "$.waiting_lines[0].start"),
    ):
        kind = BY_NAME["Subscription"]
        data, other = to_data(DAYS[kind]), to_data(INSTANTS[kind])
        with pytest.raises(InvalidDataError) as refused:
            from_data({**data, held: other[held]}, kind)
        assert [p.where for p in refused.value.problems] == [path]


# Arguments.

SOUND = {**test_bad_input.SOUND, **test_bad_input_systems.SOUND}
for door in ("discounts.Discount.percent", "discounts.Discount.fixed"):
    call, arguments = SOUND[door]
    one_length = {"periods": None, "months": None}
    SOUND[door] = call, {**arguments, **one_length}
DOORS = {**test_bad_input.DOORS, **test_bad_input_systems.DOORS}
# What counts by its day in UTC, or is compared with nothing.
EITHER = {
    "discounts.Discount.fixed: until",
    "discounts.Discount.percent: until",
    "seats.occupancy: at",
    "rules.BillingRules.licence_variant: signed_on",
    "periods.Period.nth: anchor",
    "payments.accept: on",
    "payments.authorize: on",
    "payments.PaymentTerms.due_on: issued_on",
    "payments.days_left: on",
    "wallets.buy: on",
    "wallets.Wallet.balance_on: day",
    "wallets.decide: on",
    "wallets.end: on",
    "wallets.lapse: on",
    "wallets.spend: on",
    "formatting.format_date: at",
}
ARGUMENTS = [
    pytest.param(door, name, id=f"{door}: {name}")
    for door, function in DOORS.items()
    if not inspect.isclass(function)
    for name in test_bad_input.parameters_of(function)
    if test_bad_input.annotation_of(function, name) in ("Time", "Time | None")
]


@pytest.mark.parametrize(("door", "name"), ARGUMENTS)
def test_each_argument_refuses_the_other_kind_a_naive_time_and_another_zone(door, name):
    """The sound calls count in days."""
    call, arguments = SOUND[door]
    for wrong, error in ((NAIVE, NaiveDatetimeError), (TOKYO, NotUtcError)):
        with pytest.raises(error):
            call(**arguments | {name: wrong})
    instant = an_instant("2026-04-16")
    if f"{door}: {name}" in EITHER:
        call(**arguments | {name: instant})
        return
    with pytest.raises(MixedTimeError) as refused:
        call(**arguments | {name: instant})
    assert refused.value.as_dict()["code"] == "mixed_time"


def test_what_counts_by_its_day_is_known_by_name():
    known = {f"{p.values[0]}: {p.values[1]}" for p in ARGUMENTS}
    assert known >= EITHER


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(
            lambda: occupancy([DAYS[Member]], owned=1, at=INSTANT), id="people"
        ),
        pytest.param(
            lambda: occupancy(
                [attrs.evolve(DAYS[Member], state=DEACTIVATED)], owned=1, at=INSTANT
            ),
            id="somebody who sits no more",
        ),
        pytest.param(
            lambda: credit_note(
                DAYS[Invoice],
                reason="goodwill",
                issued_on=a_day("2026-04-20"),
                previous=[INSTANTS[CreditNote]],
            ),
            id="an earlier note",
        ),
        pytest.param(
            lambda: origins(credit_line(), [INSTANTS[Invoice]]), id="known invoices"
        ),
        pytest.param(
            lambda: timeline_svg([DAYS[Outcome], INSTANTS[Outcome]]), id="a drawing"
        ),
        pytest.param(
            lambda: reconcile(INSTANTS[Invoice], DAYS[Statement]), id="a review"
        ),
        pytest.param(
            lambda: rebill(
                DAYS[Outcome].subscription,
                [INSTANTS[Invoice]],
                [],
                until=a_day("2026-04-30"),
            ),
            id="an issued invoice",
        ),
        pytest.param(
            lambda: meter(DAYS[Workspace], DAYS[LicenceVariant], anchor=INSTANT),
            id="the anchor of a meter",
        ),
        pytest.param(
            lambda: to_html(DAYS[Statement], members=[INSTANTS[Member]]),
            id="people on a page",
        ),
    ],
)
def test_days_and_instants_are_told_where_values_meet(call):
    with pytest.raises((MixedTimeError, UnknownItemError)) as refused:
        call()
    assert refused.value.as_dict()["remedy"]


# In order.


@pytest.mark.parametrize("t", [a_day, an_instant], ids=["days", "instants"])
def test_what_ends_before_it_starts_is_refused(t):
    values = DAYS if t is a_day else INSTANTS
    early, late = t("2026-04-01"), t("2026-04-20")
    for kind, fields, error in (
        (InvoiceLine, {"start": late, "end": early}, EmptyPeriodError),
        (Period, {"start": late, "end": early}, EmptyPeriodError),
        (Enrollment, {"start": late, "end": early}, EmptyPeriodError),
        (TeamHistory, {"active": [(late, early)]}, EmptyPeriodError),
        (Member, {"joined_on": late, "left_on": early}, EmptyPeriodError),
        (
            AuthorizationHold,
            {"placed_on": late, "released_on": early},
            OutOfOrderError,
        ),
        (NumberedInvoice, {"issued_on": late, "due_on": early}, OutOfOrderError),
        (
            PendingUpdate,
            {"requested_on": late, "applies_on": early},
            OutOfOrderError,
        ),
        (
            Statement,
            {"history": ((late, AddSeats(1)), (early, AddSeats(1)))},
            OutOfOrderError,
        ),
        (Statement, {"until": early, "history": ((late, Resume()),)}, OutOfOrderError),
    ):
        with pytest.raises(error) as refused:
            attrs.evolve(values[kind], **fields)
        assert {late, early} <= {*refused.value.as_dict()["values"].values()}


@pytest.mark.parametrize("t", [a_day, an_instant], ids=["days", "instants"])
def test_what_takes_no_time_may_stand_where_it_means_something(t):
    """A person who came and left on a day sat on none; a fee is of a moment."""
    values, on = (DAYS if t is a_day else INSTANTS), t("2026-04-03")
    person = attrs.evolve(values[Member], joined_on=on, left_on=on)
    assert not person.occupies(on)
    line = attrs.evolve(values[InvoiceLine], start=on, end=on)
    assert line.start == line.end


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(((a_day("2026-04-16"),),), id="no change"),
        pytest.param(((a_day("2026-04-16"), AddSeats(1), None, 1),), id="too long"),
        pytest.param(((a_day("2026-04-16"), 1),), id="a number"),
        pytest.param(((a_day("2026-04-16"), AddSeats(1), "now"),), id="no timing"),
        pytest.param((("2026-04-16", AddSeats(1)),), id="a text"),
    ],
)
def test_a_statement_holds_entries_as_bill_takes_them(history):
    with pytest.raises((WrongTypeError, UnknownWordError)):
        attrs.evolve(DAYS[Statement], history=history)


@pytest.mark.parametrize(
    "measurements",
    [((a_day("2026-05-01"),),), ((a_day("2026-05-01"), 3),), (("x", None),)],
)
def test_a_statement_holds_measurements_as_bill_takes_them(measurements):
    with pytest.raises(WrongTypeError):
        attrs.evolve(DAYS[Statement], measurements=measurements)
