/** Keeps two processes from training in one run folder, where they would overwrite each other's checkpoints. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';

/**
 * When a process started, in the kernel's count, '' where the system does not tell, and undefined where it no longer runs: gone,
 * or ended and kept in the process table because nobody asked how (in containers whose first process is no init, for ever).
 */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined; // else somebody else's process, but there
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third of proc(5) on; the name before may hold blanks
    return /[ZX]/.test(fields[0]) ? undefined : fields[19];
  } catch {
    return '';
  }
}

/**
 * Notes this process (number and start) in `<folder>/training.pid` and returns the function that removes the note. A note of a
 * process that has ended is taken over, also when another process has its number by now (the machine or container restarted).
 * Throws when another living process trains in the folder.
 */
export function lockRun(folder: string): () => void {
  const file = path.join(folder, 'training.pid');
  mkdirSync(folder, { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, `${process.pid} ${startOf(process.pid)}\n`, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid, start] = readFileSync(file, 'utf8').trim().split(' ');
    const running = Number(pid) > 0 && Number(pid) !== process.pid ? startOf(Number(pid)) : undefined;
    if (running !== undefined && (!start || !running || start === running)) {
      throw new UserError(`Expected a run folder in which nobody else trains, found process ${pid} at work in ${folder} (if that is not so, delete training.pid there)`);
    }
    rmSync(file, { force: true });
  }
}
