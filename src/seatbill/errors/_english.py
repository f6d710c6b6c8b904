"""What is said in English, by its code: the source of all translations.

Below a code stand its cases, such as ``invalid_price.last_tier_ends``, and what is said
where a value is nothing or zero, such as ``no_seat_left.zero_vacant``.
"""

from __future__ import annotations

from typing import Final

from .wording import sentences

ENGLISH: Final = sentences("""
wrong_type: {name} is {value!r} | give a value of type {wanted}
wrong_type.Money: {name} is {value!r} | give Money, such as Money('19.90', 'EUR')
wrong_type.Interval: {name} is {value!r} | give an interval, such as MONTHLY or
    Interval(months=6)
wrong_type.Subscription: {name} is a value of type {value:type} | give a Subscription,
    such as outcome.subscription
wrong_type.text: {name} is {value!r}, which has a lone surrogate | give text that UTF-8
    can hold
wrong_type.changes: There is no change in {name} | give one or more
wrong_type.outcomes: There is no outcome in {name} | give one or more
wrong_type.lines: There is no line in {name} | give one or more
wrong_type.invoices: There is no invoice in {name} | give one or more
wrong_type.lines_or_amount: Both lines and an amount are given | give one of the two
wrong_type.day_of_decision: {name} is {value!r}, which does not go with the state | give
    the day of a decision, and none before it
wrong_type.for_its_kind: {name} is {value!r}, which does not go with its kind | give the
    value that a change of this kind leads to
wrong_type.seatbill: {name} is {value!r} | give a value of seatbill
wrong_type.words: {name} is {value!r}, which has no words | give a line, a change, a
    notice, a finding or a refusal
wrong_type.for_an_invoice: {name} is {value!r}, which only an invoice can have | leave
    it out
wrong_type.for_a_statement: {name} is {value!r}, which only a statement can have | leave
    it out
unknown_word: {name} is {value!r} (did you mean {meant!r}?) | choose {offered:or}
unknown_word.no_meant: {name} is {value!r} | choose {offered:or}
doubtful_percentage: {name} is {value!r}, which is less than 1% | write {percent!r} for
    {percent}%, or {part!r} for {value}%
invalid_amount: {name} is {value!r}, which is not a finite decimal number | write digits
    and a point, as in '19.90'
too_many_lines: {lines} lines or more are asked for, and the limit is {most} | bill in
    parts, or give limits=Limits(lines=...)
too_many_visits: These changes go through more than {most} charges, items and updates |
    make them in parts, or give limits=Limits(visits=...)
too_many_digits: {value} has more than the {digits:decimal} of {currency} | round it
    first, for example with Money.rounded
too_many_digits.no_currency: {value} has more than {digits:decimal} | round it first
too_many_digits.zero_digits: {value} has decimals, and {currency} has none | round it
    first, for example with Money.rounded
unknown_currency: {currency!r} is not an ISO 4217 currency with a minor unit | use an
    upper-case code such as 'EUR'
currency_mismatch: {left} and {right} cannot be combined | convert one of them first
out_of_bounds: {name} is {value} | keep it from {minimum} to {maximum}
out_of_bounds.no_maximum: {name} is {value} | keep it at {minimum} or more
out_of_bounds.no_value: {name} is empty | give one character or more
out_of_bounds.near_limit: {name} is {value} | keep it above {minimum}, and at {maximum}
    or less
out_of_bounds.rate: {name} is {value} | keep it from {minimum} to {maximum}, as in
    '0.19' for 19%
malformed: {name} is {value!r}, which is malformed ({problem}) | write it anew
malformed.line: {name} is {value!r}, which has more than one line | put it in one
malformed.link: {name} is {value!r} | give an address that begins with https:// and has
    no blank
malformed.bic: {name} is {value!r} | give the 8 or 11 characters of the bank's BIC
malformed.scheme: {name} is {value!r} | give the four digits of a scheme of ISO 6523, or
    EM for a mail address
malformed.identifier: {name} is {value!r}, which is mistyped | copy it again, its digits
    alone
malformed.email: {name} is {value!r}, which is no mail address | give one, such as
    billing@example.com
malformed.exemption: {name} is {value!r} | give a code of the list VATEX, such as
    VATEX-EU-AE
malformed.logo: {name} begins with {value!r} | give a PNG, JPEG, GIF, WebP or SVG as
    seatbill.documents.logo_of returns it
malformed.picture: {name} is {value!r}, which does not begin as such a picture does |
    give the bytes of a PNG, JPEG, GIF, WebP or SVG
malformed.color: {name} is {value!r} | give a color of six digits such as '#0b7a4b'
malformed.font: {name} has {value!r} | give the name of a font, in letters, digits,
    blanks and hyphens
malformed.unit_code: {name} is {value!r} | give a code of UN/ECE Recommendation 20, such
    as C62 for one
malformed.subject: {name} is {value!r} | give a code of UNTDID 4451, such as AAI
malformed.rf_number: {name} is {value!r} | give 1 to 21 letters and digits
naive_datetime: {name} is {value}, a datetime without a time zone | attach the zone in
    which it was read, then call .astimezone(UTC)
not_utc: {name} is {value}, a datetime in a zone other than UTC | call .astimezone(UTC)
    for an instant, or .astimezone(zone).date() for a local day
mixed_time: {name} is {value!r}, and this subscription counts in {wanted} | use {wanted}
    throughout
empty_period: A period cannot go from {start} to {end} | let the end, which is
    exclusive, come after the start
date_out_of_range: Counting {count:unit} from {anchor} leads beyond the years 1 to 9999
    | use an anchor nearer to today
invalid_interval: There is no interval of months={months}, days={days} | give months or
    days, one of the two, from 1 on
convention_not_applicable: {convention} cannot count {value} | use another
convention_not_applicable.instants: {convention} counts days, not instants such as
    {value} | use dates, or Convention.ACTUAL
convention_not_applicable.interval_of_days: {convention} counts months, not {value} |
    use an interval of months, or Convention.ACTUAL
convention_not_applicable.no_day: {convention} counts no day in {value:span} | use a
    whole month or more
discount_refused: Discount {id!r} is refused ({problem}) | leave it out
discount_refused.first_purchase: Discount {id!r} is for a first purchase | leave it out
discount_refused.country: Discount {id!r} is only for {detail:or} | leave it out
discount_refused.used_up: Discount {id!r} is used up: there were {detail} | leave it out
discount_refused.not_known: Discount {id!r} needs {detail:words} | give it in facts
discount_refused.over: Discount {id!r} ended on {detail} | leave it out
discount_refused.not_combined: {id!r} does not go with {detail!r} | remove {detail!r}
duplicate: The {kind} {value!r} is already there | give it once
invalid_price: This price is invalid ({problem}) | give another
invalid_price.neither: A price needs a unit amount or tiers | give one of the two
invalid_price.both: This price has both a unit amount and tiers | give one of the two
invalid_price.flat_with_tiers: A flat price has no tiers | give each tier a flat_amount
    instead
invalid_price.tiers_not_rising: Each tier has to end above the one before it | order the
    tiers by up_to
invalid_price.last_tier_ends: The last tier must not have an end | give it up_to=None
invalid_price.measured_add_on: Add-on {item!r} has a measured price, which only a plan
    can have | put measured units in a plan
invalid_price.batch_of_add_on: Add-on {item!r} has a price in packs | give batch to the
    add-on instead
invalid_price.bounds_in_parts: The fewest and the most that may be owned have to be
    whole packs | give multiples of batch
invalid_price.no_interval: Add-on {item!r} has no interval to count from its purchase |
    give it an interval of its own, or leave anchored_on out
invalid_price.own_family: Add-on {item!r} is a package, which shares the periods of the
    plan | leave out its family, or its interval
invalid_price.own_arrears: Add-on {item!r} has an interval of its own and a price in
    arrears | charge it in advance, or leave out its interval
invalid_price.percent_or_amount: A discount takes off either a percentage or an amount |
    use Discount.percent or Discount.fixed
invalid_price.several_lengths: A discount has one length | give periods, months or until
invalid_price.no_surplus: Only an amount keeps a surplus | use one, without periods=0
invalid_price.first_of_amount: Only a percentage is for first units | leave first out
invalid_price.no_target: A target names a part | name one, or leave applies_to out
invalid_price.no_eligibility: Eligibility asks for facts | name one, or leave it out
invalid_price.months_end: Months of {item!r} come with ends_on | give both, or none
invalid_price.nothing_kept: Discount {item!r} keeps no surplus | leave spent out
invalid_tax_rate: Tax rate {value!r} is invalid ({problem}) | give another
invalid_tax_rate.percentage: A tax rate of {value} is 100% | write '0.01' for 1%, or
    Fraction(1) for 100%
invalid_tax_rate.above_zero: Tax rate {value!r} is {category}, so it has to be 0 | set
    rate to 0, or category to STANDARD
invalid_tax_rate.zero: Tax rate {value!r} is {category}, so it cannot be 0 | use ZERO,
    EXEMPT, REVERSE_CHARGE or OUTSIDE_SCOPE
invalid_tax_rate.no_reason: Tax rate {value!r} is {category}, so it needs a reason |
    give reason
invalid_tax_rate.no_exemption: Tax rate {value!r} is {category}, so it has no reason to
    be untaxed | leave exemption_code out
invalid_tax_rate.not_alone: The tax rates {value} cannot be combined, as one of them is
    inclusive | use one inclusive rate alone, or exclusive rates
invalid_rules: {field} is {value} ({problem}) | give another value
invalid_rules.end_cannot_restart: {field} is {value}, but an end cannot start a new
    period | use IMMEDIATE, PERIOD_END or FORFEIT
invalid_rules.no_months_of_30: {field} is {value}, but a frozen period has no months of
    30 days | use another convention, or no freeze
invalid_rules.in_arrears: Discount {value!r} takes off an amount, but nothing is charged
    in advance | use a percentage, or a price in advance
invalid_rules.too_fine: Discount {value!r} makes prices finer than can be kept | use
    fewer percentages, or fewer decimals
invalid_rules.first_not_counted: No first units for discount {value!r} | leave first out
invalid_rules.not_bought: The number of {field:plural} is measured, not bought | give it
    to renew
invalid_rules.nothing_bought: Plan {value} is free, so no {field:plural} are bought with
    it | leave them out
invalid_rules.known_at_renewal: The number of {field:plural} is not known before the
    renewal | use timing PERIOD_END
invalid_rules.not_measured_yet: The number of {field:plural} is not known before the
    renewal | use timing PERIOD_END, or give a quantity when subscribing
invalid_rules.billed_in_parts: {field} is {value}, but a price in arrears is billed in
    parts | use another convention, or prices in advance
invalid_rules.nobody: {field} is empty, so nobody could do it | name one role or more
invalid_rules.counted_later: {field} is {value}, but it is not known yet who will be
    there in a period that has only begun | price the unit in arrears and give the
    anchor, or count AT_START
invalid_rules.share_of_nothing: {field} needs EarlyEnd.BILLED | give that, or no share
invalid_rules.no_part_of_term: {field} is {value}, but no number of them is {detail} |
    give one that makes up the term, and the time between true-ups, in whole numbers
invalid_rules.off_the_grid: No period that is counted from {value} ends on {detail} |
    give the day from which periods are counted as the anchor, such as a 31st
invalid_rules.another_length: The period {value:span} is not {detail} long | give the
    whole period, even where service began later
invalid_rules.shares_the_plan: Add-on {value!r} has no {field} of its own | leave it
    out, or sell it with an interval of its own
invalid_rules.no_period: Add-on {field} has an interval of its own but no period | give
    the one that it is in
invalid_rules.not_begun: Add-on {field} cannot be in a period before it is charged |
    leave {value:span} out
invalid_rules.nothing_to_charge: {field} is {value}, but nothing is charged in advance
    for this period | give the seats that were bought, or no amount
invalid_rules.after_period: {value} is after the running period, which ends on {detail}
    | give the period that holds that day
invalid_rules.discount_inside: {value} cannot be shared out, as a fixed discount is part
    of it | give amounts by unit, add-on and discount id
no_price: {item} has no price for {unit:plural} in {currency} for {interval} | add one,
    or choose another currency or interval
no_price.no_unit: {item} has no price in {currency} for {interval} | add one, or choose
    another currency or interval
interval_not_offered: A billing period of {interval} is not offered | choose
    {offered:or}
unknown_unit: {item} does not include {unit!r} | choose {offered:or}
unknown_unit.no_unit: There are several units | choose {offered:or}
unknown_unit.no_offered: {item} does not include {unit!r} | choose another plan
unknown_item: There is no {kind} {value!r} | choose {offered:or}
unknown_item.no_offered: There is no {kind} {value!r} | check the id
unknown_item.currency: The currency is missing | give {offered:or}
unknown_item.currency.no_offered: The currency is missing | give it by name
unknown_item.package: Package {value!r} is not of the same family | choose one that is
unknown_item.credit_note: Credit note {value!r} is missing, or belongs to another
    invoice | give all credit notes on this invoice
unknown_item.licence_variant: No licence variant applies to contracts signed on {value}
    | sign on {offered:or}, or later
unknown_item.licence_variant.no_offered: No licence variant applies to contracts signed
    on {value} | add one to the rules
too_few_seats one minimum: At least {minimum:unit} is needed, not {asked} | buy
    {missing} more
too_few_seats many minimum: At least {minimum:unit} are needed, not {asked} | buy
    {missing} more
too_many_seats: {item} includes {maximum:unit} at most, not {asked} | ask for {excess}
    fewer, or take a larger plan
seats_occupied: Only {removable:unit} can be removed, not {asked} | remove {removable}
    at most, or free some first
seats_occupied.zero_removable: {asked:unit} cannot be removed, as all are occupied |
    free some first
no_seat_left one vacant: Only {vacant:unit} is free, not {asked} | buy {missing} more
no_seat_left many vacant: Only {vacant:unit} are free, not {asked} | buy {missing} more
no_seat_left.zero_vacant one owned: The {owned:unit} is taken | buy {missing} more
no_seat_left.zero_vacant many owned: All {owned:unit} are taken | buy {missing} more
no_seat_left.zero_owned: There are no {unit:plural} yet | buy {missing}
no_change: {kind} is already {value} | ask for something else, or do nothing
no_change.plan: The plan is already {value}, with a billing period of {detail} | choose
    another plan or period, or do nothing
no_change.plan.no_detail: The plan is already {value} | choose another, or do nothing
no_change.price: A free plan has no price that could change | do nothing
no_change.cancellation: The subscription already ends on {value} | do nothing
no_change.seats one value: There is already {value:detail} | ask for another number, or
    do nothing
no_change.seats many value: There are already {value:detail} | ask for another number,
    or do nothing
no_change.package: The package is already {value} | choose another, or do nothing
no_change.period: A free plan has no period that could be extended or paused
    | do nothing
no_change.paused: Nothing is served until {value}, so no days can be given | end the
    pause first, or make it longer by another Pause
no_change.pause: No pause is running or scheduled | do nothing
no_change.billing_day: The billing day is already day {value} of the month
    | choose another, or do nothing
no_change.no_billing_day: A free plan, or a period of days, has no billing day
    | do nothing
no_change.trial: No trial is running | do nothing
no_change.term: The term that follows is already that | ask for another, or do nothing
no_change.no_term: No term is running | give one
no_change.term_in_pause: A pause runs or is scheduled | end the pause first
no_change.term_of_nothing: A free plan binds nobody to a term | switch the plan first
no_change.archived: Team {value!r} is already archived | do nothing
no_change.active: Team {value!r} is already active | do nothing
no_change.enrolled: {value!r} is already in team {detail!r} | do nothing
no_change.withdrawn: {value!r} is not in team {detail!r} | do nothing
no_change.recipient: Invoices are already made out to {value} | name another, or do
    nothing
no_change.released: The hold is already released | do nothing
nothing_pending: No change of {kind:words} is scheduled | read pending_updates before
    withdrawing
nothing_pending.cancellation: No cancellation is scheduled | read pending_updates before
    withdrawing
out_of_order: {value} is before {earliest}, the earliest day possible | give days in
    order, and correct the past with rebill
recipient_locked: The recipient of subscription {id!r} cannot be changed since {since} |
    withdraw the cancellation first, or subscribe anew
subscription_ended: Subscription {id!r} ended on {ended_on} | subscribe anew, under
    another id or with the version of this one
cancellation_pending: A cancellation is scheduled for {applies_on}, so no new period can
    start | add Resume() before it, in the same call if wanted
renew_first: The period from {day} is due, and the number of {units:plural} is missing |
    call renew with measured=... first
measure_each_renewal: The periods from {first} and from {last} are due, with a single
    measurement | renew them one by one, or give bill a function
late_notice: {day} is too late for {boundary} | ask by {last_day}, {notice_days:day}
    before
scheduled_change: A change of {kind:words} is scheduled for {applies_on}, with a bound
    of {bound:unit}, so there cannot be {asked} | add WithdrawPending({kind!r}) before
    it, in the same call if wanted
requirement_missing: {item} needs {missing:or} | take {missing:or} first, in the same
    call if wanted
not_whole_batches: {item} is sold in batches of {batch}, so not {asked} | ask for
    {nearest:or}
not_whole_batches.no_nearest: {item} is sold in batches of {batch}, so not {asked} | ask
    for a multiple of {batch}
term_runs: The term ends on {ends_on}, and nothing goes before | ask without a timing,
    and it waits for that day
term_runs.end: The subscription ends on {ends_on}, with the term | use Timing.PERIOD_END
term_runs.pause: The term ends on {ends_on}, and all of it is charged | pause later
term_runs.waiting: A change is scheduled for {ends_on}, before the end of the term |
    withdraw it first, in the same call if wanted
term_runs.restart: A change is scheduled, and a new period would start the term of
    {ends_on} anew | withdraw the change first, in the same call if wanted
frozen: Subscription {id!r} cannot do this ({problem}) | cancel instead
frozen.is_frozen: {change} is not possible while subscription {id!r} is frozen | add
    Unfreeze() before it, in the same call if wanted
frozen.not_offered: The rules do not offer a freeze | cancel instead
frozen.not_charged: Subscription {id!r} is not charged for, so nothing can be frozen |
    do nothing
frozen.used_up: The longest freeze of this period is used up | freeze in the next period
frozen.not_frozen: Subscription {id!r} is not frozen | do nothing
permission_refused: The role {role!r} is not allowed to {action:words} | ask somebody
    with the role {allowed:or}
several_invoices: There are {count} invoices | read .invoices
invalid_delivery: Mailbox {mailbox!r} is invalid ({problem}) | give another
invalid_delivery.no_mailbox: Mailbox {mailbox!r} is given for a channel without one |
    use Channel.MAIL
invalid_delivery.no_address: {mailbox!r} is not a mail address | write it as
    name@example.com
overlap: A span that ends {end} cannot be followed by one from {start} | give spans in
    order, each ended before the next one starts
overlap.no_end: A span without an end cannot be followed by another | give spans in
    order, each ended before the next one starts
overlap.no_start: A span without a start cannot follow another | give spans in order,
    each ended before the next one starts
invalid_account_number: The {kind} ending in {ending!r} is invalid ({problem}) | copy it
    again
invalid_account_number.digits: The card number ending in {ending!r} does not have 12 to
    19 digits | copy it again from the card
invalid_account_number.check_digit: The card number ending in {ending!r} is mistyped |
    copy it again from the card
invalid_account_number.characters: The number ending in {ending!r} is not an IBAN | copy
    it again from the account statement
invalid_account_number.check_digits: The IBAN ending in {ending!r} is mistyped | copy it
    again from the account statement
invalid_account_number.not_four: {ending!r} are not the last four characters of a number
    | give those alone
invalid_account_number.reference: The reference ending in {ending!r} is mistyped | copy
    it again, or let PaymentReference make its check digits
invalid_account_number.creditor: The creditor identifier ending in {ending!r} is
    mistyped | copy it again
payment_method_not_accepted: {method} {value!r} is not accepted | use one of {accepted}
payment_method_not_accepted.card: Cards of the brand {value!r} are not accepted | use
    one of {accepted}
payment_method_not_accepted.paypal: PayPal accounts in {value} are not accepted | use
    one of {accepted}
payment_method_not_accepted.sepa: Direct debit from accounts in {value} is not accepted
    | use one of {accepted}
card_funding_refused: The card ending in {last_four} is of a kind that is not accepted
    ({funding}) | use a card of another kind ({accepted})
card_funding_refused.no_accepted: The card ending in {last_four} is of a kind that is
    not accepted ({funding}) | pay in another way
card_expired: The card ending in {last_four} was valid through {valid_through} | use a
    card that is valid on {day}
purpose_not_allowed: A wallet of {unit:plural} does not pay for {purpose!r} | pay in
    another way, or use it for {allowed:or}
purpose_not_allowed.no_allowed: A wallet of {unit:plural} does not pay for {purpose!r} |
    pay in another way
insufficient_units one balance: Only {balance:unit} is left, not {asked} | add {missing}
    first
insufficient_units many balance: Only {balance:unit} are left, not {asked} | add
    {missing} first
insufficient_units.zero_balance: No {unit:plural} are left | add {missing} first
top_up_capped: Only {allowed} of {wanted:pack} can be bought under the cap of {cap} a
    month, of which {spent} is spent | raise the cap to {needed}, buy by hand, or wait
    until {resumes_on}
top_up_capped.zero_allowed: No pack can be bought under the cap of {cap} a month, of
    which {spent} is spent | raise the cap to {needed}, buy by hand, or wait until
    {resumes_on}
nothing_to_credit: Nothing of invoice {invoice} is left to credit, as {credited} is
    credited | credit another invoice, or grant credit on the balance
over_credited: {asked} cannot be credited, as {left} is left ({where}) | credit {left}
    at most
missing_details: The recipient lacks details ({missing}) | give them
tax_status_changed: {field} changes from {old!r} to {new!r}, which may change the tax |
    credit the invoice, and issue a new one to the other recipient
tax_status_changed.country: The country changes from {old} to {new}, which may change
    the tax | credit the invoice, and issue a new one to the other recipient
tax_status_changed.vat_number: A VAT number comes or goes, which may change the tax |
    credit the invoice, and issue a new one to the other recipient
already_decided: The correction of invoice {invoice} is already {state} | make a new
    request
not_accepted: The correction of invoice {invoice} is {state}, not accepted | accept it
    first, or make a new request if it was rejected
already_numbered: {key} already has the number {number!r} | keep that number; a
    correction or a credit note has its own
not_combinable.issued_on: Invoice {invoice} was issued on {found}, and the first one on
    {wanted} | combine invoices of one day
not_combinable.rounding: Invoice {invoice} is rounded otherwise ({found}) than the first
    one ({wanted}) | combine invoices of one rounding
not_combinable.payable_step: Invoice {invoice} is payable in multiples of {found}, and
    the first one of {wanted} | combine invoices of one step
not_combinable: Invoice {invoice} cannot be combined with the first one ({field}) |
    combine it with others
quote_expired: Quote {number} was valid through {until}, and {day} is after that | make
    a new quote
stale_version: This is for version {asked} of the subscription, which has version
    {known} by now | load it again, and ask again
quote_differs: Quote {number} no longer holds: {found} instead of {quoted} | make a new
    quote
quote_differs.invoices: Quote {number} no longer holds: the number of invoices would be
    {found}, not {quoted} | make a new quote
quote_differs.pending_updates: Quote {number} no longer holds: scheduled changes would
    take effect on {found}, not on {quoted} | make a new quote
quote_differs.unbilled_lines: Quote {number} no longer holds: {found} would be billed
    later, not {quoted} | make a new quote
quote_differs.amount: Quote {number} no longer holds: an invoice would come to {found},
    not {quoted} | make a new quote
quote_differs.effective_on: Quote {number} no longer holds: the change would take effect
    on {found}, not on {quoted} | make a new quote
quote_differs.first_day: Quote {number} is for a first day of {quoted}, and {found} is
    after that | make a new quote
quote_differs.subscription: Quote {number} is for subscription {quoted!r}, not for
    {found!r} | accept it for its own
limit_reached: {plan} includes {limit} {resource}, with {used} in use | take a plan that
    includes more, or free {missing} first
limit_reached.plans: {plan} includes {limit} {resource}, with {used} in use | take plan
    {plans:or}, or free {missing} first
limit_reached.offer: {plan} includes {limit} {resource}, with {used} in use | ask for an
    offer, or free {missing} first
history_gap: An outcome of {on} follows version {found}, and the one before it led to
    version {known} | give every outcome from the first day on, in order
unknown_locale: {locale!r} is not a locale of CLDR | use one that is, such as
    {offered:or}
unfit_invoice: Document {number!r} is no e-invoice of the profile {profile} ({terms}) |
    ask seatbill.einvoices.missing for each of these, and give it
missing_extra: The package {package} is not installed | install it with pip install
    'seatbill[{extra}]'
""")
