"""A comparison: everything that the rows of one block of the table share."""

from __future__ import annotations

import hashlib

import msgspec

from rnnbench.schema.types import Count, Options, Positive


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that rows share which differ in backend and variant alone, but the seed.

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
        steps: how many training steps; with 0 nothing is trained.
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
