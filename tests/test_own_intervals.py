"""Add-ons with an interval of their own: their grid, their lines, what moves; by hand.

The plan costs 1200.00 a year from 15 January, the add-on 10.00 a month, unless said.
"""

from __future__ import annotations

import datetime as dt

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Discount,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    MoveBillingDay,
    Period,
    Plan,
    Price,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Resume,
    Service,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Timing,
    Unfreeze,
    adopt,
    arr,
    bill,
    change,
    mrr,
    next_renewal,
    rebill,
    recognize,
    renew,
    verify,
)
from seatbill.converters import dump, load
from seatbill.errors import (
    DateRangeError,
    DuplicateError,
    NoPriceError,
    OutOfOrderError,
    PriceError,
    RequirementError,
    RulesError,
    TooManyLinesError,
    UnknownWordError,
)
from seatbill.limits import Limits
from seatbill.periods import AddOnAnchor
from seatbill.rules import Convention, DiscountScope
from seatbill.subscriptions import SubscribedAddOn
from seatbill.terms import EarlyEnd, Term
from seatbill.testing import laws
from seatbill.testing import strategies as our
from seatbill.views import billing_view
from stories import Story, at, bills, plan, when

YEAR = plan("1200.00", interval=ANNUAL)
MONTH = plan("100.00")
VAT = TaxRate("VAT", "0.20")
AT_ONCE = BillingRules(add_on_removed=Timing.IMMEDIATE)


def add_on(unit_amount="10.00", interval=MONTHLY, *, id="sms", priced=None, **more):
    """Return an add-on with an interval of its own and one price."""
    priced = {"interval": interval, "currency": "USD", **(priced or {})}
    prices = [Price(unit="sms", unit_amount=unit_amount, **priced)]
    return AddOn(id, id, prices, interval=interval, **more)


SMS = add_on()
BOUGHT = add_on(anchored_on=AddOnAnchor.PURCHASE)


def yearly(on="2026-01-15", **more):
    """Return a plan by the year."""
    return Story(YEAR, on, interval=ANNUAL, **more)


def own(story, id="sms"):
    """Return the own period of an add-on."""
    (period,) = (a.period for a in story.subscription.add_ons if a.add_on.id == id)
    return when(period.start), when(period.end)


def paid(story, on, *changes, until, **more):
    """Return the invoices of *changes*, and those through *until*."""
    first = story.change(on, *changes, **more)
    return [*bills(first), *bills(story.renew(until))]


# ------------------------------------------------------------------------ the grid


@pytest.mark.parametrize(
    ("anchored", "wanted"),
    [
        pytest.param(
            "purchase",
            ["2026-07-01: +10.00 = 10.00", "2026-08-01: +10.00 = 10.00"],
            id="from the day of the purchase",
        ),
        pytest.param(  # 14 of 30 days: 4.67
            "subscription",
            [
                "2026-07-01: +4.67 = 4.67",
                "2026-07-15: +10.00 = 10.00",
                "2026-08-15: +10.00 = 10.00",
            ],
            id="on the days of the plan",
        ),
    ],
)
def test_an_add_on_by_the_month_in_a_plan_by_the_year(anchored, wanted):
    """Source: getlago/lago-api#237, flexprice#2807: 10.00 on 1 July and 1 August."""
    story = yearly()
    sms = add_on(anchored_on=anchored)
    found = bills(story.change("2026-07-01", AddAddOn(sms)))
    found += bills(story.change("2026-08-31", RemoveAddOn(sms)))
    found += bills(story.renew("2027-01-14"))
    assert found == wanted
    assert story.subscription.add_ons == ()
    assert bills(story.renew("2027-01-15")) == ["2027-01-15: +1200.00 = 1200.00"]


def test_boundaries_of_one_day_are_one_invoice():
    story = yearly(add_ons=[SMS])
    assert bills(story.opening) == ["2026-01-15: +1200.00 +10.00 = 1210.00"]
    through = bills(story.renew("2027-01-15"))
    assert through[:2] == ["2026-02-15: +10.00 = 10.00", "2026-03-15: +10.00 = 10.00"]
    assert len(through) == 12
    assert through[-1] == "2027-01-15: +1200.00 +10.00 = 1210.00"
    assert own(story) == ("2027-01-15", "2027-02-15")


def test_each_boundary_is_a_version_and_a_key_of_its_own():
    story = yearly(add_ons=[SMS])
    outcome = story.renew("2026-04-20")
    assert [i.key for i in outcome.invoices] == ["story:2", "story:3", "story:4"]
    reasons = {i.billing_reason for i in outcome.invoices}
    assert reasons == {"subscription_cycle"}
    assert story.subscription.version == 4


@pytest.mark.parametrize(
    ("day", "days"),
    [
        pytest.param(
            "2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30"], id="a 31st"
        ),
        pytest.param(
            "2028-01-29", ["2028-02-29", "2028-03-29", "2028-04-29"], id="a leap year"
        ),
        pytest.param(
            "2026-01-29", ["2026-02-28", "2026-03-29", "2026-04-29"], id="no leap year"
        ),
    ],
)
def test_months_of_a_purchase_are_counted_from_its_day(day, days):
    """Law 4: never from the boundary before."""
    story = yearly(f"{day[:4]}-01-15")
    story.change(day, AddAddOn(BOUGHT))
    invoices = story.renew(f"{day[:4]}-05-15").invoices
    assert [when(i.issued_on) for i in invoices] == days
    assert {str(i.total.amount) for i in invoices} == {"10.00"}


def test_a_leap_day_is_the_day_of_a_yearly_add_on():
    story = Story(MONTH, "2028-02-10")
    story.change("2028-02-29", AddAddOn(add_on("120", ANNUAL, anchored_on="purchase")))
    assert own(story) == ("2028-02-29", "2029-02-28")
    story.renew("2032-03-01")
    assert own(story) == ("2032-02-29", "2033-02-28")


def test_a_quarter_in_a_plan_by_the_month_begins_on_the_next_billing_day():
    """On 16 May 16 of the 92 days from 1 March to 1 June: 30.00 × 16/92 = 5.22."""
    story = Story(MONTH, "2026-01-01")
    story.renew("2026-05-10")
    quarter = add_on("30.00", QUARTERLY)
    found = paid(story, "2026-05-16", AddAddOn(quarter), until="2026-07-01")
    assert found == [
        "2026-05-16: +5.22 = 5.22",
        "2026-06-01: +100.00 +30.00 = 130.00",
        "2026-07-01: +100.00 = 100.00",
    ]
    assert own(story) == ("2026-06-01", "2026-09-01")


def test_a_year_in_a_plan_by_the_month():
    """On 16 December 2026, 16 of 365 days to 1 January: 365.00 × 16/365."""
    story = Story(MONTH, "2026-01-01")
    story.renew("2026-12-10")
    yearly_ = add_on("365.00", ANNUAL)
    assert bills(story.change("2026-12-16", AddAddOn(yearly_))) == [
        "2026-12-16: +16.00 = 16.00"
    ]
    assert bills(story.renew("2027-01-01")) == ["2027-01-01: +100.00 +365.00 = 465.00"]


def test_days_begin_on_the_day_beside_months_and_on_the_grid_beside_days():
    """By 10 days from 1 April: bought on the 5th, 6 of 10 days of 10.00 are left."""
    days = add_on("10.00", Interval(days=10))
    beside = Story(MONTH, "2026-04-01")
    beside.change("2026-04-05", AddAddOn(days))
    assert own(beside) == ("2026-04-05", "2026-04-15")
    by_days = plan("30.00", interval=Interval(days=30))
    story = Story(by_days, "2026-04-01", interval=Interval(days=30))
    assert bills(story.change("2026-04-05", AddAddOn(days))) == [
        "2026-04-05: +6.00 = 6.00"
    ]
    assert own(story) == ("2026-04-01", "2026-04-11")


def test_a_billing_day_moved_there_and_back_costs_nothing():
    """The year goes on from its own day, also where the anchor is another one then."""
    held = add_on("365.00", ANNUAL)
    story = Story(MONTH, "2026-01-15", add_ons=[held])
    story.change("2026-01-20", MoveBillingDay(1), MoveBillingDay(15))
    assert story.anchor == "2026-02-15"
    assert bills(story.renew("2027-01-15"))[-1] == (
        "2027-01-15: +100.00 +365.00 = 465.00"
    )


def test_several_intervals_renew_each_by_itself():
    """By the year, the quarter, the month and 30 days, the last from its purchase."""
    days = add_on("3.00", Interval(days=30), id="days", anchored_on="purchase")
    quarter = add_on("30.00", QUARTERLY, id="quarter")
    story = yearly("2026-01-01", add_ons=[SMS, quarter])
    story.change("2026-01-11", AddAddOn(days))
    assert bills(story.renew("2026-04-15")) == [
        "2026-02-01: +10.00 = 10.00",
        "2026-02-10: +3.00 = 3.00",
        "2026-03-01: +10.00 = 10.00",
        "2026-03-12: +3.00 = 3.00",
        "2026-04-01: +10.00 +30.00 = 40.00",
        "2026-04-11: +3.00 = 3.00",
    ]


@pytest.mark.parametrize(
    ("currency", "amount", "charged"),
    [("JPY", "1000", "467"), ("KWD", "10.000", "4.667"), ("USD", "0", "0.00")],
)
def test_every_currency_and_no_price(currency, amount, charged):
    """14 of 30 days of 1000 are 466.67, of 10.000 are 4.667."""
    sold = plan("1200", currency, interval=ANNUAL)
    sms = add_on(amount, priced={"currency": currency})
    story = Story(sold, "2026-01-15", interval=ANNUAL)
    first = story.change("2026-07-01", AddAddOn(sms))
    assert f"{first.invoice.total.amount:f}" == charged
    (later,) = story.renew("2026-07-15").invoices
    assert f"{later.total.amount:f}" == amount + (".00" if amount == "0" else "")


def test_instants_count_to_the_second():
    """From noon of 1 July to that of 1 August, and not a day before."""
    story = Story(YEAR, "2026-01-15T12:00:00+00:00", interval=ANNUAL)
    story.change("2026-07-01T12:00:00+00:00", AddAddOn(BOUGHT))
    assert bills(story.renew("2026-08-01T11:59:59+00:00")) == []
    (invoice,) = story.renew("2026-08-01T12:00:00+00:00").invoices
    assert str(invoice.total) == "10.00 USD"


def test_the_own_period_is_on_the_line():
    story = yearly()
    (line,) = story.change("2026-07-01", AddAddOn(SMS)).invoice.lines
    assert line.period == Period(at("2026-07-01"), at("2026-07-15"))
    assert line.whole == Period(at("2026-06-15"), at("2026-07-15"))
    assert (line.share.numerator, line.share.denominator) == (7, 15)
    parts = recognize(story.renew("2026-07-15").invoices[0]).totals
    # 15 July to 15 August: 17 and 14 of 31 days.
    assert [str(part.amount) for part in parts] == ["5.48 USD", "4.52 USD"]


def test_a_price_by_formula_and_one_for_the_interval():
    """3 months of 10.00 at 20 % off are 24.00, where that is for add-ons too."""
    rules = BillingRules(
        interval_discounts={QUARTERLY: "20"},
        interval_discount_scope=DiscountScope.PLAN_AND_ADD_ONS,
    )
    quarter = add_on("10.00", QUARTERLY, priced={"interval": MONTHLY})
    assert bills(yearly(rules=rules, add_ons=[quarter]).opening) == [
        "2026-01-15: +1200.00 +24.00 = 1224.00"
    ]
    assert bills(yearly(add_ons=[quarter]).opening) == [
        "2026-01-15: +1200.00 +30.00 = 1230.00"
    ]


# ------------------------------------------------------------- more, fewer, and none


def test_more_of_it_is_charged_for_what_remains_of_its_own_period():
    """On 17 July 15 of 31 days are left: 2 × 10.00 × 15/31 = 9.68."""
    story = yearly()
    story.change("2026-07-01", AddAddOn(BOUGHT))
    found = paid(story, "2026-07-17", AddAddOn(BOUGHT, 2), until="2026-08-01")
    assert found == ["2026-07-17: +9.68 = 9.68", "2026-08-01: +30.00 = 30.00"]


def test_what_is_bought_and_removed_on_one_day_is_nothing():
    story = yearly(rules=AT_ONCE)
    found = story.change("2026-07-01", AddAddOn(SMS, 3), RemoveAddOn(SMS, 3))
    assert bills(found) == ["2026-07-01: +14.00 -14.00 = 0.00"]
    assert story.subscription.add_ons == ()
    assert next_renewal(story.subscription) == at("2027-01-15")


@pytest.mark.parametrize(
    ("n", "back", "next_bill"),
    [(1, "-5.00", ["2026-08-01: +10.00 = 10.00"]), (2, "-10.00", [])],
)
def test_a_removal_at_once_gives_back_what_remains_of_its_own_period(
    n, back, next_bill
):
    """On 16 June 15 of 30 days are left of 10.00 each."""
    story = yearly(rules=AT_ONCE)
    story.change("2026-06-01", AddAddOn(BOUGHT, 2))
    (invoice,) = story.change("2026-06-16", RemoveAddOn(BOUGHT, n)).invoices
    assert f"{invoice.total.amount:f}" == back
    story.change("2026-06-17", GrantCredit(Money("1", "USD"), "gift"))
    story.renew("2026-07-31")
    found = [b.partition(" due")[0] for b in bills(story.renew("2026-08-01"))]
    assert found == next_bill


def test_a_removal_waits_for_the_end_of_its_own_period():
    story = yearly()
    story.change("2026-07-01", AddAddOn(BOUGHT, 3))
    asked = story.change("2026-07-20", RemoveAddOn(BOUGHT, 2))
    assert (asked.invoice, asked.effective_on) == (None, at("2026-08-01"))
    (update,) = story.subscription.pending_updates
    assert (update.applies_on, update.value.quantity) == (at("2026-08-01"), 1)
    assert bills(story.renew("2026-08-01")) == ["2026-08-01: +10.00 = 10.00"]
    assert story.subscription.pending_updates == ()


def test_buying_again_undoes_a_removal_that_waits():
    story = yearly()
    story.change("2026-07-01", AddAddOn(BOUGHT, 3))
    story.change("2026-07-20", RemoveAddOn(BOUGHT, 2))
    assert bills(story.change("2026-07-21", AddAddOn(BOUGHT, 2))) == []
    assert story.subscription.pending_updates == ()
    assert bills(story.renew("2026-08-01")) == ["2026-08-01: +30.00 = 30.00"]


def test_on_the_day_of_its_boundary_it_renews_before_it_is_removed():
    story = yearly()
    story.change("2026-07-01", AddAddOn(BOUGHT))
    asked = story.change("2026-08-01", RemoveAddOn(BOUGHT))
    assert bills(asked) == ["2026-08-01: +10.00 = 10.00"]
    assert asked.effective_on == at("2026-09-01")


def test_an_addition_may_wait_for_the_end_of_its_own_period():
    """The first of it comes with the plan's renewal, more of it with its own."""
    story = yearly(rules=BillingRules(add_on_added=Timing.PERIOD_END))
    asked = story.change("2026-07-01", AddAddOn(BOUGHT))
    assert (asked.invoice, asked.effective_on) == (None, at("2027-01-15"))
    assert bills(story.renew("2027-01-15")) == ["2027-01-15: +1200.00 +10.00 = 1210.00"]
    more = story.change("2027-01-20", AddAddOn(BOUGHT))
    assert (more.invoice, more.effective_on) == (None, at("2027-02-15"))
    assert bills(story.renew("2027-02-15")) == ["2027-02-15: +20.00 = 20.00"]


def test_what_is_forfeited_comes_back_from_its_next_boundary_on():
    story = yearly()
    free = story.change("2026-07-01", AddAddOn(BOUGHT), timing=Timing.FORFEIT)
    assert free.invoice is None
    assert bills(story.renew("2026-08-01")) == ["2026-08-01: +10.00 = 10.00"]
    gone = story.change("2026-08-10", RemoveAddOn(BOUGHT), timing=Timing.FORFEIT)
    assert (gone.invoice, story.subscription.add_ons) == (None, ())


@pytest.mark.parametrize("by_hand", [True, False])
def test_it_restarts_nothing(by_hand):
    """It is charged for what remains of its own period, as at once."""
    rules = BillingRules(add_on_added=Timing.RESTART, add_on_removed=Timing.RESTART)
    timing = {"timing": Timing.RESTART} if by_hand else {}
    story = yearly(rules=BillingRules() if by_hand else rules)
    assert bills(story.change("2026-07-01", AddAddOn(SMS), **timing)) == [
        "2026-07-01: +4.67 = 4.67"
    ]
    assert story.period == ("2026-01-15", "2027-01-15")
    back = story.change("2026-07-08", RemoveAddOn(SMS), **timing)  # 7 of 30 days
    assert f"{back.invoice.total.amount:f}" == "-2.33"


def test_notice_is_counted_to_the_end_of_its_own_period():
    """15 days before 1 August is 17 July; what comes later waits a month more."""
    story = yearly(rules=BillingRules(notice_days=15))
    story.change("2026-07-01", AddAddOn(BOUGHT, 3))
    in_time = story.change("2026-07-17", RemoveAddOn(BOUGHT))
    assert in_time.effective_on == at("2026-08-01")
    late = story.change("2026-07-18", RemoveAddOn(BOUGHT))
    assert late.effective_on == at("2026-09-01")
    (notice,) = (n for n in late.notices if n.code == "late_notice")
    assert notice.value("boundary") == at("2026-08-01")
    assert bills(story.renew("2026-09-01")) == [
        "2026-08-01: +20.00 = 20.00",
        "2026-09-01: +10.00 = 10.00",
    ]


def test_the_same_id_is_one_add_on():
    story = yearly(add_ons=[SMS])
    with pytest.raises(DuplicateError):
        story.change("2026-02-01", AddAddOn(BOUGHT))


def test_another_add_on_takes_the_id_of_one_that_is_gone():
    """It shares the plan's year then, 199 of 365 days from 30 June: 65.42."""
    shared = AddOn("sms", "sms", [Price(unit="sms", unit_amount="10", currency="USD")])
    story = yearly(add_ons=[SMS], rules=AT_ONCE)
    story.change("2026-06-15", RemoveAddOn(SMS))
    found = story.change("2026-06-30", AddAddOn(shared)).invoice
    assert f"{found.total.amount:f}" == "65.42"  # 120.00 × 199/365
    assert next_renewal(story.subscription) == at("2027-01-15")


# ------------------------------------------------------------- what the plan is about


def test_another_plan_leaves_it_alone():
    story = yearly(add_ons=[SMS])
    found = story.change("2026-07-20", SwitchPlan(plan("2400", interval=ANNUAL)))
    assert [str(i.issued_on) for i in found.invoices][-1] == "2026-07-20"
    assert {line.item for line in found.invoices[-1].lines} == {
        "plan at 1200.00",
        "plan at 2400",
    }
    assert own(story) == ("2026-07-15", "2026-08-15")


def test_a_restart_moves_the_grid_and_the_running_period_stays_paid():
    """From 20 July on months end on the 20th: 15 to 20 August is 5 of 31 days, 1.61."""
    story = Story(MONTH, "2026-01-15", add_ons=[SMS])
    year = SwitchInterval(ANNUAL)
    rules_of = story.change("2026-07-20", year)
    assert story.anchor == "2026-07-20"
    items = {line.item for line in rules_of.invoices[-1].lines}
    assert items == {"plan at 100.00"}
    assert bills(story.renew("2026-09-20")) == [
        "2026-08-15: +1.61 = 1.61",
        "2026-08-20: +10.00 = 10.00",
        "2026-09-20: +10.00 = 10.00",
    ]


def test_a_restart_leaves_the_days_of_a_purchase_alone():
    story = Story(MONTH, "2026-01-15", add_ons=[BOUGHT])
    story.change("2026-07-20", SwitchInterval(ANNUAL))
    assert bills(story.renew("2026-09-20")) == [
        "2026-08-15: +10.00 = 10.00",
        "2026-09-15: +10.00 = 10.00",
    ]


def test_an_interval_at_once_on_the_grid_leaves_it_alone():
    rules = BillingRules(longer_interval=Timing.IMMEDIATE)
    story = Story(MONTH, "2026-01-15", add_ons=[SMS], rules=rules)
    story.change("2026-02-20", SwitchInterval(ANNUAL))
    assert own(story) == ("2026-02-15", "2026-03-15")
    assert bills(story.renew("2026-03-15")) == ["2026-03-15: +10.00 = 10.00"]


def test_a_billing_day_that_moved_is_its_own_from_its_next_boundary_on():
    """15 April to 1 May: 16 of the 30 days of April, 5.33."""
    story = yearly(add_ons=[SMS, add_on(id="bought", anchored_on="purchase")])
    story.renew("2026-03-20")
    story.change("2026-03-20", MoveBillingDay(1))
    assert bills(story.renew("2026-05-15")) == [
        "2026-04-15: +5.33 +10.00 = 15.33",
        "2026-05-01: +10.00 = 10.00",
        "2026-05-15: +10.00 = 10.00",
    ]


def test_days_given_are_days_of_the_plan():
    """15 February to 18 February, 3 of 31 days of 10.00 where the grid moved: 0.97."""
    story = Story(MONTH, "2026-01-15", add_ons=[SMS])
    story.change("2026-01-20", Extend(3))
    assert bills(story.renew("2026-02-18")) == [
        "2026-02-15: +0.97 = 0.97",
        "2026-02-18: +100.00 +10.00 = 110.00",
    ]


@pytest.mark.parametrize("sold", [SMS, BOUGHT], ids=["billing day", "purchase"])
def test_a_freeze_moves_its_period_by_the_frozen_days(sold):
    story = yearly(rules=BillingRules(max_freeze_days=30), add_ons=[sold])
    story.renew("2026-03-20")
    story.change("2026-03-20", Freeze())
    assert next_renewal(story.subscription) == at("2026-04-19")
    assert bills(story.renew("2026-04-16")) == []
    assert bills(story.change("2026-04-17", Unfreeze())) == []  # 28 days
    assert own(story) == ("2026-04-12", "2026-05-13")
    # The plan ends on 12 February 2027, so months end on the 12th: 13 May to 12 June.
    first = {SMS: "9.68", BOUGHT: "10.00"}[sold]  # 30 of 31 days
    second = {SMS: "2026-06-12", BOUGHT: "2026-06-13"}[sold]
    assert bills(story.renew("2026-06-13")) == [
        f"2026-05-13: +{first} = {first}",
        f"{second}: +10.00 = 10.00",
    ]


def test_a_freeze_gives_what_shares_the_plan_no_period_of_its_own():
    """28 days frozen: 15 March to 15 April becomes 12 April to 13 May."""
    fax = Price(unit="fax", unit_amount="5.00", currency="USD", interval=ANNUAL)
    rules = BillingRules(max_freeze_days=30)
    story = yearly(rules=rules, add_ons=[SMS, AddOn("fax", "fax", [fax])])
    story.renew("2026-03-20")
    story.change("2026-03-20", Freeze())
    story.change("2026-04-17", Unfreeze())
    assert own(story) == ("2026-04-12", "2026-05-13")
    assert [a.period for a in story.subscription.add_ons if a.add_on.id == "fax"] == [
        None
    ]


@pytest.mark.parametrize("anchored", ["purchase", "subscription"])
def test_what_waits_is_dated_as_if_a_freeze_ended_at_the_latest(anchored):
    """15 April and 15 May, each 30 days later, or on the grid that starts there."""
    sold = add_on(anchored_on=anchored)
    rules = BillingRules(max_freeze_days=30, notice_days=15)
    story = yearly(rules=rules, add_ons=[(sold, 3)])
    story.renew("2026-03-20")
    story.change("2026-03-20", RemoveAddOn(sold))
    late = story.change("2026-04-02", RemoveAddOn(sold))
    assert late.effective_on == at("2026-05-15")
    story.change("2026-04-02", Freeze())
    days = [u.applies_on for u in story.subscription.pending_updates]
    # The plan's year ends on 14 February then, so its months on the 14th.
    second = {"purchase": "2026-06-15", "subscription": "2026-06-14"}[anchored]
    assert days == [at("2026-05-15"), at(second)]
    story.renew("2026-06-15")
    assert story.subscription.add_on_quantity("sms") == 1


def test_a_moved_billing_day_stays_through_a_freeze():
    """Months end on the 1st from the plan's next year on, and so do those of it."""
    rules = BillingRules(max_freeze_days=30, notice_days=15)
    story = yearly(rules=rules, add_ons=[(SMS, 3)])
    story.change("2026-01-20", MoveBillingDay(1))
    story.change("2026-02-10", RemoveAddOn(SMS))
    story.change("2026-02-10", Freeze())
    (update,) = story.subscription.pending_updates
    assert update.applies_on == at("2026-04-01")
    story.renew("2026-03-12")
    (update,) = story.subscription.pending_updates
    assert update.applies_on == at("2026-04-01")


# -------------------------------------------------------------------- before it is paid


def test_nothing_is_charged_in_a_trial():
    """It begins with what is paid for, on 24 January."""
    story = yearly("2026-01-10", trial_end="2026-01-24", add_ons=[BOUGHT])
    story.change("2026-01-12", AddAddOn(BOUGHT))
    (held,) = story.subscription.add_ons
    assert (held.quantity, held.period) == (2, None)
    assert next_renewal(story.subscription) == at("2026-01-24")
    assert bills(story.renew("2026-02-24")) == [
        "2026-01-24: +1200.00 +20.00 = 1220.00",
        "2026-02-24: +20.00 = 20.00",
    ]


def test_a_trial_that_ends_early_begins_its_periods():
    story = yearly("2026-01-10", trial_end="2026-01-24", add_ons=[SMS])
    assert bills(story.change("2026-01-20", EndTrial())) == [
        "2026-01-20: +1200.00 +10.00 = 1210.00"
    ]
    assert own(story) == ("2026-01-20", "2026-02-20")


def test_a_free_plan_charges_it_once_something_is_paid():
    free = Plan("free", "Free", -1)
    rules = BillingRules(free_plan=free)
    story = Story(free, "2026-01-10", rules=rules, seats=0, currency="USD")
    story.change("2026-01-12", AddAddOn(SMS))
    assert next_renewal(story.subscription) is None
    found = story.change("2026-02-01", SwitchPlan(YEAR, ANNUAL), AddSeats(1))
    assert bills(found) == ["2026-02-01: +10.00 +1200.00 = 1210.00"]
    assert own(story) == ("2026-02-01", "2026-03-01")


# --------------------------------------------------------------------------- the end


def test_a_cancellation_at_the_end_goes_on_charging_it_until_then():
    story = yearly(add_ons=[SMS])
    story.change("2026-02-01", Cancel())
    found = bills(story.renew("2027-01-15"))
    assert found == [
        f"2026-{month:02}-15: +10.00 = 10.00" for month in range(2, 13)
    ]  # and nothing on the last day, which is the end of both
    assert story.subscription.status == "canceled"


def test_the_end_of_the_plan_gives_back_what_remains_of_it():
    """From 1 July 2026 a year at 365.00; from 15 January 167 days: 167.00."""
    held = add_on("365.00", ANNUAL, anchored_on="purchase")
    story = yearly()
    story.change("2026-07-01", AddAddOn(held))
    story.change("2026-08-01", Cancel())
    end = story.renew("2027-01-15")
    assert bills(end) == ["2027-01-15: -167.00 = -167.00 due 0.00"]
    assert str(end.refund_due) == "167.00 USD"


@pytest.mark.parametrize(
    ("rules", "back"),
    [
        (BillingRules(cancellation=Timing.IMMEDIATE), "-604.93 -2.58"),
        (BillingRules(cancellation=Timing.FORFEIT), None),
    ],
)
def test_an_end_at_once_gives_back_the_rest_of_both(rules, back):
    """On 15 July 184 of 365 days are left of 1200.00; on 7 August 8 of 31 of 10.00."""
    story = yearly(rules=rules, add_ons=[SMS])
    story.renew("2026-07-20")
    found = bills(story.change("2026-08-07", Cancel()))
    # 161 of 365 days: 529.32.
    if back is None:
        assert found == []
    else:
        assert found == ["2026-08-07: -529.32 -2.58 = -531.90 due 0.00"]


def test_under_whole_prices_nothing_comes_back_at_the_end():
    held = add_on("365.00", ANNUAL, anchored_on="purchase")
    story = yearly(rules=BillingRules(convention=Convention.FULL))
    story.change("2026-07-01", AddAddOn(held))
    story.change("2026-08-01", Cancel())
    assert bills(story.renew("2027-01-15")) == []


def test_an_end_on_the_day_of_both_boundaries_renews_neither():
    story = yearly(add_ons=[SMS], rules=BillingRules(cancellation=Timing.IMMEDIATE))
    story.renew("2027-01-14")
    assert bills(story.change("2027-01-15", Cancel())) == []
    assert story.subscription.ended_on == at("2027-01-15")


def test_what_waits_for_its_end_on_the_last_day_is_told_as_replaced():
    story = yearly(add_ons=[(SMS, 2)])
    story.renew("2026-12-20")
    story.change("2026-12-20", RemoveAddOn(SMS))
    story.change("2026-12-20", Cancel())
    assert [u.key for u in story.renew("2027-01-15").replaced] == ["sms"]


def test_a_plan_that_does_not_carry_it_gives_back_what_remains():
    """Lower from 15 January 2027 on; a year from 1 July: 167 of 365 days."""
    held = add_on("365.00", ANNUAL, anchored_on="purchase", requires_plans=["high"])
    high = plan("1200.00", interval=ANNUAL, id="high", rank=2)
    low = plan("600.00", interval=ANNUAL, id="low", rank=1)
    story = Story(high, "2026-01-15", interval=ANNUAL)
    story.change("2026-07-01", AddAddOn(held))
    story.change("2026-08-01", SwitchPlan(low))
    found = story.renew("2027-01-15")
    assert bills(found) == ["2027-01-15: -167.00 +600.00 = 433.00"]
    assert "add_on_dropped" in {notice.code for notice in found.notices}
    assert next_renewal(story.subscription) == at("2028-01-15")


def test_a_plan_that_does_not_carry_it_ends_it_on_its_own_boundary():
    """Nothing of it is left on that day, and nothing comes back."""
    held = add_on(requires_plans=["high"])
    high = plan("1200.00", interval=ANNUAL, id="high", rank=2)
    low = plan("600.00", interval=ANNUAL, id="low", rank=1)
    story = Story(high, "2026-01-15", interval=ANNUAL, add_ons=[held])
    story.change("2026-12-20", SwitchPlan(low))
    assert bills(story.renew("2027-01-15")) == ["2027-01-15: +600.00 = 600.00"]


def test_an_upgrade_that_does_not_carry_it_gives_back_what_remains_at_once():
    held = add_on(requires_plans=["low"])
    low = plan("1200.00", interval=ANNUAL, id="low", rank=1)
    high = plan("1200.00", interval=ANNUAL, id="high", rank=2)
    story = Story(low, "2026-01-15", interval=ANNUAL, add_ons=[held])
    story.renew("2026-06-20")
    # 15 of 30 days of 10.00; of the plans' 1200.00, 199 of 365 days: 654.25.
    assert bills(story.change("2026-06-30", SwitchPlan(high))) == [
        "2026-06-30: -654.25 -5.00 +654.25 = -5.00 due 0.00"
    ]


def test_it_needs_what_it_requires():
    needs = add_on(requires_add_ons=["base"])
    with pytest.raises(RequirementError):
        yearly(add_ons=[needs])


def test_a_term_does_not_hold_it():
    """1 January to 1 April are 90 days, of which 45 are left: half of 30.00."""
    sold = add_on("30.00", QUARTERLY)
    story = Story(MONTH, "2026-01-01", add_ons=[sold], term=Term(), rules=AT_ONCE)
    story.renew("2026-02-15")
    gone = story.change("2026-02-15", RemoveAddOn(sold))
    assert bills(gone) == ["2026-02-15: -15.00 = -15.00 due 0.00"]


def test_an_early_end_of_a_term_bills_the_plan_without_it():
    """December is left of the year: 100.00 of the plan, and no 30.00 a quarter."""
    sold = add_on("30.00", QUARTERLY)
    term = Term(early_end=EarlyEnd.BILLED)
    story = Story(MONTH, "2026-01-01", add_ons=[sold], term=term)
    story.renew("2026-11-15")
    ended = story.change("2026-11-15", Cancel(), timing=Timing.IMMEDIATE)
    assert bills(ended) == ["2026-11-15: +100.00 = 100.00"]


def test_one_that_needs_another_serves_the_time_that_is_paid():
    """Its own month ends first; what needs it goes with the plan's renewal."""
    needs = AddOn("top", "top", [], requires_add_ons=["sms"])
    story = yearly(add_ons=[SMS, needs])
    story.change("2026-02-01", RemoveAddOn(needs), RemoveAddOn(SMS))
    story.renew("2026-02-15")
    assert [held.add_on.id for held in story.subscription.add_ons] == ["top"]
    story.renew("2027-01-15")
    assert story.subscription.add_ons == ()


def test_resuming_takes_it_on():
    story = yearly(add_ons=[SMS])
    story.change("2026-02-01", Cancel())
    story.change("2026-12-20", Resume())
    assert bills(story.renew("2027-01-15")) == ["2027-01-15: +1200.00 +10.00 = 1210.00"]


def test_a_late_cancellation_says_what_the_next_period_costs_with_it():
    """The plan and a month of it on one day; what renews before is not counted."""
    story = yearly(rules=BillingRules(notice_days=60), add_ons=[SMS])
    story.renew("2026-11-20")
    late = story.change("2026-12-01", Cancel())
    (notice,) = (n for n in late.notices if n.code == "late_cancellation")
    assert str(notice.value("cost")) == "1210.00 USD"


def test_an_end_that_is_announced_names_its_bill():
    held = add_on("365.00", ANNUAL, anchored_on="purchase")
    story = yearly()
    story.change("2026-07-01", AddAddOn(held))
    asked = story.change("2026-08-01", Cancel())
    (notice,) = (n for n in asked.notices if n.code == "end_scheduled")
    assert str(notice.value("total")) == "-167.00 USD"


# ---------------------------------------------- discounts, taxes, settlement, previews


def test_a_percentage_applies_and_counts_periods_of_the_plan():
    half = Discount.percent("50", id="half", periods=1)
    story = yearly(add_ons=[SMS], discounts=[half])
    assert bills(story.opening) == ["2026-01-15: +600.00 +5.00 = 605.00"]
    assert bills(story.renew("2026-02-15")) == ["2026-02-15: +5.00 = 5.00"]
    story.renew("2027-01-14")
    assert bills(story.renew("2027-01-15")) == ["2027-01-15: +1200.00 +10.00 = 1210.00"]


def test_a_percentage_for_one_invoice_is_spent_on_its_renewal():
    once = Discount.percent("50", id="once", periods=0)
    story = yearly(add_ons=[SMS])
    story.change("2026-02-01", ApplyDiscount(once))
    assert bills(story.renew("2026-03-15")) == [
        "2026-02-15: +5.00 = 5.00",
        "2026-03-15: +10.00 = 10.00",
    ]
    assert story.subscription.discounts == ()


def test_a_percentage_that_comes_applies_from_its_next_boundary_on():
    story = yearly(add_ons=[SMS])
    story.change("2026-02-01", ApplyDiscount(Discount.percent("50", id="half")))
    assert bills(story.renew("2026-02-15")) == ["2026-02-15: +5.00 = 5.00"]
    story.change("2026-02-20", RemoveDiscount("half"))
    assert bills(story.renew("2026-03-15")) == ["2026-03-15: +10.00 = 10.00"]


def test_an_amount_off_is_taken_off_what_shares_the_plan():
    """30.00 off 20.00: the cap is the plan's price, not the add-on's."""
    off = Discount.fixed("30.00", "USD", id="off")
    story = Story(plan("20.00"), "2026-01-15", add_ons=[SMS], discounts=[off])
    assert bills(story.opening) == ["2026-01-15: +20.00 -20.00 +10.00 = 10.00"]


def test_an_amount_off_is_fitted_to_what_shares_the_plan():
    """15.00 off 20.00; with one seat of two gone, 10.00 off 10.00, the add-on apart."""
    off = Discount.fixed("15.00", "USD", id="off")
    rules = BillingRules(
        seats_removed=Timing.IMMEDIATE, add_on_removed=Timing.IMMEDIATE
    )
    story = Story(
        plan("10.00"),
        "2026-04-01",
        seats=2,
        rules=rules,
        add_ons=[SMS],
        discounts=[off],
    )
    found = story.change("2026-04-16", RemoveAddOn(SMS), RemoveSeats(1))
    # 15 of 30 days: −5.00 of the add-on, −5.00 of a seat, and 5.00 of the discount.
    assert bills(found) == ["2026-04-16: -5.00 -5.00 +2.50 = -7.50 due 0.00"]


def test_the_first_one_in_a_call_does_not_hold_an_amount_off():
    """5 seats at 30.00 a quarter, 60.00 off; four go as 10.00 a month come.

    30.00 of the plan are left, so 30.00 of the 60.00 come back.
    """
    prices = [Price(unit_amount="30.00", currency="USD", interval=QUARTERLY)]
    story = Story(
        Plan("quarter", "Quarter", 1, prices),
        "2026-04-01",
        interval=QUARTERLY,
        seats=5,
        rules=BillingRules(seats_removed=Timing.IMMEDIATE),
        discounts=[Discount.fixed("60", "USD", id="off")],
    )
    done = story.change("2026-04-01", AddAddOn(SMS), RemoveSeats(4))
    amounts = [str(line.amount.amount) for line in done.invoice.lines]
    assert amounts == ["10.00", "-120.00", "30.00"]


def test_tax_is_on_top_of_it():
    story = yearly(add_ons=[SMS], tax_rates=[VAT])
    assert bills(story.renew("2026-02-15")) == ["2026-02-15: +10.00 tax +2.00 = 12.00"]
    story.change("2026-02-20", SetTaxRates([]))
    assert bills(story.renew("2026-03-15")) == ["2026-03-15: +10.00 = 10.00"]


def test_its_renewal_bills_what_waits():
    rules = BillingRules(settlement=Settlement.ON_RENEWAL)
    setup = Service("setup", "Set-up", Money("99.00", "USD"))
    story = yearly(rules=rules, add_ons=[SMS])
    assert bills(story.change("2026-02-01", BuyService(setup))) == []
    assert bills(story.renew("2026-02-15")) == ["2026-02-15: +99.00 +10.00 = 109.00"]


def test_a_monthly_settlement_of_the_same_day_is_one_invoice():
    """2 more from 1 February, 14 of 31 days: 9.03."""
    rules = BillingRules(settlement=Settlement.MONTHLY)
    story = yearly(rules=rules, add_ons=[SMS, add_on(id="other")])
    bought = add_on(id="bought", anchored_on="purchase")
    assert bills(story.change("2026-02-01", AddAddOn(SMS, 2))) == []
    assert bills(story.change("2026-02-01", AddAddOn(bought))) == []
    assert bills(story.renew("2026-03-01")) == [
        "2026-02-15: +9.03 +10.00 +30.00 +10.00 = 59.03",
        "2026-03-01: +10.00 = 10.00",
    ]


def test_an_unbilled_line_waits_for_the_month_where_no_add_on_renews():
    rules = BillingRules(settlement=Settlement.MONTHLY)
    held = add_on("30.00", QUARTERLY)
    story = yearly(rules=rules, add_ons=[held])
    story.change("2026-02-01", AddAddOn(held))
    # 73 of the 90 days to 15 April: 30.00 × 73/90 = 24.33.
    assert bills(story.renew("2026-02-15")) == ["2026-02-15: +24.33 = 24.33"]


def test_a_preview_is_the_next_renewal_whichever_it_is():
    story = yearly(add_ons=[SMS])
    assert story.preview() == story.renew("2026-02-15").invoice
    story.renew("2026-12-20")
    assert story.preview() == story.renew("2027-01-15").invoice


def test_a_preview_of_an_end_of_its_own_has_no_lines():
    story = yearly(add_ons=[SMS])
    story.change("2026-02-01", RemoveAddOn(SMS))
    found = story.preview()
    assert (found.lines, found.issued_on) == ((), at("2026-02-15"))


def test_a_month_of_it_counts_by_its_own_interval():
    """1200.00 / 12 + 10.00 + 30.00 / 3 = 120.00 a month."""
    story = yearly(add_ons=[SMS, add_on("30.00", QUARTERLY, id="quarter")])
    sub = story.subscription
    assert (str(mrr(sub)), str(arr(sub))) == ("120.00 USD", "1440.00 USD")


def test_a_page_shows_what_a_period_of_its_own_costs():
    view = billing_view(yearly(add_ons=[SMS]).subscription, on=at("2026-01-20"))
    assert str(view.add_ons[0].price) == "10.00 USD"
    assert view.next_invoice.issued_on == at("2026-02-15")
    assert view.renews_on == at("2027-01-15")


def test_a_backdated_purchase_is_corrected_in_its_own_periods():
    """Bought on 1 July as it turns out: 10.00 and 10.00 more, on one invoice."""
    opening = yearly().opening
    issued = bill(opening, [], until=at("2026-08-15")).invoices
    truth = [(at("2026-07-01"), AddAddOn(BOUGHT))]
    correction = rebill(opening, issued, truth, until=at("2026-08-15"))
    assert str(correction.invoice.total) == "20.00 USD"
    assert verify(correction.invoice) == ()


# ------------------------------------------------------------ roads, limits, the door

HISTORY = [
    (at("2026-02-01"), AddAddOn(BOUGHT, 2)),
    (at("2026-02-20"), RemoveAddOn(BOUGHT)),
    (at("2026-03-31"), SwitchInterval(ANNUAL)),
    (at("2026-04-01"), AddAddOn(add_on("30.00", QUARTERLY, id="quarter"))),
    (at("2026-05-05"), Cancel()),
]


def test_a_bill_is_its_steps():
    opening = Story(MONTH, "2026-01-15").opening
    whole = bill(opening, HISTORY, until=at("2027-06-01"))
    sub, invoices = opening.subscription, list(opening.invoices)
    for day, asked in HISTORY:
        outcome = change(sub, asked, on=day)
        sub, invoices = outcome.subscription, [*invoices, *outcome.invoices]
    last = renew(sub, on=at("2027-06-01"))
    assert whole.subscription == last.subscription
    assert whole.invoices == (*invoices, *last.invoices)
    assert [o.subscription for o in whole.outcomes][-1] == last.subscription


def test_a_long_absence_is_many_short_ones():
    held = [SMS, add_on("3.00", Interval(days=30), id="days", anchored_on="purchase")]
    story = yearly(add_ons=held)
    sub, invoices, day = story.subscription, [], at("2026-01-15")
    while day < at("2027-06-01"):
        day += dt.timedelta(11)
        outcome = renew(sub, on=day)
        sub, invoices = outcome.subscription, [*invoices, *outcome.invoices]
    at_once = renew(story.subscription, on=day)
    assert (sub, tuple(invoices)) == (at_once.subscription, at_once.invoices)


def test_lines_are_counted():
    story = yearly(add_ons=[SMS])
    with pytest.raises(TooManyLinesError):
        renew(story.subscription, on=at("2026-12-31"), limits=Limits(lines=5))


def test_the_calendar_ends():
    story = Story(YEAR, "9998-01-15", interval=ANNUAL)
    story.change("9998-12-31", AddAddOn(BOUGHT))
    with pytest.raises(DateRangeError):
        story.renew("9999-12-31")


def test_a_freeze_leaves_the_calendar_with_the_add_on_first():
    held = add_on("365.00", ANNUAL, anchored_on="purchase")
    rules = BillingRules(max_freeze_days=30)
    story = Story(MONTH, "9998-12-20", rules=rules)
    story.change("9998-12-25", AddAddOn(held))
    story.change("9998-12-26", Freeze())
    with pytest.raises(DateRangeError):
        story.renew("9999-01-25")


def taken(**more):
    """Return a customer who had the plan and the add-on elsewhere."""
    held = SubscribedAddOn(SMS, 2, Period(at("2026-06-15"), at("2026-07-15")))
    arguments = {
        "id": "story",
        "interval": ANNUAL,
        "seats": 1,
        "current_period": Period(at("2026-01-15"), at("2027-01-15")),
        "charged": {"seat": Money("1200", "USD"), "sms": Money("18.00", "USD")},
        "rules": AT_ONCE,
        "on": at("2026-06-20"),
        "add_ons": [held],
        **more,
    }
    return adopt(YEAR, **arguments)


def test_a_customer_is_taken_over_in_the_period_of_the_add_on():
    """18.00 were charged; on 30 June 15 of 30 days come back of 20.00, 10.00 here."""
    sub = taken()
    assert next_renewal(sub) == at("2026-07-15")
    assert str(mrr(sub)) == "120.00 USD"
    back = change(sub, RemoveAddOn(SMS, 2), on=at("2026-06-30")).invoice
    assert f"{back.total.amount:f}" == "-10.00"
    assert f"{renew(sub, on=at('2026-07-15')).invoice.total.amount:f}" == "20.00"


def test_one_amount_is_shared_out_by_full_prices():
    """1200.00 and 20.00 of 610.00: 600.00 and 10.00."""
    charges = taken(charged=Money("610.00", "USD")).charges
    assert [str(c.charged) for c in charges] == ["600.00 USD", "10.00 USD"]


def test_a_purchase_is_taken_over_with_its_day():
    period = Period(at("2026-02-28"), at("2026-03-31"))
    held = SubscribedAddOn(BOUGHT, 1, period, at("2026-01-31"))
    sub = taken(
        add_ons=[held],
        on=at("2026-03-01"),
        charged={"seat": Money("1200", "USD"), "sms": Money("10", "USD")},
    )
    later = renew(sub, on=at("2026-03-31")).subscription.add_ons[0]
    assert later.period == Period(at("2026-03-31"), at("2026-04-30"))
    assert SubscribedAddOn(BOUGHT, 1, period).anchor == at("2026-02-28")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"add_ons": [SMS]}, RulesError),
        (
            {
                "add_ons": [
                    SubscribedAddOn(SMS, 1, Period(at("2026-06-15"), at("2026-09-15")))
                ]
            },
            RulesError,
        ),
        ({"on": at("2026-06-14")}, OutOfOrderError),
        ({"on": at("2026-07-15")}, OutOfOrderError),
        ({"ended_on": at("2026-06-20")}, RulesError),
    ],
)
def test_a_period_that_cannot_be_is_refused(more, error):
    with pytest.raises(error):
        taken(**more)


def test_a_period_has_not_begun_before_it_is_sold():
    held = SubscribedAddOn(SMS, 1, Period(at("2026-01-15"), at("2026-02-15")))
    with pytest.raises(RulesError) as refused:
        yearly(add_ons=[held])
    assert "before it is charged" in str(refused.value)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: AddOn("a", "A", anchored_on="purchase"), "no_interval"),
        (lambda: add_on(family="storage"), "own_family"),
        (lambda: add_on(priced={"in_arrears": True}), "own_arrears"),
    ],
)
def test_what_cannot_have_an_interval_of_its_own_is_refused(make, problem):
    with pytest.raises(PriceError) as refused:
        make()
    assert refused.value.problem == problem
    assert "|" not in str(refused.value)


def test_its_interval_needs_a_price():
    with pytest.raises(NoPriceError):
        add_on(priced={"interval": ANNUAL})


@pytest.mark.parametrize("anchor", [None, "2026-01-31"])
def test_what_shares_the_plan_has_no_period_of_its_own(anchor):
    shared = AddOn("a", "A")
    period = Period(at("2026-01-15"), at("2026-02-15"))
    with pytest.raises(RulesError):
        SubscribedAddOn(shared, 1, None if anchor else period, anchor and at(anchor))
    with pytest.raises(RulesError):
        SubscribedAddOn(SMS, 1, period, at("2026-01-15"))


def test_a_word_names_where_periods_are_counted_from():
    assert add_on(anchored_on="purchase") == BOUGHT
    with pytest.raises(UnknownWordError):
        add_on(anchored_on="never")


# ------------------------------------------------------------------------ any history


@st.composite
def lived(draw, *, fixed=False):
    """Return a history in which add-ons with an interval of their own are sold."""
    rules = draw(our.billing_rules())
    calendar = rules.convention in (Convention.ACTUAL_30, Convention.THIRTY_360)
    offered = rules.intervals or (MONTHLY, QUARTERLY, ANNUAL)
    days = () if calendar or rules.intervals else (Interval(days=30), Interval(days=7))
    anchored = st.sampled_from([*AddOnAnchor])
    full = rules.convention is Convention.FULL
    sold = draw(our.catalogs("USD", offered, arrears=False if full else None))
    held = tuple(
        attrs.evolve(
            one,
            prices=[*one.prices, *_priced(one, days)],
            family=None,
            interval=draw(st.sampled_from((*offered, *days))),
            anchored_on=draw(anchored),
        )
        for one in sold.add_ons[1:3]
    )
    catalog = attrs.evolve(sold, add_ons=(held[0], sold.add_ons[0], held[1]))
    world = our.markets(
        catalog=catalog, rules=rules, currency="USD", fixed_discounts=fixed
    )
    return draw(our.histories(world))


def _priced(one, days):
    return [attrs.evolve(one.prices[0], interval=interval) for interval in days]


@given(lived())
def test_the_laws_hold_with_intervals_of_their_own(history):
    laws.check(history)


# -------------------------------------------------------------------------- documents


def test_documents_hold_the_own_period():
    story = Story(YEAR, "2026-01-15", interval=ANNUAL)
    story.change("2026-01-31", AddAddOn(BOUGHT))
    story.renew("2026-03-01")
    document = dump(story.subscription)
    (held,) = document["value"]["add_ons"]
    assert held["period"] == {"start": "2026-02-28", "end": "2026-03-31"}
    assert held["anchor"] == "2026-01-31"
    assert held["add_on"]["interval"] == "month"
    assert held["add_on"]["anchored_on"] == "purchase"
    assert load(document) == story.subscription


def test_documents_without_one_say_nothing_of_it():
    shared = AddOn("a", "A")
    document = dump(yearly(add_ons=[shared]).subscription)["value"]
    assert "period" not in document["add_ons"][0]
    assert "interval" not in document["add_ons"][0]["add_on"]
