"""One person by mail and by SMS: shown as the same contact only when they gave both, and never merged."""

from domain.ids import AccountId, TicketId
from domain.viewer import MACHINE
from store.contacts import list_same_contact
from tests.flow.phones import CITIZEN, NUMBERS, Phones

LAMP = "Hej, gatlyktan utanför Storgatan 4 är trasig"
MINE = "+46701740643"


def same(phones: Phones, ticket: TicketId) -> set[TicketId]:
    [shown] = [each for each in phones.tickets() if each.id == ticket]
    accounts = [each.id for each in phones.site.accounts]
    with phones.database.read() as connection:
        found = list_same_contact(
            connection, MACHINE, shown.organisation, shown.sender_address, not_this=ticket, accounts=accounts
        )
    return {each.ticket for each in found}


def test_who_gave_a_number_in_one_message_and_writes_from_it_in_another_is_shown_on_both(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], f"{LAMP}. Mitt andra nummer är {MINE}")
    phones.server.receive(MINE, NUMBERS[0], "När öppnar badhuset i morgon?")
    phones.server.receive("+46701740644", NUMBERS[0], "Det är hål i vägen på Kvarngatan")
    phones.poll()

    by_sender = {each.sender_address: each.id for each in phones.tickets()}
    gave, wrote, other = by_sender[CITIZEN], by_sender[MINE], by_sender["+46701740644"]
    assert (same(phones, gave), same(phones, wrote), same(phones, other)) == ({wrote}, {gave}, set())


def test_what_is_only_quoted_from_elsewhere_makes_nobody_the_same(phones: Phones) -> None:
    phones.server.receive(CITIZEN, NUMBERS[0], f"{LAMP}. Ring {MINE} eller 070-174 06 45")
    phones.server.receive(MINE, NUMBERS[1], "När öppnar badhuset i morgon?")
    phones.poll()

    assert {each.account for each in phones.tickets()} == {AccountId("sms-0"), AccountId("sms-1")}
    assert all(same(phones, each.id) == set() for each in phones.tickets())
