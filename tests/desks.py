"""A desk to visit: its database, its day, and two ways to walk through its pages.

A story is told once, and walked through over HTTP or in a real Chromium: both open
pages, fill in the form that a button belongs to, and press the button.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import re
import shutil
import socket
import threading
import time
from html.parser import HTMLParser
from pathlib import Path

import httpx
import sqlalchemy as sa
from desk import demo, doors
from desk.app import app
from desk.nightly import nightly
from desk.outside import World
from desk.store import connected, made, writing

FIRST_DAY = dt.date(2026, 4, 1)


def day(text):
    """Return a day of 2026 from ``month-day``."""
    return dt.date.fromisoformat(f"2026-{text}")


def hurried(address):
    """Return a database that trusts the machine: nobody pulls its plug."""
    engine = connected(address)
    if address.startswith("sqlite"):
        hurry = "PRAGMA synchronous = OFF"
        sa.event.listen(engine, "connect", lambda it, _: it.execute(hurry))
    return engine


class Desk:
    """A database with the five customers of the demo, and the day that it is."""

    def __init__(self, address):
        self.address = address
        self.engine = made(hurried(address))
        self.world = World(self.engine)
        self.sessions = writing(self.engine)
        self.day = day("04-16")
        with self.sessions() as db:
            demo.fill(db, FIRST_DAY)

    def open(self):
        """Let the service look at this database and this day."""
        app.state.engine, app.state.world = self.engine, self.world
        app.dependency_overrides = {doors.today: lambda: self.day}

    def night(self, text):
        """Let the night of a day come."""
        self.day = day(text)
        return nightly(self.sessions, self.day, self.world)

    def close(self):
        self.engine.dispose()
        app.dependency_overrides = {}


@contextlib.contextmanager
def opened(folder):
    """Yield a desk in *folder*; the demo is sold once and copied from then on."""
    first = Path(folder).parent / "desk-first.sqlite"
    if not first.exists():
        Desk(f"sqlite:///{first}").close()
    path = Path(folder) / "desk.sqlite"
    shutil.copy(first, path)
    desk = Desk(f"sqlite:///{path}")
    desk.open()
    yield desk
    desk.close()


def plain(text):
    """Return *text* without line breaks and the spaces that locales write."""
    return re.sub(r"\s+", " ", text).strip()


class Reader(HTMLParser):
    """What is on a page: its words, its links, and its forms with their buttons."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.buttons, self.alerts = [], {}, {}, []
        self.form = self.button = self.link = self.field = None
        self.quiet = 0
        self.feed(html)

    def handle_starttag(self, tag, found):
        at = dict(found)
        if tag in ("style", "title"):
            self.quiet += 1
        elif tag == "form":
            self.form = (at["action"], {})
        elif tag == "input" and self.form:
            if at.get("type") != "checkbox":
                self.form[1][at["name"]] = at.get("value", "")
        elif tag in ("select", "textarea") and self.form:
            self.field = at["name"]
            self.form[1].setdefault(self.field, "")
        elif tag == "option" and self.form and not self.form[1][self.field]:
            self.form[1][self.field] = at["value"]
        elif tag == "button":
            self.button = (at.get("name"), at.get("value"), [])
        elif tag == "a":
            self.link = (at["href"], [])

    def handle_endtag(self, tag):
        if tag in ("style", "title"):
            self.quiet -= 1
        elif tag == "form":
            self.form = None
        elif tag == "button":
            name, value, words = self.button
            action, fields = self.form
            own = {} if name is None else {name: value}
            self.buttons[plain(" ".join(words))] = (action, fields, own)
            self.button = None
        elif tag == "a":
            self.links[plain(" ".join(self.link[1]))] = self.link[0]
            self.link = None

    def handle_data(self, data):
        if self.quiet:
            return
        self.words.append(data)
        for one in (self.button, self.link):
            if one is not None:
                one[-1].append(data)


class Client:
    """Walks through the pages over HTTP, without a network."""

    def __init__(self, locale="en"):
        self.cookies = httpx.Cookies({"lang": locale})
        self.path = self.html = self.status = None

    def send(self, method, path, data=None, accept="text/html", follow=True):
        """Return the answer to one request; its page is where we are then."""

        async def sent():
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(
                transport=transport,
                base_url="http://desk",
                cookies=self.cookies,
                follow_redirects=follow,
                verify=False,  # no certificates are read for it
            ) as client:
                found = await client.request(
                    method, path, data=data, headers={"accept": accept}
                )
                self.cookies = client.cookies
                return found

        found = asyncio.run(sent())
        self.path, self.html, self.status = (
            found.url.path,
            found.text,
            found.status_code,
        )
        return found

    def open(self, path):
        return self.send("GET", path)

    @property
    def page(self):
        return Reader(self.html)

    @property
    def text(self):
        return plain(" ".join(self.page.words))

    def form(self, words):
        """Return the action and the fields of the form that a button belongs to."""
        buttons = self.page.buttons
        assert words in buttons, f"{words!r} is not among {list(buttons)}"
        action, fields, own = buttons[words]
        return action, fields | own

    def press(self, words, **fields):
        action, found = self.form(words)
        return self.send("POST", action, found | fields)

    def sign_in(self, person):
        self.open("/")
        french = "Se connecter" in self.page.buttons
        self.press("Se connecter" if french else "Sign in", person=person)


PRESS = """(() => {
  const said = (node) => node.textContent.replace(/\\s+/g, " ").trim();
  const button = [...document.querySelectorAll("button")]
    .find((each) => said(each) === %r);
  if (!button) return "no button; there are " +
    [...document.querySelectorAll("button")].map(said).join(" | ");
  for (const [name, value] of Object.entries(%s)) {
    const field = button.form.elements[name];
    if (field.type === "checkbox") field.checked = true; else field.value = value;
  }
  button.focus();
  window.left = true;
  return document.activeElement === button ? "" : "it takes no focus";
})()"""


class Chromium:
    """Walks through the pages in a browser, pressing buttons with the keyboard."""

    def __init__(self, page, place, locale="en"):
        self.tab, self.place = page, place
        page.call("Network.clearBrowserCookies")
        page.call("Network.setCookie", name="lang", value=locale, url=place)

    def _arrive(self):
        done = "!window.left && document.readyState === 'complete'"
        for _ in range(400):
            with contextlib.suppress(RuntimeError):  # the page is just leaving
                if self.tab.run(done):
                    return
            time.sleep(0.025)
        raise AssertionError("no page came")

    def open(self, path):
        with contextlib.suppress(RuntimeError):
            self.tab.run("window.left = true")
        self.tab.call("Page.navigate", url=self.place + path)
        self._arrive()

    @property
    def text(self):
        return plain(self.tab.run("document.body.innerText"))

    @property
    def path(self):
        return self.tab.run("location.pathname")

    def press(self, words, **fields):
        wrong = self.tab.run(PRESS % (words, json.dumps(fields)))
        assert not wrong, wrong
        key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
        self.tab.call("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
        self.tab.call("Input.dispatchKeyEvent", type="keyUp", **key)
        self._arrive()

    def sign_in(self, person):
        self.open("/")
        french = "Se connecter" in self.text
        self.press("Se connecter" if french else "Sign in", person=person)


@contextlib.contextmanager
def served():
    """Serve the desk that is open on a port of this machine, and yield the address."""
    import uvicorn

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
