"""A machine that drives a service beside the library, in any order of steps.

A service stores subscriptions: it takes changes over a network, perhaps twice, keeps
what comes of them, and bills.  What it does wrong is found by asking it for the same
as the library, by asking twice, and by asking with a version that has gone by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, Final, Protocol, final

import attrs

from .._values.checks import Time, instance, several
from ..catalogs import Catalog
from ..errors import RenewFirstError, SeatbillError, StaleVersionError
from ..invoices import Invoice
from ..lifecycle import change, renew, subscribe
from ..periods import same_time
from ..rules import BillingRules
from ..subscriptions import Change, Outcome, Subscription
from ._hypothesis import st, stateful
from ._law import LawError, adopted
from .histories import Readings
from .strategies import Market, delays, markets, meant, opened, openings, requests
from .strategies._markets import market_of

__all__ = [
    "InMemoryService",
    "Service",
    "ServiceMachine",
    "Stored",
    "service_machine",
]

_ACCEPTED: Final = "what the library accepts is accepted"
_REFUSED: Final = "a refusal is the library's"
_STALE: Final = "a stale version is refused"
_DAY: Final = 86_400_000_000  # microseconds


def _invoices(values: Iterable[Invoice]) -> tuple[Invoice, ...]:
    return several("invoices", values, Invoice)


@final
@attrs.frozen(order=False)
class Stored:
    """What a service holds of one subscription: as it is now, and all its invoices."""

    subscription: Subscription
    invoices: tuple[Invoice, ...] = attrs.field(converter=_invoices)

    def __attrs_post_init__(self) -> None:
        sub = instance("subscription", self.subscription, Subscription)
        for i, invoice in enumerate(self.invoices):
            place = f"invoices[{i}].issued_on"
            same_time(place, invoice.issued_on, sub.current_period.start)


class Service(Protocol):
    """What the machine needs of a service; write one of these around your own.

    A refusal is an exception with the library's ``code``, such as the library's own.
    A change or renewal for another *version* than the stored one raises
    :class:`~seatbill.errors.StaleVersionError`, or anything with its code.
    """

    def subscribe(self, **opening: Any) -> None:
        """Open a subscription with the arguments of :func:`seatbill.subscribe`."""

    def change(self, id: str, *changes: Change, on: Time, version: int) -> None:
        """Change a subscription, and keep what comes of it."""

    def renew(
        self, id: str, *, on: Time, version: int, measured: Mapping[str, int] | None
    ) -> None:
        """Renew a subscription through *on*, and keep what comes of it."""

    def load(self, id: str) -> Stored:
        """Return what is stored, read anew."""


class InMemoryService:
    """The library itself with a dictionary for a store: how a service should be."""

    def __init__(self) -> None:
        self._stored: dict[str, Stored] = {}

    def subscribe(self, **opening: Any) -> None:
        """Open a subscription with the arguments of :func:`seatbill.subscribe`."""
        self.keep(subscribe(**opening))

    def change(self, id: str, *changes: Change, on: Time, version: int) -> None:
        """Change a subscription.  Raises: StaleVersionError."""
        self.keep(change(self.current(id, version), *changes, on=on))

    def renew(
        self, id: str, *, on: Time, version: int, measured: Mapping[str, int] | None
    ) -> None:
        """Renew a subscription through *on*.  Raises: StaleVersionError."""
        self.keep(renew(self.current(id, version), on=on, measured=measured))

    def load(self, id: str) -> Stored:
        """Return what is stored."""
        return self._stored[id]

    def current(self, id: str, version: int) -> Subscription:
        """Return the stored subscription.  Raises: StaleVersionError."""
        known = self._stored[id].subscription
        if version != known.version:
            raise StaleVersionError(version, known.version)
        return known

    def keep(self, outcome: Outcome) -> None:
        """Store the new subscription, and its invoices after those before."""
        sub = outcome.subscription
        stored = self._stored.get(sub.id)
        before = () if stored is None else stored.invoices
        self._stored[sub.id] = Stored(sub, (*before, *outcome.invoices))


class ServiceMachine(stateful.RuleBasedStateMachine):
    """One subscription at a service and in the library, changed, renewed, retried.

    :func:`service_machine` makes a machine of one's own service, rules and price
    list.  Raises: LawError where the service differs.
    """

    make: ClassVar[Callable[[], Service]] = InMemoryService
    market: ClassVar[st.SearchStrategy[Market]] = markets()

    world: Market
    service: Service
    measured: Readings
    day: Time
    known: Subscription
    """The subscription as the library has it."""
    invoices: tuple[Invoice, ...]

    @stateful.initialize(data=st.data())
    def subscribe(self, data: st.DataObject) -> None:
        """Open the subscription on both sides."""
        self.world = data.draw(type(self).market)
        self.measured = Readings(self.world.measured_units, (3, 0, 5))
        outcome, opening = opened(data.draw(openings(self.world)))
        self.service = type(self).make()
        self.known, self.invoices = outcome.subscription, outcome.invoices
        self.day = opening["on"]
        self._answers(_ACCEPTED, "subscribe", lambda: self.service.subscribe(**opening))
        self.agrees("after subscribe")

    # What may happen.

    @stateful.rule(
        days=delays(),
        rest=st.integers(0, _DAY - 1),
        asked=st.lists(requests(), min_size=1, max_size=3),
    )
    def change(self, days: int, rest: int, asked: list[Any]) -> None:
        """Ask both for the same; where one refuses, so does the other, and for that."""
        self._wait(days, rest)
        changes = tuple(meant(self.world, one) for one in asked)
        place = ", ".join(repr(one) for one in changes)
        call = self._change(changes, self.known.version)
        try:
            outcome = change(self.known, *changes, on=self.day)
        except SeatbillError as refusal:
            self._answers(_REFUSED, place, call, refusal.code)
            self.agrees(f"after the refusal of {place}")
            return
        self._carried_out(place, call, outcome)

    @stateful.rule(days=delays(), rest=st.integers(0, _DAY - 1))
    def renew(self, days: int, rest: int) -> None:
        """Let time go by, and bill what is due on both sides."""
        self._wait(days, rest)
        on: Time | None = None
        while on != self.day:
            outcome, measured = self._renewal()
            on = outcome.on
            version, known = self.known.version, self.known.id
            ask = partial(self.service.renew, known, on=on, version=version)
            call = partial(ask, measured=measured)
            self._carried_out("a renewal", call, outcome)

    @stateful.precondition(lambda self: self.known.version > 1)
    @stateful.rule(back=st.integers(1, 3), asked=requests())
    def ask_with_an_old_version(self, back: int, asked: Any) -> None:
        """Ask for what somebody else's change has overtaken: it is refused."""
        version = max(self.known.version - back, 0)
        wanted = meant(self.world, asked)
        call = self._change((wanted,), version)
        place = f"{wanted!r} for version {version}"
        self._answers(_STALE, place, call, StaleVersionError.code)
        self.agrees(f"after {place}")

    @stateful.rule()
    def adopt(self) -> None:
        """Hold that what is stored can be taken up by its own fields."""
        stored = self.service.load(self.known.id).subscription
        self._equal("what is stored is whole", "adopted", adopted(stored), stored)

    # What is always so.

    def agrees(self, place: str) -> None:
        """Hold that the service has the subscription and the invoices it should."""
        stored = self.service.load(self.known.id)
        law = "the service agrees with the library"
        keys = [invoice.key for invoice in stored.invoices]
        self._equal("nothing is billed twice", place, keys, list(dict.fromkeys(keys)))
        wanted_keys = [invoice.key for invoice in self.invoices]
        self._equal(law, f"{place}: the keys of the invoices", keys, wanted_keys)
        for found, wanted in zip(stored.invoices, self.invoices, strict=True):
            self._equal(law, f"{place}: invoice {wanted.key}", found, wanted)
        for field in attrs.fields(Subscription):
            name = field.name
            values = getattr(stored.subscription, name), getattr(self.known, name)
            self._equal(law, f"{place}: {name} of the subscription", *values)

    def _carried_out(
        self, place: str, call: Callable[[], None], outcome: Outcome
    ) -> None:
        """Have the service do what the library did, and then the same once more."""
        self._answers(_ACCEPTED, place, call)
        self.known = outcome.subscription
        self.invoices = (*self.invoices, *outcome.invoices)
        self.agrees(f"after {place}")
        if outcome.previous_version != outcome.subscription.version:
            self._code(call)  # refused or answered as before: nothing more comes of it
            self.agrees(f"after a retry of {place}")

    def _change(self, changes: tuple[Change, ...], version: int) -> Callable[[], None]:
        change = self.service.change
        return partial(change, self.known.id, *changes, on=self.day, version=version)

    def _renewal(self) -> tuple[Outcome, Mapping[str, int] | None]:
        """Return the next renewal through today, and what had to be measured."""
        try:
            return renew(self.known, on=self.day), None
        except RenewFirstError as first:
            day: Any = first.day
            measured = self.measured(day)
            return renew(self.known, on=day, measured=measured), measured

    def _wait(self, days: int, rest: int) -> None:
        """Let some time go by; where days are counted, whole days."""
        self.day += dt.timedelta(days)
        if self.world.time is dt.datetime:
            self.day += dt.timedelta(microseconds=rest % (days + 1))

    def _code(self, call: Callable[[], None]) -> object:
        """Return the code of what *call* raises, ``None`` where it goes through."""
        try:
            call()
        except Exception as error:
            code = getattr(error, "code", None)
            if code is None:
                raise
            return code
        return None

    def _answers(
        self, law: str, place: str, call: Callable[[], None], code: str | None = None
    ) -> None:
        """Hold that the service does as it is asked, or refuses with this code."""
        self._equal(law, place, self._code(call), code)

    def _equal(self, law: str, place: str, found: object, wanted: object) -> None:
        if found != wanted:
            raise LawError(law, self.day, place, found, wanted)


def service_machine(
    service: Callable[[], Service] = InMemoryService,
    *,
    catalog: Catalog | None = None,
    rules: BillingRules | None = None,
    currency: str | None = None,
    market: st.SearchStrategy[Market] | None = None,
) -> type[ServiceMachine]:
    """Return a machine for the services that *service* makes, empty ones.

    Its ``TestCase`` is a test, for unittest and for pytest.  By one's own *catalog*
    and *rules*, drawn where they are not given; a *market* says more.
    """
    given = market_of(market, catalog=catalog, rules=rules, currency=currency)
    fields = {"make": staticmethod(service), "market": given}
    return type("ServiceMachine", (ServiceMachine,), fields)
