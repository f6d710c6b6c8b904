"""Bill record batches: a row in, a row out, as every engine with Arrow takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, final

import attrs

from .._values.checks import Time, instance
from ..catalogs import Catalog
from ..converters import BillRequest, DataProblem, DatedChanges, InvalidDataError
from ..converters._asked import Table
from ..converters._context import Context, Names
from ..converters._door import check_data
from ..converters._problems import refusal, refused_at
from ..converters.data import hooks
from ..converters.requests import bill_request, bill_subscription, request_of
from ..converters.stored import naming
from ..errors import SeatbillError
from ..invoices import Invoice
from ..lifecycle import Statement
from ..limits import REQUEST_LIMITS, Limits
from ..rules import BillingRules
from ..subscriptions import Subscription
from ._types import Column, column_of, object_column, pa, wrong_columns
from .arrays import fits, read, sources, too_large

__all__ = ["ANSWERS", "REQUESTS", "bill_batches"]


@final
@attrs.frozen(kw_only=True)
class _Asked:
    """What a row asks of its subscription."""

    changes: tuple[DatedChanges, ...]
    until: Time
    measured: Table


_FOR_PAGES: Final = ("seller", "note", "occupied")
_ASKED: Final = tuple(field.name for field in attrs.fields(_Asked))
_IN: Final[Mapping[str, Column]] = {
    "subscription": column_of(Subscription),
    "opening": object_column(BillRequest, without=(*_ASKED, *_FOR_PAGES)),
    "changes": column_of(tuple[DatedChanges, ...]),
    "until": column_of(Time),
    "measured": column_of(Table),
}
_OUT: Final[Mapping[str, Column]] = {
    "id": column_of(str),
    "subscription": column_of(Subscription),
    "invoices": column_of(tuple[Invoice, ...]),
    "problems": column_of(tuple[DataProblem, ...]),
}


def _schema(columns: Mapping[str, Column]) -> Any:
    return pa.schema([(name, column.type) for name, column in columns.items()])


REQUESTS: Final[Any] = _schema(_IN)
"""What comes in: a subscription as it stands or an opening, and what is asked of it."""
ANSWERS: Final[Any] = _schema(_OUT)
"""What comes out: the new state and the invoices with their lines, or the problems."""


def bill_batches(
    batches: Iterable[Any],
    *,
    catalogs: Catalog | Iterable[Catalog] = (),
    rules: BillingRules | Iterable[BillingRules] = (),
    limits: Limits = REQUEST_LIMITS,
) -> Iterator[Any]:
    """Yield for each record batch of ``REQUESTS`` one of ``ANSWERS``, row by row.

    A row has a *subscription*, or the *opening* of one; its *changes* are made and its
    periods renewed through *until*, which is included.  What is sold and rules may be
    references into *catalogs* and *rules*, and are so again in the answer; an opening
    without rules has the first of *rules*.  *limits* is how much a row may ask for.

    A row that is refused has *problems*, each with its place, and no invoices.

    Raises: InvalidDataError for batches with other columns, MissingExtraError.
    """
    held, named = sources(catalogs, rules)
    billing = _Billing(held, named, instance("limits", limits, Limits))
    return map(billing.batch, batches)


@final
class _Billing:
    """What the rows of all batches refer to."""

    def __init__(
        self,
        catalogs: tuple[Catalog, ...],
        rules: tuple[BillingRules, ...],
        limits: Limits,
    ) -> None:
        self.written = naming(catalogs, rules)
        self.stored = Context(catalogs=catalogs, rules=rules, limits=limits)
        self.by_id = attrs.evolve(self.stored, names=Names.IDS)
        self.base = rules[0] if rules else BillingRules()
        self.limits = limits
        self.checked: Any = None

    def batch(self, batch: Any) -> Any:
        """Return the answers of a batch."""
        schema = instance("batch", batch, pa.RecordBatch).schema
        if schema != self.checked:
            problems = [*wrong_columns(schema, _IN, ("until",), "$")]
            if problems:
                raise refusal(problems, self.limits)
            self.checked = schema
        names = schema.names
        taken = [_IN[name].take(batch.column(name)) for name in names]
        rows = zip(*taken, strict=True)
        return _batch([self.answer(dict(zip(names, row, strict=True))) for row in rows])

    def answer(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return what a row comes to, as data."""
        given = row.get("subscription") or row.get("opening") or {}
        try:
            statement = self.statement(row)
        except SeatbillError as error:
            placed = getattr(error, "problems", None)
            return _refused(given.get("id"), placed or [refused_at("$", error)])
        write, sub = hooks().write, statement.subscription
        return {
            "id": sub.id,
            "subscription": write(sub, self.written),
            "invoices": write(statement.invoices, self.written),
            "problems": [],
        }

    def statement(self, row: dict[str, Any]) -> Statement:
        """Return the statement of a row."""
        stored, opening = row.get("subscription"), row.get("opening")
        asked = {key: row[key] for key in _ASKED if row.get(key) is not None}
        if (stored is None) == (opening is None):
            message = "a subscription or an opening is wanted, one of the two"
            raise refusal([DataProblem("$", "missing", message)])
        if opening is not None:
            return self.opened({**opening, **asked})
        problems: list[DataProblem] = []
        sub = read(stored, Subscription, "$.subscription", self.stored, problems)
        asked = {"changes": [], "measured": {}, **asked}
        wanted = read(asked, _Asked, "$", self.by_id, problems)
        if problems:
            raise refusal(problems, self.limits)
        return bill_subscription(sub, wanted, limits=self.limits)

    def opened(self, found: dict[str, Any]) -> Statement:
        """Return the statement of a subscription that a row opens."""
        try:
            if "id" not in found:
                message = "this key is needed and is not there"
                raise refusal([DataProblem("$.id", "missing", message)])
            check_data(found, "$", self.limits)
            request = request_of(found, self.base, self.by_id, [])
            return bill_request(request, limits=self.limits)
        except InvalidDataError as error:
            raise refusal(map(_in_opening, error.problems), self.limits) from error


_OUTSIDE: Final = re.compile(rf"\$\.(?:{'|'.join(_ASKED)})\b")


def _in_opening(problem: DataProblem) -> DataProblem:
    """Return *problem* with its place in a row."""
    if _OUTSIDE.match(problem.where):
        return problem
    return attrs.evolve(problem, where=f"$.opening{problem.where[1:]}")


def _refused(id: Any, problems: Iterable[DataProblem]) -> dict[str, Any]:
    """Return the answer of a row that is refused."""
    told = [hooks().write(problem, naming((), ())) for problem in problems]
    return {"id": id, "subscription": None, "invoices": [], "problems": told}


def _batch(answers: list[dict[str, Any]]) -> Any:
    """Return *answers* as a batch; one that no column holds is refused in its place."""
    try:
        return _columns(answers)
    except (pa.ArrowInvalid, OverflowError):
        fitting = [
            answer if _fits(answer) else _refused(answer["id"], [too_large("$")])
            for answer in answers
        ]
        return _columns(fitting)


def _columns(answers: list[dict[str, Any]]) -> Any:
    arrays = [
        pa.array([_put(column, answer[name]) for answer in answers], column.type)
        for name, column in _OUT.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=ANSWERS)


def _put(column: Column, data: Any) -> Any:
    return data if data is None else column.put(data)


def _fits(answer: dict[str, Any]) -> bool:
    return all(
        fits(_put(column, answer[name]), column) for name, column in _OUT.items()
    )
