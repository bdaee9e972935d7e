/** The strengths of augmentation. */
import { describe, expect, it } from 'vitest';
import { type AugmentOptions, augmentDefault, augmentLight, augmentNone } from '../../lib/preprocess/augment.ts';

describe('the strengths of augmentation', () => {
  it('are 0 in every part of none', () => {
    const { elasticKnots, ...strengths } = augmentNone;
    expect(
      Object.values(strengths)
        .flat()
        .every((v) => v === 0),
    ).toBe(true);
    expect(elasticKnots[0]).toBeGreaterThanOrEqual(2); // no spline has fewer
  });
  it('of the light one are below those of the default, which has every part but mirroring', () => {
    for (const [part, strength] of Object.entries(augmentLight) as [keyof AugmentOptions, number][]) {
      if (part === 'elasticKnots' || part === 'flipChance') continue;
      expect(strength, part).toBeLessThanOrEqual(augmentDefault[part] as number);
      expect(augmentDefault[part], part).toBeGreaterThan(0);
    }
    expect(augmentDefault.flipChance).toEqual([0, 0]); // organs have sides
    expect(augmentDefault.elasticKnots[0]).toBeLessThanOrEqual(augmentDefault.elasticKnots[1]);
  });
});
