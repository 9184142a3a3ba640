"""Canary: send test mails from outside to the accounts that ask for them; they prove the whole way in.

Reads: the accounts with `canary`, when each was last sent one.
Writes: which test mails were sent; an event when one could not be.
"""

import logging
import secrets
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from domain.account import Account, AccountStatus
from domain.canary import HEADER, Canary, mark_of
from domain.errors import BadInput, SendFailed, SendRefused, SendUncertain, Unreachable
from domain.ids import OutgoingId
from domain.outgoing import OutgoingKind, Rendered
from domain.site import Site
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.canaries import add_canary, drop_canary, list_last_canaries
from store.events import append
from store.leases import claim_lease

log = logging.getLogger(__name__)

#: A test mail that could not be sent is tried again after this.
AGAIN = timedelta(minutes=10)

TEXT = """Hej!

Det här är ett testmejl från Svarsvakt. Det visar att mejl utifrån kommer fram till {address}.
Du behöver inte göra något: svara inte, och ta gärna bort det.
"""


def accounts_with_canary(site: Site) -> tuple[Account, ...]:
    """Return the accounts that are sent test mails."""
    if site.canary.smtp is None:
        return ()
    return tuple(each for each in site.accounts if each.canary and each.status is AccountStatus.active)


def canaries_due(runtime: Runtime) -> tuple[Account, ...]:
    """Return the accounts that are to be sent a test mail now."""
    site, now = runtime.site(), runtime.now
    watched = accounts_with_canary(site)
    if not watched:
        return ()
    with runtime.database.read() as connection:
        last = list_last_canaries(connection, MACHINE)
    return tuple(each for each in watched if each.id not in last or now - last[each.id].sent_at >= site.canary.every)


def send_canaries(runtime: Runtime) -> int:
    """Send the test mails that are due; return how many went. Safe to run by many workers at once."""
    return sum(_send(runtime, account) for account in canaries_due(runtime))


def _send(runtime: Runtime, account: Account) -> bool:
    site = runtime.site()
    with runtime.database.write() as connection:
        # Nobody gives it back: it is the time until the next try.
        if not claim_lease(connection, f"canary/{account.id}", f"{runtime.worker()}/{runtime.now.isoformat()}", AGAIN):
            return False
    canary = Canary(
        organisation=account.organisation, account=account.id, mark=mark_of(secrets.randbits(128)), sent_at=runtime.now
    )
    try:
        _hand_over(runtime, site, account, canary)
    except SendUncertain as error:
        # It may have gone: whether it did, its arrival says.
        log.warning("the test mail to %s may not have gone: %s", account.id, error)
    except (BadInput, SendFailed, SendRefused, Unreachable) as error:
        with runtime.database.write() as connection:
            drop_canary(connection, canary.mark)
            append(
                connection, "canary_unsent", at=runtime.now, organisation=account.organisation, actor="canary",
                account=account.id, why=str(error),
            )  # fmt: skip
        return False
    return True


def _hand_over(runtime: Runtime, site: Site, account: Account, canary: Canary) -> None:
    """Hand the mail to the server outside, noted just before."""

    def note() -> None:
        with runtime.database.write() as connection:
            add_canary(connection, canary)

    outside = replace(account, smtp=site.canary.smtp, imap=None)
    sink = runtime.wires.sink(site, outside, OutgoingKind.receipt)
    if sink is None:
        raise BadInput("there is no way out for test mails: see [canary.smtp] of site.toml")
    with closing(sink):
        sink.send(_rendered(site, account, canary), note)


def _rendered(site: Site, account: Account, canary: Canary) -> Rendered:
    domain = site.canary.sender.rpartition("@")[2]
    return Rendered(
        id=OutgoingId(0),
        kind=OutgoingKind.alert,
        account=account.id,
        channel=account.channel,
        message_id=f"<{canary.mark}@{domain}>",
        sender=site.canary.sender,
        recipient=account.address,
        envelope_sender=site.canary.sender,
        subject=f"Testmejl från Svarsvakt {canary.mark}",
        text=TEXT.format(address=account.address),
        headers=(("Auto-Submitted", "auto-generated"), (HEADER, canary.mark)),
    )
