"""Whatever workers start is suspended, resumed and ended with them, and nobody else is."""

import os
import signal
import subprocess
import sys
import uuid

import escapes
import pytest
from escaping import ESCAPES, GOOD, Parent, alive, begin, gone
from specimens import COMPARISON

from rnnbench.running.workers.orphans import Strays
from rnnbench.running.workers.pool import Pool
from rnnbench.running.workers.watchdog import Watchdog
from rnnbench.schema.messages.timing import Prepare, Prepared
from rnnbench.system.processes import tree
from rnnbench.system.processes.marks import MARK

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only marks are known")


@pytest.fixture
def pipes(fake, tmp_path, monkeypatch):
    """Make the pipes of the kinds that a test is for."""
    made = []

    def make(*kinds):
        folder = tmp_path / f"pipes-{len(made)}"
        folder.mkdir()
        monkeypatch.setenv(escapes.VARIABLE, str(folder))
        made.append(escapes.Pipes(folder, kinds))
        return made[-1]

    yield make
    for one in made:
        one.close()  # whoever is left ends when it writes


@pytest.fixture
def bystanders(monkeypatch):
    """Children of this process that have nothing to do with any run, or belong to another one."""
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    another = os.environ | {MARK: f"{uuid.uuid4().hex}.1"}
    started = [
        subprocess.Popen(sleep),
        subprocess.Popen(sleep, start_new_session=True),
        subprocess.Popen(sleep, start_new_session=True, env=another),
    ]
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_what_a_worker_starts_runs_and_rests_and_ends_with_it(pipes, tmp_path, bystanders):
    kinds, before = pipes(*escapes.KINDS), set(tree.children(os.getpid()))
    pool = begin(tmp_path, [ESCAPES])
    worker = pool._workers[ESCAPES]
    assert kinds.running() == set()
    worker._resume()
    assert kinds.run() == kinds.ends.keys()
    worker.suspend()
    assert kinds.running() == set()
    worker.end()
    assert kinds.left() == set()
    assert [process.poll() for process in bystanders] == [None] * 3
    pool.close()
    assert [process.poll() for process in bystanders] == [None] * 3
    assert set(tree.children(os.getpid())) == before


def test_orphans_of_others_are_no_strays(tmp_path, bystanders):
    daemon = "import os, time; os.setsid(); os.fork() and os._exit(0); time.sleep(60)"
    pool = Pool([], 1, tmp_path, 60, strays=Strays(pytest.fail))
    pool.open([GOOD])
    before = set(tree.orphans())
    subprocess.run([sys.executable, "-c", daemon], check=True)
    (orphan,) = set(tree.orphans()) - before
    pool.ask(GOOD, Prepare(COMPARISON, "good", 0), Prepared)
    pool.close()
    assert alive(orphan)
    os.kill(orphan, signal.SIGKILL)
    os.waitpid(orphan, 0)


def test_what_bears_no_mark_at_all_is_stopped_and_told_and_ended_with_the_run(pipes, tmp_path):
    kinds = pipes(*escapes.MARKLESS)
    parent = Parent(tmp_path)
    assert kinds.running() == set()
    parent.ask("look around")
    told = parent.close()
    assert kinds.left() == set()
    assert len(told.splitlines()) == 1
    assert "which a worker has left" in told


@pytest.mark.parametrize("what", ["look around", "resume"], ids=["suspended", "running"])
def test_what_a_killed_parent_leaves_is_ended(pipes, tmp_path, what):
    kinds = pipes(*escapes.KINDS)
    parent = Parent(tmp_path)
    parent.ask(what)
    parent.kill()
    assert kinds.left(within=2.0) == set()
    assert all(map(gone, parent.workers))


def test_runs_side_by_side_leave_each_other_alone(pipes, tmp_path):
    few = ("daemon", "emptied", "emptied_bomb", "forged")
    ones, one = pipes(*few), Parent(tmp_path)
    others, other = pipes(*few), Parent(tmp_path)
    other.ask("resume")
    one.ask("end")
    assert ones.left() == set()
    assert others.running() == set(few)
    one.kill()
    assert others.running() == set(few)
    other.close()
    assert others.left() == set()


def test_watchdogs_that_were_killed_or_stopped_are_replaced_or_resumed(pipes, tmp_path):
    kinds = pipes(*escapes.KINDS)
    parent = Parent(tmp_path)
    watchdogs = set(parent.watchdogs)
    for number in (1, 2):
        parent.kill_watchdogs(number)
        parent.ask("look around")
        watchdogs |= set(parent.watchdogs)
    assert len(watchdogs) == 5
    os.kill(parent.watchdogs[0], signal.SIGSTOP)
    parent.ask("look around")
    assert set(parent.watchdogs) <= watchdogs
    parent.kill()
    assert kinds.left(within=2.0) == set()
    assert all(map(gone, [*parent.workers, *parent.watchdogs]))


def test_watchdogs_do_their_work_though_one_is_killed_and_the_other_stopped(pipes, tmp_path):
    kinds = pipes(*escapes.KINDS)
    parent = Parent(tmp_path)
    parent.kill_watchdogs(1)
    os.kill(parent.watchdogs[0], signal.SIGSTOP)
    parent.kill()
    assert kinds.left(within=2.0) == set()
    assert all(map(gone, [*parent.workers, *parent.watchdogs]))


def test_suspended_workers_die_with_their_parent_even_without_a_watchdog(pipes, tmp_path):
    pipes()
    parent = Parent(tmp_path)
    parent.kill_watchdogs()
    parent.kill()
    assert len(parent.workers) == 2
    assert all(map(gone, parent.workers))


def test_a_look_at_a_worker_without_descendants_finds_none(fake, tmp_path):
    pool = Pool([], 1, tmp_path, 60)
    pool.open([GOOD])
    worker = pool._workers[GOOD]
    for _ in range(100):
        worker._resume()
        worker.suspend()
        pool._look_around()
    pool.close()
    assert worker.known == set()


def test_a_watchdog_knows_whether_it_lives():
    watchdog = Watchdog(uuid.uuid4().hex)
    assert watchdog.wake()
    os.kill(watchdog._process.pid, signal.SIGKILL)
    watchdog._process.wait()
    assert not watchdog.wake()
    watchdog.dismiss()
