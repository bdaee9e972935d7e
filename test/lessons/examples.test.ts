import { describe, expect, it } from 'vitest';
import { describeGrid } from '../../notebooks/lessons/examples.ts';

describe('the window of the network', () => {
  it('is described by its extent, rounded, and by the pixels that it becomes', () => {
    expect(describeGrid({ size: [128, 96], unit: 'mm', centre: [0, 0], extent: [180.4, 135.3] })).toBe(
      'window 180 × 135 mm → 128 × 96 pixels',
    );
  });
});
