"""Description of this computer."""

from __future__ import annotations

import datetime
import functools
import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from rnnbench.schema.machine import Machine
from rnnbench.system.nvidia import nvidia_smi
from rnnbench.text import plain

#: The environment variables that frameworks and their libraries read, without those that name
#: places, which are private. TF_ alone would not do: Terraform's variables, secrets too, begin so.
SETTINGS = re.compile(
    r"(?!.*_(HOME|DIR|PATH|FILE|CACHE)$)"
    r"((XLA|JAX|TORCH|TORCHINDUCTOR|PYTORCH|OMP|KMP|GOMP|MKL|OPENBLAS|BLIS|ONEDNN|DNNL|CUBLAS|CUDNN)_"
    r"|TF_(CPP|CUDNN|DETERMINISTIC|DISABLE|ENABLE|FORCE|GPU|NUM|USE|XLA)_|NVIDIA_TF32_OVERRIDE$)"
)


def describe() -> Machine:
    """Describe the machine as it is now."""
    from rnnbench.system.threads import available

    return Machine(
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        cpu=cpu_name(),
        cpus=available(),
        memory_gib=round(memory() / 2**30, 1),
        load=load(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        gpus=gpus(),
    )


@functools.cache  # thousands of comparisons ask, and each answer is read from /proc
def memory() -> int:
    """Return the bytes of memory there are, 0 where nothing tells."""
    try:
        return int(psutil.virtual_memory().total)
    except (OSError, ValueError, psutil.Error):  # without /proc
        return 0


def load() -> float | None:
    """Return the load average of the last minute, None where nothing tells."""
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):  # without /proc, and on some systems
        return None


def gpus() -> list[str]:
    """Return the name and the driver of each NVIDIA GPU, as ``nvidia-smi`` states them."""
    return [line.strip() for line in nvidia_smi("--query-gpu=name,driver_version") or []]


def node() -> str:
    """Return what this machine is called: by Slurm, which may have several on one, or by itself."""
    return plain(os.environ.get("SLURMD_NODENAME") or platform.node()) or "unknown"


def settings() -> dict[str, str]:
    """Return the variables of this process's environment that change what frameworks compute."""
    found = sorted(os.environ.items())
    return {plain(name): plain(value) for name, value in found if SETTINGS.match(name)}


def cpu_name() -> str:
    """Return the processor's name as the system states it."""
    if sys.platform == "linux":
        with suppress(OSError):
            for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor() or platform.machine()


def now() -> str:
    """Return the time in UTC, ISO 8601, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
