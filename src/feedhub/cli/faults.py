"""What an operator can mend, as a line on stderr and an exit code."""

from __future__ import annotations

import sys

from feedhub.config import ConfigError
from feedhub.store.database import StoreError
from feedhub.store.lock import Locked

CONFIGURATION, UNREACHABLE, LOCKED = 2, 3, 4


class Fault(Exception):
    """A condition that a command reports; the message is one line."""


class Misconfigured(Exception):
    """A setting of this process that makes no sense; the message is one line."""


def exit_code(error: Exception) -> int | None:
    """Print what is wrong and return the exit code, or None for what is no fault of the operator's: a bug."""
    match error:
        case ConfigError(problems=problems):
            for problem in problems:
                print(problem, file=sys.stderr)
            count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
            print(f"feedhub: {count} in the configuration", *getattr(error, "__notes__", ()), sep="; ", file=sys.stderr)
            return CONFIGURATION
        case Misconfigured():
            print(f"feedhub: {error}", file=sys.stderr)
            return CONFIGURATION
        case Locked():
            print(f"feedhub: {error}", file=sys.stderr)
            return LOCKED
        case StoreError() | Fault():
            print(f"feedhub: {error}", file=sys.stderr)
            return 1
        case ExceptionGroup(exceptions=errors):  # of things done side by side
            return exit_code(errors[0])
        case OSError():
            print(f"feedhub: {error.filename or 'system'}: {error.strerror or error}", file=sys.stderr)
            return 1
    return None
