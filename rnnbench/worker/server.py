"""The child process: one backend, which builds, checks, times and trains what the parent asks.

Started as ``python -P -m rnnbench.worker FD``. What a framework prints goes to the log file that
the parent has put under stdout and stderr; the protocol has a channel of its own.
"""

from __future__ import annotations

import os
import platform
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from functools import partial, singledispatchmethod
from itertools import count, cycle, islice

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.loading import load
from rnnbench.errors import Diverged, Mismatch, Unsupported
from rnnbench.measure.timer import sample
from rnnbench.oracle import parity
from rnnbench.plan.build import build
from rnnbench.plugins.registry import Registry
from rnnbench.schema.messages import (
    Check,
    Checked,
    Failed,
    Finish,
    Finished,
    Gemm,
    Gemmed,
    Open,
    Opened,
    Prepare,
    Prepared,
    Progress,
    Reply,
    Request,
    Train,
    Trained,
    Turn,
    Turned,
    decode_request,
    encode,
)
from rnnbench.system import limits, machine, memory
from rnnbench.system import threads as thread_pools
from rnnbench.system.channel import Channel
from rnnbench.system.signals import SIGNALS
from rnnbench.worker.job import BATCHES, Job, block, warm
from rnnbench.worker.peak_rate import best_rate
from rnnbench.worker.training import evaluate, train


class Worker:
    """Answers requests, one method each."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.job: Job | None = None

    def serve(self) -> None:
        """Answer until the parent closes the channel."""
        with suppress(EOFError, BrokenPipeError):
            while True:
                request = decode_request(self.channel.receive())
                self.send(self.attempt(request))

    def send(self, reply: Reply) -> None:
        """Send one message to the parent."""
        self.channel.send(encode(reply))

    def attempt(self, request: Request) -> Reply:
        """Answer a request; whatever goes wrong in it becomes a ``Failed``."""
        try:
            reply: Reply = self.answer(request)
        except Unsupported as error:
            return Failed("unsupported", str(error))
        except Mismatch as error:
            return Failed("mismatch", str(error), error.error)
        except Diverged as error:
            return Failed("failed", str(error))
        except Exception as error:  # a row that fails must not take the others with it
            with suppress(OSError):  # its log may be full, or closed
                traceback.print_exc()
            reason = one_line(error)
            return Failed("oom" if limits.out_of_memory(reason) else "failed", reason)
        return reply

    @singledispatchmethod
    def answer(self, request: Request) -> Reply:
        """Carry out one request."""
        raise NotImplementedError(type(request).__name__)

    @answer.register
    def _(self, request: Open) -> Reply:
        start = time.perf_counter()
        if request.memory_limit is not None:
            limits.limit_memory(request.memory_limit)
        cpus = thread_pools.pin(request.threads)
        self.registry = Registry.of(request.plugins)
        self.backend_class: type[Backend] = load(self.registry.backend(request.backend).target)
        self.kernels = self.registry.kernels_of(request.backend)
        threads = self.backend_class.configure(request.threads)
        return Opened(
            versions=self.backend_class.versions(),
            plugin=self.registry.provenance("backend", request.backend),
            devices=list(self.backend_class.devices()),
            threads=threads,
            cpus=list(cpus) if cpus else None,
            denormals_flushed=flushes(self.backend_class("cpu", "float32")),
            matmul=self.backend_class.matmul_precision(),
            seconds=time.perf_counter() - start,
            kernels={
                kernel.variant: self.registry.provenance(
                    "kernel", f"{kernel.backend}:{kernel.variant}"
                )
                for kernel in self.kernels
            },
            python=platform.python_version(),
            settings=machine.settings(),
        )

    @answer.register
    def _(self, request: Gemm) -> Reply:
        return Gemmed(best_rate(self.backend_class(request.device, request.dtype)))

    @answer.register
    def _(self, request: Check) -> Reply:
        self.job = None  # frees the memory of the row before
        start = time.perf_counter()
        comparison = request.comparison
        backend = self._backend(comparison.device, comparison.dtype)
        self._agree(request)
        built = build(comparison, self.registry)
        if built.task.data_hash != request.data_hash:
            raise RuntimeError(f"the data of {comparison.task} are not those of the plan")
        found = parity.check(backend, built.model, request.variant, built.optimizer, request.seed)
        return Checked(found.error, found.tensor, time.perf_counter() - start)

    @answer.register
    def _(self, request: Prepare) -> Reply:
        self.job = None
        comparison = request.comparison
        backend = self._backend(comparison.device, comparison.dtype)
        built = build(comparison, self.registry)
        peak_is_ours = memory.reset_peak_memory()
        backend.reset_peak_memory()
        params = built.model.initial(request.seed)
        program = backend.program(built.model, params, request.variant, built.optimizer)
        batches = list(islice(built.task.training(comparison.batch, request.seed), BATCHES))
        length = len(batches[0].inputs)
        flops = built.model.flops(length, comparison.batch)
        self.job = job = Job(
            built,
            backend,
            program,
            comparison.batch,
            comparison.steps,
            backend.put(built.model.zero_state(comparison.batch)),
            cycle([backend.put(batch) for batch in batches]),
            peak_is_ours,
        )
        first_step = sample(program, job.step, 1, evidence=False)
        step = warm(program, job.step, backend.numpy)
        first_forward = sample(program, job.forward, 1, evidence=False)
        forward = warm(program, job.forward)
        job.traces = program.traces()
        size = sum(array.size for group in params.values() for array in group.values())
        return Prepared(
            params=size,
            flops=flops.train_step,
            forward_flops=flops.forward,
            length=length,
            kernel=program.kernel,
            first_step_s=first_step.seconds,
            first_forward_s=first_forward.seconds,
            step_s=step,
            forward_s=forward,
        )

    @answer.register
    def _(self, request: Turn) -> Reply:
        job = self._job()
        return Turned(
            *block(job.program, job.step, request.steps),
            *block(job.program, job.forward, request.forwards),
        )

    @answer.register
    def _(self, request: Finish) -> Reply:
        job = self._job()
        peak = job.backend.peak_memory()
        if job.backend.device == "cpu":
            peak = memory.peak_memory() if job.peak_is_ours else None
        traces = job.program.traces()
        known = traces is not None and job.traces is not None
        return Finished(peak, traces - job.traces if known else None)  # type: ignore[operator]

    @answer.register
    def _(self, request: Train) -> Reply:
        job = self._job()
        job.program.reset(job.built.model.initial(request.seed))
        start = time.perf_counter()
        curve = train(job, request.seed, lambda step: self.send(Progress(step)))
        elapsed = time.perf_counter() - start
        steps = count(job.steps)
        return Trained(curve, evaluate(job, lambda: self.send(Progress(next(steps)))), elapsed)

    def _agree(self, request: Check) -> None:
        """Refuse a cell or a task that is another one here than in the plan."""
        cell, task = request.comparison.cell, request.comparison.task
        here = self.registry.provenance("cell", cell), self.registry.provenance("task", task)
        for name, found, planned in zip((cell, task), here, request.plugins, strict=True):
            if found != planned:
                raise RuntimeError(f"{name} is from {found} here, and from {planned} in the plan")

    def _backend(self, device: str, dtype: str) -> Backend:
        backend = self.backend_class(device, dtype)
        backend.added_kernels = self.kernels
        return backend

    def _job(self) -> Job:
        if self.job is None:
            raise RuntimeError("nothing was prepared")
        return self.job


def flushes(backend: Backend) -> bool:
    """Return whether the framework's own arithmetic flushes denormals to zero."""
    smallest, half = np.full(8, np.finfo(np.float32).tiny), np.full(8, 0.5)
    # Half the smallest normal number is denormal; the sum of eight is normal again, unless flushed.
    value, _ = backend.value_and_grad(lambda x, y: backend.xp.sum(x * y), [smallest, half])
    return bool(value == 0)


def one_line(error: BaseException) -> str:
    """Return the type of an error and the first line of its message."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def main() -> None:
    """Serve the socket whose file descriptor is the argument."""
    for number in SIGNALS:  # clusters send them to everyone, and the parent says when to end
        signal.signal(number, lambda *_: None)
        os.register_at_fork(after_in_child=partial(signal.signal, number, signal.SIG_DFL))
    limits.limit_files()
    end = socket.socket(fileno=int(sys.argv[1]))
    end.set_inheritable(False)
    channel = Channel(end)
    os.register_at_fork(after_in_child=channel.close)  # or a child would hide that we have ended
    Worker(channel).serve()
