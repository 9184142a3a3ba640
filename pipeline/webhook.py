"""Webhook: take what a provider posts, by the same way into the store as what a poll brings.

The poll goes on: it brings what a webhook missed, and what came by both is one message, by the provider's identity.

Reads: the site, for the account; the request.
Writes: originals, messages (waiting), the ledger, evidence, how far our messages have come, in one transaction a
request (P1); how often a request was refused.
"""

import logging
from dataclasses import dataclass

from domain.account import Account, AccountStatus
from domain.errors import BadInput, NotSigned
from domain.ids import AccountId
from domain.message import Batch
from domain.posted import Heard, Hook, Posted, Understood
from domain.protocols import Step
from domain.site import Site
from pipeline.observe import observe
from pipeline.runtime import Runtime
from store.events import append
from store.ledger import note_arrivals
from store.refusals import add_refusals

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the provider is answered."""

    #: Of HTTP: 200 taken, 400 makes no sense, 403 not signed, 404 no such webhook, 429 not signed again and again,
    #: 503 ask again.
    status: int
    body: str = ""
    media_type: str = "text/plain"


def accept(runtime: Runtime, wire: str, id: AccountId, posted: Posted) -> Answered:
    """Take a request to the webhook of an account. Safe to be sent twice, and at once with a poll.

    Args:
        runtime: the surroundings.
        wire: the provider's name in the address, such as `twilio`.
        id: the account that the address names.
        posted: the request.
    """
    site = runtime.site()
    account = site.find_account(id)
    if account is None or account.status is AccountStatus.closed:
        return Answered(404)
    try:
        hook = runtime.wires.hook(wire, account)
    except BadInput:
        log.warning("the webhook of account %s lacks its secret: the provider is asked to come again", id)
        return Answered(503)
    if hook is None:
        return Answered(404)
    return _understood(runtime, site, account, hook, posted)


def _understood(runtime: Runtime, site: Site, account: Account, hook: Hook, posted: Posted) -> Answered:
    try:
        understood = hook.understand(posted)
    except NotSigned as error:
        return Answered(429 if _refuse(runtime, account, str(error)) else 403)
    except BadInput as error:
        _refuse(runtime, account, str(error))
        return Answered(400)
    if _store(runtime, site, account, understood):
        runtime.bell.ring(Step.decide)
    for each in understood.heard:
        to = _addressed(site, account, each) if each.look else None
        if to is not None:
            runtime.bell.ring(Step.receive, to.id)
    return Answered(200, understood.body, understood.media_type)


def _store(runtime: Runtime, site: Site, account: Account, understood: Understood) -> int:
    """Store what a request brought, all of it or nothing; return how many messages are new."""
    brought = [each for each in understood.heard if each.arrivals or each.observations]
    meant = [(to, each) for each in brought if (to := _addressed(site, account, each)) is not None]
    if not meant:
        return 0
    now = runtime.now
    with runtime.database.write() as connection:
        new = 0
        for to, heard in meant:
            stored, seen = note_arrivals(connection, to, heard.arrivals, now)
            observe(connection, site, to, Batch(arrivals=heard.arrivals, observations=heard.observations), seen, now)
            if stored:
                append(
                    connection, "received", at=now, organisation=to.organisation, actor="webhook", account=to.id,
                    fetched=len(heard.arrivals), new=stored,
                )  # fmt: skip
            new += stored
    return new


def _addressed(site: Site, account: Account, heard: Heard) -> Account | None:
    """Return whose it is: a provider may post what concerns several accounts to one address. None: nobody's.

    A signature speaks only for what the same contract with the provider reaches, not for another's account.
    """
    if heard.address in ("", account.address):
        return account
    for each in site.accounts:
        meant = (each.channel, each.address) == (account.channel, heard.address)
        if meant and each.status is not AccountStatus.closed and _contract(each) == _contract(account):
            return each
    log.warning("the webhook of account %s got something for an address that it does not speak for", account.id)
    return None


def _contract(account: Account) -> tuple[str, ...]:
    """Return what the provider knows the account's owner by: what it signs for one such it signs for all."""
    if account.connector is not None:
        return account.connector.name, account.connector.secret
    if account.twilio is not None:
        return account.twilio.wire, account.twilio.account_sid
    if account.facebook is not None:
        page = account.facebook
        return page.wire, page.app_id, "" if page.app_id else page.app_secret
    return ("", account.id)


def _refuse(runtime: Runtime, account: Account, why: str) -> bool:
    """Count a refusal; return whether there were too many lately. What is signed is taken all the same.

    Written once a minute, and told of when it is the first, the tenth, the hundredth and so on, so that nobody can fill
    the log.
    """
    noted = runtime.refusals.note(account.id, runtime.now)
    if noted.unwritten:
        with runtime.database.write() as connection:
            count = add_refusals(connection, account.id, noted.unwritten)
            if _passes_a_power_of_ten(count - noted.unwritten, count):
                append(
                    connection, "webhook_refused", at=runtime.now, organisation=account.organisation, actor="webhook",
                    account=account.id, count=count, why=why,
                )  # fmt: skip
    return noted.too_many


def _passes_a_power_of_ten(before: int, after: int) -> bool:
    """Return whether 1, 10, 100 and so on was reached.

    >>> [_passes_a_power_of_ten(*each) for each in ((0, 1), (1, 9), (9, 12), (12, 99), (99, 1000))]
    [True, False, True, False, True]
    """
    return len(str(after)) > len(str(before)) or before == 0
