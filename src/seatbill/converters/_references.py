"""What stands in data for a plan, an add-on, a service or rules: a reference, an id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import attrs

from ..errors import UnknownItemError
from ..rules import BillingRules
from ._context import UNKNOWN, Names, context, id_of
from ._problems import RefusedError, unwanted
from ._scalars import Digest


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
    known = [found.id for found in here.sold(kind)]
    for found in here.sold(kind):
        if found.id == id:
            return found
    error = UnknownItemError(
        _NAMES[kind.__name__], id, ", ".join(dict.fromkeys(known)) or "none"
    )
    raise RefusedError(error.code, str(error), **error.as_dict()["values"])


_NAMES = {"Plan": "plan", "AddOn": "add-on", "Service": "service"}


def referred(reference: Reference, kind: Any, digest: Callable[[Any], str]) -> Any:
    """Return what a *reference* means, in one of the catalogues or among the rules."""
    here = context()
    if here.names is Names.NONE:
        raise unwanted("an object in full, no reference", {"ref": reference.ref})
    if here.catalogs is None:
        return BillingRules() if kind is BillingRules else UNKNOWN[kind]
    under = [found for found in here.sold(kind) if id_of(found) == reference.ref]
    for found in under:
        if digest(found) == reference.digest:
            return found
    values = {"ref": reference.ref, "digest": str(reference.digest)}
    if not under:
        message = f"nothing that is given is called {reference.ref!r}"
        raise RefusedError("unknown_reference", message, **values)
    message = f"what is given as {reference.ref!r} is another: its digest differs"
    there = ", ".join(map(digest, under))
    raise RefusedError("digest_mismatch", message, **values, there=there)
