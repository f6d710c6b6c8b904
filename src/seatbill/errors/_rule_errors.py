"""What the rules refuse: a change, a payment, a credit, a document."""

from __future__ import annotations

from ._root import SeatbillError

# What the rules refuse.


class NoPriceError(SeatbillError, ValueError):
    """An item has no price in this currency and interval."""

    code = "no_price"
    item: str
    unit: str
    currency: str
    interval: object


class IntervalNotOfferedError(SeatbillError, ValueError):
    """The rules do not offer this billing interval."""

    code = "interval_not_offered"
    interval: object
    offered: object


class UnknownUnitError(SeatbillError, LookupError, ValueError):
    """A plan does not sell this unit."""

    code = "unknown_unit"
    item: str
    unit: object
    offered: object


class UnknownItemError(SeatbillError, LookupError, ValueError):
    """Nothing of this kind has this id."""

    code = "unknown_item"
    kind: str
    value: object
    offered: object


class TooFewSeatsError(SeatbillError, ValueError):
    """Fewer seats are asked for than must be owned."""

    code = "too_few_seats"
    unit: str
    asked: int
    minimum: int
    missing: int


class TooManySeatsError(SeatbillError, ValueError):
    """More seats are asked for than the plan can hold."""

    code = "too_many_seats"
    unit: str
    item: str
    asked: int
    maximum: int
    excess: int


class SeatsOccupiedError(SeatbillError, ValueError):
    """More seats are to be removed than are vacant."""

    code = "seats_occupied"
    unit: str
    asked: int
    removable: int
    occupied: int


class NoSeatLeftError(SeatbillError, ValueError):
    """More people come than seats are free."""

    code = "no_seat_left"
    unit: str
    asked: int
    owned: int
    vacant: int
    missing: int


class NoChangeError(SeatbillError, ValueError):
    """What is asked for is what is there, and nothing waits to be withdrawn."""

    code = "no_change"
    kind: str
    value: object
    detail: object = None


class NothingPendingError(SeatbillError, ValueError):
    """Nothing of this kind waits."""

    code = "nothing_pending"
    kind: str


class OutOfOrderError(SeatbillError, ValueError):
    """A day lies before the first day, or before what has happened already."""

    code = "out_of_order"
    value: object
    earliest: object


class SubscriptionEndedError(SeatbillError, ValueError):
    """The subscription has ended."""

    code = "subscription_ended"
    id: str
    ended_on: object


class RecipientLockedError(SeatbillError, ValueError):
    """Whom invoices are made out to cannot be changed after the end, by the rules."""

    code = "recipient_locked"
    id: str
    since: object


class CancellationPendingError(SeatbillError, ValueError):
    """A new period cannot start while a cancellation waits."""

    code = "cancellation_pending"
    applies_on: object


class RenewFirstError(SeatbillError, ValueError):
    """A period that is due needs a measured quantity first."""

    code = "renew_first"
    day: object
    units: object


class MeasureEachRenewalError(SeatbillError, ValueError):
    """One set of measured quantities cannot serve several periods."""

    code = "measure_each_renewal"
    first: object
    last: object


class ScheduledChangeError(SeatbillError, ValueError):
    """What is asked for does not go with a change that is scheduled."""

    code = "scheduled_change"
    kind: str
    applies_on: object
    unit: str
    asked: int
    bound: int


class LateNoticeError(SeatbillError, ValueError):
    """A request comes too late for the period's end, and the rules refuse it."""

    code = "late_notice"
    day: object
    boundary: object
    last_day: object
    notice_days: int


class RequirementError(SeatbillError, ValueError):
    """An option needs a plan or another option that is not there."""

    code = "requirement_missing"
    item: str
    missing: str | tuple[str, ...]


class BatchError(SeatbillError, ValueError):
    """A quantity is not a whole number of batches; *nearest* are those around it."""

    code = "not_whole_batches"
    item: str
    asked: int
    batch: int
    nearest: tuple[int, ...] = ()


class TermRunsError(SeatbillError, ValueError):
    """A term binds the customer, and what is asked for would end it early."""

    code = "term_runs"
    ends_on: object
    problem: str = ""


class FrozenError(SeatbillError, ValueError):
    """A frozen subscription cannot do this, or this one cannot be frozen."""

    code = "frozen"
    id: str
    problem: str
    change: str = ""


class PermissionRefusedError(SeatbillError, ValueError):
    """A role may not do this."""

    code = "permission_refused"
    role: str
    action: str
    allowed: tuple[str, ...]


class SeveralInvoicesError(SeatbillError, ValueError):
    """One invoice is asked for where there are several."""

    code = "several_invoices"
    count: int


class DeliveryError(SeatbillError, ValueError):
    """The parts of a delivery contradict each other."""

    code = "invalid_delivery"
    mailbox: str
    problem: str


class OverlapError(SeatbillError, ValueError):
    """Two spans of one thing overlap, or are out of order."""

    code = "overlap"
    end: object
    start: object


# What payments and wallets refuse.


class AccountNumberError(SeatbillError, ValueError):
    """The number of a card or an account is mistyped; its end alone is kept."""

    code = "invalid_account_number"
    kind: str
    ending: str
    problem: str


class MethodNotAcceptedError(SeatbillError, ValueError):
    """A payment method is not on the host's list."""

    code = "payment_method_not_accepted"
    method: str
    value: str
    accepted: str


class CardFundingError(SeatbillError, ValueError):
    """A card draws on money of a kind that is refused, such as prepaid."""

    code = "card_funding_refused"
    last_four: str
    funding: str
    accepted: str


class CardExpiredError(SeatbillError, ValueError):
    """A card can no longer be used."""

    code = "card_expired"
    last_four: str
    valid_through: object
    day: object


class PurposeNotAllowedError(SeatbillError, ValueError):
    """A wallet may not pay for this."""

    code = "purpose_not_allowed"
    unit: str
    purpose: str
    allowed: tuple[str, ...]


class InsufficientUnitsError(SeatbillError, ValueError):
    """A wallet holds less than is to be spent."""

    code = "insufficient_units"
    unit: str
    asked: object
    balance: object
    missing: object


class TopUpCappedError(SeatbillError, ValueError):
    """The monthly cap stops an automatic top-up, or a part of it."""

    code = "top_up_capped"
    wanted: int
    allowed: int
    cap: object
    spent: object
    needed: object
    resumes_on: object


class NothingToCreditError(SeatbillError, ValueError):
    """Everything on an invoice is credited, or its total is not above zero."""

    code = "nothing_to_credit"
    invoice: str
    credited: object


class OverCreditedError(SeatbillError, ValueError):
    """More is to be credited than is left."""

    code = "over_credited"
    where: str
    asked: object
    left: object


class MissingDetailsError(SeatbillError, ValueError):
    """A recipient lacks details that an invoice needs."""

    code = "missing_details"
    missing: tuple[str, ...]


class TaxStatusChangedError(SeatbillError, ValueError):
    """A correction of the recipient would change what tax is due."""

    code = "tax_status_changed"
    field: str
    old: object
    new: object


class AlreadyDecidedError(SeatbillError, ValueError):
    """A request was accepted or rejected before."""

    code = "already_decided"
    invoice: str
    state: str


class NotAcceptedError(SeatbillError, ValueError):
    """A correction is no document until it is accepted."""

    code = "not_accepted"
    invoice: str
    state: str


class AlreadyNumberedError(SeatbillError, ValueError):
    """A document has its number, which never changes."""

    code = "already_numbered"
    key: str
    number: str


class NotCombinableError(SeatbillError, ValueError):
    """An invoice cannot stand on one document with the others."""

    code = "not_combinable"
    invoice: str
    field: str
    wanted: object
    found: object


# What quotes refuse.


class StaleVersionError(SeatbillError, ValueError):
    """What was asked for is for a version of the subscription that has gone by."""

    code = "stale_version"
    asked: int
    known: int


class QuoteExpiredError(SeatbillError, ValueError):
    """A quote is accepted after its last day."""

    code = "quote_expired"
    number: str
    until: object
    day: object


class QuoteDiffersError(SeatbillError, ValueError):
    """What a quote promised is not what it would come to."""

    code = "quote_differs"
    number: str
    field: str
    quoted: object
    found: object


# What reviews and documents refuse.


class LimitReachedError(SeatbillError, ValueError):
    """More of a resource is wanted than the plan holds."""

    code = "limit_reached"
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
    on: object
    known: int
    found: int


class LocaleError(SeatbillError, ValueError):
    """CLDR does not know this locale."""

    code = "unknown_locale"
    locale: str
    offered: tuple[str, ...]


class MissingExtraError(SeatbillError, ImportError, ValueError):
    """A package of an extra is not installed."""

    code = "missing_extra"
    package: str
    extra: str
