"""A form becomes a change: only those that are a customer's, by the ids of the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from seatbill import (
    AddAddOn,
    AddSeats,
    BuyService,
    Cancel,
    Freeze,
    RemoveAddOn,
    RemoveSeats,
    Resume,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Unfreeze,
    WithdrawPending,
)
from seatbill.access import Action
from seatbill.errors import UnknownItemError, WrongTypeError
from seatbill.subscriptions import Change

from .store import Account

Form = Mapping[str, str]


def number(form: Form, name: str) -> int:
    """Return a whole number of a form."""
    found = form.get(name, "")
    if not (found.isascii() and found.isdigit() and len(found) < 10):
        raise WrongTypeError(name, "int", found)
    return int(found)


def one_of(form: Form, name: str, offered: Mapping[str, object]) -> object:
    """Return what a form chose among those that are offered."""
    if form.get(name) not in offered:
        raise UnknownItemError(name, form.get(name, ""), tuple(offered))
    return offered[form[name]]


def _unit(form: Form, account: Account) -> str:
    return one_of(form, "unit", {unit: unit for unit in account.sold.units})


def _add_on(form: Form, account: Account):
    held = [owned.add_on for owned in account.state.add_ons]
    named = {add_on.id: add_on for add_on in (*account.sold.catalog.add_ons, *held)}
    return one_of(form, "add_on", named)


def _add_seats(form: Form, account: Account, _: Mapping[str, int]) -> Change:
    return AddSeats(number(form, "seats"), _unit(form, account))


def _remove_seats(form: Form, account: Account, seated: Mapping[str, int]) -> Change:
    unit = _unit(form, account)
    return RemoveSeats(number(form, "seats"), seated.get(unit, 0), unit)


def _switch_plan(form: Form, account: Account, _: Mapping[str, int]) -> Change:
    return SwitchPlan(account.sold.catalog.plan(form.get("plan", "")))


def _switch_interval(form: Form, account: Account, _: Mapping[str, int]) -> Change:
    return SwitchInterval(one_of(form, "interval", account.sold.intervals))


def _add_add_on(form: Form, account: Account, _: Mapping[str, int]) -> Change:
    """Buy an add-on, or exchange the package of its family that is owned."""
    add_on = _add_on(form, account)
    for owned in account.state.add_ons:
        family = owned.add_on.family
        if family and family == add_on.family and owned.add_on.id != add_on.id:
            return SwitchPackage(owned.add_on, add_on)
    return AddAddOn(add_on, number(form, "quantity"))


def _remove_add_on(form: Form, account: Account, _: Mapping[str, int]) -> Change:
    add_on = _add_on(form, account)
    return RemoveAddOn(add_on, number(form, "quantity"))


def _buy_service(form: Form, account: Account, _: Mapping[str, int]) -> Change:
    return BuyService(account.sold.catalog.service(form.get("service", "")))


def _withdraw(form: Form, account: Account, _: Mapping[str, int]) -> Change:
    waiting = {str(u.kind): u.kind for u in account.state.pending_updates}
    return WithdrawPending(one_of(form, "kind", waiting))


class Wish(NamedTuple):
    """Who may have it, and the change that it comes to."""

    action: Action
    change: Callable[[Form, Account, Mapping[str, int]], Change]


WISHES = {
    "add_seats": Wish(Action.ADD_SEATS, _add_seats),
    "remove_seats": Wish(Action.REMOVE_SEATS, _remove_seats),
    "switch_plan": Wish(Action.MANAGE, _switch_plan),
    "switch_interval": Wish(Action.MANAGE, _switch_interval),
    "add_add_on": Wish(Action.BUY, _add_add_on),
    "remove_add_on": Wish(Action.BUY, _remove_add_on),
    "buy_service": Wish(Action.BUY, _buy_service),
    "withdraw": Wish(Action.MANAGE, _withdraw),
    "cancel": Wish(Action.MANAGE, lambda *_: Cancel()),
    "resume": Wish(Action.MANAGE, lambda *_: Resume()),
    "freeze": Wish(Action.MANAGE, lambda *_: Freeze()),
    "unfreeze": Wish(Action.MANAGE, lambda *_: Unfreeze()),
}
