"""The output of ``rnnbench doctor``."""

from __future__ import annotations

from rich.console import Console

from rnnbench.doctor.examination import Examination
from rnnbench.doctor.self_test import PROCESSES, SelfTest
from rnnbench.report.console import console, print_table, text
from rnnbench.report.numbers import written
from rnnbench.report.tables import Quantity
from rnnbench.text import many


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
        out.print(text(f"  {test.row}: {self_test(test)}"))
    out.print()


def self_test(test: SelfTest) -> str:
    """Return how a row compares with itself, in words."""
    rounds = many(test.rounds, "round")
    if test.ratio is None:
        return f"nothing can be said: none of {rounds} was undisturbed"
    ratio = written(Quantity(test.ratio, test.low, test.high, form="estimate", digits=3))
    return (
        f"{test.verdict}, a ratio of {ratio} after {rounds}; "
        f"called different in {test.alarms} of {test.splits} ways to halve its processes"
    )
