"""The profiles of EN 16931, and the two syntaxes in which it is written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .._values.base import Word


class Syntax(Word):
    """How an e-invoice is written; both say the same.

    :UBL: UBL 2.1 of OASIS (ISO/IEC 19845).
    :CII: Cross Industry Invoice D22B of UN/CEFACT, the XML inside Factur-X.
    """

    UBL = "ubl"
    CII = "cii"


class Profile(Word):
    """Whose rules an e-invoice follows, beside those of EN 16931.

    :EN_16931: The standard alone.
    :PEPPOL: Peppol BIS Billing 3.0, as Belgium wants it; in UBL.
    :XRECHNUNG: XRechnung 3.0, the German profile.
    :FACTUR_X: Factur-X or ZUGFeRD at the level EN 16931; in CII.
    :FRANCE: EN 16931 with the rules of the French reform (BR-FR).
    """

    EN_16931 = "en16931"
    PEPPOL = "peppol"
    XRECHNUNG = "xrechnung"
    FACTUR_X = "factur_x"
    FRANCE = "france"

    @property
    def syntaxes(self) -> tuple[Syntax, ...]:
        """The syntaxes that the profile is written in, the usual one first."""
        return _SYNTAXES[self]

    @property
    def specification(self) -> str:
        """What the document says that it follows (BT-24)."""
        return f"{_CEN}{_SPECIFICATIONS.get(self, '')}"

    @property
    def process(self) -> str | None:
        """The business process (BT-23): billing, or in France services."""
        return _PROCESSES.get(self)


_CEN: Final = "urn:cen.eu:en16931:2017"
_BILLING: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_SPECIFICATIONS: Final[Mapping[Profile, str]] = MappingProxyType(
    {
        Profile.PEPPOL: "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
        Profile.XRECHNUNG: "#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    }
)
_PROCESSES: Final[Mapping[Profile, str]] = MappingProxyType(
    {Profile.PEPPOL: _BILLING, Profile.XRECHNUNG: _BILLING, Profile.FRANCE: "S1"}
)
_SYNTAXES: Final[Mapping[Profile, tuple[Syntax, ...]]] = MappingProxyType(
    {
        Profile.EN_16931: (Syntax.UBL, Syntax.CII),
        Profile.PEPPOL: (Syntax.UBL,),
        Profile.XRECHNUNG: (Syntax.UBL, Syntax.CII),
        Profile.FACTUR_X: (Syntax.CII,),
        Profile.FRANCE: (Syntax.CII, Syntax.UBL),
    }
)
