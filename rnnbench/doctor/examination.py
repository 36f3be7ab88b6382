"""The findings of ``rnnbench doctor``: on the machine, and on rows timed against themselves."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rnnbench.doctor.finding import Finding
from rnnbench.doctor.machine_checks import check_machine
from rnnbench.doctor.self_test import SelfTest, compare_with_itself
from rnnbench.errors import UsageError
from rnnbench.plan import expand
from rnnbench.plan.request import Request
from rnnbench.plugins.installing import command_to_install
from rnnbench.plugins.registry import Registry
from rnnbench.results.work_left import Stage
from rnnbench.running.view import Audience
from rnnbench.running.wait_for_machine import our_turn
from rnnbench.running.workers.log_folder import log_folder
from rnnbench.running.workers.pool import Pool
from rnnbench.schema.plan import Plan
from rnnbench.schema.suite import Settings

#: Seconds that a worker may be silent.
TIMEOUT = 120.0
#: The suite that is taken where none is named.
USUAL = "default"


class Examination(msgspec.Struct, frozen=True):
    """Everything that was found.

    Attributes:
        checks: on the machine.
        comparison: what the rows ran.
        self_tests: one per row.
    """

    checks: list[Finding]
    comparison: str
    self_tests: list[SelfTest]

    @property
    def exit_code(self) -> int:
        """1 if a row was called different from itself."""
        return int(any(test.verdict in ("faster", "slower") for test in self.self_tests))


def plan_self_tests(registry: Registry, suite: str | None, backends: str, max_time: float) -> Plan:
    """Return the first comparison of a suite, to be timed only, and the rows to run it.

    Args:
        registry: the plugins.
        suite: its name or path; None for the usual one.
        backends: the rows, as ``--backends`` names them; the first one if empty.
        max_time: seconds of timing per row.

    Raises:
        UsageError: for an unknown suite or backend.
    """
    settings = Settings(steps=0, max_time=max_time)
    name = suite or usual_suite(registry)
    found = expand.expand(
        Request(suite=name, backends=backends or "all", settings=settings), registry
    )
    rows = found.rows if backends else found.rows[:1]
    return msgspec.structs.replace(found, comparisons=found.comparisons[:1], rows=rows)


def usual_suite(registry: Registry) -> str:
    """Return the name of the default suite, or of the first there is.

    Raises:
        UsageError: if there is none.
    """
    if not registry.suites:
        raise UsageError(
            "a row is timed on the first comparison of a suite, and none is installed: "
            f"name one with --suite FILE, or {command_to_install('rnnbench-tasks')}"
        )
    return USUAL if USUAL in registry.suites else min(registry.suites)


def examine(
    plan: Plan,
    plugins: Sequence[str],
    precision: float,
    audience: Audience,
    wait: bool = True,
) -> Examination:
    """Check the machine, then time each row of a plan against itself.

    Args:
        plan: see :func:`plan_self_tests`.
        plugins: the values of ``-p``.
        precision: at which timing stops early.
        audience: is shown the progress.
        wait: whether to wait while a run measures on this machine.

    Raises:
        WorkerError: if a process fails.
        UsageError: if the machine is in use and ``wait`` is False.
    """
    planned = plan.comparisons[0]
    comparison = planned.comparison
    stages = [Stage("checking")]
    for row in plan.rows:
        stages += [Stage("starting"), Stage("timing", comparison.key, row, planned.max_time)]
    with our_turn(audience.tell, wait), audience.display(stages, 1) as view:
        view.stage("checking the machine")
        found = check_machine()
        tests = []
        for row in plan.rows:
            view.stage(f"starting {row}")
            with log_folder() as folder:
                pool = Pool(plugins, comparison.threads, folder.path, TIMEOUT, plan.pythons)
                try:
                    tests.append(compare_with_itself(row, planned, pool, precision, view))
                finally:
                    pool.close()
    return Examination(found, f"{comparison.task} {comparison.model}: {planned.sizes}", tests)
