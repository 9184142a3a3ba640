"""Files: fetch the pictures and files that a provider keeps beside messages, after the messages are stored.

Reads: files that wait; the provider.
Writes: files, each in a transaction of its own; events about those that never came.
"""

import logging
from datetime import timedelta

from domain.account import Account
from domain.errors import Unreachable
from domain.message import FileState, Media
from domain.protocols import FileSource
from domain.viewer import MACHINE
from pipeline.runtime import Runtime
from store.database import Connection
from store.events import append
from store.files import WaitingFile, find_waiting_files, put_file, put_off_file

log = logging.getLogger(__name__)

#: Files of one visit: messages that come meanwhile must not wait long.
AT_ONCE = 4

#: Waits between tries; the last one repeats.
WAITS = tuple(timedelta(seconds=each) for each in (10, 60, 300, 1800, 3600))

#: A file that did not come in so many tries, which take two days, stays at the provider.
MOST_TRIES = 50


def fetch_files(runtime: Runtime, account: Account, source: FileSource) -> int:
    """Fetch some of the files that an account waits for; return how many came. Safe to run twice."""
    now = runtime.now
    with runtime.database.read() as connection:
        waiting = find_waiting_files(connection, MACHINE, account.id, now, limit=AT_ONCE)
    came = 0
    for each in waiting:
        try:
            fetched = source.fetch_file(each.media)
        except Unreachable:
            _put_off(runtime, account, each)
            break
        except (LookupError, ValueError) as error:
            log.warning("file %s of account %s cannot be fetched: %s", each.id, account.id, type(error).__name__)
            _put_off(runtime, account, each)
            continue
        with runtime.database.write() as connection:
            came += _keep(connection, account, runtime, each, fetched)
    return came


def _put_off(runtime: Runtime, account: Account, waiting: WaitingFile) -> None:
    with runtime.database.write() as connection:
        if waiting.attempts + 1 >= MOST_TRIES:
            _keep(connection, account, runtime, waiting, Media(name=waiting.media.name, state=FileState.gone))
            return
        wait = WAITS[min(waiting.attempts, len(WAITS) - 1)]
        put_off_file(connection, waiting.id, runtime.now + wait)


def _keep(connection: Connection, account: Account, runtime: Runtime, waiting: WaitingFile, fetched: Media) -> bool:
    if not put_file(connection, waiting.id, fetched):
        return False
    if fetched.state is not FileState.stored:
        append(
            connection, f"file_{fetched.state}", at=runtime.now, organisation=account.organisation, actor="receive",
            account=account.id, message=waiting.message, name=waiting.media.name,
        )  # fmt: skip
    return fetched.state is FileState.stored
