"""The program, and how it ends, whatever ends it: in one line and with an exit code.

Ctrl-C may come at once. So nothing is imported before it is told, and that only by ``main``.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # that of typing takes some milliseconds
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

#: The exit code after Ctrl-C is 128 and this number.
SIGINT = 2


def program() -> NoReturn:
    """Run the command line and end the process with its exit code.

    At once: threads and exit handlers that plugins have left behind could hold up the end, print
    into the output, or change the code.
    """
    try:
        main()
        code: object = 0
    except SystemExit as ended:
        code = ended.code
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # there is none, or none that works
            stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def main() -> None:
    """Run the command line; raises ``SystemExit``."""
    try:
        run()
    except KeyboardInterrupt as error:
        end_interrupted(getattr(error, "number", SIGINT))
    except MemoryError:
        print("rnnbench: memory ran out", file=sys.stderr)
        sys.exit(1)


def run() -> None:
    """Import the commands and run one."""
    import gc
    import signal

    gc.set_threshold(100_000)  # modules and records are many, and no garbage
    before = signal.getsignal(signal.SIGINT)
    ours = before is signal.default_int_handler  # the shell may have it ignored, in the background
    try:
        if ours:
            signal.signal(signal.SIGINT, end_at_once)
        from rnnbench.cli import application
        from rnnbench.system.processes.signals import interrupt

        if ours:
            signal.signal(signal.SIGINT, interrupt)
        application.run(sys.argv[1:])
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)


def end_at_once(number: int, frame: FrameType | None) -> None:
    """End while nothing has begun; an import that is interrupted might swallow an exception."""
    os.write(2, b"rnnbench: interrupted\n")
    os._exit(128 + number)


def end_interrupted(number: int) -> NoReturn:
    """End after a signal, which the exit code tells."""
    try:
        print("rnnbench: interrupted", file=sys.stderr, flush=True)
    finally:
        sys.exit(128 + number)
