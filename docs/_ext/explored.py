"""Find out by walking what a subscription can do: every change, in every state.

The library has no table of transitions; it has handlers, statuses and timings.  So the
pictures are not drawn from what somebody wrote down: each change is asked of each
state that can be reached, and what came of it is the table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, get_args

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
    ChargeFee,
    Discount,
    Freeze,
    GrantCredit,
    Money,
    Plan,
    Price,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    Service,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    Subscription,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Timing,
    Unfreeze,
    WithdrawPending,
    change,
    renew,
    subscribe,
)
from seatbill.errors import SeatbillError
from seatbill.invoices import Party
from seatbill.rules import ChangeKind
from seatbill.subscriptions import Change, Status

START = dt.date(2026, 1, 1)
TRIAL_END = dt.date(2026, 1, 15)


def _plan(id: str, rank: int, monthly: str, annual: str) -> Plan:
    prices = [
        Price(unit_amount=monthly, currency="EUR"),
        Price(unit_amount=annual, currency="EUR", interval=ANNUAL),
    ]
    return Plan(id, id.title(), rank, prices)


FREE = Plan("free", "Free", 0, [Price(unit_amount="0", currency="EUR")])
BASIC = _plan("basic", 1, "10", "100")
PRO = _plan("pro", 2, "20", "200")
TOP = _plan("top", 3, "30", "300")


def _add_on(id: str, rank: int, amount: str) -> AddOn:
    prices = [
        Price(unit_amount=amount, currency="EUR"),
        Price(unit_amount=f"{amount}0", currency="EUR", interval=ANNUAL),
    ]
    return AddOn(id, id.title(), prices, family="storage", rank=rank)


SMALL, MIDDLE, LARGE = (_add_on(f"storage-{n}", n, f"{n}") for n in (1, 2, 3))
BACKUP = AddOn(
    "backup",
    "Backup",
    [
        Price(unit_amount="2", currency="EUR"),
        Price(unit_amount="20", currency="EUR", interval=ANNUAL),
    ],
)
PROMO = Discount.percent("10", id="promo")

# One of each kind of change, and both directions where there are two.
SAMPLES: dict[type, tuple[Any, ...]] = {
    AddSeats: (AddSeats(2),),
    RemoveSeats: (RemoveSeats(1, occupied=2),),
    SetSeats: (SetSeats(8), SetSeats(3)),
    SwitchPlan: (SwitchPlan(TOP), SwitchPlan(BASIC), SwitchPlan(PRO)),
    SwitchInterval: (SwitchInterval(ANNUAL), SwitchInterval(MONTHLY)),
    AddAddOn: (AddAddOn(BACKUP),),
    RemoveAddOn: (RemoveAddOn(BACKUP),),
    SwitchPackage: (SwitchPackage(MIDDLE, LARGE), SwitchPackage(MIDDLE, SMALL)),
    BuyService: (BuyService(Service("course", "Course", Money("90", "EUR"))),),
    ChargeFee: (ChargeFee("late", Money("5", "EUR")),),
    Freeze: (Freeze(),),
    Unfreeze: (Unfreeze(),),
    Cancel: (Cancel(),),
    Resume: (Resume(),),
    WithdrawPending: tuple(WithdrawPending(kind) for kind in ChangeKind),
    Reprice: (Reprice(_plan("pro", 2, "22", "220"), START),),
    ApplyDiscount: (ApplyDiscount(Discount.percent("5", id="early")),),
    RemoveDiscount: (RemoveDiscount(PROMO.id),),
    SetTaxRates: (SetTaxRates((TaxRate("vat", "0.2"),)),),
    SetRecipient: (SetRecipient(Party(name="Acme")),),
    GrantCredit: (GrantCredit(Money("5", "EUR"), "sorry"),),
}
TIMINGS = (None, *Timing)


class Step(NamedTuple):
    """What came of one change in one state; *after* is a status, or a refusal's code."""

    before: Status
    asked: str
    timing: Timing | None
    after: Status | None
    code: str


@cache
def rules(*, free: bool) -> BillingRules:
    """Return rules that offer everything that a state can depend on."""
    return BillingRules(
        max_freeze_days=30, free_plan=FREE if free else None, notice_days=3
    )


def openings() -> Iterator[tuple[str, Subscription]]:
    """Yield each way in, and what it leads to."""
    for free in (False, True):
        for trial_end in (None, TRIAL_END):
            opened = subscribe(
                PRO,
                id="acme",
                interval=MONTHLY,
                seats=5,
                on=START,
                rules=rules(free=free),
                trial_end=trial_end,
                add_ons=[BACKUP, MIDDLE],
                discounts=[PROMO],
            )
            yield "subscribe, with a trial" if trial_end else "subscribe", (
                opened.subscription
            )
    opened = subscribe(
        FREE, id="acme", interval=MONTHLY, seats=5, on=START, rules=rules(free=True)
    )
    yield "subscribe to the free plan", opened.subscription


@cache
def steps() -> tuple[frozenset[Step], frozenset[tuple[str, Status]]]:
    """Return every step that was tried, and every way in."""
    found: set[Step] = set()
    ways_in, seen, waiting = set(), set(), []
    for name, sub in openings():
        ways_in.add((name, sub.status))
        waiting.append(sub)
    while waiting:
        sub = waiting.pop()
        if _state(sub) in seen:
            continue
        seen.add(_state(sub))
        for step, after in _tried(sub):
            found.add(step)
            if after is not None and after.version < 4:
                waiting.append(after)
    return frozenset(found), frozenset(ways_in)


def _state(sub: Subscription) -> tuple[Any, ...]:
    """Return what a step can depend on here."""
    waits = frozenset((u.kind, u.key, u.periods_left) for u in sub.pending_updates)
    free = sub.rules.free_plan is not None
    return sub.status, free, waits, sub.plan.id, sub.interval, sub.ended_on is None


def _tried(sub: Subscription) -> Iterator[tuple[Step, Subscription | None]]:
    """Yield what comes of each change in each timing, and of the time going by."""
    day = sub.changed_on + dt.timedelta(1)
    for kind, samples in SAMPLES.items():
        for asked in samples:
            for timing in TIMINGS:
                try:
                    after = change(sub, asked, on=day, timing=timing).subscription
                except SeatbillError as refusal:
                    step = Step(sub.status, kind.__name__, timing, None, refusal.code)
                    yield step, None
                else:
                    yield Step(sub.status, kind.__name__, timing, after.status, ""), after
    if sub.status not in {Status.CANCELED, Status.FREE}:
        ends = max(sub.current_period.end, sub.changed_on + dt.timedelta(31))
        after = renew(sub, on=ends).subscription
        yield Step(sub.status, _why(sub), None, after.status, ""), after


def _why(sub: Subscription) -> str:
    """Return what happens by itself when the time goes by."""
    if sub.status is Status.FROZEN:
        return "the longest freeze is over"
    if sub.cancel_at_period_end:
        return "the period ends after Cancel"
    return "the trial ends" if sub.status is Status.TRIALING else "renew"
