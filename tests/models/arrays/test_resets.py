import numpy as np

from rnnbench import NumpyNamespace
from rnnbench.models.arrays.resets import begun_anew


def test_each_example_begins_at_the_first_state_or_goes_on():
    """Whatever the first state is: one number, several, or none at all."""
    zeros = {"one": (np.ones((1, 2)),), "several": (np.array([[[1.0, 2], [3, 4]]]), np.zeros(1))}
    carried = {
        "one": (np.full((3, 2), 7.0),),
        "several": (np.full((3, 2, 2), 8.0), np.full(3, 9.0)),
        "of no part": (np.full((3, 1), 6.0),),
        "empty": (np.zeros((3, 0)),),
    }
    zeros["empty"] = (np.zeros((1, 0)),)
    resets = np.array([False, True, False])
    found = begun_anew(NumpyNamespace(), carried, zeros, resets)
    assert found["one"][0].tolist() == [[7, 7], [1, 1], [7, 7]]
    assert found["several"][0][1].tolist() == [[1, 2], [3, 4]]
    assert (found["several"][0][[0, 2]] == 8).all()
    assert found["several"][1].tolist() == [9, 0, 9]
    assert found["of no part"] is carried["of no part"]
    assert found["empty"][0].shape == (3, 0)
