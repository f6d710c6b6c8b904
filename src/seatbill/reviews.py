"""Look at a subscription beside its usage, its charges and its history.

Nothing here changes anything: what a change would come to is an outcome that nobody
has kept, and advice is a value that nobody has to follow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, final

import attrs

from ._checks import (
    Amount,
    Time,
    decimal,
    flag,
    instance,
    mapping,
    moment,
    several,
    text,
)
from ._checks import whole as whole_number
from ._ledger import Ledger
from ._switches import plan_direction
from ._values import Quantities
from .access import usable_until
from .errors import (
    HistoryGapError,
    LimitReachedError,
    OutOfBoundsError,
    OutOfOrderError,
    RenewFirstError,
    SeatbillError,
    UnknownItemError,
    WrongTypeError,
)
from .formatting import exact_text, share_text, span_text
from .invoices import (
    Discrepancy,
    Invoice,
    InvoiceLine,
    ItemKind,
    LineKind,
    exclusive_tax,
    taxes_of,
    trusted_line,
    verify,
)
from .lifecycle import Statement, change, preview_invoice, renew, subscribe
from .money import Money, divide
from .payments import PaymentMethod, days_left
from .periods import Interval, Period, same_time
from .plans import AddOn, Catalog, Feature, Plan, price_for, units_of
from .rules import ChangeKind, Direction
from .subscriptions import Change, Outcome, Status, Subscription, SwitchPlan

__all__ = [
    "Activity",
    "ConfigurationChange",
    "Finding",
    "LineReview",
    "PlanComparison",
    "Preview",
    "Reconciliation",
    "Refusal",
    "ResourceFit",
    "check_limit",
    "compare_plans",
    "reconcile",
    "review",
]

_FINDINGS: Final = {
    "add_on_ends": "{add_on} ends with the change to {plan}: it needs {missing}",
    "add_on_never_used": (
        "{add_on} has never been used; without it a month costs {saving} less"
    ),
    "add_on_unused": (
        "{add_on} has not been used for {days} days; "
        "without it a month costs {saving} less"
    ),
    "amount_differs": "{item}: the amount is {stated}, it should be {expected}",
    "cap_differs": "{item}: the line is cut to {stated}, it should be to {expected}",
    "charges_differ": (
        "{charged} was charged, the configuration comes to {expected}: "
        "a difference of {difference}"
    ),
    "discounts_differ": "{item}: discounts are {stated}, they should be {expected}",
    "feature_lost": "{plan} is without {feature}",
    "full_amount_differs": (
        "{item}: a whole period is {stated}, it should be {expected}"
    ),
    "higher_plan_fits": "{current} is too small; {plan} holds all that is used",
    "item_not_active": "{item} was not active, {span}, but {amount} is on the invoice",
    "kind_differs": "{item}: the line is a {stated}, it should be a {expected}",
    "limit_exceeded": "{plan} holds {limit} of {resource}, {excess} are above",
    "limit_near": "{used} of {limit} of {resource} are used, {percent} %",
    "line_does_not_add_up": "{item}: {what} is {stated}, it should be {expected}",
    "line_missing": "{item}, {span}: a line of {amount} is missing",
    "line_not_expected": "{item}, {span}: nothing happened that costs {amount}",
    "line_repeated": "{item}, {span}: {amount} is on invoice {invoice} already",
    "lower_plan_fits": (
        "{plan} holds all that is used, and a month of it costs {saving} less"
    ),
    "no_plan_fits": "{current} is too small, and so is every higher plan",
    "payment_method_expired": (
        "the payment method could be used through {valid_through}, {days} days ago"
    ),
    "payment_method_expiring": (
        "the payment method can be used through {valid_through}, {days} days more"
    ),
    "period_differs": "{item}: the time is {stated}, it should be {expected}",
    "quantity_differs": "{item}: the quantity is {stated}, it should be {expected}",
    "share_differs": "{item}: the share is {stated}, it should be {expected}",
    "tax_rates_differ": "{item}: tax rates are {stated}, they should be {expected}",
    "unit_not_sold": "{plan} does not sell {unit}: {count} end with the change",
    "unit_price_differs": "{item}: the unit price is {stated}, it should be {expected}",
}


def check_optional(value: object, **kinds: type) -> None:
    """Refuse a field of *value* that is neither ``None`` nor of its kind."""
    for name, kind in kinds.items():
        found = getattr(value, name)
        if found is not None:
            instance(name, found, kind)


def keep_tuples(value: object, **kinds: type) -> None:
    """Make a tuple of each of these fields of *value*; each holds values of a kind."""
    for name, kind in kinds.items():
        object.__setattr__(value, name, several(name, getattr(value, name), kind))


@final
@attrs.frozen(order=False)
class Finding:
    """Something that a review found, told beforehand or after the fact.

    ``code`` is stable; *values* hold the evidence by name; ``str()`` is an English
    sentence.

    >>> found = Finding("feature_lost", (("plan", "Basic"), ("feature", "invoicing")))
    >>> str(found), found.value("feature")
    ('Basic is without invoicing', 'invoicing')
    """

    code: str
    values: tuple[tuple[str, Any], ...] = ()

    def __attrs_post_init__(self) -> None:
        if text("code", self.code) not in _FINDINGS:
            raise UnknownItemError("finding", self.code, ", ".join(_FINDINGS))
        keep_tuples(self, values=tuple)
        for pair in self.values:
            if len(pair) != 2:
                raise WrongTypeError("values", "pairs of a name and a value", pair)
            text("name", pair[0])
        known = ", ".join(name for name, _ in self.values)
        try:
            str(self)
        except KeyError as missing:
            raise UnknownItemError("value", missing.args[0], known) from None

    def value(self, name: str) -> Any:
        """Return the value of this *name*.  Raises: UnknownItemError."""
        values = dict(self.values)
        if text("name", name) not in values:
            raise UnknownItemError("value", name, ", ".join(values))
        return values[name]

    def __str__(self) -> str:
        return _FINDINGS[self.code].format(**dict(self.values))


def _finding(code: str, **values: Any) -> Finding:
    """Return a finding with its evidence."""
    return Finding(code, tuple(values.items()))


# What a change would come to.


@final
@attrs.frozen(order=False)
class Refusal:
    """A refusal as a value: its stable *code*, its sentence and the way out."""

    code: str
    message: str
    remedy: str

    def __attrs_post_init__(self) -> None:
        text("code", self.code)
        text("message", self.message)
        if type(self.remedy) is not str:
            raise WrongTypeError("remedy", "a string", self.remedy)

    @classmethod
    def of(cls, error: SeatbillError) -> Refusal:
        """Return what *error* says."""
        said = instance("error", error, SeatbillError).as_dict()
        return cls(said["code"], said["message"], said["remedy"])


@final
@attrs.frozen(kw_only=True, order=False)
class Preview:
    """What a change would come to: an *outcome* that can be kept, or a *refusal*.

    *price_now* is the total of its own invoice, below zero where more comes back than
    is charged.  *price_next* is what the next renewal would charge; ``None`` where it
    waits for a measured quantity.  All are ``None`` where there is nothing to change.
    """

    outcome: Outcome | None = None
    refusal: Refusal | None = None
    price_now: Money | None = None
    price_next: Money | None = None

    def __attrs_post_init__(self) -> None:
        check_optional(
            self, outcome=Outcome, refusal=Refusal, price_now=Money, price_next=Money
        )


def preview(subscription: Subscription, *changes: Change, on: Time) -> Preview:
    """Return what *changes* would come to on that day, or why they are refused.

    Raises: RenewFirstError, OutOfOrderError: what no other change would mend.
    """
    due = renew(subscription, on=on)
    try:
        outcome = change(subscription, *changes, on=on)
    except SeatbillError as error:
        return Preview(refusal=Refusal.of(error))
    own = outcome.invoices[len(due.invoices) :]
    return Preview(
        outcome=outcome,
        price_now=Money.total([i.total for i in own], subscription.currency),
        price_next=next_price(outcome.subscription),
    )


def next_price(subscription: Subscription) -> Money | None:
    """Return what the next renewal would charge, at the quantities of today."""
    measured = dict(subscription.seats)
    try:
        return preview_invoice(subscription, measured=measured).total
    except RenewFirstError:
        return None


def full_price(
    subscription: Subscription,
    item: Plan | AddOn,
    *,
    quantity: int | None = None,
    interval: Interval | None = None,
) -> Money:
    """Return what a whole period of *item* costs, without tax on top.

    At the seats owned, or *quantity* of an add-on; percent discounts are inside.

    Raises: NoPriceError and what else the price list refuses.
    """
    ledger = Ledger(subscription)
    if item == ledger.rules.free_plan:
        return Money.zero(ledger.currency)
    total = Money.zero(ledger.currency)
    for unit, sale in ledger.sales_of(item, interval or ledger.interval).items():
        count = ledger.seats.get(unit, 0) if quantity is None else quantity
        terms = sale.terms
        full = terms.exact(sale.full(count))
        total += Money.rounded(full, terms.currency, terms.rounding)
    return total


def _monthly(price: Money, subscription: Subscription) -> Money:
    """Return the part of *price*, of one period, that a month costs."""
    interval = subscription.interval
    months = Fraction(interval.nominal_months or Fraction(interval.days * 48, 1461))
    return Money.rounded(
        price.exact / months, price.currency, subscription.rules.rounding
    )


# Limits and plans.


@final
@attrs.frozen(order=False)
class ResourceFit:
    """How much of a resource is *used* of what a plan holds; ``None`` is no limit."""

    resource: str
    used: int
    limit: int | None = None

    def __attrs_post_init__(self) -> None:
        text("resource", self.resource)
        whole_number("used", self.used)
        if self.limit is not None:
            whole_number("limit", self.limit)

    @property
    def fits(self) -> bool:
        """Whether no more is used than the plan holds; exactly so much fits."""
        return self.limit is None or self.used <= self.limit

    @property
    def headroom(self) -> int | None:
        """How many more the plan holds, 0 at the limit; ``None`` without a limit."""
        return None if self.limit is None else max(self.limit - self.used, 0)

    @property
    def excess(self) -> int:
        """How many are above the limit."""
        return 0 if self.limit is None else max(self.used - self.limit, 0)


def check_limit(
    plan: Plan,
    resource: str,
    used: int,
    n: int = 1,
    *,
    catalog: Catalog | None = None,
) -> ResourceFit:
    """Return how *n* more of *resource* fit on *plan*, where *used* are there.

    A resource that the plan does not limit has no end.  The plans of *catalog* that
    would do are named in the refusal.

    >>> small = Plan("s", "S", 1, limits={"clients": 100})
    >>> check_limit(small, "clients", 99).headroom
    0

    Raises: LimitReachedError, UnknownItemError where no plan of *catalog* limits it.
    """
    instance("plan", plan, Plan)
    text("resource", resource)
    whole_number("used", used)
    whole_number("n", n, 1)
    known = plan.limits
    if catalog is not None:
        instance("catalog", catalog, Catalog)
        _check_resources([resource], [plan, *catalog.plans])
    fit = ResourceFit(resource, used + n, known.get(resource))
    if fit.limit is None or fit.fits:
        return fit
    plans: tuple[str, ...] = ()
    wanted = f"take a plan that holds {fit.used}"
    if catalog is not None:
        higher = sorted(catalog.plans, key=lambda p: p.rank)
        plans = tuple(
            p.id
            for p in higher
            if p.rank > plan.rank
            and ResourceFit(resource, fit.used, p.limits.get(resource)).fits
        )
        wanted = f"take plan {' or '.join(plans)}" if plans else "ask for an offer"
    raise LimitReachedError(
        plan.id, resource, n, used, fit.limit, fit.excess, plans, wanted
    )


def _check_resources(resources: Iterable[str], plans: Iterable[Plan]) -> None:
    """Refuse a resource that no plan limits: it is likely to be a typing error."""
    known = dict.fromkeys(name for plan in plans for name in plan.limits)
    for resource in resources:
        if resource not in known:
            raise UnknownItemError("resource", resource, ", ".join(known) or "none")


@final
@attrs.frozen(kw_only=True, order=False)
class PlanComparison:
    """One plan beside a subscription's usage.

    *direction* is ``None`` for the plan that is there.  *price* is what a whole
    period costs.  *seats* are the units that the plan bounds.  *breaks* says what the
    change would take away.  *advised* marks the one plan to take next, or to keep;
    *advise_first* the plan on the way that is the better next step.
    """

    plan: Plan
    direction: Direction | None
    price: Money | None
    resources: tuple[ResourceFit, ...]
    seats: tuple[ResourceFit, ...]
    breaks: tuple[Finding, ...]
    preview: Preview
    advised: bool = False
    advise_first: str | None = None

    def __attrs_post_init__(self) -> None:
        instance("plan", self.plan, Plan)
        instance("preview", self.preview, Preview)
        check_optional(self, direction=Direction, price=Money)
        keep_tuples(self, resources=ResourceFit, seats=ResourceFit, breaks=Finding)
        flag("advised", self.advised)
        if self.advise_first is not None:
            text("advise_first", self.advise_first)

    @property
    def fits(self) -> bool:
        """Whether it holds all that is used; exactly at a limit fits."""
        return all(fit.fits for fit in (*self.resources, *self.seats))

    @property
    def lost_features(self) -> tuple[str, ...]:
        """The features that the change would take away."""
        return tuple(
            found.value("feature")
            for found in self.breaks
            if found.code == "feature_lost"
        )


def compare_plans(
    subscription: Subscription,
    catalog: Catalog,
    usage: Mapping[str, int],
    *,
    on: Time,
    interval: Interval | None = None,
) -> tuple[PlanComparison, ...]:
    """Return each plan of *catalog* beside the *usage*, the lowest first.

    The plan that is there is among them, also when the catalogue has it no more.
    *interval* asks for another billing interval in the same change.

    Raises: UnknownItemError for a resource that no plan limits, RenewFirstError.
    """
    instance("catalog", catalog, Catalog)
    if interval is not None:
        instance("interval", interval, Interval)
    used = Quantities(mapping("usage", usage))
    sub = renew(instance("subscription", subscription, Subscription), on=on)
    now = sub.subscription
    plans = list(catalog.plans)
    if now.plan not in plans:
        plans.append(now.plan)
    _check_resources(used, plans)
    prices = {plan: _price_or_none(now, plan, interval) for plan in plans}
    nothing = Money.zero(now.currency)
    plans.sort(key=lambda p: (p.rank, (prices[p] or nothing).minor_units))
    found = [
        PlanComparison(
            plan=plan,
            direction=_direction(now, plan),
            price=prices[plan],
            resources=_resources(plan, used),
            seats=_bounded_seats(now, plan),
            breaks=breaks_of(now, plan, used),
            preview=_plan_preview(subscription, now, plan, interval, on),
        )
        for plan in plans
    ]
    return tuple(_advise(now, found))


def _price_or_none(
    sub: Subscription, plan: Plan, interval: Interval | None
) -> Money | None:
    """Return what a period of *plan* costs; ``None`` where it has no such price."""
    try:
        return full_price(sub, plan, interval=interval)
    except SeatbillError:
        return None


def _direction(sub: Subscription, plan: Plan) -> Direction | None:
    """Return whether *plan* is higher or lower; ``None`` for the one that is there."""
    return None if plan == sub.plan else plan_direction(Ledger(sub), plan)


def _plan_preview(
    subscription: Subscription,
    now: Subscription,
    plan: Plan,
    interval: Interval | None,
    on: Time,
) -> Preview:
    """Return what taking *plan* comes to; for the plan that is there, keeping it."""
    found = preview(subscription, SwitchPlan(plan, interval), on=on)
    if found.refusal is not None and found.refusal.code == "no_change":
        return Preview(price_next=next_price(now))
    return found


def _resources(plan: Plan, used: Mapping[str, int]) -> tuple[ResourceFit, ...]:
    """Return every resource that is limited or used, beside the limits of *plan*."""
    return tuple(
        ResourceFit(name, used.get(name, 0), plan.limits.get(name))
        for name in dict.fromkeys((*plan.limits, *used))
    )


def _bounded_seats(sub: Subscription, plan: Plan) -> tuple[ResourceFit, ...]:
    """Return the units of which *plan* holds so many only, beside those that stay."""
    found = []
    for unit in units_of(plan.prices, sub.currency):
        priced = price_for(plan.prices, unit, sub.currency, sub.interval)
        if priced is not None and priced[0].max_quantity is not None:
            stay = sub.quantity(unit) - sub.scheduled_removals.get(unit, 0)
            found.append(ResourceFit(unit, stay, priced[0].max_quantity))
    return tuple(found)


def breaks_of(
    sub: Subscription, plan: Plan, used: Mapping[str, int]
) -> tuple[Finding, ...]:
    """Return what the change to *plan* would take away, and by how much it is short."""
    if plan == sub.plan:
        return ()
    found = _ended_add_ons(sub, plan)
    found += [
        _finding(
            "limit_exceeded",
            plan=plan.id,
            resource=fit.resource,
            used=fit.used,
            limit=fit.limit,
            excess=fit.excess,
        )
        for fit in (*_resources(plan, used), *_bounded_seats(sub, plan))
        if not fit.fits
    ]
    units = units_of(plan.prices, sub.currency)
    found += [
        _finding("unit_not_sold", plan=plan.id, unit=unit, count=count)
        for unit, count in sub.seats.items()
        if count and unit not in units and plan != sub.rules.free_plan
    ]
    found += [
        _finding("feature_lost", plan=plan.name, feature=_feature_name(feature))
        for feature in sub.plan.features
        if feature not in plan.features
    ]
    return tuple(found)


def _feature_name(feature: Feature) -> str:
    """Return how *feature* is called; the unit is said where it is not a seat."""
    if isinstance(feature, str):
        return feature
    unit, name = feature
    return name if unit == "seat" else f"{name} ({unit})"


def _ended_add_ons(sub: Subscription, plan: Plan) -> list[Finding]:
    """Return the add-ons that end with the change, and those that need them."""
    free = plan == sub.rules.free_plan
    left = {owned.add_on.id: owned.add_on for owned in sub.add_ons}
    found: list[Finding] = []
    while True:
        for id, add_on in left.items():
            missing = "a paid plan" if free else _missing(add_on, plan, left)
            if missing:
                del left[id]
                found.append(
                    _finding("add_on_ends", add_on=id, plan=plan.id, missing=missing)
                )
                break
        else:
            return found


def _missing(add_on: AddOn, plan: Plan, owned: Iterable[str]) -> str:
    """Return what *add_on* needs and does not find; nothing where all is there."""
    if add_on.requires_plans and plan.id not in add_on.requires_plans:
        return " or ".join(add_on.requires_plans)
    return " and ".join(id for id in add_on.requires_add_ons if id not in owned)


_TAKES_AWAY: Final = ("add_on_ends", "unit_not_sold")


def _suits(sub: Subscription, found: PlanComparison) -> bool:
    """Return whether a plan could be advised: it fits, and nothing bought ends."""
    return (
        found.fits
        and found.preview.refusal is None
        and found.plan != sub.rules.free_plan
        and not any(broken.code in _TAKES_AWAY for broken in found.breaks)
    )


def _advise(sub: Subscription, found: list[PlanComparison]) -> list[PlanComparison]:
    """Mark the next step, and the step before each plan that lies further.

    One plan at a time, up and down (GA-17, GA-22); nothing is enforced.
    """
    here = next(i for i, one in enumerate(found) if one.direction is None)
    suits = [i for i, one in enumerate(found) if i == here or _suits(sub, one)]
    above = [i for i in suits if i > here]
    below = [i for i in suits if i < here]
    if not found[here].fits:
        advised = above[0] if above else None
    else:
        now, lower = found[here].price, found[below[-1]].price if below else None
        cheaper = now is not None and lower is not None and lower < now
        advised = below[-1] if cheaper else here
    for i, one in enumerate(found):
        between = [j for j in above if j < i] or [j for j in below[::-1] if i < j]
        first = found[between[0]].plan.id if between else None
        found[i] = attrs.evolve(one, advised=i == advised, advise_first=first)
    return found


# The monthly review.


def review(
    subscription: Subscription,
    *,
    on: Time,
    catalog: Catalog | None = None,
    usage: Mapping[str, int] | None = None,
    last_used: Mapping[str, Time | None] | None = None,
    payment: PaymentMethod | dt.date | None = None,
    charged: Money | None = None,
    near_limit: Amount = "80",
    unused_days: int = 30,
    expiring_days: int = 31,
) -> tuple[Finding, ...]:
    """Return what a look at the subscription finds; nothing where all is well.

    *usage* counts each resource, *last_used* gives the day of each add-on's last use,
    ``None`` where it was never used; one that is not named is not judged.  *charged*
    is what was charged for a whole period, tax included.  *payment* is a method, or
    the last day on which it can be used.  A resource is near its limit from
    *near_limit* percent on, an add-on unused from *unused_days* on; a payment method
    runs out within *expiring_days*, or before the next renewal.
    """
    day = moment("on", on)
    sub = renew(instance("subscription", subscription, Subscription), on=on)
    now = sub.subscription
    used = Quantities(mapping("usage", {} if usage is None else usage))
    percent = Fraction(decimal("near_limit", near_limit))
    if not 0 < percent <= 100:
        raise OutOfBoundsError("near_limit", near_limit, "more than 0", 100)
    whole_number("unused_days", unused_days)
    whole_number("expiring_days", expiring_days)
    found: list[Finding] = []
    if catalog is not None:
        compared = compare_plans(subscription, catalog, used, on=on)
        found += _plan_fit(now, compared)
    found += _limits(now.plan, used, percent)
    found += _unused(now, last_used, day, unused_days)
    if charged is not None:
        found += _charges(now, instance("charged", charged, Money))
    if payment is not None:
        found += _payment(now, payment, day, expiring_days)
    return tuple(found)


def _plan_fit(
    sub: Subscription, compared: tuple[PlanComparison, ...]
) -> Iterator[Finding]:
    """Yield the plan that would fit better than the one that is there (GA-5)."""
    here = next(one for one in compared if one.direction is None)
    advised = next((one for one in compared if one.advised), None)
    if sub.status in (Status.CANCELED, Status.FROZEN):
        return
    if advised is None:
        yield _finding("no_plan_fits", current=here.plan.id)
    elif not here.fits:
        yield _finding(
            "higher_plan_fits",
            current=here.plan.id,
            plan=advised.plan.id,
            price_now=advised.preview.price_now,
            price=advised.price,
        )
    elif advised is not here and not _waits(sub, ChangeKind.PLAN):
        saving = here.price - advised.price  # type: ignore[operator]  # both are priced
        yield _finding(
            "lower_plan_fits",
            current=here.plan.id,
            plan=advised.plan.id,
            saving=_monthly(saving, sub),
            lost_features=advised.lost_features,
        )


def _waits(sub: Subscription, kind: ChangeKind, key: str = "") -> bool:
    """Return whether something of *kind* waits."""
    return any(
        update.kind is kind and update.key == key for update in sub.pending_updates
    )


def _limits(
    plan: Plan, used: Mapping[str, int], percent: Fraction
) -> Iterator[Finding]:
    """Yield the resources above their limit, and those near it (GA-7)."""
    for fit in _resources(plan, used):
        if fit.limit is None:
            continue
        if fit.excess:
            yield _finding(
                "limit_exceeded",
                plan=plan.id,
                resource=fit.resource,
                used=fit.used,
                limit=fit.limit,
                excess=fit.excess,
            )
        elif fit.limit and 100 * fit.used >= percent * fit.limit:
            yield _finding(
                "limit_near",
                resource=fit.resource,
                used=fit.used,
                limit=fit.limit,
                percent=100 * fit.used // fit.limit,
            )


def _unused(
    sub: Subscription,
    last_used: Mapping[str, Time | None] | None,
    on: Time,
    most: int,
) -> Iterator[Finding]:
    """Yield the add-ons that nobody uses, with what a month of them costs (GA-6)."""
    given = mapping("last_used", {} if last_used is None else last_used)
    known = {
        text("add_on", id): None if last is None else _days_since(id, last, on)
        for id, last in given.items()
    }
    for owned in sub.add_ons:
        id = owned.add_on.id
        if id not in known or _waits(sub, ChangeKind.ADD_ON, id):
            continue
        days = known[id]
        if days is not None and days < most:
            continue
        price = full_price(sub, owned.add_on, quantity=owned.quantity)
        saving = _monthly(price, sub)
        if days is None:
            yield _finding("add_on_never_used", add_on=id, saving=saving)
        else:
            yield _finding(
                "add_on_unused",
                add_on=id,
                days=days,
                last_used=given[id],
                saving=saving,
            )


def _days_since(id: str, last: Time, on: Time) -> int:
    """Return how many whole days ago an add-on was used."""
    last = moment(f"last_used[{id!r}]", last)
    same_time(f"last_used[{id!r}]", last, on)
    if last > on:
        raise OutOfOrderError(on, last)
    return Period(last, on).days if last < on else 0


def _charges(sub: Subscription, charged: Money) -> Iterator[Finding]:
    """Yield what was charged above or below what runs comes to (GA-8)."""
    expected = _running_total(sub)
    if charged != expected:
        yield _finding(
            "charges_differ",
            charged=charged,
            expected=expected,
            difference=charged - expected,
        )


def _running_total(sub: Subscription) -> Money:
    """Return what a whole period of all that runs comes to, tax included."""
    period = sub.current_period
    lines = [
        trusted_line(
            LineKind.CHARGE,
            charge.terms,
            charge.quantity,
            charge.full_scaled,
            period.start,
            period.end,
            period,
            1,
            1,
            divide(charge.full_scaled, charge.terms.scale, charge.terms.rounding),
            None,
            charge.version,
        )
        for charge in sub.charges
    ]
    taxes = taxes_of(lines, sub.currency, sub.rules.rounding)
    total = sum(line.amount_minor for line in lines) + exclusive_tax(taxes)
    return Money.from_minor_units(total, sub.currency)


def _payment(
    sub: Subscription, payment: PaymentMethod | dt.date, on: Time, within: int
) -> Iterator[Finding]:
    """Yield a payment method that has run out, or soon will (GA-19)."""
    day = _date(on)
    if type(payment) is dt.date:
        left: int | None = (payment - day).days
    elif isinstance(payment, PaymentMethod):
        left = days_left(payment, on=on)
    else:
        came = f"<{type(payment).__name__}>"  # an account number is not repeated
        raise WrongTypeError("payment", "a payment method, or a date", came)
    if left is None:
        return
    last = day + dt.timedelta(left)
    renews_on = renewal_day(sub)
    if left < 0:
        yield _finding("payment_method_expired", valid_through=last, days=-left)
    elif left <= within or (renews_on is not None and last < _date(renews_on)):
        yield _finding(
            "payment_method_expiring",
            valid_through=last,
            days=left,
            renews_on=renews_on,
        )


def _date(at: Time) -> dt.date:
    """Return the day of *at*, in UTC."""
    return dt.date(at.year, at.month, at.day)


def renewal_day(subscription: Subscription) -> Time | None:
    """Return the day on which it is renewed next; ``None`` where it ends before.

    A frozen subscription is taken to thaw by itself, as late as it may.
    """
    sub = subscription
    if sub.status in (Status.CANCELED, Status.FREE):
        return None
    frozen = sub.rules.max_freeze_days if sub.frozen_on is not None else 0
    end = sub.current_period.end + dt.timedelta(frozen)
    until = usable_until(sub)
    return None if until is not None and until <= end else end


# Is this invoice right?


@final
@attrs.frozen(order=False)
class Activity:
    """A time in which an item was active, and how many of it."""

    period: Period
    quantity: int

    def __attrs_post_init__(self) -> None:
        instance("period", self.period, Period)
        whole_number("quantity", self.quantity, 1)


@final
@attrs.frozen(kw_only=True, order=False)
class ConfigurationChange:
    """What was subscribed, changed or terminated on a day.

    *what* is ``"plan"``, ``"interval"``, ``"seats"`` or ``"add_on"``, *key* the unit
    or the add-on.  *before* and *after* are ids or numbers, ``None`` for nothing.
    """

    on: Time
    what: str
    key: str
    before: str | int | None
    after: str | int | None

    def __attrs_post_init__(self) -> None:
        moment("on", self.on)
        text("what", self.what)
        if type(self.key) is not str:
            raise WrongTypeError("key", "a string", self.key)
        for name, value in (("before", self.before), ("after", self.after)):
            if value is not None and type(value) not in (str, int):
                raise WrongTypeError(name, "an id, a number or nothing", value)


@final
@attrs.frozen(kw_only=True, order=False)
class LineReview:
    """One line beside the history: *finding* is the first difference, or ``None``.

    *index* is its place on the invoice, ``None`` for a line that is missing there.
    *active* says when its item was active in the whole period that it belongs to.
    """

    line: InvoiceLine
    index: int | None
    finding: Finding | None
    active: tuple[Activity, ...]

    def __attrs_post_init__(self) -> None:
        instance("line", self.line, InvoiceLine)
        if self.index is not None:
            whole_number("index", self.index)
        check_optional(self, finding=Finding)
        keep_tuples(self, active=Activity)


@final
@attrs.frozen(kw_only=True, order=False)
class Reconciliation:
    """An invoice beside the one that the history gives, ``None`` where it gives none.

    *lines* are those of the invoice, then those that are missing on it.  *totals* are
    the differences of the document itself.  *events* are the changes of plan, seats
    and add-ons in the time that the invoice is about.
    """

    invoice: Invoice
    expected: Invoice | None
    lines: tuple[LineReview, ...]
    totals: tuple[Discrepancy, ...]
    events: tuple[ConfigurationChange, ...]

    def __attrs_post_init__(self) -> None:
        instance("invoice", self.invoice, Invoice)
        check_optional(self, expected=Invoice)
        keep_tuples(
            self, lines=LineReview, totals=Discrepancy, events=ConfigurationChange
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The first difference of each line that has one."""
        return tuple(one.finding for one in self.lines if one.finding is not None)

    @property
    def is_right(self) -> bool:
        """Whether the invoice is what the history gives."""
        return not self.findings and not self.totals

    @property
    def difference(self) -> Money:
        """What the invoice asks for above what the history gives, or below."""
        if self.expected is None:
            return self.invoice.total
        return self.invoice.total - self.expected.total


def reconcile(
    invoice: Invoice, history: Statement | Iterable[Outcome]
) -> Reconciliation:
    """Return *invoice* beside the *history*: is it right, and where does it differ?

    *history* is a statement, or every outcome from the first day on.  Each outcome is
    worked out again from the one before it, so that its own invoice is not taken on
    trust; where that gives another subscription (a timing by hand), it is.

    Raises: HistoryGapError where an outcome is missing, MixedTimeError.
    """
    instance("invoice", invoice, Invoice)
    invoices, states = _past(history)
    since = states[0][0]
    same_time("issued_on", invoice.issued_on, since)
    for line in invoice.lines:
        same_time("start", line.start, since)
    expected = _counterpart(invoice, invoices)
    wanted = () if expected is None else expected.lines
    partners, missing = _partners(invoice.lines, wanted)
    sums = verify(invoice)
    found = []
    for i, (line, partner) in enumerate(zip(invoice.lines, partners, strict=True)):
        active = _activity(states, line)
        finding: Finding | None
        if partner is None:
            finding = _unexpected(line, active, invoices)
        else:
            finding = _difference(line, partner) or _wrong_sum(line, i, sums)
        found.append(LineReview(line=line, index=i, finding=finding, active=active))
    for line in missing:
        finding = _finding(
            "line_missing",
            item=line.item,
            unit=line.unit,
            span=span_text(line),
            amount=line.amount,
        )
        active = _activity(states, line)
        found.append(LineReview(line=line, index=None, finding=finding, active=active))
    return Reconciliation(
        invoice=invoice,
        expected=expected,
        lines=tuple(found),
        totals=tuple(_totals(invoice, expected, sums)),
        events=tuple(_events(states, [one.line for one in found])),
    )


States = list[tuple[Time, Subscription]]


def _past(
    history: Statement | Iterable[Outcome],
) -> tuple[list[Invoice], States]:
    """Return the invoices of *history* and the subscription as it stood, by day."""
    if isinstance(history, Statement):
        opening, outcomes = history.opening, history.outcomes
        given = tuple(i for i in history.invoices if i.version <= opening.version)
    else:
        known = several("history", history, Outcome)
        if not known:
            raise WrongTypeError("history", "one outcome or more", history)
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
    """Return what subscribing to *opening* charges, or what is *given* if unknown."""
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
        )
    except SeatbillError:
        return given
    return again.invoices if again.subscription == opening else given


def _replayed(sub: Subscription, outcome: Outcome) -> tuple[Invoice, ...]:
    """Return what *outcome* charges when it is worked out again from *sub*."""
    try:
        if outcome.changes:
            again = change(sub, *outcome.changes, on=outcome.on)
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
    while (day := Ledger(sub).next_event()) is not None and day <= outcome.on:
        try:
            sub = renew(sub, on=day, measured=outcome.subscription.seats).subscription
        except RenewFirstError:  # measured once, in the outcome itself
            return
        yield day, sub


def _counterpart(invoice: Invoice, invoices: Iterable[Invoice]) -> Invoice | None:
    """Return the invoice of the history that *invoice* ought to be.

    One of the same day, rather with the same key, rather with lines in common.
    """
    best: tuple[tuple[bool, bool, int], Invoice] | None = None
    for known in invoices:
        common = sum(line in known.lines for line in invoice.lines)
        same_key = known.key == invoice.key
        same_day = known.issued_on == invoice.issued_on
        rank = same_day, same_key, common
        if (same_day or (same_key and common)) and (best is None or rank > best[0]):
            best = rank, known
    return None if best is None else best[1]


_PAIRED_BY: Final[tuple[Callable[[InvoiceLine], Any], ...]] = (
    lambda line: line,
    lambda line: (line.kind, line.terms.key, line.start, line.end),
    lambda line: (line.kind, line.terms.key),
    lambda line: line.terms.key,
)


def _partners(
    stated: tuple[InvoiceLine, ...], wanted: tuple[InvoiceLine, ...]
) -> tuple[list[InvoiceLine | None], list[InvoiceLine]]:
    """Return for each line the one that it ought to be, and those left over."""
    partners: list[InvoiceLine | None] = [None] * len(stated)
    left = list(wanted)
    for key in _PAIRED_BY:
        for i, line in enumerate(stated):
            if partners[i] is not None:
                continue
            for other in left:
                if key(other) == key(line):
                    partners[i] = other
                    left.remove(other)
                    break
    return partners, left


def _unit_price(line: InvoiceLine) -> str:
    """Return the unit price of *line* in digits."""
    unit = line.unit_amount
    return "none" if unit is None else exact_text(unit, line.currency)


def _ids(values: Iterable[Any]) -> str:
    """Return the ids of *values*, in order."""
    return ", ".join(value.id for value in values) or "none"


def _time(line: InvoiceLine) -> str:
    """Return the time that *line* is for, and the period that it is part of."""
    whole = line.whole
    return f"{span_text(line)} of the period {whole.start} to {whole.last_day}"


_COMPARED: Final[
    tuple[tuple[str, Callable[[InvoiceLine], Any], Callable[[InvoiceLine], Any]], ...]
] = (
    ("kind_differs", lambda line: line.kind, lambda line: line.kind),
    ("quantity_differs", lambda line: line.quantity, lambda line: line.quantity),
    ("unit_price_differs", lambda line: line.unit_amount, _unit_price),
    ("discounts_differ", lambda line: line.discounts, lambda x: _ids(x.discounts)),
    ("period_differs", lambda line: (line.start, line.end, line.whole), _time),
    ("share_differs", lambda line: line.share, share_text),
    (
        "full_amount_differs",
        lambda line: line.full_amount,
        lambda line: exact_text(line.full_amount, line.currency),
    ),
    ("cap_differs", lambda line: line.cap, lambda line: line.cap),
    ("amount_differs", lambda line: line.amount, lambda line: line.amount),
    ("tax_rates_differ", lambda line: line.tax_rates, lambda x: _ids(x.tax_rates)),
)
"""What is compared, in this order: a code, the value, and how it is shown."""


def _difference(line: InvoiceLine, wanted: InvoiceLine) -> Finding | None:
    """Return the first difference of *line* and the one that it ought to be."""
    for code, value, shown in _COMPARED:
        if value(line) != value(wanted):
            return _finding(
                code,
                item=line.item,
                unit=line.unit,
                stated=shown(line),
                expected=shown(wanted),
            )
    return None


def _wrong_sum(
    line: InvoiceLine, i: int, sums: Iterable[Discrepancy]
) -> Finding | None:
    """Return the first thing in line *i* that does not follow from the rest of it."""
    for wrong in sums:
        where, _, what = wrong.where.partition("].")
        if where == f"lines[{i}":
            return _finding(
                "line_does_not_add_up",
                item=line.item,
                what=what,
                stated=wrong.stated,
                expected=wrong.expected,
            )
    return None


def _unexpected(
    line: InvoiceLine, active: tuple[Activity, ...], invoices: Iterable[Invoice]
) -> Finding:
    """Return why nothing in the history gives *line*."""
    values = {
        "item": line.item,
        "unit": line.unit,
        "span": span_text(line),
        "amount": line.amount,
    }
    for known in invoices:
        if any(_difference(line, other) is None for other in known.lines):
            return _finding("line_repeated", **values, invoice=known.key)
    used = any(a.period.start < line.end and line.start < a.period.end for a in active)
    owned = line.terms.item_kind in (ItemKind.PLAN, ItemKind.ADD_ON)
    if owned and not used:
        return _finding("item_not_active", **values)
    return _finding("line_not_expected", **values)


def _activity(states: States, line: InvoiceLine) -> tuple[Activity, ...]:
    """Return when the item of *line* was active in the whole period of it (GA-29)."""
    found: list[Activity] = []
    last = states[-1][1], line.whole.end
    spans = [(day, sub, until) for (day, sub), (until, _) in pairwise(states)]
    for day, sub, until in (*spans, (states[-1][0], *last)):
        start, end = max(day, line.whole.start), min(until, line.whole.end)
        count = _owned(sub, line)
        if not count or start >= end:
            continue
        if found and found[-1].quantity == count and found[-1].period.end == start:
            start = found.pop().period.start
        found.append(Activity(Period(start, end), count))
    return tuple(found)


def _owned(sub: Subscription, line: InvoiceLine) -> int:
    """Return how many of the item of *line* are owned; a flat price counts as one."""
    item, unit = line.item, line.unit
    if sub.status is Status.CANCELED:
        return 0
    if line.terms.item_kind is ItemKind.ADD_ON:
        return sub.add_on_quantity(item)
    if line.terms.item_kind is not ItemKind.PLAN or sub.plan.id != item:
        return 0
    priced = price_for(sub.plan.prices, unit, sub.currency, sub.interval)
    flat = priced is not None and priced[0].flat
    return 1 if flat else sub.quantity(unit)


def _events(
    states: States, lines: Iterable[InvoiceLine]
) -> Iterator[ConfigurationChange]:
    """Yield what changed in the time that *lines* are about (GA-30)."""
    wholes = [line.whole for line in lines]
    before: dict[tuple[str, str], str | int] = {}
    for day, sub in states:
        after = _configuration(sub)
        if any(whole.contains(day) for whole in wholes):
            for what, key in dict.fromkeys((*before, *after)):
                old, new = before.get((what, key)), after.get((what, key))
                if old != new:
                    yield ConfigurationChange(
                        on=day, what=what, key=key, before=old, after=new
                    )
        before = after


def _configuration(sub: Subscription) -> dict[tuple[str, str], str | int]:
    """Return plan, interval, seats and add-ons as they stand; nothing once ended."""
    if sub.status is Status.CANCELED:
        return {}
    return {
        ("plan", ""): sub.plan.id,
        ("interval", ""): str(sub.interval),
        **{("seats", unit): count for unit, count in sub.seats.items()},
        **{("add_on", owned.add_on.id): owned.quantity for owned in sub.add_ons},
    }


_TOTALS: Final = (
    "issued_on",
    "currency",
    "recipient",
    "subtotal",
    "taxes",
    "total",
    "credit_applied",
)


def _totals(
    invoice: Invoice, expected: Invoice | None, sums: Iterable[Discrepancy]
) -> Iterator[Discrepancy]:
    """Yield what differs on the document itself, or does not add up on it."""
    wrong = [one for one in sums if not one.where.startswith("lines[")]
    yield from wrong
    if expected is None:
        yield Discrepancy("key", invoice.key, None)
        return
    told = [one.where for one in wrong]
    for name in _TOTALS:
        stated, wanted = getattr(invoice, name), getattr(expected, name)
        if stated != wanted and name not in told:
            yield Discrepancy(name, stated, wanted)
