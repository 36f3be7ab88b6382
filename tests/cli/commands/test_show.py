"""``rnnbench show``."""

import subprocess
import sys

from rnnbench.results import folders


def test_show_prints_the_table_again(shared_run, out, cli):
    assert cli("show", "--out", out) == (0, shared_run.out, "")
    name = folders.find(None, out).parent.name
    assert cli("show", name, "--out", out).out == shared_run.out
    drawn = cli("show", "--out", out, "--format", "markdown").out
    assert "\n\n**echo · elman** · T 3" in drawn


def test_a_corrupt_results_file_is_told_with_its_line(cli, tmp_path, shared_run, out):
    lines = folders.find(None, out).read_text().splitlines()
    path = tmp_path / "torn.jsonl"
    path.write_text("\n".join([*lines[:2], lines[2][:20], *lines[3:]]))
    ended = cli("show", path)
    assert ended.code == 0
    assert ended.err == f"{path}, line 3 is set aside: cut off, or without its checksum\n"
    path.write_text("\n".join(lines)[:-20])
    ended = cli("show", path)
    assert ended.code == 0
    assert f"line {len(lines)} is set aside" in ended.err


def test_a_reader_that_goes_away_is_no_error(shared_run, out):
    command = (
        f"{sys.executable} -m rnnbench show --out {out} --json | head -1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "[\n0\n"
    assert done.stderr == ""
