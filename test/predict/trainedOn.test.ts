/** A scan that is not of the kind of the training is told, and one that is is not. */
import { describe, expect, it } from 'vitest';
import { seenScansIn } from '../../lib/predict/seenScans.ts';
import { besideTraining, syntheticWarning, type TrainedOn } from '../../lib/predict/trainedOn.ts';
import { type Body, scanOf, slicesOfBodies, windowHu } from './scans.ts';

const set = slicesOfBodies([{ bodyHu: 58 }, { bodyHu: 60 }, { bodyHu: 66, organHu: 105 }]);
const trained: TrainedOn = {
  dataset: 'ours',
  isSynthetic: false,
  patients: 3,
  scans: seenScansIn(set, [0, 1, 2, 3, 4, 5])!,
};

function told(changes: Partial<Body> = {}, mm?: number, sliceMm?: number): readonly string[] {
  const { image, mask } = scanOf(changes, mm, sliceMm);
  return besideTraining([trained], () => [image, mask], windowHu).warnings;
}

describe('a scan beside the training', () => {
  it('of the same kind is left alone, a few HU more or less', () => {
    expect(told()).toEqual([]);
    expect(told({ bodyHu: 52, organHu: 94 })).toEqual([]);
    expect(told({ rows: 22, columns: 32 })).toEqual([]);
  });
  it('without contrast medium is told by its soft tissue and its organ', () => {
    expect(told({ bodyHu: 40, organHu: 40 })).toEqual([
      expect.stringMatching(
        /^unlike the training data: soft tissue has 40 HU in the middle, 58 HU to 66 HU in training/,
      ),
      'unlike the training data: the mask has 40 HU on average, the organ 100 HU to 105 HU in training',
    ]);
  });
  it('of another phase is told by what is bright', () => {
    expect(told({ bodyHu: 130 }).join()).toMatch(/85 % of the soft tissue has 80 HU or more, 2 % to 3 % in training/);
  });
  it('of a smaller body is told', () => {
    expect(told({ rows: 10, columns: 14 }).join()).toMatch(/mm from front to back.*another part of the body.* wide/);
  });
  it('of other pixels and slices is told from twice as large on', () => {
    expect(told({}, 2, 5.9)).toEqual([]);
    expect(told({}, 2, 6.1)).toEqual(['unlike the training data: slices 6.1 mm apart, 3 mm in training']);
    // 8 × 12 pixels of 5 mm are the body's 40 × 60 mm; so few that much of the tissue is organ, and bright
    expect(told({ rows: 8, columns: 12 }, 5).at(-1)).toBe('unlike the training data: pixels of 5 mm, 2 mm in training');
  });
  it('without soft tissue is told', () => {
    expect(told({ bodyHu: -500, organHu: -500 })).toEqual(['unlike the training data: hardly any soft tissue']);
  });
  it('is compared with all networks together, and with none that does not know its scans', () => {
    const { image, mask } = scanOf({ bodyHu: 120 });
    const scans = seenScansIn(slicesOfBodies([{ bodyHu: 125 }]), [0, 1])!;
    const canonical = () => [image, mask] as const;
    expect(besideTraining([trained, { ...trained, scans }], canonical, windowHu).warnings).toEqual([]);
    const silent = besideTraining([{ ...trained, scans: undefined }], canonical, windowHu);
    expect(silent).toEqual({ scan: null, warnings: [] });
  });
  it('gives its numbers', () => {
    const { image, mask } = scanOf();
    expect(besideTraining([trained], () => [image, mask], windowHu).scan).toMatchObject({
      softHu: 60,
      organHu: 100,
      pixelMm: 2,
      sliceMm: 3,
    });
  });
});

describe('networks of synthetic patients', () => {
  const phantom: TrainedOn = { dataset: 'phantom', isSynthetic: true, patients: 18 };
  it('are told of every image but a phantom', () => {
    expect(syntheticWarning([phantom])).toEqual([
      'trained on synthetic patients (phantom): no mask of a real scan can be relied on',
    ]);
    expect(syntheticWarning([phantom], 'phantom_003 seed 1 v2 synthetic')).toEqual([]);
    expect(syntheticWarning([trained])).toEqual([]);
    expect(syntheticWarning([phantom, trained])).toEqual([
      expect.stringMatching(/^1 of 2 networks were trained on synthetic/),
    ]);
  });
});
