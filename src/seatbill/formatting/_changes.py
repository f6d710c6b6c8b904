"""What was asked for and what is scheduled, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from ..errors.wording import chosen, sentences
from ..rules import ChangeKind
from ..subscriptions import PendingUpdate
from ..subscriptions.changes import (
    ApplyDiscount,
    Change,
    RecordUsage,
    SetTerm,
    SwitchPlan,
)
from ._names import Item
from ._offers import discount_details, discount_text
from ._quantities import format_quantity
from ._values import in_words

CHANGES: Final = sentences("""
AddAddOn one quantity: Add {add_on}
AddAddOn many quantity: Add {quantity} × {add_on}
AddSeats: Add {seats:unit}
ApplyDiscount: Apply discount {discount}: {off} off ({details})
ApplyDiscount.no_details: Apply discount {discount}: {off} off
BuyService one quantity: Buy {service}
BuyService many quantity: Buy {quantity} × {service}
Cancel: Cancel the subscription (reason: {reason})
Cancel.no_reason: Cancel the subscription
ChargeFee: Charge fee {id}: {amount}
EndPause: End the pause
EndTrial: End the trial
Extend: Extend the running period by {days:day}
Freeze: Freeze the subscription
GrantCredit: Grant a credit of {amount}, valid until {expires_on} (reason: {reason})
GrantCredit.no_expires_on: Grant a credit of {amount} (reason: {reason})
GrantCredit.gift: Give a gift of {amount}, valid until {expires_on} (reason: {reason})
GrantCredit.gift.no_expires_on: Give a gift of {amount} (reason: {reason})
MoveBillingDay: Move the billing day to day {day} of the month
Pause one periods: Pause for one period, from the next renewal on
Pause many periods: Pause for {periods} periods, from the next renewal on
RecordCreditNote: Record credit note {key}
RecordUsage: Record how many are used: {counts}
RemoveAddOn one quantity: Remove {add_on}
RemoveAddOn many quantity: Remove {quantity} × {add_on}
RemoveDiscount: Remove discount {id}
RemoveSeats: Remove {seats:unit}
Reprice: New prices for {plan} from {from_day}
Resume: Withdraw the cancellation
SetRecipient: Make invoices out to {recipient}
SetRecipient.no_recipient: Name no recipient on invoices
SetSeats: Set to {seats:unit} from {from_day}
SetSeats.no_from_day: Set to {seats:unit}
SetTaxRates: Set the tax rates: {rates}
SetTaxRates.no_rates: Charge no tax
SetTerm: Agree on a term of {length}
SetTerm.no_length: Agree on no further term
SwitchInterval: Switch to a billing period of {interval}
SwitchPackage: Switch from {add_on} to {package}
SwitchPlan: Switch to plan {plan}, billing period of {interval}
SwitchPlan.no_interval: Switch to plan {plan}
SwitchPlan.seats: Switch to plan {plan} with {seats}, billing period of {interval}
SwitchPlan.seats.no_interval: Switch to plan {plan} with {seats}
Unfreeze: End the freeze
WithdrawPending: Withdraw the scheduled change from {from_day}: {kind}
WithdrawPending.no_from_day: Withdraw the scheduled change: {kind}
""")
"""By the class of the change."""

PENDING: Final = sentences("""
add_on one quantity: {value} from {day}
add_on many quantity: {quantity} × {value} from {day}
add_on.zero_quantity: {value} ends on {day}
cancellation: Cancellation on {day} (reason: {value})
cancellation.no_value: Cancellation on {day}
interval: Billing period of {value} from {day}
package: Package {value} from {day}
pause one value: Pause of one period from {day}
pause many value: Pause of {value} periods from {day}
plan: Plan {value} from {day}
price: New prices for {value} from {day}
seats: {value:key} from {day}
""")
"""By the kind of the update."""


def change_text(change: Change, locale: str, items: tuple[Item, ...] = ()) -> str:
    """Return what *change* asks for."""
    kind = type(change)
    values = {field.name: getattr(change, field.name) for field in attrs.fields(kind)}
    if isinstance(change, ApplyDiscount):
        values = {
            "discount": change.discount,
            "off": discount_text(change.discount, locale),
            "details": discount_details(change.discount, locale),
        }
    if isinstance(change, SetTerm):
        values["length"] = change.term and change.term.interval
    if isinstance(change, RecordUsage):
        values["counts"] = _row(change.used, locale)
    code = kind.__name__
    if isinstance(change, SwitchPlan) and change.seats:
        code = f"{code}.seats"
        values["seats"] = _row(change.seats, locale)
    return in_words(chosen(CHANGES, code, values), values, locale, items)[0]


def _row(numbers: Mapping[str, int], locale: str) -> str:
    """Return quantities in a row: "3 seats, 2 teams"."""
    return ", ".join(format_quantity(n, unit, locale) for unit, n in numbers.items())


def pending_text(
    update: PendingUpdate, locale: str, items: tuple[Item, ...] = ()
) -> str:
    """Return what is scheduled, and from when it holds."""
    values = {"key": update.key, "value": update.value, "day": update.applies_on}
    if update.kind is ChangeKind.ADD_ON:
        values |= {"value": update.value.add_on, "quantity": update.value.quantity}
    return in_words(chosen(PENDING, update.kind, values), values, locale, items)[0]
