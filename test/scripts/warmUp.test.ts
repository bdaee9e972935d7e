/** The first cell is prepared while nothing else is asked for. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stepsFor, WarmUp } from '../../scripts/kernel/warmUp.cjs';

describe('warming up', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('takes one step after the other when nothing was asked for half a second', () => {
    const done: number[] = [];
    const warmUp = new WarmUp([1, 2].map((n) => () => done.push(n)));
    warmUp.begin();
    vi.advanceTimersByTime(400);
    warmUp.begin();
    vi.advanceTimersByTime(400);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(done).toEqual([1]);
    vi.advanceTimersByTime(500);
    expect(done).toEqual([1, 2]);
    warmUp.begin();
    expect(vi.getTimerCount()).toBe(0);
  });
  it('ends with the first cell, and with a step that fails', () => {
    const done: number[] = [];
    const first = new WarmUp([() => done.push(1), () => done.push(2)]);
    first.begin();
    vi.advanceTimersByTime(500);
    first.end();
    first.begin();
    vi.advanceTimersByTime(5000);
    expect(done).toEqual([1]);
    const failing = new WarmUp([() => expect.fail(), () => done.push(3)]);
    failing.begin();
    vi.advanceTimersByTime(5000);
    expect(done).toEqual([1]);
  });
  it('compiles a cell that imports what notebooks begin with', () => {
    const cells: string[] = [];
    stepsFor({ convert: (_: string, cell: string) => void cells.push(cell) })[0]();
    expect(cells.join()).toMatch(/from 'axunet';[^]*from 'axunet-lessons'/);
  });
});
