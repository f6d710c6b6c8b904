"""A subscription as a value: what it holds, what is refused, what is read off it."""

from __future__ import annotations

import datetime as dt
import pickle

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Discount,
    EndPause,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    Money,
    MoveBillingDay,
    Party,
    Pause,
    Period,
    RecordCreditNote,
    RecordUsage,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    Service,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    SetTerm,
    Subscription,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Term,
    Unfreeze,
    WithdrawPending,
)
from seatbill.errors import (
    CurrencyMismatchError,
    DateRangeError,
    DuplicateError,
    MixedTimeError,
    NaiveDatetimeError,
    OutOfBoundsError,
    OutOfOrderError,
    RulesError,
    SeatbillError,
    UnknownCurrencyError,
    UnknownItemError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.notices import Notice
from seatbill.rules import ChangeKind
from seatbill.subscriptions import (
    AppliedDiscount,
    Charge,
    CreditedCharge,
    PendingUpdate,
    Status,
    SubscribedAddOn,
)
from shop import SMALL, priced, usd
from stories import Story, digits

SSO = AddOn("sso", "SSO", (usd("3.00"),))
DAY = dt.date(2026, 5, 1)


def subscription(**more) -> Subscription:
    """Return ten seats from 1 April with an add-on, a discount and a removal."""
    story = Story(
        SMALL,
        "2026-04-01",
        seats=10,
        add_ons=[SSO],
        discounts=[Discount.percent("10", id="d")],
        tax_rates=[TaxRate("vat", "0.2")],
    )
    story.change("2026-04-10", RemoveSeats(2), GrantCredit(Money("5", "USD"), "sorry"))
    return attrs.evolve(story.subscription, **more)


# ---------------------------------------------------------------------------- the value


def test_a_subscription_is_read_by_its_fields():
    sub = subscription()
    assert sub.quantity() == 10
    assert sub.quantity("limited") == 0
    assert sub.add_on_quantity("sso") == 1
    assert digits(sub.credit_balance) == "5.00"
    assert sub.scheduled_removals == {"seat": 2}
    assert sub.status is Status.ACTIVE
    assert not sub.cancel_at_period_end
    assert [a.discount.id for a in sub.discounts] == ["d"]


def test_a_charge_is_what_runs():
    charge, add_on = subscription().charges
    assert (charge.item, charge.unit, charge.quantity) == ("small", "seat", 10)
    assert (add_on.item, add_on.quantity) == ("sso", 1)
    assert charge.full_amount == 270
    assert digits(charge.charged) == "270.00"
    assert digits(charge.credited) == "0.00"
    assert charge.charge_id == "1:plan:small:seat"
    assert charge.since is None
    assert charge.free is False
    arrears = priced("arrears", usd("30.00", in_arrears=True))
    (open_charge,) = Story(arrears, "2026-04-01").subscription.charges
    assert open_charge.since == dt.date(2026, 4, 1)


def test_a_subscription_travels_and_passes_its_own_door():
    sub = subscription()
    again = pickle.loads(pickle.dumps(sub))
    assert again == sub
    assert hash(again) == hash(sub)
    made = {
        field.name: getattr(sub, field.name) for field in attrs.fields(Subscription)
    }
    assert Subscription(**made) == sub


def test_what_is_raised_above_what_is_owned_is_no_removal():
    raised = PendingUpdate(
        kind=ChangeKind.SEATS, key="seat", value=12, applies_on=DAY, requested_on=DAY
    )
    assert subscription(pending_updates=[raised]).scheduled_removals == {}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"id": ""}, OutOfBoundsError),
        ({"id": 5}, WrongTypeError),
        ({"plan": "small"}, WrongTypeError),
        ({"interval": "month"}, WrongTypeError),
        ({"currency": "usd"}, UnknownCurrencyError),
        ({"currency": "EUR"}, CurrencyMismatchError),
        ({"seats": 5}, WrongTypeError),
        ({"seats": {"seat": -1}}, OutOfBoundsError),
        ({"add_ons": ["sso"]}, WrongTypeError),
        ({"add_ons": [SSO, SSO]}, DuplicateError),
        ({"billing_cycle_anchor": None}, WrongTypeError),
        ({"billing_cycle_anchor": dt.datetime(2026, 4, 1)}, NaiveDatetimeError),
        (
            {"billing_cycle_anchor": dt.datetime(2026, 4, 1, tzinfo=dt.UTC)},
            MixedTimeError,
        ),
        ({"current_period": None}, WrongTypeError),
        ({"charges": [5]}, WrongTypeError),
        ({"pending_updates": 5}, WrongTypeError),
        ({"waiting_lines": [5]}, WrongTypeError),
        ({"accrued_lines": "none"}, WrongTypeError),
        ({"credit_balance_minor": -1}, OutOfBoundsError),
        ({"credit_balance_minor": 1.5}, WrongTypeError),
        ({"discounts": [5]}, WrongTypeError),
        (
            {
                "discounts": [
                    Discount.percent("1", id="d"),
                    Discount.percent("2", id="d"),
                ]
            },
            DuplicateError,
        ),
        ({"tax_rates": [5]}, WrongTypeError),
        ({"recipient": "Ada"}, WrongTypeError),
        ({"rules": None}, WrongTypeError),
        ({"trial_end": "later"}, WrongTypeError),
        ({"ended_on": dt.datetime(2026, 4, 1, tzinfo=dt.UTC)}, MixedTimeError),
        ({"frozen_on": 5}, WrongTypeError),
        ({"changed_on": None}, WrongTypeError),
        ({"changed_on": dt.date(2026, 3, 31)}, OutOfOrderError),
        ({"changed_on": dt.date(2026, 5, 1)}, RulesError),
        ({"version": -1}, OutOfBoundsError),
    ],
)
def test_each_part_of_a_subscription_is_checked(fields, error):
    with pytest.raises(error) as refused:
        subscription(**fields)
    assert isinstance(refused.value, SeatbillError)


@pytest.mark.parametrize(
    ("frozen_on", "changed_on"),
    [
        pytest.param(
            dt.date(2026, 3, 31), dt.date(2026, 4, 10), id="before the period"
        ),
        pytest.param(dt.date(2026, 5, 1), dt.date(2026, 5, 1), id="after it"),
        pytest.param(dt.date(2026, 4, 20), dt.date(2026, 4, 10), id="in the future"),
        pytest.param(dt.date(2026, 4, 10), dt.date(2026, 6, 9), id="for too long"),
    ],
)
def test_a_freeze_lies_in_the_period_and_lasts_as_the_rules_say(frozen_on, changed_on):
    rules = BillingRules(max_freeze_days=60)
    with pytest.raises(OutOfOrderError):
        subscription(rules=rules, frozen_on=frozen_on, changed_on=changed_on)
    day = dt.date(2026, 4, 10)
    frozen = subscription(rules=rules, frozen_on=day, changed_on=dt.date(2026, 6, 8))
    assert frozen.status is Status.FROZEN


def test_a_freeze_ends_inside_the_calendar():
    last = Period(dt.date(9999, 12, 1), dt.date(9999, 12, 31))
    day = dt.date(9999, 12, 30)
    with pytest.raises(DateRangeError) as refused:
        subscription(
            rules=BillingRules(max_freeze_days=3650),
            current_period=last,
            frozen_on=day,
            changed_on=day,
        )
    assert (refused.value.anchor, refused.value.count) == (day, 3650)


def test_a_subscription_that_ended_may_have_changed_after_its_period():
    ended = dt.date(2026, 5, 10)
    sub = subscription(ended_on=ended, changed_on=ended)
    assert sub.status is Status.CANCELED


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"terms": None}, WrongTypeError),
        ({"quantity": 1.0}, WrongTypeError),
        ({"full_scaled": "1"}, WrongTypeError),
        ({"charged_minor": 10**61}, OutOfBoundsError),
        ({"credited_minor": True}, WrongTypeError),
        ({"version": -1}, OutOfBoundsError),
        ({"since": "2026-04-01"}, WrongTypeError),
        ({"free": 0}, WrongTypeError),
    ],
)
def test_each_part_of_a_charge_is_checked(fields, error):
    charge = subscription().charges[0]
    with pytest.raises(error):
        attrs.evolve(charge, **fields)
    assert Charge(*attrs.astuple(charge, recurse=False)) == charge


# --------------------------------------------------------------------------- what waits


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ChangeKind.PLAN, SMALL),
        (ChangeKind.PRICE, SMALL),
        (ChangeKind.INTERVAL, ANNUAL),
        (ChangeKind.SEATS, 8),
        (ChangeKind.ADD_ON, SubscribedAddOn(SSO, 0)),
        (ChangeKind.PACKAGE, SSO),
        (ChangeKind.CANCELLATION, "too dear"),
        (ChangeKind.CANCELLATION, None),
        (ChangeKind.PAUSE, 120),
    ],
)
def test_an_update_that_waits_holds_what_its_kind_needs(kind, value):
    update = PendingUpdate(kind=kind, value=value, applies_on=DAY, requested_on=DAY)
    assert update.value == value
    assert (update.key, update.periods_left, update.from_day) == ("", 0, None)
    assert pickle.loads(pickle.dumps(update)) == update
    for other in ChangeKind:
        wrong = {"plan": 5, "seats": "8"}.get(other.value, 1.5)
        with pytest.raises(WrongTypeError) as refused:
            PendingUpdate(kind=other, value=wrong, applies_on=DAY, requested_on=DAY)
        assert refused.value.name == "value"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"kind": "seat"}, UnknownWordError),
        ({"key": None}, WrongTypeError),
        ({"value": True}, WrongTypeError),
        ({"value": -1}, OutOfBoundsError),
        ({"kind": ChangeKind.PAUSE, "value": 0}, OutOfBoundsError),
        ({"kind": ChangeKind.PAUSE, "value": 121}, OutOfBoundsError),
        ({"applies_on": "later"}, WrongTypeError),
        ({"applies_on": dt.datetime(2026, 5, 1)}, NaiveDatetimeError),
        ({"requested_on": None}, WrongTypeError),
        ({"periods_left": 4}, OutOfBoundsError),
        ({"periods_left": True}, WrongTypeError),
        ({"from_day": "later"}, WrongTypeError),
    ],
)
def test_each_part_of_an_update_is_checked(fields, error):
    given = {
        "kind": ChangeKind.SEATS,
        "key": "seat",
        "value": 8,
        "applies_on": DAY,
        "requested_on": DAY,
    }
    with pytest.raises(error):
        PendingUpdate(**given | fields)


def test_an_applied_discount_counts_its_periods():
    applied = AppliedDiscount(Discount.percent("10", id="d"))
    assert (applied.redeemed, applied.in_use) == (0, False)
    for wrong in (("d",), (applied.discount, 1.0), (applied.discount, 0, 1)):
        with pytest.raises(WrongTypeError):
            AppliedDiscount(*wrong)
    with pytest.raises(OutOfBoundsError):
        AppliedDiscount(applied.discount, -1)


# -------------------------------------------------------------------------- the changes

CHANGES = [
    AddSeats(1),
    RemoveSeats(1, 5, "limited"),
    SetSeats(0, occupied=0),
    SwitchPlan(SMALL, ANNUAL),
    SwitchInterval(MONTHLY),
    AddAddOn(SSO),
    RemoveAddOn(SSO, 2),
    SwitchPackage(AddOn("a", "A", family="f"), AddOn("b", "B", family="f", rank=1)),
    BuyService(Service("setup", "Set-up", Money("99", "USD")), 2),
    EndPause(),
    EndTrial(),
    Extend(7),
    MoveBillingDay(1),
    Pause(2),
    Freeze(),
    Unfreeze(),
    Cancel(reason="too dear"),
    Resume(),
    WithdrawPending(ChangeKind.PLAN),
    Reprice(SMALL, DAY),
    ApplyDiscount(Discount.percent("10", id="d")),
    RemoveDiscount("d"),
    SetTaxRates([TaxRate("vat", "0.2")]),
    SetRecipient(Party(name="Ada")),
    GrantCredit(Money("5", "USD"), "sorry"),
    RecordCreditNote("one:1/credit-1", [CreditedCharge("a", Money("5", "USD"))]),
    SetTerm(Term()),
    RecordUsage({"seat": 3}),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
def test_a_change_is_a_value(change):
    assert pickle.loads(pickle.dumps(change)) == change
    assert hash(change) == hash(pickle.loads(pickle.dumps(change)))
    assert attrs.evolve(change) == change
    with pytest.raises(AttributeError):
        change.seats = 5


@pytest.mark.parametrize(
    ("make", "error", "name"),
    [
        pytest.param(lambda: AddSeats(0), OutOfBoundsError, "seats", id="none added"),
        pytest.param(lambda: AddSeats(-1), OutOfBoundsError, "seats", id="negative"),
        pytest.param(lambda: AddSeats(1.0), WrongTypeError, "seats", id="float"),
        pytest.param(lambda: AddSeats(True), WrongTypeError, "seats", id="bool"),
        pytest.param(lambda: AddSeats("1"), WrongTypeError, "seats", id="text"),
        pytest.param(
            lambda: AddSeats(10**12 + 1), OutOfBoundsError, "seats", id="many"
        ),
        pytest.param(lambda: AddSeats(1, ""), OutOfBoundsError, "unit", id="no unit"),
        pytest.param(lambda: AddSeats(1, 5), WrongTypeError, "unit", id="a number"),
        pytest.param(
            lambda: RemoveSeats(0), OutOfBoundsError, "seats", id="none removed"
        ),
        pytest.param(
            lambda: RemoveSeats(1, -1), OutOfBoundsError, "occupied", id="below nobody"
        ),
        pytest.param(
            lambda: RemoveSeats(1, 1.5), WrongTypeError, "occupied", id="half of one"
        ),
        pytest.param(lambda: SetSeats(-1), OutOfBoundsError, "seats", id="set below 0"),
        pytest.param(
            lambda: SetSeats(1, True), WrongTypeError, "occupied", id="set, bool"
        ),
        pytest.param(
            lambda: SwitchPlan("pro"), WrongTypeError, "plan", id="a plan's id"
        ),
        pytest.param(
            lambda: SwitchPlan(SMALL, 12), WrongTypeError, "interval", id="12 months"
        ),
        pytest.param(
            lambda: SwitchInterval(None), WrongTypeError, "interval", id="no interval"
        ),
        pytest.param(lambda: AddAddOn("sso"), WrongTypeError, "add_on", id="an id"),
        pytest.param(lambda: AddAddOn(SSO, 0), OutOfBoundsError, "quantity", id="none"),
        pytest.param(
            lambda: RemoveAddOn(SSO, 1.0), WrongTypeError, "quantity", id="1.0 of it"
        ),
        pytest.param(lambda: RemoveAddOn(None), WrongTypeError, "add_on", id="nothing"),
        pytest.param(lambda: Cancel(5), WrongTypeError, "reason", id="reason 5"),
        pytest.param(lambda: Cancel(""), OutOfBoundsError, "reason", id="no reason"),
        pytest.param(
            lambda: WithdrawPending("plans"), UnknownWordError, "kind", id="word"
        ),
        pytest.param(lambda: Reprice("small", DAY), WrongTypeError, "plan", id="by id"),
        pytest.param(
            lambda: Reprice(SMALL, "May"), WrongTypeError, "from_day", id="in May"
        ),
        pytest.param(
            lambda: ApplyDiscount("d"), WrongTypeError, "discount", id="a discount's id"
        ),
        pytest.param(lambda: RemoveDiscount(None), WrongTypeError, "id", id="no id"),
        pytest.param(
            lambda: SetTaxRates(["vat"]), WrongTypeError, "tax_rates", id="a rate's id"
        ),
        pytest.param(
            lambda: SetRecipient("Ada"), WrongTypeError, "recipient", id="a name"
        ),
        pytest.param(
            lambda: GrantCredit(5, "sorry"), WrongTypeError, "amount", id="an int"
        ),
        pytest.param(
            lambda: GrantCredit(Money("5", "USD"), ""),
            OutOfBoundsError,
            "reason",
            id="for nothing",
        ),
        pytest.param(
            lambda: BuyService("setup"), WrongTypeError, "service", id="a service's id"
        ),
        pytest.param(
            lambda: SwitchPackage("a", SSO),
            WrongTypeError,
            "add_on",
            id="package by id",
        ),
        pytest.param(
            lambda: SwitchPackage(SSO, "b"), WrongTypeError, "package", id="to an id"
        ),
    ],
)
def test_each_part_of_a_change_is_checked(make, error, name):
    with pytest.raises(error) as refused:
        make()
    assert refused.value.name == name


# -------------------------------------------------------------------------- the notices

NOTICES = {
    "add_on_dropped": {"add_on": "sso"},
    "end_scheduled": {"plan": "Basic", "on": DAY, "total": Money("5", "USD")},
    "end_without_bill": {"plan": "Basic", "on": DAY},
    "interval_scheduled": {
        "on": DAY,
        "interval": "30 days",
        "current": "365 days",
        "total": Money("5", "USD"),
    },
    "plan_scheduled": {
        "on": DAY,
        "plan": "Basic",
        "current": "Pro",
        "total": Money("5", "USD"),
    },
    "features_lost": {"on": DAY, "plan": "Basic", "features": "sso"},
    "late_notice": {"boundary": DAY, "on": DAY},
    "late_cancellation": {"boundary": DAY, "on": DAY, "cost": Money("5", "USD")},
    "over_limit": {"plan": "free", "unit": "seat", "maximum": 5, "excess": 2},
    "price_change": {"plan": "small", "on": DAY},
    "removal_cut": {"unit": "seat", "asked": 3, "removed": 1},
    "removals_undone": {"count": 2, "unit": "seat"},
    "serves_until": {"on": DAY},
    "unit_dropped": {"plan": "small", "unit": "limited", "count": 3},
}


@pytest.mark.parametrize("code", NOTICES)
def test_a_notice_has_a_stable_code_its_figures_and_a_sentence(code):
    values = NOTICES[code]
    notice = Notice(code, tuple(values.items()))
    assert notice.code == code
    for name, value in values.items():
        assert notice.value(name) == value
        assert str(value) in str(notice)
    with pytest.raises(UnknownItemError) as refused:
        notice.value("nothing")
    assert refused.value.as_dict()["values"] == {
        "kind": "value",
        "value": "nothing",
        "offered": tuple(values),
    }


def test_a_notice_is_one_of_those_that_are_known():
    with pytest.raises(UnknownItemError) as refused:
        Notice("surprise")
    assert refused.value.kind == "notice"
    with pytest.raises(UnknownItemError) as missing:
        Notice("late_notice", (("boundary", DAY),))
    assert missing.value.value == "on"
    for wrong in (None, 5, ["late_notice"]):
        with pytest.raises(WrongTypeError):
            Notice(wrong)


def test_a_notice_holds_pairs():
    for wrong in (5, "ab", (5,)):
        with pytest.raises(SeatbillError):
            Notice("late_notice", wrong)


def test_a_bare_add_on_is_one_of_it():
    sub = Story(SMALL, "2026-04-01", add_ons=[SubscribedAddOn(SSO, 2)]).subscription
    assert attrs.evolve(sub, add_ons=[SSO]).add_on_quantity("sso") == 1
    assert attrs.evolve(sub, add_ons=[(SSO, 3)]).add_on_quantity("sso") == 3
