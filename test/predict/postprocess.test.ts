import { describe, expect, it } from 'vitest';
import {
  describePostprocessing,
  parsePostprocessing,
  postprocessClasses,
  postprocessMask,
} from '../../lib/predict/postprocess.ts';
import type { Vec3 } from '../../lib/volume/volume.ts';

const shape: Vec3 = [9, 1, 1];
const row = [1, 0, 1, 1, 0, 1, 1, 1, 0];

describe('post-processing', () => {
  it('keeps the largest component, or those of enough millilitres', () => {
    expect([...postprocessMask(row, shape, [1, 1, 1], { keep: 'largest' })]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0]);
    expect([...postprocessMask(row, shape, [10, 10, 10], { keep: { minimumMl: 2 } })]).toEqual([
      0, 0, 1, 1, 0, 1, 1, 1, 0,
    ]);
    expect([...postprocessMask(row, shape, [10, 10, 10], { keep: { minimumMl: 2.1 } })]).toEqual([
      0, 0, 0, 0, 0, 1, 1, 1, 0,
    ]);
    expect([...postprocessMask(row, shape, [0.1, 0.1, 0.1], { keep: { minimumMl: 0.000002 } })]).toEqual([
      0, 0, 1, 1, 0, 1, 1, 1, 0,
    ]);
  });

  it('does nothing unless asked, and fills holes after removing islands', () => {
    expect([...postprocessMask(row, shape, [1, 1, 1], {})]).toEqual(row);
    const ringWithIsland = [1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1];
    expect([...postprocessMask(ringWithIsland, [5, 5, 1], [1, 1, 1], { keep: 'largest', fillHoles: true })]).toEqual(
      new Array(25).fill(1),
    );
    expect([...postprocessMask(ringWithIsland, [5, 5, 1], [1, 1, 1], { keep: 'largest' })][12]).toBe(0);
  });

  it('takes all classes as one, keeps their numbers, and fills with the first', () => {
    // A tumour of 2 inside and beside its organ; the island of 2 goes, the hole becomes 1.
    const organ = Uint8Array.from([1, 1, 1, 0, 2, 1, 0, 2, 0, 0, 1, 2, 2, 0, 0]);
    expect([...postprocessClasses(organ, [5, 3, 1], [1, 1, 1], { keep: 'largest', fillHoles: true })]).toEqual([
      1, 1, 1, 0, 0, 1, 1, 2, 0, 0, 1, 2, 2, 0, 0,
    ]);
    expect([...postprocessClasses(organ, [5, 3, 1], [1, 1, 1], {})]).toEqual([...organ]);
  });

  it('is told in words', () => {
    expect(describePostprocessing({})).toBe('none');
    expect(describePostprocessing({ keep: { minimumMl: 0.1 }, fillHoles: true })).toBe(
      'components of at least 0.1 ml, holes filled',
    );
    expect(describePostprocessing({ keep: 'largest' })).toBe('largest component');
  });

  it('is read from a command line', () => {
    expect(parsePostprocessing('none')).toEqual({});
    expect(parsePostprocessing('largest')).toEqual({ keep: 'largest' });
    expect(parsePostprocessing('0.1ml, fill')).toEqual({ keep: { minimumMl: 0.1 }, fillHoles: true });
    expect(parsePostprocessing('fill,largest')).toEqual({ keep: 'largest', fillHoles: true });
  });

  it.each(['', 'biggest', 'largest,1ml', 'fill,fill', '0ml', '-1ml', '1', 'none,fill'])('refuses "%s"', (text) => {
    expect(() => parsePostprocessing(text)).toThrow(
      `Expected --postprocess none, largest, a volume such as 0.1ml, fill, or one of the two with ,fill, found "${text}"`,
    );
  });
});
