"""How pages and drawings look: style sheets beside this module, data of the package.

Colors are variables, each with a contrast of 4.5 to 1 to its ground at least where
it is read, in light and in dark; paper is always light.
"""

from __future__ import annotations

import importlib.resources
from typing import Final

from ._markup import Markup

_FOLDER: Final = importlib.resources.files("seatbill") / "documents"

# Sheets have no signs of HTML in them: they stand in an element as they are.
PAGE, BARS, TIMELINE = (
    Markup((_FOLDER / f"{name}.css").read_text(encoding="utf-8"))
    for name in ("page", "seat_bars", "timeline")
)
