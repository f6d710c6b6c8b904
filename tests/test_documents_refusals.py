"""What a document refuses: typed, with what came and what was wanted."""

from __future__ import annotations

from typing import Any

import pytest

from screens import pictured
from seatbill import (
    MONTHLY,
    BillingRules,
    Member,
    Plan,
    Price,
    bill,
    preview_invoice,
    subscribe,
)
from seatbill.documents import (
    Look,
    OwnColumn,
    UnitName,
    logo_of,
    seat_bar_html,
    seat_bar_svg,
    seat_bar_text,
    timeline_svg,
    to_html,
    to_sheet,
    to_text,
)
from seatbill.errors import (
    LocaleError,
    MixedTimeError,
    OutOfBoundsError,
    SeatbillError,
    WrongTypeError,
)
from seatbill.parties import BuyerReferences
from seatbill.payments import PaymentInstructions
from stories import at, plan
from test_bad_input import (
    ACCEPTED,
    EMPTY,
    accepted,
    annotation_of,
    doors,
    parameters_of,
    refuses_all_but,
)
from test_bad_input_systems import rows

INVOICE = pictured.upgrade()
STATEMENT = pictured.growing()
WRITERS = (to_text, to_html)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("document", "more", "name"),
    [
        pytest.param(None, {}, "document", id="nothing"),
        pytest.param("invoice", {}, "document", id="a text"),
        pytest.param(STATEMENT.subscription, {}, "document", id="a subscription"),
        pytest.param(INVOICE, {"locale": None}, "locale", id="no locale"),
        pytest.param(INVOICE, {"catalog": {}}, "catalog", id="no catalogue"),
        pytest.param(INVOICE, {"seller": "Ann"}, "seller", id="no party"),
        pytest.param(INVOICE, {"note": 1}, "note", id="no note"),
        pytest.param(INVOICE, {"preview": 1}, "preview", id="no flag"),
        pytest.param(INVOICE, {"members": []}, "members", id="people of an invoice"),
        pytest.param(INVOICE, {"measured": {}}, "measured", id="units of an invoice"),
        pytest.param(INVOICE, {"notes": ["x"]}, "notes", id="notes of an invoice"),
        pytest.param(STATEMENT, {"preview": True}, "preview", id="a preview of all"),
        pytest.param(STATEMENT, {"members": ["ann"]}, "members", id="no people"),
        pytest.param(STATEMENT, {"members": 3}, "members", id="a number of people"),
        pytest.param(STATEMENT, {"measured": 3}, "measured", id="no mapping"),
        pytest.param(STATEMENT, {"notes": [3]}, "notes", id="no notes"),
        pytest.param(STATEMENT, {"notes": "abc"}, "notes", id="one text as notes"),
        pytest.param(INVOICE, {"look": "dark"}, "look", id="no look"),
        pytest.param(INVOICE, {"payment": "IBAN"}, "payment", id="no payment"),
        pytest.param(STATEMENT, {"payment": PaymentInstructions()}, "payment", id="a"),
        pytest.param(INVOICE, {"references": "PO"}, "references", id="no references"),
        pytest.param(
            STATEMENT, {"references": BuyerReferences()}, "references", id="b"
        ),
    ],
)
def test_a_wrong_argument_is_named(write, document: Any, more: Any, name):
    with pytest.raises(WrongTypeError) as refusal:
        write(document, **more)
    assert refusal.value.code == "wrong_type"
    assert refusal.value.name == name


@pytest.mark.parametrize("write", WRITERS)
def test_values_out_of_bounds_are_refused(write):
    with pytest.raises(LocaleError) as refusal:
        write(INVOICE, locale="xx-YY")
    assert (refusal.value.code, refusal.value.locale) == ("unknown_locale", "xx-YY")
    with pytest.raises(OutOfBoundsError):
        write(INVOICE, note="")
    with pytest.raises(OutOfBoundsError):
        write(STATEMENT, measured={"team": -1})
    joined = at("2026-04-02T00:00:00+00:00")
    with pytest.raises(MixedTimeError):
        write(STATEMENT, members=[Member("ann", joined_on=joined)])


@pytest.mark.parametrize("write", WRITERS)
def test_no_refusal_of_the_next_invoice_reaches_a_statement(write):
    """A page of what was is not lost because of what cannot come."""
    opening = subscribe(
        plan("5", id="p"),
        id="s",
        interval=MONTHLY,
        seats=2,
        on=at("9999-11-30"),
        rules=BillingRules(),
    )
    statement = bill(opening, [], until=at("9999-12-29"))
    with pytest.raises(SeatbillError):
        preview_invoice(statement.subscription)
    assert "s:1" in write(statement)


def test_measured_quantities_make_the_next_invoice():
    price = Price(unit="team", unit_amount="39", currency="EUR", measured=True)
    teams = Plan("teams", "Teams", 1, [price])
    opening = subscribe(
        teams,
        id="s",
        interval=MONTHLY,
        seats={"team": 2},
        on=at("2026-04-01"),
        rules=BillingRules(),
    )
    statement = bill(
        opening, [], until=at("2026-05-10"), measured=lambda day: {"team": 3}
    )
    text = to_text(statement, measured={"team": 5})
    assert "5 teams" in text
    assert "€195.00" in text  # 5 × 39.00
    html = to_html(statement, measured={"team": 5})
    assert "€195.00" in html


# Each argument of each door, replaced by everything that is wrong.

LOOK = Look(
    logo=logo_of(b"GIF89a"),
    accent="#0b7a4b",
    fonts=["Inter"],
    footer="Berlin",
    terms="Pay in time.",
    columns=["tax"],
    own_columns=[OwnColumn("Cost centre", {"pro": "4711"})],
    tax_names={"VAT": "TVA"},
    unit_names=[UnitName(unit="seat", one="licence", many="licences")],
)
SAID: dict[str, Any] = {
    "look": LOOK,
    "payment": None,
    "references": None,
}
PAGE: dict[str, Any] = {
    "document": STATEMENT,
    "locale": "en",
    "catalog": pictured.CATALOG,
    "seller": pictured.SELLER,
    "note": "a note",
    "preview": False,
    "members": [],
    "measured": {},
    "notes": [],
}
SEATS: dict[str, Any] = {"occupancy": pictured.COUNTED, "locale": "en"}
SOUND: dict[str, tuple[Any, dict[str, Any]]] = {
    "documents.seat_bar_html": (seat_bar_html, SEATS),
    "documents.seat_bar_svg": (seat_bar_svg, SEATS),
    "documents.seat_bar_text": (seat_bar_text, SEATS),
    "documents.timeline_svg": (
        timeline_svg,
        {
            "statement": STATEMENT,
            "locale": "en",
            "catalog": pictured.CATALOG,
            "members": [],
        },
    ),
    "documents.logo_of": (logo_of, {"picture": b"GIF89a"}),
    "documents.to_html": (to_html, PAGE | SAID),
    "documents.to_sheet": (to_sheet, PAGE | SAID),
    "documents.to_text": (to_text, PAGE | SAID),
    **rows(
        "documents",
        LOOK,
        OwnColumn("Cost centre", {"pro": "4711"}),
        UnitName(unit="seat", one="licence", many="licences"),
    ),
}
KNOWN = ACCEPTED | {
    "Iterable[Member] | Occupancy": {"a list"},
    "Names": EMPTY | {"a mapping"},
}
# What a sheet is made of is read by a host, and made by seatbill alone.
DOORS = {
    name: door
    for name, door in doors(("documents",))
    if door.__module__ != "seatbill.documents.sheets"
}


def test_every_door_and_argument_stands_in_the_table():
    assert SOUND.keys() == DOORS.keys()
    for door, (_, arguments) in SOUND.items():
        assert set(arguments) == set(parameters_of(DOORS[door]))


@pytest.mark.parametrize(
    ("door", "name"),
    [(door, name) for door, (_, arguments) in SOUND.items() for name in arguments],
)
def test_whatever_is_wrong_is_refused_by_name(door, name):
    let_in = accepted(annotation_of(DOORS[door], name), KNOWN)
    refuses_all_but(let_in, name, *SOUND[door])
