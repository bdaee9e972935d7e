"""The side of PyRadiomics in radiomics.ts: a contender process (see contest.ts).

Its arguments: image, mask, settings of ours as JSON. Image and mask are read once; a repetition is one call of the
extractor with PyRadiomics' default settings, as its users make it.
"""
import json
import logging
import resource
import sys
import time

import radiomics
import SimpleITK as sitk
from radiomics.featureextractor import RadiomicsFeatureExtractor

radiomics.logger.setLevel(logging.CRITICAL)
image, mask = (sitk.ReadImage(name) for name in sys.argv[1:3])
settings = json.loads(sys.argv[3])
extractor = RadiomicsFeatureExtractor()
if settings.get("logSigmasMm"):
    extractor.enableImageTypeByName("LoG", customArgs={"sigma": settings["logSigmasMm"]})
if settings.get("waveletLevels"):
    extractor.enableImageTypeByName("Wavelet", customArgs={"level": settings["waveletLevels"]})

results = extractor.execute(image, mask).items()
features = {name: float(value) for name, value in results if not name.startswith("diagnostics")}
print(json.dumps({"name": f"PyRadiomics {radiomics.__version__}", "features": features}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    extractor.execute(image, mask)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rssMb": memory}), flush=True)
