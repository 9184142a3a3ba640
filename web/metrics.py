"""Metrics in Prometheus' text format: how old what waits is, and how the accounts are read; no personal data.

Every figure is read from the database at the moment it is asked for, so that any one web process tells of all. What
only the process that works knows, how long its steps take, it counts up there.
Accounts are told by channel, not by name: an employee's account bears the employee's name.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.account import AccountStatus, Channel
from domain.finding import Heartbeat
from domain.site import Site
from domain.step_times import StepTimes
from domain.viewer import OPERATOR
from store.accounts import list_heartbeats
from store.backlog import Waiting, count_sends, list_backlog
from store.beats import list_beats
from store.step_times import list_step_times
from web.surroundings import surroundings_of

#: What `svarsvakt_sends` counts.
LAST_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """What is told, as it was read in one transaction; Prometheus' client keeps it by its identity."""

    now: datetime
    waiting: tuple[Waiting, ...]
    sends: dict[tuple[str, str], int]
    heartbeats: tuple[Heartbeat, ...]
    step_times: dict[str, StepTimes]
    beats: dict[str, datetime]
    site: Site

    def collect(self) -> Iterator[Metric]:
        """Yield every figure, as Prometheus' client asks for them."""
        yield _gauge("svarsvakt_waiting", "Rows in a state that is not the last.", ("kind", "state"), _counts(self))
        yield _gauge(
            "svarsvakt_oldest_waiting_seconds", "Age of the oldest row in the state; of a clock: how late it is.",
            ("kind", "state"), _ages(self),
        )  # fmt: skip
        yield _gauge("svarsvakt_sends", "Sends written within the last hour.", ("kind", "state"), self.sends.items())
        yield _gauge("svarsvakt_accounts", "Accounts in use.", ("channel", "state"), _accounts(self))
        yield _gauge(
            "svarsvakt_poll_age_seconds", "Since the account of the channel that was read longest ago was read.",
            ("channel",), _poll_ages(self),
        )  # fmt: skip
        yield _gauge(
            "svarsvakt_step_age_seconds", "Since anybody did the step last.", ("step",), _step_ages(self)
        )  # fmt: skip
        yield _step_seconds(self)


def show_metrics(request: Request) -> Response:
    """Give the figures to who shows the token; 404 where none is configured, 401 without the right one."""
    token = surroundings_of(request).metrics_token
    if not token:
        raise HTTPException(404)
    shown = request.headers.get("authorization", "").encode()
    if not secrets.compare_digest(shown, f"Bearer {token}".encode()):
        return Response(status_code=401, headers={"www-authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(_read(request))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _read(request: Request) -> Figures:
    surroundings = surroundings_of(request)
    now = surroundings.clock.now()
    with surroundings.database.read() as connection:
        return Figures(
            now=now,
            waiting=list_backlog(connection, OPERATOR, now),
            sends=count_sends(connection, OPERATOR, now - LAST_HOUR),
            heartbeats=tuple(list_heartbeats(connection, OPERATOR)),
            step_times=list_step_times(connection, OPERATOR),
            beats=list_beats(connection, OPERATOR),
            site=surroundings.site(),
        )


def _gauge(
    name: str, documentation: str, labels: tuple[str, ...], samples: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, documentation, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _counts(figures: Figures) -> Iterator[tuple[tuple[str, str], float]]:
    return (((each.kind, each.state), each.count) for each in figures.waiting)


def _ages(figures: Figures) -> Iterator[tuple[tuple[str, str], float]]:
    return (
        ((each.kind, each.state), (figures.now - each.oldest_at).total_seconds())
        for each in figures.waiting
    )  # fmt: skip


def _accounts(figures: Figures) -> Iterator[tuple[tuple[str, str], float]]:
    for channel, beats in _by_channel(figures).items():
        failing = sum(beat is not None and beat.failing_since is not None for beat in beats)
        never = sum(beat is None or (beat.read_at is None and beat.failing_since is None) for beat in beats)
        yield (channel, "failing"), failing
        yield (channel, "never_read"), never
        yield (channel, "read"), len(beats) - failing - never


def _poll_ages(figures: Figures) -> Iterator[tuple[tuple[str], float]]:
    for channel, beats in _by_channel(figures).items():
        read = [beat.read_at for beat in beats if beat is not None and beat.read_at is not None]
        if read:
            yield (channel,), (figures.now - min(read)).total_seconds()


def _step_ages(figures: Figures) -> Iterator[tuple[tuple[str], float]]:
    return (((part,), (figures.now - at).total_seconds()) for part, at in sorted(figures.beats.items()))


def _step_seconds(figures: Figures) -> HistogramMetricFamily:
    """Return how long the steps took in all processes since the installation began, also bells that found nothing."""
    family = HistogramMetricFamily("svarsvakt_step_seconds", "How long the steps took.", labels=("step",))
    for step, times in figures.step_times.items():
        family.add_metric((step,), times.up_to(), times.seconds)
    return family


def _by_channel(figures: Figures) -> dict[Channel, list[Heartbeat | None]]:
    """Return the heartbeat of every account in use that the settings say how to read; None: none yet."""
    beats = {beat.account: beat for beat in figures.heartbeats}
    channels: dict[Channel, list[Heartbeat | None]] = {}
    for account in figures.site.accounts:
        if account.status is AccountStatus.active and account.is_connected:
            channels.setdefault(account.channel, []).append(beats.get(account.id))
    return channels
