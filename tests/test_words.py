"""A stored word is as good as the member of its choice, and a percentage is read once.

Every door of the tables of bad input is gone through: where the sound call has a member
of a choice, its word comes to the same, and a misspelt one is refused with its name.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    BillingRules,
    Cancel,
    Discount,
    Interval,
    Money,
    Period,
    Price,
    SetSeats,
    TaxRate,
    Timing,
    adopt,
    bill,
    change,
    next_renewal,
    renew,
    subscribe,
)
from seatbill._values.base import Word
from seatbill.access import Action, Permission, allowed_roles
from seatbill.converters import InvalidDataError, parse, read_request
from seatbill.errors import (
    NoChangeError,
    PercentageError,
    RulesError,
    TaxRateError,
    TooManyDigitsError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.plans import Plan
from seatbill.rules import Direction
from seatbill.subscriptions import Status
from seatbill.terms import EarlyEnd, Term
from test_bad_input import SOUND
from test_bad_input_systems import SOUND as SOUND_SYSTEMS

APRIL = dt.date(2026, 4, 1)
RULES = BillingRules()


def sold(interval: Interval = MONTHLY) -> Plan:
    """Return a plan at 10.00 a seat."""
    price = Price(unit_amount="10.00", currency="EUR", interval=interval)
    return Plan("team", "Team", 1, (price,))


def ten(**more):
    """Return a subscription of 10 seats from 1 April."""
    start = {"id": "s", "interval": MONTHLY, "seats": 10, "on": APRIL, "rules": RULES}
    return subscribe(sold(), **(start | more)).subscription


# ----------------------------------------------------------------------------- words

DOORS = {**SOUND, **SOUND_SYSTEMS}
CHOICES = [
    pytest.param(door, name, id=f"{door}: {name}")
    for door, (_, arguments) in DOORS.items()
    for name, value in arguments.items()
    if isinstance(value, Word)
]


def test_there_are_many_choices():
    assert len(CHOICES) > 40


@pytest.mark.parametrize(("door", "name"), CHOICES)
def test_a_word_is_as_good_as_its_member(door, name):
    function, arguments = DOORS[door]
    member = arguments[name]
    same = function(**arguments | {name: member.value})
    assert repr(same) == repr(function(**arguments))


@pytest.mark.parametrize(("door", "name"), CHOICES)
def test_a_misspelt_word_is_refused_by_name_with_the_nearest(door, name):
    function, arguments = DOORS[door]
    kind = type(arguments[name])
    longest = max(kind, key=lambda member: len(member.value)).value
    with pytest.raises(UnknownWordError) as refused:
        function(**arguments | {name: f"{longest}-"})
    assert refused.value.offered == tuple(member.value for member in kind)
    if len(longest) > 2:  # tax categories are letters: nothing is near
        assert refused.value.meant == longest
    assert refused.value.name.partition("[")[0] in (name, "kind")


def test_a_timing_given_by_hand_may_be_a_word():
    sub = ten()
    by_word = change(sub, SetSeats(12), on=APRIL, timing="period_end")
    assert by_word == change(sub, SetSeats(12), on=APRIL, timing=Timing.PERIOD_END)
    assert by_word.timing is Timing.PERIOD_END
    entry = (APRIL, SetSeats(12))
    by_words = bill(sub, [(*entry, "period_end")], until=APRIL)
    by_members = bill(sub, [(*entry, Timing.PERIOD_END)], until=APRIL)
    assert by_words == by_members
    assert by_words.outcomes == by_members.outcomes == (by_word,)


def test_words_may_stand_where_several_members_are_wanted():
    assert BillingRules(notice_days=3, notice_exempt=["upgrade"]).notice_exempt == (
        Direction.UPGRADE,
    )
    permission = Permission("add_seats", roles=("owner",), statuses=["active"])
    assert permission.statuses == (Status.ACTIVE,)
    rules = BillingRules(billing_roles=["owner", "admin"])
    more = {"rules": rules, "permissions": [permission]}
    assert allowed_roles("add_seats", status="active", **more) == ("owner",)
    assert allowed_roles(Action.ADD_SEATS, status=None, **more) == ("owner", "admin")
    with pytest.raises(WrongTypeError):
        BillingRules(notice_days=3, notice_exempt=[3])


# ----------------------------------------------------------------------- percentages


@pytest.mark.parametrize(
    ("value", "percent"),
    [
        pytest.param("20", "20", id="a text"),
        pytest.param(100, "100", id="a whole number"),
        pytest.param(Decimal("12.5"), "12.5", id="a decimal"),
        pytest.param("1", "1", id="one percent"),
        pytest.param(Fraction(1, 5), "20", id="a part of one"),
        pytest.param(Fraction(1, 500), "0.2", id="less than one percent"),
    ],
)
def test_a_percentage_is_read_alike_wherever_one_is_given(value, percent):
    part = Fraction(percent) / 100
    assert Discount.percent(value, id="d").percent_off == Decimal(percent)
    rules = BillingRules(interval_discounts={ANNUAL: value})
    assert rules.interval_discount(ANNUAL) == part
    assert Term(share=value, early_end=EarlyEnd.BILLED).share == part


@pytest.mark.parametrize(
    ("name", "give"),
    [
        pytest.param("percent", lambda v: Discount.percent(v, id="d"), id="discount"),
        pytest.param(
            "interval_discounts",
            lambda v: BillingRules(interval_discounts={ANNUAL: v}),
            id="interval discount",
        ),
        pytest.param(
            "share", lambda v: Term(share=v, early_end=EarlyEnd.BILLED), id="term"
        ),
    ],
)
@pytest.mark.parametrize("value", ["0.2", Decimal("0.2")])
def test_less_than_one_percent_is_doubted_with_the_way_out(name, give, value):
    with pytest.raises(PercentageError) as refused:
        give(value)
    assert refused.value.as_dict()["values"] == {
        "name": name,
        "value": value,
        "percent": "20",  # meant as a fifth
        "part": Fraction(1, 500),  # meant as 0.2 %
    }


def test_a_discount_of_less_than_one_percent_that_is_stored_is_read():
    assert Discount(id="d", percent_off=Decimal("0.2")).kept == (499, 500)


def test_a_third_is_no_percentage_of_a_discount():
    with pytest.raises(TooManyDigitsError):
        Discount.percent(Fraction(1, 3), id="d")


@pytest.mark.parametrize("rate", ["1", 1, Decimal("1.00")])
def test_a_tax_rate_of_one_is_not_one_percent(rate):
    with pytest.raises(TaxRateError) as refused:
        TaxRate("vat", rate)
    assert refused.value.problem == "percentage"
    assert TaxRate("vat", Fraction(1)).rate == 1


# ------------------------------------------------------------------- sums and look-ups


def test_money_is_summed_from_nothing_on():
    assert sum([Money("1.20", "EUR"), Money("2.30", "EUR")]) == Money("3.50", "EUR")
    assert sum([]) == 0
    for wrong in (1, False, 0.0, "0"):
        with pytest.raises(WrongTypeError):
            wrong + Money("1.20", "EUR")


@pytest.mark.parametrize(
    "look_up",
    [
        pytest.param(
            lambda: subscribe(
                sold(),
                id="s",
                interval=MONTHLY,
                seats={"bike": 1},
                on=APRIL,
                rules=RULES,
            ),
            id="a unit",
        ),
        pytest.param(
            lambda: adopted(charged={"sso": Money("1", "EUR")}), id="a charge"
        ),
    ],
)
def test_what_is_not_known_is_a_lookup_error(look_up):
    with pytest.raises(LookupError):
        look_up()


# ----------------------------------------------------------------------------- trials


@pytest.mark.parametrize(
    ("on", "interval", "ends", "renewals"),
    [
        pytest.param(
            "2026-01-31",
            MONTHLY,
            "2026-02-28",
            ["2026-03-31", "2026-04-30", "2026-05-31"],
            id="from the 31st",
        ),
        pytest.param(
            "2028-01-30",
            MONTHLY,
            "2028-02-29",
            ["2028-03-30", "2028-04-30"],
            id="from the 30th in a leap year",
        ),
        pytest.param(
            "2026-01-31",
            QUARTERLY,
            "2026-02-28",
            ["2026-05-31", "2026-08-31", "2026-11-30"],
            id="by the quarter",
        ),
        pytest.param(
            "2026-01-31",
            ANNUAL,
            "2026-02-28",
            ["2027-02-28", "2028-02-29", "2029-02-28"],
            id="by the year, February to its end",
        ),
        pytest.param(
            "2026-01-15", MONTHLY, "2026-02-15", ["2026-03-15"], id="in the middle"
        ),
        pytest.param(
            "2026-01-31",
            Interval(days=30),
            "2026-02-28",
            ["2026-03-30"],  # 28 February and 30 days
            id="then by days",
        ),
    ],
)
def test_a_trial_of_a_month_keeps_the_end_of_the_month(on, interval, ends, renewals):
    sub = subscribe(
        sold(interval),
        id="s",
        interval=interval,
        seats=3,
        on=dt.date.fromisoformat(on),
        rules=RULES,
        trial_end=MONTHLY,
    ).subscription
    assert sub.trial_end == dt.date.fromisoformat(ends) == next_renewal(sub)
    found = []
    for _ in range(len(renewals) + 1):
        outcome = renew(sub, on=next_renewal(sub))
        assert outcome.invoice.total == Money("30.00", "EUR")  # each a whole period
        sub = outcome.subscription
        found.append(str(sub.current_period.start))
    assert found == [ends, *renewals]


def test_a_trial_of_days_is_counted_and_an_anchor_given_by_hand_stays():
    fortnight = Interval(days=14)
    sub = ten(trial_end=fortnight)
    assert sub.trial_end == sub.billing_cycle_anchor == dt.date(2026, 4, 15)
    first = dt.date(2026, 5, 1)
    assert ten(trial_end=MONTHLY, anchor=first).billing_cycle_anchor == first


# -------------------------------------------------- a cancellation, and an adoption


def test_a_second_cancellation_that_changes_nothing_is_refused():
    ending = change(ten(), Cancel("moving"), on=APRIL).subscription
    with pytest.raises(NoChangeError) as refused:
        change(ending, Cancel("moving"), on=dt.date(2026, 4, 2))
    assert refused.value.value == dt.date(2026, 5, 1)
    other = change(ending, Cancel("too dear"), on=dt.date(2026, 4, 2)).subscription
    assert other.pending_updates[0].value == "too dear"


def adopted(**more):
    """Return a customer taken over in April with 3 seats."""
    known = {
        "id": "s",
        "interval": MONTHLY,
        "seats": 3,
        "current_period": Period(APRIL, dt.date(2026, 5, 1)),
        "charged": Money("30.00", "EUR"),
        "rules": RULES,
    }
    return adopt(sold(), **(known | more))


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        pytest.param({"charged": 1632}, WrongTypeError, "give Money", id="a number"),
        pytest.param({"charged": "30"}, WrongTypeError, "give Money", id="a text"),
        pytest.param(
            {"seats": 0}, RulesError, "nothing is charged in advance", id="no seats"
        ),
        pytest.param(
            {"on": dt.date(2026, 6, 1)},
            RulesError,
            "2026-06-01 is after the running period, which ends on 2026-05-01",
            id="after the period",
        ),
    ],
)
def test_an_adoption_says_where_it_contradicts_itself(wrong, error, said):
    with pytest.raises(error, match=said):
        adopted(**wrong)


def test_a_customer_without_seats_is_taken_over_for_nothing():
    assert adopted(seats=0, charged=Money.zero("EUR")).charges == ()


# ------------------------------------------------------------------------- JSON


REQUEST = {
    "rulebook": "clockify",
    "id": "w",
    "plan": "basic",
    "interval": "month",
    "seats": 10,
    "on": "2026-04-01",
    "until": "2026-04-30",
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"seat": 3}, "no such key (did you mean seats?); there", id="key"),
        pytest.param({"zzzzzz": 3}, "no such key; there are: ", id="another key"),
        pytest.param({"rulebook": "clokify"}, "(did you mean clockify?)", id="rules"),
        pytest.param({"rulebook": 3}, "echometer, echometer-any-day", id="a number"),
        pytest.param(
            {"changes": [{"on": "2026-04-02", "change": "add_seat", "seats": 1}]},
            "(did you mean add_seats?)",
            id="a change",
        ),
        pytest.param(
            {"changes": [{"on": "2026-04-02", "change": 3}]}, "; got 3", id="no word"
        ),
        pytest.param(
            {"rules": {"upgrade": "imediate"}}, "did you mean immediate?", id="a word"
        ),
    ],
)
def test_a_misspelt_document_is_told_with_the_nearest(wrong, said):
    with pytest.raises(InvalidDataError) as refused:
        read_request({**REQUEST, **wrong})
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_document_is_told_as_one(text):
    with pytest.raises(InvalidDataError, match="there is nothing to read"):
        parse(text)
