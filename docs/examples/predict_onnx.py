"""A mask from a CT volume with an exported network: python predict_onnx.py NETWORK.onnx SCAN.nii.gz MASK.nii.gz"""
import json
import sys
import nibabel as nib
import numpy as np
import onnxruntime
from nibabel import orientations as turns

def bilinear(places, length):
    """Matrix that reads `length` pixels at these places: edges repeat for half a pixel, further out there is 0."""
    distance = np.abs(np.clip(places, 0, length - 1)[:, None] - np.arange(length))
    return np.maximum(1 - distance, 0) * ((places >= -0.5) & (places <= length - 0.5))[:, None]

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
about = session.get_modelmeta().custom_metadata_map
if "axunet.window_hu" not in about:
    sys.exit(f"Expected a network of CT volumes, found one of pictures (no axunet.window_hu): {sys.argv[1]}")
grid, (low, high) = json.loads(about["axunet.grid"]), json.loads(about["axunet.window_hu"])
classes = len(json.loads(about["axunet.classes"]))  # background included
stored = np.array(json.loads(about.get("axunet.label_values", "null")) or range(classes))
scan = nib.load(sys.argv[2])
source, lps = turns.io_orientation(scan.affine), turns.axcodes2ornt("LPS")
turn = turns.ornt_transform(source, lps)  # x to the left, y to posterior, z to superior
hu = turns.apply_orientation(scan.get_fdata(), turn).transpose(2, 1, 0)  # z, y, x
shown = np.clip((hu - low) / (high - low), 0, 1).astype("float32")
spacing = nib.affines.voxel_sizes(scan.affine)[np.argsort(turn[:, 0])][1::-1]  # y, x
there, back = [], []  # onto the grid and back again, along y and x
for axis, n in enumerate(shown.shape[1:]):
    unit = spacing[axis] if grid["unit"] == "mm" else 1
    size, extent, centre = grid["size"][axis], grid["extent"][axis], grid["centre"][axis]
    places = centre + (np.arange(size) + 0.5) * extent / size - extent / 2
    there.append(bilinear(places / unit + (n - 1) / 2, n))
    back.append(bilinear(((np.arange(n) - (n - 1) / 2) * unit - centre + extent / 2) * size / extent - 0.5, size))
slices = (there[0] @ shown @ there[1].T).astype("float32")
mask = np.zeros(hu.shape, np.min_scalar_type(stored.max()))
for z in range(len(slices)):
    image = slices[np.clip([z - 1, z, z + 1], 0, len(slices) - 1)]
    logits = session.run(None, {"image": image[None]})[0][0]
    powers = np.exp(logits - logits.max(0))
    chances = powers / powers.sum(0)
    read = chances[1:] if classes > 2 else 1 - chances[:1]  # of each class but the background
    read = (back[0] @ read @ back[1].T).astype("float32")
    every = np.concatenate([1 - read.sum(0, keepdims=True), read])  # the background has what the others leave
    mask[z] = stored[classes - 1 - every[::-1].argmax(0)]  # the likeliest, the highest of equals
mask = turns.apply_orientation(mask.transpose(2, 1, 0), turns.ornt_transform(lps, source))
nib.save(nib.Nifti1Image(mask, scan.affine), sys.argv[3])
