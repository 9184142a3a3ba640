"""A batch that is decided side by side fares as if its messages had been decided one after the other."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from domain.ids import Digest, MessageId
from domain.message import Arrival
from pipeline import side_by_side
from pipeline.context import gather
from pipeline.decide_one import decide_each, decide_one
from pipeline.parsed import Parsed, parse_waiting
from pipeline.settled import Settled
from pipeline.side_by_side import decide_side_by_side
from pipeline.so_far import SoFar
from store.database import Database
from store.waiting import Waiting
from tests.builders import TUESDAY
from tests.flow.installation import mail, numbered, small_site

SITE = small_site()
CENTER = next(account for account in SITE.accounts if account.id == "kontaktcenter")
SPECIMENS = sorted((Path(__file__).parents[1] / "mails" / "parse").glob("*.eml"))
SMALL = [each.read_bytes() for each in SPECIMENS if each.stat().st_size < 20_000][:40]
SITE_DIGEST = Digest("d" * 64)


def parsed(number: int, original: bytes) -> Parsed:
    arrival = Arrival(
        identity=f"INBOX/1/{number}", original=original, media_type="message/rfc822", provider_at=TUESDAY
    )  # fmt: skip
    waiting = Waiting(
        id=MessageId(number), organisation=CENTER.organisation, account=CENTER.id, arrival=arrival, attempts=1
    )
    return parse_waiting(waiting, SITE)


def batch() -> list[Parsed]:
    """Return strangers, copies, second mails of one sender, short ones, and one Message-ID on two letters."""
    writes = [
        mail("Lampan på Kyrkogatan är trasig sedan i fredags.", id="<a@example.se>"),
        mail("Ja tack!", id="<b@example.se>"),
        mail("Soporna har inte hämtats på Storgatan 3.", id="<c@example.se>"),
        mail("Soporna har inte hämtats på Storgatan 4.", id="<c@example.se>", sender="bo@example.se"),
    ]
    return [parsed(number, each) for number, each in enumerate(chain(SMALL, numbered(5), writes, SMALL[:9], writes), 1)]


def one_after_the_other(waiting: list[Parsed], database: Database, now: datetime) -> list[Settled]:
    so_far, settled = SoFar(), []
    with database.read() as connection:
        gathered = gather(connection, waiting, SITE, now)
    for each in waiting:
        settled.append(decide_one(each, gathered, so_far, SITE, SITE_DIGEST, now))
        so_far.note(settled[-1], now)
    return settled


def test_a_batch_is_decided_side_by_side_as_in_turn(database: Database) -> None:
    waiting, now = batch(), TUESDAY.astimezone(UTC)
    with database.read() as connection:
        gathered = gather(connection, waiting, SITE, now)

    settled = decide_side_by_side(waiting, gathered, SITE, SITE_DIGEST, now)

    assert settled == one_after_the_other(waiting, database, now)
    assert sum(each.copy_of is not None for each in settled) >= 10
    assert sum(each.reply is not None for each in settled) >= 5


def test_what_a_flood_tells_of_each_other_is_decided_in_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counting(some: Sequence[Parsed], *rest: Any) -> list[Settled]:
        asked.append(len(some))
        return decide_each(some, *rest)

    monkeypatch.setattr(side_by_side, "decide_each", counting)
    waiting, now = [parsed(number, mail(id="<same@example.se>")) for number in range(1, 41)], TUESDAY.astimezone(UTC)
    for each in waiting[::2]:
        object.__setattr__(each, "letter", f"{each.waiting.id:064}")
    with database.read() as connection:
        gathered = gather(connection, waiting, SITE, now)

    settled = decide_side_by_side(waiting, gathered, SITE, SITE_DIGEST, now)

    assert settled == one_after_the_other(waiting, database, now)
    assert sum(asked) <= (side_by_side.MOST_ROUNDS + 1) * len(waiting)
