"""The day to pay by, the steps after it, and what delay costs, worked out on paper."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from seatbill import (
    MONTHLY,
    BillingRules,
    ChargeFee,
    Money,
    Plan,
    Price,
    Rounding,
    TaxRate,
    change,
    subscribe,
)
from seatbill.corrections import number
from seatbill.errors import (
    CurrencyMismatchError,
    DateRangeError,
    DuplicateError,
    MixedTimeError,
    OutOfBoundsError,
    SeatbillError,
)
from seatbill.payments import (
    DunningPlan,
    DunningStep,
    LateCharge,
    LateFees,
    PaymentTerms,
)
from seatbill.taxes import TaxCategory


def day(text):
    return dt.date.fromisoformat(text)


def euro(amount):
    return Money(amount, "EUR")


# ------------------------------------------------------------------------- days to pay


@pytest.mark.parametrize(
    ("days", "end_of_month", "issued", "due"),
    [
        (0, False, "2026-01-31", "2026-01-31"),
        (30, False, "2026-01-31", "2026-03-02"),  # 28 days to 28 February
        (30, False, "2028-01-31", "2028-03-01"),  # a leap year
        (14, False, "2026-12-20", "2027-01-03"),
        (0, True, "2026-02-01", "2026-02-28"),
        (0, True, "2028-02-29", "2028-02-29"),
        (10, True, "2026-01-31", "2026-02-10"),
        (30, True, "2026-01-01", "2026-03-02"),  # 31 January, and 30 days
        (10, True, "2026-12-05", "2027-01-10"),
    ],
)
def test_the_last_day_to_pay(days, end_of_month, issued, due):
    terms = PaymentTerms(days=days, end_of_month=end_of_month)
    assert terms.due_on(day(issued)) == day(due)
    noon = dt.datetime.combine(day(issued), dt.time(12), dt.UTC)
    assert terms.due_on(noon) == dt.datetime.combine(day(due), dt.time(12), dt.UTC)


def test_terms_are_checked():
    for wrong in ({"days": -1}, {"days": 3651}, {"days": True}, {"end_of_month": 1}):
        with pytest.raises(SeatbillError):
            PaymentTerms(**wrong)
    with pytest.raises(DateRangeError):
        PaymentTerms().due_on(dt.date(9999, 12, 31))
    with pytest.raises(DateRangeError):
        PaymentTerms(end_of_month=True).due_on(dt.date(9999, 12, 1))


def test_a_number_takes_the_terms_and_counts_from_its_day():
    plan = Plan("pro", "Pro", 1, [Price(unit_amount="9", currency="EUR")])
    invoice = subscribe(
        plan,
        id="ada",
        interval=MONTHLY,
        seats=1,
        on=day("2026-04-01"),
        rules=BillingRules(),
    ).invoice
    terms = PaymentTerms(days=14)
    assert number(invoice, "1", due_on=terms).due_on == day("2026-04-15")
    later = number(invoice, "1", issued_on=day("2026-04-03"), due_on=terms)
    assert later.due_on == day("2026-04-17")
    assert number(invoice, "1", due_on=day("2026-04-15")).due_on == day("2026-04-15")


# ------------------------------------------------------------------------- the dunning

REMINDER = DunningStep(days=7, name="reminder")
NOTICE = DunningStep(days=21, name="notice", fee=euro("5.00"))
LAST = DunningStep(days=35, name="last")
DUNNING = DunningPlan([LAST, REMINDER, NOTICE])


def test_steps_come_in_the_order_of_their_days():
    assert DUNNING.steps == (REMINDER, NOTICE, LAST)
    assert DUNNING.dates(day("2026-04-30")) == (
        (day("2026-05-07"), REMINDER),
        (day("2026-05-21"), NOTICE),
        (day("2026-06-04"), LAST),
    )


@pytest.mark.parametrize(
    ("on", "paid", "step"),
    [
        ("2026-04-30", None, None),
        ("2026-05-06", None, None),
        ("2026-05-07", None, REMINDER),
        ("2026-05-20", None, REMINDER),
        ("2026-05-21", None, NOTICE),
        ("2027-01-01", None, LAST),
        # paid: nothing on that day and after it, what was due before it as ever
        ("2026-05-21", "2026-05-21", None),
        ("2026-05-22", "2026-05-21", None),
        ("2026-05-20", "2026-05-21", REMINDER),
        ("2026-05-20", "2026-04-20", None),
    ],
)
def test_the_step_of_a_day(on, paid, step):
    paid_on = None if paid is None else day(paid)
    assert DUNNING.step_on(day(on), due_on=day("2026-04-30"), paid_on=paid_on) == step


def test_what_was_paid_has_the_steps_before_that_day():
    due = day("2026-04-30")
    for paid, n in (("2026-05-07", 0), ("2026-05-08", 1), ("2026-07-01", 3)):
        assert len(DUNNING.dates(due, paid_on=day(paid))) == n
    assert DunningPlan([]).dates(due) == ()
    assert DunningPlan([]).step_on(due, due_on=due) is None


def test_a_plan_is_checked():
    for steps in (
        [REMINDER, DunningStep(days=7, name="other")],
        [REMINDER, DunningStep(days=8, name="reminder")],
    ):
        with pytest.raises(DuplicateError):
            DunningPlan(steps)
    for wrong in (
        {"days": 0, "name": "x"},
        {"days": 1, "name": ""},
        {"days": 1, "name": "x", "fee": euro("0")},
        {"days": 1, "name": "x", "fee": "5"},
    ):
        with pytest.raises(SeatbillError):
            DunningStep(**wrong)
    noon = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    with pytest.raises(MixedTimeError):
        DUNNING.step_on(noon, due_on=day("2026-04-30"))
    with pytest.raises(MixedTimeError):
        DUNNING.dates(day("2026-04-30"), paid_on=noon)


# ---------------------------------------------------------------------------- interest

DUE = day("2026-03-31")


@pytest.mark.parametrize(
    ("unpaid", "rate", "basis", "on", "interest"),
    [
        # 1000.00 × 0.1015 × 30/365 = 8.3425
        ("1000.00", "0.1015", 365, "2026-04-30", "8.34"),
        # × 30/360 = 8.4583
        ("1000.00", "0.1015", 360, "2026-04-30", "8.46"),
        # a day: 0.2781
        ("1000.00", "0.1015", 365, "2026-04-01", "0.28"),
        # a year: 1000.00 × 0.1015 × 365/365
        ("1000.00", "0.1015", 365, "2027-03-31", "101.50"),
        # over 29 February 2028: 731 days, 1000.00 × 0.1015 × 731/365 = 203.2781
        ("1000.00", "0.1015", 365, "2028-03-31", "203.28"),
        ("1000.00", "0", 365, "2026-04-30", "0.00"),
        # a cent for 30 days is nothing: 0.00008
        ("0.01", "0.1015", 365, "2026-04-30", "0.00"),
        # 219.00 × 0.10 × 1/365 = 0.06
        ("219.00", "0.10", 365, "2026-04-01", "0.06"),
        # 9.125 × … a half of a cent: 182.50 × 0.01 × 1/365 = 0.005
        ("182.50", "0.01", 365, "2026-04-01", "0.01"),
    ],
)
def test_interest_is_simple_and_by_the_day(unpaid, rate, basis, on, interest):
    fees = LateFees(annual_rate=rate, days_in_year=basis)
    found = fees.of(euro(unpaid), due_on=DUE, on=day(on))
    assert found.interest == euro(interest)
    assert found.fee == euro("0")
    assert found.total == euro(interest)


@pytest.mark.parametrize(
    ("on", "days", "total"),
    [
        ("2026-03-30", 0, "0.00"),
        ("2026-03-31", 0, "0.00"),
        ("2026-04-05", 5, "0.00"),  # within the grace
        # 365.00 × 0.10 × 6/365 = 0.60 for all six days, and 40.00
        ("2026-04-06", 6, "40.60"),
    ],
)
def test_days_of_grace_cost_nothing_and_count_once_they_are_over(on, days, total):
    """Source of the 40.00: Directive 2011/7/EU art. 6."""
    fees = LateFees(annual_rate="0.10", fee=euro("40.00"), grace_days=5)
    found = fees.of(euro("365.00"), due_on=DUE, on=day(on))
    assert (found.days, found.total) == (days, euro(total))


def test_the_rounding_is_that_of_the_rule_and_of_the_currency():
    half = {"annual_rate": "0.01", "rounding": Rounding.DOWN}
    found = LateFees(**half).of(euro("182.50"), due_on=DUE, on=day("2026-04-01"))
    assert found.interest == euro("0.00")
    fees = LateFees(annual_rate=Fraction(1, 10))
    april = day("2026-04-30")
    # 100000 × 0.10 × 30/365 = 821.9; 100.000 × … = 0.8219
    assert fees.of(Money("100000", "JPY"), due_on=DUE, on=april).interest == Money(
        "822", "JPY"
    )
    assert fees.of(Money("100.000", "KWD"), due_on=DUE, on=april).interest == Money(
        "0.822", "KWD"
    )


def test_what_was_paid_costs_nothing_more():
    fees = LateFees(annual_rate="0.10", fee=euro("40.00"))
    found = fees.of(euro("0.00"), due_on=DUE, on=day("2026-04-30"))
    assert (found.days, found.total) == (30, euro("0.00"))


def test_instants_count_by_their_day_in_utc():
    due = dt.datetime(2026, 3, 31, 23, tzinfo=dt.UTC)
    on = dt.datetime(2026, 4, 1, 1, tzinfo=dt.UTC)
    fees = LateFees(annual_rate="0.10")
    assert fees.of(euro("3650.00"), due_on=due, on=on).interest == euro("1.00")


def test_rules_of_delay_are_checked():
    for wrong in (
        {"annual_rate": "-0.01"},
        {"annual_rate": "1.01"},
        {"annual_rate": Fraction(11, 10)},
        {"annual_rate": 0.1},
        {"annual_rate": "0.1", "days_in_year": 359},
        {"annual_rate": "0.1", "days_in_year": 367},
        {"annual_rate": "0.1", "fee": euro("-1")},
        {"annual_rate": "0.1", "fee": 40},
        {"annual_rate": "0.1", "grace_days": -1},
        {"annual_rate": "0.1", "rounding": "downwards"},
    ):
        with pytest.raises(SeatbillError):
            LateFees(**wrong)
    fees = LateFees(annual_rate="0.1", fee=euro("40.00"))
    with pytest.raises(CurrencyMismatchError):
        fees.of(Money("1", "USD"), due_on=DUE, on=DUE)
    with pytest.raises(OutOfBoundsError):
        fees.of(euro("-1"), due_on=DUE, on=DUE)
    with pytest.raises(MixedTimeError):
        fees.of(euro("1"), due_on=DUE, on=dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    with pytest.raises(CurrencyMismatchError):
        LateCharge(days=1, interest=euro("1"), fee=Money("1", "USD"))
    for wrong in ({"days": -1}, {"interest": euro("-1")}, {"fee": euro("-1")}):
        sound = {"days": 1, "interest": euro("1"), "fee": euro("1")}
        with pytest.raises(SeatbillError):
            LateCharge(**{**sound, **wrong})


def test_what_delay_costs_is_charged_as_fees_without_tax():
    """8.34 and 40.00 beside nothing else: no consideration, so no tax (C-222/81)."""
    plan = Plan("pro", "Pro", 1, [Price(unit_amount="1000", currency="EUR")])
    untaxed = TaxRate(
        "none", 0, TaxCategory.EXEMPT, reason="C-222/81", tax_classes=["late"]
    )
    opened = subscribe(
        plan,
        id="ada",
        interval=MONTHLY,
        seats=1,
        on=day("2026-04-01"),
        rules=BillingRules(),
        tax_rates=[TaxRate("vat", "0.19"), untaxed],
    ).subscription
    fees = LateFees(annual_rate="0.1015", fee=euro("40.00"))
    late = fees.of(euro("1000.00"), due_on=DUE, on=day("2026-04-30"))
    invoice = change(
        opened,
        ChargeFee("interest", late.interest, tax_class="late"),
        ChargeFee("late-payment", late.fee, tax_class="late"),
        on=day("2026-04-30"),
    ).invoice
    assert (invoice.total, invoice.tax) == (euro("48.34"), euro("0"))
