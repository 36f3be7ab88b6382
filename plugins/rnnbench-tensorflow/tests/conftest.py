import os

# The same graphs at LLVM's lowest level: XLA spends most of a test's time there otherwise.
os.environ["XLA_FLAGS"] = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
)

from rnnbench_tensorflow.backend import TensorFlowBackend

TensorFlowBackend.divide_cpu(3)
TensorFlowBackend.configure(2)  # before anything starts TensorFlow's runtime
