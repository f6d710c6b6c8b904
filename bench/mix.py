"""What people do: each story on each road, beside its replay and its script.

A road is one ``bill``, or a call for each step, or the same with a price list that
was read anew, or through JSON.  Of each road the average over the stories and the
worst one are told, and those have the limits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from seatbill import AddOn, BillingRules, Catalog, Plan, Subscription, adopt
from seatbill.converters import dump, load

from .replay import amounts, outcome_again, statement_again
from .stopwatch import Contender, ratio
from .stories import STORIES, Story, outcomes, read_anew, step_by_step


class Figure(NamedTuple):
    """How many times as long one story takes on one road."""

    story: str
    value: float


def _read_bill(story: Story) -> list[Any]:
    """Bill *story* and read every amount."""
    return amounts(story.bill().invoices)


def _replayed(story: Story) -> Contender:
    """Return a replay of the answer of *story* that reads every amount."""
    again = statement_again(story.open(), story.bill())

    def run() -> list[Any]:
        first, invoices, _, _ = again()
        return amounts((*first.invoices, *invoices))

    return run


def by_bill(story: Story, pairs: int) -> float:
    """One ``bill`` over its replay."""
    return ratio(lambda: _read_bill(story), _replayed(story), pairs=pairs)


def by_script(story: Story, pairs: int) -> float:
    """One ``bill`` over the script of its system."""
    return ratio(
        lambda: _read_bill(story),
        lambda: amounts(story.script()),
        pairs=pairs,
    )


def by_calls(story: Story, pairs: int) -> float:
    """A call for each step over the replay of its outcomes."""
    opened, calls = story.open().subscription, outcomes(story)
    again = [outcome_again(outcome) for outcome in calls]
    return ratio(
        lambda: [
            amounts(outcome.invoices) for outcome in step_by_step(story, calls, opened)
        ],
        lambda: [amounts(make().invoices) for make in again],
        pairs=pairs,
    )


def by_lists_read_anew(story: Story, pairs: int) -> float:
    """One ``bill`` with equal plans and rules that were never seen, over its replay."""

    def prepare(times: int) -> list[Contender]:
        return [_once(read_anew(story)) for _ in range(times)]

    return ratio(None, _replayed(story), pairs=pairs, prepare=prepare)


def _once(story: Story) -> Contender:
    """Return a run that bills *story*."""
    return lambda: _read_bill(story)


class Stored(NamedTuple):
    """A subscription in the middle of its story, as JSON by reference."""

    subscription: Subscription
    text: str
    catalog: Catalog
    rules: BillingRules

    @classmethod
    def of(cls, story: Story) -> Stored:
        """Return the subscription of *story* where most runs and is scheduled."""
        subs = [outcome.subscription for outcome in outcomes(story)]
        sub = max(subs, key=lambda s: len(s.charges) + 2 * len(s.pending_updates))
        catalog = _catalog(subs)
        text = json.dumps(dump(sub, catalog=catalog, rules=sub.rules))
        return cls(sub, text, catalog, sub.rules)

    def load(self, data: Any) -> Subscription:
        """Return the subscription that *data* hold."""
        return load(data, Subscription, catalogs=self.catalog, rules=self.rules)

    def dump(self, sub: Subscription) -> Any:
        """Return *sub* as plain data."""
        return dump(sub, catalog=self.catalog, rules=self.rules)


def _catalog(subs: list[Subscription]) -> Catalog:
    """Return the price list of all that is owned or scheduled."""
    plans: dict[str, Plan] = {}
    add_ons: dict[str, AddOn] = {}
    for sub in subs:
        values: list[Any] = [sub.plan, *[owned.add_on for owned in sub.add_ons]]
        values += [getattr(u.value, "add_on", u.value) for u in sub.pending_updates]
        for value in values:
            if isinstance(value, Plan):
                plans[value.id] = value
            elif isinstance(value, AddOn):
                add_ons[value.id] = value
    return Catalog(tuple(plans.values()), tuple(add_ons.values()))


def by_load(story: Story, pairs: int) -> float:
    """``load`` of a stored subscription over ``json.loads`` of its text."""
    stored = Stored.of(story)
    data = json.loads(stored.text)
    return ratio(
        lambda: stored.load(data), lambda: json.loads(stored.text), pairs=pairs
    )


def by_dump(story: Story, pairs: int) -> float:
    """``dump`` of a subscription over ``json.dumps`` of what it returns."""
    stored = Stored.of(story)
    data = json.loads(stored.text)
    return ratio(
        lambda: stored.dump(stored.subscription),
        lambda: json.dumps(data),
        pairs=pairs,
    )


def by_json(story: Story, pairs: int) -> float:
    """A call for each step, loaded and dumped around it, over the replay."""
    calls = outcomes(story)
    opened = story.open().subscription
    stored = Stored.of(story)
    before = [opened, *[outcome.subscription for outcome in calls[:-1]]]
    texts = [json.dumps(stored.dump(sub)) for sub in before]
    again = [outcome_again(outcome) for outcome in calls]

    def run() -> list[str]:
        made = []
        for text, call in zip(texts, calls, strict=True):
            sub = stored.load(json.loads(text))
            (outcome,) = step_by_step(story, [call], sub)
            made.append(json.dumps(stored.dump(outcome.subscription)))
        return made

    return ratio(run, lambda: [make() for make in again], pairs=pairs)


def by_adopt(story: Story, pairs: int) -> float:
    """``adopt`` over ``subscribe``, with the same plan and seats."""
    sub = story.open().subscription
    asked = {**story.opening}
    on = asked.pop("on")
    del asked["plan"]

    def adopted() -> Subscription:
        return adopt(
            sub.plan,
            current_period=sub.current_period,
            charged=charged,
            on=on,
            **asked,
        )

    charged = {
        charge.unit if charge.item == sub.plan.id else charge.item: charge.charged
        for charge in sub.charges
    }
    return ratio(adopted, story.open, pairs=pairs)


Road = Callable[[Story, int], float]


def told(road: Road, pairs: int) -> Iterator[Figure]:
    """Yield the figure of each story on *road*."""
    for story in STORIES:
        yield Figure(story.name, road(story, pairs))


def average(figures: list[Figure]) -> float:
    """Return the mean of *figures*."""
    return sum(figure.value for figure in figures) / len(figures)


def worst(figures: list[Figure]) -> Figure:
    """Return the largest of *figures*."""
    return max(figures, key=lambda figure: figure.value)
