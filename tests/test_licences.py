"""Measured licences: what counts in a month, against a calendar of single days."""

from __future__ import annotations

import datetime as dt
import pickle

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatbill import (
    ANNUAL,
    DEACTIVATED,
    INVITED,
    AddSeats,
    BillingRules,
    Interval,
    Member,
    Period,
    Plan,
    Price,
    Team,
    bill,
    preview_invoice,
    renew,
    subscribe,
    verify,
)
from seatbill.errors import (
    DeliveryError,
    DuplicateError,
    EmptyPeriodError,
    MixedTimeError,
    NaiveDatetimeError,
    NoChangeError,
    NotUtcError,
    OutOfBoundsError,
    OverlapError,
    PermissionRefusedError,
    RulesError,
    SeatbillError,
    UnknownItemError,
    UnknownWordError,
    WrongTypeError,
)
from seatbill.licences import (
    Channel,
    Counting,
    Delivery,
    Enrollment,
    LicenceHolder,
    LicenceUnit,
    LicenceVariant,
    MemberCount,
    TeamHistory,
    Workspace,
    inactive_members,
    licence_holders,
    measured,
    member_count,
    meter,
    remove_inactive,
)

TEAMS = LicenceVariant(LicenceUnit.TEAM)
PEOPLE = LicenceVariant(LicenceUnit.ACTIVE_MEMBER)
TEAMS_ANY_DAY = LicenceVariant(LicenceUnit.TEAM, counting=Counting.ANY_DAY)
PEOPLE_ANY_DAY = LicenceVariant(LicenceUnit.ACTIVE_MEMBER, counting=Counting.ANY_DAY)
VARIANTS = (TEAMS, PEOPLE, TEAMS_ANY_DAY, PEOPLE_ANY_DAY)


def day(text):
    """Return a day of 2026 from ``month-day``."""
    return dt.date.fromisoformat(f"2026-{text}")


def month(number, year=2026):
    """Return a calendar month."""
    first = dt.date(year, number, 1)
    following = dt.date(year + number // 12, number % 12 + 1, 1)
    return Period(first, following)


MAY, JUNE = month(5), month(6)


def rows(workspace, variant, period):
    """Return the export as text: a row each, with the teams behind it."""
    found = licence_holders(workspace, variant, month=period)
    return [f"{row.id}: {' '.join(row.team_ids)}" for row in found]


def since(id, first, *member_ids):
    """Return a team that exists from *first* on, with its people from then on."""
    start = day(first)
    return TeamHistory(id, [Enrollment(m, start) for m in member_ids], [(start, None)])


# One team over time.


class TestTeamHistory:
    def test_a_team_is_active_until_the_day_on_which_it_is_archived(self):
        team = since("ops", "01-10").archive(on=day("05-12"))
        assert [
            team.is_active(day(d)) for d in ("01-09", "01-10", "05-11", "05-12")
        ] == [False, True, True, False]

    def test_a_team_is_archived_and_restored_several_times(self):
        team = since("ops", "01-10")
        for archived, restored in (("02-01", "02-15"), ("05-12", "08-03")):
            team = team.archive(on=day(archived)).restore(on=day(restored))
        assert team.active == (
            (day("01-10"), day("02-01")),
            (day("02-15"), day("05-12")),
            (day("08-03"), None),
        )

    def test_archived_and_restored_on_one_day_it_stays_active(self):
        team = since("ops", "01-10").archive(on=day("03-01")).restore(on=day("03-01"))
        assert team.is_active(day("03-01"))

    def test_restored_and_archived_on_one_day_leaves_no_trace(self):
        archived = since("ops", "01-10").archive(on=day("03-01"))
        again = archived.restore(on=day("05-05")).archive(on=day("05-05"))
        assert again == archived

    def test_a_restoration_ends_where_the_next_one_begins(self):
        team = TeamHistory(
            "ops", (), [(None, day("02-01")), (day("08-01"), None)]
        ).restore(on=day("05-01"))
        assert team.active == (
            (None, day("02-01")),
            (day("05-01"), day("08-01")),
            (day("08-01"), None),
        )

    def test_a_team_may_never_have_been_active(self):
        team = since("ops", "01-10").archive(on=day("01-10"))
        assert team.active == ()
        assert team.restore(on=day("02-01")).active == ((day("02-01"), None),)

    def test_people_come_and_go(self):
        team = since("ops", "01-01", "ann", "bob").enroll("cy", on=day("02-01"))
        team = team.withdraw("ann", on=day("03-01")).enroll("ann", on=day("04-01"))
        assert [e for e in team.enrollments if e.member_id == "ann"] == [
            Enrollment("ann", day("01-01"), day("03-01")),
            Enrollment("ann", day("04-01")),
        ]
        gone = team.withdraw("cy", on=day("02-01"))  # the day on which cy came
        assert {e.member_id for e in gone.enrollments} == {"ann", "bob"}

    def test_a_team_as_it_stands_is_a_history(self):
        team = Team("ops", {"bob", "ann"}, archived_on=day("05-12"))
        assert TeamHistory.of(team) == TeamHistory(
            "ops",
            [Enrollment("ann"), Enrollment("bob")],
            [(None, day("05-12"))],
        )

    @pytest.mark.parametrize(
        ("step", "said"),
        [
            pytest.param(
                lambda t: t.archive(on=day("04-01")),
                ("archived", "ops", None),
                id="archive what is archived",
            ),
            pytest.param(
                lambda t: t.archive(on=day("01-01")),
                ("archived", "ops", None),
                id="archive before it exists",
            ),
            pytest.param(
                lambda t: t.restore(on=day("02-01")),
                ("active", "ops", None),
                id="restore what is active",
            ),
            pytest.param(
                lambda t: t.enroll("ann", on=day("02-01")),
                ("enrolled", "ann", "ops"),
                id="enroll twice",
            ),
            pytest.param(
                lambda t: t.withdraw("ann", on=day("01-01")),
                ("withdrawn", "ann", "ops"),
                id="withdraw before the first day",
            ),
            pytest.param(
                lambda t: t.withdraw("bob", on=day("02-01")),
                ("withdrawn", "bob", "ops"),
                id="withdraw a stranger",
            ),
        ],
    )
    def test_what_changes_nothing_is_refused(self, step, said):
        team = since("ops", "01-10", "ann").archive(on=day("03-01"))
        with pytest.raises(NoChangeError) as refused:
            step(team)
        error = refused.value
        assert (error.kind, error.value, error.detail) == said


# What counts in a month.


class TestHolders:
    def workspace(self):
        """Return ops since 1 January, web since then and put away on 12 May."""
        return Workspace(
            [
                since("web", "01-01", "ann", "bob").archive(on=day("05-12")),
                since("ops", "01-01", "ann").enroll("dee", on=day("05-20")),
            ]
        )

    def test_at_the_start_what_is_archived_later_counts(self):
        assert rows(self.workspace(), TEAMS, MAY) == ["ops: ops", "web: web"]
        assert rows(self.workspace(), PEOPLE, MAY) == ["ann: ops web", "bob: web"]

    def test_it_does_not_count_from_the_following_month(self):
        assert rows(self.workspace(), TEAMS, JUNE) == ["ops: ops"]
        assert rows(self.workspace(), PEOPLE, JUNE) == ["ann: ops", "dee: ops"]

    def test_on_any_day_who_comes_in_the_month_counts_too(self):
        assert rows(self.workspace(), PEOPLE_ANY_DAY, MAY) == [
            "ann: ops web",
            "bob: web",
            "dee: ops",
        ]
        assert rows(self.workspace(), TEAMS_ANY_DAY, MAY) == ["ops: ops", "web: web"]

    @pytest.mark.parametrize(
        ("archived", "in_may"),
        [
            pytest.param("04-30", 0, id="the day before the month"),
            pytest.param("05-01", 0, id="on its first day"),
            pytest.param("05-02", 1, id="on its second day"),
            pytest.param("05-31", 1, id="on its last day"),
        ],
    )
    def test_the_new_state_owns_the_day(self, archived, in_may):
        workspace = Workspace([since("web", "01-01", "ann").archive(on=day(archived))])
        for variant in VARIANTS:
            unit = variant.unit.value
            assert measured(workspace, variant, month=MAY) == {unit: in_may}

    @pytest.mark.parametrize(
        ("restored", "at_start", "any_day"),
        [
            pytest.param("05-01", 1, 1, id="on its first day"),
            pytest.param("05-02", 0, 1, id="on its second day"),
            pytest.param("05-31", 0, 1, id="on its last day"),
            pytest.param("06-01", 0, 0, id="on the day after"),
        ],
    )
    def test_a_restored_team_counts_from_the_next_start(
        self, restored, at_start, any_day
    ):
        team = since("web", "01-01", "ann").archive(on=day("03-05"))
        workspace = Workspace([team.restore(on=day(restored))])
        found = [len(licence_holders(workspace, v, month=MAY)) for v in VARIANTS]
        assert found == [at_start, at_start, any_day, any_day]

    def test_who_moves_on_the_first_of_a_month_is_with_the_new_team(self):
        workspace = Workspace(
            [
                since("web", "01-01", "ann").withdraw("ann", on=day("05-01")),
                since("ops", "01-01").enroll("ann", on=day("05-01")),
            ]
        )
        assert rows(workspace, PEOPLE, MAY) == ["ann: ops"]
        assert rows(workspace, PEOPLE_ANY_DAY, MAY) == ["ann: ops"]

    def test_being_there_is_one_moment_not_two_halves_of_a_month(self):
        """Ann is in a team that is put away on the 10th, and in the other one only
        before it is restored on the 20th; bob left before his team came back.
        """
        web = since("web", "01-01", "bob").archive(on=day("04-01"))
        web = web.withdraw("bob", on=day("05-10")).restore(on=day("05-20"))
        assert rows(Workspace([web]), PEOPLE_ANY_DAY, MAY) == []
        assert rows(Workspace([web]), TEAMS_ANY_DAY, MAY) == ["web: web"]

    def test_only_people_with_access_count(self):
        team = since("ops", "01-01", "ann", "bob", "cy", "dee", "eve")
        workspace = Workspace(
            [team],
            [
                Member("ann"),
                Member("bob", state=DEACTIVATED),
                Member("cy", state=INVITED),
                Member("dee", left_on=day("05-10")),
                Member("eve", joined_on=day("05-10")),
                Member("fay"),
            ],
        )
        assert rows(workspace, PEOPLE, MAY) == ["ann: ops", "dee: ops"]
        assert rows(workspace, PEOPLE, JUNE) == ["ann: ops", "eve: ops"]
        assert rows(workspace, PEOPLE_ANY_DAY, MAY) == [
            "ann: ops",
            "dee: ops",
            "eve: ops",
        ]
        assert member_count(workspace, on=day("05-10")) == MemberCount(
            members=3, active=2
        )
        assert inactive_members(workspace, on=day("05-10")) == ("fay",)

    def test_who_comes_back_is_listed_for_each_stay(self):
        workspace = Workspace(
            [since("ops", "01-01", "ann")],
            [
                Member("ann", left_on=day("02-10")),
                Member("ann", joined_on=day("04-10")),
            ],
        )
        found = [len(rows(workspace, PEOPLE, month(n))) for n in range(1, 7)]
        assert found == [1, 1, 0, 0, 1, 1]

    def test_instants_count_as_days_do(self):
        noon = dt.datetime(2026, 5, 12, 12, tzinfo=dt.UTC)
        start = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
        team = TeamHistory("ops", [Enrollment("ann")]).archive(on=noon)
        workspace = Workspace([team])
        may = Period(start, dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
        after = Period(noon, may.end)
        assert measured(workspace, PEOPLE, month=may) == {"active_member": 1}
        assert measured(workspace, PEOPLE_ANY_DAY, month=after) == {"active_member": 0}
        assert team.is_active(noon - dt.timedelta(microseconds=1))


class TestInactive:
    def workspace(self):
        return Workspace(
            [
                since("web", "01-01", "bob", "dee").archive(on=day("05-12")),
                since("ops", "01-01", "ann", "dee"),
            ],
            [Member(id) for id in ("ann", "bob", "cy", "dee")],
        )

    def test_inactive_is_who_is_in_no_active_team(self):
        assert inactive_members(self.workspace(), on=day("05-11")) == ("cy",)
        assert inactive_members(self.workspace(), on=day("05-12")) == ("bob", "cy")

    def test_counts(self):
        found = member_count(self.workspace(), on=day("05-12"))
        assert (found.members, found.active, found.inactive) == (4, 2, 2)

    def test_removed_members_are_gone_and_no_quantity_changes(self):
        before, on = self.workspace(), day("05-20")
        after = remove_inactive(before, on=on)
        assert member_count(after, on=on) == MemberCount(members=2, active=2)
        assert member_count(after, on=day("05-19")).members == 4
        for variant in VARIANTS:
            for period in (MAY, JUNE, month(7)):
                args = variant, period
                assert rows(after, *args) == rows(before, *args)

    def test_what_they_were_in_ends_so_that_coming_back_is_a_new_enrollment(self):
        after = remove_inactive(self.workspace(), on=day("05-20"))
        web = after.team("web")
        assert Enrollment("bob", day("01-01"), day("05-20")) in web.enrollments
        assert Enrollment("dee", day("01-01")) in web.enrollments
        back = Workspace(
            [web.restore(on=day("06-01"))],
            [*after.members, Member("bob", joined_on=day("06-01"))],
        )
        assert rows(back, PEOPLE, JUNE) == ["dee: web"]

    def test_a_planned_stay_is_left_alone(self):
        members = [
            Member("cy", left_on=day("05-30")),
            Member("cy", joined_on=day("08-01")),
        ]
        team = since("ops", "07-01", "cy")
        after = remove_inactive(Workspace([team], members), on=day("05-20"))
        assert after.members == (Member("cy", left_on=day("05-20")), members[1])
        assert after.teams == (team,)


# As quantities for a subscription.

TEAM_PLAN = Plan(
    "team",
    "Team",
    1,
    [Price(unit="team", unit_amount=60, currency="EUR", measured=True)],
)


class TestMeter:
    def workspace(self):
        web = since("web", "01-01", "ann").archive(on=day("02-20"))
        return Workspace([web, since("ops", "01-31", "bob", "cy")])

    def test_in_advance_the_period_that_starts_is_measured(self):
        at = meter(self.workspace(), TEAMS)
        assert [at(day(d)) for d in ("01-01", "02-01", "03-01")] == [
            {"team": 1},
            {"team": 2},
            {"team": 1},
        ]

    def test_in_arrears_the_period_that_ended_is_measured(self):
        at = meter(self.workspace(), PEOPLE, anchor=day("01-01"))
        assert [at(day(d)) for d in ("02-01", "03-01", "04-01")] == [
            {"active_member": 1},
            {"active_member": 3},
            {"active_member": 2},
        ]

    def test_periods_in_arrears_are_counted_from_the_anchor(self):
        """From 31 January: on 28 February the one from 31 January has ended, on
        31 March the one from 28 February, in which web was active on no day.
        """
        at = meter(self.workspace(), TEAMS_ANY_DAY, anchor=day("01-31"))
        assert [at(day(d)) for d in ("02-28", "03-31")] == [{"team": 2}, {"team": 1}]

    def test_other_intervals(self):
        at = meter(
            self.workspace(),
            TEAMS_ANY_DAY,
            anchor=day("01-01"),
            interval=Interval(days=30),
        )
        assert at(day("01-31")) == {"team": 1}  # 1 to 30 January
        yearly = meter(
            self.workspace(), TEAMS_ANY_DAY, anchor=day("01-01"), interval=ANNUAL
        )
        assert yearly(dt.date(2027, 1, 1)) == {"team": 2}

    def test_any_day_of_a_period_that_only_begins_is_refused(self):
        with pytest.raises(RulesError) as refused:
            meter(self.workspace(), TEAMS_ANY_DAY)
        assert refused.value.field == "counting"

    def test_the_other_kind_of_time_is_refused(self):
        instant = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
        with pytest.raises(MixedTimeError):
            meter(self.workspace(), TEAMS)(instant)
        with pytest.raises(MixedTimeError):
            meter(self.workspace(), TEAMS, anchor=instant)(day("02-01"))

    def test_bill_renew_and_preview_agree(self):
        workspace = self.workspace()
        opening = subscribe(
            TEAM_PLAN,
            id="s",
            interval=Interval(months=1),
            seats=measured(workspace, TEAMS, month=month(1)),
            on=day("01-01"),
            rules=BillingRules(),
        )
        told = bill(opening, [], until=day("03-01"), measured=meter(workspace, TEAMS))
        totals = [str(invoice.total.amount) for invoice in told.invoices]
        assert totals == ["60.00", "120.00", "60.00"]
        sub, invoices = opening.subscription, [*opening.invoices]
        for number in (2, 3):
            found = measured(workspace, TEAMS, month=month(number))
            preview = preview_invoice(sub, measured=found)
            outcome = renew(sub, on=month(number).start, measured=found)
            assert outcome.invoice == preview
            assert verify(preview) == ()
            sub = outcome.subscription
            invoices.append(outcome.invoice)
        assert tuple(invoices) == told.invoices
        assert sub == told.subscription

    def test_where_a_restored_team_is_to_be_prorated_it_is_bought(self):
        """Ambiguity 7, the other policy: an owned unit. 60 × 20/31 = 38.71."""
        plan = Plan("t", "T", 1, [Price(unit="team", unit_amount=60, currency="EUR")])
        opening = subscribe(
            plan,
            id="s",
            interval=Interval(months=1),
            seats={"team": 1},
            on=day("05-01"),
            rules=BillingRules(),
        )
        restored = [(day("05-12"), AddSeats(1, unit="team"))]
        told = bill(opening, restored, until=day("05-12"))
        assert str(told.invoices[-1].total.amount) == "38.71"


# The table of variants.

TABLE = BillingRules(
    licence_variants=[
        LicenceVariant(LicenceUnit.ACTIVE_MEMBER, plan="old"),
        LicenceVariant(LicenceUnit.TEAM, from_day=day("03-01"), plan="new"),
        LicenceVariant(LicenceUnit.TEAM, from_day=day("06-01"), plan="newer"),
        LicenceVariant(LicenceUnit.TEAM, contract="school", plan="school"),
        LicenceVariant(
            LicenceUnit.TEAM, from_day=day("05-01"), contract="school", plan="school 2"
        ),
        LicenceVariant(
            LicenceUnit.TEAM, from_day=day("04-01"), contract="city", plan="city"
        ),
    ]
)


class TestVariants:
    @pytest.mark.parametrize(
        ("signed_on", "contract", "plan"),
        [
            pytest.param("02-28", None, "old", id="the day before"),
            pytest.param("03-01", None, "new", id="the day itself"),
            pytest.param("12-31", None, "newer", id="the latest"),
            pytest.param("01-01", "school", "school", id="a contract, without a day"),
            pytest.param("12-31", "school", "school 2", id="a contract, the latest"),
            pytest.param("03-31", "city", "new", id="a contract that is not sold yet"),
            pytest.param("12-31", "city", "city", id="a contract before a later row"),
        ],
    )
    def test_the_date_and_the_contract_choose(self, signed_on, contract, plan):
        assert TABLE.licence_variant(day(signed_on), contract).plan == plan

    def test_the_order_of_the_table_does_not_matter(self):
        turned = BillingRules(licence_variants=TABLE.licence_variants[::-1])
        for contract in (None, "school", "city"):
            for number in range(1, 13):
                on = month(number).start
                found = turned.licence_variant(on, contract)
                assert found == TABLE.licence_variant(on, contract)

    def test_what_no_row_knows_is_refused(self):
        with pytest.raises(UnknownItemError) as refused:
            TABLE.licence_variant(day("01-01"), "club")
        assert refused.value.offered == ("school", "city")
        rules = BillingRules(
            licence_variants=[attrs.evolve(TEAMS, from_day=day("03-01"))]
        )
        with pytest.raises(UnknownItemError) as refused:
            rules.licence_variant(day("02-28"))
        assert refused.value.offered == (day("03-01"),)
        with pytest.raises(UnknownItemError) as refused:
            BillingRules().licence_variant(day("02-28"))
        assert (refused.value.kind, refused.value.offered) == (
            "licence variant",
            (),
        )
        with pytest.raises(UnknownItemError) as refused:
            BillingRules().licence_variant(day("02-28"), "club")
        assert (refused.value.kind, refused.value.offered) == ("contract", ())

    def test_bad_input_is_refused(self):
        with pytest.raises(DuplicateError):
            BillingRules(licence_variants=[TEAMS, PEOPLE])
        with pytest.raises(WrongTypeError):
            BillingRules(licence_variants=["team"])
        with pytest.raises(WrongTypeError):
            BillingRules(licence_variants=TEAMS)
        with pytest.raises(WrongTypeError):
            TABLE.licence_variant("2026-01-01")
        with pytest.raises(OutOfBoundsError):
            TABLE.licence_variant(day("01-01"), "")
        with pytest.raises(MixedTimeError):
            TABLE.licence_variant(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


# The way of the invoice.


class TestDelivery:
    MAIL = Delivery(channel=Channel.MAIL, mailbox_roles=("accounting",))

    def test_a_named_role_changes_the_mailbox(self):
        agreed = self.MAIL.change_mailbox("pay@example.com", by="accounting")
        assert agreed.mailbox == "pay@example.com"
        assert self.MAIL.mailbox is None
        with pytest.raises(PermissionRefusedError) as refused:
            agreed.change_mailbox("me@example.com", by="admin")
        assert refused.value.as_dict()["values"] == {
            "role": "admin",
            "action": "change_mailbox",
            "allowed": ("accounting",),
        }

    def test_where_no_role_is_named_everybody_may(self):
        free = Delivery(channel=Channel.MAIL)
        assert free.change_mailbox("a@b", by="anybody").mailbox == "a@b"

    @pytest.mark.parametrize(
        "mailbox",
        [
            "nobody",
            "@example.com",
            "pay@",
            "pay @example.com",
            "pay@example.com\nBcc: x",
        ],
    )
    def test_what_is_no_mail_address_is_refused(self, mailbox):
        with pytest.raises(DeliveryError) as refused:
            self.MAIL.change_mailbox(mailbox, by="accounting")
        assert refused.value.code == "invalid_delivery"
        assert refused.value.mailbox == mailbox

    def test_a_download_has_no_mailbox(self):
        with pytest.raises(DeliveryError):
            Delivery(place="settings").change_mailbox("a@b", by="owner")

    def test_bad_input_is_refused(self):
        for fields in (
            {"channel": "letter"},
            {"format": None},
            {"place": 3},
            {"mailbox": 3, "channel": Channel.MAIL},
            {"mailbox_roles": "accounting"},
        ):
            with pytest.raises((WrongTypeError, UnknownWordError)):
                Delivery(**fields)
        with pytest.raises(WrongTypeError):
            self.MAIL.change_mailbox(None, by="accounting")
        with pytest.raises(WrongTypeError):
            Delivery(channel=Channel.MAIL).change_mailbox("a@b", by=None)


# The door.

INSTANT = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
NAIVE = dt.datetime(2026, 5, 1)
ELSEWHERE = dt.datetime(2026, 5, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))
OPS = since("ops", "01-01", "ann")


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Enrollment(""), OutOfBoundsError),
        (lambda: Enrollment(3), WrongTypeError),
        (lambda: Enrollment("ann", "2026-01-01"), WrongTypeError),
        (lambda: Enrollment("ann", NAIVE), NaiveDatetimeError),
        (lambda: Enrollment("ann", None, ELSEWHERE), NotUtcError),
        (lambda: Enrollment("ann", day("01-02"), day("01-02")), EmptyPeriodError),
        (lambda: Enrollment("ann", day("01-02"), INSTANT), MixedTimeError),
        (lambda: TeamHistory(""), OutOfBoundsError),
        (lambda: TeamHistory("a", ["ann"]), WrongTypeError),
        (lambda: TeamHistory("a", "ann"), WrongTypeError),
        (lambda: TeamHistory("a", (), [day("01-02")]), WrongTypeError),
        (lambda: TeamHistory("a", (), [(None, None, None)]), WrongTypeError),
        (lambda: TeamHistory("a", (), (None, day("01-02"))), WrongTypeError),
        (lambda: TeamHistory("a", (), [(INSTANT, INSTANT)]), EmptyPeriodError),
        (
            lambda: TeamHistory("a", (), [(None, None), (day("01-02"), None)]),
            OverlapError,
        ),
        (
            lambda: TeamHistory("a", (), [(None, day("01-02")), (None, day("02-02"))]),
            OverlapError,
        ),
        (
            lambda: TeamHistory(
                "a", (), [(None, day("01-02")), (day("01-01"), day("02-02"))]
            ),
            OverlapError,
        ),
        (
            lambda: TeamHistory("a", (), [(None, day("01-02")), (INSTANT, None)]),
            MixedTimeError,
        ),
        (
            lambda: TeamHistory(
                "a", [Enrollment("b", INSTANT)], [(day("01-02"), None)]
            ),
            MixedTimeError,
        ),
        (lambda: TeamHistory.of("ops"), WrongTypeError),
        (lambda: OPS.is_active("2026-05-01"), WrongTypeError),
        (lambda: OPS.is_active(INSTANT), MixedTimeError),
        (lambda: OPS.archive(on=NAIVE), NaiveDatetimeError),
        (lambda: OPS.restore(on=INSTANT), MixedTimeError),
        (lambda: OPS.enroll("bob", on=INSTANT), MixedTimeError),
        (lambda: OPS.enroll("", on=day("02-01")), OutOfBoundsError),
        (lambda: OPS.withdraw(None, on=day("02-01")), WrongTypeError),
        (lambda: Workspace("ops"), WrongTypeError),
        (lambda: Workspace(["ops"]), WrongTypeError),
        (lambda: Workspace([OPS, Team("ops")]), DuplicateError),
        (lambda: Workspace([OPS], ["ann"]), WrongTypeError),
        (lambda: Workspace([OPS], []), UnknownItemError),
        (lambda: Workspace([OPS], [Member("ann", left_on=INSTANT)]), MixedTimeError),
        (
            lambda: Workspace([OPS, TeamHistory("b", (), [(INSTANT, None)])]),
            MixedTimeError,
        ),
        (lambda: Workspace([OPS]).team("web"), UnknownItemError),
        (lambda: licence_holders([OPS], TEAMS, month=MAY), WrongTypeError),
        (lambda: licence_holders(Workspace([OPS]), "team", month=MAY), WrongTypeError),
        (lambda: licence_holders(Workspace([OPS]), TEAMS, month=5), WrongTypeError),
        (
            lambda: measured(
                Workspace([OPS]),
                TEAMS,
                month=Period(INSTANT, INSTANT + dt.timedelta(9)),
            ),
            MixedTimeError,
        ),
        (lambda: meter([OPS], TEAMS), WrongTypeError),
        (lambda: meter(Workspace([OPS]), "team"), WrongTypeError),
        (lambda: meter(Workspace([OPS]), TEAMS, interval="month"), WrongTypeError),
        (lambda: meter(Workspace([OPS]), TEAMS, anchor="first"), WrongTypeError),
        (lambda: meter(Workspace([OPS]), TEAMS)(None), WrongTypeError),
        (lambda: member_count(OPS, on=day("01-01")), WrongTypeError),
        (lambda: member_count(Workspace([OPS]), on=None), WrongTypeError),
        (lambda: inactive_members(OPS, on=day("01-01")), WrongTypeError),
        (lambda: inactive_members(Workspace([OPS]), on=NAIVE), NaiveDatetimeError),
        (lambda: remove_inactive(Workspace([OPS]), on=INSTANT), MixedTimeError),
        (lambda: remove_inactive(OPS, on=day("01-01")), WrongTypeError),
        (lambda: LicenceVariant("teams"), UnknownWordError),
        (lambda: attrs.evolve(TEAMS, from_day="2026"), WrongTypeError),
        (lambda: attrs.evolve(TEAMS, contract=""), OutOfBoundsError),
        (lambda: attrs.evolve(TEAMS, plan=3), WrongTypeError),
        (lambda: attrs.evolve(TEAMS, counting="any day"), UnknownWordError),
        (lambda: attrs.evolve(TEAMS, delivery=Channel.MAIL), WrongTypeError),
        (lambda: LicenceHolder("", LicenceUnit.TEAM, ()), OutOfBoundsError),
        (lambda: LicenceHolder("a", "teams", ()), UnknownWordError),
        (lambda: LicenceHolder("a", LicenceUnit.TEAM, "a"), WrongTypeError),
        (lambda: MemberCount(members=1, active=2), OutOfBoundsError),
        (lambda: MemberCount(members=True, active=0), WrongTypeError),
    ],
)
def test_bad_input_stops_at_the_door(make, error):
    with pytest.raises(error) as refused:
        make()
    assert isinstance(refused.value, SeatbillError)
    assert refused.value.as_dict()["message"]
    assert type(pickle.loads(pickle.dumps(refused.value))) is error


# Laws, and a model: a calendar that says for each day who is where.

FIRST, LENGTH = dt.date(2026, 1, 1), 120
MONTHS = [month(n) for n in range(1, 5)]


@st.composite
def spans(draw, most=3):
    """Return spans in order, some open at an end, on a few days of the calendar."""
    marks = st.sets(st.integers(0, LENGTH - 1), max_size=2 * most)
    edges = [FIRST + dt.timedelta(n) for n in sorted(draw(marks))]
    if draw(st.booleans()):
        edges = [None, *edges]
    if len(edges) % 2:
        edges = [*edges, None]
    return list(zip(edges[::2], edges[1::2], strict=True))


@st.composite
def workspaces(draw):
    """Return a workspace of a few teams and people, at random over the calendar."""
    ids = "abcde"
    teams = [
        TeamHistory(
            team_id,
            [
                Enrollment(id, *span)
                for id in ids
                for span in draw(st.just([]) | spans(most=2))
            ],
            draw(spans()),
        )
        for team_id in draw(st.sampled_from(("", "t", "tu", "tuv")))
    ]
    if draw(st.booleans()):
        return Workspace(teams)
    members = [
        Member(id, joined_on=start, left_on=end)
        for id in ids
        for start, end in draw(st.just([(None, None)]) | spans(most=2))
    ]
    listed = {member.id for member in members}
    members += [Member(id, state=DEACTIVATED) for id in ids if id not in listed]
    return Workspace(teams, members)


def holds(span, at):
    """Return whether *at* is in *span*."""
    start, end = span
    return (start is None or start <= at) and (end is None or at < end)


def active_on(workspace, at):
    """Return the active teams of a day, each with the people in it who have access."""
    inside = {member.id for member in workspace.members if member.occupies(at)}
    return {
        team.id: {
            enrolled.member_id
            for enrolled in team.enrollments
            if holds((enrolled.start, enrolled.end), at)
        }
        & inside
        for team in workspace.teams
        if any(holds(span, at) for span in team.active)
    }


@given(workspaces(), st.sampled_from(MONTHS), st.sampled_from(VARIANTS))
def test_a_month_is_what_the_calendar_says_day_by_day(workspace, period, variant):
    last = period.days if variant.counting is Counting.ANY_DAY else 1
    days = [period.start + dt.timedelta(n) for n in range(last)]
    wanted = {}
    for at in days:
        for team_id, people in active_on(workspace, at).items():
            ids = [team_id] if variant.unit is LicenceUnit.TEAM else people
            for id in ids:
                wanted.setdefault(id, set()).add(team_id)
    found = licence_holders(workspace, variant, month=period)
    assert {row.id: set(row.team_ids) for row in found} == wanted
    assert [row.id for row in found] == sorted(wanted)
    assert all(list(row.team_ids) == sorted(row.team_ids) for row in found)
    assert {row.unit for row in found} <= {variant.unit}
    quantity = measured(workspace, variant, month=period)
    assert quantity == {variant.unit.value: len(found)}


@given(workspaces(), st.integers(0, LENGTH - 1))
def test_members_are_active_or_inactive(workspace, n):
    on = FIRST + dt.timedelta(n)
    inside = {member.id for member in workspace.members if member.occupies(on)}
    active = set().union(*active_on(workspace, on).values())
    count = member_count(workspace, on=on)
    assert (count.members, count.active) == (len(inside), len(active))
    found = inactive_members(workspace, on=on)
    assert found == tuple(sorted(inside - active))
    assert len(found) == count.inactive


@given(workspaces(), st.integers(0, LENGTH - 1))
def test_removing_the_inactive_empties_their_list_and_bills_the_same(workspace, n):
    on = FIRST + dt.timedelta(n)
    after = remove_inactive(workspace, on=on)
    assert inactive_members(after, on=on) == ()
    assert remove_inactive(after, on=on) == after
    count = member_count(workspace, on=on)
    assert member_count(after, on=on) == MemberCount(
        members=count.active, active=count.active
    )
    today = Period(on, on + dt.timedelta(1))
    for variant in VARIANTS:
        for period in (today, *(m for m in MONTHS if m.end <= on)):
            args = {"month": period}
            assert licence_holders(after, variant, **args) == licence_holders(
                workspace, variant, **args
            )


@given(workspaces())
def test_any_day_counts_at_least_who_counts_at_the_start(workspace):
    for period in MONTHS:
        for at_start, any_day in ((TEAMS, TEAMS_ANY_DAY), (PEOPLE, PEOPLE_ANY_DAY)):
            first = {
                row.id for row in licence_holders(workspace, at_start, month=period)
            }
            some = {row.id for row in licence_holders(workspace, any_day, month=period)}
            assert first <= some


@given(workspaces())
def test_a_meter_says_what_measured_says(workspace):
    for variant in VARIANTS:
        ended = meter(workspace, variant, anchor=FIRST)
        for period in MONTHS:
            found = measured(workspace, variant, month=period)
            assert ended(period.end) == found
            if variant.counting is Counting.AT_START:
                assert meter(workspace, variant)(period.start) == found


@given(workspaces())
def test_values_travel(workspace):
    assert pickle.loads(pickle.dumps(workspace)) == workspace
    assert hash(workspace) == hash(attrs.evolve(workspace))
    rules = pickle.loads(pickle.dumps(TABLE))
    assert (rules, hash(rules)) == (TABLE, hash(TABLE))


@given(
    st.lists(st.tuples(st.sampled_from("ar"), st.integers(0, LENGTH - 1)), max_size=9)
)
def test_archiving_and_restoring_is_a_switch_for_each_day(steps):
    """In the order of the days, against a plain list of days."""
    team, model = TeamHistory("ops"), [True] * LENGTH
    for step, n in sorted(steps, key=lambda s: s[1]):
        on = FIRST + dt.timedelta(n)
        turn = team.archive if step == "a" else team.restore
        if model[n] is (step == "r"):
            with pytest.raises(NoChangeError):
                turn(on=on)
            continue
        team = turn(on=on)
        model[n:] = [step == "r"] * (LENGTH - n)
    days = [FIRST + dt.timedelta(n) for n in range(LENGTH)]
    assert [team.is_active(at) for at in days] == model
