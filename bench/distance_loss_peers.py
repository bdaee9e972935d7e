"""The peers' side of distance-loss.ts: a contender process (see contest.ts). Its argument is the loss's name."""
import json
import resource
import sys
import time

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt

task = sys.argv[1]
i = np.arange(5 * 512 * 512)


def in_ellipse(centre):
    return (((i // 512 % 512 - 260) / 22) ** 2 + ((i % 512 - centre) / 60) ** 2 < 1).reshape(5, 512, 512)


truth = in_ellipse(250)
margins = (np.where(in_ellipse(262), 3, -3).ravel() + 2.5 * np.sin(i * 0.37)).astype(np.float32).reshape(5, 512, 512)
logits = torch.from_numpy(np.stack([np.zeros_like(margins), margins], 1)).requires_grad_()

if task == "hausdorff":
    import monai

    name = f"MONAI {monai.__version__} HausdorffDTLoss"
    loss = monai.losses.HausdorffDTLoss(softmax=True, to_onehot_y=True)
    target = torch.from_numpy(truth[:, None].astype(np.float32))

    def value_of():
        return loss(logits, target)

else:
    name = f"SciPy distances, PyTorch {torch.__version__.split('+')[0]}"

    def distance_map(mask):
        return distance_transform_edt(~mask) * ~mask - (distance_transform_edt(mask) - 1) * mask

    def value_of():
        maps = torch.from_numpy(np.stack([distance_map(mask) for mask in truth]).astype(np.float32))
        return (torch.softmax(logits, 1)[:, 1] * maps).mean()


def run():
    logits.grad = None
    value = value_of()
    value.backward()
    return value


first = run()
print(json.dumps({"name": name, "values": [first.item(), logits.grad.double().norm().item()]}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rssMb": memory}), flush=True)
