"""What a file of weights says of itself: all that is needed to build its model, and its origin."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rnnbench.models.problem import Problem
from rnnbench.models.vocabulary import Vocabulary
from rnnbench.schema.comparison import Comparison, in_words
from rnnbench.schema.row import Row
from rnnbench.schema.types import Count, Figure


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The origin of weights.

    Attributes:
        comparison: the task, the network and the cell with their options, and the sizes.
        problem: what goes into the model and comes out.
        carries_state: whether it was trained with the state carried from batch to batch.
        row: that trained them, with the seed ``seed``, in the run ``run``.
        score: on held-out data, named ``score_name``.
        reads: what the tokens of its inputs stand for, None where they are numbers; ``writes``
            those of its outputs.
        plugins: those of the cell, the task and the network, by version and source.
        rnnbench: the version of the core.
    """

    comparison: Comparison
    problem: Problem
    carries_state: bool
    row: Row
    seed: Count
    run: str = ""
    score: Figure | None = None
    score_name: str = ""
    reads: Vocabulary | None = None
    writes: Vocabulary | None = None
    plugins: tuple[str, str, str] = ("", "", "")
    rnnbench: str = ""

    @property
    def words(self) -> str:
        """What they are, in a line: ``lstm of language-modeling, trained by jax:scan, seed 0``."""
        model = in_words(self.comparison.network, self.comparison.cell)
        told = f"{model} of {self.comparison.task}, trained by {self.row}, seed {self.seed}"
        return told if self.score is None else f"{told}: {self.score:.4g} {self.score_name}"

    def text(self, tokens: Sequence[int]) -> str:
        """Return what the tokens of its outputs stand for, nothing where they are numbers."""
        return self.writes.text(tokens) if self.writes else ""

    def after(self, prompt: str, text: str) -> str:
        """Return a text that it has written, after the prompt if it goes on with that."""
        if self.problem.targets == "sequence":
            return text
        between = " " if text and self.writes and self.writes.words else ""
        return f"{prompt}{between}{text}"
