"""Page: note what a page's visit saw beside new messages: edits, deletions, answers in Meta's inbox, what ends.

Reads: what a batch observed; the ledger; how messages read last; our own outgoing messages.
Writes: originals of what was edited, evidence, what answers which message, what ends, when the page last spoke, what
it answered at once, events; all in the caller's transaction.
"""

from collections.abc import Iterable
from datetime import datetime

from domain.account import Account
from domain.evidence import EvidenceKind
from domain.ids import MessageId
from domain.message import Batch, Observation
from domain.outgoing import OutgoingKind
from domain.page import MACHINES_ANSWER_WITHIN, is_instant
from domain.viewer import MACHINE
from intake.characters import storable
from intake.facebook import named
from intake.resource import read_resource, text_field
from store.columns import as_key
from store.database import Connection
from store.ends import note_ends
from store.entries import Entry, find_entries
from store.events import append
from store.evidence import Seen, add_evidence
from store.handlings import note_auto_reply, note_post
from store.ledger import mark_gone
from store.messages import find_ticket
from store.originals import get_original, put_originals
from store.page_rounds import find_versions
from store.pages import find_ours
from store.quick_answers import add_quick_answer, was_said_to_others
from store.sent_answers import add_sent_answers

#: Kinds of observations that only pages have.
KINDS = frozenset({"edited", "gone", "echo", "refused"})


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
        elif each.kind == "refused":
            _note_refused(connection, account, each, now)


def note_alive(connection: Connection, account: Account, batch: Batch, now: datetime) -> None:
    """Note what ends of an account and when a page last spoke, where a visit saw it."""
    if batch.ends is not None:
        note_ends(connection, account, batch.ends, now)
    spoke = batch.activity.last_post_at if batch.activity is not None else None
    if spoke is not None:
        note_post(connection, account, min(spoke, now))


def _note_edit(connection: Connection, account: Account, entry: Entry, edit: Observation, now: datetime) -> None:
    """Keep how a message reads now beside how it was: a public record loses nothing.

    It is said to read so whether that is new or not: what it read last tells.
    """
    if entry.message is None or _reads_already(connection, account, entry.message, str(edit.details.get("text", ""))):
        return
    original = str(edit.details["original"]).encode()
    [digest] = put_originals(connection, account.organisation, [(original, "application/json")])
    details = {"text": str(edit.details.get("text", "")), "digest": digest}
    seen = Seen(entry.id, entry.message, EvidenceKind.edited, details, key=digest)
    if add_evidence(connection, account, [seen], now):
        _tell(connection, account, "message_edited", entry, now)


def _reads_already(connection: Connection, account: Account, message: MessageId, text: str) -> bool:
    known = find_versions(connection, MACHINE, [message]).get(message)
    if known is None:
        return True
    read = known.text
    if read is None:
        read = text_field(
            read_resource(get_original(connection, MACHINE, account.organisation, known.digest)), "message"
        )
    return storable(read) == storable(text)


def _note_refused(connection: Connection, account: Account, refused: Observation, now: datetime) -> None:
    """Say of one object that the provider does not give it; it is asked for again until it is given up."""
    kind = "object_given_up" if refused.details["given_up"] else "object_refused"
    append(
        connection, kind, at=now, organisation=account.organisation, actor="receive", account=account.id,
        identity=refused.identity, why=str(refused.details["why"]),
    )  # fmt: skip


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
    ours = find_ours(connection, MACHINE, account.id, echo.identity, str(said["text"]), at)
    if ours is None and _is_the_pages_machine(connection, account, echo, at):
        note_auto_reply(connection, account.id, at)
        return
    if ours in (None, OutgoingKind.answer):
        note_post(connection, account, at)
    if ours is not None:
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


def _is_the_pages_machine(connection: Connection, account: Account, echo: Observation, at: datetime) -> bool:
    said = echo.details
    if not said.get("asked_at"):
        return False
    after = at - datetime.fromisoformat(said["asked_at"])
    if after > MACHINES_ANSWER_WITHIN:
        return False
    text, to = str(said["text"]), str(said["to"])
    is_repeated = was_said_to_others(connection, MACHINE, account, text, to)
    add_quick_answer(connection, account, text, to, at)
    return is_instant(text, after, said_to_others=is_repeated)


def _tell(connection: Connection, account: Account, kind: str, entry: Entry, now: datetime) -> None:
    ticket = find_ticket(connection, MACHINE, entry.message) if entry.message is not None else None
    append(
        connection, kind, at=now, organisation=account.organisation, actor="observe", account=account.id,
        message=entry.message, ticket=ticket,
    )  # fmt: skip
