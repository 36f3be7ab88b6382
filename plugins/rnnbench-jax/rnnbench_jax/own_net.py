"""A user's own net: a pair of pure functions, or a module of Equinox or Flax."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from rnnbench import OwnKernel, OwnNetError, Problem, net_kind, unfit_net

#: What is told where a net is none of them.
TAKES = "a pair of pure functions (init(rng), apply(params, xs)), an Equinox or a Flax module (nnx)"


class Drawn(NamedTuple):
    """A net with its parameters.

    Attributes:
        name: what it is called in the table.
        params: a tree of arrays.
        apply: computes the outputs, given such a tree and what the net is applied to.
    """

    name: str
    params: Any
    apply: Callable[..., Any]


class OwnTree(OwnKernel):
    """A pure function of a tree of parameters, whose leaves are trained by name."""

    def __init__(
        self,
        factory: Callable[..., Any],
        problem: Problem,
        put: Callable[[Any], Any],
        scope: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.factory, self.problem, self.put, self.scope = factory, problem, put, scope
        drawn = self._drawn(0)
        self.kernel = drawn.name
        leaves, self.tree = jax.tree.flatten_with_path(drawn.params)
        self.names = [jax.tree_util.keystr(path, simple=True, separator="/") for path, _ in leaves]
        self.function = drawn.apply
        check_leaves(self.names, [leaf for _, leaf in leaves])

    def initial(self, seed: int) -> dict[str, np.ndarray]:
        """Draw the tree by JAX's generator."""
        leaves = jax.tree.leaves(self._drawn(seed).params)
        arrays = [np.array(leaf, np.float64) for leaf in leaves]
        return dict(zip(self.names, arrays, strict=True))

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, Any]:
        """Put the leaves by name."""
        packed: dict[str, Any] = self.put({name: params[name] for name in self.names})
        return packed

    def apply(self, params: Any, *arrays: Any, **options: Any) -> Any:
        """Call the function with the tree."""
        tree = jax.tree.unflatten(self.tree, [params[name] for name in self.names])
        return self.function(tree, *arrays)

    def _drawn(self, seed: int) -> Drawn:
        with self.scope():
            return drawn(self.factory, self.problem, seed)


def drawn(factory: Callable[..., Any], problem: Problem, seed: int) -> Drawn:
    """Return what a factory makes, given what it asks for by name: ``key``, or ``rngs`` of Flax.

    Raises:
        OwnNetError: if it is of no known kind.
    """
    made = factory(problem, **randomness(factory, seed))
    match net_kind(made):
        case "function pair":
            init, apply = made
            return Drawn("pure functions", init(jax.random.key(seed)), apply)
        case "equinox":
            return of_equinox(made)
        case "flax":
            return of_flax(made)
    raise unfit_net(made, "jax", TAKES)


def randomness(factory: Callable[..., Any], seed: int) -> dict[str, Any]:
    """Return the arguments that a factory has for its random numbers."""
    # Of a class its own: libraries make classes whose call takes anything.
    made_by: Any = vars(factory).get("__init__", factory) if isinstance(factory, type) else factory
    asked = inspect.signature(made_by).parameters
    found: dict[str, Any] = {}
    if "key" in asked:
        found["key"] = jax.random.key(seed)
    if "rngs" in asked:
        from flax import nnx

        found["rngs"] = nnx.Rngs(seed)
    return found


def of_equinox(module: Any) -> Drawn:
    """Return an Equinox module: its arrays of real numbers are trained, all else stays."""
    leaves, tree = jax.tree.flatten(module)
    trained = [k for k, leaf in enumerate(leaves) if is_real(leaf)]

    def apply(params: Any, *arrays: Any) -> Any:
        whole = list(leaves)
        for k, leaf in zip(trained, params, strict=True):
            whole[k] = leaf
        return jax.tree.unflatten(tree, whole)(*arrays)

    return Drawn(f"{type(module).__name__} (Equinox)", [leaves[k] for k in trained], apply)


def of_flax(module: Any) -> Drawn:
    """Return a module of Flax's nnx; its variables other than parameters stay as they are.

    Raises:
        OwnNetError: for a module of ``flax.linen``, which has no parameters of its own.
    """
    from flax import nnx

    if not isinstance(module, nnx.Module):
        raise OwnNetError("it makes a module of flax.linen: give its init and apply as a pair")
    module.eval()  # a dropout would draw the same mask in each step
    split: Any = nnx.split(module, nnx.Param, ...)
    graph, params, rest = split

    def apply(params: Any, *arrays: Any) -> Any:
        own = jax.tree.map(lambda leaf: leaf, rest)  # nnx.RNN counts what it draws, within a trace
        return nnx.merge(graph, params, own)(*arrays)

    return Drawn(f"{type(module).__name__} (Flax)", params, apply)


def is_real(leaf: Any) -> bool:
    """Return whether a leaf is an array of real numbers."""
    return isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jnp.floating)


def check_leaves(names: list[str], leaves: list[Any]) -> None:
    """Raise OwnNetError where there is nothing to be trained, or what can't be."""
    if not leaves:
        raise OwnNetError("it has no parameters that are trained")
    for name, leaf in zip(names, leaves, strict=True):
        if not jnp.issubdtype(jnp.asarray(leaf).dtype, jnp.floating):
            raise OwnNetError(f"its parameter {name} is of {jnp.asarray(leaf).dtype}, not real")
