"""The commands: data in, text out.  None reads or writes anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, final

import attrs

from .. import converters
from ..catalogs import Catalog
from ..documents import timeline_svg, to_html, to_text
from ..documents._columns import printable
from ..errors import UnknownItemError, WrongTypeError
from ..formatting import describe, explain, format_date, words
from ..invoices import Invoice
from ..lifecycle import Statement, bill
from ..subscriptions import Subscription
from ._rulebook_text import price_list_text


@final
@attrs.frozen(kw_only=True)
class Asked:
    """In what *format* and in whose words a command answers."""

    format: str
    locale: str = "en"


def _as_json(data: Any) -> str:
    """Return *data* as people read it; in ASCII, so that every stream can carry it."""
    return json.dumps(data, indent=2)


# Billing.


def _bill(data: Any, asked: Asked) -> str:
    """Return what a bill request comes to."""
    request = converters.read_request(data)
    if asked.format == "json":
        return _as_json(converters.bill_answer(request))
    statement = converters.bill_request(request)
    if asked.format == "svg":
        people = _people(request, statement)
        return timeline_svg(statement, locale=asked.locale, members=people)
    write = to_html if asked.format == "html" else to_text
    return write(
        statement,
        locale=asked.locale,
        seller=request.seller,
        note=request.note,
        members=_people(request, statement),
        measured=converters.next_measured(request, statement),
        notes=[entry.note for entry in request.changes],
    )


def _people(request: converters.BillRequest, statement: Statement) -> Any:
    """Return who sits: people with their days, or the seats as they were counted."""
    if request.members and request.occupied is None:
        return request.members
    return converters.seats_of(request, statement)


def _preview(data: Any, asked: Asked) -> str:
    """Return what a change request comes to."""
    request = converters.read_change_request(data)
    if asked.format == "json":
        return _as_json(converters.change_answer(request))
    write = to_html if asked.format == "html" else to_text
    return write(
        converters.change_request(request),
        locale=asked.locale,
        catalog=request.catalog or _owned_before(request.subscription),
        note=request.note,
    )


def _owned_before(sub: Subscription) -> Catalog:
    """Return what *sub* owns, so that what is given back has its name."""
    return Catalog((sub.plan,), [owned.add_on for owned in sub.add_ons])


# Explaining.


def _show(data: Any, asked: Asked) -> str:
    """Return a stored document as a page; a subscription as it stands."""
    write = to_html if asked.format == "html" else to_text
    if isinstance(data, dict) and "kind" not in data and "document" in data:
        said = (
            "this is a whole answer; give its document, the subscription, or one of "
            "its documents, the invoices"
        )
        problem = converters.DataProblem("$", "wrong_type", said)
        raise converters.InvalidDataError((problem,))
    document = converters.load(data)
    if isinstance(document, Subscription):
        document = bill(document, (), until=document.changed_on)
    try:
        return write(document, locale=asked.locale)
    except WrongTypeError:
        word = data["kind"].replace("_", " ")
        wanted = "an invoice, a credit note, a correction, an outcome or a subscription"
        problem = converters.DataProblem(
            "$.kind", "wrong_type", f"wanted {wanted}; got {word}"
        )
        raise converters.InvalidDataError((problem,)) from None


def _explain(data: Any, asked: Asked) -> str:
    """Return how each line of an invoice comes to its amount."""
    told = [
        (invoice, [explain(line, asked.locale) for line in invoice.lines])
        for invoice in _invoices(data)
    ]
    if asked.format == "json":
        return _as_json([{"key": i.key, "lines": lines} for i, lines in told])
    _ = words(asked.locale).gettext
    blocks = []
    for invoice, lines in told:
        head = _("Invoice %(key)s, %(day)s, %(reason)s") % {
            "key": invoice.key,
            "day": format_date(invoice.issued_on, asked.locale),
            "reason": describe(invoice.billing_reason, asked.locale),
        }
        rows = (head, *(f"  {line}" for line in lines))
        blocks.append("\n".join(map(printable, rows)))
    return "\n\n".join(blocks)


def _invoices(data: Any) -> Iterable[Invoice]:
    """Return the invoices of a stored one, or of a bill request."""
    if isinstance(data, dict) and "kind" in data:
        return (converters.load(data, Invoice),)
    return converters.bill_request(converters.read_request(data)).invoices


ANSWERS: Final[Mapping[str, Callable[[Any, Asked], str]]] = {
    "bill": _bill,
    "preview": _preview,
    "explain": _explain,
    "show": _show,
}
"""What answers a document, by the name of the command."""


def _bill_row(data: Any) -> Any:
    return converters.bill_answer(converters.read_request(data))


def _preview_row(data: Any) -> Any:
    return converters.change_answer(converters.read_change_request(data))


ROWS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "bill": _bill_row,
    "preview": _preview_row,
}
"""What answers a row of JSON Lines with data."""


# What there is.


def schema_text(name: str | None) -> str:
    """Return a schema, or the names of all."""
    return (
        "\n".join(converters.SCHEMAS)
        if name is None
        else _as_json(converters.schema(name))
    )


def rulebook_text(name: str | None, asked: Asked) -> str:
    """Return what a rulebook says, or the names of all with their first sentence."""
    if name is None:
        if asked.format == "json":
            return _as_json(list(converters.RULEBOOKS))
        return "\n".join(converters.RULEBOOKS)
    if name not in converters.RULEBOOKS:
        raise UnknownItemError("rulebook", name, tuple(converters.RULEBOOKS))
    rules, catalog = converters.RULEBOOKS[name]
    if asked.format == "json":
        return _as_json(
            {"rules": converters.dump(rules), "catalog": converters.dump(catalog)}
        )
    return price_list_text(rules, catalog, asked.locale)
