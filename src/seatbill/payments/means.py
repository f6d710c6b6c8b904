"""How an invoice can be paid: an account, a link, what to quote, what is collected.

The account is the seller's own, so its number is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, final

import attrs

from .._values.base import Value, Word
from .._values.checks import instance, several, text, whole
from ..errors import (
    AccountNumberError,
    MalformedError,
    OutOfBoundsError,
    WrongTypeError,
)
from .due_dates import PaymentTerms
from .methods import Card, PaymentMethod, PayPal, SepaMandate, check_digits, iban_of

__all__ = [
    "BankAccount",
    "PaymentInstructions",
    "PaymentReference",
    "ReferenceKind",
]

_BIC: Final = re.compile("[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_RF: Final = re.compile("RF[0-9]{2}[A-Z0-9]{1,21}")
_OGM: Final = re.compile(r"([+*])\1\1([0-9]{3})/?([0-9]{4})/?([0-9]{5})\1{3}")
_LINK: Final = re.compile("https://[!-~]{1,1990}")
_CREDITOR: Final = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")


def _plain(value: str) -> str:
    """Return *value* without the blanks that people put between its groups."""
    return "".join(value.split()).upper()


def _short(name: str, value: str, most: int) -> str:
    """Return *value*, one line of *most* characters at most."""
    if len(text(name, value)) > most:
        raise OutOfBoundsError(f"len({name})", len(value), 1, most)
    if not value.isprintable():
        raise MalformedError(name, value, "line")
    return value


def _bic(value: str | None) -> str | None:
    """Return the code of a bank, if there is one, without blanks."""
    if value is None:
        return None
    found = _plain(text("bic", value))
    if not _BIC.fullmatch(found):
        raise MalformedError("bic", value, "bic")
    return found


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class BankAccount(Value):
    """An account that customers pay into (EN 16931 BG-17), by its IBAN.

    *holder* is the name on it, of 70 characters at most, and *bic* its bank (ISO 9362).
    Blanks in numbers are dropped.

    >>> BankAccount(iban="DE89 3704 0044 0532 0130 00", holder="Studio GmbH").iban
    'DE89370400440532013000'

    Raises: AccountNumberError, MalformedError, OutOfBoundsError, WrongTypeError.
    """

    iban: str = attrs.field(converter=iban_of)
    holder: str | None = None
    bic: str | None = attrs.field(default=None, converter=_bic)

    def __attrs_post_init__(self) -> None:
        if self.holder is not None:
            _short("holder", self.holder, 70)

    @property
    def printed_iban(self) -> str:
        """The IBAN in groups of four, as it is printed."""
        return _in_fours(self.iban)


def _in_fours(value: str) -> str:
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))


class ReferenceKind(Word):
    """How a reference is made, and so how it is checked.

    :ISO_11649: A creditor reference of any country: ``RF18 5390 0754 7034``.
    :BELGIAN: A structured communication (OGM, VCS): ``+++012/3456/78939+++``.
    :TEXT: Words without a check, such as the number of the invoice.
    """

    ISO_11649 = "iso_11649"
    BELGIAN = "belgian"
    TEXT = "text"


def _reference(value: str) -> str:
    """Return a reference as it is stored; one with check digits is checked."""
    said = _short("reference", value, 140)
    plain = _plain(said)
    if re.match("RF[0-9]{2}", plain):
        if not _RF.fullmatch(plain) or plain[2:4] != check_digits(plain):
            raise AccountNumberError("reference", plain[-4:], "reference")
        return plain
    if plain[:3] not in ("+++", "***"):
        return said
    found = _OGM.fullmatch(plain)
    if found is None or _belgian_check(digits := "".join(found.groups()[1:])) != digits:
        raise AccountNumberError("reference", plain.strip("+*")[-4:], "reference")
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def _belgian_check(digits: str) -> str:
    """Return the first ten of *digits* with the two that check them (mod 97)."""
    return f"{digits[:10]}{int(digits[:10]) % 97 or 97:02}"


@final
@attrs.frozen(order=False, eq=False, repr=False)
class PaymentReference(Value):
    """What a customer quotes with a payment (BT-83), of 140 characters at most.

    One that begins like a creditor reference or a Belgian structured communication
    is checked as such.

    >>> PaymentReference("RF18 5390 0754 7034").kind
    ReferenceKind.ISO_11649
    >>> PaymentReference("Invoice 2026-0042").kind
    ReferenceKind.TEXT

    Raises: AccountNumberError, MalformedError, OutOfBoundsError, WrongTypeError.
    """

    value: str = attrs.field(converter=_reference)

    @classmethod
    def iso_11649(cls, number: str) -> PaymentReference:
        """Return the creditor reference of *number*, 1 to 21 letters and digits.

        >>> PaymentReference.iso_11649("539007547034").printed
        'RF18 5390 0754 7034'

        Raises: MalformedError, WrongTypeError.
        """
        plain = _plain(text("number", number)).replace("-", "")
        if not re.fullmatch("[A-Z0-9]{1,21}", plain):
            raise MalformedError("number", number, "rf_number")
        return cls(f"RF{check_digits(f'RF00{plain}')}{plain}")

    @classmethod
    def belgian(cls, number: int) -> PaymentReference:
        """Return the structured communication of *number*, of ten digits at most.

        >>> PaymentReference.belgian(123456789).value
        '+++012/3456/78939+++'

        Raises: OutOfBoundsError, WrongTypeError.
        """
        digits = f"{whole('number', number, 0, 10**10 - 1):010}"
        return cls(f"+++{_belgian_check(digits)}+++")

    @property
    def kind(self) -> ReferenceKind:
        """How it is made."""
        if _OGM.fullmatch(self.value):
            return ReferenceKind.BELGIAN
        rf = re.match("RF[0-9]{2}", self.value)
        return ReferenceKind.ISO_11649 if rf else ReferenceKind.TEXT

    @property
    def printed(self) -> str:
        """The reference as it is printed: an ``RF`` one in groups of four."""
        rf = self.kind is ReferenceKind.ISO_11649
        return _in_fours(self.value) if rf else self.value


def _creditor(value: str | None) -> str | None:
    """Return a creditor identifier (EPC262-08): its business code is not checked."""
    if value is None:
        return None
    plain = _plain(text("creditor_id", value))
    if not _CREDITOR.fullmatch(plain) or plain[2:4] != check_digits(
        plain[:4] + plain[7:]
    ):
        raise AccountNumberError("creditor identifier", plain[-4:], "creditor")
    return plain


def _accounts(values: Iterable[BankAccount]) -> tuple[BankAccount, ...]:
    return several("accounts", values, BankAccount)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class PaymentInstructions(Value):
    """How a document is to be paid (BG-16): what a page and an e-invoice say of it.

    *accounts* are those to pay into, the first the preferred one; *link* is an
    ``https`` address to pay at.  *method* is the customer's own, from which the amount
    is collected, with the seller's *creditor_id* where that is a direct debit (BT-90).
    *terms* are said in words (BT-20); the day stands on the numbered document.

    Raises: AccountNumberError, MalformedError, WrongTypeError.
    """

    accounts: tuple[BankAccount, ...] = attrs.field(default=(), converter=_accounts)
    reference: PaymentReference | None = None
    link: str | None = None
    method: PaymentMethod | None = None
    creditor_id: str | None = attrs.field(default=None, converter=_creditor)
    terms: PaymentTerms | None = None

    def __attrs_post_init__(self) -> None:
        if self.reference is not None:
            instance("reference", self.reference, PaymentReference)
        if self.link is not None and not _LINK.fullmatch(text("link", self.link)):
            raise MalformedError("link", self.link, "link")
        if self.method is not None and not isinstance(
            self.method, Card | PayPal | SepaMandate
        ):
            raise WrongTypeError("method", "Card | PayPal | SepaMandate", self.method)
        if self.terms is not None:
            instance("terms", self.terms, PaymentTerms)
