"""Outgoing messages for tests of the connectors, every field defaulted."""

from dataclasses import replace
from typing import Any

from domain.account import Channel
from domain.ids import AccountId, OutgoingId
from domain.outgoing import OutgoingKind, Rendered


def rendered(**changes: Any) -> Rendered:
    """Return an automatic reply to a citizen."""
    base = Rendered(
        id=OutgoingId(1),
        kind=OutgoingKind.receipt,
        account=AccountId("kontaktcenter"),
        channel=Channel.email,
        message_id="<svar-1@exempelby.example>",
        sender="Exempelby kontaktcenter <kontaktcenter@exempelby.example>",
        recipient="anna@example.se",
        envelope_sender="",
        subject="Vi har fått ditt meddelande, ärende 26-00001",
        text="Hej!\n\nDu får svar senast tisdag 24 november kl. 16.30.\n",
        headers=(("In-Reply-To", "<1@example.se>"), ("Auto-Submitted", "auto-replied")),
    )
    return replace(base, **changes)
