"""How tokens are got, as the settings say it: what fits together, and what comes back."""

import stat
from pathlib import Path

import pytest

from domain.account import OAuth, OAuthKind
from domain.errors import BadInput
from settings.canonical import from_json, to_json
from settings.export import to_toml
from settings.load import load
from settings.secrets import Secrets
from tests.unit.settings.town import faults_of, swap

IMAP = 'imap = { host = "imap.exempelby.example", secret = "mail-kontaktcenter" }'
TOKEN_URL = "https://login.exempelby.example/oauth2/v2.0/token"


def imap(keys: str, secret: str = "") -> str:
    """Return a mailbox with an oauth table of these keys."""
    return f'imap = {{ host = "imap.exempelby.example", {secret}oauth = {{ {keys} }} }}'


RIGHT = f'kind = "client_secret", token_url = "{TOKEN_URL}", client_id = "svarsvakt", client_secret = "app-nyckel"'

FAULTS = {
    "neither password nor token": (
        'imap = { host = "imap.exempelby.example" }',
        "imap] secret: is missing: a user needs one, or an oauth table.",
    ),
    "both password and token": (
        imap(RIGHT, 'secret = "mail", '),
        "imap] secret: is of no use beside the oauth table: take one of them out.",
    ),
    "a kind without its proof": (
        imap(RIGHT.replace('"client_secret"', '"refresh_token"', 1)),
        'imap.oauth] refresh_token: is missing: kind = "refresh_token" needs one.',
    ),
    "a proof of another kind": (
        imap(f'{RIGHT}, certificate = "m365"'),
        'imap.oauth] certificate: is of no use to kind = "client_secret": take it out, or change kind.',
    ),
    "a token server in the clear": (
        imap(RIGHT.replace("https:", "http:")),
        f"imap.oauth] token_url: {TOKEN_URL.replace('https', 'http')!r} is not an address that begins with https://.",
    ),
    "a secret in the place of its name": (
        imap(RIGHT.replace("app-nyckel", "Xy8~hemlig")),
        "imap.oauth] client_secret: is not the name of a secret: use a to z, digits and -, "
        "and never the secret itself.",
    ),
}


@pytest.mark.parametrize("wrong", FAULTS)
def test_one_thing_wrong_with_a_token_is_one_sentence(town: Path, wrong: str) -> None:
    new, sentence = FAULTS[wrong]

    swap(town, "accounts.toml", IMAP, new)

    assert faults_of(town) == (f"accounts.toml [accounts.kontaktcenter.{sentence}",)


def test_a_token_for_alerts_needs_a_user(town: Path) -> None:
    old = '[alert_smtp]\nhost = "smtp.exempelby.example"\n'
    swap(town, "site.toml", old, f"{old}oauth = {{ {RIGHT} }}\n")

    assert faults_of(town) == ("site.toml [alert_smtp] user: is missing: an oauth table needs one.",)


def test_a_token_comes_back_from_json_and_toml(town: Path, tmp_path: Path) -> None:
    swap(town, "accounts.toml", IMAP, imap(f'{RIGHT}, scope = "post", renew_before = "10min"'))
    site = load(town)

    folder = tmp_path / "again"
    folder.mkdir()
    for name, text in to_toml(site).items():
        (folder / name).write_text(text, encoding="utf-8")

    connection = site.accounts[0].imap
    assert connection is not None
    assert isinstance(connection.oauth, OAuth)
    assert connection.oauth.kind is OAuthKind.client_secret
    assert connection.user == "kontaktcenter@exempelby.example"
    assert from_json(to_json(site)) == site
    assert load(folder) == site


def test_a_renewed_secret_replaces_its_file_for_us_alone(tmp_path: Path) -> None:
    (tmp_path / "google-bygg").write_text("r0")
    secrets = Secrets({}, tmp_path)

    secrets.keep("google-bygg", "r1")

    assert secrets.get("google-bygg") == "r1"
    assert [path.name for path in tmp_path.iterdir()] == ["google-bygg"]
    assert stat.S_IMODE((tmp_path / "google-bygg").stat().st_mode) == 0o600


def test_a_secret_of_the_environment_cannot_be_renewed(tmp_path: Path) -> None:
    secrets = Secrets({"SVARSVAKT_SECRET_GOOGLE_BYGG": "r0"}, tmp_path)

    with pytest.raises(BadInput) as refused:
        secrets.keep("google-bygg", "hemligt")

    assert str(refused.value) == (
        'The secret "google-bygg" is renewed now and then: take SVARSVAKT_SECRET_GOOGLE_BYGG away, '
        f"and write it to {tmp_path}/google-bygg."
    )


@pytest.mark.parametrize(
    ("folder", "name", "words"),
    [
        ("missing", "google-bygg", "cannot be written to"),
        ("", "../google-bygg", "is not the name of a secret"),
        (None, "google-bygg", "SVARSVAKT_SECRETS"),
    ],
)
def test_a_secret_that_cannot_be_kept_says_why(tmp_path: Path, folder: str | None, name: str, words: str) -> None:
    secrets = Secrets({}, None if folder is None else tmp_path / folder)

    with pytest.raises(BadInput) as refused:
        secrets.keep(name, "hemligt")

    assert words in str(refused.value)
    assert "hemligt" not in str(refused.value)


def test_a_secret_that_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "google-bygg").mkdir()

    with pytest.raises(BadInput):
        Secrets({}, tmp_path).keep("google-bygg", "hemligt")

    assert [path.name for path in tmp_path.iterdir()] == ["google-bygg"]
