"""Periods are half-open and tile a grid that is counted from one anchor."""

from __future__ import annotations

import calendar
import datetime as dt
import pickle
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from seatbill import ANNUAL, MONTHLY, QUARTERLY, Interval, Period
from seatbill.errors import (
    DateRangeError,
    EmptyPeriodError,
    IntervalError,
    MixedTimeError,
    NaiveDatetimeError,
    NotUtcError,
    OutOfBoundsError,
    WrongTypeError,
)
from seatbill.periods import boundary, index, nominal_months, number, ordinal

DAY = dt.date
ONE_DAY = dt.timedelta(1)
FIRST, LAST = dt.date.min, dt.date.max
HALF_YEAR = Interval(months=6)
THIRTY_DAYS = Interval(days=30)
YEAR_OF_DAYS = Interval(days=365)
INTERVALS = [MONTHLY, QUARTERLY, HALF_YEAR, ANNUAL, THIRTY_DAYS, YEAR_OF_DAYS]


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


def months_later(anchor: dt.date, months: int) -> dt.date:
    """Return the day of the anchor *months* later, or that month's last day."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(anchor.day, last))


# ------------------------------------------------------------------------ the intervals


def test_the_named_intervals_are_months():
    assert Interval(months=1) == MONTHLY
    assert Interval(months=3) == QUARTERLY
    assert Interval(months=12) == ANNUAL
    assert YEAR_OF_DAYS != ANNUAL


@pytest.mark.parametrize(
    ("interval", "words", "months", "days"),
    [
        (MONTHLY, "month", 1, 30),
        (QUARTERLY, "3 months", 3, 91),
        (HALF_YEAR, "6 months", 6, 182),
        (ANNUAL, "12 months", 12, 365),
        (Interval(days=1), "day", 0, 1),
        (Interval(days=7), "7 days", 0, 7),
        (Interval(days=15), "15 days", 0, 15),
        (Interval(days=16), "16 days", 1, 16),
        (THIRTY_DAYS, "30 days", 1, 30),
        (Interval(days=91), "91 days", 3, 91),
        (YEAR_OF_DAYS, "365 days", 12, 365),
        (Interval(days=366), "366 days", 12, 366),
    ],
)
def test_an_interval_has_words_and_a_nominal_length(interval, words, months, days):
    assert str(interval) == words
    assert interval.nominal_months == months
    assert interval.nominal_days == days


def test_a_nominal_month_has_thirty_days_and_seven_sixteenths():
    assert [nominal_months(days) for days in (28, 31, 45, 46, 61, 730)] == [
        1,
        1,
        1,
        2,
        2,
        24,
    ]


@pytest.mark.parametrize(
    ("months", "days"), [(0, 0), (1, 1), (-1, 0), (0, -1), (-1, 1), (1, -1), (-2, -2)]
)
def test_an_interval_is_months_or_days_and_at_least_one(months, days):
    with pytest.raises(IntervalError) as refused:
        Interval(months=months, days=days)
    assert refused.value.code == "invalid_interval"
    assert (refused.value.months, refused.value.days) == (months, days)


@pytest.mark.parametrize("wrong", [1.0, "1", True, None, dt.timedelta(30)])
@pytest.mark.parametrize("name", ["months", "days"])
def test_an_interval_counts_in_ints(name, wrong):
    with pytest.raises(WrongTypeError) as refused:
        Interval(**{name: wrong})
    assert refused.value.name == name


@pytest.mark.parametrize(("name", "most"), [("months", 12_000), ("days", 366_000)])
def test_an_interval_of_a_thousand_years_is_the_longest(name, most):
    Interval(**{name: most})
    with pytest.raises(OutOfBoundsError) as refused:
        Interval(**{name: most + 1})
    assert refused.value.value == most + 1
    # What it says to keep to is what is accepted, at both ends.
    told = refused.value
    assert (told.minimum, told.maximum) == (1, most)
    for length in (told.minimum, told.maximum):
        assert getattr(Interval(**{name: length}), name) == length
    with pytest.raises(IntervalError):
        Interval(**{name: told.minimum - 1})


# --------------------------------------------------------------------------- one period


def test_a_period_holds_its_start_and_not_its_end():
    january = Period(DAY(2026, 1, 1), DAY(2026, 2, 1))
    assert january.days == 31
    assert january.last_day == DAY(2026, 1, 31)
    assert january.contains(DAY(2026, 1, 1))
    assert january.contains(DAY(2026, 1, 31))
    assert not january.contains(DAY(2026, 2, 1))
    assert not january.contains(DAY(2025, 12, 31))


def test_a_period_of_instants_counts_whole_days():
    period = Period(utc(2026, 1, 1, 12), utc(2026, 2, 1, 11))
    assert period.days == 30
    assert period.last_day == DAY(2026, 2, 1)
    assert period.contains(utc(2026, 2, 1, 10, 59, 59, 999_999))
    assert not period.contains(utc(2026, 2, 1, 11))


def test_a_period_that_ends_at_midnight_ends_on_the_day_before():
    assert Period(utc(2026, 1, 1), utc(2026, 2, 1)).last_day == DAY(2026, 1, 31)
    short = Period(utc(2026, 1, 1), utc(2026, 1, 1, 0, 0, 0, 1))
    assert short.days == 0
    assert short.last_day == DAY(2026, 1, 1)


def test_a_period_can_be_pasted_back_and_travels():
    period = Period(DAY(2026, 1, 1), DAY(2026, 2, 1))
    assert eval(repr(period), {"Period": Period, "datetime": dt}) == period
    assert pickle.loads(pickle.dumps(period)) == period
    assert pickle.loads(pickle.dumps(ANNUAL)) == ANNUAL
    assert hash(pickle.loads(pickle.dumps(ANNUAL))) == hash(ANNUAL)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (DAY(2026, 1, 1), DAY(2026, 1, 1)),
        (DAY(2026, 1, 2), DAY(2026, 1, 1)),
        (utc(2026, 1, 1, 1), utc(2026, 1, 1, 1)),
    ],
)
def test_a_period_without_time_is_refused(start, end):
    with pytest.raises(EmptyPeriodError) as refused:
        Period(start, end)
    assert refused.value.code == "empty_period"
    assert (refused.value.start, refused.value.end) == (start, end)


# -------------------------------------------------------------------- the kinds of time


@pytest.mark.parametrize(
    "zone", [dt.UTC, dt.timezone(dt.timedelta(0)), ZoneInfo("UTC")]
)
def test_an_instant_in_utc_is_accepted_however_the_zone_is_named(zone):
    start = dt.datetime(2026, 1, 1, tzinfo=zone)
    period = Period(start, start + ONE_DAY)
    assert period == Period(utc(2026, 1, 1), utc(2026, 1, 2))
    assert repr(period) == repr(Period(utc(2026, 1, 1), utc(2026, 1, 2)))


@pytest.mark.parametrize(
    "zone",
    [
        pytest.param(ZoneInfo("Europe/Paris"), id="Paris"),
        pytest.param(ZoneInfo("Europe/London"), id="London, at UTC in winter"),
        pytest.param(dt.timezone(dt.timedelta(hours=-8)), id="a fixed offset"),
        pytest.param(dt.timezone(dt.timedelta(0), "GMT"), id="an offset of zero"),
    ],
)
def test_an_instant_in_another_zone_is_refused_with_the_way_out(zone):
    instant = dt.datetime(2026, 1, 1, tzinfo=zone)
    with pytest.raises(NotUtcError) as refused:
        Period(instant, instant + ONE_DAY)
    assert refused.value.code == "not_utc"
    assert (refused.value.name, refused.value.value) == ("start", instant)
    assert ".astimezone(UTC)" in refused.value.remedy


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(NaiveDatetimeError) as refused:
        Period(utc(2026, 1, 1), dt.datetime(2026, 1, 2))
    assert refused.value.code == "naive_datetime"
    assert refused.value.as_dict()["values"] == {
        "name": "end",
        "value": dt.datetime(2026, 1, 2),
    }


class Undecided(dt.tzinfo):
    """A zone that does not say where it is."""

    def utcoffset(self, when):
        return None

    def tzname(self, when):
        return "UTC"

    def dst(self, when):
        return None


def test_a_zone_that_does_not_know_its_offset_is_no_zone():
    with pytest.raises(NaiveDatetimeError):
        Period(dt.datetime(2026, 1, 1, tzinfo=Undecided()), utc(2026, 1, 2))


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (DAY(2026, 1, 1), utc(2026, 1, 2), "dates"),
        (utc(2026, 1, 1), DAY(2026, 1, 2), "datetimes in UTC"),
    ],
)
def test_dates_and_instants_never_meet_in_a_period(start, end, wanted):
    with pytest.raises(MixedTimeError) as refused:
        Period(start, end)
    assert refused.value.code == "mixed_time"
    assert refused.value.as_dict()["values"] == {
        "name": "end",
        "value": end,
        "wanted": wanted,
    }


class Birthday(dt.date):
    """A kind of date that is not the plain one."""


@pytest.mark.parametrize(
    "wrong", ["2026-01-01", 20260101, 1.5, None, dt.time(1), Birthday(2026, 1, 1)]
)
def test_a_day_is_a_date_or_a_datetime_and_nothing_like_it(wrong):
    with pytest.raises(WrongTypeError) as refused:
        Period(wrong, DAY(2026, 2, 1))
    assert refused.value.name == "start"
    with pytest.raises(WrongTypeError) as refused:
        Period(DAY(2026, 1, 1), DAY(2026, 2, 1)).contains(wrong)
    assert refused.value.name == "at"


def test_a_period_of_dates_is_not_asked_about_an_instant():
    with pytest.raises(MixedTimeError):
        Period(DAY(2026, 1, 1), DAY(2026, 2, 1)).contains(utc(2026, 1, 5))


# ----------------------------------------------------------------------------- the grid


@pytest.mark.source("the anchor of 31 January, counted on a calendar")
def test_the_thirty_first_comes_back_after_a_short_month():
    starts = [
        Period.nth(DAY(2026, 1, 31), MONTHLY, n).start.isoformat() for n in range(13)
    ]
    ends = "28 31 30 31 30 31 31 30 31 30 31 31".split()
    months = [*(f"2026-{month:02}" for month in range(2, 13)), "2027-01"]
    assert starts[0] == "2026-01-31"
    assert starts[1:] == [
        f"{month}-{end}" for month, end in zip(months, ends, strict=True)
    ]


@pytest.mark.parametrize(
    ("anchor", "interval", "n", "start", "end"),
    [
        pytest.param(
            "2024-02-29", ANNUAL, 1, "2025-02-28", "2026-02-28", id="leap day, a year"
        ),
        pytest.param(
            "2024-02-29", ANNUAL, 4, "2028-02-29", "2029-02-28", id="leap day, four"
        ),
        pytest.param(
            "2026-01-31", QUARTERLY, 1, "2026-04-30", "2026-07-31", id="quarter of 31"
        ),
        pytest.param(
            "2026-01-31",
            MONTHLY,
            -2,
            "2025-11-30",
            "2025-12-31",
            id="before the anchor",
        ),
        pytest.param(
            "2026-01-31", THIRTY_DAYS, 1, "2026-03-02", "2026-04-01", id="30 days"
        ),
        pytest.param(
            "2024-01-01", YEAR_OF_DAYS, 1, "2024-12-31", "2025-12-31", id="365 days"
        ),
        pytest.param(
            "2026-08-31", HALF_YEAR, 1, "2027-02-28", "2027-08-31", id="half a year"
        ),
    ],
)
def test_a_period_is_counted_from_the_anchor(anchor, interval, n, start, end):
    found = Period.nth(DAY.fromisoformat(anchor), interval, n)
    assert found == Period(DAY.fromisoformat(start), DAY.fromisoformat(end))


@pytest.mark.parametrize("anchor_day", range(1, 32))
@pytest.mark.parametrize("interval", [MONTHLY, QUARTERLY, HALF_YEAR, ANNUAL], ids=str)
def test_boundaries_keep_the_day_of_the_anchor_or_the_months_last(anchor_day, interval):
    """Against the calendar module, twenty years each way: leap years and 31sts."""
    anchor = DAY(2028, 1, anchor_day)
    for n in range(-240 // interval.months, 240 // interval.months):
        found = Period.nth(anchor, interval, n)
        assert found.start == months_later(anchor, n * interval.months)
        assert found.end == months_later(anchor, (n + 1) * interval.months)


LEAP_YEARS = [year for year in range(1, 10_000) if calendar.isleap(year)]


def test_the_leap_day_is_met_in_every_leap_year_and_in_no_other():
    assert len(LEAP_YEARS) == 2424
    for year in range(2, 9_999):
        wanted = 29 if calendar.isleap(year) else 28
        for anchor in (DAY(year, 1, 31), DAY(year - 1, 11, 30), DAY(year, 1, 29)):
            february = boundary(anchor, MONTHLY, 3 if anchor.month == 11 else 1)
            assert february == DAY(year, 2, wanted)


def test_a_leap_day_anchor_keeps_the_29th_in_each_leap_year():
    for year in LEAP_YEARS[:-1]:
        anchor = DAY(year, 2, 29)
        assert Period.nth(anchor, ANNUAL, 1).start == DAY(year + 1, 2, 28)
        four = Period.nth(anchor, ANNUAL, 4).start
        assert four.day == (29 if calendar.isleap(year + 4) else 28)


@pytest.mark.parametrize("anchor_day", range(1, 32))
@pytest.mark.parametrize("interval", INTERVALS, ids=str)
def test_periods_tile_without_gap_or_overlap(anchor_day, interval):
    anchor = DAY(2024, 1, anchor_day)
    periods = [Period.nth(anchor, interval, n) for n in range(-30, 30)]
    for period, following in pairwise(periods):
        assert period.end == following.start
        assert period.start < period.end
    assert Period.nth(anchor, interval, 0).start == anchor


@pytest.mark.parametrize("anchor_day", [1, 15, 28, 29, 30, 31])
@pytest.mark.parametrize("interval", INTERVALS, ids=str)
def test_every_day_lies_in_the_one_period_that_holds_it(anchor_day, interval):
    """Two leap years on both sides of the anchor, day by day."""
    anchor = DAY(2024, 3, anchor_day)
    for offset in range(-800, 801):
        day = anchor + dt.timedelta(offset)
        found = Period.containing(anchor, interval, day)
        assert found.start <= day < found.end
        assert found.contains(day)


@pytest.mark.parametrize("interval", INTERVALS, ids=str)
def test_the_period_that_holds_a_boundary_starts_on_it(interval):
    anchor = DAY(2024, 1, 31)
    for n in range(-20, 20):
        period = Period.nth(anchor, interval, n)
        assert Period.containing(anchor, interval, period.start) == period
        assert Period.containing(anchor, interval, period.end - ONE_DAY) == period


@pytest.mark.parametrize("interval", INTERVALS, ids=str)
def test_instants_have_the_grid_of_their_days_at_the_time_of_the_anchor(interval):
    anchor = utc(2024, 1, 31, 17, 30, 5, 250_000)
    for n in range(-20, 20):
        days = Period.nth(anchor.date(), interval, n)
        found = Period.nth(anchor, interval, n)
        assert found.start == dt.datetime.combine(days.start, anchor.timetz())
        assert found.end == dt.datetime.combine(days.end, anchor.timetz())


@pytest.mark.parametrize("interval", INTERVALS, ids=str)
def test_an_instant_just_before_a_boundary_lies_in_the_period_before(interval):
    anchor = utc(2024, 1, 31, 17, 30)
    instant = dt.timedelta(microseconds=1)
    for n in range(-10, 10):
        period = Period.nth(anchor, interval, n)
        assert Period.containing(anchor, interval, period.start) == period
        assert Period.containing(anchor, interval, period.end - instant) == period
        assert Period.containing(anchor, interval, period.end) != period


def test_daylight_saving_does_not_come_in():
    """In Paris 29 March 2026 has 23 hours; a day in UTC has 24."""
    period = Period.nth(utc(2026, 3, 28, 23), Interval(days=1), 0)
    assert period.end - period.start == dt.timedelta(hours=24)


# --------------------------------------------------------------- the edges of the years


def test_the_first_day_of_all_can_be_an_anchor():
    assert Period.nth(FIRST, MONTHLY, 0) == Period(FIRST, DAY(1, 2, 1))
    assert Period.containing(FIRST, ANNUAL, FIRST).end == DAY(2, 1, 1)


def test_the_last_whole_period_ends_with_the_year_9999():
    found = Period.containing(DAY(2000, 12, 31), MONTHLY, DAY(9999, 12, 30))
    assert found == Period(DAY(9999, 11, 30), LAST)
    assert found.last_day == DAY(9999, 12, 30)


@pytest.mark.parametrize(
    ("anchor", "interval", "n", "steps", "unit"),
    [
        pytest.param(DAY(9999, 12, 1), MONTHLY, 0, 1, "month", id="a month too far"),
        pytest.param(DAY(9999, 12, 2), THIRTY_DAYS, 0, 30, "day", id="days too far"),
        pytest.param(DAY(1, 1, 15), MONTHLY, -1, -1, "month", id="before the year 1"),
        pytest.param(FIRST, Interval(days=1), -1, -1, "day", id="before the first day"),
        pytest.param(utc(9999, 12, 1), ANNUAL, 0, 12, "month", id="an instant too far"),
        pytest.param(
            DAY(2026, 1, 1), ANNUAL, 10**7, 12 * 10**7, "month", id="absurd months"
        ),
        pytest.param(
            DAY(2026, 1, 1),
            Interval(days=366_000),
            10**7,
            366_000 * 10**7,
            "day",
            id="absurd days",
        ),
        pytest.param(
            DAY(2026, 1, 1),
            Interval(months=12_000),
            -(10**7),
            -12_000 * 10**7,
            "month",
            id="absurd months before",
        ),
    ],
)
def test_counting_beyond_the_years_is_refused_by_name(anchor, interval, n, steps, unit):
    with pytest.raises(DateRangeError) as refused:
        Period.nth(anchor, interval, n)
    assert refused.value.code == "date_out_of_range"
    assert refused.value.as_dict()["values"] == {
        "anchor": anchor,
        "count": steps,
        "unit": unit,
    }


def test_a_day_before_the_first_boundary_of_all_has_no_period():
    with pytest.raises(DateRangeError):
        Period.containing(DAY(1, 1, 15), MONTHLY, FIRST)
    with pytest.raises(DateRangeError):
        Period.containing(DAY(1, 1, 15), MONTHLY, LAST)


@pytest.mark.parametrize("wrong", [1.0, "1", True, None])
def test_the_number_of_a_period_is_an_int(wrong):
    with pytest.raises(WrongTypeError) as refused:
        Period.nth(DAY(2026, 1, 1), MONTHLY, wrong)
    assert refused.value.name == "n"


def test_the_number_of_a_period_is_bounded():
    with pytest.raises(OutOfBoundsError):
        Period.nth(DAY(2026, 1, 1), MONTHLY, 10**7 + 1)


@pytest.mark.parametrize("wrong", ["month", 1, None, dt.timedelta(30)])
def test_an_interval_is_an_interval(wrong):
    with pytest.raises(WrongTypeError) as refused:
        Period.nth(DAY(2026, 1, 1), wrong, 0)
    assert refused.value.name == "interval"
    with pytest.raises(WrongTypeError):
        Period.containing(DAY(2026, 1, 1), wrong, DAY(2026, 1, 1))


def test_anchor_and_day_are_of_one_kind():
    with pytest.raises(MixedTimeError) as refused:
        Period.containing(DAY(2026, 1, 1), MONTHLY, utc(2026, 1, 1))
    assert refused.value.name == "at"


# ------------------------------------------------------------- numbers of days and time


def test_days_and_microseconds_are_counted():
    assert number(DAY(2026, 2, 1), DAY(2026, 1, 1)) == 31
    assert number(utc(2026, 1, 2), utc(2026, 1, 1)) == 86_400_000_000
    assert ordinal(DAY(1, 1, 2)) - ordinal(FIRST) == 1
    assert ordinal(utc(1970, 1, 1)) == 0
    assert ordinal(utc(1969, 12, 31, 23, 59, 59)) == -1_000_000


def test_the_last_boundary_before_a_moment_is_a_step_of_the_grid():
    assert index(DAY(2026, 1, 31), MONTHLY, DAY(2026, 2, 27)) == 0
    assert index(DAY(2026, 1, 31), MONTHLY, DAY(2026, 2, 28)) == 1
    assert index(DAY(2026, 1, 31), QUARTERLY, DAY(2026, 3, 31)) == 2
    assert index(DAY(2026, 1, 31), THIRTY_DAYS, DAY(2026, 3, 1)) == 29
    assert index(utc(2026, 1, 31, 12), THIRTY_DAYS, utc(2026, 2, 1, 11)) == 0
