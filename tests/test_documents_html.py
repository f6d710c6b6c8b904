"""Documents as HTML: their structure, and that nothing from outside gets a hold."""

from __future__ import annotations

import decimal
import locale as process_locale
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens import pictured
from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Catalog,
    Discount,
    Member,
    Party,
    Plan,
    Price,
    RemoveSeats,
    TaxCategory,
    TaxRate,
    bill,
    occupancy,
    subscribe,
)
from seatbill.converters import bill_request, parse, read_request, seats_of
from seatbill.documents import (
    seat_bar_html,
    seat_bar_svg,
    timeline_svg,
    to_html,
    to_text,
)
from seatbill.documents._drawing.plot import COLORS
from seatbill.documents._markup import (
    Markup,
    characters,
    element,
    escape,
    isolated,
    joined,
)
from seatbill.documents._stylesheets import BARS, PAGE, TIMELINE
from seatbill.documents.html import _figure
from stories import at

KINDS = {
    "invoice": pictured.upgrade,
    "numbered": pictured.one_line,
    "forty lines": pictured.forty_lines,
    "negative": pictured.negative,
    "credit note": pictured.note,
    "correction": pictured.correction,
    "view": pictured.view,
    "statement": pictured.growing,
    "outcome": lambda: pictured.growing().outcomes[0],
}
LOCALES = ("en", "fr", "ar", "he", "ja", "fr-CA")


class Reader(HTMLParser):
    """What a browser finds: elements, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def tree(html: str) -> ET.Element:
    """Return the elements of a page or drawing that is well-formed XML."""
    return ET.fromstring(html)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_document_is_well_formed_in_every_language(kind, locale):
    html = to_html(
        KINDS[kind](), locale=locale, catalog=pictured.CATALOG, seller=pictured.SELLER
    )
    assert html.startswith("<!DOCTYPE html>\n<html lang=")
    root = tree(html)
    rtl = locale == "ar"  # Hebrew has no catalogue, so its words are English
    assert root.get("dir") == ("rtl" if rtl else "ltr")
    assert root.find("head/title") is not None
    assert len(root.findall(".//h1")) == 1
    assert root.find("body/main") is not None
    for table in root.iter("table"):
        assert table.find("caption") is not None
        assert {th.get("scope") for th in table.findall("thead//th")} == {"col"}
        assert {th.get("scope") for th in table.findall("tbody//th")} == {"row"}
    assert root.find(".//time") is not None


def test_the_language_of_the_page_is_that_of_its_words():
    def language(locale: str) -> str | None:
        return tree(to_html(pictured.upgrade(), locale=locale)).get("lang")

    assert [language(at) for at in ("en", "fr_CA", "ar", "ja")] == [
        "en",
        "fr-CA",
        "ar",
        "en",
    ]


def test_days_and_periods_can_be_read_by_a_machine():
    root = tree(to_html(pictured.upgrade()))
    assert [time.get("datetime") for time in root.iter("time")] == ["2026-03-02"]
    assert [data.get("value") for data in root.iter("data")] == [
        "2026-03-02/2026-03-14"
    ] * 2
    opening = subscribe(
        pictured.BASIC,
        id="s",
        interval=MONTHLY,
        seats=1,
        on=at("2026-02-01T00:00:00+00:00"),
        rules=BillingRules(),
    )
    root = tree(to_html(opening.invoice))
    assert [time.get("datetime") for time in root.iter("time")] == [
        "2026-02-01T00:00:00Z"
    ]
    assert [data.get("value") for data in root.iter("data")] == [
        "2026-02-01T00:00:00Z/2026-03-01T00:00:00Z"
    ]


def test_what_is_sold_once_has_its_day():
    root = tree(to_html(pictured.everything()))
    (cell,) = (th for th in root.iter("th") if "Set-up with" in "".join(th.itertext()))
    assert [time.get("datetime") for time in cell.iter("time")] == ["2026-02-20"]


def test_forty_lines_are_forty_rows_with_their_heads_in_each_cell():
    root = tree(to_html(pictured.forty_lines()))
    rows = root.findall(".//tbody/tr")
    assert len(rows) == 40
    heads = ["Quantity", "Unit price", "Share", "Amount"]
    assert [td.get("data-label") for td in rows[39].findall("td")] == heads


def test_the_amount_due_stands_out():
    root = tree(to_html(pictured.upgrade()))
    (due,) = (div for div in root.iter("div") if div.get("class") == "due")
    assert "".join(due.itertext()) == "Amount due€8.99"  # 7.43 and 21 % of it


def test_only_a_very_long_number_may_be_broken():
    assert _figure("1,000,000,000,000,000.00") == "figure"  # 24 letters
    assert _figure("€1,000,000,000,000,000.00") == "figure long"


def test_a_statement_has_its_timeline_its_bar_and_every_invoice():
    root = tree(to_html(pictured.growing(), members=pictured.people()))
    svg = "{http://www.w3.org/2000/svg}svg"
    assert len(root.findall(f".//figure/{svg}")) == 1
    assert len(root.findall(".//div[@class='bars']")) == 1
    assert len(root.findall(".//article[@class='invoice']")) == 9
    assert len(root.findall(".//article[@class='preview']")) == 1
    changes = root.findall(".//section[@class='change']")
    assert len(changes) == 6
    assert changes[0].find(".//h3/time").get("datetime") == "2026-01-20"


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_loaded_and_nothing_runs(kind):
    found = Reader(to_html(KINDS[kind]()))
    tags = set(found.tags)
    assert tags.isdisjoint("script link img iframe object form base".split())
    for _tag, name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in ("href", "src", "style", "action")
        assert "://" not in (value or "") or name == "xmlns"
    for style in (PAGE, BARS, TIMELINE):
        assert "url(" not in style
        assert "@import" not in style
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in (
        found.attributes
    )


EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_a_page_a_text_and_a_picture(example):
    request = read_request(parse(example.read_text(encoding="utf-8")))
    statement = bill_request(request)
    members = seats_of(request, statement)
    for locale in ("en", "fr", "ar"):
        html = to_html(statement, locale=locale, members=members)
        svg = "{http://www.w3.org/2000/svg}svg"
        assert tree(html).find(f".//figure/{svg}") is not None
        text = to_text(statement, locale=locale, members=members)
        for invoice in statement.invoices:
            assert invoice.key in text
            assert invoice.key in html


# Everything from outside.

HOSTILE = st.one_of(
    st.text(min_size=1),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onload='alert(1)",
            "</title></style></svg></bdi><b>",
            "<!-- ",
            "]]> <![CDATA[",
            "&lt;b&gt; &amp; &#60;",
            "\u202egnihton\u202c \u2066\u2068\u2069",
            "\u2068<b>\u2069",
            "a\x00b\x1b[31m\ufffe",
            "{}%s%(amount)s{0}",
            "`;--></textarea>",
        ]
    ),
)


def hostile(name: str) -> Any:
    """Return a statement in which every word from outside is *name*."""
    party = Party(
        name=name, address=[name], vat_number=name, registration=name, country="IE"
    )
    plan = Plan(name, name, 1, [Price(unit=name, unit_amount="5", currency="EUR")])
    opening = subscribe(
        plan,
        id=name,
        interval=MONTHLY,
        seats={name: 4},
        on=at("2026-01-15"),
        rules=BillingRules(),
        recipient=party,
        discounts=[Discount.percent("10", id=name)],
        tax_rates=[TaxRate(name, 0, TaxCategory.EXEMPT, reason=name)],
    )
    history = [
        (at("2026-01-20"), AddSeats(3, name)),
        (at("2026-01-22"), RemoveSeats(1, unit=name)),
    ]
    return party, plan, bill(opening, history, until=at("2026-02-20"))


PLAIN = hostile("name")


@given(HOSTILE, st.sampled_from(["en", "fr", "ar"]))
def test_no_word_from_outside_becomes_markup(name, locale):
    def shown(given: Any, name: str) -> Reader:
        seller, plan, statement = given
        html = to_html(
            statement,
            locale=locale,
            seller=seller,
            catalog=Catalog([plan]),
            members=occupancy([Member("m", name)], owned={name: 7}),
            note=name,
            notes=[name, name],
        )
        tree(html)
        return Reader(html)

    expected, found = shown(PLAIN, "name"), shown(hostile(name), name)
    assert set(found.tags) <= set(expected.tags)
    assert found.tags.count("bdi") >= expected.tags.count("tr")
    known = {(tag, attribute) for tag, attribute, _ in expected.attributes}
    assert {(tag, attribute) for tag, attribute, _ in found.attributes} <= known
    allowed = {value for _, name, value in expected.attributes if name == "class"}
    classes = {value for _, name, value in found.attributes if name == "class"}
    assert classes <= allowed | {"figure long"}


@given(HOSTILE)
def test_no_word_from_outside_becomes_markup_in_drawings(name):
    _, _, statement = hostile(name)
    _, _, plain = PLAIN
    people = [Member("m", name)]
    svg = timeline_svg(statement, members=people)
    known = {e.tag for e in tree(timeline_svg(plain, members=people)).iter()}
    assert {e.tag for e in tree(svg).iter()} <= known
    counted = occupancy(people, owned={name: 2})
    tree(seat_bar_svg(counted))
    tree(seat_bar_html(counted))


def test_text_is_escaped_once_and_markup_never():
    assert escape("<a> & \"b\" 'c'") == "&lt;a&gt; &amp; &quot;b&quot; &#39;c&#39;"
    assert element("p", "<", Markup("<br/>"), None) == "<p>&lt;<br/></p>"
    assert element("td") == "<td></td>"
    assert element("br") == "<br/>"
    assert element("rect", element("title", "t"), x=1, class_="a", y=None) == (
        '<rect x="1" class="a"><title>t</title></rect>'
    )
    assert element("p", data_label='"<') == '<p data-label="&quot;&lt;"></p>'
    assert joined(Markup("a"), None, Markup("b")) == "a\nb"


def test_what_no_page_may_hold_is_replaced():
    assert escape("a\x00\ud800\ufffe\x7f") == "a" + "\ufffd" * 4
    assert escape("tab\tand\nline") == "tab\tand\nline"


def test_a_name_keeps_its_direction_to_itself():
    assert escape(isolated("\u202eabc") + "!") == "<bdi>abc</bdi>!"
    assert characters(isolated("a\u2069b")) == "\u2068ab\u2069"
    assert escape("\u2068open") == "open"
    assert characters("\u2068open\x00") == "open\ufffd"
    assert element("title", isolated("a<")) == "<title>\u2068a&lt;\u2069</title>"
    assert element("p", title=isolated("a")) == '<p title="a"></p>'


# The same everywhere.


def test_the_process_changes_nothing():
    expected = [to_html(pictured.growing(), locale=at) for at in ("en", "fr", "ar")]
    before = process_locale.setlocale(process_locale.LC_ALL)
    try:
        process_locale.setlocale(process_locale.LC_ALL, "C")
        with decimal.localcontext() as context:
            context.prec = 2
            context.rounding = decimal.ROUND_UP
            found = [
                to_html(pictured.growing(), locale=at) for at in ("en", "fr", "ar")
            ]
    finally:
        process_locale.setlocale(process_locale.LC_ALL, before)
    assert found == expected


# What can be read.


def light(color: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    digits = color.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Return how far two colours stand apart, from 1 to 21."""
    dark, bright = sorted([light(one), light(other)])
    return (bright + 0.05) / (dark + 0.05)


def themes(style: str, selector: str) -> list[dict[str, str]]:
    """Return the variables of a style in light, in dark and on paper."""
    blocks = re.findall(re.escape(selector) + r"\{(--[^}]*)\}", style)
    return [dict(re.findall(r"--([a-z]+):(#[0-9a-f]{3,6})", block)) for block in blocks]


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000", "#fff") == 21
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_words_can_be_read_in_light_and_dark_and_paper_is_light():
    bright, dark, paper = themes(PAGE, ":root")
    assert paper == bright
    for theme in (bright, dark):
        for ink in ("ink", "quiet"):
            for ground in ("sheet", "soft", "page"):
                assert contrast(theme[ink], theme[ground]) >= 4.5
        assert contrast(theme["accent"], theme["tag"]) >= 4.5


def test_words_on_bars_can_be_read_and_bars_be_seen():
    bright, dark, paper = themes(TIMELINE, ".seatbill-timeline")
    assert paper == bright
    for theme in (bright, dark):
        for ground in ("ground", "band"):
            assert contrast(theme["ink"], theme[ground]) >= 4.5
            assert contrast(theme["quiet"], theme[ground]) >= 4.5
            assert contrast(theme["people"], theme[ground]) >= 3
    for i in range(COLORS):
        item, dark_item, paper_item = themes(TIMELINE, f".seatbill-timeline .c{i}")
        assert paper_item == item
        for ground, colors in ((bright, item), (dark, dark_item)):
            assert contrast(ground["ink"], colors["tint"]) >= 4.5
            assert contrast(colors["line"], ground["ground"]) >= 3
    assert not themes(TIMELINE, f".seatbill-timeline .c{COLORS}")
