"""What seatbill writes, as digests: the same on every Python, machine and day.

``python tests/same_bytes.py`` prints the digest of each thing by its name; with
``--write`` it keeps them in ``same_bytes.json``, which every run of the tests compares.
Locales write as the stand-in of CLDR says, so that the Babel that is installed makes no
difference.  Whatever changes a document, a schema or an amount changes a digest too:
look at the difference that git shows of the names, then write them anew.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE))

import cldr  # noqa: E402
from screens import pictured  # noqa: E402
from seatbill import errors  # noqa: E402
from seatbill._shell._rulebook_text import price_list_text  # noqa: E402
from seatbill.converters import (  # noqa: E402
    RULEBOOKS,
    SCHEMAS,
    InvalidDataError,
    bill_answer,
    bill_request,
    change_answer,
    change_request,
    digest,
    dump,
    load,
    parse,
    read_change_request,
    read_request,
    schema,
    seats_of,
)
from seatbill.documents import (  # noqa: E402
    seat_bar_html,
    seat_bar_svg,
    seat_bar_text,
    timeline_svg,
    to_html,
    to_text,
)
from seatbill.formatting import describe, explain  # noqa: E402

HELD = HERE / "same_bytes.json"
EXAMPLES = HERE.parent / "examples"
STORED = HERE / "documents"
LOCALES = ("en", "fr", "de", "ar")


def as_json(data: Any) -> str:
    """Return *data* in the order in which they were made."""
    return json.dumps(data, ensure_ascii=False)


def written() -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield the name of each thing, and what writes it."""
    for name in SCHEMAS:
        yield f"schema {name}", lambda name=name: as_json(schema(name))
    for name, (rules, catalog) in RULEBOOKS.items():
        stored = [dump(rules), dump(catalog), digest(rules), digest(catalog)]
        yield f"rulebook {name}", lambda stored=stored: as_json(stored)
        for locale in LOCALES:
            yield (
                f"rulebook {name} {locale}",
                lambda rules=rules, catalog=catalog, locale=locale: price_list_text(
                    rules, catalog, locale
                ),
            )
    for path in sorted(EXAMPLES.glob("*.json")):
        yield from of_story(path.stem, parse(path.read_text(encoding="utf-8")))
    for path in sorted(STORED.glob("*/*.json")):
        data = parse(path.read_text(encoding="utf-8"))
        yield f"stored {path.parent.name} {path.stem}", lambda data=data: again(data)
    yield from pictures()
    yield "refused", refused


def of_story(name: str, data: Any) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield what a bill request and the first change of it come to."""
    request = read_request(data)
    statement = bill_request(request)
    people = request.members or seats_of(request, statement)
    yield f"{name} answer", lambda: as_json(bill_answer(request))
    yield f"{name} documents", lambda: as_json([dump(i) for i in statement.invoices])
    last = statement.outcomes[-1].subscription
    money = {"amount": "1.00", "currency": last.currency}
    credit = {"amount": money, "reason": "sorry"}
    asked = {
        "subscription": dump(last),
        "on": data["until"],
        "changes": [{"change": "grant_credit", **credit}],
    }
    yield f"{name} change", lambda: changed(asked)
    for locale in LOCALES:
        yield (
            f"{name} text {locale}",
            lambda locale=locale: to_text(statement, locale=locale, members=people),
        )
        yield (
            f"{name} html {locale}",
            lambda locale=locale: to_html(statement, locale=locale, members=people),
        )
        yield (
            f"{name} svg {locale}",
            lambda locale=locale: timeline_svg(
                statement, locale=locale, members=people
            ),
        )
        yield (
            f"{name} explained {locale}",
            lambda locale=locale: "\n".join(
                explain(line, locale)
                for invoice in statement.invoices
                for line in invoice.lines
            ),
        )


def changed(data: Any) -> str:
    """Return the answer to a change request, or what is wrong with it."""
    try:
        request = read_change_request(data)
        answer = as_json(change_answer(request))
        return answer + to_text(change_request(request))
    except InvalidDataError as error:
        return str(error)


def again(data: Any) -> str:
    """Return a stored document as it would be stored now; one by reference as it is."""
    try:
        return as_json(dump(load(data)))
    except InvalidDataError as error:
        return str(error)


def pictures() -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield each kind of document, at its smallest and largest."""
    invoices = {
        made.__name__: made
        for made in (
            pictured.one_line,
            pictured.upgrade,
            pictured.forty_lines,
            pictured.negative,
            pictured.note,
            pictured.correction,
            pictured.view,
        )
    }
    histories = {
        made.__name__: made
        for made in (
            pictured.growing,
            pictured.extremes,
            pictured.two_years,
            pictured.one_period,
            pictured.everything,
        )
    }
    bars = {"counted": pictured.COUNTED, "full": pictured.FULL}
    for locale in LOCALES:
        for name, made in (invoices | histories).items():
            for write in (to_text, to_html):
                yield (
                    f"{name} {write.__name__} {locale}",
                    lambda write=write, made=made, locale=locale: write(
                        made(), locale=locale, seller=pictured.SELLER
                    ),
                )
        for name, made in histories.items():
            yield (
                f"{name} svg {locale}",
                lambda made=made, locale=locale: timeline_svg(made(), locale=locale),
            )
        for name, seats in bars.items():
            for write in (seat_bar_text, seat_bar_html, seat_bar_svg):
                yield (
                    f"{name} {write.__name__} {locale}",
                    lambda write=write, seats=seats, locale=locale: write(
                        seats, locale=locale
                    ),
                )


def refused() -> str:
    """Return what some bad requests are told, in the order in which it is told."""
    request = parse((EXAMPLES / "growing-team.json").read_text(encoding="utf-8"))
    said = []
    for wrong in (
        {**request, "seats": "ten", "plan": "none", "until": 1.5},
        {**request, **dict.fromkeys("zyxwv", 1)},
        {**request, "changes": [{"on": "2026-02-01", "change": "fly"}, {}]},
    ):
        try:
            read_request(wrong)
        except InvalidDataError as error:
            said.append(str(error))
    few = errors.TooFewSeatsError("seat", 3, 5, 2)
    said += [describe(few, locale) for locale in LOCALES]
    return "\n".join(said)


def digests() -> dict[str, str]:
    """Return the digest of each thing by its name."""
    cldr.ask(cldr.held)
    return {
        name: hashlib.sha256(write().encode()).hexdigest()[:16]
        for name, write in written()
    }


if __name__ == "__main__":
    told = json.dumps(digests(), indent=0)
    if "--write" in sys.argv:
        HELD.write_text(f"{told}\n", encoding="utf-8")
    else:
        print(told)
