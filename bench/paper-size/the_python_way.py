"""Some volumes from files to scores and features with the usual Python libraries, for paper-size.

Argument: the task's file. Prints a line of JSON a stage. Written as somebody would who knows the libraries and minds
the time: stored integers instead of float64, channels_last, a worker that prepares batches. The network is the one of
network_torch.py, its window of a slice the one that our run has chosen.
"""
import hashlib
import json
import logging
import math
import os
import random
import resource
import sys
import time
from pathlib import Path

import nibabel
import numpy as np
import torch
import torch.nn.functional as F
from monai.data import DataLoader
from monai.losses import DiceCELoss
from monai.networks.utils import one_hot
from monai.metrics import compute_dice
from monai.transforms import Compose, RandAdjustContrast, RandGaussianNoise, RandGaussianSmooth, RandScaleIntensity

sys.path.append(str(Path(__file__).parent.parent))
from network_torch import AxUnet

HU = 1024  # the paper's window is from -1024 to 1024
BATCH, EPOCHS = 4, 1


def canonical(file):
    """Voxels as (z, y, x): to superior, posterior, left; and the image, whose affine a mask takes over."""
    image = nibabel.load(file)
    turned = nibabel.as_closest_canonical(image)
    return np.asanyarray(turned.dataobj)[::-1, ::-1].transpose(2, 1, 0), turned


def verify(task):
    seen = set()
    for image_file, label_file in pairs(task):
        image, label = nibabel.load(image_file), nibabel.load(label_file)
        assert image.shape == label.shape and np.allclose(image.affine, label.affine, atol=1e-3)
        hu, stored = np.asanyarray(image.dataobj), np.asanyarray(label.dataobj)
        assert np.isfinite(hu).all() and hu.min() < -500 and hu.max() > 100
        assert set(np.unique(stored)) <= {0, 1, 2} and stored.any()
        checksum = hashlib.sha256(Path(image_file).read_bytes()).hexdigest()
        assert checksum not in seen
        seen.add(checksum)


def windowed(hu):
    return (np.clip(hu, -HU, HU).astype(np.float32) + np.float32(HU)) / np.float32(2 * HU)


def preprocess(task):
    slices = []
    out = Path(task["out"])
    for part in ("data", "label"):
        (out / part).mkdir(parents=True, exist_ok=True)
    for number, (image_file, label_file) in zip(task["ids"], pairs(task)):
        hu, image = canonical(image_file)
        label = (canonical(label_file)[0] > 0).astype(np.uint8)
        volume = windowed(hu)
        for z in range(1, len(volume) - 1):
            mask = np.ascontiguousarray(label[z : z + 1])
            if mask.sum() < 32:
                continue
            name = f"{number}-{z}.npy"
            np.save(out / "data" / name, np.ascontiguousarray(volume[z - 1 : z + 2]))
            np.save(out / "label" / name, mask)
            slices.append({"id": number, "name": name, "spacing": [float(v) for v in image.header.get_zooms()[:2]]})
    (out / "slices.json").write_text(json.dumps(slices))


def window_matrix(task, shape, spacing, change=None):
    """theta of `affine_grid`: the window of our run, in the slice's own coordinates from -1 to 1."""
    change = np.eye(3) if change is None else change
    size_mm = [n * s for n, s in zip(shape, spacing[::-1])]
    (cy, cx), (ey, ex) = task["grid"]["centre"], task["grid"]["extent"]
    window = np.array([[ex, 0, 2 * cx], [0, ey, 2 * cy], [0, 0, 1]]) @ change
    return torch.from_numpy((np.diag([1 / size_mm[1], 1 / size_mm[0], 1]) @ window)[None, :2]).float()


def through(theta, image, size, mode="bilinear"):
    grid = F.affine_grid(theta, (1, 1, size, size), align_corners=False)
    return F.grid_sample(image[None], grid, mode=mode, align_corners=False)[0]


def random_change():
    angle, scale = math.radians(random.uniform(-15, 15)), math.exp(random.uniform(-0.15, 0.15))
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([[cos, -sin, random.uniform(-0.1, 0.1)], [sin, cos, random.uniform(-0.1, 0.1)], [0, 0, 1]])


class Slices(torch.utils.data.Dataset):
    def __init__(self, task, ids, augmented):
        self.task, self.augmented = task, augmented
        self.out = Path(task["out"])
        self.slices = [one for one in json.loads((self.out / "slices.json").read_text()) if one["id"] in ids]
        self.grey = Compose([RandScaleIntensity(0.1, prob=0.5), RandAdjustContrast(prob=0.3, gamma=(0.8, 1.25)),
                             RandGaussianSmooth(prob=0.2), RandGaussianNoise(prob=0.3, std=0.02)])

    def __len__(self):
        return len(self.slices)

    def __getitem__(self, i):
        one, size = self.slices[i], self.task["windowPixels"]
        image = torch.from_numpy(np.load(self.out / "data" / one["name"]))
        mask = torch.from_numpy(np.load(self.out / "label" / one["name"])).float()
        change = random_change() if self.augmented else None
        theta = window_matrix(self.task, image.shape[1:], one["spacing"], change)
        image, mask = through(theta, image, size), through(theta, mask, size) >= 0.5
        return torch.as_tensor(self.grey(image)) if self.augmented else image, mask.long()


def train(task):
    validation, training = json.loads(Path(task["folds"]).read_text())["folds"]
    net = AxUnet(task["width"]).to(memory_format=torch.channels_last)
    loss_of = DiceCELoss(to_onehot_y=True, softmax=True, batch=True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.05, fused=True)
    batches = DataLoader(Slices(task, training, True), batch_size=BATCH, shuffle=True, drop_last=True, num_workers=1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=EPOCHS * len(batches))
    for images, masks in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(net(images.contiguous(memory_format=torch.channels_last)), masks)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5)
        optimizer.step()
        schedule.step()
    net.eval()
    with torch.inference_mode():
        for images, masks in DataLoader(Slices(task, validation, False), batch_size=8, num_workers=1):
            found = net(images.contiguous(memory_format=torch.channels_last)).argmax(1, keepdim=True)
            compute_dice(one_hot(found, 2), one_hot(masks, 2), include_background=False)
    torch.save(net.state_dict(), Path(task["out"]) / "net.pt")


@torch.inference_mode()
def predict(task):
    net = AxUnet(task["width"]).to(memory_format=torch.channels_last)
    net.load_state_dict(torch.load(Path(task["out"]) / "net.pt"))
    net.eval()
    size = task["windowPixels"]
    (Path(task["out"]) / "masks").mkdir(exist_ok=True)
    for number, (image_file, _) in zip(task["ids"], pairs(task)):
        hu, image = canonical(image_file)
        spacing = image.header.get_zooms()[:2]
        theta = window_matrix(task, hu.shape[1:], spacing)
        back = torch.linalg.inv(torch.cat([theta[0], torch.tensor([[0.0, 0.0, 1.0]])]))[None, :2]
        mask = np.zeros(hu.shape, np.uint8)
        for start in range(0, len(hu), 8):
            order = range(start, min(start + 8, len(hu)))
            sides = [[max(z - 1, 0), z, min(z + 1, len(hu) - 1)] for z in order]
            images = torch.stack([through(theta, torch.from_numpy(windowed(hu[three])), size) for three in sides])
            probability = net(images.contiguous(memory_format=torch.channels_last)).softmax(1)[:, 1:]
            for z, one in zip(order, probability):
                grid = F.affine_grid(back, (1, 1, *hu.shape[1:]), align_corners=False)
                mask[z] = F.grid_sample(one[None], grid, align_corners=False)[0, 0] >= 0.5
        stored = mask.transpose(2, 1, 0)[::-1, ::-1]
        nibabel.save(nibabel.Nifti1Image(stored, image.affine), mask_file(task, number))


def mask_file(task, number):
    return os.path.join(task["out"], "masks", f"{number}.nii.gz")


def evaluate(task):
    np.bool = bool  # surface-distance asks for it; of NumPy 1, which PyRadiomics wants, it is gone
    import surface_distance

    for number, (_, label_file) in zip(task["ids"], pairs(task)):
        found, image = canonical(os.path.join(task["judged"], f"{number}.nii.gz"))
        truth, found = canonical(label_file)[0] > 0, found > 0
        2 * np.count_nonzero(truth & found) / max(np.count_nonzero(truth) + np.count_nonzero(found), 1)
        spacing = [float(v) for v in image.header.get_zooms()[::-1]]
        distances = surface_distance.compute_surface_distances(truth, found, spacing)
        surface_distance.compute_average_surface_distance(distances)
        surface_distance.compute_robust_hausdorff(distances, 95)
        for mm in (1, 2, 3):
            surface_distance.compute_surface_dice_at_tolerance(distances, mm)


def radiomics(task):
    import radiomics as pyradiomics
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    pyradiomics.logger.setLevel(logging.CRITICAL)
    extractor = RadiomicsFeatureExtractor()
    for image_file, label_file in pairs(task):
        extractor.execute(image_file, label_file, label=1)


def pairs(task):
    folder = Path(task["cohort"])
    return [tuple(str(folder / part / f"{one}.nii.gz") for part in ("imagesTr", "labelsTr")) for one in task["ids"]]


def cpu_seconds():
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main():
    with open(sys.argv[1]) as file:
        task = json.load(file)
    torch.set_num_threads(task["threads"])
    torch.manual_seed(1)
    random.seed(1)
    Path(task["out"]).mkdir(parents=True, exist_ok=True)
    for stage in (verify, preprocess, train, predict, evaluate, radiomics):
        start, cpu = time.perf_counter(), cpu_seconds()
        stage(task)
        seconds = time.perf_counter() - start
        print(json.dumps({"kind": "stage", "name": stage.__name__, "seconds": round(seconds, 2),
                          "cpuS": round(cpu_seconds() - cpu, 2)}), flush=True)
    import radiomics as pyradiomics

    torch_version = torch.__version__.split("+")[0]
    versions = [f"nibabel {nibabel.__version__}", f"NumPy {np.__version__}", f"PyTorch {torch_version}",
                f"MONAI {__import__('monai').__version__}", "surface-distance 0.1",
                f"PyRadiomics {pyradiomics.__version__.lstrip('v')}"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"libraries": ", ".join(versions), "peakMb": peak}))


if __name__ == "__main__":
    main()
