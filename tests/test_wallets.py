"""Prepaid units: what may be spent, what is missing, and when packs are bought."""

from __future__ import annotations

import datetime as dt
import decimal
import pickle
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from seatbill import Money
from seatbill.errors import (
    AmountError,
    CurrencyMismatchError,
    DuplicateError,
    InsufficientUnitsError,
    MixedTimeError,
    NaiveDatetimeError,
    OutOfBoundsError,
    OutOfOrderError,
    PurposeNotAllowedError,
    SeatbillError,
    TooManyDigitsError,
    TopUpCappedError,
    UnknownCurrencyError,
    UnknownItemError,
    WrongTypeError,
)
from seatbill.wallets import (
    Decision,
    Pack,
    Purchase,
    TopUp,
    Wallet,
    WalletPolicy,
    buy,
    decide,
    grant,
    settle,
    spend,
    void,
)


def eur(amount):
    return Money(amount, "EUR")


PACK_25 = Pack(id="25", units="25", price=eur("25.00"))
PACK_50 = Pack(id="50", units="50", price=eur("50.00"))
POLICY = WalletPolicy(
    unit="credit",
    currency="EUR",
    purposes=("company data", "sms", "letter"),
    packs=(PACK_25, PACK_50),
)
AUTOMATIC = TopUp(threshold="10", pack=PACK_25)
CAPPED = TopUp(threshold="10", pack=PACK_25, monthly_cap=eur("60.00"))
MARCH = dt.date(2026, 3, 1)
APRIL = dt.date(2026, 4, 1)


def holding(units, **fields):
    """Return a wallet of credits with this balance."""
    return Wallet(POLICY, units_in=units, **fields)


def quantity(decision):
    """Return how many packs a decision buys."""
    return decision.purchase.quantity if decision.purchase else 0


def codes(decision):
    """Return the codes of what a decision refuses."""
    return [error.code for error in decision.refused]


# ------------------------------------------------------------------ packs and grants


@pytest.mark.rule("TL-23")
def test_a_pack_adds_its_units_once_it_is_paid():
    """A pack of 50.00: the balance grows by 50."""
    decision = buy(holding("8"), "50", on=MARCH)
    assert decision.wallet.balance == 8
    assert decision.wallet.units_pending == 50
    assert decision.purchase == Purchase(
        number=1, pack=PACK_50, quantity=1, ordered_on=MARCH
    )
    assert decision.purchase.price == eur("50.00")
    paid = settle(decision.wallet, decision.purchase.number)
    assert paid.balance == 58
    assert paid.money_in == eur("50.00")
    assert paid.pending == ()


@pytest.mark.rule("TL-23")
def test_several_packs_are_one_purchase():
    """3 × 25 = 75 credits for 75.00."""
    decision = buy(Wallet(POLICY), "25", on=MARCH, quantity=3)
    assert (decision.purchase.units, decision.purchase.price) == (75, eur("75.00"))
    paid = settle(decision.wallet, 1)
    assert (paid.balance, paid.money_in) == (75, eur("75.00"))


def test_a_purchase_that_fails_adds_nothing():
    decision = buy(holding("8"), "50", on=MARCH)
    left = void(decision.wallet, decision.purchase.number)
    assert (left.balance, left.pending, left.money_in) == (8, (), eur("0.00"))
    assert left.purchase_count == 1  # the next purchase has another number
    assert buy(left, "25", on=MARCH).purchase.number == 2


@pytest.mark.parametrize("close", [settle, void])
def test_a_purchase_is_closed_once(close):
    """A payment's notice may come twice: the second is refused by code."""
    wallet = buy(Wallet(POLICY), "25", on=MARCH).wallet
    closed = close(wallet, 1)
    for again in (settle, void):
        with pytest.raises(UnknownItemError) as refusal:
            again(closed, 1)
        assert refusal.value.code == "unknown_item"
        assert refusal.value.offered == ()
    with pytest.raises(UnknownItemError) as refusal:
        close(wallet, 2)
    assert refusal.value.offered == (1,)


def test_purchases_are_closed_in_any_order():
    wallet = buy(Wallet(POLICY), "25", on=MARCH).wallet
    wallet = buy(wallet, "50", on=MARCH).wallet
    wallet = settle(wallet, 2)
    assert [purchase.number for purchase in wallet.pending] == [1]
    assert void(wallet, 1).balance == 50


@pytest.mark.rule("CM-17")
def test_free_minutes_are_a_balance_beside_money():
    """120 minutes are there; a call of 7.5 leaves 112.5, and none of it was paid."""
    minutes = WalletPolicy(unit="minute", currency="USD", purposes=["toll-free call"])
    wallet = grant(Wallet(minutes), "120")
    assert (wallet.balance, wallet.policy.unit) == (120, "minute")
    wallet = spend(wallet, "7.5", purpose="toll-free call")
    assert wallet.balance == Decimal("112.5")
    assert wallet.money_in == Money("0.00", "USD")


def test_a_pack_that_is_not_sold_is_refused():
    with pytest.raises(UnknownItemError) as refusal:
        buy(Wallet(POLICY), "100", on=MARCH)
    assert (refusal.value.value, refusal.value.offered) == ("100", ("25", "50"))
    bare = Wallet(attrs.evolve(POLICY, packs=()))
    with pytest.raises(UnknownItemError) as refusal:
        buy(bare, "25", on=MARCH)
    assert refusal.value.offered == ()


# ------------------------------------------------------------------ spending


@pytest.mark.rule("TL-25")
@pytest.mark.parametrize("purpose", ["company data", "sms", "letter"])
def test_credits_pay_what_the_host_allows(purpose):
    wallet = spend(holding("10"), "0.08", purpose=purpose)
    assert wallet.balance == Decimal("9.92")
    assert wallet.units_out == Decimal("0.08")


@pytest.mark.rule("TL-26")
def test_credits_do_not_pay_the_subscription():
    with pytest.raises(PurposeNotAllowedError) as refusal:
        spend(holding("100"), "50", purpose="subscription")
    assert refusal.value.as_dict() == {
        "code": "purpose_not_allowed",
        "message": "A wallet of credits does not pay for 'subscription': "
        "pay in another way, or use it for company data, sms or letter.",
        "remedy": "pay in another way, or use it for company data, sms or letter",
        "values": {
            "unit": "credit",
            "purpose": "subscription",
            "allowed": ("company data", "sms", "letter"),
        },
    }
    with pytest.raises(PurposeNotAllowedError):
        decide(holding("100"), on=MARCH, units="50", purpose="subscription")


@pytest.mark.rule("TL-26")
def test_credits_pay_the_subscription_where_the_host_allows_it():
    policy = attrs.evolve(POLICY, purposes=["subscription"])
    wallet = Wallet(policy, units_in="100")
    assert spend(wallet, "50", purpose="subscription").balance == 50


@pytest.mark.rule("TL-28")
def test_without_enough_credit_the_service_is_refused():
    """0.05 is there, 0.08 is asked for: 0.03 is missing."""
    with pytest.raises(InsufficientUnitsError) as refusal:
        spend(holding("0.05"), "0.08", purpose="sms")
    assert refusal.value.as_dict() == {
        "code": "insufficient_units",
        "message": "Only 0.05 credits are left, not 0.08: add 0.03 first.",
        "remedy": "add 0.03 first",
        "values": {
            "unit": "credit",
            "asked": Decimal("0.08"),
            "balance": Decimal("0.05"),
            "missing": Decimal("0.03"),
        },
    }


@pytest.mark.rule("TL-28")
def test_without_top_up_the_decision_refuses_and_buys_nothing():
    wallet = holding("0.05")
    decision = decide(wallet, on=MARCH, units="0.08", purpose="sms")
    assert decision.wallet == wallet
    assert (decision.spent, decision.purchase) == (0, None)
    assert codes(decision) == ["insufficient_units"]
    assert decision.refused[0].missing == Decimal("0.03")


def test_a_wallet_can_be_spent_to_nothing_and_not_further():
    empty = spend(holding("0.08"), "0.08", purpose="sms")
    assert empty.balance == 0
    with pytest.raises(InsufficientUnitsError):
        spend(empty, "0.000001", purpose="sms")


def test_nothing_may_be_spent_and_needs_a_purpose_all_the_same():
    assert spend(Wallet(POLICY), 0, purpose="sms") == Wallet(POLICY)
    with pytest.raises(PurposeNotAllowedError):
        spend(Wallet(POLICY), 0, purpose="coffee")
    with pytest.raises(PurposeNotAllowedError):
        decide(Wallet(POLICY), on=MARCH, purpose="coffee")
    with pytest.raises(WrongTypeError):
        decide(holding("8"), on=MARCH, units="1")


def test_a_wallet_that_pays_for_nothing_says_so():
    policy = WalletPolicy(unit="credit", currency="EUR", purposes=())
    with pytest.raises(PurposeNotAllowedError) as refusal:
        spend(Wallet(policy, units_in="1"), "1", purpose="sms")
    assert refusal.value.allowed == ()
    assert refusal.value.as_dict()["remedy"] == "pay in another way"


# ------------------------------------------------------------------ automatic top-up


@pytest.mark.rule("TL-24")
@pytest.mark.source("ambiguity 12: strictly below; whole packs until the gap is closed")
@pytest.mark.parametrize(
    ("balance", "packs"),
    [
        pytest.param("8", 1, id="8 is below 10: a gap of 2"),
        pytest.param("9.999999", 1, id="just below"),
        pytest.param("10", 0, id="at the threshold"),
        pytest.param("10.000001", 0, id="just above"),
        pytest.param("0", 1, id="empty: a gap of 10"),
    ],
)
def test_a_top_up_is_due_strictly_below_the_threshold(balance, packs):
    decision = decide(holding(balance, top_up=AUTOMATIC), on=MARCH)
    assert quantity(decision) == packs
    assert decision.refused == ()
    assert decision.wallet.units_pending == 25 * packs


@pytest.mark.rule("TL-24")
@pytest.mark.source("getlago/lago-api#6177, #1962: topped up again and again")
def test_one_purchase_has_as_many_packs_as_close_the_gap():
    """100 − 8 = 92: three packs of 25 are 75, four are 100."""
    top_up = TopUp(threshold="100", pack=PACK_25)
    decision = decide(holding("8", top_up=top_up), on=MARCH)
    assert decision.purchase == Purchase(
        number=1, pack=PACK_25, quantity=4, ordered_on=MARCH, automatic=True
    )
    assert settle(decision.wallet, 1).balance == 108


@pytest.mark.rule("TL-24")
def test_a_gap_of_whole_packs_takes_no_pack_more():
    """33 − 8 = 25: one pack."""
    top_up = TopUp(threshold="33", pack=PACK_25)
    assert quantity(decide(holding("8", top_up=top_up), on=MARCH)) == 1


@pytest.mark.rule("TL-24")
@pytest.mark.source("xdevplatform/docs#310: bought at the threshold, armed by a spend")
def test_a_spend_that_goes_below_the_threshold_tops_up():
    """10 − 0.01 = 9.99."""
    wallet = holding("10", top_up=AUTOMATIC)
    decision = decide(wallet, on=MARCH, units="0.01", purpose="sms")
    assert decision.spent == Decimal("0.01")
    assert decision.wallet.balance == Decimal("9.99")
    assert quantity(decision) == 1
    assert decision.refused == ()


@pytest.mark.rule("TL-28")
@pytest.mark.source("ambiguity 26: the gap includes the spend that waits")
def test_a_spend_that_waits_is_recharged_first():
    """0.05 − 0.08 = −0.03, below 0: one pack; then 25.05 − 0.08 = 24.97."""
    top_up = TopUp(threshold="0", pack=PACK_25)
    wallet = holding("0.05", top_up=top_up)
    decision = decide(wallet, on=MARCH, units="0.08", purpose="sms")
    assert codes(decision) == ["insufficient_units"]
    assert (decision.spent, quantity(decision)) == (0, 1)
    paid = settle(decision.wallet, decision.purchase.number)
    after = decide(paid, on=MARCH, units="0.08", purpose="sms")
    assert (after.spent, after.purchase) == (Decimal("0.08"), None)
    assert after.wallet.balance == Decimal("24.97")


@pytest.mark.rule("TL-24")
@pytest.mark.source("ambiguity 26: the gap includes the spend that waits")
def test_the_gap_includes_the_spend_that_waits():
    """8 − 100 = −92, and 10 − (−92) = 102: five packs; 8 + 125 − 100 = 33."""
    wallet = holding("8", top_up=AUTOMATIC)
    decision = decide(wallet, on=MARCH, units="100", purpose="letter")
    assert quantity(decision) == 5
    after = spend(settle(decision.wallet, 1), "100", purpose="letter")
    assert after.balance == 33


@pytest.mark.rule("TL-24")
@pytest.mark.source("ambiguity 12: a pending purchase counts")
def test_a_pending_purchase_counts():
    first = decide(holding("8", top_up=AUTOMATIC), on=MARCH)
    again = decide(first.wallet, on=MARCH)
    assert (again.purchase, again.refused) == (None, ())
    assert again.wallet == first.wallet


def test_a_pending_purchase_by_hand_counts_too():
    wallet = buy(holding("8", top_up=AUTOMATIC), "25", on=MARCH).wallet
    assert decide(wallet, on=MARCH).purchase is None


def test_a_pending_purchase_that_is_too_small_is_added_to():
    """8 + 25 − 100 = −67 is 77 short: four more packs."""
    wallet = decide(holding("8", top_up=AUTOMATIC), on=MARCH).wallet
    decision = decide(wallet, on=MARCH, units="100", purpose="letter")
    assert (decision.purchase.number, quantity(decision)) == (2, 4)


def test_a_failed_purchase_is_due_again():
    first = decide(holding("8", top_up=AUTOMATIC), on=MARCH)
    again = decide(void(first.wallet, 1), on=MARCH)
    assert (again.purchase.number, quantity(again)) == (2, 1)


def test_a_wallet_without_top_up_is_left_alone():
    assert decide(holding("8"), on=MARCH) == Decision(wallet=holding("8"))


@pytest.mark.rule("TL-24")
def test_top_up_is_switched_on_and_off():
    off = holding("8")
    on = attrs.evolve(off, top_up=AUTOMATIC)
    assert quantity(decide(on, on=MARCH)) == 1
    assert attrs.evolve(on, top_up=None) == off


# ------------------------------------------------------------------ the monthly cap


@pytest.mark.rule("TL-24")
@pytest.mark.source("ITISFoundation/osparc-simcore#4946: a cap per month, as an amount")
def test_the_cap_bounds_what_a_month_costs():
    """60.00 a month: two packs of 25.00; a third would make 75.00."""
    wallet = holding("0", top_up=CAPPED)
    first = decide(wallet, on=MARCH, units="30", purpose="letter")
    assert (quantity(first), codes(first)) == (2, ["insufficient_units"])
    assert first.wallet.top_up_spent == eur("50.00")
    left = spend(settle(first.wallet, 1), "45", purpose="letter")
    second = decide(left, on=dt.date(2026, 3, 31))
    assert (second.purchase, codes(second)) == (None, ["top_up_capped"])
    assert second.refused[0].as_dict() == {
        "code": "top_up_capped",
        "message": "No pack can be bought under the cap of 60.00 EUR a month, "
        "of which 50.00 EUR is spent: "
        "raise the cap to 75.00 EUR, buy by hand, or wait until 2026-04-01.",
        "remedy": "raise the cap to 75.00 EUR, buy by hand, or wait until 2026-04-01",
        "values": {
            "wanted": 1,
            "allowed": 0,
            "cap": eur("60.00"),
            "spent": eur("50.00"),
            "needed": eur("75.00"),
            "resumes_on": APRIL,
        },
    }


@pytest.mark.rule("TL-24")
def test_the_remedies_of_the_cap_work():
    """5 left, 50.00 of 60.00 spent: raised to 75.00, by hand, or in April."""
    wallet = holding("5", top_up=CAPPED, top_up_month=MARCH, top_up_spent=eur("50.00"))
    (refusal,) = decide(wallet, on=MARCH).refused
    raised = attrs.evolve(CAPPED, monthly_cap=refusal.needed)
    for decision in (
        decide(attrs.evolve(wallet, top_up=raised), on=MARCH),
        decide(wallet, on=refusal.resumes_on),
        buy(wallet, "25", on=MARCH),
    ):
        assert (quantity(decision), decision.refused) == (1, ())


def test_what_the_cap_allows_is_bought_and_the_rest_is_told():
    """0 − 100 is 110 short: five packs are due, two fit in 60.00."""
    wallet = holding("0", top_up=CAPPED)
    decision = decide(wallet, on=MARCH, units="100", purpose="letter")
    assert quantity(decision) == 2
    assert codes(decision) == ["insufficient_units", "top_up_capped"]
    capped = decision.refused[1]
    assert (capped.wanted, capped.allowed) == (5, 2)
    assert capped.needed == eur("125.00")


def test_a_cap_that_is_just_enough_refuses_nothing():
    top_up = attrs.evolve(CAPPED, monthly_cap=eur("25.00"))
    decision = decide(holding("0", top_up=top_up), on=MARCH)
    assert (quantity(decision), decision.refused) == (1, ())


def test_a_new_month_has_the_whole_cap():
    wallet = decide(holding("0", top_up=CAPPED), on=dt.date(2026, 3, 31)).wallet
    wallet = spend(settle(wallet, 1), "25", purpose="sms")
    decision = decide(wallet, on=APRIL)
    assert quantity(decision) == 1
    assert decision.wallet.top_up_month == APRIL
    assert decision.wallet.top_up_spent == eur("25.00")


def test_the_month_of_an_order_counts_and_not_that_of_its_payment():
    """Ordered on 31 March, paid in April: April has its 60.00 all the same."""
    wallet = decide(holding("0", top_up=CAPPED), on=dt.date(2026, 3, 31)).wallet
    wallet = spend(settle(wallet, 1), "25", purpose="sms")
    decision = decide(wallet, on=APRIL, units="30", purpose="sms")
    assert quantity(decision) == 2


def test_what_is_bought_by_hand_does_not_count_against_the_cap():
    wallet = settle(buy(Wallet(POLICY, top_up=CAPPED), "50", on=MARCH).wallet, 1)
    wallet = spend(wallet, "50", purpose="letter")
    assert quantity(decide(wallet, on=MARCH, units="30", purpose="sms")) == 2


def test_a_failed_purchase_gives_its_room_back():
    first = decide(holding("0", top_up=CAPPED), on=MARCH, units="30", purpose="sms")
    left = void(first.wallet, 1)
    assert left.top_up_spent == eur("0.00")
    assert quantity(decide(left, on=MARCH, units="30", purpose="sms")) == 2


def test_a_failed_purchase_of_last_month_gives_no_room_in_this_one():
    """March: 25.00.  April: 25.00, and 10.00 of 60.00 are too little for another."""
    march = decide(holding("0", top_up=CAPPED), on=MARCH).wallet
    april = decide(march, on=APRIL, units="20", purpose="sms")
    assert (quantity(april), april.wallet.top_up_spent) == (1, eur("25.00"))
    left = void(april.wallet, 1)
    assert left.top_up_spent == eur("25.00")


def test_a_failed_purchase_by_hand_leaves_the_cap_alone():
    wallet = decide(holding("0", top_up=CAPPED), on=MARCH).wallet
    wallet = buy(wallet, "50", on=MARCH).wallet
    assert void(wallet, 2).top_up_spent == eur("25.00")


def test_the_cap_never_gives_more_room_than_there_was():
    """A wallet kept elsewhere may know of the purchase and not of its month."""
    bought = Purchase(
        number=1, pack=PACK_25, quantity=1, ordered_on=MARCH, automatic=True
    )
    wallet = Wallet(POLICY, pending=[bought], purchase_count=1, top_up_month=MARCH)
    assert void(wallet, 1).top_up_spent == eur("0.00")


def test_a_cap_lowered_below_what_was_spent_refuses_all():
    wallet = holding("0", top_up=CAPPED, top_up_month=MARCH, top_up_spent=eur("100.00"))
    decision = decide(wallet, on=MARCH)
    assert (decision.purchase, decision.refused[0].allowed) == (None, 0)


def test_a_cap_that_is_used_up_has_no_room_for_a_cent():
    cent = Pack(id="c", units="1", price=eur("0.01"))
    top_up = TopUp(threshold="1", pack=cent, monthly_cap=eur("0.02"))
    wallet = holding("0", top_up=top_up, top_up_month=MARCH, top_up_spent=eur("0.02"))
    assert decide(wallet, on=MARCH).purchase is None
    wallet = attrs.evolve(wallet, top_up_spent=eur("0.01"))
    assert quantity(decide(wallet, on=MARCH)) == 1


def test_a_month_that_is_past_is_refused():
    wallet = decide(holding("0", top_up=CAPPED), on=APRIL).wallet
    wallet = spend(settle(wallet, 1), "25", purpose="sms")
    with pytest.raises(OutOfOrderError) as refusal:
        decide(wallet, on=dt.date(2026, 3, 31))
    assert refusal.value.earliest == APRIL


def test_an_instant_counts_by_its_day_in_utc():
    last = dt.datetime(2026, 3, 31, 23, 59, 59, tzinfo=dt.UTC)
    decision = decide(holding("0", top_up=CAPPED), on=last)
    assert decision.purchase.ordered_on == dt.date(2026, 3, 31)
    assert decision.wallet.top_up_month == MARCH


# ------------------------------------------------------------------ laws

SMALL = st.integers(0, 3000).map(lambda n: Decimal(n).scaleb(-2))
PACKS = st.builds(
    Pack,
    id=st.just("p"),
    units=st.integers(1, 3000).map(lambda n: Decimal(n).scaleb(-1)),
    price=st.integers(1, 3000).map(lambda n: Money.from_minor_units(n, "EUR")),
)


@st.composite
def top_ups(draw):
    """Return an automatic top-up, with a cap or without."""
    pack = draw(PACKS)
    cap = None
    if draw(st.booleans()):
        cap = Money.from_minor_units(
            draw(st.integers(pack.price.minor_units, 20_000)), "EUR"
        )
    return TopUp(threshold=draw(SMALL), pack=pack, monthly_cap=cap)


@st.composite
def wallets(draw):
    """Return a wallet with a top-up, and perhaps with a purchase that waits."""
    top_up = draw(top_ups())
    policy = attrs.evolve(POLICY, packs=[top_up.pack])
    wallet = Wallet(policy, top_up=top_up, units_in=draw(SMALL))
    if draw(st.booleans()):
        wallet = buy(wallet, "p", on=MARCH, quantity=draw(st.integers(1, 3))).wallet
    return wallet


def packs_one_by_one(wallet, waiting, spent):
    """Return how many packs are due, bought one at a time: an oracle."""
    top_up = wallet.top_up
    level = Fraction(wallet.balance) + Fraction(wallet.units_pending)
    level -= Fraction(waiting)
    bought = 0
    while level < Fraction(top_up.threshold):
        if top_up.monthly_cap and spent + top_up.pack.price > top_up.monthly_cap:
            break
        level += Fraction(top_up.pack.units)
        spent += top_up.pack.price
        bought += 1
    return bought, level < Fraction(top_up.threshold)


@given(wallets(), SMALL)
def test_a_decision_is_packs_bought_one_by_one(wallet, units):
    decision = decide(wallet, on=MARCH, units=units, purpose="sms")
    waiting = units - decision.spent
    before = attrs.evolve(wallet, units_out=decision.spent)
    packs, capped = packs_one_by_one(before, waiting, eur("0"))
    assert quantity(decision) == packs
    wanted = ["insufficient_units"] * (waiting > 0) + ["top_up_capped"] * capped
    assert codes(decision) == wanted


@given(wallets(), SMALL)
def test_a_spend_happens_wholly_or_not_at_all(wallet, units):
    decision = decide(wallet, on=MARCH, units=units, purpose="sms")
    assert decision.spent in (0, units)
    assert (decision.spent == units) == (units <= wallet.balance)
    assert decision.wallet.balance == wallet.balance - decision.spent


@given(wallets(), SMALL)
def test_deciding_again_while_a_purchase_waits_buys_nothing(wallet, units):
    first = decide(wallet, on=MARCH, units=units, purpose="sms")
    waiting = units - first.spent
    again = decide(first.wallet, on=MARCH, units=waiting, purpose="sms")
    assert again.purchase is None
    assert again.wallet == first.wallet


@given(wallets(), SMALL)
def test_without_a_cap_what_waits_can_be_spent_once_paid(wallet, units):
    wallet = attrs.evolve(wallet, top_up=attrs.evolve(wallet.top_up, monthly_cap=None))
    after = decide(wallet, on=MARCH, units=units, purpose="sms")
    left = after.wallet
    for purchase in left.pending:
        left = settle(left, purchase.number)
    left = spend(left, units - after.spent, purpose="sms")
    assert left.balance >= left.top_up.threshold


@given(wallets(), SMALL)
def test_a_poor_decimal_context_changes_nothing(wallet, units):
    wanted = decide(wallet, on=MARCH, units=units, purpose="sms")
    with decimal.localcontext(prec=1, Emax=1, Emin=-1):
        assert decide(wallet, on=MARCH, units=units, purpose="sms") == wanted


@given(wallets(), SMALL)
def test_decisions_travel_and_do_not_change_what_they_came_from(wallet, units):
    before = pickle.dumps(wallet)
    decision = decide(wallet, on=MARCH, units=units, purpose="sms")
    assert pickle.dumps(wallet) == before
    again = pickle.loads(pickle.dumps(decision))
    assert again == decision
    assert hash(again) == hash(decision)


class WalletInAYear(RuleBasedStateMachine):
    """A wallet in any order of events, against sums over a list of all of them."""

    def __init__(self):
        super().__init__()
        self.wallet = Wallet(POLICY, top_up=CAPPED)
        self.day = dt.date(2026, 1, 1)
        self.units_in = self.units_out = Fraction(0)
        self.money_in = 0
        self.open = {}
        self.automatic = {}  # the price of each purchase not voided, by number

    def keep(self, decision):
        """Take over a decision as a host does."""
        self.wallet = decision.wallet
        self.units_out += Fraction(decision.spent)
        if decision.purchase:
            assert decision.purchase.number not in self.open
            self.open[decision.purchase.number] = decision.purchase
            if decision.purchase.automatic:
                self.automatic[decision.purchase.number] = decision.purchase

    @rule(days=st.integers(0, 20))
    def days_pass(self, days):
        self.day += dt.timedelta(days)

    @rule(units=SMALL)
    def units_are_granted(self, units):
        self.wallet = grant(self.wallet, units)
        self.units_in += Fraction(units)

    @rule(units=SMALL, purpose=st.sampled_from(POLICY.purposes))
    def units_are_spent(self, units, purpose):
        missing = units - self.wallet.balance
        if missing > 0:
            with pytest.raises(InsufficientUnitsError) as refusal:
                spend(self.wallet, units, purpose=purpose)
            assert refusal.value.missing == missing
            return
        self.wallet = spend(self.wallet, units, purpose=purpose)
        self.units_out += Fraction(units)

    @rule(units=SMALL | st.just(0) | st.just("120"))
    def units_are_used_or_wait(self, units):
        self.keep(decide(self.wallet, on=self.day, units=units, purpose="sms"))
        again = decide(self.wallet, on=self.day)
        assert again.purchase is None

    @rule(pack=st.sampled_from(POLICY.packs), quantity=st.integers(1, 3))
    def packs_are_bought_by_hand(self, pack, quantity):
        self.keep(buy(self.wallet, pack.id, on=self.day, quantity=quantity))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def a_payment_succeeds(self, data):
        number = data.draw(st.sampled_from(sorted(self.open)))
        purchase = self.open.pop(number)
        self.wallet = settle(self.wallet, number)
        self.units_in += Fraction(purchase.pack.units) * purchase.quantity
        self.money_in += purchase.pack.price.minor_units * purchase.quantity

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def a_payment_fails(self, data):
        number = data.draw(st.sampled_from(sorted(self.open)))
        self.open.pop(number)
        self.automatic.pop(number, None)
        self.wallet = void(self.wallet, number)

    @rule(cap=st.sampled_from(["25.00", "60.00", "99.99"]))
    def the_cap_changes(self, cap):
        """Only upwards within a month, so that the law can be stated."""
        higher = max(eur(cap), self.wallet.top_up.monthly_cap)
        top_up = attrs.evolve(CAPPED, monthly_cap=higher)
        self.wallet = attrs.evolve(self.wallet, top_up=top_up)

    @invariant()
    def units_in_are_units_out_and_what_is_left(self):
        assert self.wallet.units_in == self.units_in
        assert self.wallet.units_out == self.units_out
        assert self.wallet.balance == self.units_in - self.units_out

    @invariant()
    def money_in_is_what_was_paid(self):
        assert self.wallet.money_in.minor_units == self.money_in

    @invariant()
    def the_balance_is_never_negative(self):
        assert self.wallet.balance >= 0

    @invariant()
    def what_waits_is_what_was_ordered(self):
        assert {p.number: p for p in self.wallet.pending} == self.open

    @invariant()
    def the_cap_is_never_exceeded(self):
        by_month = {}
        for purchase in self.automatic.values():
            month = purchase.ordered_on.replace(day=1)
            by_month[month] = by_month.get(month, eur("0")) + purchase.price
        cap = self.wallet.top_up.monthly_cap
        assert all(spent <= cap for spent in by_month.values())
        month = self.wallet.top_up_month
        assert self.wallet.top_up_spent == by_month.get(month, eur("0"))


TestWalletInAYear = WalletInAYear.TestCase


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("units", "error"),
    [
        ("-1", OutOfBoundsError),
        ("1000000000001", OutOfBoundsError),
        ("0.0000001", TooManyDigitsError),
        ("many", AmountError),
        ("NaN", AmountError),
        (1.5, WrongTypeError),
        (True, WrongTypeError),
        (None, WrongTypeError),
    ],
)
def test_units_that_are_none_are_refused(units, error):
    wallet = holding("8")
    for call in (
        lambda: grant(wallet, units),
        lambda: spend(wallet, units, purpose="sms"),
        lambda: decide(wallet, on=MARCH, units=units, purpose="sms"),
        lambda: Wallet(POLICY, units_in=units),
        lambda: Pack(id="p", units=units, price=eur("1.00")),
        lambda: TopUp(threshold=units, pack=PACK_25),
    ):
        with pytest.raises(error):
            call()


def test_what_is_out_of_bounds_says_the_bounds():
    most = Decimal(10**12)
    assert holding(most).balance == most
    for call, least in (
        (lambda: holding(most + 1), 0),
        (lambda: holding("8", units_out="8.01"), 0),
        (lambda: holding("8", money_in=eur("-0.01")), eur("0")),
    ):
        with pytest.raises(OutOfBoundsError) as refusal:
            call()
        assert refusal.value.minimum == least
    with pytest.raises(OutOfBoundsError) as refusal:
        holding("8", units_out="8.01")
    assert refusal.value.maximum == 8


@pytest.mark.parametrize(
    ("written", "kept"),
    [("25.00", "25"), ("0.050", "0.05"), (7, "7"), (Decimal("1E+2"), "100")],
)
def test_units_are_kept_without_trailing_zeros(written, kept):
    assert str(holding(written).balance) == kept
    assert str(holding(written).units_in) == kept


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"id": ""}, OutOfBoundsError),
        ({"units": 0}, OutOfBoundsError),
        ({"price": eur("0")}, OutOfBoundsError),
        ({"price": eur("-25.00")}, OutOfBoundsError),
        ({"price": "25.00"}, WrongTypeError),
    ],
)
def test_a_pack_with_bad_fields_is_refused(fields, error):
    with pytest.raises(error):
        Pack(**{"id": "25", "units": "25", "price": eur("25.00")} | fields)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"pack": "25"}, WrongTypeError),
        ({"monthly_cap": "60.00"}, WrongTypeError),
        ({"monthly_cap": Money("60.00", "USD")}, CurrencyMismatchError),
        pytest.param(
            {"monthly_cap": eur("24.99")}, OutOfBoundsError, id="never one pack"
        ),
    ],
)
def test_a_top_up_with_bad_fields_is_refused(fields, error):
    with pytest.raises(error):
        TopUp(**{"threshold": "10", "pack": PACK_25} | fields)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"unit": ""}, OutOfBoundsError),
        ({"unit": 1}, WrongTypeError),
        ({"currency": "eur"}, UnknownCurrencyError),
        ({"purposes": "sms"}, WrongTypeError),
        ({"purposes": ["sms", "sms"]}, DuplicateError),
        ({"purposes": [""]}, OutOfBoundsError),
        ({"packs": [PACK_25, PACK_25]}, DuplicateError),
        ({"packs": ["25"]}, WrongTypeError),
        (
            {"packs": [Pack(id="p", units="1", price=Money("1.00", "USD"))]},
            CurrencyMismatchError,
        ),
    ],
)
def test_a_policy_with_bad_fields_is_refused(fields, error):
    usual = {"unit": "credit", "currency": "EUR", "purposes": ["sms"]}
    with pytest.raises(error):
        WalletPolicy(**usual | fields)


BOUGHT = Purchase(number=1, pack=PACK_25, quantity=1, ordered_on=MARCH)
ABROAD = Pack(id="p", units="1", price=Money("1.00", "USD"))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"number": 0}, OutOfBoundsError),
        ({"pack": "25"}, WrongTypeError),
        ({"quantity": 0}, OutOfBoundsError),
        ({"ordered_on": "2026-03-01"}, WrongTypeError),
        ({"ordered_on": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)}, MixedTimeError),
        ({"automatic": 1}, WrongTypeError),
    ],
)
def test_a_purchase_with_bad_fields_is_refused(fields, error):
    usual = {"number": 1, "pack": PACK_25, "quantity": 1, "ordered_on": MARCH}
    with pytest.raises(error):
        Purchase(**usual | fields)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"policy": None}, WrongTypeError),
        ({"top_up": "10"}, WrongTypeError),
        ({"top_up": TopUp(threshold="1", pack=ABROAD)}, CurrencyMismatchError),
        pytest.param({"units_out": "0.01"}, OutOfBoundsError, id="below zero"),
        ({"money_in": "1.00"}, WrongTypeError),
        ({"money_in": eur("-1.00")}, OutOfBoundsError),
        ({"money_in": Money("1.00", "USD")}, CurrencyMismatchError),
        ({"pending": "1"}, WrongTypeError),
        ({"pending": [BOUGHT]}, OutOfBoundsError),
        ({"pending": [BOUGHT, BOUGHT], "purchase_count": 2}, DuplicateError),
        (
            {"pending": [attrs.evolve(BOUGHT, pack=ABROAD)], "purchase_count": 1},
            CurrencyMismatchError,
        ),
        ({"purchase_count": -1}, OutOfBoundsError),
        ({"top_up_month": "2026-03"}, WrongTypeError),
        ({"top_up_spent": eur("25.00")}, WrongTypeError),
        ({"top_up_spent": eur("-1"), "top_up_month": MARCH}, OutOfBoundsError),
    ],
)
def test_a_wallet_with_bad_fields_is_refused(fields, error):
    with pytest.raises(error):
        Wallet(**{"policy": POLICY} | fields)


def test_the_month_of_a_cap_is_kept_by_its_first_day():
    wallet = Wallet(POLICY, top_up_month=dt.date(2026, 3, 17))
    assert wallet == Wallet(POLICY, top_up_month=MARCH)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"wallet": None}, WrongTypeError),
        ({"spent": "-1"}, OutOfBoundsError),
        ({"purchase": "1"}, WrongTypeError),
        ({"refused": ["no"]}, WrongTypeError),
    ],
)
def test_a_decision_with_bad_fields_is_refused(fields, error):
    with pytest.raises(error):
        Decision(**{"wallet": Wallet(POLICY)} | fields)


@pytest.mark.parametrize(
    "call",
    [
        lambda: grant(None, "1"),
        lambda: spend(None, "1", purpose="sms"),
        lambda: spend(holding("8"), "1", purpose=None),
        lambda: decide(None, on=MARCH),
        lambda: decide(holding("8"), on="2026-03-01"),
        lambda: buy(None, "25", on=MARCH),
        lambda: buy(holding("8"), "25", on=None),
        lambda: settle(None, 1),
        lambda: settle(holding("8"), "1"),
        lambda: void(None, 1),
        lambda: void(holding("8"), True),
    ],
)
def test_a_function_refuses_a_wrong_type(call):
    with pytest.raises(WrongTypeError):
        call()


def test_a_day_and_a_quantity_that_cannot_be_are_refused():
    with pytest.raises(NaiveDatetimeError):
        decide(holding("8"), on=dt.datetime(2026, 3, 1))
    for wrong in (0, -1):
        with pytest.raises(OutOfBoundsError):
            buy(holding("8"), "25", on=MARCH, quantity=wrong)
    with pytest.raises(OutOfBoundsError):
        settle(holding("8"), 0)


# ------------------------------------------------------------------ values

VALUES = [
    PACK_25,
    CAPPED,
    POLICY,
    BOUGHT,
    Wallet(POLICY, top_up=CAPPED, units_in="8", pending=[BOUGHT], purchase_count=1),
    decide(holding("0", top_up=CAPPED), on=MARCH, units="100", purpose="sms"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_travel_and_never_change(value):
    again = pickle.loads(pickle.dumps(value))
    assert again == value
    assert hash(again) == hash(value)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, attrs.fields(type(value))[0].name, None)
    with pytest.raises(TypeError):
        assert value < value


def test_decisions_differ_by_what_they_refuse():
    first = decide(holding("1"), on=MARCH, units="2", purpose="sms")
    other = decide(holding("1"), on=MARCH, units="3", purpose="sms")
    assert first.wallet == other.wallet
    assert first != other


@pytest.mark.parametrize(
    "error",
    [
        PurposeNotAllowedError("credit", "subscription", "sms"),
        InsufficientUnitsError("credit", Decimal(2), Decimal(1), Decimal(1)),
        TopUpCappedError(1, 0, eur("60"), eur("50"), eur("75"), APRIL),
    ],
    ids=lambda error: error.code,
)
def test_refusals_travel(error):
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(error, SeatbillError)
    assert isinstance(error, ValueError)
    assert again.as_dict() == error.as_dict()
