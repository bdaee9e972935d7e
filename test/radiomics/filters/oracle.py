"""Writes oracle.json: voxels of filtered volumes as PyRadiomics makes them, for the tests beside this file.

    pip install numpy SimpleITK PyWavelets && pip install --no-build-isolation pyradiomics==3.0.1
    python oracle.py > oracle.json
"""
import json
from importlib.metadata import version

import numpy as np
import radiomics
import SimpleITK as sitk
from radiomics import imageoperations

radiomics.setVerbosity(60)


def volume(size, dtype):
    """The formula that the tests repeat: an integer hash of the position, a third of it for floating-point types."""
    z, y, x = np.meshgrid(*[np.arange(n, dtype=np.int64) for n in size[::-1]], indexing='ij')
    value = (x * x * 577 + y * 313 + z * z * 929 + x * y * z * 71 + x * y * 37) % 1999 - 999
    return (value / 3 if dtype.startswith('float') else value).astype(dtype)


def image(size, spacing, dtype):
    made = sitk.GetImageFromArray(volume(size, dtype))
    made.SetSpacing(spacing)
    return made


def sampled(filtered):
    """Every k-th voxel with x fastest, 12 or fewer, and how many there are."""
    flat = sitk.GetArrayFromImage(filtered).ravel()
    step = max(1, flat.size // 11)
    return {'count': int(flat.size), 'step': step, 'type': str(flat.dtype), 'values': [float(v) for v in flat[::step]]}


logs = []
for size, spacing, dtype, sigmas in [
    ([9, 8, 7], [1, 1, 1], 'int16', [0.5, 1.0, 2.5]),
    ([12, 9, 5], [0.78125, 0.7, 5], 'int16', [1.0, 3.0]),
    ([4, 4, 4], [1.5, 1.5, 3], 'float64', [1.0]),
    ([6, 5, 8], [2, 1.1, 0.9], 'float32', [1.5]),
]:
    made = imageoperations.getLoGImage(image(size, spacing, dtype), None, sigma=sigmas)
    for sigma, (filtered, name, _) in zip(sigmas, made):
        made_from = {'size': size, 'spacing': spacing, 'dtype': dtype, 'sigma': sigma}
        logs.append({**made_from, 'name': name, **sampled(filtered)})

wavelets = []
for size, dtype, options in [
    ([10, 9, 8], 'int16', {}),
    ([3, 2, 1], 'int16', {}),
    ([7, 8, 6], 'float32', {}),
    ([5, 6, 7], 'float64', {'force2D': True, 'force2Ddimension': 0}),
    ([6, 7, 5], 'int16', {'force2D': True, 'force2Ddimension': 2}),
    ([8, 7, 6], 'int16', {'level': 2, 'start_level': 1}),
]:
    images = imageoperations.getWaveletImage(image(size, [1, 1, 1], dtype), None, **options)
    bands = [{'name': name, **sampled(filtered)} for filtered, name, _ in images]
    wavelets.append({'size': size, 'dtype': dtype, 'options': options, 'bands': bands})

packages = ['pyradiomics', 'SimpleITK', 'PyWavelets', 'numpy']
rows = ',\n'.join(json.dumps(row) for row in logs)


def text_of(row):
    bands = '[\n ' + ',\n '.join(json.dumps(band) for band in row['bands']) + ']'
    return json.dumps({**row, 'bands': '@'}).replace('"@"', bands)


sets = ',\n'.join(text_of(row) for row in wavelets)
print(f'{{"versions": {json.dumps({p: version(p) for p in packages})},\n"log": [\n{rows}],\n"wavelet": [\n{sets}]}}')
