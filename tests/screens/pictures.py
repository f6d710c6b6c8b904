"""Take the pictures of the docs from the real pages: `make pictures`.

Each is a page of ``branded`` or ``pictured`` in Chromium, kept as WebP beside the page
that shows it.  They are looked at by people, and taken anew when the pages change.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import branded
import chromium
import pictured

from seatbill.documents import to_html

FOLDER = Path(__file__).parents[2] / "docs/explanation/customer"
QUALITY = 72


class Picture(NamedTuple):
    """A page, and how it is looked at; *height* cuts off what is below."""

    page: Callable[[], str]
    width: int = 760
    scheme: str = "light"
    height: int | None = None
    media: str = "screen"


BRANDED = branded.pages()
PICTURES = {
    "invoice": Picture(lambda: BRANDED["brand-1"]("en")),
    "phone": Picture(lambda: BRANDED["brand-1"]("de"), 360, "dark"),
    "combined": Picture(lambda: BRANDED["brand-combined"]("fr")),
    "credit-note": Picture(lambda: BRANDED["brand-note"]("ar")),
    "quote": Picture(lambda: BRANDED["brand-quote"]("en")),
    "plain": Picture(
        lambda: to_html(
            pictured.upgrade(), catalog=pictured.CATALOG, seller=pictured.SELLER
        )
    ),
    "billing-page": Picture(lambda: to_html(pictured.view(), catalog=pictured.CATALOG)),
    "statement": Picture(
        lambda: to_html(
            pictured.growing(), seller=pictured.SELLER, members=pictured.people()
        ),
        900,
        height=1000,
    ),
}


def taken(page: chromium.Page, picture: Picture) -> bytes:
    """Return one picture."""
    page.show(
        picture.page(),
        width=picture.width,
        height=100,
        media=picture.media,
        scheme=picture.scheme,
    )
    page.run("Promise.all([...document.images].map((image) => image.decode()))")
    size = page.call("Page.getLayoutMetrics")["cssContentSize"]
    high = min(size["height"], picture.height or size["height"])
    found = page.call(
        "Page.captureScreenshot",
        format="webp",
        quality=QUALITY,
        captureBeyondViewport=True,
        clip={"x": 0, "y": 0, "scale": 1, "width": size["width"], "height": high},
    )
    return base64.b64decode(found["data"])


def main() -> int:
    """Take every picture and return the exit code."""
    program = chromium.find()
    if program is None:
        print("pictures: no Chromium here; install one, or name it in $CHROMIUM")
        return 2
    FOLDER.mkdir(exist_ok=True)
    with chromium.page(program) as page:
        for name, picture in PICTURES.items():
            (FOLDER / f"{name}.webp").write_bytes(taken(page, picture))
    print(f"pictures: {len(PICTURES)} taken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
