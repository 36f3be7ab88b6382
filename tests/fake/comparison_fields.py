"""The fields of a small comparison."""

FIELDS = {
    "task": "echo",
    "cell": "lstm",
    "hidden": 8,
    "layers": 2,
    "batch": 4,
    "embedding": 3,
    "device": "cpu",
    "dtype": "float32",
    "threads": 1,
    "optimizer": "sgd",
    "lr": 0.1,
    "clip": None,
    "steps": 5,
}
