import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { makeCohort } from './cohort.ts';
import { listen } from './listen.ts';

const [plan, preprocess, train] = await Promise.all([
  loadCommand('plan'),
  loadCommand('preprocess'),
  loadCommand('train'),
]);

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8'));
const planned = (...args: string[]): Promise<number> =>
  plan.run([at('raw'), '--minutes', '0.01', '--out', at('plan.json'), ...args]);

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-cli-'));
  await makeCohort(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let said: string[];
beforeEach(() => {
  said = listen();
});
afterEach(() => vi.restoreAllMocks());

describe('axunet plan', () => {
  it('saves what preprocess and train take as it is', async () => {
    expect(await planned()).toBe(0);
    const text = said.join('\n');
    expect(text).toMatch(/^choice +value +reason$/m);
    expect(text).toContain('measured on this machine');
    const { preprocess: slices, folds, train: options } = json('plan.json');
    expect([folds, options.minutes, options.gridSize]).toEqual([2, 0.01, [16, 16]]);

    expect(await preprocess.run([at('raw'), '--out', at('planned'), '--config', at('plan.json')])).toBe(0);
    expect(json('planned', 'manifest.json').windowHu).toEqual(slices.windowHu);

    const small = ['--config', at('plan.json'), '--epochs', '1', '--set', 'width=2'];
    expect(await train.run(['--slices', at('planned'), ...small, '--out', at('run')])).toBe(0);
    const { config, patients } = json('run', 'config.json');
    expect(config).toMatchObject({ ...options, width: 2, epochs: 1, minutes: null });
    expect([patients.training, patients.validation].map(({ length }) => length)).toEqual([2, 2]);
    await expect(train.run(['--slices', at('slices'), ...small, '--out', at('other')])).rejects.toThrow(
      /^Expected slices of the plan's window \(.* to .*\), found -160 to 240 in .*slices$/,
    );
  });

  it('names a case that cannot be read, and ends with 1', async () => {
    const file = at('raw', 'labelsTr', 'case_4.nii.gz');
    const whole = readFileSync(file);
    writeFileSync(file, 'no volume');
    try {
      expect(await planned('--json')).toBe(1);
      expect(said.join('\n')).toMatch(/^axunet plan: case case_4 is left out: .*case_4\.nii\.gz/m);
      expect(json('plan.json').fingerprint.cases).toBe(3);
    } finally {
      writeFileSync(file, whole);
    }
  });

  it.each([
    [['--minutes', '0'], 'Expected --minutes with a number above 0, found "0"'],
    [['--memory', 'much'], 'Expected --memory with a number of GB above 0, found "much"'],
    [['another'], 'Expected one DATASET or FOLDER, found'],
    [['--labels', 'pancreas=1,tumour=2', '--label-map', '1:1'], 'Expected either --label-map or --labels, found both'],
    [['--memory', '0.0001'], 'Expected memory for the smallest network'],
  ])('refuses %j in one sentence', async (args, sentence) => {
    await expect(planned(...args)).rejects.toThrow(sentence);
  });

  it('replaces no file of the data set', async () => {
    const file = at('raw', 'labelsTr', 'case_1.nii.gz');
    const before = readFileSync(file);
    await expect(planned('--out', file)).rejects.toThrow(/^Expected a place for the plan .*, found another file in/);
    expect(readFileSync(file)).toEqual(before);
  });

  it('prints a command that finds data and plan again, whatever they are called', async () => {
    const out = at("a plan's.json");
    expect(await plan.run(['phantom', '--data', at('raw'), '--minutes', '0.01', '--out', out])).toBe(0);
    const [command] = /axunet train .*/.exec(said.join('\n'))!;
    const quoted = `'${out.replace("'", "'\\''")}'`;
    expect(command).toBe(`axunet train --dataset phantom --data ${at('raw')} --config ${quoted} --out RUN`);
  });

  it('refuses what is no plan where slices are made', async () => {
    writeFileSync(at('no-plan.json'), '{"width": 4}');
    await expect(preprocess.run([at('raw'), '--out', at('x'), '--config', at('no-plan.json')])).rejects.toThrow(
      'Expected a plan that `axunet plan` made',
    );
  });
});
