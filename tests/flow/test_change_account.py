"""What people change of accounts in the pages holds in every process, and is written back."""

from dataclasses import replace

import pytest

from domain.account import AccountStatus, AutoReply
from domain.account_change import ChangeKind
from domain.errors import Unreachable
from domain.finding import FindingKind
from domain.ids import AccountId, OrganisationId, PersonId
from domain.open_time import local_date
from domain.person import Person
from domain.protocols import Step
from domain.viewer import MACHINE, Role, Scope, Viewer
from pipeline.active_site import ActiveSite
from pipeline.change_account import Lack, NotAllowed, Refused, Wanted, change_account
from pipeline.due import ring_due
from pipeline.receive import receive
from settings.export import to_toml
from store.account_changes import list_account_changes
from store.database import Database
from store.events import list_after
from store.findings import list_open_findings
from tests.flow.installation import GATA, Installation, mail, read_site, small_site

TOWN = OrganisationId("exempelby")
LEAD = Viewer(scope=Scope.person, organisation=TOWN, roles=frozenset({Role.lead}))
ELSEWHERE = "kontaktcenter@exempelby.example"
DORMANT = Wanted(kind=ChangeKind.made_dormant, instead=ELSEWHERE)
CLOSED = Wanted(kind=ChangeKind.made_closed, reason="Slås ihop med kontaktcenter", instead=ELSEWHERE)
REOPENED = Wanted(kind=ChangeKind.reopened)


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def change(town: Installation, wanted: Wanted, *, id: AccountId = GATA, viewer: Viewer = LEAD) -> bool:
    return change_account(
        town.database, town.runtime.site(), viewer, id, wanted, actor="user 1", now=town.clock.now()
    )  # fmt: skip


def status(town: Installation) -> AccountStatus:
    return town.runtime.site().account(GATA).status


def test_two_processes_agree_at_their_next_look(town: Installation) -> None:
    other = ActiveSite(town.database, read_site)
    assert other().account(GATA).status is AccountStatus.active

    assert change(town, DORMANT)

    assert other() == town.runtime.site()
    assert other().account(GATA).status is AccountStatus.dormant
    assert other.as_settled().account(GATA).status is AccountStatus.active


def test_a_configuration_is_read_once_as_long_as_nothing_changes(town: Installation) -> None:
    before = town.runtime.site()

    assert town.runtime.site() is before


def test_a_change_is_an_event_with_who_and_why(town: Installation) -> None:
    change(town, CLOSED)

    with town.database.read() as connection:
        [event] = [each for each in list_after(connection, MACHINE, 0) if each.kind == "account_made_closed"]
        [stored] = list_account_changes(connection, MACHINE, GATA)
    assert (event.actor, event.account, event.details["reason"]) == ("user 1", GATA, "Slås ihop med kontaktcenter")
    assert event.details["changed"] == {"status": "closed", "instead": ELSEWHERE}
    assert (stored.kind, stored.reason) == (ChangeKind.made_closed, "Slås ihop med kontaktcenter")


def test_who_writes_to_a_dormant_account_learns_where_to_write_instead(town: Installation) -> None:
    change(town, DORMANT)
    town.account = GATA

    town.arrives(mail(to="gata@exempelby.example"), GATA)
    town.round()

    [ticket] = town.tickets()
    [reply] = town.replies(ticket)
    assert reply.template == "dormant"
    assert f"Skriv nästa gång till {ELSEWHERE}." in reply.text
    assert len(town.wires.out.sent) == 1


def test_what_lay_there_when_the_account_was_closed_gets_the_hint_and_no_other_reply(town: Installation) -> None:
    town.account = GATA
    town.arrives(mail(to="gata@exempelby.example"), GATA)
    receive(town.runtime, GATA)
    change(town, CLOSED)

    town.round()

    [sent] = town.wires.out.sent
    assert ELSEWHERE in sent.text


def test_a_closed_account_is_not_polled_and_a_reopened_one_is(town: Installation) -> None:
    change(town, CLOSED)
    town.clock.forward(hours=1)
    town.bell.rung.clear()
    ring_due(town.runtime)
    assert town.bell.rung.count(Step.receive) == 1

    change(town, REOPENED)
    ring_due(town.runtime)

    assert town.bell.rung.count(Step.receive) == 2


def test_findings_about_an_account_that_is_closed_are_closed(town: Installation) -> None:
    town.account = GATA
    town.mailbox(GATA).fail(Unreachable("sign_in", "the server refused the password: renew it"))
    town.round()
    town.clock.forward(minutes=45)
    town.round()
    with town.database.read() as connection:
        assert [each.kind for each in list_open_findings(connection, MACHINE)] == [FindingKind.unreachable]

    change(town, CLOSED)
    town.round()

    with town.database.read() as connection:
        assert list_open_findings(connection, MACHINE) == ()


def test_alerts_go_to_whom_it_was_handed_over(town: Installation) -> None:
    maj = Person(id=PersonId("maj"), name="Maj Chef", email="maj.chef@exempelby.example")
    town.use(replace(town.site, people=(*town.site.people, maj)))

    change(town, Wanted(kind=ChangeKind.handed_over, manager=maj.id))

    site = town.runtime.site()
    assert site.manager_of(site.account(GATA)) == maj


def test_an_export_writes_the_sum_and_what_it_says_is_laid_over_no_longer(town: Installation) -> None:
    change(town, DORMANT)

    exported = to_toml(town.runtime.site())["accounts.toml"]
    town.use(replace(town.site, accounts=town.runtime.site().accounts))

    assert 'status = "dormant"' in exported
    assert f'instead = "{ELSEWHERE}"' in exported
    assert status(town) is AccountStatus.dormant
    town.use(small_site())
    assert status(town) is AccountStatus.active


def test_other_settings_leave_what_was_changed(town: Installation) -> None:
    change(town, DORMANT)

    town.use(replace(town.site, name="Ett annat namn"))

    assert status(town) is AccountStatus.dormant


def test_what_is_so_already_is_no_change_and_no_event(town: Installation) -> None:
    assert change(town, DORMANT)
    assert not change(town, DORMANT)

    with town.database.read() as connection:
        assert len(list_account_changes(connection, MACHINE)) == 1


@pytest.mark.parametrize(
    ("wanted", "lack"),
    [
        (Wanted(kind=ChangeKind.made_dormant), Lack.instead),
        (Wanted(kind=ChangeKind.made_dormant, instead="x" * 201), Lack.long_instead),
        (Wanted(kind=ChangeKind.made_dormant, instead="gata@elsewhere.example"), Lack.foreign_address),
        (Wanted(kind=ChangeKind.made_dormant, instead="http://www.exempelby.example/x"), Lack.foreign_page),
        (Wanted(kind=ChangeKind.made_closed), Lack.reason),
        (Wanted(kind=ChangeKind.handed_over), Lack.manager),
        (Wanted(kind=ChangeKind.handed_over, manager=PersonId("nobody")), Lack.manager),
    ],
)
def test_what_lacks_something_is_refused_and_named(town: Installation, wanted: Wanted, lack: Lack) -> None:
    with pytest.raises(Refused) as refused:
        change(town, wanted)

    assert refused.value.lack is lack
    assert town.runtime.site() == town.site


def test_who_has_left_is_handed_nothing(town: Installation) -> None:
    left = Person(id=PersonId("maj"), name="Maj", email="maj@exempelby.example", employed_until=town.clock.now().date())
    town.use(replace(town.site, people=(*town.site.people, left)))
    town.clock.forward(days=1)

    with pytest.raises(Refused, match="has not left"):
        change(town, Wanted(kind=ChangeKind.handed_over, manager=left.id))


@pytest.mark.parametrize(
    "viewer",
    [
        replace(LEAD, roles=frozenset({Role.agent})),
        replace(LEAD, organisation=OrganisationId("vatten")),
        replace(LEAD, roles=frozenset({Role.manager}), person=PersonId("kim")),
    ],
)
def test_who_may_not_changes_nothing(town: Installation, viewer: Viewer) -> None:
    with pytest.raises(NotAllowed):
        change(town, DORMANT, viewer=viewer)

    assert town.runtime.site() == town.site


def test_an_account_in_shadow_sends_no_hint(town: Installation) -> None:
    shadowed = tuple(replace(each, auto_reply=AutoReply.shadow) for each in town.site.accounts)
    town.use(replace(town.site, accounts=shadowed))
    change(town, DORMANT)
    town.account = GATA

    town.arrives(mail(to="gata@exempelby.example"), GATA)
    town.round()

    assert town.wires.out.sent == []


def test_entries_that_were_confirmed_say_when_and_are_exported(town: Installation) -> None:
    change(town, Wanted(kind=ChangeKind.confirmed))

    today = local_date(town.clock.now())
    assert town.runtime.site().account(GATA).reviewed_on == today
    assert f"reviewed_on = {today}" in to_toml(town.runtime.site())["accounts.toml"]
    with town.database.read() as connection:
        assert list_after(connection, MACHINE, 0, limit=100)[-1].kind == "account_confirmed"
