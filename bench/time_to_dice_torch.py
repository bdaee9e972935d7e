"""PyTorch's side of time-to-dice.ts. Arguments: `check`, `probe` or `train`, the task's file, and what follows.

check                the same network, data and steps as ours? prints the differences
probe N              seconds a step of each way of running it
train WAY STARTED    trains a fold; prints a line for each snapshot, then writes their masks

The network is the one of network_torch.py and begins with our start weights. A way is
`{"layout": …, "compiled": …, "cached": …, "worker": …}`, `cached` where the compiled graph lies on the disk already.
STARTED is when this process was started, in milliseconds since 1970.
"""
import copy
import json
import math
import os
import resource
import sys
import time

import numpy as np
import torch
from augment_torch import Window, loader_of, plain_batch, to_source
from network_torch import AxUnet, cross_entropy_dice
from safetensors.torch import load_file, save_file

from torch import nn

BLOCK = {"conv1": "0.0", "bn1": "0.1", "conv2": "1.0", "bn2": "1.1"}
SEPARABLE = {"pointwise": "0", "depthwise": "1", "bn1": "2", "conv2": "4.0", "bn2": "4.1"}
HEAD = {"aspp0": "local", "aspp1": "dilated.0", "aspp2": "dilated.1", "aspp3": "dilated.2", "aspp4_3x3": "pooled",
        "aspp_project": "project", "head_conv": "head.0", "head_out": "head.1"}
WORDS = {"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias", "mean": "running_mean",
         "variance": "running_var"}


def torch_name(name):
    """`c2/bn1/gamma` of ours is `c2.2.weight` here."""
    layer, part, word = name.split("/")
    if layer in HEAD:
        single = layer == "head_out"
        return f"aspp.{HEAD[layer]}{'' if single else '.0' if part == 'conv' else '.1'}.{WORDS[word]}"
    if layer.startswith("up"):
        return f"up.{int(layer[2:]) - 6}.{WORDS[word]}"
    if part == "conv":
        return f"{layer}.{WORDS[word]}"
    number = int(layer[1:])
    place = layer if number < 6 else f"decode.{number - 6}"
    return f"{place}.{(BLOCK if number == 1 else SEPARABLE)[part]}.{WORDS[word]}"


def torch_layout(name, value):
    """Kernels are [k, k, in, out] with us, depthwise [k, k, channels, 1] and transposed [k, k, out, in]."""
    if value.ndim != 4:
        return value
    return value.permute(2, 3, 0, 1) if "/depthwise/" in name else value.permute(3, 2, 0, 1)


def load_ours(net, arrays):
    """Puts our weights into the network; every one of both must find its counterpart."""
    state = {torch_name(name): torch_layout(name, value) for name, value in arrays.items()}
    found = net.load_state_dict(state, strict=False)
    missing = [name for name in found.missing_keys if not name.endswith("num_batches_tracked")]
    if missing or found.unexpected_keys:
        sys.exit(f"Expected the same weights on both sides, found {missing} and {found.unexpected_keys} alone")


class Trainer:
    """Network, loss, AdamW with decay on kernels, clipping, cosine with warm-up, averaged weights."""

    def __init__(self, task, way, start):
        self.config, self.way = task["config"], way
        self.net = AxUnet(self.config["width"])
        load_ours(self.net, start)
        if way["layout"] == "channels_last":
            self.net = self.net.to(memory_format=torch.channels_last)
        adam = self.config["optimizer"]
        kernels = [p for p in self.net.parameters() if p.ndim > 1]
        others = [p for p in self.net.parameters() if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": kernels, "weight_decay": adam["weightDecay"]}, {"params": others, "weight_decay": 0.0}],
            lr=self.config["learningRate"], betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"], fused=True)
        self.average = copy.deepcopy(self.net)
        self.average.requires_grad_(False)
        self.moving = [list(self.moved(net)) for net in (self.average, self.net)]
        self.steps = 0
        forward = lambda images, labels: cross_entropy_dice(self.net(images), labels)
        self.loss = torch.compile(forward) if way["compiled"] else forward

    @staticmethod
    def moved(net):
        yield from net.parameters()
        yield from (b for b in net.buffers() if b.is_floating_point())

    def rate(self, progress):
        """cosine of lib/train/schedule.ts"""
        warm_up, floor = self.config["schedule"]["warmUp"], self.config["schedule"]["floor"]
        if progress < warm_up:
            factor = max(progress / warm_up, 1e-3)
        else:
            factor = floor + (1 - floor) * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up))) / 2
        return self.config["learningRate"] * factor

    def step(self, images, labels, rate):
        if self.way["layout"] == "channels_last":
            images = images.contiguous(memory_format=torch.channels_last)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(images, labels)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), self.config["clipNorm"])
        self.optimizer.step()
        self.steps += 1
        decay = min(self.config["emaDecay"], (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(*self.moving, 1 - decay)
        return loss.item()

    def state(self):
        return {"net": self.net.state_dict(), "average": self.average.state_dict(),
                "optimizer": self.optimizer.state_dict(), "steps": self.steps}


def say(**line):
    print(json.dumps(line), flush=True)


def starting_weights(file):
    return {name[6:]: value for name, value in load_file(file).items() if name.startswith("start/")}


def check(task, reference):
    """Compares with what time-to-dice-ours.ts computed: images, labels, logits, three steps, averaged weights."""
    ours = load_file(reference)
    window = Window(task)
    images, labels = plain_batch(window, task["training"][: task["config"]["batchSize"]])
    way = {"layout": "channels_last", "compiled": False, "worker": False}
    trainer = Trainer(task, way, starting_weights(reference))
    parameters = sum(p.numel() for p in trainer.net.parameters())
    given, truth = ours["images"].permute(0, 3, 1, 2).contiguous(), ours["labels"].long()
    logits_of = lambda net: net.eval()(given).permute(0, 2, 3, 1)
    with torch.no_grad():
        start = logits_of(trainer.net)
    trainer.net.train()
    losses = torch.tensor([trainer.step(given, truth, task["config"]["learningRate"]) for _ in ours["losses"]])
    say(parameters=parameters,
        images=(images.permute(0, 2, 3, 1) - ours["images"]).abs().max().item(),
        labels=(labels != truth).double().mean().item(),
        logits=((start - ours["logits"]).abs().max() / ours["logits"].std()).item(),
        losses=((losses - ours["losses"]).abs() / ours["losses"]).max().item(),
        averages=averages_differ(ours, trainer.average))


def averages_differ(ours, average):
    """Norm of the difference of the averaged last kernel over that of its way from the start. Not of deeper ones: Adam
    makes whole steps of their small gradients, and of the rounding in them."""
    name = "c10/conv/kernel"
    value, start = (torch_layout(name, ours[f"{group}/{name}"]) for group in ("average", "start"))
    return ((average.state_dict()[torch_name(name)] - value).norm() / (value - start).norm()).item()


def measured(task, window, start, way, n):
    """Seconds until the first step is done, and of the fastest and the median step after that."""
    torch._dynamo.reset()  # a graph compiled before is then read from the disk, as a new process does
    begin = time.perf_counter()
    trainer = Trainer(task, way, start)
    batches = loader_of(window, task, n + 3, way["worker"])
    trainer.step(*next(batches), 1e-3)
    first = time.perf_counter() - begin
    seconds = []
    for _ in range(n + 2):
        begin = time.perf_counter()
        trainer.step(*next(batches), 1e-3)
        seconds.append(time.perf_counter() - begin)
    seconds = sorted(seconds[2:])
    return {**way, "firstStepS": first, "stepS": sum(seconds) / len(seconds), "fastestStepS": seconds[0]}


def probe(task, reference, n):
    """The layouts first, then what a worker and what compiling change for the better of them."""
    window, start = Window(task), starting_weights(reference)
    ways = []

    def try_way(**way):
        ways.append(measured(task, window, start, {"compiled": False, "cached": False, **way}, n))
        say(**ways[-1])

    for layout in ("contiguous", "channels_last"):
        try_way(layout=layout, worker=False)
    layout = min(ways, key=lambda way: way["stepS"])["layout"]
    try_way(layout=layout, worker=True)
    worker = ways[-1]["stepS"] < min(way["stepS"] for way in ways[:-1])
    try:
        for cached in (False, True):
            try_way(layout=layout, compiled=True, cached=cached, worker=worker)
    except Exception as error:  # without a C++ compiler there is no torch.compile
        print(f"torch.compile: {type(error).__name__}: {error}"[:500], file=sys.stderr)


def train(task, reference, way, started):
    """Trains; the clock is read when a snapshot is due. Its masks are made after the training."""
    clock = lambda: time.time() - started / 1000
    trainer = Trainer(task, way, starting_weights(reference))
    window, epochs = Window(task), task["config"]["epochs"]
    per_epoch = len(task["training"]) // task["config"]["batchSize"]
    batches = loader_of(window, task, epochs, way["worker"])
    file_of = lambda epoch: os.path.join(task["out"], f"epoch-{epoch:04d}.safetensors")
    snapshots = []
    for epoch in range(1, epochs + 1):
        for _ in range(per_epoch):
            loss = trainer.step(*next(batches), trainer.rate(trainer.steps / (epochs * per_epoch)))
            if not math.isfinite(loss):
                sys.exit(f"Training diverged at step {trainer.steps}")
            if trainer.steps == 1:
                say(kind="first", seconds=clock())
        if epoch % task["every"] == 0 or epoch == epochs:
            say(kind="snapshot", epoch=epoch, step=trainer.steps, seconds=clock())
            save_file({k: v.contiguous() for k, v in trainer.average.state_dict().items()}, file_of(epoch))
            snapshots.append(epoch)
        torch.save(trainer.state(), os.path.join(task["out"], "last.pt"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(kind="end", step=trainer.steps, seconds=clock(), rssMb=peak)
    net = trainer.average.eval()
    for epoch in snapshots:
        net.load_state_dict(load_file(file_of(epoch)))
        np.save(os.path.join(task["out"], f"masks-{epoch:04d}.npy"), predict(task, window, net))
        say(kind="masks", epoch=epoch)


@torch.inference_mode()
def predict(task, window, net):
    """Masks (n, H, W) of the validation slices on their own pixels, uint8."""
    size, indices = task["config"]["batchSize"], task["validation"]
    height, width = window.slices.shape[2:]
    masks = []
    for start in range(0, len(indices), size):
        images, _ = plain_batch(window, indices[start : start + size])
        probability = 1 - net(images.contiguous(memory_format=torch.channels_last)).softmax(1)[:, 0]
        masks.append(to_source(probability, task["grid"], height, width) >= 0.5)
    return torch.cat(masks).to(torch.uint8).numpy()


def main():
    mode, file, *rest = sys.argv[1:]
    with open(file) as stream:
        task = json.load(stream)
    torch.set_num_threads(task["threads"])
    reference = task["reference"]
    if mode == "check":
        check(task, reference)
    elif mode == "probe":
        probe(task, reference, int(rest[0]))
    else:
        train(task, reference, json.loads(rest[0]), float(rest[1]))
    say(name=f"PyTorch {torch.__version__.split('+')[0]}")


if __name__ == "__main__":
    main()
