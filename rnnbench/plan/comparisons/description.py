"""A comparison checked, and described for the table."""

from __future__ import annotations

from rnnbench.contracts.values import guarded
from rnnbench.errors import UsageError, about
from rnnbench.models.cell import Cell
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.model import Model
from rnnbench.models.training.windows import refusal
from rnnbench.plan.comparisons.build import Built, Tasks, build, with_options
from rnnbench.plan.comparisons.sizes import check_layers, check_memory
from rnnbench.plan.comparisons.training import in_words
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.plan import Planned
from rnnbench.text import given


def describe(comparison: Comparison, max_time: float, tasks: Tasks) -> Planned:
    """Check that a comparison can be built, and describe it for the table.

    Args:
        comparison: the specification.
        max_time: seconds of timing.
        tasks: those of the plan, so that all its comparisons are of one reading of the data.

    Raises:
        UsageError: for an option that its task or cell can't take, or a cell that breaks its
            contract.
        PluginError: if the task says what it must not.
    """
    with about(("layers",)):
        check_layers(comparison)
    built = build(comparison, tasks)
    with about(("batch",)):
        check_split(comparison)
        built.task.check(comparison.batch)
    who = f"network {comparison.network!r}"
    if (cell := built.model.spec.cell) is not None:
        who = f"cell {comparison.cell!r} of {tasks.registry.provenance('cell', comparison.cell)}"
        check_step(cell, comparison, tasks)
    with about(("hidden",), ("layers",), ("batch",), ("options", comparison.task)):
        guarded(who, "its shapes", lambda: check_room(comparison, built))
    with about(("window",), ("stride",)):
        check_windows(comparison, built)
    with about(("options", comparison.task)):
        return described(comparison, built, max_time, tasks.registry)


def check_split(comparison: Comparison) -> None:
    """Refuse a batch that can't be split evenly over the devices.

    Raises:
        UsageError: naming both.
    """
    count = len(comparison.devices) or 1
    if rest := comparison.batch % count:
        below = comparison.batch - rest
        instead = f"{below} or {below + count}" if below else f"{count}"
        raise UsageError(
            f"{comparison.task}: a batch of {comparison.batch} can't be split evenly over {count} "
            f"devices: give --batch {instead}"
        )


def check_step(cell: Cell, comparison: Comparison, tasks: Tasks) -> None:
    """Have a cell make one step; once for its options, as it is the same in all sizes.

    Raises:
        UsageError: if it breaks its contract.
    """
    from rnnbench.oracle.probe import probe  # which imports autograd: reading a plan must not

    key = with_options(comparison.cell, comparison.cell_options)
    if key in tasks.probed:
        return
    plugin = tasks.registry.provenance("cell", comparison.cell)
    guarded(f"cell {comparison.cell!r} of {plugin}", "one step of it", lambda: probe(cell, plugin))
    tasks.probed.add(key)


def check_room(comparison: Comparison, built: Built) -> None:
    """Refuse what does not fit into memory; see :func:`rnnbench.plan.comparisons.sizes`."""
    option = f"{comparison.task}.{built.task.length_option}"
    check_memory(comparison, built.model, built.task.time_steps, option)


def check_windows(comparison: Comparison, built: Built) -> None:
    """Refuse windows that the batches of a task can't be cut into.

    Raises:
        UsageError: saying why.
    """
    if comparison.window is None:
        return
    task, network = built.task, built.model.network
    steps = len(next(iter(task.training(comparison.batch, 0))).inputs)
    stride = comparison.stride or comparison.window
    carried = task.carries_state
    if why := refusal(task.problem, network, steps, comparison.window, stride, carried):
        raise UsageError(f"{comparison.task}: {why}")


def described(comparison: Comparison, built: Built, max_time: float, registry: Registry) -> Planned:
    """Return what the table says of a comparison; its task is asked for it."""
    spec, problem = built.model.spec, built.task.problem
    usual = registry.find("task", comparison.task).defaults
    widths = [str(problem.inputs), *([str(spec.embedding)] if spec.embedding else [])]
    widths += [str(spec.hidden)] * spec.layers + [str(problem.outputs)]
    sizes = (built.task.sizes, f"batch {comparison.batch}", " → ".join(widths))
    return Planned(
        comparison=comparison,
        sizes=", ".join((*sizes, *chosen_options(comparison), *in_words(comparison, usual))),
        tokens=problem.tokens,
        max_time=max_time,
        naive_score=built.task.naive_score(comparison.batch),
        naive_loss=built.task.naive_loss,
        score_name=built.task.score_name,
        higher_is_better=built.task.higher_is_better,
        data_hash=built.task.data_hash,
        split=built.task.split,
        task_version=built.task.version,
        cell_plugin=registry.provenance("cell", comparison.cell) if comparison.cell else "",
        task_plugin=registry.provenance("task", comparison.task),
        network_plugin=registry.provenance("network", comparison.network),
        inputs=inputs_of(built.model),
        target=built.task.target if comparison.steps else None,
    )


def inputs_of(model: Model) -> int | None:
    """Return the features that the first recurrent layer is fed, None where there is none."""
    return next((part.inputs for part in model.parts.values() if isinstance(part, Layer)), None)


def chosen_options(comparison: Comparison) -> list[str]:
    """Return the options of its network and its cell that were given: they make another model."""
    options = (*comparison.network_options.items(), *comparison.cell_options.items())
    return [f"{name} {given(value)}" for name, value in options]
