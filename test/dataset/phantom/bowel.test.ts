/** The digestive tract: it fills the cavity and gives way to the pancreas. */
import { describe, expect, it } from 'vitest';
import { paintBowel } from '../../../lib/dataset/phantom/bowel.ts';
import { pancreasOf } from '../../../lib/dataset/phantom/pancreas.ts';
import { grown } from '../../../lib/dataset/phantom/solids.ts';
import { paintWall } from '../../../lib/dataset/phantom/wall.ts';
import { canvasOf, count, first } from './painted.ts';

describe('paintBowel', () => {
  const canvas = canvasOf(first);
  const wall = paintWall(canvas, first);
  const before = canvas.hu.slice();
  const pancreas = pancreasOf(first);
  paintBowel(canvas, first, wall, pancreas);
  const isChanged = (v: number): boolean => canvas.hu[v] !== before[v];

  it('paints more than a litre of loops of many densities, gas among them', () => {
    expect(count(canvas.hu, (_, v) => isChanged(v)) * 0.25).toBeGreaterThan(1000);
    expect(count(canvas.hu, (hu, v) => isChanged(v) && hu < -500)).toBeGreaterThan(0);
    expect(count(canvas.hu, (hu, v) => isChanged(v) && hu > 20 && hu < 120)).toBeGreaterThan(500);
  });
  it('leaves the middle of the pancreas alone, but for vessels of the mesentery', () => {
    // The same bend, so the same voxels; loops keep 2.5 mm away, and their rough surface reaches 7 mm further at most.
    const gland = canvasOf(first);
    gland.paint(grown(pancreas.solid, -9), 1, { label: 1 });
    const inside = count(gland.label, (label) => label === 1);
    const touched = count(gland.label, (label, v) => label === 1 && isChanged(v));
    expect(inside).toBeGreaterThan(20);
    expect(touched / inside).toBeLessThan(0.1);
  });
  it('stays inside the body, labels nothing and is the same for the same patient', () => {
    expect(canvas.hu[0]).toBe(-1000);
    expect(canvas.label.every((label) => label === 0)).toBe(true);
    const again = canvasOf(first);
    paintBowel(again, first, paintWall(again, first), pancreas);
    expect(Buffer.compare(Buffer.from(again.hu.buffer), Buffer.from(canvas.hu.buffer))).toBe(0);
  });
});
