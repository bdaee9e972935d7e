"""The side of nibabel and NumPy in preprocess.ts: a contender process (see contest.ts).

Its argument is the folder of image and label. The same work as lib/preprocess in default mode, written as a NumPy user
would who minds the time: stored integers instead of float64, one window for the whole volume, contiguous slices.
"""
import hashlib
import json
import os
import resource
import shutil
import sys
import time

import nibabel
import numpy as np

folder = sys.argv[1]
out = os.path.join(folder, "numpy")


def canonical(name):
    """Voxels as (z, y, x): to superior, posterior, left."""
    image = nibabel.as_closest_canonical(nibabel.load(os.path.join(folder, name)))
    return np.asanyarray(image.dataobj)[::-1, ::-1].transpose(2, 1, 0), image.header.get_zooms()


def preprocess():
    hu, spacing = canonical("image.nii.gz")
    stored, _ = canonical("label.nii.gz")
    volume = (np.clip(hu, -160, 240).astype(np.float32) + np.float32(160)) / np.float32(400)
    label = (stored > 0).astype(np.uint8)
    for part in ("data", "label"):
        os.makedirs(os.path.join(out, part))
    slices = []
    depth = volume.shape[0]
    for z in range(depth):
        mask = np.ascontiguousarray(label[z : z + 1])
        rows, columns = np.nonzero(mask[0])
        box = [int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1] if rows.size else None
        neighbours = np.ascontiguousarray(volume[[max(z - 1, 0), z, min(z + 1, depth - 1)]])
        np.save(os.path.join(out, "data", f"image-{z}.npy"), neighbours)
        np.save(os.path.join(out, "label", f"image-{z}.npy"), mask)
        spacing_mm = [float(spacing[1]), float(spacing[0])]
        slices.append({"id": f"image-{z}", "z": z, "spacingMm": spacing_mm, "foreground": rows.size, "box": box})
    with open(os.path.join(out, "manifest.json"), "w") as file:
        json.dump(slices, file)


def repetition():
    shutil.rmtree(out, ignore_errors=True)
    start = time.perf_counter()
    preprocess()
    return time.perf_counter() - start


repetition()
checksum = hashlib.sha256()
for part in ("data", "label"):
    for z in (0, 100):
        with open(os.path.join(out, part, f"image-{z}.npy"), "rb") as file:
            checksum.update(file.read())
name = f"nibabel {nibabel.__version__} + NumPy {np.__version__}"
print(json.dumps({"name": name, "checksum": checksum.hexdigest()}), flush=True)
for line in sys.stdin:
    seconds = repetition()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rssMb": memory}), flush=True)
