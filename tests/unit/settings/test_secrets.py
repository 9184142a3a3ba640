"""Secrets come from the environment or a folder, and are shown nowhere."""

import pickle
from pathlib import Path

import pytest

from domain.errors import BadInput
from settings.secrets import Secrets


def test_the_environment_goes_first(tmp_path: Path) -> None:
    (tmp_path / "mail-bygg").write_text("from the file")

    secrets = Secrets({"SVARSVAKT_SECRET_MAIL_BYGG": "from the environment"}, tmp_path)

    assert secrets.get("mail-bygg") == "from the environment"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_file_counts_without_its_last_newline(tmp_path: Path, ending: str) -> None:
    (tmp_path / "mail-bygg").write_bytes(" hemligt å ".encode() + ending.encode())

    assert Secrets({}, tmp_path).get("mail-bygg") == " hemligt å "


def test_a_missing_secret_names_both_places(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        Secrets({}, tmp_path).get("mail-bygg")

    assert str(caught.value) == (
        f'The secret "mail-bygg" is missing: set SVARSVAKT_SECRET_MAIL_BYGG, or write it to {tmp_path}/mail-bygg.'
    )


def test_without_a_folder_the_environment_is_the_only_place() -> None:
    secrets = Secrets({"SVARSVAKT_SECRET_MAIL_BYGG": "hemligt"}, None)

    assert secrets.get("mail-bygg") == "hemligt"
    with pytest.raises(BadInput) as caught:
        secrets.get("mail-gata")
    assert str(caught.value) == (
        'The secret "mail-gata" is missing: set SVARSVAKT_SECRET_MAIL_GATA, or name a folder with SVARSVAKT_SECRETS.'
    )


def test_an_empty_secret_is_missing(tmp_path: Path) -> None:
    (tmp_path / "mail-bygg").write_text("\n")

    with pytest.raises(BadInput, match="is missing"):
        Secrets({"SVARSVAKT_SECRET_MAIL_BYGG": ""}, tmp_path).get("mail-bygg")


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is missing"):
        Secrets({}, tmp_path / "nowhere").get("mail-bygg")


def test_a_secret_that_cannot_be_read_is_not_called_missing(tmp_path: Path) -> None:
    (tmp_path / "mail-bygg").mkdir()
    (tmp_path / "mail-gata").write_bytes("å".encode("latin-1"))

    with pytest.raises(BadInput, match="cannot be read from"):
        Secrets({}, tmp_path).get("mail-bygg")
    with pytest.raises(BadInput, match="it is not UTF-8"):
        Secrets({}, tmp_path).get("mail-gata")


@pytest.mark.parametrize("name", ["../passwd", "/etc/passwd", "a/b"])
def test_a_name_does_not_leave_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (tmp_path / "passwd").write_text("x")

    with pytest.raises(BadInput, match="is not the name of a secret"):
        Secrets({}, folder).get(name)


def test_secrets_show_nothing_of_what_they_hold(tmp_path: Path) -> None:
    secrets = Secrets({"SVARSVAKT_SECRET_A": "hemligt"}, tmp_path)

    assert "hemligt" not in f"{secrets!r} {secrets} {[secrets]}"


def test_secrets_are_not_pickled(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(Secrets({"SVARSVAKT_SECRET_A": "hemligt"}, tmp_path))
