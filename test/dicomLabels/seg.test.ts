/** DICOM Segmentations: what is written is read again, and what others wrote is read as they mean it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDicomHeader } from '../../lib/dicom/dicomHeader.ts';
import { readDicomLabel } from '../../lib/dicomLabels/readLabel.ts';
import { readDicomSource } from '../../lib/dicomLabels/source.ts';
import { segBytes, writeSeg } from '../../lib/dicomLabels/writeSeg.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { readNrrd } from '../../lib/scan/nrrd.ts';
import { openImage } from '../../lib/scan/openVolume.ts';
import { readVolume } from '../../lib/scan/readVolume.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import { inOrderOf } from '../../lib/volume/orientation.ts';
import { temporaryFolders } from '../dicom/folder.ts';
import { ctElements, dicom, type Elements, height, width } from '../dicom/makeDicom.ts';
import { depth, maskOf, openSeries, pancreasWithTumour, person, seriesFiles } from './series.ts';

const folderOf = temporaryFolders();
const noon = new Date(2026, 0, 2, 12, 30, 15);

/** A segmentation of the made-up series in a file of its own. */
async function written(more: Elements = {}): Promise<{ file: string; folder: string }> {
  const folder = folderOf(seriesFiles(more));
  const { image, source } = await openSeries(folder);
  const file = path.join(folderOf(), 'mask.seg.dcm');
  await writeSeg(file, pancreasWithTumour(image), source);
  return { file, folder };
}

/** Every text of a data set, sequences too, by tag. */
function textsOf(data: Awaited<ReturnType<typeof readDicomHeader>>['data'], found = new Map<string, string[]>()) {
  for (const [tag, element] of Object.entries(data.elements)) {
    if (element.items) for (const item of element.items) textsOf(item.dataSet!, found);
    else found.set(tag, [...(found.get(tag) ?? []), data.string(tag) ?? '']);
  }
  return found;
}

describe('a segmentation that we write', () => {
  it('gives the mask back on its own grid, which is that of the series', async () => {
    const { file, folder } = await written();
    const image = await openImage(folder);
    const read = (await readDicomLabel(file, {}))!;
    expect(read.data).toEqual(pancreasWithTumour(image).mask.data);
    expect([read.shape, read.warnings]).toEqual([image.shape, []]);
    read.affine.forEach((value, i) => expect(value).toBeCloseTo(image.affine[i]!, 9));
    expect(read.segments).toEqual([
      { number: 1, label: 'pancreas' },
      { number: 2, label: 'tumour' },
    ]);
  });
  it('gives one segment by its number or its name', async () => {
    const { file } = await written();
    const counts = [];
    for (const segment of ['1', 'tumour', 'TUMOUR']) {
      const { data } = (await readDicomLabel(file, { segment }))!;
      counts.push([Math.max(...data), data.filter((v) => v > 0).length]);
    }
    // 3 × 2 × 2 and 2 × 2 × 2 voxels
    expect(counts).toEqual([
      [1, 12],
      [1, 8],
      [1, 8],
    ]);
    await expect(readDicomLabel(file, { segment: 'liver' })).rejects.toThrow(
      'Expected a segment "liver", found only 1 pancreas, 2 tumour',
    );
  });
  it('comes back from any mask, with segments that have no voxel too', async () => {
    const { image, source } = await openSeries(folderOf(seriesFiles()));
    const voxels = width * height * depth;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: voxels, maxLength: voxels, max: 2 }), async (data) => {
        const labelled = { ...pancreasWithTumour(image), mask: { ...image, data } };
        const file = path.join(folderOf(), 'any.dcm');
        writeFileSync(file, segBytes(labelled, source, file));
        expect((await readDicomLabel(file, {}))!.data).toEqual(data);
      }),
      { numRuns: 30 },
    );
  });
  it('follows the slices of a tilted gantry', async () => {
    const files = Object.fromEntries(
      Array.from({ length: depth }, (_, z) => [
        `s${z}`,
        dicom(
          ctElements(z, {
            ImagePositionPatient: `-20\\${-30 + 0.5 * z}\\${10 + 2 * z}`,
          }),
          { pixels: new Uint8Array(2 * width * height) },
        ),
      ]),
    );
    const { image, source } = await openSeries(folderOf(files));
    const file = path.join(folderOf(), 'tilted.dcm');
    await writeSeg(file, pancreasWithTumour(image), source);
    const read = (await readDicomLabel(file, {}))!;
    expect(read.data).toEqual(pancreasWithTumour(image).mask.data);
    read.affine.forEach((value, i) => expect(value).toBeCloseTo(image.affine[i]!, 9));
  });
  it('names the images that it was made from, what its segments are, and who made it', async () => {
    const { data } = await readDicomHeader((await written()).file);
    const texts = textsOf(data);
    const sources = new Set(texts.get('x00081155'));
    expect([...sources].sort()).toEqual(Array.from({ length: depth }, (_, z) => `2.25.7.${z}`));
    expect(texts.get('x0020000d')).toEqual(['2.25.5']);
    expect(texts.get('x0020000e')).toContain('2.25.6');
    // Category and type of both segments, where the mass lies, what was done and why an image is named.
    expect(new Set(texts.get('x00080100'))).toEqual(
      new Set(['123037004', '15776009', '49755003', '4147007', '113076', '121322', '123110']),
    );
    expect(texts.get('x00660036')).toEqual(['AX-Unet', 'AX-Unet']);
    expect(texts.get('x00660031')).toEqual(['0.1.0', '0.1.0']);
  });
  it('names the frames of a source that is one file', async () => {
    const { ImagePositionPatient: _, ...rest } = ctElements(0);
    const PerFrameFunctionalGroupsSequence = Array.from({ length: depth }, (_, z) => ({
      PlanePositionSequence: [{ ImagePositionPatient: `-20\\-30\\${2 * z}` }],
    }));
    const elements = { ...rest, NumberOfFrames: depth, PerFrameFunctionalGroupsSequence };
    const pixels = new Uint8Array(2 * width * height * depth);
    const { image, source } = await openSeries(folderOf({ one: dicom(elements, { pixels }) }));
    const file = path.join(folderOf(), 'mask.dcm');
    await writeSeg(file, pancreasWithTumour(image), source);
    const texts = textsOf((await readDicomHeader(file)).data);
    // Frames 2 and 3 hold both segments; the first and the last are there for the extent.
    expect(texts.get('x00081160')?.map((text) => text.trim())).toEqual(['1', '2', '3', '5', '2', '3']);
    expect(new Set(texts.get('x00081155'))).toEqual(new Set(['2.25.7.0']));
    expect((await readDicomLabel(file, {}))!.data).toEqual(pancreasWithTumour(image).mask.data);
  });
  it('repeats of the person what the standard demands, and nothing else', async () => {
    const { file } = await written();
    const bytes = readFileSync(file, 'latin1');
    const { PatientAddress, PatientComments, InstitutionName, ...wanted } = person;
    for (const value of Object.values(wanted)) expect(bytes).toContain(value);
    for (const value of [PatientAddress, PatientComments, InstitutionName]) expect(bytes).not.toContain(value);
  });
  it('is the same file for the same mask, source, maker and time, and another with any other', async () => {
    const { image, source } = await openSeries(folderOf(seriesFiles()));
    const bytes = (labelled = pancreasWithTumour(image), now = noon): Buffer => segBytes(labelled, source, 'f', now);
    expect(bytes().equals(bytes())).toBe(true);
    expect(bytes().equals(bytes({ ...pancreasWithTumour(image), algorithm: undefined }))).toBe(false);
    expect(bytes().equals(bytes(undefined, new Date(0)))).toBe(false);
  });
  it('is made of a series without ids, which is told', async () => {
    const none = { StudyInstanceUID: '', SeriesInstanceUID: '', SOPInstanceUID: '', SOPClassUID: '' };
    const { source } = await openSeries(folderOf(seriesFiles(none)));
    expect(source.warnings).toEqual([
      'the source has no id of its study, series, frame of reference; one is made up, and viewers cannot link the result',
    ]);
    // The preface of each file still knows its instance.
    expect(source.slices.map(({ sopInstance }) => sopInstance)).toEqual(
      Array.from({ length: depth }, (_, z) => `2.25.7.${z}`),
    );
    expect((await readDicomLabel((await written(none)).file, {}))!.shape).toEqual([width, height, depth]);
  });
  it('is refused for values without a name and for another number of slices', async () => {
    const { image, source } = await openSeries(folderOf(seriesFiles()));
    const labelled = pancreasWithTumour(image);
    const three = { ...labelled, mask: maskOf(image, (x) => (x === 2 ? 3 : 0)) };
    expect(() => segBytes(three, source, 'm.nii')).toThrow(
      'Expected values 0, 1 (pancreas), 2 (tumour) (or --labels), found the value 3 in m.nii',
    );
    const short = { ...labelled, mask: { ...labelled.mask, shape: [width, height, 4] as const } };
    expect(() => segBytes(short, source, 'm.nii')).toThrow('Expected a mask of 5 slices');
  });
  it('is read by dciodvfy without an error', async ({ skip }) => {
    if (spawnSync('dciodvfy', ['-version']).error) skip('dciodvfy is not installed (dicom3tools)');
    const { file } = await written({ FrameOfReferenceUID: '2.25.8' } as Elements);
    const { stdout, stderr } = spawnSync('dciodvfy', [file], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).not.toMatch(/Error/);
    expect(`${stdout}${stderr}`).toContain('Segmentation');
  });
});

const shared = settings.sharedFolder ? path.join(settings.sharedFolder, 'data') : 'no such folder';
const real = path.join(shared, 'dicom-seg');
const theirs = (name: string): string => path.join(real, name);

describe.skipIf(!existsSync(real))('segmentations of dcmqi (needs ../shared/data/dicom-seg)', () => {
  const twins: [file: string, segment: string | undefined, twin: string, value: number][] = [
    ['liver.dcm', undefined, 'liver_seg.nrrd', 1],
    ['partial_overlaps.dcm', '1', 'partial_overlaps-1.nrrd', 1],
    ['partial_overlaps.dcm', 'ORANGE', 'partial_overlaps-2.nrrd', 2],
    ['partial_overlaps.dcm', '3', 'partial_overlaps-3.nrrd', 3],
    ['partial_overlaps.dcm', '4', 'partial_overlaps-1.nrrd', 4],
    ['partial_overlaps.dcm', 'dark_blue', 'partial_overlaps-1.nrrd', 5],
  ];
  it.each(twins)('%s, segment %s, equals its twin in NRRD', async (file, segment, twin, value) => {
    const on = await openImage(theirs('ct-3slice'));
    const { data, shape } = (await readDicomLabel(theirs(file), { segment, on }))!;
    const other = inOrderOf(await readNrrd(theirs(twin)), on);
    expect(shape).toEqual(other.shape);
    expect(data.filter((v, i) => v !== Number(other.data[i] === value)).length).toBe(0);
    expect(data.some((v) => v > 0)).toBe(true);
  });
  it('with segments that overlap are refused by name', async () => {
    await expect(readDicomLabel(theirs('partial_overlaps.dcm'), {})).rejects.toThrow(
      /Expected segments that do not overlap, .* found \d+ voxels in two \(1 GREEN, 2 ORANGE\)/,
    );
  });
  it('on another grid than the image are refused', async () => {
    const image = await openImage(theirs('ct-3slice'));
    const on = { ...image, affine: image.affine.map((v, i) => (i === 3 ? v + 0.4 : v)) };
    await expect(readDicomLabel(theirs('liver.dcm'), { on })).rejects.toThrow(
      'Expected a segmentation on the voxels of the image, found other voxels',
    );
  });
});

const python = settings.peerPython;
const hasPeer = python !== undefined && spawnSync(python, ['-c', 'import highdicom, SimpleITK']).status === 0;

describe.skipIf(!hasPeer)('highdicom (needs AXUNET_PEER_PYTHON with highdicom and SimpleITK)', () => {
  const ask = (script: string, ...args: string[]): Record<string, unknown> =>
    JSON.parse(execFileSync(python!, [projectPath('test/dicomLabels', script), ...args]).toString());

  it('reads what we write: every voxel at the place where the mask in NIfTI has it', async () => {
    const { file, folder } = await written();
    const nifti = path.join(folderOf(), 'mask.nii');
    await writeNifti(nifti, pancreasWithTumour(await readVolume(folder)).mask);
    const { voxels, differ, shape, segments } = ask('highdicom_peer.py', file, nifti);
    expect({ voxels, differ, shape }).toEqual({ voxels: 20, differ: 0, shape: [depth, height, width] });
    expect(segments).toEqual([
      { number: 1, label: 'pancreas', category: '123037004', type: '15776009' },
      { number: 2, label: 'tumour', category: '49755003', type: '4147007' },
    ]);
  }, 60_000);
  it.skipIf(!existsSync(path.join(shared, 'totalsegmentator')))(
    'reads a mask of the TotalSegmentator series without a voxel apart',
    async () => {
      const place = path.join(shared, 'totalsegmentator');
      const image = await readVolume(path.join(place, 'example_ct_dicom'));
      const stored = await readVolume(path.join(place, 'example_seg_dicom.nii.gz'));
      const mask = { ...stored, data: Uint8Array.from(stored.data, (v) => Number(v > 0)) };
      const out = folderOf();
      await writeNifti(path.join(out, 'mask.nii.gz'), mask);
      const labelled = {
        ...pancreasWithTumour(image),
        mask: inOrderOf(mask, image),
        labels: [{ value: 1, name: 'pancreas' as const }],
      };
      await writeSeg(path.join(out, 'mask.dcm'), labelled, await readDicomSource(image as never));
      const said = ask('highdicom_peer.py', path.join(out, 'mask.dcm'), path.join(out, 'mask.nii.gz'));
      expect([said.voxels, said.differ]).toEqual([mask.data.filter((v) => v > 0).length, 0]);
    },
    120_000,
  );
});
