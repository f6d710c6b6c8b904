"""Bad input at every door: a typed refusal with a code, its values and a way out.

Each public constructor, function and method is called with sound arguments, and then
with each of them replaced by each of `WRONG`.  What a parameter accepts follows from
its annotation; a new door without a row in `SOUND` fails the first test.
"""

from __future__ import annotations

import datetime as dt
import enum
import importlib
import inspect
import pickle
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from shop import LARGE, SMALL, usd
from stories import Story, at, plan

import seatbill.errors
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
    Convention,
    Discount,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    Party,
    Period,
    Plan,
    Price,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    Rounding,
    Service,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    Unfreeze,
    WithdrawPending,
    adopt,
    allocate,
    bill,
    change,
    preview_invoice,
    prorate,
    renew,
    share,
    subscribe,
    verify,
)
from seatbill.errors import SeatbillError, WrongTypeError
from seatbill.invoices import Discrepancy
from seatbill.money import currency_digits
from seatbill.plans import Problem
from seatbill.rules import ChangeKind, Direction
from seatbill.seats import Member, SeatCount, Team, admit, occupancy
from seatbill.subscriptions import (
    AppliedDiscount,
    Notice,
    PendingUpdate,
    SubscribedAddOn,
)

MODULES = (
    "money",
    "periods",
    "proration",
    "plans",
    "seats",
    "rules",
    "invoices",
    "subscriptions",
    "lifecycle",
)

# ------------------------------------------------------------------------ what is wrong

DATE = dt.date(2026, 4, 16)
INSTANT = dt.datetime(2026, 4, 16, tzinfo=dt.UTC)


class Unkind:
    """A value that is nothing at all, and cannot even be a key."""

    __hash__ = None

    def __repr__(self) -> str:
        return "unkind"


WRONG: dict[str, Any] = {
    "nothing": None,
    "a float": 1.5,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a decimal": Decimal("1.5"),
    "decimal nan": Decimal("NaN"),
    "decimal infinity": Decimal("-Infinity"),
    "a fraction": Fraction(1, 3),
    "a bool": True,
    "one": 1,
    "zero": 0,
    "minus one": -1,
    "huge": 10**5000,
    "minus huge": -(10**5000),
    "no text": "",
    "a text": "word",
    "a number as text": "12",
    "NaN as text": "NaN",
    "bytes": b"word",
    "a date": DATE,
    "an instant": INSTANT,
    "a naive datetime": dt.datetime(2026, 4, 16),
    "Paris": dt.datetime(2026, 4, 16, tzinfo=ZoneInfo("Europe/Paris")),
    "a list": [],
    "a list of one": [Unkind()],
    "a mapping": {},
    "a mapping of one": {"word": 1.5},
    "a class": Money,
    "a function": repr,
    "unkind": Unkind(),
}
INTS = {"one", "zero", "minus one", "huge", "minus huge"}
TEXTS = {"no text", "a text", "a number as text", "NaN as text"}
TIMES = {"a date", "an instant", "a naive datetime", "Paris"}
AMOUNTS = INTS | {"a number as text", "a decimal"}
EMPTY = {"a list"}

# By annotation: what may be accepted, for the door decides between these by bounds.
ACCEPTED: dict[str, set[str]] = {
    "int": INTS,
    "str": TEXTS,
    "bool": {"a bool"},
    "Time": {"a date", "an instant"},
    "dt.date": {"a date", "an instant"},
    "Amount": AMOUNTS,
    "str | int | Decimal": AMOUNTS,
    "Fraction | Decimal | int | str": AMOUNTS | {"a fraction"},
    "Amount | Fraction": AMOUNTS | {"a fraction"},
    "Fraction": {"a fraction"},
    "object": set(WRONG),
    "Any": set(WRONG),
    "Numbers": EMPTY | {"a mapping"},
    "int | Mapping[str, int]": INTS | {"a mapping"},
    "Mapping[str, int] | int": INTS | {"a mapping"},
    "Mapping[str, int]": {"a mapping"},
    "Measured": {"a class", "a function"},
    "Money | Mapping[str, Money] | Iterable[Charge]": EMPTY,
    "str | Iterable[str]": EMPTY | TEXTS,
    "IntervalDiscounts": EMPTY | {"a mapping"},
    "Iterable[Feature] | Mapping[str, Iterable[str]]": EMPTY | {"a mapping"},
    "AddOns": EMPTY,
}
# Where more is accepted than the annotation tells, with the reason.
ALSO: dict[tuple[str, str], set[str]] = {
    ("plans.Price", "tiers_mode"): set(),
}


def accepted(annotation: str) -> set[str]:
    """Return what *annotation* lets in."""
    found: set[str] = set()
    kinds = annotation
    if kinds.endswith(" | None"):
        found, kinds = {"nothing"}, kinds.removesuffix(" | None")
    if kinds in ACCEPTED:
        return found | ACCEPTED[kinds]
    if kinds.startswith(("Iterable[", "tuple[", "frozenset[")):
        return found | EMPTY
    return found


# ------------------------------------------------------------------------ the sound calls

SSO = AddOn("sso", "SSO", (usd("3.00"),))
BRONZE = AddOn("bronze", "Bronze", (usd("3.00"),), family="support", rank=1)
GOLD = AddOn("gold", "Gold", (usd("6.00"),), family="support", rank=2)
SETUP = Service("setup", "Set-up", Money("99.00", "USD"))
VAT = TaxRate("vat", "0.20")
APRIL = Period(at("2026-04-01"), at("2026-05-01"))
PERCENT = Discount.percent("10", id="percent")
STORY = Story(SMALL, "2026-04-01", seats=10, tax_rates=[VAT])
SUB = STORY.subscription
INVOICE = STORY.opening.invoice
RULES = BillingRules()
CATALOG = Catalog([SMALL, LARGE], [SSO], [SETUP])
PENDING = PendingUpdate(
    kind=ChangeKind.SEATS, key="seat", value=8, applies_on=DATE, requested_on=DATE
)
START = {
    "plan": SMALL,
    "id": "s",
    "interval": MONTHLY,
    "seats": 10,
    "rules": RULES,
    "currency": "USD",
    "anchor": at("2026-04-01"),
    "trial_end": None,
    "add_ons": [SSO],
    "discounts": [PERCENT],
    "tax_rates": [VAT],
    "recipient": Party(name="Ada"),
}


def fields_of(value: Any) -> dict[str, Any]:
    """Return the arguments that make *value* again."""
    return {f.alias: getattr(value, f.name) for f in attrs.fields(type(value)) if f.init}


def made(*values: Any) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Return the constructor and its arguments for each of *values*."""
    return {
        f"{type(value).__module__.removeprefix('seatbill.')}.{type(value).__name__}": (
            type(value),
            fields_of(value),
        )
        for value in values
    }


SOUND: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    **made(
        MONTHLY,
        APRIL,
        AddOn("sso", "SSO", (usd("3.00"),), requires_plans=["pro"], features=["x"]),
        CATALOG,
        PERCENT,
        LARGE,
        usd("3.00", max_quantity=12),
        Problem("plans.pro", "code", "message"),
        Service("setup", "Set-up", Money("99.00", "USD"), {"hours": 3}),
        Tier(up_to=5, unit_amount="1", flat_amount="2"),
        admit(occupancy([], owned=5)),
        Member("ann", joined_on=at("2026-01-01"), left_on=at("2027-01-01")),
        occupancy([], owned=5),
        SeatCount(unit="seat", owned=5, occupied=1),
        Team("core", ["ann"]),
        BillingRules(
            intervals=[MONTHLY],
            interval_discounts={ANNUAL: "20"},
            free_plan=Plan("free", "Free", 0),
        ),
        Discrepancy("total", 1, 2),
        INVOICE,
        INVOICE.lines[0],
        INVOICE.lines[0].terms,
        Party(name="Ada", address=["1 Street"], country="GB", vat_number="GB1"),
        INVOICE.taxes[0],
        VAT,
        AddAddOn(SSO),
        AddSeats(1),
        AppliedDiscount(PERCENT),
        ApplyDiscount(PERCENT),
        BuyService(SETUP),
        Cancel("reason"),
        SUB.charges[0],
        Freeze(),
        GrantCredit(Money("5", "USD"), "sorry"),
        Notice("serves_until", (("on", DATE),)),
        STORY.opening,
        PENDING,
        RemoveAddOn(SSO),
        RemoveDiscount("percent"),
        RemoveSeats(1, 5),
        Reprice(SMALL, DATE),
        Resume(),
        SetRecipient(None),
        SetSeats(5, 5),
        SetTaxRates([VAT]),
        SubscribedAddOn(SSO),
        SUB,
        SwitchInterval(ANNUAL),
        SwitchPackage(BRONZE, GOLD),
        SwitchPlan(LARGE, ANNUAL),
        Unfreeze(),
        WithdrawPending(ChangeKind.PLAN),
        bill(STORY.opening, [(DATE, AddSeats(1))], until=DATE),
    ),
    "money.Money": (Money, {"amount": "1.00", "currency": "USD"}),
    "money.Money.from_minor_units": (
        Money.from_minor_units,
        {"minor_units": 1, "currency": "USD"},
    ),
    "money.Money.zero": (Money.zero, {"currency": "USD"}),
    "money.Money.rounded": (
        Money.rounded,
        {"amount": "1", "currency": "USD", "rounding": Rounding.UP},
    ),
    "money.Money.total": (Money.total, {"amounts": [], "currency": "USD"}),
    "money.currency_digits": (currency_digits, {"currency": "USD"}),
    "periods.Period.nth": (
        Period.nth,
        {"anchor": DATE, "interval": MONTHLY, "n": 1},
    ),
    "periods.Period.containing": (
        Period.containing,
        {"anchor": DATE, "interval": MONTHLY, "at": DATE},
    ),
    "periods.Period.contains": (APRIL.contains, {"at": DATE}),
    "proration.share": (
        share,
        {"used": APRIL, "whole": APRIL, "convention": Convention.FULL},
    ),
    "proration.prorate": (
        prorate,
        {
            "price": Money("1", "USD"),
            "used": APRIL,
            "whole": APRIL,
            "convention": Convention.FULL,
            "rounding": Rounding.UP,
        },
    ),
    "proration.allocate": (allocate, {"total": Money("1", "USD"), "weights": [1]}),
    "plans.Price.rate": (
        usd("3.00").rate,
        {"times": 12, "off": Fraction(1, 5), "rounding": Rounding.UP},
    ),
    "plans.Plan.features_of": (SMALL.features_of, {"unit": "seat"}),
    "plans.Discount.percent": (
        Discount.percent,
        {"percent": "10", "id": "d", "periods": 1},
    ),
    "plans.Discount.fixed": (
        Discount.fixed,
        {"amount": "10", "currency": "USD", "id": "d", "periods": 1},
    ),
    "plans.Catalog.plan": (CATALOG.plan, {"id": "small"}),
    "plans.Catalog.add_on": (CATALOG.add_on, {"id": "sso"}),
    "plans.Catalog.service": (CATALOG.service, {"id": "setup"}),
    "seats.Member.occupies": (Member("ann", joined_on=DATE).occupies, {"at": DATE}),
    "seats.occupancy": (
        occupancy,
        {
            "members": [Member("ann")],
            "owned": {"seat": 5},
            "at": DATE,
            "scheduled_removal": {"seat": 1},
        },
    ),
    "seats.admit": (
        admit,
        {"occupancy": occupancy([], owned=5), "n": 1, "unit": "seat"},
    ),
    "rules.BillingRules.timing": (RULES.timing, {"direction": Direction.UPGRADE}),
    "rules.BillingRules.interval_discount": (
        RULES.interval_discount,
        {"interval": ANNUAL},
    ),
    "invoices.LineTerms.exact": (INVOICE.lines[0].terms.exact, {"scaled": 1}),
    "invoices.verify": (verify, {"invoice": INVOICE}),
    "subscriptions.Notice.value": (
        Notice("serves_until", (("on", DATE),)).value,
        {"name": "on"},
    ),
    "subscriptions.Subscription.quantity": (SUB.quantity, {"unit": "seat"}),
    "subscriptions.Subscription.add_on_quantity": (SUB.add_on_quantity, {"id": "sso"}),
    "lifecycle.subscribe": (
        subscribe,
        {**START, "on": at("2026-04-01"), "occupied": {"seat": 5}},
    ),
    "lifecycle.adopt": (
        adopt,
        {
            **START,
            "current_period": APRIL,
            "charged": SUB.charges,
            "on": at("2026-04-01"),
            "ended_on": None,
            "frozen_on": None,
            "credit_balance": Money("1", "USD"),
            "pending_updates": [],
            "waiting_lines": [],
            "accrued_lines": [],
            "version": 1,
        },
    ),
    "lifecycle.change": (
        lambda subscription, changes, **more: change(subscription, changes, **more),
        {
            "subscription": SUB,
            "changes": AddSeats(1),
            "on": DATE,
            "by": "ann",
            "timing": Timing.IMMEDIATE,
            "reason": "goodwill",
        },
    ),
    "lifecycle.renew": (
        renew,
        {"subscription": SUB, "on": DATE, "measured": {}, "occupied": {"seat": 5}},
    ),
    "lifecycle.preview_invoice": (
        preview_invoice,
        {"subscription": SUB, "measured": {}},
    ),
    "lifecycle.bill": (
        bill,
        {
            "opening": SUB,
            "history": [(DATE, AddSeats(1))],
            "until": at("2026-05-01"),
            "measured": lambda boundary: None,
        },
    ),
}
KINDS_OF_DOOR = (type, type(len), type(lambda: 0))


def doors() -> Iterator[tuple[str, Any]]:
    """Yield each public constructor, function and method, by module and name."""
    for module in MODULES:
        loaded = importlib.import_module(f"seatbill.{module}")
        for name in loaded.__all__:
            door = getattr(loaded, name)
            if inspect.isfunction(door):
                yield f"{module}.{name}", door
            elif inspect.isclass(door) and not issubclass(door, enum.Enum):
                yield f"{module}.{name}", door
                for method, found in vars(door).items():
                    function = found.__func__ if isinstance(found, classmethod) else found
                    if method.startswith("_") or not inspect.isfunction(function):
                        continue
                    if len(inspect.signature(function).parameters) > 1:
                        yield f"{module}.{name}.{method}", function


DOORS = dict(doors())
PARAMETERS = [
    pytest.param(door, name, id=f"{door}: {name}")
    for door, function in DOORS.items()
    for name in inspect.signature(function).parameters
    if name not in ("self", "cls")
]


def test_every_door_stands_in_the_table():
    assert SOUND.keys() == DOORS.keys()


@pytest.mark.parametrize("door", DOORS)
def test_every_parameter_of_a_door_stands_in_the_table(door):
    parameters = set(inspect.signature(DOORS[door]).parameters) - {"self", "cls"}
    assert set(SOUND[door][1]) == parameters


@pytest.mark.parametrize("door", SOUND)
def test_the_sound_calls_are_sound(door):
    function, arguments = SOUND[door]
    function(**arguments)


def annotation_of(door: str, name: str) -> str:
    """Return the annotation of a parameter, as it is written."""
    return str(inspect.signature(DOORS[door]).parameters[name].annotation)


@pytest.mark.parametrize(("door", "name"), PARAMETERS)
def test_a_wrong_argument_is_refused_by_name(door, name):
    function, arguments = SOUND[door]
    before = pickle.dumps({k: v for k, v in arguments.items() if k != "measured"})
    let_in = accepted(annotation_of(door, name)) | ALSO.get((door, name), set())
    for wrong, value in WRONG.items():
        try:
            function(**arguments | {name: value})
        except SeatbillError as refused:
            check_refusal(refused)
        except Exception as bare:
            raise AssertionError(f"{wrong} raises {bare!r}") from bare
        else:
            assert wrong in let_in, f"{wrong} is accepted"
    assert (
        pickle.dumps({k: v for k, v in arguments.items() if k != "measured"}) == before
    )
    function(**arguments)


def check_refusal(refused: SeatbillError) -> None:
    """Refuse a refusal that is not one: code, values, remedy, kind, sentence."""
    kind = type(refused)
    assert kind in vars(seatbill.errors).values()
    assert isinstance(refused, TypeError if kind is WrongTypeError else ValueError)
    told = refused.as_dict()
    assert told["code"] == kind.code
    assert told["remedy"]
    assert told["values"].keys() == set(kind.names)
    assert told["message"] == str(refused)
