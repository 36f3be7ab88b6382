"""The output of ``rnnbench check-results``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rnnbench.text import many, plain


def print_files(entries: Sequence[dict[str, Any]]) -> None:
    """Print what each file holds, and a line for each change and for each of its faults."""
    for entry in entries:
        changes = [f"  {change}" for change in entry["changes"]]
        print("\n".join(map(plain, [state(entry), *changes, *faults(entry)])))


def state(entry: dict[str, Any]) -> str:
    """Return a file's state in a line."""
    if entry["left"] is None:
        return f"{entry['file']}: no run"
    lines = len(entry["faults"]) + entry["more_faults"]
    whole = f"{many(lines, 'line')} set aside" if lines else "whole"
    finished = f"unfinished in {many(entry['left'], 'comparison')}" if entry["left"] else "finished"
    newer = f", {entry['newer']} of a newer rnnbench" if entry["newer"] else ""
    return f"{entry['file']}: {whole}, {finished}, {many(entry['records'], 'record')}{newer}"


def faults(entry: dict[str, Any]) -> list[str]:
    """Return the lines of a file that were set aside, and why."""
    told = [f"  line {fault['line']}: {fault['what']}" for fault in entry["faults"]]
    more = entry["more_faults"]
    return [*told, f"  and {many(more, 'more line')}"] if more else told
