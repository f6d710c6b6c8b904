"""The modular product, rule by rule, with the figures of the rulebook worked by hand.

Plans a month: S 29.00, M 59.00, L 99.00.  Modules: quotes 9.90, reports 10.20,
calendar free, signature 9.90 (needs quotes), stock 14.90 (needs M or L), warehouses
19.90 (needs L, and stock).  April has 30 days, May 31.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from seatbill import (
    MONTHLY,
    AddAddOn,
    Cancel,
    Money,
    RemoveAddOn,
    SwitchPlan,
    bill,
    change,
    preview_invoice,
    subscribe,
    verify,
)
from seatbill.access import Action, may
from seatbill.converters import bill_request, parse, read_request
from seatbill.errors import LimitReachedError, RequirementError, TooManySeatsError
from seatbill.formatting import explain
from seatbill.payments import Card, PaymentPolicy, accept
from seatbill.reviews import check_limit, compare_plans, reconcile, review
from seatbill.rulebooks.modular import (
    CATALOG,
    NEXT_PERIOD_RULES,
    PRORATED_RULES,
    RULES,
)
from seatbill.rules import Direction
from seatbill.views import OptionKind, add_on_options, billing_view, plan_options
from stories import Story, at, bills, digits, sum_of, when

S, M, L = CATALOG.plans
QUOTES, REPORTS, CALENDAR, SIGNATURE, STOCK, WAREHOUSES = CATALOG.add_ons
USAGE_130 = {"clients": 130}


def story(plan=S, on="2026-04-01", *modules, rules=RULES):
    return Story(plan, on, seats={}, rules=rules, add_ons=modules)


def findings(found):
    """Return findings by their code."""
    return {one.code: one for one in found}


def option(options, id):
    """Return the option for the plan or the module of this id."""
    (found,) = [
        one for one in options if id == getattr(one, "plan", getattr(one, "add_on", 0))
    ]
    return found


def test_the_price_list_is_sound():
    assert CATALOG.problems() == ()


@pytest.mark.rule("GA-1")
def test_whoever_is_connected_may_view_and_change_everything():
    for rules in (RULES, NEXT_PERIOD_RULES, PRORATED_RULES):
        for action in (Action.VIEW, Action.BUY, Action.MANAGE):
            assert may("connected", action, rules=rules)
            assert not may("visitor", action, rules=rules)


# Modules.


@pytest.mark.rule("GA-10")
def test_a_module_that_is_needed_this_month_costs_the_days_left():
    """9.90 × 12/30 = 3.96; May is 29.00 + 9.90."""
    told = story()
    assert bills(told.opening) == ["2026-04-01: +29.00 = 29.00"]
    assert bills(told.change("2026-04-19", AddAddOn(QUOTES))) == [
        "2026-04-19: +3.96 = 3.96"
    ]
    assert sum_of(told.preview()) == "+29.00 +9.90 = 38.90"


@pytest.mark.rule("GA-11")
def test_a_module_that_is_switched_off_stays_to_the_periods_end():
    told = story(S, "2026-04-01", QUOTES)
    off = told.change("2026-04-19", RemoveAddOn(QUOTES))
    assert bills(off) == []
    assert when(off.effective_on) == "2026-05-01"
    assert off.subscription.add_on_quantity("quotes") == 1
    assert bills(told.renew("2026-05-01")) == ["2026-05-01: +29.00 = 29.00"]


@pytest.mark.rule("GA-11")
def test_or_it_ends_at_once_and_the_days_left_come_back():
    """9.90 × 12/30 = 3.96."""
    told = story(S, "2026-04-01", QUOTES, rules=PRORATED_RULES)
    off = told.change("2026-04-19", RemoveAddOn(QUOTES))
    assert bills(off) == ["2026-04-19: -3.96 = -3.96 due 0.00"]
    assert off.subscription.add_on_quantity("quotes") == 0
    assert told.balance == "3.96"


@pytest.mark.rule("GA-9")
@pytest.mark.rule("GA-12")
def test_the_modules_page_shows_what_each_costs_before_it_is_switched():
    """Quotes 9.90 × 12/30 = 3.96, reports 10.20 × 12/30 = 4.08, calendar nothing."""
    sub = story(S, "2026-04-01", QUOTES).subscription
    options = add_on_options(sub, CATALOG, on=at("2026-04-19"))
    shown = {
        one.add_on.id: (
            str(one.kind),
            digits(one.price),
            None if one.price_now is None else digits(one.price_now),
        )
        for one in options
    }
    assert shown == {
        "quotes": ("current", "9.90", None),
        "reports": ("available", "10.20", "4.08"),
        "calendar": ("available", "0.00", "0.00"),
        "signature": ("available", "9.90", "3.96"),
        "stock": ("refused", "14.90", None),
        "warehouses": ("refused", "19.90", None),
    }
    on = option(options, REPORTS)
    assert on.outcome == change(sub, AddAddOn(REPORTS), on=at("2026-04-19"))
    assert digits(on.preview.price_next) == "49.10"
    off = option(options, QUOTES).removal
    assert (digits(off.price_now), digits(off.price_next)) == ("0.00", "29.00")


def test_a_module_is_on_or_off():
    told = story(S, "2026-04-01", QUOTES, CALENDAR)
    for module in (QUOTES, CALENDAR):
        with pytest.raises(TooManySeatsError) as refused:
            told.change("2026-04-19", AddAddOn(module))
        assert (refused.value.maximum, refused.value.excess) == (1, 1)


@pytest.mark.rule("GA-25")
def test_a_module_may_need_a_higher_plan():
    told = story()
    with pytest.raises(RequirementError) as refused:
        told.change("2026-04-19", AddAddOn(STOCK))
    assert refused.value.code == "requirement_missing"
    assert (refused.value.item, refused.value.missing) == ("stock", ("m", "l"))
    assert refused.value.as_dict()["remedy"].startswith("take m or l first")


@pytest.mark.rule("GA-25")
def test_plan_and_module_can_be_taken_in_one_call():
    """−29 × 12/30 = −11.60, 59 × 12/30 = 23.60, 14.90 × 12/30 = 5.96."""
    both = story().change("2026-04-19", SwitchPlan(M), AddAddOn(STOCK))
    assert bills(both) == ["2026-04-19: -11.60 +23.60 +5.96 = 17.96"]


@pytest.mark.rule("GA-26")
def test_a_module_may_need_another_option_which_is_named():
    told = story()
    with pytest.raises(RequirementError) as refused:
        told.change("2026-04-19", AddAddOn(SIGNATURE))
    assert (refused.value.item, refused.value.missing) == ("signature", "quotes")
    both = told.change("2026-04-19", AddAddOn(QUOTES), AddAddOn(SIGNATURE))
    assert bills(both) == ["2026-04-19: +3.96 +3.96 = 7.92"]
    with pytest.raises(RequirementError) as refused:
        told.change("2026-04-20", RemoveAddOn(QUOTES))
    assert (refused.value.item, refused.value.missing) == ("signature", "quotes")


@pytest.mark.rule("GA-27")
def test_the_modules_page_lists_the_conditions_of_access():
    sub = story(M, "2026-04-01", STOCK).subscription
    options = add_on_options(sub, CATALOG, on=at("2026-04-19"))
    conditions = {
        one.add_on.id: [(c.kind, c.any_of, c.is_met) for c in one.conditions]
        for one in options
    }
    assert conditions == {
        "quotes": [],
        "reports": [],
        "calendar": [],
        "signature": [("add_on", ("quotes",), False)],
        "stock": [("plan", ("m", "l"), True)],
        "warehouses": [("plan", ("l",), False), ("add_on", ("stock",), True)],
    }
    refused = option(options, WAREHOUSES)
    assert refused.kind is OptionKind.REFUSED
    assert refused.refusal.code == "requirement_missing"
    assert refused.refusal.message.startswith("warehouses needs l")


# Plans.


@pytest.mark.rule("GA-13")
@pytest.mark.rule("GA-16")
def test_a_higher_plan_is_prorated_at_once():
    """−29 × 10/31 = −9.35, 59 × 10/31 = 19.03."""
    up = story(S, "2026-05-01").change("2026-05-22", SwitchPlan(M))
    assert bills(up) == ["2026-05-22: -9.35 +19.03 = 9.68"]
    assert up.subscription.plan == M


@pytest.mark.rule("GA-13")
@pytest.mark.rule("GA-16")
def test_or_with_the_next_period_by_configuration():
    told = story(S, "2026-05-01", rules=NEXT_PERIOD_RULES)
    up = told.change("2026-05-22", SwitchPlan(M))
    assert bills(up) == []
    assert (up.subscription.plan, when(up.effective_on)) == (S, "2026-06-01")
    assert bills(told.renew("2026-06-01")) == ["2026-06-01: +59.00 = 59.00"]


@pytest.mark.rule("GA-13")
@pytest.mark.rule("GA-16")
def test_a_lower_plan_starts_with_the_next_period():
    told = story(M, "2026-05-01")
    down = told.change("2026-05-22", SwitchPlan(S))
    assert (bills(down), when(down.effective_on)) == ([], "2026-06-01")
    assert bills(told.renew("2026-06-01")) == ["2026-06-01: +29.00 = 29.00"]


@pytest.mark.rule("GA-16")
def test_or_at_once_where_everything_is_prorated():
    """−59 × 10/31 = −19.03, 29 × 10/31 = 9.35."""
    told = story(M, "2026-05-01", rules=PRORATED_RULES)
    down = told.change("2026-05-22", SwitchPlan(S))
    assert bills(down) == ["2026-05-22: -19.03 +9.35 = -9.68 due 0.00"]


@pytest.mark.rule("GA-14")
@pytest.mark.rule("GA-15")
@pytest.mark.rule("GA-18")
def test_usage_is_compared_with_the_thresholds_of_each_plan():
    """On 22 May: S to M 9.68; to L −9.35 + 99 × 10/31 = 31.94 comes to 22.59."""
    sub = story(S, "2026-05-01").subscription
    compared = compare_plans(sub, CATALOG, USAGE_130, on=at("2026-05-22"))
    assert [(c.plan.id, c.fits, c.resources[0].headroom) for c in compared] == [
        ("s", False, 0),
        ("m", True, 120),
        ("l", True, 870),
    ]
    assert [c.resources[0].excess for c in compared] == [30, 0, 0]
    assert [c.plan.id for c in compared if c.advised] == ["m"]
    prices = [(c.preview.price_now, c.preview.price_next) for c in compared]
    assert prices == [
        (None, Money("29", "EUR")),
        (Money("9.68", "EUR"), Money("59", "EUR")),
        (Money("22.59", "EUR"), Money("99", "EUR")),
    ]


@pytest.mark.rule("GA-14")
def test_exactly_at_a_limit_fits():
    sub = story().subscription
    usage = {"clients": 100, "documents": 500, "orders": 50}
    small = compare_plans(sub, CATALOG, usage, on=at("2026-04-19"))[0]
    assert small.fits
    assert [fit.headroom for fit in small.resources] == [0, 0, 0]


@pytest.mark.rule("GA-7")
@pytest.mark.rule("GA-32")
def test_a_plan_carries_a_threshold_for_each_resource():
    assert dict(S.limits) == {"clients": 100, "documents": 500, "orders": 50}
    assert check_limit(S, "clients", 99).headroom == 0
    with pytest.raises(LimitReachedError) as refused:
        check_limit(S, "clients", 100, catalog=CATALOG)
    assert refused.value.code == "limit_reached"
    assert (refused.value.missing, refused.value.plans) == (1, ("m", "l"))
    assert check_limit(L, "orders", 10**6, catalog=CATALOG).headroom is None


@pytest.mark.rule("GA-17")
@pytest.mark.rule("GA-22")
def test_one_plan_at_a_time_is_advised_and_not_enforced():
    sub = story().subscription
    _, medium, large = compare_plans(sub, CATALOG, USAGE_130, on=at("2026-04-19"))
    assert (medium.advise_first, large.advise_first) == (None, "m")
    assert large.preview.outcome is not None
    top = story(L).subscription
    small, medium, _ = compare_plans(top, CATALOG, {}, on=at("2026-04-19"))
    assert (small.advise_first, medium.advise_first) == ("m", None)
    assert (small.advised, medium.advised) == (False, True)


@pytest.mark.rule("GA-33")
def test_what_a_lower_plan_breaks_is_told_before():
    sub = story(M, "2026-04-01", STOCK).subscription
    small = compare_plans(sub, CATALOG, USAGE_130, on=at("2026-04-19"))[0]
    assert small.direction is Direction.DOWNGRADE
    assert [str(one) for one in small.breaks] == [
        "stock ends with the change to s, as it needs m or l.",
        "s includes 100 clients, which is 30 too few.",
        "S does not include exports.",
    ]
    over = findings(small.breaks)["limit_exceeded"]
    assert over.value("excess") == 30
    down = option(plan_options(sub, CATALOG, on=at("2026-04-19"), usage=USAGE_130), S)
    assert down.kind is OptionKind.DOWNGRADE
    assert down.breaks == small.breaks
    assert (
        str(down.outcome.notices[0]) == "From 2026-05-01, S does not include exports."
    )


@pytest.mark.rule("GA-33")
def test_and_it_does_break():
    told = story(M, "2026-04-01", STOCK)
    told.change("2026-04-19", SwitchPlan(S))
    ended = told.renew("2026-05-01")
    assert bills(ended) == ["2026-05-01: +29.00 = 29.00"]
    assert [n.code for n in ended.notices] == ["add_on_dropped"]


# The monthly review.


@pytest.mark.rule("GA-4")
@pytest.mark.rule("GA-5")
@pytest.mark.rule("GA-23")
def test_little_usage_finds_that_a_lower_plan_fits():
    """A fifth of every limit of M; S costs 30.00 less a month."""
    sub = story(M).subscription
    usage = {"clients": 50, "documents": 400, "orders": 50}
    (found,) = review(sub, on=at("2026-04-19"), catalog=CATALOG, usage=usage)
    assert found.code == "lower_plan_fits"
    assert found.value("plan") == "s"
    assert found.value("saving") == Money("30.00", "EUR")
    assert found.value("lost_features") == ("exports",)


@pytest.mark.rule("GA-6")
@pytest.mark.rule("GA-23")
def test_a_module_that_nobody_uses_is_found_with_what_it_costs():
    """Last used on 5 March, 45 days before 19 April."""
    sub = story(S, "2026-04-01", QUOTES, REPORTS).subscription
    last_used = {"quotes": at("2026-03-05"), "reports": at("2026-04-18")}
    (found,) = review(sub, on=at("2026-04-19"), last_used=last_used)
    assert str(found) == (
        "quotes has not been used for 45 days, "
        "and a month costs 9.90 EUR less without it."
    )


@pytest.mark.rule("GA-7")
def test_a_resource_near_its_limit_is_found():
    sub = story().subscription
    usage = {"clients": 85, "documents": 399, "orders": 50}
    found = review(sub, on=at("2026-04-19"), catalog=CATALOG, usage=usage)
    assert [str(one) for one in found] == [
        "85 of 100 clients are used, which is 85%.",
        "50 of 50 orders are used, which is 100%.",
    ]


@pytest.mark.rule("GA-8")
def test_charges_are_compared_with_the_configuration():
    """29.00 + 9.90 + 10.20 = 49.10; 59.00 is 9.90 too much, a signature."""
    sub = story(S, "2026-04-01", QUOTES, REPORTS).subscription
    day, right, wrong = at("2026-04-19"), Money("49.10", "EUR"), Money("59.00", "EUR")
    assert review(sub, on=day, charged=right) == ()
    (found,) = review(sub, on=day, charged=wrong)
    assert found.code == "charges_differ"
    assert [found.value(name) for name in ("charged", "expected", "difference")] == [
        wrong,
        right,
        Money("9.90", "EUR"),
    ]


@pytest.mark.rule("GA-19")
@pytest.mark.rule("GA-20")
def test_a_card_that_runs_out_this_month_is_found_and_replaced():
    sub = story().subscription
    old = Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=4)
    (found,) = review(sub, on=at("2026-04-19"), payment=old)
    assert found.code == "payment_method_expiring"
    assert (found.value("valid_through"), found.value("days")) == (at("2026-04-30"), 11)
    (found,) = review(sub, on=at("2026-05-02"), payment=old)
    assert found.code == "payment_method_expired"
    assert may("connected", Action.PAY, rules=RULES)
    new = Card(brand="visa", last_four="1881", expiry_year=2029, expiry_month=4)
    policy = PaymentPolicy(card_brands=["visa"])
    assert accept(policy, new, on=at("2026-05-02")) == new
    assert review(sub, on=at("2026-05-02"), payment=new) == ()


# The history, and an amount in doubt.


@pytest.mark.rule("GA-28")
def test_a_confirmation_says_what_was_asked_and_when_it_takes_effect():
    down = story(M).change("2026-04-19", SwitchPlan(S), by="connected")
    assert down.changes == (SwitchPlan(S),)
    assert (down.on, down.by) == (at("2026-04-19"), "connected")
    assert when(down.effective_on) == "2026-05-01"
    page = billing_view(down.subscription, on=at("2026-04-19"))
    assert page.plan == M
    assert [(u.value, u.applies_on) for u in page.pending_updates] == [
        (S, at("2026-05-01"))
    ]
    assert [str(n) for n in page.notices] == [
        "From 2026-05-01, S does not include exports.",
        (
            "From 2026-05-01, S takes the place of M, and the bill of that day is "
            "29.00 EUR."
        ),
    ]


@pytest.mark.rule("GA-29")
@pytest.mark.rule("GA-30")
def test_an_amount_in_doubt_is_compared_with_what_was_active():
    """A 30 days; B from the 19th, 12 days: 10.20 × 12/30 = 4.08."""
    opening = story(S, "2026-04-01", QUOTES).opening
    statement = bill(
        opening, [(at("2026-04-19"), AddAddOn(REPORTS))], until=at("2026-05-01")
    )
    first, added, may_ = statement.invoices
    found = reconcile(added, statement)
    assert found.is_right
    (line,) = found.lines
    assert [(a.period.days, a.quantity) for a in line.active] == [(12, 1)]
    assert [(e.on, e.key, e.before, e.after) for e in found.events if e.before] == []
    assert ("reports", None, 1) in [(e.key, e.before, e.after) for e in found.events]
    assert explain(line.line) == (
        "1 module, reports, Apr 19\u2009–\u200930, 2026: "
        "1 × €10.20 × 12/30 days = €4.08."
    )
    (_, quotes) = reconcile(first, statement).lines
    assert [a.period.days for a in quotes.active] == [30]
    assert digits(may_.total) == "49.10"


@pytest.mark.rule("GA-30")
def test_a_module_on_the_19th_costs_its_share():
    """9.90 × 12/30 = 3.96, and an invoice that charges it whole differs by 5.94."""
    told = story()
    added = told.change("2026-04-19", AddAddOn(QUOTES))
    whole = story(S, "2026-04-19", QUOTES).opening.invoice
    found = reconcile(whole, [told.opening, added])
    assert not found.is_right
    plan, module = found.findings
    assert str(plan) == ("s, 2026-04-19 to 2026-05-18: nothing accounts for 29.00 EUR.")
    assert str(module) == (
        "quotes: the time is 2026-04-19 to 2026-05-18, "
        "but should be 2026-04-19 to 2026-04-30."
    )
    assert digits(found.difference) == "34.94"


# The story of one year.

YEAR = [
    ("2026-01-20", AddAddOn(REPORTS)),
    ("2026-02-15", (SwitchPlan(M), AddAddOn(STOCK))),
    ("2026-03-10", RemoveAddOn(REPORTS)),
    ("2026-05-22", AddAddOn(SIGNATURE)),
    ("2026-07-16", SwitchPlan(L)),
    ("2026-08-20", SwitchPlan(M)),
    ("2026-09-10", SwitchPlan(S)),
    ("2026-10-05", AddAddOn(CALENDAR)),
    ("2026-12-12", Cancel()),
]

# 20 Jan   10.20 × 12/31                                  = 3.95
# 15 Feb   −29 × 14/28, 59 × 14/28, 14.90 × 14/28         = −14.50 + 29.50 + 7.45
# 22 May   9.90 × 10/31                                   = 3.19
# 16 Jul   −59 × 16/31, 99 × 16/31                        = −30.45 + 51.10
# 1 Oct    stock ends with M, which it needs
BILLED = [
    "2026-01-01: +29.00 +9.90 = 38.90",
    "2026-01-20: +3.95 = 3.95",
    "2026-02-01: +29.00 +9.90 +10.20 = 49.10",
    "2026-02-15: -14.50 +29.50 +7.45 = 22.45",
    "2026-03-01: +59.00 +9.90 +10.20 +14.90 = 94.00",
    "2026-04-01: +59.00 +9.90 +14.90 = 83.80",
    "2026-05-01: +59.00 +9.90 +14.90 = 83.80",
    "2026-05-22: +3.19 = 3.19",
    "2026-06-01: +59.00 +9.90 +14.90 +9.90 = 93.70",
    "2026-07-01: +59.00 +9.90 +14.90 +9.90 = 93.70",
    "2026-07-16: -30.45 +51.10 = 20.65",
    "2026-08-01: +99.00 +9.90 +14.90 +9.90 = 133.70",
    "2026-09-01: +59.00 +9.90 +14.90 +9.90 = 93.70",
    "2026-10-01: +29.00 +9.90 +9.90 = 48.80",
    "2026-10-05: +0.00 = 0.00",
    "2026-11-01: +29.00 +9.90 +9.90 +0.00 = 48.80",
    "2026-12-01: +29.00 +9.90 +9.90 +0.00 = 48.80",
]


def year():
    opening = subscribe(
        S,
        id="workshop",
        interval=MONTHLY,
        seats={},
        on=at("2026-01-01"),
        rules=RULES,
        add_ons=[QUOTES],
    )
    history = [(at(day), changes) for day, changes in YEAR]
    return opening, bill(opening, history, until=at("2027-01-01"))


@pytest.mark.rule("GA-21")
def test_a_year_is_billed_and_its_invoices_are_in_the_history():
    """The year comes to 961.04."""
    _, statement = year()
    assert [f"{when(i.issued_on)}: {sum_of(i)}" for i in statement.invoices] == BILLED
    assert [verify(i) for i in statement.invoices] == [()] * len(BILLED)
    total = Money.total([i.total for i in statement.invoices], "EUR")
    assert total == Money("961.04", "EUR")
    assert when(statement.subscription.ended_on) == "2027-01-01"
    assert may("connected", Action.DOWNLOAD, rules=RULES)


@pytest.mark.rule("GA-29")
@pytest.mark.rule("GA-31")
def test_every_invoice_of_the_year_follows_from_the_dated_history():
    opening, statement = year()
    for history in (statement, [opening, *statement.outcomes]):
        for invoice in statement.invoices:
            found = reconcile(invoice, history)
            assert found.is_right
            assert found.expected == invoice
            assert all(line.active for line in found.lines)


def test_the_year_is_an_example_with_the_rules_and_prices_of_the_rulebook():
    path = Path(__file__).parents[1] / "examples" / "modular-year.json"
    asked = read_request(parse(path.read_text(encoding="utf-8")))
    assert (asked.rules, asked.plan) == (RULES, S)
    assert [(e.on, e.changes) for e in asked.changes] == [
        (at(day), changes if type(changes) is tuple else (changes,))
        for day, changes in YEAR
    ]
    invoices = bill_request(asked).invoices
    assert [f"{when(i.issued_on)}: {sum_of(i)}" for i in invoices] == BILLED


def test_after_a_cancellation_nothing_is_due():
    _, statement = year()
    assert preview_invoice(statement.subscription).lines == ()
    page = billing_view(statement.subscription, on=dt.date(2027, 1, 1))
    assert (page.next_invoice, page.renews_on) == (None, None)
