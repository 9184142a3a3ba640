"""Reply choice: which text answers which message, and in which languages (domain.md 7.2, 7.5).

Two questions in one place: what is said (`choose_reply`, asked by triage), and from which files it is put together
(`choose_parts`, asked by the outbox, which knows what is approved).
"""

from collections.abc import Callable
from dataclasses import dataclass

from domain.account import AccountStatus, Channel
from domain.category import DANGER, Secrecy
from domain.decision import Classification
from domain.ids import CategoryId
from domain.reply_template import ReplyName

#: Requests for public records, and what belongs to somebody else than the municipality (domain.md 6.2, 6.3).
RECORDS_REQUEST = CategoryId("alh")
NOT_OURS = CategoryId("ejk")

#: The language that every text exists in, approved; in it stand a line in Finnish and one in English.
FALLBACK = "sv"


@dataclass(frozen=True, slots=True)
class _Asked:
    about: Classification
    #: The template that a rule names.
    ruled: str | None
    #: None: the opening hours cannot tell.
    is_open: bool | None
    status: AccountStatus


#: Read top to bottom, the first that holds decides. What is dangerous or sensitive comes first: no rule puts another
#: text in its place.
_POLICY: tuple[tuple[Callable[[_Asked], bool], str | None], ...] = (
    (lambda asked: asked.about.category == DANGER, ReplyName.urgent),
    (lambda asked: asked.about.secrecy is Secrecy.SK2, ReplyName.receipt_sensitive),
    (lambda asked: asked.status is not AccountStatus.active, ReplyName.dormant),
    (lambda asked: bool(asked.ruled), None),
    (lambda asked: asked.about.category == RECORDS_REQUEST, ReplyName.records_request),
    (lambda asked: asked.about.category == NOT_OURS, ReplyName.not_ours),
    (lambda asked: asked.is_open is False, ReplyName.receipt_closed),
    (lambda asked: True, ReplyName.receipt),
)


def choose_reply(
    about: Classification, ruled: str | None, is_open: bool | None, status: AccountStatus = AccountStatus.active
) -> str:
    """Return the name of the automatic reply to a message.

    Args:
        about: what the message is about, with the secrecy that the rules left.
        ruled: the template that a rule names, if one does.
        is_open: whether the account is open now; None when that cannot be told.
        status: of the account: what is out of use says where to write instead.
    """
    asked = _Asked(about, ruled, is_open, status)
    chosen = next(name for holds, name in _POLICY if holds(asked))
    return str(chosen or ruled)


def choose_parts(
    channel: Channel, name: str, language: str, sendable: Callable[[Channel, str, str], bool]
) -> tuple[tuple[Channel, str, str], ...]:
    """Return the files, by channel, name and language, that follow each other in a reply.

    The whole text in the reader's language, if it may be sent. Else the two fixed lines in that language before the
    Swedish text; in an SMS the lines alone, for one part has no room for both. Else the Swedish text, which ends with
    a line in Finnish and one in English.

    Args:
        channel: where it goes.
        name: what is said.
        language: the reader's language.
        sendable: says whether there is such a text, and it may be sent.
    """
    whole = (channel, name, FALLBACK)
    if language == FALLBACK or sendable(channel, name, language):
        return ((channel, name, language),)
    # The lines say nothing of the channel: Messenger takes those of the e-mail.
    where = Channel.sms if channel is Channel.sms else Channel.email
    for lines in (f"{name}_{ReplyName.lines}", ReplyName.lines):
        if sendable(where, str(lines), language):
            first = (where, str(lines), language)
            return (first,) if channel is Channel.sms else (first, whole)
    return (whole,)
