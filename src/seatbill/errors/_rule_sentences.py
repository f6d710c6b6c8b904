"""What is said in English of what the rules refuse, by code, case and what is zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ._wording import Plural, Sentence

ON_RULES: Final[Mapping[str, Sentence]] = {
    "no_price": (
        "{item} has no price for {unit:plural} in {currency} for {interval:length} | "
        "add one, or choose another currency or interval"
    ),
    "no_price.no_unit": (
        "{item} has no price in {currency} for {interval:length} | "
        "add one, or choose another currency or interval"
    ),
    "interval_not_offered": (
        "A billing period of {interval:length} is not offered | choose {offered:or}"
    ),
    "unknown_unit": "{item} does not include {unit!r} | choose {offered:or}",
    "unknown_unit.no_unit": "There are several units | choose {offered:or}",
    "unknown_unit.no_offered": (
        "{item} does not include {unit!r} | choose another plan"
    ),
    "unknown_item": "There is no {kind} {value!r} | choose {offered:or}",
    "unknown_item.no_offered": "There is no {kind} {value!r} | check the id",
    "unknown_item.currency": "The currency is missing | give {offered:or}",
    "unknown_item.currency.no_offered": "The currency is missing | give it by name",
    "unknown_item.package": (
        "Package {value!r} is not of the same family | choose one that is"
    ),
    "unknown_item.credit note": (
        "Credit note {value!r} is missing, or belongs to another invoice | "
        "give all credit notes on this invoice"
    ),
    "unknown_item.licence variant": (
        "No licence variant applies to contracts signed on {value} | "
        "sign on {offered:or}, or later"
    ),
    "unknown_item.licence variant.no_offered": (
        "No licence variant applies to contracts signed on {value} | "
        "add one to the rules"
    ),
    "too_few_seats": Plural(
        "minimum",
        "At least {minimum:unit} is needed, not {asked} | buy {missing} more",
        "At least {minimum:unit} are needed, not {asked} | buy {missing} more",
    ),
    "too_many_seats": (
        "{item} includes {maximum:unit} at most, not {asked} | "
        "ask for {excess} fewer, or take a larger plan"
    ),
    "seats_occupied": (
        "Only {removable:unit} can be removed, not {asked} | "
        "remove {removable} at most, or free some first"
    ),
    "seats_occupied.zero_removable": (
        "{asked:unit} cannot be removed, as all are occupied | free some first"
    ),
    "no_seat_left": Plural(
        "vacant",
        "Only {vacant:unit} is free, not {asked} | buy {missing} more",
        "Only {vacant:unit} are free, not {asked} | buy {missing} more",
    ),
    "no_seat_left.zero_vacant": Plural(
        "owned",
        "The {owned:unit} is taken | buy {missing} more",
        "All {owned:unit} are taken | buy {missing} more",
    ),
    "no_seat_left.zero_owned": "There are no {unit:plural} yet | buy {missing}",
    "no_change": ("{kind} is {value} already | ask for something else, or do nothing"),
    "no_change.plan": (
        "The plan is {value} for {detail:length} already | "
        "choose another plan or period, or do nothing"
    ),
    "no_change.plan.no_detail": (
        "The plan is {value} already | choose another, or do nothing"
    ),
    "no_change.price": "A free plan has no price that could change | do nothing",
    "no_change.cancellation": ("The subscription ends on {value} already | do nothing"),
    "no_change.seats": Plural(
        "value",
        "There is {value:detail} already | ask for another number, or do nothing",
        "There are {value:detail} already | ask for another number, or do nothing",
    ),
    "no_change.package": (
        "The package is {value} already | choose another, or do nothing"
    ),
    "no_change.archived": "Team {value!r} is archived already | do nothing",
    "no_change.active": "Team {value!r} is active already | do nothing",
    "no_change.enrolled": "{value!r} is in team {detail!r} already | do nothing",
    "no_change.withdrawn": "{value!r} is not in team {detail!r} | do nothing",
    "no_change.recipient": (
        "Invoices are made out to {value} already | name another, or do nothing"
    ),
    "no_change.released": "The hold is released already | do nothing",
    "nothing_pending": (
        "No change of {kind:words} is scheduled | "
        "read pending_updates before withdrawing"
    ),
    "nothing_pending.cancellation": (
        "No cancellation is scheduled | read pending_updates before withdrawing"
    ),
    "out_of_order": (
        "{value} is before {earliest}, the earliest day possible | "
        "give days in order, and correct the past with rebill"
    ),
    "subscription_ended": "Subscription {id!r} ended on {ended_on} | subscribe anew",
    "cancellation_pending": (
        "A cancellation is scheduled for {applies_on}, so no new period can start | "
        "add Resume() before it, in the same call if wanted"
    ),
    "renew_first": (
        "The period from {day} is due, and the number of {units:plural} is missing | "
        "call renew with measured=... first"
    ),
    "measure_each_renewal": (
        "The periods from {first} and from {last} are due, with a single measurement | "
        "renew them one by one, or give bill a function"
    ),
    "late_notice": (
        "{day} is too late for {boundary} | ask by {last_day}, {notice_days:day} before"
    ),
    "requirement_missing": (
        "{item} needs {missing:or} | "
        "take {missing:or} first, in the same call if wanted"
    ),
    "not_whole_batches": (
        "{item} is sold in batches of {batch}, so not {asked} | "
        "ask for a multiple of {batch}"
    ),
    "frozen": "Subscription {id!r} cannot do this ({problem}) | cancel instead",
    "frozen.is_frozen": (
        "{change} is not possible while subscription {id!r} is frozen | "
        "add Unfreeze() before it, in the same call if wanted"
    ),
    "frozen.not_offered": "The rules do not offer a freeze | cancel instead",
    "frozen.not_charged": (
        "Subscription {id!r} is not charged for, so nothing can be frozen | do nothing"
    ),
    "frozen.used_up": (
        "The longest freeze of this period is used up | freeze in the next period"
    ),
    "frozen.not_frozen": "Subscription {id!r} is not frozen | do nothing",
    "permission_refused": (
        "The role {role!r} is not allowed to {action:words} | "
        "ask somebody with the role {allowed:or}"
    ),
    "several_invoices": "There are {count} invoices | read .invoices",
    "invalid_delivery": "Mailbox {mailbox!r} is invalid ({problem}) | give another",
    "invalid_delivery.no_mailbox": (
        "Mailbox {mailbox!r} is given for a channel without one | use Channel.MAIL"
    ),
    "invalid_delivery.no_address": (
        "{mailbox!r} is not a mail address | write it as name@example.com"
    ),
    "overlap": (
        "A span that ends {end} cannot be followed by one from {start} | "
        "give spans in order, each ended before the next one starts"
    ),
    "overlap.no_end": (
        "A span without an end cannot be followed by another | "
        "give spans in order, each ended before the next one starts"
    ),
    "overlap.no_start": (
        "A span without a start cannot follow another | "
        "give spans in order, each ended before the next one starts"
    ),
    # What payments, wallets and corrections refuse.
    "invalid_account_number": (
        "The {kind} ending in {ending!r} is invalid ({problem}) | copy it again"
    ),
    "invalid_account_number.digits": (
        "The card number ending in {ending!r} does not have 12 to 19 digits | "
        "copy it again from the card"
    ),
    "invalid_account_number.check_digit": (
        "The card number ending in {ending!r} is mistyped | copy it again from the card"
    ),
    "invalid_account_number.characters": (
        "The number ending in {ending!r} is not an IBAN | "
        "copy it again from the account statement"
    ),
    "invalid_account_number.check_digits": (
        "The IBAN ending in {ending!r} is mistyped | "
        "copy it again from the account statement"
    ),
    "invalid_account_number.not_four": (
        "{ending!r} are not the last four characters of a number | give those alone"
    ),
    "payment_method_not_accepted": (
        "{method} {value!r} is not accepted | use one of {accepted}"
    ),
    "payment_method_not_accepted.card": (
        "Cards of the brand {value!r} are not accepted | use one of {accepted}"
    ),
    "payment_method_not_accepted.paypal": (
        "PayPal accounts in {value} are not accepted | use one of {accepted}"
    ),
    "payment_method_not_accepted.sepa": (
        "Direct debit from accounts in {value} is not accepted | use one of {accepted}"
    ),
    "card_funding_refused": (
        "The card ending in {last_four} is of a kind that is not accepted "
        "({funding}) | use a card of another kind ({accepted})"
    ),
    "card_funding_refused.no_accepted": (
        "The card ending in {last_four} is of a kind that is not accepted "
        "({funding}) | pay in another way"
    ),
    "card_expired": (
        "The card ending in {last_four} was valid through {valid_through} | "
        "use a card that is valid on {day}"
    ),
    "purpose_not_allowed": (
        "A wallet of {unit:plural} does not pay for {purpose!r} | "
        "pay in another way, or use it for {allowed:or}"
    ),
    "purpose_not_allowed.no_allowed": (
        "A wallet of {unit:plural} does not pay for {purpose!r} | pay in another way"
    ),
    "insufficient_units": Plural(
        "balance",
        "Only {balance:unit} is left, not {asked} | add {missing} first",
        "Only {balance:unit} are left, not {asked} | add {missing} first",
    ),
    "insufficient_units.zero_balance": (
        "No {unit:plural} are left | add {missing} first"
    ),
    "top_up_capped": (
        "Only {allowed} of {wanted:pack} can be bought under the cap of {cap} a month, "
        "of which {spent} is spent | "
        "raise the cap to {needed}, buy by hand, or wait until {resumes_on}"
    ),
    "top_up_capped.zero_allowed": (
        "No pack can be bought under the cap of {cap} a month, "
        "of which {spent} is spent | "
        "raise the cap to {needed}, buy by hand, or wait until {resumes_on}"
    ),
    "nothing_to_credit": (
        "Nothing of invoice {invoice} is left to credit, as {credited} is credited | "
        "credit another invoice, or grant credit on the balance"
    ),
    "over_credited": (
        "{asked} cannot be credited, as {left} is left ({where}) | "
        "credit {left} at most"
    ),
    "missing_details": "The recipient lacks details ({missing}) | give them",
    "tax_status_changed": (
        "{field} changes from {old!r} to {new!r}, which may change the tax | "
        "credit the invoice, and issue a new one to the other recipient"
    ),
    "tax_status_changed.country": (
        "The country changes from {old} to {new}, which may change the tax | "
        "credit the invoice, and issue a new one to the other recipient"
    ),
    "tax_status_changed.vat_number": (
        "A VAT number comes or goes, which may change the tax | "
        "credit the invoice, and issue a new one to the other recipient"
    ),
    "already_decided": (
        "The correction of invoice {invoice} is {state} already | make a new request"
    ),
    "not_accepted": (
        "The correction of invoice {invoice} is {state}, not accepted | "
        "accept it first, or make a new request if it was rejected"
    ),
    "already_numbered": (
        "{key} has the number {number!r} already | "
        "keep that number; a correction or a credit note has its own"
    ),
    # What reviews and documents refuse.
    "limit_reached": (
        "{plan} includes {limit} {resource}, with {used} in use | "
        "take a plan that includes more, or free {missing} first"
    ),
    "limit_reached.plans": (
        "{plan} includes {limit} {resource}, with {used} in use | "
        "take plan {plans:or}, or free {missing} first"
    ),
    "limit_reached.offer": (
        "{plan} includes {limit} {resource}, with {used} in use | "
        "ask for an offer, or free {missing} first"
    ),
    "history_gap": (
        "An outcome of {on} follows version {found}, and the one before it led to "
        "version {known} | give every outcome from the first day on, in order"
    ),
    "unknown_locale": (
        "{locale!r} is not a locale of CLDR | use one that is, such as {offered:or}"
    ),
    "missing_extra": (
        "The package {package} is not installed | "
        "install it with pip install 'seatbill[{extra}]'"
    ),
}
