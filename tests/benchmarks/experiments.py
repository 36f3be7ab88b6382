"""The experiments of docs/measuring.md in one go, the most telling first, as far as time allows.

    python tests/benchmarks/experiments.py --minutes 25
    python tests/benchmarks/experiments.py --tables

Nothing else should run beside it. Every experiment has a limit at first; what a limit cuts off goes
on once all have had their turn, and in the next call, since each appends what it finds to a file in
the folder. ``steps.jsonl`` there tells when each ran, how long, and beside which load.
``--tables`` measures nothing, and prints what stands in the folder as docs/measuring.md has it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import kept_lines

from rnnbench.system import machine

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "results" / "published" / "measuring"
BACKENDS = ("torch", "numpy", "jax", "tensorflow")
#: Seconds below which nothing is begun, and those that what is interrupted has to end.
FEWEST, GRACE = 10.0, 5.0


class Step(NamedTuple):
    """An experiment.

    Attributes:
        name: in ``steps.jsonl``.
        limit: seconds that it may take before all others have had a turn.
        command: what Python runs.
        output: the option and the file that takes what it finds.
    """

    name: str
    limit: float
    command: tuple[object, ...]
    output: tuple[str, str]


def script(name, limit, file, *options):
    """Return an experiment of a script that keeps a JSON line for each finding."""
    return Step(name, limit, (HERE / f"{file}.py", *options), ("--output", f"{name}.jsonl"))


def fidelity(backend, shape, rounds, limit):
    """Return what the harness adds in one backend; pytest-benchmark writes it at the end."""
    chosen = f"fidelity and {shape}"
    test = HERE / f"test_{backend}.py"
    command = ("-m", "pytest", "-q", test, "-k", chosen, "--rounds", rounds)
    name = f"fidelity-{backend}-{shape}"
    return Step(name, limit, command, ("--benchmark-json", f"{name}.json"))


#: By worth: the first two minutes tell whether the rules of disturbed blocks hold.
FIRST = (
    script("kept", 200, "disturbance", "--beside", "quiet"),
    script("noise", 360, "noise", "--tools", "rnnbench", "--repetitions", 3, "--seconds", 45),
    script("neighbours", 220, "beside_neighbours", "--seconds", 8),
    script("again", 300, "honesty", "--others", "again", "--max-time", 12),
    script(
        *("little", 240, "honesty", "--others", "little", "--max-time", 60),
        *("--precision", 0.005),
    ),
    *(fidelity(backend, "100-16-128-128", 200, 60) for backend in BACKENDS),
)
#: What is left for a longer hour.
LATER = (
    *(fidelity(backend, "100-64-512-512", 60, 400) for backend in BACKENDS),
    script("disturbance", 1500, "disturbance"),
    script("noise-others", 900, "noise", "--repetitions", 3, "--seconds", 45),
    script("slower", 1500, "honesty", "--others", "slower", "--max-time", 12),
)


def main():
    options = arguments()
    if options.tables:
        print(tables(options.out))
        return
    if options.quick:
        trial = [
            Step(step.name, step.limit, (*step.command, *quick(step)), step.output)
            for step in (*FIRST, *LATER)
        ]
        carry_out(trial, options)
        return
    carry_out(FIRST, options)
    carry_out([step._replace(limit=float("inf")) for step in FIRST], options)
    carry_out([step._replace(limit=float("inf")) for step in LATER], options)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=25.0, help="nothing goes on for longer")
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR")
    parser.add_argument("--tables", action="store_true", help="print what was found")
    parser.add_argument("--quick", action="store_true", help="all of them once, as short as may be")
    options = parser.parse_args()
    options.end = time.monotonic() + 60 * options.minutes
    return options


def quick(step):
    """Return the options that make a trial of an experiment; the last of an option holds."""
    if "--rounds" in step.command:
        return ("--rounds", 4)
    return {
        "disturbance.py": ("--seconds", 0.4, "--shapes", "20-4-8-8"),
        "noise.py": ("--seconds", 1, "--repetitions", 1, "--length", 10, "--hidden", 8),
        "beside_neighbours.py": ("--seconds", 0.5),
        "honesty.py": ("--comparisons", 1, "--max-time", 1, "--processes", 3),
    }[Path(step.command[0]).name]


def carry_out(steps, options):
    """Run experiments one after the other that are not done, each within its limit."""
    for step in steps:
        left = min(step.limit, options.end - time.monotonic())
        if left < FEWEST or is_done(step, options.out):
            continue
        print(f"{step.name}: at most {left:.0f} s", file=sys.stderr, flush=True)
        begun, load = time.monotonic(), os.getloadavg()[0]
        code = run(step, options.out, left)
        told = {
            "step": step.name,
            "command": " ".join(map(str, command(step, Path()))),
            "finished": machine.now(),
            "seconds": round(time.monotonic() - begun, 1),
            "code": code,
            "load_before": load,
        }
        kept_lines.keep(told, options.out / "steps.jsonl")


def is_done(step, folder):
    """Return whether an experiment came to its end and found no fault."""
    return kept_lines.has(kept_lines.read(folder / "steps.jsonl"), step=step.name, code=0)


def command(step, folder):
    """Return what is run, for a folder that takes what it finds."""
    option, file = step.output
    parts = [*step.command, option, folder / file]
    return [part.relative_to(HERE.parents[1]) if is_ours(part) else part for part in parts]


def is_ours(part):
    return isinstance(part, Path) and part.is_relative_to(HERE.parents[1])


def run(step, folder, seconds):
    """Run an experiment; return its exit code, None if time was up and it was ended."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [sys.executable, *map(str, command(step, folder.absolute()))]
    # A session of its own: all that it has started ends with it.
    process = subprocess.Popen(parts, cwd=HERE.parents[1], start_new_session=True)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            end(process)


def end(process):
    """Interrupt a group of processes, which gives runs time to end their workers, and kill it."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)


def tables(folder):
    """Return all that was found, as Markdown."""
    import beside_neighbours
    import disturbance
    import honesty
    import noise

    tellers = {
        "kept": disturbance.table,
        "disturbance": disturbance.table,
        "noise": noise.table,
        "noise-others": noise.table,
        "neighbours": lambda found: "\n".join(map(beside_neighbours.text, found)),
        "again": lambda found: honesty.summary("again", found),
        "little": lambda found: honesty.summary("little", found),
        "slower": lambda found: honesty.summary("slower", found),
    }
    parts = []
    for name, tell in tellers.items():
        if found := kept_lines.read(folder / f"{name}.jsonl"):
            parts.append(f"### {name}\n\n{tell(found)}")
    return "\n\n".join([*parts, f"### fidelity\n\n{of_fidelity(folder)}"])


def of_fidelity(folder):
    """Return the ratio of each row to a bare loop, with its interval."""
    lines = ["| backend, T·B·I→H | training steps | forward passes |", "| --- | ---: | ---: |"]
    for file in sorted(folder.glob("fidelity-*.json")):
        by_kind = {
            one["params"]["kind"]: one["extra_info"]
            for one in json.loads(file.read_text())["benchmarks"]
        }
        cells = [with_ends(by_kind[kind]) for kind in ("steps", "forwards")]
        lines.append(f"| {' | '.join([file.stem.removeprefix('fidelity-'), *cells])} |")
    return "\n".join(lines)


def with_ends(info):
    """Return a ratio and its interval."""
    ends = "" if info["low"] is None else f" [{info['low']:.3f}, {info['high']:.3f}]"
    return f"{info['ratio']:.3f}{ends}"


if __name__ == "__main__":
    main()
