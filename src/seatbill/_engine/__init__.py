"""The engine: all that takes a subscription through time.  Only ``lifecycle`` asks it.

**The state.**  A ``State`` is one subscription while a call lasts: opened from a
``Subscription``, changed in place with whole numbers, and made a value again at the end
(``closing``).  What is absent costs one truth test, and there is no second path: one
step is a ``change``, the boundaries that are due are ``renew``, and a whole history of
both is ``bill``, on the same code.  So a preview is the change (law 1).  Where a plain
case stands beside the general one, it comes to the same: a seat bought while nothing is
scheduled, a period of whole days, halves rounded away from zero.

**A period.**  Boundaries are the anchor plus so many months or days, counted from the
anchor and never from the last boundary: periods tile (law 4, ``dates``).  The state
stands on a day of the running period; ``remaining`` is what is left of it from that day
on, with its share as two whole numbers.

**A charge** is what runs: one for each item, net price and set of tax rates, with its
quantity, its full amount for a period, what was charged for it in this period and what
came back.  Full amounts come from a price table, which is kept on the plan or add-on
(``prices``).

**From a change to an invoice.**  Each change has a handler.  It judges its direction
against what is current, asks the rules for the timing of that direction, and acts now,
restarts the period, forfeits, or schedules.  What acts now becomes lines:

1. *give back* what remains of the charges that end, what was opened last first, and
   never more than was charged (law 3);
2. *charge* what remains for those that open, or for the difference of a quantity;
3. *net*: the lines of all changes of one call stand together, each rounded once,
   multiplied first and divided once (law 2), and amounts off are fitted to them;
4. *judge* what is owned after the call, by the price list and by what is scheduled;
5. *invoice* the lines, or keep them unbilled for a later day, as the rules settle.

**What is scheduled** is a pending update.  It takes effect at the next boundary, or
where notice is short at the one after it; one is kept for each of the two, of each kind
and key.  Prices and quantities agreed for a day wait for the first boundary on or after
it, side by side; where two are due the later day counts.  Prices go with their plan.
What was replaced is in the outcome.

**At a boundary**, in this order: what ran in arrears is cut, the updates of this
boundary take effect, the discounts count the period, the next period opens and its
charges with it, and one invoice holds all of that and what was unbilled.  At the
boundary of an end nothing opens: what is unbilled is invoiced, what is left of the
balance is due to the customer, and gifts lapse.

Where to look:

* a credit is capped: ``invoicing.give_back``, the only place that credits a charge
  on a line; ``credited`` counts what a credit note took back;
* a downgrade waits: ``plan_changes`` judges it, ``scheduled.schedule`` keeps it,
  ``renewals.apply_scheduled`` lets it take effect, at the boundary or where the period
  starts anew before it; a downgrade to the free plan is an end, ``renewals.finish``;
* a renewal opens its charges: ``renewals.roll``, by ``charging.open_all``;
* a price is worked out: ``prices.price_table``, for all that is charged; only the
  comparison of two plans, ``plan_changes.direction_of``, asks the price list itself;
* a tier is found: ``prices.UnitPrice.full``, by ``plans.Rate.total``;
* a gift or a voucher pays, comes back or lapses: ``lots``, asked by
  ``invoicing.invoice``, and only where there are any;
* a line is rounded: ``invoicing.line_for``;
* the last day of notice: ``scheduled.periods_late``;
* a trial: ``renewals.following`` opens what follows it, ``dates`` tells when, and
  ``charging.settle`` invoices before only what is sold once; it ends early by
  ``date_changes.end_trial``;
* a pause: ``date_changes.pause`` schedules it, ``pausing`` opens it, a period of
  which no day is paid for, ``dates`` tells when it ends, and ``date_changes.end_pause``
  ends it early;
* a freeze: ``apply`` starts it, ``renewals.thaw`` ends it, ``dates`` tells when it ends
  by itself;
* a discount is for a part: ``prices`` for a percentage, ``discounting.Paid`` and
  ``discounting.Rooms`` for an amount off; ``lasting.drop_ended`` ends it on a day;
* a term: ``scheduled.is_held`` says what it holds, ``scheduled.place_for`` until when,
  and ``commitments`` begins and ends it;
* an add-on renews by itself: ``dates.first_end`` tells when,
  ``own_intervals.end_periods`` and ``charging.open_own`` pass its boundary;
* taxes: ``invoicing.invoice``, by ``invoices.taxes_of``;
* a new change is added: its value in ``subscriptions.changes`` and in the union
  ``Change`` there, a handler in ``quantity_changes``, ``plan_changes``,
  ``date_changes`` or ``apply``, a row in ``apply._HANDLERS``, one in
  ``apply._WHILE_FROZEN`` or ``apply._TIMED`` where it belongs there, and its words in
  ``formatting``.  One that can be scheduled has a ``rules.ChangeKind`` too, is checked
  by ``subscriptions.parts``, takes effect in ``renewals.apply_scheduled``, and is
  foreseen by ``bounds``.

The modules, in the order in which data pass:

===================  ================================================================
``members``          members of enumerations, by names that cost nothing
``makers``           makers of values that the engine alone works out
``prices``           price tables: what each unit of an item costs, net of percentages
``lookup``           entries by key: few are searched, many are looked up
``served``           a discount while a call lasts: how long, and what is spent
``state``            the state: opened, asked for prices, moved to a day
``dates``            the grid, and the day on which each thing is due or takes effect
``opening``          the arguments checked, the first period, an adopted customer
``replay``           the entries of a history in their order, renewals in between
``apply``            one entry: its changes by their handlers, netted into one invoice
``quantity_changes`` seats, add-ons and packages: how many now, and from when
``plan_changes``     plans, intervals, prices and the end: their timing and their lines
``carried``          the quantities that a plan change names, now or with its plan
``scheduled``        pending updates: in notice or late, kept, replaced, withdrawn
``measuring``        what was measured in a period, cut and billed at its end
``projected``        what is owned after each boundary at which some are scheduled
``commitments``      terms: begun, passed, ended early; and what true-ups bill
``agreeing``         a term agreed while something waits that it would hold
``credited``         credit notes on open charges: what is back comes no second time
``date_changes``     trials that end today, days given, another billing day, pauses
``bounds``           quantities within the price list, now and after each boundary
``own_intervals``    add-ons with periods of their own: over, moved, ended early
``pausing``          some periods left out: nothing is served, charged or measured
``requirements``     add-ons that need a plan or each other: judged, or dropped
``renewals``         boundaries: updates take effect, a period opens or the end comes
``quantities``       running charges raised and lowered by differences, tier by tier
``charging``         charges opened, cut and ended; the lines of a period and of a call
``redeeming``        discounts redeemed: beside which, by whom, until when
``discounting``      amounts off opened, fitted to what they are for, and moved
``netting``          credits within what was paid net: all of it, less the amounts off
``lasting``          discounts used, counted by period, ended by a day, spent
``lots``             credit that is no plain money: paid with, given back, lapsed
``invoicing``        a line, a credit within its cap, the invoice of a day
``closing``          the state as a value again, and the outcome of the call
===================  ================================================================
"""
