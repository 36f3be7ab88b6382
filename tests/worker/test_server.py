"""The worker's answers, in this process: no pipe and no start."""

import itertools
import os
import re
import time

import msgspec
import numpy as np
import pytest
from pools import blas_threads
from specimens import COMPARISON, FAST, proof

from rnnbench.contracts.values import raised
from rnnbench.models.model import Model
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Open, Opened
from rnnbench.schema.messages.peak_rate import Gemm
from rnnbench.schema.messages.protocol import decode_reply, decode_request, encode
from rnnbench.schema.messages.timing import (
    Checked,
    Finish,
    Finished,
    Prepare,
    Prepared,
    Turn,
    Turned,
)
from rnnbench.schema.messages.training import Save, Train, Trained
from rnnbench.system import threads
from rnnbench.system.guarding import watched
from rnnbench.weights import file
from rnnbench.weights.file import load
from rnnbench.worker import peak_rate, server
from rnnbench.worker.server import Worker

PREPARE = Prepare(COMPARISON, "good", 0)
#: The backend of these tests, and what its name is followed by.
WHO, HASH = "backend 'fake' of fake_plugin", re.compile(r" \([0-9a-f]{12}\)")


class Pipe:
    """A connection that keeps what is sent and has all requests ready."""

    def __init__(self, requests=()):
        self.requests = list(requests)
        self.sent = []

    def receive(self):
        if not self.requests:
            raise EOFError
        return encode(self.requests.pop(0))

    def send(self, data):
        self.sent.append(decode_reply(data))


@pytest.fixture
def ask(fake):
    """Ask a worker that has opened the fake backend."""
    worker = Worker(Pipe())
    opened = worker.attempt(Open("fake", [], threads.available()))
    assert isinstance(opened, Opened)
    return worker.attempt


def variant(name):
    return msgspec.structs.replace(PREPARE, variant=name)


def test_opening_tells_what_holds(fake):
    reply = Worker(Pipe()).attempt(Open("fake", [], threads.available()))
    assert reply.devices == ["cpu"]
    assert {"numpy", "autograd", "fake"} == reply.versions.keys()
    assert reply.denormals_flushed is False  # it is the process that flushes, at its start
    assert reply.seconds > 0


def test_a_backend_that_is_broken_cannot_be_opened(fake):
    reply = Worker(Pipe()).attempt(Open("ghost", [], threads.available()))
    assert reply.status == "failed"
    assert "Ghost" in reply.reason


def test_a_row_is_prepared_timed_and_trained(ask):
    prepared = ask(PREPARE)
    assert isinstance(prepared, Prepared)
    assert prepared.params == 4 * (1 * 3 + 3 * 3 + 3) + 3 + 1
    assert prepared.length == 3
    assert prepared.flops > prepared.forward_flops > 0
    assert prepared.kernel == "Python loop (autograd)"
    turned = ask(Turn(2, 2))
    assert isinstance(turned, Turned)
    assert (turned.first_step.calls, turned.steps.calls) == (1, 2)
    assert (turned.first_forward.calls, turned.forwards.calls) == (1, 2)
    assert isinstance(ask(Finish()), Finished)
    trained = ask(Train(0))
    assert isinstance(trained, Trained)
    assert [step for step, _ in trained.curve] == list(range(1, 11))
    assert 0 < trained.score < 10


def test_weights_are_drawn_by_one_thread_before_anything_is_timed(ask, monkeypatch):
    threads, initial = [], Model.initial

    def drawn(*given):
        threads.append(blas_threads())
        return initial(*given)

    monkeypatch.setattr(Model, "initial", drawn)
    ask(PREPARE)
    ask(Turn(2, 2))
    assert threads == [1, 1]


def test_training_starts_from_the_seed_whatever_came_before(ask):
    ask(PREPARE)
    first, other, again = ask(Train(0)), ask(Train(1)), ask(Train(0))
    assert (first.curve, first.score) == (again.curve, again.score)
    assert first.curve != other.curve


def test_scores_on_the_way_change_nothing_in_a_training(ask):
    ask(PREPARE)
    alone, scored = ask(Train(1)), ask(Train(1, every=3))
    assert [step for step, _ in scored.scores] == [3, 6, 9]
    assert len({score for _, score in scored.scores}) == 3
    assert (alone.curve, alone.score, alone.scores) == (scored.curve, scored.score, [])


def test_every_row_trains_on_the_same_data_from_the_same_weights(ask):
    curves = []
    for name in ("good", "second"):
        ask(variant(name))
        ask(Turn(3, 1))
        curves.append(ask(Train(1)).curve)
    assert curves[0] == curves[1]


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("unsupported", "unsupported", "fakes can't do this"),
        ("raises", "failed", f"{WHO}: program() raises RuntimeError: broken on purpose"),
        ("oom", "oom", f"{WHO}: program() raises MemoryError: no memory, on purpose"),
    ],
)
def test_a_row_that_cannot_be_built_says_why(ask, capsys, name, status, reason):
    reply = ask(variant(name))
    assert (reply.status, HASH.sub("", reply.reason)) == (status, reason)
    assert ("Traceback" in capsys.readouterr().err) == (status != "unsupported")


def test_a_row_that_computes_what_the_oracle_does_is_proved(ask):
    reply = ask(proof(COMPARISON, "good"))
    assert isinstance(reply, Checked)
    assert 0 < reply.parity_error < 1e-5
    assert reply.seconds > 0


def test_other_data_than_those_of_the_plan_are_refused(ask):
    reply = ask(proof(COMPARISON, "good", "another file"))
    what = "SHA-256 none in place of another file…"
    assert reply == Failed("failed", f"the data of echo are not those of the plan: {what}")


def test_a_row_that_computes_something_else_is_a_mismatch(ask):
    reply = ask(proof(COMPARISON, "wrong"))
    assert reply.status == "mismatch"
    assert "gradient of readout.b" in reply.reason
    assert reply.parity_error > 1e-4


def test_a_failure_in_training_is_one_line(ask):
    assert isinstance(ask(variant("raises-training")), Prepared)
    reply = ask(Train(0))
    assert reply.status == "failed"
    raised = "train_step() raises ValueError: no training today"
    assert HASH.sub("", reply.reason) == f"{WHO}: {raised}"


def test_a_row_that_failed_leaves_none_of_the_row_before(ask):
    ask(PREPARE)
    ask(variant("raises"))
    assert ask(Train(0)).status == "failed"


def test_a_device_that_is_not_here_is_unsupported(ask):
    elsewhere = msgspec.structs.replace(COMPARISON, device="gpu:3")
    reply = ask(Prepare(elsewhere, "good", 0))
    assert reply == Failed("unsupported", "fake has no device 'gpu:3' here; it has cpu")


def test_it_serves_until_the_pipe_is_closed(fake):
    pipe = Pipe([Open("fake", [], threads.available()), variant("raises"), PREPARE])
    Worker(pipe).serve()
    assert [type(reply) for reply in pipe.sent] == [Opened, Failed, Prepared]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity here")
def test_an_affinity_that_the_system_refuses_fails_in_one_line(fake, monkeypatch):
    def refuse(pid, cpus):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    reply = Worker(Pipe()).attempt(Open("fake", [], 1))
    assert reply.status == "failed"
    cpu = min(os.sched_getaffinity(0))
    refused = f"the system refuses to bind to CPUs {cpu}: Operation not permitted"
    assert reply.reason == f"backend 'fake': opening it: OSError: {refused}"


def test_a_clock_that_goes_backwards_fails_the_row(ask, monkeypatch):
    assert isinstance(ask(PREPARE), Prepared)
    ticks = itertools.count(10**9, -7)
    monkeypatch.setattr(time, "perf_counter_ns", lambda: next(ticks))
    reply = ask(Turn(3, 1))
    assert reply.reason.endswith(
        ": a turn: RuntimeError: the clock did not advance: -7 ns for 1 calls"
    )


def test_the_matrix_product_is_measured(ask, monkeypatch):
    monkeypatch.setattr(peak_rate, "SIZES", (16,))
    monkeypatch.setattr(peak_rate, "BLOCK", 1e-4)
    found = ask(Gemm("cpu", "float32", 6))
    assert (found.size, len(found.samples)) == (16, 6)
    assert ask(Gemm("gpu:3", "float32", 6)).status == "unsupported"


def test_opening_tells_the_plugin_and_its_source(fake):
    opened = Worker(Pipe()).attempt(Open("fake", [], threads.available()))
    assert re.fullmatch(r"fake_plugin \([0-9a-f]{12}\)", opened.plugin)


def cell(name):
    return msgspec.structs.replace(COMPARISON, cell=name)


@pytest.fixture
def ask_kernels(fake):
    """Ask a worker of the fake backend to which a plugin adds kernels."""
    worker = Worker(Pipe())
    worker.attempt(Open("fake", ["fake_kernels"], threads.available()))
    return worker.attempt


def test_a_kernel_of_a_plugin_is_run_and_proved(ask_kernels):
    assert isinstance(ask_kernels(proof(cell("leaky"), "quick")), Checked)
    assert ask_kernels(Prepare(cell("gru"), "quick", 0)).kernel == "quick"


@pytest.mark.parametrize(
    ("variant", "name", "status", "reason"),
    [
        (
            *("quick", "lstm", "unsupported"),
            "fake:quick is a kernel for leaky, gru, not for lstm; fake:good can",
        ),
        ("timid", "leaky", "unsupported", "no kernel today; fake:good can"),
        (
            *("odd", "leaky", "failed"),
            f"{WHO}: program() raises TypeError: fake_kernels:odd returned int, not a Recurrence",
        ),
    ],
)
def test_a_kernel_that_cannot_be_run_says_why(ask_kernels, variant, name, status, reason):
    reply = ask_kernels(Prepare(cell(name), variant, 0))
    assert (reply.status, HASH.sub("", reply.reason)) == (status, reason)


def test_a_variant_that_nobody_has_is_told(ask):
    assert "unknown variant of fake 'quick'" in ask(variant("quick")).reason


@pytest.mark.parametrize(
    ("error", "line"),
    [(ValueError("a\nb"), "ValueError: a"), (KeyError(), "KeyError"), (OSError("\n"), "OSError")],
)
def test_an_error_is_told_in_one_line(error, line):
    assert raised(error) == line


@pytest.mark.parametrize(
    "request_",
    [PREPARE, Turn(1, 2), Train(3), Open("a", ["b"], 1), Gemm("cpu", "float64", 6), Finish()],
)
def test_requests_survive_the_pipe(request_):
    assert decode_request(encode(request_)) == request_


def test_weights_that_can_not_be_saved_are_a_failure(ask, monkeypatch, tmp_path):
    ask(PREPARE)
    trained = ask(Train(0))
    request = Save(str(tmp_path / "w"), COMPARISON, FAST, 0, "", trained.score, ("", "", ""))
    saved = ask(request)
    found = load(tmp_path / "w")
    assert found.sha256 == saved.sha256
    assert (found.header.row, found.header.score) == (FAST, trained.score)
    assert found.params["readout"]["w"].dtype == np.float32

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file, "write_file", full)
    assert ask(request) == Failed("failed", "No space left on device")


def test_whose_cell_is_in_a_row_is_told_to_whoever_watches(fake, monkeypatch):
    told = []

    def tell(who, what):
        told.append(HASH.sub("", f"{who}: {what}"))
        return "", ""

    worker = Worker(Pipe())
    worker.attempt(Open("fake", [], threads.available()))
    monkeypatch.setattr(watched, "tell", tell)
    worker.attempt(Prepare(cell("leaky"), "good", 0))
    assert f"{WHO}: building a row with cell 'leaky' of fake_plugin" in told
    told.clear()
    worker.attempt(Prepare(cell("lstm"), "good", 0))
    assert f"{WHO}: building a row" in told
    assert not [line for line in told if "leaky" in line]


def test_where_the_backend_fails_whose_plugins_the_row_is_made_of_is_told_too(ask, monkeypatch):
    def unable(*_):
        raise ValueError("too many values")

    monkeypatch.setattr(server, "prepare", unable)
    told = HASH.sub("", ask(Prepare(cell("leaky"), "good", 0)).reason)
    own = "cell 'leaky' of fake_plugin"
    assert told == f"{WHO}: building a row with {own}: ValueError: too many values"
    told = HASH.sub("", ask(Prepare(cell("lstm"), "good", 0)).reason)
    assert told == f"{WHO}: building a row: ValueError: too many values"
