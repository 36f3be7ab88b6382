"""Two virtual environments in which the fake backend is not the same, made without a network."""

import sys
import sysconfig
import venv
from pathlib import Path

#: The backend of the new environment: it computes every gradient six times, and one row fails.
SLOWER = """
from pathlib import Path

exec(Path({original!r}).read_text())


class Slower(NumpyProgram):
    def _differentiate(self, state, batch):
        for _ in range(5):
            super()._differentiate(state, batch)
        return super()._differentiate(state, batch)


class Broken(NumpyProgram):
    def train_step(self, state, batch):
        raise RuntimeError("broken by the new version")


PROGRAMS |= {{"good": Slower, "second": Broken}}
"""


def make(folder):
    """Make ``base`` and ``head`` in a folder; return their interpreters.

    What is installed here is installed there, too, and the backend of ``head`` comes first.
    """
    original = Path(__file__).with_name("fake_backend.py")
    (folder / "new").mkdir()
    (folder / "new" / "fake_backend.py").write_text(SLOWER.format(original=str(original)))
    base = interpreter(folder / "base", [])
    return base, interpreter(folder / "head", [folder / "new"])


def interpreter(folder, first):
    """Make a virtual environment, in which some folders are searched first for modules."""
    venv.create(folder, symlinks=True, with_pip=False)
    here = sysconfig.get_path("purelib")
    lines = [f"import site; site.addsitedir({here!r})"]
    lines += [f"import sys; sys.path.insert(0, {str(path)!r})" for path in first]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    path = folder / "lib" / version / "site-packages" / "shared.pth"
    path.write_text("\n".join(lines) + "\n")
    return folder / "bin" / "python"
