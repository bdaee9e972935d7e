"""The slices and their augmentation on PyTorch's side of time-to-dice.ts, as somebody who knows torch writes it.

The kinds and strengths are those of lib/preprocess (warp.ts, elastic.ts, intensity.ts); the random numbers are its own.
Each slice is read once from the full picture, through one `grid_sample` of image and mask together.
"""
import math
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F


def spline_matrix(size, knots):
    """Weights of the uniform cubic B-spline, (size, knots + 2), of pixel centres between `knots` knots."""
    place = (torch.arange(size, dtype=torch.float64) + 0.5) / size * (knots - 1)
    first = place.floor().clamp(max=knots - 2)
    t = place - first
    s = 1 - t
    weights = torch.stack([s**3 / 6, 2 / 3 - t * t * (1 - t / 2), 2 / 3 - s * s * (1 - s / 2), t**3 / 6], 1)
    matrix = torch.zeros(size, knots + 2, dtype=torch.float64)
    return matrix.scatter_(1, first.long()[:, None] + torch.arange(4), weights).float()


class Slices:
    """Image and mask of all slices in memory, (n, 2, H, W). The three channels of a picture are one and the same."""

    def __init__(self, task):
        folder = Path(task["slices"])
        shape = (len(task["entries"]), 2, *[task["entries"][0][side] for side in ("height", "width")])
        self.arrays = torch.empty(shape)
        for array, entry in zip(self.arrays, task["entries"]):
            array[0] = torch.from_numpy(np.load(folder / entry["image"], mmap_mode="c")[0])
            array[1] = torch.from_numpy(np.load(folder / entry["label"])[0])


class Window:
    """The network's window of a slice, as lib/preprocess/grid.ts has it: offsets (y, x) from the slice's centre."""

    def __init__(self, task):
        self.slices, self.grid, self.augment = Slices(task).arrays, task["grid"], task["augment"]
        self.size, self.extent = self.grid["size"], self.grid["extent"]
        sides = [(torch.arange(n, dtype=torch.float64) + 0.5) / n * e - e / 2 for n, e in zip(self.size, self.extent)]
        self.offsets = torch.stack(torch.meshgrid(*sides, indexing="ij"), -1)
        fewest, most = self.augment["elasticKnots"]
        self.splines = {k: [spline_matrix(n, k) for n in self.size] for k in range(fewest, most + 1)}

    def read(self, index, offsets):
        """Image (h, w) and mask (h, w) at offsets (h, w, 2)."""
        height, width = self.slices.shape[2:]
        centre = torch.tensor(self.grid["centre"], dtype=torch.float64)
        places = (offsets + centre) * 2 / torch.tensor([height, width], dtype=torch.float64)
        image, mask = F.grid_sample(
            self.slices[index : index + 1], places.flip(-1).float()[None], align_corners=False)[0]
        return image, (mask >= 0.5).long()

    def plain(self, index):
        image, mask = self.read(index, self.offsets)
        return image.expand(3, -1, -1), mask

    def augmented(self, index, rng, generator):
        image, mask = self.read(index, self.warped(rng, generator))
        return self.change_intensity(image, rng, generator), mask

    def warped(self, rng, generator):
        a = self.augment
        angle = math.radians(rng.uniform(-1, 1) * a["rotationDegrees"])
        scale, aspect = math.exp(rng.uniform(-1, 1) * a["logScale"]), math.exp(rng.uniform(-1, 1) * a["logAspect"] / 2)
        shear = rng.uniform(-1, 1) * a["shear"]
        shift = [rng.uniform(-1, 1) * a["shift"] * e for e in self.extent]
        cos, sin, scale_y, scale_x = math.cos(angle), math.sin(angle), scale / aspect, scale * aspect
        matrix = torch.tensor([[scale_y * (cos - sin * shear), -scale_x * sin],
                               [scale_y * (sin + cos * shear), scale_x * cos]], dtype=torch.float64)
        knots = rng.randint(*a["elasticKnots"])
        rows, columns = self.splines[knots]
        sd = torch.tensor(self.extent).float() * a["elastic"]
        control = torch.randn(2, knots + 2, knots + 2, generator=generator) * sd[:, None, None]
        field = (rows @ control @ columns.T).permute(1, 2, 0)
        return self.offsets @ matrix.T + torch.tensor(shift, dtype=torch.float64) + field

    def change_intensity(self, image, rng, generator):
        a = self.augment
        gamma = math.exp(rng.uniform(-1, 1) * a["logGamma"])
        contrast, brightness = 1 + rng.uniform(-1, 1) * a["contrast"], rng.uniform(-1, 1) * a["brightness"]
        if rng.random() < a["blurChance"]:
            image = F.pad(image[None], (1, 1, 1, 1), mode="replicate")[0]
            image = 0.25 * (image[:-2] + image[2:]) + 0.5 * image[1:-1]
            image = 0.25 * (image[:, :-2] + image[:, 2:]) + 0.5 * image[:, 1:-1]
        image = image.clamp(0, 1).pow(gamma)
        image = (image - image.mean()) * contrast + image.mean() + brightness
        image = image.expand(3, -1, -1)
        if rng.random() < a["noiseChance"]:
            image = image + rng.uniform(0, a["noise"]) * torch.randn(image.shape, generator=generator)
        return image


class Batches(torch.utils.data.IterableDataset):
    """The batches of all epochs, shuffled; a smaller last one is left out, as ours leaves it."""

    def __init__(self, window, task, epochs):
        self.window, self.task, self.epochs = window, task, epochs

    def __iter__(self):
        task, size = self.task, self.task["config"]["batchSize"]
        rng, generator = random.Random(task["config"]["seed"]), torch.Generator().manual_seed(task["config"]["seed"])
        for _ in range(self.epochs):
            order = rng.sample(task["training"], len(task["training"]))
            for start in range(0, len(order) - size + 1, size):
                pairs = [self.window.augmented(i, rng, generator) for i in order[start : start + size]]
                yield torch.stack([image for image, _ in pairs]), torch.stack([mask for _, mask in pairs])


def loader_of(window, task, epochs, worker):
    """In this process, or in one of its own that stays ahead."""
    batches = Batches(window, task, epochs)
    if not worker:
        return iter(batches)
    return iter(torch.utils.data.DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=3))


def plain_batch(window, indices):
    pairs = [window.plain(i) for i in indices]
    return torch.stack([image for image, _ in pairs]), torch.stack([mask for _, mask in pairs])


def to_source(probability, grid, height, width):
    """Probabilities (n, h, w) of the window on the slices' own pixels (n, height, width); 0 outside the window."""
    places = []
    for axis, pixels in enumerate((height, width)):
        offset = torch.arange(pixels, dtype=torch.float64) - (pixels - 1) / 2 - grid["centre"][axis]
        places.append(offset * 2 / grid["extent"][axis])
    y, x = torch.meshgrid(*places, indexing="ij")
    inside = (y.abs() <= 1) & (x.abs() <= 1)
    grids = torch.stack([x, y], -1).float().expand(len(probability), -1, -1, -1)
    found = F.grid_sample(probability[:, None], grids, padding_mode="border", align_corners=False)[:, 0]
    return found * inside
