"""Prints lib/radiomics/filters/waveletTaps.ts: the filters of wavelets as PyWavelets has them.

    pip install numpy PyWavelets
    python taps.py > ../../../lib/radiomics/filters/waveletTaps.ts
"""
import textwrap

import numpy as np
import pywt

names = ['haar', *[f'db{n}' for n in range(1, 21)], *[f'sym{n}' for n in range(2, 21)],
         *[f'coif{n}' for n in range(1, 6)], *pywt.wavelist('bior'), 'dmey']


def in_single(wavelet):
    """The low-pass that PyWavelets applies to images in single precision, where it is not the nearest to the double."""
    taps = len(wavelet.dec_lo)
    impulse = np.zeros(4 * taps, 'float32')
    impulse[2 * taps] = 1
    answer = pywt.swt(impulse, wavelet, level=1)[0][0]
    # The answer at 2·taps + j − taps/2 is tap j.
    found = answer[3 * taps // 2:][:taps]
    return [(j, tap) for j, tap in enumerate(found) if tap != np.float32(wavelet.dec_lo[j])]


print('''/**
 * The filters of wavelets: a name, the low-pass of the decomposition and, where the wavelet is not orthogonal, behind a
 * bar that of the reconstruction. The digits are PyWavelets' (written by test/radiomics/filters/taps.py), so that
 * results are equal to the last bit; its tables are those of the books to their precision.
 *
 * Sources: I. Daubechies, Ten Lectures on Wavelets, SIAM 1992, doi:10.1137/1.9781611970104 (db and sym: chapter 6, coif
 * and bior: chapter 8); dmey is a finite filter near Meyer's wavelet.
 */
export const waveletTaps = `''')
for name in names:
    wavelet = pywt.Wavelet(name)
    assert wavelet.dec_hi == [(-1) ** (k + 1) * tap for k, tap in enumerate(wavelet.rec_lo)]
    row = [name, *map(repr, wavelet.dec_lo)]
    if wavelet.rec_lo != wavelet.dec_lo[::-1]:
        row += ['|', *map(repr, wavelet.rec_lo)]
    print('\n'.join(textwrap.wrap(' '.join(row), 118, subsequent_indent='  ', break_on_hyphens=False)))
print('''`;

/**
 * Low-pass taps in single precision that are not the nearest to the double: name, then place and value of each.
 */
export const singleTaps = `''')
for name in names:
    odd = in_single(pywt.Wavelet(name))
    if odd:
        row = [name, *[f'{j} {float(tap)!r}' for j, tap in odd]]
        print('\n'.join(textwrap.wrap(' '.join(row), 118, subsequent_indent='  ', break_on_hyphens=False)))
print('`;')
for name in pywt.wavelist('rbio'):
    mirrored = pywt.Wavelet(name.replace('rbio', 'bior'))
    assert pywt.Wavelet(name).dec_lo == mirrored.rec_lo[::-1] and pywt.Wavelet(name).rec_lo == mirrored.dec_lo[::-1]
