"""Values and gradients of MONAI's losses for three classes: python classLosses.py > classLosses.json (torch, monai).

The losses leave the background out where ours do, and take its options: smoothing of 1 pixel, sums over the batch.
"""
import json

import monai
import torch
from monai.losses import (DiceCELoss, DiceLoss, FocalLoss, GeneralizedDiceLoss, HausdorffDTLoss, LogHausdorffDTLoss,
                          TverskyLoss)

torch.manual_seed(1)
N, H, W, C = 2, 5, 6, 3
logits = (1.5 * torch.randn(N, C, H, W)).mul(1000).round().div(1000).double()
labels = torch.zeros(N, 1, H, W, dtype=torch.long)
labels[0, 0, 1:4, 1:5] = 1
labels[0, 0, 2:4, 3:6] = 2
labels[1, 0, 0:3, 2:4] = 1

one = dict(softmax=True, to_onehot_y=True)
inner = dict(one, include_background=False)
pixel = dict(smooth_nr=1, smooth_dr=1)
focal = dict(use_softmax=True, to_onehot_y=True)
losses = {
    "dice": DiceLoss(**inner, **pixel, batch=True),
    "dice-per-sample": DiceLoss(**inner, **pixel),
    "dice squared": DiceLoss(**inner, **pixel, batch=True, squared_pred=True),
    "dice jaccard": DiceLoss(**inner, **pixel, batch=True, jaccard=True),
    "ce-dice": DiceCELoss(**inner, **pixel, batch=True),
    "gdl": GeneralizedDiceLoss(**one, smooth_nr=0, smooth_dr=0, batch=True),
    "gdl-per-sample": GeneralizedDiceLoss(**one, smooth_nr=0, smooth_dr=0),
    "gdl simple": GeneralizedDiceLoss(**one, smooth_nr=0, smooth_dr=0, batch=True, w_type="simple"),
    "tversky": TverskyLoss(**inner, **pixel, batch=True, alpha=0.3, beta=0.7),
    "hausdorff": HausdorffDTLoss(**inner),
    "log-hausdorff": LogHausdorffDTLoss(**inner),
}
# MONAI's mean over all one-hot planes is ours over the pixels, divided by the number of classes.
focals = {
    "focal": FocalLoss(**focal, gamma=2, alpha=0.75),
    "focal without alpha": FocalLoss(**focal, gamma=2),
    "focal gamma 1/2": FocalLoss(**focal, gamma=0.5, alpha=0.25),
}


def measure(loss, scale):
    z = logits.clone().requires_grad_()
    value = scale * loss(z, labels)
    value.backward()
    gradient = z.grad.permute(0, 2, 3, 1).reshape(-1)
    return {"value": value.item(), "gradient": [float(f"{g:.9g}") for g in gradient.tolist()]}


values = {name: measure(loss, 1) for name, loss in losses.items()}
values |= {name: measure(loss, C) for name, loss in focals.items()}
print(json.dumps({
    "made": f"MONAI {monai.__version__}, PyTorch {torch.__version__}, float64",
    "shape": [N, H, W, C],
    "logits": logits.permute(0, 2, 3, 1).reshape(-1).tolist(),
    "labels": labels.reshape(-1).tolist(),
    "values": values,
}))
