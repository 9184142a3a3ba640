"""Alert ways: how alerts leave, so that they arrive also when our own mail is what broke (P11).

An alert is worth more than that it comes once: what the first way may or may not have taken goes by the second too,
with the same Message-ID, which mail programs show once.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from domain.account import Channel, SmtpConnection
from domain.alerting import AlertSms
from domain.errors import BadInput, Failing, SendFailed, SendRefused, SendUncertain, Unreachable, WireError
from domain.outgoing import CANNOT_TELL, Receipt, Rendered, Trace
from domain.phone import normal_number
from domain.protocols import Clock, Sink
from domain.site import Site

#: A way that failed is tried last for so long: a server that hangs must not hold up every alert.
REST = timedelta(minutes=5)


class AlertWays:
    """Opens the ways of the alerts, and knows which of them failed lately. Used by many threads."""

    def __init__(
        self, open_smtp: Callable[[SmtpConnection], Sink], open_sms: Callable[[AlertSms], Sink], clock: Clock
    ) -> None:
        """Keep how each is opened, and the clock by which one that failed rests."""
        self._open_smtp = open_smtp
        self._open_sms = open_sms
        self._clock = clock
        self._lock = Lock()
        self._resting: dict[object, datetime] = {}

    def open(self, site: Site) -> "AlertSink | None":
        """Return the way of a site's alerts; None when there is none."""
        first, second = site.alert_smtp, site.second_way
        mail: list[tuple[object, Callable[[], Sink]]] = [
            (way, lambda way=way: self._open_smtp(way))  # type: ignore[misc]
            for way in (first, second.smtp)
            if way is not None
        ]
        sms = second.sms
        if not mail and sms is None:
            return None
        return AlertSink(site, mail, None if sms is None else (sms, lambda: self._open_sms(sms)), self)

    def is_resting(self, way: object) -> bool:
        """Ask whether a way failed so lately that it is passed over."""
        with self._lock:
            until = self._resting.get(way)
        return until is not None and self._clock.now() < until

    def rest(self, way: object) -> None:
        """Pass a way over for a while."""
        with self._lock:
            self._resting[way] = self._clock.now() + REST


class AlertSink:
    """The ways of one site's alerts as one. Used by one thread at a time."""

    def __init__(
        self, site: Site, mail: Sequence[tuple[object, Callable[[], Sink]]],
        sms: tuple[object, Callable[[], Sink]] | None, ways: AlertWays,
    ) -> None:  # fmt: skip
        """Keep the ways, in order; each is opened when it is first needed."""
        self._site = site
        self._mail = mail
        self._sms = sms
        self._ways = ways
        self._open: dict[object, Sink] = {}

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        """Send one alert by the first way that takes it; see `Sink.send`."""
        once = _Once(before_wire)
        failures: list[WireError | BadInput] = []
        for way, opener, form in self._in_order(rendered):
            try:
                sink = self._sink(way, opener)
                return sink.send(form, once)
            except SendRefused as refused:
                # The way works: it is this reader that it does not take.
                failures.append(refused)
            except (WireError, BadInput) as failure:
                failures.append(failure)
                self._ways.rest(way)
        raise _worst(failures)

    def find_sent(self, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        """Say that nobody can tell: another way may have taken it; see `Sink.find_sent`."""
        if rendered.channel is Channel.sms and self._sms is not None:
            return self._sink(*self._sms).find_sent(rendered, is_anothers)
        return CANNOT_TELL

    def close(self) -> None:
        """Let go of every line."""
        for sink in self._open.values():
            with suppress(WireError):
                sink.close()
        self._open.clear()

    def _in_order(self, rendered: Rendered) -> list[tuple[object, Callable[[], Sink], Rendered]]:
        """Return the ways to try, those that failed lately last."""
        mail, sms = self._as_mail(rendered), self._as_sms(rendered)
        by_mail = [] if mail is None else [(way, opener, mail) for way, opener in self._mail]
        by_sms = [] if sms is None or self._sms is None else [(*self._sms, sms)]
        ways = by_sms + by_mail if rendered.channel is Channel.sms else by_mail + by_sms
        return sorted(ways, key=lambda way: self._ways.is_resting(way[0]))

    def _as_sms(self, rendered: Rendered) -> Rendered | None:
        """Return an alert as a short message to the same reader; None when no number is known."""
        if rendered.channel is Channel.sms:
            return rendered
        person = next((each for each in self._site.people if each.email == rendered.recipient), None)
        number = normal_number(person.phone) if person else None
        text = f"Svarsvakt: {rendered.subject}. Mejlet om det gick inte att skicka."
        return replace(rendered, channel=Channel.sms, recipient=number, text=text, html="") if number else None

    def _as_mail(self, rendered: Rendered) -> Rendered | None:
        """Return a short message as a mail to the same reader; None when no address is known."""
        if rendered.channel is not Channel.sms:
            return rendered
        person = next((each for each in self._site.people if normal_number(each.phone) == rendered.recipient), None)
        if person is None:
            return None
        sender = f"Svarsvakt <{self._site.alert_sender}>"
        return replace(
            rendered, channel=Channel.email, recipient=person.email, sender=sender, subject="Svarsvakt: kan inte vänta"
        )

    def _sink(self, way: object, opener: Callable[[], Sink]) -> Sink:
        if way not in self._open:
            self._open[way] = opener()
        return self._open[way]


class _Once:
    """Commits `handing_over` before the first wire; for the ways after it that holds already."""

    def __init__(self, before_wire: Callable[[], None]) -> None:
        self._before_wire = before_wire
        self._done = False

    def __call__(self) -> None:
        if not self._done:
            self._before_wire()
            self._done = True


def _worst(failures: Sequence[WireError | BadInput]) -> WireError:
    """Return what the caller must know of an alert that no way took: in doubt it may have gone."""
    for kind in (SendUncertain, SendFailed, Unreachable, SendRefused):
        for failure in failures:
            if isinstance(failure, kind):
                return failure
    sentence = str(failures[0]) if failures else "nobody can be reached by any way of the alerts: give a number"
    return SendFailed(sentence, Failing.sign_in)
