import errno
import os
import resource
import signal
import subprocess
import sys

import pytest

from rnnbench.system.processes import limits


class OutOfMemoryError(RuntimeError):
    """As PyTorch has it."""


class XlaRuntimeError(RuntimeError):
    """As JAX has it."""


class ResourceExhaustedError(Exception):
    """As TensorFlow has it."""


def raised_from(cause):
    error = ValueError("a task raises")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        MemoryError("Unable to allocate 3.00 GiB for an array with shape (20000, 20000)"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory"
        ),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        RuntimeError("can't start new thread"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        XlaRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 4096 bytes."),
        ResourceExhaustedError("OOM when allocating tensor with shape[1024,1024]"),
        raised_from(MemoryError()),
    ],
    ids=repr,
)
def test_an_error_of_memory_that_ran_out_is_understood(error):
    assert limits.is_out_of_memory(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("broken"),
        ValueError("out of memory"),
        ValueError("MemoryError: cannot allocate memory"),
        KeyError("std::bad_alloc"),
        RuntimeError("the file of memories: out of memory tests"),
        XlaRuntimeError("INVALID_ARGUMENT: not RESOURCE_EXHAUSTED"),
        OSError(errno.ENOSPC, "Cannot allocate memory"),
        raised_from(ValueError("MemoryError")),
    ],
    ids=repr,
)
def test_another_error_is_not_whatever_it_says(error):
    assert not limits.is_out_of_memory(error)


@pytest.mark.parametrize(
    "text",
    [
        "MemoryError",
        "Traceback ...\nMemoryError: Unable to allocate 3.00 GiB for an array",
        "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 3.00 GiB",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "Aborted\n  what():  std::bad_alloc",
        "RuntimeError: [enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate",
        "OSError: [Errno 12] Cannot allocate memory",
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB",
        "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory",
        "2026-01-01 W tensorflow/x.cc: OOM when allocating tensor with shape[1024,1024]",
        "OpenBLAS error: Memory allocation still failed after 10 retries, giving up.",
        "OpenBLAS blas_thread_init: pthread_create() failed for thread 1 of 2",
    ],
)
def test_last_words_about_memory_are_understood(text):
    assert limits.ended_without_memory(text, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RuntimeError: broken",
        "memory is fine",
        "no room in memory",
        "ValueError: out of memory",
        "a test of MemoryError",
        "MemoryError: caught\n" + "a line\n" * 20 + "Segmentation fault",
    ],
)
def test_other_last_words_are_not_about_memory(text):
    assert not limits.ended_without_memory(text, 1)


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
    command = [sys.executable, "-c", f"from rnnbench.system.processes import limits\n{code}"]
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
    assert limits.ended_without_memory(ended.stderr, ended.returncode)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere this limit holds for less")
def test_a_lower_limit_of_the_users_is_kept():
    ended = run(
        "import resource\n"
        "for size in (300 << 20, 400 << 20, 200 << 20):\n"
        "    limits.limit_memory(size)\n"
        "    print(resource.getrlimit(resource.RLIMIT_DATA)[1] >> 20)"
    )
    assert ended.stdout.split() == ["300", "300", "200"]


def test_this_process_is_not_limited():
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != limits.LARGEST_FILE


def test_a_crash_after_an_error_that_was_caught_is_no_lack_of_memory():
    log = "MemoryError: too much\nrecovered, going on\n"
    assert limits.ended_without_memory(log, 1)
    assert limits.ended_without_memory(log, -signal.SIGABRT)
    assert not limits.ended_without_memory(log, -signal.SIGSEGV)
    assert limits.ended_without_memory(
        "terminate called: bad_alloc\nMemoryError\n", -signal.SIGSEGV
    )


@pytest.mark.parametrize(
    ("number", "option", "limit"),
    [(errno.EMFILE, "-n", resource.RLIMIT_NOFILE), (errno.EAGAIN, "-u", resource.RLIMIT_NPROC)],
)
def test_what_a_limit_of_the_users_refuses_names_it(number, option, limit):
    most, _ = resource.getrlimit(limit)
    told = limits.refusal(OSError(number, "not now"))
    assert told == f"not now: ulimit {option} {most}, which would have to be more"
    assert limits.refusal(OSError(errno.ENOENT, "not there")) == "not there"
