"""Get ready: load what a process that decides loads once, before the first message waits for it.

Reads: the configuration that it is given.
Writes: nothing.
"""

from datetime import datetime
from threading import Lock

from domain.account import Channel
from domain.context import Context
from domain.message import Message
from domain.site import Site
from triage.decide import decide as triage

#: No word of it is Swedish or Finnish, so that the model of languages is asked.
_SAID = "Dzień dobry, proszę o pomoc w sprawie"

#: Whoever asks meanwhile waits for what is being loaded, instead of loading it too.
_LOADING = Lock()


def get_ready(site: Site, now: datetime) -> None:
    """Load the words that a configuration teaches, and the model of languages: seconds the first time, then nothing."""
    message = Message(channel=Channel.email, arrived_at=now, text=_SAID)
    with _LOADING:
        triage(message, Context(account=site.accounts[0], now=now), site)
