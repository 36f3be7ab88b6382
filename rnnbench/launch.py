"""One invocation of ``run``: its folder, its records, its end."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

import typer

from rnnbench import machine, results
from rnnbench.crew import Crew
from rnnbench.discovery import GROUPS
from rnnbench.errors import FAILURES, UsageError
from rnnbench.plan import Plan
from rnnbench.report.progress import Display
from rnnbench.results import Run, Timing, Training, Writer
from rnnbench.runner import Runner, stages

#: The exit code after Ctrl-C or SIGTERM, as shells have it.
INTERRUPTED = 130


class Ended(NamedTuple):
    """How a run ended: where its records are, and the exit code of the program."""

    file: Path
    exit_code: int


def execute(plan: Plan, plugins: Sequence[str], out: Path, timeout: float) -> Ended:
    """Carry out a plan in a new folder of ``out``.

    Raises:
        UsageError: if the folder can't be written, or no backend has the device; no folder is
            left behind.
    """
    started = machine.now()
    out_is_new = not out.exists()
    folder = results.new_folder(out, started)
    file = folder / results.FILE
    for missing in plan.missing:
        typer.echo(f"left out: {missing}", err=True)
    writer = Writer(folder)
    writer.write(opening(plan, started))
    threads = plan.comparisons[0].comparison.threads
    crew = Crew(plugins, threads, folder, timeout, plan.pythons)
    try:
        with terminated_like_interrupted(), Display(stages(plan), len(plan.comparisons)) as view:
            Runner(plan, crew, writer, view).run()
    except UsageError:
        shutil.rmtree(out if out_is_new else folder)
        raise
    except KeyboardInterrupt:
        typer.echo(f"interrupted; what was finished is in {file}", err=True)
        return Ended(file, INTERRUPTED)
    finally:
        writer.close()
    typer.echo(f"results in {file}", err=True)
    return Ended(file, exit_code(file))


def opening(plan: Plan, started: str) -> Run:
    """Return the first record of a run."""
    return Run(
        schema=results.SCHEMA,
        started=started,
        rnnbench=metadata.version("rnnbench"),
        distributions=distributions(),
        git=machine.git_revision(),
        command=["rnnbench", *sys.argv[1:]],
        machine=machine.describe(),
        plan=plan,
    )


def distributions() -> dict[str, str]:
    """Return the versions of the plugins' distributions and of what the core computes with."""
    groups = {group for own in GROUPS.values() for group in own}
    points = [point for group in groups for point in metadata.entry_points(group=group)]
    found = {point.dist.name: point.dist.version for point in points if point.dist}
    return found | {name: metadata.version(name) for name in ("autograd", "numpy", "scipy")}


def exit_code(file: Path) -> int:
    """Return 1 if any row failed, 0 otherwise; ``unsupported`` is no failure."""
    ends = set()
    for record in results.read(file):
        if isinstance(record, Timing):
            ends |= {row.status for row in record.rows}
        elif isinstance(record, Training):
            ends.add(record.status)
    return 1 if ends & FAILURES else 0


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """Treat SIGTERM, which clusters send, like Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
