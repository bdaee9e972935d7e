import { describe, expect, it } from 'vitest';
import { likenessOn, onVolume, windowFor } from '../../lib/predict/picturesOnVolumes.ts';
import type { Member } from '../../lib/predict/volume.ts';
import { seenExample as seen } from './seen.ts';

const grid = { size: [32, 32], unit: 'px', centre: [0, 0], extent: [48, 48] } as const;
const network = {} as Member['network'];
const picture: Member = { network, grid, windowHu: [0, 1], isOfPictures: true, seen };
const volume: Member = { network, grid: { ...grid, unit: 'mm' }, windowHu: [-160, 240] };
const slices = { size: [20, 20], spacingMm: [3, 3] } as const;

describe('networks of pictures on volumes', () => {
  it('see through the window that is said, on pixels as theirs were; networks of volumes stay as they are', () => {
    const [first, second] = onVolume([picture, volume], slices, [0, 256]);
    expect(first).toMatchObject({ windowHu: [0, 256], grid: { unit: 'mm', extent: [48 * 0.8, 48 * 0.8] } });
    expect(second).toBe(volume);
  });

  it('know their window where all know the same, and only where there are volumes', () => {
    expect(windowFor([picture, picture], true)).toEqual([0, 256]);
    expect(windowFor([picture, volume], true)).toEqual([0, 256]);
    expect(windowFor([picture], false)).toBeUndefined();
    expect(windowFor([volume], true)).toBeUndefined();
    expect(windowFor([picture], true, [-50, 150])).toEqual([-50, 150]);
    expect(windowFor([picture, { ...picture, seen: undefined }], true)).toBeUndefined();
    expect(windowFor([picture, { ...picture, seen: { ...seen, windowHu: [0, 200] } }], true)).toBeUndefined();
  });

  it('are compared with their training where they know it, and nothing is made ready where they do not', () => {
    expect(likenessOn([volume], () => expect.fail())).toBeUndefined();
    const air = { data: new Int16Array(64).fill(-1000), shape: [8, 8, 1], spacingMm: [1, 1, 1], affine: [] } as const;
    const beside = likenessOn([volume, picture], () => [air, { ...air, data: new Uint8Array(64) }])!;
    expect(beside.likeness.look).toBeNull();
    expect(beside.unlike).toContain('unlike the training data: hardly any soft tissue');
  });

  it('are each compared with their own pictures, whichever is named first', () => {
    // 64 × 64 pixels of 0.8 mm, 2 mm apart: as the one network saw them; the other saw slices of 0.1 to 0.2 mm.
    const shape = [64, 64, 2] as const;
    const data = new Int16Array(64 * 64 * 2).fill(60);
    const image = { data, shape, spacingMm: [0.8, 0.8, 2], affine: [] } as const;
    const thin: Member = {
      ...picture,
      seen: { ...seen, sliceMm: { patients: 1, least: 0.1, middle: 0.1, most: 0.2 } },
    };
    const phrase = 'unlike the training data: slices 2 mm apart, 0.1 mm to 0.2 mm in training';
    let asked = 0;
    const besideOf = (members: Member[]) =>
      likenessOn(members, () => {
        asked++;
        return [image, { ...image, data: new Uint8Array(data.length) }];
      })!;
    expect(besideOf([picture, picture]).unlike).not.toContain(phrase);
    for (const members of [
      [picture, thin],
      [thin, picture],
    ]) {
      asked = 0;
      const { unlike, seen: furthest } = besideOf(members);
      expect(unlike).toContain(phrase);
      expect(new Set(unlike).size).toBe(unlike.length);
      expect(furthest).toBe(thin.seen);
      expect(asked).toBe(1);
    }
  });
});
