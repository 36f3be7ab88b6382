import numpy as np
import pytest

from rnnbench import Batch, Problem, Program, Unsupported
from rnnbench.contracts.inference.generation import generate, search, write, write_likeliest
from rnnbench.oracle.backend import NumpyBackend

WORDS = Problem(9, 5, tokens=True, loss="cross-entropy", targets="sequence", begin=0, end=4)
NUMBERS = Problem(1, 1, targets="sequence")


class Writer(Program):
    """A program that only writes: what else there is of one is not called."""

    kernel = "none"

    def forward(self, state, batch): ...
    def gradient(self, state, batch): ...
    def train_step(self, state, batch): ...
    def params(self): ...
    def reset(self, params): ...
    def wait(self): ...


class Counts(Writer):
    """Says one more than it was told, and keeps what it was told."""

    def __init__(self):
        self.told = []

    def begin(self, batch):
        return batch.inputs, {"layer": (np.zeros(1),)}

    def advance(self, memory, state, batch):
        self.told.append(batch.inputs[0].tolist())
        if batch.inputs.dtype.kind == "f":
            return batch.inputs + 1, state
        return np.eye(5)[np.minimum(batch.inputs + memory[:1], 4)], state


def written(problem, inputs, targets):
    program = Counts()
    batch = Batch(np.array(inputs), np.array(targets))
    return generate(NumpyBackend("cpu", "float64"), program, problem, batch), program.told


def test_each_step_is_told_what_was_said_at_the_last():
    outputs, told = written(WORDS, [[1, 1]], np.full((3, 2), 2))
    assert outputs.argmax(-1).tolist() == [[1, 1], [2, 2], [3, 3]]
    assert told == [[0, 0], [1, 1], [2, 2]]


def test_it_ends_when_all_have_ended():
    outputs, told = written(WORDS, [[4, 2]], np.zeros((6, 2), int))
    assert told == [[0, 0], [4, 2]]
    assert outputs.shape == (6, 2, 5)
    assert outputs[:2].argmax(-1).tolist() == [[4, 2], [4, 4]]
    assert not outputs[2:].any()


def test_targets_are_not_looked_at():
    first, _ = written(WORDS, [[1, 2]], np.zeros((3, 2), int))
    second, _ = written(WORDS, [[1, 2]], np.full((3, 2), 3))
    assert np.array_equal(first, second)


def test_numbers_are_said_as_they_are():
    outputs, told = written(NUMBERS, np.zeros((4, 1, 1)), np.full((3, 1, 1), 7.0))
    assert outputs.ravel().tolist() == [1, 2, 3]
    assert told == [[[0]], [[1]], [[2]]]


def test_a_backend_that_can_not_is_told():
    class Silent(Counts):
        def begin(self, batch):
            return Program.begin(self, batch)

    batch = Batch(np.zeros((2, 1), int), np.zeros((2, 1), int))
    with pytest.raises(Unsupported, match="Silent can't generate"):
        generate(NumpyBackend("cpu", "float64"), Silent(), WORDS, batch)


def greedy(logits):
    return int(logits.argmax())


def test_a_translation_ends_where_the_program_ends_it():
    backend, program = NumpyBackend("cpu", "float64"), Counts()
    assert write(backend, program, WORDS, [1, 9, 9], 10, greedy) == [1, 2, 3]
    assert program.told == [[0], [1], [2], [3]]
    assert write(backend, Counts(), WORDS, [1], 2, greedy) == [1, 2]


def test_a_language_model_goes_on_with_what_it_was_told():
    language = Problem(5, 5, tokens=True, loss="cross-entropy", causal=True)
    program, counted = Counts(), []
    backend = NumpyBackend("cpu", "float64")
    assert write(backend, program, language, [1, 0, 2], 3, greedy, counted.append) == [3, 4, 4]
    assert program.told == [[1], [0], [2], [3], [4]]
    assert counted == [1, 2, 3]


class Grammar(Writer):
    """Says each token by all that it was told: random logits for each beginning."""

    def __init__(self, seed, examples, tokens, steps):
        rng = np.random.default_rng(seed)
        beginnings = sum(tokens**k for k in range(steps + 1))
        self.logits = rng.normal(size=(examples, beginnings, tokens), scale=2)
        self.tokens = tokens

    def begin(self, batch):
        count = batch.inputs.shape[1]
        return batch.inputs[0], {"decoder": (np.full((count, 1), -1),)}

    def advance(self, memory, state, batch):
        before, said = state["decoder"][0][:, 0], batch.inputs[0]
        now = np.where(before < 0, 0, before * self.tokens + said + 1)
        return self.logits[memory, now][None], {"decoder": (now[:, None],)}


SHORT = Problem(9, 4, tokens=True, loss="cross-entropy", targets="sequence", begin=3, end=2)


def likeliest(program, example, steps):
    """Return the likeliest target of at most so many tokens, its end included, by trying all."""
    found = {}

    def go(told, place, total):
        levels = program.logits[example, place]
        shares = levels - np.log(np.exp(levels).sum())
        for token in range(program.tokens):
            whole = (*told, token)
            if token == SHORT.end:
                found[whole] = total + shares[token]
            elif len(whole) < steps:
                go(whole, place * program.tokens + token + 1, total + shares[token])

    go((), 0, 0.0)
    return max(found, key=found.get)


def searched(program, steps, beam, examples=5):
    batch = Batch(np.arange(examples)[None], np.zeros((steps, examples), int))
    return search(NumpyBackend("cpu", "float64"), program, SHORT, batch, beam)


@pytest.mark.parametrize("seed", range(4))
def test_a_wide_beam_finds_the_likeliest_of_all_targets(seed):
    steps, program = 4, Grammar(seed, 5, 4, 4)
    found = searched(program, steps, beam=4**steps)
    for example in range(5):
        right = likeliest(program, example, steps)
        assert tuple(found[: len(right), example]) == right
        assert set(found[len(right) :, example]) <= {SHORT.end}


@pytest.mark.parametrize("seed", range(4))
def test_one_source_is_translated_by_a_beam_search(seed):
    program, backend, counts = Grammar(seed, 5, 4, 4), NumpyBackend("cpu", "float64"), []
    for source in range(5):
        found = write_likeliest(backend, program, SHORT, [source], 4, 4**4, counts.append)
        assert found == list(likeliest(program, source, 4)[:-1])
    assert max(counts) <= 4


def test_of_one_beginning_it_is_greedy():
    program = Grammar(7, 5, 4, 6)
    batch = Batch(np.arange(5)[None], np.zeros((6, 5), int))
    greedy = generate(NumpyBackend("cpu", "float64"), program, SHORT, batch).argmax(-1)
    found = searched(program, 6, beam=1)
    there = np.cumsum(np.cumsum(greedy == SHORT.end, axis=0), axis=0) <= 1
    assert (found == greedy)[there].all()


def test_a_narrow_beam_misses_what_a_wide_one_finds():
    program = Grammar(0, 5, 4, 5)
    assert (searched(program, 5, beam=1) != searched(program, 5, beam=4**5)).any()


def test_what_has_not_ended_is_taken_only_where_nothing_has():
    program = Grammar(1, 5, 4, 3)
    program.logits[..., SHORT.end] = -30
    assert (searched(program, 3, beam=1) != SHORT.end).all()
    assert (searched(program, 3, beam=64) == SHORT.end).any(axis=0).all()
