import numpy as np
import pytest

from rnnbench.contracts.inference.sampling import Sampling, ranked
from rnnbench.errors import Diverged

LOGITS = np.log([0.1, 0.4, 0.2, 0.3])


def drawn(count, logits=LOGITS, **chosen):
    choose = Sampling(**chosen).chooser()
    return [choose(logits) for _ in range(count)]


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nothing_is_chosen_by_what_is_no_number(temperature, value):
    with pytest.raises(Diverged, match="no finite numbers"):
        drawn(1, np.array([0.1, value, 0.2]), temperature=temperature)
    with pytest.raises(Diverged, match="no finite numbers"):
        drawn(1, np.full(3, -np.inf), temperature=temperature)


def test_a_token_may_be_out_of_the_question():
    assert drawn(2, np.array([-np.inf, 0.0, -np.inf]), temperature=1.0) == [1, 1]


def test_without_a_temperature_the_likeliest_is_taken():
    assert drawn(3) == [1, 1, 1]


def test_of_equal_ones_the_first_is_likelier_whatever_rounding_says():
    assert ranked(np.array([0.0, 1.0, 1.0 + 1e-12, 1.0])).tolist() == [1, 2, 3, 0]
    assert ranked(np.array([0.0, 1.0, 1.0 + 1e-6])).tolist() == [2, 1, 0]


def test_tokens_are_drawn_by_their_probability():
    counts = np.bincount(drawn(20_000, temperature=1.0), minlength=4) / 20_000
    assert counts == pytest.approx([0.1, 0.4, 0.2, 0.3], abs=0.015)


def test_a_temperature_sharpens_or_flattens():
    powers = np.array([0.1, 0.4, 0.2, 0.3]) ** 2
    counts = np.bincount(drawn(20_000, temperature=0.5), minlength=4) / 20_000
    assert counts == pytest.approx(powers / powers.sum(), abs=0.015)


def test_only_the_likeliest_are_drawn_from():
    assert set(drawn(500, temperature=1.0, top_k=2)) == {1, 3}
    assert set(drawn(500, temperature=100.0, top_k=9)) == {0, 1, 2, 3}


def test_the_same_seed_draws_the_same_whatever_rounding_says():
    one = drawn(100, temperature=1.0, seed=3)
    assert one == drawn(100, LOGITS + 1e-12, temperature=1.0, seed=3)
    assert one != drawn(100, temperature=1.0, seed=4)


def test_huge_and_tiny_logits_are_no_trouble():
    assert drawn(5, np.array([-1e6, 1e6, 0.0]), temperature=1e-3) == [1] * 5
    assert drawn(5, np.array([1.0, np.nextafter(1, 2)]), temperature=1e-9, top_k=1) == [0] * 5
