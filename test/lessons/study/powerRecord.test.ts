import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../../lib/io/files.ts';
import { type PowerRecord, readPowerRecord, writePowerRecord } from '../../../notebooks/lessons/study/powerRecord.ts';
import { recordFile } from '../../../notebooks/lessons/study/record.ts';

const records = mkdtempSync(path.join(os.tmpdir(), 'axunet-power-'));
afterAll(() => rmSync(records, { recursive: true, force: true }));

const record: PowerRecord = {
  study: 'radiomics',
  title: 'Power',
  command: 'npm run study -- radiomics',
  source: 'nobody',
  node: '20',
  version: { package: '0', commit: 'abc' },
  made: { phantomGenerator: 2, features: 1 },
  seeds: { people: 1, cohorts: 2 },
  people: 4,
  cohorts: 3,
  resamples: 9,
  level: 0.05,
  sizes: [2],
  features: [{ name: 'original_x_A', effect: 1.25, found: [0.5] }],
  shares: [
    { patients: 2, effects: 'large', method: 'Welch t', share: 0.5, error: 0.125, any: 1 },
    { patients: 2, effects: 'none', method: 'Welch t, Holm', share: 0, error: NaN, any: 0 },
  ],
};

describe('the record of the study of radiomics', () => {
  it('comes back as it was written, one line a number of patients, class and method', async () => {
    await writePowerRecord(record, records);
    expect(await readPowerRecord(records)).toEqual(record);
    const lines = readFileSync(recordFile('radiomics', records), 'utf8').split('\n');
    expect(lines.filter((line) => line.trim().startsWith('[2,"large","Welch t",0.5,0.125,1]'))).toHaveLength(1);
  });

  it('is undefined where there is none, and another file is refused', async () => {
    expect(await readPowerRecord(path.join(records, 'elsewhere'))).toBeUndefined();
    const other = path.join(records, 'other');
    await writeFileAtomic(recordFile('radiomics', other), '{"study":"losses"}\n');
    await expect(readPowerRecord(other)).rejects.toThrow(
      'Expected the record of the study radiomics whose study is "radiomics", found "losses"',
    );
  });
});

describe('the record that comes with the project', () => {
  it('is of one committed version, and holds every class and method at every size', async () => {
    const stored = (await readPowerRecord())!;
    expect(stored.version.commit).toMatch(/^[0-9a-f]{40}$/); // no "+changes"
    expect(stored.shares).toHaveLength(stored.sizes.length * 5 * 9);
    expect(stored.features).toHaveLength(107);
    expect(stored.features.every(({ found }) => found.length === stored.sizes.length)).toBe(true);
    expect(stored.people).toBeGreaterThanOrEqual(2 * Math.max(...stored.sizes));
  });

  it('has Welch at five per cent among healthy people, within the spread of its cohorts', async () => {
    const { shares } = (await readPowerRecord())!;
    for (const { share, error } of shares.filter(({ effects, method }) => effects === 'none' && method === 'Welch t')) {
      expect(Math.abs(share - 0.05)).toBeLessThan(4 * error);
    }
  });
});
