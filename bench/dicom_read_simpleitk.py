"""SimpleITK's side of dicom-read.ts: a contender process (see contest.ts). Its argument is the folder.

Listing the files of the series belongs to the reading, as it does on our side.
"""
import json
import resource
import sys
import time

import SimpleITK as sitk

folder = sys.argv[1]


def read():
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(folder))
    return reader.Execute()


total = float(sitk.GetArrayFromImage(read()).sum(dtype="float64"))
print(json.dumps({"name": f"SimpleITK {sitk.Version_VersionString()}", "sum": total}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    image = read()
    seconds = time.perf_counter() - start
    del image
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rssMb": memory}), flush=True)
