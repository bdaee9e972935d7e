import { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nthOf, slicesText, startProgress } from '../lib/progress.ts';

const interrupts = Symbol.for('axunet.interrupts');

/** What a progress line of ten prints into a file, one report a second. */
function reports(...done: number[]): string[] {
  vi.stubEnv('AXUNET_PROGRESS', '');
  vi.useFakeTimers({ toFake: ['performance'] });
  const lines: string[] = [];
  const out = new Writable({
    write: (text, _, next) => {
      lines.push(String(text));
      next();
    },
  });
  const progress = startProgress('work', 10, out);
  for (const one of done) {
    vi.advanceTimersByTime(1000);
    progress.update(one);
  }
  return lines;
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  delete (globalThis as { [key: symbol]: unknown })[interrupts];
});

describe('a progress line', () => {
  it('counts volumes and slices for a reader, the last one to its end', () => {
    const nth = nthOf('volume');
    expect([0, 0.43, 1, 2.99, 3].map((done) => nth(done, 3))).toEqual([1, 1, 2, 3, 3].map((k) => `volume ${k} of 3`));
    expect([0, 4, 40].map((done) => slicesText(done, 40, 40))).toEqual([0, 4, 40].map((k) => `slice ${k} of 40`));
    expect(slicesText(40, 120, 40)).toBe('slice 40 of 40, look 1 of 3');
    expect(slicesText(44, 120, 40)).toBe('slice 4 of 40, look 2 of 3');
  });

  it('is counted in its own words', () => {
    const lines: string[] = [];
    const out = new Writable({ write: (text, _, next) => (lines.push(String(text)), next()) });
    startProgress('predict', 1, out, nthOf('volume')).update(1, 'a');
    expect(lines.join()).toMatch(/predict █+ volume 1 of 1 · a$/m);
  });

  it('tells the time left from the start of the work', () => {
    expect(reports(1, 2).at(-1)).toMatch(/ 2\/10, 8 s left$/m);
  });

  it('does not take what an earlier run did for fast work', () => {
    const [first, second] = reports(6, 7);
    expect(first).toMatch(/ 6\/10$/m);
    expect(second).toMatch(/ 7\/10, 3 s left$/m);
  });

  it('does not stop the work when its stream refuses a line', () => {
    const refuse = (): never => {
      throw Object.assign(new Error('Socket is busy writing'), { code: 'EBUSY' });
    };
    const progress = startProgress('work', 10, Object.assign(new Writable(), { write: refuse }));
    expect(() => {
      progress.update(10);
      progress.finish();
    }).not.toThrow();
  });

  it('does not stop the work when its stream breaks later or was closed before', async () => {
    const broken = new Writable({
      write: (_, __, next) => {
        setImmediate(next, new Error('EPIPE'));
      },
    });
    for (const out of [broken, new Writable().destroy()]) {
      const progress = startProgress('work', 1, out);
      progress.update(1);
      await vi.waitFor(() => expect(out.destroyed).toBe(true));
      progress.update(1);
      progress.finish();
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    }); // vitest reports an error that nobody listens to
  });

  it('ends the work of an interrupted cell', () => {
    const progress = startProgress('work', 10, new Writable({ write: (_, __, next) => next() }));
    progress.update(1);
    Object.assign(globalThis, { [interrupts]: 1 });
    expect(() => progress.update(2)).toThrow('interrupted');
  });
});
