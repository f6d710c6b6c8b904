"""Strategies for how customers pay, for fees on sales, and for prepaid units."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from hypothesis import strategies as st

from seatbill.allowances import AllowancePeriod
from seatbill.einvoices import (
    AccountingCurrency,
    InvoiceNote,
    Particulars,
    PrecedingInvoice,
    UnitCode,
)
from seatbill.money import Rounding
from seatbill.payments import (
    CARD_AUTHORIZATION,
    SEPA_AREA,
    AuthorizationHold,
    BankAccount,
    Card,
    DunningPlan,
    DunningStep,
    Funding,
    LateCharge,
    LateFees,
    PaymentInstructions,
    PaymentPolicy,
    PaymentReference,
    PaymentTerms,
    PayPal,
    PercentageFee,
    ProcessingFee,
    Sale,
    SepaMandate,
)
from seatbill.testing.strategies._basics import currencies, days, ids, kept, money
from seatbill.wallets import (
    Allowance,
    Decision,
    Pack,
    Purchase,
    TopUp,
    UnitLot,
    Wallet,
    WalletPolicy,
    buy,
    decide,
    grant,
    settle,
    void,
)

_BRANDS: Final = ("visa", "mastercard", "amex")
_COUNTRIES: Final = ("BR", "DE", "FR")


@kept
def cards():
    return st.builds(
        Card,
        brand=st.sampled_from(_BRANDS),
        last_four=st.integers(0, 9999).map("{:04}".format),
        expiry_year=st.integers(2023, 2033),
        expiry_month=st.integers(1, 12),
        funding=st.sampled_from(Funding),
    )


@kept
def paypals():
    return st.sampled_from(_COUNTRIES).map(PayPal)


@kept
def sepa_mandates():
    return st.builds(
        SepaMandate,
        reference=st.integers(1, 99).map("M-{}".format),
        country=st.sampled_from(SEPA_AREA),
        last_four=st.integers(0, 9999).map("{:04}".format),
    )


@kept
def payment_methods():
    return cards() | paypals() | sepa_mandates()


@kept
def payment_policies():
    brands = st.lists(st.sampled_from(_BRANDS), unique=True).map(tuple)
    countries = st.lists(st.sampled_from(_COUNTRIES), unique=True).map(tuple)
    return st.builds(
        PaymentPolicy,
        card_brands=brands,
        refused_funding=st.sampled_from(((), (Funding.PREPAID,))),
        paypal_countries=countries,
        sepa_countries=st.just(SEPA_AREA) | st.just(()),
        authorization=st.sampled_from((None, CARD_AUTHORIZATION)),
    )


@kept
@st.composite
def authorization_holds(draw: st.DrawFn):
    placed, released = sorted((draw(days()), draw(days())))
    hold = AuthorizationHold(draw(money(least=1)), placed)
    return hold.release(on=released) if draw(st.booleans()) else hold


@kept
def percentage_fees():
    percent = st.sampled_from(("0", "0.5", "5", "33.3333", "100"))
    return st.builds(PercentageFee, percent, st.sampled_from(Rounding))


@kept
def processing_fees(currency: str = "USD"):
    return st.builds(ProcessingFee, ids(), money(currency, 0, 500))


@kept
@st.composite
def sales(draw: st.DrawFn):
    currency = draw(currencies())
    return Sale(
        price=draw(money(currency, 0, 10_000)),
        quantity=draw(st.integers(0, 20)),
        fee=draw(percentage_fees()),
        processing_fees=draw(st.lists(processing_fees(currency), max_size=2)),
    )


@kept
def payment_terms():
    return st.builds(
        PaymentTerms,
        days=st.sampled_from((0, 14, 30, 90)),
        end_of_month=st.booleans(),
    )


@kept
def dunning_steps():
    return st.builds(
        DunningStep,
        days=st.integers(1, 60),
        name=ids(),
        fee=st.none() | money(least=1),
    )


@kept
def dunning_plans():
    steps = st.lists(
        dunning_steps(), max_size=3, unique_by=(lambda s: s.days, lambda s: s.name)
    )
    return st.builds(DunningPlan, steps)


@kept
def late_fees():
    return st.builds(
        LateFees,
        annual_rate=st.sampled_from(("0", "0.08", "0.1015")),
        days_in_year=st.sampled_from((360, 365)),
        fee=st.none() | money(least=0),
        grace_days=st.integers(0, 10),
        rounding=st.sampled_from(Rounding),
    )


@kept
@st.composite
def late_charges(draw: st.DrawFn):
    currency = draw(currencies())
    own = money(currency, 0, 10_000)
    return LateCharge(days=draw(st.integers(0, 99)), interest=draw(own), fee=draw(own))


@kept
def bank_accounts():
    return st.builds(
        BankAccount,
        iban=st.sampled_from(("DE89370400440532013000", "BE68539007547034")),
        holder=st.none() | ids(),
        bic=st.sampled_from((None, "DEUTDEFF", "GEBABEBB36A")),
    )


@kept
def payment_references():
    return (
        st.integers(0, 10**10 - 1).map(PaymentReference.belgian)
        | st.integers(0, 10**9).map(str).map(PaymentReference.iso_11649)
        | ids().map(PaymentReference)
    )


@kept
def payment_instructions():
    return st.builds(
        PaymentInstructions,
        accounts=st.lists(bank_accounts(), max_size=2),
        reference=st.none() | payment_references(),
        link=st.sampled_from((None, "https://pay.example/1?a=b&c")),
        method=st.none() | payment_methods(),
        creditor_id=st.sampled_from((None, "DE98ZZZ09999999999")),
        terms=st.none() | payment_terms(),
    )


# E-invoices.


@kept
def invoice_notes():
    return st.builds(InvoiceNote, ids(), st.sampled_from((None, "PMT", "AAB")))


@kept
def preceding_invoices():
    return st.builds(PrecedingInvoice, ids(), days())


@kept
def unit_codes():
    return st.builds(UnitCode, ids(), st.sampled_from(("C62", "HUR")))


@kept
def accounting_currencies():
    rates = st.integers(1, 10**6).map(lambda n: Decimal(n) / 1000)
    return st.builds(AccountingCurrency, st.sampled_from(("EUR", "DKK")), rates)


def particulars(references):
    return st.builds(
        Particulars,
        references=st.none() | references,
        payment=st.none() | payment_instructions(),
        payment_terms=st.none() | ids(),
        notes=st.lists(invoice_notes(), max_size=2),
        preceding=st.lists(preceding_invoices(), max_size=2),
        unit_codes=st.lists(unit_codes(), max_size=2, unique_by=lambda u: u.unit),
        accounting=st.none() | accounting_currencies(),
        prepayment=st.booleans(),
    )


# Wallets.


def _units(least: int = 0):
    return st.integers(least, 500).map(lambda n: Decimal(n) / 4)


@kept
def packs(id: str = "small", currency: str = "USD"):
    price = money(currency, 1, 10_000)
    return st.builds(Pack, id=st.just(id), units=_units(1), price=price)


@kept
@st.composite
def top_ups(draw: st.DrawFn, currency: str = "USD"):
    pack = draw(packs("auto", currency))
    times = draw(st.integers(0, 5))
    cap = pack.price * times if times else None
    return TopUp(threshold=draw(_units()), pack=pack, monthly_cap=cap)


@kept
def wallet_policies(currency: str = "USD"):
    return st.builds(
        WalletPolicy,
        unit=st.just("credit"),
        currency=st.just(currency),
        purposes=st.sampled_from((("calls",), ("calls", "sms"))),
        packs=st.tuples(packs("small", currency), packs("large", currency)),
    )


@kept
@st.composite
def decisions(draw: st.DrawFn):
    currency = draw(currencies())
    policy = draw(wallet_policies(currency))
    top_up = draw(st.none() | top_ups(currency))
    wallet = grant(Wallet(policy, top_up=top_up), draw(_units()))
    decision, day = Decision(wallet=wallet), draw(days())
    for asked in draw(st.lists(st.integers(0, 400), min_size=1, max_size=4)):
        n, kind = divmod(asked, 4)
        decision = _decided(decision, kind, n, day)
    return decision


def _decided(decision: Decision, kind: int, n: int, day: dt.date):
    """Return what one more call comes to: a purchase, its payment, or a spend."""
    wallet, waiting = decision.wallet, decision.wallet.pending
    if kind == 0:
        return buy(wallet, "small", on=day, quantity=n % 3 + 1)
    if kind == 1 and waiting:
        return Decision(wallet=settle(wallet, waiting[0].number))
    if kind == 2 and waiting:
        return Decision(wallet=void(wallet, waiting[-1].number))
    return decide(wallet, on=day, units=n, purpose="calls")


@kept
def wallets():
    return decisions().map(lambda decision: decision.wallet)


@kept
def purchases():
    return st.builds(
        Purchase,
        number=st.integers(1, 9),
        pack=packs(),
        quantity=st.integers(1, 5),
        ordered_on=days(),
        automatic=st.booleans(),
    )


@kept
def unit_lots():
    day = st.none() | days()
    return st.builds(UnitLot, units=_units(1), size=st.just(10**9), expires_on=day)


@kept
def allowances():
    cap = st.none() | st.integers(0, 50)
    return st.builds(
        Allowance, unit=st.just("credit"), per_seat=st.integers(0, 99), carried_over=cap
    )


@kept
def allowance_periods():
    n = st.integers(0, 99)
    return st.builds(AllowancePeriod, start=days(), end=days(), granted=n, left=n)
