"""The output of ``rnnbench status`` and ``rnnbench gather``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnnbench.cluster.progress import PartState, in_words
from rnnbench.schema.records.beginning import Run
from rnnbench.text import many, plain

#: What stands above the lines of parts.
HEADS = ("part", "state", "machine", "attempts", "rows", "failed")
#: The most lines of one state; of more the first are shown.
MOST = 40


def plain_object(one: PartState) -> dict[str, Any]:
    """Return how far a part is as a plain object."""
    return one._asdict()


def print_parts(run: Path, states: Sequence[PartState], engine: str | None) -> None:
    """Print how many parts are how far, and a line for each that is not done or has failures.

    Args:
        run: the folder of the run.
        states: of its parts.
        engine: what runs them, None if rnnbench has not submitted them.
    """
    from rnnbench.report.console import console, print_table, text

    out = console()
    failed = sum(one.failed for one in states)
    told = f"; {many(failed, 'row')} failed" if failed else ""
    out.print(text(f"{run.name}: {in_words(states)}{told}"))
    told_of = [one for one in states if one.state != "done" or one.failed]
    if lines := shown(told_of):
        print_table(out, HEADS, [list(map(text, cells(one))) for one in lines])
    if hidden := len(told_of) - len(lines):
        out.print(text(f"and {many(hidden, 'more part')}: --json has them all"))
    if any(one.state in ("ended", "missing") for one in states):
        again = (
            f"rnnbench run --resume {run.name} --cluster {engine}"
            if engine
            else "the command of each of them again"
        )
        out.print(text(f"what has ended or is missing is done by: {again}"))


def shown(states: Sequence[PartState]) -> list[PartState]:
    """Return, of parts that are told, those that have a line: of each state as many as are read."""
    found: dict[str, list[PartState]] = {}
    for one in states:
        found.setdefault(one.state, []).append(one)
    return sorted(part for own in found.values() for part in own[:MOST])


def cells(one: PartState) -> list[str]:
    """Return what stands in the line of a part."""
    state = f"{one.state} ({one.told})" if one.told else one.state
    return [
        str(one.part),
        plain(state),
        plain(one.node or ""),
        *(str(count) if one.attempts else "" for count in (one.attempts, one.rows, one.failed)),
    ]


def print_gathered(found: Sequence[tuple[Path, Run | None]]) -> None:
    """Print what was gathered: a line for the run of each kind of machine."""
    from rnnbench.report.console import console, text

    out = console()
    for file, run in found:
        if run is not None:
            nodes = sorted({one.node for one in run.gathered if one.node})
            parts = many(len({one.attempt.partition(".")[0] for one in run.gathered}), "part")
            where = f"{run.machine.cpu}, {run.machine.cpus} CPUs ({', '.join(nodes)})"
            out.print(text(plain(f"{file}: {parts}, {where}")))
    if len(found) > 1:
        out.print(text("different machines are never ranked together: each has a run of its own"))
