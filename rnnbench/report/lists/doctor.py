"""The output of ``rnnbench doctor``."""

from __future__ import annotations

from rich.console import Console

from rnnbench.doctor.examination import Examination
from rnnbench.doctor.self_test import PROCESSES
from rnnbench.report.console import console, print_table, text


def show(found: Examination) -> None:
    """Print what was found, the advice last."""
    out = console()
    rows = [
        [
            text(check.name),
            text(check.verdict, style="yellow" if check.verdict == "poor" else ""),
            text(check.found),
        ]
        for check in found.checks
    ]
    print_table(out, ("check", "", "found"), rows)
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
