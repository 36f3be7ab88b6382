"""A comparison checked, and described for the table."""

from __future__ import annotations

from rnnbench.contracts.values import guarded
from rnnbench.plan.build import build
from rnnbench.plan.sizes import check_layers, check_memory
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.plan import Planned


def describe(comparison: Comparison, max_time: float, registry: Registry) -> Planned:
    """Check that a comparison can be built, and describe it for the table.

    Raises:
        UsageError: for an option that its task or cell can't take, or a cell that breaks its
            contract.
        PluginError: if the task says what it must not.
    """
    from rnnbench.oracle.probe import probe  # which imports autograd: reading a plan must not

    check_layers(comparison)
    built = build(comparison, registry)
    built.task.check(comparison.batch)
    cell, cell_plugin, who = built.model.spec.cell, "", f"network {comparison.network!r}"
    if cell is not None:
        cell_plugin = registry.provenance("cell", comparison.cell)
        who = f"cell {comparison.cell!r} of {cell_plugin}"
        guarded(who, "one step of it", lambda: probe(cell, cell_plugin))
    guarded(who, "its shapes", lambda: check_memory(comparison, built.model))
    spec, problem = built.model.spec, built.task.problem
    widths = [str(problem.inputs), *([str(spec.embedding)] if spec.embedding else [])]
    widths += [str(spec.hidden)] * spec.layers + [str(problem.outputs)]
    return Planned(
        comparison=comparison,
        sizes=f"{built.task.sizes}, batch {comparison.batch}, {' → '.join(widths)}",
        tokens=problem.tokens,
        max_time=max_time,
        naive_score=built.task.naive_score,
        naive_loss=built.task.naive_loss,
        score_name=built.task.score_name,
        higher_is_better=built.task.higher_is_better,
        data_hash=built.task.data_hash,
        task_version=built.task.version,
        cell_plugin=cell_plugin,
        task_plugin=registry.provenance("task", comparison.task),
        network_plugin=registry.provenance("network", comparison.network),
    )
