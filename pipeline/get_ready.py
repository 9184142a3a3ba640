"""Get ready: load what a process that decides loads once, before the first message waits for it.

Reads: the active configuration.
Writes: nothing.
"""

from domain.account import Channel
from domain.context import Context
from domain.message import Message
from pipeline.runtime import Runtime
from triage.decide import decide as triage

#: No word of it is Swedish or Finnish, so that the model of languages is asked.
_SAID = "Dzień dobry, proszę o pomoc w sprawie"


def get_ready(runtime: Runtime) -> None:
    """Load the configuration, the words that it teaches and the model of languages."""
    site, now = runtime.site(), runtime.now
    message = Message(channel=Channel.email, arrived_at=now, text=_SAID)
    triage(message, Context(account=site.accounts[0], now=now), site)
