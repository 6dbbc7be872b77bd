"""What a pure function came to, remembered for the next time: an entry's words are those of the entries before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Value = TypeVar("_Value")

_LONGEST = 40  # characters: what is longer is hardly a word, and hardly comes again


class Memo(dict[str, _Value]):
    """`memo[word]` is `function(word)`. Emptied when it holds `most` words, so that its size is bounded.

    A dictionary, and no ``lru_cache``, since ``map(memo.__getitem__, words)`` calls no Python.
    """

    def __init__(self, function: Callable[[str], _Value], most: int) -> None:
        super().__init__()
        self._function, self._most = function, most

    def __missing__(self, word: str) -> _Value:
        value = self._function(word)
        if len(word) <= _LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[word] = value
        return value
