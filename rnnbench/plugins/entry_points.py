"""The plugins that are installed: read from metadata, without importing any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from typing import Any, NamedTuple

from rnnbench.plugins.provenance import Origin


class Source(NamedTuple):
    """A plugin before it is loaded.

    Attributes:
        origin: where it comes from.
        load: imports it and returns it, or raises whatever it likes.
    """

    origin: Origin
    load: Callable[[], Any]


def installed(groups: Sequence[str]) -> list[Source]:
    """Return the plugins with an entry point in one of some groups, in the order of their names.

    A distribution whose list of entry points can't be read, and which names such a group, is among
    them: loading it raises why.
    """
    try:
        points = [point for group in groups for point in metadata.entry_points(group=group)]
    except Exception:  # the metadata of any distribution at all may be damaged
        found = [source for each in metadata.distributions() for source in read(each, groups)]
    else:
        found = [source(point, point.dist) for point in points]
    unique = {(each.origin.module, each.origin.distribution): each for each in found}
    return sorted(unique.values(), key=lambda each: each.origin.entry_point or "")


def read(distribution: metadata.Distribution, groups: Sequence[str]) -> Iterator[Source]:
    """Yield the plugins of one distribution, whose metadata may be damaged."""
    try:
        for point in distribution.entry_points:
            if point.group in groups:
                yield source(point, distribution)
    except Exception as error:
        text = distribution.read_text("entry_points.txt") or ""
        if any(f"[{group}]" in text for group in groups):
            yield damaged(distribution, error)


def damaged(distribution: metadata.Distribution, error: Exception) -> Source:
    """Return a plugin that raises why its entry points can't be read."""

    def load() -> Any:
        raise ValueError("its entry_points.txt can't be read") from error

    name, version = named(distribution)
    return Source(Origin(name or "?", name, name, version), load)


def source(point: metadata.EntryPoint, distribution: metadata.Distribution | None) -> Source:
    """Return the plugin of one entry point."""
    module = point.value.partition(":")[0].strip()
    return Source(Origin(module, point.name, *named(distribution)), point.load)


def named(distribution: metadata.Distribution | None) -> tuple[str | None, str | None]:
    """Return name and version of a distribution, None for what its metadata lacks."""
    try:
        return (distribution.name, distribution.version) if distribution else (None, None)
    except Exception:  # without the file METADATA, some versions of Python raise
        return None, None
