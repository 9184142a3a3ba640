"""Page: note what a page's visit saw beside new messages: edits, deletions, answers in Meta's inbox, what ends.

Reads: what a batch observed; the ledger; our own outgoing messages.
Writes: originals of what was edited, evidence, what answers which message, what ends, when the page last spoke, events;
all in the caller's transaction.
"""

from collections.abc import Iterable
from datetime import datetime

from domain.account import Account
from domain.evidence import EvidenceKind
from domain.message import Batch, Observation
from domain.page import FASTER_THAN_PEOPLE
from domain.viewer import MACHINE
from intake.facebook import named
from store.columns import as_key
from store.database import Connection
from store.ends import note_ends
from store.events import append
from store.evidence import Seen, add_evidence
from store.handlings import note_auto_reply, note_post
from store.ledger import Entry, find_entries, mark_gone
from store.messages import find_ticket
from store.originals import put_originals
from store.pages import is_ours
from store.sent_answers import add_sent_answers

#: Kinds of observations that only pages have.
KINDS = frozenset({"edited", "gone", "echo"})


def note_page(connection: Connection, account: Account, observations: Iterable[Observation], now: datetime) -> None:
    """Note what was seen at a page; what is seen again is noted once."""
    about_us = [each for each in observations if each.kind in KINDS]
    if not about_us:
        return
    identities = [id for each in about_us for id in (each.identity, *each.details.get("answers", ()))]
    entries = find_entries(connection, MACHINE, account.id, identities)
    for each in about_us:
        entry = entries.get(as_key(each.identity))
        if each.kind == "edited" and entry is not None:
            _note_edit(connection, account, entry, each, now)
        elif each.kind == "gone" and entry is not None:
            _note_withdrawn(connection, account, entry, now)
        elif each.kind == "echo":
            _note_echo(connection, account, entries, each, now)


def note_alive(connection: Connection, account: Account, batch: Batch, now: datetime) -> None:
    """Note what ends of an account and when a page last spoke, where a visit saw it."""
    if batch.ends is not None:
        note_ends(connection, account, batch.ends, now)
    spoke = batch.activity.last_post_at if batch.activity is not None else None
    if spoke is not None:
        note_post(connection, account, min(spoke, now))


def _note_edit(connection: Connection, account: Account, entry: Entry, edit: Observation, now: datetime) -> None:
    """Keep how a message reads now beside how it was: a public record loses nothing."""
    original = str(edit.details["original"]).encode()
    [digest] = put_originals(connection, account.organisation, [(original, "application/json")])
    details = {"text": str(edit.details.get("text", "")), "digest": digest}
    seen = Seen(entry.id, entry.message, EvidenceKind.edited, details, key=digest)
    if add_evidence(connection, account, [seen], now):
        _tell(connection, account, "message_edited", entry, now)


def _note_withdrawn(connection: Connection, account: Account, entry: Entry, now: datetime) -> None:
    seen = Seen(entry.id, entry.message, EvidenceKind.withdrawn)
    if not entry.gone:
        mark_gone(connection, [entry.id], now)
        add_evidence(connection, account, [seen], now)
        _tell(connection, account, "message_withdrawn", entry, now)


def _note_echo(
    connection: Connection, account: Account, entries: dict[str, Entry], echo: Observation, now: datetime
) -> None:
    """Keep what the page answered elsewhere than here: a person's answer stops the clock, the page's own machine none.

    Source: domain.md 3.8 rows 4 and 9.
    """
    said, at = echo.details, min(datetime.fromisoformat(echo.details["at"]), now)
    if is_ours(connection, MACHINE, account.id, echo.identity, str(said["text"]), at):
        return
    asked_at = said.get("asked_at")
    if asked_at and at - datetime.fromisoformat(asked_at) <= FASTER_THAN_PEOPLE:
        note_auto_reply(connection, account.id, at)
        return
    answers = [str(each) for each in said["answers"]]
    add_sent_answers(
        connection, account, key=echo.identity, in_reply_to=[named(each) for each in answers], references=(),
        recipients=[str(said["to"])], at=at, noted_at=now,
    )  # fmt: skip
    last = entries.get(as_key(answers[-1]))
    if last is not None:
        put_originals(connection, account.organisation, [(str(said["original"]).encode(), "application/json")])
        details = {"by": "page", "text": str(said["text"])}
        seen = Seen(last.id, last.message, EvidenceKind.answered, details, at=at, key=echo.identity)
        add_evidence(connection, account, [seen], now)


def _tell(connection: Connection, account: Account, kind: str, entry: Entry, now: datetime) -> None:
    ticket = find_ticket(connection, MACHINE, entry.message) if entry.message is not None else None
    append(
        connection, kind, at=now, organisation=account.organisation, actor="observe", account=account.id,
        message=entry.message, ticket=ticket,
    )  # fmt: skip
