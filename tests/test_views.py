"""What the pages show: the subscription, the plans to choose, the add-ons to choose."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    DEACTIVATED,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Catalog,
    Discount,
    GrantCredit,
    Interval,
    Member,
    Money,
    Party,
    Plan,
    Price,
    RemoveAddOn,
    RemoveSeats,
    Reprice,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Tier,
    Timing,
    change,
    occupancy,
    subscribe,
)
from seatbill.errors import (
    OutOfBoundsError,
    OutOfOrderError,
    RenewFirstError,
    UnknownItemError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.payments import Card, PayPal
from seatbill.reviews import Preview, compare_plans
from seatbill.rulebooks import clockify
from seatbill.seats import SeatCount
from seatbill.testing.strategies import histories, markets
from seatbill.views import (
    AddOnOption,
    BarColor,
    BillingView,
    BoughtAddOn,
    Condition,
    OptionKind,
    PlanOption,
    PricedUnit,
    SeatBar,
    add_on_options,
    billing_view,
    plan_options,
)
from seatbill.wallets import Wallet, WalletPolicy, grant
from stories import Story, at, digits, sum_of, when

USD = "USD"
CLOCKIFY = clockify.CATALOG
BASIC, STANDARD = CLOCKIFY.plan("basic"), CLOCKIFY.plan("standard")


def price(amount, **more):
    return Price(unit_amount=amount, currency=USD, **more)


LOW = Plan("low", "Low", 1, (price("4.99"),), features=("timer",))
HIGH = Plan("high", "High", 2, (price("6.99"),), features=("timer", "invoicing"))
STORAGE = AddOn("storage", "Storage", (price("2.00", min_quantity=15),), batch=10)
SMALL = AddOn("small", "Small", (price("5.00"),), family="meeting", rank=1)
LARGE = AddOn("large", "Large", (price("8.00"),), family="meeting", rank=2)
EXPORTS = AddOn("exports", "Exports", (price("3.00"),), requires_plans=("high",))
CATALOG = Catalog((LOW, HIGH), (STORAGE, SMALL, LARGE, EXPORTS))


def people(n, unit="seat", **more):
    return [Member(f"{unit}-{i}", unit, **more) for i in range(n)]


def sub_of(plan=HIGH, on="2026-04-01", **more):
    """Return a subscription of 10 seats from April."""
    return Story(plan, on, **{"seats": 10, **more}).subscription


def after(sub, *changes, on="2026-04-16", **more):
    return change(sub, *changes, on=at(on), **more).subscription


def view(sub, on="2026-04-16", **more):
    return billing_view(sub, on=at(on), **more)


# The page.


@pytest.mark.rule("CL-24")
def test_the_page_shows_plan_price_seats_and_features():
    """10 × 4.99 = 49.90; 8 used, 2 free."""
    sub = sub_of(BASIC, rules=clockify.RULES)
    page = view(sub, members=people(8))
    assert (page.plan.name, digits(page.price), page.interval) == (
        "Basic",
        "49.90",
        MONTHLY,
    )
    (bar,) = [bar for bar in page.seats if bar.unit == "seat"]
    assert (bar.used, bar.free) == (8, 2)
    assert ("seat", "project templates") in page.features


@pytest.mark.rule("CL-26")
@pytest.mark.rule("CL-27")
@pytest.mark.parametrize(
    ("used", "ratio", "color"),
    [
        (0, Fraction(0), BarColor.BLUE),
        (8, Fraction(8, 10), BarColor.BLUE),
        (9, Fraction(9, 10), BarColor.BLUE),
        (10, Fraction(1), BarColor.RED),
        (12, Fraction(12, 10), BarColor.RED),
    ],
)
def test_the_bar_is_blue_while_a_seat_is_free_and_red_when_none_is(used, ratio, color):
    (bar,) = view(sub_of(), members=people(used)).seats
    assert (bar.ratio, bar.color, bar.is_full) == (ratio, color, used >= 10)


def test_a_bar_counts_who_is_there_that_day_and_what_is_to_leave():
    sub = after(sub_of(), RemoveSeats(2), on="2026-04-10")
    team = [
        *people(6),
        Member("gone", state=DEACTIVATED),
        Member("soon", joined_on=at("2026-04-20")),
    ]
    (bar,) = view(sub, members=team).seats
    assert bar.seats == SeatCount(
        unit="seat", owned=10, occupied=6, scheduled_removal=2
    )
    assert view(sub, "2026-04-20", members=team).seats[0].used == 7
    assert view(sub, "2026-05-01", members=team).seats[0].free == 1


def test_seats_may_come_counted():
    counted = occupancy(people(7), owned=99)
    (bar,) = view(sub_of(), members=counted).seats
    assert (bar.used, bar.free) == (7, 3)


def test_each_kind_of_seat_has_a_bar_also_one_that_nobody_owns():
    sub = sub_of(BASIC, seats={"seat": 5, "limited": 3}, rules=clockify.RULES)
    page = view(sub, members=[*people(5), *people(1, "limited"), *people(1, "guest")])
    assert [(b.unit, b.used, b.free, b.color) for b in page.seats] == [
        ("seat", 5, 0, "red"),
        ("limited", 1, 2, "blue"),
        ("guest", 1, 0, "red"),
    ]
    assert [(u.unit, u.quantity, str(u.price)) for u in page.units] == [
        ("seat", 5, "24.95 USD"),
        ("limited", 3, "2.97 USD"),
    ]


def test_what_is_flat_or_measured_has_no_bar():
    teams = Plan(
        "teams",
        "Teams",
        1,
        (price("60", unit="team", measured=True), price("9", unit="base", flat=True)),
    )
    sub = sub_of(teams, seats={"team": 3, "base": 1})
    page = view(sub, members=[])
    assert page.seats == ()
    assert [(u.unit, u.quantity, str(u.price)) for u in page.units] == [
        ("team", 3, "180.00 USD"),
        ("base", 1, "9.00 USD"),
    ]
    assert sum_of(page.next_invoice) == "+180.00 +9.00 = 189.00"
    next_month = view(sub, measured={"team": 4}).next_invoice
    assert sum_of(next_month) == "+240.00 +9.00 = 249.00"
    with pytest.raises(RenewFirstError):
        view(sub, "2026-05-01")


def test_without_people_there_is_no_bar():
    assert view(sub_of()).seats == ()


def test_a_price_has_its_percentages_inside_and_tax_outside():
    """6.99 × 0.8 = 5.592; 10 of them 55.92; 20 % of tax is on the invoice."""
    page = view(
        sub_of(
            discounts=[Discount.percent("20", id="nonprofit")],
            tax_rates=[TaxRate("vat", "0.20")],
        )
    )
    assert page.units[0].unit_amount == Fraction(5592, 1000)
    assert digits(page.price) == "55.92"
    assert digits(page.next_invoice.total) == "67.10"


def test_under_tiers_no_unit_has_a_price_of_its_own():
    tiers = (Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8"))
    tiered = Plan("t", "T", 1, (Price(currency=USD, tiers=tiers),))
    (unit,) = view(sub_of(tiered)).units
    assert (unit.unit_amount, digits(unit.price)) == (None, "90.00")


@pytest.mark.rule("CM-16")
def test_billing_details_show_size_payment_plan_price_minutes_and_renewal():
    """A sized plan of 40.00 a month with 20 % off a year: 384.00."""
    room = Plan("room-50", "50 attendees", 1, (price("40", unit="room", flat=True),))
    sub = sub_of(
        room,
        seats={},
        interval=ANNUAL,
        rules=BillingRules(interval_discounts={ANNUAL: "20"}),
    )
    policy = WalletPolicy(unit="minute", currency=USD, purposes=["calls"])
    page = view(sub, wallet=grant(Wallet(policy), 150))
    assert (page.plan.name, str(page.interval)) == ("50 attendees", "12 months")
    assert digits(page.price) == "384.00"
    assert (page.wallet.balance, page.wallet.policy.unit) == (150, "minute")
    assert when(page.renews_on) == "2027-04-01"


@pytest.mark.rule("CM-19")
def test_payment_and_add_ons_appear_when_they_are_there():
    card = Card(brand="visa", last_four="4242", expiry_year=2029, expiry_month=5)
    plain, full = view(sub_of()), view(sub_of(add_ons=[SMALL]), payment=card)
    assert (plain.add_ons, plain.payment, plain.wallet) == ((), None, None)
    assert full.payment == card
    assert [(a.add_on.id, a.quantity, digits(a.price)) for a in full.add_ons] == [
        ("small", 1, "5.00")
    ]


@pytest.mark.rule("CM-38")
@pytest.mark.rule("TL-18")
def test_the_renewal_day_and_what_it_charges_are_shown_in_advance():
    """10 × 6.99 + 8.00 = 77.90."""
    page = view(sub_of(add_ons=[LARGE]))
    assert when(page.renews_on) == "2026-05-01"
    assert when(page.next_invoice.issued_on) == "2026-05-01"
    assert [line.item for line in page.next_invoice.lines] == ["high", "large"]
    assert digits(page.next_invoice.total) == "77.90"


@pytest.mark.rule("TL-1")
@pytest.mark.rule("TL-2")
@pytest.mark.parametrize(
    ("interval", "total"), [(QUARTERLY, "209.70"), (ANNUAL, "838.80")]
)
def test_one_page_holds_everything_about_a_quarterly_or_annual_plan(interval, total):
    """10 × 6.99 × 3 = 209.70, × 12 = 838.80."""
    party = Party(name="Harbour Studio")
    sub = after(
        sub_of(interval=interval, recipient=party), GrantCredit(Money("5", USD), "gift")
    )
    page = view(sub, members=people(8), payment=PayPal("BE"))
    assert (page.interval, digits(page.price)) == (interval, total)
    assert digits(page.next_invoice.total) == total
    assert (page.recipient, page.status, page.ends_on) == (party, "active", None)
    assert page.credit_balance == Money("5", USD)
    assert page.payment == PayPal("BE")
    assert pickle.loads(pickle.dumps(page)) == page


@pytest.mark.rule("TL-5")
def test_the_active_package_of_an_add_on_is_shown():
    sub = after(sub_of(add_ons=[(SMALL, 4)]), SwitchPackage(SMALL, LARGE))
    (package,) = view(sub).add_ons
    assert (package.add_on.name, package.add_on.family, package.quantity) == (
        "Large",
        "meeting",
        4,
    )
    assert digits(package.price) == "32.00"


def test_periods_that_are_due_are_renewed_first():
    sub = after(sub_of(), SwitchPlan(LOW))
    page = view(sub, "2026-05-01")
    assert (page.plan, page.subscription.version) == (LOW, sub.version + 1)
    assert (page.pending_updates, page.notices) == ((), ())
    with pytest.raises(OutOfOrderError):
        view(sub, "2026-04-15")


LOW_COMES = "From 2026-05-01, Low takes the place of High, and the bill of that day"
BASIC_COMES = (
    "From 2026-11-01, Basic takes the place of Standard, and the bill of that day"
)


def test_what_waits_is_shown_with_what_it_will_do():
    dearer = Plan("high", "High", 2, (price("7.99"),), features=HIGH.features)
    sub = after(
        sub_of(add_ons=[EXPORTS]),
        SwitchPlan(LOW),
        AddSeats(1),
        RemoveSeats(3),
        Reprice(dearer, at("2026-05-01")),
    )
    page = view(sub)
    assert [update.kind for update in page.pending_updates] == [
        "plan",
        "seats",
        "price",
    ]
    assert [str(notice) for notice in page.notices] == [
        "From 2026-05-01, Low does not include invoicing.",
        "Add-on exports ends with the plan that it needs.",
        "high has new prices from 2026-05-01.",
        # 8 × 4.99: one of the three that leave was bought back
        f"{LOW_COMES} is 39.92 USD.",
    ]


def test_a_change_to_a_plan_that_has_all_features_takes_nothing_away():
    sub = after(
        sub_of(LOW, rules=BillingRules(upgrade=Timing.PERIOD_END)), SwitchPlan(HIGH)
    )
    assert view(sub).notices == ()


def test_a_late_request_says_so_and_a_cancellation_until_when_it_serves():
    sub = sub_of(rules=BillingRules(notice_days=15))
    page = view(after(sub, Cancel(), on="2026-04-20"), "2026-04-20")
    assert [str(notice) for notice in page.notices] == [
        "It is too late for 2026-05-01, so this takes effect on 2026-06-01.",
        "A cancellation is scheduled, so this can be used until 2026-06-01.",
    ]
    assert (when(page.renews_on), when(page.ends_on)) == ("2026-05-01", "2026-06-01")
    in_time = view(after(sub, Cancel(), on="2026-04-16"))
    assert (in_time.renews_on, when(in_time.ends_on)) == (None, "2026-05-01")
    assert in_time.next_invoice is None


def test_the_free_plan_costs_nothing_and_is_not_renewed():
    sub = after(sub_of(BASIC, rules=clockify.RULES), Cancel())
    page = view(sub, "2026-05-02", members=people(8))
    assert (page.plan.id, page.status) == ("free", "free")
    assert (page.price, page.units) == (Money("0", USD), ())
    assert (page.next_invoice, page.renews_on) == (None, None)
    assert when(page.ends_on) == "2026-05-01"
    (bar,) = page.seats  # the free plan holds 5
    assert (bar.used, bar.free, bar.seats.owned, str(bar.color)) == (8, 0, 5, "red")


def test_a_free_plan_without_a_limit_has_no_bar():
    """It holds as many as come: nothing is free, and nothing is full."""
    rules = BillingRules(free_plan=Plan("free", "Free", 0, (price("0"),)))
    sub = after(sub_of(BASIC, rules=rules), Cancel())
    assert view(sub, "2026-05-02", members=people(8)).seats == ()


@pytest.mark.parametrize(
    "arguments",
    [
        {"members": 8},
        {"members": ["ann"]},
        {"payment": "4242 4242 4242 4242"},
        {"wallet": 150},
        {"measured": 3.5},
    ],
)
def test_a_page_is_made_of_values_of_their_kinds(arguments):
    with pytest.raises(WrongTypeError) as refused:
        view(sub_of(), **arguments)
    assert "4242" not in str(refused.value)
    with pytest.raises(WrongTypeError):
        billing_view("sub", on=at("2026-04-16"))
    with pytest.raises(WrongTypeError):
        billing_view(sub_of(), on="2026-04-16")


# Plans to choose.


def chosen(options):
    """Return options by the id of what they are about."""
    return {one.comparison.plan.id: one for one in options}


@pytest.mark.rule("CL-32")
def test_the_plans_tab_lists_upgrades_and_downgrades_by_rank():
    """12 seats: (6.99 − 4.99) × 15/30 = 12.00 more at once."""
    sub = sub_of(BASIC, seats=12, rules=clockify.RULES)
    options = plan_options(sub, CLOCKIFY, on=at("2026-04-16"))
    assert [(one.plan.id, str(one.kind)) for one in options] == [
        ("free", "downgrade"),
        ("basic", "current"),
        ("standard", "upgrade"),
        ("pro", "upgrade"),
        ("enterprise", "upgrade"),
        ("bundle", "upgrade"),
    ]
    up = chosen(options)["standard"]
    assert (digits(up.price), digits(up.price_now)) == ("83.88", "12.00")
    assert up.outcome == change(sub, SwitchPlan(STANDARD), on=at("2026-04-16"))
    assert chosen(options)["basic"].outcome is None
    assert chosen(options)["free"].price == Money("0", USD)


@pytest.mark.rule("CL-47")
def test_the_details_of_a_downgrade_stand_in_a_banner_before_it():
    sub = sub_of(STANDARD, on="2026-10-01", rules=clockify.RULES)
    down = chosen(plan_options(sub, CLOCKIFY, on=at("2026-10-16")))["basic"]
    assert down.kind is OptionKind.DOWNGRADE
    assert [str(notice) for notice in down.outcome.notices] == [
        "From 2026-11-01, Basic does not include time off, approval, invoicing.",
        # 10 × 4.99
        f"{BASIC_COMES} is 49.90 USD.",
    ]
    assert down.lost_features == (
        "time off",
        "approval",
        "invoicing",
    )
    assert when(down.outcome.effective_on) == "2026-11-01"
    assert (digits(down.price_now), digits(down.comparison.preview.price_next)) == (
        "0.00",
        "49.90",
    )


def test_a_plan_that_cannot_be_chosen_says_why():
    euro = Plan("euro", "Euro", 3, (Price(unit_amount="5", currency="EUR"),))
    option = chosen(plan_options(sub_of(), Catalog((HIGH, euro)), on=at("2026-04-16")))[
        "euro"
    ]
    assert (option.kind, option.refusal.code) == (OptionKind.REFUSED, "no_price")
    assert (option.price, option.price_now, option.outcome) == (None, None, None)


def test_a_plan_that_was_chosen_already_waits_and_can_be_withdrawn():
    sub = after(sub_of(), SwitchPlan(LOW))
    options = chosen(plan_options(sub, CATALOG, on=at("2026-04-17")))
    assert when(options["low"].waits_for) == "2026-05-01"
    assert (options["high"].waits_for, options["high"].kind) == (None, "current")
    assert options["high"].outcome.subscription.pending_updates == ()


def test_after_the_end_nothing_can_be_chosen():
    sub = after(sub_of(), Cancel(), timing=Timing.IMMEDIATE)
    options = plan_options(sub, CATALOG, on=at("2026-04-16"))
    assert {(one.kind, one.refusal.code) for one in options} == {
        (OptionKind.REFUSED, "subscription_ended")
    }


def test_from_the_free_plan_every_paid_one_is_an_upgrade():
    """A full month from that day: 10 × 4.99."""
    sub = after(sub_of(BASIC, rules=clockify.RULES), Cancel())
    options = chosen(plan_options(sub, CLOCKIFY, on=at("2026-05-10")))
    assert (options["free"].kind, options["basic"].kind) == ("current", "upgrade")
    assert digits(options["basic"].price_now) == "49.90"


def test_options_are_comparisons_and_take_usage_and_interval():
    """A year: 6.99 × 12 − 20 % = 67.10; 671.00 less 10 × 6.99 × 15/30 = 34.95."""
    sub = sub_of(rules=BillingRules(interval_discounts={ANNUAL: "20"}))
    limited = Plan("tiny", "Tiny", 0, (price("1"),), limits={"files": 5})
    catalog = Catalog((limited, HIGH))
    day = at("2026-04-16")
    options = plan_options(sub, catalog, on=day, usage={"files": 9}, interval=ANNUAL)
    assert [one.comparison for one in options] == list(
        compare_plans(sub, catalog, {"files": 9}, on=day, interval=ANNUAL)
    )
    assert [one.code for one in options[0].breaks] == [
        "limit_exceeded",
        *["feature_lost"] * 2,
    ]
    same = chosen(options)["high"]
    assert (same.kind, digits(same.price)) == (OptionKind.CURRENT, "671.00")
    assert same.outcome.subscription.interval == ANNUAL
    assert digits(same.price_now) == "636.05"


# Add-ons to choose.


def add_ons(sub, catalog=CATALOG, on="2026-04-16", **more):
    return {
        one.add_on.id: one for one in add_on_options(sub, catalog, on=at(on), **more)
    }


def test_an_add_on_has_two_prices_the_cycle_and_todays_share():
    """A year from 1 January, 120.00; from 15 June 200 of 365 days: 65.75."""
    radio = AddOn("radio", "Radio", (price("120", interval=ANNUAL),))
    yearly = Plan("y", "Y", 1, (price("400", interval=ANNUAL),))
    sub = sub_of(yearly, "2026-01-01", interval=ANNUAL)
    option = add_ons(sub, Catalog((yearly,), (radio,)), "2026-06-15")["radio"]
    assert option.kind is OptionKind.AVAILABLE
    assert (digits(option.price), digits(option.price_now)) == ("120.00", "65.75")
    assert option.outcome == change(sub, AddAddOn(radio), on=at("2026-06-15"))
    assert digits(option.preview.price_next) == "4120.00"


def test_the_fewest_that_are_sold_are_whole_batches():
    """At least 15, by tens: 20 × 2.00 = 40.00, half of it for 15 of 30 days."""
    option = add_ons(sub_of())["storage"]
    assert (option.owned, option.quantity) == (0, 20)
    assert (digits(option.price), digits(option.price_now)) == ("40.00", "20.00")
    more = add_ons(sub_of(add_ons=[(STORAGE, 20)]))["storage"]
    assert (more.kind, more.owned, more.quantity) == (OptionKind.CURRENT, 20, 10)
    assert digits(more.price) == "20.00"


def test_or_as_many_as_are_asked_for():
    wanted = add_ons(sub_of(), quantities={"storage": 50})["storage"]
    assert (wanted.quantity, digits(wanted.price)) == (50, "100.00")
    odd = add_ons(sub_of(), quantities={"storage": 25})["storage"]
    assert (odd.kind, odd.refusal.code) == (OptionKind.REFUSED, "not_whole_batches")


def test_a_quantity_of_what_is_not_there_is_refused():
    with pytest.raises(UnknownItemError) as caught:
        add_ons(sub_of(), quantities={"storge": 50})
    assert (caught.value.code, caught.value.value) == ("unknown_item", "storge")
    assert "storage" in caught.value.offered
    with pytest.raises(UnknownItemError) as caught:
        add_ons(sub_of(), Catalog((LOW,)), quantities={"storage": 50})
    assert caught.value.offered == ()


def test_what_is_owned_can_be_given_up():
    sub = sub_of(add_ons=[EXPORTS])
    option = add_ons(sub)["exports"]
    assert option.kind is OptionKind.CURRENT
    assert option.removal.outcome == change(
        sub, RemoveAddOn(EXPORTS), on=at("2026-04-16")
    )
    assert (digits(option.removal.price_now), digits(option.removal.price_next)) == (
        "0.00",
        "69.90",
    )
    assert add_ons(sub)["small"].removal is None


def test_what_is_to_leave_can_be_kept_and_not_given_up_again():
    sub = after(sub_of(add_ons=[EXPORTS]), RemoveAddOn(EXPORTS))
    option = add_ons(sub)["exports"]
    assert (option.owned, option.removal) == (1, None)
    assert when(option.waits_for) == "2026-05-01"
    assert (digits(option.price_now), digits(option.preview.price_next)) == (
        "0.00",
        "72.90",
    )


def test_another_package_is_an_upgrade_or_a_downgrade():
    """Four packages: (8.00 − 5.00) × 4 × 15/30 = 6.00 now; down at the end."""
    up = add_ons(sub_of(add_ons=[(SMALL, 4)]))
    assert [up[id].kind for id in ("small", "large")] == ["current", "upgrade"]
    assert (up["large"].quantity, up["large"].owned) == (4, 0)
    assert (digits(up["large"].price), digits(up["large"].price_now)) == (
        "32.00",
        "6.00",
    )
    sub = sub_of(add_ons=[(LARGE, 4)])
    down = add_ons(sub)["small"]
    assert (down.kind, digits(down.price_now)) == (OptionKind.DOWNGRADE, "0.00")
    waits = add_ons(after(sub, SwitchPackage(LARGE, SMALL)))["small"]
    assert when(waits.waits_for) == "2026-05-01"


def test_a_package_that_cannot_be_taken_is_refused():
    huge = AddOn(
        "huge",
        "Huge",
        (price("9.00"),),
        family="meeting",
        rank=3,
        requires_plans=("max",),
    )
    option = add_ons(sub_of(add_ons=[SMALL]), Catalog((HIGH,), (huge,)))["huge"]
    assert (option.kind, option.refusal.code) == (
        OptionKind.REFUSED,
        "requirement_missing",
    )


def test_conditions_are_told_met_or_not():
    option = add_ons(sub_of(LOW))["exports"]
    assert option.conditions == (
        Condition(kind="plan", any_of=("high",), is_met=False),
    )
    assert (option.kind, option.refusal.code) == (
        OptionKind.REFUSED,
        "requirement_missing",
    )
    assert add_ons(sub_of(HIGH))["exports"].conditions[0].is_met


def test_what_is_owned_is_told_also_when_it_is_sold_no_more_or_dearer():
    old = AddOn("exports", "Exports", (price("1.00"),))
    gone = AddOn("gone", "Gone", (price("1.00"),))
    options = add_ons(sub_of(add_ons=[old, gone]))
    assert list(options) == ["storage", "small", "large", "exports", "gone"]
    assert (options["exports"].add_on, digits(options["exports"].price)) == (
        old,
        "1.00",
    )


def test_an_add_on_in_another_currency_has_no_price():
    euro = AddOn(
        "euro", "Euro", (Price(unit_amount="5", currency="EUR", min_quantity=9),)
    )
    option = add_ons(sub_of(), Catalog((HIGH,), (euro,)))["euro"]
    assert (option.kind, option.refusal.code) == (OptionKind.REFUSED, "no_price")
    assert (option.price, option.price_now, option.quantity) == (None, None, 1)


@pytest.mark.parametrize(
    ("catalog", "more"),
    [
        ((STORAGE,), {}),
        (CATALOG, {"quantities": 3}),
        (CATALOG, {"quantities": {"storage": -1}}),
    ],
)
def test_options_check_what_comes_in(catalog, more):
    with pytest.raises((WrongTypeError, OutOfBoundsError)):
        add_ons(sub_of(), catalog, **more)
    with pytest.raises(WrongTypeError):
        add_on_options("sub", CATALOG, on=at("2026-04-16"))


def test_what_is_not_of_its_kind_is_refused():
    zero, nothing = Money("0", USD), Preview()
    option = {
        "kind": OptionKind.AVAILABLE,
        "add_on": SMALL,
        "owned": 0,
        "quantity": 1,
        "price": None,
        "conditions": (),
        "preview": nothing,
    }
    assert AddOnOption(**option).refusal is None
    wrong = (
        lambda: SeatBar("seat"),
        lambda: PricedUnit(unit="seat", quantity=-1, unit_amount=None, price=zero),
        lambda: BoughtAddOn(add_on=SMALL, quantity=0, price=zero),
        lambda: Condition(kind="plan", any_of=("pro",), is_met=1),
        lambda: PlanOption(kind="presently", comparison=None),
        lambda: AddOnOption(**{**option, "kind": "free"}),
        lambda: AddOnOption(**{**option, "quantity": 0}),
        lambda: AddOnOption(**option, removal="gone"),
        lambda: BillingView(
            subscription=sub_of(),
            price=zero,
            units=("seat",),
            seats=(),
            add_ons=(),
            next_invoice=None,
            renews_on=None,
            ends_on=None,
            notices=(),
        ),
    )
    for make in wrong:
        with pytest.raises((WrongTypeError, UnknownWordError, OutOfBoundsError)):
            make()


def test_other_intervals_and_trials_have_their_pages():
    """30 days from 1 April end on 1 May; in a trial the first invoice is its end's."""
    days = Interval(days=30)
    thirty = Plan("d", "D", 1, (price("3.00", interval=days),))
    assert when(view(sub_of(thirty, interval=days)).renews_on) == "2026-05-01"
    trial = subscribe(
        HIGH,
        id="t",
        interval=MONTHLY,
        seats=2,
        on=at("2026-04-01"),
        trial_end=at("2026-04-20"),
        rules=BillingRules(),
    ).subscription
    page = view(trial)
    assert (page.status, when(page.renews_on)) == ("trialing", "2026-04-20")
    assert sum_of(page.next_invoice) == "+13.98 = 13.98"
    options = plan_options(trial, CATALOG, on=at("2026-04-16"))
    assert [digits(one.price_now) for one in options if one.price_now] == []
    assert chosen(options)["low"].price_now == Money("0", USD)


@given(data=st.data())
def test_every_option_of_any_history_is_the_change_that_it_shows(data):
    market = data.draw(markets(conventions="actual"))
    sub = data.draw(histories(market, longest=6)).subscription
    catalog = Catalog(market.plans, market.catalog.add_ons)
    page = billing_view(sub, on=sub.changed_on, members=people(3))
    assert page.subscription == sub
    for option in plan_options(sub, catalog, on=sub.changed_on):
        assert option.outcome is None or option.refusal is None
        if option.outcome is not None:
            invoices = option.outcome.invoices
            total = Money.total([i.total for i in invoices], sub.currency)
            assert option.price_now == total
    for option in add_on_options(sub, catalog, on=sub.changed_on):
        assert (option.outcome is None) == (option.refusal is not None)
