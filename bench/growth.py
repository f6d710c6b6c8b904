"""What grows with its input: each row makes work of any size, to compare N with 10 N.

The same work at the size of an attack is run by the tests in a process with little
memory and time.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Interval,
    Plan,
    Price,
    RemoveSeats,
    Reprice,
    SetSeats,
    Timing,
    bill,
    subscribe,
)
from seatbill.converters import (
    bill_answer,
    from_data,
    parse,
    read_request,
)
from seatbill.documents import timeline_svg
from seatbill.errors import SeatbillError

Work = Callable[[], object]

FIRST = dt.date(2026, 4, 1)
APRIL = FIRST.isoformat()


def answered(read: Callable[[], object]) -> Work:
    """Return work that ends with an answer or with a refusal."""

    def run() -> object:
        try:
            return read()
        except SeatbillError as error:
            return error

    return run


def asked(text: str) -> Work:
    """Return the work of answering the request in a JSON *text*."""
    return answered(lambda: bill_answer(read_request(parse(text))))


def usd(unit: str = "seat", amount: str = "10.00", **more: Any) -> dict[str, Any]:
    """Return a price of a request."""
    return {"unit": unit, "unit_amount": amount, "currency": "USD", **more}


def plan(*prices: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """Return a plan of a request."""
    return {"id": f"p{number}", "name": "P", "rank": number, "prices": [*prices]}


def story(**keys: Any) -> Work:
    """Return the work of a request with these *keys* in the place of the usual."""
    usual = {"plan": plan(usd()), "interval": "month", "seats": 10, "on": APRIL}
    return asked(json.dumps({**usual, "until": "2026-04-20", **keys}))


def doubled_key(n: int) -> Work:
    """An object of so many keys, one of them twice."""
    keys = ",".join(f'"k{i}":1' for i in range(n))
    return answered(lambda: parse(f'{{{keys},"k0":2}}'))


def empty_changes(n: int) -> Work:
    """So many changes that say nothing."""
    return asked(json.dumps({"changes": [{}] * n}))


def long_key(n: int) -> Work:
    """A key of *n* characters over *n* elements that are no JSON numbers."""
    data = {"k" * n: [float("nan")] * n + [2**300] * n}
    return answered(lambda: from_data(data, Plan))


def units_by_day(n: int) -> Work:
    """So many units, by the day."""
    units = [f"u{i}" for i in range(n)]
    return story(
        plan=plan(*[usd(unit, interval={"days": 1}) for unit in units]),
        interval={"days": 1},
        seats=dict.fromkeys(units, 2),
    )


def units_and_removals(n: int) -> Work:
    """So many units, one removed of each in one entry."""
    units = [f"u{i}" for i in range(n)]
    removals = [{"change": "remove_seats", "seats": 1, "unit": unit} for unit in units]
    return story(
        plan=plan(*map(usd, units)),
        seats=dict.fromkeys(units, 2),
        changes=[{"on": "2026-04-05", "changes": removals}],
    )


def members_and_removals(n: int) -> Work:
    """So many people, and as many removals."""
    people = [{"id": f"m{i}", "joined_on": APRIL} for i in range(n)]
    removal = {"on": "2026-04-05", "change": "remove_seats", "seats": 1}
    return story(members=people, seats=2 * n, changes=[removal] * n)


def amount_discounts(n: int) -> Work:
    """So many discounts of an amount."""
    off = {"amount": "0.01", "currency": "USD"}
    discounts = [{"id": f"d{i}", "amount_off": off} for i in range(n)]
    return story(discounts=discounts, seats=1000)


def plans_by_id(n: int) -> Work:
    """So many plans, each taken by its id in its turn."""
    plans = [plan(usd(amount=f"{i + 1}.00"), number=i) for i in range(n)]
    switches = [
        {"on": "2026-04-05", "change": "switch_plan", "plan": f"p{i}"}
        for i in range(1, n)
    ]
    return story(plan="p0", plans=plans, changes=switches)


def timeline(n: int) -> Work:
    """A drawing of so many changes."""
    pro = Plan("p", "P", 1, [Price(unit_amount="10.00", currency="USD")])
    rules = BillingRules(seats_removed=Timing.IMMEDIATE)
    opening = subscribe(pro, id="s", interval=ANNUAL, seats=10, on=FIRST, rules=rules)
    steps = AddSeats(1), RemoveSeats(1)
    days = [FIRST + dt.timedelta(1 + 300 * i // n) for i in range(n)]
    history = [(day, steps[i % 2]) for i, day in enumerate(days)]
    statement = bill(opening, history, until=days[-1])
    return lambda: timeline_svg(statement)


def waiting_steps(n: int) -> Work:
    """Prices and seats agreed for so many days in all, and the first renewal."""
    pro = Plan("p", "P", 1, [Price(unit_amount="10", currency="USD")])
    opening = subscribe(
        pro, id="s", interval=MONTHLY, seats=10, on=FIRST, rules=BillingRules()
    )
    days = [FIRST + dt.timedelta(100 + i) for i in range(n)]
    steps = [
        SetSeats(11 + i, from_day=day) if i % 2 else Reprice(pro, day)
        for i, day in enumerate(days)
    ]
    until = dt.date(2026, 5, 1)
    return answered(lambda: bill(opening, [(FIRST, steps)], until=until))


def tax_rates(n: int) -> Work:
    """So many tax rates on one line."""
    return story(tax_rates=[{"id": f"t{i}", "rate": "0.01"} for i in range(n)])


def shared_lists(n: int) -> Work:
    """A list that holds a list twice, which holds a list twice, *n* deep."""
    found: list[Any] = []
    for _ in range(n):
        found = [found, found]
    return answered(lambda: from_data(found, Plan))


def by_day_until(year: int) -> Work:
    """Days until the end of a *year*."""
    day = Interval(days=1)
    daily = Plan("p", "P", 1, [Price(unit_amount="1", currency="USD", interval=day)])
    opening = subscribe(
        daily, id="s", interval=day, seats=1, on=FIRST, rules=BillingRules()
    )
    return answered(lambda: bill(opening, [], until=dt.date(year, 12, 31)))


class Growth(NamedTuple):
    """Work of a size: *few* to count, *n* to measure, *attack* to hold out against."""

    name: str
    work: Callable[[int], Work]
    few: int
    n: int
    attack: int


GROWTH = (
    Growth("keys, one of them twice", doubled_key, 20, 1000, 40_000),
    Growth("changes that say nothing", empty_changes, 20, 1000, 330_000),
    Growth("elements under a long key", long_key, 20, 1000, 80_000),
    Growth("units by the day", units_by_day, 5, 40, 8000),
    Growth("units and removals", units_and_removals, 20, 100, 8000),
    Growth("members and removals", members_and_removals, 20, 100, 8000),
    Growth("amount discounts", amount_discounts, 20, 200, 10_000),
    Growth("plans by id", plans_by_id, 20, 100, 6000),
    Growth("timeline by changes", timeline, 20, 100, 10_000),
    Growth("steps that wait", waiting_steps, 50, 200, 10_000),
    Growth("tax rates", tax_rates, 20, 200, 20_000),
)
"""What may take ten times as long where there is ten times as much."""

BOUNDED = (
    Growth("lists that share lists", shared_lists, 10, 20, 60),
    Growth("days until the year", by_day_until, 2400, 2400, 9999),
)
"""What is refused before it is worked out: the attack takes as long as *n*."""
