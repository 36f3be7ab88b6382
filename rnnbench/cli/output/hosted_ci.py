"""What a command tells a hosted CI beside its output, where the environment says that it is one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path


def tell(lines: Iterable[str], summary: Callable[[], str]) -> None:
    """Print remarks for GitHub Actions, and add to the summary of its job; elsewhere do nothing.

    The remarks go to stderr, which is looked through as stdout is: that may be read by a program.

    Args:
        lines: the remarks.
        summary: makes the summary, in Markdown.
    """
    from rnnbench.system.io.streams import say

    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    for line in lines:
        say(line)
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{summary()}\n")
        except (OSError, ValueError) as error:
            say(f"GITHUB_STEP_SUMMARY: {getattr(error, 'strerror', None) or error}")
