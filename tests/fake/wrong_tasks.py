"""Tasks that break one promise each."""

import itertools
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, Task, UsageError, tree_map

#: A file that is no module.
DATA = Path(__file__).parents[1] / "data" / "README.md"


@dataclass(frozen=True)
class Right(Task):
    """Say the first number again."""

    name: ClassVar[str] = "wrong"

    length: Annotated[int, msgspec.Meta(ge=1)] = 3

    score_name = "mean squared error"
    naive_score = naive_loss = 1.0
    problem = Problem(inputs=1, outputs=1, targets="one")

    @property
    def sizes(self):
        return f"T {self.length}"

    def draw(self, rng, batch):
        inputs = rng.standard_normal((self.length, batch, 1))
        return Batch(inputs, inputs[0])

    def training(self, batch, seed):
        rng = np.random.default_rng([seed, 0])
        while True:
            yield self.draw(rng, batch)

    def testing(self, batch):
        rng = np.random.default_rng([0, 1])
        return [self.draw(rng, batch) for _ in range(20)]

    def measure(self, outputs, batch):
        return float(np.sum((outputs - batch.targets) ** 2)), batch.targets.size


#: Another seed each time, and the same ones in every run of the tests.
SEEDS = itertools.count(1)


class Grouped(Right):
    grouped_by = "first number"

    def groups(self, batch):
        return np.sign(batch.targets[:, 0])


class GroupsOneExample(Grouped):
    def groups(self, batch):
        return super().groups(batch)[:1]


class NotReproducible(Right):
    def training(self, batch, seed):
        return super().training(batch, next(SEEDS))  # another one each time


class SharedSeeds(Right):
    def training(self, batch, seed):
        return super().training(batch, seed // 2)


class TestingChanges(Right):
    def testing(self, batch):
        rng = np.random.default_rng()
        return [self.draw(rng, batch) for _ in range(20)]


class TestsOnTraining(Right):
    def testing(self, batch):
        stream = self.training(batch, 0)
        return [next(stream) for _ in range(20)]


class ValidatesOnTesting(Right):
    def validation(self, batch):
        return self.testing(batch)


@dataclass(frozen=True)
class SetsAsideWhatIsScored(Right):
    validation_split: float = 0.0
    data_hash = "0" * 64

    @property
    def split(self):
        return f"trained on all but {self.validation_split}"

    def validation(self, batch):
        return super().testing(batch)[:1] if self.validation_split else None

    def testing(self, batch):
        return super().testing(batch)[bool(self.validation_split) :]


class GrowingBatches(Right):
    def testing(self, batch):
        batches = super().testing(batch)
        more = tree_map(lambda a: np.concatenate([a, a], axis=-2), batches[-1])
        return [*batches, more] if batch == 8 else batches


class WrongTargetShape(Right):
    def draw(self, rng, batch):
        inputs, targets, *_ = super().draw(rng, batch)
        return Batch(inputs, np.concatenate([targets, targets], axis=-1))


class WrongNaiveScore(Right):
    naive_score = 2.0


class WrongNaiveLoss(Right):
    naive_loss = 1.3


class WrongDirection(Right):
    higher_is_better: ClassVar[bool] = True


class WrongLengthOption(Right):
    length_option: ClassVar[str] = "delay"


class LaterInputs(Right):
    """The next number at every step, which a network that reads ahead could copy."""

    problem = Problem(inputs=1, outputs=1)

    def draw(self, rng, batch):
        numbers = rng.standard_normal((self.length + 1, batch, 1))
        return Batch(numbers[:-1], numbers[1:])


class NextIsSaid(LaterInputs):
    problem = Problem(inputs=1, outputs=1, causal=True)


class CausalAtTheEnd(Right):
    problem = Problem(inputs=1, outputs=1, targets="one", causal=True)


class SeveralSums(Right):
    """A score that is made of two sums."""

    higher_is_better: ClassVar[bool] = True
    score_name = "share that is right"
    naive_score = 0.0

    def measure(self, outputs, batch):
        right = outputs == batch.targets
        return np.array([right.sum(), right.size]), len(right)

    def finish(self, total, count):
        return float(total[0] / total[1])


class NaiveOfSeveralSums(SeveralSums):
    naive_score = 1e-6


class NotAdditive(Right):
    def measure(self, outputs, batch):
        total, count = super().measure(outputs, batch)
        return total / count, 1


@dataclass(frozen=True)
class Written(Right):
    """Say symbols again, each sequence closed by its end; there is nothing wrong with it."""

    higher_is_better: ClassVar[bool] = True
    score_name = "accuracy"
    naive_score, naive_loss = 1 / 4, -3 / 4 * math.log(3 / 16) - 1 / 4 * math.log(1 / 4)
    problem = Problem(4, 6, tokens=True, loss="cross-entropy", targets="sequence", begin=5, end=4)

    def draw(self, rng, batch):
        symbols = rng.integers(0, 4, (self.length, batch))
        return Batch(symbols, np.concatenate([symbols, np.full((1, batch), 4)]))

    def measure(self, outputs, batch):
        right = outputs.argmax(-1) == batch.targets
        return float(right.sum()), float(right.size)


@dataclass(frozen=True)
class Endless(Written):
    def draw(self, rng, batch):
        drawn = super().draw(rng, batch)
        return drawn._replace(targets=np.roll(drawn.targets, 1, axis=0))


class EasyTarget(Right):
    target = 2 * Right.naive_score


class NoSizes(Right):
    sizes = ""


class ImpossibleDefaults(Right):
    defaults: ClassVar[Defaults] = replace(Right.defaults, embedding=8)


@dataclass(frozen=True)
class OptionIsAFunction(Right):
    squash: object = np.tanh


class NotAHash(Right):
    data_hash = "abc123"


class ReadsWithoutHash(Right):
    def draw(self, rng, batch):
        assert DATA.read_bytes()
        return super().draw(rng, batch)


class Fixed(Right):
    """Data that are there once and for all, of which whole batches leave out the last five."""

    data_hash = "0f" * 32
    split = "trained on what is drawn, scored on 165 numbers"

    @property
    def numbers(self):
        return np.append(
            np.random.default_rng(5).permutation(np.repeat([-1.0, 1.0], 80)), [30.0] * 5
        )

    def testing(self, batch):
        numbers = self.numbers[: len(self.numbers) // batch * batch].reshape(-1, batch)
        return [Batch(np.tile(n[:, None], (self.length, 1, 1)), n[:, None]) for n in numbers]

    def check(self, batch):
        if batch > 100:
            raise UsageError("no more than 165 numbers")

    def naive_score_for(self, batch):
        return float(np.mean(np.concatenate([b.targets for b in self.testing(batch)]) ** 2))


class NaiveOverAll(Fixed):
    def naive_score_for(self, batch):
        return float(np.mean(self.numbers**2))


class NoSplit(Fixed):
    split = None


class Prints(Right):
    def check(self, batch):
        print("checking")


class SetsSeed(Right):
    def testing(self, batch):
        np.random.seed(7)
        return super().testing(batch)


class InTurn(Right):
    """Sequences that go on from batch to batch, each ending after two."""

    carries_state = True
    problem = Problem(inputs=1, outputs=1, targets="one", resets=True)

    def draw(self, rng, batch):
        return super().draw(rng, batch)._replace(resets=np.ones(batch, bool))

    def training(self, batch, seed):
        for k, drawn in enumerate(super().training(batch, seed)):
            yield drawn._replace(resets=np.full(batch, self.begins(k)))

    def begins(self, k):
        return k % 2 == 0


class NeverEnds(InTurn):
    def begins(self, k):
        return k == 0


class BeginsInThePlan(InTurn):
    carries_state = False


class Padded(Right):
    """Sequences of several lengths with a target at every step: padding counts for nothing."""

    problem = Problem(inputs=1, outputs=1, lengths=True)

    def draw(self, rng, batch):
        inputs = rng.standard_normal((self.length, batch, 1))
        lengths = rng.integers(1, self.length + 1, batch)
        there = np.arange(self.length)[:, None] < lengths
        return Batch(inputs, np.where(there[..., None], inputs, 7.0), lengths)

    def measure(self, outputs, batch):
        there = np.arange(self.length)[:, None] < batch.lengths
        return float(np.sum((outputs - batch.targets)[there] ** 2)), float(there.sum())


class ScoresPadding(Padded):
    naive_score = (2 + 7.0**2) / 3

    def measure(self, outputs, batch):
        return super(Padded, self).measure(outputs, batch)


class EmptySequences(Padded):
    def draw(self, rng, batch):
        drawn = super().draw(rng, batch)
        return drawn._replace(lengths=drawn.lengths - 1)


class ForgetsLengths(Padded):
    def draw(self, rng, batch):
        drawn = super().draw(rng, batch)
        return drawn._replace(lengths=None, targets=drawn.inputs)

    def measure(self, outputs, batch):
        return super(Padded, self).measure(outputs, batch)
