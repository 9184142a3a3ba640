"""Quick answers: what a page answered within seconds, by hash, to know its own machine by its words."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from domain.account import Account
from domain.viewer import Viewer
from store.rows import insert_new
from store.schema import quick_answers
from store.visibility import sees_organisation


def add_quick_answer(connection: sa.Connection, account: Account, text: str, to: str, at: datetime) -> None:
    """Note what was answered at once, and to whom; neither can be read from it."""
    row = {
        "account_id": account.id, "words": _hash(text), "person": _hash(to), "organisation_id": account.organisation,
        "at": at,
    }  # fmt: skip
    insert_new(connection, quick_answers, [row])


def was_said_to_others(connection: sa.Connection, viewer: Viewer, account: Account, text: str, to: str) -> bool:
    """Ask whether the same words have gone to somebody else at once."""
    query = sa.select(quick_answers.c.account_id).where(
        quick_answers.c.account_id == account.id,
        quick_answers.c.words == _hash(text),
        quick_answers.c.person != _hash(to),
        sees_organisation(viewer, quick_answers),
    )
    return connection.execute(query.limit(1)).first() is not None


def _hash(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).casefold().encode("utf-8", "replace")).hexdigest()
