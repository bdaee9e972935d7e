import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../lib/io/files.ts';
import { labelSquares } from '../../notebooks/lessons/figures/labelSquares.ts';
import { figure, openCases, openSession, type Session, sourceOf } from '../../notebooks/lessons/session.ts';
import { recordFile } from '../../notebooks/lessons/study/record.ts';

interface Record {
  parameters: unknown;
  inputs: { [file: string]: string };
  seed: number | null;
}

describe('a figure of a notebook', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-session-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const session: Session = { ...openSession(), profile: 'tiny', dataset: 'phantom', slices: folder, figures: folder };
  const spec = labelSquares([{ name: 'Pancreas', count: 1 }]);
  const recorded = (name: string): Record =>
    JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Record;

  it('comes from the prepared slices of the session where nothing else is said', async () => {
    writeFileSync(path.join(folder, 'manifest.json'), '{}');
    await figure(session, 'own', spec);
    const { parameters, inputs, seed } = recorded('own');
    expect([parameters, seed]).toEqual([{ profile: 'tiny', dataset: 'phantom' }, 1]);
    expect(Object.values(inputs)).toEqual([sha256('{}')]);
  });

  it('of a recorded study names its data and its record, and not those of the session', async () => {
    await figure(session, 'study', spec, sourceOf({ study: 'leakage', source: 'NIH Pancreas-CT (CC BY 3.0)' }));
    expect(recorded('study')).toMatchObject({
      parameters: { dataset: 'NIH Pancreas-CT (CC BY 3.0)', study: 'leakage' },
      inputs: { 'figures/recorded/study-leakage/results.json': sha256(readFileSync(recordFile('leakage'))) },
      seed: null,
    });
    expect(recorded('study').parameters).not.toHaveProperty('profile');
  });

  it('says that there is no data where nothing is recorded', async () => {
    await figure(session, 'none', spec, sourceOf(undefined));
    expect(recorded('none')).toMatchObject({ parameters: { dataset: 'none: nothing is recorded' }, inputs: {} });
  });
});

describe('openCases', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-phantoms-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const session: Session = { ...openSession(), profile: 'tiny', dataset: 'phantom' };

  it('makes no phantoms under a mistyped name', async () => {
    const data = path.join(folder, 'pantom');
    await expect(openCases({ ...session, data })).rejects.toThrow(
      /the phantom cohort's own folder.*found no such folder/,
    );
    expect(existsSync(data)).toBe(false);
  });

  it('makes no phantoms beside other files', async () => {
    writeFileSync(path.join(folder, 'letter.txt'), '');
    await expect(openCases({ ...session, data: folder })).rejects.toThrow(
      /one with phantoms, or an empty one.*other files/,
    );
    expect(readdirSync(folder)).toEqual(['letter.txt']);
  });
});
