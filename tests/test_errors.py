import pytest

from rnnbench.errors import unknown


@pytest.mark.parametrize(
    ("name", "known", "message"),
    [
        ("lstn", ["gru", "lstm"], "unknown cell 'lstn'. Did you mean 'lstm'? Known: gru, lstm."),
        ("zzz", ["lstm", "gru"], "unknown cell 'zzz'. Known: gru, lstm."),
        ("zzz", [], "unknown cell 'zzz'. Known: none."),
    ],
)
def test_an_unknown_name_gets_what_is_known(name, known, message):
    assert str(unknown("cell", name, known)) == message
