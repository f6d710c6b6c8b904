"""Show every document in a real browser and measure it: `make screens`.

No text may overflow its box, lie on another, leave the page or be hard to read: at 1
line and at 40, on a phone, a desktop and paper, in four languages; the pages of the
desk in its two.  Exits with 1 where anything is wrong, with 2 where there is no
Chromium.  `--pictures DIR` keeps what was seen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import branded
import chromium
import desk_pages
import pictured

from seatbill.documents import (
    seat_bar_html,
    seat_bar_svg,
    timeline_svg,
    to_html,
)

LOCALES = ("en", "fr", "de", "ar")
SCRIPT = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")


class Screen(NamedTuple):
    """How a page is looked at; *width* in CSS pixels (A4 less its margins: 680)."""

    name: str
    width: int
    media: str = "screen"
    scheme: str = "light"


SCREENS = (
    Screen("phone", 360),
    Screen("desktop", 1280),
    Screen("dark", 1280, scheme="dark"),
    Screen("a4", 680, media="print", scheme="dark"),
    Screen("letter", 703, media="print"),
)

CATALOG = pictured.CATALOG
PAGES: dict[str, Callable[[str], str]] = {
    **branded.pages(),
    **desk_pages.pages(),
    "invoice-1": lambda at: to_html(pictured.one_line(), locale=at, catalog=CATALOG),
    "invoice-40": lambda at: to_html(
        pictured.forty_lines(),
        locale=at,
        catalog=CATALOG,
        seller=pictured.SELLER,
        note="Purchase order 4711-B, cost centre Galway.",
    ),
    "upgrade": lambda at: to_html(
        pictured.upgrade(), locale=at, catalog=CATALOG, seller=pictured.SELLER
    ),
    "negative": lambda at: to_html(
        pictured.negative(), locale=at, catalog=CATALOG, seller=pictured.SELLER
    ),
    "credit-note": lambda at: to_html(
        pictured.note(), locale=at, catalog=CATALOG, seller=pictured.SELLER
    ),
    "correction": lambda at: to_html(
        pictured.correction(), locale=at, catalog=CATALOG, seller=pictured.SELLER
    ),
    "view": lambda at: to_html(pictured.view(), locale=at, catalog=CATALOG),
    "statement": lambda at: to_html(
        pictured.growing(), locale=at, seller=pictured.SELLER, members=pictured.people()
    ),
    "extremes": lambda at: to_html(
        pictured.extremes(),
        locale=at,
        seller=pictured.OTHER,
        note="z" * 200,
        notes=["w" * 200],
    ),
    "timeline-1": lambda at: bare(timeline_svg(pictured.one_period(), locale=at)),
    "timeline-24": lambda at: bare(timeline_svg(pictured.two_years(), locale=at)),
    "timeline-growing": lambda at: bare(
        timeline_svg(pictured.growing(), locale=at, members=pictured.people())
    ),
    "timeline-all": lambda at: bare(timeline_svg(pictured.everything(), locale=at)),
    "seat-bar": lambda at: bare(
        seat_bar_svg(pictured.COUNTED, locale=at)
        + seat_bar_html(pictured.FULL, locale=at)
    ),
}


def bare(fragment: str) -> str:
    """Return a page with nothing but *fragment*, as a host might show it."""
    style = (
        "body{margin:8px}.scroll{overflow-x:auto}"
        ".scroll>svg.seatbill-timeline{min-width:42rem}"
        "@media print{html{color-scheme:light}}"
    )
    return (
        '<!DOCTYPE html><html><head><meta name="viewport" content="width=device-width">'
        f'<meta name="color-scheme" content="light dark"><style>{style}</style></head>'
        f'<body><div class="scroll">{fragment}</div></body></html>'
    )


def faults(page: chromium.Page, html: str, screen: Screen) -> list[str]:
    """Return what is wrong with *html* on *screen*."""
    page.show(html, width=screen.width, media=screen.media, scheme=screen.scheme)
    found: list[str] = page.run(SCRIPT)
    return found


def measured(
    page: chromium.Page, names: list[str], pictures: Path | None
) -> Iterator[tuple[str, list[str]]]:
    """Yield each page on each screen, and what is wrong with it."""
    for name in names:
        for locale in desk_pages.LOCALES if name in desk_pages.PATHS else LOCALES:
            html = PAGES[name](locale)
            for screen in SCREENS:
                shown = f"{name}-{locale}-{screen.name}"
                yield shown, faults(page, html, screen)
                if pictures is not None:
                    page.picture(pictures / f"{shown}.png")
            if pictures is not None:
                page.pdf(pictures / f"{name}-{locale}.pdf")


def main(arguments: list[str] | None = None) -> int:
    """Measure every page and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="pages to show; all without any")
    parser.add_argument("--pictures", type=Path, help="a directory to keep them in")
    options = parser.parse_args(arguments)
    program = chromium.find()
    if program is None:
        print("screens: no Chromium here; install one, or name it in $CHROMIUM")
        return 2
    unknown = [name for name in options.names if name not in PAGES]
    if unknown:
        print(f"screens: no page {', '.join(unknown)}; there are {', '.join(PAGES)}")
        return 2
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    bad = count = 0
    with chromium.page(program) as page:
        for shown, found in measured(page, options.names or [*PAGES], options.pictures):
            count += 1
            bad += bool(found)
            for fault in found:
                print(f"{shown}: {fault}")
    print(f"screens: {count} shown, {bad} with a fault")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
