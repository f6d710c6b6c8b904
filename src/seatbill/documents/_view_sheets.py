"""The page of a subscription as a sheet of words: what it is, costs and waits for."""

from __future__ import annotations

from collections.abc import Iterator

from .._values.checks import Time
from .._values.features import feature_name
from ..formatting import (
    format_interval,
    format_number,
    format_period,
    format_unit_amount,
)
from ..invoices import ItemKind
from ..parties import Party
from ..subscriptions import Status, Subscription
from ..views import BillingView, PricedUnit
from ._invoice_sheets import Said, invoice_sheet, parties_of
from ._line_tables import lot_name
from ._markup import isolated
from ._payment_sheets import method_text
from ._setting import Setting
from .seat_bars import words_of
from .sheets import Bars, Block, Fact, Facts, Notes, Sheet


def view_sheet(view: BillingView, setting: Setting, seller: Party | None) -> Sheet:
    """Return the page of a subscription."""
    return Sheet(
        kind="view",
        title=setting.words.gettext("Subscription"),
        number=isolated(view.subscription.id),
        tag=setting.says(view.status),
        blocks=(
            parties_of(seller, view.recipient, setting),
            *standing_of(view.subscription, view, setting),
            *next_invoice_sheet(view, setting),
        ),
    )


def next_invoice_sheet(view: BillingView, setting: Setting) -> Iterator[Sheet]:
    """Yield what the next renewal charges, where it charges anything."""
    coming = view.next_invoice
    if coming is not None:
        yield invoice_sheet(
            coming, setting, Said(preview=True), parties=False, brief=True
        )


def standing_of(
    sub: Subscription, view: BillingView | None, setting: Setting
) -> Iterator[Block]:
    """Yield where a subscription stands: what it is, its seats, what waits."""
    _ = setting.words.gettext
    yield Facts(tuple(_facts(sub, view, setting)))
    if view is not None and view.seats:
        counts = [bar.seats for bar in view.seats]
        bars = [(n, words_of(n, setting.words, setting.locale)) for n in counts]
        drawn = Bars(tuple(bars), rtl=setting.words.direction == "rtl")
        yield Sheet(kind="part", title=_("Seats"), blocks=(drawn,))
    told = () if view is None else view.notices
    waiting = [
        setting.says(one)
        for one in (*sub.pending_updates, *told)
        # What serves until when is said by the cancellation itself.
        if getattr(one, "code", None) != "serves_until"
    ]
    if waiting:
        notes = Notes(tuple(waiting))
        yield Sheet(kind="part", title=_("Scheduled changes"), blocks=(notes,))
    if sub.plan.features:
        names = ", ".join(isolated(feature_name(f)) for f in sub.plan.features)
        yield Sheet(kind="part", title=_("Features"), blocks=(Notes((names,)),))


def _facts(
    sub: Subscription, view: BillingView | None, setting: Setting
) -> Iterator[Fact]:
    """Yield what a subscription is, what it costs, and when."""
    _ = setting.words.gettext
    yield Fact(_("Plan"), setting.name(ItemKind.PLAN, sub.plan.id))
    if view is not None:
        if sub.status is not Status.CANCELED:
            yield from _prices(view, setting)
    elif sub.seats:
        owned = [setting.quantity(n, unit) for unit, n in sub.seats.items()]
        yield Fact(_("Seats"), ", ".join(owned))
    yield from _times(sub, setting)
    if view is not None and view.renews_on is not None:
        yield _on(_("Renews on"), view.renews_on, setting)
    if view is not None and view.ends_on is not None and sub.ended_on is None:
        yield _on(_("Ends on"), view.ends_on, setting)
    if view is not None and view.term_ends_on is not None:
        yield _on(_("Term ends on"), view.term_ends_on, setting)
    if view is not None and view.next_true_up is not None:
        yield _on(_("Next true-up on"), view.next_true_up, setting)
    yield Fact(_("Credit balance"), setting.money(sub.credit_balance))
    for lot in filter(lambda lot: lot.amount, sub.credit_lots):
        yield Fact(lot_name(lot, setting), setting.money(lot.amount))
    if view is not None and view.payment is not None:
        yield Fact(_("Payment method"), method_text(view.payment, setting))
    if view is not None and view.wallet is not None:
        left = format_number(view.wallet.balance, setting.locale)
        unit = isolated(view.wallet.policy.unit)
        yield Fact(_("Prepaid"), f"{left} × {unit}")
    if view is not None:
        yield from _services(view, setting)


def _prices(view: BillingView, setting: Setting) -> Iterator[Fact]:
    """Yield what a whole period costs: the plan, each unit of it, add-ons."""
    _ = setting.words.gettext
    length = format_interval(view.interval, setting.locale)
    each = _("%(amount)s for %(interval)s")
    price = each % {"amount": setting.money(view.price), "interval": length}
    yield Fact(_("Price"), price)
    for unit in filter(lambda unit: unit.quantity, view.units):
        yield Fact(_("Of which"), _unit(unit, setting))
    for bought in view.add_ons:
        name = setting.name(ItemKind.ADD_ON, bought.add_on.id)
        price = each % {"amount": setting.money(bought.price), "interval": length}
        count = format_number(bought.quantity, setting.locale)
        yield Fact(_("Add-on"), f"{count} × {name}, {price}")


def _services(view: BillingView, setting: Setting) -> Iterator[Fact]:
    """Yield what was bought once, and what is left of what it comes with."""
    _ = setting.words.gettext
    for bought in view.services:
        said = isolated(bought.service.name)
        if bought.quantity > 1:
            said = f"{format_number(bought.quantity, setting.locale)} × {said}"
        left = [setting.quantity(n, of) for of, n in bought.left.items()]
        if left:
            said = _("%(service)s (left: %(left)s)") % {
                "service": said,
                "left": ", ".join(left),
            }
        yield Fact(setting.says(ItemKind.SERVICE), said)


def _unit(unit: PricedUnit, setting: Setting) -> str:
    _ = setting.words.gettext
    quantity = setting.quantity(unit.quantity, unit.unit)
    said, amount = _("%(quantity)s by tiers: %(amount)s"), setting.money(unit.price)
    if unit.unit_amount is not None:
        said, currency = _("%(quantity)s at %(amount)s"), unit.price.currency
        amount = format_unit_amount(unit.unit_amount, currency, setting.locale)
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
    label = _("Current period")
    if sub.status in (Status.TRIALING, Status.PAUSED):
        label = setting.says(sub.status)
    yield Fact(label, format_period(period, setting.locale), period=period)


def _on(label: str, day: Time, setting: Setting) -> Fact:
    return Fact(label, setting.day(day), day)
