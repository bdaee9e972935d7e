"""The peers' side of imaging.ts: a contender process (see contest.ts).

Arguments: task, folder of the masks, shape and spacing.
"""
import json
import os
import resource
import sys
import time

import numpy as np

task, folder, facts = sys.argv[1:]
facts = json.loads(facts)
# Axes z, y, x: a C-ordered array whose last axis is the fastest, as these programs like it best.
shape, spacing = tuple(facts["shape"][::-1]), tuple(facts["spacingMm"][::-1])
files = (os.path.join(folder, name) for name in ("first.raw", "second.raw"))
first, second = (np.fromfile(file, np.uint8).reshape(shape) for file in files)

if task == "metrics":
    import surface_distance

    name = "surface-distance 0.1"
    masks = second.astype(bool), first.astype(bool)

    def run():
        distances = surface_distance.compute_surface_distances(*masks, spacing)
        to_prediction, to_reference = surface_distance.compute_average_surface_distance(distances)
        shares = [surface_distance.compute_surface_dice_at_tolerance(distances, mm) for mm in (1, 2, 3)]
        hd95 = surface_distance.compute_robust_hausdorff(distances, 95)
        return np.array([hd95, to_reference, to_prediction, *shares])

elif task == "components":
    import cc3d

    name = f"cc3d {cc3d.__version__} largest_k" if hasattr(cc3d, "__version__") else "cc3d largest_k"

    def run():
        return cc3d.largest_k(first, k=1, connectivity=26)

else:
    import edt

    name = "edt"
    mask = second if task == "edt-inside" else (second == 0).astype(np.uint8)

    def run():
        return edt.edt(mask, anisotropy=spacing, parallel=1)


def sampled(values):
    flat = values.ravel()
    if flat.size < 1000:
        return flat.tolist()
    return [float(flat[int((i + 0.5) * flat.size / 1000)]) for i in range(1000)]


print(json.dumps({"name": name, "values": sampled(run())}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rssMb": memory}), flush=True)
