"""The page of a subscription as a sheet of words: what it is, costs and waits for."""

from __future__ import annotations

from collections.abc import Iterator

from .._values.checks import Time
from ..formatting import (
    describe,
    format_date,
    format_interval,
    format_money,
    format_number,
    format_period,
    format_quantity,
    format_unit_amount,
)
from ..invoices import ItemKind
from ..parties import Party
from ..payments.methods import Card, PaymentMethod, SepaMandate
from ..plans import feature_name
from ..subscriptions import Status, Subscription
from ..views import BillingView, PricedUnit
from ._invoices import invoice_sheet, parties_of
from ._markup import isolated
from ._setting import Setting
from ._sheets import Bars, Block, Fact, Facts, Notes, Sheet
from .seat_bars import words_of

__all__ = ["standing_of", "view_sheet"]


def view_sheet(view: BillingView, setting: Setting, *, seller: Party | None) -> Sheet:
    """Return the page of a subscription."""
    _ = setting.words.gettext
    sub = view.subscription
    blocks: list[Block] = [parties_of(seller, view.recipient, setting)]
    blocks += standing_of(sub, view, setting)
    if view.next_invoice is not None:
        blocks.append(
            invoice_sheet(
                view.next_invoice, setting, preview=True, parties=False, brief=True
            )
        )
    return Sheet(
        kind="view",
        title=_("Subscription"),
        number=isolated(sub.id),
        tag=describe(view.status, setting.locale),
        blocks=tuple(blocks),
    )


def standing_of(
    sub: Subscription, view: BillingView | None, setting: Setting
) -> Iterator[Block]:
    """Yield where a subscription stands: what it is, its seats, what waits."""
    _ = setting.words.gettext
    locale = setting.locale
    yield Facts(tuple(_facts(sub, view, setting)))
    if view is not None and view.seats:
        told = [
            (bar.seats, words_of(bar.seats, setting.words, locale))
            for bar in view.seats
        ]
        bars = Bars(tuple(told), rtl=setting.words.direction == "rtl")
        yield Sheet(kind="part", title=_("Seats"), blocks=(bars,))
    waiting = [describe(update, locale) for update in sub.pending_updates]
    if view is not None:
        waiting += [
            describe(notice, locale)
            for notice in view.notices
            if notice.code != "serves_until"  # said by the cancellation itself
        ]
    if waiting:
        notes = Notes(tuple(waiting))
        yield Sheet(kind="part", title=_("Changes that wait"), blocks=(notes,))
    if sub.plan.features:
        names = ", ".join(isolated(feature_name(f)) for f in sub.plan.features)
        yield Sheet(kind="part", title=_("Features"), blocks=(Notes((names,)),))


def _facts(
    sub: Subscription, view: BillingView | None, setting: Setting
) -> Iterator[Fact]:
    """Yield what a subscription is, what it costs, and when."""
    _ = setting.words.gettext
    yield Fact(label=_("Plan"), value=setting.name(ItemKind.PLAN, sub.plan.id))
    if view is not None:
        if sub.status is not Status.CANCELED:
            yield from _prices(view, setting)
    elif sub.seats:
        owned = [
            format_quantity(n, unit, setting.locale) for unit, n in sub.seats.items()
        ]
        yield Fact(label=_("Seats"), value=", ".join(owned))
    yield from _times(sub, setting)
    if view is not None and view.renews_on is not None:
        yield _on(_("Renews on"), view.renews_on, setting)
    if view is not None and view.ends_on is not None and sub.ended_on is None:
        yield _on(_("Ends on"), view.ends_on, setting)
    balance = format_money(sub.credit_balance, setting.locale)
    yield Fact(label=_("Credit balance"), value=balance)
    if view is not None and view.payment is not None:
        yield Fact(label=_("Payment method"), value=_payment(view.payment, setting))
    if view is not None and view.wallet is not None:
        left = format_number(view.wallet.balance, setting.locale)
        unit = isolated(view.wallet.policy.unit)
        yield Fact(label=_("Prepaid"), value=f"{left} × {unit}")


def _prices(view: BillingView, setting: Setting) -> Iterator[Fact]:
    """Yield what a whole period costs: the plan, each unit of it, add-ons."""
    _ = setting.words.gettext
    locale = setting.locale
    length = format_interval(view.interval, locale)
    each = _("%(amount)s for %(interval)s")
    price = each % {"amount": format_money(view.price, locale), "interval": length}
    yield Fact(label=_("Price"), value=price)
    for unit in filter(lambda unit: unit.quantity, view.units):
        yield Fact(label=_("Of which"), value=_unit(unit, setting))
    for bought in view.add_ons:
        amount = format_money(bought.price, locale)
        name = setting.name(ItemKind.ADD_ON, bought.add_on.id)
        price = each % {"amount": amount, "interval": length}
        count = format_number(bought.quantity, locale)
        yield Fact(label=_("Add-on"), value=f"{count} × {name}, {price}")


def _unit(unit: PricedUnit, setting: Setting) -> str:
    """Return what one kind of unit costs."""
    _ = setting.words.gettext
    locale = setting.locale
    quantity = format_quantity(unit.quantity, unit.unit, locale)
    if unit.unit_amount is None:
        said = _("%(quantity)s by tiers: %(amount)s")
        amount = format_money(unit.price, locale)
    else:
        said = _("%(quantity)s at %(amount)s")
        amount = format_unit_amount(unit.unit_amount, unit.price.currency, locale)
    return said % {"quantity": quantity, "amount": amount}


def _times(sub: Subscription, setting: Setting) -> Iterator[Fact]:
    """Yield the running period, or since when there is none."""
    _ = setting.words.gettext
    period = sub.current_period
    if sub.ended_on is not None:
        yield _on(_("Ended on"), sub.ended_on, setting)
        return
    if sub.frozen_on is not None:
        yield _on(_("Frozen since"), sub.frozen_on, setting)
    trial = sub.status is Status.TRIALING
    yield Fact(
        label=_("Trial") if trial else _("Current period"),
        value=format_period(period, setting.locale),
        period=period,
    )


def _on(label: str, day: Time, setting: Setting) -> Fact:
    """Return a day by its name."""
    return Fact(label=label, value=format_date(day, setting.locale), day=day)


def _payment(method: PaymentMethod, setting: Setting) -> str:
    """Return how a customer pays, by the four digits that are kept."""
    _ = setting.words.gettext
    if isinstance(method, Card):
        return isolated(f"{method.brand} •••• {method.last_four}")
    if isinstance(method, SepaMandate):
        names = {"last_four": method.last_four, "reference": isolated(method.reference)}
        return _("Direct debit from •••• %(last_four)s (%(reference)s)") % names
    return f"PayPal ({method.country})"
