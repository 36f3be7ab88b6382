"""From a suite and the command line to a plan: every comparison, every row, every seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import msgspec

from rnnbench.errors import UsageError
from rnnbench.plan import environments, own_nets
from rnnbench.plan.beginning import named, suite_of
from rnnbench.plan.comparisons.build import Tasks
from rnnbench.plan.comparisons.description import describe
from rnnbench.plan.comparisons.effective_options import defaults_by_name, in_effect
from rnnbench.plan.comparisons.from_settings import make_comparison
from rnnbench.plan.comparisons.networks import ALL, cells_of, select_networks
from rnnbench.plan.comparisons.sizes import memory_told
from rnnbench.plan.request import Request
from rnnbench.plan.rows import models_of, select_rows, stand_ins, unnamed_rows
from rnnbench.plan.suites import files, references
from rnnbench.plan.suites.backends import backends_of
from rnnbench.plan.suites.grids import check_networks_run, check_option_owners, select_grids
from rnnbench.plan.suites.scaled import check_scaled, departs, scaled
from rnnbench.plan.suites.source import NO_FILE, Source
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import NETWORK
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.suite import Grid, Suite
from rnnbench.schema.types import Options
from rnnbench.system import guarding
from rnnbench.system import threads as thread_pools
from rnnbench.text import plain
from rnnbench.weights.file import Weights

#: What is told where ``:all`` is asked for.
NOT_SHOWN = "a variant of :all that can't compute something isn't shown there; by its name it is"
#: What is told where weights are to be saved and nothing has steps.
NOT_SAVED = "--save-weights: nothing is trained, so that no weights are saved"


class Outline(NamedTuple):
    """What is planned.

    Attributes:
        comparisons: in the order they are run.
        notes: what the user should know of them and of their data, a line each.
        defaults: see :class:`rnnbench.schema.plan.Plan`.
    """

    comparisons: list[Planned]
    notes: list[str]
    defaults: dict[str, Options]


def expand(request: Request, registry: Registry) -> Plan:
    """Turn a request into a plan.

    Raises:
        UsageError: for anything that can't be done, before anything is written or started.
    """
    if request.weights and request.suite == Request.suite:
        return of_weights(request, request.weights, registry)
    loaded = files.load(files.find(request.suite, registry))
    if request.scaled:
        check_scaled(loaded.suite, request.suite)
    files.check_names(loaded, request, registry)
    plan = expand_suite(loaded.suite, loaded.digest, request, registry, loaded.source)
    return msgspec.structs.replace(plan, notes=[*loaded.source.notes, *plan.notes])


def of_weights(request: Request, weights: Weights, registry: Registry) -> Plan:
    """Return the plan of a request that names trained weights and no suite.

    Raises:
        UsageError: as :func:`expand` does.
    """
    suite = suite_of(weights.header.comparison)
    plan = expand_suite(suite, "", replace(request, suite=weights.path.name), registry)
    told = plain(f"every row begins with {weights.path}: {weights.header.words}")
    return msgspec.structs.replace(plan, notes=[told, *plan.notes])


def expand_suite(
    suite: Suite, digest: str, request: Request, registry: Registry, source: Source = NO_FILE
) -> Plan:
    """Turn a suite that has been read, and a request, into a plan.

    Args:
        suite: what is compared.
        digest: the SHA-256 of its file, empty where there is none.
        request: what overrules the suite.
        registry: the plugins.
        source: the text of the suite.

    Raises:
        UsageError: as :func:`expand` does.
    """
    pythons = resolve_pythons(suite, request, source)
    asked, left_out = backends_of(suite, request.backends, registry, pythons, source)
    usual, _ = select_rows(asked, registry, pythons)
    threads = choose_threads(request.threads)
    grids = dict(select_grids(suite, request, registry))
    check_option_owners(request.options, list(grids.values()), registry)
    outline = planned_apart(
        lambda: plan_comparisons(grids, suite, request, registry, threads, source), request.timeout
    )
    models = models_of(outline.comparisons)
    rows, missing = select_rows(asked, registry, pythons, models)
    unnamed = unnamed_rows(rows, asked, registry, pythons, models)
    own_nets.check_alone(request)
    own = own_nets.select_nets(request.models, rows, registry)
    return Plan(
        request.suite,
        digest,
        outline.comparisons,
        [*rows, *(net.row for net in own)],
        list(range(request.seeds or suite.seeds)),
        request.processes or suite.processes,
        request.precision or suite.precision,
        [*left_out, *missing],
        pythons=pythons,
        plugins=list(request.plugins),
        timeout=request.timeout,
        memory_limit=request.memory_limit,
        allocator=request.allocator,
        notes=[
            *outline.notes,
            *stand_ins(rows, usual),
            *([NOT_SHOWN] if unnamed else []),
            *([NOT_SAVED] if saves_nothing(request, outline.comparisons) else []),
        ],
        defaults=outline.defaults,
        weights=named(request.weights),
        save_weights=request.save_weights,
        unnamed=unnamed,
        own=own,
    )


def resolve_pythons(suite: Suite, request: Request, source: Source) -> dict[str, str]:
    """Return the interpreters by name, those of the command line before those of the suite.

    Raises:
        UsageError: if one can't be used.
    """
    pythons = {}
    for name, path in (suite.python | request.pythons).items():
        text = NO_FILE if name in request.pythons else source
        with text.located(("python", name)):
            pythons[name] = environments.checked(name, path)
    return pythons


def choose_threads(asked: int | None) -> int:
    """Return how many threads each worker uses: as many as asked for, else as there are CPUs.

    Raises:
        UsageError: if there are fewer CPUs than threads were asked for.
    """
    available = thread_pools.available()
    if asked and asked > available:
        raise UsageError(f"--threads {asked}: this process may use {available} CPUs")
    return asked or available


def plan_comparisons(
    grids: Mapping[int, Grid],
    suite: Suite,
    request: Request,
    registry: Registry,
    threads: int,
    source: Source,
) -> Outline:
    """Return every task of each grid with its networks and cells; what grids share once."""
    planned: dict[str, Planned] = {}
    made, notes = Tasks(registry, request.weights), []
    printed_by = Request(device=request.device, devices=request.devices, weights=request.weights)
    with guarding.in_hand("a plugin"):
        for number, protocol in grids.items():
            grid = scaled(protocol) if request.scaled else protocol
            max_time = request.settings.max_time or grid.max_time or suite.max_time
            with (
                source.located_in_block(number, (*grid.tasks, *grid.networks), request),
                memory_told(", ".join(grid.tasks)),
            ):
                chosen, told = choices(grid, request, made)
            if suite.grids[number].networks == [NETWORK] and not request.networks:
                with source.located(("block", number, "options")):
                    own = {network for _, network, _ in chosen}
                    check_networks_run(grid.options, own, registry)
            notes += told
            if grid.steps == 0 and request.settings.steps:
                notes.append(only_timed(number, request.settings.steps))
            for task, network, cell in chosen:
                with (
                    source.located_in_block(number, (task, network, cell), request),
                    guarding.in_hand(f"task {task!r}, network {network!r} or cell {cell!r}"),
                    memory_told(task),
                ):
                    model = (task, network, cell)
                    ours = make_comparison(*model, grid, request, registry, threads)
                    comparison, told = in_effect(ours, made)
                    notes += told
                    described = aimed(describe(comparison, max_time, made), grid, request)
                figures = references.printed(suite.grids[number], number, described, made, source)
                if figures:
                    as_printed = make_comparison(*model, protocol, printed_by, registry, threads)
                    apart = departs(as_printed, ours, figures, registry)
                    described = msgspec.structs.replace(described, printed=figures, departs=apart)
                first = planned.setdefault(comparison.key, described)
                if first.max_time != described.max_time:
                    notes.append(repeated(first, described))
        if not any(ALL in grid.networks for grid in grids.values()):  # what is left out is told
            run = {one.comparison.network for one in planned.values()}
            check_networks_run(request.options, run, registry)
        if not planned:
            raise UsageError(f"nothing is left to run: {'; '.join(dict.fromkeys(notes))}")
        if request.cells and not any(one.comparison.cell for one in planned.values()):
            notes.append(without_cells(request.cells))
        check_one_score(request.settings.target, planned.values())
        told = list(dict.fromkeys([*made.remarks, *notes]))
        defaults = defaults_by_name((one.comparison for one in planned.values()), registry)
        return Outline(list(planned.values()), told, defaults)


def choices(
    grid: Grid, request: Request, made: Tasks
) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return each task of a grid with each network and cell that it is run with.

    And a line on each network that is left out, see :func:`select_networks`.
    """
    chosen, notes = [], []
    for task in grid.tasks:
        networks, told = select_networks(task, grid, request, made)
        chosen += [(task, n, cell) for n in networks for cell in cells_of(n, grid, made.registry)]
        notes += told
    return chosen, notes


def aimed(described: Planned, grid: Grid, request: Request) -> Planned:
    """Return a comparison with the target that was asked for, where it is trained at all."""
    asked = [one.target for one in (request.settings, grid) if one.target is not None]
    if not asked or not described.comparison.steps:
        return described
    return msgspec.structs.replace(described, target=asked[0])


def check_one_score(target: float | None, planned: Iterable[Planned]) -> None:
    """Refuse one target for several kinds of scores.

    Raises:
        UsageError: naming them.
    """
    scores = {one.score_name: one.comparison.task for one in planned if one.comparison.steps}
    if target is not None and len(scores) > 1:
        told = ", ".join(f"{name} ({task})" for name, task in scores.items())
        raise UsageError(
            f"--target {target:g} is for one kind of score, and this run has several: {told}; "
            "choose a task with --tasks"
        )


def saves_nothing(request: Request, planned: Sequence[Planned]) -> bool:
    """Return whether weights are to be saved of trainings, of which there are none."""
    return request.save_weights and not any(one.comparison.steps for one in planned)


def only_timed(number: int, steps: int) -> str:
    """Return what is told of a block that stays untrained, though steps are asked for."""
    return (
        f"block {number + 1} of the suite is there to be timed alone: --steps {steps} is not for it"
    )


def without_cells(cells: Sequence[str]) -> str:
    """Return what is told where cells are asked for, and no network is made of any."""
    return f"--cells {','.join(cells)} does nothing: no network that is run is made of cells"


def repeated(first: Planned, again: Planned) -> str:
    """Return what is told of a comparison that a suite has twice, with another time each."""
    comparison = first.comparison
    return (
        f"the suite has {comparison.task} with {comparison.model} ({first.sizes}) more than once: "
        f"it is timed once, for max_time = {first.max_time:g} as where it stands first, not for "
        f"{again.max_time:g}"
    )


def planned_apart(plan: Callable[[], Outline], timeout: float) -> Outline:
    """Return what is planned, in a child: plugins are asked, and one could end the program.

    None of them may take longer than ``timeout`` seconds for one answer, or read its data so long.
    """
    return guarding.computed(plan, Outline, timeout)
