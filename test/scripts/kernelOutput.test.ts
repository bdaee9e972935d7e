import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Output } from '../../scripts/kernel/output.cjs';
import { SendQueue } from '../../scripts/kernel/sendQueue.cjs';
import { textWriter } from '../../scripts/kernel/textWriter.cjs';

describe('what a cell prints', () => {
  let sent: string[];
  const send = (name: string, text: string): void => {
    sent.push(`${name}: ${text}`);
  };
  const limits = {
    joinMs: 50,
    directWrites: 2,
    joinChars: 100,
    burstChars: 1000,
    charsPerSecond: 100,
    tailChars: 20,
    messageChars: 0,
  };
  const make = (): any => new Output(limits);
  const print = (output: any, text: string, name = 'stdout'): void => output.write({ send, name, text });
  beforeEach(() => {
    sent = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('leaves at once where it is little, and joined 50 ms later where it comes fast', () => {
    const output = make();
    for (const text of ['a', 'b', 'c', 'd']) print(output, text);
    expect(sent).toEqual(['stdout: a', 'stdout: b']);
    vi.advanceTimersByTime(50);
    expect(sent).toEqual(['stdout: a', 'stdout: b', 'stdout: cd']);
  });

  it('leaves with the next write where no timer can run', () => {
    const output = make();
    for (const text of ['a', 'b', 'c', 'd']) print(output, text);
    vi.setSystemTime(Date.now() + 50);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 50);
    print(output, 'e');
    expect(sent.at(-1)).toBe('stdout: cde');
  });

  it('leaves at the latest when the cell ends, both streams in the order of their text', () => {
    const output = make();
    for (const text of ['a', 'b', 'c']) print(output, text);
    print(output, 'x', 'stderr');
    print(output, 'd');
    output.settle();
    expect(sent.slice(2)).toEqual(['stdout: c', 'stderr: x', 'stdout: d']);
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('is shown up to the bound and with its end; one line counts what is between', () => {
    const output = make();
    for (let i = 0; i < 300; i++) print(output, `line ${i}\n`.padEnd(10, '.'));
    print(output, 'last words');
    output.settle();
    const text = sent.map((line) => line.replace('stdout: ', '')).join('');
    const [, count] = /\n\[([\d,]+) characters left out: [^\n]*\]\n/.exec(text)!;
    expect(text.indexOf('\n[')).toBe(1000);
    expect(Number(count!.replaceAll(',', ''))).toBe(3010 - 1000 - 20);
    expect(text.endsWith('last words')).toBe(true);
  });

  it('is shown whole again in the next cell, and slowly in the same one', () => {
    const output = make();
    print(output, 'x'.repeat(5000));
    vi.advanceTimersByTime(1000);
    expect(sent.at(-1)).toBe(`stdout: ${'x'.repeat(20)}`);
    output.begin();
    print(output, 'y'.repeat(1000));
    expect(sent.at(-1)).toBe(`stdout: ${'y'.repeat(1000)}`);
  });

  it('belongs to its own cell, whichever runs when it leaves', () => {
    const output = make();
    const other: string[] = [];
    for (const text of ['a', 'b', 'c']) print(output, text);
    output.write({ send: (_: string, text: string) => other.push(text), name: 'stdout', text: 'd' });
    output.settle();
    expect(sent.at(-1)).toBe('stdout: c');
    expect(other).toEqual(['d']);
  });

  it('never carries half a surrogate pair', () => {
    print(make(), '\ud800');
    expect(sent).toEqual(['stdout: \ufffd']);
  });
});

describe('a queue before a socket', () => {
  /** A socket that takes one message at a time, as zeromq's. */
  class OneAtATime {
    taken: unknown[] = [];
    closed = false;
    private busy = false;

    send(frames: unknown): Promise<void> {
      if (this.closed) throw Object.assign(new Error('closed'), { code: 'EBADF' });
      if (this.busy) throw Object.assign(new Error('Socket is busy writing'), { code: 'EBUSY' });
      this.busy = true;
      return new Promise((resolve) => {
        setTimeout(() => {
          this.taken.push(frames);
          this.busy = false;
          resolve();
        }, 1);
      });
    }

    close(): void {
      this.closed = true;
    }
  }

  it('sends everything in order, although the socket takes one message at a time', async () => {
    const socket = new OneAtATime();
    const queue = new SendQueue(socket);
    for (let i = 0; i < 20; i++) queue.send(i);
    await vi.waitFor(() => expect(socket.taken).toHaveLength(20));
    expect(socket.taken).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('drops what comes after the end', () => {
    const queue = new SendQueue(new OneAtATime());
    queue.close();
    expect(() => queue.send(1)).not.toThrow();
  });

  it('asks zeromq neither to wait nor to drop messages', () => {
    const socket = new OneAtATime();
    new SendQueue(socket);
    expect(socket).toMatchObject({ sendTimeout: 0, sendHighWaterMark: 0 });
  });
});

describe('the stand-in for process.stdout.write', () => {
  const printed = (...calls: unknown[][]): string => {
    let text = '';
    const write = textWriter((part: string) => {
      text += part;
    });
    for (const call of calls) write(...call);
    return text;
  };

  it('takes text, bytes and encodings', () => {
    const view = new DataView(new Uint8Array([100]).buffer);
    expect(printed(['a'], [new Uint8Array([98])], ['Yw==', 'base64'], [view])).toBe('abcd');
  });

  it('joins characters that come in two parts', () => {
    expect(printed([Buffer.from('€').subarray(0, 1)], [Buffer.from('€').subarray(1)])).toBe('€');
  });

  it('calls back', async () => {
    await new Promise<void>((done) => {
      textWriter(() => {})('a', done);
    });
    await new Promise<void>((done) => {
      textWriter(() => {})('a', 'utf8', done);
    });
  });

  it('refuses what is neither text nor bytes', () => {
    expect(() => printed([5])).toThrow('Expected text or bytes to write, got number');
  });
});
