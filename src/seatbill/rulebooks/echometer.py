"""Echometer: what is measured is billed, by the team or by the active member.

Prices are samples: a price list is the host's data.  The numbers are those of
``tests/rules.json``.  Team licences are the norm since March 2023; who started
before, or has an enterprise contract, pays by the active member.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Final

import attrs

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
_team = partial(Price, unit="team", unit_amount="60", currency="EUR", measured=True)
TEAM_LICENCES: Final = Plan("team-licences", "Team licences", 1, (_team(),))

# EC-10, EC-14: an active member is one unit, however many teams they are in.
_member = partial(
    Price, unit="active_member", unit_amount="7.50", currency="EUR", measured=True
)
USER_LICENCES: Final = Plan("user-licences", "User licences", 1, (_member(),))

_BEFORE: Final = LicenceVariant(  # EC-4: who started before the day
    LicenceUnit.ACTIVE_MEMBER,
    plan="user-licences",
    counting=Counting.AT_START,  # EC-13: archived in May, not billed in June
    delivery=MAIL,  # EC-18, EC-24
)
_SINCE_THEN: Final = LicenceVariant(  # EC-3: the norm since then
    LicenceUnit.TEAM,
    from_day=SINCE,
    plan="team-licences",
    counting=Counting.AT_START,  # EC-7: read like EC-13 (ambiguity 7)
    delivery=DOWNLOAD,  # EC-8, EC-24
)
# EC-4: an enterprise contract, whenever it was signed.
_ENTERPRISE: Final = attrs.evolve(_BEFORE, contract="enterprise")

RULES: Final = BillingRules(
    name="echometer",
    intervals=(MONTHLY,),  # EC-25: a bill for each month
    # EC-2: which variant is a matter of date and contract.
    licence_variants=(_BEFORE, _SINCE_THEN, _ENTERPRISE),
)

CATALOG: Final = Catalog((TEAM_LICENCES, USER_LICENCES))

# The other reading of ambiguity 24: whoever was active on any day of the month counts,
# which is known at its end; so these prices are in arrears.
ANY_DAY_RULES: Final = attrs.evolve(
    RULES,
    name="echometer-any-day",
    licence_variants=(
        attrs.evolve(_BEFORE, counting=Counting.ANY_DAY),
        attrs.evolve(_SINCE_THEN, counting=Counting.ANY_DAY),
        attrs.evolve(_ENTERPRISE, counting=Counting.ANY_DAY),
    ),
)

ANY_DAY_CATALOG: Final = Catalog(
    (
        attrs.evolve(TEAM_LICENCES, prices=(_team(in_arrears=True),)),
        attrs.evolve(USER_LICENCES, prices=(_member(in_arrears=True),)),
    )
)
