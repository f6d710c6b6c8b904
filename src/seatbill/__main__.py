"""The shell: read one JSON document, print the invoices that it comes to.

``python -m seatbill bill FILE`` prints tables, ``--json`` the same as data.  Bad
input is told with its place in the file; the exit code is then 2.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from .converters import (
    InvalidDataError,
    MissingExtraError,
    bill_answer,
    parse,
    read_request,
)

_BAR = 20
_INTERVALS = {"3 months": "quarter", "12 months": "year"}
_REASONS = {
    "subscription_create": "first invoice",
    "subscription_cycle": "renewal",
    "subscription_update": "change",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the shell and return its exit code: 0, or 2 for bad input."""
    parser = argparse.ArgumentParser(
        prog="python -m seatbill",
        description="Exact billing rules for seat-based subscriptions.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    bill = commands.add_parser("bill", help="print the invoices of a subscription")
    bill.add_argument("file", help="a JSON file, or - for standard input")
    bill.add_argument("--json", action="store_true", help="print data, not tables")
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    try:
        return _bill(arguments.file, as_json=arguments.json)
    except BrokenPipeError:  # the reader has seen enough: say nothing at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _bill(name: str, *, as_json: bool) -> int:
    """Print what the document in file *name* comes to."""
    shown = "standard input" if name == "-" else name
    try:
        data = bill_answer(read_request(parse(_read(name))))
    except OSError as error:
        return _fail(f"cannot read {shown}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return _fail(f"cannot read {shown}: byte {error.start + 1} is not UTF-8")
    except MissingExtraError as error:
        return _fail(str(error))
    except InvalidDataError as error:
        count = len(error.problems)
        lines = [f"{shown}: {count} problem{'s' * (count > 1)}"]
        lines += [f"  {p.where}: {p.message}  [{p.code}]" for p in error.problems]
        return _fail("\n".join(lines))
    _print(json.dumps(data, indent=2) if as_json else "\n".join(_tables(data)))
    return 0


def _read(name: str) -> str:
    """Return the text of a file, or of standard input."""
    if name == "-":
        raw: Any = getattr(sys.stdin, "buffer", sys.stdin).read()
    else:
        with open(name, "rb") as file:
            raw = file.read()
    text: str = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
    return text


def _fail(message: str) -> int:
    """Say on standard error what is wrong and return the exit code."""
    _print(f"seatbill: {message}", sys.stderr)
    return 2


def _print(text: str, stream: TextIO | None = None) -> None:
    """Print *text*; what the stream cannot show is escaped."""
    out = sys.stdout if stream is None else stream
    encoding = out.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=out)
    out.flush()


# The tables.


def _tables(data: dict[str, Any]) -> Iterator[str]:
    """Return the lines of the page: each change, its invoices, and what is pending."""
    if data["note"]:
        yield from (data["note"], "")
    invoices = {invoice["key"]: invoice for invoice in data["invoices"]}
    later = {key for outcome in data["outcomes"] for key in outcome["invoices"]}
    for key, invoice in invoices.items():
        if key not in later:
            yield from _invoice(invoice)
    for outcome in data["outcomes"]:
        own = [invoices[key] for key in outcome["invoices"]]
        caused = [i for i in own if i["billing_reason"] == "subscription_update"]
        for invoice in own:
            if invoice not in caused[-1:]:
                yield from _invoice(invoice)
        yield from _change(outcome, has_invoice=bool(caused))
        for invoice in caused[-1:]:
            yield from _invoice(invoice)
    yield from _standing(data)


def _change(outcome: dict[str, Any], *, has_invoice: bool) -> Iterator[str]:
    """Return what was asked for on one day, and what the customer is told."""
    day = _moment(outcome["on"])
    notices = [f"notice: {notice['message']}" for notice in outcome["notices"]]
    if not outcome["changes"]:  # the renewals through the last day
        yield from (f"{day}: {notice}" for notice in notices)
        yield from [""] * bool(notices)
        return
    asked = ", ".join(map(_asked, outcome["changes"]))
    due = "" if has_invoice else ", nothing due now"
    when = outcome["effective_on"]
    late = "" if when == outcome["on"] else f", from {_moment(when)}"
    note = f" ({outcome['note']})" if outcome["note"] else ""
    yield f"{day}: {asked}{late}{due}{note}"
    if _something(outcome["refund_due"]):
        notices.append(f"refund due: {outcome['refund_due']}")
    yield from (f"  {notice}" for notice in notices)
    if not has_invoice:
        yield ""


def _asked(change: dict[str, Any]) -> str:
    """Return a change in the words of the document."""
    values = [
        _value(value)
        for name, value in change.items()
        if name not in ("change", "occupied") and value not in (None, "seat")
    ]
    word = change["change"].replace("_", " ")
    return f"{word}: {', '.join(values)}" if values else word


def _value(value: Any) -> str:
    """Return a value of a change in one line: its name, if it has one."""
    if isinstance(value, dict):
        name = value.get("id") or value.get("name")
        return str(name or " ".join(str(part) for part in value.values()))
    if isinstance(value, list):
        return " + ".join(map(_value, value)) or "none"
    return str(value)


def _invoice(invoice: dict[str, Any]) -> Iterator[str]:
    """Return an invoice as a table."""
    reason = _REASONS[invoice["billing_reason"]]
    issued = _moment(invoice["issued_on"])
    yield f"Invoice {invoice['key']}, {issued}, {reason}, {invoice['currency']}"
    if invoice["recipient"]:
        yield f"  to {invoice['recipient']['name']}"
    whole_days = "T" not in invoice["issued_on"]
    period = "period, last day included" if whole_days else "period, UTC"
    rows: list[tuple[str, ...]] = [
        ("item", period, "quantity", "unit price", "share", "amount")
    ]
    rows += [_line(line) for line in invoice["lines"]]
    rows += [("", "", "", "", name, value) for name, value in _totals(invoice)]
    yield from _aligned(rows)
    yield ""


def _line(line: dict[str, Any]) -> tuple[str, ...]:
    """Return the cells of a line."""
    what = f"{line['item']} {line['unit']}"
    if line["item_kind"] == "discount":
        what = f"discount {line['item']}"
    if line["kind"] == "credit":
        what = f"unused {what}"
    if line["discounts"]:
        what += f", less {' and '.join(line['discounts'])}"
    if line["cap"] is not None:
        what += f", {line['cap']} at most"
    period = line["period"]
    return (
        what,
        _period(period),
        str(line["quantity"]),
        line["unit_amount"] or "",
        line["share"],
        line["amount"],
    )


def _period(period: dict[str, str]) -> str:
    """Return a period: its last day for days, its end for instants."""
    whole_days = "T" not in period["end"]
    end = period["last_day" if whole_days else "end"]
    return f"{_moment(period['start'])} to {_moment(end)}"


def _moment(text: str) -> str:
    """Return a day as it is, an instant as a day and a time (UTC)."""
    return text.replace("T", " ").removesuffix("Z")


def _totals(invoice: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the totals that say something."""
    yield "subtotal", invoice["subtotal"]
    for tax in invoice["taxes"]:
        included = "included " if tax["inclusive"] else ""
        yield f"{included}tax {tax['id']}", tax["amount"]
    yield "total", invoice["total"]
    if _something(invoice["credit_applied"]):
        yield "credit applied", f"-{invoice['credit_applied']}"
    if _something(invoice["credit_granted"]):
        yield "to the balance", invoice["credit_granted"]
    yield "due", invoice["amount_due"]


def _something(amount: str) -> bool:
    """Tell whether *amount* is not zero."""
    return bool(amount.strip("-0."))


def _standing(data: dict[str, Any]) -> Iterator[str]:
    """Return where the subscription stands: what is pending, the seat bar."""
    sub = data["subscription"]
    interval = _INTERVALS.get(sub["interval"], sub["interval"])
    rows = [("plan", f"{sub['plan']}, per {interval}, {sub['status']}")]
    if sub["ended_on"]:
        rows.append(("ended", _moment(sub["ended_on"])))
    else:
        rows.append(("period", _period(sub["current_period"])))
    pending = sub["pending_updates"]
    rows += [("pending", _pending(update, sub)) for update in pending]
    if not pending:
        rows.append(("pending", "nothing"))
    rows += [("seats", text) for text in _seats(data)]
    for owned in sub["add_ons"]:
        rows.append(("add-on", f"{owned['quantity']} of {owned['add_on']}"))
    if data["next_invoice"]:
        invoice = data["next_invoice"]
        due = f"{invoice['amount_due']} {invoice['currency']}"
        rows.append(("next invoice", f"{_moment(invoice['issued_on'])}, {due} due"))
    rows.append(("balance", f"{sub['credit_balance']} {sub['currency']}"))
    yield f"Standing on {_moment(data['until'])}"
    yield from _aligned(rows, numbers=())


def _pending(update: dict[str, Any], sub: dict[str, Any]) -> str:
    """Return an update that waits: what is now, and what will be."""
    what = update["kind"].replace("_", " ")
    value = _value(update["value"])
    if update["kind"] == "seats":
        what = f"{update['key']} {sub['seats'][update['key']]} -> {value}"
    elif update["kind"] in ("plan", "interval"):
        what = f"{what} {sub[update['kind']]} -> {value}"
    elif update["value"] is not None:
        what = f"{what}: {value}"
    return f"from {_moment(update['applies_on'])}: {what}"


def _seats(data: dict[str, Any]) -> Iterator[str]:
    """Return the seat bar of each kind of seat; without people, what is owned."""
    counts = data["seats"]
    if counts is None:
        for unit, owned in data["subscription"]["seats"].items():
            yield f"{unit}: {owned} owned"
        return
    for unit, count in counts.items():
        used, owned = count["occupied"], count["owned"]
        part = 1.0 if count["is_full"] else used / owned
        bar = ("#" * int(part * _BAR)).ljust(_BAR, "-")
        free = f"{count['vacant']} free" if count["vacant"] else "none free"
        yield f"{unit} [{bar}] {used} of {owned} used, {free}"


# Columns.


def _aligned(
    rows: Sequence[Sequence[str]], numbers: Iterable[int] = (2, 3, 4, 5)
) -> Iterator[str]:
    """Return *rows* in columns; those with *numbers* are aligned on the right."""
    cells = [[_printable(cell) for cell in row] for row in rows]
    widths = [max(map(_columns, column)) for column in zip(*cells, strict=True)]
    right = frozenset(numbers)
    for row in cells:
        found = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            fill = " " * (width - _columns(cell))
            found.append(fill + cell if i in right else cell + fill)
        yield ("  " + "  ".join(found)).rstrip()


def _printable(text: str) -> str:
    """Return *text* without what would move the cursor."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _columns(text: str) -> int:
    """Return how many columns *text* takes in a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


if __name__ == "__main__":
    sys.exit(main())
