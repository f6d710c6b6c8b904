"""The law of a term: nothing leaves early but by rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..invoices import LineKind
from ..periods import count
from ..subscriptions import Cancel, Outcome, SetTerm, Status, Subscription
from ..terms import EarlyEnd
from ._law import Checks, law
from .histories import History

_BOUND: Final = (Status.ACTIVE, Status.FROZEN)


@law
def nothing_leaves_a_term_early_but_by_rule(history: History) -> Checks:
    """Hold that what a term binds stays until its end, or that its rest is billed.

    It binds the plan and the interval, and of seats and add-ons what is committed.
    """
    for before, outcome in history.steps:
        day, after, running = outcome.on, outcome.subscription, before.term
        if (
            running is None
            or before.status not in _BOUND
            or day >= max(running.period.end, before.latest_end)
            or any(isinstance(asked, SetTerm) for asked in outcome.changes)
        ):
            continue
        if after.ended_on is not None:
            yield day, "an early end", running.term.early_end, EarlyEnd.BILLED
            yield day, "what comes back at it", _given_back(before, outcome), []
            continue
        ranks = after.plan.rank, before.plan.rank
        yield day, "the rank of the plan", min(ranks), before.plan.rank
        lengths = count(after.interval), count(before.interval)
        yield day, "the length of the interval", min(lengths), lengths[1]
        for name, least, owned in _committed(before, after):
            yield day, f"how many of {name}", min(owned, least), least


def _given_back(before: Subscription, outcome: Outcome) -> list[str]:
    """Return the charges of which a cancellation alone gave something back."""
    if [type(asked) for asked in outcome.changes] != [Cancel]:
        return []
    return [
        line.charge_id
        for invoice in outcome.invoices[-1:]
        for line in invoice.lines
        if line.kind is LineKind.CREDIT
        and line.start == outcome.on
        and line not in before.waiting_lines
    ]


def _committed(
    before: Subscription, after: Subscription
) -> Iterator[tuple[str, int, int]]:
    """Yield each thing that is committed, how many are, and how many are owned."""
    minimum = before.term and before.term.term.minimum
    sold = {p.unit for p in after.plan.prices if p.currency == after.currency}
    measured = {p.unit for p in before.plan.prices if p.measured}
    for unit, owned in before.seats.items():
        if unit in sold - measured:
            least = owned if minimum is None else min(minimum.get(unit, 0), owned)
            yield unit, least, after.quantity(unit)
    same = after.plan.id == before.plan.id  # another may not have them
    for one in before.add_ons if minimum is None and same else ():
        if one.period is None and one.add_on.family is None:
            id = one.add_on.id
            yield id, one.quantity, after.add_on_quantity(id)
