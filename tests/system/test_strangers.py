import os
import signal
import sys
import time
from pathlib import Path

import pytest

from rnnbench.system import strangers


@pytest.fixture
def ours():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background ignores it
    with strangers.process_is_ours():
        yield
    signal.signal(signal.SIGINT, before)


def test_elsewhere_nothing_is_changed_and_nothing_rehearsed(capfd):
    with strangers.in_hand("nobody"):
        print("told")
    assert capfd.readouterr().out == "told\n"
    assert strangers.rehearse([lambda: os._exit(3)]) == {}
    assert strangers.is_interruption(KeyboardInterrupt())


@pytest.mark.usefixtures("ours")
def test_what_is_printed_is_set_aside_and_all_is_as_before(capfd):
    before = sys.stdout, sys.stderr, Path.cwd(), signal.getsignal(signal.SIGTERM)
    with strangers.in_hand("somebody"):
        print("never")
        os.write(1, b"never")
        os.chdir("/")
        sys.stdout = None
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with strangers.in_hand("somebody else"):
            os.write(2, b"never")
    print("told")
    assert (*before,) == (sys.stdout, sys.stderr, Path.cwd(), signal.getsignal(signal.SIGTERM))
    assert capfd.readouterr() == ("told\n", "")


@pytest.mark.usefixtures("ours")
def test_leaving_is_an_exception():
    with pytest.raises(SystemExit, match=r"os\._exit\(3\)"), strangers.in_hand("somebody"):
        os._exit(3)


@pytest.mark.usefixtures("ours")
def test_only_the_user_interrupts():
    with pytest.raises(KeyboardInterrupt) as raised, strangers.in_hand("somebody"):
        raise KeyboardInterrupt
    assert not strangers.is_interruption(raised.value)
    with pytest.raises(KeyboardInterrupt) as raised, strangers.in_hand("somebody"):
        os.kill(os.getpid(), signal.SIGINT)
    assert strangers.is_interruption(raised.value)


@pytest.mark.usefixtures("ours")
def test_one_that_swallows_the_users_interruption_does_not_keep_it():
    after = []
    with pytest.raises(KeyboardInterrupt), strangers.in_hand("somebody"):  # noqa: PT012
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except BaseException:
            after.append("goes on")
    assert after == ["goes on"]


@pytest.mark.usefixtures("ours")
def test_who_would_end_the_program_is_found_and_the_others_are_tried(monkeypatch, tmp_path):
    monkeypatch.setattr(strangers, "LONGEST", 1)
    acts = [
        lambda: (tmp_path / "first").touch(),
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: time.sleep(60),
        lambda: 1 / 0,
        lambda: os.execv("/bin/true", ["true"]),
        lambda: (tmp_path / "last").touch(),
    ]
    assert strangers.rehearse(acts) == {
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

    assert strangers.rehearse([fork]) == {}
    time.sleep(0.8)
    assert list(tmp_path.iterdir()) == []
