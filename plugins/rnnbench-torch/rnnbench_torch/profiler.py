"""PyTorch's profiler."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch.profiler import ProfilerActivity

from rnnbench import Profile

#: What a GPU does; where it does something, the operators on the CPU only ask for it.
ON_GPU = frozenset({"kernel", "gpu_memcpy", "gpu_memset"})
ON_CPU = frozenset({"cpu_op"})


def profile(work: Callable[[], None], device: torch.device) -> Profile:
    """Run ``work`` and return the operators of a CPU or the kernels of a GPU."""
    activities = [ProfilerActivity.CPU]
    if device.type != "cpu":
        activities.append(ProfilerActivity.CUDA)
    with torch.profiler.profile(activities=activities) as seen:
        work()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace.json"
        seen.export_chrome_trace(str(file))
        events = json.loads(file.read_bytes())["traceEvents"]
    kinds = ON_CPU if device.type == "cpu" else ON_GPU

    def operation(event: Mapping[str, Any]) -> str | None:
        return str(event["name"]) if event.get("cat") in kinds else None

    return Profile(events, operation)
