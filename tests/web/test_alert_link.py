"""The page behind an alert's signed link: opening changes nothing, its button acknowledges, and it does no more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from domain.alerting import Call
from domain.ids import FindingId, TicketId
from domain.viewer import MACHINE
from pipeline.acknowledge import take_call
from pipeline.alert_link import AlertLink, Links, read, sign
from pipeline.alerting import close_quietly
from store.acknowledgements import list_acknowledged
from store.beats import note_beat
from store.calls import get_call, open_call
from store.findings import get_finding
from tests.web.conftest import Enter, csrf_of
from tests.web.town import NOW, TOWN, Town

KEY = "a key of thirty-two random letters"
READER = "kim.chef@exempelby.example"


@pytest.fixture
def visitor(town: Town) -> TestClient:
    """Give the browser of somebody who never signed in, where links are signed."""
    return TestClient(town.app(link_key=lambda _: KEY), follow_redirects=False)


def path(link: AlertLink, key: str = KEY) -> str:
    return f"/kvittera/{sign(link, key)}"


def link_to(finding: FindingId, **changes: object) -> AlertLink:
    link = AlertLink(reader=READER, expires_at=NOW + timedelta(days=14), finding=finding)
    return replace(link, **changes)  # type: ignore[arg-type]


def acknowledged(town: Town, finding: FindingId) -> list[tuple[str, str]]:
    with town.database.read() as connection:
        return [(each.by, each.reason) for each in list_acknowledged(connection, MACHINE, [finding]).values()]


def event_count(town: Town) -> int:
    with town.database.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one()  # type: ignore[no-any-return]


def press(client: TestClient, address: str, **fields: str) -> int:
    form = {"csrf": csrf_of(client, address), "reason": "Vi väntar på IT.", "until": "2026-12-01", **fields}
    return client.post(address, data=form).status_code


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_to_open_the_link_changes_nothing_however_often(town: Town, visitor: TestClient, method: str) -> None:
    finding, _ = town.alert()
    before = event_count(town)

    answers = [visitor.request(method, path(link_to(finding))) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert acknowledged(town, finding) == []
    assert event_count(town) == before


def test_the_page_says_what_where_and_since_when_and_offers_one_button(town: Town, visitor: TestClient) -> None:
    finding, _ = town.alert()

    page = visitor.get(path(link_to(finding)))

    with town.database.read() as connection:
        evidence = get_finding(connection, MACHINE, finding).evidence
    assert evidence in page.text
    assert page.text.count("<button>") == 1
    assert "Kvittera" in page.text
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["x-robots-tag"] == "noindex"
    assert page.headers["cache-control"] == "no-store"
    assert 'href="/ko"' not in page.text


def test_the_button_acknowledges_for_the_reader_of_the_link(town: Town, visitor: TestClient) -> None:
    finding, _ = town.alert()
    address = path(link_to(finding))

    status = press(visitor, address)

    assert status == 303
    assert acknowledged(town, finding) == [("link/kim", "Vi väntar på IT.")]
    assert "Kvitterat till och med 2026-12-01" in visitor.get(address).text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"reason": " "}, "Skriv varför"),
        ({"reason": "x" * 501}, "Skriv kortare"),
        ({"until": "2026-11-23"}, "Välj en dag"),
        ({"until": "2029-01-01"}, "Välj en dag"),
        ({"until": "i morgon"}, "Välj en dag"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    town: Town, visitor: TestClient, fields: dict[str, str], fault: str
) -> None:
    finding, _ = town.alert()
    address = path(link_to(finding))
    form = {"csrf": csrf_of(visitor, address), "reason": "Vi <väntar>.", "until": "2026-12-01", **fields}

    answer = visitor.post(address, data=form)

    assert answer.status_code == 400
    assert fault in answer.text
    assert acknowledged(town, finding) == []
    if "reason" not in fields:
        assert "Vi &lt;väntar&gt;." in answer.text


def test_a_form_that_is_not_from_our_page_is_refused(town: Town, visitor: TestClient) -> None:
    finding, _ = town.alert()
    address = path(link_to(finding))
    csrf = csrf_of(visitor, address)
    stranger = TestClient(town.app(link_key=lambda _: KEY), follow_redirects=False)

    answers = [
        visitor.post(address, data={"reason": "x", "until": "2026-12-01"}),
        visitor.post(address, data={"csrf": "0" * 64, "reason": "x", "until": "2026-12-01"}),
        stranger.post(address, data={"csrf": csrf, "reason": "x", "until": "2026-12-01"}),
        visitor.post(
            address, data={"csrf": csrf, "reason": "x", "until": "2026-12-01"}, headers={"sec-fetch-site": "cross-site"}
        ),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert acknowledged(town, finding) == []


@pytest.mark.parametrize("case", ["forged", "changed", "ended", "no key", "gone", "left"])
def test_a_link_that_does_not_hold_opens_nothing(town: Town, visitor: TestClient, case: str) -> None:
    finding, _ = town.alert()
    good = path(link_to(finding))
    if case == "left":
        people = tuple(replace(each, employed_until=NOW.date() - timedelta(days=9)) for each in town.site.people)
        town.site = replace(town.site, people=people)
    address = {
        "forged": path(link_to(finding), "another key of thirty-two letters"),
        "changed": good[:-3] + "AAA",
        "ended": path(link_to(finding, expires_at=NOW)),
        "gone": path(link_to(FindingId(99_999))),
    }.get(case, good)
    client = TestClient(town.app(), follow_redirects=False) if case == "no key" else visitor

    answer = client.get(address)

    assert answer.status_code == 410
    assert "Länken gäller inte längre" in answer.text
    assert "Brevlådan" not in answer.text


def test_the_link_is_no_sign_in(town: Town, visitor: TestClient) -> None:
    finding, _ = town.alert()
    press(visitor, path(link_to(finding)))

    assert [visitor.get(page).status_code for page in ("/ko", "/konton", "/utskick")] == [303] * 3


def test_of_a_finding_that_is_over_there_is_nothing_to_acknowledge(town: Town, visitor: TestClient) -> None:
    finding, _ = town.alert()
    address = path(link_to(finding))
    csrf = csrf_of(visitor, address)
    with town.database.write() as connection:
        close_quietly(connection, get_finding(connection, MACHINE, finding), NOW)

    page = visitor.get(address)
    posted = visitor.post(address, data={"csrf": csrf, "reason": "x", "until": "2026-12-01"})

    assert "Det är löst sedan" in page.text
    assert "<button>" not in page.text
    assert posted.status_code == 200
    assert acknowledged(town, finding) == []


def call(town: Town) -> TicketId:
    ticket, _ = town.add_ticket(subject="Brand i huset")
    with town.database.write() as connection:
        account = town.site.accounts[0]
        open_call(
            connection,
            Call(
                ticket=ticket, organisation=TOWN, account=account.id, unit=account.unit, number="26-00001",
                arrived_at=NOW, opened_at=NOW,
            ),
        )  # fmt: skip
    return ticket


def test_whoever_is_called_takes_the_ticket_by_a_button_and_reads_nothing_of_it(
    town: Town, visitor: TestClient
) -> None:
    ticket = call(town)
    address = path(AlertLink(reader=READER, expires_at=NOW + timedelta(days=1), call=ticket))

    page = visitor.get(address).text
    status = press(visitor, address)

    with town.database.read() as connection:
        ended = get_call(connection, MACHINE, ticket)
    assert "26-00001" in page
    assert "Brand" not in page
    assert status == 303
    assert ended.ended_by == "link/kim"
    assert "Du har tagit det." in visitor.get(address).text


def test_whoever_comes_second_sees_that_somebody_has_taken_it(town: Town, visitor: TestClient) -> None:
    ticket = call(town)
    take_call(town.database, ticket, "link/bo", NOW)

    page = visitor.get(path(AlertLink(reader=READER, expires_at=NOW + timedelta(days=1), call=ticket))).text

    assert "Någon annan har tagit det." in page
    assert "<button>" not in page


def test_a_link_is_written_only_where_the_site_has_an_address_and_a_key(town: Town) -> None:
    with_address = replace(town.site, public_address="https://svar.exempelby.example")

    assert Links(town.site, KEY, NOW).finding(FindingId(1), READER) == ""
    assert Links(with_address, "", NOW).finding(FindingId(1), READER) == ""
    address = Links(with_address, KEY, NOW).finding(FindingId(1), READER)
    token = address.removeprefix("https://svar.exempelby.example/kvittera/")
    link = read(token, KEY, NOW)
    assert link is not None
    assert (link.finding, link.call, link.reader) == (1, None, READER)


def test_every_page_says_when_the_work_stands_still(town: Town, bo: TestClient) -> None:
    with town.database.write() as connection:
        note_beat(connection, "send", "w", NOW - timedelta(minutes=2))
    going = bo.get("/ko").text
    with town.database.write() as connection:
        note_beat(connection, "send", "w", NOW - timedelta(minutes=20))

    pages = [bo.get(page).text for page in ("/ko", "/konton", "/utskick")]

    assert "står stilla" not in going
    assert all("Svarsvakt står stilla sedan" in page for page in pages)


def test_a_digest_is_read_by_its_reader_alone(town: Town, bo: TestClient, enter: Enter) -> None:
    _, alert = town.alert()
    with town.database.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE outgoing SET template = 'digest', recipient = 'nadja@exempelby.example' WHERE id = {int(alert)}"
        )
        connection.exec_driver_sql("UPDATE users SET person_id = 'nadja' WHERE name = 'nadja'")

    assert bo.get(f"/larm/{alert}").status_code == 404
    assert enter("nadja").get(f"/larm/{alert}").status_code == 200
