"""Installed plugins that replace what others use, each with a run of another cell beside it.

    python tests/benchmarks/meddlers.py

Prints how each run ends. Contained is one that measures its row; the others end with an error that
names the plugins that were loaded, or not at all.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "fake"))

from commands import ENVIRONMENT
from strangers import CELL, write

#: Seconds that a run may take.
LONGEST = 30
ACTS = {
    "clock": "import time\ntime.time = time.monotonic = lambda: 0\n",
    "json": "import json\njson.dumps = json.loads = None\n",
    "fork": "import os\nos.fork = os.pipe = None\n",
    "path": "import pathlib\npathlib.Path.open = None\n",
    "msgspec": "import msgspec\nmsgspec.json.encode = msgspec.convert = None\n",
    "numpy": "import sys\nsys.modules['numpy'] = sys.modules['scipy'] = object()\n",
    "audit": "import sys\ndef no(event, _):\n    if event == 'open': raise RuntimeError('no')\n"
    "sys.addaudithook(no)\n",
    "hook": "import os, sys\nsys.excepthook = lambda *_: os._exit(0)\n",
    "trace": "import sys\nsys.settrace(lambda *_: 1 / 0)\n",
    "warnings": "import warnings\nwarnings.simplefilter('error')\nwarnings.warn = None\n",
    "garbage": "import gc\ngc.set_threshold(1)\n",
    "locale": "import locale\nlocale.setlocale(locale.LC_ALL, 'C')\n",
    "nice": "import os\nos.nice(5)\n",
    "deep": "import sys\nsys.setrecursionlimit(100_000)\ndef f(): f()\nf()\n",
    "memory": "bytearray(1 << 45)\n",
}


def ended(act):
    """Return how a run ends where a plugin does something: ``exit code 0``, ``no end``."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), "meddler", act + CELL)
        path = os.pathsep.join([folder, ENVIRONMENT["PYTHONPATH"]])
        options = [
            "--suite",
            "tiny",
            "--backends",
            "fake:good",
            "--cells",
            "gru",
            "--steps",
            "2",
            "--max-time",
            "0.05",
        ]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "rnnbench", "run", *options, "--out", f"{folder}/out"],
                env=os.environ | ENVIRONMENT | {"PYTHONPATH": path},
                capture_output=True,
                text=True,
                timeout=LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "no end"
        return f"exit code {done.returncode}{', named' if 'meddler' in done.stderr else ''}"


if __name__ == "__main__":
    for name, act in ACTS.items():
        print(f"{name:10}{ended(act)}")
