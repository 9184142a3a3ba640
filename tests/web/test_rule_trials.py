"""The pages that try rules on stored messages: who may, every fault at once, how far it has come, what is shown."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from cli.candidate import read_candidate
from domain.category import Secrecy
from domain.ids import Digest, EventId, MessageId, RuleTrialId, TicketId, UnitId
from domain.rule_trial import Difference, TrialChange, TrialState
from domain.site import Site
from domain.viewer import MACHINE, Role
from pipeline.rule_trial import Candidate, Trials
from store import events
from store.rule_trials import claim_trial, end_trial, keep_progress, keep_total
from store.schema import messages
from tests.web.conftest import csrf_of, sign_in
from tests.web.town import NOW, PASSWORD, TOWN, WATER, Town

LEASE = timedelta(minutes=1)
FAULTY = """
[[rules]]
id = "akut"
then = { unit = "gta", urgency = "U9" }
[[rules]]
id = "akut"
when = { wrods = ["x"] }
"""


def as_it_is(_site: Site, _given: Mapping[str, bytes]) -> Candidate:
    return Candidate(content="{}", rules=Digest("a" * 64))


@pytest.fixture
def rung() -> list[str]:
    return []


@pytest.fixture
def lena(town: Town, rung: list[str]) -> TestClient:
    """Give the browser of who leads the contact center."""
    town.add_person("lena", "Lena Lind", "kontaktcenter", roles=frozenset({Role.lead}))
    return browser(town, rung, "lena")


def browser(town: Town, rung: list[str], name: str, *, reads: bool = False) -> TestClient:
    trials = Trials(read_candidate if reads else as_it_is, lambda: rung.append("try_rules"))
    client = TestClient(town.app(trials=trials), follow_redirects=False)
    assert sign_in(client, name, PASSWORD) == 303
    return client


def begin(client: TestClient, files: dict[str, tuple[str, bytes]] | None = None, **fields: str) -> tuple[int, str]:
    """Fill in the form; return the status and the page, or where it leads."""
    form = {"csrf": csrf_of(client, "/regler"), "days": "7", "against": "active", **fields}
    empty = {"files": ("", b"")}
    answer = client.post("/prov", data=form, files=files or empty)
    return answer.status_code, answer.headers.get("location", answer.text)


def work(town: Town, *changes: TrialChange, total: int = 4, end: bool = True) -> None:
    """Let a worker take the trial that waits and find what would be otherwise."""
    with town.database.write() as connection:
        claimed = claim_trial(connection, "w", LEASE)
        assert claimed is not None
        trial, _ = claimed
        keep_total(connection, trial.id, "w", total)
        keep_progress(connection, trial.id, "w", changes, before=trial.after, after=MessageId(1), more=1, lease=LEASE)
        if end:
            end_trial(connection, trial.id, "w", TrialState.done, NOW)


def change(ticket: TicketId, message: MessageId, *, secret: bool = False) -> TrialChange:
    return TrialChange(
        message=message, organisation=TOWN, ticket=ticket, secret=secret,
        differences=(Difference("unit", "gata", "kontaktcenter"), Difference("category", "gata", "oklart")),
    )  # fmt: skip


def test_a_trial_is_begun_once_logged_and_followed(town: Town, lena: TestClient, rung: list[str]) -> None:
    status, where = begin(lena, rules="[[rules]]")
    again, page = begin(lena)

    assert (status, where, rung) == (303, "/prov/1", ["try_rules"])
    assert again == 422
    assert "Ett prov pågår redan" in page
    with town.database.read() as connection:
        log = events.list_before(connection, MACHINE, EventId(2**62), kind="trial_begun", limit=9)
    assert [each.actor for each in log] == ["user/lena"]


def test_how_far_it_has_come_is_asked_for_by_the_page(town: Town, lena: TestClient) -> None:
    begin(lena)
    work(town, end=False)

    page, bar = lena.get("/prov/1").text, lena.get("/prov/1/lage")

    assert re.search(r'<progress value="25" max="100"', page)
    assert 'hx-get="/prov/1/lage"' in bar.text
    assert "hx-refresh" not in bar.headers


def test_a_trial_that_has_ended_refreshes_the_page_and_shows_what_would_be_otherwise(
    town: Town, lena: TestClient
) -> None:
    ticket, message = town.add_ticket(subject="Hål")
    begin(lena)
    work(town, change(ticket, message))

    bar, page = lena.get("/prov/1/lage"), lena.get("/prov/1").text

    assert bar.headers["hx-refresh"] == "true"
    assert "1 meddelande av dem som du får se." in page
    assert 'data-label="Före">Gata och park' in page
    assert 'data-label="Efter">Kontaktcenter' in page
    assert f'<a class="whole" href="/arende/{ticket}">26-00001</a>' in page


def test_what_would_be_otherwise_outside_the_compartment_is_neither_counted_nor_listed(
    town: Town, lena: TestClient
) -> None:
    secret, message = town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))
    open_to_all, other = town.add_ticket()
    begin(lena)
    work(town, change(secret, message, secret=True), change(open_to_all, other, secret=True))

    page = lena.get("/prov/1").text

    assert "1 meddelande av dem som du får se." in page
    assert f"/arende/{secret}" not in page
    assert "Oklart" not in page
    assert "Känsligt" in page


def test_what_came_back_of_a_hidden_ticket_is_not_counted_either(town: Town, lena: TestClient) -> None:
    secret, message = town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))
    reply = town.answer_automatically(secret, message, NOW)
    _, bounce = town.add_ticket()
    with town.database.write() as connection:
        attached = messages.update().where(messages.c.id == bounce)
        connection.execute(attached.values(fate="attached", ticket_id=None, outgoing_id=reply))
    begin(lena)
    work(town, replace(change(secret, bounce), ticket=None))

    assert "Inget av det som du får se skulle bli annorlunda." in lena.get("/prov/1").text


def test_a_trial_can_be_stopped(town: Town, lena: TestClient) -> None:
    begin(lena)

    answer = lena.post("/prov/1/stopp", data={"csrf": csrf_of(lena, "/regler")})

    assert answer.status_code == 303
    assert "Provet stoppades." in lena.get("/prov/1").text
    assert begin(lena)[0] == 303


def test_every_fault_is_said_at_once_in_plain_words_and_the_text_is_kept(town: Town, lena: TestClient) -> None:
    status, page = begin(browser(town, [], "lena", reads=True), rules=FAULTY)

    assert status == 422
    assert "saker måste rättas först" in page
    for said in ("verksamheten ”gta” finns inte", "Menade du ”gata”", "U9&#39; går inte att välja",
                 "är ingen inställning här", "heter redan regel nr 1"):  # fmt: skip
        assert said in page
    assert "wrods" in page[page.index("<textarea") :]


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"rules = " + b"[" * 100_000, b"<script>alert(1)</script>", b'[[rules]]\nid = "<script>"\n'],
)
def test_an_uploaded_file_that_cannot_be_read_is_said_to_be_so(town: Town, lena: TestClient, content: bytes) -> None:
    status, page = begin(browser(town, [], "lena", reads=True), files={"files": ("rules.toml", content)})

    assert status == 422
    assert "1 sak måste rättas först" in page
    assert "<script>alert" not in page


def test_a_file_that_is_too_large_is_not_tried(lena: TestClient) -> None:
    status, page = begin(lena, files={"files": ("categories.toml", b"#" * 4_000_001)})

    assert status == 422
    assert "högst 4 MB" in page


def test_only_leads_and_administrators_try_rules(town: Town, lena: TestClient, rung: list[str]) -> None:
    begin(lena)
    town.add_person("vilma", "Vilma Lind", "va", organisation=WATER, roles=frozenset({Role.lead}))
    bo, vilma = browser(town, rung, "bo"), browser(town, rung, "vilma")
    stop = {"csrf": csrf_of(bo, "/regler")}

    assert [bo.get(path).status_code for path in ("/prov", "/prov/1", "/prov/1/lage")] == [404, 404, 404]
    assert begin(bo)[0] == 404
    assert bo.post("/prov/1/stopp", data=stop).status_code == 404
    assert 'href="/prov"' not in bo.get("/regler").text
    assert [vilma.get(path).status_code for path in ("/prov", "/prov/1")] == [200, 404]


def test_pages_without_a_worker_say_that_nothing_can_be_tried(town: Town) -> None:
    town.add_person("adam", "Adam Ek", "kontaktcenter", roles=frozenset({Role.administrator}))
    client = TestClient(town.app(), follow_redirects=False)
    sign_in(client, "adam", PASSWORD)

    assert "Här går det inte att prova" in client.get("/prov").text
    assert begin(client)[0] == 404


def test_the_row_of_another_trial_is_not_guessed(lena: TestClient) -> None:
    assert lena.get(f"/prov/{RuleTrialId(7)}").status_code == 404
