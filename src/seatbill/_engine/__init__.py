"""The engine: all that walks a subscription through time.  Only ``lifecycle`` asks it.

**The state.**  A ``Ledger`` is one subscription while a call lasts: opened from a
``Subscription``, changed in place with whole numbers, and frozen into a new value at
the end.  ``change`` is a walk of one step, ``renew`` of one boundary, ``bill`` of a
whole history, on the same code; so a preview is the change (law 1).

**A period.**  Boundaries are the anchor plus so many months or days, counted from the
anchor and never from the last boundary (law 4).  The state stands on a day of the
period that runs; ``part`` of ``parts`` is the share of it that is left.

**What runs** are charges: one for each item, net price and set of tax rates, with its
quantity, its full amount for a period, what was charged for it and what came back.  A
change gives back the share that is left of the charges that it ends, what was opened
last first, and charges that share of those that it opens.  A line is rounded once, on
the line: multiply first, divide once (law 2).  A credit never exceeds what its charge
was charged (law 3): that cap is in ``give_back``, the one place where a credit of a
charge is written.

**From a change to an invoice.**  Each change has a handler.  It judges its direction
against what is current, asks the rules for the timing of that direction, and acts now,
restarts the period, forfeits, or defers.  The lines of all changes of one call are one
invoice, or wait for a later one, as the rules settle.  Amounts off are fitted once, at
the end of the call.

**What waits** is a pending update: one for each kind, key and boundary.  A request that
comes too late for notice waits one period longer.  A newer one takes the place of an
older, and what was replaced is in the outcome.

**A boundary.**  What ran in arrears is cut, what waits for this boundary is applied,
the discounts count the period, the next period opens, its charges are opened anew, and
one invoice bills it together with what waited for it.  On the boundary of an end
nothing opens: what waits is invoiced, and what is left of the balance is due to the
customer.

The modules, in the order in which data pass:

===================  ================================================================
``state``            the ledger: opened, asked about time and prices, frozen
``members``          the members of enumerations, by names that cost nothing
``prices``           how an item sells each of its units, net of percentages
``index``            charges and updates by what they are for
``invoicing``        a charge line, a credit and its cap, an invoice
``discounting``      percentages used, amounts off opened, fitted, moved and spent
``charging``         charges opened, cut, closed; the lines of a period and of a call
``quantities``       more or fewer of what runs: differences of totals, tier by tier
``pending``          what waits for a boundary: deferred, replaced, withdrawn; notice
``bounds``           what the price list allows, now and after each boundary
``renewals``         what happens at a boundary, at a thaw, at an end and at a restart
``quantity_changes`` seats, add-ons and packages asked for: when, and how many
``plan_changes``     plans, intervals, price changes and cancellations asked for
``apply``            one entry of a history: its handlers, netted into one invoice
``usual``            the steps that most subscriptions take, in one go
``replay``           the entries of a history in their order, renewals in between
===================  ================================================================

A new change needs its value in ``subscriptions``, a handler here, and a row in the
table of handlers in ``apply``.
"""
