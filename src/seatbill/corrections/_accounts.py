"""An issued invoice in a correction: which of its lines stand, what notes take back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from typing import Any, Final

import attrs

from .._values.checks import Time, instance
from ..errors import OverCreditedError
from ..invoices import Invoice, InvoiceLine, rounding_of, taxed_sum
from ..taxes import TaxRate, tax_on
from ._remaining import Rest, between
from .notes import CreditNote, CreditReason

WRONG: Final = CreditReason.CORRECTED_HISTORY
"""Why a line is credited that was wrong from the start."""


class Account:
    """An issued invoice, which of its lines stand, and what notes take back.

    *corrects* says that an earlier correction made it.  Of what *void* notes took there
    is nothing any more that they could stand beside: a line is there less their part.
    """

    def __init__(
        self,
        document: Any,
        notes: Iterable[CreditNote],
        day: Time,
        *,
        corrects: bool,
        void: Container[str] = (),
    ) -> None:
        self.rest = Rest(document, notes)
        self.invoice = instance("invoice", self.rest.invoice, Invoice)
        self.day = day
        self.corrects = corrects
        self.notes = [note for note in self.rest.notes if note.reason is WRONG]
        gone = {line.index for note in self.notes for line in note.lines}
        self.void = [
            note
            for note in self.rest.notes
            if note.key in void
            or (note not in self.notes and gone & {line.index for line in note.lines})
        ]
        self.line = dict(enumerate(self.invoice.lines))
        for place in {line.index for note in self.void for line in note.lines} - gone:
            left = self.rest.lines[place]
            self.line[place] = attrs.evolve(
                self.line[place], amount_minor=left, cap_minor=abs(left)
            )
            if not left:
                gone.add(place)
        self.standing = [place for place in self.line if place not in gone]

    def lines(self) -> Iterator[InvoiceLine]:
        """Yield the lines that were not credited as wrong."""
        for place in self.standing:
            yield self.line[place]

    def tax(self, rate: TaxRate) -> int:
        """Return the tax of *rate* that is left after what was credited as wrong."""
        notes = self.notes + self.void
        documents = [self.invoice.taxes, *(note.taxes for note in notes)]
        first, *others = (
            sum(tax.amount.minor_units for tax in taxes if tax.rate == rate)
            for taxes in documents
        )
        return first - sum(others)

    def sums(self, rate: TaxRate) -> list[int]:
        """Return the sums of lines that the tax of *rate* that is left is of."""
        whole = [taxed_sum(rate, self.invoice.lines)]
        for tax in self.invoice.taxes:
            if tax.rate == rate and tax.apart:
                whole = [part.minor_units for part in tax.apart]
        notes, kept = self.notes + self.void, taxed_sum(rate, self.lines())
        rounding = rounding_of(self.invoice)
        if self.notes and tax_on(rate, kept, rounding) == self.tax(rate):
            return [kept]
        return [*whole, *(-_noted_sum(rate, note) for note in notes)]

    def credit(self, need: Counter[Any]) -> list[CreditNote]:
        """Return the note that takes back what is not needed, if there is one.

        *need* then counts what is still needed.
        """
        wrong = []
        for place in self.standing:
            line = self.line[place]
            whole = self.rest.lines[place] == line.amount_minor
            if whole and need[line_key(line)] * sign_of(line) < 0:
                need[line_key(line)] += sign_of(line)
                wrong.append(place)
        for places in (wrong, self.standing) if wrong else ():
            note = self._note(places)
            if note is not None:
                self._count(need, [i for i in places if i not in wrong], 1)
                self.notes.append(note)
                self.standing = [i for i in self.standing if i not in places]
                return [note]
        self._count(need, wrong, -1)
        return []

    def _count(self, need: Counter[Any], places: Iterable[int], times: int) -> None:
        """Count the lines at *places* as needed again, or with -1 as there."""
        for place in places:
            line = self.line[place]
            need[line_key(line)] += times * sign_of(line)

    def _note(self, places: list[int]) -> CreditNote | None:
        """Return the note on the lines at *places*, or ``None`` if there can be none.

        The tax that is left is that of the lines that are left, rounded once.
        """
        rest, lines = self.rest, self.line
        parts = [0] * len(lines)
        for place in places:
            parts[place] = lines[place].amount_minor
        kept = [lines[i] for i in self.standing if i not in places]
        rounding = rounding_of(self.invoice)
        taxes = [
            self.tax(rate) - tax_on(rate, taxed_sum(rate, kept), rounding)
            for rate in rest.rates
        ]
        if taxes != [between(*pair) for pair in zip(taxes, rest.taxes, strict=True)]:
            return None
        try:
            return rest.note(parts, taxes, reason=WRONG, issued_on=self.day)
        except OverCreditedError:
            return None


def _noted_sum(rate: TaxRate, note: CreditNote) -> int:
    """Return what *note* took of lines with a *rate*."""
    own = (each for each in note.lines if rate in each.line.terms.tax_rates)
    return sum(each.amount.minor_units for each in own)


def sign_of(line: InvoiceLine) -> int:
    """Return 1 for a line that is to be paid, -1 for one that gives back, or 0."""
    return (line.amount_minor > 0) - (line.amount_minor < 0)


def line_key(line: InvoiceLine) -> Any:
    """Return what *line* is, whichever its sign: what was sold, when, for how much."""
    return (
        line.terms,
        line.quantity * sign_of(line),  # more may cost less, under volume tiers
        abs(line.full_scaled),
        line.start,
        line.end,
        line.whole,
        line.share,
        abs(line.amount_minor),
        line.cap_minor,
    )
