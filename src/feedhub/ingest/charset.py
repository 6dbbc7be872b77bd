"""Bytes to text: the text that a correctly labelled document would have had (R32).

Labels lie, bytes seldom do. The order is: byte order mark, UTF-16/32 by its zeros, UTF-8 where the bytes are UTF-8
(strictly, or but for a few damaged characters), the XML declaration, the HTTP header, a guess. RFC 7303 puts the header
before the declaration and calls unlabelled `text/xml` US-ASCII; servers send both by default, without knowing the
document, so the declaration comes first here and the default counts for nothing.

Mojibake inside valid UTF-8 is not mended.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with the mark of UTF-16, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # Without a mark: how "<" and the character after it look (XML 1.0, appendix F).
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),  # "<?xm" in EBCDIC
)
_DECLARED = re.compile(rb"""<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})""")
_HTTP = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""(?:<(?:dc:)?language>\s*|\bxml:lang\s*=\s*["'])([A-Za-z]{2,3})""")
_ESCAPES = (b"\x1b$", b"\x1b(")  # ISO-2022: seven bits, so it would pass for UTF-8
_ASCII = bytes(range(0x80))
_HIGH = bytes(range(0x80, 0x100))

# The subset's label on text of the superset (WHATWG Encoding Standard, 4.2).
_SUPERSETS = {
    "ascii": "windows-1252",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Python's codecs that are no charset of documents: their decoding is slow (idna), or an escape language.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7", "undefined"}

_BY_LANGUAGE = {
    **dict.fromkeys(("ar", "fa", "ur", "ckb"), "windows-1256"),
    **dict.fromkeys(("tr", "az", "ku", "kmr"), "windows-1254"),
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be"), "windows-1251"),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "hr", "sl", "sq"), "windows-1250"),
    "el": "windows-1253",
    "he": "windows-1255",
}
_ALEF = 0xC7  # in windows-1256 an eighth of Arabic text; in 1251, 1253 a rare capital
_TURKISH = frozenset(b"\xd0\xdd\xde\xf0\xfd\xfe")  # Ğİşğış in windows-1254; in 1252 Icelandic letters

# What XML 1.0 does not allow in a document (production 2, Char).
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode(body: bytes, content_type: str = "") -> str:
    """The text of `body`, of XML characters alone; `content_type` is the HTTP header's value, or empty."""
    return legal(_decode(body, content_type).lstrip("\ufeff"))


def legal(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids: controls, lone surrogates, NUL, U+FFFE, U+FFFF (R33)."""
    return _ILLEGAL.sub("", text)


def _decode(body: bytes, content_type: str) -> str:
    body = body.removeprefix(codecs.BOM_UTF8)
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    labels = _labels(body, content_type)
    if any(escape in body for escape in _ESCAPES):
        labels = [label for label in labels if label.startswith("iso2022")] + ["utf-8"] + labels
    else:
        labels = ["utf-8", *labels]
    for label in labels:
        try:
            return body.decode(label)
        except UnicodeDecodeError:
            if label == "utf-8" and (mended := _mended_utf8(body)) is not None:
                return mended
    return body.decode(_guess(body), "replace")


def _labels(body: bytes, content_type: str) -> list[str]:
    """The charsets that the document and then the header declare, as codec names; unknown ones are left out."""
    declared, sent = _DECLARED.search(body, 0, 1024), _HTTP.search(content_type)
    labels = []
    for name in (declared[1].decode("ascii") if declared else "", sent[1] if sent else ""):
        codec = _codec(name)
        if codec and codec not in labels:
            labels.append(codec)
    return labels


def _codec(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
        b"".decode(codec)  # LookupError for a codec that is not of text: rot13, zlib
    except LookupError:
        return ""
    if codec in _NO_CHARSETS or codec.startswith(("utf-16", "utf-32")):  # these are known by their zeros
        return ""
    return _SUPERSETS.get(codec, codec)


def _mended_utf8(body: bytes) -> str | None:
    """UTF-8 with damaged characters replaced, if whole characters outnumber the damaged ones four to one.

    An excerpt cut in the middle of a character spoils a single byte. In another charset's text hardly two bytes in
    succession make UTF-8.
    """
    text = body.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = len(text) - len(body.translate(None, _HIGH)) - damaged
    return text if whole >= 4 * damaged else None


def _guess(body: bytes) -> str:
    """The charset of text whose labels all fail, from its language or the statistics of its bytes.

    Made for what the region writes: Arabic and Persian, Turkish and Kurmanji, Western European. Other scripts are
    known by their declared language alone, except that text in runs of letters without any alef is taken for Cyrillic.
    Latin-1 maps every byte, which makes it the last resort.
    """
    language = _LANGUAGE.search(body)
    candidates = [_BY_LANGUAGE.get(language[1].decode("ascii").lower(), "") if language else "", _by_bytes(body)]
    for encoding in filter(None, candidates):
        try:
            body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _by_bytes(body: bytes) -> str:
    counts = Counter(body.translate(None, _ASCII))
    total = sum(counts.values())
    letters = sum(count for byte, count in counts.items() if byte >= 0xC0)
    pairs = len(re.findall(rb"[\xc0-\xff]{2}", body))
    if 2 * pairs > letters / 2:  # letters stand together: not a Latin script with an accent here and there
        return "windows-1256" if counts[_ALEF] > total / 25 else "windows-1251"
    turkish = sum(counts[byte] for byte in _TURKISH)
    return "windows-1254" if turkish > total / 5 else "windows-1252"
