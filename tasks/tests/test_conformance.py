from importlib.util import find_spec

import numpy as np

from rnnbench.conformance import TaskConformance
from rnnbench_tasks.sequences.forecasting.task import Forecasting
from rnnbench_tasks.sequences.music.task import Music
from rnnbench_tasks.sequences.sequential_digits import SequentialDigits
from rnnbench_tasks.sequences.spoken_digits.task import SpokenDigits
from rnnbench_tasks.synthetic.adding_problem import AddingProblem
from rnnbench_tasks.synthetic.associative_recall import AssociativeRecall
from rnnbench_tasks.synthetic.copy_memory import CopyMemory
from rnnbench_tasks.synthetic.formal_language.task import FormalLanguage
from rnnbench_tasks.synthetic.frames import Frames
from rnnbench_tasks.synthetic.image_caption.task import ImageCaption
from rnnbench_tasks.synthetic.selective_copy import SelectiveCopy
from rnnbench_tasks.synthetic.temporal_order import TemporalOrder
from rnnbench_tasks.text.language_modeling import LanguageModeling
from rnnbench_tasks.text.sentiment.task import Sentiment
from rnnbench_tasks.text.tagging.task import Tagging
from rnnbench_tasks.text.translation.task import Translation

#: Of translations: BLEU, where sacrebleu is installed.
METRIC = "bleu" if find_spec("sacrebleu") else "exact"


def blanks_then_any_symbol(batch):
    outputs = np.zeros((*batch.targets.shape, 9))
    outputs[:-10, :, 0], outputs[-10:, :, 0] = 100, -100
    return outputs


class TestCopyMemorySingle(TaskConformance):
    task = CopyMemory(delay=3)

    def naive_predictors(self):
        return [blanks_then_any_symbol]


class TestCopyMemoryRepeated(TaskConformance):
    task = CopyMemory(delay=1, layout="repeated")


class AddingProblemConformance(TaskConformance):
    def naive_predictors(self):
        return [lambda batch: np.ones_like(batch.targets)]


class TestAddingProblemHalves(AddingProblemConformance):
    task = AddingProblem(length=11)


class TestAddingProblemAnywhere(AddingProblemConformance):
    task = AddingProblem(length=2, marks="anywhere")


class TestAddingProblemEstimated(TaskConformance):
    task = AddingProblem(length=11)


class TestTemporalOrder(TaskConformance):
    task = TemporalOrder()


class TestTemporalOrderOfThree(TaskConformance):
    task = TemporalOrder(length=23, symbols=3)


class TestFrames(TaskConformance):
    task = Frames()


class TestSelectiveCopy(TaskConformance):
    task = SelectiveCopy()

    def naive_predictors(self):
        outputs = np.full((self.task.length + self.task.symbols, 1, self.task.alphabet + 1), -100.0)
        outputs[: self.task.length, :, 0], outputs[self.task.length :, :, 1:] = 100, 0
        return [lambda batch: np.broadcast_to(outputs, (*batch.targets.shape, outputs.shape[-1]))]


class TestAssociativeRecall(TaskConformance):
    task = AssociativeRecall()

    def naive_predictors(self):
        pairs, queries, values = self.task.pairs, self.task.queries, self.task.values
        outputs = np.full((2 * pairs + queries, 1, values + 1), -100.0)
        outputs[: 2 * pairs, :, 0] = 100
        outputs[2 * pairs :, :, 0] = np.log(1 - pairs / queries)
        outputs[2 * pairs :, :, 1:] = np.log(pairs / queries / values)
        return [lambda batch: np.broadcast_to(outputs, (*batch.targets.shape, values + 1))]


class FormalLanguageConformance(TaskConformance):
    def naive_predictors(self):
        logits = np.log(self.task.frequencies)
        return [lambda batch: np.broadcast_to(logits, (*batch.targets.shape, len(logits)))]


class TestCycleNavigation(FormalLanguageConformance):
    task = FormalLanguage("cycle-navigation")


class TestStackManipulation(FormalLanguageConformance):
    task = FormalLanguage("stack-manipulation", length=11, scored=21)


class TestBinaryAddition(FormalLanguageConformance):
    task = FormalLanguage("binary-addition", length=13, scored=25)


class LanguageModelingConformance(TaskConformance):
    def naive_predictors(self):
        logits = np.log(self.task.corpus.unigram())
        return [lambda batch: np.broadcast_to(logits, (*batch.targets.shape, len(logits)))]


class TestLanguageModelingCharacters(LanguageModelingConformance):
    task = LanguageModeling()


class TestLanguageModelingWords(LanguageModelingConformance):
    task = LanguageModeling(unit="words", length=20, vocabulary=200)


class TestLanguageModelingByLines(LanguageModelingConformance):
    task = LanguageModeling(sequences="lines", length=20)


class TestLanguageModelingByParagraphs(LanguageModelingConformance):
    task = LanguageModeling(sequences="paragraphs", unit="words", length=12, vocabulary=200)


class TestLanguageModelingEstimated(TaskConformance):
    task = LanguageModeling()


class ClassifiedConformance(TaskConformance):
    def naive_predictors(self):
        logits = np.log(np.maximum(self.task.frequencies(), 1e-30))
        return [lambda batch: np.broadcast_to(logits, (len(batch.targets), len(logits)))]


class TestSentiment(ClassifiedConformance):
    task = Sentiment()


class TestSentimentCharacters(ClassifiedConformance):
    task = Sentiment(unit="characters", length=60, vocabulary=20)


class TestSentimentEstimated(TaskConformance):
    task = Sentiment()


class TestImageCaption(TaskConformance):
    task = ImageCaption()

    def naive_predictors(self):
        shares, _, captions, lengths = self.task._known
        outputs = self.task.problem.outputs
        steps = [
            np.bincount(row, shares * (lengths > step), outputs)
            for step, row in enumerate(captions)
        ]
        logits = np.log(np.maximum([each / each.sum() for each in steps], 1e-30))[:, None]
        usual = 100.0 * np.eye(outputs)[captions[:, shares.argmax()]][:, None]
        return [
            lambda batch, each=each: np.broadcast_to(each, (*batch.targets.shape, outputs))
            for each in (logits, usual)
        ]


class TranslationConformance(TaskConformance):
    def naive_predictors(self):
        data = self.task.dataset
        shares = np.log(np.maximum(data.frequencies(), 1e-30))[:, None]
        usual = 100.0 * np.eye(data.begin + 1)[data.usual()][:, None]
        return [
            lambda batch, logits=logits: np.broadcast_to(
                logits, (*batch.targets.shape, data.begin + 1)
            )
            for logits in (shares, usual)
        ]


class TestTranslation(TranslationConformance):
    task = Translation(metric=METRIC)

    def served(self):
        return [self.batch]


class TestTranslationWords(TranslationConformance):
    task = Translation(unit="words", length=6, vocabulary=60)


class TestForecasting(TaskConformance):
    task = Forecasting()

    def naive_predictors(self):
        back = self.task.back - self.task.horizon
        return [lambda batch: batch.inputs[-1 - back, :, :1]]


class TestSequentialDigits(ClassifiedConformance):
    task = SequentialDigits(length=40)


class TestPermutedDigits(ClassifiedConformance):
    task = SequentialDigits(permuted=True, length=20)


class TestSpokenDigits(ClassifiedConformance):
    task = SpokenDigits()


class TestMusic(TaskConformance):
    task = Music()

    def naive_predictors(self):
        return [lambda batch: np.broadcast_to(self.task.log_odds(), batch.targets.shape)]


class TestMusicEstimated(TaskConformance):
    task = Music(part="test", length=12)


class TestTagging(TaskConformance):
    task = Tagging()

    def naive_predictors(self):
        logits = np.log(np.maximum(self.task.frequencies, 1e-30))
        return [lambda batch: np.broadcast_to(logits, (*batch.targets.shape, len(logits)))]
