"""What is refused at the door: a value that could never be right."""

from __future__ import annotations

from ._root import SeatbillError

# What comes in at the door.


class WrongTypeError(SeatbillError, TypeError):
    """A value has a type that is not accepted: a bug in the caller."""

    code = "wrong_type"
    name: str
    wanted: str
    value: object


class UnknownWordError(SeatbillError, ValueError):
    """A text is none of the words of a choice; *meant* is the nearest, if any is near.

    The *name* is that of the field or argument.
    """

    code = "unknown_word"
    name: str
    value: str
    offered: tuple[str, ...]
    meant: str


class PercentageError(SeatbillError, ValueError):
    """A percentage is below 1, so that a part of one may be meant.

    *percent* is the percentage that it would be as a part of one; *part* is the part of
    one that it is as a percentage.
    """

    code = "doubtful_percentage"
    name: str
    value: object
    percent: str
    part: object


class AmountError(SeatbillError, ValueError):
    """A text or number that is no finite decimal amount."""

    code = "invalid_amount"
    name: str
    value: object


class TooManyLinesError(SeatbillError, ValueError):
    """More lines than one call may come to, counted before they are written.

    *lines* are the periods that are asked for, times what is charged in each.
    """

    code = "too_many_lines"
    lines: int
    most: int


class TooManyVisitsError(SeatbillError, ValueError):
    """Changes that go through more charges, items and updates than one call may."""

    code = "too_many_visits"
    most: int


class TooManyDigitsError(SeatbillError, ValueError):
    """More decimals than can be kept."""

    code = "too_many_digits"
    value: object
    currency: str
    digits: int


class UnknownCurrencyError(SeatbillError, ValueError):
    """No currency of ISO 4217 with a minor unit has this code."""

    code = "unknown_currency"
    currency: object


class CurrencyMismatchError(SeatbillError, ValueError):
    """Two amounts meet that are not in the same currency."""

    code = "currency_mismatch"
    left: str
    right: str


class OutOfBoundsError(SeatbillError, ValueError):
    """A number is below its minimum or above its maximum."""

    code = "out_of_bounds"
    name: str
    value: object
    minimum: object
    maximum: object


class MalformedError(SeatbillError, ValueError):
    """A text is not written as its kind is: a link, a color, a picture, a code."""

    code = "malformed"
    name: str
    value: str
    problem: str


class NaiveDatetimeError(SeatbillError, ValueError):
    """A datetime without a time zone."""

    code = "naive_datetime"
    name: str
    value: object


class NotUtcError(SeatbillError, ValueError):
    """A datetime in a zone other than UTC."""

    code = "not_utc"
    name: str
    value: object


class MixedTimeError(SeatbillError, ValueError):
    """Dates and datetimes meet in one subscription or period."""

    code = "mixed_time"
    name: str
    value: object
    wanted: str


class EmptyPeriodError(SeatbillError, ValueError):
    """A period ends at or before its start."""

    code = "empty_period"
    start: object
    end: object


class DateRangeError(SeatbillError, ValueError):
    """Counting leaves the years 1 to 9999."""

    code = "date_out_of_range"
    anchor: object
    count: int
    unit: str


class IntervalError(SeatbillError, ValueError):
    """An interval has months or days, one of them, and at least one."""

    code = "invalid_interval"
    months: object
    days: object


class ConventionError(SeatbillError, ValueError):
    """A convention for counting days meets a time that it cannot count."""

    code = "convention_not_applicable"
    convention: str
    value: object
    problem: str


class DuplicateError(SeatbillError, ValueError):
    """Two things of one kind carry the same id."""

    code = "duplicate"
    kind: str
    value: object


class PriceError(SeatbillError, ValueError):
    """The parts of a price contradict each other."""

    code = "invalid_price"
    problem: str
    item: str = ""


class TaxRateError(SeatbillError, ValueError):
    """A tax rate contradicts its category, or rates contradict each other."""

    code = "invalid_tax_rate"
    value: object
    problem: str
    category: str = ""


class RulesError(SeatbillError, ValueError):
    """Two policies contradict each other, or one meets what it cannot serve."""

    code = "invalid_rules"
    field: str
    value: object
    problem: str
    detail: object = None


class DiscountRefusedError(SeatbillError, ValueError):
    """A customer may not have a discount: not now, not beside another, or not at all.

    *detail* is what would have to be, or the other discount.
    """

    code = "discount_refused"
    id: str
    problem: str
    detail: object = None


class UnfitInvoiceError(SeatbillError, ValueError):
    """A document lacks terms that an e-invoice needs, or has them in a way it refuses.

    *terms* are their numbers in EN 16931.
    """

    code = "unfit_invoice"
    number: str
    profile: str
    terms: tuple[str, ...]
