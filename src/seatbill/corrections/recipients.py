"""An invoice made out to another recipient: the request, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

import attrs

from .._values.base import Word, worded
from .._values.checks import Time, flag, instance, moment, several, text, whole
from ..combining import Billed, CombinedInvoice
from ..errors import (
    AlreadyDecidedError,
    NotAcceptedError,
    OutOfOrderError,
    PermissionRefusedError,
    WrongTypeError,
)
from ..invoices import Invoice
from ..parties import Party
from ..periods import keep_times


class CorrectionState(Word):
    """Where the request for a correction stands.

    :REQUESTED: It waits for a decision.
    :ACCEPTED: It is a document.
    :REJECTED: Nothing changes.
    """

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


def _roles(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(text("role", v) for v in several("decision_roles", values, str))


@final
@attrs.frozen(kw_only=True, order=False, field_transformer=worded)
class CorrectiveInvoice:
    """A request to make an invoice out to another recipient, and what comes of it.

    Once accepted it is a document of its own (type 384), linked to the first by
    ``original_key`` and with its totals.  *sequence* counts the corrections of the
    invoice from 1; *previous* is the recipient until then.  *decision_roles* accept or
    reject it, and whoever asked does not; none named means that all may.
    """

    original: Invoice | CombinedInvoice
    original_number: str | None = None
    previous: Party | None
    recipient: Party
    use_from_now_on: bool
    sequence: int = 1
    requested_by: str | None = None
    state: CorrectionState = attrs.field(
        default=CorrectionState.REQUESTED, converter=CorrectionState
    )
    decided_on: Time | None = None
    decided_by: str | None = None
    reason: str | None = None
    decision_roles: tuple[str, ...] = attrs.field(default=(), converter=_roles)

    def __attrs_post_init__(self) -> None:
        original = self.original
        if not isinstance(original, CombinedInvoice):
            instance("original", original, Invoice)
        if self.previous is not None:
            instance("previous", self.previous, Party)
        instance("recipient", self.recipient, Party)
        flag("use_from_now_on", self.use_from_now_on)
        whole("sequence", self.sequence, 1)
        for name in ("original_number", "requested_by", "decided_by", "reason"):
            value = getattr(self, name)
            if value is not None:
                text(name, value)
        keep_times(self, optional=["decided_on"], like=original.issued_on)
        day = self.decided_on
        if (day is None) != (self.state is CorrectionState.REQUESTED):
            raise WrongTypeError("decided_on", "day_of_decision", day)
        if day is not None and day < original.issued_on:
            raise OutOfOrderError(day, original.issued_on)

    def accept(self, *, on: Time, by: str | None = None) -> CorrectiveInvoice:
        """Return the accepted correction, a document issued *on* that day.

        Raises: AlreadyDecidedError, OutOfOrderError, PermissionRefusedError where *by*
        is none of the roles that decide, or asked for it.
        """
        return self._decide(CorrectionState.ACCEPTED, on, by, None)

    def reject(
        self, *, on: Time, by: str | None = None, reason: str | None = None
    ) -> CorrectiveInvoice:
        """Return the rejected request; nothing else changes.

        Raises: AlreadyDecidedError, OutOfOrderError, PermissionRefusedError.
        """
        return self._decide(CorrectionState.REJECTED, on, by, reason)

    def _decide(
        self, state: CorrectionState, on: Time, by: str | None, reason: str | None
    ) -> CorrectiveInvoice:
        """Return the request as decided, once."""
        if self.state is not CorrectionState.REQUESTED:
            raise AlreadyDecidedError(self.original_key, self.state)
        roles = tuple(r for r in self.decision_roles if r != self.requested_by)
        if self.decision_roles and by not in roles:
            raise PermissionRefusedError(by or "", "correct", roles)
        return attrs.evolve(
            self, state=state, decided_on=moment("on", on), decided_by=by, reason=reason
        )

    @property
    def original_key(self) -> str:
        """The key of the invoice that is corrected."""
        return self.original.key

    @property
    def key(self) -> str:
        """The same for the same correction: the invoice's key and the sequence."""
        return f"{self.original_key}/correction-{self.sequence}"

    @property
    def document(self) -> Billed:
        """The invoice as corrected: new recipient and day, the same lines and totals.

        Raises: NotAcceptedError.
        """
        if self.state is not CorrectionState.ACCEPTED or self.decided_on is None:
            raise NotAcceptedError(self.original_key, self.state)
        return attrs.evolve(
            self.original, recipient=self.recipient, issued_on=self.decided_on
        )

    @property
    def recipient_from_now_on(self) -> Party | None:
        """Whom invoices are made out to from the acceptance on, if that changes.

        Hand it to ``SetRecipient`` on the day of the acceptance.  ``None`` where only
        this invoice is corrected, or nothing was accepted.
        """
        accepted = self.state is CorrectionState.ACCEPTED
        return self.recipient if accepted and self.use_from_now_on else None
