/** Keeps two processes from training in one run folder, where they would overwrite each other's checkpoints. */
import path from 'node:path';
import { type Lease, type LeaseOptions, takeLease } from '../io/lease.ts';
import { makeFolder } from '../io/writable.ts';

/** The note of who trains in a run folder. */
export const lockFile = (folder: string): string => path.join(folder, 'training.pid');

/**
 * Holds a run folder, which is made where it is missing, for this process. Throws a UserError when another living
 * process trains there, on this machine or on another that shares the folder; see `takeLease`.
 */
export async function lockRun(folder: string, options: Omit<LeaseOptions, 'wanted'> = {}): Promise<Lease> {
  await makeFolder(folder);
  return takeLease(lockFile(folder), { ...options, wanted: 'a run folder in which nobody else trains' });
}
