"""Mailbox: citizens' mails that come to a mailbox of Dovecot all at once, as after an outage."""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from tests.flow.installation import mail
from tests.services.dovecot import Dovecot
from tests.services.programs import give_away


def letters(first: int, count: int, to: str, now: datetime) -> tuple[bytes, ...]:
    """Return a mail from each of so many citizens who have never written before; `first` numbers them."""
    return tuple(
        mail(
            f"Hej! Hål nummer {number} i vägen på Storgatan.", sender=sender_of(number), to=to,
            id=f"<end{number}@example.se>", at=now,
        )
        for number in range(first, first + count)
    )  # fmt: skip


def sender_of(number: int) -> str:
    """Return the address of a citizen."""
    return f"person{number}@example.se"


def lay_ready(dovecot: Dovecot, user: str, originals: Iterable[bytes]) -> list[Path]:
    """Write mails beside the mailbox, where nobody sees them yet."""
    folder = dovecot.folder / "mail" / user / "Maildir" / "tmp"
    made = []
    for number, original in enumerate(originals):
        path = folder / f"{number:06d}.{os.urandom(6).hex()}.bench"
        path.write_bytes(original.replace(b"\r\n", b"\n"))
        give_away(path)
        made.append(path)
    return made


def reveal(ready: Iterable[Path]) -> None:
    """Let them all have arrived: a rename each, as a delivery ends."""
    for path in ready:
        path.rename(path.parent.parent / "new" / path.name)


def open_mailbox(dovecot: Dovecot, user: str) -> None:
    """Let Dovecot make the folders of a mailbox that was added."""
    with dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
