"""The laws of networks, for the options of those that come with the core."""

from dataclasses import replace

from rnnbench.conformance import NetworkConformance
from rnnbench.models.cells.gated.slstm import SLSTM
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.models.networks.stack import Stack
from rnnbench.models.networks.tcn import TCN
from rnnbench.models.networks.transformer import Transformer
from rnnbench.models.problem import Problem

ONE = Problem(inputs=2, outputs=2, targets="one")
WORDS = Problem(
    inputs=6, outputs=5, tokens=True, loss="cross-entropy", targets="sequence", begin=3, end=4
)
NUMBERS = Problem(inputs=2, outputs=3, targets="sequence")
FROM_ONE = Problem(inputs=3, outputs=2, targets="sequence", source="one")
TOKENS = Problem(inputs=5, outputs=5, tokens=True, loss="cross-entropy")


class TestStack(NetworkConformance):
    network = Stack()
    problem = TOKENS


class TestStackOfCellsThatBeginAtOne(NetworkConformance):
    network = Stack()
    problem = TOKENS
    cell = SLSTM()


class TestLast(NetworkConformance):
    network = Stack()
    problem = ONE


class TestResidualWithDropout(NetworkConformance):
    network = Stack(residual=True, dropout=0.3)


class TestBothWaysSummed(NetworkConformance):
    network = Stack(bidirectional="sum", residual=True)
    problem = TOKENS


class TestBothWaysToTheLast(NetworkConformance):
    network = Stack(bidirectional="concat")
    problem = ONE


class TestBothWaysToTheMean(NetworkConformance):
    network = Stack(bidirectional="concat", pool="mean")
    problem = ONE


class TestAttention(NetworkConformance):
    network = Stack(pool="attention", dropout=0.2)
    problem = ONE


class TestSeq2Seq(NetworkConformance):
    network = Seq2Seq()
    problem = WORDS


class TestSeq2SeqWithoutAttention(NetworkConformance):
    network = Seq2Seq(attention="none", bidirectional="concat", feeding=True)
    problem = NUMBERS


class TestSeq2SeqWithDotProducts(NetworkConformance):
    network = Seq2Seq(attention="dot", bidirectional="sum")
    problem = WORDS


class TestSeq2SeqFed(NetworkConformance):
    network = Seq2Seq(feeding=True, bidirectional="concat")
    problem = WORDS


class TestSeq2SeqFedByDotProducts(NetworkConformance):
    network = Seq2Seq(attention="dot", feeding=True)
    problem = NUMBERS


class TestSeq2SeqFromOneStep(NetworkConformance):
    network = Seq2Seq(attention="none")
    problem = FROM_ONE


class TestSeq2SeqWithDropout(NetworkConformance):
    network = Seq2Seq(dropout=0.4, feeding=True)
    problem = WORDS


class TestSeq2SeqThatHearsItself(NetworkConformance):
    network = Seq2Seq(teacher_forcing=0.5, forcing_steps=100)
    problem = WORDS


class TestSeq2SeqOfNumbersThatHearsItself(NetworkConformance):
    network = Seq2Seq(teacher_forcing=0.5, dropout=0.4, feeding=True, attention="dot")
    problem = NUMBERS


class TestSeq2SeqThatHearsItselfWithoutAttention(NetworkConformance):
    network = Seq2Seq(teacher_forcing=0.4, attention="none")
    problem = WORDS


class TestConvolutionInFront(NetworkConformance):
    network = Stack(convolution=3)
    problem = TOKENS


class TestConvolutionInFrontOfBothWays(NetworkConformance):
    network = Stack(convolution=2, bidirectional="concat")
    problem = ONE


class TestTCN(NetworkConformance):
    network = TCN(levels=2)
    problem = TOKENS


class TestTCNToTheLast(NetworkConformance):
    network = TCN(width=2, levels=2, growth=3, dropout=0.3)
    problem = ONE


class TestTransformer(NetworkConformance):
    network = Transformer(heads=3, window=3, dropout=0.3)
    problem = TOKENS


class TestTransformerToTheLast(NetworkConformance):
    network = Transformer(heads=1, window=2)
    problem = ONE


class TestTransformerOfEachBatchAlone(NetworkConformance):
    """Without a state, as where a task carries none."""

    network = Transformer(heads=3)
    problem = ONE

    def model(self, **changes):
        model = super().model(**changes)
        return replace(model, spec=replace(model.spec, carried=False))


class TestEncoder(NetworkConformance):
    network = Transformer(heads=3, causal=False, pool="attention")
    problem = ONE


class TestEncoderOfEveryStep(NetworkConformance):
    network = Transformer(heads=1, causal=False)
