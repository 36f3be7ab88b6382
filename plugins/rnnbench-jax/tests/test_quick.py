from collections.abc import Iterator

import pytest

from rnnbench_jax import quick


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    quick.quick_options.cache_clear()
    yield
    quick.quick_options.cache_clear()


def test_this_release_of_xla_has_all_options() -> None:
    assert quick.quick_options() == quick.WANTED


def test_an_option_that_xla_does_not_have_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(quick.WANTED, "xla_no_such_option", True)
    assert quick.quick_options() == {
        name: value for name, value in quick.WANTED.items() if name != "xla_no_such_option"
    }
