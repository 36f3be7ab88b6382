"""What a run says beside busy neighbours, and that it ranks nothing that it should not.

    python tests/benchmarks/beside_neighbours.py --output neighbours.jsonl

The same two rows alone, beside one and two processes that never rest, and beside another benchmark,
each for a moment (a block or two per row) and for a while. The exit code is 1 if anything was
ranked beside two busy processes or the other benchmark, or if a ratio beside one is off by more
than 5 %.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import kept_lines
from hog import beside, busy

HERE = Path(__file__).parent
#: Seconds of timing.
MOMENT, WHILE = 0.2, 12.0
#: What may be off of a ratio that is given beside one busy process.
TOLERANCE = 0.05
KEYS = ("train_step_ms", "ratio", "ratio_low", "ratio_high", "verdict", "unranked")


def main():
    options = arguments()
    found = kept_lines.read(options.output)
    for seconds, processes in ((MOMENT, 1), (options.seconds, 1), (options.seconds, 3)):
        for name in SURROUNDINGS:
            if kept_lines.has(found, beside=name, seconds=seconds, processes=processes):
                continue
            found.append(one_run(options, name, seconds, processes))
            kept_lines.keep(found[-1], options.output)
            print(f"{text(found[-1])}\n", flush=True)
    wrong = [one for one in found if is_wrong(one, found)]
    for one in wrong:
        print(f"\nWRONG: {text(one)}")
    sys.exit(bool(wrong))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default="numpy:fused,torch:fused")
    parser.add_argument("--seconds", type=float, default=WHILE, help="of timing for a while")
    parser.add_argument("--output", type=Path, help="JSON, one line per run; goes on there")
    parser.add_argument("--quick", action="store_true", help="a trial of two minutes")
    options = parser.parse_args()
    if options.quick:
        options.seconds = 3.0
    return options


def benchmark():
    """Keep another benchmark running: a plain loop over torch's LSTM, with all threads."""
    loop = [sys.executable, str(HERE / "kernel.py"), "torch:fused", "100-16-128-128"]
    return beside([[*loop, "--seconds", "100000"]])


SURROUNDINGS = {
    "alone": lambda: busy(0),
    "1 busy": lambda: busy(1),
    "2 busy": lambda: busy(2),
    "benchmark": benchmark,
}


def one_run(options, name, seconds, processes):
    """Return the rows of a run, and what is said below its table."""
    with SURROUNDINGS[name](), tempfile.TemporaryDirectory() as folder:
        what = ["--backends", options.rows, "--tasks", "adding-problem", "--cells", "lstm"]
        limits = ["--max-time", seconds, "--processes", processes, "--steps", 0, "--out", folder]
        ended = rnnbench("run", *what, *limits)
        rows = json.loads(rnnbench("show", "--json", "--out", folder).stdout)
    return {
        "beside": name,
        "seconds": seconds,
        "processes": processes,
        "code": ended.returncode,
        "table": ended.stdout,
        "said": ended.stderr.replace(f"{folder}/", ""),  # which is gone
        "rows": [
            {"row": f"{row['backend']}:{row['variant']}", "clean": row["clean"]}
            | {"rounds": row["rounds"]}
            | {key: row[key] for key in KEYS}
            for row in rows
        ],
    }


def rnnbench(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "rnnbench", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def is_wrong(one, found):
    """Return whether something is ranked that should not be, or ranked falsely."""
    ratios = [row["ratio"] for row in one["rows"]]
    if one["beside"] == "1 busy":
        alone = of(found, "alone", one)
        pairs = zip(ratios, [row["ratio"] for row in alone["rows"]], strict=True)
        return any(a and b and abs(a / b - 1) > TOLERANCE for a, b in pairs)
    return one["beside"] != "alone" and any(ratios)


def of(found, name, like):
    """Return the run in other surroundings that was as long."""
    key = ("seconds", "processes")
    (one,) = [o for o in found if o["beside"] == name and all(o[k] == like[k] for k in key)]
    return one


def text(one):
    """Return what a run has shown."""
    title = f"{one['beside']}, {one['seconds']} s, {one['processes']} processes per row:"
    blocks = ", ".join(f"{row['row']} {row['clean']} of {row['rounds']}" for row in one["rows"])
    return f"{title} undisturbed blocks {blocks}\n{one['table']}"


if __name__ == "__main__":
    main()
