"""A term agreed beside the billing interval: held, let go, ended early, trued up.

Ten seats at 10.00 from 1 January 2026, monthly, in euros, unless a row says otherwise.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    Cancel,
    Discount,
    EndTrial,
    Extend,
    Freeze,
    Interval,
    Money,
    MoveBillingDay,
    Pause,
    Period,
    Plan,
    Price,
    RecordUsage,
    RemoveAddOn,
    RemoveSeats,
    Reprice,
    Resume,
    SetSeats,
    SetTerm,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Term,
    Tier,
    Timing,
    Unfreeze,
    WithdrawPending,
    adopt,
    bill,
    change,
    explain,
    mrr,
    preview_invoice,
    rebill,
    recognize,
    renew,
    subscribe,
    verify,
)
from seatbill.converters import bill_request, dump, load, read_request
from seatbill.documents import to_text
from seatbill.errors import (
    DuplicateError,
    LateNoticeError,
    NoChangeError,
    OutOfBoundsError,
    OutOfOrderError,
    RulesError,
    TermRunsError,
    TooFewSeatsError,
    UnknownItemError,
    UnknownUnitError,
)
from seatbill.formatting import describe
from seatbill.proration import Convention
from seatbill.rules import ChangeKind, LateNotice
from seatbill.terms import EarlyEnd, RunningTerm, TrueUp, TrueUpMode
from seatbill.views import billing_view

NOW = Timing.IMMEDIATE


def day(text):
    """Return a day of 2026, or of another year where it is said."""
    return dt.date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def price(amount="10.00", currency="EUR", **more):
    return Price(unit_amount=amount, currency=currency, **more)


def plan(*prices, id="pro", rank=1):
    return Plan(id, id.title(), rank, prices or [price()])


PRO = plan()
LOW = plan(price("5.00"), id="low", rank=0)
HIGH = plan(price("20.00"), id="high", rank=2)
SSO = AddOn("sso", "SSO", [price("30.00", unit="sso")])
BILLED = {"early_end": EarlyEnd.BILLED}


def opened(term=None, at=PRO, seats=10, on="01-01", rules=None, **more):
    """Return the subscription of the first day."""
    arguments = {"interval": MONTHLY, "id": "acme", **more}
    return subscribe(
        at,
        seats=seats,
        on=day(on),
        rules=BillingRules(**(rules or {})),
        term=Term() if term is None else term,
        **arguments,
    )


def story(*entries, until, **more):
    """Return what each entry of a day and its changes come to, through a day."""
    history = [(day(on), changes) for on, *changes in entries]
    return bill(opened(**more), history, until=day(until))


def totals(statement):
    """Return what is invoiced, by day."""
    found = {}
    for invoice in statement.invoices:
        assert verify(invoice) == ()
        on = invoice.issued_on.isoformat().removeprefix("2026-")
        found[on] = found.get(on, Decimal(0)) + invoice.total.amount
    return {on: f"{amount:.2f}" for on, amount in found.items()}


def after(sub, *changes, on, **more):
    return change(sub, *changes, on=day(on), **more).subscription


def waits(sub):
    """Return what waits and for when."""
    return [(update.value, update.applies_on) for update in sub.pending_updates]


YEAR = [f"{month:02}-01" for month in range(1, 13)]


@pytest.mark.source("dust#32025, Microsoft 365, Google Workspace")
def test_seats_given_up_in_a_year_are_paid_until_its_end():
    found = totals(story(("02-10", RemoveSeats(4)), until="2027-01-31"))
    assert found == {**dict.fromkeys(YEAR, "100.00"), "2027-01-01": "60.00"}


def test_what_waits_for_the_end_is_counted_for_its_boundary_only():
    outcome = change(opened().subscription, RemoveSeats(4), on=day("02-10"))
    assert outcome.effective_on == day("2027-01-01")
    assert outcome.subscription.scheduled_removals == {}
    last = renew(outcome.subscription, on=day("12-01")).subscription
    assert last.scheduled_removals == {"seat": 4}
    assert preview_invoice(last).total == Money("60.00", "EUR")


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        pytest.param([AddSeats(3)], [9], id="three stay, free of charge"),
        pytest.param([AddSeats(6)], [12], id="four stay, two are bought"),
        pytest.param([SetSeats(10)], [], id="all stay"),
        pytest.param([SetSeats(7)], [7], id="another number"),
        pytest.param([RemoveSeats(1)], [5], id="one more"),
        pytest.param([WithdrawPending(ChangeKind.SEATS)], [], id="withdrawn"),
    ],
)
def test_what_waits_is_undone_replaced_and_withdrawn(asked, then):
    sub = after(opened().subscription, RemoveSeats(4), on="02-10")
    outcome = change(sub, *asked, on=day("03-01"))
    if then == [12]:  # nothing waits any more
        then = []
    assert [value for value, _ in waits(outcome.subscription)] == then
    # Two seats at 10.00 for the whole of March, beside its renewal.
    more = 2 if asked == [AddSeats(6)] else 0
    assert sum(i.total.minor_units for i in outcome.invoices) == 10_000 + more * 1000


def test_what_is_added_in_a_term_is_bound_too():
    sub = after(opened().subscription, AddSeats(5), on="02-01")
    assert sub.quantity() == 15
    assert waits(after(sub, RemoveSeats(5), on="02-02")) == [(10, day("2027-01-01"))]


@pytest.mark.parametrize(
    ("change_asked", "rules", "on"),
    [
        pytest.param(RemoveSeats(2), {"seats_removed": NOW}, "2027-01-01", id="seats"),
        pytest.param(SwitchPlan(LOW), {"downgrade": NOW}, "2027-01-01", id="plan"),
        pytest.param(Cancel(), {}, "2027-01-01", id="the end"),
        pytest.param(
            RemoveAddOn(SSO), {"add_on_removed": NOW}, "2027-01-01", id="add-on"
        ),
        pytest.param(SwitchPlan(HIGH), {}, "02-10", id="a higher plan acts"),
        pytest.param(AddSeats(1), {}, "02-10", id="more seats act"),
    ],
)
def test_less_waits_for_the_end_whatever_the_rules_say_and_more_acts(
    change_asked, rules, on
):
    sub = opened(rules=rules, add_ons=[SSO]).subscription
    assert change(sub, change_asked, on=day("02-10")).effective_on == day(on)


def test_a_shorter_interval_and_a_smaller_package_wait():
    big, small = (
        AddOn(name, name, [price(amount, unit="x")], family="f", rank=rank)
        for name, amount, rank in (("big", "20.00", 2), ("small", "10.00", 1))
    )
    sub = opened(interval=QUARTERLY, add_ons=[big]).subscription
    outcome = change(
        sub, SwitchInterval(MONTHLY), SwitchPackage(big, small), on=day("02-10")
    )
    assert [on for _, on in waits(outcome.subscription)] == [day("2027-01-01")] * 2
    later = renew(outcome.subscription, on=day("2027-01-01"))
    assert later.invoices[-1].total == Money("110.00", "EUR")  # a month of both


def test_the_end_of_a_term_is_the_end_of_the_subscription():
    statement = story(("02-10", Cancel()), until="2027-02-01")
    assert totals(statement) == dict.fromkeys(YEAR, "100.00")
    assert statement.subscription.ended_on == day("2027-01-01")
    assert statement.subscription.term is None


def test_a_cancellation_that_waits_is_resumed_and_given_another_reason():
    sub = after(opened().subscription, Cancel(), on="02-10")
    assert sub.cancel_at_period_end
    assert waits(after(sub, Cancel("moved"), on="02-11")) == [
        ("moved", day("2027-01-01"))
    ]
    assert waits(after(sub, Resume(), on="02-11")) == []


def test_the_announcement_of_an_end_names_the_bill_of_its_day():
    outcome = change(opened().subscription, Cancel(), on=day("02-10"))
    assert [str(told) for told in outcome.notices] == [
        "Pro ends on 2027-01-01, and the bill of that day is 0.00 EUR."
    ]


# By hand.


@pytest.mark.parametrize(
    "asked", [RemoveSeats(1), SwitchPlan(LOW), SetSeats(3), Cancel()]
)
def test_nothing_leaves_early_by_hand(asked):
    with pytest.raises(TermRunsError) as refused:
        change(opened().subscription, asked, on=day("02-10"), timing=NOW)
    assert refused.value.ends_on == day("2027-01-01")


def test_rules_that_end_at_once_do_not_end_a_term():
    sub = opened(rules={"cancellation": NOW}).subscription
    for on in ("02-10", "02-01"):
        with pytest.raises(TermRunsError) as refused:
            change(sub, Cancel(), on=day(on))
        assert refused.value.problem == "end"
    ended = change(sub, Cancel(), on=day("2027-01-01")).subscription
    assert ended.ended_on == day("2027-01-01")


# A minimum.


def test_above_a_minimum_seats_leave_as_the_rules_say():
    sub = opened(Term(minimum={"seat": 10}), seats=14).subscription
    gone = after(sub, RemoveSeats(3), on="02-10")
    assert waits(gone) == [(11, day("03-01"))]
    gone = after(sub, RemoveSeats(5), on="02-10")
    assert waits(gone) == [(10, day("03-01")), (9, day("2027-01-01"))]
    assert waits(after(sub, SetSeats(9), on="02-10")) == waits(gone)


def test_above_a_minimum_seats_leave_at_once_where_the_rules_say_so():
    rules = {"seats_removed": NOW}
    sub = opened(Term(minimum={"seat": 10}), seats=14, rules=rules).subscription
    outcome = change(sub, RemoveSeats(5), on=day("01-01"))
    assert outcome.subscription.quantity() == 10
    assert outcome.invoice.total == Money("-40.00", "EUR")
    assert waits(outcome.subscription) == [(9, day("2027-01-01"))]
    again = change(sub, SetSeats(9), on=day("01-01"))
    assert waits(again.subscription) == waits(outcome.subscription)


def test_with_a_minimum_add_ons_leave_as_the_rules_say():
    sub = opened(Term(minimum={"seat": 10}), add_ons=[SSO]).subscription
    assert change(sub, RemoveAddOn(SSO), on=day("02-10")).effective_on == day("03-01")


def test_in_the_last_period_below_the_minimum_waits_for_its_end():
    rules = {"seats_removed": NOW}
    sub = opened(Term(minimum={"seat": 10}), rules=rules).subscription
    outcome = change(sub, RemoveSeats(2), on=day("12-10"))
    assert waits(outcome.subscription) == [(8, day("2027-01-01"))]


# Notice.


@pytest.mark.parametrize(
    ("term", "on", "asked", "when"),
    [
        pytest.param(Term(), "12-02", RemoveSeats(1), "2027-01-01", id="in time"),
        pytest.param(Term(), "12-03", RemoveSeats(1), "2028-01-01", id="late"),
        pytest.param(Term(), "12-03", Cancel(), "2028-01-01", id="late end"),
        pytest.param(Term(), "12-03", SwitchPlan(LOW), "2028-01-01", id="late plan"),
        pytest.param(
            Term(renews=False),
            "12-03",
            RemoveSeats(1),
            "2027-02-01",
            id="no next term",
        ),
    ],
)
def test_notice_is_held_for_the_end_of_a_term(term, on, asked, when):
    sub = opened(term, rules={"notice_days": 30}).subscription
    outcome = change(sub, asked, on=day(on))
    assert outcome.effective_on == day(when)
    late = "late_notice" in [told.code for told in outcome.notices]
    assert late is (when != "2027-01-01")


def test_notice_longer_than_a_period():
    """Sixty days before 1 January 2027 are 2 November 2026."""
    rules = {"notice_days": 60}
    sub = after(opened(rules=rules).subscription, RemoveSeats(1), on="11-02")
    later = after(sub, RemoveSeats(2), on="11-03")
    assert waits(later) == [(9, day("2027-01-01")), (7, day("2028-01-01"))]
    sub = opened(Term(renews=False), rules=rules).subscription
    assert waits(after(sub, RemoveSeats(1), on="11-03")) == [(9, day("2027-02-01"))]
    statement = bill(later, [], until=day("2028-01-01"))
    assert [statement.invoices[i].total.amount for i in (-14, -2, -1)] == [100, 90, 70]
    sub = after(opened(rules=rules).subscription, Cancel(), on="11-02")
    with pytest.raises(NoChangeError):
        change(sub, Cancel(), on=day("11-03"))


def test_a_term_is_not_let_go_after_the_last_day_of_notice():
    sub = opened(rules={"notice_days": 30}).subscription
    assert after(sub, SetTerm(None), on="12-02").term.follows is None
    with pytest.raises(LateNoticeError):
        change(sub, SetTerm(None), on=day("12-03"))


def test_late_is_refused_where_the_rules_say_so():
    rules = {"notice_days": 30, "late_notice": LateNotice.REFUSE}
    sub = opened(rules=rules).subscription
    for asked in (RemoveSeats(1), Cancel(), SetTerm(None)):
        with pytest.raises(LateNoticeError):
            change(sub, asked, on=day("12-03"))


# An early end.


@pytest.mark.parametrize(
    ("share", "on", "fee"),
    [
        pytest.param("100", "03-15", "900.00", id="April to December"),
        pytest.param("50", "03-15", "450.00", id="half of it"),
        pytest.param(Fraction(1, 3), "03-15", "300.00", id="a third"),
        pytest.param("50", "03-01", "500.00", id="on the billing day, March too"),
        pytest.param("100", "12-31", None, id="in the last period"),
    ],
)
def test_leaving_early_bills_a_share_of_the_rest(share, on, fee):
    statement = bill(
        opened(Term(**BILLED, share=share)),
        [(day(on), Cancel(), NOW)],
        until=day("2027-01-31"),
    )
    last = statement.invoices[-1]
    assert statement.subscription.ended_on == day(on)
    if fee is None:
        assert last.issued_on == day("12-01")
        return
    (line,) = last.lines
    assert (last.issued_on, last.total) == (day(on), Money(fee, "EUR"))
    assert line.full_amount == line.quantity * line.unit_amount
    assert describe(line) == "Rest of the term: 10 seats"
    assert describe(line, "fr") == "Reste de l’engagement\u00a0: 10 sièges"
    assert explain(line)
    assert totals(statement)[on] == fee
    assert sum(part.amount.minor_units for part in recognize(last).totals) == (
        last.subtotal.minor_units
    )


def test_the_rest_has_taxes_discounts_add_ons_and_is_rounded_once():
    """(10 × 9.00 × 9 + 30.00 × 9) / 7, at 20 %: 115.714… + 38.571… = 154.28."""
    tax = TaxRate("vat", "0.2")
    sub = opened(
        Term(**BILLED, share=Fraction(1, 7)),
        at=plan(price("10.00")),
        add_ons=[SSO],
        tax_rates=[tax],
    ).subscription
    sub = after(sub, ApplyDiscount(Discount.percent("10", id="d")), on="01-02")
    outcome = change(sub, Cancel(), on=day("03-15"), timing=NOW)
    last = outcome.invoices[-1]
    # 10 × 10.00 × 0.9 × 9 / 7 = 115.71; 30.00 × 0.9 × 9 / 7 = 34.71
    assert [line.amount for line in last.lines] == [
        Money("115.71", "EUR"),
        Money("34.71", "EUR"),
    ]
    assert last.total == Money("180.50", "EUR")  # 150.42 + 30.08
    assert verify(last) == ()


@pytest.mark.parametrize(
    ("currency", "amount", "fee"),
    [
        pytest.param("JPY", "1000", "30000", id="yen"),  # 10 × 1000 × 9 / 3
        pytest.param("KWD", "1.111", "33.330", id="dinar"),  # 10 × 1.111 × 9 / 3
    ],
)
def test_other_currencies(currency, amount, fee):
    sub = opened(
        Term(**BILLED, share=Fraction(1, 3)), at=plan(price(amount, currency))
    ).subscription
    outcome = change(sub, Cancel(), on=day("03-15"), timing=NOW)
    assert outcome.invoices[-1].total == Money(fee, currency)


RAMP = (
    Reprice(plan(price("12.00")), day("07-01")),
    SetSeats(15, from_day=day("10-01")),
)


@pytest.mark.parametrize(
    ("term", "agreed", "more", "fee"),
    [
        # 3 × 10 × 10.00, 3 × 10 × 12.00, 3 × 15 × 12.00
        (Term(**BILLED), RAMP, {}, "1200.00"),
        (Term(**BILLED), RAMP[::-1], {}, "1200.00"),
        (Term(**BILLED, share="50"), RAMP, {}, "600.00"),
        # eight are committed: 3 × 8 × 10.00, 6 × 8 × 12.00
        (Term(**BILLED, minimum={"seat": 8}), RAMP, {}, "816.00"),
        # 6 × 10 × 10.00, 3 × 15 × 10.00
        (Term(**BILLED), RAMP[1:], {}, "1050.00"),
        # from the next renewal on: 9 × 10 × 13.00
        (Term(**BILLED), (Reprice(plan(price("13.00")), day("03-20")),), {}, "1170.00"),
        # after the term, or of a plan that does not run: 9 × 10 × 10.00
        (
            Term(**BILLED),
            (
                Reprice(plan(price("13.00")), day("2027-01-01")),
                SetSeats(15, from_day=day("2027-02-01")),
            ),
            {},
            "900.00",
        ),
        # the last of two that are due on 1 July: 3 × 100.00, 6 × 10 × 12.00
        (
            Term(**BILLED),
            (Reprice(plan(price("11.00")), day("06-15")), RAMP[0]),
            {},
            "1020.00",
        ),
        # twelve agreed, and then 13 owned: 9 × 13 × 10.00, and 3 × 10.00 × 17/31 now
        (
            Term(**BILLED),
            (SetSeats(12, from_day=day("10-01")), AddSeats(3)),
            {},
            "1186.45",
        ),
        # by the quarter: 1 × 10 × 30.00, 1 × 10 × 36.00, 1 × 15 × 36.00
        (Term(**BILLED), RAMP, {"interval": QUARTERLY}, "1200.00"),
        # a fifth off: 960.00
        (
            Term(**BILLED),
            RAMP,
            {"discounts": [Discount.percent("20", id="fifth")]},
            "960.00",
        ),
        # 19 % on 1200.00
        (Term(**BILLED), RAMP, {"tax_rates": [TaxRate("vat", "0.19")]}, "1428.00"),
    ],
)
def test_what_is_agreed_for_later_in_the_term_is_part_of_the_rest(
    term, agreed, more, fee
):
    """Left on 15 March of a year from 1 January."""
    opening = opened(term, **more)
    left = change(opening.subscription, *agreed, Cancel(), on=day("03-15"), timing=NOW)
    assert str(left.invoices[-1].total.amount) == fee
    assert verify(left.invoices[-1]) == ()


def test_a_price_of_a_plan_that_is_to_come_is_no_part_of_the_rest():
    """9 × 10 × 10.00, and nothing where none is committed."""
    later = Reprice(attrs.evolve(HIGH, prices=[price("90.00")]), day("07-01"))
    for minimum, fees in ((None, ["900.00"]), ({}, [])):
        term = Term(**BILLED, minimum=minimum)
        sub = opened(term, rules={"upgrade": Timing.PERIOD_END}).subscription
        sub = after(sub, SwitchPlan(HIGH), later, on="03-10")
        left = change(sub, Cancel(), on=day("03-15"), timing=NOW)
        lines = [line for invoice in left.invoices for line in invoice.lines]
        found = [str(n.amount.amount) for n in lines if n.item == "early-end"]
        assert found == fees


def test_the_rest_of_a_ramp_in_arrears_holds_the_running_period():
    """17 of 31 days and three months of 10 × 10.00, then 6 months of 10 × 12.00."""
    late = plan(price("10.00", in_arrears=True))
    dearer = plan(price("12.00", in_arrears=True))
    sub = opened(Term(**BILLED), at=late).subscription
    sub = after(sub, Reprice(dearer, day("07-01")), on="01-10")
    left = change(sub, Cancel(), on=day("03-15"), timing=NOW)
    (fee,) = [n for n in left.invoices[-1].lines if n.item == "early-end"]
    assert str(fee.amount.amount) == "1074.84"  # 54.84 + 300.00 + 720.00


def test_the_rest_of_a_minimum_and_of_tiers():
    tiers = [Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8")]
    tiered = plan(Price(tiers=tiers, currency="EUR"))
    minimum = Term(**BILLED, minimum={"seat": 8})
    outcome = change(
        opened(minimum, at=tiered, add_ons=[SSO]).subscription,
        Cancel(),
        on=day("11-15"),
        timing=NOW,
    )
    (line,) = outcome.invoices[-1].lines  # December for 8: 50.00 + 24.00
    assert (line.quantity, line.amount) == (1, Money("74.00", "EUR"))


def test_the_rest_of_what_is_in_arrears_holds_the_running_period():
    """From 16 November 15 of 30 days and December: 1.5 × 100.00, and 50.00 ran."""
    arrears = plan(price(in_arrears=True))
    outcome = change(
        opened(Term(**BILLED), at=arrears).subscription,
        Cancel(),
        on=day("11-16"),
        timing=NOW,
    )
    assert outcome.invoices[-1].total == Money("200.00", "EUR")


def test_flat_and_measured_prices_and_add_ons_of_two_units():
    base = plan(
        price("50.00", unit="base", flat=True),
        price("1.00", unit="team", measured=True, in_arrears=True),
    )
    two = AddOn("two", "Two", [price("3.00", unit="a"), price("4.00", unit="b")])
    sub = opened(
        Term(interval=Interval(months=2), **BILLED),
        at=base,
        seats={"team": 0},
        add_ons=[two],
    ).subscription
    outcome = bill(
        sub,
        [(day("02-01"), Cancel(), NOW)],
        until=day("02-01"),
        measured=lambda _: {"team": 2},
    )
    amounts = {
        line.terms.unit: str(line.amount.amount) for line in outcome.invoices[-1].lines
    }
    assert amounts == {
        "team": "2.00",
        "base": "50.00",
        "two:a": "3.00",
        "two:b": "4.00",
    }


def test_the_convention_full_counts_whole_periods():
    sub = opened(Term(**BILLED), rules={"convention": Convention.FULL}).subscription
    outcome = change(sub, Cancel(), on=day("11-15"), timing=NOW)
    assert outcome.invoices[-1].total == Money("100.00", "EUR")


def test_an_early_end_after_a_moved_billing_day_counts_the_stub():
    """1 to 15 January 2027 are 14 of the 31 days from 15 December: 451.61 for ten."""
    sub = after(opened(Term(**BILLED)).subscription, MoveBillingDay(15), on="11-02")
    outcome = change(sub, Cancel(), on=day("11-10"), timing=NOW)
    # From 1 December 14 of 30 days, and then from the 15th to 15 January.
    assert outcome.invoices[-1].total == Money("146.67", "EUR")


def test_falling_to_the_free_plan_waits_too():
    free = Plan("free", "Free", 0)
    rules = {"free_plan": free}
    sub = opened(rules=rules).subscription
    outcome = change(sub, SwitchPlan(free), on=day("02-10"))
    assert outcome.effective_on == day("2027-01-01")
    fallen = renew(outcome.subscription, on=day("2027-01-01")).subscription
    assert (fallen.plan, fallen.term) == (free, None)
    with pytest.raises(NoChangeError):
        change(fallen, SetTerm(Term()), on=day("2027-01-02"))


# The next term.


def test_a_term_renews_or_is_the_last():
    outcome = renew(opened().subscription, on=day("2027-01-01"))
    assert outcome.subscription.term == Term().begun(day("2027-01-01"))
    assert [told.code for told in outcome.notices] == ["term_renewed"]
    outcome = renew(opened(Term(renews=False)).subscription, on=day("2027-01-01"))
    assert outcome.subscription.term is None
    assert [told.code for told in outcome.notices] == ["term_ended"]
    gone = change(outcome.subscription, RemoveSeats(1), on=day("2027-01-05"))
    assert gone.effective_on == day("2027-02-01")


def test_another_term_follows_where_one_is_named():
    half = Term(interval=Interval(months=6))
    sub = after(opened().subscription, SetTerm(half), on="02-01")
    assert sub.term.follows == half
    with pytest.raises(NoChangeError):
        change(sub, SetTerm(half), on=day("02-01"))
    later = renew(sub, on=day("2027-01-01")).subscription
    assert later.term == half.begun(day("2027-01-01"))
    last = after(sub, SetTerm(None), on="02-01")
    assert renew(last, on=day("2027-01-01")).subscription.term is None


def test_a_term_is_set_replaced_and_dropped_by_hand():
    sub = opened().subscription
    sub = after(sub, RemoveSeats(4), on="02-10")
    half = Term(interval=Interval(months=6))
    other = after(sub, SetTerm(half), on="02-11", timing=NOW)
    assert other.term.period == Period(day("02-01"), day("08-01"))
    assert waits(other) == [(6, day("08-01"))]
    free = after(sub, SetTerm(None), on="02-11", timing=NOW)
    assert (free.term, waits(free)) == (None, [(6, day("03-01"))])
    with pytest.raises(NoChangeError):
        change(free, SetTerm(None), on=day("02-11"))
    asked = WithdrawPending(ChangeKind.SEATS), SetTerm(Term())
    bound = after(free, *asked, on="02-12")
    assert bound.term == Term().begun(day("02-01"))


SMALL, LARGE = (
    AddOn(
        f"disk-{rank}", "Disk", [price(unit=f"disk-{rank}")], family="disk", rank=rank
    )
    for rank in (1, 2)
)
LATER = dict.fromkeys(
    ("upgrade", "seats_added", "longer_interval", "add_on_added", "package_up"),
    Timing.PERIOD_END,
)


def unbound(**more):
    """Return a subscription of 1 January without a term, with add-ons, quarterly."""
    arguments = {"interval": QUARTERLY, "add_ons": [(SSO, 2), SMALL], **more}
    given = {"id": "acme", "seats": 10, "on": day("01-01")}
    rules = BillingRules(**LATER, free_plan=LOW)
    return subscribe(PRO, rules=rules, **given, **arguments).subscription


@pytest.mark.parametrize(
    "waiting",
    [
        RemoveSeats(2),
        RemoveAddOn(SSO),
        SwitchPlan(plan(price("7.00"), id="base")),
        SwitchPlan(LOW),
        SwitchInterval(MONTHLY),
        SetSeats(8, from_day=day("04-01")),
        Cancel(),
    ],
)
def test_what_waits_and_would_go_in_the_term_is_withdrawn_first(waiting):
    known = after(unbound(), waiting, on="01-10")
    agreed = SetTerm(Term())
    for sub, *asked in ((unbound(), waiting, agreed), (known, agreed)):
        with pytest.raises(TermRunsError) as refused:
            change(sub, *asked, on=day("01-10"))
        found = refused.value
        assert (found.problem, found.ends_on) == ("waiting", day("04-01"))
    if not isinstance(waiting, SetSeats):  # of a day in the term: it is refused
        held = after(unbound(), agreed, waiting, on="01-10")
        assert [u.applies_on for u in held.pending_updates] == [day("2027-01-01")]


def test_a_smaller_package_that_waits_is_withdrawn_first():
    sub = unbound(add_ons=[LARGE])
    sub = after(sub, SwitchPackage(LARGE, SMALL), on="01-10")
    with pytest.raises(TermRunsError):
        change(sub, SetTerm(Term()), on=day("01-10"))


@pytest.mark.parametrize(
    "waiting",
    [
        (AddSeats(2),),
        (AddAddOn(SSO),),
        (SwitchPlan(HIGH),),
        (SwitchInterval(ANNUAL),),
        (SwitchPackage(SMALL, LARGE),),
        (Reprice(plan(price("12.00")), day("04-01")),),
        (SetSeats(12, from_day=day("05-01")),),
    ],
)
def test_what_waits_and_grows_comes_in_the_term(waiting):
    before = after(unbound(), *waiting, on="01-10")
    found = after(before, SetTerm(Term()), on="01-11")
    assert found.pending_updates == before.pending_updates


def test_what_waits_above_a_minimum_or_for_the_end_of_the_term_goes_on():
    sub = after(unbound(), RemoveSeats(2), RemoveAddOn(SSO), on="01-10")
    eight = Term(minimum={"seat": 8})
    assert waits(after(sub, SetTerm(eight), on="01-11"))[0] == (8, day("04-01"))
    with pytest.raises(TermRunsError):
        change(sub, SetTerm(Term(minimum={"seat": 9})), on=day("01-11"))
    last = after(sub, SetTerm(Term(interval=QUARTERLY)), on="01-11")
    assert last.quantity() == 10
    assert renew(last, on=day("04-01")).subscription.quantity() == 8


def test_more_that_waits_is_held_from_when_it_comes():
    """Two more on 1 April, and one of the twelve less on 1 July: within the year."""
    sub = attrs.evolve(unbound(), rules=BillingRules(**LATER, notice_days=10))
    sub = after(sub, AddSeats(2), on="01-10")
    sub = after(sub, RemoveSeats(1), on="03-30")
    assert waits(sub) == [(12, day("04-01")), (11, day("07-01"))]
    with pytest.raises(TermRunsError) as refused:
        change(sub, SetTerm(Term()), on=day("03-30"))
    assert refused.value.ends_on == day("07-01")


def test_an_interval_that_waits_makes_up_the_term():
    sub = after(unbound(interval=MONTHLY), SwitchInterval(ANNUAL), on="01-10")
    with pytest.raises(RulesError):
        change(sub, SetTerm(Term(interval=QUARTERLY)), on=day("01-11"))


def test_in_a_trial_what_waits_for_its_end_goes_before_the_term():
    sub = unbound(trial_end=day("02-01"))
    sub = after(sub, Cancel(), SetTerm(Term()), on="01-10")
    assert renew(sub, on=day("02-01")).subscription.ended_on == day("02-01")


@pytest.mark.parametrize("term", [Term(), Term(minimum={"seat": 8})])
def test_a_plan_does_not_carry_fewer_seats_than_a_term_holds(term):
    """Today, with a new period, or at a renewal; at the term's end it does."""
    fewer = SwitchPlan(HIGH, seats=7)
    for upgrade in (Timing.IMMEDIATE, Timing.RESTART, Timing.PERIOD_END):
        sub = opened(term, rules={"upgrade": upgrade}).subscription
        if upgrade is Timing.IMMEDIATE:
            waiting = after(sub, fewer, on="01-10")
            assert waiting.quantity() == 10
            assert waits(waiting)[-1] == (7, day("2027-01-01"))
            continue
        with pytest.raises(TermRunsError):
            change(sub, fewer, on=day("01-10"))
    last = renew(sub, on=day("12-01")).subscription
    assert waits(after(last, fewer, on="12-10"))[-1] == (7, day("2027-01-01"))


def test_a_late_request_goes_to_the_next_term_and_stays_there():
    sub = opened(Term(interval=QUARTERLY), rules={"notice_days": 40}).subscription
    sub = after(sub, RemoveSeats(1), on="03-01")  # by 20 February for 1 April
    assert waits(sub) == [(9, day("07-01"))]
    assert waits(renew(sub, on=day("03-01")).subscription) == [(9, day("07-01"))]
    assert waits(renew(sub, on=day("04-01")).subscription) == [(9, day("07-01"))]
    assert renew(sub, on=day("07-01")).subscription.quantity() == 9


# Beside other things.


def test_in_a_trial_nothing_is_bound_and_the_term_begins_after_it():
    sub = opened(trial_end=day("01-15")).subscription
    assert sub.term == Term().begun(day("01-15"))
    assert after(sub, RemoveSeats(4), on="01-05").quantity() == 6
    assert after(sub, Cancel(), on="01-05", timing=NOW).ended_on == day("01-05")
    assert after(sub, SetTerm(None), on="01-05").term is None
    moved = after(sub, Extend(3), on="01-05")
    assert moved.term == Term().begun(day("01-18"))
    ended = after(sub, EndTrial(), on="01-05")
    assert ended.term == Term().begun(day("01-05"))
    counted = opened(Term(true_ups=[TrueUp()]), trial_end=day("01-15")).subscription
    counted = renew(after(counted, RecordUsage(12), on="01-05"), on=day("01-15"))
    assert counted.subscription.term.excess == {"seat": 2}


def test_a_freeze_and_days_given_move_the_end_of_the_term():
    sub = opened(rules={"max_freeze_days": 60}).subscription
    sub = after(sub, RemoveSeats(4), on="01-05")
    frozen = after(sub, Freeze(), on="03-10")
    # Sixty days on, the period ends on 31 May; nine months later is the month's end.
    assert waits(after(frozen, Cancel(), on="03-11"))[-1][1] == day("2027-02-28")
    thawed = after(frozen, Unfreeze(), on="03-20")
    assert thawed.term.period == Period(day("01-01"), day("2027-01-11"))
    assert waits(thawed) == [(6, day("2027-01-11"))]
    given = after(sub, Extend(5), on="03-10")
    assert given.term.period.end == day("2027-01-06")
    assert given.current_period.end == day("04-06")


def test_a_billing_day_that_moves_lets_the_term_end_with_a_whole_period():
    sub = after(opened().subscription, MoveBillingDay(15), on="03-10")
    sub = after(sub, RemoveSeats(4), on="03-10")
    assert waits(sub) == [(6, day("2027-01-15"))]
    assert renew(sub, on=day("2027-01-15")).subscription.term.period == Period(
        day("2027-01-15"), day("2028-01-15")
    )
    twice = after(sub, Extend(5), on="03-11")
    assert twice.term.period.end == day("2027-01-01")


def test_a_longer_interval_at_once_starts_the_term_anew():
    sub = opened().subscription
    yearly = after(sub, SwitchInterval(ANNUAL), on="03-10")
    assert yearly.term == Term().begun(day("03-10"))
    waiting = after(sub, RemoveSeats(1), on="02-10")
    with pytest.raises(TermRunsError) as refused:
        change(waiting, SwitchInterval(ANNUAL), on=day("03-10"))
    assert refused.value.problem == "restart"
    kept = after(waiting, SwitchInterval(QUARTERLY), on="02-10", timing=NOW)
    assert waits(kept) == [(9, day("2027-02-01"))]  # with the quarter from February


def test_an_interval_that_does_not_make_up_the_term_is_refused():
    sub = opened().subscription
    for interval in (Interval(months=5), Interval(days=30)):
        with pytest.raises(RulesError) as refused:
            change(sub, SwitchInterval(interval), on=day("02-10"))
        assert refused.value.problem == "no_part_of_term"
    with pytest.raises(RulesError):
        opened(at=plan(price(interval=Interval(months=5))), interval=Interval(months=5))
    with pytest.raises(RulesError):
        opened(Term(true_ups=[TrueUp(every=MONTHLY)]), interval=QUARTERLY)


def test_a_restart_may_not_carry_fewer_seats():
    sub = opened().subscription
    asked = SwitchPlan(HIGH, seats=4)
    with pytest.raises(TermRunsError):
        change(sub, asked, on=day("02-10"), timing=Timing.RESTART)
    assert after(sub, SwitchPlan(HIGH, seats=12), on="02-10").quantity() == 12


def test_a_leap_day_and_month_ends():
    sub = opened(on="2028-02-29").subscription
    assert sub.term.period.end == day("2029-02-28")
    sub = after(sub, RemoveSeats(1), on="2028-03-01")
    assert waits(sub) == [(9, day("2029-02-28"))]
    sub = opened(on="01-31").subscription
    assert waits(after(sub, Cancel(), on="03-01")) == [(None, day("2027-01-31"))]


def test_an_anchor_lets_the_term_end_with_the_period_of_its_last_day():
    sub = opened(on="01-15", anchor=day("01-01")).subscription
    assert waits(after(sub, RemoveSeats(1), on="02-10")) == [(9, day("2027-01-01"))]


# True-ups.


@pytest.mark.parametrize(
    ("true_up", "entries", "found"),
    [
        pytest.param(
            TrueUp(),
            [("03-10", RecordUsage(14)), ("05-01", RecordUsage(11))],
            {"2027-01-01": "580.00"},  # 4 × 10.00 × 12, and January
            id="the peak, for the whole term",
        ),
        pytest.param(
            TrueUp(mode=TrueUpMode.AT_DAY),
            [("03-10", RecordUsage(14)), ("05-01", RecordUsage(11))],
            {"2027-01-01": "220.00"},  # 1 × 10.00 × 12
            id="the last count",
        ),
        pytest.param(
            TrueUp(every=QUARTERLY),
            [("02-10", RecordUsage(14)), ("05-10", RecordUsage(9))],
            {"04-01": "220.00", "07-01": "220.00"},  # 4 × 10.00 × 3, each
            id="by the quarter, and what stands counts in the next one",
        ),
        pytest.param(
            TrueUp(every=QUARTERLY, mode=TrueUpMode.AT_DAY),
            [("02-10", RecordUsage(14)), ("05-10", RecordUsage(9))],
            {"04-01": "220.00"},
            id="by the quarter, the count of the day",
        ),
        pytest.param(
            TrueUp(every=QUARTERLY),
            [("02-10", AddSeats(4), RecordUsage(14))],
            {"02-10": "27.14"},  # 40.00 × 19 / 28
            id="what is bought first is no excess",
        ),
        pytest.param(
            TrueUp(every=QUARTERLY),
            [("02-10", RecordUsage(10))],
            {},
            id="nothing beyond",
        ),
    ],
)
def test_what_is_used_beyond_what_was_bought_is_billed(true_up, entries, found):
    statement = story(*entries, until="2027-01-01", term=Term(true_ups=[true_up]))
    usual = "140.00" if "02-10" in found else "100.00"
    billed = totals(statement)
    other = {on: total for on, total in billed.items() if total != "100.00"}
    if usual == "140.00":
        assert other.pop("02-10") == found.pop("02-10")
        other = {on: total for on, total in other.items() if total != usual}
    assert other == found


def test_a_true_up_under_tiers_is_the_difference_of_the_totals():
    """Five at 10.00 and the others at 8.00: 14 less 4 is 5 × 8.00, for three months."""
    tiers = [Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8")]
    statement = story(
        ("02-10", RecordUsage(9)),
        until="04-01",
        at=plan(Price(tiers=tiers, currency="EUR")),
        seats=4,
        term=Term(true_ups=[TrueUp(every=QUARTERLY)]),
    )
    line = statement.invoices[-1].lines[0]
    assert line.amount == Money("126.00", "EUR")  # (10.00 + 4 × 8.00) × 3
    assert describe(line) == "True-up: 1 seat"


def test_a_cheaper_tier_and_a_flat_price_have_no_true_up():
    tiers = [Tier(up_to=10, unit_amount="10"), Tier(up_to=None, unit_amount="1")]
    volume = Price(tiers=tiers, tiers_mode="volume", currency="EUR")
    base = price("50.00", unit="base", flat=True)
    term = Term(true_ups=[TrueUp(), TrueUp(unit="base")])
    statement = story(
        ("02-10", RecordUsage({"seat": 12, "base": 3})),
        until="2027-01-01",
        at=plan(volume, base),
        term=term,
    )
    assert set(totals(statement).values()) == {"150.00"}


def test_an_early_end_bills_the_count_too():
    term = Term(**BILLED, share="50", true_ups=[TrueUp(every=QUARTERLY)])
    sub = after(opened(term).subscription, RecordUsage(12), on="11-10")
    outcome = change(sub, Cancel(), on=day("11-15"), timing=NOW)
    amounts = [str(line.amount.amount) for line in outcome.invoices[-1].lines]
    assert amounts == ["60.00", "50.00"]  # 2 × 10.00 × 3; half of December


def test_a_unit_that_the_next_plan_does_not_sell_has_no_true_up():
    other = plan(price("20.00", unit="editor"), id="other", rank=3)
    sub = opened(Term(true_ups=[TrueUp()])).subscription
    sub = after(sub, RecordUsage(12), on="02-10")
    sub = after(sub, SwitchPlan(other, seats={"editor": 10}), on="02-11")
    assert renew(sub, on=day("2027-01-01")).invoices[-1].total == Money("200", "EUR")


@pytest.mark.parametrize("term", [None, Term(), Term(true_ups=[TrueUp(unit="seat")])])
def test_a_count_of_what_no_true_up_bills_is_refused(term):
    sub = opened(Term() if term is None else term).subscription
    if term is None:
        sub = after(sub, SetTerm(None), on="01-02", timing=NOW)
    with pytest.raises(UnknownItemError):
        change(sub, RecordUsage({"team": 3}), on=day("02-10"))


# The door.


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"share": "50"}, RulesError),
        ({"share": "0", **BILLED}, OutOfBoundsError),
        ({"share": "101", **BILLED}, OutOfBoundsError),
        ({"share": Fraction(1, 10**10), **BILLED}, OutOfBoundsError),
        ({"true_ups": [TrueUp(every=Interval(months=5))]}, RulesError),
        ({"true_ups": [TrueUp(every=Interval(days=30))]}, RulesError),
        ({"true_ups": [TrueUp(), TrueUp()]}, DuplicateError),
    ],
)
def test_a_term_that_could_not_act_is_refused(fields, error):
    with pytest.raises(error):
        Term(**fields)


@pytest.mark.parametrize(
    ("term", "error"),
    [
        (Term(minimum={"seat": 11}), TooFewSeatsError),
        (Term(minimum={"team": 1}), UnknownUnitError),
        (Term(true_ups=[TrueUp(unit="team")]), UnknownUnitError),
    ],
)
def test_a_term_that_does_not_fit_is_refused(term, error):
    with pytest.raises(error):
        opened(term)


def test_a_customer_in_a_term_is_taken_over():
    arguments = {
        "id": "acme",
        "interval": MONTHLY,
        "seats": 10,
        "current_period": Period(day("03-01"), day("04-01")),
        "charged": Money("100.00", "EUR"),
        "rules": BillingRules(),
    }
    sub = adopt(PRO, **arguments, term=Term().begun(day("2025-07-01")))
    assert waits(after(sub, RemoveSeats(1), on="03-10")) == [(9, day("07-01"))]
    with pytest.raises(OutOfOrderError):
        adopt(PRO, **arguments, term=Term().begun(day("2025-03-01")))
    last = Term(renews=False)
    period = Period(day("01-01"), day("2027-01-01"))
    known = RunningTerm(term=last, period=period, follows=None)
    assert last.begun(day("01-01")) == known


def test_a_term_goes_through_documents_and_requests():
    term = Term(
        minimum={"seat": 5}, **BILLED, share="50", true_ups=[TrueUp(every=QUARTERLY)]
    )
    sub = after(opened(term).subscription, RecordUsage(12), on="02-10")
    sub = after(sub, RemoveSeats(7), on="02-10")
    assert load(dump(sub)) == sub
    request = read_request(
        {
            "plan": {
                "id": "p",
                "name": "P",
                "rank": 0,
                "prices": [{"unit_amount": "10", "currency": "EUR"}],
            },
            "interval": "month",
            "seats": 10,
            "on": "2026-01-01",
            "until": "2027-01-01",
            "term": {"renews": False},
            "changes": [{"on": "2026-02-10", "change": "remove_seats", "seats": 4}],
        }
    )
    statement = bill_request(request)
    assert statement.invoices[-1].total == Money("60.00", "EUR")


def test_a_corrected_history_in_a_term_bills_the_difference():
    opening = opened()
    issued = bill(opening, [], until=day("2027-01-01")).invoices
    history = [(day("02-10"), RemoveSeats(4))]
    found = rebill(opening, issued, history, until=day("2027-01-01"))
    assert [note.total for note in found.credit_notes] == [Money("100.00", "EUR")]
    assert found.invoice.total == Money("60.00", "EUR")


def test_the_rest_of_a_term_is_no_recurring_revenue():
    sub = after(opened(add_ons=[SSO]).subscription, RemoveSeats(4), on="02-10")
    assert mrr(sub) == Money("130.00", "EUR")
    assert after(sub, AddAddOn(SSO), on="02-11").add_on_quantity("sso") == 2


def test_there_is_no_pause_in_a_term_and_no_term_in_a_pause():
    with pytest.raises(TermRunsError) as refused:
        change(opened().subscription, Pause(2), on=day("02-10"))
    assert refused.value.problem == "pause"
    free = after(opened().subscription, SetTerm(None), on="01-02", timing=NOW)
    paused = after(free, Pause(2), on="01-03")
    for on in ("01-04", "02-04"):
        with pytest.raises(NoChangeError):
            change(paused, SetTerm(Term()), on=day(on))


# On the page.


def shown(sub, on):
    """Return the end of the term, and the next true-up, as the page shows them."""
    page = billing_view(sub, on=day(on))
    return page.term_ends_on, page.next_true_up


@pytest.mark.parametrize(
    ("true_ups", "on", "found"),
    [
        ([], "02-10", (day("2027-01-01"), None)),
        ([TrueUp()], "02-10", (day("2027-01-01"), day("2027-01-01"))),
        ([TrueUp(every=QUARTERLY)], "02-10", (day("2027-01-01"), day("04-01"))),
        ([TrueUp(every=QUARTERLY)], "04-01", (day("2027-01-01"), day("07-01"))),
        ([TrueUp(every=QUARTERLY)], "12-31", (day("2027-01-01"), day("2027-01-01"))),
        ([TrueUp()], "2027-01-01", (day("2028-01-01"), day("2028-01-01"))),
    ],
)
def test_the_page_shows_the_end_of_the_term_and_the_next_true_up(true_ups, on, found):
    sub = opened(Term(true_ups=true_ups)).subscription
    assert shown(sub, on) == found


def test_the_page_shows_the_end_of_the_period_in_which_a_term_ends():
    """From 20 January, after a trial, on the grid of the 15th."""
    term = Term(true_ups=[TrueUp(every=QUARTERLY)])
    trial = {"anchor": day("01-15"), "trial_end": day("01-20")}
    sub = opened(term, **trial).subscription
    for on in ("01-10", "02-01", "05-14"):
        assert shown(sub, on) == (day("2027-02-15"), day("05-15"))
    year = bill(sub, [], until=day("2027-02-15"))
    (told,) = [n for o in year.outcomes for n in o.notices if n.code == "term_renewed"]
    assert told.value("on") == day("2027-02-15")
    moved = after(opened(term).subscription, MoveBillingDay(15), on="01-10")
    assert shown(moved, "01-10")[1] == day("04-01")
    free = attrs.evolve(sub, term=None)
    assert shown(free, "02-20") == (None, None)
    rules = {"max_freeze_days": 30}
    frozen = after(opened(term, rules=rules).subscription, Freeze(), on="01-10")
    # 1 February and 30 days are 3 March, and eleven more months
    assert shown(frozen, "01-11") == (day("2027-02-03"), None)


def test_the_page_in_words():
    sub = opened(Term(true_ups=[TrueUp(every=QUARTERLY)])).subscription
    said = to_text(billing_view(sub, on=day("02-10")), locale="en")
    assert "Term ends on" in said
    assert "Next true-up on" in said
    assert "Apr 1, 2026" in said
