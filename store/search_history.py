"""Where what lay in accounts at first connection lies among the rows that are searched: apart, and mostly nowhere."""

import sqlalchemy as sa

from domain.viewer import Viewer
from store.shelves import HISTORY

#: The numbers of the first and the last row there may be.
_EVERYWHERE = (0, 2**63 - 1)

#: Of a partial index both ends are read, whatever lies between. Its condition stands here as it stands there.
_ENDS = "SELECT min(message_row), max(message_row) FROM search_words WHERE words @@ '''/history'''::tsquery"

#: The index.
HISTORY_INDEX = (
    "CREATE INDEX IF NOT EXISTS ix_search_words_history ON search_words (message_row) "
    f"WHERE words @@ '''/{HISTORY}'''::tsquery"
)


def find_history_span(connection: sa.Connection, viewer: Viewer) -> tuple[int, int] | None:
    """Return the numbers between which history lies, both included; None: there is none.

    SQLite is not asked: its index finds history as quickly as it finds that there is none.
    """
    del viewer  # Whether there is any is the installation's own; what of it is seen is asked of each message.
    if connection.dialect.name == "sqlite":
        return _EVERYWHERE
    oldest, newest = connection.exec_driver_sql(_ENDS).one()
    return None if oldest is None else (oldest, newest)
