"""What a person reads of a row that was timed against itself."""

import pytest
from msgspec.structs import replace

from rnnbench.doctor.self_test import SelfTest
from rnnbench.report.lists.doctor import self_test

MANY = SelfTest("fake:good", 1.002, 0.995, 1.009, "same", 0, 10, 0.007, 30)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (MANY, "same, a ratio of 1.002 ±0.007 after 30 rounds; called different in 0 of 10 "),
        (
            replace(MANY, ratio=1.334, low=0.36, high=4.94, verdict="undecided", rounds=1),
            "undecided, a ratio of 1.3 [0.36, 4.9] after 1 round; ",
        ),
        (replace(MANY, ratio=1.334, low=None, high=None, rounds=3), "same, a ratio of ~1.33 "),
        (
            replace(MANY, ratio=None, rounds=3),
            "nothing can be said: none of 3 rounds was undisturbed",
        ),
    ],
)
def test_figures_are_those_that_the_rounds_can_defend(test, words):
    assert self_test(test).startswith(words)
