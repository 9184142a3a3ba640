"""Indicators of a small month, counted by hand, from mails that went through every step; on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.ids import UnitId
from domain.indicator import Promises
from domain.rerouting import RerouteReason
from domain.span import Span
from domain.viewer import MACHINE, Role, Scope, Viewer
from pipeline.decide import decide
from pipeline.indicators import read_promises, read_watched
from pipeline.receive import receive
from pipeline.send import send
from store.corrections import Correction, add_correction
from store.database import Database
from store.schema import tickets
from tests.flow.installation import Installation, mail

NOVEMBER = Span(first=date(2026, 11, 1), last=date(2026, 11, 30))


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def visit(town: Installation) -> None:
    receive(town.runtime, town.account)
    decide(town.runtime)
    send(town.runtime)


def promises(town: Installation, viewer: Viewer = MACHINE) -> tuple[Promises, ...]:
    with town.database.read() as connection:
        return read_promises(connection, town.site, viewer, NOVEMBER, town.clock.now())


def test_a_month_counted_by_hand(town: Installation) -> None:
    """Two mails on Tuesday at 9.12: one is answered at 11.12 by flag, of the other nobody takes notice."""
    first = town.arrives(mail())
    town.arrives(mail(id="<2@example.se>", sender="bo@example.se"))
    visit(town)
    town.clock.forward(hours=2)
    town.mailbox().set_flags(first, "\\Seen", "\\Answered")
    visit(town)
    town.clock.at = datetime(2026, 11, 27, 12, tzinfo=UTC)

    [figures] = promises(town)

    assert (figures.month, figures.unit, figures.channel) == (date(2026, 11, 1), "gata", "email")
    assert figures.received == 2
    assert (figures.notices_owed, figures.notices_in_time, figures.notices_automatic) == (2, 2, 2)
    assert (figures.answers_owed, figures.answered_in_time, figures.answered) == (2, 1, 1)
    assert figures.open_late == 1
    assert figures.median_open_time == figures.p95_open_time == timedelta(hours=2)
    assert figures.is_few


def test_an_answer_on_the_next_day_took_open_time_alone(town: Installation) -> None:
    identity = town.arrives(mail())
    visit(town)
    town.clock.forward(days=1)
    town.mailbox().set_flags(identity, "\\Answered")
    visit(town)

    [figures] = promises(town)

    # From 9.12 to 16.30, and from 8.00 to 9.12.
    assert figures.median_open_time == timedelta(hours=8, minutes=30)


def test_what_arrived_in_another_month_is_not_counted(town: Installation) -> None:
    town.arrives(mail())
    visit(town)
    with town.database.write() as connection:
        connection.execute(tickets.update().values(arrived_at=datetime(2026, 10, 31, 22, 59, tzinfo=UTC)))

    assert promises(town) == ()


def test_nobody_counts_what_they_may_not_see(town: Installation) -> None:
    town.arrives(mail("Det brinner i trapphuset!", subject="Brand"))
    visit(town)
    organisation = town.site.organisations[0].id
    outside = Viewer(scope=Scope.person, organisation=organisation, roles=frozenset({Role.manager}))

    assert promises(town, outside) == ()
    assert len(promises(town)) == 1


def test_days_watched_are_counted_of_the_days_on_which_something_waited(town: Installation) -> None:
    identity = town.arrives(mail())
    visit(town)
    town.clock.forward(days=2)
    town.mailbox().set_flags(identity, "\\Seen")
    visit(town)

    with town.database.read() as connection:
        found = read_watched(connection, town.site, MACHINE, NOVEMBER, town.clock.now())

    # It waited on Wednesday, and was read on Thursday.
    [center] = [each for each in found if each.account.id == town.account]
    assert (center.received, center.days_waiting, center.days_watched) == (1, 2, 1)
    assert len(found) == 2


def test_a_ticket_that_a_wrong_address_sent_astray_is_counted_by_unit(town: Installation) -> None:
    for number in range(2):
        town.arrives(mail(id=f"<{number}@example.se>", sender=f"p{number}@example.se"))
    visit(town)
    first, second = sorted(town.tickets(), key=lambda each: each.id)
    for ticket, reason in ((first, RerouteReason.wrong_contact), (second, RerouteReason.wrongly_sorted)):
        with town.database.write() as connection:
            add_correction(
                connection,
                Correction(
                    ticket=ticket.id, organisation=ticket.organisation, at=town.clock.now(), by="user/bo",
                    was_unit=UnitId("kontaktcenter"), unit=ticket.unit, was_category=ticket.category,
                    category=ticket.category, reason=reason,
                ),
            )  # fmt: skip

    [figures] = promises(town)

    assert (figures.received, figures.wrong_contact) == (2, 1)
