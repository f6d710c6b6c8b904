"""What is true of every history, whatever the rules and the price list.

Each law takes a :class:`~seatbill.testing.histories.History` and raises a
:class:`LawError` that names the law, the day, the place, and what was wanted.
:func:`check` holds a history against all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .._values.checks import Time
from ..invoices import Invoice
from ..lifecycle import change
from ..subscriptions import Change, Subscription
from . import _law, _laws_of_lines
from ._law import LawError, adopted, minor, odd_decimals, rounded
from ._laws_of_dates import (
    dates_moved_there_and_back_cost_nothing,
    nothing_is_charged_for_days_given_or_paused,
    periods_tile,
)
from ._laws_of_lines import (
    credit_is_used_before_anything_is_due,
    credits_name_their_charge_and_never_exceed_it,
    every_line_proves_itself,
    money_is_conserved,
    taxes_and_totals_are_sums_of_rounded_lines,
)
from ._laws_of_notes import all_that_goes_back_is_never_more_than_was_charged
from ._laws_of_order import (
    a_refusal_leaves_everything_as_it_was,
    a_subscription_stays_small,
    after_the_end_nothing_runs_or_waits,
    no_renewal_is_ever_refused,
    versions_grow_and_invoices_come_in_order,
    what_waits_takes_effect_on_the_day_that_it_says,
    where_nothing_is_due_nothing_happens,
)
from ._laws_of_roads import (
    a_bill_is_its_steps,
    a_change_renews_first_what_is_due,
    a_history_cut_in_two_comes_to_the_same,
    a_long_absence_is_many_short_ones,
    a_preview_is_the_invoice_of_the_next_renewal,
    a_ramp_agreed_at_once_is_its_steps_in_turn,
    a_subscription_is_adopted_by_its_own_fields,
    asking_twice_is_answered_alike,
    the_world_around_does_not_matter,
    values_travel,
)
from ._laws_of_terms import nothing_leaves_a_term_early_but_by_rule
from .histories import History

__all__ = [
    "LAWS",
    "LawError",
    "a_bill_is_its_steps",
    "a_change_renews_first_what_is_due",
    "a_history_cut_in_two_comes_to_the_same",
    "a_long_absence_is_many_short_ones",
    "a_preview_is_the_invoice_of_the_next_renewal",
    "a_ramp_agreed_at_once_is_its_steps_in_turn",
    "a_refusal_leaves_everything_as_it_was",
    "a_subscription_is_adopted_by_its_own_fields",
    "a_subscription_stays_small",
    "adopted",
    "after_the_end_nothing_runs_or_waits",
    "all_that_goes_back_is_never_more_than_was_charged",
    "asking_twice_is_answered_alike",
    "check",
    "credit_is_used_before_anything_is_due",
    "credits_name_their_charge_and_never_exceed_it",
    "dates_moved_there_and_back_cost_nothing",
    "every_line_proves_itself",
    "money_is_conserved",
    "no_renewal_is_ever_refused",
    "nothing_is_charged_for_days_given_or_paused",
    "nothing_leaves_a_term_early_but_by_rule",
    "odd_decimals",
    "periods_tile",
    "sum_to_zero",
    "taxes_and_totals_are_sums_of_rounded_lines",
    "the_world_around_does_not_matter",
    "values_travel",
    "versions_grow_and_invoices_come_in_order",
    "what_waits_takes_effect_on_the_day_that_it_says",
    "where_nothing_is_due_nothing_happens",
]

LAWS: Final[tuple[Callable[[History], None], ...]] = tuple(
    sorted(_law.HELD, key=lambda law: law.__module__ != _laws_of_lines.__name__)
)
"""Every law, each a function of a history; those of lines and sums speak first.

Where a line is wrong, most that is made of it is wrong too.
"""


def check(history: History) -> None:
    """Hold *history* against every law.  Raises: LawError."""
    for law in LAWS:
        law(history)


def sum_to_zero(
    subscription: Subscription, there: Change, back: Change, *, on: Time
) -> None:
    """Hold that a change and its exact reversal on one day cost nothing.

    For rules by which both act at once and give unused time back.  What the cap of a
    credit held back, so that no money goes back that nobody paid, may be charged.

    Raises: LawError.
    """
    first = change(subscription, there, on=on)
    second = change(first.subscription, back, on=on)
    netted = change(subscription, there, back, on=on)
    name = "a change and its reversal sum to zero"
    for place, invoices in (
        ("the sum of both", first.invoices + second.invoices),
        ("both in one call", netted.invoices),
    ):
        total = sum(invoice.total.minor_units for invoice in invoices)
        net = sum(invoice.subtotal.minor_units for invoice in invoices)
        if total and not 0 < net <= sum(map(_held_back, invoices)):
            raise LawError(name, on, place, total, 0)
    runs = [
        sorted((c.item, c.unit, c.quantity, c.full_amount) for c in sub.charges)
        for sub in (second.subscription, subscription)
    ]
    if runs[0] != runs[1]:
        raise LawError(name, on, "what runs", *runs)


def _held_back(invoice: Invoice) -> int:
    """Return what the caps of credits held back, in minor units."""
    return sum(
        max(line.amount_minor - rounded(line.full_amount * line.share * unit, how), 0)
        for line in invoice.lines
        if line.cap is not None
        for unit, how in [(minor(line.terms.currency), line.terms.rounding)]
    )
