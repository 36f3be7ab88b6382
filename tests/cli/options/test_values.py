import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.api.options.values import chosen, device
from rnnbench.cli.options.values import assigned, excess, number, share
from rnnbench.errors import UsageError
from rnnbench.schema.types import Above0, NotNegative, Repeats, Size, SizeOrZero


@pytest.mark.parametrize(
    ("text", "value"), [("2%", 0.02), ("0.02", 0.02), ("0.5 %", 0.005), ("99.9%", 0.999)]
)
def test_a_share_is_in_per_cent_or_plain(text, value):
    assert share(text) == pytest.approx(value)


@given(st.floats(1e-9, 0.999))
def test_any_share_can_be_written_both_ways(value):
    assert share(repr(value)) == value
    assert share(f"{100 * value!r}%") == pytest.approx(value)


@pytest.mark.parametrize("text", ["0", "0%", "1", "100%", "-0.1", "2", "nan", "inf%"])
def test_no_share_is_nothing_or_all(text):
    with pytest.raises(typer.BadParameter, match="is not between 0 and 1"):
        share(text)


@pytest.mark.parametrize("text", ["", "%", "two", "2 per cent", "%2"])
def test_what_is_no_number_is_no_share(text):
    with pytest.raises(typer.BadParameter, match="is no share"):
        share(text)


@pytest.mark.parametrize(
    ("hint", "text", "value"),
    [
        (Size, "1", 1),
        (Size, " 12 ", 12),
        (Size, "1_000", 1000),
        (SizeOrZero, "0", 0),
        (Above0, "3", 3),
        (Above0, "1e-9", 1e-9),
        (NotNegative, "0", 0),
        (Repeats, "1000", 1000),
        (Repeats, 3, 3),
    ],
)
def test_a_number_within_its_limits_is_taken(hint, text, value):
    assert number(hint)(text) == value


@pytest.mark.parametrize("hint", [Above0, NotNegative, Above0 | None])
def test_a_whole_number_is_a_float_where_its_option_is_one(hint):
    """As a results file has it, whose comparisons would bear another key."""
    assert type(number(hint)("50")) is float
    assert type(number(Size)("50")) is int


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1.5", "true", "nan", "inf", "[1]", "1 2", "9" * 5000]
)
@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (Size, "is not a whole number from 1 to 2147483648."),
        (Repeats, "is not a whole number from 1 to 1000."),
    ],
)
def test_what_is_no_number_of_its_kind_is_told_in_words(hint, text, words):
    with pytest.raises(typer.BadParameter) as raised:
        number(hint)(text)
    assert raised.value.message == f"{text} {words}"


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1e10", "x", "true", "'1'"])
def test_what_is_not_above_0_is_refused(text):
    with pytest.raises(typer.BadParameter, match="is not a number above 0 and at most 1000000000"):
        number(Above0)(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cuda", "gpu"),
        ("CUDA:1", "gpu:1"),
        ("GPU", "gpu"),
        ("gpu0", "gpu:0"),
        ("GPU:0", "gpu:0"),
        ("gpu 1", "gpu:1"),
        ("gpu:", "gpu"),
        ("nvidia", "gpu"),
        ("Cpu", "cpu"),
        ("cpu:0", "cpu"),
    ],
)
def test_a_device_of_another_name_gets_a_hint(text, meant):
    with pytest.raises(UsageError, match=f"Did you mean '{meant}'"):
        device(text)


@pytest.mark.parametrize("text", ["", "tpu", "gpu:x", "gpu:\u0663", "gpu:-1"])
def test_what_is_like_no_device_gets_none(text):
    with pytest.raises(UsageError, match=r"it is cpu, gpu or gpu:N$"):
        device(text)


@pytest.mark.parametrize(("text", "found"), [("cpu", "cpu"), ("gpu", "gpu:0"), ("gpu:3", "gpu:3")])
def test_a_device_is_parsed(text, found):
    assert device(text) == found


def test_assignments_are_texts_by_name():
    given = ["echo.path=2024", "echo.length=3", 'lstm.x="q" # z', "copy-memory.a=b=c\nd"]
    assert assigned(given) == {
        "echo.path": "2024",
        "echo.length": "3",
        "lstm.x": '"q" # z',
        "copy-memory.a": "b=c\nd",
    }


@pytest.mark.parametrize("again", ["7", "5"])
def test_an_option_that_is_there_twice_is_refused(again):
    told = f"--set echo.length is there twice, as '5' and as '{again}': give it once"
    with pytest.raises(UsageError) as refused:
        assigned(["echo.length=5", "echo.path=x", f"echo.length={again}"])
    assert str(refused.value) == told


@pytest.mark.parametrize("text", ["length=3", "echo.length", "echo=3", ".length=3", "echo.=3", ""])
def test_what_is_no_assignment_is_refused(text):
    with pytest.raises(UsageError, match=r"is not NAME\.OPTION=VALUE"):
        assigned([text])


def test_words_are_chosen_in_the_order_in_which_they_are_known():
    assert chosen("--metric", "score, memory,score", ("memory", "score")) == (
        "memory",
        "score",
    )


@pytest.mark.parametrize("text", ["", ",", "memry", "memory,x"])
def test_a_word_that_is_not_known_is_named(text):
    with pytest.raises(UsageError, match="unknown value of --metric"):
        chosen("--metric", text, ("memory", "score"))


@pytest.mark.parametrize(
    ("text", "value"), [("0%", 0), ("5%", 0.05), ("0.05", 0.05), ("250%", 2.5)]
)
def test_an_excess_may_be_nothing_or_more_than_the_whole(text, value):
    assert excess(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["-1%", "nan", "inf", "much", "", "1e9"])
def test_what_is_no_excess_is_refused(text):
    with pytest.raises(typer.BadParameter):
        excess(text)


@pytest.mark.parametrize("text", ["1", "5", "1.5"])
def test_an_excess_from_one_on_says_whether_it_is_in_per_cent(text):
    with pytest.raises(typer.BadParameter, match=f"{text} could be {text}% or "):
        excess(text)
