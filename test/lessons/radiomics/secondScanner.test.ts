import { describe, expect, it } from 'vitest';
import { makePhantomPatient, phantomProfiles } from '../../../lib/dataset/phantom.ts';
import { toCanonical } from '../../../lib/volume/orientation.ts';
import { voxelToMm } from '../../../lib/volume/volume.ts';
import { imageNoiseHu } from '../../../notebooks/lessons/radiomics/acquisition.ts';
import { scanAgain, secondProtocol } from '../../../notebooks/lessons/radiomics/secondScanner.ts';

const { size } = phantomProfiles.tiny;
const patients = Array.from({ length: 2 }, (_, i) => makePhantomPatient(i + 1, { seed: 1, size }));
const ill = patients.find((p) => p.group === 'tumour')!;
const healthy = patients.find((p) => p.group === 'normal')!;
const indexOf = (p: typeof ill): number => patients.indexOf(p) + 1;

describe('a healthy twin', () => {
  const twin = makePhantomPatient(indexOf(ill), { seed: 1, size, withoutTumour: true });

  it('is the same patient without the tumour', () => {
    expect(twin.group).toBe('normal');
    expect(twin.image.shape).toEqual(ill.image.shape);
    expect(twin.image.affine).toEqual(ill.image.affine);
    expect(Array.from(twin.label.data).includes(2)).toBe(false);
    expect({ ...twin.patient, tumour: undefined }).toEqual({ ...ill.patient, tumour: undefined });
  });

  it('has equal voxels wherever the pancreas is far away', () => {
    const canonical = [ill, twin].map(({ image }) => toCanonical(image));
    const lowest = Array.from(canonical[0]!.data.subarray(0, size[0] * 6)); // front of the lowest slice: skin and air
    expect(Array.from(canonical[1]!.data.subarray(0, size[0] * 6))).toEqual(lowest);
  });

  it('of a healthy patient is that patient', () => {
    const same = makePhantomPatient(indexOf(healthy), { seed: 1, size, withoutTumour: true });
    expect(Buffer.compare(Buffer.from(same.image.data.buffer), Buffer.from(healthy.image.data.buffer))).toBe(0);
  });
});

describe('the second scanner', () => {
  const { image, mask } = scanAgain(healthy.image, healthy.label, secondProtocol, 7);
  const source = toCanonical(healthy.image);

  it('gives half the slices, twice as thick, in the same place', () => {
    expect(image.shape).toEqual([source.shape[0], source.shape[1], Math.floor(source.shape[2] / 2)]);
    expect(image.spacingMm[2]).toBe(2 * source.spacingMm[2]);
    const [first, between] = [voxelToMm(image.affine, [0, 0, 0]), voxelToMm(source.affine, [0, 0, 0.5])];
    first.forEach((v, i) => expect(v).toBeCloseTo(between[i]!, 9));
    const [second, next] = [voxelToMm(image.affine, [3, 2, 1]), voxelToMm(source.affine, [3, 2, 2.5])];
    second.forEach((v, i) => expect(v).toBeCloseTo(next[i]!, 9));
  });

  it('averages and adds noise', () => {
    const area = source.shape[0] * source.shape[1];
    const at = 30 + 40 * source.shape[0];
    const differences = Array.from(
      { length: area },
      (_, i) => image.data[i]! - (source.data[i]! + source.data[i + area]!) / 2,
    );
    const sd = Math.sqrt(differences.reduce((s, d) => s + d * d, 0) / area);
    expect(Math.abs(sd - secondProtocol.addedNoiseHu)).toBeLessThan(0.5);
    expect(Math.abs(differences[at]!)).toBeLessThan(6 * secondProtocol.addedNoiseHu);
    expect(imageNoiseHu(image)).toBeGreaterThan(imageNoiseHu(source));
  });

  it('draws the organ larger, and the same again with the same seed', () => {
    const ml = (data: ArrayLike<number>, spacing: number): number =>
      Array.from(data).filter((v) => v > 0).length * spacing;
    expect(ml(mask.data, 2)).toBeGreaterThan(ml(healthy.label.data, 1));
    const again = scanAgain(healthy.image, healthy.label, secondProtocol, 7);
    expect(Buffer.compare(Buffer.from(again.image.data.buffer), Buffer.from(image.data.buffer))).toBe(0);
    expect(() => scanAgain(healthy.image, healthy.label, { ...secondProtocol, slicesMerged: 99 }, 7)).toThrow(
      'at least 99 slices',
    );
  });
});
