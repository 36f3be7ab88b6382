import os
import resource
import signal
import subprocess
import sys
import time

import pytest
from remains import marked, remains

from rnnbench.system import guarding
from rnnbench.system.guarding import rehearsal


@pytest.mark.usefixtures("ours")
def test_who_would_end_the_program_is_found_and_the_others_are_tried(monkeypatch, tmp_path):
    monkeypatch.setattr(rehearsal, "LONGEST", 1)
    acts = [
        lambda: (tmp_path / "first").touch(),
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: time.sleep(60),
        lambda: 1 / 0,
        lambda: os.execv("/bin/true", ["true"]),
        lambda: (tmp_path / "last").touch(),
    ]
    assert guarding.rehearse(acts) == {
        1: "by SIGKILL",
        2: "it does not end within 1 s",
        4: "with exit code 0",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "last"]


@pytest.mark.usefixtures("ours")
def test_one_process_knows_of_all_up_to_the_first_who_would_end_the_program(tmp_path):
    acts = [
        lambda: 1 / 0,
        lambda: (tmp_path / "second").touch(),
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: (tmp_path / "last").touch(),
    ]
    assert guarding.rehearse_once(acts[:2]) == ["", ""]
    assert guarding.rehearse_once(acts) == ["", "", "by SIGKILL"]
    assert [path.name for path in tmp_path.iterdir()] == ["second"]


@pytest.mark.usefixtures("ours")
def test_nobody_is_left_of_a_rehearsal(tmp_path):
    def fork():
        if os.fork() == 0:
            time.sleep(0.5)
            (tmp_path / "left").touch()

    assert guarding.rehearse([fork]) == {}
    time.sleep(0.8)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("ours")
def test_what_can_not_be_put_back_is_an_end_too(monkeypatch):
    """An administrator may raise a limit again, so that here nobody may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lower = (soft, soft) if soft < hard else (soft - 1, soft - 1)
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    acts = [lambda: resource.prlimit(os.getpid(), resource.RLIMIT_NOFILE, lower), lambda: None]
    assert guarding.rehearse(acts) == {0: "it lowers what this process may use, for good"}


@pytest.mark.usefixtures("ours")
def test_a_priority_that_can_not_be_put_back_is_an_end_too(monkeypatch):
    """What is started would be timed with it."""
    monkeypatch.setattr(os, "setpriority", lambda *_: None)  # an administrator may
    told = "it lowers what this process may use, for good"
    assert guarding.rehearse([lambda: os.nice(1)]) == {0: told}


#: Calls strangers who take a minute, in a child, and has said so before.
SLOW = """
import sys, time
from pathlib import Path
from rnnbench.system import guarding
def act():
    Path(sys.argv[2]).touch()
    time.sleep(60)
with guarding.process_is_ours():
    guarding.rehearse([act]) if sys.argv[1] == "rehearse" else guarding.apart(act)
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="processes die with their parent on Linux alone"
)
@pytest.mark.parametrize("how", ["rehearse", "apart"])
def test_strangers_are_not_called_any_longer_than_whoever_asked_lives(tmp_path, how):
    environment, begun = marked(), tmp_path / "begun"
    process = subprocess.Popen([sys.executable, "-c", SLOW, how, begun], env=environment)
    while not begun.exists():
        assert process.poll() is None
        time.sleep(0.01)
    assert remains(environment, 0)
    process.kill()
    process.wait()
    assert remains(environment, 20) == []
