"""The style of a look: its color where it can be read, its fonts, its footer.

Letters keep a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3) to every ground that they stand
on, in light and in dark; the color is mixed with black or white until they do.
"""

from __future__ import annotations

from typing import Final

from ._markup import Markup
from .looks import Look

_LEAST: Final = 4.5
_TINT: Final = 12
"""The percentage of the color in the ground of a tag."""

Color = tuple[int, int, int]

_BLACK: Final[Color] = (0, 0, 0)
_WHITE: Final[Color] = (255, 255, 255)
# The sheets and the soft grounds of page.css.
_LIGHT: Final[tuple[Color, ...]] = ((255, 255, 255), (243, 246, 251))
_DARK: Final[tuple[Color, ...]] = ((23, 27, 33), (31, 38, 49))


# A footer of a table is repeated, with room kept for it; one that may break is not.
_ON_EACH_SHEET: Final = (
    "@media print{main{display:table;width:100%}\n"
    "footer{display:table-footer-group;break-inside:avoid}\n"
    "footer>bdi{display:block;margin-block-start:1rem;padding-block-start:.8rem;"
    "border-block-start:1px solid var(--rule)}}\n"
)


def style_of(look: Look) -> Markup:
    """Return the rules that a page has beside its own; none for a plain look."""
    rules = ""
    if look.fonts:
        names = ",".join(f'"{name}"' for name in look.fonts)
        rules += f":root{{--own:{names}}}\n"
    if look.accent is not None:
        accent = _parsed(look.accent)
        light, dark = _colors(accent, _LIGHT, _BLACK), _colors(accent, _DARK, _WHITE)
        brand = f"--brand:{look.accent}"
        rules += (
            f":root{{{brand};{light}}}\n"
            f"@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
            f"@media print{{:root{{{light}}}main{{padding-block-start:1.2rem}}}}\n"
            "main{border-block-start:.4rem solid var(--brand)}\n"
            "h1,.totals .due dd{color:var(--accent)}\n"
            "thead th{border-block-end-color:var(--brand)}\n"
        )
    if look.footer is not None:
        rules += _ON_EACH_SHEET
    return Markup(rules)


def _colors(accent: Color, grounds: tuple[Color, ...], toward: Color) -> str:
    """Return the color of letters, and of the ground of a tag."""
    tag = _mixed(grounds[0], accent, _TINT)
    letters = _legible(accent, (*grounds, tag), toward)
    return f"--accent:{_hex(letters)};--tag:{_hex(tag)}"


def _legible(color: Color, grounds: tuple[Color, ...], toward: Color) -> Color:
    """Return the first mixture of *color* that can be read on all *grounds*."""
    steps = (_mixed(color, toward, percent) for percent in range(0, 100, 5))
    found = (c for c in steps if all(_contrast(c, g) >= _LEAST for g in grounds))
    return next(found, toward)


def _parsed(color: str) -> Color:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def _hex(color: Color) -> str:
    return "#" + "".join(f"{part:02x}" for part in color)


def _mixed(color: Color, other: Color, percent: int) -> Color:
    """Return *color* with so many percent of *other* in it."""
    red, green, blue = (
        (a * (100 - percent) + b * percent) // 100
        for a, b in zip(color, other, strict=True)
    )
    return red, green, blue


def _contrast(one: Color, other: Color) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def _light(color: Color) -> float:
    """Return the relative luminance.  Source: WCAG 2.2."""
    parts = [
        part / 255 / 12.92
        if part / 255 <= 0.03928
        else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in color
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
