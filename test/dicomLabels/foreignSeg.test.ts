/** Segmentations as other programs write them: gaps, label maps, shared groups, and what is refused or damaged. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dicomFileBytes, type Elements } from '../../lib/dicomLabels/elements.ts';
import { readDicomLabel } from '../../lib/dicomLabels/readLabel.ts';
import { rtstructBytes } from '../../lib/dicomLabels/writeRtstruct.ts';
import { segBytes } from '../../lib/dicomLabels/writeSeg.ts';
import { UserError } from '../../lib/errors.ts';
import { Random } from '../../lib/random.ts';
import { openImage, openMask } from '../../lib/scan/openVolume.ts';
import { projectPath, settings } from '../../lib/settings.ts';
import type { Volume } from '../../lib/volume/volume.ts';
import { temporaryFolders } from '../dicom/folder.ts';
import { height, width } from '../dicom/makeDicom.ts';
import { depth, maskOf, openSeries, pancreasWithTumour, seriesFiles } from './series.ts';

const folderOf = temporaryFolders();
const perFrame = width * height;

interface FrameSpec {
  readonly z: number;
  readonly segment?: number;
}

/** A segmentation on the slices of the made-up series, every frame filled up to its own place in the list. */
function segmentation(frames: readonly FrameSpec[], more: Elements = {}, measures: Elements = {}): string {
  const bits = new Uint8Array(2 * Math.ceil((frames.length * perFrame) / 16));
  frames.forEach((_, f) => {
    for (let i = 0; i <= f; i++) bits[(f * perFrame + i) >> 3]! |= 1 << ((f * perFrame + i) & 7);
  });
  const segments = [...new Set(frames.map(({ segment }) => segment ?? 1))];
  const elements: Elements = {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
    SOPInstanceUID: '2.25.78',
    Modality: 'SEG',
    ...{ Rows: height, Columns: width, NumberOfFrames: frames.length, SamplesPerPixel: 1 },
    ...{
      BitsAllocated: 1,
      BitsStored: 1,
      HighBit: 0,
      PixelRepresentation: 0,
      PhotometricInterpretation: 'MONOCHROME2',
    },
    SegmentationType: 'BINARY',
    SegmentSequence: segments.map((SegmentNumber) => ({ SegmentNumber, SegmentLabel: `part ${SegmentNumber}` })),
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
        PixelMeasuresSequence: [{ PixelSpacing: [0.5, 0.75], ...measures }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map(({ z, segment = 1 }) => ({
      PlanePositionSequence: [{ ImagePositionPatient: [-20, -30, 10 + 2 * z] }],
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }],
    })),
    PixelData: bits,
    ...more,
  };
  const file = path.join(folderOf(), 'made.dcm');
  writeFileSync(file, dicomFileBytes(elements));
  return file;
}

const imageOf = async (): Promise<Volume> => openImage(folderOf(seriesFiles()));
/** How many voxels of each slice are set. */
const counts = ({ data, shape }: Volume): number[] =>
  Array.from({ length: shape[2] }, (_, z) => data.slice(z * perFrame, (z + 1) * perFrame).filter((v) => v > 0).length);

describe('a segmentation with slices left out', () => {
  it('has them empty between its first and its last, from the distance that it gives', async () => {
    const read = (await readDicomLabel(segmentation([{ z: 1 }, { z: 3 }], {}, { SpacingBetweenSlices: 2 }), {}))!;
    expect([counts(read), read.affine[11]]).toEqual([[1, 0, 2], 12]);
  });
  it('has them from the smallest distance where it gives none', async () => {
    const read = (await readDicomLabel(segmentation([{ z: 4 }, { z: 0 }, { z: 1 }]), {}))!;
    // The first frame in the file lies in the last slice.
    expect(counts(read)).toEqual([2, 3, 0, 0, 1]);
  });
  it('has all the slices of its image', async () => {
    const file = segmentation([{ z: 1 }, { z: 3 }], {}, { SpacingBetweenSlices: 2 });
    expect(counts(await openMask(file, { on: await imageOf() }))).toEqual([0, 1, 0, 2, 0]);
    expect(counts(await openMask(segmentation([{ z: 2 }]), { on: await imageOf() }))).toEqual([0, 0, 1, 0, 0]);
  });
  it('is refused on an image whose distances it does not share', async () => {
    // Nothing says whether the slice between was left out or never was.
    await expect(openMask(segmentation([{ z: 1 }, { z: 3 }]), { on: await imageOf() })).rejects.toThrow(
      'Expected a segmentation on the voxels of the image',
    );
  });
});

describe('a segmentation of another kind', () => {
  const numbers = Uint8Array.from({ length: 2 * perFrame }, (_, i) => [0, 5, 5, 9][i % 4]!);
  const labelMap = (more: Elements = {}): string =>
    segmentation([{ z: 0 }, { z: 1 }], {
      ...{ SegmentationType: 'LABELMAP', BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelData: numbers },
      SegmentSequence: [5, 9].map((SegmentNumber) => ({ SegmentNumber, SegmentLabel: `organ ${SegmentNumber}` })),
      ...more,
    });

  it('a label map, has the numbers of its segments', async () => {
    const read = (await readDicomLabel(labelMap(), {}))!;
    expect(read.data).toEqual(numbers);
    expect(read.segments.map(({ number }) => number)).toEqual([5, 9]);
    expect((await readDicomLabel(labelMap(), { segment: 'organ 9' }))!.data).toEqual(
      numbers.map((v) => Number(v === 9)),
    );
  });
  it('of probabilities is refused', async () => {
    await expect(readDicomLabel(segmentation([{ z: 0 }], { SegmentationType: 'FRACTIONAL' }), {})).rejects.toThrow(
      'Expected a segmentation of kind BINARY or LABELMAP, found FRACTIONAL',
    );
  });
  it('with uneven slices, frames without a segment or too few pixels is refused', async () => {
    const uneven = segmentation([{ z: 0 }, { z: 1 }, { z: 2.37 }]);
    await expect(readDicomLabel(uneven, {})).rejects.toThrow('Expected frames at multiples of one distance');
    const groups = [{ PlanePositionSequence: [{ ImagePositionPatient: [-20, -30, 10] }] }];
    const nameless = segmentation([{ z: 0 }], { PerFrameFunctionalGroupsSequence: groups });
    await expect(readDicomLabel(nameless, {})).rejects.toThrow('Expected frames that name their segment');
    const short = segmentation([{ z: 0 }, { z: 1 }], { PixelData: new Uint8Array(2) });
    await expect(readDicomLabel(short, {})).rejects.toThrow('Expected 6 bytes of pixels');
  });
  it('with two segments in one voxel is refused, and each of them is read', async () => {
    const file = segmentation([{ z: 0 }, { z: 0, segment: 2 }]);
    await expect(readDicomLabel(file, {})).rejects.toThrow(
      'found 1 voxels in two (1 part 1, 2 part 2), of the segments 1 part 1, 2 part 2',
    );
    expect(counts((await readDicomLabel(file, { segment: '2' }))!)).toEqual([2]);
  });
  it('is no image, and a mask in NIfTI has no segments to choose from', async () => {
    await expect(openImage(segmentation([{ z: 0 }]))).rejects.toThrow('an object of kind SEG');
    await expect(openMask('mask.nii', { segment: '1' })).rejects.toThrow('Expected a DICOM-SEG or RTSTRUCT');
  });
});

describe('a damaged segmentation or structure set', () => {
  it.each([
    ['SEG', segBytes],
    ['RTSTRUCT', rtstructBytes],
  ])('is read or refused in a sentence, whatever byte is wrong (%s)', async (_, write) => {
    const { image, source } = await openSeries(folderOf(seriesFiles()));
    const good = write(pancreasWithTumour(image), source, 'f');
    const random = Random.stream(1, 'damage');
    const file = path.join(folderOf(), 'bad.dcm');
    let refused = 0;
    for (let n = 0; n < 200; n++) {
      const bytes = Buffer.from(good);
      for (let k = 0; k < 3; k++) bytes[132 + random.integer(bytes.length - 132)] = random.integer(256);
      writeFileSync(file, n % 5 === 0 ? bytes.subarray(0, 200 + random.integer(good.length - 200)) : bytes);
      await openMask(file, { on: image }).catch((error) => {
        expect(error).toBeInstanceOf(UserError);
        refused++;
      });
    }
    expect(refused).toBeGreaterThan(50);
  });
});

const python = settings.peerPython;
const hasPeer = python !== undefined && spawnSync(python, ['-c', 'import highdicom']).status === 0;

describe.skipIf(!hasPeer)('segmentations of highdicom (needs AXUNET_PEER_PYTHON with highdicom)', () => {
  it('of both kinds, whole and sparse, are the mask that it was given', async () => {
    const folder = folderOf(
      seriesFiles({ FrameOfReferenceUID: '2.25.8', PatientSex: 'M', StudyTime: '', StudyID: '' }),
    );
    const image = await openImage(folder);
    const mask = maskOf(image, (x, y, z) => (z === 1 || z === 3 ? (x + y + z) % 3 : 0));
    const out = folderOf({ 'mask.u8': mask.data });
    execFileSync(python!, [
      projectPath('test/dicomLabels/highdicom_writer.py'),
      folder,
      path.join(out, 'mask.u8'),
      out,
    ]);
    for (const name of ['binary', 'binary_sparse', 'labelmap', 'labelmap_sparse']) {
      const read = await openMask(path.join(out, `${name}.dcm`), { on: image });
      expect([...read.data], name).toEqual([...mask.data]);
    }
    expect(mask.data.length).toBe(width * height * depth);
  }, 60_000);
});
