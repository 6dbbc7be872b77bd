"""The command line. Each command builds the settings from its options, imports what it needs and hands them down."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from types import FrameType

_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main() -> None:
    """Run the command line; what the operator can mend, and Ctrl-C at any time, brings no traceback.

    All else is imported in here, where Ctrl-C is taken care of.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else whoever started this has it ignored
        signal.signal(signal.SIGINT, _interrupt)
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


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """Ctrl-C. In an import, where Python may wrap the exception or lose it, the process ends at once."""
    while frame:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            os._exit(_INTERRUPTED)
        frame = frame.f_back
    raise KeyboardInterrupt
