"""Sentences made by a small grammar, in which many words are one part of speech or another."""

from __future__ import annotations

import numpy as np

#: Parts of speech, after the universal tags of Petrov, Das & McDonald, LREC 2012.
DETERMINERS = "the a this that every some"
PRONOUNS = "they we you"
NAMES = "anna ben carla david"
#: Nouns that are also verbs, and words that are but one of the two.
BOTH = "fish duck saw plant watch can rock fly play train park cook look water light hammer"
NOUNS = "boat garden teacher dog story letter"
VERBS = "see hear forget find believe describe"
ADJECTIVES = "old young quiet bright heavy green"
#: Adjectives that are also nouns, and adverbs that are also adjectives.
TURNED = "light cold round future past"
ADVERBS = "often never slowly fast hard early"
PREPOSITIONS = "in near behind with over past round"
MODALS = "can will must may"

Sentence = list[tuple[str, str]]


def sentences(count: int, seed: int = 0) -> list[Sentence]:
    """Return sentences of 3 to about 30 words, each word with its tag."""
    rng = np.random.default_rng(seed)
    return [_sentence(rng) for _ in range(count)]


def _any(rng: np.random.Generator, words: str) -> str:
    several = words.split()
    return several[rng.integers(len(several))]  # as rng.choice draws, which makes an array first


def _sentence(rng: np.random.Generator) -> Sentence:
    words = _clause(rng)
    if rng.random() < 0.3:
        words += [(_any(rng, "and but because while"), "CONJ"), *_clause(rng)]
    return [*words, (".", "PUNCT")]


def _clause(rng: np.random.Generator) -> Sentence:
    words = _noun_phrase(rng)
    if rng.random() < 0.3:
        words.append((_any(rng, MODALS), "AUX"))
    if rng.random() < 0.3:
        words.append((_any(rng, ADVERBS), "ADV"))
    words.append((_any(rng, BOTH if rng.random() < 0.7 else VERBS), "VERB"))
    if rng.random() < 0.7:
        words += _noun_phrase(rng)
    if rng.random() < 0.4:
        words += [(_any(rng, PREPOSITIONS), "ADP"), *_noun_phrase(rng)]
    if rng.random() < 0.2:
        words.append((_any(rng, ADVERBS), "ADV"))
    return words


def _noun_phrase(rng: np.random.Generator) -> Sentence:
    if rng.random() < 0.25:
        return [(_any(rng, PRONOUNS), "PRON")]
    if rng.random() < 0.2:
        return [(_any(rng, NAMES), "PROPN")]
    words = [(_any(rng, DETERMINERS), "DET")]
    while rng.random() < 0.4:
        words.append(
            (_any(rng, ADJECTIVES if rng.random() < 0.5 else TURNED + " fast hard"), "ADJ")
        )
    noun = BOTH if rng.random() < 0.6 else TURNED if rng.random() < 0.3 else NOUNS
    words.append((_any(rng, noun), "NOUN"))
    if rng.random() < 0.15:
        words += [("that", "PRON"), (_any(rng, VERBS if rng.random() < 0.4 else BOTH), "VERB")]
    return words
