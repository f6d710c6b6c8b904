"""What the pages show is made from the code: tables, pictures, documents.

Each is compared with what is expected here, so that a page and the code can only change
together.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
from pathlib import Path
from typing import get_args

import changelog_fragments
import cldr_digits
import engine_picture
import error_table
import explored
import floor_plan
import floors
import made_pages
import price_lists
import pytest
import rule_tables
import shell_commands
import state_pictures

import seatbill
from rules_table import BUILT
from seatbill.corrections import CorrectionState
from seatbill.errors import SeatbillError
from seatbill.errors._english import ENGLISH
from seatbill.money import Money
from seatbill.rules import ChangeKind
from seatbill.seats import MemberState
from seatbill.subscriptions import Change, Status
from test_rules_table import marked

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


# Tables.


def test_the_table_of_errors_holds_every_error():
    codes = [row[0] for row in error_table.rows()]
    classes = [
        cls
        for name in seatbill.errors.__all__
        if (cls := getattr(seatbill.errors, name)) is not SeatbillError
    ]
    assert {cls.code for cls in classes} <= set(codes)
    assert len(codes) == len(set(codes))
    for code, says, _, values, where in error_table.rows():
        if "." in code:  # a case of one above it
            assert code in ENGLISH
            continue
        module, _, name = where.rpartition(".")
        cls = getattr(importlib.import_module(module), name)
        assert (code, values) == (cls.code, ", ".join(cls.names))
        assert says in {cls.sentence, inspect.getdoc(cls).splitlines()[0].rstrip(".")}
        assert says != SeatbillError.sentence


def test_the_currencies_that_cldr_shows_otherwise_are_counted():
    found = cldr_digits.differing()
    assert all(Money.zero(code).currency == code for code in found)
    assert not any(ours == cldrs for ours, cldrs in found.values())
    (line, *_, row) = cldr_digits.told({"RSD": (2, 0), "IQD": (3, 0), "LBP": (2, 0)})
    assert ", 3 currencies had other digits when this page was built:" in line
    assert row == "| IQD | 3 | 0 |"
    assert ", 1 currency had " in cldr_digits.told({"IQD": (3, 0)})[0]
    page = text(DOCS / "explanation" / "pitfalls" / "money.md")
    assert "\n```{cldr-digits}\n```\n" in page


def test_no_page_counts_what_cldr_says():
    """It would be wrong with the next release of CLDR."""
    for page in (*DOCS.rglob("*.md"), ROOT / "README.md"):
        assert not re.search(r"CLDR.*\b\d+ currenc", text(page)), page


def test_the_page_of_the_shell_holds_every_command():
    page = text(DOCS / "reference" / "shell.md")
    for command in shell_commands.commands():
        assert f"\n## `{command}`\n\n```{{shell-command}} {command}\n```\n" in page
        assert any("| `" in row for row in shell_commands.rows(command))


# The rules of each system.


def test_the_tables_show_the_tests_that_are_marked():
    shown = rule_tables.shown_by()
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for id, test in marked(path).items():
            assert (path.name, test) in shown[id]


@pytest.mark.parametrize("system", BUILT)
def test_every_rule_but_advice_has_a_test(system):
    for rule in rule_tables.rules(system):
        assert rule_tables.shown_by().get(rule["id"]) or rule["kinds"] == ["advice"]


@pytest.mark.parametrize("system", BUILT)
def test_what_declares_a_rule_is_a_field_or_a_constant(system):
    rulebook = importlib.import_module(f"seatbill.rulebooks.{system}")
    found = rule_tables.declared_by(system)
    own = {rule["id"] for rule in rule_tables.rules(system)}
    assert own & set(found)
    for id in own & set(found):
        for place in found[id]:
            if place.startswith("seatbill."):
                importlib.import_module(place)
            elif place != "the module":
                thing, _, field = place.partition(".")
                assert not field or hasattr(getattr(rulebook, thing), field)
                assert hasattr(rulebook, thing)


def test_a_rule_stands_beside_its_field():
    found = rule_tables.declared_by("clockify")
    assert found["CL-30"] == ("RULES.seats_removed",)
    assert found["CL-41"] == ("RULES.convention", "RULES.seats_added")
    assert found["CL-22"] == ("RULES.billing_roles",)
    assert found["CL-20"] == ("CATALOG",)
    assert "CL-4" not in found  # it holds under any rules


def test_every_ambiguity_that_the_source_names_is_settled_on_the_page():
    page = text(DOCS / "rulebooks" / "ambiguities.md")
    settled = {int(number) for number in re.findall(r"#ambiguity-(\d+)", page)}
    assert settled == set(range(1, 30))
    named = {
        int(number)
        for path in (ROOT / "src").rglob("*.py")
        for number in re.findall(r"ambiguit(?:y|ies) (\d+)", text(path))
    }
    assert named
    assert named <= settled


# The pictures say what the code does.

TEAMLEADER = "seatbill.rulebooks.teamleader"
CANCEL = {"Cancel, at once", "Cancel, at the period’s end"}


@pytest.mark.skipif(
    not os.environ.get("SEATBILL_SITE"), reason="make docs draws them, and looks again"
)
def test_the_ways_between_statuses_are_these():
    trialing, active, free, frozen, paused, canceled = Status
    assert explored.transitions() == {
        (trialing, active): {"EndTrial", "the trial ends"},
        (trialing, free): CANCEL,
        (trialing, canceled): CANCEL,
        (active, frozen): {"Freeze"},
        (active, free): CANCEL,
        (active, canceled): CANCEL,
        (frozen, active): {"Unfreeze", "the longest freeze is over"},
        (frozen, free): {"Cancel, at once"},
        (frozen, canceled): {"Cancel, at once"},
        (active, paused): {"the period ends"},
        (trialing, paused): {"the trial ends"},
        (paused, active): {"EndPause", "the pause ends"},
        (paused, free): {"Cancel, at once"},
        (paused, canceled): {"Cancel, at once"},
        (free, active): {"SwitchPlan"},
    }
    assert explored.ways_in() == {
        active: {"subscribe"},
        trialing: {"subscribe, with a trial"},
        free: {"subscribe, on the free plan"},
    }


def test_every_change_is_asked():
    kinds = {kind.__name__ for kind in explored.SAMPLES}
    listed = {kind.__name__ for kind in get_args(Change)}
    assert kinds == listed


def test_a_change_that_waits_goes_these_ways():
    found = explored.waiting()
    withdrawn = {"WithdrawPending", "Resume", "Cancel"}
    assert {way: causes for way, causes in found.items() if way[1] != "nothing"} == {
        ("nothing", "waits"): {"asked in time"},
        ("nothing", "later"): {"asked too late"},
        ("waits", "waits"): {"asked again"},
        ("later", "later"): {"asked again"},
        ("later", "waits"): {"the period ends"},
        ("waits", "applied"): {"the period ends", "a new period starts at once"},
    }
    for start in ("waits", "later"):
        assert withdrawn <= found[start, "nothing"]


def test_an_update_is_ended_by_its_own_kind_and_by_an_end():
    asked = {
        ChangeKind.PLAN: {"SwitchPlan"},
        ChangeKind.INTERVAL: {"SwitchInterval"},
        ChangeKind.SEATS: {"AddSeats", "RemoveSeats", "SetSeats"},
        ChangeKind.ADD_ON: {"AddAddOn", "RemoveAddOn"},
        ChangeKind.PACKAGE: {"SwitchPackage"},
        ChangeKind.CANCELLATION: {"Cancel"},
        ChangeKind.PRICE: {"Reprice"},
        ChangeKind.PAUSE: {"Pause"},
    }
    for kind, (puts, drops) in explored.kept_by_kind().items():
        assert puts == asked[kind]
        others = {"WithdrawPending", "Cancel"}
        others |= {"Resume"} if kind is ChangeKind.CANCELLATION else set()
        others |= {"SwitchPlan"} if kind is ChangeKind.PRICE else set()
        others |= {"EndPause"} if kind is ChangeKind.PAUSE else set()
        assert others <= drops <= others | asked[kind]


def test_a_person_takes_a_seat_on_these_days():
    def days(first, last):
        return tuple(first <= day < last for day in range(explored.DAYS))

    assert explored.seat_days() == {
        MemberState.ACTIVE: days(2, 9),
        MemberState.INVITED: days(2, 6),
        MemberState.DEACTIVATED: days(0, 0),
    }


def test_a_correction_is_decided_once():
    requested, accepted, rejected = CorrectionState
    assert explored.corrections() == {
        (requested, accepted): {"accept"},
        (requested, rejected): {"reject"},
    }


def test_a_freeze_of_ten_days_moves_the_end_by_ten_days():
    before, after, first, last = explored.freeze()
    assert (last - first).days == (after.end - before.end).days == 10
    assert explored.taken_while_frozen() == {
        "Unfreeze",
        "Cancel",
        "WithdrawPending",
        "SetTaxRates",
        "SetRecipient",
        "GrantCredit",
        "Reprice",
        "ApplyDiscount",
        "RemoveDiscount",
        "Resume",
        "SetTerm",
    }


@pytest.mark.parametrize("name", state_pictures.PICTURES)
def test_a_picture_has_a_place_for_each_way_and_no_more(name):
    drawn = state_pictures.PICTURES[name]()
    assert drawn.count("<svg") == drawn.count("</svg>") == 1
    assert f'aria-labelledby="{name}-title"' in drawn
    assert set(state_pictures.WAITING_WAYS) == set(explored.waiting())
    assert set(state_pictures.CORRECTION_WAYS) == set(explored.corrections())
    assert set(state_pictures.PLACES) == set(Status)
    ended = set(state_pictures.ENDED)
    ways = {way for way in explored.transitions() if way[1] not in ended}
    assert set(state_pictures.WAYS) == ways
    assert inspect.isfunction(state_pictures.PICTURES[name])


# The house, and the engine in it.


def test_the_plan_and_the_table_have_each_room_on_its_floor():
    measured = floors.measured_floors(floors.modules_of())
    drawn = floor_plan.plan(floor_plan.storeys())
    rows = [row.split("|")[1:-1] for row in floor_plan.table()][2:]
    assert len(rows) == len(measured)
    assert 'aria-labelledby="floors-title" aria-describedby="floors-desc"' in drawn
    for room, floor in measured.items():
        assert f">{room}</text>" in drawn
        (row,) = [row for row in rows if f"`{room}" in row[1]]
        assert int(row[0]) == floor
        assert len(row[2]) > len(room)
        on = re.findall(r"`(\w+)`", row[3])
        assert max((measured[below] for below in on), default=0) == floor - 1


def test_a_room_does_not_stand_on_what_another_one_reaches():
    house = {
        "errors": "",
        "money": "from .errors import E",
        "plans": "from .money import Money\nfrom .errors import E",
        "seats": "from .errors import E",
        "lifecycle": "from . import plans, seats\nfrom .errors import E",
    }
    trees = {name: ast.parse(source) for name, source in house.items()}
    assert floors.stands_on(trees) == {
        "errors": set(),
        "money": {"errors"},
        "plans": {"money"},
        "seats": {"errors"},
        "lifecycle": {"plans", "seats"},
    }


def test_the_line_of_a_room_is_the_first_sentence_of_its_docstring():
    sources = {"a": '"""One thing.  Another."""', "b.__init__": '"""Two\n\nmore."""'}
    trees = {name: ast.parse(source) for name, source in sources.items()}
    assert [floors.purpose_of(room, trees) for room in "ab"] == ["One thing", "Two"]


def test_the_picture_of_the_engine_shows_what_is_billed():
    """−10 × 10.00 × 15/30 + 10 × 20.00 × 15/30 = 50.00."""
    told = engine_picture.story()
    totals = [str(i.total.amount) for outcome in told for i in outcome.invoices]
    assert totals == ["100.00", "50.00", "160.00"]
    drawn = engine_picture.drawn(told)
    assert 'aria-labelledby="engine-title" aria-describedby="engine-desc"' in drawn
    for shown in (
        "10 × 10.00 = 100.00",
        "−10 × 10.00 × 15/30 = −50.00",
        "10 × 20.00 × 15/30 = 100.00",
        "scheduled: 8 seats",
        "8 × 20.00 = 160.00",
        *totals,
    ):
        assert f">{shown}</text>" in drawn


def test_a_decision_that_the_source_names_is_a_heading_of_the_decisions():
    page = (ROOT / "docs/explanation/decisions.md").read_text(encoding="utf-8")
    headings = [h.lower() for h in re.findall(r"^### (.+)$", page, re.MULTILINE)]
    named = {
        " ".join(said.split())
        for path in (ROOT / "src").rglob("*.py")
        for said in re.findall(r"\bdecision: ([^)]+)\)", path.read_text("utf-8"))
    }
    assert named
    assert [n for n in named if not any(h.startswith(n) for h in headings)] == []


def test_the_page_of_the_engine_names_each_of_its_modules():
    modules = {m for m in floors.modules_of() if m.startswith("_engine.")}
    listed = dict(engine_picture.modules_table())
    assert {f"_engine.{name}" for name in listed} == modules - {"_engine.__init__"}
    assert all(listed.values())


def test_a_price_list_holds_each_price_of_the_sample():
    found = list(price_lists.rows(importlib.import_module(TEAMLEADER).CATALOG))
    assert found[1] == ("Move", "user", "30.00", "month")
    assert ("Onboarding: do it together", "purchase", "950.00", "–") in found
    assert len(found) == 3 + 2 + 4


def test_the_tutorial_ends_in_a_french_invoice():
    """14 × 20.00 × 10/30 − 14 × 12.00 × 10/30 = 37.33, and 20 % of it 7.47."""
    page = made_pages.ran(text(DOCS / "tutorial.md"))["page"]
    assert '<html lang="fr"' in page
    for words in ("Facture", "Montant dû", "37,33", "7,47", "44,80"):
        assert words in page


def test_the_changelog_shows_every_fragment():
    found = [
        path for paths in changelog_fragments.fragments().values() for path in paths
    ]
    assert {path.name for path in found} == {
        path.name for path in (ROOT / "changelog.d").glob("+*.md")
    }
