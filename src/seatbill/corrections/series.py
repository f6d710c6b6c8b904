"""A gapless series of numbers, as a value that the host stores beside its documents.

Whoever numbers a document keeps the number and what is left of the series in one
transaction: a number is then never given twice, and none is left out.
"""

from __future__ import annotations

from typing import Final, final

import attrs

from .._values.checks import Time, text, whole
from ..errors import OutOfOrderError, WrongTypeError
from ..parties import Party
from ..payments.due_dates import PaymentTerms
from .numbering import Document, NumberedInvoice, number

_YEAR: Final = "{year}"


@final
@attrs.frozen(kw_only=True, order=False)
class NumberSeries:
    """A series of numbers, of which *last* was given last; 0 where none was.

    A number is the *prefix* and at least so many *digits*.  With ``{year}`` in the
    prefix it starts again at 1 with each year of issue; *year* is that of the last one.

    >>> series = NumberSeries(prefix="INV-{year}-", digits=4, last=41, year=2026)
    >>> series.next_in(2026), series.next_in(2027)
    ('INV-2026-0042', 'INV-2027-0001')
    """

    prefix: str = ""
    digits: int = 1
    last: int = 0
    year: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.prefix or type(self.prefix) is not str:
            text("prefix", self.prefix)
        whole("digits", self.digits, 1, 20)
        whole("last", self.last)
        if self.year is not None:
            whole("year", self.year, 1, 9999)
        needed = _YEAR in self.prefix and self.last > 0
        if needed is (self.year is None):
            raise WrongTypeError("year", "int" if needed else "None", self.year)

    def next_in(self, year: int) -> str:
        """Return the number that is given next to a document issued in that *year*."""
        return self._taken(whole("year", year, 1, 9999))._text(year)

    def take(
        self,
        document: Document,
        *,
        supplier: Party | None = None,
        issued_on: Time | None = None,
        due_on: Time | PaymentTerms | None = None,
    ) -> tuple[NumberedInvoice, NumberSeries]:
        """Return *document* with the next number, and the series to go on with.

        The other arguments are those of :func:`number`.

        Raises: OutOfOrderError for a day of issue in a year before the last number's,
        and what :func:`number` refuses.
        """
        plain = number(
            document, "0", supplier=supplier, issued_on=issued_on, due_on=due_on
        )
        day = plain.issued_on
        if self.year is not None and day.year < self.year:
            raise OutOfOrderError(day, day.replace(self.year, 1, 1))
        series = self._taken(day.year)
        return attrs.evolve(plain, number=series._text(day.year)), series

    def _taken(self, year: int) -> NumberSeries:
        """Return the series once its next number, in *year*, is given."""
        if _YEAR not in self.prefix:
            return attrs.evolve(self, last=self.last + 1)
        before = self.last if year == self.year else 0
        return attrs.evolve(self, last=before + 1, year=year)

    def _text(self, year: int) -> str:
        """Return the last number as it is written."""
        return f"{self.prefix.replace(_YEAR, str(year))}{self.last:0{self.digits}}"
