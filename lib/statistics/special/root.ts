/** Where an increasing or decreasing function crosses zero: quantiles are made with it. */

/** Points beyond which no logarithm of a double lies. */
const limit = 800;

/** e^x of a root x; ∞ and 0 where a root was sought beyond the logarithms of the largest and the smallest double. */
export function expWithin(x: number): number {
  if (x > 709.78) return Infinity;
  return x < -708 ? 0 : Math.exp(x);
}

/** Doubles an interval around `start` until the function changes sign in it. */
function bracket(f: (x: number) => number, start: number): [number, number] {
  let [low, high] = [start - 1, start + 1];
  const rising = f(high) >= f(low);
  for (let step = 1; low > -limit && f(low) >= 0 === rising; step *= 2) low -= step;
  for (let step = 1; high < limit && f(high) <= 0 === rising; step *= 2) high += step;
  return [low, high];
}

/**
 * The zero of a monotone function near `start`, between −800 and 800, to the last digits of a double; NaN when
 * it never crosses zero. Source: Chandrupatla 1997 (doi 10.1016/S0965-9978(96)00051-8): inverse quadratic
 * steps, bisection where they are not safe.
 */
export function monotoneRoot(f: (x: number) => number, start = 0): number {
  let [x2, x1] = bracket(f, start);
  let [f2, f1] = [f(x2), f(x1)];
  if (!(f1 * f2 <= 0)) return NaN;
  let step = 0.5;
  for (let i = 0; i < 200; i++) {
    const x = x1 + step * (x2 - x1);
    const value = f(x);
    let [x3, f3] = [x1, f1];
    if (value > 0 !== f1 > 0) [x3, f3, x2, f2] = [x2, f2, x1, f1];
    [x1, f1] = [x, value];
    const best = Math.abs(f1) < Math.abs(f2) ? x1 : x2;
    const tolerance = (2.3e-16 * Math.abs(best) + 1e-17) / Math.abs(x2 - x1);
    if (f1 === 0) return x1;
    if (!(tolerance < 0.5)) return best;
    const xi = (x1 - x2) / (x3 - x2);
    const phi = (f1 - f2) / (f3 - f2);
    const safe = phi ** 2 < xi && (1 - phi) ** 2 < 1 - xi;
    step = safe
      ? (f1 / (f2 - f1)) * (f3 / (f2 - f3)) + ((x3 - x1) / (x2 - x1)) * (f1 / (f3 - f1)) * (f2 / (f3 - f2))
      : 0.5;
    step = Math.min(1 - tolerance, Math.max(tolerance, step));
  }
  return x1;
}
