"""A comparison: everything that the rows of one block of the table share."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

import msgspec

from rnnbench.schema.types import Count, Device, Options, Positive
from rnnbench.text import given, many

#: The network of a comparison that names none, as all did before there was a choice.
NETWORK = "stack"
#: The fields that say how rows are trained beside optimizer, rate, norm and steps, which all have,
#: and their defaults.
TRAINING: dict[str, Any] = {
    "momentum": None,
    "nesterov": False,
    "weight_decay": None,
    "clip_value": None,
    "schedule": "constant",
    "warmup": 0,
    "drop": None,
    "drop_every": None,
    "window": None,
    "stride": None,
    "patience": None,
}


class Comparison(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything that rows share which differ in backend and variant alone, but the seed.

    Attributes:
        task: its name, and ``task_options`` what differs from its defaults.
        cell: its name, empty where the network has none, and ``cell_options`` likewise.
        network: its name, and ``network_options`` likewise.
        hidden: units per layer.
        layers: how many.
        batch: examples per step.
        embedding: width of the embedding of tokens, 0 for one-hot.
        device: ``cpu`` or ``gpu:0`` ...
        devices: those that each batch is split over, ``cpu:0`` ... or ``gpu:0`` ..., of which
            ``device`` is the first; empty for one.
        dtype: ``float32`` or ``float64``.
        threads: of the CPU, the same for every worker.
        optimizer: its name; ``lr`` and ``clip`` as in :class:`rnnbench.Optimizer`.
        steps: how many training steps; with 0 nothing is trained.
        weights: SHA-256 of the file of trained weights that rows begin with, empty where they are
            drawn.
        momentum: of sgd; None is its default, and so is that of what follows. ``nesterov``,
            ``weight_decay`` and ``clip_value`` likewise: see :class:`rnnbench.Optimizer`.
        schedule: what becomes of the rate, with ``warmup``, ``drop`` and ``drop_every``: see
            :class:`rnnbench.models.training.schedule.Schedule`.
        window: the steps that a gradient goes back, one each ``stride``: see
            :func:`rnnbench.models.training.windows.windows`; None for whole batches.
        patience: after how many steps without a better score on validation data a training stops,
            with its best weights; None for never.
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
    network: str = NETWORK
    network_options: Options = {}
    weights: str = ""
    momentum: float | None = None
    nesterov: bool = False
    weight_decay: float | None = None
    clip_value: float | None = None
    schedule: str = "constant"
    warmup: Count = 0
    drop: float | None = None
    drop_every: Positive | None = None
    window: Positive | None = None
    stride: Positive | None = None
    patience: Positive | None = None
    devices: list[Device] = []

    @cached_property
    def key(self) -> str:
        """Twelve hexadecimal digits that name this comparison across runs.

        A default network has no part in it, so that it is that of runs before there was a choice;
        neither have weights that are drawn, what is trained as it was then, nor one device.
        """
        fields = msgspec.structs.asdict(self)
        if (self.network, self.network_options) == (NETWORK, {}):
            del fields["network"], fields["network_options"]
        for name in ("weights", "devices"):
            if not fields[name]:
                del fields[name]
        for name in [name for name, usual in TRAINING.items() if fields[name] == usual]:
            del fields[name]
        text = msgspec.json.encode(fields, order="sorted")
        return hashlib.sha256(text).hexdigest()[:12]

    @property
    def model(self) -> str:
        """Network and cell in words; see :func:`in_words`."""
        return in_words(self.network, self.cell)

    @property
    def training(self) -> str:
        """How rows are trained, in words: ``350 steps of adam, lr 0.01, clip 1``."""
        words = [f"{many(self.steps, 'step')} of {self.optimizer}", f"lr {self.lr:g}"]
        if self.clip is not None:
            words.append(f"clip {self.clip:g}")
        for name, usual in TRAINING.items():
            if (value := getattr(self, name)) != usual:
                words.append(f"{name.replace('_', ' ')} {given(value)}")
        return ", ".join([*words, *["from trained weights"] * bool(self.weights)])

    @property
    def place(self) -> str:
        """Where it is computed, in words: ``cpu``, ``2 × cpu``, ``gpu:0 + gpu:2``."""
        kind, count = self.device.partition(":")[0], len(self.devices)
        if self.devices == [f"{kind}:{number}" for number in range(count)]:
            return f"{count} × {kind}" if count else self.device
        return " + ".join(self.devices)


def in_words(network: str, cell: str) -> str:
    """Return a network with its cell: ``lstm`` of a stack, ``seq2seq · lstm``, ``transformer``."""
    return " · ".join(name for name in (network, cell) if name not in (NETWORK, ""))
