import numpy as np
import pytest

from rnnbench.conformance.strict import NotPortable, Products, StrictArray, StrictNamespace

xp = StrictNamespace()


@pytest.fixture
def x():
    return StrictArray(np.arange(6.0).reshape(2, 3))


@pytest.mark.parametrize(
    "use",
    [
        lambda x: x.T,
        lambda x: x.sum(),
        lambda x: np.tanh(x),
        lambda x: np.concatenate([x, x]),
        lambda x: np.asarray(x),
        lambda x: np.float64(2) * x,
        lambda x: x * np.float64(2),
        lambda x: x * np.ones(3),
        lambda x: x @ np.ones((3, 2)),
        lambda x: np.ones((3, 2)) @ x,
        lambda x: x[0] @ x[1],
        lambda x: x[[0, 1]],
        lambda x: x[x > 2],
        lambda x: [*x],
        lambda x: 1 if x[0, 0] > 0 else 2,
        lambda x: xp.einsum("ij->i", x),
        lambda x: xp.tanh(np.ones(3)),
    ],
)
def test_what_is_not_portable_is_refused(x, use):
    with pytest.raises(NotPortable):
        use(x)


def test_what_is_portable_computes_as_numpy_does(x):
    plain = x.value
    ours = xp.where(x[:, None, 1:] > 1, -x[:, None, 1:] / 2, 2 - x[0, 0] ** 2)
    theirs = np.where(plain[:, None, 1:] > 1, -plain[:, None, 1:] / 2, 2 - plain[0, 0] ** 2)
    np.testing.assert_array_equal(ours.value, theirs)
    joined = xp.concat([xp.stack(xp.unstack(x)), xp.reshape(x, (2, 3))], axis=-1)
    np.testing.assert_array_equal(joined.value, np.concatenate([plain, plain], axis=-1))
    assert (x.shape, x.ndim, x.dtype) == ((2, 3), 2, np.float64)


def test_products_are_counted(x):
    before = Products.flops
    _ = x @ xp.permute_dims(x, (1, 0))
    xp.matmul(x, x[0])
    assert Products.flops - before == 2 * 2 * 2 * 3 + 2 * 2 * 3
