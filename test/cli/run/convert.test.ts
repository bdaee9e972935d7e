import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../../lib/cli/commands.ts';
import { messageOf } from '../../../lib/errors.ts';
import { readNifti, writeNifti } from '../../../lib/io/nifti.ts';
import { openImage, openMask } from '../../../lib/scan/openVolume.ts';
import { toCanonical } from '../../../lib/volume/orientation.ts';
import { temporaryFolders } from '../../dicom/folder.ts';
import { pancreasWithTumour, person, seriesFiles } from '../../dicomLabels/series.ts';

const folderOf = temporaryFolders();
let output: string[] = [];
beforeEach(() => {
  output = [];
  for (const name of ['log', 'error'] as const)
    vi.spyOn(console, name).mockImplementation((line) => void output.push(String(line)));
});
afterEach(() => vi.restoreAllMocks());

async function convert(...args: string[]): Promise<number> {
  try {
    return await (await loadCommand('convert')).run(args);
  } catch (error) {
    output.push(messageOf(error));
    return 2;
  }
}

const labels = ['--labels', 'pancreas=1,tumour=2'];

/** A series, a mask of it in NIfTI, and a place for results. */
async function given(): Promise<{ series: string; nifti: string; at: (name: string) => string; values: number[] }> {
  const series = folderOf(seriesFiles());
  const folder = folderOf();
  const { mask } = pancreasWithTumour(await openImage(series));
  // As dcm2niix has it: rows from the bottom.
  const turned = toCanonical(mask);
  const [nifti, at] = [path.join(folder, 'mask.nii.gz'), (name: string) => path.join(folder, name)];
  await writeNifti(nifti, turned);
  return { series, nifti, at, values: [...mask.data] };
}

describe('axunet convert', () => {
  it('takes a mask from NIfTI to DICOM and back, by way of SEG and RTSTRUCT', async () => {
    const { series, nifti, at, values } = await given();
    expect(await convert(nifti, '--source', series, '--out', at('m.seg.dcm'), ...labels)).toBe(0);
    // The segments of the SEG say what they are.
    const lines = ['--source', series, '--format', 'rtstruct', '--algorithm', 'Someone:1.2'];
    expect(await convert(at('m.seg.dcm'), ...lines, '--out', at('m.rt.dcm'))).toBe(0);
    for (const name of ['m.seg', 'm.rt']) {
      expect(await convert(at(`${name}.dcm`), '--source', series, '--out', at(`${name}.nii.gz`))).toBe(0);
      expect([...(await readNifti(at(`${name}.nii.gz`))).data]).toEqual(values);
    }
    expect(output).toContain('Values of the mask: 1 pancreas, 2 tumour');
    expect(readFileSync(at('m.rt.dcm'), 'latin1')).toContain('Someone 1.2');
    expect(await convert(at('m.seg.dcm'), '--out', at('t.nii'), '--segment', 'tumour')).toBe(0);
    expect([...(await readNifti(at('t.nii'))).data]).toEqual(values.map((v) => Number(v === 2)));
    expect(output).toContain('Values of the mask: 1 tumour');
    for (const value of Object.values(person)) expect(output.join('\n')).not.toContain(value);
  });
  it('takes values that nobody named for background where *=0 says so, and refuses them else', async () => {
    const { series, nifti, at, values } = await given();
    const tumourOnly = values.map((v) => (v === 2 ? 2 : 0));
    const write = (out: string, list: string, from = nifti): Promise<number> =>
      convert(from, '--source', series, '--out', at(out), '--labels', list);
    expect(await write('no.dcm', 'tumour=2')).toBe(2);
    expect(output.at(-1)).toContain('found the value 1 in');
    for (const out of ['t.dcm', 't.nii']) expect(await write(out, 'tumour=2, *=0')).toBe(0);
    const { segments, data } = await openMask(at('t.dcm'), { on: await openImage(series) });
    expect([segments, [...data]]).toEqual([[{ number: 1, label: 'tumour' }], tumourOnly.map((v) => v / 2)]);
    expect([...(await readNifti(at('t.nii'))).data]).toEqual(tumourOnly);
    expect(await write('both.dcm', 'pancreas=1,tumour=2')).toBe(0);
    expect(await write('of-seg.nii', 'tumour=2,*=0', at('both.dcm'))).toBe(0);
    expect(output).toContain('Values of the mask: 2 tumour');
    expect([...(await readNifti(at('of-seg.nii'))).data]).toEqual(tumourOnly);
  });
  it('is read as a label wherever a mask is', async () => {
    const { series, nifti, at } = await given();
    await convert(nifti, '--source', series, '--out', at('m.seg.dcm'), ...labels);
    expect((await openMask(at('m.seg.dcm'))).segments).toHaveLength(2);
    const verify = await loadCommand('verify');
    await convert(nifti, '--source', series, '--out', at('m.rt.dcm'), '--format', 'rtstruct', ...labels);
    for (const name of ['m.seg.dcm', 'm.rt.dcm']) expect(await verify.run([series, at(name), '--json'])).toBe(0);
  });
  it('replaces no file but by --force, and never its own source', async () => {
    const { series, nifti, at } = await given();
    const [first] = Object.keys(seriesFiles());
    const write = (out: string, ...more: string[]): Promise<number> =>
      convert(nifti, '--source', series, '--out', out, ...labels, ...more);
    expect(await write(at('m.dcm'))).toBe(0);
    expect(await write(at('m.dcm'))).toBe(2);
    expect(output.at(-1)).toMatch('Expected a file that is not there yet, or --force');
    expect(await write(at('m.dcm'), '--force')).toBe(0);
    const before = readFileSync(path.join(series, first!));
    symlinkSync(series, at('link'));
    for (const out of [path.join(series, 'new.dcm'), at('link/new.dcm'), at('link/deeper/new.dcm')]) {
      if (out.includes('deeper')) mkdirSync(at('link/deeper'));
      expect(await write(out, '--force')).toBe(2);
      expect(output.at(-1)).toMatch('Expected another place than that of the mask and of its image');
      expect(existsSync(out)).toBe(false);
    }
    expect(await convert(at('m.dcm'), '--source', series, '--out', at('m.dcm'), '--force')).toBe(2);
    expect(readFileSync(path.join(series, first!))).toEqual(before);
  });
  it('refuses in a sentence what it cannot do', async () => {
    const { series, nifti, at } = await given();
    const refusals: [string, ...string[]][] = [
      ['Expected axunet convert MASK --out FILE', nifti],
      ['Expected --source with the DICOM series', nifti, '--out', at('a.dcm')],
      ['Expected --out to end in .dcm, .nii or .nii.gz', nifti, '--out', at('a.png')],
      ['Expected a DICOM series, for the result to belong to it', nifti, '--out', at('a.dcm'), '--source', nifti],
      ['found the value 2 in', nifti, '--out', at('a.dcm'), '--source', series],
      ['Expected --labels as pancreas=1', nifti, '--out', at('a.dcm'), '--source', series, '--labels', 'liver=1'],
      ['Expected a DICOM-SEG or RTSTRUCT', nifti, '--out', at('a.nii'), '--segment', '1'],
    ];
    for (const [sentence, ...args] of refusals) {
      expect(await convert(...args)).toBe(2);
      expect(output.at(-1)).toContain(sentence);
    }
    const other = await readNifti(nifti);
    await writeNifti(at('moved.nii'), { ...other, affine: other.affine.map((v, i) => (i === 3 ? v + 3 : v)) });
    expect(await convert(at('moved.nii'), '--out', at('a.dcm'), '--source', series, ...labels)).toBe(2);
    expect(output.at(-1)).toMatch(/Expected a mask on the voxels of --source, found affine row 1/);
    expect(existsSync(at('a.dcm'))).toBe(false);
  });

  it('refuses an image in the place of a mask, and values that the labels do not name, also for NIfTI', async () => {
    const { series, nifti, at } = await given();
    expect(await convert(series, '--out', at('ct.nii'))).toBe(2);
    expect(output.at(-1)).toContain('Expected a mask of labels 0 or more, found -');
    expect(await convert(nifti, '--out', at('one.nii'), '--labels', 'pancreas=1')).toBe(2);
    expect(output.at(-1)).toContain('found the value 2');
    expect([existsSync(at('ct.nii')), existsSync(at('one.nii'))]).toEqual([false, false]);
  });
});
