"""The loop mark: what our automatic messages carry so that we know them when they come back (domain.md 3.3 row 8)."""

import re
from collections.abc import Collection

from domain.ids import AccountId
from domain.message import Message

#: The header of every automatic message of ours; its value is the id of the account that it left from.
LOOP_HEADER = "X-Svarsvakt-Loop"

_TOKEN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def automatic_message_id(token: str, domain: str) -> str:
    """Return the Message-ID of one of our automatic messages.

    >>> automatic_message_id("26-01234.7", "exempelby.example")
    '<svarsvakt.26-01234.7@exempelby.example>'

    Args:
        token: unique within the installation; ASCII letters, digits, `-` and single dots.
        domain: `MailSettings.message_id_domain`.

    Raises:
        ValueError: the token holds something else, so the result would be no Message-ID.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"{token!r} cannot stand in a Message-ID: use letters, digits, - and single dots")
    return f"<svarsvakt.{token}@{domain.lower()}>"


def is_automatic_message_id(message_id: str, domain: str) -> bool:
    """Return whether a Message-ID is of the form that our own automatic messages get.

    >>> is_automatic_message_id("<svarsvakt.26-01234.7@exempelby.example>", "exempelby.example")
    True
    >>> is_automatic_message_id("<svarsvakt.1@annanby.example>", "exempelby.example")
    False
    """
    local, at, host = message_id.strip().removeprefix("<").removesuffix(">").rpartition("@")
    return bool(at) and local.startswith("svarsvakt.") and host.lower() == domain.lower()


def loop_mark(account: AccountId) -> tuple[str, str]:
    """Return the header, name and value, that marks an automatic message from the account."""
    return LOOP_HEADER, account


def is_our_own(message: Message, accounts: Collection[AccountId], domain: str) -> bool:
    """Return whether the message is one of our own automatic ones, come back.

    A loop mark of another installation does not make it ours; its value names no account here.
    """
    if message.message_id is not None and is_automatic_message_id(message.message_id, domain):
        return True
    return any(mark.strip() in accounts for mark in message.header_values(LOOP_HEADER))
