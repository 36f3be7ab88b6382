import msgspec
import numpy as np
import pytest

from rnnbench import LSTM, Batch, Elman, Layer, Model, Problem, Spec
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.parity import small_input

WORDS = Problem(
    inputs=6, outputs=5, tokens=True, loss="cross-entropy", targets="sequence", begin=3, end=4
)


def model(cell=None, **options):
    sizes = {name: options.pop(name) for name in ("layers", "embedding") if name in options}
    return Model(Seq2Seq(**options), Spec(WORDS, cell or LSTM(), 3, **sizes))


def program(made, params=None):
    backend = NumpyBackend("cpu", "float64")
    return backend.program(made, params or made.initial(0), "autograd", Optimizer())


def test_parts():
    plain = model(attention="none")
    assert list(plain.parts) == ["encoder.0", "decoder.0", "readout"]
    assert list(model(layers=2, embedding=4).parts) == [
        "embedding",
        "encoder.0",
        "encoder.1",
        "keys",
        "target",
        "decoder.0",
        "decoder.1",
        "attention",
        "readout",
    ]
    assert "keys" not in model(attention="dot").parts


def test_the_last_layer_of_a_fed_decoder_attends():
    made = model(layers=2, feeding=True)
    cells = {path: part.cell.name for path, part in made.parts.items() if isinstance(part, Layer)}
    assert cells == {
        "encoder.0": "lstm",
        "encoder.1": "lstm",
        "decoder.0": "lstm",
        "decoder.1": "attending",
    }
    assert "attention" not in made.parts
    assert made.parts["decoder.1"].cell.state == ("h", "c", "h̃")


@pytest.mark.parametrize("attention", ["none", "additive", "dot"])
@pytest.mark.parametrize("bidirectional", ["no", "sum"])
def test_the_decoder_begins_where_the_encoder_ends(attention, bidirectional):
    made = model(attention=attention, bidirectional=bidirectional, layers=2)
    _, batch = small_input(made, 1)
    _, state = program(made).begin(batch)
    reader = "encoder.1" if bidirectional == "no" else "encoder.1.forward"
    assert [a.tolist() for a in state["decoder.1"]] == [a.tolist() for a in state[reader]]
    assert any(array.any() for array in state["decoder.1"])


def test_without_attention_nothing_but_the_state_is_handed_over():
    made = model(attention="none")
    memory, _ = program(made).begin(small_input(made, 1)[1])
    assert memory == ()


def test_attention_by_hand():
    """One step of an Elman decoder with dot products, formula by formula."""
    made = model(Elman(), attention="dot")
    params, (_, batch) = made.initial(2), small_input(made, 1)
    p = {path: dict(group) for path, group in params.items()}

    def layer(path, xs, h):
        hs, own = [], p[path]
        for x in xs:
            h = np.tanh(x @ own["w_x"][0] + h @ own["w_h"][0] + own["b"][0])
            hs.append(h)
        return hs

    source = np.eye(6)[batch.inputs]
    memory = layer("encoder.0", source, np.zeros((3, 3)))
    told = np.eye(5)[np.concatenate([np.full((1, 3), 3), batch.targets[:-1]])]
    outputs = []
    for h in layer("decoder.0", told, memory[-1]):
        scores = np.exp(np.stack([(h * m).sum(-1) for m in memory]))
        context = sum(a[:, None] * m for a, m in zip(scores / scores.sum(0), memory, strict=True))
        vector = np.tanh(np.concatenate([h, context], axis=-1) @ p["attention"]["w_c"])
        outputs.append(vector @ p["readout"]["w"] + p["readout"]["b"])
    found, _ = program(made, params).forward(made.zero_state(3), batch)
    np.testing.assert_allclose(found, outputs, rtol=1e-12)


def test_what_is_fed_reaches_the_next_step():
    """With no weight on h̃ a fed decoder is one that attends after all its steps."""
    fed, after = model(feeding=True), model()
    params = after.initial(4)
    cell = dict(params["decoder.0"])
    cell["w_x"] = np.concatenate([cell["w_x"], np.zeros((4, 3, 3))], axis=1)
    attention = {f"attention_{name}": array for name, array in params["attention"].items()}
    same = {path: group for path, group in params.items() if path != "attention"}
    same["decoder.0"] = cell | attention
    _, batch = small_input(fed, 1)
    without, _ = program(after, params).forward(after.zero_state(3), batch)
    found, _ = program(fed, same).forward(fed.zero_state(3), batch)
    np.testing.assert_allclose(found, without, rtol=1e-12)
    same["decoder.0"]["w_x"][:, 5:] += 1
    moved, _ = program(fed, same).forward(fed.zero_state(3), batch)
    assert np.abs(moved[1:] - without[1:]).max() > 1e-3


def test_a_sequence_from_one_step():
    problem = Problem(inputs=3, outputs=2, targets="sequence", source="one")
    made = Model(Seq2Seq(attention="none"), Spec(problem, LSTM(), 4))
    batch = Batch(np.ones((1, 2, 3)), np.zeros((6, 2, 2)))
    outputs, _ = program(made).forward(made.zero_state(2), batch)
    assert outputs.shape == (6, 2, 2)


def test_a_dot_product_needs_one_width():
    with pytest.raises(ValueError, match="as wide as the decoder"):
        Seq2Seq(attention="dot", bidirectional="concat")
    with pytest.raises(msgspec.ValidationError, match='take bidirectional = "sum"'):
        msgspec.convert({"attention": "dot", "bidirectional": "concat"}, Seq2Seq)
