"""Parsed: a claimed message as the intake reads it, before anything is asked of the store.

Reads: the original.
Writes: nothing.
"""

from dataclasses import dataclass

from domain.account import Account, Channel
from domain.canary import marks_in
from domain.flood import Beginning, beginning_of
from domain.ids import Digest
from domain.message import Message
from domain.site import Site
from intake.identity import letter_of
from intake.parse import parse
from intake.report import may_report, reported_message_ids
from store.correspondents import Correspondent
from store.letters import LetterKey
from store.waiting import Waiting
from triage.destination import destination
from triage.trust import authentication

#: A message that was claimed more often than this brings its worker down: it is set aside unread. The first time it may
#: have been in hand with others, whose fault it was; the other three it was alone.
MOST_ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A claimed message, parsed, with what it is known by."""

    waiting: Waiting
    account: Account
    message: Message
    #: Names its content: a copy has the same (P2).
    letter: Digest
    #: Message-IDs that it answers or refers to.
    referred: frozenset[str]
    #: Message-IDs that a delivery report names.
    reported: frozenset[str]
    #: What looks like the mark of a test mail of ours.
    marks: frozenset[str]
    #: Where a reply would go; where it would not, whoever seems to have written; in lower case.
    address: str

    @property
    def letter_key(self) -> LetterKey:
        """Whose letter, and which."""
        return self.account.organisation, self.letter

    @property
    def beginning(self) -> Beginning | None:
        """How the number begins that an SMS came from; None: no SMS, or no number."""
        sender = self.message.sender
        if self.message.channel is not Channel.sms or sender is None or self.waiting.arrival.history:
            return None
        start = beginning_of(sender.address)
        return None if start is None else (self.account.organisation, start)

    @property
    def correspondent(self) -> Correspondent:
        """Whose history of replies it is held against."""
        return self.account.organisation, self.address


def parse_waiting(waiting: Waiting, site: Site) -> Parsed:
    """Parse a claimed message; one that brought its worker down too often is not read again."""
    account = site.account(waiting.account)
    original = waiting.arrival.original
    unread = waiting.attempts > MOST_ATTEMPTS
    message = _unread(waiting, account) if unread else parse(waiting.arrival, channel=account.channel, mail=site.mail)
    return Parsed(
        waiting=waiting,
        account=account,
        message=message,
        letter=letter_of(message, original),
        referred=frozenset((*message.in_reply_to, *message.references)),
        reported=reported_message_ids(original) if may_report(message) and not unread else frozenset(),
        marks=marks_in(original) if account.channel is Channel.email else frozenset(),
        address=address_of(message, site),
    )


def _unread(waiting: Waiting, account: Account) -> Message:
    arrival = waiting.arrival
    return Message(
        channel=account.channel,
        arrived_at=arrival.provider_at,
        role=arrival.role,
        flags=arrival.flags,
        size_bytes=len(arrival.original),
        defects=("the worker broke off each time it tried to read the message",),
        unreadable=True,
    )


def address_of(message: Message, site: Site) -> str:
    """Return where a reply would go; where it would not, whoever seems to have written; in lower case."""
    address, _ = destination(message, site, authentication(message, site.mail).passed)
    return (address or message.return_path or (message.sender.address if message.sender else "")).lower()
