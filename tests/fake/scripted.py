"""A pool that answers from a script, and a recorder of what a runner does with it."""

from msgspec.structs import replace
from specimens import (
    BROKEN,
    CHECKED,
    OPENED,
    PLAN,
    PLANNED,
    PREPARED,
    SLOW,
    samples,
)

from rnnbench.plugins.registry import Registry
from rnnbench.results.work_left import Remaining
from rnnbench.running.runner import Runner
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.peak_rate import Gemm, Gemmed
from rnnbench.schema.messages.timing import Check, Finish, Finished, Prepare, Turn, Turned
from rnnbench.schema.messages.training import Train, Trained
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training

SHORT = replace(PLAN, comparisons=[replace(PLANNED, max_time=1e-9)])
THREE = replace(SHORT, processes=3)


def turned(milliseconds):
    """Return a turn whose first calls and whose forward pass can be told from its steps."""
    first, steps, forward = (samples([factor * milliseconds])[0] for factor in (9, 1, 0.4))
    return Turned(first, steps, first, forward)


class Pool:
    """Answers by the type of the request; ``answers`` overrules that for a row or a slot."""

    groups = frozenset()
    child_mark = "scripted.0"

    def __init__(self, answers=()):
        self.answers = dict(answers)
        self.asked = []
        self.gone = set()

    def is_own(self, row):
        return False

    def open(self, slots):
        return dict.fromkeys(slots, OPENED)

    def ready(self, slot):
        self.asked.append((slot, "ready"))
        self.gone.discard(slot)
        return self.answers.get((slot, "ready"))

    def ask_each(self, queues, expect, progress):
        progress(1.0)
        return {slot: [self.ask(slot, r, expect) for r in queue] for slot, queue in queues.items()}

    def ask(self, slot, request, expect, progress=None):
        self.asked.append((slot, type(request)))
        if progress is not None:
            progress(Progress(5))
        usual = {
            Gemm: Gemmed(100, samples([0.2] * 6)),  # 10 GFLOP/s
            Check: Failed("failed", "broken") if slot.row == BROKEN else CHECKED,
            Prepare: PREPARED,
            Turn: turned(20.0 if slot.row == SLOW else 10.0),
            Finish: Finished(2**20, 0, 2**18),
            Train: Trained([(1, 0.9)], 0.5, 0.1),
        }[type(request)]
        for who in (slot, slot.row):
            usual = self.answers.get((who, type(request)), usual)
        if isinstance(usual, Failed) and usual.status == "crashed":
            self.gone.add(slot)
        return usual

    def has_worker(self, slot):
        return slot not in self.gone


class Recorder:
    """Both the writer and the view."""

    def __init__(self):
        self.records = []
        self.stages = []
        self.shares = []
        self.expected = self.found = None
        self.ticks = 0
        self.write = self.records.append

    def expect(self, stages):
        self.expected = list(stages)

    def stage(self, text, planned=None, max_time=None):
        self.stages.append(text)

    def advance(self, share, so_far=None):
        self.shares.append(share)

    def tick(self):
        self.ticks += 1

    def finished(self, records):
        self.found = records


def timing(recorder):
    (found,) = [record for record in recorder.records if isinstance(record, Timing)]
    return found


def trainings(recorder):
    return [record for record in recorder.records if isinstance(record, Training)]


def run(answers=(), plan=SHORT, before=()):
    """Carry out a plan with some answers; return what was recorded and the pool."""
    pool, recorder = Pool(answers), Recorder()
    runner = Runner(plan, Registry.of(), pool, recorder, recorder)
    runner.open()
    runner.run(Remaining(plan, before))
    return recorder, pool
