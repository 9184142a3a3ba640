"""The identity provider: OpenID Connect against the stand-in, and every answer that is not to be believed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.oidc import AWAY_FOR, KNOWN_FOR, OidcProvider
from domain.errors import Unreachable
from domain.signing_in import Attempt, IdentitySettings, NotIdentified
from sandbox.oidc import OidcServer
from tests.flow.installation import SetClock

BACK = "https://svarsvakt.exempelby.example/logga-in/tillbaka"
ATTEMPT = Attempt(state="s" * 43, nonce="n" * 43, verifier="v" * 64)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def server(clock: SetClock) -> Iterator[OidcServer]:
    server = OidcServer(clock, client_secret="hemlig")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def provider(server: OidcServer, clock: SetClock) -> OidcProvider:
    settings = IdentitySettings(issuer=server.issuer, client_id="svarsvakt", secret="entra")
    return OidcProvider(settings, {"entra": "hemlig"}.__getitem__, clock)


def come_back(provider: OidcProvider, attempt: Attempt = ATTEMPT) -> dict[str, str]:
    """Go where the browser is sent, and return what comes back in the address."""
    sent = requests.get(provider.address(attempt, BACK), allow_redirects=False, timeout=10)
    where = urlsplit(sent.headers["location"])
    assert where._replace(query="").geturl() == BACK
    return {name: values[0] for name, values in parse_qs(where.query).items()}


def test_a_browser_that_comes_back_is_somebody(provider: OidcProvider) -> None:
    back = come_back(provider)

    found = provider.identify(back["code"], ATTEMPT, BACK)

    assert back["state"] == ATTEMPT.state
    assert (found.login, found.name, found.groups) == (
        "bo.karlsson@exempelby.example", "Bo Karlsson", frozenset({"kc-agenter"}),
    )  # fmt: skip
    assert found.subject.endswith("|0001")


def test_the_secret_and_the_verifier_stand_in_no_address(provider: OidcProvider) -> None:
    address = provider.address(ATTEMPT, BACK)

    assert "hemlig" not in address
    assert ATTEMPT.verifier not in address
    assert "code_challenge_method=S256" in address


def test_a_code_is_worth_nothing_without_its_verifier(provider: OidcProvider) -> None:
    code = come_back(provider)["code"]

    with pytest.raises(NotIdentified, match="invalid_grant"):
        provider.identify(code, replace(ATTEMPT, verifier="x" * 64), BACK)


def test_a_code_is_used_once(provider: OidcProvider) -> None:
    code = come_back(provider)["code"]
    provider.identify(code, ATTEMPT, BACK)

    with pytest.raises(NotIdentified, match="invalid_grant"):
        provider.identify(code, ATTEMPT, BACK)


@pytest.mark.parametrize(
    ("claims", "named"),
    [
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": ["svarsvakt", "another"], "azp": "another"}, "azp"),
        ({"nonce": "another"}, "nonce"),
        ({"exp": int((NOW - timedelta(hours=1)).timestamp())}, "Expired"),
        ({"nbf": int((NOW + timedelta(hours=1)).timestamp())}, "nbf|InvalidToken"),
        ({"preferred_username": None}, "login_claim"),
        ({"preferred_username": None, "email": "chef@exempelby.example"}, "login_claim"),
    ],
)
def test_a_token_that_is_wrong_in_one_thing_is_not_believed(
    server: OidcServer, provider: OidcProvider, claims: dict[str, object], named: str
) -> None:
    server.claims = claims
    code = come_back(provider)["code"]

    with pytest.raises(NotIdentified, match=named):
        provider.identify(code, ATTEMPT, BACK)


def test_clocks_may_be_two_minutes_apart(server: OidcServer, provider: OidcProvider) -> None:
    server.claims = {each: int((NOW + timedelta(seconds=110)).timestamp()) for each in ("iat", "nbf")}

    assert provider.identify(come_back(provider)["code"], ATTEMPT, BACK).name == "Bo Karlsson"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.example/groups"}}},
        {"hasgroups": True},
    ],
)
def test_groups_that_are_too_many_to_name_are_said_to_be(
    server: OidcServer, provider: OidcProvider, elsewhere: dict[str, object]
) -> None:
    server.claims = {"groups": None, **elsewhere}
    code = come_back(provider)["code"]

    with pytest.raises(NotIdentified, match="use app roles"):
        provider.identify(code, ATTEMPT, BACK)


def test_app_roles_count_though_groups_are_too_many(server: OidcServer, clock: SetClock) -> None:
    server.claims = {"groups": None, "_claim_names": {"groups": "src1"}, "roles": ["kc-agenter"]}
    settings = IdentitySettings(issuer=server.issuer, client_id="svarsvakt", secret="entra", groups_claim="roles")
    provider = OidcProvider(settings, {"entra": "hemlig"}.__getitem__, clock)

    found = provider.identify(come_back(provider)["code"], ATTEMPT, BACK)

    assert found.groups == frozenset({"kc-agenter"})


def test_a_secret_that_has_run_out_is_named_by_its_number_alone(server: OidcServer, provider: OidcProvider) -> None:
    told = "AADSTS7000222: The provided client secret keys for app 'Svarsvakt' of bo@exempelby.example are expired."
    server.refuses_with = {"error": "invalid_client", "error_description": told}
    code = come_back(provider)["code"]

    with pytest.raises(NotIdentified) as refused:
        provider.identify(code, ATTEMPT, BACK)

    assert str(refused.value) == "the provider refused the code: invalid_client (AADSTS7000222)"


def test_keys_of_a_kind_that_is_not_known_hide_no_other(server: OidcServer, provider: OidcProvider) -> None:
    server.more_keys = [{"kty": "AKP", "kid": "ny", "alg": "ML-DSA-44", "pub": "AA"}, {"kty": "RSA", "kid": "halv"}]

    found = provider.identify(come_back(provider)["code"], ATTEMPT, BACK)

    assert found.name == "Bo Karlsson"


def test_a_signature_by_a_key_that_is_not_the_providers_is_not_believed(
    server: OidcServer, provider: OidcProvider
) -> None:
    server.sign_with_a_strange_key()
    code = come_back(provider)["code"]

    with pytest.raises(NotIdentified, match="BadSignature"):
        provider.identify(code, ATTEMPT, BACK)


def test_a_key_that_the_provider_changed_is_asked_for(server: OidcServer, provider: OidcProvider) -> None:
    provider.address(ATTEMPT, BACK)
    server.change_key()

    found = provider.identify(come_back(provider)["code"], ATTEMPT, BACK)

    assert found.name == "Bo Karlsson"


@pytest.mark.parametrize("break_it", [OidcServer.stop, lambda server: setattr(server, "broken_with", 503)])
def test_a_provider_that_is_away_is_said_to_be_and_asked_again(
    server: OidcServer, provider: OidcProvider, clock: SetClock, break_it: Callable[[OidcServer], None]
) -> None:
    provider.address(ATTEMPT, BACK)
    break_it(server)
    clock.at += KNOWN_FOR

    with pytest.raises(Unreachable, match="does not answer"):
        provider.address(ATTEMPT, BACK)

    assert provider.sign_out_address(BACK) == ""


def test_a_provider_that_says_it_is_another_is_not_asked_further(server: OidcServer, clock: SetClock) -> None:
    settings = IdentitySettings(issuer=f"{server.issuer}/", client_id="svarsvakt")

    with pytest.raises(Unreachable, match="mend issuer"):
        OidcProvider(settings, str, clock).address(ATTEMPT, BACK)


def test_one_may_sign_out_there_too(server: OidcServer, provider: OidcProvider) -> None:
    assert provider.sign_out_address(BACK).startswith(f"{server.issuer}/end?client_id=svarsvakt&")


def test_a_provider_that_is_away_is_not_asked_by_everybody(
    server: OidcServer, provider: OidcProvider, clock: SetClock
) -> None:
    server.broken_with = 503
    with pytest.raises(Unreachable):
        provider.address(ATTEMPT, BACK)
    server.broken_with = 0

    with pytest.raises(Unreachable):
        provider.address(ATTEMPT, BACK)
    clock.at += AWAY_FOR

    assert provider.address(ATTEMPT, BACK)
