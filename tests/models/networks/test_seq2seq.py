import msgspec
import numpy as np
import pytest

from rnnbench import LSTM, Batch, Elman, Layer, Model, NumpyNamespace, Problem, Spec
from rnnbench.contracts.inference.generation import generate
from rnnbench.models.layers.decoder.sampling import Coins, likeliest
from rnnbench.models.network_part import Extent
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import named

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
    reader = "encoder.1.forward" if "encoder.1.forward" in made.parts else "encoder.1"
    assert [a.tolist() for a in state["decoder.1"]] == [a.tolist() for a in state[reader]]
    assert any(array.any() for array in state["decoder.1"])


ATTENTION = [("none", "concat"), ("none", "sum"), ("additive", "concat"), ("dot", "sum")]


@pytest.mark.parametrize(("attention", "bidirectional"), ATTENTION)
@pytest.mark.parametrize("layers", [1, 2])
def test_every_direction_is_heard(attention, bidirectional, layers):
    """The last layer of an encoder that nobody attends to hands on the state of one direction."""
    made = model(attention=attention, bidirectional=bidirectional, layers=layers)
    _, gradients = program(made).gradient(*small_input(made, 1))
    unheard = [n for n, array in named("", gradients).items() if not array.any()]
    assert unheard == []
    both = f"encoder.{layers - 1}.backward" in made.parts
    assert both == (attention != "none")
    unused = made.network.unused(made.spec)
    assert ("bidirectional" in unused) == (attention == "none" and layers == 1)


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


#: Options with which a decoder has one layer and two, with and without an embedding.
KINDS = [
    {},
    {"embedding": 4, "layers": 2},
    {"layers": 2, "feeding": True, "attention": "dot"},
    {"attention": "none"},
]


@pytest.mark.parametrize("options", KINDS)
def test_a_decoder_that_is_told_all_is_the_usual_one(options):
    """Drawn from the same seed, whatever the schedule: outputs, and the losses of training."""
    usual, sampling = model(**options), model(teacher_forcing=0.0, **options)
    _, batch = small_input(usual, 1)
    found, _ = program(sampling).forward(sampling.zero_state(3), batch)
    expected, _ = program(usual).forward(usual.zero_state(3), batch)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    told = batch._replace(noise={"coins": np.ones((4, 3), bool)})
    trained = [program(made) for made in (usual, sampling)]
    for _ in range(3):
        losses = [
            one.train_step(made.zero_state(3), each)[0]
            for one, made, each in zip(trained, (usual, sampling), (batch, told), strict=True)
        ]
        assert losses[0] == pytest.approx(losses[1], rel=1e-10)


@pytest.mark.parametrize("options", KINDS)
def test_a_decoder_that_is_told_nothing_says_what_it_generates(options):
    """It looks at no target, and is told the likeliest token that it said."""
    made = model(teacher_forcing=0.0, **options)
    one, (_, batch) = program(made), small_input(made, 1)
    batch = batch._replace(noise={"coins": np.zeros((4, 3), bool)})
    found, _ = one.forward(made.zero_state(3), batch)
    on = Problem(**(vars(WORDS) | {"end": -1}))  # to the last step
    generated = generate(NumpyBackend("cpu", "float64"), one, on, batch._replace(noise=None))
    np.testing.assert_allclose(found, generated, rtol=1e-12)
    others = (batch.targets + 1) % 5
    again, _ = one.forward(made.zero_state(3), batch._replace(targets=others))
    assert np.array_equal(found, again)


def test_a_coin_decides_of_its_own_step_and_example():
    made = model(teacher_forcing=0.5)
    one, (_, batch) = program(made), small_input(made, 1)

    def run(coins):
        noise = {"coins": np.array(coins, bool)}
        return one.forward(made.zero_state(3), batch._replace(noise=noise))[0]

    all_told, one_not = np.ones((4, 3)), np.ones((4, 3))
    told, generated = run(all_told), run(np.zeros((4, 3)))
    said = generated[:1].argmax(-1)
    example = int(np.flatnonzero(said[0] != batch.targets[0])[0])
    one_not[1, example] = 0
    found = run(one_not)
    assert np.array_equal(found[0], told[0])
    np.testing.assert_allclose(found[1, example], generated[1, example], rtol=1e-12)
    others = [k for k in range(3) if k != example]
    np.testing.assert_allclose(found[:, others], told[:, others], rtol=1e-12)
    assert not np.allclose(found[1, example], told[1, example])


def test_the_first_target_is_told_whatever_the_coin():
    made = model(teacher_forcing=0.0)
    one, (_, batch) = program(made), small_input(made, 1)
    coins = np.ones((4, 3), bool)
    coins[0] = False
    found, _ = one.forward(made.zero_state(3), batch._replace(noise={"coins": coins}))
    told, _ = one.forward(made.zero_state(3), batch._replace(noise=None))
    np.testing.assert_allclose(found, told, rtol=1e-12)


@pytest.mark.parametrize(
    ("end", "steps", "number", "share"),
    [
        (0.25, 100, 0, 1.0),
        (0.25, 100, 50, 0.625),
        (0.25, 100, 100, 0.25),
        (0.25, 100, 1000, 0.25),
        (0.25, 0, 0, 0.25),
        (0.0, 10, 5, 0.5),
    ],
)
def test_teacher_forcing_falls_linearly(end, steps, number, share):
    assert Coins(end, steps).noise(Extent(9, 7, 5, number)) == ((7, 5), share)


def test_coins_are_those_of_the_schedule():
    made = model(teacher_forcing=0.0, forcing_steps=10)
    batch = Batch(np.zeros((3, 500), np.int64), np.zeros((20, 500), np.int64))
    shares = [
        made.noise(np.random.default_rng(0), batch, number)["coins"].mean() for number in (0, 5, 10)
    ]
    assert shares == [1, pytest.approx(0.5, abs=0.02), 0]


def test_dropout_of_a_decoder_has_the_steps_of_the_target():
    made = model(layers=2, dropout=0.5)
    noise = made.noise(np.random.default_rng(0), small_input(made, 1)[1])
    assert {path: mask.shape for path, mask in noise.items()} == {
        "dropout.encoder.0": (5, 3, 3),
        "dropout.decoder.0": (4, 3, 3),
    }


def test_dropout_is_the_same_whether_or_not_the_decoder_hears_itself():
    usual = model(layers=2, dropout=0.5)
    sampling = model(layers=2, dropout=0.5, teacher_forcing=0.0)
    _, batch = small_input(usual, 1)
    told = batch.noise | {"coins": np.ones((4, 3), bool)}
    expected, _ = program(usual).gradient(usual.zero_state(3), batch)
    found, _ = program(sampling).gradient(sampling.zero_state(3), batch._replace(noise=told))
    assert found == pytest.approx(expected, rel=1e-12)


def test_the_likeliest_of_several_is_the_first():
    logits = np.array([[1.0, 3, 3], [2, 2, 2], [-1, -3, -2], [0, 0, 1]])
    found = likeliest(NumpyNamespace(), logits)
    assert found.tolist() == np.eye(3)[logits.argmax(-1)].tolist()


def test_options_that_do_nothing():
    spec = model().spec
    assert Seq2Seq(dropout=0.5, forcing_steps=3).unused(spec) == {
        "dropout": "with one layer",
        "forcing_steps": "with teacher_forcing = 1",
    }
    assert Seq2Seq(teacher_forcing=0.5).unused(model(layers=2).spec) == {}
