"""A worker opened: its backend imported, its process set up."""

from __future__ import annotations

import msgspec

from rnnbench.schema.messages.message import Message
from rnnbench.schema.row import OwnNet
from rnnbench.schema.types import Count, Positive, Seconds


class Open(Message, frozen=True):
    """Import a backend and set the process up.

    Attributes:
        backend: its name.
        plugins: the values of ``-p`` that hold in the parent.
        threads: how many compute threads it may use.
        memory_limit: bytes of data that the process may hold, None for no limit.
        weights: the file of trained weights that rows begin with, empty where they are drawn.
        own: the user's net that is run, None for the variant of a plugin.
        virtual: into how many devices the CPU is divided, 1 for not at all.
    """

    backend: str
    plugins: list[str]
    threads: int
    memory_limit: Positive | None = None
    weights: str = ""
    own: OwnNet | None = None
    virtual: Positive = 1


class Opened(Message, frozen=True, forbid_unknown_fields=False):
    """The backend is ready.

    Attributes:
        versions: of the framework and its libraries.
        plugin: distribution, version and source hash of the plugin it comes from.
        devices: what it can compute on.
        threads: as the framework reports them, None if it can't.
        cpus: those this process is bound to, None where there is no affinity.
        denormals_flushed: whether denormal numbers are flushed to zero.
        matmul: in which precision float32 products are computed, None if it can't tell.
        seconds: how long importing took.
        kernels: where the variants come from that other plugins add.
        python: the interpreter's version.
        settings: those variables of its environment that frameworks read.
        memory: resident bytes of the process now, before any model; None if unknown.
        net_source: SHA-256 of the file of the user's net that it runs, empty where it runs none.
    """

    versions: dict[str, str]
    plugin: str | None
    devices: list[str]
    threads: Count | None
    cpus: list[Count] | None
    denormals_flushed: bool
    matmul: str | None
    seconds: Seconds
    kernels: dict[str, str] = msgspec.field(default_factory=dict)
    python: str | None = None
    settings: dict[str, str] = msgspec.field(default_factory=dict)
    memory: Count | None = None
    net_source: str = ""
