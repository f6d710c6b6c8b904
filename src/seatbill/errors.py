"""Everything that seatbill refuses, each with a stable code and a way out.

A refusal is a value: ``code`` never changes, ``as_dict()`` holds what came and
what was wanted, ``remedy`` says what to do instead.  The sentence may be
reworded at any time.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar, Final

__all__ = [
    "AccountNumberError",
    "AlreadyDecidedError",
    "AlreadyNumberedError",
    "AmountError",
    "BatchError",
    "CancellationPendingError",
    "CardExpiredError",
    "CardFundingError",
    "ConventionError",
    "CurrencyMismatchError",
    "DateRangeError",
    "DeliveryError",
    "DuplicateError",
    "EmptyPeriodError",
    "FrozenError",
    "HistoryGapError",
    "InsufficientUnitsError",
    "IntervalError",
    "IntervalNotOfferedError",
    "LateNoticeError",
    "LimitReachedError",
    "LocaleError",
    "MeasureEachRenewalError",
    "MethodNotAcceptedError",
    "MissingDetailsError",
    "MissingExtraError",
    "MixedTimeError",
    "NaiveDatetimeError",
    "NoChangeError",
    "NoPriceError",
    "NoSeatLeftError",
    "NotAcceptedError",
    "NotUtcError",
    "NothingPendingError",
    "NothingToCreditError",
    "OutOfBoundsError",
    "OutOfOrderError",
    "OverCreditedError",
    "OverlapError",
    "PermissionRefusedError",
    "PriceError",
    "PurposeNotAllowedError",
    "RenewFirstError",
    "RequirementError",
    "RulesError",
    "SeatbillError",
    "SeatsOccupiedError",
    "SeveralInvoicesError",
    "SubscriptionEndedError",
    "TaxRateError",
    "TaxStatusChangedError",
    "TooFewSeatsError",
    "TooManyDigitsError",
    "TooManyLinesError",
    "TooManySeatsError",
    "TooManyVisitsError",
    "TopUpCappedError",
    "UnknownCurrencyError",
    "UnknownItemError",
    "UnknownUnitError",
    "WrongTypeError",
]


class SeatbillError(Exception):
    """The root of every refusal.

    A concrete error declares its values as annotations, in the order in which its
    constructor takes them, after those of the class that it is made from.  One that
    has a default may be left out.
    """

    code: ClassVar[str] = "seatbill_error"
    sentence: ClassVar[str] = "refused"
    remedy: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Read the names of the values from the annotations, unless they are given."""
        super().__init_subclass__()
        if "names" not in vars(cls):
            own = [name for name, said in _annotations(cls) if not _is_constant(said)]
            own = [name for name in own if name not in _CONSTANTS]
            cls.names = tuple(dict.fromkeys((*cls.names, *own)))

    def __init__(self, *values: Any) -> None:
        super().__init__(*values)
        names = self.names
        lacking = [n for n in names[len(values) :] if not hasattr(type(self), n)]
        if lacking or (names and len(values) > len(names)):
            said = f"takes {', '.join(names)}; {len(values)} values are given"
            raise TypeError(f"{type(self).__name__} {said}")
        for name, value in zip(names, values, strict=False):
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        # A class may take other values than it hands up: it is not called again.
        return _again, (type(self), self.args), self.__dict__

    def as_dict(self) -> dict[str, Any]:
        """Return the code, the sentence, the remedy and the values by name."""
        values = {name: getattr(self, name) for name in self.names}
        return {
            "code": self.code,
            "message": str(self),
            "remedy": self.remedy.format(
                **{name: shown(value) for name, value in values.items()}
            ),
            "values": values,
        }

    def __str__(self) -> str:
        values = {name: shown(getattr(self, name)) for name in self.names}
        if self.args and self.sentence == SeatbillError.sentence:
            return super().__str__()  # a class of the host's, made like any exception
        said = self.sentence.format(**values)
        return f"{said}; {self.remedy.format(**values)}" if self.remedy else said


_CONSTANTS: Final = ("code", "sentence", "remedy", "names")
"""What a class of errors says once, whether it is annotated or not."""


def _annotations(cls: type) -> list[tuple[str, object]]:
    """Return the names that the body of *cls* annotates, each with what it says.

    From Python 3.14 on they are not there until somebody asks (PEP 649), and then as
    text, so that no name in them is looked up.
    """
    known = vars(cls).get("__annotations__")
    if known is None:
        annotate = getattr(cls, "__annotate__", None)
        if annotate is None:
            return []
        lib = import_module("annotationlib")
        known = lib.call_annotate_function(annotate, lib.Format.STRING, owner=cls)
    return list(known.items())


def _is_constant(said: object) -> bool:
    """Tell whether an annotation, an object or its text, is of the class itself."""
    text = (said if isinstance(said, str) else repr(said)).strip("'\" ")
    return text.partition("[")[0].rpartition(".")[2] in ("ClassVar", "Final")


def _again(cls: type[SeatbillError], args: tuple[Any, ...]) -> SeatbillError:
    """Return a refusal as it was, to which its attributes are given afterwards."""
    return cls.__new__(cls, *args)


_LONGEST: Final = 300
"""How long a value is shown; the whole value is on the error."""


class _Cut(str):
    """The beginning of what a long value looks like."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def shown(value: Any) -> Any:
    """Return *value*, or its beginning where nobody would read it to its end."""
    if type(value) is int:
        bits = value.bit_length()
        return f"a number of {bits} bits" if bits > 4096 else value
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # a number in it has thousands of digits
        return _Cut(f"a value of {type(value).__name__} that is too long to show")
    if len(text) <= (_LONGEST if text is not value else 10 * _LONGEST):
        return value
    return _Cut(f"{text[: _LONGEST - 3]}...")


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


class TooManyLinesError(SeatbillError, ValueError):
    """More lines than one call may come to, counted before they are written.

    *lines* are the periods that are asked for, times what is charged in each.
    """

    code = "too_many_lines"
    sentence = "{lines} lines or more are asked for, and {most} are the most"
    remedy = "bill in parts, or hand in limits=Limits(lines=...)"
    lines: int
    most: int


class TooManyVisitsError(SeatbillError, ValueError):
    """Changes that go through more charges, items and updates than one call may."""

    code = "too_many_visits"
    sentence = "the changes go through more than {most} charges, items and updates"
    remedy = "make them in parts, or hand in limits=Limits(visits=...)"
    most: int


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


class DeliveryError(SeatbillError, ValueError):
    """The parts of a delivery contradict each other."""

    code = "invalid_delivery"
    sentence = "{mailbox!r} cannot stand: {problem}"
    remedy = "{wanted}"
    mailbox: str
    problem: str
    wanted: str


class OverlapError(SeatbillError, ValueError):
    """Two spans of one thing overlap, or are out of order."""

    code = "overlap"
    sentence = "a span that ends {end} cannot be followed by one from {start}"
    remedy = "give the spans in order, each ended before the next starts"
    end: object
    start: object


# What payments and wallets refuse.


class AccountNumberError(SeatbillError, ValueError):
    """The number of a card or an account is mistyped; its end alone is kept."""

    code = "invalid_account_number"
    sentence = "the {kind} ending in {ending!r} cannot stand: {problem}"
    remedy = "{wanted}"
    kind: str
    ending: str
    problem: str
    wanted: str


class MethodNotAcceptedError(SeatbillError, ValueError):
    """A payment method is not on the host's list."""

    code = "payment_method_not_accepted"
    sentence = "{method} {value!r} is not accepted"
    remedy = "use one of: {accepted}"
    method: str
    value: str
    accepted: str


class CardFundingError(SeatbillError, ValueError):
    """A card draws on money of a kind that is refused, such as prepaid."""

    code = "card_funding_refused"
    sentence = "the card ending in {last_four} is {funding}, which is refused"
    remedy = "use a card of another funding: {accepted}"
    last_four: str
    funding: str
    accepted: str


class CardExpiredError(SeatbillError, ValueError):
    """A card can no longer be used."""

    code = "card_expired"
    sentence = "the card ending in {last_four} was valid through {valid_through}"
    remedy = "use a card that is valid on {day}"
    last_four: str
    valid_through: object
    day: object


class PurposeNotAllowedError(SeatbillError, ValueError):
    """A wallet may not pay for this."""

    code = "purpose_not_allowed"
    sentence = "a wallet of {unit} does not pay for {purpose!r}"
    remedy = "pay it in another way; the wallet pays for: {allowed}"
    unit: str
    purpose: str
    allowed: str


class InsufficientUnitsError(SeatbillError, ValueError):
    """A wallet holds less than is to be spent."""

    code = "insufficient_units"
    sentence = "{asked} of {unit} to spend, {balance} there"
    remedy = "add {missing} of {unit} first"
    unit: str
    asked: object
    balance: object
    missing: object


class TopUpCappedError(SeatbillError, ValueError):
    """The monthly cap stops an automatic top-up, or a part of it."""

    code = "top_up_capped"
    sentence = "{allowed} of {wanted} packs due fit in {cap} a month, {spent} spent"
    remedy = "raise the cap to {needed}, buy by hand, or wait until {resumes_on}"
    wanted: int
    allowed: int
    cap: object
    spent: object
    needed: object
    resumes_on: object


class NothingToCreditError(SeatbillError, ValueError):
    """Everything on an invoice is credited, or its total is not above zero."""

    code = "nothing_to_credit"
    sentence = "nothing of invoice {invoice} is left to credit, {credited} is credited"
    remedy = "credit another invoice, or grant credit on the balance"
    invoice: str
    credited: object


class OverCreditedError(SeatbillError, ValueError):
    """More is to be credited than is left."""

    code = "over_credited"
    sentence = "cannot credit {asked} of {where}, {left} is left"
    remedy = "credit {left} at most"
    where: str
    asked: object
    left: object


class MissingDetailsError(SeatbillError, ValueError):
    """A recipient lacks details that an invoice needs."""

    code = "missing_details"
    sentence = "the recipient lacks {missing}"
    remedy = "give {missing}"
    missing: str


class TaxStatusChangedError(SeatbillError, ValueError):
    """A correction of the recipient would change what tax is due."""

    code = "tax_status_changed"
    sentence = "{field} changes from {old!r} to {new!r}, which may change the tax"
    remedy = "credit the invoice, and issue a new one to the other recipient"
    field: str
    old: object
    new: object


class AlreadyDecidedError(SeatbillError, ValueError):
    """A request was accepted or rejected before."""

    code = "already_decided"
    sentence = "the correction of invoice {invoice} is {state} already"
    remedy = "make a new request"
    invoice: str
    state: str


class NotAcceptedError(SeatbillError, ValueError):
    """A correction is no document until it is accepted."""

    code = "not_accepted"
    sentence = "the correction of invoice {invoice} is {state}, not accepted"
    remedy = "accept it first, or make a new request where it was rejected"
    invoice: str
    state: str


class AlreadyNumberedError(SeatbillError, ValueError):
    """A document has its number, which never changes."""

    code = "already_numbered"
    sentence = "{key} is numbered {number!r} already"
    remedy = "keep that number; a correction or a credit note has its own"
    key: str
    number: str


# What reviews and documents refuse.


class LimitReachedError(SeatbillError, ValueError):
    """More of a resource is wanted than the plan holds."""

    code = "limit_reached"
    sentence = "{asked} of {resource} wanted on {plan}, {used} of {limit} used"
    remedy = "{wanted}, or free {missing} of {resource} first"
    plan: str
    resource: str
    asked: int
    used: int
    limit: int
    missing: int
    plans: tuple[str, ...]
    wanted: str


class HistoryGapError(SeatbillError, ValueError):
    """Outcomes do not follow each other: one between them is not there."""

    code = "history_gap"
    sentence = "an outcome on {on} follows version {found}, after version {known}"
    remedy = "give every outcome from the first day on, in order"
    on: object
    known: int
    found: int


class LocaleError(SeatbillError, ValueError):
    """CLDR does not know this locale."""

    code = "unknown_locale"
    sentence = "{locale!r} is no locale that CLDR knows"
    remedy = "use one of {offered}"
    locale: str
    offered: str


class MissingExtraError(SeatbillError, ImportError, ValueError):
    """A package of an extra is not installed."""

    code = "missing_extra"
    sentence = "this needs the package {package}, which is not installed"
    remedy = "run: pip install 'seatbill[{extra}]'"
    package: str
    extra: str
