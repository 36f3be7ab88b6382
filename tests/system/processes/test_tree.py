"""Who has started whom."""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from rnnbench.system.processes import bonds, tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody has children")
#: A process with a child and a grandchild, which tell their numbers.
FAMILY = """
import os, time
for _ in range(2):
    if os.fork():
        break
os.write(1, b"%d\\n" % os.getpid())
time.sleep(60)
"""
#: Leaves an orphan that tells its number.
ORPHAN = """
import os, time
if os.fork():
    os._exit(0)
os.write(1, b"%d\\n" % os.getpid())
time.sleep(60)
"""


@pytest.fixture
def told():
    """Start a script; return its process and the numbers it tells, which are ended afterwards."""
    processes, numbers = [], []

    def start(script, count):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        processes.append(process)
        numbers.extend(int(process.stdout.readline()) for _ in range(count))
        process.stdout.close()
        return process, numbers

    yield start
    for pid in numbers:
        os.kill(pid, 9)
        with suppress(ChildProcessError):  # it was never ours
            os.waitpid(pid, 0)
    for process in processes:
        process.wait()


def test_a_family_is_found(told):
    family, numbers = told(FAMILY, 3)
    below = tree.below(family.pid)
    assert {family.pid, *below} == set(numbers)
    assert tree.children(family.pid) == below[:1]
    assert tree.children(below[0]) == below[1:]
    assert tree.children(below[1]) == []
    assert tree.session(below[1]) == os.getsid(0)


def test_children_of_threads_are_children():
    def start():
        started.append(subprocess.Popen(["sleep", "60"]))
        done.wait()

    started, done = [], threading.Event()
    thread = threading.Thread(target=start)
    thread.start()
    while not started:
        pass
    assert started[0].pid in tree.children(os.getpid())
    assert started[0].pid not in tree.orphans()
    done.set()
    thread.join()
    started[0].kill()
    started[0].wait()


def test_orphans_are_adopted_for_as_long_as_anybody_wants_them(told):
    bonds.adopt_orphans()
    bonds.adopt_orphans()
    bonds.release()
    process, numbers = told(ORPHAN, 1)
    process.wait()
    assert numbers[0] in tree.orphans()
    bonds.release()
    process, numbers = told(ORPHAN, 1)
    process.wait()
    assert numbers[1] not in tree.children(os.getpid())


def test_what_was_started_here_is_no_orphan(monkeypatch):
    with subprocess.Popen(["sleep", "60"]) as process:
        assert process.pid in tree.orphans()
        monkeypatch.setattr(tree, "OWN", {process.pid})
        assert process.pid not in tree.orphans()
        process.kill()


def test_a_process_that_is_not_there_has_nothing():
    assert tree.below(2**31 - 1) == []
    assert tree.session(2**31 - 1) is None
    assert not tree.is_zombie(2**31 - 1)
    tree.reap(2**31 - 1)


def test_a_stopped_child_dies_with_its_parent():
    child = "import os, signal, time; from rnnbench.system.processes import bonds;"
    child += "bonds.die_with_parent();"
    child += "print(os.getpid(), flush=True); os.kill(os.getpid(), signal.SIGSTOP); time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE)
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate()  # until nobody holds its output open
    deadline = time.monotonic() + 5
    while (alive := tree.session(pid) and not tree.is_zombie(pid)) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.01)
    assert not alive
