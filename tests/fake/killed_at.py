"""The program, which kills itself outright when the first record of a kind is on disk.

    python tests/fake/killed_at.py Timing run ...

For ``nothing`` it does so before the first record of all.
"""

import os
import sys
from signal import SIGKILL

from rnnbench.cli import main
from rnnbench.results.writer import Writer


def fatal(kind, write):
    """Return a function that writes a record and, after one of the kind, ends everything."""

    def write_and_die(writer, record):
        if kind == "nothing":
            os.kill(os.getpid(), SIGKILL)
        write(writer, record)
        if type(record).__name__ == kind:
            os.kill(os.getpid(), SIGKILL)

    return write_and_die


if __name__ == "__main__":
    program, kind, *arguments = sys.argv
    Writer.write = fatal(kind, Writer.write)
    sys.argv = [program, *arguments]
    main.main()
