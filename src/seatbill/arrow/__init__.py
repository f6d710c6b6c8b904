"""Billing in columns: Arrow record batches in and out, with the same amounts.

Spark's ``mapInArrow``, DuckDB, Polars and a plain loop all take and give record
batches.  The columns follow from the declarations that JSON has.  It needs the extra
``arrow``: ``pip install 'seatbill[arrow]'``.
"""

from .arrays import from_array, to_array
from .batches import ANSWERS, REQUESTS, bill_batches

__all__ = ["ANSWERS", "REQUESTS", "bill_batches", "from_array", "to_array"]
