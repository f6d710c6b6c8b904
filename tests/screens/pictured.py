"""The documents that the screens show: each kind, at its smallest and largest."""

from __future__ import annotations

import datetime as dt
from typing import Any

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    Catalog,
    Discount,
    Freeze,
    Invoice,
    Member,
    Money,
    Party,
    Plan,
    Price,
    RemoveSeats,
    Service,
    SetSeats,
    Statement,
    SwitchInterval,
    SwitchPlan,
    TaxCategory,
    TaxRate,
    Timing,
    Unfreeze,
    bill,
    change,
    correct_recipient,
    credit_note,
    occupancy,
    subscribe,
)
from seatbill.corrections import CorrectiveInvoice, CreditNote, NumberedInvoice, number
from seatbill.payments import Card
from seatbill.views import BillingView, billing_view


def day(text: str) -> dt.date:
    """Return the day that *text* names."""
    return dt.date.fromisoformat(text)


def _plan(id: str, name: str, rank: int, amount: str, *features: str) -> Plan:
    price = Price(unit_amount=amount, currency="EUR")
    return Plan(id, name, rank, [price], features=features)


BASIC = _plan("basic", "Basic", 1, "4.99", "projects", "reports")
STANDARD = _plan("standard", "Standard", 2, "6.99", "projects", "reports", "time off")
PRO = _plan(
    "pro",
    "Professional",
    3,
    "11.99",
    "projects",
    "reports",
    "time off",
    "single sign-on",
)
STORAGE = AddOn(
    "storage",
    "Storage, 100 GB",
    [Price(unit="storage", unit_amount="9.00", currency="EUR")],
)
SETUP = Service("setup", "Set-up with a consultant", Money("250.00", "EUR"))
MODULES = [
    AddOn(
        f"module-{i:02}",
        f"Module {i}: " + ("payroll and leave of a whole region" if i % 5 else "map"),
        [Price(unit="module", unit_amount=f"{i}.50", currency="EUR")],
    )
    for i in range(1, 40)
]
CATALOG = Catalog([BASIC, STANDARD, PRO], [STORAGE, *MODULES], [SETUP])
RULES = BillingRules(interval_discounts={ANNUAL: "20"})
VAT = TaxRate("VAT", "0.21")
REVERSE = TaxRate(
    "VAT-EU",
    0,
    TaxCategory.REVERSE_CHARGE,
    reason="Article 196, Directive 2006/112/EC",
)
SELLER = Party(
    name="Seatbill Software GmbH",
    address=["Lindenstraße 12", "10969 Berlin"],
    country="DE",
    vat_number="DE 123 456 789",
)
BUYER = Party(
    name="Harbour Studio Ltd",
    address=["2 Quay Street", "Galway H91 AB12"],
    country="IE",
    vat_number="IE 6388047V",
)
OTHER = Party(
    name="Harbour Holding Ltd",
    address=["4 Quay Street", "Galway H91 AB12"],
    country="IE",
    vat_number="IE 6388047V",
)


def growing(**more: Any) -> Statement:
    """Return a year of a team that grows: from 5 seats a month to 14 a year."""
    opening = subscribe(
        BASIC,
        id="harbour",
        interval=MONTHLY,
        seats=5,
        on=day("2026-01-15"),
        rules=RULES,
        tax_rates=[VAT],
        recipient=BUYER,
        **more,
    )
    return bill(
        opening,
        [
            (day("2026-01-20"), AddSeats(3)),
            (day("2026-03-02"), SwitchPlan(STANDARD)),
            (day("2026-04-28"), AddSeats(4)),
            (day("2026-05-05"), SwitchInterval(ANNUAL)),
            (day("2026-09-12"), AddSeats(2)),
            (day("2026-11-20"), RemoveSeats(1, occupied=12)),
        ],
        until=day("2027-01-14"),
    )


def people() -> list[Member]:
    """Return who sits on the seats of the growing team, and from when on."""
    days = ["2026-01-15"] * 4 + ["2026-01-22"] * 3 + ["2026-04-30"] * 4 + ["2026-09-20"]
    return [Member(f"m{i}", joined_on=day(joined)) for i, joined in enumerate(days)]


def one_line() -> NumberedInvoice:
    """Return an invoice of one line, with its number."""
    return number(
        growing().invoices[0],
        "2026-0017",
        supplier=SELLER,
        due_on=day("2026-01-29"),
    )


def upgrade() -> Invoice:
    """Return an invoice with a credit and a charge, for part of a period."""
    return growing().invoices[3]


def forty_lines() -> Invoice:
    """Return an invoice of forty lines, discounted, for part of a period."""
    opening = subscribe(
        PRO,
        id="islands",
        interval=MONTHLY,
        seats=1250,
        on=day("2026-03-12"),
        anchor=day("2026-03-01"),
        rules=RULES,
        add_ons=[(module, i + 1) for i, module in enumerate(MODULES)],
        discounts=[Discount.percent("15", id="nonprofit")],
        tax_rates=[REVERSE],
        recipient=BUYER,
    )
    (invoice,) = opening.invoices
    return invoice


def negative() -> Invoice:
    """Return a document whose total is below zero."""
    opening = subscribe(
        PRO,
        id="orchard",
        interval=MONTHLY,
        seats=10,
        on=day("2026-04-01"),
        rules=RULES,
        tax_rates=[VAT],
        recipient=BUYER,
    )

    outcome = change(
        opening.subscription,
        SwitchPlan(BASIC),
        on=day("2026-04-16"),
        timing=Timing.IMMEDIATE,
    )
    assert outcome.invoice is not None
    return outcome.invoice


def note() -> CreditNote:
    """Return a note that takes part of an invoice back."""
    return credit_note(
        one_line(),
        amount=Money("10.00", "EUR"),
        reason="goodwill",
        issued_on=day("2026-02-02"),
    )


def correction() -> CorrectiveInvoice:
    """Return an invoice made out to another recipient."""
    asked = correct_recipient(one_line(), OTHER, use_from_now_on=True)
    return asked.accept(on=day("2026-02-01"))


def view() -> BillingView:
    """Return the page of the growing team."""
    return billing_view(
        growing(add_ons=[(STORAGE, 2)]).subscription,
        on=day("2027-01-14"),
        members=people(),
        payment=Card(brand="visa", last_four="4242", expiry_year=2028, expiry_month=3),
    )


def extremes() -> Statement:
    """Return what nobody would print: long names without a space, 10^15."""
    word = "Donaudampfschifffahrtsgesellschaftskapitän" * 3
    plan = Plan(
        "x" * 90,
        word,
        1,
        [Price(unit=word, unit_amount="1000000000000.125", currency="KWD")],
        features=[word],
    )
    party = Party(name=word, address=[word, word], country="KW", vat_number="9" * 80)
    rates = [
        TaxRate(word, "0.333333", reason=word),
        TaxRate("zero", 0, TaxCategory.EXEMPT, reason=word),
    ]
    opening = subscribe(
        plan,
        id="y" * 70,
        interval=MONTHLY,
        seats={word: 1000},
        on=day("2026-01-15"),
        anchor=day("2026-01-01"),
        rules=RULES,
        recipient=party,
        tax_rates=rates,
        discounts=[Discount.percent("12.345678", id=word)],
    )
    return bill(
        opening, [(day("2026-01-20"), AddSeats(999, word))], until=day("2026-02-20")
    )


def two_years() -> Statement:
    """Return 24 periods with 40 changes, some of them days apart."""
    opening = subscribe(
        BASIC,
        id="busy",
        interval=MONTHLY,
        seats=10,
        on=day("2025-01-01"),
        rules=RULES,
        recipient=BUYER,
    )
    history: list[Any] = []
    start = day("2025-01-05")
    plans = [STANDARD, PRO, BASIC, STANDARD]
    for i in range(40):
        on = start + dt.timedelta(17 * i if i < 25 else 17 * 25 + 2 * (i - 25))
        if i % 10 == 4:
            change: Any = SwitchPlan(plans[i // 10])
        elif i % 4 == 3:
            change = RemoveSeats(1 + i % 3, occupied=2)
        else:
            change = AddSeats(1 + i % 3)
        history.append((on, change))
    return bill(opening, history, until=day("2026-12-20"))


def one_period() -> Statement:
    """Return one period and one change."""
    opening = subscribe(
        BASIC, id="young", interval=MONTHLY, seats=3, on=day("2026-06-01"), rules=RULES
    )
    return bill(opening, [(day("2026-06-11"), AddSeats(2))], until=day("2026-06-20"))


def everything() -> Statement:
    """Return a trial, an add-on, a service, a discount, a freeze and an end."""
    opening = subscribe(
        STANDARD,
        id="harvest",
        interval=MONTHLY,
        seats=4,
        on=day("2026-01-10"),
        trial_end=day("2026-02-01"),
        rules=BillingRules(max_freeze_days=60),
        recipient=BUYER,
    )
    return bill(
        opening,
        [
            (day("2026-02-09"), AddAddOn(STORAGE)),
            (day("2026-02-20"), BuyService(SETUP)),
            (day("2026-03-01"), ApplyDiscount(Discount.fixed("5", "EUR", id="spring"))),
            (day("2026-04-12"), Freeze()),
            (day("2026-05-02"), Unfreeze()),
            (day("2026-05-10"), SetSeats(6, occupied=4)),
            (day("2026-06-03"), Cancel("the season is over")),
        ],
        until=day("2026-07-15"),
    )


COUNTED = occupancy(people(), owned=14, scheduled_removal={"seat": 1})
FULL = occupancy(people(), owned=12)
