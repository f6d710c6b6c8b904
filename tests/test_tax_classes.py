"""Tax follows what is sold: classes on items, rates for them on a subscription."""

from __future__ import annotations

import datetime as dt
import json

import attrs
import pytest

from seatbill import (
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Cancel,
    ChargeFee,
    Discount,
    Money,
    Plan,
    Price,
    RemoveAddOn,
    Reprice,
    Rounding,
    Service,
    SetTaxRates,
    SwitchPlan,
    TaxRate,
    Timing,
    bill,
    change,
    credit_note,
    explain,
    renew,
    subscribe,
    verify,
)
from seatbill.combining import combine, take_apart
from seatbill.converters import dump, load
from seatbill.discounts import DiscountTarget
from seatbill.errors import (
    DuplicateError,
    MalformedError,
    SeatbillError,
    TaxRateError,
)
from seatbill.formatting import describe
from seatbill.subscriptions import Subscription
from seatbill.taxes import TaxCategory, rates_for
from seatbill.wallets import Pack, Purchase

APRIL, MIDDLE, MAY = dt.date(2026, 4, 1), dt.date(2026, 4, 16), dt.date(2026, 5, 1)


def price(amount, unit="seat", currency="EUR", **more):
    return Price(unit=unit, unit_amount=amount, currency=currency, **more)


def add_on(amount, id="course", tax_class="education", currency="EUR", **more):
    return AddOn(
        id, id.title(), [price(amount, id, currency, **more)], tax_class=tax_class
    )


PLAN = Plan("pro", "Pro", 1, [price("100.00")])
COURSE = add_on("50.00")
VAT = TaxRate("vat", "0.20")
EXEMPT = TaxRate(
    "exempt", 0, TaxCategory.EXEMPT, reason="Art. 132", tax_classes=["education"]
)
CITY = TaxRate("city", "0.05")
REDUCED = TaxRate("reduced", "0.10", tax_classes=["education", "print"])
INSIDE = TaxRate("inside", "0.20", inclusive=True)
INSIDE_PRINT = TaxRate("printed", "0.10", inclusive=True, tax_classes=["print"])


def start(*rates, plan=PLAN, add_ons=(COURSE,), on=APRIL, seats=1, **more):
    rules = more.pop("rules", BillingRules())
    return subscribe(
        plan,
        id="ada",
        interval=MONTHLY,
        seats=seats,
        on=on,
        rules=rules,
        add_ons=add_ons,
        tax_rates=rates,
        **more,
    )


def taxes(invoice):
    assert verify(invoice) == ()
    return {
        t.rate.id: (str(t.base.amount), str(t.amount.amount)) for t in invoice.taxes
    }


def lines(invoice):
    assert verify(invoice) == ()
    return [
        (line.item, str(line.amount.amount), [rate.id for rate in line.tax_rates])
        for line in invoice.lines
    ]


# ------------------------------------------------------------------------ which rates


@pytest.mark.parametrize(
    ("rates", "add_on_class", "found", "total"),
    [
        # source: invoiceninja#4504, #10746: 100.00 × 1.20 + 50.00
        ((VAT, EXEMPT), "education", {"vat", "exempt"}, "170.00"),
        ((EXEMPT, VAT), "education", {"vat", "exempt"}, "170.00"),
        # 150.00 × 1.20: a class that no rate names, no class, or no rate with classes
        ((VAT, EXEMPT), "print", {"vat"}, "180.00"),
        ((VAT, EXEMPT), None, {"vat"}, "180.00"),
        ((VAT,), "education", {"vat"}, "180.00"),
        # 100.00 × 1.20 + 50.00 × 1.10
        ((VAT, REDUCED), "education", {"vat", "reduced"}, "175.00"),
        # 100.00 × 1.25 + 50.00 × 1.10: both that name none, or what names the class
        ((VAT, CITY, REDUCED), "print", {"vat", "city", "reduced"}, "180.00"),
        # 100.00 + 50.00 × 1.10: there is no rate for items without a class
        ((REDUCED,), "education", {"reduced"}, "155.00"),
        ((REDUCED,), None, set(), "150.00"),
        # a price with its tax beside one without: 100.00 × 1.20 + 50.00
        ((VAT, INSIDE_PRINT), "print", {"vat", "printed"}, "170.00"),
        # and the other way: 100.00 + 50.00 × 1.10
        ((INSIDE, REDUCED), "education", {"inside", "reduced"}, "155.00"),
        ((), "education", set(), "150.00"),
    ],
)
def test_an_item_has_the_rates_of_its_class(rates, add_on_class, found, total):
    sold = attrs.evolve(COURSE, tax_class=add_on_class)
    invoice = start(*rates, add_ons=[sold]).invoice
    assert set(taxes(invoice)) == found
    assert str(invoice.total.amount) == total


def test_the_class_of_the_plan_is_not_that_of_its_add_ons():
    """100.00 + 50.00 × 1.20: the course is the plan, the seat beside it is not."""
    taught = attrs.evolve(PLAN, tax_class="education")
    plain = attrs.evolve(COURSE, tax_class=None)
    invoice = start(VAT, EXEMPT, plan=taught, add_ons=[plain]).invoice
    assert taxes(invoice) == {"exempt": ("100.00", "0.00"), "vat": ("50.00", "10.00")}


def test_tax_is_computed_once_for_each_rate_over_all_items_of_it():
    """0.33 + 0.33 at 10 %: 0.066 is 0.07 on the sum, and 0.03 + 0.03 on the lines."""
    sold = [add_on("0.33", "a", "print"), add_on("0.33", "b", "education")]
    invoice = start(VAT, REDUCED, add_ons=sold).invoice
    assert taxes(invoice) == {"vat": ("100.00", "20.00"), "reduced": ("0.66", "0.07")}


@pytest.mark.parametrize(
    ("currency", "amount", "total"),
    [
        ("JPY", "101", "232"),  # 101 × 1.20 = 121.2 → 121; 101 × 1.10: tax 10.1 → 10
        ("KWD", "1.005", "2.312"),  # tax 0.201, and 0.1005 → 0.101
    ],
)
def test_currencies_without_cents_and_with_mills(currency, amount, total):
    plan = Plan("p", "P", 1, [price(amount, currency=currency)])
    invoice = start(
        VAT, REDUCED, plan=plan, add_ons=[add_on(amount, currency=currency)]
    ).invoice
    assert verify(invoice) == ()
    assert str(invoice.total.amount) == total


# -------------------------------------------------------------------------- refusals


def test_an_inclusive_rate_is_alone_among_those_of_its_items():
    for rates in (
        (VAT, INSIDE),
        (VAT, INSIDE, REDUCED),
        (VAT, REDUCED, INSIDE_PRINT),  # both name "print"
    ):
        with pytest.raises(TaxRateError) as refused:
            SetTaxRates(rates)
        assert refused.value.problem == "not_alone"
    assert SetTaxRates([INSIDE, INSIDE_PRINT]).rates == (INSIDE, INSIDE_PRINT)
    with pytest.raises(DuplicateError):
        TaxRate("vat", "0.2", tax_classes=["a", "a"])
    for wrong in ("print", [""], [1], None):
        with pytest.raises((SeatbillError, TypeError)):
            TaxRate("vat", "0.2", tax_classes=wrong)
    for kind in (PLAN, COURSE, ChargeFee("f", Money("1", "EUR"))):
        for wrong in ("", 1):
            with pytest.raises(SeatbillError):
                attrs.evolve(kind, tax_class=wrong)
    assert rates_for((VAT, CITY), "print") == (VAT, CITY)


# --------------------------------------------------------------------------- changes


def test_seats_and_add_ons_bought_later_have_the_rates_of_their_class():
    """16 April: 15 of 30 days. A seat 50.00 × 1.20, a course 25.00."""
    opened = start(VAT, EXEMPT).subscription
    outcome = change(opened, AddSeats(1), AddAddOn(COURSE), on=MIDDLE)
    assert lines(outcome.invoice) == [
        ("pro", "50.00", ["vat"]),
        ("course", "25.00", ["exempt"]),
    ]
    assert str(outcome.invoice.total.amount) == "85.00"
    (renewed,) = renew(outcome.subscription, on=MAY).invoices
    assert taxes(renewed) == {"vat": ("200.00", "40.00"), "exempt": ("100.00", "0.00")}


def test_a_plan_of_another_class_has_its_own_rates_and_the_credit_the_old_ones():
    """−100.00 × 1.20 × 15/30 + 60.00 × 15/30 exempt = −60.00 + 30.00."""
    taught = Plan("school", "School", 2, [price("60.00")], tax_class="education")
    opened = start(VAT, EXEMPT, add_ons=()).subscription
    invoice = change(
        opened, SwitchPlan(taught), on=MIDDLE, timing=Timing.IMMEDIATE
    ).invoice
    assert lines(invoice) == [
        ("pro", "-50.00", ["vat"]),
        ("school", "30.00", ["exempt"]),
    ]
    assert str(invoice.total.amount) == "-30.00"


def test_a_new_list_may_bring_a_class():
    listed = attrs.evolve(PLAN, tax_class="education")
    opened = start(VAT, EXEMPT, add_ons=()).subscription
    asked = change(opened, Reprice(listed, MAY), on=MIDDLE)
    assert taxes(renew(asked.subscription, on=MAY).invoice) == {
        "exempt": ("100.00", "0.00")
    }


def test_new_rates_touch_later_charges_only():
    """A credit has the rates of its charge: the class was exempt, now it is not.

    16 April: −25.00 exempt; the seat bought that day 50.00 × 1.25.
    """
    history = [
        (dt.date(2026, 4, 10), SetTaxRates([VAT, CITY])),
        (MIDDLE, (RemoveAddOn(COURSE), AddSeats(1)), Timing.IMMEDIATE),
    ]
    statement = bill(start(VAT, EXEMPT), history, until=MAY)
    _, moved, renewed = statement.invoices
    assert taxes(moved) == {
        "exempt": ("-25.00", "0.00"),
        "vat": ("50.00", "10.00"),
        "city": ("50.00", "2.50"),
    }
    assert taxes(renewed) == {"vat": ("200.00", "40.00"), "city": ("200.00", "10.00")}


def test_what_is_bought_once_has_a_class_too():
    """Set-up 10.00 × 1.20, a book 10.00 × 1.10, a fee and packs likewise."""
    opened = start(VAT, REDUCED, add_ons=()).subscription
    ten = Money("10.00", "EUR")
    pack = Pack(id="25", units="25", price=ten)
    order = Purchase(number=1, pack=pack, quantity=2, ordered_on=MIDDLE)
    invoice = change(
        opened,
        BuyService(Service("setup", "Set-up", ten)),
        BuyService(Service("book", "Book", ten, tax_class="print")),
        ChargeFee("late", ten),
        ChargeFee("course", ten, tax_class="education"),
        BuyService.of(order),
        BuyService.of(order, tax_class="print"),
        on=MIDDLE,
    ).invoice
    assert [found[2] for found in lines(invoice)] == [["vat"], ["reduced"]] * 3
    assert taxes(invoice) == {"vat": ("40.00", "8.00"), "reduced": ("40.00", "4.00")}


def test_in_arrears_and_measured_units_have_the_class_of_their_plan():
    """7 calls at 1.00 × 1.10, billed at the end of April."""
    calls = price("1.00", "call", measured=True, in_arrears=True)
    plan = Plan("api", "API", 1, [calls], tax_class="print")
    opened = start(VAT, REDUCED, plan=plan, add_ons=(), seats={}).subscription
    invoice = renew(opened, on=MAY, measured={"call": 7}).invoice
    assert taxes(invoice) == {"reduced": ("7.00", "0.70")}


def test_a_trial_and_an_adopted_customer():
    trial = start(VAT, EXEMPT, trial_end=MAY)
    assert trial.invoices == ()
    assert str(renew(trial.subscription, on=MAY).invoice.total.amount) == "170.00"


# --------------------------------------------------------------------------- discounts


def promo(amount, currency="EUR", periods=None):
    return Discount.fixed(amount, currency, id="promo", periods=periods)


@pytest.mark.parametrize(
    ("off", "parts", "total"),
    [
        # 100.00 : 50.00; (100.00 − 20.00) × 1.20 + 40.00
        ("30.00", ["-20.00", "-10.00"], "136.00"),
        # rounded down: 0.66 of 1.00 on 100.00; then the rest
        ("1.00", ["-0.66", "-0.34"], "168.87"),  # 99.34 × 1.20 = 119.208, + 49.66
        # more than all is charged: nothing is left of either
        ("200.00", ["-100.00", "-50.00"], "0.00"),
        ("150.00", ["-100.00", "-50.00"], "0.00"),
        # a cent cannot be shared: it is off what comes last
        ("0.01", ["-0.01"], "169.99"),
    ],
)
def test_an_amount_off_is_shared_by_what_is_taxed_differently(off, parts, total):
    invoice = start(VAT, EXEMPT, discounts=[promo(off)]).invoice
    found = [f for f in lines(invoice) if f[0] == "promo"]
    assert [f[1] for f in found] == parts
    assert [f[2] for f in found] == [["vat"], ["exempt"]][-len(parts) :]
    assert str(invoice.total.amount) == total
    assert len({line.charge_id for line in invoice.lines}) == len(invoice.lines)
    assert {explain(line) for line in invoice.lines}


def test_what_is_free_has_no_part_of_an_amount_off():
    free = add_on("0.00")
    invoice = start(VAT, EXEMPT, add_ons=[free], discounts=[promo("30.00")]).invoice
    assert lines(invoice)[-1] == ("promo", "-30.00", ["vat"])
    assert invoice.lines[-1].unit == "period"


def test_a_stub_shares_an_amount_off_by_whole_periods():
    """16 to 30 April is 15 of 30 days: −10.00 and −5.00 beside 50.00 and 25.00."""
    invoice = start(
        VAT, EXEMPT, on=MIDDLE, anchor=MAY, discounts=[promo("30.00")]
    ).invoice
    assert [found[1] for found in lines(invoice)] == [
        "50.00",
        "25.00",
        "-10.00",
        "-5.00",
    ]
    assert str(invoice.total.amount) == "68.00"  # 40.00 × 1.20 + 20.00


def test_two_amounts_off_share_what_is_left():
    """90.00 are 60.00 and 30.00; of the 60.00 left, 40.00 and 20.00 are taken."""
    second = Discount.fixed("80.00", "EUR", id="second")
    invoice = start(VAT, EXEMPT, discounts=[promo("90.00"), second]).invoice
    assert [found[1] for found in lines(invoice)[2:]] == [
        "-60.00",
        "-30.00",
        "-40.00",
        "-20.00",
    ]
    third = Discount.fixed("1.00", "EUR", id="third")
    again = start(VAT, EXEMPT, discounts=[promo("90.00"), second, third]).invoice
    assert lines(again) == lines(invoice)


def test_both_parts_come_back_at_an_end_and_move_with_what_is_charged():
    """16 April: −50.00 −25.00 +10.00 +5.00; tax on −40.00."""
    opened = start(VAT, EXEMPT, discounts=[promo("30.00")]).subscription
    ended = change(opened, Cancel(), on=MIDDLE, timing=Timing.IMMEDIATE)
    assert taxes(ended.invoice) == {
        "vat": ("-40.00", "-8.00"),
        "exempt": ("-20.00", "0.00"),
    }
    assert str(ended.refund_due.amount) == "68.00"


def test_a_discount_above_what_is_left_is_cut_in_the_order_of_its_parts():
    """120.00 off are 80.00 and 40.00. The course ends: 100.00 are left, so 20.00 of the
    40.00 go, half of the period: −25.00 + 10.00.
    """
    opened = start(VAT, EXEMPT, discounts=[promo("120.00")]).subscription
    outcome = change(opened, RemoveAddOn(COURSE), on=MIDDLE, timing=Timing.IMMEDIATE)
    assert [found[1:] for found in lines(outcome.invoice)] == [
        ("-25.00", ["exempt"]),
        ("10.00", ["exempt"]),
    ]
    back = change(outcome.subscription, AddAddOn(COURSE), on=MIDDLE).invoice
    assert str(back.total.amount) == "15.00"


# --------------------------------------------------------------------- what follows it


def test_a_note_takes_back_each_rate():
    invoice = start(VAT, EXEMPT).invoice
    note = credit_note(invoice, reason="goodwill", issued_on=MIDDLE)
    assert (str(note.subtotal.amount), str(note.tax.amount)) == ("150.00", "20.00")
    half = credit_note(
        invoice, amount=Money("85.00", "EUR"), reason="goodwill", issued_on=MIDDLE
    )
    assert str(half.tax.amount) == "10.00"


def test_one_document_for_two_customers_taxes_each_rate_once():
    first = start(VAT, EXEMPT).invoice
    second = attrs.evolve(first, subscription_id="ben")
    both = combine([first, second], key="both")
    assert {t.rate.id: str(t.amount.amount) for t in both.taxes} == {
        "vat": "40.00",
        "exempt": "0.00",
    }
    assert verify(both) == ()
    assert take_apart(both) == (first, second)


def test_documents_keep_the_classes_and_leave_out_what_says_nothing():
    opened = start(VAT, EXEMPT, REDUCED_PRINT, discounts=[promo("30.00")])
    text = json.dumps(dump(opened.subscription))
    assert load(json.loads(text), Subscription) == opened.subscription
    assert '"tax_classes"' in text
    assert '"tax_class"' in text
    plain = json.dumps(dump(start(VAT, add_ons=()).subscription))
    assert "tax_class" not in plain


REDUCED_PRINT = TaxRate("reduced", "0.10", tax_classes=["print"])


def test_the_classes_of_a_rate_are_said():
    said = describe(SetTaxRates([VAT, REDUCED]))
    assert said == "Set the tax rates: vat 20%, reduced 10% (education, print)"


def test_amounts_off_for_different_items_share_what_is_left_of_each_rate():
    """90.00 off the plan leave 10.00 of it; 40.00 off everything are 10.00 : 50.00 of
    60.00, so 6.66 and 33.34. Tax: (100.00 − 96.66) × 0.20 = 0.668.
    """
    own = Discount.fixed(
        "90.00", "EUR", id="own", applies_to=DiscountTarget(plans=["pro"])
    )
    every = Discount.fixed("40.00", "EUR", id="every")
    invoice = start(VAT, EXEMPT, discounts=[own, every]).invoice
    assert [found[:2] for found in lines(invoice)[2:]] == [
        ("own", "-90.00"),
        ("every", "-6.66"),
        ("every", "-33.34"),
    ]
    assert str(invoice.total.amount) == "20.67"


AID, LESSON = add_on("50.00", "aid", None), add_on("50.00", "lesson")
OF_TWO = DiscountTarget(add_ons=["aid", "course"])


def test_an_amount_off_for_two_items_is_shared_whatever_is_off_another():
    """20.00 off two items of 50.00, by halves; tax: (150.00 − 30.00 − 10.00) × 0.20."""
    plan = Discount.fixed(
        "30.00", "EUR", id="plan", applies_to=DiscountTarget(plans=["pro"])
    )
    two = Discount.fixed("20.00", "EUR", id="two", applies_to=OF_TWO)
    sold = [AID, COURSE, LESSON]
    invoice = start(VAT, EXEMPT, add_ons=sold, discounts=[plan, two]).invoice
    assert [found[:2] for found in lines(invoice)[4:]] == [
        ("plan", "-30.00"),
        ("two", "-10.00"),
        ("two", "-10.00"),
    ]
    assert str(invoice.total.amount) == "222.00"


def test_an_amount_off_is_shared_by_prices_where_nothing_is_known_to_be_left():
    """200.00 off 150.00 and 100.00 are 120.00 and 80.00: of each rate more than the
    50.00 of one item, but 50.00 are left in all. Tax: (150.00 − 140.00) × 0.20.
    """
    every = Discount.fixed("200.00", "EUR", id="every")
    two = Discount.fixed("40.00", "EUR", id="two", applies_to=OF_TWO)
    sold = [AID, COURSE, LESSON]
    invoice = start(VAT, EXEMPT, add_ons=sold, discounts=[every, two]).invoice
    assert [found[:2] for found in lines(invoice)[4:]] == [
        ("every", "-120.00"),
        ("every", "-80.00"),
        ("two", "-20.00"),
        ("two", "-20.00"),
    ]
    assert str(invoice.total.amount) == "12.00"


def test_what_is_untaxed_may_say_so_in_a_code():
    rate = TaxRate(
        "abroad",
        0,
        TaxCategory.OUTSIDE_SCOPE,
        reason="Article 44",
        exemption_code="VATEX-EU-O",
    )
    assert (rate.category, rate.exemption_code) == ("O", "VATEX-EU-O")
    with pytest.raises(TaxRateError) as refused:
        TaxRate("outside", 0, TaxCategory.OUTSIDE_SCOPE)
    assert refused.value.problem == "no_reason"
    with pytest.raises(TaxRateError) as refused:
        TaxRate("vat", "0.2", exemption_code="VATEX-EU-AE")
    assert refused.value.problem == "no_exemption"
    with pytest.raises(MalformedError):
        TaxRate("ae", 0, TaxCategory.EXEMPT, reason="x", exemption_code="EU-AE")


def test_in_a_part_of_a_period_no_rate_has_more_off_than_its_lines():
    """A month costs 2 and 2.2, rounded up 3; 26 of 31 days of it, rounded up, 2 and 2.

    Of 1 off the 3 bear all, 26/31 rounded up: 1.  Of 3 off what is left of a month, 2
    and 2, bears 1 and 2: 26/31, rounded up 1, and 52/31, of which only 1 is left.
    """
    plan = Plan("pro", "Pro", 1, [price("2", currency="JPY")])
    outcome = subscribe(
        plan,
        id="s",
        interval=MONTHLY,
        seats=1,
        on=dt.date(2025, 12, 31),
        anchor=dt.date(2025, 12, 26),
        rules=BillingRules(rounding=Rounding.UP),
        add_ons=[(add_on("2.2", currency="JPY"), 1)],
        discounts=[Discount.fixed(n, "JPY", id=f"{n} off") for n in ("1", "3")],
        tax_rates=[VAT, EXEMPT],
    )
    assert lines(outcome.invoice) == [
        ("pro", "2", ["vat"]),
        ("course", "2", ["exempt"]),
        ("1 off", "-1", ["exempt"]),
        ("3 off", "-1", ["vat"]),
        ("3 off", "-1", ["exempt"]),
    ]
