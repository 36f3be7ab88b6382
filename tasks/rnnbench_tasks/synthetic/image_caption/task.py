"""Image captions: a sentence from one picture.

Vinyals, Toshev, Bengio & Erhan, "Show and tell: a neural image caption generator", CVPR 2015: a
recurrent network is shown the picture once, before the first word. Here the pictures are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem
from rnnbench_tasks.synthetic.drawn import Synthetic
from rnnbench_tasks.synthetic.image_caption.pictures import SIDE, Scene, drawn, scenes
from rnnbench_tasks.text.corpus import Unit
from rnnbench_tasks.text.translation.written import Written

#: Words of the longest sentence and its end: ``a small plus left of a large bar``.
LONGEST = 9


@dataclass(frozen=True)
class ImageCaption(Written, Synthetic):
    """See a picture of shapes, then write the sentence that describes it: one to many.

        ┌────────────┐
        │   ###      │
        │   # #      │
        │   ###      │
        │            │
        │     #   #  │
        │      # #   │
        │       #    │
        │      # #   │
        │     #   #  │     a small square above a large cross
        └────────────┘

    A half of the pictures have one shape (``a large bar``), the others two, one ``above`` or ``left
    of`` the other. Shapes and sizes are drawn alike, places uniformly; the values of pixels, 0 or
    1, are blurred by normal noise. A batch is one step of pixels ``(1, B, 144)``, and the words of
    the sentences ``(T, B)``, each closed by a token for its end, with their lengths.

    The loss is the cross-entropy in nats per word, ends included. The score is the *exact match*:
    the share of sentences that a model writes right by itself, from the first word to the end. The
    naive predictor has not seen the picture: its loss is that of the frequencies of words at each
    step, its answer the same sentence of one shape for all, right for one picture in 16.

    Attributes:
        length: T, the steps of a sentence; the longest has nine with its end.
        noise: the standard deviation of the noise of a pixel.
        beam: how many beginnings of a sentence are kept while a model writes; with 1 it says the
            likeliest word.
        metric: ``exact`` for the exact match; or ``bleu``, that of all sentences together, see
            :class:`rnnbench_tasks.text.translation.bleu.CorpusBleu`.
    """

    name: ClassVar[str] = "image-caption"
    defaults: ClassVar[Defaults] = Defaults(hidden=96, lr=1e-2, steps=800)

    length: Annotated[int, msgspec.Meta(ge=LONGEST)] = LONGEST
    noise: Annotated[float, msgspec.Meta(ge=0)] = 0.1

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What each token stands for; behind these come the end and the begin of a sentence."""
        return tuple(dict.fromkeys(word for _, scene in scenes() for word in scene.caption))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The words of sentences."""
        return self.words

    @property
    def symbol(self) -> Unit:
        """Words."""
        return "words"

    @property
    def sizes(self) -> str:
        """The size of a picture, and the steps of a sentence."""
        return f"{SIDE} × {SIDE} pixels, {self.length} steps"

    @property
    def problem(self) -> Problem:
        """Pixels in, once; a sequence of words out."""
        end = len(self.words)
        return Problem(
            inputs=SIDE * SIDE,
            outputs=end + 2,
            loss="cross-entropy",
            targets="sequence",
            source="one",
            lengths=True,
            begin=end + 1,
            end=end,
        )

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Draw scenes and a picture of each."""
        shares, known, captions, lengths = self._known
        which = rng.choice(len(shares), batch, p=shares)
        pixels = np.stack([drawn(known[k], rng).ravel() for k in which])  # (B, I)
        pixels += self.noise * rng.standard_normal(pixels.shape)
        ones = np.ones(batch, np.int64)
        return Batch(pixels[None], captions[:, which], ones, lengths[which])

    @property
    def naive_score(self) -> float:
        """The exact match of always saying the likeliest sentence, in expectation; its BLEU."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return the share of the likeliest sentence, or its BLEU over exactly what is scored."""
        shares, _, captions, _ = self._known
        if self.metric == "exact":
            return float(shares.max())
        return self.score_of_always(captions[:, shares.argmax()], batch)

    @property
    def target(self) -> float | None:
        """Three of five sentences."""
        return 0.6 if self.metric == "exact" else None

    @property
    def naive_loss(self) -> float:
        """The entropy of words, given their step, in nats."""
        shares, _, captions, lengths = self._known
        lost = counted = 0.0
        for step, row in enumerate(captions):
            there = np.bincount(row, shares * (lengths > step))
            here = there[there > 0]
            lost -= float(here @ np.log(here / here.sum())) if len(here) else 0.0
            counted += float(here.sum())
        return lost / counted

    @cached_property
    def _known(self) -> tuple[np.ndarray, list[Scene], np.ndarray, np.ndarray]:
        """Of N scenes: their probabilities, themselves, captions ``(T, N)`` and their lengths."""
        shares, known = zip(*scenes(), strict=True)
        captions = np.zeros((self.length, len(known)), np.int64)
        for k, scene in enumerate(known):
            tokens = [*map(self.words.index, scene.caption), len(self.words)]
            captions[: len(tokens), k] = tokens
        lengths = np.array([1 + len(scene.caption) for scene in known])
        return np.array(shares), list(known), captions, lengths
