import os
import subprocess
import sys

from rnnbench.system.guarding import in_hand, watched
from rnnbench.system.guarding.note import Note

CALLS = """
import os, sys
from rnnbench.system import guarding
from rnnbench.system.guarding import watched
watched.watch(int(sys.argv[1]))
with guarding.in_hand("a backend", "a turn"):
    with guarding.in_hand("a task", "testing()"):
        pass
    {}
"""


def told(ends):
    """Return what a child has told of whom it called, and how it ended."""
    shared = watched.memory_to_share()
    note = Note(shared)
    command = [sys.executable, "-c", CALLS.format(ends), str(shared)]
    ended = subprocess.run(command, pass_fds=[shared], check=False, capture_output=True)
    os.close(shared)
    return ended.returncode, note.read()


def test_who_was_called_outlives_the_process():
    assert told("os._exit(3)") == (3, "a backend: a turn")
    assert told("sys.exit(4)") == (4, "a backend: a turn")
    assert told("os.kill(os.getpid(), 9)") == (-9, "a backend: a turn")
    assert told("guarding.in_hand('a cell', 'step()').__enter__(); os._exit(1)") == (
        1,
        "a cell: step()",
    )


def test_whoever_was_called_last_is_left():
    assert told("pass") == (0, "a backend: a turn")


def test_of_an_error_it_is_put_back():
    before = watched.tell("", "")
    try:
        with in_hand("a task", "measure()"):
            raise ValueError
    except ValueError:
        pass
    assert watched.tell(*before) == ("", "")


THREADS = """
import os, sys, threading, time
from rnnbench.system import guarding
guarding.keep_threads_from_exiting()
with guarding.process_is_ours():
    pass
thread = threading.Thread(target=os._exit, args=(3,))
thread.start()
thread.join()
if not os.fork():
    os._exit(4)
if os.waitstatus_to_exitcode(os.wait()[1]) == 4:
    os._exit(5)
"""


def test_a_thread_ends_itself_alone_and_the_main_one_all():
    assert subprocess.run([sys.executable, "-c", THREADS], check=False).returncode == 5
