"""Logs: one line an event, JSON where nobody watches, readable on a terminal; configured secrets never show."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, Literal
from urllib.parse import quote

import structlog

LogFormat = Literal["auto", "json", "text"]

_SHORT = 4  # characters, below which a value may be a part of any word


def configure_logging(style: LogFormat, secrets: Iterable[str] = ()) -> None:
    """Send feedhub's log to stderr in this style. Values in `secrets` are blotted out wherever they stand."""
    as_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # The console's own tracebacks show local variables, headers among them, and come after the blotter.
            structlog.processors.format_exc_info,
            _Blotter(secrets),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def concealer(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that blots out the secrets in a text, as they are and as they stand in a URL.

    Not every variable holds a secret: one of a few letters, such as a language, is blotted out as a word alone.
    """
    forms = {form for secret in secrets if secret for form in (secret, quote(secret), quote(secret, safe=""))}
    if not forms:
        return str
    longest_first = sorted(forms, key=len, reverse=True)
    found = re.compile("|".join(_pattern(form) for form in longest_first))
    return lambda text: found.sub("***", text)


def _pattern(form: str) -> str:
    return rf"(?<!\w){re.escape(form)}(?!\w)" if len(form) < _SHORT else re.escape(form)


class _Blotter:
    """Replaces secrets in every text of an event, however deep."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._conceal = concealer(secrets)

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: self._blotted(value) for key, value in event.items()}

    def _blotted(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self._blotted(str(key)): self._blotted(item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._blotted(item) for item in value]
        return self._conceal(value if isinstance(value, str) else repr(value))
