"""A sign on stderr that something takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def waiting(text: str) -> Iterator[Callable[[str], None]]:
    """Show a text with a spinner until the end of a ``with`` block; yield what changes the text."""
    from rich.console import Console

    out = Console(stderr=True)
    utf = out.encoding.startswith("utf")
    with out.status(text, spinner="dots" if utf else "line") as status:
        yield status.update
