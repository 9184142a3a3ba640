"""What the register adds to the settings: where to write instead, test mails, contact pages, readers."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from domain.errors import SettingsFaults
from settings.accounts_import import import_accounts
from settings.export import to_toml
from settings.folder import read_folder
from settings.init import EXAMPLE
from settings.load import load
from settings.people_import import import_people
from tests.unit.settings.town import swap

CANARY = """
[canary]
sender = "test@outside.example"
every = "1h"

[canary.smtp]
host = "mail.outside.example"
user = "test"
secret = "canary"

[crawl]
every = "12h"
contact = "webb@exempelby.example"
"""
FIRST = 'channel = "email"'


def add(town: Path, file: str, text: str) -> None:
    path = town / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}", encoding="utf-8")


def first_account(town: Path) -> str:
    return next(iter(tomllib.loads((town / "accounts.toml").read_text(encoding="utf-8"))["accounts"]))


def faults_of(town: Path) -> str:
    with pytest.raises(SettingsFaults) as error:
        load(town)
    return str(error.value)


def test_the_whole_comes_back_from_its_toml(town: Path, tmp_path: Path) -> None:
    add(town, "site.toml", CANARY)
    swap(town, "site.toml", "privacy_url", 'contact_pages = "https://www.exempelby.example/kontakt"\nprivacy_url')
    swap(
        town, "accounts.toml", FIRST,
        f'{FIRST}\ncanary = true\npublished = false\nreaders = "noel"\ninstead = "bygg@exempelby.example"',
    )  # fmt: skip

    site = load(town)

    again = tmp_path / "again"
    again.mkdir()
    for name, text in to_toml(site).items():
        (again / name).write_text(text, encoding="utf-8")
    assert load(again) == site
    assert site.organisations[0].contact_pages == ("https://www.exempelby.example/kontakt",)
    assert site.canary.smtp is not None
    account = site.accounts[0]
    assert (account.canary, account.published, account.readers) == (True, False, ("noel",))


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ('instead = "x@annan.example"', "instead: 'x@annan.example' lies outside the domains"),
        ('readers = ["zz"]', 'readers no. 1: there is no person "zz"'),
        ("canary = true", "canary: no test mails are sent: add [canary] to site.toml"),
    ],
)
def test_a_fault_names_the_key_of_the_account(town: Path, key: str, sentence: str) -> None:
    swap(town, "accounts.toml", FIRST, f"{FIRST}\n{key}")

    assert sentence in faults_of(town)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("test@outside.example", "test@exempelby.example", "sender: is one of ours: test mails must come from outside"),
        ('secret = "canary"', "", "site.toml [canary.smtp] secret"),
        ('every = "1h"', 'every = "15min"', "site.toml [canary] every: must be longer than within"),
    ],
)
def test_a_fault_of_the_way_outside_is_told(town: Path, old: str, new: str, sentence: str) -> None:
    add(town, "site.toml", CANARY.replace(old, new))

    assert sentence in faults_of(town)


def test_test_mails_go_to_no_mailbox_whose_mails_are_not_read(town: Path) -> None:
    add(town, "site.toml", CANARY)
    swap(town, "accounts.toml", FIRST, f'{FIRST}\ncanary = true\nmode = "watch_only"')

    assert "test mails go to mailboxes whose mails are read" in faults_of(town)


def test_a_contact_page_is_read_over_https_only(town: Path) -> None:
    swap(town, "site.toml", "privacy_url", 'contact_pages = ["http://www.exempelby.example"]\nprivacy_url')

    assert "an address that begins with https://" in faults_of(town)


def test_the_lists_of_the_page_on_the_register_can_be_imported() -> None:
    page = (Path(__file__).parents[3] / "docs" / "register.md").read_text(encoding="utf-8")
    people, accounts = re.findall(r"```csv\n(.*?)```", page, re.DOTALL)
    folder = read_folder(EXAMPLE)

    assert import_people(folder, people, date(2026, 11, 24)).changed
    found = import_accounts(folder, accounts)
    assert found.added == ("parkering",)
    assert found.known == ("snojour",)
