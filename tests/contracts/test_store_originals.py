"""Originals are kept to the byte, once per organisation, on both databases (P1)."""

import hashlib
import random

import pytest
import sqlalchemy as sa

from domain.ids import Digest, OrganisationId
from domain.viewer import MACHINE
from store.database import Connection, Database
from store.originals import get_original, put_originals
from store.schema import originals as table
from tests.contracts.stored import TOWN, WATER

MEGABYTE = 1024 * 1024


def put_original(connection: Connection, organisation: OrganisationId, original: bytes) -> Digest:
    (digest,) = put_originals(connection, organisation, [(original, "message/rfc822")])
    return digest


@pytest.mark.parametrize(
    "original", [b"", b"\x00", bytes(range(256)), b"From: a\r\n\r\n\xff\xfe\x00r\n", b"\r\n" * 10_000]
)
def test_an_original_is_given_back_to_the_byte(database: Database, original: bytes) -> None:
    with database.write() as connection:
        digest = put_original(connection, TOWN, original)

    with database.read() as connection:
        assert get_original(connection, MACHINE, TOWN, digest) == original
    assert digest == hashlib.sha256(original).hexdigest()


def test_an_original_of_thirty_megabytes_is_given_back_to_the_byte(database: Database) -> None:
    original = random.Random(7).randbytes(30 * MEGABYTE)
    with database.write() as connection:
        digest = put_original(connection, TOWN, original)

    with database.read() as connection:
        assert get_original(connection, MACHINE, TOWN, digest) == original


def test_an_original_is_stored_once_per_organisation(database: Database) -> None:
    with database.write() as connection:
        digests = {put_original(connection, organisation, b"Hej") for organisation in (TOWN, TOWN, WATER)}
        rows = connection.scalar(sa.select(sa.func.count()).select_from(table))

    assert len(digests) == 1
    assert rows == 2


def test_originals_of_any_size_are_stored_together_and_told_in_order(database: Database) -> None:
    noise = random.Random(7)
    brought = [noise.randbytes(size) for size in (10, 2 * MEGABYTE, 0, 500, 2 * MEGABYTE, 10)] + [b"Hej", b"Hej"]

    with database.write() as connection:
        digests = put_originals(connection, TOWN, [(each, "message/rfc822") for each in brought])

    assert digests == [hashlib.sha256(each).hexdigest() for each in brought]
    with database.read() as connection:
        assert [get_original(connection, MACHINE, TOWN, digest) for digest in digests] == brought


def test_an_original_is_found_only_in_its_own_organisation(database: Database) -> None:
    with database.write() as connection:
        digest = put_original(connection, TOWN, b"Hej")

    with database.read() as connection:
        for organisation, asked in ((WATER, digest), (TOWN, Digest("0" * 64))):
            with pytest.raises(KeyError):
                get_original(connection, MACHINE, organisation, asked)


def test_an_original_is_compressed(database: Database) -> None:
    with database.write() as connection:
        put_original(connection, TOWN, b"Hej! " * 100_000)
        row = connection.execute(sa.select(table)).one()

    assert row.size_bytes == 500_000
    assert len(row.compressed) < 5_000
