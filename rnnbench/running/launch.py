"""One run from its folder to its exit code."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from signal import SIGINT
from typing import NamedTuple

from rnnbench.errors import ResultsError, UsageError
from rnnbench.plugins import provenance
from rnnbench.plugins.discovery import ALL_GROUPS
from rnnbench.plugins.entry_points import installed, read, version_of
from rnnbench.plugins.provenance import source_hash
from rnnbench.plugins.registry import Registry
from rnnbench.results import reader
from rnnbench.results.identity import CORE_LIBRARIES
from rnnbench.results.queries import streamings, timings, trainings
from rnnbench.results.reusable_records import reusable
from rnnbench.results.runs import folders
from rnnbench.results.work_left import Remaining
from rnnbench.results.writer import Writer
from rnnbench.running.inference.streaming import StreamRunner
from rnnbench.running.runner import Runner
from rnnbench.running.view import Audience
from rnnbench.running.wait_for_machine import look_around, our_turn
from rnnbench.running.workers.orphans import Strays
from rnnbench.running.workers.pool import Pool
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Plan
from rnnbench.schema.records.beginning import Interrupted, Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.record import SCHEMA
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES
from rnnbench.system import machine
from rnnbench.system.command import command
from rnnbench.system.processes.signals import Interruption
from rnnbench.text import duration, many, plain

#: Called with what the workers report when they are started; returns what is left to do.
OnOpened = Callable[[Mapping[Row, Opened | Failed]], Remaining]


class Ended(NamedTuple):
    """How a run ended.

    Attributes:
        records: of it.
        file: where they are.
        exit_code: of the program.
        last: the line that it ends with.
        told: whether that line has been shown.
    """

    records: list[AnyRecord]
    file: Path
    exit_code: int
    last: str = ""
    told: bool = False

    def tell(self, audience: Audience) -> None:
        """Show the last line, unless it has been."""
        if not self.told:
            audience.tell(self.last)


def begin(
    plan: Plan,
    registry: Registry,
    out: Path,
    audience: Audience,
    reuse: bool = False,
    name: str | None = None,
    wait: bool = True,
) -> Ended:
    """Carry out a plan in a new folder of ``out``.

    Args:
        plan: what to do.
        registry: the plugins that it was made with.
        out: the folder of all runs.
        audience: is shown the progress.
        reuse: whether to take over what earlier runs there have measured of the same.
        name: of the run and its folder, None for a folder named after the time.
        wait: whether to wait while another run measures on this machine.

    Raises:
        UsageError: if the folder can't be written, another run has the name, no backend has the
            device, or the machine is in use and ``wait`` is False; no folder is left behind.
    """
    started = machine.now()
    out_is_new = not os.path.isdir(out)  # noqa: PTH112 - Path.is_dir raises for a name too long
    folder = folders.new_folder(out, started, name)
    made = folder.lstat()
    now = first_record(plan, started, name)

    def reused(reports: Mapping[Row, Opened | Failed]) -> Remaining:
        if not reuse:
            return Remaining(plan)
        opened = {row: one for row, one in reports.items() if isinstance(one, Opened)}
        taken = list(reusable(now, opened, earlier_runs(out, folder)))
        for record in taken:
            writer.write(record)
        audience.tell(f"reused {many(len(taken), 'record')} of earlier runs")
        return Remaining(plan, taken)

    try:
        with Writer(folder / folders.FILE) as writer:
            writer.write(now)
            ended = carry_out(Remaining(plan), registry, writer, reused, audience, wait=wait)
            ended.tell(audience)
            return ended
    except (UsageError, ResultsError) as error:
        folders.remove(folder, made)
        if out_is_new:
            with suppress(OSError):
                out.rmdir()  # unless another run has begun in it
        raise UsageError(str(error)) from None


def carry_out(
    remaining: Remaining,
    registry: Registry,
    writer: Writer,
    on_opened: OnOpened,
    audience: Audience,
    options: Sequence[str] = (),
    wait: bool = True,
) -> Ended:
    """Do what is left of a plan; whatever happens, what was measured is there afterwards.

    Whoever has it done tells how it ended, unless it was cut short: that is told here.

    Args:
        remaining: what is left, as far as that is known before the workers have started.
        registry: the plugins.
        writer: of the results file.
        on_opened: says what is left once they have.
        audience: is shown the progress.
        options: what is to be given when the run is gone on with, beside what names code.
        wait: see :func:`begin`; a run that only trains waits for nobody.

    Raises:
        UsageError: before anything is measured.
    """
    plan, folder = remaining.plan, writer.path.parent
    for missing in plan.missing:
        audience.tell(f"left out: {missing}")
    for note in plan.notes:
        audience.tell(note)
    pool = pool_of(plan, folder, audience.tell)
    again = f"; go on with: {command_to_resume(plan, writer.path, options)}"
    failure: ResultsError | None = None
    complete, before = False, len(writer.records)
    with Interruption(audience.tell) as interruption, ExitStack() as held:
        try:
            if remaining.max_times:
                held.enter_context(our_turn(audience.tell, wait))
            look = None if remaining.brief else look_around(audience.tell)
            with audience.display(remaining.stages, len(plan.comparisons)) as view:
                make = StreamRunner if plan.stream else Runner
                runner = make(plan, registry, pool, writer, view, interruption.uninterrupted, look)
                complete = runner.run(on_opened(runner.open()))
        except KeyboardInterrupt:
            pass
        except ResultsError as error:
            failure = error
        except UsageError as error:
            if not has_measured(writer.records[before:]):
                raise
            failure = ResultsError(str(error))
        finally:
            interruption.ignore()  # the workers are ended in any case
            pool.close()
        if not (complete or failure):
            with suppress(ResultsError):  # why it can't be written is told below
                writer.write(Interrupted())
        code, last = conclusion(writer, complete, failure, interruption.number, again)
        if not complete:  # before another signal may end the program
            audience.tell(last)
    return Ended(writer.records, writer.path, code, last, told=not complete)


def has_measured(records: Sequence[AnyRecord]) -> bool:
    """Return whether anything has been measured that would be missed."""
    return any(kind(records) for kind in (timings, trainings, streamings))


def pool_of(plan: Plan, folder: Path, tell: Callable[[str], None]) -> Pool:
    """Return the workers that a plan needs, none of them started."""
    return Pool(
        plan.plugins,
        plan.comparisons[0].comparison.threads,
        folder,
        plan.timeout,
        plan.pythons,
        plan.memory_limit,
        Strays(tell),
        str(Path(plan.weights).absolute()) if plan.weights else "",
        plan.allocator,
        plan.own,
        virtual_devices(plan),
    )


def virtual_devices(plan: Plan) -> int:
    """Return into how many devices workers divide the CPU, 1 where no comparison asks for that."""
    every = [name for planned in plan.comparisons for name in planned.comparison.devices]
    numbers = [int(name.partition(":")[2]) for name in every if name.startswith("cpu")]
    return 1 + max(numbers, default=0)


def conclusion(
    writer: Writer,
    complete: bool,
    failure: ResultsError | None,
    signal: int | None,
    again: str,
) -> tuple[int, str]:
    """Return the exit code of a run, and the line that it ends with.

    Args:
        writer: of the results file.
        complete: whether all was done.
        failure: why results could not be written.
        signal: what has interrupted it.
        again: how it is gone on with.
    """
    if loss := writer.loss:
        again = "" if failure or complete else f"; {loss}"
        failure = failure or (ResultsError(loss) if complete else None)
    if failure:
        return 1, f"{failure}; the table shows what was measured{again}"
    if not complete:
        return 128 + (signal or SIGINT), f"interrupted{again}"
    took = duration(writer.records[-1].elapsed)
    last = f"results in {writer.path} after {took}"
    if writer.strange:
        last += f"; {many(writer.strange, 'byte')} of somebody else in it are set aside"
    return exit_code(writer.records), last


def first_record(plan: Plan, started: str, name: str | None = None) -> Run:
    """Return the first record of a run."""
    return Run(
        schema=SCHEMA,
        started=started,
        name=name,
        rnnbench=version_of("rnnbench") or "unknown",
        source=source_hash("rnnbench"),
        distributions=distributions(),
        git=provenance.git_revision(),
        command=list(map(plain, command())),
        machine=machine.describe(),
        plan=plan,
    )


def distributions() -> dict[str, str]:
    """Return the versions of all plugins' distributions and of the core's numerical libraries."""
    there = installed(ALL_GROUPS, read(ALL_GROUPS))
    plugins = {origin.distribution: origin.version for origin, _ in there}
    found = plugins | {name: version_of(name) for name in CORE_LIBRARIES}
    return {plain(name): plain(version) for name, version in found.items() if name and version}


def earlier_runs(out: Path, folder: Path) -> Iterator[tuple[str, list[AnyRecord]]]:
    """Yield the names and records of the other runs in ``out``, the newest first."""
    for file in reversed(folders.runs(out)):
        if file.parent != folder:
            with suppress(UsageError):  # what is no run is passed over
                yield file.parent.name, reader.read(file)


def naming_options(plan: Plan) -> list[str]:
    """Return the options of a run that name code: plugins, interpreters and nets."""
    pythons = [
        part for name, path in plan.pythons.items() for part in ("--python", f"{name}={path}")
    ]
    own = [part for net in plan.own for part in ("--model", str(net))]
    return [*[part for name in plan.plugins for part in ("-p", name)], *pythons, *own]


def command_to_resume(plan: Plan, file: Path, options: Sequence[str] = ()) -> str:
    """Return the command that goes on with a run, from the folder that we are in.

    Args:
        plan: of the run.
        file: its results file, by whatever path it was named.
        options: to be given as well.
    """
    if plan.part:  # another attempt, which may be on another machine
        return shlex.join(command())
    folder = file.parent
    if folder.name in ("", ".."):
        folder = folder.resolve()
    name, out = folder.name, ["--out", str(folder.parent)]
    if file.name != folders.FILE:
        name, out = str(file), []
    elif folder.parent == Path("results"):
        out = []
    return shlex.join(["rnnbench", "run", "--resume", name, *out, *options, *naming_options(plan)])


def exit_code(records: Sequence[AnyRecord]) -> int:
    """Return 1 if any row failed, 0 otherwise; ``unsupported`` is no failure."""
    ends = {row.status for timing in timings(records) for row in timing.rows}
    ends |= {training.status for training in trainings(records)}
    ends |= {row.status for stream in streamings(records) for row in stream.rows}
    return 1 if ends & FAILURES else 0
