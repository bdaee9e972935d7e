import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lossReferences } from './referenceFiles.ts';

describe('AXUNET_LOSS_REFERENCE', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-loss-'));
    writeFileSync(
      path.join(folder, 'a.json'),
      JSON.stringify({ note: '', n_voxels: 4, n_gt: 1, n_pred: 1, tp: 1, values: { 'BCE mean': 1 } }),
    );
    writeFileSync(path.join(folder, 'b.json'), JSON.stringify({ cases: [{ case: 'disc', as_code: {} }] }));
    writeFileSync(path.join(folder, 'c.json'), '{}');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const found = (value: string): string[] => {
    vi.stubEnv('AXUNET_LOSS_REFERENCE', value);
    const { monai, reference } = lossReferences();
    return [...monai, ...reference].map(({ name }) => name);
  };

  it('names a folder, or files between commas or as in PATH', () => {
    const [a, b] = ['a.json', 'b.json'].map((name) => path.join(folder, name));
    expect(found(folder)).toEqual(['a.json', 'b.json']);
    expect(found(b)).toEqual(['b.json']);
    expect(found(`${b}, ${a}`)).toEqual(['a.json', 'b.json']);
    expect(found([a, b].join(path.delimiter))).toEqual(['a.json', 'b.json']);
  });

  it('refuses a file that is of neither format, where it is named', () => {
    expect(() => found(path.join(folder, 'c.json'))).toThrow(/Expected a file of loss values.*c\.json/);
  });
});
