"""What one block of the table compares, with a stable key."""

from __future__ import annotations

import hashlib

import msgspec

from rnnbench.schema.types import Count, Options, Positive


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that differ in backend and variant alone: everything but the row and the seed.

    Attributes:
        task: its name, and ``task_options`` what differs from its defaults.
        cell: its name, and ``cell_options`` likewise.
        hidden: units per layer.
        layers: how many.
        batch: examples per step.
        embedding: width of the embedding of tokens, 0 for one-hot.
        device: ``cpu`` or ``gpu:0`` ...
        dtype: ``float32`` or ``float64``.
        threads: of the CPU, the same for every worker.
        optimizer: its name; ``lr`` and ``clip`` as in :class:`rnnbench.Optimizer`.
        steps: how many steps are trained; 0 times only.
    """

    task: str
    cell: str
    hidden: Positive
    layers: Positive
    batch: Positive
    embedding: Count
    device: str
    dtype: str
    threads: Positive
    optimizer: str
    lr: float
    clip: float | None
    steps: Count
    task_options: Options = {}
    cell_options: Options = {}

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits that name this comparison across runs."""
        text = msgspec.json.encode(self, order="sorted")
        return hashlib.sha256(text).hexdigest()[:12]
