"""Packages of one add-on, services that are bought once, add-ons sold in batches.

Ten seats at 30.00 and four of a package: bronze 30.00, silver 45.00, gold 60.00 a month
each.  On 16 April 15 of the 30 days are left.
"""

from __future__ import annotations

import datetime as dt
import pickle
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Cancel,
    Catalog,
    ChargeFee,
    Convention,
    Discount,
    GrantCredit,
    Interval,
    Money,
    Plan,
    Price,
    RemoveAddOn,
    Resume,
    Service,
    SetTaxRates,
    Settlement,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Timing,
    adopt,
    bill,
    change,
    renew,
    subscribe,
    verify,
)
from seatbill.errors import (
    BatchError,
    CancellationPendingError,
    CurrencyMismatchError,
    InsufficientUnitsError,
    NoPriceError,
    OutOfBoundsError,
    RequirementError,
    SeatbillError,
    SubscriptionEndedError,
    TooFewSeatsError,
    TooManySeatsError,
    UnknownItemError,
    WrongTypeError,
)
from seatbill.invoices import LineKind
from seatbill.payments import PercentageFee
from seatbill.rules import UnusedTime
from shop import LARGE, SMALL, told, usd, waiting
from stories import Story, at, bills, digits, sum_of, when

MIDDLE = "2026-04-16"
IMMEDIATE, PERIOD_END = Timing.IMMEDIATE, Timing.PERIOD_END


def package(id: str, unit_amount: str, rank: int, **more) -> AddOn:
    """Return a package of support."""
    return AddOn(id, id, (usd(unit_amount),), family="support", rank=rank, **more)


BRONZE = package("bronze", "30.00", 1)
SILVER = package("silver", "45.00", 2)
GOLD = package("gold", "60.00", 3)
UP, DOWN = SwitchPackage(BRONZE, GOLD), SwitchPackage(GOLD, BRONZE)
SETUP = Service("setup", "Set-up", Money("99.00", "USD"))
GIFT = Service("gift", "Gift", Money("0.00", "USD"))
COURSE = Service(
    "course",
    "Course",
    Money("950.00", "USD"),
    included={"session": 5, "module": 3},
    features=("analysis", "tips"),
)
MINUTES = AddOn("minutes", "Minutes", (usd("0.30"),), batch=100)
VAT = TaxRate("vat", "0.19")


def ten(*add_ons, on="2026-04-01", **more) -> Story:
    """Return the story of ten seats and what is bought with them."""
    more.setdefault("plan", SMALL)
    return Story(more.pop("plan"), on, seats=10, add_ons=add_ons, **more)


def four(owned: AddOn, **more) -> Story:
    """Return the story of ten seats and four of a package."""
    return ten((owned, 4), **more)


def owned(story: Story) -> dict[str, int]:
    """Return how many of each add-on are owned."""
    return {a.add_on.id: a.quantity for a in story.subscription.add_ons}


# ----------------------------------------------------------------- packages, exchanged


def test_a_higher_package_comes_at_once_with_the_same_quantity():
    """4 × 30.00 × 15/30 comes back, 4 × 60.00 × 15/30 is charged."""
    story = four(BRONZE)
    raised = story.change(MIDDLE, UP)
    assert bills(raised) == ["2026-04-16: -60.00 +120.00 = 60.00"]
    assert (owned(story), raised.effective_on) == ({"gold": 4}, at(MIDDLE))
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 +240.00 = 540.00"]


def test_a_lower_package_comes_at_the_end_of_the_period():
    story = four(GOLD)
    lowered = story.change(MIDDLE, DOWN)
    assert (lowered.invoices, lowered.effective_on) == ((), at("2026-05-01"))
    assert owned(story) == {"gold": 4}
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 +120.00 = 420.00"]
    assert owned(story) == {"bronze": 4}


def test_a_package_counts_instants_too():
    """14.5 of 30 days are left at noon: −4 × 30.00 and 4 × 60.00 of them."""
    story = four(BRONZE, on="2026-04-01T00:00:00+00:00")
    raised = story.change("2026-04-16T12:00:00+00:00", UP)
    assert bills(raised) == ["2026-04-16T12:00:00Z: -58.00 +116.00 = 58.00"]
    assert {line.share for line in raised.invoice.lines} == {Fraction(29, 60)}


@pytest.mark.parametrize(
    ("convention", "sums"),
    [
        (Convention.ACTUAL, "-60.00 +120.00 = 60.00"),
        (Convention.ACTUAL_30, "-60.00 +120.00 = 60.00"),
        (Convention.THIRTY_360, "-60.00 +120.00 = 60.00"),
        (Convention.FULL, "-120.00 +240.00 = 120.00"),
    ],
)
def test_a_package_is_counted_by_every_convention(convention, sums):
    story = four(BRONZE, rules=BillingRules(convention=convention))
    assert bills(story.change(MIDDLE, UP)) == [f"2026-04-16: {sums}"]


def test_the_credit_names_the_charge_of_the_package_that_ends():
    story = four(BRONZE)
    opened = story.opening.invoice.lines[1]
    credit, charge = story.change(MIDDLE, UP).invoice.lines
    assert (credit.kind, credit.item, credit.quantity) == ("credit", "bronze", -4)
    assert credit.charge_id == opened.charge_id
    assert (charge.kind, charge.item, charge.quantity) == ("charge", "gold", 4)
    assert (charge.unit_amount, charge.full_amount) == (60, 240)


def test_what_is_kept_is_not_credited():
    story = four(BRONZE, rules=BillingRules(unused_time=UnusedTime.KEPT))
    assert bills(story.change(MIDDLE, UP)) == ["2026-04-16: +120.00 = 120.00"]


def test_up_and_back_on_one_day_come_to_nothing():
    story = four(BRONZE)
    story.change(MIDDLE, UP)
    back = story.change(MIDDLE, DOWN, timing=IMMEDIATE)
    assert bills(back) == ["2026-04-16: -120.00 +60.00 = -60.00 due 0.00"]
    assert story.balance == "60.00"
    both = four(BRONZE)
    netted = both.change(MIDDLE, UP, DOWN, timing=IMMEDIATE)
    assert bills(netted) == ["2026-04-16: -60.00 +120.00 -120.00 +60.00 = 0.00"]


def test_packages_of_equal_rank_are_exchanged_at_once():
    other = package("other", "20.00", 1)
    story = four(BRONZE)
    assert bills(story.change(MIDDLE, SwitchPackage(BRONZE, other))) == [
        "2026-04-16: -60.00 +40.00 = -20.00 due 0.00"
    ]


def test_the_lines_of_an_exchange_wait_where_the_rules_say_so():
    story = four(BRONZE, rules=BillingRules(settlement=Settlement.ON_RENEWAL))
    assert bills(story.change(MIDDLE, UP)) == []
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: -60.00 +120.00 +300.00 +240.00 = 600.00"
    ]


def test_a_percentage_is_part_of_both_packages():
    """A tenth off: 54.00 back, 108.00 charged."""
    story = four(BRONZE, discounts=[Discount.percent("10", id="off")])
    assert bills(story.change(MIDDLE, UP)) == ["2026-04-16: -54.00 +108.00 = 54.00"]


def test_each_package_is_taxed_by_the_rates_of_its_charge():
    """19 % of −60.00 on the old, 7 % of 120.00 on the new."""
    story = four(BRONZE, tax_rates=[VAT])
    story.change("2026-04-10", SetTaxRates([TaxRate("low", "0.07")]))
    raised = story.change(MIDDLE, UP).invoice
    assert [(t.rate.id, digits(t.amount)) for t in raised.taxes] == [
        ("vat", "-11.40"),
        ("low", "8.40"),
    ]
    assert digits(raised.total) == "57.00"


def test_in_a_trial_a_package_is_exchanged_free_of_charge():
    story = four(GOLD, trial_end="2026-04-20")
    assert bills(story.change(MIDDLE, DOWN)) == []
    assert owned(story) == {"bronze": 4}
    assert bills(story.renew("2026-04-20")) == ["2026-04-20: +300.00 +120.00 = 420.00"]


# ------------------------------------------------------------------ packages that wait


def test_more_of_a_package_that_will_be_lower_costs_what_it_costs_now():
    """One more gold: 60.00 × 15/30; from May five of bronze."""
    story = four(GOLD)
    story.change("2026-04-10", DOWN)
    assert bills(story.change(MIDDLE, AddAddOn(GOLD))) == ["2026-04-16: +30.00 = 30.00"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 +150.00 = 450.00"]
    assert owned(story) == {"bronze": 5}


def test_a_newer_exchange_takes_the_place_of_one_that_waits():
    story = four(GOLD)
    story.change("2026-04-10", DOWN)
    newer = story.change("2026-04-11", SwitchPackage(GOLD, SILVER))
    assert [update.value.id for update in newer.replaced] == ["bronze"]
    assert waiting(story.subscription) == ["package support: silver on 2026-05-01"]


def test_an_exchange_at_once_drops_one_that_waits():
    story = four(SILVER)
    story.change("2026-04-10", SwitchPackage(SILVER, BRONZE))
    raised = story.change(MIDDLE, SwitchPackage(SILVER, GOLD))
    assert [update.value.id for update in raised.replaced] == ["bronze"]
    assert waiting(story.subscription) == []


def test_a_removal_that_waits_goes_with_the_package():
    story = four(BRONZE)
    story.change("2026-04-10", RemoveAddOn(BRONZE))
    story.change(MIDDLE, UP)
    assert waiting(story.subscription) == ["add_on gold: 3 gold on 2026-05-01"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 +180.00 = 480.00"]


def test_a_package_that_waits_ends_with_the_subscription():
    story = four(GOLD)
    story.change("2026-04-10", DOWN, Cancel())
    assert bills(story.renew("2026-05-01")) == []
    assert owned(story) == {}


def test_a_package_that_waits_meets_an_interval_that_waits():
    """A year of bronze: 4 × 12 × 30.00."""
    story = four(GOLD, rules=BillingRules(longer_interval=PERIOD_END))
    story.change("2026-04-10", DOWN, SwitchInterval(ANNUAL))
    assert bills(story.renew("2026-05-01")) == [
        "2026-05-01: +3600.00 +1440.00 = 5040.00"
    ]


def test_a_restart_lets_the_package_that_waits_take_effect():
    """Everything of April comes back for 15 days, May starts on the 16th."""
    story = four(GOLD, rules=BillingRules(upgrade=Timing.RESTART))
    story.change("2026-04-10", DOWN)
    assert bills(story.change(MIDDLE, SwitchPlan(LARGE))) == [
        "2026-04-16: -150.00 -120.00 +600.00 +120.00 = 450.00"
    ]
    assert owned(story) == {"bronze": 4}


def test_a_restart_by_a_package_is_refused_while_an_end_waits():
    story = four(BRONZE)
    story.change("2026-04-10", Cancel())
    with pytest.raises(CancellationPendingError):
        story.change(MIDDLE, UP, timing=Timing.RESTART)
    restarted = story.change(MIDDLE, Resume(), UP, timing=Timing.RESTART)
    assert bills(restarted) == ["2026-04-16: -150.00 -60.00 +300.00 +240.00 = 330.00"]


def test_a_higher_package_says_until_when_it_serves():
    story = four(BRONZE)
    story.change("2026-04-10", Cancel())
    raised = story.change(MIDDLE, UP)
    assert told(raised) == ["serves_until"]
    assert raised.notices[0].value("on") == at("2026-05-01")


# ------------------------------------------------------------ packages that are refused


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (SwitchPackage(GOLD, SILVER), UnknownItemError),  # gold is not owned
        (
            SwitchPackage(BRONZE, package("pro", "9.00", 9, requires_plans=("large",))),
            RequirementError,
        ),
        (
            SwitchPackage(BRONZE, package("sso", "9.00", 9, requires_add_ons=("sso",))),
            RequirementError,
        ),
        (SwitchPackage(BRONZE, package("tens", "9.00", 9, batch=10)), BatchError),
        (SwitchPackage(BRONZE, package("low", "9.00", 0, batch=10)), BatchError),
        (
            SwitchPackage(
                BRONZE,
                AddOn("few", "F", (usd("9.00", max_quantity=3),), family="support"),
            ),
            TooManySeatsError,
        ),
        (
            SwitchPackage(
                BRONZE,
                AddOn(
                    "many",
                    "M",
                    (usd("9.00", min_quantity=5),),
                    family="support",
                    rank=9,
                ),
            ),
            TooFewSeatsError,
        ),
        (
            SwitchPackage(
                BRONZE,
                AddOn("yearly", "Y", (usd("9.00", interval=ANNUAL),), family="support"),
            ),
            NoPriceError,
        ),
        (
            SwitchPackage(
                BRONZE,
                AddOn(
                    "euro",
                    "E",
                    (Price(unit_amount="9.00", currency="EUR"),),
                    family="support",
                    rank=9,
                ),
            ),
            NoPriceError,
        ),
    ],
    ids=lambda value: getattr(getattr(value, "package", None), "id", ""),
)
def test_a_package_that_cannot_be_is_refused_now_and_for_later(asked, error):
    story = four(BRONZE)
    before = story.subscription
    for timing in (None, IMMEDIATE, PERIOD_END):
        with pytest.raises(error):
            story.change(MIDDLE, asked, timing=timing)
    assert story.subscription is before


@pytest.mark.parametrize(
    ("timing", "sums"),
    [  # 4 × 3.00 × 15/30 of what needs bronze comes back as well
        (IMMEDIATE, ["2026-04-16: -60.00 -6.00 +120.00 = 54.00"]),
        (PERIOD_END, []),
    ],
)
def test_what_needs_the_package_that_ends_goes_with_it(timing, sums):
    needs = AddOn("extra", "Extra", (usd("3.00"),), requires_add_ons=("bronze",))
    story = ten((BRONZE, 4), (needs, 4))
    raised = story.change(MIDDLE, UP, timing=timing)
    renewed = story.renew("2026-05-01")
    assert bills(raised) == sums
    assert owned(story) == {"gold": 4}
    assert [*told(raised), *told(renewed)] == ["add_on_dropped"]


def test_packages_of_two_families_leave_each_other_alone():
    other = AddOn("backup", "Backup", (usd("3.00"),), family="backup", rank=1)
    more = AddOn("vault", "Vault", (usd("6.00"),), family="backup", rank=2)
    story = ten((GOLD, 4), (other, 2))
    story.change("2026-04-10", DOWN)
    story.change(MIDDLE, SwitchPackage(other, more))
    assert owned(story) == {"gold": 4, "vault": 2}
    assert waiting(story.subscription) == ["package support: bronze on 2026-05-01"]
    story.renew("2026-05-01")
    assert owned(story) == {"bronze": 4, "vault": 2}


@pytest.mark.parametrize("wrong", [None, "gold", ("gold", 1), 4])
def test_what_is_no_package_is_refused(wrong):
    for arguments in ((GOLD, wrong), (wrong, GOLD)):
        with pytest.raises(WrongTypeError):
            SwitchPackage(*arguments)


# ----------------------------------------------------------------------------- services


@pytest.mark.parametrize(
    "on", ["2026-04-01", "2026-04-16", "2026-04-30", "2026-05-01", "2026-06-17"]
)
def test_a_service_costs_the_same_on_any_day(on):
    story = ten()
    bought = story.change(on, BuyService(SETUP))
    assert bills(bought)[-1] == f"{on}: +99.00 = 99.00"
    (line,) = bought.invoices[-1].lines
    assert (line.kind, line.item, line.unit) == ("service", "setup", "service")
    assert (line.share, line.unit_amount, line.full_amount) == (1, 99, 99)
    assert (when(line.period.start), line.period.days) == (on, 1)


def test_a_service_at_an_instant_is_of_the_day_that_follows():
    story = ten(on="2026-04-01T00:00:00+00:00")
    bought = story.change("2026-04-16T12:34:56+00:00", BuyService(SETUP, 2))
    assert bills(bought) == ["2026-04-16T12:34:56Z: +198.00 = 198.00"]
    (line,) = bought.invoice.lines
    assert line.period.end - line.period.start == dt.timedelta(1)


def test_a_service_can_be_bought_again():
    story = ten()
    for on in ("2026-04-16", "2026-04-16", "2026-04-17"):
        assert bills(story.change(on, BuyService(SETUP))) == [f"{on}: +99.00 = 99.00"]


def test_a_service_stands_beside_the_lines_of_its_call():
    story = ten()
    both = story.change(MIDDLE, BuyService(SETUP), AddSeats(1), BuyService(GIFT))
    assert bills(both) == ["2026-04-16: +99.00 +15.00 +0.00 = 114.00"]
    assert [line.kind for line in both.invoice.lines] == [
        LineKind.SERVICE,
        LineKind.CHARGE,
        LineKind.SERVICE,
    ]


def test_a_free_service_is_a_line_of_zero():
    assert bills(ten().change(MIDDLE, BuyService(GIFT))) == ["2026-04-16: +0.00 = 0.00"]


def test_nothing_of_a_service_comes_back():
    story = ten()
    story.change("2026-04-10", BuyService(SETUP))
    ended = story.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    assert bills(ended) == ["2026-04-16: -150.00 = -150.00 due 0.00"]
    story = ten()
    story.change("2026-04-10", BuyService(SETUP))
    switched = story.change(MIDDLE, SwitchPlan(LARGE))
    assert bills(switched) == ["2026-04-16: -150.00 +300.00 = 150.00"]
    assert digits(story.preview().total) == "600.00"


def test_discounts_are_for_what_runs_and_not_for_a_service():
    off = [Discount.percent("10", id="off"), Discount.fixed("20.00", "USD", id="less")]
    story = ten(discounts=off)
    assert bills(story.opening) == ["2026-04-01: +270.00 -20.00 = 250.00"]
    assert bills(story.change(MIDDLE, BuyService(SETUP))) == [
        "2026-04-16: +99.00 = 99.00"
    ]


@pytest.mark.parametrize(
    ("rate", "sums"),
    [
        (VAT, "+99.00 tax +18.81 = 117.81"),  # 99.00 × 0.19
        (TaxRate("in", "0.19", inclusive=True), "+99.00 = 99.00"),  # 15.81 of it
    ],
)
def test_a_service_is_taxed_by_the_rates_of_the_day(rate, sums):
    story = ten()
    story.change("2026-04-10", SetTaxRates([rate]))
    bought = story.change(MIDDLE, BuyService(SETUP))
    assert bills(bought) == [f"2026-04-16: {sums}"]
    assert digits(bought.invoice.tax) == ("18.81" if rate is VAT else "15.81")


def test_the_credit_balance_pays_a_service():
    story = ten()
    story.change("2026-04-10", GrantCredit(Money("60.00", "USD"), "an apology"))
    assert bills(story.change(MIDDLE, BuyService(SETUP))) == [
        "2026-04-16: +99.00 = 99.00 due 39.00"
    ]


def test_a_service_waits_for_the_month_where_changes_do():
    story = ten(
        on="2026-01-01",
        interval=QUARTERLY,
        rules=BillingRules(settlement=Settlement.MONTHLY),
    )
    assert bills(story.change("2026-01-10", BuyService(SETUP))) == []
    assert bills(story.renew("2026-02-28")) == ["2026-02-01: +99.00 = 99.00"]


def test_a_service_can_be_bought_on_the_free_plan_and_not_after_the_end():
    free = Plan("free", "Free", 0)
    on_free = Story(
        free,
        "2026-04-01",
        seats=0,
        currency="USD",
        rules=BillingRules(free_plan=free),
    )
    assert bills(on_free.change(MIDDLE, BuyService(SETUP))) == [
        "2026-04-16: +99.00 = 99.00"
    ]
    ended = ten()
    ended.change(MIDDLE, Cancel(), timing=IMMEDIATE)
    with pytest.raises(SubscriptionEndedError):
        ended.change(MIDDLE, BuyService(SETUP))


def test_a_service_says_nothing_of_an_end_that_waits():
    story = ten()
    story.change("2026-04-10", Cancel())
    assert told(story.change(MIDDLE, BuyService(SETUP))) == []


# ------------------------------------------------------------------- what a service has


@pytest.mark.parametrize(
    ("used", "n", "bought", "left"),
    [
        pytest.param(0, 1, 1, 4, id="the first"),
        pytest.param(4, 1, 1, 0, id="the fifth"),
        pytest.param(0, 5, 1, 0, id="all at once"),
        pytest.param(5, 1, 2, 4, id="the sixth, of two"),
    ],
)
def test_what_is_included_can_be_taken(used, n, bought, left):
    assert COURSE.admit("session", used, n, bought=bought) == left


@pytest.mark.parametrize(
    ("name", "used", "n", "bought", "balance", "missing"),
    [
        pytest.param("session", 5, 1, 1, 0, 1, id="the sixth session"),
        pytest.param("session", 3, 4, 1, 2, 2, id="four more after three"),
        pytest.param("session", 9, 1, 1, 0, 1, id="more than there were"),
        pytest.param("session", 10, 1, 2, 0, 1, id="the eleventh, of two"),
        pytest.param("module", 3, 1, 1, 0, 1, id="the fourth module"),
    ],
)
def test_one_too_many_is_refused(name, used, n, bought, balance, missing):
    with pytest.raises(InsufficientUnitsError) as refused:
        COURSE.admit(name, used, n, bought=bought)
    error = refused.value
    assert error.code == "insufficient_units"
    assert (error.unit, error.asked, error.balance, error.missing) == (
        name,
        n,
        balance,
        missing,
    )


@pytest.mark.parametrize(
    ("arguments", "more", "error"),
    [
        (("lesson", 0), {}, UnknownItemError),
        ((None, 0), {}, WrongTypeError),
        (("", 0), {}, OutOfBoundsError),
        (("session", -1), {}, OutOfBoundsError),
        (("session", True), {}, WrongTypeError),
        (("session", 0.0), {}, WrongTypeError),
        (("session", 0, 0), {}, OutOfBoundsError),
        (("session", 0, "1"), {}, WrongTypeError),
        (("session", 0), {"bought": 0}, OutOfBoundsError),
        (("session", 0), {"bought": None}, WrongTypeError),
    ],
)
def test_an_allowance_is_asked_for_by_name_and_number(arguments, more, error):
    with pytest.raises(error):
        COURSE.admit(*arguments, **more)


def test_what_a_service_does_not_count_is_named():
    with pytest.raises(UnknownItemError) as refused:
        COURSE.admit("lesson", 0)
    assert refused.value.offered == ("session", "module")
    with pytest.raises(UnknownItemError) as refused:
        SETUP.admit("session", 0)
    assert refused.value.offered == ()


def test_a_service_is_a_value():
    again = attrs.evolve(COURSE, features=["analysis", "tips"])
    assert again == COURSE == pickle.loads(pickle.dumps(COURSE))
    assert hash(again) == hash(COURSE)
    assert (SETUP.features, COURSE.features) == ((), ("analysis", "tips"))
    for wrong in ("tips", (1,), 5):
        with pytest.raises(WrongTypeError):
            attrs.evolve(SETUP, features=wrong)
    with pytest.raises(OutOfBoundsError):
        attrs.evolve(SETUP, features=[""])
    assert Catalog((), services=[COURSE]).service("course") is COURSE


# ------------------------------------------------------------------------------ batches


@pytest.mark.parametrize("quantity", [1, 50, 99, 101, 150])
def test_what_is_no_whole_batch_is_refused_everywhere(quantity):
    story = ten((MINUTES, 300))
    added, removed = AddAddOn(MINUTES, quantity), RemoveAddOn(MINUTES, quantity)
    for call, asked in (
        (lambda: story.change(MIDDLE, added), 300 + quantity),
        (lambda: story.change(MIDDLE, added, timing=PERIOD_END), 300 + quantity),
        (lambda: story.change(MIDDLE, removed), 300 - quantity),
        (lambda: story.change(MIDDLE, removed, timing=IMMEDIATE), 300 - quantity),
        (lambda: ten((MINUTES, quantity)), quantity),
    ):
        with pytest.raises(BatchError) as refused:
            call()
        error = refused.value
        assert (error.item, error.asked, error.batch) == ("minutes", asked, 100)
    assert owned(story) == {"minutes": 300}


def test_batches_are_not_adopted_in_parts():
    with pytest.raises(BatchError):
        adopt(
            SMALL,
            id="parts",
            interval=MONTHLY,
            seats=10,
            current_period=ten().subscription.current_period,
            charged={"seat": Money("300.00", "USD"), "minutes": Money("45.00", "USD")},
            rules=BillingRules(),
            add_ons=[(MINUTES, 150)],
        )


@pytest.mark.parametrize(
    ("interval", "start", "on", "sums"),
    [
        pytest.param(
            MONTHLY,
            "2026-04-01",
            MIDDLE,
            "2026-04-16: +30.00 = 30.00",
            id="200 × 0.30 × 15/30",
        ),
        pytest.param(
            ANNUAL,
            "2026-01-01",
            "2026-06-15",
            "2026-06-15: +394.52 = 394.52",
            id="200 × 3.60 × 200/365 = 394.5205…",
        ),
        pytest.param(
            MONTHLY,
            "2026-04-01T00:00:00+00:00",
            "2026-04-16T12:00:00+00:00",
            "2026-04-16T12:00:00Z: +29.00 = 29.00",
            id="200 × 0.30 × 14.5/30",
        ),
    ],
)
def test_batches_are_prorated_as_their_units(interval, start, on, sums):
    story = ten(on=start, interval=interval)
    assert bills(story.change(on, AddAddOn(MINUTES, 200))) == [sums]


def test_batches_given_up_are_kept_to_the_end_of_the_period():
    story = ten((MINUTES, 300))
    given = story.change(MIDDLE, RemoveAddOn(MINUTES, 200))
    assert (given.invoices, owned(story)) == ((), {"minutes": 300})
    assert waiting(story.subscription) == ["add_on minutes: 100 minutes on 2026-05-01"]
    assert bills(story.renew("2026-05-01")) == ["2026-05-01: +300.00 +30.00 = 330.00"]


def test_batches_taken_again_undo_what_waits_first():
    """One batch stays free of charge, one is bought: 100 × 0.30 × 15/30."""
    story = ten((MINUTES, 300))
    story.change("2026-04-10", RemoveAddOn(MINUTES, 100))
    again = story.change(MIDDLE, AddAddOn(MINUTES, 200))
    assert bills(again) == ["2026-04-16: +15.00 = 15.00"]
    assert told(again) == ["removals_undone"]
    assert owned(story) == {"minutes": 400}


def test_batches_at_once_give_back_their_days():
    story = ten((MINUTES, 300))
    given = story.change(MIDDLE, RemoveAddOn(MINUTES, 200), timing=IMMEDIATE)
    assert bills(given) == ["2026-04-16: -30.00 = -30.00 due 0.00"]
    all_of_it = story.change(MIDDLE, RemoveAddOn(MINUTES, 100))
    assert waiting(all_of_it.subscription) == [
        "add_on minutes: 0 minutes on 2026-05-01"
    ]


# --------------------------------------------------------------------------------- laws

PACKAGES = (BRONZE, SILVER, GOLD)
RULES = st.builds(
    BillingRules,
    package_up=st.sampled_from(Timing),
    package_down=st.sampled_from(Timing),
    add_on_removed=st.sampled_from((IMMEDIATE, PERIOD_END, Timing.FORFEIT)),
    settlement=st.sampled_from(Settlement),
    convention=st.sampled_from(Convention),
    unused_time=st.sampled_from(UnusedTime),
    notice_days=st.sampled_from((0, 15)),
)
ASKED = st.one_of(
    st.builds(SwitchPackage, st.sampled_from(PACKAGES), st.sampled_from(PACKAGES)),
    st.builds(AddAddOn, st.sampled_from(PACKAGES), st.integers(1, 3)),
    st.builds(RemoveAddOn, st.sampled_from(PACKAGES), st.integers(1, 3)),
    st.builds(AddAddOn, st.just(MINUTES), st.sampled_from((100, 200))),
    st.builds(RemoveAddOn, st.just(MINUTES), st.sampled_from((100, 200))),
    st.builds(BuyService, st.sampled_from((SETUP, GIFT, COURSE)), st.integers(1, 3)),
)
HISTORIES = st.lists(
    st.tuples(st.integers(0, 20), st.lists(ASKED, min_size=1, max_size=2)), max_size=8
)


@given(RULES, HISTORIES, st.sampled_from((MONTHLY, QUARTERLY, Interval(months=2))))
def test_a_history_billed_at_once_is_the_history_step_by_step(rules, asked, interval):
    opening = subscribe(
        SMALL,
        id="law",
        interval=interval,
        seats=10,
        on=dt.date(2026, 1, 31),
        rules=rules,
        add_ons=[(BRONZE, 4), (MINUTES, 100)],
    )
    day, outcome, history = dt.date(2026, 1, 31), opening, []
    invoices = list(opening.invoices)
    for gap, changes in asked:
        day += dt.timedelta(gap)
        try:
            outcome = change(outcome.subscription, *changes, on=day)
        except SeatbillError:
            continue
        history.append((day, tuple(changes)))
        invoices += outcome.invoices
        families = [a.add_on.family for a in outcome.subscription.add_ons]
        assert families.count("support") <= 1
        minutes = outcome.subscription.add_on_quantity("minutes")
        assert minutes % MINUTES.batch == 0
    until = day + dt.timedelta(70)
    last = renew(outcome.subscription, on=until)
    statement = bill(opening, history, until=until)
    assert statement.invoices == (*invoices, *last.invoices)
    assert statement.subscription == last.subscription
    charged: dict[str, int] = {}
    for invoice in statement.invoices:
        assert verify(invoice) == (), sum_of(invoice)
        for line in invoice.lines:
            if line.kind is LineKind.SERVICE:
                assert line.share == 1
                continue
            left = charged.get(line.charge_id, 0) + line.amount.minor_units
            charged[line.charge_id] = left
            assert left >= 0  # never more back than was charged


# ------------------------------------------------------------------------------ fees


@pytest.mark.rule("CM-14")
def test_a_share_of_ticket_sales_is_a_fee_on_the_invoice():
    fee = PercentageFee("5").of(Money("19.99", "USD"), quantity=100)
    charged = ten().change(MIDDLE, ChargeFee("ticket fee", fee))
    assert bills(charged) == ["2026-04-16: +99.95 = 99.95"]  # 0.05 x 1999.00
    (line,) = charged.invoice.lines
    assert (line.kind, line.item, line.unit_amount) == (
        LineKind.FEE,
        "ticket fee",
        Fraction("99.95"),
    )
    assert verify(charged.invoice) == ()


def test_a_fee_is_of_the_currency_of_the_subscription_and_not_negative():
    with pytest.raises(CurrencyMismatchError):
        ten().change(MIDDLE, ChargeFee("fee", Money("1.00", "EUR")))
    with pytest.raises(OutOfBoundsError):
        ChargeFee("fee", Money("-0.01", "USD"))
