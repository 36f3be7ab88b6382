"""The program, and how it ends, whatever ends it: in one line and with an exit code.

Nothing is imported here that takes time: Ctrl-C may come at once.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn


def main() -> None:
    """Run the command line."""
    before = signal.getsignal(signal.SIGINT)
    ours = before is signal.default_int_handler  # the shell may have it ignored, in the background
    if ours:
        signal.signal(signal.SIGINT, end_at_once)
    try:
        from rnnbench.cli.application import run

        if ours:
            signal.signal(signal.SIGINT, before)
        run(sys.argv[1:])
    except KeyboardInterrupt as error:
        end_interrupted(getattr(error, "number", signal.SIGINT))
    except MemoryError:
        print("rnnbench: memory ran out", file=sys.stderr)
        sys.exit(1)


def end_at_once(number: int, frame: FrameType | None) -> None:
    """End while nothing has begun; an import that is interrupted might swallow an exception."""
    with suppress(OSError):
        os.write(2, b"rnnbench: interrupted\n")
    os._exit(128 + number)


def end_interrupted(number: int) -> NoReturn:
    """End after a signal, which the exit code tells."""
    with suppress(OSError):
        print("rnnbench: interrupted", file=sys.stderr, flush=True)
    sys.exit(128 + number)
