import errno
import os
import resource
import subprocess
import sys

import pytest

from rnnbench.system import limits


@pytest.mark.parametrize(
    "text",
    [
        "MemoryError",
        "MemoryError: Unable to allocate 3.00 GiB for an array with shape (20000, 20000)",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "RuntimeError: DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes",
        "OSError: [Errno 12] Cannot allocate memory",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB",
        "XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory allocating 4096 bytes.",
        "OOM when allocating tensor with shape[1024,1024]",
    ],
)
def test_what_frameworks_say_when_memory_runs_out_is_understood(text):
    assert limits.out_of_memory(text)


@pytest.mark.parametrize(
    "text", ["", "RuntimeError: broken", "memory is fine", "no room in memory"]
)
def test_another_message_is_not_about_memory(text):
    assert not limits.out_of_memory(text)


def test_the_tail_of_a_log_is_its_end_since_a_worker_has_begun(tmp_path):
    log = tmp_path / "worker.log"
    log.write_bytes(b"an earlier worker\n" + b"x" * 10_000 + b"\xff the end")
    size = log.stat().st_size
    with log.open("rb") as file:
        log.unlink()
        os.mkfifo(log)  # which nobody ever writes to
        opened = file.fileno()
        assert limits.tail(opened).endswith("x� the end")
        assert len(limits.tail(opened)) == limits._TAIL
        assert limits.tail(opened, start=size - 3) == "end"
        assert limits.tail(opened, start=size + 3) == ""


def test_kills_are_summed_over_what_counts_them(tmp_path, monkeypatch):
    counters = [tmp_path / name for name in ("vmstat", "memory.events", "missing")]
    counters[0].write_text("pgfault 77\noom_kill 3\noom_kill_other 5\n")
    counters[1].write_text("oom 9\noom_kill 4\n")
    monkeypatch.setattr(limits, "_COUNTERS", counters)
    assert limits.oom_kills() == 7


def test_a_machine_that_counts_nothing_has_had_no_kills(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "_COUNTERS", [tmp_path / "missing"])
    assert limits.oom_kills() == 0


def run(code, **options):
    """Run Python in a process of its own, which can be limited."""
    command = [sys.executable, "-c", f"from rnnbench.system import limits\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_a_process_cannot_write_more_than_the_largest_file(tmp_path):
    ended = run(
        "limits.limit_files(1000)\n"
        "import os\n"
        "file = os.open('log', os.O_CREAT | os.O_WRONLY)\n"
        "print(os.write(file, bytes(5000)))\n"
        "try:\n"
        "    os.write(file, bytes(5000))\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n",
        cwd=tmp_path,
    )
    assert ended.stdout.split("\n")[:2] == ["1000", os.strerror(errno.EFBIG)]
    assert (tmp_path / "log").stat().st_size == 1000


def test_a_limit_of_the_user_that_is_lower_stays():
    ended = run(
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 5000))\n"
        "limits.limit_files(10_000)\n"
        "print(resource.getrlimit(resource.RLIMIT_FSIZE))\n"
    )
    assert ended.stdout == "(5000, 5000)\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere this limit holds for less")
def test_a_process_cannot_allocate_more_than_its_limit():
    ended = run(
        "limits.limit_memory(200 << 20)\nbytearray(20 << 20)\nprint('small')\nbytearray(400 << 20)"
    )
    assert ended.stdout == "small\n"
    assert limits.out_of_memory(ended.stderr)


def test_this_process_is_not_limited():
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != limits.LARGEST_FILE
