"""Amounts off an add-on with an interval of its own: off each of its periods; by hand.

The plan costs 1200.00 a year from 15 January, the add-on 10.00 a month, unless said.
"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    ApplyDiscount,
    Cancel,
    Discount,
    Freeze,
    Money,
    Pause,
    RemoveAddOn,
    SetSeats,
    SetTaxRates,
    Settlement,
    TaxRate,
    Unfreeze,
    adopt,
    change,
    credit_note,
    mrr,
    renew,
    verify,
)
from seatbill.converters import dump, load
from seatbill.discounts import DiscountTarget
from seatbill.errors import SeatbillError
from seatbill.rules import BillingRules, Convention, Timing
from stories import Story, at, bills, plan
from test_own_intervals import AT_ONCE, BOUGHT, MONTH, SMS, YEAR, add_on, own, yearly

OF_SMS = DiscountTarget(add_ons=["sms"])
NOW = BillingRules(
    add_on_removed=Timing.IMMEDIATE,
    cancellation=Timing.IMMEDIATE,
    max_freeze_days=90,
)


def off(amount="3.00", currency="USD", *, id="off", applies_to=OF_SMS, **more):
    """Return an amount off, of the add-on alone."""
    return Discount.fixed(amount, currency, id=id, applies_to=applies_to, **more)


def test_it_comes_off_each_period_of_the_add_on():
    """Not off the plan, whose periods it does not share."""
    story = yearly(add_ons=[SMS], discounts=[off()])
    assert bills(story.opening) == ["2026-01-15: +1200.00 +10.00 -3.00 = 1207.00"]
    renewed = bills(story.renew("2027-01-15"))
    assert renewed[0] == "2026-02-15: +10.00 -3.00 = 7.00"
    assert renewed[-1] == "2027-01-15: +1200.00 +10.00 -3.00 = 1207.00"
    assert len(renewed) == 12


def test_one_that_is_for_everything_comes_off_once_with_the_plan():
    """3.00 off a period of the plan: the year's invoice, and no month of the add-on."""
    story = yearly(add_ons=[SMS], discounts=[off(applies_to=None)])
    assert bills(story.opening) == ["2026-01-15: +1200.00 -3.00 +10.00 = 1207.00"]
    assert bills(story.renew("2026-02-15")) == ["2026-02-15: +10.00 = 10.00"]


def test_one_that_is_for_everything_leaves_what_the_add_on_gives_back():
    """One of two goes on 16 June with half left: 5.00 and its tax, nothing cut.

    The one at 20 % came last and goes first; what ended had no amount off beside it.
    """
    story = yearly(rules=AT_ONCE, discounts=[off(applies_to=None)])
    story.change("2026-06-01", AddAddOn(BOUGHT))
    story.change("2026-06-01", SetTaxRates([TaxRate("VAT", "0.20")]))
    story.change("2026-06-01", AddAddOn(BOUGHT))
    gone = story.change("2026-06-16", RemoveAddOn(BOUGHT))
    assert bills(gone) == ["2026-06-16: -5.00 tax -1.00 = -6.00 due 0.00"]


def test_it_is_charged_and_given_back_by_the_share_of_the_own_period():
    """On 1 July 14 of 30 days are left: 4.67 less 1.40; on 30 July 16 of 31 days.

    Of 10.00 5.1613 come back, 5.16, and of 3.00 1.5484 are taken back, 1.55.
    """
    story = yearly(rules=AT_ONCE, discounts=[off()])
    bought = story.change("2026-07-01", AddAddOn(SMS))
    assert bills(bought) == ["2026-07-01: +4.67 -1.40 = 3.27"]
    line = bought.invoice.lines[1]
    assert (line.unit, line.period.end) == ("period:sms", at("2026-07-15"))
    assert bills(story.renew("2026-07-15")) == ["2026-07-15: +10.00 -3.00 = 7.00"]
    gone = story.change("2026-07-30", RemoveAddOn(SMS))
    assert bills(gone) == ["2026-07-30: -5.16 +1.55 = -3.61 due 0.00"]
    assert story.subscription.charges[-1].item == "plan at 1200.00"


def test_it_is_capped_by_what_it_is_for():
    """12.00 off 10.00; two more on 17 July with 15 of 31 days left are 9.68."""
    story = yearly(discounts=[off("12.00")])
    bought = story.change("2026-07-01", AddAddOn(BOUGHT))
    assert bills(bought) == ["2026-07-01: +10.00 -10.00 = 0.00"]
    assert bought.invoice.lines[1].cap == Money("10.00", "USD")
    more = story.change("2026-07-17", AddAddOn(BOUGHT, 2))
    assert bills(more) == ["2026-07-17: +9.68 = 9.68"]
    assert bills(story.renew("2026-08-01")) == ["2026-08-01: +30.00 -12.00 = 18.00"]


def test_it_falls_and_rises_with_its_charges_inside_their_period():
    """25.00 off 30.00; two go on 16 June, with half left: 20.00 and 15.00 of them."""
    story = yearly(rules=AT_ONCE, discounts=[off("25.00")])
    story.change("2026-06-01", AddAddOn(BOUGHT, 3))
    fewer = RemoveAddOn(BOUGHT, 2)
    both = change(story.subscription, fewer, AddAddOn(BOUGHT, 2), on=at("2026-06-16"))
    assert both.invoice.total == Money("0.00", "USD")
    gone = story.change("2026-06-16", fewer)
    assert bills(gone) == ["2026-06-16: -10.00 +7.50 = -2.50 due 0.00"]
    again = change(story.subscription, AddAddOn(BOUGHT, 2), on=at("2026-06-16"))
    assert [line.amount.amount for line in again.invoice.lines] == [10, -7.5]
    # On another day it stays cut: 10 of 30 days of 20.00.
    later = story.change("2026-06-21", AddAddOn(BOUGHT, 2))
    assert bills(later) == ["2026-06-21: +6.67 = 6.67 due 4.17"]


def test_what_the_plan_s_renewal_passes_stays_cut():
    """A quarter at 30.00 less 45.00 for two; one goes on 16 February, half is left.

    On 1 March one more comes, with 31 of 90 days left: 10.33, and nothing off.
    """
    quarter = add_on("30.00", QUARTERLY)
    story = Story(MONTH, "2026-01-01", rules=AT_ONCE, discounts=[off("45.00")])
    story.change("2026-01-01", AddAddOn(quarter, 2))
    gone = story.change("2026-02-15", RemoveAddOn(quarter))
    assert bills(gone)[-1] == "2026-02-15: -15.00 +7.50 = -7.50 due 0.00"
    more = story.change("2026-03-01", AddAddOn(quarter))
    assert bills(more) == [
        "2026-03-01: +100.00 = 100.00 due 92.50",
        "2026-03-01: +10.33 = 10.33",
    ]
    assert bills(story.renew("2026-04-01")) == [
        "2026-04-01: +100.00 +60.00 -45.00 = 115.00"
    ]


def test_what_is_for_several_comes_off_a_period_of_each():
    """5.00 off what shares the plan, and 5.00 off each add-on in its own period."""
    shared = add_on("8.00", None, id="chat", priced={"interval": MONTHLY})
    story = Story(
        MONTH,
        "2026-01-01",
        add_ons=[shared, add_on("30.00", QUARTERLY), add_on("4.00", id="fax")],
        discounts=[off("5.00", applies_to=DiscountTarget(add_ons=["*"]))],
    )
    assert bills(story.opening) == [
        "2026-01-01: +100.00 +8.00 -5.00 +30.00 -5.00 +4.00 -4.00 = 128.00"
    ]
    assert bills(story.renew("2026-02-01")) == [
        "2026-02-01: +100.00 +8.00 -5.00 +4.00 -4.00 = 103.00"
    ]


def test_one_for_an_interval_comes_off_the_add_ons_of_that_interval():
    monthly = DiscountTarget(intervals=[MONTHLY])
    story = yearly(add_ons=[SMS], discounts=[off(applies_to=monthly)])
    assert bills(story.opening) == ["2026-01-15: +1200.00 +10.00 -3.00 = 1207.00"]


@pytest.mark.parametrize(
    ("length", "last"),
    [
        pytest.param({"periods": 0}, "2026-01-15", id="the first invoice"),
        pytest.param({"months": 2}, "2026-02-15", id="two months"),
        pytest.param({"until": dt.date(2026, 4, 14)}, "2026-03-15", id="until a day"),
        pytest.param({"periods": 1}, "2026-12-15", id="a period of the plan"),
    ],
)
@pytest.mark.parametrize("percent", [False, True])
def test_it_lasts_as_long_as_it_says(length, last, percent):
    """Periods are those of the plan; a day ends it at the add-on's next renewal."""
    found = off(**length)
    if percent:
        found = Discount.percent("30", id="off", applies_to=OF_SMS, **length)
    story = yearly(add_ons=[SMS], discounts=[found])
    invoices = [*story.opening.invoices, *story.renew("2027-02-15").invoices]
    less = [i.issued_on for i in invoices if i.total.amount in (7, 1207)]
    assert less[-1] == at(last)
    assert len(less) == invoices.index(invoices[-1]) + 1 - (len(invoices) - len(less))


def test_of_an_amount_in_all_every_period_takes_its_part():
    """50.00 in all, off 5.00 a month and 30.00 a quarter: 35, 5, 5, 5 and no more."""
    shared = add_on("5.00", None, id="chat", priced={"interval": MONTHLY})
    story = Story(
        MONTH,
        "2026-01-01",
        add_ons=[shared, add_on("30.00", QUARTERLY)],
        discounts=[off("50", applies_to=DiscountTarget(add_ons=["*"]), surplus="kept")],
    )
    assert bills(story.opening) == [
        "2026-01-01: +100.00 +5.00 -5.00 +30.00 -30.00 = 100.00"
    ]
    assert bills(story.renew("2026-05-01")) == [
        "2026-02-01: +100.00 +5.00 -5.00 = 100.00",
        "2026-03-01: +100.00 +5.00 -5.00 = 100.00",
        "2026-04-01: +100.00 +5.00 -5.00 +30.00 = 130.00",
        "2026-05-01: +100.00 +5.00 = 105.00",
    ]
    assert story.subscription.discounts == ()


def test_what_comes_back_of_an_amount_in_all_is_there_again():
    """15.00 in all; 5.00 are taken back with half of the month, and 5.00 were used."""
    story = yearly(rules=AT_ONCE, discounts=[off("15.00", surplus="kept")])
    story.change("2026-06-01", AddAddOn(BOUGHT))
    story.change("2026-06-16", RemoveAddOn(BOUGHT))
    (applied,) = story.subscription.discounts
    assert applied.spent == Money("5.00", "USD")
    again = story.change("2026-06-20", AddAddOn(BOUGHT, 2))
    assert bills(again) == ["2026-06-20: +20.00 -10.00 = 10.00"]


@pytest.mark.parametrize(
    ("currency", "amount", "less", "charged", "taken"),
    [
        ("JPY", "1000", "300", "467", "140"),
        ("KWD", "10.000", "3.001", "4.667", "1.400"),
        ("CLF", "1.0000", "0.3001", "0.4667", "0.1400"),
    ],
)
def test_every_currency_with_tax(currency, amount, less, charged, taken):
    """14 of 30 days of 3.001 are 1.40047, of 0.3001 0.14005."""
    sms = add_on(amount, priced={"currency": currency})
    sold = plan("1200", currency, interval=YEAR.prices[0].interval)
    more = {"interval": YEAR.prices[0].interval, "tax_rates": [TaxRate("v", "0.25")]}
    story = Story(sold, "2026-01-15", discounts=[off(less, currency)], **more)
    (invoice,) = story.change("2026-07-01", AddAddOn(sms)).invoices
    assert [f"{line.amount.amount:f}" for line in invoice.lines] == [
        charged,
        f"-{taken}",
    ]
    (tax,) = invoice.taxes
    assert tax.base == Money(charged, currency) - Money(taken, currency)


def test_an_end_at_once_takes_back_the_rest_of_both():
    """On 15 July 184 of 365 days are left of 1200.00; on 7 August 8 of 31 of 7.00.

    604.93 on 15 July; on 7 August 161 of 365 days, 529.32, 10.00 × 8/31 = 2.58 and
    3.00 × 8/31 = 0.77.
    """
    story = yearly(rules=NOW, add_ons=[SMS], discounts=[off()])
    story.renew("2026-07-15")
    ended = story.change("2026-08-07", Cancel())
    assert bills(ended) == ["2026-08-07: -529.32 -2.58 +0.77 = -531.13 due 0.00"]
    assert ended.refund_due == Money("531.13", "USD")


def test_a_freeze_moves_it_and_a_pause_ends_it():
    """Frozen for 10 days on 1 August: from 15 July to 25 August, with 24 days left."""
    story = yearly(rules=NOW, add_ons=[SMS], discounts=[off()])
    story.renew("2026-07-15")
    story.change("2026-08-01", Freeze())
    story.change("2026-08-11", Unfreeze())
    assert own(story) == ("2026-07-25", "2026-08-25")
    assert bills(story.renew("2026-08-25")) == ["2026-08-25: +10.00 -3.00 = 7.00"]
    paused = Story(
        MONTH,
        "2026-01-01",
        add_ons=[add_on("30.00", QUARTERLY)],
        discounts=[off()],
    )
    paused.change("2026-01-10", Pause(1))
    # Of 90 days 59 are left on 1 February: 19.67 and 1.97.
    assert bills(paused.renew("2026-02-01")) == [
        "2026-02-01: -19.67 +1.97 = -17.70 due 0.00"
    ]
    assert bills(paused.renew("2026-03-01"))[0].startswith("2026-03-01: +100.00 +")


def test_a_period_that_is_settled_later_waits_with_it():
    story = yearly(
        rules=BillingRules(settlement=Settlement.ON_RENEWAL), discounts=[off()]
    )
    assert bills(story.change("2026-07-01", AddAddOn(SMS))) == []
    assert bills(story.renew("2026-07-15")) == [
        "2026-07-15: +4.67 -1.40 +10.00 -3.00 = 10.27"
    ]


def test_under_whole_prices_nothing_comes_back():
    rules = BillingRules(convention=Convention.FULL, add_on_removed=Timing.IMMEDIATE)
    story = yearly(rules=rules, discounts=[off()])
    assert bills(story.change("2026-07-01", AddAddOn(SMS))) == [
        "2026-07-01: +10.00 -3.00 = 7.00"
    ]
    assert bills(story.change("2026-07-05", RemoveAddOn(SMS))) == []


def test_what_is_forfeited_has_it_from_its_next_boundary_on():
    story = yearly(discounts=[off()])
    assert bills(story.change("2026-07-01", AddAddOn(SMS), timing=Timing.FORFEIT)) == []
    assert bills(story.renew("2026-07-15")) == ["2026-07-15: +10.00 -3.00 = 7.00"]


def test_one_that_comes_later_is_there_from_the_next_boundary_on():
    story = yearly(add_ons=[SMS])
    story.change("2026-02-01", ApplyDiscount(off()))
    assert bills(story.renew("2026-02-15")) == ["2026-02-15: +10.00 -3.00 = 7.00"]


def test_a_month_of_it_counts_by_its_own_interval():
    """1200.00 / 12 + 30.00 / 3 − 6.00 / 3 = 108.00."""
    story = yearly(add_ons=[add_on("30.00", QUARTERLY)], discounts=[off("6.00")])
    assert mrr(story.subscription) == Money("108.00", "USD")


def test_a_customer_with_it_is_taken_over():
    """14.00 were charged: 20.00 and −6.00 by full prices; half of it comes back."""
    month = SMS
    story = yearly(rules=NOW, add_ons=[SMS], discounts=[off()])
    story.renew("2026-06-15")
    sub = story.subscription
    taken = adopt(
        YEAR,
        id="taken",
        interval=sub.interval,
        seats=1,
        current_period=sub.current_period,
        charged={
            "seat": Money("1200.00", "USD"),
            "sms": Money("10.00", "USD"),
            "off": Money("-3.00", "USD"),
        },
        rules=NOW,
        add_ons=sub.add_ons,
        discounts=sub.discounts,
        anchor=sub.billing_cycle_anchor,
        on=at("2026-06-20"),
    )
    on = at("2026-06-30")
    gone = change(taken, RemoveAddOn(month), on=on)
    assert bills(gone) == ["2026-06-30: -5.00 +1.50 = -3.50 due 0.00"]


# ------------------------------------------------------------------- notes and laws


def test_a_note_and_a_removal_give_back_no_more_than_was_paid():
    """10.00 less 3.00, of which 5.00 are noted: 2.00 of 7.00 are left, with half left.

    5.00 of the price come back and 1.50 of the amount off are taken back, 3.50; only
    2.00 are there.
    """
    story = yearly(rules=NOW, discounts=[off()])
    bought = story.change("2026-06-01", AddAddOn(BOUGHT))
    note = credit_note(
        bought.invoice,
        lines={0: Money("5.00", "USD")},
        reason="goodwill",
        issued_on=at("2026-06-10"),
    )
    story.change("2026-06-10", note.to_record())
    gone = story.change("2026-06-16", RemoveAddOn(BOUGHT))
    assert gone.invoice.total == Money("-2.00", "USD")
    assert load(dump(story.subscription)) == story.subscription


def test_a_note_above_what_was_paid_net_is_refused():
    story = yearly(discounts=[off("10.00")])
    bought = story.change("2026-06-01", AddAddOn(BOUGHT, 2))
    note = credit_note(
        bought.invoice,
        lines={0: Money("10.00", "USD")},
        reason="goodwill",
        issued_on=at("2026-06-02"),
    )
    story.change("2026-06-02", note.to_record())
    again = note.to_record()
    with pytest.raises(SeatbillError):
        story.change("2026-06-03", again)


def test_a_note_on_what_ended_counts_beside_it():
    """10.00 less 8.00, and 10.00 taxed anew on that day, which ends with half left.

    5.00 of it are noted, and 2.00 of the first: 0.00 are left, where 3.33 less 2.67
    would come back.
    """
    story = yearly(rules=AT_ONCE, discounts=[off("8.00")])
    first = story.change("2026-06-01", AddAddOn(BOUGHT))
    taxed = SetTaxRates([TaxRate("vat", "0.20")])
    second = story.change("2026-06-01", taxed, AddAddOn(BOUGHT))
    gone = story.change("2026-06-16", RemoveAddOn(BOUGHT))
    assert bills(gone) == ["2026-06-16: -5.00 tax -1.00 = -6.00 due 0.00"]
    record = noted(second.invoice, {0: Money("5.00", "USD")}, later=[gone.invoice])
    story.change("2026-06-20", record)
    story.change("2026-06-20", noted(first.invoice, {0: Money("2.00", "USD")}))
    last = story.change("2026-06-21", RemoveAddOn(BOUGHT))
    assert last.invoice.total == Money("0.00", "USD")


def test_a_note_on_a_month_that_is_over_is_not_counted_beside_the_plan():
    """The whole invoice of 15 February, 10.00 less 3.00, while the year is 5.00 off."""
    everything = off("5.00", id="all", applies_to=None)
    story = yearly(add_ons=[SMS], discounts=[everything, off()])
    (february,) = story.renew("2026-02-15").invoices
    story.renew("2026-03-15")
    story.change("2026-06-20", noted(february, None))
    assert {charge.ended_minor for charge in story.subscription.charges} == {0}


def noted(invoice, lines, **more):
    """Return the record of a note of 20 June on *lines* of *invoice*."""
    on = at("2026-06-20")
    note = credit_note(invoice, lines=lines, reason="goodwill", issued_on=on, **more)
    return note.to_record()


@given(
    price=st.integers(1, 60),
    amounts=st.lists(st.integers(1, 150), min_size=1, max_size=3),
    steps=st.lists(
        st.tuples(st.integers(0, 9), st.integers(-2, 3)), min_size=1, max_size=5
    ),
)
def test_no_money_goes_back_that_nobody_paid(price, amounts, steps):
    """All that is invoiced of the add-on is never below zero, and lines add up."""
    cents = [f"{n // 100}.{n % 100:02}" for n in (price, *amounts)]
    sms = add_on(cents[0], anchored_on="purchase")
    discounts = [off(n, id=f"off {i}") for i, n in enumerate(cents[1:])]
    story = Story(plan("0.00"), "2026-04-01", rules=AT_ONCE, discounts=discounts)
    day, net, owned = at("2026-04-01"), 0, 0
    for days, n in steps:
        day += dt.timedelta(days)
        if not n or owned + n < 0:
            continue
        owned += n
        asked = AddAddOn(sms, n) if n > 0 else RemoveAddOn(sms, -n)
        outcome = change(story.subscription, asked, on=day)
        story.subscription = outcome.subscription
        assert not any(map(verify, outcome.invoices))
        net += sum(i.total.minor_units for i in outcome.invoices)
        assert net >= 0
        renewed = renew(load(dump(story.subscription)), on=day)
        assert renewed.subscription == story.subscription


def test_the_last_seat_may_go_beside_one_that_is_off_an_add_on_alone():
    """On 16 July 183 of 365 days are left: 601.64 of 1200.00 come back.

    The add-on's month goes on with what is off it.
    """
    rules = BillingRules(seats_removed=Timing.IMMEDIATE)
    story = yearly(rules=rules, add_ons=[SMS], discounts=[off()])
    story.renew("2026-07-16")
    gone = story.change("2026-07-16", SetSeats(0))
    assert bills(gone) == ["2026-07-16: -601.64 = -601.64 due 0.00"]
    assert [c.item for c in story.subscription.charges] == ["sms", "off"]
    assert bills(story.renew("2026-08-15")) == [
        "2026-08-15: +10.00 -3.00 = 7.00 due 0.00"
    ]
