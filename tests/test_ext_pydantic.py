"""Values, requests and answers as types of Pydantic, and in FastAPI's OpenAPI."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import jsonschema
import pytest

from seatbill import MONTHLY, AddSeats, BillingRules, Money, subscribe
from seatbill.converters import ChangeRequest, change_answer, dump
from seatbill.errors import (
    NoSeatLeftError,
    SeatbillError,
    StaleVersionError,
    WrongTypeError,
)
from stories import at, plan

pydantic = pytest.importorskip("pydantic", reason="Pydantic is not installed")
fastapi = pytest.importorskip("fastapi", reason="FastAPI is not installed")
httpx = pytest.importorskip("httpx", reason="httpx is not installed")

from seatbill.ext.pydantic import (  # noqa: E402
    BillAnswerData,
    BillRequestData,
    ChangeAnswerData,
    ChangeRequestData,
    Changes,
    ValueData,
    refusals,
)

SUB = subscribe(
    plan("6.00", id="pro"),
    id="ada",
    interval=MONTHLY,
    seats=2,
    on=at("2026-04-01"),
    rules=BillingRules(),
).subscription
WISH = {"change": "add_seats", "seats": 1}
REQUEST = {"subscription": dump(SUB), "changes": [WISH], "on": "2026-04-16"}


class Order(pydantic.BaseModel):
    wanted: Annotated[AddSeats, ValueData()]
    most: Annotated[Money, ValueData()] | None = None


def test_a_value_is_read_and_written():
    order = Order.model_validate({"wanted": WISH})
    assert order.wanted == AddSeats(1)
    assert Order(wanted=AddSeats(1)) == order
    more = Order(wanted=AddSeats(1), most=Money("6.00", "USD"))
    assert more.model_dump(mode="json")["most"] == {"amount": "6.00", "currency": "USD"}
    assert Order.model_validate_json(more.model_dump_json()) == more


def test_every_problem_is_told_with_its_place():
    with pytest.raises(pydantic.ValidationError) as told:
        Order.model_validate({"wanted": WISH | {"seats": "1", "color": "blue"}})
    (error,) = told.value.errors()
    assert (error["type"], error["loc"]) == ("invalid_data", ("wanted",))
    paths = [problem["where"] for problem in error["ctx"]["problems"]]
    assert sorted(paths) == ["$.color", "$.seats"]


def served():
    app = fastapi.FastAPI()
    told = refusals(StaleVersionError, NoSeatLeftError)

    @app.post("/changes", responses=told)
    def post_changes(
        asked: Annotated[ChangeRequestData, fastapi.Body()],
    ) -> ChangeAnswerData:
        return change_answer(asked)

    @app.post("/wishes")
    def post_wishes(
        wishes: Annotated[list[Any], Changes("add_seats", "cancel"), fastapi.Body()],
    ) -> int:
        return len(wishes)

    @app.post("/bills")
    def post_bills(asked: Annotated[BillRequestData, fastapi.Body()]) -> BillAnswerData:
        raise NotImplementedError

    return app


def call(app, path, data):
    async def send():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as c:
            return await c.post(path, json=data)

    return asyncio.run(send())


def test_fastapi_reads_a_request_and_answers():
    """15 of 30 days: 6.00 / 2."""
    app = served()
    answer = call(app, "/changes", REQUEST)
    assert answer.status_code == 200
    assert answer.json()["invoices"][0]["amount_due"] == "3.00"
    refused = call(app, "/changes", REQUEST | {"changes": [WISH | {"seats": 0}]})
    assert refused.status_code == 422
    (error,) = refused.json()["detail"]
    assert error["ctx"]["problems"][0]["where"] == "$.changes[0].seats"
    assert call(app, "/wishes", [WISH]).json() == 1


def test_open_api_shows_what_is_read_and_the_refusals():
    paths = served().openapi()["paths"]
    shown = paths["/changes"]["post"]
    body = shown["requestBody"]["content"]["application/json"]["schema"]
    answer = shown["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(REQUEST, body)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"changes": [{"change": "grow"}]}, body)
    given = call(served(), "/changes", REQUEST).json()
    jsonschema.validate(given, answer)
    refused = shown["responses"]["409"]
    assert refused["description"] == "Refused: stale_version, no_seat_left"
    kinds = refused["content"]["application/json"]["schema"]
    jsonschema.validate(StaleVersionError(1, 2).as_dict(), kinds)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"code": "other"}, kinds)


def test_a_customer_sees_the_changes_that_are_theirs():
    body = served().openapi()["paths"]["/wishes"]["post"]["requestBody"]
    kinds = body["content"]["application/json"]["schema"]["items"]["anyOf"]
    words = [kind["properties"]["change"]["const"] for kind in kinds]
    assert words == ["add_seats", "cancel"]
    every = pydantic.TypeAdapter(Annotated[list[Any], Changes()]).json_schema()
    assert len(every["items"]["anyOf"]) > 20


def test_wrong_arguments_are_refused():
    with pytest.raises(WrongTypeError):
        Changes("grow")
    with pytest.raises(WrongTypeError):
        refusals(ValueError)
    with pytest.raises(WrongTypeError):
        refusals()
    assert list(refusals(SeatbillError, status=403)) == [403]
    assert ChangeRequest
