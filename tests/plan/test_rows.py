from dataclasses import replace
from types import SimpleNamespace

import pytest

from rnnbench.contracts.info import BackendInfo
from rnnbench.errors import UsageError
from rnnbench.plan.rows import able_to_run, select_rows, stand_ins, unnamed_rows, usual_variant
from rnnbench.plugins import registry as registration
from rnnbench.schema.row import Row


@pytest.fixture
def alone(monkeypatch, registry):
    """No plugin but the fake one is installed, whatever this environment has."""
    monkeypatch.setattr(registration.metadata, "entry_points", lambda group: ())
    return registry


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("fake", ["fake:good"]),
        ("fake:second", ["fake:second"]),
        ("fake:second, fake ,fake:second", ["fake:second", "fake:good"]),
        ("ghost:all,fake:oom", ["ghost:only", "fake:oom"]),
        ("all", ["fake:good", "ghost:only"]),
        ("fake:second,all", ["fake:second", "fake:good", "ghost:only"]),
    ],
)
def test_rows_are_chosen_by_backend_and_variant(alone, text, rows):
    assert [str(row) for row in select_rows(text, alone, {})[0]] == rows


def test_a_bare_name_means_the_portable_variant_where_the_default_takes_nothing():
    plain = BackendInfo("x", "x:X", ("x",), {"fast": "", "any": ""}, "fast")
    choosy = replace(plain, default_for=("lstm", "tcn"), portable="any")
    for models, variant in (
        ({"jordan"}, "any"),
        ({"transformer", "jordan"}, "any"),
        ({"jordan", "lstm"}, "fast"),
        ({"tcn"}, "fast"),
        ((), "fast"),
    ):
        assert usual_variant(choosy, models) == variant
        assert usual_variant(plain, models) == "fast"


@pytest.mark.parametrize(
    ("backend", "models", "row"),
    [
        ("x", ["lstm"], "x"),
        ("x", ["lstm", "jordan"], "x:any"),
        ("x:fast", ["lstm", "jordan"], "x:fast"),
        ("plain", ["lstm", "jordan"], "plain"),
        ("nobody", ["lstm"], "nobody"),
    ],
)
def test_one_row_runs_each_of_some_models(backend, models, row):
    plain = BackendInfo("plain", "x:X", ("x",), {"fast": "", "any": ""}, "fast")
    choosy = replace(plain, name="x", default_for=("lstm", "tcn"), portable="any")
    known = SimpleNamespace(backends={"plain": plain, "x": choosy})
    assert able_to_run(backend, models, known) == row


def test_what_stands_in_is_told():
    usual, other = Row("x", "fast"), Row("y", "only")
    assert stand_ins([usual, other], [usual, other]) == []
    (told,) = stand_ins([Row("x", "any"), other], [usual, other])
    assert told == "x is run as x:any, as its default has no kernel for anything in this run"


def test_all_says_which_are_missing(alone):
    rows, missing = select_rows("all:all", alone, {})
    assert len(rows) == len(alone.backends["fake"].variants) + 1
    assert [text.partition(" (")[0] for text in missing] == ["numpy", "torch", "tensorflow", "jax"]
    assert all("pip install" in text for text in missing)
    assert select_rows("fake", alone, {}) == ([Row("fake", "good")], [])


def test_without_any_backend_it_says_how_to_get_one(alone, monkeypatch):
    monkeypatch.setenv(registration.VARIABLE, "")
    with pytest.raises(UsageError, match="no backend is installed: pip install"):
        select_rows("all", registration.Registry.of(), {})


@pytest.mark.parametrize(
    ("text", "unnamed"),
    [
        ("fake:good,ghost:all", ["ghost:only"]),
        ("ghost:only, ghost:all", []),
        ("ghost:all", ["ghost:only"]),
        ("ghost,ghost:all", []),
        ("all", []),
    ],
)
def test_rows_that_only_all_variants_mean_are_known(alone, text, unnamed):
    rows, _ = select_rows(text, alone, {})
    assert [str(row) for row in unnamed_rows(rows, text, alone)] == unnamed
