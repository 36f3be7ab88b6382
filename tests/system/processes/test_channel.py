"""Messages arrive whole or not at all, and every wait has an end."""

import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.system.processes import channel
from rnnbench.system.processes.channel import Channel, Silent

MESSAGES = st.lists(st.binary(max_size=50).map(lambda text: text.replace(b"\n", b"")))


@pytest.fixture
def ends():
    """A channel, and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), theirs


class Pieces:
    """A socket that hands on what it has been sent in pieces."""

    def __init__(self, pieces):
        self.pieces = list(pieces)

    def recv(self, size):
        return self.pieces.pop(0) if self.pieces else b""


def split(data, points):
    """Cut bytes at some points."""
    places = sorted({point % len(data) for point in points} - {0}) if data else []
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True) if a < b]


@given(messages=MESSAGES, points=st.lists(st.integers(0, 10**6)))
def test_messages_arrive_whole_wherever_they_are_split(messages, points):
    data = b"".join(message + b"\n" for message in messages)
    received = Channel(Pieces(split(data, points)))
    assert [received.receive() for _ in messages] == messages
    with pytest.raises(EOFError):
        received.receive()


def test_what_is_sent_is_received(ends):
    one, other = ends[0], Channel(ends[1])
    one.send(b"first")
    one.send(b"")
    one.send("zwölf".encode())
    assert [other.receive(timeout=5) for _ in range(3)] == [b"first", b"", "zwölf".encode()]


@pytest.mark.parametrize("sent", [b"", b"half a mess"])
def test_half_a_message_is_silence_in_time(ends, sent):
    one, other = ends
    other.sendall(sent)
    start = time.monotonic()
    with pytest.raises(Silent):
        one.receive(timeout=0.1)
    assert 0.1 <= time.monotonic() - start < 5


def test_a_message_that_comes_late_is_whole_all_the_same(ends):
    one, other = ends
    other.sendall(b"half a mess")
    with pytest.raises(Silent):
        one.receive(timeout=0)
    other.sendall(b"age\nand")
    assert one.receive(timeout=5) == b"half a message"


def test_the_end_comes_after_what_was_sent_before(ends):
    one, other = ends
    other.sendall(b"last words\nhalf a mess")
    other.close()
    assert one.receive(timeout=5) == b"last words"
    with pytest.raises(EOFError):
        one.receive(timeout=5)


def test_a_connection_that_breaks_is_an_end():
    class Broken:
        def recv(self, size):
            raise ConnectionResetError

    with pytest.raises(EOFError):
        Channel(Broken()).receive()


def test_what_nobody_reads_is_sent_no_longer_than_its_time(ends):
    one, other = ends
    start = time.monotonic()
    with pytest.raises(Silent):
        one.send(b"x" * 10**7, timeout=0.2)
    assert 0.2 <= time.monotonic() - start < 5
    other.sendall(b"and back\n")
    assert one.receive() == b"and back"


def test_what_is_read_in_drops_is_sent_no_longer_either(ends):
    one, other = ends
    read = threading.Thread(target=lambda: [other.recv(1) or time.sleep(0.01) for _ in range(100)])
    read.start()
    start = time.monotonic()
    with pytest.raises(Silent):
        one.send(b"x" * 10**7, timeout=0.3)
    assert time.monotonic() - start < 5
    read.join()


def test_nothing_can_be_sent_to_an_end_that_is_closed(ends):
    ends[1].close()
    with pytest.raises(BrokenPipeError):
        ends[0].send(b"hello")


def test_a_message_without_an_end_is_not_read_for_ever(monkeypatch):
    monkeypatch.setattr(channel, "LONGEST", 100)
    with pytest.raises(ValueError, match="a message of more than 100 bytes"):
        Channel(Pieces([b"x"] * 1000)).receive()
