"""SMS sent through Twilio: at most once, and never in doubt without saying so (P8)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.twilio_client import TwilioClient
from connectors.twilio_resource import LOST, Resource, created_at
from domain.errors import SendUncertain, Unreachable
from domain.ids import OutgoingId
from domain.outgoing import NO_TRACE, Found, Receipt, Rendered, Trace
from domain.protocols import Clock

#: How far back of now a send is looked for that never lay in the outbox: more than a day, as `DateSent` counts days.
LOOKED_BACK = timedelta(hours=26)
#: How far back of its making any other send is looked for, however long we stood still: `DateSent` counts days.
BEFORE_MADE = timedelta(days=1)
#: Twilio's clock is no further behind ours: what it dates earlier is another message of the same words.
CLOCKS_DIFFER = timedelta(minutes=5)
#: A message that Twilio took stands in its list by then.
LISTED_WITHIN = timedelta(minutes=1)


class TwilioSink:
    """A number as a way out. Used by one thread at a time."""

    def __init__(self, client: TwilioClient, number: str, clock: Clock, *, status_callback: str = "") -> None:
        """Remember the way out; nothing is opened yet.

        Args:
            client: the Twilio account.
            number: what the citizen sees as sender.
            clock: dates the receipt.
            status_callback: the public address that Twilio tells how it went; empty: the list tells.
        """
        self._client = client
        self._number = number
        self._clock = clock
        #: When each send was cut off: Twilio may list it a little later.
        self._cut_at: dict[OutgoingId, datetime] = {}
        self._callback = {"status_callback": status_callback} if status_callback else {}

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        """Send one message, once; see `Sink.send`."""
        try:
            sent = self._client.create(
                before_wire, to=rendered.recipient, from_=self._number, body=rendered.text, **self._callback
            )
        except SendUncertain:
            self._cut_at[rendered.id] = self._clock.now()
            raise
        details = {"status": str(sent.status), "parts": str(sent.num_segments)}
        return Receipt(accepted_at=self._clock.now(), provider_id=str(sent.sid), details=details)

    def find_sent(self, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        """Look for the text among what went to the number since it was made; see `Sink.find_sent`."""
        cut_at = self._cut_at.get(rendered.id)
        if cut_at is not None and self._clock.now() - cut_at < LISTED_WITHIN:
            raise Unreachable("busy", "Twilio may not list the message yet: ask again in a minute")
        made_at = rendered.created_at
        since = self._clock.now() - LOOKED_BACK if made_at is None else made_at - BEFORE_MADE
        wanted: dict[str, str | int] = {
            "To": rendered.recipient,
            "From": self._number,
            "DateSent>": since.date().isoformat(),
            "PageSize": 200,
        }
        path: str | None = "/Messages.json"
        while path:
            page = self._client.get(path, wanted)
            for each in page.get("messages", []):
                if _may_be(each, rendered) and not is_anothers(str(each["sid"])):
                    return self._found(each)
            path, wanted = page.get("next_page_uri"), {}
        return NO_TRACE

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _found(self, listed: Resource) -> Trace:
        if self._clock.now() - created_at(listed) < LISTED_WITHIN:
            raise Unreachable("busy", "Another worker may have sent it just now: ask again in a minute")
        return Trace(Found.found, str(listed["sid"]))


def _may_be(listed: Resource, rendered: Rendered) -> bool:
    """Say whether a listed message may be this send, and one that has not failed; one without a date may be."""
    if listed.get("body") != rendered.text or listed.get("status") in LOST or not listed.get("sid"):
        return False
    listed_at = created_at(listed)
    undated = listed_at.year == 1
    return undated or rendered.created_at is None or listed_at >= rendered.created_at - CLOCKS_DIFFER
