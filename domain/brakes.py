"""Brakes: how often automatic replies may go, so that no loop lives long (domain.md 3.3 rows 32-38)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.account import Channel
from domain.decision import Reason

#: Row 34 and the exception for danger count days of clock time.
_DAY = timedelta(hours=24)

#: Templates that only say that nobody is there (row 33). A receipt that also names the next opening
#: is a receipt: each errand needs a promise of its own.
ABSENCE_TEMPLATES = frozenset({"closed_notice", "absence_notice"})

#: Templates that follow a receipt and are sent at most once a ticket, by rules of their own: no window holds them back.
LATER_TEMPLATES = frozenset({"holding", "delay"})

#: Rows that a message about danger to life may pass (domain.md 3.2).
_DANGER_PASSES = frozenset({33, 35, 37})


class Family(StrEnum):
    """Automatic replies that count as the same one within a window (row 33)."""

    receipt = "receipt"
    #: Closed, or the person is away.
    absence = "absence"
    #: Danger to life: what to do now.
    urgent = "urgent"
    #: What follows a receipt: a holding reply, a delay notice.
    later = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrakeSettings:
    """The windows and numbers of the brakes; defaults from domain.md 3.3."""

    #: Row 33: at most one receipt per address and mailbox within this time.
    receipt_window: timedelta = timedelta(hours=24)
    #: Row 33: at most one closed or absence notice per address and mailbox within this time.
    closed_window: timedelta = timedelta(days=7)
    #: Row 34: automatic messages to one address over all mailboxes within 24 hours.
    address_per_day: int = 5
    #: Row 34: automatic messages from the whole installation within one hour; above it all stop.
    installation_per_hour: int = 500
    #: Row 37: an older message at fetch gets no receipt.
    oldest: timedelta = timedelta(hours=24)
    #: domain.md 3.7 row 5: at most one receipt per number within this time, from whichever number of ours.
    sms_window: timedelta = timedelta(hours=12)
    #: domain.md 3.7 row 7: SMS within one hour from numbers that begin alike; above it none of them is answered.
    sms_prefix_per_hour: int = 20
    #: Row 32: how long an address that refused our mail for good gets none.
    suppressed_for: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticReply:
    """An automatic message that was sent, or is about to be."""

    template: str
    address: str
    mailbox: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyHistory:
    """What the brakes need to know, read from the store."""

    #: Automatic messages to this address within the longest window, over all mailboxes.
    to_address: tuple[AutomaticReply, ...] = ()
    #: Automatic messages of the whole installation within the last hour.
    installation_last_hour: int = 0
    #: The address is on the suppression list, with the reason (row 32).
    suppressed: str | None = None
    #: A person has written in the thread (row 35).
    human_wrote: bool = False
    #: A person has already answered (row 36), with the evidence.
    answered: str | None = None
    #: The thread already got a receipt (row 33).
    thread_receipt: bool = False
    #: The circuit breaker is open, with the reason (row 34).
    stopped: str | None = None


def family_of(template: str, *, urgent: bool = False) -> Family:
    """Return the family that a reply counts in; the outbox claims one place per family, address and mailbox.

    >>> family_of("closed_notice").value
    'absence'
    """
    if urgent:
        return Family.urgent
    if template in LATER_TEMPLATES:
        return Family.later
    return Family.absence if template in ABSENCE_TEMPLATES else Family.receipt


def window_of(settings: BrakeSettings, family: Family, channel: Channel = Channel.email) -> timedelta:
    """Return how long one reply of the family holds back the next (row 33; domain.md 3.2 for danger, 3.7 for SMS)."""
    windows = {
        Family.receipt: settings.sms_window if channel is Channel.sms else settings.receipt_window,
        Family.absence: settings.closed_window,
        Family.urgent: _DAY,
        Family.later: timedelta(0),
    }
    return windows[family]


def held_back(
    settings: BrakeSettings,
    history: ReplyHistory,
    *,
    template: str,
    address: str,
    mailbox: str,
    arrived_at: datetime,
    now: datetime,
    urgent: bool,
    channel: Channel = Channel.email,
) -> tuple[Reason, ...]:
    """Return every brake that holds an automatic reply back, in the order of the table; none: it may go.

    Row 38 is not asked here: when the calendar or the template fails, the caller withholds the reply itself.

    Args:
        settings: the windows and numbers.
        history: what was sent and written before; the reply in question must not be in it.
        template: the reply's template; `ABSENCE_TEMPLATES` have a window of their own.
        address: where the reply would go.
        mailbox: our address that it would come from.
        arrived_at: when the message reached the municipality.
        now: when the reply would go.
        urgent: the message is about danger to life: it passes rows 33, 35 and 37, unless the same template
            has already gone from the mailbox to the address within 24 hours.
        channel: what the reply would go by; a number gets one receipt from all of ours (domain.md 3.7 row 5).

    Source: domain.md 3.2 and 3.3 rows 32-37.
    """
    asked = _Asked(settings, history, template, address.casefold(), mailbox.casefold(), arrived_at, now, channel)
    passed = _DANGER_PASSES if urgent and not _urgent_went(asked) else frozenset()
    spoken = ((row, brake(asked)) for row, brake in _BRAKES if row not in passed)
    return tuple(Reason(f"3.3/{row}", matched) for row, matched in spoken if matched is not None)


def opens_breaker(settings: BrakeSettings, history: ReplyHistory) -> bool:
    """Say whether the rate of the whole installation is above normal: the circuit breaker opens (row 34)."""
    return history.stopped is None and history.installation_last_hour >= settings.installation_per_hour


def closes_breaker(settings: BrakeSettings, wanted_last_hour: int) -> bool:
    """Say whether the circuit breaker closes by itself: fewer replies are wanted in an hour than half of what may go.

    Half, so that what goes on around the limit does not open it again at once.

    Source: domain.md 3.3 row 34 says that it opens; how it closes is ours to say.
    """
    return 2 * wanted_last_hour < settings.installation_per_hour


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question to the brakes."""

    settings: BrakeSettings
    history: ReplyHistory
    template: str
    address: str
    mailbox: str
    arrived_at: datetime
    now: datetime
    channel: Channel

    def from_here(self, sent: AutomaticReply) -> bool:
        """Say whether it left from the mailbox in question; of SMS all our numbers count as one."""
        return self.channel is Channel.sms or sent.mailbox.casefold() == self.mailbox

    def sent_within(self, window: timedelta) -> Iterator[AutomaticReply]:
        """Yield what went to the address; what is exactly as old as the window no longer counts."""
        for sent in self.history.to_address:
            if sent.at > self.now - window and sent.address.casefold() == self.address:
                yield sent


def _urgent_went(asked: _Asked) -> bool:
    return any(sent.template == asked.template and asked.from_here(sent) for sent in asked.sent_within(_DAY))


def _suppressed(asked: _Asked) -> str | None:
    return asked.history.suppressed


def _same_within_window(asked: _Asked) -> str | None:
    family = family_of(asked.template)
    if family is Family.later:
        return None
    if family is Family.receipt and asked.history.thread_receipt:
        return "the thread already has a receipt"
    for sent in asked.sent_within(window_of(asked.settings, family, asked.channel)):
        if asked.from_here(sent) and family_of(sent.template) is family:
            return f"{sent.template} went to the same address from the same mailbox at {_minute(sent.at)}"
    return None


def _too_many(asked: _Asked) -> str | None:
    if asked.history.stopped is not None:
        return asked.history.stopped
    to_address = sum(1 for _ in asked.sent_within(_DAY))
    if to_address >= asked.settings.address_per_day:
        return f"{to_address} automatic messages to the address within 24 hours"
    if asked.history.installation_last_hour >= asked.settings.installation_per_hour:
        return f"{asked.history.installation_last_hour} automatic messages from the installation within an hour"
    return None


def _human_wrote(asked: _Asked) -> str | None:
    return "a person has written in the thread" if asked.history.human_wrote else None


def _answered(asked: _Asked) -> str | None:
    return asked.history.answered


def _too_old(asked: _Asked) -> str | None:
    age = asked.now - asked.arrived_at
    if age <= asked.settings.oldest:
        return None
    return f"arrived at {_minute(asked.arrived_at)}, {age // timedelta(hours=1)} hours before"


def _minute(instant: datetime) -> str:
    return instant.isoformat(timespec="minutes")


#: The rows of domain.md 3.3 in order: each says what holds the reply back, or None.
_BRAKES: tuple[tuple[int, Callable[[_Asked], str | None]], ...] = (
    (32, _suppressed),
    (33, _same_within_window),
    (34, _too_many),
    (35, _human_wrote),
    (36, _answered),
    (37, _too_old),
)
