import os
import resource
import signal
import time

import pytest

from rnnbench.system import third_party
from rnnbench.system.third_party import rehearsal


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
    assert third_party.rehearse(acts) == {
        1: "by SIGKILL",
        2: "it does not end within 1 s",
        4: "with exit code 0",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "last"]


@pytest.mark.usefixtures("ours")
def test_nobody_is_left_of_a_rehearsal(tmp_path):
    def fork():
        if os.fork() == 0:
            time.sleep(0.5)
            (tmp_path / "left").touch()

    assert third_party.rehearse([fork]) == {}
    time.sleep(0.8)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("ours")
def test_what_can_not_be_put_back_is_an_end_too(monkeypatch):
    """An administrator may raise a limit again, so that here nobody may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lower = (soft, soft) if soft < hard else (soft - 1, soft - 1)
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    acts = [lambda: resource.prlimit(os.getpid(), resource.RLIMIT_NOFILE, lower), lambda: None]
    assert third_party.rehearse(acts) == {0: "it lowers what this process may use, for good"}
