"""Notice that binds what acts at once too, as a rule of its own.

Source: TL-3, TL-27.  With 15 days before 1 May, 16 April is in time and 17 April late.
"""

from __future__ import annotations

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Freeze,
    Plan,
    Price,
    RemoveAddOn,
    RemoveSeats,
    SetSeats,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    Timing,
    change,
    renew,
    subscribe,
)
from seatbill.errors import LateNoticeError
from seatbill.rules import Direction, LateNotice, NoticeScope
from stories import at

SMALL = Plan("small", "Small", 1, (Price(unit_amount="10", currency="USD"),))
LARGE = Plan("large", "Large", 2, (Price(unit_amount="20", currency="USD"),))
PRICES = (Price(unit="user", unit_amount="3", currency="USD"),)
BASIC = AddOn("basic", "Basic", PRICES, family="meeting", rank=1)
BEYOND = AddOn("beyond", "Beyond", PRICES, family="meeting", rank=2)
SSO = AddOn("sso", "SSO", PRICES)
AT_ONCE = {direction.value: Timing.IMMEDIATE for direction in Direction}
RULES = BillingRules(
    **AT_ONCE, notice_days=15, notice_scope=NoticeScope.EVERY_CHANGE, max_freeze_days=9
)

EVERY_CHANGE = [
    pytest.param(SwitchPlan(LARGE), id="a higher plan"),
    pytest.param(SwitchPlan(attrs.evolve(LARGE, rank=0)), id="a lower plan"),
    pytest.param(SwitchInterval(ANNUAL), id="a longer interval"),
    pytest.param(SwitchPlan(LARGE, ANNUAL), id="both"),
    pytest.param(SwitchPackage(BASIC, BEYOND), id="a larger package"),
    pytest.param(AddSeats(1), id="a seat more"),
    pytest.param(RemoveSeats(1), id="a seat fewer"),
    pytest.param(SetSeats(8), id="eight"),
    pytest.param(SetSeats(2), id="two"),
    pytest.param(AddAddOn(SSO), id="an add-on more"),
    pytest.param(RemoveAddOn(BASIC), id="an add-on fewer"),
    pytest.param(Cancel(), id="the end"),
]


def bought(rules=RULES, **more):
    return subscribe(
        SMALL,
        id="s",
        interval=MONTHLY,
        seats=5,
        on=at("2026-04-01"),
        rules=rules,
        add_ons=[(BASIC, 4)],
        **more,
    ).subscription


@pytest.mark.rule("TL-3")
@pytest.mark.parametrize("asked", EVERY_CHANGE)
def test_in_time_it_acts_at_once_and_late_it_waits_and_says_so(asked):
    in_time = change(bought(), asked, on=at("2026-04-16"))
    assert in_time.effective_on == at("2026-04-16")
    assert in_time.notices == ()
    for on in ("2026-04-17", "2026-04-30"):
        late = change(bought(), asked, on=at(on))
        assert (late.invoices, late.effective_on) == ((), at("2026-06-01"))
        assert late.notices[0].code in ("late_notice", "late_cancellation")


@pytest.mark.rule("TL-3")
@pytest.mark.parametrize("asked", EVERY_CHANGE)
def test_late_it_is_refused_where_the_rules_say_so(asked):
    rules = attrs.evolve(RULES, late_notice=LateNotice.REFUSE)
    with pytest.raises(LateNoticeError) as refused:
        change(bought(rules), asked, on=at("2026-04-17"))
    assert refused.value.last_day == at("2026-04-16")


@pytest.mark.parametrize("asked", EVERY_CHANGE)
def test_what_is_scheduled_alone_needs_notice_unless_the_rules_say_more(asked):
    rules = attrs.evolve(RULES, notice_scope=NoticeScope.SCHEDULED)
    free = change(bought(rules), asked, on=at("2026-04-17"))
    exempt = attrs.evolve(RULES, notice_exempt=tuple(Direction))
    assert change(bought(exempt), asked, on=at("2026-04-17")).invoices == free.invoices
    assert free.effective_on == at("2026-04-17")


@pytest.mark.parametrize("asked", EVERY_CHANGE)
def test_by_hand_it_needs_no_notice(asked):
    timing = Timing.IMMEDIATE
    late = change(bought(), asked, on=at("2026-04-17"), timing=timing)
    assert late.effective_on == at("2026-04-17")


@pytest.mark.parametrize("asked", EVERY_CHANGE)
def test_in_a_trial_nobody_is_bound(asked):
    sub = bought(trial_end=at("2026-05-01"))
    late = change(sub, asked, on=at("2026-04-30"))
    assert late.effective_on == at("2026-04-30")


def test_a_freeze_moves_the_last_day_of_notice():
    """Frozen on 11 April for 9 days at most, the period ends on 10 May."""
    frozen = change(bought(), Freeze(), on=at("2026-04-11")).subscription
    thawed = renew(frozen, on=at("2026-04-20")).subscription
    for on, effective_on in (
        ("2026-04-25", "2026-04-25"),
        ("2026-04-26", "2026-06-10"),
    ):
        asked = change(thawed, SwitchPlan(LARGE), on=at(on))
        assert asked.effective_on == at(effective_on)


def test_a_late_upgrade_costs_the_higher_price_from_its_day_on():
    late = change(bought(), SwitchPlan(LARGE), on=at("2026-04-17")).subscription
    totals = [str(i.total) for i in renew(late, on=at("2026-06-01")).invoices]
    assert totals == ["62.00 USD", "112.00 USD"]  # 5 × 10 + 12, 5 × 20 + 12


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({}, []),
        ({"notice_exempt": tuple(Direction)}, ["notice_without_effect"]),
        ({"notice_scope": NoticeScope.SCHEDULED}, ["notice_without_effect"]),
    ],
)
def test_notice_for_nothing_is_a_contradiction(fields, codes):
    rules = attrs.evolve(RULES, **fields)
    assert [problem.code for problem in rules.problems()] == codes
