"""Teamleader Focus's rules, one by one, with the figures of the rulebook by hand.

Prices a month and user: Go 20.00, Move 30.00, Boost 45.00; Client Meeting Basic 6.00,
Beyond 12.00.  Quarters from 1 January have 90, 91, 92 and 92 days; what waits for
1 April has to be asked for by 17 March.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddSeats,
    BuyService,
    Cancel,
    Interval,
    Money,
    Outcome,
    Party,
    RemoveAddOn,
    RemoveSeats,
    Resume,
    SetRecipient,
    SetSeats,
    Subscription,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Timing,
    bill,
    change,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.access import is_usable, usable_until
from seatbill.errors import (
    AccountNumberError,
    CardExpiredError,
    CardFundingError,
    InsufficientUnitsError,
    IntervalNotOfferedError,
    LateNoticeError,
    MethodNotAcceptedError,
    OutOfBoundsError,
    PurposeNotAllowedError,
    UnknownItemError,
)
from seatbill.invoices import LineKind
from seatbill.payments import (
    Card,
    Funding,
    PayPal,
    SepaMandate,
    accept,
    authorize,
    days_left,
)
from seatbill.rulebooks.teamleader import (
    CATALOG,
    CREDITS,
    IMMEDIATE_UPGRADE_RULES,
    PAYMENTS,
    REFUSING_RULES,
    RULES,
    TOP_UP,
)
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Status
from seatbill.views import BoughtService, OptionKind, add_on_options, billing_view
from seatbill.wallets import Decision, Wallet, decide, settle, spend
from seatbill.wallets import buy as buy_pack

GO, MOVE, BOOST = CATALOG.plans
BASIC, BEYOND = CATALOG.add_ons
YOURSELF, TOGETHER, WITH_HELP, FOR_YOU = CATALOG.services

VISA = Card(
    brand="visa",
    last_four="4242",
    expiry_year=2026,
    expiry_month=3,
    funding=Funding.CREDIT,
)
CLIENT = Party(
    name="Bakkerij Janssens",
    address=("Veldstraat 1", "Gent"),
    country="BE",
    vat_number="BE0123456789",
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def eur(amount: str) -> Money:
    return Money(amount, "EUR")


def buy(
    users: int = 12,
    *,
    plan=MOVE,
    interval: Interval = QUARTERLY,
    on: str = "2026-01-01",
    rules=RULES,
    **more,
) -> Outcome:
    """Return a licence for some users."""
    return subscribe(
        plan,
        id=more.pop("id", "licence"),
        interval=interval,
        seats={"user": users},
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
    return Money.total((invoice.amount_due for invoice in outcome.invoices), "EUR")


def amounts(outcome: Outcome) -> list[str]:
    """Return the amounts of the lines of the only invoice."""
    return [f"{line.amount.amount:f}" for line in outcome.invoice.lines]


def next_bill(outcome: Outcome) -> Money:
    return preview_invoice(outcome.subscription).amount_due


def fewer(n: int, unit: str = "user") -> RemoveSeats:
    return RemoveSeats(n, unit=unit)


# The page, and its two cycles.


@pytest.mark.rule("TL-1")
def test_one_page_holds_everything_about_the_licence():
    bought = buy(12, add_ons=[(BEYOND, 4)], recipient=CLIENT)
    asked = then(bought, fewer(2), on="2026-02-10").subscription
    wallet = Wallet(CREDITS, units_in="50")
    page = billing_view(asked, on=day("2026-02-10"), payment=VISA, wallet=wallet)
    assert (page.plan.name, page.interval) == ("Move", QUARTERLY)
    assert page.price == eur("1080.00")  # 12 × 90.00
    assert [(a.add_on.name, a.quantity, a.price) for a in page.add_ons] == [
        ("Client Meeting Beyond", 4, eur("144.00"))  # 4 × 36.00
    ]
    assert (page.recipient, page.payment, page.wallet) == (CLIENT, VISA, wallet)
    (update,) = page.pending_updates
    assert (update.kind, update.value) == (ChangeKind.SEATS, 10)
    assert page.renews_on == day("2026-04-01")
    assert page.next_invoice.total == eur("1044.00")  # 10 × 90.00 + 144.00


@pytest.mark.rule("TL-2")
def test_a_licence_is_for_a_quarter_or_for_a_year():
    quarter, year = buy(), buy(interval=ANNUAL)
    assert (due(quarter), due(year)) == (
        eur("1080.00"),  # 12 × 3 × 30.00
        eur("4320.00"),  # 12 × 12 × 30.00
    )
    assert quarter.subscription.current_period.end == day("2026-04-01")
    assert year.subscription.current_period.end == day("2027-01-01")
    overview = billing_view(year.subscription, on=day("2026-02-01"))
    assert (overview.plan, overview.interval) == (MOVE, ANNUAL)
    with pytest.raises(IntervalNotOfferedError):
        buy(interval=MONTHLY)


# Fifteen days' notice.

DEFERRED = [
    pytest.param(fewer(2), id="fewer users"),
    pytest.param(SetSeats(10, unit="user"), id="another number"),
    pytest.param(SwitchPlan(GO), id="a lower plan"),
    pytest.param(SwitchInterval(ANNUAL), id="a year"),
    pytest.param(SwitchPackage(BEYOND, BASIC), id="a lower package"),
    pytest.param(RemoveAddOn(BEYOND, 2), id="fewer of the add-on"),
    pytest.param(Cancel(), id="the end"),
]


@pytest.mark.rule("TL-3")
@pytest.mark.rule("TL-27")
@pytest.mark.parametrize("asked", DEFERRED)
def test_what_is_asked_for_15_days_before_is_in_time(asked):
    """1 April less 15 days is 17 March, which is included."""
    in_time = then(buy(add_ons=[(BEYOND, 4)]), asked, on="2026-03-17")
    assert (in_time.invoices, in_time.effective_on) == ((), day("2026-04-01"))
    assert [notice.code for notice in in_time.notices] in (
        [],
        ["features_lost", "plan_scheduled"],
        ["end_without_bill"],
    )


@pytest.mark.rule("TL-3")
@pytest.mark.rule("TL-27")
@pytest.mark.parametrize("asked", DEFERRED)
def test_what_is_asked_for_14_days_before_waits_a_period_longer(asked):
    late = then(buy(add_ons=[(BEYOND, 4)]), asked, on="2026-03-18")
    assert (late.invoices, late.effective_on) == ((), day("2026-07-01"))
    notice = late.notices[0]
    assert notice.code in ("late_notice", "late_cancellation")
    assert (notice.value("boundary"), notice.value("on")) == (
        day("2026-04-01"),
        day("2026-07-01"),
    )


@pytest.mark.rule("TL-3")
@pytest.mark.rule("TL-27")
def test_a_late_cancellation_says_what_it_will_still_cost():
    """One more quarter: 12 × 90.00."""
    late = then(buy(), Cancel(), on="2026-03-18")
    (notice,) = late.notices
    assert (notice.code, notice.value("cost")) == ("late_cancellation", eur("1080.00"))
    renewed = renew(late.subscription, on=day("2026-06-30"))
    assert due(renewed) == eur("1080.00")
    ended = renew(renewed.subscription, on=day("2026-07-01"))
    assert (ended.invoices, ended.subscription.ended_on) == ((), day("2026-07-01"))


@pytest.mark.rule("TL-3")
@pytest.mark.parametrize("asked", DEFERRED)
def test_the_other_reading_refuses_what_comes_too_late(asked):
    start = buy(add_ons=[(BEYOND, 4)], rules=REFUSING_RULES)
    with pytest.raises(LateNoticeError) as refusal:
        then(start, asked, on="2026-03-18")
    assert (refusal.value.last_day, refusal.value.notice_days) == (
        day("2026-03-17"),
        15,
    )
    assert then(start, asked, on="2026-03-17").effective_on == day("2026-04-01")


NOW = Timing.IMMEDIATE
AT_ONCE = [
    pytest.param(SwitchPlan(BOOST), id="a higher plan"),
    pytest.param(SwitchPackage(BASIC, BEYOND), id="a higher package"),
]


@pytest.mark.rule("TL-3")
@pytest.mark.rule("TL-27")
@pytest.mark.parametrize("asked", AT_ONCE)
def test_what_acts_at_once_needs_the_notice_too(asked):
    """On 17 March it acts at once, on the 18th it waits for 1 July and says so."""
    start = buy(add_ons=[(BASIC, 4)])
    in_time = then(start, asked, on="2026-03-17")
    assert (in_time.effective_on, in_time.notices) == (day("2026-03-17"), ())
    assert due(in_time) > eur("0.00")
    for on in ("2026-03-18", "2026-03-25", "2026-03-31"):
        late = then(start, asked, on=on)
        assert (late.invoices, late.effective_on) == ((), day("2026-07-01"))
        assert [notice.code for notice in late.notices] == ["late_notice"]
    assert then(start, asked, on="2026-04-01").effective_on == day("2026-04-01")


@pytest.mark.rule("TL-3")
def test_a_late_upgrade_is_billed_from_the_day_on_which_it_comes():
    """12 × 45.00 × 3 from 1 July, and nothing more in the quarter before."""
    late = then(buy(), SwitchPlan(BOOST), on="2026-03-25")
    assert next_bill(late) == eur("1080.00")
    renewed = renew(late.subscription, on=day("2026-07-01"))
    assert [i.total for i in renewed.invoices] == [eur("1080.00"), eur("1620.00")]


@pytest.mark.rule("TL-3")
@pytest.mark.parametrize("asked", AT_ONCE)
def test_the_refusing_reading_refuses_a_late_upgrade(asked):
    start = buy(add_ons=[(BASIC, 4)], rules=REFUSING_RULES)
    with pytest.raises(LateNoticeError) as refusal:
        then(start, asked, on="2026-03-25")
    assert refusal.value.last_day == day("2026-03-17")
    by_hand = change(start.subscription, asked, on=day("2026-03-25"), timing=NOW)
    assert by_hand.effective_on == day("2026-03-25")  # for goodwill


@pytest.mark.rule("TL-3")
@pytest.mark.rule("TL-6")
@pytest.mark.parametrize("asked", AT_ONCE)
def test_the_other_variant_lets_upgrades_act_at_once(asked):
    start = buy(add_ons=[(BASIC, 4)], rules=IMMEDIATE_UPGRADE_RULES)
    late = then(start, asked, on="2026-03-25")
    assert (late.effective_on, late.notices) == (day("2026-03-25"), ())
    assert due(late) > eur("0.00")
    lower = then(start, SwitchPlan(GO), on="2026-03-25")
    assert lower.effective_on == day("2026-07-01")


@pytest.mark.rule("TL-3")
def test_a_late_request_leaves_one_that_was_in_time():
    """10 users from 1 April, 9 from 1 July."""
    first = then(buy(), fewer(2), on="2026-03-10")
    second = then(first, fewer(1), on="2026-03-20")
    renewed = renew(second.subscription, on=day("2026-07-01"))
    assert [invoice.total for invoice in renewed.invoices] == [
        eur("900.00"),
        eur("810.00"),
    ]


@pytest.mark.rule("TL-4")
@pytest.mark.parametrize(
    "on", ["2026-08-17", "2026-09-15", "2026-09-16", "2026-09-17", "2026-09-30"]
)
def test_adding_users_needs_no_notice(on):
    """From 1 July to 1 October; asked for on any day, also the last."""
    start = buy(on="2026-07-01", add_ons=[(BEYOND, 4)])
    for asked in (AddSeats(2, unit="user"), AddAddOn(BEYOND, 2)):
        added = then(start, asked, on=on)
        assert (added.effective_on, added.notices) == (day(on), ())


@pytest.mark.rule("TL-4")
def test_added_users_pay_the_days_that_are_left_of_the_quarter():
    """45 of 92 days: 2 × 90.00 × 45/92 = 88.0434…"""
    added = then(buy(on="2026-07-01"), AddSeats(2, unit="user"), on="2026-08-17")
    (line,) = added.invoice.lines
    assert (line.unit_amount, line.share) == (90, Fraction(45, 92))
    assert due(added) == eur("88.04")
    assert next_bill(added) == eur("1260.00")  # 14 × 90.00


@pytest.mark.rule("TL-4")
def test_withdrawing_and_the_client_s_data_need_no_notice():
    start = then(buy(), Cancel(), on="2026-03-10")
    back = then(start, Resume(), SetRecipient(CLIENT), on="2026-03-30")
    assert (back.effective_on, back.notices) == (day("2026-03-30"), ())
    assert next_bill(back) == eur("1080.00")


# The add-on, and its packages.


@pytest.mark.rule("TL-5")
def test_the_active_package_is_shown():
    sub = buy(add_ons=[(BASIC, 4)]).subscription
    (bought,) = billing_view(sub, on=day("2026-02-10")).add_ons
    assert (bought.add_on.name, bought.add_on.family) == (
        "Client Meeting Basic",
        "client-meeting",
    )
    options = add_on_options(sub, CATALOG, on=day("2026-02-10"))
    assert [(o.add_on.id, o.kind) for o in options] == [
        ("client-meeting-basic", OptionKind.CURRENT),
        ("client-meeting-beyond", OptionKind.UPGRADE),
    ]


@pytest.mark.rule("TL-6")
def test_basic_becomes_beyond_at_once_and_prorated():
    """45 of 92 days: 4 × 18.00 and 4 × 36.00 × 45/92 = 35.2173… and 70.4347…"""
    start = buy(on="2026-07-01", add_ons=[(BASIC, 4)])
    raised = then(start, SwitchPackage(BASIC, BEYOND), on="2026-08-17")
    assert amounts(raised) == ["-35.22", "70.43"]
    assert raised.effective_on == day("2026-08-17")
    assert raised.subscription.add_on_quantity("client-meeting-beyond") == 4
    assert next_bill(raised) == eur("1224.00")  # 1080.00 + 4 × 36.00


@pytest.mark.rule("TL-6")
def test_beyond_becomes_basic_at_the_end_of_the_period():
    start = buy(on="2026-07-01", add_ons=[(BEYOND, 4)])
    lowered = then(start, SwitchPackage(BEYOND, BASIC), on="2026-08-17")
    assert (lowered.invoices, lowered.effective_on) == ((), day("2026-10-01"))
    assert lowered.subscription.add_on_quantity("client-meeting-beyond") == 4
    assert next_bill(lowered) == eur("1152.00")  # 1080.00 + 4 × 18.00


@pytest.mark.rule("TL-7")
def test_the_add_on_has_users_of_its_own():
    """12 users of the plan, 4 of Beyond; 2 more for 45 of 92 days are 35.22."""
    start = buy(12, on="2026-07-01", add_ons=[(BEYOND, 4)])
    assert amounts(start) == ["1080.00", "144.00"]
    assert start.subscription.quantity("user") == 12
    assert start.subscription.add_on_quantity("client-meeting-beyond") == 4
    added = then(start, AddAddOn(BEYOND, 2), on="2026-08-17")
    assert due(added) == eur("35.22")  # 2 × 36.00 × 45/92 = 35.2173…
    assert added.subscription.quantity("user") == 12
    removed = then(added, RemoveAddOn(BEYOND, 3), on="2026-09-01")
    assert (removed.invoices, removed.effective_on) == ((), day("2026-10-01"))
    assert next_bill(removed) == eur("1188.00")  # 1080.00 + 3 × 36.00


# The cycle.


@pytest.mark.rule("TL-8")
@pytest.mark.parametrize(
    ("interval", "wanted", "on", "boundary", "total"),
    [
        pytest.param(
            QUARTERLY, ANNUAL, "2026-03-01", "2026-04-01", "4320.00", id="to a year"
        ),
        pytest.param(
            ANNUAL, QUARTERLY, "2026-03-01", "2027-01-01", "1080.00", id="to a quarter"
        ),
    ],
)
def test_the_cycle_goes_both_ways(interval, wanted, on, boundary, total):
    asked = then(buy(interval=interval), SwitchInterval(wanted), on=on)
    renewed = renew(asked.subscription, on=day(boundary))
    assert renewed.subscription.interval == wanted
    assert due(renewed) == eur(total)


@pytest.mark.rule("TL-9")
@pytest.mark.parametrize(
    ("interval", "wanted", "boundary"),
    [(QUARTERLY, ANNUAL, "2026-04-01"), (ANNUAL, QUARTERLY, "2027-01-01")],
)
def test_another_cycle_waits_for_the_next_period(interval, wanted, boundary):
    start = buy(interval=interval)
    asked = then(start, SwitchInterval(wanted), on="2026-03-01")
    assert (due(asked), asked.effective_on) == (eur("0.00"), day(boundary))
    assert asked.subscription.interval == interval
    assert asked.subscription.current_period == start.subscription.current_period


# The client and the payment.


@pytest.mark.rule("TL-10")
def test_name_address_and_vat_number_change_for_later_invoices():
    start = buy(recipient=CLIENT)
    moved = attrs.evolve(
        CLIENT, name="Janssens bv", address=("Korenmarkt 2",), vat_number="BE0987654321"
    )
    changed = then(start, SetRecipient(moved), on="2026-02-10")
    assert start.invoice.recipient == CLIENT
    assert billing_view(changed.subscription, on=day("2026-02-10")).recipient == moved
    renewed = renew(changed.subscription, on=day("2026-04-01"))
    assert renewed.invoice.recipient == moved


@pytest.mark.rule("TL-11")
def test_payment_is_by_card_or_by_sepa():
    mandate = SepaMandate.from_iban("BE68 5390 0754 7034", reference="M-1")
    for method in (VISA, mandate):
        assert accept(PAYMENTS, method, on=day("2026-03-01")) is method
        assert authorize(PAYMENTS, method, on=day("2026-03-01")) is None  # no hold
    with pytest.raises(MethodNotAcceptedError):
        accept(PAYMENTS, PayPal("BE"), on=day("2026-03-01"))


@pytest.mark.rule("TL-12")
def test_a_card_number_needs_its_check_digit():
    """4242…4242 adds up to 80 by Luhn's rule, 4242…4241 to 79."""
    card = Card.from_number("4242424242424242", expiry_year=2026, expiry_month=3)
    assert accept(PAYMENTS, card, on=day("2026-03-01")).last_four == "4242"
    with pytest.raises(AccountNumberError) as refusal:
        Card.from_number("4242424242424241", expiry_year=2026, expiry_month=3)
    assert refusal.value.code == "invalid_account_number"


@pytest.mark.rule("TL-13")
def test_a_card_is_valid_through_the_last_day_of_its_month():
    assert accept(PAYMENTS, VISA, on=day("2026-03-31")) is VISA
    assert days_left(VISA, on=day("2026-03-31")) == 0
    with pytest.raises(CardExpiredError) as refusal:
        accept(PAYMENTS, VISA, on=day("2026-04-01"))
    assert refusal.value.valid_through == day("2026-03-31")


@pytest.mark.rule("TL-14")
def test_a_prepaid_card_is_refused():
    prepaid = attrs.evolve(VISA, funding=Funding.PREPAID)
    with pytest.raises(CardFundingError) as refusal:
        accept(PAYMENTS, prepaid, on=day("2026-03-01"))
    assert refusal.value.code == "card_funding_refused"


# The end.


@pytest.mark.rule("TL-15")
def test_a_licence_can_be_terminated():
    ended = then(buy(), Cancel("we sell the shop"), on="2026-02-10")
    assert ended.subscription.cancel_at_period_end
    last = renew(ended.subscription, on=day("2026-12-31"))
    assert (last.invoices, last.subscription.status) == ((), Status.CANCELED)
    assert last.refund_due == eur("0.00")


@pytest.mark.rule("TL-16")
def test_access_ends_with_the_last_day_of_the_licence():
    """1 January to 31 March."""
    canceled = then(buy(), Cancel(), on="2026-02-10").subscription
    for sub in (canceled, renew(canceled, on=day("2026-04-02")).subscription):
        assert usable_until(sub) == day("2026-04-01")
        assert is_usable(sub, day("2026-03-31"))
        assert not is_usable(sub, day("2026-04-01"))
    assert canceled.current_period.last_day == day("2026-03-31")


@pytest.mark.rule("TL-18")
def test_the_page_shows_the_next_invoice_and_the_renewal_date():
    page = billing_view(buy(add_ons=[(BEYOND, 4)]).subscription, on=day("2026-02-10"))
    assert page.renews_on == page.next_invoice.issued_on == day("2026-04-01")
    assert [(line.item, line.amount) for line in page.next_invoice.lines] == [
        ("move", eur("1080.00")),
        ("client-meeting-beyond", eur("144.00")),
    ]
    assert page.next_invoice.total == eur("1224.00")


# Onboarding.


@pytest.mark.rule("TL-19")
def test_do_it_yourself_is_included_and_free():
    bought = then(buy(), BuyService(YOURSELF), on="2026-01-05")
    (line,) = bought.invoice.lines
    assert (line.kind, line.amount) == (LineKind.SERVICE, eur("0.00"))


@pytest.mark.rule("TL-20")
def test_do_it_together_has_five_sessions_and_more():
    assert due(then(buy(), BuyService(TOGETHER), on="2026-01-05")) == eur("950.00")
    assert [TOGETHER.admit("session", used) for used in range(5)] == [4, 3, 2, 1, 0]
    with pytest.raises(InsufficientUnitsError) as refusal:
        TOGETHER.admit("session", 5)  # the sixth
    assert (refusal.value.balance, refusal.value.missing) == (0, 1)
    assert TOGETHER.features == ("workflow analysis", "tips", "training")


@pytest.mark.rule("TL-21")
def test_do_it_with_help_adds_the_data_of_three_modules_and_templates():
    assert due(then(buy(), BuyService(WITH_HELP), on="2026-01-05")) == eur("1950.00")
    assert WITH_HELP.admit("module", 2) == 0
    with pytest.raises(InsufficientUnitsError):
        WITH_HELP.admit("module", 3)  # the fourth
    assert set(WITH_HELP.features) - set(TOGETHER.features) == {"import", "templates"}
    assert WITH_HELP.included["session"] == TOGETHER.included["session"]


@pytest.mark.rule("TL-22")
@pytest.mark.parametrize("on", ["2026-01-01", "2026-02-15", "2026-03-31"])
def test_done_for_you_costs_its_price_once_on_any_day(on):
    bought = then(buy(), BuyService(FOR_YOU), on=on)
    (line,) = bought.invoice.lines
    assert (line.kind, line.quantity, line.share) == (LineKind.SERVICE, 1, 1)
    assert due(bought) == eur("3900.00")
    assert "certified partner" in FOR_YOU.name
    assert next_bill(bought) == eur("1080.00")  # never again


# Credits.


def holding(balance: str, **more) -> Wallet:
    """Return a wallet with so many credits."""
    return Wallet(CREDITS, units_in=balance, **more)


@pytest.mark.rule("TL-23")
def test_a_pack_raises_the_balance_once_it_is_paid():
    ordered = buy_pack(holding("3"), "50", on=day("2026-03-01"))
    assert (ordered.purchase.price, ordered.purchase.units) == (eur("50.00"), 50)
    assert ordered.wallet.balance == 3
    paid = settle(ordered.wallet, ordered.purchase.number)
    assert (paid.balance, paid.money_in) == (53, eur("50.00"))


@pytest.mark.rule("TL-24")
def test_below_ten_a_pack_of_25_is_bought_by_itself():
    due_now = decide(holding("8", top_up=TOP_UP), on=day("2026-03-01"))
    purchase = due_now.purchase
    assert (purchase.quantity, purchase.units, purchase.automatic) == (1, 25, True)
    again = decide(due_now.wallet, on=day("2026-03-01"))
    assert again.purchase is None  # the pending one counts
    assert settle(due_now.wallet, purchase.number).balance == 33


@pytest.mark.rule("TL-24")
def test_at_ten_nothing_is_bought_nor_above_the_cap_of_a_month():
    """100.00 a month is four packs; of six that 145 need, two wait."""
    at_ten = holding("10", top_up=TOP_UP)
    assert decide(at_ten, on=day("2026-03-01")) == Decision(wallet=at_ten)
    large = decide(at_ten, on=day("2026-03-01"), units="145", purpose="SMS")
    assert (large.purchase.quantity, large.spent) == (4, 0)
    assert [error.code for error in large.refused] == [
        "insufficient_units",
        "top_up_capped",
    ]


@pytest.mark.rule("TL-23")
@pytest.mark.rule("TL-24")
def test_a_purchase_of_packs_becomes_a_line_by_one_call():
    """Two packs of 50 by hand and four of 25 by the top-up, neither prorated."""
    by_hand = buy_pack(holding("3"), "50", on=day("2026-03-01"), quantity=2).purchase
    at_ten = holding("10", top_up=TOP_UP)
    topped = decide(at_ten, on=day("2026-03-01"), units="145", purpose="SMS").purchase
    for purchase, item, price in ((by_hand, "pack-50", 50), (topped, "pack-25", 25)):
        billed = then(buy(), BuyService.of(purchase), on="2026-03-01")
        (line,) = billed.invoice.lines
        assert (line.kind, line.item, line.unit_amount, line.quantity) == (
            LineKind.SERVICE,
            item,
            price,
            purchase.quantity,
        )
        assert due(billed) == purchase.price == eur("100.00")
        assert next_bill(billed) == eur("1080.00")  # bought once


@pytest.mark.rule("TL-1")
@pytest.mark.rule("TL-20")
@pytest.mark.rule("TL-21")
def test_the_page_shows_services_bought_and_sessions_left():
    sub = then(buy(), BuyService(TOGETHER), on="2026-01-05").subscription
    bought = BoughtService(service=TOGETHER, used={"session": 2})
    page = billing_view(sub, on=day("2026-02-10"), services=[bought])
    assert page.services == (bought,)
    assert dict(bought.left) == {"session": 3}
    twice = BoughtService(service=WITH_HELP, quantity=2, used={"module": 6})
    assert dict(twice.left) == {"session": 10, "module": 0}
    assert dict(BoughtService(service=YOURSELF).left) == {}
    with pytest.raises(OutOfBoundsError):
        BoughtService(service=TOGETHER, used={"session": 6})
    with pytest.raises(UnknownItemError):
        BoughtService(service=TOGETHER, used={"module": 1})


@pytest.mark.rule("TL-25")
@pytest.mark.parametrize("purpose", ["Trendstop data", "SMS", "postal invoice"])
def test_credits_pay_data_messages_and_post(purpose):
    assert str(spend(holding("1"), "0.08", purpose=purpose).balance) == "0.92"


@pytest.mark.rule("TL-26")
def test_credits_do_not_pay_the_subscription():
    with pytest.raises(PurposeNotAllowedError) as refusal:
        spend(holding("5000"), "1080", purpose="subscription")
    assert refusal.value.code == "purpose_not_allowed"
    assert due(buy()) == eur("1080.00")


@pytest.mark.rule("TL-28")
def test_without_credit_a_service_is_refused():
    with pytest.raises(InsufficientUnitsError) as refusal:
        spend(holding("0.05"), "0.08", purpose="SMS")
    assert (str(refusal.value.balance), str(refusal.value.missing)) == ("0.05", "0.03")


@pytest.mark.rule("TL-28")
def test_with_automatic_top_up_it_is_recharged_first():
    """0.05 less 0.08 that wait: one pack clears the gap to ten."""
    wallet = holding("0.05", top_up=TOP_UP)
    asked = decide(wallet, on=day("2026-03-01"), units="0.08", purpose="SMS")
    assert (asked.spent, asked.purchase.quantity) == (0, 1)
    assert [error.code for error in asked.refused] == ["insufficient_units"]
    paid = settle(asked.wallet, asked.purchase.number)
    assert str(spend(paid, "0.08", purpose="SMS").balance) == "24.97"


@pytest.mark.rule("TL-29")
def test_removed_users_give_no_credit():
    removed = then(buy(), fewer(2), on="2026-02-10")
    assert (removed.invoices, removed.refund_due) == ((), eur("0.00"))
    assert removed.subscription.quantity("user") == 12  # paid for until the end
    assert next_bill(removed) == eur("900.00")  # 10 × 90.00
    assert removed.subscription.credit_balance == eur("0.00")


# A year of one licence.


def test_a_year_of_one_licence():
    """Twelve users by the quarter, then fourteen by the year.

    ======  =============================  =====================================
    day     what                           EUR
    ======  =============================  =====================================
    01-01   12 users, 4 of Basic           1080.00 + 72.00
    01-05   do it together                 950.00
    02-15   2 users, 45/90 left            2 × 90.00 × 45/90 = 90.00
    04-01   14 users                       1260.00 + 72.00
    05-17   Beyond, 45/91 left             −35.60 + 71.21
    06-16   2 users fewer, just in time    nothing until 1 July
    07-01   12 users                       1080.00 + 144.00
    08-17   2 users, 45/92 left            88.04
    09-10   a year                         nothing until 1 October
    09-17   Basic, a day late              nothing until 1 October 2027
    10-01   14 users for a year            14 × 360.00 + 4 × 144.00
    12-15   the end, on 1 October 2027     nothing
    ======  =============================  =====================================
    """
    history = [
        ("01-05", BuyService(TOGETHER)),
        ("02-15", AddSeats(2, unit="user")),
        ("05-17", SwitchPackage(BASIC, BEYOND)),
        ("06-16", fewer(2)),
        ("08-17", AddSeats(2, unit="user")),
        ("09-10", SwitchInterval(ANNUAL)),
        ("09-17", SwitchPackage(BEYOND, BASIC)),
        ("12-15", Cancel()),
    ]
    year = bill(
        buy(12, add_ons=[(BASIC, 4)]),
        [(day(f"2026-{on}"), asked) for on, asked in history],
        until=day("2026-12-31"),
    )
    assert [
        (f"{i.issued_on:%m-%d}", [f"{line.amount.amount:f}" for line in i.lines])
        for i in year.invoices
    ] == [
        ("01-01", ["1080.00", "72.00"]),
        ("01-05", ["950.00"]),
        ("02-15", ["90.00"]),
        ("04-01", ["1260.00", "72.00"]),
        ("05-17", ["-35.60", "71.21"]),
        ("07-01", ["1080.00", "144.00"]),
        ("08-17", ["88.04"]),
        ("10-01", ["5040.00", "576.00"]),
    ]
    # 1152 + 950 + 90 + 1332 + 35.61 + 1224 + 88.04 + 5616
    assert Money.total([i.total for i in year.invoices], "EUR") == eur("10487.65")
    assert all(verify(invoice) == () for invoice in year.invoices)
    told = {
        (notice.code, notice.value("on"))
        for outcome in year.outcomes
        for notice in outcome.notices
    }
    assert told == {
        ("late_notice", day("2027-10-01")),
        ("end_without_bill", day("2027-10-01")),
    }
    last = renew(year.subscription, on=day("2027-10-01"))
    assert (last.invoices, last.subscription.ended_on) == ((), day("2027-10-01"))


def test_what_is_declared_is_sound():
    assert CATALOG.problems() == RULES.problems() == REFUSING_RULES.problems() == ()
    assert IMMEDIATE_UPGRADE_RULES.problems() == ()
    assert TOP_UP.pack in CREDITS.packs
    assert BOOST.rank > MOVE.rank > GO.rank
    assert attrs.evolve(
        REFUSING_RULES, name=RULES.name, late_notice=RULES.late_notice
    ) == (RULES)
