"""What happened in the accounts, by Stockholm's days, on both databases."""

from datetime import UTC, date, datetime

from domain.ids import AccountId
from domain.register import Count
from domain.viewer import MACHINE
from store.account_days import list_counts
from store.database import Database
from store.traffic import add_arrived, add_handled
from tests.contracts.stored import account

TODAY, YESTERDAY = date(2026, 11, 24), date(2026, 11, 23)


def test_hours_are_summed_by_the_day_in_stockholm(database: Database) -> None:
    here, other = account(), account(id=AccountId("gata"))
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    just_after_midnight = datetime(2026, 11, 23, 23, 5, tzinfo=UTC)
    just_before = datetime(2026, 11, 23, 22, 55, tzinfo=UTC)
    with database.write() as connection:
        add_arrived(connection, here, [just_after_midnight, now, now, just_before], now)
        add_handled(connection, here, [now])
        add_arrived(connection, other, [now], now)

    with database.read() as connection:
        counts = set(list_counts(connection, MACHINE, [here.id], [YESTERDAY, TODAY]))

    assert counts == {Count(here.id, TODAY, 3, 1), Count(here.id, YESTERDAY, 1, 0)}


def test_no_accounts_and_no_days_are_no_question(database: Database) -> None:
    with database.read() as connection:
        assert list(list_counts(connection, MACHINE, [], [TODAY])) == []
        assert list(list_counts(connection, MACHINE, [account().id], [])) == []
