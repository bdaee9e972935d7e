"""PyRadiomics' side of filters.ts: a contender process (see contest.ts). Its argument is the filter, log or wavelet."""
import json
import resource
import sys
import time

import numpy as np
import radiomics
import SimpleITK as sitk
from radiomics import imageoperations

radiomics.setVerbosity(60)
volume = ((np.arange(512 * 512 * 20, dtype=np.int64) * 7919) % 3001 - 1000).astype(np.int16).reshape(20, 512, 512)
image = sitk.GetImageFromArray(volume)
image.SetSpacing((0.8, 0.8, 5))


def filtered():
    if sys.argv[1] == "log":
        made = imageoperations.getLoGImage(image, None, sigma=[1.0])
    else:
        made = imageoperations.getWaveletImage(image, None)
    return [each for each, _, _ in made]


sample = [each[205, 207, 8] for each in filtered()]
print(json.dumps({"name": f"PyRadiomics, SimpleITK {sitk.Version_VersionString()}", "sample": sample}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    filtered()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rssMb": memory}), flush=True)
