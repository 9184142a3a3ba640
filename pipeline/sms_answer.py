"""SMS answer: what a person writes back by SMS, and how long it becomes.

Reads: the site, for the price; who has opted out.
Writes: nothing; `pipeline.answer` stores what is made here.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from domain.account import Account
from domain.phone import normal_number
from domain.site import Site
from domain.sms_text import Segments, plain_for_sms, segments
from domain.suppression import SuppressionReason
from domain.ticket import Ticket
from domain.viewer import MACHINE
from store.database import Connection
from store.outgoing import Draft
from store.suppressions import find_suppression

#: What Twilio takes at most.
MOST_PARTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLength:
    """How long an answer becomes."""

    segments: Segments
    #: In kronor; 0: the settings name no price.
    cost: float

    @property
    def is_too_long(self) -> bool:
        """Whether no provider takes it."""
        return self.segments.parts > MOST_PARTS


def may_be_texted(ticket: Ticket) -> bool:
    """Return whether the ticket came from a number that an SMS can go to."""
    return normal_number(ticket.sender_address) == ticket.sender_address


def has_opted_out(connection: Connection, ticket: Ticket, now: datetime) -> bool:
    """Return whether whoever wrote has asked to get no SMS, of staff neither."""
    found = find_suppression(connection, MACHINE, ticket.organisation, ticket.sender_address, now)
    return found is not None and found.reason is SuppressionReason.opted_out


def sms_of(written: str, signature: str) -> str:
    """Return the whole SMS, in plain characters where they say the same."""
    return plain_for_sms(f"{written}\n{signature}")


def length_of(text: str, site: Site) -> SmsLength:
    """Return how long an SMS is, and what it costs."""
    counted = segments(text)
    return SmsLength(segments=counted, cost=counted.parts * site.sms.part_price)


def sms_signature(name: str, unit: str, organisation: str) -> str:
    """Return how an answer by SMS ends: who wrote it, and where (domain.md 1.12 R131).

    >>> sms_signature("Bo Karlsson", "Gata och park", "Exempelby")
    '/Bo Karlsson, Gata och park, Exempelby'
    """
    return "/" + ", ".join(dict.fromkeys(part for part in (name, unit, organisation) if part))


def sms_draft(text: str, account: Account, number: str, author: str, message_id_domain: str) -> Draft:
    """Return the exact SMS before it has a row."""
    return Draft(
        message_id=f"<answer.{number}.{secrets.token_hex(8)}@{message_id_domain.lower()}>",
        sender=account.address,
        envelope_sender="",
        subject="",
        text=text,
        headers=(),
        template_version=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16],
        author=author,
    )
