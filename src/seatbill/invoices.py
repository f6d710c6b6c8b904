"""Invoices whose lines prove themselves.

A line carries the exact full amount of the period, its share and its one rounding:
``amount == round(full_amount × share)``, cut short by ``cap`` where there is one.
Totals are sums of rounded lines; tax is computed once for each rate (EN 16931).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Protocol, final

import attrs

from ._values.base import Value, Word, unchecked, worded
from ._values.checks import Time, flag, instance, several, text, whole
from .credit import CreditLot, lot_list
from .discounts import Discount
from .errors import CurrencyMismatchError, OutOfBoundsError, WrongTypeError
from .money import NOTHING, Money, Rounding, currency_digits, divide, trusted_money
from .parties import Party
from .periods import Period, in_order, keep_times, same_time
from .proration import Convention
from .taxes import TaxAmount, TaxRate, tax_rate_set, trusted_tax

__all__ = [
    "BillingReason",
    "Invoice",
    "InvoiceLine",
    "ItemKind",
    "LineKind",
    "LineTerms",
]


class LineKind(Word):
    """What a line is.

    :CHARGE: Something that is paid for.
    :CREDIT: Takes back part of a charge (or of a fixed discount, then positive).
    :DISCOUNT: What is taken off.
    :SERVICE: A service, once.
    :FEE: A fee, once.
    """

    CHARGE = "charge"
    CREDIT = "credit"
    DISCOUNT = "discount"
    SERVICE = "service"
    FEE = "fee"


class ItemKind(Word):
    """What a line is for.

    :PLAN: A plan.
    :ADD_ON: An add-on or a package.
    :DISCOUNT: A discount.
    :SERVICE: A service.
    :FEE: A fee.
    """

    PLAN = "plan"
    ADD_ON = "add_on"
    DISCOUNT = "discount"
    SERVICE = "service"
    FEE = "fee"


class BillingReason(Word):
    """Why an invoice was made.

    :SUBSCRIPTION_CREATE: The first invoice.
    :SUBSCRIPTION_CYCLE: A renewal.
    :SUBSCRIPTION_UPDATE: A change.
    :CORRECTION: What was billed is not what happened; made by ``rebill``.
    """

    SUBSCRIPTION_CREATE = "subscription_create"
    SUBSCRIPTION_CYCLE = "subscription_cycle"
    SUBSCRIPTION_UPDATE = "subscription_update"
    CORRECTION = "correction"


def _discounts(values: Iterable[Discount]) -> tuple[Discount, ...]:
    """Return *values* as discounts."""
    return several("discounts", values, Discount)


@final
@attrs.frozen(order=False, eq=False, repr=False, field_transformer=worded)
class LineTerms(Value):
    """What lines of one item at one net price share.

    *scale* parts make a minor unit; *unit_scaled* is the net price of one unit and
    one period in such parts, ``None`` under tiers.  Percent *discounts* are already
    in it, in the order in which they compound.  An amount off that is not for
    everything names its own discount there, which says what it is for; its unit is
    ``"period"``, or ``"period:sms"`` off the own periods of the add-on ``sms``.
    """

    item_kind: ItemKind = attrs.field(converter=ItemKind)
    item: str
    unit: str
    currency: str
    unit_scaled: int | None
    scale: int
    discounts: tuple[Discount, ...] = attrs.field(default=(), converter=_discounts)
    tax_rates: tuple[TaxRate, ...] = attrs.field(default=(), converter=tax_rate_set)
    convention: Convention = attrs.field(
        default=Convention.ACTUAL, converter=Convention
    )
    rounding: Rounding = attrs.field(default=Rounding.HALF_UP, converter=Rounding)
    in_arrears: bool = False

    def __attrs_post_init__(self) -> None:
        text("item", self.item)
        text("unit", self.unit)
        currency_digits(self.currency)
        if self.unit_scaled is not None:
            whole("unit_scaled", self.unit_scaled, 0, 10**60)
        whole("scale", self.scale, 1, 10**60)
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


@final
@attrs.frozen(order=False, eq=False, repr=False, field_transformer=worded)
class InvoiceLine(Value):
    """One line: quantity × unit amount × share, rounded once.

    Credits have a negative quantity and amount, the unit price stays positive
    (EN 16931 BR-27).  Amounts are kept as whole numbers and read as properties.
    """

    kind: LineKind = attrs.field(converter=LineKind)
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
        """The percent discounts inside the unit price, in order.

        On the line of an amount off that is not for everything, its own discount.
        """
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
    """Return the id of the charge of *terms* that *version* opened.

    Where a discount is for the first units, they are a charge beside the others'.
    """
    id = f"{version}:{terms.item_kind}:{terms.item}:{terms.unit}"
    firsts = [first for off in terms.discounts if (first := off.first) is not None]
    return f"{id}:first-{min(firsts)}" if firsts else id


def _lines(values: Iterable[InvoiceLine]) -> tuple[InvoiceLine, ...]:
    """Return *values* as invoice lines."""
    return several("lines", values, InvoiceLine)


def _taxes(values: Iterable[TaxAmount]) -> tuple[TaxAmount, ...]:
    """Return *values* as tax amounts."""
    return several("taxes", values, TaxAmount)


@final
@attrs.frozen(order=False, eq=False, repr=False, field_transformer=worded)
class Invoice(Value):
    """What a customer owes on one day, with the lines that say why.

    ``total`` may be negative (a document of type 381 in EN 16931): it then went to
    the credit balance, and ``amount_due`` is zero.  ``credit_lots`` says what each
    lot (a gift, or what has a last day) paid of ``credit_applied``, or got back of
    ``credit_granted``; the rest was money.  What is to be paid is rounded to a multiple
    of *payable_step*, if there is one.
    """

    subscription_id: str
    version: int
    issued_on: Time
    billing_reason: BillingReason = attrs.field(converter=BillingReason)
    currency: str
    lines: tuple[InvoiceLine, ...] = attrs.field(converter=_lines)
    taxes: tuple[TaxAmount, ...] = attrs.field(converter=_taxes)
    subtotal_minor: int
    total_minor: int
    credit_applied_minor: int
    recipient: Party | None = None
    credit_lots: tuple[CreditLot, ...] = attrs.field(default=(), converter=lot_list)
    payable_step: Money | None = None

    def __attrs_post_init__(self) -> None:
        text("subscription_id", self.subscription_id)
        whole("version", self.version)
        keep_times(self, "issued_on")
        currency_digits(self.currency)
        for name in ("subtotal_minor", "total_minor", "credit_applied_minor"):
            whole(name, getattr(self, name), -(10**60), 10**60)
        if self.recipient is not None:
            instance("recipient", self.recipient, Party)
        if self.payable_step is not None:
            _check_step(self.payable_step, self.currency)
        for i, line in enumerate(self.lines):
            if line.currency != self.currency:
                raise CurrencyMismatchError(self.currency, line.currency)
            same_time(f"lines[{i}].start", line.start, self.issued_on)
        for i, lot in enumerate(self.credit_lots):
            if lot.amount.currency != self.currency:
                raise CurrencyMismatchError(self.currency, lot.amount.currency)
            if lot.expires_on is not None:
                same_time(
                    f"credit_lots[{i}].expires_on", lot.expires_on, self.issued_on
                )

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
        """What credit paid, never negative."""
        if not self.credit_applied_minor:
            return NOTHING[self.currency]
        return trusted_money(self.credit_applied_minor, self.currency)

    @property
    def credit_granted(self) -> Money:
        """What a negative total gave back as credit, never negative."""
        return trusted_money(max(-self.total_minor, 0), self.currency)

    @property
    def payable_rounding(self) -> Money:
        """What rounding to *payable_step* adds to what is to be paid (BT-114).

        Below zero where it is rounded down; zero where nothing is to be paid.  It is
        not taxed, and part of no total.
        """
        if self.payable_step is None:
            return NOTHING[self.currency]
        due = self.total_minor - self.credit_applied_minor
        return rounding_off(due, self.payable_step, rounding_of(self))

    @property
    def amount_due(self) -> Money:
        """What is to be paid now, never negative (BT-115)."""
        due = self.total_minor - self.credit_applied_minor
        if due <= 0:
            return NOTHING[self.currency]
        if self.payable_step is not None:
            due += self.payable_rounding.minor_units
        return trusted_money(due, self.currency)


def _check_step(step: Money, currency: str) -> None:
    """Refuse a *step* that no amount in *currency* can be a multiple of."""
    if instance("payable_step", step, Money).currency != currency:
        raise CurrencyMismatchError(currency, step.currency)
    if step.minor_units < 1:
        least = trusted_money(1, currency)
        raise OutOfBoundsError("payable_step", step, least, None)


def rounding_off(due: int, step: Money, rounding: Rounding) -> Money:
    """Return what is missing to *due*, if above zero, for a multiple of *step*."""
    due, units = max(due, 0), step.minor_units
    rounded = divide(due, units, rounding) * units
    return trusted_money(rounded - due, step.currency)


trusted_period: Callable[..., Period] = unchecked(Period)


def taxes_of(
    lines: Iterable[InvoiceLine], currency: str, rounding: Rounding
) -> tuple[TaxAmount, ...]:
    """Return the tax of each rate on the sum of its lines, rounded once.

    Rates come in the order in which the lines name them.
    """
    sums: dict[TaxRate, int] = {}
    shared: tuple[TaxRate, ...] = ()  # by neighboring lines
    total = 0
    for line in lines:
        rates = line.terms.tax_rates
        if rates is not shared:
            for rate in shared:
                sums[rate] = sums.get(rate, 0) + total
            shared, total = rates, 0
        total += line.amount_minor
    for rate in shared:
        sums[rate] = sums.get(rate, 0) + total
    taxes = []
    for rate, base in sums.items():
        top, bottom = rate.rate.as_integer_ratio()
        if rate.inclusive:
            tax = divide(base * top, bottom + top, rounding)
            base -= tax  # noqa: PLW2901 (what it is computed on is without it)
        else:
            tax = divide(base * top, bottom, rounding)
        net, tax_amount = trusted_money(base, currency), trusted_money(tax, currency)
        taxes.append(trusted_tax(rate, net, tax_amount, ()))
    return tuple(taxes)


def taxed_sum(rate: TaxRate, lines: Iterable[InvoiceLine]) -> int:
    """Return the sum of those of *lines* that *rate* taxes."""
    return sum(line.amount_minor for line in lines if rate in line.terms.tax_rates)


class HasLines(Protocol):
    """What has lines: an invoice, or several as one."""

    @property
    def lines(self) -> tuple[InvoiceLine, ...]:
        """Its lines."""


def rounding_of(invoice: HasLines) -> Rounding:
    """Return how the taxes of *invoice* are rounded: as its lines are."""
    lines = invoice.lines
    return lines[0].terms.rounding if lines else Rounding.HALF_UP
