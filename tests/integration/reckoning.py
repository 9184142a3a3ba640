"""The reckoning after a break: every message is accounted for, each citizen has one reply or a doubt, the log holds."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from domain.message import Fate
from domain.outgoing import SendState
from tests.integration.claims import states
from tests.integration.shape import Installation

#: How a reply may end here.
ENDS = {SendState.sent, SendState.uncertain}

#: Where a message has come to an end.
DECIDED = {Fate.ticket, Fate.attached, Fate.technical, Fate.history}


def wait_until_quiet(town: Installation, count: int, *, seconds: float) -> None:
    """Wait until so many messages are stored and decided, and every reply has reached an end."""
    allowed = {f"message {fate}" for fate in DECIDED} | {f"reply {state}" for state in ENDS}

    def is_quiet() -> bool:
        now = states(town)
        return set(now) <= allowed and sum(now[place] for place in now if place.startswith("message ")) == count

    town.until(
        lambda: f"{count} messages are not settled: {dict(states(town))}", is_quiet, seconds=seconds, every_seconds=0.2
    )


def reckon(
    town: Installation,
    senders: Collection[str],
    *,
    texters: Collection[str] = (),
    may_doubt: Callable[[str], bool] = lambda _: True,
) -> str:
    """Fail with each message that is missing, doubled or unanswered, and why; return the sum in a sentence.

    Args:
        town: the installation, at rest.
        senders: who wrote, once each; their mail still lies on the server.
        texters: who texted, once each.
        may_doubt: says whose reply may be uncertain.
    """
    faults = [
        *_stored_faults(town, senders),
        *_unread_faults(town),
        *_reply_faults(town, senders, may_doubt),
        *_text_faults(town, texters),
    ]
    chain = town.run("log", "verify").out
    if "The chain holds." not in chain:
        faults.append(chain)
    now = states(town)
    sentence = f"{len(senders)} wrote; {', '.join(f'{number} {place}' for place, number in sorted(now.items()))}"
    assert not faults, "\n".join([sentence, *faults, town.watched.report()])
    return sentence


def _stored_faults(town: Installation, senders: Collection[str]) -> Iterator[str]:
    """Messages on the server = stored = tickets + attached + set aside."""
    on_server = Counter(sender for user in town.mailboxes.values() for sender in _senders_on_server(town, user))
    stored = Counter(
        row.sender_address for row in town.rows("SELECT sender_address FROM messages WHERE channel = 'email'")
    )
    for sender in sorted(set(senders) | set(stored) | set(on_server)):
        if not on_server[sender] == stored[sender] == 1:
            yield f"{sender or 'somebody'}: {on_server[sender]} on the server, {stored[sender]} stored by that name"
    lost = town.rows(
        "SELECT id, sender_address, fate FROM messages WHERE fate IN ('ticket', 'attached') AND ticket_id IS NULL"
    )
    for row in lost:
        yield f"message {row.id} of {row.sender_address} has no ticket: {row.fate}"
    for row in town.rows("SELECT ticket_id, count(*) AS number FROM messages GROUP BY ticket_id HAVING count(*) > 1"):
        yield f"ticket {row.ticket_id} has {row.number} messages"


def _unread_faults(town: Installation) -> Iterator[str]:
    """No message is passed on unread, and no ticket is without an automatic reply: none of them did any harm."""
    unread = town.rows(
        "SELECT id, identity, attempts, defects FROM messages WHERE CAST(defects AS text) LIKE '%broke off%'"
    )
    for row in unread:
        yield f"message {row.id} ({row.identity}) was set aside unread after {row.attempts} claims"
    unanswered = town.rows(
        "SELECT tickets.number, tickets.subject, tickets.sender_address FROM tickets LEFT JOIN outgoing "
        "ON outgoing.ticket_id = tickets.id AND outgoing.kind = 'receipt' WHERE outgoing.id IS NULL"
    )
    for row in unanswered:
        yield f"ticket {row.number} of {row.sender_address or 'somebody'} has no automatic reply: {row.subject}"


def _senders_on_server(town: Installation, user: str) -> list[str]:
    with town.dovecot.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        found = client.fetch(client.search(["ALL"]), ["BODY.PEEK[HEADER.FIELDS (FROM)]"])
    return [
        next(part for part in each.values() if isinstance(part, bytes)).decode().split("<")[1].split(">")[0]
        for each in found.values()
    ]


def _reply_faults(town: Installation, senders: Collection[str], may_doubt: Callable[[str], bool]) -> Iterator[str]:
    """Each citizen has exactly one automatic reply, or an uncertain row."""
    rows = town.rows("SELECT recipient, state FROM outgoing WHERE kind = 'receipt' AND channel = 'email'")
    written = Counter(row.recipient for row in rows)
    ends = {row.recipient: row.state for row in rows}
    went = Counter(recipient for each in town.smtp.received() for recipient in each.recipients)
    for sender in sorted(set(senders) | set(written)):
        if written[sender] != 1:
            yield f"{sender} has {written[sender]} replies in the outbox"
        elif went[sender] > 1:
            yield f"{sender} got {went[sender]} replies"
        elif ends[sender] == SendState.sent and went[sender] != 1:
            yield f"{sender}'s reply is said to be sent, and did not arrive"
        elif ends[sender] == SendState.uncertain and not may_doubt(sender):
            yield f"{sender}'s reply is uncertain, and nothing was cut off"
        elif ends[sender] not in ENDS:
            yield f"{sender}'s reply came to no end: {ends[sender]}"


def _text_faults(town: Installation, texters: Collection[str]) -> Iterator[str]:
    """Each who texted has exactly one reply, sent."""
    rows = town.rows("SELECT recipient FROM outgoing WHERE kind = 'receipt' AND channel = 'sms' AND state = 'sent'")
    written = Counter(row.recipient for row in rows)
    for texter in sorted(set(texters) | set(written)):
        if written[texter] != 1:
            yield f"{texter} got {written[texter]} replies by SMS"
