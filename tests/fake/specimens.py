"""The records of a run made by hand, for the tests of what reads them."""

from msgspec.structs import replace

from rnnbench.machine import Machine
from rnnbench.plan import Plan, Planned, Row
from rnnbench.protocol import Opened
from rnnbench.results import SCHEMA, RowTiming, Run, Timing, Training, Worker
from rnnbench.stats import Estimate
from rnnbench.trial import Comparison

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
PLANNED = Planned(COMPARISON, "T 3, batch 4, 1 → 3 → 1", 0.2, 1.0, 0.9, "error", False, "ab12", 1)
PLAN = Plan("tiny", "00", [PLANNED], [FAST, SLOW, BROKEN], [0, 1], 0.02, [])
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
OPENED = Opened({"fake": "1.2", "numpy": "2"}, None, ["cpu"], 2, [0, 1], True, 0.5)


def timed(row, step, ratio):
    return RowTiming(
        row=row,
        status="ok",
        params=100,
        parity_error=1e-7,
        parity_tensor="outputs",
        kernel="loop",
        first_step_s=0.5,
        compile_s=0.5 - step.value,
        step_s=step,
        forward_s=Estimate(step.value / 4),
        ratio=ratio,
        peak_memory=3 * 2**20,
        steps=[step.value] * 8,
    )


TIMING = Timing(
    finished="2026-01-02T03:05:00+00:00",
    comparison=COMPARISON,
    key=KEY,
    seconds=0.3,
    precision=0.05,
    rows=[
        timed(SLOW, Estimate(0.004, 0.0039, 0.0042), Estimate(2.0, 1.9, 2.1)),
        timed(FAST, Estimate(0.002, 0.0019, 0.0021), Estimate(1.0, 1.0, 1.0)),
        RowTiming(row=BROKEN, status="failed", reason="RuntimeError: broken"),
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
)
RECORDS = [
    RUN,
    *[Worker(row=row, opened=OPENED) for row in PLAN.rows],
    TIMING,
    TRAINED,
    replace(TRAINED, seed=1, score=0.6, curve=[(1, 0.9), (10, 0.7)]),
    *[replace(TRAINED, row=SLOW, seed=seed) for seed in PLAN.seeds],
    *[
        replace(TRAINED, row=BROKEN, seed=seed, status="skipped", score=None, curve=[])
        for seed in PLAN.seeds
    ],
]
