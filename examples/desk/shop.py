"""The pages of a subscription: each looks, or asks for one thing and leads back."""

from __future__ import annotations

import datetime as dt

import attrs
from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm.exc import StaleDataError

from seatbill import INVITED, Member, Team, change
from seatbill.access import Action
from seatbill.errors import UnknownItemError
from seatbill.hosting import join, leave
from seatbill.views import add_on_options, billing_view, plan_options

from . import billing
from .doors import At, Form, Outside
from .store import Order
from .visits import Visit
from .wishes import WISHES, one_of

shop = APIRouter(prefix="/accounts/{id}")

# The subscription, and what could become of it.


@shop.get("")
def get_subscription(visit: At) -> Response:
    visit.require(Action.VIEW)
    account = visit.account
    how = {"on": visit.day, "members": account.people}
    if account.sold.measured:
        how["measured"] = billing.counted(account, visit.day)
    return visit.shown("subscription", view=billing_view(account.state, **how))


@shop.get("/plans")
def get_plans(visit: At) -> Response:
    visit.require(Action.VIEW)
    account = visit.account
    how = {"on": visit.day, "usage": account.usage}
    found = plan_options(account.state, account.sold.catalog, **how)
    return visit.shown("plans", options=found)


@shop.get("/add-ons")
def get_add_ons(visit: At) -> Response:
    visit.require(Action.VIEW)
    account = visit.account
    found = add_on_options(account.state, account.sold.catalog, on=visit.day)
    return visit.shown("add-ons", options=found, services=account.sold.catalog.services)


@shop.post("/orders")
def post_order(visit: At, form: Form) -> Response:
    """Show what a change would come to, and write it down under the form's key."""
    account = visit.account
    wish = one_of(form, "change", WISHES)
    visit.require(wish.action)
    answer = f"{visit.home}/orders/{form.get('key', '')}"
    if not visit.was_asked(form, answer):
        visit.holds(form)
        asked = wish.change(form, account, billing.seated(account, visit.day))
        outcome = change(account.state, asked, on=visit.day, by=visit.person.id)
        billing.offer(visit.db, account, form["key"], wish.action, outcome)
    return visit.led(answer)


def _order(visit: Visit, key: str) -> Order:
    order = visit.db.get(Order, key)
    if order is None or order.account != visit.account.id:
        raise UnknownItemError("order", key, ())
    return order


@shop.get("/orders/{key}")
def get_order(visit: At, key: str) -> Response:
    visit.require(Action.VIEW)
    return visit.shown("order", order=_order(visit, key))


@shop.post("/orders/{key}")
def post_confirmation(visit: At, key: str, form: Form, outside: Outside) -> Response:  # noqa: ARG001
    """Carry out what was shown; the same click again finds it done."""
    order = _order(visit, key)
    visit.require(order.action)
    try:
        billing.confirm(visit.db, visit.account, order, visit.day, outside.pay)
    except StaleDataError:
        visit.db.rollback()
        visit.db.refresh(order)
        if not order.is_done:
            raise
    return visit.led(visit.home)


# People, or the teams that are counted instead.


@shop.get("/people")
def get_people(visit: At) -> Response:
    visit.require(Action.VIEW)
    view = billing_view(
        visit.account.state,
        on=visit.day,
        members=visit.account.people,
        measured={"team": 0} if visit.account.sold.measured else None,
    )
    return visit.shown("people", view=view)


@shop.post("/people")
def invite(visit: At, form: Form) -> Response:
    """Let somebody in; a seat that is missing is refused, with the way to buy it."""
    visit.require(Action.MANAGE)
    account, day = visit.account, visit.day
    answer = f"{visit.home}/people"
    if not visit.was_asked(form, answer):
        unit = one_of(form, "unit", {unit: unit for unit in account.sold.units})
        lapses = day + dt.timedelta(14)
        name = form.get("person", "").strip()[:100]
        person = Member(name, unit, INVITED, joined_on=day, expires_on=lapses)
        account.people, outcome = join(account.state, account.people, person, on=day)
        billing.keep(visit.db, account, outcome, is_paid=False)
    return visit.led(answer)


@shop.post("/people/gone")
def deactivate(visit: At, form: Form) -> Response:
    visit.require(Action.MANAGE)
    account, answer = visit.account, f"{visit.home}/people"
    if not visit.was_asked(form, answer):
        person, unit = form.get("person", ""), form.get("unit", "")
        account.people, outcome = leave(
            account.state, account.people, person, on=visit.day, unit=unit
        )
        billing.keep(visit.db, account, outcome, is_paid=False)
    return visit.led(answer)


@shop.post("/teams")
def post_team(visit: At, form: Form) -> Response:
    """Add a team, or archive one: the next renewal counts those that are there."""
    visit.require(Action.MANAGE)
    account, answer = visit.account, f"{visit.home}/people"
    if not visit.was_asked(form, answer):
        name = form.get("team", "").strip()[:100]
        if form.get("archive"):
            account.teams = tuple(
                attrs.evolve(team, archived_on=visit.day) if team.id == name else team
                for team in account.teams
            )
        elif name not in [team.id for team in account.teams]:
            account.teams = (*account.teams, Team(name))
        visit.db.commit()
    return visit.led(answer)
