"""Text that LaTeX prints as it is: whoever wrote it, there is no command in it."""

from __future__ import annotations

import re
import unicodedata

from rnnbench.text import plain

#: What LaTeX takes for something else, and signs that its fonts have no letter for.
SIGNS = {
    **{sign: f"\\{sign}" for sign in "{}$&#%_"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",  # a command of some languages of babel
    "`": r"\textasciigrave{}",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "·": r"\textperiodcentered{}",
    "─": "--",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "°": r"\textdegree{}",
}
#: Signs that are there in formulas alone.
MATHS = {
    "±": r"\pm",
    "×": r"\times",
    "−": "-",
    "→": r"\rightarrow",
    "←": r"\leftarrow",
    "↑": r"\uparrow",
    "↓": r"\downarrow",
    "≤": r"\leq",
    "≥": r"\geq",
    "≠": r"\neq",
    "≈": r"\approx",
    "∞": r"\infty",
    "⊙": r"\odot",
    "√": r"\surd",
    "∂": r"\partial",
    "∑": r"\sum",
    "µ": r"\mu",
    "½": r"\frac{1}{2}",
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", map("^{{{}}}".format, "0123456789-"), strict=True)),
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", map("_{{{}}}".format, "0123456789"), strict=True)),
}
#: The Greek letters that don't look like Latin ones.
GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi"),
    *("omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi"),
    *("Psi", "Omega"),
)
#: What puts an accent on a letter, by the sign that Unicode has for it.
ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}
#: Letters that LaTeX joins to another sign: dashes, quotation marks, ¿ and ¡.
JOINED = re.compile(r"(?<=-)-|(?<=,),|(?<=')'")
#: Letters that are not printed as they stand, and the NUL that is put before joined ones.
SPECIAL = re.compile(f"[^ -~]|[{re.escape(''.join(sign for sign in SIGNS if sign.isascii()))}]")


def _greek(name: str) -> str:
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    return unicodedata.lookup(f"GREEK {size} LETTER {name.upper().replace('LAMBDA', 'LAMDA')}")


WRITTEN = SIGNS | {sign: f"${maths}$" for sign, maths in MATHS.items()}
WRITTEN |= {_greek(name): f"$\\{name}$" for name in GREEK}


def escaped(text: str) -> str:
    r"""Return a text in one line that LaTeX prints as it is; a letter it lacks as ``\u4e2d``."""
    line = unicodedata.normalize("NFC", plain(text))
    return SPECIAL.sub(lambda found: letter(found[0]), JOINED.sub(r"\0\g<0>", line))


def letter(sign: str) -> str:
    """Return what prints one letter."""
    if sign == "\0":
        return "{}"
    if sign in WRITTEN:
        return WRITTEN[sign]
    if sign.isascii():
        return sign
    base, *marks = list(unicodedata.normalize("NFD", sign))
    if base.isascii() and base.isalpha() and len(marks) == 1 and marks[0] in ACCENTS:
        return f"\\{ACCENTS[marks[0]]}{{{base}}}"
    code = sign.encode("ascii", "backslashreplace").decode()
    return "".join(WRITTEN.get(one, one) for one in code)
