"""A machine is lost after its last backup: the copy goes on elsewhere, and nobody is answered twice."""

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.account import AutoReply, ImapConnection, Security, SmtpConnection
from domain.outgoing import OutgoingKind, SendState
from domain.site import Site
from domain.ticket import Ticket
from domain.viewer import MACHINE, OPERATOR
from pipeline.decide import decide
from pipeline.holding import hold
from pipeline.receive import receive
from pipeline.restored import go_on_from_copy, go_on_if_copy, mark_as_copy
from pipeline.seal import seal
from pipeline.send import send
from pipeline.settle import Settling, settle
from pipeline.wires import RealWires
from sandbox.imap_server import ImapServer
from sandbox.smtp_server import SentMail, SmtpServer
from store.backup import copy_into
from store.database import Database
from store.migrate import migrate
from store.unsettled import list_uncertain
from store.verification import verify
from tests.flow.installation import CONTACT_CENTER, Installation, SetClock, mail, small_site
from tests.flow.phones import NUMBERS, Phones
from tests.services.postgres import DEBIAN, Postgres
from tests.services.programs import need

PASSWORD = "hemligt"

#: Sent before the backup; waited to be sent in it, to be decided in it; came after it; came when nobody read.
BEFORE, QUEUED, WAITING, AFTER, UNREAD = range(1, 6)


class PostalTown:
    """A mail server that files what it sends, if it does, and the machines that read and send there in turn."""

    def __init__(self) -> None:
        self.clock = SetClock()
        self.imap = ImapServer(self.clock)
        self.smtp = SmtpServer(self.clock, on_mail=self._file)
        #: Whether what goes by SMTP lies in Sent afterwards.
        self.files_sent = False

    def start(self) -> None:
        self.imap.start()
        self.smtp.start()
        self.imap.add_user(CONTACT_CENTER, PASSWORD)

    def stop(self) -> None:
        self.smtp.stop()
        self.imap.stop()

    def _file(self, sent: SentMail) -> None:
        if self.files_sent:
            self.imap.folder(CONTACT_CENTER, "Sent").add(sent.original, sent.at)

    def site(self) -> Site:
        imap = ImapConnection(
            host="127.0.0.1", port=self.imap.port, security=Security.none, user=CONTACT_CENTER, secret="imap"
        )
        smtp = SmtpConnection(host="127.0.0.1", port=self.smtp.port, security=Security.none)
        plain = small_site()
        center = replace(plain.accounts[0], imap=imap, smtp=smtp, auto_reply=AutoReply.on)
        return replace(plain, accounts=(center,), alert_smtp=smtp)

    def machine(self, database: Database) -> Installation:
        """Return a machine on a database, with wires that reach the town."""
        machine = Installation(database, site=self.site())
        machine.clock = self.clock
        machine.runtime = replace(
            machine.runtime, clock=self.clock, wires=RealWires({"imap": PASSWORD}.__getitem__, self.clock)
        )
        return machine

    def writes(self, citizen: int) -> None:
        """Let a citizen write now."""
        self.clock.forward(seconds=1)
        text = f"Hej! Hål nummer {citizen} i vägen på Storgatan."
        original = mail(text, sender=address(citizen), id=f"<{citizen}@example.se>", at=self.clock.now())
        self.imap.deliver(CONTACT_CENTER, original, self.clock.now(), envelope_sender=address(citizen))

    def replies(self) -> Counter[str]:
        """Return how many mails each citizen got."""
        return Counter(to for sent in self.smtp.sent for to in sent.recipients if to.startswith("person"))


def address(citizen: int) -> str:
    return f"person{citizen}@example.se"


@pytest.fixture
def town() -> Iterator[PostalTown]:
    town = PostalTown()
    town.start()
    yield town
    town.stop()


@pytest.fixture
def back_up(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], str]:
    """Give what takes a backup as the documentation says; it returns the URL at which the copy stands restored."""

    def file() -> str:
        copy_into(database, tmp_path / "copy.sqlite3")
        url = f"sqlite:///{tmp_path}/copy.sqlite3"
        with closing(Database(url)) as copy:
            mark_as_copy(copy)
        return url

    def dump() -> str:
        postgres: Postgres = request.getfixturevalue("postgres")
        target = postgres()
        source, into = (url.replace("+psycopg", "") for url in (database.url, target))
        kept = tmp_path / "copy.dump"
        for command in (
            [need("pg_dump", DEBIAN), "--format=custom", f"--file={kept}", source],
            [need("pg_restore", DEBIAN), "--no-owner", f"--dbname={into}", str(kept)],
        ):
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        return target

    return file if database.is_sqlite else dump


def restore(town: PostalTown, copy: Database) -> Installation:
    """Start a machine on the copy, half an hour after the first was lost."""
    town.clock.forward(minutes=30)
    machine = town.machine(copy)
    if copy.is_sqlite:
        assert go_on_if_copy(copy, machine.site, town.clock.now())
    else:
        go_on_from_copy(copy, machine.site, stopped_at=town.clock.now(), actor="operator", now=town.clock.now())
    return machine


def live_until_lost(town: PostalTown, database: Database, back_up: Callable[[], str]) -> str:
    """Let a machine work, be copied in the middle of it, work on and be lost; return where the copy is."""
    first = town.machine(database)
    first.connect()
    town.writes(BEFORE)
    first.round()
    town.writes(QUEUED)
    receive(first.runtime, first.account)
    decide(first.runtime)
    town.writes(WAITING)
    receive(first.runtime, first.account)
    copy = back_up()
    first.round()
    town.writes(AFTER)
    first.round()
    town.writes(UNREAD)
    return copy


def rounds(town: PostalTown, machine: Installation) -> None:
    for _ in range(3):
        town.clock.forward(minutes=4)
        machine.round()


def in_doubt(database: Database) -> set[str]:
    with database.read() as connection:
        return {each.recipient for each in list_uncertain(connection, MACHINE)}


def by_sender(machine: Installation) -> dict[str, Ticket]:
    return {ticket.sender_address: ticket for ticket in machine.tickets()}


def test_each_citizen_has_exactly_one_reply_or_a_person_is_asked(
    town: PostalTown, database: Database, back_up: Callable[[], str]
) -> None:
    url = live_until_lost(town, database, back_up)

    with closing(Database(url)) as copy:
        second = restore(town, copy)
        rounds(town, second)
        town.writes(6)
        rounds(town, second)

        went = {address(each) for each in (BEFORE, QUEUED, WAITING, AFTER, 6)}
        assert town.replies() == Counter(went)
        assert in_doubt(copy) == {address(each) for each in (QUEUED, WAITING, AFTER, UNREAD)}
        assert set(by_sender(second)) == {address(each) for each in range(1, 7)}
        seal(second.runtime)
        with copy.read() as connection:
            assert verify(connection, OPERATOR).faults == ()


def test_what_lies_among_the_sent_mail_needs_no_person(
    town: PostalTown, database: Database, back_up: Callable[[], str]
) -> None:
    town.files_sent = True
    url = live_until_lost(town, database, back_up)

    with closing(Database(url)) as copy:
        second = restore(town, copy)
        rounds(town, second)

        assert town.replies() == Counter(address(each) for each in (BEFORE, QUEUED, WAITING, AFTER))
        assert in_doubt(copy) == {address(UNREAD)}
        tickets = by_sender(second)
        assert all(tickets[address(each)].notice_met_at for each in (QUEUED, WAITING, AFTER))
        assert tickets[address(UNREAD)].notice_met_at is None


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Installation]:
    """Give an installation in memory on a file."""
    with closing(Database(f"sqlite:///{tmp_path}/plain.sqlite3")) as database:
        migrate(database)
        town = Installation(database)
        town.connect()
        yield town


def lose(town: Installation, *, hours: float = 1) -> None:
    """Let the machine of the installation be lost some hours from now, and what is left go on there."""
    town.clock.forward(hours=hours)
    now = town.clock.now()
    go_on_from_copy(town.database, town.site, stopped_at=now, actor="operator", now=now)


def to_citizens(town: Installation) -> list[str]:
    return [each.recipient for each in town.wires.out.sent if each.kind is not OutgoingKind.alert]


def test_a_person_who_says_that_a_reply_did_not_go_lets_it_go_once(plain: Installation) -> None:
    plain.arrives(mail())
    lose(plain)
    plain.round()
    with plain.database.read() as connection:
        [doubted] = list_uncertain(connection, MACHINE)

    settle(plain.database, OPERATOR, doubted.id, Settling.again, actor="operator", now=plain.clock.now())
    plain.round()

    assert to_citizens(plain) == ["anna@example.se"]


def test_what_is_in_doubt_counts_as_gone_for_the_brakes(plain: Installation) -> None:
    plain.arrives(mail())
    lose(plain)
    plain.round()
    plain.clock.forward(minutes=10)
    plain.arrives(mail("Hej! Soptunnan är inte tömd.", subject="Sopor", id="<2@example.se>", at=plain.clock.now()))

    plain.round()

    assert to_citizens(plain) == []


def test_a_persons_answer_that_waited_is_asked_about(plain: Installation) -> None:
    plain.arrives(mail())
    receive(plain.runtime, plain.account)
    decide(plain.runtime)
    with plain.database.write() as connection:
        connection.exec_driver_sql("UPDATE outgoing SET kind = 'answer'")

    lose(plain)
    send(plain.runtime)

    assert plain.wires.out.sent == []
    assert in_doubt(plain.database) == {"anna@example.se"}


def test_alerts_that_waited_go_for_one_too_many_does_less_harm_than_none(plain: Installation) -> None:
    plain.arrives(mail())
    receive(plain.runtime, plain.account)
    decide(plain.runtime)
    with plain.database.write() as connection:
        connection.exec_driver_sql("UPDATE outgoing SET kind = 'alert'")

    lose(plain)
    send(plain.runtime)

    assert len(plain.wires.out.sent) == 1


def test_a_holding_reply_that_the_lost_machine_had_time_for_is_asked_about(plain: Installation) -> None:
    plain.arrives(mail())
    plain.round()
    [ticket] = plain.tickets()
    assert ticket.answer_due_at is not None
    lose(plain, hours=(ticket.answer_due_at - plain.clock.now()) / timedelta(hours=1) - 0.5)

    hold(plain.runtime)
    send(plain.runtime)

    [_, holding] = plain.replies(ticket)
    assert (holding.kind, holding.state) == (OutgoingKind.holding, SendState.uncertain)


def test_a_holding_reply_that_a_colleague_may_have_asked_for_early_is_asked_about(plain: Installation) -> None:
    plain.arrives(mail())
    plain.round()
    [ticket] = plain.tickets()
    assert ticket.answer_due_at is not None
    lose(plain, hours=0.1)
    plain.clock.at = ticket.answer_due_at - timedelta(minutes=30)

    hold(plain.runtime)
    send(plain.runtime)

    [_, holding] = plain.replies(ticket)
    assert (holding.kind, holding.state) == (OutgoingKind.holding, SendState.uncertain)


def test_a_holding_reply_to_what_came_after_goes_as_ever(plain: Installation) -> None:
    lose(plain, hours=0.1)
    plain.clock.forward(minutes=10)
    plain.arrives(mail(at=plain.clock.now()))
    plain.round()
    [ticket] = plain.tickets()
    assert ticket.answer_due_at is not None
    plain.clock.at = ticket.answer_due_at - timedelta(minutes=30)

    hold(plain.runtime)
    send(plain.runtime)

    [_, holding] = plain.replies(ticket)
    assert (holding.kind, holding.state) == (OutgoingKind.holding, SendState.sent)


def test_numbers_that_the_lost_machine_may_have_given_are_passed_over(plain: Installation) -> None:
    plain.arrives(mail())
    plain.round()
    lose(plain)
    plain.arrives(mail(sender="bo@example.se", id="<2@example.se>", at=plain.clock.now()))

    plain.round()

    assert sorted(ticket.number for ticket in plain.tickets()) == ["26-00001", "26-01002"]


def test_a_copy_goes_on_by_itself_only_once(plain: Installation) -> None:
    mark_as_copy(plain.database)

    assert go_on_if_copy(plain.database, plain.site, plain.clock.now())
    assert not go_on_if_copy(plain.database, plain.site, plain.clock.now())


def test_an_sms_that_came_before_is_left_to_a_person(phones: Phones) -> None:
    phones.server.receive("+46701740642", NUMBERS[0], "Hej, gatlyktan utanför Storgatan 4 är trasig")
    now = phones.clock.now() + timedelta(minutes=1)
    go_on_from_copy(phones.database, phones.site, stopped_at=now, actor="operator", now=now)

    phones.poll()
    phones.poll()

    assert phones.bodies() == []
    assert in_doubt(phones.database) == {"+46701740642"}
