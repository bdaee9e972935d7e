/**
 * What all t tests share: t = (estimate − what the null hypothesis says) / standard error, its p value and the interval
 * estimate ± t_quantile · standard error.
 */
import { studentP, studentQuantile } from './distributions/studentT.ts';
import { type Alternative, checkAlternative, checkConfidence } from './sample.ts';
import { timesPower } from './scale.ts';

export interface TTestOptions {
  readonly alternative?: Alternative;
  /** Of the interval; 0.95 by default. */
  readonly confidence?: number;
}

export interface TTest {
  readonly t: number;
  /** Degrees of freedom; fractional for Welch. */
  readonly df: number;
  readonly p: number;
  /** The mean, the mean of the differences, or mean(first) − mean(second). In the unit of the values. */
  readonly estimate: number;
  /** Confidence interval around `estimate`; one-sided, so open at one end, when the alternative is. */
  readonly interval: readonly [number, number];
}

/** What was measured, in the unit 2^`exponent`. */
interface Measured {
  /** What the interval is around. */
  readonly estimate: number;
  /** How far the estimate lies from the null hypothesis. */
  readonly difference: number;
  readonly standardError: number;
  readonly df: number;
  readonly exponent: number;
}

function intervalOf(
  { estimate, standardError, df, exponent }: Measured,
  alternative: Alternative,
  confidence: number,
): [number, number] {
  const tail = alternative === 'two-sided' ? (1 - confidence) / 2 : 1 - confidence;
  const reach = standardError === 0 ? 0 : -studentQuantile(tail, df) * standardError;
  return [
    alternative === 'less' ? -Infinity : timesPower(estimate - reach, exponent),
    alternative === 'greater' ? Infinity : timesPower(estimate + reach, exponent),
  ];
}

/** The test of what was measured. Refuses a confidence outside (0, 1) and an unknown alternative. */
export function tTestOf(measured: Measured, options: TTestOptions): TTest {
  const { alternative = 'two-sided', confidence = 0.95 } = options;
  checkConfidence(confidence);
  checkAlternative(alternative);
  const { difference, standardError, df } = measured;
  const t = difference / standardError;
  const estimate = timesPower(measured.estimate, measured.exponent);
  return { t, df, p: studentP(t, df, alternative), estimate, interval: intervalOf(measured, alternative, confidence) };
}
