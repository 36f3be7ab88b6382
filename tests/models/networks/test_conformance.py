"""The laws of networks, for the options of those that come with the core."""

from rnnbench.conformance import NetworkConformance
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.models.networks.stack import Stack
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
    network = Seq2Seq(attention="none")
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
