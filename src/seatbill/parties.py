"""Who an invoice is made out to, where they are found, and what they call it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, final

import attrs

from ._values.base import Value
from ._values.checks import instance, several, text
from .errors import MalformedError, OutOfBoundsError

__all__ = [
    "BuyerReferences",
    "Contact",
    "ElectronicAddress",
    "Party",
    "PostalAddress",
]


def _check_texts(value: object, *names: str) -> None:
    """Refuse a field of these *names* that is neither ``None`` nor a text."""
    for name in names:
        found = getattr(value, name)
        if found is not None:
            text(name, found)


def _luhn(digits: str) -> bool:
    """Tell whether *digits* end in their check digit (ISO/IEC 7812-1)."""
    odd = sum(map(int, digits[-1::-2]))
    return not (odd + sum(sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])) % 10


def _siret(digits: str) -> bool:
    """Tell whether *digits* are a SIRET; La Poste's add up to a multiple of five."""
    own = digits.startswith("356000000") and not sum(map(int, digits)) % 5
    return own or _luhn(digits)


def _enterprise(digits: str) -> bool:
    """Tell whether *digits* are a Belgian enterprise number, which mod 97 checks."""
    return digits[0] in "01" and 97 - int(digits[:8]) % 97 == int(digits[8:])


def _gln(digits: str) -> bool:
    """Tell whether *digits* end in the check digit of GS1."""
    return not (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10


_CHECKED: Final[Mapping[str, tuple[int, Callable[[str], bool]]]] = MappingProxyType(
    {
        "0002": (9, _luhn),  # SIREN
        "0009": (14, _siret),
        "0088": (13, _gln),
        "0208": (10, _enterprise),  # KBO, BCE
    }
)
"""How many digits an identifier of a scheme has, and whether they fit."""

_SCHEME: Final = re.compile("[0-9]{4}")
_ADDRESS_SCHEME: Final = re.compile("[0-9]{4}|AN|AQ|AS|AU|EM")
_EMAIL: Final = re.compile(r"[^@\s.]([^@\s]*[^@\s.])?@([^@.\s]+\.)+[^@.\s]+")


def _identifier(name: str, scheme: str, value: str, schemes: re.Pattern[str]) -> None:
    """Refuse a *value* that its *scheme* does not know; some have a check digit."""
    if not schemes.fullmatch(text("scheme", scheme)):
        raise MalformedError("scheme", scheme, "scheme")
    if scheme in _CHECKED:
        length, fits = _CHECKED[scheme]
        digits = value.isascii() and value.isdigit() and len(value) == length
        if not (digits and fits(value)):
            raise MalformedError(name, value, "identifier")
    if scheme == "EM" and not _EMAIL.fullmatch(value):
        raise MalformedError(name, value, "email")


def _more(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(text("more", line) for line in several("more", values, str))


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class PostalAddress(Value):
    """An address in its parts (EN 16931 BG-5 and BG-8); the country is the party's.

    *more* are lines beyond the *street*, of which an e-invoice takes two.

    Raises: WrongTypeError, OutOfBoundsError for an empty text.
    """

    street: str | None = None
    more: tuple[str, ...] = attrs.field(default=(), converter=_more)
    postcode: str | None = None
    city: str | None = None
    subdivision: str | None = None

    def __attrs_post_init__(self) -> None:
        _check_texts(self, "street", "postcode", "city", "subdivision")

    @property
    def lines(self) -> tuple[str, ...]:
        """The address as it is printed, the postcode before the city."""
        place = " ".join(filter(None, (self.postcode, self.city)))
        parts = (self.street, *self.more, place, self.subdivision)
        return tuple(part for part in parts if part)


@final
@attrs.frozen(order=False, eq=False, repr=False)
class ElectronicAddress(Value):
    """Where e-invoices are sent to: *id* in *scheme* (EN 16931 BT-34 and BT-49).

    The scheme is a code of the list EAS: four digits, or ``"EM"`` for a mail address.
    The check digits of SIREN (0002), SIRET (0009), GLN (0088) and the Belgian
    enterprise number (0208) are checked.

    >>> ElectronicAddress("0208", "0202239951").id
    '0202239951'

    Raises: MalformedError, WrongTypeError.
    """

    scheme: str
    id: str

    def __attrs_post_init__(self) -> None:
        _identifier("id", self.scheme, text("id", self.id), _ADDRESS_SCHEME)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Contact(Value):
    """Whom to ask about an invoice: a person or a department (BG-6 and BG-9).

    Raises: MalformedError for an *email* that is none, WrongTypeError.
    """

    name: str | None = None
    phone: str | None = None
    email: str | None = None

    def __attrs_post_init__(self) -> None:
        _check_texts(self, "name", "phone", "email")
        if self.email is not None and not _EMAIL.fullmatch(self.email):
            raise MalformedError("email", self.email, "email")


def _address(value: str | Iterable[str]) -> tuple[str, ...]:
    """Return the lines of an address; a text is split at its line ends."""
    lines = value.splitlines() if isinstance(value, str) else value
    return several("address", lines, str)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Party(Value):
    """Who supplies or receives an invoice (EN 16931 BG-4 and BG-7).

    *country* is an ISO 3166-1 code of two letters.  *address* is how the address is
    printed; an e-invoice takes it apart, so it needs the *postal* one, which is printed
    where no other is given.  *registration_scheme* says by its code of ISO 6523 who
    gave the *registration*: 0002 for a SIREN, 0208 for a Belgian enterprise number.

    Raises: MalformedError, OutOfBoundsError, WrongTypeError.
    """

    name: str
    address: tuple[str, ...] = attrs.field(default=(), converter=_address)
    country: str | None = None
    vat_number: str | None = None
    registration: str | None = None
    registration_scheme: str | None = None
    postal: PostalAddress | None = None
    electronic_address: ElectronicAddress | None = None
    contact: Contact | None = None

    def __attrs_post_init__(self) -> None:
        text("name", self.name)
        _check_texts(self, "country", "vat_number", "registration")
        country = self.country
        if country is not None and not re.fullmatch("[A-Z]{2}", country):
            raise OutOfBoundsError("country", country, "AA", "ZZ")
        if self.registration_scheme is not None:
            value = text("registration", self.registration)
            _identifier("registration", self.registration_scheme, value, _SCHEME)
        for name, kind in _PARTS.items():
            found = getattr(self, name)
            if found is not None:
                instance(name, found, kind)

    @property
    def printed_address(self) -> tuple[str, ...]:
        """The lines of the address: *address*, or those of *postal*."""
        return self.address or (self.postal.lines if self.postal else ())


_PARTS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "postal": PostalAddress,
        "electronic_address": ElectronicAddress,
        "contact": Contact,
    }
)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class BuyerReferences(Value):
    """What a buyer wants to read on a document, in the buyer's own words.

    *buyer_reference* says to whom it goes there (EN 16931 BT-10, the Leitweg-ID in
    Germany); *purchase_order* is its order (BT-13), *contract* its contract (BT-12).
    """

    buyer_reference: str | None = None
    purchase_order: str | None = None
    contract: str | None = None

    def __attrs_post_init__(self) -> None:
        _check_texts(self, "buyer_reference", "purchase_order", "contract")
