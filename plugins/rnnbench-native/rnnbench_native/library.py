"""The compiled kernels, loaded by ``ctypes``: see ``csrc/native.h`` for what each function does."""

from __future__ import annotations

import ctypes
import importlib.util
import os
from functools import cache
from pathlib import Path

from rnnbench import Unsupported

#: The folder of the C++ sources, for the bindings that are compiled at first use.
SOURCES = Path(__file__).parent / "csrc"


class Sequence(ctypes.Structure):
    """``struct Sequence``: the sizes of one call and the addresses of its arrays."""

    NUMBERS = ("cell", "bytes", "steps", "batch", "inputs", "hidden")
    POINTERS = (
        *("xs", "w_x", "w_h", "b", "b_hn", "h", "c", "mask"),
        *("ys", "tape", "h_last", "c_last"),
        *("d_ys", "d_h_last", "d_c_last"),
        *("d_xs", "d_w_x", "d_w_h", "d_b", "d_b_hn", "d_h", "d_c"),
    )
    _fields_ = [
        *((name, ctypes.c_long) for name in NUMBERS),
        *((name, ctypes.c_void_p) for name in POINTERS),
    ]


def path() -> Path:
    """Return where the compiled library is.

    Raises:
        Unsupported: if it was not built when this package was installed.
    """
    found = importlib.util.find_spec("rnnbench_native._kernels")
    if found is None or found.origin is None:
        raise Unsupported(
            "the native kernel was not built when rnnbench-native was installed: no C++ compiler "
            "that knows C++20 was found; install g++ and then rnnbench-native again"
        )
    return Path(found.origin)


@cache
def load() -> ctypes.CDLL:
    """Return the library, set to as many threads as this process may use.

    Raises:
        Unsupported: if it was not built when this package was installed.
    """
    library = ctypes.CDLL(str(path()))
    for name in ("rnnbench_forward", "rnnbench_backward"):
        getattr(library, name).argtypes = [ctypes.POINTER(Sequence)]
    library.rnnbench_tape_width.argtypes = [ctypes.c_long] * 3
    library.rnnbench_tape_width.restype = ctypes.c_long
    library.rnnbench_threads.restype = ctypes.c_long
    library.rnnbench_set_threads.argtypes = [ctypes.c_long]
    library.rnnbench_use_team.argtypes = [ctypes.c_void_p]
    library.rnnbench_instructions.restype = ctypes.c_char_p
    library.rnnbench_choose.argtypes = [ctypes.c_char_p]
    library.rnnbench_set_threads(threads())
    return library


def threads() -> int:
    """Return how many threads compute: what ``OMP_NUM_THREADS`` says, else one per usable CPU.

    A worker sets it as ``--threads`` says.
    """
    told = os.environ.get("OMP_NUM_THREADS", "")
    if told.isdecimal() and int(told):
        return int(told)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
