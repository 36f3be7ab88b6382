import os
import signal

import pytest

from rnnbench.system.processes import signals
from rnnbench.system.processes.signals import SIGNALS, Interruption, how_ended


@pytest.fixture
def told():
    """What the user was told."""
    return []


@pytest.fixture
def interruption(told):
    """An interruption where no signal is ignored, as all are in a shell's background."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in SIGNALS}
    with Interruption(told.append) as interruption:
        yield interruption
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number=signal.SIGINT):
    os.kill(os.getpid(), number)


def test_the_signals_are_those_of_the_terminal_and_of_clusters():
    assert {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} == set(SIGNALS)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_the_first_signal_waits_for_what_must_not_be_interrupted(interruption, told, number):
    finished = []

    def play():
        with interruption.uninterrupted():
            send(number)
            finished.append(True)
        finished.append("never")

    with pytest.raises(KeyboardInterrupt):
        play()
    assert finished == [True]
    assert interruption.number == number
    assert len(told) == 1
    assert "once more to stop at once" in told[0]


@pytest.mark.parametrize("second", SIGNALS, ids=lambda number: number.name)
def test_the_second_signal_does_not_wait(interruption, told, second):
    finished = []

    def play():
        with interruption.uninterrupted():
            send(signal.SIGTERM)
            send(second)
            finished.append("never")

    with pytest.raises(KeyboardInterrupt):
        play()
    assert finished == []
    assert interruption.number == signal.SIGTERM
    assert len(told) == 1


def test_elsewhere_the_first_signal_does_not_wait(interruption, told):
    with interruption.uninterrupted():
        pass
    with pytest.raises(KeyboardInterrupt):
        send()
    assert told == []


def test_an_error_of_what_must_not_be_interrupted_comes_first(interruption):
    def play():
        with interruption.uninterrupted():
            send()
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        play()
    assert interruption.number == signal.SIGINT


def test_those_that_come_together_are_one(interruption, told):
    with pytest.raises(KeyboardInterrupt) as raised:
        send(signal.SIGTERM)
    for number in SIGNALS:  # which must not interrupt what the first has begun
        send(number)
    assert raised.value.number == interruption.number == signal.SIGTERM
    assert told == []


def test_one_that_comes_later_is_another(interruption, monkeypatch):
    monkeypatch.setattr(signals, "TOGETHER", 0.0)
    for number in (signal.SIGTERM, signal.SIGINT):
        with pytest.raises(KeyboardInterrupt):
            send(number)
    assert interruption.number == signal.SIGTERM


def test_ignored_signals_change_nothing(interruption, told):
    interruption.ignore()
    for number in SIGNALS:
        send(number)
    assert (interruption.number, told) == (None, [])


def test_handlers_are_as_before_afterwards(told):
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(ZeroDivisionError), Interruption(told.append) as interruption:  # noqa: PT012
        assert [signal.getsignal(number) for number in SIGNALS] != before
        interruption.ignore()
        raise ZeroDivisionError
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_signal_that_was_ignored_stays_so():
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruption(print) as interruption:
            os.kill(os.getpid(), signal.SIGHUP)
            assert interruption.number is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_how_a_process_has_ended_is_said_in_words():
    assert how_ended(0) == "with exit code 0"
    assert how_ended(-signal.SIGSEGV) == "by SIGSEGV"
    assert how_ended(-40) == "by signal 40"
