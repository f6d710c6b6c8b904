"""The desk under a load: one wins, the others are told, and nobody else waits long.

The small form has 20 customers and one process; ``make desk-check`` has 1,000 and two.
`examples/desk/README.md` has the figures of the whole form.
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed")
pytest.importorskip("uvicorn", reason="uvicorn is not installed")

import httpx
import sqlalchemy as sa
from desk import billing, demo, sessions, settings
from desk.outside import Charge, Outside, World
from desk.store import Account, Base, Bill, connected, made, writing
from desk.wishes import WISHES

import desks
from seatbill import change

WHOLE = os.environ.get("SEATBILL_DESK") == "whole"
CUSTOMERS, VISITORS, AT_ONCE = (1000, 200, 50) if WHOLE else (10, 10, 12)
DAY = desks.day("04-16")
ROOT = Path(__file__).parents[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/load.sqlite"
    found = request.getfixturevalue("postgres")
    engine = sa.create_engine(found)
    for metadata in (Outside.metadata, Base.metadata):
        metadata.drop_all(engine)
    engine.dispose()
    return found


@contextlib.contextmanager
def two_workers(address):
    """Serve the desk as it is started, by two processes, and yield where."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    told = {"DESK_DATABASE": address, "DESK_SECRET": "s", "DESK_DAY": DAY.isoformat()}
    process = subprocess.Popen(
        [sys.executable, "-m", "desk", "--workers", "2", "--port", str(port)],
        cwd=ROOT / "examples",
        env=os.environ | told,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    place = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(place)
                break
            time.sleep(0.1)
        yield place
    finally:
        process.terminate()
        process.wait()


def sold(address):
    """Sell to all customers, and return what 50 of one are about to confirm."""
    engine = made(desks.hurried(address))
    World(engine)
    keys = [f"{n:032x}" for n in range(AT_ONCE)]
    with writing(engine)() as db:
        for n in range(CUSTOMERS):
            customer = [*demo.CUSTOMERS.values()][n % 5]
            demo.sell(db, f"c{n:04}", customer, desks.FIRST_DAY)
        account = db.get_one(Account, "c0000")
        for n, key in enumerate(keys):
            form = {"seats": str(n + 1), "unit": "seat"}
            wish = WISHES["add_seats"]
            outcome = change(account.state, wish.change(form, account, {}), on=DAY)
            billing.offer(db, account, key, wish.action, outcome)
    engine.dispose()
    return keys


def cookie_of(account):
    role = "connected" if int(account[1:]) % 5 == 3 else "owner"
    return sessions.opened(f"{role}@{account}")


def confirm(client, key):
    """Confirm an order, and return the status and the code that is told."""
    cookie = cookie_of("c0000")
    found = client.post(
        f"/accounts/c0000/orders/{key}",
        data={"token": sessions.token(cookie)},
        headers={"accept": "application/json", "cookie": f"desk={cookie}"},
    )
    return found.status_code, found.json()["code"] if found.content else None


def visit(client, n):
    """Look at a page, ask for a change and confirm it; return how long each took."""
    account = f"c{n:04}"
    cookie = cookie_of(account)
    home, key = f"/accounts/{account}", f"{n + 10**6:032x}"
    form = {"token": sessions.token(cookie), "key": key, "version": "1"}
    wishes = (
        {"change": "add_seats", "seats": "1", "unit": "seat"},
        {"change": "add_seats", "seats": "1", "unit": "user"},
        {"change": "switch_plan", "plan": "live-50"},
        {"change": "switch_plan", "plan": "m"},
        {"change": "cancel"},
    )
    took = []
    for method, path, data, status in (
        ("GET", home, None, 200),
        ("POST", f"{home}/orders", form | wishes[n % 5], 303),
        ("POST", f"{home}/orders/{key}", form, 303),
    ):
        began = time.monotonic()
        headers = {"cookie": f"desk={cookie}"}
        found = client.request(method, path, data=data, headers=headers)
        took.append(time.monotonic() - began)
        assert found.status_code == status, (path, found.text)
    return took


def shown(values):
    ordered = sorted(values)
    half, most = ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100]
    return f"{1000 * half:.0f} ms, 95 % within {1000 * most:.0f} ms"


@pytest.mark.skipif(not WHOLE, reason="the whole form is for make desk-check")
def test_two_workers_and_a_thousand_customers(address, monkeypatch):
    monkeypatch.setattr(settings, "SECRET", "s")
    keys = sold(address)
    with (
        two_workers(address) as place,
        httpx.Client(base_url=place, timeout=60, verify=False) as client,
    ):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = [*pool.map(lambda key: confirm(client, key), keys)]
        one_wins(answers)
        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            took = [*pool.map(lambda n: visit(client, n), range(1, VISITORS))]
        seconds = time.monotonic() - began
    numbered(address)
    pages, asked, agreed = zip(*took, strict=True)
    print(
        f"\n{address.partition(':')[0]}: {CUSTOMERS} customers, 2 workers, "
        f"{3 * len(took) / seconds:.0f} requests a second; page {shown(pages)}; "
        f"preview {shown(asked)}; change {shown(agreed)}; of {AT_ONCE} at once 1 won"
    )


@pytest.mark.skipif(WHOLE, reason="the test above has more of them")
def test_of_many_changes_at_once_one_wins(address, monkeypatch):
    monkeypatch.setattr(settings, "SECRET", "s")
    keys = sold(address)
    engine = connected(address)
    desks.app.dependency_overrides = {desks.doors.today: lambda: DAY}
    monkeypatch.setattr(desks.app.state, "engine", engine, raising=False)
    monkeypatch.setattr(desks.app.state, "world", World(engine), raising=False)
    with (
        desks.served() as place,
        httpx.Client(base_url=place, timeout=60, verify=False) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        one_wins([*pool.map(lambda key: confirm(client, key), keys)])
    desks.app.dependency_overrides = {}
    gc.collect()  # a traceback may still hold a connection
    engine.dispose()
    numbered(address)


def one_wins(answers):
    """Assert that one was accepted, and that all others were told why not."""
    assert sorted(answers) == [
        (303, None),
        *[(409, "stale_version")] * (AT_ONCE - 1),
    ]


def numbered(address):
    """Assert that numbers have no gap, and that nobody paid for what is not kept."""
    engine = connected(address)
    with writing(engine)() as db:
        numbers = sorted(db.scalars(sa.select(Bill.number)))
        assert numbers == [f"INV-{n:06}" for n in range(1, len(numbers) + 1)]
        kept = {
            bill.key: bill.invoice.amount_due for bill in db.scalars(sa.select(Bill))
        }
        for charge in db.scalars(sa.select(Charge)):
            assert kept[charge.key] == charge.amount
        assert db.get_one(Account, "c0000").state.version == 2
    engine.dispose()
