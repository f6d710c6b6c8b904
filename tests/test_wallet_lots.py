"""Prepaid units that lapse on a day, gifts among them, and what goes back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from seatbill import MONTHLY, Interval, Money
from seatbill.converters import dump, load
from seatbill.credit import CreditKind
from seatbill.errors import (
    CurrencyMismatchError,
    DateRangeError,
    InsufficientUnitsError,
    OutOfBoundsError,
    WrongTypeError,
)
from seatbill.wallets import (
    Decision,
    Pack,
    Purchase,
    TopUp,
    UnitLot,
    UnusedUnits,
    Wallet,
    WalletPolicy,
    buy,
    decide,
    end,
    grant,
    lapse,
    settle,
    spend,
)
from stories import at


def euros(amount):
    return Money(amount, "EUR")


YEAR = Pack(id="year", units="100", price=euros("80.00"), valid_for=Interval(months=12))
MONTH = Pack(id="month", units="30", price=euros("30.00"), valid_for=MONTHLY)
PLAIN = Pack(id="plain", units="25", price=euros("20.00"))
POLICY = WalletPolicy(
    unit="credit", currency="EUR", purposes=["sms"], packs=[YEAR, MONTH, PLAIN]
)
GO_BACK = attrs.evolve(POLICY, unused=UnusedUnits.GO_BACK)


def bought(wallet, pack, on):
    """Return *wallet* with one pack more, ordered that day and paid."""
    decision = buy(wallet, pack, on=at(on))
    return settle(decision.wallet, decision.purchase.number)


def left(wallet):
    """Return what is left in each lot: kind, units, last day."""
    return [(str(x.kind), int(x.units), str(x.expires_on)) for x in wallet.lots]


@pytest.mark.parametrize(
    ("pack", "on", "last"),
    [
        (MONTH, "2026-03-15", "2026-04-14"),
        (MONTH, "2026-01-31", "2026-02-27"),
        (MONTH, "2028-01-31", "2028-02-28"),
        (YEAR, "2028-02-29", "2029-02-27"),
        (YEAR, "2027-03-01", "2028-02-29"),
        (attrs.evolve(PLAIN, valid_for=Interval(days=1)), "2026-03-15", "2026-03-15"),
    ],
)
def test_a_pack_is_valid_from_its_day_on(pack, on, last):
    purchase = Purchase(number=1, pack=pack, quantity=1, ordered_on=at(on))
    assert purchase.expires_on == at(last)


def test_a_pack_without_a_last_day_is_only_counted():
    wallet = bought(Wallet(POLICY), "plain", "2026-03-15")
    assert wallet.lots == ()
    assert (
        Purchase(
            number=1, pack=PLAIN, quantity=1, ordered_on=at("2026-03-15")
        ).expires_on
        is None
    )
    assert grant(wallet, "5").lots == ()
    assert grant(wallet, "0", expires_on=at("2026-03-20")).lots == ()


def test_what_lapses_first_is_spent_first():
    """A gift of 10 until 14 April stands before a pack until that day."""
    wallet = grant(Wallet(POLICY), "7")  # without a day
    wallet = bought(wallet, "year", "2026-03-15")
    wallet = bought(wallet, "month", "2026-03-15")
    wallet = grant(wallet, "10", expires_on=at("2026-04-14"))
    day = at("2026-04-14")
    wallet = spend(wallet, "12", purpose="sms", on=day)
    assert left(wallet) == [("paid", 28, "2026-04-14"), ("paid", 100, "2027-03-14")]
    wallet = spend(wallet, "130", purpose="sms", on=day)
    assert wallet.lots == ()
    assert wallet.balance == 5


def test_what_is_not_paid_back_is_spent_before_what_is():
    """With money that goes back: 7 that were given, then the pack of 25."""
    wallet = bought(grant(Wallet(GO_BACK), "7"), "plain", "2026-03-15")
    wallet = bought(wallet, "plain", "2026-03-15")
    wallet = spend(wallet, "10", purpose="sms")
    assert left(wallet) == [("paid", 22, "None"), ("paid", 25, "None")]
    wallet = spend(wallet, "30", purpose="sms", on=at("2026-03-16"))
    assert left(wallet) == [("paid", 17, "None")]


@pytest.mark.parametrize(
    ("on", "valid"), [("2026-04-14", 37), ("2026-04-15", 7), ("2030-01-01", 7)]
)
def test_the_last_day_is_included(on, valid):
    wallet = bought(grant(Wallet(POLICY), "7"), "month", "2026-03-15")
    assert wallet.balance_on(at(on)) == valid
    assert wallet.balance == 37
    decision = lapse(wallet, on=at(on))
    assert (decision.wallet.balance, decision.lapsed) == (valid, 37 - valid)
    assert lapse(decision.wallet, on=at(on)) == Decision(wallet=decision.wallet)
    with pytest.raises(InsufficientUnitsError) as refusal:
        spend(wallet, "40", purpose="sms", on=at(on))
    assert (refusal.value.balance, refusal.value.missing) == (valid, 40 - valid)


def test_a_spend_after_the_last_day_leaves_what_lapsed_alone():
    wallet = bought(grant(Wallet(POLICY), "7"), "month", "2026-03-15")
    wallet = spend(wallet, "7", purpose="sms", on=at("2026-04-15"))
    assert left(wallet) == [("paid", 30, "2026-04-14")]
    assert wallet.balance_on(at("2026-04-15")) == 0


def test_the_day_is_needed_where_units_lapse():
    wallet = bought(Wallet(POLICY), "month", "2026-03-15")
    with pytest.raises(WrongTypeError):
        spend(wallet, "1", purpose="sms")


def test_a_decision_tells_what_lapsed_and_tops_up_for_it():
    """30 lapse; of 7 that are left 2 are spent, and 5 is below 10: a pack of 25."""
    wallet = bought(grant(Wallet(POLICY), "7"), "month", "2026-03-15")
    wallet = attrs.evolve(wallet, top_up=TopUp(threshold="10", pack=PLAIN))
    before = decide(wallet, on=at("2026-04-14"), units="2", purpose="sms")
    assert (before.lapsed, before.purchase) == (0, None)
    after = decide(wallet, on=at("2026-04-15"), units="2", purpose="sms")
    assert (after.spent, after.lapsed, after.wallet.balance) == (2, 30, 5)
    assert after.purchase.quantity == 1
    short = decide(wallet, on=at("2026-04-15"), units="8", purpose="sms")
    assert [error.missing for error in short.refused] == [1]


def test_at_the_end_the_price_of_what_is_left_goes_back():
    """80.00 × 55/100 = 44.00, 30.00 × 10/30 = 10.00; the gift of 9 lapses."""
    wallet = bought(Wallet(GO_BACK), "month", "2026-03-15")
    wallet = spend(wallet, "20", purpose="sms", on=at("2026-03-16"))
    wallet = bought(wallet, "year", "2026-03-15")
    wallet = attrs.evolve(
        wallet,
        lots=[wallet.lots[0], attrs.evolve(wallet.lots[1], units="55")],
        units_out="65",
    )
    wallet = grant(wallet, "9")
    over = end(wallet, on=at("2026-04-14"))
    assert over.refund_due == euros("54.00")
    assert (over.returned, over.lapsed, over.wallet.balance) == (65, 9, 0)
    later = end(wallet, on=at("2026-04-15"))
    assert (later.refund_due, later.lapsed) == (euros("44.00"), 19)
    kept = end(attrs.evolve(wallet, policy=POLICY), on=at("2026-04-14"))
    assert (kept.refund_due, kept.lapsed, kept.returned) == (euros("0.00"), 74, 0)


def test_what_goes_back_is_rounded_once_for_each_lot():
    """10.00 × 1/3 = 3.33; in yen 1000 × 1/3 = 333."""
    for currency, price, back in (("EUR", "10.00", "3.33"), ("JPY", "1000", "333")):
        pack = Pack(id="p", units="3", price=Money(price, currency))
        policy = WalletPolicy(
            unit="credit",
            currency=currency,
            purposes=["sms"],
            packs=[pack],
            unused=UnusedUnits.GO_BACK,
        )
        wallet = bought(Wallet(policy), "p", "2026-03-15")
        wallet = spend(wallet, "2", purpose="sms")
        assert end(wallet, on=at("2026-03-15")).refund_due == Money(back, currency)


def test_lots_are_checked():
    with pytest.raises(OutOfBoundsError):
        UnitLot(units="2", size="1")
    with pytest.raises(OutOfBoundsError):
        UnitLot(units="0", size="1")
    lot = UnitLot(units="2", size="2")
    assert lot.kind is CreditKind.GIFT
    with pytest.raises(OutOfBoundsError) as refusal:
        Wallet(POLICY, units_in="1", lots=[lot])
    assert refusal.value.name == "lots"
    dollars = attrs.evolve(lot, price=Money("1.00", "USD"))
    with pytest.raises(CurrencyMismatchError):
        Wallet(POLICY, units_in="2", lots=[dollars])
    with pytest.raises(WrongTypeError):
        attrs.evolve(PLAIN, valid_for=30)
    with pytest.raises(WrongTypeError):
        attrs.evolve(lot, price=1)
    with pytest.raises(WrongTypeError):
        Decision(wallet=Wallet(POLICY), refund_due=1)
    far = Purchase(number=1, pack=YEAR, quantity=1, ordered_on=dt.date(9999, 5, 1))
    with pytest.raises(DateRangeError):
        assert far.expires_on


def test_stored_wallets_stay_as_they_are():
    wallet = bought(grant(Wallet(POLICY), "7"), "plain", "2026-03-15")
    assert "lots" not in dump(wallet)["value"]
    assert "valid_for" not in dump(PLAIN)["value"]
    dated = bought(wallet, "year", "2026-03-15")
    for value in (wallet, dated, dated.lots[0], end(dated, on=at("2026-03-15"))):
        assert load(dump(value)) == value


class Lots(RuleBasedStateMachine):
    """A wallet beside a list of units, each with its last day and its price."""

    def __init__(self):
        super().__init__()
        self.wallet = Wallet(GO_BACK)
        self.day = at("2026-01-31")
        self.units: list[tuple[dt.date, bool]] = []
        self.came = self.spent = self.lapsed = self.returned = Decimal(0)

    def valid(self):
        return [unit for unit in self.units if unit[0] >= self.day]

    @rule(days=st.integers(0, 40))
    def wait(self, days):
        self.day += dt.timedelta(days)

    @rule(n=st.integers(1, 5), days=st.none() | st.integers(0, 60))
    def give(self, n, days):
        last = None if days is None else self.day + dt.timedelta(days)
        self.wallet = grant(self.wallet, n, expires_on=last)
        self.units += [(last or dt.date.max, False)] * n
        self.came += n

    @rule(pack=st.sampled_from([MONTH, PLAIN]))
    def purchase(self, pack):
        decision = buy(self.wallet, pack.id, on=self.day)
        self.wallet = settle(decision.wallet, decision.purchase.number)
        last = decision.purchase.expires_on or dt.date.max
        self.units += [(last, True)] * int(pack.units)
        self.came += pack.units

    @rule(n=st.integers(1, 40))
    def use(self, n):
        if n > len(self.valid()):
            with pytest.raises(InsufficientUnitsError):
                spend(self.wallet, n, purpose="sms", on=self.day)
            return
        self.wallet = spend(self.wallet, n, purpose="sms", on=self.day)
        for unit in sorted(self.valid())[:n]:
            self.units.remove(unit)
        self.spent += n

    @rule()
    def tell(self):
        decision = lapse(self.wallet, on=self.day)
        self.wallet = decision.wallet
        self.lapsed += decision.lapsed
        self.units = self.valid()

    @rule()
    def close(self):
        paid = sum(1 for unit in self.valid() if unit[1])
        decision = end(self.wallet, on=self.day)
        assert decision.returned == paid
        self.returned += decision.returned
        self.lapsed += decision.lapsed
        self.wallet, self.units = decision.wallet, []

    @invariant()
    def what_came_is_spent_lapsed_back_or_left(self):
        wallet = self.wallet
        assert wallet.balance == len(self.units)
        assert wallet.balance_on(self.day) == len(self.valid())
        gone = self.spent + self.lapsed + self.returned
        assert self.came == wallet.units_in == gone + wallet.balance
        dated = sorted(u for u in self.units if u[0] < dt.date.max or u[1])
        lots = sorted(
            unit
            for lot in wallet.lots
            for unit in [(lot.expires_on or dt.date.max, lot.price is not None)]
            * int(lot.units)
        )
        assert lots == dated


TestLots = Lots.TestCase
