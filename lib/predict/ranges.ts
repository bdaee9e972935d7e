/** Ranges that numbers of the training lay in, and how a number of a scan that lies outside of one is said. */
import { object, realNumber, type Shape } from '../io/schema.ts';
import { middleOf } from './look.ts';

/** How a number is spread: the least, the middle and the most of what was seen. */
export type Extremes = Shape<typeof spreadSchema>;
export const spreadSchema = object({ least: realNumber, middle: realNumber, most: realNumber });

/** How numbers are shortened: to the nearest of those that lie `step` apart. */
interface Rounding {
  readonly round: (value: number) => number;
  readonly step: (value: number) => number;
}

/** To so many digits behind the point. */
export const decimals = (digits: number): Rounding => ({
  round: (value) => Number(value.toFixed(digits)),
  step: () => 10 ** -digits,
});

/** To so many digits in all. */
export const significant = (digits: number): Rounding => ({
  round: (value) => Number(value.toPrecision(digits)),
  step: (value) => (value === 0 ? 0 : 10 ** (Math.floor(Math.log10(Math.abs(value))) + 1 - digits)),
});

/** Scans are measured in single precision, which gives 49.999996 for 50. */
const { round: inSinglePrecision } = significant(6);

/**
 * The least, the middle and the most of some numbers, the ends rounded outwards: all lie between them, to six digits.
 */
export function extremesOf(values: readonly number[], { round, step }: Rounding = significant(4)): Extremes {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(inSinglePrecision) as [number, number];
  const [least, most] = [round(low), round(high)];
  return {
    least: 0 + (least > low ? round(least - step(low)) : least), // no −0
    middle: 0 + round(middleOf(values)),
    most: 0 + (most < high ? round(most + step(high)) : most),
  };
}

export const isInside = (value: number, { least, most }: Extremes): boolean => value >= least && value <= most;

/** Pixels or slices so many times as large as the largest of the training, or as small, are of another kind. */
const farTimes = 2;

/** The range of lengths that are still of the kind. */
export const ofTheKind = ({ least, middle, most }: Extremes): Extremes => ({
  least: least / farTimes,
  middle,
  most: most * farTimes,
});

export const inPercent = (share: number): string => `${Math.round(100 * share)} %`;
export const inHu = (value: number): string => `${Math.round(value)} HU`;
export const inMm = (value: number): string => `${Number(value.toPrecision(3))} mm`;

/** `49 HU to 115 HU in training`; one number where both ends read alike. */
export const inTraining = ({ least, most }: Extremes, shown: (value: number) => string): string =>
  `${[...new Set([least, most].map(shown))].join(' to ')} in training`;

/** What soft tissue of another brightness may come from. */
export const contrastDoubt = 'perhaps without contrast medium, in another phase, or another part of the body';

/** A number of a scan, null where it has none, the range that is allowed, and the phrase for a value outside of it. */
export interface Judged {
  readonly value: number | null | undefined;
  readonly range: Extremes;
  readonly tell: (value: number) => string;
}

export const unlike = (phrase: string): string => `unlike the training data: ${phrase}`;

/** One phrase for each number that lies outside of its range. */
export const unlikePhrases = (judged: readonly Judged[]): string[] =>
  judged.flatMap(({ value, range, tell }) => (value == null || isInside(value, range) ? [] : [unlike(tell(value))]));
