"""The plugins that are installed: read from metadata, without importing any of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import metadata
from typing import Any, NamedTuple

from rnnbench.plugins.provenance import Origin


class Source(NamedTuple):
    """A plugin before it is loaded.

    Attributes:
        origin: where it comes from.
        load: imports its module and returns it; may raise anything, as the code is a stranger's.
    """

    origin: Origin
    load: Callable[[], Any]


def read(groups: Iterable[str]) -> list[metadata.EntryPoint] | None:
    """Return the entry points in some groups; None where any distribution's can't be read.

    It takes some milliseconds, as the metadata of every distribution are read, of whatever group.
    """
    try:
        found = metadata.entry_points()
    except Exception:  # the metadata of any distribution at all may be damaged
        return None
    return [point for group in groups for point in found.select(group=group)]


def installed(
    groups: Collection[str], points: Iterable[metadata.EntryPoint] | None
) -> list[Source]:
    """Return the plugins with an entry point in one of these groups, sorted by name.

    A distribution that names such a group in a list of entry points that can't be read is among
    them, as a plugin whose loading raises the reason.

    Args:
        groups: the groups.
        points: what :func:`read` has found for these and other groups.
    """
    if points is None:
        found = [source for each in metadata.distributions() for source in sources_of(each, groups)]
    else:
        found = [source_of(point, point.dist) for point in points if point.group in groups]
    unique = {(each.origin.module, each.origin.distribution): each for each in found}
    return sorted(unique.values(), key=lambda each: each.origin.entry_point or "")


def sources_of(distribution: metadata.Distribution, groups: Collection[str]) -> Iterator[Source]:
    """Yield the plugins of one distribution, whose metadata may be damaged."""
    try:
        for point in distribution.entry_points:
            if point.group in groups:
                yield source_of(point, distribution)
    except Exception as error:
        text = distribution.read_text("entry_points.txt") or ""
        if any(f"[{group}]" in text for group in groups):
            yield damaged(distribution, error)


def damaged(distribution: metadata.Distribution, error: Exception) -> Source:
    """Return a plugin whose loading raises that its entry points can't be read."""

    def load() -> Any:
        raise ValueError("its entry_points.txt can't be read") from error

    name, version = name_and_version(distribution)
    return Source(Origin(name or "?", name, name, version), load)


def source_of(point: metadata.EntryPoint, distribution: metadata.Distribution | None) -> Source:
    """Return the plugin of one entry point."""
    module = point.value.partition(":")[0].strip()
    return Source(Origin(module, point.name, *name_and_version(distribution)), point.load)


def version_of(distribution: str) -> str | None:
    """Return the version of a distribution, None if it is not there or its metadata lacks it."""
    try:
        return metadata.version(distribution) or None
    except Exception:  # without the file METADATA, several errors are possible
        return None


def name_and_version(
    distribution: metadata.Distribution | None,
) -> tuple[str | None, str | None]:
    """Return name and version of a distribution, None for what its metadata lacks."""
    try:
        return (distribution.name, distribution.version) if distribution else (None, None)
    except Exception:  # without the file METADATA, some versions of Python raise
        return None, None
