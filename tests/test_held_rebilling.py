"""What was billed and what should have been: counted line by line, and where from."""

from __future__ import annotations

import pytest

from seatbill import (
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Discount,
    GrantCredit,
    Money,
    RemoveSeats,
    SwitchPlan,
    TaxRate,
    Timing,
    bill,
    credit_note,
    rebill,
    verify,
)
from seatbill.errors import MixedTimeError
from seatbill.rebilling import origins
from shop import LARGE, SMALL, priced, usd
from stories import Story, at, digits, plan, sum_of

END = at("2026-04-30")
DAY = at("2026-04-16")
AT_ONCE = BillingRules(seats_removed=Timing.IMMEDIATE)
SEAT = (DAY, AddSeats(1))
SSO = AddOn("sso", "SSO", (usd("3.00"),))


def told(corrected, issued, *, story=None, previous=()):
    """Return what sets the invoices of one history right, given another."""
    story = story or Story(SMALL, "2026-04-01", seats=10)
    wrong = bill(story.opening, issued, until=END)
    return rebill(
        story.opening, wrong.invoices, corrected, until=END, previous=previous
    )


def documents(correction) -> tuple[list[str], str | None, str]:
    """Return the notes, the invoice and the settlement, as figures."""
    invoice = correction.invoice
    return (
        [digits(note.total) for note in correction.credit_notes],
        None if invoice is None else sum_of(invoice),
        digits(correction.settlement),
    )


# A seat from the 16th is 15.00.


@pytest.mark.parametrize(
    ("asked", "billed", "expected"),
    [
        pytest.param(1, 1, ([], None, "0.00"), id="right"),
        pytest.param(1, 2, (["15.00"], None, "-15.00"), id="one too many"),
        pytest.param(1, 3, (["15.00", "15.00"], None, "-30.00"), id="two too many"),
        pytest.param(0, 2, (["15.00", "15.00"], None, "-30.00"), id="both"),
        pytest.param(2, 1, ([], "+15.00 = 15.00", "15.00"), id="one is missing"),
        pytest.param(3, 1, ([], "+15.00 +15.00 = 30.00", "30.00"), id="two"),
        pytest.param(2, 0, ([], "+15.00 +15.00 = 30.00", "30.00"), id="all"),
    ],
)
def test_lines_that_look_alike_are_counted(asked, billed, expected):
    assert documents(told([SEAT] * asked, [SEAT] * billed)) == expected


@pytest.mark.parametrize(
    ("corrected", "issued", "expected"),
    [
        # −30.00 of two seats was not due: charged again
        pytest.param(
            [],
            [(DAY, RemoveSeats(2))],
            ([], "+30.00 = 30.00 due 0.00", "0.00"),
            id="given back by mistake",
        ),
        # −30.00 of two seats is due: taken off
        pytest.param(
            [(DAY, RemoveSeats(2))],
            [],
            ([], "-30.00 = -30.00 due 0.00", "0.00"),
            id="not given back",
        ),
        # −150.00 + 300.00 on one invoice: all of it goes
        pytest.param(
            [],
            [(DAY, SwitchPlan(LARGE))],
            (["150.00"], None, "-150.00"),
            id="an upgrade that was none",
        ),
    ],
)
def test_what_gave_back_is_counted_too(corrected, issued, expected):
    story = Story(SMALL, "2026-04-01", seats=10, rules=AT_ONCE)
    assert documents(told(corrected, issued, story=story)) == expected


def test_a_correction_of_a_correction_counts_what_the_first_set_right():
    """Three were billed, then one was right, then two."""
    story = Story(SMALL, "2026-04-01", seats=10)
    first = told([SEAT], [SEAT] * 3, story=story)
    assert documents(first) == (["15.00", "15.00"], None, "-30.00")
    second = told([SEAT] * 2, [SEAT] * 3, story=story, previous=[first])
    assert documents(second) == ([], "+15.00 = 15.00", "15.00")
    third = told([], [SEAT] * 3, story=story, previous=[first, second])
    assert documents(third) == (["15.00", "15.00"], None, "-30.00")


# Taxes.


@pytest.mark.parametrize(
    ("rate", "note", "invoice"),
    [
        # 15.00 × 0.19 = 2.85
        pytest.param(
            TaxRate("vat", "0.19"), "17.85", "+15.00 tax +2.85 = 17.85", id="on top"
        ),
        # 15.00 × 19/119 = 2.395
        pytest.param(
            TaxRate("in", "0.19", inclusive=True),
            "15.00",
            "+15.00 = 15.00",
            id="inside",
        ),
    ],
)
def test_the_tax_goes_with_its_line(rate, note, invoice):
    story = Story(SMALL, "2026-04-01", seats=10, tax_rates=[rate])
    too_many = told([SEAT], [SEAT] * 2, story=story)
    assert documents(too_many) == ([note], None, f"-{note}")
    missing = told([SEAT] * 2, [SEAT], story=story)
    assert documents(missing) == ([], invoice, note)
    (tax,) = missing.invoice.taxes
    (credited,) = too_many.credit_notes[0].taxes
    assert (tax.base, tax.amount) == (credited.base, credited.amount)
    assert digits(tax.amount) == ("2.39" if rate.inclusive else "2.85")
    assert digits(tax.base) == ("12.61" if rate.inclusive else "15.00")


def test_a_discount_that_was_forgotten_is_taken_off():
    """300.00 was billed without 3.00 off; beside it nothing changes."""
    few = Discount.fixed("3.00", "USD", id="few")
    plain = Story(SMALL, "2026-04-01", seats=10)
    cheaper = Story(SMALL, "2026-04-01", seats=10, discounts=[few])
    correction = rebill(cheaper.opening, plain.opening.invoices, [], until=END)
    assert documents(correction) == ([], "-3.00 = -3.00 due 0.00", "-3.00")
    back = rebill(plain.opening, cheaper.opening.invoices, [], until=END)
    # No note takes back a line below nothing alone: all goes, and 300.00 is charged.
    assert documents(back) == (["297.00"], "+300.00 = 300.00 due 3.00", "3.00")


# Lines that no note can take back, beside others that look like them.


def seats_and_guests(guest: str) -> Story:
    """Return a seat at 30.00 and three guests from 1 April."""
    sold = priced("two", usd("30.00"), usd(guest, unit="guest"))
    return Story(sold, "2026-04-01", seats={"seat": 1, "guest": 3}, rules=AT_ONCE)


GUEST = RemoveSeats(1, unit="guest")


@pytest.mark.parametrize(
    ("guest", "corrected", "issued", "expected"),
    [
        # −30.00 + 15.00, and 15.00 that is one too many and paid from the balance
        pytest.param(
            "60.00",
            [(DAY, (GUEST, AddSeats(1)))],
            [(DAY, (GUEST, AddSeats(1))), SEAT],
            (["15.00"], None, "0.00"),
            id="the note goes to the invoice that can bear it",
        ),
        # −30.00 + 15.00 twice, with 15.00 too much on each
        pytest.param(
            "60.00",
            [(DAY, GUEST), (DAY, GUEST)],
            [(DAY, (GUEST, AddSeats(1))), (DAY, (GUEST, AddSeats(1)))],
            ([], "-15.00 -15.00 = -30.00 due 0.00", "0.00"),
            id="neither invoice can bear a note",
        ),
        # −10.00 + 15.00 goes as a whole, for 10.00 were not to come back
        pytest.param(
            "20.00",
            [SEAT, SEAT],
            [(DAY, (GUEST, AddSeats(1))), SEAT],
            (["5.00"], "+15.00 = 15.00 due 10.00", "10.00"),
            id="what was right on the invoice is charged again, once",
        ),
    ],
)
def test_what_looks_alike_is_counted_where_a_note_cannot_be(
    guest, corrected, issued, expected
):
    correction = told(corrected, issued, story=seats_and_guests(guest))
    assert documents(correction) == expected
    assert correction.invoice is None or verify(correction.invoice) == ()


def test_a_line_that_was_given_back_in_part_leaves_the_others_to_a_note():
    """15.00 and 1.50 were wrong, and of the 15.00 a goodwill of 5.00 stays given."""
    story = Story(SMALL, "2026-04-01", seats=10)
    wrong = [(DAY, (AddSeats(1), AddAddOn(SSO)))]
    issued = bill(story.opening, wrong, until=END).invoices
    goodwill = credit_note(
        issued[1], lines={0: Money("5.00", "USD")}, reason="goodwill", issued_on=DAY
    )
    correction = rebill(story.opening, issued, [], until=END, previous=[goodwill])
    assert documents(correction) == (["1.50"], "-15.00 = -15.00 due 0.00", "-16.50")


def test_credit_that_was_not_due_is_asked_for_and_not_on_an_invoice_that_gives_back():
    """50.00 were granted by mistake and paid 15.00; −30.00 had been forgotten."""
    story = Story(SMALL, "2026-04-01", seats=10, rules=AT_ONCE)
    grant = (at("2026-04-02"), GrantCredit(Money("50.00", "USD"), "by mistake"))
    fewer = (at("2026-04-16"), RemoveSeats(2))
    correction = told([SEAT, fewer], [grant, SEAT], story=story)
    assert documents(correction) == ([], "-30.00 = -30.00 due 0.00", "15.00")
    assert digits(correction.invoice.credit_applied) == "0.00"
    assert verify(correction.invoice) == ()


def test_an_issued_invoice_is_of_the_kind_of_time_of_the_history():
    story = Story(SMALL, "2026-04-01", seats=10)
    instants = Story(SMALL, "2026-04-01T00:00Z", seats=10).opening.invoices
    with pytest.raises(MixedTimeError) as refused:
        rebill(story.opening, instants, [], until=END)
    told_of = refused.value
    assert (told_of.name, told_of.value) == ("issued_on", at("2026-04-01T00:00Z"))
    assert told_of.wanted == "dates"


# Where a credit comes from.


def test_a_credit_comes_from_what_charged_the_same_by_its_day():
    """Not from an add-on, not from what was charged later, and the newest first."""
    story = Story(SMALL, "2026-04-01", seats=10, rules=AT_ONCE)
    opening = story.opening.invoice
    added = story.change("2026-04-10", AddSeats(5)).invoice
    other = story.change("2026-04-11", AddAddOn(SSO)).invoice
    (credit,) = story.change("2026-04-16", RemoveSeats(1)).invoice.lines
    later = story.change("2026-04-20", AddSeats(1)).invoice
    every = [opening, added, other, later]
    assert origins(credit, every) == (added, opening)
    (again,) = story.change("2026-04-20", RemoveSeats(1)).invoice.lines
    assert origins(again, every) == (later, added, opening)
    assert origins(opening.lines[0], every) == ()


def test_a_credit_of_the_first_day_comes_from_the_charge_of_that_day():
    story = Story(SMALL, "2026-04-01", seats=10)
    switched = story.change("2026-04-01", SwitchPlan(plan("90.00", rank=2))).invoice
    credit = switched.lines[0]
    assert digits(credit.amount) == "-300.00"
    assert origins(credit, [switched, story.opening.invoice]) == (
        story.opening.invoice,
    )
