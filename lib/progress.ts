import { setImmediate } from '#system/timers';
import { cleanText } from './errors.ts';

/** Seconds as a person says them: `8 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
}

/** A line that tells how far something is. */
export interface Progress {
  /**
   * Reports that `done` of the total are complete; `note` is shown at the end of the line.
   * In a notebook it throws after an interrupt, so that the work of a cell ends with its cell. It throws for nothing
   * else.
   */
  update(done: number, note?: string): void;
  /** Ends the line; `summary` replaces the bar. */
  finish(summary?: string): void;
}

const watched = new WeakSet<NodeJS.WritableStream>();

/**
 * Writes a line that may get lost: a stream that is broken, closed or full never stops the work that reports on it.
 * From the first call on, errors that the stream emits later, such as EPIPE, are passed over too.
 */
export function tryWrite(out: NodeJS.WritableStream, text: string): void {
  try {
    out.write(text);
    if (!watched.has(out)) out.on('error', () => {});
    watched.add(out);
  } catch {
    // The line is lost.
  }
}

/** How often the notebook's kernel was interrupted; scripts/kernel.cjs counts. */
const interrupts = (): number =>
  (globalThis as { [count: symbol]: number | undefined })[Symbol.for('axunet.interrupts')] ?? 0;

/** What is counted, for a reader: `volume 2 of 5`, of which a part is done. */
export const nthOf =
  (what: string) =>
  (done: number, total: number): string =>
    `${what} ${Math.min(total, Math.floor(done) + 1)} of ${total}`;

/** How far a volume is: `slice 36 of 120`, and which look at it where there are several. */
export function slicesText(done: number, total: number, slices: number): string {
  const [looks, look] = [Math.round(total / slices), Math.max(0, Math.ceil(done / slices) - 1)];
  return `slice ${done - look * slices} of ${slices}${looks > 1 ? `, look ${look + 1} of ${looks}` : ''}`;
}

/**
 * A progress line with bar, count and time left, redrawn in place at most ten times a second.
 * In a notebook or a terminal the line overwrites itself; in a log file only every tenth of the way is printed.
 * `count` says how far it is, `3/10` unless told otherwise.
 */
export function startProgress(
  label: string,
  total: number,
  out: NodeJS.WritableStream = process.stdout,
  count = (done: number, all: number): string => `${done}/${all}`,
): Progress {
  const started = performance.now();
  const interruptsBefore = interrupts();
  const live = Boolean((out as NodeJS.WriteStream).isTTY) || process.env.AXUNET_PROGRESS === 'live';
  let drawn = -Infinity;
  let printedTenth = 0;
  let width = 0;
  // Resumed work does not begin at 0: then the time left is judged by what was done since the first report.
  let begin: { done: number; at: number } | undefined;
  const timeLeft = (done: number): string => {
    if (!begin || done <= begin.done || done >= total) return '';
    const seconds = (performance.now() - begin.at) / 1000;
    return `, ${formatSeconds((seconds / (done - begin.done)) * (total - done))} left`;
  };
  const line = (done: number, note: string): string => {
    const share = total > 0 ? done / total : 1;
    const left = timeLeft(done);
    const bar = '█'.repeat(Math.round(share * 20)).padEnd(20, '░');
    return `${label} ${bar} ${count(done, total)}${left}${note ? ` · ${cleanText(note)}` : ''}`;
  };
  return {
    update(done, note = '') {
      if (interrupts() !== interruptsBefore) throw new Error("The notebook's kernel was interrupted");
      const now = performance.now();
      begin ??= done > 1 ? { done, at: now } : { done: 0, at: started };
      const tenth = Math.floor((10 * done) / Math.max(total, 1));
      if (live ? now - drawn < 100 && done < total : tenth <= printedTenth) return;
      drawn = now;
      printedTenth = tenth;
      const text = line(done, note);
      tryWrite(out, live ? `\r${text.padEnd(width)}` : `${text}\n`);
      width = text.length;
    },
    finish(summary) {
      const text = summary ?? `${label}: ${total} in ${formatSeconds((performance.now() - started) / 1000)}`;
      tryWrite(out, live ? `\r${text.padEnd(width)}\n` : `${text}\n`);
    },
  };
}

/** Gives timers, signals and notebook messages a turn between two pieces of synchronous work. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
