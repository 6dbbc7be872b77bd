"""Whether two words are one, spelled or typed otherwise."""

from __future__ import annotations

_FEWEST_LETTERS = 5  # of a word that may have a typing mistake; shorter ones become another
_SOFT = frozenset("aeiouyh" + "اويه")  # what spellings of one word differ in: Sulaymaniyah, Sulaimaniya
_ALIKE = frozenset(map(frozenset, ("sz", "ck", "gk", "vw", "td", "bp", "سص", "تط", "دض", "ظض", "ذز", "قغ", "كگ", "جچ")))
_ARTICLE = "ال"  # a word begins behind it
_NEGATING = "ن"  # before a Persian verb


def is_slip(one: str, two: str) -> bool:
    """Whether a letter was changed for one that sounds alike, left out or put in, or two neighbours were swapped.

    Never in a number. Another consonant makes another word, "raided" and "raised", another first letter as well,
    "million" and "billion", and so does a Persian negation.
    """
    if abs(len(one) - len(two)) > 1 or min(len(one), len(two)) < _FEWEST_LETTERS or not (one[-1] + two[-1]).isalpha():
        return False
    if one.startswith(_ARTICLE) and two.startswith(_ARTICLE):
        return is_slip(one[len(_ARTICLE) :], two[len(_ARTICLE) :])
    start = next((place for place, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True  # an ending
    if start == 0 and (one[1:] == two[1:] or _NEGATING + min(one, two, key=len) in (one, two)):
        return False
    before, one, two = one[:start], one[start:], two[start:]
    if len(one) == len(two):
        swapped = one[:2] == two[1::-1] and one[2:] == two[2:]
        return swapped or (one[1:] == two[1:] and _sound_alike(one[0], two[0]))
    longer, shorter = (one, two) if len(one) > len(two) else (two, one)
    return longer[1:] == shorter and (longer[0] in _SOFT or longer[0] in (before[-1:], shorter[:1]))


def _sound_alike(one: str, two: str) -> bool:
    return (one in _SOFT and two in _SOFT) or frozenset((one, two)) in _ALIKE
