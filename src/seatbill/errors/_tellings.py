"""What findings and notices say in English, by their codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .wording import sentences

FINDINGS: Final = sentences("""
add_on_ends: {add_on} ends with the change to {plan}, as it needs {missing:or}
add_on_never_used: {add_on} has never been used, and a month costs {saving} less without
    it
add_on_unused: {add_on} has not been used for {days:day}, and a month costs {saving}
    less without it
amount_differs: {item}: the amount is {stated}, but should be {expected}
cap_differs: {item}: the line is cut to {stated}, but should be to {expected}
charges_differ: {charged} was charged, but the configuration comes to {expected}, a
    difference of {difference}
discounts_differ: {item}: the discounts are {stated}, but should be {expected}
feature_lost: {plan} does not include {feature}
full_amount_differs: {item}: a whole period is {stated}, but should be {expected}
higher_plan_fits: {current} is too small, but {plan} includes all that is used
item_not_active: {item} was not active, {span:span}, but {amount} is on the invoice
kind_differs: {item}: the line is a {stated}, but should be a {expected}
limit_exceeded: {plan} includes {limit} {resource}, which is {excess} too few
limit_near: {used} of {limit} {resource} are used, which is {percent}%
line_differs: {item}: {what} is {stated}, but should be {expected}
line_does_not_add_up: {item}: {what} is {stated}, but should be {expected}
line_missing: {item}, {span:span}: a line of {amount} is missing
line_not_expected: {item}, {span:span}: nothing accounts for {amount}
line_repeated: {item}, {span:span}: {amount} is already on invoice {invoice}
lower_plan_fits: {plan} includes all that is used, and a month of it costs {saving} less
no_plan_fits: {current} is too small, and so is every higher plan
payment_method_expired: The payment method was valid through {valid_through}, {days:day}
    ago
payment_method_expiring: The payment method is valid through {valid_through}, for
    {days:day} more
payment_method_expiring.zero_days: The payment method is valid through {valid_through},
    which is today
period_differs: {item}: the time is {stated:span}, but should be {expected:span}
quantity_differs: {item}: the quantity is {stated}, but should be {expected}
share_differs: {item}: the share is {stated}, but should be {expected}
tax_rates_differ: {item}: the tax rates are {stated}, but should be {expected}
term_missing: {term} is missing: {what} ({path})
term_unfit: {term}: {value!r} cannot be said ({problem}, {path})
term_unfit.characters: {term}: {value!r} is blank, or has characters that XML cannot
    hold
term_unfit.endless: {term}: tax rate {value} is no decimal percentage
term_unfit.no_country: {term}: {value!r} does not begin with the code of a country
term_unfit.no_french_rate: {term}: tax rate {value} is none of those of France
term_unfit.no_peppol_scheme: {term}: Peppol delivers to no address of the scheme
    {value}
term_unfit.no_siren: {term}: {value!r} is not marked as a SIREN (scheme 0002)
term_unfit.no_such_type: {term}: documents of type {value} are not in this profile
term_unfit.other_century: {term}: France takes days from 2000 to 2099 alone, not {value}
term_unfit.outside_alone: {term}: what is outside the scope of VAT stands beside other
    categories ({value})
term_unfit.same_currency: {term}: {value} is the currency of the invoice already
term_unfit.several_rates: {term}: a line has several tax rates ({value})
term_unfit.tax_differs: {term}: {value} differs by one or more from base × rate
term_unfit.too_fine: {term}: {value} has more than two decimals
unit_not_sold one count: {plan} does not include {unit:plural}, so {count} ends with the
    change
unit_not_sold many count: {plan} does not include {unit:plural}, so {count} end with the
    change
unit_price_differs: {item}: the unit price is {stated}, but should be {expected}
""")
"""What every finding says."""

NOTICES: Final = sentences("""
add_on_dropped: Add-on {add_on} ends with the plan that it needs
credit_lapsed: Credit of {amount} lapsed, as it was valid until {expires_on}
credit_lapsed.gift: A gift of {amount} lapsed, as it was valid until {expires_on}
end_scheduled: {plan} ends on {on}, and the bill of that day is {total}
end_scheduled.no_total: {plan} ends on {on}
end_without_bill: {plan} ends on {on}, and nothing more is charged
features_lost: From {on}, {plan} does not include {features}
gift_ended: A gift of {amount} lapses, as the subscription has ended
interval_scheduled: From {on}, the billing period is {interval} instead of {current},
    and the bill of that day is {total}
interval_scheduled.no_total: From {on}, the billing period is {interval} instead of
    {current}
late_notice: It is too late for {boundary}, so this takes effect on {on}
late_cancellation: It is too late for {boundary}, so the subscription ends on {on} and
    will still cost {cost}
more_people one missing: {occupied} people sit on {owned:unit}, so {missing} is missing
more_people many missing: {occupied} people sit on {owned:unit}, so {missing} are
    missing
notice_deadline: To end on {boundary}, a cancellation has to be asked for by {on}
number_unused: {plan} does not measure {unit:plural}, so their number is not used
over_limit one excess: {plan} includes {maximum:unit}, so {excess} is too many
over_limit many excess: {plan} includes {maximum:unit}, so {excess} are too many
payment_method_expired: The payment method was valid through {valid_through}, {days:day}
    ago
payment_method_expiring: The payment method is valid through {valid_through}, for
    {days:day} more
payment_method_expiring.zero_days: The payment method is valid through {valid_through},
    which is today
plan_scheduled: From {on}, {plan} takes the place of {current}, and the bill of
    that day is {total}
plan_scheduled.no_total: From {on}, {plan} takes the place of {current}
price_change: {plan} has new prices from {on}
removal_cut one removed: Only {removed:unit} of {asked} is removed, as the rest is
    occupied
removal_cut many removed: Only {removed:unit} of {asked} are removed, as the rest is
    occupied
removal_cut.zero_removed one asked: {asked:unit} that was to be removed stays, as it is
    occupied
removal_cut.zero_removed many asked: {asked:unit} that were to be removed stay, as all
    are occupied
removals_undone one count: {count:unit} that was to be removed stays, free of charge
removals_undone many count: {count:unit} that were to be removed stay, free of charge
people_unused: {plan} does not include {unit:plural}, so nobody sits on them
renewal_near: {plan} renews on {on}, and the bill of that day is {total}
renewal_near.no_total: {plan} renews on {on}
seats_full one owned: {owned:unit} is owned, and it is taken
seats_full many owned: {owned:unit} are owned, and all are taken
serves_until: A cancellation is scheduled, so this can be used until {on}
timing_unused: Timing {timing} changes nothing here, as nothing that was asked for can
    wait
term_ended: The term ended on {on}, and none follows
term_ending: The term ends on {on}, and a new one begins
term_ending.no_follows: The term ends on {on}, and none follows
term_renewed: A new term began on {on}, and goes on until {until}
unit_dropped one count: {plan} does not include {unit:plural}, so {count} ends with the
    old plan
unit_dropped many count: {plan} does not include {unit:plural}, so {count} end with the
    old plan
""")
"""What every notice says."""

CONTRADICTIONS: Final[Mapping[str, str]] = {
    "discount_not_offered": "there is a discount for {interval}, which is not offered",
    "exempt_from_nothing": (
        "directions are exempt from a notice that the rules do not ask for"
    ),
    "free_plan_costs": "the free plan has a price above zero, which is never charged",
    "full_gives_nothing_back": (
        "IMMEDIATE promises unused time back, and the convention FULL "
        "gives none back where nothing takes its place"
    ),
    "longer_interval_for_nothing": (
        "FORFEIT would not charge a whole period of the longer interval"
    ),
    "notice_longer_than_period": (
        "nobody can be in time in a period of {interval}, but for the end of a term"
    ),
    "notice_without_effect": "nothing that waits for the period's end needs notice",
    "refund_without_credit": (
        "a downgrade gives nothing back, but a cancellation does: "
        "canceling and subscribing anew is the better downgrade"
    ),
    "upgrade_for_nothing": (
        "FORFEIT would not charge the higher plan in the running period"
    ),
}
"""What is said of rules that contradict each other."""
