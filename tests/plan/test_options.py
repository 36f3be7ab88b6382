"""What is given as text becomes a value of the type that its option declares, and of no other."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import msgspec
import pytest
from fake_plugin import Echo
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.errors import PluginError, UsageError
from rnnbench.plan.comparisons.build import checked_options, converted
from rnnbench.plan.options import typed, value_of

Count = Annotated[int, msgspec.Meta(ge=1)]


@pytest.mark.parametrize("hint", [str, str | None])
@given(text=st.text() | st.sampled_from(["2024", "true", "1_1_1", '"q" # z', "[1]", " x ", "1.0"]))
def test_a_text_stands_as_it_is(hint, text):
    assert value_of("rich", text, hint) == text


@pytest.mark.parametrize(
    ("text", "hint", "value"),
    [
        ("200", int, 200),
        ("1_000", Count, 1000),
        (" 7 ", int, 7),
        ("0x10", int, 16),
        ("2", float, 2),
        ("1e-3", float, 1e-3),
        ("true", bool, True),
        ("false", bool, False),
        ("True", bool, True),
        (".3", float, 0.3),
        ("-.3", float, -0.3),
        ("[1, 2]", list[int], [1, 2]),
        ("[1.5]", tuple[float, ...], [1.5]),
        ('["a", "b"]', list[str], ["a", "b"]),
        ("halves", Literal["halves", "anywhere"], "halves"),
        ("2", Literal[1, 2], 2),
        ("auto", int | Literal["auto"], "auto"),
        ("5", int | Literal["auto"], 5),
    ],
)
def test_anything_else_is_written_as_in_toml(text, hint, value):
    found = value_of("rich", text, hint)
    assert found == value
    assert type(found) is type(value)


@dataclass(frozen=True)
class Rich(Echo):
    """A task with an option of each type."""

    name: ClassVar[str] = "rich"

    title: str = ""
    share: float = 0.5
    fast: bool = False
    sizes: tuple[int, ...] = (1,)
    where: Literal["here", "there"] = "here"


@pytest.fixture
def rich(registry, monkeypatch):
    monkeypatch.setitem(registry.tasks, "rich", Rich)
    return registry


def test_options_of_a_task_and_a_cell(rich):
    texts = {
        "rich": {"title": "2024", "sizes": "[3, 4]", "fast": "true", "share": "1", "length": "9"},
        "lstm": {"forget_bias": "2.5"},
    }
    found = typed(texts, rich)
    assert found == {
        "rich": {"title": "2024", "sizes": [3, 4], "fast": True, "share": 1, "length": 9},
        "lstm": {"forget_bias": 2.5},
    }
    made = converted("rich", Rich, found["rich"])
    assert (made.title, made.sizes, made.fast) == ("2024", (3, 4), True)


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("length", "long", "rich.length is 'long'; it is a whole number"),
        ("length", "true", "rich.length is true; it is a whole number"),
        ("length", "1.0", "rich.length is 1.0; it is a whole number"),
        ("length", "", "rich.length is ''; it is a whole number"),
        ("length", "1979-05-27", "rich.length is '1979-05-27'; it is a whole number"),
        ("length", "1\nx = 2", r"rich.length is '1\nx = 2'; it is a whole number"),
        ("share", "half", "rich.share is 'half'; it is a number"),
        ("share", "nan", "rich.share: nan is not a finite number"),
        ("fast", "1", "rich.fast is 1; it is true or false"),
        ("fast", "yes", "rich.fast is 'yes'; it is true or false"),
        ("sizes", "3", "rich.sizes is 3; it is a list of whole numbers"),
        ("sizes", "[1, 'a']", 'rich.sizes is [1, "a"]; it is a list of whole numbers'),
        ("sizes", "[[1]]", "rich.sizes is '[[1]]'; it is a list of whole numbers"),
        ("sizes", f"[{'9' * 30}]", f"rich.sizes: {'9' * 30} is not a finite number"),
        ("where", "nowhere", "rich.where is 'nowhere'; it is 'here' or 'there'"),
    ],
)
def test_another_value_is_refused_by_the_option_and_its_type(rich, option, text, message):
    (values,) = typed({"rich": {option: text}}, rich).values()
    with pytest.raises(UsageError) as refused:
        checked_options("task", "rich", rich, values)
    assert str(refused.value).startswith(message)


def test_what_does_not_exist_stays_a_text_and_is_refused_where_names_are_checked(registry):
    texts = {"ekho": {"length": "3"}, "echo": {"lenth": "3"}}
    assert typed(texts, registry) == texts
    with pytest.raises(UsageError, match=r"unknown option of echo 'lenth'. Did you mean 'length'"):
        checked_options("task", "echo", registry, typed(texts, registry)["echo"])


class Untyped(Echo):
    """A task with an option of a type that nobody knows."""

    name: ClassVar[str] = "untyped"
    __annotations__ = {"odd": "NoSuchType"}


class Uncheckable(Echo):
    """A task with an option of a type that no value can be held against."""

    name: ClassVar[str] = "uncheckable"
    __annotations__ = {"odd": dict[list[int], int] | dict[str, int]}


@pytest.mark.parametrize("task", [Untyped, Uncheckable])
def test_a_type_that_is_none_is_the_fault_of_the_plugin(registry, monkeypatch, task):
    task.odd = 1
    monkeypatch.setitem(registry.tasks, task.name, dataclass(frozen=True)(task))
    with pytest.raises(PluginError, match=f"^'{task.name}': the type of an option raises"):
        typed({task.name: {"odd": "3"}}, registry)
    with pytest.raises(PluginError, match=f"^'{task.name}': the type of an option raises"):
        checked_options("task", task.name, registry, {"odd": 3})
