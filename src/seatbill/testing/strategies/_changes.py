"""Strategies for what can be asked for, the likely things more often.

A request is a word and two numbers, which mean something in a market: so a change
costs three draws and no strategy of its own, and shrinks to a short one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from ..._values.checks import Time
from ...money import Money
from ...parties import Party
from ...rules import ChangeKind
from ...subscriptions import (
    AddAddOn,
    AddSeats,
    ApplyDiscount,
    BuyService,
    Cancel,
    Change,
    ChargeFee,
    Freeze,
    GrantCredit,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Unfreeze,
    WithdrawPending,
)
from .._hypothesis import st
from ._markets import Market
from ._values import kept

Request = tuple[str, int, int]
"""A word and two numbers: what is asked for, whatever the market."""

_T = TypeVar("_T")
_Meaning = Callable[[Market, int, int], Change]


def _of(things: Sequence[_T], n: int) -> _T:
    """Return one of several things by its number, and after the last the first."""
    return things[n % len(things)]


def _other_unit(market: Market, n: int) -> str:
    """Return another unit than the first, where there is one."""
    return _of(market.units[1:] or market.units, n)


def _remove(market: Market, a: int, b: int) -> Change:
    occupied = (None, 0, 3)[b % 3]
    return RemoveSeats(a % 4 + 1, occupied, market.units[0])


def _add_on(market: Market, a: int, b: int) -> Change:
    if not market.catalog.add_ons:
        return AddSeats(b % 9 + 1, _of(market.units, a))
    add_on = _of(market.catalog.add_ons, a)
    return AddAddOn(add_on, (b % 3 + 1) * add_on.batch)


def _no_add_on(market: Market, a: int, b: int) -> Change:
    if not market.catalog.add_ons:
        return RemoveSeats(b % 4 + 1, None, _of(market.units, a))
    add_on = _of(market.catalog.add_ons, a)
    return RemoveAddOn(add_on, (b % 2 + 1) * add_on.batch)


def _package(market: Market, a: int, b: int) -> Change:
    if not market.packages:
        return _add_on(market, a, b)
    return SwitchPackage(*_of(market.packages, a))


def _service(market: Market, a: int, b: int) -> Change:
    if not market.catalog.services:
        return _fee(market, a, b)
    return BuyService(_of(market.catalog.services, a), b % 3 + 1)


def _fee(market: Market, a: int, b: int) -> Change:
    return ChargeFee("sales", Money.from_minor_units(a * 10**b, market.currency))


def _gift(market: Market, a: int, b: int) -> Change:
    amount = Money.from_minor_units((a + 1) * 10**b, market.currency)
    return GrantCredit(amount, "a gift")


def _discount(market: Market, a: int, b: int) -> Change:
    if not market.discounts:
        return _gift(market, a, b)
    return ApplyDiscount(_of(market.discounts, a))


def _no_discount(market: Market, a: int, b: int) -> Change:
    if not market.discounts:
        return _gift(market, a, b)
    return RemoveDiscount(_of(market.discounts, a).id)


def _new_prices(market: Market, a: int, b: int) -> Change:
    """Return new prices from some day, far from now or near."""
    day: Time = dt.date(2023, 1, 31) + dt.timedelta(a * 181 + b)
    if market.time is dt.datetime:
        day = dt.datetime.combine(day, dt.time(b), dt.UTC)
    return Reprice(_of(market.new_prices or market.plans, b), day)


_WORDS: Final[dict[str, tuple[int, _Meaning]]] = {
    "add": (6, lambda m, a, _b: AddSeats(a % 9 + 1, m.units[0])),
    "add others": (1, lambda m, a, b: AddSeats(a % 9 + 1, _other_unit(m, b))),
    "remove": (5, _remove),
    "remove others": (
        1,
        lambda m, a, b: RemoveSeats(a % 4 + 1, None, _other_unit(m, b)),
    ),
    "set": (3, lambda m, a, b: SetSeats(a, None, _of(m.units, b // 4))),
    "plan": (7, lambda m, a, _b: SwitchPlan(_of(m.plans, a))),
    "plan and interval": (
        2,
        lambda m, a, b: SwitchPlan(_of(m.plans, a), _of(m.intervals, b)),
    ),
    "interval": (3, lambda m, a, _b: SwitchInterval(_of(m.intervals, a))),
    "add-on": (4, _add_on),
    "no add-on": (2, _no_add_on),
    "package": (2, _package),
    "service": (1, _service),
    "fee": (1, _fee),
    "discount": (2, _discount),
    "no discount": (1, _no_discount),
    "taxes": (1, lambda m, a, _b: SetTaxRates(_of(m.tax_rates, a))),
    "credit": (1, _gift),
    "recipient": (1, lambda _m, a, _b: SetRecipient(Party(name="AB"[a % 2]))),
    "withdraw": (1, lambda _m, a, _b: WithdrawPending(_of(tuple(ChangeKind), a))),
    "cancel": (1, lambda _m, a, _b: Cancel((None, "too dear")[a % 2])),
    "resume": (1, lambda _m, _a, _b: Resume()),
    "freeze": (1, lambda _m, _a, _b: Freeze()),
    "thaw": (1, lambda _m, _a, _b: Unfreeze()),
    "prices": (1, _new_prices),
}
_OFTEN: Final = tuple(word for word, (n, _) in _WORDS.items() for _ in range(n))

# Which word draws a change of which type; the words that fall back have markets
# that hold what they name.
_BY_TYPE: Final[dict[type[Any], str]] = {
    AddSeats: "add",
    RemoveSeats: "remove",
    SetSeats: "set",
    SwitchPlan: "plan and interval",
    SwitchInterval: "interval",
    AddAddOn: "add-on",
    RemoveAddOn: "no add-on",
    SwitchPackage: "package",
    BuyService: "service",
    ChargeFee: "fee",
    ApplyDiscount: "discount",
    RemoveDiscount: "no discount",
    SetTaxRates: "taxes",
    GrantCredit: "credit",
    SetRecipient: "recipient",
    WithdrawPending: "withdraw",
    Cancel: "cancel",
    Resume: "resume",
    Freeze: "freeze",
    Unfreeze: "thaw",
    Reprice: "prices",
}
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
    return _WORDS[word][1](market, a, b)


def changes(market: Market, kind: type[Any] | None = None) -> st.SearchStrategy[Change]:
    """Return a strategy for what may be asked for in *market*, some of it in vain.

    With *kind* changes of that type alone, as far as the market has any.
    """
    asked = requests()
    if kind is not None:
        word = st.just(_BY_TYPE[kind])
        asked = st.tuples(word, _FIRST_NUMBERS, _SECOND_NUMBERS)
    return asked.map(lambda one: meant(market, one))
