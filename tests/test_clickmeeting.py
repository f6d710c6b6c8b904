"""ClickMeeting's rules, one by one, with the figures of the rulebook worked by hand.

Prices: Live 25 at 25.00, Live 50 at 40.00, Automated 100 at 60.00 for 30 days; 365 days
are 12 × price − 20 %, add-ons without the 20 %.  From 1 April, 30 days end on 1 May.
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
    ApplyDiscount,
    Cancel,
    Discount,
    Freeze,
    Interval,
    Money,
    Outcome,
    Party,
    RemoveAddOn,
    SetRecipient,
    Subscription,
    SwitchInterval,
    SwitchPlan,
    TaxCategory,
    TaxRate,
    Unfreeze,
    bill,
    change,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.access import Action, is_usable, may, require_role
from seatbill.corrections import (
    CorrectionState,
    CreditReason,
    DocumentType,
    correct_recipient,
    credit_note,
    number,
)
from seatbill.errors import (
    BatchError,
    CardExpiredError,
    IntervalNotOfferedError,
    MethodNotAcceptedError,
    MissingDetailsError,
    NoChangeError,
    NotAcceptedError,
    PermissionRefusedError,
    TaxStatusChangedError,
)
from seatbill.invoices import LineKind
from seatbill.licences import Channel
from seatbill.payments import Card, PayPal, ProcessingFee, Sale, accept, authorize
from seatbill.rulebooks.clickmeeting import (
    CATALOG,
    CORRECTION_DETAILS,
    DELIVERIES,
    MINUTES,
    MONTH,
    NON_PROFIT,
    PAYMENTS,
    PERMISSIONS,
    RULES,
    TICKET_FEE,
    YEAR,
)
from seatbill.subscriptions import Status
from seatbill.views import OptionKind, add_on_options, billing_view, plan_options
from seatbill.wallets import Wallet, grant, spend

LIVE_25, LIVE_50, AUTOMATED = CATALOG.plans
TOLL_FREE, PARALLEL, STORAGE = CATALOG.add_ons
VISA = Card(brand="visa", last_four="4242", expiry_year=2028, expiry_month=3)

OLD = Party(
    name="Old Name Ltd",
    address=("1 High Street", "Dublin"),
    country="IE",
    vat_number="IE1234567T",
)
NEW = attrs.evolve(OLD, name="New Name Ltd", address=("2 Quay Street", "Dublin"))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def buy(
    plan=LIVE_25, *, interval: Interval = MONTH, on: str = "2026-04-01", **more
) -> Outcome:
    """Return an account of a size; a year runs from 1 January unless said."""
    return subscribe(
        plan,
        id=more.pop("id", "account"),
        interval=interval,
        seats={"account": 1},
        on=day(on),
        rules=more.pop("rules", RULES),
        **more,
    )


def buy_year(plan=LIVE_50, **more) -> Outcome:
    """Return an account for the 365 days of 2026."""
    return buy(plan, interval=YEAR, on="2026-01-01", **more)


def then(start: Outcome | Subscription, *changes, on: str, **more) -> Outcome:
    """Return what *changes* come to; every line on the way proves itself."""
    sub = start.subscription if isinstance(start, Outcome) else start
    outcome = change(sub, *changes, on=day(on), **more)
    for invoice in outcome.invoices:
        assert verify(invoice) == ()
    return outcome


def due(outcome: Outcome) -> Money:
    """Return what is to be paid at once."""
    return Money.total((invoice.amount_due for invoice in outcome.invoices), "USD")


def amounts(outcome: Outcome) -> list[str]:
    """Return the amounts of the lines of the only invoice."""
    return [f"{line.amount.amount:f}" for line in outcome.invoice.lines]


def allowed(role: str, action: Action, status: Status | None = None) -> bool:
    return may(role, action, rules=RULES, status=status, permissions=PERMISSIONS)


# Plans and prices.


@pytest.mark.rule("CM-1")
def test_plans_are_bought_for_30_or_for_365_days():
    month, year = buy(on="2026-01-01"), buy_year()
    assert month.subscription.current_period.end == day("2026-01-31")
    assert year.subscription.current_period.end == day("2027-01-01")
    renewed = renew(month.subscription, on=day("2026-03-02"))
    days = [invoice.issued_on for invoice in renewed.invoices]
    assert days == [day("2026-01-31"), day("2026-03-02")]  # every 30 days
    with pytest.raises(IntervalNotOfferedError):
        buy(interval=QUARTERLY)


@pytest.mark.rule("CM-1")
@pytest.mark.rule("CM-6")
def test_plans_are_bought_by_the_calendar_too():
    """A month from 31 January ends on 28 February, a year is 12 × 40.00 × 0.8."""
    month = buy(LIVE_50, interval=MONTHLY, on="2026-01-31", add_ons=[TOLL_FREE])
    assert amounts(month) == ["40.00", "10.00"]
    assert month.subscription.current_period.end == day("2026-02-28")
    renewed = renew(month.subscription, on=day("2026-03-31"))
    days = [invoice.issued_on for invoice in renewed.invoices]
    assert days == [day("2026-02-28"), day("2026-03-31")]
    year = buy(LIVE_50, interval=ANNUAL, on="2024-02-29", add_ons=[TOLL_FREE])
    assert amounts(year) == ["384.00", "120.00"]  # and no fifth off the number
    assert year.subscription.current_period.end == day("2025-02-28")


@pytest.mark.rule("CM-1")
def test_a_calendar_year_takes_the_place_of_calendar_months_at_once():
    """25.00 × 20/30 = 16.67 comes back; a month after a year waits for its end."""
    longer = then(buy(interval=MONTHLY), SwitchInterval(ANNUAL), on="2026-04-11")
    assert amounts(longer) == ["-16.67", "240.00"]
    assert longer.subscription.current_period.end == day("2027-04-11")
    shorter = then(longer, SwitchInterval(MONTHLY), on="2026-08-01")
    assert (shorter.invoices, shorter.effective_on) == ((), day("2027-04-11"))


@pytest.mark.rule("CM-1")
def test_a_year_instead_of_months_starts_at_once_and_months_after_the_year():
    """25.00 × 20/30 = 16.67 comes back, 365 days cost 12 × 25.00 × 0.8."""
    longer = then(buy(), SwitchInterval(YEAR), on="2026-04-11")
    assert amounts(longer) == ["-16.67", "240.00"]
    assert longer.subscription.current_period.end == day("2027-04-11")
    shorter = then(longer, SwitchInterval(MONTH), on="2026-08-01")
    assert (shorter.invoices, shorter.effective_on) == ((), day("2027-04-11"))


@pytest.mark.rule("CM-2")
def test_the_size_of_the_plan_makes_the_price():
    prices = {plan.limits["attendee"]: due(buy(plan)) for plan in CATALOG.plans}
    assert prices == {25: usd("25.00"), 50: usd("40.00"), 100: usd("60.00")}
    (line,) = buy(LIVE_50).invoice.lines
    assert (line.quantity, line.unit_amount) == (1, 40)  # whoever logs in


@pytest.mark.rule("CM-6")
def test_a_year_is_a_fifth_cheaper():
    (line,) = buy_year().invoice.lines
    assert line.amount == usd("384.00")  # 12 × 40.00 × 0.8
    assert due(buy_year(LIVE_25)) == usd("240.00")


@pytest.mark.rule("CM-6")
def test_the_fifth_is_off_the_plan_and_not_off_the_add_ons():
    bought = buy_year(add_ons=[TOLL_FREE])
    assert amounts(bought) == ["384.00", "120.00"]  # 12 × 10.00


@pytest.mark.rule("CM-7")
def test_a_non_profit_discount_compounds_with_that_of_the_year():
    bought = buy_year(discounts=[NON_PROFIT])
    (line,) = bought.invoice.lines
    assert line.amount == usd("288.00")  # 384.00 × 0.75
    assert [discount.id for discount in line.discounts] == ["non-profit"]


@pytest.mark.rule("CM-7")
def test_the_other_reading_adds_the_two_discounts():
    added = attrs.evolve(RULES, interval_discounts={YEAR: "45"})
    assert due(buy_year(rules=added)) == usd("264.00")  # 480.00 × 0.55


@pytest.mark.rule("CM-7")
def test_the_billing_department_grants_the_discount_on_request():
    with pytest.raises(PermissionRefusedError) as refusal:
        require_role("owner", Action.GRANT, rules=RULES, permissions=PERMISSIONS)
    assert refusal.value.allowed == ("billing",)
    require_role("billing", Action.GRANT, rules=RULES, permissions=PERMISSIONS)
    granted = then(buy(), ApplyDiscount(NON_PROFIT), on="2026-04-10", by="billing")
    assert (granted.by, granted.invoices) == ("billing", ())
    # from the next cycle on: 25.00 × 0.75
    assert preview_invoice(granted.subscription).total == usd("18.75")


# Add-ons.


@pytest.mark.rule("CM-9")
def test_an_add_on_costs_extra_for_the_days_that_are_left():
    """From 15 June 200 of 365 days: 120.00 × 200/365 = 65.7534…"""
    bought = then(buy_year(), AddAddOn(TOLL_FREE), on="2026-06-15")
    (line,) = bought.invoice.lines
    assert line.share == Fraction(200, 365)
    assert due(bought) == usd("65.75")
    assert line.period.end == bought.subscription.current_period.end  # co-termed
    assert preview_invoice(bought.subscription).total == usd("504.00")  # 384 + 120


@pytest.mark.rule("CM-9")
def test_an_add_on_has_a_quantity_of_its_own_in_whole_batches():
    """20 × 0.50 × 15/30, then 10 more are given up at the cycle's end."""
    bought = then(buy(), AddAddOn(STORAGE, 20), on="2026-04-16")
    assert due(bought) == usd("5.00")
    with pytest.raises(BatchError) as refusal:
        then(bought, RemoveAddOn(STORAGE, 5), on="2026-04-20")
    assert (refusal.value.item, refusal.value.batch) == ("storage", 10)
    given = then(bought, RemoveAddOn(STORAGE, 10), on="2026-04-20")
    assert (given.invoices, given.effective_on) == ((), day("2026-05-01"))
    assert given.subscription.add_on_quantity("storage") == 20  # kept until then
    assert preview_invoice(given.subscription).total == usd("30.00")  # 25 + 10 × 0.50


@pytest.mark.rule("CM-10")
@pytest.mark.rule("CM-26")
@pytest.mark.parametrize("role", ["multi-user", "sub-account"])
@pytest.mark.parametrize("action", [Action.BUY, Action.PAY, Action.MANAGE])
def test_only_the_owner_pays_and_buys(role, action):
    require_role("owner", action, rules=RULES, permissions=PERMISSIONS)
    with pytest.raises(PermissionRefusedError) as refusal:
        require_role(role, action, rules=RULES, permissions=PERMISSIONS)
    assert (refusal.value.role, refusal.value.allowed) == (role, ("owner",))


@pytest.mark.rule("CM-25")
@pytest.mark.parametrize("action", [Action.VIEW, Action.DOWNLOAD])
def test_other_accounts_do_not_see_the_billing_of_the_main_one(action):
    roles = ("owner", "multi-user", "sub-account")
    assert [allowed(role, action) for role in roles] == [True, False, False]


# Payment.


@pytest.mark.rule("CM-4")
@pytest.mark.parametrize("brand", ["visa", "mastercard", "discover", "amex"])
def test_the_main_cards_are_accepted(brand):
    card = attrs.evolve(VISA, brand=brand)
    assert accept(PAYMENTS, card, on=day("2026-04-01")) is card


@pytest.mark.rule("CM-4")
def test_a_card_that_is_not_on_the_list_is_refused():
    with pytest.raises(MethodNotAcceptedError) as refusal:
        accept(PAYMENTS, attrs.evolve(VISA, brand="jcb"), on=day("2026-04-01"))
    assert refusal.value.code == "payment_method_not_accepted"


@pytest.mark.rule("CM-5")
def test_paypal_is_accepted_where_cards_are_rare():
    method = PayPal("BR")
    assert accept(PAYMENTS, method, on=day("2026-04-01")) is method
    with pytest.raises(MethodNotAcceptedError):
        accept(PAYMENTS, PayPal("DE"), on=day("2026-04-01"))


@pytest.mark.rule("CM-11")
def test_a_new_card_is_held_for_one_dollar():
    hold = authorize(PAYMENTS, VISA, on=day("2026-04-01"))
    assert (hold.amount, hold.net) == (usd("1.00"), usd("1.00"))
    assert authorize(PAYMENTS, PayPal("BR"), on=day("2026-04-01")) is None


@pytest.mark.rule("CM-12")
def test_the_dollar_is_given_back_and_never_billed():
    hold = authorize(PAYMENTS, VISA, on=day("2026-04-01"))
    released = hold.release(on=day("2026-04-04"))
    assert released.refunded == usd("1.00")
    assert released.net == usd("0.00")  # 1.00 − 1.00
    assert amounts(buy()) == ["25.00"]


@pytest.mark.rule("CM-13")
def test_a_payment_provider_keeps_its_own_fee():
    """Of 20.00, 1.00 is the host's and 0.88 the provider's: 18.12 is left."""
    sale = Sale(
        price=usd("20.00"),
        fee=TICKET_FEE,
        processing_fees=[ProcessingFee("stripe", usd("0.88"))],
    )
    assert (sale.fee_amount, sale.processing_amount) == (usd("1.00"), usd("0.88"))
    assert sale.payout == usd("18.12")


@pytest.mark.rule("CM-14")
@pytest.mark.parametrize(
    ("price", "quantity", "fee"),
    [("20.00", 1, "1.00"), ("19.99", 1, "1.00"), ("19.99", 100, "99.95")],
)
def test_five_percent_of_the_gross_price_of_tickets(price, quantity, fee):
    assert TICKET_FEE.of(usd(price), quantity=quantity) == usd(fee)


# The page of the account.


@pytest.mark.rule("CM-16")
def test_the_page_shows_size_cycle_price_minutes_and_renewal():
    wallet = grant(Wallet(MINUTES), "120")
    page = billing_view(buy().subscription, on=day("2026-04-13"), wallet=wallet)
    assert page.plan.limits["attendee"] == 25
    assert (page.interval, page.price) == (MONTH, usd("25.00"))
    assert (page.wallet.policy.unit, page.wallet.balance) == ("minute", 120)
    assert page.renews_on == day("2026-05-01")


@pytest.mark.rule("CM-17")
def test_free_minutes_are_counted_beside_the_money():
    minutes = spend(grant(Wallet(MINUTES), "150"), "30", purpose="toll-free call")
    assert minutes.balance == 120
    assert minutes.money_in == usd("0.00")
    assert due(buy()) == usd("25.00")  # and no minute pays for it


@pytest.mark.rule("CM-18")
def test_an_upgrade_costs_the_difference_of_the_days_left():
    """18 of 30 days: −25.00 × 18/30 + 40.00 × 18/30 = −15.00 + 24.00."""
    upgraded = then(buy(), SwitchPlan(LIVE_50), on="2026-04-13")
    assert amounts(upgraded) == ["-15.00", "24.00"]
    assert due(upgraded) == usd("9.00")
    assert upgraded.subscription.current_period.end == day("2026-05-01")
    options = plan_options(buy().subscription, CATALOG, on=day("2026-04-13"))
    assert [(o.plan.id, o.kind, o.price_now) for o in options[1:]] == [
        ("live-50", OptionKind.UPGRADE, usd("9.00")),
        ("automated-100", OptionKind.UPGRADE, usd("21.00")),  # 35.00 × 18/30
    ]


@pytest.mark.rule("CM-18")
def test_a_downgrade_comes_with_the_next_cycle():
    lowered = then(buy(AUTOMATED), SwitchPlan(LIVE_25), on="2026-04-13")
    assert (lowered.invoices, lowered.effective_on) == ((), day("2026-05-01"))
    notice, banner = lowered.notices
    assert (notice.code, banner.code) == ("features_lost", "plan_scheduled")
    assert notice.value("features") == "automated webinars, paid webinars"
    assert preview_invoice(lowered.subscription).total == usd("25.00")


@pytest.mark.rule("CM-19")
def test_payment_and_add_ons_are_shown_where_there_are_any():
    start = buy()
    bare = billing_view(start.subscription, on=day("2026-04-13"))
    assert (bare.payment, bare.add_ons) == (None, ())
    bought = then(start, AddAddOn(STORAGE, 20), on="2026-04-16").subscription
    page = billing_view(bought, on=day("2026-04-16"), payment=VISA)
    assert page.payment == VISA
    (storage,) = page.add_ons
    assert (storage.add_on.name, storage.quantity) == ("File storage", 20)
    assert storage.price == usd("10.00")  # 20 × 0.50


# Freezing and ending.


@pytest.mark.rule("CM-20")
def test_a_frozen_account_is_not_charged_and_thaws_by_itself():
    """30 days from 20 February end on 22 March; frozen on 1 March, 21 are left.

    It thaws on 30 April, 60 days later, and renews 21 days after that, on 21 May.
    """
    frozen = then(buy(LIVE_50, on="2026-02-20"), Freeze(), on="2026-03-01")
    assert frozen.subscription.status is Status.FROZEN
    meanwhile = renew(frozen.subscription, on=day("2026-04-29"))
    assert (due(frozen), due(meanwhile)) == (usd("0.00"), usd("0.00"))
    assert meanwhile.subscription.status is Status.FROZEN
    thawed = renew(frozen.subscription, on=day("2026-04-30"))
    assert (thawed.subscription.status, thawed.invoices) == (Status.ACTIVE, ())
    assert thawed.subscription.current_period.end == day("2026-05-21")
    renewed = renew(thawed.subscription, on=day("2026-05-21"))
    assert (renewed.invoice.issued_on, due(renewed)) == (
        day("2026-05-21"),
        usd("40.00"),
    )


@pytest.mark.rule("CM-20")
def test_a_frozen_account_can_be_thawed_by_hand():
    """Frozen for ten days: 22 March becomes 1 April."""
    frozen = then(buy(on="2026-02-20"), Freeze(), on="2026-03-01")
    thawed = then(frozen, Unfreeze(), on="2026-03-11")
    assert thawed.subscription.current_period.end == day("2026-04-01")
    usable = [is_usable(frozen.subscription, day(f"2026-03-{n:02}")) for n in (1, 10)]
    assert usable == [False, False]
    assert is_usable(thawed.subscription, day("2026-03-11"))


@pytest.mark.rule("CM-20")
def test_the_account_page_adds_a_card_and_manages_the_add_ons():
    assert accept(PAYMENTS, VISA, on=day("2028-03-31")) is VISA
    with pytest.raises(CardExpiredError):
        accept(PAYMENTS, VISA, on=day("2028-04-01"))
    bought = then(buy(), AddAddOn(PARALLEL, 2), on="2026-04-16")
    assert due(bought) == usd("20.00")  # 2 × 20.00 × 15/30
    given = then(bought, RemoveAddOn(PARALLEL), on="2026-04-20")
    assert preview_invoice(given.subscription).total == usd("45.00")  # 25 + 20


@pytest.mark.rule("CM-20")
def test_an_account_can_be_canceled_and_used_through_its_last_day():
    canceled = then(buy(), Cancel(), on="2026-04-10")
    assert (canceled.invoices, canceled.effective_on) == ((), day("2026-05-01"))
    assert is_usable(canceled.subscription, day("2026-04-30"))
    assert not is_usable(canceled.subscription, day("2026-05-01"))
    ended = renew(canceled.subscription, on=day("2026-06-01"))
    assert (ended.invoices, ended.subscription.status) == ((), Status.CANCELED)


@pytest.mark.rule("CM-38")
def test_the_renewal_day_and_the_price_of_today_are_shown_before():
    """A number costs 120.00 a year, and 65.75 for the 200 days that are left."""
    start = buy_year().subscription
    page = billing_view(start, on=day("2026-06-15"))
    assert (page.renews_on, page.next_invoice.total) == (
        day("2027-01-01"),
        usd("384.00"),
    )
    option = add_on_options(start, CATALOG, on=day("2026-06-15"))[0]
    assert (option.add_on, option.kind) == (TOLL_FREE, OptionKind.AVAILABLE)
    assert (option.price, option.price_now) == (usd("120.00"), usd("65.75"))
    bought = then(start, AddAddOn(TOLL_FREE), on="2026-06-15")
    assert option.outcome == bought  # what was shown is what is charged


# Invoices.


@pytest.mark.rule("CM-21")
@pytest.mark.parametrize("paid_by", ["card", "paypal"])
def test_who_pays_by_card_or_paypal_downloads_invoices(paid_by):
    delivery = DELIVERIES[paid_by]
    assert (delivery.channel, delivery.place) == (Channel.DOWNLOAD, "invoice history")
    history = bill(
        buy(), [(day("2026-04-13"), SwitchPlan(LIVE_50))], until=day("2026-05-31")
    )
    assert [(i.issued_on, i.total) for i in history.invoices] == [
        (day("2026-04-01"), usd("25.00")),
        (day("2026-04-13"), usd("9.00")),
        (day("2026-05-01"), usd("40.00")),
        (day("2026-05-31"), usd("40.00")),
    ]


@pytest.mark.rule("CM-22")
def test_others_get_invoices_by_mail_to_the_address_of_the_account():
    delivery = DELIVERIES["other"].change_mailbox("owner@example.com", by="owner")
    assert (delivery.channel, delivery.mailbox) == (Channel.MAIL, "owner@example.com")


@pytest.mark.rule("CM-23")
def test_accounts_bought_through_sales_get_invoices_as_agreed():
    agreed = DELIVERIES["sales"].change_mailbox("bills@example.com", by="sales")
    assert agreed.mailbox == "bills@example.com"
    with pytest.raises(PermissionRefusedError):
        DELIVERIES["sales"].change_mailbox("me@example.com", by="owner")


@pytest.mark.rule("CM-24")
def test_who_is_frozen_asks_support_for_old_invoices():
    frozen = then(buy(), Freeze(), on="2026-04-11").subscription
    assert not allowed("owner", Action.DOWNLOAD, frozen.status)
    assert allowed("support", Action.DOWNLOAD, frozen.status)
    thawed = then(frozen, Unfreeze(), on="2026-04-21").subscription
    assert allowed("owner", Action.DOWNLOAD, thawed.status)
    assert allowed("owner", Action.VIEW, frozen.status)  # the page itself stays


# Corrections.


def invoiced(**more):
    """Return an account and its first invoice, INV-17, to the old recipient."""
    start = buy(recipient=OLD, **more)
    return start, number(start.invoice, "INV-17")


def asked(invoice, recipient=NEW, *, ticked=False):
    """Return the request of the owner to correct an invoice."""
    return correct_recipient(
        invoice,
        recipient,
        use_from_now_on=ticked,
        required=CORRECTION_DETAILS,
        by="owner",
        decision_roles=RULES.correction_roles,
    )


@pytest.mark.rule("CM-27")
def test_wrong_data_on_an_invoice_can_be_changed():
    _, invoice = invoiced()
    corrected = asked(invoice).accept(on=day("2026-04-20"), by="billing")
    assert (invoice.recipient, corrected.document.recipient) == (OLD, NEW)
    with pytest.raises(NoChangeError):
        asked(invoice, OLD)


@pytest.mark.rule("CM-28")
def test_the_customer_asks_and_the_billing_department_decides():
    assert not allowed("owner", Action.CORRECT)
    assert allowed("billing", Action.CORRECT)
    _, invoice = invoiced()
    request = asked(invoice)
    assert (request.state, request.requested_by) == (CorrectionState.REQUESTED, "owner")
    accepted = request.accept(on=day("2026-04-20"), by="billing")
    rejected = request.reject(on=day("2026-04-20"), by="billing", reason="a typo")
    assert (accepted.state, accepted.decided_by) == (
        CorrectionState.ACCEPTED,
        "billing",
    )
    assert (rejected.state, rejected.reason) == (CorrectionState.REJECTED, "a typo")


@pytest.mark.rule("CM-28")
@pytest.mark.parametrize("by", ["owner", "sales", None])
def test_nobody_but_the_billing_department_accepts_or_rejects(by):
    request = asked(invoiced()[1])
    for decide in (request.accept, request.reject):
        with pytest.raises(PermissionRefusedError) as refusal:
            decide(on=day("2026-04-20"), by=by)
        assert (refusal.value.action, refusal.value.allowed) == (
            "correct",
            ("billing",),
        )
    assert not may("owner", Action.CORRECT, rules=RULES)  # the rules alone say so


@pytest.mark.rule("CM-28")
def test_who_asks_does_not_accept_even_in_the_billing_department():
    request = attrs.evolve(asked(invoiced()[1]), requested_by="billing")
    with pytest.raises(PermissionRefusedError) as refusal:
        request.accept(on=day("2026-04-20"), by="billing")
    assert refusal.value.allowed == ()


@pytest.mark.rule("CM-30")
def test_a_request_starts_from_one_invoice():
    start, invoice = invoiced()
    request = asked(invoice)
    assert request.original == start.invoice
    assert (request.original_key, request.original_number) == ("account:1", "INV-17")


@pytest.mark.rule("CM-31")
@pytest.mark.parametrize(
    ("recipient", "missing"),
    [
        (Party(name="New Ltd", vat_number="IE1"), ("address", "country")),
        (attrs.evolve(NEW, address=()), ("address",)),
        (attrs.evolve(NEW, address=("", " ")), ("address",)),
        (attrs.evolve(NEW, country=None), ("country",)),
    ],
)
def test_a_request_gives_all_the_details(recipient, missing):
    with pytest.raises(MissingDetailsError) as refusal:
        asked(invoiced()[1], recipient)
    assert refusal.value.missing == missing


@pytest.mark.rule("CM-32")
@pytest.mark.rule("CM-36")
def test_ticked_the_new_recipient_gets_all_later_invoices():
    """Accepted on 20 April: the invoice of the 13th keeps the old one."""
    start, invoice = invoiced()
    upgraded = then(start, SwitchPlan(LIVE_50), on="2026-04-13")
    accepted = asked(invoice, ticked=True).accept(on=day("2026-04-20"), by="billing")
    assert accepted.recipient_from_now_on == NEW
    moved = then(upgraded, SetRecipient(NEW), on="2026-04-20")
    renewed = renew(moved.subscription, on=day("2026-05-31"))
    assert upgraded.invoice.recipient == OLD
    assert [i.recipient for i in renewed.invoices] == [NEW, NEW]


@pytest.mark.rule("CM-33")
def test_unticked_only_that_invoice_is_corrected():
    start, invoice = invoiced()
    accepted = asked(invoice).accept(on=day("2026-04-20"), by="billing")
    assert accepted.recipient_from_now_on is None
    renewed = renew(start.subscription, on=day("2026-05-01"))
    assert renewed.invoice.recipient == OLD


@pytest.mark.rule("CM-34")
def test_an_accepted_correction_is_a_document_to_download():
    _, invoice = invoiced()
    request = asked(invoice)
    for undecided in (request, request.reject(on=day("2026-04-20"), by="billing")):
        with pytest.raises(NotAcceptedError):
            number(undecided, "COR-3")
    document = number(request.accept(on=day("2026-04-20"), by="billing"), "COR-3")
    assert document.type is DocumentType.CORRECTED_INVOICE
    assert (document.issued_on, document.recipient) == (day("2026-04-20"), NEW)
    delivery = DELIVERIES["card"]
    assert (delivery.channel, delivery.format) == (Channel.DOWNLOAD, "pdf")


@pytest.mark.rule("CM-35")
def test_a_correction_is_linked_to_the_first_invoice():
    _, invoice = invoiced()
    correction = number(
        asked(invoice).accept(on=day("2026-04-20"), by="billing"), "COR-3"
    )
    assert (correction.number, correction.preceding_number) == ("COR-3", "INV-17")
    assert correction.document.original_key == invoice.key


@pytest.mark.rule("CM-37")
def test_a_correction_moves_no_money():
    vat = TaxRate("vat", "0.23")
    start, invoice = invoiced(tax_rates=[vat])
    corrected = asked(invoice).accept(on=day("2026-04-20"), by="billing").document
    assert start.invoice.total == usd("30.75")  # 25.00 × 1.23
    assert corrected.total - start.invoice.total == usd("0.00")
    assert corrected.lines == start.invoice.lines
    assert corrected.taxes == start.invoice.taxes
    assert verify(corrected) == ()


@pytest.mark.rule("CM-37")
@pytest.mark.parametrize(
    ("recipient", "field"),
    [
        (attrs.evolve(NEW, vat_number=None), "vat_number"),
        (attrs.evolve(NEW, country="DE"), "country"),
    ],
)
def test_another_tax_status_needs_a_credit_and_a_new_invoice(recipient, field):
    """30.75 comes back in full; without VAT a new one is of 25.00."""
    vat = TaxRate("vat", "0.23")
    _, invoice = invoiced(tax_rates=[vat])
    with pytest.raises(TaxStatusChangedError) as refusal:
        asked(invoice, recipient)
    assert refusal.value.field == field
    note = credit_note(
        invoice, reason=CreditReason.TAX_STATUS_CHANGED, issued_on=day("2026-04-20")
    )
    assert (note.total, note.invoice_number) == (usd("30.75"), "INV-17")
    abroad = TaxRate(
        "abroad", 0, TaxCategory.REVERSE_CHARGE, reason="the buyer owes the VAT"
    )
    anew = buy(recipient=recipient, tax_rates=[abroad], id="anew")
    assert anew.invoice.total == usd("25.00")


# A year of one account.


def test_a_year_of_one_account():
    """From Live 25 by the month to Live 50 by the year, frozen for a month.

    ======  ========================  ==========================================
    day     what                      USD
    ======  ========================  ==========================================
    01-01   Live 25, a number         25.00 + 10.00
    01-16   20 GB, 15/30 left         20 × 0.50 × 15/30 = 5.00
    01-31   30 days                   25.00 + 10.00 + 10.00
    02-12   Live 50, 18/30 left       −15.00 + 24.00 = 9.00
    03-02   30 days                   40.00 + 10.00 + 10.00
    03-12   frozen, 20 days left      nothing
    04-11   thawed                    nothing; the period ends on 1 May
    05-01   30 days                   60.00
    05-06   10 GB less                nothing until 31 May
    05-31   30 days                   40.00 + 10.00 + 5.00
    06-10   a year, 20/30 left        −26.67 − 6.67 − 3.33 + 384 + 120 + 60
    08-01   25 % off, non-profit      nothing that is paid is repriced
    11-22   parallel event, 200/365   20 × 12 × 0.75 = 180.00, × 200/365 = 98.63
    12-01   Live 25 from 2027-06-10   nothing
    ======  ========================  ==========================================
    """
    history = [
        ("01-16", AddAddOn(STORAGE, 20)),
        ("02-12", SwitchPlan(LIVE_50)),
        ("03-12", Freeze()),
        ("04-11", Unfreeze()),
        ("05-06", RemoveAddOn(STORAGE, 10)),
        ("06-10", SwitchInterval(YEAR)),
        ("08-01", ApplyDiscount(NON_PROFIT)),
        ("11-22", AddAddOn(PARALLEL)),
        ("12-01", SwitchPlan(LIVE_25)),
    ]
    year = bill(
        buy(on="2026-01-01", add_ons=[TOLL_FREE]),
        [(day(f"2026-{on}"), asked_for) for on, asked_for in history],
        until=day("2026-12-31"),
    )
    assert [
        (f"{i.issued_on:%m-%d}", [f"{line.amount.amount:f}" for line in i.lines])
        for i in year.invoices
    ] == [
        ("01-01", ["25.00", "10.00"]),
        ("01-16", ["5.00"]),
        ("01-31", ["25.00", "10.00", "10.00"]),
        ("02-12", ["-15.00", "24.00"]),
        ("03-02", ["40.00", "10.00", "10.00"]),
        ("05-01", ["40.00", "10.00", "10.00"]),
        ("05-31", ["40.00", "10.00", "5.00"]),
        ("06-10", ["-26.67", "-6.67", "-3.33", "384.00", "120.00", "60.00"]),
        ("11-22", ["98.63"]),
    ]
    # 35 + 5 + 45 + 9 + 60 + 60 + 55 + 527.33 + 98.63
    assert Money.total([i.total for i in year.invoices], "USD") == usd("894.96")
    assert all(verify(invoice) == () for invoice in year.invoices)
    # 25.00 × 12 × 0.8 × 0.75, 120 × 0.75, 60 × 0.75, 240 × 0.75
    following = preview_invoice(year.subscription)
    assert following.issued_on == day("2027-06-10")
    assert [f"{line.amount.amount:f}" for line in following.lines] == [
        "180.00",
        "90.00",
        "45.00",
        "180.00",
    ]


def test_what_is_declared_is_sound():
    assert CATALOG.problems() == RULES.problems() == ()
    assert isinstance(NON_PROFIT, Discount)
    fees = [line for line in buy().invoice.lines if line.kind is LineKind.FEE]
    assert fees == []
