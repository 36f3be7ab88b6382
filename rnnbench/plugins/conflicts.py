"""How plugins stand to the rest: to what they need, and to others of their name."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import util

from rnnbench.plugins.discovery import Item
from rnnbench.plugins.validation import kernel_name


def with_framework(item: Item) -> Item:
    """Return a backend, as not installed if it needs what is missing."""
    missing = [name for name in requirements(item) if not is_installed(name)]
    if not missing:
        return item
    reason = f"{', '.join(missing)} missing: pip install {' '.join(missing)}"
    return replace(item, status="not installed", reason=reason)


def requirements(item: Item) -> tuple[str, ...]:
    """Return the modules that a backend needs, none where it can't be used anyway."""
    return tuple(item.value.requires) if item.status == "ok" else ()


def is_installed(module: str) -> bool:
    """Return whether a module's package is there, without importing it."""
    package = module.partition(".")[0]
    return package in sys.modules or util.find_spec(package) is not None


def with_backend(item: Item, backends: Sequence[Item]) -> Item:
    """Return a kernel, which needs its backend and must not take one of its own variants."""
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


def with_clashes(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items, as a clash where another one claims the same name."""
    rivals = [item for item in items if is_sound(item)]
    count = Counter(claim for item in rivals for claim in claims(item))
    for item in items:
        taken = {claim for claim in claims(item) if count[claim] > 1} if item in rivals else set()
        others = [other for other in rivals if other is not item and taken & claims(other)]
        yield clash(item, others) if others else item


def is_sound(item: Item) -> bool:
    """Return whether an item is as it should be, though what it needs may not be installed."""
    return item.value is not None and item.status in ("ok", "not installed")


def claims(item: Item) -> frozenset[str]:
    """Return what only one plugin may have; kernels may share a variant for different cells."""
    if item.kind != "kernel" or item.value is None:
        return frozenset({item.name})
    return frozenset(f"{kernel_name(item.value)} for {cell}" for cell in item.value.cells)


def clash(item: Item, others: Sequence[Item]) -> Item:
    """Return an item that clashes with others, and how to choose between them."""
    ways = [handle(one, [item, *others]) for one in (item, *others)]
    theirs = ", ".join(str(other.origin) for other in others)
    if len(set(ways)) < len(ways):
        reason = f"{item.origin} provides it twice"
    else:
        reason = f"also provided by {theirs}: keep one out with -p no:{' or -p no:'.join(ways)}"
    return replace(item, status="clash", reason=reason)


def handle(item: Item, rivals: Sequence[Item]) -> str:
    """Return what names one of several items of one name: by distribution, else by entry point."""
    labels = [rival.origin.label for rival in rivals]
    if labels.count(item.origin.label) == 1:
        return f"{item.origin.label}/{item.name}"
    return f"{item.origin.entry_point or item.origin.module}/{item.name}"
