"""What a line, a change, a refusal and a finding say, in English, French and German.

The sentences are written by hand, as a bookkeeper of the country would write them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

from seatbill import (
    ANNUAL,
    MONTHLY,
    QUARTERLY,
    AddAddOn,
    AddOn,
    AddSeats,
    ApplyDiscount,
    BillingRules,
    BuyService,
    Cancel,
    ChargeFee,
    Convention,
    Discount,
    EndPause,
    EndTrial,
    Extend,
    Freeze,
    GrantCredit,
    Interval,
    Money,
    MoveBillingDay,
    Party,
    Pause,
    Period,
    Plan,
    Price,
    RecordCreditNote,
    RecordUsage,
    RemoveAddOn,
    RemoveDiscount,
    RemoveSeats,
    Reprice,
    Resume,
    Rounding,
    Service,
    SetRecipient,
    SetSeats,
    SetTaxRates,
    SetTerm,
    SwitchInterval,
    SwitchPackage,
    SwitchPlan,
    TaxRate,
    Term,
    Tier,
    Timing,
    Unfreeze,
    WithdrawPending,
    verify,
)
from seatbill._values.base import Word
from seatbill.access import Action
from seatbill.errors import (
    CardFundingError,
    ConventionError,
    DateRangeError,
    InsufficientUnitsError,
    IntervalNotOfferedError,
    LateNoticeError,
    MissingDetailsError,
    MixedTimeError,
    NaiveDatetimeError,
    NoChangeError,
    NoPriceError,
    NoSeatLeftError,
    NothingPendingError,
    OutOfBoundsError,
    PermissionRefusedError,
    RenewFirstError,
    RequirementError,
    RulesError,
    SeatbillError,
    SeatsOccupiedError,
    TooFewSeatsError,
    UnknownItemError,
    WrongTypeError,
)
from seatbill.formatting import (
    describe,
    explain,
    format_interval,
    format_quantity,
    format_share,
    words,
)
from seatbill.invoices import BillingReason, LineKind
from seatbill.licences import Counting
from seatbill.notices import Finding, Notice, Refusal
from seatbill.payments import Funding
from seatbill.reviews.plain_text import share_text
from seatbill.rules import ChangeKind
from seatbill.subscriptions import PendingUpdate, SubscribedAddOn
from seatbill.taxes import TaxAmount
from seatbill.verification import Discrepancy
from stories import Story, at

DAY = dt.date(2026, 5, 1)
MIDNIGHT = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
APRIL = (dt.date(2026, 4, 1), DAY)
PRO = Plan("pro", "Pro", 2, [Price(unit_amount="6.99", currency="EUR")])
MAX = Plan("max", "Max", 3, [Price(unit_amount="9.99", currency="EUR")])
SSO = AddOn("sso", "SSO", [Price(unit_amount="3.00", currency="EUR")])
BRONZE = AddOn("bronze", "Bronze", SSO.prices, family="support", rank=1)
GOLD = AddOn("gold", "Gold", SSO.prices, family="support", rank=2)
TRAINING = Service("training", "Training", Money("120", "EUR"))


# -------------------------------------------------------------------------- quantities


@pytest.mark.parametrize(
    ("n", "unit", "locale", "shown"),
    [
        (1, "seat", "en", "1 seat"),
        (3, "seat", "en", "3 seats"),
        (0, "seat", "en", "0 seats"),
        (0, "seat", "fr", "0 siège"),  # French counts none like one
        (1, "seat", "fr", "1 siège"),
        (2, "seat", "fr", "2 sièges"),
        (0, "seat", "de", "0 Plätze"),
        (-3, "seat", "fr", "-3 sièges"),
        (-1, "seat", "en", "-1 seat"),
        (1200, "seat", "fr", "1\u202f200 sièges"),
        (3, "limited", "fr", "3 sièges limités"),
        (3, "team", "it", "3 team"),
        (2, "seat", "es", "2 plazas"),
        (1, "seat", "ar-AE", "1 مقعد"),
        (2, "seat", "ar-AE", "2 مقعدان"),
        (3, "seat", "ar-AE", "3 مقاعد"),
        (11, "seat", "ar-AE", "11 مقعدًا"),
        (100, "seat", "ar-AE", "100 مقعد"),
        (3, "seat", "ja", "3 seats"),
        (1, "bike", "fr", "1 × bike"),
        (12, "bike", "ar-EG", "١٢ × bike"),
    ],
)
def test_a_quantity_takes_the_plural_of_its_language(n, unit, locale, shown):
    assert format_quantity(n, unit, locale) == shown


@pytest.mark.parametrize(
    ("interval", "locale", "shown"),
    [
        (MONTHLY, "en", "1 month"),
        (QUARTERLY, "fr", "3 mois"),
        (ANNUAL, "de", "12 Monate"),
        (Interval(days=30), "fr", "30 jours"),
        (Interval(days=1), "es", "1 día"),
    ],
)
def test_an_interval_is_so_many_months_or_days(interval, locale, shown):
    assert format_interval(interval, locale) == shown


# ------------------------------------------------------------------------------- lines


def lines_of(outcome):
    return [line for invoice in outcome.invoices for line in invoice.lines]


def explained(outcome, locale="fr"):
    return [explain(line, locale) for line in lines_of(outcome)]


def described(outcome, locale="fr"):
    return [describe(line, locale) for line in lines_of(outcome)]


def test_a_charge_a_credit_and_a_whole_period_are_sums():
    """10 × 6.99 = 69.90; 12 of 30 days of it 27.96; 9.99 × 10 × 12/30 = 39.96."""
    told = Story(PRO, "2026-04-01", seats=10)
    assert explained(told.opening) == [
        "10 sièges, pro, 1–30 avr. 2026\u00a0: 10 × 6,99\u00a0€ = 69,90\u00a0€."
    ]
    moved = told.change("2026-04-19", SwitchPlan(MAX), AddSeats(1))
    assert explained(moved) == [
        (
            "Non utilisé\u00a0: 10 sièges, pro, 19–30 avr. 2026\u00a0: "
            "-10 × 6,99\u00a0€ × 12/30 jours = -27,96\u00a0€."
        ),
        (
            "10 sièges, max, 19–30 avr. 2026\u00a0: "
            "10 × 9,99\u00a0€ × 12/30 jours = 39,96\u00a0€."
        ),
        (
            "1 siège, max, 19–30 avr. 2026\u00a0: "
            "1 × 9,99\u00a0€ × 12/30 jours = 4,00\u00a0€."
        ),
    ]
    assert [explain(line) for line in lines_of(moved)] == explained(moved, "en")
    assert explained(moved, "en")[0] == (
        "Unused: 10 seats, pro, Apr 19\u2009–\u200930, 2026: "
        "-10 × €6.99 × 12/30 days = -€27.96."
    )
    assert explained(moved, "de")[2] == (
        "1 Platz, max, 19.–30.04.2026: 1 × 9,99\u00a0€ × 12/30 Tage = 4,00\u00a0€."
    )


def test_a_language_without_words_has_english_ones_and_its_own_numbers():
    told = Story(PRO, "2026-04-01", seats=10)
    assert explained(told.opening, "nl") == [
        "10 seats, pro, 1–30 apr 2026: 10 × €\u00a06,99 = €\u00a069,90."
    ]


def test_percentages_and_tiers_are_told_as_the_price_came_about():
    """4.99 − 20 % = 3.992, − 10 % = 3.5928; 5 × 10 + 5 × 8 = 90, − 10 % = 81."""
    basic = Plan("basic", "Basic", 1, [Price(unit_amount="4.99", currency="EUR")])
    off = [Discount.percent("20", id="a"), Discount.percent("10", id="b")]
    assert explained(Story(basic, "2026-04-01", seats=3, discounts=off).opening) == [
        (
            "3 sièges, basic, 1–30 avr. 2026\u00a0: 3 × 3,5928\u00a0€ = 10,78\u00a0€ "
            "(prix unitaire\u00a0: 4,99\u00a0€ − 20\u00a0% (a) − 10\u00a0% (b) = "
            "3,5928\u00a0€)."
        )
    ]
    gift = [Discount.percent("100", id="gift"), off[1]]
    assert explained(Story(basic, "2026-04-01", seats=3, discounts=gift).opening) == [
        (
            "3 sièges, basic, 1–30 avr. 2026\u00a0: 3 × 0,00\u00a0€ = 0,00\u00a0€ "
            "(après remises\u00a0: 100\u00a0% (gift), 10\u00a0% (b))."
        )
    ]
    tiers = (Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8"))
    tiered = Plan("t", "T", 1, (Price(currency="EUR", tiers=tiers),))
    story = Story(tiered, "2026-04-01", seats=10, discounts=off[1:])
    assert explained(story.opening) == [
        (
            "10 sièges, t, 1–30 avr. 2026\u00a0: 81,00\u00a0€ "
            "(après remises\u00a0: 10\u00a0% (b); prix par paliers)."
        )
    ]


def test_a_fixed_discount_its_cap_and_its_end_are_told():
    """Of 15.00 off, 4.99 is there; half of 4.99 is taken back, 2.50."""
    basic = Plan("basic", "Basic", 1, [Price(unit_amount="4.99", currency="USD")])
    promo = Discount.fixed("15.00", "USD", id="promo")
    told = Story(basic, "2026-04-01", seats=1, discounts=[promo])
    assert described(told.opening) == ["1 siège, basic", "Remise promo"]
    assert explained(told.opening, "en")[1] == (
        "Discount promo, Apr 1\u2009–\u200930, 2026: -$15.00 "
        "(cut to -$4.99: no more can be taken off)."
    )
    over = told.change("2026-04-16", Cancel(), timing=Timing.IMMEDIATE)
    assert described(over)[1] == "Non utilisé\u00a0: Remise promo"
    assert explained(over, "en")[1] == (
        "Unused: Discount promo, Apr 16\u2009–\u200930, 2026: "
        "$4.99 × 15/30 days = $2.50."
    )


def test_a_credit_that_was_cut_short_says_so():
    """0.40 × 1/30 = 0.0133, so 0.01 for each of 11 seats bought one by one: 0.11."""
    few = Plan("few", "Few", 1, [Price(unit_amount="0.40", currency="EUR")])
    told = Story(few, "2026-04-30", anchor="2026-04-01")
    for _ in range(10):
        told.change("2026-04-30", AddSeats(1))
    over = told.change("2026-04-30", Cancel(), timing=Timing.IMMEDIATE)
    assert explained(over) == [
        (
            "Non utilisé\u00a0: 11 sièges, few, 30 avr. 2026\u00a0: "
            "-11 × 0,40\u00a0€ × 1/30 jours = -0,15\u00a0€ (plafonné à -0,11\u00a0€"
            "\u00a0: il ne reste rien de plus à créditer)."
        )
    ]


def test_a_service_and_a_fee_have_a_day():
    told = Story(PRO, "2026-04-01")
    bought = told.change("2026-04-16", BuyService(TRAINING, 2))
    assert described(bought) == ["2 × training"]
    assert explained(bought) == [
        "2 × training, 16 avr. 2026\u00a0: 2 × 120,00\u00a0€ = 240,00\u00a0€."
    ]
    fee = told.change("2026-04-17", ChargeFee("tickets", Money("3.20", "EUR")))
    assert described(fee) == ["Frais tickets"]
    assert explained(fee) == [
        "Frais tickets, 17 avr. 2026\u00a0: 1 × 3,20\u00a0€ = 3,20\u00a0€."
    ]
    assert format_share(lines_of(fee)[0]) == "1"


def test_instants_are_counted_in_seconds():
    """Half of April: 1 296 000 of 2 592 000 seconds."""
    told = Story(PRO, "2026-04-01T00:00:00+00:00", seats=1)
    half = told.change("2026-04-16T00:00:00+00:00", AddSeats(1))
    assert explained(half) == [
        (
            "1 siège, pro, "
            "16 avr. 2026, 00:00\u2009–\u20091 mai 2026, 00:00 UTC\u00a0: "
            "1 × 6,99\u00a0€ × 1\u202f296\u202f000/2\u202f592\u202f000 secondes = "
            "3,50\u00a0€."
        )
    ]
    later = told.change("2026-04-16T00:00:00.5+00:00", AddSeats(1))
    (line,) = lines_of(later)
    assert format_share(line, "en") == "1,295,999.5/2,592,000 seconds"
    assert share_text(line) == "1295999500000/2592000000000"
    (line,) = lines_of(half)
    assert share_text(line) == "1296000/2592000"


def test_a_share_is_told_as_it_was_counted():
    told = Story(PRO, "2026-04-01", seats=1)
    assert format_share(lines_of(told.opening)[0], "fr") == "30/30 jours"
    rules = BillingRules(convention=Convention.FULL)
    whole = Story(PRO, "2026-04-01", seats=1, rules=rules)
    assert format_share(lines_of(whole.opening)[0], "fr") == "1"


def test_an_add_on_counts_itself_or_what_it_is_sold_by():
    minutes = AddOn(
        "phone", "Phone", [Price(unit="minute", unit_amount="0.10", currency="EUR")]
    )
    told = Story(PRO, "2026-04-01", add_ons=[(SSO, 2), (minutes, 100)])
    assert described(told.opening) == ["1 siège, pro", "2 × sso", "100 minutes, phone"]


def test_a_charge_that_runs_has_the_title_of_its_lines():
    told = Story(PRO, "2026-04-01", seats=3)
    (charge,) = told.subscription.charges
    assert describe(charge, "fr") == "3 sièges, pro"


# ------------------------------------------------------------------ changes, what waits

REDUCED = TaxRate("TVA", "0.055")
CHANGES = [
    (AddSeats(3), "Add 3 seats", "Ajouter 3 sièges"),
    (RemoveSeats(1), "Remove 1 seat", "Retirer 1 siège"),
    (SetSeats(13), "Set to 13 seats", "Passer à 13 sièges"),
    (SwitchPlan(MAX), "Switch to plan Max", "Passer à la formule Max"),
    (
        SwitchPlan(MAX, seats=8),
        "Switch to plan Max with 8 seats",
        "Passer à la formule Max avec 8 sièges",
    ),
    (
        SwitchPlan(MAX, ANNUAL, {"seat": 8, "limited": 1}),
        "Switch to plan Max with 8 seats, 1 limited seat, billing period of 12 months",
        (
            "Passer à la formule Max avec 8 sièges, 1 siège limité, période de "
            "facturation de 12 mois"
        ),
    ),
    (
        SwitchPlan(MAX, ANNUAL),
        "Switch to plan Max, billing period of 12 months",
        "Passer à la formule Max, période de facturation de 12 mois",
    ),
    (
        SwitchInterval(QUARTERLY),
        "Switch to a billing period of 3 months",
        "Passer à une période de facturation de 3 mois",
    ),
    (AddAddOn(SSO, 2), "Add 2 × SSO", "Ajouter 2 × SSO"),
    (RemoveAddOn(SSO), "Remove SSO", "Retirer SSO"),
    (
        SwitchPackage(BRONZE, GOLD),
        "Switch from Bronze to Gold",
        "Passer de Bronze à Gold",
    ),
    (BuyService(TRAINING), "Buy Training", "Acheter Training"),
    (
        ChargeFee("tickets", Money("3.20", "EUR")),
        "Charge fee tickets: €3.20",
        "Facturer les frais tickets\u00a0: 3,20\u00a0€",
    ),
    (
        MoveBillingDay(31),
        "Move the billing day to day 31 of the month",
        "Déplacer le jour de facturation au 31 du mois",
    ),
    (
        Extend(7),
        "Extend the running period by 7 days",
        "Prolonger la période en cours de 7 jours",
    ),
    (
        Pause(1),
        "Pause for one period, from the next renewal on",
        "Mettre en pause pendant une période, à partir du prochain renouvellement",
    ),
    (
        Pause(2),
        "Pause for 2 periods, from the next renewal on",
        "Mettre en pause pendant 2 périodes, à partir du prochain renouvellement",
    ),
    (EndPause(), "End the pause", "Mettre fin à la pause"),
    (EndTrial(), "End the trial", "Mettre fin à la période d’essai"),
    (Freeze(), "Freeze the subscription", "Suspendre l’abonnement"),
    (Unfreeze(), "End the freeze", "Mettre fin à la suspension"),
    (Cancel(), "Cancel the subscription", "Résilier l’abonnement"),
    (
        Cancel("too dear"),
        "Cancel the subscription (reason: too dear)",
        "Résilier l’abonnement (motif\u00a0: too dear)",
    ),
    (Resume(), "Withdraw the cancellation", "Annuler la résiliation"),
    (
        WithdrawPending(ChangeKind.SEATS),
        "Withdraw the scheduled change: seats",
        "Annuler la modification prévue\u00a0: sièges",
    ),
    (
        WithdrawPending(ChangeKind.SEATS, DAY),
        "Withdraw the scheduled change from May 1, 2026: seats",
        "Annuler la modification prévue à partir du 1 mai 2026\u00a0: sièges",
    ),
    (
        SetSeats(13, from_day=DAY),
        "Set to 13 seats from May 1, 2026",
        "Passer à 13 sièges à partir du 1 mai 2026",
    ),
    (
        Reprice(PRO, DAY),
        "New prices for Pro from May 1, 2026",
        "Nouveaux prix de Pro à partir du 1 mai 2026",
    ),
    (
        ApplyDiscount(Discount.percent("12.5", id="loyal")),
        "Apply discount loyal: 12.5% off",
        "Appliquer la remise loyal\u00a0: 12,5\u00a0%",
    ),
    (
        ApplyDiscount(Discount.fixed("15", "EUR", id="promo")),
        "Apply discount promo: €15.00 off",
        "Appliquer la remise promo\u00a0: 15,00\u00a0€",
    ),
    (RemoveDiscount("promo"), "Remove discount promo", "Retirer la remise promo"),
    (
        SetTaxRates([REDUCED]),
        "Set the tax rates: TVA 5.5%",
        "Fixer les taux de taxe\u00a0: TVA 5,5\u00a0%",
    ),
    (
        SetTaxRates([REDUCED, TaxRate("GST", "0.1")]),
        "Set the tax rates: TVA 5.5%, GST 10%",
        "Fixer les taux de taxe\u00a0: TVA 5,5\u00a0%, GST 10\u00a0%",
    ),
    (SetTaxRates([]), "Charge no tax", "Ne facturer aucune taxe"),
    (
        SetRecipient(Party(name="Ada")),
        "Make invoices out to Ada",
        "Établir les factures au nom de Ada",
    ),
    (
        SetRecipient(None),
        "Name no recipient on invoices",
        "Ne nommer aucun destinataire sur les factures",
    ),
    (
        RecordCreditNote("one:1/credit-1", []),
        "Record credit note one:1/credit-1",
        "Enregistrer l’avoir one:1/credit-1",
    ),
    (
        SetTerm(Term()),
        "Agree on a term of 12 months",
        "Convenir d’un engagement de 12 mois",
    ),
    (
        SetTerm(None),
        "Agree on no further term",
        "Ne convenir d’aucun autre engagement",
    ),
    (
        RecordUsage({"seat": 14, "team": 1}),
        "Record how many are used: 14 seats, 1 team",
        "Enregistrer l’utilisation\u00a0: 14 sièges, 1 équipe",
    ),
    (
        GrantCredit(Money("5", "EUR"), "sorry"),
        "Grant a credit of €5.00 (reason: sorry)",
        "Accorder un crédit de 5,00\u00a0€ (motif\u00a0: sorry)",
    ),
]


@pytest.mark.parametrize(("change", "english", "french"), CHANGES)
def test_a_change_says_what_is_asked_for(change, english, french):
    assert describe(change) == english
    assert describe(change, "fr") == french


def waits(kind, value, key="", **more):
    """Return an update that waits for the first of May."""
    return PendingUpdate(
        kind=kind, key=key, value=value, applies_on=DAY, requested_on=DAY, **more
    )


PENDING = [
    (waits(ChangeKind.PLAN, MAX), "Plan Max from", "Formule Max à partir du"),
    (
        waits(ChangeKind.INTERVAL, QUARTERLY),
        "Billing period of 3 months from",
        "Période de facturation de 3 mois à partir du",
    ),
    (waits(ChangeKind.SEATS, 8, "seat"), "8 seats from", "8 sièges à partir du"),
    (
        waits(ChangeKind.ADD_ON, SubscribedAddOn(SSO, 2), "sso"),
        "2 × SSO from",
        "2 × SSO à partir du",
    ),
    (
        waits(ChangeKind.ADD_ON, SubscribedAddOn(SSO, 0), "sso"),
        "SSO ends on",
        "Fin de SSO\u00a0:",
    ),
    (waits(ChangeKind.PACKAGE, GOLD), "Package Gold from", "Forfait Gold à partir du"),
    (waits(ChangeKind.CANCELLATION, None), "Cancellation on", "Résiliation au"),
    (
        waits(ChangeKind.PRICE, PRO),
        "New prices for Pro from",
        "Nouveaux prix de Pro à partir du",
    ),
    (
        waits(ChangeKind.PAUSE, 1),
        "Pause of one period from",
        "Pause d’une période à partir du",
    ),
    (
        waits(ChangeKind.PAUSE, 3),
        "Pause of 3 periods from",
        "Pause de 3 périodes à partir du",
    ),
]


@pytest.mark.parametrize(("update", "english", "french"), PENDING)
def test_what_waits_says_from_when(update, english, french):
    assert describe(update) == f"{english} May 1, 2026"
    assert describe(update, "fr") == f"{french} 1 mai 2026"


def test_a_cancellation_that_waits_repeats_its_reason():
    update = waits(ChangeKind.CANCELLATION, "moved")
    assert describe(update) == "Cancellation on May 1, 2026 (reason: moved)"


# ------------------------------------------------------ refusals, notices, findings


@pytest.mark.parametrize(
    ("error", "english", "french"),
    [
        (
            NoSeatLeftError("seat", 1, 8, 0, 1),
            "All 8 seats are taken: buy 1 more.",
            "La limite de 8 sièges est atteinte~: achetez-en 1 de plus.",
        ),
        (
            NoSeatLeftError("seat", 1, 1, 0, 1),
            "The 1 seat is taken: buy 1 more.",
            "La limite de 1 siège est atteinte~: achetez-en 1 de plus.",
        ),
        (
            NoSeatLeftError("seat", 3, 8, 1, 2),
            "Only 1 seat is free, not 3: buy 2 more.",
            "Il ne reste que 1 siège de libre, et il en faut 3~: achetez-en 2 de plus.",
        ),
        (
            NoSeatLeftError("team", 3, 8, 2, 1),
            "Only 2 teams are free, not 3: buy 1 more.",
            (
                "Il ne reste que 2 équipes de libres, et il en faut 3~: "
                "achetez-en 1 de plus."
            ),
        ),
        (
            NoSeatLeftError("seat", 1, 0, 0, 1),
            "There are no seats yet: buy 1.",
            "Il n’y en a pas encore (sièges)~: achetez-en 1.",
        ),
        (
            TooFewSeatsError("seat", 6, 7, 1),
            "At least 7 seats are needed, not 6: buy 1 more.",
            "Il faut au moins 7 sièges, et non 6~: achetez-en 1 de plus.",
        ),
        (
            TooFewSeatsError("seat", 0, 1, 1),
            "At least 1 seat is needed, not 0: buy 1 more.",
            "Il faut au moins 1 siège, et non 0~: achetez-en 1 de plus.",
        ),
        (
            SeatsOccupiedError("bike", 3000, 2, 8),
            (
                "Only 2 × bike can be removed, not 3,000: "
                "remove 2 at most, or free some first."
            ),
            (
                "On ne peut retirer que 2 × bike, et non 3^000~: "
                "retirez-en 2 au plus, ou libérez-en d’abord."
            ),
        ),
        (
            SeatsOccupiedError("seat", 3, 0, 8),
            "3 seats cannot be removed, as all are occupied: free some first.",
            "Impossible de retirer 3 sièges, car tout est occupé~: libérez-en d’abord.",
        ),
        (
            InsufficientUnitsError("credit", 5, Decimal("1.5"), Decimal("3.5")),
            "Only 1.5 credits are left, not 5: add 3.5 first.",
            "Il ne reste que 1,5 crédit, et il en faut 5~: ajoutez-en d’abord 3,5.",
        ),
        (
            InsufficientUnitsError("credit", 5, Decimal(0), 5),
            "No credits are left: add 5 first.",
            "Il n’en reste plus (crédits)~: ajoutez-en d’abord 5.",
        ),
        (
            LateNoticeError(DAY, dt.date(2026, 5, 10), dt.date(2026, 4, 25), 15),
            (
                "May 1, 2026 is too late for May 10, 2026: "
                "ask by Apr 25, 2026, 15 days before."
            ),
            (
                "Le 1 mai 2026 est trop tard pour l’échéance du 10 mai 2026~: "
                "demandez au plus tard le 25 avr. 2026, 15 jours avant."
            ),
        ),
        (
            IntervalNotOfferedError(QUARTERLY, (MONTHLY, Interval(days=365))),
            "A billing period of 3 months is not offered: choose 1 month or 365 days.",
            (
                "Une période de facturation de 3 mois n’est pas proposée~: "
                "choisissez 1 mois ou 365 jours."
            ),
        ),
        (
            NoPriceError("pro", "", "USD", ANNUAL),
            (
                "pro has no price in USD for 12 months: "
                "add one, or choose another currency or interval."
            ),
            (
                "pro n’a pas de prix en USD pour 12 mois~: "
                "ajoutez-en un, ou choisissez une autre devise "
                "ou une autre périodicité."
            ),
        ),
        (
            NoChangeError("archived", "x"),
            "Team 'x' is already archived: do nothing.",
            "L’équipe «~x~» est déjà archivée~: ne faites rien.",
        ),
        (
            NoChangeError("plan", "pro", QUARTERLY),
            (
                "The plan is already pro, with a billing period of 3 months: "
                "choose another plan or period, or do nothing."
            ),
            (
                "La formule est déjà pro, avec une période de facturation de 3 mois~: "
                "choisissez une autre formule ou une autre période, ou ne faites rien."
            ),
        ),
        (
            NoChangeError("seats", 1, "seat"),
            "There is already 1 seat: ask for another number, or do nothing.",
            "Il y a déjà 1 siège~: demandez un autre nombre, ou ne faites rien.",
        ),
        (
            NothingPendingError(ChangeKind.SEATS),
            "No change of seats is scheduled: read pending_updates before withdrawing.",
            (
                "Aucune modification n’est prévue (sièges)~: "
                "consultez pending_updates avant d’annuler."
            ),
        ),
        (
            UnknownItemError("plan", "gold", ("basic", "pro", "max")),
            "There is no plan 'gold': choose basic, pro or max.",
            "Impossible de trouver la formule «~gold~»~: choisissez basic, pro ou max.",
        ),
        (
            UnknownItemError("plan", "gold", ()),
            "There is no plan 'gold': check the id.",
            "Impossible de trouver la formule «~gold~»~: vérifiez l’identifiant.",
        ),
        (
            RequirementError("sso", ("pro", "max")),
            "sso needs pro or max: take pro or max first, in the same call if wanted.",
            (
                "sso demande pro ou max~: "
                "prenez d’abord pro ou max, dans le même appel si vous voulez."
            ),
        ),
        (
            DateRangeError(DAY, 10**6, "month"),
            (
                "Counting 1,000,000 months from May 1, 2026 leads beyond the years "
                "1 to 9999: "
                "use an anchor nearer to today."
            ),
            (
                "Compter 1^000^000 mois à partir du 1 mai 2026 mène hors des années "
                "1 à 9999~: "
                "utilisez une date de référence plus proche d’aujourd’hui."
            ),
        ),
        (
            OutOfBoundsError("seats", 1200, 1, 10),
            "seats is 1,200: keep it from 1 to 10.",
            "seats vaut 1^200~: choisissez une valeur de 1 à 10.",
        ),
        (
            OutOfBoundsError("price", Money("-1", "EUR"), Money("0", "EUR"), None),
            "price is -€1.00: keep it at €0.00 or more.",
            "price vaut -1,00~€~: choisissez au moins 0,00~€.",
        ),
        (
            OutOfBoundsError("name", "", 1, None),
            "name is empty: give one character or more.",
            "name est vide~: donnez au moins un caractère.",
        ),
        (
            OutOfBoundsError("n", 10**5000, 1, 10),
            "n is a number of 16,610 bits: keep it from 1 to 10.",
            "n vaut un nombre de 16^610 bits~: choisissez une valeur de 1 à 10.",
        ),
        (
            WrongTypeError("seats", "int", "3"),
            "seats is '3': give a value of type int.",
            "seats vaut «~3~»~: donnez une valeur de type int.",
        ),
        (
            WrongTypeError("plan", "Plan", None),
            "plan is None: give a value of type Plan.",
            "plan vaut None~: donnez une valeur de type Plan.",
        ),
        (
            PermissionRefusedError("member", Action.ADD_SEATS, ("owner", "admin")),
            (
                "The role 'member' is not allowed to add seats: "
                "ask somebody with the role owner or admin."
            ),
            (
                "Le rôle «~member~» ne donne pas ce droit (ajouter des sièges)~: "
                "adressez-vous à un rôle autorisé (owner ou admin)."
            ),
        ),
        (
            RulesError("cancellation", Timing.RESTART, "end_cannot_restart"),
            (
                "cancellation is restart, but an end cannot start a new period: "
                "use IMMEDIATE, PERIOD_END or FORFEIT."
            ),
            (
                "cancellation vaut restart, mais une fin ne peut pas commencer une "
                "nouvelle période~: utilisez IMMEDIATE, PERIOD_END ou FORFEIT."
            ),
        ),
        (
            RulesError("current_period", APRIL, "another_length", QUARTERLY),
            (
                "The period Apr 1 – 30, 2026 is not 3 months long: "
                "give the whole period, even where service began later."
            ),
            (
                "La période 1–30 avr. 2026 ne dure pas 3 mois~: "
                "donnez la période entière, même si le service a commencé plus tard."
            ),
        ),
        (
            MissingDetailsError(("name", "vat_number")),
            "The recipient lacks details (name, VAT number): give them.",
            (
                "Il manque des mentions au destinataire (le nom, le numéro de TVA)~: "
                "indiquez-les."
            ),
        ),
        (
            CardFundingError("4242", Funding.PREPAID, (Funding.CREDIT, Funding.DEBIT)),
            (
                "The card ending in 4242 is of a kind that is not accepted (prepaid): "
                "use a card of another kind (credit, debit)."
            ),
            (
                "La carte se terminant par 4242 est d’un type refusé (prépayée)~: "
                "utilisez une carte d’un autre type (crédit, débit)."
            ),
        ),
    ],
)
def test_a_refusal_is_told_with_its_figures_and_the_way_out(error, english, french):
    assert describe(error).replace("\u2009", " ") == english
    assert describe(error, "fr") == french.replace("~", "\xa0").replace("^", "\u202f")


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (RenewFirstError(DAY, "team"), "il manque une quantité (équipes)"),
        (ConventionError(Convention.FULL, DAY, ""), "full ne peut pas compter"),
        (RulesError("counting", Counting.ANY_DAY, ""), "counting vaut any_day"),
        (RulesError("rounding", Rounding.UP, ""), "rounding vaut up"),
        (OutOfBoundsError("n", 2**4096, 1, 2), "un nombre de 4\u202f097 bits"),
        (OutOfBoundsError("n", 2**4095, 1, 2), str(2**4095)),
    ],
)
def test_a_value_in_a_refusal_is_told_by_what_it_is(error, part):
    assert part in describe(error, "fr")


def test_what_cannot_be_read_is_told_as_it_came():
    """A refusal of a moment or of a number must not fail over that same value."""
    naive = NaiveDatetimeError("on", dt.datetime(2026, 4, 19))
    assert "2026-04-19 00:00:00" in describe(naive, "fr")
    mixed = MixedTimeError("on", DAY, "dates")
    assert "datetime.date(2026, 5, 1)" in describe(mixed, "fr")
    assert "1.5" in describe(OutOfBoundsError("n", 1.5, 1, 10), "fr")
    assert describe(SeatbillError(), "fr") == "Refused."


@pytest.mark.parametrize(
    "span", [(1, 2), (DAY,), (DAY, MIDNIGHT), "April", (dt.date.min, dt.date.min)]
)
def test_a_time_that_is_none_is_told_as_it_came(span):
    found = finding("line_missing", item="pro", span=span, amount=Money("5", "EUR"))
    assert str(found).startswith("pro, ")
    assert describe(found, "fr").startswith("pro, ")


@pytest.mark.parametrize("count", ["many", None, Decimal("NaN"), Fraction(1, 2)])
def test_a_count_that_is_none_is_told_as_it_came(count):
    notice = told("removals_undone", count=count, unit="seat")
    assert "stay, free of charge." in str(notice)
    assert "en place, sans frais." in describe(notice, "fr")


def test_a_unit_of_the_host_s_own_has_no_other_words():
    refused = SeatsOccupiedError("bike", 3, 2, 8)
    assert str(refused).startswith("Only 2 × bike can be removed, not 3:")


def test_an_outcome_is_not_the_subscription_in_it():
    refused = WrongTypeError("subscription", "Subscription", Story(PRO, "2026-04-01"))
    way_out = "give a Subscription, such as outcome.subscription."
    assert str(refused) == f"subscription is a value of type Story: {way_out}"
    assert describe(refused) == str(refused)


def test_what_came_from_outside_cannot_make_a_sentence_fail():
    """Neither a number too long, nor a sentence inside a sentence inside a sentence."""
    nested = ", per ".join(["x"] * 3000)
    for value in ("9" * 10_000, f"{'9' * 10_000} months", nested, "{0}", "a\nb", "%s"):
        found = Finding("kind_differs", _pairs(item="i", stated=value, expected=value))
        assert describe(found, "fr")
        assert describe(NoChangeError("plan", value), "fr")


def _pairs(**values):
    return tuple(values.items())


def test_a_refusal_of_a_host_s_own_is_told_in_its_own_words():
    class TooLoudError(SeatbillError, ValueError):
        sentence = "{who} was too loud on {day}"
        who: str
        day: object

    told = describe(TooLoudError("Ada", DAY), "fr")
    assert told == "Ada was too loud on 1 mai 2026."


def test_german_nouns_stay_nouns_inside_a_sentence():
    refused = PermissionRefusedError("member", Action.ADD_SEATS, ("owner",))
    assert "Plätze hinzufügen" in describe(refused, "de")


def test_a_refusal_kept_as_a_value_is_told_like_the_error():
    error = TooFewSeatsError("seat", 6, 7, 1)
    kept = Refusal.of(error)
    assert kept.values == (
        ("unit", "seat"),
        ("asked", 6),
        ("minimum", 7),
        ("missing", 1),
    )
    assert describe(kept, "fr") == describe(error, "fr")
    assert describe(Refusal("mine", "no", "", ()), "fr") == "no"
    assert describe(Refusal("too_few_seats", "no", "buy"), "fr") == "no"
    for wrong in (5, {"unit": "seat"}, [("unit",)], [(1, "seat")], ["unit"]):
        with pytest.raises(WrongTypeError):
            Refusal("too_few_seats", "no", "buy", wrong)


def test_a_notice_is_told_with_its_day_and_its_cost():
    values = (
        ("boundary", DAY),
        ("on", dt.date(2026, 6, 1)),
        ("cost", Money("5", "EUR")),
    )
    assert describe(Notice("late_cancellation", values), "fr") == (
        "Il est trop tard pour l’échéance du 1 mai 2026, "
        "l’abonnement prend donc fin le 1 juin 2026 et coûtera encore 5,00\u00a0€."
    )
    lost = Notice("features_lost", (("on", DAY), ("plan", "Pro"), ("features", "plan")))
    assert describe(lost, "fr") == "À partir du 1 mai 2026, Pro ne comprend plus plan."


def told(code, **values):
    return Notice(code, _pairs(**values))


@pytest.mark.parametrize(
    ("notice", "english", "french"),
    [
        (
            told("removals_undone", count=1, unit="seat"),
            "1 seat that was to be removed stays, free of charge.",
            "1 siège à retirer reste en place, sans frais.",
        ),
        (
            told("removals_undone", count=2, unit="seat"),
            "2 seats that were to be removed stay, free of charge.",
            "2 sièges à retirer restent en place, sans frais.",
        ),
        (
            told("removal_cut", unit="seat", asked=3, removed=1),
            "Only 1 seat of 3 is removed, as the rest is occupied.",
            "On ne retire que 1 siège sur 3, car le reste est occupé.",
        ),
        (
            told("removal_cut", unit="seat", asked=1, removed=0),
            "1 seat that was to be removed stays, as it is occupied.",
            "1 siège à retirer reste en place, car tout est occupé.",
        ),
        (
            told("over_limit", plan="Basic", unit="seat", maximum=5, excess=1),
            "Basic includes 5 seats, so 1 is too many.",
            "Basic comprend 5 sièges, il y en a donc 1 de trop.",
        ),
        (
            told("unit_dropped", plan="Basic", unit="limited", count=3),
            "Basic does not include limited seats, so 3 end with the old plan.",
            (
                "Basic ne comprend pas les sièges limités, "
                "3 prennent donc fin avec l’ancienne formule."
            ),
        ),
    ],
)
def test_a_notice_counts_as_its_language_does(notice, english, french):
    assert (describe(notice), describe(notice, "fr")) == (english, french)
    assert str(notice) == english


def finding(code, **values):
    return Finding(code, tuple(values.items()))


@pytest.mark.parametrize(
    ("found", "french"),
    [
        (
            finding("limit_near", used=900, limit=1000, resource="files", percent=90),
            "900 sur 1\u202f000 files en service, soit 90\u00a0%.",
        ),
        (
            finding(
                "line_missing",
                item="pro",
                span=(dt.date(2026, 4, 19), DAY),
                amount=Money("5", "EUR"),
            ),
            "pro, 19–30 avr. 2026\u00a0: il manque une ligne de 5,00\u00a0€.",
        ),
        (
            finding(
                "line_not_expected",
                item="pro",
                span=(dt.datetime(2026, 4, 19, tzinfo=dt.UTC), MIDNIGHT),
                amount=Money("5", "EUR"),
            ),
            (
                "pro, 19 avr. 2026, 00:00\u2009–\u20091 mai 2026, 00:00 UTC\u00a0: "
                "rien ne justifie 5,00\u00a0€."
            ),
        ),
        (
            finding("period_differs", item="pro", stated=APRIL, expected="April"),
            "pro\u00a0: la durée est 1–30 avr. 2026 au lieu de April.",
        ),
        (
            finding(
                "unit_price_differs",
                item="pro",
                stated=Decimal("1234.5"),
                expected=None,
            ),
            "pro\u00a0: le prix unitaire est de 1\u202f234,5 au lieu de rien.",
        ),
        (
            finding("discounts_differ", item="pro", stated=("a", "b"), expected=()),
            "pro\u00a0: les remises sont a, b au lieu de aucun.",
        ),
        (
            finding(
                "kind_differs",
                item="pro",
                stated=LineKind.CREDIT,
                expected=LineKind.CHARGE,
            ),
            "pro\u00a0: la ligne est de type crédit au lieu de débit.",
        ),
        (
            finding("add_on_ends", add_on="sso", plan="free", missing="a paid plan"),
            ("sso prend fin avec le passage à free, car il faut une formule payante."),
        ),
        (
            finding("unit_not_sold", plan="x", unit="seat", count="many"),
            (
                "x ne comprend pas les sièges, "
                "many prennent donc fin avec le changement."
            ),
        ),
    ],
)
def test_a_finding_is_told_with_its_evidence(found, french):
    assert describe(found, "fr") == french


def test_what_does_not_add_up_is_told_with_its_line():
    invoice = Story(PRO, "2026-04-01", seats=10, tax_rates=[REDUCED]).opening.invoice
    wrong = attrs.evolve(invoice.lines[0], amount_minor=6991)
    found = verify(attrs.evolve(invoice, lines=[wrong]))
    assert [describe(one, "fr") for one in found[:2]] == [
        "Le montant est de 69,91\u00a0€ au lieu de 69,90\u00a0€ (ligne 1).",
        "Le sous-total est de 69,90\u00a0€ au lieu de 69,91\u00a0€.",
    ]
    april = Period(at("2026-04-01"), at("2026-05-01"))
    half = at("2026-04-01"), at("2026-04-16")
    tax = TaxAmount(REDUCED, Money("100", "EUR"), Money("5.50", "EUR"))
    said = {
        Discrepancy("lines[2].share", Fraction(1, 3), None): (
            "The share is 1/3, but should be nothing (line 3)."
        ),
        Discrepancy("lines[0].period", half, april): (
            "The time is Apr 1\u2009–\u200915, 2026, "
            "but should be Apr 1\u2009–\u200930, 2026 (line 1)."
        ),
        Discrepancy("lines[0].period", half[::-1], (DAY, MIDNIGHT)): (
            "The time is Apr 16, 2026, Apr 1, 2026, "
            "but should be May 1, 2026, May 1, 2026, 12:00\u202fAM UTC (line 1)."
        ),
        Discrepancy("taxes", (tax,), ()): (
            "The taxes are TVA 5.5% €5.50, but should be none."
        ),
        Discrepancy("recipient", Party(name="Ada"), None): (
            "The recipient is Ada, but should be nothing."
        ),
        Discrepancy("key", "s:1", None): "The history gives no invoice such as s:1.",
        Discrepancy(many := f"lines[{'9' * 1000}].cap", 1, 2): (
            f"{many} is 1, but should be 2."
        ),
        Discrepancy("note", Discount.percent("5", id="x"), REDUCED): (
            "note is x, but should be TVA 5.5%."
        ),
        Discrepancy("item", PRO, (PRO, SSO)): "item is Pro, but should be Pro, SSO.",
        Discrepancy("service", TRAINING, MONTHLY): (
            "service is Training, but should be 1 month."
        ),
    }
    assert {one: describe(one) for one in said} == said


def test_a_state_is_told_by_its_label():
    assert describe(BillingReason.SUBSCRIPTION_CYCLE) == "Renewal"
    assert describe(BillingReason.SUBSCRIPTION_CYCLE, "fr") == "Renouvellement"
    assert describe(Funding.PREPAID, "fr") == "Prépayée"

    class Mood(Word):
        HAPPY = "happy"

    assert describe(Mood.HAPPY, "fr") == "happy"


def test_what_has_no_words_is_refused():
    for value in (None, 5, "text", Money("1", "EUR"), [AddSeats(1)]):
        with pytest.raises(WrongTypeError) as refused:
            describe(value)
        assert refused.value.name == "value"


# ------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("locale", "tag", "direction"),
    [
        ("fr", "fr", "ltr"),
        ("fr_CA", "fr-CA", "ltr"),
        ("ar-EG", "ar-EG", "rtl"),
        ("ar", "ar", "rtl"),
        ("en-GB", "en-GB", "ltr"),
        ("ja", "en", "ltr"),
        ("he", "en", "ltr"),  # without a catalogue the words are English
    ],
)
def test_words_have_the_tag_and_the_direction_of_their_language(locale, tag, direction):
    found = words(locale)
    assert (found.tag, found.direction) == (tag, direction)
    assert repr(found) == f"Words({tag!r})"


def test_words_are_those_of_the_language_or_english_ones():
    french = words("fr-CA")
    assert french.pgettext("Status", "Active") == "Actif"
    assert french.pgettext("Status", "Bored") == "Bored"
    assert french.gettext("End the freeze") == "Mettre fin à la suspension"
    assert french.gettext("Good morning") == "Good morning"
    assert french.gettext("") == ""
    assert french.ngettext("%(count)s seat", "%(count)s seats", -1) == "%(count)s siège"
    assert words("ja").gettext("End the freeze") == "End the freeze"


def test_words_are_read_once():
    assert words("fr") is words("fr")
