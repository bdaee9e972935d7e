/** Phantoms are known by their set and by their files. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../lib/dataset/cases.ts';
import { makePhantomCohort } from '../../lib/dataset/phantom.ts';
import { isSyntheticImage, isSyntheticSet } from '../../lib/dataset/synthetic.ts';
import { openImage } from '../../lib/scan/openVolume.ts';

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
  it('is not what other descriptions and generators are', () => {
    for (const text of [undefined, '', 'synthetic', 'phantom_001', 'axunet pancreas mask', 'phantom of the opera v1'])
      expect(isSyntheticImage(text)).toBe(false);
    for (const generator of [undefined, null, 'axunet phantom', { name: 'another' }, {}])
      expect(isSyntheticSet(generator)).toBe(false);
    expect(isSyntheticSet({ name: 'axunet phantom', version: 7 })).toBe(true);
  });
});
