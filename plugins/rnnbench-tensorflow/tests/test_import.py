"""What importing the plugin costs a command that does not run it."""

import subprocess
import sys


def test_announcing_imports_no_framework():
    code = "import sys, rnnbench_tensorflow; print({'tensorflow', 'keras'} & sys.modules.keys())"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


def test_keras_runs_on_tensorflow_whatever_the_environment_says():
    code = "import rnnbench_tensorflow.backend;import keras; print(keras.backend.backend())"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"KERAS_BACKEND": "numpy", "PATH": ""},
    )
    assert shown.stdout.strip() == "tensorflow"
