"""The words and numbers of a document, in any locale of CLDR.

Figures come out as the locale writes them and to the last digit; words come from the
catalogues of this package, in English where a language has none.  Babel is imported
by the first call.
"""

from ._catalogues import LOCALES, words
from ._catalogues import Words as Words
from ._dates import format_date, format_period
from ._describing import describe
from ._explaining import explain
from ._numbers import format_money, format_number, format_percent, format_unit_amount
from ._quantities import format_interval, format_quantity, format_share

__all__ = [
    "LOCALES",
    "describe",
    "explain",
    "format_date",
    "format_interval",
    "format_money",
    "format_number",
    "format_percent",
    "format_period",
    "format_quantity",
    "format_share",
    "format_unit_amount",
    "words",
]
