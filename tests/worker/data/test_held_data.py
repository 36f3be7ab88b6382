"""Files that change while a worker computes with them: never is anything else said of them."""

import hashlib
import os

import file_tasks
import pytest
from msgspec.structs import replace
from specimens import COMPARISON, proof

from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.opening import Open
from rnnbench.schema.messages.timing import Checked, Finish, Finished, Prepare, Prepared
from rnnbench.schema.messages.training import Train, Trained
from rnnbench.system import threads
from rnnbench.worker import server
from rnnbench.worker.framework import Framework
from rnnbench.worker.learning import training
from rnnbench.worker.server import Worker

BEFORE, AFTER = bytes(range(100)), bytes(range(50, 150))
OLD = hashlib.sha256(BEFORE).hexdigest()
TASKS = ["held", "rereading", "hashed-once", "mapped", "kept-by-path"]


@pytest.fixture(scope="module", autouse=True)
def one_framework(fake_module):
    """What is opened is the same in all tests; what is held is each worker's own."""
    framework = Framework(Open("fake", ["file_tasks"], threads.available()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "Framework", lambda request: framework)
        yield


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A file of data, behind a link."""
    monkeypatch.setattr(training, "PROGRESS_INTERVAL", -1.0)  # as on a machine that is busy
    file_tasks.READ.clear()
    (tmp_path / "before").write_bytes(BEFORE)
    (tmp_path / "data").symlink_to("before")
    return tmp_path / "data"


def swap_link(file):
    (file.parent / "after").write_bytes(AFTER)
    file.unlink()
    file.symlink_to("after")


def put_folder(file):
    file.unlink()
    file.mkdir()


CHANGES = {
    "rewritten": lambda file: file.write_bytes(AFTER),
    "cut off": lambda file: file.write_bytes(BEFORE[:60]),
    "longer": lambda file: file.write_bytes(BEFORE + AFTER),
    "another link": swap_link,
    "a folder": put_folder,
    "gone": lambda file: file.unlink(),
}


class Unheard:
    """A channel to a parent that does not listen to how far a training is."""

    def send(self, line):
        pass


class Opened:
    """A worker, and what is asked of it for one task with one file."""

    def __init__(self, name, file):
        self.worker = Worker(Unheard())
        self.worker.attempt(Open("fake", ["file_tasks"], threads.available()))
        self.comparison = replace(COMPARISON, task=name, task_options={"path": str(file)})

    def check(self):
        request = proof(self.comparison, "good", OLD, ["file_tasks"])
        return self.worker.attempt(request)

    def prepare(self):
        return self.worker.attempt(Prepare(self.comparison, "good", 0, OLD))

    def finish(self):
        return self.worker.attempt(Finish())

    def train(self):
        return self.worker.attempt(Train(0))


@pytest.mark.parametrize("name", TASKS)
def test_records_bear_the_hash_of_what_was_used(fake, file, name):
    worker = Opened(name, file)
    assert isinstance(worker.check(), Checked)
    prepared, trained = worker.prepare(), worker.train()
    assert isinstance(worker.finish(), Finished)
    assert (type(prepared), prepared.data_hash) == (Prepared, OLD)
    assert (type(trained), trained.data_hash) == (Trained, OLD)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", TASKS)
def test_what_changes_before_a_worker_has_read_it_fails(fake, file, name, change):
    CHANGES[change](file)
    reply = Opened(name, file).check()
    assert reply.status == "failed"
    assert name in reply.reason


#: Every two of a task, a change and a request meet; at night all three do.
BETWEEN = [
    (name, change, then)
    for k, name in enumerate(TASKS[:3])
    for j, change in enumerate(CHANGES)
    for i, then in enumerate(("prepare", "finish", "train"))
    if "RNNBENCH_NIGHTLY" in os.environ or (i + j + k) % 3 == 0
]


@pytest.mark.parametrize(("name", "change", "then"), BETWEEN)
def test_what_changes_between_two_requests_fails(fake, file, name, change, then):
    worker = Opened(name, file)
    worker.check()
    if then != "prepare":
        worker.prepare()
    CHANGES[change](file)
    reply = getattr(worker, then)()
    assert reply.status == "failed"
    told = (f"the data of {name} ", f"task {name!r}", str(file))  # the last by a task of its own
    assert any(what in reply.reason for what in told)


def test_the_reason_names_both(fake, file):
    worker = Opened("held", file)
    worker.check()
    worker.prepare()
    file.write_bytes(AFTER)
    new = hashlib.sha256(AFTER).hexdigest()
    expected = f"SHA-256 {new[:12]}… in place of {OLD[:12]}…"
    assert worker.train() == Failed(
        "failed", f"the data of held have changed during the run: {expected}"
    )
    file.unlink()
    assert worker.train() == Failed(
        "failed",
        "the data of held can't be read as planned: "
        f"held.path: can't read {file}: No such file or directory",
    )


def test_a_map_that_changes_while_a_row_is_trained_fails(fake, file):
    worker = Opened("mapped", file)
    worker.check()
    worker.prepare()
    with file.open("r+b") as open_file:
        open_file.write(b"\xff")
    assert worker.train().status == "failed"


def test_what_is_kept_for_the_whole_process_is_what_was_verified(fake, file):
    worker = Opened("kept-by-path", file)
    worker.check()
    before = worker.prepare(), worker.train()
    file.write_bytes(AFTER)
    after = worker.prepare(), worker.train()
    assert [type(reply) for reply in after] == [Prepared, Trained]
    assert (after[1].curve, after[1].score) == (before[1].curve, before[1].score)


def test_a_worker_that_takes_another_s_place_is_held_to_the_plan(fake, file):
    file.write_bytes(AFTER)
    reply = Opened("held", file).prepare()
    assert reply.reason.startswith("the data of held are not those of the plan")


def test_a_file_that_is_as_it_was_again_is_no_change(fake, file):
    worker = Opened("held", file)
    worker.check()
    file.write_bytes(AFTER)
    file.write_bytes(BEFORE)
    assert isinstance(worker.prepare(), Prepared)
