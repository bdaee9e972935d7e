import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../lib/io/npy.ts';
import { contrastOf, describeContrast } from '../../lib/plan/contrast.ts';
import { settings } from '../../lib/settings.ts';

describe('contrast medium', () => {
  it('is told by the middle CT number of the organ, and left open between the ranges', () => {
    expect(contrastOf([35, 55, 56, 69, 70, 109])).toEqual({ without: 2, unclear: 2, with: 2 });
    expect(contrastOf([])).toEqual({ without: 0, unclear: 0, with: 0 });
  });
  const shared = settings.sharedFolder;
  it.skipIf(!shared)('is found in real slices of NIH Pancreas-CT, whose organs measure 94 to 110 HU', async () => {
    const medians: number[] = [];
    for (let i = 0; i < 15; i++) {
      const at = (kind: string) =>
        readNpy(path.join(shared!, 'data/nih-hu-slices', `${kind}_${`${i}`.padStart(3, '0')}.npy`));
      const [hu, mask] = [await at('img'), await at('mask')];
      const organ = Array.from(hu.data as Int16Array).filter((_, p) => Number(mask.data[p]) > 0);
      medians.push(organ.sort((a, b) => a - b)[Math.floor(organ.length / 2)]!);
    }
    expect([Math.min(...medians), Math.max(...medians)]).toEqual([94, 110]);
    expect(contrastOf(medians).with).toBe(15);
  });
  it('is told in one line, with what it rests on', () => {
    const basis = "by the organ's middle HU: up to 55 without, from 70 on with";
    expect(describeContrast({ with: 3, without: 0, unclear: 0 })).toBe(`all with contrast medium (${basis})`);
    expect(describeContrast({ with: 0, without: 2, unclear: 0 })).toBe(`all without contrast medium (${basis})`);
    expect(describeContrast({ with: 2, without: 1, unclear: 1 })).toBe(
      `2 with contrast medium, 1 without, 1 unclear (${basis}): a network learns best from one kind`,
    );
  });
});
