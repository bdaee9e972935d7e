"""Writes pictures.json beside this file: what PyRadiomics makes of a formula-made picture, and of real crops.

    python pictures.py [folder pancreas-crops]

Packages and versions as in peer.py. Without the folder `crops` is left as it is.
"""
import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import radiomics
import SimpleITK as sitk
from radiomics.featureextractor import RadiomicsFeatureExtractor

radiomics.setVerbosity(60)
file = Path(__file__).with_suffix('.json')
families = ['shape2D', 'firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm']
extractor = RadiomicsFeatureExtractor({
    'imageType': {'Original': {}},
    'featureClass': {family: None for family in families},
    'setting': {'force2D': True, 'binWidth': 25},
})


def features(grey, mask, spacing, window):
    """Of a picture [rows, columns] in one slice of 1 mm; grey values 0 to 255 become HU where there is a window."""
    low, high = window or (0, 255)
    image = sitk.GetImageFromArray((low + grey.astype(float) * (high - low) / 255)[None])
    region = sitk.GetImageFromArray(mask.astype('uint8')[None])
    for made in (image, region):
        made.SetSpacing([spacing, spacing, 1.0])
    found = extractor.execute(image, region)
    return {key: float(f'{float(value):.12g}') for key, value in found.items() if not key.startswith('diagnostics_')}


def formula(width=40, height=30):
    """A hash of the position on a slope, and an ellipse with a bite."""
    y, x = np.meshgrid(np.arange(height), np.arange(width), indexing='ij')
    grey = (5 * x + 3 * y + (x * x * 577 + y * 313 + x * y * 37) % 61) % 256
    ellipse = (x - 20) ** 2 * 100 + (y - 15) ** 2 * 225 <= 22500
    return grey, ellipse & ~((x > 24) & (y < 12))


def crops(folder):
    slices = [one for one in json.loads((folder / 'slices.json').read_text()) if one['mask']]
    for one in slices[::41]:
        grey, mask = [sitk.GetArrayFromImage(sitk.ReadImage(str(folder / kind / one[name])))
                      for kind, name in [('images', 'file'), ('masks', 'mask')]]
        yield {'file': one['file'], 'values': features(grey, mask > 127, one['spacing_xy'][0], (-150, 250))}


made = json.loads(file.read_text()) if file.exists() else {}
made['versions'] = {name: version(name) for name in ['pyradiomics', 'SimpleITK', 'numpy']}
made['formula'] = [{'spacingMm': spacing, 'windowHu': window, 'values': features(*formula(), spacing or 1, window)}
                   for spacing, window in [(None, None), (0.75, (-150, 250))]]
if len(sys.argv) > 1:
    made['crops'] = list(crops(Path(sys.argv[1])))
file.write_text(json.dumps(made, indent=1) + '\n')
