/** One evaluator for the continued fractions of the incomplete functions. */

const tiny = 1e-300;
/** Fractions here need some √(parameter) steps; more than this only means a parameter beyond 1e10. */
const maxSteps = 1_000_000;

const notZero = (x: number): number => (x === 0 ? tiny : x);

/**
 * `b(0) + a(1)/(b(1) + a(2)/(b(2) + …))` by the modified Lentz method (Thompson & Barnett 1986,
 * doi 10.1016/0021-9991(86)90046-X), until a step changes nothing any more. NaN terms give NaN.
 */
export function continuedFraction(a: (step: number) => number, b: (step: number) => number): number {
  let value = notZero(b(0));
  let c = value;
  let d = 0;
  for (let step = 1; step < maxSteps; step++) {
    const [numerator, denominator] = [a(step), b(step)];
    d = 1 / notZero(denominator + numerator * d);
    c = notZero(denominator + numerator / c);
    const change = c * d;
    value *= change;
    if (!(Math.abs(change - 1) > 2e-16)) return value;
  }
  return value;
}
