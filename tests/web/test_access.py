"""Nobody reads anything without signing in, on any address."""

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.web.town import Town, explained
from web.app import ROUTES

#: What must work before one is signed in: the sign-in, an alert's link, and what machines ask, who never sign in.
OPEN = {"/logga-in", "/kvittera/{token}", "/healthz", "/readyz", "/metrics"}


def paths(method: str) -> list[str]:
    """Return every address that answers to a method, with a number where it takes one."""
    return sorted(
        route.path.replace("{id:int}", "1").replace("{part:int}", "0")
        for route in ROUTES
        if isinstance(route, Route) and method in (route.methods or ())
    )


@pytest.mark.parametrize("path", [path for path in paths("GET") if path not in OPEN])
def test_a_citizen_without_an_account_is_sent_to_sign_in_or_refused(town: Town, nobody: TestClient, path: str) -> None:
    town.add_ticket(explained(), text="Hålet är djupt")
    town.alert()

    answer = nobody.get(path)

    assert answer.status_code in {303, 401}
    assert answer.headers.get("location", "").startswith("/logga-in") == (answer.status_code == 303)
    assert "djupt" not in answer.text


@pytest.mark.parametrize("path", paths("POST"))
def test_a_form_without_our_token_is_refused(bo: TestClient, path: str) -> None:
    answer = bo.post(path, data={"language": "fi"})

    assert answer.status_code == 403
    assert "Formuläret gäller inte längre" in answer.text


def test_every_address_is_tried_above() -> None:
    assert {route.path for route in ROUTES} == {
        "/", "/ko", "/ko/rader", "/ko/strom", "/arende/{id:int}", "/original/{id:int}", "/konton", "/konton/rader",
        "/kvittera/{token}", "/sok", "/tangenter", "/vyer", "/vyer/{id:int}",
        "/larm/{id:int}", "/logga-in", "/logga-ut", "/sprak", "/arende/{id:int}/svara", "/utskick", "/utskick/{id:int}",
        "/utskick/slapp", "/fil/{id:int}", "/konto/{account}", "/konto/{account}/kvittera/{id:int}",
        "/arende/{id:int}/angra", "/arende/{id:int}/utkast", "/arende/{id:int}/granska", "/arende/{id:int}/har",
        "/bilaga/{id:int}/{part:int}", "/brev/{id:int}",
        "/logga-in/kod",
        "/logga-in/konto", "/logga-in/tillbaka", "/logga-in/avsluta",
        "/konton/konton.csv", "/statistik", "/statistik/statistik.csv",
        "/titta", "/titta/{id:int}", "/regler", "/regler/{rule}", "/kategorier", "/kategorier/{category}", "/prova",
        "/prov", "/prov/{id:int}", "/prov/{id:int}/lage", "/prov/{id:int}/stopp",
        "/arende/{id:int}/dolj", "/healthz", "/readyz", "/metrics",
        "/mitt", "/oversikt", "/logg", "/anvandare", "/anvandare/{id:int}",
    }  # fmt: skip
