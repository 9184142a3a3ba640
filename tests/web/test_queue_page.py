"""The queue's page."""

import re
from datetime import timedelta

from starlette.testclient import TestClient

from domain.category import Secrecy, Urgency
from domain.decision import Queue
from domain.ids import UnitId
from tests.web.conftest import Enter, csrf_of
from tests.web.town import NOW, TOWN, WATER, Town, attachment, explained, withheld
from web.queue import MOST_ROWS

MINUTE = timedelta(minutes=1)


def subjects(page: str) -> list[str]:
    """Return the subjects in the order of the list."""
    return re.findall(r'<a id="open-\d+" href="/arende/\d+"[^>]*><bdi>([^<]+)</bdi></a>', page)


def test_the_start_is_the_queue(bo: TestClient) -> None:
    assert bo.get("/").headers["location"] == "/ko"


def test_the_promise_that_breaks_first_stands_on_top(town: Town, bo: TestClient) -> None:
    town.add_ticket(subject="sen", notice_due_at=NOW + 50 * MINUTE)
    town.add_ticket(subject="utan löfte", notice_due_at=None, answer_due_at=None, queue=Queue.low)
    town.add_ticket(subject="försenad", notice_due_at=NOW - 14 * MINUTE)

    page = bo.get("/ko").text

    assert subjects(page) == ["försenad", "sen", "utan löfte"]
    assert "3 ärenden" in page
    assert "1 försenat" in page


def test_a_row_says_promise_channel_sender_and_unit(town: Town, bo: TestClient) -> None:
    town.add_ticket(notice_due_at=NOW + 6 * MINUTE, urgency=Urgency.U1, attachments=(attachment(),))

    page = bo.get("/ko").text

    for said in ("om 6 min", "besked", "E-post", "Anna Exempel", "Gata och park", "Brådskande", "1 bilaga"):
        assert said in page
    assert 'title="tisdag 24 november 2026 kl. 09.18"' in page


def test_lateness_is_said_by_colour_icon_and_word(town: Town, bo: TestClient) -> None:
    town.add_ticket(notice_due_at=NOW - 14 * MINUTE)

    cell = re.search(r'<td role="cell" class="promise late">.*?</td>', bo.get("/ko").text, re.DOTALL)

    assert cell
    assert "<svg" in cell[0]
    assert "försenat 14 min" in cell[0]


def test_a_language_that_is_not_swedish_is_marked(town: Town, bo: TestClient) -> None:
    town.add_ticket(subject="Milloin kirjasto aukeaa?", language="fi")
    town.add_ticket(subject="Hål")

    page = bo.get("/ko").text

    assert page.count('class="language"') == 1
    assert "finska" in page
    assert 'href="/arende/1" lang="fi"><bdi>Milloin' in page


def test_a_withheld_reply_is_marked_with_its_reason(town: Town, bo: TestClient) -> None:
    town.add_ticket(withheld("3.3/13"))

    assert "Inget autosvar: det är märkt som ett automatiskt svar" in bo.get("/ko").text


def test_a_reply_in_shadow_is_marked_and_a_sent_one_is_not(town: Town, bo: TestClient) -> None:
    town.answer_automatically(*town.add_ticket(), NOW, shadow=True)
    town.answer_automatically(*town.add_ticket(), NOW)

    page = bo.get("/ko").text

    assert page.count("Skuggläge: inget autosvar skickat") == 1
    assert "Inget autosvar:" not in page


def test_what_a_person_must_look_at_is_marked(town: Town, bo: TestClient) -> None:
    town.add_ticket({}, needs_a_look=True, subject="", text="")

    page = bo.get("/ko").text

    assert "Att titta på" in page
    assert "(utan ämne)" in page


def test_an_empty_queue_says_so(bo: TestClient) -> None:
    assert "Inga ärenden väntar." in bo.get("/ko").text


def test_a_long_queue_says_how_much_is_shown(town: Town, bo: TestClient) -> None:
    for _ in range(MOST_ROWS + 1):
        town.add_ticket()

    page = bo.get("/ko").text

    assert f"De {MOST_ROWS} första av {MOST_ROWS + 1} visas." in page
    assert len(subjects(page)) == MOST_ROWS


def test_a_sensitive_ticket_shows_to_its_unit_and_to_nobody_else(town: Town, enter: Enter) -> None:
    town.add_ticket(subject="Orosanmälan", secrecy=Secrecy.SK2, unit=UnitId("social"))

    pages = {name: enter(name).get("/ko").text for name in ("nadja", "bo", "cilla")}

    assert "Orosanmälan" in pages["nadja"]
    for name in ("bo", "cilla"):
        assert "Orosanmälan" not in pages[name]
        assert '<span data-count="open">0</span>' in pages[name]
        assert "Inga ärenden väntar." in pages[name]


def test_another_organisations_tickets_do_not_show(town: Town, enter: Enter) -> None:
    town.add_ticket(subject="Brunt vatten", organisation=WATER, unit=UnitId("va"), from_account=town.site.accounts[2])
    town.add_ticket(subject="Hål i vägen", organisation=TOWN)

    assert subjects(enter("vera").get("/ko").text) == ["Brunt vatten"]
    assert subjects(enter("bo").get("/ko").text) == ["Hål i vägen"]


def test_what_a_citizen_writes_never_becomes_markup(town: Town, bo: TestClient) -> None:
    evil = "<script>alert(1)</script>"
    reasons = {"send": False, "reasons": [{"row": evil, "matched": evil}]}
    town.add_ticket(
        explained(automatic_reply=reasons), subject=evil, sender_name=evil, sender_address='"><script>@x', language=evil
    )

    page = bo.get("/ko").text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_list_alone_carries_the_version_of_the_page(town: Town, bo: TestClient) -> None:
    town.add_ticket()

    versions = [re.search(r'data-version="(\w+)"', bo.get(path).text) for path in ("/ko", "/ko/rader")]

    assert versions[0]
    assert versions[1]
    assert versions[0][1] == versions[1][1]
    assert "<html" not in bo.get("/ko/rader").text


def test_two_people_share_the_list_only_when_they_may_see_the_same(town: Town, enter: Enter) -> None:
    town.add_ticket(subject="hemligt", unit=UnitId("social"), secrecy=Secrecy.SK2)
    town.add_ticket(subject="öppet")

    shown = {name: subjects(enter(name).get("/ko/rader?version=x").text) for name in ("nadja", "bo", "cilla", "vera")}

    assert shown == {"nadja": ["hemligt", "öppet"], "bo": ["öppet"], "cilla": ["öppet"], "vera": []}


def test_my_tickets_are_not_shared_with_a_colleague(town: Town, enter: Enter) -> None:
    town.add_person("bosse", "Bosse Ek", "kontaktcenter")
    ticket, _ = town.add_ticket()
    bo, bosse = enter("bo"), enter("bosse")
    bo.post(f"/arende/{ticket}", data={"csrf": csrf_of(bo, f"/arende/{ticket}"), "act": "take"})

    shown = [len(subjects(each.get("/ko/rader?hos=mine&version=x").text)) for each in (bo, bosse)]

    assert shown == [1, 0]


def test_what_has_no_subject_is_known_by_how_it_begins(town: Town, bo: TestClient) -> None:
    town.add_ticket(subject="", text="Gatlyktan\n  utanför\tStorgatan 3 är trasig " + "x" * 100)

    page = bo.get("/ko").text

    assert "Gatlyktan utanför Storgatan 3 är trasig" in page
    assert "x" * 60 not in page
    assert "(utan ämne)" not in page
