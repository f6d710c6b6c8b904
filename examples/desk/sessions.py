"""Who is there: a signed cookie, and a token in each form that no other site knows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time

from . import settings

COOKIE = "desk"
LASTS = 12 * 60 * 60


def signed(*parts: str) -> str:
    """Return what only this desk can say about *parts*."""
    said = "\0".join(parts).encode()
    return hmac.new(settings.SECRET.encode(), said, hashlib.sha256).hexdigest()


def opened(person: str) -> str:
    """Return the cookie of somebody who has just signed in."""
    name = base64.urlsafe_b64encode(person.encode()).decode()
    text = f"{name}.{int(time.time()) + LASTS}.{secrets.token_hex(8)}"
    return f"{text}.{signed('session', text)}"


def person_of(cookie: str | None) -> str | None:
    """Return who has this cookie; ``None`` where it is forged or too old."""
    text, _, signature = (cookie or "").rpartition(".")
    if not hmac.compare_digest(signature.encode(), signed("session", text).encode()):
        return None
    name, until, _ = text.split(".")
    if int(until) < time.time():
        return None
    return base64.urlsafe_b64decode(name).decode()


def token(cookie: str | None) -> str:
    """Return the token that the forms of this session carry."""
    return signed("form", cookie or "")


def is_token(cookie: str | None, found: str | None) -> bool:
    """Tell whether a form is one of ours."""
    return hmac.compare_digest((found or "").encode(), token(cookie).encode())
