"""A change request: a stored subscription goes in, a new one and its invoices come out.

Figures are worked out by hand: quantity × price × days left / days of the period.
"""

from __future__ import annotations

import datetime as dt
import json
import pickle

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddSeats,
    BillingRules,
    Cancel,
    Catalog,
    Freeze,
    Money,
    Plan,
    Price,
    RemoveSeats,
    SetSeats,
    Subscription,
    SwitchInterval,
    SwitchPlan,
    Timing,
    change,
    renew,
    subscribe,
)
from seatbill.converters import (
    ChangeRequest,
    InvalidDataError,
    NewerFormatError,
    change_answer,
    change_request,
    changing,
    dump,
    from_data,
    load,
    parse,
    read_change_request,
    to_data,
)
from seatbill.errors import (
    OutOfOrderError,
    RenewFirstError,
    SeatbillError,
    SeatsOccupiedError,
    WrongTypeError,
)
from seatbill.rulebooks import clockify
from seatbill.testing.strategies import histories
from test_converters import problems

BASIC = clockify.CATALOG.plan("basic")
STANDARD = clockify.CATALOG.plan("standard")
START = dt.date(2026, 4, 1)


def opened(plan=BASIC, **more) -> Subscription:
    """Return a subscription to 10 seats from 1 April."""
    opening = {
        "id": "w",
        "interval": MONTHLY,
        "seats": 10,
        "on": START,
        "rules": clockify.RULES,
        **more,
    }
    return subscribe(plan, **opening).subscription


SUB = opened()
REQUEST = {
    "rulebook": "clockify",
    "subscription": dump(SUB),
    "on": "2026-04-16",
    "changes": [{"change": "add_seats", "seats": 3}],
}


def ask(**more) -> ChangeRequest:
    return read_change_request({**REQUEST, **more})


def refused(**more) -> list[tuple[str, str]]:
    return problems(read_change_request, {**REQUEST, **more})


def not_changed(**more) -> list[tuple[str, str]]:
    return problems(change_request, ask(**more))


def asked(*changes):
    return {"changes": list(changes)}


# Reading.


def test_a_request_is_read_from_a_document_or_from_plain_data():
    wanted = ChangeRequest(
        subscription=SUB, changes=(AddSeats(3),), on=dt.date(2026, 4, 16)
    )
    assert ask() == wanted
    assert ask(subscription=to_data(SUB)) == wanted
    assert ask(seatbill=1, note="three more") == attrs.evolve(wanted, note="three more")
    assert pickle.loads(pickle.dumps(wanted)) == wanted
    assert hash(ask()) == hash(wanted)


def test_what_is_asked_for_may_be_named_by_id():
    found = ask(**asked({"change": "switch_plan", "plan": "standard"}))
    assert found.changes == (SwitchPlan(STANDARD),)
    plans = {"rulebook": None, "plans": [to_data(STANDARD)]}
    found = ask(**plans, **asked({"change": "switch_plan", "plan": "standard"}))
    assert found.changes == (SwitchPlan(STANDARD),)


def test_everything_that_change_takes_can_be_given():
    found = ask(
        by="ann",
        timing="restart",
        reason="goodwill",
        occupied=8,
        measured={"2026-05-01": {"team": 3}},
    )
    assert (found.by, found.timing, found.reason) == ("ann", Timing.RESTART, "goodwill")
    assert found.occupied == {"seat": 8}
    assert found.measured == ((dt.date(2026, 5, 1), {"team": 3}),)


@pytest.mark.parametrize("data", [[], None, "x", 3])
def test_a_request_is_an_object(data):
    assert problems(read_change_request, data) == [("$", "wrong_type")]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"seatbill": True}, [("$.seatbill", "unknown_format")]),
        ({"sets": 1}, [("$.sets", "unknown_key")]),
        ({"rulebook": "klockify"}, [("$.rulebook", "unknown_rulebook")]),
        ({"subscription": 3}, [("$.subscription", "wrong_type")]),
        ({"subscription": None}, [("$.subscription", "wrong_type")]),
        ({"on": "soon"}, [("$.on", "invalid_time")]),
        ({"changes": 3}, [("$.changes", "wrong_type")]),
        ({"timing": "later"}, [("$.timing", "unknown_word")]),
        ({"rules": {"upgrade": "later"}}, [("$.rules.upgrade", "unknown_word")]),
        (
            asked({"change": "switch_plan", "plan": "gold"}, {"change": "fly"}),
            [
                ("$.changes[0].plan", "unknown_item"),
                ("$.changes[1].change", "unknown_word"),
            ],
        ),
        (
            {"subscription": {**dump(SUB), "x": 1}, "on": 3},
            [("$.subscription.x", "unknown_key"), ("$.on", "wrong_type")],
        ),
        (
            {"subscription": dump(BASIC), "changes": [3]},
            [("$.subscription.kind", "unknown_word"), ("$.changes[0]", "wrong_type")],
        ),
        (
            {"subscription": {"id": 3}, "catalog": 3},
            [("$.catalog", "wrong_type"), ("$.subscription.id", "wrong_type")],
        ),
        (
            {"catalog": 3, **asked({"change": "switch_plan", "plan": "gold"})},
            [("$.catalog", "wrong_type")],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(more, found):
    got = [problem for problem in refused(**more) if problem[1] != "missing"]
    assert sorted(got) == sorted(found)


def test_a_day_after_more_periods_than_anybody_means_is_refused():
    assert refused(on="3026-04-01") == [("$.on", "too_many_periods")]
    assert ask(on="2726-04-01").on.year == 2726
    daily = change(SUB, SwitchInterval(ANNUAL), on=START).subscription
    waiting = change(
        daily, SwitchInterval(MONTHLY), on=dt.date(2026, 4, 2)
    ).subscription
    assert waiting.pending_updates
    stored = {"subscription": dump(waiting)}
    assert refused(**stored, on="3026-04-01") == [("$.on", "too_many_periods")]


def test_without_a_subscription_or_a_day_there_is_no_request():
    assert problems(read_change_request, {}) == [
        ("$.subscription", "missing"),
        ("$.on", "missing"),
    ]


def test_a_newer_document_or_request_is_refused_by_its_version():
    with pytest.raises(NewerFormatError) as refusal:
        ask(seatbill=7)
    assert refusal.value.where == "$.seatbill"
    with pytest.raises(NewerFormatError) as refusal:
        ask(subscription={**dump(SUB), "seatbill": 2}, on="soon")
    assert refusal.value.where == "$.subscription.seatbill"


def test_a_stored_plan_is_not_named_by_its_id_alone():
    """What is stored is meant exactly: in full, or by a reference with a digest."""
    data = {**to_data(SUB), "plan": "basic"}
    assert refused(subscription=data) == [("$.subscription.plan", "wrong_type")]


# Changing.


def test_the_outcome_is_that_of_change():
    on = dt.date(2026, 4, 16)
    found = change_request(ask(by="ann", reason="growth"))
    assert found == change(SUB, AddSeats(3), on=on, by="ann", reason="growth")
    assert found.invoice.total == Money("7.49", "USD")  # 3 × 4.99 × 15/30 = 7.485


def test_the_timing_of_a_request_overrides_the_rules():
    """From 16 April anew: 10 × 4.99 × 15/30 comes back, 13 × 4.99 is charged."""
    found = change_request(ask(timing="restart", reason="goodwill"))
    assert found.timing is Timing.RESTART
    assert found.subscription.current_period.start == dt.date(2026, 4, 16)
    assert [line.amount.amount for line in found.invoice.lines] == [
        Money(amount, "USD").amount for amount in ("-24.95", "64.87")
    ]


def test_what_is_due_is_renewed_first():
    """10 × 4.99 on 1 May and 1 June, then 3 × 4.99 × 15/30."""
    found = change_request(ask(on="2026-06-16"))
    assert [i.total for i in found.invoices] == [
        Money(amount, "USD") for amount in ("49.90", "49.90", "7.49")
    ]
    assert found.previous_version == SUB.version
    whole = change(SUB, AddSeats(3), on=dt.date(2026, 6, 16))
    assert found.invoices == whole.invoices
    assert found.subscription == whole.subscription


def test_without_changes_what_is_due_is_renewed():
    found = change_request(ask(on="2026-05-01", changes=[]))
    assert found == renew(SUB, on=dt.date(2026, 5, 1))
    nothing = change_request(ask(changes=[]))
    assert nothing.subscription.version == SUB.version
    assert nothing.invoices == ()


def test_the_people_who_sit_are_told_to_removals_that_do_not_say_it():
    remove = {"change": "remove_seats", "seats": 3}
    ((where, code),) = not_changed(occupied=8, **asked(remove))
    assert (where, code) == ("$.changes[0].seats", "seats_occupied")
    found = change_request(ask(occupied=8, **asked(remove | {"occupied": 7})))
    assert found.subscription.scheduled_removals == {"seat": 3}
    found = change_request(
        ask(occupied=8, **asked({"change": "set_seats", "seats": 8}))
    )
    assert found.changes == (SetSeats(8, occupied=8),)
    found = change_request(ask(**asked(remove)))
    assert found.changes == (RemoveSeats(3),)


FREE_SUB = subscribe(
    clockify.CATALOG.plan("free"),
    id="w",
    interval=MONTHLY,
    seats=0,
    on=dt.date(2026, 4, 1),
    rules=clockify.RULES,
).subscription


def test_a_plan_carries_its_seats_and_needs_one_for_each_who_sits():
    """7 × 4.99, a full month from 16 April."""
    switch = {"change": "switch_plan", "plan": "basic"}
    free = {"subscription": dump(FREE_SUB), "on": "2026-04-16", "rulebook": "clockify"}
    found = change_request(ask(**free, changes=[switch | {"seats": {"seat": 7}}]))
    assert found.invoice.total == Money("34.93", "USD")
    people = {"occupied": {"seat": 7, "limited": 0}}
    ((where, code),) = not_changed(**free, **people, changes=[switch])
    assert (where, code) == ("$.changes[0].plan", "too_few_seats")
    found = change_request(
        ask(**free, **people, changes=[switch | {"seats": {"seat": 7}}])
    )
    assert found.changes[0].occupied == {"seat": 7}


PLAIN = subscribe(
    BASIC,
    id="p",
    interval=MONTHLY,
    seats=10,
    on=START,
    rules=BillingRules(),
).subscription


def test_where_no_plan_is_free_people_are_told_to_a_plan_that_names_seats():
    plain = {"subscription": dump(PLAIN), "occupied": {"seat": 8}}
    switch = {"change": "switch_plan", "plan": "standard"}
    told = change_request(ask(**plain, **asked(switch)))
    assert told.changes == (SwitchPlan(STANDARD),)
    named = change_request(ask(**plain, **asked(switch | {"seats": {"seat": 9}})))
    assert named.changes == (SwitchPlan(STANDARD, seats=9, occupied=8),)
    own = switch | {"seats": {"seat": 9}, "occupied": {"seat": 9}}
    assert change_request(ask(**plain, **asked(own))).changes[0].occupied["seat"] == 9
    ((where, code),) = not_changed(**plain, **asked(switch | {"seats": {"seat": 7}}))
    assert (where, code) == ("$.changes[0].seats", "too_few_seats")


def test_the_people_who_sit_cut_a_removal_at_a_renewal():
    """Three of ten were to leave; nine people sit, so one leaves: 9 × 4.99."""
    leaving = change(SUB, RemoveSeats(3), on=dt.date(2026, 4, 2)).subscription
    data = {"subscription": dump(leaving), "changes": [], "on": "2026-05-01"}
    found = change_request(ask(**data, occupied=9))
    assert [notice.code for notice in found.notices] == ["removal_cut"]
    assert found.invoice.total == Money("44.91", "USD")


TEAMS = Plan(
    "teams",
    "Teams",
    1,
    [
        Price(unit="team", unit_amount="60", currency="EUR", measured=True),
        Price(unit="guest", unit_amount="1", currency="EUR", measured=True),
    ],
)


def measured(**days):
    """Return a request for a subscription with measured units, and the numbers."""
    sub = opened(TEAMS, seats={"team": 3, "guest": 0}, rules=BillingRules())
    table = {day.replace("_", "-")[1:]: numbers for day, numbers in days.items()}
    return {
        "subscription": dump(sub),
        "on": "2026-06-10",
        "changes": [],
        "measured": table,
    }


def test_what_is_measured_is_billed_at_each_renewal_that_is_due():
    """60 × 2 + 1 × 5 on 1 May, 60 × 4 on 1 June."""
    days = measured(
        _2026_05_01={"team": 2, "guest": 5}, _2026_06_01={"team": 4, "guest": 0}
    )
    found = change_request(ask(**days))
    assert [i.total for i in found.invoices] == [
        Money("125.00", "EUR"),
        Money("240.00", "EUR"),
    ]
    more = asked({"change": "cancel"})
    assert change_request(ask(**{**days, **more})).changes == (Cancel(),)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ({}, [('$.measured["2026-05-01"].team', "renew_first")]),
        (
            {"_2026_05_01": {"team": 2, "guest": 0}},
            [('$.measured["2026-06-01"].team', "renew_first")],
        ),
        (
            {"_2026_05_01": {"team": 2}},
            [('$.measured["2026-05-01"].guest', "renew_first")],
        ),
        (
            {"_2026_05_01": {"teem": 2}},
            [('$.measured["2026-05-01"].teem', "unknown_unit")],
        ),
        (
            {
                "_2026_05_01": {"team": 2, "guest": 0},
                "_2026_05_07": {"team": 2},
                "_2026_06_01": {"team": 2, "guest": 0},
            },
            [('$.measured["2026-05-07"]', "no_renewal")],
        ),
    ],
)
def test_a_measurement_that_is_missing_or_too_much_is_told(days, found):
    assert not_changed(**measured(**days)) == found


def test_a_missing_measurement_has_the_refusal_as_its_cause():
    with pytest.raises(InvalidDataError) as refusal:
        change_request(ask(**measured()))
    assert isinstance(refusal.value.__cause__, RenewFirstError)


def test_a_unit_may_be_measured_that_comes_with_what_waits():
    """From May 2 teams and no guests: 60 × 2."""
    sub = opened(
        Plan("basic", "Basic", 9, [Price(unit_amount="5", currency="EUR")]),
        rules=BillingRules(),
    )
    waiting = change(sub, SwitchPlan(TEAMS), on=dt.date(2026, 4, 2)).subscription
    data = {
        "subscription": dump(waiting),
        "on": "2026-05-01",
        "changes": [],
        "measured": {"2026-05-01": {"team": 2, "guest": 0}},
    }
    assert change_request(ask(**data)).invoice.total == Money("120", "EUR")


@pytest.mark.parametrize(
    ("more", "where", "code"),
    [
        ({"on": "2026-03-01"}, "$.on", "out_of_order"),
        ({"by": ""}, "$.by", "out_of_bounds"),
        ({"reason": ""}, "$.reason", "out_of_bounds"),
        (asked({"change": "resume"}), "$.changes[0]", "nothing_pending"),
        (
            asked(
                {"change": "add_seats", "seats": 1},
                {"change": "add_seats", "seats": 1, "unit": "x"},
                {"change": "resume"},
            ),
            "$.changes[1].unit",
            "unknown_unit",
        ),
        (
            asked({"change": "switch_plan", "plan": "basic"}),
            "$.changes[0].plan",
            "no_change",
        ),
    ],
)
def test_what_the_rules_refuse_is_told_with_its_place(more, where, code):
    assert not_changed(**more) == [(where, code)]


def test_a_day_of_the_other_kind_is_told_when_it_is_read():
    """The subscription counts in days."""
    instant = "2026-05-01T00:00:00Z"
    assert refused(on=instant) == [("$.on", "mixed_time")]
    measured = {instant: {"team": 2}}
    place = f'$.measured["{instant}"]'
    assert refused(measured=measured) == [(place, "mixed_time")]


def test_the_place_of_a_refusal_is_found_without_trying_every_one(monkeypatch):
    """One by one, two thousand changes that are refused at the last took seconds."""
    tried = []

    def counted(*args, **more):
        tried.append(len(args) - 1)
        return change(*args, **more)

    monkeypatch.setattr(changing, "change", counted)
    many = [{"change": "add_seats", "seats": 1}] * 500
    for place in (0, 1, 250, 500):
        tried.clear()
        wrong = [*many[:place], {"change": "resume"}, *many[place:]]
        found = not_changed(**asked(*wrong))
        assert found == [(f"$.changes[{place}]", "nothing_pending")]
        assert len(tried) <= 11


def test_the_refusal_itself_is_the_cause():
    with pytest.raises(InvalidDataError) as refusal:
        change_request(ask(on="2026-03-01"))
    assert isinstance(refusal.value.__cause__, OutOfOrderError)
    with pytest.raises(InvalidDataError) as refusal:
        change_request(
            ask(occupied=10, **asked({"change": "remove_seats", "seats": 1}))
        )
    assert isinstance(refusal.value.__cause__, SeatsOccupiedError)
    (problem,) = refusal.value.problems
    assert dict(problem.values)["occupied"] == 10


@pytest.mark.parametrize("wrong", [None, 3, {}, SUB])
def test_only_a_request_is_carried_out(wrong):
    with pytest.raises(WrongTypeError):
        change_request(wrong)
    with pytest.raises(WrongTypeError):
        change_answer(wrong)


# The answer.


def test_the_answer_is_the_new_subscription_and_what_it_came_to():
    data = change_answer(ask(note="three more"))
    assert json.loads(json.dumps(data)) == data
    assert {key: data[key] for key in list(data)[:2]} == {
        "seatbill": 1,
        "note": "three more",
    }
    found = change(SUB, AddSeats(3), on=dt.date(2026, 4, 16))
    assert load(data["subscription"]) == found.subscription
    assert [load(one) for one in data["documents"]] == [found.invoice]
    assert (data["previous_version"], data["effective_on"]) == (1, "2026-04-16")
    assert [one["amount_due"] for one in data["invoices"]] == ["7.49"]
    assert (data["notices"], data["replaced"], data["refund_due"]) == ([], [], "0.00")
    assert data["standing"]["seats"] == {"seat": 13}


def test_what_was_replaced_is_named_by_its_id():
    waiting = change(SUB, SwitchPlan(STANDARD), on=START).subscription
    waiting = change(waiting, SwitchPlan(BASIC), on=dt.date(2026, 4, 3)).subscription
    back = asked({"change": "withdraw_pending", "kind": "plan"})
    data = change_answer(ask(subscription=dump(waiting), **back))
    assert [(one["kind"], one["value"]) for one in data["replaced"]] == [
        ("plan", "basic")
    ]


def test_what_is_left_when_it_ends_is_told():
    """10.00 of credit, of which nothing is used: it is due to the customer."""
    credit = {"amount": "10.00", "currency": "USD"}
    gift = {"change": "grant_credit", "amount": credit, "reason": "sorry"}
    data = change_answer(ask(**asked(gift, {"change": "cancel"}), timing="immediate"))
    # 10 × 4.99 × 15/30 = 24.95 comes back too
    assert data["refund_due"] == "34.95"


def test_references_stay_references():
    held = {"catalog": clockify.CATALOG, "rules": clockify.RULES}
    request = ask(
        subscription=dump(SUB, **held),
        **asked({"change": "switch_plan", "plan": "standard"}),
    )
    assert request.catalog == clockify.CATALOG
    value = change_answer(request)["subscription"]["value"]
    assert value["plan"]["ref"] == "standard"
    assert value["rules"]["ref"] == clockify.RULES.name
    assert change_answer(ask())["subscription"]["value"]["plan"] == to_data(BASIC)


def test_references_are_looked_up_in_the_catalogue_of_the_request():
    rules = BillingRules(name="ours")
    sub = opened(TEAMS, seats={"team": 3, "guest": 0}, rules=rules)
    catalog = Catalog((TEAMS,))
    data = {
        "rulebook": None,
        "catalog": to_data(catalog),
        "rules": to_data(rules),
        "subscription": dump(sub, catalog=catalog, rules=rules),
    }
    assert ask(**data, changes=[]).subscription == sub
    other = {**data, "rules": to_data(BillingRules(name="theirs"))}
    assert refused(**other) == [("$.subscription.value.rules", "unknown_reference")]
    broken = {**data, "catalog": 3, "rules": 3, "changes": []}
    assert refused(**broken) == [
        ("$.catalog", "wrong_type"),
        ("$.rules", "wrong_type"),
    ]


def test_a_frozen_subscription_goes_on_by_itself():
    rules = attrs.evolve(clockify.RULES, max_freeze_days=30)
    frozen = change(opened(rules=rules), Freeze(), on=START).subscription
    found = change_request(ask(subscription=dump(frozen), on="2026-06-10", changes=[]))
    assert found.subscription == renew(frozen, on=dt.date(2026, 6, 10)).subscription


@given(histories())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_whole_history_can_be_walked_by_requests(history):
    """Preview is the change, also by a pipe: text in, text out, at every step."""
    sub = history.opening.subscription
    document = dump(sub)
    for day, changes in history.entries:
        request = {
            "subscription": document,
            "on": to_data(day),
            "changes": to_data(changes),
        }
        wanted = tried(sub, changes, day)
        if isinstance(wanted, str):
            found = problems(change_request, read_change_request(request))
            assert [code for _, code in found] == [wanted]
            continue
        answer = parse(json.dumps(change_answer(read_change_request(request))))
        sub, document = wanted.subscription, answer["subscription"]
        assert load(document) == sub
        assert answer["previous_version"] == wanted.previous_version
        assert [one["key"] for one in answer["invoices"]] == [
            invoice.key for invoice in wanted.invoices
        ]


def tried(sub, changes, day):
    """Return what *changes* come to, or the code with which they are refused."""
    try:
        return change(sub, *changes, on=day)
    except SeatbillError as error:
        return error.code


def test_a_request_is_a_value_that_comes_back():
    found = from_data(to_data(ask()), ChangeRequest)
    assert found == ask()
