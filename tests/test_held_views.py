"""What a page offers, where something waits already or a renewal is due."""

from __future__ import annotations

import attrs
import pytest

from seatbill import (
    AddAddOn,
    AddOn,
    Catalog,
    RemoveAddOn,
    RemoveSeats,
    SwitchPackage,
)
from seatbill.errors import MixedTimeError
from seatbill.views import OptionKind, add_on_options
from shop import LARGE, SMALL, usd
from stories import Story, at, bills

SSO = AddOn("sso", "SSO", (usd("3.00"),))
LOG = AddOn("log", "Audit log", (usd("5.00"),))
CHAIR = AddOn("seat", "A chair", (usd("9.00"),))
BRONZE = AddOn("bronze", "Bronze", (usd("3.00"),), family="support", rank=1)
SILVER = AddOn("silver", "Silver", (usd("3.00"),), family="support", rank=1)
GOLD = AddOn("gold", "Gold", (usd("6.00"),), family="support", rank=2)
CATALOG = Catalog([SMALL, LARGE], [SSO, LOG, CHAIR, BRONZE, SILVER, GOLD])


def options(story: Story, on: str):
    """Return the options of *story* on a day, by add-on."""
    found = add_on_options(story.subscription, CATALOG, on=at(on))
    return {option.add_on.id: option for option in found}


def shop(*owned) -> Story:
    """Return ten seats from 1 April, with add-ons."""
    return Story(SMALL, "2026-04-01", seats=10, add_ons=owned)


def test_a_removal_waits_for_its_own_add_on_alone():
    story = shop((SSO, 3), (LOG, 2), (CHAIR, 4))
    story.change("2026-04-10", RemoveAddOn(SSO, 2))
    story.change("2026-04-10", RemoveSeats(1))
    found = options(story, "2026-04-16")
    assert {id: option.waits_for for id, option in found.items()} == {
        "sso": at("2026-05-01"),
        "log": None,
        "seat": None,
        "bronze": None,
        "silver": None,
        "gold": None,
    }
    # What is left to give up: 3 − 2, 2 and 4, an invoice of nothing today.
    left = {id: option.removal for id, option in found.items()}
    assert [id for id, removal in left.items() if removal is not None] == [
        "sso",
        "log",
        "seat",
    ]
    for id, kept in (("sso", 0), ("log", 0), ("seat", 0)):
        waiting = left[id].outcome.subscription.pending_updates
        quantities = {u.key: u.value for u in waiting if u.kind.value == "add_on"}
        assert quantities[id].quantity == kept


def test_a_package_that_waits_is_the_one_that_comes():
    story = shop((GOLD, 1), (SSO, 1))
    story.change("2026-04-10", SwitchPackage(GOLD, BRONZE))
    found = options(story, "2026-04-16")
    assert found["bronze"].waits_for == at("2026-05-01")
    assert found["sso"].waits_for is None
    assert found["silver"].waits_for is None


@pytest.mark.parametrize(
    ("owned", "kinds"),
    [
        pytest.param(BRONZE, {"silver": "upgrade", "gold": "upgrade"}, id="bronze"),
        pytest.param(GOLD, {"silver": "downgrade", "bronze": "downgrade"}, id="gold"),
    ],
)
def test_a_package_of_the_same_rank_is_no_step_down(owned, kinds):
    found = options(shop((owned, 1)), "2026-04-16")
    assert {id: found[id].kind.value for id in kinds} == kinds


def test_options_are_those_after_what_is_due_and_choosing_one_bills_both():
    story = shop((SSO, 1))
    story.change("2026-04-10", RemoveAddOn(SSO))
    before, after = options(story, "2026-04-30"), options(story, "2026-05-16")
    assert (before["sso"].kind, before["sso"].owned) == (OptionKind.CURRENT, 1)
    assert (after["sso"].kind, after["sso"].owned) == (OptionKind.AVAILABLE, 0)
    assert after["sso"].removal is None
    # 300.00 for May, then 5.00 × 16/31 = 2.58
    outcome = after["log"].outcome
    assert bills(outcome) == [
        "2026-05-01: +300.00 = 300.00",
        "2026-05-16: +2.58 = 2.58",
    ]
    assert outcome.changes == (AddAddOn(LOG),)


def test_what_giving_it_up_comes_to_is_of_the_same_kind_of_time():
    instants = Story(SMALL, "2026-04-01T00:00Z", add_ons=[SSO])
    other = {
        option.add_on.id: option
        for option in add_on_options(
            instants.subscription, CATALOG, on=at("2026-04-16T00:00Z")
        )
    }
    option = options(shop((SSO, 1)), "2026-04-16")["sso"]
    with pytest.raises(MixedTimeError) as refused:
        attrs.evolve(option, removal=other["sso"].removal)
    assert (refused.value.name, refused.value.wanted) == ("removal", "dates")
    with pytest.raises(MixedTimeError) as refused:
        attrs.evolve(option, waits_for=at("2026-05-01T00:00Z"))
    assert refused.value.name == "waits_for"
