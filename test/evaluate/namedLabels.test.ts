/** Masks of which none has a label that was named are refused; one empty mask among others is not. */
import { describe, expect, it } from 'vitest';
import { assertSomeNamed, heldLabels } from '../../lib/evaluate/namedLabels.ts';

const rules = { labelMap: { 7: 1, 11: 0 }, otherLabels: 'background' } as const;
const held = (file: string, ...values: number[]) =>
  heldLabels(
    file,
    Uint8Array.from(values),
    Uint8Array.from(values, (value) => Number(value === 7)),
    rules,
  );
const check = (...masks: ReturnType<typeof held>[]) => assertSomeNamed('prediction', masks, rules);

describe('masks with other labels than the named ones', () => {
  it('are refused where none of them has a named one, with their values and names', () => {
    expect(held('a', 0, 3, 1, 3)).toEqual({ file: 'a', hasForeground: false, others: [1, 3] });
    expect(() => check(held('a.nii', 0, 3, 1), held('b.nii', 0, 0), held('c.nii', 2, 0))).toThrow(
      /^Expected label 7 in at least one prediction, found labels 1, 2, 3 alone in a\.nii, c\.nii$/,
    );
  });
  it('are named five at most', () => {
    const many = Array.from({ length: 7 }, (_, i) => held(`${i}`, 20 + i));
    expect(() => check(...many)).toThrow(/labels 20, 21, 22, 23, 24 and 2 more alone in 0, 1, 2, 3, 4 and 2 more$/);
  });
  it('are left alone beside one that has it, where all are empty, and where the map names what they hold', () => {
    expect(held('a', 0, 7, 3)).toEqual({ file: 'a', hasForeground: true, others: [] });
    check(held('a', 0, 1), held('b', 7, 1));
    check(held('a', 0, 0), held('b', 0));
    check(held('a', 0, 11));
    check();
  });
});
