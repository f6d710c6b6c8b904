"""Draw boxes and arrows as SVG, in the colors of the page: light, dark or printed."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

INK = "var(--color-foreground-primary, #222)"
QUIET = "var(--color-foreground-secondary, #555)"
LINE = "var(--color-foreground-muted, #888)"
PAPER = "var(--color-background-secondary, #f6f6f6)"
BACK = "var(--color-background-primary, #fff)"
BRAND = "var(--color-brand-primary, #0a4bff)"

WIDTH, HEIGHT = 136, 46
LEADING = 17


class Box(NamedTuple):
    """A state: where its middle is, its name, and what it means."""

    x: int
    y: int
    name: str
    under: str = ""
    width: int = WIDTH


class Arrow(NamedTuple):
    """A way from one state to another: its path, and what is written at a point."""

    path: str
    lines: tuple[str, ...] = ()
    x: int = 0
    y: int = 0
    anchor: str = "middle"


Part = str | Box | Arrow


def picture(
    name: str, says: str, size: tuple[int, int], parts: Iterable[Part], told: str = ""
) -> str:
    """Return an SVG *name*d, and *told* for those who do not see it."""
    width, height = size
    drawn = [part if isinstance(part, str) else _drawn(part) for part in parts]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" role="img" aria-labelledby="{name}-title" '
        + (f'aria-describedby="{name}-desc" ' if told else "")
        + 'font-family="var(--font-stack, sans-serif)" font-size="13">'
    )
    tip = (
        f'<defs><marker id="{name}-tip" viewBox="0 0 10 10" refX="9" refY="5" '
        'markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
        f'<path d="M0 1 L10 5 L0 9 z" fill="{LINE}"/></marker></defs>'
    )
    title = f'<title id="{name}-title">{escape(says)}</title>'
    if told:
        title += f'\n<desc id="{name}-desc">{escape(told)}</desc>'
    body = "\n".join(drawn).replace("#TIP", f"#{name}-tip")
    return f"{head}\n{title}\n{tip}\n{body}\n</svg>"


def _drawn(part: Box | Arrow) -> str:
    return box(part) if isinstance(part, Box) else arrow(part)


def box(part: Box) -> str:
    """Return a state with its name, and a word of explanation under it."""
    left, top = part.x - part.width // 2, part.y - HEIGHT // 2
    shift = -7 if part.under else 0
    return (
        f'<rect x="{left}" y="{top}" width="{part.width}" height="{HEIGHT}" rx="9" '
        f'fill="{PAPER}" stroke="{BRAND}" stroke-width="1.5"/>'
        + words(part.x, part.y + 5 + shift, (part.name,), bold=True)
        + (words(part.x, part.y + 14, (part.under,), size=11) if part.under else "")
    )


def arrow(part: Arrow) -> str:
    """Return a line with a tip and its words, which stay readable over lines."""
    return (
        f'<path d="{part.path}" fill="none" stroke="{LINE}" stroke-width="1.5" '
        'marker-end="url(#TIP)"/>'
        + words(part.x, part.y, part.lines, anchor=part.anchor, halo=True)
    )


def dot(x: int, y: int) -> str:
    """Return the black dot where something begins."""
    return f'<circle cx="{x}" cy="{y}" r="6" fill="{INK}"/>'


def diamond(x: int, y: int) -> str:
    """Return the small diamond where a way divides."""
    return (
        f'<path d="M{x} {y - 11} L{x + 11} {y} L{x} {y + 11} L{x - 11} {y} z" '
        f'fill="{PAPER}" stroke="{BRAND}" stroke-width="1.5"/>'
    )


def bar(x: float, y: float, width: float, *, filled: bool, height: int = 22) -> str:
    """Return a stretch of time."""
    fill = BRAND if filled else "none"
    dash = "" if filled else ' stroke-dasharray="4 3"'
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height}" rx="3" '
        f'fill="{fill}" fill-opacity="0.75" stroke="{BRAND}"{dash}/>'
    )


def line(x: float, top: float, bottom: float) -> str:
    """Return a thin upright line, for a day."""
    return (
        f'<path d="M{x:g} {top:g} V{bottom:g}" stroke="{LINE}" stroke-dasharray="2 3"/>'
    )


def line_across(y: float, left: float, right: float) -> str:
    """Return a thin level line, between two floors."""
    return (
        f'<path d="M{left:g} {y:g} H{right:g}" stroke="{LINE}" stroke-opacity="0.4"/>'
    )


def words(
    x: float,
    y: float,
    lines: Iterable[str],
    *,
    anchor: str = "middle",
    bold: bool = False,
    halo: bool = False,
    size: int = 13,
    fill: str = "",
) -> str:
    """Return *lines* of text below each other."""
    fill = fill or (INK if bold else QUIET)
    style = ' font-weight="600"' if bold else ""
    if halo:
        style += f' stroke="{BACK}" stroke-width="5" paint-order="stroke"'
    return "".join(
        f'<text x="{x:g}" y="{y + LEADING * place:g}" text-anchor="{anchor}" '
        f'font-size="{size}" fill="{fill}"{style}>{escape(text)}</text>'
        for place, text in enumerate(lines)
    )
