import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRadiomicsSettings, settingAsWritten } from '../../lib/radiomics/readSettings.ts';
import type { RadiomicsChanges } from '../../lib/radiomics/settings.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-radiomics-'));
  file = path.join(folder, 'Params.yaml');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(text: string, more?: RadiomicsChanges) {
  writeFileSync(file, text);
  return readRadiomicsSettings(file, more);
}

describe('settings from a file', () => {
  it('may be ours, in JSON or YAML, with a BOM; what is given besides goes before them', async () => {
    expect(await read('{"binWidth": 10}', { label: 7 })).toMatchObject({ binWidth: 10, label: 7 });
    expect(await read('\ufeff# ours\nbinWidth: 10\nfamilies: [glcm]\n')).toMatchObject({
      binWidth: 10,
      families: ['glcm'],
    });
    expect(await read('features: [glcm_Contrast]', { families: ['ngtdm'] })).toMatchObject({
      features: null,
      families: ['ngtdm'],
    });
  });

  it('keep how a sigma is written, because it names an image', async () => {
    const ours = await read('logSigmasMm: [2, 2.0, 1.5, 3e0]');
    expect(ours.logSigmasMm).toEqual([2, '2.0', '1.5', '3e0']);
    expect((await read('{"imageType": {"LoG": {"sigma": [2, 2.0]}}}')).logSigmasMm).toEqual([2, '2.0']);
    expect(settingAsWritten('logSigmasMm', '[1, 2.0]')).toEqual([1, '2.0']);
    expect(settingAsWritten('binWidth', '25.0')).toBe(25);
    expect(['ibsi', '[1,', 'a: b'].map((text) => settingAsWritten('binRule', text))).toEqual(['ibsi', '[1,', 'a: b']);
  });

  it.each([
    ['[1]', 'Expected an object of radiomics options, found a list'],
    ['', 'Expected an object of radiomics options, found null'],
    ['__proto__: 1', 'Expected an object of radiomics options, found an object with the key __proto__'],
    ['a: [1', 'Expected radiomics options in YAML or JSON, found '],
    ['binWidth: 1\nbinWidth: 2', 'Expected radiomics options in YAML or JSON, found Map keys must be unique'],
    ['binWidth: "ten"', 'Expected binWidth to be a positive number, found "ten"'],
    ['binwidth: 3', 'Expected a radiomics option of label, families'],
  ])('are refused naming the file: %j', async (text, sentence) => {
    await expect(read(text)).rejects.toThrow(sentence);
    await expect(read(text)).rejects.toThrow(`in ${file}`);
  });

  it('are missed by the name of the file', async () => {
    const gone = path.join(folder, 'gone.yaml');
    await expect(readRadiomicsSettings(gone)).rejects.toThrow(gone);
  });
});
