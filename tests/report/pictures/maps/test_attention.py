"""Maps of attention."""

import numpy as np
from msgspec.structs import replace
from parroting import HEADER

from rnnbench import Vocabulary
from rnnbench.introspection.attention import Attention
from rnnbench.report.pictures.maps.attention import map_of

FOUND = Attention([0, 1, 0], [2, 2], np.array([[0.1, 0.7, 0.2], [0.5, 0.25, 0.25]]))


def test_a_step_has_a_line_and_a_place_its_symbol():
    panel = map_of(FOUND, HEADER)
    assert [line["weight"] for line in panel.data["rows"]] == [[0.1, 0.7, 0.2], [0.5, 0.25, 0.25]]
    assert [one["text"] for one in panel.data["source"]] == ["a", "b", "a"]
    assert [one["text"] for one in panel.data["written"]] == ["c", "c"]
    assert panel.words.endswith("c on b, c on a")


def test_what_can_not_be_seen_of_a_symbol_is_shown():
    strange = Vocabulary((" ", "\x1b[2J", "datum.step"))
    panel = map_of(FOUND, replace(HEADER, reads=strange, writes=strange))
    assert [one["text"] for one in panel.data["source"]] == ["␣", "\\x1b[2J", "␣"]
    assert "datum.step" not in str(panel.form.description)


def test_a_token_without_a_symbol_has_its_number():
    panel = map_of(FOUND, replace(HEADER, reads=None))
    assert [one["text"] for one in panel.data["source"]] == ["0", "1", "0"]
