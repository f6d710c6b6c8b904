"""Values of seatbill in Django's fields, in SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatbill import (
    MONTHLY,
    BillingRules,
    Member,
    Money,
    Subscription,
    subscribe,
)
from seatbill.converters import dump
from seatbill.errors import WrongTypeError
from stories import at, plan

django = pytest.importorskip("django", reason="Django is not installed")

from django.apps import AppConfig  # noqa: E402
from django.conf import settings  # noqa: E402


class Shop(AppConfig):
    name = __name__
    label = "shop"
    path = str(Path(__file__).parent)


settings.configure(
    INSTALLED_APPS=[f"{__name__}.Shop"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.core import serializers  # noqa: E402
from django.core.exceptions import ValidationError  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.db.migrations.writer import MigrationWriter  # noqa: E402

from seatbill.ext.django import MoneyColumns, ValueField  # noqa: E402

OPENING = subscribe(
    plan("6.00", id="pro"),
    id="ada",
    interval=MONTHLY,
    seats=2,
    on=at("2026-04-01"),
    rules=BillingRules(),
)
SUB = OPENING.subscription
PEOPLE = (Member("ann"), Member("bob"))


class Account(models.Model):
    state = ValueField(kind=Subscription)
    people = ValueField(kind=Member, many=True, default=tuple)
    anything = ValueField(null=True, blank=True)
    paid = MoneyColumns()
    owed = MoneyColumns(null=True)

    class Meta:
        app_label = "shop"


@pytest.fixture(scope="module", autouse=True)
def table():
    with connection.schema_editor() as editor:
        editor.create_model(Account)
    yield
    connection.close()


@pytest.fixture
def saved():
    Account.objects.all().delete()
    paid, owed = Money("12.00", "USD"), Money("0.500", "KWD")
    more = {"anything": OPENING.invoices[0], "owed": owed}
    return Account.objects.create(state=SUB, people=PEOPLE, paid=paid, **more)


def test_values_come_back_equal(saved):
    found = Account.objects.get()
    assert (found.state, found.people) == (SUB, PEOPLE)
    assert found.anything == OPENING.invoices[0]
    assert (found.paid, found.owed) == (Money("12.00", "USD"), Money("0.500", "KWD"))


def test_nothing_is_null(saved):
    saved.anything = saved.owed = None
    saved.save()
    found = Account.objects.get(anything__isnull=True, owed_minor=None)
    assert (found.anything, found.owed) == (None, None)


def test_the_database_looks_into_documents_and_adds_amounts(saved):
    rows = Account.objects.filter(state__value__seats__seat=2)
    assert rows.values_list("state__value__id", flat=True).get() == "ada"
    assert rows.aggregate(models.Sum("paid_minor"))["paid_minor__sum"] == 1200


def test_compare_and_set(saved):
    rows = Account.objects.filter(pk=saved.pk, state__value__version=SUB.version)
    assert rows.update(state=SUB, people=PEOPLE[:1], anything=models.F("anything")) == 1
    assert Account.objects.get().people == PEOPLE[:1]
    Account.objects.bulk_update([saved], ["people"])
    assert Account.objects.get().people == PEOPLE


def test_it_goes_through_fixtures_and_migrations(saved):
    text = serializers.serialize("json", [saved])
    (again,) = serializers.deserialize("json", text)
    assert again.object.state == SUB
    assert again.object.people == PEOPLE
    field = Account._meta.get_field("people")
    assert field.clone().documents == field.documents
    written, _ = MigrationWriter.serialize(field)
    assert "kind=seatbill.seats.Member" in written
    assert "many=True" in written
    plain = Account._meta.get_field("anything").deconstruct()[3]
    assert plain.keys() == {"null", "blank"}


def test_what_is_wrong_is_refused(saved):
    for wrong in ({"state": OPENING}, {"people": ["ann"]}, {"anything": "ann"}):
        given = {"state": SUB, "paid": Money("1", "USD")} | wrong
        with pytest.raises(WrongTypeError):
            Account(**given).save()
    with pytest.raises(WrongTypeError):
        Account(paid="12.00")
    for wrong in ({"kind": str}, {"many": 1}):
        with pytest.raises(WrongTypeError):
            ValueField(**wrong)


def test_clean_tells_it_as_django_does():
    field = Account._meta.get_field("state")
    assert field.clean(dump(SUB), None) == SUB
    assert field.clean(SUB, None) == SUB
    for wrong, code in ((dump(OPENING), "invalid_data"), (OPENING, "wrong_type")):
        with pytest.raises(ValidationError) as told:
            field.clean(wrong, None)
        assert told.value.code == code
    everybody = Account._meta.get_field("people")
    assert everybody.clean([dump(one) for one in PEOPLE], None) == PEOPLE
    assert Account._meta.get_field("anything").clean(None, None) is None
