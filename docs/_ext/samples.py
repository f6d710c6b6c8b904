"""One of each change, and the subscriptions that it is asked of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any

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
    EndPause,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    Money,
    MoveBillingDay,
    Pause,
    Plan,
    Price,
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
    subscribe,
)
from seatbill.parties import Party
from seatbill.rules import ChangeKind

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
    RecordCreditNote: (RecordCreditNote("sub:1/credit-1", ()),),
    SetTerm: (SetTerm(Term()),),
    RecordUsage: (RecordUsage(6),),
    Extend: (Extend(7),),
    MoveBillingDay: (MoveBillingDay(1),),
    EndTrial: (EndTrial(),),
    Pause: (Pause(2),),
    EndPause: (EndPause(),),
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
            yield (
                "subscribe, with a trial" if trial_end else "subscribe",
                (opened.subscription),
            )
    opened = subscribe(
        FREE, id="acme", interval=MONTHLY, seats=5, on=START, rules=rules(free=True)
    )
    yield "subscribe, on the free plan", opened.subscription
