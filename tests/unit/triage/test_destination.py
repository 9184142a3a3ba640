"""Destination: the one address that an automatic reply may go to (domain.md 3.5)."""

from dataclasses import replace
from typing import Any

import pytest

from domain.message import Mailbox
from domain.site import Site
from tests.builders import message, site
from triage.destination import NO_RETURN_PATH, destination


def mail(**changes: Any) -> Site:
    town = site()
    return replace(town, mail=replace(town.mail, **changes))


def where(
    return_path: str | None, *, authenticated: bool = False, town: Site | None = None, **changes: Any
) -> str | None:
    return destination(message(return_path=return_path, **changes), town or site(), authenticated)[0]


def test_a_reply_goes_to_the_return_path() -> None:
    assert where("anna@example.se") == "anna@example.se"


@pytest.mark.parametrize("return_path", ["anna@mail.example.se", "Anna@Example.SE", "prvs=1234567890=anna@example.se"])
def test_a_return_path_of_the_same_domain_is_kept_as_it_is(return_path: str) -> None:
    assert where(return_path) == return_path


def test_a_forwarder_that_rewrote_the_address_brings_the_reply_home() -> None:
    path = "SRS0=ab=cd=example.se=anna@forward.example"

    assert where(path) == path


@pytest.mark.parametrize(
    "return_path",
    [
        "",
        "bounce-1@example.se",
        "nytt-kc=exempelby.example@example.se",
        "anna@annan.example",
        "SRS0=ab=cd=annan.example=anna@forward.example",
        "no address",
    ],
)
def test_nowhere_else_does_it_go(return_path: str) -> None:
    assert where(return_path) is None
    assert where(return_path, authenticated=True) is None


def test_never_to_reply_to_or_sender() -> None:
    headers = (("reply-to", "offer@annan.example"), ("sender", "ombud@annan.example"))

    assert where("anna@example.se", headers=headers) == "anna@example.se"
    assert where(None, headers=headers) is None


def test_a_missing_return_path_says_what_to_do() -> None:
    address, why = destination(message(return_path=None), site(), False)

    assert address is None
    assert why == NO_RETURN_PATH


@pytest.mark.parametrize("return_path", [None, "anna@annan.example"])
def test_from_is_used_only_when_switched_on_and_authenticated(return_path: str | None) -> None:
    on = mail(from_as_destination=True)

    assert where(return_path, authenticated=True, town=on) == "anna@example.se"
    assert where(return_path, authenticated=False, town=on) is None
    assert where(return_path, authenticated=True) is None


@pytest.mark.parametrize("return_path", ["", "bounce-1@annan.example"])
def test_from_never_stands_in_for_a_path_that_wants_no_answer(return_path: str) -> None:
    assert where(return_path, authenticated=True, town=mail(from_as_destination=True)) is None


def test_from_is_no_destination_when_it_is_a_machine() -> None:
    town = mail(from_as_destination=True)

    assert where(None, authenticated=True, town=town, sender=Mailbox("owner-byalag@example.se")) is None


@pytest.mark.parametrize("sender", [None, Mailbox(""), Mailbox("anna")])
def test_without_a_usable_from_there_is_no_destination(sender: Mailbox | None) -> None:
    assert where("anna@example.se", sender=sender) is None


@pytest.mark.parametrize("field", ["anna@example.se", "Anna <Anna@example.se>"])
def test_a_registered_form_names_the_citizens_address(field: str) -> None:
    town = mail(form_senders=(("formular@exempelby.example", "Reply-To"),))
    form = {"sender": Mailbox("formular@exempelby.example"), "headers": (("reply-to", field),)}

    assert where("formular@exempelby.example", authenticated=True, town=town, **form) == "anna@example.se"
    assert where("formular@exempelby.example", authenticated=False, town=town, **form) is None


def test_a_registered_form_without_an_address_is_not_answered() -> None:
    town = mail(form_senders=(("formular@exempelby.example", "Reply-To"),))

    assert (
        where("formular@exempelby.example", authenticated=True, town=town, sender=Mailbox("formular@exempelby.example"))
        is None
    )
