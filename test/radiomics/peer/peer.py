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
import pywt
import radiomics
import SimpleITK as sitk
from radiomics import imageoperations
from radiomics.featureextractor import RadiomicsFeatureExtractor

radiomics.setVerbosity(60)
here = Path(__file__).parent
packages = ['pyradiomics', 'SimpleITK', 'numpy', 'PyWavelets', 'scikit-image', 'trimesh', 'scipy']
versions = {name: version(name) for name in packages}
interpolators = ['sitkLinear', 'sitkBSpline', 'sitkNearestNeighbor']

# Columns of the affine in RAS+: [x step, y step, z step, origin].
straight = [[3, 0, 0], [0, 3, 0], [0, 0, 3], [-177.95632934570312, 11.319000244140625, 94.3017578125]]
flipped = [[-0.78125, 0, 0], [0, 0.78125, 0], [0, 0, 2.5], [200.5, -60.25, -804.5]]
sagittal = [[0, 0.8999999761581421, 0], [0, 0, -0.8999999761581421], [1.2000000476837158, 0, 0], [-80, -100, 120]]
oblique = [[1.46875, 0.28125, -0.125], [-0.296875, 1.453125, -0.21875], [0.15625, 0.4375, 2.953125],
           [-17.5, 8.25, 33.125]]


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


def digest_of(values):
    return hashlib.sha256(np.ascontiguousarray(values.astype('<f8') + 0.0).tobytes()).hexdigest()[:16]


def digest(image):
    return digest_of(sitk.GetArrayFromImage(image))


def resampled():
    for shape, affine, dtype in [
        ([26, 22, 16], straight, 'int16'), ([26, 22, 16], straight, 'int64'), ([24, 20, 12], flipped, 'int16'),
        ([16, 24, 18], sagittal, 'int16'), ([22, 18, 14], oblique, 'int16'), ([20, 16, 12], oblique, 'uint8'),
        ([60, 8, 6], straight, 'uint8'), ([15, 14, 12], straight, 'float64'), ([15, 14, 12], flipped, 'float32'),
        ([5, 4, 17], straight, 'int32'),
    ]:
        image, mask = scan(shape, affine, dtype)
        for spacing in [[1, 1, 1], [1.5, 1.5, 1.5], [2, 2, 2], [3, 3, 3], [6, 6, 6], [0, 0, 1], [0.75, 0, 4]]:
            same = np.allclose(image.GetSpacing(), [new or old for new, old in zip(spacing, image.GetSpacing())])
            for interpolator in interpolators:
                made = imageoperations.resampleImage(
                    image, mask, resampledPixelSpacing=spacing, interpolator=interpolator, padDistance=5)
                yield {'shape': shape, 'affine': affine, 'dtype': dtype, 'spacing': spacing,
                       'interpolator': interpolator, 'size': made[0].GetSize(),
                       'image': digest(made[0]), 'mask': digest(made[1])}
                if same:
                    break


def wavelets():
    """All bands of all wavelets one after another, on a small scan, one with longer axes, and in single precision."""
    names = ['haar', 'dmey', *[f'db{n}' for n in range(1, 21)], *[f'sym{n}' for n in range(2, 21)],
             *[f'coif{n}' for n in range(1, 6)], *pywt.wavelist('bior'), *pywt.wavelist('rbio')]
    for name in names:
        row = {'wavelet': name}
        for key, shape, dtype in [('short', [7, 6, 5], 'int16'), ('long', [40, 9, 4], 'int16'),
                                  ('single', [12, 9, 6], 'float32')]:
            bands = imageoperations.getWaveletImage(scan(shape, straight, dtype)[0], None, wavelet=name)
            row[key] = digest_of(np.concatenate([sitk.GetArrayFromImage(image).ravel() for image, _, _ in bands]))
        yield row


def filtered():
    """First voxels of the ROI in filtered images, and some more."""
    patterns = [{}, {'force2Ddimension': 1, 'lbp2DSamples': 9},
                {'force2Ddimension': 2, 'lbp2DMethod': 'default', 'lbp2DRadius': 2},
                {'lbp2DMethod': 'ror', 'lbp2DRadius': 1.5, 'lbp2DSamples': 6},
                {'lbp2DMethod': 'var', 'lbp2DRadius': 1.5}]
    spheres = [{}, {'lbp3DLevels': 4, 'lbp3DIcosphereRadius': 2, 'lbp3DIcosphereSubdivision': 0}]
    kinds = [('Square', {}), ('SquareRoot', {}), ('Logarithm', {}), ('Exponential', {}), ('Gradient', {}),
             ('Gradient', {'gradientUseSpacing': False}), *[('LBP2D', options) for options in patterns],
             *[('LBP3D', options) for options in spheres]]
    for shape, affine, dtype in [([26, 22, 16], straight, 'int16'), ([15, 14, 12], oblique, 'float32'),
                                 ([12, 10, 9], flipped, 'uint8')]:
        image, mask = scan(shape, affine, dtype)
        for kind, options in kinds:
            for made, name, _ in getattr(imageoperations, f'get{kind}Image')(image, mask, **options):
                inside = sitk.GetArrayFromImage(made)[sitk.GetArrayFromImage(mask) == 1]
                yield {'scan': [shape, affine, dtype], 'kind': kind, 'options': options, 'name': name,
                       'values': [float(f'{value:.15g}') for value in inside[::max(1, inside.size // 12)]]}


def run(parameters, image, mask):
    """The parameters as text, so that 2.0 is not 2, and the features that they give."""
    print(parameters, file=sys.stderr)
    found = RadiomicsFeatureExtractor(parameters).execute(image, mask)
    values = {key: float(value) for key, value in found.items() if not key.startswith('diagnostics_')}
    return {'parameters': json.dumps(parameters), 'names': list(values), 'values': list(values.values())}


def pack(runs):
    """The lists of names, which repeat, once each."""
    lists = []
    for one in runs:
        if one['names'] not in lists:
            lists.append(one['names'])
        one['names'] = lists.index(one['names'])
        # Nine digits are enough for a comparison to 1e-6.
        one['values'] = [float(f'{value:.9g}') for value in one['values']]
    return lists


def write(name, **lists):
    rows = [f'"versions": {json.dumps(versions)}']
    for key, value in lists.items():
        lines = ',\n'.join(json.dumps(row, separators=(',', ':')) for row in value)
        rows.append(f'"{key}": [\n{lines}\n]')
    (here / name).write_text('{' + ',\n'.join(rows) + '}\n')


def write_features(name, runs):
    runs = list(runs)
    write(name, names=pack(runs), runs=runs)


spacings = [[1, 1, 1], [1.5, 1.5, 1.5], [2, 2, 2], [3, 3, 3], [6, 6, 6]]


def resampling_runs():
    for dtype in ['int16', 'int64']:
        made_of = [[26, 22, 16], straight, dtype]
        for spacing in spacings if dtype == 'int16' else spacings[:1]:
            for interpolator in interpolators:
                parameters = {'setting': {'resampledPixelSpacing': spacing, 'interpolator': interpolator}}
                yield {'scan': made_of, **run(parameters, *scan(*made_of))}


def parameter_runs():
    """All image types; settings of their own; single features; other planes; margins; a mask on another grid."""
    kinds = ['Original', 'Square', 'SquareRoot', 'Logarithm', 'Exponential', 'Gradient', 'LBP2D', 'LBP3D']
    small = [[20, 18, 14], straight, 'int16']
    long = [[60, 12, 10], straight, 'int16']
    own = {
        'Original': {'binWidth': 10, 'gldm_a': 1}, 'LoG': {'sigma': [4, 3.5, 5.0], 'binWidth': 5},
        'Wavelet': {'wavelet': 'db2', 'level': 2, 'start_level': 1, 'binCount': 16, 'distances': [1, 2]},
        'Gradient': {'gradientUseSpacing': False}, 'LBP2D': {'lbp2DMethod': 'default', 'lbp2DSamples': 6},
        'LBP3D': {'binWidth': 0.5, 'lbp3DLevels': 3, 'lbp3DIcosphereSubdivision': 0},
    }
    some = {'shape': ['MeshVolume', 'Flatness'], 'firstorder': None, 'glcm': ['Contrast', 'Idm'], 'gldm': [],
            'ngtdm': None}
    plane = {'force2D': True, 'force2Ddimension': 1}
    flat = {name: None for name in ['shape', 'firstorder', 'glcm', 'glrlm', 'glszm', 'gldm', 'ngtdm']}
    log = {'Original': {}, 'LoG': {'sigma': [3.0]}}
    uneven = [[20, 18, 14], [[0.75, 0, 0], [0, 0.875, 0], [0, 0, 1.5], [0, 0, 0]], 'int16']
    matrices = {'glcm': None, 'glrlm': None}
    wide = {'imageType': {'LBP3D': {'binWidth': 1}}, 'featureClass': {'firstorder': None}}
    for made_of, parameters in [
        (small, {'imageType': {kind: {} for kind in kinds}}),
        (small, {'imageType': own, 'featureClass': some}),
        (small, {'imageType': {'LBP2D': {'binWidth': 1}, 'Wavelet': {'wavelet': 'bior1.3'}}, 'featureClass': flat,
                 'setting': plane}),
        (small, {'imageType': {'Wavelet': {}, 'Logarithm': {}}, 'featureClass': {'firstorder': [], 'glszm': []},
                 'setting': {'resampledPixelSpacing': [2, 2, 2], 'normalize': True, 'normalizeScale': 100,
                             'binWidth': 10}}),
        (long, {'imageType': log, 'featureClass': some, 'setting': {'preCrop': True, 'padDistance': 2}}),
        (long, {'imageType': log, 'featureClass': some, 'setting': {'preCrop': False}}),
        (long, {'imageType': log, 'featureClass': some,
                'setting': {'resampledPixelSpacing': [3, 3, 3], 'padDistance': 3}}),
        (long, {'imageType': log, 'featureClass': some,
                'setting': {'resampledPixelSpacing': [2, 4, 3], 'padDistance': 8}}),
        (small, {'featureClass': matrices, 'setting': {'weightingNorm': 'euclidean'}}),
        (uneven, {'featureClass': matrices, 'setting': {'weightingNorm': 'euclidean', 'distances': [1, 2]}}),
        (uneven, {'featureClass': matrices, 'setting': {'weightingNorm': 'manhattan'}}),
        (uneven, {'featureClass': matrices, 'setting': {'weightingNorm': 'infinity', **plane}}),
        (small, {'imageType': {'LBP2D': {'lbp2DMethod': 'var', 'binWidth': 50}},
                 'featureClass': {'firstorder': None, 'glszm': None}}),
        ([[20, 18, 14], straight, 'int64'], wide),
        ([[20, 18, 14], straight, 'int64'], {**wide, 'setting': {'resampledPixelSpacing': [2, 2, 2]}}),
        ([[20, 18, 14], straight, 'int64'], {**wide, 'setting': {'preCrop': True}}),
        ([[20, 18, 14], straight, 'float32'], {'imageType': {'Original': {}, 'LoG': {'sigma': [4.0]}, 'Gradient': {}},
                                               'featureClass': some, 'setting': {'binCount': 100}}),
    ]:
        yield {'scan': made_of, **run(parameters, *scan(*made_of))}
    finer = [[1.5, 0, 0], [0, 2, 0], [0, 0, 3], [-170, 16, 97]]
    turned = [[2.9375, 0.5, 0], [-0.5, 2.9375, 0], [0, 0, 2.5], [-165, 22, 100]]
    image = [[26, 24, 18], straight, 'int16']
    for shape, columns in [([30, 20, 12], finer), ([16, 16, 12], turned)]:
        other = [shape, columns, 'uint8']
        for setting in [{}, {'resampledPixelSpacing': [2, 2, 2]},
                        {'resampledPixelSpacing': [3, 3, 3], 'interpolator': 'sitkLinear'}]:
            parameters = {'setting': {'correctMask': True, **setting}}
            yield {'scan': image, 'mask': other, **run(parameters, scan(*image)[0], scan(*other)[1])}


def ct_runs(folder):
    image, mask = [str(folder / f'{name}.nii.gz') for name in ['example_ct_sm', 'example_seg']]
    organs = [7, 1, 11]
    yield run({'setting': {'label': 1, 'resampledPixelSpacing': [0, 0, 1]}}, image, mask)
    for at, spacing in enumerate(spacings):
        for more, interpolator in enumerate(interpolators):
            label = organs[(at + more) % 3]
            setting = {'label': label, 'resampledPixelSpacing': spacing, 'interpolator': interpolator}
            yield run({'setting': setting}, image, mask)
    kinds = {name: {} for name in ['Square', 'SquareRoot', 'Logarithm', 'Exponential', 'Gradient', 'LBP2D']}
    patterns = {'LBP3D': {'binWidth': 1}}
    some = {'firstorder': None, 'glcm': ['Contrast', 'JointEntropy'], 'glszm': ['SmallAreaEmphasis'],
            'ngtdm': ['Strength']}
    for label in [7, 1]:
        yield run({'imageType': {**kinds, **patterns}, 'featureClass': some, 'setting': {'label': label}}, image, mask)


if __name__ == '__main__':
    write('resampled.json', cases=list(resampled()))
    write('filtered.json', wavelets=list(wavelets()), images=list(filtered()))
    write_features('features.json', [*resampling_runs(), *parameter_runs()])
    if len(sys.argv) > 1:
        write_features('features-ct.json', ct_runs(Path(sys.argv[1])))
