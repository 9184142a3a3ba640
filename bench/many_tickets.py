"""A database with many tickets, made in PostgreSQL itself in a few minutes."""

import random

import sqlalchemy as sa

from domain.ids import UnitId
from domain.viewer import Role
from store.database import Database
from store.originals import put_originals
from store.users import add_user
from tests.web.town import NOW, TOWN, password_hash

#: Texts that letters are drawn from, and the words that texts are drawn from.
TEXTS = 20_000
WORDS = 6_000

#: What every letter looked like: only whoever it was sent by is read of it.
ORIGINAL = b"From: anna@example.se\r\nSubject: brev\r\n\r\nHej\r\n"

#: Beginnings and ends that words are put together from.
SYLLABLES = ("ba", "vä", "sko", "lin", "grö", "da", "ma", "tor", "hus", "väg", "vat", "ren", "sö", "nå", "li", "ke")

#: A few words that every letter may have, as letters do.
COMMON = ("hej", "och", "det", "att", "är", "jag", "har", "en", "på", "som", "inte", "vatten", "skola", "vägen")

_FILL = (
    """INSERT INTO tickets (id, organisation_id, number, unit_id, account_id, channel, status, queue, needs_a_look,
    look_reason, category, language, urgency, secrecy, danger, subject, sender_name, sender_address, sender_key,
    arrived_at, opened_at, closed_at, notice_due_at, answer_due_at, notice_met_at, answer_met_at, next_due_at, calendar,
    first_answered_at)
    SELECT g, 'exempelby', '26-' || lpad(g::text, 7, '0'), u.unit, 'kontaktcenter',
    (ARRAY['email', 'email', 'email', 'sms', 'facebook'])[1 + g % 5], o.status, 'normal', g % 40 = 0, '', 'gata', 'sv',
    CASE WHEN g % 300 = 0 THEN 'U1' ELSE 'U2' END, CASE WHEN g % 50 = 0 THEN 'SK2' ELSE 'SK0' END, false,
    left(t.text, 40), 'Namn' || g % 5000 || ' Efternamn' || g % 700, 'namn' || g % 200000 || '@example.se',
    'namn' || g % 200000 || '@example.se', a.at, a.at, CASE WHEN o.status = 'closed' THEN a.at + interval '1 day' END,
    a.at + interval '1 hour', a.at + interval '1 day', a.at + interval '1 minute',
    CASE WHEN o.status = 'closed' THEN a.at + interval '1 day' END,
    CASE WHEN o.status = 'open' THEN a.at + interval '1 day' END, '1',
    CASE WHEN o.status = 'closed' THEN a.at + interval '1 day' END
    FROM generate_series(1, :tickets) g
    CROSS JOIN LATERAL (SELECT CASE WHEN g > :tickets - :open THEN 'open' ELSE 'closed' END AS status) o
    CROSS JOIN LATERAL (SELECT CAST(:now AS timestamptz) - (:tickets - g) * interval '90 seconds' AS at) a
    CROSS JOIN LATERAL (SELECT (ARRAY['gata', 'kontaktcenter', 'social'])[1 + g % 3] AS unit) u
    JOIN bench_texts t ON t.id = g % :texts""",
    """INSERT INTO messages (id, organisation_id, account_id, channel, identity, identity_key, digest, media_type,
    size_bytes, folder, role, flags, provider_at, stored_at, history, fate, ticket_id, arrived_at, letter, message_id,
    message_id_key, sender_name, sender_address, subject, text, quoted, attachments, defects, explanation)
    SELECT k.id, k.organisation_id, k.account_id, k.channel, 'INBOX/1/' || k.id, 'INBOX/1/' || k.id, md5(k.id::text),
    'message/rfc822', 2000, 'INBOX', 'inbox', '[]', k.arrived_at, k.arrived_at, false, 'ticket', k.id, k.arrived_at,
    md5(k.id::text), '<' || k.id || '@example.se>', '<' || k.id || '@example.se>', k.sender_name, k.sender_address,
    k.subject, t.text || ' Löpnummer ' || k.id, '', '[]', '[]',
    '{"language": "sv", "category": "gata", "score": 8.5, "type": "report", "urgency": "U2", "secrecy": "SK0",
    "unit": "gata", "automatic_reply": {"send": true, "reasons": []}, "rules": [], "matched": [], "others": [],
    "steps": []}'
    FROM tickets k JOIN bench_texts t ON t.id = k.id % :texts""",
    """INSERT INTO outgoing (id, organisation_id, kind, state, account_id, channel, ticket_id, message_row, template,
    template_version, language, slots, message_id, sender, recipient, recipient_key, envelope_sender, subject, text,
    headers, created_at, sent_at)
    SELECT id, organisation_id, 'receipt', 'sent', account_id, channel, id, id, 'receipt', '1', 'sv', '{}',
    '<r' || id || '@exempelby.example>', 'kontaktcenter@exempelby.example', sender_address, sender_address, '',
    'Automatiskt svar', 'Hej! Ditt meddelande kom fram.', '[]', arrived_at, arrived_at + interval '1 minute'
    FROM tickets""",
    """INSERT INTO events (organisation_id, at, kind, actor, account_id, ticket_id, details, digest)
    SELECT organisation_id, arrived_at, 'decided', 'decide', account_id, id, '{}', md5(id::text) FROM tickets""",
    """INSERT INTO search_words SELECT id, to_tsvector('simple', subject || ' ' || sender_name || ' ' || translate(
    sender_address, '@.', '  ') || ' ' || text), lower(subject || ' ' || sender_name || ' ' || translate(sender_address,
    '@.', '  ')) FROM messages""",
    """INSERT INTO originals (organisation_id, digest, compressed, size_bytes, media_type)
    SELECT 'exempelby', md5(m.id::text), o.compressed, o.size_bytes, o.media_type
    FROM messages m CROSS JOIN originals o""",
    "SELECT setval('tickets_id_seq', :tickets)",
    "SELECT setval('messages_id_seq', :tickets)",
    "SELECT setval('outgoing_id_seq', :tickets)",
    "INSERT INTO counters (name, value) VALUES ('ticket/exempelby/2026', :tickets)",
)

#: What was added after the tickets of the bench.
_CLEAR = (
    "DELETE FROM search_words WHERE message_row > :tickets",
    "DELETE FROM messages WHERE id > :tickets",
    "DELETE FROM tickets WHERE id > :tickets",
    "DELETE FROM sessions",
)


def fill(database: Database, tickets: int, open_tickets: int) -> None:
    """Put so many tickets with a message, a receipt and an event each into an empty PostgreSQL database.

    Indexes are made of what is there, which is faster than row by row, and no row is asked what it refers to.
    """
    values = {"tickets": tickets, "open": open_tickets, "now": NOW, "texts": TEXTS}
    with database.write() as connection:
        for setting in ("statement_timeout = 0", "session_replication_role = replica", "maintenance_work_mem = '1GB'"):
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        indexes = _drop_indexes(connection)
        _put_texts(connection)
        put_originals(connection, TOWN, [(ORIGINAL, "message/rfc822")])
        for statement in _FILL:
            asked = sa.text(statement)
            connection.execute(asked, {name: values[name] for name in values if f":{name}" in statement})
        for index in indexes:
            connection.exec_driver_sql(index)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")


def clear(database: Database, tickets: int) -> None:
    """Take away what was added to a filled database when it was used before."""
    with database.write() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in _CLEAR:
            connection.execute(sa.text(statement), {"tickets": tickets})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE tickets, messages, search_words")


def _drop_indexes(connection: sa.Connection) -> list[str]:
    """Drop the indexes of the tables that are filled; return how they are made."""
    made = connection.execute(
        sa.text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename IN "
            "('tickets', 'messages', 'outgoing', 'events', 'originals', 'search_words') "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
    ).all()
    for name, _ in made:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    return [each.indexdef for each in made]


def add_people(database: Database, count: int) -> None:
    """Add so many people of the contact center who can sign in: `bo0`, `bo1` and on."""
    with database.write() as connection:
        for number in range(count):
            add_user(
                connection, organisation=TOWN, name=f"bo{number}", display_name=f"Bo {number}",
                password_hash=password_hash(), person=None, units=frozenset({UnitId("kontaktcenter")}),
                roles=frozenset({Role.agent}), at=NOW,
            )  # fmt: skip


def words() -> list[str]:
    """Return the words of the texts, the common ones first; always the same."""
    chance = random.Random(1)
    made = {"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(WORDS)}
    return [*COMMON, *sorted(made)]


def _put_texts(connection: sa.Connection) -> None:
    """Draw texts of thirty words, some words much more often than others, as in letters."""
    chance, known = random.Random(2), words()
    weights = [1 / place for place in range(1, len(known) + 1)]
    connection.exec_driver_sql("CREATE TEMPORARY TABLE bench_texts (id INTEGER PRIMARY KEY, text TEXT) ON COMMIT DROP")
    rows = [{"id": id, "text": " ".join(chance.choices(known, weights, k=30))} for id in range(TEXTS)]
    connection.execute(sa.text("INSERT INTO bench_texts VALUES (:id, :text)"), rows)
