import numpy as np

from rnnbench import NumpyNamespace
from rnnbench.conformance import CellConformance
from rnnbench_mingru.cell import MinGRU


class TestMinGRU(CellConformance):
    cell = MinGRU()
    backends = ("jax", "numpy")


def test_equations() -> None:
    rng = np.random.default_rng(0)
    w_x, b, x, h = (rng.standard_normal(s) for s in ((2, 3, 4), (2, 4), (5, 3), (5, 4)))
    z = 1 / (1 + np.exp(-(x @ w_x[0] + b[0])))
    expected = (1 - z) * h + z * (x @ w_x[1] + b[1])
    (new,) = MinGRU().step(NumpyNamespace(), {"w_x": w_x, "b": b}, x, (h,))
    assert np.allclose(new, expected, rtol=0, atol=1e-14)
