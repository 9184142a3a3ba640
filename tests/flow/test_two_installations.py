"""Two installations write to each other: each sends at most one automatic message, however the mail was changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.mime import mime
from domain.account import Channel
from domain.ids import AccountId, OutgoingId
from domain.outgoing import OutgoingKind, Rendered
from domain.site import Site
from tests.flow.installation import CONTACT_CENTER, Installation, mail, small_site
from tests.tables import embedded_with_tables

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
    "only the loop mark is left": Road(return_path=own_mailbox, strips=MARKS[:2]),
    "only the loop mark is lost": Road(return_path=own_mailbox, strips=MARKS[2:]),
    "the marks lost too": Road(return_path=own_mailbox, strips=MARKS),
    "the thread lost too": Road(return_path=own_mailbox, strips=(*MARKS, "In-Reply-To", "References")),
}


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    """Give two installations that answer automatically, their mailboxes connected while empty."""
    databases = [embedded_with_tables(tmp_path / f"{name}.sqlite3") for name in ("exempelby", "grannby")]
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


FIRST = {
    "an ordinary letter": "Hej grannar! När plogar ni?",
    "danger to life": "Det brinner i trapphuset på Gränsgatan 1!",
}


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST.keys())
@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS.keys())
def test_two_installations_exchange_at_most_one_automatic_message_each(
    towns: tuple[Installation, Installation], road: Road, first: str
) -> None:
    ours, theirs = towns
    theirs.arrives(mail(first, subject="Till grannen", sender=CONTACT_CENTER, to=NEIGHBOUR))

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


@dataclass(frozen=True, kw_only=True)
class Responder:
    """A program of somebody else's that answers every mail, without a word that a machine wrote."""

    #: True: from another address each time.
    from_new_address: bool = False
    #: True: it says which mail it answers.
    keeps_thread: bool = True

    def answer(self, reply: Rendered, number: int, at: datetime) -> bytes:
        sender = f"svar{number}@robot.example" if self.from_new_address else "svar@robot.example"
        thread = (f"In-Reply-To: {reply.message_id}", f"References: {reply.message_id}") if self.keeps_thread else ()
        return mail(
            "Tack! Din fråga är viktig för oss.", subject="Din fråga", sender=sender, id=f"<{number}@robot.example>",
            at=at, extra=thread,
        )  # fmt: skip


def conversation(town: Installation, responder: Responder) -> list[Rendered]:
    """Let the responder begin, and answer whatever it gets, once a minute; return what it got."""
    town.arrives(responder.answer(NOBODYS, 0, town.clock.now()))
    answered = 0
    for _ in range(ROUNDS * 2):
        town.round()
        replies = [each for each in town.wires.out.sent if each.kind is OutgoingKind.receipt]
        for reply in replies[answered:]:
            answered += 1
            town.arrives(responder.answer(reply, answered, town.clock.now()))
        town.clock.at += timedelta(minutes=1)
    return [each for each in town.wires.out.sent if each.kind is OutgoingKind.receipt]


NOBODYS = Rendered(
    id=OutgoingId(0), kind=OutgoingKind.receipt, account=AccountId("kontaktcenter"), channel=Channel.email,
    message_id="<0@annan.example>", sender="", recipient="", envelope_sender="", subject="", text="",
)  # fmt: skip


@pytest.mark.parametrize(
    "responder",
    [Responder(), Responder(keeps_thread=False), Responder(from_new_address=True)],
    ids=["as it comes", "without the thread", "from a new address each time"],
)
def test_a_responder_of_somebody_else_s_gets_one_reply(
    towns: tuple[Installation, Installation], responder: Responder
) -> None:
    town = towns[0]

    assert len(conversation(town, responder)) == 1
    assert len(town.tickets()) >= 1


def test_a_responder_that_hides_everything_is_stopped_with_all_others_and_somebody_is_told(
    towns: tuple[Installation, Installation],
) -> None:
    town = towns[0]
    town.use(replace(town.site, brakes=replace(town.site.brakes, installation_per_hour=5)))

    got = conversation(town, Responder(from_new_address=True, keeps_thread=False))

    assert len(got) == 5
    assert len(town.tickets()) == 6
    assert [each.template for each in town.alerts()] == ["replies_stopped"]
