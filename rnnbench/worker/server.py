"""The child process: one backend, which builds, checks, times and trains what the parent asks.

Started as ``python -P -m rnnbench.worker FD [FD]``. What a framework prints goes to the log file
that the parent has put under stdout and stderr; the protocol has a channel of its own.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from contextlib import suppress
from functools import partial, singledispatchmethod

from msgspec.structs import replace

from rnnbench.contracts.values import tame
from rnnbench.models.model import Model
from rnnbench.oracle import parity
from rnnbench.plan import beginning
from rnnbench.plan.beginning import model_of
from rnnbench.plan.comparisons.build import Built
from rnnbench.schema.messages.inference import (
    AskStream,
    Generate,
    Generated,
    PrepareStream,
    StreamPrepared,
    StreamTaken,
    StreamTold,
    TakeStream,
)
from rnnbench.schema.messages.message import Progress
from rnnbench.schema.messages.opening import Open, Opened
from rnnbench.schema.messages.peak_rate import Gemm, Gemmed
from rnnbench.schema.messages.profiling import Profiled, TakeProfile
from rnnbench.schema.messages.protocol import Reply, Request, decode_request
from rnnbench.schema.messages.timing import (
    Audit,
    Audited,
    Check,
    Checked,
    Finish,
    Finished,
    Prepare,
    Prepared,
    Turn,
    Turned,
)
from rnnbench.schema.messages.training import Save, Saved, Train, Trained
from rnnbench.system import guarding
from rnnbench.system.guarding import watched
from rnnbench.system.processes import limits, marks
from rnnbench.system.processes.channel import Channel
from rnnbench.system.processes.signals import SIGNALS
from rnnbench.worker import own_net, peak_rate
from rnnbench.worker.data.held_data import HeldData
from rnnbench.worker.error_reply import failure, readable
from rnnbench.worker.framework import Framework
from rnnbench.worker.inference.saving import saved
from rnnbench.worker.inference.streaming import prepare_stream
from rnnbench.worker.inference.text_generation import generated
from rnnbench.worker.learning.during_training import OnTheWay
from rnnbench.worker.learning.evaluation import evaluate
from rnnbench.worker.learning.training import train
from rnnbench.worker.learning.validation import validation_of
from rnnbench.worker.own_net import LoadedNet
from rnnbench.worker.profiling import profiled
from rnnbench.worker.proofs import Proofs
from rnnbench.worker.responsible_plugin import suspects
from rnnbench.worker.row.prepared_row import PreparedRow, prepare

#: What a request asks of a backend, for whoever wants to know where it failed.
STAGES: dict[type[Request], str] = {
    Open: "opening it",
    Gemm: "a matrix product",
    Check: "its check",
    Prepare: "building a row",
    Turn: "a turn",
    Audit: "an audit",
    Finish: "the end of a row",
    Train: "training",
    Save: "saving its weights",
    Generate: "writing text",
    PrepareStream: "building a row",
    TakeStream: "a turn",
    AskStream: "an audit",
    TakeProfile: "profiling",
}


class Worker:
    """Answers requests, one method each.

    Attributes:
        row: the one in hand.
        net: the user's own, where that is what it runs.
        proofs: what was proved so far.
        suspects: whose plugins the row in hand is made of, by the module of each.
    """

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.row: PreparedRow | None = None
        self.suspects: dict[str, str] = {}
        self.net: LoadedNet | None = None
        self.proofs = Proofs()

    def serve(self) -> None:
        """Answer until the parent closes the channel."""
        with suppress(EOFError, BrokenPipeError):
            while True:
                request = decode_request(self.channel.receive())
                self.send(self.attempt(request))

    def send(self, reply: Reply) -> None:
        """Send one message to the parent; what it could not read becomes a ``Failed``."""
        self.channel.send(readable(reply))

    def attempt(self, request: Request) -> Reply:
        """Answer a request; whatever goes wrong in it becomes a ``Failed``."""
        if isinstance(request, Check | Prepare):
            self.suspects = {}  # those of the row before
        who, what = self._called(request)
        try:
            with guarding.in_hand(who, what):
                reply: Reply = self.answer(request)
        except BaseException as error:  # SystemExit, too: a row must not take others with it
            who, what = self._called(request)  # whose plugins it is made of is known by now
            return failure(self._blamed(tame(error)), self.suspects, who, what)
        return reply

    def _blamed(self, error: BaseException) -> BaseException:
        """Return an error, with the line of the user's own net that raised it."""
        if self.net is None or (found := self.net.blamed(error)) is error:
            return error
        found.__cause__ = error
        return found

    def _called(self, request: Request) -> tuple[str, str]:
        """Return the backend or the user's net that a request is for, and what is asked of it."""
        if isinstance(request, Open):
            return f"backend {request.backend!r}", STAGES[Open]
        if self.net is not None:
            return self.net.who, STAGES[type(request)]
        who = self.framework.who if hasattr(self, "framework") else "the backend"
        what, others = STAGES[type(request)], sorted(set(self.suspects.values()) - {who})
        return who, f"{what} with {' and '.join(others)}" if others else what

    @singledispatchmethod
    def answer(self, request: Request) -> Reply:
        """Carry out one request."""
        raise NotImplementedError(type(request).__name__)

    @answer.register
    def _(self, request: Open) -> Opened:
        self.framework = Framework(request)
        self.weights = beginning.read(request.weights)
        self.data = HeldData(self.framework.registry, self.weights)
        self.net = LoadedNet(request.own) if request.own else None
        source = self.net.net.source if self.net else ""
        return replace(self.framework.described, net_source=source)

    @answer.register
    def _(self, request: Gemm) -> Gemmed:
        backend = self.framework.backend_class(request.device, request.dtype)
        return peak_rate.measure(backend, request)

    @answer.register
    def _(self, request: Check) -> Checked:
        self.row = None  # frees the memory of the row before
        start = time.perf_counter()
        comparison = request.comparison
        backend = self.framework.backend(comparison.device, comparison.dtype)
        self.framework.agree(request)
        built = self._build(request)
        who = self.framework.who
        if self.net is not None:
            own_net.check(backend, built, request.variant, request.seed)
            return Checked(None, None, time.perf_counter() - start)
        model, rule = built.model, built.optimizer
        found = self.proofs.of(
            request,
            model.spec,
            lambda: parity.check(
                backend, model, request.variant, rule, request.seed, who, comparison.devices
            ),
        )
        return Checked(found.error, found.tensor, time.perf_counter() - start)

    @answer.register
    def _(self, request: Prepare) -> Prepared:
        self.row = None
        comparison = request.comparison
        backend = self.framework.backend(comparison.device, comparison.dtype)
        built = self._build(request)
        self.verify = partial(self.data.check_unchanged, comparison, request.data_hash)
        self.verify()  # here, as what is read would count as memory of the row
        self.row, prepared = prepare(request, backend, built, self.framework.who)
        return prepared

    @answer.register
    def _(self, request: Turn) -> Turned:
        row = self._prepared()
        row.set_back(request)
        self.send(Progress(0))  # from here on the parent's clock runs, too
        return row.turn(request)

    @answer.register
    def _(self, request: Audit) -> Audited:
        return self._prepared().audit(request)

    @answer.register
    def _(self, request: Finish) -> Finished:
        finished = self._prepared().finish()
        self.verify()
        return finished

    @answer.register
    def _(self, request: Train) -> Trained:
        row = self._prepared()
        row.program.reset(row.built.model.initial(request.seed))
        start = time.perf_counter()
        validation = validation_of(row)
        on_the_way = OnTheWay(row, request.every)
        curve = train(row, request.seed, self._progress, validation, on_the_way)
        elapsed = time.perf_counter() - start - on_the_way.seconds
        best = stopped = None
        if validation is not None:
            elapsed, best, stopped = validation.ended(elapsed)
        scored = evaluate(row)
        score, groups = scored.score(), scored.groups()
        self.verify()
        task = row.built.task
        told = (task.data_hash, groups, task.grouped_by, best, stopped, on_the_way.scores)
        return Trained(curve, score, elapsed, *told)

    @answer.register
    def _(self, request: Save) -> Saved:
        return saved(self._prepared(), request)

    @answer.register
    def _(self, request: TakeProfile) -> Profiled:
        return profiled(self._prepared(), request)

    @answer.register
    def _(self, request: Generate) -> Generated:
        if self.weights is None:
            raise RuntimeError("no weights were given")
        backend = self.framework.backend(request.device, "float64")
        model = model_of(self.weights, self.framework.registry)
        self._suspect(model, request)
        return generated(backend, model, request, self._progress)

    @answer.register
    def _(self, request: PrepareStream) -> StreamPrepared:
        comparison = request.comparison
        backend = self.framework.backend(comparison.device, comparison.dtype)
        built = self._build(request)
        self.stream, prepared = prepare_stream(request, backend, built, self.framework.who)
        return prepared

    @answer.register
    def _(self, request: TakeStream) -> StreamTaken:
        return self.stream.turn(request, lambda: self.send(Progress(0)))

    @answer.register
    def _(self, request: AskStream) -> StreamTold:
        return self.stream.told(request)

    def _build(self, request: Check | Prepare | PrepareStream) -> Built:
        """Return the objects of a row, whose plugins are suspects from now on."""
        comparison = request.comparison
        built = self.data.build(comparison, request.data_hash)
        if self.net is not None:
            backend = self.framework.backend(comparison.device, comparison.dtype)
            return self.net.in_place(built, backend)
        self._suspect(built.model, request)
        return built

    def _suspect(self, model: Model, request: Check | Prepare | PrepareStream | Generate) -> None:
        """Note whose plugins a model is made of, and tell whoever watches."""
        self.suspects = suspects(model, self.framework, request.variant)
        watched.tell(*self._called(request))  # of whom only now it is known

    def _progress(self, count: int) -> None:
        self.send(Progress(count))

    def _prepared(self) -> PreparedRow:
        if self.row is None:
            raise RuntimeError("nothing was prepared")
        return self.row


def main() -> None:
    """Serve the socket whose file descriptor is the first argument; the next is for a note."""
    for number in SIGNALS:  # clusters send them to everyone, and the parent says when to end
        signal.signal(number, lambda *_: None)
        os.register_at_fork(after_in_child=partial(signal.signal, number, signal.SIG_DFL))
    guarding.keep_threads_from_exiting()
    limits.limit_files(marks.brand(os.environ.get(marks.MARK, "")))
    end = socket.socket(fileno=int(sys.argv[1]))
    end.set_inheritable(False)
    for note in map(int, sys.argv[2:]):  # a parent of an earlier version has none
        watched.watch(note)
    channel = Channel(end)
    os.register_at_fork(after_in_child=channel.close)  # or a child would hide that we have ended
    Worker(channel).serve()
