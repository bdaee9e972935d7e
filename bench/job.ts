/** What a benchmark reports, and how it comes from measured seconds. */

/** One measured comparison. Seconds are wall clock; `null` where no peer was measured. */
export interface BenchJob {
  job: string;
  /** What ran on our side, such as `TensorFlow 2.16.2 (CPU)`. */
  ours: string;
  /** Minimum over the repetitions. */
  ours_s: number;
  ours_median_s: number;
  /** The peer and its variant, such as `PyTorch 2.13.0 channels_last`. */
  peer: string | null;
  peer_s: number | null;
  peer_median_s: number | null;
  /** ours_s / peer_s: below 1 means that ours is faster. */
  ratio: number | null;
  /** Repetitions, warm-up excluded. */
  n: number;
  /** Peak resident memory of each side's own process, in MiB. */
  ours_rss_mb: number | null;
  peer_rss_mb: number | null;
}

/** What one side took: seconds of each repetition, and the peak memory of its process. */
export interface Measurement {
  name: string;
  seconds: number[];
  rssMb: number | null;
}

export const minimum = (values: number[]): number => Math.min(...values);

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/**
 * Puts our measurement beside the best (by its minimum) of the peers' measurements; with no peer its columns are null.
 */
export function benchJob(job: string, ours: Measurement, peers: Measurement[]): BenchJob {
  const [best] = peers.toSorted((a, b) => minimum(a.seconds) - minimum(b.seconds));
  return {
    job,
    ours: ours.name,
    ours_s: rounded(minimum(ours.seconds)),
    ours_median_s: rounded(median(ours.seconds)),
    peer: best?.name ?? null,
    peer_s: best ? rounded(minimum(best.seconds)) : null,
    peer_median_s: best ? rounded(median(best.seconds)) : null,
    ratio: best ? rounded(minimum(ours.seconds) / minimum(best.seconds)) : null,
    n: ours.seconds.length,
    ours_rss_mb: ours.rssMb,
    peer_rss_mb: best?.rssMb ?? null,
  };
}
