"""Whether ``torch.compile`` can compile here, asked before anything is timed."""

from __future__ import annotations

import inspect
import platform

import torch

from rnnbench import Unsupported


def require_compiler(device: torch.device) -> None:
    """Return if ``torch.compile`` has what it needs for code on ``device``.

    Raises:
        Unsupported: if it does not support this Python, if it can't keep the graphs of one step
            apart from those of another (before PyTorch 2.13), or if there is no C++ compiler for
            the CPU, or no Triton for a GPU.
    """
    if "isolate_recompiles" not in inspect.signature(torch.compile).parameters:
        version = torch.__version__
        raise Unsupported(
            f"torch.compile has no isolate_recompiles in PyTorch {version}, but in 2.13"
        )
    # Imported late: they take more than a second, which only this variant should pay.
    from torch._dynamo.eval_frame import is_dynamo_supported
    from torch._inductor.cpp_builder import get_cpp_compiler
    from torch._inductor.exc import InvalidCxxCompiler
    from torch.utils._triton import has_triton

    if not is_dynamo_supported():
        raise Unsupported(f"torch.compile does not support Python {platform.python_version()}")
    if device.type == "cpu":
        try:
            get_cpp_compiler()
        except InvalidCxxCompiler:
            raise Unsupported(
                "torch.compile found no C++ compiler; install g++, or name one in CXX"
            ) from None
    elif not has_triton():
        raise Unsupported("torch.compile found no Triton that can use this GPU")


def compilations() -> int:
    """Return how many graphs ``torch.compile`` has compiled in this process."""
    from torch._dynamo.utils import counters

    return counters["stats"]["unique_graphs"]
