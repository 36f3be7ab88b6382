"""How a comparison is trained: the options that make a difference, and the optimizer of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from rnnbench.contracts.task import Defaults
from rnnbench.errors import UsageError, about
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.models.training.schedule import CONSTANT, Schedule
from rnnbench.schema.comparison import TRAINING, Comparison
from rnnbench.schema.words import written
from rnnbench.text import many

#: What the formulas have where nothing is given.
DEFAULTS = {
    "momentum": Optimizer.momentum,
    "weight_decay": Optimizer.weight_decay,
    "drop": CONSTANT.drop,
}


def training_in_effect(
    comparison: Comparison, has_validation: Callable[[], bool]
) -> tuple[Comparison, list[str]]:
    """Return a comparison without the options of training that make no difference.

    And a line on each, but for those at their defaults.

    Args:
        comparison: as it was asked for.
        has_validation: tells whether its task has data to stop a training by.

    Raises:
        UsageError: if the warm-up is longer than the training, or the training ends before a drop.
    """
    told = given(comparison)
    unused = {name: why for name, why in idle(comparison).items() if name in told}
    if "patience" in told and "patience" not in unused and not has_validation():
        unused["patience"] = "where a task has no validation data"
    without = replace(comparison, **{name: TRAINING[name] for name in unused})
    with about(("warmup",), ("steps",)):
        check_warmup(without)
    with about(("drop_every",), ("steps",)):
        check_drops(without)
    usual = DEFAULTS | {"stride": without.window}
    plain = {name: None for name, value in usual.items() if getattr(without, name) == value}
    notes = [f"{name} = {written(told[name])} does nothing {why}" for name, why in unused.items()]
    return replace(without, **plain), notes


def given(comparison: Comparison) -> dict[str, Any]:
    """Return the options of training that are not at their defaults, by name."""
    values = {name: getattr(comparison, name) for name in TRAINING}
    return {name: value for name, value in values.items() if value != TRAINING[name]}


def idle(comparison: Comparison) -> dict[str, str]:
    """Return the options of training that do nothing here, each with when that is so."""
    found: dict[str, str] = {}
    if comparison.optimizer != "sgd":
        found |= dict.fromkeys(("momentum", "nesterov"), f"with {comparison.optimizer}")
    elif comparison.momentum == 0:
        found["nesterov"] = "without momentum"
    if comparison.optimizer != "adamw":
        found["weight_decay"] = f"with {comparison.optimizer}"
    if comparison.schedule != "step":
        found |= dict.fromkeys(("drop", "drop_every"), f"with schedule = {comparison.schedule}")
    if comparison.window is None:
        found["stride"] = "without window"
    if not comparison.steps:
        changing = ("schedule", "warmup", "drop", "drop_every", "patience")
        found |= dict.fromkeys(changing, "where nothing is trained")
    return found


def check_warmup(comparison: Comparison) -> None:
    """Refuse a warm-up that a training does not come to the end of.

    Raises:
        UsageError: naming both.
    """
    if comparison.warmup > comparison.steps:
        raise UsageError(
            f"{comparison.task}: warmup = {comparison.warmup} is longer than the training of "
            f"{many(comparison.steps, 'step')}"
        )


def check_drops(comparison: Comparison) -> None:
    """Refuse drops of the rate that a training does not come to.

    Raises:
        UsageError: naming both.
    """
    if comparison.drop_every is not None and comparison.drop_every >= comparison.steps:
        raise UsageError(
            f"{comparison.task}: drop_every = {comparison.drop_every} comes to no drop in a "
            f"training of {many(comparison.steps, 'step')}"
        )


def optimizer_of(comparison: Comparison) -> Optimizer:
    """Return the optimizer of a comparison, with the schedule of its rate."""
    names = ("momentum", "nesterov", "weight_decay", "clip_value")
    chosen = {name: value for name, value in given(comparison).items() if name in names}
    return Optimizer(
        comparison.optimizer,  # type: ignore[arg-type]
        comparison.lr,
        comparison.clip,
        schedule=schedule_of(comparison),
        **chosen,
    )


def schedule_of(comparison: Comparison) -> Schedule:
    """Return the schedule; steps down come after each third of a training unless told otherwise."""
    steps = max(1, comparison.steps)
    return Schedule(
        comparison.schedule,  # type: ignore[arg-type]
        steps,
        comparison.warmup,
        CONSTANT.drop if comparison.drop is None else comparison.drop,
        comparison.drop_every or -(-steps // 3),
    )


def in_words(comparison: Comparison, usual: Defaults) -> Iterator[str]:
    """Yield how a comparison is trained, where it is told to: ``optimizer sgd``, ``warmup 100``.

    Args:
        comparison: what is trained.
        usual: the training of its task, which need not be told.
    """
    if comparison.optimizer != usual.optimizer:
        yield f"optimizer {comparison.optimizer}"
    if comparison.lr != usual.lr:
        yield f"lr {written(comparison.lr)}"
    if comparison.clip != (usual.clip or None):
        yield f"clip {written(comparison.clip)}" if comparison.clip else "no clipping"
    for name, value in given(comparison).items():
        words = name.replace("_", " ")
        yield words if value is True else f"{words} {written(value).strip(chr(39))}"
