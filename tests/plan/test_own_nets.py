"""``--model``: what its values mean, and what is refused before anything is run."""

import hashlib

import pytest

from rnnbench.errors import UsageError
from rnnbench.plan.own_nets import are_those, check_unchanged, parse, select_nets
from rnnbench.plugins.registry import Registry
from rnnbench.schema.row import Row

ROWS = [Row("fake", "good")]


@pytest.fixture
def registry(fake):
    return Registry.of()


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my-net.py"
    path.write_text("import autograd\nif True:\n    Net = None\ndef make(x):\n    inner = 1\n")
    return path


def test_a_net_is_a_row_named_after_its_file_which_is_hashed_and_not_run(file, registry):
    (net,) = select_nets(["my-net.py:Net"], ROWS, registry)
    assert net.row == Row("fake", "my-net.Net")
    assert (net.path, net.name) == ("my-net.py", "Net")
    assert net.source == hashlib.sha256(file.read_bytes()).hexdigest()
    assert select_nets([str(file) + ":Net"], ROWS, registry) == [net]
    assert are_those(["my-net.py:Net"], [net])
    assert are_those([str(net)], [net])
    assert not are_those(["my-net.py:make"], [net])
    assert not are_those([], [net])
    check_unchanged([net])
    file.write_text("Net = 1\n")
    with pytest.raises(UsageError, match=r"my-net\.py has changed"):
        check_unchanged([net])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mynet", "as mynet.py:Net"),
        ("mynet.py:", "as mynet.py:Net"),
        ("none.py:Net", r"can't read 'none\.py': No such file"),
        ("my-net.py:Nett", r"unknown name in my-net\.py 'Nett'\. Did you mean 'Net'\? Known: Net,"),
        ("my-net.py:inner", "unknown name"),
        ("wrong.py:Net", r"wrong\.py:2: "),
        ("fakes:my-net.py:Net", "fakes"),
    ],
)
def test_what_is_no_net_is_said_in_a_line(file, registry, text, said):
    file.with_name("wrong.py").write_text("a = 1\ndef\n")
    with pytest.raises(UsageError, match=said):
        select_nets([text], ROWS, registry)


def test_among_several_backends_it_belongs_to_that_whose_library_it_imports(file, registry):
    both = [*ROWS, Row("plain", "good")]
    registry.backends["plain"] = registry.backends["fake"].__class__(
        "plain", "m:C", ("numpy",), {"good": "it"}, "good", nets=("other",)
    )
    assert select_nets(["my-net.py:Net"], both, registry)[0].row.backend == "fake"
    file.write_text("Net = 1\n")
    with pytest.raises(UsageError, match=r"imports none of them; say which as --model fake:my-net"):
        select_nets(["my-net.py:Net"], both, registry)
    assert select_nets(["fake:my-net.py:Net"], both, registry)[0].row.backend == "fake"


def test_two_nets_of_one_name_are_refused(file, registry):
    other = file.parent / "other" / "my-net.py"
    other.parent.mkdir()
    other.write_text("Net = 1\n")
    with pytest.raises(UsageError, match=r"would both be fake:my-net\.Net"):
        select_nets(["my-net.py:Net", "other/my-net.py:Net"], ROWS, registry)
    assert parse("fake:other/my-net.py:Net") == ("fake", "other/my-net.py", "Net")
