"""What a ratio is worth when the machine is not quiet: the same two rows, beside a hog and without.

    python tests/benchmarks/noise.py --repetitions 5 --output noise.jsonl

Measured by rnnbench, and one row after the other by pytest-benchmark and by a plain loop, each for
as long. The order is random, so that what else goes on hits all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import kept_lines
from hog import hog

from rnnbench.analysis.row_times import MeasuredRows, row_times
from rnnbench.measure.estimates import named
from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.row import Row

HERE = Path(__file__).parent
TEST = """
import kernel

made = kernel.prepare({row!r}, {shape!r})


def test_step(benchmark):
    benchmark(made.step)
"""


def main():
    options = arguments()
    found = kept_lines.read(options.output)
    for repetition in range(options.repetitions):
        rng = random.Random(f"{options.seed} {repetition}")
        parts = [(tool, beside) for tool in options.tools for beside in (False, True)]
        for tool, beside in rng.sample(parts, len(parts)):
            if kept_lines.has(found, repetition=repetition, tool=tool, hog=beside):
                continue
            with hog(options.seed + repetition, on=beside), tempfile.TemporaryDirectory() as folder:
                for figure, one in TOOLS[tool](options, Path(folder)).items():
                    where = {"repetition": repetition, "hog": beside, "tool": tool}
                    found.append(where | {"figure": figure} | one)
                    kept_lines.keep(found[-1], options.output)
                    print(line(found[-1]), file=sys.stderr)
    print(table(found))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default="torch:fused,numpy:fused", help="ratio: first to second")
    parser.add_argument("--length", type=int, default=100)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=30.0, help="of timing both rows")
    parser.add_argument("--processes", type=int, default=3, help="per row, in rnnbench")
    parser.add_argument("--repetitions", type=int, default=1)
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    parser.add_argument("--seed", type=int, default=0, help="of the hog and of the order")
    parser.add_argument("--output", type=Path, help="JSON, one line per figure; goes on there")
    parser.add_argument("--quick", action="store_true", help="a trial of three minutes")
    options = parser.parse_args()
    if options.quick:
        options.repetitions, options.seconds = 1, 12.0
    options.rows = options.rows.split(",")
    return options


def by_rnnbench(options, folder):
    """Return the ratio that a run reports, None if it ranks nothing."""
    sizes = {"--batch": options.batch, "--hidden": options.hidden, "--steps": 0}
    # A precision that is never reached: all of the time is used, as by the others.
    limits = {"--max-time": options.seconds, "--precision": "0.01%"}
    what = {"--backends": ",".join(options.rows), "--tasks": "adding-problem", "--cells": "lstm"}
    more = {"--processes": options.processes, "--out": folder}
    given = [str(part) for pair in (what | sizes | limits | more).items() for part in pair]
    length = f"adding-problem.length={options.length}"
    call([sys.executable, "-m", "rnnbench", "run", *given, "--set", length])
    (timing,) = [r for r in reader.read(folders.find(None, folder)) if isinstance(r, Timing)]
    first, second = (Row(*name.split(":")) for name in options.rows)
    (measured,) = row_times(MeasuredRows([timing]), second)
    row = measured[first]
    ratio = named("ratio", row.ratio.estimate if row.ratio else None)
    played = sum(one.rounds for one in measured.values())
    aside = 1 - sum(one.clean for one in measured.values()) / played
    return {"rnnbench": ratio | {"unranked": row.unranked, "blocks": played, "aside": aside}}


def by_pytest_benchmark(options, folder):
    """Return the ratio of its medians."""
    medians = []
    for row in options.rows:
        test, file = folder / "test_step.py", folder / "found.json"
        test.write_text(TEST.format(row=row, shape=shape(options)))
        limits = [f"--benchmark-max-time={options.seconds / 2}", f"--benchmark-json={file}"]
        call([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test, *limits])
        (benchmark,) = json.loads(file.read_text())["benchmarks"]
        medians.append(benchmark["stats"]["median"])
    return {"pytest-benchmark, medians": {"ratio": medians[0] / medians[1]}}


def by_loop(options, folder):
    """Return the ratio of the medians and of the means of a plain loop."""
    rows = []
    for row in options.rows:
        command = [HERE / "kernel.py", row, shape(options), "--seconds", str(options.seconds / 2)]
        rows.append(json.loads(call([sys.executable, *command])))
    kinds = {"medians": statistics.median, "means": statistics.fmean}
    found = {f"plain loop, {name}": [kind(row) for row in rows] for name, kind in kinds.items()}
    return {name: {"ratio": first / second} for name, (first, second) in found.items()}


TOOLS = {"rnnbench": by_rnnbench, "pytest-benchmark": by_pytest_benchmark, "loop": by_loop}


def shape(options):
    """Return the sizes of the adding problem, which has two inputs."""
    return f"{options.length}-{options.batch}-2-{options.hidden}"


def call(command):
    """Run a command to its end and return its output; what it says is shown if it fails."""
    ended = subprocess.run(
        list(map(str, command)),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(HERE)},
    )
    if ended.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{ended.stdout}\n{ended.stderr}")
    return ended.stdout


def line(one):
    where = "hog" if one["hog"] else "quiet"
    ends = f" [{one['ratio_low']:.3f}, {one['ratio_high']:.3f}]" if one.get("ratio_low") else ""
    aside = f", {100 * one['aside']:.0f} % of blocks set aside" if "aside" in one else ""
    why = f", {one['unranked']}" if one.get("unranked") else ""
    figure = f"{one['figure']:25} {shown(one['ratio'], '.3f')}"
    return f"{one['repetition']} {where:5} {figure}{ends}{aside}{why}"


def table(found):
    """Return each ratio beside the hog over the quiet one, by repetition, as Markdown."""
    lines = ["| | quiet | beside the hog | deviation |", "| --- | ---: | ---: | ---: |"]
    for figure in dict.fromkeys(one["figure"] for one in found):
        quiet, noisy = (
            [
                one["ratio"]
                for one in sorted(found, key=lambda one: one["repetition"])
                if (one["figure"], one["hog"]) == (figure, beside)
            ]
            for beside in (False, True)
        )
        for a, b in zip(quiet, noisy, strict=False):  # the last may be cut off
            off = shown(100 * (b / a - 1) if a and b else None, "+.1f")
            lines.append(f"| {figure} | {shown(a, '.3f')} | {shown(b, '.3f')} | {off} % |")
    return "\n".join(lines)


def shown(figure, form):
    """Return a figure as text, – if there is none."""
    return "–" if figure is None else format(figure, form)


if __name__ == "__main__":
    main()
