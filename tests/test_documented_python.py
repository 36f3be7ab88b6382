"""The Python of docs/python.md: it runs as it stands, and says what the page says.

What measures runs in a folder of a reader, with stand-ins for frameworks and tasks, and is cut
short by options that a reader would not give. What reads committed runs is held to its output.
"""

import doctest
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from commands import ENVIRONMENT

from rnnbench.api import measuring

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "python.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
SHORT = {"max_time": 0.01, "threads": 1, "steps": 2, "no_wait": True}


def test_what_is_read_is_what_the_page_says(monkeypatch, fake):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("RNNBENCH_PLUGINS", "stand_ins")
    text = "".join(block for block in BLOCKS if block.startswith(">>>"))
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert len(examples.examples) > 10
    told = []
    doctest.DocTestRunner(verbose=False).run(examples, out=told.append)
    assert not told, "".join(told)


@pytest.fixture
def reader(monkeypatch, tmp_path):
    """A folder with an earlier run, in which measuring takes no time."""
    shutil.copytree(ROOT / "results/published/default", tmp_path / "results/before-upgrade")
    monkeypatch.chdir(tmp_path)
    for name, value in (ENVIRONMENT | {"RNNBENCH_PLUGINS": "stand_ins"}).items():
        monkeypatch.setenv(name, value)
    for name in ("carry_out", "carry_out_range"):
        carry_out = getattr(measuring, name)
        short = {key: one for key, one in SHORT.items() if name == "carry_out" or key != "steps"}
        monkeypatch.setattr(
            measuring, name, lambda given, call=carry_out, short=short: call({**given, **short})
        )
    return tmp_path


def test_what_measures_runs_as_it_stands(reader):
    draws = find_spec("vl_convert") is not None
    names = {}
    for block in BLOCKS:
        if not block.startswith(">>>") and (draws or ".plot(" not in block):
            exec(compile(block, PAGE.name, "exec"), names)
    assert names["run"].ok, names["run"].failures
    assert len(names["grown"].frame().hidden.unique()) == 4
    assert names["found"].frame().shape[0]
    assert "numpy" in names["text"]
    assert (reader / "curves.svg").exists() == draws
    assert (reader / "table.tex").exists()
