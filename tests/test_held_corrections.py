"""What is taken back of an invoice, and what was left of it, to the cent."""

from __future__ import annotations

from fractions import Fraction

import pytest

from seatbill import Discount, Money, TaxRate, credit_note
from seatbill.errors import NothingToCreditError, OverCreditedError
from shop import SMALL
from stories import Story, at, digits, plan
from test_corrections import billed, credit, eur

VAT = TaxRate("vat", "0.19")
INSIDE = TaxRate("inside", "0.19", inclusive=True)
ON = at("2026-04-05")


def invoice(price: str = "119.00", rate: TaxRate = INSIDE, **more):
    """Return a seat from 1 April at *price*."""
    story = Story(plan(price), "2026-04-01", tax_rates=[rate], **more)
    return story.opening.invoice


def note(of, amount: str | None = None, *previous, **more):
    """Return a note of *amount*, or of all that is left."""
    asked = None if amount is None else Money(amount, "USD")
    return credit_note(
        of, amount=asked, reason="goodwill", issued_on=ON, previous=previous, **more
    )


def sums(of) -> tuple[str, str, str]:
    """Return the lines, the tax and the total."""
    return digits(of.subtotal), digits(of.tax), digits(of.total)


def test_a_tax_in_the_price_is_not_given_back_beside_it():
    """119.00 with 19.00 in it: the total is 119.00 and not a cent more."""
    whole = note(invoice())
    assert sums(whole) == ("119.00", "19.00", "119.00")
    assert digits(whole.total_excluding_tax) == "100.00"
    assert digits(whole.taxes[0].base) == "100.00"
    assert sums(note(invoice(), "119.00")) == sums(whole)
    with pytest.raises(OverCreditedError) as refused:
        note(invoice(), "119.01")
    assert Money("119.00", "USD") in refused.value.as_dict()["values"].values()
    with pytest.raises(NothingToCreditError):
        note(invoice(), None, whole)


@pytest.mark.parametrize(
    ("rate", "first", "second", "rest"),
    [
        # 60.00 × 19/119 = 9.5798, (60.00 + 59.00) × 19/119 = 19.00
        pytest.param(
            INSIDE,
            ("60.00", "9.58", "60.00"),
            ("59.00", "9.42", "59.00"),
            None,
            id="inside",
        ),
        # 119.00 + 22.61; 60.00 = 50.42 + 9.58, 50.42 × 0.19 = 9.5798
        pytest.param(
            VAT,
            ("50.42", "9.58", "60.00"),
            ("49.58", "9.42", "59.00"),
            ("19.00", "3.61", "22.61"),
            id="on top",
        ),
    ],
)
def test_the_tax_of_two_notes_is_the_tax_of_what_they_take_back_together(
    rate, first, second, rest
):
    of = invoice(rate=rate)
    one = note(of, "60.00")
    two = note(of, "59.00", one)
    assert (sums(one), sums(two)) == (first, second)
    if rest is None:
        with pytest.raises(NothingToCreditError):
            note(of, None, one, two)
    else:
        assert sums(note(of, None, one, two)) == rest


def test_a_line_is_taken_back_and_no_other_with_it():
    """300.00 − 3.00: the discount stays where it is not asked for."""
    story = Story(
        SMALL, "2026-04-01", seats=10, discounts=[Discount.fixed("3.00", "USD", id="d")]
    )
    of = story.opening.invoice
    half = note(of, None, lines={0: Money("150.00", "USD")})
    assert [(line.index, digits(line.amount)) for line in half.lines] == [(0, "150.00")]
    whole = note(of, "297.00")
    assert [(line.index, digits(line.amount)) for line in whole.lines] == [
        (0, "300.00"),
        (1, "-3.00"),
    ]
    # 148.50 of 297.00 is half: 150.00 of 300.00 and −1.50 of −3.00
    part = note(of, "148.50")
    assert [(line.index, digits(line.amount)) for line in part.lines] == [
        (0, "150.00"),
        (1, "-1.50"),
    ]


@pytest.mark.parametrize("amount", ["0", "-0.01"])
def test_nothing_and_less_is_not_given_back(amount):
    with pytest.raises(OverCreditedError):
        note(invoice(), amount)


def test_a_cent_is_given_back():
    assert sums(note(invoice(), "0.01")) == ("0.01", "0.00", "0.01")


# A credit under 20 % beside a charge under 10 %: −30.00 and 40.00 are 10.00, their
# taxes −6.00 and 4.00 are −2.00, and the total is 8.00.

FIFTH, TENTH = TaxRate("fifth", "0.2"), TaxRate("tenth", "0.1")


@pytest.mark.parametrize(
    ("taken", "where", "asked", "left"),
    [
        # 5.00 of 10.00, but a tax of 0.50 where −2.00 is left
        pytest.param(("0", "5.00"), "taxes", "0.50", "-2.00", id="its tax"),
        # 10.00 of 10.00, −5.40 + 3.70 of −2.00, but 8.30 of 8.00
        pytest.param(("-27.00", "37.00"), "total", "8.30", "8.00", id="all of it"),
        # 1.00 of 10.00, −2.20 + 1.20 = −1.00 of −2.00: nothing is left of it
        pytest.param(("-11.00", "12.00"), "total", "0.00", "8.00", id="nothing"),
        # 11.00 of 10.00, and the tax does not matter any more
        pytest.param(("-25.00", "36.00"), "subtotal", "11.00", "10.00", id="net"),
    ],
)
def test_lines_of_two_signs_are_taken_back_within_net_tax_and_total(
    taken, where, asked, left
):
    of = billed("-30.00", "40.00", each=((FIFTH,), (TENTH,)))
    lines = {i: eur(part) for i, part in enumerate(taken) if part != "0"}
    with pytest.raises(OverCreditedError) as refused:
        credit(of, lines=lines)
    told = refused.value
    assert (told.where, told.asked, told.left) == (where, eur(asked), eur(left))


@pytest.mark.parametrize(
    ("rates", "named"), [((), "untaxed"), ((VAT,), "vat")], ids=["untaxed", "taxed"]
)
def test_the_lines_of_a_rate_are_taken_back_together_within_what_is_left(rates, named):
    """300.00 − 3.00: the charge alone is more than the two."""
    with pytest.raises(OverCreditedError) as refused:
        credit(billed("300.00", "-3.00", rates=rates), lines=[0])
    assert refused.value.where.endswith(named)
    assert refused.value.left == eur("297.00")


def test_a_line_of_which_nothing_is_left_does_not_come_back_by_a_cent():
    of = billed("10.00", "20.00")
    first = credit(of, lines=[0])
    with pytest.raises(OverCreditedError) as refused:
        credit(of, first, lines={0: eur("0.01")})
    told = refused.value
    assert (told.where, told.asked, told.left) == ("lines[0]", eur("0.01"), eur("0"))
    assert sums(credit(of, first)) == ("20.00", "0.00", "20.00")


def test_a_tax_may_be_all_that_is_left():
    """0.01 at 100 %: of the first 0.01 all is net, and the tax comes back alone."""
    of = billed("0.01", rates=(TaxRate("all", Fraction(1)),))
    first = credit(of, amount=eur("0.01"))
    assert sums(first) == ("0.01", "0.00", "0.01")
    rest = credit(of, first)
    assert sums(rest) == ("0.00", "0.01", "0.01")
    assert rest.lines == ()
    assert [digits(tax.base) for tax in rest.taxes] == ["0.00"]
