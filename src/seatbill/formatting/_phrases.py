"""The words that stand inside sentences: what is wrong, what was wanted, units.

They are passed to refusals as English texts; here is what can be translated of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ._catalogues import words
from ._marks import named

# Kinds of things that are counted, as they stand in "3 of seat".
_UNITS: Final = {
    "account": named("unit", "account"),
    "active_member": named("unit", "active_member"),
    "attendee": named("unit", "attendee"),
    "contact": named("unit", "contact"),
    "credit": named("unit", "credit"),
    "event": named("unit", "event"),
    "gigabyte": named("unit", "gigabyte"),
    "limited": named("unit", "limited"),
    "member": named("unit", "member"),
    "message": named("unit", "message"),
    "minute": named("unit", "minute"),
    "module": named("unit", "module"),
    "number": named("unit", "number"),
    "plan": named("unit", "plan"),
    "project": named("unit", "project"),
    "seat": named("unit", "seat"),
    "session": named("unit", "session"),
    "team": named("unit", "team"),
    "user": named("unit", "user"),
}

_PHRASES: Final = frozenset(
    (
        named("value", "STANDARD has no rate"),
        named("value", "a Card, a PayPal or a SepaMandate"),
        named("value", "a bool"),
        named("value", "a currency code"),
        named("value", "a date"),
        named("value", "a date, or a datetime in UTC"),
        named("value", "a discount in percent"),
        named("value", "a discount takes a percentage or an amount off"),
        named("value", "a fixed amount off needs a charge in advance"),
        named("value", "take fewer percentages, or with fewer decimals"),
        named(
            "value", "with the other percentages it makes prices finer than can be kept"
        ),
        named("value", "a fixed discount is part of it"),
        named("value", "a flat price has no tiers"),
        named("value", "a function of a boundary's day"),
        named("value", "a mapping"),
        named("value", "a mapping of units"),
        named("value", "a minor unit"),
        named("value", "a moved period has no months of 30 days"),
        named("value", "a paid plan"),
        named("value", "a payment method"),
        named("value", "a payment method, or a date"),
        named("value", "a percentage"),
        named("value", "a plan with a price"),
        named("value", "a price"),
        named("value", "a price in arrears has parts to bill"),
        named("value", "a str, an int or a Decimal"),
        named("value", "a string"),
        named("value", "a string without half a character"),
        named("value", "a unit price"),
        named("value", "a wallet"),
        named("value", "accepted"),
        named("value", "active"),
        named("value", "add Unfreeze() before it, in the same call if wanted"),
        named("value", "add-on"),
        named("value", "address"),
        named("value", "all notes on the invoice"),
        named("value", "allowance"),
        named("value", "amount"),
        named("value", "an Occupancy, SeatBar or SeatCount"),
        named("value", "an end cannot start a new period"),
        named("value", "an id, a number or nothing"),
        named("value", "an inclusive rate stands beside another"),
        named("value", "an invoice, a credit note or a correction"),
        named("value", "an int"),
        named("value", "an int, or a mapping of units"),
        named("value", "any amount"),
        named("value", "any length"),
        named("value", "any number"),
        named("value", "any, by name"),
        named("value", "anything"),
        named("value", "archived"),
        named("value", "ask for an offer"),
        named("value", "cancel instead"),
        named("value", "cancellation"),
        named("value", "card brand"),
        named("value", "card number"),
        named("value", "change the mailbox"),
        named("value", "charge"),
        named("value", "contract"),
        named("value", "copy it again from the account statement"),
        named("value", "copy it again from the card"),
        named("value", "country"),
        named("value", "credit"),
        named("value", "credit note"),
        named("value", "currency"),
        named("value", "date or datetime"),
        named("value", "dates"),
        named("value", "datetimes in UTC"),
        named("value", "days"),
        named("value", "debit"),
        named("value", "detail of a party"),
        named("value", "discount"),
        named("value", "do nothing"),
        named("value", "empty"),
        named("value", "enrolled"),
        named("value", "finding"),
        named("value", "freeze again in the next period"),
        named("value", "frozen"),
        named("value", "full_amount"),
        named("value", "give amounts by unit, add-on and discount id"),
        named("value", "give its last four alone"),
        named("value", "give reason"),
        named(
            "value", "give the day from which the periods are counted, such as a 31st"
        ),
        named("value", "give the last tier up_to=None"),
        named("value", "give the whole period, also where service began later"),
        named("value", "give unit_amount, or tiers"),
        named("value", "hand its quantity to renew"),
        named("value", "how many there are is known at a renewal only"),
        named("value", "how many there were is known at a renewal only"),
        named("value", "invoice"),
        named("value", "it has both a unit amount and tiers, or neither"),
        named("value", "it has not the characters of an IBAN"),
        named("value", "it is no mail address"),
        named("value", "it is not 12 to 19 digits"),
        named("value", "it is not bought"),
        named("value", "it is not four characters of an account number"),
        named("value", "its check digit does not fit"),
        named("value", "its check digits do not fit"),
        named("value", "its last tier ends"),
        named("value", "its tiers do not rise"),
        named("value", "kind"),
        named("value", "licence variant"),
        named("value", "line"),
        named("value", "measured"),
        named("value", "member"),
        named("value", "mention"),
        named("value", "months"),
        named("value", "more than 0"),
        named("value", "name"),
        named("value", "name one role or more"),
        named("value", "nobody could do it"),
        named(
            "value",
            "nobody knows yet who will be there in a period that has only begun",
        ),
        named("value", "none"),
        named("value", "not frozen"),
        named("value", "not paid for"),
        named("value", "not to be frozen"),
        named("value", "nothing"),
        named("value", "nothing is to be thawed"),
        named("value", "nothing runs that could stop"),
        named("value", "notice"),
        named("value", "one change or more"),
        named("value", "one character"),
        named("value", "one line or more"),
        named("value", "one of the changes"),
        named("value", "one of the two"),
        named("value", "one outcome or more"),
        named("value", "order tiers by up_to"),
        named("value", "pack"),
        named("value", "package"),
        named("value", "pairs"),
        named("value", "pairs of a day and a change"),
        named("value", "pairs of a name and a value"),
        named("value", "pairs of a start and an end"),
        named("value", "pending purchase"),
        named("value", "period"),
        named("value", "plan"),
        named("value", "prepaid"),
        named("value", "price"),
        named(
            "value", "price the unit in arrears and give the anchor, or count AT_START"
        ),
        named("value", "purchase"),
        named("value", "purpose"),
        named("value", "put measured units in a plan"),
        named("value", "recipient"),
        named("value", "registration"),
        named("value", "rejected"),
        named("value", "released"),
        named("value", "requested"),
        named("value", "resource"),
        named("value", "seats"),
        named("value", "service"),
        named("value", "several names"),
        named("value", "share"),
        named("value", "tax rate"),
        named("value", "team"),
        named("value", "the day of a decision, if any"),
        named("value", "the hold"),
        named("value", "the longest freeze of this period is used up"),
        named("value", "the members of the workspace"),
        named("value", "the rules offer no freeze"),
        named("value", "the sum of weights"),
        named("value", "the total"),
        named("value", "unit"),
        named("value", "unknown"),
        named("value", "use Channel.MAIL"),
        named("value", "use Discount.percent or Discount.fixed"),
        named("value", "use IMMEDIATE, PERIOD_END or FORFEIT"),
        named("value", "use ZERO, EXEMPT or REVERSE_CHARGE"),
        named("value", "use a percentage, or a price in advance"),
        named("value", "use a whole month or more"),
        named("value", "use an interval of months, or Convention.ACTUAL"),
        named("value", "use another convention, or no freeze"),
        named("value", "use another convention, or prices in advance"),
        named("value", "use dates, or ACTUAL"),
        named("value", "use dates, or Convention.ACTUAL"),
        named("value", "use one inclusive rate alone, or exclusive ones"),
        named("value", "use rate 0, or STANDARD"),
        named("value", "use tiers with flat_amount"),
        named("value", "use timing PERIOD_END"),
        named("value", "use timing PERIOD_END, or give a quantity when subscribing"),
        named("value", "value"),
        named("value", "vat_number"),
        named("value", "withdrawn"),
        named("value", "write it as name@example.com"),
    )
)

# With blanks, which are filled with what stands there.  The first that fits is taken.
_PATTERNS: Final = (
    named("value", "a member of {0}"),
    named("value", "a value of {0}"),
    named("value", "several values of {0}"),
    named("value", "what {0} needs"),
    named("value", "a {0} has no mailbox"),
    named("value", "no {0} before it thaws"),
    named("value", "add-on {0} is measured"),
    named("value", "it is not as long as a period of {0}"),
    named("value", "no period that is counted from it ends on {0}"),
    named("value", "{0} gives no reason"),
    named("value", "{0} has a rate"),
    named("value", "team {0}"),
    named("value", "{0} in team {1}"),
    named("value", "{0}, per {1}"),
    named("value", "those of {0}"),
    named("value", "those on {0}"),
    named("value", "take a plan that holds {0}"),
    named("value", "take plan {0}"),
    named("value", "{0} of the period {1}"),
    named("value", "{0} characters"),
)
_BLANK: Final = re.compile(r"\\{\d\\}")
_READERS: Final = tuple(
    (message, re.compile(_BLANK.sub("(.+)", re.escape(message))))
    for message in _PATTERNS
)


def unit_text(unit: str, locale: str) -> str | None:
    """Return what *unit* is called; ``None`` where it is of the host's own."""
    known = _UNITS.get(unit)
    return None if known is None else words(locale).pgettext("unit", known)


def phrase_text(text: str, fill: Callable[[str], str], locale: str) -> str:
    """Return *text* in the words of *locale*, if it is one that the library says.

    *fill* translates what stands in its blanks, which are not looked into further.
    """
    for message, reader in _READERS:
        if found := reader.fullmatch(text):
            told = words(locale).pgettext("value", message)
            return told.format(*map(fill, found.groups()))
    return word_text(text, locale)


def word_text(text: str, locale: str) -> str:
    """Return *text* in the words of *locale*, if it is a phrase without blanks."""
    return words(locale).pgettext("value", text) if text in _PHRASES else text
