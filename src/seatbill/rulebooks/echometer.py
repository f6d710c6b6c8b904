"""Echometer: what is measured is billed, by the team or by the active member.

Prices are samples: a price list is the host's data.  The numbers are those of
``tests/rules.json``.  Team licences are the norm since March 2023; who started
before, or has an enterprise contract, pays by the active member.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from ..catalogs import Catalog
from ..licences import Channel, Counting, Delivery, LicenceUnit, LicenceVariant
from ..periods import MONTHLY
from ..plans import Plan, Price
from ..rules import BillingRules

__all__ = ["ANY_DAY_CATALOG", "ANY_DAY_RULES", "CATALOG", "RULES"]

SINCE: Final = dt.date(2023, 3, 1)  # EC-3, EC-4: the norm from here on

# EC-8, EC-24: whoever pays by the team fetches the invoice themselves.
DOWNLOAD: Final = Delivery(channel=Channel.DOWNLOAD, place="settings/general")

# EC-18: a PDF by mail to the mailbox agreed with the customer; EC-19: which the
# accounting department changes.
MAIL: Final = Delivery(
    channel=Channel.MAIL, format="pdf", mailbox_roles=("accounting",)
)

# EC-5: a team is one unit, whatever its size.
TEAM_LICENCES: Final = Plan(
    "team-licences",
    "Team licences",
    1,
    (Price(unit="team", unit_amount="60", currency="EUR", measured=True),),
)

# EC-10, EC-14: an active member is one unit, however many teams they are in.
USER_LICENCES: Final = Plan(
    "user-licences",
    "User licences",
    1,
    (Price(unit="active_member", unit_amount="7.50", currency="EUR", measured=True),),
)

RULES: Final = BillingRules(
    name="echometer",
    intervals=(MONTHLY,),  # EC-25: a bill for each month
    licence_variants=(  # EC-2: which variant is a matter of date and contract
        LicenceVariant(  # EC-4: who started before the day
            LicenceUnit.ACTIVE_MEMBER,
            plan="user-licences",
            counting=Counting.AT_START,  # EC-13: archived in May, not billed in June
            delivery=MAIL,  # EC-18, EC-24
        ),
        LicenceVariant(  # EC-3: the norm since then
            LicenceUnit.TEAM,
            from_day=SINCE,
            plan="team-licences",
            counting=Counting.AT_START,  # EC-7: read like EC-13 (ambiguity 7)
            delivery=DOWNLOAD,  # EC-8, EC-24
        ),
        LicenceVariant(  # EC-4: an enterprise contract, whenever it was signed
            LicenceUnit.ACTIVE_MEMBER,
            contract="enterprise",
            plan="user-licences",
            counting=Counting.AT_START,
            delivery=MAIL,
        ),
    ),
)

CATALOG: Final = Catalog((TEAM_LICENCES, USER_LICENCES))

# The other reading of ambiguity 24: whoever was active on any day of the month counts,
# which is known at its end; so these prices are in arrears.
ANY_DAY_RULES: Final = BillingRules(
    name="echometer-any-day",
    intervals=(MONTHLY,),
    licence_variants=(
        LicenceVariant(
            LicenceUnit.ACTIVE_MEMBER,
            plan="user-licences",
            counting=Counting.ANY_DAY,
            delivery=MAIL,
        ),
        LicenceVariant(
            LicenceUnit.TEAM,
            from_day=SINCE,
            plan="team-licences",
            counting=Counting.ANY_DAY,
            delivery=DOWNLOAD,
        ),
        LicenceVariant(
            LicenceUnit.ACTIVE_MEMBER,
            contract="enterprise",
            plan="user-licences",
            counting=Counting.ANY_DAY,
            delivery=MAIL,
        ),
    ),
)

ANY_DAY_CATALOG: Final = Catalog(
    (
        Plan(
            "team-licences",
            "Team licences",
            1,
            (
                Price(
                    unit="team",
                    unit_amount="60",
                    currency="EUR",
                    measured=True,
                    in_arrears=True,
                ),
            ),
        ),
        Plan(
            "user-licences",
            "User licences",
            1,
            (
                Price(
                    unit="active_member",
                    unit_amount="7.50",
                    currency="EUR",
                    measured=True,
                    in_arrears=True,
                ),
            ),
        ),
    )
)
