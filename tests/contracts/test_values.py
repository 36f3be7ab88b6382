"""NumPy's scalars are taken as what they mean; what only looks like a value is not taken."""

import enum
import math
import traceback
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from fuzzing import tries
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.contracts import values
from rnnbench.contracts.values import NotPlain, asked, said
from rnnbench.errors import PluginError, UsageError


class Liar(str):
    """A text that says something else of itself."""

    def __str__(self):
        return "a lie"

    def encode(self, *_):
        return b"a lie"


class Deceit(float):
    def __float__(self):
        return math.nan


class Level(enum.IntEnum):
    HIGH = 3


class Odd:
    def __repr__(self):
        raise RuntimeError("no")


#: Anything that a plugin may say.
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=3),
    st.fractions(),
    st.complex_numbers(),
    st.floats(width=32).map(np.float32),
    st.floats(width=16).map(np.float16),
    st.floats().map(np.float64),
    st.integers(-(2**63), 2**63 - 1).map(np.int64),
    st.integers(0, 255).map(np.uint8),
    st.booleans().map(np.bool_),
    st.text().map(np.str_),
    st.text().map(Liar),
    st.floats().map(np.array),
    st.just(np.datetime64("2026-01-01")),
    st.just(float),
    st.builds(Odd),
)
#: What converts, and the only class that it returns.
KINDS = {
    "number": (values.number, float),
    "finite": (values.finite, float),
    "scalar": (values.scalar, float),
    "count": (values.count, int),
    "positive": (values.positive, int),
    "flag": (values.flag, bool),
    "text": (values.text, str),
}


@pytest.mark.parametrize("kind", KINDS)
@tries(50)
@given(value=ANYTHING)
def test_what_comes_out_is_of_one_class_and_the_same_value_or_nothing_comes_out(kind, value):
    convert, wanted = KINDS[kind]
    try:
        found = convert(value)
    except NotPlain:
        return
    assert type(found) is wanted
    if wanted is not str:
        assert found == value or (found != found and value != value) or math.isinf(found)


@tries(50)
@given(value=ANYTHING)
def test_what_is_finite_counted_true_or_a_text_can_be_written_and_read(value):
    for name in ("finite", "count", "positive", "flag", "text"):
        convert, wanted = KINDS[name]
        try:
            found = convert(value)
        except NotPlain:
            continue
        assert msgspec.json.decode(msgspec.json.encode(found), type=wanted) == found


@tries(50)
@given(value=ANYTHING)
def test_what_is_wrong_is_one_line_that_names_who_said_it(value):
    with pytest.raises(PluginError) as caught:
        said("task 'x' of y", "sizes", value, values.one_of("something else"))
    message = str(caught.value)
    assert message.startswith("task 'x' of y: sizes is ")
    assert message.endswith(", not one of something else")
    assert "\n" not in message
    assert len(message) < 200


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (values.finite, np.float64(1.5), 1.5),
        (values.finite, np.int64(2), 2.0),
        (values.finite, 3, 3.0),
        (values.count, np.uint8(7), 7),
        (values.count, Level.HIGH, 3),
        (values.flag, np.bool_(True), True),
        (values.text, np.str_("bits"), "bits"),
        (values.text, Liar("truth"), "truth"),
        (values.scalar, np.array([0.5], np.float32), 0.5),
        (values.scalar, np.array(np.inf), np.inf),
        (values.number, np.float32("inf"), np.inf),
        pytest.param(values.number, 10**400, np.inf, id="huge"),
        (values.number, Deceit(1.0), 1.0),
        (values.optional(values.text), None, None),
        (values.texts, (np.str_("cpu"), "gpu:0"), ["cpu", "gpu:0"]),
        (values.table, {np.str_("torch"): "2"}, {"torch": "2"}),
        (values.one_of("last", "every"), np.str_("last"), "last"),
    ],
)
def test_honest_values_are_welcome(convert, value, expected):
    found = convert(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("convert", "value"),
    [
        (values.finite, math.nan),
        (values.finite, -math.inf),
        (values.finite, 1e101),
        (values.finite, True),
        (values.finite, np.bool_(True)),
        (values.finite, None),
        (values.finite, "1.0"),
        (values.finite, 1j),
        (values.finite, Fraction(1, 2)),
        (values.finite, np.array(1.0)),
        pytest.param(values.finite, -(10**400), id="huge"),
        (values.scalar, np.array([1.0, 2.0])),
        (values.scalar, np.array(["1.0"])),
        (values.scalar, np.array([True])),
        (values.scalar, "1.0"),
        (values.count, -1),
        (values.count, 1.0),
        (values.count, True),
        (values.count, 1 << 63),
        (values.positive, 0),
        (values.flag, 1),
        (values.flag, "yes"),
        (values.flag, None),
        (values.text, 7),
        (values.text, b"bytes"),
        (values.text, None),
        (values.text, "\ud800"),
        (values.text, "x" * 5000),
        (values.texts, "cpu"),
        (values.texts, ["cpu", 0]),
        (values.texts, 3),
        (values.table, [("torch", "2")]),
        (values.table, {"torch": None}),
        (values.one_of("last", "every"), "first"),
    ],
)
def test_what_is_no_value_is_refused(convert, value):
    with pytest.raises(NotPlain):
        convert(value)


def test_an_iterator_without_end_is_cut_off():
    def endless():
        while True:
            yield "cpu"

    with pytest.raises(NotPlain, match="at most 1000"):
        values.texts(endless())


@pytest.mark.parametrize("error", [ValueError("two\nlines"), SystemExit(3), MemoryError()])
def test_whatever_is_raised_is_named(error):
    def ask():
        raise error

    with pytest.raises(PluginError, match=f"^task 'x' of y: sizes raises {type(error).__name__}"):
        asked("task 'x' of y", "sizes", ask, values.text)


@pytest.mark.parametrize("error", [UsageError("no such text"), KeyboardInterrupt()])
def test_what_is_meant_for_the_user_passes(error):
    def ask():
        raise error

    with pytest.raises(type(error)) as caught:
        asked("task 'x' of y", "sizes", ask, values.text)
    assert caught.value is error


class Ending(UsageError):
    def __str__(self):
        raise SystemExit(3)


def about(error, keys):
    error.about = keys
    return error


@pytest.mark.parametrize(
    "error",
    [
        *(Ending(), UsageError(10**5000)),
        *(about(UsageError("no"), keys) for keys in (7, ((7,),), [("batch",)])),
    ],
)
def test_what_is_meant_for_the_user_and_cannot_be_told_is_named(error):
    def ask():
        raise error

    with pytest.raises(PluginError, match=r"^task 'x' of y: sizes raises (Ending|UsageE)"):
        asked("task 'x' of y", "sizes", ask, values.text)


class Unseen:
    """Something that can't even be asked for its class."""

    @property
    def __class__(self):
        raise ZeroDivisionError("never")


@pytest.mark.parametrize("name", ["number", "finite", "count", "flag", "text", "texts", "table"])
def test_what_raises_when_it_is_looked_at_names_who_said_it(name):
    told = "^a task: to look at size raises ZeroDivisionError: never$"
    with pytest.raises(PluginError, match=told):
        said("a task", "size", Unseen(), getattr(values, name))


class UnseenError(Unseen, Exception):
    """An error that can't even be asked for its class, as in ``isinstance``."""


def test_an_error_that_raises_when_it_is_looked_at_is_named_and_can_be_printed():
    def ask():
        raise UnseenError("gone")

    with pytest.raises(PluginError, match=r"^a task: size raises UnseenError: gone$") as caught:
        asked("a task", "size", ask, values.number)
    shown = "".join(traceback.format_exception(caught.value))
    assert "UnseenError: gone" in shown


def test_what_can_be_looked_at_is_left_as_it_is():
    error = ValueError("x")
    assert values.tame(error) is error


def test_what_ends_the_program_when_it_is_looked_at_names_who_said_it():
    class Ending(dict):
        def items(self):
            raise SystemExit(0)

    with pytest.raises(PluginError, match=r"^a task: to look at size raises SystemExit: 0$"):
        said("a task", "size", Ending(), values.table)


def test_what_raises_when_it_is_asked_for_more_names_who_said_it():
    def lines():
        yield "one"
        raise KeyError("two")

    with pytest.raises(PluginError, match=r"^a task: to look at remarks raises KeyError: 'two'$"):
        asked("a task", "remarks", lines, values.texts)
