"""Which languages a tag of BCP 47 covers."""

from __future__ import annotations

# Entries in Kurdish are tagged as Sorani or Kurmanji wherever the script tells which (RFC 5646, 4.1.2).
_KURDISH = {"ku": ("ckb", "kmr", "sdh"), "ku-arab": ("ckb",), "ku-latn": ("kmr",)}


def covers(wanted: str, language: str) -> bool:
    """Whether text in `language` is wanted by `wanted`: basic filtering, RFC 4647, 3.3.1; `en` covers `en-GB`."""
    ranges = (wanted.lower(), *_KURDISH.get(wanted.lower(), ()))
    return any(f"{language.lower()}-".startswith(f"{tag}-") for tag in ranges)
