"""Compiling what runs a few times and is never timed."""

from __future__ import annotations

import functools

import jax

#: Nothing is optimised, and a CPU's code comes from XLA's older generator: a third of the time.
WANTED: dict[str, str | bool] = {
    "xla_backend_optimization_level": "0",
    "xla_cpu_use_fusion_emitters": False,
}


@functools.cache
def quick_options() -> dict[str, str | bool]:
    """Return compiler options for the same graph sooner; XLA's releases come and go with them."""
    return {name: value for name, value in WANTED.items() if known(name, value)}


def known(name: str, value: str | bool) -> bool:
    """Return whether this release of XLA has the option ``name``."""
    try:
        jax.jit(lambda: 0).lower().compile({name: value})
    except jax.errors.JaxRuntimeError:
        return False
    return True
