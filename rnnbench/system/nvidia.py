"""Questions to ``nvidia-smi``, NVIDIA's tool for its GPUs."""

from __future__ import annotations

import subprocess


def nvidia_smi(*query: str, timeout: float = 10) -> list[str] | None:
    """Return the lines of an answer, as CSV without a header; None if the tool gives none.

    Args:
        query: the options of the question, as ``--query-gpu=name``.
        timeout: seconds to wait for the answer.
    """
    command = ["nvidia-smi", *query, "--format=csv,noheader"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=timeout
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.splitlines()
