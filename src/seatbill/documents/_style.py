"""How pages and drawings look: light and dark, on a screen, a phone and paper.

Colours are variables, each with a contrast of 4.5 to 1 to its ground at least where
it is read; paper is always light.
"""

from __future__ import annotations

from typing import Final

__all__ = ["BAR_STYLE", "COLORS", "FONTS", "TIMELINE_STYLE", "themed"]

FONTS: Final = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",'
    '"Noto Naskh Arabic","Noto Sans Arabic","Noto Sans CJK SC",Arial,sans-serif'
)


def themed(selector: str, light: str, dark: str) -> str:
    """Return the variables of *selector* in light, in dark, and light on paper."""
    return (
        f"{selector}{{{light}}}\n"
        f"@media (prefers-color-scheme:dark){{{selector}{{{dark}}}}}\n"
        f"@media print{{{selector}{{{light}}}}}\n"
    )


BAR_STYLE: Final = (
    themed(
        ".seatbill-bar",
        "--bar-blue:#2563eb;--bar-red:#d42a2a;--bar-line:#818a99;--bar-ink:#1f2733;"
        "--bar-ground:#fff",
        "--bar-blue:#4c8dff;--bar-red:#f0524f;--bar-line:#7d8798;--bar-ink:#e6e9ef;"
        "--bar-ground:#171b21",
    )
    + f""".seatbill-bar{{font:14px {FONTS}}}
.seatbill-bar .ground{{fill:var(--bar-ground)}}
.seatbill-bar text{{fill:var(--bar-ink)}}
.seatbill-bar .cell{{stroke-width:1;stroke:var(--bar-line);fill:none}}
.seatbill-bar .blue{{fill:var(--bar-blue);stroke:var(--bar-blue)}}
.seatbill-bar .red{{fill:var(--bar-red);stroke:var(--bar-red)}}
.seatbill-bar .leaving{{stroke-dasharray:2 2}}
.seatbill-seats{{break-inside:avoid}}
.seatbill-seats p{{margin:0 0 .35em}}
.seatbill-seats svg{{display:block;width:100%;max-width:26rem;height:auto}}
@media print{{.seatbill-bar{{print-color-adjust:exact}}}}
"""
)


COLORS: Final = (
    ("#dbe8ff", "#2456c4", "#1d3157", "#8db4ff"),
    ("#ffe6cc", "#9a4a09", "#4a2f12", "#ffb876"),
    ("#d6f2df", "#1c7a43", "#153f28", "#7fd6a0"),
    ("#eadffc", "#6b3fc0", "#35255a", "#c4a8ff"),
    ("#ffdfea", "#b02a63", "#4d1f35", "#ff9cc0"),
    ("#d5f0f2", "#176f78", "#123f44", "#7fd4dc"),
)
"""Tint and line of each item: in light, then in dark."""

TIMELINE_STYLE: Final = (
    themed(
        ".seatbill-timeline",
        "--ground:#fff;--band:#f4f6f9;--ink:#1b2430;--quiet:#566072;--rule:#d3d9e2;"
        "--mark:#1b2430;--people:#b3261e",
        "--ground:#171b21;--band:#1e242c;--ink:#e8ebf0;--quiet:#a7b0be;--rule:#3a434f;"
        "--mark:#e8ebf0;--people:#ff9a8f",
    )
    + "".join(
        themed(
            f".seatbill-timeline .c{i}",
            f"--tint:{tint};--line:{line}",
            f"--tint:{dark_tint};--line:{dark_line}",
        )
        for i, (tint, line, dark_tint, dark_line) in enumerate(COLORS)
    )
    + f""".seatbill-timeline{{font:11px {FONTS};max-width:100%;height:auto}}
.seatbill-timeline text{{fill:var(--ink)}}
.seatbill-timeline .ground{{fill:var(--ground)}}
.seatbill-timeline .tint{{fill:var(--tint)}}
.seatbill-timeline .stripe{{stroke:var(--line);stroke-width:1;opacity:.38;fill:none}}
.seatbill-timeline .dot{{fill:var(--line);opacity:.45}}
.seatbill-timeline .hatch{{stroke:var(--line);stroke-width:1;opacity:.55}}
.seatbill-timeline .charge{{stroke:var(--line);stroke-width:1}}
.seatbill-timeline .credit{{stroke:var(--line);stroke-width:1;stroke-dasharray:3 2}}
.seatbill-timeline .planned{{stroke:var(--line);stroke-width:1.2;stroke-dasharray:2 3}}
.seatbill-timeline .amount,.seatbill-timeline .sum,.seatbill-timeline .total text{{
paint-order:stroke;stroke:var(--tint,var(--ground));stroke-width:3px;
stroke-linejoin:round}}
.seatbill-timeline .amount,.seatbill-timeline .total text{{font-weight:600}}
.seatbill-timeline .next text{{font-weight:400;font-style:italic}}
.seatbill-timeline .head{{font-weight:600;fill:var(--quiet);paint-order:stroke;
stroke:var(--ground);stroke-width:3px;stroke-linejoin:round}}
.seatbill-timeline .day{{fill:var(--quiet)}}
.seatbill-timeline .key,.seatbill-timeline .entry{{font-size:12px}}
.seatbill-timeline .number{{font-size:12px}}
.seatbill-timeline .number{{font-weight:600}}
.seatbill-timeline .period{{fill:none}}
.seatbill-timeline .odd{{fill:var(--band)}}
.seatbill-timeline .phase{{fill:var(--rule);opacity:.45}}
.seatbill-timeline .boundary{{stroke:var(--rule)}}
.seatbill-timeline .base{{stroke:var(--quiet)}}
.seatbill-timeline .drop{{stroke:var(--quiet);stroke-dasharray:1 3}}
.seatbill-timeline .until{{stroke:var(--quiet);stroke-width:1.5}}
.seatbill-timeline .leader{{stroke:var(--rule)}}
.seatbill-timeline .change circle{{fill:var(--mark)}}
.seatbill-timeline .change text{{fill:var(--ground);font-size:10px;font-weight:600}}
.seatbill-timeline .pending circle{{fill:var(--ground);stroke:var(--mark)}}
.seatbill-timeline .pending circle{{stroke-dasharray:2 2}}
.seatbill-timeline .pending text{{font-size:10px;font-weight:600}}
.seatbill-timeline circle.invoice{{fill:var(--mark)}}
.seatbill-timeline circle.next{{fill:var(--ground);stroke:var(--mark)}}
.seatbill-timeline .owned{{fill:none;stroke:var(--mark);stroke-width:2}}
.seatbill-timeline .occupied{{fill:none;stroke:var(--people);stroke-width:2}}
.seatbill-timeline .occupied{{stroke-dasharray:5 3}}
@media print{{.seatbill-timeline{{print-color-adjust:exact}}}}
"""
)
