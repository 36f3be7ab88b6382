"""What a comparison is called beside its names: sizes and options in words."""

import msgspec
from specimens import COMPARISON

from rnnbench.plan.comparisons.description import chosen_options


def test_options_are_written_as_they_are_given():
    chosen = msgspec.structs.replace(
        COMPARISON, network_options={"residual": True, "dropout": 0.5}, cell_options={"bias": 1}
    )
    assert chosen_options(chosen) == ["residual true", "dropout 0.5", "bias 1"]
