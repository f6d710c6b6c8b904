"""Limits, plans side by side, the monthly review, and whether an invoice is right."""

from __future__ import annotations

import datetime as dt
import pickle
from fractions import Fraction
from types import SimpleNamespace

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Cancel,
    Catalog,
    Discount,
    Freeze,
    Interval,
    Money,
    Party,
    Period,
    Plan,
    Price,
    RemoveAddOn,
    RemoveSeats,
    Service,
    SetSeats,
    SwitchInterval,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    adopt,
    bill,
    change,
    renew,
    subscribe,
)
from seatbill.credit import CreditKind, CreditLot
from seatbill.errors import (
    HistoryGapError,
    LimitReachedError,
    MixedTimeError,
    NoChangeError,
    OutOfBoundsError,
    OutOfOrderError,
    RenewFirstError,
    UnknownItemError,
    WrongTypeError,
)
from seatbill.formatting import explain
from seatbill.lifecycle.previews import full_price, renewal_day
from seatbill.money import currency_digits
from seatbill.notices import Finding, Refusal
from seatbill.payments import Card, PayPal
from seatbill.reviews import (
    Activity,
    ConfigurationChange,
    LineReview,
    PlanComparison,
    Preview,
    Reconciliation,
    ResourceFit,
    check_limit,
    compare_plans,
    reconcile,
    review,
)
from seatbill.reviews.plain_text import exact
from seatbill.testing.strategies import histories, markets
from stories import Story, at, digits, plan, sum_of, when

USD = "USD"
APRIL = dt.date(2026, 4, 1)


def seats(id, rank, amount, *, limits=(), features=(), **price):
    """Return a plan that sells seats."""
    seat = Price(unit_amount=amount, currency=USD, **price)
    return Plan(id, id.title(), rank, (seat,), features=features, limits=limits)


BASIC = seats("basic", 1, "4.99", limits={"projects": 10, "files": 100})
PRO = seats(
    "pro", 2, "6.99", limits={"projects": 20, "files": 500}, features=("exports",)
)
MAX = seats("max", 3, "9.99", limits={"files": 900}, features=("exports", "audit"))
REPORTS = AddOn("reports", "Reports", (Price(unit_amount="9.90", currency=USD),))
AUDIT = AddOn(
    "audit",
    "Audit",
    (Price(unit_amount="5.00", currency=USD),),
    requires_plans=("pro", "max"),
)
TRAIL = AddOn(
    "trail",
    "Trail",
    (Price(unit_amount="2.00", currency=USD),),
    requires_add_ons=("audit",),
)
CATALOG = Catalog((BASIC, PRO, MAX), (REPORTS, AUDIT, TRAIL))


def sub_of(plan=PRO, **more):
    """Return a subscription of 10 seats from April."""
    return Story(plan, "2026-04-01", **{"seats": 10, **more}).subscription


def compared(sub, usage=(), catalog=CATALOG, on="2026-04-16", **more):
    """Return the comparisons by plan."""
    found = compare_plans(sub, catalog, dict(usage), on=at(on), **more)
    return {one.plan.id: one for one in found}


def codes(found):
    return [one.code for one in found]


# Values.


def test_a_finding_says_its_evidence_in_a_sentence():
    found = Finding("feature_lost", (("plan", "Basic"), ("feature", "exports")))
    assert str(found) == "Basic does not include exports."
    assert found.value("feature") == "exports"
    with pytest.raises(UnknownItemError) as refused:
        found.value("price")
    assert refused.value.offered == ("plan", "feature")
    with pytest.raises(UnknownItemError) as refused:
        Finding("lost")
    assert (refused.value.kind, refused.value.value) == ("finding", "lost")
    for wrong in ("plan", {"plan": "Basic"}, [("plan",)], [(1, "Basic")]):
        with pytest.raises(WrongTypeError):
            Finding("feature_lost", wrong)
    with pytest.raises(UnknownItemError) as refused:
        Finding("feature_lost", (("plan", "Basic"),))
    assert (refused.value.kind, refused.value.value) == ("value", "feature")


def test_a_refusal_is_a_value():
    refusal = Refusal.of(NoChangeError("plan", "pro"))
    assert (refusal.code, refusal.remedy) == (
        "no_change",
        "choose another, or do nothing",
    )
    assert refusal == Refusal.of(NoChangeError("plan", "pro"))
    with pytest.raises(WrongTypeError):
        Refusal.of(ValueError())
    with pytest.raises(WrongTypeError):
        Refusal("no_change", "no", None)


def test_what_is_not_of_its_kind_is_refused():
    sub = sub_of()
    invoice = Story(PRO, "2026-04-01").opening.invoice
    line = invoice.lines[0]
    wrong = (
        lambda: Preview(outcome=sub),
        lambda: Preview(price_now="5.00"),
        lambda: ResourceFit("files", -1),
        lambda: ResourceFit("files", 1, "9"),
        lambda: Activity(Period(APRIL, dt.date(2026, 5, 1)), 0),
        lambda: Activity("April", 1),
        lambda: ConfigurationChange(
            on="April", what="plan", key="", before=None, after="pro"
        ),
        lambda: ConfigurationChange(
            on=APRIL, what="seats", key=None, before=None, after=3
        ),
        lambda: ConfigurationChange(
            on=APRIL, what="seats", key="seat", before=None, after=3.5
        ),
        lambda: LineReview(line=line, index=-1, finding=None, active=()),
        lambda: LineReview(line=line, index=None, finding="wrong", active=()),
        lambda: Reconciliation(
            invoice=invoice, expected=line, lines=(), totals=(), events=()
        ),
        lambda: PlanComparison(
            plan=PRO,
            direction=None,
            price=None,
            resources=("files",),
            seats=(),
            breaks=(),
            preview=Preview(),
        ),
    )
    for make in wrong:
        with pytest.raises((WrongTypeError, OutOfBoundsError)):
            make()


# Limits.


@pytest.mark.parametrize(
    ("used", "headroom", "excess", "fits"),
    [(0, 10, 0, True), (9, 1, 0, True), (10, 0, 0, True), (13, 0, 3, False)],
)
def test_a_resource_fits_up_to_its_limit(used, headroom, excess, fits):
    fit = ResourceFit("projects", used, 10)
    assert (fit.headroom, fit.excess, fit.fits) == (headroom, excess, fits)


def test_without_a_limit_everything_fits():
    fit = ResourceFit("projects", 10**9)
    assert (fit.headroom, fit.excess, fit.fits) == (None, 0, True)
    assert check_limit(MAX, "projects", 10**9, catalog=CATALOG).fits


def test_one_more_than_the_limit_is_refused_with_the_plan_that_would_do():
    assert check_limit(BASIC, "projects", 7, 3) == ResourceFit("projects", 10, 10)
    with pytest.raises(LimitReachedError) as refused:
        check_limit(BASIC, "projects", 8, 13, catalog=CATALOG)
    error = refused.value
    assert error.as_dict()["values"] == {
        "plan": "basic",
        "resource": "projects",
        "asked": 13,
        "used": 8,
        "limit": 10,
        "missing": 11,
        "plans": ("max",),  # Pro holds 20, one too few
        "wanted": "plans",
    }
    assert str(error).endswith("take plan max, or free 11 first.")


@pytest.mark.parametrize(
    ("catalog", "used", "wanted", "plans"),
    [
        (CATALOG, 10, "plans", ("pro", "max")),
        (None, 10, "larger_plan", ()),
        (Catalog((PRO, BASIC)), 30, "offer", ()),
    ],
)
def test_the_way_out_of_a_limit(catalog, used, wanted, plans):
    with pytest.raises(LimitReachedError) as refused:
        check_limit(BASIC, "projects", used, catalog=catalog)
    assert (refused.value.wanted, refused.value.plans) == (wanted, plans)


def test_a_misspelled_resource_has_no_end_only_where_nobody_can_know():
    assert check_limit(BASIC, "project", 5).limit is None
    with pytest.raises(UnknownItemError) as refused:
        check_limit(BASIC, "project", 5, catalog=CATALOG)
    assert refused.value.offered == ("projects", "files")
    with pytest.raises(UnknownItemError) as refused:
        check_limit(plan("1"), "files", 5, catalog=Catalog(()))
    assert refused.value.offered == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ("basic", "files", 1),
        (BASIC, "", 1),
        (BASIC, "files", -1),
        (BASIC, "files", 1, 0),
    ],
)
def test_a_limit_is_asked_for_with_whole_numbers(arguments):
    with pytest.raises((WrongTypeError, OutOfBoundsError)):
        check_limit(*arguments)


# Plans side by side.


def test_plans_are_compared_with_their_prices_now_and_later():
    """10 seats, 15 of 30 days left: −34.95 + 49.95 = 15.00; 69.90 − 49.90 = 20.00."""
    found = compared(sub_of())
    assert list(found) == ["basic", "pro", "max"]
    assert [str(c.direction) for c in found.values()] == [
        "downgrade",
        "None",
        "upgrade",
    ]
    assert [str(c.price) for c in found.values()] == [
        "49.90 USD",
        "69.90 USD",
        "99.90 USD",
    ]
    now = {id: c.preview.price_now for id, c in found.items()}
    later = {id: c.preview.price_next for id, c in found.items()}
    assert now == {
        "basic": Money("0", USD),
        "pro": None,
        "max": Money("15.00", USD),
    }
    assert later == {
        "basic": Money("49.90", USD),
        "pro": Money("69.90", USD),
        "max": Money("99.90", USD),
    }
    sub = sub_of()
    assert found["max"].preview.outcome == change(
        sub, SwitchPlan(MAX), on=at("2026-04-16")
    )
    assert found["pro"].preview == Preview(price_next=Money("69.90", USD))


def test_a_comparison_is_by_another_interval_too():
    """4.99 × 12 − 20 % = 47.90 a seat and year; 479.00 less 10 × 6.99 × 15/30."""
    rules = BillingRules(interval_discounts={ANNUAL: "20"}, downgrade=Timing.IMMEDIATE)
    found = compared(sub_of(rules=rules), interval=ANNUAL)
    assert digits(found["basic"].price) == "479.00"
    assert digits(found["basic"].preview.price_now) == "444.05"
    assert found["pro"].preview.outcome.subscription.interval == ANNUAL
    assert found["pro"].direction is None


def test_renewals_that_are_due_come_first_and_are_not_part_of_the_price():
    """In May: 10 × (9.99 − 6.99) × 15/31 = −33.82 + 48.34 = 14.52."""
    found = compared(sub_of(), on="2026-05-17")
    outcome = found["max"].preview.outcome
    assert [when(i.issued_on) for i in outcome.invoices] == ["2026-05-01", "2026-05-17"]
    assert digits(found["max"].preview.price_now) == "14.52"


def test_the_plan_that_is_there_is_compared_also_when_it_is_sold_no_more():
    old = seats("old", 2, "5.99", limits={"files": 1})
    found = compared(sub_of(old), {"files": 50})
    assert list(found) == ["basic", "old", "pro", "max"]
    assert [id for id, one in found.items() if one.direction is None] == ["old"]
    assert [one.advised for one in found.values()] == [False, False, True, False]


def test_a_refusal_stands_in_the_comparison():
    euro = Plan("euro", "Euro", 2, (Price(unit_amount="5", currency="EUR"),))
    small = seats("small", 0, "1.00", max_quantity=5)
    found = compared(sub_of(), catalog=Catalog((small, PRO, euro)))
    assert found["euro"].preview.refusal.code == "no_price"
    assert (found["euro"].price, found["euro"].advised) == (None, False)
    assert codes(found["euro"].breaks) == ["unit_not_sold", "feature_lost"]
    assert found["small"].preview.refusal.code == "too_many_seats"
    assert found["small"].seats == (ResourceFit("seat", 10, 5),)
    assert not found["small"].fits
    assert codes(found["small"].breaks) == ["limit_exceeded", "feature_lost"]
    assert [id for id, one in found.items() if one.advised] == ["pro"]


def test_seats_that_wait_for_removal_do_not_count():
    small = seats("small", 0, "1.00", max_quantity=5)
    sub = change(sub_of(), RemoveSeats(6), on=at("2026-04-10")).subscription
    found = compared(sub, catalog=Catalog((small, PRO)))
    assert found["small"].seats == (ResourceFit("seat", 4, 5),)
    assert found["small"].preview.refusal is None


def test_bounds_of_an_interval_that_has_no_price_are_not_told():
    yearly = Plan("y", "Y", 2, (Price(unit_amount="9", currency=USD, interval=ANNUAL),))
    found = compared(sub_of(), catalog=Catalog((yearly, PRO)))
    assert found["y"].seats == ()
    assert found["y"].preview.refusal.code == "no_price"


def test_what_lowering_breaks_is_named_to_the_end_of_the_chain():
    sub = sub_of(add_ons=[REPORTS, TRAIL, AUDIT])
    found = compared(sub, {"projects": 15, "files": 100})
    assert [str(one) for one in found["basic"].breaks] == [
        "audit ends with the change to basic, as it needs pro or max.",
        "trail ends with the change to basic, as it needs audit.",
        "basic includes 10 projects, which is 5 too few.",
        "Basic does not include exports.",
    ]
    assert found["basic"].lost_features == ("exports",)
    assert found["pro"].breaks == found["max"].breaks == ()
    waits = change(sub, SwitchPlan(BASIC), on=at("2026-04-16")).subscription
    later = renew(waits, on=at("2026-05-01"))
    assert sorted(n.value("add_on") for n in later.notices) == ["audit", "trail"]


def test_a_feature_of_one_kind_of_seat_is_lost_by_name():
    both = (
        Price(unit_amount="1", currency=USD),
        Price(unit="guest", unit_amount="0", currency=USD),
    )
    rich = Plan("rich", "Rich", 2, both, features={"seat": ["sso"], "guest": ["read"]})
    sub = sub_of(rich, seats={"seat": 2, "guest": 3})
    found = compared(sub, catalog=Catalog((BASIC, rich)))
    assert [str(one) for one in found["basic"].breaks] == [
        "basic does not include guest, so 3 end with the change.",
        "Basic does not include sso.",
        "Basic does not include read (guest).",
    ]
    assert not found["basic"].advised


def test_falling_to_the_free_plan_ends_every_add_on():
    free = Plan("free", "Free", 0, limits={"files": 5})
    sub = sub_of(rules=BillingRules(free_plan=free), add_ons=[REPORTS])
    found = compared(sub, {"files": 3}, catalog=Catalog((free, BASIC, PRO)))
    assert codes(found["free"].breaks) == ["add_on_ends", "feature_lost"]
    assert found["free"].price == Money("0", USD)
    assert found["free"].preview.price_next == Money("0", USD)
    assert found["basic"].advised
    assert not found["free"].advised


def advice(plan, usage, **more):
    """Return the plan that is advised, and what is advised first for each."""
    found = compared(sub_of(plan), usage, **more)
    (advised,) = [id for id, c in found.items() if c.advised] or [None]
    return advised, {id: c.advise_first for id, c in found.items() if c.advise_first}


@pytest.mark.parametrize(
    ("plan", "usage", "advised", "first"),
    [
        pytest.param(BASIC, {"files": 50}, "basic", {"max": "pro"}, id="stay"),
        pytest.param(BASIC, {"files": 101}, "pro", {"max": "pro"}, id="one up"),
        pytest.param(BASIC, {"files": 600}, "max", {}, id="the first that fits"),
        pytest.param(BASIC, {"files": 901}, None, {}, id="none fits"),
        pytest.param(MAX, {"files": 50}, "pro", {"basic": "pro"}, id="one down"),
        pytest.param(MAX, {"files": 400}, "pro", {"basic": "pro"}, id="down to fit"),
        pytest.param(MAX, {"files": 501}, "max", {}, id="none below fits"),
    ],
)
def test_the_next_step_is_advised(plan, usage, advised, first):
    assert advice(plan, usage) == (advised, first)


def test_a_lower_plan_that_costs_as_much_is_not_advised():
    dear = seats("dear", 1, "6.99", limits={"files": 500})
    assert advice(PRO, {"files": 1}, catalog=Catalog((dear, PRO)))[0] == "pro"


def test_a_lower_plan_that_ends_a_module_is_not_advised():
    found = compared(sub_of(add_ons=[AUDIT]), {"files": 1})
    assert [id for id, one in found.items() if one.advised] == ["pro"]


def test_what_can_be_changed_no_more_has_no_advice():
    sub = sub_of(BASIC)
    over = change(sub, Cancel(), on=at("2026-04-10"), timing=Timing.IMMEDIATE)
    found = compared(over.subscription, {"files": 300})
    assert {c.preview.refusal.code for c in found.values()} == {"subscription_ended"}
    assert not any(c.advised for c in found.values())


def test_the_next_price_of_a_measured_plan_is_open_until_it_is_measured():
    teams = Plan(
        "teams",
        "Teams",
        3,
        (Price(unit="team", unit_amount="60", currency=USD, measured=True),),
    )
    later = sub_of(rules=BillingRules(upgrade=Timing.PERIOD_END))
    found = compared(later, catalog=Catalog((PRO, teams)))
    assert found["teams"].preview.outcome is not None
    assert found["teams"].preview.price_next is None
    sub = sub_of(teams, seats={"team": 3})
    found = compared(sub, catalog=Catalog((PRO, teams)))
    assert found["teams"].preview.price_next == Money("180.00", USD)
    with pytest.raises(RenewFirstError):
        compared(sub, catalog=Catalog((PRO, teams)), on="2026-05-01")


def test_a_comparison_wants_known_resources_and_values_of_its_kinds():
    sub = sub_of()
    with pytest.raises(UnknownItemError):
        compared(sub, {"file": 1})
    for arguments in (
        (sub, "catalog", {}),
        ("sub", CATALOG, {}),
        (sub, CATALOG, [("files", 1)]),
        (sub, CATALOG, {"files": -1}),
    ):
        with pytest.raises((WrongTypeError, OutOfBoundsError)):
            compare_plans(*arguments, on=at("2026-04-16"))
    with pytest.raises(OutOfOrderError):
        compared(sub, on="2026-03-31")


def test_a_full_price_has_its_discounts_inside_and_rounds_each_line():
    """10 × 6.99 × 0.75 = 52.425; 3 × 9.90 × 0.75 = 22.275."""
    sub = sub_of(discounts=[Discount.percent("25", id="nonprofit")], add_ons=[REPORTS])
    assert digits(full_price(sub, PRO)) == "52.43"
    assert digits(full_price(sub, REPORTS, quantity=3)) == "22.28"


# The monthly review.


def reviewed(sub, on="2026-04-16", **more):
    return review(sub, on=at(on), **more)


def test_where_all_is_well_nothing_is_found():
    sub = sub_of(add_ons=[REPORTS])
    assert reviewed(sub) == ()
    assert (
        reviewed(
            sub,
            catalog=Catalog((PRO,), (REPORTS,)),
            usage={"files": 399},
            last_used={"reports": at("2026-04-16")},
            payment=dt.date(2026, 6, 1),
            charged=Money("79.80", USD),
        )
        == ()
    )


@pytest.mark.parametrize(
    ("used", "near", "found"),
    [
        (399, "80", []),
        (400, "80", ["limit_near"]),
        (500, "80", ["limit_near"]),
        (501, "80", ["limit_exceeded"]),
        (499, "100", []),
        (63, "12.5", ["limit_near"]),
    ],
)
def test_a_resource_is_near_its_limit_from_a_percentage_on(used, near, found):
    sub = sub_of()
    assert codes(reviewed(sub, usage={"files": used}, near_limit=near)) == found


def test_what_a_plan_does_not_hold_at_all_is_not_near():
    none = seats("none", 1, "1.00", limits={"files": 0})
    assert reviewed(sub_of(none), usage={"files": 0}) == ()
    (over,) = reviewed(sub_of(none), usage={"files": 2})
    assert over.value("excess") == 2
    assert reviewed(sub_of(MAX), usage={"projects": 10**6}) == ()


def test_a_plan_that_is_too_small_names_the_next_one():
    """10 × (6.99 − 4.99) × 15/30 = 10.00 now."""
    fit, over = reviewed(sub_of(BASIC), catalog=CATALOG, usage={"files": 130})
    assert str(fit) == "basic is too small, but pro includes all that is used."
    assert fit.value("price_now") == Money("10.00", USD)
    assert fit.value("price") == Money("69.90", USD)
    assert str(over) == "basic includes 100 files, which is 30 too few."


def test_no_plan_may_fit():
    found = reviewed(sub_of(BASIC), catalog=CATALOG, usage={"files": 1000})
    assert codes(found) == ["no_plan_fits", "limit_exceeded"]


def test_a_lower_plan_is_told_once_and_not_while_a_change_waits():
    sub = sub_of(MAX)
    (found,) = reviewed(sub, catalog=CATALOG, usage={"files": 50})
    assert (
        str(found)
        == "pro includes all that is used, and a month of it costs 30.00 USD less."
    )
    waits = change(sub, SwitchPlan(PRO), on=at("2026-04-16")).subscription
    assert reviewed(waits, catalog=CATALOG, usage={"files": 50}) == ()


def test_nobody_advises_a_plan_to_what_is_frozen():
    frozen = sub_of(BASIC, rules=BillingRules(max_freeze_days=60))
    frozen = change(frozen, Freeze(), on=at("2026-04-10")).subscription
    found = reviewed(frozen, catalog=CATALOG, usage={"files": 130})
    assert codes(found) == ["limit_exceeded"]


@pytest.mark.parametrize(
    ("last", "days"),
    [("2026-03-17", 30), ("2026-03-18", None), ("2026-04-16", None)],
)
def test_an_add_on_is_unused_from_thirty_days_on(last, days):
    sub = sub_of(add_ons=[(REPORTS, 2), AUDIT])
    found = reviewed(sub, last_used={"reports": at(last), "other": None})
    assert [one.value("days") for one in found] == ([days] if days else [])


@pytest.mark.parametrize(
    ("interval", "price", "saving"),
    [
        pytest.param(MONTHLY, "9.90", "9.90", id="month"),
        pytest.param(ANNUAL, "118.80", "9.90", id="year"),
        pytest.param(Interval(days=30), "9.90", "9.90", id="30 days are a month"),
        pytest.param(Interval(days=7), "2.00", "8.70", id="2 × 30.4375 / 7 = 8.696"),
    ],
)
def test_what_an_unused_add_on_costs_a_month(interval, price, saving):
    extra = AddOn(
        "x", "X", (Price(unit_amount=price, currency=USD, interval=interval),)
    )
    low = Plan("p", "P", 1, (Price(unit_amount="1", currency=USD, interval=interval),))
    sub = sub_of(low, interval=interval, add_ons=[extra])
    (found,) = reviewed(sub, on="2026-04-02", last_used={"x": None})
    assert str(found) == (
        f"x has never been used, and a month costs {saving} USD less without it."
    )


def test_an_add_on_that_is_to_leave_anyway_is_not_told():
    sub = sub_of(add_ons=[REPORTS])
    sub = change(sub, RemoveAddOn(REPORTS), on=at("2026-04-10")).subscription
    assert reviewed(sub, last_used={"reports": None}) == ()


def test_a_last_use_lies_in_the_past_and_counts_as_the_subscription_does():
    sub = sub_of(add_ons=[REPORTS])
    with pytest.raises(OutOfOrderError):
        reviewed(sub, last_used={"reports": at("2026-04-17")})
    with pytest.raises(MixedTimeError):
        reviewed(sub, last_used={"reports": at("2026-04-01T00:00:00+00:00")})


def test_charges_count_all_that_runs_with_tax_and_discounts():
    """(10 × 6.99 + 9.90 − 15.00) = 64.80, 19 % of it 12.312: 77.11."""
    vat = TaxRate("vat", "0.19")
    promo = Discount.fixed("15.00", USD, id="promo")
    sub = sub_of(tax_rates=[vat], discounts=[promo], add_ons=[REPORTS])
    assert reviewed(sub, charged=Money("77.11", USD)) == ()
    (found,) = reviewed(sub, charged=Money("64.80", USD))
    assert found.value("difference") == Money("-12.31", USD)


def test_charges_are_those_of_a_whole_period_also_after_a_change_inside_it():
    sub = change(sub_of(), AddSeats(2), on=at("2026-04-10")).subscription
    assert reviewed(sub, charged=Money("83.88", USD)) == ()  # 12 × 6.99
    over = change(sub, Cancel(), on=at("2026-04-11"), timing=Timing.FORFEIT)
    (found,) = reviewed(over.subscription, charged=Money("83.88", USD))
    assert found.value("expected") == Money("0", USD)


CARD = Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=5)


@pytest.mark.parametrize(
    ("on", "payment", "found"),
    [
        pytest.param("2026-04-16", CARD, [], id="45 days left"),
        pytest.param(
            "2026-04-30", CARD, ["payment_method_expiring"], id="31 days left"
        ),
        pytest.param("2026-05-31", CARD, ["payment_method_expiring"], id="last day"),
        pytest.param("2026-06-01", CARD, ["payment_method_expired"], id="too late"),
        pytest.param("2026-04-16", PayPal("BR"), [], id="does not run out"),
        pytest.param(
            "2026-04-16", dt.date(2026, 4, 20), ["payment_method_expiring"], id="a date"
        ),
    ],
)
def test_a_payment_method_that_runs_out_is_found(on, payment, found):
    assert codes(reviewed(sub_of(), on=on, payment=payment)) == found


def test_a_payment_method_is_needed_until_the_next_renewal():
    year = sub_of(interval=ANNUAL)
    (found,) = reviewed(year, payment=CARD)
    assert found.value("renews_on") == at("2027-04-01")
    assert (found.value("valid_through"), found.value("days")) == (at("2026-05-31"), 45)
    ends = change(year, Cancel(), on=at("2026-04-10")).subscription
    assert reviewed(ends, payment=CARD) == ()


def test_an_instant_counts_by_its_day():
    sub = Story(PRO, "2026-04-01T12:00:00+00:00").subscription
    (found,) = reviewed(sub, on="2026-04-30T23:00:00+00:00", payment=CARD)
    assert (found.code, found.value("days")) == ("payment_method_expiring", 31)


def test_the_next_renewal_of_each_kind_of_subscription():
    rules = BillingRules(max_freeze_days=60)
    sub = sub_of(rules=rules)
    assert renewal_day(sub) == at("2026-05-01")
    frozen = change(sub, Freeze(), on=at("2026-04-10")).subscription
    assert renewal_day(frozen) == at("2026-06-30")
    ends = change(sub, Cancel(), on=at("2026-04-10")).subscription
    assert renewal_day(ends) is None
    over = change(sub, Cancel(), on=at("2026-04-10"), timing=Timing.IMMEDIATE)
    assert renewal_day(over.subscription) is None
    late = BillingRules(notice_days=15)
    still = change(sub_of(rules=late), Cancel(), on=at("2026-04-20")).subscription
    assert renewal_day(still) == at("2026-05-01")


@pytest.mark.parametrize(
    "arguments",
    [
        {"near_limit": "0"},
        {"near_limit": "101"},
        {"near_limit": 0.8},
        {"unused_days": -1},
        {"expiring_days": "31"},
        {"usage": [("files", 1)]},
        {"last_used": ["reports"]},
        {"charged": "49.10"},
        {"payment": "4242 4242 4242 4242"},
        {"payment": dt.datetime(2026, 4, 1, tzinfo=dt.UTC)},
        {"catalog": (PRO,)},
    ],
)
def test_a_review_checks_what_comes_in(arguments):
    with pytest.raises((WrongTypeError, OutOfBoundsError)) as refused:
        reviewed(sub_of(add_ons=[REPORTS]), **arguments)
    assert "4242" not in str(refused.value)


# Is this invoice right?


def tale(*steps, plan=PRO, until="2026-06-15", **more):
    """Return the opening, and the statement of what follows."""
    opening = Story(plan, "2026-04-01", **{"seats": 10, **more}).opening
    history = [(at(day), changes) for day, changes in steps]
    return opening, bill(opening, history, until=at(until))


def tampered(invoice, n=0, **fields):
    """Return *invoice* with another line *n*."""
    lines = list(invoice.lines)
    lines[n] = attrs.evolve(lines[n], **fields)
    return attrs.evolve(invoice, lines=lines)


def test_an_invoice_that_follows_from_the_history_is_right():
    opening, statement = tale(
        ("2026-04-16", AddSeats(2)), ("2026-04-20", AddAddOn(REPORTS))
    )
    for history in (statement, [opening, *statement.outcomes]):
        for invoice in statement.invoices:
            found = reconcile(invoice, history)
            assert found.is_right
            assert found.expected == invoice
            assert found.difference == Money("0", USD)
            assert [one.index for one in found.lines] == list(range(len(invoice.lines)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param(
            {"quantity": 12},
            "pro: the quantity is 12, but should be 10.",
            id="quantity",
        ),
        pytest.param(
            {"kind": "credit"},
            "pro: the line is a credit, but should be a charge.",
            id="kind",
        ),
        pytest.param(
            {"start": dt.date(2026, 4, 16)},
            "pro: the time is 2026-04-16 to 2026-04-30, "
            "but should be 2026-04-01 to 2026-04-30.",
            id="period",
        ),
        pytest.param(
            {"whole": Period(dt.date(2026, 4, 1), dt.date(2026, 6, 1))},
            "pro: the time is 2026-04-01 to 2026-05-31, "
            "but should be 2026-04-01 to 2026-04-30.",
            id="the period that it is part of",
        ),
        pytest.param(
            {"share_numerator": 15},
            "pro: the share is 15/30, but should be 30/30.",
            id="share",
        ),
        pytest.param(
            {"amount_minor": 7000},
            "pro: the amount is 70.00 USD, but should be 69.90 USD.",
            id="amount",
        ),
        pytest.param(
            {"cap_minor": 5},
            "pro: the line is cut to 0.05 USD, but should be to nothing.",
            id="cap",
        ),
    ],
)
def test_the_first_difference_of_a_line_is_named(fields, said):
    opening, statement = tale()
    if "kind" in fields:
        kind = type(opening.invoice.lines[0].kind)
        fields = {"kind": kind(fields["kind"])}
    found = reconcile(tampered(opening.invoice, **fields), statement)
    assert [str(one) for one in found.findings] == [said]
    assert not found.is_right


@pytest.mark.parametrize(
    ("terms", "full", "said"),
    [
        (
            {"unit_scaled": 799},
            7990,
            "pro: the unit price is 7.99, but should be 6.99.",
        ),
        (
            {"unit_scaled": None},
            6990,
            "pro: the unit price is nothing, but should be 6.99.",
        ),
        (
            {"discounts": (Discount.percent("20", id="spring"),)},
            6990,
            "pro: the discounts are spring, but should be none.",
        ),
        (
            {"tax_rates": (TaxRate("vat", "0.19"),)},
            6990,
            "pro: the tax rates are vat, but should be none.",
        ),
    ],
)
def test_another_price_discount_or_tax_is_named(terms, full, said):
    opening, statement = tale()
    line = opening.invoice.lines[0]
    other = attrs.evolve(line.terms, **terms)
    found = reconcile(
        tampered(opening.invoice, terms=other, full_scaled=full), statement
    )
    assert [str(one) for one in found.findings] == [said]


def test_another_total_under_tiers_is_named():
    tiers = (Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8"))
    tiered = Plan("t", "T", 1, (Price(currency=USD, tiers=tiers),))
    opening, statement = tale(plan=tiered)
    found = reconcile(tampered(opening.invoice, full_scaled=10000), statement)
    assert [str(one) for one in found.findings] == [
        "t: a whole period is 100.00, but should be 90.00."
    ]


def test_a_module_that_was_not_active_is_named():
    """The invoice of somebody with reports, beside a history without."""
    _opening, statement = tale()
    wrong = Story(PRO, "2026-04-01", seats=10, add_ons=[REPORTS]).opening.invoice
    found = reconcile(wrong, statement)
    plan_line, module = found.lines
    assert plan_line.finding is None
    assert (module.index, module.active) == (1, ())
    assert str(module.finding) == (
        "reports was not active, 2026-04-01 to 2026-04-30, "
        "but 9.90 USD is on the invoice."
    )
    assert digits(found.difference) == "9.90"
    assert [(d.where, str(d.stated), str(d.expected)) for d in found.totals] == [
        ("subtotal", "79.80 USD", "69.90 USD"),
        ("total", "79.80 USD", "69.90 USD"),
    ]


def test_a_plan_that_was_not_there_is_named_and_the_right_one_is_missing():
    _opening, statement = tale()
    wrong = Story(MAX, "2026-04-01", seats=10).opening.invoice
    found = reconcile(wrong, statement)
    assert [str(one) for one in found.findings] == [
        (
            "max was not active, 2026-04-01 to 2026-04-30, "
            "but 99.90 USD is on the invoice."
        ),
        "pro, 2026-04-01 to 2026-04-30: a line of 69.90 USD is missing.",
    ]
    assert [one.index for one in found.lines] == [0, None]
    assert [a.quantity for a in found.lines[1].active] == [10]


def test_a_line_that_was_billed_before_is_named_with_its_invoice():
    _opening, statement = tale(("2026-04-16", AddSeats(2)))
    first, added, *_ = statement.invoices
    twice = attrs.evolve(
        added,
        lines=(*added.lines, first.lines[0]),
        subtotal_minor=added.subtotal_minor + 6990,
        total_minor=added.total_minor + 6990,
    )
    found = reconcile(twice, statement)
    assert [str(one) for one in found.findings] == [
        "pro, 2026-04-01 to 2026-04-30: 69.90 USD is already on invoice story:1."
    ]


def test_a_line_that_nothing_explains_is_named():
    """A service, and two seats that were bought on another day."""
    _opening, statement = tale(("2026-04-16", AddSeats(2)))
    training = Service("training", "Training", Money("120", USD))
    told = Story(PRO, "2026-04-01", seats=10)
    wrong = told.change("2026-04-16", BuyService(training), AddSeats(2)).invoice
    found = reconcile(wrong, statement)
    assert [str(one) for one in found.findings] == [
        "training, 2026-04-16 to 2026-04-16: nothing accounts for 120.00 USD."
    ]


def test_an_invoice_of_another_day_has_no_counterpart():
    _opening, statement = tale(("2026-04-16", AddSeats(2)))
    wrong = Story(PRO, "2026-04-01", seats=10).change("2026-04-18", AddSeats(2)).invoice
    found = reconcile(wrong, statement)
    assert found.expected is None
    assert (found.difference, found.is_right) == (wrong.total, False)
    assert [d.where for d in found.totals] == ["key"]
    assert codes(found.findings) == ["line_not_expected"]


def test_a_wrong_date_is_found_by_the_key():
    _opening, statement = tale(("2026-04-16", AddSeats(2)))
    added = statement.invoices[1]
    found = reconcile(attrs.evolve(added, issued_on=at("2026-04-17")), statement)
    assert found.expected == added
    assert [(d.where, d.stated, d.expected) for d in found.totals] == [
        ("issued_on", at("2026-04-17"), at("2026-04-16"))
    ]
    assert found.findings == ()


def test_of_several_invoices_of_a_day_the_one_with_its_key_is_meant():
    told = Story(PRO, "2026-04-01", seats=10)
    outs = [
        told.opening,
        told.change("2026-04-16", AddSeats(2)),
        told.change("2026-04-16", AddSeats(3)),
    ]
    for outcome in outs[1:]:
        found = reconcile(outcome.invoice, outs)
        assert found.expected == outcome.invoice
    foreign = attrs.evolve(outs[2].invoice, subscription_id="provider", version=77)
    assert reconcile(foreign, outs).expected == outs[2].invoice


def test_a_line_that_does_not_add_up_in_the_history_itself_is_named():
    """The renewal was told who is there, so its invoice is taken as it is."""
    told = Story(PRO, "2026-04-01", seats=10)
    asked = told.change("2026-04-16", RemoveSeats(2))
    renewed = renew(asked.subscription, on=at("2026-05-01"), occupied=9)
    assert sum_of(renewed.invoice) == "+62.91 = 62.91"  # 9 × 6.99
    assert reconcile(renewed.invoice, [told.opening, asked, renewed]).is_right
    wrong = tampered(renewed.invoice, amount_minor=6200)
    wrong = attrs.evolve(wrong, subtotal_minor=6200, total_minor=6200)
    stored = attrs.evolve(renewed, invoices=(wrong,))
    (finding,) = reconcile(wrong, [told.opening, asked, stored]).findings
    assert str(finding) == "pro: amount is 62.00 USD, but should be 62.91 USD."


def test_an_invoice_by_hand_is_worked_out_by_hand():
    told = Story(PRO, "2026-04-01", seats=10)
    by_hand = told.change("2026-04-16", RemoveSeats(2), timing=Timing.IMMEDIATE)
    wrong = tampered(by_hand.invoice, amount_minor=-600)
    wrong = attrs.evolve(wrong, subtotal_minor=-600, total_minor=-600)
    found = reconcile(wrong, [told.opening, attrs.evolve(by_hand, invoices=(wrong,))])
    assert codes(found.findings) == ["amount_differs"]
    assert found.expected == by_hand.invoice  # −2 × 6.99 × 15/30


def test_a_stored_invoice_is_not_taken_on_trust():
    told = Story(PRO, "2026-04-01", seats=10)
    added = told.change("2026-04-16", AddSeats(2))
    for right, before in ((told.opening, []), (added, [told.opening])):
        wrong = tampered(right.invoice, amount_minor=12345)
        wrong = attrs.evolve(wrong, subtotal_minor=12345, total_minor=12345)
        history = [*before, attrs.evolve(right, invoices=(wrong,))]
        found = reconcile(wrong, history)
        assert codes(found.findings) == ["amount_differs"]
        assert found.expected == right.invoice


def test_the_document_itself_is_compared():
    party = Party(name="Harbour Studio")
    opening, statement = tale(recipient=party)
    other = attrs.evolve(opening.invoice, recipient=None, credit_applied_minor=9000)
    found = reconcile(other, statement)
    assert [(d.where, str(d.stated)) for d in found.totals] == [
        ("credit_applied", "90.00 USD"),
        ("recipient", "None"),
    ]
    wrong_sum = attrs.evolve(opening.invoice, total_minor=1)
    assert [d.where for d in reconcile(wrong_sum, statement).totals] == ["total"]


def test_activity_shows_the_days_and_events_what_changed():
    """Reports twice, 5 to 14 April and from the 20th; seats from 10 to 12."""
    rules = BillingRules(add_on_removed=Timing.IMMEDIATE)
    _opening, statement = tale(
        ("2026-04-05", AddAddOn(REPORTS)),
        ("2026-04-15", RemoveAddOn(REPORTS)),
        ("2026-04-20", (AddAddOn(REPORTS), SetSeats(12))),
        rules=rules,
    )
    on_the_5th = statement.invoices[1]
    (line,) = reconcile(on_the_5th, statement).lines
    assert [
        (when(a.period.start), str(a.period.last_day), a.quantity) for a in line.active
    ] == [("2026-04-05", "2026-04-14", 1), ("2026-04-20", "2026-04-30", 1)]
    events = reconcile(statement.invoices[0], statement).events
    assert [(e.on.day, e.what, e.key, e.before, e.after) for e in events] == [
        (1, "plan", "", None, "pro"),
        (1, "interval", "", None, "month"),
        (1, "seats", "seat", None, 10),
        (5, "add_on", "reports", None, 1),
        (15, "add_on", "reports", 1, None),
        (20, "seats", "seat", 10, 12),
        (20, "add_on", "reports", None, 1),
    ]
    assert {
        e.on.day for e in reconcile(statement.invoices[-1], statement).events
    } == set()
    (plan_line, *_) = reconcile(statement.invoices[0], statement).lines
    assert [(a.period.days, a.quantity) for a in plan_line.active] == [
        (19, 10),
        (11, 12),
    ]


def test_an_add_on_of_two_counts_as_two_and_joins_its_days():
    _opening, statement = tale(
        ("2026-04-05", AddSeats(1)), ("2026-04-09", AddSeats(1)), add_ons=[(REPORTS, 2)]
    )
    line = reconcile(statement.invoices[0], statement).lines[1]
    assert [(a.period.days, a.quantity) for a in line.active] == [(30, 2)]


def test_what_waits_takes_effect_at_the_boundary_that_an_outcome_passed():
    """The outcome of June passed two boundaries, on the first of which Pro began."""
    told = Story(MAX, "2026-04-01", seats=10)
    outs = [
        told.opening,
        told.change("2026-04-16", SwitchPlan(PRO)),
        told.change("2026-06-10", AddSeats(1)),
    ]
    may_ = next(i for i in outs[2].invoices if when(i.issued_on) == "2026-05-01")
    found = reconcile(may_, outs)
    assert found.is_right
    assert [(e.on, e.before, e.after) for e in found.events] == [
        (at("2026-05-01"), "max", "pro")
    ]
    assert [a.period.days for a in found.lines[0].active] == [31]


def test_nothing_is_active_after_the_end():
    opening, statement = tale(("2026-04-16", Cancel()), until="2026-05-20")
    line = opening.invoice.lines[0]
    late = attrs.evolve(
        line,
        start=at("2026-05-01"),
        end=at("2026-06-01"),
        whole=Period(at("2026-05-01"), at("2026-06-01")),
    )
    invoice = attrs.evolve(opening.invoice, issued_on=at("2026-05-01"), lines=[late])
    found = reconcile(attrs.evolve(invoice, version=9), statement)
    assert codes(found.findings) == ["item_not_active"]
    assert [(e.what, e.after) for e in found.events] == [
        ("plan", None),
        ("interval", None),
        ("seats", None),
    ]


def test_a_flat_plan_is_active_as_one():
    flat = Plan(
        "s", "S", 1, (Price(unit="plan", unit_amount="29", currency=USD, flat=True),)
    )
    opening, statement = tale(plan=flat, seats={})
    (line,) = reconcile(opening.invoice, statement).lines
    assert [a.quantity for a in line.active] == [1]


def test_a_discount_is_part_of_an_invoice_that_is_right():
    opening, statement = tale(discounts=[Discount.fixed("15", USD, id="promo")])
    found = reconcile(opening.invoice, statement)
    assert found.is_right
    assert found.lines[1].active == ()


def test_an_opening_that_cannot_be_worked_out_again_is_taken_as_it_is():
    """A discount that served on the first invoice is gone; the requirement too."""
    once = Discount.percent("50", id="once", periods=0)
    opening, statement = tale(discounts=[once])
    assert reconcile(opening.invoice, statement).is_right
    taken_over = adopt(
        BASIC,
        id="story",
        interval=MONTHLY,
        seats=10,
        current_period=Period(APRIL, dt.date(2026, 5, 1)),
        charged=Money("54.90", USD),
        rules=BillingRules(),
        add_ons=[AUDIT],
        version=1,
    )
    statement = bill(taken_over, [], until=at("2026-05-01"))
    assert reconcile(statement.invoices[0], statement).is_right


def test_measured_quantities_are_those_of_the_outcomes():
    teams = Plan(
        "teams",
        "Teams",
        2,
        (
            Price(
                unit="team",
                unit_amount="60",
                currency=USD,
                measured=True,
                in_arrears=True,
            ),
        ),
    )
    told = subscribe(
        teams,
        id="story",
        interval=MONTHLY,
        seats={"team": 0},
        on=APRIL,
        rules=BillingRules(),
    )
    may_ = renew(told.subscription, on=at("2026-05-01"), measured={"team": 3})
    lower = change(may_.subscription, SwitchPlan(BASIC), on=at("2026-05-10"))
    june = renew(lower.subscription, on=at("2026-06-01"), measured={"team": 4})
    outs = [told, may_, lower, june]
    for outcome, total in ((may_, "180.00"), (june, "240.00")):
        found = reconcile(outcome.invoice, outs)
        assert found.is_right
        assert digits(outcome.invoice.total) == total
    statement = bill(
        told,
        [(at("2026-05-10"), AddAddOn(REPORTS))],
        until=at("2026-06-01"),
        measured=lambda day: {"team": 3},
    )
    assert all(reconcile(i, statement).is_right for i in statement.invoices)


def test_a_history_has_no_gap_and_counts_as_the_invoice_does():
    told = Story(PRO, "2026-04-01", seats=10)
    told.change("2026-04-10", AddSeats(1))
    last = told.change("2026-04-16", AddSeats(2))
    with pytest.raises(HistoryGapError) as refused:
        reconcile(last.invoice, [told.opening, last])
    assert refused.value.as_dict()["values"] == {
        "on": at("2026-04-16"),
        "known": 1,
        "found": 2,
    }
    instants = Story(PRO, "2026-04-01T00:00:00+00:00", seats=10).opening
    with pytest.raises(MixedTimeError):
        reconcile(last.invoice, [instants])
    line = instants.invoice.lines[0]
    with pytest.raises(MixedTimeError):
        reconcile(attrs.evolve(last.invoice, lines=[line]), [told.opening])


@pytest.mark.parametrize("history", [(), None, "outcomes", [APRIL]])
def test_a_history_is_a_statement_or_outcomes(history):
    invoice = Story(PRO, "2026-04-01").opening.invoice
    with pytest.raises(WrongTypeError):
        reconcile(invoice, history)
    with pytest.raises(WrongTypeError):
        reconcile(SimpleNamespace(lines=()), [])


def test_a_reconciliation_travels():
    opening, statement = tale()
    found = reconcile(opening.invoice, statement)
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("kind", CreditKind)
@pytest.mark.parametrize("amount", ["10.00", "69.90", "100.00"])
def test_credit_that_the_first_invoice_used_is_part_of_it(amount, kind):
    credit = [CreditLot(Money(amount, USD), kind)]
    opening, statement = tale(credit=credit)
    assert opening.invoice.credit_applied == min(
        Money(amount, USD), Money("69.90", USD)
    )
    for history in (statement, [opening, *statement.outcomes]):
        assert reconcile(opening.invoice, history).is_right


@given(histories(markets(free_plan=False), longest=8))
def test_every_invoice_of_any_history_is_right(history):
    outcomes = [history.opening, *history.outcomes]
    for invoice in history.invoices:
        found = reconcile(invoice, outcomes)
        assert found.is_right
        assert found.expected == invoice
        for line in invoice.lines:
            assert explain(line).endswith(".")


@given(
    histories(longest=8),
    st.sampled_from(["quantity", "full_scaled", "share_numerator", "amount_minor"]),
    st.integers(0, 99),
)
def test_a_line_that_was_altered_is_found(history, name, n):
    altered = [i for i in history.invoices if i.lines]
    assume(altered)
    invoice = altered[n % len(altered)]
    i = n % len(invoice.lines)
    wrong = tampered(invoice, i, **{name: getattr(invoice.lines[i], name) + 1})
    found = reconcile(wrong, [history.opening, *history.outcomes])
    assert found.findings


# Figures as plain text.


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (Fraction(499, 100), "USD", "4.99"),
        (Fraction(5), "USD", "5.00"),
        (Fraction(-1, 2), "USD", "-0.50"),
        (Fraction(39, 10000), "USD", "0.0039"),
        (Fraction(500), "JPY", "500"),
        (Fraction(1, 2), "JPY", "0.5"),
        (Fraction(10, 3), "USD", "10/3"),
    ],
)
def test_an_exact_number_keeps_all_its_digits(value, currency, text):
    assert exact(value, currency_digits(currency)) == text


def test_another_interval_is_a_change_too():
    """A yearly price is compared for the plan that is there."""
    told = Story(PRO, "2026-04-01", seats=1)
    year = told.change("2026-04-16", SwitchInterval(ANNUAL))
    found = reconcile(year.invoice, [told.opening, year])
    assert found.is_right
    assert ("interval", "month", "12 months") in [
        (e.what, e.before, e.after) for e in found.events
    ]
