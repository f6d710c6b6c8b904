"""Who an invoice is made out to: addresses in parts, where e-invoices go, checks."""

from __future__ import annotations

import pytest

from seatbill.errors import MalformedError, OutOfBoundsError, WrongTypeError
from seatbill.parties import Contact, ElectronicAddress, Party, PostalAddress


@pytest.mark.source("ISO/IEC 7812-1, the number of every course on SIREN; GS1 manual")
@pytest.mark.parametrize(
    ("scheme", "id"),
    [
        pytest.param("0002", "732829320", id="SIREN"),
        pytest.param("0009", "73282932000074", id="SIRET"),
        # 3+5+6+6 = 20: an office of La Poste adds up to a multiple of five.
        pytest.param("0009", "35600000000006", id="SIRET of La Poste"),
        pytest.param("0208", "0202239951", id="KBO: 97 - 2022399 % 97 = 51"),
        # 4+0+0+1+2+4+2 = 13 and 3·(0+0+0+1+3+5) = 27 make 40, a multiple of ten.
        pytest.param("0088", "4000001123452", id="GLN"),
        pytest.param("EM", "billing@example.com", id="mail"),
        pytest.param("9930", "DE123456789", id="a scheme without a check"),
    ],
)
def test_an_electronic_address_is_checked_by_its_scheme(scheme, id):
    assert ElectronicAddress(scheme, id).id == id


@pytest.mark.parametrize(
    ("scheme", "id", "problem"),
    [
        pytest.param("0002", "732829321", "identifier", id="SIREN, one digit off"),
        pytest.param("0002", "73282932", "identifier", id="SIREN, too short"),
        pytest.param("0002", "73282932O", "identifier", id="a letter for a digit"),
        pytest.param("0009", "73282932000075", "identifier", id="SIRET"),
        pytest.param("0208", "0202239952", "identifier", id="KBO"),
        pytest.param("0208", "2202239951", "identifier", id="KBO begins with 0 or 1"),
        pytest.param("0088", "4000001123453", "identifier", id="GLN"),
        pytest.param("EM", "billing", "email", id="no mail address"),
        pytest.param("SIREN", "732829320", "scheme", id="no code"),
    ],
)
def test_one_that_does_not_fit_is_refused(scheme, id, problem):
    with pytest.raises(MalformedError) as refused:
        ElectronicAddress(scheme, id)
    assert refused.value.problem == problem


def test_a_registration_is_checked_by_its_scheme_alone():
    assert Party(name="A", registration="HRB 1").registration_scheme is None
    party = Party(name="A", registration="732829320", registration_scheme="0002")
    assert party.registration == "732829320"
    for wrong, problem in (
        ({"registration": "1", "registration_scheme": "0002"}, "identifier"),
        ({"registration": "a@b.de", "registration_scheme": "EM"}, "scheme"),
    ):
        with pytest.raises(MalformedError) as refused:
            Party(name="A", **wrong)
        assert refused.value.problem == problem
    with pytest.raises(WrongTypeError):
        Party(name="A", registration_scheme="0002")


def test_an_address_in_parts_is_printed_where_no_other_is_given():
    postal = PostalAddress(
        street="Quay 2", more=["Floor 3"], postcode="1000", city="Brussels"
    )
    assert postal.lines == ("Quay 2", "Floor 3", "1000 Brussels")
    assert Party(name="A", postal=postal).printed_address == postal.lines
    both = Party(name="A", postal=postal, address="Mail box 7\nBrussels")
    assert both.printed_address == ("Mail box 7", "Brussels")
    assert Party(name="A").printed_address == PostalAddress().lines == ()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(lambda: Contact(email="nobody"), MalformedError, id="mail"),
        pytest.param(lambda: Contact(name=""), OutOfBoundsError, id="no name"),
        pytest.param(lambda: PostalAddress(more="x"), WrongTypeError, id="one text"),
        pytest.param(lambda: PostalAddress(more=[""]), OutOfBoundsError, id="empty"),
        pytest.param(lambda: Party(name="A", contact="Ada"), WrongTypeError, id="who"),
        pytest.param(lambda: Party(name="A", postal="x"), WrongTypeError, id="where"),
    ],
)
def test_a_part_that_is_none_is_refused(make, error):
    with pytest.raises(error):
        make()


def test_a_country_has_two_capital_letters():
    with pytest.raises(OutOfBoundsError):
        Party(name="A", country="Be")
