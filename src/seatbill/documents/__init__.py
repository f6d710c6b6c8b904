"""Documents as text, HTML and drawings: strings out, never a file.

:class:`Look` sets them in the seller's own brand; :func:`to_sheet` gives a template of
one's own the words of each, by promised names.
"""

from ._printable import to_sheet
from .html import to_html
from .looks import COLUMNS, MOST_BYTES, Look, OwnColumn, UnitName, logo_of
from .seat_bars import seat_bar_html, seat_bar_svg, seat_bar_text
from .sheets import Column, Fact, Line, Lines, PartyBlock, Sheet, Total
from .text import to_text
from .timeline import timeline_svg

__all__ = [
    "COLUMNS",
    "MOST_BYTES",
    "Column",
    "Fact",
    "Line",
    "Lines",
    "Look",
    "OwnColumn",
    "PartyBlock",
    "Sheet",
    "Total",
    "UnitName",
    "logo_of",
    "seat_bar_html",
    "seat_bar_svg",
    "seat_bar_text",
    "timeline_svg",
    "to_html",
    "to_sheet",
    "to_text",
]
