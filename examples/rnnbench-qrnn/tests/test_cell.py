import numpy as np

from rnnbench import NumpyNamespace
from rnnbench.conformance import CellConformance
from rnnbench_qrnn.cell import QRNN


class TestQRNN(CellConformance):
    cell = QRNN()
    backends = ("jax", "numpy")


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def test_equations() -> None:
    rng = np.random.default_rng(0)
    w_x, b, x, c = (rng.standard_normal(s) for s in ((3, 3, 4), (3, 4), (5, 3), (5, 4)))
    z, f, o = (x @ w_x[k] + b[k] for k in range(3))
    expected = sigmoid(f) * c + (1 - sigmoid(f)) * np.tanh(z)
    new = QRNN().step(NumpyNamespace(), {"w_x": w_x, "b": b}, x, (np.zeros_like(c), c))
    assert np.allclose(new, [sigmoid(o) * expected, expected], rtol=0, atol=1e-14)
