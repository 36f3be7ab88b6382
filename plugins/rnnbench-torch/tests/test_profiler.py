"""What PyTorch's profiler sees of training steps."""

from rnnbench import LSTM, Optimizer
from rnnbench.conformance import small_input, small_model
from rnnbench_torch.backend import TorchBackend

MODEL = small_model("one-hot", LSTM())


def test_the_operations_of_steps_are_seen() -> None:
    backend = TorchBackend("cpu", "float32")
    program = backend.program(MODEL, MODEL.initial(0), "fused", Optimizer())
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
    assert names.count("aten::mkldnn_rnn_layer_backward") == 2
