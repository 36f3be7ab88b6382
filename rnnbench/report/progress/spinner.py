"""A sign on stderr that something takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def waiting(text: str, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Show a text with a spinner until the end of a ``with`` block; yield what changes the text.

    Args:
        text: says what is being done.
        quiet: whether nothing is shown.
    """
    from rich.console import Console

    out = Console(stderr=True, quiet=quiet)
    utf = out.encoding.startswith("utf")
    with out.status(text, spinner="dots" if utf else "line") as status:
        yield status.update
