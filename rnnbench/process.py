"""One worker process as the parent sees it: started, asked, suspended between turns, ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import TypeVar

import msgspec

from rnnbench import threads as thread_pools
from rnnbench.errors import WorkerError
from rnnbench.protocol import Failed, Progress, Reply, Request, decode_reply, encode

#: The longest message that is read from a worker, in bytes.
LONGEST_MESSAGE = 1 << 24
R = TypeVar("R", bound=Reply)


class WorkerProcess:
    """A worker in a process group of its own, with a pipe to it and a log of what it prints."""

    def __init__(
        self, log: Path, threads: int, timeout: float, python: str = sys.executable
    ) -> None:
        """Start the process.

        Args:
            log: the file that takes its stdout and stderr.
            threads: compute threads, set in its environment.
            timeout: seconds that it may be silent before it is ended.
            python: the interpreter.
        """
        self._timeout = timeout
        self._suspended = False
        self._connection, theirs = Pipe()
        # -P: a file in the user's folder must not pass for a module of the standard library.
        module = ["-P", "-m", "rnnbench.worker", str(theirs.fileno()), str(os.getpid())]
        command = [python, *module]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=os.environ | thread_pools.environment(threads) | {"PYTHONUNBUFFERED": "1"},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        theirs.close()

    def ask(
        self, request: Request, expect: type[R], progress: Callable[[Progress], None] | None = None
    ) -> R | Failed:
        """Send a request and wait for the reply; the parent sleeps meanwhile.

        Args:
            request: what to do.
            expect: the type of the reply.
            progress: called with each message on progress.

        Raises:
            WorkerError: if the process ends, is silent for too long, or answers nonsense; it has
                been ended then.
        """
        self.tell(request)
        return self.hear(expect, progress)

    def tell(self, request: Request) -> None:
        """Send a request without waiting; :meth:`hear` has the reply, and the errors."""
        self._resume()
        with suppress(OSError):  # it has died, which shows when its reply is read
            self._connection.send_bytes(encode(request))

    def hear(
        self, expect: type[R], progress: Callable[[Progress], None] | None = None
    ) -> R | Failed:
        """Wait for the reply to what was told; see :meth:`ask`."""
        try:
            reply = self._receive()
            while isinstance(reply, Progress) and progress is not None:
                progress(reply)
                reply = self._receive()
        except (EOFError, OSError):
            raise self._died() from None
        except msgspec.DecodeError as error:
            self.kill()
            raise WorkerError(f"the worker answered nonsense: {error}", "crashed") from None
        if not isinstance(reply, (expect, Failed)):
            self.kill()
            raise WorkerError(f"the worker answered out of turn: {type(reply).__name__}", "crashed")
        return reply

    @property
    def connection(self) -> Connection:
        """Its pipe, to wait for several workers at once."""
        return self._connection

    @property
    def group(self) -> int:
        """The process group, which is that of the process it was started with."""
        return self._process.pid

    def suspend(self) -> None:
        """Stop the process group, so that its idle threads take no time from the others."""
        if not self._suspended:
            self._signal(signal.SIGSTOP)
            self._suspended = True

    def kill(self) -> None:
        """End the process group at once, suspended or not."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._connection.close()

    def _receive(self) -> Reply:
        if not self._connection.poll(self._timeout):
            self.kill()
            raise WorkerError(f"silent for {self._timeout:g} s", "timeout")
        reply: Reply = decode_reply(self._connection.recv_bytes(LONGEST_MESSAGE))
        return reply

    def _resume(self) -> None:
        if self._suspended:
            self._signal(signal.SIGCONT)
            self._suspended = False

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _died(self) -> WorkerError:
        deadline = time.monotonic() + 2
        while self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        self.kill()
        code = self._process.returncode
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        return WorkerError(f"the worker ended {how}", "crashed")
