"""What the pages read beside the store's own suites: nothing of others, nothing sensitive."""

import pytest

from domain.category import Secrecy
from domain.ids import OrganisationId, UnitId
from domain.outgoing import SendState
from domain.viewer import MACHINE, OPERATOR, Scope, Viewer
from store.queue_marks import list_queue_marks
from store.sent import get_alert, list_alerts_of_findings
from tests.web.town import NOW, TOWN, WATER, Town, attachment, explained, withheld


def person(organisation: OrganisationId, *units: str) -> Viewer:
    """Return somebody of an organisation and some units."""
    return Viewer(scope=Scope.person, organisation=organisation, units=frozenset(UnitId(unit) for unit in units))


def test_the_marks_are_of_the_message_that_opened_the_ticket(town: Town) -> None:
    first, message = town.add_ticket(attachments=(attachment(),))
    second, _ = town.add_ticket(withheld())
    town.answer_automatically(first, message, NOW)

    with town.database.read() as connection:
        marks = list_queue_marks(connection, person(TOWN), [first, second])

    assert (marks[first].state, marks[first].attachments) == (SendState.sent, 1)
    assert (marks[second].state, marks[second].reply["send"]) == (None, False)


def test_a_message_without_an_explanation_has_empty_marks(town: Town) -> None:
    ticket, _ = town.add_ticket({})

    with town.database.read() as connection:
        assert list_queue_marks(connection, MACHINE, [ticket])[ticket].reply == {}
        assert list_queue_marks(connection, MACHINE, []) == {}


def test_marks_of_a_sensitive_ticket_are_for_its_unit_alone(town: Town) -> None:
    ticket, _ = town.add_ticket(explained(), secrecy=Secrecy.SK2, unit=UnitId("social"))

    with town.database.read() as connection:
        seen = [
            bool(list_queue_marks(connection, viewer, [ticket]))
            for viewer in (person(TOWN, "social"), person(TOWN, "gata"), person(WATER, "social"), OPERATOR)
        ]

    assert seen == [True, False, False, False]


def test_alerts_are_for_their_organisation_alone(town: Town) -> None:
    finding, alert = town.alert()

    with town.database.read() as connection:
        assert get_alert(connection, person(TOWN), alert).finding == finding
        assert [each.id for each in list_alerts_of_findings(connection, person(TOWN), [finding])] == [alert]
        assert list_alerts_of_findings(connection, person(WATER), [finding]) == ()
        with pytest.raises(KeyError):
            get_alert(connection, person(WATER), alert)
