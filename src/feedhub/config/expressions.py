"""What `include` and `exclude` hold: words, phrases, or `re:` and a regular expression (R45)."""

from __future__ import annotations

import re
import warnings

REGULAR = "re:"
_WORD = re.compile(r"[^\W_\u0640]")  # something that folding leaves: the stretching line of Arabic is none
_MOST_REPEATS = 2
_FEW = 10  # what comes at most so often is not taken for a repeat

# One piece of a pattern: an escaped character, a set, a comment, a bracket, a repeat with what qualifies it, or a bar.
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?#[^)]*\)|\(\??|\)|(?:[*+?]|\{\d*,?\d*\})[?+]?|\|", re.DOTALL)
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")


def fault(expression: str) -> str | None:
    """What is expected instead of this expression, in words; None where it can be used."""
    if not expression.startswith(REGULAR):
        return None if _WORD.search(expression) else "a word, a phrase, or re: and a regular expression"
    pattern = expression.removeprefix(REGULAR)
    if not pattern:
        return "a regular expression after re:"
    if mistake := _mistake(pattern):
        return f"a regular expression after re: ({mistake})"
    if _may_run_for_ever(pattern):
        return (
            f"a regular expression that ends soon: at most {_MOST_REPEATS} repeats such as * and +, "
            "and no group repeated that holds a repeat or |"
        )
    return None


def _mistake(pattern: str) -> str:
    """What is wrong with the pattern, empty for nothing; one whose meaning may change in Python is wrong too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(pattern, re.IGNORECASE)
        except (re.error, RecursionError, OverflowError, Warning) as error:
            return str(error)
    return ""


def _may_run_for_ever(pattern: str) -> bool:
    """Whether the time that the pattern takes may grow faster than the cube of a text's length.

    :mod:`re` tries every way to match, from every place. A group with several ways of its own, repeated, has more of
    them than a text has letters; repeats in a row multiply. Some harmless patterns are refused with the others.
    """
    branching = [False]  # for each open group, whether it can match in several ways
    closed = False  # whether the piece before was such a group
    repeats = 0
    for piece in _PIECE.findall(pattern):
        several, closed = closed, False
        match piece[0]:
            case "(" if not piece.startswith("(?#"):
                branching.append(False)
            case ")":
                closed = branching.pop()
                branching[-1] |= closed
            case "|":
                branching[-1] = True
            case "*" | "+" | "?" | "{":
                least, most = _times(piece)
                branching[-1] |= least != most
                repeats += most > _FEW
                if several and most > _FEW:
                    return True
    return repeats > _MOST_REPEATS


def _times(piece: str) -> tuple[float, float]:
    """How often the piece before comes at least and at most; once where these braces stand for themselves."""
    endless = float("inf")
    if simple := {"*": (0.0, endless), "+": (1.0, endless), "?": (0.0, 1.0)}.get(piece[0]):
        return simple
    found = _COUNT.match(piece)
    if found is None or not (found[1] or found[3]):
        return 1.0, 1.0
    least = float(found[1] or 0)
    return least, float(found[3] or endless) if found[2] else least
