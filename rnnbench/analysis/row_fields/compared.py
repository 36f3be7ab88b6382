"""What all rows of a comparison share: what is compared, and what held while it was timed."""

from __future__ import annotations

from typing import Any

from rnnbench.schema.machine import Look
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.timing import Timing


def specification(planned: Planned, timing: Timing) -> dict[str, Any]:
    """Return what a comparison is."""
    comparison = timing.comparison
    return {
        "comparison": timing.key,
        "task": comparison.task,
        "network": comparison.network,
        "cell": comparison.cell,
        "sizes": planned.sizes,
        "length": timing.length,
        "batch": comparison.batch,
        "hidden": comparison.hidden,
        "layers": comparison.layers,
        "device": comparison.place,
        "devices": len(comparison.devices) or 1,
        "dtype": comparison.dtype,
        "threads": comparison.threads,
        "node": timing.node,
        "steps": comparison.steps,
        "training": comparison.training,
        "score_name": planned.score_name,
        "score_higher_is_better": planned.higher_is_better,
        "naive_score": planned.naive_score,
        "naive_loss": planned.naive_loss,
        "data_hash": planned.data_hash,
        "split": planned.split,
        "cell_plugin": planned.cell_plugin,
        "task_plugin": planned.task_plugin,
        "network_plugin": planned.network_plugin or None,
    }


def conditions(timing: Timing) -> dict[str, Any]:
    """Return what held on the machine while a comparison was timed."""
    loads = [r.load for r in timing.rounds if r.load is not None]
    strangers = [r.gpu_strangers for r in timing.rounds if r.gpu_strangers is not None]
    return {
        "load": max(loads, default=None),
        "others_cpus": timing.look.used if timing.look else None,
        "others": names_of_others(timing.look),
        "gpu_strangers": max(strangers, default=None),
    }


def names_of_others(look: Look | None) -> str | None:
    """Return who used the CPUs just before the timing, None if nobody was seen."""
    names = [f"{one.name} {one.cpus:.2g}" for one in look.busiest] if look else []
    return ", ".join(names) or None
