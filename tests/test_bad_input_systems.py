"""Bad input at the doors of all that stands around a bill, as in ``test_bad_input``.

Access, licences, payments, wallets, what follows an invoice, reviews and views: a new
door without a row in `SOUND` fails the first test.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable
from typing import Any

import attrs
import pytest

from seatbill import (
    MONTHLY,
    AddOn,
    AddSeats,
    BillingRules,
    Catalog,
    Money,
    Party,
    Rounding,
    Service,
    TaxCategory,
    TaxRate,
    bill,
    change,
    hosting,
    quotes,
    subscribe,
)
from seatbill.access import (
    Action,
    Permission,
    allowed_roles,
    is_usable,
    may,
    may_edit_recipient,
    require_role,
    usable_until,
)
from seatbill.allowances import AllowancePeriod, allowance_periods
from seatbill.combining import combine, take_apart
from seatbill.corrections import (
    Mention,
    NumberSeries,
    correct_recipient,
    credit_note,
    document_type,
    mentions,
    number,
    split_credit,
)
from seatbill.einvoices import (
    AccountingCurrency,
    InvoiceNote,
    Particulars,
    PrecedingInvoice,
    Profile,
    Syntax,
    UnitCode,
    business_terms,
    missing,
    to_xml,
)
from seatbill.errors import OutOfBoundsError, SeatbillError
from seatbill.formatting import (
    describe,
    explain,
    format_date,
    format_interval,
    format_money,
    format_number,
    format_percent,
    format_period,
    format_quantity,
    format_share,
    format_unit_amount,
    words,
)
from seatbill.licences import (
    Channel,
    Delivery,
    Enrollment,
    LicenceHolder,
    LicenceUnit,
    LicenceVariant,
    MemberCount,
    TeamHistory,
    Workspace,
    inactive_members,
    licence_holders,
    measured,
    member_count,
    meter,
    remove_inactive,
)
from seatbill.limits import LIMITS
from seatbill.notices import Finding, Notice, Problem, Refusal
from seatbill.parties import BuyerReferences
from seatbill.payments import (
    CARD_AUTHORIZATION,
    AuthorizationHold,
    BankAccount,
    Card,
    DunningPlan,
    DunningStep,
    Funding,
    LateFees,
    PaymentInstructions,
    PaymentPolicy,
    PaymentReference,
    PaymentTerms,
    PayPal,
    PercentageFee,
    ProcessingFee,
    Sale,
    SepaMandate,
    accept,
    authorize,
    days_left,
)
from seatbill.rebilling import origins, rebill
from seatbill.revenue import (
    LineSchedule,
    RevenuePart,
    RevenueSchedule,
    RevenueStep,
    arr,
    mrr,
    recognize,
)
from seatbill.reviews import (
    Activity,
    ResourceFit,
    check_limit,
    compare_plans,
    reconcile,
    review,
)
from seatbill.seats import Member, Team
from seatbill.subscriptions import Status
from seatbill.views import (
    BoughtService,
    Condition,
    add_on_options,
    billing_view,
    plan_options,
)
from seatbill.wallets import (
    Allowance,
    Pack,
    TopUp,
    UnitLot,
    Wallet,
    WalletPolicy,
    buy,
    decide,
    end,
    grant,
    lapse,
    settle,
    spend,
    void,
)
from shop import priced, usd
from stories import Story, at
from test_bad_input import (
    ACCEPTED,
    APRIL,
    DATE,
    EMPTY,
    INTS,
    TEXTS,
    VAT,
    accepted,
    annotation_of,
    check_refusal,
    doors,
    fields_of,
    parameters_of,
    refuses_all_but,
)

MODULES = (
    "access",
    "notices",
    "licences",
    "payments",
    "wallets",
    "allowances",
    "combining",
    "corrections",
    "einvoices",
    "revenue",
    "quotes",
    "hosting",
    "rebilling",
    "reviews",
    "views",
    "formatting",
)
KNOWN = ACCEPTED | {
    "Mapping[str, Time | None]": {"a mapping"},
    "PaymentMethod | dt.date": {"a date", "an instant"},
    "Time | PaymentTerms": {"a date", "an instant"},
    "Iterable[Member] | Occupancy": EMPTY,
    "Statement | Iterable[Outcome]": EMPTY,
    "Allowance | Mapping[str, Allowance]": {"a mapping"},
    "str | int": INTS | TEXTS,
    "CreditReason | str": set(),
    "RevenueStep | str": set(),
    "Exact": ACCEPTED["Amount | Fraction"],
}

# ---------------------------------------------------------------------- the sound calls

BASIC = priced("basic", usd("4.00"), rank=1, limits={"files": 10})
PRO = priced("pro", usd("30.00"), rank=2, limits={"files": 50})
REPORTS = AddOn("reports", "Reports", (usd("3.00"),))
SETUP = Service("setup", "Set-up", Money("99.00", "USD"))
CATALOG = Catalog([BASIC, PRO], [REPORTS], [SETUP])
RULES = BillingRules(billing_roles=["owner"])
ADA, BOB = Party(name="Ada", country="FR"), Party(name="Bob", country="FR")
STORY = Story(
    PRO, "2026-04-01", seats=10, add_ons=[REPORTS], tax_rates=[VAT], recipient=ADA
)
SUB = STORY.subscription
INVOICE = STORY.opening.invoice
STATEMENT = bill(STORY.opening, [], until=DATE)

ROLE = {
    "role": "owner",
    "action": Action.MANAGE,
    "rules": RULES,
    "plan": PRO,
    "status": Status.ACTIVE,
    "permissions": [Permission(Action.VIEW, roles=["anybody"])],
}

MAIL = Delivery(channel=Channel.MAIL, mailbox="a@example.com", mailbox_roles=["owner"])
TEAM = TeamHistory("ops", [Enrollment("ann", at("2026-01-01"))])
ARCHIVED = TEAM.archive(on=at("2026-02-01"))
WORKSPACE = Workspace([TEAM, Team("web", ["bob"])], [Member("ann"), Member("bob")])
VARIANT = LicenceVariant(LicenceUnit.TEAM, from_day=DATE, contract="c", plan="pro")

CARD = Card(brand="visa", last_four="4242", expiry_year=2027, expiry_month=3)
MANDATE = SepaMandate(reference="M-1", country="DE", last_four="3000")
ACCOUNT = BankAccount(iban="BE68539007547034", holder="Studio", bic="GEBABEBB")
POLICY = PaymentPolicy(
    card_brands=["visa"],
    refused_funding=[Funding.PREPAID],
    paypal_countries=["BR"],
    sepa_countries=["DE"],
    authorization=CARD_AUTHORIZATION,
)
HOLD = AuthorizationHold(CARD_AUTHORIZATION, DATE)
FIVE = PercentageFee("5")
REMINDER = DunningStep(days=7, name="reminder", fee=Money("5", "USD"))
DUNNING = DunningPlan([REMINDER])
LATE = LateFees(annual_rate="0.08", fee=Money("40", "USD"), grace_days=2)
STRIPE = ProcessingFee("stripe", Money("0.30", "USD"))

PACK = Pack(id="25", units="25", price=Money("25.00", "USD"))
CREDITS = Allowance(unit="credit", per_seat=5)
PREPAID = WalletPolicy(unit="credit", currency="USD", purposes=["sms"], packs=[PACK])
TOP_UP = TopUp(threshold="10", pack=PACK, monthly_cap=Money("60.00", "USD"))
WALLET = decide(Wallet(PREPAID, top_up=TOP_UP, units_in="8"), on=DATE).wallet

CENT, EURO_CENT = Money("0.01", "USD"), Money("0.01", "EUR")
FIRST = {0: Money("1.00", "USD")}
NOTE = credit_note(INVOICE, lines=FIRST, reason="goodwill", issued_on=DATE)
COMBINED = combine([INVOICE], key="all", payer=BOB)
ON_ALL = credit_note(COMBINED, lines=FIRST, reason="goodwill", issued_on=DATE)
REQUEST = correct_recipient(INVOICE, BOB, use_from_now_on=True)
ACCEPTED_REQUEST = REQUEST.accept(on=DATE, by="ann")
NUMBERED = number(INVOICE, "1", supplier=BOB, due_on=DATE)
TAXED = Party(name="Ada", country="US", vat_number="US1")
E_INVOICE = number(
    subscribe(
        PRO,
        id="e",
        interval=SUB.interval,
        seats=1,
        on=DATE,
        rules=BillingRules(),
        tax_rates=[TaxRate("vat", "0.2")],
        recipient=TAXED,
    ).invoice,
    "1",
    supplier=TAXED,
    due_on=DATE,
)
SCHEDULE = recognize(INVOICE)
QUOTE = quotes.quote(
    change(SUB, AddSeats(1), on=SUB.changed_on), number="Q-1", until=SUB.changed_on
)
REBILLED = rebill(SUB, [INVOICE], [], until=DATE)

FOUND = Finding("feature_lost", (("plan", "Pro"), ("feature", "sso")))
RECONCILED = reconcile(INVOICE, STATEMENT)
COMPARED = compare_plans(SUB, CATALOG, {}, on=DATE)
PAGE = billing_view(SUB, on=DATE, members=[Member("ann")])


def rows(module: str, *values: Any) -> dict[str, Any]:
    """Return the constructors of *values* as doors of *module*."""
    return {
        f"{module}.{type(value).__name__}": (type(value), fields_of(value))
        for value in values
    }


SOUND: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    # who may
    **rows(
        "access",
        Permission(Action.VIEW, roles=["a"], plans=["p"], statuses=[Status.ACTIVE]),
    ),
    "access.allowed_roles": (
        allowed_roles,
        {name: ROLE[name] for name in ROLE if name != "role"},
    ),
    "access.may": (may, ROLE),
    "access.require_role": (require_role, ROLE),
    "access.may_edit_recipient": (may_edit_recipient, {"subscription": SUB}),
    "access.usable_until": (usable_until, {"subscription": SUB}),
    "access.is_usable": (is_usable, {"subscription": SUB, "at": DATE}),
    # what is measured
    **rows(
        "licences",
        MAIL,
        Enrollment("ann", at("2026-01-01"), at("2026-02-01")),
        LicenceHolder("ann", LicenceUnit.ACTIVE_MEMBER, ("ops",)),
        VARIANT,
        MemberCount(members=2, active=1),
        ARCHIVED,
        WORKSPACE,
    ),
    "licences.Delivery.change_mailbox": (
        MAIL.change_mailbox,
        {"mailbox": "b@example.com", "by": "owner"},
    ),
    "licences.TeamHistory.of": (TeamHistory.of, {"team": Team("web", ["bob"])}),
    "licences.TeamHistory.is_active": (TEAM.is_active, {"at": DATE}),
    "licences.TeamHistory.archive": (TEAM.archive, {"on": DATE}),
    "licences.TeamHistory.restore": (ARCHIVED.restore, {"on": DATE}),
    "licences.TeamHistory.enroll": (TEAM.enroll, {"member_id": "bob", "on": DATE}),
    "licences.TeamHistory.withdraw": (TEAM.withdraw, {"member_id": "ann", "on": DATE}),
    "licences.Workspace.team": (WORKSPACE.team, {"id": "ops"}),
    "licences.inactive_members": (
        inactive_members,
        {"workspace": WORKSPACE, "on": DATE},
    ),
    "licences.licence_holders": (
        licence_holders,
        {"workspace": WORKSPACE, "variant": VARIANT, "month": APRIL},
    ),
    "licences.measured": (
        measured,
        {"workspace": WORKSPACE, "variant": VARIANT, "month": APRIL},
    ),
    "licences.member_count": (member_count, {"workspace": WORKSPACE, "on": DATE}),
    "licences.meter": (
        meter,
        {
            "workspace": WORKSPACE,
            "variant": VARIANT,
            "anchor": at("2026-04-01"),
            "interval": SUB.interval,
        },
    ),
    "licences.remove_inactive": (remove_inactive, {"workspace": WORKSPACE, "on": DATE}),
    # how it is paid
    **rows(
        "payments",
        AuthorizationHold(CARD_AUTHORIZATION, DATE, at("2026-04-17")),
        CARD,
        PayPal("BR"),
        POLICY,
        FIVE,
        STRIPE,
        Sale(price=Money("9", "USD"), quantity=2, fee=FIVE, processing_fees=[STRIPE]),
        MANDATE,
        PaymentTerms(days=14),
        ACCOUNT,
        PaymentReference("RF18539007547034"),
        PaymentInstructions(
            accounts=[ACCOUNT],
            reference=PaymentReference("2026-0042"),
            link="https://pay.example/42",
            method=MANDATE,
            creditor_id="DE98ZZZ09999999999",
            terms=PaymentTerms(days=14),
        ),
        REMINDER,
        DUNNING,
        LATE,
        LATE.of(Money("9", "USD"), due_on=DATE, on=DATE),
    ),
    "payments.PaymentTerms.due_on": (PaymentTerms().due_on, {"issued_on": DATE}),
    "payments.DunningPlan.dates": (DUNNING.dates, {"due_on": DATE, "paid_on": DATE}),
    "payments.DunningPlan.step_on": (
        DUNNING.step_on,
        {"on": DATE, "due_on": DATE, "paid_on": DATE},
    ),
    "payments.LateFees.of": (
        LATE.of,
        {"unpaid": Money("9", "USD"), "due_on": DATE, "on": DATE},
    ),
    "payments.AuthorizationHold.release": (HOLD.release, {"on": DATE}),
    "payments.Card.from_number": (
        Card.from_number,
        {
            "number": "4242 4242 4242 4242",
            "expiry_year": 2027,
            "expiry_month": 3,
            "funding": Funding.CREDIT,
            "brand": "visa",
        },
    ),
    "payments.SepaMandate.from_iban": (
        SepaMandate.from_iban,
        {"iban": "DE89 3704 0044 0532 0130 00", "reference": "M-1"},
    ),
    "payments.PaymentReference.belgian": (
        PaymentReference.belgian,
        {"number": 123456789},
    ),
    "payments.PaymentReference.iso_11649": (
        PaymentReference.iso_11649,
        {"number": "539007547034"},
    ),
    "payments.PercentageFee.of": (
        FIVE.of,
        {"price": Money("19.99", "USD"), "quantity": 2},
    ),
    "payments.accept": (accept, {"policy": POLICY, "method": CARD, "on": DATE}),
    "payments.authorize": (authorize, {"policy": POLICY, "method": CARD, "on": DATE}),
    "payments.days_left": (days_left, {"method": CARD, "on": DATE}),
    # what a machine reads
    **rows(
        "einvoices",
        InvoiceNote("40 € for late payment", "PMT"),
        PrecedingInvoice("2026-0041", DATE),
        UnitCode("hour", "HUR"),
        AccountingCurrency("EUR", "0.9"),
        Particulars(
            references=BuyerReferences(buyer_reference="A"),
            payment=PaymentInstructions(accounts=[ACCOUNT]),
            payment_terms="Within 30 days",
            notes=[InvoiceNote("40 € for late payment", "PMT")],
            preceding=[PrecedingInvoice("2026-0041", DATE)],
            unit_codes=[UnitCode("hour", "HUR")],
            accounting=AccountingCurrency("EUR", "0.9"),
        ),
    ),
    "einvoices.business_terms": (
        business_terms,
        {
            "document": NUMBERED,
            "particulars": Particulars(),
            "profile": Profile.PEPPOL,
            "catalog": CATALOG,
            "locale": "de",
        },
    ),
    "einvoices.missing": (
        missing,
        {
            "document": NUMBERED,
            "particulars": Particulars(),
            "profile": Profile.PEPPOL,
            "catalog": CATALOG,
        },
    ),
    "einvoices.to_xml": (
        to_xml,
        {
            "document": E_INVOICE,
            "particulars": Particulars(),
            "profile": Profile.EN_16931,
            "syntax": Syntax.UBL,
            "catalog": CATALOG,
            "locale": "de",
        },
    ),
    # what is prepaid
    **rows(
        "wallets",
        CREDITS,
        decide(WALLET, on=DATE, units="4", purpose="sms"),
        PACK,
        WALLET.pending[0],
        UnitLot(units="2", size="3", expires_on=DATE),
        TOP_UP,
        WALLET,
        PREPAID,
        CREDITS,
    ),
    "wallets.WalletPolicy.pack": (PREPAID.pack, {"id": "25"}),
    "wallets.buy": (buy, {"wallet": WALLET, "pack": "25", "on": DATE, "quantity": 2}),
    "wallets.decide": (
        decide,
        {"wallet": WALLET, "on": DATE, "units": "4", "purpose": "sms"},
    ),
    "wallets.Wallet.balance_on": (WALLET.balance_on, {"day": DATE}),
    "wallets.end": (end, {"wallet": WALLET, "on": DATE}),
    "wallets.grant": (grant, {"wallet": WALLET, "units": "4", "expires_on": DATE}),
    "wallets.lapse": (lapse, {"wallet": WALLET, "on": DATE}),
    "wallets.settle": (settle, {"wallet": WALLET, "number": 1}),
    "wallets.spend": (
        spend,
        {"wallet": WALLET, "units": "4", "purpose": "sms", "on": DATE},
    ),
    "wallets.void": (void, {"wallet": WALLET, "number": 1}),
    # what comes with seats
    **rows(
        "allowances",
        AllowancePeriod(start=DATE, end=DATE),
    ),
    "allowances.allowance_periods": (
        allowance_periods,
        {
            "allowance": CREDITS,
            "outcomes": [STORY.opening],
            "used": [(DATE, 3)],
            "on": DATE,
        },
    ),
    # several invoices as one
    **rows("combining", COMBINED),
    "combining.combine": (
        combine,
        {"invoices": [INVOICE], "key": "all", "payer": BOB},
    ),
    "combining.take_apart": (take_apart, {"combined": COMBINED}),
    # what follows an invoice
    **rows(
        "corrections",
        ACCEPTED_REQUEST,
        NOTE,
        NOTE.lines[0],
        *split_credit(INVOICE, [NOTE], paid=CENT),
        Mention(TaxCategory.EXEMPT, "vat", "art. 11"),
        NUMBERED,
    ),
    "corrections.CorrectiveInvoice.accept": (
        REQUEST.accept,
        {"on": DATE, "by": "ann"},
    ),
    "corrections.CorrectiveInvoice.reject": (
        REQUEST.reject,
        {"on": DATE, "by": "ann", "reason": "no proof"},
    ),
    "corrections.correct_recipient": (
        correct_recipient,
        {
            "invoice": INVOICE,
            "recipient": BOB,
            "use_from_now_on": True,
            "required": ["name"],
            "by": "ann",
            "decision_roles": ["billing"],
        },
    ),
    "corrections.credit_note": (
        lambda invoice, lines, amount, reason, issued_on, previous, later: credit_note(
            invoice,
            lines=lines,
            amount=amount,
            reason=reason,
            issued_on=issued_on,
            previous=previous,
            later=later,
        ),
        {
            "invoice": INVOICE,
            "lines": None,
            "amount": None,
            "reason": "goodwill",
            "issued_on": DATE,
            "previous": [NOTE],
            "later": [INVOICE],
        },
    ),
    "corrections.CreditNote.to_records": (
        ON_ALL.to_records,
        {"invoice": COMBINED},
    ),
    "corrections.split_credit": (
        split_credit,
        {"invoice": INVOICE, "notes": [NOTE], "paid": CENT},
    ),
    "corrections.document_type": (document_type, {"document": INVOICE}),
    "corrections.mentions": (mentions, {"document": INVOICE}),
    "corrections.number": (
        number,
        {
            "document": INVOICE,
            "number": "1",
            "supplier": BOB,
            "issued_on": DATE,
            "due_on": DATE,
        },
    ),
    **rows("corrections", NumberSeries(prefix="{year}-", last=3, year=2026)),
    "corrections.NumberSeries.next_in": (NumberSeries().next_in, {"year": 2026}),
    "corrections.NumberSeries.take": (
        NumberSeries().take,
        {"document": INVOICE, "supplier": BOB, "issued_on": DATE, "due_on": DATE},
    ),
    # what is earned, and a past that was wrong
    **rows("revenue", SCHEDULE, SCHEDULE.lines[0], SCHEDULE.lines[0].parts[0]),
    "revenue.arr": (arr, {"subscription": SUB, "rounding": Rounding.UP}),
    "revenue.mrr": (mrr, {"subscription": SUB, "rounding": Rounding.UP}),
    "revenue.recognize": (recognize, {"invoice": INVOICE, "by": RevenueStep.DAY}),
    **rows("quotes", QUOTE),
    "quotes.accept": (
        quotes.accept,
        {
            "quote": QUOTE,
            "subscription": SUB,
            "on": QUOTE.outcome.on,
            "limits": LIMITS,
        },
    ),
    "quotes.quote": (
        quotes.quote,
        {"outcome": QUOTE.outcome, "number": "Q-1", "until": DATE},
    ),
    **rows("hosting", hosting.reminders(SUB, on=DATE, until=at("2027-12-31"))[0]),
    "hosting.due": (hosting.due, {"subscription": SUB, "on": DATE}),
    "hosting.join": (
        hosting.join,
        {
            "subscription": SUB,
            "members": [],
            "person": Member("ann"),
            "on": DATE,
            "buy": True,
        },
    ),
    "hosting.leave": (
        hosting.leave,
        {
            "subscription": SUB,
            "members": [Member("ann")],
            "id": "ann",
            "on": DATE,
            "unit": "seat",
            "release": True,
        },
    ),
    "hosting.reminders": (
        hosting.reminders,
        {
            "subscription": SUB,
            "on": DATE,
            "until": DATE,
            "members": [Member("ann")],
            "payment": CARD,
        },
    ),
    **rows("rebilling", REBILLED),
    "rebilling.origins": (origins, {"line": INVOICE.lines[0], "invoices": [INVOICE]}),
    "rebilling.rebill": (
        rebill,
        {
            "opening": SUB,
            "issued": [INVOICE],
            "history": [],
            "until": DATE,
            "measured": lambda boundary: None,
            "previous": [NOTE],
            "refunded": CENT,
        },
    ),
    # what it looks like
    **rows(
        "notices",
        FOUND,
        Notice("serves_until", (("on", DATE),)),
        Problem("plans.pro", "code", "message"),
        Refusal("code", "message", "remedy"),
    ),
    **rows(
        "reviews",
        COMPARED[0].preview,
        ResourceFit("files", 1, 2),
        COMPARED[0],
        Activity(APRIL, 1),
        RECONCILED.events[0],
        RECONCILED.lines[0],
        RECONCILED,
    ),
    "notices.Notice.value": (
        Notice("serves_until", (("on", DATE),)).value,
        {"name": "on"},
    ),
    "notices.Finding.value": (FOUND.value, {"name": "plan"}),
    "notices.Refusal.of": (
        Refusal.of,
        {"error": OutOfBoundsError("seats", 0, 1, 2)},
    ),
    "reviews.check_limit": (
        check_limit,
        {"plan": PRO, "resource": "files", "used": 1, "n": 1, "catalog": CATALOG},
    ),
    "reviews.compare_plans": (
        compare_plans,
        {
            "subscription": SUB,
            "catalog": CATALOG,
            "usage": {},
            "on": DATE,
            "interval": None,
        },
    ),
    "reviews.review": (
        review,
        {
            "subscription": SUB,
            "on": DATE,
            "catalog": CATALOG,
            "usage": {},
            "last_used": {},
            "payment": CARD,
            "charged": Money("363.60", "USD"),
            "near_limit": "80",
            "unused_days": 3,
            "expiring_days": 3,
        },
    ),
    "reviews.reconcile": (reconcile, {"invoice": INVOICE, "history": STATEMENT}),
    **rows(
        "views",
        PAGE,
        PAGE.seats[0],
        PAGE.units[0],
        PAGE.add_ons[0],
        BoughtService(service=attrs.evolve(SETUP, included={"hour": 3})),
        plan_options(SUB, CATALOG, on=DATE)[0],
        add_on_options(SUB, CATALOG, on=DATE)[0],
        Condition(kind="plan", any_of=("a",), is_met=True),
    ),
    "views.billing_view": (
        billing_view,
        {
            "subscription": SUB,
            "on": DATE,
            "members": [],
            "payment": CARD,
            "wallet": WALLET,
            "measured": None,
            "services": [],
        },
    ),
    "views.plan_options": (
        plan_options,
        {
            "subscription": SUB,
            "catalog": CATALOG,
            "on": DATE,
            "usage": None,
            "interval": None,
        },
    ),
    "views.add_on_options": (
        add_on_options,
        {"subscription": SUB, "catalog": CATALOG, "on": DATE, "quantities": None},
    ),
    "formatting.describe": (
        describe,
        {"value": INVOICE.lines[0], "locale": "en", "catalog": CATALOG},
    ),
    "formatting.explain": (
        explain,
        {"line": INVOICE.lines[0], "locale": "en", "catalog": CATALOG},
    ),
    "formatting.format_date": (format_date, {"at": DATE, "locale": "en"}),
    "formatting.format_interval": (
        format_interval,
        {"interval": MONTHLY, "locale": "en"},
    ),
    "formatting.format_money": (
        format_money,
        {"money": Money("1.00", "USD"), "locale": "en"},
    ),
    "formatting.format_number": (format_number, {"number": 1, "locale": "en"}),
    "formatting.format_percent": (
        format_percent,
        {"part_of_one": "0.19", "locale": "en"},
    ),
    "formatting.format_period": (format_period, {"period": APRIL, "locale": "en"}),
    "formatting.format_quantity": (
        format_quantity,
        {"n": 1, "unit": "seat", "locale": "en"},
    ),
    "formatting.format_share": (
        format_share,
        {"line": INVOICE.lines[0], "locale": "en"},
    ),
    "formatting.format_unit_amount": (
        format_unit_amount,
        {"amount": "0.0039", "currency": "USD", "locale": "en"},
    ),
    "formatting.words": (words, {"locale": "en"}),
}

# A sound entry for each mapping.
ENTRIES: dict[tuple[str, str], tuple[Any, Any]] = {
    ("allowances.allowance_periods", "allowance"): ("small", CREDITS),
    ("corrections.credit_note", "lines"): (0, Money("1.00", "USD")),
    ("reviews.compare_plans", "usage"): ("files", 1),
    ("reviews.review", "usage"): ("files", 1),
    ("reviews.review", "last_used"): ("reports", DATE),
    ("views.add_on_options", "quantities"): ("reports", 1),
    ("views.BoughtService", "used"): ("hour", 1),
    ("views.billing_view", "measured"): ("seat", 1),
    ("views.plan_options", "usage"): ("files", 1),
}

DOORS = dict(doors(MODULES))
PARAMETERS = [
    pytest.param(door, name, id=f"{door}: {name}")
    for door, function in DOORS.items()
    for name in parameters_of(function)
]


def test_every_door_stands_in_the_table():
    assert SOUND.keys() == DOORS.keys()


@pytest.mark.parametrize("door", DOORS)
def test_every_parameter_of_a_door_stands_in_the_table(door):
    assert set(SOUND[door][1]) == set(parameters_of(DOORS[door]))


@pytest.mark.parametrize("door", SOUND)
def test_the_sound_calls_are_sound(door):
    function, arguments = SOUND[door]
    function(**arguments)


@pytest.mark.parametrize(("door", "name"), PARAMETERS)
def test_a_wrong_argument_is_refused_by_name(door, name):
    let_in = accepted(annotation_of(DOORS[door], name), KNOWN)
    refuses_all_but(let_in, name, *SOUND[door])


# -------------------------------------------------------------- one wrong among several

SEVERAL = re.compile(r"(?:Iterable|tuple)\[(.+?)(?:, \.\.\.)?\](?: \| None)?")
MANY = [
    pytest.param(door, name, found[1], id=f"{door}: {name}")
    for door, function in DOORS.items()
    for name in parameters_of(function)
    if (found := SEVERAL.fullmatch(annotation_of(function, name)))
]


@pytest.mark.parametrize(("door", "name", "kind"), MANY)
def test_a_wrong_value_among_several_is_refused(door, name, kind):
    let_in = accepted(kind, KNOWN) - {"no text"}
    refuses_all_but(let_in, name, *SOUND[door], lambda value: [value])


def test_every_mapping_has_its_entry():
    assert ENTRIES.keys() == {
        (door, name)
        for door, function in DOORS.items()
        for name in parameters_of(function)
        if "Mapping[" in annotation_of(function, name)
    }


@pytest.mark.parametrize(("door", "name"), ENTRIES)
def test_a_wrong_value_in_a_mapping_is_refused(door, name):
    key, value = ENTRIES[door, name]
    function, arguments = SOUND[door]
    function(**arguments | {name: {key: value}})
    kinds = {int: INTS, dt.date: {"nothing", "a date"}, Money: {"nothing"}}
    refuses_all_but(
        kinds.get(type(value), set()),
        name,
        function,
        arguments,
        lambda wrong: {key: wrong},
    )


@pytest.mark.parametrize(("door", "name"), ENTRIES)
def test_a_wrong_key_of_a_mapping_is_refused(door, name):
    key, value = ENTRIES[door, name]
    let_in = TEXTS - {"no text"} if type(key) is str else INTS

    def put(wrong: Any) -> Any:
        return {wrong if isinstance(wrong, Hashable) else (): value}

    refuses_all_but(let_in, name, *SOUND[door], put)


# --------------------------------------------------------- negative and zero quantities

# Where none of something cannot be meant; a negative number never is.
AT_LEAST_ONE = {
    ("payments.Card", "expiry_year"),
    ("payments.Card", "expiry_month"),
    ("payments.Card.from_number", "expiry_year"),
    ("payments.Card.from_number", "expiry_month"),
    ("payments.DunningStep", "days"),
    ("payments.LateFees", "days_in_year"),
    ("wallets.Pack", "units"),
    ("wallets.UnitLot", "units"),
    ("wallets.UnitLot", "size"),
    ("wallets.Purchase", "number"),
    ("wallets.Purchase", "quantity"),
    ("wallets.buy", "quantity"),
    ("wallets.settle", "number"),
    ("wallets.void", "number"),
    ("corrections.CorrectiveInvoice", "sequence"),
    ("corrections.CreditNote", "sequence"),
    ("reviews.Activity", "quantity"),
    ("reviews.check_limit", "n"),
    ("reviews.review", "near_limit"),
    ("views.AddOnOption", "quantity"),
    ("views.BoughtAddOn", "quantity"),
    ("views.BoughtService", "quantity"),
}
# A credit takes seats back, and a page shows that.
MAY_BE_NEGATIVE = {("formatting.format_quantity", "n")}
NUMBERS = [
    pytest.param(door, name, id=f"{door}: {name}")
    for door, function in DOORS.items()
    for name in parameters_of(function)
    if {"int", "Amount"} & set(annotation_of(function, name).split(" | "))
    and (door, name) not in MAY_BE_NEGATIVE
]


@pytest.mark.parametrize(("door", "name"), NUMBERS)
def test_no_number_is_negative_and_zero_only_where_that_means_something(door, name):
    function, arguments = SOUND[door]
    for wrong in (-1, 0) if (door, name) in AT_LEAST_ONE else (-1,):
        with pytest.raises(SeatbillError) as refused:
            function(**arguments | {name: wrong})
        check_refusal(refused.value)


# ------------------------------------------------------------------- the named refusals

PART = SCHEDULE.lines[0].parts[0]
CHANGED = RECONCILED.events[0]
NAMED = {
    "a part in two currencies": (
        lambda: RevenuePart(APRIL, CENT, EURO_CENT),
        "currency_mismatch",
        {"left": "USD", "right": "EUR"},
    ),
    "a part in another currency than its line": (
        lambda: LineSchedule(
            INVOICE.lines[0], [PART, RevenuePart(APRIL, EURO_CENT, EURO_CENT)]
        ),
        "currency_mismatch",
        {"left": "USD", "right": "EUR"},
    ),
    "a line in another currency than its schedule": (
        lambda: RevenueSchedule("EUR", SCHEDULE.lines),
        "currency_mismatch",
        {"left": "EUR", "right": "USD"},
    ),
    "a role without a name": (
        lambda: Permission(Action.VIEW, roles=["owner", ""]),
        "out_of_bounds",
        {"name": "roles"},
    ),
    "a finding with two values of a name": (
        lambda: Finding(FOUND.code, (*FOUND.values, ("plan", "Basic"))),
        "duplicate",
        {"kind": "value", "value": "plan"},
    ),
    "a change of nothing known": (
        lambda: attrs.evolve(CHANGED, what="mood"),
        "unknown_item",
        {"value": "mood", "offered": ("plan", "interval", "seats", "add_on")},
    ),
    "a change from less than nothing": (
        lambda: attrs.evolve(CHANGED, before=-1),
        "out_of_bounds",
        {"name": "before", "value": -1},
    ),
    "a condition of no kind known": (
        lambda: Condition(kind="mood", any_of=("good",), is_met=True),
        "unknown_item",
        {"value": "mood", "offered": ("plan", "add_on")},
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_refusal_has_its_code_and_values(name):
    call, code, values = NAMED[name]
    with pytest.raises(SeatbillError) as refused:
        call()
    check_refusal(refused.value)
    told = refused.value.as_dict()
    assert told["code"] == code
    assert values.items() <= told["values"].items()


def test_what_was_given_as_a_list_is_kept_as_a_tuple():
    assert recognize(INVOICE) == attrs.evolve(SCHEDULE, lines=list(SCHEDULE.lines))
    assert attrs.evolve(REBILLED, credit_notes=[NOTE]).credit_notes == (NOTE,)
