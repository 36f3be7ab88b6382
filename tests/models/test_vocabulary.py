import pytest

from rnnbench import UsageError, Vocabulary

LETTERS = Vocabulary(("a", "b", "\n"))
WORDS = Vocabulary(("the", "cat", "<eos>"), words=True, newline="<eos>")


def test_text_becomes_tokens_and_back():
    assert LETTERS.tokens("ab\nb") == [0, 1, 2, 1]
    assert LETTERS.text([0, 1, 2, 1]) == "ab\nb"


def test_words_are_what_white_space_separates():
    assert WORDS.tokens("the  cat\nthe\t") == [0, 1, 2, 0]
    assert WORDS.text([0, 1, 2, 0]) == "the cat\nthe"
    assert Vocabulary(("a", "b"), words=True).tokens("a\nb") == [0, 1]


def test_what_has_no_symbol_is_silent():
    assert LETTERS.text([3, 0, -1, 4]) == "a"


@pytest.mark.parametrize(
    ("vocabulary", "text", "told"),
    [
        (LETTERS, "axbyx", "'x', 'y': not among the 3 characters that the net knows"),
        (LETTERS, "cdefghij", "'c', 'd', 'e', 'f', 'g' and 3 more: not"),
        (WORDS, "the dog", "'dog': not among the 3 words"),
    ],
)
def test_symbols_that_are_not_known_are_named(vocabulary, text, told):
    with pytest.raises(UsageError) as error:
        vocabulary.tokens(text)
    assert str(error.value).startswith(told)
