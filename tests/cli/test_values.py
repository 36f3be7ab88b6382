import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.cli.values import positive, share


@pytest.mark.parametrize(
    ("text", "value"), [("2%", 0.02), ("0.02", 0.02), ("0.5 %", 0.005), ("99.9%", 0.999)]
)
def test_a_share_is_in_per_cent_or_plain(text, value):
    assert share(text) == pytest.approx(value)


@given(st.floats(1e-9, 0.999))
def test_any_share_can_be_written_both_ways(value):
    assert share(repr(value)) == value
    assert share(f"{100 * value!r}%") == pytest.approx(value)


@pytest.mark.parametrize("text", ["0", "0%", "1", "100%", "-0.1", "2", "nan", "inf%"])
def test_no_share_is_nothing_or_all(text):
    with pytest.raises(typer.BadParameter, match="is not between 0 and 1"):
        share(text)


@pytest.mark.parametrize("text", ["", "%", "two", "2 per cent", "%2"])
def test_what_is_no_number_is_no_share(text):
    with pytest.raises(typer.BadParameter, match="is no share"):
        share(text)


@pytest.mark.parametrize("value", [None, 1e-9, 3.0])
def test_what_is_above_0_is_kept(value):
    assert positive(value) == value


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_not_above_0_is_refused(value):
    with pytest.raises(typer.BadParameter, match="is not above 0"):
        positive(value)
