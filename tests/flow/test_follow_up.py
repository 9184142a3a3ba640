"""What a citizen writes in reply to us joins its ticket only where that hides nothing from those who must see it."""

from dataclasses import replace

import pytest

from domain.category import Category, Secrecy, Word
from domain.ids import AccountId, CategoryId, OrganisationId, ScheduleId, UnitId
from domain.outgoing import Rendered
from domain.site import Site, Unit
from domain.viewer import MACHINE
from pipeline.decide import decide
from pipeline.receive import receive
from store.database import Database
from store.messages import list_of_ticket
from tests.flow.installation import Installation, mail, small_site

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


def test_a_reply_that_must_be_looked_at_is_not_hidden_in_its_ticket(town: Installation) -> None:
    receipt = answered(town, "Det är ett hål i vägen på Storgatan.")

    replies(town, receipt, "Köp billigt!", town.account, ("X-Spam-Flag: YES", "X-Spam-Status: Yes, score=20"))

    assert len(town.tickets()) == 2
