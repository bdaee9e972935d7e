import { startProgress } from '../progress.ts';

/**
 * A progress line on stderr. It starts with the first report, which knows how much there is, and ends with the last.
 */
export function progressOnDemand(label: string): (done: number, total: number, note: string) => void {
  let progress: ReturnType<typeof startProgress> | undefined;
  return (done, total, note) => {
    progress ??= startProgress(label, total, process.stderr);
    progress.update(done, note);
    if (done === total) progress.finish();
  };
}
