"""Revenue by the day: a line's amount over its days, and a subscription's month.

What is recognized through a day is the share of the line's time that is gone, rounded
once; a part is the difference of two such sums.  So the parts add up to the line, and
the days of a month to its month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final, final

import attrs

from ._values.base import Word
from ._values.checks import Time, instance, member, several
from .combining import Billed, CombinedInvoice
from .errors import CurrencyMismatchError
from .invoices import Invoice, InvoiceLine, LineKind, rounding_of
from .money import Money, Rounding, currency_digits, divide, trusted_money
from .periods import MONTHLY, Interval, Period, boundary, calendar_day, date_of, number
from .subscriptions import Status, Subscription
from .subscriptions.parts import add_on_of
from .taxes import TaxRate, tax_on

__all__ = [
    "LineSchedule",
    "RevenuePart",
    "RevenueSchedule",
    "RevenueStep",
    "arr",
    "mrr",
    "recognize",
]

_DAY: Final = Interval(days=1)
_LAST_DAY: Final = dt.date.max
_AT_ONCE: Final = (LineKind.SERVICE, LineKind.FEE)


class RevenueStep(Word):
    """How finely revenue is recognized.

    :DAY: By the day.
    :MONTH: By calendar month, whatever the billing period.
    """

    DAY = "day"
    MONTH = "month"


def _same_currency(left: str, right: str) -> None:
    """Refuse two currencies where there can be one."""
    if left != right:
        raise CurrencyMismatchError(left, right)


@final
@attrs.frozen(order=False)
class RevenuePart:
    """What one day or calendar month earns; *tax* is what of *amount* is a tax.

    Raises: CurrencyMismatchError.
    """

    period: Period
    amount: Money
    tax: Money

    def __attrs_post_init__(self) -> None:
        calendar_day("period", instance("period", self.period, Period).start)
        currency = instance("amount", self.amount, Money).currency
        _same_currency(currency, instance("tax", self.tax, Money).currency)

    @property
    def revenue(self) -> Money:
        """The amount without the inclusive tax in it."""
        return self.amount - self.tax


def _revenue_parts(values: Iterable[RevenuePart]) -> tuple[RevenuePart, ...]:
    return several("parts", values, RevenuePart)


@final
@attrs.frozen(order=False)
class LineSchedule:
    """A line and its parts in the order of time, which add up to its amount.

    Raises: CurrencyMismatchError.
    """

    line: InvoiceLine
    parts: tuple[RevenuePart, ...] = attrs.field(converter=_revenue_parts)

    def __attrs_post_init__(self) -> None:
        currency = instance("line", self.line, InvoiceLine).currency
        for part in self.parts:
            _same_currency(currency, part.amount.currency)


def _schedules(values: Iterable[LineSchedule]) -> tuple[LineSchedule, ...]:
    return several("lines", values, LineSchedule)


@final
@attrs.frozen(order=False)
class RevenueSchedule:
    """When each line of an invoice is earned, in the order of its lines.

    Raises: CurrencyMismatchError.
    """

    currency: str
    lines: tuple[LineSchedule, ...] = attrs.field(converter=_schedules)

    def __attrs_post_init__(self) -> None:
        currency_digits(self.currency)
        for schedule in self.lines:
            _same_currency(self.currency, schedule.line.currency)

    @property
    def totals(self) -> tuple[RevenuePart, ...]:
        """The parts of all lines added up, one for each day or month, in order."""
        sums: dict[dt.date, RevenuePart] = {}
        for part in (part for schedule in self.lines for part in schedule.parts):
            start, known = part.period.start, sums.get(part.period.start)
            if known is not None:
                amount, tax = known.amount + part.amount, known.tax + part.tax
                part = RevenuePart(part.period, amount, tax)  # noqa: PLW2901
            sums[start] = part
        return tuple(sums[start] for start in sorted(sums))


def recognize(
    invoice: Billed, *, by: RevenueStep | str = RevenueStep.MONTH
) -> RevenueSchedule:
    """Return when each line of *invoice* is earned, *by* day or calendar month.

    A line is spread evenly over its period; a service or a fee is earned on its day.
    Credits and discounts have negative parts.  Taxes on top are no revenue and stay
    out; an inclusive tax is named in each part.  Instants fall on their days in UTC.
    Of a combined invoice the lines are those of all its invoices.
    A freeze moves a period after its invoice was made: that is not seen here.
    """
    if not isinstance(invoice, CombinedInvoice):
        instance("invoice", invoice, Invoice)
    step = MONTHLY if member("by", by, RevenueStep) is RevenueStep.MONTH else _DAY
    return RevenueSchedule(
        invoice.currency,
        tuple(
            LineSchedule(line, tuple(_parts(line, tax, step)))
            for line, tax in _taxes_inside(invoice)
        ),
    )


def _taxes_inside(invoice: Billed) -> Iterator[tuple[InvoiceLine, int]]:
    """Yield each line and the inclusive tax in it; together they are the invoice's."""
    rounding = rounding_of(invoice)
    bases: dict[TaxRate, int] = {}
    for line in invoice.lines:
        tax = 0
        for rate in line.terms.tax_rates:
            if rate.inclusive:
                before = bases.get(rate, 0)
                bases[rate] = before + line.amount_minor
                tax = tax_on(rate, bases[rate], rounding)
                tax -= tax_on(rate, before, rounding)
        yield line, tax


def _parts(line: InvoiceLine, tax: int, step: Interval) -> Iterator[RevenuePart]:
    """Yield what each step of the calendar earns of *line*."""
    rounding, currency = line.terms.rounding, line.currency
    start, end = line.start, line.end
    first = date_of(start)
    if step is MONTHLY:
        first = first.replace(day=1)
    length = number(end, start)
    at_once = line.kind in _AT_ONCE or length <= 0
    done = done_tax = 0
    while True:
        after = _after(first, step)
        last = step is MONTHLY and after == _LAST_DAY  # with what no period can hold
        if at_once or last:
            gone = length
        else:
            gone = min(number(_like(after, end), start), length)
        if at_once or gone == length:
            amount, inside = line.amount_minor, tax
        else:
            amount = divide(line.amount_minor * gone, length, rounding)
            inside = divide(tax * gone, length, rounding)
        yield RevenuePart(
            Period(first, after),
            trusted_money(amount - done, currency),
            trusted_money(inside - done_tax, currency),
        )
        if gone == length:
            return
        first, done, done_tax = after, amount, inside


def _after(first: dt.date, step: Interval) -> dt.date:
    """Return where the step that starts on *first* ends: inside the calendar.

    The last month ends on the last day that there is: no period can hold that day.
    """
    if step is MONTHLY and first == _LAST_DAY.replace(day=1):
        return _LAST_DAY
    return date_of(boundary(first, step, 1))


def _like(day: dt.date, kind: Time) -> Time:
    """Return the start of *day* as a moment of the type of *kind*."""
    if type(kind) is dt.date:
        return day
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def mrr(
    subscription: Subscription, *, rounding: Rounding | str = Rounding.HALF_UP
) -> Money:
    """Return the monthly recurring revenue of *subscription*, rounded once.

    The full amounts of its open charges, for a month of the interval's nominal
    length, an add-on's own where it has one: discounts lower them, charges in arrears
    count, what waits does not yet, and taxes on top stay out.  Multiples of 30 days are
    months of 30 days, those of 365 are years; any other number of days counts a month
    as 30.4375.  Nothing in a trial, a freeze or a pause, after the end, or on the
    free plan.  In days that are given it stays as it is: what recurs is one price a
    period, however long one is.
    """
    instance("subscription", subscription, Subscription)
    return Money.rounded(_monthly(subscription), subscription.currency, rounding)


def arr(
    subscription: Subscription, *, rounding: Rounding | str = Rounding.HALF_UP
) -> Money:
    """Return the annual recurring revenue: twelve exact months, rounded once."""
    instance("subscription", subscription, Subscription)
    return Money.rounded(12 * _monthly(subscription), subscription.currency, rounding)


def _monthly(subscription: Subscription) -> Fraction:
    if subscription.status is not Status.ACTIVE:
        return Fraction(0)
    own = {owned.add_on.id: owned.add_on.interval for owned in subscription.add_ons}
    total = Fraction(0)
    for charge in subscription.charges:
        alone = add_on_of(charge.terms)
        interval = None if alone is None else own.get(alone)
        total += charge.full_amount / _months(interval or subscription.interval)
    return total


def _months(interval: Interval) -> Fraction:
    days = interval.days
    if not days:
        return Fraction(interval.months)
    if days % 365 == 0:
        return Fraction(12 * days, 365)
    if days % 30 == 0:
        return Fraction(days, 30)
    return Fraction(48 * days, 1461)
