"""When an invoice has to be paid, and what is sent when it is not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import attrs

from .._values.checks import Time, flag, instance, moment, several, text, unique, whole
from ..errors import OutOfBoundsError
from ..money import Money
from ..periods import MONTHLY, ONE_DAY, boundary, same_time


@final
@attrs.frozen(kw_only=True, order=False)
class PaymentTerms:
    """The *days* that a customer has to pay an invoice; 0 is on receipt.

    They are counted from the day on which it is issued, or with *end_of_month* from the
    last day of that month.
    """

    days: int = 30
    end_of_month: bool = False

    def __attrs_post_init__(self) -> None:
        whole("days", self.days, 0, 3650)
        flag("end_of_month", self.end_of_month)

    def due_on(self, issued_on: Time) -> Time:
        """Return the last day to pay what is issued on that day, of the same kind.

        >>> import datetime as dt
        >>> PaymentTerms(days=30).due_on(dt.date(2026, 1, 31))
        datetime.date(2026, 3, 2)
        >>> PaymentTerms(days=10, end_of_month=True).due_on(dt.date(2026, 1, 5))
        datetime.date(2026, 2, 10)

        Raises: DateRangeError after the year 9999.
        """
        day = moment("issued_on", issued_on)
        if self.end_of_month:
            first = day.replace(day=1)
            day = boundary(boundary(first, MONTHLY, 1), ONE_DAY, -1)
        return boundary(day, ONE_DAY, self.days)


@final
@attrs.frozen(kw_only=True, order=False)
class DunningStep:
    """What is sent *days* after the last day to pay, such as ``"reminder"``.

    A *fee* that the step asks for is charged by the host, with ``ChargeFee``.
    """

    days: int
    name: str
    fee: Money | None = None

    def __attrs_post_init__(self) -> None:
        whole("days", self.days, 1, 3650)
        text("name", self.name)
        if self.fee is not None and instance("fee", self.fee, Money).minor_units < 1:
            least = Money.from_minor_units(1, self.fee.currency)
            raise OutOfBoundsError("fee", self.fee, least, None)


def _steps(values: Iterable[DunningStep]) -> tuple[DunningStep, ...]:
    """Return *values* in the order of their days, each day and name once."""
    steps = several("steps", values, DunningStep)
    unique("dunning step", [step.name for step in steps])
    unique("dunning step", [step.days for step in steps])
    return tuple(sorted(steps, key=lambda step: step.days))


@final
@attrs.frozen(order=False)
class DunningPlan:
    """The steps that follow an invoice that is not paid, in the order of their days.

    Raises: DuplicateError where two have one name or one day.
    """

    steps: tuple[DunningStep, ...] = attrs.field(converter=_steps)

    def dates(
        self, due_on: Time, *, paid_on: Time | None = None
    ) -> tuple[tuple[Time, DunningStep], ...]:
        """Return the day of each step for what is due on that day, with the step.

        Of what was paid on *paid_on*, only the steps of the days before it.

        >>> import datetime as dt
        >>> plan = DunningPlan([DunningStep(days=7, name="reminder")])
        >>> [(day, step.name) for day, step in plan.dates(dt.date(2026, 4, 30))]
        [(datetime.date(2026, 5, 7), 'reminder')]

        Raises: MixedTimeError, DateRangeError.
        """
        due = moment("due_on", due_on)
        dated = [(boundary(due, ONE_DAY, step.days), step) for step in self.steps]
        if paid_on is None:
            return tuple(dated)
        paid = moment("paid_on", paid_on)
        same_time("paid_on", paid, due)
        return tuple((day, step) for day, step in dated if day < paid)

    def step_on(
        self, on: Time, *, due_on: Time, paid_on: Time | None = None
    ) -> DunningStep | None:
        """Return the last step whose day has come, and nothing before the first.

        Nothing on the day of the payment and after it either.
        """
        day = moment("on", on)
        same_time("on", day, moment("due_on", due_on))
        reached = [
            step for at, step in self.dates(due_on, paid_on=paid_on) if at <= day
        ]
        if not reached or (paid_on is not None and paid_on <= day):
            return None
        return reached[-1]
