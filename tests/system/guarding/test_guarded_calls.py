import _thread
import builtins
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from rnnbench.system import guarding
from rnnbench.system.guarding import threads
from rnnbench.system.processes import tree


def test_elsewhere_nothing_is_changed_and_nothing_rehearsed(capfd):
    with guarding.in_hand("nobody"):
        print("told")
    assert capfd.readouterr().out == "told\n"
    assert guarding.rehearse([lambda: os._exit(3)]) == {}
    assert guarding.is_interruption(KeyboardInterrupt())


@pytest.mark.usefixtures("ours")
def test_what_is_printed_is_set_aside_and_all_is_as_before(capfd):
    before = sys.stdout, sys.stderr, Path.cwd(), signal.getsignal(signal.SIGTERM)
    with guarding.in_hand("somebody"):
        print("never")
        os.write(1, b"never")
        os.chdir("/")
        sys.stdout = None
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with guarding.in_hand("somebody else"):
            os.write(2, b"never")
    print("told")
    assert (*before,) == (sys.stdout, sys.stderr, Path.cwd(), signal.getsignal(signal.SIGTERM))
    assert capfd.readouterr() == ("told\n", "")


@pytest.mark.usefixtures("ours")
def test_built_in_names_are_put_back_after_each_of_several():
    mine, before = len, dict(vars(builtins))
    with guarding.in_hand("somebody"):
        with guarding.in_hand("another"):
            builtins.len = builtins.open = None
        assert vars(builtins) == before
    assert len is mine


@pytest.mark.usefixtures("ours")
def test_leaving_is_an_exception():
    with pytest.raises(SystemExit, match=r"os\._exit\(3\)"), guarding.in_hand("somebody"):
        os._exit(3)


@pytest.mark.usefixtures("ours")
def test_only_the_user_interrupts():
    with pytest.raises(KeyboardInterrupt) as raised, guarding.in_hand("somebody"):
        raise KeyboardInterrupt
    assert not guarding.is_interruption(raised.value)
    with pytest.raises(KeyboardInterrupt) as raised, guarding.in_hand("somebody"):
        os.kill(os.getpid(), signal.SIGINT)
    assert guarding.is_interruption(raised.value)


@pytest.mark.usefixtures("ours")
def test_one_that_swallows_the_users_interruption_does_not_keep_it():
    after = []
    with pytest.raises(KeyboardInterrupt), guarding.in_hand("somebody"):  # noqa: PT012
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except BaseException:
            after.append("goes on")
    assert after == ["goes on"]


@pytest.mark.usefixtures("ours")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_is_left_behind_does_not_end_the_program():
    with guarding.in_hand("somebody"):
        later = threading.Thread(target=lambda: (time.sleep(0.1), os._exit(0)))
        later.start()
    later.join()


@pytest.mark.usefixtures("ours")
def test_of_many_threads_that_are_left_behind_some_are_named(capfd):
    before, over = threads.count(), threading.Event()
    with guarding.in_hand("plugin odd"):
        for number in range(20):
            threading.Thread(target=over.wait, name=f"busy-{number}", daemon=True).start()
    over.set()
    while threads.count() > before:  # else the next test counts some of them
        time.sleep(0.001)
    told = "plugin odd leaves 20 threads behind (busy-0, busy-1, busy-2, ...): what is timed"
    assert capfd.readouterr().err.startswith(told)


@pytest.mark.usefixtures("ours")
def test_a_thread_that_is_left_behind_is_told(capfd, monkeypatch):
    begun, over = threading.Event(), threading.Event()
    with guarding.in_hand("plugin odd"):
        threading.Thread(target=over.wait, name="busy\x1b[2J", daemon=True).start()
    with guarding.in_hand("plugin raw"):
        _thread.start_new_thread(lambda: (begun.set(), over.wait()), ())
        begun.wait()  # before that it is not counted
    monkeypatch.setattr(threads, "PATIENCE", 60)
    with guarding.in_hand("plugin good"):
        thread = threading.Thread(target=time.sleep, args=(0.01,))
        thread.start()
    over.set()
    odd, raw = capfd.readouterr().err.splitlines()
    assert odd.startswith(r"plugin odd leaves a thread behind (busy\x1b[2J): what is timed may be")
    assert raw.startswith("plugin raw leaves a thread behind")


@pytest.mark.skipif(sys.platform != "linux", reason="who has started whom is known on Linux alone")
@pytest.mark.usefixtures("ours")
@pytest.mark.parametrize(
    "how", ["sleep 60 & echo $!", "setsid sleep 60 & echo $!", "echo $$; sleep 60"]
)
def test_processes_that_strangers_leave_behind_are_ended_and_told(how, capfd):
    with guarding.in_hand("plugin 'odd'"):
        shell = subprocess.Popen(["sh", "-c", how], stdout=subprocess.PIPE, text=True)
        left = int(shell.stdout.readline())
    shell.stdout.close()
    shell.wait()
    assert not psutil.pid_exists(left) or tree.is_zombie(left)
    told = "plugin 'odd' leaves a process behind, which is ended\n"
    assert capfd.readouterr().err == told


@pytest.mark.usefixtures("ours")
def test_a_process_that_was_there_before_stays(capfd):
    ours = subprocess.Popen(["sleep", "60"])
    with guarding.in_hand("plugin 'odd'"):
        subprocess.run(["true"], check=True)
    assert ours.poll() is None
    ours.kill()
    ours.wait()
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("ours")
def test_calls_leave_no_garbage_behind():
    """Of which a run that looks for garbage now and then alone would hold megabytes."""
    with guarding.in_hand("somebody"):
        pass
    gc.collect()
    for _ in range(20):
        with guarding.in_hand("somebody"):
            pass
    assert gc.collect() < 20
