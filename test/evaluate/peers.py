"""Makes peers.json: what other programs say about the real masks of `segloss-odyssey-pancreas` (24 cases, 8 networks)
and, in 2-D, about the fullest slice of each case.

    python test/evaluate/peers.py <folder of segloss-odyssey-pancreas> > test/evaluate/peers.json

Needs nibabel, surface-distance-based-measures (google-deepmind/surface-distance), monai with torch, and medpy.
Every value is computed on the masks as they are stored (cropped), prediction first. Distances in mm.
"""
import json
import os
import sys

import medpy.metric.binary as medpy
import monai
import monai.metrics
import nibabel
import numpy as np
import surface_distance
import torch
from importlib.metadata import version

tolerances = [1, 2, 3]


def surface_distance_values(prediction, reference, spacing):
    distances = surface_distance.compute_surface_distances(reference, prediction, spacing)
    to_prediction, to_reference = surface_distance.compute_average_surface_distance(distances)
    return {
        "hd": surface_distance.compute_robust_hausdorff(distances, 100),
        "hd95": surface_distance.compute_robust_hausdorff(distances, 95),
        "asd_pred_to_ref": to_reference,
        "asd_ref_to_pred": to_prediction,
        "nsd": [surface_distance.compute_surface_dice_at_tolerance(distances, t) for t in tolerances],
    }


def monai_values(prediction, reference, spacing):
    one_hot = [torch.from_numpy(np.stack([~mask, mask])[None].astype(np.uint8)) for mask in (prediction, reference)]
    options = {"include_background": False, "spacing": list(spacing)}
    hausdorff = monai.metrics.compute_hausdorff_distance
    average = monai.metrics.compute_average_surface_distance
    dice = monai.metrics.compute_surface_dice
    return {
        "hd": hausdorff(*one_hot, **options).item(),
        "hd95": hausdorff(*one_hot, percentile=95, **options).item(),
        "assd": average(*one_hot, symmetric=True, **options).item(),
        "asd_pred_to_ref": average(*one_hot, **options).item(),
        "nsd": [dice(*one_hot, class_thresholds=[t], **options).item() for t in tolerances],
        "nsd_subvoxel": dice(*one_hot, class_thresholds=[2], use_subvoxels=True, **options).item(),
    }


def medpy_values(prediction, reference, spacing):
    pair = (prediction, reference)
    return {
        "dc": medpy.dc(*pair), "jc": medpy.jc(*pair),
        "precision": medpy.precision(*pair), "recall": medpy.recall(*pair),
        "specificity": medpy.specificity(*pair), "ravd": medpy.ravd(*pair),
        "hd": medpy.hd(*pair, voxelspacing=spacing), "hd95": medpy.hd95(*pair, voxelspacing=spacing),
        "assd": medpy.assd(*pair, voxelspacing=spacing),
    }


def shortened(value):
    if isinstance(value, (int, str)):
        return value
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [shortened(item) for item in value]
    return float(f"{float(value):.9g}")


def all_values(prediction, reference, spacing):
    return {
        "surface_distance": surface_distance_values(prediction, reference, spacing),
        "monai": monai_values(prediction, reference, spacing),
        "medpy": medpy_values(prediction, reference, spacing),
    }


def surface_sizes(spacing):
    """Areas of surface-distance's 256 neighbour codes, and lengths of the 16 in 2-D.

    Bit 7 - 4x - 2y - z of a code is the corner x, y, z.
    """
    tables = surface_distance.lookup_tables
    return {
        "spacing": spacing,
        "areas": list(tables.create_table_neighbour_code_to_surface_area(spacing)),
        "lengths": list(tables.create_table_neighbour_code_to_contour_length(spacing[:2])),
    }


def read_mask(folder, case, author):
    return np.asanyarray(nibabel.load(os.path.join(folder, "masks", f"{case}_{author}.nii.gz")).dataobj) > 0


def as_line(case, network, values, **more):
    return json.dumps({"case": case, "network": network, **more, **shortened(values)}, separators=(",", ":"))


def volume_lines(folder, cases):
    for case, facts in sorted(cases.items()):
        reference = read_mask(folder, case, "gt")
        for network in facts["nvox"]:
            values = all_values(read_mask(folder, case, network), reference, tuple(facts["spacing"]))
            yield as_line(case, network, values)


def slice_lines(folder, cases):
    """In 2-D, the slice of each case in which one network and the reference have most in common."""
    for case, facts in sorted(cases.items()):
        masks = read_mask(folder, case, "Dice"), read_mask(folder, case, "gt")
        z = int((masks[0] & masks[1]).sum((0, 1)).argmax())
        values = all_values(*(np.ascontiguousarray(mask[:, :, z]) for mask in masks), tuple(facts["spacing"][:2]))
        yield as_line(case, "Dice", values, z=z)


def main(folder):
    with open(os.path.join(folder, "cases.json")) as file:
        cases = json.load(file)
    tools = {
        "surface_distance": f"Surface-Distance-Based-Measures {version('surface-distance-based-measures')}",
        "monai": f"MONAI {monai.__version__}", "medpy": f"MedPy {version('medpy')}", "numpy": np.__version__,
    }
    print('{"made_by": "test/evaluate/peers.py", "tools": %s,' % json.dumps(tools))
    print('"sizes": %s,' % json.dumps(shortened(surface_sizes((0.7, 1.3, 2.9))), separators=(",", ":")))
    print('"slices": [\n%s\n],' % ",\n".join(slice_lines(folder, cases)))
    print('"pairs": [\n%s\n]}' % ",\n".join(volume_lines(folder, cases)))


if __name__ == "__main__":
    main(sys.argv[1])
