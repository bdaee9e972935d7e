"""PyTorch's side of network.ts: a contender process (see contest.ts).

Arguments: a NetworkTask as JSON, and the memory layout, `contiguous` (NCHW) or `channels_last`.
The network is the residual AX-Unet, layer by layer as lib/model/axunet.ts.
"""
import json
import os
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


def conv_norm_relu(i, o, size, dilation=1):
    conv = nn.Conv2d(i, o, size, padding=dilation * (size // 2), dilation=dilation)
    return nn.Sequential(conv, nn.BatchNorm2d(o), nn.ReLU(inplace=True))


def double_conv(i, o):
    return nn.Sequential(conv_norm_relu(i, o, 3), conv_norm_relu(o, o, 3))


def double_separable_conv(i, o):
    """Pointwise, then depthwise; only the first half of the block is separable."""
    return nn.Sequential(
        nn.Conv2d(i, o, 1), nn.Conv2d(o, o, 3, padding=1, groups=o), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
        conv_norm_relu(o, o, 3))


def shortcut(i, o):
    return nn.Conv2d(i, o, 1, stride=2)


class Aspp(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.local = conv_norm_relu(16 * w, 4 * w, 1)
        self.dilated = nn.ModuleList(conv_norm_relu(16 * w, 4 * w, 3, rate) for rate in (2, 4, 6))
        self.pooled = conv_norm_relu(16 * w, 4 * w, 1)
        self.project = conv_norm_relu(20 * w, 4 * w, 1)
        self.head = nn.Sequential(conv_norm_relu(4 * w, 8 * w, 3), nn.Conv2d(8 * w, 16 * w, 1))

    def forward(self, x):
        context = F.interpolate(self.pooled(F.adaptive_max_pool2d(x, 3)), size=x.shape[2:], mode="nearest")
        scales = [self.local(x), *(branch(x) for branch in self.dilated), context]
        return self.head(self.project(torch.cat(scales, 1)))


class AxUnet(nn.Module):
    def __init__(self, w, classes=2):
        super().__init__()
        self.c1 = double_conv(3, w)
        self.c2, self.c3 = double_separable_conv(w, 2 * w), double_separable_conv(2 * w, 4 * w)
        self.c4, self.c5 = double_separable_conv(4 * w, 8 * w), double_separable_conv(8 * w, 16 * w)
        self.s1, self.s2, self.s3 = shortcut(w, 2 * w), shortcut(2 * w, 4 * w), shortcut(4 * w, 8 * w)
        self.aspp = Aspp(w)
        outputs = [8 * w, 4 * w, 2 * w, w]
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * o, o, 2, stride=2) for o in outputs)
        self.decode = nn.ModuleList(double_separable_conv(2 * o, o) for o in outputs)
        self.c10 = nn.Conv2d(w, classes, 1)

    def forward(self, x):
        c1 = self.c1(x)
        p1 = F.max_pool2d(c1, 2)
        c2 = self.c2(p1)
        p2 = F.max_pool2d(c2, 2)
        sum2 = self.s1(p1) + p2
        c3 = self.c3(p2)
        sum3 = self.s2(sum2) + F.max_pool2d(c3, 2)
        c4 = self.c4(sum3)
        sum4 = self.s3(sum3) + F.max_pool2d(c4, 2)
        y = self.aspp(self.c5(sum4))
        for up, decode, skip in zip(self.up, self.decode, (c4, c3, c2, c1)):
            y = decode(torch.cat([up(y), skip], 1))
        return self.c10(y)


def cross_entropy_dice(logits, labels):
    probability = 1 - logits.softmax(1)[:, 0]
    truth = (labels > 0).float()
    dice = (2 * (probability * truth).sum() + 1) / (probability.sum() + truth.sum() + 1)
    return F.cross_entropy(logits, labels) + 1 - dice


def make_batch(size, batch):
    """The same images and labels as network-ours.ts makes."""
    i = torch.arange(batch * size * size * 3, dtype=torch.float64)
    images = (torch.sin(i * 0.37) * torch.cos(i * 0.011)).float().reshape(batch, size, size, 3).permute(0, 3, 1, 2)
    j = torch.arange(batch * size * size)
    labels = ((j // 7 + j // (5 * size)) % 2).reshape(batch, size, size)
    return images.contiguous(), labels


def make_repetition(task, net, images, labels):
    if task["mode"] == "infer":
        net.eval()

        def infer():
            with torch.inference_mode():
                net(images)

        return infer
    optimizer = torch.optim.RMSprop(net.parameters(), lr=5e-4, alpha=0.9, momentum=0.3, eps=1e-7)

    def train():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=task.get("bfloat16", False)):
            logits = net(images)
        loss = cross_entropy_dice(logits.float(), labels)
        loss.backward()
        optimizer.step()
        loss.item()

    return train


def main():
    task, layout = json.loads(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(1)
    net = AxUnet(task["width"])
    images, labels = make_batch(task["size"], task["batch"])
    if layout == "channels_last":
        net = net.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    repeat = make_repetition(task, net, images, labels)
    parameters = sum(p.numel() for p in net.parameters())
    version = torch.__version__.split("+")[0]
    print(json.dumps({"name": f"PyTorch {version} {layout}", "parameters": parameters}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        repeat()
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "rssMb": peak}), flush=True)


if __name__ == "__main__":
    main()
