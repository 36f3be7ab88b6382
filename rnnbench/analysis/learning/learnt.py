"""Whether a row has learnt anything: its loss and score beside the first and the naive ones."""

from __future__ import annotations

import statistics
from typing import Literal

from rnnbench.analysis.learning.scores import Trained
from rnnbench.schema.plan import Planned

#: ``diverged``: a loss that ended above that of the first step, and far above the naive one; ``not
#: better than naive``: a score that a predictor reaches which has learnt nothing; ``nothing to
#: learn``: that predictor makes no mistake, as with a text of one symbol.
Learning = Literal["learned", "not better than naive", "diverged", "nothing to learn"]
#: A loss below this is none; one of so many times the naive one is far above it, which the noise of
#: single batches is not.
NO_LOSS, FAR = 1e-12, 2.0


def learning(planned: Planned, trained: Trained) -> Learning | None:
    """Return what became of the trainings of a row; None if none was finished.

    Seeds that diverged count even if others did not; otherwise it is their mean score.
    """
    scores = [one.score for one in trained.done if one.score is not None]
    if not scores:
        return None
    if planned.naive_loss <= NO_LOSS:
        return "nothing to learn"
    if any(_diverged(one.curve, planned.naive_loss) for one in trained.done):
        return "diverged"
    score = scores[0] if len(scores) == 1 else statistics.fmean(scores)
    naive = planned.naive_score
    better = score > naive if planned.higher_is_better else score < naive
    return "learned" if better else "not better than naive"


def _diverged(curve: list[tuple[int, float]], naive: float) -> bool:
    return bool(curve) and curve[-1][1] > max(curve[0][1], FAR * naive)
