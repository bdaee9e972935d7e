/** Keeps two processes from training in one run folder, where they would overwrite each other's checkpoints. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expected, UserError } from '../errors.ts';

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

/** The note, or undefined where there is none. One that is just being written is waited for. */
function readNote(file: string): string | undefined {
  try {
    if (!statSync(file).isFile())
      throw expected('the note of who trains', 'something that is not a regular file', file);
    const text = readFileSync(file, 'utf8');
    if (text !== '') return text;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); // milliseconds
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes the note where it still says `text`: what another process has written since is put back. */
function removeNote(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === text) rmSync(aside);
  else renameSync(aside, file);
}

/**
 * Notes this process (number and start) in `<folder>/training.pid` and returns the function that removes the note. A
 * note of a process that has ended is taken over, also when another process has its number by now (the machine or
 * container restarted). Throws when another living process trains in the folder; it knows of those of the same machine
 * and container alone.
 */
export function lockRun(folder: string): () => void {
  const file = path.join(folder, 'training.pid');
  const own = `${process.pid} ${startOf(process.pid)}\n`;
  mkdirSync(folder, { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, own, { flag: 'wx' });
      return () => removeNote(file, own);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const note = readNote(file);
    if (note === undefined) continue;
    const [pid, start] = note.trim().split(' ');
    const running = Number(pid) > 0 && Number(pid) !== process.pid ? startOf(Number(pid)) : undefined;
    if (running !== undefined && (!start || !running || start === running)) {
      throw new UserError(
        `Expected a run folder in which nobody else trains, found process ${pid} at work in ${folder} ` +
          '(if that is not so, delete training.pid there)',
      );
    }
    removeNote(file, note);
  }
}
