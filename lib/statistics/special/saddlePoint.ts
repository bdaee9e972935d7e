/**
 * The two pieces that keep densities of the gamma and beta family exact to the last digits, where differences of
 * log-gammas would cancel. Source: Loader 2000, "Fast and accurate computation of binomial probabilities".
 */

/**
 * What Stirling's formula leaves out: log Γ(z) − [(z − ½) log z − z + ½ log 2π], for z > 0.
 * Asymptotic series (DLMF 5.11.1) from 16 on, below it the recurrence of the gamma function.
 */
export function stirlingError(z: number): number {
  let error = 0;
  let x = z;
  for (; x < 16; x++) error += (x + 0.5) * Math.log1p(1 / x) - 1;
  const r = 1 / (x * x);
  return error + (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / x;
}

/**
 * u·log(u/m) + m − u for u, m > 0: how far u lies from its mean m. Never negative, 0 at
 * u = m, without cancellation near it.
 */
export function deviance(u: number, m: number): number {
  const difference = u - m;
  const v = difference / (u + m);
  if (Math.abs(v) > 0.1) return u * Math.log(u / m) + m - u;
  // with v = (u − m) / (u + m): log(u/m) = 2 (v + v³/3 + v⁵/5 + …)
  let sum = difference * v;
  let power = 2 * u * v;
  for (let odd = 3; ; odd += 2) {
    power *= v * v;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

/** exp(−deviance(u, m)) = (m/u)^u · e^(u − m), in whichever form loses less. */
export function devianceFactor(u: number, m: number): number {
  const exponent = deviance(u, m);
  if (exponent > u && m < u) {
    const power = (m / u) ** u;
    if (power > 1e-290) return power * Math.exp(u - m);
  }
  return Math.exp(-exponent);
}
