"""The rows of a run: which backends, in which variants, where."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rnnbench.errors import UsageError, unknown
from rnnbench.plugins.installing import command_to_install
from rnnbench.plugins.registry import Registry
from rnnbench.schema.row import Row
from rnnbench.text import shown

if TYPE_CHECKING:
    from rnnbench.contracts.info import BackendInfo
    from rnnbench.schema.plan import Planned


def select_rows(
    text: str,
    registry: Registry,
    pythons: Mapping[str, str] | None = None,
    models: Collection[str] = (),
) -> tuple[list[Row], list[str]]:
    """Return the rows that the value of ``--backends`` means.

    ``all`` is every installed backend in the variant that :func:`usual_variant` tells, ``all:all``
    in every variant; else a comma-separated list of ``NAME``, ``NAME:VARIANT`` or ``NAME:all``,
    where ``NAME`` may be ``BACKEND@ENVIRONMENT``.

    Args:
        text: the value.
        registry: the plugins.
        pythons: interpreters by the name of a backend or of an environment.
        models: the cells, and the networks without cells, that are run; empty where nobody knows.

    Returns:
        The rows, without repetitions; and what is left out: backends of ``all`` that can't be
        used, and kernels whose names clash.

    Raises:
        UsageError: if it names no backend, or one that can't be used.
    """
    pythons = pythons or {}
    items = [item for item in registry.items("backend") if item.status != "disabled"]
    installed = [item.name for item in items if item.status == "ok"]
    missing: list[str] = []
    rows: dict[Row, None] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        place, _, variant = part.partition(":")
        name, _, environment = place.partition("@")
        if "@" in variant:
            variant, _, environment = variant.partition("@")
            raise UsageError(
                f"--backends {shown(part)}: an environment stands beside its backend, as "
                f"{name}@{environment}:{variant}"
            )
        if environment and environment not in pythons:
            raise unknown("environment", environment, pythons)
        if place == "all":
            missing = [f"{i.name} ({i.status}: {i.detail})" for i in items if i.status != "ok"]
        for backend in installed if place == "all" else [name]:
            info = find_backend(backend, environment, registry, pythons)
            wanted = variant or usual_variant(info, models)
            variants = select_variants(info, wanted, registry)
            rows |= dict.fromkeys(Row(backend, one, environment) for one in variants)
            missing += clashing_kernels(info, wanted, registry)
    if not rows:
        raise UsageError(
            f"no backend is installed: {command_to_install('rnnbench-numpy')}, "
            "for example; rnnbench list backends shows how the others are"
            if not installed
            else f"--backends {shown(text)} names no backend; installed: {', '.join(installed)}"
        )
    return list(rows), list(dict.fromkeys(missing))


def unnamed_rows(
    rows: Sequence[Row],
    text: str,
    registry: Registry,
    pythons: Mapping[str, str] | None = None,
    models: Collection[str] = (),
) -> list[Row]:
    """Return the rows of the value of ``--backends`` that only ``:all`` means there.

    Args:
        rows: what :func:`select_rows` has found.
        text: the value; it, the registry, interpreters and models as there.
        registry: the plugins.
        pythons: interpreters by name.
        models: what is run.
    """
    others = ",".join(part for part in text.split(",") if not part.strip().endswith(":all"))
    named = select_rows(others, registry, pythons, models)[0] if others.strip(" ,") else []
    return [row for row in rows if row not in named]


def find_backend(
    backend: str, environment: str, registry: Registry, pythons: Mapping[str, str]
) -> BackendInfo:
    """Return a backend; its framework need not be here if it runs in another environment.

    Raises:
        UsageError: if there is no such backend, or it can't be used.
    """
    if (environment or backend) in pythons and backend in registry.backends:
        return registry.backends[backend]
    return registry.backend(backend)


def usual_variant(info: BackendInfo, models: Collection[str]) -> str:
    """Return the variant that a bare backend name means in a run.

    It is the default, or the portable one where the default has a kernel for nothing that is run.

    Args:
        info: the backend.
        models: see :func:`select_rows`.
    """
    takes_none = models and info.default_for and not set(models).intersection(info.default_for)
    return info.portable if info.portable and takes_none else info.default


def able_to_run(backend: str, models: Collection[str], registry: Registry) -> str:
    """Return one row that runs each of some models: a backend's default, or its portable variant.

    Args:
        backend: a value of ``--backend``; all but the bare name of a usable backend stays.
        models: cells, or networks without cells.
        registry: the plugins.
    """
    info = registry.backends.get(backend)
    if info is None or not info.portable or not info.default_for:
        return backend
    return backend if set(models) <= set(info.default_for) else f"{backend}:{info.portable}"


def models_of(planned: Iterable[Planned]) -> set[str]:
    """Return the cells of some comparisons, and the networks of those without."""
    return {one.comparison.cell or one.comparison.network for one in planned}


def stand_ins(rows: Iterable[Row], usual: Container[Row]) -> list[str]:
    """Return a line on each row that is run in place of a default variant.

    Args:
        rows: those of the run.
        usual: what the same names mean where nobody knows what is run.
    """
    return [
        f"{row.place} is run as {row}, as its default has no kernel for anything in this run"
        for row in rows
        if row not in usual
    ]


def select_variants(info: BackendInfo, variant: str, registry: Registry) -> list[str]:
    """Return the variants that ``backend:variant`` means, kernels of other plugins among them.

    Raises:
        UsageError: if there is no such variant.
    """
    backend = info.name
    variants = registry.variants(backend)
    if variant == "all":
        return list(variants)
    if variant not in variants:
        if any(item.name == f"{backend}:{variant}" for item in registry.items("kernel")):
            registry.find("kernel", f"{backend}:{variant}")  # which says why it can't be used
        raise unknown(f"variant of {backend}", variant, variants)
    return [variant]


def clashing_kernels(info: BackendInfo, variant: str, registry: Registry) -> list[str]:
    """Return the kernels that ``backend:variant`` names and that are not used: their names clash.

    A backend's own variant of the name is used all the same.
    """
    wanted = registry.items("kernel")
    if variant != "all":
        wanted = [item for item in wanted if item.name == f"{info.name}:{variant}"]
    return [
        f"kernel {item.name} ({item.status}: {item.detail})"
        for item in wanted
        if item.status == "clash" and item.name.partition(":")[0] == info.name
    ]
