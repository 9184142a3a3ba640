"""The stream that says when the list is old: of what one may see, and no longer than one may see it."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from domain.category import Secrecy
from domain.ids import TicketId, UnitId
from domain.viewer import MACHINE
from store.schema import tickets, users
from store.users import find_user
from tests.web.conftest import Enter
from tests.web.town import Town
from web import live
from web.queue import watch_queue
from web.visit import signed_in_part


def versions(town: Town, client: TestClient, between: Callable[[], object]) -> list[str]:
    """Return what two looks of a stream carry of the list, with something done between them."""
    return [each for each in told(town, client, between) if not each.startswith("mine ")]


def mine(town: Town, client: TestClient, between: Callable[[], object]) -> list[str]:
    """Return what two looks of a stream say of what one has taken, with something done between them."""
    return [each for each in told(town, client, between) if each.startswith("mine ")]


def told(town: Town, client: TestClient, between: Callable[[], object]) -> list[str]:
    """Return all that two looks of a stream carry, with something done between them."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    app = town.app()

    async def receive() -> dict[str, str]:
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits that long")

    scope = {
        "type": "http", "method": "GET", "path": "/ko/strom", "query_string": b"", "scheme": "http", "app": app,
        "headers": [(b"cookie", cookies.encode()), (b"host", b"testserver")], "server": ("testserver", 80),
    }  # fmt: skip
    answer = signed_in_part(watch_queue)(Request(scope, receive))
    assert isinstance(answer, StreamingResponse)
    return asyncio.run(_two_looks(answer, between))


async def _two_looks(answer: StreamingResponse, between: Callable[[], object]) -> list[str]:
    found: list[str] = []
    parts = answer.body_iterator.__aiter__()
    for look in range(3):
        part = str(await anext(parts))
        found += re.findall(r"event: (\S+)\ndata: (.+)", part)
        if look == 1:
            between()
    return [f"{event} {data}" for event, data in found]


def test_a_new_ticket_changes_the_version(town: Town, bo: TestClient) -> None:
    town.add_ticket()

    seen = versions(town, bo, town.add_ticket)

    assert [each.partition(" ")[0] for each in seen] == ["version", "change"]


def test_what_is_told_of_a_promise_is_of_now_and_not_of_when_the_stream_began(town: Town, bo: TestClient) -> None:
    town.add_ticket()

    def wait() -> None:
        town.clock.instant += timedelta(minutes=13)

    assert "försenat" in versions(town, bo, wait)[-1]


def test_nothing_new_says_nothing(town: Town, bo: TestClient) -> None:
    town.add_ticket()

    assert len(versions(town, bo, lambda: None)) == 1


def test_a_sensitive_ticket_of_another_unit_changes_nothing(town: Town, enter: Enter) -> None:
    def add() -> None:
        town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))

    assert len(versions(town, enter("cilla"), add)) == 1
    assert len(versions(town, enter("nadja"), add)) == 2


def take(town: Town, ticket: TicketId, name: str | None) -> None:
    """Give a ticket to somebody, or to nobody, as in another window."""
    with town.database.write() as connection:
        user = None if name is None else find_user(connection, MACHINE, name)
        connection.execute(tickets.update().where(tickets.c.id == ticket).values(assignee_id=user.id if user else None))


def test_what_one_takes_and_releases_elsewhere_is_counted(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket()

    assert mine(town, enter("bo"), lambda: take(town, ticket, "bo")) == ["mine 0", "mine 1"]
    assert mine(town, enter("bo"), lambda: take(town, ticket, None)) == ["mine 1", "mine 0"]


def test_nobody_is_told_what_others_have_taken(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket()

    assert mine(town, enter("cilla"), lambda: take(town, ticket, "bo")) == ["mine 0"]


def test_what_becomes_sensitive_outside_ones_units_is_counted_no_more(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    take(town, ticket, "bo")

    def hide() -> None:
        with town.database.write() as connection:
            connection.execute(tickets.update().values(secrecy=Secrecy.SK2, unit_id="social"))

    assert mine(town, enter("bo"), hide) == ["mine 1", "mine 0"]


def test_without_a_stream_the_list_brings_the_number_with_it(town: Town, enter: Enter) -> None:
    ticket, _ = town.add_ticket()
    take(town, ticket, "bo")

    said = {name: enter(name).get("/ko/rader").headers["svarsvakt-mine"] for name in ("bo", "cilla")}

    assert said == {"bo": "1", "cilla": "0"}


def test_the_stream_ends_when_the_session_has_ended(town: Town, bo: TestClient) -> None:
    def wait() -> None:
        town.clock.instant += town.site.sign_in.idle

    seen = versions(town, bo, wait)

    assert seen[-1] == "signed-out -"


def test_whose_rights_are_others_now_is_told_nothing_more(town: Town, enter: Enter) -> None:
    def move_away() -> None:
        with town.database.write() as connection:
            connection.execute(users.update().values(units=["gata"]))
        town.add_ticket(secrecy=Secrecy.SK2, unit=UnitId("social"))
        town.clock.instant += timedelta(seconds=1)

    seen = versions(town, enter("nadja"), move_away)

    assert [each.partition(" ")[0] for each in seen] == ["version", "signed-out"]


def test_a_stream_is_short_enough_to_be_spread_over_processes() -> None:
    assert live.LOOKS * live.PACE.total_seconds() <= 120
