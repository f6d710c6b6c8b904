"""The pages of the desk in ``examples/desk``, for the screens."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "examples"), str(ROOT / "tests")]

LOCALES = ("en", "fr")
"""The languages of the desk; it answers others in English."""

FOLDER = tempfile.TemporaryDirectory(
    prefix="seatbill-desk-", ignore_cleanup_errors=True
)

PATHS = {
    "desk-door": ("", "/"),
    "desk-subscription": ("owner@acme", "/accounts/acme"),
    "desk-frozen": ("owner@cairn", "/accounts/cairn"),
    "desk-plans": ("owner@acme", "/accounts/acme/plans"),
    "desk-people": ("owner@acme", "/accounts/acme/people"),
    "desk-teams": ("owner@ember", "/accounts/ember/people"),
    "desk-modules": ("connected@dune", "/accounts/dune/add-ons"),
    "desk-add-ons": ("owner@brook", "/accounts/brook/add-ons"),
    "desk-order": ("owner@acme", "order"),
    "desk-refused": ("owner@acme", "refused"),
    "desk-invoices": ("owner@acme", "/accounts/acme/invoices"),
    "desk-invoice": ("billing@acme", "/accounts/acme/invoices/INV-000001"),
}


@cache
def visited() -> str:
    """Return where the order is that is shown, after a few weeks at the desk."""
    import desks

    desk = desks.Desk(f"sqlite:///{FOLDER.name}/desk.sqlite")
    desk.open()
    walk = desks.Client()
    walk.sign_in("owner@acme")
    people = "/accounts/acme/people"
    walk.open(people)
    walk.press("Invite", person="Maximiliane-Alexandra von Hohenstein-Wackerbarth")
    walk.press("Deactivate bob")
    walk.press("Invite", person="eve")
    for page, words in (("plans", "Upgrade Standard"), ("plans", "Downgrade Basic")):
        walk.open(f"/accounts/acme/{page}")
        walk.press(words)
        walk.press("Yes, pay $5.00" if words.startswith("Up") else "Yes, do it")
    walk.open("/accounts/acme/invoices/INV-000001")
    walk.press("Ask", name="Acme Holding", address="9 New Street\nCork", country="IE")
    walk.open(people)
    walk.press("Buy", seats="3")
    order = walk.path
    walk.sign_in("owner@cairn")
    walk.open("/accounts/cairn")
    walk.press("Freeze")
    walk.press("Yes, do it")
    return order


def shown(name: str, locale: str) -> str:
    """Return one page in one language."""
    import desks

    order = visited()
    person, path = PATHS[name]
    walk = desks.Client(locale)
    if person:
        walk.sign_in(person)
    if path == "refused":
        walk.open("/accounts/acme/people")
        walk.press("Inviter" if locale == "fr" else "Invite", person="fay")
    else:
        walk.open(order if path == "order" else path)
    return walk.html


def pages() -> dict[str, Callable[[str], str]]:
    """Return each page by its name, to be made in a language."""

    def page(name: str) -> Callable[[str], str]:
        return lambda locale: shown(name, locale)

    return {name: page(name) for name in PATHS}
