"""The ticket's page names what else may be of the same person, to those who may see it."""

from starlette.testclient import TestClient

from domain.account import Channel
from domain.category import Secrecy
from store.contacts import ContactPoint, add_contact_points
from tests.web.town import TOWN, Town

NUMBER = "+46701740642"


def pair(town: Town, **changes: object) -> tuple[int, int]:
    """Put a mail whose sender gave a number, and an SMS from it."""
    mail, message = town.add_ticket(**changes)
    text, _ = town.add_ticket(channel=Channel.sms, sender_address=NUMBER)
    with town.database.write() as connection:
        add_contact_points(connection, [ContactPoint(TOWN, message, "anna@example.se", NUMBER)])
    return mail, text


def test_each_names_the_other(town: Town, bo: TestClient) -> None:
    mail, text = pair(town)

    assert f'Samma kontakt: <a href="/arende/{text}">' in bo.get(f"/arende/{mail}").text
    assert f'Samma kontakt: <a href="/arende/{mail}">' in bo.get(f"/arende/{text}").text


def test_a_sensitive_ticket_is_not_named_to_who_may_not_see_it(town: Town, bo: TestClient) -> None:
    mail, text = pair(town)
    with town.database.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE tickets SET secrecy = '{Secrecy.SK2}', unit_id = 'social' WHERE id = {mail}"
        )

    assert "Samma kontakt" not in bo.get(f"/arende/{text}").text
