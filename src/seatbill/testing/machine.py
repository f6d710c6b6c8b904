"""A machine that drives a service beside the library, in any order of steps.

What it finds is a story for :class:`~seatbill.testing.services.SideBySide`, which
needs no Hypothesis.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar, Final

from .._values.checks import Time
from ..catalogs import Catalog
from ..rules import BillingRules
from ._hypothesis import st, stateful
from .histories import Readings
from .services import InMemoryService, Service, SideBySide
from .strategies import Market, delays, markets, meant, opened, openings, requests
from .strategies._markets import market_of

__all__ = ["ServiceMachine", "service_machine"]

_DAY: Final = 86_400_000_000  # microseconds


class ServiceMachine(stateful.RuleBasedStateMachine):
    """One subscription at a service and in the library, changed, renewed, retried.

    :func:`service_machine` makes a machine of one's own service, rules and price
    list.  Raises: LawError where the service differs, with a note that is a test.
    """

    make: ClassVar[Callable[[], Service]] = InMemoryService
    market: ClassVar[st.SearchStrategy[Market]] = markets()

    world: Market
    both: SideBySide
    measured: Readings | None
    day: Time

    @stateful.initialize(data=st.data())
    def subscribe(self, data: st.DataObject) -> None:
        """Open the subscription on both sides."""
        self.world = data.draw(type(self).market)
        units = self.world.measured_units
        self.measured = Readings(units, (3, 0, 5)) if units else None
        _, opening = opened(data.draw(openings(self.world)))
        self.both = SideBySide(type(self).make())
        self.day = opening["on"]
        self.both.subscribe(**opening)

    @stateful.rule(
        days=delays(),
        rest=st.integers(0, _DAY - 1),
        asked=st.lists(requests(), min_size=1, max_size=3),
    )
    def change(self, days: int, rest: int, asked: list[Any]) -> None:
        """Ask both for the same."""
        self._wait(days, rest)
        changes = (meant(self.world, one) for one in asked)
        self.both.change(*changes, on=self.day)

    @stateful.rule(days=delays(), rest=st.integers(0, _DAY - 1))
    def renew(self, days: int, rest: int) -> None:
        """Let time go by, and bill what is due on both sides."""
        self._wait(days, rest)
        self.both.renew(on=self.day, measured=self.measured)

    @stateful.precondition(lambda self: self.both.known.version > 1)
    @stateful.rule(back=st.integers(1, 3), asked=requests())
    def ask_with_an_old_version(self, back: int, asked: Any) -> None:
        """Ask for what somebody else's change has overtaken: it is refused."""
        version = max(self.both.known.version - back, 0)
        wanted = meant(self.world, asked)
        self.both.ask_with_an_old_version(wanted, on=self.day, version=version)

    @stateful.rule()
    def adopt(self) -> None:
        """Hold that what is stored can be taken up by its own fields."""
        self.both.adopt()

    def _wait(self, days: int, rest: int) -> None:
        """Let some time go by; where days are counted, whole days."""
        self.day += dt.timedelta(days)
        if self.world.time is dt.datetime:
            self.day += dt.timedelta(microseconds=rest % (days + 1))


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
