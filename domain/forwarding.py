"""Forwarding: what whoever a ticket is sent on to reads. Pure functions.

Source: domain.md 7 (texts) and 1.9 (public records).
"""

import re
from collections.abc import Sequence
from datetime import datetime

from domain.answering import LONGEST_SUBJECT
from domain.instant import STOCKHOLM

#: One address, as it may stand in an envelope.
ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")

#: What stands under every forward: those who get it keep public records too.
PUBLIC_RECORD = (
    "Det här är vidarebefordrat från {organisation}. Svara på det här brevet, så når svaret ärendet. "
    "Brev till och från en myndighet är som regel allmän handling."
)

_CAME = "---- Från {sender}, {at} ----"


def forward_subject(asked: str, number: str, *, sensitive: bool) -> str:
    """Return the subject of a forward: the citizen's own with the number; of a sensitive matter the number alone.

    >>> forward_subject("Hål i vägen", "26-00001", sensitive=False)
    'VB: Hål i vägen [26-00001]'
    >>> forward_subject("Om min son", "26-00001", sensitive=True)
    'VB: [26-00001]'
    """
    words = "" if sensitive else " ".join(asked.split())[:LONGEST_SUBJECT].strip()
    return f"VB: {words} [{number}]" if words else f"VB: [{number}]"


def forward_text(
    written: str, signature: str, organisation: str, came: Sequence[tuple[str, datetime, str]]
) -> str:  # fmt: skip
    """Return the whole text of a forward: what is asked, who asks, and what came.

    Args:
        written: by whoever forwards it.
        signature: theirs.
        organisation: its name.
        came: of each message who wrote it, when, and its text; oldest first.
    """
    messages = [
        _CAME.format(sender=sender, at=at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H.%M")) + f"\n\n{text.strip()}"
        for sender, at, text in came
    ]
    return "\n\n".join([written, signature, PUBLIC_RECORD.format(organisation=organisation), *messages]) + "\n"
