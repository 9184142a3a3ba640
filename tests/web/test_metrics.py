"""What machines ask of the web server: does it answer, can it show pages, and what waits."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from domain.account import Channel, ImapConnection
from domain.errors import BadInput, Unreachable
from domain.finding import FindingKind
from domain.ids import AccountId
from domain.outgoing import SendState
from domain.protocols import Step
from domain.site import Site
from domain.step_times import StepTimes
from pipeline.beat import SCHEDULER
from store.accounts import mark_failed, mark_read
from store.beats import note_beat
from store.database import Database
from store.step_times import add_step_times
from tests import builders
from tests.web.town import NOW, TOWN, Town
from web.app import make_app

TOKEN = "a token of the tests"
MONITORING = Path(__file__).parents[2] / "docs" / "monitoring"
#: What Prometheus tells of a histogram.
PARTS = ("bucket", "count", "sum")
SHOWN = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def prometheus(town: Town) -> TestClient:
    """Give the browser of a machine that knows the token."""
    return TestClient(town.app(metrics_token=TOKEN), headers=SHOWN)


def connected(town: Town) -> tuple[AccountId, ...]:
    """Say in the settings of the town how every account is read; return their ids."""
    imap = ImapConnection(host="imap.exempelby.example")
    town.site = replace(town.site, accounts=tuple(replace(each, imap=imap) for each in town.site.accounts))
    return tuple(each.id for each in town.site.accounts)


def figures(client: TestClient) -> dict[tuple[str, ...], float]:
    """Return every figure by its name and its labels' values."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_a_server_that_runs_says_so_to_anybody(nobody: TestClient) -> None:
    answer = nobody.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_a_server_that_can_show_pages_is_ready(nobody: TestClient) -> None:
    answer = nobody.get("/readyz")

    assert (answer.status_code, answer.text) == (200, "ready\n")


def test_a_server_without_tables_is_not_ready_and_says_what_to_do(town: Town, tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    app = make_app(database=empty, clock=town.clock, site=builders.site)

    answer = TestClient(app).get("/readyz")

    assert answer.status_code == 503
    assert answer.text == "the tables are not up to date: run svarsvakt migrate\n"
    empty.close()


def test_a_server_whose_database_is_away_is_not_ready(town: Town, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path / 'no folder' / 'x.sqlite3'}")
    app = make_app(database=away, clock=town.clock, site=builders.site)

    answer = TestClient(app).get("/readyz")

    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")


def test_a_server_without_a_configuration_is_not_ready(town: Town) -> None:
    def none_is_active() -> Site:
        raise BadInput("no configuration is active: run svarsvakt activate DIR")

    app = make_app(database=town.database, clock=town.clock, site=none_is_active)

    assert TestClient(app).get("/readyz").status_code == 503


def test_nobody_gets_the_metrics_where_no_token_is_configured(town: Town) -> None:
    assert TestClient(town.app()).get("/metrics", headers=SHOWN).status_code == 404


@pytest.mark.parametrize("shown", [{}, {"authorization": "Bearer å"}, {"authorization": TOKEN}])
def test_who_shows_another_token_gets_no_metrics(town: Town, shown: dict[str, str]) -> None:
    encoded = {name: value.encode() for name, value in shown.items()}

    assert TestClient(town.app(metrics_token=TOKEN)).get("/metrics", headers=encoded).status_code == 401


def test_the_metrics_tell_how_long_the_oldest_late_ticket_has_been_late(town: Town, prometheus: TestClient) -> None:
    town.add_ticket(notice_due_at=NOW - timedelta(minutes=14), answer_due_at=NOW + timedelta(hours=4))
    town.add_ticket(notice_due_at=NOW - timedelta(minutes=2), answer_due_at=NOW + timedelta(hours=4))

    told = figures(prometheus)

    assert told["svarsvakt_waiting", "notice", "late"] == 2
    assert told["svarsvakt_oldest_waiting_seconds", "notice", "late"] == 14 * 60
    assert ("svarsvakt_waiting", "answer", "late") not in told


def test_the_metrics_tell_how_accounts_are_read_by_channel_and_name_none(town: Town, prometheus: TestClient) -> None:
    read, failing, *never = connected(town)
    with town.database.write() as connection:
        mark_read(connection, read, TOWN, NOW - timedelta(seconds=90))
        mark_failed(connection, failing, TOWN, NOW, Unreachable("tcp", "stängt"))

    told = figures(prometheus)

    assert told["svarsvakt_poll_age_seconds", Channel.email] == 90
    assert told["svarsvakt_accounts", Channel.email, "failing"] == 1
    assert told["svarsvakt_accounts", Channel.email, "read"] == 1
    assert told["svarsvakt_accounts", Channel.email, "never_read"] == len(never)
    text = prometheus.get("/metrics").text
    assert not [each for each in (read, failing, *never) if each in text]


def test_the_metrics_tell_how_long_steps_took_and_since_when_nobody_did_them(
    town: Town, prometheus: TestClient
) -> None:
    took = StepTimes().taking(timedelta(seconds=2)).taking(timedelta(seconds=0.001))
    with town.database.write() as connection:
        add_step_times(connection, {"decide": took})
        note_beat(connection, "decide", "w", NOW - timedelta(seconds=40))

    told = figures(prometheus)

    assert told["svarsvakt_step_age_seconds", "decide"] == 40
    assert told["svarsvakt_step_seconds_bucket", "1.0", "decide"] == 1
    assert told["svarsvakt_step_seconds_bucket", "+Inf", "decide"] == 2
    assert told["svarsvakt_step_seconds_count", "decide"] == 2
    assert told["svarsvakt_step_seconds_sum", "decide"] == 2.001


@pytest.mark.parametrize("file", ["svarsvakt.json", "alerts.yaml"])
def test_the_dashboard_and_the_rules_ask_for_figures_that_exist(prometheus: TestClient, file: str) -> None:
    asked = set(re.findall(r"svarsvakt_\w+", (MONITORING / file).read_text(encoding="utf-8")))

    kinds = dict(re.findall(r"^# TYPE (\w+) (gauge|histogram)$", prometheus.get("/metrics").text, re.MULTILINE))
    parts = {f"{name}_{part}" for name, kind in kinds.items() if kind == "histogram" for part in PARTS}
    told = {name for name, kind in kinds.items() if kind == "gauge"} | parts

    assert asked
    assert asked <= told


@pytest.mark.parametrize("file", ["svarsvakt.json", "alerts.yaml"])
def test_the_dashboard_and_the_rules_ask_for_states_and_steps_that_exist(file: str) -> None:
    text = (MONITORING / file).read_text(encoding="utf-8").replace('\\"', '"')
    asked = re.findall(r'\b(kind|state|step|channel)=~?"([^"]+)"', text)

    known = {
        "kind": {"message", "file", "send", "event", "finding", "handling", "ticket", "notice", "answer"},
        "state": {
            "waiting", "claimed", "late", "unsealed", "unhandled", "needs_a_look", "failing", "read", "never_read",
            *SendState, *FindingKind,
        },
        "step": {SCHEDULER, *Step},
        "channel": set(Channel),
    }  # fmt: skip
    unknown = [(label, each) for label, values in asked for each in values.split("|") if each not in known[label]]

    assert unknown == []


def test_every_panel_of_the_dashboard_has_a_place_of_its_own() -> None:
    panels = json.loads((MONITORING / "svarsvakt.json").read_text(encoding="utf-8"))["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
