"""The `[watch]` table: days of the year, ends of secrets, exceptions; and every example of docs/watch.md."""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain.account import Channel
from domain.ids import AccountId
from domain.watching import QuietPeriod, SecretEnd, WatchSettings
from settings.export import plain
from settings.load import load
from settings.watch_table import WatchTable

DOC = (Path(__file__).parents[3] / "docs" / "watch.md").read_text(encoding="utf-8")


def read(**given: Any) -> WatchSettings:
    return WatchTable(**given).to_domain()


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL))
def test_every_example_of_the_page_on_the_watch_can_be_used(block: str) -> None:
    WatchTable(**tomllib.loads(block).get("watch", {})).to_domain()


def test_every_threshold_stands_in_the_page_on_the_watch() -> None:
    assert {key for key in WatchTable.model_fields if f"`{key}`" not in DOC and f"\n{key} = " not in DOC} <= {
        "exceptions"
    }


def test_what_is_not_given_is_as_built_in() -> None:
    assert read() == WatchSettings()


def test_quiet_periods_replace_the_built_in_ones() -> None:
    given = read(quiet_periods=[{"first": "12-20", "last": "01-07", "share": 0.2}])

    assert given.quiet_periods == (QuietPeriod(first=(12, 20), last=(1, 7), share=0.2),)
    assert read(quiet_periods=[]).quiet_periods == ()


@pytest.mark.parametrize("day", ["02-30", "13-01", "6-20", "20 juni", 620])
def test_a_day_that_is_in_no_year_is_refused_in_a_sentence(day: object) -> None:
    with pytest.raises(ValidationError, match='write month and day, as "06-20"'):
        read(quiet_periods=[{"first": day, "last": "08-15", "share": 0.5}])


def test_ends_of_secrets_and_exceptions_come_back_from_the_export() -> None:
    given = read(
        secrets_end={"mail-kontaktcenter": date(2027, 3, 1)},
        quiet_periods=[{"first": "06-20", "last": "08-15", "share": 0.4}],
        exceptions=[{"channel": "facebook", "well_for": "1h"}, {"account": "gata", "unwatched_after": "2h"}],
    )

    assert given.secrets_end == (SecretEnd(secret="mail-kontaktcenter", last=date(2027, 3, 1)),)
    assert [(each.channel, each.account, each.well_for) for each in given.exceptions] == [
        (Channel.facebook, None, timedelta(hours=1)),
        (None, AccountId("gata"), None),
    ]
    assert read(**plain(given)) == given


@pytest.mark.parametrize("mode", ["observe", "watch_only"])
def test_an_address_outside_the_domains_may_be_watched_where_nothing_is_sent_from_it(town: Path, mode: str) -> None:
    accounts = town / "accounts.toml"
    text = accounts.read_text(encoding="utf-8")
    here = 'address = "bygg@exempelby.example"\nauto_reply = "on"'
    outside = f'address = "bygg@annan.example"\nmode = "{mode}"\nauto_reply = "off"'
    accounts.write_text(text.replace(here, outside), encoding="utf-8")

    site = load(town)

    assert site.account(AccountId("bygg")).address == "bygg@annan.example"
