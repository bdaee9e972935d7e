"""MONAI's side of loss.ts: a contender process (see contest.ts). Its argument is a LossTask as JSON."""
import json
import resource
import sys
import time

import monai
import numpy as np
import torch
from monai.losses import DiceLoss, FocalLoss, GeneralizedDiceLoss, TverskyLoss

task = json.loads(sys.argv[1])
size, batch = task["size"], task["batch"]

# The same logits and labels as loss-ours.ts makes, with the channels first, as MONAI wants them.
y, x = np.mgrid[0:size, 0:size]
disc = (x - 0.4 * size) ** 2 + (y - 0.5 * size) ** 2 < (0.08 * size) ** 2
labels = np.broadcast_to(disc, (batch, size, size)).astype(np.int64)
i = np.arange(labels.size * 2)
last = np.where(i % 2 == 1, 1.0, -1.0) * (labels.ravel()[i >> 1] - 0.7) + np.sin(0.37 * (i % 10007))
channels_last = last.astype(np.float32).reshape(batch, size, size, 2)
logits = torch.tensor(channels_last.transpose(0, 3, 1, 2).copy(), requires_grad=True)
classes = torch.tensor(labels)
target = torch.nn.functional.one_hot(classes, 2).permute(0, 3, 1, 2).contiguous().float()  # ready made: not counted

foreground = dict(softmax=True, include_background=False)
both = dict(smooth_nr=1.0, smooth_dr=1.0)
none = dict(smooth_nr=0.0, smooth_dr=0.0)
cross_entropy = torch.nn.CrossEntropyLoss()
dice = DiceLoss(batch=True, **foreground, **both)
gdl = GeneralizedDiceLoss(softmax=True, batch=True, **none)
focal_each = FocalLoss(use_softmax=True, gamma=2.0, alpha=0.75)


def focal(z, t):
    return 2 * focal_each(z, t)  # MONAI's mean counts both classes of a pixel


losses = {
    "ce": lambda: cross_entropy(logits, classes),
    "ce-dice": lambda: cross_entropy(logits, classes) + dice(logits, target),
    "dice": lambda: dice(logits, target),
    "dice-per-sample": lambda loss=DiceLoss(**foreground, **both): loss(logits, target),
    "gdl": lambda: gdl(logits, target),
    "gdl-per-sample": lambda loss=GeneralizedDiceLoss(softmax=True, **none): loss(logits, target),
    "focal": lambda: focal(logits, target),
    "tversky": lambda loss=TverskyLoss(batch=True, alpha=0.3, beta=0.7, **foreground, **both): loss(logits, target),
    "focal-gdl": lambda: focal(logits, target) + gdl(logits, target),
}
forward = losses[task["loss"]]


def repeat():
    logits.grad = None
    value = forward()
    value.backward()
    return value.item()


print(json.dumps({"name": f"MONAI {monai.__version__}, PyTorch {torch.__version__}", "value": repeat()}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    repeat()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rssMb": memory}), flush=True)
