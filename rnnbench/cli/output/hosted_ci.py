"""What a command tells a hosted CI beside its output, where the environment says that it is one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

#: How the summary is opened: a pipe that nobody reads is an error, and not waited for.
APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC


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
            text = f"{summary()}\n".encode(errors="backslashreplace")
            with os.fdopen(os.open(path, APPENDING, 0o666), "ab") as file:
                file.write(text)
        except (OSError, ValueError) as error:
            say(f"GITHUB_STEP_SUMMARY: {getattr(error, 'strerror', None) or error}")
