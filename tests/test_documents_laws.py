"""Any document of any history can be written, read back as a tree, and drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatbill import Statement, bill
from seatbill.documents import (
    seat_bar_html,
    seat_bar_svg,
    seat_bar_text,
    timeline_svg,
    to_html,
    to_text,
)
from seatbill.documents._columns import columns
from seatbill.documents._drawing.spans import chronicle_of
from seatbill.invoices import LineKind
from seatbill.testing import strategies as our

LOCALES = st.sampled_from(["en", "fr", "ar", "de", "fa"])


def statement_of(history: Any) -> Statement:
    """Return the statement of a drawn history."""
    return bill(
        history.opening, history.entries, until=history.until, measured=history.measured
    )


@pytest.mark.parametrize(
    "documents",
    [
        our.invoices(),
        our.numbered_invoices(),
        our.credit_notes(),
        our.corrective_invoices(),
        our.billing_views(),
        our.outcomes(),
        our.quotes(),
        our.combined_invoices(),
    ],
    ids="invoice numbered credit correction view outcome quote combined".split(),
)
@settings(max_examples=max(settings.default.max_examples // 3, 1))
@given(data=st.data())
def test_any_document_can_be_written(documents, data):
    document, locale = data.draw(documents), data.draw(LOCALES)
    ET.fromstring(to_html(document, locale=locale))
    text = to_text(document, locale=locale)
    assert text
    assert all(line == line.rstrip() for line in text.splitlines())


@given(our.invoices())
def test_the_sums_of_any_invoice_stand_under_its_amounts(invoice):
    rows = to_text(invoice).splitlines()
    last = max(i for i, row in enumerate(rows) if "Amount due" in row)
    first = max(i for i, row in enumerate(rows[:last]) if not row) + 1
    wide = columns(rows[last])
    for row in rows[first:last]:  # what is left of a name, and remarks, are short
        assert columns(row) == wide or columns(row) <= 36


@settings(max_examples=max(settings.default.max_examples // 2, 1))
@given(our.histories(), LOCALES)
def test_any_history_can_be_told_and_drawn(history, locale):
    statement = statement_of(history)
    html = to_html(statement, locale=locale, measured=None)
    text = to_text(statement, locale=locale)
    for invoice in statement.invoices:
        assert invoice.key in text
        assert invoice.key in html
    ET.fromstring(html)
    ET.fromstring(timeline_svg(statement, locale=locale))
    ET.fromstring(timeline_svg([history.opening, *history.outcomes], locale=locale))


@given(our.histories())
def test_no_bar_lies_on_another(history):
    statement = statement_of(history)
    shown = chronicle_of(
        statement.opening, statement.invoices, statement.outcomes, statement.until
    )
    for lane in shown.lanes:
        for bars in (lane.charges, lane.credits, lane.planned):
            for one, other in combinations(bars, 2):
                apart = one.end <= other.start or other.end <= one.start
                above = one.bottom >= other.bottom + other.height
                below = other.bottom >= one.bottom + one.height
                assert apart or above or below, (one, other)


@given(our.histories())
def test_every_line_with_a_time_is_a_bar_or_was_given_back_at_once(history):
    statement = statement_of(history)
    shown = chronicle_of(
        statement.opening, statement.invoices, statement.outcomes, statement.until
    )
    drawn = {id(bar.line) for lane in shown.lanes for bar in lane.charges}
    below = {id(bar.line) for lane in shown.lanes for bar in lane.credits}
    returned = {
        line.charge_id
        for i in statement.invoices
        for line in i.lines
        if line.kind is LineKind.CREDIT
    }
    for invoice in statement.invoices:
        for line in invoice.lines:
            if line.kind in (LineKind.SERVICE, LineKind.FEE) or line.start >= line.end:
                continue
            if line.kind is LineKind.CREDIT:
                assert id(line) in below
            else:
                # Of a charge of nothing, nothing comes back.
                gone = line.charge_id in returned or not line.amount_minor
                assert id(line) in drawn or gone


@given(our.occupancies(), LOCALES)
def test_any_seats_have_a_bar(occupancy, locale):
    text = seat_bar_text(occupancy, locale=locale)
    assert len(text.splitlines()) == len(occupancy)
    for line in text.splitlines():
        assert line[0] == "["
        assert line[21] == "]"
    ET.fromstring(seat_bar_svg(occupancy, locale=locale))
    ET.fromstring(seat_bar_html(occupancy, locale=locale))
