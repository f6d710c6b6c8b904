"""What stands in data for a plan, an add-on, a service or rules: a reference, an id."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final, final

import attrs

from ..errors import UnknownItemError
from ..rules import BillingRules
from ._context import UNKNOWN, Names, context
from ._problems import RefusedError, unwanted
from ._scalars import Digest
from ._writing import digest


@final
@attrs.frozen(kw_only=True)
class Reference:
    """What a catalogue holds, by its id and the digest of what is meant.

    Rules are called by their name.
    """

    ref: str
    digest: Digest


def sold_under(id: str, kind: Any) -> Any:
    """Return what a catalogue sells under this *id*."""
    here = context()
    if here.names is not Names.IDS:
        raise unwanted("an object, not its id alone", id)
    if here.catalogs is None:
        return UNKNOWN[kind]
    found = here.called(id, kind)
    if found:
        return found[0]
    known = [name for shelf in here.shelves(kind) for name in islice(shelf, _TOLD + 1)]
    error = UnknownItemError(_NAMES[kind.__name__], id, _told(known))
    raise RefusedError(error.code, str(error), **error.as_dict()["values"])


_TOLD: Final = 50
"""How many of the names that there are a refusal tells: it may come many times."""


def _told(names: Iterable[str]) -> str:
    """Return the first of *names*, for a sentence."""
    found = [*dict.fromkeys(names)]
    more = ", ..." if len(found) > _TOLD else ""
    return f"{', '.join(found[:_TOLD])}{more}"


_NAMES = {"Plan": "plan", "AddOn": "add-on", "Service": "service"}


def referred(reference: Reference, kind: Any) -> Any:
    """Return what a *reference* means, in one of the catalogues or among the rules."""
    here = context()
    if here.names is Names.NONE:
        raise unwanted("an object in full, no reference", {"ref": reference.ref})
    if here.catalogs is None:
        return BillingRules() if kind is BillingRules else UNKNOWN[kind]
    under = here.called(reference.ref, kind)
    digests = [digest(found) for found in under]
    if reference.digest in digests:
        return under[digests.index(reference.digest)]
    values = {"ref": reference.ref, "digest": str(reference.digest)}
    if not under:
        message = f"nothing that is given is called {reference.ref!r}"
        raise RefusedError("unknown_reference", message, **values)
    message = f"what is given as {reference.ref!r} is another: its digest differs"
    there = ", ".join(digests)
    raise RefusedError("digest_mismatch", message, **values, there=there)
