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
});
