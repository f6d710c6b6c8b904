"""Everything that differs between two places where the desk runs."""

from __future__ import annotations

import datetime as dt
import os
import secrets

DATABASE = os.environ.get("DESK_DATABASE", "sqlite:///desk.sqlite")
"""Where things are kept; ``postgresql+psycopg://…`` is the only other setting."""

SECRET = os.environ.get("DESK_SECRET") or secrets.token_hex(32)
"""What sessions are signed with; without one of your own they end with the process."""

HTTPS = "DESK_HTTPS" in os.environ
"""Whether cookies travel over HTTPS alone, as they must outside of your machine."""

FIXED_DAY = os.environ.get("DESK_DAY")
"""A day to stand still on, to try things out."""


def today() -> dt.date:
    """Return the day on which everything happens: the only clock of the desk."""
    if FIXED_DAY:
        return dt.date.fromisoformat(FIXED_DAY)
    return dt.datetime.now(dt.UTC).date()
