import gc
import os

# The same graphs at LLVM's lowest level, by XLA's older generator of a CPU's code: it spends most
# of a test's time there otherwise.
os.environ["XLA_FLAGS"] = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    " --xla_cpu_use_fusion_emitters=false"
)
os.environ["KERAS_BACKEND"] = "numpy"  # which the plugin must not heed: see test_import.py

from rnnbench_tensorflow.backend import TensorFlowBackend

TensorFlowBackend.divide_cpu(3)
TensorFlowBackend.configure(2)  # before anything starts TensorFlow's runtime
gc.freeze()  # as a worker does: tracing has garbage looked for again and again
