"""``run --resume``: the rest of a run that was interrupted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from rnnbench.errors import UsageError
from rnnbench.plan import beginning, own_nets
from rnnbench.plan.comparisons.build import Tasks
from rnnbench.plan.comparisons.description import describe
from rnnbench.plan.expand import Outline, planned_apart
from rnnbench.plan.rows import select_rows
from rnnbench.plugins.registry import Registry
from rnnbench.results.identity import check_opened, check_unchanged
from rnnbench.results.queries import run_of
from rnnbench.results.reader import set_aside
from rnnbench.results.work_left import Remaining
from rnnbench.results.writer import Writer
from rnnbench.running.launch import (
    Ended,
    carry_out,
    command_to_resume,
    exit_code,
    first_record,
    naming_options,
)
from rnnbench.running.view import Audience
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Plan
from rnnbench.schema.records.beginning import Resumed
from rnnbench.schema.row import Row
from rnnbench.system import machine


def resume(
    file: Path,
    plugins: Sequence[str],
    pythons: Mapping[str, str],
    audience: Audience,
    retry_failed: bool = False,
    wait: bool = True,
    models: Sequence[str] = (),
) -> Ended:
    """Carry out the rest of a run.

    What a results file names is neither imported nor started unless the command line names it too.

    Args:
        file: its results file.
        plugins: the values of ``-p``: those it was begun with.
        pythons: the interpreters, likewise.
        audience: is shown the progress.
        retry_failed: whether to do again what has failed; the later record holds.
        wait: see :func:`rnnbench.running.launch.begin`.
        models: the values of ``--model``: those it was begun with.

    Raises:
        UsageError: if it is no results file, if another process is writing to it, if plugins or
            interpreters differ, or if anything has changed that its figures depend on.
    """
    with Writer(file, new=False) as writer:
        records = list(writer.records)
        for line in set_aside(file, writer.contents):
            audience.tell(line)
        planned = run_of(records).plan
        if run_of(records).gathered:
            raise UsageError(
                f"{file} was gathered from parts: go on with the command of each part, or, where "
                "they were submitted, with: "
                f"rnnbench run --resume {file.parent.name} --cluster slurm (or local)"
            )
        check_options(planned, plugins, pythons, file, models)
        now = first_record(planned, machine.now())
        check_unchanged(records, now)  # before anything that the plan names is looked at
        weights = beginning.located(planned.weights, file.parent)
        registry = Registry.of(plugins)
        plan = refreshed(planned, registry, weights)
        now = replace(now, plan=plan)
        check_unchanged(records, now)
        remaining = Remaining(replace(plan, weights=weights), records, retry_failed)
        if remaining.nothing:
            code = exit_code(records)
            failed = "; --retry-failed does again what has failed" if code else ""
            audience.tell(f"nothing is left to do in {file}{failed}")
            return Ended(records, file, code)

        def checked(opened: Mapping[Row, Opened | Failed]) -> Remaining:
            check_opened(records, opened)
            writer.write(Resumed(started=now.started, command=now.command))
            return remaining

        options = ["--retry-failed"] if retry_failed else []
        ended = carry_out(remaining, registry, writer, checked, audience, options, wait)
        ended.tell(audience)
        return ended


def check_options(
    plan: Plan,
    plugins: Sequence[str],
    pythons: Mapping[str, str],
    file: Path,
    models: Sequence[str] = (),
) -> None:
    """Refuse other plugins, interpreters or nets on the command line than in the results file.

    Raises:
        UsageError: with the options that are missing, or that differ.
    """
    alike = own_nets.are_those(models, plan.own)
    if list(plugins) != plan.plugins or dict(pythons) != plan.pythons or not alike:
        without = "" if naming_options(plan) else ", without -p, --python and --model"
        raise UsageError(
            "this run was begun with other plugins, interpreters or nets: go on with: "
            f"{command_to_resume(plan, file)}{without}"
        )


def refreshed(plan: Plan, registry: Registry, weights: str) -> Plan:
    """Return a plan with the data and the plugins that are installed now.

    Args:
        plan: what the run was begun with.
        registry: the plugins.
        weights: where the file of trained weights is, empty for none.

    Raises:
        UsageError: if a row, a task or a cell of it does not exist here.
    """
    own_nets.check_unchanged(plan.own)
    own = {net.row for net in plan.own}
    others = (str(row) for row in plan.rows if row not in own)
    select_rows(",".join(others), registry, plan.pythons)
    tasks = Tasks(registry, beginning.read(weights))
    again = planned_apart(
        lambda: Outline(
            [describe(one.comparison, one.max_time, tasks) for one in plan.comparisons],
            plan.notes,
            plan.defaults,
        ),
        plan.timeout,
    )
    return replace(plan, comparisons=again.comparisons)
