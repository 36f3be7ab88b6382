"""Tasks whose targets are texts that a model writes by itself: the exact match, or BLEU."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np

from rnnbench import Batch, Task, Vocabulary
from rnnbench_tasks.padding import within
from rnnbench_tasks.text.corpus import Unit
from rnnbench_tasks.text.translation.bleu import CorpusBleu


@dataclass(frozen=True)
class Written(Task):
    """A task of which a model writes each held-out target symbol by symbol, until it says its end.

    Attributes:
        beam: how many beginnings of a target are kept while a model writes, see
            :func:`rnnbench.contracts.inference.generation.search`; 1 says the likeliest symbol.
        metric: ``exact``, the share of targets that are right from the first symbol to the end; or
            ``bleu``, see :class:`rnnbench_tasks.text.translation.bleu.CorpusBleu`.
    """

    higher_is_better: ClassVar[bool] = True
    evaluation: ClassVar[Literal["taught", "generated"]] = "generated"

    beam: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    metric: Literal["exact", "bleu"] = "exact"

    @property
    @abstractmethod
    def symbols(self) -> tuple[str, ...]:
        """What each token of a target stands for; another one is its end."""

    @property
    @abstractmethod
    def symbol(self) -> Unit:
        """What a symbol of a target is."""

    @property
    def score_name(self) -> str:
        """The share of targets that are right to the end, or BLEU."""
        return "exact match" if self.metric == "exact" else "BLEU"

    def check(self, batch: int) -> None:
        """Raise UsageError if a library is missing."""
        super().check(batch)
        if self.metric == "bleu":
            _ = self._bleu

    @cached_property
    def _bleu(self) -> CorpusBleu:
        return CorpusBleu(self.symbol, self.name)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float | np.ndarray, float]:
        """Sum what the targets score, and count them."""
        return self._sums(outputs.argmax(axis=-1), batch), float(batch.targets.shape[1])

    def _sums(self, said: np.ndarray, batch: Batch) -> float | np.ndarray:
        """Return what tokens ``(T, B)`` score, or ``(T, 1)`` that are said of all."""
        if self.metric == "exact":
            return float(right_to_the_end(said, batch).sum())
        both = np.broadcast_to(said, batch.targets.shape), batch.targets
        said_texts, right = ([self._text(one) for one in side.T.tolist()] for side in both)
        return self._bleu.sums(said_texts, right)

    def _text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, up to the end."""
        known = len(self.symbols)
        stop = next((place for place, token in enumerate(tokens) if token >= known), len(tokens))
        return Vocabulary(self.symbols, self.symbol == "words").text(tokens[:stop])

    def finish(self, total: float | np.ndarray, count: float) -> float:
        """Return the share of right targets, or the BLEU of all of them together."""
        if self.metric == "exact":
            return super().finish(total, count)
        return self._bleu.score(np.asarray(total))

    def score_of_always(self, usual: np.ndarray, batch: int) -> float:
        """Return the score, over held-out batches of a size, of saying the same ``(T,)`` of all."""
        sums: float | np.ndarray = 0.0
        count = 0.0
        for held_out in self.testing(batch):
            sums = sums + self._sums(usual[:, None], held_out)
            count += held_out.targets.shape[1]
        return self.finish(sums, count)


def right_to_the_end(said: np.ndarray, batch: Batch) -> np.ndarray:
    """Return which targets are said right ``(B,)``, their end included; what follows is no matter.

    Args:
        said: tokens ``(T, B)``, or ``(T, 1)`` for the same to all.
        batch: the targets and their lengths.
    """
    there = within(batch.target_lengths, len(batch.targets))
    return np.asarray(((said == batch.targets) | ~there).all(axis=0))
