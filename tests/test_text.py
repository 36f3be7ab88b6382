import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.text import (
    READABLE,
    class_name,
    encodable,
    message_of,
    one_line,
    plain,
    plain_lines,
    shown,
)

#: Any text, the dangerous characters among it more often than by chance.
CONTROLS = st.characters(categories=("Cc", "Zl", "Zp", "Cs", "Cf"))
TEXT = st.text(st.characters() | CONTROLS)


#: Default_Ignorable_Code_Point of Unicode 16, but for what is of category Cf: fillers, selectors of
#: variants, the joiner of graphemes, and what is reserved for their like.
IGNORABLE = {
    *("\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180c", "\u180d", "\u180f"),
    *(
        "\u2065",
        "\u3164",
        "\uffa0",
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xFFF0, 0xFFF9)),
    ),
    *map(chr, range(0xE0000, 0xE1000)),
}


def harmful(character):
    category = unicodedata.category(character)
    seen = character != " " and category == "Zs"
    return seen or category in ("Cc", "Cf", "Zl", "Zp", "Cs") or character in IGNORABLE


@given(TEXT)
def test_nothing_is_left_that_speaks_to_a_terminal(text):
    assert not any(map(harmful, plain(text)))
    plain(text).encode()  # any output can take it


@given(TEXT)
def test_once_is_enough(text):
    assert plain(plain(text)) == plain(text)
    assert plain_lines(plain_lines(text)) == plain_lines(text)


def test_every_character_is_seen_or_shown_as_an_escape():
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        if harmful(character):
            assert plain(character).startswith("\\")


@given(st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" ")))
def test_letters_and_signs_are_left_alone(text):
    honest = "".join(c for c in text if c not in IGNORABLE and c != "\u2800")
    assert plain(honest) == honest


@pytest.mark.parametrize(
    "twin",
    [
        *("ls\u200btm", "lstm\u2060", "\ufefflstm", "l\xadstm", "lstm\u3164", "lstm\ufe0f"),
        *("l\u034fstm", "lstm\U000e0041", "lstm\u115f", "lstm\u2800", "lstm\xa0", "\u180elstm"),
        "lstm\uffa0",
    ],
)
def test_two_names_differ_where_they_are_shown(twin):
    assert plain(twin) != "lstm"
    assert plain(twin).isascii()


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "1 ±2 × → … – · ↑ µ λ 循"),
        ("ascii", r"1 +/-2 x -> ... - - (up) u \u03bb \u5faa"),
        ("latin-1", r"1 ±2 × -> ... - · (up) µ \u03bb \u5faa"),
        ("cp1252", r"1 ±2 × -> … – · (up) µ \u03bb \u5faa"),
    ],
)
def test_text_degrades_to_what_an_encoding_can_show(encoding, shown):
    text = "1 ±2 × → … – · ↑ µ λ 循"
    assert encodable(text, encoding) == shown
    assert text.encode(encoding, READABLE).decode(encoding) == shown


@given(st.text(), st.sampled_from(["ascii", "latin-1", "cp1252", "utf-8", "koi8-r", "utf-16"]))
def test_any_text_can_be_encoded(text, encoding):
    text.encode(encoding, READABLE)
    plain(text).encode(encoding, READABLE)


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
        ("1 × 2 → µs, Ελ, 循環, ı̇, 👩🔬", "1 × 2 → µs, Ελ, 循環, ı̇, 👩🔬"),
        ("👩\u200d🔬", r"👩\u200d🔬"),
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
