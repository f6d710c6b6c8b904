"""A document in the seller's own brand: logo, color, letters, columns, words."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, final

import attrs

from .._values.base import Value
from .._values.checks import flag, several, text, unique
from ..errors import (
    MalformedError,
    OutOfBoundsError,
    UnknownItemError,
    WrongTypeError,
)

__all__ = ["COLUMNS", "MOST_BYTES", "Look", "OwnColumn", "UnitName", "logo_of"]

COLUMNS: Final = ("item", "quantity", "unit_price", "tax", "share")
"""The columns that may stand before the amount; ``"item"`` is the id of the item."""

MOST_BYTES: Final = 256 * 1024
"""The largest logo that is accepted, in bytes of the picture itself."""

_COLOR: Final = re.compile("#[0-9a-fA-F]{6}")
_FONT: Final = re.compile("[A-Za-z][A-Za-z0-9 -]{0,63}")
_DATA: Final = re.compile("data:(image/[a-z+]+);base64,([A-Za-z0-9+/]+={0,2})")
# How the bytes of a picture begin; an SVG is a text.
_BEGINS: Final = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "image/svg+xml": re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE|svg)"),
}

Names = Mapping[str, str] | tuple[tuple[str, str], ...]


def _names(values: Names) -> tuple[tuple[str, str], ...]:
    """Return words by name, in their order, each name once."""
    rows: Any = tuple(values.items()) if isinstance(values, Mapping) else values
    if type(rows) is not tuple or any(
        type(row) is not tuple or len(row) != 2 for row in rows
    ):
        raise WrongTypeError("names", "Mapping[str, str]", values)
    for row in rows:
        for said in row:
            text("name", said)
    unique("name", [key for key, _ in rows])
    return rows


@final
@attrs.frozen(order=False, eq=False, repr=False)
class OwnColumn(Value):
    """A column of the host's own: a *label*, and what it says by the id of the item."""

    label: str
    texts: tuple[tuple[str, str], ...] = attrs.field(converter=_names)

    def __attrs_post_init__(self) -> None:
        text("label", self.label)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class UnitName(Value):
    """What a unit is called on documents, for *one* and for *many*."""

    unit: str
    one: str
    many: str

    def __attrs_post_init__(self) -> None:
        for name in ("unit", "one", "many"):
            text(name, getattr(self, name))


def logo_of(picture: bytes) -> str:
    """Return *picture* as the ``data:`` address that a look takes as its logo.

    A PNG, JPEG, GIF, WebP or SVG, told by its first bytes.

    >>> logo_of(b'<svg xmlns="http://www.w3.org/2000/svg"/>')[:26]
    'data:image/svg+xml;base64,'

    Raises: MalformedError, OutOfBoundsError, WrongTypeError.
    """
    if type(picture) is not bytes:
        raise WrongTypeError("picture", "bytes", picture)
    for kind, begins in _BEGINS.items():
        if begins.match(picture):
            return _logo(f"data:{kind};base64,{base64.b64encode(picture).decode()}")
    raise MalformedError("picture", picture[:16], "picture")


def _logo(value: str) -> str:
    """Return a logo: a picture of a known kind that is what it says, and not large."""
    found = _DATA.fullmatch(text("logo", value))
    if found is None or found[1] not in _BEGINS:
        raise MalformedError("logo", value[:40], "logo")
    try:
        picture = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raise MalformedError("logo", value[:40], "logo") from None
    if not _BEGINS[found[1]].match(picture):
        raise MalformedError("logo", value[:40], "picture")
    if len(picture) > MOST_BYTES:
        raise OutOfBoundsError("len(logo)", len(picture), 1, MOST_BYTES)
    return value


def _fonts(values: Iterable[str]) -> tuple[str, ...]:
    """Return names of fonts, which are written into a style sheet."""
    found = several("fonts", values, str)
    for name in found:
        if not _FONT.fullmatch(name):
            raise MalformedError("fonts", name, "font")
    return found


def _columns(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return columns by name, each once."""
    if values is None:
        return None
    found = several("columns", values, str)
    for name in found:
        if name not in COLUMNS:
            raise UnknownItemError("column", name, COLUMNS)
    unique("column", found)
    return found


def _own_columns(values: Iterable[OwnColumn]) -> tuple[OwnColumn, ...]:
    return several("own_columns", values, OwnColumn)


def _unit_names(values: Iterable[UnitName]) -> tuple[UnitName, ...]:
    found = several("unit_names", values, UnitName)
    unique("unit", [name.unit for name in found])
    return found


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class Look(Value):
    r"""How the documents of a seller look, beside the words that seatbill has.

    *logo* is a picture as a ``data:`` address (:func:`logo_of`), *accent* a color such
    as ``"#0b7a4b"``, which is made darker or lighter where letters in it could not be
    read.  *fonts* are tried in their order, then those of the page.  *footer*, on
    each sheet of paper, and *terms*, said where a document is to be paid, keep their
    line breaks.

    *columns* are those of :data:`COLUMNS` that stand before the amount, all but
    ``"item"`` and ``"tax"`` without it; shares only where a line has one.  Then come
    *own_columns*.  *tax_names* call a tax by another name than its id, *unit_names* a
    unit.  Without *reason* it is not said why an invoice was made.  With *qr* an amount
    in euros that is to be paid into an account has an EPC QR code (extra ``qr``).

    Raises: DuplicateError, MalformedError, OutOfBoundsError, UnknownItemError,
    WrongTypeError.
    """

    logo: str | None = None
    accent: str | None = None
    fonts: tuple[str, ...] = attrs.field(default=(), converter=_fonts)
    footer: str | None = None
    terms: str | None = None
    columns: tuple[str, ...] | None = attrs.field(default=None, converter=_columns)
    own_columns: tuple[OwnColumn, ...] = attrs.field(default=(), converter=_own_columns)
    tax_names: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_names)
    unit_names: tuple[UnitName, ...] = attrs.field(default=(), converter=_unit_names)
    reason: bool = True
    qr: bool = False

    def __attrs_post_init__(self) -> None:
        if self.logo is not None:
            _logo(self.logo)
        if self.accent is not None and not _COLOR.fullmatch(
            text("accent", self.accent)
        ):
            raise MalformedError("accent", self.accent, "color")
        for name in ("footer", "terms"):
            value = getattr(self, name)
            if value is not None:
                text(name, value)
        flag("reason", self.reason)
        flag("qr", self.qr)
