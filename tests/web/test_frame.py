"""What stands around every page: languages, headers, error pages, static files."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from store.schema import users
from tests.web.conftest import csrf_of
from tests.web.town import HERE, Town


def choose(client: TestClient, language: str, next: str = "/ko") -> str:
    """Choose a language; return where one is sent."""
    form = {"csrf": csrf_of(client, "/ko"), "language": language, "next": next}
    return client.post("/sprak", data=form).headers["location"]


@pytest.mark.parametrize(("language", "said"), [("sv", "1 försenat"), ("fi", "1 myöhässä"), ("en", "1 late")])
def test_the_page_speaks_the_chosen_language(town: Town, bo: TestClient, language: str, said: str) -> None:
    town.add_ticket(notice_due_at=town.clock.instant - timedelta(minutes=1))

    back = choose(bo, language, "/konton")
    page = bo.get("/ko").text

    assert back == "/konton"
    assert f'<html lang="{language}">' in page
    assert said in page


@pytest.mark.parametrize("path", ["/ko", "/arende/1", "/konton", "/larm/1", "/nowhere"])
@pytest.mark.parametrize("language", ["fi", "en"])
def test_every_page_is_shown_in_every_language(town: Town, bo: TestClient, language: str, path: str) -> None:
    town.alert()
    town.add_ticket()
    choose(bo, language)

    answer = bo.get(path)

    assert answer.status_code in {200, 404}
    assert f'<html lang="{language}">' in answer.text


def test_a_language_that_is_not_offered_changes_nothing(bo: TestClient) -> None:
    choose(bo, "../../etc/passwd")

    assert '<html lang="sv">' in bo.get("/ko").text


def test_choosing_a_language_leads_nowhere_else(bo: TestClient) -> None:
    assert choose(bo, "fi", "//elsewhere.example") == "/ko"


@pytest.mark.parametrize("path", ["/ko", "/nowhere", "/logga-in", "/static/svarsvakt.css", "/original/1"])
def test_every_answer_carries_the_safe_headers(bo: TestClient, path: str) -> None:
    headers = bo.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "content-security-policy" in headers


def test_pages_allow_no_inline_scripts_and_no_frames_and_are_never_kept(bo: TestClient) -> None:
    headers = bo.get("/ko").headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


def test_over_https_browsers_are_told_to_stay_there(town: Town) -> None:
    client = TestClient(town.app(), base_url="https://testserver")

    assert "max-age" in client.get("/logga-in").headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["/ko", "/arende/1", "/konton", "/larm/1", "/logga-in", "/nowhere"])
def test_no_page_needs_an_inline_script_or_style(town: Town, bo: TestClient, path: str) -> None:
    town.alert()
    town.add_ticket()

    page = bo.get(path).text

    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


def test_an_unknown_page_says_what_to_do(bo: TestClient) -> None:
    answer = bo.get("/nowhere")

    assert answer.status_code == 404
    assert "Sidan finns inte" in answer.text
    assert "Till kön" in answer.text


def test_a_failure_says_what_to_do_and_gives_nothing_away(town: Town) -> None:
    def broken() -> None:
        raise RuntimeError("a secret of the inside")

    client = TestClient(town.app(demo_user="bo", site=broken), HERE, raise_server_exceptions=False)

    answer = client.get("/ko")

    assert answer.status_code == 500
    assert "Något gick fel hos oss" in answer.text
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_wrong_method_is_refused_with_the_right_ones(bo: TestClient) -> None:
    answer = bo.post("/ko")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_htmx_comes_from_its_package(nobody: TestClient) -> None:
    assert "htmx" in nobody.get("/static/htmx/htmx.min.js").text


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.css"])
def test_nothing_else_is_served_as_a_file(nobody: TestClient, path: str) -> None:
    assert nobody.get(path).status_code == 404


def test_the_frame_names_few_units_and_counts_many(town: Town, bo: TestClient) -> None:
    with town.database.write() as connection:
        connection.execute(users.update().where(users.c.name == "cilla").values(units=["gata", "social", "va"]))
    cilla = TestClient(town.app(demo_user="cilla"), HERE)

    assert '<span class="who-units">Kontaktcenter</span>' in bo.get("/ko").text
    assert ">3 verksamheter</span>" in cilla.get("/ko").text
