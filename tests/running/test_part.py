"""Attempts at a part: what they do, and where they write; the workers are another test's."""

import parted
import pytest
from parted import Told
from specimens import PLAN

from rnnbench.errors import UsageError
from rnnbench.plan.part import part_of
from rnnbench.plugins.registry import Registry
from rnnbench.report.progress.silent import Quiet
from rnnbench.results import reader
from rnnbench.results.parts.attempts import attempts
from rnnbench.results.queries import run_of, timings
from rnnbench.running import part as parts
from rnnbench.running.launch import Ended
from rnnbench.running.part import run_part
from rnnbench.system import machine

REGISTRY = Registry.of()


@pytest.fixture
def measured(monkeypatch):
    """Have a run measure the first so many comparisons that are left; return what was left."""
    left = []

    def begin(most=99, error=None):
        def carry_out(remaining, registry, writer, on_opened, audience, wait=True):
            if error:
                raise UsageError(error)
            found = on_opened({}).comparisons
            left.append([one.comparison.hidden for one in found])
            for planned in found[:most]:
                if remaining.is_to_time(planned):
                    writer.write(parted.timing(planned))
                for record in parted.trainings(remaining.plan, planned):
                    writer.write(record)
            return Ended(writer.records, writer.path, 0 if most > 9 else 143, "ended")

        monkeypatch.setattr(parts, "carry_out", carry_out)
        return left

    return begin


def part(number=1, of=2, **plan):
    return part_of(parted.plan(**plan), number, of)


def test_an_attempt_writes_in_its_own_folder_and_says_when_all_is_done(tmp_path, measured):
    measured()
    told = Told()
    ended = run_part(part(), REGISTRY, tmp_path, "night", told)
    assert ended.file == tmp_path / "night" / "parts" / "0001-of-0002.0.done" / "results.jsonl"
    run = run_of(reader.read(ended.file))
    assert (run.name, run.plan.part.number, run.machine.node) == ("night", 1, machine.node())
    assert "part 1/2 is done" in told.lines[-1]


def test_the_next_attempt_does_what_the_one_before_has_left(tmp_path, measured):
    left = measured(most=1)
    told = Told()
    ended = run_part(part(), REGISTRY, tmp_path, "night", told)
    assert ended.exit_code == 143
    assert told.lines == ["ended"]
    measured()
    run_part(part(threads=64), REGISTRY, tmp_path, "night", told)  # on another machine
    assert left == [[3, 5, 7], [5, 7]]
    assert [(one.name, one.done) for one in attempts(tmp_path / "night")] == [
        *(("0001-of-0002.0", False), ("0001-of-0002.1", True))
    ]


def test_a_part_that_is_done_is_not_begun_again(tmp_path, measured):
    measured()
    run_part(part(), REGISTRY, tmp_path, "night", Quiet())
    told = Told()
    ended = run_part(part(), REGISTRY, tmp_path, "night", told)
    assert (ended.exit_code, told.lines) == (
        *(0, [f"nothing is left to do of part 1/2: {ended.file}"]),
    )
    assert len(attempts(tmp_path / "night")) == 1


def test_what_was_lost_of_a_part_that_was_done_is_measured_again(tmp_path, measured):
    left = measured()
    ended = run_part(part(), REGISTRY, tmp_path, "night", Quiet())
    lines = ended.file.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b'"hidden":5' not in line or b'"record":"run"' in line]
    ended.file.write_bytes(b"".join(kept))
    again = run_part(part(), REGISTRY, tmp_path, "night", Quiet())
    assert left == [[3, 5, 7], [5]]
    assert [one.comparison.hidden for one in timings(again.records)] == [3, 7, 5]  # all of it


def test_what_another_attempt_has_done_meanwhile_is_not_done_again(tmp_path, measured, monkeypatch):
    """Two begin, and one of them waits until the machine is free."""
    left, made = measured(), part()
    carry_out = parts.carry_out

    def later(*arguments, **options):
        parted.attempt(tmp_path / "night", made, parted.everything(made))
        return carry_out(*arguments, **options)

    monkeypatch.setattr(parts, "carry_out", later)
    ended = run_part(made, REGISTRY, tmp_path, "night", Quiet())
    assert left == [[]]
    assert len(timings(ended.records)) == 3


def test_a_part_that_was_ended_before_it_said_so_is_marked(tmp_path, measured):
    made = part()
    folder = parted.attempt(tmp_path / "night", made, parted.everything(made), done=False)
    run_part(made, REGISTRY, tmp_path, "night", Quiet())
    (one,) = attempts(tmp_path / "night")
    assert one.done
    assert one.name == folder.name


def test_nothing_is_left_of_an_attempt_that_could_not_begin(tmp_path, measured):
    measured(error="no backend has the device")
    with pytest.raises(UsageError, match="no backend has the device"):
        run_part(part(), REGISTRY, tmp_path, "night", Quiet())
    assert attempts(tmp_path / "night") == []


def test_parts_of_another_plan_are_refused(tmp_path, measured):
    measured()
    run_part(part(), REGISTRY, tmp_path, "night", Quiet())
    with pytest.raises(UsageError, match="is part of another plan"):
        run_part(part(2, seeds=[0]), REGISTRY, tmp_path, "night", Quiet())
    with pytest.raises(UsageError, match="has parts such as 1/2"):
        run_part(part(1, 3), REGISTRY, tmp_path, "night", Quiet())
    assert len(attempts(tmp_path / "night")) == 1


def test_a_name_that_is_taken_is_refused(tmp_path, measured):
    parted.attempt(tmp_path / "x", part(), [])
    (tmp_path / "other").mkdir()
    (tmp_path / "x" / "parts" / "0001-of-0002.0.done" / "results.jsonl").rename(
        tmp_path / "other" / "results.jsonl"
    )
    for name in ("other", "night", "latest", "a/b"):
        with pytest.raises(UsageError, match="--name"):
            run_part(part(), REGISTRY, tmp_path, name, Quiet())
    with pytest.raises(UsageError, match="needs a name"):
        run_part(part(), REGISTRY, tmp_path, None, Quiet())


def test_a_machine_is_called_as_slurm_calls_it(monkeypatch):
    monkeypatch.setenv("SLURMD_NODENAME", "n17")
    assert machine.node() == "n17"
    monkeypatch.delenv("SLURMD_NODENAME")
    assert machine.node()


def test_a_plan_that_is_whole_says_so():
    assert PLAN.part is None
