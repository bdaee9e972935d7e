import { describe, expect, it } from 'vitest';
import {
  drawnMethods,
  patientsNeeded,
  plainLines,
  plainMethods,
  powerPanels,
  powerRows,
  shownMethods,
} from '../../../notebooks/lessons/radiomics/power.ts';
import type { EffectClass } from '../../../notebooks/lessons/study/power.ts';
import { type PowerRecord, readPowerRecord } from '../../../notebooks/lessons/study/powerRecord.ts';

const share = (patients: number, effects: EffectClass, method: string, found: number) => ({
  patients,
  effects,
  method,
  share: found,
  error: 0.01,
  any: found,
});
const record: PowerRecord = {
  study: 'radiomics',
  title: '',
  command: '',
  source: '',
  node: '',
  version: { package: '0' },
  made: { phantomGenerator: 1, features: 1 },
  seeds: { people: 1, cohorts: 1 },
  people: 40,
  cohorts: 5,
  resamples: 9,
  level: 0.05,
  sizes: [10, 20],
  features: [
    { name: 'a', effect: -0.9, found: [0.5, 0.85] },
    { name: 'b', effect: 0.79, found: [0.2, 0.3] },
  ],
  shares: [
    share(10, 'large', 'Welch t', 0.5),
    share(20, 'large', 'Welch t', 0.85),
    share(10, 'medium', 'Welch t', 0.2),
    share(20, 'medium', 'Welch t', 0.3),
    share(10, 'none', 'Welch t', 0.05),
    share(20, 'none', 'Welch t', 0.06),
    share(20, 'large', 'Welch t, Holm', 0.4),
  ],
};

describe('the study of radiomics in the notebook', () => {
  it('has a panel for each recorded class, its features counted and the methods in the order of the legend', () => {
    const panels = powerPanels(record);
    expect(panels.map(({ title, aim }) => [title, aim])).toEqual([
      ['<b>large effect</b>: from 0.8 SD<br>(1 feature)', 80],
      ['<b>medium effect</b>: 0.5 to 0.8 SD<br>(1 feature)', 80],
      ['<b>no effect</b>: healthy<br>against healthy (2 features)', 5],
    ]);
    expect(panels[0]!.curves.map(({ name }) => name)).toEqual(drawnMethods);
    expect(drawnMethods).toEqual(['Welch t', 'Mann-Whitney', 'Welch t, Benjamini-Hochberg', 'Welch t, Holm']);
    expect(drawnMethods.slice(0, plainLines)).toEqual(['Welch t', 'Mann-Whitney']);
    expect(panels[0]!.curves[0]!.points).toEqual([
      { patients: 10, found: 50, error: 1 },
      { patients: 20, found: 85, error: 1 },
    ]);
    expect(shownMethods.slice(0, plainMethods).some((name) => name.includes(','))).toBe(false);
    expect(shownMethods.slice(plainMethods)).toEqual(['Welch t, Benjamini-Hochberg', 'Welch t, Holm']);
  });

  it('says with how many patients four of five features are found, and where none suffices that more are', () => {
    expect(patientsNeeded(record, 0.8, ['Welch t', 'Welch t, Holm'])).toEqual([
      { method: 'Welch t', 'large effects': '20', 'medium effects': 'more than 20', 'small effects': '–' },
      { method: 'Welch t, Holm', 'large effects': 'more than 20', 'medium effects': '–', 'small effects': '–' },
    ]);
  });

  it('tells per cent at one size', () => {
    expect(powerRows(record, 20, ['Welch t'])).toEqual([
      {
        method: 'Welch t',
        'large, %': '85',
        'medium, %': '30',
        'small, %': '–',
        'hardly any, %': '–',
        'healthy: found, %': '6.0',
        'healthy: cohorts with a finding, %': '6',
      },
    ]);
  });

  it('is empty where nothing was recorded', () => {
    expect([powerPanels(undefined), powerRows(undefined, 20), patientsNeeded(undefined)]).toEqual([[], [], []]);
  });
});

describe('the record that comes with the project says what the notebook reads from it', async () => {
  const { shares } = (await readPowerRecord())!;
  const of = (effects: EffectClass, method: string) =>
    shares.filter((one) => one.effects === effects && one.method === method);
  const tests = shownMethods.slice(0, plainMethods);

  it('three tests nearly agree where the mean changes; where it hardly does, Mann-Whitney finds more', () => {
    for (const effects of ['large', 'medium', 'small'] as const) {
      of(effects, 'Welch t').forEach(({ share: welch }, i) =>
        tests.forEach((test) => expect(Math.abs(of(effects, test)[i]!.share - welch)).toBeLessThan(0.05)),
      );
    }
    of('hardly any', 'Welch t').forEach(({ share: welch }, i) =>
      expect(of('hardly any', 'Mann-Whitney')[i]!.share).toBeGreaterThan(welch),
    );
  });

  it('with 20 in each group Benjamini-Hochberg keeps about half', () => {
    const found = (method: string) =>
      (['large', 'medium', 'small'] as const).map(
        (effects) => of(effects, method).find(({ patients }) => patients === 20)!.share,
      );
    const [alone, corrected] = [found('Welch t'), found('Welch t, Benjamini-Hochberg')];
    alone.forEach((share, i) => expect(Math.abs(corrected[i]! / share - 0.5)).toBeLessThan(0.15));
  });

  it('seven in ten cohorts of healthy people have a finding without correction, at most one in twenty with it', () => {
    for (const one of shares.filter(({ effects }) => effects === 'none')) {
      if (tests.includes(one.method)) expect(Math.abs(one.any - 0.7)).toBeLessThan(0.06);
      else expect(one.any).toBeLessThanOrEqual(0.05);
    }
  });

  it('Holm finds nothing on permutation tests', () => {
    expect(shares.filter(({ method, share: found }) => method === 'permutation (Welch t), Holm' && found > 0)).toEqual(
      [],
    );
  });
});
