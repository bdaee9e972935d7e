/** RT Structure Sets: what is written is read again, by us and by rt-utils; what is not meant for a mask is refused. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dicomFileBytes, type Elements } from '../../lib/dicomLabels/elements.ts';
import { readDicomLabel } from '../../lib/dicomLabels/readLabel.ts';
import { readDicomSource } from '../../lib/dicomLabels/source.ts';
import { rtstructBytes, writeRtstruct } from '../../lib/dicomLabels/writeRtstruct.ts';
import { writeNifti } from '../../lib/io/nifti.ts';
import { openImage, openMask } from '../../lib/scan/openVolume.ts';
import { readVolume } from '../../lib/scan/readVolume.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import { inOrderOf, toCanonical } from '../../lib/volume/orientation.ts';
import type { Volume } from '../../lib/volume/volume.ts';
import { temporaryFolders } from '../dicom/folder.ts';
import { height, width } from '../dicom/makeDicom.ts';
import { depth, openSeries, pancreasWithTumour, person, seriesFiles } from './series.ts';

const folderOf = temporaryFolders();

async function written(): Promise<{ file: string; folder: string; image: Volume }> {
  const folder = folderOf(seriesFiles());
  const { image, source } = await openSeries(folder);
  const file = path.join(folderOf(), 'mask.rtstruct.dcm');
  await writeRtstruct(file, pancreasWithTumour(image), source);
  return { file, folder, image };
}

/** A structure set with one region of these contours, in millimetres to left, posterior and superior. */
function structureSet(contours: readonly { kind?: string; points: readonly number[] }[]): string {
  const file = path.join(folderOf(), 'made.dcm');
  const elements: Elements = {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.481.3',
    SOPInstanceUID: '2.25.77',
    Modality: 'RTSTRUCT',
    StructureSetROISequence: [{ ROINumber: 3, ROIName: 'Organ' }],
    ROIContourSequence: [
      {
        ReferencedROINumber: 3,
        ContourSequence: contours.map(({ kind = 'CLOSED_PLANAR', points }) => ({
          ContourGeometricType: kind,
          NumberOfContourPoints: points.length / 3,
          ContourData: points,
        })),
      },
    ],
  };
  writeFileSync(file, dicomFileBytes(elements));
  return file;
}

// Pixels are 0.75 mm wide and 0.5 mm high, the first at (-20, -30); slices lie at 10, 12, … mm.
const box = (x0: number, y0: number, x1: number, y1: number, z: number): number[] =>
  [x0, y0, x1, y0, x1, y1, x0, y1].flatMap((v, i) => (i % 2 ? [-30 + 0.5 * v, z] : [-20 + 0.75 * v]));

describe('a structure set that we write', () => {
  it('gives the mask back on the image, in any axis order of it', async () => {
    const { file, image } = await written();
    const read = (await readDicomLabel(file, { on: image }))!;
    expect(read.data).toEqual(pancreasWithTumour(image).mask.data);
    expect(read.segments.map(({ label }) => label)).toEqual(['pancreas', 'tumour']);
    expect(read.warnings).toEqual([]);
    // The last slice first.
    const turned = { ...image, affine: [...image.affine.slice(0, 10), -2, 18, 0, 0, 0, 1] };
    const other = (await readDicomLabel(file, { on: turned }))!;
    expect(toCanonical(other).data).toEqual(read.data);
  });
  it('gives one region by name', async () => {
    const { file, image } = await written();
    const { data } = (await readDicomLabel(file, { on: image, segment: 'tumour' }))!;
    expect(data).toEqual(pancreasWithTumour(image).mask.data.map((v) => Number(v === 2)));
  });
  it('comes back from any mask', async () => {
    const { image, source } = await openSeries(folderOf(seriesFiles()));
    const voxels = width * height * depth;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: voxels, maxLength: voxels, max: 2 }), async (data) => {
        const file = path.join(folderOf(), 'any.dcm');
        writeFileSync(file, rtstructBytes({ ...pancreasWithTumour(image), mask: { ...image, data } }, source, file));
        expect((await readDicomLabel(file, { on: image }))!.data).toEqual(data);
      }),
      { numRuns: 30 },
    );
  });
  it('repeats of the person what the standard demands, and nothing else', async () => {
    const bytes = readFileSync((await written()).file, 'latin1');
    const { PatientAddress, PatientComments, InstitutionName, ...wanted } = person;
    for (const value of Object.values(wanted)) expect(bytes).toContain(value);
    for (const value of [PatientAddress, PatientComments, InstitutionName]) expect(bytes).not.toContain(value);
  });
  it('is read by dciodvfy without an error', async ({ skip }) => {
    if (spawnSync('dciodvfy', ['-version']).error) skip('dciodvfy is not installed (dicom3tools)');
    const { stdout, stderr } = spawnSync('dciodvfy', [(await written()).file], { encoding: 'utf8' });
    expect(`${stdout}${stderr}`).not.toMatch(/Error/);
    expect(`${stdout}${stderr}`).toContain('RTStructureSet');
  });
});

describe('a structure set of another program', () => {
  const imageOf = async (): Promise<Volume> => (await openSeries(folderOf(seriesFiles()))).image;
  const read = async (file: string): Promise<{ data: number[]; warnings: readonly string[] }> => {
    const { data, warnings } = await openMask(file, { on: await imageOf() });
    return { data: [...data.subarray(0, width * height)], warnings };
  };

  it('has the pixels whose centres lie inside', async () => {
    const { data } = await read(structureSet([{ points: box(0.5, 0.5, 2.5, 1.5, 10) }]));
    expect(data.flatMap((v, i) => (v ? [[i % width, Math.floor(i / width), v]] : []))).toEqual([
      [1, 1, 3],
      [2, 1, 3],
    ]);
  });
  it('has holes where contours lie inside of others', async () => {
    const { data } = await read(
      structureSet([{ points: box(-0.5, -0.5, 2.5, 2.5, 10) }, { points: box(0.5, 0.5, 1.5, 1.5, 10) }]),
    );
    expect(data.filter((v) => v > 0).length).toBe(8);
    expect(data[1 + width]).toBe(0);
  });
  it('may have a contour of more points than a call takes values, and one that goes beyond the image', async () => {
    // A square whose upper side has very many points on one line.
    const square = box(0.5, 0.5, 2.5, 1.5, 10);
    const [left, right, y] = [-20 + 0.75 * 0.5, -20 + 0.75 * 2.5, -30 + 0.5 * 0.5];
    const side = Array.from({ length: 200_000 }, (_, i) => [left + ((right - left) * i) / 200_000, y, 10]).flat();
    const many = await read(structureSet([{ points: [...side, ...square.slice(3)] }]));
    const plain = await read(structureSet([{ points: square }]));
    expect(many.data).toEqual(plain.data);
    const beyond = await read(structureSet([{ points: box(0.5, 0.5, 1e6, 1.5, 10) }]));
    expect(beyond.data.filter((v) => v > 0).length).toBe(width - 1);
    expect(beyond.warnings).toEqual(['contours go beyond the image and are cut at its edge: 1']);
  });
  it('is told where contours lie beside the slices, or are no closed lines', async () => {
    const near = structureSet([{ points: box(0.5, 0.5, 2.5, 1.5, 10.6) }, { kind: 'POINT', points: [-20, -30, 10] }]);
    const { data, warnings } = await read(near);
    expect(data.filter((v) => v > 0).length).toBe(2);
    expect(warnings).toEqual([
      'contours that are not closed are left out: 1',
      'contours lie up to 0.30 slices beside the nearest slice',
    ]);
  });
  it('is refused without an image, outside of it, across its slices, and with points that are none', async () => {
    const points = box(0.5, 0.5, 2.5, 1.5, 10);
    await expect(openMask(structureSet([{ points }]))).rejects.toThrow(
      'Expected the image that contours belong to (axunet convert --source makes a mask of them)',
    );
    await expect(read(structureSet([{ points: box(0.5, 0.5, 2.5, 1.5, 30) }]))).rejects.toThrow(
      'Expected contours inside the image, found some outside',
    );
    const across = [points[0]! + 3, points[1]!, 14, points[3]!, points[4]! + 2, ...points.slice(5)];
    await expect(read(structureSet([{ points: across }]))).rejects.toThrow('Expected contours in the slices');
    await expect(read(structureSet([{ points: points.slice(1) }]))).rejects.toThrow('three coordinates a point');
  });
});

const python = settings.peerPython;
const hasPeer = python !== undefined && spawnSync(python, ['-c', 'import rt_utils, SimpleITK']).status === 0;
const real = settings.sharedFolder ? path.join(settings.sharedFolder, 'data') : 'no such folder';

describe.skipIf(!hasPeer || !existsSync(real))(
  'rt-utils (needs AXUNET_PEER_PYTHON with rt-utils and SimpleITK, and ../shared/data)',
  () => {
    it.each([
      ['dicom-seg/ct-3slice', 'dicom-seg/liver.dcm'],
      ['totalsegmentator/example_ct_dicom', 'totalsegmentator/example_seg_dicom.nii.gz'],
    ])(
      'reads the contours of a mask on %s as that mask',
      async (series, label) => {
        const folder = path.join(real, series);
        const image = await openImage(folder);
        const stored = await openMask(path.join(real, label), { on: image });
        const mask = inOrderOf({ ...stored, data: Uint8Array.from(stored.data, (v) => Number(v > 0)) }, image);
        const [file, nifti] = ['mask.dcm', 'mask.nii.gz'].map((name) => path.join(folderOf(), name));
        const labels = [{ value: 1, name: 'pancreas' as const }];
        const slices = (await readVolume(folder)).slices!;
        await writeRtstruct(file!, { mask, labels, algorithm: undefined }, await readDicomSource({ slices }));
        await writeNifti(nifti!, mask);
        const script = projectPath('test/dicomLabels/rt_utils_peer.py');
        const said = JSON.parse(execFileSync(python!, [script, folder, file!, nifti!]).toString());
        expect(said.voxels).toBe(mask.data.filter((v) => v > 0).length);
        expect(said.dice.pancreas).toBeGreaterThanOrEqual(0.999);
      },
      120_000,
    );
  },
);
