"""How often verdicts err: comparisons of rows of which it is known how they compare.

    python tests/benchmarks/honesty.py --comparisons 100 --output honesty.jsonl

Each comparison is a run of its own over fresh processes: ``plain`` against ``again``, which do the
same work, against ``slower``, which does 5 % more, and against ``little``, which does 2 % more. One
that the output file already holds is not repeated.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import kept_lines

from rnnbench.analysis.row_objects import objects
from rnnbench.analysis.run_results import row_results
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.report.progress.display import Terminal
from rnnbench.results import reader
from rnnbench.running import launch
from rnnbench.schema.row import Row
from rnnbench.schema.suite import Settings

HERE = Path(__file__).parent
OTHERS = ("again", "slower", "little")


def main():
    options = arguments()
    os.environ["PYTHONPATH"] = str(HERE)  # where workers find the backend
    found = kept_lines.read(options.output)
    for number in range(options.comparisons):
        for other in options.others:  # in turn, so that a long disturbance hits both
            if sum(one["other"] == other for one in found) > number:
                continue
            found.append(compare(other, options))
            kept_lines.keep(found[-1], options.output)
            print(f"{number + 1}/{options.comparisons} {line(found[-1])}", file=sys.stderr)
    for other in options.others:
        print(summary(other, [one for one in found if one["other"] == other]))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comparisons", type=int, default=100, help="of each kind")
    parser.add_argument("--processes", type=int, default=5)
    parser.add_argument("--precision", type=float, default=0.01)
    parser.add_argument("--max-time", type=float, default=6.0, help="seconds of timing")
    parser.add_argument("--others", nargs="+", choices=OTHERS, default=OTHERS[:2])
    parser.add_argument("--output", type=Path, help="JSON, one line per comparison; goes on there")
    parser.add_argument("--quick", action="store_true", help="a trial of two minutes")
    options = parser.parse_args()
    if options.quick:
        options.comparisons, options.others, options.max_time = 3, OTHERS, 3.0
    return options


def compare(other, options):
    """Run one comparison and return what came out."""
    request = Request(
        suite=str(HERE / "busy.toml"),
        backends=f"busy:plain,busy:{other}",
        threads=1,
        processes=options.processes,
        precision=options.precision,
        settings=Settings(max_time=options.max_time),
        plugins=("busy_plugin",),
        timeout=60,
    )
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stderr(io.StringIO()):
            registry = Registry.of(request.plugins)
            plan = expand(request, registry)
            ended = launch.begin(plan, registry, Path(folder), Terminal())
        if ended.exit_code:  # one that was broken off would be kept as a whole one
            sys.exit(ended.last)
        records = reader.read(ended.file)
    row = objects(row_results(records, baseline=Row("busy", "plain")))[1]
    assert row["status"] in ("ok", "unsteady"), row["reason"]
    names = ("verdict", "ratio", "ratio_low", "ratio_high", "unranked", "precision")
    names += ("rounds", "clean")
    seconds = time.monotonic() - start
    return {"other": other, **{name: row[name] for name in names}, "seconds": seconds}


def line(found):
    if found["ratio_low"] is None:
        return f"{found['other']:6} not ranked: {found['unranked']}"
    ends = f"[{found['ratio_low']:.4f}, {found['ratio_high']:.4f}]"
    return (
        f"{found['other']:6} {found['verdict']:9} {found['ratio']:.4f} {ends} "
        f"{found['seconds']:.1f} s, {found['clean']} of {found['rounds']} blocks clean"
    )


def summary(other, found):
    counts = Counter(one["verdict"] for one in found)
    known = [one for one in found if one["ratio_low"] is not None]
    if not known:
        return f"plain against {other}: none of {len(found)} was ranked"
    figures = {
        name: statistics.median(one[name] for one in known)
        for name in ("ratio", "precision", "seconds")
    }
    covered = sum(one["ratio_low"] <= figures["ratio"] <= one["ratio_high"] for one in known)
    return (
        f"plain against {other}: {dict(counts)} of {len(found)}; medians: ratio "
        f"{figures['ratio']:.4f}, precision ±{100 * figures['precision']:.2f} %, "
        f"{figures['seconds']:.1f} s; {covered} intervals hold the median ratio"
    )


if __name__ == "__main__":
    main()
