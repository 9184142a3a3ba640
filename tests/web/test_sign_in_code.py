"""Codes beside the password: asked for, used once, spare ones, and who must use them."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from domain.signing_in import SignInSettings
from domain.viewer import MACHINE, Role
from store.schema import codes, events
from store.users import find_user
from tests.web.conftest import csrf_of, sign_in
from tests.web.town import PASSWORD, Town
from web.code_key import begin_codes as begin_codes_of

SECRET = "a secret of many characters"


@pytest.fixture
def coded(town: Town) -> Town:
    """Give a town where leads must use codes, and others may."""
    town.site = replace(town.site, sign_in=SignInSettings(code_secret="koder", code_for=(Role.lead,)))
    return town


@pytest.fixture
def browser(coded: Town) -> TestClient:
    return TestClient(coded.app(code_secret=lambda _site: SECRET), follow_redirects=False)


def code_now(town: Town, key: str) -> str:
    return pyotp.TOTP(key).at(town.clock.instant)


def key_on(page: str) -> str:
    found = re.search(r'class="code-key">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def spare_on(page: str) -> list[str]:
    return re.findall(r"<code>([A-Z2-9]{4}-[A-Z2-9]{4})</code>", page)


def begin_codes(town: Town, browser: TestClient) -> tuple[str, list[str]]:
    """Begin codes on one's own page; return the key and the spare codes."""
    page = browser.post("/mitt", data={"csrf": csrf_of(browser, "/mitt"), "do": "begin_codes"}).text
    key = key_on(page)
    form = {"csrf": csrf_of(browser, "/mitt"), "do": "confirm_codes", "code": code_now(town, key)}
    answer = browser.post("/mitt", data=form)
    assert answer.status_code == 200
    return key, spare_on(answer.text)


def enter_code(browser: TestClient, code: str) -> int:
    form = {"csrf": csrf_of(browser, "/logga-in/kod"), "code": code}
    return browser.post("/logga-in/kod", data=form).status_code


def test_who_uses_codes_is_let_in_by_the_code_and_not_before(coded: Town, browser: TestClient) -> None:
    assert sign_in(browser, "bo", PASSWORD) == 303
    key, _ = begin_codes(coded, browser)
    coded.clock.instant += timedelta(minutes=1)

    browser.post("/logga-ut", data={"csrf": csrf_of(browser, "/ko")})
    sign_in(browser, "bo", PASSWORD)
    before = browser.get("/ko").status_code
    entered = enter_code(browser, code_now(coded, key))

    assert before == 303
    assert entered == 303
    assert browser.get("/ko").status_code == 200


def test_a_code_is_used_once(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    key, _ = begin_codes(coded, browser)
    browser.post("/logga-ut", data={"csrf": csrf_of(browser, "/ko")})

    sign_in(browser, "bo", PASSWORD)

    assert enter_code(browser, code_now(coded, key)) == 403


def test_a_spare_code_is_used_once(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    _, spare = begin_codes(coded, browser)
    entered = []
    for _ in range(2):
        browser.post("/logga-ut", data={"csrf": csrf_of(browser, "/ko")})
        sign_in(browser, "bo", PASSWORD)
        entered.append(enter_code(browser, spare[0].lower().replace("-", " ")))

    assert len(spare) == 8
    assert entered == [303, 403]


def test_who_must_use_codes_begins_at_the_first_sign_in(coded: Town, browser: TestClient) -> None:
    coded.add_person("lena", "Lena Ek", "kontaktcenter", roles=frozenset({Role.lead}))
    sign_in(browser, "lena", PASSWORD)
    key = key_on(browser.get("/logga-in/kod").text)
    wrong = enter_code(browser, "000000")

    form = {"csrf": csrf_of(browser, "/logga-in/kod"), "code": code_now(coded, key)}
    answer = browser.post("/logga-in/kod", data=form)

    assert wrong == 403
    assert len(spare_on(answer.text)) == 8
    assert browser.get("/ko").status_code == 200


def test_guessing_codes_is_stopped(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    begin_codes(coded, browser)
    browser.post("/logga-ut", data={"csrf": csrf_of(browser, "/ko")})
    sign_in(browser, "bo", PASSWORD)

    statuses = [enter_code(browser, "000000") for _ in range(6)]

    assert statuses == [403] * 5 + [429] or statuses[-1] == 429


def test_half_a_sign_in_ends_after_ten_minutes(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    begin_codes(coded, browser)
    browser.post("/logga-ut", data={"csrf": csrf_of(browser, "/ko")})
    sign_in(browser, "bo", PASSWORD)

    coded.clock.instant += timedelta(minutes=10)

    assert browser.get("/logga-in/kod").headers["location"] == "/logga-in"


def test_codes_are_given_up_with_a_code_only(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    key, _ = begin_codes(coded, browser)
    coded.clock.instant += timedelta(minutes=1)
    statuses = []
    for code in ("000000", code_now(coded, key)):
        form = {"csrf": csrf_of(browser, "/mitt"), "do": "stop_codes", "code": code}
        statuses.append(browser.post("/mitt", data=form).status_code)

    assert statuses == [403, 303]
    assert "Börja använda koder" in browser.get("/mitt").text


def test_a_secret_that_is_missing_lets_nobody_in_and_says_so(coded: Town) -> None:
    browser = TestClient(coded.app(code_secret=lambda _site: ""), follow_redirects=False)
    coded.add_person("lena", "Lena Ek", "kontaktcenter", roles=frozenset({Role.lead}))
    sign_in(browser, "lena", PASSWORD)

    answer = browser.get("/logga-in/kod")

    assert answer.status_code == 503
    assert "Koder kan inte kontrolleras just nu" in answer.text
    assert browser.get("/ko").status_code == 303


def test_a_key_that_somebody_with_the_password_saw_is_worth_nothing_later(coded: Town, browser: TestClient) -> None:
    coded.add_person("lena", "Lena Ek", "kontaktcenter", roles=frozenset({Role.lead}))
    sign_in(browser, "lena", PASSWORD)
    seen = key_on(browser.get("/logga-in/kod").text)
    hers = TestClient(browser.app, follow_redirects=False)

    sign_in(hers, "lena", PASSWORD)

    assert key_on(hers.get("/logga-in/kod").text) != seen
    assert browser.get("/logga-in/kod").headers["location"] == "/logga-in"


def test_a_wrong_code_stands_in_the_log(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    begin_codes(coded, browser)
    browser.post("/logga-ut", data={"csrf": csrf_of(browser, "/ko")})
    sign_in(browser, "bo", PASSWORD)

    enter_code(browser, "000000")

    with coded.database.read() as connection:
        assert connection.scalars(sa.select(events.c.kind).where(events.c.kind == "code_failed")).all()


def test_spare_codes_cannot_be_guessed_from_the_database_alone(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    _, spare = begin_codes(coded, browser)

    with coded.database.read() as connection:
        stored = connection.scalar(sa.select(codes.c.spare))

    assert stored is not None
    assert len(stored) == 8
    assert hashlib.sha256(spare[0].replace("-", "").encode()).hexdigest() not in stored


@pytest.mark.parametrize("do", ["confirm_codes", "stop_codes"])
def test_a_form_without_a_code_is_a_wrong_code(browser: TestClient, do: str) -> None:
    sign_in(browser, "bo", PASSWORD)

    assert browser.post("/mitt", data={"csrf": csrf_of(browser, "/mitt"), "do": do}).status_code == 403


def test_where_nobody_uses_codes_none_is_begun(town: Town, bo: TestClient) -> None:
    form = {"csrf": csrf_of(bo, "/mitt"), "code": "000000"}

    assert [bo.post("/mitt", data={**form, "do": do}).status_code for do in ("begin_codes", "confirm_codes")] == [
        400
    ] * 2


@pytest.mark.parametrize("do", ["confirm_codes", "stop_codes"])
def test_a_secret_that_went_missing_is_said_on_ones_own_page(coded: Town, browser: TestClient, do: str) -> None:
    sign_in(browser, "bo", PASSWORD)
    begin_codes(coded, browser)
    later = TestClient(coded.app(code_secret=lambda _site: ""), follow_redirects=False, cookies=dict(browser.cookies))

    answer = later.post("/mitt", data={"csrf": csrf_of(later, "/mitt"), "do": do, "code": "000000"})

    assert answer.status_code == 503
    assert "Koder kan inte kontrolleras just nu" in answer.text


def test_the_page_with_the_spare_codes_has_forms_that_are_taken(coded: Town, browser: TestClient) -> None:
    coded.add_person("lena", "Lena Ek", "kontaktcenter", roles=frozenset({Role.lead}))
    sign_in(browser, "lena", PASSWORD)
    key = key_on(browser.get("/logga-in/kod").text)
    form = {"csrf": csrf_of(browser, "/logga-in/kod"), "code": code_now(coded, key)}
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.post("/logga-in/kod", data=form).text)

    assert found
    assert browser.post("/sprak", data={"csrf": found[1], "language": "fi"}).status_code == 303


def test_who_passes_by_uses_up_nobodys_tries_of_codes(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    key, _ = begin_codes(coded, browser)
    coded.clock.instant += timedelta(minutes=1)
    typed = browser.app.state.surroundings.tries_by_name  # type: ignore[attr-defined]
    for name in ("/logga-in/kod bo", "code/bo", "bo") * 5:
        assert typed.allows(name, coded.clock.instant)
    form = {"csrf": csrf_of(browser, "/mitt"), "do": "stop_codes", "code": code_now(coded, key)}

    assert browser.post("/mitt", data=form).status_code == 303


def test_a_key_in_use_is_never_shown_again(coded: Town, browser: TestClient) -> None:
    sign_in(browser, "bo", PASSWORD)
    begin_codes(coded, browser)
    with coded.database.read() as connection:
        user = find_user(connection, MACHINE, "bo")
    assert user is not None
    surroundings = browser.app.state.surroundings  # type: ignore[attr-defined]

    again = browser.post("/mitt", data={"csrf": csrf_of(browser, "/mitt"), "do": "begin_codes"}).text

    assert begin_codes_of(surroundings, user) is None
    assert "code-key" not in again
