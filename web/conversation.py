"""The conversation of a ticket in time order: what came, and what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.delivery import DeliveryState
from domain.evidence import Evidence
from domain.ids import MessageId, OutgoingId
from domain.message import FileState
from domain.outgoing import OutgoingKind, SendState
from store.files import StoredFile
from store.messages import StoredMessage
from store.sent import StoredOutgoing
from web.attachment_words import say_file, say_kind
from web.explanation import read_explanation
from web.matched_words import say_defect
from web.page_words import say_later, versions_of
from web.reply_words import say_bounce, say_delivery, say_why
from web.times import ShownTime, say_size, shown_time
from web.why import WhyRow, why_rows
from web.words import Words

#: Name and size in bytes of the files that went with each answer.
SentFiles = Mapping[OutgoingId, tuple[tuple[str, int], ...]]


#: A machine's text above this many characters is folded: whoever works here has read it a hundred times.
FOLDED_ABOVE = 300

#: What the entry of an outgoing message is called; what is not named here is automatic.
ENTRIES = {OutgoingKind.answer: "answer", OutgoingKind.hiding: "hiding", OutgoingKind.forwarded: "forwarded"}


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    """A part that is not the text."""

    name: str
    #: What it is, in words or by its type.
    what: str
    size: str
    #: The row of the file that can be downloaded by itself; 0: it stands in the original.
    file: int = 0
    #: Its place among the parts of its mail; -1: it is no part that can be downloaded by itself.
    part: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message, in or out."""

    #: `in`, `automatic`, `answer`, `forwarded` or `hiding`.
    kind: str
    id: int
    who: str
    address: str
    time: ShownTime
    subject: str
    text: str
    #: How it read before whoever wrote it changed it: since when, and the text; oldest first.
    earlier: tuple[tuple[str, str], ...] = ()
    quoted: str = ""
    #: ISO code of the text's language, so that a screen reader says it right; empty: not known.
    language: str = ""
    attachments: tuple[ShownAttachment, ...] = ()
    #: The attachments are files of their own, not parts of the original.
    has_files: bool = False
    #: What was wrong with it, in words.
    defects: tuple[str, ...] = ()
    #: Of the original: `.eml` or `.json`.
    suffix: str = ""
    #: A machine's text that is longer than one wants to pass each time.
    is_long: bool = False
    #: The person who wrote an answer.
    author: str = ""
    #: How far a send got, and why not further.
    state: str = ""
    has_gone: bool = False
    #: A mail server said that it did not arrive.
    has_bounced: bool = False
    #: When it goes, in words, where the visitor has sent it and may still take it back; else empty.
    undo: str = ""
    #: So many seconds it may still be taken back; 0: it may go at any moment.
    undo_seconds: int = 0
    why: str = ""
    #: The comment's identity, where the ticket has several that can be answered or hidden; else empty.
    comment: str = ""
    #: What became of it at Facebook, each with the text that came of it.
    later: tuple[tuple[str, str], ...] = ()
    #: Why no automatic reply was made to it; empty when one was.
    withheld: tuple[WhyRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is shown with the messages of a ticket."""

    #: Of our answers.
    sent_files: SentFiles = field(default_factory=dict)
    #: Of the citizen's messages, where the provider keeps them apart.
    files: Sequence[StoredFile] = ()
    deliveries: Mapping[OutgoingId, DeliveryState] = field(default_factory=dict)
    #: The identities of comments, where there are several.
    comments: Mapping[MessageId, str] = field(default_factory=dict)
    #: What was seen to happen to the citizen's messages.
    evidence: Mapping[MessageId, Sequence[Evidence]] = field(default_factory=dict)
    #: What the visitor may still take back, with the seconds until it may go.
    waiting: Mapping[OutgoingId, int] = field(default_factory=dict)


def conversation_of(
    messages: Sequence[StoredMessage], sent: Sequence[StoredOutgoing], beside: Beside, words: Words
) -> tuple[Entry, ...]:
    """Return messages and replies, oldest first; a reply never before what it answers."""
    received = [(message.arrived_at, 0, _received(message, beside, words)) for message in messages]
    replies = [(each.sent_at or each.created_at, 1, _sent(each, beside, words)) for each in sent]
    entries = sorted([*received, *replies], key=lambda each: (each[0], each[1]))
    return tuple(entry for _, _, entry in entries)


def suffix_of(media_type: str) -> str:
    """Return how an original's file name ends."""
    return ".json" if media_type == "application/json" else ".eml"


def _received(message: StoredMessage, beside: Beside, words: Words) -> Entry:
    explanation, evidence = read_explanation(message.explanation), beside.evidence.get(message.id, ())
    text, earlier = versions_of(message.text, message.arrived_at, evidence, words)
    files = tuple(_file(each, words) for each in beside.files if each.message == message.id)
    return Entry(
        kind="in",
        id=message.id,
        who=message.sender_name or message.sender_address or words.gettext("Okänd avsändare"),
        address=message.sender_address if message.sender_name else "",
        time=shown_time(message.arrived_at, words),
        subject=message.subject,
        text=text,
        earlier=earlier,
        quoted=message.quoted,
        language=explanation.language,
        attachments=files or tuple(_attachment(*each, message, words) for each in enumerate(message.attachments)),
        has_files=bool(files),
        comment=beside.comments.get(message.id, ""),
        later=tuple(said for each in evidence if (said := say_later(each, words)) is not None),
        defects=tuple(say_defect(defect, words) for defect in message.defects),
        suffix=suffix_of(message.media_type),
        withheld=why_rows(explanation.reply, words) if explanation.reply.send is False else (),
    )


def _sent(outgoing: StoredOutgoing, beside: Beside, words: Words) -> Entry:
    files, kind = beside.sent_files.get(outgoing.id, ()), ENTRIES.get(outgoing.kind, "automatic")
    return Entry(
        kind=kind,
        is_long=kind == "automatic" and len(outgoing.text) > FOLDED_ABOVE,
        id=outgoing.id,
        who=outgoing.recipient,
        address="",
        time=shown_time(outgoing.sent_at or outgoing.created_at, words),
        subject=outgoing.subject,
        text=outgoing.text,
        language=outgoing.language,
        author=outgoing.author,
        attachments=tuple(ShownAttachment(name, "", say_size(size, words)) for name, size in files),
        state=say_bounce(outgoing, words) or say_delivery(outgoing.state, beside.deliveries.get(outgoing.id), words),
        has_gone=outgoing.state is SendState.sent,
        has_bounced=outgoing.bounced_at is not None,
        why=say_why(outgoing.why, words),
        undo=_undo(beside.waiting.get(outgoing.id), words),
        undo_seconds=beside.waiting.get(outgoing.id) or 0,
    )


def _undo(seconds: int | None, words: Words) -> str:
    if seconds is None:
        return ""
    return (
        words.gettext("Skickas om %(seconds)s s.") % {"seconds": seconds}
        if seconds
        else words.gettext("Skickas strax.")
    )


def _file(stored: StoredFile, words: Words) -> ShownAttachment:
    is_here = stored.state is FileState.stored
    return ShownAttachment(
        stored.name,
        say_file(stored.media_type, stored.state, words),
        say_size(stored.size_bytes, words) if is_here else "",
        stored.id if is_here else 0,
    )


def _attachment(
    position: int, stored: dict[str, object], message: StoredMessage, words: Words
) -> ShownAttachment:  # fmt: skip
    size = stored.get("size_bytes")
    names = [str(stored[key]) for key in ("title", "name") if stored.get(key)]
    return ShownAttachment(
        ", ".join(names) or words.gettext("utan namn"),
        say_kind(str(stored.get("kind") or ""), str(stored.get("media_type") or ""), words),
        say_size(size, words) if isinstance(size, int) else "",
        part=position if message.media_type == "message/rfc822" else -1,
    )
