"""The database's disk is full for a while: a plain error, and nothing lost once there is room.

A small file system in memory stands in for the disk, so it takes somebody who may mount one.
"""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.integration.broken import installed, wait_until_read
from tests.integration.shape import page
from tests.services.postgres import Postgres
from tests.services.programs import folder_of, give_away, lacking

pytestmark = [
    pytest.mark.service("dovecot", "postgres"), pytest.mark.xdist_group("breaks"), pytest.mark.timeout(480),
]  # fmt: skip

#: What each database says, in its driver's words.
SAYS = {"sqlite": "database or disk is full", "postgres": "No space left on device"}


@pytest.fixture
def disk() -> Iterator[Path]:
    """Mount a disk of 64 MB."""
    place = folder_of("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        place.rmdir()
        lacking("nothing may be mounted here: run the tests as root, in a container with CAP_SYS_ADMIN")
    give_away(place)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


@pytest.mark.parametrize("kind", SAYS)
def test_a_full_disk_is_said_and_nothing_is_lost(
    kind: str, disk: Path, tmp_path: Path, postgres_server: Postgres
) -> None:
    url = f"sqlite:///{disk}/svarsvakt.sqlite3" if kind == "sqlite" else on_disk(postgres_server, disk)
    with installed(tmp_path, large=False, database=url) as broken:
        program = broken.start("run", "run")
        wait_until_read(broken)
        broken.letters.deliver(2)
        broken.settle()

        fill(disk)
        broken.letters.deliver(30)
        broken.town.until("nobody says that the disk is full", lambda: SAYS[kind] in program.said, seconds=60)
        assert program.runs
        assert page(broken.port, "/healthz") == 200
        (disk / "ballast").unlink()
        # A send that was under way may have gone without its mark.
        broken.cut_off |= set(broken.letters.senders)
        broken.letters.deliver(2)

        broken.settle()
        broken.town.close()
    if kind == "postgres":
        drop(postgres_server)


def fill(disk: Path) -> None:
    """Leave no room."""
    with (disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        for size in (1_000_000, 4_096, 1):
            with suppress(OSError):
                while ballast.write(b"x" * size) == size:
                    pass


def on_disk(server: Postgres, disk: Path) -> str:
    """Make a database on the disk, and return its URL."""
    place = disk / "postgres"
    place.mkdir()
    give_away(place)
    with psycopg.connect(server.administration, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        connection.execute("CREATE DATABASE small TEMPLATE template0 TABLESPACE small")
    return f"postgresql://svarsvakt@127.0.0.1:{server.port}/small"


def drop(server: Postgres) -> None:
    """Take the database and its place away."""
    with psycopg.connect(server.administration, autocommit=True) as connection:
        connection.execute("DROP DATABASE small WITH (FORCE)")
        connection.execute("DROP TABLESPACE small")
