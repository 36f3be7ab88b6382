from dataclasses import replace

import pytest
from fake_plugin import Echo
from msgspec import structs
from msgspec.structs import asdict
from specimens import PLANNED

from rnnbench.errors import UsageError
from rnnbench.oracle import probe
from rnnbench.plan.expand import check_one_score, expand
from rnnbench.plan.request import Request
from rnnbench.schema.suite import Settings
from rnnbench.system import threads

SUITE = """\
max_time = 3.0
seeds = 2

[[block]]
tasks = ["echo"]
cells = ["elman", "lstm"]
hidden = 5

[[block]]
tasks = ["echo"]
cells = ["gru"]
steps = 0
max_time = 7.0
[block.options.echo]
length = 9
"""


@pytest.fixture
def plan(registry, tmp_path):
    """Expand a request for the suite above."""
    path = tmp_path / "suite.toml"
    path.write_text(SUITE)

    def call(**wanted):
        request = {"suite": str(path), "backends": "fake"} | wanted
        return expand(Request(**request), registry)

    return call


def sizes(plan):
    return [planned.comparison for planned in plan.comparisons]


def test_a_suite_expands_to_every_task_with_every_cell(plan):
    made = plan()
    assert [(c.task, c.cell, c.hidden, c.steps) for c in sizes(made)] == [
        ("echo", "elman", 5, 10),
        ("echo", "lstm", 5, 10),
        ("echo", "gru", 3, 0),
    ]
    assert [planned.max_time for planned in made.comparisons] == [3.0, 3.0, 7.0]
    assert sizes(made)[2].task_options == {"length": 9}
    assert (made.seeds, made.precision, len(made.suite_hash)) == ([0, 1], 0.02, 64)
    assert made.processes == 1


@pytest.mark.parametrize("cells", [("all",), ("lstm", "all")])
def test_all_cells_are_those_of_the_first_block_and_others_keep_their_own(plan, registry, cells):
    made = sizes(plan(cells=cells, settings=Settings(hidden=6)))
    assert {c.cell for c in made if not c.task_options} == set(registry.cells)
    assert {c.cell for c in made if c.task_options} == {"gru"}


def test_processes_are_the_suites_or_the_command_lines(plan, registry, tmp_path):
    assert plan(processes=4).processes == 4
    path = tmp_path / "judged.toml"
    path.write_text("processes = 3\n" + SUITE)
    assert plan(suite=str(path)).processes == 3
    assert plan(suite=str(path), processes=5).processes == 5


def test_a_comparison_of_tokens_says_so(plan, registry, monkeypatch):
    assert not plan().comparisons[0].tokens
    problem = replace(registry.tasks["echo"].problem, tokens=True)
    monkeypatch.setattr(registry.tasks["echo"], "problem", problem)
    assert plan().comparisons[0].tokens


def test_a_comparison_is_described_for_people(plan):
    planned = plan().comparisons[0]
    assert planned.sizes == "T 3, batch 4, 1 → 5 → 1"
    assert (planned.naive_score, planned.score_name) == (1.0, "mean squared error")
    assert planned.higher_is_better is False


def test_the_options_that_make_another_model_are_told(plan):
    options = {"stack": {"bidirectional": "sum"}, "lstm": {"forget_bias": 0.0}}
    elman, lstm, _ = plan(options=options).comparisons
    assert elman.sizes == "T 3, batch 4, 1 → 5 → 1, bidirectional sum"
    assert lstm.sizes == "T 3, batch 4, 1 → 5 → 1, bidirectional sum, forget_bias 0.0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hidden", 11),
        ("layers", 2),
        ("batch", 6),
        ("optimizer", "sgd"),
        ("lr", 0.5),
        ("clip", 0.25),
        ("dtype", "float64"),
    ],
)
def test_the_command_line_overrules_the_suite(plan, name, value):
    made = plan(settings=Settings(**{name: value}))
    assert [asdict(c)[name] for c in sizes(made)] == [value] * 3


def test_a_block_that_only_times_stays_one(plan):
    assert [c.steps for c in sizes(plan(settings=Settings(steps=4)))] == [4, 4, 0]


def test_no_clipping_is_asked_for_with_zero(plan):
    assert {c.clip for c in sizes(plan())} == {1.0}
    assert {c.clip for c in sizes(plan(settings=Settings(clip=0)))} == {None}


def test_the_rest_of_the_command_line_overrules_too(plan):
    made = plan(seeds=3, precision=0.5, threads=1, settings=Settings(max_time=1.5))
    assert (made.seeds, made.precision) == ([0, 1, 2], 0.5)
    assert {c.threads for c in sizes(made)} == {1}
    assert {planned.max_time for planned in made.comparisons} == {1.5}


def test_a_target_changes_no_comparison(plan):
    usual, aimed = plan(), plan(settings=Settings(target=0.25))
    assert [one.target for one in usual.comparisons] == [None] * 3
    assert [one.target for one in aimed.comparisons] == [0.25, 0.25, None]  # which is not trained
    assert [one.key for one in sizes(aimed)] == [one.key for one in sizes(usual)]


def test_one_target_is_for_one_kind_of_score():
    planned = [structs.replace(PLANNED, score_name=name) for name in ("error", "accuracy")]
    check_one_score(None, planned)
    check_one_score(0.5, planned[:1] * 2)
    with pytest.raises(UsageError, match=r"^--target 0.5 is for one kind of score, and this run"):
        check_one_score(0.5, planned)


def test_threads_are_as_many_as_there_are(plan):
    assert {c.threads for c in sizes(plan())} == {threads.available()}
    with pytest.raises(UsageError, match=r"--threads 9999: this process may use \d+ CPUs"):
        plan(threads=9999)


def test_options_reach_their_owner(plan):
    made = plan(options={"echo": {"length": 4}, "lstm": {"forget_bias": 2.0}})
    assert {c.task_options["length"] for c in sizes(made)} == {4}
    assert [c.cell_options for c in sizes(made)] == [{}, {"forget_bias": 2.0}, {}]


def test_chosen_cells_narrow_the_suite_and_may_be_new_to_its_first_block(plan):
    assert [c.cell for c in sizes(plan(cells=("gru",)))] == ["gru"]
    assert [c.cell for c in sizes(plan(cells=("leaky",)))] == ["leaky"]


def test_what_is_asked_for_twice_is_run_once(plan):
    assert [c.cell for c in sizes(plan(cells=("lstm", "lstm")))] == ["lstm"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"suite": "tinny"}, "unknown suite 'tinny'. Did you mean 'tiny'?"),
        ({"suite": "none.toml"}, "suite none.toml: No such file"),
        ({"backends": "fakee"}, "unknown backend 'fakee'. Did you mean 'fake'?"),
        ({"backends": "fake:god"}, "unknown variant of fake 'god'. Did you mean 'good'?"),
        ({"backends": " , "}, "names no backend; installed: "),
        ({"tasks": ("ecco",)}, "unknown task 'ecco'. Did you mean 'echo'?"),
        ({"cells": ("lstn",)}, "unknown cell 'lstn'. Did you mean 'lstm'?"),
        (
            {"options": {"ekho": {"length": 1}}},
            "network or cell 'ekho'. Did you mean 'echo'?",
        ),
        ({"options": {"echo": {"lenth": 1}}}, "option of echo 'lenth'. Did you mean 'length'?"),
        ({"options": {"echo": {"length": 0}}}, "echo.length is 0; it is a whole number"),
        ({"settings": Settings(batch=2000)}, "no more than 1000 examples, not 2000"),
    ],
)
def test_what_cannot_be_done_is_told_before_it_is_begun(plan, wanted, message):
    with pytest.raises(UsageError) as raised:
        plan(**wanted)
    assert message in str(raised.value)


def test_an_option_for_what_is_not_run_is_refused(plan):
    """Otherwise a misplaced --set would be ignored in silence."""
    with pytest.raises(UsageError, match="lstm"):
        plan(cells=("gru",), options={"lstm": {"forget_bias": 2.0}})


def test_a_suite_with_an_option_for_nobody_is_refused(registry, tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text(SUITE.replace("block.options.echo", "block.options.ekho"))
    with pytest.raises(UsageError, match="ekho"):
        expand(Request(suite=str(path), backends="fake"), registry)


def test_a_suite_with_an_unknown_cell_is_refused(registry, tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text('[[block]]\ntasks = ["echo"]\ncells = ["lstn"]\n')
    with pytest.raises(UsageError, match="unknown cell 'lstn'"):
        expand(Request(suite=str(path), backends="fake"), registry)


TWICE = """\
max_time = 2

[[block]]
tasks = ["echo"]
cells = ["elman", "gru"]

[[block]]
tasks = ["echo"]
cells = ["gru"]
max_time = 5
hidden = 3

[[block]]
tasks = ["echo"]
cells = ["elman"]
max_time = 2
"""


def test_what_a_suite_has_twice_is_run_once_and_another_time_for_it_is_told(registry, tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text(TWICE)
    made = expand(Request(suite=str(path), backends="fake"), registry)
    assert [(one.comparison.cell, one.max_time) for one in made.comparisons] == [
        ("elman", 2),
        ("gru", 2),
    ]
    assert made.notes == [
        "the suite has echo with gru (T 3, batch 4, 1 → 3 → 1) more than once: it is timed once, "
        "for max_time = 2 as where it stands first, not for 5"
    ]
    given = Settings(max_time=1)
    assert expand(Request(suite=str(path), backends="fake", settings=given), registry).notes == []


def test_what_was_done_to_texts_is_told_once(registry, tmp_path, monkeypatch):
    path = tmp_path / "suite.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SUITE.encode())
    monkeypatch.setattr(Echo, "remarks", ("book.txt: its byte-order mark is left out",))
    made = expand(Request(suite=str(path), backends="fake"), registry)
    assert made.notes == [
        f"suite {path}: its byte-order mark is left out",
        "book.txt: its byte-order mark is left out",
    ]


def test_a_block_that_is_only_timed_stays_so_and_says_so(plan):
    told = "block 2 of the suite is there to be timed alone: --steps 3 is not for it"
    made = plan(settings=Settings(steps=3))
    assert ([c.steps for c in sizes(made)], made.notes) == ([3, 3, 0], [told])
    assert plan(settings=Settings(steps=3), cells=("lstm",)).notes == []
    assert plan(settings=Settings(steps=0)).notes == []


def test_that_nothing_is_there_to_be_saved_is_told(plan):
    told = "--save-weights: nothing is trained, so that no weights are saved"
    assert told in plan(save_weights=True, settings=Settings(steps=0)).notes
    assert told not in plan(save_weights=True).notes
    assert told not in plan(settings=Settings(steps=0)).notes


def test_devices_make_another_comparison_and_one_device_the_same_as_ever(plan):
    (one, *_), (two, *_) = sizes(plan()), sizes(plan(devices=("cpu:0", "cpu:1")))
    assert (one.devices, two.devices) == ([], ["cpu:0", "cpu:1"])
    assert one.key == structs.replace(two, devices=[]).key != two.key
    assert (one.place, two.place) == ("cpu", "2 × cpu")


@pytest.mark.parametrize(
    ("batch", "told"),
    [
        (5, "echo: a batch of 5 can't be split evenly over 3 devices: give --batch 3 or 6"),
        (2, "echo: a batch of 2 can't be split evenly over 3 devices: give --batch 3"),
    ],
)
def test_a_batch_is_split_evenly(plan, batch, told):
    with pytest.raises(UsageError) as raised:
        plan(devices=("cpu:0", "cpu:1", "cpu:2"), settings=Settings(batch=batch))
    assert told in str(raised.value)


def test_the_devices_of_a_net_of_ones_own_are_one(plan):
    with pytest.raises(UsageError, match="--devices with --model"):
        plan(devices=("cpu:0", "cpu:1"), settings=Settings(batch=2), models=("mine.py:Net",))


def test_a_cell_makes_one_step_for_its_options_however_many_sizes_there_are(
    registry, tmp_path, monkeypatch
):
    probed, path = [], tmp_path / "suite.toml"
    monkeypatch.setattr(probe, "probe", lambda cell, plugin: probed.append(cell))
    blocks = [
        f'[[block]]\ntasks = ["echo"]\ncells = ["leaky"]\nhidden = {hidden}\n'
        f"[block.options.leaky]\nleak = {leak}\n"
        for hidden in (3, 4, 5)
        for leak in (0.1, 0.2)
    ]
    path.write_text("\n".join(blocks))
    made = expand(Request(suite=str(path), backends="fake"), registry)
    assert len(sizes(made)) == 6
    assert [cell.leak for cell in probed] == [0.1, 0.2]
