"""What runs at every bell and on every page finds its rows by an index, however many there are, on both databases."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.ids import Digest, RuleId, TicketId
from domain.outcome import Registration
from domain.queue_filter import QueueFilter
from domain.ticket import TicketStatus
from domain.viewer import MACHINE, OPERATOR
from store import belongings, events, menu, messages, originals, queue_marks, sent, tickets
from store.correspondents import find_earlier_languages
from store.database import Connection, Database
from store.handlings import list_workloads
from store.letters import find_letters_under
from store.queue_filter import conditions
from store.reply_history import get_reply_history
from store.rule_hits import count_hits
from store.schema import events as event_table
from store.schema import handlings as handling_table
from store.schema import messages as message_table
from store.schema import originals as original_table
from store.schema import outgoing as outgoing_table
from store.schema import rule_hits as hit_table
from store.schema import tickets as ticket_table
from store.sending import claim_interrupted, claim_to_send
from store.set_aside import list_set_aside
from store.waiting import claim_waiting
from tests.builders import TUESDAY
from tests.contracts.stored import TOWN, person, sql

#: Rows of each table; a few in a hundred are still to be worked on.
ROWS = 3000

#: Before now by any clock.
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

Asked = Callable[[Connection], object]

#: What is asked, and the index that each big table is to be searched by.
HOT: dict[str, tuple[Asked, dict[str, str]]] = {
    "claim what waits": (
        lambda connection: claim_waiting(connection, "w"),
        {"messages": "ix_messages_waiting(_sms|_account)?"},
    ),
    "claim what is to be sent": (
        lambda connection: claim_to_send(connection, "w"),
        {"outgoing": "ix_outgoing_unsettled(_account)?"},
    ),
    "claim what is urgent": (
        lambda connection: claim_to_send(connection, "w", urgent_alone=True),
        {"outgoing": "ix_outgoing_unsettled"},
    ),
    "claim what was cut off": (
        lambda connection: claim_interrupted(connection, "w", timedelta(minutes=1)),
        {"outgoing": "ix_outgoing_unsettled"},
    ),
    "seal the log": (
        events.seal_batch,
        {"events": "ix_events_unsealed|uq_events_seal"},
    ),
    "show the queue to a person": (
        lambda connection: tickets.list_tickets(connection, person("gata"), limit=50),
        {"tickets": "ix_tickets_queue"},
    ),
    "list what is to be registered": (
        lambda connection: tickets.list_tickets(
            connection,
            person("gata"),
            status=TicketStatus.closed,
            only=conditions(QueueFilter(registration=Registration.to_be_registered), None),
        ),
        {"tickets": "ix_tickets_to_register"},
    ),
    "count what is live in the menu": (
        lambda connection: menu.count_live(connection, person("gata")),
        {"tickets": "ix_tickets_queue|ix_tickets_to_look_at"},
    ),
    "count what is late": (
        lambda connection: tickets.count_tickets(connection, person("gata"), due_before=TUESDAY),
        {"tickets": "ix_tickets_queue"},
    ),
    "count what is to be looked at": (
        lambda connection: connection.execute(tickets.to_look_at(person("gata"))),
        {"tickets": "ix_tickets_to_look_at|ix_tickets_queue"},
    ),
    "count how often rules hit": (
        lambda connection: count_hits(connection, person("gata"), [RuleId("r1"), RuleId("r2")], TUESDAY),
        {"rule_hits": "ix_rule_hits_rule"},
    ),
    "list what was set aside": (
        lambda connection: list_set_aside(connection, person("gata"), LONG_AGO),
        {"messages": "ix_messages_set_aside"},
    ),
    "count for the menu": (
        lambda connection: menu.count_for_menu(connection, person("gata"), TUESDAY, accounts=["kontaktcenter"]),
        {"tickets": "ix_tickets_queue|ix_tickets_to_look_at"},
    ),
    "know what a ticket has": (
        lambda connection: belongings.find_belongings(connection, person("gata"), TicketId(7)),
        {
            "tickets": "pk_tickets|INTEGER PRIMARY KEY",
            "messages": "ix_messages_ticket_id",
            "outgoing": "ix_outgoing_ticket_id",
        },
    ),
    "list for the operator": (
        lambda connection: tickets.list_tickets(connection, OPERATOR, status=TicketStatus.open, limit=50),
        {"tickets": "ix_tickets_queue"},
    ),
    "ask the brakes": (
        lambda connection: get_reply_history(connection, MACHINE, TOWN, "7@example.se", TUESDAY),
        {"outgoing": "ix_outgoing_recipient|ix_outgoing_created_at"},
    ),
    "know the earlier language": (
        lambda connection: find_earlier_languages(connection, MACHINE, [(TOWN, "7@example.se")]),
        {"outgoing": "ix_outgoing_recipient"},
    ),
    "know our own messages": (
        lambda connection: sent.find_our_messages(connection, MACHINE, ["<7@exempelby.example>"]),
        {"outgoing": "uq_outgoing_message_id"},
    ),
    "know a letter": (
        lambda connection: find_letters_under(connection, MACHINE, [(TOWN, "<7@example.se>")]),
        {"messages": "ix_messages_message_id"},
    ),
    "show a ticket's messages": (
        lambda connection: messages.list_of_ticket(connection, person("gata"), TicketId(7)),
        {"messages": "ix_messages_ticket_id"},
    ),
    "show a ticket's replies": (
        lambda connection: sent.list_of_ticket(connection, person("gata"), TicketId(7)),
        {"outgoing": "ix_outgoing_ticket_id"},
    ),
    "show a ticket's events": (
        lambda connection: events.list_of_ticket(connection, person("gata"), TicketId(7)),
        {"events": "ix_events_ticket_id"},
    ),
    "show the marks of a page of the queue": (
        lambda connection: queue_marks.list_queue_marks(connection, person("gata"), [TicketId(7), TicketId(8)]),
        {"messages": "ix_messages_ticket_id", "outgoing": "uq_outgoing_message_row_kind|ix_outgoing_ticket_id"},
    ),
    "know what waits in every account": (
        lambda connection: list_workloads(connection, MACHINE),
        {"handlings": "ix_handlings_unhandled"},
    ),
    "show an original": (
        lambda connection: originals.get_original(connection, person("gata"), TOWN, Digest(f"{7:064d}")),
        {"messages": "ix_messages_digest"},
    ),
}


@pytest.fixture
def full(database: Database) -> Database:
    """Give a database in which nearly everything is done."""
    with database.write() as connection:
        connection.execute(original_table.insert(), [_original(number) for number in range(1, ROWS)])
        connection.execute(ticket_table.insert(), [_ticket(number) for number in range(1, ROWS)])
        connection.execute(message_table.insert(), [_message(number) for number in range(1, ROWS)])
        connection.execute(hit_table.insert(), [_hit(number) for number in range(1, ROWS)])
        connection.execute(outgoing_table.insert(), [_outgoing(number) for number in range(1, ROWS)])
        connection.execute(event_table.insert(), [_event(number) for number in range(1, ROWS)])
        connection.execute(handling_table.insert(), [_handling(number) for number in range(1, ROWS)])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("ANALYZE")
    return database


def test_what_is_asked_often_is_found_by_its_index(full: Database) -> None:
    slow = {name: ways for name, (ask, indexes) in HOT.items() if (ways := slow_ways(full, ask, indexes))}

    assert slow == {}


def test_the_brakes_are_not_asked_by_reading_every_reply(full: Database) -> None:
    """Show that the test above can fail: without its index the question goes by another way."""
    sql(full, "DROP INDEX ix_outgoing_recipient")

    ask, indexes = HOT["know the earlier language"]

    assert slow_ways(full, ask, indexes)


def slow_ways(database: Database, ask: Asked, indexes: dict[str, str]) -> list[str]:
    """Return the steps that look for rows of a big table by another way than its index."""
    with database.engine.connect() as connection:
        with written_down(connection) as statements:
            ask(connection)
        plans = [plan_of(connection, *statement) for statement in statements]
        connection.rollback()
    slow = []
    for table, index in indexes.items():
        ways = [way for plan in plans for way in ways_to(table, plan, database.is_sqlite)]
        allowed = re.compile(f"({index}|pk_{table}|PRIMARY KEY|sqlite_autoindex_{table})")
        slow += [way for way in ways if not allowed.search(way)] if ways else [f"{table} is not asked"]
    return slow


@contextmanager
def written_down(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Keep every statement that is run meanwhile, with its values."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            statements.append((statement, values))

    sa.event.listen(connection, "before_cursor_execute", note)
    yield statements
    sa.event.remove(connection, "before_cursor_execute", note)


def plan_of(connection: Connection, statement: str, values: Any) -> str:
    """Return the database's plan for a statement, a line a step."""
    if connection.dialect.name == "sqlite":
        # It plans before it knows the values: a condition of an index must stand in the statement itself.
        rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, (None,) * len(values)).all()
    else:
        rows = connection.exec_driver_sql("EXPLAIN " + statement, values).all()
    return "\n".join(str(row[-1]) for row in rows)


def ways_to(table: str, plan: str, sqlite: bool) -> list[str]:
    """Return the steps of a plan that look for rows of a table."""
    step = (
        rf"^(?:SCAN|SEARCH) (?:{table}|{table}_\d|seen_{table})\b.*$"
        if sqlite
        else rf"^.* on {table}\b.*(?:\n.*){{0,3}}"
    )
    return re.findall(step, plan, re.MULTILINE)


def _original(number: int) -> dict[str, Any]:
    return {
        "organisation_id": TOWN, "digest": f"{number:064d}", "compressed": b"x\x9c\x03\x00\x00\x00\x00\x01",
        "size_bytes": 0, "media_type": "message/rfc822",
    }  # fmt: skip


def _ticket(number: int) -> dict[str, Any]:
    due = TUESDAY + timedelta(minutes=number)
    return {
        "id": number, "organisation_id": TOWN, "number": f"26-{number:05d}", "unit_id": "gata",
        "account_id": "kontaktcenter", "channel": "email", "status": "closed" if number % 20 else "open",
        "queue": "normal", "needs_a_look": False, "look_reason": "", "category": "gata", "language": "sv",
        "urgency": "U2", "secrecy": "SK0", "danger": False, "subject": "Hål i vägen", "sender_name": "Anna Exempel",
        "sender_address": f"{number}@example.se", "arrived_at": TUESDAY, "opened_at": TUESDAY, "notice_due_at": due,
        "answer_due_at": due, "next_due_at": due, "calendar": "1",
        "registration": "not_judged" if number % 100 else "to_be_registered",
    }  # fmt: skip


def _message(number: int) -> dict[str, Any]:
    return {
        "id": number, "organisation_id": TOWN, "account_id": "kontaktcenter", "channel": "email",
        "identity": f"INBOX/1/{number}", "identity_key": f"INBOX/1/{number}", "digest": f"{number:064d}",
        "media_type": "message/rfc822", "folder": "INBOX", "role": "inbox", "flags": [], "provider_at": TUESDAY,
        "stored_at": TUESDAY, "size_bytes": 8, "history": False, "fate": "ticket" if number < ROWS - 100 else "waiting",
        "ticket_id": number, "message_id": f"<{number}@example.se>", "message_id_key": f"<{number}@example.se>",
        "letter": f"{number:064d}", "arrived_at": TUESDAY, "sender_name": "", "sender_address": "", "subject": "",
        "text": "Hej " * 50, "quoted": "",
    }  # fmt: skip


def _hit(number: int) -> dict[str, Any]:
    at = TUESDAY - timedelta(minutes=number)
    return {"message_row": number, "rule_id": f"r{number % 40}", "organisation_id": TOWN, "at": at}


def _outgoing(number: int) -> dict[str, Any]:
    return {
        "id": number, "organisation_id": TOWN, "kind": "receipt",
        "state": "sent" if number < ROWS - 100 else ("queued", "claimed", "retry", "handing_over")[number % 4],
        "account_id": "kontaktcenter", "channel": "email", "ticket_id": number, "message_row": number,
        "template": "receipt", "template_version": "1", "language": "sv", "slots": {},
        "message_id": f"<{number}@exempelby.example>", "sender": "", "recipient": f"{number % 500}@example.se",
        "recipient_key": f"{number % 500}@example.se", "envelope_sender": "", "subject": "", "text": "Hej " * 50,
        "headers": [], "created_at": TUESDAY - timedelta(minutes=number), "lease_until": LONG_AGO,
        "next_try_at": LONG_AGO,
    }  # fmt: skip


def _handling(number: int) -> dict[str, Any]:
    handled_at = TUESDAY if number < ROWS - 100 else None
    return {
        "organisation_id": TOWN, "account_id": f"konto-{number % 50}", "arrived_at": TUESDAY, "handled_at": handled_at,
        "how": "seen" if handled_at else "",
    }  # fmt: skip


def _event(number: int) -> dict[str, Any]:
    sealed = number < ROWS - 100
    return {
        "organisation_id": TOWN, "at": TUESDAY, "kind": "decided", "actor": "decide", "ticket_id": number,
        "details": {}, "digest": "0" * 64, "seal": number if sealed else None, "chain": "0" * 64 if sealed else None,
    }  # fmt: skip
