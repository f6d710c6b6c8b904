"""What a schema tells people of classes and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final


def of_class(kind: Any) -> str:
    """Return what a class is."""
    return _CLASSES[kind.__name__]


def of_field(kind: Any, name: str) -> dict[str, str]:
    """Return the description of a field, as a part of its schema."""
    own = f"{kind.__name__}.{name}"
    return {"description": _FIELDS[own if own in _FIELDS else name]}


# As the classes say themselves: a docstring is not there to be read under ``-OO``.
_CLASSES: Final[Mapping[str, str]] = {
    "AddAddOn": "quantity more of an add-on.",
    "AddOn": "Something bought beside a plan, with a quantity of its own.",
    "AddSeats": (
        "seats more; seats that wait for removal are kept first, free of charge."
    ),
    "AppliedDiscount": "A discount and how long it has served.",
    "ApplyDiscount": (
        "A discount on what is charged from now on; nothing open is repriced."
    ),
    "BillAnswer": (
        "What a bill request comes to: every invoice, and where the subscription "
        "stands."
    ),
    "BillRequest": "What bill_request bills: the arguments of subscribe and bill.",
    "BillingRules": "All policies of one system; each field has a default.",
    "BuyService": "A service, once: never prorated, never given back.",
    "Cancel": "The end of the subscription.",
    "Catalog": "A price list: everything a host sells.",
    "ChangeAnswer": (
        "What a change request comes to: the subscription to be stored, and the "
        "invoices."
    ),
    "ChangeRequest": "What change_request asks of change, after what renew does first.",
    "Charge": "An item that runs in the current period at one net price.",
    "ChargeFee": (
        "A fee, once, at amount: a share of ticket sales, for example (CM-14)."
    ),
    "DatedChanges": (
        "The changes asked for together on one day; note is for the reader."
    ),
    "Delivery": "The way of an invoice: a download at place, or mail to a mailbox.",
    "Discount": "A percentage or an amount off; made by percent or fixed.",
    "Freeze": "Nothing is charged or renewed from this day on, until it thaws.",
    "GrantCredit": "amount on the credit balance, which the next invoices use.",
    "Invoice": "What a customer owes on one day, with the lines that say why.",
    "InvoiceLine": "One line: quantity × unit amount × share, rounded once.",
    "InvoicePage": "An invoice with all its totals.",
    "LicenceVariant": "One row of a dated table: what is licensed for whom, and how.",
    "LinePage": (
        "A line with all that proves its amount: quantity × price × share, rounded."
    ),
    "LineTerms": "What lines of one item at one net price share.",
    "Member": "A person, and the kind of seat that they sit on.",
    "NoticePage": "Something odd but legal that a customer should be told.",
    "OutcomePage": (
        "What was asked for on one day, and what it came to; its invoices by their "
        "keys."
    ),
    "Party": "Who supplies or receives an invoice (EN 16931 BG-4 and BG-7).",
    "PendingUpdate": "A change that waits for a renewal.",
    "Period": "The time from start up to, but not including, end.",
    "PeriodPage": "A period: from start up to, but not including, end.",
    "Plan": "A plan with its prices; the higher rank is the higher plan.",
    "Price": "What one unit costs in one interval and currency.",
    "Reference": "What a catalogue holds, by its id and the digest of what is meant.",
    "RemoveAddOn": "quantity fewer of an add-on.",
    "RemoveDiscount": "No more of the discount with this id; nothing open is repriced.",
    "RemoveSeats": (
        "seats fewer, of the vacant ones; occupied is how many have a person."
    ),
    "Reprice": (
        "New prices for the plan of this id, from the first renewal on or after a day."
    ),
    "Resume": "Withdraws a cancellation that waits.",
    "SeatsPage": "The seats of one kind, as a bar shows them.",
    "Service": "Something bought once, at price, never prorated.",
    "SetRecipient": "Whom invoices from now on are made out to.",
    "SetSeats": "So many seats and no other number: a retry cannot buy twice.",
    "SetTaxRates": "The tax rates of what is charged from now on.",
    "SubscribedAddOn": "An add-on and how many of it are owned.",
    "Subscription": (
        "One customer on one plan over time, as it stands after the last call."
    ),
    "SubscriptionPage": "What a page shows of a subscription.",
    "SwitchInterval": "Another billing interval.",
    "SwitchPackage": (
        "Another package in the place of add_on, which is of the same family."
    ),
    "SwitchPlan": "Another plan, and another interval where one is named.",
    "TaxAmount": (
        "The tax of one rate: base is what it is computed on, without the tax."
    ),
    "TaxPage": "The tax of one rate, and what it is computed on.",
    "TaxRate": (
        'A tax rate handed in by the host; rate is a part of one (19 % is "0.19").'
    ),
    "Tier": "The units up to up_to, included; None is the rest.",
    "Unfreeze": "The end of a freeze: the period goes on, later by the frozen days.",
    "WithdrawPending": "Withdraws all that waits of one kind.",
}
"""What a class is, by its name."""

_TIMING: Final = "when it takes effect, and what it does to the running period"

_FIELDS: Final[Mapping[str, str]] = {
    # Requests.
    "seatbill": "The version of the data.",
    "rulebook": "A system whose rules and sample price list are used.",
    "catalog": "A price list: plans, add-ons and services.",
    "plans": "The plans of a price list that has nothing else.",
    "BillRequest.rules": "Policies in the place of those of the rulebook.",
    "ChangeRequest.rules": "The rules that the subscription refers to.",
    "BillRequest.plan": "The plan that is bought, by its id or in full.",
    "BillRequest.seats": "How many seats are bought, of each kind.",
    "BillRequest.on": "The first day of service.",
    "until": "The last day, included.",
    "BillRequest.changes": "What is asked for later, in the order of the days.",
    "ChangeRequest.changes": "What is asked for together; nothing renews what is due.",
    "DatedChanges.changes": "What is asked for together on that day.",
    "OutcomePage.changes": "What was asked for; nothing for a renewal.",
    "BillRequest.id": "The id of the subscription.",
    "anchor": "The day from which the periods are counted; the first unless given.",
    "trial_end": "The first day that is paid for after a trial.",
    "add_ons": "Add-ons, each with its quantity.",
    "Catalog.add_ons": "What is sold beside a plan.",
    "services": "What is sold once.",
    "recipient": "Whom invoices are made out to.",
    "seller": "Whom a document names at its head.",
    "ChangeRequest.measured": "Measured quantities by the day of a renewal.",
    "BillRequest.measured": "Measured quantities by the day of a renewal.",
    "members": "The people who sit, with their days.",
    "occupied": "How many seats have a person.",
    "note": "Words for the reader.",
    "subscription": "What a page shows of the subscription.",
    "ChangeRequest.subscription": "The subscription as it is stored.",
    "ChangeAnswer.subscription": "The subscription to be stored from now on.",
    "on": "The day, or the instant in UTC.",
    "by": "Who asked for it.",
    "timing": f"By hand, in the place of the rules: {_TIMING}.",
    "ChangeRequest.reason": "Why the rules are overridden.",
    # Answers.
    "invoices": "The invoices, in the order of their days.",
    "OutcomePage.invoices": "The keys of the invoices that it came to.",
    "documents": "The invoices as they are to be stored.",
    "document": "The subscription to be stored.",
    "outcomes": "What was asked for or renewed, and what it came to.",
    "SubscriptionPage.seats": "How many seats are owned, of each kind.",
    "BillAnswer.seats": "The seats of each kind, as a bar shows them.",
    "seats": "How many seats.",
    "next_invoice": "What the next renewal would charge, where that is known.",
    "previous_version": "The version of the subscription before.",
    "effective_on": "The day on which the last part of it takes effect.",
    "notices": "What a customer should be told.",
    "replaced": "What waited, and does no more.",
    "refund_due": "What was left on the balance when the subscription ended.",
    "standing": "What a page shows of the subscription.",
    "code": "What it is, for good.",
    "message": "It in English.",
    "values": "The figures in it, by name.",
    # Invoices.
    "key": "The same for the same invoice: the id and the version.",
    "PendingUpdate.key": "The unit or add-on that it is about, if there are many.",
    "subscription_id": "The id of the subscription.",
    "issued_on": "The day of the invoice.",
    "billing_reason": "Why it was made.",
    "currency": "A currency code of ISO 4217.",
    "lines": "The lines that say why.",
    "subtotal": "The sum of the rounded lines.",
    "taxes": "The tax of each rate.",
    "tax": "The sum of the taxes, inclusive ones too.",
    "total": "The subtotal and the taxes on top of it.",
    "credit_applied": "What the credit balance paid.",
    "credit_granted": "What a negative total added to the credit balance.",
    "amount_due": "What is to be paid now.",
    "kind": "What it is.",
    "item_kind": "What kind of thing the item is.",
    "item": "The id of the plan, add-on, service or discount.",
    "unit": "What is counted.",
    "quantity": "How many; negative where something comes back.",
    "unit_amount": "The exact price of one unit and one period; nothing under tiers.",
    "full_amount": "The exact amount of a whole period.",
    "period": "The time that the line is for.",
    "whole": "The whole period that the share is of.",
    "share": "The part of the whole period, as it was counted.",
    "amount": "The amount.",
    "cap": "The most that could be given back, where that cut the line short.",
    "discounts": "Discounts.",
    "tax_rates": "The tax rates of what is charged.",
    "convention": "How the days of a share are counted.",
    "rounding": "What becomes of a part of a minor unit.",
    "in_arrears": "Whether the ended period is billed.",
    "charge_id": "The charge that the line opens, adds to or gives back.",
    "charge_version": "The version that opened its charge.",
    "terms": "What lines of one item at one net price share.",
    "scale": "How many parts make a minor unit.",
    "rate": "The rate; 19 % is 0.19.",
    "category": "The category of EN 16931.",
    "inclusive": "Whether the prices contain the tax.",
    "reason": "Why.",
    "base": "What the tax is computed on.",
    "apart": "Sums of lines taxed each by itself, where a tax is the difference.",
    "rates": "The tax rates.",
    "name": "What people call it.",
    "address": "The lines of the address.",
    "country": "A country code of ISO 3166-1, of two letters.",
    "vat_number": "The VAT number.",
    "registration": "The number in the register of companies.",
    # Time.
    "start": "The first moment.",
    "end": "The first moment after it.",
    "last_day": "The last day, as documents show it.",
    # Subscriptions.
    "id": "The id.",
    "status": "Where it stands.",
    "plan": "The plan.",
    "interval": "How long a period is.",
    "billing_cycle_anchor": "The day from which the periods are counted.",
    "current_period": "The running period.",
    "charges": "What runs in this period, by item and net price.",
    "pending_updates": "What waits for a renewal.",
    "waiting_lines": "Lines that wait for a later invoice.",
    "accrued_lines": "Lines of what ran and is billed at the period's end.",
    "credit_balance": "What is owed to the customer, used by the next invoices.",
    "rules": "The billing rules.",
    "ended_on": "The day on which it ended.",
    "frozen_on": "The day since which it is frozen.",
    "moved_from": "Where the period would start without the days of freezes in it.",
    "changed_on": "The last day whose events are in.",
    "version": "It grows with every boundary and change.",
    "cancel_at_period_end": "Whether a cancellation waits.",
    "charged": "What was charged for it in this period.",
    "credited": "What was given back of it in this period.",
    "since": "In arrears: what runs from here is not billed.",
    "free": "Whether it was opened without a line.",
    "cut": "What a fixed discount lost, and has again as charges rise on that day.",
    "kept": "What a fixed discount is for, and ended with nothing given back.",
    "value": "What will be.",
    "applies_on": "The day on which it takes effect.",
    "requested_on": "The day on which it was asked for.",
    "periods_left": "1 where notice moved it a period on.",
    "from_day": "The first day of it.",
    "discount": "The discount.",
    "redeemed": "The ended periods in which it was used.",
    "in_use": "Whether it is used in the running period.",
    "owned": "Seats that are paid for.",
    "vacant": "Seats without a person.",
    "scheduled_removal": "Seats that leave at the period's end.",
    "ratio": "Occupied over owned.",
    "is_full": "Whether no seat is free.",
    "joined_on": "The first day.",
    "left_on": "The first day on which the person is in no more.",
    "expires_on": "The day on which an open invitation lapses.",
    "role": "The role of the person.",
    "state": "What the person is to the workspace.",
    # What is sold.
    "add_on": "The add-on.",
    "package": "The other package of the same family.",
    "service": "The service.",
    "prices": "Its prices.",
    "price": "The price.",
    "rank": "The higher is the higher plan or package.",
    "features": "Features by name, or by kind of seat and name.",
    "limits": "The most of each resource.",
    "requires_plans": "The plans of which one is needed.",
    "requires_add_ons": "The add-ons that are all needed.",
    "batch": "It is bought in multiples of this.",
    "family": "Packages of one thing, of which one is owned at a time.",
    "included": "What it comes with, by name.",
    "flat": "Charged once whatever the quantity.",
    "measured": "Whether its quantity is measured at each renewal.",
    "min_quantity": "The fewest that may be owned.",
    "max_quantity": "The most that may be owned.",
    "tiers": "Prices by quantity.",
    "tiers_mode": "How tiers make a total.",
    "up_to": "The last unit of the tier; nothing is the rest.",
    "flat_amount": "What reaching the tier costs.",
    "percent_off": "The percentage that comes off the unit price.",
    "amount_off": "The amount that comes off a period.",
    "periods": "0 for one invoice, a number of periods, nothing for always.",
    "ref": "The id of what is meant; of rules, the name.",
    "digest": "The digest of what is meant.",
    # Rules.
    "upgrade": f"A higher plan: {_TIMING}.",
    "downgrade": f"A lower plan: {_TIMING}.",
    "longer_interval": f"A longer interval: {_TIMING}.",
    "shorter_interval": f"A shorter interval: {_TIMING}.",
    "seats_added": f"More seats: {_TIMING}.",
    "seats_removed": f"Fewer seats: {_TIMING}.",
    "add_on_added": f"More of an add-on: {_TIMING}.",
    "add_on_removed": f"Less of an add-on: {_TIMING}.",
    "package_up": f"A higher package: {_TIMING}.",
    "package_down": f"A lower package: {_TIMING}.",
    "cancellation": f"The end: {_TIMING}.",
    "unused_time": "Whether a plan that ends early gives back unused time.",
    "settlement": "When the lines of a change are invoiced.",
    "intervals": "The intervals that are offered; none are all that have a price.",
    "interval_discounts": "By interval, the percentage off a price by formula.",
    "interval_discount_scope": "What the discount for an interval covers.",
    "notice_days": "How many days before a renewal a request must come.",
    "notice_exempt": "What needs no notice.",
    "late_notice": "What becomes of a request that comes too late.",
    "max_freeze_days": "The longest freeze; 0 offers none.",
    "free_plan": "What a canceled subscription falls to.",
    "billing_roles": "Who may change what is billed; none named are all.",
    "licence_variants": "What is licensed for whom, by the day of the contract.",
    "contract": "The kind of contract that it holds for.",
    "counting": "Which days of a month decide who counts.",
    "delivery": "How an invoice travels.",
    "channel": "How it reaches the customer.",
    "format": "In which format.",
    "place": "Where it can be downloaded.",
    "mailbox": "Where it is mailed to.",
    "mailbox_roles": "Who may change the mailbox; none named are all.",
}
"""What a field is, by its name, or by its class and its name."""
