"""Short reviews of films, made by a small grammar, in which a word means what others make of it.

A review of the sign s = ±1 is, each with a third of the chance,

    claims        one or two claims of the sign s
    contrast      a claim of -s, ``but`` a claim of s; or ``although`` the first, the second
    verdict       ``people say that`` a claim of ±s, neutral sentences, and in the end whether
                  ``they are`` right or wrong

and a claim of the sign s is a subject, ``is``, in a third of all cases a negation, perhaps an
intensifier, and an adjective of the sign s, or of -s behind a negation. Neutral sentences, which
say nothing of the film's worth, may open a review. So hardly a word tells the sign alone: a
negation stands before what it turns, a verdict up to :data:`NEUTRAL` sentences behind it.
Naive Bayes is right in 54 % of all reviews by their words, in 64 % by their pairs of words, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from random import Random
from typing import TypeVar

T = TypeVar("T")

SUBJECTS = (
    "acting camera cast dialogue ending film first-hour humour music opening pace plot scenery "
    "script second-half story"
)
POSITIVE = (
    "brilliant charming clever delightful funny good great gripping honest lovely moving original "
    "sharp superb warm wonderful"
)
NEGATIVE = (
    "awful bad boring clumsy confused dreadful dull empty flat forced lifeless shallow silly slow "
    "stale tedious"
)
INTENSIFIERS = "quite rather really so truly very"
NEGATIONS = ("not", "never", "hardly", "far from", "anything but")
SENTENCES = (
    "i saw it on monday",
    "it runs for two hours",
    "we sat in front",
    "it is set in town",
    "my sister came along",
    "few people were there",
    "it has three parts",
    "the rain had begun",
)
#: The most neutral sentences at one place.
NEUTRAL = 2
#: The numbers are drawn from this seed, by the one method of Python's that never changes.
SEED = 1


def reviews(count: int) -> list[tuple[str, str]]:
    """Return ``count`` different reviews as labels and texts, of every sign in turn."""
    grammar, texts = Grammar(Random(SEED)), set()
    found: list[tuple[str, str]] = []
    while len(found) < count:
        positive = len(found) % 2 == 0
        text = " ".join(grammar.review(positive))
        if text not in texts:
            texts.add(text)
            found.append(("positive" if positive else "negative", text))
    return found


class Grammar:
    """Draws reviews and what they are made of, as words."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def review(self, positive: bool) -> list[str]:
        """Return a review of a sign."""
        form = self.choose((self.claims, self.contrast, self.verdict))
        return [*self.neutral(), *form(positive)]

    def claims(self, positive: bool) -> list[str]:
        """Return one claim, or two that agree."""
        count = self.choose((1, 2))
        return [*chain.from_iterable([*self.claim(positive), "."] for _ in range(count))]

    def contrast(self, positive: bool) -> list[str]:
        """Return a claim, and one against it that counts."""
        weak, strong = self.claim(not positive), self.claim(positive)
        if self.happens():
            return [*weak, ",", "but", *strong, "."]
        return ["although", *weak, ",", *strong, "."]

    def verdict(self, positive: bool) -> list[str]:
        """Return what people say, and later whether they are right."""
        right = self.happens()
        said = ["people", "say", "that", *self.claim(positive == right), "."]
        return [*said, *self.neutral(), "they", "are", "right" if right else "wrong", "."]

    def claim(self, positive: bool) -> list[str]:
        """Return a subject and what is said of it."""
        negated = self.happens(1 / 3)
        adjectives = POSITIVE if positive != negated else NEGATIVE
        return [
            *("the", self.word(SUBJECTS), "is"),
            *(self.choose(NEGATIONS).split() if negated else ()),
            *([self.word(INTENSIFIERS)] if self.happens() else ()),
            self.word(adjectives),
        ]

    def neutral(self) -> list[str]:
        """Return sentences that say nothing, or none."""
        count = self.choose(range(NEUTRAL + 1))
        return [*chain.from_iterable([*self.choose(SENTENCES).split(), "."] for _ in range(count))]

    def happens(self, chance: float = 0.5) -> bool:
        """Return true with a chance."""
        return self.random.random() < chance

    def word(self, words: str) -> str:
        """Return one of several words."""
        return self.choose(words.split())

    def choose(self, choices: Sequence[T]) -> T:
        """Return one of several, each with the same chance."""
        return choices[int(self.random.random() * len(choices))]
