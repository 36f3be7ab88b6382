"""BLEU of sentences, by sacrebleu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnnbench_tasks.files.examples import needs
from rnnbench_tasks.text.corpus import Unit


def sentence_bleu(unit: Unit, task: str) -> Callable[[str, str], float]:
    """Return what scores a text against the one it should be, from 0 to 100.

    Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002, as
    sacrebleu computes it of a sentence (Post, "A call for clarity in reporting BLEU scores", WMT
    2018): its n-grams up to the longest that the sentence has, smoothed exponentially. A word is
    what its tokenizer ``13a`` makes of the text, in which a word outside the vocabulary is
    ``<unk>``; or a character.

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
    metric = BLEU(tokenize="13a" if unit == "words" else "char", effective_order=True)
    return lambda said, right: float(metric.sentence_score(said, [right]).score)


def text_of(tokens: Sequence[int], symbols: Sequence[str], unit: Unit) -> str:
    """Return the text that tokens stand for, up to the first that is no symbol: its end."""
    known = len(symbols)
    stop = next((place for place, token in enumerate(tokens) if token >= known), len(tokens))
    return ("" if unit == "characters" else " ").join(symbols[token] for token in tokens[:stop])


def scores(
    said: np.ndarray,
    right: np.ndarray,
    symbols: Sequence[str],
    unit: Unit,
    score: Callable[[str, str], float],
) -> np.ndarray:
    """Return what each example scores ``(B,)``.

    Args:
        said: tokens ``(T, B)``, or ``(T, 1)`` for the same to all.
        right: those that it should be, ``(T, B)``.
        symbols: what each token stands for; another one is the end.
        unit: what a symbol is.
        score: of a text and the one it should be.
    """
    both = (np.broadcast_to(said, right.shape), right)
    texts = ([text_of(tokens, symbols, unit) for tokens in side.T.tolist()] for side in both)
    return np.array([score(*pair) for pair in zip(*texts, strict=True)])
