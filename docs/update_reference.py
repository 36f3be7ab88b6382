"""Writes what is generated: reference.md from docstrings, the schema of results files from types.

With ``--check`` it only compares. The reference is of what scripts and plugin authors use.

Signatures and comments are read from the source, so that nothing depends on how a version of Python
prints them, and nothing of a framework is imported.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from rnnbench.system.io.files import write_file

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference.md"
SCHEMA = ROOT / "rnnbench" / "results" / "results.schema.json"
#: Section → module and names; no names means all that is public.
SECTIONS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "In Python": [
        ("api.measuring", ("run", "scale", "Interrupted", "NotWritten")),
        ("api.loading", ("load", "runs")),
        ("api.measured_run", ("Run", "Failure")),
        ("api.shown", ("Tables",)),
        ("api.picture", ("Picture",)),
        ("api.comparing", ("compare", "Compared", "Finding")),
        ("api.publishing", ("publish",)),
    ],
    "Hooks": [("contracts.hooks", ())],
    "Cells": [
        ("models.cell", ("Cell", "advance")),
        ("models.arrays.array_functions", ("Namespace",)),
    ],
    "Tasks": [
        ("contracts.task", ("Task", "Defaults")),
        ("models.problem", ("Problem",)),
        ("models.arrays.trees", ("Batch",)),
    ],
    "Backends": [
        ("contracts.info", ("BackendInfo",)),
        ("contracts.backend", ("Backend",)),
        ("contracts.profile", ("Profile",)),
        ("contracts.program", ("Program",)),
        ("models.kernel", ("Kernel", "Recurrence", "Ops")),
        ("contracts.recurrences.loop", ("LoopRecurrence",)),
        ("contracts.recurrences.packing", ("pack", "unpack")),
        ("models.arrays.trees", ("copied",)),
        ("models.model", ("Model",)),
        ("models.training.optimizer", ("Optimizer",)),
    ],
    "Networks": [
        ("models.network", ("Network", "Spec")),
        ("models.counting", ("Flops",)),
        ("models.networks.stack", ("Stack",)),
        ("models.network_part", ("Part", "Run")),
        ("models.layers.recurrent", ("Layer",)),
        ("models.layers.dense", ("Dense",)),
        ("models.layers.embedding", ("Embedding",)),
    ],
    "Kernels": [("contracts.info", ("KernelInfo",))],
    "Files": [("system.io.files", ("read_file",)), ("system.io.texts", ("read_text", "NotText"))],
    "Errors": [
        (
            "errors",
            ("UsageError", "PluginError", "Unsupported", "Mismatch", "Diverged", "WorkerError"),
        )
    ],
    "Statuses": [
        ("schema.status", ("Status", "MEASURED", "FAILURES")),
        ("plugins.discovery", ("Status", "FAULTS")),
    ],
    "The test kit": [
        ("conformance.cell_kit", ("CellConformance",)),
        ("conformance.network_kit", ("NetworkConformance",)),
        ("conformance.networks.under_test", ("NetworkUnderTest",)),
        ("conformance.networks.declarations", ("Declarations",)),
        ("conformance.networks.gradients", ("Gradients",)),
        ("conformance.networks.examples", ("Examples",)),
        ("conformance.networks.steps", ("Steps",)),
        ("conformance.task_kit", ("TaskConformance",)),
        ("conformance.tasks.under_test", ("TaskUnderTest",)),
        ("conformance.tasks.batches", ("Batches",)),
        ("conformance.tasks.scores", ("Scores",)),
        ("conformance.tasks.declarations", ("Declarations",)),
        ("conformance.backend_kit", ("BackendConformance",)),
        ("conformance.programs.under_test", ("ProgramsUnderTest",)),
        ("conformance.programs.equations", ("Equations",)),
        ("conformance.programs.parallel", ("Parallel",)),
        ("conformance.programs.sequences", ("Sequences",)),
        ("conformance.programs.timing", ("Timing",)),
        ("conformance.programs.training", ("Training",)),
        ("conformance.surroundings", ("Conformance",)),
        ("oracle.small_input", ("small_input",)),
        ("oracle.traces", ("named",)),
    ],
}
#: The modules whose docstring opens a section.
OPENINGS = {"In Python": "api", "Hooks": "contracts.hooks", "The test kit": "conformance"}
HEADING = re.compile(r"(Args|Attributes|Returns|Raises|Yields):")
ITEM = re.compile(r" {4}([\w, ]+): (.*)")
ROLE = re.compile(r":\w+:`(~?)([^`]+)`")
Definition = ast.ClassDef | ast.FunctionDef


class Source:
    """A module of the core, read and not imported."""

    def __init__(self, module: str) -> None:
        self.module = module
        path = ROOT / "rnnbench" / Path(*module.split("."))
        text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
        self.lines, self.tree = text.splitlines(), ast.parse(text)

    def public(self, names: tuple[str, ...]) -> Iterator[ast.stmt]:
        """Yield what bears one of some names in their order, or else all public functions."""
        if not names:
            yield from (n for n in self.tree.body if isinstance(n, ast.FunctionDef))
        for name in names:
            yield next(node for node in self.tree.body if name_of(node) == name)

    def comment(self, node: ast.stmt) -> str:
        """Return the ``#:`` comment above a node."""
        first = node.lineno - 1
        while self.lines[first - 1].lstrip().startswith("#:"):
            first -= 1
        return " ".join(line.strip()[2:].strip() for line in self.lines[first : node.lineno - 1])


def name_of(node: ast.stmt) -> str:
    """Return the name that a statement defines, empty if none."""
    if isinstance(node, Definition):
        return node.name
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    return ast.unparse(node.target) if isinstance(node, ast.AnnAssign) else ""


def page() -> str:
    """Return the whole page."""
    parts = [
        "# Reference",
        "What scripts call, hooks, contracts, errors and the test kit, as their docstrings have "
        "them. Written by `docs/update_reference.py`; [In Python](python.md) and [Writing a "
        "plugin](plugins.md) are where to begin.",
    ]
    for section, modules in SECTIONS.items():
        parts.append(f"## {section}")
        if section in OPENINGS:
            parts.append(prose(ast.get_docstring(Source(OPENINGS[section]).tree) or ""))
        for module, names in modules:
            source = Source(module)
            for node in source.public(names):
                parts += entry(source, node)
    return "\n\n".join(filter(None, parts)) + "\n"


def entry(source: Source, node: ast.stmt) -> Iterator[str]:
    """Yield what is to be said of a class, a function or a constant."""
    if not isinstance(node, Definition):
        yield f"### `{source.module}.{name_of(node)}`"
        yield inline(source.comment(node))
        yield code(ast.unparse(node))
        return
    yield f"### `{name_of(node)}`"
    yield f"`rnnbench.{source.module}`"
    yield code(signature(node) if isinstance(node, ast.FunctionDef) else heading(node))
    yield prose(ast.get_docstring(node) or "")
    if isinstance(node, ast.ClassDef):
        yield from members(source, node)


def members(source: Source, node: ast.ClassDef) -> Iterator[str]:
    """Yield the fields and the public methods of a class; tests are a list of promises."""
    public = [member for member in node.body if re.match("[A-Za-z]", name_of(member))]
    methods = [m for m in public if isinstance(m, ast.FunctionDef)]
    tests = [method for method in methods if method.name.startswith("test_")]
    bare = [method for method in methods if not ast.get_docstring(method)]
    yield items((ast.unparse(f), source.comment(f)) for f in public if f not in methods)
    yield items((signature(method), "") for method in bare)
    for method in methods:
        if method not in tests + bare:
            yield f"#### `{node.name}.{method.name}`"
            yield code(signature(method))
            yield prose(ast.get_docstring(method) or "")
    yield items((test.name, first_paragraph(test)) for test in tests)


def items(pairs: Iterable[tuple[str, str]]) -> str:
    """Return names, and what is said of them, as a list."""
    lines = [f"- `{name}`" + (f": {inline(told)}" if told else "") for name, told in pairs]
    return "\n".join(lines)


def first_paragraph(node: ast.FunctionDef) -> str:
    """Return the first paragraph of a docstring."""
    return (ast.get_docstring(node) or "").partition("\n\n")[0]


def heading(node: ast.ClassDef) -> str:
    """Return the lines that open a class."""
    bases = ", ".join(map(ast.unparse, node.bases))
    return marks(node) + (f"class {node.name}({bases})" if bases else f"class {node.name}")


def signature(node: ast.FunctionDef) -> str:
    """Return the lines that open a function."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return marks(node) + f"def {node.name}({ast.unparse(node.args)}){returns}"


def marks(node: Definition) -> str:
    """Return the decorators, but for the mark of a hook."""
    found = [f"@{ast.unparse(mark)}\n" for mark in node.decorator_list]
    return "".join(mark for mark in found if mark != "@hookspec\n")


def code(text: str) -> str:
    """Return Python as a block."""
    return f"```python\n{text}\n```"


def prose(docstring: str) -> str:
    """Return a docstring of the Google convention as Markdown."""
    lines, section = [], ""
    for line in docstring.splitlines():
        if heading := HEADING.fullmatch(line):
            section = heading[1]
            lines += [line, ""]
        elif line and not line.startswith(" "):
            section = ""
            lines.append(inline(line))
        elif section:
            lines.append(inline(listed(section, line)))
        else:
            lines.append(line)  # an equation or an example
    return "\n".join(lines)


def listed(section: str, line: str) -> str:
    """Return a line of a section: what it says of a name becomes an item of a list."""
    named = ITEM.fullmatch(line)
    if section == "Returns" or section == "Yields" or not line:
        return line.strip()
    return f"- ``{named[1]}``: {named[2]}" if named else f"  {line.strip()}"


def inline(text: str) -> str:
    """Return references and literals as Markdown has them."""
    text = ROLE.sub(lambda role: f"`{role[2].rpartition('.')[2] if role[1] else role[2]}`", text)
    return text.replace("``", "`")


def schema_file() -> str:
    """Return the JSON Schema of results files."""
    from rnnbench.results.json_schema import schema

    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write reference.md and the schema of results files, or exit with 1 if one is stale."""
    for file, text in ((PAGE, page()), (SCHEMA, schema_file())):
        if "--check" not in sys.argv[1:]:
            write_file(file, text.encode())
        elif not file.is_file() or file.read_text(encoding="utf-8") != text:
            sys.exit(f"{file.relative_to(ROOT)} is stale: run docs/update_reference.py")


if __name__ == "__main__":
    main()
