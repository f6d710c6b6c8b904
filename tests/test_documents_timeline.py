"""The timeline: bars as high as quantities, marks on their days, labels apart."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens import pictured
from seatbill import (
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Freeze,
    Member,
    Plan,
    Price,
    RemoveSeats,
    Statement,
    SwitchPlan,
    Tier,
    Timing,
    Unfreeze,
    bill,
    change,
    occupancy,
    renew,
    subscribe,
)
from seatbill.documents import timeline_svg
from seatbill.documents._drawing.canvas import Canvas, folded, shortened, text_width
from seatbill.documents._drawing.placing import Label, in_one_row, in_rows
from seatbill.documents._drawing.spans import Bar, Stack, chronicle_of, owned_steps
from seatbill.errors import LocaleError, MixedTimeError, WrongTypeError
from stories import at, plan

SVG = "{http://www.w3.org/2000/svg}"
SMALL = plan("30.00", id="small", rank=1)
LARGE = plan("60.00", id="large", rank=2)


def story(*history: Any, until: str = "2026-05-20", **more: Any) -> Statement:
    """Return what happened to 5 small seats from 1 April on."""
    more = {"seats": 5, "rules": BillingRules(), "on": at("2026-04-01")} | more
    opening = subscribe(SMALL, id="s", interval=MONTHLY, **more)
    return bill(
        opening, [(at(day), changes) for day, changes in history], until=at(until)
    )


def chronicle(statement: Statement) -> Any:
    """Return what the timeline of *statement* shows."""
    return chronicle_of(
        statement.opening, statement.invoices, statement.outcomes, statement.until
    )


def bars(lane_bars: Any) -> list[tuple[str, str, str, int, int]]:
    """Return bars as item, first day, day after the last, level and height."""
    return [
        (bar.line.item, str(bar.start), str(bar.end), bar.bottom, bar.height)
        for bar in lane_bars
    ]


# What is shown.


def test_added_seats_stand_on_those_that_were_there():
    (lane,) = chronicle(story(("2026-04-11", AddSeats(3)), until="2026-04-20")).lanes
    assert bars(lane.charges) == [
        ("small", "2026-04-01", "2026-05-01", 0, 5),
        ("small", "2026-04-11", "2026-05-01", 5, 3),
    ]
    assert bars(lane.planned) == [("small", "2026-05-01", "2026-06-01", 0, 8)]
    assert (lane.highest, lane.deepest) == (8, 0)


def test_what_is_given_back_ends_above_and_hangs_below():
    statement = story(
        ("2026-04-11", AddSeats(3)),
        ("2026-04-16", SwitchPlan(LARGE)),
        until="2026-04-20",
    )
    (lane,) = chronicle(statement).lanes
    assert bars(lane.charges) == [
        ("small", "2026-04-01", "2026-04-16", 0, 5),
        ("small", "2026-04-11", "2026-04-16", 5, 3),
        ("large", "2026-04-16", "2026-05-01", 0, 8),
    ]
    assert bars(lane.credits) == [("small", "2026-04-16", "2026-05-01", 0, 8)]
    assert lane.deepest == 8


def test_part_of_a_bar_ends_where_part_of_it_is_given_back():
    rules = BillingRules(seats_removed=Timing.IMMEDIATE)
    statement = story(("2026-04-11", RemoveSeats(2)), rules=rules, until="2026-04-20")
    (lane,) = chronicle(statement).lanes
    assert bars(lane.charges) == [
        ("small", "2026-04-01", "2026-05-01", 0, 3),
        ("small", "2026-04-01", "2026-04-11", 3, 2),
    ]
    assert [bar.part for bar in lane.charges] == [False, True]


def test_what_is_bought_and_given_back_on_one_day_leaves_no_bar_above():
    rules = BillingRules(seats_removed=Timing.IMMEDIATE)
    statement = story(
        ("2026-04-11", AddSeats(3)),
        ("2026-04-11", RemoveSeats(3)),
        ("2026-04-12", AddSeats(1)),
        rules=rules,
        until="2026-04-20",
    )
    (lane,) = chronicle(statement).lanes
    assert bars(lane.charges) == [
        ("small", "2026-04-01", "2026-05-01", 0, 5),
        ("small", "2026-04-12", "2026-05-01", 5, 1),
    ]
    assert bars(lane.credits) == [("small", "2026-04-11", "2026-05-01", 0, 3)]


def test_credits_of_one_time_hang_one_below_the_other():
    rules = BillingRules(seats_removed=Timing.IMMEDIATE)
    statement = story(
        ("2026-04-11", RemoveSeats(1)),
        ("2026-04-12", RemoveSeats(2)),
        rules=rules,
        until="2026-04-20",
    )
    (lane,) = chronicle(statement).lanes
    assert [(bar.bottom, bar.height) for bar in lane.credits] == [(0, 1), (1, 2)]


def test_each_add_on_has_a_lane_of_its_own():
    first, second = (
        AddOn(name, name, [Price(unit_amount=1, currency="USD")]) for name in "ab"
    )
    statement = story(
        ("2026-04-02", (AddAddOn(first, 2), AddAddOn(second))), until="2026-04-20"
    )
    lanes = chronicle(statement).lanes
    assert [lane.place[1] for lane in lanes] == ["seat", "a", "b"]
    heads = [text.text for text in classed(drawn(statement), "head", "text")]
    assert heads == ["Up to 5 seats", "Up to 2 × \u2068a\u2069", "\u2068b\u2069"]


def test_a_gap_between_bars_is_filled_first():
    # What ended below another bar leaves a gap of 5, in which 4 have room.
    line = story(until="2026-04-20").invoices[0].lines[0]
    low = Bar(line, at("2026-03-01"), at("2026-04-01"), 0, 5)
    high = Bar(line, at("2026-03-01"), at("2026-05-01"), 5, 3)
    for height, bottom in ((4, 0), (5, 0), (6, 8)):
        stack = Stack()
        stack.bars, stack.running, stack.top = [low, high], [low, high], None
        stack.first_end = low.end
        stack.place(line, height, ())
        assert (stack.bars[-1].bottom, stack.bars[-1].height) == (bottom, height)


def test_a_credit_ends_bars_of_its_own_item_alone():
    """Of another plan's seats, though they were opened later, nothing goes back."""
    small = story(until="2026-04-05").invoices[0].lines[0]
    upgraded = story(("2026-04-16", SwitchPlan(LARGE)), until="2026-04-20")
    large = upgraded.invoices[-1].lines[-1]
    assert (small.item, large.item) == ("small", "large")
    stack = Stack()
    stack.place(small, 5, ())
    stack.place(large, 5, ())
    stack.cut(upgraded.invoices[-1].lines[0], 5)
    assert [str(bar.end) for bar in stack.bars] == ["2026-04-16", "2026-05-01"]


def test_a_credit_of_more_than_is_shown_ends_all_that_is():
    """What was charged elsewhere has no bar of its own."""
    added = story(("2026-04-16", SwitchPlan(LARGE)), until="2026-04-20")
    credit = added.invoices[-1].lines[0]
    stack = Stack()
    stack.place(added.invoices[0].lines[0], 3, ())
    stack.cut(credit, 5)
    assert [str(bar.end) for bar in stack.bars] == ["2026-04-16"]


def test_what_cannot_be_renewed_has_no_next_period():
    opening = subscribe(
        SMALL,
        id="s",
        interval=MONTHLY,
        seats=1,
        on=at("9999-11-30"),
        rules=BillingRules(),
    )
    shown = chronicle(bill(opening, [], until=at("9999-12-29")))
    assert shown.next_invoice is None
    assert shown.lanes[0].planned == ()


def test_a_bar_under_tiers_says_its_amount_alone():
    tiers = [Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8")]
    tiered = Plan("tiered", "Tiered", 1, [Price(currency="USD", tiers=tiers)])
    opening = subscribe(
        tiered,
        id="s",
        interval=MONTHLY,
        seats=6,
        on=at("2026-04-01"),
        rules=BillingRules(),
    )
    svg = drawn(bill(opening, [], until=at("2026-04-20")))
    assert [text.text for text in classed(svg, "amount", "text")] == ["$58.00"]
    assert classed(svg, "sum", "text") == []


def test_a_freeze_moves_the_end_of_what_was_paid():
    rules = BillingRules(max_freeze_days=60)
    statement = story(
        ("2026-04-11", Freeze()),
        ("2026-04-21", Unfreeze()),
        rules=rules,
        until="2026-05-05",
    )
    shown = chronicle(statement)
    assert bars(shown.lanes[0].charges) == [("small", "2026-04-01", "2026-05-11", 0, 5)]
    assert shown.freezes == ((at("2026-04-11"), at("2026-04-21")),)
    assert shown.lanes[0].charges[0].pieces == [
        (at("2026-04-01"), at("2026-04-11")),
        (at("2026-04-21"), at("2026-05-11")),
    ]
    still = chronicle(story(("2026-04-11", Freeze()), rules=rules, until="2026-04-15"))
    assert still.freezes == ((at("2026-04-11"), at("2026-04-15")),)
    first = chronicle(
        story(
            ("2026-04-01", Freeze()),
            ("2026-04-21", Unfreeze()),
            rules=rules,
            until="2026-05-05",
        )
    )
    assert first.lanes[0].charges[0].pieces == [(at("2026-04-21"), at("2026-05-21"))]
    ended = chronicle(
        story(
            ("2026-04-06", SwitchPlan(LARGE)),
            ("2026-04-11", Freeze()),
            rules=rules,
            until="2026-04-15",
        )
    ).lanes[0]
    assert ended.charges[0].pieces == [(at("2026-04-01"), at("2026-04-06"))]
    assert str(ended.credits[0].end) == "2026-05-01"
    just = chronicle(story(("2026-04-11", Freeze()), rules=rules, until="2026-04-11"))
    assert just.freezes == ()
    thawed = chronicle(story(("2026-04-11", Freeze()), rules=rules, until="2026-07-20"))
    assert thawed.freezes == ((at("2026-04-11"), at("2026-06-10")),)


def test_periods_begin_where_they_are_charged():
    shown = chronicle(story(("2026-04-11", AddSeats(1)), until="2026-06-20"))
    days = ["2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01"]
    assert [str(day) for day in shown.boundaries] == days
    ended = chronicle(story(("2026-04-11", Cancel()), until="2026-06-20"))
    assert [str(day) for day in ended.boundaries] == ["2026-04-01", "2026-05-01"]
    assert ended.next_invoice is None
    rules = BillingRules(max_freeze_days=60)
    moved = chronicle(
        story(
            ("2026-04-11", Freeze()),
            ("2026-04-21", Unfreeze()),
            rules=rules,
            until="2026-05-05",
        )
    )
    assert [str(day) for day in moved.boundaries] == ["2026-04-01", "2026-05-11"]
    assert str(ended.last) == "2026-06-20"


def test_seats_owned_change_on_the_day_of_the_change_or_when_it_acts():
    statement = story(
        ("2026-04-11", AddSeats(3)),
        ("2026-04-16", RemoveSeats(2)),
        ("2026-05-10", AddSeats(1)),
        ("2026-05-12", SwitchPlan(LARGE)),
        ("2026-05-14", RemoveSeats(1)),
        until="2026-05-20",
    )
    steps = owned_steps(chronicle(statement), "seat")
    assert [(str(day), owned) for day, owned in steps] == [
        ("2026-04-01", 5),
        ("2026-04-11", 8),
        ("2026-05-01", 6),
        ("2026-05-10", 7),
    ]


# How it is drawn.


def drawn(*args: Any, **more: Any) -> ET.Element:
    """Return a timeline as elements."""
    return ET.fromstring(timeline_svg(*args, **more))


def classed(svg: ET.Element, name: str, tag: str = "rect") -> list[ET.Element]:
    """Return the elements of a class."""
    return [e for e in svg.iter(f"{SVG}{tag}") if e.get("class") == name]


def numbered(svg: ET.Element, kind: str) -> list[ET.Element]:
    """Return the numbered marks of a kind; the one of the legend has no number."""
    return [g for g in classed(svg, kind, "g") if g.find(f"{SVG}text") is not None]


def number(element: ET.Element, name: str) -> float:
    return float(str(element.get(name)))


def test_heights_follow_quantities_and_widths_time():
    svg = drawn(story(("2026-04-16", AddSeats(5)), until="2026-04-20"))
    first, second = classed(svg, "charge")[:2]
    assert number(first, "height") == number(second, "height")
    assert number(second, "width") == pytest.approx(number(first, "width") / 2, abs=0.1)
    assert number(second, "y") + number(second, "height") == number(first, "y")


def test_credits_hang_below_the_line_on_which_charges_stand():
    svg = drawn(story(("2026-04-16", SwitchPlan(LARGE)), until="2026-04-20"))
    (credit, *_) = classed(svg, "credit")
    base = number(classed(svg, "base", "line")[0], "y1")
    assert number(credit, "y") == pytest.approx(base, abs=0.1)
    charge = classed(svg, "charge")[0]
    assert number(charge, "y") + number(charge, "height") == pytest.approx(
        base, abs=0.1
    )


def test_every_plan_has_a_colour_and_a_pattern_of_its_own():
    plans = [plan("1", id=f"p{i}", rank=i) for i in range(9)]
    opening = subscribe(
        plans[0],
        id="s",
        interval=MONTHLY,
        seats=1,
        on=at("2026-04-01"),
        rules=BillingRules(),
    )
    history = [
        (at("2026-04-01") + dt.timedelta(2 * i), SwitchPlan(plans[i]))
        for i in range(1, 9)
    ]
    svg = drawn(bill(opening, history, until=at("2026-04-20")))
    patterns = {}
    for pattern in svg.iter(f"{SVG}pattern"):
        tile = "".join(str(e.get("d") or e.get("r")) for e in pattern)
        patterns[str(pattern.get("id"))] = (pattern.get("class"), tile)
    charges = [look for id, look in patterns.items() if "-charge-" in id]
    assert len(charges) == 9
    assert len(set(charges)) == 9
    used = {re.sub(r"url\(#(.*)\)", r"\1", str(e.get("fill"))) for e in svg.iter()}
    assert used - {"None", "none"} <= set(patterns)


def test_a_bar_tells_its_sum_where_it_is_pointed_at():
    svg = drawn(story(("2026-04-16", AddSeats(1)), until="2026-04-20"))
    said = [title.text or "" for title in svg.iter(f"{SVG}title")]
    assert any("30.00" in text and "15/30" in text for text in said)
    labels = [text.text for text in classed(svg, "sum", "text")]
    assert "5 × $30.00" in labels


def test_changes_are_numbered_and_listed_with_their_amounts():
    svg = drawn(story(("2026-04-16", AddSeats(1)), ("2026-04-18", RemoveSeats(1))))
    marks = [
        group.findtext(f"{SVG}text")
        for kind in ("change", "pending")
        for group in classed(svg, kind, "g")
        if group.find(f"{SVG}text") is not None
    ]
    assert marks == ["1", "2"]
    entries = [text.text for text in classed(svg, "entry", "text")]
    assert entries == [
        "\u2068Apr 16, 2026\u2069 – Add 1 seat · \u2068$15.00\u2069",
        "\u2068Apr 18, 2026\u2069 – Remove 1 seat",
    ]


def test_the_list_counts_as_the_marks_do():
    svg = drawn(story(("2026-04-16", AddSeats(1)), ("2026-04-18", RemoveSeats(1))))
    numbers = classed(svg, "number", "text")
    entries = classed(svg, "entry", "text")
    assert [text.text for text in numbers] == ["1", "2"]
    assert [n.get("y") for n in numbers] == [e.get("y") for e in entries]
    assert number(entries[1], "y") - number(entries[0], "y") == 19


def test_marks_amounts_and_days_stand_on_their_day():
    svg = drawn(story(("2026-04-16", AddSeats(1)), until="2026-06-20"))
    second = classed(svg, "charge")[1]
    (change,) = numbered(svg, "change")
    circle = change.find(f"{SVG}circle")
    assert number(circle, "cx") == pytest.approx(number(second, "x"), abs=0.2)
    assert number(circle, "cx") == number(change.find(f"{SVG}text"), "x")
    drop = classed(svg, "drop change", "line")[0]
    assert number(drop, "x1") == pytest.approx(number(second, "x"), abs=0.2)
    third = classed(svg, "charge")[2]
    days = {text.text: text for text in classed(svg, "day", "text")}
    edge = number(third, "x")
    assert number(days["May 1, 2026"], "x") == pytest.approx(edge, abs=0.2)
    totals = {
        group.findtext(f"{SVG}text"): group.find(f"{SVG}text")
        for group in classed(svg, "total invoice", "g")
    }
    assert number(totals["$180.00"], "x") > edge  # the last of two such invoices
    assert number(totals["$15.00"], "x") == pytest.approx(number(second, "x"), abs=0.2)
    until = classed(svg, "until", "line")[0]
    said = days["As of \u2068Jun 20, 2026\u2069"]
    assert number(said, "x") == pytest.approx(number(until, "x1"), abs=0.2)


def test_what_comes_next_is_shown_for_a_part():
    svg = drawn(story(until="2026-04-20"))
    planned = classed(svg, "planned")[0]
    charge = classed(svg, "charge")[0]
    share = number(planned, "width") / number(charge, "width")
    assert share == pytest.approx(1 / 16, abs=0.04)  # one day of thirty
    ended = drawn(story(("2026-04-11", Cancel()), until="2026-06-20"))
    last = classed(ended, "until", "line")[0]
    assert number(last, "x1") == 736 - 14


def test_what_came_back_is_hatched_and_what_is_planned_is_empty():
    svg = drawn(story(("2026-04-16", SwitchPlan(LARGE)), until="2026-04-20"))
    assert "-credit-" in str(classed(svg, "credit")[0].get("fill"))
    assert "-charge-" in str(classed(svg, "charge")[0].get("fill"))
    assert classed(svg, "planned")[0].get("fill") == "none"


def test_a_bar_too_low_or_too_narrow_has_no_words():
    svg = drawn(story(seats=100, until="2026-04-20"))
    assert [text.text for text in classed(svg, "amount", "text")] == ["$3,000.00"]
    low = story(("2026-04-16", AddSeats(1)), seats=100, until="2026-04-20")
    assert len(classed(drawn(low), "amount", "text")) == 1
    narrow = story(("2026-04-29", AddSeats(5)), until="2026-04-29")
    assert len(classed(drawn(narrow), "amount", "text")) == 1


def test_the_words_of_a_frozen_bar_are_in_its_longest_piece():
    statement = story(
        ("2026-04-03", Freeze()),
        ("2026-04-13", Unfreeze()),
        rules=BillingRules(max_freeze_days=60),
        until="2026-05-05",
    )
    svg = drawn(statement)
    first, second = classed(svg, "charge")[:2]
    (words,) = classed(svg, "amount", "text")
    middle = number(second, "x") + number(second, "width") / 2
    assert number(first, "width") < number(second, "width")
    assert number(words, "x") == pytest.approx(middle, abs=0.2)


def test_what_waits_is_numbered_too_and_not_yet_done():
    svg = drawn(story(("2026-04-18", RemoveSeats(1)), until="2026-04-20"), locale="fr")
    (waits,) = numbered(svg, "pending")
    assert waits.findtext(f"{SVG}text") == "2"
    assert [len(classed(svg, "planned"))] == [2]  # the next period, and the legend


def test_invoices_carry_their_totals_and_the_next_one_too():
    svg = drawn(story(until="2026-05-20"))
    totals = [
        group.findtext(f"{SVG}text")
        for group in svg.iter(f"{SVG}g")
        if str(group.get("class")).startswith("total")
    ]
    assert totals == ["$150.00", "$150.00", "$150.00"]
    assert classed(svg, "total next", "g")


def test_people_are_shown_against_the_seats_owned():
    people = [
        Member("a", joined_on=at("2026-04-01")),
        Member("b", joined_on=at("2026-04-11"), left_on=at("2026-04-21")),
        Member("c", joined_on=at("2027-01-01")),
        Member("d", "limited", joined_on=at("2026-04-12")),
    ]
    svg = drawn(story(), members=people)
    (owned,) = classed(svg, "owned", "polyline")
    (taken,) = classed(svg, "occupied", "polyline")
    assert len(str(owned.get("points")).split()) == 2
    assert len(str(taken.get("points")).split()) == 6  # 1, then 2, then 1 again
    base = number(classed(svg, "base", "line")[0], "y1")

    def levels(line: ET.Element) -> list[float]:
        return [base - float(p.split(",")[1]) for p in str(line.get("points")).split()]

    # A seat is 24 high where there is room.
    assert levels(taken) == [24, 24, 48, 48, 24, 24]
    assert set(levels(owned)) == {120}
    counted = drawn(story(), members=occupancy(people[:1], owned=5))
    (dot,) = classed(counted, "occupied", "circle")
    assert base - number(dot, "cy") == 24
    assert number(dot, "cx") == number(classed(counted, "until", "line")[0], "x1")
    others = drawn(story(), members=occupancy(people[3:], owned={"limited": 1}))
    assert classed(others, "occupied", "circle") == []
    nobody = drawn(story(), members=[people[3]])
    (none,) = classed(nobody, "occupied", "polyline")
    assert set(levels(none)) == {0}


def test_a_trial_and_a_freeze_are_named():
    svg = drawn(pictured.everything())
    days = [text.text for text in classed(svg, "day", "text")]
    assert "Trial" in days
    assert len(classed(svg, "phase")) == 2
    heads = [text.text for text in classed(svg, "head", "text")]
    assert heads == [
        "Up to 6 seats",
        "\u2068Storage, 100 GB\u2069",
        "Discount: \u2068spring\u2069",
    ]


def test_two_phases_close_together_keep_one_name():
    rules = BillingRules(max_freeze_days=60)
    history = []
    for day in (2, 4, 6, 8):
        history += [
            (f"2026-04-{day:02}", Freeze()),
            (f"2026-04-{day + 1:02}", Unfreeze()),
        ]
    svg = drawn(story(*history, rules=rules, until="2028-04-20"))
    assert len(classed(svg, "phase")) == 4
    days = [text.text for text in classed(svg, "day", "text")]
    assert 0 < days.count("Frozen") < 4


def test_a_language_from_the_right_mirrors_the_time():
    statement = story(("2026-04-16", AddSeats(1)), until="2026-04-20")
    ltr, rtl = (drawn(statement, locale=at) for at in ("en", "ar"))
    assert (ltr.get("direction"), rtl.get("direction")) == ("ltr", "rtl")
    for left, right in zip(classed(ltr, "charge"), classed(rtl, "charge"), strict=True):
        mirrored = 736 - number(left, "x") - number(left, "width")
        assert number(right, "x") == pytest.approx(mirrored, abs=0.2)


def test_it_is_described_in_words():
    svg = drawn(story(("2026-04-16", AddSeats(1))))
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Timeline of s"
    said = "3 invoices, 1 change, Apr 1, 2026 – May 20, 2026"
    assert svg.findtext(f"{SVG}desc") == said


def test_outcomes_are_a_history_too():
    first = subscribe(
        SMALL,
        id="s",
        interval=MONTHLY,
        seats=5,
        on=at("2026-04-01"),
        rules=BillingRules(),
    )
    second = change(first.subscription, AddSeats(1), on=at("2026-04-16"))
    third = renew(second.subscription, on=at("2026-05-01"))
    svg = drawn([first, second, third])
    assert len(classed(svg, "charge")) == 3 + 1  # and the legend
    alone = drawn([second])
    assert len(classed(alone, "charge")) == 1 + 1
    opening = drawn([first])
    assert (
        opening.findtext(f"{SVG}desc")
        == "1 invoice, 0 changes, Apr 1, 2026 – Apr 1, 2026"
    )


def test_nothing_charged_yet_is_a_picture_too():
    empty = Plan("none", "None", 0, ())
    opening = subscribe(
        empty,
        id="s",
        interval=MONTHLY,
        seats=0,
        on=at("2026-04-01"),
        rules=BillingRules(free_plan=empty),
        currency="USD",
    )
    svg = drawn(bill(opening, [], until=at("2026-04-01")))
    assert classed(svg, "charge") == []


def test_instants_are_placed_too():
    statement = story(
        ("2026-04-16T12:00:00+00:00", AddSeats(5)),
        on=at("2026-04-01T00:00:00+00:00"),
        until="2026-04-20T00:00:00+00:00",
    )
    first, second = classed(drawn(statement), "charge")[:2]
    part = number(second, "width") / number(first, "width")
    assert part == pytest.approx(14.5 / 30, abs=0.01)


def test_many_changes_are_listed_in_two_columns_and_then_counted():
    history = [
        (f"2026-{4 + i // 28:02}-{1 + i % 28:02}", AddSeats(1)) for i in range(70)
    ]
    svg = drawn(story(*history, until="2026-07-20"))
    entries = [text.text for text in classed(svg, "entry", "text")]
    assert len(entries) == 61
    assert entries[-1] == "and 10 more"
    assert len({text.get("x") for text in classed(svg, "entry", "text")}) == 2


def test_more_marks_on_one_day_than_rows_are_left_out():
    history = [("2026-04-16", AddSeats(1))] * 12
    svg = drawn(story(*history, until="2026-04-20"))
    marks = numbered(svg, "change")
    assert len(marks) == 8
    totals = [g for g in svg.iter(f"{SVG}g") if str(g.get("class")).startswith("total")]
    assert len(totals) == 1 + 8 + 1  # the first before them, the next after them
    assert len(classed(svg, "entry", "text")) == 12


# Labels.


def boxes(svg: ET.Element) -> list[tuple[float, float, float, str]]:
    """Return each text as its sides, its line and its words."""
    found = []
    for text in svg.iter(f"{SVG}text"):
        words = str(text.text)
        size = 12 if text.get("class") in ("key", "entry", "number") else 10
        width = text_width(words, size) * 0.8  # the estimate is generous
        x = number(text, "x")
        near = {"middle": x - width / 2, "end": x - width}.get(
            str(text.get("text-anchor")), x
        )
        found.append((near, near + width, number(text, "y"), words))
    return found


@pytest.mark.parametrize(
    "statement", [pictured.one_period, pictured.two_years, pictured.everything]
)
def test_no_label_lies_on_another(statement):
    for one, other in combinations(boxes(drawn(statement())), 2):
        if abs(one[2] - other[2]) < 8:
            assert one[1] <= other[0] or other[1] <= one[0], (one, other)


@given(
    st.lists(
        st.tuples(st.floats(0, 700), st.floats(1, 120)), min_size=0, max_size=60
    ).map(sorted),
    st.integers(1, 8),
)
def test_labels_in_rows_never_touch_and_stay_inside(given, most):
    labels = [Label(x, width) for x, width in given]
    placed = in_rows(labels, 0, 700, 4, most)
    found = [
        (at[1], at[0], at[0] + label.width)
        for at, label in zip(placed, labels, strict=True)
        if at is not None
    ]
    for row, near, far in found:
        assert near >= 0
        assert far <= 700 + 1e-9
        assert row < most
    for one, other in combinations(sorted(found), 2):
        assert one[0] != other[0] or one[2] + 4 <= other[1] + 1e-9
    single = in_one_row(labels, 0, 700, 4)
    spots = sorted(
        (near, near + label.width)
        for near, label in zip(single, labels, strict=True)
        if near is not None
    )
    assert all(a[1] + 4 <= b[0] + 1e-9 for a, b in pairwise(spots))
    assert not labels or single[0] is not None


def test_the_first_and_the_last_label_come_first():
    labels = [Label(0, 60), Label(50, 60), Label(100, 60)]
    assert in_one_row(labels, 0, 130, 4) == [0, None, 70]
    assert in_one_row([], 0, 100, 4) == []
    assert in_one_row([Label(5, 200)], 0, 100, 4) == [None]


def test_a_label_is_as_wide_as_its_letters():
    assert text_width("", 10) == 0
    assert text_width("iiii", 10) < text_width("MMMM", 10)
    assert text_width("日本", 10) == 21
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("A", 10) > text_width("a", 10)


def test_widths_are_added_up_exactly():
    """Python adds floats up in one way until 3.11 and in another from 3.12 on.

    An i is 42, an M 100, an A 74 and an a 66 hundredths of the size, which is 11.
    """
    for n in range(200):
        assert text_width("i" * n, 11) == 42 * 11 * n / 100
        assert text_width("iMAa" * n, 12) == (42 + 100 + 74 + 66) * 12 * n / 100
    text = "iMAa" * 9
    for n in range(1, len(text) - 1):
        room = text_width(f"{text[:n]}…", 11)
        assert shortened(text, 11, room) == f"{text[:n]}…"


def test_a_long_label_is_cut_with_an_ellipsis():
    assert shortened("short", 10, 100) == "short"
    cut = shortened("a rather long label", 10, 60)
    assert cut.endswith("…")
    assert text_width(cut, 10) <= 60
    assert shortened("word", 10, 1) == ""
    assert shortened("a rather", 10, text_width("a rather", 10)) == "a rather"


def test_a_name_of_a_hundred_thousand_letters_is_cut_at_once():
    """Letter by letter from the end it took a minute at a fifth of that."""
    assert shortened("i" * 100_000, 10, 32) == "iiiii…"


def test_a_long_sentence_is_folded_between_words():
    assert folded("one two three", 10, 200) == ["one two three"]
    assert folded("one two three", 10, 50) == ["one two", "three"]
    assert folded("alongword b", 10, 20) == ["alongword", "b"]


def test_places_are_counted_from_where_the_language_starts():
    left, right = Canvas(100, False), Canvas(100, True)
    assert 'x="10" y="1" width="20" height="2"' in left.rect(10, 1, 20, 2)
    assert 'x="70" y="1" width="20" height="2"' in right.rect(10, 1, 20, 2)
    assert right.text(10, 1, "a") == '<text x="90" y="1">a</text>'
    assert left.text(10.04, 1, "a", anchor="end") == (
        '<text x="10" y="1" text-anchor="end">a</text>'
    )
    assert right.line(0, 1, 10, 2, class_="b") == (
        '<line x1="100" y1="1" x2="90" y2="2" class="b"/>'
    )


# Refusals.


@pytest.mark.parametrize("given", [None, 1, "text", [], [1]])
def test_what_is_no_history_is_refused(given):
    with pytest.raises(WrongTypeError) as refusal:
        timeline_svg(given)
    assert refusal.value.name == "statement"


def test_other_arguments_are_checked_too():
    statement = story()
    with pytest.raises(LocaleError):
        timeline_svg(statement, locale="xx")
    with pytest.raises(WrongTypeError):
        timeline_svg(statement, locale=None)
    with pytest.raises(WrongTypeError):
        timeline_svg(statement, catalog={})
    with pytest.raises(WrongTypeError):
        timeline_svg(statement, members=["ann"])
    joined = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
    with pytest.raises(MixedTimeError):
        timeline_svg(statement, members=[Member("ann", joined_on=joined)])
