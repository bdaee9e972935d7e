"""Reads a DICOM-SEG by highdicom and a NIfTI mask by SimpleITK: how many voxels differ in the patient's space."""
import json
import sys

import highdicom
import numpy as np
import SimpleITK

seg = highdicom.seg.segread(sys.argv[1])
mask = SimpleITK.ReadImage(sys.argv[2])
values = SimpleITK.GetArrayFromImage(mask)  # z, y, x
volume = seg.get_volume(combine_segments=True, allow_missing_positions=True)
stored = np.asarray(volume.array)


def places(array, to_mm):
    """Positions (LPS mm, to 0.01) and values of all voxels that are not 0."""
    indices = np.argwhere(array > 0)
    mm = np.round([to_mm(index) for index in indices], 2) + 0.0
    return {tuple(place): int(array[tuple(index)]) for place, index in zip(mm, indices)}


affine = np.asarray(volume.affine)
direction = np.array(mask.GetDirection()).reshape(3, 3) * np.array(mask.GetSpacing())
origin = np.array(mask.GetOrigin())
ours = places(stored, lambda i: affine[:3, :3] @ i + affine[:3, 3])
theirs = places(values, lambda i: direction @ i[::-1] + origin)
differ = sum(theirs.get(place) != value for place, value in ours.items())
differ += sum(place not in ours for place in theirs)
description = [
    {
        "number": int(s.segment_number),
        "label": s.segment_label,
        "category": s.segmented_property_category.value,
        "type": s.segmented_property_type.value,
    }
    for s in (seg.get_segment_description(n) for n in seg.segment_numbers)
]
print(json.dumps({"voxels": len(theirs), "differ": differ, "shape": list(stored.shape), "segments": description}))
