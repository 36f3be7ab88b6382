import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "side_by_side.py"


def side_by_side(*commands):
    return subprocess.run(
        [sys.executable, str(SCRIPT), *commands], capture_output=True, text=True, timeout=60
    )


def test_two_run_at_once_and_the_third_after_them(tmp_path):
    """The first two wait for each other's file; the third finds both."""
    await_other = "sh -c 'touch {0}; while [ ! -e {1} ]; do sleep 0.01; done'"
    first, second = tmp_path / "first", tmp_path / "second"
    ended = side_by_side(
        await_other.format(first, second), await_other.format(second, first), f"ls {tmp_path}"
    )
    assert ended.returncode == 0
    assert "first\nsecond\n" in ended.stdout


def test_all_run_and_what_failed_is_named_last():
    ended = side_by_side("sh -c 'echo bad >&2; exit 3'", "false", "echo good")
    assert ended.returncode == 1
    assert "bad\n$ sh -c 'echo bad >&2; exit 3': exit code 3, " in ended.stdout
    assert "good\n$ echo good: exit code 0, " in ended.stdout
    assert sorted(ended.stdout.splitlines()[-2:]) == [
        "failed: false",
        "failed: sh -c 'echo bad >&2; exit 3'",
    ]
