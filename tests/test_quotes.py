"""A quote is the change that it promised, or is refused with what differs."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatbill import (
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    GrantCredit,
    Money,
    RemoveSeats,
    Reprice,
    SetRecipient,
    Settlement,
    TaxRate,
    Timing,
    change,
    renew,
    subscribe,
)
from seatbill.converters import dump, from_data, load, to_data
from seatbill.documents import to_html, to_text
from seatbill.errors import (
    MixedTimeError,
    QuoteDiffersError,
    QuoteExpiredError,
    StaleVersionError,
    WrongTypeError,
)
from seatbill.parties import Party
from seatbill.quotes import Quote, accept, quote
from seatbill.testing.strategies import histories, quotes
from stories import at, plan

PLAN = plan("30.00", id="pro")
VAT = TaxRate("vat", "0.19")
APRIL, MAY = at("2026-04-01"), at("2026-05-01")
SIGNED, LAST = at("2026-04-20"), at("2026-04-30")


def opened(**more):
    """Return what ten seats at 30.00 from the first of April come to."""
    given = {"rules": BillingRules(), "seats": 10, "on": APRIL} | more
    return subscribe(PLAN, id="ada", interval=MONTHLY, **given)


SUB = opened().subscription


def offered(*changes, on="2026-04-16", until=LAST, sub=SUB, **more):
    return quote(change(sub, *changes, on=at(on), **more), number="Q-1", until=until)


def refused(kind, found, subscription, on):
    with pytest.raises(kind) as told:
        accept(found, subscription, on=on)
    return told.value


# Accepted.


def test_accepted_on_its_day_it_is_the_very_change():
    """15 of 30 days are left: 2 × 30.00 / 2."""
    offer = offered(AddSeats(2), by="ann", reason="asked for")
    assert str(offer.outcome.invoice.total) == "30.00 USD"
    assert offer.version == SUB.version == 1
    assert accept(offer, SUB, on=at("2026-04-16")) == offer.outcome


def test_accepted_before_the_day_of_the_change_it_is_for_that_day():
    offer = offered(AddSeats(2), until=at("2026-04-10"))
    assert accept(offer, SUB, on=at("2026-04-10")) == offer.outcome


def test_accepted_later_at_the_same_amounts_it_is_for_that_later_day():
    """A removal at the end of the period costs the same on each day before it."""
    offer = offered(RemoveSeats(3))
    found = accept(offer, SUB, on=SIGNED)
    assert found == change(SUB, RemoveSeats(3), on=SIGNED)
    assert (found.on, found.effective_on) == (SIGNED, MAY)


def test_a_change_that_acts_at_once_and_costs_nothing_acts_on_the_later_day():
    offer = offered(SetRecipient(Party(name="Ada")))
    assert accept(offer, SUB, on=SIGNED).effective_on == SIGNED


def test_what_was_set_by_hand_is_kept():
    offer = offered(RemoveSeats(3), timing=Timing.IMMEDIATE, by="ann", reason="asked")
    found = accept(offer, SUB, on=at("2026-04-16"))
    assert (found.timing, found.by, found.reason) == (
        Timing.IMMEDIATE,
        "ann",
        "asked",
    )


def test_a_renewal_can_be_quoted():
    offer = quote(renew(SUB, on=MAY), number="Q-2", until=LAST)
    assert not offer.is_opening
    assert accept(offer, SUB, on=SIGNED) == offer.outcome


def test_a_new_subscription_is_accepted_without_one():
    opening = opened(on=MAY)
    offer = quote(opening, number="Q-3", until=at("2026-05-15"))
    assert offer.is_opening
    for day in (SIGNED, MAY):
        assert accept(offer, on=day) == opening


# Refused.


def test_after_its_last_day_it_is_refused():
    offer = offered(RemoveSeats(3))
    assert accept(offer, SUB, on=LAST).on == LAST
    error = refused(QuoteExpiredError, offer, SUB, MAY)
    assert (error.number, error.until, error.day) == ("Q-1", LAST, MAY)


def test_on_another_version_it_is_refused():
    later = change(SUB, AddSeats(1), on=at("2026-04-17")).subscription
    error = refused(StaleVersionError, offered(AddSeats(2)), later, SIGNED)
    assert (error.asked, error.known) == (1, 2)


def test_for_another_subscription_it_is_refused():
    other = attrs.evolve(SUB, id="bob")
    error = refused(QuoteDiffersError, offered(AddSeats(2)), other, SIGNED)
    assert (error.field, error.quoted, error.found) == ("subscription", "ada", "bob")


def test_a_change_needs_its_subscription():
    error = refused(WrongTypeError, offered(AddSeats(2)), None, SIGNED)
    assert error.name == "subscription"


def test_a_new_subscription_is_not_accepted_after_its_first_day():
    offer = quote(opened(), number="Q-3", until=LAST)
    error = refused(QuoteDiffersError, offer, None, SIGNED)
    assert (error.field, error.quoted, error.found) == ("first_day", APRIL, SIGNED)


def test_instants_and_days_do_not_meet():
    with pytest.raises(MixedTimeError):
        offered(AddSeats(2), until=at("2026-04-30T12:00:00+00:00"))
    with pytest.raises(MixedTimeError):
        accept(offered(AddSeats(2)), SUB, on=at("2026-04-16T12:00:00+00:00"))


def usd(amount):
    return Money(amount, "USD")


WAITS = opened(rules=BillingRules(settlement=Settlement.ON_RENEWAL)).subscription
NOTICE = opened(rules=BillingRules(notice_days=10)).subscription
RICH = change(SUB, GrantCredit(usd("5.00"), "sorry"), on=at("2026-04-02")).subscription


@pytest.mark.parametrize(
    ("sub", "asked", "more", "problem", "quoted", "found"),
    [
        pytest.param(
            SUB,
            AddSeats(2),
            {},
            "amount",
            usd("30.00"),
            usd("22.00"),  # 2 × 30.00 × 11/30
            id="an invoice of another amount",
        ),
        pytest.param(
            WAITS,
            AddSeats(2),
            {},
            "unbilled_lines",
            usd("30.00"),
            usd("22.00"),
            id="lines that wait",
        ),
        pytest.param(
            RICH,
            Cancel(),
            {"timing": Timing.FORFEIT},
            None,
            None,
            None,
            id="nothing that depends on the day",
        ),
    ],
)
def test_what_differs_on_the_later_day_is_told(
    sub, asked, more, problem, quoted, found
):
    offer = offered(asked, sub=sub, **more)
    if problem is None:
        assert accept(offer, sub, on=SIGNED).refund_due == offer.outcome.refund_due
        return
    error = refused(QuoteDiffersError, offer, sub, SIGNED)
    assert (error.field, error.quoted, error.found) == (problem, quoted, found)


def test_a_renewal_that_is_due_before_the_change_is_told():
    offer = offered(RemoveSeats(3), until=at("2026-05-10"))
    error = refused(QuoteDiffersError, offer, SUB, at("2026-05-02"))
    assert (error.field, error.quoted, error.found) == ("invoices", 0, 1)


def test_a_change_that_would_come_a_period_later_is_told():
    """Ten days' notice: asked for on the 20th it is in time, on the 21st it is not."""
    offer = offered(RemoveSeats(3), sub=NOTICE, on="2026-04-20")
    assert accept(offer, NOTICE, on=SIGNED) == offer.outcome
    error = refused(QuoteDiffersError, offer, NOTICE, at("2026-04-29"))
    assert (error.field, error.quoted) == ("effective_on", MAY)
    assert error.found == at("2026-06-01")


def test_one_of_several_changes_that_would_come_later_is_told():
    """New prices from June stand; the removal comes in June instead of May."""
    dearer = attrs.evolve(PLAN, prices=plan("33.00").prices)
    june = at("2026-06-01")
    offer = offered(RemoveSeats(3), Reprice(dearer, june), sub=NOTICE)
    error = refused(QuoteDiffersError, offer, NOTICE, at("2026-04-29"))
    assert error.field == "pending_updates"
    assert (error.quoted, error.found) == ((MAY, june), (june, june))
    assert "scheduled changes would take effect on" in str(error)


# JSON, documents, laws.


def test_it_comes_back_from_json():
    offer = offered(AddSeats(2))
    assert load(dump(offer), Quote) == offer
    assert to_data(offer)["until"] == "2026-04-30"
    assert dump(offer)["kind"] == "quote"


@given(quotes())
@settings(max_examples=20, deadline=None)
def test_any_quote_comes_back_from_json(offer):
    assert from_data(to_data(offer), Quote) == offer


def test_it_prints_with_its_number_and_its_last_day():
    offer = offered(
        AddSeats(2), sub=opened(tax_rates=[VAT]).subscription, reason="as agreed"
    )
    told = to_text(offer)
    for said in (
        "Quote Q-1",
        "Valid through",
        "Apr 30, 2026",
        "Add 2 seats",
        "as agreed",
        "Next invoice",
        "nothing has been charged yet",
        "$35.70",
        "Subscription afterwards",
    ):
        assert said in told, told
    assert 'class="quote"' in to_html(offer)


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("de", "Angebot"),
        ("es", "Presupuesto"),
        ("fr", "Devis"),
        ("it", "Preventivo"),
        ("ar", "عرض سعر"),
    ],
)
def test_an_offer_of_a_new_subscription_prints_in_each_language(locale, title):
    offer = quote(opened(), number="Q-3", until=LAST)
    assert title in to_text(offer, locale=locale)


@given(histories(longest=4), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_accepted_on_its_day_any_outcome_is_itself(history, place):
    """The law: accepted in time a quote is the change."""
    steps = [(sub, found) for sub, found in history.steps if found.changes]
    if not steps:
        return
    sub, outcome = steps[place % len(steps)]
    offer = quote(outcome, number="Q", until=outcome.on)
    assert accept(offer, sub, on=outcome.on) == outcome
