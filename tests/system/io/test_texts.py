"""One rule for all text: marks go, lines end in LF, and it is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.system.io.texts import NotText, decoded, normalized, read_text

MARKED, CRLF, CR = (
    "its byte-order mark is left out",
    "its line ends CRLF are read as LF",
    "its line ends CR are read as LF",
)


@pytest.mark.parametrize(
    ("data", "content", "changes"),
    [
        (b"", "", ()),
        (b"a\nb\n", "a\nb\n", ()),
        (b"\xef\xbb\xbfa", "a", (MARKED,)),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", "a", (MARKED,)),
        (b"\xef\xbb\xbf", "", (MARKED,)),
        (b"a\r\nb\r\n", "a\nb\n", (CRLF,)),
        (b"a\rb\r", "a\nb\n", (CR,)),
        (b"a\r\nb\rc\n\r\n", "a\nb\nc\n\n", (CRLF, CR)),
        (b"a\r\r\nb", "a\n\nb", (CRLF, CR)),
        (b"\xef\xbb\xbfa\r\n", "a\n", (MARKED, CRLF)),
        ("a\ufeffb".encode(), "a\ufeffb", ()),  # inside a text it is no mark
    ],
)
def test_what_is_no_part_of_a_text_goes_and_is_told(data, content, changes):
    assert decoded(data) == (content, changes)


@given(st.text(st.sampled_from("a\r\n\ufeffé")))
def test_a_text_that_was_read_is_read_again_as_it_is(text):
    once = normalized(text).content
    assert normalized(once) == (once, ())
    assert "\r" not in once
    assert [line for line in once.split("\n") if line] == [
        line for line in text.lstrip("\ufeff").replace("\r", "\n").split("\n") if line
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_another_encoding_is_named_by_its_mark(encoding):
    with pytest.raises(NotText, match=f"^it is {encoding.upper()}: convert it to UTF-8$"):
        decoded("some text\n".encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_another_encoding_is_named_without_its_mark(encoding):
    with pytest.raises(NotText, match=r"^it is UTF-16 without its mark: convert"):
        decoded("some text\n".encode(encoding))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\0\0\0", "it is not text (it holds zero bytes): give a UTF-8 text file"),
        (b"a\0b\0\0", "it is not text (it holds zero bytes): give a UTF-8 text file"),
        (b"caf\xe9", "it is not UTF-8 text (byte 0xe9 at offset 3): convert it to UTF-8"),
    ],
)
def test_what_is_no_text_is_refused(data, what):
    with pytest.raises(NotText) as refused:
        decoded(data)
    assert str(refused.value) == what


def test_a_file_is_read_by_the_same_rule(tmp_path):
    (tmp_path / "text").write_bytes(b"\xef\xbb\xbfa\r\n")
    assert read_text(tmp_path / "text", 100) == ("a\n", (MARKED, CRLF))
    with pytest.raises(OSError, match="at most"):
        read_text(tmp_path / "text", 5)
