"""pydicom's side of peer.test.ts: the HU of every file of a folder, as JSON by name. Its argument is the folder."""
import json
import pathlib
import sys

import pydicom
from pydicom.pixels import apply_rescale

found = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    data = pydicom.dcmread(path, force=True)
    found[path.name] = apply_rescale(data.pixel_array, data).ravel().tolist()
print(json.dumps({"version": pydicom.__version__, "values": found}))
