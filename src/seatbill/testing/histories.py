"""A subscription's life as the laws look at it: what was asked for, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, final

import attrs

from .._values.base import Quantities
from .._values.checks import Time, instance, several, whole
from ..errors import RenewFirstError, SeatbillError
from ..invoices import Invoice
from ..lifecycle import change, renew
from ..periods import keep_times, same_time
from ..subscriptions import Change, Outcome, Subscription
from ..subscriptions.common_changes import canceled_at_once

__all__ = ["History", "Measured", "Readings"]

Measured = Callable[[Time], Mapping[str, int]]
"""What is handed to each renewal, from a boundary's day."""


@final
@attrs.frozen(order=False)
class Readings:
    """Measured quantities, the same for the same day: *numbers* in turn, for *units*.

    >>> import datetime as dt
    >>> dict(Readings(("team",), (3, 5))(dt.date(2026, 3, 1)))
    {'team': 3}
    """

    units: tuple[str, ...]
    numbers: tuple[int, ...]

    def __attrs_post_init__(self) -> None:
        several("units", self.units, str)
        for number in several("numbers", self.numbers, int):
            whole("numbers", number)
        whole("numbers", len(self.numbers), 1)

    def __call__(self, day: Time) -> Quantities:
        """Return the quantities of *day*."""
        number = self.numbers[day.toordinal() % len(self.numbers)]
        return Quantities(dict.fromkeys(self.units, number))


def _changes(asked: object) -> tuple[Change, ...]:
    return tuple(asked) if isinstance(asked, tuple | list) else (asked,)  # type: ignore[return-value]


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False)
class History:
    """What a customer lived through, as a host that keeps its outcomes knows it.

    *outcomes* are in their order, renewals among them, through *until*.  *refused* is
    what was asked for in vain: how many outcomes there were, the day, the changes, and
    the timing where one was given by hand.  *measured* handed their quantities to the
    renewals; one that was told who is there (``occupied=``) cannot be repeated.
    *asked* is what the opening was made of, where that is known: the arguments of
    ``subscribe``.
    """

    opening: Outcome
    outcomes: tuple[Outcome, ...] = ()
    until: Time
    refused: tuple[tuple[Any, ...], ...] = ()
    measured: Measured | None = None
    asked: Mapping[str, Any] | None = None

    def __attrs_post_init__(self) -> None:
        first = instance("opening", self.opening, Outcome).on
        for i, outcome in enumerate(several("outcomes", self.outcomes, Outcome)):
            same_time(f"outcomes[{i}].on", outcome.on, first)
        keep_times(self, "until", like=first)

    @classmethod
    def of(
        cls,
        opening: Outcome,
        asked: Iterable[tuple[Any, ...]] = (),
        *,
        until: Time,
        measured: Measured | None = None,
        arguments: Mapping[str, Any] | None = None,
    ) -> History:
        """Return what comes of *asked*, the entries as ``bill`` takes them.

        A change that is refused is left out, and kept in ``refused``.
        """
        sub = instance("opening", opening, Outcome).subscription
        outcomes: list[Outcome] = []
        refused = []
        for day, change_or_more, *by_hand in asked:
            changes = _changes(change_or_more)
            timing = by_hand[0] if by_hand else None
            ends = canceled_at_once(sub.rules, changes, timing) is not None
            outcomes += _measured_renewals(sub, day, measured, before=ends)
            sub = outcomes[-1].subscription if outcomes else sub
            try:
                outcome = change(sub, *changes, on=day, timing=timing)
            except SeatbillError:
                refused.append((len(outcomes), day, changes, *by_hand))
                continue
            outcomes.append(outcome)
            sub = outcome.subscription
        outcomes += _measured_renewals(sub, until, measured)
        sub = outcomes[-1].subscription if outcomes else sub
        last = renew(sub, on=until)
        if last.subscription.version != sub.version:
            outcomes.append(last)
        return cls(
            opening=opening,
            outcomes=tuple(outcomes),
            until=until,
            refused=tuple(refused),
            measured=measured,
            asked=arguments,
        )

    @property
    def entries(self) -> tuple[tuple[Any, ...], ...]:
        """The days and the changes that were accepted, as ``bill`` takes them.

        A timing that was given by hand stands third.
        """
        return tuple(
            (o.on, o.changes) if o.timing is None else (o.on, o.changes, o.timing)
            for o in self.outcomes
            if o.changes
        )

    @property
    def steps(self) -> Iterator[tuple[Subscription, Outcome]]:
        """The subscription before each outcome, and the outcome."""
        return zip(self.subscriptions, self.outcomes, strict=False)

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """The subscription after the opening and after each outcome."""
        return tuple(o.subscription for o in (self.opening, *self.outcomes))

    @property
    def subscription(self) -> Subscription:
        """The subscription on the last day."""
        return (self.opening, *self.outcomes)[-1].subscription

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """Every invoice, those of the opening first."""
        return tuple(i for o in (self.opening, *self.outcomes) for i in o.invoices)

    def renewed(self, subscription: Subscription, on: Time) -> tuple[Outcome, ...]:
        """Return the renewals of *subscription* through *on*, measured where needed.

        The last of them may have nothing to say.
        """
        needed = _measured_renewals(subscription, on, self.measured)
        sub = needed[-1].subscription if needed else subscription
        return (*needed, renew(sub, on=on))

    def __repr__(self) -> str:
        opening = repr(self.opening)
        if self.asked is not None:
            said = (f"{name}={value!r}" for name, value in self.asked.items())
            opening = f"subscribe({', '.join(said)})"
        entries = ", ".join(map(repr, self.entries))
        measured = f", measured={self.measured!r}" if self.measured else ""
        return f"History.of({opening}, [{entries}], until={self.until!r}{measured})"

    def _repr_pretty_(self, printer: Any, _cycle: object) -> None:
        """Write the history as code where Hypothesis shows a counterexample."""
        printer.text(repr(self))


def _measured_renewals(
    sub: Subscription, on: Time, measured: Measured | None, *, before: bool = False
) -> list[Outcome]:
    """Return the renewals through *on* that wait for a measured quantity.

    With *before* not that of the day itself.
    """
    found: list[Outcome] = []
    while measured is not None:
        try:
            renew(sub, on=on)
        except RenewFirstError as first:
            day: Any = first.day
            if before and day == on:
                return found
            found.append(renew(sub, on=day, measured=measured(day)))
            sub = found[-1].subscription
        except SeatbillError:  # a day that is refused, whatever is measured
            return found
        else:
            return found
    return found
