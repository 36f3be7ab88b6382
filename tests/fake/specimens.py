"""The records of a run made by hand, for the tests of what reads them."""

from msgspec.structs import replace

from rnnbench.plugins.registry import Registry
from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.machine import Machine
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.messages.timing import Check, Checked, Prepared
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.records.beginning import Run, Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.record import SCHEMA
from rnnbench.schema.records.timing import ProcessTiming, Round, RowTiming, Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample

FAST, SLOW, BROKEN = Row("fake", "good"), Row("fake", "second"), Row("fake", "raises")
COMPARISON = Comparison(
    task="echo",
    cell="lstm",
    hidden=3,
    layers=1,
    batch=4,
    embedding=0,
    device="cpu",
    dtype="float32",
    threads=2,
    optimizer="adam",
    lr=1e-3,
    clip=None,
    steps=10,
)
KEY = COMPARISON.key
PLANNED = Planned(
    comparison=COMPARISON,
    sizes="T 3, batch 4, 1 → 3 → 1",
    tokens=False,
    max_time=0.2,
    naive_score=1.0,
    naive_loss=0.9,
    score_name="error",
    higher_is_better=False,
    data_hash="ab12",
    task_version=1,
    cell_plugin="rnnbench 0.1.0 (0a1b2c3d4e5f)",
    task_plugin="rnnbench-fake 1 (5f4e3d2c1b0a)",
)
PLAN = Plan(
    suite="tiny",
    suite_hash="00",
    comparisons=[PLANNED],
    rows=[FAST, SLOW, BROKEN],
    seeds=[0, 1],
    processes=1,
    precision=0.02,
    missing=[],
)
MACHINE = Machine("Linux 6", "some CPU", 2, 8.0, 0.5, "CPython 3.11")
RUN = Run(
    schema=SCHEMA,
    started="2026-01-02T03:04:05+00:00",
    rnnbench="0.1.0",
    distributions={"rnnbench-fake": "1"},
    git=None,
    command=["rnnbench", "run"],
    machine=MACHINE,
    plan=PLAN,
)
OPENED = Opened(
    versions={"fake": "1.2", "numpy": "2"},
    plugin=None,
    devices=["cpu"],
    threads=2,
    cpus=[0, 1],
    denormals_flushed=True,
    matmul="highest",
    seconds=0.5,
)
CHECKED = Checked(1e-7, "outputs", 0.1)
PREPARED = Prepared(
    params=25,
    flops=300,
    forward_flops=100,
    length=3,
    kernel="loop",
    first_step_s=0.5,
    first_forward_s=0.1,
    step_s=0.01,
    forward_s=0.004,
)
#: Milliseconds per step by round; the interval of the median of eight is from least to most.
FAST_MS = (1.9, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.1)
#: Twice as long, in one round 1.9 times and in another 2.1 times.
SLOW_MS = (3.9, 4.2, 4.0, 4.0, 4.0, 4.0, 3.8, 4.2)


def samples(milliseconds, calls=5, lost=0.0):
    """Return one sample per time, each having lost the same share of it."""
    walls = [round(1e6 * calls * each) for each in milliseconds]
    return [Sample(calls, wall, wall, 0, round(lost * wall), 0) for wall in walls]


def process(milliseconds, lost=0.0):
    """Return what a process was timed whose forward pass takes a quarter of a step."""
    forwards = [each / 4 for each in milliseconds]
    return ProcessTiming(
        first_step_s=0.5,
        first_forward_s=0.1,
        check_s=0.1,
        peak_memory=3 * 2**20,
        traces=0,
        steps=samples(milliseconds, lost=lost),
        forwards=samples(forwards),
        first_steps=samples(milliseconds, calls=1),
        first_forwards=samples(forwards, calls=1),
    )


def timed(row, *processes):
    """Return a row that was timed in some processes."""
    return RowTiming(
        row=row,
        status="ok",
        params=100,
        flops=4_000_000,
        forward_flops=1_000_000,
        parity_error=1e-7,
        parity_tensor="outputs",
        audit_error=1e-7,
        audit_tensor="loss of step 2",
        kernel="loop",
        processes=list(processes),
        data_hash="ab12",
    )


def scaled(milliseconds, factor):
    """Return times, each multiplied."""
    return [factor * each for each in milliseconds]


PEAK = Peak(backend="fake", device="cpu", dtype="float32", gflops=10.0)
TIMING = Timing(
    finished="2026-01-02T03:05:00+00:00",
    comparison=COMPARISON,
    key=KEY,
    length=3,
    seconds=0.3,
    rows=[
        timed(SLOW, process(SLOW_MS)),
        timed(FAST, process(FAST_MS)),
        RowTiming(row=BROKEN, status="failed", reason="RuntimeError: broken"),
    ],
    rounds=[Round(0.5)] * len(FAST_MS),
)
#: The same in three processes, each a little slower than the one before in both rows.
THREE_PROCESSES = replace(
    TIMING,
    rows=[
        timed(SLOW, *(process(scaled(SLOW_MS, factor)) for factor in (1.0, 1.011, 1.02))),
        timed(FAST, *(process(scaled(FAST_MS, factor)) for factor in (1.0, 1.01, 1.02))),
        TIMING.rows[2],
    ],
)
TRAINED = Training(
    finished="2026-01-02T03:06:00+00:00",
    key=KEY,
    row=FAST,
    seed=0,
    status="ok",
    curve=[(1, 0.9), (10, 0.5)],
    score=0.4,
    seconds=0.1,
    data_hash="ab12",
)
RECORDS = [
    RUN,
    *[Worker(row=row, process=0, opened=OPENED) for row in PLAN.rows],
    PEAK,
    TIMING,
    TRAINED,
    replace(TRAINED, seed=1, score=0.6, curve=[(1, 0.9), (10, 0.7)]),
    *[replace(TRAINED, row=SLOW, seed=seed) for seed in PLAN.seeds],
    *[
        replace(TRAINED, row=BROKEN, seed=seed, status="skipped", score=None, curve=[])
        for seed in PLAN.seeds
    ],
]


def proof(comparison, variant, data_hash=None, plugins=()):
    """Return the request to prove a row, with the plugins that are installed here."""
    registry = Registry.of(plugins)
    cell = registry.provenance("cell", comparison.cell)
    task = registry.provenance("task", comparison.task)
    network = registry.provenance("network", comparison.network)
    return Check(comparison, variant, 0, data_hash, (cell, task, network))


def two_runs(parent):
    """Write two runs into a folder, of which the one with a name is newer; return the folder."""
    for folder, day, name in (("zero", 1, None), ("alpha", 3, "after")):
        (parent / folder).mkdir()
        with Writer(parent / folder / FILE) as writer:
            writer.write(replace(RUN, started=f"2026-01-0{day}T03:04:05+00:00", name=name))
            for record in RECORDS[1:]:
                writer.write(record)
    return parent
