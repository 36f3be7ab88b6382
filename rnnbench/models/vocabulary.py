"""What tokens stand for: text to tokens, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rnnbench.errors import UsageError
from rnnbench.text import shown

#: The most symbols that an error names.
MOST_NAMED = 5


@dataclass(frozen=True)
class Vocabulary:
    """The symbols of a text, each with a token: the number of its place.

    Attributes:
        symbols: what each token stands for.
        words: whether symbols are words, which white space separates; if not, characters.
        newline: the symbol of words that stands for the end of a line; empty where lines end at
            white space like any other.
    """

    symbols: tuple[str, ...]
    words: bool = False
    newline: str = ""

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {symbol: token for token, symbol in enumerate(self.symbols)}

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a text.

        Raises:
            UsageError: naming the symbols of it that have none.
        """
        found = list(self._split(text))
        strange = [shown(one) for one in dict.fromkeys(found) if one not in self._numbers]
        if strange:
            more = f" and {len(strange) - MOST_NAMED} more" if len(strange) > MOST_NAMED else ""
            kind = "words" if self.words else "characters"
            raise UsageError(
                f"{', '.join(strange[:MOST_NAMED])}{more}: not among the {len(self.symbols)} "
                f"{kind} that the net knows"
            )
        return [self._numbers[one] for one in found]

    def text(self, tokens: Iterable[int]) -> str:
        """Return the text of tokens; one that stands for nothing, as the end does, is silent."""
        found = [self.symbols[token] for token in tokens if 0 <= token < len(self.symbols)]
        if not self.words:
            return "".join(found)
        lines = [""]
        for word in found:
            if word == self.newline:
                lines.append("")
            else:
                lines[-1] += f" {word}" if lines[-1] else word
        return "\n".join(lines)

    def _split(self, text: str) -> Iterable[str]:
        """Return the symbols of a text."""
        if not self.words:
            return text
        if not self.newline:
            return text.split()
        return text.replace("\n", f" {self.newline} ").split()
