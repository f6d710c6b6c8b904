"""Documents as text, HTML and drawings: strings out, never a file."""

from .html import to_html
from .seat_bars import seat_bar_html, seat_bar_svg, seat_bar_text
from .text import to_text
from .timeline import timeline_svg

__all__ = [
    "seat_bar_html",
    "seat_bar_svg",
    "seat_bar_text",
    "timeline_svg",
    "to_html",
    "to_text",
]
