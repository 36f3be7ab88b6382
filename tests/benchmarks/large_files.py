"""Seconds and peak memory of what reads a results file, on one of 10,000 rows.

    python tests/benchmarks/large_files.py [--comparisons N] [--processes N]

A comparison has four rows, of 10 to 20 rounds each. Each command runs in a process of its own, its
output thrown away, or read as a terminal reads it. Two times are printed: that which a user waits
for, on a quiet machine, and that which it computes, by itself and in its child, user and system
time. Memory is that of both, pages that they share counted once, as a second run is looked at.
"""

import argparse
import contextlib
import os
import pty
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Thread

import psutil

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


def memory(process):
    """Return the bytes of a process and its children, pages that they share counted once."""
    found = 0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            found += one.memory_full_info().pss
    return found


@contextlib.contextmanager
def started(arguments):
    """Start a command; it is waited for at the end of a ``with`` block."""
    on_terminal = arguments[0] == ON_TERMINAL
    with (
        terminal() if on_terminal else contextlib.nullcontext(subprocess.DEVNULL) as stdout,
        subprocess.Popen(
            [sys.executable, "-m", "rnnbench", *arguments[on_terminal:]],
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        ) as process,
    ):
        yield process


def measured(arguments):
    """Return the seconds that a command takes, those that it computes, and its peak MiB."""
    begin = time.perf_counter()
    with started(arguments) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    most = 0
    with started(arguments) as process:
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                most = max(most, memory(psutil.Process(process.pid)))
            time.sleep(0.05)
    return seconds, used.ru_utime + used.ru_stime, most / 2**20


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
            waited, computed, most = measured([*words, *map(str, files)])
            print(f"{' '.join(command):48}{waited:6.2f} s {computed:6.2f} s {most:6.0f} MiB")


if __name__ == "__main__":
    main()
