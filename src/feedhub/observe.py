"""Logs: one line an event, JSON where nobody watches, readable on a terminal; configured secrets never show."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Literal
from urllib.parse import quote

import structlog

LogFormat = Literal["auto", "json", "text"]


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


class _Blotter:
    """Replaces secrets, as they are and as they stand in a URL, in every text of an event, however deep."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in (secret, quote(secret), quote(secret, safe=""))}
        self._forms = sorted(forms, key=len, reverse=True)

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
        text = value if isinstance(value, str) else repr(value)
        for form in self._forms:
            text = text.replace(form, "***")
        return text
