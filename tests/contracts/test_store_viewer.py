"""What a viewer sees (P12): each read, with a sensitive row and a foreign organisation's row, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.category import Secrecy, Urgency
from domain.finding import FindingKind
from domain.ids import CategoryId, UnitId
from domain.message import Fate
from domain.viewer import MACHINE, OPERATOR, Role, Scope, Viewer
from store import events, messages, tickets
from store.database import Database
from store.leases import claim_lease
from store.originals import get_original, put_originals
from store.outgoing import add_outgoing
from store.queue_marks import list_queue_marks
from store.reply_history import get_reply_history
from store.sent import get_alert, list_alerts
from store.sites import StoredSite, activate, find_accounts_with_work
from store.tickets import get_ticket, list_tickets
from store.waiting import claim_waiting
from tests.builders import TUESDAY
from tests.contracts.store_reads import READS, SITE, Rule, Surrounded, surround
from tests.contracts.stored import (
    SOCIAL,
    TOWN,
    WATER,
    account,
    alert,
    arrival,
    decide,
    draft,
    person,
    put_case,
    queue_outgoing,
)
from tests.tables import BOTH, embedded_with_tables

#: Each ticket: its changes.
TICKETS: dict[str, dict[str, Any]] = {
    "open": {},
    "sensitive": {"unit": SOCIAL, "secrecy": Secrecy.SK2},
    "danger": {"unit": SOCIAL, "secrecy": Secrecy.SK2, "danger": True},
    "foreign": {"organisation": WATER, "unit": UnitId("va")},
    "foreign-sensitive": {"organisation": WATER, "unit": SOCIAL, "secrecy": Secrecy.SK2, "danger": True},
}

#: Each viewer: whose content is seen.
VIEWERS: dict[str, tuple[Viewer, set[str]]] = {
    "the street's": (person("gata"), {"open"}),
    "the social unit's": (person("social"), {"open", "sensitive", "danger"}),
    "a lead": (person("kontaktcenter", roles=[Role.lead]), {"open", "danger"}),
    "a manager of another unit": (person("gata", roles=[Role.manager, Role.administrator]), {"open"}),
    "somebody without a unit": (person(), {"open"}),
    "the water company's": (person("va", organisation=WATER), {"foreign"}),
    "the water company's lead": (person("va", organisation=WATER, roles=[Role.lead]), {"foreign", "foreign-sensitive"}),
    "nobody": (Viewer(scope=Scope.person, units=frozenset({SOCIAL}), roles=frozenset({Role.lead})), set()),
    "the operator": (OPERATOR, {"open", "foreign"}),
    "the town's operator": (Viewer(scope=Scope.operator, organisation=TOWN), {"open"}),
    "the machine": (MACHINE, set(TICKETS)),
}


@pytest.fixture(scope="module", params=BOTH)
def read_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a database that all reads share: they change nothing."""
    if request.param == "sqlite":
        opened = embedded_with_tables(tmp_path_factory.mktemp("reads") / "svarsvakt.sqlite3")
    else:
        opened = Database(request.getfixturevalue("postgres_server").with_tables_for_long())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def town(read_database: Database) -> dict[str, Surrounded]:
    """Give one ticket of each kind, each in an account of its own."""
    database = read_database
    with database.write() as connection:
        activate(connection, StoredSite(SITE, "{}"), TUESDAY)
        claim_lease(connection, "sealer", "w", timedelta(hours=1))
    return {
        key: surround(database, key, notice_due_at=TUESDAY + timedelta(hours=hour), **changes)
        for hour, (key, changes) in enumerate(TICKETS.items(), 1)
    }


def expected(rule: Rule, viewer: Viewer, content: set[str]) -> set[str]:
    """Return of which tickets a read may show something."""
    own = {key for key in TICKETS if viewer.organisation in {None, WATER if key.startswith("foreign") else TOWN}}
    if viewer.scope is Scope.person and viewer.organisation is None:
        own = set()
    operates = viewer.scope is not Scope.person
    whole = set(TICKETS) if operates and viewer.organisation is None else set()
    return {
        Rule.content: content,
        Rule.existence: own if operates else content,
        Rule.organisation: own,
        Rule.everybody: set(TICKETS),
        Rule.installation: whole,
    }[rule]


@pytest.mark.parametrize("name", READS)
def test_a_read_shows_a_viewer_no_more_and_no_less_than_allowed(
    read_database: Database, town: dict[str, Surrounded], name: str
) -> None:
    rule, shows = READS[name]

    for who, (viewer, content) in VIEWERS.items():
        with read_database.read() as connection:
            seen = {key for key, at in town.items() if shows(connection, viewer, at)}

        assert seen == expected(rule, viewer, content), f"{name} for {who}"


def test_of_a_sensitive_ticket_the_operator_gets_only_number_and_unit(database: Database) -> None:
    case = put_case(
        database, "sensitive", unit=SOCIAL, secrecy=Secrecy.SK2, urgency=Urgency.U0, danger=True, needs_a_look=True,
        look_reason="3.3/11: hot", category=CategoryId("fara"), language="ti",
    )  # fmt: skip

    with database.read() as connection:
        shown = get_ticket(connection, OPERATOR, case.ticket)
        listed = list_tickets(connection, OPERATOR)

    assert listed == (shown,)
    assert (shown.number, shown.unit, shown.secrecy) == (case.number, SOCIAL, Secrecy.SK2)
    assert (shown.subject, shown.sender_name, shown.sender_address, shown.look_reason) == ("", "", "", "")
    assert (shown.category, shown.language, shown.account) == ("", "", "")
    assert (shown.urgency, shown.needs_a_look) == (Urgency.U2, False)
    assert (shown.notice_due_at, shown.answer_due_at, shown.next_due_at, shown.calendar) == (None, None, None, "")


def test_a_lead_without_danger_and_a_unit_of_the_same_name_elsewhere_see_nothing_sensitive(database: Database) -> None:
    case = put_case(database, "sensitive", unit=SOCIAL, secrecy=Secrecy.SK2)

    for viewer in (person("social", organisation=WATER), person("kontaktcenter", roles=[Role.lead])):
        with database.read() as connection, pytest.raises(KeyError):
            get_ticket(connection, viewer, case.ticket)


def test_what_is_attached_to_a_sensitive_ticket_is_counted_only_inside(database: Database) -> None:
    case = put_case(database, "sensitive", unit=SOCIAL, secrecy=Secrecy.SK2)
    with database.write() as connection:
        messages.add_arrivals(connection, account(), [arrival(2)], TUESDAY)
        (bounce,) = claim_waiting(connection, "w")
        decide(connection, bounce, outgoing=case.reply, fate=Fate.attached)

    with database.read() as connection:
        outside = messages.count_by_fate(connection, person("gata"))
        inside = messages.count_by_fate(connection, person("social"))

    assert outside == {}
    assert inside == {Fate.ticket: 1, Fate.attached: 1}


def test_an_alert_about_a_sensitive_ticket_stays_inside(database: Database) -> None:
    case = put_case(database, "sensitive", unit=SOCIAL, secrecy=Secrecy.SK2)
    with database.write() as connection:
        told = add_outgoing(connection, alert(), draft("larm"), at=TUESDAY, ticket=case.ticket)
    assert told is not None

    with database.read() as connection:
        inside = list_alerts(connection, person("social"))
        outside = list_alerts(connection, person("gata"))
        with pytest.raises(KeyError):
            get_alert(connection, OPERATOR, told)

    assert [each.id for each in inside] == [told]
    assert outside == ()


def test_an_original_that_also_stands_in_an_open_ticket_is_seen_there(database: Database) -> None:
    hidden = put_case(database, "sensitive", unit=SOCIAL, secrecy=Secrecy.SK2)
    other = put_case(database, "open")
    with database.write() as connection:
        copy = arrival(identity="INBOX/1/copy", original=hidden.original)
        messages.add_arrivals(connection, account(), [copy], TUESDAY)
        (waiting,) = claim_waiting(connection, "w")
        decide(connection, waiting, ticket=other.ticket)

    with database.read() as connection:
        assert get_original(connection, person("gata"), TOWN, hidden.digest) == hidden.original


def test_an_original_that_nobody_has_decided_is_for_the_machine_alone(database: Database) -> None:
    with database.write() as connection:
        messages.add_arrivals(connection, account(), [arrival(1)], TUESDAY)
        (digest,) = put_originals(connection, TOWN, [(arrival(1).original, "message/rfc822")])

    with database.read() as connection:
        assert get_original(connection, MACHINE, TOWN, digest) == arrival(1).original
        for viewer in (person("gata"), OPERATOR):
            with pytest.raises(KeyError):
                get_original(connection, viewer, TOWN, digest)


def test_the_hourly_count_of_replies_leaves_out_what_the_viewer_may_not_see(database: Database) -> None:
    put_case(database, "sensitive", unit=SOCIAL, secrecy=Secrecy.SK2)
    put_case(database, "open")
    put_case(database, "foreign", organisation=WATER)
    now = TUESDAY + timedelta(minutes=1)

    with database.read() as connection:
        counts = [
            get_reply_history(connection, viewer, TOWN, "x@example.se", now).installation_last_hour
            for viewer in (MACHINE, person("social"), person("gata"))
        ]

    assert counts == [3, 2, 1]


def test_events_without_a_ticket_are_seen_by_all_of_the_organisation_and_no_other(database: Database) -> None:
    with database.write() as connection:
        events.append(
            connection, "finding_opened", at=TUESDAY, organisation=TOWN, actor="watch", finding=FindingKind.unreachable
        )

    with database.read() as connection:
        assert len(events.list_after(connection, person("gata"), 0)) == 1
        assert events.list_after(connection, person("va", organisation=WATER), 0) == ()


def test_an_account_whose_only_work_is_sensitive_shows_none_outside(database: Database) -> None:
    case = put_case(database, "sensitive", unit=SOCIAL, secrecy=Secrecy.SK2)
    with database.write() as connection:
        queue_outgoing(connection, "open")

    with database.read() as connection:
        assert find_accounts_with_work(connection, person("gata")) == {"kontaktcenter"}
        assert find_accounts_with_work(connection, person("social")) == {"kontaktcenter", case.account}


def test_marks_are_given_of_no_ticket_when_none_is_asked_for(database: Database) -> None:
    put_case(database, "open")

    with database.read() as connection:
        assert list_queue_marks(connection, MACHINE, []) == {}
        assert tickets.count_tickets(connection, MACHINE) == 1
