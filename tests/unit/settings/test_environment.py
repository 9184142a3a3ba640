"""What the environment says of this machine."""

from pathlib import Path

import pytest

from domain.errors import BadInput
from settings.environment import read_environment


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out whatever the developer's own environment says."""
    import os

    for name in [name for name in os.environ if name.startswith("SVARSVAKT_")]:
        monkeypatch.delenv(name)


def test_a_site_folder_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SVARSVAKT_SITE", str(tmp_path))

    environment = read_environment()

    assert environment.site_folder() == tmp_path
    assert environment.database_url() == f"sqlite:///{tmp_path}/svarsvakt.sqlite3"
    assert environment.secrets_folder() == tmp_path / "secrets"
    assert environment.broker == ""
    assert (environment.web.host, environment.web.port) == ("127.0.0.1", 8000)


def test_every_variable_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SVARSVAKT_DATABASE", "postgresql+psycopg://localhost/svarsvakt")
    monkeypatch.setenv("SVARSVAKT_DATABASE_STATEMENT_SECONDS", "120")
    monkeypatch.setenv("SVARSVAKT_DATABASE_IDLE_SECONDS", "0")
    monkeypatch.setenv("SVARSVAKT_DECIDING_PROCESSES", "0")
    monkeypatch.setenv("SVARSVAKT_BROKER", "redis://localhost:6379/0")
    monkeypatch.setenv("SVARSVAKT_SECRETS", str(tmp_path))
    monkeypatch.setenv("SVARSVAKT_WEB__PORT", "8123")
    monkeypatch.setenv("SVARSVAKT_WEB__HOSTS", "svar.exempelby.example *.intern.example")
    monkeypatch.setenv("SVARSVAKT_SECRET_MAIL_BYGG", "hemligt")

    environment = read_environment()

    assert environment.database_url() == "postgresql+psycopg://localhost/svarsvakt"
    assert (environment.database_statement_seconds, environment.database_idle_seconds) == (120, 0)
    assert environment.deciding_processes == 0
    assert environment.broker == "redis://localhost:6379/0"
    assert environment.secrets_folder() == tmp_path
    assert environment.web.port == 8123
    assert environment.web.hosts.split() == ["svar.exempelby.example", "*.intern.example"]


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVARSVAKT_SITE", "")

    assert read_environment().site is None


def test_no_site_says_how_to_make_one() -> None:
    with pytest.raises(BadInput, match="svarsvakt init DIR"):
        read_environment().database_url()


def test_a_misspelt_variable_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVARSVAKT_DATABSE", "postgresql://localhost/svarsvakt")
    monkeypatch.setenv("SVARSVAKT_WEB__PROT", "8123")

    with pytest.raises(BadInput) as caught:
        read_environment()

    assert str(caught.value).splitlines() == [
        'SVARSVAKT_DATABSE is not a setting; did you mean "SVARSVAKT_DATABASE"?',
        'SVARSVAKT_WEB__PROT is not a setting; did you mean "SVARSVAKT_WEB__PORT"?',
    ]


def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVARSVAKT_WEB__PORT", "http")

    with pytest.raises(BadInput, match=r"^SVARSVAKT_WEB__PORT cannot be used: should be a valid integer"):
        read_environment()


@pytest.mark.parametrize("hosts", ["svar*.example", "a.example,b.example", "a.example *b.example", " "])
def test_names_that_no_browser_asks_for_are_refused(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("SVARSVAKT_WEB__HOSTS", hosts)

    with pytest.raises(BadInput, match=r"^SVARSVAKT_WEB__HOSTS cannot be used"):
        read_environment()


def test_no_password_of_a_url_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVARSVAKT_DATABASE", "postgresql://svarsvakt:hemligt@localhost/svarsvakt")
    monkeypatch.setenv("SVARSVAKT_BROKER", "redis://:hemligt@localhost/0")

    assert "hemligt" not in repr(read_environment())
