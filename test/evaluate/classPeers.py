"""MONAI's metrics of two classes: python test/evaluate/classPeers.py > test/evaluate/classPeers.json (torch, monai, scipy).

Two ellipsoids as reference and prediction, each with a ball as tumour, by the formulas of classPeers.test.ts.
"""
import json

import monai
import numpy as np
import torch
from monai.metrics import DiceMetric, HausdorffDistanceMetric, SurfaceDiceMetric

shape, spacing = (14, 12, 9), [0.8, 1.1, 2.5]
x, y, z = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")


def labels(dx, dy, dz):
    organ = 4 * (x - 6 - dx) ** 2 + 9 * (y - 5 - dy) ** 2 + 16 * (z - 4 - dz) ** 2 <= 110
    tumour = (x - 8 - dx) ** 2 + (y - 5 + dy) ** 2 + 4 * (z - 4) ** 2 <= 5
    return np.where(tumour, 2, organ.astype(int))


reference, prediction = labels(0, 0, 0), labels(1, 1, 0)


def one_hot(label):
    return torch.from_numpy(np.stack([label == c for c in (0, 1, 2)])[None].astype(np.uint8))


def measure(metric, *pair):
    options = {} if isinstance(metric, DiceMetric) else {"spacing": spacing}
    return metric(y_pred=pair[0], y=pair[1], **options)[0].tolist()


pair = one_hot(prediction), one_hot(reference)
options = dict(include_background=False)
print(json.dumps({
    "made": f"MONAI {monai.__version__}, PyTorch {torch.__version__}",
    "dice": measure(DiceMetric(**options), *pair),
    "hd95DirectedMm": measure(HausdorffDistanceMetric(percentile=95, **options), *pair),
    "nsd1Voxels": measure(SurfaceDiceMetric(class_thresholds=[1, 1], **options), *pair),
    "nsd2Voxels": measure(SurfaceDiceMetric(class_thresholds=[2, 2], **options), *pair),
    "voxels": [int((reference == c).sum()) for c in (1, 2)] + [int((prediction == c).sum()) for c in (1, 2)],
}))
