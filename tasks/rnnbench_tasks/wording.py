"""Words that follow a number."""


def many(count: int, things: str) -> str:
    """Return ``1 line`` or ``2 lines``, of ``lines``."""
    return f"{count} {things.removesuffix('s') if count == 1 else things}"
