"""Every argument of every public function acts, or is refused.

A row names a function, a sound call, and for each of its parameters another value with
which the answer is another, or a refusal.  Where a parameter acts only beside others,
its row says so.  A parameter without a row fails.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
from fractions import Fraction
from typing import Any

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Catalog,
    Convention,
    Discount,
    Interval,
    Member,
    Money,
    Party,
    Period,
    Plan,
    Price,
    RemoveSeats,
    Rounding,
    SetRecipient,
    Settlement,
    SwitchPlan,
    TaxRate,
    Term,
    Timing,
    change,
    credit_note,
    occupancy,
    renew,
    subscribe,
)
from seatbill.access import Action, Permission
from seatbill.credit import CreditKind, CreditLot
from seatbill.discounts import Eligibility, Facts
from seatbill.errors import SeatbillError
from seatbill.limits import Limits
from seatbill.payments import (
    CARD_AUTHORIZATION,
    Card,
    Funding,
    PaymentPolicy,
    SepaMandate,
)
from seatbill.rebilling import rebill
from seatbill.rules import ChangeKind
from seatbill.subscriptions import PendingUpdate, Status
from seatbill.taxes import TaxCategory
from seatbill.wallets import (
    Allowance,
    Pack,
    TopUp,
    UnusedUnits,
    Wallet,
    WalletPolicy,
    buy,
    grant,
    settle,
)
from shop import LARGE, SMALL, priced, told, usd

MODULES = (
    "access",
    "allowances",
    "corrections",
    "formatting",
    "lifecycle",
    "money",
    "payments",
    "proration",
    "rebilling",
    "revenue",
    "seats",
    "verification",
    "wallets",
)
FIRST, MIDDLE, MAY, JUNE = (
    dt.date(2026, 4, 1),
    dt.date(2026, 4, 16),
    dt.date(2026, 5, 1),
    dt.date(2026, 6, 1),
)
APRIL, HALF = Period(FIRST, MAY), Period(MIDDLE, MAY)
VAT, LOW = TaxRate("vat", "0.20"), TaxRate("low", "0.07")
ADA, BOB = Party(name="Ada"), Party(name="Bob")
PERCENT = Discount.percent("10", id="percent")
FOR_FRANCE = Discount.percent(
    "10", id="france", eligibility=Eligibility(countries=["FR"])
)
SSO = AddOn("sso", "SSO", (usd("3.00"),))
RULES = BillingRules()
AT_ONCE = BillingRules(seats_removed=Timing.IMMEDIATE)
START: dict[str, Any] = {
    "plan": SMALL,
    "id": "one",
    "interval": MONTHLY,
    "seats": 10,
    "rules": RULES,
}
OPENING = subscribe(**START, on=FIRST, tax_rates=[VAT], recipient=ADA)
SUB, INVOICE = OPENING.subscription, OPENING.invoice
OTHER = subscribe(**START | {"seats": 5, "id": "two"}, on=FIRST)
RENAMED = Catalog([attrs.evolve(SMALL, name="Small one")])
UPGRADE = change(SUB, SwitchPlan(LARGE), on=MIDDLE)
BACK = next(line for line in UPGRADE.invoice.lines if line.kind == "credit")
NOTE = credit_note(INVOICE, lines=[0], reason="goodwill", issued_on=MIDDLE)
PART = credit_note(
    INVOICE, amount=Money("1.00", "USD"), reason="other", issued_on=FIRST
)
TEAMS = priced("teams", usd("30.00", unit="team", measured=True), rank=1)
METERED = subscribe(
    TEAMS, id="m", interval=MONTHLY, seats={"team": 2}, on=FIRST, rules=RULES
).subscription
EITHER = Price(unit_amount="30.00", currency="EUR")
IN_TWO = Plan("both", "Both", 1, (usd("30.00"), EITHER))
WAITS = PendingUpdate(
    kind=ChangeKind.SEATS, key="seat", value=8, applies_on=MAY, requested_on=FIRST
)
LEAVING = change(SUB, RemoveSeats(4), on=MIDDLE).subscription
FROZEN = BillingRules(max_freeze_days=30)
ENDED = change(SUB, Cancel(), on=MIDDLE, timing=Timing.IMMEDIATE)
KEPT = change(
    subscribe(
        **START | {"rules": BillingRules(settlement=Settlement.ON_RENEWAL)}, on=FIRST
    ).subscription,
    AddSeats(1),
    on=MIDDLE,
).subscription
WRONG_SEATS = rebill(OPENING, [INVOICE], [(MIDDLE, AddSeats(1))], until=MIDDLE)
CARD = Card(
    brand="visa",
    last_four="4242",
    expiry_year=2026,
    expiry_month=5,
    funding=Funding.CREDIT,
)
OLD_CARD = attrs.evolve(CARD, expiry_month=4)
POLICY = PaymentPolicy(card_brands=["visa"], authorization=CARD_AUTHORIZATION)
PACK = Pack(id="25", units="25", price=Money("25.00", "EUR"))
MORE = Pack(id="50", units="50", price=Money("45.00", "EUR"))
CREDIT = WalletPolicy(
    unit="credit", currency="EUR", purposes=["calls", "mails"], packs=[PACK, MORE]
)
WALLET = Wallet(CREDIT, units_in="20", top_up=TopUp(threshold="10", pack=PACK))
ORDERED = buy(buy(WALLET, "25", on=FIRST).wallet, "50", on=FIRST).wallet
CREDITS = Allowance(unit="credit", per_seat=5)
BACK_POLICY = attrs.evolve(CREDIT, unused=UnusedUnits.GO_BACK)
SOLD = attrs.evolve(WALLET, policy=BACK_POLICY)
DATED = grant(settle(buy(SOLD, "25", on=FIRST).wallet, 1), "5", expires_on=MAY)
MONTHLY_PACK = attrs.evolve(PACK, valid_for=MONTHLY)
MONTHS = attrs.evolve(BACK_POLICY, packs=[MONTHLY_PACK])
LAPSING = settle(buy(attrs.evolve(WALLET, policy=MONTHS), "25", on=FIRST).wallet, 1)
VIEWER = Permission(Action.VIEW, roles=["viewer"])


class Beside:
    """Another value of a parameter, in a call with other arguments."""

    def __init__(self, other: Any, **arguments: Any) -> None:
        self.other = other
        self.arguments = arguments


ACCESS = {
    "role": Beside("nobody", role="owner"),
    "action": Beside(Action.VIEW, permissions=[VIEWER]),
    "rules": BillingRules(billing_roles=["boss"]),
    "plan": Beside(
        LARGE, permissions=[Permission(Action.PAY, roles=["viewer"], plans=["large"])]
    ),
    "status": Beside(
        Status.ACTIVE,
        permissions=[
            Permission(Action.PAY, roles=["viewer"], statuses=[Status.ACTIVE])
        ],
    ),
    "permissions": [Permission(Action.PAY, roles=["viewer"])],
}
ASKED = {
    "role": "owner",
    "action": Action.PAY,
    "rules": BillingRules(billing_roles=["owner"]),
}
LOCALE = {"locale": "de"}
WEEKLY = subscribe(
    priced("weekly", usd("10.00", interval=Interval(days=7))),
    id="weekly",
    interval=Interval(days=7),
    seats=1,
    on=FIRST,
    rules=RULES,
).subscription
BY_THE_YEAR = {
    "subscription": OTHER.subscription,
    "rounding": Beside(Rounding.UP, subscription=WEEKLY, rounding=Rounding.DOWN),
}

TABLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "access.allowed_roles": (
        {name: value for name, value in ASKED.items() if name != "role"},
        {name: value for name, value in ACCESS.items() if name != "role"},
    ),
    "access.may": (ASKED, ACCESS),
    "access.require_role": (ASKED, ACCESS),
    "access.is_usable": (
        {"subscription": ENDED.subscription, "at": MIDDLE},
        {"subscription": SUB, "at": FIRST},
    ),
    "access.may_edit_recipient": (
        {"subscription": SUB},
        {"subscription": ENDED.subscription},
    ),
    "access.usable_until": (
        {"subscription": SUB},
        {"subscription": ENDED.subscription},
    ),
    "corrections.correct_recipient": (
        {"invoice": INVOICE, "recipient": BOB, "use_from_now_on": True},
        {
            "invoice": OTHER.invoice,
            "recipient": Party(name="Cleo"),
            "use_from_now_on": False,
            "required": ["address"],
            "by": "ann",
            "decision_roles": ["clerk"],
        },
    ),
    "corrections.credit_note": (
        {"invoice": INVOICE, "reason": "goodwill", "issued_on": MIDDLE},
        {
            "invoice": OTHER.invoice,
            "lines": {0: Money("2.00", "USD")},
            "amount": Money("2.00", "USD"),
            "reason": "other",
            "issued_on": MAY,
            "previous": [PART],
            "later": UPGRADE.invoices,
        },
    ),
    "corrections.document_type": ({"document": INVOICE}, {"document": NOTE}),
    "corrections.mentions": (
        {"document": INVOICE},
        {
            "document": subscribe(
                **START,
                on=FIRST,
                tax_rates=[
                    TaxRate(
                        "rc",
                        "0",
                        category=TaxCategory.REVERSE_CHARGE,
                        reason="reverse charge",
                    )
                ],
            ).invoice
        },
    ),
    "corrections.number": (
        {"document": INVOICE, "number": "1"},
        {
            "document": OTHER.invoice,
            "number": "2",
            "supplier": BOB,
            "issued_on": MAY,
            "due_on": MAY,
        },
    ),
    "allowances.allowance_periods": (
        {"allowance": CREDITS, "outcomes": [OPENING], "on": FIRST},
        {
            "allowance": attrs.evolve(CREDITS, per_seat=7),
            "outcomes": [OTHER],
            "used": [(FIRST, 3)],
            "on": JUNE,
        },
    ),
    "corrections.split_credit": (
        {"invoice": INVOICE, "notes": [NOTE], "paid": INVOICE.total},
        {
            "invoice": OTHER.invoice,
            "notes": [PART],
            "paid": Money("100.00", "USD"),
        },
    ),
    "formatting.describe": (
        {"value": BACK},
        {"value": INVOICE.lines[0], **LOCALE, "catalog": RENAMED},
    ),
    "formatting.explain": (
        {"line": BACK},
        {"line": INVOICE.lines[0], **LOCALE, "catalog": RENAMED},
    ),
    "formatting.format_date": ({"at": FIRST}, {"at": MAY, **LOCALE}),
    "formatting.format_interval": (
        {"interval": MONTHLY},
        {"interval": ANNUAL, **LOCALE},
    ),
    "formatting.format_money": (
        {"money": Money("1.50", "EUR")},
        {"money": Money("2.50", "EUR"), **LOCALE},
    ),
    "formatting.format_number": (
        {"number": Fraction(3, 2)},
        {"number": Fraction(5, 2), **LOCALE},
    ),
    "formatting.format_percent": (
        {"part_of_one": Fraction(1, 8)},
        {"part_of_one": Fraction(1, 5), **LOCALE},
    ),
    "formatting.format_period": ({"period": APRIL}, {"period": HALF, **LOCALE}),
    "formatting.format_quantity": (
        {"n": 2, "unit": "seat"},
        {"n": 3, "unit": "team", **LOCALE},
    ),
    "formatting.format_share": ({"line": BACK}, {"line": INVOICE.lines[0], **LOCALE}),
    "formatting.format_unit_amount": (
        {"amount": Fraction(3, 2), "currency": "EUR"},
        {"amount": Fraction(5, 2), "currency": "USD", **LOCALE},
    ),
    "formatting.words": ({}, LOCALE),
    "lifecycle.subscribe": (
        {**START, "on": FIRST},
        {
            "plan": LARGE,
            "id": "two",
            "interval": ANNUAL,
            "seats": 11,
            "on": MIDDLE,
            "rules": AT_ONCE,
            "currency": Beside("EUR", plan=IN_TWO, currency="USD"),
            "anchor": MIDDLE,
            "trial_end": MIDDLE,
            "add_ons": [SSO],
            "discounts": [PERCENT],
            "facts": Beside(
                Facts(country="DE"),
                discounts=[FOR_FRANCE],
                facts=Facts(country="FR"),
            ),
            "tax_rates": [VAT],
            "recipient": ADA,
            "occupied": 11,
            "credit": Money("1.00", "USD"),
            "version": 3,
            "term": Term(),
            "limits": Beside(Limits(lines=1), add_ons=[SSO]),
        },
    ),
    "lifecycle.adopt": (
        {**START, "current_period": APRIL, "charged": Money("300.00", "USD")},
        {
            "plan": LARGE,
            "id": "two",
            "interval": ANNUAL,
            "seats": 11,
            "current_period": Period(MAY, JUNE),
            "charged": Money("200.00", "USD"),
            "rules": AT_ONCE,
            "currency": Beside("EUR", plan=IN_TWO, currency="USD"),
            "anchor": MIDDLE,
            "on": MIDDLE,
            "trial_end": MAY,
            "ended_on": MIDDLE,
            "frozen_on": Beside(MIDDLE, on=MIDDLE, rules=FROZEN),
            "moved_from": dt.date(2026, 3, 25),
            "paid_until": dt.date(2026, 4, 20),
            "add_ons": [SSO],
            "discounts": [PERCENT],
            "tax_rates": [VAT],
            "recipient": ADA,
            "credit_balance": Money("1.00", "USD"),
            "credit_lots": [CreditLot(Money("1.00", "USD"), CreditKind.GIFT)],
            "pending_updates": [WAITS],
            "waiting_lines": INVOICE.lines,
            "accrued_lines": INVOICE.lines,
            "version": 3,
            "term": Term().begun(FIRST),
        },
    ),
    "lifecycle.change": (
        {"subscription": SUB, "changes": (AddSeats(2),), "on": MIDDLE},
        {
            "subscription": OTHER.subscription,
            "changes": (AddSeats(3),),
            "on": MAY,
            "by": "ann",
            "timing": Timing.FORFEIT,
            "reason": "goodwill",
            "limits": Beside(Limits(lines=1), changes=(SwitchPlan(LARGE),)),
        },
    ),
    "lifecycle.renew": (
        {"subscription": LEAVING, "on": MAY},
        {
            "subscription": SUB,
            "on": JUNE,
            "measured": Beside({"team": 3}, subscription=METERED, measured={"team": 2}),
            "occupied": 9,
            "limits": Beside(Limits(lines=1), on=JUNE),
        },
    ),
    "lifecycle.next_renewal": (
        {"subscription": SUB},
        {"subscription": ENDED.subscription},
    ),
    "lifecycle.preview_invoice": (
        {"subscription": SUB},
        {
            "subscription": LEAVING,
            "measured": Beside({"team": 3}, subscription=METERED, measured={"team": 2}),
        },
    ),
    "lifecycle.bill": (
        {"opening": OPENING, "history": [(MIDDLE, AddSeats(1))], "until": MAY},
        {
            "opening": SUB,
            "history": [(MIDDLE, AddSeats(2))],
            "until": JUNE,
            "measured": Beside(
                lambda _: {"team": 3},
                opening=METERED,
                history=[],
                measured=lambda _: {"team": 2},
            ),
            "limits": Limits(lines=1),
        },
    ),
    "money.currency_digits": ({"currency": "USD"}, {"currency": "JPY"}),
    "payments.accept": (
        {"policy": POLICY, "method": CARD, "on": MIDDLE},
        {"policy": PaymentPolicy(), "method": OLD_CARD, "on": JUNE},
    ),
    "payments.authorize": (
        {"policy": POLICY, "method": CARD, "on": MIDDLE},
        {
            "policy": attrs.evolve(POLICY, authorization=None),
            "method": SepaMandate(reference="r", country="DE", last_four="1234"),
            "on": FIRST,
        },
    ),
    "payments.days_left": (
        {"method": CARD, "on": MIDDLE},
        {"method": OLD_CARD, "on": FIRST},
    ),
    "proration.allocate": (
        {"total": Money("1.00", "USD"), "weights": [1, 2]},
        {"total": Money("2.00", "USD"), "weights": [2, 1]},
    ),
    "proration.share": (
        {"used": HALF, "whole": APRIL},
        {
            "used": APRIL,
            "whole": Period(FIRST, JUNE),
            "convention": Convention.FULL,
        },
    ),
    "proration.prorate": (
        {
            "price": Money("10.00", "USD"),
            "used": Period(FIRST, dt.date(2026, 4, 2)),
            "whole": APRIL,
        },
        {
            "price": Money("20.00", "USD"),
            "used": APRIL,
            "whole": Period(FIRST, JUNE),
            "convention": Convention.FULL,
            "rounding": Rounding.UP,
        },
    ),
    "rebilling.origins": (
        {"line": BACK, "invoices": [INVOICE]},
        {"line": INVOICE.lines[0], "invoices": []},
    ),
    "rebilling.rebill": (
        {
            "opening": OPENING,
            "issued": [INVOICE],
            "history": [(MIDDLE, AddSeats(1))],
            "until": MIDDLE,
        },
        {
            "opening": SUB,
            "issued": [],
            "history": [(MIDDLE, AddSeats(2))],
            "until": dt.date(2026, 4, 17),
            "measured": Beside(
                lambda _: {"team": 3},
                opening=METERED,
                issued=[],
                history=[],
                until=MAY,
                measured=lambda _: {"team": 2},
            ),
            "previous": [WRONG_SEATS],
            "refunded": Money("1.00", "USD"),
        },
    ),
    "revenue.arr": ({"subscription": SUB}, BY_THE_YEAR),
    "revenue.mrr": ({"subscription": SUB}, BY_THE_YEAR),
    "revenue.recognize": (
        {"invoice": INVOICE},
        {"invoice": OTHER.invoice, "by": "day"},
    ),
    "seats.admit": (
        {"occupancy": occupancy([], owned={"seat": 5, "guest": 1})},
        {
            "occupancy": occupancy([], owned=0),
            "n": 6,
            "unit": "guest",
            "batch": 0,
        },
    ),
    "seats.occupancy": (
        {"members": [Member("ann", left_on=MIDDLE)], "owned": 5},
        {
            "members": [],
            "owned": 6,
            "at": MAY,
            "scheduled_removal": {"seat": 2},
        },
    ),
    "verification.verify": (
        {"invoice": INVOICE},
        {"invoice": attrs.evolve(INVOICE, total_minor=1)},
    ),
    "wallets.buy": (
        {"wallet": WALLET, "pack": "25", "on": FIRST},
        {"wallet": ORDERED, "pack": "50", "on": MAY, "quantity": 2},
    ),
    "wallets.decide": (
        {"wallet": WALLET, "on": FIRST, "units": "15", "purpose": "calls"},
        {
            "wallet": ORDERED,
            "on": MAY,
            "units": "1",
            "purpose": "rent",
        },
    ),
    "wallets.grant": (
        {"wallet": WALLET, "units": "1"},
        {"wallet": ORDERED, "units": "2", "expires_on": MAY},
    ),
    "wallets.lapse": (
        {"wallet": DATED, "on": FIRST},
        {"wallet": WALLET, "on": JUNE},
    ),
    "wallets.end": (
        {"wallet": LAPSING, "on": FIRST},
        {"wallet": WALLET, "on": JUNE},
    ),
    "wallets.settle": (
        {"wallet": ORDERED, "number": 1},
        {"wallet": WALLET, "number": 2},
    ),
    "wallets.spend": (
        {"wallet": WALLET, "units": "1", "purpose": "calls"},
        {
            "wallet": ORDERED,
            "units": "2",
            "purpose": "rent",
            "on": Beside(JUNE, wallet=DATED, units="25", on=FIRST),
        },
    ),
    "wallets.void": ({"wallet": ORDERED, "number": 1}, {"wallet": WALLET, "number": 2}),
}


def functions(modules: tuple[str, ...]) -> dict[str, Any]:
    """Return every public function of the *modules*, by module and name."""
    found = {}
    for module in modules:
        loaded = importlib.import_module(f"seatbill.{module}")
        for name in loaded.__all__:
            function = getattr(loaded, name)
            if inspect.isfunction(function):
                found[f"{module}.{name}"] = function
    return found


FUNCTIONS = functions(MODULES)
ROWS = [
    pytest.param(function, name, id=f"{function}: {name}")
    for function, (_, others) in TABLE.items()
    for name in others
]


def answered(function: Any, arguments: dict[str, Any]) -> Any:
    """Return what a call comes to: an answer, or the code of a refusal."""
    asked = dict(arguments)
    changes = asked.pop("changes", ())
    subject = [asked.pop("subscription")] if changes else []
    try:
        return function(*subject, *changes, **asked)
    except SeatbillError as refused:
        return f"refused as {refused.code}"


def test_every_public_function_stands_in_the_table():
    assert TABLE.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_parameter_stands_in_the_table(function):
    assert TABLE[function][1].keys() == {
        *inspect.signature(FUNCTIONS[function]).parameters
    }


@pytest.mark.source("bitwarden/server#4679 (accepted, and does nothing)")
@pytest.mark.parametrize(("function", "name"), ROWS)
def test_every_argument_acts_or_is_refused(function, name):
    acts(FUNCTIONS[function], *TABLE[function], name)


def acts(
    function: Any, sound: dict[str, Any], others: dict[str, Any], name: str
) -> None:
    """Hold that another value of the argument has another answer, or is refused."""
    other = others[name]
    if isinstance(other, Beside):
        sound, other = {**sound, **other.arguments}, other.other
    before = answered(function, sound)
    assert not str(before).startswith("refused"), before
    assert answered(function, {**sound, name: other}) != before


# What decides nothing is told.


@pytest.mark.parametrize(
    ("asked", "timing", "is_told"),
    [
        pytest.param(AddSeats(1), Timing.PERIOD_END, True, id="it cannot wait"),
        pytest.param(AddSeats(1), Timing.IMMEDIATE, False, id="it acts at once"),
        pytest.param(SetRecipient(BOB), Timing.IMMEDIATE, True, id="at once anyway"),
    ],
)
def test_a_timing_in_a_trial_acts_or_is_told(asked, timing, is_told):
    trial = subscribe(**START, on=FIRST, trial_end=MAY).subscription
    outcome = change(trial, asked, on=MIDDLE, timing=timing)
    assert told(outcome) == ["timing_unused"] * is_told


@pytest.mark.parametrize(
    ("asked", "is_told"),
    [
        pytest.param([SetRecipient(BOB)], True, id="it always acts at once"),
        pytest.param([SetRecipient(BOB), AddSeats(1)], False, id="for the other one"),
    ],
)
def test_a_timing_acts_or_is_told(asked, is_told):
    outcome = change(SUB, *asked, on=MIDDLE, timing=Timing.FORFEIT)
    assert told(outcome) == ["timing_unused"] * is_told


def test_a_number_that_a_renewal_cannot_use_is_told():
    both = {"team": 3, "seat": 9, "bike": 1}
    found = renew(METERED, on=MAY, measured=both, occupied={"bike": 1, "team": 9})
    assert told(found) == ["number_unused", "number_unused", "people_unused"]
    assert [notice.value("unit") for notice in found.notices] == [
        "seat",
        "bike",
        "bike",
    ]
    assert told(renew(METERED, on=MAY, measured={"team": 3})) == []


def test_more_people_than_seats_stop_no_renewal_and_are_told():
    """20 people sit on 5 seats: 15 are missing."""
    found = renew(OTHER.subscription, on=MAY, occupied=20)
    assert told(found) == ["more_people"]
    assert found.notices[0].value("missing") == 15
    assert str(found.notices[0]) == "20 people sit on 5 seats, so 15 are missing."
    assert told(renew(OTHER.subscription, on=MAY, occupied=5)) == []


def test_where_nothing_is_owned_nobody_is_missed():
    assert told(renew(ENDED.subscription, on=MAY, occupied=20)) == []
    free = Plan("free", "Free", 0)
    rules = BillingRules(free_plan=free)
    sub = subscribe(
        **START | {"plan": free, "seats": {}, "rules": rules}, on=FIRST, currency="USD"
    ).subscription
    assert told(renew(sub, on=MAY, occupied=3)) == []
