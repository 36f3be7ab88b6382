import os
import signal
import threading
import time
from contextlib import suppress

import psutil
import pytest

from rnnbench.errors import PluginError
from rnnbench.system import guarding
from rnnbench.system.guarding.owner import really_exit
from rnnbench.system.processes import tree


def test_elsewhere_nothing_is_called():
    assert guarding.apart(lambda: 1 / 0) is None


@pytest.mark.usefixtures("ours")
def test_what_is_returned_comes_from_another_process():
    assert guarding.apart(lambda: str(os.getpid()).encode()) != str(os.getpid()).encode()
    assert guarding.apart(lambda: b"") == b""
    assert guarding.apart(lambda: b"x" * (1 << 24)) == b"x" * (1 << 24)


@pytest.mark.usefixtures("ours")
def test_what_raises_is_left_to_be_called_here():
    assert guarding.apart(lambda: 1 / 0) is None


def test_with_debug_nothing_is_called_elsewhere():
    with guarding.process_is_ours(debug=True):
        assert guarding.apart(lambda: b"never") is None


@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(
    ("how", "told"),
    [
        (lambda: really_exit(0), "with exit code 0"),
        (lambda: really_exit(3), "with exit code 3"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "by SIGKILL"),
    ],
)
def test_who_ends_it_is_named(how, told):
    def call():
        with guarding.in_hand("somebody"):
            how()

    with pytest.raises(PluginError, match=f"^somebody has ended the program: {told}$"):
        guarding.apart(call)


@pytest.mark.usefixtures("ours")
def test_who_closes_its_files_is_named():
    def call():
        with guarding.in_hand("somebody", "check"):
            os.closerange(3, 256)

    def call_more():
        with suppress(PluginError):
            call()
        with guarding.in_hand("another"):
            pass

    told = r"^somebody: check has ended the program: by closing its files$"
    for each in (call, call_more):
        with pytest.raises(PluginError, match=told):
            guarding.apart(each)


@pytest.mark.usefixtures("ours")
def test_what_is_computed_in_a_child_is_its_own_kind_or_an_error():
    assert guarding.computed(lambda: [os.getpid()], list[int]) != [os.getpid()]
    with pytest.raises(PluginError, match="a plugin has spoilt what the program has computed"):
        guarding.computed(lambda: ["a text"], list[int])


@pytest.mark.usefixtures("ours")
def test_who_goes_on_after_another_is_named_again():
    def call():
        with guarding.in_hand("somebody", "its parts"):
            with guarding.in_hand("another"):
                pass
            really_exit(0)

    with pytest.raises(PluginError, match=r"^somebody: its parts has ended the program"):
        guarding.apart(call)


@pytest.mark.usefixtures("ours")
def test_nobody_is_left_and_nobody_is_waited_for():
    def call():
        if (child := os.fork()) == 0:
            time.sleep(60)
        return str(child).encode()

    begin = time.monotonic()
    child = int(guarding.apart(call))
    while psutil.pid_exists(child) and not tree.is_zombie(child):
        assert time.monotonic() - begin < 30
        time.sleep(0.01)
    assert time.monotonic() - begin < 30


@pytest.mark.usefixtures("ours")
def test_an_interruption_ends_it_and_lets_it_clear_away(tmp_path):
    def call():
        try:
            time.sleep(60)
        finally:
            (tmp_path / "cleared").touch()

    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        guarding.apart(call)
    timer.join()
    assert (tmp_path / "cleared").exists()


@pytest.mark.usefixtures("ours")
def test_a_call_that_never_ends_is_ended_and_named():
    def call():
        for number in range(3):  # each of which has its time
            with guarding.in_hand(f"task {number}"):
                time.sleep(0.6)
        with guarding.in_hand("task 'slow'", "remarks"):
            time.sleep(60)

    start = time.monotonic()
    with pytest.raises(PluginError, match=r"^task 'slow': remarks does not answer within 1\.5 s$"):
        guarding.apart(call, 1.5)
    assert time.monotonic() - start < 30


@pytest.mark.usefixtures("ours")
def test_a_child_whose_pipe_is_closed_may_still_answer():
    def call():
        os.closerange(3, 4096)
        return b"never written"

    with pytest.raises(PluginError, match="has ended the program"):
        guarding.apart(call)
