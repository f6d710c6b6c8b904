"""A service that stores subscriptions, beside the library: the same calls on both.

A service takes changes over a network, perhaps twice, keeps what comes of them, and
bills.  What it does wrong is found by asking it for the same as the library, by asking
twice, and by asking with a version that has gone by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from typing import Any, Final, Protocol, TypeVar, cast, final

import attrs

from .._values.checks import Time, instance, several
from ..errors import RenewFirstError, SeatbillError, StaleVersionError
from ..invoices import Invoice
from ..lifecycle import change, renew, subscribe
from ..periods import same_time
from ..subscriptions import Change, Outcome, Subscription
from ._law import adopted, broken
from ._story import Call, story
from .histories import Measured

__all__ = ["InMemoryService", "Service", "SideBySide", "Stored"]

_Step = TypeVar("_Step", bound=Callable[..., None])
_ACCEPTED: Final = "what the library accepts is accepted"
_REFUSED: Final = "a refusal is the library's"
_STALE: Final = "a stale version is refused"


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
    """What is needed of a service; write one of these around your own.

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


def _told(step: _Step) -> _Step:
    """Return *step*, which is kept, and told with all before it where it fails."""

    @wraps(step)
    def tell(self: SideBySide, *args: Any, **named: Any) -> None:
        self.calls.append((step.__name__, args, named))
        try:
            step(self, *args, **named)
        except Exception as error:
            error.add_note(self.story)
            raise

    return cast("_Step", tell)


class SideBySide:
    """A *service* beside the library: each call is made on both, and then compared.

    Where they differ a :class:`~seatbill.testing.laws.LawError` names the first field
    that does; a note on it is the story so far, as a test.  What the library accepts is
    asked of the service twice: nothing more may come of it.

    >>> import datetime as dt
    >>> from seatbill import MONTHLY, AddSeats, BillingRules, Plan, Price
    >>> price = Price(unit_amount="10.00", currency="EUR")
    >>> both = SideBySide(InMemoryService())
    >>> both.subscribe(
    ...     plan=Plan("pro", "Pro", 1, [price]),
    ...     id="acme",
    ...     interval=MONTHLY,
    ...     seats=3,
    ...     on=dt.date(2026, 4, 1),
    ...     rules=BillingRules(),
    ... )
    >>> both.change(AddSeats(2), on=dt.date(2026, 4, 16))
    >>> [str(invoice.total) for invoice in both.invoices]
    ['30.00 EUR', '10.00 EUR']
    """

    known: Subscription
    """The subscription as the library has it."""
    invoices: tuple[Invoice, ...]
    """All its invoices, as the library has them."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.calls: list[Call] = []
        self._on: Any = None

    @property
    def story(self) -> str:
        """The calls so far, as the code of a test."""
        return story(type(self), type(self.service), self.calls)

    @_told
    def subscribe(self, **opening: Any) -> None:
        """Open the subscription on both sides, as :func:`seatbill.subscribe` does."""
        self._on = opening["on"]
        outcome = subscribe(**opening)
        self.known, self.invoices = outcome.subscription, outcome.invoices
        self._answers(_ACCEPTED, "subscribe", lambda: self.service.subscribe(**opening))
        self._agrees("after subscribe")

    @_told
    def change(self, *changes: Change, on: Time) -> None:
        """Ask both for the same; where one refuses, so does the other, and for that."""
        self._on = on
        place = ", ".join(map(repr, changes))
        call = self._change(changes, self.known.version)
        try:
            outcome = change(self.known, *changes, on=on)
        except SeatbillError as refusal:
            self._answers(_REFUSED, place, call, refusal.code)
            self._agrees(f"after the refusal of {place}")
            return
        self._carried_out(place, call, outcome)

    @_told
    def renew(self, *, on: Time, measured: Measured | None = None) -> None:
        """Bill what is due through *on* on both sides, *measured* where it is to be."""
        done: Time | None = None
        while done != on:
            outcome, counted = self._renewal(on, measured)
            self._on = done = outcome.on
            known, ask = self.known, self.service.renew
            call = partial(ask, known.id, on=done, version=known.version)
            self._carried_out("a renewal", partial(call, measured=counted), outcome)

    @_told
    def ask_with_an_old_version(self, asked: Change, *, on: Time, version: int) -> None:
        """Ask for what somebody else's change has overtaken: it is refused."""
        self._on = on
        place = f"{asked!r} for version {version}"
        call = self._change((asked,), version)
        self._answers(_STALE, place, call, StaleVersionError.code)
        self._agrees(f"after {place}")

    @_told
    def adopt(self) -> None:
        """Hold that what is stored can be taken up by its own fields."""
        stored = self.service.load(self.known.id).subscription
        self._equal("what is stored is whole", "adopted", adopted(stored), stored)

    def _agrees(self, place: str) -> None:
        """Hold that the service has the subscription and the invoices it should."""
        stored = self.service.load(self.known.id)
        law = "the service agrees with the library"
        keys = [invoice.key for invoice in stored.invoices]
        self._equal("nothing is billed twice", place, keys, list(dict.fromkeys(keys)))
        wanted_keys = [invoice.key for invoice in self.invoices]
        self._equal(law, f"{place}: the keys of the invoices", keys, wanted_keys)
        for found, wanted in zip(stored.invoices, self.invoices, strict=True):
            self._equal(law, f"{place}: invoice {wanted.key}", found, wanted)
        self._equal(law, f"{place}: subscription", stored.subscription, self.known)

    def _carried_out(
        self, place: str, call: Callable[[], None], outcome: Outcome
    ) -> None:
        """Have the service do what the library did, and then the same once more."""
        self._answers(_ACCEPTED, place, call)
        self.known = outcome.subscription
        self.invoices = (*self.invoices, *outcome.invoices)
        self._agrees(f"after {place}")
        if outcome.previous_version != outcome.subscription.version:
            _code(call)  # refused or answered as before: nothing more comes of it
            self._agrees(f"after a retry of {place}")

    def _change(self, changes: tuple[Change, ...], version: int) -> Callable[[], None]:
        ask = self.service.change
        return partial(ask, self.known.id, *changes, on=self._on, version=version)

    def _renewal(
        self, on: Time, measured: Measured | None
    ) -> tuple[Outcome, Mapping[str, int] | None]:
        """Return the next renewal through *on*, and what had to be measured."""
        try:
            return renew(self.known, on=on), None
        except RenewFirstError as first:
            if measured is None:
                raise
            day: Any = first.day
            counted = measured(day)
            return renew(self.known, on=day, measured=counted), counted

    def _answers(
        self, law: str, place: str, call: Callable[[], None], code: str | None = None
    ) -> None:
        """Hold that the service does as it is asked, or refuses with this code."""
        self._equal(law, place, _code(call), code)

    def _equal(self, law: str, place: str, found: object, wanted: object) -> None:
        if found != wanted:
            raise broken(law, self._on, place, found, wanted)


def _code(call: Callable[[], None]) -> object:
    """Return the code of what *call* raises, ``None`` where it goes through."""
    try:
        call()
    except Exception as error:
        code = getattr(error, "code", None)
        if code is None:
            raise
        return code
    return None
