"""Types for databases and frameworks, each an extra of its own; none does any I/O.

``seatbill.ext.sqlalchemy``, ``seatbill.ext.django`` and ``seatbill.ext.pydantic`` are
imported by their names, where the package of that name is installed.
"""

__all__ = ()
