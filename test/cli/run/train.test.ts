import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { writeJson } from '../../../lib/io/files.ts';
import { readNifti } from '../../../lib/io/nifti.ts';
import { writeShippedExample } from '../../weights/shippedExample.ts';
import { makeCohort, patient } from './cohort.ts';
import { listen } from './listen.ts';

const predict = await loadCommand('predict');
const train = await loadCommand('train');

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8'));

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-cli-'));
  await makeCohort(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let said: string[];
beforeEach(() => {
  said = listen();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
/** Where it is not the step that is tested: compiling a network takes longer than its few steps. */
const stepByStep = (): void => void vi.stubEnv('AXUNET_COMPILE', 'off');

const small = ['--preset', 'tiny', '--set', 'width=2', '--set', 'gridSize=[16,16]', '--set', 'batchSize=2'];
const trainOnSlices = (...args: string[]): Promise<number> => train.run(['--slices', at('slices'), ...small, ...args]);

describe('axunet train and axunet predict', () => {
  it('train on a fold of patients, print the configuration and the scores, and segment the volumes', async () => {
    expect(await trainOnSlices('--out', at('run'), '--epochs', '2')).toBe(0);
    const text = said.join('\n');
    expect(text).toMatch(/^ {2}width +2$/m);
    expect(text).toMatch(/3 to train on, 1 to validate on\nmemory: about \d+ MB needed/);
    expect(text).toMatch(/Trained \d+ steps \(2 epochs\) in/);
    expect(text).toMatch(/Patients, slices with pancreas only/);
    const { patients, config } = json('run', 'config.json');
    expect(config.epochs).toBe(2);
    expect(new Set([...patients.training, ...patients.validation]).size).toBe(4);
    expect(json('run', 'scores.json').volume).toHaveLength(1);

    const arguments_ = [at('raw', 'imagesTr'), '--run', at('run'), '--out', at('masks')];
    expect(await predict.run([...arguments_, '--shard', '2/3'])).toBe(0);
    expect(existsSync(at('masks', 'case_2_0000.nii.gz'))).toBe(true);
    expect(existsSync(at('masks', 'case_1_0000.nii.gz'))).toBe(false);
    said.length = 0;
    expect(await predict.run([...arguments_, '--probability', '--threshold', '0.4', '--weights', 'last'])).toBe(0);
    expect(said.join('')).toContain('4 made, 0 complete already, 0 failed');
    const mask = await readNifti(at('masks', 'case_3_0000.nii.gz'));
    expect(mask.shape).toEqual([24, 20, 4]);
    expect(mask.affine).toEqual(patient(3).image.affine);

    rmSync(at('raw', 'imagesTr', 'case_4_0000.nii.gz'));
    await writeJson(at('raw', 'imagesTr', 'case_4_0000.nii'), 'no volume');
    expect(await predict.run(arguments_)).toBe(1);
    expect(said.join('\n')).toMatch(/^axunet predict: .*case_4_0000\.nii failed: /m);
    rmSync(at('raw', 'imagesTr', 'case_4_0000.nii'));
  });

  it('refuse a folder with a run, unless it is resumed: then it keeps its own configuration', async () => {
    await expect(trainOnSlices('--out', at('run'), '--epochs', '2')).rejects.toThrow(
      'Expected a folder without a training run',
    );
    expect(await train.run(['--slices', at('slices'), '--out', at('run'), '--resume'])).toBe(0);
    await expect(
      train.run(['--slices', at('slices'), '--out', at('run'), '--resume', '--set', 'width=4']),
    ).rejects.toThrow('another config.width: 2 and 4');
  });

  it('begin with a network of the project by its name, of several with the first', async () => {
    const { members } = await writeShippedExample(at('weights'));
    vi.stubEnv('AXUNET_WEIGHTS', at('weights'));
    stepByStep();
    for (const [name, which] of [
      ['small', 2],
      ['weights', 0],
    ] as const) {
      said.length = 0;
      expect(await trainOnSlices('--out', at(`from-${name}`), '--epochs', '1', '--from', name)).toBe(0);
      expect(said.join('\n')).toMatch(
        new RegExp(`^ {2}from +begins with the weights of (\\d+) of \\1 layers of .*${members[which]!.file}`, 'm'),
      );
      expect(json(`from-${name}`, 'config.json').from).toBe(members[which]!.sha256);
    }
  });

  it('begin with another network, tell so, say whom it knew, and go on from there when resumed', async () => {
    const begin = (...args: string[]) =>
      train.run(['--slices', at('slices'), '--preset', 'tiny', '--set', 'gridSize=[16,16]', '--epochs', '1', ...args]);
    vi.spyOn(console, 'warn').mockImplementation((text: string) => said.push(text));
    expect(await begin('--out', at('begun'), '--from', at('run'))).toBe(0);
    expect(said.join('\n')).toMatch(/^ {2}width +2$/m); // the other network's, not the preset's
    expect(said.join('\n')).toMatch(/^ {2}from +begins with the weights of (\d+) of \1 layers of /m);
    expect(said.join('\n')).toMatch(/^These validate and were known to .*run: case_\d$/m);
    const { from, config } = json('begun', 'config.json');
    expect([from, config.width]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 2]);
    expect(await begin('--out', at('begun'), '--resume')).toBe(0);
    await expect(begin('--out', at('begun'), '--resume', '--from', at('begun'))).rejects.toThrow(/another from/);
    // killed before its first checkpoint: without the network it would begin with random weights
    rmSync(at('begun', 'last'), { recursive: true });
    rmSync(at('begun', 'previous'), { recursive: true, force: true });
    await expect(begin('--out', at('begun'), '--resume')).rejects.toThrow(
      /^Expected --from with the network that the run begins with, .*, found none in .*begun$/,
    );
    expect(await begin('--out', at('begun'), '--resume', '--from', at('run'))).toBe(0);
  });
  it('go through all folds, skip the finished ones and sum up the patients', async () => {
    stepByStep();
    expect(await trainOnSlices('--out', at('folds'), '--folds', 'all', '--epochs', '1')).toBe(0);
    expect(json('folds', 'scores.json')).toMatchObject({ folds: 4, summary: { dice: { n: 4 } } });
    const validated = [0, 1, 2, 3].flatMap((k) => json('folds', `fold-${k}`, 'config.json').patients.validation);
    expect(new Set(validated).size).toBe(4);
    said.length = 0;
    expect(await trainOnSlices('--out', at('folds'), '--folds', 'all', '--epochs', '1')).toBe(0);
    expect(said.join('')).not.toMatch(/waiting for data/);
  });

  it('stop at a signal with exit code 75', async () => {
    const run = trainOnSlices('--out', at('stopped'), '--epochs', '500');
    const timer = setInterval(() => {
      if (!existsSync(at('stopped', 'last'))) return;
      clearInterval(timer); // a second signal would find nobody who listens, and end the tests
      process.emit('SIGINT', 'SIGINT');
    }, 20);
    expect(await run.finally(() => clearInterval(timer))).toBe(75);
    expect(said.at(-1)).toMatch(
      /^\naxunet train: Training stopped by SIGINT after step \d+; the checkpoint is saved in .*, resume to go on$/,
    );
  });

  it.each([
    [[], 'Expected --out RUN'],
    [['--out', 'x'], 'Expected either --slices DIR or --dataset NAME'],
    [['--out', 'x', '--folds', '3'], 'Expected --folds all (or --fold K for one fold), found --folds 3'],
    [['--out', 'x', '--folds', 'all', '--fold', '1'], 'Expected either --fold or --folds, found both'],
    [['--out', 'x', '--set', 'width'], 'Expected an assignment such as width=16'],
  ])('refuse %j', (args, sentence) => expect(train.run(args)).rejects.toThrow(sentence));

  it('refuse an unknown preset and a fold that does not exist', async () => {
    await expect(train.run(['--slices', at('slices'), '--out', at('x'), '--preset', 'huge'])).rejects.toThrow(
      'Expected --preset to be one of tiny, demo, study, paper, found "huge"',
    );
    await expect(trainOnSlices('--out', at('x'), '--fold', '4')).rejects.toThrow(
      'Expected a fold from 0 to 3, found 4',
    );
  });

  it.each([
    [[], 'Expected axunet predict FOLDER|FILE... --out DIR, and --run RUN for a network of your own'],
    [['a', '--run', 'r', '--out', 'o', '--weights', 'first'], 'Expected --weights best or last, found "first"'],
    [['a', '--run', 'r', '--out', 'o', '--threshold', '2'], 'Expected --threshold above 0 and at most 1, found "2"'],
  ])('refuse to predict with %j', (args, sentence) => expect(predict.run(args)).rejects.toThrow(sentence));
});
