"""Search: words, parts of words, numbers and people, alike on both databases."""

from datetime import timedelta

from domain.category import Secrecy
from domain.ids import AccountId, OutgoingId, TicketId, UnitId
from domain.message import Fate, Mailbox
from domain.outgoing import OutgoingKind
from domain.search import read_question
from domain.viewer import OPERATOR, Viewer
from store.database import Connection, Database
from store.messages import add_arrivals
from store.new_tickets import open_ticket
from store.notes import add_note
from store.outgoing import add_outgoing
from store.said_index import add_said_index, drop_said_index
from store.search import Where, find_history, find_hits
from store.search_index import add_index, drop_index
from store.search_parts import finds_parts, lacks_parts
from store.undone import put_undone
from store.waiting import claim_waiting
from tests.builders import TUESDAY
from tests.contracts.stored import (
    SOCIAL,
    TOWN,
    WATER,
    account,
    arrival,
    decide,
    draft,
    new_ticket,
    person,
    receipt,
    sql,
)

BO = person("kontaktcenter")


def put(
    database: Database, number: int, subject: str = "Hål i vägen", text: str = "Hej", **changes: object
) -> TicketId:
    """Let a mail come in and open a ticket for it; `changes` are of the ticket."""
    new = new_ticket(subject=subject, **changes)
    where = account(organisation=new.organisation)
    with database.write() as connection:
        add_arrivals(connection, where, [arrival(number, identity=f"{new.organisation}/{number}")], TUESDAY)
        (waiting,) = claim_waiting(connection, "w")
        ticket, _ = open_ticket(connection, new)
        sender = Mailbox(new.sender_address, new.sender_name)
        decide(connection, waiting, ticket=ticket, subject=subject, text=text, sender=sender)
    return ticket


def ids(database: Database, said: str, viewer: Viewer = BO, limit: int = 50) -> list[TicketId]:
    """Return the tickets that are found, in order."""
    with database.read() as connection:
        return [hit.ticket.id for hit in find_hits(connection, viewer, read_question(said), limit=limit)]


def write(
    connection: Connection, ticket: TicketId, *, note: str = "", answer: str = "", later: timedelta = timedelta()
) -> OutgoingId | None:  # fmt: skip
    """Let Bo write a note and an answer in a ticket; return the answer's row."""
    at = TUESDAY + timedelta(days=1) + later
    if note:
        add_note(connection, TOWN, ticket, author="Bo", text=note, at=at)
    if not answer:
        return None
    written = draft(f"answer-{ticket}", text=answer, author="Bo")
    return add_outgoing(connection, receipt(kind=OutgoingKind.answer), written, at=at, ticket=ticket)


#: What is asked, and whether the letter below has it.
ASKED = {
    "vägen": True, "VÄGEN": True, "väg": True, "vagen": False, "hål vägen": True, "hål vatten": False,
    "dricksvattnet": True, "dricks": True, '"djupt hål"': True, '"hål djupt"': False, "hål djupt": True, "anna": True,
    "exempel": True, "anna@example.se": True, "example.se": True, "ägen": True, "0701740642": True,
    "+46 70 174 06 42": True, "070-174": True, "070-174 06 43": False, "Andre": True, "' OR 1=1": False,
    "hål NEAR": False, "hål*": True, "hå (": True, "gå (": False, "\x00hål": True,
}  # fmt: skip


def test_a_ticket_is_found_by_its_words_numbers_and_people(database: Database) -> None:
    ticket = put(database, 1, text="Ett djupt hål vid dricksvattnet.\nRing 070 174 06 42, mvh André")

    found = {said: ids(database, said) == [ticket] for said in ASKED}

    assert found == ASKED


def test_a_sender_by_sms_is_found_by_the_number_in_any_form(database: Database) -> None:
    ticket = put(database, 1, subject="", sender_name="", sender_address="+46701740642")

    assert [ids(database, said) for said in ("070-174 06 42", "0046701740642", "17406")] == [[ticket]] * 3


def test_the_newest_come_first_and_a_ticket_stands_there_once(database: Database) -> None:
    first, second = put(database, 1), put(database, 2)
    third = put(database, 3)
    where = account()
    with database.write() as connection:
        add_arrivals(connection, where, [arrival(4)], TUESDAY)
        (waiting,) = claim_waiting(connection, "w")
        decide(connection, waiting, ticket=first, subject="Sv: hål i vägen", text="Än en gång")

    assert ids(database, "vägen") == [first, third, second]
    assert ids(database, "vägen", limit=2) == [first, third]


def test_within_words_is_looked_only_while_there_is_room(database: Database) -> None:
    begins, within = put(database, 1, subject="Vatten på gatan"), put(database, 2, subject="Dricksvatten")

    assert ids(database, "vatten", limit=1) == [begins]
    assert ids(database, "vatten", limit=2) == [within, begins]


def test_the_ticket_that_is_named_stands_first(database: Database) -> None:
    named = put(database, 1)
    names = put(database, 2, text="Det gäller ärende 26-00001")

    assert ids(database, "26-1") == [named, names]
    assert ids(database, "26-00001") == [named, names]


def test_what_staff_wrote_is_found_by_its_words_as_the_newest_of_its_ticket(database: Database) -> None:
    noted, answered = put(database, 1, text="vatten"), put(database, 2, text="vatten")
    with database.write() as connection:
        write(connection, noted, note="Ringde om avloppet", later=timedelta(minutes=1))
        write(connection, answered, answer="Avloppet spolas på tisdag", later=timedelta(minutes=2))

    assert (ids(database, "avlopp"), ids(database, "vatten")) == ([answered, noted], [answered, noted])
    with database.read() as connection:
        found = find_hits(connection, BO, read_question("avloppet"), limit=5)
    assert [(hit.message.where, hit.message.sender_name) for hit in found if hit.message] == [
        (Where.answer, "Bo"), (Where.note, "Bo"),
    ]  # fmt: skip


def test_what_staff_wrote_is_found_by_nobody_outside_the_compartment(database: Database) -> None:
    hidden = put(database, 1, unit=SOCIAL, secrecy=Secrecy.SK2)
    with database.write() as connection:
        write(connection, hidden, note="Ringde om avloppet", answer="Avloppet spolas")

    assert [ids(database, "avloppet", viewer) for viewer in (BO, OPERATOR)] == [[], []]
    assert ids(database, "avloppet", person("va", organisation=WATER)) == []
    assert ids(database, "avloppet", person("social")) == [hidden]


def test_an_answer_that_was_taken_back_is_not_found(database: Database) -> None:
    ticket = put(database, 1)
    with database.write() as connection:
        answer = write(connection, ticket, answer="Avloppet spolas")
        assert answer is not None
        put_undone(connection, answer, "ångrad")

    assert ids(database, "avloppet") == []


def test_what_was_written_before_is_found_when_the_index_is_made(database: Database) -> None:
    ticket = put(database, 1)
    with database.write() as connection:
        write(connection, ticket, note="Ringde om avloppet", answer="Ledningen spolas")

    with database.remake() as connection:
        drop_said_index(connection)
        add_said_index(connection)

    assert [ids(database, said) for said in ("avloppet", "ledningen")] == [[ticket], [ticket]]


def test_one_letter_finds_only_itself(database: Database) -> None:
    ticket = put(database, 1, subject="Plan B")
    put(database, 2, subject="Brand")

    assert ids(database, "b") == [ticket]


def test_nothing_outside_the_compartment_or_the_organisation_is_found_by_word_number_or_part(
    database: Database,
) -> None:
    put(database, 1, subject="hemligt", unit=SOCIAL, secrecy=Secrecy.SK2)
    put(database, 2, subject="hemligt", unit=UnitId("va"), organisation=WATER)

    assert [ids(database, said) for said in ("hemligt", "emlig", "26-00001", "anna@example.se")] == [[]] * 4
    assert len(ids(database, "hemligt", person("social"))) == 1
    assert len(ids(database, "hemligt", person("va", organisation=WATER))) == 1


def test_hidden_tickets_take_no_place_among_those_that_are_shown(database: Database) -> None:
    shown = put(database, 1, subject="vatten")
    for number in range(2, 8):
        put(database, number, subject="vatten", unit=SOCIAL, secrecy=Secrecy.SK2)

    assert ids(database, "vatten", limit=1) == [shown]


def test_history_is_found_in_the_accounts_that_are_asked_for_and_what_is_technical_nowhere(database: Database) -> None:
    where = account()
    with database.write() as connection:
        add_arrivals(connection, where, [arrival(1, history=True), arrival(2)], TUESDAY)
        old, technical = claim_waiting(connection, "w")
        decide(connection, old, fate=Fate.history, subject="gammalt", text="vatten")
        decide(connection, technical, fate=Fate.technical, subject="studs", text="vatten")

    with database.read() as connection:
        question = read_question("vatten")
        found = find_history(connection, BO, question, accounts=[where.id], limit=10)
        elsewhere = find_history(connection, BO, question, accounts=[AccountId("annat")], limit=10)
        nowhere = find_history(connection, BO, question, accounts=[], limit=10)

    assert [each.subject for each in found] == ["gammalt"]
    assert (elsewhere, nowhere) == ((), ())
    assert ids(database, "vatten") == []


def test_the_index_can_be_made_anew_from_the_messages(database: Database) -> None:
    ticket = put(database, 1, text="dricksvatten")

    with database.remake() as connection:
        drop_index(connection)
        add_index(connection)

    assert ids(database, "dricks") == [ticket]
    assert ids(database, "ägen") == [ticket]


def test_without_the_extension_beginnings_are_found_and_nothing_fails(database: Database) -> None:
    ticket = put(database, 1)
    if not database.is_sqlite:
        sql(database, "DROP EXTENSION pg_trgm CASCADE")

    with database.read() as connection:
        parts = finds_parts(connection, BO)

    assert parts is database.is_sqlite
    assert lacks_parts(database.url) is not database.is_sqlite
    assert ids(database, "väg") == [ticket]
    assert ids(database, "ägen") == ([ticket] if parts else [])


def test_a_decision_that_is_not_written_is_not_indexed(database: Database) -> None:
    with database.write() as connection:
        add_arrivals(connection, account(), [arrival(1)], TUESDAY)
        (waiting,) = claim_waiting(connection, "w")
        ticket, _ = open_ticket(connection, new_ticket())
        written = decide(connection, waiting, "somebody else", ticket=ticket, subject="vatten")

    assert not written
    assert ids(database, "vatten") == []
