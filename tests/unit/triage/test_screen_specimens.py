"""Whole mails as Dovecot keeps them: parsed, each fires the row of the screen that it is named for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.account import AutoReply, Channel
from domain.brakes import ReplyHistory
from domain.category import Secrecy
from domain.decision import Classification, Screening
from domain.message import Arrival
from intake.parse import parse
from tests.builders import TUESDAY, account, context, site
from tests.unit.triage.screening import OUR_ANSWER, OUR_RECEIPT, about, receipt_at, rows, street_account
from triage.screen import screen

SPECIMENS = sorted((Path(__file__).parents[2] / "mails" / "screen").glob("row-*.eml"))
#: Row 38 is our own outage: no mail fires it.
NO_SPECIMEN = {38}

HOUR = timedelta(hours=1)
#: What the store knows around the mail, where the row asks for it.
AROUND: Mapping[int, Mapping[str, Any]] = {
    9: {"our_automatic_ids": frozenset({OUR_RECEIPT})},
    27: {"account": street_account(), "sibling_accounts": ("kontaktcenter",)},
    32: {"history": ReplyHistory(suppressed="hard bounce")},
    33: {"history": ReplyHistory(to_address=(receipt_at(TUESDAY - HOUR),))},
    34: {"history": ReplyHistory(to_address=(receipt_at(TUESDAY - HOUR, mailbox="gata@exempelby.example"),) * 5)},
    35: {"history": ReplyHistory(human_wrote=True), "our_human_ids": frozenset({OUR_ANSWER})},
}
FLAGS = {36: frozenset({"\\Seen", "\\Answered"})}
#: What the classifier says, where the row asks for it.
TOPICS = {
    40: about("rkl"),
    41: about("hot", secrecy=Secrecy.SK2, safety=True),
    42: about("fara", secrecy=Secrecy.SK2, safety=True),
    43: about("oro", secrecy=Secrecy.SK2, safety=True),
}
#: Rows that a specimen cannot help to fire beside its own, as in real mail.
ALSO = {2: {1, 5, 12, 13}, 7: {44}, 8: {13}, 9: {13}, 5: {12}, 1: {12}, 11: {12}, 16: {45}, 19: {45}}


def row_of(specimen: Path) -> int:
    return int(specimen.name.split("-")[1])


def screened(specimen: Path, topic: Classification | None = None) -> Screening:
    """Parse and screen a specimen as the contact center would, unless the row is about another account."""
    row = row_of(specimen)
    town = site(accounts=(account(auto_reply=AutoReply.on), street_account()))
    town = replace(town, mail=replace(town.mail, border_servers=("mx1.exempelby.example",)))
    arrival = Arrival(
        identity=f"INBOX/1/{row}",
        original=specimen.read_bytes(),
        media_type="message/rfc822",
        provider_at=TUESDAY,
        flags=FLAGS.get(row, frozenset()),
    )
    message = parse(arrival, channel=Channel.email, mail=town.mail)
    around = context(**AROUND.get(row, {}))
    return screen(message, around, town, topic or TOPICS.get(row, about()), row == 42)


def test_every_row_that_a_mail_can_fire_has_a_specimen() -> None:
    assert [row_of(each) for each in SPECIMENS] == sorted(set(range(1, 46)) - NO_SPECIMEN)


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda path: path.stem)
def test_a_specimen_fires_its_row_and_no_unexpected_other(specimen: Path) -> None:
    row = row_of(specimen)

    found = screened(specimen)

    assert set(rows(found)) == {row} | ALSO.get(row, set())
    assert found.may_reply is (row in {16, 19, 42, 43, 45})


@pytest.mark.parametrize("row", [1, 13, 15, 26, 30])
def test_danger_in_a_specimen_that_a_hard_row_stops_gets_no_reply(row: int) -> None:
    specimen = next(each for each in SPECIMENS if row_of(each) == row)

    found = screened(specimen, topic=TOPICS[42])

    assert not found.may_reply
