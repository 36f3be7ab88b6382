"""What makes two measurements the same one."""

import re

import pytest
from msgspec.structs import replace
from specimens import BROKEN, COMPARISON, FAST, MACHINE, OPENED, PLAN, PLANNED, RECORDS, RUN, SLOW

from rnnbench.errors import UsageError
from rnnbench.results.identity import (
    check_opened,
    check_unchanged,
    differences,
    leaves,
    row_identity,
)
from rnnbench.schema.messages.message import Failed

SAID = dict.fromkeys(PLAN.rows, OPENED)


def compared(**changes):
    return replace(PLANNED, comparison=replace(COMPARISON, **changes))


@pytest.mark.parametrize(
    "changed",
    [
        {"run": replace(RUN, rnnbench="0.2.0")},
        {"run": replace(RUN, source="another hash")},
        {"run": replace(RUN, distributions={"numpy": "3"})},
        {"run": replace(RUN, distributions={"scipy": "3"})},
        {"run": replace(RUN, distributions={"autograd": "3"})},
        {"run": replace(RUN, machine=replace(MACHINE, cpu="another CPU"))},
        {"run": replace(RUN, machine=replace(MACHINE, cpus=3))},
        {"run": replace(RUN, machine=replace(MACHINE, system="Linux 7"))},
        {"run": replace(RUN, machine=replace(MACHINE, memory_gib=9.0))},
        {"run": replace(RUN, machine=replace(MACHINE, python="CPython 3.12"))},
        {"run": replace(RUN, machine=replace(MACHINE, gpus=["one"]))},
        {"run": replace(RUN, plan=replace(PLAN, memory_limit=2**30))},
        {"run": replace(RUN, plan=replace(PLAN, allocator="kept"))},
        {"planned": compared(hidden=4)},
        {"planned": compared(threads=1)},
        {"planned": compared(device="gpu:0")},
        {"planned": compared(dtype="float64")},
        {"planned": compared(lr=1e-2)},
        {"planned": compared(clip=1.0)},
        {"planned": compared(steps=11)},
        {"planned": compared(task_options={"length": 4})},
        {"planned": compared(cell_options={"load": 4})},
        {"planned": replace(PLANNED, data_hash="cd34")},
        {"planned": replace(PLANNED, data_hash=None)},
        {"planned": replace(PLANNED, task_version=2)},
        {"planned": replace(PLANNED, max_time=0.3)},
        {"planned": replace(PLANNED, cell_plugin="rnnbench 0.1.0 (ffffffffffff)")},
        {"planned": replace(PLANNED, task_plugin="rnnbench-fake 1 (ffffffffffff)")},
        {"opened": replace(OPENED, versions={"fake": "1.3", "numpy": "2"})},
        {"opened": replace(OPENED, versions={"fake": "1.2", "numpy": "2", "cuda": "12"})},
        {"opened": replace(OPENED, plugin="rnnbench-fake 1 (000000000000)")},
        {"opened": replace(OPENED, devices=["cpu", "gpu:0"])},
        {"opened": replace(OPENED, threads=1)},
        {"opened": replace(OPENED, python="3.12.1")},
        {"opened": replace(OPENED, kernels={"scan": "rnnbench-qrnn 1 (000000000000)"})},
        {"opened": replace(OPENED, settings={"XLA_FLAGS": "--fast"})},
        {"opened": replace(OPENED, denormals_flushed=False)},
        {"opened": replace(OPENED, matmul="tf32")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_another_code_data_machine_or_specification_is_another_identity(changed):
    usual = {"run": RUN, "planned": PLANNED, "opened": OPENED}
    assert row_identity(**usual | changed) != row_identity(**usual)


@pytest.mark.parametrize(
    "changed",
    [
        {"run": replace(RUN, started="2027-01-02T03:04:05+00:00")},
        {"run": replace(RUN, elapsed=3.0)},
        {"run": replace(RUN, git="a" * 40)},
        {"run": replace(RUN, command=["rnnbench", "run", "--reuse"])},
        {"run": replace(RUN, distributions={"rnnbench-fake": "1", "rnnbench-other": "1"})},
        {"run": replace(RUN, machine=replace(MACHINE, load=9.0))},
        {"run": replace(RUN, plan=replace(PLAN, suite="other", rows=[FAST], seeds=[5]))},
        {"opened": replace(OPENED, seconds=7.0)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_when_and_in_whose_company_it_was_measured_is_not_part_of_it(changed):
    usual = {"run": RUN, "planned": PLANNED, "opened": OPENED}
    assert row_identity(**usual | changed) == row_identity(**usual)


def test_an_identity_is_a_hash():
    assert re.fullmatch("[0-9a-f]{64}", row_identity(RUN, PLANNED, OPENED))


def test_leaves_are_named_by_their_path_and_fields_that_are_volatile_left_out():
    found = leaves({"a": [1, {"b": None}], "c": {"git": "an option"}, "machine": MACHINE})
    assert found.pop("a.0") == 1
    assert found.pop("a.1.b") is None
    assert found.pop("c.git") == "an option"
    assert set(found) == {
        f"machine.{what}" for what in ("system", "cpu", "cpus", "memory_gib", "python")
    }


def test_differences_are_told_whichever_side_lacks_something():
    found = list(differences({"same": 1, "old": 2, "other": 3}, {"same": 1, "other": 4, "new": 5}))
    assert found == ["old 2 → None", "other 3 → 4", "new None → 5"]


def test_a_run_that_is_as_it_was_can_be_gone_on_with():
    later = replace(
        RUN,
        started="2027-01-02T03:04:05+00:00",
        command=["rnnbench", "run", "--resume"],
        git="a" * 40,
        machine=replace(MACHINE, load=2.0),
        distributions={"rnnbench-other": "1"},
    )
    check_unchanged(RECORDS, later)
    check_opened(RECORDS, {row: replace(OPENED, cpus=[8, 9], seconds=9.0) for row in PLAN.rows})


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (replace(RUN, rnnbench="0.2.0"), "rnnbench 0.1.0 → 0.2.0"),
        (replace(RUN, source="bb"), "source None → bb"),
        (replace(RUN, distributions={"numpy": "3"}), "distributions.numpy None → 3"),
        (replace(RUN, machine=replace(MACHINE, cpus=4)), "machine.cpus 2 → 4"),
        (
            replace(RUN, plan=replace(PLAN, comparisons=[replace(PLANNED, data_hash="cd34")])),
            "plan.comparisons.0.data_hash ab12 → cd34",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_changed_is_named(now, message):
    with pytest.raises(UsageError, match=re.escape(message)) as raised:
        check_unchanged(RECORDS, now)
    assert "--reuse" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_workers_say_otherwise_is_named():
    other = SAID | {FAST: replace(OPENED, versions={"fake": "1.3", "numpy": "2"})}
    with pytest.raises(UsageError, match=re.escape("fake:good.versions.fake 1.2 → 1.3")):
        check_opened(RECORDS, other)
    with pytest.raises(UsageError, match="fake:raises starts → does not start"):
        check_opened(RECORDS, {FAST: OPENED, SLOW: OPENED})
    why = re.escape("fake:raises starts → does not start (its log is a link)")
    with pytest.raises(UsageError, match=why):
        check_opened(RECORDS, SAID | {BROKEN: Failed("failed", "its log is a link")})


def test_workers_that_have_not_told_of_themselves_before_are_not_missed():
    check_opened([RUN], {})
    check_opened(RECORDS[:2], SAID)  # it was ended while it wrote what they said


def test_of_many_changes_the_first_are_named_and_the_others_counted():
    now = replace(RUN, plan=replace(PLAN, seeds=[*range(20)]))
    with pytest.raises(UsageError, match="and 12 more") as raised:
        check_unchanged(RECORDS, now)
    assert str(raised.value).count("→") == 6
