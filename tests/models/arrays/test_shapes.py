import numpy as np
import pytest

from rnnbench.conformance.calls import CALLS
from rnnbench.models.arrays.shapes import NotPortable, Products, ShapeArray, ShapeNamespace
from rnnbench.oracle.differentiable_numpy import NumpyNamespace

xp = ShapeNamespace()


def bare(array, trained=False, products=None):
    return ShapeArray(array.shape, array.dtype, products or Products(), trained)


@pytest.fixture
def x():
    return bare(np.zeros((2, 3)))


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
        lambda x: x & x,
        lambda x: (x > 0) | 1,
        lambda x: xp.where(x, x, x),
        lambda x: xp.einsum("ij->i", x),
        lambda x: xp.tanh(np.ones(3)),
    ],
)
def test_what_is_not_portable_is_refused(x, use):
    with pytest.raises(NotPortable):
        use(x)


@pytest.mark.parametrize("shapes", [((2, 3), (2, 3)), ((3,), (2, 3)), ((2, 3), (2,)), ((1,), (2,))])
def test_products_that_do_not_fit_are_refused(shapes):
    with pytest.raises(ValueError, match="multiplied"):
        xp.matmul(*(bare(np.zeros(shape)) for shape in shapes))


class Recording:
    """A namespace that keeps the shape and dtype of all that another one returns."""

    def __init__(self, xp):
        self.xp, self.seen = xp, []

    def __getattr__(self, name):
        def call(*arguments, **options):
            result = getattr(self.xp, name)(*arguments, **options)
            each = result if isinstance(result, list | tuple) else [result]
            self.seen += [(name, one.shape, str(one.dtype)) for one in each]
            return result

        return call


@pytest.mark.parametrize("function", CALLS)
def test_shapes_and_dtypes_are_those_of_numpy(function):
    call, arrays = CALLS[function]
    ours, theirs = Recording(xp), Recording(NumpyNamespace())
    call(ours, *map(bare, arrays))
    call(theirs, *arrays)
    assert ours.seen == theirs.seen


@pytest.mark.parametrize("trained", [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize(
    ("shapes", "result"),
    [
        (((2, 3), (3, 4)), (2, 4)),
        (((5, 1, 2, 3), (6, 3, 4)), (5, 6, 2, 4)),
        (((3,), (5, 3, 4)), (5, 4)),
        (((2, 3), (3,)), (2,)),
        (((3,), (3,)), ()),
    ],
)
def test_products_and_their_gradients_are_counted(shapes, result, trained):
    products = Products()
    one, other = (
        bare(np.zeros(shape), wanted, products)
        for shape, wanted in zip(shapes, trained, strict=True)
    )
    found = xp.matmul(one, other)
    flops = 2 * 3 * np.prod(result, dtype=int)
    assert (found.shape, found.trained) == (result, any(trained))
    assert (products.forward, products.backward) == (flops, sum(trained) * flops)


def test_what_depends_on_nothing_trained_is_not_trained(x):
    weight = bare(np.zeros((2, 3)), trained=True)
    assert xp.tanh(x + weight).trained
    assert not xp.stop_gradient(weight).trained
    assert not (weight > 0).trained
    assert not xp.zeros((2,), like=weight).trained
