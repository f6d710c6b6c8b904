"""How a refusal is answered: its status, its words, and the way out of it."""

from __future__ import annotations

import datetime as dt

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm.exc import StaleDataError

from seatbill import Money
from seatbill.converters import to_data
from seatbill.errors import SeatbillError, StaleVersionError
from seatbill.formatting import describe, format_money

from .billing import PaymentFailedError
from .store import reading
from .visits import HEADERS, ForeignFormError, KeyReusedError, Visit

STATUSES = {
    "foreign_form": 403,
    "malformed": 422,
    "missing_details": 422,
    "not_found": 404,
    "out_of_bounds": 422,
    "payment_failed": 402,
    "permission_refused": 403,
    "unknown_item": 404,
    "wrong_type": 422,
}
"""Whatever the rules or the state of things refuse is answered with 409."""

WAYS = {"no_seat_left": "people", "seats_occupied": "people"}
"""The page on which the way out is found; that of the subscription for all others."""


class OvertakenError(SeatbillError, ValueError):
    code = StaleVersionError.code  # a moment later it would have been that one
    sentence = "Somebody else was faster by a moment"
    remedy = "look at the page again"


class NotFoundError(SeatbillError, ValueError):
    code = "not_found"
    sentence = "There is no such page for you"
    remedy = "sign in as somebody else"


OURS = (
    ForeignFormError,
    KeyReusedError,
    NotFoundError,
    OvertakenError,
    PaymentFailedError,
)


async def refuse(request: Request, error: SeatbillError) -> Response:
    status = STATUSES.get(error.code, 409)
    if "json" in request.headers.get("accept", ""):
        return JSONResponse(to_data(error.as_dict()), status, HEADERS)
    with reading(request.app.state.engine)() as db:
        visit = Visit(request, db, dt.date.min)
        if error.code == NotFoundError.code:
            visit.id = None
        way = WAYS.get(error.code)
        return visit.shown("refused", status, said=_said(visit, error), way=way)


async def overtaken(request: Request, _: Exception) -> Response:
    return await refuse(request, OvertakenError())


async def missing(request: Request, _: Exception) -> Response:
    return await refuse(request, NotFoundError())


def _said(visit: Visit, error: SeatbillError) -> str:
    if not isinstance(error, OURS):
        catalog = visit.account and visit.account.sold.catalog
        return describe(error, visit.locale, catalog=catalog)
    values = {
        name: format_money(value, visit.locale) if isinstance(value, Money) else value
        for name, value in error.as_dict()["values"].items()
    }
    sentence, remedy = (visit.say(w, **values) for w in (error.sentence, error.remedy))
    return visit.say("{sentence}: {remedy}.", sentence=sentence, remedy=remedy)


HANDLERS = {
    SeatbillError: refuse,
    StaleDataError: overtaken,
    IntegrityError: overtaken,
    NoResultFound: missing,
}
