"""One finding about the machine."""

from __future__ import annotations

from typing import Literal

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """The result of one check.

    Attributes:
        name: one word for what was checked.
        verdict: ``poor`` where something could be better.
        found: what is so, or why that is not known, in plain words.
        advice: what to do about it, only where it is poor.
    """

    name: str
    verdict: Literal["good", "poor", "unknown"]
    found: str
    advice: str | None = None

    @classmethod
    def judge(cls, name: str, good: bool, found: str, advice: str) -> Finding:
        """Return a finding that is good, or else poor and with advice."""
        return cls(name, "good", found) if good else cls(name, "poor", found, advice)

    @classmethod
    def unknown(cls, name: str, why: str) -> Finding:
        """Return a finding on what the system does not tell."""
        return cls(name, "unknown", why)
