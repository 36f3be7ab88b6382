"""The parent's side of one worker process: started, asked, suspended between turns, ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import psutil

from rnnbench.contracts.companion import TIMEOUT
from rnnbench.errors import WorkerError
from rnnbench.schema.json_faults import UNREADABLE, fault_of
from rnnbench.schema.messages.message import Failed, Progress
from rnnbench.schema.messages.protocol import Reply, Request, decode_reply, encode
from rnnbench.system import threads as thread_pools
from rnnbench.system.guarding.note import Note
from rnnbench.system.guarding.watched import memory_to_share
from rnnbench.system.io.files import open_to_append
from rnnbench.system.processes import limits, own_files
from rnnbench.system.processes.channel import Channel, Silent
from rnnbench.system.processes.descendants import Descendants, end_marked
from rnnbench.system.processes.marks import MARK
from rnnbench.system.processes.signals import how_ended
from rnnbench.system.processes.tree import OWN
from rnnbench.text import one_line

#: Seconds in which a worker that has closed its channel must end, for its exit code to tell why.
EXIT_SECONDS = 2.0
#: Seconds between two looks around while a worker is waited for.
LOOK = 1.0
R = TypeVar("R", bound=Reply)


class WorkerProcess:
    """A worker in a process group of its own, with a channel to it and a log of its output."""

    def __init__(
        self,
        log: Path,
        threads: int,
        timeout: float,
        mark: str,
        python: str = sys.executable,
        look_around: Callable[[], None] = lambda: None,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Start the process.

        Args:
            log: the file that takes its stdout and stderr.
            threads: compute threads, set in its environment.
            timeout: seconds that it may be silent before it is ended.
            mark: identifies it and all that it starts; see :mod:`rnnbench.system.processes.marks`.
            python: the interpreter.
            look_around: called now and then while it is waited for.
            variables: further ones of its environment.

        Raises:
            OSError: if the system refuses a process or a file, or the log is no regular file.
        """
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._suspended = False
        self._mark = mark
        self._look_around = look_around
        self._log = os.fdopen(open_to_append(log, os.O_CREAT), "ab", buffering=0)
        self._log_begins = os.fstat(self._log.fileno()).st_size
        self._kills = limits.oom_kills()
        # -P: a file in the user's folder must not pass for a module of the standard library.
        command = [python, "-P", "-m", "rnnbench.worker"]
        ours, theirs = socket.socketpair()
        own = {"PYTHONUNBUFFERED": "1", MARK: mark, TIMEOUT: f"{timeout:g}"}
        environment = {**thread_pools.environment(threads), **variables, **own}
        self._in_hand, shared = _note_to_share()
        passed = [theirs.fileno(), *shared]
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [*command, *map(str, passed)],
                    stdin=subprocess.DEVNULL,
                    stdout=self._log,
                    stderr=self._log,
                    env=os.environ | environment,
                    pass_fds=passed,
                    start_new_session=True,
                )
        except OSError:
            ours.close()
            self._log.close()
            raise
        finally:
            for descriptor in shared:
                os.close(descriptor)
        OWN.add(self._process.pid)
        self._descendants = Descendants(self._process.pid, mark)
        self._channel = Channel(ours)
        own_files.keep(ours.fileno())

    def ask(
        self, request: Request, expect: type[R], progress: Callable[[Progress], bool] | None = None
    ) -> R | Failed:
        """Send a request and wait for the reply; the parent sleeps meanwhile.

        Args:
            request: what it is to do.
            expect: the type of the reply.
            progress: called with each message on progress; returns whether it is any, which gives
                the worker its time anew.

        Raises:
            WorkerError: if the process ends, is silent for too long, or answers nonsense; in each
                case it has been ended.
        """
        self.send(request)
        return self.receive(expect, progress)

    def send(self, request: Request) -> None:
        """Send a request without waiting; :meth:`receive` returns the reply, or raises."""
        self._begin_evidence()
        self._resume()
        self._renew_deadline()
        with suppress(OSError, Silent):  # it has died or takes nothing: its reply will be missing
            self._channel.send(encode(request), self._timeout)

    def receive(
        self, expect: type[R], progress: Callable[[Progress], bool] | None = None
    ) -> R | Failed:
        """Wait for the reply to the last request; see :meth:`ask`."""
        reached = -1
        try:
            reply = self._next_reply()
            while isinstance(reply, Progress) and progress is not None:
                if progress(reply) and reply.step > reached:  # not the same again and again
                    reached = reply.step
                    self._renew_deadline()
                elif self.seconds_left <= 0:
                    raise Silent
                reply = self._next_reply()
        except EOFError:
            raise self._error_of_end() from None
        except Silent:
            if self._process.poll() is not None:  # what it has started holds its channel open
                raise self._error_of_end() from None
            self.end()
            raise WorkerError(f"silent for {self._timeout:g} s{self._who()}", "timeout") from None
        except ValueError as error:  # what is no message at all, or none of ours
            self.end()
            raise WorkerError(
                f"the worker answered nonsense{self._who()}: {error}", "crashed"
            ) from None
        if not isinstance(reply, (expect, Failed)):
            self.end()
            raise WorkerError(f"the worker answered out of turn: {type(reply).__name__}", "crashed")
        return reply

    @property
    def channel(self) -> Channel:
        """The channel of its replies, to wait for several workers at once."""
        return self._channel

    @property
    def seconds_left(self) -> float:
        """Seconds that it may still be silent, negative when its time is up."""
        return self._deadline - time.monotonic()

    @property
    def group(self) -> int:
        """The number of its process group."""
        return self._process.pid

    @property
    def known(self) -> set[psutil.Process]:
        """What it had started when it was last suspended, as far as that was still there."""
        return self._descendants.known

    def suspend(self) -> None:
        """Stop it and all it has started, so that they take no time from the others."""
        if not self._suspended:
            self._signal(signal.SIGSTOP)
            self._descendants.stop()
            self._suspended = True

    def kill(self) -> None:
        """End the process group at once, suspended or not."""
        self._signal(signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):  # a driver may hold it for ever
            self._process.wait(EXIT_SECONDS)
            OWN.discard(self._process.pid)
        own_files.forget(self._channel.fileno())
        self._channel.close()
        self._log.close()

    def end(self) -> None:
        """End it and all that it has started, in whatever process group."""
        self.kill()
        end_marked(self._mark, self.known)

    def _next_reply(self) -> Reply:
        message = self._next_message()
        try:
            reply: Reply = decode_reply(message)
        except UNREADABLE:
            raise ValueError(fault_of(message, Reply)) from None
        return reply

    def _next_message(self) -> bytes:
        while self.seconds_left > LOOK:
            with suppress(Silent):
                return self._channel.receive(LOOK)
            self._look_around()
        return self._channel.receive(self.seconds_left)

    def _begin_evidence(self) -> None:
        """Note where the log ends and what the system has ended: what was before is no sign."""
        self._log_begins = os.fstat(self._log.fileno()).st_size
        self._kills = limits.oom_kills()

    def _who(self) -> str:
        """Return which plugin was called last, and what for: `` (backend 'x' of y: the check)``."""
        line = one_line(self._in_hand.read(), 200) if self._in_hand else ""
        return f" ({line})" if line else ""

    def _renew_deadline(self) -> None:
        self._deadline = time.monotonic() + self._timeout

    def _resume(self) -> None:
        if self._suspended:
            self._descendants.resume()
            self._signal(signal.SIGCONT)
            self._suspended = False

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):  # it has ended; the latter on macOS
            os.killpg(self._process.pid, number)

    def _error_of_end(self) -> WorkerError:
        """Return the error for a worker that has ended by itself: a crash, or out of memory."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(EXIT_SECONDS)
        code = self._process.poll()
        last_words = limits.tail(self._log.fileno(), self._log_begins)
        self.end()
        if code is None:
            return WorkerError(f"the worker has closed its channel{self._who()}", "crashed")
        how = f"{how_ended(code)}{self._who()}"
        killed_by_system = code == -signal.SIGKILL and limits.oom_kills() > self._kills
        if killed_by_system or (code and limits.ended_without_memory(last_words, code)):
            return WorkerError(f"out of memory: the worker ended {how}", "oom")
        return WorkerError(f"the worker ended {how}", "crashed")


def _note_to_share() -> tuple[Note | None, list[int]]:
    """Return a note and the descriptor by which a child writes on it; none without memory."""
    shared = memory_to_share()
    return (None, []) if shared is None else (Note(shared), [shared])
