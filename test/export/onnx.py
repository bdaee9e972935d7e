"""What ONNX's checker and onnxruntime say of files: python test/export/onnx.py FOLDER.

For each NAME.onnx with NAME.image (float32 [2, 3, h, w]) the logits go to NAME.logits; prints names and versions.
"""
import sys
from pathlib import Path

sys.path.pop(0)  # this file's own folder, where its name would hide the package

import numpy as np
import onnx
import onnxruntime

for file in sorted(Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    shape = [2, *session.get_inputs()[0].shape[1:]]
    image = np.fromfile(file.with_suffix(".image"), "float32").reshape(shape)
    session.run(None, {"image": image})[0].tofile(file.with_suffix(".logits"))
    print(file.stem, len(model.graph.node), onnx.__version__, onnxruntime.__version__)
