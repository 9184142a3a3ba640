"""What a citizen writes in addition lands in its ticket, unless that hides it from those who must see it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.category import Category, Secrecy, Word
from domain.follow_up import FollowUpSettings
from domain.ids import AccountId, CategoryId, OrganisationId, ScheduleId, UnitId
from domain.organisation import Unit
from domain.outgoing import Rendered
from domain.site import Site
from domain.ticket import Ticket, TicketStatus
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.receive import receive
from store.clocks import mark_answer_met
from store.database import Connection, Database
from store.events import list_of_ticket as events_of
from store.messages import list_of_ticket
from store.schema import tickets
from store.tickets import list_tickets
from tests.flow.installation import Installation, mail, small_site

DAY = timedelta(days=1)
CARE = AccountId("omsorg")
WATER = AccountId("vatten")


def wide_site() -> Site:
    """Return the small town with a care unit, and a water company of its own."""
    base = small_site()
    center = base.accounts[0]
    company = replace(base.organisations[0], id=OrganisationId("vatten"), name="Vatten AB", domains=("vatten.example",))
    care = Unit(id=UnitId("omsorg"), name="Omsorg", organisation=center.organisation, schedule=ScheduleId("kontor"))
    social = replace(care, id=UnitId("socialtjanst"), name="Socialtjänst")
    water = replace(care, id=UnitId("vatten"), name="Vatten", organisation=company.id)
    return replace(
        base,
        organisations=(*base.organisations, company),
        units=(*base.units, care, social, water),
        accounts=(
            *base.accounts,
            replace(center, id=CARE, unit=care.id, address="omsorg@exempelby.example"),
            replace(center, id=WATER, unit=water.id, organisation=company.id, address="kund@vatten.example"),
        ),
        categories=(
            *base.categories,
            Category(
                id=CategoryId("aldre"), name="Äldre", unit=care.id, secrecy=Secrecy.SK2,
                words=(Word("hemtjänst*", "sv", 3.0),),
            ),
            Category(
                id=CategoryId("ekb"), name="Ekonomiskt bistånd", unit=social.id, secrecy=Secrecy.SK2,
                words=(Word("försörjningsstöd*", "sv", 3.0),),
            ),
        ),
    )  # fmt: skip


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database, site=wide_site())
    installation.connect()
    return installation


def answered(town: Installation, text: str) -> Rendered:
    """Let a mail arrive, and return the receipt it got."""
    town.arrives(mail(text, subject="Fråga"))
    town.round()
    town.clock.forward(minutes=30)
    return town.wires.out.sent[-1]


def replies(town: Installation, receipt: Rendered, text: str, to: AccountId, extra: tuple[str, ...] = ()) -> None:
    """Let the citizen's reply to a receipt arrive in an account."""
    town.arrives(
        mail(text, subject="Fråga", id="<2@example.se>", to=town.site.account(to).address,
             extra=(f"In-Reply-To: {receipt.message_id}", *extra)),
        to,
    )  # fmt: skip
    receive(town.runtime, to)
    decide(town.runtime)


def test_a_reply_to_the_same_mailbox_joins_its_ticket(town: Installation) -> None:
    receipt = answered(town, "Det är ett hål i vägen på Storgatan.")

    replies(town, receipt, "Jag glömde: hålet i vägen är vid nummer 12.", town.account)

    [ticket] = town.tickets()
    with town.database.read() as connection:
        assert len(list_of_ticket(connection, MACHINE, ticket.id)) == 2


def test_a_reply_sent_to_another_organisation_gets_a_ticket_there(town: Installation) -> None:
    receipt = answered(town, "Det är ett hål i vägen på Storgatan.")

    replies(town, receipt, "Hålet i vägen är fullt av vatten nu.", WATER)

    assert {ticket.organisation for ticket in town.tickets()} == {"exempelby", "vatten"}


def test_a_sensitive_reply_about_another_units_matter_gets_a_ticket_there(town: Installation) -> None:
    receipt = answered(town, "Jag vill söka försörjningsstöd.")

    replies(town, receipt, "Min mamma behöver hemtjänst.", CARE)

    assert {(ticket.unit, ticket.secrecy) for ticket in town.tickets()} == {
        ("socialtjanst", Secrecy.SK2),
        ("omsorg", Secrecy.SK2),
    }


def test_what_goes_on_from_a_sensitive_ticket_about_something_else_stays_in_its_compartment(
    town: Installation,
) -> None:
    receipt = answered(town, "Jag vill söka försörjningsstöd.")

    replies(town, receipt, "Det är ett hål i vägen.\n\n> Jag vill söka försörjningsstöd.", town.account)

    first, second = sorted(town.tickets(), key=lambda each: each.id)
    assert second.follows == first.id
    assert {(each.unit, each.secrecy) for each in (first, second)} == {("socialtjanst", Secrecy.SK2)}


def test_a_reply_that_must_be_looked_at_is_not_hidden_in_its_ticket(town: Installation) -> None:
    receipt = answered(town, "Det är ett hål i vägen på Storgatan.")

    replies(town, receipt, "Köp billigt!", town.account, ("X-Spam-Flag: YES", "X-Spam-Status: Yes, score=20"))

    assert len(town.tickets()) == 2


def writes(
    town: Installation, text: str, *, id: str, subject: str = "Fråga", sender: str = "anna@example.se",
    to: AccountId | None = None, extra: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Let a mail arrive and be decided."""
    account = town.site.account(to or town.account)
    town.arrives(
        mail(text, subject=subject, id=id, sender=sender, to=account.address, extra=extra, at=town.clock.now()),
        account.id,
    )
    receive(town.runtime, account.id)
    decide(town.runtime)


def letters_in(town: Installation, ticket: Ticket) -> int:
    with town.database.read() as connection:
        return len(list_of_ticket(connection, MACHINE, ticket.id))


def every_ticket(town: Installation) -> tuple[Ticket, ...]:
    with town.database.read() as connection:
        return list_tickets(connection, MACHINE, status=None)


def kinds(town: Installation, ticket: Ticket) -> list[str]:
    with town.database.read() as connection:
        return [each.kind for each in events_of(connection, MACHINE, ticket.id)]


def a_person_answers(town: Installation, ticket: Ticket, *, closes: bool = False) -> None:
    with town.database.write() as connection:
        mark_answer_met(connection, ticket.id, town.clock.now())
        if closes:
            values = {"status": TicketStatus.closed, "closed_at": town.clock.now()}
            connection.execute(tickets.update().where(tickets.c.id == ticket.id).values(**values))


HOLE = "Det är ett hål i vägen på Storgatan."


def test_a_mail_that_answers_the_citizens_own_earlier_one_joins_its_ticket(town: Installation) -> None:
    answered(town, HOLE)

    writes(town, "Hålet i vägen är vid nummer 12.", id="<2@example.se>", extra=("In-Reply-To: <1@example.se>",))

    [ticket] = town.tickets()
    assert letters_in(town, ticket) == 2


def test_the_number_in_the_subject_joins_the_ticket_of_whoever_wrote_in_it(town: Installation) -> None:
    answered(town, HOLE)
    [ticket] = town.tickets()

    writes(town, "Hålet i vägen är vid nummer 12.", id="<2@example.se>", subject=f"SV: Ditt svar - {ticket.number}")

    assert letters_in(town, ticket) == 2


@pytest.mark.parametrize("reference", [True, False])
def test_a_stranger_who_names_a_number_or_a_mail_does_not_get_into_the_ticket(
    town: Installation, reference: bool
) -> None:
    answered(town, HOLE)
    [ticket] = town.tickets()

    writes(
        town, "Hålet i vägen är vid nummer 12.", id="<2@example.net>", sender="eva@example.net",
        subject="Fråga" if reference else f"SV: {ticket.number}",
        extra=("References: <1@example.se>",) if reference else (),
    )  # fmt: skip

    assert (len(town.tickets()), letters_in(town, ticket)) == (2, 1)


def test_a_forged_sender_does_not_get_into_the_ticket(town: Installation) -> None:
    answered(town, HOLE)
    [ticket] = town.tickets()
    forged = b"Authentication-Results: mx.exempelby.example; dmarc=fail header.from=example.se\r\n"

    town.arrives(forged + mail("Hålet i vägen är vid 12.", id="<2@example.se>", subject=ticket.number))
    receive(town.runtime, town.account)
    decide(town.runtime)

    assert letters_in(town, ticket) == 1


def test_a_number_of_another_organisation_is_nothing_here(town: Installation) -> None:
    answered(town, HOLE)
    [ticket] = town.tickets()

    writes(town, "Hålet i vägen är fullt av vatten.", id="<2@example.se>", subject=ticket.number, to=WATER)

    assert {each.organisation for each in town.tickets()} == {"exempelby", "vatten"}


def test_a_follow_up_before_the_answer_leaves_the_first_promise(town: Installation) -> None:
    receipt = answered(town, HOLE)
    [before] = town.tickets()
    town.clock.forward(hours=5)

    replies(town, receipt, "Hålet i vägen är vid nummer 12.", town.account)

    [after] = town.tickets()
    assert after.clocks == before.clocks
    assert "answer_asked_again" not in kinds(town, after)


def test_a_follow_up_after_the_answer_starts_its_clock_anew_from_its_own_arrival(town: Installation) -> None:
    receipt = answered(town, HOLE)
    [ticket] = town.tickets()
    a_person_answers(town, ticket)
    answered_at = town.clock.now()
    town.clock.forward(days=1)

    writes(town, "Hål i vägen igen.", id="<2@example.se>", extra=(f"In-Reply-To: {receipt.message_id}",))

    [again] = town.tickets()
    assert ticket.answer_due_at is not None
    assert (again.notice_met_at, again.first_answered_at) == (ticket.notice_met_at, answered_at)
    assert (again.answer_met_at, again.answer_from_at) == (None, town.clock.now().replace(microsecond=0))
    assert again.answer_due_at == ticket.answer_due_at + DAY
    assert "answer_asked_again" in kinds(town, again)


def test_a_reply_to_a_ticket_that_was_closed_lately_opens_it_again(town: Installation) -> None:
    receipt = answered(town, HOLE)
    [ticket] = town.tickets()
    a_person_answers(town, ticket, closes=True)
    closed = town.tickets()
    town.clock.forward(days=14)

    replies(town, receipt, "Hålet i vägen är där igen.", town.account)

    [again] = town.tickets()
    assert closed == ()
    assert (again.id, again.status, again.closed_at) == (ticket.id, TicketStatus.open, None)
    assert again.next_due_at is not None
    assert "reopened" in kinds(town, again)


def test_a_reply_to_a_ticket_that_was_closed_long_ago_gets_a_new_one_that_names_the_old(town: Installation) -> None:
    receipt = answered(town, HOLE)
    [ticket] = town.tickets()
    a_person_answers(town, ticket, closes=True)
    town.clock.forward(days=14, seconds=1)

    replies(town, receipt, "Hålet i vägen är där igen.", town.account)

    [new] = town.tickets()
    assert (new.id != ticket.id, new.follows) == (True, ticket.id)
    assert len(every_ticket(town)) == 2


def test_how_long_is_a_setting(town: Installation) -> None:
    receipt = answered(town, HOLE)
    [ticket] = town.tickets()
    a_person_answers(town, ticket, closes=True)
    town.use(replace(town.site, follow_ups=FollowUpSettings(reopen_within=timedelta(days=30))))
    town.clock.forward(days=29)

    replies(town, receipt, "Hålet i vägen är där igen.", town.account)

    assert [each.id for each in town.tickets()] == [ticket.id]


def test_an_automatic_answer_to_our_receipt_opens_nothing_again(town: Installation) -> None:
    receipt = answered(town, HOLE)
    [ticket] = town.tickets()
    a_person_answers(town, ticket, closes=True)

    replies(town, receipt, "Jag är på semester.", town.account, ("Auto-Submitted: auto-replied",))

    assert town.tickets() == ()


def test_a_reply_that_says_nothing_by_itself_stays_in_the_compartment(town: Installation) -> None:
    receipt = answered(town, "Jag vill söka försörjningsstöd.")

    replies(town, receipt, "Ja tack, torsdag passar bra.", town.account)

    [ticket] = every_ticket(town)
    assert (ticket.secrecy, letters_in(town, ticket)) == (Secrecy.SK2, 2)


def test_two_mails_of_one_batch_of_which_one_answers_the_other_are_one_ticket(town: Installation) -> None:
    town.arrives(mail(HOLE))
    town.arrives(mail("Hålet i vägen är vid 12.", id="<2@example.se>", extra=("In-Reply-To: <1@example.se>",)))

    receive(town.runtime, town.account)
    decide(town.runtime)

    [ticket] = town.tickets()
    assert letters_in(town, ticket) == 2


def test_a_ticket_that_is_closed_while_the_follow_up_is_decided_is_open_afterwards(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipeline.decide as step

    receipt = answered(town, HOLE)
    [ticket] = town.tickets()
    real = step.commit

    def closes_first(connection: Connection, *rest: object) -> int:
        values = {"status": TicketStatus.closed, "closed_at": town.clock.now(), "answer_met_at": town.clock.now()}
        connection.execute(tickets.update().where(tickets.c.id == ticket.id).values(**values))
        return real(connection, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(step, "commit", closes_first)
    replies(town, receipt, "Hålet i vägen är där igen.", town.account)

    [again] = town.tickets()
    assert (again.id, again.answer_met_at) == (ticket.id, None)
