"""Messages of one batch may concern each other: decided together, they fare as if each had come alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ids import AccountId
from domain.message import Fate
from domain.protocols import Step
from pipeline import decide as deciding
from pipeline.decide import decide
from pipeline.decided import Decided, NotDecided
from pipeline.parsed import parse_waiting
from pipeline.receive import receive
from pipeline.side_by_side import decide_side_by_side
from store.database import Database
from store.schema import messages, outgoing, tickets
from store.waiting import claim_waiting
from tests.builders import TUESDAY
from tests.flow.installation import GATA, Installation, mail, numbered, small_site
from tests.flow.outcomes import events_of, suppressed_addresses
from tests.flow.screen_cases import BO, SPECIMENS, after_our_receipt
from tests.tables import embedded_with_tables, give_back

CENTER = AccountId("kontaktcenter")
LAMP = "Lampan på Kyrkogatan är trasig sedan i fredags."
BINS = "Soporna har inte hämtats på Storgatan 3."

#: A mail, and the account it comes to.
Coming = tuple[bytes, AccountId]


def coming(text: str = BINS, to: AccountId = CENTER, **changes: Any) -> Coming:
    address = small_site().account(to).address
    return mail(text, to=address, **changes), to


def open_installation(database: Database, **changes: Any) -> Installation:
    site = small_site()
    town = Installation(database, site=replace(site, brakes=replace(site.brakes, **changes)))
    town.connect()
    return town


@pytest.fixture
def town(database: Database) -> Installation:
    return open_installation(database)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """Give what opens a town on a database of its own."""
    opened: list[Database] = []

    def open_one(**changes: Any) -> Installation:
        opened.append(embedded_with_tables(tmp_path / f"another{len(opened)}.sqlite3"))
        return open_installation(opened[-1], **changes)

    yield open_one
    for database in opened:
        give_back(database)


def decide_alone(town: Installation, mails: Sequence[Coming]) -> None:
    """Let each mail be decided before the next one comes."""
    for original, to in mails:
        town.arrives(original, to)
        receive(town.runtime, to)
        decide(town.runtime)


def decide_together(town: Installation, mails: Sequence[Coming]) -> Decided:
    """Let all mails come before any is decided."""
    for original, to in mails:
        town.arrives(original, to)
        receive(town.runtime, to)
    return decide(town.runtime)


def what_became(town: Installation) -> list[tuple[Any, ...]]:
    """Return of each message its fate, which ticket of all it has, what it is attached to, and every reason."""
    with town.database.read() as connection:
        rows = connection.execute(sa.select(messages).order_by(messages.c.id)).mappings().all()
        numbers = {row.id: row.number for row in connection.execute(sa.select(tickets.c.id, tickets.c.number))}
        sent = connection.execute(sa.select(outgoing).order_by(outgoing.c.id)).mappings().all()
    replied = {row["message_row"]: (row["recipient"], row["language"], row["template"]) for row in sent}
    order = [row["id"] for row in sent]
    return [
        (
            Fate(row["fate"]),
            numbers.get(row["ticket_id"]),
            order.index(row["outgoing_id"]) if row["outgoing_id"] else None,
            replied.get(row["id"]),
            explanation.get("language"),
            sorted(each["row"] for each in explanation.get("automatic_reply", {}).get("reasons", ())),
        )
        for row in rows
        for explanation in [row["explanation"] or {}]
    ]


CASES: dict[str, tuple[Coming, ...]] = {
    "strangers": tuple((each, CENTER) for each in numbered(3)),
    "a letter twice in one mailbox": (coming(), coming()),
    "a letter in two mailboxes": (coming(to=CENTER), (coming(to=CENTER)[0], GATA)),
    "a letter three times": (coming(), coming(), (coming()[0], GATA)),
    "two mails of one sender": (coming(), coming(LAMP, id="<2@example.se>")),
    "two mails of one sender to two mailboxes": (coming(), coming(LAMP, GATA, id="<2@example.se>")),
    "a Message-ID on other content": (coming(), coming(LAMP)),
    "a short word after a longer one": (
        coming("Hei, milloin kirjasto on auki? Haluaisin palauttaa kirjan.", id="<f@example.se>"),
        coming("ok", GATA, id="<g@example.se>"),
    ),
    "without Message-ID": (coming(id=None), coming(id=None), coming(LAMP, id=None)),
    "a copy before a second mail": (coming(), coming(), coming(LAMP, GATA, id="<2@example.se>")),
}


@pytest.mark.parametrize("case", CASES)
def test_messages_of_one_batch_fare_as_if_each_had_come_alone(
    case: str, town: Installation, another: Callable[..., Installation]
) -> None:
    alone = another()
    decide_alone(alone, CASES[case])

    decide_together(town, CASES[case])

    assert what_became(town) == what_became(alone)


#: Text, mailbox, sender and Message-ID of a mail: few of each, so that they often concern each other.
_MAILS = st.tuples(
    st.sampled_from([BINS, LAMP, "ok", "Hei, milloin kirjasto on auki? Haluaisin palauttaa kirjan."]),
    st.sampled_from([CENTER, GATA]),
    st.sampled_from(["anna@example.se", "bo@example.se"]),
    st.sampled_from(["<1@example.se>", "<2@example.se>", None]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(_MAILS, min_size=2, max_size=8))
def test_any_messages_of_one_batch_fare_as_if_each_had_come_alone(
    drawn: list[tuple[str, AccountId, str, str | None]], another: Callable[..., Installation]
) -> None:
    alone, together = another(address_per_day=1), another(address_per_day=1)
    # No two are the same to the byte: those are known again when they are received.
    mails = [
        coming(text, to, sender=sender, id=id, extra=(f"X-Number: {number}",))
        for number, (text, to, sender, id) in enumerate(drawn)
    ]
    decide_alone(alone, mails)

    decide_together(together, mails)

    assert what_became(together) == what_became(alone)


def test_the_numbers_of_the_brakes_count_within_a_batch(database: Database) -> None:
    town = open_installation(database, address_per_day=1)

    decided = decide_together(town, [coming(), coming(LAMP, GATA, id="<2@example.se>")])

    assert decided.replies == 1
    assert ["3.3/34" in rows for *_, rows in what_became(town)] == [False, True]


def test_ticket_numbers_of_a_batch_follow_its_order_without_gaps(town: Installation) -> None:
    decide_together(town, [coming(), coming(), *((each, CENTER) for each in numbered(3))])

    numbers = [ticket for _, ticket, *_ in what_became(town)]
    assert numbers == [f"26-0000{number}" for number in (1, 1, 2, 3, 4)]


def test_an_address_that_a_report_of_the_batch_suppresses_gets_no_reply(
    town: Installation, another: Callable[..., Installation]
) -> None:
    alone = another()
    for each in (alone, town):
        specimen = after_our_receipt(BO)(each, SPECIMENS[2].read_bytes())
        each.clock.forward(days=2)
        later = mail(LAMP, sender=BO, id="<later@example.se>", at=each.clock.now())
        how = decide_alone if each is alone else decide_together
        how(each, [(specimen, CENTER), (later, CENTER)])

    assert suppressed_addresses(town) == [BO]
    assert "3.3/32" in what_became(town)[-1][5]
    assert what_became(town) == what_became(alone)


@contextmanager
def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> Iterator[None]:
    """Let something happen once after a batch was gathered, and before it is committed."""
    happened: list[bool] = []

    def interrupted(*rest: Any) -> Any:
        if not happened:
            happened.append(True)
            happens()
        return decide_side_by_side(*rest)

    with monkeypatch.context() as patched:
        patched.setattr(deciding, "decide_side_by_side", interrupted)
        yield
    assert happened


def change(town: Installation, message: int, **values: Any) -> None:
    with town.database.write() as connection:
        connection.execute(messages.update().where(messages.c.id == message).values(**values))


def test_a_batch_whose_letter_another_worker_brings_first_is_decided_anew(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, second = coming(), coming(LAMP, id="<2@example.se>", sender="bo@example.se")
    town.arrives(copy[0], GATA)
    receive(town.runtime, GATA)
    with town.database.write() as connection:
        (theirs,) = claim_waiting(connection, "worker-2", limit=1)
    for original, to in (copy, second):
        town.arrives(original, to)
        receive(town.runtime, to)

    def another_worker_decides_it() -> None:
        change(town, theirs.id, lease_until=TUESDAY - timedelta(days=9999))
        decide(town.colleague("worker-2"))

    with meanwhile(monkeypatch, another_worker_decides_it):
        decided = decide(town.runtime)

    (_, first, *_), (fate, shared, _, replied, _, rows), (_, own, *_) = what_became(town)
    assert (fate, shared, replied, rows) == (Fate.ticket, first, None, ["3.3/27"])
    assert own != first
    assert decided.fates == {Fate.ticket: 2}
    assert decided.replies == 1


def test_a_message_that_was_taken_over_leaves_the_rest_of_its_batch_decided(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for original in numbered(3):
        town.arrives(original)
    receive(town.runtime, town.account)

    with meanwhile(monkeypatch, lambda: change(town, 2, claimed_by="worker-2")):
        decided = decide(town.runtime)

    assert decided.fates == {Fate.ticket: 2}
    assert [row[0] for row in what_became(town)] == [Fate.ticket, Fate.waiting, Fate.ticket]
    assert len(events_of(town, "decided")) == 2


def test_a_message_that_nobody_can_decide_holds_back_no_other(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for original in numbered(4):
        town.arrives(original)
    receive(town.runtime, town.account)

    def picky(waiting: Any, site: Any) -> Any:
        if b"nummer 2 " in waiting.arrival.original:
            raise RuntimeError("a fault that nobody foresaw")
        return parse_waiting(waiting, site)

    monkeypatch.setattr(deciding, "parse_waiting", picky)

    with pytest.raises(NotDecided, match=r"message 2 could not be decided \(RuntimeError\)"):
        decide(town.runtime)

    assert [row[0] for row in what_became(town)] == [Fate.ticket, Fate.waiting, Fate.ticket, Fate.ticket]
    assert town.bell.rung[-1] is Step.send


def test_others_may_write_while_a_batch_is_decided(town: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)

    with meanwhile(monkeypatch, lambda: change(town, 1, flags=[])):
        decide(town.runtime)

    assert len(town.tickets()) == 1


def test_a_follow_up_joins_the_ticket_that_another_worker_opens_for_the_first_mail_meanwhile(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    further = mail("Jag glömde: det är vid nummer 12.", id="<2@example.se>", extra=("In-Reply-To: <1@example.se>",))
    for original in (mail(BINS), further):
        town.arrives(original)
        receive(town.runtime, town.account)
    with town.database.write() as connection:
        (theirs,) = claim_waiting(connection, "worker-2", limit=1)

    def another_worker_decides_it() -> None:
        change(town, theirs.id, lease_until=TUESDAY - timedelta(days=9999))
        decide(town.colleague("worker-2"))

    with meanwhile(monkeypatch, another_worker_decides_it):
        decide(town.runtime)

    (_, opened, *_), (_, joined, *_) = what_became(town)
    assert joined == opened


def test_a_follow_up_stays_out_of_a_ticket_that_is_given_to_another_unit_meanwhile(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_together(town, [coming()])
    town.arrives(mail("Jag glömde: det är vid nummer 12.", id="<2@example.se>", extra=("In-Reply-To: <1@example.se>",)))
    receive(town.runtime, town.account)

    def somebody_gives_it_away() -> None:
        with town.database.write() as connection:
            connection.execute(tickets.update().values(unit_id="omsorg", account_id="gata"))

    with meanwhile(monkeypatch, somebody_gives_it_away):
        decide(town.runtime)

    (_, first, *_), (_, own, *_) = what_became(town)
    assert own != first
