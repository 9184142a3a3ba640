"""Backup: one file that holds the whole store as it stands now, taken while others work."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from domain.errors import BadInput, NotMoved
from store.database import Database


def copy_into(database: Database, file: Path) -> None:
    """Copy an SQLite database into a new file, of one moment; whoever writes meanwhile is not held up.

    Raises:
        BadInput: the database is no SQLite file, which is copied by its own tools; or the new file exists.
        NotMoved: the copy is not whole.
    """
    if not database.is_sqlite:
        raise BadInput("svarsvakt backup copies SQLite: take a copy of PostgreSQL with pg_dump --format=custom")
    if file.exists():
        raise BadInput(f"{file} exists: name a new file")
    # Letters of citizens: for nobody else to read, whatever the shell says of new files.
    file.touch(mode=0o600)
    with closing(database.engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        driver.execute("PRAGMA query_only = 0")
        driver.execute("VACUUM INTO ?", (str(file),))
    with closing(Database(f"sqlite:///{file}")) as copy, copy.read() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
    if found != ["ok"]:
        raise NotMoved(f"the copy is not whole ({found[0]}): see that the disk and {database.shown} are sound")


def put_in_place(made: Path, file: Path) -> None:
    """Give a finished copy its name, once all of it is on the disk."""
    with made.open("rb") as opened:
        os.fsync(opened.fileno())
    made.rename(file)
