"""Everything that seatbill refuses, each with a stable code and a way out.

A refusal is a value: ``code`` never changes, ``as_dict()`` holds what came and
what was wanted, ``remedy`` says what to do instead.  The sentence may be
reworded at any time.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

__all__ = [
    "AmountError",
    "BatchError",
    "CancellationPendingError",
    "ConventionError",
    "CurrencyMismatchError",
    "DateRangeError",
    "DuplicateError",
    "EmptyPeriodError",
    "FrozenError",
    "IntervalError",
    "IntervalNotOfferedError",
    "LateNoticeError",
    "MeasureEachRenewalError",
    "MixedTimeError",
    "NaiveDatetimeError",
    "NoChangeError",
    "NoPriceError",
    "NoSeatLeftError",
    "NotUtcError",
    "NothingPendingError",
    "OutOfBoundsError",
    "OutOfOrderError",
    "PermissionRefusedError",
    "PriceError",
    "RenewFirstError",
    "RequirementError",
    "RulesError",
    "SeatbillError",
    "SeatsOccupiedError",
    "SeveralInvoicesError",
    "SubscriptionEndedError",
    "TaxRateError",
    "TooFewSeatsError",
    "TooManyDigitsError",
    "TooManySeatsError",
    "UnknownCurrencyError",
    "UnknownItemError",
    "UnknownUnitError",
    "WrongTypeError",
]


class SeatbillError(Exception):
    """The root of every refusal.

    A concrete error declares its values as annotations, in the order in which
    its constructor takes them.
    """

    code: ClassVar[str] = "seatbill_error"
    sentence: ClassVar[str] = "refused"
    remedy: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Read the names of the values from the annotations."""
        super().__init_subclass__()
        cls.names = tuple(inspect.get_annotations(cls))

    def __init__(self, *values: Any) -> None:
        super().__init__(*values)  # args = parameters, so it pickles
        for name, value in zip(self.names, values, strict=True):
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Return the code, the sentence, the remedy and the values by name."""
        values = {name: getattr(self, name) for name in self.names}
        return {
            "code": self.code,
            "message": str(self),
            "remedy": self.remedy.format(**values),
            "values": values,
        }

    def __str__(self) -> str:
        values = {name: getattr(self, name) for name in self.names}
        said = self.sentence.format(**values)
        return f"{said}; {self.remedy.format(**values)}" if self.remedy else said


# What comes in at the door.


class WrongTypeError(SeatbillError, TypeError):
    """A value has a type that is not accepted: a bug in the caller."""

    code = "wrong_type"
    sentence = "{name} is {value!r}, which is not {wanted}"
    remedy = "give {wanted}"
    name: str
    wanted: str
    value: object


class AmountError(SeatbillError, ValueError):
    """A text or number that is no finite decimal amount."""

    code = "invalid_amount"
    sentence = "{name} is {value!r}, which is no finite decimal number"
    remedy = "write it with digits and a point, as in '19.90'"
    name: str
    value: object


class TooManyDigitsError(SeatbillError, ValueError):
    """More decimals than can be kept."""

    code = "too_many_digits"
    sentence = "{value} has more than {digits} decimals, as {currency} allows here"
    remedy = "round it first, for example with Money.rounded and a named rounding"
    value: object
    currency: str
    digits: int


class UnknownCurrencyError(SeatbillError, ValueError):
    """No currency of ISO 4217 with a minor unit has this code."""

    code = "unknown_currency"
    sentence = "{currency!r} is no ISO 4217 currency code with a minor unit"
    remedy = "use an upper-case code such as 'EUR'"
    currency: object


class CurrencyMismatchError(SeatbillError, ValueError):
    """Two amounts meet that are not in the same currency."""

    code = "currency_mismatch"
    sentence = "cannot combine {left} with {right}"
    remedy = "convert one of them first"
    left: str
    right: str


class OutOfBoundsError(SeatbillError, ValueError):
    """A number is below its minimum or above its maximum."""

    code = "out_of_bounds"
    sentence = "{name} is {value}, outside {minimum} to {maximum}"
    remedy = "keep {name} from {minimum} to {maximum}, both included"
    name: str
    value: object
    minimum: object
    maximum: object


class NaiveDatetimeError(SeatbillError, ValueError):
    """A datetime without a time zone."""

    code = "naive_datetime"
    sentence = "{name} is {value}, a datetime without a time zone"
    remedy = "attach the zone that it was read in, then call .astimezone(UTC)"
    name: str
    value: object


class NotUtcError(SeatbillError, ValueError):
    """A datetime in a zone other than UTC."""

    code = "not_utc"
    sentence = "{name} is {value}, a datetime in a zone other than UTC"
    remedy = (
        "call .astimezone(UTC) where an instant is meant, "
        ".astimezone(zone).date() where a local day is meant"
    )
    name: str
    value: object


class MixedTimeError(SeatbillError, ValueError):
    """Dates and datetimes meet in one subscription or period."""

    code = "mixed_time"
    sentence = "{name} is {value!r}, but this subscription counts in {wanted}"
    remedy = "use {wanted} throughout"
    name: str
    value: object
    wanted: str


class EmptyPeriodError(SeatbillError, ValueError):
    """A period ends at or before its start."""

    code = "empty_period"
    sentence = "a period cannot go from {start} to {end}"
    remedy = "end, which is exclusive, must come after start"
    start: object
    end: object


class DateRangeError(SeatbillError, ValueError):
    """Counting leaves the years 1 to 9999."""

    code = "date_out_of_range"
    sentence = "{count} {unit} from {anchor} leaves the years 1 to 9999"
    remedy = "use an anchor nearer to today"
    anchor: object
    count: int
    unit: str


class IntervalError(SeatbillError, ValueError):
    """An interval has months or days, one of them, and at least one."""

    code = "invalid_interval"
    sentence = "months={months}, days={days} is no interval"
    remedy = "give either months or days, 1 or more"
    months: object
    days: object


class ConventionError(SeatbillError, ValueError):
    """A convention for counting days meets a time that it cannot count."""

    code = "convention_not_applicable"
    sentence = "{convention} cannot count {value}"
    remedy = "{wanted}"
    convention: str
    value: object
    wanted: str


class DuplicateError(SeatbillError, ValueError):
    """Two things of one kind carry the same id."""

    code = "duplicate"
    sentence = "{kind} {value!r} is there already"
    remedy = "give each {kind} once"
    kind: str
    value: object


class PriceError(SeatbillError, ValueError):
    """The parts of a price contradict each other."""

    code = "invalid_price"
    sentence = "this price cannot stand: {problem}"
    remedy = "{wanted}"
    problem: str
    wanted: str


class TaxRateError(SeatbillError, ValueError):
    """A tax rate contradicts its category, or rates contradict each other."""

    code = "invalid_tax_rate"
    sentence = "{value} cannot stand: {problem}"
    remedy = "{wanted}"
    value: object
    problem: str
    wanted: str


class RulesError(SeatbillError, ValueError):
    """Two policies contradict each other, or one meets what it cannot serve."""

    code = "invalid_rules"
    sentence = "{field} is {value}: {problem}"
    remedy = "{wanted}"
    field: str
    value: object
    problem: str
    wanted: str


# What the rules refuse.


class NoPriceError(SeatbillError, ValueError):
    """An item has no price in this currency and interval."""

    code = "no_price"
    sentence = "{item} has no price for {unit} in {currency} per {interval}"
    remedy = "add one, or choose another currency or interval"
    item: str
    unit: str
    currency: str
    interval: object


class IntervalNotOfferedError(SeatbillError, ValueError):
    """The rules do not offer this billing interval."""

    code = "interval_not_offered"
    sentence = "{interval} is not offered"
    remedy = "choose one of {offered}"
    interval: object
    offered: object


class UnknownUnitError(SeatbillError, ValueError):
    """A plan does not sell this unit."""

    code = "unknown_unit"
    sentence = "{item} does not sell {unit!r}"
    remedy = "choose one of {offered}"
    item: str
    unit: object
    offered: object


class UnknownItemError(SeatbillError, ValueError):
    """Nothing of this kind has this id."""

    code = "unknown_item"
    sentence = "there is no {kind} {value!r}"
    remedy = "choose one of {offered}"
    kind: str
    value: object
    offered: object


class TooFewSeatsError(SeatbillError, ValueError):
    """Fewer seats are asked for than must be owned."""

    code = "too_few_seats"
    sentence = "{asked} of {unit} asked for, at least {minimum} needed"
    remedy = "buy {missing} more"
    unit: str
    asked: int
    minimum: int
    missing: int


class TooManySeatsError(SeatbillError, ValueError):
    """More seats are asked for than the plan can hold."""

    code = "too_many_seats"
    sentence = "{asked} of {unit} asked for, {item} holds {maximum} at most"
    remedy = "ask for {excess} fewer, or take a larger plan"
    unit: str
    item: str
    asked: int
    maximum: int
    excess: int


class SeatsOccupiedError(SeatbillError, ValueError):
    """More seats are to be removed than are vacant."""

    code = "seats_occupied"
    sentence = "{asked} of {unit} to remove, {removable} can be removed"
    remedy = "remove {removable} at most, or free seats first"
    unit: str
    asked: int
    removable: int
    occupied: int


class NoSeatLeftError(SeatbillError, ValueError):
    """More people come than seats are free."""

    code = "no_seat_left"
    sentence = "{asked} of {unit} wanted, {vacant} vacant"
    remedy = "buy {missing} seats first"
    unit: str
    asked: int
    vacant: int
    missing: int


class NoChangeError(SeatbillError, ValueError):
    """What is asked for is what is there, and nothing waits to be withdrawn."""

    code = "no_change"
    sentence = "{kind} is {value} already, and no other waits"
    remedy = "ask for something else, or do nothing"
    kind: str
    value: object


class NothingPendingError(SeatbillError, ValueError):
    """Nothing of this kind waits."""

    code = "nothing_pending"
    sentence = "no {kind} waits"
    remedy = "read pending_updates before withdrawing"
    kind: str


class OutOfOrderError(SeatbillError, ValueError):
    """A day lies before the first day, or before what has happened already."""

    code = "out_of_order"
    sentence = "{value} lies before {earliest}"
    remedy = "give the changes in order; correct the past by billing it again"
    value: object
    earliest: object


class SubscriptionEndedError(SeatbillError, ValueError):
    """The subscription has ended."""

    code = "subscription_ended"
    sentence = "subscription {id!r} ended on {ended_on}"
    remedy = "subscribe anew"
    id: str
    ended_on: object


class CancellationPendingError(SeatbillError, ValueError):
    """A new period cannot start while a cancellation waits."""

    code = "cancellation_pending"
    sentence = "a cancellation waits for {applies_on}, so no new period can start"
    remedy = "add Resume() before it, in the same call if wanted"
    applies_on: object


class RenewFirstError(SeatbillError, ValueError):
    """A period that is due needs a measured quantity first."""

    code = "renew_first"
    sentence = "the period from {day} is due and needs a quantity of {units}"
    remedy = "call renew(on={day}, measured=...) first"
    day: object
    units: object


class MeasureEachRenewalError(SeatbillError, ValueError):
    """One set of measured quantities cannot serve several periods."""

    code = "measure_each_renewal"
    sentence = "periods from {first} to {last} are due, with one measurement"
    remedy = "renew them one by one, or use bill with a function"
    first: object
    last: object


class LateNoticeError(SeatbillError, ValueError):
    """A request comes too late for the period's end, and the rules refuse it."""

    code = "late_notice"
    sentence = "{day} is too late for {boundary}"
    remedy = "ask by {last_day}, that is {notice_days} days before"
    day: object
    boundary: object
    last_day: object
    notice_days: int


class RequirementError(SeatbillError, ValueError):
    """An option needs a plan or another option that is not there."""

    code = "requirement_missing"
    sentence = "{item} needs {missing}"
    remedy = "take {missing} first, in the same call if wanted"
    item: str
    missing: str


class BatchError(SeatbillError, ValueError):
    """A quantity is not a whole number of batches."""

    code = "not_whole_batches"
    sentence = "{asked} of {item} asked for, which is sold by {batch}"
    remedy = "ask for a multiple of {batch}"
    item: str
    asked: int
    batch: int


class FrozenError(SeatbillError, ValueError):
    """A frozen subscription cannot do this, or this one cannot be frozen."""

    code = "frozen"
    sentence = "subscription {id!r} is {status}: {problem}"
    remedy = "{wanted}"
    id: str
    status: str
    problem: str
    wanted: str


class PermissionRefusedError(SeatbillError, ValueError):
    """A role may not do this."""

    code = "permission_refused"
    sentence = "{role!r} may not {action}"
    remedy = "ask one of {allowed}"
    role: str
    action: str
    allowed: object


class SeveralInvoicesError(SeatbillError, ValueError):
    """One invoice is asked for where there are several."""

    code = "several_invoices"
    sentence = "there are {count} invoices"
    remedy = "read .invoices"
    count: int
