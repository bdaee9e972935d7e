import { describe, expect, it } from 'vitest';
import { parseWindow } from '../../../lib/cli/options/window.ts';

describe('--window', () => {
  it('is the lowest and the highest HU', () => {
    expect(parseWindow('-160, 240')).toEqual([-160, 240]);
  });

  it.each(['', '1', '1,', '1,2,3', 'a,b'])('refuses %j', (bad) => {
    expect(() => parseWindow(bad)).toThrow(
      `Expected --window as two numbers, such as --window=-160,240, found "${bad}"`,
    );
  });
});
