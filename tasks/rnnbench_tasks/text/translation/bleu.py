"""BLEU of a corpus, by sacrebleu."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnbench_tasks.files.examples import needs
from rnnbench_tasks.text.corpus import Unit

#: N-grams up to so many words are counted.
LONGEST = 4


class CorpusBleu:
    """BLEU from 0 to 100 of all texts together, of counts that add up from batch to batch.

        BLEU = 100 · min(1, exp(1 - r / c)) · (p_1 p_2 p_3 p_4)^(1/4),   p_n = m_n / t_n

    c and r are the words of what was said and of what is right, t_n the n-grams that were said, and
    m_n those of them that the right text has, too. Papineni et al., "BLEU: a method for automatic
    evaluation of machine translation", ACL 2002; it is sacrebleu's ``corpus_bleu``, to the digit
    (Post, "A call for clarity in reporting BLEU scores", WMT 2018), smoothed exponentially. A word
    is what its tokenizer ``13a`` makes of a text, in which a word outside the vocabulary is
    ``<unk>``; or a character.
    """

    def __init__(self, unit: Unit, task: str) -> None:
        """Import sacrebleu.

        Args:
            unit: what a symbol is.
            task: that wants it, for errors.

        Raises:
            UsageError: if sacrebleu is not installed.
        """
        try:
            from sacrebleu.metrics.bleu import BLEU
        except ImportError as error:
            raise needs("sacrebleu", "sacrebleu", f"{task}.metric = 'bleu'", "bleu") from error
        self._bleu = BLEU(tokenize="13a" if unit == "words" else "char", force=True)

    def sums(self, said: Sequence[str], right: Sequence[str]) -> np.ndarray:
        """Return c, r, m_1 … m_4 and t_1 … t_4 of texts, ``(10,)``."""
        found = self._bleu.corpus_score(said, [right])
        return np.array([found.sys_len, found.ref_len, *found.counts, *found.totals], np.float64)

    def score(self, sums: np.ndarray) -> float:
        """Return the BLEU of such sums."""
        said, right, *ngrams = sums.astype(int).tolist()
        counts = ngrams[:LONGEST], ngrams[LONGEST:]
        return float(self._bleu.compute_bleu(*counts, said, right, smooth_method="exp").score)
