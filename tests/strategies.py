"""Hypothesis strategies for public values and for whole histories.

A :class:`Story` is an opening and a dated history that fit together: one currency,
one kind of time, plans and add-ons of one price list.  Most of its changes are legal;
:meth:`Story.walk` leaves out those that the library refuses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Convention,
    Discount,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    Outcome,
    Party,
    Period,
    Plan,
    Price,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    Rounding,
    Service,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    Settlement,
    Subscription,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxCategory,
    TaxRate,
    Tier,
    Timing,
    Unfreeze,
    WithdrawPending,
    change,
    subscribe,
)
from seatbill.errors import SeatbillError
from seatbill.rules import ChangeKind, Direction, DiscountScope, LateNotice, UnusedTime

DIGITS = {"JPY": 0, "USD": 2, "KWD": 3, "CLF": 4}
THIRTY_DAYS = Interval(days=30)
YEAR_OF_DAYS = Interval(days=365)
MONTHS = (MONTHLY, QUARTERLY, ANNUAL)
DAYS = (THIRTY_DAYS, YEAR_OF_DAYS)

currencies = st.sampled_from(sorted(DIGITS))
intervals = st.sampled_from(MONTHS + DAYS) | st.builds(
    Interval, months=st.integers(1, 40)
)
conventions = st.sampled_from(Convention)
ACTUAL_ONLY = st.just(Convention.ACTUAL)
roundings = st.sampled_from(Rounding)
settlements = st.sampled_from(Settlement)
timings = st.sampled_from(Timing)


def one_in(n: int) -> st.SearchStrategy[bool]:
    """Return ``True`` about once in *n* times."""
    return st.integers(0, n - 1).map(lambda drawn: drawn == n - 1)


# Time.

_EDGES = (
    dt.date(2023, 12, 31),
    dt.date(2024, 1, 31),
    dt.date(2024, 2, 28),
    dt.date(2024, 2, 29),
    dt.date(2024, 3, 31),
    dt.date(2025, 1, 29),
    dt.date(2025, 1, 30),
    dt.date(2025, 2, 28),
    dt.date(2025, 4, 30),
    dt.date(2025, 8, 31),
    dt.date(2026, 1, 1),
    dt.date(2100, 2, 28),
)
days = st.sampled_from(_EDGES) | st.dates(dt.date(2023, 1, 1), dt.date(2033, 1, 1))
times_of_day = st.sampled_from((dt.time(0), dt.time(23, 59, 59, 999_999))) | st.times()
instants = st.builds(
    lambda day, time: dt.datetime.combine(day, time, dt.UTC), days, times_of_day
)
KINDS_OF_TIME = {dt.date: days, dt.datetime: instants}


@st.composite
def periods(draw, kind=dt.date, longest=800):
    """Return a period of dates or of datetimes."""
    start = draw(KINDS_OF_TIME[kind])
    length = dt.timedelta(draw(st.integers(1, longest)))
    if kind is dt.datetime:
        length -= dt.timedelta(microseconds=draw(st.integers(0, 86_399_999_999)))
    return Period(start, start + length)


# Money and prices.  Strategies are kept: making one costs more than a draw.


@cache
def money(currency=None, least=-(10**6), most=10**6):
    """Return amounts of one currency, of any where none is given."""
    return st.builds(
        Money.from_minor_units,
        st.integers(least, most),
        currencies if currency is None else st.just(currency),
    )


@cache
def amounts(currency="USD", most=5000, finer=0):
    """Return prices in major units, with up to *finer* digits beyond the minor."""
    return st.builds(
        lambda number, places: Decimal((0, tuple(map(int, str(number))), -places)),
        st.integers(0, most),
        st.integers(DIGITS[currency], DIGITS[currency] + finer),
    )


@cache
@st.composite
def tiers(draw, currency="USD"):
    """Return one to three tiers, the last without an end."""
    ends = sorted(draw(st.sets(st.integers(1, 15), max_size=2)))
    flat = st.just(Decimal(0)) | amounts(currency)
    return tuple(
        Tier(
            up_to=end,
            unit_amount=draw(amounts(currency, finer=2)),
            flat_amount=draw(flat),
        )
        for end in (*ends, None)
    )


FLAVORS = ("per_seat", "per_seat", "graduated", "volume", "flat")


@cache
@st.composite
def prices(
    draw, unit="seat", currency="USD", interval=MONTHLY, flavor=None, arrears=False
):
    """Return a price per seat, flat, or under tiers."""
    flavor = flavor or draw(st.sampled_from(FLAVORS))
    common = {
        "unit": unit,
        "currency": currency,
        "interval": interval,
        "in_arrears": arrears,
    }
    if flavor in ("graduated", "volume"):
        return Price(tiers=draw(tiers(currency)), tiers_mode=flavor, **common)
    amount = draw(amounts(currency, finer=3))
    return Price(unit_amount=amount, flat=flavor == "flat", **common)


@cache
@st.composite
def price_lists(draw, unit, currency, offered, flavor=None, arrears=False):
    """Return prices of one unit from which every *offered* interval has a price."""
    flavor = flavor or draw(st.sampled_from(FLAVORS))
    listed = [MONTHLY] if any(interval.months for interval in offered) else []
    listed += [THIRTY_DAYS] if any(interval.days for interval in offered) else []
    others = [None, None, *(i for i in offered if i not in listed)]
    if (explicit := draw(st.sampled_from(others))) is not None:
        listed.append(explicit)
    return tuple(draw(prices(unit, currency, i, flavor, arrears)) for i in listed)


@cache
@st.composite
def plans(draw, id="plan", rank=None, currency="USD", offered=MONTHS, arrears=None):
    """Return a plan of one unit or more, some with a base fee, some in arrears."""
    if arrears is None:
        arrears = draw(one_in(5))
    flavor = draw(st.sampled_from(FLAVORS[:-1]))
    found = draw(price_lists("seat", currency, offered, flavor, arrears))
    more = draw(st.integers(0, 5))
    if more in (1, 2, 3):
        found += draw(price_lists("base", currency, offered, "flat"))
    if more in (3, 4):
        found += draw(price_lists("limited", currency, offered, "per_seat"))
    rank = draw(st.integers(1, 3)) if rank is None else rank
    return Plan(id, id.title(), rank, found)


@cache
@st.composite
def add_ons(draw, id="extra", currency="USD", offered=MONTHS, arrears=False, **more):
    """Return an add-on of one unit; *more* are other fields."""
    listed = draw(price_lists(id, currency, offered, None, arrears))
    return AddOn(id, id.title(), listed, **more)


percentages = st.sampled_from(("10", "20", "50", "100", "33.3333", "12.5", "0.000001"))
durations = st.sampled_from((None, 0, 1, 2, 3, None))


@cache
@st.composite
def discounts(draw, currency="USD", id="promo", fixed=None):
    """Return a percentage or an amount off, for a while or for good."""
    fixed = draw(st.sampled_from((True, False))) if fixed is None else fixed
    if not fixed:
        return Discount.percent(draw(percentages), id=id, periods=draw(durations))
    off = draw(money(currency, 1, 20_000))
    return Discount(id=id, amount_off=off, periods=draw(durations))


_ON_TOP = (
    TaxRate("vat", "0.19"),
    TaxRate("reduced", "0.07"),
    TaxRate("city", "0.0625"),
    TaxRate("zero", 0, TaxCategory.ZERO),
    TaxRate("abroad", 0, TaxCategory.REVERSE_CHARGE, reason="VAT is due by the buyer"),
)
TAXES = (
    (),
    *((rate,) for rate in _ON_TOP),
    (_ON_TOP[0], _ON_TOP[2]),
    (TaxRate("included", "0.19", inclusive=True),),
)
tax_rates = st.sampled_from(((), (), (), *TAXES))


# Rules.

_INTERVAL_DISCOUNTS = (
    {},
    {ANNUAL: "20"},
    {ANNUAL: Fraction(1, 6), QUARTERLY: "5"},
    {YEAR_OF_DAYS: "12.5", ANNUAL: "100"},
)
_ENDINGS = st.sampled_from((Timing.PERIOD_END, Timing.IMMEDIATE, Timing.FORFEIT))
_EXEMPT = st.frozensets(st.sampled_from(Direction), max_size=2)
_POLICIES = {
    "rounding": roundings,
    "settlement": settlements,
    "unused_time": st.sampled_from(UnusedTime),
    "interval_discounts": st.sampled_from(_INTERVAL_DISCOUNTS),
    "interval_discount_scope": st.sampled_from(DiscountScope),
    **{direction.value: timings for direction in Direction},
    "cancellation": _ENDINGS,
}
_AT_ONCE = {
    **{direction.value: st.just(Timing.IMMEDIATE) for direction in Direction},
    "unused_time": st.just(UnusedTime.CREDITED),
    "cancellation": _ENDINGS,
}
_NOTICE = {
    "notice_days": st.sampled_from((0, 7, 15, 40)),
    "notice_exempt": _EXEMPT,
    "late_notice": st.sampled_from(LateNotice),
}


@cache
@st.composite
def billing_rules(draw, counts=ACTUAL_ONLY, notice=False, forfeits=True, **fixed):
    """Return rules with any timing for each direction; *fixed* fields stay."""
    policies = _POLICIES | (_NOTICE if notice else {})
    if draw(st.booleans()):  # much at once is where most can go wrong
        policies |= _AT_ONCE
    fields = {name: draw(kind) for name, kind in policies.items() if name not in fixed}
    if not forfeits:
        for name, value in fields.items():
            if value is Timing.FORFEIT:
                fields[name] = Timing.PERIOD_END
    convention = draw(counts)
    if convention is not Convention.THIRTY_360:
        fields["max_freeze_days"] = draw(st.sampled_from((0, 5, 45)))
    return BillingRules(convention=convention, **{**fields, **fixed})


# Whole histories.


@dataclass(frozen=True)
class World:
    """What a story is told with: one price list, and the rules."""

    currency: str
    kind: type
    offered: tuple[Interval, ...]
    plans: tuple[Plan, ...]
    new_prices: Plan
    add_ons: tuple[AddOn, ...]
    discounts: tuple[Discount, ...]
    rules: BillingRules


@dataclass(frozen=True)
class Story:
    """An opening, what is asked for on which day, and the day on which it stops."""

    world: World = field(repr=False)  # what of it counts is in the opening
    opening: dict[str, Any]
    history: tuple[tuple[dt.date, tuple[Any, ...]], ...]
    until: dt.date

    @property
    def rules(self) -> BillingRules:
        """The rules of the subscription."""
        return self.world.rules

    def steps(self, subscription: Subscription) -> Iterator[tuple[Any, Any, Outcome]]:
        """Yield the day, the changes and the outcome of each step that is legal."""
        for day, changes in self.history:
            try:
                outcome = change(subscription, *changes, on=day)
            except SeatbillError:
                continue
            yield day, changes, outcome
            subscription = outcome.subscription

    def walk(self) -> Walk:
        """Return what comes of it, refused changes left out."""
        try:
            opening = subscribe(**self.opening)
        except SeatbillError:
            reject()
        steps = tuple(self.steps(opening.subscription))
        return Walk(
            opening,
            tuple((day, changes) for day, changes, _ in steps),
            tuple(outcome for _, _, outcome in steps),
            self.until,
        )


@dataclass(frozen=True)
class Walk:
    """A story as far as it is legal: an outcome for the opening and for each entry."""

    opening: Outcome
    history: tuple[tuple[dt.date, tuple[Any, ...]], ...]
    outcomes: tuple[Outcome, ...]
    until: dt.date

    @property
    def subscription(self) -> Subscription:
        """The subscription after the last step."""
        return (self.opening, *self.outcomes)[-1].subscription

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """The subscription after the opening and after each step."""
        return tuple(o.subscription for o in (self.opening, *self.outcomes))

    @property
    def invoices(self):
        """Every invoice, in their order."""
        return [i for o in (self.opening, *self.outcomes) for i in o.invoices]


@cache
@st.composite
def worlds(
    draw,
    counts=ACTUAL_ONLY,
    fixed_discounts=True,
    notice=False,
    free_plan=False,
    forfeits=True,
    **rules,
):
    """Return a price list with two or three plans, and rules that can bill it."""
    currency = draw(currencies)
    kind = draw(st.sampled_from((dt.date, dt.date, dt.datetime)))
    offered = draw(st.sampled_from((MONTHS, MONTHS, MONTHS + DAYS, DAYS)))
    free = Plan("free", "Free", 0) if free_plan and draw(st.booleans()) else None
    rules = draw(billing_rules(counts, notice, forfeits, free_plan=free, **rules))
    if rules.convention in (Convention.ACTUAL_30, Convention.THIRTY_360):
        kind, offered = dt.date, MONTHS
    in_advance = rules.convention is Convention.FULL
    ids = ("basic", "pro", "max")[: draw(st.integers(2, 3))]
    arrears = False if in_advance else None
    sold = [draw(plans(id, None, currency, offered, arrears)) for id in ids]
    old = draw(st.sampled_from(sold))
    new_prices = draw(plans(old.id, old.rank, currency, offered, arrears))
    late = not in_advance and draw(one_in(5))
    needs_plan = draw(st.sampled_from(((), ("pro", "max"))))
    needs_extra = draw(st.sampled_from(((), ("extra",))))
    carried = add_ons(
        "carried",
        currency,
        offered,
        requires_plans=needs_plan,
        requires_add_ons=needs_extra,
    )
    extras = (
        draw(add_ons("extra", currency, offered, arrears=late)),
        draw(carried),
        draw(add_ons("small", currency, offered, family="storage", rank=1)),
        draw(add_ons("large", currency, offered, family="storage", rank=2)),
    )
    percent_or_any = None if fixed_discounts else False
    offers = tuple(
        draw(discounts(currency, id, percent_or_any)) for id in ("spring", "autumn")
    )
    if free is not None:
        sold.append(free)
    return World(
        currency, kind, offered, tuple(sold), new_prices, extras, offers, rules
    )


# What may be asked for, the likely things more often: a weight, and what a word and
# two numbers mean in a world.  Drawn so, a change costs three draws and no strategy.

_WORDS = {
    "add": (6, lambda w, a, b: AddSeats(a % 9 + 1)),
    "add limited": (1, lambda w, a, b: AddSeats(a % 9 + 1, "limited")),
    "remove": (5, lambda w, a, b: RemoveSeats(a % 4 + 1, (None, 0, 3)[b % 3])),
    "remove limited": (1, lambda w, a, b: RemoveSeats(a % 4 + 1, None, "limited")),
    "set": (3, lambda w, a, b: SetSeats(a)),
    "plan": (7, lambda w, a, b: SwitchPlan(_of(w.plans, a))),
    "plan and interval": (
        2,
        lambda w, a, b: SwitchPlan(_of(w.plans, a), _of(w.offered, b)),
    ),
    "interval": (3, lambda w, a, b: SwitchInterval(_of(w.offered, a))),
    "add-on": (4, lambda w, a, b: AddAddOn(_of(w.add_ons, a), b % 3 + 1)),
    "no add-on": (2, lambda w, a, b: RemoveAddOn(_of(w.add_ons, a), b % 2 + 1)),
    "package": (1, lambda w, a, b: SwitchPackage(*w.add_ons[2:])),
    "other package": (1, lambda w, a, b: SwitchPackage(*w.add_ons[:1:-1])),
    "service": (1, lambda w, a, b: BuyService(_service(w, a), b % 3 + 1)),
    "discount": (2, lambda w, a, b: ApplyDiscount(_of(w.discounts, a))),
    "no discount": (1, lambda w, a, b: RemoveDiscount(_of(w.discounts, a).id)),
    "taxes": (1, lambda w, a, b: SetTaxRates(_of(TAXES, a))),
    "credit": (1, lambda w, a, b: GrantCredit(_gift(w, a, b), "a gift")),
    "recipient": (1, lambda w, a, b: SetRecipient(Party(name="AB"[a % 2]))),
    "withdraw": (1, lambda w, a, b: WithdrawPending(_of(tuple(ChangeKind), a))),
    "cancel": (1, lambda w, a, b: Cancel((None, "too dear")[a % 2])),
    "resume": (1, lambda w, a, b: Resume()),
    "freeze": (1, lambda w, a, b: Freeze()),
    "thaw": (1, lambda w, a, b: Unfreeze()),
    "prices": (1, lambda w, a, b: Reprice(w.new_prices, _later(w, a, b))),
}
ASKED = st.tuples(
    st.sampled_from([word for word, (n, _) in _WORDS.items() for _ in range(n)]),
    st.integers(0, 20),
    st.integers(0, 6),
)
DELAYS = st.sampled_from((0, 0, 0, 0, 0, 1, 30, 31, 92, 365)) | st.integers(0, 40)
_delays = {
    dt.date: DELAYS.map(dt.timedelta),
    dt.datetime: st.builds(
        lambda days, rest: dt.timedelta(days, microseconds=rest),
        DELAYS,
        st.sampled_from((0, 0, 1, 43_200_000_000, 50_000_000_001)),
    ),
}
_bursts = st.builds(
    lambda seats, last: [("add", 0, 0)] * seats + [last], st.integers(1, 5), ASKED
)
_asked_at_once = st.one_of(
    ASKED.map(lambda asked: [asked]),
    ASKED.map(lambda asked: [asked]),
    _bursts,
    st.lists(ASKED, min_size=2, max_size=3),
)
_entries = {kind: st.tuples(delay, _asked_at_once) for kind, delay in _delays.items()}


def _of(things, n):
    """Return one of several things by its number, and after the last the first."""
    return things[n % len(things)]


def _service(world, n):
    """Return a service of some price."""
    return Service("training", "T", Money.from_minor_units(n * 1234, world.currency))


def _gift(world, a, b):
    """Return an amount above zero."""
    return Money.from_minor_units((a + 1) * 10**b, world.currency)


def _later(world, a, b):
    """Return a day on which new prices may start, far from now or near."""
    day = dt.date(2023, 1, 31) + dt.timedelta(a * 181 + b)
    if world.kind is dt.date:
        return day
    return dt.datetime.combine(day, dt.time(b), dt.UTC)


def meant(world, asked):
    """Return the change that a word and two numbers mean."""
    word, a, b = asked
    return _WORDS[word][1](world, a, b)


def changes(world):
    """Return what may be asked for in *world*."""
    return ASKED.map(lambda asked: meant(world, asked))


@st.composite
def openings(draw, world, trials=True):
    """Return the arguments of a ``subscribe`` in *world*."""
    on = draw(KINDS_OF_TIME[world.kind])
    plan = draw(st.sampled_from([plan for plan in world.plans if plan.prices]))
    units = dict.fromkeys(price.unit for price in plan.prices if not price.flat)
    numbers = draw(st.tuples(*[st.integers(0, 15)] * 5))
    near = draw(st.sampled_from((None, None, -370, -31, -1, 1, 30, 200)))
    opening = {
        "plan": plan,
        "id": "story",
        "interval": draw(st.sampled_from(world.offered)),
        "currency": world.currency,
        "seats": dict(zip(units, numbers, strict=False)),
        "on": on,
        "rules": world.rules,
        "anchor": None if near is None else on + dt.timedelta(near),
        "add_ons": [
            (add_on, number % 3 + 1)
            for add_on, number in zip(world.add_ons[::2], numbers[2:4], strict=True)
            if number > 9
        ],
        "discounts": world.discounts[numbers[4] % 4 :],
        "tax_rates": draw(tax_rates),
    }
    if trials and numbers[3] in (3, 4):
        opening["trial_end"] = on + dt.timedelta(draw(st.integers(1, 70)))
    return opening


@st.composite
def stories(draw, longest=16, trials=True, **options):
    """Return a story; *options* are those of :func:`worlds`."""
    world = draw(worlds(**options))
    opening = draw(openings(world, trials))
    length = draw(st.integers(0, longest))
    entry = _entries[world.kind]
    history, day = [], opening["on"]
    for delay, asked in draw(st.lists(entry, min_size=length, max_size=length)):
        day += delay
        history.append((day, tuple(meant(world, one) for one in asked)))
    until = day + draw(_delays[world.kind])
    return Story(world, opening, tuple(history), until)
