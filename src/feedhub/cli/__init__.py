"""The command line. Each command builds the settings from its options, imports what it needs and hands them down."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from types import FrameType

_INTERRUPTED = 128 + signal.SIGINT


def main() -> None:
    """Run the command line; what the operator can mend, and Ctrl-C or SIGTERM at any time, brings no traceback.

    All else is imported in here, where both are taken care of. SIGTERM has no default for the first process of a
    container: without a handler it would be passed over.
    """
    for number, default in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
        if signal.getsignal(number) is default:  # else whoever started this has it ignored
            signal.signal(number, _end)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr is: an ASCII terminal shows what it can
    try:
        from feedhub.cli.app import app

        app()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:
        from feedhub.cli.faults import exit_code

        code = exit_code(error)
        if code is None:
            raise
        sys.exit(code)


def _end(number: int, frame: FrameType | None) -> None:
    """Ctrl-C or SIGTERM. In an import, where Python may wrap the exception or lose it, the process ends at once."""
    code = 128 + number  # as shells have it
    while frame:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os._exit(code)
        frame = frame.f_back
    if number == signal.SIGTERM:
        sys.exit(code)
    raise KeyboardInterrupt
