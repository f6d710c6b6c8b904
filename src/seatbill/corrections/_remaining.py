"""What credit notes have left of an invoice, and how a part of it is split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._values.checks import Time, instance, moment, several, unique, whole
from ..combining import Billed
from ..errors import (
    CurrencyMismatchError,
    OutOfOrderError,
    OverCreditedError,
    UnknownItemError,
    WrongTypeError,
)
from ..invoices import rounding_of
from ..money import Money, trusted_money
from ..periods import same_time, same_times
from ..taxes import TaxAmount, TaxRate, tax_on
from .given_back import Later, given_back_later
from .notes import CreditNote, CreditNoteLine, CreditReason
from .numbering import invoice_of


class Rest:
    """What credit notes have left of an invoice, in minor units.

    *lines* and *taxes* stand beside the invoice's own; all keep their signs.  What
    *later* invoices gave back is not left either.
    """

    __slots__ = ("invoice", "lines", "notes", "number", "taxes")

    def __init__(
        self,
        document: object,
        previous: Iterable[CreditNote],
        later: Iterable[Later] = (),
    ) -> None:
        self.invoice, self.number = invoice_of(document)
        self.notes = checked_notes(self.invoice, previous)
        self.lines = [line.amount_minor for line in self.invoice.lines]
        self.taxes = [tax.amount.minor_units for tax in self.invoice.taxes]
        rates = [tax.rate for tax in self.invoice.taxes]
        for note in self.notes:
            for line in note.lines:
                self.lines[line.index] -= line.amount.minor_units
            for tax in note.taxes:
                self.taxes[rates.index(tax.rate)] -= tax.amount.minor_units
        back = given_back_later(self.invoice, later)
        if any(back):
            self._leave_out(back)

    def _leave_out(self, back: Sequence[int]) -> None:
        """Leave out what came *back* of each line, and the tax on it."""
        pairs = zip(self.lines, back, strict=True)
        self.lines = [left - between(part, left) for left, part in pairs]
        rounding = rounding_of(self.invoice)
        for place, rate in enumerate(self.rates):
            due = tax_on(rate, self.base(rate, self.lines), rounding)
            self.taxes[place] = between(due, self.taxes[place])

    def day(self, name: str, value: object) -> Time:
        """Return *value*, a day on or after the invoice's and the last note's."""
        day = moment(name, value)
        issued = [self.invoice.issued_on, *(n.issued_on for n in self.notes)]
        same_times(day, [("previous", at) for at in issued[1:]])
        same_time(name, day, issued[0])
        earliest = max(issued)
        if day < earliest:
            raise OutOfOrderError(day, earliest)
        return day

    @property
    def rates(self) -> list[TaxRate]:
        """The rates of the invoice's taxes."""
        return [tax.rate for tax in self.invoice.taxes]

    @property
    def total(self) -> int:
        """What is left of the total."""
        return sum(self.lines) + sum(self.on_top(self.taxes))

    @property
    def credited(self) -> Money:
        """What the notes so far come to."""
        return Money.total([note.total for note in self.notes], self.invoice.currency)

    def on_top(self, taxes: Sequence[int]) -> list[int]:
        """Return those of *taxes* that are not in the lines, 0 for the others."""
        pairs = zip(self.rates, taxes, strict=True)
        return [0 if rate.inclusive else units for rate, units in pairs]

    def base(self, rate: TaxRate, units: Sequence[int]) -> int:
        """Return the sum of those of *units*, by line, that *rate* taxes."""
        pairs = zip(self.invoice.lines, units, strict=True)
        return sum(part for line, part in pairs if rate in line.terms.tax_rates)

    def of_lines(self, lines: Mapping[int, Money | None] | Iterable[int]) -> list[int]:
        """Return the part of each line that *lines* asks for."""
        if isinstance(lines, Mapping):
            asked = dict(lines)
        else:
            places = several("lines", lines, int)
            unique("line", places)
            asked = dict.fromkeys(places)
        if not asked:
            raise WrongTypeError("lines", "lines", lines)
        parts = [0] * len(self.lines)
        for place, amount in asked.items():
            whole("line", place, 0, len(parts) - 1)
            parts[place] = self._of_line(place, amount)
        return parts

    def _of_line(self, place: int, amount: Money | None) -> int:
        """Return how much of one line is asked for: something, with its sign."""
        left, currency = self.lines[place], self.invoice.currency
        if amount is None:
            amount = trusted_money(left, currency)
        elif instance("amount", amount, Money).currency != currency:
            raise CurrencyMismatchError(currency, amount.currency)
        if not amount:
            raise OverCreditedError(
                f"lines[{place}]", amount, trusted_money(left, currency)
            )
        return amount.minor_units

    def taxes_of(self, parts: Sequence[int]) -> list[int]:
        """Return the tax of each rate on *parts* of the lines.

        What is credited with *parts* and what was credited before are taxed together,
        so that a cent is never lost or given twice.
        """
        full = [line.amount_minor for line in self.invoice.lines]
        pairs = zip(full, self.lines, parts, strict=True)
        done = [all_of_it - left + part for all_of_it, left, part in pairs]
        rounding = rounding_of(self.invoice)
        found = []
        for tax, left in zip(self.invoice.taxes, self.taxes, strict=True):
            base = self.base(tax.rate, done)
            if base == self.base(tax.rate, full):
                found.append(left)
                continue
            due = tax_on(tax.rate, base, rounding)
            found.append(between(due - (tax.amount.minor_units - left), left))
        return found

    def split(self, units: int) -> tuple[list[int], list[int]]:
        """Return the parts of lines and taxes that make *units* of the total."""
        if units == self.total:
            return list(self.lines), list(self.taxes)
        on_top = self.on_top(self.taxes)
        net, tax = spread(units, [sum(self.lines), sum(on_top)])
        groups: dict[tuple[TaxRate, ...], list[int]] = {}
        for place, line in enumerate(self.invoice.lines):
            groups.setdefault(line.terms.tax_rates, []).append(place)
        left = [[self.lines[i] for i in places] for places in groups.values()]
        parts = [0] * len(self.lines)
        shares = spread(net, [sum(group) for group in left])
        for places, group, part in zip(groups.values(), left, shares, strict=True):
            for place, own in zip(places, spread(part, group), strict=True):
                parts[place] = own
        pairs = zip(self.rates, self.taxes_of(parts), spread(tax, on_top), strict=True)
        return parts, [inside if r.inclusive else own for r, inside, own in pairs]

    def check(self, parts: Sequence[int], taxes: Sequence[int]) -> None:
        """Refuse what would take back more than there is, or nothing at all.

        Each line, the net amount of each set of rates, all of it, the tax and the
        total have to stay between nothing and what is left.
        """
        for place, (part, left) in enumerate(zip(parts, self.lines, strict=True)):
            self._compare(f"lines[{place}]", part, left)
        sets = dict.fromkeys(line.terms.tax_rates for line in self.invoice.lines)
        for rates in sets:
            places = [
                place
                for place, line in enumerate(self.invoice.lines)
                if line.terms.tax_rates == rates
            ]
            part, left = (sum(of[i] for i in places) for of in (parts, self.lines))
            names = ", ".join(rate.id for rate in rates)
            self._compare(names or "untaxed", part, left)
        net, on_top = sum(parts), sum(self.on_top(taxes))
        self._compare("subtotal", net, sum(self.lines))
        self._compare("taxes", on_top, sum(self.on_top(self.taxes)))
        self._compare("total", net + on_top, self.total)
        if net + on_top <= 0:
            currency = self.invoice.currency
            asked, left_over = (
                trusted_money(units, currency) for units in (net + on_top, self.total)
            )
            raise OverCreditedError("total", asked, left_over)

    def _compare(self, where: str, part: int, left: int) -> None:
        """Refuse a *part* that is not between nothing and what is *left*."""
        if part != between(part, left):
            currency = self.invoice.currency
            asked, rest = trusted_money(part, currency), trusted_money(left, currency)
            raise OverCreditedError(where, asked, rest)

    def note(
        self,
        parts: Sequence[int],
        taxes: Sequence[int],
        *,
        reason: CreditReason | str,
        issued_on: Time,
    ) -> CreditNote:
        """Return the note that takes back *parts* of the lines and *taxes*."""
        self.check(parts, taxes)
        currency = self.invoice.currency
        return CreditNote(
            invoice_key=self.invoice.key,
            invoice_number=self.number,
            sequence=len(self.notes) + 1,
            reason=reason,
            issued_on=issued_on,
            currency=currency,
            lines=[
                CreditNoteLine(place, line, trusted_money(part, currency))
                for place, (line, part) in enumerate(
                    zip(self.invoice.lines, parts, strict=True)
                )
                if part
            ],
            taxes=[
                TaxAmount(
                    rate,
                    trusted_money(base - (tax if rate.inclusive else 0), currency),
                    trusted_money(tax, currency),
                )
                for rate, tax in zip(self.rates, taxes, strict=True)
                if (base := self.base(rate, parts)) or tax
            ],
            recipient=self.invoice.recipient,
        )


def checked_notes(
    invoice: Billed, previous: Iterable[CreditNote]
) -> tuple[CreditNote, ...]:
    """Return *previous* in order: every note on *invoice* so far, and no other."""
    notes = sorted(
        several("previous", previous, CreditNote), key=lambda note: note.sequence
    )
    unique("credit note", [note.key for note in notes])
    for sequence, note in enumerate(notes, 1):
        if note.invoice_key != invoice.key or not _is_of(note, invoice):
            raise UnknownItemError("credit note", note.key, (invoice.key,))
        if note.sequence != sequence:
            missing = f"{invoice.key}/credit-{sequence}"
            raise UnknownItemError("credit note", missing, (invoice.key,))
    return tuple(notes)


def _is_of(note: CreditNote, invoice: Billed) -> bool:
    """Return whether the lines and rates of *note* are those of *invoice*."""
    lines, rates = dict(enumerate(invoice.lines)), [t.rate for t in invoice.taxes]
    return all(lines.get(line.index) == line.line for line in note.lines) and all(
        tax.rate in rates for tax in note.taxes
    )


def between(part: int, left: int) -> int:
    """Return *part*, or what is nearest to it from 0 to *left*."""
    return min(max(part, min(left, 0)), max(left, 0))


def spread(units: int, weights: Sequence[int]) -> list[int]:
    """Return *units* split by *weights*, which may have signs, by largest remainder.

    *units* is between 0 and the sum of the weights; so is each part between 0 and its
    weight, and the parts add up to *units*.
    """
    total = sum(weights)
    if total < 0:
        return [-part for part in spread(-units, [-weight for weight in weights])]
    if not total:
        return [0] * len(weights)
    found = [divmod(units * weight, total) for weight in weights]
    left = units - sum(part for part, _ in found)
    lucky = set(sorted(range(len(found)), key=lambda i: -found[i][1])[:left])
    return [part + (i in lucky) for i, (part, _) in enumerate(found)]
