"""BLEU of sentences, by sacrebleu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rnnbench_tasks.files.examples import needs
from rnnbench_tasks.text.corpus import Unit


def sentence_bleu(unit: Unit) -> Callable[[str, str], float]:
    """Return what scores a text against the one it should be, from 0 to 100.

    Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002, as
    sacrebleu computes it of a sentence (Post, "A call for clarity in reporting BLEU scores", WMT
    2018): its n-grams up to the longest that the sentence has, smoothed exponentially. A word is
    what its tokenizer ``13a`` makes of the text, in which a word outside the vocabulary is
    ``<unk>``; or a character.

    Raises:
        UsageError: if sacrebleu is not installed.
    """
    try:
        from sacrebleu.metrics.bleu import BLEU
    except ImportError as error:
        raise needs("sacrebleu", "sacrebleu", "translation.metric = 'bleu'", "bleu") from error
    metric = BLEU(tokenize="13a" if unit == "words" else "char", effective_order=True)
    return lambda said, right: float(metric.sentence_score(said, [right]).score)


def text_of(tokens: Sequence[int], symbols: Sequence[str], unit: Unit) -> str:
    """Return the text that tokens stand for, up to the first that is no symbol: its end."""
    known = len(symbols)
    stop = next((place for place, token in enumerate(tokens) if token >= known), len(tokens))
    return ("" if unit == "characters" else " ").join(symbols[token] for token in tokens[:stop])
