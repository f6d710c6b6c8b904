"""What a timeline shows, read off the dated lines of a history.

A charge is a bar from its first day to its last, as high as its quantity; a credit
cuts the bars that it gives back, and is a bar of its own below the line.  Nothing is
worked out anew, so the picture shows what was billed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, final

import attrs

from ..._values.checks import Time
from ...errors import SeatbillError
from ...invoices import BillingReason, Invoice, InvoiceLine, ItemKind, LineKind
from ...lifecycle import preview_invoice, renew
from ...rules import ChangeKind
from ...subscriptions import Outcome, PendingUpdate, Status, Subscription
from ...subscriptions.parts import step_order

_ONCE: Final = (ItemKind.SERVICE, ItemKind.FEE)
Span = tuple[Time, Time]
Place = tuple[ItemKind, str]
"""The lane of a line: the plan's units, each add-on, discounts."""


@attrs.define
class Bar:
    """A line as a bar: when, from which level, and how high.

    *part* is set on what was cut off another bar, which carries the words.
    *frozen* is when it did not run.
    """

    line: InvoiceLine
    start: Time
    end: Time
    bottom: int
    height: int
    frozen: tuple[Span, ...] = ()
    part: bool = False

    @property
    def top(self) -> int:
        """The level that it reaches."""
        return self.bottom + self.height

    @property
    def pieces(self) -> list[Span]:
        """The times in which it ran."""
        found = []
        start = self.start
        for frozen, thawed in self.frozen:
            if start < frozen < self.end:
                found.append((start, frozen))
            if frozen < self.end:
                start = max(start, thawed)
        return [*found, (start, max(start, self.end))]


@final
@attrs.frozen
class Lane:
    """The bars of one unit or item: *charges* above the line, *credits* below it.

    *planned* are those of the next renewal.
    """

    place: Place
    charges: tuple[Bar, ...]
    credits: tuple[Bar, ...]
    planned: tuple[Bar, ...]

    @property
    def highest(self) -> int:
        """The highest level above the line, at least 1."""
        return max([1, *(bar.top for bar in (*self.charges, *self.planned))])

    @property
    def deepest(self) -> int:
        """The lowest level below the line, 0 where nothing came back."""
        return max([0, *(bar.top for bar in self.credits)])


@final
@attrs.frozen(kw_only=True)
class Chronicle:
    """A history in order: states, invoices, changes, what waits, what comes next."""

    opening: Subscription
    outcomes: tuple[Outcome, ...]
    invoices: tuple[Invoice, ...]
    until: Time
    next_invoice: Invoice | None
    lanes: tuple[Lane, ...]
    boundaries: tuple[Time, ...]
    freezes: tuple[Span, ...]
    pauses: tuple[Span, ...]
    trial: Span | None
    changes: tuple[Outcome, ...]
    """The outcomes in which something was asked for."""

    @property
    def subscription(self) -> Subscription:
        """The subscription at the end."""
        return self.outcomes[-1].subscription if self.outcomes else self.opening

    @property
    def pending(self) -> tuple[PendingUpdate, ...]:
        """What waits at the end."""
        return self.subscription.pending_updates

    @property
    def first(self) -> Time:
        """The first moment shown."""
        starts = [bar.start for bar in self._bars]
        issued = [invoice.issued_on for invoice in self.invoices]
        return min(self.boundaries[0], self.opening.changed_on, *starts, *issued)

    @property
    def last(self) -> Time:
        """The last moment shown."""
        waits = [update.applies_on for update in self.pending]
        ends = [bar.end for bar in self._bars]
        issued = [invoice.issued_on for invoice in self.invoices]
        return max(self.boundaries[-1], self.until, *ends, *issued, *waits)

    @property
    def _bars(self) -> list[Bar]:
        return [bar for lane in self.lanes for bar in (*lane.charges, *lane.credits)]


def chronicle_of(
    opening: Subscription,
    invoices: Iterable[Invoice],
    outcomes: Sequence[Outcome],
    until: Time,
) -> Chronicle:
    """Return what happened from *opening* on; *invoices* are all of them."""
    found = tuple(invoices)
    sub = outcomes[-1].subscription if outcomes else opening
    following = _next_invoice(sub)
    freezes = tuple(_freezes(opening, outcomes, until))
    return Chronicle(
        opening=opening,
        outcomes=tuple(outcomes),
        invoices=found,
        until=until,
        next_invoice=following,
        lanes=tuple(_lanes(found, following, freezes)),
        boundaries=_boundaries(opening, outcomes, found),
        freezes=freezes,
        pauses=tuple(_pauses(opening, outcomes)),
        trial=_trial(opening, outcomes),
        changes=tuple(outcome for outcome in outcomes if outcome.changes),
    )


def _next_invoice(sub: Subscription) -> Invoice | None:
    """Return what the next renewal would charge, where that is known."""
    try:
        found = preview_invoice(sub)
    except SeatbillError:  # it needs a measured quantity, or leaves the calendar
        return None
    return found if found.lines else None


def _trial(opening: Subscription, outcomes: Sequence[Outcome]) -> Span | None:
    """Return when a trial ran, as far as it was not ended on its first day."""
    states = [opening, *(outcome.subscription for outcome in outcomes)]
    ends = [sub.trial_end for sub in states if sub.trial_end is not None]
    start = opening.current_period.start
    return (start, ends[-1]) if ends and ends[-1] > start else None


def _freezes(
    opening: Subscription, outcomes: Sequence[Outcome], until: Time
) -> Iterator[Span]:
    """Yield from when to when nothing ran; the longest freeze thaws by itself."""
    frozen: Time | None = None
    thaws_on: Any = None
    states = [(opening.changed_on, opening)]
    states += [(outcome.on, outcome.subscription) for outcome in outcomes]
    for day, sub in states:
        if frozen is not None and sub.frozen_on != frozen:
            yield frozen, min(day, thaws_on)
        frozen, thaws_on = sub.frozen_on, sub.thaws_on
    if frozen is not None and frozen < until:
        yield frozen, until


def _pauses(opening: Subscription, outcomes: Sequence[Outcome]) -> Iterator[Span]:
    """Yield from when to when nothing was served, each pause up to where it ended."""
    states = [opening, *(outcome.subscription for outcome in outcomes)]
    found: dict[Time, Time] = {}
    for sub, outcome in zip(states, [*outcomes, None], strict=True):
        later = () if outcome is None else _paused_before(sub, outcome.on)
        for paused in (sub, *later):
            period = paused.current_period
            if paused.status is not Status.PAUSED:
                continue
            end = period.end
            if outcome is not None and (
                outcome.subscription.status is not Status.PAUSED
            ):
                end = min(end, outcome.on)
            found[period.start] = end
    yield from found.items()


def _paused_before(sub: Subscription, day: Any) -> Iterator[Subscription]:
    """Yield *sub* as it stood in a pause that had begun before *day*."""
    for update in sub.pending_updates:
        if update.kind is ChangeKind.PAUSE and update.applies_on < day:
            with suppress(SeatbillError):  # measured renewals are outcomes themselves
                yield renew(sub, on=update.applies_on).subscription


def _boundaries(
    opening: Subscription, outcomes: Sequence[Outcome], invoices: Sequence[Invoice]
) -> tuple[Time, ...]:
    """Return where periods begin, and where the last one ends."""
    found = {opening.current_period.start}
    for outcome in outcomes:
        start = outcome.subscription.current_period.start
        if start == outcome.on:  # a freeze moves it too, and nothing begins there
            found.add(start)
    for invoice in invoices:
        for line in invoice.lines:
            if line.kind is LineKind.CHARGE and line.start == line.whole.start:
                found.add(line.start)
    last = outcomes[-1].subscription if outcomes else opening
    end = last.current_period.end if last.ended_on is None else last.ended_on
    return (*sorted(day for day in found if day < end), end)


# The bars.


def _lanes(
    invoices: Sequence[Invoice], following: Invoice | None, freezes: Sequence[Span]
) -> Iterator[Lane]:
    """Yield the lanes in the order in which the invoices name them."""
    lines = [line for invoice in invoices for line in invoice.lines]
    planned = list(following.lines) if following is not None else []
    found: dict[Place, tuple[list[InvoiceLine], list[InvoiceLine]]] = {}
    for part, several in ((0, lines), (1, planned)):
        for line in several:
            if line.terms.item_kind not in _ONCE and line.start < line.end:
                found.setdefault(_place(line), ([], []))[part].append(line)
    for place in sorted(found, key=lambda place: _ORDER.index(place[0])):
        own, later = found[place]
        charges, returned = _bars(own, freezes)
        yield Lane(place, charges, returned, _bars(later, ())[0])


_ORDER: Final = (ItemKind.PLAN, ItemKind.ADD_ON, ItemKind.DISCOUNT)


def _place(line: InvoiceLine) -> Place:
    kind = line.terms.item_kind
    if kind is ItemKind.PLAN:
        return kind, line.unit
    return kind, line.item


def _bars(
    lines: Iterable[InvoiceLine], freezes: Sequence[Span]
) -> tuple[tuple[Bar, ...], tuple[Bar, ...]]:
    """Return charges and credits as bars that do not lie on each other.

    What was paid when a freeze began ends as many days later as it lasted.
    """
    charges, returned = Stack(), Stack()
    for line in sorted(lines, key=lambda line: line.start):
        height = max(abs(line.quantity), 1)
        if line.kind is LineKind.CREDIT:
            charges.cut(line, height)
            returned.place(line, height, ())
        else:
            charges.place(line, height, freezes)
    shown = tuple(bar for bar in charges.bars if bar.start < bar.end)
    return shown, tuple(returned.bars)


class Stack:
    """Bars that do not lie on each other, placed in the order of their days.

    *running* are those that have not ended yet, none before *first_end*; without a
    gap they reach up to *top*, which is ``None`` where there may be one.
    """

    def __init__(self) -> None:
        self.bars: list[Bar] = []
        self.running: list[Bar] = []
        self.first_end: Any = None
        self.top: int | None = 0

    def place(self, line: InvoiceLine, height: int, freezes: Sequence[Span]) -> None:
        """Put *line* as a bar on the lowest level where there is room."""
        end = line.end
        still = []
        for frozen, thawed in freezes:
            if line.start <= frozen < end:
                end += thawed - frozen  # type: ignore[operator]  # both of one kind
                still.append((frozen, thawed))
        self._pass(line.start)
        bottom = self._room(height) if self.top is None else self.top
        if self.top is not None:
            self.top = bottom + height
        bar = Bar(line, line.start, end, bottom, height, tuple(still))
        self.bars.append(bar)
        self._run(bar)

    def _run(self, bar: Bar) -> None:
        self.running.append(bar)
        is_first = self.first_end is None or bar.end < self.first_end
        self.first_end = bar.end if is_first else self.first_end

    def _pass(self, day: Time) -> None:
        """Leave behind what has ended by *day*."""
        if self.first_end is None or day < self.first_end:
            return
        self.running = [b for b in self.running if b.end > day and b.start < b.end]
        self.first_end = min((bar.end for bar in self.running), default=None)
        self.top = None if self.running else 0

    def _room(self, height: int) -> int:
        """Return the lowest level with room for so much, and see whether gaps are."""
        bottom, is_solid = 0, True
        for bar in sorted(self.running, key=lambda bar: bar.bottom):
            is_solid = is_solid and bar.bottom <= bottom
            if bar.bottom - bottom >= height:
                return bottom
            bottom = max(bottom, bar.top)
        self.top = bottom if is_solid else None
        return bottom

    def cut(self, line: InvoiceLine, height: int) -> None:
        """End the bars that *line* gives back, what was opened last first."""
        self._pass(line.start)
        left = height
        for bar in reversed(self.running):
            if bar.line.terms.key != line.terms.key:
                continue
            self.first_end, self.top = line.start, None
            if bar.height > left:
                kept = bar.height - left
                above = bar.bottom + kept
                top = attrs.evolve(
                    bar, end=line.start, bottom=above, height=left, part=True
                )
                bar.height = kept
                self.bars.append(top)
                return
            left -= bar.height
            bar.end = max(line.start, bar.start)
            if not left:
                return


# What belongs to a change.


def own_invoice(outcome: Outcome) -> Invoice | None:
    """Return the invoice of the changes themselves, if they made one."""
    if not outcome.changes:
        return None
    update = BillingReason.SUBSCRIPTION_UPDATE
    found = [i for i in outcome.invoices if i.billing_reason is update]
    return found[-1] if found else None


def owned_steps(chronicle: Chronicle, unit: str) -> list[tuple[Time, int]]:
    """Return from when on how many of *unit* were owned, one step a change.

    What waited takes effect on its day, unless a change came before it.
    """
    steps = [(chronicle.opening.current_period.start, chronicle.opening.quantity(unit))]
    states = [(chronicle.opening.changed_on, chronicle.opening)]
    states += [(outcome.on, outcome.subscription) for outcome in chronicle.outcomes]
    nexts = [day for day, _ in states[1:]] + [chronicle.until]
    for (day, sub), following in zip(states, nexts, strict=True):
        steps.append((day, sub.quantity(unit)))
        for update in sorted(sub.pending_updates, key=step_order):
            seats = update.kind is ChangeKind.SEATS and update.key == unit
            if seats and update.applies_on <= following:
                steps.append((update.applies_on, update.value))
    return changed(sorted(steps, key=lambda step: step[0]))


def changed(steps: Iterable[tuple[Time, int]]) -> list[tuple[Time, int]]:
    """Return those of *steps* that go to another number than the one before."""
    found: list[tuple[Time, int]] = []
    for day, count in steps:
        if not found or found[-1][1] != count:
            found.append((day, count))
    return found
