/**
 * Which HU the grey values of pictures stand for, from pixels of which both are known.
 *
 * Whether a picture shows a slice is told without knowing the window, by the correlation ratio η² of grey given HU
 * (Roche et al. 1998, doi:10.1007/BFb0056301): the share of the variance of grey that HU explains, whatever the curve
 * between them. 1 where each HU has one grey value.
 *
 * The window is a straight line through the pixels between its ends: grey = 255 (HU − black) / (white − black). Grey is
 * what is fitted and HU what is given, since grey has the errors of JPEG; pixels are chosen by their HU alone, some way
 * inside, so that what JPEG makes of an end does not bend the line.
 */
import { expected } from 'axunet/errors';

/** Grey and HU of the same pixels. */
export interface GreyPair {
  readonly grey: ArrayLike<number>;
  readonly hu: ArrayLike<number>;
}

/** A straight line from HU to grey, as the HU that it makes black and white, and what it leaves. */
export interface WindowFit {
  readonly blackHu: number;
  readonly whiteHu: number;
  /** Standard deviation of HU about what grey says, of the pixels that were fitted. */
  readonly residualHu: number;
  readonly pixels: number;
}

/** Width in HU of the classes of the correlation ratio; below and above the range all is one class. */
const classHu = 8;
const classes = 64;
const firstHu = -128;

const classOf = (hu: number): number => Math.max(0, Math.min(classes - 1, Math.floor((hu - firstHu) / classHu)));

/** η² of grey given HU, of every `step`th pixel; 0 where grey is the same everywhere. */
export function correlationRatio({ grey, hu }: GreyPair, step = 1): number {
  const [count, sum] = [new Float64Array(classes), new Float64Array(classes)];
  let [n, total, squares] = [0, 0, 0];
  for (let i = 0; i < grey.length; i += step) {
    const [c, g] = [classOf(hu[i]!), grey[i]!];
    count[c]!++;
    sum[c]! += g;
    n++;
    total += g;
    squares += g * g;
  }
  const mean = total / n;
  const variance = squares / n - mean * mean;
  if (!(variance > 0)) return 0;
  const between = count.reduce((all, k, c) => (k > 0 ? all + k * (sum[c]! / k - mean) ** 2 : all), 0);
  return between / n / variance;
}

/** Least squares of grey on HU over the pixels whose HU lies between the two. */
function lineThrough(
  pairs: readonly GreyPair[],
  low: number,
  high: number,
): { slope: number; offset: number; n: number } {
  let [n, sumX, sumY, sumXx, sumXy] = [0, 0, 0, 0, 0];
  for (const { grey, hu } of pairs)
    for (let i = 0; i < grey.length; i++) {
      const [x, y] = [hu[i]!, grey[i]!];
      if (x < low || x > high) continue;
      n++;
      sumX += x;
      sumY += y;
      sumXx += x * x;
      sumXy += x * y;
    }
  const slope = (n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX);
  return { slope, offset: (sumY - slope * sumX) / n, n };
}

/** Share of the window at each end that is left out. */
const leftOut = 0.1;
const rounds = 50;
const fewest = 100;

/**
 * The window of pairs of pixels, found from a first guess by fitting and choosing the pixels anew until nothing
 * changes. Throws a UserError where fewer than 100 pixels lie inside, or grey does not rise with HU.
 */
export function fitWindow(pairs: readonly GreyPair[], [black, white]: readonly [number, number]): WindowFit {
  let [blackHu, whiteHu, pixels] = [black, white, 0];
  for (let round = 0; round < rounds; round++) {
    const room = leftOut * (whiteHu - blackHu);
    const { slope, offset, n } = lineThrough(pairs, blackHu + room, whiteHu - room);
    if (n < fewest) throw expected(`${fewest} pixels between black and white`, `${n}`);
    if (!(slope > 0)) throw expected('grey that rises with HU', `a slope of ${slope}`);
    const [nextBlack, nextWhite] = [-offset / slope, (255 - offset) / slope];
    const moved = Math.abs(nextBlack - blackHu) + Math.abs(nextWhite - whiteHu);
    [blackHu, whiteHu, pixels] = [nextBlack, nextWhite, n];
    if (moved < 1e-9) break;
  }
  return { blackHu, whiteHu, pixels, residualHu: residual(pairs, blackHu, whiteHu) };
}

function residual(pairs: readonly GreyPair[], blackHu: number, whiteHu: number): number {
  const room = leftOut * (whiteHu - blackHu);
  let [n, squares] = [0, 0];
  for (const { grey, hu } of pairs)
    for (let i = 0; i < grey.length; i++) {
      const x = hu[i]!;
      if (x < blackHu + room || x > whiteHu - room) continue;
      n++;
      squares += (blackHu + (grey[i]! / 255) * (whiteHu - blackHu) - x) ** 2;
    }
  return Math.sqrt(squares / n);
}

/** The middle of the values in each class of `widthHu` from `low` to `high`: [HU, middle grey, pixels]. */
export function greyCurve(
  pairs: readonly GreyPair[],
  { low, high, widthHu }: { readonly low: number; readonly high: number; readonly widthHu: number },
): (readonly [hu: number, grey: number, pixels: number])[] {
  const size = Math.round((high - low) / widthHu);
  const counts = Array.from({ length: size }, () => new Float64Array(256));
  for (const { grey, hu } of pairs)
    for (let i = 0; i < grey.length; i++) {
      const c = Math.floor((hu[i]! - low) / widthHu);
      if (c >= 0 && c < size) counts[c]![Math.round(grey[i]!)]!++;
    }
  return counts.flatMap((count, c) => {
    const pixels = count.reduce((a, b) => a + b, 0);
    if (pixels < fewest) return [];
    let [left, middle] = [pixels / 2, 0];
    while (left > count[middle]!) left -= count[middle++]!;
    return [[low + (c + 0.5) * widthHu, middle, pixels] as const];
  });
}
