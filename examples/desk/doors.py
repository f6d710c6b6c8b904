"""How a request comes in: the day, the database, the form, and who may enter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from sqlalchemy import Engine

from . import sessions, settings
from .outside import World
from .store import connected, made, reading, writing
from .visits import ForeignFormError, Visit

MOST_BYTES = 10_000


def today() -> dt.date:
    return settings.today()


def database(request: Request) -> Engine:
    """Return the engine, opened with the first request of the process."""
    state = request.app.state
    if not hasattr(state, "engine"):
        engine = made(connected(settings.DATABASE))
        state.world, state.engine = World(engine), engine
    return state.engine


def world(request: Request) -> World:
    """Return the others, which were met when the database was opened."""
    return request.app.state.world


def visited(
    request: Request,
    engine: Annotated[Engine, Depends(database)],
    day: Annotated[dt.date, Depends(today)],
) -> Iterator[Visit]:
    """Open the desk for one request; whoever only looks waits for nobody."""
    kind = reading if request.method == "GET" else writing
    with kind(engine)() as db:
        visit = request.state.visit = Visit(request, db, day)
        id = request.path_params.get("id")
        if id is not None:
            visit.enter(id)
        yield visit


async def filled_in(request: Request) -> dict[str, str]:
    """Return the form, which must come from a page of ours."""
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise ForeignFormError
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    cookie = request.cookies.get(sessions.COOKIE)
    if not sessions.is_token(cookie, form.get("token")):
        raise ForeignFormError
    return form


At = Annotated[Visit, Depends(visited)]
Form = Annotated[dict[str, str], Depends(filled_in)]
Outside = Annotated[World, Depends(world)]
