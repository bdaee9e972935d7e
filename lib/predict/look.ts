/**
 * How an axial slice of the abdomen looks, in a few numbers that a picture of it has too: only values that lie in the
 * window of the picture count, and sizes are in pixels.
 *
 * Soft tissue: pixels whose mean over 3 × 3 lies between 20 and 200 HU, above water and below most bone. Bright: at
 * least 80 HU, which in soft tissue only contrast medium makes: without it liver, spleen and vessels measure 40 to 65
 * HU, after it 100 and more (textbook values, as in `plan/contrast.ts`).
 */

/** The numbers of one slice. */
export interface SliceLook {
  /** Middle HU of the soft tissue. */
  readonly softHu: number;
  /** Share of the soft tissue that is bright. */
  readonly brightShare: number;
  /** Noise: the standard deviation that the differences of neighbouring pixels of soft tissue tell of. */
  readonly noiseHu: number;
  /** Rows and columns between which 96 % of the soft tissue lies. */
  readonly bodyRows: number;
  readonly bodyColumns: number;
}

const softHu = [20, 200] as const;
const brightFromHu = 80;
/** Share of the soft tissue that is left out at each side: skin, the table. */
const outside = 0.02;
/** Less soft tissue than this share of the slice tells nothing. */
const leastSoft = 0.01;

/** The mean over 3 × 3 pixels, the edge repeated. */
function smoothed(hu: ArrayLike<number>, height: number, width: number): Float32Array {
  const rows = new Float32Array(hu.length);
  const both = new Float32Array(hu.length);
  for (let y = 0; y < height; y++)
    for (let x = 0, i = y * width; x < width; x++, i++)
      rows[i] = hu[x > 0 ? i - 1 : i]! + hu[i]! + hu[x < width - 1 ? i + 1 : i]!;
  for (let y = 0; y < height; y++)
    for (let x = 0, i = y * width; x < width; x++, i++)
      both[i] = (rows[y > 0 ? i - width : i]! + rows[i]! + rows[y < height - 1 ? i + width : i]!) / 9;
  return both;
}

/** The middle of some numbers, NaN of none. */
export function middleOf(values: ArrayLike<number>): number {
  const sorted = new Float64Array(values).sort();
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Of counts by place: how many places lie between the two that leave `outside` of all at each side. */
function extentOf(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((a, b) => a + b, 0);
  let [first, last] = [0, counts.length - 1];
  for (let left = outside * total - counts[0]!; left >= 0 && first < last; left -= counts[first]!) first++;
  for (let left = outside * total - counts[last]!; left >= 0 && last > first; left -= counts[last]!) last--;
  return last - first + 1;
}

/** Between how many rows and columns the soft tissue lies. */
function bodyOf(soft: Uint8Array, height: number, width: number): readonly [rows: number, columns: number] {
  const [rows, columns] = [new Float64Array(height), new Float64Array(width)];
  soft.forEach((v, i) => {
    if (!v) return;
    rows[Math.floor(i / width)]!++;
    columns[i % width]!++;
  });
  return [extentOf(rows), extentOf(columns)];
}

/** The median of |a − b| of two normal numbers is 0.6745 √2 of their standard deviation. */
const sdOfDifferences = 1 / (0.6745 * Math.SQRT2);

/** The look of a slice (H, W) in HU; undefined where hardly anything is soft tissue. */
export function lookOf(hu: ArrayLike<number>, height: number, width: number): SliceLook | undefined {
  const mean = smoothed(hu, height, width);
  const soft = new Uint8Array(mean.length);
  for (let i = 0; i < soft.length; i++) if (mean[i]! >= softHu[0] && mean[i]! <= softHu[1]) soft[i] = 1;
  const values = mean.filter((_, i) => soft[i] === 1);
  if (values.length < leastSoft * mean.length) return undefined;
  const differences: number[] = [];
  for (let i = 1; i < soft.length; i++)
    if (soft[i] && soft[i - 1] && i % width > 0) differences.push(Math.abs(hu[i]! - hu[i - 1]!));
  const bright = values.reduce((n, v) => n + Number(v >= brightFromHu), 0);
  const [bodyRows, bodyColumns] = bodyOf(soft, height, width);
  return {
    softHu: middleOf(values),
    brightShare: bright / values.length,
    noiseHu: differences.length > 0 ? middleOf(differences) * sdOfDifferences : 0,
    bodyRows,
    bodyColumns,
  };
}

/** Width of the classes in which peaks are looked for, and how many values a peak must have. */
const classHu = 4;
const leastInPeak = 200;

/**
 * The HU between `low` and `high` that are the most frequent, in classes of 4 HU of which three are added up; undefined
 * where there are fewer than 200 values or the most frequent lie at an end, which is no peak.
 */
export function peakHu(values: ArrayLike<number>, low: number, high: number): number | undefined {
  const size = Math.floor((high - low) / classHu);
  const counts = new Float64Array(size);
  for (let i = 0; i < values.length; i++) {
    const c = Math.floor((values[i]! - low) / classHu);
    if (c >= 0 && c < size) counts[c]!++;
  }
  if (counts.reduce((a, b) => a + b, 0) < leastInPeak) return undefined;
  let [best, most] = [0, -1];
  for (let c = 0; c < size; c++) {
    const sum = (counts[c - 1] ?? 0) + counts[c]! + (counts[c + 1] ?? 0);
    if (sum > most) [best, most] = [c, sum];
  }
  return best <= 1 || best >= size - 2 ? undefined : low + (best + 0.5) * classHu;
}

/** Where fat is looked for. */
export const fatRangeHu = [-160, -40] as const;
