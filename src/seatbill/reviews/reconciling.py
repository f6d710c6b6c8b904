"""Is this invoice right?  It is put beside the one that the history gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final

import attrs

from .._values.checks import Time, instance
from ..invoices import Invoice, InvoiceLine, ItemKind, LineTerms
from ..lifecycle import Statement
from ..money import currency_digits
from ..notices import Finding, finding_of
from ..periods import Period, same_time
from ..plans import price_for
from ..subscriptions import Outcome, Status, Subscription
from ..verification import Discrepancy, verify
from .plain_text import exact, share_text
from .reconciliations import Activity, ConfigurationChange, LineReview, Reconciliation
from .replaying import States, past


def reconcile(
    invoice: Invoice, history: Statement | Iterable[Outcome]
) -> Reconciliation:
    """Return *invoice* beside the *history*: is it right, and where does it differ?

    *history* is a statement, or every outcome from the first day on.  Each outcome is
    worked out again from the one before it, so that its own invoice is not taken on
    trust; where that gives another subscription (a renewal was told who is there), it
    is.

    Raises: HistoryGapError where an outcome is missing, MixedTimeError.
    """
    instance("invoice", invoice, Invoice)
    invoices, states = past(history)
    since = states[0][0]
    same_time("issued_on", invoice.issued_on, since)
    for line in invoice.lines:
        same_time("start", line.start, since)
    expected = _counterpart(invoice, invoices)
    wanted = () if expected is None else expected.lines
    partners, missing = _partners(invoice.lines, wanted)
    misplaced = _misplaced(invoice.lines, partners, wanted)
    sums = verify(invoice)
    found: list[tuple[InvoiceLine, int | None, Finding | None]] = []
    for i, (line, partner) in enumerate(zip(invoice.lines, partners, strict=True)):
        finding: Finding | None
        if partner is None:
            finding = _unexpected(line, _activity(states, line), invoices)
        else:
            differs = _difference(line, partner) or _wrong_sum(line, i, sums)
            finding = differs or misplaced.get(i)
        found.append((line, i, finding))
    found += [(x, None, finding_of("line_missing", **_sold(x))) for x in missing]
    return Reconciliation(
        invoice=invoice,
        expected=expected,
        lines=tuple(
            LineReview(line=x, index=i, finding=finding, active=_activity(states, x))
            for x, i, finding in found
        ),
        totals=tuple(_totals(invoice, expected, sums)),
        events=tuple(_events(states, [line for line, *_ in found])),
    )


def _sold(line: InvoiceLine) -> dict[str, Any]:
    """Return what *line* is about, for a sentence."""
    span, amount = (line.start, line.end), line.amount
    return {"item": line.item, "unit": line.unit, "span": span, "amount": amount}


def _counterpart(invoice: Invoice, invoices: Iterable[Invoice]) -> Invoice | None:
    """Return the invoice of the history that *invoice* ought to be.

    One of the same day, rather with the same key, rather with lines in common.
    """
    best: tuple[tuple[bool, bool, int], Invoice] | None = None
    for known in invoices:
        common = sum(line in known.lines for line in invoice.lines)
        same_key = known.key == invoice.key
        same_day = known.issued_on == invoice.issued_on
        rank = same_day, same_key, common
        if (same_day or (same_key and common)) and (best is None or rank > best[0]):
            best = rank, known
    return None if best is None else best[1]


_PAIRED_BY: Final[tuple[Callable[[InvoiceLine], Any], ...]] = (
    lambda line: line,
    lambda line: (line.kind, line.terms.key, line.start, line.end),
    lambda line: (line.kind, line.terms.key),
    lambda line: line.terms.key,
)


def _partners(
    stated: tuple[InvoiceLine, ...], wanted: tuple[InvoiceLine, ...]
) -> tuple[list[InvoiceLine | None], list[InvoiceLine]]:
    """Return for each line the one that it ought to be, and those left over."""
    partners: list[InvoiceLine | None] = [None] * len(stated)
    left = list(wanted)
    for key in _PAIRED_BY:
        for i, line in enumerate(stated):
            if partners[i] is not None:
                continue
            for other in left:
                if key(other) == key(line):
                    partners[i] = other
                    left.remove(other)
                    break
    return partners, left


def _misplaced(
    stated: tuple[InvoiceLine, ...],
    partners: list[InvoiceLine | None],
    wanted: tuple[InvoiceLine, ...],
) -> dict[int, Finding]:
    """Return by index which lines stand in another place: credit notes name them by it.

    Places are counted among the lines that have a partner.
    """
    found = [(i, other) for i, other in enumerate(partners) if other is not None]
    left = Counter(other for _, other in found)
    right: list[InvoiceLine] = []
    for other in wanted:
        if left[other]:
            left[other] -= 1
            right.append(other)
    places = {other: place for place, other in enumerate(right, 1)}
    return {
        i: _differs(stated[i], "place", place, places[other])
        for place, (i, other) in enumerate(found, 1)
        if right[place - 1] != other
    }


def _figure(number: Fraction, line: InvoiceLine) -> Decimal | Fraction:
    """Return *number* with the decimals of the currency, or as a ratio."""
    digits = exact(number, currency_digits(line.currency))
    return number if "/" in digits else Decimal(digits)


def _unit_price(line: InvoiceLine) -> Decimal | Fraction | None:
    unit = line.unit_amount
    return None if unit is None else _figure(unit, line)


def _full_amount(line: InvoiceLine) -> Decimal | Fraction:
    return _figure(line.full_amount, line)


def _ids(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(value.id for value in values)


def _whole(line: InvoiceLine) -> tuple[Time, Time]:
    return line.whole.start, line.whole.end


_COMPARED: Final[tuple[tuple[str, Callable[[InvoiceLine], Any], Any], ...]] = (
    ("kind_differs", attrgetter("kind"), None),
    ("quantity_differs", attrgetter("quantity"), None),
    ("unit_price_differs", attrgetter("unit_amount"), _unit_price),
    ("discounts_differ", attrgetter("discounts"), lambda x: _ids(x.discounts)),
    ("period_differs", attrgetter("start", "end"), None),
    ("period_differs", _whole, None),
    ("share_differs", attrgetter("share"), share_text),
    ("full_amount_differs", attrgetter("full_amount"), _full_amount),
    ("cap_differs", attrgetter("cap"), None),
    ("amount_differs", attrgetter("amount"), None),
    ("tax_rates_differ", attrgetter("tax_rates"), lambda x: _ids(x.tax_rates)),
)
"""What is compared, in this order: a code, the value, how it is shown if otherwise."""


_FIELDS: Final = tuple(
    (field.name, attrgetter(f"{path}{field.name}"))
    for path, of in (("", InvoiceLine), ("terms.", LineTerms))
    for field in attrs.fields(of)
)
"""All that a line and its terms say, so that nothing that differs is passed over."""


def _difference(line: InvoiceLine, wanted: InvoiceLine) -> Finding | None:
    """Return the first difference of *line* and the one that it ought to be."""
    found = _named_difference(line, wanted)
    if found is None and line != wanted:
        what, value = next(
            (name, value)
            for name, value in _FIELDS
            if value(line) != value(wanted) and name != "terms"
        )
        return _differs(line, what, value(line), value(wanted))
    return found


def _named_difference(line: InvoiceLine, wanted: InvoiceLine) -> Finding | None:
    """Return the first difference in what is sold, for when and for how much."""
    for code, value, shown in _COMPARED:
        if value(line) != value(wanted):
            return finding_of(
                code,
                item=line.item,
                unit=line.unit,
                stated=(shown or value)(line),
                expected=(shown or value)(wanted),
            )
    return None


def _differs(line: InvoiceLine, what: str, stated: Any, expected: Any) -> Finding:
    """Return that *what* differs, which has no sentence of its own."""
    return finding_of(
        "line_differs", item=line.item, what=what, stated=stated, expected=expected
    )


def _wrong_sum(
    line: InvoiceLine, i: int, sums: Iterable[Discrepancy]
) -> Finding | None:
    """Return the first thing in line *i* that does not follow from the rest of it."""
    for wrong in sums:
        where, _, what = wrong.where.partition("].")
        if where == f"lines[{i}":
            return finding_of(
                "line_does_not_add_up",
                item=line.item,
                what=what,
                stated=wrong.stated,
                expected=wrong.expected,
            )
    return None


def _unexpected(
    line: InvoiceLine, active: tuple[Activity, ...], invoices: Iterable[Invoice]
) -> Finding:
    """Return why nothing in the history gives *line*."""
    values = _sold(line)
    for known in invoices:
        if any(_named_difference(line, other) is None for other in known.lines):
            return finding_of("line_repeated", **values, invoice=known.key)
    used = any(a.period.start < line.end and line.start < a.period.end for a in active)
    owned = line.terms.item_kind in (ItemKind.PLAN, ItemKind.ADD_ON)
    if owned and not used:
        return finding_of("item_not_active", **values)
    return finding_of("line_not_expected", **values)


def _activity(states: States, line: InvoiceLine) -> tuple[Activity, ...]:
    """Return when the item of *line* was active in the whole period of it (GA-29)."""
    found: list[Activity] = []
    last = states[-1][1], line.whole.end
    spans = [(day, sub, until) for (day, sub), (until, _) in pairwise(states)]
    for day, sub, until in (*spans, (states[-1][0], *last)):
        start, end = max(day, line.whole.start), min(until, line.whole.end)
        count = _owned(sub, line)
        if not count or start >= end:
            continue
        if found and found[-1].quantity == count and found[-1].period.end == start:
            start = found.pop().period.start
        found.append(Activity(Period(start, end), count))
    return tuple(found)


def _owned(sub: Subscription, line: InvoiceLine) -> int:
    """Return how many of the item of *line* are owned; a flat price counts as one."""
    item, unit = line.item, line.unit
    if sub.status in (Status.CANCELED, Status.PAUSED):
        return 0
    if line.terms.item_kind is ItemKind.ADD_ON:
        return sub.add_on_quantity(item)
    if line.terms.item_kind is not ItemKind.PLAN or sub.plan.id != item:
        return 0
    priced = price_for(sub.plan.prices, unit, sub.currency, sub.interval)
    flat = priced is not None and priced[0].flat
    return 1 if flat else sub.quantity(unit)


def _events(
    states: States, lines: Iterable[InvoiceLine]
) -> Iterator[ConfigurationChange]:
    """Yield what changed in the time that *lines* are about (GA-30)."""
    wholes = [line.whole for line in lines]
    before: dict[tuple[str, str], str | int] = {}
    for day, sub in states:
        after = _configuration(sub)
        if any(whole.contains(day) for whole in wholes):
            for what, key in dict.fromkeys((*before, *after)):
                old, new = before.get((what, key)), after.get((what, key))
                if old != new:
                    yield ConfigurationChange(
                        on=day, what=what, key=key, before=old, after=new
                    )
        before = after


def _configuration(sub: Subscription) -> dict[tuple[str, str], str | int]:
    """Return plan, interval, seats and add-ons as they stand; nothing once ended."""
    if sub.status is Status.CANCELED:
        return {}
    return {
        ("plan", ""): sub.plan.id,
        ("interval", ""): str(sub.interval),
        **{("seats", unit): count for unit, count in sub.seats.items()},
        **{("add_on", owned.add_on.id): owned.quantity for owned in sub.add_ons},
    }


_TOTALS: Final = (
    "key issued_on billing_reason currency recipient subtotal taxes total "
    "credit_applied payable_step"
).split()


def _totals(
    invoice: Invoice, expected: Invoice | None, sums: Iterable[Discrepancy]
) -> Iterator[Discrepancy]:
    """Yield what differs on the document itself, or does not add up on it."""
    wrong = [one for one in sums if not one.where.startswith("lines[")]
    yield from wrong
    if expected is None:
        yield Discrepancy("key", invoice.key, None)
        return
    told = [one.where for one in wrong]
    for name in _TOTALS:
        stated, wanted = getattr(invoice, name), getattr(expected, name)
        if stated != wanted and name not in told:
            yield Discrepancy(name, stated, wanted)
