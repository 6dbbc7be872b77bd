"""A body as sent -> the body as meant, bounded as it grows: a little gzip can hold a gigabyte (R28)."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zlib import _Decompress

_GZIP_MAGIC = b"\x1f\x8b"
_STEP = 64 * 1024  # bytes inflated at a time
_OVERHEAD = 64 * 1024  # bytes that compression may add to a body that does not compress
_MOST_MEMBERS = 1000  # each costs a copy of the rest of its chunk; block compressors make one per 64 KB
_WBITS = {"gzip": 16 + zlib.MAX_WBITS, "zlib": zlib.MAX_WBITS, "raw": -zlib.MAX_WBITS}
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}


class TooBig(Exception):
    """The body is larger than the limit in bytes that it names."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"larger than {limit:,} bytes")


class BadBody(Exception):
    """The body's content coding is broken, or one that was not asked for. The message says which."""


class Inflater:
    """Collects one body of at most `limit` decompressed bytes. Holds no more than that and one step at any moment.

    `coding` is the Content-Encoding header: gzip, deflate (zlib or raw: servers send either, RFC 9110 section 8.4.1.2)
    or none. One coding only: a second one around it was never asked for and is refused. The bytes have the last word
    about gzip: a body that does not begin like gzip is taken as it is, one that does is inflated also without the
    header. Several gzip members in a row are one body (RFC 1952 section 2.2), other bytes after the last are dropped.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._deflate = _single(coding) == "deflate"
        self._limit = limit
        self._received = 0
        self._members = 0
        self._pending = b""  # what is there of the two bytes that tell how to read on
        self._plain = False
        self._ended = False
        self._stream: _Decompress | None = None
        self._body = BytesIO()

    @property
    def body(self) -> bytes:
        """What has come so far."""
        return self._body.getvalue()

    def feed(self, data: bytes) -> None:
        """Take the next bytes as sent. Raises TooBig, BadBody."""
        self._received += len(data)
        if self._received > self._limit + _OVERHEAD:
            raise TooBig(self._limit)
        while data and not self._ended:
            if self._stream is not None:
                data = self._inflate(self._stream, data)
            elif self._plain:
                data = self._keep(data)
            else:
                data = self._begin(self._pending + data)

    def finish(self) -> bytes:
        """The whole body. Raises BadBody where it ends before its compressed form does."""
        if self._stream is not None:
            raise BadBody("its compressed body ends too early")
        if not self._members:
            self._keep(self._pending)
        return self.body

    def _begin(self, data: bytes) -> bytes:
        """Decide how the coming bytes are to be read; returns those to read now."""
        self._pending = data if len(data) < len(_GZIP_MAGIC) else b""
        if self._pending:
            return b""
        form = self._form(data)
        if form:
            self._members += 1
            if self._members > _MOST_MEMBERS:
                raise BadBody("its compressed body is in too many pieces")
            self._stream = zlib.decompressobj(_WBITS[form])
            return data
        self._plain = not self._members
        self._ended = not self._plain
        return data

    def _form(self, data: bytes) -> str | None:
        if data.startswith(_GZIP_MAGIC):
            return "gzip"
        if not self._deflate or self._members:
            return None
        is_zlib = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0  # RFC 1950 section 2.2
        return "zlib" if is_zlib else "raw"

    def _inflate(self, stream: _Decompress, data: bytes) -> bytes:
        """Inflate all of `data`, in steps; returns what comes after the end of the compressed stream."""
        while not stream.eof:
            step = min(_STEP, self._room() + 1)
            try:
                inflated = stream.decompress(data, step)
            except zlib.error as error:
                raise BadBody("its compressed body is damaged") from error
            self._keep(inflated)
            data = stream.unconsumed_tail
            if not stream.eof and len(inflated) < step:  # a full step may leave output behind, even without input
                return b""
        self._stream = None
        return stream.unused_data

    def _keep(self, data: bytes) -> bytes:
        room = self._room()
        self._body.write(data[:room])
        if len(data) > room:
            raise TooBig(self._limit)
        return b""

    def _room(self) -> int:
        return self._limit - self._body.tell()


def _single(coding: str) -> str:
    """The one content coding that a header names, or "" for none. Raises BadBody for others and for several."""
    named = [name for part in coding.split(",") if (name := part.strip().lower()) not in ("", "identity", "none")]
    known = [_CODINGS[name] for name in named if name in _CODINGS]
    if len(known) < len(named) or len(known) > 1:
        raise BadBody(f"its body is encoded as {', '.join(named)[:40]}, which was not asked for")
    return known[0] if known else ""
