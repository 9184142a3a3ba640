"""A big original takes long to read: nobody who wants to write waits for that."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import pipeline.answer_heading
import pipeline.delay
import pipeline.observe
from domain.ids import UserId
from domain.message import FolderRole
from domain.viewer import MACHINE
from pipeline.answer import answer, heading_of
from pipeline.delay import Chosen, send_delay_notices
from pipeline.receive import receive
from store.database import Database
from store.leases import claim_lease
from store.users import User
from tests.builders import TUESDAY
from tests.flow.installation import Installation, mail

SENT = "\r\n".join(
    [
        "From: kontaktcenter@exempelby.example",
        "To: anna@example.se",
        "Subject: Sv",
        "Message-ID: <svar@exempelby.example>",
        "In-Reply-To: <1@example.se>",
        "Date: Tue, 24 Nov 2026 10:00:00 +0000",
        "",
        "Vi lagar det.",
    ]
).encode()


@pytest.fixture
def town(database: Database, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """Give a town with one ticket, in which nobody has patience to wait for others who write."""
    monkeypatch.setattr("store.database.BUSY_TIMEOUT_SECONDS", 0)
    town = Installation(database)
    town.connect()
    town.arrives(mail())
    town.round()
    return town


def counted(town: Installation, parse: Callable[..., Any], read: list[str]) -> Callable[..., Any]:
    """Return the parser, with somebody who writes while it reads."""

    def parse_beside_a_writer(*given: Any, **named: Any) -> Any:
        with town.database.write() as connection:
            claim_lease(connection, "somebody else", "writes", timedelta(hours=1))
        read.append("an original")
        return parse(*given, **named)

    return parse_beside_a_writer


def test_others_may_write_while_it_is_read_what_a_mail_in_sent_answers(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(pipeline.observe, "parse", counted(town, pipeline.observe.parse, read))
    town.mailbox().put(SENT, at=TUESDAY, role=FolderRole.sent)

    receive(town.runtime, town.account)

    assert len(read) == 1
    assert town.tickets()[0].answer_met_at is not None


def test_others_may_write_while_it_is_read_where_a_delay_notice_goes(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(pipeline.delay, "parse", counted(town, pipeline.delay.parse, read))
    hour = timedelta(hours=1)

    [notice] = send_delay_notices(
        town.runtime, Chosen(account=town.account, since=TUESDAY - hour, until=TUESDAY + hour), actor="vera"
    )

    assert len(read) == 1
    assert notice.why_not == ""


def test_others_may_write_while_it_is_read_where_an_answer_goes(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    [ticket] = town.tickets()
    user = User(
        id=UserId(1), organisation=ticket.organisation, name="bo", display_name="Bo Karlsson", password_hash="",
        person=None, units=frozenset({ticket.unit}), roles=frozenset(),
    )  # fmt: skip
    with town.database.read() as connection:
        heading = heading_of(connection, MACHINE, town.site, user, ticket, town.clock.now())
    read: list[str] = []
    monkeypatch.setattr(pipeline.answer_heading, "parse", counted(town, pipeline.answer_heading.parse, read))

    answer(
        town.database, town.site, user, ticket.id, text="Vi lagar det i dag.", files=(), seen=heading.seen,
        recipient=heading.recipient, now=town.clock.now(),
    )  # fmt: skip

    assert len(read) == 1
