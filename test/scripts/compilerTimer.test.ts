import { beforeEach, describe, expect, it } from 'vitest';
import { shareTimer } from '../../scripts/kernel/compilerTimer.cjs';

describe("the compiler's timers", () => {
  let host: any;
  let held: (() => void) | undefined;
  let ran: string[];
  const note = (name: string): void => {
    ran.push(name);
  };

  /** Runs the timer that is held, as tslab does with the next cell. */
  const runHeld = (): void => {
    held!();
    held = undefined;
  };

  beforeEach(() => {
    [held, ran] = [undefined, []];
    host = shareTimer({
      setTimeout: (callback: () => void) => {
        if (held) throw new Error('a second timer');
        held = callback;
        return callback;
      },
      clearTimeout: (timer: unknown) => {
        if (held !== timer) throw new Error('another timer');
        held = undefined;
      },
    });
  });

  it('run in the order in which they were set, with one timer of tslab, each once', () => {
    host.setTimeout(note, 250, 'look for modules');
    host.setTimeout(note, 250, 'compile');
    runHeld();
    expect(ran).toEqual(['look for modules', 'compile']);
    expect(held).toBeUndefined();
    host.setTimeout(note, 250, 'compile again');
    runHeld();
    expect(ran).toEqual(['look for modules', 'compile', 'compile again']);
  });

  it('may be set by one that runs', () => {
    host.setTimeout(() => host.setTimeout(note, 250, 'compile'), 250);
    runHeld();
    expect(ran).toEqual(['compile']);
  });

  it('do not run once they are cleared, which leaves the others', () => {
    const timer = host.setTimeout(note, 250, 'compile');
    host.setTimeout(note, 250, 'look for modules');
    host.clearTimeout(timer);
    host.setTimeout(note, 250, 'compile with the change');
    runHeld();
    expect(ran).toEqual(['look for modules', 'compile with the change']);
  });

  it('can be set and run after one that failed', () => {
    host.setTimeout(() => {
      throw new Error('expected');
    }, 250);
    host.setTimeout(note, 250, 'left over');
    expect(() => held!()).toThrow('expected');
    host.setTimeout(note, 250, 'the next cell');
    runHeld();
    expect(ran).toEqual(['left over', 'the next cell']);
  });
});
