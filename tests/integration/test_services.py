"""The tests' own servers do what the other tests rely on."""

import smtplib
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis

from tests.services.dovecot import Dovecot
from tests.services.postgres import Postgres
from tests.services.programs import need
from tests.services.smtp import SmtpServer

ROOT = Path(__file__).parents[2]

MAIL = b"From: anna@example.se\r\nTo: kc@exempelby.example\r\nSubject: Hej\r\n\r\nHej\r\n"


def test_a_missing_program_skips_at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        need("no-such-program", "/usr/lib/*/bin")


def test_a_missing_program_fails_where_nothing_may_go_untested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        need("no-such-program", "/usr/lib/*/bin")


#: Starts a program with a child of its own, as a worker has, and tells its group.
STARTS = """
import subprocess, time
from tests.services.orphans import let_end_with_us
child = subprocess.Popen(["sh", "-c", "sleep 60 & wait"], stdout=subprocess.DEVNULL, start_new_session=True)
let_end_with_us(child.pid)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_what_was_started_ends_also_when_the_tests_are_killed() -> None:
    tests = subprocess.Popen([sys.executable, "-c", STARTS], cwd=ROOT, stdout=subprocess.PIPE)
    assert tests.stdout is not None
    group = int(tests.stdout.readline())

    tests.kill()
    tests.communicate()

    deadline = time.monotonic() + 20
    while in_group(group):
        assert time.monotonic() < deadline, "it has outlived those who started it"
        time.sleep(0.02)


def in_group(group: int) -> list[Path]:
    """Return the processes of a group that live; who has ended may wait long for somebody to take note."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of = place.read_text().rpartition(")")[2].split()[:3]
            if int(of) == group and state not in "ZX":
                found.append(place)
    return found


@pytest.mark.service("postgres")
def test_every_database_is_new_and_empty(postgres: Postgres) -> None:
    urls = [postgres(), postgres()]

    for url in urls:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE proof (id int)")
    assert len(set(urls)) == 2


@pytest.mark.service("postgres")
def test_a_database_with_tables_is_emptied_for_the_next_test(postgres: Postgres) -> None:
    lease = "INSERT INTO leases (name, holder, until) VALUES ('sealer', 'w', now())"
    draw = "SELECT nextval(pg_get_serial_sequence('messages', 'id'))"
    kept = "SELECT (SELECT count(*) FROM leases), (SELECT count(*) FROM alembic_version)"

    urls, found = [], []
    for _ in range(2):
        urls.append(postgres.with_tables())
        # Who has left it open holds up nobody.
        connection = psycopg.connect(urls[-1].replace("+psycopg", ""), autocommit=True)
        found.append([connection.execute(each).fetchone() for each in (kept, draw)])
        connection.execute(lease)
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE leases")
        postgres.drop_all()
        connection.close()

    assert urls[0] == urls[1]
    assert found == [[(0, 1), (1,)]] * 2


@pytest.mark.service("postgres")
@pytest.mark.parametrize(
    "change",
    [
        "CREATE INDEX another ON leases (holder)",
        "DROP INDEX ix_outgoing_unsettled",
        "ALTER TABLE leases ALTER holder DROP NOT NULL",
        "CREATE FUNCTION proof() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER DATABASE {} SET work_mem = '1MB'",
        "INSERT INTO leases VALUES ('sealer', 'w', now()); ANALYZE leases",
    ],
)
def test_a_database_in_which_more_than_rows_is_another_is_given_to_nobody(postgres: Postgres, change: str) -> None:
    changed = postgres.with_tables()
    with psycopg.connect(changed.replace("+psycopg", "")) as connection:
        connection.execute(change.format(changed.rpartition("/")[2]))

    postgres.drop_all()

    assert postgres.with_tables() != changed


@pytest.mark.service("redis-server")
@pytest.mark.parametrize("round", [1, 2])
def test_redis_is_empty_at_the_start_of_a_test(redis_url: str, round: int) -> None:
    with redis.Redis.from_url(redis_url) as client:
        size = client.dbsize()
        client.set("left", "behind")

    assert size == 0


@pytest.mark.service("dovecot")
def test_dovecot_delivers_with_the_envelope_sender_as_return_path(dovecot: Dovecot) -> None:
    user = dovecot.add_user()

    dovecot.deliver(user, MAIL, envelope_from="bo@example.se")

    with dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        ((_, found),) = client.fetch(client.search(["ALL"]), ["BODY.PEEK[]"]).items()
    assert found[b"BODY[]"].startswith(b"Return-Path: <bo@example.se>\r\n")


@pytest.mark.service("dovecot")
def test_dovecot_tells_flags_without_changing_them(dovecot: Dovecot) -> None:
    user = dovecot.add_user()
    dovecot.deliver(user, MAIL)
    dovecot.append(user, MAIL, flags=[r"\Flagged"])

    first, second = dovecot.flags(user), dovecot.flags(user)

    assert first == second == [{r"\Recent"}, {r"\Recent", r"\Flagged"}]


@pytest.mark.service("aiosmtpd")
def test_the_smtp_server_tells_what_it_received(smtp_server: SmtpServer) -> None:
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        client.sendmail("", ["anna@example.se"], MAIL, rcpt_options=["NOTIFY=NEVER"])

    (received,) = smtp_server.received()
    assert (received.sender, received.recipients, received.rcpt_options) == (
        "",
        ("anna@example.se",),
        ("NOTIFY=NEVER",),
    )
    assert received.message["Subject"] == "Hej"


@pytest.mark.service("aiosmtpd")
def test_the_smtp_server_refuses_when_told_to(smtp_server: SmtpServer) -> None:
    smtp_server.refuse("DATA", "451 4.7.1 Kom tillbaka")

    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("", ["anna@example.se"], MAIL)

    assert refused.value.smtp_code == 451
    assert smtp_server.received() == ()


@pytest.mark.service("aiosmtpd")
def test_the_smtp_server_can_take_a_message_and_cut_the_line(smtp_server: SmtpServer) -> None:
    smtp_server.drop("END", keep=True)

    client = smtplib.SMTP(smtp_server.host, smtp_server.port)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.sendmail("", ["anna@example.se"], MAIL)
    client.close()

    assert len(smtp_server.received()) == 1
