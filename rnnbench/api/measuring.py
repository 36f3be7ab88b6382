"""Measuring: a run, or one that varies a size, begun by a command, a notebook or a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from rnnbench.api import reading
from rnnbench.api.measured_run import Names, Run
from rnnbench.api.options import command_line, own_nets, requests, values
from rnnbench.api.options.own_nets import Nets
from rnnbench.errors import ResultsError, UsageError
from rnnbench.system.command import standing_for

if TYPE_CHECKING:
    from rnnbench.plan.part import Split
    from rnnbench.running.launch import Ended
    from rnnbench.running.view import Audience
    from rnnbench.schema.plan import Over
    from rnnbench.schema.types import Allocator, OptimizerName, ScheduleName

#: What may be given with ``resume``.
RESUMING = frozenset(
    {"resume", "retry_failed", "out", "plugins", "python", "models", "no_wait", "progress"}
)


class Interrupted(KeyboardInterrupt):
    """A run was interrupted; the message says how to go on.

    Attributes:
        run: what was measured until then, which is on disk.
        exit_code: that of the command.
    """

    def __init__(self, message: str, run: Run, exit_code: int) -> None:
        super().__init__(message)
        self.run = run
        self.exit_code = exit_code


class NotWritten(ResultsError):
    """Results could not be written, which has ended the run; the message says why.

    Attributes:
        run: what was measured until then.
        exit_code: that of the command.
    """

    def __init__(self, message: str, run: Run) -> None:
        super().__init__(message)
        self.run = run
        self.exit_code = 1


def run(
    *,
    tasks: Names = (),
    networks: Names = (),
    cells: Names = (),
    backends: Names = "all",
    models: Nets = (),
    seeds: int | None = None,
    suite: Path | str = "default",
    scaled: bool = False,
    set: Mapping[str, object] | None = None,
    plugins: Names = (),
    device: str = "cpu",
    devices: int | Names | None = None,
    dtype: Literal["float32", "float64"] | None = None,
    threads: int | None = None,
    python: Mapping[str, Path | str] | None = None,
    memory_limit: int | str | None = None,
    allocator: Allocator = "default",
    hidden: int | None = None,
    layers: int | None = None,
    embedding: int | None = None,
    steps: int | None = None,
    batch: int | None = None,
    optimizer: OptimizerName | None = None,
    lr: float | None = None,
    clip: float | None = None,
    clip_value: float | None = None,
    momentum: float | None = None,
    nesterov: bool | None = None,
    weight_decay: float | None = None,
    schedule: ScheduleName | None = None,
    warmup: int | None = None,
    drop: float | None = None,
    drop_every: int | None = None,
    window: int | None = None,
    stride: int | None = None,
    patience: int | None = None,
    target: float | None = None,
    max_time: float | None = None,
    precision: float | str | None = None,
    processes: int | None = None,
    timeout: float = 600.0,
    weights: Path | str | None = None,
    save_weights: bool = False,
    reuse: bool = False,
    resume: Path | str | None = None,
    retry_failed: bool = False,
    name: str | None = None,
    part: str | None = None,
    split: Split = "comparisons",
    out: Path | str = "results",
    no_wait: bool = False,
    progress: bool | Audience | None = None,
) -> Run:
    """Measure, train, and return what was found; each result is on disk as soon as it is finished.

    The options are those of ``rnnbench run``, where what is None is left to the suite and the task.
    A row that fails is no error: ``run.ok`` is False then, and ``run.failures`` says why.

        >>> run = rb.run(tasks="adding-problem", cells=["lstm", "gru"], backends=["torch", "jax"])
        >>> run.frame()[["cell", "backend", "train_step_ms", "ratio", "score"]]

    Args:
        tasks: only these tasks of the suite, or others: a list, or a text with commas.
        networks: only these networks; ``all`` is every one that a task admits.
        cells: only these cells.
        backends: rows, as ``["torch:all", "jax:scan", "numpy"]``; ``all`` installed ones, or those
            that the suite names.
        models: nets of your own, as ``["mynet.py:Net"]``, or what is imported from such a file; see
            ``docs/own-net.md``.
        seeds: how often each row is trained.
        suite: a suite by its name, or the path of one (.toml).
        scaled: whether long protocols are run at the sizes for a small machine.
        set: options of tasks, cells and networks, as ``{"copy-memory.delay": 20}``.
        plugins: modules to load plugins from; ``no:NAME`` keeps one out.
        device: ``cpu``, ``gpu`` or ``gpu:N``.
        devices: over how many of that kind each batch is split, or over which:
            ``["gpu:0", "gpu:1"]``.
        dtype: of weights and inputs.
        threads: CPU threads of each worker; as many as there are by default.
        python: interpreters by backend or environment, as ``{"old": "old/bin/python"}``.
        memory_limit: bytes of each worker, or as ``"4GiB"``.
        allocator: whether workers keep memory that a step has freed.
        hidden: units per layer.
        layers: layers, one above the other.
        embedding: width of the embedding of tokens; 0 feeds them one-hot.
        steps: training steps (updates); 0 times and does not train.
        batch: examples per step.
        optimizer: by its name.
        lr: learning rate.
        clip: largest global norm of the gradient; 0 for no clipping.
        clip_value: largest entry of the gradient, clipped before its norm.
        momentum: of sgd.
        nesterov: whether it is Nesterov's.
        weight_decay: of adamw.
        schedule: what becomes of the learning rate.
        warmup: steps in which the rate rises from 0 at first.
        drop: what the schedule ``step`` multiplies the rate by.
        drop_every: after how many steps it does.
        window: time steps that a gradient goes back.
        stride: time steps from one window to the next.
        patience: stop after so many steps without a better score on validation data.
        target: score to reach, in place of the task's own.
        max_time: seconds of timing per comparison.
        precision: stop timing when each ratio is known to ± this share; ``0.02`` or ``"2%"``.
        processes: fresh processes that each row is timed in; from 3 on there are verdicts.
        timeout: seconds after which a silent worker is ended.
        weights: trained weights to begin with: a file, or a run that has saved some, by its name.
        save_weights: whether weights are written to the folder of the run.
        reuse: whether to take over what earlier runs have measured of the same.
        resume: a run to go on with, by its name, or ``latest``, and no other options than those of
            its plugins, interpreters and nets.
        retry_failed: with ``resume``, whether to do again what has failed.
        name: of the run.
        part: ``3/12`` for the third of twelve parts of the run, which all have its ``name``; see
            ``docs/clusters.md``.
        split: what parts consist of: whole ``comparisons``, or the trainings of each of the
            ``seeds``.
        out: the folder of all runs.
        no_wait: whether to refuse where another rnnbench measures on this machine.
        progress: whether to show it; None shows it in a notebook and at a prompt, not in a script.

    Raises:
        UsageError: for what can't be done; nothing was measured.
        Interrupted: after Ctrl-C; what was measured is in its ``run``, and on disk.
        NotWritten: if results could not be written; what was measured is in its ``run``.
    """
    given = values.plain_all(locals()) | {"models": own_nets.named(models)}
    refuse_in_worker()
    with standing_for(command_line.words(run, given)):
        return carry_out(given)


def scale(
    over: Literal["length", "steps", "batch", "hidden", "layers", "devices"],
    from_: int,
    to: int,
    points: int = 6,
    *,
    weak: bool = False,
    task: str = "adding-problem",
    cell: str = "lstm",
    backends: Names = "all",
    set: Mapping[str, object] | None = None,
    plugins: Names = (),
    device: str = "cpu",
    devices: int | Names | None = None,
    dtype: Literal["float32", "float64"] | None = None,
    threads: int | None = None,
    python: Mapping[str, Path | str] | None = None,
    memory_limit: int | str | None = None,
    allocator: Allocator = "default",
    hidden: int | None = None,
    layers: int | None = None,
    batch: int | None = None,
    max_time: float | None = None,
    precision: float | str | None = None,
    processes: int | None = None,
    timeout: float = 600.0,
    name: str | None = None,
    out: Path | str = "results",
    no_wait: bool = False,
    progress: bool | Audience | None = None,
) -> Run:
    """Measure a range of sizes, to see how time and memory grow; nothing is trained.

    The options are those of ``rnnbench scale``; what is not explained here is as in :func:`run`.

        >>> rb.scale("hidden", 32, 1024, points=8, backends="torch:all,jax").plot()

    Args:
        over: what varies.
        from_: the smallest size.
        to: the largest.
        points: how many sizes, in a geometric range.
        weak: over devices, whether the batch is that of each and not of all.
        task: its name.
        cell: its name.
        backends: see there, as for all that follows.
        set: see there.
        plugins: see there.
        device: see there.
        devices: see there.
        dtype: see there.
        threads: see there.
        python: see there.
        memory_limit: see there.
        allocator: see there.
        hidden: see there.
        layers: see there.
        batch: see there.
        max_time: see there.
        precision: see there.
        processes: see there.
        timeout: see there.
        name: see there.
        out: see there.
        no_wait: see there.
        progress: see there.

    Raises:
        UsageError: see there, as for all that follows.
        Interrupted: see there.
        NotWritten: see there.
    """
    given = values.plain_all(locals())
    refuse_in_worker()
    with standing_for(command_line.words(scale, given)):
        return carry_out_range(given)


def refuse_in_worker() -> None:
    """Refuse a run within a worker, which would wait for its own end.

    Raises:
        UsageError: where a user's script is also the file of a net, and begins a run when that is
            loaded.
    """
    from rnnbench.system.processes.marks import in_worker

    if in_worker():
        raise UsageError(
            "a worker that loads this file for its net comes to the call that begins a run: put "
            "that below if __name__ == '__main__':"
        )


def carry_out(given: Mapping[str, Any]) -> Run:
    """Carry out a run; see :func:`run` for the options by name, of which any may be missing."""
    from rnnbench.plan.expand import expand
    from rnnbench.running import launch

    if given.get("resume") is not None:
        return resumed(given)
    if given.get("part") is not None:
        return carry_out_part(given)
    if split_of(given) != "comparisons":
        raise UsageError("--split is for --part and --cluster")
    check_nothing_failed(given)
    request, registry = requests.request(given)
    plan = expand(request, registry)
    return concluded(launch.begin(plan, registry, **requests.surroundings(given)))


def check_nothing_failed(given: Mapping[str, Any]) -> None:
    """Raise UsageError for what only a run that is gone on with has: rows that have failed."""
    if given.get("retry_failed"):
        raise UsageError("--retry-failed without --resume: it is an earlier run that has failed")


def carry_out_part(given: Mapping[str, Any]) -> Run:
    """Carry out one part of a run; see :func:`run` for the options by name."""
    from rnnbench.plan.expand import expand
    from rnnbench.plan.part import parse, part_of
    from rnnbench.running.part import run_part

    if given.get("reuse"):
        raise UsageError("--reuse with --part: earlier runs were made on other machines")
    number, of = parse(values.checked("--part", values.text, given["part"]) or "")
    request, registry = requests.request(given)
    plan = part_of(expand(request, registry), number, of, split_of(given))
    where = requests.surroundings(given)
    again = given.get("retry_failed", False)
    return concluded(
        run_part(
            plan, registry, where["out"], where["name"], where["audience"], again, where["wait"]
        )
    )


def split_of(given: Mapping[str, Any]) -> Split:
    """Return what parts consist of."""
    from rnnbench.plan.part import Split

    return values.checked("--split", values.word(*get_args(Split)), given.get("split")) or (
        "comparisons"
    )


def carry_out_range(given: Mapping[str, Any]) -> Run:
    """Carry out a run that varies a size; see :func:`scale` for the options by name."""
    from rnnbench.plan.scale import FEWEST_DEVICES, expand, over_devices, sizes
    from rnnbench.running import launch
    from rnnbench.schema.plan import FEWEST_SIZES

    over, first, last, points = (requests.converted(one, given[one]) for one in requests.RANGE)
    if last < first:
        raise UsageError(f"--from {first} --to {last}: the largest size is below the smallest")
    request, registry = requests.request(given)
    what: Over = "length" if over == "steps" else over
    weak = values.checked("--weak", values.flag, given.get("weak", False))
    if weak and over != "devices":
        raise UsageError(f"--weak with --over {over}: it is for --over devices")
    found = sizes(first, last, points, FEWEST_DEVICES if over == "devices" else FEWEST_SIZES)
    if what == "devices":
        plan = over_devices(request, given["task"], given["cell"], found, registry, bool(weak))
    else:
        plan = expand(request, given["task"], given["cell"], what, found, registry)
    return concluded(launch.begin(plan, registry, **requests.surroundings(given)))


def resumed(given: Mapping[str, Any]) -> Run:
    """Go on with a run until it has ended.

    Args:
        given: the options of :func:`run`.

    Raises:
        UsageError: for options that a resumed run can't take: its file says what it does.
    """
    from rnnbench.plan import environments
    from rnnbench.running.resume import resume

    usual = command_line.defaults(run)
    others = [name for name in given if name not in RESUMING and given[name] != usual[name]]
    check_resumable(list(map(command_line.option_name, others)))
    naming = ("plugins", "python", "models")
    request, _ = requests.request({name: given.get(name) for name in naming})
    where = requests.surroundings(given)
    pythons = environments.resolve(request.pythons)
    file = reading.file_to_append_to(str(given["resume"]), where["out"], where["audience"].tell)
    again, wait = given.get("retry_failed", False), where["wait"]
    audience, models = where["audience"], request.models
    return concluded(resume(file, list(request.plugins), pythons, audience, again, wait, models))


def check_resumable(fixed: Sequence[str]) -> None:
    """Raise UsageError for options that a resumed run can't take: its file says what it does."""
    if fixed:
        raise UsageError(f"{', '.join(fixed)} with --resume: a run is gone on with as it was begun")


def concluded(ended: Ended) -> Run:
    """Return a run that has ended.

    Raises:
        Interrupted: if a signal has ended it.
        NotWritten: if its results can't be written.
    """
    from rnnbench.running.launch import exit_code

    found = Run(ended.records, ended.file)
    if ended.exit_code >= SIGNALLED:
        raise Interrupted(ended.last, found, ended.exit_code)
    if ended.exit_code and not exit_code(ended.records):
        raise NotWritten(ended.last, found)
    return found


#: Exit codes from here on are those of signals.
SIGNALLED = 128
