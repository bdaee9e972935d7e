/** A choice of a planner: what was chosen, how a table shows it, and why. */
export interface Reasoned<T> {
  readonly value: T;
  readonly shown: string;
  /** One or two sentences, with the numbers of the fingerprint that decided. */
  readonly reason: string;
}

/** A number with so many digits that matter, and no zeros behind them. */
export const shortNumber = (value: number, digits = 3): string => `${Number(value.toPrecision(digits))}`;

/** `0.5 %` */
export const percent = (share: number): string => `${shortNumber(100 * share, 2)} %`;

/** `1 case`, `2 cases` */
export const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** The value, not below and not above. */
export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
