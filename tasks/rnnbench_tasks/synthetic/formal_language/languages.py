"""The languages: each draws a word of a length, and gives the answer to it.

Definitions are those of Delétang et al., "Neural networks and the Chomsky hierarchy",
arXiv 2207.02098, appendix A.1; binary numbers begin with their lowest digit, as there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

LanguageName = Literal[
    "even-pairs",
    "parity",
    "cycle-navigation",
    "modular-arithmetic",
    "reverse-string",
    "stack-manipulation",
    "modular-arithmetic-brackets",
    "solve-equation",
    "duplicate-string",
    "missing-duplicate",
    "odds-first",
    "binary-addition",
    "binary-multiplication",
    "square-root",
    "bucket-sort",
]
#: A word, symbols from 0, and its answer, symbols from 0.
Pair: TypeAlias = tuple[list[int], list[int]]
Draw: TypeAlias = Callable[[np.random.Generator, int], Pair]

#: Numbers are taken modulo this; a cycle has so many places; so many symbols are sorted.
MODULUS = 5
#: Signs of arithmetic, after the digits 0 to 4.
PLUS, MINUS, TIMES, OPEN, CLOSE = range(MODULUS, MODULUS + 5)
#: What an equation has beside these: a digit that is not known, and the sign before its value.
UNKNOWN, EQUALS = CLOSE + 1, CLOSE + 2
#: The sign between two binary numbers; the gap in a string.
BETWEEN, GAP = 2, 2
#: What is done to a stack, after its symbols 0 and 1.
POP, PUSH = 2, (3, 4)


@dataclass(frozen=True)
class Language:
    """A problem on words.

    Attributes:
        draw: returns a word of a length and its answer.
        symbols: how many a word is made of.
        answers: how many an answer is made of.
        answer_length: of a word's length; None where the answer is one symbol, read at the end.
        shortest: the length of the shortest word.
    """

    draw: Draw
    symbols: int
    answers: int
    answer_length: Callable[[int], int] | None = None
    shortest: int = 1


def bits(rng: np.random.Generator, length: int) -> list[int]:
    """Draw a string of two letters."""
    return [int(bit) for bit in rng.integers(0, 2, length)]


def even_pairs(rng: np.random.Generator, length: int) -> Pair:
    """1 where the letters change an even number of times: where the first is the last."""
    word = bits(rng, length)
    return word, [int(word[0] == word[-1])]


def parity(rng: np.random.Generator, length: int) -> Pair:
    """1 where the number of ones is even."""
    word = bits(rng, length)
    return word, [1 - sum(word) % 2]


def cycle_navigation(rng: np.random.Generator, length: int) -> Pair:
    """Stay (0), one on (1) or one back (2) on a cycle of five: the place in the end."""
    word = rng.integers(0, 3, length).tolist()
    return word, [(word.count(1) - word.count(2)) % MODULUS]


def modular_arithmetic(rng: np.random.Generator, length: int) -> Pair:
    """Digits and + - × in turn, products first, modulo 5; of an even length a minus leads."""
    digits = rng.integers(0, MODULUS, (length + 1) // 2).tolist()
    signs = rng.integers(PLUS, TIMES + 1, len(digits) - 1).tolist()
    word = [] if length % 2 else [MINUS]
    total, product = 0, -1 if word else 1
    for digit, sign in zip(digits, [*signs, PLUS], strict=True):
        word += [digit, sign]
        product *= digit
        if sign != TIMES:  # a product ends here, and the next one begins with its sign
            total, product = total + product, 1 if sign == PLUS else -1
    return word[:-1], [total % MODULUS]


def modular_arithmetic_brackets(rng: np.random.Generator, length: int) -> Pair:
    """An expression in brackets, modulo 5: (e + e), (e - e), (e × e), (e), -d or a digit d."""
    word, value = expression(rng, length)
    return word, [value % MODULUS]


def solve_equation(rng: np.random.Generator, length: int) -> Pair:
    """An expression in brackets with x for one digit, =, and its value modulo 5: that digit.

    There are no products in it, so that no other digit gives that value.
    """
    word, value = expression(rng, length - 2, last=MINUS)
    place = int(rng.choice([k for k, symbol in enumerate(word) if symbol < MODULUS]))
    digit, word[place] = word[place], UNKNOWN
    return [*word, EQUALS, value % MODULUS], [digit]


def expression(rng: np.random.Generator, length: int, last: int = TIMES) -> tuple[list[int], int]:
    """Draw an expression of a length with the signs + to ``last``, and its value."""
    if length == 1:
        digit = int(rng.integers(0, MODULUS))
        return [digit], digit
    if length == 2:
        word, value = expression(rng, 1, last)
        return [MINUS, *word], -value
    if length <= 4:
        word, value = expression(rng, length - 2, last)
        return [OPEN, *word, CLOSE], value
    left = int(rng.integers(1, length - 3))
    sign = int(rng.integers(PLUS, last + 1))
    one, a = expression(rng, left, last)
    other, b = expression(rng, length - 3 - left, last)
    value = a + b if sign == PLUS else a - b if sign == MINUS else a * b
    return [OPEN, *one, sign, *other, CLOSE], value


def reverse_string(rng: np.random.Generator, length: int) -> Pair:
    """The string from its end."""
    word = bits(rng, length)
    return word, word[::-1]


def stack_manipulation(rng: np.random.Generator, length: int) -> Pair:
    """A stack from bottom to top, then what is done to it: what is left, from top to bottom.

    To pop nothing does nothing. Behind what is left the answer is filled with 2.
    """
    size = int(rng.integers(1, length + 1))
    stack = bits(rng, size)
    done = rng.integers(POP, PUSH[1] + 1, length - size).tolist()
    word = [*stack, *done]
    for action in done:
        if action != POP:
            stack.append(action - PUSH[0])
        elif stack:
            stack.pop()
    return word, [*stack[::-1], *[2] * (length - len(stack))]


def duplicate_string(rng: np.random.Generator, length: int) -> Pair:
    """The string twice."""
    word = bits(rng, length)
    return word, word * 2


def missing_duplicate(rng: np.random.Generator, length: int) -> Pair:
    """A string twice, with a gap in it: the letter in the gap. Of an odd length 0 leads."""
    half = bits(rng, length // 2)
    word = half * 2
    gap = int(rng.integers(len(word)))
    letter, word[gap] = word[gap], GAP
    return [0] * (length % 2) + word, [letter]


def odds_first(rng: np.random.Generator, length: int) -> Pair:
    """The letters at odd places, then those at even ones; places are counted from 1."""
    word = bits(rng, length)
    return word, word[::2] + word[1::2]


def two_numbers(rng: np.random.Generator, length: int) -> tuple[list[int], int, int]:
    """Draw two binary numbers with a sign between them, in all of a length of 3 at least."""
    first = int(rng.integers(1, length - 1))
    one, other = bits(rng, first), bits(rng, length - 1 - first)
    return [*one, BETWEEN, *other], number(one), number(other)


def number(digits: list[int]) -> int:
    """Return a binary number from its digits, the lowest first."""
    return sum(digit << k for k, digit in enumerate(digits))


def digits(value: int, length: int) -> list[int]:
    """Return so many binary digits of a number, the lowest first."""
    return [value >> k & 1 for k in range(length)]


def binary_addition(rng: np.random.Generator, length: int) -> Pair:
    """The sum of two numbers."""
    word, one, other = two_numbers(rng, length)
    return word, digits(one + other, length)


def binary_multiplication(rng: np.random.Generator, length: int) -> Pair:
    """The product of two numbers."""
    word, one, other = two_numbers(rng, length)
    return word, digits(one * other, length)


def square_root(rng: np.random.Generator, length: int) -> Pair:
    """The largest whole number whose square is not larger."""
    word = bits(rng, length)
    return word, digits(math.isqrt(number(word)), -(-length // 2))


def bucket_sort(rng: np.random.Generator, length: int) -> Pair:
    """The symbols 0 to 4 in order."""
    word = rng.integers(0, MODULUS, length).tolist()
    return word, sorted(word)


def as_long(length: int) -> int:
    """The answer is as long as the word."""
    return length


#: All languages: the regular ones, those for a stack, those for a tape.
LANGUAGES: dict[str, Language] = {
    "even-pairs": Language(even_pairs, 2, 2),
    "parity": Language(parity, 2, 2),
    "cycle-navigation": Language(cycle_navigation, 3, MODULUS),
    "modular-arithmetic": Language(modular_arithmetic, TIMES + 1, MODULUS),
    "reverse-string": Language(reverse_string, 2, 2, as_long),
    "stack-manipulation": Language(stack_manipulation, PUSH[1] + 1, 3, as_long),
    "modular-arithmetic-brackets": Language(modular_arithmetic_brackets, CLOSE + 1, MODULUS),
    "solve-equation": Language(solve_equation, EQUALS + 1, MODULUS, shortest=3),
    "duplicate-string": Language(duplicate_string, 2, 2, lambda length: 2 * length),
    "missing-duplicate": Language(missing_duplicate, 3, 2, shortest=2),
    "odds-first": Language(odds_first, 2, 2, as_long),
    "binary-addition": Language(binary_addition, 3, 2, as_long, shortest=3),
    "binary-multiplication": Language(binary_multiplication, 3, 2, as_long, shortest=3),
    "square-root": Language(square_root, 2, 2, lambda length: -(-length // 2)),
    "bucket-sort": Language(bucket_sort, MODULUS, MODULUS, as_long),
}
