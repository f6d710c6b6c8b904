"""Invoices whose lines prove themselves.

A line carries the exact full amount of the period, its share and its one rounding:
``amount == round(full_amount × share)``, cut short by ``cap`` where there is one.
Totals are sums of rounded lines; tax is computed once for each rate (EN 16931).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from types import MappingProxyType
from typing import Final, final

import attrs

from ._checks import (
    Amount,
    Time,
    decimal,
    flag,
    fraction,
    instance,
    member,
    several,
    text,
    unique,
    whole,
)
from ._values import Value, Word, unchecked
from .errors import (
    ConventionError,
    CurrencyMismatchError,
    OutOfBoundsError,
    TaxRateError,
    WrongTypeError,
)
from .money import (
    NOTHING,
    Money,
    Rounding,
    currency_digits,
    divide,
    trusted_money,
)
from .periods import Period, PeriodRow, in_order, keep_times, same_time
from .plans import Discount
from .proration import Convention, ratio

__all__ = [
    "BillingReason",
    "Discrepancy",
    "Invoice",
    "InvoiceLine",
    "ItemKind",
    "LineKind",
    "LineTerms",
    "Party",
    "TaxAmount",
    "TaxCategory",
    "TaxRate",
    "verify",
]


class LineKind(Word):
    """What a line is."""

    CHARGE = "charge"
    CREDIT = "credit"
    """Takes back part of a charge (or of a fixed discount, then positive)."""
    DISCOUNT = "discount"
    SERVICE = "service"
    FEE = "fee"


class ItemKind(Word):
    """What a line is for."""

    PLAN = "plan"
    ADD_ON = "add_on"
    DISCOUNT = "discount"
    SERVICE = "service"
    FEE = "fee"


class BillingReason(Word):
    """Why an invoice was made."""

    SUBSCRIPTION_CREATE = "subscription_create"
    SUBSCRIPTION_CYCLE = "subscription_cycle"
    SUBSCRIPTION_UPDATE = "subscription_update"
    CORRECTION = "correction"
    """What was billed is not what happened; made by ``rebill``."""


class TaxCategory(Word):
    """The categories of EN 16931 (UNTDID 5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"


def _rate(value: Amount | Fraction) -> Fraction:
    """Return *value*, a part of one."""
    known = type(value) is Fraction
    rate = fraction("rate", value if known else Fraction(decimal("rate", value)))
    if not 0 <= rate <= 1:
        raise OutOfBoundsError("rate", value, 0, 1)
    return rate


@final
@attrs.frozen(cache_hash=True, order=False, repr=False)
class TaxRate(Value):
    """A tax rate handed in by the host; *rate* is a part of one (19 % is ``"0.19"``).

    An *inclusive* rate is contained in the prices.  Only STANDARD has a rate above
    zero; EXEMPT and REVERSE_CHARGE say why in *reason* (EN 16931 BR-E-10, BR-AE-10).

    Raises: TaxRateError, OutOfBoundsError, WrongTypeError.
    """

    id: str
    rate: Fraction = attrs.field(converter=_rate)
    category: TaxCategory = TaxCategory.STANDARD
    inclusive: bool = attrs.field(default=False, kw_only=True)
    reason: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        text("id", self.id)
        rate = self.rate
        member("category", self.category, TaxCategory)
        flag("inclusive", self.inclusive)
        if self.reason is not None:
            text("reason", self.reason)
        if rate and self.category is not TaxCategory.STANDARD:
            raise TaxRateError(self.id, "above_zero", self.category.name)
        if not rate and self.category is TaxCategory.STANDARD:
            raise TaxRateError(self.id, "zero", self.category.name)
        needs_reason = self.category in (TaxCategory.EXEMPT, TaxCategory.REVERSE_CHARGE)
        if needs_reason and self.reason is None:
            raise TaxRateError(self.id, "no_reason", self.category.name)


def tax_rate_set(values: Iterable[TaxRate]) -> tuple[TaxRate, ...]:
    """Return *values* as tax rates that can apply together."""
    rates = several("tax_rates", values, TaxRate)
    unique("tax rate", [rate.id for rate in rates])
    if len(rates) > 1 and any(rate.inclusive for rate in rates):
        raise TaxRateError(tuple(rate.id for rate in rates), "not_alone")
    return rates


def _discounts(values: Iterable[Discount]) -> tuple[Discount, ...]:
    """Return *values* as discounts."""
    return several("discounts", values, Discount)


class _LineTermsRow(Value):
    """The slots of :class:`LineTerms`, open until it is closed."""

    __slots__ = (
        "__weakref__",
        "convention",
        "currency",
        "discounts",
        "in_arrears",
        "item",
        "item_kind",
        "rounding",
        "scale",
        "tax_rates",
        "unit",
        "unit_scaled",
    )


@final
@attrs.frozen(order=False, eq=False, repr=False)
class LineTerms(_LineTermsRow):
    """What lines of one item at one net price share.

    *scale* parts make a minor unit; *unit_scaled* is the net price of one unit and
    one period in such parts, ``None`` under tiers.  Percent *discounts* are already
    in it, in the order in which they compound.
    """

    item_kind: ItemKind
    item: str
    unit: str
    currency: str
    unit_scaled: int | None
    scale: int
    discounts: tuple[Discount, ...] = attrs.field(default=(), converter=_discounts)
    tax_rates: tuple[TaxRate, ...] = attrs.field(default=(), converter=tax_rate_set)
    convention: Convention = Convention.ACTUAL
    rounding: Rounding = Rounding.HALF_UP
    in_arrears: bool = False

    def __attrs_post_init__(self) -> None:
        member("item_kind", self.item_kind, ItemKind)
        text("item", self.item)
        text("unit", self.unit)
        currency_digits(self.currency)
        if self.unit_scaled is not None:
            whole("unit_scaled", self.unit_scaled, 0, 10**60)
        whole("scale", self.scale, 1, 10**60)
        member("convention", self.convention, Convention)
        member("rounding", self.rounding, Rounding)
        flag("in_arrears", self.in_arrears)

    @property
    def key(self) -> tuple[ItemKind, str, str]:
        """What the charge is for: kind, item and unit."""
        return self.item_kind, self.item, self.unit

    def exact(self, scaled: int) -> Fraction:
        """Return *scaled* parts in major units."""
        if type(scaled) is not int:
            raise WrongTypeError("scaled", "int", scaled)
        return Fraction(scaled, self.scale * 10 ** currency_digits(self.currency))


class InvoiceLineRow(Value):
    """The slots of :class:`InvoiceLine`, open until it is closed."""

    __slots__ = (
        "__weakref__",
        "amount_minor",
        "cap_minor",
        "charge_version",
        "end",
        "full_scaled",
        "kind",
        "quantity",
        "share_denominator",
        "share_numerator",
        "start",
        "terms",
        "whole",
    )


@final
@attrs.frozen(order=False, eq=False, repr=False)
class InvoiceLine(InvoiceLineRow):
    """One line: quantity × unit amount × share, rounded once.

    Credits have a negative quantity and amount, the unit price stays positive
    (EN 16931 BR-27).  Amounts are kept as whole numbers and read as properties.
    """

    kind: LineKind
    terms: LineTerms
    quantity: int
    full_scaled: int
    start: Time
    end: Time
    whole: Period
    share_numerator: int
    share_denominator: int
    amount_minor: int
    cap_minor: int | None
    charge_version: int

    def __attrs_post_init__(self) -> None:
        member("kind", self.kind, LineKind)
        instance("terms", self.terms, LineTerms)
        most = 10**60
        for name in ("quantity", "full_scaled", "amount_minor"):
            whole(name, getattr(self, name), -most, most)
        whole("charge_version", self.charge_version)
        whole("share_numerator", self.share_numerator, 0, most)
        whole("share_denominator", self.share_denominator, 1, most)
        if self.cap_minor is not None:
            whole("cap_minor", self.cap_minor, 0, most)
        like = instance("whole", self.whole, Period).start
        keep_times(self, "start", "end", like=like)
        in_order(self.start, self.end)

    @property
    def item(self) -> str:
        """The id of the plan, add-on, service or discount."""
        return self.terms.item

    @property
    def unit(self) -> str:
        """What is counted, for example ``"seat"``."""
        return self.terms.unit

    @property
    def unit_amount(self) -> Fraction | None:
        """The exact net price of one unit and one period, in major units.

        ``None`` where quantity × price is not the full amount: under tiers, and for
        a part of a fixed discount.
        """
        scaled = self.terms.unit_scaled
        if scaled is None or scaled * self.quantity != self.full_scaled:
            return None
        return self.terms.exact(scaled)

    @property
    def full_amount(self) -> Fraction:
        """The exact amount for the whole period, in major units."""
        return self.terms.exact(self.full_scaled)

    @property
    def period(self) -> Period:
        """The time that the line is for; a stub starts where service starts."""
        return trusted_period(self.start, self.end)

    @property
    def share(self) -> Fraction:
        """The exact part of *whole* that is charged or given back."""
        return Fraction(self.share_numerator, self.share_denominator)

    @property
    def amount(self) -> Money:
        """What the line adds to the invoice; negative for a credit."""
        return trusted_money(self.amount_minor, self.terms.currency)

    @property
    def cap(self) -> Money | None:
        """The most that could be given back, where that cut the line short."""
        if self.cap_minor is None:
            return None
        return trusted_money(self.cap_minor, self.terms.currency)

    @property
    def currency(self) -> str:
        """The currency of the line."""
        return self.terms.currency

    @property
    def discounts(self) -> tuple[Discount, ...]:
        """The percent discounts inside the unit price, in order."""
        return self.terms.discounts

    @property
    def tax_rates(self) -> tuple[TaxRate, ...]:
        """The rates that tax this line."""
        return self.terms.tax_rates

    @property
    def charge_id(self) -> str:
        """The charge that the line opens, adds to, or gives back."""
        return charge_id(self.charge_version, self.terms)


def charge_id(version: int, terms: LineTerms) -> str:
    """Return the id of the charge of *terms* that *version* opened."""
    return f"{version}:{terms.item_kind}:{terms.item}:{terms.unit}"


def _address(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the lines of an address; a text is split at its line ends."""
    lines = value.splitlines() if isinstance(value, str) else value
    return several("address", lines, str)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Party(Value):
    """Who supplies or receives an invoice (EN 16931 BG-4 and BG-7).

    *country* is an ISO 3166-1 code of two letters.
    """

    name: str
    address: tuple[str, ...] = attrs.field(default=(), converter=_address)
    country: str | None = None
    vat_number: str | None = None
    registration: str | None = None

    def __attrs_post_init__(self) -> None:
        text("name", self.name)
        for name in ("country", "vat_number", "registration"):
            value = getattr(self, name)
            if value is not None:
                text(name, value)
        country = self.country
        if country is not None and not (
            len(country) == 2
            and country.isascii()
            and country.isalpha()
            and country.isupper()
        ):
            raise OutOfBoundsError("country", country, "AA", "ZZ")


class _TaxAmountRow(Value):
    """The slots of :class:`TaxAmount`, open until it is closed."""

    __slots__ = (
        "__weakref__",
        "amount",
        "apart",
        "base",
        "rate",
    )


def _apart(values: Iterable[Money]) -> tuple[Money, ...]:
    """Return *values* as sums of lines."""
    return several("apart", values, Money)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class TaxAmount(_TaxAmountRow):
    """The tax of one rate: *base* is what it is computed on, without the tax.

    On a correction it may be the difference of taxes that were rounded each by itself:
    *apart* are then the sums of lines that they are of, those of what was issued with
    the opposite sign.
    """

    rate: TaxRate
    base: Money
    amount: Money
    apart: tuple[Money, ...] = attrs.field(default=(), converter=_apart)

    def __attrs_post_init__(self) -> None:
        instance("rate", self.rate, TaxRate)
        currency = instance("base", self.base, Money).currency
        instance("amount", self.amount, Money)
        for found in (self.amount, *self.apart):
            if found.currency != currency:
                raise CurrencyMismatchError(currency, found.currency)


def _lines(values: Iterable[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    """Return *values* as invoice lines."""
    return several("lines", values, InvoiceLine)


def _taxes(values: Iterable[TaxAmount]) -> tuple[TaxAmount, ...]:
    """Return *values* as tax amounts."""
    return several("taxes", values, TaxAmount)


class InvoiceRow(Value):
    """The slots of :class:`Invoice`, open until it is closed."""

    __slots__ = (
        "__weakref__",
        "billing_reason",
        "credit_applied_minor",
        "currency",
        "issued_on",
        "lines",
        "recipient",
        "subscription_id",
        "subtotal_minor",
        "taxes",
        "total_minor",
        "version",
    )


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Invoice(InvoiceRow):
    """What a customer owes on one day, with the lines that say why.

    ``total`` may be negative (a document of type 381 in EN 16931): it then went to
    the credit balance, and ``amount_due`` is zero.
    """

    subscription_id: str
    version: int
    issued_on: Time
    billing_reason: BillingReason
    currency: str
    lines: tuple[InvoiceLine, ...] = attrs.field(converter=_lines)
    taxes: tuple[TaxAmount, ...] = attrs.field(converter=_taxes)
    subtotal_minor: int
    total_minor: int
    credit_applied_minor: int
    recipient: Party | None = None

    def __attrs_post_init__(self) -> None:
        text("subscription_id", self.subscription_id)
        whole("version", self.version)
        keep_times(self, "issued_on")
        member("billing_reason", self.billing_reason, BillingReason)
        currency_digits(self.currency)
        for name in ("subtotal_minor", "total_minor", "credit_applied_minor"):
            whole(name, getattr(self, name), -(10**60), 10**60)
        if self.recipient is not None:
            instance("recipient", self.recipient, Party)
        for i, line in enumerate(self.lines):
            if line.currency != self.currency:
                raise CurrencyMismatchError(self.currency, line.currency)
            same_time(f"lines[{i}].start", line.start, self.issued_on)

    @property
    def key(self) -> str:
        """The same for the same invoice, however calls are split: ``id:version``."""
        return f"{self.subscription_id}:{self.version}"

    @property
    def subtotal(self) -> Money:
        """The sum of the rounded lines (EN 16931 BT-106)."""
        return trusted_money(self.subtotal_minor, self.currency)

    @property
    def tax(self) -> Money:
        """The sum of the taxes, inclusive ones too."""
        if not self.taxes:
            return NOTHING[self.currency]
        units = sum(tax.amount.minor_units for tax in self.taxes)
        return trusted_money(units, self.currency)

    @property
    def total(self) -> Money:
        """The subtotal and the taxes that are not in the prices already."""
        return trusted_money(self.total_minor, self.currency)

    @property
    def total_excluding_tax(self) -> Money:
        """The total without any tax (BT-109)."""
        return self.total - self.tax

    @property
    def credit_applied(self) -> Money:
        """What the credit balance paid, never negative."""
        if not self.credit_applied_minor:
            return NOTHING[self.currency]
        return trusted_money(self.credit_applied_minor, self.currency)

    @property
    def credit_granted(self) -> Money:
        """What a negative total added to the credit balance."""
        return trusted_money(max(-self.total_minor, 0), self.currency)

    @property
    def amount_due(self) -> Money:
        """What is to be paid now, never negative (BT-115)."""
        due = self.total_minor - self.credit_applied_minor
        return trusted_money(due, self.currency) if due > 0 else NOTHING[self.currency]


trusted_line: Callable[..., InvoiceLine] = unchecked(InvoiceLine, InvoiceLineRow)
trusted_terms: Callable[..., LineTerms] = unchecked(LineTerms, _LineTermsRow)
trusted_tax: Callable[..., TaxAmount] = unchecked(TaxAmount, _TaxAmountRow)
trusted_period: Callable[..., Period] = unchecked(Period, PeriodRow)


def taxes_of(
    lines: Iterable[InvoiceLine], currency: str, rounding: Rounding
) -> tuple[TaxAmount, ...]:
    """Return the tax of each rate on the sum of its lines, rounded once.

    Rates come in the order in which the lines name them.
    """
    sums: dict[TaxRate, int] = {}
    for line in lines:
        for rate in line.terms.tax_rates:
            sums[rate] = sums.get(rate, 0) + line.amount_minor
    found = []
    for rate, base in sums.items():
        part = rate.rate
        bottom = part.denominator + (part.numerator if rate.inclusive else 0)
        tax = divide(base * part.numerator, bottom, rounding)
        net = base - tax if rate.inclusive else base
        found.append(
            trusted_tax(
                rate, trusted_money(net, currency), trusted_money(tax, currency), ()
            )
        )
    return tuple(found)


def taxed_sum(rate: TaxRate, lines: Iterable[InvoiceLine]) -> int:
    """Return the sum of those of *lines* that *rate* taxes."""
    return sum(line.amount_minor for line in lines if rate in line.terms.tax_rates)


def tax_on(rate: TaxRate, base: int, rounding: Rounding) -> int:
    """Return the tax on *base*, the sum of lines, rounded once."""
    part = rate.rate
    bottom = part.denominator + (part.numerator if rate.inclusive else 0)
    return divide(base * part.numerator, bottom, rounding)


def exclusive_tax(taxes: Iterable[TaxAmount]) -> int:
    """Return the minor units of tax that come on top of the prices."""
    return sum(t.amount.minor_units for t in taxes if not t.rate.inclusive)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class Discrepancy(Value):
    """Something on an invoice that does not follow from the rest of it.

    *where* is a path such as ``lines[2].amount``.
    """

    where: str
    stated: object
    expected: object

    def __attrs_post_init__(self) -> None:
        text("where", self.where)


_Compare = Callable[[str, object, object], None]


def verify(invoice: Invoice) -> tuple[Discrepancy, ...]:
    """Return what does not add up; empty when every line proves itself.

    Each line's share is counted again from its dates, its amount from the full
    amount and the share; its kind goes with its item and its sign, and a cap is there
    where it cuts.  Taxes and totals are added up again.
    """
    instance("invoice", invoice, Invoice)
    found: list[Discrepancy] = []

    def compare(where: str, stated: object, expected: object) -> None:
        if stated != expected:
            found.append(Discrepancy(where, stated, expected))

    for i, line in enumerate(invoice.lines):
        _verify_line(f"lines[{i}]", line, invoice, compare)
    subtotal = Money.total([line.amount for line in invoice.lines], invoice.currency)
    compare("subtotal", invoice.subtotal, subtotal)
    taxes = _taxes_again(invoice)
    compare("taxes", invoice.taxes, taxes)
    on_top = Money.from_minor_units(exclusive_tax(taxes), invoice.currency)
    compare("total", invoice.total, subtotal + on_top)
    zero = Money.zero(invoice.currency)
    most = max(invoice.total, zero)
    compare(
        "credit_applied",
        invoice.credit_applied,
        min(max(invoice.credit_applied, zero), most),
    )
    return tuple(found)


LINE_KINDS: Final = MappingProxyType(
    {
        ItemKind.PLAN: (LineKind.CHARGE, LineKind.CREDIT),
        ItemKind.ADD_ON: (LineKind.CHARGE, LineKind.CREDIT),
        ItemKind.DISCOUNT: (LineKind.CREDIT, LineKind.DISCOUNT),
        ItemKind.SERVICE: (LineKind.SERVICE, LineKind.SERVICE),
        ItemKind.FEE: (LineKind.FEE, LineKind.FEE),
    }
)
"""The kinds of line of an item: what adds to an invoice, what takes off it."""


def _verify_line(
    where: str, line: InvoiceLine, invoice: Invoice, compare: _Compare
) -> None:
    """Compare what *line* says with what follows from the rest of it."""
    terms = line.terms
    item = terms.item_kind
    once = item is ItemKind.SERVICE or item is ItemKind.FEE
    corrects = invoice.billing_reason is BillingReason.CORRECTION
    adds, takes = LINE_KINDS[item]
    kind = takes if line.full_scaled < 0 else adds
    if not line.full_scaled and line.kind is takes:
        kind = takes  # what is free does neither
    compare(f"{where}.kind", line.kind, kind)
    compare(f"{where}.currency", terms.currency, invoice.currency)
    compare(f"{where}.share", line.share, _share_of(line))
    whole = line.whole.start, line.whole.end
    inside = max(line.start, whole[0]), min(line.end, whole[1])
    compare(f"{where}.period", (line.start, line.end), whole if once else inside)
    exact = Fraction(line.full_scaled, terms.scale) * line.share
    amount = divide(exact.numerator, exact.denominator, terms.rounding)
    cap = line.cap_minor
    if cap is not None:
        # Only what gives back is cut short, and a correction that takes that back.
        may_cut = line.kind in _CUT or (corrects and not once)
        binds = may_cut and cap < abs(amount)
        compare(f"{where}.cap", line.cap, line.cap if binds else None)
        if may_cut:
            amount = max(-cap, min(amount, cap))
    compare(
        f"{where}.amount", line.amount, Money.from_minor_units(amount, line.currency)
    )
    _verify_price(where, line, compare)
    if once and not corrects:  # only a correction takes it back
        compare(f"{where}.quantity", line.quantity, abs(line.quantity))


def _verify_price(where: str, line: InvoiceLine, compare: _Compare) -> None:
    """Compare what *line* says of quantity and price with its full amount."""
    terms, full = line.terms, line.full_scaled
    sold = terms.item_kind is ItemKind.PLAN or terms.item_kind is ItemKind.ADD_ON
    unit = terms.unit_scaled
    if unit is None:
        if not sold:  # only plans and add-ons have tiers
            each = abs(line.full_amount / (line.quantity or 1))
            compare(f"{where}.unit_amount", None, each)
        return
    wanted = unit * line.quantity
    if terms.item_kind is ItemKind.DISCOUNT:  # all of it, or a part
        one = -1 if full < 0 else 1
        compare(f"{where}.quantity", line.quantity, one)
        wanted = max(-unit, min(full, unit))
    compare(f"{where}.full_amount", line.full_amount, terms.exact(wanted))


_CUT: Final = (LineKind.CREDIT, LineKind.DISCOUNT)


def _taxes_again(invoice: Invoice) -> tuple[TaxAmount, ...]:
    """Return the taxes of the lines of *invoice*, worked out again."""
    lines, currency = invoice.lines, invoice.currency
    rounding = rounding_of(invoice)
    taxes = taxes_of(lines, currency, rounding)
    if invoice.billing_reason is not BillingReason.CORRECTION:
        return taxes
    return tuple(_tax_apart(invoice, tax, rounding) for tax in taxes)


def _tax_apart(invoice: Invoice, tax: TaxAmount, rounding: Rounding) -> TaxAmount:
    """Return *tax*, or that on the sums of which *invoice* says it is the difference.

    These have to add up to the lines of its rate.
    """
    rate, currency = tax.rate, invoice.currency
    whole = taxed_sum(rate, invoice.lines)
    for stated in invoice.taxes:
        sums = [part.minor_units for part in stated.apart]
        if sums and stated.rate == rate and sum(sums) == whole:
            units = sum(tax_on(rate, each, rounding) for each in sums)
            net = whole - units if rate.inclusive else whole
            amounts = (trusted_money(each, currency) for each in (net, units))
            return trusted_tax(rate, *amounts, stated.apart)
    return tax


def rounding_of(invoice: Invoice) -> Rounding:
    """Return how the taxes of *invoice* are rounded: as its lines are."""
    return invoice.lines[0].terms.rounding if invoice.lines else Rounding.HALF_UP


def _share_of(line: InvoiceLine) -> Fraction | None:
    """Return the share of *line*, counted from its dates; none where it has none."""
    if line.terms.item_kind in (ItemKind.SERVICE, ItemKind.FEE):
        return Fraction(1)
    try:
        whole = line.whole.start, line.whole.end
        return Fraction(*ratio(line.terms.convention, line.start, line.end, whole))
    except (ConventionError, ZeroDivisionError):
        return None
