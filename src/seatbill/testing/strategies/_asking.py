"""Strategies for what can be asked for, the likely things more often.

A request is a word and two numbers, which mean something in a market: so a change
costs three draws and no strategy of its own, and shrinks to a short one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from ... import subscriptions as ask
from ..._values.checks import Time
from ...credit import CreditKind
from ...discounts import Facts
from ...money import Money
from ...parties import Party
from ...rules import ChangeKind
from ...subscriptions import Change
from .._hypothesis import st
from ._basics import kept
from ._markets import Market

Request = tuple[str, int, int]
"""A word and two numbers: what is asked for, whatever the market."""

_T = TypeVar("_T")
Arguments = tuple[Any, ...]
_Meaning = Callable[[Market, int, int], Arguments | Change]


def _of(things: Sequence[_T], n: int) -> _T:
    """Return one of several things by its number, and after the last the first."""
    return things[n % len(things)]


def _other_unit(market: Market, n: int) -> str:
    """Return another unit than the first, where there is one."""
    return _of(market.units[1:] or market.units, n)


def _remove(market: Market, a: int, b: int) -> Arguments:
    return a % 4 + 1, (None, 0, 3)[b % 3], market.units[0]


def _remove_others(market: Market, a: int, b: int) -> Arguments:
    return a % 4 + 1, None, _other_unit(market, b)


def _plan_and_interval(market: Market, a: int, b: int) -> Arguments:
    return _of(market.plans, a), _of(market.intervals, b)


def _add_on(market: Market, a: int, b: int) -> Change:
    if not market.catalog.add_ons:
        return ask.AddSeats(b % 9 + 1, _of(market.units, a))
    add_on = _of(market.catalog.add_ons, a)
    return ask.AddAddOn(add_on, (b % 3 + 1) * add_on.batch)


def _no_add_on(market: Market, a: int, b: int) -> Change:
    if not market.catalog.add_ons:
        return ask.RemoveSeats(b % 4 + 1, None, _of(market.units, a))
    add_on = _of(market.catalog.add_ons, a)
    return ask.RemoveAddOn(add_on, (b % 2 + 1) * add_on.batch)


def _package(market: Market, a: int, b: int) -> Change:
    if not market.packages:
        return _add_on(market, a, b)
    return ask.SwitchPackage(*_of(market.packages, a))


def _service(market: Market, a: int, b: int) -> Change:
    if not market.catalog.services:
        return _fee(market, a, b)
    return ask.BuyService(_of(market.catalog.services, a), b % 3 + 1)


def _fee(market: Market, a: int, b: int) -> Change:
    amount = Money.from_minor_units(a * 10**b, market.currency)
    return ask.ChargeFee("sales", amount, tax_class=(None, "print")[a % 2])


def _gift(market: Market, a: int, b: int) -> Change:
    amount = Money.from_minor_units((a + 1) * 10**b, market.currency)
    return ask.GrantCredit(amount, "a gift", *_of(_lots(market), a * 7 + b))


def _lots(market: Market) -> tuple[tuple[Any, ...], ...]:
    """Return kinds of credit with a last day, or without one."""
    days = [dt.date(2024, 3, 1), dt.date(2027, 6, 30), dt.date(2031, 1, 1)]
    last: list[Time] = [*days]
    if market.time is dt.datetime:
        last = [dt.datetime.combine(day, dt.time(12), dt.UTC) for day in days]
    gifts = [(CreditKind.GIFT, day) for day in (None, *last)]
    return ((), (CreditKind.PAID, last[1]), *gifts)


def _note(market: Market, a: int, b: int) -> Change:
    """Return a note on the plan of one of the first invoices of ``openings``.

    What such an invoice does not have, or has not left, is recorded in vain.
    """
    amount = Money.from_minor_units((a + 1) * 10**b, market.currency)
    charge = f"{a % 3 + 1}:plan:{_of(market.plans, a // 3).id}:{_of(market.units, b)}"
    key = f"sub-1:{a % 3 + 1}/credit-{b + 1}"
    return ask.RecordCreditNote(key, [ask.CreditedCharge(charge, amount)])


def _term(market: Market, a: int, b: int) -> Change:
    """Return one of the terms of *market*, no term now and then."""
    if not market.terms:
        return _gift(market, a, b)
    return ask.SetTerm(_of((*market.terms, None), a))


def _usage(market: Market, a: int, b: int) -> Arguments:
    """Return a count of what one of the terms of *market* bills, if any does."""
    units = [one.unit for term in market.terms for one in term.true_ups]
    return ({_of(units or market.units, b): a},)


def _discount(market: Market, a: int, b: int) -> Change:
    if not market.discounts:
        return _gift(market, a, b)
    facts = Facts(first_purchase=b < 5, country="DE", redemptions=b)
    return ask.ApplyDiscount(_of(market.discounts, a), facts)


def _no_discount(market: Market, a: int, b: int) -> Change:
    if not market.discounts:
        return _gift(market, a, b)
    return ask.RemoveDiscount(_of(market.discounts, a).id)


def _some_day(market: Market, a: int, b: int) -> Time:
    """Return some day, far from now or near."""
    day = dt.date(2023, 1, 31) + dt.timedelta(a * 181 + b)
    if market.time is dt.datetime:
        return dt.datetime.combine(day, dt.time(b), dt.UTC)
    return day


def _new_prices(market: Market, a: int, b: int) -> Arguments:
    return _of(market.new_prices or market.plans, b), _some_day(market, a, b)


def _seats_from(market: Market, a: int, b: int) -> Arguments:
    return a, None, _of(market.units, b // 4), _some_day(market, a, b)


def _no_step(market: Market, a: int, b: int) -> Arguments:
    kind = (ChangeKind.PRICE, ChangeKind.SEATS)[(a + b) % 2]
    return kind, _some_day(market, a, b)


# How often a word is drawn, which change it asks for, and with which arguments; or
# the change itself, where a market may not have what it needs.  A type is drawn by
# its first word.
_WORDS: Final[dict[str, tuple[int, type[Any], _Meaning]]] = {
    "add": (6, ask.AddSeats, lambda m, a, _b: (a % 9 + 1, m.units[0])),
    "add others": (1, ask.AddSeats, lambda m, a, b: (a % 9 + 1, _other_unit(m, b))),
    "remove": (5, ask.RemoveSeats, _remove),
    "remove others": (1, ask.RemoveSeats, _remove_others),
    "set": (3, ask.SetSeats, lambda m, a, b: (a, None, _of(m.units, b // 4))),
    "set from": (2, ask.SetSeats, _seats_from),
    "plan and interval": (2, ask.SwitchPlan, _plan_and_interval),
    "plan": (7, ask.SwitchPlan, lambda m, a, _b: (_of(m.plans, a),)),
    "interval": (3, ask.SwitchInterval, lambda m, a, _b: (_of(m.intervals, a),)),
    "add-on": (4, ask.AddAddOn, _add_on),
    "no add-on": (2, ask.RemoveAddOn, _no_add_on),
    "package": (2, ask.SwitchPackage, _package),
    "service": (1, ask.BuyService, _service),
    "fee": (1, ask.ChargeFee, _fee),
    "discount": (2, ask.ApplyDiscount, _discount),
    "no discount": (1, ask.RemoveDiscount, _no_discount),
    "taxes": (1, ask.SetTaxRates, lambda m, a, _b: (_of(m.tax_rates, a),)),
    "credit": (2, ask.GrantCredit, _gift),
    "note": (1, ask.RecordCreditNote, _note),
    "term": (2, ask.SetTerm, _term),
    "usage": (3, ask.RecordUsage, _usage),
    "recipient": (1, ask.SetRecipient, lambda _m, a, _b: (Party(name="AB"[a % 2]),)),
    "withdraw": (1, ask.WithdrawPending, lambda _m, a, _b: (_of([*ChangeKind], a),)),
    "withdraw a step": (1, ask.WithdrawPending, _no_step),
    "cancel": (1, ask.Cancel, lambda _m, a, _b: ((None, "too dear")[a % 2],)),
    "resume": (1, ask.Resume, lambda _m, _a, _b: ()),
    "freeze": (1, ask.Freeze, lambda _m, _a, _b: ()),
    "thaw": (1, ask.Unfreeze, lambda _m, _a, _b: ()),
    "billing day": (1, ask.MoveBillingDay, lambda _m, a, b: ((a * 7 + b) % 31 + 1,)),
    "extend": (1, ask.Extend, lambda _m, a, b: (a * 3 + b + 1,)),
    "end of trial": (1, ask.EndTrial, lambda _m, _a, _b: ()),
    "pause": (1, ask.Pause, lambda _m, a, _b: (a % 3 + 1,)),
    "end of pause": (1, ask.EndPause, lambda _m, _a, _b: ()),
    "prices": (1, ask.Reprice, _new_prices),
}
_OFTEN: Final = tuple(word for word, (n, *_) in _WORDS.items() for _ in range(n))
_BY_TYPE: Final = {kind: word for word, (_, kind, _) in reversed(_WORDS.items())}
_FIRST_NUMBERS: Final = st.integers(0, 20)
_SECOND_NUMBERS: Final = st.integers(0, 6)


@kept
def requests() -> st.SearchStrategy[Request]:
    """Return a strategy for requests, which :func:`meant` reads in a market."""
    return st.tuples(st.sampled_from(_OFTEN), _FIRST_NUMBERS, _SECOND_NUMBERS)


@kept
def requests_at_once() -> st.SearchStrategy[list[Request]]:
    """Return a strategy for what is asked for in one call: mostly one thing."""
    one = requests().map(lambda asked: [asked])
    bursts = st.builds(
        lambda times, last: [("add", 0, 0)] * times + [last],
        st.integers(1, 5),
        requests(),
    )
    return st.one_of(one, one, bursts, st.lists(requests(), min_size=2, max_size=3))


def meant(market: Market, asked: Request) -> Change:
    """Return the change that a request means in *market*.

    Where it has no add-ons, packages, services or discounts, something like it.
    """
    word, a, b = asked
    _, kind, meaning = _WORDS[word]
    found: Any = meaning(market, a, b)
    return kind(*found) if isinstance(found, tuple) else found  # type: ignore[no-any-return]


def changes(market: Market, kind: type[Any] | None = None) -> st.SearchStrategy[Change]:
    """Return a strategy for what may be asked for in *market*, some of it in vain.

    With *kind* changes of that type alone, as far as the market has any.
    """
    asked = requests()
    if kind is not None:
        word = st.just(_BY_TYPE[kind])
        asked = st.tuples(word, _FIRST_NUMBERS, _SECOND_NUMBERS)
    return asked.map(lambda one: meant(market, one))
