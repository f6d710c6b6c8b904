"""A history worked out again: its invoices, and the subscription as it stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._values.checks import Time, several
from ..credit import CreditKind, CreditLot
from ..errors import HistoryGapError, RenewFirstError, SeatbillError, WrongTypeError
from ..invoices import Invoice
from ..lifecycle import Statement, change, next_renewal, renew, subscribe
from ..money import Money
from ..subscriptions import Outcome, Subscription
from ..subscriptions.outcomes import ended_first

States = list[tuple[Time, Subscription]]


def past(history: Statement | Iterable[Outcome]) -> tuple[list[Invoice], States]:
    """Return the invoices of *history* and the subscription as it stood, by day."""
    if isinstance(history, Statement):
        opening, outcomes = history.opening, history.outcomes
        given = tuple(i for i in history.invoices if i.version <= opening.version)
    else:
        known = several("history", history, Outcome)
        if not known:
            raise WrongTypeError("history", "outcomes", history)
        opening, given, outcomes = known[0].subscription, known[0].invoices, known[1:]
    invoices = list(_first_invoices(opening, given))
    states: States = [(opening.changed_on, opening)]
    sub = opening
    for outcome in outcomes:
        if outcome.previous_version != sub.version:
            raise HistoryGapError(outcome.on, sub.version, outcome.previous_version)
        states += _boundaries(sub, outcome)
        states.append((outcome.on, outcome.subscription))
        invoices += _replayed(sub, outcome)
        sub = outcome.subscription
    return invoices, states


def _first_invoices(
    opening: Subscription, given: tuple[Invoice, ...]
) -> tuple[Invoice, ...]:
    """Return what subscribing to *opening* charges, or what is *given* if unknown.

    Credit that is spent is on the invoices alone.
    """
    try:
        again = subscribe(
            opening.plan,
            id=opening.id,
            interval=opening.interval,
            seats=opening.seats,
            on=opening.changed_on,
            rules=opening.rules,
            currency=opening.currency,
            anchor=opening.billing_cycle_anchor,
            trial_end=opening.trial_end,
            add_ons=opening.add_ons,
            discounts=[applied.discount for applied in opening.discounts],
            tax_rates=opening.tax_rates,
            recipient=opening.recipient,
            credit=_credit_before(opening, given),
            version=max(opening.version - 1, 0),
        )
    except SeatbillError:
        return given
    return again.invoices if again.subscription == opening else given


def _credit_before(
    opening: Subscription, given: tuple[Invoice, ...]
) -> list[CreditLot]:
    """Return the credit of *opening* before it paid of the invoices *given*."""
    money = opening.credit_balance_minor
    lots = [*opening.credit_lots]
    for invoice in given:
        money += invoice.credit_applied_minor
        for lot in invoice.credit_lots:
            money -= lot.amount.minor_units
            lots.append(lot)
    lots.append(
        CreditLot(Money.from_minor_units(money, opening.currency), CreditKind.PAID)
    )
    return [
        CreditLot(lot.amount, lot.kind, lot.expires_on) for lot in lots if lot.amount
    ]


def _replayed(sub: Subscription, outcome: Outcome) -> tuple[Invoice, ...]:
    """Return what *outcome* charges when it is worked out again from *sub*."""
    try:
        if outcome.changes:
            by_hand = outcome.timing
            again = change(sub, *outcome.changes, on=outcome.on, timing=by_hand)
        else:
            again = _renewed(sub, outcome)
    except SeatbillError:
        return outcome.invoices
    same = again.subscription == outcome.subscription
    return again.invoices if same else outcome.invoices


def _renewed(sub: Subscription, outcome: Outcome) -> Outcome:
    """Return the renewal of *sub* with the quantities that *outcome* shows."""
    try:
        return renew(sub, on=outcome.on)
    except RenewFirstError:
        return renew(sub, on=outcome.on, measured=outcome.subscription.seats)


def _boundaries(
    sub: Subscription, outcome: Outcome
) -> Iterator[tuple[Time, Subscription]]:
    """Yield *sub* after each boundary that *outcome* passed on its way."""
    while (day := next_renewal(sub)) is not None and day <= outcome.on:
        if day == outcome.on and ended_first(outcome):
            return
        try:
            sub = renew(sub, on=day, measured=outcome.subscription.seats).subscription
        except RenewFirstError:  # measured once, in the outcome itself
            return
        yield day, sub
