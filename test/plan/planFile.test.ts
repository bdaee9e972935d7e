import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describePlan } from '../../lib/plan/describePlan.ts';
import { assertPlanPlace, type PlanFile, readConfigFile, readPlanFile, writePlan } from '../../lib/plan/planFile.ts';
import { example } from './example.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'plan.json');

const plan: PlanFile = {
  plan: 1,
  axunet: '0.0.0',
  dataset: 'made up',
  machine: { engine: 'by hand', stepSeconds: 0.1 },
  choices: [{ choice: 'width', value: '8', reason: 'Because of \u001b[31mred\u001b[0m letters.' }],
  preprocess: { windowHu: [-80, 220], labels: { labelMap: { 1: 1 } } },
  folds: 5,
  train: { width: 8, minutes: 3 },
  fingerprint: { ...example, groups: { tumour: 10, normal: 10 } },
};

describe('The file of a plan', () => {
  it('comes back as it was written, and its training options as those of any file', async () => {
    await writePlan(file, plan);
    expect(await readPlanFile(file)).toEqual(plan);
    expect(await readConfigFile(file)).toEqual({ changes: plan.train, plan });
  });

  it('takes the place of an older plan, and of no other file', async () => {
    await writePlan(file, plan);
    await assertPlanPlace(file);
    await assertPlanPlace(path.join(folder, 'new', 'plan.json'));
    for (const text of ['{"labels": {"0": "background"}}', '{"width": 8}', 'no JSON']) {
      writeFileSync(file, text);
      await expect(assertPlanPlace(file)).rejects.toThrow(
        /^Expected a place for the plan where nothing is, or a plan, found another file in .*plan/,
      );
    }
    await expect(assertPlanPlace(folder)).rejects.toThrow('found a folder');
  });

  it('may be training options alone for training, not for slices', async () => {
    writeFileSync(file, '{"width": 8}');
    expect(await readConfigFile(file)).toEqual({ changes: { width: 8 } });
    await expect(readPlanFile(file)).rejects.toThrow(
      /^Expected a plan that `axunet plan` made.*found nothing in .*plan/,
    );
  });

  it.each([
    [{ ...plan, plan: 2 }, 'plan'],
    [{ ...plan, folds: 0 }, 'folds'],
    [{ ...plan, preprocess: { windowHu: [1] } }, 'preprocess.windowHu'],
    [{ ...plan, preprocess: { labels: { labelMap: { 1: 'x' } } } }, 'preprocess.labels.labelMap.1'],
    [{ ...plan, train: [] }, 'train'],
  ])('names what is wrong in it: %#', async (wrong, place) => {
    writeFileSync(file, JSON.stringify(wrong));
    for (const read of [readPlanFile, readConfigFile])
      await expect(read(file)).rejects.toThrow(
        new RegExp(`^Expected a plan that \`axunet plan\` made.*${place}.*json$`),
      );
  });
});

describe('A plan as text', () => {
  const text = describePlan(plan);

  it('has a line for each choice and the numbers behind it, and no control characters of a file', () => {
    expect(text).toMatch(/^choice +value +reason$/m);
    expect(text).toMatch(/^width +8 +Because of .*red.* letters\.$/m);
    expect(text).toMatch(/^organ +90 ml, 0\.5 % of the voxels$/m);
    expect(text).toMatch(/^cases +20 cases of 20 patients; 10 tumour, 10 normal$/m);
    expect(text).not.toContain('\u001b');
  });

  it('fits on a screen of 120 columns', () => {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('says of pictures what is not known', () => {
    const pictures = { ...example, kind: '2d' as const, unit: 'px' as const, organHu: null, caseHu: null, body: null };
    expect(describePlan({ ...plan, fingerprint: pictures })).toMatch(/^organ HU +unknown/m);
  });
});
