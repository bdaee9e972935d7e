/** Phantoms are known by their set and by their files. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../lib/dataset/cases.ts';
import { makePhantomCohort } from '../../lib/dataset/phantom.ts';
import { isSyntheticImage, isSyntheticSet } from '../../lib/dataset/synthetic.ts';
import { openSlices } from '../../lib/preprocess/sliceSet.ts';
import { preprocessDataset } from '../../lib/preprocess/slices.ts';
import { openImage } from '../../lib/scan/openVolume.ts';
import { trainConfig } from '../../lib/train/config.ts';
import { describeRun } from '../../lib/train/run.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-synthetic-'));
beforeAll(() => makePhantomCohort(folder, { profile: 'tiny', patients: 1 }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the phantom cohort', () => {
  it('is known as synthetic by its folder, whatever that is called, and by each file', async () => {
    const { isSynthetic, cases } = await openDataset(folder);
    expect(isSynthetic).toBe(true);
    const { header } = await openImage(cases[0]!.image);
    expect(isSyntheticImage(header.description)).toBe(true);
  });
  it('is known by its files in another layout too, with no word of the set, and so is what is trained on it', async () => {
    const moved = path.join(folder, 'moved');
    for (const [from, to] of [
      ['imagesTr', 'images'],
      ['labelsTr', 'labels'],
    ] as const)
      cpSync(path.join(folder, from), path.join(moved, to), { recursive: true });
    const list = await openDataset(moved);
    expect(list.isSynthetic).toBeUndefined();
    const out = path.join(folder, 'slices');
    const manifest = await preprocessDataset(list, { out, mode: 'default' });
    expect([manifest.isSynthetic, manifest.cases[0]!.isSynthetic]).toEqual([true, true]);
    const [slices, config] = [await openSlices(out), trainConfig({ width: 4, gridSize: [32, 32] })];
    const split = { training: [manifest.cases[0]!.patient], validation: [] };
    const trainedOn = (cases: typeof manifest.cases) =>
      describeRun(config, { ...slices, manifest: { ...manifest, isSynthetic: undefined, cases } }, split).data;
    const scan = { ...manifest.cases[0]!, isSynthetic: undefined };
    expect(trainedOn([...manifest.cases, { ...scan, patient: 'a person' }]).isSynthetic).toBe(true);
    expect(trainedOn([...manifest.cases, scan])).not.toHaveProperty('isSynthetic');
  });
  it('is not what other descriptions and generators are', () => {
    for (const text of [undefined, '', 'synthetic', 'phantom_001', 'axunet pancreas mask', 'phantom of the opera v1'])
      expect(isSyntheticImage(text)).toBe(false);
    for (const generator of [undefined, null, 'axunet phantom', { name: 'another' }, {}])
      expect(isSyntheticSet(generator)).toBe(false);
    expect(isSyntheticSet({ name: 'axunet phantom', version: 7 })).toBe(true);
  });
});
