"""The seat bar: blue while a seat is free, red when none is, as text and drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from seatbill import Member, occupancy
from seatbill.documents import seat_bar_html, seat_bar_svg, seat_bar_text
from seatbill.errors import LocaleError, WrongTypeError
from seatbill.seats import SeatCount
from seatbill.views import SeatBar

SVG = "{http://www.w3.org/2000/svg}"


def count(owned: int, occupied: int, leaving: int = 0) -> SeatCount:
    return SeatCount(
        unit="seat", owned=owned, occupied=occupied, scheduled_removal=leaving
    )


def cells(svg: str) -> list[str]:
    """Return what each cell of a drawing is."""
    found = ET.fromstring(svg).iter(f"{SVG}rect")
    names = [str(cell.get("class")) for cell in found]
    return [name.removeprefix("cell ") for name in names if name != "ground"]


@pytest.mark.rule("CL-26")
@pytest.mark.parametrize(
    ("seats", "bar", "words"),
    [
        (count(10, 8), "################----", "8 of 10 seats used, 2 free"),
        (count(10, 10), "####################", "10 of 10 seats used, none free"),
        (count(1, 0), "--------------------", "0 of 1 seat used, 1 free"),
        (count(0, 0), "####################", "0 of 0 seats used, none free"),
        (count(2, 3), "####################", "3 of 2 seats used, 1 missing"),
        (count(1000, 999), "###################-", "999 of 1,000 seats used, 1 free"),
        (
            count(10, 7, 1),
            "##############----~~",
            "7 of 10 seats used, 3 free; 1 is scheduled for removal",
        ),
        (
            count(10, 8, 2),
            "################~~~~",
            "8 of 10 seats used, 2 free; 2 are scheduled for removal",
        ),
        (
            count(100, 90, 1),
            "##################-~",
            "90 of 100 seats used, 10 free; 1 is scheduled for removal",
        ),
    ],
)
def test_a_bar_in_characters(seats, bar, words):
    assert seat_bar_text(seats) == f"[{bar}]  {words}"


@pytest.mark.rule("CL-27")
@pytest.mark.parametrize(("used", "color"), [(9, "blue"), (10, "red"), (11, "red")])
def test_a_bar_is_red_when_no_seat_is_free(used, color):
    drawn = cells(seat_bar_svg(count(10, used)))
    free = max(10 - used, 0)
    assert drawn == [color] * (10 - free) + ["free"] * free


def test_seats_that_wait_for_removal_are_drawn_apart():
    drawn = cells(seat_bar_svg(count(10, 7, 1)))
    assert drawn == ["blue"] * 7 + ["free"] * 2 + ["leaving"]


def test_many_seats_are_parts_of_one_bar():
    svg = ET.fromstring(seat_bar_svg(count(1000, 250, 500)))
    widths = [float(str(cell.get("width"))) for cell in svg.iter(f"{SVG}rect")]
    assert widths == [420, 100, 100, 200]  # the ground first
    assert cells(seat_bar_svg(count(41, 0))) == ["free"]
    assert len(cells(seat_bar_svg(count(40, 0)))) == 40
    one = ET.fromstring(seat_bar_svg(count(1, 0)))
    assert [cell.get("width") for cell in one.iter(f"{SVG}rect")] == ["420", "397"]
    assert cells(seat_bar_svg(count(0, 0))) == ["red"]


def test_each_kind_of_seat_has_its_bar():
    both = occupancy(
        [Member("a"), Member("b", "limited")], owned={"seat": 2, "limited": 1}
    )
    assert seat_bar_text(both).splitlines() == [
        "[##########----------]  1 of 2 seats used, 1 free",
        "[####################]  1 of 1 limited seat used, none free",
    ]
    svg = ET.fromstring(seat_bar_svg(both))
    assert svg.findtext(f"{SVG}title") == (
        "1 of 2 seats used, 1 free; 1 of 1 limited seat used, none free"
    )
    assert len(list(svg.iter(f"{SVG}text"))) == 2
    html = ET.fromstring(seat_bar_html(both))
    said = ["1 of 2 seats used, 1 free", "1 of 1 limited seat used, none free"]
    assert [p.text for p in html.iter("p")] == said
    assert len(list(html.iter("style"))) == 1
    assert html.find("div/svg/style") is not None
    assert seat_bar_text(occupancy([], owned={})) == ""
    assert cells(seat_bar_svg(occupancy([], owned={}))) == []


def test_long_words_take_two_lines():
    def lines(locale: str) -> int:
        svg = ET.fromstring(seat_bar_svg(count(1400, 1200, 100), locale=locale))
        return len(list(svg.iter(f"{SVG}text")))

    assert (lines("en"), lines("fr")) == (2, 2)


def test_a_bar_of_a_page_is_accepted():
    assert seat_bar_text(SeatBar(count(2, 1))) == seat_bar_text(count(2, 1))


def test_a_bar_grows_from_the_side_on_which_the_language_starts():
    def first(locale: str) -> float:
        svg = ET.fromstring(seat_bar_svg(count(2, 1), locale=locale))
        _ground, cell, *_ = svg.iter(f"{SVG}rect")
        return float(str(cell.get("x")))

    assert (first("en"), first("ar")) == (10, 213)
    html = ET.fromstring(seat_bar_html(count(2, 1), locale="ar"))
    assert (html.get("dir"), html.get("lang")) == ("rtl", "ar")
    cell = next(html.iter("rect"))
    assert float(str(cell.get("x"))) == 203


@pytest.mark.parametrize("write", [seat_bar_text, seat_bar_html, seat_bar_svg])
def test_what_is_no_count_of_seats_is_refused(write):
    with pytest.raises(WrongTypeError) as refusal:
        write(10)
    assert refusal.value.name == "occupancy"
    with pytest.raises(WrongTypeError):
        write(count(1, 0), locale=None)
    with pytest.raises(LocaleError) as unknown:
        write(count(1, 0), locale="xx-YY")
    assert unknown.value.locale == "xx-YY"
