"""Figures that others have printed: which rows they are of, and what is refused."""

import pytest

from rnnbench.errors import UsageError
from rnnbench.plan.expand import expand
from rnnbench.plan.request import Request
from rnnbench.schema.suite import Settings

SUITE = """\
[[block]]
tasks = ["echo"]
cells = ["elman", "lstm"]
hidden = 5
[block.options.echo]
length = 9
[block.scaled]
steps = 2
[block.scaled.options.echo]
length = 4
[[block.reference]]
cell = "lstm"
metric = "score"
value = 0.25
unit = "mean squared error"
source = "A Paper, table 1"
[[block.reference]]
cell = "elman"
row = "fake:good"
metric = "forward_ms"
value = 3
unit = "ms"
source = "A Paper, table 2"
"""


@pytest.fixture
def plan(registry, tmp_path):
    path = tmp_path / "suite.toml"

    def call(text=SUITE, **asked):
        path.write_text(text)
        return expand(Request(**{"suite": str(path), "backends": "fake"} | asked), registry)

    return call


def told(plan):
    return [(one.comparison.cell, one.printed, one.departs) for one in plan.comparisons]


def test_each_comparison_has_what_is_printed_of_it(plan):
    (elman, of_elman, apart), (lstm, of_lstm, _) = told(plan())
    assert (elman, lstm, apart) == ("elman", "lstm", "")
    assert [(p.metric, p.value, p.unit, p.row) for p in of_elman] == [
        ("forward_ms", 3.0, "ms", "fake:good")
    ]
    assert [(p.value, p.source) for p in of_lstm] == [(0.25, "A Paper, table 1")]


def test_a_reference_is_no_part_of_a_comparison(plan):
    bare = SUITE[: SUITE.index("[[block.reference]]")]
    keys = [[one.comparison.key for one in plan(text).comparisons] for text in (SUITE, bare)]
    assert keys[0] == keys[1]


def test_scaled_sizes_take_the_place_of_the_blocks_own_and_are_told(plan):
    found = plan(scaled=True)
    assert [one.comparison.task_options for one in found.comparisons] == [{"length": 4}] * 2
    assert [one.comparison.steps for one in found.comparisons] == [2, 2]
    _, (_, _, apart) = told(found)
    assert apart == "steps 2 instead of 10, length 4 instead of 9"


def test_a_time_is_that_of_the_protocol_however_many_steps_are_taken(plan):
    (_, _, timed), (_, _, learnt) = told(plan(settings=Settings(steps=3)))
    assert (timed, learnt) == ("", "steps 3 instead of 10")


def test_what_the_command_line_overrules_is_told(plan):
    given = plan(settings=Settings(hidden=7), options={"echo": {"length": 8}})
    _, (_, _, apart) = told(given)
    assert apart == "hidden 7 instead of 5, length 8 instead of 9"


def test_a_suite_without_scaled_sizes_can_t_be_scaled(plan):
    bare = SUITE[: SUITE.index("[block.scaled]")]
    with pytest.raises(UsageError, match=r"--scaled: no block of the suite .* has scaled sizes"):
        plan(bare, scaled=True)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('cell = "lstm"', 'cell = "lstn"', 12, "unknown cell of the block 'lstn'. Did you mean"),
        ('cell = "lstm"', 'task = "copy"', 12, "unknown task of the block 'copy'"),
        ('cell = "lstm"', 'network = "tcn"', 12, "unknown network of the block 'tcn'"),
        ('row = "fake:good"', 'row = "fale"', 19, "unknown backend 'fale'. Did you mean 'fake'?"),
        ('row = "fake:good"', 'row = "fake:best"', 19, "unknown variant of fake 'best'"),
        ('metric = "score"', 'metric = "speed"', 13, "metric is 'speed'; it is 'forward_ms'"),
        ('metric = "score"\n', "", 11, "the reference has no 'metric'"),
        ('source = "A Paper, table 1"', "", 11, "the reference has no 'source'"),
        ('source = "A Paper, table 1"', 'source = " "', 16, "source is empty; it says where"),
        ('unit = "mean squared error"', 'unit = "%"', 15, "unit is '%'; the score of echo is in"),
        ('unit = "ms"', 'unit = "s"', 22, "unit is 's'; the forward_ms of echo is in 'ms'"),
        ("value = 0.25", "value = nan", 14, "value is nan; it is a number"),
        ("value = 0.25", "value = 'good'", 14, "value is 'good'; it is a number"),
        ("value = 0.25", "valeu = 0.25", 14, "unknown key 'valeu'. Did you mean 'value'?"),
        ('cell = "elman"\nrow = "fake:good"', 'cell = "lstm"', 19, "metric is 'forward_ms' where"),
        ("[[block.reference]]\ncell", "[block.reference]\ncell", 11, "reference is {"),
        ("length = 4", "lenth = 4", 10, "unknown option of echo 'lenth'. Did you mean 'length'?"),
        ("steps = 2", "step = 2", 8, "unknown key 'step'. Did you mean 'steps'?"),
        ("steps = 2", "steps = -2", 8, "steps is -2"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(plan, tmp_path, old, new, line, message):
    text = SUITE.replace(old, new, 1)
    assert text != SUITE
    if new.startswith("[block.reference]"):
        text = text[: text.rindex("[[block.reference]]")]
    with pytest.raises(UsageError) as caught:
        plan(text, scaled="lenth" in new)
    assert str(caught.value).startswith(f"suite {tmp_path / 'suite.toml'}, line {line}: ")
    assert message in str(caught.value)


def test_two_references_of_one_row_are_refused(plan):
    first = SUITE.index("[[block.reference]]")
    again = SUITE[first : SUITE.rindex("[[block.reference]]")]
    with pytest.raises(UsageError, match="line 17: a second reference for all rows"):
        plan(SUITE[: SUITE.rindex("[[block.reference]]")] + again)


def test_a_loss_is_in_the_unit_of_its_task(plan):
    text = SUITE.replace('metric = "score"', 'metric = "loss"')
    with pytest.raises(UsageError, match="the loss of echo is in 'squared error'"):
        plan(text)
    assert plan(text.replace('"mean squared error"', '"squared error"'))


BLOCK = """\
[[block]]
tasks = ["echo"]
cells = ["{cell}"]
hidden = {hidden}
[[block.reference]]
metric = "score"
value = {value}
unit = "mean squared error"
source = "A Paper, table 1"
"""


def test_a_block_takes_nothing_of_another_and_nothing_is_printed_of_what_is_new(plan):
    lstm = BLOCK.format(cell="lstm", hidden=5, value=0.25)
    elman = BLOCK.format(cell="elman", hidden=6, value=0.5)

    def found(**asked):
        return [
            (one.comparison.cell, one.comparison.hidden, [each.value for each in one.printed])
            for one in plan(lstm + elman, **asked).comparisons
        ]

    assert found(cells=("elman",)) == [("elman", 6, [0.5])]
    assert found(cells=("gru", "elman")) == [("gru", 5, []), ("elman", 6, [0.5])]
    assert found(tasks=("echo",)) == [("lstm", 5, [0.25]), ("elman", 6, [0.5])]
