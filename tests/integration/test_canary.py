"""A test mail from outside, over a real SMTP server into a real mailbox."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.account import ImapConnection, Security, SmtpConnection
from domain.canary import CanarySettings
from domain.finding import FindingKind
from domain.viewer import MACHINE
from pipeline.canary import send_canaries
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.watch import look
from pipeline.wires import RealWires
from store.canaries import list_last_canaries
from store.findings import list_open_findings
from tests.flow.installation import Installation, small_site
from tests.services.dovecot import Dovecot
from tests.services.smtp import SmtpServer
from tests.tables import embedded_with_tables

pytestmark = pytest.mark.service("dovecot")


@pytest.fixture
def town(tmp_path: Path, dovecot: Dovecot, smtp_server: SmtpServer) -> Iterator[tuple[Installation, str]]:
    """Give an installation whose mailbox lies on Dovecot, and whose test mails leave by the SMTP server."""
    user = dovecot.add_user()
    imap = ImapConnection(
        host="127.0.0.1", port=dovecot.imap_port, security=Security.none, user=user, secret="mailbox", timeout_seconds=5
    )
    smtp = SmtpConnection(host="127.0.0.1", port=smtp_server.port, security=Security.none, timeout_seconds=5)
    site = small_site()
    account = replace(site.accounts[0], imap=imap, canary=True)
    outside = CanarySettings(smtp=smtp, sender="test@outside.example")
    database = embedded_with_tables(tmp_path / "svarsvakt.sqlite3")
    installation = Installation(database, site=replace(site, accounts=(account,), canary=outside))
    wires = RealWires(lambda name: dovecot.password(user), installation.clock)
    installation.runtime = replace(installation.runtime, wires=wires)
    receive(installation.runtime, account.id)
    yield installation, user
    database.close()


def test_what_goes_out_comes_in_and_nobody_sees_it(
    town: tuple[Installation, str], dovecot: Dovecot, smtp_server: SmtpServer
) -> None:
    installation, user = town
    assert send_canaries(installation.runtime) == 1
    [outside] = smtp_server.received()

    dovecot.deliver(user, outside.content, envelope_from="test@outside.example")
    installation.clock.forward(minutes=1)
    received = receive(installation.runtime, installation.account)
    decided = decide(installation.runtime)

    assert received.new == 1
    assert installation.tickets() == ()
    assert decided.set_aside[installation.account] == 0
    with installation.database.read() as connection:
        [canary] = list_last_canaries(connection, MACHINE).values()
    assert canary.arrived_at == installation.clock.now()
    assert len(smtp_server.received()) == 1


def test_one_that_gets_stuck_outside_is_found(town: tuple[Installation, str]) -> None:
    installation, _ = town
    send_canaries(installation.runtime)

    for _ in range(2):
        installation.clock.forward(minutes=20)
        receive(installation.runtime, installation.account)
        look(installation.runtime)

    with installation.database.read() as connection:
        kinds = [each.kind for each in list_open_findings(connection, MACHINE)]
    assert FindingKind.canary_missing in kinds
    assert FindingKind.unreachable not in kinds
