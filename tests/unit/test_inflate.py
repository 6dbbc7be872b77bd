"""A body as sent -> the body as meant, with a bound (R28)."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.net.inflate import BadBody, Inflater, TooBig

TEXT = ("<rss><channel><title>أخبار</title></channel></rss>" * 50).encode()
NOISE = random.Random(4).randbytes(200_000)


def inflate(sent: bytes, coding: str = "gzip", limit: int = 1_000_000, chunk: int = 1000) -> bytes:
    inflater = Inflater(coding, limit)
    for start in range(0, len(sent), chunk):
        inflater.feed(sent[start : start + chunk])
    return inflater.finish()


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000, 1_000_000])
@pytest.mark.parametrize(
    ("sent", "coding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "X-GZIP"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (gzip.compress(TEXT[:700]) + gzip.compress(TEXT[700:]), "gzip"),
        (TEXT, "gzip"),
        (gzip.compress(TEXT), ""),
        (gzip.compress(TEXT), "deflate"),
        (gzip.compress(TEXT) + b"\0" * 512, "gzip"),
        (gzip.compress(TEXT) + b"\0" * 5 + gzip.compress(b"more"), "gzip"),
    ],
    ids=[
        "none", "identity", "gzip", "x-gzip", "zlib", "raw deflate", "two members", "header lies: plain",
        "header missing", "header names the other", "padded", "junk after",
    ],
)  # fmt: skip
def test_r28_a_body_is_read_as_it_is_meant_whatever_the_chunks(sent: bytes, coding: str, chunk: int) -> None:
    """gzip, zlib, raw deflate and plain bytes give the same text, also where the header is wrong about gzip."""
    assert inflate(sent, coding, chunk=chunk) == TEXT


@given(st.binary(max_size=300), st.integers(1, 64))
def test_any_body_survives_gzip_and_any_chunking(data: bytes, chunk: int) -> None:
    """What was compressed comes back, byte for byte."""
    assert inflate(gzip.compress(data), chunk=chunk) == data


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress, raw_deflate])
def test_a_large_body_in_one_chunk_comes_out_whole(compress: Callable[[bytes], bytes]) -> None:
    """Output that waits inside zlib when the input is used up is not taken for a truncated body."""
    for data in (NOISE, bytes(900_000), b"ab" * 131_072):
        coding = "gzip" if compress is gzip.compress else "deflate"
        assert inflate(compress(data), coding, chunk=10_000_000) == data


@pytest.mark.parametrize("size", [0, 1])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_body_too_short_to_tell_is_plain(coding: str, size: int) -> None:
    """Nothing, or a single byte, is not a broken gzip stream."""
    assert inflate(b"\x1f"[:size], coding) == b"\x1f"[:size]


@pytest.mark.parametrize("cut", [2, 5, 12, 60, -9, -8, -1])
def test_a_truncated_gzip_body_is_broken(cut: int) -> None:
    """Wherever it ends early, in its header, its data or its trailer."""
    with pytest.raises(BadBody, match="too early"):
        inflate(gzip.compress(TEXT)[:cut])


def test_a_damaged_gzip_body_is_broken() -> None:
    """A wrong checksum counts."""
    sent = bytearray(gzip.compress(TEXT))
    sent[-5] ^= 1
    with pytest.raises(BadBody, match="damaged"):
        inflate(bytes(sent))


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br", "gzip, gzip", "gzip, deflate", "nonsense"])
def test_codings_not_asked_for_are_refused_by_name(coding: str) -> None:
    """Only one coding, and only one of those that are inflated with a bound."""
    with pytest.raises(BadBody, match=coding):
        Inflater(coding, 1000)


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_r28_the_limit_is_on_decompressed_bytes_and_exact(coding: str) -> None:
    """A body of just the limit is read, one byte more is too big."""
    sent = gzip.compress(TEXT) if coding else TEXT
    assert inflate(sent, coding, limit=len(TEXT)) == TEXT
    with pytest.raises(TooBig):
        inflate(sent, coding, limit=len(TEXT) - 1)


def test_what_came_before_the_limit_can_be_looked_at() -> None:
    """The beginning of a page is enough to class it."""
    inflater = Inflater("", 10)
    with pytest.raises(TooBig):
        inflater.feed(TEXT)
    assert inflater.body == TEXT[:10]


def test_r28_a_bomb_takes_no_more_memory_than_the_limit() -> None:
    """50 MB in 50 KB: refused, and never held, not even for a moment."""
    bomb = gzip.compress(bytes(50_000_000), 9)
    tracemalloc.start()
    try:
        with pytest.raises(TooBig):
            inflate(bomb, limit=1_000_000, chunk=len(bomb))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


def test_a_body_that_inflates_to_nothing_is_bounded_too() -> None:
    """Input without output counts: empty members, and an endless tail behind the last one."""
    with pytest.raises(BadBody, match="pieces"):
        inflate(gzip.compress(b"") * 1001)
    inflater = Inflater("gzip", 1000)
    inflater.feed(gzip.compress(b"x"))
    with pytest.raises(TooBig):
        for _ in range(100):
            inflater.feed(bytes(10_000))
