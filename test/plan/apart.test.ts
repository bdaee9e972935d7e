import { describe, expect, it } from 'vitest';
import type { CaseList } from '../../lib/dataset/caseList.ts';
import { withValuesApart } from '../../lib/plan/apart.ts';

const set: CaseList = { dataset: 'made up', kind: '3d', folder: '.', cases: [], labelMap: { 1: 1, 2: 1, 3: 0 } };

describe('A set with its values apart', () => {
  it('has a class for each value of the foreground, by the names of dataset.json', () => {
    const apart = withValuesApart({ ...set, labelNames: { 1: 'pancreas', 2: 'tumour', 3: 'liver' } });
    expect(apart.labelMap).toEqual({ 1: 1, 2: 2, 3: 0 });
    expect(apart.classes).toEqual([
      { name: 'pancreas', values: [1] },
      { name: 'tumour', values: [2] },
    ]);
  });

  it('numbers values without a name that can be part of a file name, or of one name', () => {
    const names = (labelNames: Record<number, string>) =>
      withValuesApart({ ...set, labelNames }).classes?.map(({ name }) => name);
    expect(names({ 2: 'a / b' })).toEqual(['value-1', 'value-2']);
    expect(names({ 1: 'Organ', 2: 'organ' })).toEqual(['value-1', 'value-2']);
  });

  it('is as it was with one value, with pictures, and with classes of its own', () => {
    const one = { ...set, labelMap: { 1: 1, 2: 0 } };
    const own = { ...set, labelMap: { 1: 1, 2: 2 }, classes: [{ name: 'a', values: [1, 2] }] };
    const pictures = { ...set, kind: '2d' as const };
    expect([one, own, pictures].map(withValuesApart)).toEqual([one, own, pictures]);
  });
});
