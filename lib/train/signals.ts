/**
 * Turns SIGINT and SIGTERM into a request that the training loop answers between two steps: save, then stop.
 * A second signal does what it does without us, so nobody has to wait for a save that hangs; one within a second of the
 * first is the same one, since a terminal's Ctrl-C reaches this process and the starter that hands it on.
 */
export const EX_TEMPFAIL = 75;

const watched = ['SIGINT', 'SIGTERM'] as const;

export interface StopRequest {
  /** The signal that came, if any. */
  readonly signal: NodeJS.Signals | undefined;
  /** Stops listening; the default reaction of Node is back. */
  dispose(): void;
}

export function watchSignals(): StopRequest {
  let signal: NodeJS.Signals | undefined;
  let cameAt = 0;
  const dispose = (): void => watched.forEach((name) => process.removeListener(name, onSignal));
  const onSignal = (name: NodeJS.Signals): void => {
    if (signal === undefined) [signal, cameAt] = [name, performance.now()];
    else if (performance.now() - cameAt > 1000) {
      dispose();
      process.kill(process.pid, name);
    }
  };
  watched.forEach((name) => process.on(name, onSignal));
  return {
    get signal() {
      return signal;
    },
    dispose,
  };
}
