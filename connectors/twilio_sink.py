"""SMS sent through Twilio: at most once, and never in doubt without saying so (P8)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.twilio_client import TwilioClient
from domain.errors import SendUncertain, Unreachable
from domain.ids import OutgoingId
from domain.outgoing import Found, Receipt, Rendered
from domain.protocols import Clock

#: How far back a send is looked for: more than a day, because `DateSent` counts whole days.
LOOKED_BACK = timedelta(hours=26)
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

    def find_sent(self, rendered: Rendered) -> Found:
        """Look for the text among what went to the number lately; see `Sink.find_sent`."""
        cut_at = self._cut_at.get(rendered.id)
        if cut_at is not None and self._clock.now() - cut_at < LISTED_WITHIN:
            raise Unreachable("busy", "Twilio may not list the message yet: ask again in a minute")
        wanted: dict[str, str | int] = {
            "To": rendered.recipient,
            "From": self._number,
            "DateSent>": (self._clock.now() - LOOKED_BACK).date().isoformat(),
            "PageSize": 200,
        }
        path: str | None = "/Messages.json"
        while path:
            page = self._client.get(path, wanted)
            if any(each.get("body") == rendered.text for each in page.get("messages", [])):
                return Found.found
            path, wanted = page.get("next_page_uri"), {}
        return Found.not_found

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()
