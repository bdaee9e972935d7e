/** The change of grey values, part by part. */
import { describe, expect, it } from 'vitest';
import { augmentNone } from '../../lib/preprocess/augment.ts';
import { applyIntensity } from '../../lib/preprocess/intensity.ts';
import { Random } from '../../lib/random.ts';

describe('applyIntensity', () => {
  const changed = (part: object, image: ArrayLike<number>, seed = 3): Float32Array => {
    const out = Float32Array.from(image);
    applyIntensity(out, 8, 8, Random.stream(seed, 'test'), { ...augmentNone, ...part });
    return out;
  };
  const steps = Float32Array.from({ length: 8 * 8 * 3 }, (_, i) => i / 191);

  it('changes nothing without strengths', () => {
    expect(changed({}, steps)).toEqual(steps);
  });

  it('follows the power law closely', () => {
    const out = changed({ logGamma: 0.35 }, steps);
    const gamma = Math.log(out[100]) / Math.log(steps[100]);
    expect(Math.abs(Math.log(gamma))).toBeLessThan(0.35);
    out.forEach((v, i) => {
      if (i > 5) expect(v).toBeCloseTo(steps[i] ** gamma, 4);
    });
  });

  it('scales the contrast around the mean and adds the brightness', () => {
    const out = changed({ contrast: 0.2 }, steps);
    const slope = (out[191] - out[0]) / (steps[191] - steps[0]);
    expect(slope).toBeGreaterThan(0.8);
    expect(slope).toBeLessThan(1.2);
    expect(out.reduce((a, b) => a + b) / 192).toBeCloseTo(0.5, 5);
    const lifted = changed({ brightness: 0.08 }, steps);
    lifted.forEach((v, i) => expect(v - steps[i]).toBeCloseTo(lifted[0], 6));
    expect(Math.abs(lifted[0])).toBeLessThan(0.08);
  });

  it('blurs a point into the binomial kernel, channel by channel, and leaves a flat image alone', () => {
    const point = new Float32Array(8 * 8 * 3);
    point[3 * (8 * 4 + 4) + 1] = 16;
    const out = changed({ blurChance: 1 }, point);
    const at = (y: number, x: number, c = 1) => out[3 * (8 * y + x) + c];
    expect([at(3, 3), at(3, 4), at(3, 5), at(4, 4), at(4, 6), at(4, 4, 0)]).toEqual([1, 2, 1, 4, 0, 0]);
    expect(changed({ blurChance: 1 }, new Float32Array(192).fill(0.25))).toEqual(new Float32Array(192).fill(0.25));
  });

  it('adds noise with mean 0 and the drawn standard deviation', () => {
    const image = new Float32Array(200 * 200);
    const random = Random.stream(5, 'noise');
    // a stream whose draws are known: the standard deviation is the fifth uniform number times the strength
    const twin = Random.stream(5, 'noise');
    const sd = 0.06 * Array.from({ length: 5 }, () => twin.uniform())[4];
    applyIntensity(image, 200, 200, random, { ...augmentNone, noise: 0.06, noiseChance: 1 });
    const mean = image.reduce((a, b) => a + b) / image.length;
    expect(Math.abs(mean)).toBeLessThan(sd / 50);
    expect(Math.sqrt(image.reduce((a, b) => a + b * b) / image.length) / sd).toBeCloseTo(1, 1);
  });
});
