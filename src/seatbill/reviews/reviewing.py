"""Look at a subscription beside its usage, its charges and its history.

Nothing here changes anything: what a change would come to is an outcome that nobody
has kept, and advice is a value that nobody has to follow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction

from .._values.base import Quantities
from .._values.checks import Amount, Time, decimal, instance, mapping, moment, text
from .._values.checks import whole as whole_number
from ..catalogs import Catalog
from ..errors import OutOfBoundsError, OutOfOrderError, WrongTypeError
from ..invoices import InvoiceLine, LineKind, taxes_of
from ..lifecycle import renew
from ..lifecycle.comparisons import (
    PlanComparison,
    compare_plans,
    limit_exceeded,
    resources_of,
)
from ..lifecycle.previews import full_price, renewal_day
from ..money import Money, divide
from ..notices import Finding, finding_of
from ..payments import PaymentMethod, days_left
from ..periods import Period, date_of, same_time
from ..plans import Plan
from ..rules import ChangeKind
from ..subscriptions import Status, Subscription
from ..taxes import exclusive_tax


def _monthly(price: Money, subscription: Subscription) -> Money:
    """Return the part of *price*, of one period, that a month costs."""
    interval = subscription.interval
    months = Fraction(interval.nominal_months or Fraction(interval.days * 48, 1461))
    return Money.rounded(
        price.exact / months, price.currency, subscription.rules.rounding
    )


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
        raise OutOfBoundsError("near_limit", near_limit, 0, 100)
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
    if sub.status in (Status.CANCELED, Status.FROZEN, Status.PAUSED):
        return
    if advised is None:
        yield finding_of("no_plan_fits", current=here.plan.id)
    elif not here.fits:
        yield finding_of(
            "higher_plan_fits",
            current=here.plan.id,
            plan=advised.plan.id,
            price_now=advised.preview.price_now,
            price=advised.price,
        )
    elif advised is not here and not _waits(sub, ChangeKind.PLAN):
        saving = here.price - advised.price  # type: ignore[operator]  # both are priced
        yield finding_of(
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
    for fit in resources_of(plan, used):
        if fit.limit is None:
            continue
        if fit.excess:
            yield limit_exceeded(plan, fit)
        elif fit.limit and 100 * fit.used >= percent * fit.limit:
            yield finding_of(
                "limit_near",
                resource=fit.resource,
                used=fit.used,
                limit=fit.limit,
                percent=100 * fit.used // fit.limit,
            )


def _unused(
    sub: Subscription, last_used: Mapping[str, Time | None] | None, on: Time, most: int
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
        price = full_price(sub, owned.add_on, quantity=owned.quantity, on=on)
        saving = _monthly(price, sub)
        if days is None:
            yield finding_of("add_on_never_used", add_on=id, saving=saving)
        else:
            yield finding_of(
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
        yield finding_of(
            "charges_differ",
            charged=charged,
            expected=expected,
            difference=charged - expected,
        )


def _running_total(sub: Subscription) -> Money:
    """Return what a whole period of all that runs comes to, tax included."""
    period = sub.current_period
    lines = [
        InvoiceLine(
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
    day = date_of(on)
    if type(payment) is dt.date:
        left: int | None = (payment - day).days
    elif isinstance(payment, PaymentMethod):
        left = days_left(payment, on=on)
    else:
        came = f"<{type(payment).__name__}>"  # an account number is not repeated
        raise WrongTypeError("payment", "PaymentMethod | date", came)
    if left is None:
        return
    last = day + dt.timedelta(left)
    renews_on = renewal_day(sub)
    if left < 0:
        yield finding_of("payment_method_expired", valid_through=last, days=-left)
    elif left <= within or (renews_on is not None and last < date_of(renews_on)):
        yield finding_of(
            "payment_method_expiring",
            valid_through=last,
            days=left,
            renews_on=renews_on,
        )
