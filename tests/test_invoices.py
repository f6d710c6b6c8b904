"""An invoice proves itself: every line, every tax, every total, or it is told."""

from __future__ import annotations

import datetime as dt
import pickle
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from seatbill import (
    AddSeats,
    BillingRules,
    Convention,
    Discount,
    Invoice,
    InvoiceLine,
    Money,
    Party,
    Period,
    RemoveSeats,
    Rounding,
    SwitchPlan,
    TaxCategory,
    TaxRate,
    Tier,
    Timing,
    verify,
)
from seatbill.errors import (
    CurrencyMismatchError,
    DuplicateError,
    MixedTimeError,
    OutOfBoundsError,
    TaxRateError,
    UnknownCurrencyError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.invoices import BillingReason, ItemKind, LineKind, LineTerms
from seatbill.taxes import TaxAmount
from seatbill.verification import Discrepancy
from shop import LARGE, SMALL, priced, usd
from stories import Story, digits

VAT = TaxRate("vat", "0.20")
CITY = TaxRate("city", "0.015")
INCLUDED = TaxRate("included", "0.19", inclusive=True)
APRIL = Period(dt.date(2026, 4, 1), dt.date(2026, 5, 1))


def upgrade(**more) -> Invoice:
    """Return -150.00 and +300.00, with 20 % on top: 180.00."""
    story = Story(SMALL, "2026-04-01", seats=10, tax_rates=[VAT], **more)
    return story.change("2026-04-16", SwitchPlan(LARGE)).invoice


def with_line(invoice: Invoice, n: int, **fields) -> Invoice:
    """Return *invoice* with other *fields* in its line *n*."""
    lines = list(invoice.lines)
    lines[n] = attrs.evolve(lines[n], **fields)
    return attrs.evolve(invoice, lines=lines)


def found(invoice: Invoice) -> list[str]:
    """Return the places where *invoice* does not add up."""
    return [discrepancy.where for discrepancy in verify(invoice)]


# --------------------------------------------------------------------------- properties


def test_a_line_shows_how_it_came_to_its_amount():
    credit, charge = upgrade().lines
    assert (credit.kind, charge.kind) == (LineKind.CREDIT, LineKind.CHARGE)
    assert (credit.item, credit.unit, credit.currency) == ("small", "seat", "USD")
    assert (credit.quantity, charge.quantity) == (-10, 10)
    assert (credit.unit_amount, charge.unit_amount) == (30, 60)
    assert (credit.full_amount, charge.full_amount) == (-300, 600)
    assert credit.share == charge.share == Fraction(1, 2)
    assert credit.amount == Money("-150.00", "USD")
    assert charge.amount == Money("300.00", "USD")
    assert credit.period == Period(dt.date(2026, 4, 16), dt.date(2026, 5, 1))
    assert credit.whole == APRIL
    assert credit.cap is None
    assert credit.discounts == ()
    assert credit.tax_rates == (VAT,)


def test_a_credit_names_the_charge_that_it_gives_back():
    story = Story(SMALL, "2026-04-01", seats=10)
    (charge,) = story.opening.invoice.lines
    assert charge.charge_id == "1:plan:small:seat"
    story.change("2026-04-10", AddSeats(5))
    credit, opened = story.change("2026-04-16", SwitchPlan(LARGE)).invoice.lines
    assert credit.charge_id == charge.charge_id
    assert credit.quantity == -15
    assert opened.charge_id == "3:plan:large:seat"


def test_an_invoice_adds_up():
    invoice = upgrade()
    assert digits(invoice.subtotal) == "150.00"
    assert digits(invoice.tax) == "30.00"
    assert digits(invoice.total) == "180.00"
    assert digits(invoice.total_excluding_tax) == "150.00"
    assert digits(invoice.amount_due) == "180.00"
    assert digits(invoice.credit_applied) == "0.00"
    assert digits(invoice.credit_granted) == "0.00"
    assert invoice.taxes == (
        TaxAmount(VAT, Money("150.00", "USD"), Money("30.00", "USD")),
    )
    assert invoice.key == "story:2"
    assert invoice.subscription_id == "story"
    assert invoice.issued_on == dt.date(2026, 4, 16)
    assert invoice.billing_reason is BillingReason.SUBSCRIPTION_UPDATE
    assert invoice.recipient is None


def test_without_a_rate_there_is_no_tax():
    invoice = Story(SMALL, "2026-04-01").opening.invoice
    assert invoice.taxes == ()
    assert digits(invoice.tax) == "0.00"
    assert invoice.total_excluding_tax == invoice.total


def test_an_invoice_travels():
    invoice = upgrade()
    again = pickle.loads(pickle.dumps(invoice))
    assert again == invoice
    assert hash(again) == hash(invoice)
    assert verify(again) == ()


def test_an_invoice_of_the_library_passes_its_own_door():
    invoice = upgrade()
    made = {field.name: getattr(invoice, field.name) for field in attrs.fields(Invoice)}
    assert Invoice(**made) == invoice
    line = invoice.lines[0]
    made = {
        field.name: getattr(line, field.name) for field in attrs.fields(InvoiceLine)
    }
    assert InvoiceLine(**made) == line
    terms = line.terms
    made = {field.name: getattr(terms, field.name) for field in attrs.fields(LineTerms)}
    assert LineTerms(**made) == terms
    assert terms.key == (ItemKind.PLAN, "small", "seat")
    assert terms.exact(3000) == 30


# ------------------------------------------------------------------------------- verify


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("convention", Convention)
def test_an_invoice_that_was_not_touched_proves_itself(rounding, convention):
    rules = BillingRules(rounding=rounding, convention=convention)
    tiers = [Tier(up_to=5, unit_amount="3.333"), Tier(up_to=None, unit_amount="1.2345")]
    mixed = priced(
        "mixed",
        usd("0.0123"),
        usd("7", unit="base", flat=True),
        usd(unit="tiered", tiers=tiers),
        usd(unit="volume", tiers=tiers, tiers_mode="volume"),
    )
    story = Story(
        mixed,
        "2026-01-31",
        seats={"seat": 7, "tiered": 9, "volume": 5},
        rules=rules,
        tax_rates=[VAT, CITY],
        discounts=[
            Discount.percent("12.5", id="p"),
            Discount.fixed("3.00", "USD", id="f"),
        ],
    )
    story.change("2026-02-10", AddSeats(2, unit="volume"))
    story.change("2026-02-11", RemoveSeats(3), timing=Timing.IMMEDIATE)
    story.change("2026-02-12", SwitchPlan(SMALL), timing=Timing.IMMEDIATE)
    assert verify(story.preview()) == ()
    assert verify(story.opening.invoice) == ()


@pytest.mark.parametrize(
    ("n", "fields", "places"),
    [
        pytest.param(
            1,
            {"amount_minor": 29_999},
            ["lines[1].amount", "subtotal", "taxes", "total"],
            id="a cent of the amount",
        ),
        pytest.param(
            0,
            {"amount_minor": -14_999},
            ["lines[0].amount", "subtotal", "taxes", "total"],
            id="a cent of the credit",
        ),
        pytest.param(
            1,
            {"full_scaled": 59_998},
            ["lines[1].amount", "lines[1].full_amount"],
            id="the full amount",
        ),
        pytest.param(1, {"quantity": 9}, ["lines[1].full_amount"], id="the quantity"),
        pytest.param(
            1,
            {"share_numerator": 14},
            ["lines[1].share", "lines[1].amount"],
            id="the share",
        ),
        pytest.param(
            1,
            {"share_denominator": 31},
            ["lines[1].share", "lines[1].amount"],
            id="the days of the period",
        ),
        pytest.param(
            1, {"start": dt.date(2026, 4, 15)}, ["lines[1].share"], id="the first day"
        ),
        pytest.param(
            1, {"end": dt.date(2026, 4, 30)}, ["lines[1].share"], id="the last day"
        ),
        pytest.param(
            1,
            {"end": dt.date(2026, 5, 2)},
            ["lines[1].share", "lines[1].period"],
            id="a last day outside",
        ),
        pytest.param(
            1,
            {"whole": Period(dt.date(2026, 4, 1), dt.date(2026, 5, 2))},
            ["lines[1].share"],
            id="the whole period",
        ),
        pytest.param(
            1,
            {"cap_minor": 20_000},
            ["lines[1].cap"],
            id="a cap on a charge",
        ),
        pytest.param(
            0,
            {"cap_minor": 2},
            ["lines[0].amount"],
            id="a cap that was not kept",
        ),
        pytest.param(
            1,
            {
                "start": dt.date(2026, 3, 2),
                "share_numerator": 60,
                "share_denominator": 30,
                "amount_minor": 120_000,
            },
            ["lines[1].period", "subtotal", "taxes", "total"],
            id="days outside the period, worked out to the end",
        ),
    ],
)
def test_a_line_that_was_touched_is_found(n, fields, places):
    assert found(with_line(upgrade(), n, **fields)) == places


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        pytest.param(
            {"unit_scaled": 5999}, ["lines[1].full_amount"], id="the unit price"
        ),
        pytest.param(
            {"scale": 10},
            ["lines[1].amount", "lines[1].full_amount"],
            id="parts of a cent",
        ),
        pytest.param(
            {"convention": Convention.FULL}, ["lines[1].share"], id="the convention"
        ),
        pytest.param({"tax_rates": ()}, ["taxes", "total"], id="a tax less"),
        pytest.param(
            {"tax_rates": (TaxRate("vat", "0.21"),)}, ["taxes", "total"], id="a rate"
        ),
    ],
)
def test_terms_that_were_touched_are_found(fields, places):
    invoice = upgrade()
    terms = attrs.evolve(invoice.lines[1].terms, **fields)
    assert set(found(with_line(invoice, 1, terms=terms))) <= set(places)
    assert found(with_line(invoice, 1, terms=terms))


def test_a_rounding_that_was_touched_is_found():
    cents = priced("cents", usd("0.05"), rank=0)
    story = Story(cents, "2026-04-01", seats=1)
    invoice = story.change("2026-04-16", AddSeats(1)).invoice
    terms = attrs.evolve(invoice.lines[0].terms, rounding=Rounding.DOWN)
    assert found(with_line(invoice, 0, terms=terms)) == ["lines[0].amount"]


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        pytest.param({"subtotal_minor": 15_001}, ["subtotal"], id="the subtotal"),
        pytest.param({"total_minor": 17_999}, ["total"], id="the total"),
        pytest.param({"taxes": ()}, ["taxes"], id="no tax"),
        pytest.param(
            {"taxes": [TaxAmount(VAT, Money("150", "USD"), Money("29.99", "USD"))]},
            ["taxes"],
            id="a cent of the tax",
        ),
        pytest.param(
            {"taxes": [TaxAmount(VAT, Money("149", "USD"), Money("30.00", "USD"))]},
            ["taxes"],
            id="the base of the tax",
        ),
        pytest.param(
            {"credit_applied_minor": 18_001}, ["credit_applied"], id="too much credit"
        ),
        pytest.param(
            {"credit_applied_minor": -1},
            ["credit_applied", "credit_lots"],
            id="a negative credit",
        ),
        pytest.param(
            {"lines": ()}, ["subtotal", "taxes", "total"], id="no lines at all"
        ),
    ],
)
def test_a_total_that_was_touched_is_found(fields, places):
    assert found(attrs.evolve(upgrade(), **fields)) == places


def test_a_line_that_was_added_dropped_or_doubled_is_found():
    invoice = upgrade()
    first, second = invoice.lines
    for lines in ([first], [second], [first, second, second], []):
        assert "subtotal" in found(attrs.evolve(invoice, lines=lines))
    assert found(attrs.evolve(invoice, lines=[second, first])) == []


def test_a_discrepancy_says_what_stands_and_what_should():
    (wrong,) = verify(attrs.evolve(upgrade(), total_minor=17_999))
    assert wrong == Discrepancy("total", Money("179.99", "USD"), Money("180.00", "USD"))
    with pytest.raises(WrongTypeError):
        Discrepancy(5, 1, 2)


def test_a_charge_is_not_cut_short_by_a_cap_that_somebody_wrote_on_it():
    forged = with_line(upgrade(), 1, cap_minor=100, amount_minor=100)
    places = ["lines[1].cap", "lines[1].amount", "subtotal", "taxes", "total"]
    assert found(forged) == places


def test_a_credit_that_its_cap_cut_short_proves_itself():
    """Five seats at 14/30 of a cent cost nothing each; 0.03 would come back."""
    cent = priced("cent", usd("0.01"), rank=0)
    story = Story(cent, "2026-04-01", seats=1)
    for _ in range(5):
        story.change("2026-04-17", AddSeats(1))
    gone = story.change("2026-04-17", RemoveSeats(6), timing=Timing.IMMEDIATE)
    (line,) = gone.invoice.lines
    assert line.full_amount * line.share == Fraction(-28, 1000)
    assert (line.amount, line.cap) == (Money("-0.01", "USD"), Money("0.01", "USD"))
    assert verify(gone.invoice) == ()
    assert found(with_line(gone.invoice, 0, cap_minor=None)) == ["lines[0].amount"]
    assert found(with_line(gone.invoice, 0, cap_minor=2)) == ["lines[0].amount"]


def test_a_share_that_cannot_be_counted_is_a_discrepancy():
    """A convention of months meets instants: nobody can have counted this."""
    story = Story(SMALL, "2026-04-01T00:00:00Z", seats=1)
    invoice = story.opening.invoice
    terms = attrs.evolve(invoice.lines[0].terms, convention=Convention.ACTUAL_30)
    (wrong,) = verify(with_line(invoice, 0, terms=terms))
    assert (wrong.where, wrong.stated, wrong.expected) == ("lines[0].share", 1, None)


def test_an_invoice_without_lines_is_sound():
    empty = attrs.evolve(upgrade(), lines=(), taxes=(), subtotal_minor=0, total_minor=0)
    assert verify(empty) == ()
    assert digits(empty.amount_due) == "0.00"


def test_only_an_invoice_is_verified():
    for wrong in (None, upgrade().lines, "invoice"):
        with pytest.raises(WrongTypeError):
            verify(wrong)


# ---------------------------------------------------------------------------- tax rates


@pytest.mark.parametrize("rate", ["0.19", Decimal("0.19"), Fraction(19, 100)])
def test_a_rate_is_a_part_of_one(rate):
    assert TaxRate("vat", rate).rate == Fraction(19, 100)
    assert TaxRate("all", Fraction(1)).rate == 1
    assert TaxRate("vat", rate, "S") == TaxRate("vat", rate, TaxCategory.STANDARD)


@pytest.mark.parametrize("rate", [1, "1", "1.00", Decimal(1)])
def test_a_rate_of_one_may_be_a_percentage(rate):
    with pytest.raises(TaxRateError) as refused:
        TaxRate("all", rate)
    assert refused.value.problem == "percentage"


@pytest.mark.source("EN 16931: BR-E-10 and BR-AE-10, a reason; BR-Z-5, no rate")
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(("vat", "19"), OutOfBoundsError, id="a percentage"),
        pytest.param(("vat", "-0.1"), OutOfBoundsError, id="negative"),
        pytest.param(("vat", 0.19), WrongTypeError, id="float"),
        pytest.param(("vat", True), WrongTypeError, id="bool"),
        pytest.param(("vat", "0"), TaxRateError, id="STANDARD without a rate"),
        pytest.param(("z", "0.1", TaxCategory.ZERO), TaxRateError, id="ZERO with one"),
        pytest.param(
            ("e", 0, TaxCategory.EXEMPT), TaxRateError, id="EXEMPT, no reason"
        ),
        pytest.param(
            ("ae", 0, TaxCategory.REVERSE_CHARGE), TaxRateError, id="AE, no reason"
        ),
        pytest.param(("s", "0.1", "s"), UnknownWordError, id="no category"),
        pytest.param(("", "0.1"), OutOfBoundsError, id="no id"),
        pytest.param((5, "0.1"), WrongTypeError, id="an id that is no text"),
    ],
)
def test_a_rate_and_its_category_fit_together(arguments, error):
    with pytest.raises(error):
        TaxRate(*arguments)


def test_a_rate_of_nothing_says_why():
    assert TaxRate("z", 0, TaxCategory.ZERO).reason is None
    exempt = TaxRate("e", 0, TaxCategory.EXEMPT, reason="education")
    assert exempt.reason == "education"
    for wrong in ({"reason": 5}, {"reason": "x", "inclusive": 1}):
        with pytest.raises(WrongTypeError):
            TaxRate("e", 0, TaxCategory.EXEMPT, **wrong)
    with pytest.raises(TaxRateError) as refused:
        TaxRate("e", 0, TaxCategory.EXEMPT)
    assert refused.value.code == "invalid_tax_rate"
    assert refused.value.value == "e"


def test_an_inclusive_rate_stands_alone():
    terms = upgrade().lines[0].terms
    for rates in ([INCLUDED, VAT], [VAT, INCLUDED]):
        with pytest.raises(TaxRateError) as refused:
            attrs.evolve(terms, tax_rates=rates)
        assert refused.value.problem == "not_alone"
    with pytest.raises(DuplicateError):
        attrs.evolve(terms, tax_rates=[VAT, TaxRate("vat", "0.1")])
    assert attrs.evolve(terms, tax_rates=[INCLUDED]).tax_rates == (INCLUDED,)


@pytest.mark.source("EN 16931 UNTDID 5305")
def test_the_categories_are_those_of_the_standard():
    assert [category.value for category in TaxCategory] == ["S", "Z", "E", "AE", "O"]


def test_a_tax_amount_is_in_one_currency():
    with pytest.raises(CurrencyMismatchError):
        TaxAmount(VAT, Money("1", "USD"), Money("1", "EUR"))
    for wrong in (
        ("vat", Money("1", "USD"), Money("1", "USD")),
        (VAT, 1, Money("1", "USD")),
        (VAT, Money("1", "USD"), "1"),
    ):
        with pytest.raises(WrongTypeError):
            TaxAmount(*wrong)


# ------------------------------------------------------------------------------ parties


def test_a_party_has_an_address_of_lines():
    party = Party(name="Ada", address="1 St James's Square\nLondon", country="GB")
    assert party.address == ("1 St James's Square", "London")
    assert party == Party(
        name="Ada", address=["1 St James's Square", "London"], country="GB"
    )
    assert (party.vat_number, party.registration) == (None, None)
    assert Party(name="Ada").address == ()


@pytest.mark.parametrize(
    ("fields", "error", "name"),
    [
        ({"name": ""}, OutOfBoundsError, "name"),
        ({"name": None}, WrongTypeError, "name"),
        ({"address": 5}, WrongTypeError, "address"),
        ({"address": [5]}, WrongTypeError, "address"),
        ({"country": "gb"}, OutOfBoundsError, "country"),
        ({"country": "GBR"}, OutOfBoundsError, "country"),
        ({"country": "A1"}, OutOfBoundsError, "country"),
        ({"country": "ÄÖ"}, OutOfBoundsError, "country"),
        ({"country": ""}, OutOfBoundsError, "country"),
        ({"country": 44}, WrongTypeError, "country"),
        ({"vat_number": 5}, WrongTypeError, "vat_number"),
        ({"vat_number": ""}, OutOfBoundsError, "vat_number"),
        ({"registration": 5}, WrongTypeError, "registration"),
    ],
)
def test_each_part_of_a_party_is_checked(fields, error, name):
    with pytest.raises(error) as refused:
        Party(**{"name": "Ada", **fields})
    assert refused.value.name == name


# ----------------------------------------------------------------------------- the door


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"kind": "charged"}, UnknownWordError),
        ({"terms": None}, WrongTypeError),
        ({"quantity": 1.0}, WrongTypeError),
        ({"quantity": True}, WrongTypeError),
        ({"full_scaled": "1"}, WrongTypeError),
        ({"start": "2026-04-01"}, WrongTypeError),
        ({"start": dt.datetime(2026, 4, 1, tzinfo=dt.UTC)}, MixedTimeError),
        ({"end": dt.datetime(2026, 4, 1, tzinfo=dt.UTC)}, MixedTimeError),
        ({"whole": None}, WrongTypeError),
        ({"share_numerator": -1}, OutOfBoundsError),
        ({"share_denominator": 0}, OutOfBoundsError),
        ({"amount_minor": 10**61}, OutOfBoundsError),
        ({"cap_minor": -1}, OutOfBoundsError),
        ({"charge_version": None}, WrongTypeError),
    ],
)
def test_each_part_of_a_line_is_checked(fields, error):
    with pytest.raises(error):
        with_line(upgrade(), 0, **fields)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"item_kind": "plans"}, UnknownWordError),
        ({"item": ""}, OutOfBoundsError),
        ({"unit": None}, WrongTypeError),
        ({"currency": "eur"}, UnknownCurrencyError),
        ({"unit_scaled": -1}, OutOfBoundsError),
        ({"unit_scaled": 1.5}, WrongTypeError),
        ({"scale": 0}, OutOfBoundsError),
        ({"discounts": [5]}, WrongTypeError),
        ({"tax_rates": [5]}, WrongTypeError),
        ({"convention": "act/act"}, UnknownWordError),
        ({"rounding": "ceiling"}, UnknownWordError),
        ({"in_arrears": 0}, WrongTypeError),
    ],
)
def test_each_part_of_the_terms_is_checked(fields, error):
    with pytest.raises(error):
        attrs.evolve(upgrade().lines[0].terms, **fields)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"subscription_id": ""}, OutOfBoundsError),
        ({"version": -1}, OutOfBoundsError),
        ({"version": True}, WrongTypeError),
        ({"issued_on": "2026-04-16"}, WrongTypeError),
        ({"billing_reason": "update"}, UnknownWordError),
        ({"currency": "usd"}, UnknownCurrencyError),
        ({"currency": "EUR"}, CurrencyMismatchError),
        ({"lines": [5]}, WrongTypeError),
        ({"taxes": [5]}, WrongTypeError),
        ({"subtotal_minor": 1.5}, WrongTypeError),
        ({"total_minor": None}, WrongTypeError),
        ({"credit_applied_minor": "0"}, WrongTypeError),
        ({"recipient": "Ada"}, WrongTypeError),
    ],
)
def test_each_part_of_an_invoice_is_checked(fields, error):
    with pytest.raises(error):
        attrs.evolve(upgrade(), **fields)
