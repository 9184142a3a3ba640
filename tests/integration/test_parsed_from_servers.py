"""Every specimen, kept by two real servers and fetched again, is parsed as the bytes that arrived."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from imaplib import IMAP4
from pathlib import Path

import pytest

from connectors.imap import ImapSource
from domain.account import ImapConnection, Security
from domain.message import Arrival, Message
from domain.protocols import Source
from tests.services.cyrus import PASSWORD, Cyrus
from tests.services.dovecot import Dovecot
from tests.unit.intake.arrivals import parsed

#: With the line ends of the wire; without those that hold a NUL, which none on the wire may (RFC 9051 section 4.3).
SPECIMENS = {
    path.stem: original.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    for path in sorted((Path(__file__).parents[1] / "mails" / "parse").glob("*.eml"))
    if b"\0" not in (original := path.read_bytes())
}

#: How many a server may refuse to keep at all.
MOST_REFUSED = 3

Append = Callable[[bytes], object]


@pytest.fixture(
    params=[
        pytest.param("dovecot", marks=pytest.mark.service("dovecot")),
        pytest.param("cyrus", marks=pytest.mark.service("cyrus")),
    ]
)
def mailbox(request: pytest.FixtureRequest) -> Iterator[tuple[Append, Source]]:
    """Give a way to put a mail into an empty mailbox, and a source on it."""
    server: Dovecot | Cyrus = request.getfixturevalue(request.param)
    user = server.add_user()
    way = ImapConnection(host=server.host, port=server.imap_port, security=Security.none, user=user, timeout_seconds=10)
    source = ImapSource(way, PASSWORD)
    with server.client(user) as client:
        yield partial(client.append, "INBOX"), source
    source.close()


def read(message: Message) -> tuple[object, ...]:
    """Return what people and triage read of a message."""
    return message.sender, message.subject, message.text, message.quoted, message.attachments, message.unreadable


def test_a_specimen_that_a_server_kept_is_parsed_as_it_was_written(mailbox: tuple[Append, Source]) -> None:
    append, source = mailbox
    kept = []
    for name, original in SPECIMENS.items():
        with suppress(IMAP4.error):
            append(original)
            kept.append(name)

    fetched, batch = list[Arrival](), None
    while batch is None or batch.more:
        batch = source.fetch(None if batch is None else batch.next_cursor)
        fetched += batch.arrivals

    assert len(kept) >= len(SPECIMENS) - MOST_REFUSED
    assert len(fetched) == len(kept)
    different = [
        name
        for name, arrival in zip(kept, fetched, strict=True)
        if read(parsed(arrival.original)) != read(parsed(SPECIMENS[name]))
    ]
    assert different == []
