"""Findings: what the watch has noticed about an account."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import AccountId, FindingId, OrganisationId


class FindingKind(StrEnum):
    """What may be wrong with an account: one cause, one kind, one alert."""

    #: We cannot read the account: technical.
    unreachable = "unreachable"
    #: Old mail lay unhandled at first connection (P14).
    old_unhandled = "old_unhandled"
    #: The server lists messages and will not hand them over.
    withheld = "withheld"
    #: The daily reconciliation found messages that we had missed.
    missed = "missed"
    #: The circuit breaker holds all automatic replies back (domain.md 3.3 row 34).
    replies_stopped = "replies_stopped"
    #: A secret, token or certificate that we need ends soon.
    expiring = "expiring"
    #: People do not handle what came.
    unwatched = "unwatched"
    #: Nothing comes though something normally does.
    silent = "silent"
    #: It is dormant, and people still write to it.
    dormant_in_use = "dormant_in_use"
    #: An alert did not reach its reader.
    alert_bounced = "alert_bounced"
    #: Nothing has happened in it for long: it is to be made dormant or closed.
    inactive = "inactive"
    #: The address lies outside the organisation's domains.
    off_domain = "off_domain"
    #: Nobody is responsible for it, or whoever was has left.
    no_manager = "no_manager"
    #: Whoever read it has left.
    left = "left"
    #: Whoever reads it is away for long, and nobody covers.
    absent = "absent"
    #: The address stands on none of the public contact pages.
    not_published = "not_published"
    #: The account is dormant or closed, and its address is still shown.
    published_but_gone = "published_but_gone"
    #: Another machine answers from the address beside us.
    duplicate_auto_reply = "duplicate_auto_reply"
    #: A test mail from outside has not arrived, though the account can be read.
    canary_missing = "canary_missing"
    #: Test mails from outside cannot be sent: what they would show is not seen.
    canary_unsent = "canary_unsent"
    #: More SMS than are answered came from numbers that begin alike: somebody makes us send (domain.md 3.7 row 7).
    sms_flood = "sms_flood"
    #: No worker of ours has shown a sign of life.
    worker_stalled = "worker_stalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: opens and closes as a row; alerts and statistics both read it."""

    id: FindingId
    organisation: OrganisationId
    account: AccountId
    kind: FindingKind
    #: A sentence in Swedish, without citizen content.
    evidence: str
    opened_at: datetime
    closed_at: datetime | None = None
    #: When it last came a step further, such as a certificate from 21 days to 14; None: it never has.
    sharpened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tendency:
    """Since when a finding's condition holds, or holds no longer; before that the finding agreed with it."""

    holds: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """How the last visits to an account went."""

    account: AccountId
    organisation: OrganisationId
    #: The last visit, well or ill; None: never visited.
    visited_at: datetime | None
    #: The last visit that went well.
    read_at: datetime | None
    #: Since when it has gone ill; None: the last visit went well.
    failing_since: datetime | None = None
    #: The step that failed and the sentence that says what to do.
    failed_step: str = ""
    failure: str = ""
    #: Until when nothing is asked, because the provider's limit is near; None: it is asked as always.
    rests_until: datetime | None = None

    def rests(self, now: datetime) -> bool:
        """Ask whether its provider is asked nothing now."""
        return rests(self.visited_at, self.rests_until, now)


def rests(since: datetime | None, until: datetime | None, now: datetime) -> bool:
    """Ask whether a rest that was given at a visit lasts; after a clock was set back by more than it, it does not.

    >>> noon = datetime(2026, 11, 24, 12)
    >>> one = noon.replace(hour=13)
    >>> [rests(noon, one, each) for each in (noon.replace(minute=59), one, noon.replace(hour=10))]
    [True, False, False]
    """
    return since is not None and until is not None and now < until and abs(now - since) <= until - since


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a probe found: each step in order, with how it went."""

    ok: bool
    #: name, tcp, tls, sign_in, folder, permission; with a sentence each.
    steps: tuple[tuple[str, bool, str], ...]
    #: What was seen that ends, in a few words, and when: certificates.
    ends: tuple[tuple[str, datetime], ...] = ()
