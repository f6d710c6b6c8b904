"""What a host does around the library, as values and pure functions.

Which subscriptions are due, a person who joins or leaves as one call, and what is to be
mailed when.  The host keeps what comes back, and sends it.
"""

from .people import join, leave
from .reminders import Reminder, due, reminders

__all__ = ["Reminder", "due", "join", "leave", "reminders"]
