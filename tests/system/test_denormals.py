import platform
import subprocess
import sys

import pytest

from rnnbench.system import denormals

FLUSHES = sys.platform == "linux" and platform.machine() in denormals._MODES


def in_a_process(code):
    command = [sys.executable, "-c", f"from rnnbench.system import denormals\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_this_process_keeps_denormals():
    assert not denormals.flushed()


@pytest.mark.skipif(not FLUSHES, reason="can't be set here")
def test_flushing_holds_here_and_in_threads_started_later():
    code = """
denormals.flush()
from concurrent.futures import ThreadPoolExecutor
print(denormals.flushed(), ThreadPoolExecutor().submit(denormals.flushed).result())
"""
    assert in_a_process(code) == ["True", "True"]


@pytest.mark.parametrize("missing", ["platform.machine = lambda: 'vax'", "sys.platform = 'plan9'"])
def test_a_system_that_cannot_is_left_alone(missing):
    code = f"import platform, sys\n{missing}\ndenormals.flush()\nprint(denormals.flushed())"
    assert in_a_process(code) == ["False"]
