"""Originals are compressed in pieces, and come back byte for byte."""

import random
import zlib

import pytest

from store.originals import PIECE_BYTES, compressed, plain


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 17])
def test_what_was_compressed_comes_back(size: int) -> None:
    original = random.Random(1).randbytes(size)

    packed = compressed(original)

    assert plain(packed, size) == original
    assert zlib.decompress(packed) == original


@pytest.mark.parametrize("told", [0, 1, 5_000_000])
def test_a_wrong_size_costs_memory_and_no_byte(told: int) -> None:
    original = b"Hej! " * 10_000

    assert plain(compressed(original), told) == original
