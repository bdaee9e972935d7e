/** Keeps two processes from training in one run folder, where they would overwrite each other's checkpoints. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's process, but there
  }
}

/**
 * Notes this process in `<folder>/training.pid` and returns the function that removes the note. A note of a process that
 * is gone (killed, or the machine restarted) is taken over. Throws when another living process trains in the folder.
 */
export function lockRun(folder: string): () => void {
  const file = path.join(folder, 'training.pid');
  mkdirSync(folder, { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0 && pid !== process.pid && isAlive(pid)) {
      throw new UserError(`Expected a run folder in which nobody else trains, found process ${pid} at work in ${folder} (if that is not so, delete training.pid there)`);
    }
    rmSync(file, { force: true });
  }
}
