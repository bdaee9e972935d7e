import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNifti } from '../../../lib/io/nifti.ts';
import { laplacianOfGaussian, logImageName } from '../../../lib/radiomics/filters/laplacianOfGaussian.ts';
import { waveletTransform } from '../../../lib/radiomics/filters/wavelet.ts';
import { settings } from '../../../lib/settings.ts';

/**
 * Mean, variance, minimum and maximum in the pancreas (label 7) of example_ct_sm, as PyRadiomics 3.0.1
 * with SimpleITK 2.5.7 and PyWavelets 1.9.0 reports them: RadiomicsFeatureExtractor(label=7), image types
 * LoG with sigma 1 and 3 mm and Wavelet.
 */
const wanted: [string, number, number, number, number][] = [
  ['log-sigma-1-0-mm-3D', -5.2493740077946125, 237.84365867816066, -49.751190185546875, 51.145320892333984],
  ['log-sigma-3-0-mm-3D', -14.645837290478605, 247.85052998666808, -66.29638671875, 24.920236587524414],
  ['wavelet-LLH', -4.996783077258045, 1013.0375069256128, -88.26563680801331, 108.83408328361384],
  ['wavelet-LHL', -8.38139741525915, 933.9422220272428, -87.8094185784393, 89.44280966576008],
  ['wavelet-LHH', 1.2592747231219412, 487.80941093340743, -72.88197715730368, 64.47846132319563],
  ['wavelet-HLL', -2.4257758209949283, 1030.9783784876652, -94.3953036801677, 118.2183129502695],
  ['wavelet-HLH', 0.8020563628515773, 785.3971732924225, -89.40197965989708, 83.49355907064462],
  ['wavelet-HHL', 2.0706367141787814, 474.43878400846864, -56.982431186381945, 58.424476177812124],
  ['wavelet-HHH', -0.7471612632890792, 412.2776866554504, -71.27118866955941, 44.735067735998165],
  ['wavelet-LLL', -34.70404745081477, 3185.214158733953, -186.39503437245068, 144.98557954489738],
];

const folder = settings.sharedFolder && path.join(settings.sharedFolder, 'data', 'totalsegmentator');
const exists = folder !== undefined && existsSync(path.join(folder, 'example_ct_sm.nii.gz'));

describe.skipIf(!exists)('filtered images of a real CT (needs ../shared/data/totalsegmentator)', () => {
  it("have PyRadiomics' first-order values in the pancreas, whole or filtered around it only", async () => {
    const [image, label] = await Promise.all(
      ['example_ct_sm', 'example_seg'].map((name) => readNifti(path.join(folder!, `${name}.nii.gz`))),
    );
    const inside = Array.from(label!.data.keys()).filter((i) => label!.data[i] === 7);
    const [width, height] = image!.shape;
    const positions = inside.map((i) => [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)]);
    const low = [0, 1, 2].map((axis) => Math.min(...positions.map((p) => p[axis]!))) as [number, number, number];
    const shape = low.map((from, axis) => Math.max(...positions.map((p) => p[axis]!)) - from + 1) as [
      number,
      number,
      number,
    ];
    const box = { start: low, shape };
    const summary = (values: number[]): [number, number, number, number] => {
      const mean = values.reduce((a, b) => a + b) / values.length;
      return [
        mean,
        values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length,
        Math.min(...values),
        Math.max(...values),
      ];
    };
    const whole = [
      ...['1.0', '3.0'].map((sigma) => ({
        name: logImageName(sigma),
        volume: laplacianOfGaussian(image!, Number(sigma)),
      })),
      ...waveletTransform(image!),
    ];
    const boxed = [
      ...[1, 3].map((sigma) => laplacianOfGaussian(image!, sigma, { box })),
      ...[...waveletTransform(image!, { box })].map(({ volume }) => volume),
    ];
    const atBox = positions.map(([x, y, z]) => x! - low[0] + shape[0] * (y! - low[1] + shape[1] * (z! - low[2])));
    expect(whole.map(({ name }) => name)).toEqual(wanted.map(([name]) => name));
    for (const [i, [name, ...numbers]] of wanted.entries()) {
      for (const found of [
        summary(inside.map((v) => whole[i]!.volume.data[v]!)),
        summary(atBox.map((v) => boxed[i]!.data[v]!)),
      ]) {
        expect([
          name,
          found.every((value, k) => Math.abs(value - numbers[k]!) <= 1e-9 * Math.abs(numbers[k]!)),
        ]).toEqual([name, true]);
      }
    }
  });
});
