"""Sign-in, sessions, sign-out, and the demo's visitor."""

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from store.schema import events, sessions, users
from tests.web.conftest import csrf_of, sign_in
from tests.web.town import HERE, PASSWORD, Town
from web import auth


def test_the_right_password_opens_the_page_asked_for(town: Town, nobody: TestClient) -> None:
    asked = nobody.get("/konton").headers["location"]
    form = {"csrf": csrf_of(nobody, asked), "name": "Bo", "password": PASSWORD, "next": "/konton"}

    answer = nobody.post("/logga-in", data=form)

    assert asked == "/logga-in?next=%2Fkonton"
    assert (answer.status_code, answer.headers["location"]) == (303, "/konton")
    assert nobody.get("/konton").status_code == 200


def test_a_wrong_password_and_a_wrong_name_get_the_same_answer(nobody: TestClient) -> None:
    answers = []
    for name in ("bo", "ingen"):
        form = {"csrf": csrf_of(nobody, "/logga-in"), "name": name, "password": "fel", "next": ""}
        answer = nobody.post("/logga-in", data=form)
        answers.append((answer.status_code, answer.text.replace(f'value="{name}"', "")))

    assert answers[0] == answers[1]
    assert answers[0][0] == 403
    assert "Namn och lösenord stämmer inte" in answers[0][1]


def test_a_name_that_nobody_has_costs_a_verification_too(town: Town, nobody: TestClient) -> None:
    auth._nobodys_hash.cache_clear()

    sign_in(nobody, "ingen", "fel")

    assert auth._nobodys_hash.cache_info().misses == 1


def test_guessing_is_stopped_even_when_the_guess_is_right_at_last(town: Town, nobody: TestClient) -> None:
    tries = [sign_in(nobody, "bo", "fel") for _ in range(5)]

    assert tries == [403] * 5
    assert sign_in(nobody, "bo", PASSWORD) == 429
    assert sign_in(nobody, "cilla", PASSWORD) == 303


def test_guessing_is_counted_for_all_processes_and_over_restarts(town: Town) -> None:
    processes = [TestClient(town.app(), follow_redirects=False) for _ in range(5)]

    tries = [sign_in(each, "bo", "fel") for each in processes]

    assert tries == [403] * 5
    assert sign_in(TestClient(town.app(), follow_redirects=False), "bo", PASSWORD) == 429


def test_many_names_from_one_address_are_stopped_and_what_is_typed_is_not_kept(town: Town, nobody: TestClient) -> None:
    tries = [sign_in(nobody, f"namn-{number}", "fel") for number in range(31)]

    assert tries == [403] * 30 + [429]
    with town.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM tries").all()
    assert len(kept) == 31
    assert "namn" not in str(kept)


def test_guessing_may_go_on_after_a_quarter_of_an_hour(town: Town, nobody: TestClient) -> None:
    for _ in range(5):
        sign_in(nobody, "bo", "fel")

    town.clock.instant += town.app().state.surroundings.tries_by_name.window

    assert sign_in(nobody, "bo", PASSWORD) == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(town: Town) -> None:
    client = TestClient(town.app(), follow_redirects=False, base_url="https://testserver")
    form = {"csrf": csrf_of(client, "/logga-in"), "name": "bo", "password": PASSWORD, "next": ""}

    cookie = client.post("/logga-in", data=form).headers["set-cookie"]

    assert cookie.startswith("__Host-svarsvakt-session=")
    for attribute in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert attribute in cookie


def test_only_the_digest_of_the_token_is_stored(town: Town, bo: TestClient) -> None:
    token = bo.cookies["svarsvakt-session"]

    with town.database.read() as connection:
        stored = connection.scalars(sa.select(sessions.c.token_digest)).all()

    assert len(stored) == 1
    assert token not in stored[0]


def test_signing_out_ends_the_session_for_whoever_has_the_cookie(town: Town, bo: TestClient) -> None:
    token = bo.cookies["svarsvakt-session"]

    answer = bo.post("/logga-ut", data={"csrf": csrf_of(bo, "/ko")})
    thief = TestClient(town.app(), follow_redirects=False, cookies={"svarsvakt-session": token})

    assert answer.headers["location"] == "/logga-in"
    assert bo.get("/ko").status_code == 303
    assert thief.get("/ko").status_code == 303


def test_a_session_ends_when_it_is_not_used(town: Town, bo: TestClient) -> None:
    town.clock.instant += town.site.sign_in.idle

    assert bo.get("/ko").status_code == 303


def test_who_has_been_signed_out_is_told_so_and_comes_back_to_the_very_page(town: Town, bo: TestClient) -> None:
    town.clock.instant += town.site.sign_in.idle

    location = bo.get("/ko?hos=mine&kanal=sms").headers["location"]
    page = bo.get(location).text

    assert location == "/logga-in?next=%2Fko%3Fhos%3Dmine%26kanal%3Dsms"
    assert "Du är inte inloggad längre." in page
    assert 'name="next" value="/ko?hos=mine&amp;kanal=sms"' in page


def test_who_has_never_signed_in_is_not_told_that_they_are_out(nobody: TestClient) -> None:
    assert "inte inloggad längre" not in nobody.get("/logga-in").text


OURS = {"sec-fetch-site": "same-origin", "referer": "http://testserver/arende/1/svara?x=1"}


def test_what_was_written_when_the_session_ended_is_not_lost(town: Town, bo: TestClient) -> None:
    ticket, _ = town.add_ticket()
    form = {"csrf": csrf_of(bo, f"/arende/{ticket}"), "act": "note", "note": "Ring <b>Anna</b>"}
    town.clock.instant += town.site.sign_in.idle

    answer = bo.post(f"/arende/{ticket}", data=form, headers=OURS)

    assert answer.status_code == 403
    assert "Du är inte inloggad längre" in answer.text
    assert "Ring &lt;b&gt;Anna&lt;/b&gt;</textarea>" in answer.text
    assert f'href="/logga-in?next=/arende/{ticket}"' in answer.text


def test_nobody_elsewhere_puts_words_on_a_page_of_ours(bo: TestClient) -> None:
    form = {"csrf": "fel", "note": "Ring det här numret"}

    pages = [
        bo.post("/arende/1", data=form, headers=headers).text
        for headers in ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {})
    ]

    assert not any("Ring det" in each for each in pages)
    assert "Ring det" in bo.post("/arende/1", data=form, headers=OURS).text


def test_a_session_in_use_lasts_a_working_day_and_no_longer(town: Town, bo: TestClient) -> None:
    step = town.site.sign_in.idle / 2
    statuses = []
    for _ in range(int(town.site.sign_in.longest / step)):
        town.clock.instant += step
        statuses.append(bo.get("/ko").status_code)

    assert statuses == [200] * (len(statuses) - 1) + [303]


def test_a_page_that_refreshes_itself_keeps_no_session_alive(town: Town, bo: TestClient) -> None:
    town.clock.instant += town.site.sign_in.idle * 0.75
    assert bo.get("/ko/rader").status_code == 200

    town.clock.instant += town.site.sign_in.idle * 0.5

    assert bo.get("/ko/rader").status_code == 401


def test_signing_in_again_ends_the_earlier_session_of_the_browser(town: Town, bo: TestClient) -> None:
    earlier = bo.cookies["svarsvakt-session"]
    form = {"csrf": csrf_of(bo, "/ko"), "name": "cilla", "password": PASSWORD, "next": ""}

    answer = bo.post("/logga-in", data=form)
    thief = TestClient(town.app(), follow_redirects=False, cookies={"svarsvakt-session": earlier})

    assert answer.status_code == 303
    assert bo.get("/ko").status_code == 200
    assert thief.get("/ko").status_code == 303


def test_signing_in_and_out_and_failing_leave_lines_in_the_log(town: Town, nobody: TestClient) -> None:
    sign_in(nobody, "bo", "fel")
    sign_in(nobody, "bo", PASSWORD)
    nobody.post("/logga-ut", data={"csrf": csrf_of(nobody, "/ko")})

    with town.database.read() as connection:
        lines = connection.execute(sa.select(events.c.kind, events.c.actor).order_by(events.c.id)).all()

    assert [tuple(line) for line in lines] == [
        ("sign_in_failed", "user/bo"), ("signed_in", "user/bo"), ("signed_out", "user/bo"),
    ]  # fmt: skip


def test_a_form_from_another_site_is_refused_whatever_it_carries(bo: TestClient) -> None:
    token = csrf_of(bo, "/ko")

    answer = bo.post("/logga-ut", data={"csrf": token}, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert bo.get("/ko").status_code == 200


def test_a_token_of_another_visitor_is_refused(town: Town, bo: TestClient) -> None:
    other = TestClient(town.app(), follow_redirects=False)

    assert bo.post("/logga-ut", data={"csrf": csrf_of(other, "/logga-in")}).status_code == 403


def test_a_form_that_is_too_large_is_refused_before_it_is_read_whole(nobody: TestClient) -> None:
    answer = nobody.post("/logga-in", data={"name": "x" * 50_000})

    assert answer.status_code == 413


def test_what_is_typed_never_becomes_markup(nobody: TestClient) -> None:
    evil = '"><script>alert(1)</script>'
    form = {"csrf": csrf_of(nobody, "/logga-in"), "name": evil, "password": "fel", "next": evil}

    page = nobody.post("/logga-in", data=form).text

    assert "<script>alert" not in page


def test_the_demos_visitor_is_signed_in_and_every_page_says_so(town: Town) -> None:
    ticket, _ = town.add_ticket()
    _, alert = town.alert()
    client = TestClient(town.app(demo_user="bo"), HERE, follow_redirects=False)

    for path in ("/ko", f"/arende/{ticket}", "/konton", f"/larm/{alert}"):
        page = client.get(path).text
        assert "Demo: du är inloggad som Bo Karlsson." in page
        assert "Logga ut" not in page


def test_the_demos_visitor_can_choose_a_language(town: Town) -> None:
    client = TestClient(town.app(demo_user="bo"), HERE, follow_redirects=False)

    client.post("/sprak", data={"csrf": csrf_of(client, "/ko"), "language": "fi", "next": "/ko"})

    assert "olet kirjautunut nimellä" in client.get("/ko").text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("LOCALHOST", 200),
        ("evil.example:8000", 400),
        ("127.0.0.1.evil.example", 400),
        ("evil@localhost", 400),
        ("", 400),
    ],
)
def test_the_demo_answers_only_to_names_of_this_machine(town: Town, host: str, status: int) -> None:
    ticket, _ = town.add_ticket(subject="Hål i vägen")
    client = TestClient(town.app(demo_user="bo"), HERE)

    answer = client.get(f"/arende/{ticket}", headers={"host": host})

    assert answer.status_code == status
    assert ("Hål i vägen" in answer.text) == (status == 200)


def test_where_people_sign_in_the_settings_say_which_names_are_answered_to(town: Town) -> None:
    client = TestClient(town.app(hosts=("svar.exempelby.example",)), "http://svar.exempelby.example")

    assert client.get("/logga-in").status_code == 200
    assert client.get("/logga-in", headers={"host": "evil.example"}).status_code == 400


def test_without_the_demo_nobody_is_signed_in_by_itself(nobody: TestClient) -> None:
    assert "Demo:" not in nobody.get("/logga-in").text


def test_a_name_written_in_many_ways_is_one_name_to_guess_at(nobody: TestClient) -> None:
    tries = [sign_in(nobody, f"bo{chr(0) * number}", "fel") for number in range(6)]

    assert tries == [403] * 5 + [429]


def test_an_address_that_cannot_be_read_leads_to_the_queue(bo: TestClient) -> None:
    answer = bo.get("/logga-in", params={"next": "//["})

    assert (answer.status_code, answer.headers["location"]) == (303, "/ko")


def test_people_who_sign_in_from_one_address_do_not_shut_each_other_out(town: Town) -> None:
    app = town.app()

    tries = [sign_in(TestClient(app, follow_redirects=False), name, PASSWORD) for name in ("bo", "cilla") * 16]

    assert tries == [303] * 32


def test_an_account_of_the_provider_costs_a_verification_too(town: Town, nobody: TestClient) -> None:
    with town.database.write() as connection:
        connection.execute(users.update().where(users.c.name == "bo").values(password_hash="", subject="elsewhere|1"))
    auth._nobodys_hash.cache_clear()

    sign_in(nobody, "bo", "fel")

    assert auth._nobodys_hash.cache_info().misses == 1
