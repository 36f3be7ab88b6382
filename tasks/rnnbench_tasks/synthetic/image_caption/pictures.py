"""Pictures of one shape or two, and the one sentence that is right for each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

#: Rows and columns of a picture.
SIDE = 12
#: Rows and columns of a shape.
SIZES = {"small": 3, "large": 5}
SHAPES = ("square", "plus", "cross", "bar")
#: How two shapes stand, and the axis along which the one that is named first comes first.
RELATIONS = {"above": 0, "left of": 1}


class Shape(NamedTuple):
    """One of :data:`SIZES` and one of :data:`SHAPES`."""

    size: str
    form: str


class Scene(NamedTuple):
    """What is in a picture: one shape, or two and how the first stands to the second."""

    shapes: tuple[Shape, ...]
    relation: str = ""

    @property
    def caption(self) -> list[str]:
        """The sentence in words: ``a small plus above a large bar``."""
        named = [f"a {shape.size} {shape.form}" for shape in self.shapes]
        return f" {self.relation} ".join(named).split()


def scenes() -> Iterator[tuple[float, Scene]]:
    """Yield every scene and its probability: a half have one shape, all else is alike."""
    one = [Shape(*each) for each in product(SIZES, SHAPES)]
    pairs = list(product(one, one, RELATIONS))
    yield from ((0.5 / len(one), Scene((shape,))) for shape in one)
    yield from ((0.5 / len(pairs), Scene((a, b), relation)) for a, b, relation in pairs)


def drawn(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Return a picture of a scene ``(SIDE, SIDE)``, 1 in a shape and 0 elsewhere.

    A shape stands anywhere in the picture; of two, each stands in its half.
    """
    picture = np.zeros((SIDE, SIDE))
    for number, shape in enumerate(scene.shapes):
        mask, room = form(shape), [SIDE, SIDE]
        low = [0, 0]
        if scene.relation:
            axis = RELATIONS[scene.relation]
            room[axis], low[axis] = SIDE // 2, number * (SIDE // 2)
        size = len(mask)
        row, column = (
            start + int(rng.integers(space - size + 1))
            for start, space in zip(low, room, strict=True)
        )
        picture[row : row + size, column : column + size] = mask
    return picture


def form(shape: Shape) -> np.ndarray:
    """Return a shape as booleans, as large as its size says."""
    size = SIZES[shape.size]
    row, column = np.indices((size, size)) - size // 2  # from its middle
    masks: dict[str, np.ndarray] = {
        "square": np.maximum(abs(row), abs(column)) == size // 2,
        "plus": (row == 0) | (column == 0),
        "cross": abs(row) == abs(column),
        "bar": row == 0,
    }
    return masks[shape.form]
