"""CPU seconds and peak memory of what reads a results file, on one of 10,000 rows.

    python tests/benchmarks/large_files.py [--comparisons N] [--processes N]

A comparison has four rows, of 10 to 20 rounds each. Each command runs in a process of its own, its
output thrown away, or read as a terminal reads it; what it computes is its user and its system
time, so that other work matters little.
"""

import argparse
import contextlib
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parent.parent / "fake"))

from synthetic import write

#: What a command begins with whose output is a terminal.
ON_TERMINAL = "(terminal)"
COMMANDS = (
    ("show",),
    (ON_TERMINAL, "show"),
    ("show", "--format", "markdown"),
    ("show", "--json"),
    *(("publish", "--format", form) for form in ("markdown", "csv", "json", "latex")),
    *(
        ("publish", "--format", form, "--output", f"FOLDER/{form}")
        for form in ("parquet", "html", "site")
    ),
    ("publish", "--format", "latex", "--pivot", "task"),
    ("export", "--format", "pytest-benchmark"),
    ("compare",),
    (ON_TERMINAL, "compare"),
    ("compare", "--json"),
)

#: Modules are compiled once, as where a program is installed.
ENVIRONMENT = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}


@contextlib.contextmanager
def terminal():
    """Yield the descriptor of a terminal that is read."""
    ours, theirs = pty.openpty()

    def read():
        with contextlib.suppress(OSError):  # nobody writes any more
            while os.read(ours, 1 << 16):
                pass

    reader = Thread(target=read)
    reader.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)


def measured(arguments):
    """Return the CPU seconds and the peak MiB of a command."""
    on_terminal = arguments[0] == ON_TERMINAL
    with terminal() if on_terminal else contextlib.nullcontext(subprocess.DEVNULL) as stdout:
        process = subprocess.Popen(
            [sys.executable, "-m", "rnnbench", *arguments[on_terminal:]],
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comparisons", type=int, default=2500)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.jsonl"
        write(path, options.comparisons, processes=options.processes)
        print(f"{4 * options.comparisons} rows, {path.stat().st_size / 2**20:.0f} MiB")
        for command in COMMANDS:
            files = [path, path] if "compare" in command else [path]
            words = [word.replace("FOLDER", folder) for word in command]
            seconds, memory = measured([*words, *map(str, files)])
            print(f"{' '.join(command):48}{seconds:6.2f} s {memory:6.0f} MiB")


if __name__ == "__main__":
    main()
