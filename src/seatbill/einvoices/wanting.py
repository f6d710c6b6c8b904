"""What a profile wants and a document lacks, told before anything is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, NamedTuple, final

from .._values.checks import member
from ..catalogs import Catalog
from ..corrections import NumberedInvoice
from ..notices import Finding, finding_of
from ..taxes import TaxCategory
from ._figures import decimal_text
from ._taxed_rows import plain_document, rows_of
from .particulars import Particulars
from .profiles import Profile
from .stating import Terms, business_terms


@final
class _Place(NamedTuple):
    """Where a term stands in the terms and in the values, and what it is."""

    groups: tuple[str, ...]
    path: str
    what: str


def _places(text: str) -> Mapping[str, _Place]:
    """Return by its number each term of a table: groups, path, what it is."""
    found = {}
    for row in text.strip().splitlines():
        groups, path, what = (cell.strip() for cell in row.split("|"))
        names = tuple(groups.split("/"))
        found[names[-1]] = _Place(names, path, what)
    return MappingProxyType(found)


_PLACES: Final = _places("""
BT-6 | particulars.accounting | accounting currency
BT-9 | due_on | due day
BT-10 | particulars.references.buyer_reference | buyer reference
BG-4 | supplier | seller
BG-4/BT-30 | supplier.registration | registration of the seller
BG-4/BT-31 | supplier.vat_number | VAT number of the seller
BG-4/BT-34 | supplier.electronic_address | e-address of the seller
BG-4/BG-5/BT-37 | supplier.postal.city | city of the seller
BG-4/BG-5/BT-38 | supplier.postal.postcode | postcode of the seller
BG-4/BG-5/BT-40 | supplier.country | country of the seller
BG-4/BG-6/BT-41 | supplier.contact.name | contact of the seller
BG-4/BG-6/BT-42 | supplier.contact.phone | phone of the seller
BG-4/BG-6/BT-43 | supplier.contact.email | e-mail of the seller
BG-7 | document.recipient | buyer
BG-7/BT-48 | document.recipient.vat_number | VAT number of the buyer
BG-7/BT-49 | document.recipient.electronic_address | e-address of the buyer
BG-7/BG-8/BT-52 | document.recipient.postal.city | city of the buyer
BG-7/BG-8/BT-53 | document.recipient.postal.postcode | postcode of the buyer
BG-7/BG-8/BT-55 | document.recipient.country | country of the buyer
BG-16 | particulars.payment | way to pay
BG-16/BG-19/BT-89 | particulars.payment.method | mandate
BG-16/BG-19/BT-90 | particulars.payment.creditor_id | creditor identifier
BG-16/BG-19/BT-91 | particulars.payment.method | debited account
BG-25 | document.lines | line
""")

_ALWAYS: Final = "BG-4 BT-40 BG-7 BT-55 BG-25"
_WANTED: Final[Mapping[Profile, str]] = MappingProxyType(
    {
        # PEPPOL-EN16931-R010 and R020.
        Profile.PEPPOL: "BT-34 BT-49",
        # BR-DE-1 to BR-DE-9 and BR-DE-15.
        Profile.XRECHNUNG: "BT-10 BT-34 BT-37 BT-38 BT-41 BT-42 BT-43 BT-49 BT-52 "
        "BT-53 BG-16",
        # BR-FR-10, BR-FR-12 and BR-FR-13.
        Profile.FRANCE: "BT-30 BT-34 BT-49",
    }
)


def missing(
    document: NumberedInvoice,
    particulars: Particulars | None = None,
    *,
    profile: Profile,
    catalog: Catalog | None = None,
) -> tuple[Finding, ...]:
    """Return what *profile* wants and *document* lacks, or has in a way it refuses.

    Each finding has the number of the ``term`` (BT or BG) and the ``path`` to the value
    that says it; ``describe`` tells it in another language.  None means that ``to_xml``
    writes it.  Rules of single countries are known for Germany and France.

    Raises: WrongTypeError.
    """
    profile = member("profile", profile, Profile)
    more = Particulars() if particulars is None else particulars
    terms = business_terms(document, more, profile=profile, catalog=catalog)
    wanted = [*_ALWAYS.split(), *_conditional(terms, profile)]
    wanted += _WANTED.get(profile, "").split()
    lacking = [term for term in dict.fromkeys(wanted) if _lacks(terms, term)]
    found = [_missing(term) for term in lacking]
    for check in _CHECKS:
        found += check(document, terms, profile)
    return tuple(found)


def _missing(term: str, path: str | None = None, what: str | None = None) -> Finding:
    """Return the finding that *term* is not there."""
    place = _PLACES.get(term)
    path, what = path or (place and place.path), what or (place and place.what)
    return finding_of("term_missing", term=term, what=what, path=path)


def _unfit(term: str, problem: str, value: object, path: str) -> Finding:
    """Return the finding that what *term* says cannot be said."""
    values = {"term": term, "problem": problem, "value": value, "path": path}
    return finding_of("term_unfit", **values)


def _at(terms: Terms, groups: Iterable[str]) -> Any:
    """Return what stands in *terms* at the end of *groups*, or nothing."""
    found: Any = terms
    for name in groups:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _lacks(terms: Terms, term: str) -> bool:
    """Tell whether *term* is not there, while the party that it is of is."""
    groups = _PLACES[term].groups
    party = groups[0] in ("BG-4", "BG-7") and len(groups) > 1
    return not _at(terms, groups) and not (party and groups[0] not in terms)


def _categories(terms: Terms) -> set[str]:
    return {group["BT-118"] for group in terms.get("BG-23", ())}


def _conditional(terms: Terms, profile: Profile) -> Iterator[str]:
    """Yield what is wanted because of something else that *terms* say."""
    categories = _categories(terms)
    due = not terms["BG-22"]["BT-115"].startswith("-")
    due = due and terms["BG-22"]["BT-115"].strip("0.") != ""
    if due and "BT-20" not in terms:
        yield "BT-9"  # BR-CO-25
    if categories and TaxCategory.OUTSIDE_SCOPE not in categories:
        yield "BT-31"  # BR-S-02, BR-Z-02, BR-E-02, BR-AE-02
    elif not _at(terms, ("BG-4", "BT-31")):
        yield "BT-30"  # BR-CO-26
    if TaxCategory.REVERSE_CHARGE in categories and not _at(terms, ("BG-7", "BT-47")):
        yield "BT-48"  # BR-AE-02
    if profile is Profile.PEPPOL and "BT-13" not in terms:
        yield "BT-10"  # PEPPOL-EN16931-R003
    if profile is Profile.XRECHNUNG and _at(terms, ("BG-16", "BG-19")):
        yield from ("BT-90", "BT-91")  # BR-DE-30, BR-DE-31
    if profile is Profile.FRANCE and terms["BT-5"] != "EUR":
        yield "BT-6"  # BR-FR-CO-12


# What is there, and cannot be said so.

_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AMOUNT: Final = re.compile(r"-?\d+\.\d{3,}")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_AMOUNTS: Final = frozenset((92, 99, *range(106, 118), 131))


def _told(terms: Any, term: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text in *terms* with its number."""
    if isinstance(terms, dict):
        for name, said in terms.items():
            yield from _told(said, name)
    elif isinstance(terms, list):
        for said in terms:
            yield from _told(said, term)
    elif terms is not None:
        yield term, terms


def _texts(_: NumberedInvoice, terms: Terms, profile: Profile) -> Iterator[Finding]:
    """Yield what XML cannot hold, or is blank, and what is finer than a cent."""
    for term, said in _told(terms):
        if _XML.search(said) or not said.strip():
            yield _unfit(term, "characters", said, term)
        if profile is Profile.FRANCE and _DAY.fullmatch(said) and said[:2] != "20":
            yield _unfit(term, "other_century", said, term)  # BR-FR-03
        if term[3:].isdigit() and int(term[3:]) in _AMOUNTS and _AMOUNT.match(said):
            yield _unfit(term, "too_fine", said, term)


_FRENCH: Final = frozenset(
    map(
        Fraction,
        "0 0.9 1.05 1.75 2.1 5.5 7 8.5 9.2 9.6 10 13 19.6 20 20.6".split(),
    )
)
"""The percentages that there are or were in France (BR-FR-16)."""


_FAR: Final = Fraction(199, 200)
"""A tax differs by less than one from base × rate, the cent rounded (BR-CO-17)."""


def _rates(
    document: NumberedInvoice, terms: Terms, profile: Profile
) -> Iterator[Finding]:
    """Yield lines without a rate or with several, and rates that cannot be written."""
    for i, row in enumerate(rows_of(document)):
        if row.rate is None:
            path, rates = f"document.lines[{i}].tax_rates", row.line.tax_rates
            if rates:
                names = tuple(rate.id for rate in rates)
                yield _unfit("BT-151", "several_rates", names, path)
            else:
                yield _missing("BT-151", path, "tax rate")
    for tax in plain_document(document).taxes:
        if decimal_text(tax.rate.rate * 100) is None:
            yield _unfit("BT-119", "endless", tax.rate.id, "document.taxes")
        if profile is Profile.FRANCE and tax.rate.rate * 100 not in _FRENCH:
            yield _unfit("BT-119", "no_french_rate", tax.rate.id, "document.taxes")
    if all(row.rate is not None for row in rows_of(document)):
        yield from _differences(terms)
    if len(categories := _categories(terms)) > 1 and "O" in categories:
        names = tuple(sorted(categories))
        yield _unfit("BT-118", "outside_alone", names, "document.taxes")  # BR-O-11


def _differences(terms: Terms) -> Iterator[Finding]:
    """Yield taxes that are not what their lines and their rate come to."""
    for group in terms.get("BG-23", ()):
        base, stated = Fraction(group["BT-116"]), Fraction(group["BT-117"])
        wanted = abs(base) * Fraction(group["BT-119"]) / 100
        if abs(wanted - abs(stated)) >= _FAR:
            yield _unfit("BT-117", "tax_differs", group["BT-117"], "document.taxes")


def _parties(_: NumberedInvoice, terms: Terms, profile: Profile) -> Iterator[Finding]:
    """Yield a VAT number without a country (BR-CO-09), and a scheme of another net."""
    for path, term, groups in (
        ("supplier.vat_number", "BT-31", ("BG-4", "BT-31")),
        ("document.recipient.vat_number", "BT-48", ("BG-7", "BT-48")),
    ):
        number = _at(terms, groups)
        if number and not re.match("[A-Z]{2}", number):
            yield _unfit(term, "no_country", number, path)
    for path, group, term in (
        ("supplier.electronic_address", "BG-4", "BT-34-1"),
        ("document.recipient.electronic_address", "BG-7", "BT-49-1"),
    ):
        scheme = _at(terms, (group, term))
        if profile is Profile.PEPPOL and scheme and not scheme.isdigit():
            yield _unfit(term[:5], "no_peppol_scheme", scheme, path)  # CL008
    number, scheme = (_at(terms, ("BG-4", term)) for term in ("BT-30", "BT-30-1"))
    if profile is Profile.FRANCE and number and scheme != "0002":
        path = "supplier.registration_scheme"
        yield _unfit("BT-30", "no_siren", number, path)


def _kind(
    document: NumberedInvoice, terms: Terms, profile: Profile
) -> Iterator[Finding]:
    """Yield a type of document that *profile* does not have, and its references."""
    code = terms["BT-3"]
    parties = (document.supplier, document.recipient)
    german = all(party is not None and party.country == "DE" for party in parties)
    if (profile, code) == (Profile.PEPPOL, "384") and not german:
        yield _unfit("BT-3", "no_such_type", code, "document")  # P0112
    if (profile, code) == (Profile.XRECHNUNG, "386"):
        yield _unfit("BT-3", "no_such_type", code, "particulars.prepayment")  # BR-DE-17
    if profile is not Profile.FRANCE:
        return
    before = terms.get("BG-3", [])
    if code in ("381", "384") and not (before and all("BT-26" in b for b in before)):
        path, what = "particulars.preceding", "corrected invoice"
        yield _missing("BT-26", path, what)  # BR-FR-CO-04, BR-FR-CO-05
    notes = [note.get("BT-21") for note in terms.get("BG-1", ())]
    for subject in ("PMT", "PMD", "AAB"):  # BR-FR-05, BR-FR-06
        if notes.count(subject) != 1:
            yield _missing("BT-22", f"particulars.notes ({subject})", "note")


def _accounting(_: NumberedInvoice, terms: Terms, __: Profile) -> Iterator[Finding]:
    """Yield an accounting currency that is the invoice's own."""
    if terms.get("BT-6") == terms["BT-5"]:
        yield _unfit("BT-6", "same_currency", terms["BT-6"], "particulars.accounting")


_Check = Callable[[NumberedInvoice, Terms, Profile], Iterable[Finding]]
_CHECKS: Final[tuple[_Check, ...]] = (_texts, _rates, _parties, _kind, _accounting)
