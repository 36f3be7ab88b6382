"""A user's own net in a worker, in this process: tried, timed, trained, and how it fails."""

import hashlib
import re
import sys

import numpy as np
import pytest
from specimens import COMPARISON

from rnnbench.errors import OwnNetError
from rnnbench.schema.messages.opening import Open, Opened
from rnnbench.schema.messages.timing import Check, Checked, Prepare, Prepared, Turn, Turned
from rnnbench.schema.messages.training import Train, Trained
from rnnbench.schema.row import OwnNet, Row
from rnnbench.system import threads
from rnnbench.worker.own_net import check_causal
from rnnbench.worker.server import Worker

NETS = """
import autograd.numpy as np


def of(apply):
    def make(problem):
        def init(rng):
            shape = (problem.inputs, problem.outputs)
            return {"w": rng.standard_normal(shape)}

        return init, apply

    return make


def apply(params, xs, *lengths):
    return np.mean(xs, axis=0) @ params["w"]


Net = of(apply)
Long = of(lambda params, xs: xs @ params["w"])
Text = of(lambda params, xs: "no")
Nan = of(lambda params, xs: np.nan * apply(params, xs))
Narrow = of(lambda params, xs: apply(params, xs).astype("float16"))
Raises = of(lambda params, xs: [][1])
List = lambda problem: []


def Breaks(problem):
    raise ValueError("no net today")


@of
def InPlace(params, xs):
    xs *= 2.0
    return apply(params, xs)


@of
def Exits(params, xs):
    raise SystemExit(3)


@of
def Counts(params, xs, kept=[0.0]):
    kept[0] += 1
    return apply(params, xs) + kept[0]


Alone = lambda: None
Number = 3
"""


class Pipe:
    """Takes what nobody reads."""

    def send(self, data):
        pass


@pytest.fixture
def opened(fake, tmp_path, monkeypatch):
    """Open a worker with a net of a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def opened(name, text=NETS, planned=None, path="mynet.py"):
        (tmp_path / path).write_text(text)
        source = hashlib.sha256((planned or text).encode()).hexdigest()
        net = OwnNet(Row("fake", "mynet.Net"), path, name, source)
        worker = Worker(Pipe())
        return worker.attempt, worker.attempt(Open("fake", [], threads.available(), own=net))

    return opened


def check(variant="mynet.Net", comparison=COMPARISON):
    return Check(comparison, variant, 0, None, ("", "", ""))


@pytest.fixture(autouse=True)
def agreeing(monkeypatch):
    monkeypatch.setattr("rnnbench.worker.framework.Framework.agree", lambda *_: None)


def test_a_net_is_tried_timed_and_trained_and_nothing_is_said_of_its_error(opened):
    ask, reply = opened("Net")
    assert isinstance(reply, Opened)
    assert reply.net_source == hashlib.sha256(NETS.encode()).hexdigest()
    checked = ask(check())
    assert isinstance(checked, Checked), checked
    assert (checked.parity_error, checked.parity_tensor) == (None, None)
    prepared = ask(Prepare(COMPARISON, "mynet.Net", 0))
    assert isinstance(prepared, Prepared), prepared
    assert (prepared.kernel, prepared.flops) == ("a fake net", None)
    assert isinstance(ask(Turn(2, 2)), Turned)
    first, other, again = ask(Train(0)), ask(Train(1)), ask(Train(0))
    assert isinstance(first, Trained)
    assert (first.curve, first.score) == (again.curve, again.score)
    assert first.curve != other.curve


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "Long",
            r"mynet\.py:Long: of inputs \(5, 3, \d\) it returns the shape \(5, 3, 1\)",
        ),
        ("Text", r"mynet\.py:Text: .* returns a str, wanted \(3, 1\)"),
        ("Nan", "its outputs on a small input are no finite numbers"),
        ("Narrow", "it returns float16, wanted float32"),
        ("Raises", r"mynet\.py:25: IndexError: list index out of range"),
        ("List", "it makes a list, and fake takes a pair of functions"),
        ("Breaks", r"mynet\.py:30: ValueError: no net today"),
        ("Alone", r"^mynet\.py:Alone: TypeError: .* takes 0 positional arguments but 1 was given"),
        ("Counts", "the same inputs have other outputs a second time: it keeps a state"),
        ("Exits", r"^mynet\.py:41: SystemExit: 3"),
        ("InPlace", r"^mynet\.py:InPlace: it changes its inputs in place: let it work on a copy"),
    ],
)
def test_a_net_that_is_none_says_why_in_a_line(opened, name, said):
    ask, _ = opened(name)
    reply = ask(check())
    assert reply.status == "failed"
    assert "\n" not in reply.reason
    assert re.search(said, reply.reason), reply.reason


def test_a_file_that_raises_or_has_changed_does_not_open(opened):
    _, reply = opened("Net", "a = 1\nNet = 1 / 0\n")
    assert reply.reason == "mynet.py:2: ZeroDivisionError: division by zero"
    _, reply = opened("Net", "import sys\nNet = 1\nsys.exit(0)\n")
    assert reply.reason == "mynet.py:3: SystemExit: 0"
    _, reply = opened("Net", planned="another")
    assert "mynet.py has changed since the run began" in reply.reason
    _, reply = opened("Other")
    assert "unknown name in mynet.py 'Other'" in reply.reason
    _, reply = opened("Number")
    assert reply.reason == "mynet.py:Number: a int, and not a class or a function"


def test_a_script_that_begins_a_run_is_told_where_to_put_that(opened, monkeypatch):
    monkeypatch.setenv("RNNBENCH_WORKER", "run.0")
    _, reply = opened("Net", "import rnnbench as rb\nNet = 1\nrb.run()\n")
    assert reply.reason.startswith("mynet.py:3: UsageError: a worker that loads this file")
    assert "below if __name__ == '__main__':" in reply.reason


def test_a_file_imports_from_its_package_and_what_the_run_was_begun_beside(opened, tmp_path):
    for folder, name in (("own", "__init__"), ("own", "parts"), ("beside", "others")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.py").write_text("")
    text = "from . import parts\nimport parts\nimport own.parts, beside.others\nNet = len\n"
    assert isinstance(opened("Net", text, path="own/mynet.py")[1], Opened)


def test_who_ends_a_worker_is_the_net_and_not_its_backend(opened, monkeypatch):
    told, tell = [], "rnnbench.system.guarding.watched.tell"
    monkeypatch.setattr(tell, lambda *who: told.append(who) or who)
    ask, _ = opened("Net")
    assert ("mynet.py:Net", "running its file") in told
    ask(check())
    assert ("mynet.py:Net", "its check") in told


def test_a_net_that_reads_what_holds_its_targets_is_refused():
    outputs = np.zeros((4, 2, 1))
    later = np.array(outputs)
    later[-1] = 1.0
    check_causal(outputs, later)
    later[0] = 1e-3
    with pytest.raises(OwnNetError, match="reads later inputs"):
        check_causal(outputs, later)
