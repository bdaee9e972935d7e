"""Writes the .json files beside this file: what PyRadiomics makes of formula-made scans, and of a real CT where it is.

    pip install "numpy<2" SimpleITK scikit-image trimesh scipy && pip install --no-build-isolation pyradiomics==3.0.1
    python peer.py [folder with example_ct_sm.nii.gz and example_seg.nii.gz]

Python 3.9 to 3.11. Without the folder features-ct.json is left as it is.
"""
import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import radiomics
import SimpleITK as sitk
from radiomics import imageoperations
from radiomics.featureextractor import RadiomicsFeatureExtractor

radiomics.setVerbosity(60)
here = Path(__file__).parent
versions = {name: version(name) for name in ['pyradiomics', 'SimpleITK', 'numpy', 'PyWavelets', 'scikit-image', 'trimesh', 'scipy']}
interpolators = ['sitkLinear', 'sitkBSpline', 'sitkNearestNeighbor']

# Columns of the affine in RAS+: [x step, y step, z step, origin].
straight = [[3, 0, 0], [0, 3, 0], [0, 0, 3], [-177.95632934570312, 11.319000244140625, 94.3017578125]]
flipped = [[-0.78125, 0, 0], [0, 0.78125, 0], [0, 0, 2.5], [200.5, -60.25, -804.5]]
sagittal = [[0, 0.8999999761581421, 0], [0, 0, -0.8999999761581421], [1.2000000476837158, 0, 0], [-80, -100, 120]]
oblique = [[1.46875, 0.28125, -0.125], [-0.296875, 1.453125, -0.21875], [0.15625, 0.4375, 2.953125], [-17.5, 8.25, 33.125]]


def scan(shape, affine, dtype):
    """A hash of the position on a smooth hill, a third of it for floating-point types; and an ellipsoid in it."""
    z, y, x = np.meshgrid(*[np.arange(n, dtype=np.int64) for n in shape[::-1]], indexing='ij')
    cx, cy, cz = [n // 2 for n in shape]
    hill = 3 * (x - cx) ** 2 + 2 * (y - cy) ** 2 + 5 * (z - cz) ** 2
    value = 150 - hill // 2 + (x * x * 577 + y * 313 + z * z * 929 + x * y * z * 71 + x * y * 37) % 61
    radii = [n * 3 // 8 for n in shape]
    # Over a common denominator, so that whole numbers decide.
    a, b, c = [r * r for r in radii]
    inside = (x - cx) ** 2 * b * c + (y - cy) ** 2 * a * c + (z - cz) ** 2 * a * b <= a * b * c
    if dtype.startswith('float'):
        value = value / 3
    elif dtype == 'uint8':
        value = np.abs(value) % 251
    image = sitk.GetImageFromArray(value.astype(dtype))
    mask = sitk.GetImageFromArray(inside.astype('uint8'))
    lps = np.array([-1, -1, 1])
    columns = [np.array(column, dtype=float) * lps for column in affine[:3]]
    lengths = [float(np.sqrt(c[0] * c[0] + c[1] * c[1] + c[2] * c[2])) for c in columns]
    direction = [columns[c][r] / lengths[c] for r in range(3) for c in range(3)]
    for made in (image, mask):
        made.SetSpacing(lengths)
        made.SetDirection(direction)
        made.SetOrigin((np.array(affine[3], dtype=float) * lps).tolist())
    return image, mask


def digest(image):
    return hashlib.sha256(np.ascontiguousarray(sitk.GetArrayFromImage(image).astype('<f8') + 0.0).tobytes()).hexdigest()[:16]


def resampled():
    for shape, affine, dtype in [
        ([26, 22, 16], straight, 'int16'), ([26, 22, 16], straight, 'int64'), ([24, 20, 12], flipped, 'int16'),
        ([16, 24, 18], sagittal, 'int16'), ([22, 18, 14], oblique, 'int16'), ([20, 16, 12], oblique, 'uint8'),
        ([60, 8, 6], straight, 'uint8'), ([15, 14, 12], straight, 'float64'),
        ([15, 14, 12], flipped, 'float32'), ([5, 4, 17], straight, 'int32'),
    ]:
        image, mask = scan(shape, affine, dtype)
        for spacing in [[1, 1, 1], [1.5, 1.5, 1.5], [2, 2, 2], [3, 3, 3], [6, 6, 6], [0, 0, 1], [0.75, 0, 4]]:
            same = np.allclose(image.GetSpacing(), [new or old for new, old in zip(spacing, image.GetSpacing())])
            for interpolator in interpolators:
                made = imageoperations.resampleImage(
                    image, mask, resampledPixelSpacing=spacing, interpolator=interpolator, padDistance=5)
                yield {'shape': shape, 'affine': affine, 'dtype': dtype, 'spacing': spacing, 'interpolator': interpolator,
                       'size': made[0].GetSize(), 'image': digest(made[0]), 'mask': digest(made[1])}
                if same:
                    break


def features_of(image, mask, parameters):
    extractor = RadiomicsFeatureExtractor(parameters) if 'setting' in parameters else RadiomicsFeatureExtractor(**parameters)
    found = extractor.execute(image, mask)
    return {key: float(value) for key, value in found.items() if not key.startswith('diagnostics_')}


def run(name, parameters, image, mask):
    print(name, parameters, file=sys.stderr)
    found = features_of(image, mask, parameters)
    return {'parameters': parameters, 'names': list(found), 'values': list(found.values())}


def pack(runs):
    """The lists of names, which repeat, once each."""
    lists = []
    for one in runs:
        if one['names'] not in lists:
            lists.append(one['names'])
        one['names'] = lists.index(one['names'])
        # Twelve digits are enough for a comparison to 1e-6.
        one['values'] = [float(f'{value:.12g}') for value in one['values']]
    return lists


def write(name, **lists):
    rows = [f'"versions": {json.dumps(versions)}']
    rows += [f'"{key}": [\n' + ',\n'.join(json.dumps(row, separators=(',', ':')) for row in value) + '\n]' for key, value in lists.items()]
    (here / name).write_text('{' + ',\n'.join(rows) + '}\n')


def write_features(name, runs):
    runs = list(runs)
    write(name, names=pack(runs), runs=runs)


spacings = [[1, 1, 1], [1.5, 1.5, 1.5], [2, 2, 2], [3, 3, 3], [6, 6, 6]]


def resampling_runs():
    for dtype in ['int16', 'int64']:
        image, mask = scan([26, 22, 16], straight, dtype)
        for spacing in spacings if dtype == 'int16' else [[1, 1, 1], [2, 2, 2]]:
            for interpolator in interpolators:
                parameters = {'resampledPixelSpacing': spacing, 'interpolator': interpolator}
                yield {'scan': [[26, 22, 16], straight, dtype], **run(dtype, parameters, image, mask)}


def ct_runs(folder):
    image, mask = [str(folder / f'{name}.nii.gz') for name in ['example_ct_sm', 'example_seg']]
    organs = [7, 1, 11]
    yield run('ct', {'label': 1, 'resampledPixelSpacing': [0, 0, 1]}, image, mask)
    for at, spacing in enumerate(spacings):
        for more, interpolator in enumerate(interpolators):
            parameters = {'label': organs[(at + more) % 3], 'resampledPixelSpacing': spacing, 'interpolator': interpolator}
            yield run('ct', parameters, image, mask)


if __name__ == '__main__':
    write('resampled.json', cases=list(resampled()))
    write_features('features.json', resampling_runs())
    if len(sys.argv) > 1:
        write_features('features-ct.json', ct_runs(Path(sys.argv[1])))
