/**
 * Learning-rate schedules as functions of progress, the share of the run that is over (0 to 1). Progress is counted in
 * steps, or in time where the run has a time box, so the same schedule serves both.
 */

/** The kinds of schedule that a configuration can name. */
export const scheduleKinds = ['constant', 'cosine', 'poly'] as const;

/** How the learning rate changes over the run. */
export interface Schedule {
  /**
   * `cosine` falls on half a cosine wave (doi 10.48550/arXiv.1608.03983, without restarts), `poly` as (1 -
   * progress)^power.
   */
  readonly kind: (typeof scheduleKinds)[number];
  /** Share of the run in which the rate grows linearly from (nearly) 0 to the full rate. */
  readonly warmUp: number;
  /** Share of the full rate that is left at the end (cosine, poly). */
  readonly floor: number;
  /** Exponent of `poly`. */
  readonly power: number;
}

/** Factor on the full learning rate at `progress`; outside 0..1 the nearest end counts. */
export function scheduleFactor({ kind, warmUp, floor, power }: Schedule, progress: number): number {
  const p = Math.min(1, Math.max(0, progress));
  if (p < warmUp) return Math.max(p / warmUp, 1e-3); // a step with rate 0 would only age the averages
  if (kind === 'constant') return 1;
  const rest = warmUp < 1 ? (p - warmUp) / (1 - warmUp) : 1;
  const fall = kind === 'cosine' ? (1 + Math.cos(Math.PI * rest)) / 2 : (1 - rest) ** power;
  return floor + (1 - floor) * fall;
}

/** The learning rate of a run at `progress`. */
export const learningRateAt = (config: { learningRate: number; schedule: Schedule }, progress: number): number =>
  config.learningRate * scheduleFactor(config.schedule, progress);
