"""How a request comes in: the day, the database, the form, and who may enter."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from sqlalchemy import Engine

from . import sessions, settings
from .outside import World
from .store import connected, made, reading, writing
from .visits import ForeignFormError, Visit

MOST_BYTES = 10_000


async def today() -> dt.date:
    return settings.today()


async def database(request: Request) -> Engine:
    """Return the engine, opened with the first request of the process."""
    state = request.app.state
    if not hasattr(state, "engine"):
        engine = made(connected(settings.DATABASE))
        state.world, state.engine = World(engine), engine
    return state.engine


async def world(request: Request) -> World:
    """Return the others, which were met when the database was opened."""
    return request.app.state.world


async def visited(
    request: Request,
    engine: Annotated[Engine, Depends(database)],
    day: Annotated[dt.date, Depends(today)],
) -> AsyncIterator[Visit]:
    """Open the desk for one request; whoever only looks waits for nobody.

    Nothing is read yet.  All that a page does is done in one thread: whoever held a
    lock while they wait for a thread would wait for those that wait for the lock.
    """
    kind = reading if request.method == "GET" else writing
    with kind(engine)() as db:
        yield Visit(request, db, day)


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
