"""The benchmark runs and compares what is equal; its figures decide nothing here."""

import pytest

from bench import __main__ as bench
from bench.equal import check_equal
from bench.rows import QUICK, rows


def test_all_contenders_give_equal_answers():
    assert check_equal() == 3 * 365 + 1


def test_a_quick_run_prints_every_row(capsys):
    assert bench.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    for row in rows(QUICK):
        assert row.what in printed


def test_another_option_is_refused():
    with pytest.raises(SystemExit):
        bench.main(["--slow"])
