"""What runs, and what a change of quantity costs or gives back.

Decisions: "seats added", "seats removed", "one item at two net prices", "in arrears",
"a change's time", "convention".
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from counting import Tag, part_of

from . import reductions
from .account import Account, Line, Part


def _of(account: Account, item: Any, unit: str) -> list[Part]:
    """Return what runs of a unit, what was opened first before the others."""
    return [p for p in account.parts if (p.item, p.unit) == (item.id, unit)]


def total(account: Account, tag: Tag, quantity: int) -> Fraction:
    """Return what the list asks for *quantity*, in minor units."""
    return tag.total(quantity) * account.minor


def cut(account: Account, part: Part) -> None:
    """Write what ran of a part in arrears: each change cuts what it changes."""
    whole = account.paid_for
    until = min(account.now, whole[1])
    if not part.arrears or part.since >= until:
        return
    share = part_of(account.rules.convention, part.since, until, whole)
    account.ran.append(Line(part.full * share, part.since, part.bears))
    part.since = account.now


def put_in(
    account: Account, item: Any, tag: Tag, listed: Fraction, seats: int, *, charged=True
) -> None:
    """Open *listed* at the net price and rates of now: a charge is one per item,
    net price and rates.
    """
    percents = reductions.percents(account, arrears=tag.price.in_arrears)
    part = next(
        (
            p
            for p in _of(account, item, tag.price.unit)
            if (p.percents, p.rates, p.charged) == (percents, account.rates, charged)
        ),
        None,
    )
    if part is None:
        part = Part(
            item=item.id,
            unit=tag.price.unit,
            percents=percents,
            rates=account.rates,
            charged=charged,
            arrears=tag.price.in_arrears,
            since=account.now if charged else account.end,
        )
        account.parts.append(part)
    raise_part(account, part, listed)
    part.seats += seats
    if charged and listed and (part.arrears or account.rest_of(item.id)):
        reductions.use(account, percents)


def raise_part(account: Account, part: Part, listed: Fraction) -> None:
    """Have *listed* more at the price of *part*, for the rest of the period."""
    cut(account, part)
    part.listed += listed
    if part.charged and not part.arrears:
        amount = listed * part.kept * account.rest_of(part.item)
        part.paid += amount
        bears = part.bears if listed and account.rest_of(part.item) else ()
        account.lines.append(Line(amount, account.now, bears))


def take_off(
    account: Account, item: Any, tag: Tag, listed: Fraction, *, credit=True
) -> None:
    """Have *listed* less: what was opened last is given back first, never more of it
    than was charged; what was not charged gives nothing back.
    """
    touched = set()
    for part in reversed(_of(account, item, tag.price.unit)):
        taken = min(listed, part.listed)
        if taken <= 0:
            continue
        listed -= taken
        _lower(account, part, taken, credit=credit)
        touched.add(part.kept)
    if len(touched) > 1 and tag.price.tiers:
        account.unsaid = "at which of several net prices a total falls"


def _lower(account: Account, part: Part, listed: Fraction, *, credit: bool) -> None:
    """Take *listed* off a part; one that is emptied is closed."""
    cut(account, part)
    part.listed -= listed
    if part.charged and not part.arrears:
        if credit:
            amount = min(listed * part.kept * account.rest_of(part.item), part.paid)
            part.paid -= amount
            account.lines.append(Line(-amount, account.now))
        elif part.item not in account.own:
            account.lost += listed * part.kept
    if not part.listed and (part.charged or not part.seats):
        account.parts.remove(part)


def more(account: Account, item: Any, tag: Tag, before: int, n: int, *, charged):
    """Have *n* more of a unit: the difference of the two totals, which may fall."""
    if tag.price.flat:
        if not before and item is not account.plan:
            put_in(account, item, tag, total(account, tag, 1), 1, charged=charged)
        return
    difference = total(account, tag, before + n) - total(account, tag, before)
    if charged and difference < 0:
        take_off(account, item, tag, -difference)
    else:  # FORFEIT: what it opens is not charged in this period
        put_in(account, item, tag, difference, n, charged=charged)


def fewer(account: Account, item: Any, tag: Tag, before: int, n: int, *, credit):
    """Have *n* fewer of a unit: what was opened last goes first."""
    if tag.price.flat:
        if n == before and item is not account.plan:
            close(account, lambda p: p.item == item.id, credit=credit)
        return
    for part in reversed(_of(account, item, tag.price.unit)):
        if part.charged or not n:
            break
        gone = min(n, part.seats)
        difference = total(account, tag, before) - total(account, tag, before - gone)
        before, n = before - gone, n - gone
        part.seats -= gone
        _lower(account, part, difference, credit=False)
    difference = total(account, tag, before) - total(account, tag, before - n)
    if difference >= 0:
        take_off(account, item, tag, difference, credit=credit)
        return
    # A volume tier: the total rises, on what was opened last.
    running = [p for p in _of(account, item, tag.price.unit) if p.charged]
    if credit:
        if len({p.kept for p in running}) > 1:
            account.unsaid = "at which of several net prices a total rises"
        raise_part(account, running[-1], -difference)
    else:  # not charged, so it cannot come back either
        put_in(account, item, tag, -difference, 0, charged=False)


def close(account: Account, which: Any, *, credit: bool) -> None:
    """End parts; where they are credited their unused share comes back."""
    for part in [part for part in account.parts if which(part)]:
        cut(account, part)
        if part.listed and not part.arrears:
            _lower(account, part, part.listed, credit=credit)
        if part in account.parts:
            account.parts.remove(part)


def open_item(
    account: Account, item: Any, levels: dict[str, int], *, charged=True
) -> None:
    """Open what *item* sells; a flat price is charged also at 0 of its unit."""
    for tag in account.tags(item):
        quantity = 1 if tag.price.flat else levels.get(tag.price.unit, 0)
        if quantity:
            listed = total(account, tag, quantity)
            put_in(account, item, tag, listed, quantity, charged=charged)


def open_all(account: Account, *, charged: bool = True) -> None:
    """Open plan and add-ons for the rest of the period, but what has its own."""
    open_item(account, account.plan, account.seats, charged=charged)
    for add_on, quantity in account.add_ons.values():
        if add_on.interval is not None:
            continue
        levels = {tag.price.unit: quantity for tag in account.tags(add_on)}
        open_item(account, add_on, levels, charged=charged)
