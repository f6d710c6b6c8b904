"""A refusal is a value: a stable code, what came, and the way out."""

from __future__ import annotations

import copy
import datetime as dt
import inspect
import pickle
import sys
import types
from fractions import Fraction

import pytest

from seatbill import ANNUAL, MONTHLY, QUARTERLY, Money, errors
from seatbill.errors import SeatbillError, TooFewSeatsError, WrongTypeError
from seatbill.rules import ChangeKind

DAY = dt.date(2026, 1, 31)
MONTH = (DAY, dt.date(2026, 2, 1))

# The codes are promised: a line may be added here, none may change.  Beside each
# stand the values of one refusal, in the order in which its constructor takes them.
PROMISED = {
    "AccountNumberError": (
        "invalid_account_number",
        ("IBAN", "3000", "check_digits"),
    ),
    "AlreadyDecidedError": ("already_decided", ("s:1", "accepted")),
    "AlreadyNumberedError": ("already_numbered", ("s:1", "F-1")),
    "AmountError": ("invalid_amount", ("amount", "ten")),
    "BatchError": ("not_whole_batches", ("minutes", 150, 100, (100, 200))),
    "CancellationPendingError": ("cancellation_pending", (DAY,)),
    "CardExpiredError": ("card_expired", ("4242", DAY, DAY)),
    "CardFundingError": (
        "card_funding_refused",
        ("4242", "prepaid", ("credit", "debit")),
    ),
    "ConventionError": (
        "convention_not_applicable",
        ("thirty_360", MONTH, "no_day"),
    ),
    "CurrencyMismatchError": ("currency_mismatch", ("EUR", "USD")),
    "DateRangeError": ("date_out_of_range", (DAY, 10**6, "month")),
    "DeliveryError": (
        "invalid_delivery",
        ("billing", "no_address"),
    ),
    "DiscountRefusedError": ("discount_refused", ("promo", "used_up", 3)),
    "DuplicateError": ("duplicate", ("plan", "pro")),
    "EmptyPeriodError": ("empty_period", (DAY, DAY)),
    "FrozenError": ("frozen", ("s", "is_frozen", "AddSeats")),
    "HistoryGapError": ("history_gap", (DAY, 3, 5)),
    "InsufficientUnitsError": ("insufficient_units", ("credit", 5, 3, 2)),
    "IntervalError": ("invalid_interval", (0, 0)),
    "IntervalNotOfferedError": ("interval_not_offered", (QUARTERLY, (MONTHLY, ANNUAL))),
    "LateNoticeError": ("late_notice", (DAY, DAY, DAY, 15)),
    "LimitReachedError": (
        "limit_reached",
        ("free", "projects", 1, 3, 3, 1, ("pro",), "plans"),
    ),
    "LocaleError": ("unknown_locale", ("xx", ("en", "fr"))),
    "MalformedError": ("malformed", ("bic", "DEUT", "bic")),
    "MeasureEachRenewalError": ("measure_each_renewal", (DAY, DAY)),
    "MethodNotAcceptedError": ("payment_method_not_accepted", ("card", "amex", "visa")),
    "MissingDetailsError": ("missing_details", (("vat_number",),)),
    "MissingExtraError": ("missing_extra", ("cattrs", "json")),
    "MixedTimeError": ("mixed_time", ("on", DAY, "datetimes in UTC")),
    "NaiveDatetimeError": ("naive_datetime", ("on", dt.datetime(2026, 1, 31))),
    "NoChangeError": ("no_change", ("plan", "pro", MONTHLY)),
    "NoPriceError": ("no_price", ("pro", "seat", "USD", QUARTERLY)),
    "NoSeatLeftError": ("no_seat_left", ("seat", 3, 8, 1, 2)),
    "NotAcceptedError": ("not_accepted", ("s:1", "requested")),
    "NotCombinableError": (
        "not_combinable",
        ("s:1", "issued_on", DAY, MONTH[1]),
    ),
    "NotUtcError": ("not_utc", ("on", dt.datetime(2026, 1, 31))),
    "NothingPendingError": ("nothing_pending", ("plan",)),
    "NothingToCreditError": ("nothing_to_credit", ("s:1", Money("5", "EUR"))),
    "OutOfBoundsError": ("out_of_bounds", ("seats", 0, 1, 10)),
    "OutOfOrderError": ("out_of_order", (DAY, DAY)),
    "OverCreditedError": (
        "over_credited",
        ("line 1", Money("5", "EUR"), Money("3", "EUR")),
    ),
    "OverlapError": ("overlap", (DAY, DAY)),
    "PermissionRefusedError": (
        "permission_refused",
        ("member", "add_seats", ("owner", "admin")),
    ),
    "PercentageError": (
        "doubtful_percentage",
        ("share", "0.2", "20", Fraction(1, 500)),
    ),
    "PriceError": ("invalid_price", ("measured_add_on", "sso")),
    "PurposeNotAllowedError": ("purpose_not_allowed", ("credit", "seats", ("calls",))),
    "QuoteDiffersError": (
        "quote_differs",
        ("Q-1", "effective_on", DAY, MONTH[1]),
    ),
    "QuoteExpiredError": ("quote_expired", ("Q-1", DAY, MONTH[1])),
    "RecipientLockedError": ("recipient_locked", ("s", DAY)),
    "RenewFirstError": ("renew_first", (DAY, "team")),
    "RequirementError": ("requirement_missing", ("sso", "pro")),
    "RulesError": (
        "invalid_rules",
        ("anchor", DAY, "off_the_grid", DAY),
    ),
    "ScheduledChangeError": ("scheduled_change", (ChangeKind.PLAN, DAY, "seat", 6, 5)),
    "SeatsOccupiedError": ("seats_occupied", ("seat", 3, 2, 8)),
    "SeveralInvoicesError": ("several_invoices", (2,)),
    "StaleVersionError": ("stale_version", (1, 2)),
    "SubscriptionEndedError": ("subscription_ended", ("s", DAY)),
    "TaxRateError": ("invalid_tax_rate", ("vat", "zero", "STANDARD")),
    "TaxStatusChangedError": ("tax_status_changed", ("country", "FR", "DE")),
    "TermRunsError": ("term_runs", (DAY, "end")),
    "TooFewSeatsError": ("too_few_seats", ("seat", 6, 7, 1)),
    "TooManyDigitsError": ("too_many_digits", ("1.005", "EUR", 2)),
    "TooManyLinesError": ("too_many_lines", (152_000, 10_000)),
    "TooManySeatsError": ("too_many_seats", ("seat", "basic", 6, 5, 1)),
    "TooManyVisitsError": ("too_many_visits", (2_000_000,)),
    "TopUpCappedError": (
        "top_up_capped",
        (3, 1, Money("5", "EUR"), Money("2", "EUR"), 9, DAY),
    ),
    "UnfitInvoiceError": ("unfit_invoice", ("F-1", "XRECHNUNG", ("BT-10", "BT-49"))),
    "UnknownCurrencyError": ("unknown_currency", ("eur",)),
    "UnknownItemError": ("unknown_item", ("plan", "gold", ("basic", "pro"))),
    "UnknownUnitError": ("unknown_unit", ("pro", "bike", ("seat",))),
    "UnknownWordError": ("unknown_word", ("timing", "now", ("restart",), "")),
    "WrongTypeError": ("wrong_type", ("seats", "int", "3")),
}
CLASSES = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, Exception)
}
KINDS = sorted(PROMISED)


def refusal(name: str) -> SeatbillError:
    """Return one refusal of the kind *name*."""
    return CLASSES[name](*PROMISED[name][1])


def test_every_kind_of_refusal_stands_in_the_table_and_is_exported():
    assert CLASSES.keys() == PROMISED.keys() | {"SeatbillError"}
    assert sorted(errors.__all__) == sorted(CLASSES)


@pytest.mark.parametrize("name", KINDS)
def test_a_code_never_changes(name):
    assert CLASSES[name].code == PROMISED[name][0]


def test_each_kind_has_a_code_of_its_own():
    assert len({kind.code for kind in CLASSES.values()}) == len(CLASSES)


@pytest.mark.parametrize("name", KINDS)
def test_it_is_a_value_error_and_a_wrong_type_is_a_type_error(name):
    kind = CLASSES[name]
    assert issubclass(kind, SeatbillError)
    assert issubclass(kind, TypeError if kind is WrongTypeError else ValueError)
    assert not issubclass(kind, ValueError if kind is WrongTypeError else TypeError)


@pytest.mark.parametrize("name", KINDS)
def test_it_says_what_came_and_the_way_out(name):
    error = refusal(name)
    message = str(error)
    assert error.remedy
    assert "{" not in message
    assert message.endswith(f": {error.as_dict()['remedy']}.")
    assert " | " not in message
    assert "\n" not in message


@pytest.mark.parametrize("name", KINDS)
def test_it_reads_as_plain_data(name):
    error = refusal(name)
    values = dict(zip(error.names, PROMISED[name][1], strict=True))
    found = error.as_dict()
    assert found.keys() == {"code", "message", "remedy", "values"}
    assert found["code"] == PROMISED[name][0]
    assert found["message"] == str(error)
    assert found["remedy"]
    assert found["values"] == values
    for key, value in values.items():
        assert getattr(error, key) == value


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", KINDS)
def test_it_travels(name, protocol):
    error = refusal(name)
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):
        assert type(again) is type(error)
        assert again.args == error.args == PROMISED[name][1]
        assert again.as_dict() == error.as_dict()


@pytest.mark.parametrize("name", KINDS)
def test_the_values_are_named_in_the_class_and_documented(name):
    kind = CLASSES[name]
    assert kind.names == tuple(kind.__annotations__)
    assert kind.__doc__
    assert kind.__doc__.rstrip().endswith(".")


@pytest.mark.parametrize("name", KINDS)
def test_it_is_named_by_the_module_that_it_is_imported_from(name):
    assert CLASSES[name].__module__ == "seatbill.errors"


def test_a_refusal_takes_all_its_values_and_no_more():
    with pytest.raises(TypeError, match="unit, asked, minimum, missing; 3 values"):
        TooFewSeatsError("seat", 6, 7)
    with pytest.raises(TypeError, match="5 values are given"):
        TooFewSeatsError("seat", 6, 7, 1, "desk")


# What a host writes in a module of its own, with the future import and without it.
# Without it Python 3.14 keeps annotations unread until somebody asks (PEP 649).
HOSTS_OWN = """
import typing
from typing import TYPE_CHECKING, ClassVar, Final
from seatbill.errors import SeatbillError, TooFewSeatsError

class NoDesk(SeatbillError, ValueError):
    code = "no_desk"
    sentence = "no desk on floor {floor} for {team}"
    team: str
    floor: int

class NoDeskToday(NoDesk):
    pass

class NoDeskNear(NoDesk):
    sentence = "no desk on floor {floor} for {team}, near {near}"
    near: str = "the window"

class Annotated(SeatbillError):
    code: str = "annotated"
    sentence: ClassVar[str] = "{desk} is taken"
    remedy: "ClassVar[str]" = "take {other}"
    KINDS: typing.ClassVar[tuple[str, ...]] = ("desk", "room")
    MOST: Final[int] = 3
    desk: str
    other: "str"

class Short(NoDesk):
    def __init__(self, team):
        super().__init__(team, 3)

class Said(SeatbillError):
    pass

class Kept(SeatbillError):
    names = ("desk",)
    desk: str
    note: str = "kept beside the values"

class OnTop(TooFewSeatsError):
    asked: int
    team: str
"""


@pytest.fixture(params=["", "from __future__ import annotations\n"], ids=["", "future"])
def hosts_own(request, monkeypatch):
    """Return the classes of the host, in a module that pickle finds."""
    module = types.ModuleType("hosts_own")
    monkeypatch.setitem(sys.modules, "hosts_own", module)
    source = request.param + HOSTS_OWN
    exec(compile(source, "hosts_own.py", "exec", dont_inherit=True), vars(module))
    return module


@pytest.mark.parametrize(
    ("name", "args", "values", "said"),
    [
        ("NoDesk", ("ops", 3), {"team": "ops", "floor": 3}, "no desk on floor 3"),
        ("NoDeskToday", ("ops", 3), {"team": "ops", "floor": 3}, "no desk on floor 3"),
        (
            "NoDeskNear",
            ("ops", 3),
            {"team": "ops", "floor": 3, "near": "the window"},
            "for ops, near the window",
        ),
        (
            "NoDeskNear",
            ("ops", 3, "door"),
            {"team": "ops", "floor": 3, "near": "door"},
            "for ops, near door",
        ),
        (
            "Annotated",
            ("desk 4", "desk 5"),
            {"desk": "desk 4", "other": "desk 5"},
            "desk 4 is taken: take desk 5.",
        ),
        ("Short", ("ops",), {"team": "ops", "floor": 3}, "no desk on floor 3 for ops"),
        ("Said", ("the lift is broken",), {}, "the lift is broken"),
        ("Said", (), {}, "Refused."),
        ("Kept", ("desk 4",), {"desk": "desk 4"}, "desk 4"),
        (
            "OnTop",
            ("seat", 6, 7, 1, "ops"),
            {"unit": "seat", "asked": 6, "minimum": 7, "missing": 1, "team": "ops"},
            "At least 7 seats are needed, not 6: buy 1 more.",
        ),
    ],
)
def test_a_host_makes_refusals_of_its_own(hosts_own, name, args, values, said):
    error = getattr(hosts_own, name)(*args)
    for again in (error, pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert again.as_dict()["values"] == values
        assert said in str(again) == str(error)
        assert again.as_dict()["code"] == error.code


def test_a_note_travels_with_a_refusal():
    error = refusal("TooFewSeatsError")
    error.add_note("in history[3]")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["in history[3]"]


def test_annotations_that_wait_until_somebody_asks_are_asked_for_as_text(monkeypatch):
    """As Python 3.14 keeps them, tried on each: what is asked for is in PEP 749."""
    lib = types.ModuleType("annotationlib")
    lib.Format = types.SimpleNamespace(STRING="text")
    lib.call_annotate_function = lambda annotate, how, *, owner: annotate(how)
    monkeypatch.setitem(sys.modules, "annotationlib", lib)

    class Waiting(SeatbillError):
        sentence = "{desk} is taken"
        __annotate__ = staticmethod(lambda how: {"desk": "Desk", "K": "ClassVar"})

    assert Waiting.names == ("desk",)
    assert str(Waiting("desk 4")) == "desk 4 is taken."


def test_the_root_carries_no_values():
    root = SeatbillError()
    assert root.as_dict() == {
        "code": "seatbill_error",
        "message": "Refused.",
        "remedy": "",
        "values": {},
    }


def test_braces_in_what_came_are_shown_as_they_are():
    message = str(WrongTypeError("seats", "int", {"seat": 5}))
    assert "{'seat': 5}" in message
    assert "{name}" in str(errors.UnknownItemError("plan", "{name}", ("{0}",)))


def test_a_host_can_catch_them_all_at_once():
    with pytest.raises(SeatbillError) as refused:
        Money("ten", "EUR")
    assert refused.value.as_dict()["code"] == "invalid_amount"
    with pytest.raises(SeatbillError) as refused:
        Money(0.1, "EUR")
    assert refused.value.as_dict()["code"] == "wrong_type"


def test_a_number_too_long_to_print_is_still_a_refusal_that_can_be_read():
    """Python prints integers of 4300 digits at most."""
    for error in (
        errors.OutOfBoundsError("seats", 10**5000, 1, 10),
        errors.AmountError("amount", 10**5000),
        errors.WrongTypeError("interval", "Interval", 10**5000),
        errors.WrongTypeError("rate", "str", Fraction(10**5000, 3)),
        errors.WrongTypeError("rate", "str", [{"seat": -(10**5000)}]),
    ):
        assert error.as_dict()["code"] == error.code
        assert str(error)


def test_the_values_are_those_that_came_not_copies():
    offered = (MONTHLY,)
    error = errors.IntervalNotOfferedError(MONTHLY, offered)
    assert error.offered is offered


def test_a_long_value_is_shown_by_its_beginning_and_kept_whole():
    value = list(range(500))
    refused = WrongTypeError("plan", "Plan", value)
    assert len(str(refused)) < 400
    assert "[0, 1, 2" in str(refused)
    assert "...: give a value of type Plan." in str(refused)
    assert refused.value is value
    word = WrongTypeError("name", "int", "x" * 5000)
    assert len(str(word)) < 400
    offered = tuple(f"plan-{n}" for n in range(100))
    told = str(errors.UnknownItemError("plan", "x", offered))
    assert ", ".join(offered[:-1]) + " or plan-99" in told
    many = tuple(f"plan-{n}" for n in range(10_000))
    assert len(str(errors.UnknownItemError("plan", "x", many))) < 3100
