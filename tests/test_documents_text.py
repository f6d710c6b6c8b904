"""Documents as text: pages written by hand, with the figures of the design."""

from __future__ import annotations

import unicodedata
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    MONTHLY,
    AddOn,
    AddSeats,
    BillingRules,
    BuyService,
    Cancel,
    Catalog,
    ChargeFee,
    Discount,
    Member,
    Money,
    Party,
    Plan,
    Price,
    RemoveSeats,
    Resume,
    Service,
    SwitchInterval,
    SwitchPlan,
    TaxCategory,
    TaxRate,
    Tier,
    Timing,
    bill,
    change,
    correct_recipient,
    credit_note,
    occupancy,
    preview_invoice,
    subscribe,
)
from seatbill.corrections import number
from seatbill.documents import to_text
from seatbill.documents._columns import columns, printable, wrapped
from seatbill.payments import Card, PayPal, SepaMandate
from seatbill.views import BoughtService, billing_view
from seatbill.wallets import Wallet, WalletPolicy, grant
from stories import Story, at, plan

BASIC = plan("4.99", id="basic", rank=1)
STANDARD = plan("6.99", id="standard", rank=2)
NAMES = Catalog(
    [
        Plan("basic", "Basic", 1, BASIC.prices),
        Plan("standard", "Standard", 2, STANDARD.prices),
    ]
)
DAYS = BillingRules()
SHOP = Party(name="Seat Shop", address=["1 Lane", "Bern"], country="CH")
BUYER = Party(
    name="Harbour Studio",
    address="2 Quay Street",
    country="IE",
    vat_number="IE123",
    registration="C-9",
)


UPGRADE = """\
Invoice 2026-17
  From     Seat Shop
           1 Lane
           Bern
           Switzerland
  Bill to  Harbour Studio
           2 Quay Street
           Ireland
           VAT number IE123
           Registered as C-9

  Issued on  Apr 16, 2026
  Due on     Apr 30, 2026
  Reference  s:2
  Reason     Change

  Item           Period              Quantity  Unit price       Share   Amount
  Unused: Basic  Apr 16 – 30, 2026  -10 seats       $4.99  15/30 days  -$24.95
  Standard       Apr 16 – 30, 2026   10 seats       $6.99  15/30 days   $34.95
                                                             Subtotal   $10.00
                                                   VAT: 19% of $10.00    $1.90
                                                                Total   $11.90
                                                           Amount due   $11.90
  Thank you."""


def page(text: str) -> str:
    """Return a page as it is written in a test."""
    return dedent(text).strip("\n")


def opened(item: Plan, on: str, seats: Any, **more: Any) -> Any:
    """Return a new subscription."""
    more = {"interval": MONTHLY, "rules": DAYS} | more
    return subscribe(item, id="s", seats=seats, on=at(on), **more)


def changed(sub: Any, on: str, *changes: Any, **more: Any) -> Any:
    """Return what changes on a day come to."""
    return change(sub, *changes, on=at(on), **more)


def test_a_first_invoice():
    invoice = opened(STANDARD, "2026-01-15", 5).invoice
    assert to_text(invoice) == page(
        """
        Invoice s:1
          Issued on  Jan 15, 2026
          Reason     First invoice

          Item      Period                 Quantity  Unit price  Amount
          standard  Jan 15 – Feb 14, 2026   5 seats       $6.99  $34.95
                                                       Subtotal  $34.95
                                                          Total  $34.95
                                                     Amount due  $34.95
        """
    )


@pytest.mark.source("design, section 5")
def test_added_seats_show_their_share():
    sub = opened(STANDARD, "2026-01-15", 5).subscription
    invoice = changed(sub, "2026-01-20", AddSeats(3)).invoice
    assert page(
        """
          Item      Period                 Quantity  Unit price       Share  Amount
          standard  Jan 20 – Feb 14, 2026   3 seats       $6.99  26/31 days  $17.59
        """
    ) in to_text(invoice).replace("\n  ", "\n")


@pytest.mark.source("design, section 5")
def test_an_upgrade_with_parties_names_a_number_and_tax():
    vat = TaxRate("VAT", "0.19")
    opening = opened(BASIC, "2026-04-01", 10, tax_rates=[vat], recipient=BUYER)
    invoice = changed(opening.subscription, "2026-04-16", SwitchPlan(STANDARD)).invoice
    numbered = number(invoice, "2026-17", supplier=SHOP, due_on=at("2026-04-30"))
    assert to_text(numbered, catalog=NAMES, note="Thank you.") == UPGRADE


@pytest.mark.source("design, section 5")
def test_a_restart_in_french():
    rules = BillingRules(interval_discounts={ANNUAL: 20})
    sub = opened(BASIC, "2026-04-01", 10, rules=rules).subscription
    invoice = changed(sub, "2026-04-11", SwitchInterval(ANNUAL)).invoice
    text = to_text(invoice, locale="fr", catalog=NAMES)
    for part in ("-33,27 $US", "479,00 $US", "445,73 $US", "20/30 jours", "10 sièges"):
        assert part in text
    (whole_year,) = (row for row in text.splitlines() if "47,90 " in row)
    assert "jours" not in whole_year
    assert "\u00a0" not in text
    assert "\u202f" not in text


def test_a_negative_total_says_where_it_goes():
    sub = opened(STANDARD, "2026-04-01", 10).subscription
    invoice = changed(
        sub, "2026-04-16", SwitchPlan(BASIC), timing=Timing.IMMEDIATE
    ).invoice
    assert to_text(invoice).splitlines()[0] == "Credit note s:2"
    where = "$10.00 goes to the credit balance"
    assert to_text(invoice).splitlines()[-7:] == [
        f"{'Subtotal':>72}  -$10.00",
        f"{'Total':>72}  -$10.00",
        f"{'Added to the credit balance':>72}   $10.00",
        f"{'Amount due':>72}    $0.00",
        f"  The total is negative (document type 381): {where},",
        "  which the next invoices use; what is left when a subscription ends is paid",
        "  back.",
    ]


def test_credit_that_pays_is_taken_off():
    sub = opened(STANDARD, "2026-04-01", 10).subscription
    cheaper = changed(sub, "2026-04-16", SwitchPlan(BASIC), timing=Timing.IMMEDIATE)
    invoice = changed(cheaper.subscription, "2026-04-16", AddSeats(1)).invoice
    text = to_text(invoice)
    assert "Credit applied  -$2.50" in text  # 4.99 × 15/30 = 2.495
    assert text.endswith("Amount due   $0.00")


def test_a_credit_note_names_its_invoice():
    invoice = opened(STANDARD, "2026-01-15", 5, recipient=BUYER).invoice
    note = credit_note(
        number(invoice, "F-1"), lines=[0], reason="goodwill", issued_on=at("2026-01-18")
    )
    assert to_text(note) == page(
        """
        Credit note s:1/credit-1
          Bill to  Harbour Studio
                   2 Quay Street
                   Ireland
                   VAT number IE123
                   Registered as C-9

          Issued on        Jan 18, 2026
          Credits invoice  F-1
          Reason           Goodwill

          Item      Period                 Invoiced  Credited
          standard  Jan 15 – Feb 14, 2026    $34.95    $34.95
                                           Subtotal    $34.95
                                     Total credited    $34.95
        """
    )
    assert to_text(number(note, "C-1")).startswith("Credit note C-1\n")


def test_a_correction_is_a_request_until_it_is_accepted():
    invoice = opened(STANDARD, "2026-01-15", 5, recipient=BUYER).invoice
    other = Party(
        name="Harbour Holding", address="4 Quay", country="IE", vat_number="IE124"
    )
    asked = correct_recipient(invoice, other, use_from_now_on=False)
    assert to_text(asked).startswith(
        "Request for a correction s:1/correction-1 (Requested)\n"
        "  Bill to             Harbour Holding\n"
    )
    assert "Made out before to  Harbour Studio" in to_text(asked)
    assert "Issued on" not in to_text(asked)
    refused = asked.reject(on=at("2026-01-20"), reason="wrong firm")
    assert "The correction was rejected: wrong firm" in to_text(refused)
    accepted = asked.accept(on=at("2026-01-20"))
    text = to_text(accepted)
    assert text.startswith("Corrective invoice s:1/correction-1\n")
    assert "Issued on         Jan 20, 2026" in text
    assert "Corrects invoice  s:1" in text
    assert "Invoice date      Jan 15, 2026" in text
    assert text.endswith("Only the recipient is corrected: no amount changes.")
    first = opened(STANDARD, "2026-01-15", 5).invoice
    unnamed = correct_recipient(first, Party(name="New"), use_from_now_on=True)
    assert "Made out before to" not in to_text(unnamed)


def test_the_next_invoice_is_a_preview():
    sub = opened(STANDARD, "2026-01-15", 5).subscription
    text = to_text(preview_invoice(sub), preview=True)
    assert text.startswith("Next invoice s:2 (Preview)\n  Due on  Feb 15, 2026\n")
    assert "Amount that will be due  $34.95" in text
    assert text.endswith("This is a preview: nothing has been charged yet.")


def test_an_invoice_without_lines_says_so():
    sub = opened(STANDARD, "2026-01-15", 5).subscription
    ending = changed(sub, "2026-01-20", Cancel()).subscription
    text = to_text(preview_invoice(ending), preview=True)
    assert "It has no lines: there is nothing to charge." in text
    assert "Amount that will be due  $0.00" in text


# The lines.


def test_discounts_tiers_and_caps_are_remarks():
    off = Discount.percent("20", id="nonprofit")
    text = to_text(opened(STANDARD, "2026-01-15", 5, discounts=[off]).invoice)
    assert "\n    20% off: nonprofit\n" in text
    tiers = [Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8")]
    tiered = Plan("tiered", "Tiered", 1, [Price(currency="USD", tiers=tiers)])
    text = to_text(opened(tiered, "2026-04-16", 6, anchor=at("2026-04-01")).invoice)
    assert "\n    Priced by tiers\n    $58.00 for a whole period\n" in text
    assert "15/30 days  $29.00" in text


def test_a_fixed_discount_has_no_unit_price_and_its_cap_is_said():
    off = Discount.fixed("50", "USD", id="promo")
    text = to_text(opened(STANDARD, "2026-01-15", 5, discounts=[off]).invoice)
    row = next(row for row in text.splitlines() if "promo" in row).split()
    assert row == "Discount: promo Jan 15 – Feb 14, 2026 -$34.95".split()
    assert "\n    No more than $34.95 was left to\n    take off\n" in text
    rules = BillingRules(cancellation=Timing.IMMEDIATE)
    small = Discount.fixed("15", "USD", id="promo")
    opening = opened(STANDARD, "2026-04-01", 5, discounts=[small], rules=rules)
    text = to_text(changed(opening.subscription, "2026-04-16", Cancel()).invoice)
    assert "Discount taken back: promo" in text
    assert "\n    $15.00 for a whole period\n" in text


def test_a_credit_that_its_cap_cut_short_says_so():
    # A seat at 0.10 for 13/30 is 0.043, so 0.04; four of them were charged 0.16.
    # 4 × 0.10 × 13/30 = 0.173, so 0.17, is more than that.
    cheap = plan("0.10", id="cheap", rank=2)
    opening = opened(cheap, "2026-04-18", 1, anchor=at("2026-04-01"))
    sub = opening.subscription
    for _ in range(3):
        sub = changed(sub, "2026-04-18", AddSeats(1)).subscription
    free = Plan("free", "Free", 1, [Price(unit_amount=0, currency="USD")])
    outcome = changed(sub, "2026-04-18", SwitchPlan(free), timing=Timing.IMMEDIATE)
    text = to_text(outcome.invoice)
    assert "-$0.16" in text
    assert "    No more than $0.16 was left to\n    give back\n" in text


def test_services_and_fees_have_a_day_and_count_themselves():
    setup = Service("setup", "Set-up", Money("250", "USD"))
    sub = opened(STANDARD, "2026-01-15", 5).subscription
    outcome = changed(
        sub, "2026-01-20", BuyService(setup, 2), ChargeFee("fee", Money("3", "USD"))
    )
    text = to_text(outcome.invoice)
    assert "setup  Jan 20, 2026         2     $250.00  $500.00" in text
    assert "fee    Jan 20, 2026         1       $3.00    $3.00" in text


def test_instants_are_shown_to_the_second():
    opening = opened(STANDARD, "2026-02-01T00:00:00+00:00", 1)
    outcome = changed(opening.subscription, "2026-02-18T19:14:48+00:00", AddSeats(1))
    text = to_text(outcome.invoice)
    assert "Feb 18, 2026, 7:14:48 PM UTC" in text
    assert "881,112/2,419,200 seconds" in text


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [
        pytest.param("JPY", "1234", "¥1,234", id="no digits"),
        pytest.param("KWD", "1.234", "KWD 1.234", id="three digits"),
        pytest.param("CLF", "1.2345", "CLF 1.2345", id="four digits"),
        pytest.param("RSD", "10.50", "RSD 10.50", id="two, once none in CLDR"),
        pytest.param(
            "USD", "1000000000000000", "$1,000,000,000,000,000.00", id="10^15"
        ),
    ],
)
def test_every_currency_has_its_digits(currency, amount, shown):
    priced = Plan("p", "P", 1, [Price(unit_amount=amount, currency=currency)])
    text = to_text(opened(priced, "2026-01-01", 1).invoice).replace("\u00a0", " ")
    assert text.endswith(f"Amount due  {shown}")


@pytest.mark.parametrize(
    ("category", "said"),
    [
        (TaxCategory.REVERSE_CHARGE, "T: Reverse charge – Article 196"),
        (TaxCategory.EXEMPT, "T: Exempt from tax – Article 196"),
        (TaxCategory.ZERO, "T: Zero rated – Article 196"),
    ],
)
def test_a_rate_of_zero_says_why(category, said):
    rate = TaxRate("T", 0, category, reason="Article 196")
    invoice = opened(STANDARD, "2026-01-15", 5, tax_rates=[rate]).invoice
    assert to_text(invoice).endswith(said)
    if category is TaxCategory.ZERO:
        bare = TaxRate("T", 0, category)
        invoice = opened(STANDARD, "2026-01-15", 5, tax_rates=[bare]).invoice
        assert to_text(invoice).endswith("T: Zero rated")


def test_a_standard_rate_says_its_reason_if_there_is_one():
    rate = TaxRate("T", "0.1", reason="reduced", inclusive=True)
    text = to_text(opened(STANDARD, "2026-01-15", 5, tax_rates=[rate]).invoice)
    # 34.95 holds 34.95 × 10/110 = 3.18, on 31.77.
    assert "Includes T: 10% of $31.77   $3.18" in text
    assert text.endswith("T: reduced")


def test_forty_lines_stay_in_their_columns():
    add_ons = [
        AddOn(f"a{i}", f"A{i}", [Price(unit_amount=i, currency="USD")])
        for i in range(1, 40)
    ]
    invoice = opened(STANDARD, "2026-01-15", 1000, add_ons=add_ons).invoice
    text = to_text(invoice)
    rows = text.splitlines()
    table = rows[rows.index("", 3) + 1 :]
    assert len(table) == 1 + 40 + 3
    assert len({columns(row) for row in table}) == 1


def test_a_long_fact_goes_on_below_itself():
    names = [f"a rather long feature {i}" for i in range(9)]
    team = Plan("team", "word " * 30, 1, STANDARD.prices, features=names)
    sub = opened(team, "2026-01-15", 5).subscription
    text = to_text(billing_view(sub, on=at("2026-01-16")))
    facts, _ = text.split("Next invoice")
    assert max(map(columns, facts.splitlines())) <= 82
    (first,) = (row for row in text.splitlines() if row.startswith("  Plan "))
    after = text.splitlines()[text.splitlines().index(first) + 1]
    assert after.startswith(" " * 18 + "word")


def test_a_long_name_goes_on_below_and_totals_fit():
    long = Plan("p", "日本語の名前 " * 8 + "x" * 50, 1, STANDARD.prices)
    invoice = opened(long, "2026-01-15", 5).invoice
    text = to_text(invoice, catalog=Catalog([long]))
    table = text[text.index("  Item") :].splitlines()
    assert columns(table[0]) == columns(table[1]) == columns(table[-1])
    assert all(columns(row) <= 2 + 34 for row in table[2:-3])
    rate = TaxRate("a very long name of a rate " * 3, "0.1")
    invoice = opened(STANDARD, "2026-01-15", 5, tax_rates=[rate]).invoice
    table = to_text(invoice).split("\n\n")[-1].splitlines()
    assert len({columns(row) for row in table}) == 1


# Pages of a subscription.


SETUP = Service("setup", "Set-up", Money("250", "USD"), included={"session": 5})
HELP = Service("help", "Help", Money("90", "USD"))


def test_a_billing_view():
    rules = BillingRules(interval_discounts={ANNUAL: 20})
    storage = AddOn("disk", "Storage", [Price(unit_amount="9", currency="USD")])
    team = Plan("team", "Team", 1, STANDARD.prices, features=["reports", "time off"])
    opening = opened(
        team, "2026-01-15", 10, rules=rules, add_ons=[(storage, 2)], recipient=BUYER
    )
    sub = changed(opening.subscription, "2026-01-20", RemoveSeats(1)).subscription
    card = Card(brand="visa", last_four="4242", expiry_year=2028, expiry_month=3)
    wallet = grant(
        Wallet(WalletPolicy(unit="minute", currency="USD", purposes=["phone"])), "1200"
    )
    people = [Member(f"m{i}") for i in range(8)]
    view = billing_view(
        sub,
        on=at("2026-01-21"),
        members=people,
        payment=card,
        wallet=wallet,
        services=[
            BoughtService(service=SETUP, used={"session": 2}),
            BoughtService(service=HELP, quantity=2),
        ],
    )
    assert to_text(view) == page(
        """
        Subscription s (Active)
          Bill to  Harbour Studio
                   2 Quay Street
                   Ireland
                   VAT number IE123
                   Registered as C-9

          Plan            Team
          Price           $69.90 for 1 month
          Of which        10 seats at $6.99
          Add-on          2 × Storage, $18.00 for 1 month
          Current period  Jan 15 – Feb 14, 2026
          Renews on       Feb 15, 2026
          Credit balance  $0.00
          Payment method  visa •••• 4242
          Prepaid         1,200 × minute
          Service         Set-up (left: 3 sessions)
          Service         2 × Help

        Seats
          [################--~~]  8 of 10 seats used, 2 free; 1 is scheduled for removal

        Scheduled changes
          9 seats from Feb 15, 2026

        Features
          reports, time off

        Next invoice s:3 (Preview)
          Due on Feb 15, 2026 · Reason Renewal

          Item     Period                 Quantity  Unit price  Amount
          Team     Feb 15 – Mar 14, 2026   9 seats       $6.99  $62.91
          Storage  Feb 15 – Mar 14, 2026         2       $9.00  $18.00
                                                      Subtotal  $80.91
                                                         Total  $80.91
                                       Amount that will be due  $80.91
          This is a preview: nothing has been charged yet.
        """
    )


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (PayPal("FR"), "PayPal (FR)"),
        (
            SepaMandate(reference="M-1", country="DE", last_four="3000"),
            "Direct debit from •••• 3000 (M-1)",
        ),
    ],
)
def test_other_ways_to_pay(method, said):
    sub = opened(STANDARD, "2026-01-15", 5).subscription
    view = billing_view(sub, on=at("2026-01-21"), payment=method)
    assert f"Payment method  {said}" in to_text(view)


def test_a_view_says_when_it_ends_or_stands_still():
    rules = BillingRules(max_freeze_days=30)
    from seatbill import Freeze

    sub = opened(STANDARD, "2026-01-15", 5, rules=rules).subscription
    frozen = changed(sub, "2026-01-20", Freeze()).subscription
    text = to_text(billing_view(frozen, on=at("2026-01-21")))
    assert "Frozen since    Jan 20, 2026" in text
    ending = changed(sub, "2026-01-20", Cancel("too dear")).subscription
    text = to_text(billing_view(ending, on=at("2026-01-21")))
    assert "Ends on         Feb 15, 2026" in text
    assert "Next invoice" not in text
    assert "Renews on" not in text
    assert text.count("Feb 15, 2026") == 3  # and where it waits, and what it is told
    trial = opened(STANDARD, "2026-01-15", 5, trial_end=at("2026-02-01")).subscription
    text = to_text(billing_view(trial, on=at("2026-01-21")))
    assert "Trial           Jan 15 – 31, 2026" in text
    gone = billing_view(ending, on=at("2026-03-01"))
    assert "Ended on        Feb 15, 2026" in to_text(gone)
    assert "Ends on" not in to_text(gone)
    assert "Price" not in to_text(gone)


def test_a_tiered_price_is_said_in_a_view():
    tiers = [Tier(up_to=5, unit_amount="10"), Tier(up_to=None, unit_amount="8")]
    tiered = Plan("tiered", "Tiered", 1, [Price(currency="USD", tiers=tiers)])
    sub = opened(tiered, "2026-04-01", 6).subscription
    text = to_text(billing_view(sub, on=at("2026-04-02")))
    assert "Of which        6 seats by tiers: $58.00" in text


# Statements and outcomes.


def history() -> Any:
    """Return a month with a change that bills and one that waits."""
    return bill(
        opened(STANDARD, "2026-01-15", 5, recipient=BUYER),
        [
            (at("2026-01-20"), AddSeats(3)),
            (at("2026-02-20"), (RemoveSeats(2), Cancel("too dear"))),
            (at("2026-02-21"), Resume()),
        ],
        until=at("2026-02-28"),
    )


def test_a_statement_tells_everything_in_order():
    text = to_text(
        history(),
        members=occupancy([Member("a")], owned=8),
        notes=["three people join", None],
        note="Year one",
    )
    assert text.startswith(
        page(
            """
            Statement s (Active)
              Bill to  Harbour Studio
                       2 Quay Street
                       Ireland
                       VAT number IE123
                       Registered as C-9
              Year one

            History

            Invoice s:1
              Issued on Jan 15, 2026 · Reason First invoice

              Item      Period                 Quantity  Unit price  Amount
              standard  Jan 15 – Feb 14, 2026   5 seats       $6.99  $34.95
                                                           Subtotal  $34.95
                                                              Total  $34.95
                                                         Amount due  $34.95

            Jan 20, 2026 – Add 3 seats
              three people join

            Invoice s:2
              Issued on Jan 20, 2026 · Reason Change
            """
        )
    )
    parts = [
        "History",
        "Invoice s:1",
        "Jan 20, 2026 – Add 3 seats\n  three people join\n",
        "Invoice s:2",
        "$17.59",
        "Invoice s:3",
        "$55.92",
        "Feb 20, 2026 – ",
        "It takes effect on Mar 15, 2026.",
        "Nothing is due now.",
        "Feb 21, 2026 – ",
        "Standing on Feb 28, 2026",
        "1 of 8 seats used, 7 free; 2 are scheduled for removal",
        "Next invoice",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_statement_without_people_says_what_is_owned():
    text = to_text(history())
    assert "Of which        8 seats at $6.99" in text
    assert "seats used" not in text


def test_a_statement_says_whom_an_invoice_was_for_where_that_changed():
    from seatbill import SetRecipient

    statement = bill(
        opened(STANDARD, "2026-01-15", 5, recipient=BUYER),
        [(at("2026-01-20"), SetRecipient(Party(name="New Harbour")))],
        until=at("2026-02-28"),
    )
    text = to_text(statement)
    # At the top, where it was asked for, and on the first invoice after that.
    assert text.count("New Harbour") == 3
    assert text.count("Bill to  Harbour Studio") == 1


def test_a_statement_whose_next_period_leaves_the_calendar_is_told_all_the_same():
    statement = bill(opened(STANDARD, "9999-11-30", 5), [], until=at("9999-12-29"))
    text = to_text(statement)
    assert "5 seats at $6.99" in text
    assert "Next invoice" not in text


def test_a_statement_tells_what_was_timed_by_hand():
    """An entry of its history has a timing then, and names its plan all the same."""
    entry = (at("2026-04-16"), SwitchPlan(BASIC), Timing.IMMEDIATE)
    opening = opened(STANDARD, "2026-04-01", 10)
    text = to_text(bill(opening, [entry], until=at("2026-04-16")))
    # 10 x 4.99 less 10 x 6.99, for 15 of 30 days.
    assert "-$10.00" in text
    assert "Amount that will be due   $39.90" in text  # 49.90 less 10.00


def test_an_end_with_credit_says_what_is_refunded():
    rules = BillingRules(cancellation=Timing.IMMEDIATE)
    opening = opened(STANDARD, "2026-04-01", 5, rules=rules)
    outcome = change(
        opening.subscription,
        Cancel("moved"),
        on=at("2026-04-16"),
        timing=Timing.IMMEDIATE,
        reason="goodwill",
    )
    text = to_text(outcome)
    assert "Manual override: goodwill" in text
    assert "Refund due: $17.48" in text  # 5 × 6.99 × 15/30 = 17.475
    assert "\nSubscription afterwards\n" in text


def test_an_outcome_tells_what_it_withdrew_and_when_it_acts():
    sub = opened(STANDARD, "2026-04-01", 5).subscription
    waits = changed(sub, "2026-04-02", RemoveSeats(2)).subscription
    outcome = changed(waits, "2026-04-03", RemoveSeats(1))
    text = to_text(outcome)
    assert "It takes effect on May 1, 2026." in text
    assert "Withdrawn: 3 seats from May 1, 2026" in text
    assert "Nothing is due now." in text


def test_a_statement_ends_with_its_last_renewal():
    """Nothing happened on 20 March but that the reader stopped there."""
    opening = Story(plan("10.00"), "2026-01-01").opening
    told = to_text(bill(opening, [], until=at("2026-03-20")))
    history = told[told.index("History") : told.index("Standing on")]
    assert history.count("Amount due") == 3
    assert "Mar 20" not in history


def test_renewals_alone_are_an_outcome_too():
    from seatbill import renew

    sub = opened(STANDARD, "2026-04-01", 5).subscription
    text = to_text(renew(sub, on=at("2026-05-01")))
    assert "Invoice s:2" in text
    assert "Nothing is due" not in text


# What a terminal shows.


@given(st.text())
def test_nothing_that_moves_the_cursor_is_printed(name):
    party = Party(name=name or "x", address=(name,))
    invoice = opened(STANDARD, "2026-01-15", 5, recipient=party).invoice
    text = to_text(invoice, note=name or None, seller=party)
    for char in text.replace("\n", ""):
        assert unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp", "Co", "Cn")
        assert char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("seat", 4),
        ("日本", 4),
        ("e\u0301", 1),
        ("\uff57", 2),
        ("한", 2),
        ("\u1112\u1161\u11ab", 2),
        ("\u200f1", 1),
        ("مقعد", 4),
    ],
)
def test_columns_are_those_of_a_terminal(text, wide):
    assert columns(text) == wide


def test_what_is_not_printable_is_replaced():
    assert printable("a\x1b[31mb\u202ec\u00a0d\u2028e\ud800") == "a?[31mb?c d e?"
    assert printable("\u2068name\u2069") == "name"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two three", ["one two", "three"]),
        ("abcdefghij", ["abcdefg", "hij"]),
        ("ab abcdefghij", ["ab", "abcdefg", "hij"]),
        ("日本語の名", ["日本語", "の名"]),
    ],
)
def test_long_lines_are_wrapped(text, lines):
    assert wrapped(text, 7) == lines


def test_a_free_plan_without_seats_has_no_line_for_them():
    free = Plan("free", "Free", 0, ())
    rules = BillingRules(free_plan=free)
    outcome = opened(free, "2026-04-01", {}, rules=rules, currency="USD")
    text = to_text(outcome)
    assert "Plan            Free" in text
    assert "Seats" not in text


def test_names_come_from_the_history_itself_and_the_catalogue_wins():
    from seatbill import AddAddOn, RemoveAddOn, Reprice, SwitchPackage

    def pack(id: str, name: str, rank: int) -> AddOn:
        price = Price(unit_amount=rank, currency="USD")
        return AddOn(id, name, [price], family="disk", rank=rank)

    small, large = pack("d1", "Small disk", 1), pack("d2", "Large disk", 2)
    named = Plan("standard", "The Standard", 2, STANDARD.prices)
    setup = Service("setup", "Set-up", Money("250", "USD"))
    statement = bill(
        opened(BASIC, "2026-01-15", 5),
        [
            (at("2026-01-16"), AddAddOn(small)),
            (at("2026-01-17"), SwitchPackage(small, large)),
            (at("2026-01-18"), BuyService(setup)),
            (at("2026-01-19"), SwitchPlan(named)),
            (at("2026-01-20"), Reprice(named, at("2026-03-01"))),
            (at("2026-01-21"), RemoveAddOn(large)),
        ],
        until=at("2026-01-28"),
    )
    text = to_text(statement)
    for name in ("Small disk", "Large disk", "Set-up", "The Standard"):
        assert name in text
    assert "The Standard" not in to_text(statement, catalog=NAMES).split("Jan 19")[0]
    assert "\n  Standard" in to_text(statement, catalog=NAMES)
