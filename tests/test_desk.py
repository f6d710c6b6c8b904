"""The desk in ``examples/desk``: its stories, and all that it refuses."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed")
pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed")
pytest.importorskip("jinja2", reason="Jinja2 is not installed")

import sqlalchemy as sa
from desk import __main__, billing, demo, nightly, sessions, settings
from desk.french import FRENCH
from desk.outside import Charge, Mail
from desk.refusals import OURS
from desk.store import Account, Asked, Base, Bill, History, Order, Outbox
from desk.visits import PAGES
from desk.wishes import WISHES

import desk_stories
import desks
from seatbill import Money
from seatbill.errors import SeatbillError
from seatbill.quotes import Quote

KEY = "0123456789abcdef" * 2


@pytest.fixture
def desk(tmp_path):
    with desks.opened(tmp_path) as found:
        yield found


@pytest.fixture
def owner(desk):
    client = desks.Client()
    client.sign_in("owner@acme")
    return client


def token(client):
    """Return the token of the forms of this session."""
    return re.search('name="token" value="([0-9a-f]+)"', client.open("/").text)[1]


def ask(client, change, path="/accounts/acme/orders", **fields):
    """Send a wish as a page would, and answer as to a program."""
    given = {"token": token(client), "key": KEY, "version": "1", "change": change}
    return client.send(
        "POST", path, given | fields, accept="application/json", follow=False
    )


def agree(client, key=KEY, account="acme"):
    path = f"/accounts/{account}/orders/{key}"
    given = {"token": token(client)}
    return client.send("POST", path, given, accept="application/json", follow=False)


def refused(answer):
    return answer.status_code, answer.json()["code"]


def rows(desk, kind):
    with desk.sessions() as db:
        return db.scalars(sa.select(kind)).all()


SEATS = {"seats": "1", "unit": "seat"}

# ------------------------------------------------------------------------- stories


@pytest.mark.parametrize("story", desk_stories.STORIES, ids=lambda one: one.__name__)
def test_a_story_of_each_system(desk, story):
    story(desk, desks.Client())


def test_the_pages_are_in_french_too(desk):
    walk = desks.Client("fr")
    walk.sign_in("owner@acme")
    desk_stories.has(walk, "Abonnement", "24,95", "Prochaine facture")
    walk.open("/accounts/acme/people")
    walk.press("Inviter", person="eve")
    walk.press("Inviter", person="fay")
    assert walk.status == 409
    desk_stories.has(walk, "Cela ne va pas ainsi")
    assert 'lang="fr"' in walk.html
    walk.open("/accounts/acme/plans")
    walk.press("English")
    desk_stories.has(walk, "Plans", "Sign out")
    assert walk.path == "/accounts/acme/plans"


def test_a_browser_that_asks_for_french_gets_it(desk):
    client = desks.Client()
    client.cookies = {}
    assert 'lang="en"' in client.open("/").text
    assert 'lang="fr"' in client.open("/?lang=fr").text


def test_all_words_of_the_desk_are_in_french():
    words = {
        found
        for path in Path(PAGES.loader.searchpath[0]).glob("*.html")
        for found in re.findall(r'_\("([^"]+)"', path.read_text())
        + re.findall(r"_\('([^']+)'", path.read_text())
    }
    ours = {part for error in OURS for part in (error.sentence, error.remedy)}
    assert words | ours | {"{sentence}: {remedy}."} == set(FRENCH)


def test_no_page_runs_a_script():
    for path in Path(PAGES.loader.searchpath[0]).iterdir():
        assert not re.search(r"<script|\son\w+=|javascript:", path.read_text())


# -------------------------------------------------------------------- compare and set


def test_of_two_changes_of_one_version_the_second_is_told(desk, owner):
    assert ask(owner, "add_seats", **SEATS).status_code == 303
    assert ask(owner, "add_seats", **SEATS | {"key": "f" * 32}).status_code == 303
    assert agree(owner).status_code == 303
    assert refused(agree(owner, "f" * 32)) == (409, "stale_version")
    assert [each.key for each in rows(desk, Charge)] == ["acme:2"]


def test_an_account_that_is_being_changed_is_not_changed_by_another_order(desk, owner):
    ask(owner, "add_seats", **SEATS)
    with desk.sessions() as db:
        db.get_one(Account, "acme").claim = "another"
        db.commit()
    assert refused(agree(owner)) == (409, "stale_version")


def test_nothing_is_changed_while_an_order_is_carried_out(desk, owner, monkeypatch):
    """While we pay no lock is held, and the claim keeps all others out."""
    ask(owner, "add_seats", **SEATS)
    other, told = desks.Client(), []
    other.sign_in("owner@acme")
    pay = desk.world.pay

    def meanwhile(*given):
        pay(*given)
        form = {"key": "e" * 32, "person": "eve", "unit": "seat"}
        told.append(refused(ask(other, "", "/accounts/acme/people", **form)))
        told.append(refused(ask(other, "cancel", key="d" * 32)))

    monkeypatch.setattr(desk.world, "pay", meanwhile)
    assert agree(owner).status_code == 303
    assert told == [(409, "stale_version")] * 2


def test_of_two_clicks_at_once_both_find_it_done(desk, owner, monkeypatch):
    ask(owner, "add_seats", **SEATS)
    pay, told = desk.world.pay, []

    def meanwhile(*given):
        monkeypatch.setattr(desk.world, "pay", pay)
        told.append(agree(owner).status_code)
        pay(*given)

    monkeypatch.setattr(desk.world, "pay", meanwhile)
    assert (agree(owner).status_code, told) == (303, [303])
    assert [each.key for each in rows(desk, Charge)] == ["acme:2"]


def test_who_is_overtaken_while_paying_is_told_and_the_night_goes_on(
    desk, owner, monkeypatch
):
    ask(owner, "add_seats", **SEATS)
    pay = desk.world.pay

    def meanwhile(*given):
        pay(*given)
        with desk.sessions() as db:
            db.get_one(Account, "acme").usage = {"meanwhile": 1}
            db.commit()

    with monkeypatch.context() as patched:
        patched.setattr(desk.world, "pay", meanwhile)
        assert refused(agree(owner)) == (409, "stale_version")
    assert desk.night("04-17") == 0
    assert [order.is_done for order in rows(desk, Order)] == [True]


def test_the_same_click_twice_is_done_once(desk, owner):
    ask(owner, "add_seats", **SEATS)
    assert [agree(owner).status_code for _ in range(3)] == [303, 303, 303]
    assert owner.open(f"/accounts/acme/orders/{KEY}").status_code == 200
    desk_stories.has(owner, "Done.")
    (account,) = [each for each in rows(desk, Account) if each.id == "acme"]
    assert account.state.version == 2
    assert len(rows(desk, Charge)) == 1


def test_the_same_form_twice_is_one_order(desk, owner):
    first = ask(owner, "add_seats", **SEATS)
    assert ask(owner, "add_seats", **SEATS).headers == first.headers
    assert len(rows(desk, Order)) == len(rows(desk, Asked)) == 1


def test_a_key_with_another_content_is_refused(desk, owner):
    ask(owner, "add_seats", **SEATS)
    many = SEATS | {"seats": "100"}
    assert refused(ask(owner, "add_seats", **many)) == (409, "key_reused")
    assert refused(ask(owner, "add_seats", **SEATS, key="1")) == (409, "key_reused")
    assert len(rows(desk, Order)) == 1


# -------------------------------------------------------------------- ask, pay, keep


def decline(key, amount):
    raise billing.PaymentFailedError(amount)


def test_a_payment_that_fails_leaves_everything_as_it_was(desk, owner, monkeypatch):
    ask(owner, "add_seats", **SEATS)
    with monkeypatch.context() as patched:
        patched.setattr(desk.world, "pay", decline)
        assert refused(agree(owner)) == (402, "payment_failed")
        owner.open(f"/accounts/acme/orders/{KEY}")
        owner.press("Yes, pay $2.50")
        desk_stories.has(owner, "The payment of $2.50 failed: use another card.")
    (account,) = [each for each in rows(desk, Account) if each.id == "acme"]
    assert (account.state.version, account.claim) == (1, None)
    assert agree(owner).status_code == 303
    (paid,) = rows(desk, Charge)
    assert (paid.key, paid.amount) == ("acme:2", Money("2.50", "USD"))  # 4.99 × 15/30


def test_the_night_finishes_what_died_after_the_money_was_taken(desk, owner):
    ask(owner, "add_seats", **SEATS)

    class PlugPulledError(Exception):
        pass

    pay = desk.world.pay

    def die(key, amount):
        pay(key, amount)
        raise PlugPulledError

    with desk.sessions() as db:
        order, account = db.get_one(Order, KEY), db.get_one(Account, "acme")
        with pytest.raises(PlugPulledError):
            billing.confirm(db, account, order, desk.day, die)
    # a day later the share is smaller, and the key the same: the first day counts
    assert desk.night("04-17") == 0
    (paid,) = rows(desk, Charge)
    assert paid.amount == Money("2.50", "USD")
    (order,) = rows(desk, Order)
    assert order.is_done
    (account,) = [each for each in rows(desk, Account) if each.id == "acme"]
    assert (account.state.version, account.claim) == (2, None)


def test_an_invoice_of_the_night_stays_open_until_it_is_paid(desk, owner, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(desk.world, "pay", decline)
        assert desk.night("05-01") == 4  # all but the one of a quarter
    owner.open("/accounts/acme/invoices")
    desk_stories.has(owner, "Open")
    owner.open("/accounts/acme/invoices/INV-000006")
    owner.press("Pay $24.95")
    desk_stories.has(owner, "Paid")
    assert desk.night("05-02") == 0
    assert len(rows(desk, Charge)) == 4
    assert all(bill.is_paid for bill in rows(desk, Bill))


def test_an_account_that_fails_stops_no_other(desk, capsys, monkeypatch):
    with desk.sessions() as db:
        db.get_one(Account, "acme").claim = "gone"
        ruined = demo.CUSTOMERS["acme"]
        demo.sell(db, "aaa", ruined, desks.FIRST_DAY)
        db.commit()

    def fail(*_):
        raise SeatbillError("broken")

    catch_up = nightly.catch_up
    monkeypatch.setattr(
        nightly,
        "catch_up",
        lambda db, account, *rest: (fail if account.id == "acme" else catch_up)(
            db, account, *rest
        ),
    )
    assert desk.night("05-01") == 1
    assert "acme: broken" in capsys.readouterr().err
    assert len([bill for bill in rows(desk, Bill) if bill.key.endswith(":2")]) == 4


def test_a_mail_is_written_once_for_each_thing(desk):
    for night in ("04-20", "04-21", "05-01"):
        assert desk.night(night) == 0
    keys = [each.key for each in rows(desk, Mail)]
    assert (
        len(keys)
        == len(set(keys))
        == len([row for row in rows(desk, Outbox) if row.kind == "mail"])
    )
    (near,) = [key for key in keys if key.startswith("acme:renewal_near:2026-05-01")]
    assert near


# ------------------------------------------------------------------------- attacks


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/brook",
        "/accounts/brook/plans",
        "/accounts/brook/people",
        "/accounts/brook/add-ons",
        "/accounts/brook/invoices",
        "/accounts/brook/invoices/INV-000002",
        "/accounts/brook/invoices/INV-000002/file",
        "/accounts/nobody",
        "/accounts/acme/invoices/INV-000002",
        "/accounts/acme/invoices/INV-000002/file",
        "/accounts/acme/orders/theirs",
    ],
)
def test_another_customers_things_are_answered_like_none(desk, owner, path):
    with desk.sessions() as db:
        row = {"key": "theirs", "account": "brook", "action": "manage"}
        quoted = {"outcome": rows(desk, History)[0].outcome, "until": desk.day}
        quote = Quote(number="theirs", **quoted)
        db.add(Order(**row, quote=quote))
        db.commit()
    assert owner.open(path).status_code == 404
    assert "Brook" not in owner.text


def test_another_customers_account_is_not_changed(desk, owner):
    for path in (
        "/accounts/brook/orders",
        "/accounts/brook/people",
        "/accounts/brook/people/gone",
        "/accounts/brook/teams",
        "/accounts/brook/invoices/INV-000002/payment",
        "/accounts/acme/invoices/INV-000002/payment",
        "/accounts/acme/invoices/INV-000002/corrections",
        "/accounts/acme/invoices/INV-000002/decision",
    ):
        found = ask(owner, "cancel", path, person="x", unit="user")
        assert found.status_code in (403, 404), path
    assert not rows(desk, Asked)


def test_an_order_of_another_is_not_confirmed(desk, owner):
    other = desks.Client()
    other.sign_in("owner@brook")
    ask(owner, "add_seats", **SEATS)
    assert refused(agree(other, account="brook")) == (404, "unknown_item")
    assert agree(other).status_code == 404


@pytest.mark.parametrize("change", ["", "grant_credit", "set_tax_rates", "reprice"])
def test_a_change_that_is_not_theirs_does_not_exist(desk, owner, change):
    assert refused(ask(owner, change)) == (404, "unknown_item")


@pytest.mark.parametrize(
    ("version", "answer"),
    [
        ("999", (409, "stale_version")),
        ("0", (409, "stale_version")),
        ("-1", (422, "wrong_type")),
        ("1.0", (422, "wrong_type")),
        ("٣", (422, "wrong_type")),
        ("9" * 5000, (422, "wrong_type")),
        ("", (422, "wrong_type")),
    ],
)
def test_a_forged_version_is_refused(desk, owner, version, answer):
    assert refused(ask(owner, "add_seats", **SEATS, version=version)) == answer
    assert not rows(desk, Order)


@pytest.mark.parametrize(
    ("change", "fields", "answer"),
    [
        ("add_seats", {"seats": "0", "unit": "seat"}, (422, "out_of_bounds")),
        ("add_seats", {"seats": "1", "unit": "gold"}, (404, "unknown_item")),
        ("switch_plan", {"plan": "own"}, (404, "unknown_item")),
        ("switch_interval", {"interval": "day"}, (404, "unknown_item")),
        ("add_add_on", {"add_on": "x", "quantity": "1"}, (404, "unknown_item")),
        ("withdraw", {"kind": "plan"}, (404, "unknown_item")),
        ("resume", {}, (409, "nothing_pending")),
    ],
)
def test_what_a_page_does_not_offer_is_refused(desk, owner, change, fields, answer):
    assert refused(ask(owner, change, **fields)) == answer


HOSTILE = '<script>alert("x")</script>&<img src=x onerror=alert(1)>'


def test_a_script_in_a_name_is_a_name(desk, owner):
    owner.open("/accounts/acme/people")
    owner.press("Invite", person=HOSTILE)
    assert "<script" not in owner.html
    assert "<img" not in owner.html
    assert "&lt;script&gt;" in owner.html
    policy = owner.open("/accounts/acme/people").headers["content-security-policy"]
    assert "script" not in policy
    assert "default-src 'none'" in policy
    owner.press(f"Deactivate {HOSTILE}")
    desk_stories.has(owner, "Gone since")


def test_a_script_in_a_recipient_is_a_recipient(desk, owner):
    owner.open("/accounts/acme/invoices/INV-000001")
    owner.press("Ask", name=HOSTILE, address=HOSTILE, country="IE", from_now_on="on")
    other = desks.Client()
    other.sign_in("billing@acme")
    other.open("/accounts/acme/invoices/INV-000001")
    other.press("Accept")
    for path in ("/INV-000001", "/INV-000006", "/INV-000006/file", ""):
        assert other.open(f"/accounts/acme/invoices{path}").status_code == 200
        assert "<script" not in other.html
    (account,) = [each for each in rows(desk, Account) if each.id == "acme"]
    assert account.state.recipient.name == HOSTILE


@pytest.mark.parametrize(
    ("role", "change", "fields", "status"),
    [
        ("auditor", "add_seats", SEATS, 403),
        ("auditor", "switch_plan", {"plan": "pro"}, 403),
        ("buyer", "add_seats", SEATS, 303),
        ("buyer", "switch_plan", {"plan": "pro"}, 403),
        ("buyer", "cancel", {}, 403),
        ("billing", "cancel", {}, 403),
        ("owner", "cancel", {}, 303),
    ],
)
def test_roles_see_buy_or_change(desk, role, change, fields, status):
    client = desks.Client()
    client.sign_in(f"{role}@acme")
    assert client.status == 200  # all of them see
    found = ask(client, change, **fields)
    assert found.status_code == status
    if status == 403:
        assert found.json()["code"] == "permission_refused"
        assert not rows(desk, Order)


def test_who_may_not_is_shown_no_button_and_confirms_nothing(desk, owner):
    ask(owner, "cancel")
    client = desks.Client()
    client.sign_in("auditor@acme")
    for page in ("", "/plans", "/people", "/add-ons", f"/orders/{KEY}"):
        client.open(f"/accounts/acme{page}")
        assert set(client.page.buttons) == {"Sign out", "Français"}
    assert refused(agree(client)) == (403, "permission_refused")
    for path in ("people", "people/gone", "teams", "invoices/INV-000001/payment"):
        assert ask(client, "", f"/accounts/acme/{path}").status_code == 403


def test_who_asks_for_a_correction_does_not_decide(desk, owner):
    owner.open("/accounts/acme/invoices/INV-000001")
    owner.press("Ask", name="Other", address="Cork", country="IE")
    assert "Accept" not in owner.page.buttons
    found = ask(owner, "", "/accounts/acme/invoices/INV-000001/decision")
    assert refused(found) == (403, "permission_refused")


def test_a_form_of_another_site_is_refused(desk, owner):
    cookie = owner.open("/").request.headers["cookie"]
    assert "desk=" in cookie
    stranger = desks.Client()
    theirs = token(stranger)  # a token of another session
    for given in ({}, {"token": ""}, {"token": theirs}):
        found = owner.send("POST", "/accounts/acme/orders", given, "application/json")
        assert refused(found) == (403, "foreign_form")
    owner.send("POST", "/accounts/acme/orders", {})
    desk_stories.has(owner, "This form does not come from a page of yours")


def test_the_cookie_is_for_this_site_and_for_no_script(desk):
    client = desks.Client()
    client.open("/")
    action, fields = client.form("Sign in")
    answer = client.send("POST", action, fields, follow=False)
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said


def test_a_form_that_is_too_long_is_refused(desk, owner):
    assert refused(ask(owner, "cancel", more="x" * 20_000)) == (403, "foreign_form")


def test_a_forged_or_an_old_session_is_none(desk, owner, monkeypatch):
    mine = owner.cookies["desk"]
    name, until, nonce, signature = mine.split(".")
    other = sessions.opened("owner@brook").split(".")[0]
    forged = (
        "",
        "x",
        f"{other}.{until}.{nonce}.{signature}",
        f"{name}.9999999999.{nonce}.{signature}",
        mine[:-1] + "x",
    )
    client = desks.Client()
    for cookie in forged:
        client.cookies = {"desk": cookie}
        assert client.open("/accounts/acme").status_code == 404
    monkeypatch.setattr(time, "time", lambda: int(until) + 1)
    assert owner.open("/accounts/acme").status_code == 404


def test_signing_in_as_nobody_is_refused(desk):
    client = desks.Client()
    client.open("/")
    assert client.press("Sign in", person="nobody").status_code == 404


def test_a_language_leads_back_to_a_page_of_ours(desk, owner):
    owner.open("/accounts/acme")
    owner.press("Français", back="https://evil.example/")
    assert owner.path == "/"


# --------------------------------------------------------------------------- the rest


def test_a_correction_is_corrected_again(desk, owner):
    other = desks.Client()
    other.sign_in("billing@acme")
    page = "/accounts/acme/invoices/INV-000001"
    for name in ("First", "Second"):
        owner.open(page)
        owner.press("Ask", name=name, address="Cork", country="IE")
        other.open(page)
        other.press("Accept")
    desk_stories.has(other, "First", "Second")
    keys = [bill.key for bill in rows(desk, Bill)]
    assert {"acme:1/correction-1", "acme:1/correction-2"} < set(keys)
    owner.open(page)
    owner.press("Ask", name="Third", address="Cork", country="IE")
    other.open(page)
    other.press("Reject")
    desk_stories.has(other, "Rejected")


def test_an_invoice_is_downloaded_as_a_page_of_its_own(desk, owner):
    found = owner.open("/accounts/acme/invoices/INV-000001/file")
    assert found.headers["content-disposition"].startswith("attachment")
    desk_stories.has(owner, "INV-000001", "Desk Ltd", "Acme Ltd", "$24.95")


def test_the_command_fills_serves_and_runs_the_night(tmp_path, monkeypatch):
    import uvicorn

    told = []
    address = f"sqlite:///{tmp_path}/own.sqlite"
    monkeypatch.setattr(settings, "DATABASE", address)
    monkeypatch.setattr(settings, "FIXED_DAY", "2026-04-01")
    monkeypatch.setattr(uvicorn, "run", lambda *how, **more: told.append((how, more)))
    assert __main__.main(["--workers", "2"]) == 0
    assert told == [(("desk.app:app",), {"port": 8000, "workers": 2})]
    assert __main__.main(["nightly"]) == 0
    engine = sa.create_engine(address)
    assert sorted(sa.inspect(engine).get_table_names()) == sorted(
        [*Base.metadata.tables, "outside_charge", "outside_mail"]
    )
    engine.dispose()


def test_every_wish_has_its_button():
    folder = Path(PAGES.loader.searchpath[0])
    said = "".join(path.read_text() for path in folder.glob("*.html"))
    assert all(f'"{name}"' in said for name in WISHES)
