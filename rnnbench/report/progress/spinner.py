"""A sign on stderr that something takes a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show a text with a spinner until the end of a ``with`` block."""
    from rich.console import Console

    out = Console(stderr=True)
    utf = out.encoding.startswith("utf")
    with out.status(text, spinner="dots" if utf else "line"):
        yield
