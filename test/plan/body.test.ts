import { describe, expect, it } from 'vitest';
import { bodySize } from '../../lib/plan/body.ts';

describe('The size of the body', () => {
  it('is that of the largest region denser than air, without the table beneath', () => {
    // 6 rows of 8: a body of 3 rows and 4 columns, a row of air, a table of 8 pixels in the last row
    const hu = new Float32Array(48).fill(-1000);
    for (const y of [1, 2, 3]) hu.fill(40, 8 * y + 2, 8 * y + 6);
    hu.fill(0, 40, 48);
    expect(bodySize(hu, 6, 8)).toEqual([3, 4]);
  });

  it('is unknown where all is air', () => {
    expect(bodySize(new Float32Array(12).fill(-1000), 3, 4)).toBeUndefined();
  });
});
