import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CommandName, loadCommand } from '../../../lib/cli/commands.ts';
import { flags } from '../../../scripts/flags.mjs';
import { makeCohort } from './cohort.ts';
import { listen } from './listen.ts';

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const text = (...names: string[]): string => readFileSync(at(...names), 'utf8');
const execArgv = process.execArgv;

let said: string[];
const run = async (command: CommandName, ...args: string[]): Promise<number> => (await loadCommand(command)).run(args);
const small = ['--preset', 'tiny', '--set', 'width=2', '--set', 'gridSize=[16,16]', '--set', 'batchSize=2'];

/** Files of a folder and what is in them, without what shards leave there. */
function filesIn(place: string): Record<string, string> {
  const names = readdirSync(at(place), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = names.map((entry) => path.relative(at(place), path.join(entry.parentPath, entry.name)));
  const results = files.filter((name) => !name.startsWith('shards') && name !== 'predictions.csv');
  return Object.fromEntries(results.sort().map((name) => [name, readFileSync(at(place, name), 'latin1')]));
}

/** Works off both shards of a command, the second first, and merges; also what one task makes, elsewhere. */
async function inShards(command: CommandName, place: string, args: readonly string[]): Promise<void> {
  for (const shard of ['2/2', '1/2']) expect(await run(command, ...args, '--out', at(place), '--shard', shard)).toBe(0);
  expect(await run('merge', at(place))).toBe(0);
  expect(await run(command, ...args, '--out', at(`${place}-whole`))).toBe(0);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-merge-'));
  await makeCohort(folder);
  process.execArgv = flags; // for the processes that take features
});
afterAll(() => {
  process.execArgv = execArgv;
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  vi.stubEnv('AXUNET_COMPILE', 'off');
  said = listen();
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('shards, merged', () => {
  it('of slices are those of one task, to the byte', async () => {
    await inShards('preprocess', 'parts', [`nnunet:${at('raw')}`]);
    expect(said).toContain(
      `${at('parts')}: 4 cases of 2 shards of axunet preprocess in ${at('parts', 'manifest.json')}`,
    );
    expect(filesIn('parts')).toEqual(filesIn('parts-whole'));
    expect(filesIn('parts')['manifest.json']).toBe(text('slices', 'manifest.json'));
  });

  it('of masks are those of one task, by the networks that have not seen the patient', async () => {
    const sides = [
      ['case_1', 'case_3'],
      ['case_2', 'case_4'],
    ];
    writeFileSync(at('folds.json'), JSON.stringify({ seed: 0, folds: sides }));
    for (const name of ['0-1', '1-2']) {
      const [fold, seed] = name.split('-') as [string, string];
      const which = ['--folds-file', at('folds.json'), '--fold', fold, '--seed', seed, '--out', at('runs', name)];
      expect(await run('train', '--slices', at('slices'), ...small, '--epochs', '1', ...which)).toBe(0);
    }
    const runs = readdirSync(at('runs')).flatMap((name) => ['--run', at('runs', name)]);
    const args = [at('raw', 'imagesTr'), ...runs, '--unseen'];
    await expect(run('predict', ...args, '--out', at('masks'))).rejects.toThrow(
      'Expected a network that has not seen case_1, found none of 2 (with --weights last, validation patients count as unseen)',
    );
    await inShards('predict', 'masks', [...args, '--weights', 'last']);
    expect(filesIn('masks')).toEqual(filesIn('masks-whole'));
    const [heading, first] = text('masks', 'predictions.csv').split('\n');
    expect(heading).toBe('case,voxels,pancreas_ml,warnings');
    expect(first).toMatch(/^case_1_0000,\d+,/);
    const modelOf = (id: string) => JSON.parse(text('masks', `${id}_0000.json`)).made.model as string;
    const weightsOf = (names: readonly string[]) =>
      names
        .map((name) =>
          createHash('sha256')
            .update(text('runs', name, 'last', 'SHA256SUMS'))
            .digest('hex'),
        )
        .sort();
    for (const [fold, ids] of sides.entries())
      for (const id of ids) expect(modelOf(id).split('+')).toEqual(weightsOf([fold === 0 ? '0-1' : '1-2']));
    // a patient whose own name ends as nnU-Net's channel does
    const { byUnseenNetworks } = await import('../../../lib/cli/run/unseen.ts');
    const config = JSON.parse(text('runs', '0-1', 'config.json'));
    mkdirSync(at('numbered'));
    const patients = { training: ['ct_0001'], validation: ['ct_0000'] };
    writeFileSync(at('numbered', 'config.json'), JSON.stringify({ ...config, patients }));
    const ct = { file: at('ct_0000.nii.gz'), name: 'ct_0000', isPicture: false };
    const [group] = await byUnseenNetworks([ct], [at('numbered')], 'last');
    expect(group!.inputs).toEqual([ct]);
    cpSync(at('raw', 'imagesTr', 'case_1_0000.nii.gz'), at('stranger.nii.gz'));
    await expect(run('predict', at('stranger.nii.gz'), ...runs, '--unseen', '--out', at('x'))).rejects.toThrow(
      'Expected volumes called as the patients of the runs, for --unseen, found stranger in',
    );
  });

  it('of scores are the report of one task, with missed organs, classes and warnings', async () => {
    // one mask is empty, so that distances are infinite, which JSON does not keep
    cpSync(at('raw', 'labelsTr'), at('predicted'), { recursive: true });
    const { readNifti, writeNifti } = await import('../../../lib/io/nifti.ts');
    const label = await readNifti(at('predicted', 'case_2.nii.gz'));
    await writeNifti(at('predicted', 'case_2.nii.gz'), { ...label, data: new Uint8Array(label.data.length) });
    for (const labels of [[], ['--labels', 'pancreas=1']])
      await inShards('evaluate', `scores${labels.length}`, [
        ...['--prediction', at('predicted'), '--reference', at('raw', 'labelsTr'), ...labels],
      ]);
    for (const place of ['scores0', 'scores2']) {
      expect(Object.keys(filesIn(place))).toEqual(expect.arrayContaining(['report.json', 'cases.csv', 'summary.csv']));
      expect(filesIn(place)).toEqual(filesIn(`${place}-whole`));
    }
    expect(text('scores0', 'report.json')).toContain('"hausdorffMm": null');
  });

  it('of features are the table of one task', async () => {
    const rows = [1, 2, 3].map(
      (n) => `p${n},raw/imagesTr/case_${n}_0000.nii.gz,raw/labelsTr/case_${n}.nii.gz,${n * 9}`,
    );
    writeFileSync(at('cohort.csv'), `id,image,mask,age\n${rows.join('\n')}\n`);
    await inShards('radiomics', 'features', [
      ...['--cohort', at('cohort.csv'), '--workers', '1', '--set', 'families=["firstorder"]'],
    ]);
    expect(filesIn('features')).toEqual(filesIn('features-whole'));
  });
});

describe('axunet merge refuses, and names', () => {
  const refused = async (place: string, sentence: string | RegExp): Promise<void> => {
    expect(await run('merge', at(place))).toBe(1);
    expect(said.at(-1)).toMatch(sentence);
  };
  const slices = (...args: string[]) => run('preprocess', `nnunet:${at('raw')}`, '--out', at('gaps'), ...args);

  it('folders without shards, and shards that are missing', async () => {
    await refused('raw', /^axunet merge: Expected a folder in which shards were made .*, found no shards\/ in .*raw$/);
    expect(await slices('--shard', '2/3')).toBe(0);
    expect(existsSync(at('gaps', 'manifest.json'))).toBe(false);
    await refused(
      'gaps',
      /^axunet merge: Expected all 3 shards complete, found shard 1 is missing; shard 3 is missing in/,
    );
  });

  it('shards of other options or of another number, and files that are gone', async () => {
    expect(await slices('--shard', '1/3', '--window', '-100,300')).toBe(0);
    expect(await slices('--shard', '3/3')).toBe(0);
    await refused('gaps', /found another options\.windowHu\.0: -100 and -160 in shards 1 and 2 of/);
    expect(await slices('--shard', '1/3')).toBe(0);
    rmSync(at('gaps', 'label', 'case_4-2.npy'));
    await refused('gaps', /^axunet merge: Expected the slices of every case, found none, or not all, of case_4 in/);
    expect(await slices('--shard', '1/3')).toBe(0);
    expect(await run('merge', at('gaps'))).toBe(0);
    expect(await slices('--shard', '1/2')).toBe(0);
    await refused(
      'gaps',
      /Expected the shards of one number of them \(remove those left over\), found some of 2 and of 3/,
    );
  });

  it('cases that failed, unless that is allowed; then it leaves them out and ends with 1', async () => {
    writeFileSync(
      at('broken.csv'),
      'id,image,mask\na,raw/imagesTr/case_1_0000.nii.gz,raw/labelsTr/case_1.nii.gz\nb,x,y\n',
    );
    const args = ['--cohort', at('broken.csv'), '--out', at('broken'), '--set', 'families=["firstorder"]'];
    expect(await run('radiomics', ...args, '--shard', '1/2')).toBe(0);
    expect(await run('radiomics', ...args, '--shard', '2/2')).toBe(1);
    await refused('broken', /^axunet merge: Expected all 2 shards complete, found case b failed: .* in .*broken$/);
    expect(existsSync(at('broken', 'features.csv'))).toBe(false);
    expect(await run('merge', at('broken'), '--allow-failed')).toBe(1);
    expect(text('broken', 'features.csv').split('\n').slice(1)).toEqual([expect.stringMatching(/^a,/), '']);
  });

  it('masks that were changed afterwards, and a call without a folder', async () => {
    writeFileSync(at('masks', 'case_3_0000.nii.gz'), 'another');
    await refused('masks', /^axunet merge: Expected the mask of case_3_0000 as it was written, found another in/);
    await expect(run('merge')).rejects.toThrow('Expected axunet merge DIR...');
  });
});
