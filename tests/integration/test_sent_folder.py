"""An uncertain send is looked for in the folder of sent mail of a real mailbox, which is left as it was."""

from collections.abc import Callable

import pytest

from connectors import sent_folder
from connectors.sent_folder import find_in_sent
from connectors.smtp import SmtpSink
from domain.account import ImapConnection, Security, SmtpConnection
from domain.errors import Unreachable
from domain.message import FolderRole
from domain.outgoing import CANNOT_TELL, Found
from tests.contracts.ways_out import StoppedClock
from tests.services.dovecot import Dovecot
from tests.services.programs import free_port
from tests.unit.connectors.builders import rendered

pytestmark = pytest.mark.service("dovecot")

SENT = b"Message-ID: <svar-1@exempelby.example>\r\nSubject: x\r\n\r\nx\r\n"


@pytest.fixture
def way_in(dovecot: Dovecot) -> ImapConnection:
    """Give the way to an empty mailbox."""
    user = dovecot.add_user()
    return ImapConnection(host=dovecot.host, port=dovecot.imap_port, security=Security.none, user=user)


def look(dovecot: Dovecot, way_in: ImapConnection, message_id: str = "<svar-1@exempelby.example>") -> Found:
    return find_in_sent(way_in, dovecot.password(way_in.user), message_id)


def sink(look: Callable[[str], Found] | None) -> SmtpSink:
    return SmtpSink(SmtpConnection(host="127.0.0.1", port=free_port()), "", StoppedClock(), look)


def test_what_lies_in_sent_is_found_and_stays_unread(dovecot: Dovecot, way_in: ImapConnection) -> None:
    dovecot.append(way_in.user, SENT, folder="Skickat")

    found = look(dovecot, way_in)

    assert found is Found.found
    assert "\\Seen" not in dovecot.flags(way_in.user, "Skickat")[0]


def test_another_message_id_is_not_found(dovecot: Dovecot, way_in: ImapConnection) -> None:
    dovecot.append(way_in.user, SENT, folder="Skickat")

    assert look(dovecot, way_in, "<svar-2@exempelby.example>") is Found.not_found


def test_where_no_folder_is_for_sent_mail_nobody_can_tell(
    dovecot: Dovecot, way_in: ImapConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_folder, "find_folders", lambda *_: (("INBOX", FolderRole.inbox),))

    assert look(dovecot, way_in) is Found.cannot_tell


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Found.found, Found.found),
        # Not every provider files what it takes: what is not there may have gone all the same.
        (Found.not_found, Found.cannot_tell),
        (Found.cannot_tell, Found.cannot_tell),
    ],
)
def test_only_what_is_found_is_certain(said: Found, told: Found) -> None:
    assert sink(lambda _: said).find_sent(rendered(), lambda _: False).found is told


def test_a_mailbox_that_cannot_be_read_tells_nothing() -> None:
    def away(_: str) -> Found:
        raise Unreachable("tcp", "nobody answers")

    assert sink(away).find_sent(rendered(), lambda _: False) == CANNOT_TELL
    assert sink(None).find_sent(rendered(), lambda _: False) == CANNOT_TELL
