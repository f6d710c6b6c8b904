"""The QR code of a SEPA credit transfer in euros (EPC069-12), made by segno."""

from __future__ import annotations

from typing import Final

from ..errors import MissingExtraError
from ..money import Money
from ..payments.means import BankAccount, PaymentReference, ReferenceKind
from ..payments.methods import SEPA_AREA
from ._markup import Markup

_MOST_CENTS: Final = 99_999_999_999
_MOST_BYTES: Final = 240
"""What name and text may take of the 331 bytes, the rest at its longest."""


def fits(
    account: BankAccount,
    name: str,
    due: Money,
    reference: PaymentReference | None,
    number: str,
) -> bool:
    """Tell whether a code can say so: euros, an account in SEPA, a name, a length."""
    said = number if reference is None else reference.value
    return (
        due.currency == "EUR"
        and 0 < due.minor_units <= _MOST_CENTS
        and account.iban[:2] in SEPA_AREA
        and bool(name.strip())
        and len(said) <= 140
        and len(f"{name}{said}".encode()) <= _MOST_BYTES
    )


def qr_code(
    account: BankAccount,
    name: str,
    due: Money,
    reference: PaymentReference | None,
    number: str,
) -> Markup:
    """Return the code as SVG, dark on white with the margin that a camera needs.

    A creditor reference stands in the field for it, anything else in that for words.

    Raises: MissingExtraError.
    """
    try:
        from segno.helpers import make_epc_qr
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name, "qr") from None
    rf = reference is not None and reference.kind is ReferenceKind.ISO_11649
    said = number if reference is None else reference.value
    code = make_epc_qr(
        name=name,
        iban=account.iban,
        amount=due.amount,
        reference=said if rf else None,
        text=None if rf else said,
        bic=account.bic,
    )
    drawn = code.svg_inline(scale=3, border=4, dark="#000", light="#fff")
    return Markup(drawn)
