"""``run --part``: one part of a run, as a batch system starts many side by side and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from rnnbench.errors import ResultsError, UsageError
from rnnbench.plugins.registry import Registry
from rnnbench.results import reader
from rnnbench.results.parts.attempts import Attempt, attempts, claim, finish, is_divided
from rnnbench.results.parts.gathering import earlier_files, first_record
from rnnbench.results.parts.recorded import recorded
from rnnbench.results.runs import folders
from rnnbench.results.runs.names import check_name
from rnnbench.results.work_left import Remaining
from rnnbench.results.writer import Writer
from rnnbench.running import launch
from rnnbench.running.launch import Ended, carry_out, exit_code
from rnnbench.running.view import Audience
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Part, Plan
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.row import Row
from rnnbench.system import machine


def run_part(
    plan: Plan,
    registry: Registry,
    out: Path,
    name: str | None,
    audience: Audience,
    retry_failed: bool = False,
    wait: bool = True,
) -> Ended:
    """Do what earlier attempts have left of a part, in a folder of this attempt's own.

    Args:
        plan: the part; see :func:`rnnbench.plan.part.part_of`.
        registry: the plugins that it was made with.
        out: the folder of all runs.
        name: of the run, which all its parts share.
        audience: is shown the progress.
        retry_failed: whether to do again what has failed.
        wait: see :func:`rnnbench.running.launch.begin`.

    Raises:
        UsageError: as there, or if the run is divided otherwise, or is none in parts.
    """
    part = plan.part
    assert part is not None
    run = folder_of(name, out)
    before = attempts(run)
    check_same(part, before)
    own = [one for one in before if one.number == part.number]
    found = recorded(own, plan)
    remaining = Remaining(plan, found, retry_failed)
    if not remaining.comparisons:
        return nothing_left(part, own, found, audience)
    folder = claim(run, part.number, part.of)
    made = folder.lstat()

    def opened(_: Mapping[Row, Opened | Failed]) -> Remaining:
        """Look again: who had the machine meanwhile may have measured this part."""
        others = [one for one in attempts(run) if one.number == part.number]
        found[:] = recorded([one for one in others if one.folder != folder], plan)
        return Remaining(plan, found, retry_failed)

    try:
        with Writer(folder / folders.FILE) as writer:
            writer.write(here(plan, name))
            ended = carry_out(remaining, registry, writer, opened, audience, wait=wait)
    except (UsageError, ResultsError) as error:
        folders.remove(folder, made)
        raise UsageError(str(error)) from None
    first, *measured = ended.records
    ended = ended._replace(records=[first, *found, *measured])  # of which the table is
    if not Remaining(plan, ended.records).comparisons:
        ended = ended._replace(file=finish(folder) / folders.FILE)
        told = f"part {part} is done: {ended.file}; rnnbench show {run.name} gathers all parts"
        ended = ended._replace(last=told, told=False)
    ended.tell(audience)
    return ended


def folder_of(name: str | None, out: Path) -> Path:
    """Return the folder of a run in parts, which its first part makes.

    Raises:
        UsageError: if it has no name, the name is another run's, or there can be no folder.
    """
    if name is None:
        raise UsageError("a run in parts needs a name, which all its parts share: --name NAME")
    run = out / check_name("--name", name)
    folders.check_folder(out)
    if not is_divided(run):
        folders.check_new_name(name, out)
    earlier_files(run)  # what is in the way of gathering is told before anything is measured
    return run


def check_same(part: Part, before: Sequence[Attempt]) -> None:
    """Refuse a part of another plan than those that are there.

    Raises:
        UsageError: saying in what it differs.
    """
    own = [one for one in before if one.number == part.number]
    for one in own or before[:1]:
        first = first_record(one.file)
        if first is None or first.plan.part is None:
            continue  # it was ended as it began
        theirs = first.plan.part
        if (theirs.of, theirs.chunks) != (part.of, part.chunks):
            raise UsageError(f"--part {part}: {one.folder.parent} has parts such as {theirs}")
        if theirs.whole != part.whole:
            told = " ".join(first.command)
            raise UsageError(
                f"--part {part}: {one.folder} is part of another plan, begun by: {told}; "
                "take another --name"
            )


def nothing_left(
    part: Part, own: Sequence[Attempt], found: list[AnyRecord], audience: Audience
) -> Ended:
    """Return how a part has ended of which all is done; it is marked so if it was not yet."""
    done = next((one for one in own if one.done), None)
    file = done.file if done else finish(own[-1].folder) / folders.FILE
    audience.tell(f"nothing is left to do of part {part}: {file}")
    return Ended(reader.read(file), file, exit_code(found))


def here(plan: Plan, name: str | None) -> AnyRecord:
    """Return the first record of an attempt, with the name of the machine."""
    now = launch.first_record(plan, machine.now(), name)
    return replace(now, machine=replace(now.machine, node=machine.node()))
