"""Weights of the paper's network as PaddlePaddle saves them, and the logits that it computes with them.

python test/export/pdparams.py FOLDER [VARIANT WIDTH SIDE PROTOCOL SEED] writes VARIANT-WIDTH.pdparams and .json; made with
PaddlePaddle 2.6.2. The layers and their names follow docs/differences.md and lib/export/paddleNames.ts.
"""
import json
import sys

import numpy as np
import paddle
from paddle import nn

PARTS = {  # separable, aspp, shortcuts, merging convolutions
    "residual": (True, True, True, False),
    "plain": (True, True, True, False),  # its shortcuts are built and not called
    "grouped": (False, True, False, True),
    "unet": (False, False, False, False),
    "unet-aspp": (False, True, False, False),
    "unet-sep": (True, False, False, False),
}


def conv_norm(i, o, k=1, d=1):
    return [nn.Conv2D(i, o, k, padding=d * (k // 2), dilation=d), nn.BatchNorm(o, act="relu")]


class Separable(nn.Layer):
    def __init__(self, i, o):
        super().__init__()
        self.pointwise_conv = nn.Conv2D(i, o, 1)
        self.depthwise_conv = nn.Conv2D(o, o, 3, padding=1, groups=o)

    def forward(self, x):
        return self.depthwise_conv(self.pointwise_conv(x))


class Block(nn.Layer):
    def __init__(self, i, o, separable):
        super().__init__()
        first = [Separable(i, o), nn.BatchNorm(o, act="relu")] if separable else conv_norm(i, o, 3)
        self.layers = nn.Sequential(*first, *conv_norm(o, o, 3))

    def forward(self, x):
        return self.layers(x)


class Branch(nn.Layer):
    def __init__(self, i, o, rate):
        super().__init__()
        self.asppconv = nn.Sequential(*conv_norm(i, o, 3, rate))

    def forward(self, x):
        return self.asppconv(x)


class Pooled(nn.Layer):
    def __init__(self, i, o):
        super().__init__()
        self.pool = nn.AdaptiveMaxPool2D(3)
        self.features = nn.Sequential(*conv_norm(i, o))

    def forward(self, x):
        return nn.functional.interpolate(self.features(self.pool(x)), x.shape[2:])


class Aspp(nn.Layer):
    def __init__(self, i, o, rates):
        super().__init__()
        branches = [nn.Sequential(*conv_norm(i, o))] + [Branch(i, o, r) for r in rates] + [Pooled(i, o)]
        self.features = nn.LayerList(branches)
        self.project = nn.Sequential(*conv_norm(5 * o, o))

    def forward(self, x):
        return self.project(paddle.concat([f(x) for f in self.features], 1))


class Head(nn.Layer):
    def __init__(self, w, rates):
        super().__init__()
        self.head = nn.Sequential(Aspp(16 * w, 4 * w, rates), *conv_norm(4 * w, 8 * w, 3), nn.Conv2D(8 * w, 16 * w, 1))

    def forward(self, x):
        return self.head(x)


class Network(nn.Layer):
    def __init__(self, variant, w):
        super().__init__()
        separable, aspp, shortcuts, merging = PARTS[variant]
        self.variant, self.pool = variant, nn.MaxPool2D(2)
        channels = [3, w, 2 * w, 4 * w, 8 * w, 16 * w]
        for k in range(1, 6):
            setattr(self, f"c{k}", Block(channels[k - 1], channels[k], separable and k > 1))
        self.deeplabhead = Head(w, [12, 24, 36] if merging else [2, 4, 6]) if aspp else None
        for k, o in zip(range(6, 10), (8 * w, 4 * w, 2 * w, w)):
            setattr(self, f"up{k}", nn.Conv2DTranspose(2 * o, o, 2, stride=2))
            if merging:
                setattr(self, f"merge{k}_conv", nn.Conv2D(2 * o, 2 * o, 3, padding=1, groups=2))
            setattr(self, f"c{k}", Block(2 * o, o, separable))
        self.c10 = nn.Conv2D(w, 2, 1)
        for k in range(1, 5) if shortcuts else []:
            setattr(self, f"short{k}", nn.Conv2D(channels[k], channels[k + 1], 1, stride=2))

    def forward(self, x):
        residual = self.variant == "residual"
        c1 = self.c1(x)
        p1 = self.pool(c1)
        c2 = self.c2(p1)
        p2 = self.pool(c2)
        sum2 = self.short1(p1) + p2 if residual else p2
        c3 = self.c3(p2)
        p4 = self.pool(c3)
        sum3 = self.short2(sum2) + p4 if residual else p4
        c4 = self.c4(sum3)
        p5 = self.pool(c4)
        x = self.c5(self.short3(sum3) + p5 if residual else p5)
        if self.deeplabhead is not None:
            x = self.deeplabhead(x)
        for k, skip in zip(range(6, 10), (c4, c3, c2, c1)):
            x = paddle.concat([getattr(self, f"up{k}")(x), skip], 1)
            if hasattr(self, f"merge{k}_conv"):
                x = getattr(self, f"merge{k}_conv")(x)
            x = getattr(self, f"c{k}")(x)
        return self.c10(x)


def main(folder, variant="residual", width="1", side="32", protocol="4", seed="7"):
    random = np.random.RandomState(int(seed))
    network = Network(variant, int(width))
    state = network.state_dict()
    for name, value in state.items():
        shape = tuple(value.shape)
        if len(shape) == 4:
            inputs = shape[0] if name.startswith("up") else np.prod(shape[1:])
            new = random.normal(0, np.sqrt(1 / inputs), shape)
        elif name.endswith("_variance") or (name.endswith("weight")):
            new = random.uniform(0.5, 1.5, shape)
        else:
            new = random.normal(0, 0.2, shape)
        value.set_value(new.astype("float32"))
    network.eval()
    n = int(side)
    c, i, j = np.meshgrid(np.arange(3), np.arange(n), np.arange(n), indexing="ij")
    image = (0.5 + 0.5 * np.sin(0.9 * i + 1.7 * j + 2.3 * c)).astype("float32")
    logits = network(paddle.to_tensor(image[None])).numpy()
    name = f"{folder}/{variant}-{width}"
    paddle.save(state, f"{name}.pdparams", protocol=int(protocol))
    made = {"paddle": paddle.__version__, "variant": variant, "width": int(width), "side": n}
    made["image"] = "[c][row][column]: 0.5 + 0.5 sin(0.9 row + 1.7 column + 2.3 c)"
    made["logits"] = "every fifth of [class][row][column]"
    made["values"] = [round(float(v), 6) for v in logits.ravel()[::5]]
    with open(f"{name}.json", "w") as file:
        json.dump(made, file)


main(*sys.argv[1:])
