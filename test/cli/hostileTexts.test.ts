/** Texts of files that would steer a terminal, fill it, or forge a line of it, at every door that prints them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runLine } from '../../lib/cli/runLine.ts';
import { writeNifti } from '../../lib/io/nifti.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'axunet-texts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Clears the screen, colours by C1, turns the direction of reading, and begins a line of its own. */
const steering = 'a\u001b[2J\u009b31m\u202egnp\u2028\r\nERROR forged';
const endless = 'x'.repeat(60_000);
const hostile = [
  ['that steers a terminal', steering],
  ['without an end', endless],
] as const;

/** What a command line prints on both outputs, progress included. */
async function printed(...line: string[]): Promise<string> {
  let said = '';
  const note = (...parts: unknown[]): void => void (said += `${parts.join(' ')}\n`);
  const spies = [
    ...(['log', 'warn', 'error'] as const).map((method) => vi.spyOn(console, method).mockImplementation(note)),
    ...[process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((text) => (note(text), true)),
    ),
  ];
  try {
    await runLine(line);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return said;
}

function expectPlain(text: string): void {
  expect(text).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
  expect(text).not.toMatch(/^ERROR forged/m);
  expect(text.length).toBeLessThan(10_000);
}

let folder: string;
let runs = 0;
const at = (...parts: string[]): string => path.join(folder, ...parts);
const put = (name: string, content: unknown): string => {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  return at(name);
};
const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const putVolume = (name: string): Promise<void> =>
  writeNifti(at(name), {
    data: Int16Array.from({ length: 512 }, (_, i) => Number(i % 7 === 0)),
    shape: [8, 8, 8],
    spacingMm: [1, 1, 1],
    affine,
  });
beforeEach(() => {
  folder = path.join(root, String(++runs));
  mkdirSync(folder);
});

const slice = { id: 'a-0', case: 'a', patient: 'a', z: 0, image: 'data/a-0.npy', label: 'label/a-0.npy' };
const rest = { height: 1, width: 1, spacingMm: [1, 1], foreground: 0, box: null };
const caseOf = { id: 'a', patient: 'a', sources: {}, slices: 1 };
const manifest = (of: object, ofSlice: object = {}, ofCase: object = {}): object => ({
  ...{ version: 1, dataset: 'd', mode: 'default', windowHu: [-160, 240], unit: 'mm', failed: [], pending: [] },
  slices: [{ ...slice, ...rest, ...ofSlice }],
  cases: [{ ...caseOf, ...ofCase }],
  ...of,
});

describe.each(hostile)('A text %s', (_, text) => {
  it.each([
    ['dataset', manifest({ dataset: text })],
    ['slices[0].patient', manifest({}, { patient: text })],
    ['slices[0].id', manifest({}, { id: text })],
    ['cases[0].group', manifest({}, {}, { group: text })],
    ['failed[0].id', manifest({ failed: [{ id: text, reason: 'x' }] })],
  ])('is refused as %s of a manifest', async (place, content) => {
    put('manifest.json', content);
    const said = await printed('train', '--slices', folder, '--out', at('run'));
    expectPlain(said);
    expect(said).toMatch(/^axunet train: Expected a slice manifest whose /m);
    expect(said).toContain(`${place} is one line of at most 500 characters without control characters`);
  });

  it.each([
    ['a label (version 2)', { labels: { background: 0, [text]: 1 } }],
    ['a label (Decathlon)', { labels: { 0: 'background', 1: text } }],
    ['a group', { groups: { p: text } }],
    ['the name of a group', { groups: { [text]: text } }],
    ['the ending of files', { file_ending: text }],
    ['a case that is not there', { training: [{ image: `imagesTr/${text}.nii.gz` }] }],
    ['a key that nobody knows', { [text]: text }],
  ])('is refused or shown as a code as %s of a dataset.json', async (_what, json) => {
    await putVolume('imagesTr/p.nii.gz');
    await putVolume('labelsTr/p.nii.gz');
    put('dataset.json', json);
    expectPlain(await printed('verify', folder));
    expectPlain(await printed('verify', folder, '--json'));
    expectPlain(await printed('preprocess', folder, '--out', at('slices')));
  });

  it('is shown as a code or cut in options, settings and folds', async () => {
    put('manifest.json', manifest({}));
    await putVolume('p.nii');
    const options = put('config.json', { [text]: 1 });
    expectPlain(await printed('train', '--slices', folder, '--out', at('run'), '--config', options));
    const value = put('loss.json', { loss: text });
    expectPlain(await printed('train', '--slices', folder, '--out', at('run'), '--config', value));
    for (const settings of [{ [text]: 1 }, { binWidth: text }, { setting: { interpolator: text } }]) {
      const file = put('settings.yaml', settings);
      const said = await printed('radiomics', at('p.nii'), at('p.nii'), '--settings', file);
      expectPlain(said);
      expect(said).toContain('settings.yaml');
    }
  });

  it('is shown as a code in the table of a cohort, whose own columns go into features.csv', async () => {
    await putVolume('p.nii');
    const cell = `"${text}"`;
    const table = put('cohort.csv', `id,image,mask,note\nc,p.nii,p.nii,${cell}\nd,${cell},p.nii,x\n`);
    expectPlain(await printed('radiomics', '--cohort', table, '--out', at('out'), '--set', 'families=[firstorder]'));
    const written = readFileSync(at('out', 'features.csv'), 'utf8');
    expect(written).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e]/);
  });
});

describe.skipIf(process.platform === 'win32')('A file whose name steers a terminal', () => {
  const name = `${steering.replace('ERROR', 'ERROR ')}.nii.gz`;
  it('is refused by its set, by evaluation and by prediction', async () => {
    for (const place of ['imagesTr', 'labelsTr']) await putVolume(`${place}/${name}`);
    for (const line of [
      ['verify', folder],
      ['preprocess', folder, '--out', at('slices')],
      ['evaluate', '--prediction', at('imagesTr'), '--reference', at('labelsTr')],
    ]) {
      const said = await printed(...line);
      expectPlain(said);
      expect(said).toContain('Expected the name of a file (one line of at most 500 characters');
    }
    const { findVolumes } = await import('../../lib/predict/inputs.ts');
    await expect(findVolumes([at('imagesTr')])).rejects.toThrow('Expected the name of a volume (one line of at most');
  });
});
