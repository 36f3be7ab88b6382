"""What this computer is, and the memory of a process."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil

from rnnbench.nvidia import nvidia_smi
from rnnbench.sampling import Count

#: What frameworks and their libraries read from the environment, without what names places, which
#: is nobody's affair. TF_ alone would not do: Terraform's variables, secrets too, begin so.
SETTINGS = re.compile(
    r"(?!.*_(HOME|DIR|PATH|FILE|CACHE)$)"
    r"((XLA|JAX|TORCH|TORCHINDUCTOR|PYTORCH|OMP|KMP|GOMP|MKL|OPENBLAS|BLIS|ONEDNN|DNNL|CUBLAS|CUDNN)_"
    r"|TF_(CPP|CUDNN|DETERMINISTIC|DISABLE|ENABLE|FORCE|GPU|NUM|USE|XLA)_|NVIDIA_TF32_OVERRIDE$)"
)


class Machine(msgspec.Struct, frozen=True):
    """The computer of a run.

    Attributes:
        system: operating system and release.
        cpu: the processor's name.
        cpus: how many this process may use.
        memory_gib: physical memory.
        load: the one-minute load average when the run began, None where there is none.
        python: the interpreter.
        gpus: the name and the driver of each NVIDIA GPU.
    """

    system: str
    cpu: str
    cpus: Count
    memory_gib: float
    load: float | None
    python: str
    gpus: list[str] = []


def describe() -> Machine:
    """Describe the machine as it is now."""
    from rnnbench.threads import available

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
    """Return the name and the driver of each NVIDIA GPU, as ``nvidia-smi`` tells."""
    return [line.strip() for line in nvidia_smi("--query-gpu=name,driver_version") or []]


def settings() -> dict[str, str]:
    """Return the variables of this process's environment that change what frameworks compute."""
    return {name: value for name, value in sorted(os.environ.items()) if SETTINGS.match(name)}


def cpu_name() -> str:
    """Return the processor's name as the system gives it."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor() or platform.machine()


def git_revision() -> str | None:
    """Return the commit of the checkout this package comes from, ``+`` for uncommitted changes.

    That is the checkout it lies in, or the current folder if that holds the very same modules.
    """
    package = Path(__file__).parent
    roots = (root for root in (package.parent, Path.cwd()) if _holds(root, package))
    return next(filter(None, map(_revision, roots)), None)


def _holds(root: Path, package: Path) -> bool:
    """Return whether ``root`` has the same modules as ``package``."""
    for module in package.rglob("*.py"):
        copy = root / package.name / module.relative_to(package)
        if not copy.is_file() or copy.read_bytes() != module.read_bytes():
            return False
    return True


def _revision(root: Path) -> str | None:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if not git("ls-files", "rnnbench/machine.py"):  # installed inside somebody else's checkout
            return None
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def now() -> str:
    """Return the time in UTC, ISO 8601, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def reset_peak_memory() -> bool:
    """Start the peak resident memory of this process afresh; return whether that was possible."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def peak_memory() -> int | None:
    """Return the peak resident bytes of this process since the reset, None where unknown."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), None)
    return int(line.split()[1]) * 1024 if line else None
