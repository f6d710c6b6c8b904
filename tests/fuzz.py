"""Feed the doors with documents that somebody got wrong, or sent on purpose.

``python tests/fuzz.py 300000 1`` feeds so many, beginning with that seed: each is
answered, or refused with a typed error; nothing else is raised, nothing hangs.  The
same seed gives the same document.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mutated import HOSTILE, deep, mutated
from seatbill.__main__ import main as shell
from seatbill.converters import (
    dump,
    load,
    parse,
)
from seatbill.errors import SeatbillError
from test_converters_mutations import CHANGE, EVERYTHING, REFERRING, bill, change

TESTS = Path(__file__).parent
DOCUMENTS = TESTS / "documents" / "0.1.0"
SLOWEST = 4.0
"""CPU seconds that no small document may take."""
_ODD: tuple[Any, ...] = (
    *HOSTILE,
    -(10**30),
    2**255,
    "1" * 80 + "." + "1" * 80,
    "1e-999999",
    "0.1e5",
    "+5",
    " 5",
    "\uff15",
    "0000-00-00",
    "2026-2-3",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z",
    "2026-01-01T00:00:00+00:00",
    "1000000 days",
    "999999 months",
    {"days": 1},
    {"days": 10**6},
    {"months": 10**6},
    "a\x00b",
    "\u202egnp.exe",
    "e\u0301" * 40,
    "\U0001f4b6",
    "\ufeff",
    "\x1b[31m",
    "k" * 60_000,
    ["seat", "seat"],
    {"seat": 10**12},
    {"seat": -1},
    {f"k{i}": i for i in range(300)},
    list(range(300)),
    {"is": "tuple", "value": [{"is": "tuple", "value": []}]},
    {"amount": "-0.00", "currency": "JPY"},
)


def _usd(amount: str, **more: Any) -> dict[str, Any]:
    return {"unit_amount": amount, "currency": "USD", **more}


_MONEY = {"amount": "3.00", "currency": "USD"}
_TIERS = [{"up_to": 5, "unit_amount": "9"}, {"up_to": None, "unit_amount": "8"}]
_PAID = {
    "id": "a",
    "name": "A",
    "rank": 1,
    "features": ["x"],
    "prices": [_usd("5.00"), {"unit": "guest", "currency": "USD", "tiers": _TIERS}],
}
_DEARER = {**_PAID, "id": "b", "name": "B", "rank": 2, "features": []}
_ADD_ON = {"id": "sms", "name": "SMS", "prices": [_usd("1.00")], "family": "sms"}
EVERY_CHANGE: dict[str, Any] = {
    "catalog": {
        "plans": [_PAID, _DEARER],
        "add_ons": [_ADD_ON, {**_ADD_ON, "id": "sms2", "rank": 1}],
        "services": [{"id": "setup", "name": "Set-up", "price": _MONEY}],
    },
    "rules": {
        "max_freeze_days": 60,
        "settlement": "monthly",
        "notice_days": 5,
        "longer_interval": "period_end",
    },
    "plan": "a",
    "interval": "quarter",
    "seats": {"seat": 4, "guest": 7},
    "on": "2026-01-31",
    "until": "2027-03-01",
    "tax_rates": [{"id": "vat", "rate": "0.19"}],
    "changes": [
        {"on": "2026-02-01", "change": "add_add_on", "add_on": "sms", "quantity": 2},
        {"on": "2026-02-02", "change": "set_seats", "seats": 9, "unit": "guest"},
        {"on": "2026-02-03", "change": "switch_plan", "plan": "b"},
        {"on": "2026-02-04", "change": "buy_service", "service": "setup"},
        {"on": "2026-02-04", "change": "charge_fee", "id": "late", "amount": _MONEY},
        {"on": "2026-02-05", "change": "freeze"},
        {"on": "2026-02-25", "change": "unfreeze"},
        {
            "on": "2026-03-01",
            "change": "apply_discount",
            "discount": {"id": "off", "amount_off": _MONEY, "periods": 2},
        },
        {
            "on": "2026-03-02",
            "change": "switch_package",
            "add_on": "sms",
            "package": "sms2",
        },
        {
            "on": "2026-03-03",
            "changes": [
                {"change": "remove_seats", "seats": 2},
                {"change": "add_seats", "seats": 1, "unit": "guest"},
                {"change": "cancel", "reason": "tired"},
            ],
        },
        {"on": "2026-03-04", "change": "resume"},
        {
            "on": "2026-03-05",
            "change": "reprice",
            "plan": {**_DEARER, "prices": [_usd("6.00"), *_PAID["prices"][1:]]},
            "from_day": "2026-08-01",
        },
        {"on": "2026-03-06", "change": "switch_interval", "interval": "year"},
        {"on": "2026-03-07", "change": "withdraw_pending", "kind": "interval"},
        {"on": "2026-06-01", "change": "remove_discount", "id": "off"},
        {"on": "2026-06-02", "change": "remove_add_on", "add_on": "sms2"},
        {
            "on": "2026-06-03",
            "change": "grant_credit",
            "amount": _MONEY,
            "reason": "sorry",
        },
        {
            "on": "2026-06-04",
            "change": "set_recipient",
            "recipient": {"name": "N", "country": "IE"},
        },
        {"on": "2026-09-01", "change": "cancel", "timing": "immediate"},
    ],
}
"""A story with each change in it."""


class Door(NamedTuple):
    """A sound document, and what reads it."""

    name: str
    read: Callable[[Any], Any]
    document: Any


@functools.cache
def _kept(name: str) -> Any:
    """Return a document that an earlier version stored."""
    return load(parse((DOCUMENTS / f"{name}.json").read_text("utf-8")))


def _stored(data: Any) -> Any:
    """Read a stored document, and write it again."""
    catalog, rules = _kept("catalog"), _kept("billing_rules")
    return dump(load(data, catalogs=catalog, rules=rules))


def doors() -> list[Door]:
    """Return every door with the documents that it reads."""
    found = [
        Door("bill", bill, EVERYTHING),
        Door("every change", bill, EVERY_CHANGE),
        Door("change", change, CHANGE),
        Door("change by reference", change, REFERRING),
    ]
    examples = sorted((TESTS.parent / "examples").glob("*.json"))
    found += [
        Door(path.stem, bill, parse(path.read_text("utf-8"))) for path in examples
    ]
    for path in sorted((TESTS / "documents").rglob("*.json")):
        data = parse(path.read_text(encoding="utf-8"))
        data["seatbill"] = 1
        found.append(Door(path.stem, _stored, data))
    return found


def text_of(document: Any, seed: int) -> str:
    """Return the text of *document* with some things wrong with it."""
    dice = random.Random(seed)
    if dice.random() < 0.5:  # nearly right: it comes far
        found = copy.deepcopy(document)
        for _ in range(dice.randint(1, 3)):
            _another(found, dice)
    else:
        found = mutated(document, seed)
        for _ in range(dice.randint(0, 2)):
            found = _worse(found, dice)
    text = json.dumps(found, default=str, ensure_ascii=dice.random() < 0.5)
    return _spoiled(text, dice) if dice.random() < 0.15 else text


def _another(document: Any, dice: random.Random) -> None:
    """Put another value of its kind in one place of *document*."""
    places = [(h, k) for h, k in _places(document) if not isinstance(h[k], dict)]
    holder, key = dice.choice(places)
    value = holder[key]
    like = [h[k] for h, k in places if type(h[k]) is type(value)]
    if type(value) is int:
        like += [0, 1, 2, value + 1, value * 2, -value, 10**6, 10**12]
    elif isinstance(value, str) and value[:2] == "20":
        day = f"20{dice.randint(25, 29)}-{dice.randint(1, 12):02}"
        like += [f"{day}-{dice.randint(1, 28):02}" for _ in range(3 * len(like))]
    elif isinstance(value, list):
        like = [value[1:], value[:-1], value[::-1], value + value[:1]]
    holder[key] = copy.deepcopy(dice.choice(like))


def _worse(document: Any, dice: random.Random) -> Any:
    """Return *document* with one thing more wrong."""
    places = list(_places(document))
    if not places:
        return copy.deepcopy(dice.choice(_ODD))
    holder, key = dice.choice(places)
    other, name = dice.choice(places)
    value = holder[key]
    kind = dice.choice(("odd", "odd", "swap", "many", "text", "number", "nest", "keys"))
    if kind == "odd":
        holder[key] = copy.deepcopy(dice.choice(_ODD))
    elif kind == "swap":
        holder[key] = copy.deepcopy(other[name])
    elif kind == "many" and isinstance(value, list):
        holder[key] = [*value, *[copy.deepcopy(v) for v in value[:3] * 40]]
    elif kind == "text":
        holder[key] = str(value)[:100]
    elif kind == "number" and isinstance(value, str):
        holder[key] = dice.choice((len(value), -len(value), float(len(value))))
    elif kind == "nest":
        holder[key] = deep(dice.choice((3, 60, 64, 65, 200)))
    elif kind == "keys" and isinstance(holder, dict):
        holder[dice.choice(("k" * 5000, "\ud800", "a\x00", "é", "__proto__"))] = value
    return document


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Return every object and list with each of its keys, not too deep."""
    todo = [data]
    while todo:
        found = todo.pop()
        if isinstance(found, dict | list):
            for key in found if isinstance(found, dict) else range(len(found)):
                yield found, key
                todo.append(found[key])


def _spoiled(text: str, dice: random.Random) -> str:
    """Return a JSON *text* that is none any more, or says something twice."""
    at = dice.randrange(len(text) + 1)
    kind = dice.choice(("cut", "doubled", "digits", "nest", "sign", "key", "word"))
    if kind == "cut":
        return text[:at]
    if kind == "doubled":
        return text[:at] + text[at : at + 40] * 2 + text[at:]
    if kind == "key":
        return text.replace("{", '{"on": 1, "on": 2, ', 1)
    filling = {
        "digits": "9" * dice.choice((20, 300, 5000)),
        "nest": "[" * dice.choice((10, 500, 50_000)),
        "sign": dice.choice('{}[]",:\\\x00\x01é'),
        "word": dice.choice(("NaN", "-Infinity", "1e999999999999999999", "1E400")),
    }[kind]
    return text[:at] + filling + text[at + 1 :]


def feed(door: Door, seed: int) -> str:
    """Feed one document; return what came of it: ``answered``, or a code."""
    try:
        door.read(parse(text_of(door.document, seed)))
    except SeatbillError as error:
        refused = error
    else:
        return "answered"
    assert str(refused)
    problems = getattr(refused, "problems", ())
    assert len(problems) <= 1001
    assert all(p.where and p.message for p in problems)
    return problems[0].code if problems else refused.code


COMMANDS = (("bill",), ("preview",), ("show",), ("explain",), ("bill", "--lines"))


def feed_shell(door: Door, seed: int, folder: Path) -> str:
    """Feed one document to the shell; return its exit code."""
    file = folder / "document.json"
    file.write_text(text_of(door.document, seed), "utf-8", "backslashreplace")
    command = COMMANDS[seed % len(COMMANDS)]
    out, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        code = shell([*command, str(file)])
    assert code in (0, 2), code
    assert code == 0 or told.getvalue() or out.getvalue()
    return f"exit {code}"


class Escape(NamedTuple):
    """A document that was neither answered nor refused, or that took too long."""

    door: str
    seed: int
    what: str


def run(count: int, first: int, out: Any = None) -> tuple[Counter[str], list[Escape]]:
    """Feed *count* documents; every twentieth goes to the shell."""
    every, told, escapes = doors(), Counter[str](), list[Escape]()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            door = every[seed % len(every)]
            began = time.process_time()
            try:
                if seed % 20:
                    told[feed(door, seed)] += 1
                else:
                    told[feed_shell(door, seed, Path(folder))] += 1
            except Exception:  # noqa: BLE001 (whatever it is, it is told)
                escapes.append(Escape(door.name, seed, traceback.format_exc()))
            took = time.process_time() - began
            if took > SLOWEST:
                escapes.append(Escape(door.name, seed, f"it took {took:.1f} s"))
            if out is not None and not (seed + 1 - first) % 10_000:
                print(f"{seed + 1 - first} fed, {len(escapes)} escaped", file=out)
    return told, escapes


def main(count: int = 2000, seed: int = 1) -> int:
    """Feed documents, and print what came of them; return 1 where one escaped."""
    told, escapes = run(count, seed, sys.stdout)
    for name, times in told.most_common():
        print(f"{times:8} {name}")
    for escape in escapes:
        print(f"\nescaped: {escape.door}, seed {escape.seed}\n{escape.what}")
    return 1 if escapes else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
