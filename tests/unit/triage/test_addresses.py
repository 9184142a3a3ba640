"""Addresses: what their form tells."""

import pytest

from triage.addresses import is_address, is_robot, is_verp, same_domain, srs_domain


@pytest.mark.parametrize(
    "address",
    [
        "mailer-daemon@example.se",
        "LISTSERV@example.se",
        "owner-byalag@example.se",
        "byalag-owner@example.se",
        "byalag-request@example.se",
        "bounce@example.se",
        "bounces+12-ab@example.se",
        "bounce-7@example.se",
        "byalag-bounces@example.se",
        "byalag-bounces+anna=example.se@lists.example",
    ],
)
def test_machines_are_known_by_their_address(address: str) -> None:
    assert is_robot(address)


@pytest.mark.parametrize(
    "address",
    ["anna@example.se", "bouncer@example.se", "request@example.se", "owner@example.se", "listservice@a.example"],
)
def test_people_with_such_names_are_people(address: str) -> None:
    assert not is_robot(address)


@pytest.mark.parametrize("address", ["nytt-anna=example.se@a.example", "l-return-7-anna=example.se@a.example"])
def test_a_recipient_inside_the_address_is_verp(address: str) -> None:
    assert is_verp(address)


@pytest.mark.parametrize(
    "address",
    [
        "anna.b+c@example.se",
        "prvs=0123456789=anna@example.se",
        "btv1==123==anna.b-c=d.example@example.se",
        "SRS0=ab=cd=example.se=anna@forward.example",
        "anna+caf_=kc=exempelby.example@example.se",
    ],
)
def test_tags_of_persons_are_not_verp(address: str) -> None:
    assert not is_verp(address)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("SRS0=ab12=7Z=example.se=anna@forward.example", "example.se"),
        ("srs0+ab12=7Z=example.se=anna@forward.example", "example.se"),
        ("SRS1=xy=first.example==ab12=7Z=example.se=anna@second.example", "example.se"),
        ("anna@example.se", None),
    ],
)
def test_a_forwarder_tells_whose_mail_it_is(address: str, domain: str | None) -> None:
    assert srs_domain(address) == domain


def test_no_domain_is_the_same_as_none() -> None:
    assert not same_domain("example.se", "")
    assert not same_domain("example.se", "notexample.se")
    assert same_domain("mail.example.se", "example.se")


@pytest.mark.parametrize("text", ["", "anna", "anna@", "@example.se", "a b@example.se", "<a@example.se>", "a@b"])
def test_what_mail_cannot_go_to_is_no_address(text: str) -> None:
    assert not is_address(text)
