"""What TensorFlow's profiler sees of training steps."""

from collections import defaultdict

from rnnbench import LSTM, Optimizer
from rnnbench.conformance import small_input, small_model
from rnnbench_tensorflow.backend import TensorFlowBackend
from rnnbench_tensorflow.profiler import operation

MODEL = small_model("one-hot", LSTM())


def test_the_operations_of_steps_are_seen() -> None:
    backend = TensorFlowBackend("cpu", "float32")
    program = backend.program(MODEL, MODEL.initial(0), "keras", Optimizer())
    state, batch = map(backend.put, small_input(MODEL, 0))
    program.train_step(state, batch)

    def work() -> None:
        for _ in range(2):
            program.train_step(state, batch)
        program.wait()

    found = backend.profile(work)
    assert {event["ph"] for event in found.events} >= {"M", "X"}
    spans = [event for event in found.events if event["ph"] == "X"]
    assert all(event["ts"] >= 0 and event["dur"] >= 0 for event in spans)
    names = [found.operation(event) for event in spans]
    assert names.count("MatMul") + names.count("_MklMatMul") >= 4  # the latter is oneDNN's
    assert overlapping(spans) == []


def test_what_stands_for_an_operation_where_one_dnn_computes_is_one() -> None:
    assert operation({"name": "call/lstm/MatMul:_MklMatMul"}) == "_MklMatMul"
    assert operation({"name": "ThreadpoolListener::Record"}) is None


def overlapping(spans):
    """Return the names of spans that begin within another one of their thread and end after it."""
    threads = defaultdict(list)
    for span in spans:
        threads[span["pid"], span["tid"]].append((span["ts"], -span["dur"], span["name"]))
    found = []
    for thread in threads.values():
        open_ = []
        for start, negative, name in sorted(thread):
            while open_ and open_[-1] <= start:
                open_.pop()
            if open_ and start - negative > open_[-1] + 1e-3:
                found.append(name)
            open_.append(start - negative)
    return found
