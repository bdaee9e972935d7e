"""nibabel's side of nifti-read.ts: a contender process (see contest.ts). Its argument is the file.

get_fdata is the documented way to get all voxels, scaled, into memory (np.asarray(image.dataobj) only maps a plain
file).
"""
import json
import resource
import sys
import time

import nibabel

path = sys.argv[1]
print(json.dumps({"name": f"nibabel {nibabel.__version__}", "sum": nibabel.load(path).get_fdata().sum()}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    voxels = nibabel.load(path).get_fdata()
    seconds = time.perf_counter() - start
    del voxels
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rssMb": memory}), flush=True)
