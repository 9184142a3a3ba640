"""Ending: thirty days before, twenty-one of certificates, fourteen and three; and another machine that answers."""

from datetime import datetime, timedelta

import pytest

from domain.account import AutoReply
from domain.watching import WatchSettings
from tests.builders import TUESDAY, account
from tests.unit.watch.facts import facts, workload
from watch.ending import duplicate_auto_reply, expiring, server_of

SETTINGS = WatchSettings()
ENDS_AT = datetime.fromisoformat("2026-12-24T12:00+01:00")
CERTIFICATE = "The certificate of mail.example"


@pytest.mark.parametrize(
    ("days_before", "said"),
    [
        (22, None),
        (21, "om högst 21 dagar."),
        (15, "om högst 21 dagar."),
        (14, "om högst 14 dagar."),
        (4, "om högst 14 dagar."),
        (3, "om högst 3 dagar."),
        (0, "om högst 3 dagar."),
        (-1, "gick ut torsdag 24 december."),
    ],
)
def test_what_ends_is_told_of_at_each_threshold(days_before: int, said: str | None) -> None:
    found = expiring(facts(ends=((CERTIFICATE, ENDS_AT),)), SETTINGS, ENDS_AT - timedelta(days=days_before))

    assert (found is None) if said is None else bool(found and found.endswith(said))


@pytest.mark.parametrize(
    ("what", "swedish"),
    [
        (CERTIFICATE, "Certifikatet för mail.example"),
        ('The certificate in the secret "graph"', "Vårt certifikat (graph)"),
        ('The secret "mail-kontaktcenter"', "Hemligheten mail-kontaktcenter"),
        ("The token of the page", "Inloggningsnyckeln (token)"),
        ("Något annat", "Något annat"),
    ],
)
def test_what_ends_is_said_in_swedish(what: str, swedish: str) -> None:
    found = expiring(facts(ends=((what, ENDS_AT),)), SETTINGS, ENDS_AT)

    assert found == f"{swedish} går ut torsdag 24 december, om högst 3 dagar."


def test_of_several_the_soonest_is_told_of() -> None:
    later = ("The certificate of other.example", ENDS_AT + timedelta(days=5))

    found = expiring(facts(ends=(later, (CERTIFICATE, ENDS_AT))), SETTINGS, ENDS_AT)

    assert found is not None
    assert "mail.example" in found


@pytest.mark.parametrize(("days", "found"), [(6, True), (7, False)])
def test_another_machine_s_answer_is_told_of_for_a_week(days: int, found: bool) -> None:
    beside = facts(workload=workload(auto_replied_at=TUESDAY))

    assert bool(duplicate_auto_reply(beside, SETTINGS, TUESDAY + timedelta(days=days))) is found


def test_where_we_never_answer_another_machine_may() -> None:
    alone = facts(account=account(auto_reply=AutoReply.off), workload=workload(auto_replied_at=TUESDAY))

    assert duplicate_auto_reply(alone, SETTINGS, TUESDAY) is None


def test_of_a_secret_there_is_more_time_and_it_is_seen_behind_a_certificate_that_ends_first() -> None:
    ends = ((CERTIFICATE, ENDS_AT), ('The secret "graph"', ENDS_AT + timedelta(hours=1)))

    found = expiring(facts(ends=ends), SETTINGS, ENDS_AT - timedelta(days=29))

    assert found == "Hemligheten graph går ut torsdag 24 december, om högst 30 dagar."


def test_which_server_s_certificate_ends_is_known_by_its_sentence() -> None:
    said = expiring(facts(ends=((CERTIFICATE, ENDS_AT),)), SETTINGS, ENDS_AT)

    assert server_of(said or "") == "mail.example"
    assert server_of("Hemligheten graph går ut torsdag 24 december, om högst 30 dagar.") == ""
