"""What is earned when, and what a month of a subscription is worth."""

from __future__ import annotations

import datetime as dt
import decimal
import pickle
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Discount,
    Freeze,
    Interval,
    Money,
    Period,
    Plan,
    Price,
    RemoveSeats,
    Rounding,
    Service,
    SwitchPlan,
    TaxRate,
    Timing,
)
from seatbill.errors import UnknownWordError, WrongTypeError
from seatbill.revenue import RevenueSchedule, RevenueStep, arr, mrr, recognize
from stories import Story, at, digits, plan

VAT = TaxRate("vat", "0.19")
INSIDE = TaxRate("inside", "0.19", inclusive=True)
AT_ONCE = BillingRules(seats_removed=Timing.IMMEDIATE)


def month(year: int, number: int) -> Period:
    return Period.nth(dt.date(year, number, 1), MONTHLY, 0)


def parts(schedule, line=0):
    """Return the parts of one line as first days and digits."""
    return [
        (part.period.start.isoformat(), digits(part.amount))
        for part in schedule.lines[line].parts
    ]


def totals(schedule):
    """Return the sums of all lines as first days and digits."""
    return [(p.period.start.isoformat(), digits(p.amount)) for p in schedule.totals]


# Recognition: worked examples.


def test_a_month_from_the_middle_is_earned_in_two_months():
    """34.95 × 17/31 = 19.1661 until the end of January; the rest in February."""
    story = Story(plan("6.99"), "2026-01-15", seats=5)
    schedule = recognize(story.opening.invoice)
    assert parts(schedule) == [("2026-01-01", "19.17"), ("2026-02-01", "15.78")]
    first, second = schedule.lines[0].parts
    assert (first.period, second.period) == (month(2026, 1), month(2026, 2))


def test_a_year_is_earned_by_the_days_of_its_months():
    """120.00 over 365 days: 31 days 10.1918, 59 days 19.3973, 90 days 29.5890 …"""
    story = Story(plan("120.00", interval=ANNUAL), "2026-01-01", interval=ANNUAL)
    schedule = recognize(story.opening.invoice, by="month")
    assert parts(schedule)[:3] == [
        ("2026-01-01", "10.19"),
        ("2026-02-01", "9.21"),
        ("2026-03-01", "10.19"),
    ]
    assert len(schedule.lines[0].parts) == 12


def test_by_day_each_day_is_the_step_to_the_next_rounded_sum():
    """1.00 over three days is 0.33, 0.67 and 1.00 by the end of each."""
    three_days = plan("1.00", interval=Interval(days=3))
    story = Story(three_days, "2026-01-30", interval=Interval(days=3))
    schedule = recognize(story.opening.invoice, by="day")
    assert parts(schedule) == [
        ("2026-01-30", "0.33"),
        ("2026-01-31", "0.34"),
        ("2026-02-01", "0.33"),
    ]
    assert parts(recognize(story.opening.invoice)) == [
        ("2026-01-01", "0.67"),
        ("2026-02-01", "0.33"),
    ]


def test_a_credit_takes_back_what_was_still_to_be_earned():
    """31 seats in January, 10 leave on the 20th: 12 of 31 days come back."""
    story = Story(plan("1.00"), "2026-01-01", seats=31, rules=AT_ONCE)
    left = story.change("2026-01-20", RemoveSeats(10)).invoice
    assert totals(recognize(left)) == [("2026-01-01", "-3.87")]  # 10 × 12/31 = 3.871
    by_day = recognize(left, by=RevenueStep.DAY)
    assert parts(by_day)[:2] == [("2026-01-20", "-0.32"), ("2026-01-21", "-0.33")]
    assert len(by_day.totals) == 12


def test_an_upgrade_is_earned_as_the_difference():
    """-4.99 × 10 × 15/30 = -24.95 and 34.95, both in the second half of April."""
    story = Story(plan("4.99"), "2026-04-01", seats=10)
    invoice = story.change("2026-04-16", SwitchPlan(plan("6.99"))).invoice
    assert totals(recognize(invoice)) == [("2026-04-01", "10.00")]


def test_a_service_is_earned_on_its_day():
    training = Service("training", "Training", Money("99.00", "USD"))
    story = Story(plan("6.99"), "2026-01-15")
    invoice = story.change("2026-01-20", BuyService(training)).invoice
    assert parts(recognize(invoice, by="day")) == [("2026-01-20", "99.00")]
    assert parts(recognize(invoice)) == [("2026-01-01", "99.00")]


def test_instants_fall_on_their_days_in_utc():
    """24 hours from noon: half of 1.00 on each day."""
    a_day = plan("1.00", interval=Interval(days=1))
    story = Story(a_day, "2026-01-31T12:00Z", interval=Interval(days=1))
    schedule = recognize(story.opening.invoice, by="day")
    assert parts(schedule) == [("2026-01-31", "0.50"), ("2026-02-01", "0.50")]
    assert schedule.totals[0].period == Period(at("2026-01-31"), at("2026-02-01"))


def test_a_line_without_time_is_earned_on_its_day():
    invoice = Story(plan("6.99"), "2026-01-15").opening.invoice
    (line,) = invoice.lines
    empty = attrs.evolve(line, end=line.start)
    schedule = recognize(attrs.evolve(invoice, lines=[empty]), by="day")
    assert parts(schedule) == [("2026-01-15", "6.99")]


def test_taxes_on_top_are_no_revenue():
    story = Story(plan("31.00"), "2026-01-01", tax_rates=(VAT,))
    schedule = recognize(story.opening.invoice)
    assert totals(schedule) == [("2026-01-01", "31.00")]
    assert digits(schedule.totals[0].tax) == "0.00"


def test_an_inclusive_tax_is_named_in_each_part():
    """119.00 holds 19.00; to the end of January 17/31: 65.26 and 10.42."""
    story = Story(plan("119.00"), "2026-01-15", tax_rates=(INSIDE,))
    first, second = recognize(story.opening.invoice).lines[0].parts
    assert [digits(m) for m in (first.amount, first.tax, first.revenue)] == [
        "65.26",
        "10.42",
        "54.84",
    ]
    assert [digits(m) for m in (second.amount, second.tax, second.revenue)] == [
        "53.74",
        "8.58",
        "45.16",
    ]


def test_the_inclusive_taxes_of_the_lines_are_that_of_the_invoice():
    """Three lines of 0.03 hold 0.0048 each, 0.01437 together: one of them a cent."""
    cents = [Price(unit=unit, unit_amount="0.03", currency="USD") for unit in "abc"]
    story = Story(Plan("p", "P", 1, cents), "2026-01-01", seats=dict.fromkeys("abc", 1))
    rated = Story(
        Plan("p", "P", 1, cents),
        "2026-01-01",
        seats=dict.fromkeys("abc", 1),
        tax_rates=(INSIDE,),
    )
    (total,) = recognize(rated.opening.invoice).totals
    assert (digits(total.amount), digits(total.tax)) == ("0.09", "0.01")
    (untaxed,) = recognize(story.opening.invoice).totals
    assert digits(untaxed.tax) == "0.00"


def test_an_invoice_without_lines_earns_nothing():
    story = Story(plan("6.99"), "2026-01-15")
    story.change("2026-01-20", Cancel())
    empty = story.preview()
    assert recognize(empty) == RevenueSchedule("USD", ())
    assert recognize(empty).totals == ()


@pytest.mark.parametrize("by", ["year", None, 1, True])
def test_revenue_is_earned_by_day_or_by_month(by):
    invoice = Story(plan("6.99"), "2026-01-15").opening.invoice
    with pytest.raises(UnknownWordError if by == "year" else WrongTypeError):
        recognize(invoice, by=by)


def test_only_an_invoice_is_recognized():
    with pytest.raises(WrongTypeError):
        recognize(Story(plan("6.99"), "2026-01-15").opening)


def test_the_calendar_ends_with_the_year_9999():
    week = plan("6.99", interval=Interval(days=7))
    story = Story(week, "9999-12-20", interval=Interval(days=7))
    assert len(recognize(story.opening.invoice, by="day").totals) == 7
    (december,) = recognize(story.opening.invoice).totals
    assert december.period == Period(dt.date(9999, 12, 1), dt.date(9999, 12, 31))
    assert digits(december.amount) == "6.99"


# Recognition: laws.


def day_of(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


@st.composite
def invoices(draw):
    """Return an invoice with charges, credits and perhaps an inclusive tax."""
    kind = draw(st.sampled_from(("", "T08:30:00Z")))
    day = draw(st.dates(dt.date(2023, 1, 1), dt.date(2030, 1, 1)))
    story = Story(
        plan(draw(st.sampled_from(("4.99", "0.01", "777.7")))),
        f"{day}{kind}",
        seats=draw(st.integers(1, 99)),
        interval=draw(st.sampled_from((MONTHLY, QUARTERLY, ANNUAL))),
        rules=BillingRules(
            seats_removed=Timing.IMMEDIATE, rounding=draw(st.sampled_from(Rounding))
        ),
        tax_rates=draw(st.sampled_from(((), (VAT,), (INSIDE,)))),
    )
    later = f"{day + dt.timedelta(draw(st.integers(0, 27)))}{kind}"
    asked = draw(
        st.sampled_from((AddSeats(3), RemoveSeats(1), SwitchPlan(plan("6.99", rank=1))))
    )
    changed = story.change(later, asked)
    return draw(st.sampled_from((*story.opening.invoices, *changed.invoices)))


@given(invoices())
def test_parts_add_up_to_each_line_and_tile_its_time(invoice):
    for by in RevenueStep:
        schedule = recognize(invoice, by=by)
        assert [each.line for each in schedule.lines] == [*invoice.lines]
        for each in schedule.lines:
            amounts = [part.amount for part in each.parts]
            assert Money.total(amounts, invoice.currency) == each.line.amount
            for part, after in zip(each.parts, each.parts[1:], strict=False):
                assert part.period.end == after.period.start
            first, last = each.parts[0].period, each.parts[-1].period
            assert first.contains(day_of(each.line.start))
            assert last.contains(each.line.period.last_day)


@given(invoices())
def test_the_days_of_a_month_add_up_to_the_month(invoice):
    months: dict[tuple[int, int], list] = {}
    for part in recognize(invoice, by="day").totals:
        key = part.period.start.year, part.period.start.month
        months.setdefault(key, []).append(part)
    for total in recognize(invoice).totals:
        start = total.period.start
        days = months.pop((start.year, start.month))
        assert Money.total([d.amount for d in days], invoice.currency) == total.amount
        assert Money.total([d.tax for d in days], invoice.currency) == total.tax
    assert not months


@given(invoices())
def test_no_part_has_the_other_sign_and_inclusive_taxes_are_all_there(invoice):
    schedule = recognize(invoice, by="day")
    for each in schedule.lines:
        sign = -1 if each.line.amount_minor < 0 else 1
        assert all(sign * part.amount.minor_units >= 0 for part in each.parts)
    inside = [tax.amount for tax in invoice.taxes if tax.rate.inclusive]
    taxes = [part.tax for part in schedule.totals]
    assert Money.total(taxes, "USD") == Money.total(inside, "USD")


@given(invoices())
def test_a_schedule_survives_pickling_and_a_narrow_decimal_context(invoice):
    schedule = recognize(invoice)
    with decimal.localcontext(prec=2):
        assert recognize(invoice) == schedule
    assert pickle.loads(pickle.dumps(schedule)) == schedule


# Recurring revenue.


def worth(story: Story) -> tuple[str, str]:
    return digits(mrr(story.subscription)), digits(arr(story.subscription))


@pytest.mark.parametrize(
    ("amount", "interval", "expected"),
    [
        pytest.param("34.95", MONTHLY, ("34.95", "419.40"), id="a month"),
        pytest.param("90.00", QUARTERLY, ("30.00", "360.00"), id="a quarter"),
        pytest.param("100.00", ANNUAL, ("8.33", "100.00"), id="a year: 8.3333 × 12"),
        pytest.param("40.00", Interval(days=30), ("40.00", "480.00"), id="30 days"),
        pytest.param("384.00", Interval(days=365), ("32.00", "384.00"), id="365 days"),
        pytest.param("80.00", Interval(days=60), ("40.00", "480.00"), id="60 days"),
        pytest.param("7.00", Interval(days=7), ("30.44", "365.25"), id="7 × 30.4375/7"),
    ],
)
def test_a_month_is_counted_by_the_nominal_length(amount, interval, expected):
    story = Story(plan(amount, interval=interval), "2026-01-15", interval=interval)
    assert worth(story) == expected


def test_seats_and_add_ons_count_in_full_from_the_day_they_are_bought():
    """5 × 6.99 + 3 × 6.99 + 9.90 = 65.82, whatever was prorated."""
    module = AddOn("m", "M", (Price(unit="m", unit_amount="9.90", currency="USD"),))
    story = Story(plan("6.99"), "2026-01-15", seats=5, add_ons=[module])
    story.change("2026-01-20", AddSeats(3))
    assert worth(story) == ("65.82", "789.84")


def test_what_waits_does_not_count_yet():
    story = Story(plan("6.99"), "2026-01-15", seats=5)
    story.change("2026-01-20", RemoveSeats(2))
    assert digits(mrr(story.subscription)) == "34.95"
    story.renew("2026-02-15")
    assert digits(mrr(story.subscription)) == "20.97"


@pytest.mark.parametrize(
    ("discount", "expected"),
    [
        pytest.param(
            Discount.percent("20", id="d"), "39.92", id="percent: 0.8 × 49.90"
        ),
        pytest.param(Discount.fixed("15.00", "USD", id="d"), "34.90", id="fixed"),
        pytest.param(Discount.fixed("60.00", "USD", id="d"), "0.00", id="capped"),
    ],
)
def test_discounts_lower_it(discount, expected):
    story = Story(plan("4.99"), "2026-01-15", seats=10, discounts=[discount])
    assert digits(mrr(story.subscription)) == expected


def test_a_discount_counts_from_the_period_that_it_is_used_in():
    story = Story(plan("4.99"), "2026-01-15", seats=10)
    story.change("2026-01-20", ApplyDiscount(Discount.fixed("15.00", "USD", id="d")))
    assert digits(mrr(story.subscription)) == "49.90"
    story.renew("2026-02-15")
    assert digits(mrr(story.subscription)) == "34.90"


def test_charges_in_arrears_count():
    story = Story(plan("6.99", in_arrears=True), "2026-01-15", seats=5)
    assert story.opening.invoice is None
    assert worth(story) == ("34.95", "419.40")


def test_taxes_on_top_do_not_count():
    story = Story(plan("6.99"), "2026-01-15", tax_rates=(VAT,))
    assert digits(mrr(story.subscription)) == "6.99"


def test_a_trial_is_worth_nothing_until_it_ends():
    story = Story(plan("6.99"), "2026-01-15", trial_end="2026-02-01")
    assert worth(story) == ("0.00", "0.00")
    story.renew("2026-02-01")
    assert digits(mrr(story.subscription)) == "6.99"


def test_what_has_ended_is_worth_nothing():
    story = Story(plan("6.99"), "2026-01-15")
    story.change("2026-01-20", Cancel())
    assert digits(mrr(story.subscription)) == "6.99"  # paid until the end
    story.renew("2026-02-15")
    assert worth(story) == ("0.00", "0.00")


def test_a_free_plan_is_worth_nothing():
    free = Plan("free", "Free", 0)
    story = Story(plan("6.99"), "2026-01-15", rules=BillingRules(free_plan=free))
    story.change("2026-01-20", Cancel(), timing=Timing.IMMEDIATE)
    assert worth(story) == ("0.00", "0.00")


def test_nothing_recurs_while_nothing_is_charged():
    story = Story(plan("6.99"), "2026-01-15", rules=BillingRules(max_freeze_days=60))
    story.change("2026-01-20", Freeze())
    assert worth(story) == ("0.00", "0.00")


def test_it_is_rounded_once_by_a_named_rounding():
    """100.00 / 12 = 8.3333, twelve of which are 100.00 and not 99.96."""
    story = Story(plan("100.00", interval=ANNUAL), "2026-01-15", interval=ANNUAL)
    assert digits(mrr(story.subscription, rounding=Rounding.UP)) == "8.34"
    assert digits(arr(story.subscription, rounding=Rounding.UP)) == "100.00"
    assert digits(mrr(story.subscription, rounding="up")) == "8.34"
    with pytest.raises(UnknownWordError):
        mrr(story.subscription, rounding="upwards")


@pytest.mark.parametrize("function", [mrr, arr])
def test_only_a_subscription_recurs(function):
    with pytest.raises(WrongTypeError):
        function(Story(plan("6.99"), "2026-01-15").opening)


@given(
    st.integers(1, 40),
    st.integers(1, 50),
    st.sampled_from((MONTHLY, QUARTERLY, ANNUAL, Interval(months=5))),
)
def test_it_is_the_full_price_of_all_seats_over_the_months(seats, more, interval):
    story = Story(plan("4.99"), "2026-01-31", seats=seats, interval=interval)
    story.change("2026-02-02", AddSeats(more))
    exact = Fraction(499, 100) * (seats + more)
    found = mrr(story.subscription)
    assert abs(found.exact - exact) <= Fraction(1, 200)
    assert arr(story.subscription).exact == 12 * exact
