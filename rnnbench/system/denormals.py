"""Denormal numbers: flushed to zero in every worker alike.

JAX and TensorFlow flush them on a CPU by themselves, torch and NumPy do not, and a long backward
pass through vanishing gradients is then up to seven times slower: an unfair comparison. The
floating-point mode of a thread is inherited by the threads it starts, so it is set first thing in
a worker, before any library is imported. ``fesetenv`` of the C library loads the whole mode, which
needs no compiler.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from functools import cache
from typing import Any

#: By machine: the 32-bit word of glibc's ``fenv_t`` that holds the mode, and its flushing bits.
_MODES = {
    "x86_64": (7, 0x8040),  # MXCSR: flush-to-zero (bit 15), denormals-are-zero (bit 6)
    "aarch64": (0, 1 << 24),  # FPCR: flush-to-zero (bit 24)
}


def flush() -> None:
    """Flush denormals to zero in this thread and those it starts, where that is possible.

    See :func:`flushed` for whether it took effect.
    """
    mode = _MODES.get(platform.machine())
    if sys.platform != "linux" or mode is None:
        return
    word, bits = mode
    if environment := modes():
        environment[word] |= bits
        set_modes(environment)


def modes() -> Any:
    """Return the floating-point mode of this thread, how it rounds included; None if unknown."""
    environment, library = (ctypes.c_uint32 * 16)(), libm()
    return environment if library and library.fegetenv(environment) == 0 else None


def set_modes(environment: Any) -> None:
    """Put back what :func:`modes` has returned."""
    if environment and (library := libm()):
        library.fesetenv(environment)


@cache
def libm() -> ctypes.CDLL | None:
    """Return glibc's mathematics, None on another C library, whose layout is not known.

    Opened once: each time it would be a class of its own, which stays until garbage is looked for.
    """
    try:
        return ctypes.CDLL("libm.so.6")
    except OSError:
        return None


def flushed() -> bool:
    """Return whether NumPy's arithmetic in this thread flushes denormals."""
    import numpy as np

    smallest = np.array([1.1754944e-38], np.float32)  # the smallest normal number
    return bool((smallest * np.float32(0.5))[0] == 0)
