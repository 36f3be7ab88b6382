"""Batches of strangers: what the problem says, or an error that names the task and the array."""

import math
import re
from itertools import islice, repeat

import numpy as np
import pytest

from rnnbench import Batch, Problem, UsageError
from rnnbench.errors import PluginError
from rnnbench.plan.comparisons.checked_batch import CheckedBatches

WHO, STEPS, EXAMPLES = "task 'odd' of rnnbench-odd 1", 5, 3
SHAPE = (STEPS, EXAMPLES)


def numbers(*shape):
    return np.zeros(shape)


def tokens(*shape):
    return np.ones(shape, int)


#: By what a problem is: the problem, and a batch that fits it.
FITS = {
    "every": (Problem(2, 4), Batch(numbers(*SHAPE, 2), numbers(*SHAPE, 4))),
    "one": (Problem(2, 4, targets="one"), Batch(numbers(*SHAPE, 2), numbers(EXAMPLES, 4))),
    "classes": (
        Problem(9, 4, tokens=True, loss="cross-entropy"),
        Batch(tokens(*SHAPE), tokens(*SHAPE)),
    ),
    "one class": (
        Problem(9, 4, tokens=True, loss="cross-entropy", targets="one", lengths=True),
        Batch(tokens(*SHAPE), tokens(EXAMPLES), np.array([5, 1, 3])),
    ),
    "sequence": (
        Problem(9, 4, True, "cross-entropy", "sequence", lengths=True, begin=0),
        Batch(tokens(*SHAPE), tokens(7, EXAMPLES), np.array([5, 1, 3]), np.array([7, 7, 1])),
    ),
    "going on": (
        Problem(2, 4, resets=True),
        Batch(numbers(*SHAPE, 2), numbers(*SHAPE, 4), resets=np.array([True, False, True])),
    ),
    "from one": (
        Problem(2, 4, targets="sequence", source="one"),
        Batch(numbers(1, EXAMPLES, 2), numbers(7, EXAMPLES, 4)),
    ),
}
#: Of which problem, what is wrong, and what is said of it.
WRONG = [
    ("one class", {"lengths": np.array([6, 1, 3])}, "lengths go from 1 to 6, not from 1 to the 5"),
    ("one class", {"lengths": np.array([0, 1, 3])}, "lengths go from 0 to 3, not from 1"),
    ("one class", {"lengths": np.array([-1, 1, 3])}, "lengths go from -1 to 3, not from 1"),
    ("one class", {"lengths": np.array([1.0, 1, 3])}, "lengths is array([1., 1., 3.]), not a"),
    ("one class", {"lengths": np.array([True] * 3)}, "not a NumPy array of whole numbers"),
    ("one class", {"lengths": np.array([1, 3])}, "lengths have the axes (2,), not (3,)"),
    ("one class", {"lengths": np.array(3)}, "lengths have the axes (), not (3,)"),
    ("one class", {"lengths": np.ones((3, 1), int)}, "lengths have the axes (3, 1), not (3,)"),
    ("one class", {"lengths": "535"}, "lengths is '535', not a NumPy array of whole numbers"),
    ("one class", {"lengths": [5, 1, 3]}, "lengths is [5, 1, 3], not a NumPy array"),
    ("one class", {"lengths": None}, "lengths is None, not a NumPy array"),
    ("classes", {"lengths": np.array([5, 1, 3])}, "it has lengths, and the problem says that"),
    ("one class", {"target_lengths": tokens(3)}, "it has target_lengths, and the problem says"),
    ("sequence", {"target_lengths": None}, "target_lengths is None, not a NumPy array"),
    ("sequence", {"target_lengths": 8 * tokens(3)}, "target_lengths go from 8 to 8, not from 1 to"),
    ("every", {"inputs": numbers(STEPS, 2, 2)}, "inputs have the axes (5, 2, 2), not (5, 3, 2)"),
    ("every", {"inputs": numbers(0, 3, 2)}, "inputs have the axes (0, 3, 2), not steps and"),
    ("every", {"inputs": None}, "inputs is None, not a NumPy array"),
    ("every", {"inputs": [[[0.0]]]}, "inputs is [[[0.0]]], not a NumPy array"),
    ("every", {"inputs": tokens(*SHAPE, 2)}, "inputs are of the dtype int64, not real numbers"),
    ("every", {"inputs": numbers(*SHAPE, 2) + math.nan}, "inputs are not all finite"),
    ("every", {"inputs": numbers(*SHAPE, 2).astype(object)}, "inputs are of the dtype object"),
    ("every", {"inputs": numbers(*SHAPE, 2).astype("U9")}, "inputs are of the dtype <U9"),
    ("every", {"inputs": numbers(*SHAPE, 2) + 1j}, "inputs are of the dtype complex128"),
    ("every", {"targets": numbers(*SHAPE, 4) - math.inf}, "targets are not all finite"),
    ("every", {"targets": numbers(*SHAPE)}, "targets have the axes (5, 3), not (5, 3, 4)"),
    ("every", {"targets": numbers(7, 3, 4)}, "targets have the axes (7, 3, 4), not (5, 3, 4)"),
    ("one", {"targets": numbers(*SHAPE, 4)}, "targets have the axes (5, 3, 4), not (3, 4)"),
    ("one", {"targets": None}, "targets is None, not a NumPy array"),
    ("classes", {"inputs": 9 * tokens(*SHAPE)}, "inputs go from 9 to 9, not from 0 to 8"),
    ("classes", {"inputs": numbers(*SHAPE)}, "inputs are of the dtype float64, not whole numbers"),
    ("classes", {"targets": -tokens(*SHAPE)}, "targets go from -1 to -1, not from 0 to 3"),
    ("classes", {"targets": tokens(*SHAPE) > 0}, "targets are of the dtype bool, not whole"),
    ("classes", {"targets": 1 << 40 * tokens(*SHAPE)}, "targets go from"),
    ("from one", {"inputs": numbers(2, EXAMPLES, 2)}, "inputs have 2 steps, and the problem's"),
    ("sequence", {"targets": tokens(3)}, "targets have the axes (3,), not steps and examples"),
    ("every", {"resets": np.ones(3, bool)}, "it has resets, and the problem says that there are"),
    ("going on", {"resets": None}, "resets is None, not a NumPy array of True and False"),
    ("going on", {"resets": np.ones(3)}, "resets is array([1., 1., 1.]), not a NumPy array of"),
    ("going on", {"resets": np.ones(2, bool)}, "resets have the axes (2,), not (3,)"),
    ("every", {"counted": np.ones(SHAPE, bool)}, "a task leaves it None"),
    ("every", {"noise": {}}, "noise is {}; a task leaves it None"),
    ("every", {"rate": np.array(0.1)}, "rate is array(0.1); a task leaves it None"),
]


def stream(batches, problem, endless=False):
    return CheckedBatches(WHO, "training()", lambda: batches, problem, EXAMPLES, endless)


@pytest.mark.parametrize("kind", FITS)
def test_what_fits_is_passed_on_as_it_is(kind):
    problem, batch = FITS[kind]
    assert next(stream(iter([batch]), problem)) is batch


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_real_numbers_may_be_of_any_width(dtype):
    problem, batch = FITS["every"]
    found = batch._replace(inputs=batch.inputs.astype(dtype))
    assert next(stream([found], problem)) is found


@pytest.mark.parametrize(("kind", "wrong", "said"), WRONG)
def test_what_does_not_fit_names_the_task_and_the_array(kind, wrong, said):
    problem, batch = FITS[kind]
    with pytest.raises(PluginError, match=re.escape(said)) as found:
        next(stream([batch._replace(**wrong)], problem))
    assert str(found.value).startswith(f"{WHO}: batch 1 of training() is wrong: ")


@pytest.mark.parametrize("batch", [None, (), 7, "abc", tuple(FITS["every"][1]), object()])
def test_what_is_no_batch_is_refused(batch):
    with pytest.raises(PluginError, match=r"batch 1 of training\(\) is wrong: it is .*, not an"):
        next(stream([batch], FITS["every"][0]))


@pytest.mark.parametrize("batches", [None, 7, "batches", b"batches"])
def test_what_is_no_stream_is_refused(batches):
    with pytest.raises(PluginError, match=r"training\(\) is .*, not an iterable of batches"):
        stream(batches, FITS["every"][0])


def test_all_batches_of_a_stream_have_one_shape():
    problem, batch = FITS["every"]
    other = Batch(batch.inputs[:4], batch.targets[:4])
    found = stream([batch, batch, other], problem)
    next(found), next(found)
    said = r"batch 3 .* \(4, 3, 2, 4, 3, 4\), those before had \(5, 3, 2, 5, 3, 4\)"
    with pytest.raises(PluginError, match=said):
        next(found)


def test_an_endless_stream_must_not_end():
    problem, batch = FITS["every"]
    assert len(list(stream([batch] * 3, problem))) == 3
    found = stream([batch] * 3, problem, endless=True)
    with pytest.raises(PluginError, match=r"training\(\) ends after 3 batches; it must not end"):
        list(found)
    assert len(list(islice(stream(repeat(batch), problem, endless=True), 9))) == 9


def raising(error):
    yield FITS["every"][1]
    raise error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("a"), "training() raises KeyError: 'a'"),
        (SystemExit(3), "training() raises SystemExit: 3"),
        (UsageError("the text has gone"), "training(): the text has gone"),
    ],
)
def test_what_is_raised_on_the_way_names_the_task(error, said):
    found = stream(raising(error), FITS["every"][0])
    next(found)
    with pytest.raises(PluginError, match=f"^{re.escape(f'{WHO}: {said}')}$"):
        next(found)
