"""Language modeling: predict the next character or word of a text.

Mikolov et al., "Recurrent neural network based language model", Interspeech 2010; on characters,
Sutskever, Martens & Hinton, "Generating text with recurrent neural networks", ICML 2011. Truncated
backpropagation through time with the state carried over: Williams & Peng, Neural Computation 2(4),
1990; Zaremba, Sutskever & Vinyals, "Recurrent neural network regularization", arXiv 1409.2329.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, Task, UsageError, Vocabulary
from rnnbench_tasks.files.texts import TextName
from rnnbench_tasks.padding import within
from rnnbench_tasks.randomness import training_rng
from rnnbench_tasks.text import corpus
from rnnbench_tasks.text.corpus import Corpus, Loaded, Unit
from rnnbench_tasks.text.windows import Windows, windows
from rnnbench_tasks.wording import many


@dataclass(frozen=True)
class LanguageModeling(Task):
    """Predict each symbol of a text from those before it.

    B readers go through the text side by side. With N tokens w and T steps per batch, batch k holds

        inputs  (t, b) = w[a_b + kT + t]        t = 0 … T-1
        targets (t, b) = w[a_b + kT + t + 1]

    as tokens ``(T, B)``; a batch goes on where the last one ended, so the state is carried over.

    Training: a_b = a + b⌊N/B⌋ with a drawn from the seed, and indices modulo N: the text is a ring,
    and there is no last batch. Held out: a_b = b⌊(N-1)/B⌋ through the validation text once, as far
    as whole batches reach.

    By ``sequences`` it is read as many texts that end, a model remembering nothing of one in the
    next ("independent" sentences: Mikolov et al., "RNNLM toolkit", ASRU 2011). A newline stands
    before the first symbol of each, so that it is predicted, too. A batch holds a window of up to T
    steps of each reader's sequence, the rest being padding; the state is carried within a sequence
    and begins anew with the next one. In an order drawn from the seed, or held out in their own,
    each sequence goes to the reader who has the fewest windows; in training readers go through
    theirs without end, and held out as far as the one with the fewest reaches.

    The loss is the cross-entropy in nats per symbol. The score is, on the validation text, that in
    bits per character, or the perplexity exp(loss) per word: the figures of the field, where each
    newline is a symbol like others (``<eos>`` of words, and of files whose characters stand apart)
    and ``<unk>`` counts. They are over all symbols but the first, and the few behind the last whole
    batch; a batch of 1 leaves out fewer than T. The naive predictor gives every symbol
    its frequency in the training text, plus one count; its score is taken on the same symbols of
    the validation text as a model's, its loss on the training text.

    Attributes:
        unit: ``characters``, or ``words``: what white space separates, and ``<eos>`` for a newline.
        text: ``python-reference``, the language reference inside CPython, which needs no network
            and changes with the version of Python (some topics repeat passages of others, so the
            validation text is not all new); or ``tiny-shakespeare``, fetched once.
        path: a text file instead, trained on its first 90 % of symbols and validated on the rest,
            or a folder that holds ``train.txt`` and ``valid.txt``, or the files of Mikolov's
            layout, ``ptb.train.txt`` and so on; of characters ``ptb.char.train.txt`` and so on are
            taken, if they are there, whose characters stand apart.
        part: what is scored: ``valid``, or ``test`` of a folder.
        sequences: ``one`` for the whole text; ``lines``, each of which ends with its newline and
            the empty lines after it; or ``paragraphs``, which end with an empty line.
        length: T, the steps of truncated backpropagation.
        vocabulary: how many symbols are kept at most, by frequency in the training text; the rest
            are ``<unk>``, as are symbols that only the validation text has.
        validation_split: the share of the training text, at its end, that is set aside to stop a
            training by; what a naive predictor knows is counted over all of it. Where ``test`` is
            scored, the valid part is taken, and nothing set aside.
    """

    name: ClassVar[str] = "language-modeling"
    defaults: ClassVar[Defaults] = Defaults(embedding=32, lr=1e-2, steps=150)
    carries_state: ClassVar[bool] = True

    unit: Unit = "characters"
    text: TextName = "python-reference"
    path: str | None = None
    sequences: Literal["one", "lines", "paragraphs"] = "one"
    part: Literal["valid", "test"] = "valid"
    length: Annotated[int, msgspec.Meta(ge=1)] = 32
    vocabulary: Annotated[int, msgspec.Meta(ge=2)] = 10_000
    validation_split: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0

    @cached_property
    def _loaded(self) -> Loaded:
        """The text and what is to be told of it, which is read once, when it is first needed."""
        validated = self.validation_split > 0
        return corpus.load(self.text, self.path, self.unit, self.vocabulary, self.part, validated)

    @property
    def corpus(self) -> Corpus:
        """The text as tokens; UsageError if it can't be read."""
        return self._loaded.corpus

    @cached_property
    def _texts(self) -> dict[str, np.ndarray]:
        """The tokens of each text by what it is called: what is trained on first, then scored.

        And as a third one what a training may be stopped by, if there is such a text.
        """
        whole, scored, third = self.corpus.train, self.corpus.valid, self.corpus.third
        if self.part == "test":
            found = {"training": whole, "test": scored}
            return found if third is None else found | {"validation": third}
        cut = len(whole) - round(self.validation_split * len(whole))
        found = {"training": whole[:cut], "validation": scored}
        return found | {"set-aside": whole[cut:]} if self.validation_split else found

    @property
    def remarks(self) -> tuple[str, ...]:
        """Byte-order marks that were left out, and ends of lines that became LF."""
        return self._loaded.remarks

    @property
    def score_name(self) -> str:
        """What the score is, by unit."""
        return "bits per character" if self.unit == "characters" else "perplexity"

    @property
    def sizes(self) -> str:
        """The steps of a batch and the text."""
        name = Path(self.path).name if self.path else self.text
        apart = "" if self.sequences == "one" else f", {self.sequences} apart"
        return f"T {self.length}, {self.unit} of {name}{apart}"

    @property
    def problem(self) -> Problem:
        """Tokens in, the next token out at every step, which stands in the input after it."""
        size, apart = len(self.corpus.symbols), self.sequences != "one"
        return Problem(
            inputs=size,
            outputs=size,
            tokens=True,
            loss="cross-entropy",
            causal=True,
            lengths=apart,
            resets=apart,
        )

    def check(self, batch: int) -> None:
        """Raise UsageError if one of the texts is too short for one batch.

        Or if two texts are named.
        """
        if self.path is not None and self.text != LanguageModeling.text:
            raise UsageError(
                f"language-modeling.text = {self.text!r} does nothing beside path = {self.path!r}: "
                "name one text"
            )
        if self.sequences == "one":
            self._check_whole(batch)
        else:
            self._check_sequences(batch)

    def _check_whole(self, batch: int) -> None:
        needed = batch * self.length + 1
        parts = {part: len(tokens) for part, tokens in self._texts.items()}
        part = min(parts, key=lambda part: parts[part])
        if parts[part] < needed:
            raise UsageError(self._too_short(part, parts[part], batch, needed))

    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Yield batches around the ring of the training text."""
        tokens, rng = self._texts["training"], training_rng(seed)
        if self.sequences != "one":
            yield from self._in_turn(batch, rng)
        start = rng.integers(len(tokens))
        starts = start + np.arange(batch) * (len(tokens) // batch)
        steps = np.arange(self.length + 1)[:, None]
        while True:
            yield _shifted(tokens.take(starts + steps, mode="wrap"))
            starts = (starts + self.length) % len(tokens)

    def testing(self, batch: int) -> Iterator[Batch]:
        """Yield the validation text once, or what else is scored."""
        return self._once([*self._texts][1], batch)

    def validation(self, batch: int) -> Iterator[Batch] | None:
        """Return what a training may be stopped by, once; None where nothing is set aside."""
        others = [*self._texts][2:]
        return self._once(others[0], batch) if others else None

    def _once(self, part: str, batch: int) -> Iterator[Batch]:
        """Yield one of the texts, as far as whole batches reach."""
        if self.sequences != "one":
            held_out = self._windows[part]
            together = zip(*held_out.shared(batch), strict=False)
            yield from map(held_out.batch, map(np.array, together))
            return
        tokens = self._texts[part]
        each = (len(tokens) - 1) // batch
        steps = np.arange(self.length + 1)[:, None]
        for k in range(each // self.length):
            yield _shifted(tokens[np.arange(batch) * each + k * self.length + steps])

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Sum the negative log-likelihood in nats, and count the symbols."""
        shifted = outputs - outputs.max(axis=-1, keepdims=True)
        log_normalizer = np.log(np.exp(shifted).sum(axis=-1))
        chosen = np.take_along_axis(shifted, batch.targets[..., None], axis=-1)[..., 0]
        lost = scored(log_normalizer - chosen, batch)
        return float(lost.sum(dtype=np.float64)), float(lost.size)

    def score(self, mean: float) -> float:
        """Turn nats per symbol into bits per character or perplexity."""
        return mean / math.log(2) if self.unit == "characters" else float(np.exp(mean))

    @property
    def naive_score(self) -> float:
        """The score of the training text's frequencies, in batches of the default size."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return the score of the training text's frequencies on what whole batches cover."""
        told = np.concatenate([scored(one.targets, one) for one in self.testing(batch)])
        return self.score(corpus.cross_entropy(told, self.corpus.unigram()))

    @property
    def target(self) -> float | None:
        """What is known of the default text by its characters."""
        return None if self.path or self.unit == "words" or self.text != "python-reference" else 2.7

    @property
    def naive_loss(self) -> float:
        """The loss of these frequencies on the training text, in nats."""
        return corpus.cross_entropy(self.corpus.train, self.corpus.unigram())

    @property
    def reads(self) -> Vocabulary:
        """The characters or the words of the text."""
        words = self.unit == "words"
        newline = corpus.END_OF_LINE if words and corpus.END_OF_LINE in self.corpus.symbols else ""
        return Vocabulary(self.corpus.symbols, words, newline)

    @property
    def writes(self) -> Vocabulary:
        """The same: what comes next."""
        return self.reads

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the text as it was read: without marks, its lines ended by LF."""
        return self.corpus.sha256

    @property
    def split(self) -> str:
        """How many symbols of the text are trained on, are for validation, and are scored."""
        train, scored, *aside = map(len, self._texts.values())
        where = "after them" if self.part == "valid" else "of the test part"
        whence = "after them" if self.corpus.third is None else "of the valid part"
        validated = f"validated on the {aside[0]} {whence}, " if aside else ""
        return f"trained on {train} {self.unit}, {validated}scored on the {scored} {where}"

    @cached_property
    def _windows(self) -> dict[str, Windows]:
        """The sequences of each text; UsageError if nothing ends them."""
        ends = ("\n", corpus.END_OF_LINE)[
            self.unit == "words" :
        ]  # characters that stand apart, too
        end = next((end for end in ends if end in self.corpus.symbols), ends[-1])
        if end not in self.corpus.symbols:
            raise UsageError(
                f"the text of {self.path or self.text} has no newline that could end "
                f"{self.sequences}, or too small a vocabulary for it: take sequences = 'one'"
            )
        token, times = self.corpus.symbols.index(end), 1 if self.sequences == "lines" else 2
        return {
            part: windows(text, token, times, self.length) for part, text in self._texts.items()
        }

    def _check_sequences(self, batch: int) -> None:
        for part, held in self._windows.items():
            if (count := held.begins.sum()) < batch:
                raise UsageError(
                    f"the {part} text of {self.path or self.text} has "
                    f"{many(count, self.sequences)}, but a batch takes {batch}: give a longer "
                    "text, or a smaller batch"
                )

    def _in_turn(self, batch: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield windows of the training text without end."""
        read = self._windows["training"]
        shares = read.shared(batch, rng.permutation(read.begins.sum()))
        yield from map(read.batch, map(np.array, zip(*map(cycle, shares), strict=False)))

    def _too_short(self, part: str, size: int, batch: int, needed: int) -> str:
        fits = (size - 1) // self.length
        smaller = f", or use a batch of at most {fits}" if fits else ""
        return (
            f"the {part} text of {self.path or self.text} has {many(size, self.unit)}, but a batch "
            f"of {batch} with length {self.length} needs {needed}: give a longer text{smaller}, or "
            "a smaller length"
        )


def scored(values: np.ndarray, batch: Batch) -> np.ndarray:
    """Return the values ``(T, B)`` at steps that are no padding, flat."""
    if batch.lengths is None:
        return values.ravel()
    return np.asarray(values[within(batch.lengths, len(values))])


def _shifted(window: np.ndarray) -> Batch:
    """Cut ``(T+1, B)`` tokens into inputs and the targets one step later."""
    window = window.astype(np.int64)
    return Batch(window[:-1], window[1:])
