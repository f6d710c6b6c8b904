"""One request: who asks, for which account, on which day, and how they are answered."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from seatbill.access import Action, may, require_role
from seatbill.documents import seat_bar_html
from seatbill.errors import SeatbillError, StaleVersionError
from seatbill.formatting import (
    describe,
    format_date,
    format_interval,
    format_money,
    format_period,
    format_quantity,
    format_share,
    format_unit_amount,
)

from . import sessions
from .french import FRENCH
from .store import Account, Asked, Person
from .wishes import Form, number

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
KEY = re.compile("[0-9a-f]{32}")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class KeyReusedError(SeatbillError, ValueError):
    code = "key_reused"
    sentence = "This form was sent before, with something else in it"
    remedy = "go back to the page and fill it in anew"


class ForeignFormError(SeatbillError, ValueError):
    code = "foreign_form"
    sentence = "This form does not come from a page of yours"
    remedy = "open the page again and send it from there"


class Visit:
    """Everything that a page needs to know."""

    def __init__(self, request: Request, db: Session, day: dt.date) -> None:
        self.request, self.db, self.day = request, db, day
        self.cookie = request.cookies.get(sessions.COOKIE)
        self.locale = _locale(request)
        self.id: str | None = request.path_params.get("id")
        # Python 3.11 locks a cached_property for all its instances at once.
        self._person: Person | None = None
        self._account: Account | None = None

    @property
    def person(self) -> Person | None:
        """Who asks; another customer's account is answered like none that there is."""
        if self._person is None and self.id is not None:
            name = sessions.person_of(self.cookie)
            person = None if name is None else self.db.get(Person, name)
            if person is None or person.account != self.id:
                raise NoResultFound(self.id)
            self._person = person
        return self._person

    @property
    def account(self) -> Account | None:
        """The account that is asked for, which is the person's own."""
        if self._account is None and self.person is not None:
            self._account = self.db.get_one(Account, self.id)
        return self._account

    def may(self, action: str) -> bool:
        """Return whether the person may do this."""
        return may(self.person.role, action, **self._where())

    def require(self, action: str) -> None:
        """Refuse a person who may not do this."""
        require_role(self.person.role, action, **self._where())

    def _where(self) -> dict[str, Any]:
        state, sold = self.account.state, self.account.sold
        where = {"plan": state.plan, "status": state.status}
        return where | {"rules": sold.rules, "permissions": sold.permissions}

    def holds(self, form: Form) -> None:
        """Refuse a form that was shown for another version of the subscription."""
        seen, now = number(form, "version"), self.account.state.version
        if seen != now:
            raise StaleVersionError(seen, now)

    def was_asked(self, form: Form, answer: str) -> bool:
        """Tell whether this very form was carried out; else note that it will be.

        It is saved together with all that comes of it.  Raises: KeyReusedError, and
        StaleVersionError while an order for the account is being carried out.
        """
        key = form.get("key", "")
        if not KEY.fullmatch(key):
            raise KeyReusedError
        content = sorted((k, v) for k, v in form.items() if k != "token")
        said = json.dumps([self.request.url.path, content])
        digest = hashlib.sha256(said.encode()).hexdigest()
        found = self.db.get(Asked, (self.account.id, key))
        if found is None:
            version = self.account.state.version
            if self.account.claim is not None:
                raise StaleVersionError(version, version + 1)
            row = {"account": self.account.id, "key": key}
            self.db.add(Asked(**row, digest=digest, answer=answer))
            return False
        if found.digest != digest:
            raise KeyReusedError
        return True

    def shown(self, page: str, status: int = 200, **values: Any) -> Response:
        """Return a page."""
        html = PAGES.get_template(f"{page}.html").render(
            values | self._words() | {"visit": self, "page": page}
        )
        return HTMLResponse(html, status, HEADERS)

    def led(self, where: str) -> Response:
        """Return an answer that leads to another page, which may be loaded again."""
        return RedirectResponse(where, 303, HEADERS)

    @property
    def home(self) -> str:
        return f"/accounts/{self.account.id}"

    def new_key(self) -> str:
        """Return a key for a form, under which it is carried out once."""
        return secrets.token_hex(16)

    def say(self, words: str, **values: Any) -> str:
        """Return words of the desk in the language of the page."""
        found = FRENCH[words] if self.locale == "fr" else words
        return found.format(**values)

    def _words(self) -> dict[str, Any]:
        locale = self.locale
        catalog = self.account and self.account.sold.catalog
        told = {
            "money": format_money,
            "date": format_date,
            "interval": format_interval,
            "period": format_period,
            "share": format_share,
            "quantity": format_quantity,
            "unit_amount": format_unit_amount,
            "bar": seat_bar_html,
        }
        return {name: partial(tell, locale=locale) for name, tell in told.items()} | {
            "_": self.say,
            "told": partial(describe, locale=locale, catalog=catalog),
            "token": sessions.token(self.cookie),
            "Action": Action,
        }


def _locale(request: Request) -> str:
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    if asked not in ("en", "fr"):
        asked = request.headers.get("accept-language", "en")[:2].lower()
    return asked if asked == "fr" else "en"
