"""Pictures, their captions, and what is scored."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from rnnbench import Batch
from rnnbench_tasks.synthetic.image_caption.pictures import (
    SHAPES,
    SIDE,
    SIZES,
    Scene,
    Shape,
    drawn,
    form,
    scenes,
)
from rnnbench_tasks.synthetic.image_caption.task import LONGEST, ImageCaption

PLUS, BAR = Shape("small", "plus"), Shape("large", "bar")


def words(task: ImageCaption, batch: Batch, k: int) -> str:
    """Return the sentence of an example, without its end."""
    tokens = batch.targets[: np.asarray(batch.target_lengths)[k] - 1, k]
    return " ".join(task.words[token] for token in tokens)


def test_sentences() -> None:
    assert " ".join(Scene((BAR,)).caption) == "a large bar"
    above, left = (" ".join(Scene((PLUS, BAR), r).caption) for r in ("above", "left of"))
    assert above == "a small plus above a large bar"
    assert left == "a small plus left of a large bar"


def test_every_scene_has_a_sentence_of_its_own() -> None:
    shares, known = zip(*scenes(), strict=True)
    assert sum(shares) == pytest.approx(1)
    assert len({tuple(scene.caption) for scene in known}) == len(known) == 8 + 2 * 64
    assert max(len(scene.caption) for scene in known) + 1 == LONGEST


def test_shapes_differ() -> None:
    forms = {form(Shape(size, name)).tobytes() for size in SIZES for name in SHAPES}
    assert len(forms) == len(SIZES) * len(SHAPES)


@pytest.mark.parametrize("relation", ["above", "left of"])
def test_two_shapes_stand_as_is_said(relation: str) -> None:
    for seed in range(50):
        picture = drawn(Scene((PLUS, BAR), relation), np.random.default_rng(seed))
        first = picture[: SIDE // 2] if relation == "above" else picture[:, : SIDE // 2]
        assert (picture.sum(), first.sum()) == (5 + 5, 5)


def test_one_shape_stands_anywhere() -> None:
    rng = np.random.default_rng(0)
    places = {tuple(drawn(Scene((PLUS,)), rng).nonzero()[0]) for _ in range(500)}
    assert len(places) == SIDE - 2


def test_batches_are_drawn_as_is_said() -> None:
    task = ImageCaption()
    batch = next(task.training(2000, 0))
    assert (batch.inputs.shape, batch.targets.shape) == ((1, 2000, SIDE**2), (LONGEST, 2000))
    counted = Counter(len(words(task, batch, k).split()) for k in range(2000))
    assert {count: share / 2000 for count, share in counted.items()} == {
        3: pytest.approx(0.5, abs=0.05),
        7: pytest.approx(0.25, abs=0.05),
        8: pytest.approx(0.25, abs=0.05),
    }


def test_the_picture_is_that_of_the_sentence() -> None:
    task = ImageCaption(noise=0.0)
    batch = next(task.training(200, 0))
    for k in range(200):
        said = words(task, batch, k).split()
        pairs = [(said[i], said[i + 1]) for i, word in enumerate(said) if word in SIZES]
        assert batch.inputs[0, k].sum() == sum(form(Shape(*pair)).sum() for pair in pairs)


def test_noise_is_normal() -> None:
    clean, noisy = (next(ImageCaption(noise=s).training(100, 0)).inputs for s in (0.0, 0.2))
    first = noisy[:, :1] - clean[:, :1]  # what is drawn later differs with the draws before it
    assert first.std() == pytest.approx(0.2, abs=0.05)


def test_bleu() -> None:
    pytest.importorskip("sacrebleu.metrics")
    exact, bleu = ImageCaption(), ImageCaption(metric="bleu", beam=3)
    batch = next(iter(bleu.testing(4)))
    outputs = np.eye(bleu.problem.outputs)[batch.targets]
    assert bleu.finish(*bleu.measure(outputs, batch)) == pytest.approx(100)
    assert bleu.naive_score == 0  # three words have no four in a row
    assert exact.naive_score == 1 / 16
