import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { changesOf, slicesFor } from '../../../lib/cli/run/training.ts';
import { parseClasses } from '../../../lib/dataset/classes.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'config.json');
const changes = (text: string, set: string[] = []) => {
  writeFileSync(file, text);
  return changesOf({ config: file, set } as unknown as Parameters<typeof changesOf>[0]);
};

describe('--labels', () => {
  it('are of a data set: slices that were made have their classes', async () => {
    const values = { slices: folder, labels: parseClasses('a=1,b=2') } as unknown as Parameters<typeof slicesFor>[0];
    await expect(slicesFor(values, 'train')).rejects.toThrow(/^Expected --labels with --dataset .*, found --slices$/);
  });
});

describe('--config', () => {
  it('is an object of options, under those of --set', async () => {
    expect(await changes('{"width": 8, "epochs": 2}', ['width=4'])).toEqual({ width: 4, epochs: 2 });
  });
  it.each(['null', '[]', '"width"', '7', 'true'])('that is %s is refused with its file', async (text) => {
    await expect(changes(text)).rejects.toThrow(/^Expected an object of training options, found .* in .*config\.json$/);
  });
});
