import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { changesOf, openMadeSlices } from '../../../lib/cli/run/training.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'config.json');
const changes = (text: string, set: string[] = []) => {
  writeFileSync(file, text);
  return changesOf({ config: file, set } as unknown as Parameters<typeof changesOf>[0]);
};

describe('--config', () => {
  it('is an object of options, under those of --set', async () => {
    expect(await changes('{"width": 8, "epochs": 2}', ['width=4'])).toEqual({ width: 4, epochs: 2 });
  });
  it.each(['null', '[]', '"width"', '7', 'true'])('that is %s is refused with its file', async (text) => {
    await expect(changes(text)).rejects.toThrow(/^Expected an object of training options, found .* in .*config\.json$/);
  });
});

describe('--slices', () => {
  it('tell again which cases failed and what is odd in the others', async () => {
    const manifest = {
      version: 1,
      dataset: 'd',
      mode: 'default',
      unit: 'mm',
      slices: [],
      cases: [{ id: 'a', patient: 'a', sources: {}, slices: 0, warnings: ['a.nii: was the rescale intercept lost?'] }],
      failed: [{ id: 'b', reason: 'torn' }],
      pending: [],
    };
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
    const error = vi.spyOn(console, 'error').mockReturnValue();
    try {
      await openMadeSlices(folder, 'train');
      expect(error.mock.calls.flat()).toEqual([
        'axunet train: case b is left out: torn',
        'axunet train: warning: case a: a.nii: was the rescale intercept lost?',
      ]);
    } finally {
      error.mockRestore();
    }
  });
});
