import { describe, expect, it } from 'vitest';
import { agreementOfMembers, certaintyOf, entropyOf } from '../../lib/report/certainty.ts';

describe('entropy', () => {
  it('is 0 where the network is certain, 1 bit for a coin, and between them 0.469 at 0.9', () => {
    const [certain, never, coin, sure] = entropyOf([[1, 0, 0.5, 0.9]]);
    expect([certain, never, coin]).toEqual([0, 0, 1]);
    expect(sure).toBeCloseTo(-0.9 * Math.log2(0.9) - 0.1 * Math.log2(0.1), 6);
  });
  it('is at most log2 of the number of classes with background', () => {
    expect(entropyOf([[1 / 3], [1 / 3]])[0]).toBeCloseTo(Math.log2(3), 6);
    expect(certaintyOf([[0], [0]], Uint8Array.of(0), Float32Array.of(0), 1).mostEntropyBits).toBe(Math.log2(3));
  });
  it('is never below 0 or NaN where rounding makes the probabilities more than 1', () => {
    expect(entropyOf([[0.7], [0.30000001]])[0]).toBeCloseTo(-0.7 * Math.log2(0.7) - 0.3 * Math.log2(0.3), 5);
    expect(entropyOf([[1.0000001]])[0]).toBeCloseTo(0, 5);
  });
});

describe('how sure a network is', () => {
  it('is told of the voxels of the mask, and volumes of all voxels', () => {
    const map = Float64Array.of(0.95, 0.7, 0.5, 0.2, 0.05);
    const mask = Uint8Array.of(1, 1, 1, 0, 0);
    const told = certaintyOf([map], mask, Float32Array.of(0.5, 0.75, 1, 9, 9), 2);
    // below 0.75 are two of three; (0.5 + 0.75 + 1) / 3; (0.95 + 0.7 + 0.5) / 3
    expect(told).toMatchObject({ meanEntropyBits: 0.75, volumeMlFrom: { '0.1': 8, '0.5': 6, '0.9': 2 } });
    expect(told.unsureShare).toBeCloseTo(2 / 3, 12);
    expect(told.meanProbability).toBeCloseTo(2.15 / 3, 12);
  });
  it('adds the classes up, and has no mean of an empty mask', () => {
    const told = certaintyOf([[0.3], [0.3]], Uint8Array.of(0), Float32Array.of(1), 1);
    expect(told).toMatchObject({ meanEntropyBits: null, meanProbability: null, unsureShare: null });
    expect(told.volumeMlFrom['0.5']).toBe(1);
  });
});

describe('agreement of networks', () => {
  const masks = [Uint8Array.of(1, 2, 0, 0), Uint8Array.of(1, 1, 0, 0), Uint8Array.of(1, 0, 2, 0)];
  it('is the mean and the lowest Dice of the pairs', () => {
    // Foreground 1100, 1100, 1010: Dice 1, ½, ½
    const told = agreementOfMembers(masks, 0.5);
    expect(told).toMatchObject({ networks: 3, volumesMl: [1, 1, 1], foreground: { lowestDice: 0.5 } });
    expect(told.foreground.meanDice).toBeCloseTo(2 / 3, 12);
    expect(told.classes).toBeUndefined();
  });
  it('is told of each class too', () => {
    const classes = [1, 2].map((value) => ({ name: `c${value}`, values: [value] }));
    const { classes: apart = {} } = agreementOfMembers(masks, 1, classes);
    // class 1: 1000, 1100, 1000: 2/3, 1, 2/3; class 2: 0100, 0000, 0010: all 0
    expect(apart.c1!.meanDice).toBeCloseTo(7 / 9, 12);
    expect(apart.c2).toEqual({ meanDice: 0, lowestDice: 0 });
  });
});
