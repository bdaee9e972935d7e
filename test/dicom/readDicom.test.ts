/** Series as volumes: the order of slices, what is refused and what is told. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDicom, withoutFileNames } from '../../lib/dicom/readDicom.ts';
import { shearDegrees, voxelVolumeMl } from '../../lib/volume/volume.ts';
import { temporaryFolders } from './folder.ts';
import {
  ctElements,
  ctSlice,
  dicom,
  type Elements,
  height,
  pixelBytes,
  sliceValues,
  syntaxes,
  width,
} from './makeDicom.ts';

const folderOf = temporaryFolders();

/** Slices z = 0 … count - 1 as 0.dcm, 1.dcm, … */
const series = (count: number, more: (z: number) => Elements = () => ({})): Record<string, Buffer> =>
  Object.fromEntries(Array.from({ length: count }, (_, z) => [`${z}.dcm`, ctSlice(z, more(z))]));
const huOf = (count: number): number[] =>
  Array.from({ length: count }, (_, z) => [...sliceValues(z)])
    .flat()
    .map((v) => v - 1024);

describe('a series', () => {
  it('is sorted by position whatever its files are called, with values in HU and the affine to RAS+', async () => {
    const names = ['c', 'a', 'e.dcm', 'b.IMA', 'd'];
    const folder = folderOf(Object.fromEntries(names.map((name, z) => [name, ctSlice(z)])));
    const { data, shape, spacingMm, affine, header, slices, warnings } = await readDicom(folder);
    expect([...data]).toEqual(huOf(5));
    expect(shape).toEqual([width, height, 5]);
    // PixelSpacing has the distance of rows first: y is 0.5 mm, x is 0.75 mm.
    expect(spacingMm).toEqual([0.75, 0.5, 2]);
    expect(affine).toEqual([-0.75, 0, 0, 20, 0, -0.5, 0, 30, 0, 0, 2, 10, 0, 0, 0, 1]);
    expect(header).toMatchObject({ format: 'DICOM', modality: 'CT', datatype: 'int16', nonFinite: 0 });
    expect(slices.map(({ file }) => path.basename(file))).toEqual(names);
    expect(warnings).toEqual([]);
  });
  it('may lie in folders inside the folder', async () => {
    const folder = folderOf({ 'study/series/a': ctSlice(0), 'study/series/b': ctSlice(1) });
    expect([...(await readDicom(folder)).data]).toEqual(huOf(2));
  });
  it('may be one file, which then has the thickness that it tells', async () => {
    const folder = folderOf(series(1));
    const { shape, spacingMm } = await readDicom(path.join(folder, '0.dcm'));
    expect([shape, spacingMm]).toEqual([
      [width, height, 1],
      [0.75, 0.5, 2],
    ]);
    const thin = folderOf({ 'a.dcm': ctSlice(0, { SliceThickness: undefined }) });
    expect((await readDicom(thin)).warnings).toEqual(['a single slice of unknown thickness; 1 mm is assumed']);
  });
  it.each(['explicit', 'implicit', 'bigEndian', 'deflated'] as const)('is read as %s', async (name) => {
    const files = [0, 1, 2].map((z) => [`${z}`, ctSlice(z, {}, { syntax: syntaxes[name] })]);
    expect([...(await readDicom(folderOf(Object.fromEntries(files)))).data]).toEqual(huOf(3));
  });
  it('is read without preamble and group 2, as older files are', async () => {
    for (const syntax of [syntaxes.explicit, syntaxes.implicit]) {
      const files = [0, 1].map((z) => [`${z}`, ctSlice(z, {}, { syntax, hasPreface: false })]);
      expect([...(await readDicom(folderOf(Object.fromEntries(files)))).data]).toEqual(huOf(2));
    }
  });
  it('is read without any ids, as series exist', async () => {
    const none = { StudyInstanceUID: '', SeriesInstanceUID: '', SOPInstanceUID: undefined, SeriesNumber: undefined };
    expect([...(await readDicom(folderOf(series(3, () => none)))).data]).toEqual(huOf(3));
  });
  it('lies as its orientation says: coronal, and with slices that run downwards', async () => {
    const coronal = folderOf(
      series(3, (z) => ({ ImageOrientationPatient: '1\\0\\0\\0\\0\\-1', ImagePositionPatient: `0\\${3 * z}\\50` })),
    );
    // x to the left, rows downwards, slices to posterior: L, I, P.
    expect((await readDicom(coronal)).affine).toEqual([-0.75, 0, 0, 0, 0, 0, -3, 0, 0, -0.5, 0, 50, 0, 0, 0, 1]);
  });
});

describe('several series in a folder', () => {
  const two = (): string =>
    folderOf({
      ...series(3),
      ...Object.fromEntries(
        [0, 1].map((z) => [`b${z}`, ctSlice(z + 50, { SeriesInstanceUID: '2.25.9', SeriesNumber: 2 })]),
      ),
    });
  it('are refused with a list of them', async () => {
    await expect(readDicom(two())).rejects.toThrow(
      /--series .*found 2 in .*: 1: 2 images of 6×4 pixels, 0\.75×0\.5 mm each, axial, every 2 mm, CT, series number 2; 2: 3/,
    );
  });
  it('are chosen from by number, by id and as the largest', async () => {
    const folder = two();
    for (const [wanted, depth] of [
      ['1', 2],
      ['2', 3],
      ['2.25.9', 2],
      ['2.25.6', 3],
      ['largest', 3],
    ] as const)
      expect((await readDicom(folder, { series: wanted })).shape[2], wanted).toBe(depth);
    for (const wanted of ['0', '3', '2.25', 'x'])
      await expect(readDicom(folder, { series: wanted })).rejects.toThrow(
        /^Expected a series ".*", found none like it/,
      );
  });
  it.each<[string, Elements]>([
    ['size', { Rows: width, Columns: height }],
    ['orientation', { ImageOrientationPatient: '0\\1\\0\\0\\0\\-1' }],
    ['pixel spacing', { PixelSpacing: '0.5\\0.8' }],
    ['series number', { SeriesNumber: '5' }],
    ['person', { PatientID: 'someone else' }],
  ])('are told apart by %s too', async (_, more) => {
    const folder = folderOf({ ...series(3), x: ctSlice(40, more) });
    await expect(readDicom(folder)).rejects.toThrow('found 2 in');
    expect((await readDicom(folder, { series: 'largest' })).shape[2]).toBe(3);
  });
});

describe('slices', () => {
  it('that are missing are counted and placed', async () => {
    const { '3.dcm': _a, '4.dcm': _b, ...rest } = series(8);
    await expect(readDicom(folderOf(rest))).rejects.toThrow(
      /found 2 missing slices: 6 mm between 2\.dcm and 5\.dcm where 2 mm are usual, in /,
    );
  });
  it('at uneven distances are refused, and taken with a warning where that is little', async () => {
    const at = (mm: number) => (z: number) => ({ ImagePositionPatient: `-20\\-30\\${2 * z + (z === 2 ? mm : 0)}` });
    await expect(readDicom(folderOf(series(5, at(0.7))))).rejects.toThrow(/distances of 1\.3 to 2\.7 mm/);
    expect((await readDicom(folderOf(series(5, at(0.15))))).warnings).toEqual([
      'slices lie up to 0.15 mm beside an even distance of 2 mm, which is taken',
    ]);
    expect((await readDicom(folderOf(series(5, at(0.005))))).warnings).toEqual([]);
  });
  it('that are shifted sideways are refused', async () => {
    const shifted = (z: number): Elements => ({ ImagePositionPatient: `${z === 2 ? -15 : -20}\\-30\\${2 * z}` });
    await expect(readDicom(folderOf(series(5, shifted)))).rejects.toThrow(/slices shifted sideways/);
  });
  it('of a tilted gantry shear the affine: every voxel stays where it was measured', async () => {
    const radians = (15 * Math.PI) / 180;
    const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
    // The plane is tilted about x; the table still moves along z.
    const tilted = folderOf(
      series(4, (z) => ({
        ImageOrientationPatient: `1\\0\\0\\0\\${cos.toFixed(9)}\\${sin.toFixed(9)}`,
        ImagePositionPatient: `-20\\-30\\${10 + 2.5 * z}`,
      })),
    );
    const volume = await readDicom(tilted);
    expect([2, 6, 10].map((i) => volume.affine[i])).toEqual([0, 0, 2.5]);
    expect(shearDegrees(volume.affine)).toBeCloseTo(15, 5);
    // The volume of a voxel is that of the prism: 0.75 × 0.5 × 2.5 cos 15°.
    expect(1000 * voxelVolumeMl(volume)).toBeCloseTo(0.75 * 0.5 * 2.5 * cos, 6);
  });
  it('that are there twice count once where they are equal, and are refused where not', async () => {
    const copy = folderOf({ ...series(3), copy: ctSlice(1) });
    const { data, warnings } = await readDicom(copy);
    expect([...data]).toEqual(huOf(3));
    expect(warnings).toEqual(['1 image is there twice and counted once']);
    const phase = folderOf({ ...series(3), phase: dicom(ctElements(1), { pixels: pixelBytes(sliceValues(9)) }) });
    await expect(readDicom(phase)).rejects.toThrow(/one image at each place .* two that differ: 1\.dcm and phase in/);
  });
});

describe('what lies beside a series', () => {
  it('is left out with its reason: other files, localizers, objects without pixels, pictures in colour', async () => {
    const folder = folderOf({
      ...series(3),
      'notes.pages': 'no DICOM',
      'notes.txt': 'no DICOM either',
      'scout.dcm': ctSlice(7, { ImageType: 'ORIGINAL\\PRIMARY\\LOCALIZER', Rows: width, Columns: height }),
      'report.dcm': dicom({ Modality: 'SR', SeriesInstanceUID: '2.25.8' }),
      'mask.dcm': ctSlice(0, { Modality: 'SEG' }),
      'colour.dcm': ctSlice(0, { PhotometricInterpretation: 'RGB', SamplesPerPixel: 3 }),
      'shot.dcm': ctSlice(0, { ImagePositionPatient: undefined }),
      'label.nii.gz': 'not looked at',
      DICOMDIR: 'not looked at',
      '.hidden': 'not looked at',
    });
    const { data, warnings } = await readDicom(folder);
    expect([...data]).toEqual(huOf(3));
    expect([...warnings].sort()).toEqual([
      'left out, a DICOM object without pixels (SR): report.dcm',
      'left out, a localizer: scout.dcm',
      'left out, a picture in colour (RGB): colour.dcm',
      'left out, an image that does not say where it lies: shot.dcm',
      'left out, an object of kind SEG: mask.dcm',
      'left out, not DICOM: notes.pages, notes.txt',
    ]);
    expect([...warnings].sort().map(withoutFileNames)).toEqual([
      'left out, a DICOM object without pixels (SR)',
      'left out, a localizer',
      'left out, a picture in colour (RGB)',
      'left out, an image that does not say where it lies',
      'left out, an object of kind SEG',
      'left out, not DICOM',
    ]);
    expect(withoutFileNames('spacing: 2 mm')).toBe('spacing: 2 mm');
  });
  it('is not told of the one file that is read as its label', async () => {
    const mask = ctSlice(0, { Modality: 'SEG' });
    const folder = folderOf({ ...series(2), 'mask.dcm': mask, 'other.dcm': mask });
    const label = path.join(folder, 'mask.dcm');
    expect((await readDicom(folder, { label })).warnings).toEqual(['left out, an object of kind SEG: other.dcm']);
  });
  it('is named without characters that steer a terminal', async () => {
    const { warnings } = await readDicom(folderOf({ ...series(2), 'a\u001b[2J': 'x' }));
    expect(warnings).toEqual(['left out, not DICOM: a\\u001b[2J']);
  });
  it('names three files and counts the others', async () => {
    const notes = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`n${i}`, 'x']));
    expect((await readDicom(folderOf({ ...series(2), ...notes }))).warnings).toEqual([
      'left out, not DICOM: n0, n1, n2 and 3 more',
    ]);
  });
  it('is said where nothing else is there', async () => {
    await expect(readDicom(folderOf({ a: 'x' }))).rejects.toThrow(
      /^Expected DICOM images, found left out, not DICOM: a in/,
    );
    await expect(readDicom(folderOf())).rejects.toThrow(/^Expected DICOM images, found none in/);
    const report = folderOf({ a: dicom({ Modality: 'SR' }) });
    await expect(readDicom(path.join(report, 'a'))).rejects.toThrow(/found a DICOM object without pixels \(SR\) in/);
    await expect(readDicom(path.join(report, 'b'))).rejects.toThrow(
      /^Expected a DICOM file or folder, found no such file/,
    );
  });
  it('is no excuse for a damaged slice, which is named', async () => {
    const cut = ctSlice(1).subarray(0, -7);
    await expect(readDicom(folderOf({ ...series(3), '1.dcm': cut }))).rejects.toThrow(/found .* in .*1\.dcm$/);
    const broken = ctSlice(1).subarray(0, 300);
    await expect(readDicom(folderOf({ ...series(3), '1.dcm': broken }))).rejects.toThrow(/1\.dcm$/);
  });
});

describe('values', () => {
  it('follow the rescale of each slice', async () => {
    const mixed = (z: number): Elements => ({ RescaleSlope: String(z + 1), RescaleIntercept: String(-1024 + z) });
    const { data, header } = await readDicom(folderOf(series(3, mixed)));
    const wanted = [0, 1, 2].flatMap((z) => [...sliceValues(z)].map((v) => v * (z + 1) - 1024 + z));
    expect([[...data], header.datatype]).toEqual([wanted, 'int16']);
  });
  it('that are fractions become doubles, as pydicom has them', async () => {
    const { data, header } = await readDicom(
      folderOf(series(2, () => ({ RescaleSlope: '0.1', RescaleIntercept: '0.25' }))),
    );
    expect(header.datatype).toBe('float64');
    expect(data[5]).toBe(1005 * 0.1 + 0.25);
  });
  it('that leave 16 bits become 32-bit integers, those before them too', async () => {
    const low = Int16Array.from(sliceValues(1), (v, i) => (i === 3 ? -32768 : v));
    const folder = folderOf({ ...series(1), b: dicom(ctElements(1), { pixels: pixelBytes(low) }) });
    const { data, header } = await readDicom(folder);
    expect(header.datatype).toBe('int32');
    expect([data[0], data[width * height + 3]]).toEqual([1000 - 1024, -32768 - 1024]);
  });
  it('of 32-bit pixels and of unsigned ones are kept', async () => {
    const values = Uint32Array.from({ length: width * height }, (_, i) => 3_000_000_000 + i);
    const more = { BitsAllocated: 32, BitsStored: 32, HighBit: 31, PixelRepresentation: 0 };
    const big = folderOf({ a: dicom(ctElements(0, more), { pixels: pixelBytes(values) }) });
    expect((await readDicom(big)).data[2]).toBe(3_000_000_002 - 1024);
    const words = Uint16Array.from({ length: width * height }, (_, i) => 65_535 - i);
    const word = folderOf({ a: dicom(ctElements(0, { PixelRepresentation: 0 }), { pixels: pixelBytes(words) }) });
    expect((await readDicom(word)).data[1]).toBe(65_534 - 1024);
  });
  it('of 12 bits are those 12 bits, signed or not, and what else is set is told', async () => {
    const twelve = { BitsStored: 12, HighBit: 11 };
    const signed = Uint16Array.from({ length: width * height }, (_, i) => (i === 0 ? 0x0800 : i));
    const one = async (elements: Elements, pixels: Uint16Array) =>
      readDicom(folderOf({ a: dicom(ctElements(0, elements), { pixels: pixelBytes(pixels) }) }));
    expect((await one({ ...twelve, PixelRepresentation: 1 }, signed)).data[0]).toBe(-2048 - 1024);
    expect((await one({ ...twelve, PixelRepresentation: 0 }, signed)).data[0]).toBe(2048 - 1024);
    const overlay = signed.map((v) => v | 0x4000);
    const read = await one({ ...twelve, PixelRepresentation: 0 }, overlay);
    expect(read.data[5]).toBe(5 - 1024);
    expect(read.warnings).toEqual(['pixels have bits set beyond the 12 that count; they are left out']);
    const shifted = signed.map((v) => v << 4);
    expect((await one({ BitsStored: 12, HighBit: 15, PixelRepresentation: 0 }, shifted)).data[5]).toBe(5 - 1024);
  });
  it('that are more than the size asks for are told', async () => {
    const pixels = Buffer.concat([pixelBytes(sliceValues(0)), Buffer.alloc(20)]);
    const { data, warnings } = await readDicom(folderOf({ a: dicom(ctElements(0), { pixels }) }));
    expect([...data]).toEqual(huOf(1));
    expect(warnings).toEqual(['the files hold more pixels than their size asks for (68 bytes); the rest is left out']);
  });
  it('of padding stay where they are darkest, and become the darkest where they would look like tissue', async () => {
    const padded = (value: number) => Int16Array.from(sliceValues(0), (v, i) => (i < 3 ? value : v));
    const one = (value: number, more: Elements) =>
      readDicom(folderOf({ a: dicom(ctElements(0, more), { pixels: pixelBytes(padded(value)) }) }));
    const dark = await one(-2000, { PixelPaddingValue: -2000 });
    expect([[...dark.data.subarray(0, 4)], dark.warnings]).toEqual([[-3024, -3024, -3024, 1003 - 1024], []]);
    const bright = await one(2000, { PixelPaddingValue: 1990, PixelPaddingRangeLimit: 2100 });
    expect([...bright.data.subarray(0, 4)]).toEqual([-21, -21, -21, -21]);
    expect(bright.warnings).toEqual(['3 padding voxels are brighter than the darkest others and were set to these']);
  });
  it('of MONOCHROME1 and of lossy files are taken, with a warning', async () => {
    const inverted = await readDicom(folderOf(series(2, () => ({ PhotometricInterpretation: 'MONOCHROME1' }))));
    expect([...inverted.data]).toEqual(huOf(2));
    expect(inverted.warnings[0]).toMatch(/^MONOCHROME1/);
    const lossy = await readDicom(folderOf(series(2, () => ({ LossyImageCompression: '01' }))));
    expect(lossy.warnings).toEqual(['the pixels were once compressed with loss, as the files say']);
  });
});

describe('an enhanced multi-frame file', () => {
  const frameOf = (z: number, more: Elements = {}): Elements => ({
    PlanePositionSequence: [{ ImagePositionPatient: `-20\\-30\\${10 + 2 * z}` }],
    ...more,
  });
  const enhanced = (order: readonly number[], more: Elements = {}): Buffer => {
    const {
      ImagePositionPatient: _p,
      ImageOrientationPatient,
      PixelSpacing,
      SliceThickness,
      RescaleSlope,
      RescaleIntercept,
      ...rest
    } = ctElements(0);
    return dicom(
      {
        ...rest,
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.2.1',
        NumberOfFrames: order.length,
        SharedFunctionalGroupsSequence: [
          {
            PlaneOrientationSequence: [{ ImageOrientationPatient }],
            PixelMeasuresSequence: [{ PixelSpacing, SliceThickness }],
            PixelValueTransformationSequence: [{ RescaleSlope, RescaleIntercept }],
          },
        ],
        PerFrameFunctionalGroupsSequence: order.map((z) => frameOf(z)),
        ...more,
      },
      { pixels: Buffer.concat(order.map((z) => pixelBytes(sliceValues(z)))) },
    );
  };
  it('is a volume whose frames lie where their functional groups say', async () => {
    const folder = folderOf({ 'ct.dcm': enhanced([2, 0, 3, 1]) });
    for (const place of [folder, path.join(folder, 'ct.dcm')]) {
      const { data, affine, slices } = await readDicom(place);
      expect([...data]).toEqual(huOf(4));
      expect(affine).toEqual([-0.75, 0, 0, 20, 0, -0.5, 0, 30, 0, 0, 2, 10, 0, 0, 0, 1]);
      expect(slices.map(({ frame }) => frame)).toEqual([1, 3, 0, 2]);
    }
  });
  it('takes a rescale of single frames', async () => {
    const own = [0, 1].map((z) =>
      frameOf(z, { PixelValueTransformationSequence: [{ RescaleSlope: 2, RescaleIntercept: z }] }),
    );
    const { data } = await readDicom(folderOf({ a: enhanced([0, 1], { PerFrameFunctionalGroupsSequence: own }) }));
    expect([data[1], data[width * height]]).toEqual([2002, 2201]);
  });
  it('without places, with one missing and with two at one place is refused', async () => {
    const bare = enhanced([0, 1, 2], { PerFrameFunctionalGroupsSequence: undefined });
    await expect(readDicom(folderOf({ a: bare }))).rejects.toThrow('3 frames that do not say where they lie');
    await expect(readDicom(folderOf({ a: enhanced([0, 1, 2, 4]) }))).rejects.toThrow(
      /1 missing slice: 4 mm between a \(frame 3\) and a \(frame 4\)/,
    );
    await expect(
      readDicom(folderOf({ a: enhanced([0, 1], { PerFrameFunctionalGroupsSequence: [frameOf(0), frameOf(0)] }) })),
    ).rejects.toThrow('two that differ');
  });
});

describe('a header', () => {
  it.each<[string, Elements, RegExp]>([
    [
      'directions that are no unit vectors',
      { ImageOrientationPatient: '1\\0\\0\\1\\0\\0' },
      /unit vectors at a right angle/,
    ],
    ['no numbers', { ImagePositionPatient: 'a\\b\\c' }, /position \(0020,0032\) of 3 finite numbers, found "a/],
    ['a pixel spacing of 0', { PixelSpacing: '0\\1' }, /a pixel spacing above 0/],
    ['a slope of 0', { RescaleSlope: '0' }, /a rescale slope that is not 0/],
    ['a table of values', { ModalityLUTSequence: [{ Modality: 'CT' }] }, /Modality LUT Sequence/],
    ['24 bits a pixel', { BitsAllocated: 24 }, /8, 16 or 32 bits a pixel, found 24/],
    ['more bits stored than there are', { BitsStored: 17, HighBit: 16 }, /bits inside the 16/],
    ['no rows', { Rows: 0 }, /at least one row and column/],
    ['more rows than pixels', { Rows: 400 }, /4800 bytes of pixels, found 48/],
    ['no columns at all', { Columns: undefined }, /columns \(0028,0011\), found none/],
    ['half a frame', { NumberOfFrames: '1.5' }, /a whole number of frames/],
  ])('with %s is refused in a sentence', async (_, more, said) => {
    await expect(readDicom(folderOf({ 'a.dcm': ctSlice(0, more) }))).rejects.toThrow(said);
  });
  it('of an unread transfer syntax is named with a way out', async () => {
    const mpeg = folderOf({ a: ctSlice(0, {}, { syntax: '1.2.840.10008.1.2.4.102' }) });
    await expect(readDicom(mpeg)).rejects.toThrow(
      /Explicit VR Little Endian.*"1\.2\.840\.10008\.1\.2\.4\.102" \(video.*\) in .*\/a$/,
    );
  });
  it('longer than what is read first is read on', async () => {
    const long = ctSlice(0, { PatientComments: 'x'.repeat(60_000), ModalityLUTSequence: undefined });
    const items = Array.from({ length: 900 }, () => ({ PatientComments: 'y'.repeat(2000) }));
    const longer = ctSlice(1, { SharedFunctionalGroupsSequence: items });
    expect([...(await readDicom(folderOf({ long, longer }))).data]).toEqual(huOf(2));
  });
});
