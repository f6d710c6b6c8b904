"""Documents with a version: stored ones are read for good, references are checked.

The files in ``documents/`` were written once by the version that they are named
after and are never written again; beside each stands the value, built by hand.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings

from leaf_strategies import of
from seatbill import (
    ANNUAL,
    MONTHLY,
    AddOn,
    AddSeats,
    BillingRules,
    Cancel,
    Catalog,
    CreditNote,
    Discount,
    Interval,
    Invoice,
    InvoiceLine,
    Member,
    Money,
    Outcome,
    Party,
    Period,
    Plan,
    Price,
    Reprice,
    Rounding,
    Service,
    Settlement,
    Statement,
    Subscription,
    SwitchPlan,
    TaxCategory,
    TaxRate,
    Team,
    Tier,
    Timing,
    subscribe,
    verify,
)
from seatbill._values.base import Quantities
from seatbill.converters import (
    FORMAT,
    InvalidDataError,
    NewerFormatError,
    digest,
    dump,
    load,
    parse,
    to_data,
)
from seatbill.converters._context import BRIEF
from seatbill.converters.data import write_data
from seatbill.corrections import CreditNoteLine, CreditReason, NumberedInvoice
from seatbill.errors import WrongTypeError
from seatbill.invoices import BillingReason, ItemKind, LineKind, LineTerms, TaxAmount
from seatbill.notices import Notice
from seatbill.payments import Card
from seatbill.rulebooks import clockify
from seatbill.rules import ChangeKind, Direction
from seatbill.seats import Occupancy, SeatCount
from seatbill.subscriptions import (
    AppliedDiscount,
    Change,
    Charge,
    PendingUpdate,
    SubscribedAddOn,
)
from seatbill.wallets import Pack, Purchase, TopUp, Wallet, WalletPolicy
from test_converters import problems

REFERRING = "subscription_by_reference"
STORED = Path(__file__).parent / "documents"

JAN, FEB, MAR = (dt.date(2026, month, 1) for month in (1, 2, 3))
MID = dt.date(2026, 1, 16)
VAT = TaxRate("vat", "0.19")
NONE = TaxRate("none", "0", TaxCategory.EXEMPT, reason="education")
PROMO = Discount.percent("12.5", id="promo", periods=3)
GIFT = Discount.fixed("15.00", "EUR", id="gift", periods=0)
BASIC = Plan(
    "basic",
    "Basic",
    1,
    (
        Price(unit_amount="4.99", currency="EUR"),
        Price(unit="limited", unit_amount="0.0004", currency="EUR", measured=True),
    ),
    ("timer", ("limited", "clock")),
    {"clients": 100},
)
PRO = Plan(
    "pro",
    "Pro",
    2,
    (
        Price(
            currency="EUR",
            interval=Interval(days=30),
            tiers=(
                Tier(up_to=5, unit_amount="10"),
                Tier(up_to=None, unit_amount="8", flat_amount="3.5"),
            ),
            tiers_mode="volume",
            in_arrears=True,
            min_quantity=1,
            max_quantity=50,
        ),
        Price(unit="base", unit_amount="20", currency="EUR", flat=True),
    ),
)
SMS = AddOn(
    "sms",
    "SMS",
    (Price(unit="pack", unit_amount="1.50", currency="EUR"),),
    requires_plans=("pro",),
    features=("texts",),
    batch=10,
    family="texts",
    rank=1,
)
MAIL = AddOn("mail", "Mail", requires_add_ons=("sms",))
IMPORT = Service(
    "import", "Import", Money("120.00", "EUR"), {"modules": 3}, features=("help",)
)
CATALOG = Catalog((BASIC, PRO), (SMS, MAIL), (IMPORT,))
RULES = BillingRules(
    name="ours",
    rounding=Rounding.HALF_EVEN,
    upgrade=Timing.RESTART,
    settlement=Settlement.ON_RENEWAL,
    intervals=(MONTHLY, ANNUAL),
    interval_discounts={ANNUAL: "20", Interval(days=30): Fraction(1, 3)},
    notice_days=15,
    notice_exempt={Direction.SEATS_ADDED},
    max_freeze_days=30,
    free_plan=Plan("free", "Free", 0),
    billing_roles=("owner",),
)
HARBOUR = Party(
    name="Harbour", address=("2 Quay Street", "Dublin"), country="IE", vat_number="IE1"
)
SEATS = LineTerms(ItemKind.PLAN, "basic", "seat", "EUR", 436625, 1000, (PROMO,), (VAT,))
TIERED = LineTerms(
    ItemKind.ADD_ON,
    "sms",
    "pack",
    "EUR",
    None,
    1,
    rounding=Rounding.UP,
    in_arrears=True,
)
JANUARY = Period(JAN, FEB)
# 10 × 4.99 less 12.5 % = 10 × 4.36625; × 16/31 = 22.5354…
LINE = InvoiceLine(
    LineKind.CHARGE, SEATS, 10, 4366250, MID, FEB, JANUARY, 16, 31, 2254, None, 2
)
CAPPED = InvoiceLine(
    LineKind.CREDIT, TIERED, -3, -450, MID, FEB, JANUARY, 16, 31, -100, 100, 1
)
INVOICE = Invoice(
    "s",
    2,
    MID,
    BillingReason.SUBSCRIPTION_UPDATE,
    "EUR",
    (LINE, CAPPED),
    (TaxAmount(VAT, Money("22.54", "EUR"), Money("4.28", "EUR")),),
    2154,
    2582,
    500,
    HARBOUR,
)


def waits(kind, value, **more):
    """Return an update that waits for February."""
    return PendingUpdate(
        kind=kind, value=value, applies_on=FEB, requested_on=MID, **more
    )


SUBSCRIPTION = Subscription(
    id="s",
    plan=BASIC,
    interval=MONTHLY,
    currency="EUR",
    seats={"seat": 10, "limited": 0},
    add_ons=((SMS, 10),),
    billing_cycle_anchor=JAN,
    current_period=JANUARY,
    charges=(
        Charge(SEATS, 10, 4366250, 4366, 100, 1),
        Charge(TIERED, 10, 1500, 0, 0, 2, since=MID, free=True),
    ),
    pending_updates=(
        waits(ChangeKind.PLAN, PRO),
        waits(ChangeKind.INTERVAL, ANNUAL, periods_left=1),
        waits(ChangeKind.SEATS, 8, key="seat"),
        waits(ChangeKind.ADD_ON, SubscribedAddOn(SMS, 0), key="sms"),
        waits(ChangeKind.PACKAGE, SMS, key="texts"),
        waits(ChangeKind.CANCELLATION, "too dear"),
        waits(ChangeKind.PRICE, BASIC, from_day=FEB),
    ),
    waiting_lines=(LINE,),
    accrued_lines=(CAPPED,),
    credit_balance_minor=1234,
    discounts=(AppliedDiscount(PROMO, 1, in_use=True), AppliedDiscount(GIFT)),
    tax_rates=(VAT, NONE),
    recipient=HARBOUR,
    rules=RULES,
    trial_end=JAN,
    ended_on=None,
    frozen_on=None,
    changed_on=MID,
    version=7,
)
OUTCOME = Outcome(
    subscription=SUBSCRIPTION,
    invoices=(INVOICE,),
    effective_on=FEB,
    notices=(Notice("serves_until", (("on", FEB),)),),
    replaced=(waits(ChangeKind.SEATS, 9, key="seat"),),
    changes=(AddSeats(3), SwitchPlan(PRO, ANNUAL), Reprice(BASIC, MAR)),
    on=MID,
    by="ann",
    timing=Timing.FORFEIT,
    reason="goodwill",
    previous_version=6,
    refund_due=Money("0.00", "EUR"),
)
STATEMENT = Statement(
    subscription=SUBSCRIPTION,
    invoices=(INVOICE,),
    opening=attrs.evolve(SUBSCRIPTION, pending_updates=(), version=1),
    history=((MID, AddSeats(3)), (MID, (AddSeats(1), Cancel("done")))),
    until=FEB,
    measurements=((FEB, Quantities({"limited": 3})), (MAR, None)),
)
NOTE = CreditNote(
    invoice_key="s:2",
    invoice_number="F-1",
    sequence=1,
    reason=CreditReason.GOODWILL,
    issued_on=FEB,
    currency="EUR",
    lines=(CreditNoteLine(0, LINE, Money("5.00", "EUR")),),
    taxes=(TaxAmount(VAT, Money("5.00", "EUR"), Money("0.95", "EUR")),),
    recipient=HARBOUR,
)
PACK = Pack(id="25", units="25.5", price=Money("25.00", "EUR"))
ORDERED = Purchase(number=2, pack=PACK, quantity=1, ordered_on=MID, automatic=True)
WALLET = Wallet(
    WalletPolicy(unit="credit", currency="EUR", purposes=["sms"], packs=[PACK]),
    top_up=TopUp(threshold="10", pack=PACK, monthly_cap=Money("75.00", "EUR")),
    units_in="100",
    units_out="0.25",
    money_in=Money("50.00", "EUR"),
    pending=(
        Purchase(number=2, pack=PACK, quantity=1, ordered_on=MID, automatic=True),
    ),
    purchase_count=2,
    top_up_month=JAN,
    top_up_spent=Money("25.00", "EUR"),
)
INSTANT = dt.datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=dt.UTC)
VALUES = {
    "add_seats": AddSeats(3, "limited"),
    "billing_rules": RULES,
    "card": Card(brand="visa", last_four="4242", expiry_year=2026, expiry_month=3),
    "catalog": CATALOG,
    "credit_note": NOTE,
    "invoice": INVOICE,
    "member": Member("ann", joined_on=INSTANT),
    "numbered_invoice": NumberedInvoice(
        number="F-1", document=INVOICE, issued_on=FEB, due_on=MAR
    ),
    "occupancy": Occupancy(
        (SeatCount(unit="seat", owned=10, occupied=8, scheduled_removal=2),)
    ),
    "outcome": OUTCOME,
    "plan": PRO,
    "statement": STATEMENT,
    "subscription": SUBSCRIPTION,
    "team": Team("ops", {"ann", "bob"}, archived_on=MID),
    "wallet": WALLET,
}


def stored(name: str, version: str = "0.1.0"):
    """Return a document as a version of the library wrote it."""
    return parse((STORED / version / f"{name}.json").read_text(encoding="utf-8"))


def test_there_is_a_stored_document_of_each_main_kind():
    for version in STORED.iterdir():
        assert {path.stem for path in version.iterdir()} == {*VALUES, REFERRING}


@pytest.mark.parametrize("name", VALUES)
def test_a_stored_document_is_read_for_good(name):
    document = stored(name)
    assert (document["seatbill"], document["kind"]) == (1, name)
    assert load(document) == VALUES[name]
    assert load(document, type(VALUES[name])) == VALUES[name]


@pytest.mark.parametrize("name", VALUES)
def test_a_document_of_today_is_the_stored_one(name):
    """A new field of a later version is the only thing that may be added here."""
    assert dump(VALUES[name]) == stored(name)


@pytest.mark.parametrize("name", VALUES)
def test_a_stored_document_may_leave_out_what_it_need_not_say(name):
    value = VALUES[name]
    least = write_data(value, BRIEF)
    full = stored(name)
    assert len(json.dumps(least)) < len(json.dumps(full["value"])) or name in WHOLE
    assert load({**full, "value": least}) == value


WHOLE = ("add_seats", "card", "occupancy", "team", "wallet")
"""What leaves nothing out: every field says more."""


def test_a_stored_reference_is_known_for_good():
    """Its digests were taken by the version that wrote it; they hold in every other."""
    document = stored(REFERRING)
    assert load(document, catalogs=CATALOG, rules=RULES) == SUBSCRIPTION
    assert dump(SUBSCRIPTION, catalog=CATALOG, rules=RULES) == document


def test_the_invoice_that_is_stored_proves_itself():
    assert verify(INVOICE) == ()


@given(of(Subscription))
@settings(max_examples=10, deadline=None)
def test_any_subscription_comes_back_from_a_document(sub):
    document = parse(json.dumps(dump(sub)))
    assert load(document, Subscription) == sub
    catalog = Catalog((sub.plan,), [owned.add_on for owned in sub.add_ons])
    held = {"catalog": catalog, "rules": sub.rules}
    document = parse(json.dumps(dump(sub, **held)))
    assert document["value"]["plan"]["ref"] == sub.plan.id
    assert load(document, catalogs=[catalog], rules=[sub.rules]) == sub


@pytest.mark.parametrize("value", [3, None, "x", Money("1", "EUR"), [AddSeats(1)]])
def test_only_a_public_value_makes_a_document(value):
    with pytest.raises(WrongTypeError):
        dump(value)


@pytest.mark.parametrize("kind", [3, Money, str, Change, Plan | Invoice])
def test_only_a_public_class_is_asked_for(kind):
    with pytest.raises(WrongTypeError):
        load(stored("plan"), kind)


# Versions.


def test_a_newer_version_is_refused_by_an_error_that_names_both():
    document = stored("plan") | {"seatbill": 2, "kind": "spaceship", "more": 1}
    with pytest.raises(NewerFormatError) as refusal:
        load(document)
    error = refusal.value
    assert isinstance(error, InvalidDataError)
    assert (error.version, error.known, error.where) == (2, FORMAT, "$.seatbill")
    (problem,) = error.problems
    assert (problem.where, problem.code) == ("$.seatbill", "newer_format")
    assert dict(problem.values) == {"version": 2, "known": FORMAT}
    assert "version 2" in str(error)
    assert f"{FORMAT}: read it with a newer seatbill" in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (again.args, again.problems) == (error.args, error.problems)
    assert error.as_dict()["code"] == "newer_format"


@pytest.mark.parametrize("version", [0, -1, True, "1", 1.0, [], {}])
def test_what_is_no_version_is_refused(version):
    document = stored("plan") | {"seatbill": version}
    assert problems(load, document) == [("$.seatbill", "unknown_format")]


@pytest.mark.parametrize(
    ("document", "kind", "found"),
    [
        ([], None, [("$", "wrong_type")]),
        ("x", None, [("$", "wrong_type")]),
        (
            {},
            None,
            [
                ("$.seatbill", "missing"),
                ("$.kind", "missing"),
                ("$.value", "missing"),
            ],
        ),
        (
            {"seatbill": None, "kind": "plan", "value": {}, "x": 1},
            None,
            [("$.seatbill", "unknown_format"), ("$.x", "unknown_key")],
        ),
        (
            {"seatbill": 1, "kind": "spaceship", "value": {}},
            None,
            [("$.kind", "unknown_word")],
        ),
        (
            {"seatbill": 1, "kind": ["plan"], "value": {}},
            None,
            [("$.kind", "unknown_word")],
        ),
        (
            {"seatbill": 1, "kind": "plan", "value": {}},
            Invoice,
            [("$.kind", "unknown_word")],
        ),
        (
            {"seatbill": 1, "kind": "plan", "value": {"rank": "1"}},
            Plan,
            [
                ("$.value.id", "missing"),
                ("$.value.name", "missing"),
                ("$.value.rank", "wrong_type"),
            ],
        ),
        (
            {"seatbill": 1, "kind": "plan", "value": {"id": "\ud800"}},
            Plan,
            [("$.value.id", "invalid_text")],
        ),
    ],
)
def test_what_is_wrong_with_a_document_is_told_at_once(document, kind, found):
    assert sorted(problems(load, document, kind)) == sorted(found)


# References.

HELD = {"catalog": CATALOG, "rules": RULES}
OTHER_PRO = attrs.evolve(PRO, name="Pro, dearer")


def referring():
    """Return a document that refers to what is sold and to the rules."""
    return dump(SUBSCRIPTION, **HELD)


def test_what_a_catalogue_holds_is_written_as_a_reference():
    value = referring()["value"]
    assert value["plan"] == {"ref": "basic", "digest": digest(BASIC)}
    assert value["rules"] == {"ref": "ours", "digest": digest(RULES)}
    assert value["add_ons"] == [
        {"add_on": {"ref": "sms", "digest": digest(SMS)}, "quantity": 10}
    ]
    waiting = [update["value"] for update in value["pending_updates"]]
    assert waiting[0] == {"ref": "pro", "digest": digest(PRO)}
    assert waiting[3]["add_on"]["ref"] == waiting[4]["ref"] == "sms"


def test_what_differs_from_the_catalogue_is_written_in_full():
    catalog = Catalog((attrs.evolve(BASIC, rank=9), PRO))
    value = dump(SUBSCRIPTION, catalog=catalog)["value"]
    assert value["plan"] == to_data(BASIC)
    assert value["rules"] == to_data(RULES)
    assert value["pending_updates"][0]["value"]["ref"] == "pro"


def test_services_and_single_plans_are_referred_to_too():
    assert dump(PRO, catalog=CATALOG)["value"]["ref"] == "pro"
    document = dump(IMPORT, catalog=CATALOG)
    assert document["value"] == {"ref": "import", "digest": digest(IMPORT)}
    assert load(document, catalogs=CATALOG) == IMPORT


def test_references_are_looked_up():
    assert load(referring(), catalogs=CATALOG, rules=RULES) == SUBSCRIPTION
    assert load(referring(), catalogs=[CATALOG], rules=[RULES]) == SUBSCRIPTION


def test_of_several_catalogues_the_one_with_the_digest_is_meant():
    """The price list of last year and that of this one, each with a plan "pro"."""
    this_year = Catalog((BASIC, OTHER_PRO), (SMS,))
    for catalogs in ([CATALOG, this_year], [this_year, CATALOG]):
        assert load(referring(), catalogs=catalogs, rules=RULES) == SUBSCRIPTION
    document = dump(OTHER_PRO, catalog=this_year)
    assert load(document, catalogs=[CATALOG, this_year]) == OTHER_PRO


def test_a_mismatch_and_an_unknown_reference_are_refused_each_with_its_place():
    changed = Catalog((BASIC, OTHER_PRO))
    with pytest.raises(InvalidDataError) as refusal:
        load(referring(), catalogs=changed)
    assert [(p.where, p.code) for p in refusal.value.problems] == [
        ("$.value.add_ons[0].add_on", "unknown_reference"),
        ("$.value.pending_updates[0].value", "digest_mismatch"),
        ("$.value.pending_updates[3].value.add_on", "unknown_reference"),
        ("$.value.pending_updates[4].value", "unknown_reference"),
        ("$.value.rules", "unknown_reference"),
    ]
    mismatch = refusal.value.problems[1]
    assert dict(mismatch.values) == {
        "ref": "pro",
        "digest": digest(PRO),
        "there": digest(OTHER_PRO),
    }


def test_a_reference_without_a_catalogue_is_unknown():
    document = dump(PRO, catalog=CATALOG)
    assert problems(load, document) == [("$.value", "unknown_reference")]


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ({"ref": "pro"}, [("$.value.digest", "missing")]),
        ({"ref": "pro", "digest": "x"}, [("$.value.digest", "invalid_digest")]),
        ({"ref": 3, "digest": digest(PRO)}, [("$.value.ref", "wrong_type")]),
        (
            {"ref": "pro", "digest": digest(PRO), "name": "Pro"},
            [("$.value.name", "unknown_key")],
        ),
    ],
)
def test_a_reference_is_read_strictly(reference, found):
    document = {"seatbill": 1, "kind": "plan", "value": reference}
    got = [*problems(load_with_catalog, document)]
    assert got == found


def load_with_catalog(document):
    return load(document, catalogs=CATALOG)


def test_an_id_alone_is_no_reference():
    document = {"seatbill": 1, "kind": "plan", "value": "pro"}
    assert problems(load_with_catalog, document) == [("$.value", "wrong_type")]


def test_a_catalogue_holds_its_plans_in_full():
    """What a catalogue refers to would have to stand in another catalogue."""
    document = dump(CATALOG, catalog=CATALOG)
    assert document["value"] == to_data(CATALOG)
    document["value"]["plans"][0] = dump(BASIC, catalog=CATALOG)["value"]
    assert problems(load_with_catalog, document) == [("$.value.plans[0]", "wrong_type")]


@pytest.mark.parametrize(
    "held", [{"catalog": 3}, {"rules": 3}, {"rules": [3]}, {"catalog": PRO}]
)
def test_a_document_refers_to_catalogues_and_rules_only(held):
    with pytest.raises(WrongTypeError):
        dump(PRO, **held)


@pytest.mark.parametrize("held", [{"catalogs": 3}, {"catalogs": [PRO]}, {"rules": "x"}])
def test_references_are_looked_up_in_catalogues_and_rules_only(held):
    with pytest.raises(WrongTypeError):
        load(stored("plan"), **held)


def test_reading_and_writing_change_nothing():
    document = referring()
    before = copy.deepcopy(document)
    load(document, catalogs=CATALOG, rules=RULES)
    assert document == before
    assert subscribe_again() == subscribe_again()


def test_threads_do_not_see_what_others_refer_to():
    def work(n):
        held = {"catalog": CATALOG, "rules": RULES} if n % 2 else {}
        return dump(SUBSCRIPTION, **held)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(200)))
    assert all(one == dump(SUBSCRIPTION) for one in found[::2])
    assert all(one == referring() for one in found[1::2])


def subscribe_again():
    """Return a document of a first day."""
    first = subscribe(
        clockify.CATALOG.plan("basic"),
        id="s",
        interval=MONTHLY,
        seats=5,
        on=JAN,
        rules=clockify.RULES,
    )
    return dump(first, catalog=clockify.CATALOG, rules=clockify.RULES)
