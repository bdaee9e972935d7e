import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { writeNifti } from '../../../lib/io/nifti.ts';
import { label, lps, prediction, scan } from '../../view/makeScan.ts';
import { unpackPage } from '../../view/unpack.ts';
import { listen } from './listen.ts';

const view = await loadCommand('view');
const folder = mkdtempSync(path.join(os.tmpdir(), 'axunet-view-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());
const at = (name: string): string => path.join(folder, name);
const [ct, mask, found] = [at('ct.nii.gz'), at('label.nii.gz'), at('found.nii.gz')];
await writeNifti(ct, scan);
await writeNifti(mask, label);
await writeNifti(found, prediction);

it('writes a page with image, label and prediction, and says where', async () => {
  const said = listen();
  expect(await view.run([ct, '--mask', mask, '--prediction', found, '--name', 'case 7', '--out', at('a.html')])).toBe(
    0,
  );
  const page = readFileSync(at('a.html'), 'utf8');
  expect(unpackPage(page).content.masks.flatMap(({ classes }) => classes.map(({ name }) => name))).toEqual([
    'label',
    'prediction',
  ]);
  expect(page).toContain('<title>case 7</title>');
  expect(page).not.toMatch(/ct\.nii|axunet-view-/);
  expect(said.at(-1)).toBe(`Made ${at('a.html')} (0.0 MB), to be opened in a browser`);
});

it('keeps classes apart', async () => {
  listen();
  await view.run([ct, '--mask', mask, '--labels', 'pancreas=1,tumour=2', '--out', at('b.html')]);
  const [classes] = unpackPage(readFileSync(at('b.html'), 'utf8')).content.masks.map((each) => each.classes);
  expect(classes!.map(({ name }) => name)).toEqual(['pancreas, label', 'tumour, label']);
});

it('refuses what does not fit together, and writes nothing', async () => {
  const refused = (args: string[], said: string | RegExp): Promise<void> =>
    expect(view.run(args)).rejects.toThrow(said);
  const out = ['--out', at('none.html')];
  await refused([...out], 'Expected axunet view IMAGE');
  await refused([ct, '--value', '7', ...out], 'Expected --value with --mask, found no --mask');
  await refused([ct, '--labels', 'a=1', ...out], 'Expected --labels with --mask or --prediction, found neither');
  await refused([ct, '--mask', mask, '--value', '1', '--labels', 'a=1', ...out], 'either --value or --labels');
  await refused([ct, '--out', at('page.png')], /^Expected --out to end in \.html, found another name in .*page\.png$/);
  const moved = at('moved.nii');
  await writeNifti(moved, { ...label, affine: lps.with(3, 90) });
  await refused([ct, '--mask', moved, ...out], 'Expected a mask on the grid of the image');
  mkdirSync(at('series'));
  await refused([at('series'), '--out', at('series/page.html')], 'Expected another place than that of the sources');
  expect(['none.html', 'page.png', 'series/page.html'].map((name) => existsSync(at(name)))).toEqual([
    false,
    false,
    false,
  ]);
});
