"""The program, and how it ends, whatever ends it: in one line and with an exit code.

Ctrl-C may come at once, and before this module is there it is a traceback of Python's. So nothing
is imported here but what every process of Python has already.
"""

import os
import sys

TYPE_CHECKING = False  # that of typing takes some milliseconds
if TYPE_CHECKING:
    import signal as signals
    from types import FrameType
    from typing import NoReturn
else:
    import _signal as signals  # what the module signal is made of, which takes 5 ms

#: The exit code after Ctrl-C is 128 and this number.
SIGINT = 2
#: Variables that say how wide the terminal is, and what is laid out for: at least and at most.
WIDTHS = ("COLUMNS", "TERMINAL_WIDTH")
NARROWEST, WIDEST = 20, 9_999
#: Plugins can't replace it.
leave = os._exit


def program() -> "NoReturn":
    """Run the command line and end the process with its exit code.

    At once: threads and exit handlers that plugins have left behind could hold up the end, print
    into the output, or change the code.
    """
    catch()
    try:
        main()
        code: object = 0
    except SystemExit as ended:
        code = ended.code
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # there is none, or none that works
            stream.flush()
    leave(code if isinstance(code, int) else int(code is not None))


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

    gc.set_threshold(100_000)  # modules and records are many, and no garbage
    use_widths_that_can_be()
    before = signals.getsignal(SIGINT)
    try:
        ours = catch()
        from rnnbench.cli import application
        from rnnbench.system.processes.signals import interrupt

        if ours:
            interrupt.number = None
            signals.signal(SIGINT, interrupt)
        application.run(sys.argv[1:])
    finally:
        signals.signal(SIGINT, before)


def use_widths_that_can_be() -> None:
    """Forget a width that is none, and take one that nothing fits for the nearest that will do.

    What lays out help pages takes such a variable as it is: a text or 10³⁰ ends it, 0 is no page.
    """
    for name in WIDTHS:
        given = os.environ.get(name, "")
        if given.isascii() and given.isdigit() and given.strip("0"):
            wanted = int(given) if len(given) < 5 else WIDEST
            os.environ[name] = str(max(NARROWEST, wanted))
        else:
            os.environ.pop(name, None)


def catch() -> bool:
    """Have Ctrl-C end the process at once; return whether it is to end it at all.

    The shell may have it ignored, in the background.
    """
    if signals.getsignal(SIGINT) is signals.default_int_handler:
        signals.signal(SIGINT, end_at_once)
    return signals.getsignal(SIGINT) is end_at_once


def end_at_once(number: int, frame: "FrameType | None") -> None:
    """End while nothing has begun; an import that is interrupted might swallow an exception."""
    os.write(2, b"rnnbench: interrupted\n")
    leave(128 + number)


def end_interrupted(number: int) -> "NoReturn":
    """End after a signal, which the exit code tells."""
    try:
        print("rnnbench: interrupted", file=sys.stderr, flush=True)
    finally:
        sys.exit(128 + number)
