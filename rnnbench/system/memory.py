"""The peak resident memory of this process."""

from __future__ import annotations

from pathlib import Path


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
