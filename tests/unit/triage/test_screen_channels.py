"""The screen on SMS and Facebook: each row of domain.md 3.7 and 3.8, their order, and what holds on every channel."""

from datetime import timedelta
from typing import Any

import pytest

from domain.account import Channel
from domain.brakes import ReplyHistory
from domain.category import Secrecy
from domain.decision import Queue, Screening
from domain.message import Mailbox
from domain.sms_settings import SmsSettings
from tests.builders import TUESDAY
from tests.unit.triage import facebook_cases, sms_cases
from tests.unit.triage.facebook_cases import COMMENT, facebook
from tests.unit.triage.screening import about, row_names, screened
from tests.unit.triage.sms_cases import DANGER, sms

#: What each row says of a reply, by hand: those that let one go.
LETS_GO = {"3.7/9", "3.7/10", "3.8/1"}


def screened_sms(given: dict[str, Any]) -> Screening:
    countries = given.pop("site", None)
    return screened(**given, site={"sms": SmsSettings(**countries)} if countries else None)


@pytest.mark.parametrize("case", sms_cases.FIRES, ids=lambda case: f"{case.row}: {case.tells}")
def test_a_row_of_sms_fires(case: sms_cases.Case) -> None:
    found = screened_sms(dict(case.given))

    assert f"3.7/{case.row}" in row_names(found)
    assert found.may_reply is (f"3.7/{case.row}" in LETS_GO)
    assert found.queue is case.queue


@pytest.mark.parametrize("case", sms_cases.MISSES, ids=lambda case: f"{case.row}: {case.tells}")
def test_a_row_of_sms_just_misses(case: sms_cases.Case) -> None:
    assert f"3.7/{case.row}" not in row_names(screened_sms(dict(case.given)))


@pytest.mark.parametrize("case", facebook_cases.FIRES, ids=lambda case: f"{case.row}: {case.tells}")
def test_a_row_of_facebook_fires(case: facebook_cases.Case) -> None:
    found = screened(*case.headers, **case.given)

    assert f"3.8/{case.row}" in row_names(found)
    assert found.may_reply is (f"3.8/{case.row}" in LETS_GO)
    assert found.queue is case.queue


@pytest.mark.parametrize("case", facebook_cases.MISSES, ids=lambda case: f"{case.row}: {case.tells}")
def test_a_row_of_facebook_just_misses(case: facebook_cases.Case) -> None:
    assert f"3.8/{case.row}" not in row_names(screened(*case.headers, **case.given))


def test_an_sms_is_answered_to_the_number_that_wrote() -> None:
    found = screened(**sms())

    assert row_names(found) == ["3.7/10"]
    assert found.destination == sms_cases.NUMBER


def test_danger_by_sms_passes_the_open_thread_and_never_the_country_or_the_flood() -> None:
    assert screened(**sms(**DANGER, context={"thread_open": True})).may_reply
    assert not screened(**sms(**DANGER, sender=Mailbox("+447700900123"))).may_reply
    assert not screened(**sms(**DANGER, context={"prefix_last_hour": 21})).may_reply


@pytest.mark.parametrize("channel", [Channel.sms, Channel.facebook])
@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("3.3/11", {"sender": None}),
        ("3.3/36", {"history": ReplyHistory(answered="in the app")}),
        ("3.3/35", {"history": ReplyHistory(human_wrote=True)}),
        ("3.3/37", {"arrived_at": TUESDAY - timedelta(hours=25)}),
        ("3.3/38", {"outage": "the calendar knows no such year"}),
        ("3.3/40", {"topic": about("rkl")}),
        ("3.3/41", {"topic": about("hot", safety=True)}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rows_about_any_message_hold_on_every_channel(row: str, changes: dict[str, Any], channel: Channel) -> None:
    history = changes.pop("history", None) if "history" in (changes := dict(changes)) else None
    context = {"context": {"history": history}} if history else {}
    given = (sms if channel is Channel.sms else facebook)(**changes, **context)

    found = screened(**given)

    assert row in row_names(found)
    assert not found.may_reply


@pytest.mark.parametrize(
    "given",
    [
        sms(sender=Mailbox("postnord"), **DANGER),
        sms(text="STOP", **DANGER),
        sms(text="Ditt paket finns att hämta. Det brinner!", **DANGER),
        facebook(context={"sender_is_page": True}, headers=(COMMENT,), **DANGER),
    ],
    ids=["a name", "an opt-out", "a delivery notice", "another page's comment"],
)
def test_danger_is_seen_whatever_the_row_says(given: dict[str, Any]) -> None:
    found = screened(**given)

    assert found.queue is Queue.normal
    assert found.top


def test_a_sensitive_comment_goes_to_the_top_of_its_compartment_and_must_be_looked_at() -> None:
    found = screened(COMMENT, **facebook(topic=about("oro", secrecy=Secrecy.SK2)))

    assert (found.top, found.sensitive, found.needs_a_look) == (True, True, True)
    assert row_names(found)[:3] == ["3.8/6", "3.8/5", "3.8/7"]


def test_where_no_row_lets_a_reply_go_none_goes() -> None:
    found = screened(COMMENT, **facebook())

    assert not found.may_reply
    assert found.queue is Queue.normal
