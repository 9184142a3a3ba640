"""Context: gather from the store what triage must know beside the message, so that triage stays pure.

Reads: our own outgoing messages, earlier messages, the reply history, the sender's earlier language.

Not gathered: `Context.sibling_accounts` (domain.md 3.3 row 27). A copy in another mailbox is known by its letter, and
shares the ticket and reply of the copy that was decided first; which mailbox that was is chance.
"""

from dataclasses import dataclass, replace

from domain.account import Account
from domain.context import Context
from domain.ids import Digest, OutgoingId, TicketId
from domain.message import Message
from domain.outgoing import OutgoingKind
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.observe import find_answer
from pipeline.runtime import Runtime
from store.correspondents import find_earlier_language, is_known
from store.database import Connection
from store.letters import find_other_letter
from store.reply_history import get_reply_history
from store.sent import OurMessage, find_our_messages
from triage.destination import destination
from triage.trust import authentication

#: Kinds that no person wrote.
AUTOMATIC = frozenset({OutgoingKind.receipt, OutgoingKind.alert})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The context for triage, and what the message belongs to."""

    context: Context
    #: Our message that it answers or reports on.
    ours: OutgoingId | None
    #: The ticket of that message.
    ticket: TicketId | None
    #: Our message that a report names.
    reports_on: OurMessage | None = None


def gather(
    connection: Connection, runtime: Runtime, site: Site, account: Account, message: Message, letter: Digest,
    reported: frozenset[str],
) -> Surroundings:  # fmt: skip
    """Return what triage must know about a message.

    Args:
        connection: the transaction that will hold the decision.
        runtime: for the time.
        site: the configuration, to know where a reply would go.
        account: where it arrived.
        message: the parsed message.
        letter: its letter, to know other content under the same Message-ID.
        reported: Message-IDs named in a delivery report.
    """
    referred = frozenset((*message.in_reply_to, *message.references))
    # A ticket never crosses the border of its organisation (P2), even if the citizen's reply does.
    within = replace(MACHINE, organisation=account.organisation)
    ours = find_our_messages(connection, within, referred | reported)
    automatic = {each.message_id for each in ours if each.kind in AUTOMATIC}
    context = Context(
        account=account,
        now=runtime.now,
        our_automatic_ids=frozenset(automatic & referred),
        our_human_ids=frozenset({each.message_id for each in ours} & referred - automatic),
        reported_ids=frozenset({each.message_id for each in ours} & reported),
        seen_before=_seen_before(connection, account, message, letter),
    )
    address = _correspondent(site, message)
    context = _with_correspondent(connection, context, account, address)
    if site.rule_index.asks_for_contacts:
        context = replace(context, known_contact=is_known(connection, MACHINE, account.organisation, address))
    if find_answer(connection, account, message, site) is not None:
        context = replace(context, history=replace(context.history, answered="a mail in Sent answers it"))
    last = _latest(ours)
    return Surroundings(
        context=context,
        ours=last.id if last else None,
        ticket=last.ticket if last else None,
        reports_on=_latest(tuple(each for each in ours if each.message_id in reported)),
    )


def _correspondent(site: Site, message: Message) -> str:
    """Return the address that a reply would go to; where there is none, whoever seems to have written."""
    address, _ = destination(message, site, authentication(message, site.mail).passed)
    return (address or message.return_path or (message.sender.address if message.sender else "")).lower()


def _with_correspondent(connection: Connection, context: Context, account: Account, address: str) -> Context:
    history = get_reply_history(connection, MACHINE, account.organisation, address, context.now)
    return replace(
        context,
        earlier_language=find_earlier_language(connection, MACHINE, account.organisation, address),
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
