"""The core's :class:`~rnnbench.Namespace` on TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from rnnbench import Array, Derived


class TensorFlowNamespace(Derived):
    """The functions of :class:`~rnnbench.Namespace` on tensors, eager or in a graph.

    The operator ``@`` on tensors needs two axes or more on both sides; :meth:`matmul` takes
    vectors too. What is not here is made of the others by :class:`~rnnbench.Derived`: the GELU of
    TensorFlow rounds constants to float32.
    """

    abs = staticmethod(tf.abs)
    broadcast_to = staticmethod(tf.broadcast_to)
    cos = staticmethod(tf.cos)
    exp = staticmethod(tf.exp)
    expand_dims = staticmethod(tf.expand_dims)
    log = staticmethod(tf.math.log)
    log1p = staticmethod(tf.math.log1p)
    log_softmax = staticmethod(tf.nn.log_softmax)
    max = staticmethod(tf.reduce_max)
    maximum = staticmethod(tf.maximum)
    mean = staticmethod(tf.reduce_mean)
    minimum = staticmethod(tf.minimum)
    ones_like = staticmethod(tf.ones_like)
    permute_dims = staticmethod(tf.transpose)
    relu = staticmethod(tf.nn.relu)
    reshape = staticmethod(tf.reshape)
    sigmoid = staticmethod(tf.sigmoid)
    sign = staticmethod(tf.sign)
    sin = staticmethod(tf.sin)
    sqrt = staticmethod(tf.sqrt)
    square = staticmethod(tf.square)
    stack = staticmethod(tf.stack)
    stop_gradient = staticmethod(tf.stop_gradient)
    sum = staticmethod(tf.reduce_sum)
    tanh = staticmethod(tf.tanh)
    where = staticmethod(tf.where)
    zeros_like = staticmethod(tf.zeros_like)

    @staticmethod
    def arange(stop: int, like: Array) -> Array:
        """Numbers from 0."""
        return tf.cast(tf.range(stop), like.dtype)

    @staticmethod
    def concat(arrays: Sequence[Array], axis: int = 0) -> Array:
        """Join along ``axis``."""
        return tf.concat(arrays, axis)

    @staticmethod
    def flip(x: Array, axis: int) -> Array:
        """Reverse along ``axis``."""
        return tf.reverse(x, [axis])

    @staticmethod
    def matmul(x: Array, y: Array) -> Array:
        """Matrix product with NumPy's rules for vectors and leading axes."""
        if y.shape.rank == 1:
            return tf.linalg.matvec(x, y) if x.shape.rank > 1 else tf.reduce_sum(x * y)
        return (x[None] @ y)[..., 0, :] if x.shape.rank == 1 else x @ y

    @staticmethod
    def one_hot(indices: Array, classes: int, like: Array) -> Array:
        """Rows of the identity matrix."""
        return tf.one_hot(indices, classes, dtype=like.dtype)

    @staticmethod
    def reverse_sequence(x: Array, lengths: Array) -> Array:
        """Time is the first axis, examples the second."""
        return tf.reverse_sequence(x, lengths, seq_axis=0, batch_axis=1)

    def softmax(self, x: Array, axis: int = -1) -> Array:
        """TensorFlow's own over the last axis alone; over others XLA can't differentiate a loop."""
        last = axis in (-1, x.shape.rank - 1)
        return tf.nn.softmax(x) if last else super().softmax(x, axis)

    @staticmethod
    def squeeze(x: Array, axis: int) -> Array:
        """Remove ``axis``."""
        return tf.squeeze(x, [axis])

    @staticmethod
    def take(x: Array, indices: Array, axis: int = 0) -> Array:
        """Slices along ``axis``."""
        return tf.gather(x, indices, axis=axis)

    @staticmethod
    def take_along_axis(x: Array, indices: Array, axis: int = -1) -> Array:
        """Entries along ``axis``, which is gathered as the last one."""
        last = x.shape.rank - 1
        axis %= x.shape.rank
        if axis == last:
            return tf.gather(x, indices, axis=-1, batch_dims=last)
        order = [k for k in range(last + 1) if k != axis] + [axis]
        entries = tf.gather(
            tf.transpose(x, order), tf.transpose(indices, order), axis=-1, batch_dims=last
        )
        return tf.transpose(entries, [order.index(k) for k in range(last + 1)])

    @staticmethod
    def unstack(x: Array, axis: int = 0) -> Sequence[Array]:
        """The slices along ``axis``."""
        slices: Sequence[Array] = tf.unstack(x, axis=axis)
        return slices

    @staticmethod
    def zeros(shape: tuple[int, ...], like: Array) -> Array:
        """Zeros of the dtype of ``like``."""
        return tf.zeros(shape, like.dtype)
