"""The paper's preprocessing in NumPy, from the HU to one line a slice: name, sha256 of the image, sha256 of the label.

Usage: python paperMode.py IMAGE LABEL PANCREAS_LABEL; needs numpy and nibabel.
"""
import hashlib
import sys

import nibabel
import numpy as np

image_file, label_file, pancreas = sys.argv[1:]
# nibabel's canonical frame is R, A, S; ours L, P, S: both in-plane axes run the other way
hu = nibabel.as_closest_canonical(nibabel.load(image_file)).get_fdata()[::-1, ::-1]
stored = nibabel.as_closest_canonical(nibabel.load(label_file)).get_fdata()[::-1, ::-1]
volume = (np.clip(hu, -1024, 1024) + 1024) / 2048
label = (stored == int(pancreas)).astype(np.uint8)

for z in range(1, volume.shape[2] - 1):
    if label[:, :, z].sum() < 32:
        continue
    image = np.ascontiguousarray(volume[:, :, z - 1 : z + 2].transpose(2, 1, 0), dtype="<f4")
    mask = np.ascontiguousarray(label[:, :, z : z + 1].transpose(2, 1, 0))
    print(z, *image.shape, hashlib.sha256(image).hexdigest(), hashlib.sha256(mask).hexdigest())
