import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectPath } from '../../../lib/settings.ts';
import { readPowerRecord } from '../../../notebooks/lessons/study/powerRecord.ts';
import { type PowerPlan, powerPlan, runPower } from '../../../notebooks/lessons/study/runPower.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'axunet-run-power-'));
const places = { runs: path.join(scratch, 'runs'), records: path.join(scratch, 'records') };
const plan: PowerPlan = {
  people: 6,
  sizes: [2, 3],
  cohorts: 3,
  resamples: 9,
  seeds: { people: 87654, cohorts: 1 },
  size: [64, 64, 16],
};
const people = projectPath('data/radiomics');
const forget = (): void => {
  for (const name of existsSync(people) ? readdirSync(people) : [])
    if (name.startsWith(`paired-people-${plan.seeds.people}-`)) rmSync(path.join(people, name));
};
beforeAll(forget);
afterAll(() => {
  forget();
  rmSync(scratch, { recursive: true, force: true });
});

describe('running the study of radiomics', () => {
  it('ends at a signal without a record, goes on, and records every size', async () => {
    setTimeout(() => process.emit('SIGTERM', 'SIGTERM'), 1);
    await expect(runPower(plan, places)).rejects.toThrow('Stopped by SIGTERM; the same command goes on');
    expect(await readPowerRecord(places.records)).toBeUndefined();
    const made = await runPower(plan, places);
    const record = (await readPowerRecord(places.records))!;
    expect([record.people, record.sizes, record.shares.length, record.features.length]).toEqual([
      6,
      [2, 3],
      made.shares.length,
      made.features.length,
    ]);
    expect(new Set(record.shares.map(({ patients }) => patients))).toEqual(new Set([2, 3]));
    const files = readdirSync(path.join(places.runs, 'radiomics'));
    expect(files).toHaveLength(2);
    await runPower(plan, places); // reads what is kept
    expect(readdirSync(path.join(places.runs, 'radiomics'))).toEqual(files);
    expect(await readPowerRecord(places.records)).toEqual(record);
  });

  it('has a plan whose largest cohort is no more than everybody', () => {
    expect(2 * Math.max(...powerPlan.sizes)).toBeLessThanOrEqual(powerPlan.people);
  });
});
