"""Text folded for matching, more strongly than for identity: one letter for each family that outlets spell differently.

:func:`feedhub.stories.fold.fold` makes the keys by which a feed's own items are told apart, where "hal" and "hâl" may
be two words. Here two newsrooms' spellings of one word must meet, and what is folded too far is caught by the rest of
the words. The name is Unicode's for the form under which look-alikes are equal (UTS #39, section 4).
"""

from __future__ import annotations

import html
import re
import sys
import unicodedata

_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[^\W\d_]+|(?:(?<![^\s(])(?<!\d\s)-)?\d+(?:\.\d+)*")  # a minus is no dash of a range or a score
_THOUSANDS = re.compile(r"(?<=\d)(?<!\d{4})[,.'](?=\d{3}(?!\d))")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")

# What stays after compatibility decomposition (NFKD), which has taken hamza, madda, circumflex, cedilla and dots off
# their letters already.
_FAMILIES = {
    "ا": "ٱٲٳٵ",  # alef wasla, alef with wavy hamza, high hamza alef
    "ي": "ىیېێۍےٸۑ",  # alef maksura, Persian yeh, Pashto e, Sorani e, tail, barree
    "ك": "کڪګڭ",  # Persian, swash and Pashto kaf, ng
    "ه": "ةەھہۀۂۃۿ",  # teh marbuta, Sorani ae, the hehs of Urdu
    "و": "ۆۇۈۋۊۏٶٷ",  # Sorani o, Uyghur and Kazakh u, oe, ve, high hamza waw
    "ل": "ڵڶڷ",  # Sorani velar l
    "ر": "ڕړڔڒ",  # Sorani trilled r, Pashto r
    "ف": "ڤڥڢ",  # Sorani v, typed as f on Arabic keyboards
    "i": "ı",  # Turkish dotless i
    "d": "đð",
    "l": "ł",
    "o": "ø",
    "-": "‐‑‒–—―−",
    "'": "’‘ʼ`´",
    ",": "،٬",
    ".": "٫",
}
# Neither letters nor spaces: stretching, joiners, direction marks, the hamza that stands alone or above.
_UNHEARD = "\u0640\u0621\u0674\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for letter, spellings in _FAMILIES.items():
        table |= dict.fromkeys(map(ord, spellings), letter)
    for code in range(0x0300, 0x0900):
        if unicodedata.combining(chr(code)) or unicodedata.category(chr(code)) == "Mn":
            table[code] = None
        elif unicodedata.category(chr(code)) == "Nd":
            table[code] = str(unicodedata.digit(chr(code)))
    for match in re.finditer(r"(.)(?:-(.))?", _UNHEARD):
        first, last = match[1], match[2] or match[1]
        table |= dict.fromkeys(range(ord(first), ord(last) + 1), None)
    return table


_TABLE = _table()


def skeleton(text: str) -> str:
    """The letters of `text` in one spelling each, lower case, with its punctuation; numbers in ASCII, undivided."""
    if text.isascii():
        folded = text.lower()
    else:
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_TABLE)
    return _THOUSANDS.sub("", folded)


def plain(markup: str) -> str:
    """The text of HTML, or of plain text, without tags and character references. Nothing is kept of its structure."""
    if "<" in markup:
        markup = _TAG.sub(" ", markup)
    if "&" in markup:
        markup = html.unescape(markup)
        if "<" in markup:  # markup that was escaped once more
            markup = _TAG.sub(" ", markup)
    return markup


def words_of(folded: str) -> tuple[str, ...]:
    """The words and numbers of a :func:`skeleton`, in order; a number stands apart from letters joined to it.

    Interned: each is kept once, however many texts have it.
    """
    return tuple(map(sys.intern, _WORD.findall(_DECIMAL_COMMA.sub(".", folded))))
