/**
 * The images of a DICOM file as they are needed to build a volume: place, size, scaling and how the pixels are stored.
 * One of a plain file, as many as there are frames of an enhanced one (CT and MR, whose frames lie where their
 * functional groups say).
 */
import type { DataSet } from 'dicom-parser';
import { expected } from '../errors.ts';
import { sha256 } from '../io/files.ts';
import { dot, lengthOf } from '../volume/vectors.ts';
import type { Vec3 } from '../volume/volume.ts';
import { codeIn, itemsOf, numberOf, numbersOf, requiredWord, textOf, wordOf } from './attributes.ts';
import type { DicomHeader } from './dicomHeader.ts';

/** How the numbers of a file are stored. */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bitsAllocated: 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  /** The stored values, lowest and highest, that mean: no image here. */
  readonly padding: readonly [number, number] | undefined;
}

/** Where an image lies in the patient, in millimetres towards left, posterior and superior as DICOM has it. */
export interface ImagePlane {
  readonly position: Vec3;
  /** Unit vectors along a row (x grows) and along a column (y grows). */
  readonly rowDirection: Vec3;
  readonly columnDirection: Vec3;
  /** Between pixels of a row (x) and of a column (y). */
  readonly spacingMm: readonly [number, number];
  /** Between slices as the file says, for an image that is alone. */
  readonly sliceMm: number | undefined;
}

export interface DicomImage extends ImagePlane {
  readonly header: DicomHeader;
  readonly format: PixelFormat;
  /** From 0. */
  readonly frame: number;
  readonly slope: number;
  readonly intercept: number;
}

/** A file with its images, and by what it is told from those of other series. */
export interface DicomFile {
  readonly file: string;
  readonly images: readonly DicomImage[];
  /** Series Instance UID, empty where the file has none. */
  readonly seriesUid: string;
  /** Equal for files of one study, person and series number; no value of the file can be read from it. */
  readonly kin: string;
  readonly seriesNumber: number | undefined;
  readonly modality: string;
  readonly isLocalizer: boolean;
  readonly isInverted: boolean;
  readonly isLossy: boolean;
}

/** Why a DICOM file is no part of a volume; it may lie among those that are. */
export class NoSlice extends Error {}

/** The person's attributes are only ever compared. */
const personTag = 'x00100020';

function kinOf(data: DataSet): string {
  const person = data.elements[personTag]?.length ? data.string(personTag) : '';
  const parts = [textOf(data, 'study'), person, textOf(data, 'seriesNumber')];
  return sha256(JSON.stringify(parts));
}

function paddingOf(data: DataSet, isSigned: boolean): readonly [number, number] | undefined {
  const [first, second] = [wordOf(data, 'padding'), wordOf(data, 'paddingLimit')];
  if (first === undefined) return undefined;
  const number = (word: number): number => (isSigned ? (word << 16) >> 16 : word);
  const ends = [number(first), number(second ?? first)] as const;
  return [Math.min(...ends), Math.max(...ends)];
}

function formatOf(data: DataSet, file: string): PixelFormat {
  const word = (name: Parameters<typeof requiredWord>[1]): number => requiredWord(data, name, file);
  const [rows, columns, bitsAllocated] = [word('rows'), word('columns'), word('bitsAllocated')];
  const bitsStored = wordOf(data, 'bitsStored') ?? bitsAllocated;
  const highBit = wordOf(data, 'highBit') ?? bitsStored - 1;
  const frames = numberOf(data, 'frames', file) ?? 1;
  const isSigned = word('pixelRepresentation') === 1;
  if (rows < 1 || columns < 1) throw expected('at least one row and column', `${rows} rows, ${columns} columns`, file);
  if (!Number.isSafeInteger(frames) || frames < 1) throw expected('a whole number of frames', String(frames), file);
  if (bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32)
    throw expected('8, 16 or 32 bits a pixel', `${bitsAllocated}`, file);
  if (bitsStored < 1 || highBit >= bitsAllocated || bitsStored > highBit + 1)
    throw expected(`bits inside the ${bitsAllocated} of a pixel`, `${bitsStored} up to bit ${highBit}`, file);
  return { rows, columns, frames, bitsAllocated, bitsStored, highBit, isSigned, padding: paddingOf(data, isSigned) };
}

/** So far a direction may be from length 1 and from a right angle: what rounding to three digits makes. */
const directionTolerance = 2e-3;

/** The two directions of an image. Throws where they are none. */
function directionsOf(numbers: readonly number[], file: string): Pick<ImagePlane, 'rowDirection' | 'columnDirection'> {
  const [rowDirection, columnDirection] = [numbers.slice(0, 3), numbers.slice(3)] as unknown as [Vec3, Vec3];
  const isUnit = (v: Vec3): boolean => Math.abs(lengthOf(v) - 1) <= directionTolerance;
  if (
    isUnit(rowDirection) &&
    isUnit(columnDirection) &&
    Math.abs(dot(rowDirection, columnDirection)) <= directionTolerance
  )
    return { rowDirection, columnDirection };
  throw expected('an image orientation of two unit vectors at a right angle', numbers.join(', '), file);
}

/** The data sets in which an attribute of a frame may stand: its own group, the shared one, the file itself. */
interface Places {
  readonly plane: DataSet;
  readonly orientation: DataSet;
  readonly measures: DataSet;
  readonly scaling: DataSet;
}

function placesOf(data: DataSet, groups: readonly DataSet[]): Places {
  const find = (name: Parameters<typeof itemsOf>[1]): DataSet =>
    groups.flatMap((group) => itemsOf(group, name))[0] ?? data;
  return {
    plane: find('planePosition'),
    orientation: find('planeOrientation'),
    measures: find('pixelMeasures'),
    scaling: find('pixelTransformation'),
  };
}

/** For each frame where its attributes stand. Throws NoSlice where several frames have no groups of their own. */
function placesOfFrames(data: DataSet, frames: number): Places[] {
  const [own, shared] = [itemsOf(data, 'frameGroups'), itemsOf(data, 'sharedGroups').slice(0, 1)];
  if (frames > 1 && own.length !== frames) throw new NoSlice(`${frames} frames that do not say where they lie`);
  return Array.from({ length: frames }, (_, i) => placesOf(data, [...own.slice(i, i + 1), ...shared]));
}

function planeOf({ plane, orientation, measures }: Places, file: string): ImagePlane {
  const position = numbersOf(plane, 'position', 3, file);
  const directions = numbersOf(orientation, 'orientation', 6, file);
  const spacing = numbersOf(measures, 'pixelSpacing', 2, file);
  if (!position || !directions || !spacing) throw new NoSlice('an image that does not say where it lies');
  if (!spacing.every((mm) => mm > 0)) throw expected('a pixel spacing above 0', spacing.join(', '), file);
  const [between, thick] = [numberOf(measures, 'sliceSpacing', file), numberOf(measures, 'thickness', file)];
  const sliceMm = [between, thick].map((mm) => Math.abs(mm ?? 0)).find((mm) => mm > 0);
  return {
    position: position as unknown as Vec3,
    ...directionsOf(directions, file),
    spacingMm: [spacing[1]!, spacing[0]!],
    sliceMm,
  };
}

/** Where the frames of an object lie, and the distance between its slices where it is said. */
export const framePlanes = (data: DataSet, frames: number, file: string): (ImagePlane & { betweenMm?: number })[] =>
  placesOfFrames(data, frames).map((places) => ({
    ...planeOf(places, file),
    betweenMm: numberOf(places.measures, 'sliceSpacing', file),
  }));

function scalingOf({ scaling }: Places, file: string): { slope: number; intercept: number } {
  const slope = numberOf(scaling, 'slope', file) ?? 1;
  if (slope === 0) throw expected('a rescale slope that is not 0', '0', file);
  return { slope, intercept: numberOf(scaling, 'intercept', file) ?? 0 };
}

function assertPlain(data: DataSet, modality: string, file: string): void {
  const samples = wordOf(data, 'samples') ?? 1;
  const photometric = codeIn(textOf(data, 'photometric'));
  if (samples !== 1 || !/^MONOCHROME[12]$/.test(photometric)) throw new NoSlice(`a picture in colour (${photometric})`);
  if (modality === 'SEG' || modality === 'RTDOSE') throw new NoSlice(`an object of kind ${modality}`);
  if (itemsOf(data, 'modalityTable').length > 0)
    throw expected('values by rescale slope and intercept', 'a table of values (Modality LUT Sequence)', file);
}

/**
 * The images of a file. Throws NoSlice for a file that is no part of a volume (no pixels, colour, no place), and a
 * UserError for one that should be and cannot be understood.
 */
export function imagesOf(header: DicomHeader): DicomFile {
  const { data, file } = header;
  const modality = codeIn(textOf(data, 'modality'));
  if (!header.pixels) throw new NoSlice(`a DICOM object without pixels (${modality})`);
  assertPlain(data, modality, file);
  const format = formatOf(data, file);
  const places = placesOfFrames(data, format.frames);
  const images = places.map(
    (place, frame): DicomImage => ({ header, format, frame, ...planeOf(place, file), ...scalingOf(place, file) }),
  );
  const number = textOf(data, 'seriesNumber');
  return {
    file,
    images,
    seriesUid: textOf(data, 'series') ?? '',
    kin: kinOf(data),
    seriesNumber: number !== undefined && /^\s*\d{1,9}\s*$/.test(number) ? Number(number) : undefined,
    modality,
    isLocalizer: (textOf(data, 'imageType') ?? '').split('\\').includes('LOCALIZER'),
    isInverted: textOf(data, 'photometric')?.trim() === 'MONOCHROME1',
    isLossy: textOf(data, 'lossy')?.trim() === '01',
  };
}
