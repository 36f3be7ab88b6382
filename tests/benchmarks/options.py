"""Does every option of every network, cell and training hold on every backend?

    python tests/benchmarks/options.py [--rows all:all] [--only seq2seq cells] [--together]

Each value of an option away from its default is a case, small, on a task that it matters for; so
are the cells in each kind of layer, and what a training has. With ``--together`` options meet, in
so few cases that each pair of values stands in one. A row proves each case as a run does: outputs,
gradients and three steps against the oracle. With ``--train`` it trains and scores it, too, at its
real shape. The table has ``ok``, ``-`` for ``unsupported``, or ``FAULT``; the reasons stand below
it. Exit code 1 if there is a fault.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from rnnbench.errors import UsageError
from rnnbench.plan.expand import expand_suite
from rnnbench.plan.request import Request
from rnnbench.plan.rows import select_rows
from rnnbench.plugins.registry import Registry
from rnnbench.running.session import plugins_of
from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.timing import Check, Checked, Prepare, Prepared
from rnnbench.schema.messages.training import Train, Trained
from rnnbench.schema.plan import Planned
from rnnbench.schema.suite import Grid, Suite

#: Values of options that are numbers: in the middle, at an edge, and larger than a sequence.
NUMBERS: Mapping[str, Sequence[float]] = {
    "dropout": (0.4,),
    "convolution": (1, 3, 50),
    "heads": (1, 2),
    "window": (1, 5),
    "width": (2, 50),
    "levels": (1, 2),
    "growth": (1, 3),
    "teacher_forcing": (0.0, 0.5),
    "forcing_steps": (3,),
    "forget_bias": (0.0, -2.0),
    "radius_min": (0.0,),
    "radius_max": (0.9,),
    "phase_max": (0.3,),
}
#: What each kind of target is tried on; both of these have lengths, and so has the last one.
TASKS = {"every": "tagging", "one": "sentiment", "sequence": "translation"}
#: What a training may have, on the first task.
TRAININGS: Sequence[Mapping[str, Any]] = (
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "momentum": 0.0},
    {"optimizer": "sgd", "nesterov": True},
    {"optimizer": "rmsprop"},
    {"optimizer": "adamw"},
    {"optimizer": "adamw", "weight_decay": 0.3},
    {"clip": 0.0},
    {"clip": 1e-3},
    {"clip_value": 1e-3},
    {"clip_value": 1e-2, "clip": 1e-2},
    {"schedule": "step", "drop_every": 2},
    {"schedule": "step", "drop": 0.5},
    {"schedule": "cosine"},
    {"warmup": 2},
    {"schedule": "cosine", "warmup": 2, "optimizer": "sgd", "nesterov": True},
    {"window": 6},
    {"window": 7, "stride": 4},
    {"patience": 2},
    {"window": 7, "stride": 4, "schedule": "cosine", "patience": 2, "optimizer": "adamw"},
    {"dtype": "float64"},
    {"embedding": 0},
)


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """One comparison: what it is called, its network, its cell, its options and its settings."""

    group: str
    name: str
    network: str
    cell: str
    task: str
    options: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", default="all:all", help="as the option --backends of run")
    parser.add_argument("--only", nargs="*", default=[], help="networks, cells, training")
    parser.add_argument("--together", action="store_true", help="options meet, too")
    parser.add_argument("--train", action="store_true", help="train and score each, too")
    asked = parser.parse_args()
    registry = Registry.of([])
    found = [one for one in cases(registry) if not asked.only or one.group in asked.only]
    if asked.together:
        found = [one for one in met(registry) if not asked.only or one.group in asked.only]
    planned = {one: plan_of(one, registry) for one in found}
    refused = {one: why for one, why in planned.items() if isinstance(why, str)}
    able = {one: plan for one, plan in planned.items() if isinstance(plan, Planned)}
    rows, _ = select_rows(asked.rows, registry)
    with tempfile.TemporaryDirectory(prefix="rnnbench-") as folder:
        pool = Pool([], 1, Path(folder), 600.0)
        try:
            slots = [Slot(row, 0) for row in rows]
            pool.open(slots)
            replies = proved(pool, slots, list(able.values()), asked.train)
        finally:
            pool.close()
    return shown([slot.row for slot in slots], list(able), replies, refused)


def cases(registry: Registry) -> Iterator[Case]:
    """Yield each option by itself, each cell in each kind of layer, and each training."""
    for network, task in networks(registry):
        for option, value in values(registry.networks[network]):
            yield of_network(network, task, {option: value}, {"layers": 2})
    for cell in registry.cells:
        yield Case("cells", cell, "stack", cell, TASKS["every"], {})
        both = {"stack": {"bidirectional": "concat"}}
        yield Case("cells", f"{cell} both ways", "stack", cell, TASKS["one"], both)
        fed = {"seq2seq": {"feeding": True, "teacher_forcing": 0.5}}
        yield Case("cells", f"{cell} fed", "seq2seq", cell, TASKS["sequence"], fed)
        for option, value in values(registry.cells[cell]):
            name = f"{cell} {option} {value}"
            yield Case("cells", name, "stack", cell, TASKS["every"], {cell: {option: value}})
    for training in TRAININGS:
        name = " ".join(f"{key} {value}" for key, value in training.items())
        yield Case("training", name, "stack", "lstm", TASKS["every"], {}, training)


def met(registry: Registry) -> Iterator[Case]:
    """Yield few cases in which each value of an option meets each of every other one."""
    for network, task in networks(registry):
        choices = {"layers": [1, 2]}
        plugin = registry.networks[network]
        defaults = {field.name: field.default for field in dataclasses.fields(plugin)}
        for option, value in values(plugin):
            choices.setdefault(option, [defaults[option]]).append(value)
        for one in all_pairs(choices):
            layers = {"layers": one.pop("layers")}
            yield of_network(network, task, one, layers)


def all_pairs(choices: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield choices such that each two values of two options stand in one, the best one first."""
    names = list(choices)
    left = {
        ((a, one), (b, other))
        for a, b in itertools.combinations(names, 2)
        for one in map(str, choices[a])
        for other in map(str, choices[b])
    }
    every = [dict(zip(names, each, strict=True)) for each in itertools.product(*choices.values())]

    def new(one: Mapping[str, Any]) -> set[Any]:
        told = [(name, str(one[name])) for name in names]
        return left & set(itertools.combinations(told, 2))

    while left:
        best = max(every, key=lambda one: len(new(one)))
        left -= new(best)
        yield dict(best)


def networks(registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield each network with a task for each kind of target that it is for."""
    for name, plugin in registry.networks.items():
        for targets, task in TASKS.items():
            if targets in plugin.solves:
                yield name, task


def of_network(network: str, task: str, options: Mapping[str, Any], sizes: Any) -> Case:
    """Return the case of a network with options."""
    told = [f"{name} {value}" for name, value in (sizes | options).items()]
    cell = "gru" if network in ("stack", "seq2seq") else ""
    return Case(
        network, f"{task}: {', '.join(told)}", network, cell, task, {network: options}, sizes
    )


def values(plugin: type[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each option of a plugin with each of its values but the default."""
    hints = get_type_hints(plugin)
    for field in dataclasses.fields(plugin):
        hint = hints[field.name]
        every = get_args(hint) if get_origin(hint) is Literal else NUMBERS.get(field.name, ())
        every = (False, True) if hint is bool else every
        if not every:
            raise UsageError(f"{plugin.name}.{field.name}: say in NUMBERS what is to be tried")
        yield from ((field.name, value) for value in every if value != field.default)


def plan_of(case: Case, registry: Registry) -> Planned | str:
    """Return what a case computes, small, or why it is refused before anything is started."""
    options = {case.task: {"length": 12} if case.task == "sentiment" else {}, **case.options}
    sizes = {"hidden": 8, "batch": 4, "steps": 4, "embedding": 6} | dict(case.settings)
    grid = Grid(
        tasks=[case.task],
        cells=[case.cell or "all"],
        networks=[case.network],
        options={name: dict(given) for name, given in options.items() if given},
        **sizes,
    )
    try:
        plan = expand_suite(
            Suite(grids=[grid]), "", Request(backends="all:all", threads=1), registry
        )
    except UsageError as error:
        return str(error)
    return plan.comparisons[0]


def proved(
    pool: Pool, slots: Sequence[Slot], planned: Sequence[Planned], train: bool
) -> dict[Slot, list[str]]:
    """Return what each row said to each case: a deviation, or why there is none."""

    def progress(share: float) -> None:
        print(f"\r{100 * share:3.0f} %", end="", file=sys.stderr)

    checks = {slot: [check(slot, one) for one in planned] for slot in slots}
    found = {
        slot: [told(one) for one in replies]
        for slot, replies in pool.ask_each(checks, Checked, progress).items()
    }
    if train:
        for slot, place in itertools.product(slots, range(len(planned))):
            if found[slot][place].startswith("ok"):
                found[slot][place] = trained(pool, slot, planned[place])
            progress(place / len(planned))
    return found


def check(slot: Slot, planned: Planned) -> Check:
    """Return the request to prove a row."""
    plugins = plugins_of(planned)
    return Check(planned.comparison, slot.row.variant, 0, planned.data_hash, plugins)


def trained(pool: Pool, slot: Slot, planned: Planned) -> str:
    """Return what became of building, training and scoring a row."""
    request = Prepare(planned.comparison, slot.row.variant, 0, planned.data_hash)
    built = pool.ready(slot) or pool.ask(slot, request, Prepared)
    if isinstance(built, Failed):
        return told(built)
    return told(pool.ask(slot, Train(0), Trained, lambda _: True))


def told(reply: Checked | Trained | Failed) -> str:
    """Return a reply as ``ok``, ``-`` or ``FAULT``, and its reason."""
    if isinstance(reply, Failed):
        return f"{'-' if reply.status == 'unsupported' else 'FAULT'} {reply.reason}"
    return "ok"


def shown(
    rows: Sequence[Any],
    able: Sequence[Case],
    replies: Mapping[Slot, Sequence[str]],
    refused: Mapping[Case, str],
) -> int:
    """Print the table and the reasons below it; return the exit code."""
    print()
    for number, row in enumerate(rows, 1):
        print(f"{number:3} {row}")
    print("  case" + " " * 66 + "".join(f"{number:6}" for number in range(1, len(rows) + 1)))
    reasons: dict[str, int] = {}
    for place, case in enumerate(able):
        words = [replies[Slot(row, 0)][place].partition(" ") for row in rows]
        print(
            f"  {case.group + ' ' + case.name:70}" + "".join(f"{word:>6}" for word, _, _ in words)
        )
        for row, (word, _, reason) in zip(rows, words, strict=True):
            where = f"{row} {case.group} {case.name}: " if word == "FAULT" else f"{row}: "
            if reason:
                reasons[f"{word} {where}{reason}"] = reasons.get(f"{word} {where}{reason}", 0) + 1
    for case, why in refused.items():
        print(f"  refused: {case.group} {case.name}: {why}")
    for reason, count in sorted(reasons.items()):
        print(f"  {count} x {reason}")
    faults = sum(count for reason, count in reasons.items() if reason.startswith("FAULT"))
    print(f"{len(able)} cases, {len(rows)} rows, {faults} faults, {len(refused)} refused")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
