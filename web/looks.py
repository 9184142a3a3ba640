"""Looks: what many streams want to know at the same time is asked once."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool

Seen = TypeVar("Seen")


@dataclass
class Looks:
    """Looks that are taken now: who wants to know the same at the same time shares one, and one thread."""

    _taken: dict[Hashable, "asyncio.Task[Any]"] = field(default_factory=dict)

    async def take(self, key: Hashable, look: Callable[[], Seen]) -> Seen:
        """Return what the look gives; `key`: what is looked at, and for whom."""
        task = self._taken.get(key)
        if task is None:
            task = asyncio.ensure_future(run_in_threadpool(look))
            self._taken[key] = task
            task.add_done_callback(lambda _: self._taken.pop(key, None))
        # Who leaves must not take the answer from the others.
        found: Seen = await asyncio.shield(task)
        return found
