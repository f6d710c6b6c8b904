"""Bill a corrected past again, and give the documents that set the issued ones right.

Nothing issued is changed.  Lines that should not be there come back by credit notes,
lines that are missing stand on one invoice; together with what was issued they are
what the corrected history comes to, in net, in the tax of each rate and in total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from typing import Any, Final, final

import attrs

from ._values.checks import Time, instance, several, unique
from .corrections import CorrectiveInvoice, CreditNote, NumberedInvoice
from .corrections._accounts import Account, line_key, sign_of
from .corrections._remaining import between
from .corrections.numbering import invoice_of
from .credit import CreditKind
from .errors import (
    CurrencyMismatchError,
    OutOfOrderError,
    UnknownItemError,
)
from .invoices import (
    BillingReason,
    Invoice,
    InvoiceLine,
    LineKind,
    taxed_sum,
)
from .lifecycle import Statement
from .lifecycle._noted import bill_noted
from .lifecycle.statements import Entry, Measured
from .money import Money, trusted_money
from .periods import same_time, same_times
from .subscriptions import GrantCredit, Outcome, Subscription
from .taxes import TaxAmount, TaxRate, tax_on
from .verification import LINE_KINDS

__all__ = ["Correction", "origins", "rebill"]

_PAID: Final = CreditKind.PAID
_OPENED: Final = (LineKind.CHARGE, LineKind.DISCOUNT)


def _credit_notes(values: Iterable[CreditNote]) -> tuple[CreditNote, ...]:
    return several("credit_notes", values, CreditNote)


@final
@attrs.frozen(kw_only=True, order=False)
class Correction:
    """What sets right what was issued; empty where that was right.

    *settlement* is what the corrected invoices ask for beyond what the issued ones
    asked for, with the credit balance applied anew: to be paid where it is positive,
    to be given back (or taken off what is still open) where it is negative.  The
    *invoice* asks for it as far as it reaches.  *subscription* is the one to go on
    with; *statement* is the corrected history.  *refund_due* is what its end pays out
    beyond what was paid out already, ``None`` where that is nothing.
    """

    credit_notes: tuple[CreditNote, ...] = attrs.field(converter=_credit_notes)
    invoice: Invoice | None
    settlement: Money
    subscription: Subscription
    statement: Statement
    refund_due: Money | None = None

    def __attrs_post_init__(self) -> None:
        instance("settlement", self.settlement, Money)
        if self.refund_due is not None:
            instance("refund_due", self.refund_due, Money)
            Money.total([self.settlement], self.refund_due.currency)  # one currency
        sub = instance("subscription", self.subscription, Subscription)
        until = instance("statement", self.statement, Statement).until
        notes = enumerate(self.credit_notes)
        times = [(f"credit_notes[{i}].issued_on", note.issued_on) for i, note in notes]
        times.append(("subscription.changed_on", sub.changed_on))
        if self.invoice is not None:
            issued_on = instance("invoice", self.invoice, Invoice).issued_on
            times.append(("invoice.issued_on", issued_on))
        same_times(until, times)

    @property
    def goes_back(self) -> Money:
        """What goes back in all, the refund at the end included; paid if negative."""
        return (
            -self.settlement
            if self.refund_due is None
            else self.refund_due - self.settlement
        )


def rebill(
    opening: Outcome | Subscription,
    issued: Iterable[Invoice | NumberedInvoice | CorrectiveInvoice],
    history: Iterable[Entry],
    *,
    until: Time,
    measured: Measured | None = None,
    previous: Iterable[Correction | CreditNote] = (),
    refunded: Money | None = None,
) -> Correction:
    """Return what sets *issued* right, given the corrected *history*.

    *opening*, *history*, *until* and *measured* are those of ``bill``; *issued* is
    what the uncorrected history came to, the opening's invoices included.  The
    documents are issued on *until*.  A line counts as issued whatever invoice it is
    on.  Whole lines are credited, together the whole invoice where a note on some of
    its lines would exceed it; what no note can take back (a line of an invoice with a
    negative total) stands on the new invoice with the opposite sign.

    The tax on the invoice is the difference of the taxes; where that is not the tax
    of its own sum, it names the sums that it is of (``TaxAmount.apart``).  Credit that
    issued invoices used is applied again along the corrected history.  *refunded* is
    what an end of the uncorrected history paid out (``Outcome.refund_due``).  For
    ``origins`` of credits made from here on, use ``statement.invoices``.

    *previous* are earlier corrections of the same invoices, whose documents count as
    issued, and credit notes for other reasons, which stay given: the history gives
    no more back than they left, whether it records them (``CreditNote.to_record``) or
    not.  Where it has nothing of what a note is on, only the rest of it goes back.

    >>> from datetime import date
    >>> from seatbill import (
    ...     MONTHLY,
    ...     AddSeats,
    ...     BillingRules,
    ...     Plan,
    ...     Price,
    ...     bill,
    ...     subscribe,
    ... )
    >>> pro = Plan("pro", "Pro", 1, [Price(unit_amount="10.00", currency="EUR")])
    >>> team = {"id": "t", "interval": MONTHLY, "seats": 3, "rules": BillingRules()}
    >>> start = subscribe(pro, on=date(2026, 4, 1), **team)
    >>> from seatbill import bill
    >>> said = bill(start, [(date(2026, 4, 16), AddSeats(2))], until=date(2026, 4, 20))
    >>> known = [(date(2026, 4, 25), AddSeats(2))]  # they came later
    >>> right = rebill(start, said.invoices, known, until=date(2026, 4, 30))
    >>> right.settlement  # 2 × 10.00 × 6/30, and 10.00 was paid
    Money('-6.00', 'EUR')

    Raises: what ``bill`` raises, and OutOfOrderError, UnknownItemError,
    CurrencyMismatchError and DuplicateError for invoices that cannot be its own.
    """
    earlier = several("previous", previous, Correction, CreditNote)
    notes = [note for note in earlier if isinstance(note, CreditNote)]
    statement, void = bill_noted(opening, history, until, measured, notes)
    first = opening.invoices if isinstance(opening, Outcome) else ()
    accounts = _accounts(statement, issued, earlier, void)
    refund = _refunded(statement, len(first)) - _paid_out(statement, earlier, refunded)
    return _set_right(statement, accounts, earlier, refund)


def _refunded(statement: Statement, opening: int) -> int:
    """Return what ends in the history pay out, in minor units.

    All credit that came to the balance after the *opening* invoices, and did not go
    to an invoice or stay.  Where there are lots, some of it lapsed: the ends tell.
    """
    if _has_lots(statement):
        return sum(found.refund_due.minor_units for found in statement.outcomes)
    balance = statement.opening.credit_balance_minor
    for _, asked, *_ in statement.history:
        for change in asked if isinstance(asked, tuple) else (asked,):
            if isinstance(change, GrantCredit):
                balance += change.amount.minor_units
    for invoice in statement.invoices[opening:]:
        balance += max(-invoice.total_minor, 0) - invoice.credit_applied_minor
    return balance - statement.subscription.credit_balance_minor


def _has_lots(statement: Statement) -> bool:
    """Return whether any credit is no plain money."""
    if statement.opening.credit_lots:
        return True
    asked = (changes for _, changes, *_ in statement.history)
    return any(
        isinstance(one, GrantCredit) and (one.kind, one.expires_on) != (_PAID, None)
        for changes in asked
        for one in (changes if isinstance(changes, tuple) else (changes,))
    )


def _paid_out(
    statement: Statement,
    earlier: Iterable[Correction | CreditNote],
    refunded: Money | None,
) -> int:
    """Return what was paid out already, also by earlier corrections."""
    known = [found.refund_due for found in earlier if isinstance(found, Correction)]
    paid = [money for money in (refunded, *known) if money is not None]
    for money in paid:
        instance("refunded", money, Money)
    return Money.total(paid, statement.subscription.currency).minor_units


def _set_right(
    statement: Statement,
    accounts: list[Account],
    earlier: Iterable[Correction | CreditNote],
    refund: int,
) -> Correction:
    """Return what makes *accounts* come to what *statement* comes to."""
    need = _needed(statement, accounts)
    notes = [note for account in accounts for note in account.credit(need)]
    settlement = _settlement(statement, accounts, earlier)
    lines = _missing(statement, accounts, need)
    taxes = _taxes(statement, accounts, lines)
    sub = statement.subscription
    version = max([sub.version, *(a.invoice.version for a in accounts)]) + bool(lines)
    if version != sub.version:
        sub = attrs.evolve(sub, version=version)
    return Correction(
        credit_notes=tuple(notes),
        invoice=_invoice(sub, statement.until, lines, taxes, settlement),
        settlement=trusted_money(settlement, sub.currency),
        subscription=sub,
        statement=statement,
        refund_due=trusted_money(refund, sub.currency) if refund else None,
    )


def _settlement(
    statement: Statement,
    accounts: Iterable[Account],
    earlier: Iterable[Correction | CreditNote],
) -> int:
    """Return what is to be paid beyond what was asked for, in minor units."""
    asked = _due(account.invoice for account in accounts if not account.corrects)
    settled = [found.settlement for found in earlier if isinstance(found, Correction)]
    asked -= sum(n.total.minor_units for account in accounts for n in account.void)
    return _due(statement.invoices) - asked - sum(one.minor_units for one in settled)


def _accounts(
    statement: Statement,
    issued: Iterable[Any],
    earlier: Iterable[Correction | CreditNote],
    void: Container[str],
) -> list[Account]:
    """Return an account for each document that was issued, oldest first."""
    notes: dict[str, list[CreditNote]] = {}
    made: dict[str, Invoice] = {}
    for found in earlier:
        own = (found,) if isinstance(found, CreditNote) else found.credit_notes
        for note in own:
            notes.setdefault(note.invoice_key, []).append(note)
        if isinstance(found, Correction) and found.invoice is not None:
            made[found.invoice.key] = found.invoice
    kinds = Invoice, NumberedInvoice, CorrectiveInvoice
    documents: dict[str, Any] = {}
    plain = [(invoice_of(each)[0], each) for each in several("issued", issued, *kinds)]
    unique("invoice", [invoice.key for invoice, _ in plain])
    for invoice, document in (*plain, *((each, each) for each in made.values())):
        _check(instance("issued", invoice, Invoice), statement)
        documents.setdefault(invoice.key, document)
    for key in notes:
        if key not in documents:
            raise UnknownItemError("invoice", key, tuple(documents))
    return [
        Account(
            document,
            notes.get(key, ()),
            statement.until,
            corrects=key in made,
            void=void,
        )
        for key, document in documents.items()
    ]


def _check(invoice: Invoice, statement: Statement) -> None:
    """Refuse an invoice that the statement's subscription cannot have had."""
    sub, until = statement.subscription, statement.until
    if invoice.subscription_id != sub.id:
        raise UnknownItemError("invoice", invoice.key, ())
    if invoice.currency != sub.currency:
        raise CurrencyMismatchError(sub.currency, invoice.currency)
    same_time("issued_on", invoice.issued_on, until)
    if invoice.issued_on > until:
        raise OutOfOrderError(until, invoice.issued_on)


def _mirrored(line: InvoiceLine) -> InvoiceLine:
    adds, takes = LINE_KINDS[line.terms.item_kind]
    kind = takes if line.kind is adds else adds
    return attrs.evolve(
        line,
        kind=kind,
        quantity=-line.quantity,
        full_scaled=-line.full_scaled,
        amount_minor=-line.amount_minor,
    )


def _needed(statement: Statement, accounts: Iterable[Account]) -> Counter[Any]:
    """Return by kind of line how many are missing, or with a minus too many."""
    need: Counter[Any] = Counter()
    for line in (line for invoice in statement.invoices for line in invoice.lines):
        need[line_key(line)] += sign_of(line)
    for line in (line for account in accounts for line in account.lines()):
        need[line_key(line)] -= sign_of(line)
    return need


def _missing(
    statement: Statement, accounts: Iterable[Account], need: Counter[Any]
) -> list[InvoiceLine]:
    """Return the lines that are still needed: what is taken back, then the new.

    Where only a tax is missing, a line of its rate is taken back and charged again:
    a document has lines.
    """
    new: list[InvoiceLine] = []
    back: list[InvoiceLine] = []
    corrected = [line for invoice in statement.invoices for line in invoice.lines]
    standing = [line for account in accounts for line in account.lines()]
    for lines, sign, found in ((corrected, 1, new), (standing, -1, back)):
        for line in lines:
            if need[line_key(line)] * sign_of(line) * sign > 0:
                need[line_key(line)] -= sign * sign_of(line)
                found.append(line if sign > 0 else _mirrored(line))
    lines = [*back, *new]
    issued = [line for account in accounts for line in account.invoice.lines]
    for rate in _rates([*corrected, *issued]):
        if _missing_tax(statement, accounts, rate) and rate not in _rates(lines):
            line = next(x for x in [*corrected, *issued] if rate in x.terms.tax_rates)
            lines += [_mirrored(line), line]
    return lines


def _rates(lines: Iterable[InvoiceLine]) -> tuple[TaxRate, ...]:
    return tuple(dict.fromkeys(rate for line in lines for rate in line.terms.tax_rates))


def _missing_tax(
    statement: Statement, accounts: Iterable[Account], rate: TaxRate
) -> int:
    """Return the tax of *rate* that the history has beyond what stands."""
    taxes = [tax for invoice in statement.invoices for tax in invoice.taxes]
    wanted = sum(tax.amount.minor_units for tax in taxes if tax.rate == rate)
    return wanted - sum(account.tax(rate) for account in accounts)


def _taxes(
    statement: Statement, accounts: Iterable[Account], lines: list[InvoiceLine]
) -> tuple[TaxAmount, ...]:
    """Return the taxes that are missing, on *lines*.

    Where the tax of their sum is another, with the sums that it is the difference of.
    """
    found = []
    currency = statement.subscription.currency
    for rate in _rates(lines):
        tax = _missing_tax(statement, accounts, rate)
        base = taxed_sum(rate, lines)
        net = base - tax if rate.inclusive else base
        apart: list[int] = []
        if tax != tax_on(rate, base, lines[0].terms.rounding):
            sums = Counter(taxed_sum(rate, i.lines) for i in statement.invoices)
            sums.subtract(each for account in accounts for each in account.sums(rate))
            apart = [*sums.elements(), *(-each for each in (-sums).elements())]
        found.append(
            TaxAmount(
                rate,
                trusted_money(net, currency),
                trusted_money(tax, currency),
                [trusted_money(each, currency) for each in apart if each],
            )
        )
    return tuple(found)


def _due(invoices: Iterable[Invoice]) -> int:
    """Return what is to be paid for *invoices*, before any rounding of it."""
    return sum(max(i.total_minor - i.credit_applied_minor, 0) for i in invoices)


def _invoice(
    sub: Subscription,
    day: Time,
    lines: list[InvoiceLine],
    taxes: tuple[TaxAmount, ...],
    settlement: int,
) -> Invoice | None:
    """Return the invoice for what is missing; it asks for no more than is to be paid.

    Credit notes and the credit balance pay the rest of it.
    """
    if not lines:
        return None
    subtotal = sum(line.amount_minor for line in lines)
    on_top = sum(t.amount.minor_units for t in taxes if not t.rate.inclusive)
    total = subtotal + on_top
    return Invoice(
        subscription_id=sub.id,
        version=sub.version,
        issued_on=day,
        billing_reason=BillingReason.CORRECTION,
        currency=sub.currency,
        lines=lines,
        taxes=taxes,
        subtotal_minor=subtotal,
        total_minor=total,
        credit_applied_minor=max(total, 0) - between(settlement, max(total, 0)),
        recipient=sub.recipient,
        payable_step=sub.rules.payable_step(sub.currency),
    )


def origins(line: InvoiceLine, invoices: Iterable[Invoice]) -> tuple[Invoice, ...]:
    """Return the invoices that a credit *line* gives back, the newest first.

    Those of *invoices*, one subscription's, with a line that charged what it gives
    back, by its ``charge_id``, for a time that began no later.  Nothing for a line
    that gives nothing back, or where the charge came from another system.
    """
    instance("line", line, InvoiceLine)
    known = several("invoices", invoices, Invoice)
    if line.kind is not LineKind.CREDIT:
        return ()
    for i, invoice in enumerate(known):
        same_time(f"invoices[{i}].issued_on", invoice.issued_on, line.start)

    def charged(other: InvoiceLine) -> bool:
        same = other.kind in _OPENED and other.charge_id == line.charge_id
        return same and other.start <= line.start

    found = [invoice for invoice in known if any(map(charged, invoice.lines))]
    return tuple(sorted(found, key=lambda i: (i.issued_on, i.version), reverse=True))
