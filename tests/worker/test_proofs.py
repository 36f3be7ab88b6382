import dataclasses

import pytest
from msgspec.structs import replace
from specimens import COMPARISON

from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.network import Spec
from rnnbench.models.problem import Problem
from rnnbench.oracle.parity import Parity
from rnnbench.schema.messages.timing import Check
from rnnbench.worker.proofs import Proofs

CHECK = Check(COMPARISON, "good", 0, None, ("", "", ""))
SPEC = Spec(Problem(1, 1), GRU(), hidden=3)


@pytest.fixture
def made():
    """What was proved, in order."""
    return []


@pytest.fixture
def prove(made):
    """Prove something, or say what was proved of it."""
    proofs = Proofs()

    def of(request, spec=SPEC):
        def new():
            made.append(request)
            return Parity(float(len(made)), "outputs")

        return proofs.of(request, spec, new)

    return of


@pytest.mark.parametrize(
    "changes", [{"batch": 64}, {"task": "other"}, {"task_options": {"length": 9}}]
)
def test_what_differs_in_its_batches_alone_is_proved_once(prove, made, changes):
    other = replace(CHECK, comparison=replace(COMPARISON, **changes))
    assert prove(CHECK) == prove(other) == prove(replace(CHECK, data_hash="1"))
    assert made == [CHECK]


@pytest.mark.parametrize(
    "request_of",
    [
        replace(CHECK, variant="second"),
        replace(CHECK, seed=1),
        *(
            replace(CHECK, comparison=replace(COMPARISON, **changes))
            for changes in (
                {"hidden": 4},
                {"cell_options": {"forget_bias": 1.0}},
                {"network_options": {"dropout": 0.1}},
                {"dtype": "float64"},
                {"lr": 0.1},
                {"steps": 20},  # at which a schedule has come to its end
                {"weights": "ab"},
            )
        ),
    ],
)
def test_what_differs_in_what_it_computes_is_proved_anew(prove, made, request_of):
    prove(CHECK)
    prove(request_of)
    assert made == [CHECK, request_of]


@pytest.mark.parametrize("changes", [{"problem": Problem(1, 2)}, {"carried": False}])
def test_a_network_that_is_built_for_something_else_is_proved_anew(prove, made, changes):
    prove(CHECK)
    prove(CHECK, dataclasses.replace(SPEC, **changes))
    assert len(made) == 2


def test_what_was_wrong_is_looked_at_again():
    proofs = Proofs()

    def wrong():
        raise ValueError("it differs")

    with pytest.raises(ValueError, match="it differs"):
        proofs.of(CHECK, SPEC, wrong)
    assert proofs.of(CHECK, SPEC, lambda: Parity(0.0, "")).error == 0
