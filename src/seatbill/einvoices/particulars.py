"""What an e-invoice says beyond the document: references, payment, notes, codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final, final

import attrs

from .._values.base import Value
from .._values.checks import Time, decimal, flag, instance, several, text, unique
from ..errors import MalformedError, OutOfBoundsError
from ..money import currency_digits
from ..parties import BuyerReferences
from ..payments import PaymentInstructions
from ..periods import keep_times

_UNIT_CODE: Final = re.compile("[A-Z0-9]{2,3}")
_SUBJECT: Final = re.compile("[A-Z]{3}")


@final
@attrs.frozen(order=False, eq=False, repr=False)
class InvoiceNote(Value):
    """A note on the document (BG-1); *subject* is a code of UNTDID 4451.

    France wants three: PMT for the fee of 40 € for late payment, PMD for the penalty
    and AAB for a discount for early payment, or that there is none.

    Raises: MalformedError, WrongTypeError.
    """

    text: str
    subject: str | None = None

    def __attrs_post_init__(self) -> None:
        text("text", self.text)
        if self.subject is not None and not _SUBJECT.fullmatch(
            text("subject", self.subject)
        ):
            raise MalformedError("subject", self.subject, "subject")


@final
@attrs.frozen(order=False, eq=False, repr=False)
class PrecedingInvoice(Value):
    """The number and the day of a document that this one credits or corrects (BG-3)."""

    number: str
    issued_on: Time

    def __attrs_post_init__(self) -> None:
        text("number", self.number)
        keep_times(self, "issued_on")


@final
@attrs.frozen(order=False, eq=False, repr=False)
class UnitCode(Value):
    """The code of UN/ECE Recommendation 20 for a unit: ``UnitCode("hour", "HUR")``.

    Raises: MalformedError, WrongTypeError.
    """

    unit: str
    code: str

    def __attrs_post_init__(self) -> None:
        text("unit", self.unit)
        if not _UNIT_CODE.fullmatch(text("code", self.code)):
            raise MalformedError("code", self.code, "unit_code")


def _rate(value: Any) -> Decimal:
    """Return *value*, a rate of exchange above zero."""
    found = decimal("rate", value)
    if found <= 0:
        raise OutOfBoundsError("rate", value, 0, None)
    return found


@final
@attrs.frozen(order=False, eq=False, repr=False)
class AccountingCurrency(Value):
    """The currency in which the seller owes its VAT (BT-6).

    *rate* is how much of it is one of the invoice's currency; the total VAT in it
    (BT-111) is rounded once, halves away from zero.

    Raises: AmountError, OutOfBoundsError, UnknownCurrencyError, WrongTypeError.
    """

    currency: str
    rate: Decimal = attrs.field(converter=_rate)

    def __attrs_post_init__(self) -> None:
        currency_digits(self.currency)


def _notes(values: Iterable[InvoiceNote]) -> tuple[InvoiceNote, ...]:
    return several("notes", values, InvoiceNote)


def _preceding(values: Iterable[PrecedingInvoice]) -> tuple[PrecedingInvoice, ...]:
    return several("preceding", values, PrecedingInvoice)


def _unit_codes(values: Iterable[UnitCode]) -> tuple[UnitCode, ...]:
    found = several("unit_codes", values, UnitCode)
    unique("unit", [each.unit for each in found])
    return found


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Particulars(Value):
    """What the host knows of a document, and the document itself does not.

    *references* are the buyer's, *payment* says how to pay, *payment_terms* until when
    in words (BT-20).  *preceding* are the invoices that a credit note or a correction
    is about; its own are known by number.  Units without a code are counted as pieces
    (C62).  A *prepayment* asks for money before anything is supplied (type 386).

    Raises: DuplicateError, WrongTypeError.
    """

    references: BuyerReferences | None = None
    payment: PaymentInstructions | None = None
    payment_terms: str | None = None
    notes: tuple[InvoiceNote, ...] = attrs.field(default=(), converter=_notes)
    preceding: tuple[PrecedingInvoice, ...] = attrs.field(
        default=(), converter=_preceding
    )
    unit_codes: tuple[UnitCode, ...] = attrs.field(default=(), converter=_unit_codes)
    accounting: AccountingCurrency | None = None
    prepayment: bool = False

    def __attrs_post_init__(self) -> None:
        for name, kind in (
            ("references", BuyerReferences),
            ("payment", PaymentInstructions),
            ("accounting", AccountingCurrency),
        ):
            found = getattr(self, name)
            if found is not None:
                instance(name, found, kind)
        if self.payment_terms is not None:
            text("payment_terms", self.payment_terms)
        flag("prepayment", self.prepayment)
