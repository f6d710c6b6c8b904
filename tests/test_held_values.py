"""What the values say and refuse, at the edges that no story comes to."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    BillingRules,
    BuyService,
    Convention,
    Money,
    Party,
    Period,
    Service,
    TaxRate,
    Tier,
    Timing,
    correct_recipient,
    credit_note,
    share,
)
from seatbill.access import usable_until
from seatbill.errors import (
    CurrencyMismatchError,
    DeliveryError,
    NotUtcError,
    OutOfBoundsError,
    TaxStatusChangedError,
    UnknownCurrencyError,
    UnknownItemError,
    WrongTypeError,
)
from seatbill.invoices import LineKind, TaxAmount
from seatbill.licences import Channel, Delivery, LicenceUnit, LicenceVariant
from seatbill.notices import Finding, Notice
from seatbill.payments import PaymentPolicy
from seatbill.revenue import RevenueSchedule, recognize
from seatbill.rules import ChangeKind, Direction, UnusedTime
from seatbill.subscriptions import PendingUpdate
from shop import SMALL, priced, usd
from stories import Story, at, digits, plan

FREE = plan("0", id="free")


def opened(**more) -> Story:
    """Return ten seats from 1 April: 300.00."""
    return Story(SMALL, "2026-04-01", seats=10, **more)


# At the door.


@pytest.mark.parametrize(
    ("hours", "name"), [(1, "UTC"), (0, "GMT")], ids=["an hour off", "another name"]
)
def test_a_zone_is_utc_by_its_offset_and_its_name(hours, name):
    zone = dt.timezone(dt.timedelta(hours=hours), name)
    with pytest.raises(NotUtcError):
        Period(dt.datetime(2026, 4, 1, tzinfo=zone), at("2026-05-01T00:00Z"))


@pytest.mark.parametrize("value", [SMALL.prices[0], Tier(up_to=5)])
def test_a_value_that_meets_another_thing_is_not_equal_to_it(value):
    assert (value == 5) is False
    assert (value != 5) is True
    assert value == mock.ANY


# Proration.


def test_a_day_of_thirty_day_months_is_a_whole_one():
    day = Period(at("2026-04-01"), at("2026-04-02"))
    assert share(day, day, Convention.THIRTY_360) == 1


# Rules that contradict themselves, and rules that do not.


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        pytest.param(
            {"downgrade": Timing.IMMEDIATE, "cancellation": Timing.IMMEDIATE},
            [],
            id="both give back",
        ),
        pytest.param(
            {"unused_time": UnusedTime.KEPT, "cancellation": Timing.IMMEDIATE},
            [],
            id="a downgrade that waits keeps nothing",
        ),
        pytest.param({"downgrade": Timing.FORFEIT}, [], id="neither gives back"),
        pytest.param(
            {"downgrade": Timing.IMMEDIATE, "unused_time": UnusedTime.KEPT},
            [],
            id="neither gives back, as unused time is kept",
        ),
        pytest.param({"convention": Convention.FULL}, [], id="FULL promises nothing"),
        pytest.param(
            {"interval_discounts": {ANNUAL: "20"}}, [], id="all intervals are offered"
        ),
        pytest.param(
            {"intervals": [ANNUAL], "interval_discounts": {ANNUAL: "20"}},
            [],
            id="this one is offered",
        ),
        pytest.param(
            {
                "notice_days": 15,
                "notice_exempt": [
                    Direction.DOWNGRADE,
                    Direction.SHORTER_INTERVAL,
                    Direction.SEATS_REMOVED,
                    Direction.ADD_ON_REMOVED,
                    Direction.PACKAGE_DOWN,
                    Direction.CANCELLATION,
                ],
            },
            ["notice_without_effect"],
            id="just those that wait are exempt",
        ),
        pytest.param(
            {"notice_days": 15, "notice_exempt": [Direction.CANCELLATION]},
            [],
            id="others that wait are not exempt",
        ),
        pytest.param(
            {"notice_exempt": list(Direction)},
            ["exempt_from_nothing"],
            id="no notice has no effect to miss",
        ),
        pytest.param(
            {"notice_days": 29, "intervals": [MONTHLY]}, [], id="one day to be in time"
        ),
        pytest.param({"free_plan": FREE}, [], id="a free plan with a price of nothing"),
        pytest.param(
            {"free_plan": priced("free", usd(tiers=[Tier(up_to=None)]))},
            ["free_plan_costs"],
            id="a free plan with tiers",
        ),
    ],
)
def test_rules_tell_what_would_surprise_and_nothing_else(fields, codes):
    assert [problem.code for problem in BillingRules(**fields).problems()] == codes


# Licences.


@pytest.mark.parametrize(
    ("signed_on", "unit"),
    [
        pytest.param(
            "1959-12-31T00:00Z", LicenceUnit.ACTIVE_MEMBER, id="before its day"
        ),
        pytest.param("1960-01-01T00:00Z", LicenceUnit.TEAM, id="on its day"),
    ],
)
def test_a_row_with_a_day_goes_before_one_without_though_the_day_is_long_gone(
    signed_on, unit
):
    """Instants before 1970 are counted below zero."""
    rows = [
        LicenceVariant(LicenceUnit.ACTIVE_MEMBER),
        LicenceVariant(LicenceUnit.TEAM, from_day=at("1960-01-01T00:00Z")),
    ]
    for table in (rows, rows[::-1]):
        found = BillingRules(licence_variants=table).licence_variant(at(signed_on))
        assert found.unit is unit


@pytest.mark.parametrize(
    "mailbox", ["ann\t@example.com", "ann@exam\nple.com", "ann @example.com"]
)
def test_a_mailbox_has_nothing_in_it_that_cannot_be_seen(mailbox):
    with pytest.raises(DeliveryError) as refused:
        Delivery(channel=Channel.MAIL, mailbox=mailbox)
    assert refused.value.as_dict()["values"]["mailbox"] == mailbox


# Corrections.


def test_a_note_has_no_tax_in_another_currency():
    invoice = opened(tax_rates=[TaxRate("vat", "0.2")]).opening.invoice
    note = credit_note(invoice, reason="goodwill", issued_on=at("2026-04-05"))
    euro = Money("1", "EUR")
    with pytest.raises(CurrencyMismatchError) as refused:
        attrs.evolve(note, taxes=[TaxAmount(note.taxes[0].rate, euro, euro)])
    assert (refused.value.left, refused.value.right) == ("USD", "EUR")


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        pytest.param("FR", "DE", True, id="another country"),
        pytest.param(None, "DE", False, id="a country that was left out"),
        pytest.param("FR", "FR", False, id="the same country"),
    ],
)
def test_a_country_that_was_left_out_may_be_named(old, new, changes):
    story = opened(recipient=Party(name="Ada", country=old))
    recipient = Party(name="Ada & Co", country=new)

    def ask():
        return correct_recipient(
            story.opening.invoice, recipient, use_from_now_on=False
        )

    if not changes:
        assert ask().recipient == recipient
        return
    with pytest.raises(TaxStatusChangedError) as refused:
        ask()
    assert {old, new} <= {*refused.value.as_dict()["values"].values()}


# Access.


def waits(kind: ChangeKind, value: object, day: str) -> PendingUpdate:
    """Return an update that waits until *day*."""
    return PendingUpdate(
        kind=kind, value=value, applies_on=at(day), requested_on=at("2026-04-10")
    )


@pytest.mark.parametrize(
    ("pending", "until"),
    [
        pytest.param(
            [
                waits(ChangeKind.CANCELLATION, None, "2026-06-01"),
                waits(ChangeKind.PLAN, FREE, "2026-05-01"),
            ],
            "2026-05-01",
            id="the plan goes first, a cancellation asked for too late after it",
        ),
        pytest.param(
            [waits(ChangeKind.PRICE, FREE, "2026-05-01")],
            None,
            id="new prices of the free plan",
        ),
        pytest.param(
            [waits(ChangeKind.SEATS, 8, "2026-05-01")], None, id="fewer seats"
        ),
    ],
)
def test_paid_features_go_with_the_first_that_takes_them(pending, until):
    sub = opened(rules=BillingRules(free_plan=FREE)).subscription
    asked = attrs.evolve(sub, pending_updates=pending)
    assert usable_until(asked) == (until and at(until))


# Revenue.


@pytest.mark.parametrize("kind", [LineKind.SERVICE, LineKind.FEE])
@pytest.mark.parametrize(
    ("by", "first", "end"),
    [("day", "2026-04-20", "2026-04-21"), ("month", "2026-04-01", "2026-05-01")],
)
def test_what_is_bought_once_is_earned_on_its_first_day_however_long_it_takes(
    kind, by, first, end
):
    setup = Service("setup", "Set-up", Money("90.00", "USD"))
    invoice = opened().change("2026-04-20", BuyService(setup)).invoice
    (line,) = invoice.lines
    quarter = Period(at("2026-04-20"), at("2026-07-20"))
    long = attrs.evolve(line, kind=kind, whole=quarter, end=quarter.end)
    (schedule,) = recognize(attrs.evolve(invoice, lines=[long]), by=by).lines
    (part,) = schedule.parts
    assert digits(part.amount) == "90.00"
    assert part.period == Period(at(first), at(end))


def test_a_schedule_is_in_a_currency_that_is_known():
    with pytest.raises(UnknownCurrencyError):
        RevenueSchedule("XXX", ())
    assert RevenueSchedule("USD", ()).totals == ()


# Subscriptions and what is told of them.


@pytest.mark.parametrize(
    ("left", "removed"),
    [(9, {"seat": 1}), (10, {}), (11, {})],
    ids=["fewer", "as many", "more"],
)
def test_a_removal_leaves_fewer_seats(left, removed):
    sub = opened().subscription
    asked = waits(ChangeKind.SEATS, left, "2026-05-01")
    update = attrs.evolve(asked, key="seat")
    assert attrs.evolve(sub, pending_updates=[update]).scheduled_removals == removed


ZERO_DAYS = "payment_method_expiring.zero_days"


@pytest.mark.parametrize(
    ("make", "figures"),
    [
        pytest.param(Notice, (("on", at("2026-05-01")),), id="a notice"),
        pytest.param(Finding, (("current", "small"),), id="a finding"),
    ],
)
def test_what_is_told_has_a_known_code_and_its_figures_by_name(make, figures):
    code = {Notice: "serves_until", Finding: "no_plan_fits"}[make]
    ((name, value),) = figures
    told = make(code, figures)
    assert told.value(name) == value
    with pytest.raises(UnknownItemError) as refused:
        told.value("other")
    assert (refused.value.kind, refused.value.value) == ("value", "other")
    for unknown in ("other", ZERO_DAYS):  # which is a sentence of another code
        with pytest.raises(UnknownItemError) as refused:
            make(unknown, (*figures, ("valid_through", at("2026-05-01")), ("days", 0)))
        assert refused.value.value == unknown
        assert code in refused.value.offered
        assert ZERO_DAYS not in refused.value.offered
    with pytest.raises(UnknownItemError) as refused:
        make(code, (("other", 1),))
    assert (refused.value.kind, refused.value.value) == ("value", name)
    for wrong, error in (("", OutOfBoundsError), (5, WrongTypeError)):
        with pytest.raises(error) as refused:
            make(code, (*figures, (wrong, 1)))
        assert refused.value.name == "name"
    with pytest.raises(WrongTypeError) as refused:
        make(code, ((name,),))
    assert refused.value.name == "values"


def test_an_authorization_is_kept_as_it_was_given():
    dollar = Money("1.00", "USD")
    assert PaymentPolicy(authorization=dollar).authorization == dollar
    assert PaymentPolicy().authorization is None


@pytest.mark.parametrize("price", ["0.01", "0.02", "0"])
def test_a_cent_is_due(price):
    invoice = Story(plan(price), "2026-04-01").opening.invoice
    assert digits(invoice.amount_due) == digits(Money(price, "USD"))


def test_a_refusal_of_one_of_several_says_what_they_may_be():
    sub = opened().subscription
    with pytest.raises(WrongTypeError) as refused:
        attrs.evolve(sub, discounts=[5])
    assert refused.value.wanted == "AppliedDiscount | Discount"
    with pytest.raises(WrongTypeError) as refused:
        attrs.evolve(sub, charges=[5])
    assert refused.value.wanted == "Charge"
