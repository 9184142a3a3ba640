"""Signing in with the organisation's account, against a provider that speaks the real protocol."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import sqlalchemy as sa
from starlette.testclient import TestClient

from connectors.oidc import OidcProvider
from domain.ids import TicketId, UnitId, UserId
from domain.signing_in import IdentitySettings, Membership
from domain.viewer import MACHINE, Role
from sandbox.oidc import OidcPerson, OidcServer
from store.schema import events, sign_ins, users
from store.tickets import get_ticket
from tests.web.conftest import csrf_of
from tests.web.test_ticket_page import kinds
from tests.web.town import TOWN, WATER, Town

MEMBERS = (
    Membership(group="kc-agenter", organisation=TOWN, units=(UnitId("kontaktcenter"),), roles=(Role.agent,)),
    Membership(group="kc-ledare", organisation=TOWN, units=(UnitId("kontaktcenter"),), roles=(Role.lead,)),
    Membership(group="vatten", organisation=WATER, units=(UnitId("va"),), roles=(Role.agent,)),
)


@pytest.fixture
def server(town: Town) -> Iterator[OidcServer]:
    server = OidcServer(town.clock)
    server.start()
    town.site = replace(
        town.site,
        identity=IdentitySettings(
            issuer=server.issuer, client_id="svarsvakt", label="Exempelby konto", members=MEMBERS
        ),
    )
    yield server
    server.stop()


@pytest.fixture
def browser(town: Town, server: OidcServer) -> TestClient:
    assert town.site.identity is not None
    provider = OidcProvider(town.site.identity, str, town.clock)
    return TestClient(town.app(provider=lambda _site: provider), follow_redirects=False)


def there_and_back(browser: TestClient, next: str = "/konton") -> str:
    """Go to the provider as the browser is sent; return where it is sent back to."""
    there = browser.get(f"/logga-in/konto?next={next}").headers["location"]
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=10).headers["location"])
    return f"{back.path}?{back.query}"


def user_named(town: Town, name: str) -> sa.RowMapping | None:
    with town.database.read() as connection:
        return connection.execute(sa.select(users).where(users.c.name == name)).mappings().first()


def holder_in(town: Town, ticket: TicketId) -> UserId | None:
    with town.database.read() as connection:
        return get_ticket(connection, MACHINE, ticket).assignee


def test_the_provider_lets_somebody_in_to_the_page_asked_for(town: Town, browser: TestClient) -> None:
    answer = browser.get(there_and_back(browser))

    assert (answer.status_code, answer.headers["location"]) == (303, "/konton")
    assert "Bo Karlsson" in browser.get("/ko").text
    made = user_named(town, "bo.karlsson@exempelby.example")
    assert made is not None
    assert (made["organisation_id"], made["units"], made["roles"]) == (TOWN, ["kontaktcenter"], ["agent"])


def test_the_sign_in_page_offers_both_ways(browser: TestClient) -> None:
    page = browser.get("/logga-in?next=/konton").text

    assert "Logga in med Exempelby konto" in page
    assert 'href="/logga-in/konto?next=/konton"' in page
    assert 'autocomplete="current-password"' in page


def test_rights_are_what_the_groups_give_today(town: Town, server: OidcServer, browser: TestClient) -> None:
    browser.get(there_and_back(browser))
    server.person = OidcPerson(name="Bo Karlsson Ek", groups=["kc-ledare", "kc-agenter"])

    browser.get(there_and_back(browser))

    now = user_named(town, "bo.karlsson@exempelby.example")
    assert now is not None
    assert (now["display_name"], now["roles"]) == ("Bo Karlsson Ek", ["agent", "lead"])


def test_groups_of_two_organisations_do_not_add_up(town: Town, server: OidcServer, browser: TestClient) -> None:
    server.person = OidcPerson(groups=["vatten", "kc-agenter"])

    browser.get(there_and_back(browser))

    made = user_named(town, "bo.karlsson@exempelby.example")
    assert made is not None
    assert (made["organisation_id"], made["units"]) == (TOWN, ["kontaktcenter"])


@pytest.mark.parametrize(("login", "person"), [("Nadja@exempelby.example", "nadja"), ("nadja@elsewhere.example", None)])
def test_a_manager_is_known_by_the_address_in_our_domains(
    town: Town, server: OidcServer, browser: TestClient, login: str, person: str | None
) -> None:
    server.person = OidcPerson(login=login)

    browser.get(there_and_back(browser))

    made = user_named(town, login.lower())
    assert made is not None
    assert made["person_id"] == person


def test_who_is_in_no_group_of_ours_is_told_whom_to_ask(server: OidcServer, browser: TestClient) -> None:
    server.person = OidcPerson(groups=["annat"])

    answer = browser.get(there_and_back(browser))

    assert answer.status_code == 403
    assert "ingen behörighet i Svarsvakt" in answer.text
    assert browser.get("/ko").status_code == 303


def test_a_local_account_is_not_taken_over_by_its_name(town: Town, server: OidcServer, browser: TestClient) -> None:
    server.person = OidcPerson(login="BO")

    assert browser.get(there_and_back(browser)).status_code == 403

    local = user_named(town, "bo")
    assert local is not None
    assert local["subject"] is None


def test_who_was_shut_out_stays_out(town: Town, browser: TestClient) -> None:
    browser.get(there_and_back(browser))
    with town.database.write() as connection:
        connection.execute(users.update().values(closed_at=town.clock.instant))

    assert browser.get("/ko").status_code == 303
    assert browser.get(there_and_back(browser)).status_code == 403


def test_a_way_back_is_used_once(browser: TestClient) -> None:
    back = there_and_back(browser)
    browser.get(back)

    assert browser.get(back).status_code == 400


def test_another_browser_cannot_come_back_by_it(town: Town, browser: TestClient) -> None:
    back = there_and_back(browser)
    assert town.site.identity is not None
    provider = OidcProvider(town.site.identity, str, town.clock)
    other = TestClient(town.app(provider=lambda _site: provider), follow_redirects=False)

    assert other.get(back).status_code == 400


def test_a_state_that_is_not_ours_is_refused(browser: TestClient) -> None:
    back = there_and_back(browser)

    answer = browser.get(back.replace("state=", "state=x"))

    assert answer.status_code == 400
    assert "började i ett annat fönster" in answer.text


def test_who_gives_up_at_the_provider_is_back_at_the_sign_in(server: OidcServer, browser: TestClient) -> None:
    server.person = None

    answer = browser.get(there_and_back(browser))

    assert answer.status_code == 403
    assert "Inloggningen avbröts" in answer.text


def test_a_provider_that_is_away_is_said_to_be(server: OidcServer, browser: TestClient) -> None:
    server.broken_with = 503

    answer = browser.get("/logga-in/konto")

    assert answer.status_code == 503
    assert "svarar inte just nu" in answer.text


def test_an_answer_that_is_forged_signs_nobody_in(server: OidcServer, browser: TestClient) -> None:
    server.sign_with_a_strange_key()

    answer = browser.get(there_and_back(browser))

    assert answer.status_code == 403
    assert browser.get("/ko").status_code == 303


def test_the_next_page_is_ours_whatever_was_asked_for(browser: TestClient) -> None:
    answer = browser.get(there_and_back(browser, next="https://elsewhere.example/"))

    assert answer.headers["location"] == "/ko"


def test_signing_out_offers_to_sign_out_there_too(server: OidcServer, browser: TestClient) -> None:
    browser.get(there_and_back(browser))

    out = browser.post("/logga-ut", data={"csrf": csrf_of(browser, "/ko")}).headers["location"]

    assert "Logga ut även från Exempelby konto" in browser.get(out).text
    form = {"csrf": csrf_of(browser, out)}
    assert browser.get("/logga-in/avsluta").status_code == 405
    assert browser.post("/logga-in/avsluta", data={}).status_code == 403
    leaving = browser.post("/logga-in/avsluta", data=form)
    assert leaving.headers["refresh"].startswith(f"0; url={server.issuer}/end?")
    assert f'href="{server.issuer}/end?' in leaving.text


def test_what_a_visit_was_bound_to_is_not_kept(town: Town, browser: TestClient) -> None:
    browser.get(there_and_back(browser))

    with town.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sign_ins)) == 0


def test_sessions_end_when_somebody_moves_to_another_organisation(
    town: Town, server: OidcServer, browser: TestClient
) -> None:
    browser.get(there_and_back(browser))
    other = TestClient(browser.app, follow_redirects=False)
    server.person = OidcPerson(groups=["vatten"])

    other.get(there_and_back(other))

    assert browser.get("/ko").status_code == 303
    assert other.get("/ko").status_code == 200
    assert other.get("/mitt").text.count("den här") == 1


def test_what_somebody_holds_and_sees_no_more_is_nobodys_after_a_move(
    town: Town, server: OidcServer, browser: TestClient
) -> None:
    ticket, _ = town.add_ticket()
    browser.get(there_and_back(browser))
    browser.post(f"/arende/{ticket}", data={"csrf": csrf_of(browser, "/ko"), "act": "take"})
    browser.get(there_and_back(browser))
    stays = holder_in(town, ticket)
    server.person = OidcPerson(groups=["vatten"])

    browser.get(there_and_back(browser))

    assert stays is not None
    assert holder_in(town, ticket) is None
    assert kinds(town.database, ticket)[-1] == ("released", "identity provider")


def test_changed_rights_stand_in_the_log(town: Town, server: OidcServer, browser: TestClient) -> None:
    browser.get(there_and_back(browser))
    browser.get(there_and_back(browser))
    server.person = OidcPerson(groups=["kc-ledare"])
    browser.get(there_and_back(browser))

    with town.database.read() as connection:
        kinds = connection.scalars(sa.select(events.c.kind).where(events.c.kind == "rights_changed")).all()

    assert len(kinds) == 1


def test_the_log_says_who_was_added(town: Town, server: OidcServer, browser: TestClient) -> None:
    server.person = OidcPerson(groups=["kc-ledare"])
    browser.get(there_and_back(browser))

    page = browser.get("/logg").text

    assert "Ny användare: bo.karlsson@exempelby.example" in page
    assert "identity provider" not in page


def test_two_first_sign_ins_at_once_make_one_account(town: Town, browser: TestClient) -> None:
    back = there_and_back(browser)
    added: list[str] = []

    def add_first(connection: sa.Connection, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        """Let the other window's account be there when this one's is about to be added."""
        if statement.startswith("INSERT INTO users") and not added:
            added.append(statement)
            connection.exec_driver_sql(statement, parameters)

    sa.event.listen(town.database.engine, "before_cursor_execute", add_first)
    answer = browser.get(back)
    sa.event.remove(town.database.engine, "before_cursor_execute", add_first)

    assert added
    assert (answer.status_code, answer.headers["location"]) == (303, "/konton")
    assert browser.get("/ko").status_code == 200


def test_a_membership_that_the_settings_no_longer_have_ends_sessions_at_once(town: Town, browser: TestClient) -> None:
    browser.get(there_and_back(browser))
    assert town.site.identity is not None
    town.site = replace(town.site, identity=replace(town.site.identity, members=MEMBERS[1:]))

    after = browser.get("/ko").status_code
    with town.database.read() as connection:
        ended = connection.scalars(sa.select(events.c.kind).where(events.c.kind == "session_ended")).all()

    assert after == 303
    assert len(ended) == 1


def test_a_membership_that_somebody_else_has_ends_no_session_with_it(town: Town, browser: TestClient) -> None:
    browser.get(there_and_back(browser))
    assert town.site.identity is not None
    town.site = replace(town.site, identity=replace(town.site.identity, members=MEMBERS[:1]))

    assert browser.get("/ko").status_code == 200
