"""check: the settings, and every way in and out tried step by step."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.fake import FakeProbe
from domain.account import Account, FacebookConnection, ImapConnection, SmtpConnection, TwilioConnection
from domain.finding import Health
from pipeline.wires import RealWires
from settings.load import load
from tests.unit.cli.conftest import Run
from tests.unit.settings.town import swap

WIRES = ("imap", "smtp", "twilio", "facebook")
KEYS = {"account", "address", "wire", "server", "ok", "failed_step", "steps", "warnings", "passed_over"}

WELL = Health(ok=True, steps=(("name", True, "It is known"), ("tcp", True, "It answers")))
ILL = Health(ok=False, steps=(("name", True, "It is known"), ("tcp", False, "Nobody listens: check the port")))

#: An account that answers by the same way as the others.
ACCOUNT = """
[accounts.{id}]
name = "Konto"
organisation = "exempelby"
unit = "kontaktcenter"
channel = "email"
address = "{id}@exempelby.example"
imap = {{ host = "imap.exempelby.example", secret = "mail-{id}" }}
smtp = {{ host = "relay.exempelby.example" }}
"""

#: One whose token server may renew its refresh token.
REFRESHED = """
[accounts.kontaktcenter]
name = "Konto"
organisation = "exempelby"
unit = "kontaktcenter"
channel = "email"
address = "kontaktcenter@exempelby.example"

[accounts.kontaktcenter.imap]
host = "imap.exempelby.example"

[accounts.kontaktcenter.imap.oauth]
kind = "refresh_token"
token_url = "https://tokens.exempelby.example/token"
client_id = "svarsvakt"
client_secret = "token-key"
refresh_token = "token-kc"
"""


class Tried:
    """What is found of the ways in and out, and which ways were tried."""

    def __init__(self) -> None:
        self.inward, self.outward = WELL, WELL
        self.ways: list[ImapConnection | SmtpConnection] = []
        self.senders: set[str] = set()
        self.own: list[str] = []

    def way_in(self, _: RealWires, way: ImapConnection) -> FakeProbe:
        self.ways.append(way)
        return FakeProbe(self.inward)

    def other(self, _: RealWires, account: Account, way: TwilioConnection | FacebookConnection) -> FakeProbe:
        self.own.append(account.id)
        return FakeProbe(WELL)

    def number(self, _: RealWires, number: str, way: TwilioConnection) -> FakeProbe:
        self.own.append(number)
        return FakeProbe(WELL)

    def way_out(self, _: RealWires, way: SmtpConnection, sender: str) -> FakeProbe:
        self.ways.append(way)
        self.senders.add(sender)
        return FakeProbe(self.outward)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Tried:
    """Let every way be well, unless a test says otherwise."""
    tried = Tried()
    monkeypatch.setattr(RealWires, "way_in", lambda *arguments: tried.way_in(*arguments))
    monkeypatch.setattr(RealWires, "way_out", lambda *arguments: tried.way_out(*arguments))
    monkeypatch.setattr(RealWires, "way_to_number", lambda *arguments: tried.number(*arguments))
    monkeypatch.setattr(RealWires, "way_to_page", lambda *arguments: tried.other(*arguments))
    return tried


def test_every_fault_of_the_settings_is_told_at_once(run: Run, site_folder: Path) -> None:
    swap(site_folder, "accounts.toml", 'tier = "contact_center"', 'teir = "contact_center"')
    swap(site_folder, "site.toml", 'contact_center = "kontaktcenter"', 'contact_center = "kontaktcentrum"')

    ran = run("check", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "tier" in ran.err
    assert "kontaktcentrum" in ran.err


def test_a_handling_time_that_is_past_its_review_is_warned_of(run: Run, site_folder: Path, tried: Tried) -> None:
    swap(site_folder, "service_levels.toml", "review_by = 2027-06-30", "review_by = 2020-06-30")

    ran = run("check", "--json")

    assert "[handling_times.bygg] review_by: 2020-06-30 has passed" in ran.err
    assert all("account" in line for line in ran.lines)


def test_a_refresh_token_that_could_not_be_kept_is_warned_of(
    run: Run, site_folder: Path, tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site_folder / "rules.toml").write_text("\n", encoding="utf-8")
    (site_folder / "accounts.toml").write_text(REFRESHED, encoding="utf-8")
    (site_folder / "secrets").mkdir(exist_ok=True)
    writable = run("check", "--json").err
    monkeypatch.setattr(os, "access", lambda *_: False)

    ran = run("check", "--json")

    assert "token-kc" not in writable
    assert '"token-kc" could not be written' in ran.err
    assert ran.code == 0


def test_there_is_a_line_a_way_in_and_out_and_one_for_the_alerts(run: Run, site_folder: Path, tried: Tried) -> None:
    ran = run("check", "--json")

    site = load(site_folder)
    ways = [(each.id, wire) for each in site.accounts for wire in WIRES if getattr(each, wire)]
    assert ran.code == 0
    assert all(set(line) == KEYS for line in ran.lines)
    assert [(line["account"], line["wire"]) for line in ran.lines if line["ok"]] == [*ways, (None, "smtp")]
    assert ran.lines[-1]["address"] == site.alert_sender
    assert tried.senders == {site.mail.bounce_address}


def test_a_number_and_a_page_are_tried_each_for_itself(run: Run, site_folder: Path, tried: Tried) -> None:
    run("check", "--json")

    accounts = load(site_folder).accounts
    own = [each.address if each.twilio else each.id for each in accounts if each.twilio or each.facebook]
    assert sorted(tried.own) == sorted(own)
    assert own


def test_a_way_that_many_accounts_share_is_tried_once(run: Run, site_folder: Path, tried: Tried) -> None:
    (site_folder / "rules.toml").write_text("\n", encoding="utf-8")
    accounts = "".join(ACCOUNT.format(id=id) for id in ("kontaktcenter", "bygg", "gata"))
    (site_folder / "accounts.toml").write_text(accounts, encoding="utf-8")

    lines = run("check", "--json").lines

    assert [(line["account"], line["ok"]) for line in lines if line["wire"] == "smtp"] == [
        ("kontaktcenter", True), ("bygg", True), ("gata", True), (None, True),
    ]  # fmt: skip
    assert [way.host for way in tried.ways].count("relay.exempelby.example") == 1


@pytest.mark.parametrize("wire", ["imap", "smtp"])
def test_a_way_that_fails_names_the_step_and_fails_the_command(
    run: Run, site_folder: Path, tried: Tried, wire: str
) -> None:
    tried.inward, tried.outward = (ILL, WELL) if wire == "imap" else (WELL, ILL)

    as_json, for_people = run("check", "--json"), run("check")

    failed = [line for line in as_json.lines if line["ok"] is False]
    assert (as_json.code, for_people.code) == (1, 1)
    assert {(line["wire"], line["failed_step"]) for line in failed} == {(wire, "tcp")}
    assert failed[0]["steps"][-1] == {"step": "tcp", "ok": False, "sentence": "Nobody listens: check the port"}
    row = next(line for line in for_people.out.splitlines() if line.startswith("✗"))
    assert failed[0]["server"] in row
    assert "tcp failed. Nobody listens: check the port" in row


def test_a_missing_secret_is_a_sign_in_that_failed(run: Run, site_folder: Path) -> None:
    ran = run("check", "--json")

    [line] = [line for line in ran.lines if (line["account"], line["wire"]) == ("bygg", "imap")]
    assert ran.code == 1
    assert (line["ok"], line["failed_step"]) == (False, "sign_in")
    assert "SVARSVAKT_SECRET_MAIL_BYGG" in line["steps"][0]["sentence"]


def test_an_account_without_a_connector_is_passed_over(run: Run, site_folder: Path, tried: Tried) -> None:
    accounts = site_folder / "accounts.toml"
    kept = re.sub(r"\[accounts\.gata-sms\.twilio\]\n(.+\n)*", "", accounts.read_text(encoding="utf-8"))
    accounts.write_text(kept, encoding="utf-8")

    as_json, for_people = run("check", "--json"), run("check")

    [line] = [line for line in as_json.lines if line["account"] == "gata-sms"]
    assert (line["ok"], line["steps"], line["wire"]) == (None, [], "")
    assert "connector" in line["passed_over"]
    assert any(row.split()[:2] == ["–", "gata-sms"] and "passed over" in row for row in for_people.out.splitlines())


def test_a_closed_account_is_not_tried(run: Run, site_folder: Path, tried: Tried) -> None:
    swap(site_folder, "accounts.toml", 'status = "dormant"', 'status = "closed"')

    [line] = [line for line in run("check", "--json").lines if line["account"] == "snojour"]

    assert line["ok"] is None
    assert "closed" in line["passed_over"]


@pytest.mark.parametrize(("days", "warned"), [(29, True), (31, False)])
def test_a_certificate_that_ends_within_a_month_is_warned_of_and_fails_nothing(
    run: Run, site_folder: Path, tried: Tried, days: int, warned: bool
) -> None:
    end = datetime.now(UTC) + timedelta(days=days)
    tried.inward = Health(ok=True, steps=WELL.steps, ends=(("The certificate of mx.example", end),))

    as_json, for_people = run("check", "--json"), run("check")

    said = f"The certificate of mx.example ends on {end:%Y-%m-%d}: have it renewed before"
    inward = [line for line in as_json.lines if line["wire"] == "imap"]
    assert as_json.code == 0
    assert [line["warnings"] for line in inward] == [[said] if warned else []] * len(inward)
    assert (said in for_people.out) == warned
