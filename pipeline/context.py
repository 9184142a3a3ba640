"""Context: gather from the store what triage must know beside the message, so that triage stays pure.

Reads: our own outgoing messages, earlier messages, the reply history.
"""

from dataclasses import dataclass, replace

from domain.account import Account
from domain.context import Context
from domain.ids import Digest, OutgoingId, TicketId
from domain.message import Message
from domain.outgoing import OutgoingKind
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.database import Connection
from store.letters import find_other_letter
from store.reply_history import get_reply_history
from store.sent import OurMessage, find_our_messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The context for triage, and what the message belongs to."""

    context: Context
    #: Our message that it answers or reports on.
    ours: OutgoingId | None
    #: The ticket of that message.
    ticket: TicketId | None


def gather(
    connection: Connection, runtime: Runtime, account: Account, message: Message, letter: Digest,
    reported: frozenset[str],
) -> Surroundings:  # fmt: skip
    """Return what triage must know about a message.

    Args:
        connection: the transaction that will hold the decision.
        runtime: for the time.
        account: where it arrived.
        message: the parsed message.
        letter: its letter, to know other content under the same Message-ID.
        reported: Message-IDs named in a delivery report.
    """
    referred = frozenset((*message.in_reply_to, *message.references))
    ours = find_our_messages(connection, MACHINE, referred | reported)
    automatic = {each.message_id for each in ours if each.kind is OutgoingKind.receipt}
    context = Context(
        account=account,
        now=runtime.now,
        our_automatic_ids=frozenset(automatic & referred),
        our_human_ids=frozenset({each.message_id for each in ours} & referred - automatic),
        reported_ids=frozenset({each.message_id for each in ours} & reported),
        seen_before=_seen_before(connection, account, message, letter),
    )
    context = _with_history(connection, context, account, message)
    first = _latest(ours)
    return Surroundings(context=context, ours=first.id if first else None, ticket=first.ticket if first else None)


def _with_history(connection: Connection, context: Context, account: Account, message: Message) -> Context:
    address = message.return_path or (message.sender.address if message.sender else "")
    history = get_reply_history(connection, MACHINE, account.organisation, address.lower(), context.now)
    return replace(
        context,
        history=replace(
            history,
            thread_receipt=bool(context.our_automatic_ids),
            human_wrote=bool(context.our_human_ids),
        ),
    )


def _seen_before(connection: Connection, account: Account, message: Message, letter: Digest) -> str | None:
    if message.message_id is None:
        return None
    other = find_other_letter(connection, MACHINE, account.organisation, message.message_id, letter)
    return "other" if other else None


def _latest(ours: tuple[OurMessage, ...]) -> OurMessage | None:
    return max(ours, key=lambda each: each.id, default=None)
