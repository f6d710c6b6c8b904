"""The engine: all that takes a subscription through time.  Only ``lifecycle`` asks it.

**The state.**  A ``State`` is one subscription while a call lasts: opened from a
``Subscription``, changed in place with whole numbers, and closed into a new value at
the end.  ``change`` is one step, ``renew`` one boundary after the other, ``bill`` the
replay of a whole history, on the same code; so a preview is the change (law 1).

**A period.**  Boundaries are the anchor plus so many months or days, counted from the
anchor and never from the last boundary (law 4).  The state stands on a day of the
running period; ``remaining`` is the rest of it from that day on, with its share.

**Open charges.**  One for each item, net price and set of tax rates, with its quantity,
its full amount for a period, and how much of that was charged and given back.  Full
amounts come from a price table, which a plan keeps for its rules, currency and rates.

**From a change to an invoice.**  Each change has a handler in ``apply``.  It judges its
direction against the present, asks the rules for the timing of that direction, and acts
now, restarts the period, forfeits, or schedules.

1. Give back the remaining share of each charge that ends, the one that was opened last
   first.  A credit never exceeds what its charge was charged (law 3): that cap is in
   ``invoicing.give_back``, the one place where a charge is credited.
2. Charge the same share of each charge that opens; a quantity change opens or ends the
   difference only.  A line is rounded once: multiply first, divide once (law 2).
3. Net: the lines of all changes of one call stand together, and amounts off are fitted
   to them once, at the end of the call.
4. Invoice them, or keep them unbilled for a later day: ``charging.settle``.

**Scheduled.**  A downgrade, a removal or an end that is for later is kept as a pending
update by ``scheduled.schedule``: one for each kind, key and boundary.  A request that
comes too late for notice is scheduled one period later.  A newer one takes the place of
an older, and the outcome says which was replaced.

**A boundary.**  ``renewals.roll``: prices in arrears are cut, the updates scheduled for
this boundary are applied, the discounts count the period, the next period opens with
its charges (``charging.open_all``), and one invoice bills it together with the lines
that were unbilled.  On the boundary of an end nothing opens: the unbilled lines are
invoiced, and the rest of the balance is due to the customer (``renewals.finish``).

The modules, in the order in which data pass:

====================  ===============================================================
``opening``           ``subscribe`` and ``adopt``: checks at the door, the first period
``state``             one subscription while a call lasts, in whole numbers
``members``           the members of enumerations, by names of their own
``lookup``            charges and updates, found by item
``dates``             the grid of periods, and the day on which each thing is due
``prices``            price tables: each unit of a plan or an add-on, net of percentages
``invoicing``         a line, a credit within its cap, the invoice of a day
``discounting``       percentages used, amounts off opened, fitted, moved and spent
``charging``          charges opened, cut in arrears, ended; the lines of a call
``quantities``        more or fewer: the difference of two totals, tier by tier
``scheduled``         updates kept, replaced, withdrawn; notice
``bounds``            the bounds of each price, now and after each boundary
``renewals``          boundaries, thaws, ends and restarts
``quantity_changes``  seats, add-ons and packages: how many now, and after a boundary
``plan_changes``      another plan or interval, another price, and the end
``apply``             one entry of a history, netted into one invoice
``replay``            the entries of a history in their order, renewals in between
``closing``           the end of a call: the state becomes a value again
====================  ===============================================================

A new change needs its value in ``subscriptions``, a handler here, and a row in the
table of handlers in ``apply``.
"""
