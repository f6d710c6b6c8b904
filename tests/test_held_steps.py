"""What a change means from its day on, and what is told of it, step by step."""

from __future__ import annotations

import pytest

from seatbill import (
    ANNUAL,
    QUARTERLY,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Convention,
    Discount,
    Freeze,
    Money,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    Rounding,
    Service,
    SetSeats,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Timing,
    Unfreeze,
    next_renewal,
)
from seatbill.errors import (
    NoChangeError,
    RulesError,
    SeatsOccupiedError,
    TooFewSeatsError,
    TooManySeatsError,
)
from seatbill.rules import UnusedTime
from shop import LARGE, SMALL, priced, told, usd, waiting
from stories import Story, at, bills, digits
from test_held_engine import AT_ONCE, FALLS, FREE, NOTICE, line, lines

# Bounds, at each boundary that something waits for.


@pytest.mark.parametrize("first", ["2026-04-05", "2026-04-25"], ids=["soon", "later"])
def test_the_fewest_seats_are_left_at_every_boundary(first):
    """Three, of which two must stay; what is asked for on the 25th waits until June."""
    sold = priced("two", usd("30.00", min_quantity=2))
    story = Story(sold, "2026-04-01", seats=3, rules=NOTICE)
    story.change(first, RemoveSeats(1))
    with pytest.raises(TooFewSeatsError):
        story.change("2026-04-25", RemoveSeats(1))


def test_nobody_gets_more_than_a_free_plan_holds_and_who_fell_to_it_keeps_it():
    story = Story(FREE, "2026-04-01", seats=5, rules=FALLS)
    with pytest.raises(TooManySeatsError):
        story.change("2026-04-05", AddSeats(1))
    paid = story.change("2026-04-05", SwitchPlan(SMALL), AddSeats(1))
    assert bills(paid) == ["2026-04-05: +150.00 +30.00 = 180.00"]
    fallen = Story(SMALL, "2026-04-01", seats=8, rules=FALLS)
    ended = fallen.change("2026-04-05", Cancel(), timing=Timing.IMMEDIATE)  # 8 × 26
    assert line(ended) == "2026-04-05: -208.00 = -208.00 due 0.00; told over_limit"
    assert digits(ended.refund_due) == "208.00"
    with pytest.raises(TooManySeatsError):
        fallen.change("2026-04-06", AddSeats(1))
    fallen.change("2026-04-06", RemoveSeats(1))
    assert fallen.subscription.seats == {"seat": 7}
    with pytest.raises(TooManySeatsError):
        fallen.change("2026-04-06", AddSeats(1))


# Prices from a day on.

DEARER = priced("small", usd("33.00"), rank=1)


@pytest.mark.parametrize(
    ("from_day", "applies", "may", "june"),
    [
        pytest.param("2026-04-20", "2026-05-01", "33.00", "33.00", id="in the period"),
        pytest.param("2026-05-01", "2026-05-01", "33.00", "33.00", id="at its end"),
        pytest.param("2026-05-02", "2026-06-01", "30.00", "33.00", id="a day later"),
        pytest.param("2026-06-01", "2026-06-01", "30.00", "33.00", id="a month later"),
    ],
)
def test_a_price_is_new_in_the_first_period_that_starts_on_its_day_or_later(
    from_day, applies, may, june
):
    story = Story(SMALL, "2026-04-01")
    assert lines(
        story,
        ("2026-04-16", Reprice(DEARER, at(from_day))),
        "2026-05-01",
        "2026-06-01",
    ) == [
        f"waits price small: small on {applies}; told price_change",
        f"2026-05-01: +{may} = {may}"
        + (
            ""
            if applies == "2026-05-01"
            else f"; waits price small: small on {applies}"
        ),
        f"2026-06-01: +{june} = {june}",
    ]


def test_prices_that_were_told_for_two_days_come_one_after_the_other():
    dearest = priced("small", usd("36.00"), rank=1)
    story = Story(SMALL, "2026-04-01")
    assert lines(
        story,
        ("2026-04-16", Reprice(DEARER, at("2026-05-01"))),
        ("2026-04-17", Reprice(dearest, at("2026-06-01"))),
        "2026-05-01",
        "2026-06-01",
    ) == [
        "waits price small: small on 2026-05-01; told price_change",
        (
            "waits price small: small on 2026-05-01, price small: small on 2026-06-01; "
            "told price_change"
        ),
        "2026-05-01: +33.00 = 33.00; waits price small: small on 2026-06-01",
        "2026-06-01: +36.00 = 36.00",
    ]


# Taxes and discounts from now on.


def test_a_tax_is_on_what_is_charged_from_its_day_on_and_goes_with_it():
    """20.00 for 20 days; it is the first to go, for 10 days, and then an old seat."""
    story = Story(SMALL, "2026-04-01", seats=2, rules=AT_ONCE)
    assert lines(
        story,
        ("2026-04-11", SetTaxRates([TaxRate("vat", "0.1")])),
        ("2026-04-11", AddSeats(1)),
        ("2026-04-21", RemoveSeats(1)),
        ("2026-04-21", RemoveSeats(1)),
        ("2026-04-22", SetTaxRates([])),
        "2026-05-01",
    ) == [
        "",
        "2026-04-11: +20.00 tax +2.00 = 22.00",
        "2026-04-21: -10.00 tax -1.00 = -11.00 due 0.00",
        "2026-04-21: -10.00 = -10.00 due 0.00",
        "",
        "2026-05-01: +30.00 = 30.00 due 9.00",
    ]


HALF = Discount.percent("50", id="half")


@pytest.mark.parametrize(
    ("discounts", "change", "expected"),
    [
        pytest.param(
            [HALF],
            RemoveDiscount("half"),
            ["+30.00 = 30.00", "+10.00 = 10.00", "+20.00 = 20.00", "+120.00 = 120.00"],
            id="removed",
        ),
        pytest.param(
            [],
            ApplyDiscount(HALF),
            ["+60.00 = 60.00", "+20.00 = 20.00", "+10.00 = 10.00", "+60.00 = 60.00"],
            id="applied",
        ),
    ],
)
def test_a_discount_is_on_what_is_charged_from_its_day_on(discounts, change, expected):
    """A seat before it and a seat after it, for 20 days each; then four for May."""
    story = Story(SMALL, "2026-04-01", seats=2, discounts=discounts)
    found = [line(story.opening)]
    found += lines(
        story,
        ("2026-04-11", AddSeats(1)),
        ("2026-04-11", change),
        ("2026-04-11", AddSeats(1)),
        "2026-05-01",
    )
    days = ["2026-04-01", "2026-04-11", "2026-04-11", "2026-05-01"]
    told_bills = [f"{day}: {bill}" for day, bill in zip(days, expected, strict=True)]
    assert found == [*told_bills[:2], "", *told_bills[2:]]


@pytest.mark.parametrize(
    ("prices", "is_refused"),
    [
        pytest.param([usd("30.00", in_arrears=True)], True, id="all in arrears"),
        pytest.param(
            [usd("30.00", in_arrears=True), usd("5.00", unit="guest")],
            False,
            id="one in advance",
        ),
        pytest.param([], False, id="none"),
    ],
)
def test_a_fixed_discount_needs_a_charge_in_advance(prices, is_refused):
    story = Story(
        priced("p", *prices),
        "2026-04-01",
        seats={price.unit: 1 for price in prices},
        currency="USD",
    )
    story.change("2026-04-10", ApplyDiscount(HALF))
    fixed = ApplyDiscount(Discount.fixed("5.00", "USD", id="five"))
    if not is_refused:
        assert len(story.change("2026-04-11", fixed).subscription.discounts) == 2
        return
    with pytest.raises(RulesError):
        story.change("2026-04-11", fixed)


# Ends that wait.


def test_what_is_bought_while_a_cancellation_waits_is_told_to_end_with_it():
    story = Story(SMALL, "2026-04-01", seats=2)
    ends = "cancellation: None on 2026-05-01"
    setup = Service("setup", "Set-up", Money("9.00", "USD"))
    assert lines(
        story,
        ("2026-04-05", Cancel()),
        ("2026-04-06", AddSeats(1)),
        ("2026-04-07", RemoveSeats(1)),
        ("2026-04-08", BuyService(setup)),
    ) == [
        f"waits {ends}; told end_without_bill",
        f"2026-04-06: +25.00 = 25.00; waits {ends}; told serves_until",
        f"waits {ends}, seats seat: 2 on 2026-05-01",
        f"2026-04-08: +9.00 = 9.00; waits {ends}, seats seat: 2 on 2026-05-01",
    ]


def test_nothing_ends_where_only_seats_wait():
    story = Story(SMALL, "2026-04-01", seats=2)
    story.change("2026-04-05", RemoveSeats(1))
    assert told(story.change("2026-04-06", SwitchPlan(LARGE))) == []


def test_a_late_cancellation_costs_one_more_period_and_is_asked_for_once():
    story = Story(SMALL, "2026-04-01", seats=2, rules=NOTICE)
    late = story.change("2026-04-25", Cancel())
    assert waiting(late.subscription) == ["cancellation: None on 2026-06-01"]
    (notice,) = late.notices
    assert (notice.code, digits(notice.value("cost"))) == ("late_cancellation", "60.00")
    assert (notice.value("boundary"), notice.value("on")) == (
        at("2026-05-01"),
        at("2026-06-01"),
    )
    again = story.change("2026-04-26", Cancel("again"))
    assert line(again) == (
        "waits cancellation: again on 2026-06-01; told late_cancellation; "
        "undone cancellation"
    )
    assert line(story.renew("2026-05-01")) == (
        "2026-05-01: +60.00 = 60.00; waits cancellation: again on 2026-06-01"
    )
    with pytest.raises(NoChangeError):  # in time already, and late now
        story.change("2026-05-25", Cancel())
    assert line(story.renew("2026-06-01")) == ""
    assert story.subscription.ended_on == at("2026-06-01")


def test_a_cancellation_in_time_is_not_put_off_by_asking_again():
    story = Story(SMALL, "2026-04-01", seats=2, rules=NOTICE)
    story.change("2026-04-05", Cancel())
    with pytest.raises(NoChangeError):
        story.change("2026-04-25", Cancel())
    assert line(story.change("2026-04-26", Resume())) == "undone cancellation"


# Monthly invoices inside of a longer period.


@pytest.mark.parametrize(
    ("on", "following", "bill"),
    [
        # 59 and 21 of 90 days at 1.00 a day
        pytest.param("2026-02-01", "2026-03-01", "+59.00 = 59.00", id="a month"),
        pytest.param(
            "2026-03-11", "2026-04-01", "+21.00 +180.00 = 201.00", id="the quarter"
        ),
    ],
)
def test_lines_wait_for_the_month_or_for_the_end_that_comes_first(on, following, bill):
    sold = priced("q", usd("90.00", interval=QUARTERLY))
    rules = BillingRules(settlement=Settlement.MONTHLY)
    story = Story(sold, "2026-01-01", interval=QUARTERLY, rules=rules)
    assert next_renewal(story.subscription) == at("2026-04-01")
    assert line(story.change(on, AddSeats(1))) == ""
    assert next_renewal(story.subscription) == at(following)
    assert bills(story.renew(following)) == [f"{following}: {bill}"]


# Rounding, up and down.


@pytest.mark.parametrize(
    ("rounding", "half_a_cent", "two_and_a_half"),
    [
        pytest.param(Rounding.HALF_UP, "0.01", "0.03", id="half up"),
        pytest.param(Rounding.HALF_EVEN, "0.00", "0.02", id="half even"),
        pytest.param(Rounding.UP, "0.01", "0.03", id="up"),
        pytest.param(Rounding.DOWN, "0.00", "0.02", id="down"),
    ],
)
def test_a_charge_and_a_credit_are_rounded_alike(rounding, half_a_cent, two_and_a_half):
    """Half of 0.01 and half of 0.05, charged and given back."""
    rules = BillingRules(rounding=rounding, seats_removed=Timing.IMMEDIATE)
    for price, half in (("0.01", half_a_cent), ("0.05", two_and_a_half)):
        story = Story(priced("p", usd(price)), "2026-04-01", rules=rules)
        added = story.change("2026-04-16", AddSeats(1)).invoice
        removed = story.change("2026-04-16", RemoveSeats(1)).invoice
        assert (digits(added.total), digits(-removed.total)) == (half, half)


# People on seats.


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param(SetSeats(4, 4), None, id="as many stay as there are people"),
        pytest.param(SetSeats(3, 4), SeatsOccupiedError, id="one fewer stays"),
        pytest.param(SetSeats(5, 5), NoChangeError, id="it is so already"),
        pytest.param(SetSeats(6, 6), None, id="one more, for one more"),
        pytest.param(SetSeats(6, 7), TooFewSeatsError, id="one more, for two more"),
        pytest.param(RemoveSeats(1, 4), None, id="one is empty"),
        pytest.param(RemoveSeats(2, 4), SeatsOccupiedError, id="one is empty, not two"),
    ],
)
def test_nobody_stands(change, error):
    story = Story(SMALL, "2026-04-01", seats=5)
    if error is None:
        story.change("2026-04-05", change)
        return
    with pytest.raises(error):
        story.change("2026-04-05", change)


# Where nothing is charged yet, and where nothing comes back.


def test_in_a_trial_all_is_at_once_and_the_last_word_is_billed():
    """Two seats at 12 × 30.00, whatever was asked for before."""
    story = Story(SMALL, "2026-04-01", seats=2, trial_end="2026-05-01")
    steps = [
        ("2026-04-05", AddSeats(2)),
        ("2026-04-06", RemoveSeats(1)),
        ("2026-04-07", SwitchPlan(LARGE)),
        ("2026-04-08", SwitchInterval(QUARTERLY)),
        ("2026-04-09", SwitchPlan(SMALL, ANNUAL)),
        ("2026-04-10", RemoveSeats(1)),
    ]
    assert lines(story, *steps) == [""] * 6
    assert line(story.renew("2026-05-01")) == "2026-05-01: +720.00 = 720.00"
    assert story.period == ("2026-05-01", "2027-05-01")


@pytest.mark.parametrize(
    ("rules", "steps", "expected"),
    [
        pytest.param(
            BillingRules(convention=Convention.FULL, seats_removed=Timing.IMMEDIATE),
            [
                ("2026-04-16", AddSeats(1)),
                ("2026-04-20", RemoveSeats(1)),
                ("2026-04-21", SwitchPlan(LARGE)),
                "2026-05-01",
            ],
            [
                "2026-04-16: +30.00 = 30.00",
                "",
                "2026-04-21: -60.00 +120.00 = 60.00",
                "2026-05-01: +120.00 = 120.00",
            ],
            id="the whole price whatever the day: removed for nothing, exchanged",
        ),
        pytest.param(
            BillingRules(unused_time=UnusedTime.KEPT, downgrade=Timing.IMMEDIATE),
            [
                ("2026-04-16", SwitchPlan(LARGE)),  # 2 × 60.00 × 15/30
                ("2026-04-21", SwitchPlan(SMALL)),  # 2 × 30.00 × 10/30
                "2026-05-01",
            ],
            [
                "2026-04-16: +60.00 = 60.00",
                "2026-04-21: +20.00 = 20.00",
                "2026-05-01: +60.00 = 60.00",
            ],
            id="unused time is kept",
        ),
        pytest.param(
            BillingRules(max_freeze_days=60),
            [
                ("2026-04-11", Freeze()),
                ("2026-04-21", Unfreeze()),  # 1 April moves to the 11th
                ("2026-04-26", AddSeats(1)),  # 15 of 30 days
                "2026-05-11",
            ],
            [
                "",
                "",
                "2026-04-26: +15.00 = 15.00",
                "2026-05-11: +90.00 = 90.00",
            ],
            id="frozen for ten days",
        ),
    ],
)
def test_what_comes_back_and_what_does_not(rules, steps, expected):
    story = Story(SMALL, "2026-04-01", seats=2, rules=rules)
    assert lines(story, *steps) == expected


# How long a discount lasts.


@pytest.mark.parametrize(
    ("discount", "expected"),
    [
        pytest.param(
            Discount.percent("50", id="d", periods=2), "30.00 30.00 60.00", id="two"
        ),
        pytest.param(
            Discount.percent("50", id="d", periods=0),
            "30.00 60.00 60.00",
            id="one bill",
        ),
        pytest.param(
            Discount.fixed("10", "USD", id="d", periods=1),
            "50.00 60.00 60.00",
            id="an amount once",
        ),
        pytest.param(
            Discount.fixed("10", "USD", id="d"), "50.00 50.00 50.00", id="for ever"
        ),
    ],
)
def test_a_discount_lasts_so_many_periods(discount, expected):
    story = Story(SMALL, "2026-04-01", seats=2, discounts=[discount])
    totals = [digits(story.opening.invoice.total)]
    totals += [
        digits(story.renew(day).invoice.total) for day in ("2026-05-01", "2026-06-01")
    ]
    assert totals == expected.split()


def test_a_fixed_discount_of_one_bill_waits_for_a_charge_in_advance():
    """15.00 for a seat are a bill, and the amount off is of the next whole period."""
    once = Discount.fixed("10", "USD", id="once", periods=0)
    story = Story(SMALL, "2026-04-01", seats=2)
    assert lines(
        story,
        ("2026-04-11", ApplyDiscount(once)),
        ("2026-04-16", AddSeats(1)),
        "2026-05-01",
        "2026-06-01",
    ) == [
        "",
        "2026-04-16: +15.00 = 15.00",
        "2026-05-01: +90.00 -10.00 = 80.00",
        "2026-06-01: +90.00 = 90.00",
    ]
