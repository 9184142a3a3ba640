"""A mail's HTML is shown cleaned in a frame of its own, and downloads are scanned where there is a scanner."""

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from connectors.clamd import Clamd
from domain.category import Secrecy
from domain.ids import MessageId, UnitId, UserId
from domain.scan import Scanned
from domain.viewer import Role
from store.originals import put_originals
from store.schema import messages, users
from tests.web.conftest import csrf_of, sign_in
from tests.web.test_ticket_page import kinds
from tests.web.town import PASSWORD, TOWN, Town
from web.letter import cleaned

MAIL = b"""From: anna@example.se
Subject: Hej
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<html><head><script>alert(1)</script><style>p{color:red}</style></head><body onload="alert(2)">
<p style="color:red">H\xc3\xa5let \xc3\xa4r <b>djupt</b></p><img src="https://spy.example/1.gif">
<a href="https://phish.example" onclick="x()">v\xc3\xa5r sida</a><form action="https://phish.example"><input></form>
</body></html>
--x
Content-Type: image/png; name="bild.png"
Content-Disposition: attachment; filename="bild.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--x--
""".replace(b"\n", b"\r\n")


def with_mail(town: Town, **changes: object) -> MessageId:
    """Let that mail come in; return its row."""
    _, message = town.add_ticket(**changes)
    with town.database.write() as connection:
        (digest,) = put_originals(connection, TOWN, [(MAIL, "message/rfc822")])
        connection.execute(messages.update().where(messages.c.id == message).values(digest=digest))
    return message


@contextmanager
def scanner(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Run a clamd that says the same of every file; yield where it listens, and what it was given."""
    given: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                asked = stream.read(9)
                if asked == b"zVERSION\0":
                    line.sendall(b"ClamAV 1.0.7/27123/Tue Nov 24 09:12:01 2026\0")
                    continue
                assert asked + stream.read(1) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(size)
                given.append(content)
                line.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"127.0.0.1:{listening.getsockname()[1]}", given
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(timeout=10)


def browser(town: Town, scanner: object, name: str = "bo") -> TestClient:
    client = TestClient(town.app(scanner=scanner), follow_redirects=False)
    assert sign_in(client, name, PASSWORD) == 303
    return client


def make_lead(town: Town) -> None:
    with town.database.write() as connection:
        connection.execute(users.update().where(users.c.id == UserId(1)).values(roles=[Role.lead]))


def test_the_html_of_a_mail_is_shown_with_its_shape_and_nothing_that_acts(town: Town, bo: TestClient) -> None:
    message = with_mail(town)

    answer = bo.get(f"/brev/{message}")

    assert "<p>Hålet är <b>djupt</b></p>" in answer.text
    assert "vår sida" in answer.text
    for gone in ("script", "alert", "style=", "onload", "<img", "spy.example", "phish.example", "<form", "<a "):
        assert gone not in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "markup",
    [
        "<svg onload=alert(1)>", "<math><mtext><style><img src=x onerror=alert(1)>", "<iframe src=//x.example>",
        "<p dir='\"><script>alert(1)</script>'>x", "<table background=//x.example><td>x", "<base href=//x.example>",
        "<meta http-equiv=refresh content='0;//x.example'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)  # fmt: skip
def test_hostile_markup_becomes_harmless(markup: str) -> None:
    shown = cleaned(markup)

    assert not re.search(r"<(?!/?(p|table|tbody|tr|td)\b)", shown)
    assert not re.search(r"<[^>]*(x\.example|alert)", shown)


def test_the_ticket_frames_its_mail_and_lets_each_attachment_be_downloaded(town: Town, bo: TestClient) -> None:
    message = with_mail(town)

    said = bo.get("/arende/1").text
    answer = bo.get(f"/bilaga/{message}/0")

    assert f'<iframe src="/brev/{message}" sandbox=""' in said
    assert answer.content == b"\x89PNG\r\n\x1a\n"
    assert answer.headers["content-disposition"] == f'attachment; filename="26-00001-{message}-1.png"'
    assert bo.get(f"/bilaga/{message}/1").status_code == 404


def test_nobody_outside_gets_a_sensitive_letter_or_its_attachment(town: Town, bo: TestClient) -> None:
    message = with_mail(town, secrecy=Secrecy.SK2, unit=UnitId("social"))

    assert [bo.get(f"/{path}").status_code for path in (f"brev/{message}", f"bilaga/{message}/0")] == [404, 404]


def test_a_clean_file_is_given_after_the_scanner_has_seen_it(town: Town) -> None:
    message = with_mail(town)
    with scanner(b"stream: OK\0") as (address, given):
        answer = browser(town, Clamd(address)).get(f"/bilaga/{message}/0")

    assert answer.status_code == 200
    assert given == [b"\x89PNG\r\n\x1a\n"]


@dataclass
class Counting:
    """A scanner that knows everything as harmful, and counts how often it is asked."""

    known: str = "1"
    asked: int = 0

    def scan(self, content: bytes) -> Scanned:
        self.asked += 1
        return Scanned.infected

    def signatures(self) -> str:
        return self.known


def test_a_file_is_scanned_again_only_with_new_signatures_or_after_a_day(town: Town) -> None:
    message, scanner = with_mail(town), Counting()
    asked = []
    rounds = (("1", 0), ("1", 5), ("", 5), ("2", 5), ("2", 20 * 60), ("2", 5 * 60))

    for known, minutes in rounds:
        scanner.known = known
        town.clock.instant += timedelta(minutes=minutes)
        told = browser(town, scanner).get(f"/bilaga/{message}/0")
        asked.append(scanner.asked)

    assert asked == [1, 1, 1, 2, 2, 3]
    assert "av 2." in told.text


def test_a_harmful_file_goes_only_to_a_lead_who_says_yes(town: Town) -> None:
    message = with_mail(town)
    with scanner(b"stream: Eicar-Test-Signature FOUND\0") as (address, _):
        bo = browser(town, Clamd(address))
        told = bo.get(f"/bilaga/{message}/0")
        refused = bo.post(f"/bilaga/{message}/0", data={"csrf": csrf_of(bo, "/ko")})
        make_lead(town)
        asked = bo.get(f"/bilaga/{message}/0")
        given = bo.post(f"/bilaga/{message}/0", data={"csrf": csrf_of(bo, "/ko")})

    assert (told.status_code, refused.status_code, asked.status_code, given.status_code) == (409, 403, 409, 200)
    assert "Filen innehåller skadlig kod" in told.text
    assert ("Ladda ner ändå" in told.text, "Ladda ner ändå" in asked.text) == (False, True)
    assert given.content.startswith(b"\x89PNG")
    assert kinds(town.database, 1)[-1] == ("infected_taken", "user/bo")


def test_while_the_scanner_does_not_answer_the_page_says_that_nothing_is_checked(town: Town) -> None:
    message = with_mail(town)
    bo = browser(town, Clamd("127.0.0.1:1", timeout_seconds=1))

    told = bo.get(f"/original/{message}")
    given = bo.post(f"/original/{message}", data={"csrf": csrf_of(bo, "/ko")})

    assert (told.status_code, given.status_code) == (409, 200)
    assert "Filen är ej kontrollerad" in told.text
    assert given.content == MAIL


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: maybe\0"])
def test_an_answer_that_we_do_not_know_leaves_the_file_unchecked(answer: bytes) -> None:
    with scanner(answer) as (address, _):
        assert Clamd(address).scan(b"x" * 200_000) is Scanned.unchecked
