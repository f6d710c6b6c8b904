"""Licence variants: a dated table of who pays for which unit, and how.

The rules hold such a table, so it stands apart from the counting of ``licences``,
which bills only what is measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import attrs

from ._values.base import Value, Word, worded
from ._values.checks import Time, instance, moment, several, text, unique
from .errors import DeliveryError, PermissionRefusedError, UnknownItemError
from .periods import keep_times, one_kind, ordinal, same_time


class LicenceUnit(Word):
    """What one licence is for; its word is the unit of the measured price.

    :TEAM: A team.
    :ACTIVE_MEMBER: A person in at least one team that is not archived.
    """

    TEAM = "team"
    ACTIVE_MEMBER = "active_member"


class Counting(Word):
    """Which days of a month decide who counts in it.

    :AT_START: The state at the month's start: what is archived later counts this month.
    :ANY_DAY: Whoever counts on any day of the month; known once it is over.
    """

    AT_START = "at_start"
    ANY_DAY = "any_day"


class Channel(Word):
    """How an invoice reaches the customer.

    :DOWNLOAD: The customer fetches it.
    :MAIL: It is sent to the mailbox.
    """

    DOWNLOAD = "download"
    MAIL = "mail"


def _roles(values: Iterable[str]) -> tuple[str, ...]:
    found = several("mailbox_roles", values, str)
    return tuple(text("mailbox_roles", value) for value in found)


@final
@attrs.frozen(kw_only=True, order=False, eq=False, repr=False, field_transformer=worded)
class Delivery(Value):
    """The way of an invoice: a download at *place*, or mail to a *mailbox*.

    *mailbox* stays empty until it is agreed with the customer; only
    *mailbox_roles* may change it, everybody where none is named.

    Raises: DeliveryError where a download has a mailbox, or it is no mail address.
    """

    channel: Channel = attrs.field(default=Channel.DOWNLOAD, converter=Channel)
    format: str = "pdf"
    place: str | None = None
    mailbox: str | None = None
    mailbox_roles: tuple[str, ...] = attrs.field(default=(), converter=_roles)

    def __attrs_post_init__(self) -> None:
        text("format", self.format)
        if self.place is not None:
            text("place", self.place)
        if self.mailbox is None:
            return
        if self.channel is not Channel.MAIL:
            raise DeliveryError(self.mailbox, "no_mailbox")
        name, _, domain = text("mailbox", self.mailbox).rpartition("@")
        plain = self.mailbox.isprintable() and " " not in self.mailbox
        if not (name and domain and plain):
            raise DeliveryError(self.mailbox, "no_address")

    def change_mailbox(self, mailbox: str, *, by: str) -> Delivery:
        """Return this delivery to another *mailbox*, changed *by* a role.

        Raises: PermissionRefusedError, DeliveryError.
        """
        text("by", by)
        if self.mailbox_roles and by not in self.mailbox_roles:
            allowed = tuple(self.mailbox_roles)
            raise PermissionRefusedError(by, "change_mailbox", allowed)
        return attrs.evolve(self, mailbox=text("mailbox", mailbox))


@final
@attrs.frozen(order=False, eq=False, repr=False, field_transformer=worded)
class LicenceVariant(Value):
    """One row of a dated table: what is licensed for whom, and how.

    It holds for contracts signed on or after *from_day*, for all where it is empty;
    with *contract* for that kind of contract only, before any row without one.
    *plan* is the id of the plan that it is sold as.
    """

    unit: LicenceUnit = attrs.field(converter=LicenceUnit)
    from_day: Time | None = attrs.field(default=None, kw_only=True)
    contract: str | None = attrs.field(default=None, kw_only=True)
    plan: str | None = attrs.field(default=None, kw_only=True)
    counting: Counting = attrs.field(
        default=Counting.AT_START, kw_only=True, converter=Counting
    )
    delivery: Delivery = attrs.field(default=Delivery(), kw_only=True)

    def __attrs_post_init__(self) -> None:
        keep_times(self, optional=["from_day"])
        for name in ("contract", "plan"):
            if getattr(self, name) is not None:
                text(name, getattr(self, name))
        instance("delivery", self.delivery, Delivery)


def variant_table(values: Iterable[LicenceVariant]) -> tuple[LicenceVariant, ...]:
    """Return *values* as a table: one row for each contract and day."""
    rows = several("licence_variants", values, LicenceVariant)
    unique("licence variant", [(row.contract, row.from_day) for row in rows])
    days = enumerate(row.from_day for row in rows)
    one_kind((f"licence_variants[{i}].from_day", day) for i, day in days)
    return rows


def variant_for(
    table: tuple[LicenceVariant, ...], signed_on: Time, contract: str | None
) -> LicenceVariant:
    """Return the row of *table* that a contract falls under, the latest of several.

    Raises: UnknownItemError where no row knows the contract, or its day.
    """
    signed_on = moment("signed_on", signed_on)
    kinds = dict.fromkeys(row.contract for row in table if row.contract is not None)
    if contract is not None and text("contract", contract) not in kinds:
        raise UnknownItemError("contract", contract, tuple(kinds))
    found: list[tuple[bool, bool, int, LicenceVariant]] = []
    for row in table:
        if row.contract not in (None, contract):
            continue
        first = row.from_day
        if first is None:
            found.append((row.contract is not None, False, 0, row))
            continue
        same_time("signed_on", signed_on, first)
        if first <= signed_on:
            found.append((row.contract is not None, True, ordinal(first), row))
    if not found:
        days = tuple(row.from_day for row in table if row.from_day is not None)
        raise UnknownItemError("licence variant", signed_on, days)
    return max(found, key=lambda ranked: ranked[:3])[3]
