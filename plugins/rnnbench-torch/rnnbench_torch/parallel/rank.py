"""A rank but the first: a process that follows the calls of the first one."""

from __future__ import annotations

import os
import socket
import traceback
from contextlib import suppress
from functools import singledispatchmethod
from typing import Any

import torch

from rnnbench import Batch, States, tree_map
from rnnbench_torch.backend import TorchBackend
from rnnbench_torch.parallel import meeting
from rnnbench_torch.parallel.messages import (
    Build,
    Done,
    Failed,
    Forward,
    Gradient,
    Join,
    Line,
    Meet,
    Request,
    Reset,
    Step,
    Wait,
    to_host,
)
from rnnbench_torch.parallel.share import Share


class Follower:
    """Answers requests, one method each."""

    programs: dict[int, Share]

    def __init__(self) -> None:
        self.programs = {}

    @singledispatchmethod
    def answer(self, request: Request) -> Any:
        """Carry out one request."""
        raise NotImplementedError(type(request).__name__)

    @answer.register
    def _(self, request: Join) -> None:
        self.joined = request
        TorchBackend.configure(request.threads)

    @answer.register
    def _(self, request: Meet) -> None:
        join = self.joined
        store = meeting.store_at(request.port, join.patience)
        meeting.meet(store, join.rank, join.world, join.device, join.patience)

    @answer.register
    def _(self, request: Build) -> None:
        for number in request.unused:
            self.programs.pop(number, None)
        device = self.joined.device
        backend = TorchBackend("cpu" if device.startswith("cpu") else device, request.dtype)
        backend.added_kernels = request.kernels
        program = backend.share(request.model, request.params, request.variant, request.optimizer)
        self.programs[request.number] = program
        self.backend = backend

    @answer.register
    def _(self, request: Reset) -> None:
        self.programs[request.number].reset(request.params)

    @answer.register
    def _(self, request: Forward) -> tuple[Any, States]:
        program = self.programs[request.number]
        found: tuple[Any, States] = to_host(
            program.forward(*self._placed(request.state, request.batch))
        )
        return found

    @answer.register
    def _(self, request: Gradient) -> None:
        program = self.programs[request.number]
        program.count = request.count
        program.gradient(*self._placed(request.state, request.batch))

    @answer.register
    def _(self, request: Step) -> States:
        program = self.programs[request.number]
        program.count = request.count
        _, after = program.train_step(*self._placed(request.state, request.batch))
        state: States = to_host(after)
        return state

    @answer.register
    def _(self, request: Wait) -> None:
        self.programs[request.number].wait()

    def _placed(self, state: States, batch: Batch) -> tuple[States, Batch]:
        """Return a share on the device of this rank; on a CPU it lies where it has arrived."""
        device = self.backend.torch_device
        placed: tuple[States, Batch] = tree_map(
            lambda array: torch.from_numpy(array).to(device), (state, batch)
        )
        return placed


def serve(end: socket.socket) -> None:
    """Follow the first rank until it closes the socket, or something goes wrong."""
    line, follower = Line(end), Follower()
    while True:
        try:
            request = line.receive()
        except (EOFError, OSError):
            os._exit(0)  # what others wait for in this process is of no use any more
        try:
            reply = Done(follower.answer(request))
        except BaseException as error:
            with suppress(Exception):  # its log may be full, or closed
                traceback.print_exc()
            with suppress(OSError):
                line.send(failure(error))
            os._exit(1)
        with suppress(OSError):
            line.send(reply)


def failure(error: BaseException) -> Failed:
    """Return an error as what a rank says at its end."""
    memory = isinstance(error, MemoryError | torch.OutOfMemoryError)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = ": ".join([type(error).__name__, *lines[:1]])
    return Failed(reason, memory or "allocate memory" in reason, meeting.is_lost(error))
