"""Marks sound items that can't be used all the same: something is missing, or names clash."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import util

from rnnbench.plugins.discovery import Item
from rnnbench.plugins.validation import kernel_name


def mark_missing_framework(item: Item) -> Item:
    """Return a backend, marked as not installed if a module that it needs is missing."""
    missing = [name for name in required_modules(item) if not is_installed(name)]
    if not missing:
        return item
    reason = f"{', '.join(missing)} missing: pip install {' '.join(missing)}"
    return replace(item, status="not installed", reason=reason)


def required_modules(item: Item) -> tuple[str, ...]:
    """Return the modules that a backend needs; none if it can't be used anyway."""
    return tuple(item.value.requires) if item.status == "ok" else ()


def is_installed(module: str) -> bool:
    """Return whether a module's package is installed, without importing it."""
    package = module.partition(".")[0]
    return package in sys.modules or util.find_spec(package) is not None


def mark_unusable_kernel(item: Item, backends: Sequence[Item]) -> Item:
    """Return a kernel, marked if its backend is missing or has a variant of that name itself."""
    if item.status != "ok":
        return item
    own = [b for b in backends if b.name == item.value.backend]
    if any(b.value is not None and item.value.variant in b.value.variants for b in own):
        reason = f"{item.value.backend} has a variant {item.value.variant!r} of its own"
        return replace(item, status="clash", reason=reason)
    if not any(backend.status == "ok" for backend in own):
        state = own[0].status if own else "not installed"
        reason = f"its backend {item.value.backend!r} is {state}"
        return replace(item, status="not installed", reason=reason)
    return item


def mark_clashes(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items, those marked as a clash that share a name with another one."""
    rivals = [item for item in items if is_sound(item)]
    count = Counter(name for item in rivals for name in exclusive_names(item))
    for item in items:
        shared = {name for name in exclusive_names(item) if count[name] > 1}
        others = [one for one in rivals if one is not item and shared & exclusive_names(one)]
        yield clashing(item, others) if item in rivals and others else item


def is_sound(item: Item) -> bool:
    """Return whether an item has no fault; what it needs may still be missing."""
    return item.value is not None and item.status in ("ok", "not installed")


def exclusive_names(item: Item) -> frozenset[str]:
    """Return the names that no other item may have; kernels of one variant differ in cells."""
    if item.kind != "kernel" or item.value is None:
        return frozenset({item.name})
    return frozenset(f"{kernel_name(item.value)} for {cell}" for cell in item.value.cells)


def clashing(item: Item, others: Sequence[Item]) -> Item:
    """Return an item marked as a clash, the reason telling how to choose between it and others."""
    ways = [blocking_name(one, [item, *others]) for one in (item, *others)]
    theirs = ", ".join(str(other.origin) for other in others)
    if len(set(ways)) < len(ways):
        reason = f"{item.origin} provides it twice"
    else:
        reason = f"also provided by {theirs}: keep one out with -p no:{' or -p no:'.join(ways)}"
    return replace(item, status="clash", reason=reason)


def blocking_name(item: Item, rivals: Sequence[Item]) -> str:
    """Return what ``-p no:`` calls one of several items that share a name."""
    labels = [rival.origin.label for rival in rivals]
    if labels.count(item.origin.label) == 1:
        return f"{item.origin.label}/{item.name}"
    return f"{item.origin.entry_point or item.origin.module}/{item.name}"
