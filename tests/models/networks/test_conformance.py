"""The laws of networks, for the options of those that come with the core."""

from rnnbench.conformance import NetworkConformance
from rnnbench.models.networks.stack import Stack
from rnnbench.models.problem import Problem

ONE = Problem(inputs=2, outputs=2, targets="one")
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
