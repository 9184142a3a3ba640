"""Two installations write to each other: each sends at most one automatic message, however the mail was changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.mime import mime
from domain.outgoing import OutgoingKind, Rendered
from domain.site import Site
from store.database import Database
from store.migrate import migrate
from tests.flow.installation import CONTACT_CENTER, Installation, mail, small_site

NEIGHBOUR = "kontaktcenter@grannby.example"
ROUNDS = 8


def neighbour_site() -> Site:
    """Return another municipality, whose accounts even have the same ids."""
    text = "exempelby.example", "grannby.example"
    site = small_site()
    return replace(
        site,
        organisations=tuple(replace(each, domains=("grannby.example",)) for each in site.organisations),
        accounts=tuple(replace(each, address=each.address.replace(*text)) for each in site.accounts),
        alert_sender=site.alert_sender.replace(*text),
        mail=replace(site.mail, message_id_domain="grannby.example", border_servers=("mx.grannby.example",)),
    )


@dataclass(frozen=True, kw_only=True)
class Road:
    """What happens to a mail between the two mail servers."""

    #: Return-Path as the receiving server writes it, by what the sending one said.
    return_path: Callable[[Rendered], str] = field(default=lambda rendered: rendered.envelope_sender)
    #: Headers that get lost on the way.
    strips: tuple[str, ...] = ()


def own_mailbox(rendered: Rendered) -> str:
    """Return the mailbox itself, as hosted mail writes it when it takes no null path."""
    return rendered.sender.rpartition("<")[2].removesuffix(">")


MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Svarsvakt-Loop")
ROADS = {
    "as sent": Road(),
    "the null path replaced": Road(return_path=own_mailbox),
    "the marks lost too": Road(return_path=own_mailbox, strips=MARKS),
    "the thread lost too": Road(return_path=own_mailbox, strips=(*MARKS, "In-Reply-To", "References")),
}


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    """Give two installations that answer automatically, their mailboxes connected while empty."""
    databases = [Database(f"sqlite:///{tmp_path}/{name}.sqlite3") for name in ("exempelby", "grannby")]
    for database in databases:
        migrate(database)
    ours, theirs = (
        Installation(database, site=site)
        for database, site in zip(databases, (small_site(), neighbour_site()), strict=True)
    )
    for town in (ours, theirs):
        town.connect()
    yield ours, theirs
    for database in databases:
        database.close()


def delivered(rendered: Rendered, road: Road, town: Installation) -> bytes:
    """Return the mail as the receiving mail server leaves it in the mailbox."""
    kept = tuple(pair for pair in rendered.headers if pair[0] not in road.strips)
    stamp = f"{town.clock.now():%a, %d %b %Y %H:%M:%S +0000}"
    trace = f"Return-Path: <{road.return_path(rendered)}>\r\nReceived: from out.example by mx.example; {stamp}\r\n"
    return trace.encode() + mime(replace(rendered, headers=kept), town.clock.now())


def exchange(sender: Installation, receiver: Installation, road: Road, already: int) -> int:
    """Carry what one sent to the other's mailbox; return how many it has sent by now."""
    address = receiver.site.accounts[0].address
    for rendered in sender.wires.out.sent[already:]:
        if rendered.recipient == address:
            receiver.arrives(delivered(rendered, road, receiver))
    return len(sender.wires.out.sent)


@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS.keys())
def test_two_installations_exchange_at_most_one_automatic_message_each(
    towns: tuple[Installation, Installation], road: Road
) -> None:
    ours, theirs = towns
    theirs.arrives(mail("Hej grannar! När plogar ni?", subject="Plogning", sender=CONTACT_CENTER, to=NEIGHBOUR))

    from_ours = from_theirs = 0
    for _ in range(ROUNDS):
        theirs.round()
        from_theirs = exchange(theirs, ours, road, from_theirs)
        ours.round()
        from_ours = exchange(ours, theirs, road, from_ours)
        for town in towns:
            town.clock.at += timedelta(minutes=10)

    receipts = [[each for each in town.wires.out.sent if each.kind is OutgoingKind.receipt] for town in towns]
    assert len(receipts[1]) == 1
    assert len(receipts[0]) <= 1
    assert len(theirs.tickets()) >= 1


def test_without_marks_and_path_only_the_brakes_end_it(towns: tuple[Installation, Installation]) -> None:
    ours, theirs = towns
    road = ROADS["the thread lost too"]
    theirs.arrives(mail("Hej grannar! När plogar ni?", subject="Plogning", sender=CONTACT_CENTER, to=NEIGHBOUR))
    theirs.round()
    exchange(theirs, ours, road, 0)

    ours.round()

    [reply] = ours.wires.out.sent
    assert reply.recipient == NEIGHBOUR
