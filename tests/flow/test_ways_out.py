"""A way out that is missing, down or switched off: nothing goes that should not, and nothing is given up."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest

from connectors.fake import FakeSink, Trouble
from domain.account import Account, AutoReply, SmtpConnection
from domain.errors import BadInput, Unreachable
from domain.outgoing import AUTOMATIC_REPLIES, OutgoingKind, Receipt, Rendered, SendState, Trace
from domain.site import Site
from pipeline.decide import decide
from pipeline.receive import receive
from pipeline.send import send
from pipeline.ways_out import SLOW, WaysOut
from store.database import Database
from tests.flow.installation import GATA, FakeWires, Installation, mail, numbered


@pytest.fixture
def town(database: Database) -> Installation:
    installation = Installation(database)
    installation.connect()
    return installation


def states(town: Installation) -> list[SendState]:
    return [reply.state for ticket in town.tickets() for reply in town.replies(ticket)]


def try_again_now(town: Installation) -> None:
    """Let every wait be over."""
    with town.database.write() as connection:
        connection.exec_driver_sql("UPDATE outgoing SET next_try_at = '2000-01-01' WHERE next_try_at IS NOT NULL")
    send(town.runtime)


def test_a_reply_without_a_password_waits_until_there_is_one(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.arrives(mail())

    def missing(self: FakeWires, site: Site, account: Account, kind: OutgoingKind) -> FakeSink:
        raise BadInput("the secret is missing")

    with monkeypatch.context() as patched:
        patched.setattr(FakeWires, "sink", missing)
        town.round()
        assert states(town) == [SendState.retry]

    try_again_now(town)

    assert states(town) == [SendState.sent]


def test_an_alert_without_a_way_out_waits_until_there_is_one(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.mailbox().fail(Unreachable("tcp", "the server does not answer"))
    with monkeypatch.context() as patched:
        patched.setattr(FakeWires, "sink", lambda *_: None)
        town.round()
        town.clock.forward(minutes=45)
        town.round()

    try_again_now(town)

    assert [alert.state for alert in town.alerts()] == [SendState.sent]


@pytest.mark.parametrize("switched", [AutoReply.off, AutoReply.shadow])
def test_a_reply_that_waits_follows_the_switch(town: Installation, switched: AutoReply) -> None:
    town.arrives(mail())
    receive(town.runtime, town.account)
    decide(town.runtime)
    town.use(replace(town.site, accounts=tuple(replace(each, auto_reply=switched) for each in town.site.accounts)))

    send(town.runtime)

    assert states(town) == [SendState.cancelled]
    assert town.wires.out.sent == []


def test_a_reply_that_never_went_holds_back_no_later_one(town: Installation) -> None:
    town.wires.out.trouble = Trouble.failed
    town.arrives(mail())
    town.round()
    town.clock.forward(days=3)
    town.wires.out.trouble = None
    try_again_now(town)
    town.arrives(mail("Lampan är trasig.", id="<2@example.se>", at=town.clock.now()))

    town.round()

    assert sorted(states(town)) == [SendState.cancelled, SendState.sent]


@pytest.mark.parametrize(
    ("trouble", "reached"), [(Trouble.failed, SendState.retry), (Trouble.lost, SendState.uncertain)]
)
def test_a_way_out_that_is_down_is_not_tried_for_every_message(
    town: Installation, monkeypatch: pytest.MonkeyPatch, trouble: Trouble, reached: SendState
) -> None:
    tried: list[str] = []
    real = FakeSink.send

    def counted(self: FakeSink, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        if rendered.kind in AUTOMATIC_REPLIES:
            tried.append(rendered.recipient)
        return real(self, rendered, before_wire)

    monkeypatch.setattr(FakeSink, "send", counted)
    town.wires.out.trouble = trouble
    for original in numbered(20):
        town.arrives(original)

    town.round()

    assert Counter(states(town)) == Counter({reached: 2}) + Counter({SendState.retry: 18})
    assert len(tried) == 2


def test_a_message_that_fails_in_a_way_nobody_foresaw_holds_back_no_other(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("anna", "bo", "cilla"):
        town.arrives(mail(sender=f"{name}@example.se", id=f"<{name}@example.se>"))
    whole = FakeSink.send

    def send_all_but_annas(self: FakeSink, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        if rendered.recipient.startswith("anna@"):
            raise RuntimeError("nobody foresaw this")
        return whole(self, rendered, before_wire)

    monkeypatch.setattr(FakeSink, "send", send_all_but_annas)
    receive(town.runtime, town.account)
    decide(town.runtime)

    with pytest.raises(RuntimeError, match="nobody foresaw"):
        send(town.runtime)

    assert Counter(states(town))[SendState.sent] == 2


def test_a_way_out_that_can_tell_nothing_either_is_not_tried_for_every_message(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeSink, "find_sent", says_nothing([]))
    town.wires.out.trouble = Trouble.lost
    for original in numbered(20):
        town.arrives(original)

    town.round()

    assert Counter(states(town)) == {SendState.handing_over: 2, SendState.retry: 18}


def test_a_way_out_that_says_nothing_is_not_asked_about_every_send_that_was_cut_off(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for original in numbered(20):
        town.arrives(original)
    receive(town.runtime, town.account)
    decide(town.runtime)
    cut_off(town)
    monkeypatch.setattr(FakeSink, "find_sent", says_nothing(asked))

    send(town.runtime)

    assert Counter(states(town)) == {SendState.handing_over: 20}
    assert len(asked) == 2


def test_a_way_out_that_is_slow_is_left_in_time_and_goes_on_at_the_next_bell(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the worker interrupts the thread while it hands over, and a person must settle that send."""
    real = FakeSink.send

    def slow(self: FakeSink, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        town.clock.forward(minutes=1)
        return real(self, rendered, before_wire)

    monkeypatch.setattr(FakeSink, "send", slow)
    for original in numbered(30):
        town.arrives(original)
    receive(town.runtime, town.account)
    decide(town.runtime)

    send(town.runtime, at_most=timedelta(minutes=5))
    at_first = Counter(states(town))
    send(town.colleague("worker-2"))

    assert at_first == {SendState.sent: 5, SendState.queued: 25}
    assert Counter(states(town)) == {SendState.sent: 30}


def says_nothing(asked: list[str]) -> Callable[[FakeSink, Rendered, Callable[[str], bool]], Trace]:
    def unreachable(self: FakeSink, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        asked.append(rendered.message_id)
        raise Unreachable("tcp", "the provider does not answer")

    return unreachable


def cut_off(town: Installation) -> None:
    """Leave every send as a worker does that is killed while it hands over."""
    with town.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE outgoing SET state = 'handing_over', claimed_by = 'dead', attempts = 1, lease_until = '2000-01-01'"
        )


class Seconds:
    """A clock of which each look takes so long."""

    def __init__(self) -> None:
        self.now = 0.0
        self.step = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_a_host_that_takes_long_to_fail_is_not_tried_for_each_of_its_accounts(
    town: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def hangs(self: FakeSink, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        tried.append(rendered.recipient)
        raise Unreachable("tcp", "the server does not answer")

    monkeypatch.setattr(FakeSink, "send", hangs)
    seconds = Seconds()
    seconds.step = 2 * SLOW.total_seconds()
    wrote_to_both(town)

    send(replace(town.runtime, ways_out=WaysOut(monotonic=seconds)))

    assert Counter(states(town)) == {SendState.retry: 20}
    assert len(tried) == 2


def test_while_another_thread_hangs_at_a_host_what_leaves_by_others_goes(town: Installation) -> None:
    elsewhere = tuple(
        replace(each, smtp=SmtpConnection(host="other.example")) if each.id == GATA else each
        for each in town.site.accounts
    )
    town.use(replace(town.site, accounts=elsewhere))
    seconds = Seconds()
    ways = WaysOut(monotonic=seconds)
    wrote_to_both(town)

    with hanging(ways, "127.0.0.1"):
        seconds.now += 2 * SLOW.total_seconds()
        send(replace(town.runtime, ways_out=ways))
        during = {each.sender for each in town.wires.out.sent}
    try_again_now(town)

    assert ["gata@exempelby.example" in each for each in during] == [True]
    assert Counter(states(town)) == {SendState.sent: 20}
    with town.database.read() as connection:
        assert set(connection.exec_driver_sql("SELECT attempts FROM outgoing").scalars()) == {1}


def wrote_to_both(town: Installation) -> None:
    """Let ten citizens write to each of the two mailboxes."""
    for number in range(20):
        to = town.site.account(GATA if number % 2 else town.account)
        original = mail(sender=f"person{number}@example.se", id=f"<{number}@example.se>", to=to.address)
        town.arrives(original, to.id)
    for each in town.site.accounts:
        receive(town.runtime, each.id)
    decide(town.runtime)


@contextmanager
def hanging(ways: WaysOut, host: str) -> Iterator[None]:
    """Let another thread hang at a host during the block."""
    there, over = Event(), Event()

    def hang() -> None:
        with ways.at(host, urgent=False):
            there.set()
            over.wait(10)

    thread = Thread(target=hang)
    thread.start()
    there.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join()
