import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.text import class_name, message_of, one_line, plain, plain_lines, shown

#: Any text, the dangerous characters among it more often than by chance.
CONTROLS = st.characters(categories=("Cc", "Zl", "Zp", "Cs", "Cf"))
TEXT = st.text(st.characters() | CONTROLS)
DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def harmful(character):
    category, direction = unicodedata.category(character), unicodedata.bidirectional(character)
    return category in ("Cc", "Zl", "Zp", "Cs") or direction in DIRECTIONS


@given(TEXT)
def test_nothing_is_left_that_speaks_to_a_terminal(text):
    assert not any(map(harmful, plain(text)))
    plain(text).encode()  # any output can take it


@given(TEXT)
def test_once_is_enough(text):
    assert plain(plain(text)) == plain(text)
    assert plain_lines(plain_lines(text)) == plain_lines(text)


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp"))))
def test_letters_and_signs_are_left_alone(text):
    assert plain(text) == text


@given(TEXT)
def test_lines_keep_their_newlines_alone(text):
    assert [line for line in plain_lines(text).split("\n") if any(map(harmful, line))] == []
    assert plain_lines(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;pwned\x07", r"\x1b]0;pwned\x07"),
        ("a\x9b2Jb", r"a\x9b2Jb"),
        ("one\ntwo\r\t", r"one\ntwo\r\t"),
        ("to\u202ekrow", r"to\u202ekrow"),
        ("\u2028\u2066\u200f\ud800", r"\u2028\u2066\u200f\ud800"),
        ("\0\x7f", r"\x00\x7f"),
        ("1 × 2 → µs, Ελ, 循環, ı̇, 👩‍🔬", "1 × 2 → µs, Ελ, 循環, ı̇, 👩‍🔬"),
    ],
)
def test_controls_are_shown_as_escapes(text, shown):
    assert plain(text) == shown


def test_tabs_of_a_traceback_become_spaces():
    assert plain_lines("a\n\tb\x1b[2J\r\n") == "a\n        b\\x1b[2J\\r\n"


@given(TEXT, st.integers(1, 5000))
def test_one_line_is_short_and_plain(text, times):
    found = one_line(text * times)
    assert len(found) <= 500
    assert found == plain(found)


class Meta(type):
    __name__ = property(lambda cls: 1 / 0)


class Rude(Exception, metaclass=Meta):
    """Raises wherever it is looked at."""

    __class__ = property(lambda self: 1 / 0)

    def __str__(self):
        raise SystemExit

    __repr__ = __str__


def test_a_stranger_that_raises_when_it_is_looked_at_is_shown_all_the_same():
    assert (shown(Rude()), class_name(Rude()), message_of(Rude())) == ("a Rude", "Rude", "")
