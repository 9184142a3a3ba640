"""An example connector: SMS as JSON files in a folder; `in` holds what came, `out` what was sent."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.account import Account
from domain.errors import SendFailed, Unreachable
from domain.finding import Health
from domain.message import Arrival, Batch
from domain.outgoing import NO_TRACE, Found, Receipt, Rendered, Trace
from domain.posted import Hook
from domain.protocols import Clock

BATCH = 50


class DuvaSource:
    """What came, by the names of the files: each is later than those before it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "in"

    def fetch(self, cursor: Mapping[str, Any] | None) -> Batch:
        last, owed = (cursor or {}).get("last", ""), list((cursor or {}).get("owed", ()))
        names = [*owed, *(name for name in self.inventory() if name > last)]
        now, rest = names[:BATCH], names[BATCH:]
        position = {"last": max([last, *now]), "owed": [name for name in owed if name not in now]}
        return Batch(
            arrivals=tuple(each for name in now if (each := self._arrival(name, cursor is None)) is not None),
            next_cursor=position,
            more=bool(rest),
        )

    def inventory(self) -> Iterator[str]:
        try:
            yield from sorted(path.name for path in self._folder.iterdir())
        except OSError:
            raise Unreachable("folder", f"The folder {self._folder} cannot be read: check that it exists") from None

    def fetch_again(self, cursor: Mapping[str, Any], identities: Collection[str]) -> Mapping[str, Any]:
        return {**cursor, "owed": [*cursor.get("owed", ()), *identities]}

    def close(self) -> None:
        """Nothing is held open."""

    def _arrival(self, name: str, history: bool) -> Arrival | None:
        path = self._folder / name
        try:
            original, changed = path.read_bytes(), path.stat().st_mtime
        except FileNotFoundError:
            return None
        at = json.loads(original).get("date_created")
        came = datetime.fromisoformat(at) if at else datetime.fromtimestamp(changed, UTC)
        return Arrival(
            identity=name, original=original, media_type="application/json", provider_at=came, history=history
        )  # fmt: skip


class DuvaSink:
    """What is sent: a file a message, named by our own Message-ID, so that none is ever sent twice."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder / "out"
        self._clock = clock

    def send(self, rendered: Rendered, before_wire: Callable[[], None]) -> Receipt:
        if not self._folder.is_dir():
            raise SendFailed(f"The folder {self._folder} is not there")
        before_wire()
        fields = {"from": rendered.sender, "to": rendered.recipient, "body": rendered.text}
        self._path(rendered).write_text(json.dumps(fields), encoding="utf-8")
        return Receipt(accepted_at=self._clock.now(), provider_id=self._path(rendered).name)

    def find_sent(self, rendered: Rendered, is_anothers: Callable[[str], bool]) -> Trace:
        path = self._path(rendered)
        return Trace(Found.found, path.name) if path.exists() else NO_TRACE

    def close(self) -> None:
        """Nothing is held open."""

    def _path(self, rendered: Rendered) -> Path:
        return self._folder / f"{rendered.message_id.strip('<>')}.json"


class DuvaProbe:
    """Tries whether the folder is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def probe(self) -> Health:
        there = self._folder.is_dir()
        return Health(ok=there, steps=(("folder", there, f"{self._folder} is {'' if there else 'not '}there"),))


def source(account: Account, secret: str, clock: Clock) -> DuvaSource:
    return DuvaSource(_folder(account))


def sink(account: Account, secret: str, clock: Clock) -> DuvaSink:
    return DuvaSink(_folder(account), clock)


def hook(account: Account, secret: str) -> Hook | None:
    return None


def probe(account: Account, secret: str, clock: Clock) -> DuvaProbe:
    return DuvaProbe(_folder(account))


def _folder(account: Account) -> Path:
    assert account.connector is not None
    return Path(dict(account.connector.options)["folder"])
