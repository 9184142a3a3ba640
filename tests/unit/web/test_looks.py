"""What many streams want to know at the same time is asked once."""

import asyncio
from threading import Event

import pytest

from web.looks import Looks


def test_who_asks_meanwhile_shares_the_answer_and_who_asks_later_gets_a_new_one() -> None:
    asked, go_on = [], Event()

    def look() -> tuple[str, str]:
        asked.append(1)
        assert go_on.wait(timeout=10)
        return str(len(asked)), "event"

    async def ask() -> list[str]:
        looks = Looks()
        together = [asyncio.ensure_future(looks.take("queue", look)) for _ in range(50)]
        await asyncio.sleep(0)
        go_on.set()
        found = [version for version, _ in await asyncio.gather(*together)]
        return [*sorted(set(found)), (await looks.take("queue", look))[0]]

    assert asyncio.run(ask()) == ["1", "2"]


def test_one_who_leaves_takes_the_answer_from_nobody_and_a_fault_reaches_all() -> None:
    go_on = Event()

    def look() -> tuple[str, str]:
        assert go_on.wait(timeout=10)
        raise LookupError("gone")

    async def ask() -> None:
        looks = Looks()
        leaves = asyncio.ensure_future(looks.take("queue", look))
        stays = asyncio.ensure_future(looks.take("queue", look))
        await asyncio.sleep(0)
        leaves.cancel()
        go_on.set()
        with pytest.raises(LookupError):
            await stays

    asyncio.run(ask())
