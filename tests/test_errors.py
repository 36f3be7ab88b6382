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


MANY = [f"time_{number:02}" for number in range(41)]
LISTED = "All are in the handbook."


@pytest.mark.parametrize(
    ("name", "known", "listed", "message"),
    [
        ("time_", MANY, LISTED, "Did you mean 'time_40', 'time_39' or 'time_38'? " + LISTED),
        ("zzz", MANY, LISTED, f"Known: {', '.join(MANY)}."),
        ("time_", MANY, "", f"Did you mean 'time_40'? Known: {', '.join(MANY)}."),
        ("time_", MANY[:40], LISTED, f"Did you mean 'time_39'? Known: {', '.join(MANY[:40])}."),
        (
            "TIME_41",
            ["time_4", *MANY[:40]],
            LISTED,
            "Did you mean 'time_4', 'time_34' or 'time_31'?",
        ),
    ],
)
def test_of_very_many_names_the_close_ones_stand_and_where_all_are(name, known, listed, message):
    assert message in str(unknown("column", name, known, listed))
    assert str(unknown("column", name, known, listed)).startswith(f"unknown column {name!r}. ")
