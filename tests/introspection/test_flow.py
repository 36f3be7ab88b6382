"""The file of gradient flow: what was written is read, and nothing else."""

import json

import pytest
from msgspec.structs import replace

from rnnbench.errors import UsageError
from rnnbench.introspection import flow
from rnnbench.introspection.gradient_flow import measure
from rnnbench.models.cells.gated.gru import GRU

SETTING = flow.Setting(length=3, hidden=4, inputs=2, batch=1, seeds=3)
FOUND = flow.GradientFlow(setting=SETTING, flows=[measure(GRU(), {}, 1.0, SETTING, "here")])


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "flow.json"
    path.write_bytes(flow.encode(FOUND))
    assert flow.read(path) == FOUND
    assert flow.is_flow(path.read_bytes())


def test_a_file_that_was_formatted_is_read(tmp_path):
    path = tmp_path / "flow.json"
    path.write_text(json.dumps(json.loads(flow.encode(FOUND)), indent=2))
    assert flow.read(path) == FOUND


WRONG = {
    "": "no file of rnnbench gradient-flow",
    "[" * 100_000: "no file of rnnbench gradient-flow",
    '{"rnnbench": "table"}': "no file of rnnbench gradient-flow",
    '{"rnnbench": "gradient-flow", "schema": 2}': "its schema is 2; this version reads 1",
    '{"rnnbench": "gradient-flow"}': "it has no 'setting' and no 'flows'",
}


@pytest.mark.parametrize(("text", "error"), WRONG.items(), ids=range(len(WRONG)))
def test_what_is_none_is_refused_in_one_line(tmp_path, text, error):
    path = tmp_path / "flow.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=error):
        flow.read(path)


(FLOW,) = FOUND.flows
CONTRADICTIONS = {
    "it has no flows": [],
    "gru has 1 norms at 4 distances": [replace(FLOW, norm=[1.0])],
    "gru has 2 norms at 4 distances": [replace(FLOW, parts={"h": [1.0, 0.5]})],
    "a norm of gru is below 0": [replace(FLOW, norm_low=[1.0, -1.0, None, 0.5])],
}


@pytest.mark.parametrize(("error", "flows"), CONTRADICTIONS.items())
def test_a_file_that_contradicts_itself_is_damaged(tmp_path, error, flows):
    path = tmp_path / "flow.json"
    path.write_bytes(flow.encode(replace(FOUND, flows=flows)))
    with pytest.raises(UsageError, match=f"flow.json is damaged: {error}; write it again"):
        flow.read(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"flow\.json: No such file"):
        flow.read(tmp_path / "flow.json")
