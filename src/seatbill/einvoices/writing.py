"""An e-invoice as XML, written by factur-x from the business terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final
from xml.sax.saxutils import escape

from .._values.checks import member
from ..catalogs import Catalog
from ..corrections import NumberedInvoice
from ..errors import MissingExtraError, UnfitInvoiceError, WrongTypeError
from .particulars import Particulars
from .profiles import Profile, Syntax
from .stating import Terms, business_terms
from .wanting import missing


def to_xml(
    document: NumberedInvoice,
    particulars: Particulars | None = None,
    *,
    profile: Profile,
    syntax: Syntax | None = None,
    catalog: Catalog | None = None,
    locale: str = "en",
) -> bytes:
    """Return *document* as an e-invoice of *profile*, in UTF-8.

    It says what :func:`business_terms` gives, in *syntax* or the usual one of the
    profile.  The same arguments give the same bytes.  Whoever needs a PDF with the XML
    inside gives both to ``facturx.generate_from_binary``.

    Raises: UnfitInvoiceError where :func:`missing` finds anything, WrongTypeError for
    a syntax that the profile does not have, LocaleError, MissingExtraError.
    """
    profile = member("profile", profile, Profile)
    found = missing(document, particulars, profile=profile, catalog=catalog)
    if found:
        terms = tuple(dict.fromkeys(each.value("term") for each in found))
        raise UnfitInvoiceError(document.number, profile, terms)
    known = profile.syntaxes
    chosen = known[0] if syntax is None else member("syntax", syntax, Syntax)
    if chosen not in known:
        raise WrongTypeError("syntax", " | ".join(map(repr, known)), chosen)
    said = business_terms(
        document, particulars, profile=profile, catalog=catalog, locale=locale
    )
    return _written(said, chosen)


def _written(terms: Terms, syntax: Syntax) -> bytes:
    """Return *terms* as XML, with four things mended that factur-x gets wrong.

    It knows the specification of EN 16931 alone, marks an empty delivery as nil, and
    in UBL writes a rounding in euros and no mandate without the debited account.
    """
    try:
        from facturx import generate_xml  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name, "einvoice") from None
    flavor = "ubl-2.1" if syntax is Syntax.UBL else "factur-x"
    data = _for_facturx(terms)
    if syntax is Syntax.UBL and terms["BT-3"] == "381" and "BT-9" in terms:
        data.setdefault("BT-81", "1")  # UBL has the day inside the payment means
    xml: bytes = generate_xml(
        data, flavor, level="en16931", check_xsd=False, check_schematron=False
    )
    text = xml.decode()
    own = escape(terms["BG-2"]["BT-24"])
    text = text.replace(f">{_SPECIFICATION}<", f">{own}<", 1)
    text = text.replace(f'<{_DELIVERY} xsi:nil="true"/>', f"<{_DELIVERY}/>", 1)
    rounded = '<cbc:PayableRoundingAmount currencyID="{}">'
    text = text.replace(rounded.format("EUR"), rounded.format(terms["BT-5"]), 1)
    mandate = terms.get("BG-16", {}).get("BG-19", {}).get("BT-89")
    if mandate is not None:
        id = f"<cac:PaymentMandate><cbc:ID>{escape(mandate)}</cbc:ID>"
        end = "</cac:PaymentMeans>"
        text = text.replace(end, f"  {id}</cac:PaymentMandate>\n  {end}", 1)
    return text.encode()


_DELIVERY: Final = "ram:ApplicableHeaderTradeDelivery"
_SPECIFICATION: Final = "urn:cen.eu:en16931:2017"
_FLAT: Final = ("BG-2", "BG-13", "BG-14", "BG-16", "BG-17", "BG-18", "BG-19", "BG-22")
_LINE: Final = ("BG-26", "BG-29", "BG-30", "BG-31")


def _for_facturx(terms: Terms) -> dict[str, Any]:
    """Return *terms* in the shape that factur-x takes: groups flat, parties by word."""
    data = _flat(terms, _FLAT)
    del data["BT-24"]  # of its own choice
    for group in ("BG-4", "BG-7"):
        data[group] = _party(data[group])
    for group in ("BG-20", "BG-21"):
        off = [_renamed(each, _ALLOWANCE) for each in data.get(group, ())]
        data[group] = off
    data["BG-25"] = [_flat(line, _LINE, leave=("BT-150",)) for line in data["BG-25"]]
    data.setdefault("BG-23", [])
    return data


def _flat(
    terms: Mapping[str, Any], groups: Iterable[str], leave: Iterable[str] = ()
) -> dict[str, Any]:
    """Return *terms* with what stands in *groups* beside the others, as copies."""
    found: dict[str, Any] = {}
    for term, said in terms.items():
        if term in groups:
            inner = said[0] if isinstance(said, list) else said
            found |= _flat(inner, groups, leave)
        elif term not in leave:
            found[term] = _copied(said)
    return found


def _copied(value: Any) -> Any:
    """Return *value* as factur-x may change it."""
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BT-27": "name",
        "BT-30": "legal_identifier",
        "BT-30-1": "legal_identifier_schemeid",
        "BT-31": "vat_identifier",
        "BT-34": "einvoicing_addr",
        "BT-34-1": "einvoicing_addr_schemeid",
        "BT-35": "addr_l1",
        "BT-36": "addr_l2",
        "BT-162": "addr_l3",
        "BT-37": "city",
        "BT-38": "postcode",
        "BT-39": "country_subdivision",
        "BT-40": "country_code",
        "BT-41": "name",
        "BT-42": "phone",
        "BT-43": "email",
        "BT-44": "name",
        "BT-47": "legal_identifier",
        "BT-47-1": "legal_identifier_schemeid",
        "BT-48": "vat_identifier",
        "BT-49": "einvoicing_addr",
        "BT-49-1": "einvoicing_addr_schemeid",
        "BT-50": "addr_l1",
        "BT-51": "addr_l2",
        "BT-163": "addr_l3",
        "BT-52": "city",
        "BT-53": "postcode",
        "BT-54": "country_subdivision",
        "BT-55": "country_code",
        "BT-56": "name",
        "BT-57": "phone",
        "BT-58": "email",
    }
)
_ALLOWANCE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BT-92": "amount",
        "BT-95": "vat_category_code",
        "BT-96": "vat_rate",
        "BT-97": "reason",
        "BT-98": "reason_code",
        "BT-99": "amount",
        "BT-102": "vat_category_code",
        "BT-103": "vat_rate",
        "BT-104": "reason",
    }
)


def _renamed(terms: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    return {words[term]: said for term, said in terms.items()}


def _party(terms: Terms) -> dict[str, Any]:
    """Return a party as factur-x takes it: its contacts are a list."""
    contacts = [terms.pop(group) for group in ("BG-6", "BG-9") if group in terms]
    found = _renamed(_flat(terms, ("BG-5", "BG-8")), _WORDS)
    if contacts and contacts[0]:
        found["contacts"] = [_renamed(each, _WORDS) for each in contacts]
    return found
