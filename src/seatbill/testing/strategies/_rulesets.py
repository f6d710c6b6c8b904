"""Strategies for policies, for taxes and for those whom invoices are made out to."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from ...money import Rounding
from ...parties import Contact, ElectronicAddress, Party, PostalAddress
from ...periods import ANNUAL, QUARTERLY
from ...proration import Convention
from ...rules import (
    BillingRules,
    CreditOrder,
    Direction,
    DiscountScope,
    LateNotice,
    NoticeScope,
    RecipientLock,
    Settlement,
    Timing,
    UnusedTime,
)
from ...taxes import TaxCategory, TaxRate
from .._hypothesis import st
from ._basics import YEAR_OF_DAYS, kept, names

_ON_TOP: Final = (
    TaxRate("vat", "0.19"),
    TaxRate("reduced", "0.07"),
    TaxRate("city", "0.0625"),
    TaxRate("zero", 0, TaxCategory.ZERO),
    TaxRate("abroad", 0, TaxCategory.REVERSE_CHARGE, reason="VAT is due by the buyer"),
    TaxRate("care", 0, TaxCategory.EXEMPT, reason="Article 132"),
    TaxRate(
        "outside",
        0,
        TaxCategory.OUTSIDE_SCOPE,
        reason="Not subject to VAT",
        exemption_code="VATEX-EU-O",
    ),
)
_PRINT: Final = TaxRate("print", "0.07", tax_classes=("print",))
_INSIDE: Final = TaxRate("included", "0.19", inclusive=True)

TAXES: Final = (
    (),
    *((rate,) for rate in _ON_TOP[:-2]),
    (_ON_TOP[0], _ON_TOP[2]),
    (_INSIDE,),
    (_ON_TOP[0], _PRINT),
    (_PRINT, _INSIDE),
)
"""Rates that can apply together."""


@kept
def tax_rates() -> st.SearchStrategy[TaxRate]:
    """Return a strategy for tax rates of each category.

    One is inclusive, one for a tax class.
    """
    return st.sampled_from((*_ON_TOP, _PRINT, _INSIDE))


@kept
def tax_rate_sets() -> st.SearchStrategy[tuple[TaxRate, ...]]:
    """Return a strategy for the rates of one subscription, often none."""
    return st.sampled_from(((), (), (), *TAXES))


_MAILS: Final = ("billing@example.com", "a.b@example.org")


@kept
def postal_addresses() -> st.SearchStrategy[PostalAddress]:
    maybe = st.none() | names()
    return st.builds(
        PostalAddress,
        street=maybe,
        more=st.lists(names(), max_size=2).map(tuple),
        postcode=st.sampled_from((None, "1000", "80331")),
        city=maybe,
        subdivision=maybe,
    )


@kept
def electronic_addresses() -> st.SearchStrategy[ElectronicAddress]:
    return st.builds(ElectronicAddress, st.just("EM"), st.sampled_from(_MAILS))


@kept
def contacts() -> st.SearchStrategy[Contact]:
    maybe, mails = st.none() | names(), st.none() | st.sampled_from(_MAILS)
    return st.builds(Contact, name=maybe, phone=maybe, email=mails)


@kept
def parties() -> st.SearchStrategy[Party]:
    """Return a strategy for suppliers and recipients."""
    maybe = st.none() | names()
    return st.builds(
        Party,
        name=names(),
        address=st.lists(names(), max_size=3).map(tuple),
        country=st.sampled_from((None, "FR", "DE", "US")),
        vat_number=maybe,
        registration=maybe,
        postal=st.none() | postal_addresses(),
        electronic_address=st.none() | electronic_addresses(),
        contact=st.none() | contacts(),
    )


_INTERVAL_DISCOUNTS: Final[tuple[dict[Any, Any], ...]] = (
    {},
    {ANNUAL: "20"},
    {ANNUAL: Fraction(1, 6), QUARTERLY: "5"},
    {YEAR_OF_DAYS: "12.5", ANNUAL: "100"},
)
_TIMINGS = st.sampled_from(Timing)
_ENDINGS = st.sampled_from((Timing.PERIOD_END, Timing.IMMEDIATE, Timing.FORFEIT))
_POLICIES: Final[dict[str, st.SearchStrategy[Any]]] = {
    "rounding": st.sampled_from(Rounding),
    "settlement": st.sampled_from(Settlement),
    "unused_time": st.sampled_from(UnusedTime),
    "interval_discounts": st.sampled_from(_INTERVAL_DISCOUNTS),
    "interval_discount_scope": st.sampled_from(DiscountScope),
    "recipient_lock": st.sampled_from(RecipientLock),
    "payable_rounding": st.sampled_from(((), (), {"USD": "0.05", "EUR": "1"})),
    "credit_order": st.sampled_from(CreditOrder),
    **{direction.value: _TIMINGS for direction in Direction},
    "cancellation": _ENDINGS,
}
_AT_ONCE: Final[dict[str, st.SearchStrategy[Any]]] = {
    **{direction.value: st.just(Timing.IMMEDIATE) for direction in Direction},
    "unused_time": st.just(UnusedTime.CREDITED),
    "cancellation": _ENDINGS,
}
_NOTICE: Final[dict[str, st.SearchStrategy[Any]]] = {
    "notice_days": st.sampled_from((0, 7, 15, 40)),
    "notice_exempt": st.frozensets(st.sampled_from(Direction), max_size=2),
    "late_notice": st.sampled_from(LateNotice),
    "notice_scope": st.sampled_from(NoticeScope),
}
_CONVENTIONS: Final = {
    "actual": st.just(Convention.ACTUAL),
    "exact": st.sampled_from((Convention.ACTUAL, Convention.FULL)),
    "any": st.sampled_from(Convention),
}


@kept
@st.composite
def billing_rules(
    draw: st.DrawFn,
    /,
    *,
    conventions: str = "any",
    notice: bool = True,
    forfeits: bool = True,
    **fixed: Any,
) -> BillingRules:
    """Return a strategy for rules with any timing for each direction.

    *conventions* is ``"any"``, ``"exact"`` for those that count instants too, or
    ``"actual"`` for whole days and exact time alone.
    With *notice* some changes have to be asked for in time; without *forfeits* nothing
    is lost to the customer.  Fields that are *fixed* stay as they are.
    """
    policies = _POLICIES | (_NOTICE if notice else {})
    if draw(st.booleans()):  # much at once is where most can go wrong
        policies |= _AT_ONCE
    fields = {name: draw(kind) for name, kind in policies.items() if name not in fixed}
    if not forfeits:
        for name, value in fields.items():
            if value is Timing.FORFEIT:
                fields[name] = Timing.PERIOD_END
    convention = fixed.get("convention") or draw(_CONVENTIONS[conventions])
    if convention is not Convention.THIRTY_360:
        fields["max_freeze_days"] = draw(st.sampled_from((0, 5, 45)))
    return BillingRules(**{"convention": convention, **fields, **fixed})
