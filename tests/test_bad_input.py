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
    ChargeFee,
    Convention,
    Discount,
    EndPause,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    MoveBillingDay,
    Party,
    Pause,
    Period,
    Plan,
    Price,
    RecordCreditNote,
    RecordUsage,
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
    SetTerm,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Term,
    Tier,
    Timing,
    Unfreeze,
    WithdrawPending,
    adopt,
    allocate,
    bill,
    change,
    next_renewal,
    preview_invoice,
    prorate,
    renew,
    share,
    subscribe,
    verify,
)
from seatbill.credit import CreditKind, CreditLot
from seatbill.discounts import DiscountTarget, Eligibility, Facts, Surplus
from seatbill.errors import SeatbillError, WrongTypeError
from seatbill.licences import LicenceUnit, LicenceVariant
from seatbill.limits import LIMITS
from seatbill.money import currency_digits
from seatbill.parties import (
    BuyerReferences,
    Contact,
    ElectronicAddress,
    PostalAddress,
)
from seatbill.rules import ChangeKind, Direction
from seatbill.seats import Member, SeatCount, Team, admit, occupancy
from seatbill.subscriptions import (
    AppliedDiscount,
    CreditedCharge,
    PendingUpdate,
    SubscribedAddOn,
)
from seatbill.verification import Discrepancy
from seatbill.wallets import Pack, Purchase
from shop import LARGE, SMALL, usd
from stories import Story, at, plan

MODULES = (
    "money",
    "periods",
    "proration",
    "plans",
    "credit",
    "discounts",
    "taxes",
    "catalogs",
    "seats",
    "rules",
    "parties",
    "invoices",
    "verification",
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
    "huge": 10**100,
    "minus huge": -(10**100),
    "longer than Python prints": 10**5000,
    "a fraction longer than Python prints": Fraction(10**5000, 3),
    "a fraction finer than Python prints": Fraction(1, 10**5000),
    "a decimal that is a long number": Decimal("1E+999999"),
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
INTS = {
    "one",
    "zero",
    "minus one",
    "huge",
    "minus huge",
    "longer than Python prints",
}
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
    "Time | Interval": {"a date", "an instant"},
    "dt.date": {"a date", "an instant"},
    "Amount": AMOUNTS,
    "str | int | Decimal": AMOUNTS,
    # Money.rounded: what is finer than a minor unit goes.
    "Fraction | Decimal | int | str": AMOUNTS
    | {"a fraction", "a fraction finer than Python prints"},
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
    "PayableRounding": EMPTY | {"a mapping"},
    "Iterable[Feature] | Mapping[str, Iterable[str]]": EMPTY | {"a mapping"},
    "AddOns": EMPTY,
    "Money | Iterable[CreditLot]": EMPTY,
}


def accepted(annotation: str, known: dict[str, set[str]] = ACCEPTED) -> set[str]:
    """Return what *annotation* lets in, as far as it is *known*."""
    found: set[str] = set()
    kinds = annotation
    if kinds.endswith(" | None"):
        found, kinds = {"nothing"}, kinds.removesuffix(" | None")
    if kinds in known:
        return found | known[kinds]
    if kinds.startswith(("Iterable[", "tuple[", "frozenset[")):
        return found | EMPTY
    return found


# ---------------------------------------------------------------------- the sound calls

SSO = AddOn("sso", "SSO", (usd("3.00"),))
BRONZE = AddOn("bronze", "Bronze", (usd("3.00"),), family="support", rank=1)
GOLD = AddOn("gold", "Gold", (usd("6.00"),), family="support", rank=2)
SETUP = Service("setup", "Set-up", Money("99.00", "USD"))
VAT = TaxRate("vat", "0.20")
APRIL = Period(at("2026-04-01"), at("2026-05-01"))
PERCENT = Discount.percent("10", id="percent")
STORY = Story(SMALL, "2026-04-01", seats=10, tax_rates=[VAT])
SUB = STORY.subscription
TAKEN = CreditedCharge("1:plan:small:seat", Money("5", "USD"))
INVOICE = STORY.opening.invoice
RULES = BillingRules()
LICENCES = [LicenceVariant(LicenceUnit.TEAM, contract="annual")]
CATALOG = Catalog([SMALL, LARGE], [SSO], [SETUP])
PENDING = PendingUpdate(
    kind=ChangeKind.SEATS, key="seat", value=8, applies_on=DATE, requested_on=DATE
)
PURCHASE = Purchase(
    number=1,
    pack=Pack(id="25", units="25", price=Money("25.00", "USD")),
    quantity=2,
    ordered_on=DATE,
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
    return {
        f.alias: getattr(value, f.name) for f in attrs.fields(type(value)) if f.init
    }


def home_of(cls: type) -> str:
    """Return the first module that lists *cls*."""
    return next(
        module
        for module in MODULES
        if cls.__name__ in importlib.import_module(f"seatbill.{module}").__all__
    )


def made(*values: Any) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Return the constructor and its arguments for each of *values*."""
    return {
        f"{home_of(type(value))}.{type(value).__name__}": (
            type(value),
            fields_of(value),
        )
        for value in values
        for kind in [type(value)]
    }


PART, SOME = DiscountTarget(plans=["*"]), Eligibility(countries=["DE"])
SOUND: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    **made(
        MONTHLY,
        APRIL,
        AddOn("sso", "SSO", (usd("3.00"),), requires_plans=["pro"], features=["x"]),
        CATALOG,
        PERCENT,
        LARGE,
        usd("3.00", max_quantity=12),
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
        PostalAddress(
            street="1 Street",
            more=["2nd floor"],
            postcode="E1",
            city="London",
            subdivision="Tower Hamlets",
        ),
        ElectronicAddress("EM", "ada@example.com"),
        Contact(name="Ada", phone="+44 20", email="ada@example.com"),
        Party(
            name="Ada",
            address=["1 Street"],
            country="GB",
            vat_number="GB1",
            registration="1234",
            registration_scheme="0099",
            postal=PostalAddress(city="London"),
            electronic_address=ElectronicAddress("EM", "ada@example.com"),
            contact=Contact(name="Ada"),
        ),
        BuyerReferences(buyer_reference="B", purchase_order="4711", contract="C"),
        INVOICE.taxes[0],
        VAT,
        AddAddOn(SSO),
        AddSeats(1),
        AppliedDiscount(PERCENT),
        ApplyDiscount(PERCENT),
        BuyService(SETUP),
        ChargeFee("ticket fee", Money("5.00", "USD")),
        Cancel("reason"),
        SUB.charges[0],
        EndPause(),
        EndTrial(),
        Extend(7),
        MoveBillingDay(1),
        Pause(2),
        Freeze(),
        GrantCredit(Money("5", "USD"), "sorry"),
        CreditLot(Money("5", "USD"), CreditKind.GIFT, DATE),
        STORY.opening,
        PENDING,
        RecordCreditNote("one:1/credit-1", [TAKEN]),
        TAKEN,
        RecordUsage(3),
        SetTerm(Term()),
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
    "discounts.Discount.percent": (
        Discount.percent,
        {
            "percent": "10",
            "id": "d",
            "periods": None,
            "months": 1,
            "until": None,
            "applies_to": PART,
            "combinable": False,
            "eligibility": SOME,
        },
    ),
    "discounts.DiscountTarget": (
        DiscountTarget,
        {
            "plans": ["*"],
            "add_ons": ["sso"],
            "units": ["seat"],
            "intervals": [MONTHLY],
            "first": 1,
        },
    ),
    "discounts.Eligibility": (
        Eligibility,
        {"first_purchase": True, "countries": ["DE"], "max_redemptions": 1},
    ),
    "discounts.Facts": (
        Facts,
        {"first_purchase": True, "country": "DE", "redemptions": 1},
    ),
    "discounts.Discount.fixed": (
        Discount.fixed,
        {
            "amount": "10",
            "currency": "USD",
            "id": "d",
            "periods": 1,
            "months": None,
            "until": None,
            "applies_to": PART,
            "combinable": False,
            "eligibility": SOME,
            "surplus": Surplus.KEPT,
        },
    ),
    "catalogs.Catalog.plan": (CATALOG.plan, {"id": "small"}),
    "catalogs.Catalog.add_on": (CATALOG.add_on, {"id": "sso"}),
    "catalogs.Catalog.service": (CATALOG.service, {"id": "setup"}),
    "plans.Service.admit": (
        Service("s", "S", Money("99", "USD"), {"hours": 3}).admit,
        {"name": "hours", "used": 1, "n": 1, "bought": 1},
    ),
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
        {"occupancy": occupancy([], owned=5), "n": 1, "unit": "seat", "batch": 5},
    ),
    "rules.BillingRules.timing": (RULES.timing, {"direction": Direction.UPGRADE}),
    "rules.BillingRules.interval_discount": (
        RULES.interval_discount,
        {"interval": ANNUAL},
    ),
    "rules.BillingRules.payable_step": (RULES.payable_step, {"currency": "USD"}),
    "rules.BillingRules.licence_variant": (
        BillingRules(licence_variants=LICENCES).licence_variant,
        {"signed_on": DATE, "contract": "annual"},
    ),
    "invoices.LineTerms.exact": (INVOICE.lines[0].terms.exact, {"scaled": 1}),
    "verification.verify": (verify, {"invoice": INVOICE}),
    "subscriptions.BuyService.of": (
        BuyService.of,
        {"purchase": PURCHASE, "tax_class": "print"},
    ),
    "subscriptions.Subscription.credit_on": (SUB.credit_on, {"day": DATE}),
    "subscriptions.Subscription.quantity": (SUB.quantity, {"unit": "seat"}),
    "subscriptions.Subscription.add_on_quantity": (SUB.add_on_quantity, {"id": "sso"}),
    "lifecycle.subscribe": (
        subscribe,
        {
            **START,
            "on": at("2026-04-01"),
            "occupied": {"seat": 5},
            "facts": Facts(country="DE"),
            "credit": [],
            "version": 3,
            "term": Term(),
            "limits": LIMITS,
        },
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
            "moved_from": None,
            "paid_until": None,
            "term": None,
            "credit_balance": Money("1", "USD"),
            "credit_lots": [],
            "pending_updates": [],
            "waiting_lines": [],
            "accrued_lines": [],
            "version": 1,
        },
    ),
    "lifecycle.change": (
        lambda subscription, changes, on, by, timing, reason, limits: change(
            subscription,
            changes,
            on=on,
            by=by,
            timing=timing,
            reason=reason,
            limits=limits,
        ),
        {
            "subscription": SUB,
            "changes": AddSeats(1),
            "on": DATE,
            "by": "ann",
            "timing": Timing.IMMEDIATE,
            "reason": "goodwill",
            "limits": LIMITS,
        },
    ),
    "lifecycle.renew": (
        renew,
        {
            "subscription": SUB,
            "on": DATE,
            "measured": {},
            "occupied": {"seat": 5},
            "limits": LIMITS,
        },
    ),
    "lifecycle.next_renewal": (next_renewal, {"subscription": SUB}),
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
            "limits": LIMITS,
        },
    ),
}
KINDS_OF_DOOR = (type, type(len), type(lambda: 0))


def doors(modules: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield each public constructor, function and method, by module and name.

    What one of *modules* hands on from an earlier one is yielded once.
    """
    seen = set()
    for module in modules:
        loaded = importlib.import_module(f"seatbill.{module}")
        for name in loaded.__all__:
            door = getattr(loaded, name)
            if id(door) in seen:
                continue
            seen.add(id(door))
            if inspect.isfunction(door):
                yield f"{module}.{name}", door
            elif inspect.isclass(door) and not issubclass(door, enum.Enum):
                yield f"{module}.{name}", door
                for method, found in vars(door).items():
                    function = (
                        found.__func__ if isinstance(found, classmethod) else found
                    )
                    if method.startswith("_") or not inspect.isfunction(function):
                        continue
                    if len(inspect.signature(function).parameters) > 1:
                        yield f"{module}.{name}.{method}", function


def parameters_of(function: Callable[..., Any]) -> list[str]:
    """Return the names of what *function* is given."""
    names = inspect.signature(function).parameters
    return [name for name in names if name not in ("self", "cls")]


def annotation_of(function: Callable[..., Any], name: str) -> str:
    """Return the annotation of a parameter, as it is written."""
    return str(inspect.signature(function).parameters[name].annotation)


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
    let_in = accepted(annotation_of(DOORS[door], name))
    refuses_all_but(let_in, name, *SOUND[door])


def refuses_all_but(
    let_in: set[str],
    name: str,
    function: Callable[..., Any],
    arguments: dict[str, Any],
    put: Callable[[Any], Any] = lambda value: value,
) -> None:
    """Replace one of *arguments* by all that is wrong; only *let_in* may pass.

    *put* says what each wrong value is put into.
    """
    before = pickle.dumps({k: v for k, v in arguments.items() if k != "measured"})
    for wrong, value in WRONG.items():
        if callable(value) and "a function" in let_in:
            continue  # what the caller's own function raises is the caller's
        try:
            function(**arguments | {name: put(value)})
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


# --------------------------------------------------------- negative and zero quantities

# Where a negative number has a meaning: what is given back, and what is only compared.
MAY_BE_NEGATIVE = {
    ("money.Money", "amount"),
    ("money.Money.from_minor_units", "minor_units"),
    ("money.Money.rounded", "amount"),
    ("periods.Period.nth", "n"),
    ("plans.AddOn", "rank"),
    ("plans.Plan", "rank"),
    ("invoices.Invoice", "subtotal_minor"),
    ("invoices.Invoice", "total_minor"),
    ("invoices.Invoice", "credit_applied_minor"),
    ("invoices.InvoiceLine", "quantity"),
    ("invoices.InvoiceLine", "full_scaled"),
    ("invoices.InvoiceLine", "amount_minor"),
    ("invoices.LineTerms.exact", "scaled"),
    ("subscriptions.Charge", "quantity"),
    ("subscriptions.Charge", "full_scaled"),
    ("subscriptions.Charge", "charged_minor"),
    ("subscriptions.Charge", "credited_minor"),
    ("subscriptions.Charge", "ended_minor"),
}
# Where none of something cannot be meant.
AT_LEAST_ONE = {
    ("periods.Interval", "months"),
    ("plans.AddOn", "batch"),
    ("plans.Price", "batch"),
    ("plans.Price", "max_quantity"),
    ("plans.Service.admit", "n"),
    ("plans.Service.admit", "bought"),
    ("plans.Tier", "up_to"),
    ("seats.Admission", "seats"),
    ("seats.admit", "batch"),
    ("seats.admit", "n"),
    ("invoices.InvoiceLine", "share_denominator"),
    ("invoices.LineTerms", "scale"),
    ("subscriptions.AddAddOn", "quantity"),
    ("subscriptions.AddSeats", "seats"),
    ("subscriptions.BuyService", "quantity"),
    ("subscriptions.RemoveAddOn", "quantity"),
    ("subscriptions.RemoveSeats", "seats"),
}
NUMBERS = [
    pytest.param(door, name, id=f"{door}: {name}")
    for door in DOORS
    for name in SOUND[door][1]
    if "int" in annotation_of(DOORS[door], name).split(" | ")
]


@pytest.mark.parametrize(("door", "name"), NUMBERS)
def test_a_number_is_negative_or_zero_only_where_that_means_something(door, name):
    function, arguments = SOUND[door]
    for number, let_in in (
        (-1, (door, name) in MAY_BE_NEGATIVE),
        (0, (door, name) not in AT_LEAST_ONE),
    ):
        if let_in:
            continue
        with pytest.raises(SeatbillError) as refused:
            function(**arguments | {name: number})
        check_refusal(refused.value)


# ------------------------------------------------------------------- the named refusals

BOUNDED = Plan("bounded", "Bounded", 1, (usd("30.00", max_quantity=12),))
EURO = plan("30.00", "EUR", id="euro", rank=3)
ENDED = change(SUB, Cancel(), on=DATE, timing=Timing.IMMEDIATE).subscription
LATER = change(SUB, AddSeats(1), on=DATE).subscription
TOKYO = dt.datetime(2026, 4, 16, tzinfo=ZoneInfo("Asia/Tokyo"))
NAIVE = dt.datetime(2026, 4, 16)


def asked(*changes: Any, on: Any = DATE, sub: Any = SUB) -> Callable[[], Any]:
    """Return a call that asks *sub* for *changes*."""
    return lambda: change(sub, *changes, on=on)


def started(**more: Any) -> Callable[[], Any]:
    """Return a call that subscribes to ten seats, and *more*."""
    given = {**START, "on": at("2026-04-01"), **more}
    return lambda: subscribe(
        given["plan"], **{k: given[k] for k in given if k != "plan"}
    )


NAMED = {
    "a naive datetime": (
        asked(AddSeats(1), on=NAIVE),
        "naive_datetime",
        {"name": "on", "value": NAIVE},
    ),
    "a datetime in another zone": (
        asked(AddSeats(1), on=TOKYO),
        "not_utc",
        {"name": "on", "value": TOKYO},
    ),
    "an instant among dates": (
        asked(AddSeats(1), on=INSTANT),
        "mixed_time",
        {"name": "on", "value": INSTANT, "wanted": "dates"},
    ),
    "a first day of one kind, an anchor of the other": (
        started(anchor=INSTANT),
        "mixed_time",
        {"value": at("2026-04-01"), "wanted": "datetimes in UTC"},
    ),
    "amounts in two currencies": (
        lambda: Money("1", "EUR") + Money("1", "USD"),
        "currency_mismatch",
        {"left": "EUR", "right": "USD"},
    ),
    "a credit in another currency": (
        asked(GrantCredit(Money("1", "EUR"), "sorry")),
        "currency_mismatch",
        {"left": "USD", "right": "EUR"},
    ),
    "a discount in another currency": (
        started(discounts=[Discount.fixed("1", "EUR", id="d")]),
        "currency_mismatch",
        {"left": "USD", "right": "EUR"},
    ),
    "a plan in another currency": (
        asked(SwitchPlan(EURO)),
        "no_price",
        {"item": "euro", "currency": "USD"},
    ),
    "an unknown currency": (
        started(currency="ECU"),
        "unknown_currency",
        {"currency": "ECU"},
    ),
    "an unknown unit": (
        asked(AddSeats(1, unit="bike")),
        "unknown_unit",
        {"item": "small", "unit": "bike", "offered": ("seat",)},
    ),
    "too many digits of money": (
        lambda: Money("1.005", "EUR"),
        "too_many_digits",
        {"value": "1.005", "currency": "EUR", "digits": 2},
    ),
    "too many digits of a price": (
        lambda: Price(unit_amount="0.0000000000001", currency="EUR"),
        "too_many_digits",
        {"digits": 12},
    ),
    "a change before the first day": (
        asked(AddSeats(1), on=at("2026-03-31")),
        "out_of_order",
        {"value": at("2026-03-31"), "earliest": at("2026-04-01")},
    ),
    "a change before an earlier one": (
        asked(AddSeats(1), on=at("2026-04-15"), sub=LATER),
        "out_of_order",
        {"value": at("2026-04-15"), "earliest": DATE},
    ),
    "a change after the end": (
        asked(AddSeats(1), on=at("2026-04-20"), sub=ENDED),
        "subscription_ended",
        {"id": "story", "ended_on": DATE},
    ),
    "a removal below who sits": (
        asked(RemoveSeats(3, occupied=8)),
        "seats_occupied",
        {"unit": "seat", "asked": 3, "removable": 2, "occupied": 8},
    ),
    "seats below the members": (
        started(seats=6, occupied=7),
        "too_few_seats",
        {"unit": "seat", "asked": 6, "minimum": 7, "missing": 1},
    ),
    "a number of seats below the members": (
        asked(SetSeats(12, occupied=13)),
        "too_few_seats",
        {"asked": 12, "minimum": 13, "missing": 1},
    ),
    "seats above the maximum": (
        started(plan=BOUNDED, seats=13),
        "too_many_seats",
        {"unit": "seat", "item": "bounded", "asked": 13, "maximum": 12, "excess": 1},
    ),
    "an upgrade to the same plan": (
        asked(SwitchPlan(SMALL)),
        "no_change",
        {"kind": "plan"},
    ),
    "the same interval": (asked(SwitchInterval(MONTHLY)), "no_change", {}),
    "the same number of seats": (
        asked(SetSeats(10)),
        "no_change",
        {"kind": "seats", "value": 10},
    ),
    "a person more than there are seats": (
        lambda: admit(occupancy([Member("ann")], owned=1)),
        "no_seat_left",
        {"unit": "seat", "asked": 1, "vacant": 0, "missing": 1},
    ),
    "a float as an amount": (
        lambda: Money(19.9, "EUR"),
        "wrong_type",
        {"name": "amount", "value": 19.9},
    ),
    "NaN as an amount": (
        lambda: Money("NaN", "EUR"),
        "invalid_amount",
        {"name": "amount", "value": "NaN"},
    ),
    "infinity as a price": (
        lambda: Price(unit_amount=Decimal("Infinity"), currency="EUR"),
        "invalid_amount",
        {"value": Decimal("Infinity")},
    ),
    "a bool as a number of seats": (
        lambda: AddSeats(True),
        "wrong_type",
        {"name": "seats", "value": True},
    ),
    "no seats to add": (
        lambda: AddSeats(0),
        "out_of_bounds",
        {"name": "seats", "value": 0, "minimum": 1},
    ),
    "a negative number of seats": (
        started(seats=-1),
        "out_of_bounds",
        {"name": "seat", "value": -1},
    ),
    "a period beyond the year 9999": (
        started(anchor=at("9999-12-15"), on=at("9999-12-20"), interval=ANNUAL),
        "date_out_of_range",
        {"anchor": at("9999-12-15"), "count": 12, "unit": "month"},
    ),
    "a notice before the year 1": (
        lambda: change(
            Story(
                SMALL, "0001-01-01", seats=5, rules=BillingRules(notice_days=3650)
            ).subscription,
            RemoveSeats(1),
            on=at("0001-01-02"),
        ),
        "date_out_of_range",
        {"count": -3650, "unit": "day"},
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_refusal_has_its_code_and_values_and_changes_nothing(name):
    call, code, values = NAMED[name]
    before = pickle.dumps((SUB, LATER, ENDED, START))
    with pytest.raises(SeatbillError) as refused:
        call()
    check_refusal(refused.value)
    told = refused.value.as_dict()
    assert told["code"] == code
    assert values.items() <= told["values"].items()
    assert pickle.dumps((SUB, LATER, ENDED, START)) == before
    assert change(SUB, AddSeats(1), on=DATE).invoice.total == Money("18.00", "USD")


def test_a_wrong_type_is_a_type_error_and_the_rest_are_value_errors():
    with pytest.raises(TypeError):
        Interval(months="1")
    with pytest.raises(ValueError, match="months=0, days=0"):
        Interval(months=0)
