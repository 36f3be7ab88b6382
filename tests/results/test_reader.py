"""What is no results file, told by what it is."""

import numpy as np
import pytest
from safetensors.numpy import save

from rnnbench.errors import UsageError
from rnnbench.introspection import flow
from rnnbench.results import reader

OTHERS = {
    "gradient flow, of which rnnbench plot": flow.encode(
        flow.GradientFlow(setting=flow.Setting(), flows=[])
    ),
    "weights, which rnnbench generate": save({"w": np.zeros(2)}, {"rnnbench": "{}"}),
}


@pytest.mark.parametrize(("what", "data"), OTHERS.items(), ids=["flow", "weights"])
def test_a_file_of_another_command_is_named_as_such(tmp_path, what, data):
    path = tmp_path / "other"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=f"other: this is no results file but {what}"):
        reader.load(path)
