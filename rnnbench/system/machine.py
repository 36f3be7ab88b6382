"""Description of this computer."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import psutil

from rnnbench.schema.machine import Machine
from rnnbench.system.nvidia import nvidia_smi

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
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        gpus=gpus(),
    )


def gpus() -> list[str]:
    """Return the name and the driver of each NVIDIA GPU, as ``nvidia-smi`` states them."""
    return [line.strip() for line in nvidia_smi("--query-gpu=name,driver_version") or []]


def settings() -> dict[str, str]:
    """Return the variables of this process's environment that change what frameworks compute."""
    return {name: value for name, value in sorted(os.environ.items()) if SETTINGS.match(name)}


def cpu_name() -> str:
    """Return the processor's name as the system states it."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor() or platform.machine()


def now() -> str:
    """Return the time in UTC, ISO 8601, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
