"""The desk's nightly job is killed at random statements, and started again.

The small form kills five times; ``make desk-check`` kills twenty times, with more
customers.  `examples/desk/README.md` has the figures of the whole form.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed")
pytest.importorskip("jinja2", reason="Jinja2 is not installed")

import sqlalchemy as sa
from desk import billing, demo
from desk.outside import Charge, Mail
from desk.store import Account, Bill, History, Order, Outbox
from desk.wishes import WISHES
from sqlalchemy.orm import Session

import desk_dying
import desks
from seatbill import bill, change

WHOLE = os.environ.get("SEATBILL_DESK") == "whole"
KILLS, OF_EACH = (20, 10) if WHOLE else (5, 1)
TESTS = Path(__file__).parent
NIGHT = "2026-07-02"  # three months are due at once


def night(address, last=0):
    """Run the job until the statement *last*; return the number of them, 0 if killed.

    In the whole form each is a process of its own, and ends as one does that is killed.
    """
    if not WHOLE:
        try:
            return desk_dying.main(address, NIGHT, last, desk_dying.unplug)
        except desk_dying.UnpluggedError:
            return 0
    found = subprocess.run(
        [sys.executable, TESTS / "desk_dying.py", address, NIGHT, str(last)],
        env=os.environ | {"PYTHONPATH": str(TESTS.parent / "examples")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode in (0, desk_dying.GONE), found.stderr
    return int(found.stdout or 0)


def fill(desk):
    """Sell to more customers, and leave an order of each kind half carried out."""
    with desk.sessions() as db:
        for n in range(OF_EACH):
            for name, customer in demo.CUSTOMERS.items():
                demo.sell(db, f"{name}-{n}", customer, desks.day("04-01"))
        for id in ("acme", "brook", "dune"):
            account = db.get_one(Account, id)
            form = {"add_on": "quotes", "seats": "1", "quantity": "1"}
            form["unit"] = account.sold.units[0]
            wish = WISHES["add_add_on" if id == "dune" else "add_seats"]
            asked = wish.change(form, account, {})
            outcome = change(account.state, asked, on=desks.day("04-16"))
            billing.offer(db, account, f"half-{id}", wish.action, outcome)
            order = db.get_one(Order, f"half-{id}")
            order.accepted_on, account.claim = desks.day("04-16"), order.key
            db.commit()


def told(address):
    """Return all that a night comes to, so that two of them can be compared."""
    engine = sa.create_engine(address)
    with Session(engine) as db:

        def each(kind, *names):
            rows = db.scalars(sa.select(kind)).all()
            return sorted(
                (tuple(getattr(row, name) for name in names) for row in rows),
                key=lambda row: str(row[:2]),
            )

        found = {
            "accounts": each(Account, "id", "state", "due", "claim"),
            "bills": each(Bill, "key", "is_paid", "invoice"),
            "charges": each(Charge, "key", "amount"),
            "mails": each(Mail, "key", "account"),
            "history": each(History, "account", "version_before", "outcome"),
            "waiting": [row for row in each(Outbox, "key", "is_sent") if not row[1]],
        }
        numbers = sorted(db.scalars(sa.select(Bill.number)))
    engine.dispose()
    return found, numbers


def check(found, numbers):
    """Assert that all is billed once, paid once, numbered without a gap."""
    assert numbers == [f"INV-{n:06}" for n in range(1, len(numbers) + 1)]
    bills = {key: invoice.amount_due for key, _, invoice in found["bills"]}
    sold = {f"{id}:1" for id, *_ in found["accounts"]}  # paid when they were sold
    assert dict(found["charges"]) == {k: v for k, v in bills.items() if k not in sold}
    assert all(is_paid for _, is_paid, _ in found["bills"])
    assert not found["waiting"]
    assert {claim for *_, claim in found["accounts"]} == {None}
    for id, state, *_ in found["accounts"]:
        mine = [outcome for owner, _, outcome in found["history"] if owner == id]
        kept = [i for outcome in mine for i in outcome.invoices]
        assert {i.key: i.amount_due for i in kept} == {
            key: amount for key, amount in bills.items() if key.split(":")[0] == id
        }
        if not id.startswith("ember"):  # what is measured is known to the desk alone
            asked = [(o.on, o.changes) for o in mine[1:] if o.changes]
            again = bill(mine[0], asked, until=desks.day("07-02"))
            assert again.subscription == state
            assert again.invoices == tuple(kept)


def test_a_night_that_is_killed_again_and_again_bills_everything_once(tmp_path):
    with desks.opened(tmp_path) as desk:
        fill(desk)
    path = desk.address.removeprefix("sqlite:///")
    with sa.create_engine(desk.address).connect() as raw:
        raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, f"{path}-calm")
    began = time.monotonic()
    statements = night(f"{desk.address}-calm")
    quiet = time.monotonic() - began
    expected, numbers = told(f"{desk.address}-calm")
    check(expected, numbers)

    dice = random.Random(12)
    for _ in range(KILLS):  # each gets less far than would end the work too early
        last = dice.randint(2, statements // KILLS)
        assert night(desk.address, last) == 0, "it came to its end alive"
    assert night(desk.address) > 0
    found, after = told(desk.address)
    check(found, after)
    assert found == expected
    assert len(after) == len(numbers)
    print(
        f"\n{len(found['accounts'])} customers, {len(after)} invoices, "
        f"{statements} statements in {quiet:.1f} s; killed {KILLS} times"
    )
