"""The sandbox's IMAP server, against the two clients that its users have: imapclient and the standard library's."""

import imaplib
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC

import pytest
from imapclient import IMAPClient

from sandbox.imap_server import Fault, ImapServer
from tests.builders import TUESDAY
from tests.unit.sandbox.fakes import HandClock

USER, PASSWORD = "kontaktcenter@exempelby.example", 'hem"lig\\å'

MAIL = (
    "From: Anna Exempel <anna@brevlada.example>\r\n"
    "To: kontaktcenter@exempelby.example\r\n"
    "Subject: Hål i vägen\r\n"
    "\r\n"
    "Hej! Det är ett hål i vägen.\r\n"
).encode()


@pytest.fixture
def server() -> Iterator[ImapServer]:
    server = ImapServer(HandClock(TUESDAY))
    server.add_user(USER, PASSWORD)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: ImapServer) -> Iterator[IMAPClient]:
    client = connect(server)
    client.plain_login(USER, PASSWORD)
    yield client
    with suppress(OSError, imaplib.IMAP4.error):
        client.logout()
    with suppress(OSError):
        client.shutdown()


def connect(server: ImapServer, timeout: float = 5) -> IMAPClient:
    return IMAPClient("127.0.0.1", server.port, ssl=False, timeout=timeout)


def deliver(server: ImapServer, count: int = 1) -> list[int]:
    return [server.deliver(USER, MAIL, TUESDAY) for _ in range(count)]


def test_a_delivered_mail_is_fetched_byte_for_byte_below_its_return_path(
    server: ImapServer, client: IMAPClient
) -> None:
    [uid] = deliver(server)
    client.select_folder("INBOX", readonly=True)

    fetched = client.fetch([uid], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE", "RFC822.SIZE"])[uid]

    assert fetched[b"BODY[]"] == b"Return-Path: <anna@brevlada.example>\r\n" + MAIL
    assert fetched[b"RFC822.SIZE"] == len(fetched[b"BODY[]"])
    assert fetched[b"FLAGS"] == ()
    assert fetched[b"INTERNALDATE"].astimezone(UTC) == TUESDAY.replace(microsecond=0)


def test_the_null_path_is_written_as_lmtp_writes_it(server: ImapServer) -> None:
    uid = server.deliver(USER, MAIL, TUESDAY, envelope_sender="")

    mail = server.folder(USER).mail(uid)

    assert mail is not None
    assert mail.original.startswith(b"Return-Path: <>\r\n")


def test_a_wrong_password_is_refused_and_the_right_one_still_works(server: ImapServer) -> None:
    client = connect(server)

    with pytest.raises(imaplib.IMAP4.error, match="wrong"):
        client.plain_login(USER, "fel")

    client.plain_login(USER, PASSWORD)
    client.logout()


def test_login_takes_quoted_passwords_and_literals(server: ImapServer) -> None:
    server.add_user("bygg", 'hem"lig\\')
    client = connect(server)

    client.login("bygg", 'hem"lig\\')

    assert client.has_capability("UIDPLUS")
    client.logout()


def test_folders_say_what_they_are_for(client: IMAPClient) -> None:
    folders = {name: flags for flags, _, name in client.list_folders()}

    assert set(folders) == {"INBOX", "Junk", "Sent"}
    assert b"\\Junk" in folders["Junk"]
    assert b"\\Sent" in folders["Sent"]
    assert client.find_special_folder(b"\\Junk") == "Junk"


def test_select_and_status_agree_on_what_the_folder_holds(server: ImapServer, client: IMAPClient) -> None:
    deliver(server, 3)

    selected = client.select_folder("INBOX", readonly=True)
    status = client.folder_status("INBOX", ["MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN"])

    assert (selected[b"EXISTS"], selected[b"UIDNEXT"], selected[b"UIDVALIDITY"]) == (3, 4, 1)
    assert status == {b"MESSAGES": 3, b"UIDNEXT": 4, b"UIDVALIDITY": 1, b"UNSEEN": 3}
    assert selected[b"READ-ONLY"] == [b""]


def test_a_folder_that_does_not_exist_is_refused(client: IMAPClient) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="no such folder"):
        client.select_folder("Papperskorgen")


def test_uid_search_finds_by_range_flag_and_header(server: ImapServer, client: IMAPClient) -> None:
    deliver(server, 4)
    server.folder(USER).set_flags(2, {"\\Seen"})
    client.select_folder("INBOX", readonly=True)

    assert client.search(["UID", "3:*"]) == [3, 4]
    assert client.search(["UID", "9:*"]) == [4], "n:* always holds the last mail"
    assert client.search("UNSEEN") == [1, 3, 4]
    assert client.search(["NOT", "UNSEEN"]) == [2]
    assert client.search(["OR", "UID", "1", "SEEN"]) == [1, 2]
    assert client.search(["HEADER", "From", "ANNA@brevlada"]) == [1, 2, 3, 4]
    assert client.search(["SINCE", TUESDAY.date(), "FROM", "ingen"]) == []


def test_peeking_leaves_flags_alone_and_reading_does_not(server: ImapServer, client: IMAPClient) -> None:
    deliver(server, 2)
    client.select_folder("INBOX")

    client.fetch([1], ["BODY.PEEK[]", "BODY.PEEK[HEADER]"])
    client.fetch([2], ["BODY[]"])

    assert client.get_flags([1, 2]) == {1: (), 2: (b"\\Seen",)}


def test_examine_never_changes_a_flag(server: ImapServer, client: IMAPClient) -> None:
    deliver(server)
    client.select_folder("INBOX", readonly=True)

    client.fetch([1], ["BODY[]"])
    with pytest.raises(imaplib.IMAP4.error):
        client.add_flags([1], [b"\\Seen"])

    assert client.get_flags([1]) == {1: ()}


def test_header_fields_and_parts_of_a_body_are_cut_right(server: ImapServer, client: IMAPClient) -> None:
    deliver(server)
    client.select_folder("INBOX", readonly=True)

    fetched = client.fetch([1], ["BODY.PEEK[HEADER.FIELDS (TO)]", "BODY.PEEK[TEXT]<0.4>"])[1]

    assert fetched[b"BODY[HEADER.FIELDS (TO)]"] == b"To: kontaktcenter@exempelby.example\r\n\r\n"
    assert fetched[b"BODY[TEXT]<0>"] == b"Hej!"


def test_an_appended_mail_keeps_bytes_flags_and_date(server: ImapServer, client: IMAPClient) -> None:
    answer = client.append("Sent", MAIL, flags=[b"\\Seen"], msg_time=TUESDAY)

    [uid] = server.folder(USER, "Sent").uids()
    mail = server.folder(USER, "Sent").mail(uid)
    assert mail is not None
    assert b"APPENDUID 1 1" in answer
    assert (mail.original, mail.at, mail.flags) == (MAIL, TUESDAY, {"\\Seen"})


def test_an_append_without_a_date_gets_the_towns(server: ImapServer, client: IMAPClient) -> None:
    client.append("INBOX", MAIL)

    mail = server.folder(USER).mail(1)
    assert mail is not None
    assert mail.at == TUESDAY


def test_moved_and_expunged_mails_are_gone_and_uids_are_not_used_again(server: ImapServer, client: IMAPClient) -> None:
    deliver(server, 3)
    client.select_folder("INBOX")

    client.move([1], "Junk")
    client.delete_messages([3])
    client.uid_expunge([3])

    assert server.folder(USER).uids() == (2,)
    assert server.folder(USER, "Junk").uids() == (1,)
    assert deliver(server) == [4]
    client.noop()
    assert client.search() == [2, 4]


def test_a_folder_can_be_made_and_copied_to(server: ImapServer, client: IMAPClient) -> None:
    deliver(server, 2)
    client.create_folder("Arkiv")
    client.select_folder("INBOX")

    client.copy([2], "Arkiv")

    assert server.folder(USER, "Arkiv").uids() == (1,)
    assert server.folder(USER).uids() == (1, 2)
    with pytest.raises(imaplib.IMAP4.error, match="There is such a folder"):
        client.create_folder("Arkiv")
    with pytest.raises(imaplib.IMAP4.error, match="no such folder"):
        client.append("Papperskorgen", MAIL)


def test_closing_a_folder_expunges_and_unselecting_does_not(server: ImapServer, client: IMAPClient) -> None:
    deliver(server, 2)
    for uid in (1, 2):
        server.folder(USER).set_flags(uid, {"\\Deleted"} if uid == 1 else set())
    client.select_folder("INBOX")

    client.unselect_folder()
    assert server.folder(USER).uids() == (1, 2)
    client.select_folder("INBOX")
    client.close_folder()

    assert server.folder(USER).uids() == (2,)


def test_special_folders_can_be_listed_alone(server: ImapServer) -> None:
    with imaplib.IMAP4("127.0.0.1", server.port, timeout=5) as client:
        client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())

        client._simple_command("LIST", "(SPECIAL-USE)", '""', '"*"')
        _, lines = client._untagged_response("OK", [None], "LIST")

    assert len(lines) == 2
    assert not any(b"INBOX" in line for line in lines)


def test_a_renumbered_folder_has_another_uidvalidity(server: ImapServer, client: IMAPClient) -> None:
    deliver(server, 2)
    server.folder(USER).remove(1)

    server.folder(USER).renumber()

    selected = client.select_folder("INBOX", readonly=True)
    assert (selected[b"UIDVALIDITY"], selected[b"UIDNEXT"]) == (2, 2)
    assert client.search() == [1]


def test_an_idling_client_hears_of_new_mail_at_once(server: ImapServer, client: IMAPClient) -> None:
    client.select_folder("INBOX", readonly=True)
    client.idle()

    deliver(server)

    assert (1, b"EXISTS") in client.idle_check(timeout=5)
    client.idle_done()
    assert client.search() == [1]


def test_two_thousand_mails_are_fetched_in_batches(server: ImapServer, client: IMAPClient) -> None:
    uids = deliver(server, 2000)
    client.select_folder("INBOX", readonly=True)

    assert client.search(["UID", ",".join(map(str, uids))]) == uids
    assert sorted(client.fetch(uids[:50], ["BODY.PEEK[]"])) == uids[:50]


def test_the_standard_librarys_client_gets_along(server: ImapServer) -> None:
    deliver(server, 2)

    with imaplib.IMAP4("127.0.0.1", server.port, timeout=5) as client:
        client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        client.select("INBOX")
        _, [hits] = client.search(None, "(UNSEEN)", "2:*")
        _, parts = client.fetch("2", "(UID RFC822)")
        client.store("2", "+FLAGS.SILENT", "(\\Deleted)")
        _, gone = client.expunge()

    assert hits == b"2"
    assert parts[0][1].endswith(MAIL)
    assert gone == [b"2"]
    assert server.folder(USER).uids() == (1,)


def test_sign_in_can_be_made_to_fail_and_to_work_again(server: ImapServer) -> None:
    client = connect(server)

    server.fault = Fault.refuse_sign_in
    with pytest.raises(imaplib.IMAP4.error):
        client.plain_login(USER, PASSWORD)
    server.fault = Fault.none

    client.plain_login(USER, PASSWORD)
    client.logout()


def test_a_hanging_server_takes_the_connection_and_says_nothing(server: ImapServer) -> None:
    server.fault = Fault.hang

    with socket.create_connection(("127.0.0.1", server.port), timeout=0.2) as raw, pytest.raises(TimeoutError):
        raw.recv(1)

    server.fault = Fault.none
    connect(server).logout()


def test_a_server_that_hangs_up_cuts_the_line(server: ImapServer, client: IMAPClient) -> None:
    server.fault = Fault.hang_up

    with pytest.raises((OSError, imaplib.IMAP4.abort)):
        client.noop()


def test_clients_that_vanish_leave_the_server_standing(server: ImapServer) -> None:
    for beginning in (b"", b"a1 LOGIN x", b"a1 LOGIN {99999}\r\nabc", b"a1 LOGIN {100+}\r\n", b"\xff\xfe\r\n\r\n"):
        raw = socket.create_connection(("127.0.0.1", server.port))
        raw.sendall(beginning)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        raw.close()

    client = connect(server)
    client.plain_login(USER, PASSWORD)
    assert client.select_folder("INBOX")[b"EXISTS"] == 0
    client.logout()


@pytest.mark.parametrize(
    "command",
    [
        "SELECT INBOX",
        "FETCH 1 (FLAGS)",
        "UID",
        "UID FETCH",
        "LOGIN one",
        "LIST",
        'NONSENSE "',
        "((((",
        ")",
        "AUTHENTICATE PLAIN !!!",
        "(" * 50,
        "",
    ],
)
def test_nonsense_is_answered_with_bad_and_the_talk_goes_on(server: ImapServer, command: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw, raw.makefile("rb") as lines:
        lines.readline()

        raw.sendall(f"a1 {command}\r\na2 NOOP\r\n".encode())

        assert lines.readline().startswith(b"a1 BAD ")
        assert lines.readline().startswith(b"a2 OK ")


def test_a_line_break_in_a_literal_does_not_break_the_answer(server: ImapServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw, raw.makefile("rb") as lines:
        lines.readline()

        raw.sendall(b"a1 {11+}\r\nNON\r\nSENSE!\r\na2 NOOP\r\n")

        assert lines.readline() == b"a1 BAD NON SENSE! is not known here\r\n"
        assert lines.readline().startswith(b"a2 OK ")


def test_a_stopped_server_lets_go_of_its_port_and_its_clients(server: ImapServer) -> None:
    other = ImapServer(HandClock(TUESDAY))
    other.start()
    port = other.port
    client = IMAPClient("127.0.0.1", port, ssl=False, timeout=5)

    begun = time.monotonic()
    other.stop()

    assert time.monotonic() - begun < 2
    with pytest.raises((OSError, imaplib.IMAP4.abort)):
        client.noop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
    client.shutdown()


def test_a_restarted_server_has_the_same_port_and_the_same_mails(server: ImapServer) -> None:
    deliver(server)
    port = server.port

    server.stop()
    server.stop()
    deliver(server)
    server.start()

    client = connect(server)
    client.plain_login(USER, PASSWORD)
    assert server.port == port
    assert client.select_folder("INBOX")[b"EXISTS"] == 2
    client.logout()


def test_a_taken_port_is_an_os_error(server: ImapServer) -> None:
    with pytest.raises(OSError, match="in use"):
        ImapServer(HandClock(TUESDAY), port=server.port).start()
