/**
 * A note in a file that says who works at a place: a process of this machine, or of another one that shares the folder
 * and renews its note every few seconds.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { cleanText, expected, UserError } from '../errors.ts';
import { settings } from '../settings.ts';

/** Who holds a place: what the first line of a note says. */
interface Holder {
  readonly pid: number;
  /** When the kernel started it, in the kernel's count; '' where the system does not tell. */
  readonly start: string;
  /** Whose process number it is; absent in notes of earlier versions, which knew one machine alone. */
  readonly kernel?: string;
  readonly host?: string;
  /** By the clock of the host. */
  readonly since?: string;
}

/** Times in milliseconds; tests shorten them. */
export interface LeaseTimes {
  /** From one renewal to the next. */
  readonly renewMs: number;
  /** A note of another machine that stays the same for so long is silent. */
  readonly patienceMs: number;
}
const usualTimes: LeaseTimes = { renewMs: 5000, patienceMs: 30_000 };

export interface LeaseOptions {
  /** What is wanted, for messages, such as "a run folder in which nobody else trains". */
  readonly wanted: string;
  /** Take over a silent note of another machine. */
  readonly takeOver?: boolean;
  /** Hears that a note of another machine is being watched. */
  readonly onWait?: (message: string) => void;
  readonly times?: LeaseTimes;
}

/** A place that is held until `release`. */
export interface Lease {
  /** Throws a UserError where another process has taken over, as from one that was stopped for long. */
  assertHeld(): void;
  release(): void;
}

/**
 * When a process started, in the kernel's count, '' where the system does not tell, and undefined where it no longer
 * runs: gone, or ended and kept in the process table because nobody asked how (in containers whose first process is no
 * init, for ever).
 */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined; // else somebody else's process, but there
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // from the third of proc(5) on; the name before may hold blanks
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /[ZX]/.test(fields[0]) ? undefined : fields[19];
  } catch {
    return '';
  }
}

/** What counts the processes here: the kernel since its start, and the container's own numbers. */
function ownKernel(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() + readlinkSync('/proc/self/ns/pid');
  } catch {
    return os.hostname();
  }
}

function self(): Required<Holder> {
  const { machine } = settings;
  const word = (text: string): string => text.replace(/\s+/g, '_');
  const [kernel, host] = [machine ?? ownKernel(), machine ?? os.hostname()].map(word);
  return { pid: process.pid, start: startOf(process.pid) ?? '', kernel, host, since: new Date().toISOString() };
}

const lineOf = ({ pid, start, kernel, host, since }: Required<Holder>): string =>
  `${pid} ${start || '-'} ${kernel} ${host} ${since}\n`;

function holderIn(note: string): Holder {
  const [pid, start = '', kernel, host, since] = note.split('\n')[0]!.trim().split(' ');
  return { pid: Number(pid), start: start === '-' ? '' : start, kernel, host, since };
}

/** The note, or undefined where there is none. One that is just being written is waited for. */
async function readNote(file: string): Promise<string | undefined> {
  try {
    if (!statSync(file).isFile())
      throw expected('the note of who is at work', 'something that is not a regular file', file);
    const text = readFileSync(file, 'utf8');
    if (text !== '') return text;
    await sleep(200);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** With its newline; all of a note that has none. */
const firstLine = (note: string): string => /^[^\n]*\n?/.exec(note)![0];

/** Gives a note its place back, unless a third process has taken it meanwhile. */
function putBack(aside: string, file: string): void {
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(aside, file); // a disk without links
  }
}

/** Removes the note of a holder: what another process has written since is put back. */
function removeNote(file: string, line: string): void {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (firstLine(readFileSync(aside, 'utf8')) !== line) putBack(aside, file);
  rmSync(aside, { force: true });
}

/** The first line of a note, read anew from the disk; undefined where there is none. */
function lineIn(file: string): string | undefined {
  try {
    const handle = openSync(file, 'r'); // opening asks a file server, where reading alone may find an older copy
    try {
      const bytes = Buffer.alloc(1024);
      return firstLine(bytes.toString('utf8', 0, readSync(handle, bytes)));
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the kernel says of a holder; `elsewhere`: another kernel's, which cannot be asked. */
type Life = 'alive' | 'ended' | 'elsewhere';

function lifeOf({ pid, start, kernel }: Holder): Life {
  if (kernel !== undefined && kernel !== self().kernel) return 'elsewhere';
  const running = pid > 0 && pid !== process.pid ? startOf(pid) : undefined;
  return running !== undefined && (!start || !running || start === running) ? 'alive' : 'ended';
}

/** Whether a note changes or goes while it is watched. No clock of another machine is asked, for clocks differ. */
async function isRenewed(file: string, note: string, patienceMs: number): Promise<boolean> {
  for (const end = performance.now() + patienceMs; performance.now() < end; ) {
    await sleep(Math.min(250, patienceMs / 8));
    if ((await readNote(file)) !== note) return true;
  }
  return false;
}

/** Who is at work at a place, for an account of it. */
export interface Occupant {
  /** `ended`: its process is gone; `silent`: of another machine, and the note was not renewed while it was watched. */
  readonly state: 'alive' | 'ended' | 'silent';
  /** Process and machine, in words. */
  readonly who: string;
}

const nameOf = ({ pid, host, since }: Holder): string =>
  cleanText(host === undefined ? `process ${pid}` : `process ${pid} on ${host} since ${since}`);

/** Who holds the place of a note; undefined where nobody does. Notes of other machines are watched. */
export async function occupantOf(
  file: string,
  { patienceMs }: Pick<LeaseTimes, 'patienceMs'> = usualTimes,
): Promise<Occupant | undefined> {
  const note = await readNote(file);
  if (note === undefined) return undefined;
  const holder = holderIn(note);
  const { pid, start } = self();
  const life = holder.pid === pid && holder.start === start ? 'alive' : lifeOf(holder);
  if (life !== 'elsewhere') return { state: life, who: nameOf(holder) };
  return { state: (await isRenewed(file, note, patienceMs)) ? 'alive' : 'silent', who: nameOf(holder) };
}

/** Goes on where the holder is gone or may be replaced; throws a UserError that names it where not. */
async function refuseWhereHeld(file: string, note: string, options: LeaseOptions): Promise<void> {
  const { wanted, takeOver = false, onWait, times = usualTimes } = options;
  const holder = holderIn(note);
  const life = lifeOf(holder);
  if (life === 'ended') return;
  const who = nameOf(holder);
  if (life === 'alive')
    throw new UserError(`Expected ${wanted}, found ${who} at work (if that is not so, delete ${file})`);
  const seconds = times.patienceMs / 1000;
  onWait?.(`found the note of ${who}: watching for ${seconds} s whether it is renewed`);
  if (await isRenewed(file, note, times.patienceMs))
    throw new UserError(`Expected ${wanted}, found ${who} at work: it renewed its note in ${file} just now`);
  // a machine of this name that has started anew since, or a container: nobody is left there who could go on
  if (takeOver || holder.host === self().host) return;
  throw new UserError(
    `Expected ${wanted}, found the note of ${who}, not renewed for ${seconds} s, in ${file}: ` +
      'whether it has ended cannot be known here; if it has, take over with --take-over',
  );
}

/**
 * Renews the note in a thread, so that a long step of the main thread does not look like a silence. Where no thread is
 * to be had it is not renewed: this machine asks the kernel, and others see a silence.
 */
function startRenewing(file: string, line: string, { renewMs }: LeaseTimes): () => void {
  const options = { workerData: { file, line, renewMs }, execArgv: [], name: 'lease' };
  try {
    const worker = new Worker(new URL('./leaseThread.mjs', import.meta.url), options);
    worker.on('error', () => undefined);
    worker.unref();
    return () => void worker.terminate();
  } catch {
    return () => undefined;
  }
}

/**
 * Notes this process in `file`, whose folder must be there, and holds the place until it is released. A note of a
 * process that has ended on this machine is taken over at once, also when another process has its number by now. A note
 * of another machine is watched: one that is renewed, and one that is not unless `takeOver` says so, is not replaced.
 * Throws a UserError that names who is at work.
 */
export async function takeLease(file: string, options: LeaseOptions): Promise<Lease> {
  const line = lineOf(self());
  for (;;) {
    try {
      writeFileSync(file, `${line}renewed 0000000000\n`, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const note = await readNote(file);
    if (note === undefined) continue;
    await refuseWhereHeld(file, note, options);
    removeNote(file, firstLine(note));
  }
  const stop = startRenewing(file, line, options.times ?? usualTimes);
  return {
    assertHeld() {
      const found = lineIn(file);
      if (found === line) return;
      const other = found === undefined ? 'that its note is gone' : `that ${nameOf(holderIn(found))} has taken over`;
      throw expected(`${options.wanted}, this one`, other, file);
    },
    release() {
      stop();
      removeNote(file, line);
    },
  };
}
