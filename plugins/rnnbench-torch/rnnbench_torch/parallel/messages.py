"""What the first rank asks of the others and what they answer, as messages over a socket.

Arrays go beside their message as they lie in memory (PEP 574): no copy is made but the system's.
"""

from __future__ import annotations

import pickle
import socket
import struct
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from torch import Tensor

from rnnbench import Batch, KernelInfo, Model, Optimizer, Params, States, tree_map


@dataclass(frozen=True)
class Join:
    """Become a rank.

    Attributes:
        rank: its number.
        world: how many there are.
        device: its own: ``cpu`` or ``gpu:1`` ...
        threads: of its share of the CPU.
        patience: seconds until a rank that says nothing is given up.
    """

    rank: int
    world: int
    device: str
    threads: int
    patience: float


@dataclass(frozen=True)
class Meet:
    """Meet the others at the store behind a port."""

    port: int


@dataclass(frozen=True)
class Build:
    """Build a program, which is to have a number; let go of those that nobody uses any more."""

    number: int
    model: Model
    params: Params
    variant: str
    optimizer: Optimizer
    dtype: str
    kernels: tuple[KernelInfo, ...]
    unused: tuple[int, ...]


@dataclass(frozen=True)
class Reset:
    """Start a program afresh."""

    number: int
    params: Params


@dataclass(frozen=True)
class Forward:
    """Compute the outputs and the new state of a share."""

    number: int
    state: States
    batch: Batch


@dataclass(frozen=True)
class Gradient:
    """Take part in computing a gradient; ``count`` is as in :meth:`rnnbench.Model.cost`."""

    number: int
    state: States
    batch: Batch
    count: float | None


@dataclass(frozen=True)
class Step:
    """Take part in a training step, and tell the new state of the share."""

    number: int
    state: States
    batch: Batch
    count: float | None


@dataclass(frozen=True)
class Wait:
    """Answer when all is computed."""

    number: int


Request = Join | Meet | Build | Reset | Forward | Gradient | Step | Wait


@dataclass(frozen=True)
class Done:
    """What was asked for, in NumPy."""

    value: Any = None


@dataclass(frozen=True)
class Failed:
    """Why it is not there; the rank ends.

    Attributes:
        reason: the error.
        out_of_memory: whether it says that memory has run out.
        lost: whether another rank was not there any more, whose fault it is then.
    """

    reason: str
    out_of_memory: bool
    lost: bool


Reply = Done | Failed


class Line:
    """One end of a socket."""

    def __init__(self, end: socket.socket, patience: float | None = None) -> None:
        """Take over a socket; who is silent for longer than ``patience`` seconds is given up."""
        if patience is not None:
            limit = struct.pack("ll", int(patience), int(patience % 1 * 1e6))
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._connection = Connection(end.detach())

    def send(self, message: Request | Reply) -> None:
        """Send one message.

        Raises:
            OSError: if the other end is closed, or takes nothing in time.
        """
        arrays: list[pickle.PickleBuffer] = []
        text = pickle.dumps(message, 5, buffer_callback=arrays.append)
        raw = [array.raw() for array in arrays]
        self._connection.send((text, [part.nbytes for part in raw]))
        for part in raw:
            self._connection.send_bytes(part)

    def receive(self) -> Any:
        """Return the next message.

        Raises:
            EOFError: if the other end is closed.
            OSError: if nothing comes in time, or it was closed within a message.
        """
        text, sizes = self._connection.recv()
        arrays = [bytearray(size) for size in sizes]
        for array in arrays:
            if array:
                self._connection.recv_bytes_into(array)
            else:
                self._connection.recv_bytes()
        return pickle.loads(text, buffers=arrays)

    def waits(self, seconds: float) -> bool:
        """Return whether a message, or the end, comes within so many seconds."""
        return self._connection.poll(seconds)

    def close(self) -> None:
        """Close this end."""
        self._connection.close()


def to_host(tree: Any) -> Any:
    """Return tensors as NumPy, each of them in one piece of memory."""

    def convert(tensor: Tensor) -> Any:
        return tensor.contiguous().numpy(force=True)

    return tree_map(convert, tree)
