"""What is sold: exact prices, tiers, plans, add-ons, discounts, a catalogue."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddOn,
    Catalog,
    Discount,
    Interval,
    Money,
    Plan,
    Price,
    Rounding,
    Service,
    Tier,
)
from seatbill.errors import (
    AmountError,
    DuplicateError,
    InsufficientUnitsError,
    OutOfBoundsError,
    PercentageError,
    PriceError,
    TooManyDigitsError,
    UnknownCurrencyError,
    UnknownItemError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.money import digits_of
from seatbill.notices import Problem
from seatbill.plans import TiersMode, price_for, units_of

HALF_UP = Rounding.HALF_UP
FIFTH = Fraction(1, 5)


def usd(unit_amount, **more):
    """Return the price of a seat in dollars a month, unless *more* says otherwise."""
    return Price(unit_amount=unit_amount, **{"currency": "USD", **more})


def cost(price, quantity=1, *, times=1, off=None, rounding=HALF_UP):
    """Return what *quantity* units and *times* intervals cost, in minor units."""
    rate = price.rate(times=times, off=off, rounding=rounding)
    return Fraction(rate.total(quantity), rate.scale)


# ------------------------------------------------------------------------------ a price


@pytest.mark.parametrize("written", ["6.99", Decimal("6.99"), Decimal("6.9900")])
def test_a_price_is_written_as_text_int_or_decimal(written):
    assert usd(written) == usd("6.99")
    assert usd(7) == usd("7.00")
    assert cost(usd(written), 5) == 3495


def test_a_price_of_a_seat_a_month_is_what_is_left_unsaid():
    price = Price(unit_amount="6.99", currency="USD")
    assert (price.unit, price.interval) == ("seat", MONTHLY)
    assert (price.min_quantity, price.max_quantity) == (0, None)
    assert (price.flat, price.measured, price.in_arrears) == (False, False, False)
    assert price.tiers == ()
    assert price.tiers_mode is TiersMode.GRADUATED


def test_a_price_may_be_finer_than_a_cent():
    assert cost(usd("0.0004"), 25) == 1
    assert cost(usd("0.000000000001"), 10**12) == 100
    assert usd("0.0004").rate(rounding=HALF_UP).scale == 100


def test_nothing_is_a_price():
    assert cost(usd("0"), 10) == cost(usd("-0"), 10) == 0
    assert cost(usd("0.00"), 10) == 0


@pytest.mark.parametrize(
    ("amount", "error", "code"),
    [
        pytest.param("-0.01", OutOfBoundsError, "out_of_bounds", id="negative"),
        pytest.param(10**18, OutOfBoundsError, "out_of_bounds", id="too much"),
        pytest.param(
            "0.0000000000001", TooManyDigitsError, "too_many_digits", id="too fine"
        ),
        pytest.param("NaN", AmountError, "invalid_amount", id="NaN"),
        pytest.param("Infinity", AmountError, "invalid_amount", id="infinity"),
        pytest.param("six", AmountError, "invalid_amount", id="no number"),
        pytest.param(6.99, WrongTypeError, "wrong_type", id="float"),
        pytest.param(True, WrongTypeError, "wrong_type", id="bool"),
        pytest.param(Money("6.99", "USD"), WrongTypeError, "wrong_type", id="money"),
    ],
)
def test_a_unit_amount_is_a_sane_number(amount, error, code):
    for refusing in (
        lambda: usd(amount),
        lambda: Tier(up_to=1, unit_amount=amount),
        lambda: Tier(up_to=1, flat_amount=amount),
    ):
        with pytest.raises(error) as refused:
            refusing()
        assert refused.value.code == code
        assert refused.value.value is amount


def test_twelve_decimals_are_the_finest():
    with pytest.raises(TooManyDigitsError) as refused:
        usd("0.1234567890123")
    assert refused.value.digits == 12
    usd("0.123456789012")
    usd("1.2300000000000000000")


def test_zeros_at_the_end_are_no_digits():
    assert usd("1.50") == usd("1.5")
    assert repr(usd("1.50")) == repr(usd("1.5"))
    assert usd("1E+2").unit_amount == 100
    assert [digits_of(Decimal(text)) for text in ("1.5", "100", "0", "0.0004")] == (
        [1, 0, 0, 4]
    )


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({}, "neither", id="nothing"),
        pytest.param(
            {"unit_amount": "1", "tiers": [Tier(up_to=None)]}, "both", id="both"
        ),
        pytest.param(
            {"tiers": [Tier(up_to=None)], "flat": True},
            "flat_with_tiers",
            id="flat with tiers",
        ),
        pytest.param(
            {"tiers": [Tier(up_to=5), Tier(up_to=5), Tier(up_to=None)]},
            "tiers_not_rising",
            id="tiers that stand",
        ),
        pytest.param(
            {"tiers": [Tier(up_to=9), Tier(up_to=5), Tier(up_to=None)]},
            "tiers_not_rising",
            id="tiers that fall",
        ),
        pytest.param(
            {"tiers": [Tier(up_to=None), Tier(up_to=None)]},
            "tiers_not_rising",
            id="two rests",
        ),
        pytest.param({"tiers": [Tier(up_to=5)]}, "last_tier_ends", id="no rest"),
    ],
)
def test_the_parts_of_a_price_fit_together(fields, problem):
    with pytest.raises(PriceError) as refused:
        Price(currency="USD", **fields)
    assert refused.value.code == "invalid_price"
    assert refused.value.problem == problem


@pytest.mark.parametrize(
    ("fields", "error", "name"),
    [
        ({"unit": ""}, OutOfBoundsError, "unit"),
        ({"unit": 1}, WrongTypeError, "unit"),
        ({"currency": None}, WrongTypeError, "currency"),
        ({"interval": "month"}, WrongTypeError, "interval"),
        ({"flat": 1}, WrongTypeError, "flat"),
        ({"measured": "yes"}, WrongTypeError, "measured"),
        ({"in_arrears": None}, WrongTypeError, "in_arrears"),
        ({"min_quantity": -1}, OutOfBoundsError, "min_quantity"),
        ({"min_quantity": 1.0}, WrongTypeError, "min_quantity"),
        ({"max_quantity": 0}, OutOfBoundsError, "max_quantity"),
        ({"min_quantity": 5, "max_quantity": 4}, OutOfBoundsError, "max_quantity"),
        ({"max_quantity": True}, WrongTypeError, "max_quantity"),
        ({"max_quantity": 10**12 + 1}, OutOfBoundsError, "max_quantity"),
        ({"unit_amount": None, "tiers": Tier(up_to=None)}, WrongTypeError, "tiers"),
        ({"unit_amount": None, "tiers": [5]}, WrongTypeError, "tiers"),
        ({"tiers_mode": "stairs"}, UnknownWordError, "tiers_mode"),
        ({"tiers_mode": 1}, WrongTypeError, "tiers_mode"),
    ],
)
def test_each_part_of_a_price_is_checked(fields, error, name):
    with pytest.raises(error) as refused:
        usd(**{"unit_amount": "1.00", **fields})
    assert refused.value.name == name


def test_an_unknown_currency_has_no_price():
    with pytest.raises(UnknownCurrencyError):
        usd("1", currency="usd")


# ------------------------------------------------------------------- a price by formula


@pytest.mark.parametrize("off", [Fraction(-1, 10), Fraction(11, 10)])
def test_no_price_is_dearer_or_below_nothing_by_formula(off):
    with pytest.raises(OutOfBoundsError) as refused:
        usd("4.99").rate(times=12, off=off, rounding=Rounding.HALF_UP)
    assert refused.value.code == "out_of_bounds"
    assert refused.value.name == "off"


@pytest.mark.parametrize(
    ("unit_amount", "currency", "off", "cents"),
    [
        pytest.param("4.99", "USD", FIFTH, "4790", id="4.99 -> 47.90 (CL-36)"),
        pytest.param("4.99", "USD", None, "5988", id="no discount: 59.88"),
        pytest.param("6.99", "USD", FIFTH, "6710", id="67.104 -> 67.10"),
        pytest.param("0.0004", "USD", FIFTH, "38/100", id="0.00384 -> 0.0038"),
        pytest.param("0.0004", "USD", None, "48/100", id="0.0048"),
        pytest.param("980", "JPY", FIFTH, "9408", id="yen: 9408"),
        pytest.param("99", "JPY", FIFTH, "950", id="yen: 950.4 -> 950"),
        pytest.param("1.234", "KWD", FIFTH, "11846", id="dinar: 11.8464 -> 11.846"),
        pytest.param("0.1234", "CLF", FIFTH, "11846", id="fomento: 1.18464 -> 1.1846"),
        pytest.param("10.00", "USD", Fraction(1), "0", id="all of it off"),
        pytest.param("10.00", "USD", Fraction(0), "12000", id="nothing off"),
        pytest.param("0.005", "USD", Fraction(1, 2), "3", id="0.03"),
    ],
)
def test_a_price_by_formula_is_rounded_once_for_each_unit(
    unit_amount, currency, off, cents
):
    """To the finer of the minor unit and the price's own digits (ambiguity 21)."""
    price = usd(unit_amount, currency=currency)
    assert cost(price, 1, times=12, off=off) == Fraction(cents)
    assert cost(price, 10, times=12, off=off) == 10 * Fraction(cents)


def test_the_formula_uses_the_rounding_of_the_rules():
    """67.104 a year for 6.99 less 20 %, and 1.005 for 0.335 times 3."""
    found = [cost(usd("6.99"), times=12, off=FIFTH, rounding=r) for r in Rounding]
    assert found == [6710, 6710, 6711, 6710]
    half = usd("0.67")
    found = [
        cost(half, times=3, off=Fraction(1, 2), rounding=r) for r in Rounding
    ]  # 1.005
    assert found == [101, 100, 101, 100]


def test_a_listed_price_is_never_rounded():
    assert cost(usd("0.0004"), 1) == Fraction(4, 100)
    assert cost(usd("1.99999"), 1) == Fraction(199_999, 1000)


@pytest.mark.parametrize(
    ("interval", "unit_amount", "times"),
    [
        pytest.param(MONTHLY, "10", 1, id="listed"),
        pytest.param(ANNUAL, "100", 1, id="an explicit annual price"),
        pytest.param(QUARTERLY, "10", 3, id="three months by formula"),
        pytest.param(Interval(months=24), "10", 24, id="two years from the shortest"),
        pytest.param(Interval(months=18), "10", 18, id="what a year does not divide"),
        pytest.param(Interval(days=365), "10", 12, id="365 days are twelve months"),
        pytest.param(Interval(days=61), "10", 2, id="61 days are two"),
    ],
)
def test_an_interval_costs_its_listed_price_or_the_shortest_that_divides_it(
    interval, unit_amount, times
):
    prices = (usd("100", interval=ANNUAL), usd("10"))
    price, found = price_for(prices, "seat", "USD", interval)
    assert (price.unit_amount, found) == (Decimal(unit_amount), times)


def test_thirty_days_make_twelve_in_365():
    price, times = price_for(
        (usd("10", interval=Interval(days=30)),), "seat", "USD", Interval(days=365)
    )
    assert times == 12
    assert cost(price, 1, times=times) == 12_000


@pytest.mark.parametrize(
    ("unit", "currency", "interval"),
    [
        pytest.param("seat", "USD", MONTHLY, id="shorter than what is listed"),
        pytest.param("seat", "USD", Interval(months=5), id="not a multiple"),
        pytest.param("seat", "EUR", QUARTERLY, id="another currency"),
        pytest.param("limited", "USD", QUARTERLY, id="another unit"),
        pytest.param("seat", "USD", Interval(days=91), id="as long, in days"),
        pytest.param("seat", "USD", Interval(days=7), id="days"),
    ],
)
def test_an_interval_that_nothing_divides_has_no_price(unit, currency, interval):
    prices = (usd("30", interval=QUARTERLY),)
    assert price_for(prices, unit, currency, interval) is None


def test_a_price_of_a_few_days_divides_nothing():
    weekly = (usd("3", interval=Interval(days=7)),)
    assert price_for(weekly, "seat", "USD", MONTHLY) is None
    assert price_for(weekly, "seat", "USD", Interval(days=7)) == (weekly[0], 1)


def test_units_are_those_priced_in_the_currency_in_the_order_of_the_list():
    prices = (
        usd("1", unit="limited"),
        usd("2"),
        usd("9", interval=ANNUAL),
        usd("3", unit="guest", currency="EUR"),
    )
    assert units_of(prices, "USD") == ("limited", "seat")
    assert units_of(prices, "EUR") == ("guest",)
    assert units_of(prices, "GBP") == ()


# -------------------------------------------------------------------------------- tiers

STAIRS = [
    Tier(up_to=5, unit_amount="10", flat_amount="1"),
    Tier(up_to=10, unit_amount="8"),
    Tier(up_to=None, unit_amount="5", flat_amount="20"),
]


@pytest.mark.parametrize(
    ("quantity", "graduated", "volume"),
    [
        pytest.param(0, "0", "0", id="none"),
        pytest.param(1, "11", "11", id="1 + 10"),
        pytest.param(5, "51", "51", id="the whole first tier"),
        pytest.param(6, "59", "48", id="51 + 8; 6 x 8"),
        pytest.param(10, "91", "80", id="51 + 5 x 8; 10 x 8"),
        pytest.param(11, "116", "75", id="91 + 20 + 5; 20 + 11 x 5"),
        pytest.param(12, "121", "80", id="one more"),
        pytest.param(10**12, "5000000000061", "5000000000020", id="very many"),
    ],
)
def test_tiers_price_what_lies_inside_them_or_all(quantity, graduated, volume):
    graded = Price(currency="USD", tiers=STAIRS)
    assert cost(graded, quantity) == 100 * int(graduated)
    assert cost(attrs.evolve(graded, tiers_mode="volume"), quantity) == 100 * int(
        volume
    )


def test_a_mode_may_be_written_as_its_word():
    word = Price(currency="USD", tiers=STAIRS, tiers_mode="volume")
    assert word.tiers_mode is TiersMode.VOLUME
    assert word == Price(currency="USD", tiers=STAIRS, tiers_mode=TiersMode.VOLUME)


def test_each_price_of_the_tiers_is_rounded_by_itself_in_a_formula():
    """0.333 x 12 x 0.8 = 3.1968 -> 3.197; a flat 1.01 x 12 x 0.8 = 9.696 -> 9.70."""
    tiers = [Tier(up_to=None, unit_amount="0.333", flat_amount="1.01")]
    price = Price(currency="USD", tiers=tiers)
    assert cost(price, 1, times=12, off=FIFTH) == Fraction("1289.7")
    assert cost(price, 2, times=12, off=FIFTH) == Fraction("1609.4")


@pytest.mark.parametrize(
    ("up_to", "error"),
    [
        (0, OutOfBoundsError),
        (-1, OutOfBoundsError),
        (10**13, OutOfBoundsError),
        (1.5, WrongTypeError),
        (True, WrongTypeError),
        ("5", WrongTypeError),
    ],
)
def test_a_tier_ends_on_a_whole_number(up_to, error):
    with pytest.raises(error) as refused:
        Tier(up_to=up_to)
    assert refused.value.name == "up_to"


# ------------------------------------------------------------- plans, add-ons, services


def test_a_plan_names_features_for_all_seats_or_for_one_kind():
    plan = Plan("pro", "Pro", 2, (usd("1"),), features=["sso", ("limited", "kiosk")])
    assert plan.features == ("sso", ("limited", "kiosk"))
    assert plan.features_of() == ("sso",)
    assert plan.features_of("limited") == ("sso", "kiosk")
    by_unit = Plan("pro", "Pro", 2, features={"seat": ["sso"], "limited": ["kiosk"]})
    assert by_unit.features == (("seat", "sso"), ("limited", "kiosk"))
    assert by_unit.features_of("limited") == ("kiosk",)


def test_a_plan_limits_resources_by_name():
    plan = Plan("pro", "Pro", 2, limits={"projects": 10})
    assert plan.limits["projects"] == 10
    assert plan == Plan("pro", "Pro", 2, limits={"projects": 10})
    assert plan.prices == plan.features == ()


@pytest.mark.parametrize(
    ("fields", "error", "name"),
    [
        ({"id": ""}, OutOfBoundsError, "id"),
        ({"id": 5}, WrongTypeError, "id"),
        ({"name": None}, WrongTypeError, "name"),
        ({"rank": "1"}, WrongTypeError, "rank"),
        ({"rank": True}, WrongTypeError, "rank"),
        ({"rank": 10**9 + 1}, OutOfBoundsError, "rank"),
        ({"prices": usd("1")}, WrongTypeError, "prices"),
        ({"prices": ["1.00"]}, WrongTypeError, "prices"),
        ({"features": "sso"}, WrongTypeError, "features"),
        ({"features": 5}, WrongTypeError, "features"),
        ({"features": [5]}, WrongTypeError, "feature"),
        ({"features": [""]}, OutOfBoundsError, "feature"),
        ({"features": [("seat", "sso", "x")]}, WrongTypeError, "feature"),
        ({"features": [(1, "sso")]}, WrongTypeError, "unit"),
        ({"features": [("seat", 1)]}, WrongTypeError, "feature"),
        ({"features": {"seat": 5}}, WrongTypeError, "features"),
        ({"features": {"seat": "sso"}}, WrongTypeError, "features"),
        ({"limits": 5}, WrongTypeError, "quantities"),
        ({"limits": {"projects": -1}}, OutOfBoundsError, "projects"),
    ],
)
def test_each_part_of_a_plan_is_checked(fields, error, name):
    with pytest.raises(error) as refused:
        Plan(**{"id": "pro", "name": "Pro", "rank": 1, **fields})
    assert refused.value.name == name


def test_a_plan_has_one_price_for_each_unit_currency_and_interval():
    with pytest.raises(DuplicateError) as refused:
        Plan("pro", "Pro", 1, (usd("1"), usd("2")))
    assert refused.value.code == "duplicate"
    assert refused.value.kind == "price"
    assert refused.value.value == ("seat", "USD", MONTHLY)


def test_an_add_on_names_what_it_needs():
    add_on = AddOn(
        "sso", "SSO", [usd("1")], requires_plans=["pro"], requires_add_ons=["audit"]
    )
    assert add_on.prices == (usd("1"),)
    assert add_on.requires_plans == ("pro",)
    assert add_on.requires_add_ons == ("audit",)
    assert add_on.features == ()
    assert (add_on.batch, add_on.family, add_on.rank) == (1, None, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": None},
        {"name": 1},
        {"prices": "1.00"},
        {"requires_plans": "pro"},
        {"requires_plans": [1]},
        {"requires_add_ons": {"audit": 1}},
        {"features": b"sso"},
        {"batch": 1.0},
        {"batch": True},
        {"family": 1},
        {"rank": "1"},
    ],
)
def test_each_part_of_an_add_on_is_checked(fields):
    with pytest.raises(WrongTypeError):
        AddOn(**{"id": "sso", "name": "SSO", **fields})


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"batch": 0}, "batch"), ({"family": ""}, "family"), ({"rank": 10**10}, "rank")],
)
def test_the_numbers_of_an_add_on_are_bounded(fields, name):
    with pytest.raises(OutOfBoundsError) as refused:
        AddOn("sso", "SSO", **fields)
    assert refused.value.name == name


def test_an_add_on_is_bought_never_measured():
    with pytest.raises(PriceError) as refused:
        AddOn("api", "API", (usd("1", measured=True),))
    error = refused.value
    assert (error.problem, error.item) == ("measured_add_on", "api")


def test_a_service_is_bought_once():
    service = Service("setup", "Set-up", Money("99.00", "USD"), included={"hours": 3})
    assert service.included["hours"] == 3
    assert Service("gift", "Gift", Money.zero("USD")).included == {}
    with pytest.raises(OutOfBoundsError) as refused:
        Service("setup", "Set-up", Money("-0.01", "USD"))
    assert refused.value.name == "price"
    for wrong in ({"price": "99.00"}, {"id": 1}, {"name": 1}, {"included": 3}):
        with pytest.raises(WrongTypeError):
            Service(**{"id": "s", "name": "S", "price": Money("1", "USD"), **wrong})


def test_a_service_has_as_much_as_it_comes_with_and_no_more():
    service = Service("setup", "Set-up", Money("99", "USD"), {"workshop": 5})
    assert service.admit("workshop", 4) == 0
    assert service.admit("workshop", 2, 2) == 1
    assert service.admit("workshop", 6, 4, bought=2) == 0
    with pytest.raises(InsufficientUnitsError) as few:
        service.admit("workshop", 5)
    assert few.value.code == "insufficient_units"
    assert few.value.as_dict()["values"] == {
        "unit": "workshop",
        "asked": 1,
        "balance": 0,
        "missing": 1,
    }
    with pytest.raises(UnknownItemError) as unknown:
        service.admit("hour", 0)
    assert unknown.value.as_dict()["values"] == {
        "kind": "allowance",
        "value": "hour",
        "offered": ("workshop",),
    }
    with pytest.raises(UnknownItemError) as none:
        Service("gift", "Gift", Money("1", "USD")).admit("hour", 0)
    assert none.value.offered == ()


# ---------------------------------------------------------------------------- discounts


def test_a_discount_is_a_percentage_or_an_amount():
    percent = Discount.percent("20", id="nonprofit")
    assert percent == Discount(id="nonprofit", percent_off="20")
    assert (percent.percent_off, percent.amount_off) == (Decimal(20), None)
    fixed = Discount.fixed("15.00", "EUR", id="promo", periods=3)
    assert (fixed.percent_off, fixed.amount_off) == (None, Money("15.00", "EUR"))
    assert (percent.periods, fixed.periods) == (None, 3)


@pytest.mark.parametrize(
    ("percent", "kept"),
    [
        ("20", "0.8"),
        (25, "0.75"),
        (Decimal("12.5"), "0.875"),
        ("100", "0"),
        ("1E+2", "0"),
        (Fraction(1, 10**8), "0.99999999"),
        ("33.333333", "0.66666667"),
    ],
)
def test_a_percentage_keeps_an_exact_part_of_the_price(percent, kept):
    top, bottom = Discount.percent(percent, id="d").kept
    assert Fraction(top, bottom) == Fraction(kept)


def test_an_amount_off_keeps_no_part_of_a_price():
    with pytest.raises(AmountError):
        _ = Discount.fixed("1", "EUR", id="d").kept


@pytest.mark.parametrize(
    ("percent", "error"),
    [
        ("0", OutOfBoundsError),
        ("-0", OutOfBoundsError),
        ("-5", OutOfBoundsError),
        ("100.01", OutOfBoundsError),
        ("0.0000001", PercentageError),
        (Fraction(1, 10**9), TooManyDigitsError),
        ("NaN", AmountError),
        ("all", AmountError),
        (20.0, WrongTypeError),
        (True, WrongTypeError),
    ],
)
def test_a_percentage_is_above_zero_and_a_hundred_at_most(percent, error):
    with pytest.raises(error):
        Discount.percent(percent, id="d")


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        ("0", OutOfBoundsError),
        ("-1", OutOfBoundsError),
        ("0.001", TooManyDigitsError),
        (1.5, WrongTypeError),
    ],
)
def test_an_amount_off_is_a_minor_unit_or_more(amount, error):
    with pytest.raises(error):
        Discount.fixed(amount, "EUR", id="d")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, PriceError),
        ({"percent_off": "5", "amount_off": Money("1", "EUR")}, PriceError),
        ({"amount_off": "5.00"}, WrongTypeError),
        ({"percent_off": "5", "periods": -1}, OutOfBoundsError),
        ({"percent_off": "5", "periods": 1.0}, WrongTypeError),
        ({"percent_off": "5", "periods": True}, WrongTypeError),
        ({"percent_off": "5", "id": ""}, OutOfBoundsError),
        ({"percent_off": "5", "id": None}, WrongTypeError),
    ],
)
def test_the_parts_of_a_discount_fit_together(fields, error):
    with pytest.raises(error):
        Discount(**{"id": "d", **fields})


# -------------------------------------------------------------------------- a catalogue

BASIC = Plan("basic", "Basic", 1, (usd("4.99"),))
PRO = Plan("pro", "Pro", 2, (usd("6.99"),))
AUDIT = AddOn("audit", "Audit", (usd("2"),), requires_plans=["pro"])
SSO = AddOn("sso", "SSO", (usd("1"),), requires_add_ons=["audit"])
SETUP = Service("setup", "Set-up", Money("99", "USD"))


def test_a_catalogue_finds_by_id():
    catalog = Catalog([BASIC, PRO], [AUDIT, SSO], [SETUP])
    assert catalog.plan("pro") is PRO
    assert catalog.add_on("sso") is SSO
    assert catalog.service("setup") is SETUP
    assert catalog.problems() == ()


@pytest.mark.parametrize(
    ("find", "kind", "offered"),
    [
        (Catalog.plan, "plan", ("basic", "pro")),
        (Catalog.add_on, "add-on", ("audit",)),
        (Catalog.service, "service", ()),
    ],
)
@pytest.mark.parametrize("id", ["gold", "", None, 5])
def test_an_unknown_id_is_refused_with_what_there_is(find, kind, offered, id):
    with pytest.raises(UnknownItemError) as refused:
        find(Catalog([BASIC, PRO], [AUDIT]), id)
    assert refused.value.code == "unknown_item"
    assert refused.value.as_dict()["values"] == {
        "kind": kind,
        "value": id,
        "offered": offered,
    }


@pytest.mark.parametrize(
    ("parts", "kind", "id"),
    [
        (([BASIC, PRO, BASIC],), "plan", "basic"),
        (([BASIC], [SSO, SSO]), "add-on", "sso"),
        (([BASIC], [], [SETUP, SETUP]), "service", "setup"),
    ],
)
def test_an_id_stands_once(parts, kind, id):
    with pytest.raises(DuplicateError) as refused:
        Catalog(*parts)
    assert (refused.value.kind, refused.value.value) == (kind, id)


@pytest.mark.parametrize(
    "parts", [(BASIC,), ([SSO],), ([BASIC], [BASIC]), ([BASIC], [], [SSO]), (5,)]
)
def test_a_catalogue_holds_each_kind_in_its_place(parts):
    with pytest.raises(WrongTypeError):
        Catalog(*parts)


def test_every_problem_of_a_catalogue_is_told_at_once():
    dear = Plan("dear", "Dear", 3, (usd("10"), usd("120.01", interval=ANNUAL)))
    lost = AddOn("lost", "Lost", requires_plans=["gold"], requires_add_ons=["moon"])
    left = AddOn("left", "Left", requires_add_ons=["right", "moon"])
    right = AddOn("right", "Right", requires_add_ons=["left"])
    dear_too = AddOn(
        "api", "API", (usd("1"), usd("13", interval=ANNUAL), usd("5", unit="call"))
    )
    catalog = Catalog([BASIC, dear], [lost, left, right, dear_too])
    assert [(problem.where, problem.code) for problem in catalog.problems()] == [
        ("add_ons.lost", "unknown_plan"),
        ("add_ons.lost", "unknown_add_on"),
        ("add_ons.left", "unknown_add_on"),
        ("add_ons.left", "circular_requirement"),
        ("add_ons.right", "circular_requirement"),
        ("plans.dear", "annual_above_twelve_months"),
        ("add_ons.api", "annual_above_twelve_months"),
    ]
    assert all(isinstance(problem, Problem) for problem in catalog.problems())
    assert "'gold'" in catalog.problems()[0].message


def test_an_annual_price_up_to_twelve_months_is_no_problem():
    tiers = [Tier(up_to=None, unit_amount="1")]
    sound = Plan(
        "sound",
        "Sound",
        1,
        (
            usd("10"),
            usd("120", interval=ANNUAL),
            usd("999", interval=ANNUAL, unit="annual only"),
            usd("999", interval=ANNUAL, currency="EUR"),
            Price(currency="USD", unit="tiered", tiers=tiers),
            usd("999", interval=ANNUAL, unit="tiered"),
            usd("1", unit="steps"),
            Price(currency="USD", unit="steps", tiers=tiers, interval=ANNUAL),
        ),
    )
    assert Catalog([sound]).problems() == ()


def test_what_is_sold_travels_and_is_a_key():
    catalog = Catalog([BASIC, PRO], [AUDIT, SSO], [SETUP])
    again = pickle.loads(pickle.dumps(catalog))
    assert again == catalog
    assert hash(again) == hash(catalog)
    assert hash(again.plan("pro").prices[0]) == hash(usd("6.99"))
    promo = Discount.fixed("15", "EUR", id="promo")
    assert pickle.loads(pickle.dumps(promo)) == promo
