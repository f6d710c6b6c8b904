"""The service: who comes in at the door, and the pages behind it."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from sqlalchemy import select

from . import sessions, settings
from .doors import At, Form
from .invoices import invoices
from .refusals import HANDLERS
from .shop import shop
from .store import Person

app = FastAPI(title="desk", docs_url=None, redoc_url=None, openapi_url=None)
app.include_router(shop)
app.include_router(invoices)
for kind, handler in HANDLERS.items():
    app.add_exception_handler(kind, handler)

# Signing in: yours takes the place of this one, which believes everybody.


@app.get("/")
def get_door(visit: At) -> Response:
    people = visit.db.scalars(select(Person).order_by(Person.account, Person.id)).all()
    return visit.shown("door", people=people)


@app.post("/sign-in")
def sign_in(visit: At, form: Form) -> Response:
    person = visit.db.get_one(Person, form.get("person", ""))
    answer = visit.led(f"/accounts/{quote(person.account)}")
    how = {"httponly": True, "samesite": "lax", "secure": settings.HTTPS}
    answer.set_cookie(sessions.COOKIE, sessions.opened(person.id), **how)
    return answer


@app.post("/sign-out")
def sign_out(visit: At, form: Form) -> Response:  # noqa: ARG001
    answer = visit.led("/")
    answer.delete_cookie(sessions.COOKIE)
    return answer


@app.post("/language")
def speak(visit: At, form: Form) -> Response:
    back = form.get("back", "/")
    answer = visit.led(back if back.startswith("/accounts/") else "/")
    answer.set_cookie("lang", "fr" if form.get("lang") == "fr" else "en")
    return answer
