"""Writes made-by-python.safetensors: what `safetensors.numpy.save_file` makes of known numbers (safetensors 0.8.0)."""
import sys
import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "c1/conv/kernel": np.array([[1, -2.5], [65504, 6e-8]], np.float16),
        "c1/conv/bias": np.array([0.1, -1e-30], np.float32),
        "empty": np.zeros((0, 3), np.float32),
    },
    sys.argv[1],
    metadata={"who": "Python"},
)
