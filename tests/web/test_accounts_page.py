"""The accounts' page and the alert."""

import re
from dataclasses import replace
from datetime import timedelta

from starlette.testclient import TestClient

from domain.alerting import Told
from domain.errors import Unreachable
from domain.ids import AccountId
from store.accounts import mark_failed, mark_read
from store.handlings import note_person
from store.tellings import claim_tellings
from store.traffic import add_arrived, add_handled
from tests.web.conftest import Enter
from tests.web.town import NOW, TOWN, WATER, Town

MINUTE = timedelta(minutes=1)
GATA = AccountId("gata")


def fail(town: Town, minutes_ago: int) -> None:
    """Let a visit to the street unit's mailbox fail."""
    error = Unreachable("sign_in", "check the secret GATA_IMAP")
    with town.database.write() as connection:
        mark_failed(connection, GATA, TOWN, NOW - minutes_ago * MINUTE, error)


def test_each_account_has_unit_manager_mode_and_last_reading(town: Town, bo: TestClient) -> None:
    with town.database.write() as connection:
        mark_read(connection, GATA, TOWN, NOW - 5 * MINUTE)

    page = bo.get("/konton").text

    for said in (
        "Gata och park", "gata@exempelby.<wbr>example".replace("<wbr>", ""), "Kim Chef", "Gemensam kö", "Skuggläge",
        "för 5 min sedan", "Inte läst ännu", "Läses",
    ):  # fmt: skip
        assert said in page.replace("<wbr>", "")


def test_an_account_that_cannot_be_read_is_first_with_evidence_and_alert(town: Town, bo: TestClient) -> None:
    fail(town, 40)
    fail(town, 1)
    _, alert = town.alert()

    page = bo.get("/konton").text

    assert page.index('id="a-gata"') < page.index('id="a-kontaktcenter"')
    for said in (
        "Kan inte läsas", "tolv gånger i rad", f'href="/larm/{alert}"', "Läs larmet till Kim Chef",
        "inloggningen nekas", "Misslyckas sedan", "tis 24 nov 08.32",
    ):  # fmt: skip
        assert said in page
    assert "check the secret" not in page


def test_what_was_told_of_says_how_many_days_ago(town: Town, bo: TestClient) -> None:
    fail(town, 40)
    finding, _ = town.alert()
    told = Told(subject="finding", to="kim@exempelby.example", step="0", at=NOW - timedelta(days=3), finding=finding)
    with town.database.write() as connection:
        claim_tellings(connection, TOWN, [told, replace(told, step="1", at=NOW - timedelta(days=1))])

    assert "Dagar sedan larmet: 3" in bo.get("/konton").text
    assert "<dt>Dagar sedan larmet</dt><dd>3</dd>" in bo.get("/konto/gata").text


def test_an_account_that_has_just_failed_is_not_yet_called_unreachable(town: Town, bo: TestClient) -> None:
    fail(town, 1)

    page = bo.get("/konton").text

    assert "Svarar inte just nu" in page
    assert "Kan inte läsas" not in page


def test_the_menu_counts_findings(town: Town, bo: TestClient) -> None:
    town.alert()

    page = bo.get("/ko").text

    assert re.search(r'count-warning">.*1<span class="visually-hidden"> iakttagelse</span>', page)
    assert re.search(r'"open">0</span><span class="visually-hidden"[^>]*> ärenden</span>', page)


def test_the_list_is_sent_again_only_when_it_has_changed(town: Town, bo: TestClient) -> None:
    version = re.search(r"version=(\w+)", bo.get("/konton").text)
    assert version

    same = bo.get(f"/konton/rader?version={version[1]}")
    town.alert()
    other = bo.get(f"/konton/rader?version={version[1]}")

    assert (same.status_code, same.text) == (204, "")
    assert other.status_code == 200
    assert "Kan inte läsas" in other.text


def test_another_organisations_accounts_and_findings_do_not_show(town: Town, enter: Enter) -> None:
    _, alert = town.alert("vatten", WATER)
    bo, vera = enter("bo"), enter("vera")

    assert "Vattenjouren" not in bo.get("/konton").text
    assert "count-warning" not in bo.get("/konton").text
    assert bo.get(f"/larm/{alert}").status_code == 404
    assert "Vattenjouren" in vera.get("/konton").text
    assert "Kontaktcenter</strong>" not in vera.get("/konton").text
    assert vera.get(f"/larm/{alert}").status_code == 200


def test_the_alert_is_shown_as_the_manager_got_it(town: Town, bo: TestClient) -> None:
    _, alert = town.alert()

    page = bo.get(f"/larm/{alert}").text

    for said in (
        "kim.chef@",
        "Kontot Gata och park kan inte läsas",
        "Så gör du: byt lösenord",
        "väntar på att skickas",
    ):
        assert said in page


def test_a_reply_to_a_citizen_is_not_an_alert(town: Town, bo: TestClient) -> None:
    reply = town.answer_automatically(*town.add_ticket(), NOW)

    assert bo.get(f"/larm/{reply}").status_code == 404


def test_a_line_says_when_something_last_came_and_was_handled_and_what_waits(town: Town, bo: TestClient) -> None:
    street = town.site.accounts[1]
    with town.database.write() as connection:
        add_arrived(connection, street, [NOW - 3 * MINUTE, NOW - timedelta(days=1)], NOW)
        add_handled(connection, street, [NOW - timedelta(days=1)])
        note_person(connection, street, NOW - timedelta(days=1))

    page = bo.get("/konton").text

    for said in ("för 3 min sedan", "mån 09.12", "30 dagar: 2 kom, 1 hanterades, 0 röda dagar"):
        assert said in page


def test_a_day_on_which_nobody_could_read_is_red(town: Town, bo: TestClient) -> None:
    town.alert()

    assert "30 dagar: 0 kom, 0 hanterades, 1 röda dagar" in bo.get("/konton").text
    assert re.search(r'tis 24 nov</td>.*?<td role="cell">ja</td>', bo.get("/konto/gata").text, re.DOTALL)


def test_the_register_can_be_taken_along_as_a_table(town: Town, bo: TestClient) -> None:
    answer = bo.get("/konton/konton.csv")

    assert answer.headers["content-disposition"] == 'attachment; filename="konton.csv"'
    assert answer.content.startswith("\ufeffaccount;name;address;".encode())
    assert "gata;Gata och park;gata@exempelby.example;" in answer.text
    assert "vatten" not in answer.text
