"""Ticker: the demo's terminal, a line per event, read from the event log."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType

from rich.text import Text

from cli.output import console, print_object
from domain.instant import STOCKHOLM
from domain.outgoing import OutgoingKind
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.events import Event, list_after
from store.tickets import get_ticket

log = logging.getLogger(__name__)

#: How often the log is read.
EVERY_SECONDS = 0.5

#: What is shown of each kind of event: an icon, a word and its colour. Others are passed over.
SHOWN = {
    "received": ("↓", "kom in", "cyan"),
    "decided": ("→", "sorterat", "white"),
    "sent": ("↑", "besked gick", "green"),
    "send_cancelled": ("·", "besked hölls inne", "yellow"),
    "send_failed": ("!", "besked väntar", "yellow"),
    "send_refused": ("!", "besked nekades", "red"),
    "finding_opened": ("⚠", "chefen larmas", "red"),
    "finding_closed": ("✓", "åter i ordning", "green"),
}


class Ticker:
    """Shows what happens, in a thread of its own, while its block runs."""

    def __init__(self, runtime: Runtime, show: Callable[[Event, str], None]) -> None:
        """Remember where the log lies, and what shows an event with its ticket's number."""
        self._runtime = runtime
        self._show = show
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self._last = 0

    def __enter__(self) -> "Ticker":
        """Start showing."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            try:
                self._show_new()
            except Exception:
                log.exception("the log could not be read: the next look tries again")

    def _show_new(self) -> None:
        with self._runtime.database.read() as connection:
            events = list_after(connection, MACHINE, self._last)
            numbers = {
                event.ticket: get_ticket(connection, MACHINE, event.ticket).number
                for event in events
                if event.ticket is not None
            }
        for event in events:
            self._last = event.id
            self._show(event, numbers[event.ticket] if event.ticket is not None else "")


def show(event: Event, number: str) -> None:
    """Print an event for people, if it is of a kind that they want to see."""
    if event.kind in SHOWN:
        console.print(line(event, number))


def show_as_json(event: Event, number: str) -> None:
    """Print an event of any kind for machines."""
    print_object({"event": event.kind, "at": event.at, "account": event.account, "ticket": number or None})


def line(event: Event, number: str) -> Text:
    """Return one event as one line: time, what, where. No message content."""
    icon, word, colour = SHOWN[event.kind]
    if event.details.get("sent") == OutgoingKind.alert:
        word = word.replace("besked", "larm")
    text = Text(f"{event.at.astimezone(STOCKHOLM):%H:%M:%S}  ", style="dim")
    text.append(f"{icon} {word:<18}", style=colour)
    text.append(f" {event.account or ''}", style="bold")
    if number:
        text.append(f"  ärende {number}", style="dim")
    if why := event.details.get("why"):
        text.append(f"  {why}", style="dim")
    return text
