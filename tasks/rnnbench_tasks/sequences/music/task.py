"""Music: read frames of a piano roll, and say at each which keys will sound in the next.

Boulanger-Lewandowski, Bengio & Vincent, "Modeling temporal dependencies in high-dimensional
sequences: application to polyphonic music generation and transcription", ICML 2012; Bai, Kolter &
Koltun, arXiv 1803.01271, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, UsageError
from rnnbench_tasks.files.examples import Examples, FromExamples
from rnnbench_tasks.naive import score_of
from rnnbench_tasks.padding import within
from rnnbench_tasks.sequences.music import rolls
from rnnbench_tasks.sequences.music.chorales import KEYS
from rnnbench_tasks.sequences.music.rolls import Pieces

#: The pieces that need no file, in words.
NAMES = {"made": "made chorales", "bach": "chorales of Bach"}


@dataclass(frozen=True)
class Music(FromExamples):
    """Read the frames of a piece, and give the chance of each key in the frame that follows.

        inputs   x_0 … x_{T-1}   (T, B, 88), 1 where a key sounds
        targets  x_1 … x_T       (T, B, 88)

    Pieces are cut into stretches of at most T frames, with the frame after each as its last target;
    the length of each is given, as the last stretch of a piece is shorter. The loss is the negative
    log-likelihood of a frame in nats, its keys taken as independent, and the score the same over
    what is scored: the figure of the papers, there over whole pieces. The naive predictor gives
    each key its frequency in training.

    Attributes:
        pieces: ``made`` for 400 chorales that a small grammar makes
            (:mod:`rnnbench_tasks.sequences.music.chorales`); or ``bach`` for those that the package
            music21 ships (:mod:`rnnbench_tasks.sequences.music.bach`).
        path: a MATLAB file of piano rolls instead, such as that of JSB Chorales, Nottingham or
            MuseData.
        part: which part of it is scored: ``valid`` or ``test``. Where it is ``test``, the valid
            part is taken for validation, and ``validation_split`` sets nothing aside.
        length: T.
    """

    name: ClassVar[str] = "music"
    defaults: ClassVar[Defaults] = Defaults(hidden=64, lr=1e-2, steps=300)
    in_time: ClassVar[bool] = True

    pieces: Literal["made", "bach"] = "made"
    path: str | None = None
    part: Literal["valid", "test"] = "valid"
    length: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 32

    @cached_property
    def _pieces(self) -> Pieces:
        """The pieces, read once."""
        if self.path is not None:
            return rolls.of_file(self.path)
        return rolls.made() if self.pieces == "made" else rolls.of_bach()

    @cached_property
    def train(self) -> Examples:
        """The stretches of the pieces that are trained on."""
        return stretches(self._pieces.train, self.length)

    @cached_property
    def valid(self) -> Examples:
        """The stretches of those that are scored."""
        pieces = self._pieces
        return stretches(pieces.valid if self.part == "valid" else pieces.test, self.length)

    @property
    def own_validation(self) -> Examples | None:
        """The valid part, where another one is scored."""
        return stretches(self._pieces.valid, self.length) if self.part == "test" else None

    @property
    def source(self) -> str:
        """Where the pieces come from."""
        return self.path or NAMES[self.pieces]

    @property
    def noun(self) -> str:
        """Stretches of pieces."""
        return "stretches of pieces"

    @property
    def others(self) -> str:
        """The part that is scored."""
        return f"of the {self.part} part"

    @property
    def score_name(self) -> str:
        """The negative log-likelihood of a frame, in nats."""
        return "nats per frame"

    @property
    def sizes(self) -> str:
        """The length and the pieces."""
        return f"T {self.length}, {Path(self.source).name if self.path else self.source}"

    @property
    def problem(self) -> Problem:
        """The keys in, a chance for each key at every step, which is the next input."""
        return Problem(inputs=KEYS, outputs=KEYS, loss="bernoulli", lengths=True, causal=True)

    def check(self, batch: int) -> None:
        """Raise UsageError if there are too few pieces, or they are named twice."""
        if self.path is not None and self.pieces != type(self).pieces:
            raise UsageError(
                f"music.pieces = {self.pieces!r} does nothing beside path = {self.path!r}"
            )
        super().check(batch)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Sum the negative log-likelihood of the frames in nats, and count the frames."""
        there = within(batch.lengths, len(batch.inputs))
        return float(nats(outputs[there], batch.targets[there]).sum()), float(there.sum())

    @property
    def _targets(self) -> np.ndarray:
        """The frames ``(N, 88)`` that are trained on as targets."""
        targets: np.ndarray = self.train.targets[within(self.train.lengths, self.length)]
        return targets

    @cached_property
    def frequencies(self) -> np.ndarray:
        """The share ``(88,)`` of the frames trained on in which each key sounds."""
        targets = self._targets
        return (targets.sum(axis=0) + 0.5) / (len(targets) + 1)  # type: ignore[no-any-return]

    def log_odds(self) -> np.ndarray:
        """Return the naive predictor's outputs ``(88,)``."""
        odds: np.ndarray = np.log(self.frequencies / (1 - self.frequencies))
        return odds

    @property
    def naive_score(self) -> float:
        """The score of the keys' frequencies, in batches of the default size."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return the score of the keys' frequencies on exactly what is scored."""
        return score_of(self, self.log_odds(), batch)

    @property
    def target(self) -> float | None:
        """Less than half of what the keys' frequencies lose, of the made chorales."""
        return 5.0 if self.path is None and self.pieces == "made" else None

    @property
    def naive_loss(self) -> float:
        """The negative log-likelihood of these frequencies on what is trained on."""
        targets = self._targets
        return float(nats(np.broadcast_to(self.log_odds(), targets.shape), targets).mean())

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the file, or of the made pieces."""
        return self._pieces.sha256


def nats(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the negative log-likelihood ``(...)`` of frames ``(..., 88)`` given log-odds."""
    each = np.logaddexp(0, outputs) - outputs * targets
    total: np.ndarray = each.sum(axis=-1, dtype=np.float64)
    return total


def stretches(pieces: list[np.ndarray], length: int) -> Examples:
    """Cut pieces into stretches of at most ``length`` frames, each with the frame after it."""
    cut = [
        piece[first : first + length + 1]
        for piece in pieces
        for first in range(0, len(piece) - 1, length)
    ]
    inputs = np.zeros((length, len(cut), KEYS))
    targets = np.zeros_like(inputs)
    for k, frames in enumerate(cut):
        inputs[: len(frames) - 1, k], targets[: len(frames) - 1, k] = frames[:-1], frames[1:]
    return Examples(inputs, targets, np.array([len(frames) - 1 for frames in cut]))
