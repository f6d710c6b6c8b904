"""Plans beside what is used: what fits, what a change breaks, which to take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, final

import attrs

from .._engine.plan_changes import direction_of
from .._engine.state import State
from .._values.base import Quantities
from .._values.checks import Time, flag, instance, mapping, member, text
from .._values.checks import whole as whole_number
from .._values.features import feature_name
from ..catalogs import Catalog
from ..errors import LimitReachedError, SeatbillError, UnknownItemError
from ..money import Money
from ..notices import Finding, check_optional, finding_of, keep_tuples
from ..periods import Interval
from ..plans import AddOn, Plan, listed, price_for, units_of
from ..rules import Direction
from ..subscriptions import Subscription, SwitchPlan
from .previews import Preview, full_price, next_price, preview
from .steps import renew


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
    plan: Plan, resource: str, used: int, n: int = 1, *, catalog: Catalog | None = None
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
    wanted = "larger_plan"
    if catalog is not None:
        plans = tuple(
            p.id
            for p in sorted(catalog.plans, key=lambda p: p.rank)
            if p.rank > plan.rank
            and ResourceFit(resource, fit.used, p.limits.get(resource)).fits
        )
        wanted = "plans" if plans else "offer"
    raise LimitReachedError(
        plan.id, resource, n, used, fit.limit, fit.excess, plans, wanted
    )


def _check_resources(resources: Iterable[str], plans: Iterable[Plan]) -> None:
    """Refuse a resource that no plan limits: it is likely to be a typing error."""
    known = dict.fromkeys(name for plan in plans for name in plan.limits)
    for resource in resources:
        if resource not in known:
            raise UnknownItemError("resource", resource, tuple(known))


def _direction(value: Direction | str | None) -> Direction | None:
    return None if value is None else member("direction", value, Direction)


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
    direction: Direction | None = attrs.field(converter=_direction)
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
        check_optional(self, price=Money)
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
    prices = {plan: _price_or_none(now, plan, interval, on) for plan in plans}
    nothing = Money.zero(now.currency)
    plans.sort(key=lambda p: (p.rank, (prices[p] or nothing).minor_units))
    found = [
        PlanComparison(
            plan=plan,
            direction=None if plan == now.plan else direction_of(State(now), plan),
            price=prices[plan],
            resources=resources_of(plan, used),
            seats=_bounded_seats(now, plan),
            breaks=breaks_of(now, plan, used),
            preview=_plan_preview(subscription, now, plan, interval, on),
        )
        for plan in plans
    ]
    return tuple(_advise(now, found))


def _price_or_none(
    sub: Subscription, plan: Plan, interval: Interval | None, on: Time
) -> Money | None:
    """Return what a period of *plan* costs; ``None`` where it has no such price."""
    try:
        return full_price(sub, plan, interval=interval, on=on)
    except SeatbillError:
        return None


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


def limit_exceeded(plan: Plan, fit: ResourceFit) -> Finding:
    """Return that more is used than *plan* holds."""
    return finding_of(
        "limit_exceeded",
        plan=plan.id,
        resource=fit.resource,
        used=fit.used,
        limit=fit.limit,
        excess=fit.excess,
    )


def resources_of(plan: Plan, used: Mapping[str, int]) -> tuple[ResourceFit, ...]:
    """Return every resource that is limited or used, beside the limits of *plan*."""
    return tuple(
        ResourceFit(name, used.get(name, 0), plan.limits.get(name))
        for name in dict.fromkeys((*plan.limits, *used))
    )


def _bounded_seats(sub: Subscription, plan: Plan) -> tuple[ResourceFit, ...]:
    """Return the units of which *plan* holds so many only, beside those that stay."""
    found = []
    leaving = sub.scheduled_removals
    for unit, prices in listed(plan.prices, sub.currency).items():
        priced = price_for(prices, unit, sub.currency, sub.interval)
        if priced is not None and priced[0].max_quantity is not None:
            stay = sub.quantity(unit) - leaving.get(unit, 0)
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
        limit_exceeded(plan, fit)
        for fit in (*resources_of(plan, used), *_bounded_seats(sub, plan))
        if not fit.fits
    ]
    units = {*units_of(plan.prices, sub.currency)}
    found += [
        finding_of("unit_not_sold", plan=plan.id, unit=unit, count=count)
        for unit, count in sub.seats.items()
        if count and unit not in units and plan != sub.rules.free_plan
    ]
    kept = {*plan.features}
    found += [
        finding_of("feature_lost", plan=plan.name, feature=feature_name(feature))
        for feature in sub.plan.features
        if feature not in kept
    ]
    return tuple(found)


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
                    finding_of("add_on_ends", add_on=id, plan=plan.id, missing=missing)
                )
                break
        else:
            return found


def _missing(add_on: AddOn, plan: Plan, owned: Iterable[str]) -> str | tuple[str, ...]:
    """Return what *add_on* needs and does not find; nothing where all is there."""
    if add_on.requires_plans and plan.id not in add_on.requires_plans:
        return add_on.requires_plans
    return ", ".join(id for id in add_on.requires_add_ons if id not in owned)


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
