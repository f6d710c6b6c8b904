"""How a page looks: on a screen in light and dark, on a phone, and on paper."""

from __future__ import annotations

from typing import Final

from ._style import FONTS, themed

__all__ = ["PAGE_STYLE"]

_SCREEN = f"""*{{box-sizing:border-box}}
html{{color-scheme:light dark;-webkit-text-size-adjust:100%}}
body{{margin:0;background:var(--page);color:var(--ink);font:.9375rem/1.5 {FONTS};
font-variant-numeric:tabular-nums lining-nums}}
h1,h2,h3,h4,h5,h6,p,dl,dd,figure{{margin:0;overflow-wrap:anywhere}}
main{{max-width:52rem;margin:2rem auto;padding:3rem;background:var(--sheet);
border-radius:.75rem;box-shadow:0 1px 2px #0002,0 8px 28px #0001}}
main section>*+*,main article>*+*{{margin-block-start:1.6rem}}
main .part>*+*{{margin-block-start:.4rem}}
h1{{font-size:1.9rem;font-weight:650;line-height:1.2;letter-spacing:-.01em}}
h2{{font-size:1.25rem;font-weight:650;line-height:1.3}}
h3,h4,h5,h6,.part h2{{font-size:1rem;font-weight:650;line-height:1.35}}
h2 time,h3 time,h4 time{{color:var(--quiet);font-weight:400;margin-inline-end:.4em}}
.number{{color:var(--quiet);font-weight:400}}
.tag{{display:inline-block;padding:.1em .7em;border-radius:1em;background:var(--tag);
color:var(--accent);font-size:.8rem;font-weight:600;letter-spacing:0;
vertical-align:.15em}}
.label,dt,caption,thead th{{color:var(--quiet);font-size:.82rem;font-weight:500}}
address{{font-style:normal;overflow-wrap:anywhere}}
address>*{{display:block}}
address strong{{font-weight:600}}
.parties,.facts{{display:grid;gap:1rem 2rem;
grid-template-columns:repeat(auto-fill,minmax(min(100%,10rem),1fr))}}
.view>.facts,.standing>.facts{{
grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr))}}
.parties{{grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))}}
.facts dd{{font-weight:500;overflow-wrap:anywhere}}
main .brief{{display:flex;flex-wrap:wrap;gap:0 1.25rem;margin-block-start:.15rem;
font-size:.9rem}}
.brief div{{display:flex;gap:.4em}}
.brief dt{{font-size:inherit}}
.brief dd{{font-weight:400}}
"""

_TABLES = """table{width:100%;border-collapse:collapse}
caption{position:absolute;width:1px;height:1px;overflow:hidden;
clip-path:inset(50%);white-space:nowrap}
th,td{padding-block:.7rem;padding-inline:1.25rem 0;text-align:start;
vertical-align:baseline;font-weight:400}
th:first-child{padding-inline-start:0}
thead th{padding-block:.4rem;border-block-end:1.5px solid var(--ink);
vertical-align:bottom}
tbody tr{border-block-end:1px solid var(--rule);break-inside:avoid}
.figure{text-align:end;white-space:nowrap}
td.long,dd.long{white-space:normal;overflow-wrap:anywhere}
td.figure:last-child{font-weight:550}
.item,.more{display:block;overflow-wrap:anywhere}
.item{font-weight:550}
.more{color:var(--quiet);font-size:.87rem}
.remark::before{content:" · "}
.totals{margin-inline-start:auto;width:min(100%,25rem);break-inside:avoid}
main .lines+.totals{margin-block-start:.75rem}
.totals div{display:flex;justify-content:space-between;align-items:baseline;
gap:1.5rem;padding:.3rem 0}
.totals dt{font-size:.95rem}
.totals .due{margin-block-start:.4rem;margin-inline:-1rem;padding:.7rem 1rem;
background:var(--soft);
border-radius:.5rem;font-size:1.15rem;font-weight:650}
.totals .due dt{color:var(--ink);font-size:1rem;font-weight:600}
.notes p{color:var(--quiet);font-size:.92rem}
.notes p+p{margin-block-start:.35rem}
.bars{display:grid;gap:1rem}
.picture{overflow-x:auto}
.picture svg{display:block;min-width:42rem}
.history>*,main .standing{padding-block-start:1.6rem;
border-block-start:1px solid var(--rule)}
.history>header{padding:0;border:0}
.change .invoice,.view .preview,.standing .preview{padding:1.1rem 1.4rem;
border:1px solid var(--rule);border-radius:.6rem}
main .change .notes{margin-block-start:.3rem}
.history .invoice th,.history .invoice td{padding-block:.45rem}
.history .invoice>*+*{margin-block-start:.9rem}
.history .totals div{padding:.1rem 0}
.history .totals .due{padding:.4rem 1rem;font-size:1rem}
"""

_PHONE = """@media (max-width:40rem){
body{background:var(--sheet)}
main{margin:0;padding:1.5rem 1.1rem;border-radius:0;box-shadow:none}
h1{font-size:1.55rem}
.lines,.lines tbody{display:block}
.lines thead{position:absolute;width:1px;height:1px;overflow:hidden;
clip-path:inset(50%)}
.lines tr{display:grid;grid-template-columns:1fr auto;gap:.15rem 1rem;
padding:.9rem 0}
.lines tbody tr:first-child{border-block-start:1.5px solid var(--ink)}
.lines tbody th{grid-column:1/-1}
.lines th,.lines td,.history .invoice th,.history .invoice td{padding:0}
.lines td{display:grid;grid-column:1/-1;grid-template-columns:subgrid;
align-items:baseline}
.lines td:empty{display:none}
.lines td::before{content:attr(data-label);color:var(--quiet);font-size:.87rem;
font-weight:400;text-align:start}
.change .invoice,.view .preview,.standing .preview{padding:1rem}
.totals .due,.history .totals .due{margin-inline:-.6rem;padding-inline:.6rem}
}
"""

_PAPER = f"""@page{{margin:16mm 15mm;@bottom-center{{
content:counter(page) " / " counter(pages);color:#566072;font:9pt {FONTS}}}}}
@media print{{
html{{color-scheme:light}}
body{{background:none;font-size:10.5pt}}
main{{max-width:none;margin:0;padding:0;box-shadow:none;border-radius:0}}
th,td{{padding-block:.45rem}}
thead{{display:table-header-group;break-after:avoid}}
h1,h2,h3,h4,.brief{{break-after:avoid}}
.totals .due,.tag{{print-color-adjust:exact}}
.totals .due{{margin-inline:0}}
tbody tr:last-child,tbody tr:nth-last-child(2){{break-after:avoid}}
.totals{{break-before:avoid}}
.history .invoice,section .preview,.view .preview{{break-inside:avoid}}
.picture{{overflow:visible;break-inside:avoid}}
.picture svg{{min-width:0;width:100%}}
}}
"""

PAGE_STYLE: Final = (
    themed(
        ":root",
        "--page:#eef1f5;--sheet:#fff;--ink:#1b2430;--quiet:#566072;--rule:#dde2ea;"
        "--soft:#f3f6fb;--accent:#1d4fbf;--tag:#e4ecfc",
        "--page:#0e1116;--sheet:#171b21;--ink:#e8ebf0;--quiet:#a7b0be;--rule:#323a45;"
        "--soft:#1f2631;--accent:#8db4ff;--tag:#22304a",
    )
    + _SCREEN
    + _TABLES
    + _PHONE
    + _PAPER
)
