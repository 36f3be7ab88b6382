"""The tutorials, and at night the half hour, executed as they stand, block by block.

``shell`` blocks are run. A ``python`` block is the file that is named last before it; a ``diff``
block is applied to that file. Each line of a ``text`` block names a file that is there, or begins a
line that the commands before it have printed, numbers and padding aside.

``pip install -e`` alone is replaced, since it would fetch a build backend from an index: what it
does, put the folder on the path and write metadata with the entry points, is done here.
"""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("tutorials/*.md"))
if "RNNBENCH_NIGHTLY" in os.environ:  # minutes, on a machine that is quiet enough for its pictures
    PAGES.append(DOCS / "half-hour.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`(\w+/\w+\.py)`")


class Reader:
    """Someone who does what a page says, in a folder of their own."""

    def __init__(self, folder):
        self.folder, self.site = folder, folder / "site-packages"
        self.site.mkdir()
        self.path, self.output = [str(self.site)], ""  # PYTHONPATH; what the last block printed

    def follow(self, page):
        end = 0
        for block in BLOCK.finditer(page):
            named = FILE.findall(page[: block.start()])
            getattr(self, block[1])(block[2], self.folder / named[-1] if named else None)
            end = block.end()
        assert page[end:].count("```") == 0

    def shell(self, commands, _):
        self.output = "".join(map(self.run, commands.splitlines()))

    def run(self, command):
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return ""
        if command == "pip install -e '.[test]'":
            return self.install()
        programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=os.environ
            | {"PATH": os.pathsep.join(programs), "PYTHONPATH": os.pathsep.join(self.path)}
            | {"COLUMNS": "120", "RNNBENCH_PLUGINS": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def install(self):
        project = tomllib.loads((self.folder / "pyproject.toml").read_text())["project"]
        info = self.site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        info.mkdir()
        named = f"Name: {project['name']}\nVersion: {project['version']}\n"
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\n{named}")
        entries = [
            f"[{group}]\n" + "".join(f"{name} = {module}\n" for name, module in points.items())
            for group, points in project["entry-points"].items()
        ]
        (info / "entry_points.txt").write_text("\n".join(entries))
        self.path.append(str(self.folder))
        return ""

    def python(self, text, file):
        file.write_text(text)

    def diff(self, text, file):
        lines = text.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] != "+")
        after = "".join(line[1:] for line in lines if line[0] != "-")
        assert file.read_text().count(before) == 1
        file.write_text(file.read_text().replace(before, after))

    def text(self, shown, _):
        for line in shown.splitlines():
            first = line.split()[0]
            if "." in first and ":" not in first:  # as a row has
                assert (self.folder / first).is_file()
            else:
                told = {words(line) for line in self.output.splitlines()}
                assert any(one.startswith(words(line)) for one in told), (line, self.output)


def words(line):
    """Return a line without numbers and padding."""
    return " ".join(word for word in line.split() if not re.fullmatch(r"[~<]?[\d.]+", word))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_tutorial_does_what_it_says(page, tmp_path):
    Reader(tmp_path).follow(page.read_text())
