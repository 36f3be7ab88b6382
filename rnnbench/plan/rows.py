"""The rows of a run: which backends, in which variants, where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rnnbench.errors import UsageError, unknown
from rnnbench.plugins.registry import Registry
from rnnbench.schema.row import Row

if TYPE_CHECKING:
    from rnnbench.contracts.info import BackendInfo


def select_rows(
    text: str, registry: Registry, pythons: Mapping[str, str] | None = None
) -> tuple[list[Row], list[str]]:
    """Parse ``--backends``.

    ``all`` is every installed backend in its default variant, ``all:all`` in every variant; else
    a comma-separated list of ``NAME``, ``NAME:VARIANT`` or ``NAME:all``, where ``NAME`` may be
    ``BACKEND@ENVIRONMENT``.

    Returns:
        The rows, without repetitions; the backends that ``all`` left out, and the kernels of
        plugins that share a name with something else and so are not used.
    """
    pythons = pythons or {}
    items = [item for item in registry.items("backend") if item.status != "disabled"]
    installed = [item.name for item in items if item.status == "ok"]
    missing: list[str] = []
    rows: dict[Row, None] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        place, _, variant = part.partition(":")
        name, _, environment = place.partition("@")
        if environment and environment not in pythons:
            raise unknown("environment", environment, pythons)
        if place == "all":
            missing = [f"{i.name} ({i.status}: {i.detail})" for i in items if i.status != "ok"]
        for backend in installed if place == "all" else [name]:
            info = elsewhere(backend, environment, registry, pythons)
            variants = select_variants(info, variant, registry)
            rows |= dict.fromkeys(Row(backend, one, environment) for one in variants)
            missing += left_out_kernels(info, variant, registry)
    if not rows:
        raise UsageError(
            "no backend is installed: pip install -r requirements.txt in a checkout, "
            "or one alone: rnnbench list backends shows how"
            if not installed
            else f"--backends {text!r} names no backend; installed: {', '.join(installed)}"
        )
    return list(rows), list(dict.fromkeys(missing))


def elsewhere(
    backend: str, environment: str, registry: Registry, pythons: Mapping[str, str]
) -> BackendInfo:
    """Return a backend; its framework need not be here if it runs in another environment."""
    if (environment or backend) in pythons and backend in registry.backends:
        return registry.backends[backend]
    return registry.backend(backend)


def select_variants(info: BackendInfo, variant: str, registry: Registry) -> list[str]:
    """Return what ``backend:variant`` means, the kernels of plugins being variants too."""
    backend = info.name
    variants = registry.variants(backend)
    if variant == "all":
        return list(variants)
    if variant and variant not in variants:
        if any(item.name == f"{backend}:{variant}" for item in registry.items("kernel")):
            registry.find("kernel", f"{backend}:{variant}")  # which says why it can't be used
        raise unknown(f"variant of {backend}", variant, variants)
    return [variant or info.default]


def left_out_kernels(info: BackendInfo, variant: str, registry: Registry) -> list[str]:
    """Return the kernels of plugins that ``backend:variant`` would mean, were it not for a clash.

    A backend's own variant is used all the same: the name was its own first.
    """
    wanted = registry.items("kernel")
    if variant != "all":
        name = f"{info.name}:{variant or info.default}"
        wanted = [item for item in wanted if item.name == name]
    return [
        f"kernel {item.name} ({item.status}: {item.detail})"
        for item in wanted
        if item.status == "clash" and item.name.partition(":")[0] == info.name
    ]
