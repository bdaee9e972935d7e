import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import type { EvaluationReport } from '../../../lib/evaluate/report.ts';
import { writeNifti } from '../../../lib/io/nifti.ts';
import { settings } from '../../../lib/settings.ts';
import { toGeometryOf } from '../../../lib/volume/orientation.ts';
import type { Vec3, Volume } from '../../../lib/volume/volume.ts';
import { lps, temporaryFolder, volumeOf } from '../../dataset/fixtures.ts';

const evaluate = await loadCommand('evaluate');

const shape: Vec3 = [10, 8, 4];
/** A box that begins at x = `from`, 4 voxels wide. */
const mask = (from: number, value = 1, affine = lps()): Volume<Uint8Array> => {
  const data = new Uint8Array(320);
  for (let z = 1; z < 3; z++)
    for (let y = 2; y < 6; y++) for (let x = from; x < from + 4; x++) data[x + 10 * (y + 8 * z)] = value;
  return volumeOf(data, shape, affine);
};

describe('axunet evaluate', () => {
  let folder: string;
  let printed: string;
  const at = (...parts: string[]): string => path.join(folder, ...parts);
  const report = (): EvaluationReport => JSON.parse(printed) as EvaluationReport;
  beforeEach(async () => {
    folder = await temporaryFolder();
    printed = '';
    vi.spyOn(console, 'log').mockImplementation((text: string) => {
      printed += `${text}\n`;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    for (const name of ['good', 'poor', 'reference']) await mkdir(at(name));
    for (const [i, id] of ['a', 'b', 'c'].entries()) {
      await writeNifti(at('reference', `${id}.nii.gz`), mask(1 + i));
      await writeNifti(at('good', `${id}.nii.gz`), mask(1 + i));
      await writeNifti(at('poor', `${id}.nii.gz`), mask(3));
    }
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true, force: true });
  });

  it('scores one pair of files', async () => {
    expect(
      await evaluate.run([
        '--prediction',
        at('poor', 'a.nii.gz'),
        '--reference',
        at('reference', 'a.nii.gz'),
        '--json',
      ]),
    ).toBe(0);
    const [model] = report().models;
    expect(model.cases).toHaveLength(1);
    expect(model.cases[0]).toMatchObject({ id: 'a', outcome: 'both', counts: { tp: 16, fp: 16, fn: 16, tn: 272 } });
    // Moved by 2 voxels of 2 mm.
    expect(model.cases[0].values).toMatchObject({
      dice: 0.5,
      hausdorffMm: 4,
      predictionMl: 0.256,
      volumeDifferenceMl: 0,
    });
  });

  it('prints which label values are pancreas, and notes them in its JSON, also where nobody said so', async () => {
    const files = ['--prediction', at('poor'), '--reference', at('reference')];
    expect(await evaluate.run([...files, '--out', at('out')])).toBe(0);
    expect(printed.split('\n')[0]).toBe('labels: pancreas 1, 2 (assumed, as no label map is given)');
    const assumed = { labelMap: { 1: 1, 2: 1 }, labels: 'labels: pancreas 1, 2', assumed: true };
    const saved = JSON.parse(await readFile(at('out', 'report.json'), 'utf8')) as EvaluationReport;
    expect(saved.labels).toEqual({ reference: assumed, prediction: assumed });
    printed = '';
    expect(await evaluate.run([...files, '--label-map', '1:1,2:0,*:0'])).toBe(0);
    expect(printed.split('\n').slice(0, 2)).toEqual([
      'reference labels: pancreas 1; background 2; all others background',
      'prediction labels: pancreas 1, 2 (assumed, as no label map is given)',
    ]);
  });

  it('scores folders by id, compares models and writes the report in four forms', async () => {
    const models = ['--prediction', at('good'), '--prediction', at('poor')];
    expect(await evaluate.run([...models, '--reference', at('reference'), '--out', at('out')])).toBe(0);
    expect(printed).toContain('good: 3 cases: 3 in both masks, 0 missed, 0 invented, 0 rightly empty');
    expect(printed).toMatch(/good - poor +DSC +3 +0\.250/);
    const saved = JSON.parse(await readFile(at('out', 'report.json'), 'utf8')) as EvaluationReport;
    expect(saved.models.map(({ name, cases }) => [name, cases.map(({ id }) => id)])).toEqual([
      ['good', ['a', 'b', 'c']],
      ['poor', ['a', 'b', 'c']],
    ]);
    expect(saved.models[1].summary.metrics.dice.all.mean).toBeCloseTo((0.5 + 0.75 + 1) / 3, 12);
    expect(saved.comparisons[0]).toMatchObject({ metric: 'dice', better: [2, 0, 1] });
    expect(saved.plots[0]).toMatchObject({
      metric: 'dice',
      cases: ['a', 'b', 'c'],
      models: [
        { name: 'good', values: [1, 1, 1] },
        { name: 'poor', values: [0.5, 0.75, 1] },
      ],
    });
    const lines = (await readFile(at('out', 'cases.csv'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[4]).toMatch(/^poor,a,both,16,16,16,272,0\.5,/);
    expect((await readFile(at('out', 'summary.csv'), 'utf8')).split('\n')[0]).toMatch(
      /^model,metric,unit,cases,found,missed,invented,empty,failed,mean,/,
    );
    expect(await readFile(at('out', 'report.txt'), 'utf8')).toBe(printed);
  });

  it('loses no case: what lacks its partner or cannot be read is named, and the exit code is 1', async () => {
    await rm(at('poor', 'a.nii.gz'));
    await rm(at('reference', 'b.nii.gz'));
    expect(await evaluate.run(['--prediction', at('poor'), '--reference', at('reference'), '--json'])).toBe(1);
    const [{ cases, failed }] = report().models;
    expect(cases.map(({ id }) => id)).toEqual(['c']);
    expect(failed).toEqual([
      { id: 'a', reason: `Expected a prediction, found none in ${at('reference', 'a.nii.gz')}` },
      { id: 'b', reason: `Expected a reference, found none in ${at('poor', 'b.nii.gz')}` },
    ]);
  });

  it('takes probability maps beside the masks for what they are', async () => {
    await writeNifti(at('good', 'a_probability.nii.gz'), volumeOf(new Float32Array(320), shape));
    expect(await evaluate.run(['--prediction', at('good'), '--reference', at('reference'), '--json'])).toBe(0);
    expect(report().models[0].cases.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('counts a case with an empty prediction as missed', async () => {
    await writeNifti(at('poor', 'b.nii.gz'), volumeOf(new Uint8Array(320), shape));
    expect(await evaluate.run(['--prediction', at('poor'), '--reference', at('reference')])).toBe(0);
    expect(printed).toContain('poor: 3 cases: 2 in both masks, 1 missed, 0 invented, 0 rightly empty');
    expect(printed).toMatch(/^b +MISSED +0\.000/m);
    expect(printed).toContain('mean ± SD, 2 in both masks (1 missed, 0 invented)');
  });

  it('refuses names of labels that no mask of a side has, instead of calling every case missed', async () => {
    const sides = (prediction: string) => ['--prediction', at(prediction), '--reference', at('reference')];
    for (const id of ['a', 'b', 'c']) await writeNifti(at('reference', `${id}.nii.gz`), mask(1, 7));
    await expect(evaluate.run([...sides('good'), '--labels', 'pancreas=7,*=0'])).rejects.toThrow(
      `Expected label 7 in at least one prediction, found label 1 alone in ${at('good', 'a.nii.gz')}, `,
    );
    expect(await evaluate.run([...sides('good'), '--label-map', '7:1,*:0'])).toBe(0);
    // One mask with the label makes the others masks that lack it.
    await writeNifti(at('good', 'a.nii.gz'), mask(1, 7));
    expect(await evaluate.run([...sides('good'), '--labels', 'pancreas=7,*=0'])).toBe(0);
    expect(printed).toContain('good, pancreas: 3 cases: 1 in both masks, 2 missed, 0 invented, 0 rightly empty');
  });

  it('refuses masks on different grids, naming both', async () => {
    await writeNifti(at('poor', 'a.nii.gz'), mask(3, 1, lps([31, 20, -10])));
    expect(
      await evaluate.run([
        '--prediction',
        at('poor', 'a.nii.gz'),
        '--reference',
        at('reference', 'a.nii.gz'),
        '--json',
      ]),
    ).toBe(1);
    expect(report().models[0].failed[0].reason).toBe(
      'Expected prediction and reference on one grid, found a difference in affine row 1 (-2, 0, 0, 31) against ' +
        '(-2, 0, 0, 30): prediction 10×8×4 voxels of 2 × 2 × 2 mm, LPS, origin (31, 20, -10) mm; ' +
        'reference 10×8×4 voxels of 2 × 2 × 2 mm, LPS, origin (30, 20, -10) mm',
    );
  });

  it('takes another axis order of the same grid for the same grid', async () => {
    const source = {
      ...mask(1),
      shape: [4, 10, 8] as const,
      affine: [0, -2, 0, 30, 0, 0, -2, 20, 2, 0, 0, -10, 0, 0, 0, 1],
    };
    await writeNifti(at('poor', 'a.nii.gz'), toGeometryOf(mask(1), source));
    await evaluate.run(['--prediction', at('poor', 'a.nii.gz'), '--reference', at('reference', 'a.nii.gz'), '--json']);
    expect(report().models[0].cases[0].values.dice).toBe(1);
  });

  it('reads label values as it is told, and refuses those it was not told of', async () => {
    await writeNifti(at('reference', 'a.nii.gz'), mask(3, 7));
    const args = ['--prediction', at('poor', 'a.nii.gz'), '--reference', at('reference', 'a.nii.gz'), '--json'];
    expect(await evaluate.run(args)).toBe(1);
    expect(report().models[0].failed[0].reason).toBe(
      `Expected label values 0, 1, 2, found 7 in ${at('reference', 'a.nii.gz')}`,
    );
    printed = '';
    expect(await evaluate.run([...args, '--label-map', '7:1,*:0'])).toBe(0);
    expect(report().models[0].cases[0].values.dice).toBe(1);
  });

  it('refuses to guess what is meant', async () => {
    await expect(evaluate.run([])).rejects.toThrow(
      'Expected axunet evaluate --prediction P --reference R, or the name of a set of masks',
    );
    await expect(
      evaluate.run(['--prediction', at('good'), '--reference', at('reference', 'a.nii.gz')]),
    ).rejects.toThrow('Expected two files or two folders, found one of each');
    await expect(evaluate.run(['--prediction', at('nowhere'), '--reference', at('reference')])).rejects.toThrow(
      'Expected a mask or a folder of masks, found no such file or folder',
    );
    await expect(
      evaluate.run(['--prediction', at('good'), '--prediction', at('good'), '--reference', at('reference')]),
    ).rejects.toThrow('Expected different predictions');
  });

  it.skipIf(!settings.sharedFolder)(
    'compares the networks of a set of masks (needs the extra test data in ../shared)',
    async () => {
      const [small, all] = [at('odyssey'), path.join(settings.sharedFolder!, 'data/segloss-odyssey-pancreas/masks')];
      await mkdir(path.join(small, 'masks'), { recursive: true });
      for (const file of ['191_gt', '191_CE', '191_Dice'])
        await writeFile(path.join(small, 'masks', `${file}.nii.gz`), await readFile(path.join(all, `${file}.nii.gz`)));
      expect(await evaluate.run(['segloss-odyssey-pancreas', '--data', small, '--json'])).toBe(0);
      expect(report().models.map(({ name, cases }) => [name, cases[0].id])).toEqual([
        ['CE', '191'],
        ['Dice', '191'],
      ]);
      expect(report().models[0].cases[0].values.dice).toBeCloseTo(0.905, 3);
    },
  );
});
