"""The tables of a PostgreSQL database as the migrations leave them, and how one that was used becomes so again."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

#: What a database consists of beside its rows, as one text: it is another when a table, a column, an index, a
#: constraint, a trigger, a function, what the planner knows or a setting of the database is.
SHAPE = """
SELECT md5(concat(
  (SELECT string_agg(concat_ws(' ', oid, relname, relkind, reltablespace), ',' ORDER BY oid)
     FROM pg_class WHERE oid >= 16384),
  (SELECT string_agg(concat_ws(' ', attrelid, attname, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)
     FROM pg_attribute WHERE attrelid >= 16384),
  (SELECT string_agg(concat_ws(' ', oid, conname), ',' ORDER BY oid) FROM pg_constraint WHERE oid >= 16384),
  (SELECT string_agg(concat_ws(' ', oid, tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
  (SELECT string_agg(concat_ws(' ', oid, proname), ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
  (SELECT count(*) FROM pg_statistic WHERE starelid >= 16384), ' ',
  (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = %s))
))
"""

#: End every other session in this database, and wait for each.
ALONE = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"

#: Sequences from which somebody has drawn.
DRAWN = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


@dataclass(frozen=True)
class Tables:
    """What stands in the database after the migrations: few tables have a row then."""

    shape: str
    rows: dict[str, list[tuple[Any, ...]]]
    drawn: frozenset[str]
    which_have_rows: sql.Composed

    @classmethod
    def read(cls, connection: psycopg.Connection) -> "Tables":
        """Read them from a database that was just migrated."""
        tables = [name for (name,) in connection.execute(TABLES)]
        part = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        which = sql.SQL(" UNION ALL ").join(part.format(name, sql.Identifier(name)) for name in tables)
        rows = {
            name: connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall()
            for (name,) in connection.execute(which).fetchall()
        }
        drawn = frozenset(name for (name,) in connection.execute(DRAWN))
        return cls(_shape(connection), rows, drawn, which)

    def restore(self, connection: psycopg.Connection) -> bool:
        """Bring a used database back to this; return False, and leave it, when more than rows is another."""
        connection.execute(ALONE)
        if _shape(connection) != self.shape:
            return False
        # No trigger and no reference is in the way.
        connection.execute("SET LOCAL session_replication_role = replica")
        for (name,) in connection.execute(self.which_have_rows).fetchall():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        for name, rows in self.rows.items():
            for row in rows:
                places = sql.SQL(", ").join(sql.Placeholder() * len(row))
                connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(sql.Identifier(name), places), row)
        for (name,) in connection.execute(DRAWN).fetchall():
            if name not in self.drawn:
                connection.execute("SELECT setval(quote_ident(%s)::regclass, 1, false)", [name])
        return True


def _shape(connection: psycopg.Connection) -> str:
    row = connection.execute(SHAPE, [connection.info.dbname]).fetchone()
    assert row is not None
    return str(row[0])
