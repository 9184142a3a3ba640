"""The ticket's page of what came to a Facebook page: windows, ways, which comment is meant, versions, who sees what."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from domain.account import Account, Channel, FacebookConnection
from domain.category import Secrecy
from domain.clocks import window_closing
from domain.evidence import EvidenceKind
from domain.ids import AccountId, Digest, MessageId, TicketId, UnitId
from domain.message import Arrival, Fate, Mailbox
from domain.outgoing import OutgoingKind
from domain.viewer import MACHINE
from store.accounts import mark_resting
from store.clocks import mark_notice_met, set_clocks
from store.evidence import add_about_message
from store.ledger import note_arrivals
from store.messages import DecidedMessage, add_arrivals, mark_decided
from store.sent import StoredOutgoing, list_of_ticket
from store.waiting import claim_waiting
from tests import builders
from tests.web.conftest import Enter, csrf_of
from tests.web.town import NOW, Town, explained

PAGE = "100000000000001"
ALVA = "300000000000001"


@pytest.fixture
def page(town: Town) -> Account:
    """Give the town a Facebook page of the contact center."""
    page = builders.account(
        id=AccountId("sidan"), name="Exempelby på Facebook", channel=Channel.facebook, address=PAGE,
        facebook=FacebookConnection(secret="facebook", human_agent=True), imap=None, smtp=None,
    )  # fmt: skip
    town.site = replace(town.site, accounts=(*town.site.accounts, page))
    return page


def came(town: Town, page: Account, identity: str, text: str, *, ago: timedelta = timedelta(minutes=1)) -> TicketId:
    """Let Alva write to the page so long ago."""
    ticket, _ = town.add_ticket(
        from_account=page, channel=Channel.facebook, identity=identity, text=text, subject="", sender_address=ALVA,
        sender_name="Alva Tallvinge", arrived_at=NOW - ago,
    )  # fmt: skip
    return ticket


def came_after(town: Town, page: Account, ticket: TicketId, identity: str, text: str) -> MessageId:
    """Let Alva write once more in a ticket."""
    arrival = Arrival(identity=identity, original=text.encode(), media_type="application/json", provider_at=NOW)
    message = builders.message(sender=Mailbox(ALVA, "Alva Tallvinge"), text=text, message_id=f"<{identity}>")
    message = replace(message, arrived_at=NOW, subject="")
    with town.database.write() as connection:
        add_arrivals(connection, page, [arrival], NOW)
        (waiting,) = claim_waiting(connection, "w")
        decided = DecidedMessage(
            id=waiting.id, fate=Fate.ticket, message=message, letter=Digest("f" * 64), ticket=ticket, outgoing=None,
            explanation=explained(),
        )  # fmt: skip
        mark_decided(connection, [decided], "w", at=NOW)
    return waiting.id


def post(client: TestClient, ticket: TicketId, where: str, **fields: str) -> int:
    """Send one of the forms on the ticket's page."""
    path = f"/arende/{ticket}"
    form = {"csrf": csrf_of(client, path), **fields}
    if where == "dolj":
        return client.post(f"{path}/dolj", data=form).status_code
    files = [(name, (None, value)) for name, value in {"seen": "0", **form}.items()]
    return client.post(f"{path}/{where}", files=files).status_code


def queued(town: Town, ticket: TicketId, kind: OutgoingKind) -> list[StoredOutgoing]:
    """Return what is to go out about a ticket."""
    with town.database.read() as connection:
        return [each for each in list_of_ticket(connection, MACHINE, ticket) if each.kind is kind]


def hidden_fields(html: str, name: str) -> set[str]:
    """Return the values of hidden fields of a name."""
    return set(re.findall(rf'name="{name}" value="([^"]*)"', html))


def test_a_message_in_messenger_is_answered_there_and_says_until_when(
    town: Town, page: Account, bo: TestClient
) -> None:
    ticket = came(town, page, "m_1", "Hej, gatlyktan är trasig")

    html = bo.get(f"/arende/{ticket}").text

    assert "I Messenger" in html
    assert "I Messenger går det att svara till" in html
    assert "/dolj" not in html
    assert post(bo, ticket, "svara", recipient=ALVA, text="Vi byter lampan.", way="message") == 303
    [answer] = queued(town, ticket, OutgoingKind.answer)
    assert answer.recipient == ALVA


def test_after_a_week_the_page_says_that_another_way_is_needed(town: Town, page: Account, bo: TestClient) -> None:
    ticket = came(town, page, "m_1", "Hej, gatlyktan är trasig", ago=timedelta(days=8))

    html = bo.get(f"/arende/{ticket}").text

    assert "Tiden för svar i Messenger är ute." in html
    assert f'action="/arende/{ticket}/svara"' not in html


@pytest.mark.parametrize(("days", "private"), [(1, True), (8, False)])
def test_a_comment_is_answered_in_public_and_for_a_week_in_private(
    town: Town, page: Account, bo: TestClient, days: int, private: bool
) -> None:
    ticket = came(town, page, "1_2", "När öppnar badhuset?", ago=timedelta(days=days))

    html = bo.get(f"/arende/{ticket}").text

    assert "Öppet under kommentaren: alla ser det" in html
    assert ("Privat i Messenger: bara en gång" in html) is private
    assert (hidden_fields(html, "recipient"), hidden_fields(html, "comment")) == ({"1_2"}, {"1_2"})


@pytest.mark.parametrize("way", ["public", "private"])
def test_the_comment_that_stood_on_the_page_is_answered(town: Town, page: Account, bo: TestClient, way: str) -> None:
    ticket = came(town, page, "1_2", "När öppnar badhuset?")
    came_after(town, page, ticket, "1_3", "Glöm det")

    status = post(bo, ticket, "svara", recipient="1_2", text="På måndag.", way=way)

    [answer] = queued(town, ticket, OutgoingKind.answer)
    assert (status, answer.recipient) == (303, "1_2")


def test_the_comment_that_stood_on_the_page_is_hidden_and_its_text_stays(
    town: Town, page: Account, bo: TestClient
) -> None:
    ticket = came(town, page, "1_2", "Min granne är sjuk")
    came_after(town, page, ticket, "1_3", "När öppnar badhuset?")

    status = post(bo, ticket, "dolj", comment="1_2", reason="Uppgifter om hälsa")

    [hiding] = queued(town, ticket, OutgoingKind.hiding)
    html = bo.get(f"/arende/{ticket}").text
    assert (status, hiding.recipient) == (303, "1_2")
    assert "Min granne är sjuk" in html
    assert "Kommentaren döljs av Bo Karlsson" in html


@pytest.mark.parametrize("fields", [{"comment": "9_9"}, {"comment": ""}, {}])
def test_no_comment_that_the_ticket_does_not_have_is_hidden(
    town: Town, page: Account, bo: TestClient, fields: dict[str, str]
) -> None:
    ticket = came(town, page, "1_2", "Min granne är sjuk")

    status = post(bo, ticket, "dolj", reason="Fel", **fields)

    assert (status, queued(town, ticket, OutgoingKind.hiding)) == (422, [])


def test_of_several_comments_each_can_be_chosen_and_the_forms_say_which(
    town: Town, page: Account, bo: TestClient
) -> None:
    ticket = came(town, page, "1_2", "Min granne är sjuk")
    came_after(town, page, ticket, "1_3", "När öppnar <badhuset>?")

    last = bo.get(f"/arende/{ticket}").text
    chosen = bo.get(f"/arende/{ticket}?kommentar=1_2").text
    foreign = bo.get(f"/arende/{ticket}?kommentar=9_9").text

    assert (hidden_fields(last, "comment"), hidden_fields(chosen, "comment")) == ({"1_3"}, {"1_2"})
    assert (hidden_fields(chosen, "recipient"), hidden_fields(foreign, "comment")) == ({"1_2"}, {"1_3"})
    assert "Gäller kommentaren: När öppnar &lt;badhuset&gt;?" in last
    assert "Gäller kommentaren: Min granne är sjuk" in chosen
    assert f'href="/arende/{ticket}?kommentar=1_2#svara"' in last


def test_an_edited_text_shows_as_it_reads_now_with_the_earlier_ones_folded(
    town: Town, page: Account, bo: TestClient
) -> None:
    ticket = came(town, page, "1_2", "När öppnar <b>badhuset?")
    with town.database.read() as connection:
        [message] = connection.exec_driver_sql("SELECT id FROM messages").scalars()
    with town.database.write() as connection:
        note_arrivals(
            connection, page,
            [Arrival(identity="1_2", original=b"{}", media_type="application/json", provider_at=NOW)], NOW,
        )  # fmt: skip
        for minutes, text in ((2, "När öppnar biblioteket?"), (4, "När öppnar <i>museet?")):
            at = NOW + timedelta(minutes=minutes)
            add_about_message(
                connection, page, MessageId(message), EvidenceKind.edited, at=at, noted_at=at, key=text,
                details={"text": text},
            )  # fmt: skip

    html = bo.get(f"/arende/{ticket}").text

    now, folded = html.index("När öppnar &lt;i&gt;museet?"), html.index("Visa hur texten löd tidigare")
    earlier = [html.index(text) for text in ("När öppnar &lt;b&gt;badhuset?", "När öppnar biblioteket?")]
    assert now < folded < earlier[0] < earlier[1] < html.index("</details>", folded)
    assert html.count("Den som skrev ändrade texten") == 2


def test_a_sensitive_comment_is_seen_and_hidden_by_its_unit_alone(town: Town, page: Account, enter: Enter) -> None:
    ticket, _ = town.add_ticket(
        from_account=page, channel=Channel.facebook, identity="1_2", text="Min granne är sjuk", subject="",
        sender_address=ALVA, secrecy=Secrecy.SK2, unit=UnitId("social"),
    )  # fmt: skip
    bo, nadja = enter("bo"), enter("nadja")

    assert bo.get(f"/arende/{ticket}?kommentar=1_2").status_code == 404
    form = {"csrf": csrf_of(bo, "/ko"), "comment": "1_2", "reason": "Hälsa"}
    assert bo.post(f"/arende/{ticket}/dolj", data=form).status_code == 404
    assert "Min granne är sjuk" in nadja.get(f"/arende/{ticket}").text
    assert post(nadja, ticket, "dolj", comment="1_2", reason="Uppgifter om hälsa") == 303
    assert len(queued(town, ticket, OutgoingKind.hiding)) == 1


def test_a_ticket_whose_window_closes_says_so_in_the_queue(town: Town, page: Account, bo: TestClient) -> None:
    ticket = came(town, page, "m_1", "Hej", ago=timedelta(hours=21))
    with town.database.write() as connection:
        mark_notice_met(connection, ticket, NOW)
        set_clocks(connection, ticket, lambda clocks: window_closing(clocks, NOW + timedelta(hours=3)))

    html = bo.get("/ko").text

    assert "svar i Messenger" in html


def test_the_account_says_what_the_page_owes_and_that_meta_asks_us_to_wait(
    town: Town, page: Account, bo: TestClient
) -> None:
    came(town, page, "m_1", "Hej, gatlyktan är trasig")
    came(town, page, "1_2", "När öppnar badhuset?")
    with town.database.write() as connection:
        mark_resting(connection, page.id, page.organisation, NOW, NOW + timedelta(minutes=15))

    html = bo.get("/konto/sidan").text

    assert "<dt>Obesvarade i Messenger</dt><dd>1</dd>" in html
    assert "<dt>Obesvarade inlägg och kommentarer</dt><dd>1</dd>" in html
    assert "Meta ber oss fråga mer sällan." in html
