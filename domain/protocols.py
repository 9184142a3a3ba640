"""What the flow asks of the outside: sources, sinks, probes, the bell and the clock."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from domain.finding import Health
from domain.ids import AccountId
from domain.message import Batch, Media, Observation
from domain.outgoing import Receipt, Rendered, Trace


class Source(Protocol):
    """An account that can be read."""

    def fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        """Return what came after the cursor, oldest first, at most fifty originals.

        Args:
            cursor: what the last committed batch carried; None at first connection, when everything
                that lies there is delivered as history.

        Raises:
            Unreachable: the account cannot be read now; nothing was lost, ask again with the same cursor.
        """
        ...

    def inventory(self) -> Iterable[str]:
        """Yield the identity of everything that exists at the provider, for reconciliation.

        Raises:
            Unreachable: the account cannot be read now.
        """
        ...

    def fetch_again(self, cursor: Mapping[str, Any], identities: Collection[str]) -> Mapping[str, Any]:
        """Return a cursor by which these come once more; nothing is asked of the provider.

        What the source no longer knows is passed over; what else comes again is recognised by its identity.
        """
        ...

    def close(self) -> None:
        """Let go of the connection; a later fetch opens a new one."""
        ...


@runtime_checkable
class FileSource(Protocol):
    """A Source whose messages have pictures and files beside them that are fetched after the message is stored."""

    def fetch_file(self, waiting: Media) -> Media:
        """Return a file that waits as stored, too large or gone.

        Raises:
            Unreachable: it cannot be fetched now; ask again later.
        """
        ...


@runtime_checkable
class Rereads(Protocol):
    """A Source whose messages may be changed or taken away by who wrote them, which only asking for each tells."""

    def look_again(self, identities: Collection[str]) -> Iterable[Observation]:
        """Yield how each stands now: `edited` with its text, whether that is new or not, or `gone`.

        What cannot be told now is passed over.

        Raises:
            Unreachable: nothing can be asked now.
        """
        ...


class Sink(Protocol):
    """An account that can be written."""

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        """Send one message, once.

        Args:
            rendered: the exact text with recipient and headers.
            before_wire: called once, immediately before the wire takes the message (SMTP DATA, the provider's
                POST); it commits `handing_over` (P8). If it raises, nothing is sent.

        Raises:
            SendFailed: not taken; try again later.
            SendRefused: not taken and never will be.
            SendUncertain: the wire broke after `before_wire`; it may have gone.
        """
        ...

    def find_sent(self, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        """Say whether an uncertain send went, and under which name.

        What the provider took and then could not deliver did not go.

        Args:
            rendered: what may have gone.
            is_anothers: asks whether a provider's name is that of another of our messages: the same words may go to
                the same person twice.

        Raises:
            Unreachable: it cannot be asked now, or too soon to be sure: ask again later.
        """
        ...

    def close(self) -> None:
        """Let go of the connection; a later send opens a new one."""
        ...


class Line(Protocol):
    """A line that is held open and tells when an account changes; what changed is for its Source to fetch.

    `changed` never waits and may stand in a selector's loop; `open` and `renew` wait for the other side.
    """

    def open(self) -> None:
        """Open the line. Raises Unreachable when it cannot be held now."""
        ...

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when there is something to hear."""
        ...

    def changed(self) -> bool:
        """Say whether the account changed. Raises Unreachable when the line broke."""
        ...

    def renew(self) -> bool:
        """Make sure that the other side still answers; say whether the account changed.

        Raises Unreachable when the line broke.
        """
        ...

    def close(self) -> None:
        """Let go of the line; never raises."""
        ...


class Probe(Protocol):
    """An account whose ways in can be tried one by one."""

    def probe(self) -> Health:
        """Try every step from name to permission; never raises for what the other side does."""
        ...


class Step(StrEnum):
    """The steps a bell can be rung for."""

    receive = "receive"
    reconcile = "reconcile"
    decide = "decide"
    #: Holding replies, and what has become late.
    hold = "hold"
    send = "send"
    #: What goes before all else, by threads of its own: no way out that hangs holds it up.
    send_urgent = "send_urgent"
    watch = "watch"
    #: Whom the findings concern is told.
    tell = "tell"
    #: The dead-man's signal.
    signal = "signal"
    seal = "seal"
    #: The public contact pages.
    crawl = "crawl"
    #: Test mails from outside.
    canary = "canary"
    #: Rules that somebody tries on stored messages.
    try_rules = "try_rules"


class Bell(Protocol):
    """Says that there is work of a kind; the work itself lies in the database."""

    def ring(self, step: Step, account: AccountId | None = None) -> None:
        """Ring for a step. Never raises: a bell that cannot ring is replaced by the sweep."""
        ...


class Clock(Protocol):
    """Where `now` comes from; asked only at the composition roots."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        ...
