"""Sequential digits: say which digit an image shows that is read pixel by pixel.

Le, Jaitly & Hinton, "A simple way to initialize recurrent networks of rectified linear units",
arXiv 1504.00941, section 4.2, with the permuted form; here with the 8 × 8 images of scikit-learn
(Alpaydin & Kaynak, "Cascading classifiers", Kybernetika 34(4), 1998) in place of 28 × 28.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Defaults, Problem, UsageError
from rnnbench_tasks.files.examples import Classified, Examples, needs
from rnnbench_tasks.files.texts import HELD_OUT

#: Pixels of an image, the largest value of one, and how many digits there are.
PIXELS, WHITE, CLASSES = 64, 16, 10


@dataclass(frozen=True)
class SequentialDigits(Classified):
    """Read the pixels of a digit one by one, row by row, and say which it is.

    Batches are numbers ``(T, B, 1)`` from 0 to 1, with the digit ``(B,)``. Of the 1,797 images
    every fifth is scored. The loss is the cross-entropy, the score the share of right answers; the
    naive predictor always gives the digit most frequent in training.

    Attributes:
        permuted: pixels come in an order drawn once, the same for all images, so that neighbours
            stand far apart.
        length: T, of the 64 pixels those that are read.
    """

    name: ClassVar[str] = "sequential-digits"
    defaults: ClassVar[Defaults] = Defaults(hidden=64, lr=1e-2, steps=600)

    permuted: bool = False
    length: Annotated[int, msgspec.Meta(ge=1, le=PIXELS)] = PIXELS

    @cached_property
    def _digits(self) -> tuple[np.ndarray, np.ndarray]:
        """Images ``(N, 64)`` from 0 to 16, and their digits ``(N,)``, read once."""
        try:
            from sklearn.datasets import load_digits
        except ImportError as error:
            raise needs("sklearn", "scikit-learn", self.name, "digits") from error
        return load_digits(return_X_y=True)  # type: ignore[no-any-return]

    @property
    def train(self) -> Examples:
        """Four of five images."""
        return self._part(held_out=False)

    @property
    def valid(self) -> Examples:
        """Every fifth image."""
        return self._part(held_out=True)

    @property
    def source(self) -> str:
        """The digits of scikit-learn."""
        return "scikit-learn's digits"

    @property
    def noun(self) -> str:
        """Images."""
        return "images"

    @property
    def sizes(self) -> str:
        """How many pixels are read, and in which order."""
        return f"T {self.length}, {'permuted pixels' if self.permuted else 'row by row'}"

    @property
    def problem(self) -> Problem:
        """One number per step, one of ten classes at the end."""
        return Problem(inputs=1, outputs=CLASSES, loss="cross-entropy", targets="one")

    def check(self, batch: int) -> None:
        """Raise UsageError if there are fewer pixels, or fewer images than a batch needs."""
        if self.length > PIXELS:
            raise UsageError(f"sequential-digits.length = {self.length}: an image has {PIXELS}")
        super().check(batch)

    @property
    def target(self) -> float:
        """Five of six images."""
        return 5 / 6

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the images and the digits."""
        images, digits = self._digits
        return hashlib.sha256(images.tobytes() + digits.tobytes()).hexdigest()

    def _part(self, held_out: bool) -> Examples:
        images, digits = self._digits
        which = np.flatnonzero((np.arange(1, len(digits) + 1) % HELD_OUT == 0) == held_out)
        order = np.random.default_rng(0).permutation(PIXELS) if self.permuted else np.arange(PIXELS)
        pixels = images[which][:, order[: self.length]].T / WHITE
        return Examples(pixels[..., None], digits[which].astype(np.int64), one=True)
