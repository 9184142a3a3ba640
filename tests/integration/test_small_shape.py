"""The one-process shape: `svarsvakt run`, and nothing else, answers what arrives and serves the pages."""

from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals

import pytest

from tests.integration.shape import Installation, Program, citizens_mail, page
from tests.services.dovecot import Dovecot
from tests.services.programs import free_port
from tests.services.smtp import SmtpServer

pytestmark = [pytest.mark.service("dovecot"), pytest.mark.xdist_group("small_shape")]

#: How long a worker may take to end: longer than a round, shorter than anybody's patience.
GOODBYE_SECONDS = 8.0


@pytest.fixture
def town(tmp_path: Path, dovecot: Dovecot, smtp_server: SmtpServer) -> Iterator[Installation]:
    """Give an installation whose contact center is asked for mail every second."""
    town = Installation(tmp_path, dovecot, smtp_server, SVARSVAKT_SITE=str(tmp_path / "site"))
    town.run("init", str(town.site_folder))
    town.configure("kontaktcenter", run={"poll_every": "1s"})
    yield town
    town.close()


@pytest.mark.parametrize("goodbye", [SIGINT, SIGTERM], ids=lambda each: each.name)
def test_a_mail_is_answered_without_any_command(town: Installation, goodbye: Signals) -> None:
    port = free_port()

    program = town.start("run", "run", "--port", str(port))

    town.until("the page does not answer", lambda: page(port))
    town.until("the empty mailbox was not read", lambda: town.sqlite.exists() and read(town))
    town.deliver("kontaktcenter", citizens_mail("Hej! Det är ett stort hål i vägen på Storgatan 3."))
    town.until("no reply came", lambda: town.sent_to("anna@example.se"))
    assert page(port) in {200, 303}
    assert ended(program, goodbye) == 0
    assert "Traceback" not in program.said
    assert page(port) is None
    assert len(town.sent_to("anna@example.se")) == 1
    assert "The chain holds." in town.run("log", "verify").out


def test_a_taken_port_is_said_in_a_sentence(town: Installation, smtp_server: SmtpServer) -> None:
    done = town.run("run", "--port", str(smtp_server.port), code=2)

    assert f"port {smtp_server.port} on 127.0.0.1 is taken" in done.errors


def read(town: Installation) -> bool:
    """Return whether the mailbox has been read."""
    return bool(town.rows("SELECT 1 FROM accounts WHERE account_id = 'kontaktcenter' AND read_at IS NOT NULL"))


def ended(program: Program, goodbye: Signals) -> int:
    """Ask a program to end, and return its exit code."""
    return program.end(goodbye, seconds=GOODBYE_SECONDS)
