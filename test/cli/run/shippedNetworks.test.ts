/** The commands with the networks of the project: without --run, and by name. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { writeFileAtomic } from '../../../lib/io/files.ts';
import { encodeGreyPng } from '../../../lib/io/greyPng.ts';
import { writeNifti } from '../../../lib/io/nifti.ts';
import type { Vec3 } from '../../../lib/volume/volume.ts';
import { writeShippedExample } from '../../weights/shippedExample.ts';
import { listen } from './listen.ts';

const [predict, report, exporting] = await Promise.all([
  loadCommand('predict'),
  loadCommand('report'),
  loadCommand('export'),
]);
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-shipped-cli-'));
const at = (...names: string[]): string => path.join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  await writeShippedExample(at('weights'));
  const grey = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64 > 8 && i % 64 < 56 ? 70 : 0));
  await writeFileAtomic(at('picture.png'), encodeGreyPng({ data: grey, width: 64, height: 64 }));
  const shape: Vec3 = [64, 64, 2];
  const data = Int16Array.from({ length: 64 * 64 * 2 }, (_, i) => (i % 64 > 8 && i % 64 < 56 ? 40 : -1000));
  const affine = [0.8, 0, 0, 0, 0, 0.8, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1];
  await writeNifti(at('scan.nii.gz'), { data, shape, spacingMm: [0.8, 0.8, 5], affine });
});
beforeEach(() => void vi.stubEnv('AXUNET_WEIGHTS', at('weights')));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
const recordOf = (place: string) => JSON.parse(readFileSync(at(place), 'utf8'));

describe('the networks of the project', () => {
  it('predict pictures and volumes without --run, and say what they are and what is unlike their training', async () => {
    const said = listen();
    expect(await predict.run([at('scan.nii.gz'), at('picture.png'), '--out', at('masks')])).toBe(0);
    const text = said.join('\n');
    expect(text).toContain('weights: the mean of 2 networks of the project');
    expect(text).toContain('weights: not a medical device');
    expect(text).toContain('unlike the training data: slices 5 mm apart, 1 mm in training');
    const [scan, picture] = [recordOf('masks/scan.json'), recordOf('masks/picture.json')];
    expect(scan.made).toMatchObject({ windowHu: [0, 256], threshold: 0.4, seenPixelMm: 0.8 });
    expect(scan.likeness.look.softHu).toBe(40);
    expect(scan.likeness.spacingMm[0]).toBeCloseTo(0.8, 6);
    expect(scan.likeness.spacingMm[1]).toBe(5);
    expect(picture.likeness.look.softHu).toBeCloseTo((70 / 255) * 256, 3);
    expect(existsSync(at('masks/scan.nii.gz')) && existsSync(at('masks/picture.png'))).toBe(true);
  });

  it('are named by weights and small, which have no last step', async () => {
    const said = listen();
    const args = [at('picture.png'), '--run', 'small', '--out', at('by-small')];
    expect(await predict.run(args)).toBe(0);
    expect(said.join('\n')).toContain('small: the small network of the project');
    expect(recordOf('by-small/picture.json').made.model).not.toContain('+');
    await expect(predict.run([...args, '--weights', 'last'])).rejects.toThrow(
      "Expected a run's folder for the weights",
    );
  });

  it('report on a scan, beside their training', async () => {
    listen();
    expect(await report.run([at('scan.nii.gz'), '--slices', '1', '--out', at('page')])).toBe(0);
    const { beside, networks } = recordOf('page/scan.report.json');
    expect(beside.seen.patients).toBe(5);
    expect(networks).toHaveLength(2);
    const page = readFileSync(at('page/scan.report.html'), 'utf8');
    expect(page).toContain('Beside the training data');
    expect(page).toContain('one slice, three times');
  }, 180_000); // draws a page

  it('are exported one by one', async () => {
    listen();
    expect(await exporting.run(['--run', 'small', '--tfjs', at('tfjs')])).toBe(0);
    expect(existsSync(at('tfjs/model.json'))).toBe(true);
    await expect(exporting.run(['--run', 'weights', '--tfjs', at('two')])).rejects.toThrow(
      /^Expected the run of one network, such as .*one\.safetensors, found 2 of them in weights/,
    );
  });

  it('are missed in one sentence where they are not', async () => {
    vi.stubEnv('AXUNET_WEIGHTS', at('nowhere'));
    for (const args of [[], ['--run', 'small']])
      await expect(predict.run([at('picture.png'), ...args, '--out', at('none')])).rejects.toThrow(
        /^Expected the networks of this project \(they come with the repository; `npm run weights` makes them/,
      );
    expect(existsSync(at('none'))).toBe(false);
  });
});
