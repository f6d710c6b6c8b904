"""Strategies for what is sold: prices, plans, add-ons, services, discounts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from ...catalogs import Catalog
from ...discounts import Discount, DiscountTarget, Eligibility, Facts, Surplus
from ...periods import MONTHLY, AddOnAnchor, Interval
from ...plans import AddOn, Plan, Price, Service, Tier, TiersMode
from .._hypothesis import st
from ._basics import MONTHS, THIRTY_DAYS, amounts, kept, money, one_in, quantities

FLAVORS: Final = ("per_seat", "per_seat", "graduated", "volume", "flat")
"""How a drawn price makes a total; what is usual stands there twice."""


@kept
@st.composite
def tiers(draw: st.DrawFn, currency: str = "USD") -> tuple[Tier, ...]:
    """Return a strategy for one to three tiers, the last without an end."""
    ends = sorted(draw(st.sets(st.integers(1, 15), max_size=2)))
    flat = st.just(Decimal(0)) | amounts(currency)
    return tuple(
        Tier(
            up_to=end,
            unit_amount=draw(amounts(currency, finer=2)),
            flat_amount=draw(flat),
        )
        for end in (*ends, None)
    )


@kept
@st.composite
def prices(
    draw: st.DrawFn,
    unit: str = "seat",
    currency: str = "USD",
    interval: Interval = MONTHLY,
    flavor: str | None = None,
    *,
    arrears: bool = False,
    batch: int = 1,
) -> Price:
    """Return a strategy for a price per seat, flat, or under tiers."""
    flavor = flavor or draw(st.sampled_from(FLAVORS))
    common: dict[str, Any] = {
        "unit": unit,
        "currency": currency,
        "interval": interval,
        "in_arrears": arrears,
        "batch": batch,
    }
    if flavor in ("graduated", "volume"):
        mode = TiersMode(flavor)
        return Price(tiers=draw(tiers(currency)), tiers_mode=mode, **common)
    amount = draw(amounts(currency, finer=3))
    return Price(unit_amount=amount, flat=flavor == "flat", **common)


@kept
@st.composite
def price_lists(
    draw: st.DrawFn,
    unit: str = "seat",
    currency: str = "USD",
    offered: tuple[Interval, ...] = MONTHS,
    flavor: str | None = None,
    *,
    arrears: bool = False,
    batch: int = 1,
) -> tuple[Price, ...]:
    """Return a strategy for prices of one unit that give each *offered* one a price."""
    flavor = flavor or draw(st.sampled_from(FLAVORS))
    listed = [MONTHLY] if any(interval.months for interval in offered) else []
    listed += [THIRTY_DAYS] if any(interval.days for interval in offered) else []
    others = [None, None, *(i for i in offered if i not in listed)]
    if (explicit := draw(st.sampled_from(others))) is not None:
        listed.append(explicit)
    return tuple(
        draw(prices(unit, currency, i, flavor, arrears=arrears, batch=batch))
        for i in listed
    )


def tax_classes() -> st.SearchStrategy[str | None]:
    """Return a strategy for the tax class of an item, often none."""
    return st.sampled_from((None, None, "print"))


@kept
@st.composite
def plans(
    draw: st.DrawFn,
    id: str = "plan",
    rank: int | None = None,
    currency: str = "USD",
    offered: tuple[Interval, ...] = MONTHS,
    *,
    arrears: bool | None = None,
) -> Plan:
    """Return a strategy for plans with seats, some with a base fee, some in arrears.

    One plan in three has limited seats too.
    """
    if arrears is None:
        arrears = draw(one_in(5))
    flavor = draw(st.sampled_from(FLAVORS[:-1]))
    found = draw(price_lists("seat", currency, offered, flavor, arrears=arrears))
    more = draw(st.integers(0, 5))
    if more in (1, 2, 3):
        found += draw(price_lists("base", currency, offered, "flat"))
    if more in (3, 4):
        batch = draw(st.sampled_from((1, 1, 3)))
        found += draw(
            price_lists("limited", currency, offered, "per_seat", batch=batch)
        )
    rank = draw(st.integers(1, 3)) if rank is None else rank
    return Plan(id, id.title(), rank, found, tax_class=draw(tax_classes()))


@kept
@st.composite
def add_ons(
    draw: st.DrawFn,
    /,
    id: str = "extra",
    currency: str = "USD",
    offered: tuple[Interval, ...] = MONTHS,
    *,
    arrears: bool = False,
    **more: Any,
) -> AddOn:
    """Return a strategy for add-ons of one unit; *more* are other fields."""
    listed = draw(price_lists(id, currency, offered, arrears=arrears))
    return AddOn(id, id.title(), listed, tax_class=draw(tax_classes()), **more)


@kept
def services(
    id: str = "training", currency: str | None = None
) -> st.SearchStrategy[Service]:
    """Return a strategy for services, some of which come with something."""
    return st.builds(
        Service,
        st.just(id),
        st.just(id.title()),
        money(currency, 0, 50_000),
        st.just({}) | quantities(),
        tax_class=tax_classes(),
    )


PERCENTAGES: Final = ("10", "20", "50", "100", "33.3333", "12.5", "0.000001")


@kept
def discount_targets(*, first: bool = True) -> st.SearchStrategy[DiscountTarget]:
    """Return a strategy for a part of what is sold; *first* units only where it says.

    Source: the plans, add-ons and units of :func:`catalogs`.
    """
    items = (
        {"plans": ["*"]},
        {"plans": ["basic"]},
        {"add_ons": ["*"]},
        {"plans": ["pro"], "add_ons": ["extra"]},
        {"units": ["seat"]},
        {"intervals": MONTHS[:1]},
    )
    some = st.sampled_from(items).map(lambda said: DiscountTarget(**said))
    if not first:
        return some
    return some | st.builds(
        lambda said, n: DiscountTarget(**said, first=n),
        st.sampled_from(({}, *items)),
        st.integers(1, 6),
    )


@kept
def eligibilities() -> st.SearchStrategy[Eligibility]:
    """Return a strategy for who may have a discount."""
    return st.sampled_from(
        (
            Eligibility(first_purchase=True),
            Eligibility(countries=("DE", "FR")),
            Eligibility(max_redemptions=4),
            Eligibility(first_purchase=True, countries=("DE",), max_redemptions=2),
        )
    )


@kept
def facts() -> st.SearchStrategy[Facts]:
    """Return a strategy for what is known of a customer."""
    return st.builds(
        Facts,
        first_purchase=st.sampled_from((None, True, False)),
        country=st.sampled_from((None, "DE", "US")),
        redemptions=st.none() | st.integers(0, 6),
    )


@kept
@st.composite
def discounts(
    draw: st.DrawFn,
    currency: str = "USD",
    id: str = "promo",
    *,
    fixed: bool | None = None,
    limited: bool | None = None,
) -> Discount:
    """Return a strategy for percentages or amounts off, for a while or for good.

    Where *limited*, they are for a part of what is sold, last for months, stand alone,
    are for some customers, or keep their surplus.
    """
    fixed = draw(st.sampled_from((True, False))) if fixed is None else fixed
    limited = draw(one_in(3)) if limited is None else limited
    said: dict[str, Any] = {}
    if limited:
        may_be = {
            "applies_to": discount_targets(first=not fixed),
            "months": st.integers(1, 13),
            "combinable": st.just(False),
            "eligibility": eligibilities(),
        }
        if fixed:
            may_be["surplus"] = st.just(Surplus.KEPT)
        said = draw(st.fixed_dictionaries({}, optional=may_be))
    if "months" not in said:
        lasting = (None, 1, 2, 3, None) if "surplus" in said else (None, 0, 1, 2, 3)
        said["periods"] = draw(st.sampled_from(lasting))
    if fixed:
        off = draw(money(currency, 1, 20_000))
        return Discount(id=id, amount_off=off, **said)
    percent = draw(st.sampled_from(PERCENTAGES))
    return Discount.percent(Fraction(percent) / 100, id=id, **said)


@kept
@st.composite
def catalogs(
    draw: st.DrawFn,
    currency: str = "USD",
    offered: tuple[Interval, ...] = MONTHS,
    *,
    arrears: bool | None = None,
    late: bool = False,
    own_intervals: bool = False,
) -> Catalog:
    """Return a strategy for price lists of two or three plans and four add-ons.

    Two of the add-ons are packages of one family, one may need a plan or another
    add-on, and the first is in arrears where *late* says so.  With *own_intervals* the
    second has an interval of its own.  One service is sold.
    """
    ids = ("basic", "pro", "max")[: draw(st.integers(2, 3))]
    sold = [draw(plans(id, None, currency, offered, arrears=arrears)) for id in ids]
    needs_plan = draw(st.sampled_from(((), ("pro", "max"))))
    needs_extra = draw(st.sampled_from(((), ("extra",))))
    more: dict[str, Any] = {}
    if own_intervals:
        more["interval"] = draw(st.sampled_from(offered))
        more["anchored_on"] = draw(st.sampled_from([*AddOnAnchor]))
    carried = add_ons(
        "carried",
        currency,
        offered,
        requires_plans=needs_plan,
        requires_add_ons=needs_extra,
        **more,
    )
    return Catalog(
        tuple(sold),
        (
            draw(add_ons("extra", currency, offered, arrears=late)),
            draw(carried),
            draw(add_ons("small", currency, offered, family="storage", rank=1)),
            draw(add_ons("large", currency, offered, family="storage", rank=2)),
        ),
        (draw(services("training", currency)),),
    )
