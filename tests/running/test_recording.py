from specimens import FAST, PLANNED

from rnnbench.running.recording import SavedAs, training
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.training import Trained

TRAINED = Trained([(1, 0.9)], 0.5, 0.1)


def test_a_training_names_the_file_of_its_weights():
    found = training(PLANNED, FAST, 0, TRAINED, SavedAs("w.safetensors", "ab"))
    assert (found.status, found.weights, found.weights_hash) == ("ok", "w.safetensors", "ab")
    assert training(PLANNED, FAST, 0, TRAINED).weights is None


def test_a_training_whose_weights_are_not_there_has_failed():
    found = training(PLANNED, FAST, 0, TRAINED, Failed("failed", "OSError: no space"))
    assert (found.status, found.weights) == ("failed", None)
    assert found.reason == "trained, but its weights can't be saved: OSError: no space"
    assert (found.curve, found.score, found.seconds) == ([(1, 0.9)], 0.5, 0.1)
