"""Every argument of what is shown, reviewed and licensed acts, or is refused.

The rows are those of ``test_arguments``, for modules above the calls themselves.
"""

from __future__ import annotations

import inspect
from typing import Any

import attrs
import pytest

from seatbill import (
    ANNUAL,
    AddAddOn,
    AddSeats,
    Catalog,
    Member,
    Money,
    Party,
    Plan,
    Service,
    bill,
    change,
    occupancy,
    subscribe,
)
from seatbill.documents import Look
from seatbill.licences import (
    Enrollment,
    LicenceUnit,
    LicenceVariant,
    TeamHistory,
    Workspace,
)
from seatbill.parties import BuyerReferences
from seatbill.payments import PaymentInstructions
from seatbill.views import BoughtService
from shop import LARGE, SMALL, usd
from test_arguments import (
    CARD,
    FIRST,
    INVOICE,
    JUNE,
    LEAVING,
    LOCALE,
    MAY,
    METERED,
    MIDDLE,
    OLD_CARD,
    OPENING,
    OTHER,
    SSO,
    START,
    SUB,
    WALLET,
    Beside,
    acts,
    functions,
)
from test_licences import month

MODULES = ("documents", "licences", "reviews", "views")
CATALOG = Catalog([SMALL, LARGE], [SSO])
FEWER = Catalog([SMALL])
NAMED = Catalog([attrs.evolve(SMALL, name="Small one")], [SSO])
METERING = bill(METERED, [], until=MIDDLE)
WITH_SSO = change(SUB, AddAddOn(SSO), on=FIRST).subscription
SERVICE = Service("setup", "Set-up", Money("5.00", "USD"))
STATEMENT = bill(OPENING, [(MIDDLE, AddSeats(2))], until=MAY)
ANN, BEN = Member("ann", joined_on=FIRST), Member("ben", joined_on=FIRST)
SEATS = occupancy([ANN], owned={"seat": 10})
MORE_SEATS = occupancy([ANN, BEN], owned={"seat": 10})
WEB = TeamHistory("web", [Enrollment("ann", FIRST), Enrollment("ben", MIDDLE)])
SPACE = Workspace([WEB], [ANN, BEN])
IDLE = Workspace([WEB], [ANN, BEN, Member("cleo", joined_on=MIDDLE)])
ALONE = Workspace([TeamHistory("web", [Enrollment("ann", FIRST)])], [ANN])
BY_TEAM = LicenceVariant(LicenceUnit.TEAM)
BY_MEMBER = LicenceVariant(LicenceUnit.ACTIVE_MEMBER)
LIMITED = Plan("limited", "Limited", 1, [usd("10.00")], limits={"project": 10})
WIDER = Plan("wider", "Wider", 2, [usd("20.00")], limits={"project": 20})
OFFERED = Catalog([LIMITED, WIDER])
ON_WIDER = subscribe(**START | {"plan": WIDER}, on=FIRST).subscription
ON_LIMITED = subscribe(**START | {"plan": LIMITED}, on=FIRST).subscription
SHOWN = {
    "document": OTHER.invoice,
    "locale": "de",
    "catalog": NAMED,
    "seller": Party(name="Seller"),
    "note": "Thank you",
    "preview": True,
    "members": Beside([ANN, BEN], document=STATEMENT),
    "measured": Beside({"team": 7}, document=METERING),
    "notes": Beside(["first"], document=STATEMENT),
    "look": Look(reason=False),
    "payment": PaymentInstructions(link="https://pay.example"),
    "references": BuyerReferences(purchase_order="PO 4711"),
}
COUNTED = {"occupancy": MORE_SEATS, **LOCALE}

TABLE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "documents.seat_bar_html": ({"occupancy": SEATS}, COUNTED),
    "documents.seat_bar_svg": ({"occupancy": SEATS}, COUNTED),
    "documents.seat_bar_text": ({"occupancy": SEATS}, COUNTED),
    "documents.timeline_svg": (
        {"statement": STATEMENT},
        {
            "statement": [OTHER],
            "locale": "de",
            "catalog": NAMED,
            "members": [ANN, BEN],
        },
    ),
    "documents.logo_of": ({"picture": b"GIF87a"}, {"picture": b"GIF89a"}),
    "documents.to_html": ({"document": INVOICE}, SHOWN),
    "documents.to_sheet": ({"document": INVOICE}, SHOWN),
    "documents.to_text": ({"document": INVOICE}, SHOWN),
    "licences.inactive_members": (
        {"workspace": IDLE, "on": MAY},
        {"workspace": SPACE, "on": FIRST},
    ),
    "licences.licence_holders": (
        {"workspace": SPACE, "variant": BY_MEMBER, "month": month(5)},
        {"workspace": ALONE, "variant": BY_TEAM, "month": month(3)},
    ),
    "licences.measured": (
        {"workspace": SPACE, "variant": BY_MEMBER, "month": month(5)},
        {"workspace": ALONE, "variant": BY_TEAM, "month": month(3)},
    ),
    "licences.member_count": (
        {"workspace": SPACE, "on": MAY},
        {"workspace": IDLE, "on": FIRST},
    ),
    "licences.remove_inactive": (
        {"workspace": IDLE, "on": MAY},
        {"workspace": SPACE, "on": JUNE},
    ),
    "reviews.check_limit": (
        {"plan": LIMITED, "resource": "project", "used": 9},
        {
            "plan": WIDER,
            "resource": "seat",
            "used": 8,
            "n": 2,
            "catalog": Beside(Catalog([SMALL]), resource="projects"),
        },
    ),
    "reviews.compare_plans": (
        {
            "subscription": ON_LIMITED,
            "catalog": OFFERED,
            "usage": {"project": 3},
            "on": MIDDLE,
        },
        {
            "subscription": SUB,
            "catalog": Catalog([LIMITED]),
            "usage": {"project": 15},
            "on": FIRST,
            "interval": ANNUAL,
        },
    ),
    "reviews.reconcile": (
        {"invoice": INVOICE, "history": STATEMENT},
        {"invoice": OTHER.invoice, "history": [OTHER]},
    ),
    "reviews.review": (
        {"subscription": SUB, "on": MIDDLE},
        {
            "subscription": Beside(
                LEAVING, subscription=ON_LIMITED, usage={"project": 10}
            ),
            "on": Beside(MAY, payment=OLD_CARD),
            "catalog": Beside(OFFERED, subscription=ON_WIDER, usage={"project": 1}),
            "usage": Beside({"project": 10}, subscription=ON_LIMITED, catalog=OFFERED),
            "last_used": Beside({"sso": None}, subscription=WITH_SSO),
            "payment": OLD_CARD,
            "charged": Money("99.00", "USD"),
            "near_limit": Beside("20", subscription=ON_LIMITED, usage={"project": 3}),
            "unused_days": Beside(5, subscription=WITH_SSO, last_used={"sso": FIRST}),
            "expiring_days": Beside(90, payment=CARD, expiring_days=1),
        },
    ),
    "views.add_on_options": (
        {"subscription": SUB, "catalog": CATALOG, "on": MIDDLE},
        {
            "subscription": OTHER.subscription,
            "catalog": FEWER,
            "on": FIRST,
            "quantities": {"sso": 3},
        },
    ),
    "views.billing_view": (
        {"subscription": SUB, "on": MIDDLE},
        {
            "subscription": OTHER.subscription,
            "on": MAY,
            "members": [ANN],
            "payment": CARD,
            "wallet": WALLET,
            "measured": Beside({"team": 7}, subscription=METERED),
            "services": [BoughtService(service=SERVICE)],
        },
    ),
    "views.plan_options": (
        {"subscription": ON_LIMITED, "catalog": OFFERED, "on": MIDDLE},
        {
            "subscription": SUB,
            "catalog": Catalog([LIMITED]),
            "on": FIRST,
            "usage": {"project": 15},
            "interval": ANNUAL,
        },
    ),
}
METER = {
    "workspace": ALONE,
    "variant": BY_TEAM,
    "anchor": FIRST,
    "interval": Beside(ANNUAL, anchor=FIRST),
}

FUNCTIONS = functions(MODULES)
ROWS = [
    pytest.param(function, name, id=f"{function}: {name}")
    for function, (_, others) in TABLE.items()
    for name in others
]


def test_every_public_function_stands_in_the_table():
    assert {*TABLE, "licences.meter"} == FUNCTIONS.keys()


@pytest.mark.parametrize("function", TABLE)
def test_every_parameter_stands_in_the_table(function):
    assert TABLE[function][1].keys() == {
        *inspect.signature(FUNCTIONS[function]).parameters
    }


@pytest.mark.source("bitwarden/server#4679 (accepted, and does nothing)")
@pytest.mark.parametrize(("function", "name"), ROWS)
def test_every_argument_acts_or_is_refused(function, name):
    acts(FUNCTIONS[function], *TABLE[function], name)


@pytest.mark.parametrize("name", METER)
def test_every_argument_of_a_meter_acts(name):
    def read(**asked: Any) -> Any:
        return FUNCTIONS["licences.meter"](**asked)(MAY)

    acts(read, {"workspace": SPACE, "variant": BY_MEMBER}, METER, name)
