"""The same rows through DuckDB, Polars and Spark, against a plain loop."""

from __future__ import annotations

import functools
import os
import shutil
import sys

import pytest

from seatbill import (
    MONTHLY,
    BillingRules,
    Catalog,
    Money,
    Subscription,
    bill,
    subscribe,
)
from shop import LARGE, SMALL
from stories import at

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

from seatbill.arrow import ANSWERS, bill_batches, to_array  # noqa: E402

CATALOG = Catalog([SMALL, LARGE])
RULES = BillingRules(name="house")
HELD = {"catalogs": CATALOG, "rules": RULES}
UNTIL = "2026-06-30"
SUBS = tuple(
    subscribe(
        (SMALL, LARGE)[n % 2],
        id=f"team {n}",
        interval=MONTHLY,
        seats=1 + n % 7,
        on=at(f"2026-04-{1 + n % 30:02}"),
        rules=RULES,
    ).subscription
    for n in range(60)
)
# The plain loop; row 7 asks for a day before it began, which is refused.
DUE = [bill(sub, (), until=at(UNTIL)).invoices for sub in SUBS]
TOTAL = Money.total(
    [i.total for n, invoices in enumerate(DUE) if n != 7 for i in invoices], "USD"
).amount


def requests():
    """Return a table of all rows: what is stored, and the last day of each."""
    stored = to_array(SUBS, Subscription, **HELD)
    last = [UNTIL if n != 7 else "2026-01-01" for n in range(len(SUBS))]
    return pa.table({"subscription": stored, "until": last})


def proves(rows):
    """Assert that *rows* of ANSWERS are those of the plain loop."""
    assert [row["id"] for row in rows] == [sub.id for sub in SUBS]
    refused = [n for n, row in enumerate(rows) if row["problems"]]
    assert refused == [7]
    assert rows[7]["problems"][0]["code"] == "out_of_order"
    assert sum(i["total"] for row in rows for i in row["invoices"]) == TOTAL
    assert [len(row["invoices"]) for n, row in enumerate(rows) if n != 7] == [
        len(invoices) for n, invoices in enumerate(DUE) if n != 7
    ]


def test_a_plain_loop_over_batches():
    batches = requests().to_batches(max_chunksize=16)
    found = pa.Table.from_batches(bill_batches(batches, **HELD), ANSWERS)
    proves(found.to_pylist())
    again = found.filter(pa.array([n != 7 for n in range(len(SUBS))]))
    invoices = again["invoices"].combine_chunks().flatten()
    assert invoices.type == ANSWERS.field("invoices").type.value_type
    assert len(invoices) == sum(len(i) for n, i in enumerate(DUE) if n != 7)


def test_duckdb_gives_batches_and_queries_the_answers():
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    database = duckdb.connect()
    database.register("rows", requests())
    asked = pa.RecordBatchReader.from_stream(database.sql("select * from rows"))
    answers = pa.RecordBatchReader.from_batches(
        ANSWERS, bill_batches(asked, **HELD)
    ).read_all()
    proves(answers.to_pylist())
    database.register("answers", answers)
    (row,) = database.sql(
        "select sum(i.total), count(*) from (select unnest(invoices) i from answers)"
    ).fetchall()
    assert row == (TOTAL, sum(len(i) for n, i in enumerate(DUE) if n != 7))


def test_polars_gives_batches_and_sums_the_answers():
    polars = pytest.importorskip("polars", reason="Polars is not installed")
    frame = polars.from_arrow(requests())
    answers = [*bill_batches(frame.to_arrow().to_batches(), **HELD)]
    proves(pa.Table.from_batches(answers).to_pylist())
    found = polars.from_arrow(pa.Table.from_batches(answers))
    totals = found.explode("invoices")["invoices"].struct.field("total")
    assert totals.sum() == TOTAL


# `make spark` sets this: Spark needs Java, and half a minute to start.
SPARK = os.environ.get("SEATBILL_SPARK", "")


@pytest.mark.skipif(not SPARK, reason="`make spark` runs it")
@pytest.mark.filterwarnings("ignore")
def test_spark_maps_batches_in_its_workers(tmp_path, monkeypatch):
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed")
    if shutil.which("java") is None:
        pytest.skip("there is no Java")
    from pyarrow import parquet
    from pyspark.sql.pandas.types import from_arrow_schema

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    builder = sql.SparkSession.builder.master("local[2]").appName("seatbill")
    options = {
        "spark.ui.enabled": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "16",
        "spark.sql.shuffle.partitions": "2",
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        parquet.write_table(requests(), tmp_path / "rows.parquet")
        rows = session.read.parquet(str(tmp_path / "rows.parquet")).repartition(3)
        work = functools.partial(bill_batches, **HELD)
        answers = rows.mapInArrow(work, from_arrow_schema(ANSWERS))
        answers.write.parquet(str(tmp_path / "answers"))
    finally:
        session.stop()
    found = parquet.read_table(tmp_path / "answers").to_pylist()
    proves(sorted(found, key=lambda row: int(row["id"].split()[1])))
