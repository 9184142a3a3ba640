"""Mail answer: what a person writes back by mail, in the thread of what it answers.

Reads: nothing; `pipeline.answer` gives the thread.
Writes: nothing; `pipeline.answer` stores what is made here.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime, formataddr

from domain.account import Account
from domain.instant import STOCKHOLM
from domain.outgoing import AttachedFile, OutgoingKind
from domain.site import Site
from store.outgoing import Draft
from store.users import User

#: A thread is named by its first Message-ID and its latest ones: one header line holds no more than 998 characters.
MOST_REFERENCES = 12
LONGEST_REFERENCE = 250

#: A Message-ID that can stand in a header of ours.
_REFERENCE = re.compile(r"<[!-;=?-~]+>")


def references_of(thread: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """Return the thread as References names it: oldest first, last the citizen's message that is answered."""
    kept = {each: came for each, came in thread if len(each) <= LONGEST_REFERENCE and _REFERENCE.fullmatch(each)}
    answered = next((each for each, came in reversed(kept.items()) if came), None)
    named = [*(each for each in kept if each != answered), *([answered] if answered else [])]
    return tuple(named if len(named) <= MOST_REFERENCES else [named[0], *named[1 - MOST_REFERENCES :]])


def mail_draft(
    site: Site, user: User, account: Account, number: str, subject: str, thread: tuple[str, ...], text: str,
    files: Sequence[AttachedFile], now: datetime, *, kind: OutgoingKind = OutgoingKind.answer,
) -> Draft:  # fmt: skip
    """Return the exact mail before it has a row.

    Args:
        site: the configuration.
        user: who wrote it.
        account: what it goes from, and where what does not arrive comes back.
        number: of the ticket.
        subject: as it will stand there.
        thread: Message-IDs that it goes on from, as `references_of` gives them.
        text: with the signature.
        files: what goes with it.
        now: aware UTC.
        kind: stands in its Message-ID.
    """
    headers = [("Date", format_datetime(now.astimezone(STOCKHOLM)))]
    if thread:
        headers += [("In-Reply-To", thread[-1]), ("References", " ".join(thread))]
    return Draft(
        # Not of the form that automatic messages have: a person wrote it, and whoever answers it is heard.
        message_id=f"<{kind}.{number}.{secrets.token_hex(8)}@{site.mail.message_id_domain.lower()}>",
        sender=formataddr((f"{account.name}, {site.organisation(account.organisation).name}", account.address)),
        # What does not arrive must come back to where people read it.
        envelope_sender=account.address,
        subject=subject,
        text=text,
        headers=tuple(headers),
        template_version=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16],
        attachments=tuple(files),
        author=user.display_name,
    )
