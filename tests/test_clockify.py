"""Clockify's rules, one by one, with the figures of the rulebook worked by hand.

Prices: Basic 4.99 and Standard 6.99 a month and seat, a limited user 0.99; a year is
12 × price − 20 %, that is 47.90 and 67.10 a seat.  April has 30 days.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import attrs
import pytest

from seatbill import (
    ACTIVE,
    ANNUAL,
    DEACTIVATED,
    INVITED,
    MONTHLY,
    QUARTERLY,
    AddSeats,
    Cancel,
    Interval,
    Member,
    Money,
    Outcome,
    Party,
    RemoveSeats,
    Resume,
    SetRecipient,
    SetSeats,
    Subscription,
    SwitchInterval,
    SwitchPlan,
    Timing,
    WithdrawPending,
    admit,
    bill,
    change,
    occupancy,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.access import (
    Action,
    is_usable,
    may,
    may_edit_recipient,
    require_role,
    usable_until,
)
from seatbill.errors import (
    IntervalNotOfferedError,
    NoSeatLeftError,
    OutOfBoundsError,
    PermissionRefusedError,
    RecipientLockedError,
    SeatsOccupiedError,
    SubscriptionEndedError,
    TooFewSeatsError,
)
from seatbill.invoices import LineKind
from seatbill.rulebooks.clockify import (
    ANNUAL_LIST_CATALOG,
    CATALOG,
    PERMISSIONS,
    RULES,
)
from seatbill.rules import ChangeKind, RecipientLock, UnusedTime
from seatbill.subscriptions import Status
from seatbill.views import billing_view

FREE, BASIC, STANDARD = (CATALOG.plan(id) for id in ("free", "basic", "standard"))
BUNDLE = CATALOG.plan("bundle")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def buy(
    seats: int | dict[str, int] = 10,
    *,
    plan=BASIC,
    interval: Interval = MONTHLY,
    on: str = "2026-04-01",
    rules=RULES,
    **more,
) -> Outcome:
    return subscribe(
        plan,
        id=more.pop("id", "workspace"),
        interval=interval,
        seats=seats,
        on=day(on),
        rules=rules,
        **more,
    )


def then(start: Outcome | Subscription, *changes, on: str) -> Outcome:
    """Return what *changes* come to; every line on the way proves itself."""
    sub = start.subscription if isinstance(start, Outcome) else start
    outcome = change(sub, *changes, on=day(on))
    for invoice in outcome.invoices:
        assert verify(invoice) == ()
    return outcome


def due(outcome: Outcome) -> Money:
    """Return what is to be paid at once."""
    return Money.total((invoice.amount_due for invoice in outcome.invoices), "USD")


def next_bill(outcome: Outcome) -> Money:
    return preview_invoice(outcome.subscription).amount_due


def people(*states, unit: str = "seat", prefix: str = "p") -> list[Member]:
    return [Member(f"{prefix}{i}", unit, state) for i, state in enumerate(states)]


# Seats.


@pytest.mark.rule("CL-1")
def test_a_paid_plan_costs_its_price_for_each_seat():
    (line,) = buy(10).invoice.lines
    assert (line.quantity, line.unit_amount) == (10, Fraction("4.99"))
    assert line.amount == usd("49.90")  # 10 × 4.99


@pytest.mark.rule("CL-2")
def test_each_workspace_has_a_subscription_of_its_own():
    here, there = buy(10, id="here"), buy(10, id="there")
    changed = then(here, AddSeats(3), on="2026-04-19")
    assert changed.subscription.quantity() == 13
    assert changed.invoice.subscription_id == "here"
    assert there == buy(10, id="there")  # nothing happened there


@pytest.mark.rule("CL-3")
def test_the_active_members_set_the_least_that_is_owned_whatever_their_role():
    roles = ("owner", "admin", "manager", *["member"] * 6)
    members = [Member(f"p{i}", role=role) for i, role in enumerate(roles)]
    active = occupancy(members, owned=12).occupied
    assert active == 9
    with pytest.raises(TooFewSeatsError) as refusal:
        buy(8, occupied=active)
    assert (refusal.value.minimum, refusal.value.missing) == (9, 1)
    upgraded = then(buy(12, occupied=active), SwitchPlan(STANDARD), on="2026-04-16")
    assert [line.quantity for line in upgraded.invoice.lines] == [-12, 12]


@pytest.mark.rule("CL-4")
def test_each_cycle_bills_the_seats_owned_not_those_occupied():
    renewed = renew(buy(12, occupied=9).subscription, on=day("2026-05-01"))
    assert renewed.invoice.lines[0].quantity == 12
    assert due(renewed) == usd("59.88")  # 12 × 4.99


@pytest.mark.rule("CL-5")
def test_vacant_seats_cost_the_same():
    vacant = occupancy(people(*[ACTIVE] * 9), owned=12).vacant
    assert vacant == 3
    difference = buy(12).invoice.total - buy(9).invoice.total
    assert difference == usd("14.97")  # 3 × 4.99


@pytest.mark.rule("CL-6")
def test_an_active_user_needs_a_seat_and_a_deactivated_one_none():
    members = people(*[ACTIVE] * 9, DEACTIVATED)
    assert occupancy(members, owned=10).occupied == 9
    assert buy(9, occupied=9).subscription.quantity() == 9


@pytest.mark.rule("CL-7")
def test_a_vacant_annual_seat_is_taken_by_a_newcomer_at_no_charge():
    subscription = buy(2, interval=ANNUAL).subscription
    before = occupancy(people(ACTIVE, ACTIVE), owned=subscription.seats)
    freed = occupancy(people(ACTIVE, DEACTIVATED), owned=subscription.seats)
    again = occupancy(people(ACTIVE, DEACTIVATED, INVITED), owned=subscription.seats)
    assert (before.occupied, freed.occupied, again.occupied) == (2, 1, 2)
    assert admit(freed).seats == 1  # no purchase: nothing to be paid
    # a year more for the same two seats: 2 × 47.90
    assert preview_invoice(subscription).total == usd("95.80")


@pytest.mark.rule("CL-8")
def test_deactivating_a_user_frees_the_seat_and_leaves_the_bill():
    start = buy(2)
    freed = occupancy(people(ACTIVE, DEACTIVATED), owned=start.subscription.seats)
    assert (freed.owned, freed.occupied, freed.vacant) == (2, 1, 1)
    assert preview_invoice(start.subscription).lines[0].quantity == 2
    assert next_bill(start) == usd("9.98")  # 2 × 4.99


@pytest.mark.rule("CL-9")
def test_seats_are_the_most_members_that_can_be_active():
    four = occupancy(people(*[ACTIVE] * 4), owned=5)
    assert admit(four).seats == 1
    five = occupancy(people(*[ACTIVE] * 5), owned=5)
    with pytest.raises(NoSeatLeftError):
        admit(five)


@pytest.mark.rule("CL-10")
def test_the_first_purchase_covers_every_active_user():
    with pytest.raises(TooFewSeatsError) as refusal:
        buy(6, occupied=7)
    error = refusal.value
    assert error.code == "too_few_seats"
    assert (error.asked, error.minimum, error.missing) == (6, 7, 1)
    assert buy(7, occupied=7).subscription.quantity() == 7


@pytest.mark.rule("CL-10")
def test_a_purchase_from_the_free_plan_carries_its_seats():
    """A month from 19 April: 7 × 4.99, and 2 limited users at 0.99."""
    free = buy(0, plan=FREE)
    paid = then(free, SwitchPlan(BASIC, seats=7, occupied=7), on="2026-04-19")
    assert (due(paid), paid.subscription.quantity()) == (usd("34.93"), 7)
    assert paid.subscription.current_period.end == day("2026-05-19")
    both = {"seat": 7, "limited": 2}
    assert due(then(free, SwitchPlan(BASIC, seats=both), on="2026-04-19")) == (
        usd("36.91")
    )
    year = then(free, SwitchPlan(BASIC, ANNUAL, seats=7), on="2026-04-19")
    assert due(year) == usd("335.30")  # 7 × 47.90


@pytest.mark.rule("CL-10")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param(SwitchPlan(BASIC), (0, 1, 1), id="whoever buys is active"),
        pytest.param(SwitchPlan(BASIC, occupied=8), (0, 8, 8), id="eight people"),
        pytest.param(
            SwitchPlan(BASIC, seats=7, occupied={"seat": 8}), (7, 8, 1), id="one less"
        ),
        pytest.param(SwitchPlan(BASIC, seats=0), (0, 1, 1), id="none"),
    ],
)
def test_a_purchase_without_enough_seats_is_refused_with_the_number(asked, found):
    with pytest.raises(TooFewSeatsError) as refusal:
        then(buy(0, plan=FREE), asked, on="2026-04-19")
    error = refusal.value
    assert (error.asked, error.minimum, error.missing) == found


@pytest.mark.rule("CL-10")
@pytest.mark.rule("CL-55")
def test_who_fell_to_the_free_plan_buys_again_with_other_seats():
    """10 seats were owned; 8 people are left, and 8 seats are bought."""
    canceled = then(buy(10), Cancel(), on="2026-04-10")
    free = renew(canceled.subscription, on=day("2026-05-01")).subscription
    again = then(free, SwitchPlan(BASIC, seats=8, occupied=8), on="2026-06-03")
    assert due(again) == usd("39.92")  # 8 × 4.99
    assert again.subscription.quantity() == 8


@pytest.mark.rule("CL-11")
def test_more_seats_than_users_can_be_bought_ahead():
    assert due(buy(10, occupied=7)) == usd("49.90")  # 10 × 4.99


@pytest.mark.rule("CL-12")
def test_a_bundle_seat_is_one_person_in_all_three_products():
    everywhere = people(*[ACTIVE] * 5, prefix="all")
    clockify = [*everywhere, *people(ACTIVE, ACTIVE, prefix="clockify")]
    pumble = [*everywhere, *people(ACTIVE, ACTIVE, prefix="pumble")]
    plaky = [*everywhere, *people(ACTIVE, prefix="plaky")]
    found = occupancy([*clockify, *pumble, *plaky], owned=10)
    assert (found.occupied, found.is_full) == (10, True)  # 5 + 2 + 2 + 1
    bought = buy(10, plan=BUNDLE, occupied=found.occupied)
    assert due(bought) == usd("159.90")  # 10 × 15.99


@pytest.mark.rule("CL-14")
def test_whoever_joined_or_was_invited_is_a_member_limited_users_apart():
    members = [
        Member("ann", role="owner"),
        Member("bob", role="member"),
        Member("cid", state=INVITED),
        Member("gate", unit="limited"),
    ]
    found = occupancy(members, owned={"seat": 5, "limited": 5})
    assert (found["seat"].occupied, found["limited"].occupied) == (3, 1)


@pytest.mark.rule("CL-15")
def test_an_invitation_takes_a_seat_at_once():
    eight = people(*[ACTIVE] * 8)
    assert occupancy(eight, owned=10).occupied == 8
    invited = occupancy([*eight, *people(INVITED, INVITED, prefix="new")], owned=10)
    assert (invited.occupied, invited.is_full) == (10, True)


@pytest.mark.rule("CL-16")
def test_with_no_seat_left_growth_is_refused_and_nothing_is_billed():
    subscription = buy(10).subscription
    full = occupancy(people(*[ACTIVE] * 10), owned=subscription.seats)
    with pytest.raises(NoSeatLeftError) as refusal:
        admit(full)
    assert (refusal.value.vacant, refusal.value.missing) == (0, 1)
    assert subscription == buy(10).subscription


@pytest.mark.rule("CL-17")
def test_with_the_kiosk_there_are_full_and_limited_users():
    assert dict(buy({"seat": 10, "limited": 15}).subscription.seats) == {
        "seat": 10,
        "limited": 15,
    }
    for plan in CATALOG.plans[1:]:
        assert {price.unit for price in plan.prices} == {"seat", "limited"}


@pytest.mark.rule("CL-18")
def test_a_full_user_takes_a_normal_seat_while_the_kiosk_is_on():
    full = people(*[ACTIVE] * 10)
    limited = people(*[ACTIVE] * 15, unit="limited", prefix="gate")
    found = occupancy([*full, *limited], owned={"seat": 10, "limited": 15})
    assert found["seat"].occupied == 10


@pytest.mark.rule("CL-19")
def test_a_limited_user_can_clock_in_and_out_and_nothing_else():
    for plan in CATALOG.plans[1:]:
        assert plan.features_of("limited") == ("clock in and out",)
        assert "clock in and out" not in plan.features_of("seat")


@pytest.mark.rule("CL-20")
def test_limited_users_are_billed_on_a_line_of_their_own():
    invoice = buy({"seat": 10, "limited": 15}).invoice
    assert [(line.unit, line.amount) for line in invoice.lines] == [
        ("seat", usd("49.90")),  # 10 × 4.99
        ("limited", usd("14.85")),  # 15 × 0.99
    ]
    assert invoice.total == usd("64.75")


@pytest.mark.rule("CL-21")
def test_users_beyond_the_seats_are_added_by_buying_seats():
    bought = then(buy(10, occupied=10), AddSeats(3), on="2026-04-19")
    (line,) = bought.invoice.lines
    assert line.share == Fraction(12, 30)
    assert due(bought) == usd("5.99")  # 3 × 4.99 × 12/30 = 5.988
    full = occupancy(people(*[ACTIVE] * 10), owned=bought.subscription.seats)
    assert admit(full, 3).seats == 3


# Roles and pages.


@pytest.mark.rule("CL-22")
@pytest.mark.parametrize(
    "action", [Action.MANAGE, Action.ADD_SEATS, Action.REMOVE_SEATS]
)
def test_only_owners_and_admins_manage_subscriptions_and_seats(action):
    for role in ("owner", "admin"):
        require_role(role, action, rules=RULES, plan=BASIC, permissions=PERMISSIONS)
    with pytest.raises(PermissionRefusedError) as refusal:
        require_role("member", action, rules=RULES, plan=BASIC, permissions=PERMISSIONS)
    assert (refusal.value.role, refusal.value.allowed) == (
        "member",
        ("owner", "admin"),
    )


@pytest.mark.rule("CL-23")
def test_there_is_something_to_show_under_payment_invoices_and_plans():
    statement = bill(buy(10), (), until=day("2026-05-01"))
    payment = preview_invoice(statement.subscription)
    assert (payment.issued_on, payment.total) == (day("2026-06-01"), usd("49.90"))
    assert [invoice.total for invoice in statement.invoices] == [usd("49.90")] * 2
    assert [plan.name for plan in CATALOG.plans] == [
        "Free",
        "Basic",
        "Standard",
        "Pro",
        "Enterprise",
        "Bundle",
    ]


@pytest.mark.rule("CL-24")
def test_payment_shows_plan_price_seats_and_features():
    subscription = buy(10).subscription
    found = occupancy(people(*[ACTIVE] * 8), owned=subscription.seats)
    assert subscription.plan.name == "Basic"
    assert preview_invoice(subscription).total == usd("49.90")
    assert (found.occupied, found.vacant) == (8, 2)
    assert "required fields" in subscription.plan.features_of("seat")


@pytest.mark.rule("CL-25")
def test_payment_holds_the_client_and_the_next_invoice():
    client = Party(name="Harbour Studio", country="IE", vat_number="IE1234567T")
    bought = buy(10, recipient=client)
    assert bought.subscription.recipient == client
    assert bought.invoice.recipient == client
    moved = attrs.evolve(client, address=("2 Quay Street",))
    changed = then(bought, SetRecipient(moved), on="2026-04-10")
    assert preview_invoice(changed.subscription).recipient == moved


@pytest.mark.rule("CL-26")
def test_the_bar_shows_seats_used_over_seats_bought():
    assert occupancy(people(*[ACTIVE] * 8), owned=10).ratio == Fraction(8, 10)


@pytest.mark.rule("CL-27")
@pytest.mark.parametrize(("used", "color"), [(9, "blue"), (10, "red")])
def test_the_bar_turns_red_when_no_seat_is_free(used, color):
    found = occupancy(people(*[ACTIVE] * used), owned=10)
    assert ("red" if found.is_full else "blue") == color


@pytest.mark.rule("CL-27")
@pytest.mark.rule("CL-61")
@pytest.mark.parametrize(
    ("used", "free", "color"), [(0, 5, "blue"), (1, 4, "blue"), (5, 0, "red")]
)
def test_the_bar_of_the_free_plan_shows_what_it_holds(used, free, color):
    page = billing_view(
        buy(0, plan=FREE).subscription,
        on=day("2026-04-10"),
        members=people(*[ACTIVE] * used),
    )
    (bar,) = page.seats
    assert (bar.seats.owned, bar.used, bar.free) == (5, used, free)
    assert bar.color == color


@pytest.mark.rule("CL-27")
@pytest.mark.rule("CL-55")
def test_the_bar_of_who_fell_to_the_free_plan_is_red_above_its_limit():
    canceled = then(buy(10), Cancel(), on="2026-04-10").subscription
    there = people(*[ACTIVE] * 8)
    (paid,) = billing_view(canceled, on=day("2026-04-30"), members=there).seats
    (free,) = billing_view(canceled, on=day("2026-05-01"), members=there).seats
    assert (paid.seats.owned, str(paid.color)) == (10, "blue")
    assert (free.seats.owned, str(free.color)) == (5, "red")


@pytest.mark.rule("CL-16")
@pytest.mark.rule("CL-61")
def test_people_join_a_free_workspace_up_to_its_capacity():
    capacity = buy(0, plan=FREE).subscription.capacity
    assert admit(occupancy(people(*[ACTIVE] * 4), owned=capacity)).seats == 1
    with pytest.raises(NoSeatLeftError):
        admit(occupancy(people(*[ACTIVE] * 5), owned=capacity))
    assert buy({"seat": 3, "limited": 2}).subscription.capacity == {
        "seat": 3,
        "limited": 2,
    }


@pytest.mark.rule("CL-28")
def test_only_vacant_seats_can_be_removed():
    start = buy(10, occupied=8)
    with pytest.raises(SeatsOccupiedError) as refusal:
        then(start, RemoveSeats(3, occupied=8), on="2026-04-10")
    assert (refusal.value.asked, refusal.value.removable) == (3, 2)
    assert then(start, RemoveSeats(2, occupied=8), on="2026-04-10").replaced == ()


@pytest.mark.rule("CL-29")
@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("kind", [AddSeats, RemoveSeats])
def test_the_dialog_takes_one_seat_or_more(kind, number):
    with pytest.raises(OutOfBoundsError) as refusal:
        kind(number)
    assert (refusal.value.name, refusal.value.value) == ("seats", number)


@pytest.mark.rule("CL-30")
def test_removed_seats_are_not_refunded():
    removed = then(buy(10, occupied=8), RemoveSeats(2, occupied=8), on="2026-04-10")
    assert removed.invoices == ()
    assert (due(removed), removed.refund_due) == (usd("0.00"), usd("0.00"))
    assert removed.subscription.quantity() == 10  # paid for until the end
    assert removed.effective_on == day("2026-05-01")
    assert next_bill(removed) == usd("39.92")  # 8 × 4.99


@pytest.mark.rule("CL-31")
def test_all_past_invoices_are_kept_in_order():
    history = [(day("2026-04-19"), AddSeats(3)), (day("2026-05-10"), Cancel())]
    statement = bill(buy(10), history, until=day("2027-01-01"))
    assert [(i.issued_on, i.total) for i in statement.invoices] == [
        (day("2026-04-01"), usd("49.90")),  # 10 × 4.99
        (day("2026-04-19"), usd("5.99")),  # 3 × 4.99 × 12/30
        (day("2026-05-01"), usd("64.87")),  # 13 × 4.99
    ]
    assert len({invoice.key for invoice in statement.invoices}) == 3


@pytest.mark.rule("CL-32")
def test_each_plan_is_an_upgrade_or_a_downgrade_by_its_rank():
    start = buy(10, plan=STANDARD)
    at_once = {
        plan.id: then(start, SwitchPlan(plan), on="2026-04-16").effective_on
        == day("2026-04-16")
        for plan in CATALOG.plans
        if plan is not STANDARD
    }
    assert at_once == {
        "free": False,
        "basic": False,
        "pro": True,
        "enterprise": True,
        "bundle": True,
    }
    cheap = attrs.evolve(STANDARD, id="cheap", rank=9, prices=BASIC.prices)
    upgraded = then(start, SwitchPlan(cheap), on="2026-04-16")
    assert upgraded.subscription.plan == cheap  # a lower price, and still an upgrade


@pytest.mark.rule("CL-34")
def test_a_bundle_seat_is_removed_by_support():
    def allowed(role, action, plan):
        return may(role, action, rules=RULES, plan=plan, permissions=PERMISSIONS)

    assert not allowed("owner", Action.REMOVE_SEATS, BUNDLE)
    assert allowed("support", Action.REMOVE_SEATS, BUNDLE)
    assert allowed("owner", Action.ADD_SEATS, BUNDLE)
    assert allowed("owner", Action.REMOVE_SEATS, BASIC)


# Intervals.


@pytest.mark.rule("CL-35")
def test_there_are_a_monthly_and_an_annual_interval():
    assert RULES.intervals == (MONTHLY, ANNUAL)
    with pytest.raises(IntervalNotOfferedError):
        buy(10, interval=QUARTERLY)
    with pytest.raises(IntervalNotOfferedError):
        then(buy(10), SwitchInterval(QUARTERLY), on="2026-04-10")


@pytest.mark.rule("CL-36")
@pytest.mark.parametrize(
    ("catalog", "unit_amount", "ten"),
    [
        # 12 × 4.99 × 0.8 = 47.904, rounded once, then ten of it
        pytest.param(CATALOG, "47.90", "479.00", id="by formula"),
        # 12 × 3.99, and no formula on top
        pytest.param(ANNUAL_LIST_CATALOG, "47.88", "478.80", id="by list price"),
    ],
)
def test_a_year_is_20_percent_off(catalog, unit_amount, ten):
    (line,) = buy(10, plan=catalog.plan("basic"), interval=ANNUAL).invoice.lines
    assert (line.unit_amount, line.amount) == (Fraction(unit_amount), usd(ten))


@pytest.mark.rule("CL-36")
def test_limited_users_have_the_20_percent_too():
    invoice = buy({"seat": 1, "limited": 15}, interval=ANNUAL).invoice
    # 12 × 0.99 × 0.8 = 9.504: 9.50 a year
    assert [line.amount for line in invoice.lines] == [usd("47.90"), usd("142.50")]


@pytest.mark.rule("CL-37")
@pytest.mark.parametrize("on", ["2026-04-01", "2026-04-02", "2026-04-30", "2026-06-30"])
def test_the_interval_may_be_switched_on_any_day(on):
    longer = then(buy(10), SwitchInterval(ANNUAL), on=on)
    assert longer.subscription.interval == ANNUAL
    shorter = then(buy(10, interval=ANNUAL), SwitchInterval(MONTHLY), on=on)
    assert shorter.effective_on == day("2027-04-01")


@pytest.mark.rule("CL-38")
def test_annual_to_monthly_starts_when_the_year_ends():
    start = buy(10, interval=ANNUAL, on="2025-10-05")
    asked = then(start, SwitchInterval(MONTHLY), on="2026-03-01")
    assert (asked.invoices, asked.effective_on) == ((), day("2026-10-05"))
    renewed = renew(asked.subscription, on=day("2026-10-05"))
    (line,) = renewed.invoice.lines
    assert (line.period.start, line.period.end) == (
        day("2026-10-05"),
        day("2026-11-05"),
    )
    assert line.amount == usd("49.90")  # 10 × 4.99


@pytest.mark.rule("CL-39")
def test_monthly_to_annual_costs_the_year_less_what_remains():
    switched = then(buy(10), SwitchInterval(ANNUAL), on="2026-04-11")
    credit, charge = switched.invoice.lines
    assert credit.share == Fraction(20, 30)
    assert credit.amount == usd("-33.27")  # 49.90 × 20/30 = 33.266…
    assert charge.amount == usd("479.00")  # 10 × 47.90
    assert due(switched) == usd("445.73")
    # ambiguity 4: the year starts that day
    assert switched.subscription.billing_cycle_anchor == day("2026-04-11")
    assert switched.subscription.current_period.end == day("2027-04-11")


@pytest.mark.rule("CL-41")
@pytest.mark.parametrize(
    ("interval", "start", "on", "amount"),
    [
        # 3 × 47.90 × 200/365 = 78.739…
        pytest.param(ANNUAL, "2026-01-01", "2026-06-15", "78.74", id="annual"),
        # 3 × 4.99 × 15/30 = 7.485
        pytest.param(MONTHLY, "2026-04-01", "2026-04-16", "7.49", id="monthly"),
        # 3 × 4.99 × 1/30 = 0.499
        pytest.param(MONTHLY, "2026-04-01", "2026-04-30", "0.50", id="last day"),
        pytest.param(MONTHLY, "2026-04-01", "2026-04-01", "14.97", id="first day"),
    ],
)
def test_every_purchase_of_seats_is_prorated(interval, start, on, amount):
    bought = then(buy(10, interval=interval, on=start), AddSeats(3), on=on)
    assert due(bought) == usd(amount)


# Upgrades and downgrades.


@pytest.mark.rule("CL-43")
def test_every_earlier_invoice_is_there_after_an_upgrade():
    start = buy(10)
    statement = bill(
        start, [(day("2026-04-16"), SwitchPlan(STANDARD))], until=day("2026-05-01")
    )
    assert statement.invoices[0] == start.invoice
    assert [i.total for i in statement.invoices] == [
        usd("49.90"),
        usd("10.00"),  # −24.95 + 34.95
        usd("69.90"),  # 10 × 6.99
    ]


@pytest.mark.rule("CL-44")
def test_nothing_is_charged_before_the_confirmation_and_then_what_was_shown():
    start = buy(10)
    shown = then(start, SwitchPlan(STANDARD), on="2026-04-16")
    assert start == buy(10)  # looking changed nothing
    confirmed = then(start, SwitchPlan(STANDARD), on="2026-04-16")
    assert confirmed == shown
    assert confirmed.invoice.key == shown.invoice.key


@pytest.mark.rule("CL-45")
def test_an_upgrade_is_charged_at_once_for_the_rest_of_the_month():
    upgraded = then(buy(12, occupied=9), SwitchPlan(STANDARD), on="2026-04-16")
    assert upgraded.invoice.issued_on == day("2026-04-16")
    assert [(line.kind, line.amount) for line in upgraded.invoice.lines] == [
        (LineKind.CREDIT, usd("-29.94")),  # 12 × 4.99 × 15/30
        (LineKind.CHARGE, usd("41.94")),  # 12 × 6.99 × 15/30
    ]
    assert due(upgraded) == usd("12.00")
    assert upgraded.subscription.current_period.end == day("2026-05-01")


@pytest.mark.rule("CL-45")
@pytest.mark.parametrize(
    ("unused_time", "amount"),
    [
        pytest.param(UnusedTime.CREDITED, "10.00", id="the difference, as settled"),
        pytest.param(UnusedTime.KEPT, "34.95", id="the new plan alone"),
    ],
)
def test_the_other_reading_of_an_upgrade_is_a_policy(unused_time, amount):
    rules = attrs.evolve(RULES, unused_time=unused_time)
    upgraded = then(buy(10, rules=rules), SwitchPlan(STANDARD), on="2026-04-16")
    assert due(upgraded) == usd(amount)


@pytest.mark.rule("CL-46")
def test_a_downgrade_is_asked_for_and_nothing_is_due():
    lowered = then(buy(10, plan=STANDARD), SwitchPlan(BASIC), on="2026-04-16")
    assert lowered.invoices == ()
    (update,) = lowered.subscription.pending_updates
    assert (update.kind, update.value) == (ChangeKind.PLAN, BASIC)


@pytest.mark.rule("CL-47")
def test_a_warning_says_what_a_downgrade_takes_away_and_when():
    start = buy(10, plan=STANDARD, on="2026-10-01")
    lowered = then(start, SwitchPlan(BASIC), on="2026-10-20")
    notice, banner = lowered.notices
    assert (notice.code, banner.code) == ("features_lost", "plan_scheduled")
    assert (banner.value("current"), banner.value("plan")) == ("Standard", "Basic")
    assert (banner.value("on"), banner.value("total")) == (
        day("2026-11-01"),
        usd("49.90"),  # 10 × 4.99
    )
    assert notice.value("on") == day("2026-11-01")
    assert notice.value("plan") == "Basic"
    for feature in ("time off", "approval", "invoicing"):
        assert feature in notice.value("features")
    assert "project templates" not in notice.value("features")  # Basic has them


@pytest.mark.rule("CL-49")
def test_a_warning_says_when_a_year_becomes_months_and_what_is_billed():
    start = buy(10, interval=ANNUAL, on="2025-10-05")
    (banner,) = then(start, SwitchInterval(MONTHLY), on="2026-03-01").notices
    assert banner.code == "interval_scheduled"
    assert (banner.value("current"), banner.value("interval")) == (ANNUAL, MONTHLY)
    assert (banner.value("on"), banner.value("total")) == (
        day("2026-10-05"),
        usd("49.90"),  # 10 × 4.99
    )
    assert str(banner) == (
        "From 2026-10-05, the billing period is 1 month instead of 12 months, and the "
        "bill of that day is 49.90 USD."
    )
    longer = attrs.evolve(RULES, longer_interval=Timing.PERIOD_END)
    asked = then(buy(10, rules=longer), SwitchInterval(ANNUAL), on="2026-04-10")
    assert asked.notices == ()  # nothing becomes less


@pytest.mark.rule("CL-47")
@pytest.mark.rule("CL-52")
@pytest.mark.parametrize("asked", [Cancel(), SwitchPlan(FREE)], ids=["end", "free"])
def test_a_warning_says_what_ends_and_that_nothing_more_is_charged(asked):
    banner = then(buy(4), asked, on="2026-04-10").notices[-1]
    assert banner.code == "end_without_bill"
    assert (banner.value("plan"), banner.value("on")) == ("Basic", day("2026-05-01"))
    assert banner.value("total") == usd("0.00")


@pytest.mark.rule("CL-47")
def test_a_downgrade_and_fewer_seats_are_told_with_their_bill_together():
    """8 seats of Basic: 8 × 4.99."""
    start = then(buy(10, plan=STANDARD), RemoveSeats(2), on="2026-04-10")
    banner = then(start, SwitchPlan(BASIC), on="2026-04-30").notices[-1]
    assert banner.value("total") == usd("39.92")
    page = billing_view(
        then(start, SwitchPlan(BASIC), on="2026-04-30").subscription,
        on=day("2026-04-30"),
    )
    assert page.notices[-1] == banner


@pytest.mark.rule("CL-48")
def test_the_lower_plan_starts_when_the_current_subscription_ends():
    lowered = then(buy(10, plan=STANDARD), SwitchPlan(BASIC), on="2026-04-16")
    assert lowered.subscription.plan == STANDARD
    assert lowered.effective_on == day("2026-05-01")
    renewed = renew(lowered.subscription, on=day("2026-05-01"))
    assert renewed.subscription.plan == BASIC
    assert due(renewed) == usd("49.90")  # 10 × 4.99


@pytest.mark.rule("CL-49")
def test_a_shorter_interval_follows_the_logic_of_a_downgrade():
    assert RULES.shorter_interval is RULES.downgrade is Timing.PERIOD_END
    start = buy(10, plan=STANDARD, interval=ANNUAL)
    both = then(start, SwitchPlan(BASIC, MONTHLY), on="2026-09-10")
    assert (both.invoices, both.effective_on) == ((), day("2027-04-01"))
    renewed = renew(both.subscription, on=day("2027-04-01"))
    assert due(renewed) == usd("49.90")  # a month of Basic: 10 × 4.99


# The end.


@pytest.mark.rule("CL-50")
@pytest.mark.parametrize("on", ["2026-04-01", "2026-04-17", "2026-04-30", "2026-05-01"])
def test_a_subscription_can_be_canceled_on_any_day(on):
    canceled = then(buy(10), Cancel(), on=on)
    assert canceled.subscription.cancel_at_period_end
    assert canceled.effective_on in (day("2026-05-01"), day("2026-06-01"))


@pytest.mark.rule("CL-51")
def test_a_cancellation_keeps_the_feedback_and_waits_for_its_confirmation():
    start = buy(10)
    asked = then(start, Cancel("too many clicks"), on="2026-04-10")
    (update,) = asked.subscription.pending_updates
    assert (update.kind, update.value) == (ChangeKind.CANCELLATION, "too many clicks")
    assert not start.subscription.cancel_at_period_end  # not confirmed: not kept
    resumed = then(asked, Resume(), on="2026-04-12")
    assert next_bill(resumed) == usd("49.90")


@pytest.mark.rule("CL-52")
def test_after_canceling_nothing_more_is_charged():
    canceled = then(buy(10), Cancel(), on="2026-04-10")
    assert (canceled.invoices, next_bill(canceled)) == ((), usd("0.00"))
    assert renew(canceled.subscription, on=day("2027-12-31")).invoices == ()


@pytest.mark.rule("CL-53")
def test_after_canceling_earlier_invoices_are_still_there():
    start = buy(10)
    statement = bill(start, [(day("2026-04-10"), Cancel())], until=day("2027-04-01"))
    assert statement.subscription.status is Status.FREE
    assert statement.invoices == start.invoices


@pytest.mark.rule("CL-54")
def test_paid_features_stay_through_the_last_paid_day():
    canceled = then(buy(10, on="2026-10-05"), Cancel(), on="2026-10-10").subscription
    assert canceled.plan == BASIC
    assert usable_until(canceled) == day("2026-11-05")
    assert is_usable(canceled, day("2026-11-04"))
    assert not is_usable(canceled, day("2026-11-05"))


@pytest.mark.rule("CL-55")
def test_then_the_workspace_falls_to_the_free_plan_and_its_own_limit():
    canceled = then(buy(10), Cancel(), on="2026-04-10")
    ended = renew(canceled.subscription, on=day("2026-05-01"))
    assert (ended.subscription.plan, ended.subscription.status) == (FREE, Status.FREE)
    assert ended.subscription.ended_on == day("2026-05-01")
    (notice,) = ended.notices  # never refused: the excess is named
    assert notice.code == "over_limit"
    assert (notice.value("maximum"), notice.value("excess")) == (5, 5)


@pytest.mark.rule("CL-55")
def test_a_downgrade_to_the_free_plan_ends_alike():
    asked = then(buy(4), SwitchPlan(FREE), on="2026-04-10")
    ended = renew(asked.subscription, on=day("2026-05-01"))
    assert (ended.subscription.status, ended.invoices) == (Status.FREE, ())
    assert ended.notices == ()


@pytest.mark.rule("CL-56")
def test_a_change_of_plan_touches_access_and_nothing_else():
    members = people(*[ACTIVE] * 8)
    start = buy(10, plan=STANDARD)
    lowered = then(start, SwitchPlan(BASIC), on="2026-04-16")
    basic = renew(lowered.subscription, on=day("2026-05-01")).subscription
    raised = then(basic, SwitchPlan(STANDARD), on="2026-05-10").subscription
    for step in (start.subscription, basic, raised):
        assert step.seats == {"seat": 10}
        assert occupancy(members, owned=step.seats).occupied == 8
    assert "time off" not in basic.plan.features_of()
    assert raised.plan.features_of() == start.subscription.plan.features_of()


@pytest.mark.rule("CL-57")
def test_after_the_end_the_clients_data_are_read_only():
    client = Party(name="Harbour Studio")
    canceled = then(buy(10, recipient=client), Cancel(), on="2026-04-10").subscription
    assert not may_edit_recipient(canceled)  # from the cancellation on
    ended = renew(canceled, on=day("2026-05-01")).subscription
    assert not may_edit_recipient(ended)
    assert ended.recipient == client
    again = then(ended, SwitchPlan(BASIC), on="2026-06-03").subscription
    assert may_edit_recipient(again)


@pytest.mark.rule("CL-57")
@pytest.mark.parametrize("asked", [Cancel(), SwitchPlan(FREE)], ids=["end", "free"])
def test_from_the_cancellation_on_the_recipient_cannot_be_changed(asked):
    """Asked for on 10 April, for the period to 1 May; withdrawn on the 12th."""
    client = Party(name="Harbour Studio")
    start = then(buy(4), SetRecipient(client), on="2026-04-10")
    leaving = then(start, asked, on="2026-04-10")
    ended = renew(leaving.subscription, on=day("2026-05-01"))
    for sub, on in (
        (leaving.subscription, "2026-04-10"),
        (leaving.subscription, "2026-04-30"),
        (ended.subscription, "2026-05-01"),
        (ended.subscription, "2027-01-01"),
    ):
        assert not may_edit_recipient(sub)
        with pytest.raises(RecipientLockedError) as refusal:
            then(sub, SetRecipient(None), on=on)
        assert refusal.value.code == "recipient_locked"
    assert refusal.value.since == day("2026-05-01")
    kind = leaving.subscription.pending_updates[0].kind
    back = then(leaving, WithdrawPending(kind), SetRecipient(None), on="2026-04-12")
    assert may_edit_recipient(back.subscription)
    assert back.subscription.recipient is None
    again = then(ended, SwitchPlan(BASIC), SetRecipient(None), on="2026-06-03")
    assert again.subscription.recipient is None


@pytest.mark.rule("CL-57")
def test_the_other_reading_locks_the_recipient_from_the_end_on():
    rules = attrs.evolve(RULES, recipient_lock=RecipientLock.END)
    leaving = then(buy(4, rules=rules), Cancel(), on="2026-04-10")
    assert may_edit_recipient(leaving.subscription)
    changed = then(leaving, SetRecipient(Party(name="New")), on="2026-04-30")
    with pytest.raises(RecipientLockedError):
        then(changed, SetRecipient(None), on="2026-05-01")


@pytest.mark.rule("CL-57")
def test_a_workspace_that_never_paid_may_enter_its_data():
    assert may_edit_recipient(buy(0, plan=FREE).subscription)


# Implied.


@pytest.mark.rule("CL-58")
def test_a_plan_and_an_interval_are_chosen_in_one_gesture():
    switched = then(buy(10), SwitchPlan(STANDARD, ANNUAL), on="2026-04-11")
    assert [line.amount for line in switched.invoice.lines] == [
        usd("-33.27"),  # 49.90 × 20/30
        usd("671.00"),  # 12 × 6.99 × 0.8 = 67.104: 10 × 67.10
    ]
    assert due(switched) == usd("637.73")
    assert (switched.subscription.plan, switched.subscription.interval) == (
        STANDARD,
        ANNUAL,
    )


@pytest.mark.rule("CL-59")
def test_seats_bought_while_a_downgrade_waits_cost_the_current_price():
    lowered = then(buy(10, plan=STANDARD), SwitchPlan(BASIC), on="2026-04-16")
    bought = then(lowered, AddSeats(2), on="2026-04-21")
    assert due(bought) == usd("4.66")  # 2 × 6.99 × 10/30
    (update,) = bought.subscription.pending_updates
    assert update.value == BASIC
    assert next_bill(bought) == usd("59.88")  # 12 × 4.99


@pytest.mark.rule("CL-60")
def test_a_removal_lowers_the_next_bill_and_not_the_current_one():
    start = buy(10)
    removed = then(start, RemoveSeats(2), on="2026-04-10")
    assert removed.subscription.charges == start.subscription.charges
    assert next_bill(start) == usd("49.90")
    assert next_bill(removed) == usd("39.92")


@pytest.mark.rule("CL-60")
def test_removed_at_once_is_the_literal_reading_and_gives_nothing_back_either():
    rules = attrs.evolve(RULES, seats_removed=Timing.FORFEIT)
    removed = then(buy(10, rules=rules), RemoveSeats(2), on="2026-04-10")
    assert removed.subscription.quantity() == 8
    assert removed.invoices == ()
    assert next_bill(removed) == usd("39.92")


@pytest.mark.rule("CL-61")
def test_a_free_plan_needs_no_purchase():
    started = buy(0, plan=FREE)
    assert (started.invoices, started.subscription.status) == ((), Status.FREE)
    assert renew(started.subscription, on=day("2036-04-01")).invoices == ()
    paid = then(started, SetSeats(7, occupied=7), SwitchPlan(BASIC), on="2026-04-19")
    assert due(paid) == usd("34.93")  # 7 × 4.99: a full month from that day
    assert paid.subscription.current_period.end == day("2026-05-19")


@pytest.mark.rule("CL-55")
@pytest.mark.rule("CL-61")
def test_the_free_plan_lets_in_as_many_members_as_it_holds():
    (price,) = FREE.prices
    limit = price.max_quantity
    assert admit(occupancy(people(*[ACTIVE] * 4), owned=limit)).seats == 1
    with pytest.raises(NoSeatLeftError):
        admit(occupancy(people(*[ACTIVE] * 5), owned=limit))


def test_the_price_lists_are_sound():
    assert CATALOG.problems() == ANNUAL_LIST_CATALOG.problems() == ()


def test_an_ended_subscription_without_a_free_plan_takes_no_change():
    rules = attrs.evolve(RULES, free_plan=None)
    canceled = then(buy(10, rules=rules), Cancel(), on="2026-04-10")
    ended = renew(canceled.subscription, on=day("2026-05-01")).subscription
    assert ended.status is Status.CANCELED
    with pytest.raises(SubscriptionEndedError):
        then(ended, AddSeats(1), on="2026-05-02")
