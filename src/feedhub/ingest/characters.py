"""Characters that may be published, and texts of bounded length."""

from __future__ import annotations

import re

# XML 1.0 `Char` leaves these out: C0 controls, surrogates, U+FFFE and U+FFFF. To them come the other noncharacters, DEL
# and C1, the byte order mark inside a text, and the bidi embeddings and overrides, which reach beyond their own text
# (UAX #9 advises isolates instead; marks, joiners and isolates stay, Persian and Kurdish need them).
_UNPUBLISHABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ufeff\u202a-\u202e]"
)
# Apart, and seldom asked: in one class they make the search ten times slower.
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_ENDS_OF_PLANES = (f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
_ASTRAL_NONCHARACTERS = re.compile(f"[{''.join(_ENDS_OF_PLANES)}]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_END_OF_ISOLATE = "\u2069"
_INVISIBLE = "\\s\u00ad\u061c\u200b-\u200f\u2028\u2029\u2060-\u2069\ufeff"
_VISIBLE = re.compile(f"[^{_INVISIBLE}]")

# Windows-1252 that was read as Latin-1: the table that HTML applies to character references.
_C1 = {chr(byte): bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)}


def publishable(text: str) -> str:
    """`text` without the characters that no document may hold (R33)."""
    if _ASTRAL.search(text):
        text = _ASTRAL_NONCHARACTERS.sub("", text)
    return _UNPUBLISHABLE.sub(lambda found: _C1.get(found[0], ""), text)


def is_visible(text: str) -> bool:
    """Whether a reader would see anything: spaces, marks and joiners alone are nothing."""
    return _VISIBLE.search(text) is not None


def one_line(text: str, limit: int) -> str:
    """`text` on one line of at most `limit` characters, cut at a word; empty where nothing of it is visible."""
    line = " ".join(publishable(text).split())
    return _balanced(_cut(line, limit)) if is_visible(line) else ""


def _cut(line: str, limit: int) -> str:
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    space = head.rfind(" ") if line[limit - 1] != " " else -1
    # A script without spaces has no word end near the limit.
    kept = head[:space] if space > limit // 2 else head
    return kept.rstrip(" ,;:-\u200d") + "…"


def _balanced(line: str) -> str:
    """`line` without bidi isolates where one is not closed or none is open."""
    depth = 0
    for isolate in _ISOLATES.findall(line):
        depth += -1 if isolate == _END_OF_ISOLATE else 1
        if depth < 0:
            break
    return line if depth == 0 else _ISOLATES.sub("", line)
