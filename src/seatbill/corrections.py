"""What follows an invoice: credit notes, corrections, numbers, mentions.

An invoice never changes.  A credit note takes part of it back, a corrective invoice
makes it out to the right recipient, a number makes it a legal document; each is a
value of its own that names the invoice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, final

import attrs

from ._checks import (
    Time,
    day_or_none,
    flag,
    instance,
    member,
    moment,
    several,
    text,
    unique,
    whole,
)
from ._values import Word
from .errors import (
    AlreadyDecidedError,
    AlreadyNumberedError,
    CurrencyMismatchError,
    MissingDetailsError,
    NoChangeError,
    NotAcceptedError,
    NothingToCreditError,
    OutOfOrderError,
    OverCreditedError,
    TaxStatusChangedError,
    UnknownItemError,
    WrongTypeError,
)
from .invoices import (
    Invoice,
    InvoiceLine,
    Party,
    TaxAmount,
    TaxCategory,
    TaxRate,
    exclusive_tax,
)
from .money import Money, Rounding, divide, trusted_money
from .periods import same_time

__all__ = [
    "CorrectionState",
    "CorrectiveInvoice",
    "CreditNote",
    "CreditNoteLine",
    "CreditReason",
    "DocumentType",
    "Mention",
    "NumberedInvoice",
    "correct_recipient",
    "credit_note",
    "document_type",
    "mentions",
    "number",
]


class CreditReason(Word):
    """Why part of an invoice is taken back."""

    BILLING_ERROR = "billing_error"
    CORRECTED_HISTORY = "corrected_history"
    """What was billed is not what happened; made by ``rebill``."""
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    GOODWILL = "goodwill"
    NOT_DELIVERED = "not_delivered"
    ORDER_CHANGED = "order_changed"
    TAX_STATUS_CHANGED = "tax_status_changed"
    """The recipient's VAT status or country was wrong; an invoice is made anew."""
    OTHER = "other"


class CorrectionState(Word):
    """Where the request for a correction stands."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class DocumentType(Word):
    """What a document is, by the codes of EN 16931 (UNTDID 1001)."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    CORRECTED_INVOICE = "384"


# Credit notes.


@final
@attrs.frozen(order=False)
class CreditNoteLine:
    """What is taken back of the invoice's line at *index*, with the line's sign."""

    index: int
    line: InvoiceLine
    amount: Money

    def __attrs_post_init__(self) -> None:
        whole("index", self.index)
        line = instance("line", self.line, InvoiceLine)
        if instance("amount", self.amount, Money).currency != line.currency:
            raise CurrencyMismatchError(line.currency, self.amount.currency)


def _note_lines(values: Iterable[CreditNoteLine]) -> tuple[CreditNoteLine, ...]:
    """Return *values* as lines of a credit note."""
    return several("lines", values, CreditNoteLine)


def _taxes(values: Iterable[TaxAmount]) -> tuple[TaxAmount, ...]:
    """Return *values* as tax amounts."""
    return several("taxes", values, TaxAmount)


def _reason(value: CreditReason | str) -> CreditReason:
    """Return *value* as a reason; its code is accepted too."""
    if type(value) is str and value in set(CreditReason):
        return CreditReason(value)
    return member("reason", value, CreditReason)


@final
@attrs.frozen(kw_only=True, order=False)
class CreditNote:
    """What is taken back of one invoice; the amounts are positive (type 381).

    *sequence* counts the notes on the invoice from 1.  *invoice_number* is set where
    the invoice was numbered.
    """

    invoice_key: str
    invoice_number: str | None = None
    sequence: int
    reason: CreditReason = attrs.field(converter=_reason)
    issued_on: Time
    currency: str
    lines: tuple[CreditNoteLine, ...] = attrs.field(converter=_note_lines)
    taxes: tuple[TaxAmount, ...] = attrs.field(converter=_taxes)
    recipient: Party | None = None

    def __attrs_post_init__(self) -> None:
        text("invoice_key", self.invoice_key)
        if self.invoice_number is not None:
            text("invoice_number", self.invoice_number)
        whole("sequence", self.sequence, 1)
        moment("issued_on", self.issued_on)
        amounts = [line.amount for line in self.lines]
        amounts += [tax.amount for tax in self.taxes]
        Money.total(amounts, self.currency)  # refuses another currency
        if self.recipient is not None:
            instance("recipient", self.recipient, Party)

    @property
    def key(self) -> str:
        """The same for the same note: the invoice's key and the sequence."""
        return f"{self.invoice_key}/credit-{self.sequence}"

    @property
    def subtotal(self) -> Money:
        """The sum of the lines."""
        return Money.total([line.amount for line in self.lines], self.currency)

    @property
    def tax(self) -> Money:
        """The sum of the taxes, inclusive ones too."""
        return Money.total([tax.amount for tax in self.taxes], self.currency)

    @property
    def total(self) -> Money:
        """What the customer gets back: the subtotal and the taxes on top of it."""
        on_top = exclusive_tax(self.taxes)
        return self.subtotal + trusted_money(on_top, self.currency)

    @property
    def total_excluding_tax(self) -> Money:
        """The total without any tax."""
        return self.total - self.tax


def credit_note(
    invoice: Invoice | NumberedInvoice | CorrectiveInvoice,
    *,
    lines: Mapping[int, Money | None] | Iterable[int] | None = None,
    amount: Money | None = None,
    reason: CreditReason | str,
    issued_on: Time,
    previous: Iterable[CreditNote] = (),
) -> CreditNote:
    """Return a note that takes back part of *invoice*, or all that is left of it.

    *lines* names lines by their place, counted from 0: each whole, or in a mapping
    with an amount in the terms of the line (the taxes on top come back with it;
    ``None`` is all that is left).  *amount* is a part of the total, taxes included:
    split by net and tax, then by rate, then by line, each time by what is left, the
    largest remainders first.  With neither, all that is left comes back.

    *previous* are all notes on the invoice so far.  The tax of the notes together is
    the tax of what they credit together, rounded once for each rate; the last note
    takes what is left.  So the notes never exceed the invoice, in net or in the tax
    of any rate, and all of it credited is the invoice exactly.

    Raises: NothingToCreditError, OverCreditedError, OutOfOrderError.
    """
    if lines is not None and amount is not None:
        raise WrongTypeError("lines and amount", "one of the two", (lines, amount))
    rest = Rest(invoice, previous)
    day = rest.day("issued_on", issued_on)
    if rest.total <= 0:
        raise NothingToCreditError(rest.invoice.key, rest.credited)
    if lines is not None:
        parts = rest.of_lines(lines)
        taxes = rest.taxes_of(parts)
    elif amount is not None:
        units = _positive_units(amount, rest)
        parts, taxes = rest.split(units)
    else:
        parts, taxes = rest.split(rest.total)
    return rest.note(parts, taxes, reason=reason, issued_on=day)


def _positive_units(amount: Money, rest: Rest) -> int:
    """Return the minor units of *amount*, a part of what is left."""
    currency = rest.invoice.currency
    if instance("amount", amount, Money).currency != currency:
        raise CurrencyMismatchError(currency, amount.currency)
    if not 0 < amount.minor_units <= rest.total:
        left = trusted_money(rest.total, currency)
        raise OverCreditedError(rest.invoice.key, amount, left)
    return amount.minor_units


class Rest:
    """What credit notes have left of an invoice, in minor units.

    *lines* and *taxes* stand beside the invoice's own; all keep their signs.
    """

    __slots__ = ("invoice", "lines", "notes", "number", "taxes")

    def __init__(self, document: object, previous: Iterable[CreditNote]) -> None:
        self.invoice, self.number = invoice_of(document)
        self.notes = _checked_notes(self.invoice, previous)
        self.lines = [line.amount_minor for line in self.invoice.lines]
        self.taxes = [tax.amount.minor_units for tax in self.invoice.taxes]
        rates = [tax.rate for tax in self.invoice.taxes]
        for note in self.notes:
            for line in note.lines:
                self.lines[line.index] -= line.amount.minor_units
            for tax in note.taxes:
                self.taxes[rates.index(tax.rate)] -= tax.amount.minor_units

    def day(self, name: str, value: object) -> Time:
        """Return *value*, a day on or after the invoice's and the last note's."""
        day = moment(name, value)
        earliest = max([self.invoice.issued_on, *(n.issued_on for n in self.notes)])
        same_time(name, day, earliest)
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
            raise WrongTypeError("lines", "one line or more", lines)
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
            names = ", ".join(rate.id for rate in rates) or "no tax"
            self._compare(f"the lines under {names}", part, left)
        net, on_top = sum(parts), sum(self.on_top(taxes))
        self._compare("the subtotal", net, sum(self.lines))
        self._compare("the taxes", on_top, sum(self.on_top(self.taxes)))
        self._compare("the total", net + on_top, self.total)
        if net + on_top <= 0:
            currency = self.invoice.currency
            asked, left_over = (
                trusted_money(units, currency) for units in (net + on_top, self.total)
            )
            raise OverCreditedError("the total", asked, left_over)

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


def _checked_notes(
    invoice: Invoice, previous: Iterable[CreditNote]
) -> tuple[CreditNote, ...]:
    """Return *previous* in order: every note on *invoice* so far, and no other."""
    notes = sorted(
        several("previous", previous, CreditNote), key=lambda note: note.sequence
    )
    unique("credit note", [note.key for note in notes])
    for sequence, note in enumerate(notes, 1):
        if note.invoice_key != invoice.key or not _is_of(note, invoice):
            raise UnknownItemError("credit note", note.key, f"those on {invoice.key}")
        if note.sequence != sequence:
            missing = f"{invoice.key}/credit-{sequence}"
            raise UnknownItemError("credit note", missing, "all notes on the invoice")
    return tuple(notes)


def _is_of(note: CreditNote, invoice: Invoice) -> bool:
    """Return whether the lines and rates of *note* are those of *invoice*."""
    lines, rates = dict(enumerate(invoice.lines)), [t.rate for t in invoice.taxes]
    return all(lines.get(line.index) == line.line for line in note.lines) and all(
        tax.rate in rates for tax in note.taxes
    )


def between(part: int, left: int) -> int:
    """Return *part*, or what is nearest to it from 0 to *left*."""
    return min(max(part, min(left, 0)), max(left, 0))


def rounding_of(invoice: Invoice) -> Rounding:
    """Return how the taxes of *invoice* are rounded: as its lines are."""
    return invoice.lines[0].terms.rounding if invoice.lines else Rounding.HALF_UP


def tax_on(rate: TaxRate, base: int, rounding: Rounding) -> int:
    """Return the tax on *base*, the sum of lines, rounded once."""
    part = rate.rate
    bottom = part.denominator + (part.numerator if rate.inclusive else 0)
    return divide(base * part.numerator, bottom, rounding)


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


# Corrections of the recipient.


def _required(values: Iterable[str]) -> tuple[str, ...]:
    """Return *values* as names of fields of a party."""
    names = several("required", values, str)
    for name in names:
        if name not in _DETAILS:
            raise UnknownItemError("detail of a party", name, ", ".join(_DETAILS))
    return names


_DETAILS: Final = tuple(field.name for field in attrs.fields(Party))
_KEPT: Final = ("name", "address", "country")


@final
@attrs.frozen(kw_only=True, order=False)
class CorrectiveInvoice:
    """A request to make an invoice out to another recipient, and what comes of it.

    Once accepted it is a document of its own (type 384), linked to the first by
    ``original_key`` and with its totals.  *sequence* counts the corrections of the
    invoice from 1; *previous* is the recipient until then.
    """

    original: Invoice
    original_number: str | None = None
    previous: Party | None
    recipient: Party
    use_from_now_on: bool
    sequence: int = 1
    requested_by: str | None = None
    state: CorrectionState = CorrectionState.REQUESTED
    decided_on: Time | None = None
    decided_by: str | None = None
    reason: str | None = None

    def __attrs_post_init__(self) -> None:
        original = instance("original", self.original, Invoice)
        if self.previous is not None:
            instance("previous", self.previous, Party)
        instance("recipient", self.recipient, Party)
        flag("use_from_now_on", self.use_from_now_on)
        whole("sequence", self.sequence, 1)
        member("state", self.state, CorrectionState)
        for name in ("original_number", "requested_by", "decided_by", "reason"):
            value = getattr(self, name)
            if value is not None:
                text(name, value)
        day = day_or_none("decided_on", self.decided_on)
        if (day is None) != (self.state is CorrectionState.REQUESTED):
            raise WrongTypeError("decided_on", "the day of a decision, if any", day)
        if day is not None:
            same_time("decided_on", day, original.issued_on)
            if day < original.issued_on:
                raise OutOfOrderError(day, original.issued_on)

    def accept(self, *, on: Time, by: str | None = None) -> CorrectiveInvoice:
        """Return the accepted correction, a document issued *on* that day.

        Raises: AlreadyDecidedError, OutOfOrderError.
        """
        return self._decide(CorrectionState.ACCEPTED, on, by, None)

    def reject(
        self, *, on: Time, by: str | None = None, reason: str | None = None
    ) -> CorrectiveInvoice:
        """Return the rejected request; nothing else changes.

        Raises: AlreadyDecidedError, OutOfOrderError.
        """
        return self._decide(CorrectionState.REJECTED, on, by, reason)

    def _decide(
        self, state: CorrectionState, on: Time, by: str | None, reason: str | None
    ) -> CorrectiveInvoice:
        """Return the request as decided, once."""
        if self.state is not CorrectionState.REQUESTED:
            raise AlreadyDecidedError(self.original_key, self.state)
        return attrs.evolve(
            self,
            state=state,
            decided_on=moment("on", on),
            decided_by=by,
            reason=reason,
        )

    @property
    def original_key(self) -> str:
        """The key of the invoice that is corrected."""
        return self.original.key

    @property
    def key(self) -> str:
        """The same for the same correction: the invoice's key and the sequence."""
        return f"{self.original_key}/correction-{self.sequence}"

    @property
    def document(self) -> Invoice:
        """The invoice as corrected: new recipient and day, the same lines and totals.

        Raises: NotAcceptedError.
        """
        if self.state is not CorrectionState.ACCEPTED or self.decided_on is None:
            raise NotAcceptedError(self.original_key, self.state)
        return attrs.evolve(
            self.original, recipient=self.recipient, issued_on=self.decided_on
        )

    @property
    def recipient_from_now_on(self) -> Party | None:
        """Whom invoices are made out to from the acceptance on, if that changes.

        Hand it to ``SetRecipient`` on the day of the acceptance.  ``None`` where only
        this invoice is corrected, or nothing was accepted.
        """
        accepted = self.state is CorrectionState.ACCEPTED
        return self.recipient if accepted and self.use_from_now_on else None


def correct_recipient(
    invoice: Invoice | NumberedInvoice | CorrectiveInvoice,
    recipient: Party,
    *,
    use_from_now_on: bool,
    required: Iterable[str] = ("name",),
    by: str | None = None,
) -> CorrectiveInvoice:
    """Return the request to make *invoice* out to *recipient*; no money moves.

    It waits to be accepted or rejected.  *recipient* needs the details that are
    *required* (fields of :class:`Party`), and a name, address and country where the
    old recipient has them.  An accepted correction can be corrected again.

    Raises: MissingDetailsError, NoChangeError where it is the same recipient, and
    TaxStatusChangedError where a VAT number comes or goes or the country changes.
    """
    plain, number_of_it = invoice_of(invoice)
    found = invoice.document if isinstance(invoice, NumberedInvoice) else invoice
    earlier = found if isinstance(found, CorrectiveInvoice) else None
    old, new = plain.recipient, instance("recipient", recipient, Party)
    if new == old:
        raise NoChangeError("recipient", new.name)
    needed = dict.fromkeys(_required(required))
    if old is not None:
        needed |= dict.fromkeys(name for name in _KEPT if getattr(old, name))
        if old.country and new.country and old.country != new.country:
            raise TaxStatusChangedError("country", old.country, new.country)
    missing = [name for name in needed if _is_empty(getattr(new, name))]
    if missing:
        raise MissingDetailsError(", ".join(missing))
    had = old.vat_number if old is not None else None
    if bool(had) != bool(new.vat_number):
        raise TaxStatusChangedError("vat_number", had, new.vat_number)
    return CorrectiveInvoice(
        original=earlier.original if earlier else plain,
        original_number=earlier.original_number if earlier else number_of_it,
        previous=old,
        recipient=new,
        use_from_now_on=use_from_now_on,
        sequence=earlier.sequence + 1 if earlier else 1,
        requested_by=by,
    )


def _is_empty(value: str | tuple[str, ...] | None) -> bool:
    """Return whether a detail says nothing."""
    lines = (value,) if isinstance(value, str) else value or ()
    return not any(line.strip() for line in lines)


# Legal documents.


@final
@attrs.frozen(kw_only=True, order=False)
class NumberedInvoice:
    """A document with its number in the host's gapless series, which never changes.

    *document* is an invoice, a credit note or an accepted correction.
    """

    number: str
    document: Invoice | CreditNote | CorrectiveInvoice
    supplier: Party | None = None
    issued_on: Time
    due_on: Time | None = None

    def __attrs_post_init__(self) -> None:
        text("number", self.number)
        earliest = _issued(_unnumbered(self.document))
        if self.supplier is not None:
            instance("supplier", self.supplier, Party)
        days = [("issued_on", moment("issued_on", self.issued_on))]
        if self.due_on is not None:
            days.append(("due_on", moment("due_on", self.due_on)))
        for name, day in days:
            same_time(name, day, earliest)
            if day < earliest:
                raise OutOfOrderError(day, earliest)
            earliest = day

    @property
    def key(self) -> str:
        """The key of the document."""
        return self.document.key

    @property
    def recipient(self) -> Party | None:
        """Whom the document is made out to."""
        return self.document.recipient

    @property
    def type(self) -> DocumentType:
        """The document's type."""
        return document_type(self.document)

    @property
    def preceding_number(self) -> str | None:
        """The number of the invoice that is credited or corrected (BT-25)."""
        if isinstance(self.document, CreditNote):
            return self.document.invoice_number
        if isinstance(self.document, CorrectiveInvoice):
            return self.document.original_number
        return None


Document = Invoice | CreditNote | CorrectiveInvoice


def number(
    document: Document,
    number: str,
    *,
    supplier: Party | None = None,
    issued_on: Time | None = None,
    due_on: Time | None = None,
) -> NumberedInvoice:
    """Return *document* with its *number*; the series is the host's.

    It is issued on its own day unless another one, not earlier, is given; *due_on*
    is the last day to pay, not before that.

    Raises: AlreadyNumberedError, NotAcceptedError, OutOfOrderError.
    """
    plain = _unnumbered(document)
    return NumberedInvoice(
        number=number,
        document=plain,
        supplier=supplier,
        issued_on=_issued(plain) if issued_on is None else issued_on,
        due_on=due_on,
    )


def document_type(document: Document | NumberedInvoice) -> DocumentType:
    """Return what *document* is; an invoice with a negative total is a credit note.

    Source: EN 16931 BT-3, UNTDID 1001.
    """
    if isinstance(document, NumberedInvoice):
        return document.type
    plain = _unnumbered(document)
    if isinstance(plain, CorrectiveInvoice):
        return DocumentType.CORRECTED_INVOICE
    if isinstance(plain, CreditNote) or plain.total_minor < 0:
        return DocumentType.CREDIT_NOTE
    return DocumentType.INVOICE


@final
@attrs.frozen(order=False)
class Mention:
    """A sentence that the law wants on a document, for one tax rate on it.

    ``str()`` is English; the *reason* is the rate's own, in the host's words.
    """

    category: TaxCategory
    rate: str
    reason: str | None

    def __attrs_post_init__(self) -> None:
        if member("category", self.category, TaxCategory) not in _MENTIONS:
            raise UnknownItemError("mention", self.category, ", ".join(_MENTIONS))
        text("rate", self.rate)
        if self.reason is not None:
            text("reason", self.reason)

    def __str__(self) -> str:
        said = _MENTIONS[self.category]
        return f"{said}: {self.reason}" if self.reason else said


# Directive 2006/112/EC art. 226 (11) and (11a): the exemption, and these two words.
_MENTIONS: Final = {
    TaxCategory.REVERSE_CHARGE: "Reverse charge",
    TaxCategory.EXEMPT: "Exempt from VAT",
    TaxCategory.ZERO: "Zero rated",
}


def mentions(document: Document | NumberedInvoice) -> tuple[Mention, ...]:
    """Return what has to be said about tax, in the order of the document's rates.

    Nothing for a standard rate.  Source: Directive 2006/112/EC art. 226 (11), (11a).
    """
    if isinstance(document, NumberedInvoice):
        document = document.document
    plain = _unnumbered(document)
    taxed = plain.original if isinstance(plain, CorrectiveInvoice) else plain
    rates = [tax.rate for tax in taxed.taxes]
    return tuple(
        Mention(rate.category, rate.id, rate.reason)
        for rate in rates
        if rate.category in _MENTIONS
    )


def _unnumbered(document: object) -> Document:
    """Return *document*, one that can be numbered."""
    if isinstance(document, NumberedInvoice):
        raise AlreadyNumberedError(document.key, document.number)
    if isinstance(document, Invoice | CreditNote):
        return document
    if not isinstance(document, CorrectiveInvoice):
        wanted = "an invoice, a credit note or a correction"
        raise WrongTypeError("document", wanted, document)
    if document.state is not CorrectionState.ACCEPTED:
        raise NotAcceptedError(document.original_key, document.state)
    return document


def _issued(document: Document) -> Time:
    """Return the day of *document*."""
    if isinstance(document, CorrectiveInvoice):
        return document.document.issued_on
    return document.issued_on


def invoice_of(document: object) -> tuple[Invoice, str | None]:
    """Return the invoice that *document* is, and its number where it has one."""
    found = None
    if isinstance(document, NumberedInvoice):
        found = document.number
        document = document.document
    if isinstance(document, CorrectiveInvoice):
        document = document.document
    return instance("invoice", document, Invoice), found
