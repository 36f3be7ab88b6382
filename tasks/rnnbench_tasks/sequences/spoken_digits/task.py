"""Spoken digits: listen to a word and say which it is.

Isolated digits with recurrent networks, Graves, Beringer & Schmidhuber, "A comparison between
spiking and differentiable recurrent neural networks on spoken digit recognition", NCI 2004; a set
of recordings that fits is the Free Spoken Digit Dataset (Jackson et al. 2018).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Defaults, Problem
from rnnbench_tasks.files.examples import Classified, Examples
from rnnbench_tasks.files.texts import HELD_OUT
from rnnbench_tasks.sequences.spoken_digits import recordings
from rnnbench_tasks.sequences.spoken_digits.features import COEFFICIENTS, mfcc


@dataclass(frozen=True)
class SpokenDigits(Classified):
    """Read the frames of a recording and say which word it is.

    Batches are 13 mel-frequency cepstral coefficients of each frame of 10 ms, ``(T, B, 13)``, with
    the frames ``(B,)`` of each recording and its class ``(B,)``; longer recordings are cut. Each
    coefficient is scaled by its mean and standard deviation over the frames that are trained on.
    Every fifth recording of a label is scored.

    The loss is the cross-entropy, the score the share of right answers; the naive predictor always
    gives the label most frequent in training.

    Attributes:
        path: None for 1,000 words that are synthesized
            (:mod:`rnnbench_tasks.sequences.spoken_digits.recordings`); or a folder of mono WAV
            files, named as ``7_speaker_0.wav`` or in a folder for each label.
        length: T, in frames.
    """

    name: ClassVar[str] = "spoken-digits"
    defaults: ClassVar[Defaults] = Defaults(hidden=32, lr=1e-2, steps=300)

    path: str | None = None
    length: Annotated[int, msgspec.Meta(ge=1)] = 50

    @cached_property
    def _read(self) -> tuple[list[tuple[str, np.ndarray]], str]:
        """Label and features ``(T, 13)`` of each recording, and the SHA-256; read once."""
        if self.path is None:
            found = recordings.synthesized()
            waves = hashlib.sha256(np.concatenate([one.wave for one in found]).tobytes())
            digest = waves.hexdigest()
        else:
            found, digest = recordings.of_folder(self.path)
        return [(one.label, mfcc(one.wave, one.rate)) for one in found], digest

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What each class stands for, in alphabetical order."""
        return tuple(sorted({label for label, _ in self._read[0]}))

    @cached_property
    def _parts(self) -> tuple[Examples, Examples]:
        """What is trained on, and what is scored: every fifth recording of a label."""
        seen: dict[str, int] = defaultdict(int)
        parts: tuple[list[tuple[str, np.ndarray]], ...] = ([], [])
        for label, features in self._read[0]:
            seen[label] += 1
            parts[seen[label] % HELD_OUT == 0].append((label, features))
        frames = np.concatenate([features[: self.length] for _, features in parts[0]])
        mean, spread = frames.mean(axis=0), np.maximum(frames.std(axis=0), 1e-6)
        train, valid = (self._examples(part, mean, spread) for part in parts)
        return train, valid

    @property
    def train(self) -> Examples:
        """Four of five recordings."""
        return self._parts[0]

    @property
    def valid(self) -> Examples:
        """Every fifth recording."""
        return self._parts[1]

    @property
    def source(self) -> str:
        """Where the recordings come from."""
        return self.path or "synthesized words"

    @property
    def noun(self) -> str:
        """Recordings."""
        return "recordings"

    @property
    def remarks(self) -> tuple[str, ...]:
        """How many recordings were cut."""
        found = self._read[0]
        cut = sum(len(features) > self.length for _, features in found)
        longer = f"{cut} of {len(found)} recordings are longer than {self.length} frames of 10 ms"
        return (f"{longer}: their ends are left out",) if cut else ()

    @property
    def sizes(self) -> str:
        """The frames and the recordings."""
        return f"T {self.length}, {Path(self.path).name if self.path else 'synthesized words'}"

    @property
    def problem(self) -> Problem:
        """The coefficients in, one class out at the end of each recording."""
        return Problem(
            inputs=COEFFICIENTS,
            outputs=len(self.labels),
            loss="cross-entropy",
            targets="one",
            lengths=True,
        )

    @property
    def target(self) -> float | None:
        """Nineteen of twenty of the synthesized words."""
        return 0.95 if self.path is None else None

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the waveforms and the names of their files."""
        return self._read[1]

    def _examples(
        self, part: list[tuple[str, np.ndarray]], mean: np.ndarray, spread: np.ndarray
    ) -> Examples:
        inputs = np.zeros((self.length, len(part), COEFFICIENTS))
        lengths = np.array([min(len(features), self.length) for _, features in part])
        for k, ((_, features), end) in enumerate(zip(part, lengths.tolist(), strict=True)):
            inputs[:end, k] = (features[:end] - mean) / spread
        classes = np.array([self.labels.index(label) for label, _ in part])
        return Examples(inputs, classes, lengths, one=True)
