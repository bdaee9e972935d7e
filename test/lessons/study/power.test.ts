import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../lib/random.ts';
import {
  effectClassOf,
  methodNames,
  noEffect,
  type Population,
  powerAt,
} from '../../../notebooks/lessons/study/power.ts';

/** Normal values of so many people, `effects.length` independent features; the disease adds the same to everybody. */
function madeUp(people: number, effects: readonly number[], seed = 1): Population {
  const random = Random.stream(seed, 'people');
  const healthy = Object.fromEntries(
    effects.map((_, i) => [`f${i}`, Array.from({ length: people }, () => random.normal(0, 1))]),
  );
  const ill = Object.fromEntries(effects.map((effect, i) => [`f${i}`, healthy[`f${i}`]!.map((v) => v + effect)]));
  return { ill, healthy, effects: Object.fromEntries(effects.map((effect, i) => [`f${i}`, effect])) };
}

const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe('how often tests find what is there', () => {
  const population = madeUp(400, [...times(10, 0.8), ...times(10, -0.5), ...times(10, 0.3), ...times(10, 0.1)]);
  const result = powerAt(population, { patients: 26, cohorts: 80, resamples: 199, seed: 1 });
  const share = async (effects: string, method: string) =>
    (await result).shares.find((one) => one.effects === effects && one.method === method)!;

  it('is the power of the t test that the noncentral t distribution gives (SciPy 1.17.1, nct, n = 26)', async () => {
    // 800 tests each: three standard errors of a share are at most 0.053; the correlation of
    // cohorts that share people adds a little
    for (const [effects, power] of [
      ['large', 0.8075],
      ['medium', 0.424],
      ['small', 0.1856],
      ['hardly any', 0.0644],
    ] as const) {
      expect(Math.abs((await share(effects, 'Welch t')).share - power), effects).toBeLessThan(0.06);
      expect(Math.abs((await share(effects, 'permutation (Welch t)')).share - power), effects).toBeLessThan(0.06);
      // 95 % efficient under normality
      expect(Math.abs((await share(effects, 'Mann-Whitney')).share - power), effects).toBeLessThan(0.08);
    }
  });

  it('is five per cent among healthy people; corrected, five per cent of their cohorts at most have any', async () => {
    for (const test of ['Welch t', 'Mann-Whitney', 'permutation (Welch t)']) {
      expect(Math.abs((await share(noEffect, test)).share - 0.05)).toBeLessThan(0.015); // 3200 tests
      expect((await share(noEffect, test)).any).toBeGreaterThan(0.7); // 1 − 0.95^40 = 0.87
      expect((await share(noEffect, `${test}, Holm`)).any).toBeLessThan(0.13); // 0.05 + 3 standard errors
      expect((await share(noEffect, `${test}, Benjamini-Hochberg`)).any).toBeLessThan(0.13);
    }
  });

  it('grows never by a correction, and Holm finds no more than Benjamini-Hochberg', async () => {
    for (const test of methodNames.filter((name) => !name.includes(','))) {
      for (const effects of ['large', 'medium', 'small', 'hardly any', noEffect]) {
        const [plain, bh, holm] = await Promise.all(
          ['', ', Benjamini-Hochberg', ', Holm'].map((correction) => share(effects, `${test}${correction}`)),
        );
        expect(plain!.share).toBeGreaterThanOrEqual(bh!.share);
        expect(bh!.share).toBeGreaterThanOrEqual(holm!.share);
      }
    }
  });

  it('is told feature by feature as well', async () => {
    const { features } = await result;
    const large = Array.from({ length: 10 }, (_, i) => features[`f${i}`]!);
    expect(large.reduce((a, b) => a + b) / 10).toBeCloseTo((await share('large', 'Welch t')).share, 12);
  });
});

describe('cohorts', () => {
  it('hold nobody twice: with everyone drawn they are a split of the people, all splits equally likely', async () => {
    // 6 people with values 0 … 5; the effect separates the groups wholly, whoever is in them
    const healthy = { f: [0, 1, 2, 3, 4, 5] };
    const population: Population = { healthy, ill: { f: healthy.f.map((v) => v + 100) }, effects: { f: 50 } };
    const { shares } = await powerAt(population, { patients: 3, cohorts: 400, resamples: 99, seed: 1 });
    const of = (effects: string, method: string) =>
      shares.find((one) => one.effects === effects && one.method === method)!;
    expect(of('large', 'Welch t')).toMatchObject({ share: 1, error: 0, any: 1 });
    expect(of('large', 'Mann-Whitney').share).toBe(0); // the exact p of 3 and 3 wholly apart is 2 of 20
    // by hand: of the 20 splits only 0 1 2 | 3 4 5, either way round, has a Welch
    // p ≤ 0.05 (t = 3.67, df = 4, p = 0.021)
    expect(Math.abs(of(noEffect, 'Welch t').share - 2 / 20)).toBeLessThan(0.05); // three standard errors are 0.045
  });

  it('are the same for the same seed and others for another', async () => {
    const population = madeUp(40, [0.8, 0.8, 0.5, 0.1]);
    const at = (seed: number) => powerAt(population, { patients: 10, cohorts: 8, resamples: 49, seed });
    expect(await at(1)).toEqual(await at(1));
    expect(await at(1)).not.toEqual(await at(2));
  });

  it('find nothing in features that are equal in everybody', async () => {
    const same = { f: times(8, 7) };
    const { shares } = await powerAt(
      { ill: same, healthy: same, effects: { f: 0 } },
      { patients: 4, cohorts: 2, resamples: 9, seed: 1 },
    );
    expect(shares.map(({ share }) => share)).toEqual(times(shares.length, 0));
  });

  it('are refused where there are too few people, and columns of unequal lengths', async () => {
    const population = madeUp(10, [1]);
    await expect(powerAt(population, { patients: 6, cohorts: 1, resamples: 9, seed: 1 })).rejects.toThrow(
      'Expected from 2 to 5 patients in a group, since nobody is in both, found 6',
    );
    await expect(powerAt(population, { patients: 5, cohorts: 0, resamples: 9, seed: 1 })).rejects.toThrow(
      'Expected a whole number of cohorts above 0, found 0',
    );
    await expect(
      powerAt({ ...population, ill: { f0: [1] } }, { patients: 5, cohorts: 1, resamples: 9, seed: 1 }),
    ).rejects.toThrow('found 1 and 10');
  });
});

it('every effect has one class, whatever its sign', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (effect) => {
      expect(effectClassOf(effect)).toBe(effectClassOf(-effect));
    }),
  );
  expect([0.8, -0.79, 0.2, 0.19, 0].map(effectClassOf)).toEqual([
    'large',
    'medium',
    'small',
    'hardly any',
    'hardly any',
  ]);
});
