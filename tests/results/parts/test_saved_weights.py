"""Weights lie beside the results that name them, and over nobody's file."""

import hashlib
import os

import parted
import pytest
from msgspec.structs import replace

from rnnbench.plan.part import part_of
from rnnbench.results.parts import saved_weights
from rnnbench.results.parts.gathering import gather

NAME = "net.safetensors"


def attempt(run, content):
    """Write an attempt at the one part of a run, whose training has saved some bytes."""
    part = part_of(parted.plan(1, seeds=[0]), 1, 1)
    (planned,) = part.comparisons
    first, _ = parted.trainings(part, planned)
    saved = replace(first, weights=NAME, weights_hash=hashlib.sha256(content).hexdigest())
    folder = parted.attempt(run, part, [parted.timing(planned), saved], done=False)
    (folder / NAME).write_bytes(content)


def test_they_lie_beside_the_results_that_name_them(tmp_path):
    folder = parted.attempt(tmp_path, part_of(parted.plan(1, seeds=[0]), 1, 1), [], done=False)
    (folder / NAME).write_bytes(b"of another attempt")
    attempt(tmp_path, b"weights")
    gather(tmp_path, parted.nobody)
    assert (tmp_path / NAME).read_bytes() == b"weights"


@pytest.mark.parametrize("gathered", [False, True])
def test_a_file_of_somebody_else_stays(tmp_path, gathered):
    attempt(tmp_path, b"weights")
    if gathered:
        gather(tmp_path, parted.nobody)
        (tmp_path / NAME).unlink()
    (tmp_path / NAME).write_bytes(b"my only copy")
    told = []
    gather(tmp_path, told.append, anew=True)
    assert (tmp_path / NAME).read_bytes() == b"my only copy"
    assert f"{NAME} was not gathered from parts: it stays" in told[0]


def test_a_link_of_somebody_else_stays(tmp_path):
    attempt(tmp_path, b"weights")
    (tmp_path / NAME).symlink_to("nowhere")
    gather(tmp_path, lambda line: None)
    assert (tmp_path / NAME).is_symlink()


def test_where_names_can_not_be_shared_they_are_copied(tmp_path, monkeypatch):
    def refuse(source, target):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    attempt(tmp_path, b"weights")
    gather(tmp_path, parted.nobody)
    assert (tmp_path / NAME).read_bytes() == b"weights"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_pipe_in_their_place_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / NAME)
    assert saved_weights.sha256(tmp_path / NAME) is None
