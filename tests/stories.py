"""Tell a subscription step by step, with each invoice checked and shown as a sum.

The worked cases read like a bookkeeper's page: ``-5.00 +10.00 = 5.00`` is a credit of
5.00, a charge of 10.00 and their total.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from seatbill import (
    MONTHLY,
    BillingRules,
    Interval,
    Invoice,
    Money,
    Outcome,
    Plan,
    Price,
    Subscription,
    change,
    preview_invoice,
    renew,
    subscribe,
    verify,
)

DEFAULT = BillingRules()


def at(text: str) -> dt.date:
    """Return the day, or the instant in UTC, that *text* names in ISO 8601."""
    if len(text) == len("2026-01-31"):
        return dt.date.fromisoformat(text)
    return dt.datetime.fromisoformat(text)


def plan(
    unit_amount: str,
    currency: str = "USD",
    *,
    id: str | None = None,
    rank: int = 0,
    **price: Any,
) -> Plan:
    """Return a plan with one price for a seat, which names it unless *id* does."""
    name = id or f"plan at {unit_amount}"
    seat = Price(unit_amount=unit_amount, currency=currency, **price)
    return Plan(name, name, rank, (seat,))


class Story:
    """A subscription on its way; every invoice that it makes has to prove itself."""

    opening: Outcome
    subscription: Subscription

    def __init__(
        self,
        plan: Plan,
        on: str,
        *,
        seats: Any = 1,
        interval: Interval = MONTHLY,
        rules: BillingRules = DEFAULT,
        anchor: str | None = None,
        trial_end: str | None = None,
        **more: Any,
    ) -> None:
        self.opening = self._keep(
            subscribe(
                plan,
                id="story",
                interval=interval,
                seats=seats,
                on=at(on),
                rules=rules,
                anchor=at(anchor) if anchor else None,
                trial_end=at(trial_end) if trial_end else None,
                **more,
            )
        )

    def _keep(self, outcome: Outcome) -> Outcome:
        for invoice in outcome.invoices:
            assert verify(invoice) == ()
        self.subscription = outcome.subscription
        return outcome

    def change(self, on: str, *changes: Any, **more: Any) -> Outcome:
        """Keep what *changes* on a day come to."""
        return self._keep(change(self.subscription, *changes, on=at(on), **more))

    def renew(self, on: str) -> Outcome:
        """Keep every period that starts by a day."""
        return self._keep(renew(self.subscription, on=at(on)))

    def preview(self) -> Invoice:
        """Return what the next renewal would charge."""
        invoice = preview_invoice(self.subscription)
        assert verify(invoice) == ()
        return invoice

    @property
    def balance(self) -> str:
        """The credit balance, as digits."""
        return digits(self.subscription.credit_balance)

    @property
    def period(self) -> tuple[str, str]:
        """First day of the running period, and of the one after it."""
        period = self.subscription.current_period
        return when(period.start), when(period.end)

    @property
    def anchor(self) -> str:
        """The day from which periods are counted."""
        return when(self.subscription.billing_cycle_anchor)


def digits(money: Money) -> str:
    """Return the amount with all digits of its currency, as in ``-5.00``."""
    return f"{money.amount:f}"


def when(moment: dt.date) -> str:
    """Return *moment* in ISO 8601."""
    return moment.isoformat().replace("+00:00", "Z")


def bills(outcome: Outcome) -> list[str]:
    """Return the invoices of *outcome*, each as its day and its sum."""
    return [
        f"{when(invoice.issued_on)}: {sum_of(invoice)}" for invoice in outcome.invoices
    ]


def sum_of(invoice: Invoice) -> str:
    """Return *invoice* as a sum: lines, tax on top, total, and what is due if less."""
    parts = [f"{line.amount.amount:+f}" for line in invoice.lines]
    on_top = invoice.total - invoice.subtotal
    if on_top:
        parts.append(f"tax {on_top.amount:+f}")
    parts += ["=", digits(invoice.total)]
    if invoice.amount_due != invoice.total:
        parts.append(f"due {digits(invoice.amount_due)}")
    return " ".join(parts)
