import os
import subprocess
import sys

from rnnbench.system.io.streams import silence


def test_what_is_left_to_be_written_goes_nowhere(tmp_path):
    with (tmp_path / "file").open("w") as stream:
        stream.write("before")
        stream.flush()
        silence(stream)
        print("afterwards", file=stream, flush=True)
    assert (tmp_path / "file").read_text() == "before"


def test_a_program_whose_stderr_is_gone_ends_as_it_would():
    code = (
        "import sys\nfrom rnnbench.report.progress.display import Terminal\n"
        "for _ in range(3): Terminal().tell('hello')\n"
    )
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run([sys.executable, "-c", code], stderr=write, check=False)
    os.close(write)
    assert ended.returncode == 0
