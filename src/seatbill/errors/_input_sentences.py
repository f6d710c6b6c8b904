"""What is said in English of what comes in at the door: the source of translations.

Below a code stand its cases, such as ``invalid_price.last_tier_ends``, and what is said
where a value is nothing or zero, such as ``too_many_digits.zero_digits``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ._wording import Sentence

ON_INPUT: Final[Mapping[str, Sentence]] = {
    "wrong_type": "{name} is {value!r} | give a value of type {wanted}",
    "wrong_type.text": (
        "{name} is {value!r}, which has a lone surrogate | "
        "give text that UTF-8 can hold"
    ),
    "wrong_type.changes": "There is no change in {name} | give one or more",
    "wrong_type.outcomes": "There is no outcome in {name} | give one or more",
    "wrong_type.lines": "There is no line in {name} | give one or more",
    "wrong_type.lines_or_amount": (
        "Both lines and an amount are given | give one of the two"
    ),
    "wrong_type.day_of_decision": (
        "{name} is {value!r}, which does not go with the state | "
        "give the day of a decision, and none before it"
    ),
    "wrong_type.for_its_kind": (
        "{name} is {value!r}, which does not go with its kind | "
        "give the value that a change of this kind leads to"
    ),
    "wrong_type.seatbill": "{name} is {value!r} | give a value of seatbill",
    "wrong_type.words": (
        "{name} is {value!r}, which has no words | "
        "give a line, a change, a notice, a finding or a refusal"
    ),
    "wrong_type.for_an_invoice": (
        "{name} is {value!r}, which only an invoice can have | leave it out"
    ),
    "wrong_type.for_a_statement": (
        "{name} is {value!r}, which only a statement can have | leave it out"
    ),
    "invalid_amount": (
        "{name} is {value!r}, which is not a finite decimal number | "
        "write digits and a point, as in '19.90'"
    ),
    "too_many_lines": (
        "{lines} lines or more are asked for, and the limit is {most} | "
        "bill in parts, or give limits=Limits(lines=...)"
    ),
    "too_many_visits": (
        "These changes go through more than {most} charges, items and updates | "
        "make them in parts, or give limits=Limits(visits=...)"
    ),
    "too_many_digits": (
        "{value} has more than the {digits:decimal} of {currency} | "
        "round it first, for example with Money.rounded"
    ),
    "too_many_digits.no_currency": (
        "{value} has more than {digits:decimal} | round it first"
    ),
    "too_many_digits.zero_digits": (
        "{value} has decimals, and {currency} has none | "
        "round it first, for example with Money.rounded"
    ),
    "unknown_currency": (
        "{currency!r} is not an ISO 4217 currency with a minor unit | "
        "use an upper-case code such as 'EUR'"
    ),
    "currency_mismatch": (
        "{left} and {right} cannot be combined | convert one of them first"
    ),
    "out_of_bounds": "{name} is {value} | keep it from {minimum} to {maximum}",
    "out_of_bounds.no_maximum": "{name} is {value} | keep it at {minimum} or more",
    "out_of_bounds.no_value": "{name} is empty | give one character or more",
    "out_of_bounds.near_limit": (
        "{name} is {value} | keep it above {minimum}, and at {maximum} or less"
    ),
    "out_of_bounds.rate": (
        "{name} is {value} | keep it from {minimum} to {maximum}, as in '0.19' for 19%"
    ),
    "naive_datetime": (
        "{name} is {value}, a datetime without a time zone | "
        "attach the zone in which it was read, then call .astimezone(UTC)"
    ),
    "not_utc": (
        "{name} is {value}, a datetime in a zone other than UTC | "
        "call .astimezone(UTC) for an instant, "
        "or .astimezone(zone).date() for a local day"
    ),
    "mixed_time": (
        "{name} is {value!r}, and this subscription counts in {wanted} | "
        "use {wanted} throughout"
    ),
    "empty_period": (
        "A period cannot go from {start} to {end} | "
        "let the end, which is exclusive, come after the start"
    ),
    "date_out_of_range": (
        "{anchor} and {count:unit} lead beyond the years 1 to 9999 | "
        "use an anchor nearer to today"
    ),
    "invalid_interval": (
        "There is no interval of months={months}, days={days} | "
        "give months or days, one of the two, from 1 on"
    ),
    "convention_not_applicable": "{convention} cannot count {value} | use another",
    "convention_not_applicable.instants": (
        "{convention} counts days, not instants such as {value} | "
        "use dates, or Convention.ACTUAL"
    ),
    "convention_not_applicable.interval_of_days": (
        "{convention} counts months, not {value:length} | "
        "use an interval of months, or Convention.ACTUAL"
    ),
    "convention_not_applicable.no_day": (
        "{convention} counts no day in {value:span} | use a whole month or more"
    ),
    "duplicate": "The {kind} {value!r} is there already | give it once",
    "invalid_price": "This price is invalid ({problem}) | give another",
    "invalid_price.neither": (
        "A price needs a unit amount or tiers | give one of the two"
    ),
    "invalid_price.both": (
        "This price has both a unit amount and tiers | give one of the two"
    ),
    "invalid_price.flat_with_tiers": (
        "A flat price has no tiers | give each tier a flat_amount instead"
    ),
    "invalid_price.tiers_not_rising": (
        "Each tier has to end above the one before it | order the tiers by up_to"
    ),
    "invalid_price.last_tier_ends": (
        "The last tier must not have an end | give it up_to=None"
    ),
    "invalid_price.measured_add_on": (
        "Add-on {item!r} has a measured price, which only a plan can have | "
        "put measured units in a plan"
    ),
    "invalid_price.percent_or_amount": (
        "A discount takes off either a percentage or an amount | "
        "use Discount.percent or Discount.fixed"
    ),
    "invalid_tax_rate": "Tax rate {value!r} is invalid ({problem}) | give another",
    "invalid_tax_rate.above_zero": (
        "Tax rate {value!r} is {category}, so it has to be 0 | "
        "set rate to 0, or category to STANDARD"
    ),
    "invalid_tax_rate.zero": (
        "Tax rate {value!r} is {category}, so it cannot be 0 | "
        "use ZERO, EXEMPT or REVERSE_CHARGE"
    ),
    "invalid_tax_rate.no_reason": (
        "Tax rate {value!r} is {category}, so it needs a reason | give reason"
    ),
    "invalid_tax_rate.not_alone": (
        "The tax rates {value} cannot be combined, as one of them is inclusive | "
        "use one inclusive rate alone, or exclusive rates"
    ),
    "invalid_rules": "{field} is {value} ({problem}) | give another value",
    "invalid_rules.end_cannot_restart": (
        "{field} is {value}, but an end cannot start a new period | "
        "use IMMEDIATE, PERIOD_END or FORFEIT"
    ),
    "invalid_rules.no_months_of_30": (
        "{field} is {value}, but a frozen period has no months of 30 days | "
        "use another convention, or no freeze"
    ),
    "invalid_rules.in_arrears": (
        "Discount {value!r} takes off an amount, but nothing is charged in advance | "
        "use a percentage, or a price in advance"
    ),
    "invalid_rules.too_fine": (
        "Discount {value!r} makes prices finer than can be kept | "
        "use fewer percentages, or fewer decimals"
    ),
    "invalid_rules.not_bought": (
        "The number of {field:plural} is measured, not bought | give it to renew"
    ),
    "invalid_rules.known_at_renewal": (
        "The number of {field:plural} is not known before the renewal | "
        "use timing PERIOD_END"
    ),
    "invalid_rules.not_measured_yet": (
        "The number of {field:plural} is not known before the renewal | "
        "use timing PERIOD_END, or give a quantity when subscribing"
    ),
    "invalid_rules.billed_in_parts": (
        "{field} is {value}, but a price in arrears is billed in parts | "
        "use another convention, or prices in advance"
    ),
    "invalid_rules.nobody": (
        "{field} is empty, so nobody could do it | name one role or more"
    ),
    "invalid_rules.counted_later": (
        "{field} is {value}, but it is not known yet who will be there in a period "
        "that has only begun | "
        "price the unit in arrears and give the anchor, or count AT_START"
    ),
    "invalid_rules.off_the_grid": (
        "No period that is counted from {value} ends on {detail} | "
        "give the day from which periods are counted as the anchor, such as a 31st"
    ),
    "invalid_rules.another_length": (
        "The period {value:span} is not {detail:length} long | "
        "give the whole period, even where service began later"
    ),
    "invalid_rules.discount_inside": (
        "{value} cannot be shared out, as a fixed discount is part of it | "
        "give amounts by unit, add-on and discount id"
    ),
}
