"""A second opinion on what every call comes to, from the decisions alone.

It shares no code with the library: exact fractions of a minor unit, nothing rounded,
each rule a short function that names the decision it comes from.  Where the books of
``oracle`` say what each *line* must be, this counter says what a *call* must come to,
whichever lines it is split into.

``account``     what a subscription is at one moment
``running``     what runs, and what a change of quantity costs or gives back
``reductions``  percentages and amounts off: who bears them, how long, how much
``waiting``     what waits for the end of the period, and for the one after it
``calendar``    boundaries, freezes, settlements, the end
``asking``      what can be asked for
``alone``       add-ons with an interval of their own
``purse``       credit: what pays, what comes back, what lapses

It is told only what the library accepted, so it refuses nothing.  Left out: packages,
measured units, a free plan, who is there, and add-ons that need another add-on.
"""

from .account import Account
from .asking import ask
from .calendar import opened, walk
from .purse import Purse

__all__ = ["Account", "Purse", "ask", "opened", "walk"]
