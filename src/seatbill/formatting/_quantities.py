"""Quantities and shares in words: "3 seats", "12/30 days"."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Final

from .._values.checks import instance, text, whole
from ..invoices import InvoiceLine
from ..periods import Interval
from ._catalogues import words
from ._marks import plural
from ._numbers import format_number

_MOST: Final = 10**60  # as on a line
_SECOND: Final = 10**6  # microseconds

# The units that have words: those of the trade, and of the rulebooks.
_UNITS: Final = {
    "account": plural("%(count)s account", "%(count)s accounts"),
    "active_member": plural("%(count)s active member", "%(count)s active members"),
    "attendee": plural("%(count)s attendee", "%(count)s attendees"),
    "contact": plural("%(count)s contact", "%(count)s contacts"),
    "credit": plural("%(count)s credit", "%(count)s credits"),
    "day": plural("%(count)s day", "%(count)s days"),
    "event": plural("%(count)s event", "%(count)s events"),
    "gigabyte": plural("%(count)s gigabyte", "%(count)s gigabytes"),
    "hour": plural("%(count)s hour", "%(count)s hours"),
    "limited": plural("%(count)s limited seat", "%(count)s limited seats"),
    "member": plural("%(count)s member", "%(count)s members"),
    "message": plural("%(count)s message", "%(count)s messages"),
    "minute": plural("%(count)s minute", "%(count)s minutes"),
    "module": plural("%(count)s module", "%(count)s modules"),
    "month": plural("%(count)s month", "%(count)s months"),
    "number": plural("%(count)s number", "%(count)s numbers"),
    "plan": plural("%(count)s plan", "%(count)s plans"),
    "project": plural("%(count)s project", "%(count)s projects"),
    "seat": plural("%(count)s seat", "%(count)s seats"),
    "session": plural("%(count)s session", "%(count)s sessions"),
    "team": plural("%(count)s team", "%(count)s teams"),
    "user": plural("%(count)s user", "%(count)s users"),
}


def format_quantity(n: int, unit: str, locale: str = "en") -> str:
    r"""Return *n* of *unit*, in the plural form that the language has for it.

    A unit that has no words, of the host's own, stands as it is: ``3 × bike``.

    >>> format_quantity(1, "seat"), format_quantity(1200, "seat", "fr")
    ('1 seat', '1\u202f200 sièges')

    Raises: LocaleError, OutOfBoundsError, WrongTypeError.
    """
    whole("n", n, -_MOST, _MOST)
    shown = format_number(n, locale)
    known = _UNITS.get(text("unit", unit))
    if known is None:
        return f"{shown} × {unit}"
    return words(locale).ngettext(*known, n) % {"count": shown}


def format_interval(interval: Interval, locale: str = "en") -> str:
    """Return how long *interval* is: "1 month", "30 days".

    Raises: LocaleError, WrongTypeError.
    """
    instance("interval", interval, Interval)
    if interval.months:
        return format_quantity(interval.months, "month", locale)
    return format_quantity(interval.days, "day", locale)


def format_share(line: InvoiceLine, locale: str = "en") -> str:
    """Return the share of *line* as it was counted, in days or in seconds.

    Where nothing was counted, as for a service, it is ``1``.

    Raises: LocaleError, WrongTypeError.
    """
    instance("line", line, InvoiceLine)
    part, parts = Fraction(line.share_numerator), line.share_denominator
    if parts == 1:
        return format_number(part, locale)
    ngettext = words(locale).ngettext
    if isinstance(line.start, dt.datetime):
        whole_time = Fraction(parts, _SECOND)
        part /= _SECOND
        shown = ngettext("%(share)s second", "%(share)s seconds", int(whole_time))
    else:
        whole_time = Fraction(parts)
        shown = ngettext("%(share)s day", "%(share)s days", parts)
    numbers = format_number(part, locale), format_number(whole_time, locale)
    return shown % {"share": "/".join(numbers)}
