import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { evaluateFiles } from '../../../lib/evaluate/files.ts';
import { pairFiles } from '../../../lib/evaluate/pairs.ts';
import { parseCsv } from '../../../lib/io/csv.ts';
import { writeJson } from '../../../lib/io/files.ts';
import { readNifti } from '../../../lib/io/nifti.ts';
import { projectPath } from '../../../lib/settings.ts';
import { makeCohort } from './cohort.ts';
import { listen } from './listen.ts';

const crossval = await loadCommand('crossval');
const predict = await loadCommand('predict');

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8'));
const idsOf = (cases: readonly { id: string }[]): string[] => cases.map(({ id }) => id).sort();
const allIds = ['case_1', 'case_2', 'case_3', 'case_4', 'case_5', 'case_6'];

const settings = [
  '--preset',
  'tiny',
  '--set',
  'variant=unet',
  '--set',
  'width=2',
  '--set',
  'gridSize=[16,16]',
  '--set',
  'batchSize=2',
  '--set',
  'learningRate=0.05',
  '--epochs',
  '3',
  '--threshold',
  'chosen',
];
const argumentsFor = (out: string): string[] => [
  '--dataset',
  `nnunet:${at('raw')}`,
  '--slices',
  at('slices'),
  '--out',
  at(out),
];
const start = (out: string, ...args: string[]): Promise<number> =>
  run(out, '--folds-file', at('folds.json'), ...settings, ...args);
const run = (out: string, ...args: string[]): Promise<number> => crossval.run([...argumentsFor(out), ...args]);
const changedAt = (file: string): number => statSync(at(file)).mtimeMs;

let said: string[];
const text = (): string => said.join('\n');

beforeAll(async () => {
  process.env.AXUNET_COMPILE = 'off'; // compiling a network for each fold takes longer than its three epochs
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-crossval-'));
  await makeCohort(folder, 6);
  await writeJson(at('folds.json'), { seed: 1, folds: [allIds.slice(0, 3), allIds.slice(3)] });
  said = listen();
  expect(await start('whole')).toBe(0);
});
afterAll(() => {
  delete process.env.AXUNET_COMPILE;
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  said = listen();
});
afterEach(() => vi.restoreAllMocks());

describe('axunet crossval', { timeout: 300_000 }, () => {
  it('tests every patient once, on whole volumes, by a network whose run never had him', async () => {
    const { cases, folds, summary, failed } = json('whole', 'summary.json');
    expect(idsOf(cases)).toEqual(allIds);
    expect(folds).toHaveLength(2);
    expect(failed).toEqual([]);
    expect(summary.cases).toBe(6);
    for (const { id, fold } of cases) {
      const { patients } = json('whole', `fold-${fold}`, 'config.json'); // as training had them
      expect([...patients.training, ...patients.validation]).not.toContain(id);
      expect(patients.validation.length).toBeGreaterThan(0);
    }
    const [header, ...rows] = parseCsv(readFileSync(at('whole', 'cases.csv'), 'utf8'));
    expect(rows.map((row) => row[header!.indexOf('patient')]).sort()).toEqual(allIds);
  });

  it('gives the scores that axunet evaluate finds in its masks', async () => {
    const { cases, postprocessing } = json('whole', 'summary.json');
    expect(readdirSync(at('whole', 'masks')).sort()).toEqual(allIds.map((id) => `${id}.nii.gz`));
    const own = await evaluateFiles(pairFiles(at('whole', 'masks'), at('raw', 'labelsTr')));
    expect(own.failed).toEqual([]);
    expect(own.cases).toHaveLength(6);
    const found = new Map(cases.map((one: { id: string }) => [one.id, one]));
    for (const { id, values, counts } of own.cases)
      expect(JSON.parse(JSON.stringify({ values, counts }))).toEqual({
        values: (found.get(id) as (typeof own.cases)[0]).values,
        counts: (found.get(id) as (typeof own.cases)[0]).counts,
      });
    const mean = own.cases.reduce((sum, { values }) => sum + values.dice, 0) / 6;
    expect(postprocessing.after.metrics.dice.all.mean).toBeCloseTo(mean, 12);
    expect(mean).toBeGreaterThan(0.1); // the masks are not all empty
  });

  it('run again, finds all folds complete; a damaged mask makes its fold again, without training', async () => {
    const before = readFileSync(at('whole', 'summary.json'), 'utf8');
    const written = (): number[] => readdirSync(at('whole')).map((name) => statSync(at('whole', name)).mtimeMs);
    const times = written();
    expect(await run('whole')).toBe(0);
    expect(written()).toEqual(times); // the folder may be read-only
    expect(text().match(/fold \d was complete/g)).toHaveLength(2);
    expect(text()).not.toContain('predict');
    expect(readFileSync(at('whole', 'summary.json'), 'utf8')).toBe(before);
    const { cases } = json('whole', 'summary.json');
    const { fold } = cases.find(({ id }: { id: string }) => id === 'case_1');
    writeFileSync(at('whole', 'masks', 'case_1.nii.gz'), 'torn');
    said.length = 0;
    expect(await run('whole')).toBe(0);
    expect(text().match(/fold \d was complete/g)).toHaveLength(1);
    expect(text()).not.toContain(`fold ${fold} was complete`);
    expect(text()).not.toMatch(/train \(steps\)/);
    expect(readFileSync(at('whole', 'summary.json'), 'utf8')).toBe(before);
  });

  it('killed outright in training and again later, and resumed, gives the same summary', async () => {
    const killWhen = async (isTime: () => boolean): Promise<void> => {
      const starter = spawn(process.execPath, [
        projectPath('lib/cli/axunet.mjs'),
        'crossval',
        ...argumentsFor('killed'),
        '--folds-file',
        at('folds.json'),
        ...settings,
      ]);
      let output = '';
      starter.stdout.on('data', (data: Buffer) => {
        output += data;
      });
      starter.stderr.on('data', (data: Buffer) => {
        output += data;
      });
      const timer = setInterval(() => {
        if (isTime()) starter.kill('SIGKILL');
      }, 5);
      await once(starter.stdout, 'close'); // the real process holds it open as long as it lives
      clearInterval(timer);
      expect(existsSync(at('killed', 'summary.json')), output).toBe(false);
    };
    await killWhen(() => existsSync(at('killed', 'fold-1', 'last')));
    const finished = changedAt('killed/fold-0/fold.json');
    await killWhen(() => existsSync(at('killed', 'fold-1', 'test')));
    expect(await run('killed')).toBe(0);
    expect(text()).toContain('fold 0 was complete');
    expect(changedAt('killed/fold-0/fold.json')).toBe(finished);
    expect(readFileSync(at('killed', 'summary.json'), 'utf8')).toBe(readFileSync(at('whole', 'summary.json'), 'utf8'));
  });

  it('in shards and single folds sums up what is there, and in the end the same', async () => {
    expect(await start('shards', '--shard', '2/2')).toBe(0);
    expect(json('shards', 'summary.json')).toMatchObject({ missingFolds: [0], failedFolds: [] });
    expect(text()).toContain('Not run yet: fold 0; their patients are not in the table');
    expect(await predict.run([at('raw', 'imagesTr'), '--run', at('shards'), '--out', at('x')]).catch(String)).toContain(
      'Expected all 2 folds of the cross-validation, found no result of fold 0',
    );
    expect(await run('shards', '--fold', '0')).toBe(0);
    const complete = readFileSync(at('shards', 'summary.json'), 'utf8');
    expect(complete).toBe(readFileSync(at('whole', 'summary.json'), 'utf8'));
    rmSync(at('shards', 'summary.json'));
    expect(await run('shards', '--summary')).toBe(0);
    expect(readFileSync(at('shards', 'summary.json'), 'utf8')).toBe(complete);
  });

  it('judges again, without training, by other options, and remembers them', async () => {
    cpSync(at('whole'), at('judged'), { recursive: true });
    expect(await run('judged', '--mirror', 'x', '--postprocess', 'largest', '--probabilities')).toBe(0);
    expect(text()).not.toMatch(/train \(steps\)/);
    const { options, folds, choice } = json('judged', 'summary.json');
    expect(options).toMatchObject({ mirror: ['x'], postprocessing: { keep: 'largest' }, threshold: 'chosen' });
    for (const { postprocessing } of folds) expect(postprocessing).toEqual({ keep: 'largest' });
    expect(choice.postprocessing).toEqual({ keep: 'largest' });
    const { cases } = json('judged', 'summary.json');
    const map = await readNifti(at('judged', `fold-${cases[0].fold}`, 'test', `${cases[0].id}_probability.nii.gz`));
    const { shape, affine } = await readNifti(at('raw', 'imagesTr', `${cases[0].id}_0000.nii.gz`));
    expect([map.shape, map.affine]).toEqual([shape, affine]);
    said.length = 0;
    expect(await run('judged')).toBe(0);
    expect(text().match(/fold \d was complete/g)).toHaveLength(2);
    expect(await run('judged', '--fold', '1', '--threshold', '0.4', '--weights', 'last')).toBe(0);
    expect(text()).toContain('folds that were judged with other options are left out until they run again: 0');
  });

  it('names a fold that fails, keeps the others, and makes it later', async () => {
    cpSync(at('whole'), at('failing'), { recursive: true });
    rmSync(at('failing', 'fold-1'), { recursive: true });
    writeFileSync(at('failing', 'fold-1'), 'in the way');
    expect(await run('failing')).toBe(1);
    expect(text()).toMatch(/^axunet crossval: fold 1 failed: /m);
    expect(json('failing', 'summary.json')).toMatchObject({ missingFolds: [1], failedFolds: [{ fold: 1 }] });
    expect(json('failing', 'summary.json').folds).toHaveLength(1);
    expect(readFileSync(at('failing', 'summary.md'), 'utf8')).toContain('- FAILED  fold 1: ');
    rmSync(at('failing', 'fold-1'));
    expect(await run('failing')).toBe(0);
    expect(readFileSync(at('failing', 'summary.json'), 'utf8')).toBe(readFileSync(at('whole', 'summary.json'), 'utf8'));
  });

  it('names a case that cannot be read, scores the others, and tries it again', async () => {
    cpSync(at('whole'), at('torn'), { recursive: true });
    const file = at('raw', 'labelsTr', 'case_3.nii.gz');
    const bytes = readFileSync(file);
    try {
      writeFileSync(file, bytes.subarray(0, 60));
      expect(await run('torn')).toBe(1);
      const { cases, failed } = json('torn', 'summary.json');
      expect(idsOf(cases)).toEqual(allIds.filter((id) => id !== 'case_3'));
      expect(failed).toContainEqual({
        id: 'case_3',
        fold: 0,
        side: 'test',
        reason: expect.stringContaining('case_3.nii.gz'),
      });
      expect(readdirSync(at('torn', 'masks'))).not.toContain('case_3.nii.gz');
      expect(text()).toMatch(/FAILED {2}case_3 \(test case of fold 0\): /);
    } finally {
      writeFileSync(file, bytes);
    }
    expect(await run('torn')).toBe(0);
    expect(readFileSync(at('torn', 'summary.json'), 'utf8')).toBe(readFileSync(at('whole', 'summary.json'), 'utf8'));
  });

  it('stops at a signal with exit code 75', async () => {
    const running = start('stopped', '--epochs', '500');
    const timer = setInterval(() => {
      if (!existsSync(at('stopped', 'fold-0', 'last'))) return;
      clearInterval(timer); // a second signal would find nobody who listens, and end the tests
      process.emit('SIGINT', 'SIGINT');
    }, 20);
    expect(await running.finally(() => clearInterval(timer))).toBe(75);
    expect(said.at(-1)).toMatch(/^\naxunet crossval: Training stopped by SIGINT after step \d+; .*resume to go on$/);
  });

  it('keeps its plan: other training options are refused', async () => {
    await expect(run('whole', '--set', 'width=4')).rejects.toThrow(
      /found another config\.width: 2 and 4; choose another --out for it$/,
    );
    await expect(run('whole', '--hold-out', '2')).rejects.toThrow('found another holdOut: 5 and 2');
  });

  it.each([
    [['--shard', '3/2'], 'Expected --shard I/N with I from 1 to N, found "3/2"'],
    [['--fold', '4'], 'Expected --fold from 0 to 1, found 4'],
    [['--fold', 'one'], 'Expected --fold with the number of a fold, from 0, found "one"'],
    [['--fold', '1', '--shard', '1/2'], 'Expected one of --fold, --shard and --summary, found several'],
    [
      ['--summary', '--metric', 'nsd1', '--mirror', 'x'],
      'Expected --summary without options of judging, which it cannot apply, found --mirror, --threshold, --metric',
    ],
    [['--hold-out', '1'], 'Expected --hold-out N with a whole number from 2 (one in N patients), found "1"'],
    [['--metric', 'accuracy'], 'Expected --metric to be one of dice, jaccard, '],
    [['--mirror', 'q'], 'Expected --mirror with axes out of x,y,z, each once, found "q"'],
    [['--postprocess', 'some'], 'Expected --postprocess none, largest, '],
    [['--threshold', '0'], 'Expected --threshold above 0 and at most 1, found "0"'],
  ])('refuses %j, and starts nothing', async (args, sentence) => {
    await expect(start('refused', ...args)).rejects.toThrow(sentence);
    expect(existsSync(at('refused'))).toBe(false);
  });

  it('refuses to start without a set and a folder', async () => {
    await expect(crossval.run(['--out', at('x')])).rejects.toThrow('Expected axunet crossval --dataset NAME --out DIR');
  });
});

describe('axunet predict with a cross-validation', () => {
  it('averages the networks of all folds, and takes what they chose', async () => {
    const { choice } = json('whole', 'summary.json');
    const image = at('raw', 'imagesTr', 'case_1_0000.nii.gz');
    const predicted = (out: string, ...args: string[]) =>
      predict.run([image, '--out', at(out), '--probability', ...args]);
    expect(await predicted('all', '--run', at('whole'), '--postprocess', 'chosen', '--threshold', 'chosen')).toBe(0);
    expect(text()).toContain('Averaging the probabilities of 2 networks');
    expect(text()).toContain('prediction: operation by operation (AXUNET_COMPILE=off)');
    expect(text()).toMatch(/Post-processing \(.*\), ml before and after:\n {2}case_1_0000 {2}\d+\.\d\d {2}\d+\.\d\d/);
    expect(json('all', 'case_1_0000.json').made).toMatchObject({
      threshold: choice.threshold,
      postprocessing: choice.postprocessing,
    });
    const maps: Float32Array[] = [];
    for (const k of [0, 1]) {
      expect(await predicted(`one-${k}`, '--model', at('whole', `fold-${k}`))).toBe(0);
      maps.push((await readNifti(at(`one-${k}`, 'case_1_0000_probability.nii.gz'))).data as Float32Array);
    }
    const all = (await readNifti(at('all', 'case_1_0000_probability.nii.gz'))).data;
    const difference = all.map((v, i) => Math.abs(v - maps.reduce((sum, map) => sum + map[i]!, 0) / 2));
    expect(Math.max(...difference)).toBeLessThan(1e-6);
    expect(await predicted('both', ...[1, 0].flatMap((k) => ['--model', at('whole', `fold-${k}`)]))).toBe(0);
    expect((await readNifti(at('both', 'case_1_0000_probability.nii.gz'))).data).toEqual(all);
  });

  it('takes one choice only, of a run that has one', async () => {
    const refused = (...args: string[]) => predict.run([at('raw', 'imagesTr'), '--out', at('x'), ...args]);
    await expect(
      refused('--run', at('whole', 'fold-0'), '--run', at('whole', 'fold-1'), '--threshold', 'chosen'),
    ).rejects.toThrow('Expected one --run to take what it chose, found 2');
    await expect(refused('--run', at('raw'), '--postprocess', 'chosen')).rejects.toThrow(
      /^Expected a choice of threshold and post-processing \(axunet crossval makes it\), found none in /,
    );
    await expect(refused('--run', at('whole', 'fold-0'), '--run', at('whole', 'fold-0'))).rejects.toThrow(
      'Expected different networks to average, found one of them twice',
    );
  });
});
