"""Run settings: how often the work is done, and how much of it at once."""

from dataclasses import dataclass
from datetime import timedelta

from domain.account import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How often and how much."""

    #: A server that hangs is named within a minute: this, and the patience with it (`ImapConnection.timeout_seconds`).
    poll_every: timedelta = timedelta(seconds=30)
    #: Of numbers: an SMS is to be answered within a minute.
    poll_sms_every: timedelta = timedelta(seconds=4)
    #: Polling connections per mail host at once.
    connections_per_host: int = 3
    #: How long a worker may read one account without storing anything, before another may take over.
    reading_lease: timedelta = timedelta(minutes=5)
    #: How long a worker may take to decide a batch of messages.
    message_lease: timedelta = timedelta(minutes=2)
    #: How long a worker may keep a batch of replies before each is handed over.
    reply_lease: timedelta = timedelta(minutes=5)
    #: Longer than any wire takes: a send that is still handing over after this was cut off (P8).
    handing_over_lease: timedelta = timedelta(minutes=3)

    def interval(self, channel: Channel) -> timedelta:
        """Return how often accounts of a channel are read."""
        return self.poll_sms_every if channel is Channel.sms else self.poll_every
