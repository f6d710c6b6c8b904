"""Each thing that a document itself proves wrong is told, and the rest is named.

Every field of every kind of line is altered alone.  Either ``verify`` tells, or the
field is named here with the reason why the document cannot know.
"""

from __future__ import annotations

import attrs
import pytest

from altered import EVERY, altered_invoices, altered_lines, with_line
from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    BuyService,
    ChargeFee,
    Discount,
    GrantCredit,
    Invoice,
    Money,
    Party,
    RemoveSeats,
    Rounding,
    Service,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    adopt,
    change,
    verify,
)
from seatbill.formatting import describe
from seatbill.invoices import BillingReason, ItemKind, LineKind, LineTerms
from seatbill.verification import Discrepancy
from shop import LARGE, priced, usd
from stories import Story, at, digits, plan

VAT = TaxRate("vat", "0.19")
AT_ONCE = BillingRules(seats_removed=Timing.IMMEDIATE)
SEAT = priced("seat", usd("9.99"))
CENT = priced("cent", usd("0.01"))
TIERS = [Tier(up_to=5, unit_amount="9.99"), Tier(up_to=None, unit_amount="4.44")]
TIERED = priced("tiered", usd(tiers=TIERS))
ARREARS = priced("arrears", usd("9.99", in_arrears=True))


def story(sold, **more) -> Story:
    """Return 7 seats from 2 May, a month of 31 days on a grid from the 1st."""
    more = {"seats": 7, "rules": AT_ONCE, "tax_rates": [VAT], **more}
    return Story(sold, "2026-05-02", anchor="2026-05-01", **more)


def cut_credit() -> Invoice:
    """Return six seats at a cent: 0.06 × 15/31 = 0.029 → 0.03, cut to the 0.01 paid.

    One was charged at 30/31 of a cent → 0.01, five at 15/31 of one each → 0.00.
    """
    told = story(CENT, seats=1)
    for _ in range(5):
        told.change("2026-05-17", AddSeats(1))
    return told.change("2026-05-17", RemoveSeats(6)).invoice


FEW = Discount.fixed("3.33", "USD", id="few")
MUCH = Discount.fixed("100.00", "USD", id="much")
SETUP = Service("setup", "Set-up", Money("49.00", "USD"))

LINES = {
    "charge": lambda: (story(SEAT).opening.invoice, 0),
    "credit": lambda: (story(SEAT).change("2026-05-17", RemoveSeats(2)).invoice, 0),
    "cut credit": lambda: (cut_credit(), 0),
    "discount": lambda: (story(SEAT, discounts=[FEW]).opening.invoice, 1),
    "cut discount": lambda: (story(SEAT, discounts=[MUCH]).opening.invoice, 1),
    "service": lambda: (story(SEAT).change("2026-05-17", BuyService(SETUP)).invoice, 0),
    "fee": lambda: (
        story(SEAT)
        .change("2026-05-17", ChargeFee("late", Money("5.00", "USD")))
        .invoice,
        0,
    ),
    "tiers": lambda: (story(TIERED).opening.invoice, 0),
    "arrears": lambda: (story(ARREARS).renew("2026-06-01").invoice, 0),
}

PARTS = ("discount", "cut discount")
ONCE = ("service", "fee")


def unknown(sample: str, field: str, value: object) -> str | None:
    """Return why the document cannot prove that *value* is wrong, if it cannot."""
    match field, value:
        case (("item" | "unit"), _):
            return "a name: no figure depends on it"
        case "item_kind", (ItemKind.ADD_ON | ItemKind.PLAN) if sample not in PARTS:
            return (
                "a plan and an add-on are billed alike" if sample not in ONCE else None
            )
        case "charge_version", _:
            return "who charged it is on another invoice, or in another system"
        case "discounts", _:
            return "they are inside the unit price; the price before is on the list"
        case "unit_scaled", None if sample not in (*PARTS, *ONCE):
            return "a price by tiers shows none"
        case "unit_scaled", int(more) if sample in PARTS and more in (334, 10_001):
            return "a part of a fixed discount is as good as all of it"
        case "full_scaled", -9900 if sample == "cut discount":
            return "the same, where the cap is still less"
        case "quantity", _ if sample == "tiers":
            return "under tiers the line is the difference of two totals"
        case "in_arrears", _:
            return "when it is billed changes no figure of it"
        case "convention", _ if sample in ONCE:
            return "what is sold once has no share to count"
        case _:
            return None


def told(invoice: Invoice | None) -> bool:
    """Return whether something on *invoice* is told, or it is refused at the door."""
    return invoice is None or verify(invoice) != ()


def test_every_field_is_altered():
    for kind, fields in EVERY.items():
        assert {field.name for field in attrs.fields(kind)} == {*fields}


@pytest.mark.parametrize("sample", LINES)
def test_what_a_line_proves_wrong_is_told(sample):
    """Another rounding is told where it comes to another amount: see below."""
    invoice, n = LINES[sample]()
    line = invoice.lines[n]
    assert verify(invoice) == ()
    for field, value, other in altered_lines(line):
        if field != "rounding":
            silent = unknown(sample, field, value)
            found = told(with_line(invoice, n, other))
            assert found is (silent is None), (field, value, silent)


@pytest.mark.parametrize(
    ("rounding", "is_told"),
    [
        # 7 × 5 × 30/31 = 33.87 cents, 34 by halves
        pytest.param(Rounding.DOWN, True, id="33.87 is 33"),
        pytest.param(Rounding.UP, False, id="33.87 is 34"),
        pytest.param(Rounding.HALF_EVEN, False, id="33.87 is 34, too"),
    ],
)
def test_another_rounding_is_told_where_it_comes_to_another_amount(rounding, is_told):
    invoice = story(priced("five", usd("0.05")), tax_rates=()).opening.invoice
    (line,) = invoice.lines
    assert digits(line.amount) == "0.34"
    terms = attrs.evolve(line.terms, rounding=rounding)
    assert told(with_line(invoice, 0, attrs.evolve(line, terms=terms))) is is_told


UNKNOWN_TO_AN_INVOICE = {
    "subscription_id": "whose it is",
    "version": "which of them it is",
    "issued_on": "nothing on it depends on the day",
    "billing_reason": "nothing on it depends on the reason, but for a correction",
    "recipient": "to whom it is made out",
    "payable_step": "how what is to be paid is rounded is agreed elsewhere",
}


def test_what_an_invoice_proves_wrong_is_told():
    gift = GrantCredit(Money("5.00", "USD"), "gift")
    told_story = story(SEAT, recipient=Party(name="Ada"))
    told_story.change("2026-05-03", gift)
    invoice = told_story.change("2026-05-17", AddSeats(2)).invoice
    assert digits(invoice.credit_applied) == "5.00"
    for field, value, other in altered_invoices(invoice):
        silent = UNKNOWN_TO_AN_INVOICE.get(field)
        if field == "credit_applied_minor" and value in (499, 501):
            silent = "what was on the balance is not on the invoice"
        assert told(other) is (silent is None), (field, value, silent)


# Worked examples.


def places(invoice: Invoice) -> list[str]:
    return [found.where for found in verify(invoice)]


def altered(sample: str, **fields) -> Invoice:
    """Return the invoice of a *sample* with other fields in its line or its terms."""
    invoice, n = LINES[sample]()
    line = invoice.lines[n]
    terms = {name: fields.pop(name) for name in [*fields] if name in EVERY_TERM}
    line = attrs.evolve(line, terms=attrs.evolve(line.terms, **terms), **fields)
    found = with_line(invoice, n, line)
    assert found is not None
    return found


EVERY_TERM = EVERY[LineTerms]


@pytest.mark.parametrize(
    ("sample", "fields", "where", "stated", "expected"),
    [
        pytest.param(
            "charge", {"kind": LineKind.CREDIT}, "kind", "credit", "charge",
            id="what is to be paid is no credit",
        ),
        pytest.param(
            "credit", {"kind": LineKind.CHARGE}, "kind", "charge", "credit",
            id="what gives back is no charge",
        ),
        pytest.param(
            "charge", {"item_kind": ItemKind.DISCOUNT}, "kind", "charge", "credit",
            id="a discount is not charged",
        ),
        pytest.param(
            "charge", {"kind": LineKind.FEE}, "kind", "fee", "charge",
            id="a seat is no fee",
        ),
        pytest.param(
            "cut credit", {"cap_minor": 3}, "cap", "0.03 USD", "None",
            id="a cap at the amount itself, 0.029 rounded, cuts nothing",
        ),
        pytest.param(
            "credit", {"cap_minor": 5000}, "cap", "50.00 USD", "None",
            id="a cap above what comes back",
        ),
        pytest.param(
            "discount", {"cap_minor": 323}, "cap", "3.23 USD", "None",
            id="a cap above the share of a discount",
        ),
        pytest.param(
            "service", {"cap_minor": 1}, "cap", "0.01 USD", "None",
            id="nothing cuts a service short",
        ),
        pytest.param(
            "service", {"unit_scaled": None}, "unit_amount", "None", "49",
            id="a service has a price",
        ),
        pytest.param(
            "discount", {"unit_scaled": None}, "unit_amount", "None", "333/100",
            id="a discount has an amount",
        ),
        pytest.param(
            "discount", {"quantity": -2}, "quantity", "-2", "-1",
            id="a discount is one",
        ),
        pytest.param(
            "cut discount", {"full_scaled": -10_001}, "full_amount", "-10001/100",
            "-100", id="a discount is no more than all of it",
        ),
        pytest.param(
            "service", {"quantity": -1, "full_scaled": -4900, "amount_minor": -4900},
            "quantity", "-1", "1", id="a service is not given back",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(sample, fields, where, stated, expected):
    forged = altered(sample, **fields)
    (found, *_) = [found for found in verify(forged) if found.where.endswith(where)]
    assert (str(found.stated), str(found.expected)) == (stated, expected)


def test_a_sentence_tells_it():
    (wrong,) = verify(altered("charge", kind=LineKind.FEE))
    assert describe(wrong) == "The line is a fee, but should be a charge (line 1)."
    assert describe(wrong, "fr") == (
        "La ligne est de type frais au lieu de débit (ligne 1)."
    )
    cap = Discrepancy("lines[1].cap", Money("0.03", "USD"), None)
    assert describe(cap) == "The cap is $0.03, but cuts nothing short (line 2)."


def test_what_is_free_adds_and_takes_off_nothing():
    """A seat at 0.00: neither kind is wrong, and the quantity says which it is."""
    free = Story(plan("0.00", id="free"), "2026-05-01", seats=3).opening.invoice
    (line,) = free.lines
    assert verify(free) == ()
    for kind, known in ((LineKind.CREDIT, True), (LineKind.DISCOUNT, False)):
        other = with_line(free, 0, attrs.evolve(line, kind=kind))
        assert (places(other) == []) is known


def test_only_a_correction_has_sums_taxed_apart():
    """Two sums of 0.03 × 19 % = 0.0057 → 0.01 each; 0.06 × 19 % = 0.0114 → 0.01."""
    sold = priced("three", usd("0.03"))
    invoice = Story(sold, "2026-05-01", seats=2, tax_rates=[VAT]).opening.invoice
    (tax,) = invoice.taxes
    three = Money("0.03", "USD")
    apart = attrs.evolve(tax, amount=Money("0.02", "USD"), apart=(three, three))
    forged = attrs.evolve(invoice, taxes=[apart], total_minor=8)
    assert places(forged) == ["taxes", "total"]
    corrects = attrs.evolve(forged, billing_reason=BillingReason.CORRECTION)
    assert places(corrects) == []
    other = attrs.evolve(apart, apart=(three, three, three))  # not what the lines are
    assert places(attrs.evolve(corrects, taxes=[other])) == ["taxes", "total"]


def test_what_another_system_charged_proves_itself():
    """Its charges keep their version, which this subscription never had."""
    first = story(SEAT)
    grown = first.change("2026-05-17", AddSeats(2), SwitchPlan(LARGE)).subscription
    sub = adopt(
        LARGE,
        id="moved",
        interval=MONTHLY,
        seats=9,
        current_period=grown.current_period,
        charged=grown.charges,
        rules=AT_ONCE,
        on=at("2026-05-17"),
    )
    left = change(sub, RemoveSeats(1), on=at("2026-05-17")).invoice
    assert (left.version, left.lines[0].charge_version) == (1, 3)
    assert verify(left) == ()
