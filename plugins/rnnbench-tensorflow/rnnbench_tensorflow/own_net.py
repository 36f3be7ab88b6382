"""A user's own Keras model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from rnnbench import (
    Array,
    OwnKernel,
    OwnNetError,
    Problem,
    check_anew,
    example_inputs,
    unfit_net,
)

#: Whether what is traced is a training step.
TRAINING = ContextVar("TRAINING", default=False)


@contextmanager
def training() -> Iterator[None]:
    """Have models called in training mode."""
    before = TRAINING.set(True)
    try:
        yield
    finally:
        TRAINING.reset(before)


class OwnModel(OwnKernel):
    """A model whose weights are set in place, so that what it has traced is kept.

    It is called with ``training=True`` in training steps alone. What is not trained begins anew
    with each pack, as the parameters do: moving averages, and the seeds of dropout.
    """

    batch_first: ClassVar[bool] = True

    def __init__(
        self,
        factory: Callable[..., Any],
        problem: Problem,
        dtype: str,
        scope: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.factory, self.problem, self.scope = factory, problem, scope
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        keras.config.disable_traceback_filtering()  # it hides in which line of a file it was
        self.model = self._made(0)
        self.kernel = f"{type(self.model).__name__} (Keras)"
        self.weights = named(self.model)
        self.others = [(one, one.numpy()) for one in self.model.non_trainable_variables]

    def initial(self, seed: int) -> dict[str, np.ndarray]:
        """Make another model by Keras's generators, and copy its weights."""
        drawn = self._made(seed).trainable_weights
        check_anew(drawn, self.weights.values())
        arrays = [np.array(weight.numpy(), np.float64) for weight in drawn]
        return dict(zip(self.weights, arrays, strict=True))

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, tf.Variable]:
        """Set the weights, and what else the model keeps as it was."""
        for name, weight in self.weights.items():
            weight.assign(params[name])
        for variable, first in self.others:
            variable.assign(first)
        return {name: weight.value for name, weight in self.weights.items()}

    def apply(self, params: Any, *arrays: Array, **options: Any) -> Array:
        """Call the model."""
        return called(self.model, *arrays, training=TRAINING.get())

    def _made(self, seed: int) -> Any:
        """Return a model with its weights, drawn by a seed.

        Raises:
            OwnNetError: if it is none, or what of it is trained is not what the core trains.
        """
        keras.utils.set_random_seed(seed)
        with self.scope():
            model = self.factory(self.problem)
            if not isinstance(model, keras.Layer):
                raise unfit_net(model, "tensorflow", "a Keras model")
            called(model, *example(self.problem), training=False)  # may be what makes its weights
        if model.losses:
            raise OwnNetError("it adds losses of its own, and all rows are trained with the task's")
        if not model.trainable_weights:
            raise OwnNetError("it has no parameters that are trained")
        return model


def called(model: Any, *arrays: Any, training: bool) -> Any:
    """Return a model's outputs; one that Keras puts together takes all its inputs as a list."""
    if len(arrays) > 1 and type(model).__module__.startswith("keras."):
        return model(list(arrays), training=training)
    return model(*arrays, training=training)


def example(problem: Problem) -> Iterator[tf.Tensor]:
    """Yield inputs as a model is given them, and their lengths if it gets any."""
    for array in example_inputs(problem, batch_first=True):
        yield tf.constant(array, keras.config.floatx() if array.dtype.kind == "f" else None)


def named(model: Any) -> dict[str, Any]:
    """Return the weights that are trained by their path, numbered: paths may be alike."""
    return {f"{k}:{weight.path}": weight for k, weight in enumerate(model.trainable_weights)}
