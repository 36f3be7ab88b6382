import numpy as np
import pytest
from adding import Adding, Independent, Streaming, make

from rnnbench import LSTM, Batch, Model, Problem, Spec
from rnnbench.errors import Diverged
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.plan.comparisons.build import Built
from rnnbench.worker.learning import training
from rnnbench.worker.learning.evaluation import evaluate
from rnnbench.worker.learning.tally import finite
from rnnbench.worker.learning.training import CURVE_POINTS, train


def test_the_state_is_carried_where_the_task_says_so():
    assert train(make(Streaming()), 0, print) == [(1, 0), (2, 101), (3, 202)]
    assert train(make(Independent()), 0, print) == [(1, 0), (2, 1), (3, 2)]


def test_training_starts_from_the_zero_state():
    timed = make(Streaming())
    timed.step()
    assert train(timed, 0, print)[0] == (1, 0)


def test_the_score_weighs_batches_by_their_size():
    assert evaluate(make(Independent())).score() == pytest.approx((0 * 1 + 1 * 2 + 2 * 3) / 6)
    assert evaluate(make(Streaming())).score() == pytest.approx((0 * 1 + 101 * 2 + 202 * 3) / 6)


@pytest.mark.parametrize("kept", [1, 2])
def test_a_task_may_score_what_the_model_itself_has_said(kept):
    class Said(Independent):
        evaluation = "generated"
        beam = kept

        def measure(self, outputs, batch):
            return float((outputs.argmax(-1) == batch.targets).sum()), batch.targets.size

        def testing(self, batch):
            return [Batch(np.zeros((2, 1), int), np.array([[1], [2]]))]

    class Counts(Adding):
        def begin(self, batch):
            return (), {}

        def advance(self, memory, state, batch):
            return np.eye(4)[batch.inputs + 1], state

    problem = Problem(3, 4, tokens=True, loss="cross-entropy", targets="sequence", begin=0)
    written = Model(Seq2Seq(), Spec(problem, LSTM(), 1))
    row = make(Said())
    row.built, row.program = Built(Said(), written, None), Counts()
    assert evaluate(row).score() == 1.0


@pytest.mark.parametrize("steps", [1, 7, 50, 120, 1000])
def test_a_curve_has_the_first_and_the_last_step_and_is_no_longer_than_it_should(steps):
    at = [step for step, _ in train(make(Independent(), steps), 0, print)]
    assert (at[0], at[-1]) == (1, steps)
    assert len(at) <= 2 * CURVE_POINTS + 1
    assert at == sorted(set(at))


def test_progress_is_told_now_and_then(monkeypatch):
    monkeypatch.setattr(training, "PROGRESS_INTERVAL", -1.0)
    told = []
    train(make(Independent(), 4), 0, told.append)
    assert told == [1, 2, 3, 4]


def test_a_finite_number_is_kept():
    assert finite(1.5, "loss") == 1.5


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_any_other_is_a_diverged_training_that_says_where(value):
    with pytest.raises(Diverged, match="diverged: the loss at step 7 is"):
        finite(value, "loss at step 7")
