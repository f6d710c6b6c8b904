"""What is asked for on the billing day, before the renewal of that day ran.

Where another engine went wrong with the same story, its report is the source.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from seatbill import (
    BillingRules,
    Cancel,
    Discount,
    Freeze,
    GrantCredit,
    Money,
    Plan,
    Price,
    Settlement,
    SwitchPlan,
    TaxRate,
    Timing,
    bill,
)
from seatbill.converters import ChangeRequest, change_request
from seatbill.errors import RenewFirstError, SubscriptionEndedError
from seatbill.reviews import reconcile
from seatbill.testing import laws
from seatbill.testing.histories import History, Readings
from stories import Story, at, bills, digits, plan

ENDS = BillingRules(cancellation=Timing.IMMEDIATE)
LAGO = "getlago/lago-api#1754 (canceled on the billing day: +10.00 and -10.00)"


def ended(story, day, *changes, **more):
    """Return the end of *story*, and hold that a bill comes to the same."""
    known = story.subscription
    outcome = story.change(day, *(changes or [Cancel()]), **more)
    asked = (at(day), changes or Cancel(), *more.values())
    statement = bill(known, [asked], until=at(day))
    assert statement.subscription == outcome.subscription
    assert statement.invoices == outcome.invoices
    assert statement.outcomes == (outcome,)
    return outcome


@pytest.mark.source(LAGO)
@pytest.mark.parametrize("timing", [None, Timing.IMMEDIATE, Timing.FORFEIT])
def test_canceled_at_once_on_the_billing_day_nothing_is_charged(timing):
    """April is paid; on 1 May, before May is billed, it ends."""
    story = Story(plan("10.00"), "2026-04-01", rules=ENDS)
    by_hand = {"timing": timing} if timing else {}
    outcome = ended(story, "2026-05-01", **by_hand)
    assert outcome.invoices == ()
    assert not outcome.refund_due
    assert outcome.subscription.ended_on == at("2026-05-01")
    assert outcome.subscription.version == outcome.previous_version + 2
    with pytest.raises(SubscriptionEndedError):
        story.change("2026-05-01", Cancel())


@pytest.mark.source(LAGO)
def test_after_the_renewal_of_that_day_all_of_it_comes_back():
    story = Story(plan("10.00"), "2026-04-01", rules=ENDS)
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +10.00 = 10.00"]
    outcome = story.change("2026-05-01", Cancel())
    assert digits(outcome.refund_due) == "10.00"


@pytest.mark.source(LAGO)
@pytest.mark.parametrize(
    ("day", "found", "refund"),
    [
        pytest.param(
            "2026-04-30",
            ["2026-04-30: -0.33 = -0.33 due 0.00"],
            "0.33",
            id="a day before",
        ),
        pytest.param(
            "2026-06-01",
            ["2026-05-01: +10.00 = 10.00"],
            "0.00",
            id="a month later, May is due",
        ),
        pytest.param(
            "2026-05-02",
            ["2026-05-01: +10.00 = 10.00", "2026-05-02: -9.68 = -9.68 due 0.00"],
            "9.68",
            id="a day after, 30 of 31",
        ),
    ],
)
def test_the_days_around_the_billing_day(day, found, refund):
    outcome = ended(Story(plan("10.00"), "2026-04-01", rules=ENDS), day)
    assert bills(outcome) == found
    assert digits(outcome.refund_due) == refund


@pytest.mark.source(LAGO)
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_on_a_leap_day_with_tax_discount_and_balance_only_the_balance_goes_back(
    currency,
):
    """From 29 January the second month begins on the leap day; 5 are on the balance."""
    story = Story(
        plan("10", currency),
        "2028-01-29",
        rules=ENDS,
        tax_rates=[TaxRate("vat", Fraction(1, 5))],
        discounts=[Discount.percent("50", id="half")],
    )
    story.change("2028-02-01", GrantCredit(Money("5", currency), "a gift"))
    outcome = ended(story, "2028-02-29")
    assert outcome.invoices == ()
    assert outcome.refund_due == Money("5", currency)


@pytest.mark.source(LAGO)
def test_what_waits_for_that_day_is_invoiced_and_what_is_scheduled_is_replaced():
    """5.00 more for the second half of April wait; a lower plan never comes."""
    rules = BillingRules(
        cancellation=Timing.IMMEDIATE, settlement=Settlement.ON_RENEWAL
    )
    story = Story(plan("10.00", rank=1), "2026-04-01", rules=rules)
    story.change("2026-04-16", SwitchPlan(plan("20.00", rank=2)))
    story.change("2026-04-20", SwitchPlan(plan("5.00")))
    outcome = ended(story, "2026-05-01")
    assert bills(outcome) == ["2026-05-01: -5.00 +10.00 = 5.00"]
    assert [update.value.id for update in outcome.replaced] == ["plan at 5.00"]


@pytest.mark.source(LAGO)
def test_a_trial_that_is_canceled_on_its_last_day_costs_nothing():
    story = Story(plan("10.00"), "2026-04-01", trial_end="2026-05-01", rules=ENDS)
    assert ended(story, "2026-05-01").invoices == ()


@pytest.mark.source(LAGO)
def test_arrears_are_billed_through_that_day():
    story = Story(plan("10.00", in_arrears=True), "2026-04-01", rules=ENDS)
    assert bills(ended(story, "2026-05-01")) == ["2026-05-01: +10.00 = 10.00"]


@pytest.mark.source(LAGO)
def test_an_end_that_is_scheduled_for_that_day_comes_first():
    story = Story(plan("10.00"), "2026-04-01")
    story.change("2026-04-16", Cancel())
    with pytest.raises(SubscriptionEndedError):
        story.change("2026-05-01", Cancel(), timing=Timing.IMMEDIATE)


@pytest.mark.source(LAGO)
def test_a_freeze_that_ends_by_itself_on_that_day_gives_back_what_was_not_used():
    """Frozen from 16 April, 15 days at most: it goes on on 1 May, with 15 days left."""
    rules = BillingRules(cancellation=Timing.IMMEDIATE, max_freeze_days=15)
    story = Story(plan("10.00"), "2026-04-01", rules=rules)
    story.change("2026-04-16", Freeze())
    assert bills(ended(story, "2026-05-01")) == ["2026-05-01: -5.00 = -5.00 due 0.00"]


def measured(*, in_arrears=False):
    """Return a story of measured teams at 10.00, one of them in April."""
    team = Price(
        unit="team",
        unit_amount="10.00",
        currency="USD",
        measured=True,
        in_arrears=in_arrears,
    )
    sold = Plan("teams", "Teams", 0, [team])
    return Story(sold, "2026-04-01", seats={"team": 1}, rules=ENDS)


@pytest.mark.source(LAGO)
def test_what_is_measured_for_the_period_that_does_not_begin_is_not_asked_for():
    assert ended(measured(), "2026-05-01").invoices == ()
    asked = [(at("2026-05-01"), (Cancel(),))]
    known = measured().subscription
    found = bill(known, asked, until=at("2026-05-01"), measured=lambda _: {"team": 7})
    assert found.invoices == ()
    assert [outcome.changes for outcome in found.outcomes] == [(Cancel(),)]


@pytest.mark.source(LAGO)
def test_what_was_measured_in_the_period_that_ends_is_billed():
    """3 teams in April at 10.00 in arrears."""
    known = measured(in_arrears=True).subscription
    until = at("2026-05-01")
    with pytest.raises(RenewFirstError):
        measured(in_arrears=True).change("2026-05-01", Cancel())
    found = bill(
        known, [(until, Cancel())], until=until, measured=lambda _: {"team": 3}
    )
    assert [digits(invoice.total) for invoice in found.invoices] == ["30.00"]
    assert [outcome.invoices for outcome in found.outcomes] == [found.invoices]


@pytest.mark.source(LAGO)
def test_a_list_of_one_is_as_good_as_its_change():
    known = Story(plan("10.00"), "2026-04-01", rules=ENDS).subscription
    day = at("2026-05-01")
    found = bill(known, [(day, [Cancel()])], until=day)
    assert found.invoices == ()
    assert found.history == ((day, (Cancel(),)),)


# Through JSON.


def requested(story, day, *changes):
    """Return what a request comes to, with the renewals of the day before it."""
    known = story.subscription
    return change_request(
        ChangeRequest(subscription=known, changes=changes, on=at(day))
    )


@pytest.mark.source(LAGO)
def test_a_request_ends_it_before_the_renewal_of_its_day_too():
    story = Story(plan("10.00"), "2026-04-01", rules=ENDS)
    found = requested(story, "2026-05-01", Cancel())
    assert found == story.change("2026-05-01", Cancel())
    later = Story(plan("10.00"), "2026-04-01", rules=ENDS)
    assert bills(requested(later, "2026-05-02", Cancel())) == bills(
        later.change("2026-05-02", Cancel())
    )


# What looks at histories.


@pytest.mark.source(LAGO)
def test_the_laws_hold_for_an_end_before_a_renewal():
    story = Story(plan("10.00"), "2026-04-01", rules=ENDS)
    asked = [(at("2026-05-01"), Cancel())]
    history = History.of(story.opening, asked, until=at("2026-06-01"))
    assert [outcome.invoices for outcome in history.outcomes] == [()]
    laws.check(history)


@pytest.mark.source(LAGO)
@pytest.mark.parametrize("in_arrears", [False, True])
def test_a_history_with_numbers_ends_before_a_renewal_too(in_arrears):
    """In arrears the number of April is missing, so the end is refused."""
    opening = measured(in_arrears=in_arrears).opening
    asked = [(at("2026-05-01"), Cancel())]
    until, count = at("2026-05-01"), Readings(("team",), (3,))
    history = History.of(opening, asked, until=until, measured=count)
    assert len(history.refused) == in_arrears
    laws.check(history)


@pytest.mark.source(LAGO)
def test_no_renewal_is_expected_of_a_day_on_which_it_ended_first():
    story = Story(plan("10.00"), "2026-04-01", rules=ENDS)
    outcome = story.change("2026-05-01", Cancel())
    found = reconcile(story.opening.invoice, [story.opening, outcome])
    assert found.is_right
    assert {event.on for event in found.events} == {at("2026-04-01")}
