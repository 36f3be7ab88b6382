"""What ``rnnbench doctor`` finds: the machine's conditions, and rows against themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from rnnbench.checkup import Check, checks
from rnnbench.crew import Crew
from rnnbench.plan import Plan, Request, expand
from rnnbench.plugins import Registry
from rnnbench.report.progress import Display
from rnnbench.report.terminal import console, text
from rnnbench.selftest import PROCESSES, SelfTest, self_test
from rnnbench.suite import Settings

#: Seconds that a worker may be silent.
TIMEOUT = 120.0


class Examination(msgspec.Struct, frozen=True):
    """Everything that was found.

    Attributes:
        checks: of the machine.
        comparison: what the rows ran.
        self_tests: one per row.
    """

    checks: list[Check]
    comparison: str
    self_tests: list[SelfTest]

    @property
    def exit_code(self) -> int:
        """1 if a row was called different from itself."""
        return int(any(test.verdict in ("faster", "slower") for test in self.self_tests))


def plan(registry: Registry, suite: str, backends: str, max_time: float) -> Plan:
    """Return the first comparison of a suite, to be timed only, and the rows to run it.

    Raises:
        UsageError: for an unknown suite or backend.
    """
    settings = Settings(steps=0, max_time=max_time)
    found = expand(Request(suite=suite, backends=backends or "all", settings=settings), registry)
    rows = found.rows if backends else found.rows[:1]
    return msgspec.structs.replace(found, comparisons=found.comparisons[:1], rows=rows)


def examine(plan: Plan, plugins: Sequence[str], precision: float) -> Examination:
    """Check the machine, then time each row of a plan against itself.

    Args:
        plan: see :func:`plan`.
        plugins: the values of ``-p``.
        precision: at which timing stops early.

    Raises:
        WorkerError: if a process fails.
    """
    planned = plan.comparisons[0]
    comparison = planned.comparison
    with Display(1 + len(plan.rows), 1) as view:
        view.stage("checking the machine")
        found = checks()
        tests = []
        for row in plan.rows:
            view.stage(f"timing {row} against itself", planned)
            with tempfile.TemporaryDirectory() as folder:
                crew = Crew(plugins, comparison.threads, Path(folder), TIMEOUT, plan.pythons)
                try:
                    tests.append(self_test(row, planned, crew, precision, view.advance))
                finally:
                    crew.close()
    return Examination(found, f"{comparison.task} {comparison.cell}: {planned.sizes}", tests)


def show(found: Examination) -> None:
    """Print what was found, the advice last."""
    out = console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("check", "", "found"):
        table.add_column(name)
    for check in found.checks:
        style = "yellow" if check.verdict == "poor" else ""
        table.add_row(check.name, text(check.verdict, style=style), text(check.found))
    out.print(table)
    print_self_tests(found, out)
    for check in found.checks:
        if check.advice:
            out.print(text(f"{check.name}: {check.advice}"))


def print_self_tests(found: Examination, out: Console) -> None:
    """Print how each row compares with itself."""
    half = PROCESSES // 2
    out.print(text(f"against itself, {half} processes each, in {found.comparison}", style="bold"))
    for test in found.self_tests:
        out.print(
            text(
                f"  {test.row}: {test.verdict}, a ratio of {test.ratio:.3f} "
                f"±{100 * test.precision:.2g} % after {test.rounds} rounds; "
                f"called different in {test.alarms} of {test.splits} ways to halve its processes"
            )
        )
    out.print()
