"""What the fuzzing of ``tests/fuzz`` shares."""

import os

import hypothesis
from hypothesis import strategies as st

#: ``RNNBENCH_FUZZ=20`` tries twenty times what the tests name, as `tox -e nightly` does.
TIMES = float(os.environ.get("RNNBENCH_FUZZ", "0.2"))

#: Integers that fit nowhere, and others.
INTEGERS = st.integers() | st.integers(2**53, 2**70) | st.sampled_from([-1, 0, 1, 10**30, 10**400])
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | INTEGERS | FLOATS | st.text(max_size=20)
#: Any JSON value.
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def tries(number):
    """Return the settings of a property that is tried so many times, times ``TIMES``."""
    slow = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture]
    return hypothesis.settings(max_examples=round(number * TIMES), suppress_health_check=slow)


def places(value, path=()):
    """Yield the path of every value in a JSON value."""
    yield path
    for name, each in parts(value):
        yield from places(each, (*path, name))


def values(value):
    """Yield every value in a JSON value, in the same order."""
    yield value
    for _, each in parts(value):
        yield from values(each)


def parts(value):
    """Return what is in a JSON value, with the name or the number of each."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def changed(value, path, new):
    """Return a JSON value with another one at a path; ``...`` leaves it out."""
    if not path:
        return None if new is ... else new
    copy = value.copy()
    first, *rest = path
    if rest or new is not ...:
        copy[first] = changed(copy[first], rest, new)
    else:
        del copy[first]
    return copy
