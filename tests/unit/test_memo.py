"""What is remembered of words saves work and changes nothing, and its size is bounded."""

from __future__ import annotations

from feedhub.stories.memo import Memo


def test_r9_a_word_is_worked_on_once() -> None:
    """R9: until more words came than are remembered."""
    asked: list[str] = []

    def shout(word: str) -> str:
        asked.append(word)
        return word.upper()

    memo = Memo(shout, most=2)
    assert [memo[word] for word in ("a", "b", "a", "b")] == ["A", "B", "A", "B"]
    assert asked == ["a", "b"]
    assert [memo[word] for word in ("c", "a")] == ["C", "A"]
    assert asked == ["a", "b", "c", "a"]
    assert len(memo) == 2


def test_r9_what_is_longer_than_a_word_is_not_remembered() -> None:
    """R9: a document of one endless word takes no memory."""
    memo = Memo(len, most=2)
    assert memo["x" * 16_000] == 16_000
    assert not memo
