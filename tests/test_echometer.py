"""The rules of Echometer, one by one, and a year of each of its two variants."""

from __future__ import annotations

import datetime as dt

import pytest

from seatbill import (
    Member,
    Party,
    Period,
    Plan,
    SetRecipient,
    Team,
    bill,
    change,
    renew,
    subscribe,
    verify,
)
from seatbill.errors import (
    IntervalNotOfferedError,
    PermissionRefusedError,
    RenewFirstError,
    RulesError,
)
from seatbill.licences import (
    Channel,
    LicenceUnit,
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
from seatbill.periods import ANNUAL, MONTHLY
from seatbill.rulebooks import echometer
from stories import sum_of, when

RULES, CATALOG = echometer.RULES, echometer.CATALOG
TEAM = RULES.licence_variant(dt.date(2023, 3, 15))
USER = RULES.licence_variant(dt.date(2022, 6, 1))


def day(text):
    """Return a day of 2026 from ``month-day``."""
    return dt.date.fromisoformat(f"2026-{text}")


MAY = Period(day("05-01"), day("06-01"))
JUNE = Period(day("06-01"), day("07-01"))


def ids(prefix, count):
    """Return *count* ids: ``a01``, ``a02`` and so on."""
    return [f"{prefix}{n:02}" for n in range(1, count + 1)]


def of_25():
    """Return the workspace of the rulebook: 25 members, of whom 18 are active.

    Ten and eight people in two active teams, four in one that was archived in
    April, three in none.
    """
    people = ids("a", 10), ids("b", 8), ids("c", 4), ids("d", 3)
    return Workspace(
        [
            Team("alpha", people[0]),
            Team("beta", people[1]),
            Team("gamma", people[2], archived_on=day("04-10")),
        ],
        [Member(id) for group in people for id in group],
    )


def opened(workspace, variant, on="01-01", catalog=CATALOG, rules=RULES):
    """Return the opening of a subscription to what *variant* measures."""
    month = Period.nth(day(on), MONTHLY, 0)
    return subscribe(
        catalog.plan(variant.plan),
        id=variant.plan,
        interval=MONTHLY,
        seats=measured(workspace, variant, month=month),
        on=day(on),
        rules=rules,
    )


def sums(invoices):
    """Return the invoices, each as its day and its sum; each one proves itself."""
    assert all(verify(invoice) == () for invoice in invoices)
    return [f"{when(invoice.issued_on)}: {sum_of(invoice)}" for invoice in invoices]


# Which variant: a table of dates and contracts.


@pytest.mark.rule("EC-2")
@pytest.mark.parametrize(
    ("signed_on", "contract", "unit"),
    [
        pytest.param(
            "2023-03-15", None, "team", id="since March", marks=pytest.mark.rule("EC-3")
        ),
        pytest.param(
            "2023-03-01", None, "team", id="1 March", marks=pytest.mark.rule("EC-3")
        ),
        pytest.param(
            "2023-02-28",
            None,
            "active_member",
            id="before March",
            marks=pytest.mark.rule("EC-4"),
        ),
        pytest.param(
            "2024-06-01",
            "enterprise",
            "active_member",
            id="enterprise of 2024",
            marks=pytest.mark.rule("EC-4"),
        ),
    ],
)
def test_the_day_and_the_contract_choose_the_variant(signed_on, contract, unit):
    signed = dt.date.fromisoformat(signed_on)
    for rules in (RULES, echometer.ANY_DAY_RULES):
        variant = rules.licence_variant(signed, contract)
        assert variant.unit.value == unit
        (price,) = CATALOG.plan(variant.plan).prices
        assert (price.unit, price.measured) == (unit, True)


# Team licences.


@pytest.mark.rule("EC-5")
def test_a_team_is_one_unit_whatever_its_size():
    """4 teams × 60 = 240, with 0, 1, 2 and 30 people in them."""
    teams = [Team(f"of {n}", ids("p", n)) for n in (0, 1, 2, 30)]
    opening = opened(Workspace(teams), TEAM)
    assert sums(opening.invoices) == ["2026-01-01: +240.00 = 240.00"]


@pytest.mark.rule("EC-6")
@pytest.mark.rule("EC-12")
def test_a_team_can_be_archived_and_is_no_longer_active():
    team = TeamHistory("ops").archive(on=day("05-12"))
    assert team.is_active(day("05-11"))
    assert not team.is_active(day("05-12"))
    assert team.restore(on=day("08-03")).is_active(day("08-03"))


@pytest.mark.rule("EC-7")
def test_archived_teams_are_not_billed():
    """Four teams, one archived on 12 May: 4 × 60 in May, 3 × 60 in June."""
    teams = [Team(id) for id in "abc"]
    workspace = Workspace([*teams, Team("d", archived_on=day("05-12"))])
    opening = opened(workspace, TEAM, "05-01")
    told = bill(opening, [], until=day("06-01"), measured=meter(workspace, TEAM))
    assert sums(told.invoices) == [
        "2026-05-01: +240.00 = 240.00",
        "2026-06-01: +180.00 = 180.00",
    ]


# User licences.


@pytest.mark.rule("EC-9")
@pytest.mark.rule("EC-16")
def test_everybody_with_access_is_a_member_and_the_numbers_can_be_seen():
    count = member_count(of_25(), on=day("05-01"))
    assert (count.members, count.active, count.inactive) == (25, 18, 7)


@pytest.mark.rule("EC-10")
def test_only_active_members_are_billed():
    """25 members, 18 active: 18 × 7.50 = 135."""
    opening = opened(of_25(), USER, "05-01")
    assert sums(opening.invoices) == ["2026-05-01: +135.00 = 135.00"]
    assert opening.invoice.lines[0].quantity == 18


@pytest.mark.rule("EC-11")
@pytest.mark.rule("EC-21")
def test_active_is_who_is_in_an_active_team_and_inactive_who_is_in_none():
    inactive = inactive_members(of_25(), on=day("05-01"))
    assert inactive == ("c01", "c02", "c03", "c04", "d01", "d02", "d03")
    before = inactive_members(of_25(), on=day("04-09"))  # gamma was active then
    assert before == ("d01", "d02", "d03")


@pytest.mark.rule("EC-13")
def test_the_people_of_an_archived_team_are_billed_in_its_month_and_not_after():
    """Archived on 12 May with 3 people; 2 more are elsewhere: 5, then 2 × 7.50."""
    web = Team("web", ids("w", 3), archived_on=day("05-12"))
    workspace = Workspace([web, Team("ops", ids("o", 2))])
    told = bill(
        opened(workspace, USER, "05-01"),
        [],
        until=day("06-01"),
        measured=meter(workspace, USER),
    )
    assert sums(told.invoices) == [
        "2026-05-01: +37.50 = 37.50",
        "2026-06-01: +15.00 = 15.00",
    ]


@pytest.mark.rule("EC-14")
def test_a_person_in_three_teams_is_one_licence():
    workspace = Workspace([Team(id, ["ann"]) for id in "cab"])
    (row,) = licence_holders(workspace, USER, month=MAY)
    assert (row.id, row.team_ids) == ("ann", ("a", "b", "c"))
    assert measured(workspace, USER, month=MAY) == {"active_member": 1}


@pytest.mark.rule("EC-15")
def test_who_is_also_in_an_active_team_is_still_billed():
    archived = Team("web", ["ann", "bob"], archived_on=day("04-01"))
    workspace = Workspace([archived, Team("ops", ["ann"])])
    (row,) = licence_holders(workspace, USER, month=MAY)
    assert (row.id, row.team_ids) == ("ann", ("ops",))


@pytest.mark.rule("EC-17")
def test_the_export_of_a_month_has_a_row_for_each_licence_billed():
    workspace = of_25()
    rows = licence_holders(workspace, USER, month=MAY)
    assert [row.id for row in rows] == ids("a", 10) + ids("b", 8)
    assert {row.team_ids for row in rows[:10]} == {("alpha",)}
    invoice = opened(workspace, USER, "05-01").invoice
    assert len(rows) == 18 == invoice.lines[0].quantity
    teams = licence_holders(workspace, TEAM, month=MAY)
    assert [row.id for row in teams] == ["alpha", "beta"]


@pytest.mark.rule("EC-20")
@pytest.mark.rule("EC-22")
def test_all_inactive_members_are_removed_at_once_and_lose_access():
    """25 − 18 = 7 are removed."""
    before, on = of_25(), day("05-20")
    after = remove_inactive(before, on=on)
    assert len(inactive_members(before, on=on)) == 7
    assert member_count(after, on=on) == MemberCount(members=18, active=18)
    assert inactive_members(after, on=on) == ()
    allowed = {person.id for person in after.members if person.occupies(on)}
    assert allowed == {*ids("a", 10), *ids("b", 8)}
    assert member_count(after, on=day("05-19")).members == 25


@pytest.mark.rule("EC-23")
def test_removing_inactive_members_leaves_the_bill_as_it_is():
    """18 × 7.50 = 135 in June, with them and without."""
    before = of_25()
    after = remove_inactive(before, on=day("05-20"))
    opening = opened(before, USER, "05-01")
    found = [
        bill(opening, [], until=day("06-01"), measured=meter(workspace, USER))
        for workspace in (before, after)
    ]
    assert found[0].invoices == found[1].invoices
    assert sums(found[1].invoices)[1] == "2026-06-01: +135.00 = 135.00"


@pytest.mark.rule("EC-25")
def test_each_month_is_billed_for_its_own_holders():
    """18 in May; one leaves her only team on 15 May: 17 × 7.50 = 127.50 in June."""
    alpha, *others = of_25().teams
    workspace = Workspace(
        [alpha.withdraw("a10", on=day("05-15")), *others], of_25().members
    )
    counts = [len(licence_holders(workspace, USER, month=m)) for m in (MAY, JUNE)]
    assert counts == [18, 17]
    sub = opened(workspace, USER, "05-01").subscription
    june = measured(workspace, USER, month=JUNE)
    renewed = renew(sub, on=day("06-01"), measured=june)
    assert sums(renewed.invoices) == ["2026-06-01: +127.50 = 127.50"]
    with pytest.raises(IntervalNotOfferedError):
        subscribe(
            CATALOG.plan(USER.plan),
            id="yearly",
            interval=ANNUAL,
            seats=june,
            on=day("05-01"),
            rules=RULES,
        )


def test_nothing_is_renewed_without_a_measurement():
    sub = opened(of_25(), USER, "05-01").subscription
    with pytest.raises(RenewFirstError) as refused:
        renew(sub, on=day("06-01"))
    assert refused.value.units == "active_member"
    with pytest.raises(RenewFirstError):
        change(sub, SetRecipient(None), on=day("06-02"))


# How the invoice gets there.


@pytest.mark.rule("EC-8")
def test_the_invoice_for_team_licences_is_downloaded_in_the_settings():
    assert TEAM.delivery.channel is Channel.DOWNLOAD
    assert TEAM.delivery.place == "settings/general"


@pytest.mark.rule("EC-18")
def test_the_invoice_for_user_licences_is_a_pdf_mailed_to_an_agreed_mailbox():
    agreed = USER.delivery.change_mailbox("bills@example.com", by="accounting")
    assert (agreed.channel, agreed.format) == (Channel.MAIL, "pdf")
    assert agreed.mailbox == "bills@example.com"


@pytest.mark.rule("EC-19")
def test_the_mailbox_is_changed_by_accounting_alone():
    with pytest.raises(PermissionRefusedError) as refused:
        USER.delivery.change_mailbox("me@example.com", by="owner")
    assert refused.value.allowed == ("accounting",)


@pytest.mark.rule("EC-24")
def test_the_channel_follows_from_the_variant():
    channels = {
        variant.unit: variant.delivery.channel
        for rules in (RULES, echometer.ANY_DAY_RULES)
        for variant in rules.licence_variants
    }
    assert channels == {
        LicenceUnit.TEAM: Channel.DOWNLOAD,
        LicenceUnit.ACTIVE_MEMBER: Channel.MAIL,
    }


# A year: teams archived and restored, people moving.


def of_2026():
    """Return the workspace of a year.

    ====  ==========================================================================
    ops   all year
    web   all year but 12 May to 2 August and 20 October to 30 November
    hr    until it is archived on 1 March
    lab   from 15 February until it is archived on 31 July
    ====  ==========================================================================

    Ann is in ops and web, Bob in web.  Cy moves from hr to lab on 15 February, Dee
    stays in hr.  Eve is in ops from 10 April until she leaves on 20 September.  Fay
    starts with lab and moves to ops on 16 July.
    """
    new_year = day("01-01")
    ops = TeamHistory("ops", (), [(new_year, None)]).enroll("ann", on=new_year)
    ops = ops.enroll("eve", on=day("04-10")).enroll("fay", on=day("07-16"))
    web = TeamHistory("web", (), [(new_year, None)])
    web = web.enroll("ann", on=new_year).enroll("bob", on=new_year)
    web = web.archive(on=day("05-12")).restore(on=day("08-03"))
    web = web.archive(on=day("10-20")).restore(on=day("12-01"))
    hr = TeamHistory("hr", (), [(new_year, None)])
    hr = hr.enroll("cy", on=new_year).enroll("dee", on=new_year)
    hr = hr.withdraw("cy", on=day("02-15")).archive(on=day("03-01"))
    lab = TeamHistory("lab", (), [(day("02-15"), None)])
    lab = lab.enroll("cy", on=day("02-15")).enroll("fay", on=day("02-15"))
    lab = lab.withdraw("fay", on=day("07-16")).archive(on=day("07-31"))
    members = [Member(id) for id in ("ann", "bob", "cy", "dee", "fay")]
    eve = Member("eve", joined_on=day("04-10"), left_on=day("09-20"))
    return Workspace([ops, web, hr, lab], [*members, eve])


YEAR = [f"2026-{n:02}-01" for n in range(1, 13)]
ENDS = [*YEAR[1:], "2027-01-01"]


def told(days, quantities, unit_amount):
    """Return the year's invoices as they are expected, a quantity a month."""
    return [
        f"{on}: +{quantity * unit_amount:.2f} = {quantity * unit_amount:.2f}"
        for on, quantity in zip(days, quantities, strict=True)
    ]


def test_a_year_of_team_licences():
    """60.00 for each team that is active on the first of the month.

    =====  =================  =====  ========
    month  active on the 1st  teams  EUR
    =====  =================  =====  ========
    Jan    ops web hr             3    180.00
    Feb    ops web hr             3    180.00  lab comes on the 15th
    Mar    ops web lab            3    180.00  hr is archived on the 1st
    Apr    ops web lab            3    180.00
    May    ops web lab            3    180.00  web is archived on the 12th
    Jun    ops lab                2    120.00
    Jul    ops lab                2    120.00  lab is archived on the 31st
    Aug    ops                    1     60.00  web is restored on the 3rd
    Sep    ops web                2    120.00
    Oct    ops web                2    120.00  web is archived on the 20th
    Nov    ops                    1     60.00
    Dec    ops web                2    120.00  web is restored on the 1st
    =====  =================  =====  ========
    """
    workspace = of_2026()
    year = bill(
        opened(workspace, TEAM),
        [],
        until=day("12-31"),
        measured=meter(workspace, TEAM),
    )
    assert sums(year.invoices) == [
        "2026-01-01: +180.00 = 180.00",
        "2026-02-01: +180.00 = 180.00",
        "2026-03-01: +180.00 = 180.00",
        "2026-04-01: +180.00 = 180.00",
        "2026-05-01: +180.00 = 180.00",
        "2026-06-01: +120.00 = 120.00",
        "2026-07-01: +120.00 = 120.00",
        "2026-08-01: +60.00 = 60.00",
        "2026-09-01: +120.00 = 120.00",
        "2026-10-01: +120.00 = 120.00",
        "2026-11-01: +60.00 = 60.00",
        "2026-12-01: +120.00 = 120.00",
    ]  # 27 months of a team: 1620.00
    assert sum(invoice.total.minor_units for invoice in year.invoices) == 162_000


def test_a_year_of_user_licences():
    """7.50 for each person in an active team on the first of the month.

    =====  =================  ======  =======
    month  who                people  EUR
    =====  =================  ======  =======
    Jan    ann bob cy dee          4    30.00
    Feb    ann bob cy dee          4    30.00
    Mar    ann bob cy fay          4    30.00  dee is in hr alone, which is archived
    Apr    ann bob cy fay          4    30.00  eve comes on the 10th
    May    ann bob cy eve fay      5    37.50  web is archived on the 12th
    Jun    ann cy eve fay          4    30.00  ann is in ops, bob in web alone
    Jul    ann cy eve fay          4    30.00  fay moves before lab is archived
    Aug    ann eve fay             3    22.50  cy is in lab alone
    Sep    ann bob eve fay         4    30.00  eve leaves on the 20th
    Oct    ann bob fay             3    22.50
    Nov    ann fay                 2    15.00
    Dec    ann bob fay             3    22.50
    =====  =================  ======  =======
    """
    workspace = of_2026()
    moved = SetRecipient(Party(name="Acme GmbH"))
    year = bill(
        opened(workspace, USER),
        [(day("06-15"), moved)],
        until=day("12-31"),
        measured=meter(workspace, USER),
    )
    assert sums(year.invoices) == [
        "2026-01-01: +30.00 = 30.00",
        "2026-02-01: +30.00 = 30.00",
        "2026-03-01: +30.00 = 30.00",
        "2026-04-01: +30.00 = 30.00",
        "2026-05-01: +37.50 = 37.50",
        "2026-06-01: +30.00 = 30.00",
        "2026-07-01: +30.00 = 30.00",
        "2026-08-01: +22.50 = 22.50",
        "2026-09-01: +30.00 = 30.00",
        "2026-10-01: +22.50 = 22.50",
        "2026-11-01: +15.00 = 15.00",
        "2026-12-01: +22.50 = 22.50",
    ]  # 44 months of a person: 330.00
    assert sum(invoice.total.minor_units for invoice in year.invoices) == 33_000
    assert [i.recipient for i in year.invoices] == [None] * 6 + [moved.recipient] * 6
    august = Period(day("08-01"), day("09-01"))
    export = licence_holders(workspace, USER, month=august)
    assert [(row.id, *row.team_ids) for row in export] == [
        ("ann", "ops"),
        ("eve", "ops"),
        ("fay", "ops"),
    ]
    assert inactive_members(workspace, on=august.start) == ("bob", "cy", "dee")


@pytest.mark.parametrize(
    ("unit", "unit_amount", "quantities", "total"),
    [
        # March: hr is archived on the 1st, so on no day of it.  August: web from the
        # 3rd.  Feb: lab from the 15th.  29 months of a team.
        pytest.param(
            "team", 60, [3, 4, 3, 3, 3, 2, 2, 2, 2, 2, 1, 2], 174_000, id="teams"
        ),
        # Feb: + fay.  Apr: + eve.  Aug: bob again, from the 3rd.  47 months.
        pytest.param(
            "active_member",
            7.5,
            [4, 5, 4, 5, 5, 4, 4, 4, 4, 3, 2, 3],
            35_250,
            id="people",
        ),
    ],
)
def test_a_year_in_which_any_day_counts(unit, unit_amount, quantities, total):
    """The same year by the other reading, each month billed at its end."""
    workspace, rules = of_2026(), echometer.ANY_DAY_RULES
    (variant,) = {
        row.plan: row for row in rules.licence_variants if row.unit.value == unit
    }.values()
    opening = opened(workspace, variant, catalog=echometer.ANY_DAY_CATALOG, rules=rules)
    assert opening.invoices == ()
    year = bill(
        opening,
        [],
        until=dt.date(2027, 1, 1),
        measured=meter(workspace, variant, anchor=day("01-01")),
    )
    assert sums(year.invoices) == told(ENDS, quantities, unit_amount)
    assert sum(invoice.total.minor_units for invoice in year.invoices) == total
    with pytest.raises(RulesError):
        meter(workspace, variant)


def test_what_is_declared_is_sound():
    for rules, catalog in (
        (RULES, CATALOG),
        (echometer.ANY_DAY_RULES, echometer.ANY_DAY_CATALOG),
    ):
        assert catalog.problems() == ()
        for variant in rules.licence_variants:
            plan = catalog.plan(variant.plan)
            assert isinstance(plan, Plan)
            assert [price.unit for price in plan.prices] == [variant.unit.value]
