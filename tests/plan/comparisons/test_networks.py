import dataclasses

import pytest
from fake_plugin import Echo

from rnnbench import Problem, Stack
from rnnbench.errors import UsageError
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request

SUITE = """
[[block]]
tasks = ["echo"]
cells = ["elman", "lstm"]

[[block]]
tasks = ["echo"]
cells = ["gru"]
networks = ["stack"]
hidden = 7
"""


@pytest.fixture
def models(registry, tmp_path):
    """Expand a request, and return network and cell of each comparison."""
    path = tmp_path / "suite.toml"

    def call(*networks, suite=SUITE, **wanted):
        path.write_text(suite)
        request = Request(str(path), "fake", networks=networks, **wanted)
        return [
            (
                planned.comparison.network,
                planned.comparison.cell,
                planned.comparison.network_options,
            )
            for planned in expand(request, registry).comparisons
        ]

    return call


@pytest.fixture(autouse=True)
def _few(registry, monkeypatch):
    """Leave out what else the core has: of its networks these tests are about the stack."""
    for name in registry.networks.keys() - {"stack", "seq2seq", "means", "every-step"}:
        monkeypatch.delitem(registry.networks, name)


@pytest.fixture
def causal(monkeypatch):
    """Have the targets of the task stand in later inputs."""
    monkeypatch.setattr(Echo, "problem", Problem(inputs=1, outputs=1, causal=True))


BOTH_WAYS = {"stack": {"bidirectional": "concat"}}
REASON = "echo: the network 'stack' with bidirectional = 'concat' reads later inputs, which hold"
STACKS = [("stack", "elman", {}), ("stack", "lstm", {}), ("stack", "gru", {})]


def test_a_stack_is_the_default(models):
    assert models() == STACKS
    assert models("stack") == STACKS


def test_a_network_without_cells_comes_once(models):
    assert models("means") == [("means", "", {})]
    assert models("means", "stack") == [("means", "", {}), *STACKS]


NO_CELLS = """
[[block]]
tasks = ["echo"]
networks = ["means"]
"""


def test_a_block_of_networks_without_cells_names_none(models):
    assert models(suite=NO_CELLS) == [("means", "", {})]
    assert models("means", suite=NO_CELLS) == [("means", "", {})]
    assert models("stack", suite=NO_CELLS, cells=("gru",)) == [("stack", "gru", {})]
    assert models(suite=NO_CELLS + SUITE, cells=("gru",)) == [("stack", "gru", {})]


@pytest.mark.parametrize(
    ("suite", "networks", "what"),
    [
        (NO_CELLS.replace('["means"]', '["means", "stack"]'), (), "the network 'stack' is"),
        (NO_CELLS.replace('networks = ["means"]\n', ""), (), "the network 'stack' is"),
        (NO_CELLS.replace('["means"]', '["all"]'), (), "some networks are"),
        (NO_CELLS, ("stack",), "the network 'stack' is"),
    ],
)
def test_a_block_of_networks_that_are_made_of_cells_names_some(models, suite, networks, what):
    told = f"line 2: the block has no 'cells', of which {what} made"
    with pytest.raises(UsageError, match=told):
        models(*networks, suite=suite)


def test_cells_that_no_network_is_made_of_are_told(registry):
    told = "--cells elman,lstm does nothing: no network that is run is made of cells"
    for networks, notes in ((("means",), [told]), (("means", "stack"), [])):
        request = Request("tiny", "fake", networks=networks, cells=("elman", "lstm"))
        assert expand(request, registry).notes == notes


def test_all_are_those_that_have_outputs_for_the_task(models):
    assert models("all") == [*STACKS[:2], ("means", "", {}), STACKS[2]]


def test_a_suite_names_networks_and_their_options(models):
    suite = SUITE + "[block.options.means]\nscale = 2.0\n"
    suite = suite.replace('["stack"]', '["means"]')
    assert models(suite=suite) == [*STACKS[:2], ("means", "", {"scale": 2.0})]
    assert models(suite=suite, options={"means": {"scale": 3.0}})[2][2] == {"scale": 3.0}
    assert models("all", options={"means": {"scale": 3.0}})[2][2] == {"scale": 3.0}


@pytest.mark.parametrize(
    ("networks", "options", "told"),
    [
        (("stak",), {}, "unknown network 'stak'. Did you mean 'stack'?"),
        (("lstm",), {}, "unknown network 'lstm': it is a cell, as in --cells lstm"),
        (
            ("every-step",),
            {},
            "'every-step' is for targets 'every', not 'one'",
        ),
        (("stack",), {"means": {"scale": 3.0}}, "'means' is not run here, so its options"),
        (("means",), {"lstm": {"forget_bias": 2.0}}, "'lstm' is not run here, so its options"),
        ((), {"seq2seq": {"feeding": True}}, "'seq2seq' is not run here, so its options"),
        (("stack",), {"meens": {"scale": 3.0}}, "unknown task, network or cell 'meens'"),
        (("means",), {"means": {"skale": 3.0}}, "unknown option of means 'skale'"),
        (("means",), {"means": {"scale": "x"}}, "means.scale is 'x'; it is a number"),
    ],
)
def test_what_cannot_be_done_is_told(models, networks, options, told):
    with pytest.raises(UsageError) as error:
        models(*networks, options=options)
    assert told in str(error.value)


def test_an_unknown_network_of_a_suite_is_told_with_its_line(models):
    with pytest.raises(UsageError, match=r"line 9: unknown network 'means-'"):
        models(suite=SUITE.replace('["stack"]', '["means-"]'))


def test_all_says_what_it_leaves_out(registry):
    plan = expand(Request("tiny", "fake", networks=("all",)), registry)
    reason = "echo: the network {!r} is for targets {!r}, not 'one', so it is left out"
    left_out = {"every-step": "every", "seq2seq": "sequence"}
    assert sorted(plan.notes) == [reason.format(*item) for item in left_out.items()]
    named = expand(Request("tiny", "fake", networks=("stack", "all")), registry)
    assert (named.comparisons, named.notes) == (plan.comparisons, plan.notes)


def test_a_network_that_reads_targets_ahead_is_refused(models, causal):
    assert models() == STACKS
    with pytest.raises(UsageError) as error:
        models(options=BOTH_WAYS)
    assert str(error.value) == f"{REASON} the targets"


def test_a_network_that_reads_targets_ahead_is_told_with_its_line(models, causal):
    suite = SUITE + "[block.options.stack]\nbidirectional = 'concat'\n"
    with pytest.raises(UsageError, match=f"line 11: {REASON}"):
        models(suite=suite)


def test_a_network_that_reads_targets_ahead_is_left_out_of_all(registry, causal):
    plan = expand(Request("tiny", "fake", networks=("all",), options=BOTH_WAYS), registry)
    assert {planned.comparison.network for planned in plan.comparisons} == {"every-step"}
    assert f"{REASON} the targets, so it is left out" in plan.notes


def test_all_leaves_out_what_other_blocks_name(registry, causal, tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text(SUITE)
    plan = expand(Request(str(path), "fake", networks=("all",), options=BOTH_WAYS), registry)
    assert {planned.comparison.network for planned in plan.comparisons} == {"every-step"}


def test_where_no_network_is_left_that_is_told(registry, causal, monkeypatch):
    monkeypatch.delitem(registry.networks, "every-step")
    with pytest.raises(UsageError, match=f"nothing is left to run: {REASON}"):
        expand(Request("tiny", "fake", networks=("all",), options=BOTH_WAYS), registry)


def test_a_network_of_the_command_line_is_not_blamed_on_the_suite(models):
    told = "echo: the network 'every-step' is for targets 'every', not 'one'"
    with pytest.raises(UsageError) as error:
        models("every-step")
    assert str(error.value).startswith(f"{told}; --networks stack,")
    with pytest.raises(UsageError, match=f"line 9: {told}"):
        models(suite=SUITE.replace('["stack"]', '["every-step"]'))


def test_a_suite_may_name_all_cells(models, registry):
    every = SUITE.replace('["gru"]', '["all"]').replace("hidden = 7", "hidden = 8")
    assert {cell for _, cell, _ in models(suite=every)} == registry.cells.keys()
    assert {cell for _, cell, _ in models(suite=every, cells=("gru",))} == {"gru"}


@pytest.fixture
def written(monkeypatch):
    """Have the targets of the task be a sequence of their own."""
    monkeypatch.setattr(Echo, "problem", Problem(inputs=1, outputs=1, targets="sequence"))


@pytest.mark.usefixtures("written")
def test_the_only_network_for_a_task_is_taken_where_none_is_named(models, registry):
    assert models() == [("seq2seq", cell, {}) for cell in ("elman", "lstm", "gru")]
    reason = "echo: the network 'stack' is for targets 'every' and 'one', not 'sequence'"
    notes = expand(Request("tiny", "fake"), registry).notes
    assert notes == [f"{reason}, so seq2seq is run in its place"]


@pytest.mark.usefixtures("written")
def test_of_several_networks_for_a_task_none_is_taken_and_what_is_named_stays(models, registry):
    can = "; --networks seq2seq can, and all takes what is for each task"
    with pytest.raises(UsageError, match=f"not 'sequence'{can}$"):
        models("stack")
    other = dataclasses.make_dataclass("Other", [], bases=(Seq2Seq,), frozen=True)
    registry.networks["other"] = other
    with pytest.raises(UsageError, match="not 'sequence'; --networks seq2seq,other can, and all"):
        models()


@pytest.mark.parametrize("causal", [None, 1, "yes", []])
def test_whether_a_network_is_causal_is_true_or_false(models, registry, causal):
    other = dataclasses.make_dataclass("Other", [], bases=(Stack,), frozen=True)
    other.causal = causal
    registry.networks["stack"] = other
    with pytest.raises(UsageError, match=r"network 'stack' of rnnbench .*: causal is .*, not True"):
        models()
